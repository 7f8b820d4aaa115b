// The counter's console: draws what the hub says and nothing before it; which keys may be pressed is the hub's word too.
// Which key does what, what it opens, and the page's start. docs/console.md lists the keys.
import { follow } from "../feed.js";
import { $, bi, clock, COUNTER_STATES, element, pick, plain } from "../parts.js";
import { isCode, openCases } from "./cases.js";
import { openFinish, openPause, openSuspend, openTickets, openTransfer, openWhich } from "./dialogs.js";
import { drawMessages } from "../messages.js";
import { drawLists } from "./lists.js";
import { drawNow, drawTimes } from "./now.js";
import { drawPapers } from "./printed.js";
import { send, undo } from "./send.js";
import { openSlip, openSlips } from "./slips.js";
import { base, effective, good, heard, hush, keyOf, know, lockOf, minutes, now, refusalOf, refuse, root, show, state, undoLeft } from "./state.js";

// --- drawing ------------------------------------------------------------------------------------------------------------------

function draw(view) {
  const { counter, ticket } = view;
  $("counter-name").replaceChildren(bi(counter.name, counter.name_en));
  $("counter-state").replaceChildren(bi(...COUNTER_STATES[counter.state]));
  $("counter-state").dataset.state = counter.state;
  const stand = counter.standing_in;
  show($("standing-in"), ...(stand ? [bi(`代 ${stand.for}${stand.is_b ? " B岗" : ""}${stand.approved ? "" : "（待审批）"}`,
    `In for ${stand.for}${stand.is_b ? " (B)" : ""}${stand.approved ? "" : ", to be approved"}`)] : []));
  show($("helping"), ...(counter.help_at ? [bi(`已求助 ${clock(counter.help_at)}`, `Help called ${clock(counter.help_at)}`)] : []));
  drawNow(view, counter, ticket);
  drawLists(view);
  drawPapers(view.papers);
  drawMessages(view.messages, (one) => good(`${one.sender}：${one.text}`, `${one.sender_en}: ${one.text}`));
  drawKeys();
  lamp(view);
  for (const dialog of document.querySelectorAll("dialog[open][data-ticket]")) if (!ticket || dialog.dataset.ticket !== String(ticket.id)) dialog.close();
  tick();
}

function drawKeys() {
  const paused = state.counter.open === "paused", helping = Boolean(state.counter.help_at);
  keyOf("pause").querySelector(".over").replaceChildren(paused ? bi("继续", "Resume") : bi("暂停", "Pause"));
  keyOf("help").querySelector(".over").replaceChildren(helping ? bi("取消求助", "Cancel help") : bi("求助", "Help"));
  keyOf("help").setAttribute("aria-pressed", String(helping));
  keyOf("pause").setAttribute("aria-pressed", String(paused));
  keyOf("raise").hidden = Boolean(state.refusals.raise);
  $("keys").classList.toggle("no-raise", keyOf("raise").hidden);
  $("wanted").disabled = Boolean(state.refusals.call);
  $("wanted").title = state.picks ? "" : pick("只能呼叫过号、挂起的号", "Missed and suspended numbers only");
  for (const one of document.querySelectorAll("[data-verb]")) one.classList.toggle("primary", one === keyOf(state.primary));  // one key comes next, and no other looks like it
}

// A free counter and the first person: a short tone, the tab's title and a lamp on the key, until somebody is called.
let empty = null, tones = null;
function lamp(view) {
  const free = view.counter.open === "open" && !view.ticket, first = free && view.waiting > 0;
  keyOf("call-next").classList.toggle("lit", first);
  document.title = first ? pick(`（${view.waiting}人等候）${title}`, `(${view.waiting} waiting) ${title}`) : title;
  if (first && empty) tone();
  empty = free && view.waiting === 0;
}
const title = document.title;
function tone() {
  try {
    tones = tones || new AudioContext();
    const sound = tones.createOscillator(), loud = tones.createGain(), at = tones.currentTime;
    sound.frequency.value = 660;
    loud.gain.setValueAtTime(0.12, at);
    loud.gain.exponentialRampToValueAtTime(0.001, at + 0.5);
    sound.connect(loud).connect(tones.destination);
    sound.start(at);
    sound.stop(at + 0.5);
  } catch { /* no sound on this machine: title and lamp say it */ }
}

// Every half second: how long, how long still, and which keys have come free.
function tick() {
  if (!state) return;
  const { ticket } = state;
  document.querySelectorAll("[data-since]").forEach((node) => {
    const n = minutes(node.dataset.since);
    if (node.dataset.shown === String(n)) return;
    node.dataset.shown = String(n);
    node.replaceChildren(element("b", "", String(n)), " ", bi("分", "min"));
    node.classList.toggle("late", node.closest("#next") !== null && n >= state.pledge_min);
  });
  const longest = state.longest ? minutes(state.longest) : null;
  const others = state.hall_waiting - state.waiting;
  const parts = [longest === null ? null : [`最长 ${longest} 分`, `longest ${longest} min`], others > 0 ? [`全厅 ${state.hall_waiting}`, `hall ${state.hall_waiting}`] : null].filter(Boolean);
  said($("longest"), parts.map((one) => one[0]).join(" · "), parts.map((one) => one[1]).join(" · "));
  drawTimes(ticket);
  document.querySelectorAll("[data-verb]").forEach((key) => {
    const verb = effective(key.dataset.verb), left = lockOf(verb), kbd = key.querySelector("kbd");
    const disabled = Boolean(state.refusals[verb]) || left > 0 || (verb === "undo" && undoLeft() <= 0);
    if (key.disabled !== disabled) key.disabled = disabled;
    const label = left > 0 && !state.refusals[verb] ? `${left} s` : verb === "undo" && !disabled ? `${undoLeft()} s` : key.dataset.key.replace("Shift+", "⇧");
    if (kbd.textContent !== label) kbd.textContent = label;
    kbd.classList.toggle("counting", left > 0 && !state.refusals[verb]);
    const why = state.refusals[verb];
    key.title = verb === "undo" && !disabled ? pick(`撤销：${state.undo.zh}`, `Undo: ${state.undo.en}`) : why ? pick(why.zh, why.en) : "";
  });
}
function said(node, zh, en) { if (node.dataset.said !== zh) { node.dataset.said = zh; node.replaceChildren(...(zh ? [bi(zh, en)] : [])); } }

// --- keys ---------------------------------------------------------------------------------------------------------------------

const OPENS = {
  notice: () => openSlip("notice", state.ticket), slips: () => openSlips(), cases: () => openCases(),
  finish: openFinish, transfer: openTransfer, suspend: openSuspend, pause: openPause, tickets: openTickets,
  "take-back": () => openWhich("take-back"), "resume-ticket": () => openWhich("resume-ticket"), leave: () => openWhich("leave"), raise: () => openWhich("raise"),
  reprint: () => (state.ticket ? send("reprint", { ticket: state.ticket.id }) : openWhich("reprint")),
  undo,
};
function key(name) {
  if (!state && OPENS[name]) return;  // nothing is known yet to choose from; the other keys are the hub's to judge
  hush();
  const verb = effective(name), why = OPENS[verb] && refusalOf(verb);
  if (why) refuse(why.zh, why.en);
  else if (OPENS[verb]) OPENS[verb]();
  else send(verb);
}

const HOT = Object.fromEntries([...document.querySelectorAll("[data-verb]")].map((one) => [one.dataset.key, one.dataset.verb]));
document.querySelectorAll("[data-verb]").forEach((one) => { one.onclick = () => key(one.dataset.verb); });

$("call-number").onsubmit = (event) => {
  event.preventDefault();
  const wanted = plain($("wanted").value);
  $("wanted").value = "";
  $("wanted").blur();
  hush();
  if (isCode(wanted)) openCases(wanted);  // a scanner types here too
  else if (/^[a-zA-Z]?[0-9]{1,5}$/.test(wanted)) send("call", { number: wanted });
  else if (wanted) refuse("请输入号码，如 A012 或 12。", "Type a number such as A012 or 12.");
};

document.addEventListener("keydown", (event) => {
  const field = event.target.matches?.("input:not([type=radio], [type=checkbox]), textarea");
  const opened = document.querySelector("dialog[open]");
  const hot = HOT[`${event.ctrlKey ? "Ctrl+" : ""}${event.shiftKey ? "Shift+" : ""}${event.key.length === 1 ? event.key.toUpperCase() : event.key}`];
  if (/^F([2-9]|1[0-2])$/.test(event.key) && !event.altKey && !event.metaKey) event.preventDefault();  // the browser's F3, F5, F6, F11, F12 would leave the page
  if (hot && !(event.ctrlKey && field)) {
    event.preventDefault();
    if (event.repeat || (opened && !(opened.id === hot && hot === "transfer"))) return;
    key(hot);
  } else if (!opened && !field && !event.defaultPrevented && /^[a-zA-Z0-9]$/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) {
    if ($("wanted").disabled) openCases(); else $("wanted").focus();  // while somebody is served here, what is typed or scanned is a paper's code
  }
  else if (field && event.target.id === "wanted" && event.key === "Escape") { $("wanted").value = ""; $("wanted").blur(); }
});

heard(draw);
follow(base, know, (away) => { $("lost").hidden = !away; root.classList.toggle("away", away); });
window.addEventListener("preferences", () => { if (state) know({ ...state, now: new Date(now()).toISOString() }); });
setInterval(tick, 500);
