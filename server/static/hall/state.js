// What the live page knows: the hub's last view and its clock. It draws nothing itself: whoever draws hears of each view by heard().
import { $ } from "../parts.js";

export const root = $("live"), mayAct = Boolean(root.dataset.mayAct), role = root.dataset.role;
export let state = null, away = false;
let offset = 0;
const hearers = [];

export const heard = (draw) => hearers.push(draw);
export const now = () => Date.now() + offset;
export const seconds = (from) => Math.max(0, Math.floor((now() - Date.parse(from)) / 1000));

export function know(view) {
  if (state && view.seq < state.seq) return;  // an answer that was overtaken by the feed
  state = view;
  offset = Date.parse(view.now) - Date.now();
  redraw();
}

export function lose(gone) {
  if (gone === away) return;
  away = gone;
  redraw();
}

export function redraw() { if (state) for (const draw of hearers) draw(); }
