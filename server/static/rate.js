// The tablet at a counter: who works there, and while a visitor is asked the five levels with what may be added. One rating answers one
// question; a visitor who walks away after a level has given that level. Back in Chinese and normal type for the next one.
import { follow } from "./feed.js";
import { $, element } from "./parts.js";
import { press } from "./press.js";

const MORE_MS = 20000, THANKS_MS = 4000, PICTURE_MS = 12000;
const main = document.querySelector("[data-feed]");
const options = [...document.querySelectorAll("[data-options]")];
let state = null, answered = "", level = 0, over = 0, wait = 0, turn = 0, picture = "";

function open(name) {
  for (const id of ["idle", "ask", "more", "thanks"]) $(id).hidden = id !== name;
}

function drawIdle() {
  const { staff } = state, names = staff ? [] : state.pictures;
  $("card").hidden = !staff;
  $("closed").hidden = Boolean(staff) || names.length > 0;
  $("busy").hidden = state.state !== "paused";
  if (staff) { $("name").textContent = staff.name; $("staff").textContent = staff.id; $("mark").textContent = staff.name.slice(0, 1); $("mark").hidden = !staff.name || staff.photo; }
  drawPhoto(staff?.photo ? `${location.pathname}/photo/${encodeURIComponent(staff.id)}` : "");
  const wanted = names.length ? names[turn % names.length] : "";
  $("picture").hidden = !wanted;
  if (wanted === picture) return;
  picture = wanted;
  const film = /\.(mp4|webm)$/i.test(wanted), node = wanted && element(film ? "video" : "img", "");
  if (node) { node.src = `/screen/pictures/${encodeURIComponent(wanted)}`; if (film) Object.assign(node, { muted: true, autoplay: true, loop: true }); else node.alt = ""; }
  $("picture").replaceChildren(...(node ? [node] : []));
}

// A photograph that does not come leaves the first sign of the name.
function drawPhoto(wanted) {
  const photo = $("photo");
  if (photo.getAttribute("src") !== (wanted || null)) { if (wanted) photo.src = wanted; else photo.removeAttribute("src"); }
  photo.hidden = !wanted;
}

function home() {
  clearTimeout(wait);
  level = 0;
  window.prefer({ lang: "zh", size: "normal" });
  draw();
}

function draw() {
  if (!state) return;
  drawIdle();
  if (!$("thanks").hidden || (!$("more").hidden && state.ask)) return;
  const asked = Boolean(state.ask) && state.ask !== answered;
  open(asked ? "ask" : "idle");
}

function show(told) {
  if (state && told.build !== state.build) { location.reload(); return; }
  const before = state?.ask;
  state = told;
  clearTimeout(over);
  if (told.until) over = setTimeout(() => { if (level) send(); else { answered = told.ask; home(); } }, Math.max(0, Date.parse(told.until) - Date.parse(told.now)));
  if (before !== undefined && before !== told.ask) { level = 0; $("more").hidden = true; }
  draw();
}

function send() {
  clearTimeout(wait);
  const { ask } = state, chosen = [...document.querySelectorAll("[data-options] [aria-pressed=true]")].map((one) => one.value);
  if (!ask || !level) { home(); return; }
  answered = ask;
  press(main.dataset.feed, { ask, level, options: chosen }, { done: thank, refuse: home });
}

function thank() {
  open("thanks");
  setTimeout(() => { $("thanks").hidden = true; home(); }, THANKS_MS);
}

function later() { clearTimeout(wait); wait = setTimeout(send, MORE_MS); }

$("photo").addEventListener("error", () => { $("photo").hidden = true; $("mark").hidden = !state?.staff?.name; });
$("levels").addEventListener("click", (event) => {
  const key = event.target.closest("[data-level]");
  if (!key) return;
  level = Number(key.dataset.level);
  for (const one of options) { one.hidden = one.dataset.options !== key.dataset.level; for (const box of one.children) box.setAttribute("aria-pressed", "false"); }
  open("more");
  later();
});
$("more").addEventListener("click", (event) => {
  const key = event.target.closest("[data-options] button");
  if (key) key.setAttribute("aria-pressed", String(key.getAttribute("aria-pressed") !== "true"));
  later();
});
$("back").addEventListener("click", () => { clearTimeout(wait); level = 0; open("ask"); });
$("send").addEventListener("click", send);
$("tongue").addEventListener("change", (event) => window.prefer({ lang: event.target.value }));
$("size").addEventListener("click", () => window.prefer({ size: document.documentElement.dataset.size === "large" ? "normal" : "large" }));
function marked() {
  const { lang, size, other = "en" } = document.documentElement.dataset;
  for (const one of $("tongue").querySelectorAll("input")) one.checked = one.value === (lang === "en" ? other : lang);
  $("size").setAttribute("aria-pressed", String(size === "large"));
}
window.addEventListener("preferences", marked);
marked();
setInterval(() => { turn += 1; if (state && !$("idle").hidden) drawIdle(); }, PICTURE_MS);
follow(main.dataset.feed, (told) => { $("lost").hidden = true; show(told); }, () => { $("lost").hidden = false; });
