// The back office by keyboard: arrows choose a case, Space ticks it, a digit acts on what is ticked, or else on the one chosen.
// The page is live: when its pile changes it is drawn anew, and what was ticked and chosen stays so.
// Without this script the same is done by the mouse: the page is a form.
import { follow } from "./feed.js";
import { $ } from "./parts.js";

let form = $("office"), rows = [], at = -1, leaving = false;  // a key that was pressed while the next page loads is not for this one

const box = (row) => row.querySelector("input[type=checkbox]");
const ticked = () => rows.filter((row) => box(row).checked);
const meant = () => (ticked().length ? ticked() : at >= 0 ? [rows[at]] : []);

function point(to, scroll = true) {
  if (!rows.length) return;
  at = Math.max(0, Math.min(to, rows.length - 1));
  rows.forEach((row, i) => { row.classList.toggle("at", i === at); if (i === at) row.setAttribute("aria-current", "true"); else row.removeAttribute("aria-current"); });
  if (scroll) rows[at].scrollIntoView({ block: "nearest" });
  able();
}

// A key is dark while one of the cases that are meant can't make its move now.
function able() {
  for (const key of form.querySelectorAll("button[name=move]")) key.disabled = !meant().length || !meant().every((row) => row.dataset.moves.split(" ").includes(key.value));
}

function act(digit) {
  const key = form.querySelector(`button[data-digit="${digit}"]`);
  if (!key || key.disabled) return;
  if (!ticked().length) box(rows[at]).checked = true;
  leaving = true;
  key.click();
}

const KEYS = {
  ArrowDown: () => point(at + 1), ArrowUp: () => point(at - 1), Home: () => point(0), End: () => point(rows.length - 1),
  " ": () => { box(rows[at]).checked = !box(rows[at]).checked; point(at + 1); },
  Enter: () => rows[at].querySelector("a").click(),
};

function wire() {
  rows = [...document.querySelectorAll("#lines tbody tr")];
  at = -1;
  if (!rows.length) return;
  point(0, false);
  form.addEventListener("change", able);
  form.addEventListener("submit", (event) => { if (!ticked().length && at >= 0) box(rows[at]).checked = true; if (!event.submitter) event.preventDefault(); });
}

// The pile as it is now, in the place of what is shown; who is pressing a key or has left is not disturbed.
async function renew() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || leaving) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html"), next = page.querySelector("#office"), tabs = page.querySelector("nav.tabs");
  if (!next || leaving) return;
  const kept = new Set(ticked().map((row) => box(row).value)), chosen = at >= 0 ? box(rows[at]).value : "", within = form.contains(document.activeElement);
  document.querySelector("nav.tabs").replaceWith(document.adoptNode(tabs));
  form.replaceWith(document.adoptNode(next));
  form = next;
  wire();
  for (const row of rows) box(row).checked = kept.has(box(row).value);
  const there = rows.findIndex((row) => box(row).value === chosen);
  if (rows.length) point(there >= 0 ? there : 0, false);
  if (within && rows.length) box(rows[at]).focus({ preventScroll: true });
}

if (form) {
  wire();
  window.addEventListener("pageshow", () => { for (const row of rows) box(row).checked = false; leaving = false; able(); });
  if (form.dataset.feed) {
    follow(form.dataset.feed, (state) => {
      const counts = [...state.piles.map((one) => one.count), state.owing, state.remind].join(" ");
      if (state.mark !== form.dataset.mark || counts !== form.dataset.counts) renew();
    }, (gone) => { $("lost").hidden = !gone; });
  }
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat && !event.key.startsWith("Arrow")) return;
  const typing = event.target.matches("input:not([type=checkbox]), select, textarea"), key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key === "Escape") { const back = document.querySelector("[data-back]"); if (back) { event.preventDefault(); back.click(); } return; }
  if (typing) return;
  if (!form && key === "p" && $("print")) { event.preventDefault(); print(); return; }
  if (!form && key === "Enter" && event.target === document.body) { document.querySelector("form.sheet button.primary")?.click(); return; }
  if (!form || !rows.length || leaving) return;
  if (key === "l") { event.preventDefault(); document.querySelector("a[href^='/cases/day']").click(); return; }
  if (/^[1-9p]$/.test(key)) { event.preventDefault(); act(key); return; }
  if (!KEYS[event.key] || (event.target.matches("a, button, summary") && /^( |Enter)$/.test(event.key))) return;
  event.preventDefault();
  KEYS[event.key]();
});

$("print")?.addEventListener("click", () => print());
