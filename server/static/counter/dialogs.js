// The console's questions: 办结, 转移, 挂起, 暂停, 帮取号 and which number is meant. Each ends in one press; Esc leaves it.
import { $, bi, element, over, pick, plain } from "../parts.js";
import { matterOf } from "./matter.js";
import { choice, colleagues, counters, open, picker, services } from "./picker.js";
import { send } from "./send.js";
import { offerPaper, openCase } from "./slips.js";
import { offers, refuse, state } from "./state.js";

// 办结
let basket = [];
const itemPicker = picker("item", services, (one) => {
  if (!one) return;
  if (!basket.includes(one.value)) basket.push(one.value);
  drawBasket();
  $("adding").hidden = true;
  $("outcomes").querySelector("button").focus();
}, () => true);
function addItem() { $("adding").hidden = false; itemPicker.reset(); itemPicker.input.focus(); }
function drawBasket() {
  const chips = basket.map((code) => {
    const known = state.services.find((one) => one.code === code), chip = element("span", "item");
    const off = element("button", "quiet small", "×");
    off.type = "button";
    off.setAttribute("aria-label", pick(`去掉 ${known?.name || code}`, `Remove ${known?.name_en || code}`));
    off.onclick = () => { basket = basket.filter((one) => one !== code); drawBasket(); };
    chip.append(bi(known?.name || code, known?.name_en));
    if (basket.length > 1) chip.append(off);
    return chip;
  });
  const add = element("button", "small");
  add.type = "button";
  add.append(bi("加事项", "Add an item"), " ", element("kbd", "", "+"));
  add.onclick = addItem;
  $("basket").replaceChildren(...chips, add);
}
export function openFinish() {
  const { ticket } = state;
  basket = ticket.agenda?.here.length ? [...ticket.agenda.here] : [ticket.service.code];
  drawBasket();
  $("adding").hidden = true;
  $("then-next").checked = remembered("then-next");
  $("outcomes").replaceChildren(...state.outcomes.map((one, i) => choice(i + 1, over(one.zh, one.en), (event) => {
    $("finish").close();
    const next = event.shiftKey || $("then-next").checked;  // whoever calls the next has the paper in the list at the right
    const finish = { outcome: one.zh, items: basket };
    const kind = { 受理待办: "case", 补正: ticket.materials.length ? "incomplete" : "" }[one.zh];
    const goOn = (done) => { if (next && done?.state !== "serving") send("call-next"); };  // a number for several items may stay here for the others
    if (kind) { openCase(finish, goOn, kind); return; }
    if (one.zh === "现场办结" && !ticket.case && !matterOf(ticket)) finish.case = { print: false };  // 即办件: its case comes with the press, and asks nothing
    send("finish", finish, (done, materials) => { if (next) goOn(done); else if (done) offerPaper(one.zh, done, materials); });
  })));
  $("finish").dataset.ticket = ticket.id;
  $("next-visit").hidden = !state.bookable.includes(ticket.service.code);
  $("next-visit").href = `/slots?at_counter=1&service=${encodeURIComponent(ticket.service.code)}#book`;
  open($("finish"), [`办结 ${ticket.number}`, `Finish ${ticket.number}`], $("outcomes").querySelector("button"));
}
$("finish").addEventListener("keydown", (event) => {
  if (event.key === "+" && !event.target.matches("input[role=combobox]")) { event.preventDefault(); addItem(); }
});
$("then-next").onchange = () => { try { localStorage.setItem("jiaohao-then-next", $("then-next").checked ? "1" : ""); } catch { /* this time only */ } };
const remembered = (name) => { try { return localStorage.getItem(`jiaohao-${name}`) === "1"; } catch { return false; } };

// 转移
const TARGETS = { service: services, counter: counters, staff: colleagues };
const kind = () => document.querySelector("#transfer-kind input:checked").value;
const target = picker("to", () => TARGETS[kind()](), (one) => {
  $("transfer-reasons").disabled = !one;
  if (one) $("transfer-reasons").querySelector("button").focus();
}, () => kind() === "service");
export function openTransfer() {
  const { ticket } = state;
  if ($("transfer").open) {  // F7 again: the next kind of target
    const radios = [...document.querySelectorAll("#transfer-kind input")];
    radios[(radios.findIndex((one) => one.checked) + 1) % radios.length].checked = true;
  } else {
    document.querySelector('#transfer-kind input[value="service"]').checked = true;
    $("keep").checked = true;
    const legend = $("transfer-reasons").querySelector("legend");
    $("transfer-reasons").replaceChildren(legend, ...state.transfer_reasons.map((one, i) => choice(i + 1, over(one.zh, one.en), () => {
      $("transfer").close();
      send("transfer", { [kind()]: target.value(), keep: $("keep").checked, reason: one.zh, ticket: ticket.id });
    })));
    $("transfer").dataset.ticket = ticket.id;
    open($("transfer"), [`转移 ${ticket.number}`, `Transfer ${ticket.number}`]);
  }
  $("transfer-reasons").disabled = true;
  target.reset();
  target.input.focus();
}
$("transfer-kind").onchange = () => { $("transfer-reasons").disabled = true; target.reset(); };
$("transfer").addEventListener("keydown", (event) => {
  if (event.key === "0" && !event.target.matches("input[role=combobox]")) $("keep").checked = !$("keep").checked;
});

// 挂起, 暂停
export function openSuspend() {
  const { ticket } = state;
  $("suspensions").replaceChildren(...state.suspensions.map((one, i) => {
    return choice(i + 1, over(`${one.zh}：${one.hint}`, one.en), () => { $("suspend").close(); send("suspend", { kind: one.kind }); });
  }));
  $("suspend").dataset.ticket = ticket.id;
  open($("suspend"), [`挂起 ${ticket.number}`, `Suspend ${ticket.number}`], $("suspensions").querySelector("button"));
}
export function openPause() {
  $("pause-reasons").replaceChildren(...state.pause_reasons.map((one, i) => choice(i + 1, over(one.zh, one.en), () => { $("pause").close(); send("pause", { reason: one.zh }); })));
  open($("pause"), null, $("pause-reasons").querySelector("button"));
}

// Which number: 过号受理, 恢复, 弃号, 补打, 优先
const WHICH = {
  "take-back": { title: ["过号受理：哪个号", "Take back which number"], from: () => state.passed },
  "resume-ticket": { title: ["恢复：哪个号", "Resume which number"], from: () => state.suspended },
  leave: { title: ["弃号：哪个号", "Which number has left"], from: () => [...(state.ticket && offers(state.ticket, "leave") ? [state.ticket] : []), ...state.next] },
  reprint: { title: ["补打：哪个号", "Reprint which number"], from: () => state.next },
  raise: { title: ["优先：哪个号", "Raise which number"], from: () => state.next },
};
let chosen = () => {};
export function openWhich(verb) {
  const { title, from } = WHICH[verb], list = $("which-list"), reasons = $("raise-reasons"), field = $("which-text");
  reasons.hidden = true;
  list.hidden = field.parentElement.hidden = false;
  field.value = "";
  chosen = (ticket, number) => {
    if (verb === "raise") { askRaise(ticket, number); return; }
    $("which").close();
    send(verb, { ticket });
  };
  const tickets = from();
  list.replaceChildren(...tickets.map((ticket, i) => {
    const words = element("span", "one");
    words.append(element("b", "", ticket.number), " ", bi(ticket.service.name, ticket.service.name_en));
    return choice(i + 1, words, () => chosen(ticket.id, ticket.number));
  }));
  list.hidden = !tickets.length;
  open($("which"), title, field);
}
function askRaise(ticket, number) {
  $("which-list").hidden = $("which-text").parentElement.hidden = true;
  const reasons = $("raise-reasons"), legend = $("raise-legend");
  legend.replaceChildren(bi(`${number}：优先的原因`, `${number}: why first`));
  reasons.replaceChildren(legend, ...state.raise_reasons.map((one, i) => choice(i + 1, over(one.zh, one.en), () => { $("which").close(); send("raise", { ticket, reason: one.zh }); })));
  reasons.hidden = false;
  reasons.querySelector("button").focus();
}
$("which-form").onsubmit = (event) => {
  event.preventDefault();
  const wish = plain($("which-text").value).toUpperCase();
  if (/^[A-Z][0-9]{1,5}$/.test(wish)) chosen(wish, wish);
  else if (wish) { $("which").close(); refuse("请输入字母和数字，如 A012。", "Type a letter and digits, such as A012."); }
};

// 帮取号: an item, or a package with the answers to its questions
let bundle = null;
const wish = picker("wish", services, (one) => {
  if (one && bundle) drawBundles(null);
  mayTake(one);
  if (one) $("wish-class").querySelector("input:checked").focus();
}, () => true);
function mayTake(chosen) {
  $("take").disabled = !chosen;
  $("take-and-call").disabled = !chosen || Boolean(state.refusals.call);
}
function drawBundles(chosen) {
  bundle = chosen;
  $("wish-packages").hidden = !state.packages.length;
  const legend = $("wish-packages").querySelector("legend");
  $("wish-packages").replaceChildren(legend, ...state.packages.map((one) => {
    const button = Object.assign(element("button", "small"), { type: "button" });
    button.setAttribute("aria-pressed", String(one === chosen));
    button.append(bi(one.name, one.name_en));
    button.onclick = () => { wish.reset(); drawBundles(one === bundle ? null : one); mayTake(bundle); $("wish-packages").querySelector("[aria-pressed=true]")?.focus(); };
    return button;
  }));
  $("wish-list").hidden = Boolean(chosen);
  $("wish-questions").hidden = !chosen?.questions.length;
  $("wish-questions").replaceChildren(...(chosen?.questions || []).map((one) => {
    const label = element("label", "check"), tick = Object.assign(element("input"), { type: "checkbox", name: "yes", value: one.id, autocomplete: "off" });
    label.append(tick, bi(one.zh, one.en));
    return label;
  }));
}
export function openTickets() {
  const legend = $("wish-class").querySelector("legend");
  $("wish-class").replaceChildren(legend, ...state.classes.map((one) => {
    const label = element("label"), radio = element("input"), words = element("span");
    Object.assign(radio, { type: "radio", name: "class", value: one.id, checked: one.id === "ordinary" });
    words.append(bi(one.name, one.name_en));
    label.append(radio, words);
    return label;
  }));
  drawBundles(null);
  mayTake(null);
  wish.reset();
  open($("tickets"), null, wish.input);
}
function take(call) {
  if (!(wish.value() || bundle) || (call && $("take-and-call").disabled)) return;
  const form = new FormData($("tickets-form")), what = bundle ? { package: bundle.id, yes: form.getAll("yes") } : { service: wish.value() };
  $("tickets").close();
  send("tickets", { ...what, class: form.get("class"), language: form.get("language"), call });
}
$("tickets-form").onsubmit = (event) => { event.preventDefault(); take(event.submitter === $("take-and-call")); };
$("tickets").addEventListener("keydown", (event) => { if (event.key === "Enter" && event.shiftKey) { event.preventDefault(); take(true); } });
