// 办件 at the counter (Shift+F10): a visitor's open cases by the code of a paper, what they were told, and the moves that can be made now, by digit.
import { $, bi, element, own, part, pick } from "../parts.js";
import { press } from "../press.js";
import { setMatter } from "./matter.js";
import { choice, open } from "./picker.js";
import { good, show, state } from "./state.js";

const REGISTERS = "/api/v1/registers", CODE = /[-/]/;
let found = [], asked = "";

// Whether what stands in the field for a number is the code or number of a case.
export const isCode = (text) => CODE.test(text);

export function openCases(code = "") {
  const mine = state.ticket?.case || "";
  open($("cases"), null, $("cases-code"));
  $("cases-code").value = code;
  draw([]);
  if (code || mine) ask(code || mine);
}

function ask(code) {
  asked = code;
  show($("cases-warning"));
  press("/api/v1/cases/look-up", { code }, { done: (told) => draw(told.cases), refuse: (zh, en) => { draw([]); show($("cases-warning"), bi(zh, en)); }, aside: true });
}

function draw(cases) {
  found = cases;
  if (found.length) setMatter(state.ticket, found[0]);
  let digit = 0;
  $("cases-list").replaceChildren(...found.map((one) => {
    const head = part("p", "row", own("b", "", one.number), bi(one.service?.name || "", one.service?.name_en || ""), part("span", "badge", bi(one.state_name, one.state_name_en)));
    const due = part("span", "badge", bi(one.due_said, one.due_said_en));
    due.dataset.colour = one.colour;
    if (one.due_said) head.append(due);
    if (one.visits) {
      const visits = part("span", "badge", bi(one.visits.said, one.visits.said_en));
      if (one.visits.over) visits.dataset.colour = "amber";
      head.append(visits);
    }
    const keys = part("div", "digits", ...one.moves.map((move) => choice(++digit, part("span", "over", bi(move.name, move.name_en)), () => begin(one, move))));
    return part("section", "one-case", head, ...facts(one), keys);
  }));
  $("cases-list").hidden = !found.length;
  $("cases-list").querySelector("button")?.focus();
}

function facts(one) {
  const said = [];
  if (one.told) said.push([`已告知${one.told === 1 ? "一" : one.told}次（${one.told_at.slice(0, 10)}${one.acknowledged ? "，已确认" : "，未确认"}）：缺${one.missing.join("、")}`,
    `Told ${one.told === 1 ? "once" : `${one.told} times`} (${one.told_at.slice(0, 10)}, ${one.acknowledged ? "" : "not "}acknowledged): ${one.missing.length} missing`]);
  if (one.owed.length) said.push([`容缺待补：${one.owed.join("、")}`, `To follow: ${one.owed.length} papers`]);
  return said.map((words) => part("p", "told", bi(...words)));
}

// A move that asks for nothing is made at once; what the others ask for is filled in here, with the common answer in it.
function begin(one, move) {
  const fields = move.fields.filter((field) => !field.late_only || /red|black/.test(one.colour));
  if (!fields.some((field) => field.needed || field.either !== null || field.late_only)) { make(one, move, {}); return; }
  const form = $("case-form");
  form.replaceChildren(...fields.map((field) => (field.kind === "checklist" ? ticks(field) : box(field))));
  form.onsubmit = (event) => {
    event.preventDefault();
    const sent = new FormData(form), values = {};
    for (const field of fields) {
      const value = field.kind === "checklist" ? sent.getAll(field.field) : sent.get(field.field)?.trim();
      if (value?.length) values[field.field] = field.kind === "number" ? Number(value) : value;
    }
    make(one, move, values);
  };
  $("case-go").replaceChildren(bi(move.name, move.name_en), " ", element("kbd", "", "Enter"));
  show($("case-warning"));
  open($("case"), [`${move.name} ${one.number}`, `${move.name_en} ${one.number}`]);
  const empty = [...form.elements].find((field) => field.matches("select, input:not([type=checkbox])") && !field.value);
  (empty || $("case-go")).focus();
}

function make(one, move, values) {
  press(`${REGISTERS}/${one.register}/records/${one.id}/moves`, { move: move.move, values, ticket: state.ticket?.id ?? null }, {
    done: (now) => { $("case").close(); good(`${now.number}：${now.state_name}。`, `${now.number}: ${now.state_name_en}.`); if ($("cases").open) ask(asked || one.number); },
    refuse: (zh, en) => show($("case").open ? $("case-warning") : $("cases-warning"), bi(zh, en)),
    aside: true,
  });
}

function box(field) {
  const label = part("label", "", bi(field.name, field.name_en)), input = element(field.options ? "select" : field.kind === "long text" ? "textarea" : "input");
  Object.assign(input, { name: field.field, id: `case-${field.field}`, autocomplete: "off" });
  if (field.options) {
    input.append(element("option"), ...field.options.map((one) => {
      const option = Object.assign(element("option", "", pick(one.name, one.name_en)), { value: one.value });
      Object.assign(option.dataset, { zh: one.name, en: one.name_en });
      return option;
    }));
  } else input.maxLength = field.kind === "long text" ? 500 : 64;
  if (field.value !== null && field.value !== undefined) input.value = field.value;
  label.htmlFor = input.id;
  return part("div", "field", label, input);
}

function ticks(field) {
  const set = part("fieldset", "ticks", part("legend", "", bi(field.name, field.name_en)));
  field.options.forEach((one, i) => {
    const tick = Object.assign(element("input"), { type: "checkbox", name: field.field, value: one.value, checked: (field.value || []).includes(one.value), autocomplete: "off" });
    tick.dataset.digit = String(i + 1);
    set.append(part("label", "check", element("kbd", "", String(i + 1)), tick, own("span", "", one.name)));
  });
  return set;
}

$("cases-form").onsubmit = (event) => {
  event.preventDefault();
  const code = $("cases-code").value.trim();
  if (code) ask(code);
};
$("case").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || event.target.matches("button, textarea")) return;
  event.preventDefault();
  $("case-form").requestSubmit();
});
