"use strict";
/* The theme, and one active claim at a time: all its parts lit, its record on the card. A text stands in an element
   with an id; in it, `.mark[data-n]` begins claim n, `.r[data-in]` names the claims it is part of, and
   `.record[data-n]` is what the card shows. Nothing here makes markup from text. */

const root = document.documentElement;
const card = document.getElementById("card");
const isClaim = (element) => element !== null && element.classList.contains("mark");

/* theme */
const themes = ["auto", "light", "dark"];
const themeButton = document.getElementById("theme");
const remembered = () => { try { return localStorage.getItem("onrecord-theme"); } catch { return null; } };
const remember = (theme) => { try { localStorage.setItem("onrecord-theme", theme); } catch { /* not allowed here */ } };
function setTheme(theme) {
  if (theme === "auto") delete root.dataset.theme; else root.dataset.theme = theme;
  themeButton.textContent = `Theme: ${theme}`;
}
let theme = themes.includes(remembered()) ? remembered() : "auto";
setTheme(theme);
themeButton.hidden = false;
themeButton.addEventListener("click", () => {
  theme = themes[(themes.indexOf(theme) + 1) % themes.length];
  setTheme(theme);
  remember(theme);
});

/* the height of the bar, which everything sticky and every jump must clear */
const bar = document.querySelector(".bar");
const measureBar = () => root.style.setProperty("--bar", `${bar.offsetHeight}px`);
new ResizeObserver(measureBar).observe(bar);

/* the filters: a panel that opens, and how many of how many are shown */
const panel = document.getElementById("panel");
const more = document.getElementById("more");
const count = document.getElementById("count");
const number = (value) => value.toLocaleString("en");
const part = (some, all, what) => `${some === all ? "" : `${number(some)} of `}${number(all)} ${what}${all === 1 ? "" : "s"}`;
function openPanel(is) {
  panel.hidden = !is;
  more.setAttribute("aria-expanded", String(is));
  measureBar();
}
more.addEventListener("click", () => openPanel(panel.hidden));

/* the active claim */
let active = null;
let pinned = false;
const listeners = [];
const onActive = (listener) => listeners.push(listener);
const articleOf = (element) => element.closest("article");
const partsOf = (mark) => [...articleOf(mark).querySelectorAll(".r[data-in]")].filter((part) => part.dataset.in.split(" ").includes(mark.dataset.n));
const markOf = (article, n) => article.querySelector(`.mark[data-n="${n}"]`);

function recordOf(mark) {
  return articleOf(mark).querySelector(`.record[data-n="${mark.dataset.n}"]`);
}

function clear() {
  for (const lit of document.querySelectorAll(".r.on, .mark.on")) lit.classList.remove("on");
  active = null;
  pinned = false;
  card.hidden = true;
  card.classList.remove("pinned");
  for (const listener of listeners) listener(null, false);
}

function show(mark, { pin = false, near = mark } = {}) {
  clear();
  active = mark;
  pinned = pin;
  for (const part of [mark, ...partsOf(mark)]) part.classList.add("on");
  card.replaceChildren(...[...recordOf(mark).children].map((child) => child.cloneNode(true)));
  card.setAttribute("aria-label", `Claim ${mark.dataset.n}`);
  card.classList.toggle("pinned", pin);
  card.hidden = false;
  place(near);
  for (const listener of listeners) listener(mark, pin);
}

function place(near) {
  card.style.removeProperty("left");
  card.style.removeProperty("top");
  if (getComputedStyle(card).position === "fixed") return;
  const rects = [near, ...partsOf(active)].flatMap((part) => [...part.getClientRects()]);
  const first = near.getClientRects()[0];
  if (!first) return;
  const text = near.closest(".text").getBoundingClientRect(), margin = articleOf(near).getBoundingClientRect().right;
  if (text.right + 20 + card.offsetWidth <= margin + 20) {          // there is room beside the text: cover none of it
    const lowest = Math.max(bar.offsetHeight + 8, innerHeight - card.offsetHeight - 12);
    card.style.left = `${text.right + 20 + scrollX}px`;
    card.style.top = `${Math.min(first.top - 16, lowest) + scrollY}px`;
    return;
  }
  const highest = Math.min(...rects.map((rect) => rect.top)) - 8 - card.offsetHeight, lowest = Math.max(...rects.map((rect) => rect.bottom)) + 8;
  const fitting = [lowest, highest, first.bottom + 8].find((at) => at >= bar.offsetHeight && at + card.offsetHeight <= innerHeight);
  const top = fitting ?? first.bottom + 8;                          // clear of every part of the claim, where that is possible
  const left = Math.min(Math.max(12, first.left), root.clientWidth - card.offsetWidth - 12);
  card.style.left = `${left + scrollX}px`;
  card.style.top = `${top + scrollY}px`;
}

/* The claims that a point of a text belongs to, the shortest content first: what is nested is reached before what holds it. */
function marksAt(target) {
  if (!(target instanceof Element)) return [];
  if (isClaim(target)) return [target];
  const article = target.closest(".text") && articleOf(target);
  const numbers = new Set();
  for (let part = target.closest(".text .r"); part; part = part.parentElement.closest(".r")) {
    if (!part.classList.contains("off")) for (const n of part.dataset.in.split(" ")) numbers.add(n);
  }
  const size = (mark) => partsOf(mark).reduce((sum, part) => sum + (part.classList.contains("content") ? part.textContent.length : 0), 0);
  return [...numbers].map((n) => markOf(article, n)).filter((mark) => !mark.hidden).map((mark) => [size(mark), mark]).sort((a, b) => a[0] - b[0]).map(([, mark]) => mark);
}

document.addEventListener("pointerover", (event) => {
  if (pinned || event.pointerType === "touch") return;
  const [mark] = marksAt(event.target);
  if (mark) show(mark, { near: event.target });
  else if (active) clear();
});
document.addEventListener("focusin", (event) => {
  if (isClaim(event.target) && !(pinned && active === event.target)) show(event.target);
});
document.addEventListener("focusout", (event) => {
  if (isClaim(event.target) && !pinned && active === event.target) clear();
});
document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || card.contains(event.target)) return;
  const marks = marksAt(event.target);
  if (marks.length === 0) { if (pinned && !event.target.closest("a, summary, button, select, input")) clear(); return; }
  if (!isClaim(event.target) && !getSelection().isCollapsed) return;
  event.preventDefault();
  const mark = pinned ? marks[(marks.indexOf(active) + 1) % marks.length] : marks[0];
  show(mark, { pin: true, near: event.target });
  history.replaceState(null, "", recordOf(mark).querySelector(".to-text").getAttribute("href"));
  if (event.detail === 0) card.focus();                      // by keyboard: go on to what the card links to
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !active) return;
  const mark = active, back = card.contains(document.activeElement);
  clear();
  if (back) { mark.focus(); clear(); }
});

/* a reference to a claim, from the address or from a link */
function elementOfHash() {
  try { return document.getElementById(decodeURIComponent(location.hash.slice(1))); } catch { return null; }
}
function follow() {
  const target = elementOfHash();
  if (isClaim(target)) {
    target.focus({ preventScroll: true });
    show(target, { pin: true });
    settle(target, 4);
  } else clear();
  const folded = target && (target.matches("details") ? target : target.closest("details"));
  if (folded) { folded.open = true; target.scrollIntoView(); }
}
/* Texts that come into view get their true height, which moves what is below: scroll and place again until all is still. */
function settle(mark, frames) {
  requestAnimationFrame(() => {
    if (active !== mark || frames === 0) return;
    mark.scrollIntoView({ block: "start" });
    place(mark);
    settle(mark, frames - 1);
  });
}
addEventListener("hashchange", follow);
addEventListener("beforeprint", () => { for (const details of document.querySelectorAll("details")) details.open = true; });
