/* The chosen system: its figures in slices and matrices, its rows and curves lit; tables that can be sorted.
   What belongs to one system is unpacked when it is chosen. Nothing here makes markup from text. */

const data = JSON.parse(document.getElementById("data").textContent);
const selects = [...panel.querySelectorAll("select")];
const systemSelect = document.getElementById("system");
const filterOf = (name) => selects.find((select) => select.name === name);
const words = (name) => name.replaceAll("-", " ");
const percent = (value) => (value === null ? "–" : value === 1 ? "100" : (100 * value).toFixed(1));

function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null) element.setAttribute(key, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

/* what belongs to one system: JSON, compressed, in base64; the last few stay unpacked */
const unpacked = new Map();
async function unpack(n) {
  if (!unpacked.has(n)) {
    const bytes = Uint8Array.from(atob(document.getElementById(`system-${n}`).textContent), (char) => char.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    unpacked.set(n, await new Response(stream).json());
    if (unpacked.size > 4) unpacked.delete(unpacked.keys().next().value);
  }
  return unpacked.get(n);
}

/* choosing */
let chosen = -1;
let sheet = null;
let choosing = Promise.resolve();
const onChosen = [];
function choose(n) {
  if (n !== chosen) choosing = turnTo(n);
  return choosing;
}
async function turnTo(n) {
  chosen = n;
  systemSelect.value = String(n);
  for (const element of document.querySelectorAll("tr[data-system], .line[data-system]")) element.classList.toggle("chosen", element.dataset.system === String(n));
  for (const element of document.querySelectorAll(".chosen-name")) element.textContent = data.systems[n];
  const found = await unpack(n);
  if (chosen !== n) return;                                     // another was chosen in the meantime
  sheet = found;
  for (const table of document.querySelectorAll(".cut")) fillCut(table, sheet.slices[table.dataset.cut]);
  fillMatrices(sheet.confusion);
  for (const listener of onChosen) listener();
  root.dataset.chosen = String(n);
}

function fillCut(table, values) {
  for (const row of table.tBodies[0].rows) {
    const scores = values[row.dataset.value];
    const record = scores ? scores.record : null, ends = record && record.interval.f1;
    const shown = make("span", { class: "ends" }, ends ? ` [${percent(ends[0])}, ${percent(ends[1])}]` : "");
    row.querySelector(".of-record").replaceChildren(make("b", {}, percent(record ? record.f1 : null)), shown);
    row.querySelector(".of-detection").textContent = percent(scores ? scores.detection.f1 : null);
    placeOn(row.querySelector(".strip .dot"), record && record.f1 !== null ? { cx: record.f1 } : null);
    placeOn(row.querySelector(".strip .whisker"), ends ? { x1: ends[0], x2: ends[1] } : null);
  }
}
function placeOn(element, places) {
  element.setAttribute("visibility", places ? "visible" : "hidden");
  for (const [name, value] of Object.entries(places ?? {})) element.setAttribute(name, `${(100 * value).toFixed(2)}%`);
}

/* confusion */
function fillMatrices(confusion) {
  const topics = Object.entries(confusion.topic).map(([id, matrix]) => {
    const dossier = data.dossiers[id];
    return matrixOf(`Topic, ${dossier.title}`, matrix, (topic) => dossier.topics[topic] ?? topic);
  });
  document.getElementById("matrices").replaceChildren(matrixOf("Stance", confusion.stance, words), ...topics);
}
function matrixOf(title, { rows, columns, counts }, label) {
  const head = columns.map((column) => make("th", { scope: "col" }, make("span", {}, column === "" ? "unanswered" : label(column))));
  const body = rows.map((row, i) => {
    const total = counts[i].reduce((sum, count) => sum + count, 0);
    const cells = counts[i].map((count, j) => {
      const cell = make("td", { class: columns[j] === row ? "right" : null }, count ? number(count) : make("span", { class: "zero" }, "0"));
      if (total) cell.style.setProperty("--share", (count / total).toFixed(3));
      return cell;
    });
    return make("tr", {}, make("th", { scope: "row" }, label(row)), ...cells);
  });
  const table = make("table", { class: "matrix" }, make("caption", {}, make("b", {}, title)),
    make("thead", {}, make("tr", {}, make("td", {}), ...head)), make("tbody", {}, ...body));
  return make("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": `Confusion: ${title}` }, table);
}

/* sorting: what is undefined comes last */
function sort(button) {
  const head = button.closest("th"), table = button.closest("table"), key = button.dataset.key;
  const before = head.getAttribute("aria-sort");
  const up = before ? before === "descending" : key === "name";
  for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", up ? "ascending" : "descending");
  const compare = (a, b) => {
    const one = a.getAttribute(`data-${key}`), other = b.getAttribute(`data-${key}`);
    if (one === "" || other === "") return (one === "") - (other === "");
    return (up ? 1 : -1) * (key === "name" ? one.localeCompare(other, "en") : one - other);
  };
  for (const body of table.tBodies) body.append(...[...body.querySelectorAll("tr[data-system]")].sort(compare));
}

/* the score that the leaderboard shows */
const scoreSelect = document.getElementById("score");
function showScore() {
  for (const body of document.getElementById("board").tBodies) body.hidden = body.dataset.score !== scoreSelect.value;
}
scoreSelect.addEventListener("change", showScore);
document.getElementById("score-choice").hidden = false;
showScore();

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.matches(".sort")) sort(button);
  if (button.matches(".pick")) choose(Number(button.dataset.system));
  if (button.matches(".to-outcome")) readOutcome(Number(button.dataset.system), button.dataset.outcome);
});
for (const table of document.querySelectorAll(".areas")) {
  const near = (target) => {
    const row = target && target.closest("tr[data-system]");
    for (const line of table.closest("figure").querySelectorAll("path.line")) line.classList.toggle("near", row !== null && line.dataset.system === row.dataset.system);
  };
  for (const type of ["pointerover", "focusin"]) table.addEventListener(type, (event) => near(event.target));
  for (const type of ["pointerleave", "focusout"]) table.addEventListener(type, () => near(null));
}
systemSelect.addEventListener("change", () => choose(Number(systemSelect.value)));
