// The back office by keyboard: arrows choose a case, Space ticks it, a digit acts on what is ticked, or else on the one chosen.
// Without this script the same is done by the mouse: the page is a form.
import { $ } from "./parts.js";

const form = $("office"), rows = [...document.querySelectorAll("#lines tbody tr")];
let at = -1, leaving = false;  // a key that was pressed while the next page loads is not for this one

const box = (row) => row.querySelector("input[type=checkbox]");
const ticked = () => rows.filter((row) => box(row).checked);
const meant = () => (ticked().length ? ticked() : at >= 0 ? [rows[at]] : []);

function point(to) {
  if (!rows.length) return;
  at = Math.max(0, Math.min(to, rows.length - 1));
  rows.forEach((row, i) => { row.classList.toggle("at", i === at); if (i === at) row.setAttribute("aria-current", "true"); else row.removeAttribute("aria-current"); });
  rows[at].scrollIntoView({ block: "nearest" });
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

if (form && rows.length) {
  point(0);
  form.addEventListener("change", able);
  form.addEventListener("submit", (event) => { if (!ticked().length && at >= 0) box(rows[at]).checked = true; if (!event.submitter) event.preventDefault(); });
  window.addEventListener("pageshow", () => { for (const row of rows) box(row).checked = false; leaving = false; able(); });
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
