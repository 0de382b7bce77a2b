/* Filters, the count of what is shown, the words found, and the ledger that answers to the text. */

const claims = JSON.parse(document.getElementById("data").textContent).claims;
const form = document.getElementById("find");
const search = document.getElementById("search");
const selects = [...panel.querySelectorAll("select")];
const articles = [...document.querySelectorAll("article.report")];
const facts = [...document.querySelectorAll(".fact")];
const folded = (text) => text.toLowerCase().replace(/[‘’]/g, "'").replace(/[“”]/g, '"');

/* the words of each claim and report, read from the page once, at the first search */
for (const claim of claims) {
  claim.mark = document.getElementById(claim.id);
  claim.carriers = [];
}
const byId = new Map(claims.map((claim) => [claim.id, claim]));
const factOf = (claim) => document.getElementById(claim.fact);
for (const item of document.querySelectorAll(".track [data-claim]")) byId.get(item.dataset.claim)?.carriers.push(item);

let texts = null;
function textOf(article) {
  const nodes = [];
  let text = "";
  const walker = document.createTreeWalker(article.querySelector(".text"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    if (walker.currentNode.parentElement.closest(".mark")) continue;
    nodes.push([text.length, walker.currentNode]);
    text += walker.currentNode.data;
  }
  return { text: folded(text), nodes };
}
function readOnce() {
  if (texts) return;
  texts = new Map(articles.map((article) => [article.id, textOf(article)]));
  for (const claim of claims) claim.words = folded(recordOf(claim.mark).textContent);
}

/* what is shown */
function apply() {
  const wanted = selects.filter((select) => select.value).map((select) => [select.name, select.value]);
  const query = folded(search.value.trim());
  if (query) readOnce();
  clear();
  const shown = new Set(claims.filter((claim) => wanted.every(([name, value]) => claim[name] === value) && (!query || claim.words.includes(query))));
  const onlyTexts = wanted.every(([name]) => name === "register" || name === "dossier");
  const free = !query && wanted.length === 0;
  const reports = showReports(shown, query, onlyTexts, wanted);
  const ledger = showFacts(shown, query, free);
  for (const section of document.querySelectorAll(".dossier")) section.hidden = !section.querySelector("article.report:not([hidden]), .fact:not([hidden])");
  for (const select of selects) select.classList.toggle("set", select.value !== "");
  document.getElementById("none").hidden = reports + ledger > 0;
  count.textContent = [part(shown.size, claims.length, "claim"), part(reports, articles.length, "report"), part(ledger, facts.length, "fact")].join(", ");
  find(query);
}

function showReports(shown, query, onlyTexts, wanted) {
  const visible = new Map(articles.map((article) => [article.id, new Set()]));
  for (const claim of claims) {
    const is = shown.has(claim);
    claim.mark.hidden = recordOf(claim.mark).hidden = !is;
    if (is) visible.get(claim.report).add(claim.mark.dataset.n);
    for (const item of claim.carriers) item.hidden = !is;
  }
  const registers = new Map(wanted);
  let total = 0;
  for (const article of articles) {
    const numbers = visible.get(article.id);
    const fits = ["register", "dossier"].every((name) => !registers.has(name) || article.dataset[name] === registers.get(name));
    const show = numbers.size > 0 || (onlyTexts && fits && (!query || texts.get(article.id).text.includes(query)));
    article.hidden = !show;
    total += show;
    for (const part of article.querySelectorAll(".r[data-in]")) part.classList.toggle("off", !part.dataset.in.split(" ").some((n) => numbers.has(n)));
  }
  return total;
}

function showFacts(shown, query, free) {
  const carried = new Set([...shown].map((claim) => claim.fact));
  for (const fact of facts) fact.hidden = !free && !carried.has(fact.id);
  return facts.filter((fact) => !fact.hidden).length;
}

/* the words found, marked without touching the text */
function find(query) {
  if (!CSS.highlights) return;
  CSS.highlights.delete("found");
  if (query.length < 2) return;
  const ranges = [];
  for (const article of articles.filter((each) => !each.hidden)) {
    const { text, nodes } = texts.get(article.id);
    for (let at = text.indexOf(query); at >= 0 && ranges.length < 5000; at = text.indexOf(query, at + query.length)) {
      ranges.push(rangeOf(nodes, at, at + query.length));
    }
  }
  CSS.highlights.set("found", new Highlight(...ranges));
}
function rangeOf(nodes, start, end) {
  const range = document.createRange();
  const holder = (offset) => nodes.findLast(([from]) => from <= offset);
  const [from, first] = holder(start), [to, last] = holder(end - 1);
  range.setStart(first, Math.min(start - from, first.length));
  range.setEnd(last, Math.min(end - to, last.length));
  return range;
}

let due = 0;
function soon() {
  cancelAnimationFrame(due);
  due = requestAnimationFrame(apply);
}
search.addEventListener("input", soon);
for (const select of selects) select.addEventListener("change", apply);
form.addEventListener("submit", (event) => event.preventDefault());
document.getElementById("reset").addEventListener("click", () => {
  for (const select of selects) select.value = "";
  search.value = "";
  apply();
});
form.hidden = false;
openPanel(matchMedia("(min-width: 75rem)").matches);

/* the ledger beside the text: the fact of the active claim, and the claims that carry a fact */
onActive((mark, pin) => {
  for (const lit of document.querySelectorAll(".fact.lit")) lit.classList.remove("lit");
  const fact = mark && factOf(byId.get(mark.id));
  if (!fact) return;
  fact.classList.add("lit");
  const ledger = fact.closest(".ledger");
  if (pin && ledger.scrollHeight > ledger.clientHeight) ledger.scrollTop += fact.getBoundingClientRect().top - ledger.getBoundingClientRect().top - 60;
});
const here = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    const own = claims.filter((claim) => claim.report === entry.target.id);
    for (const claim of own) factOf(claim).classList.toggle("present", entry.isIntersecting);
  }
}, { rootMargin: "-35% 0px -60% 0px" });
for (const article of articles) here.observe(article);

/* a link to what a filter hides shows everything again */
addEventListener("hashchange", () => {
  const target = elementOfHash();
  if (target && target.closest("[hidden]")) { document.getElementById("reset").click(); target.scrollIntoView(); follow(); }
});
follow();
