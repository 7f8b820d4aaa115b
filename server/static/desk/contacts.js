// First contacts: what people asked at the desk, and what became of it.
import { $, bi, clock, element, tell } from "../parts.js";
import { button } from "./pieces.js";
import { printReferral } from "./printing.js";
import { field, question } from "./question.js";
import { known, send } from "./state.js";

const resultWords = Object.fromEntries(known.results.map((one) => [one.id, [one.zh, one.en]]));

export function contactLine(one) {
  const row = element("li", "row"), at = element("time", "muted", one.today ? clock(one.at) : one.at.slice(5, 10)), what = element("span", "grow"), state = element("span", "badge");
  state.dataset.state = one.open ? "paused" : "good";
  state.append(bi(...resultWords[one.result]));
  what.append(element("b", "", one.matter), ...(one.led_to ? [" → ", one.led_to] : []), " ", element("small", "", [one.number, one.staff, one.note].filter(Boolean).join(" · ")));
  if (one.record) {
    const record = element("a", "", one.record);
    record.href = one.record_page;
    what.append(" ", record);
  }
  what.translate = false;
  row.append(at, state, what);
  if (one.led_to) row.append(button("引导单", "Referral", () => printReferral(one.id), "small quiet"));
  if (one.open) row.append(button("关闭", "Close", () => closeContact(one), "small"));
  return row;
}

function closeContact(one) {
  const note = element("input"), record = element("input");
  Object.assign(note, { name: "note", maxLength: 100, autocomplete: "off" });
  Object.assign(record, { name: "record", maxLength: 40, autocomplete: "off", placeholder: "BB20261130-001" });
  question([`关闭：${one.matter}`, `Close: ${one.matter}`], ["关闭", "Close"], [field("怎样办的（可不填）", "What was done, if worth a word", note), field("转成了哪件诉求（编号，可不填）", "Number of the record it became, if any", record)],
    (form, again) => send(`/api/v1/contacts/${one.id}/close`, { note: form.get("note"), record: form.get("record") }, () => tell("已关闭。", "Closed."), again));
}

$("contact-form").onsubmit = (event) => {
  event.preventDefault();
  const content = { matter: $("matter").value, result: document.querySelector("#results input:checked").value, led_to: $("led-to").value, number: $("contact-number").value };
  const referral = event.submitter === $("note-and-print");
  send("/api/v1/contacts", content, (noted) => {
    if (referral) printReferral(noted.id);
    $("contact-form").reset();
    tell("已登记。", "Noted.");
    $("matter").focus();
  });
};
