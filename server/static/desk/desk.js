// The guide desk: one field for numbers and items, the number found with the keys its state allows, the hall beside it.
import { follow, LOST } from "../feed.js";
import { drawMessages } from "../messages.js";
import { $, element, pick, plain, tell } from "../parts.js";
import { elsewhere } from "../search.js";
import { drawHall } from "./hall.js";
import { checkIn, drawChoices, issue, refresh } from "./issue.js";
import { act, countdown, drawTicket, find } from "./number.js";
import { option, radio } from "./pieces.js";
import { printList } from "./printing.js";
import { desk, klass, known, look, marked, offered, refocus, refuse, setMode, tabs, wanted } from "./state.js";

function draw(state) {
  drawMessages(state.messages, (one) => tell(`${one.sender}：${one.text}`, `${one.sender_en}: ${one.text}`, "info"));
  if (!drawHall(state)) return;
  drawChoices();
  refresh();
}

function turnTo(next) {
  refuse(null);
  if (next === "issue") { desk.stage = "group"; desk.marked = -1; $("issued").hidden = true; desk.issuedId = null; }
  wanted.value = "";
  setMode(next);
  if (next === "issue") drawChoices();
  if (next === "contact") $("matter").focus(); else wanted.focus();
}

document.querySelectorAll("[data-mode]").forEach((key) => { key.onclick = () => turnTo(key.dataset.mode); });

wanted.oninput = () => {
  desk.marked = -1;
  refuse(null);  // it was of other words
  const value = plain(wanted.value);
  if (desk.mode === "find" && value && !/^[A-Za-z]?\d*$/.test(value)) { $("issued").hidden = true; desk.issuedId = null; setMode("issue"); }
  if (desk.mode === "issue") { look(); drawChoices(); }
};

// Enter takes what is marked; where several may be meant nothing is, and it says so.
const CODE = /[-/]/;  // in the code of a booking, a receipt or a pick-up notice, and in no number and no item

async function take(value) {
  const found = await look();
  if (plain(wanted.value) !== value || desk.mode !== "issue") return;
  const one = offered()[marked()];
  if (one) issue(one);
  else if (CODE.test(value)) checkIn(value);
  else if (/^[A-Za-z]\d+$/.test(value)) find(value.toUpperCase());
  else if (found.lost) refuse(LOST);
  else if (found.hits.length && !found.hits[0].code) { const [detail, detail_en] = elsewhere(found.hits[0]); refuse({ detail, detail_en }); }
  else if (found.hits.length) refuse({ detail: "可能是下面几个事项：请按 ↓ 选一个，再按回车。", detail_en: "Several items may be meant: choose one with ↓, then Enter." });
  else refuse({ detail: "没有这样的事项：换个词试试。", detail_en: "No such item: try another word." });
}

$("finder").onsubmit = (event) => {
  event.preventDefault();
  const value = plain(wanted.value);
  if (desk.mode === "issue" && (value || desk.marked >= 0)) { take(value); return; }
  if (CODE.test(value)) { checkIn(value); return; }
  if (/^[A-Za-z]\d+$/.test(value)) find(value.toUpperCase());
  else if (value) refuse({ detail: "请输入号码，例如A012。", detail_en: "Enter a number such as A012." });
};

wanted.onkeydown = (event) => {
  if (desk.mode !== "issue" || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const from = marked();
    desk.marked = Math.max(0, Math.min(offered().length - 1, from + (event.key === "ArrowDown" ? 1 : -1)));
    drawChoices();
    document.querySelector("#choices [aria-current]")?.scrollIntoView({ block: "nearest" });
  } else if (!wanted.value && !event.repeat && /^[1-9]$/.test(event.key)) {
    event.preventDefault();
    const n = Number(event.key) - 1;
    if (desk.stage === "group" && n < tabs.length) { desk.group = n; desk.stage = "item"; drawChoices(); }
    else if (desk.stage === "item" && n < offered().length) issue(offered()[n]);
  }
};

$("contact-form").onkeydown = (event) => {
  if (event.key === "Enter" && event.ctrlKey) { event.preventDefault(); $("contact-form").requestSubmit($("note-and-print")); }
};

const HOT = { F6: "reprint", F7: "transfer", F8: "take-back", F9: "raise", F10: "leave" };
const MODES = { F2: "find", F3: "issue", F4: "contact" };
document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]")) { if (MODES[event.key] || HOT[event.key] || event.key === "F11") event.preventDefault(); return; }
  const typing = ["INPUT", "SELECT", "TEXTAREA"].includes(event.target.tagName);
  if (event.key === "F3" && desk.mode === "issue") { event.preventDefault(); nextClass(); }
  else if (MODES[event.key]) { event.preventDefault(); turnTo(MODES[event.key]); }
  else if (event.key === "F11") { event.preventDefault(); if (!event.repeat) printList(); }
  else if (HOT[event.key]) { event.preventDefault(); if (desk.mode === "find" && !event.repeat) act(HOT[event.key]); }
  else if (event.key === "z" && event.ctrlKey && !event.repeat && desk.mode === "find" && !(typing && event.target.value)) { event.preventDefault(); act("undo"); }
  else if (event.key === "Escape") {
    if (desk.mode === "issue" && desk.stage === "item" && !wanted.value) { desk.stage = "group"; drawChoices(); } else if (wanted.value) { wanted.value = ""; desk.marked = -1; drawChoices(); } else turnTo("find");
  } else if (!typing && event.key.length === 1 && /\S/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) wanted.focus();
});

// --- once -------------------------------------------------------------------------------------------------------------

$("klass").append(...known.classes.map((one) => radio("class", one.id, one.name, one.name_en, one.id === "ordinary")));
$("klass").onchange = () => { $("slot").hidden = klass() !== known.appointment; if (!$("slot").hidden) $("slot-time").focus(); else refocus(); };
function nextClass() {
  const all = [...document.querySelectorAll("#klass input")];
  all[(all.findIndex((one) => one.checked) + 1) % all.length].checked = true;
  $("klass").onchange();
}
$("printer").append(...known.printers.map((one) => option(one.id, one.name, `Printer ${one.id}`)));
$("results").append(...known.results.map((one, n) => radio("result", one.id, one.zh, one.en, n === 0)));
function suggestions() {
  $("matters").replaceChildren(...known.services.map((one) => { const node = element("option"); node.value = pick(one.name, one.name_en); return node; }));
  $("places").replaceChildren(...known.counters.map((one) => { const node = element("option"); node.value = pick(one.name, one.name_en); return node; }));
}
window.addEventListener("preferences", () => { suggestions(); setMode(desk.mode); drawChoices(); if (desk.view) { draw(desk.view); drawTicket(); } });
desk.redraw = drawChoices;
suggestions();
setMode("find");
follow("/api/v1/desk", draw, (gone) => {
  desk.away = gone;
  $("lost").hidden = !gone;
  document.querySelector("main").classList.toggle("old", gone);
});
setInterval(() => document.querySelectorAll("[data-until]").forEach(countdown), 1000);
setInterval(refresh, 3000);
wanted.focus();
