// What the live page draws with: keys that are dead while the hub is away, lists that keep what is the same, ages that grow.
import { badge, bi, element, part } from "../parts.js";
import { away, seconds } from "./state.js";

// A badge; words may be a figure and its unit in both languages.
export function sign(kind, ...words) { return badge(kind, ...(typeof words[0] === "number" ? count(...words) : [bi(...words)])); }

export function link(href, className, ...content) {
  const node = part("a", className, ...content);
  node.href = href;
  return node;
}

// A figure and its unit in both languages, the figure once.
export const count = (n, zh, en) => [`${n} `, bi(zh, en)];

export const lifeOf = (ticket, number) => link(`/desk/ticket/${ticket}`, "label", number);

export function key(name, zh, en, act, className = "small") {
  const node = part("button", className, bi(zh, en));
  node.type = "button";
  node.dataset.focus = name;
  node.onclick = act;
  node.disabled = away;
  return node;
}

// A list drawn again: what is the same stays the same node, so that nothing blinks and the focus stays.
export function keyed(parent, items, name, build) {
  const before = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  const focused = document.activeElement?.dataset?.focus, inside = parent.contains(document.activeElement);
  const nodes = items.map((item) => {
    const id = String(name(item)), mark = JSON.stringify(item) + document.documentElement.dataset.lang + away;
    const was = before.get(id);
    if (was && was.mark === mark) return was;
    const node = build(item);
    node.dataset.key = id;
    node.mark = mark;
    return node;
  });
  if (nodes.length === parent.children.length && nodes.every((node, i) => node === parent.children[i])) return;
  parent.replaceChildren(...nodes);
  if (inside && focused) parent.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

export function age(from) {
  const node = element("span", "age");
  node.dataset.since = from;
  return write(node);
}

export function write(node) {
  const minutes = Math.floor(seconds(node.dataset.since) / 60);
  const mark = `${minutes}`;
  if (node.dataset.shown !== mark) {
    node.dataset.shown = mark;
    const [one, zh, en] = minutes < 120 ? [1, "分钟", "min"] : minutes < 2880 ? [60, "小时", "h"] : [1440, "天", "days"];
    node.replaceChildren(...(minutes < 1 ? [bi("刚刚", "just now")] : count(Math.floor(minutes / one), zh, en)));
  }
  return node;
}
