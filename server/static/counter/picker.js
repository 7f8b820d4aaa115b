// How the console's dialogs are opened and chosen in: by digit, or by typing a part of a name.
import { $, bi, element, pick } from "../parts.js";
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

// Type to filter, arrows to choose, Enter to take. `options()` gives {value, zh, en, note, search, off}.
export function picker(id, options, taken) {
  const box = $(id), input = $(`${id}-text`), list = $(`${id}-list`);
  let shown = [], at = 0;
  const point = (to) => {
    at = Math.max(0, Math.min(to, shown.length - 1));
    [...list.children].forEach((row, i) => { row.classList.toggle("at", i === at); row.setAttribute("aria-selected", String(i === at)); });
    input.setAttribute("aria-activedescendant", shown.length ? `${id}-${at}` : "");
    list.children[at]?.scrollIntoView({ block: "nearest" });
  };
  const filter = () => {
    const wish = input.value.trim().toLowerCase();
    shown = options().filter((one) => !wish || one.search.toLowerCase().includes(wish));
    list.replaceChildren(...shown.map((one, i) => {
      const row = element("li", one.off ? "off" : "");
      row.id = `${id}-${i}`;
      row.role = "option";
      row.append(element("code", "", one.code), bi(one.zh, one.en));
      if (one.note) { const note = element("span", "muted"); note.append(bi(...one.note)); row.append(" ", note); }
      row.onclick = () => take(i);
      return row;
    }));
    point(0);
  };
  const take = (i) => {
    const one = shown[i];
    if (!one || one.off) return;
    point(i);
    box.dataset.value = one.value;
    input.value = pick(one.zh, one.en);
    [...list.children].forEach((row, n) => { row.hidden = n !== i; });
    taken(one);
  };
  input.oninput = () => { delete box.dataset.value; taken(null); filter(); };
  input.onkeydown = (event) => {
    if (event.isComposing) return;  // the Enter of a Chinese input method
    if (event.key === "ArrowDown") point(at + 1);
    else if (event.key === "ArrowUp") point(at - 1);
    else if (event.key === "Enter" && !box.dataset.value) take(at);
    else return;
    event.preventDefault();
  };
  return { reset() { input.value = ""; delete box.dataset.value; filter(); }, value: () => box.dataset.value, input };
}

export const services = () => state.services.map((one) => ({
  value: one.code, code: one.code, zh: one.name, en: one.name_en, search: `${one.name} ${one.name_en} ${one.code} ${one.group} ${one.group_en}`,
  note: one.closed ? ["今天不办理", "closed today"] : null, off: one.closed,
}));
export const counters = () => state.counters.map((one) => ({
  value: one.id, code: one.id, zh: one.name, en: one.name_en, search: `${one.id} ${one.name} ${one.name_en}`,
  note: [`${one.staff_name}${one.state === "paused" ? "，已暂停" : ""}`, `${one.staff_name}${one.state === "paused" ? ", paused" : ""}`],
}));
export const colleagues = () => state.counters.filter((one) => one.staff).map((one) => ({
  value: one.staff, code: one.staff, zh: one.staff_name, en: one.staff_name, search: `${one.staff} ${one.staff_name}`, note: [one.name, one.name_en],
}));
