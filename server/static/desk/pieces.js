// What the guide desk draws with: keys, choices, a list or a word that it is empty, a part that is drawn anew only when it changed.
import { $, bi, clock, element, pick } from "../parts.js";

export function button(zh, en, onclick, className) {
  const key = element("button", className || "");
  key.type = "button";
  key.append(bi(zh, en));
  key.onclick = onclick;
  return key;
}

export function kbd(key, ...names) { key.append(" ", ...names.map((name) => element("kbd", "", name))); return key; }

// Draws a part anew only when what it shows is another: a press is never lost under a hand.
const drawn = new Map();
export function put(id, what, make) {
  const sign = JSON.stringify(what) + document.documentElement.dataset.lang;
  if (drawn.get(id) === sign) return;
  drawn.set(id, sign);
  $(id).replaceChildren(...[make()].flat());
}

export const option = (value, zh, en) => {
  const node = element("option", "", pick(zh, en));
  node.value = value;
  Object.assign(node.dataset, { zh, en: en || zh });
  return node;
};

export function radio(name, value, zh, en, checked) {
  const label = element("label"), input = element("input"), word = element("span", "over");
  Object.assign(input, { type: "radio", name, value, checked: Boolean(checked), required: true });
  word.append(bi(zh, en));
  label.append(input, word);
  return label;
}

export const say = (list, make, zh, en) => {
  if (list.length) return list.map(make);
  const line = element("li", "muted");
  line.append(bi(zh, en));
  return [line];
};

// How many are in the line that a new number would stand in: beside its wait, never the people of all lines together.
export const line = (one) => (one.ahead === 0 && one.estimate_min && one.estimate_min[1] > 5 ? ["来者即下一位", "next in line"] : one.ahead ? [`等候${one.ahead}人`, `${one.ahead} waiting`] : ["无人等候", "nobody waits"]);

// A wait, and about when it is over.
export const turn = (one) => { const [zh, en] = wait(one.estimate_min); return one.estimate_at ? [`${zh}，${clock(one.estimate_at)}前后`, `${en}, around ${clock(one.estimate_at)}`] : [zh, en]; };

const wait = (range) => (range === null ? ["无法估计", "no estimate"] : range[1] === 0 ? ["马上轮到", "next"] : range[0] === range[1] ? [`约${range[1]}分钟`, `about ${range[1]} min`] : [`约${range[0]}–${range[1]}分钟`, `about ${range[0]}–${range[1]} min`]);
