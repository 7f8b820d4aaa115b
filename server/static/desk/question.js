// The guide desk's one dialog: what it asks before it acts.
import { $, bi, element } from "../parts.js";
import { radio } from "./pieces.js";
import { refocus, refuse } from "./state.js";

// `answered(form, again)`: again({ detail, detail_en }) asks once more, what was typed still there, and says why.
export function question(title, go, parts, answered) {
  const box = $("ask"), body = $("ask-body");
  const ask = (...refused) => {
    $("ask-title").replaceChildren(bi(...title));
    $("ask-go").replaceChildren(bi(...go));
    body.replaceChildren(...refused, ...parts);
    box.onclose = () => { if (box.returnValue === "go") answered(new FormData($("ask-form")), again); refocus(); };
    $("ask-not").onclick = () => box.close();  // no submit button: Enter in a field would press it
    box.returnValue = "";
    box.showModal();
    (body.querySelector("[autofocus], input, select") || $("ask-go")).focus();
  };
  const again = (problem) => {
    if (box.open) { refuse(problem); return; }  // somebody asks another thing already
    const why = element("p", "alert");
    why.role = "alert";
    why.append(bi(problem.detail, problem.detail_en));
    ask(why);
    why.scrollIntoView({ block: "nearest" });  // the first field has the focus, and a telephone shows little more
  };
  ask();
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
