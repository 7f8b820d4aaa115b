// What every page is built of: elements, texts in two languages, clock times, one line of news. It knows no page and asks nobody.

export const $ = (id) => document.getElementById(id);

export function element(tag, className, content) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (content !== undefined) node.textContent = content;
  return node;
}

// An element around others; a string among them is a text.
export function part(tag, className, ...content) {
  const node = element(tag, className);
  node.append(...content);
  return node;
}

// A name or another word of the hall's own, the same in every language.
export function own(tag, className, words) {
  const node = element(tag, className, words);
  node.translate = false;
  return node;
}

export const text = (id, value) => { const node = $(id); if (node.textContent !== value) node.textContent = value; };

// What stands in a box for numbers and codes: ０１２ is 012 and Ａ is A, as the hub reads them (intake/signs.py).
export const plain = (words) => words.normalize("NFKC").trim();

// --- two languages ------------------------------------------------------------------------------------------------------------

// The language beside Chinese: English, or a third one, whose pages have its catalog (words.js).
const OTHER = (document.documentElement.dataset.other || "en").replace("_", "-");
export const inOther = (zh, en) => (window.inOther && en ? window.inOther(zh, en) : en);

// A text in both languages, as the macro t() of server/templates/words.html makes it; the style sheet shows what the reader prefers.
export function bi(zh, en) {
  const pair = element("span", en && en !== zh ? "t" : "");
  const chinese = element("span", "", zh);
  chinese.lang = "zh-CN";
  pair.append(chinese);
  if (!pair.className) return pair;  // no English for it: then everybody reads the Chinese
  const other = element("span", "", inOther(zh, en));
  other.lang = OTHER;
  pair.append(" ", other);
  return pair;
}

// The same for an attribute, which holds one text only (title, aria-label, placeholder): draw it anew on the event "preferences".
export const pick = (zh, en) => (document.documentElement.dataset.lang === "en" && en ? inOther(zh, en) : zh);

export const over = (zh, en) => part("span", "over", bi(zh, en));
export const chip = (zh, en) => part("span", "chip", bi(zh, en));

export function badge(state, ...content) {
  const node = part("span", "badge", ...content);
  node.dataset.state = state;
  return node;
}

// What a counter does, as the staff's pages say it.
export const COUNTER_STATES = {
  free: ["空闲", "Free"], calling: ["呼叫中", "Calling"], serving: ["办理中", "Serving"], paused: ["已暂停", "Paused"], closed: ["未开放", "Closed"],
};

// --- times --------------------------------------------------------------------------------------------------------------------

export const two = (n) => String(n).padStart(2, "0");
export const clock = (at) => at.slice(11, 16);  // the hub sends the hall's own time with its offset: 2026-11-23T09:41:00+08:00

// --- news ---------------------------------------------------------------------------------------------------------------------

// One line of news at the foot of the page, gone after 6 s; kind: good, info, warn or bad.
export function tell(zh, en, kind = "good") {
  let line = $("toast");
  if (!line) { line = element("p"); line.id = "toast"; line.setAttribute("role", "status"); document.body.append(line); }
  line.className = `alert toast ${kind}`;
  line.replaceChildren(bi(zh, en));
  line.hidden = false;
  clearTimeout(tell.over);
  tell.over = setTimeout(() => { line.hidden = true; }, 6000);
}
