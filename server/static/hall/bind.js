// 窗口业务切换: which services a counter calls from its next call on, and whom it helps.
import { $, bi, element, part } from "../parts.js";
import { counterPath, open, send } from "./acts.js";
import { key } from "./pieces.js";
import { state } from "./state.js";

function picks(box, name, chosen) {
  box.replaceChildren(...state.groups.map((group) => {
    const boxes = group.services.map((s) => {
      const input = element("input");
      Object.assign(input, { type: "checkbox", name, value: s.code, checked: chosen.includes(s.code) });
      return part("label", "check", input, bi(s.name, s.name_en));
    });
    const tallied = element("span", "muted"), inputs = boxes.map((label) => label.querySelector("input"));
    const tally = () => { tallied.textContent = `${inputs.filter((i) => i.checked).length} / ${inputs.length}`; };
    const whole = key(`${name} ${group.zh}`, "全选", "All", (event) => { event.preventDefault(); const wish = !inputs.every((i) => i.checked); inputs.forEach((i) => { i.checked = wish; }); tally(); });
    inputs.forEach((input) => { input.onchange = tally; });
    tally();
    const details = part("details", "", part("summary", "", part("b", "", bi(group.zh, group.en)), tallied, whole), part("div", "boxes", ...boxes));
    details.open = inputs.some((i) => i.checked) && !inputs.every((i) => i.checked);
    return details;
  }));
}

export function askBind(c) {
  const dialog = $("bind-dialog"), fields = dialog.querySelector("form").elements;
  $("bind-title").replaceChildren(bi(`窗口业务切换：${c.name}`, `Re-bind ${c.name_en}`));
  $("bind-usual").replaceChildren(bi(`${c.usual.zh}。`, `${c.usual.en}.`));
  fields.scope.value = c.services === null ? "all" : "some";
  fields.help.value = c.helps === null ? "all" : c.helps.length ? "some" : "none";
  fields.after.value = c.help_after_min;
  fields.reason.value = "";
  $("unbind").hidden = !c.bound;
  picks($("bind-services"), "services", c.services || []);
  picks($("bind-helps"), "helps", c.helps || []);
  const show = () => {
    $("bind-services").hidden = fields.scope.value !== "some";
    $("bind-helps").hidden = fields.help.value !== "some";
    $("bind-after").hidden = fields.help.value === "none";
  };
  [...fields.scope, ...fields.help].forEach((radio) => { radio.onchange = show; });
  show();
  const chosen = (name) => [...dialog.querySelectorAll(`input[name=${name}]:checked`)].map((input) => input.value);
  open(dialog, (form, pressed, refuse) => {
    if (pressed === "unbind") return send(counterPath(c.id, "unbind"), { reason: form.reason.value }, [`${c.name}恢复正常业务。`, `${c.name_en} is back to its usual services.`], refuse);
    return send(counterPath(c.id, "bind"), {
      services: form.scope.value === "all" ? null : chosen("services"), helps: form.help.value === "all" ? null : form.help.value === "none" ? [] : chosen("helps"),
      help_after_min: Number(form.after.value) || 0, reason: form.reason.value,
    }, [`${c.name}已切换业务，从下一次叫号起生效。`, `${c.name_en} is re-bound from its next call on.`], refuse);
  });
}
