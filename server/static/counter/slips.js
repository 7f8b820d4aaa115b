// The console's papers: one menu and one dialog for all kinds. Enter prints, Shift+Enter in a field of several lines breaks the line.
import { $, bi, element, pick } from "../parts.js";
import { press } from "../press.js";
import { CASE, INCOMPLETE, PAPERS, paperOf, toldOf } from "./kinds.js";
import { matterOf } from "./matter.js";
import { choice, open, picker, services } from "./picker.js";
import { send } from "./send.js";
import { refuse, show, state } from "./state.js";

// --- the dialog ---------------------------------------------------------------------------------------------------------------

let itemPicked = null;
function paperItem() {
  if (!itemPicked) itemPicked = picker("paper-item", services, (one) => { if (one) $("slip-print").focus(); }, () => true);
  return itemPicked;
}

const KINDS = { ...PAPERS, case: CASE, incomplete: INCOMPLETE };
const OPENING = new Set(["case", "incomplete"]);
let finishing = null;  // the outcome and items of the finish that a case comes of, and what follows it

// 受理待办, 补正: its case is asked for first, then finish, case and paper are one press; Esc leaves the number here.
export function openCase(finish, after, kind = "case") {
  finishing = { finish, after };
  openSlip(kind, state.ticket);
  if (kind !== "case") return;
  if ($("slip-parts").querySelector("[name=received]:checked") || !$("slip-parts").querySelector("[name=received]")) $("slip-platform").focus();  // the scanner types here
}

export function openSlip(kind, ticket = paperOf()) {
  const paper = KINDS[kind], dialog = $("slip");
  if (!paper.parts) { send("slips", { kind }); return; }
  if (!paper.free && !ticket) { refuse("请先叫号：这张单据要写明是哪个号。", "Call a number first: this paper is about one."); return; }
  const warning = (kind === "notice" && matterOf(ticket)?.warning) || paper.warns?.(ticket), parts = paper.parts(ticket);
  show($("slip-warning"), ...(warning ? [bi(...warning)] : []));
  $("slip-parts").replaceChildren(...parts.filter((part) => !part.item).map(slipPart));
  $("paper-item").hidden = !parts.some((part) => part.item);
  $("paper-language").querySelector(`[value=${ticket?.language || "zh"}]`).checked = true;  // as the number's own slip was
  $("slip-form").elements["paper-large"].checked = Boolean(ticket?.large_print);
  Object.assign(dialog.dataset, { kind, about: paper.free ? "" : ticket.id });
  if (kind === "notice" || OPENING.has(kind)) dialog.dataset.ticket = ticket.id; else delete dialog.dataset.ticket;  // a notice ends with the number's stay here
  $("paper-mode").hidden = OPENING.has(kind);  // the paper is as the number's own slip
  $("slip-print").replaceChildren(kind === "case" ? bi("受理并打印凭证", "Accept and print") : kind === "incomplete" ? toldOf(ticket) ? bi("补正并立件", "Open its case") : bi("补正并打印告知单", "Tell and print") : warning ? bi("再次告知并打印", "Tell again and print") : bi("打印", "Print"), " ", element("kbd", "", "Enter"));
  const about = paper.free ? ["", ""] : [` ${ticket.number}`, ` for ${ticket.number}`];
  open(dialog, [`${paper.zh}${about[0]}`, `${paper.en}${about[1]}`], dialog.querySelector("#slip-parts input, #slip-parts textarea"));
  if (!$("paper-item").hidden) {
    const item = paperItem();
    item.reset();
    item.input.focus();
    if (ticket) { item.input.value = ticket.service.code; item.input.dispatchEvent(new Event("input")); }
  }
}

function slipPart(part) {
  if (part.checks) return slipChecks(part);
  if (part.choose) return slipChoice(part);
  const field = element("div", "field"), label = element("label"), box = element(part.free ? "textarea" : "input");
  label.append(bi(part.zh, part.en));
  box.name = part.free || part.text;
  box.id = `slip-${part.free ? "more" : part.text}`;
  label.htmlFor = box.id;
  box.autocomplete = "off";
  if (part.free) { box.rows = 2; box.maxLength = 1000; } else { box.maxLength = part.most; box.value = part.value || ""; box.required = Boolean(part.needed); }
  field.append(label, box);
  if (part.list) {
    const places = element("datalist");
    places.id = `${box.id}-list`;
    places.append(...part.list.map((name) => Object.assign(element("option"), { value: name })));
    box.setAttribute("list", places.id);
    field.append(places);
  }
  return field;
}

function slipChoice(part) {
  const field = element("div", "field"), label = element("label"), box = element("select");
  label.append(bi(part.zh, part.en));
  Object.assign(box, { name: part.choose, id: `slip-${part.choose}` });
  label.htmlFor = box.id;
  if (part.none) box.append(element("option"));
  box.append(...part.options.map((one) => {
    const option = element("option", "", pick(one.zh, one.en));
    option.value = one.value;
    Object.assign(option.dataset, { zh: one.zh, en: one.en });
    return option;
  }));
  field.append(label, box);
  return field;
}

function slipChecks(part) {
  const set = element("fieldset", "ticks"), legend = element("legend");
  legend.append(bi(part.zh, part.en));
  const told = part.options.map((option, i) => {  // null keeps the digit of what can't be ticked here
    if (!option) return null;
    const [zh, en, on] = option;
    const label = element("label", "check"), tick = element("input"), words = element("span");
    Object.assign(tick, { type: "checkbox", name: part.checks, value: zh, checked: on, autocomplete: "off" });
    if (i < 9) {
      label.append(element("kbd", "", `${part.shift ? "⇧" : ""}${i + 1}`));
      if (part.shift) tick.dataset.shiftDigit = String(i + 1); else tick.dataset.digit = String(i + 1);
    }
    tick.addEventListener("click", (event) => shifted(event, tick));
    words.append(bi(zh, en));
    if (zh === en) words.translate = false;
    label.append(tick, words);
    return label;
  }).filter(Boolean);
  set.append(legend, ...told);
  if (!told.length) set.hidden = true;
  return set;
}

// Shift+digit: the paper of that digit in the list of those that may follow; a paper that was received does not follow.
function shifted(event, tick) {
  const other = tick.dataset.digit && $("slip-parts").querySelector(`[data-shift-digit="${tick.dataset.digit}"]`);
  if (event.shiftKey && other) { event.preventDefault(); other.click(); }
  else if (tick.checked && tick.name === "owed") for (const one of $("slip-parts").querySelectorAll("[name=received]")) { if (one.value === tick.value) one.checked = false; }
  else if (tick.checked && other) other.checked = false;
}

function tellCase(dialog, form) {
  const wish = { missing: form.getAll("missing"), applicant: form.get("applicant") };
  if (form.get("phone")?.trim()) wish.phone = form.get("phone").trim();
  if (!wish.missing.length && toldOf(state.ticket)) { dialog.close(); send("finish", finishing.finish, finishing.after); return; }  // the notice named nothing of the list
  if (!wish.missing.length) { slipError("请勾选缺少的材料；不在单子上的，先按 F11 打印告知单。", "Tick what is missing; for what is not listed print the notice first (F11)."); return; }
  wish.received = [...$("slip-parts").querySelectorAll("[name=missing]:not(:checked)")].map((one) => one.value);
  dialog.close();
  send("finish", { ...finishing.finish, case: wish }, finishing.after);
}

function acceptCase(dialog, form) {
  const wish = { received: form.getAll("received") };
  if (form.getAll("owed").length) wish.owed = form.getAll("owed");
  for (const name of ["platform", "no_platform", "delivery", "applicant", "phone"]) if (form.get(name)?.trim()) wish[name] = form.get(name).trim();
  if (!wish.platform && !wish.no_platform) { slipError("请扫平台办件号，或选择没有的原因。", "Scan the platform's number, or choose why there is none.", $("slip-platform")); return; }
  if (!wish.received.length && $("slip-parts").querySelector("[name=received]")) { slipError("请勾选收到的材料。", "Tick the papers received."); return; }
  dialog.close();
  send("finish", { ...finishing.finish, case: wish }, finishing.after);
}

function printSlip() {
  const dialog = $("slip"), form = new FormData($("slip-form")), { kind } = dialog.dataset;
  if (kind === "case") { acceptCase(dialog, form); return; }
  if (kind === "incomplete") { tellCase(dialog, form); return; }
  const body = { kind, language: form.get("paper-language"), large_print: form.has("paper-large") };
  if (dialog.dataset.about) body.ticket = Number(dialog.dataset.about);
  if (PAPERS[kind].parts && !$("paper-item").hidden) {
    if (!paperItem().value()) { paperItem().input.focus(); return; }
    body.services = [paperItem().value()];
  }
  const lines = form.getAll("lines").flatMap((text) => text.split("\n")).map((text) => text.trim()).filter(Boolean);
  if (lines.length) body.lines = lines;
  for (const name of ["note", "number", "when"]) if (form.get(name)) body[name] = form.get(name);
  if (kind === "notice" && !lines.length) { slipError("请勾选或写明缺少的材料。", "Tick or write what is missing."); return; }
  if (kind === "refusal" && !lines.length) { slipError("请选择或写明不予受理的理由。", "Choose or write why it is not accepted."); return; }
  if (lines.some((text) => text.length > 120)) { slipError("每条不超过120字：请分成几条。", "At most 120 characters on a line: make it several."); return; }
  const missing = [...$("slip-parts").querySelectorAll("input:required")].find((box) => !box.value.trim());
  if (missing) { slipError("请填写这一项。", "This is needed.", missing); return; }
  dialog.close();
  if (kind === "referral") refer({ matter: form.get("matter"), result: "led", led_to: form.get("led_to"), number: state.ticket?.number || "" }, body); else send("slips", body);
}

function refer(contact, body) {
  press("/api/v1/contacts", contact, { done: (noted) => send("slips", { ...body, contact: noted.id }), refuse, aside: true });
}

function slipError(zh, en, box = $("slip-parts").querySelector("input, textarea")) {
  show($("slip-warning"), bi(zh, en));
  box?.focus();
}

// A scanner is a keyboard that types fast, and is used while the ticks have the focus: what comes faster than anybody types, or begins with a
// letter, is the platform's number, and takes back what its digits ticked meanwhile.
const SCANNER_MS = 40, SCANNED = 5;
let scan = { text: "", at: 0, ticks: [] };
$("slip").addEventListener("keydown", (event) => {
  const platform = $("slip-platform"), typing = event.target.matches("input:not([type=checkbox], [type=radio]), select, textarea");
  if (!platform || typing || !/^[A-Za-z0-9-]$/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.timeStamp - scan.at > SCANNER_MS) scan = { text: "", ticks: [...$("slip-parts").querySelectorAll("[type=checkbox]")].map((tick) => [tick, tick.checked]) };
  Object.assign(scan, { text: scan.text + event.key, at: event.timeStamp });
  if (scan.text.length < SCANNED && /^[0-9]/.test(scan.text)) return;
  for (const [tick, checked] of scan.ticks) tick.checked = checked;
  platform.value = scan.text;
  platform.focus();  // what is still to come is typed there
  event.preventDefault();
  event.stopPropagation();
}, true);

$("slip-form").onsubmit = (event) => { event.preventDefault(); printSlip(); };
$("slip").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || event.defaultPrevented || event.target.matches("button, [role=combobox]")) return;
  if (event.target.matches("textarea") && event.shiftKey) return;
  event.preventDefault();
  $("slip-form").requestSubmit();
});

// --- the menu -----------------------------------------------------------------------------------------------------------------

export function openSlips() {
  const ticket = paperOf();
  const rows = Object.entries(PAPERS).map(([kind, paper], i) => {
    const words = element("span", "one"), note = element("span", "muted");
    words.append(bi(paper.zh, paper.en));
    if (!paper.free && ticket) { note.textContent = ` ${ticket.number}`; note.translate = false; words.append(note); }
    const button = choice(i + 1, words, () => { $("slips").close(); openSlip(kind); });
    button.disabled = kind === "notice" ? Boolean(state.refusals.notice) : !paper.free && !ticket;
    return button;
  });
  $("slips-list").replaceChildren(...rows);
  open($("slips"), null, rows.find((one) => !one.disabled));
}

// 受理待办 and 不予受理 are told on paper (行政许可法 art. 32): offered at once, Esc leaves it.
export const OFFERS = { 受理待办: { kind: "receipt", key: ["凭证", "Receipt"] }, 不予受理: { kind: "refusal", key: ["告知书", "Refusal"] } };
export function offerPaper(outcome, ticket, materials) {
  if (OFFERS[outcome] && !document.querySelector("dialog[open]")) openSlip(OFFERS[outcome].kind, { ...ticket, materials });
}
