// What the console knows: the hub's last view of this counter, the hub's clock, which keys may be pressed, and what is said near them.
// It draws nothing itself: whoever draws hears of each view by heard().
import { $, bi } from "../parts.js";

export const root = $("console"), base = `/api/v1/counters/${root.dataset.counter}`;
export let state = null;
let offset = 0;
const hearers = [];

export const heard = (draw) => hearers.push(draw);

export function know(view) {
  if (state && view.seq < state.seq) return;  // an answer that was overtaken by the feed
  const first = !state;
  state = view;
  const ahead = Date.parse(view.now) - Date.now();  // a view may have lain at the hub for a few seconds: only the freshest tells its clock
  if (first || ahead > offset || ahead < offset - 60000) offset = ahead;
  for (const draw of hearers) draw(view);
}

export const now = () => Date.now() + offset;
export const since = (at) => Math.max(0, now() - Date.parse(at));
export const minutes = (at) => Math.floor(since(at) / 60000);

// --- keys ---------------------------------------------------------------------------------------------------------------------

export const keyOf = (verb) => (verb === "call" ? $("call-number") : document.querySelector(`[data-verb="${{ resume: "pause", "help-answered": "help" }[verb] || verb}"]`));

export function effective(verb) {
  if (verb === "pause" && state?.counter.open === "paused") return "resume";
  return verb === "help" && state?.counter.help_at ? "help-answered" : verb;
}

// Why a key may not be pressed now, in the hub's words; null when it may.
export function refusalOf(verb) {
  const refusal = state?.refusals[verb];
  if (refusal) return refusal;
  const left = lockOf(verb);
  return left ? { zh: `刚刚呼叫过：请等${left}秒再按。`, en: `Called a moment ago: wait ${left} s and press again.` } : null;
}

export function lockOf(verb) {
  const until = state?.locks[verb];
  return until ? Math.max(0, Math.ceil((Date.parse(until) - now()) / 1000)) : 0;
}

export const undoLeft = () => (state.undo ? Math.max(0, Math.ceil((Date.parse(state.undo.until) - now()) / 1000)) : 0);
export const offers = (ticket, verb) => ticket.allowed.includes(verb);
export const mayCall = () => !state.refusals.call;

// What was received is ticked for a number on this machine only; the hub is not told.
export const ticked = (id) => new Set(JSON.parse(sessionStorage.getItem(`got-${id}`) || "[]"));

// --- what is said near the keys -----------------------------------------------------------------------------------------------

export const show = (node, ...content) => { node.replaceChildren(...content); node.hidden = content.length === 0; };

export function refuse(zh, en) { show($("news")); show($("refusal"), bi(zh, en)); }
export function good(zh, en) {
  show($("refusal"));
  show($("news"), bi(zh, en));
  clearTimeout(good.over);
  good.over = setTimeout(() => show($("news")), 6000);
}
export function hush() { show($("refusal")); show($("news")); }
