/* Each report twice, with gold and with predicted claims: made when it comes into view, filtered, linked by claim id.
   A claim's id is `report#n` in the gold and `report#system:n` in a prediction. Offsets count code points. */

const ROLES = ["content", "via", "source", "cue"];
const [OUTCOME, PARTNER, CLAIM] = [0, 1, 2];                    // a predicted claim's row, before what both sides have
const [CONTENT, SOURCE, CUE, VIA, FIRST_LABEL] = [0, 1, 2, 3, 4];
const AFTER = FIRST_LABEL + data.labels.length;
const TOPIC = FIRST_LABEL + data.labels.indexOf("topic");
const sections = data.reports.map((report) => document.getElementById(report.id));
const indexOf = new Map(data.reports.map((report, i) => [report.id, i]));
const asLink = (id) => `#${id.replaceAll("%", "%25").replaceAll("#", "%23")}`;

/* what the filters must know of each claim of the chosen system */
let items = [];
const outcomeName = (code) => data.outcomes[code];
function readItems() {
  items = data.reports.map((report, i) => {
    const [ofGold, predicted] = sheet.reports[i];
    return {
      gold: report.claims.map((claim, g) => ({ outcome: outcomeName(ofGold[g]), topic: `${report.dossier}/${claim[TOPIC]}` })),
      predicted: predicted.map((row) => {
        const claim = row[PARTNER] < 0 ? row.slice(CLAIM) : report.claims[row[PARTNER]];
        return { outcome: outcomeName(row[OUTCOME]), topic: `${report.dossier}/${claim[TOPIC]}` };
      }),
    };
  });
}

/* what is shown */
let shown = [];
function apply() {
  const wanted = Object.fromEntries(selects.map((select) => [select.name, select.value]));
  const fits = (item) => (!wanted.outcome || item.outcome === wanted.outcome) && (!wanted.topic || item.topic === wanted.topic);
  const free = !wanted.outcome && !wanted.topic;
  const total = { gold: 0, predicted: 0 }, some = { gold: 0, predicted: 0, reports: 0 };
  clear();
  shown = items.map((item, i) => {
    const report = data.reports[i];
    const here = (!wanted.dossier || report.dossier === wanted.dossier) && (!wanted.register || report.register === wanted.register);
    const found = {};
    for (const side of ["gold", "predicted"]) {
      found[side] = new Set(here ? item[side].flatMap((each, n) => (fits(each) ? [n + 1] : [])) : []);
      total[side] += item[side].length;
      some[side] += found[side].size;
    }
    const visible = here && (free || found.gold.size + found.predicted.size > 0);
    some.reports += visible;
    sections[i].hidden = !visible;
    if (visible && sections[i].querySelector(".side")) dim(i, found);
    return found;
  });
  for (const select of selects) select.classList.toggle("set", select.value !== "");
  document.getElementById("none").hidden = some.reports > 0;
  count.textContent = [part(some.gold, total.gold, "gold claim"), part(some.predicted, total.predicted, "predicted claim"), part(some.reports, sections.length, "report")].join(", ");
}
function dim(i, found) {
  for (const side of sections[i].querySelectorAll(".side")) {
    const numbers = found[side.dataset.side];
    const is = (n) => numbers.has(Number(n));
    for (const mark of side.querySelectorAll(".mark")) mark.classList.toggle("dim", !is(mark.dataset.n));
    for (const part of side.querySelectorAll(".r[data-in]")) part.classList.toggle("off", !part.dataset.in.split(" ").some(is));
    for (const record of side.querySelectorAll(".record")) record.hidden = !is(record.dataset.n);
  }
}

/* a claim as both sides show it */
function claimsOf(i) {
  const report = data.reports[i], [ofGold, predicted] = sheet.reports[i];
  const gold = report.claims.map((row, g) => ({ side: "gold", n: g + 1, id: row.at(-1), outcome: outcomeName(ofGold[g]), row, form: row[AFTER], partner: null }));
  const others = predicted.map((row, p) => {
    const own = row.slice(CLAIM), partner = gold[row[PARTNER]] ?? null;
    const claim = { side: "predicted", n: p + 1, id: `${report.id}#${data.systems[chosen]}:${p + 1}`, outcome: outcomeName(row[OUTCOME]), row: own, confidence: own[AFTER], words: own[AFTER + 1], partner };
    if (partner) partner.partner = claim;
    return claim;
  });
  return { gold, predicted: others };
}
const isOffsets = (span) => span.length > 0 && typeof span[0] === "number";
const inPairs = (span) => (isOffsets(span) ? span.flatMap((start, k) => (k % 2 ? [] : [[start, span[k + 1]]])) : []);
const spoken = (span, points) => (isOffsets(span) ? inPairs(span).map(([start, end]) => points.slice(start, end).join("")) : span).join(" … ");
function spansOf(claim) {
  const role = { content: [claim.row[CONTENT]], via: claim.row[VIA].map(([, span]) => span), source: [claim.row[SOURCE]], cue: [claim.row[CUE]] };
  return ROLES.flatMap((name) => role[name].flatMap(inPairs).map(([start, end]) => ({ start, end, role: name, n: claim.n })));
}

/* a text, cut where spans begin and end: an element for each role, marks where a claim's content begins */
function textOf(text, points, claims) {
  const spans = claims.flatMap(spansOf);
  const begin = new Map();
  for (const claim of claims) {
    const first = Math.min(...inPairs(claim.row[CONTENT]).map(([start]) => start));
    if (Number.isFinite(first)) begin.set(first, [...(begin.get(first) ?? []), claim]);
  }
  const place = (at) => (text.length === points.length ? at : [...text.slice(0, at)].length);
  const edges = [0, ...[...text.matchAll(/\n\s*\n/g)].flatMap((gap) => [place(gap.index), place(gap.index + gap[0].length)]), points.length];
  const cuts = [...new Set([...edges, ...spans.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b);
  const box = make("div", { class: "text" });
  for (let k = 0; k < edges.length; k += 2) {
    const [first, last] = [edges[k], edges[k + 1]];
    const inner = cuts.filter((cut) => first <= cut && cut <= last), paragraph = make("p", { dir: "auto" });
    for (let c = 0; c + 1 < inner.length; c += 1) {
      paragraph.append(...(begin.get(inner[c]) ?? []).map(markFor), segment(points.slice(inner[c], inner[c + 1]).join(""), inner[c], inner[c + 1], spans));
    }
    if (k === 0 && edges.length > 2 && last - first <= 100 && !/(\.|\.”|\.")$/.test(paragraph.textContent)) paragraph.classList.add("headline");
    box.append(paragraph, points.slice(last, edges[k + 2] ?? last).join(""));
  }
  return box;
}
function segment(text, start, end, spans) {
  let node = document.createTextNode(text);
  for (const role of [...ROLES].reverse()) {
    const numbers = [...new Set(spans.filter((span) => span.role === role && span.start <= start && end <= span.end).map((span) => span.n))];
    if (numbers.length) node = make("span", { class: `r ${role}`, "data-in": numbers.sort((a, b) => a - b).join(" ") }, node);
  }
  return node;
}
function markFor(claim) {
  const partner = claim.partner && claim.partner.id;
  return make("a", { class: `mark ${claim.outcome}`, id: claim.id, href: asLink(`record:${claim.id}`), "data-n": claim.n, "data-partner": partner, "aria-label": `${claim.side} claim ${claim.n}, ${words(claim.outcome)}` }, String(claim.n));
}

/* a record: the labels of a claim, and what the other side says where it differs */
const SIGNS = { favor: "+", against: "−", neutral: "○" };
function recordFor(claim, report, points) {
  const dossier = data.dossiers[report.dossier], other = claim.partner;
  const named = (name, value) => (value === "" ? "unanswered" : value === null ? "none" : name === "topic" ? dossier.topics[value] ?? value : name === "speaker" || name === "agency" ? dossier.agents[value] ?? value : value);
  const entry = (term, ...children) => make("div", {}, make("dt", {}, term), make("dd", {}, ...children));
  const said = (term, role, span) => (span.length ? entry(term, make("span", { class: isOffsets(span) ? `r ${role}` : "" }, spoken(span, points))) : null);
  const labels = data.labels.map((name, k) => {
    const value = claim.row[FIRST_LABEL + k], theirs = other && other.row[FIRST_LABEL + k], wrong = other && value !== theirs;
    const shownValue = name === "stance" && value in SIGNS ? make("span", { class: `stance ${value}` }, `${SIGNS[value]} ${value}`) : named(name, value);
    const row = entry(name[0].toUpperCase() + name.slice(1), shownValue, wrong ? make("span", { class: "instead" }, `${other.side}: ${named(name, theirs)}`) : null);
    if (wrong) row.lastChild.className = "wrong";
    return row;
  });
  const link = make("a", { class: "to-text", href: asLink(claim.id), "aria-label": `${claim.side} claim ${claim.n} in the text` }, String(claim.n));
  return make("li", { class: "record", id: `record:${claim.id}`, "data-n": claim.n },
    make("p", { class: "lead" }, link, make("b", {}, `${claim.side === "gold" ? "Gold" : "Predicted"} ${claim.n}`), make("span", { class: `outcome ${claim.outcome}` }, words(claim.outcome)), claim.form ? make("span", { class: "form" }, claim.form) : null),
    make("p", { class: "said", dir: "auto" }, spoken(claim.row[CONTENT].length ? claim.row[CONTENT] : claim.words, points)),
    make("dl", {}, ...labels, said("Source", "source", claim.row[SOURCE]), said("Cue", "cue", claim.row[CUE]),
      ...claim.row[VIA].map(([agent, span]) => entry("Via", make("span", { class: isOffsets(span) ? "r via" : "" }, spoken(span, points)), ` ${named("agency", agent)}`)),
      typeof claim.confidence === "number" ? entry("Confidence", claim.confidence.toFixed(2)) : null,
      other ? entry("Matched", make("a", { class: "to-partner", href: asLink(other.id) }, `${other.side} ${other.n}`)) : null));
}

/* making the two sides of a report, and taking them away again */
function build(i) {
  const report = data.reports[i], points = [...report.text], { gold, predicted } = claimsOf(i);
  const title = { gold: "Gold", predicted: data.systems[chosen] };
  const sides = Object.entries({ gold, predicted }).map(([side, claims]) => {
    const text = textOf(report.text, points, claims);
    for (const claim of claims.filter((each) => each.row[CONTENT].length === 0)) text.append(make("p", { class: "loose" }, "Not in the text: ", markFor(claim), make("span", { class: "words", dir: "auto" }, claim.words.join(" … "))));
    const records = make("details", { class: "records" }, make("summary", {}, `Records of ${part(claims.length, claims.length, "claim")}`), make("ol", {}, ...claims.map((claim) => recordFor(claim, report, points))));
    return make("article", { class: `side ${side}`, "data-side": side, "aria-label": `${title[side]}: ${report.id}` }, make("h4", {}, `${title[side]}, ${part(claims.length, claims.length, "claim")}`), text, records);
  });
  const box = sections[i].querySelector(".sides");
  box.style.minHeight = "";
  box.replaceChildren(...sides);
  if (shown[i]) dim(i, shown[i]);
}
/* Only what is near the window is made, so that thousands of reports stay light; what is left keeps its height. */
const near = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    const sides = target.querySelector(".sides"), made = sides.childElementCount > 0;
    if (isIntersecting && sheet && !made) build(indexOf.get(target.id));
    if (!isIntersecting && made && !target.contains(active) && !target.contains(document.activeElement)) {
      sides.style.minHeight = sides.offsetHeight ? `${sides.offsetHeight}px` : "";
      sides.replaceChildren();
    }
  }
}, { rootMargin: "100% 0px" });
onChosen.push(() => {
  clear();
  readItems();
  for (const box of document.querySelectorAll(".sides")) {
    box.style.minHeight = "";
    box.replaceChildren();
  }
  apply();
  for (const section of sections) { near.unobserve(section); near.observe(section); }
});

/* the active claim lights the one it is matched with */
onActive((mark) => {
  const partner = mark && mark.dataset.partner ? document.getElementById(mark.dataset.partner) : null;
  if (partner) for (const part of [partner, ...partsOf(partner)]) part.classList.add("on");
});

/* filters */
for (const select of selects) select.addEventListener("change", apply);
function reset() {
  for (const select of selects) select.value = "";
  apply();
}
document.getElementById("reset").addEventListener("click", reset);
async function readOutcome(n, outcome) {
  await choose(n);
  for (const select of selects) select.value = "";
  filterOf("outcome").value = outcome;
  apply();
  openPanel(matchMedia("(min-width: 40rem)").matches);          // on a telephone it would cover what was asked for
  document.getElementById("reports").scrollIntoView();
}

/* a link to a claim chooses its system, makes its report, and shows what a filter hides */
async function reach() {
  let id = "";
  try { id = decodeURIComponent(location.hash.slice(1)).replace(/^record:/, ""); } catch { return; }
  const [report, rest] = id.includes("#") ? [id.slice(0, id.indexOf("#")), id.slice(id.indexOf("#") + 1)] : [id, ""];
  const i = indexOf.get(report);
  if (i === undefined) return;
  const system = data.systems.indexOf(rest.slice(0, Math.max(0, rest.lastIndexOf(":"))));
  if (system >= 0) await choose(system);
  if (sections[i].hidden) reset();
  if (!sections[i].querySelector(".side")) build(i);
  if (!rest) sections[i].scrollIntoView();
  follow();
}
addEventListener("hashchange", reach);
document.getElementById("find").hidden = false;
if (data.systems.length) choose(Number(systemSelect.value)).then(reach);
