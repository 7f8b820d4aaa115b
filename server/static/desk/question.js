// The guide desk's one dialog: what it asks before it acts.
import { $, bi, element } from "../parts.js";
import { radio } from "./pieces.js";
import { refocus } from "./state.js";

export function question(title, go, parts, answered) {
  const box = $("ask");
  $("ask-title").replaceChildren(bi(...title));
  $("ask-go").replaceChildren(bi(...go));
  $("ask-body").replaceChildren(...parts);
  box.onclose = () => { if (box.returnValue === "go") answered(new FormData($("ask-form"))); refocus(); };
  $("ask-not").onclick = () => box.close();  // no submit button: Enter in a field would press it
  box.returnValue = "";
  box.showModal();
  ($("ask-body").querySelector("[autofocus], input, select") || $("ask-go")).focus();
}

export function choices(name, zh, en, reasons) {
  const set = element("fieldset", "segments reasons"), legend = element("legend");
  legend.append(bi(zh, en));
  set.append(legend, ...reasons.map(([value, chinese, english, checked]) => radio(name, value, chinese, english, checked)));
  return set;
}

export const reasonsOf = (list) => choices("reason", "原因", "Reason", list.map(([zh, en]) => [zh, zh, en]));

export function field(zh, en, control) {
  const label = element("label"), name = element("span");
  name.append(bi(zh, en));
  label.append(name, control);
  return label;
}
