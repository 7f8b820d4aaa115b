// How the console's dialogs are opened and chosen in: by digit, or by typing what it is called.
import { $, bi, element, pick } from "../parts.js";
import { because, elsewhereLine, searching } from "../search.js";
import { state } from "./state.js";

export function choice(digit, content, act) {
  const button = element("button");
  button.type = "button";
  if (digit < 10) { button.dataset.digit = String(digit); button.append(element("kbd", "", String(digit))); }
  button.append(content);
  button.onclick = (event) => act(event);
  return button;
}

export function open(dialog, title, focus) {
  if (title) $(`${dialog.id}-title`).replaceChildren(bi(...title));
  if (!dialog.open) dialog.showModal();
  focus?.focus();
}

document.querySelectorAll("dialog").forEach((dialog) => {
  dialog.querySelector("[data-close]").onclick = () => dialog.close();
  dialog.addEventListener("keydown", (event) => {
    const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code)?.[1], box = event.target;
    const typing = box.matches("textarea, input:not([type=radio], [type=checkbox])") && !(box.hasAttribute("data-digits") && box.value === "");
    if (!digit || typing || event.ctrlKey || event.altKey || event.metaKey) return;
    const button = [...dialog.querySelectorAll(`[data-digit="${digit}"]`)].find((one) => !one.matches(":disabled") && one.checkVisibility());
    if (!button) return;
    event.preventDefault();
    button.dispatchEvent(new MouseEvent("click", { bubbles: true, shiftKey: event.shiftKey }));
  });
});

// Type to find, arrows to choose, Enter to take. `options()` gives {value, zh, en, note, search, off}; where `searched()`, the hub finds
// among them by name, everyday word or pinyin. Only what is meant beyond doubt is marked from the start: Enter never takes a guess.
export function picker(id, options, taken, searched = () => false) {
  const box = $(id), input = $(`${id}-text`), list = $(`${id}-list`);
  let shown = [], at = -1;
  const point = (to) => {
    at = shown.length ? Math.max(-1, Math.min(to, shown.length - 1)) : -1;
    shown.forEach((one, i) => { one.row.classList.toggle("at", i === at); one.row.setAttribute("aria-selected", String(i === at)); });
    input.setAttribute("aria-activedescendant", at < 0 ? "" : `${id}-${at}`);
    if (at >= 0) shown[at].row.scrollIntoView({ block: "nearest" });
  };
  const draw = (found, first, away = []) => {
    shown = found.map((one, i) => ({ ...one, row: rowOf(one, i) }));
    const lines = away.map(elsewhereLine), rows = shown.map((one) => one.row), none = element("li", "muted");
    if (!lines.length && !rows.length) { none.append(bi("没有找到：换个词试试。", "Nothing found: try another word.")); lines.push(none); }
    list.replaceChildren(...(first === "away" ? [...lines, ...rows] : [...rows, ...lines]));
    point(first === "sure" ? 0 : -1);
  };
  const rowOf = (one, i) => {
    const row = element("li", one.off ? "off" : "");
    row.id = `${id}-${i}`;
    row.role = "option";
    row.append(element("code", "", one.code), bi(one.zh, one.en));
    if (one.hit) row.append(" ", because(one.hit));
    if (one.note) { const note = element("span", "muted"); note.append(bi(...one.note)); row.append(" ", note); }
    row.onclick = () => take(i);
    return row;
  };
  const search = searching((found) => {
    if (found.query !== input.value.trim() || !found.query || !searched()) return;
    const all = new Map(options().map((one) => [one.value, one]));
    const first = found.hits[0] && !found.hits[0].code ? "away" : found.sure ? "sure" : "";
    draw(found.hits.filter((hit) => all.has(hit.code)).map((hit) => ({ ...all.get(hit.code), hit })), first, found.hits.filter((hit) => !hit.code));
  }, (code) => searched() && state?.services.find((one) => one.code === code));
  const filter = () => {
    const wish = input.value.trim().toLowerCase();
    if (searched() && wish) return search(input.value);
    const found = options().filter((one) => !wish || one.search.toLowerCase().includes(wish)), exact = found.findIndex((one) => one.code.toLowerCase() === wish);
    if (exact > 0) found.unshift(...found.splice(exact, 1));
    draw(found, wish && (exact >= 0 || found.length === 1) ? "sure" : "");
    return null;
  };
  const take = (i) => {
    const one = shown[i];
    if (!one || one.off) return;
    point(i);
    box.dataset.value = one.value;
    input.value = pick(one.zh, one.en);
    [...list.children].forEach((row) => { row.hidden = row !== one.row; });
    taken(one);
  };
  const after = async (act) => {  // the answer to what is typed may still be on its way
    const wish = input.value;
    if (searched() && wish.trim()) await search(wish);
    if (input.value === wish && !box.dataset.value) act();
  };
  input.oninput = () => { delete box.dataset.value; taken(null); filter(); };
  input.onkeydown = (event) => {
    if (event.isComposing) return;  // the Enter of a Chinese input method
    if (event.key === "ArrowDown") after(() => point(at + 1));
    else if (event.key === "ArrowUp") after(() => point(Math.max(0, at - 1)));
    else if (event.key === "Enter" && !box.dataset.value) after(() => take(at));
    else return;
    event.preventDefault();
  };
  return { reset() { input.value = ""; delete box.dataset.value; filter(); }, value: () => box.dataset.value, input };
}

export const services = () => state.services.map((one) => ({
  value: one.code, code: one.code, zh: one.name, en: one.name_en, search: "",
  note: one.closed ? ["今天不办理", "closed today"] : null, off: one.closed,
}));
export const counters = () => state.counters.map((one) => ({
  value: one.id, code: one.id, zh: one.name, en: one.name_en, search: `${one.id} ${one.name} ${one.name_en}`,
  note: [`${one.staff_name}${one.state === "paused" ? "，已暂停" : ""}`, `${one.staff_name}${one.state === "paused" ? ", paused" : ""}`],
}));
export const colleagues = () => state.counters.filter((one) => one.staff).map((one) => ({
  value: one.staff, code: one.staff, zh: one.staff_name, en: one.staff_name, search: `${one.staff} ${one.staff_name}`, note: [one.name, one.name_en],
}));
