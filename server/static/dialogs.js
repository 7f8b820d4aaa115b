// The console's questions: 办结, 转移, 挂起, 暂停, 帮取号 and which number is meant. Each ends in one press (counter.js); Esc leaves it.

function choice(digit, content, act) {
  const button = element("button");
  button.type = "button";
  if (digit < 10) { button.dataset.digit = String(digit); button.append(element("kbd", "", String(digit))); }
  button.append(content);
  button.onclick = (event) => act(event);
  return button;
}
const over = (zh, en) => { const box = element("span", "over"); box.append(bi(zh, en)); return box; };

function open(dialog, title, focus) {
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
function picker(id, options, taken) {
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

const services = () => state.services.map((one) => ({
  value: one.code, code: one.code, zh: one.name, en: one.name_en, search: `${one.name} ${one.name_en} ${one.code} ${one.group} ${one.group_en}`,
  note: one.closed ? ["今天不办理", "closed today"] : null, off: one.closed,
}));
const counters = () => state.counters.map((one) => ({
  value: one.id, code: one.id, zh: one.name, en: one.name_en, search: `${one.id} ${one.name} ${one.name_en}`,
  note: [`${one.staff_name}${one.state === "paused" ? "，已暂停" : ""}`, `${one.staff_name}${one.state === "paused" ? ", paused" : ""}`],
}));
const colleagues = () => state.counters.filter((one) => one.staff).map((one) => ({
  value: one.staff, code: one.staff, zh: one.staff_name, en: one.staff_name, search: `${one.staff} ${one.staff_name}`, note: [one.name, one.name_en],
}));

// 办结
let basket = [];
const itemPicker = picker("item", services, (one) => {
  if (!one) return;
  if (!basket.includes(one.value)) basket.push(one.value);
  drawBasket();
  $("adding").hidden = true;
  $("outcomes").querySelector("button").focus();
});
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
function openFinish() {
  const { ticket } = state;
  basket = [ticket.service.code];
  drawBasket();
  $("adding").hidden = true;
  $("then-next").checked = remembered("then-next");
  $("outcomes").replaceChildren(...state.outcomes.map((one, i) => choice(i + 1, over(one.zh, one.en), (event) => {
    $("finish").close();
    press("finish", { outcome: one.zh, items: basket }, event.shiftKey || $("then-next").checked ? "call-next" : null);
  })));
  $("finish").dataset.ticket = ticket.id;
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
});
function openTransfer() {
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
      press("transfer", { [kind()]: target.value(), keep: $("keep").checked, reason: one.zh, ticket: ticket.id });
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
function openSuspend() {
  const { ticket } = state;
  $("suspensions").replaceChildren(...state.suspensions.map((one, i) => {
    return choice(i + 1, over(`${one.zh}：${one.hint}`, one.en), () => { $("suspend").close(); press("suspend", { kind: one.kind }); });
  }));
  $("suspend").dataset.ticket = ticket.id;
  open($("suspend"), [`挂起 ${ticket.number}`, `Suspend ${ticket.number}`], $("suspensions").querySelector("button"));
}
function openPause() {
  $("pause-reasons").replaceChildren(...state.pause_reasons.map((one, i) => choice(i + 1, over(one.zh, one.en), () => { $("pause").close(); press("pause", { reason: one.zh }); })));
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
function openWhich(verb) {
  const { title, from } = WHICH[verb], list = $("which-list"), reasons = $("raise-reasons"), field = $("which-text");
  reasons.hidden = true;
  list.hidden = field.parentElement.hidden = false;
  field.value = "";
  chosen = (ticket, number) => {
    if (verb === "raise") { askRaise(ticket, number); return; }
    $("which").close();
    press(verb, { ticket });
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
  reasons.replaceChildren(legend, ...state.raise_reasons.map((one, i) => choice(i + 1, over(one.zh, one.en), () => { $("which").close(); press("raise", { ticket, reason: one.zh }); })));
  reasons.hidden = false;
  reasons.querySelector("button").focus();
}
$("which-form").onsubmit = (event) => {
  event.preventDefault();
  const wish = $("which-text").value.trim().toUpperCase();
  if (/^[A-Z][0-9]{1,5}$/.test(wish)) chosen(wish, wish);
  else if (wish) { $("which").close(); refuse("请输入字母和数字，如 A012。", "Type a letter and digits, such as A012."); }
};

// 帮取号
const wish = picker("wish", services, (one) => {
  $("take").disabled = !one;
  $("take-and-call").disabled = !one || Boolean(state.refusals.call);
  if (one) $("wish-class").querySelector("input:checked").focus();
});
function openTickets() {
  const legend = $("wish-class").querySelector("legend");
  $("wish-class").replaceChildren(legend, ...state.classes.map((one) => {
    const label = element("label"), radio = element("input"), words = element("span");
    Object.assign(radio, { type: "radio", name: "class", value: one.id, checked: one.id === "ordinary" });
    words.append(bi(one.name, one.name_en));
    label.append(radio, words);
    return label;
  }));
  $("take").disabled = $("take-and-call").disabled = true;
  wish.reset();
  open($("tickets"), null, wish.input);
}
function take(call) {
  if (!wish.value() || (call && $("take-and-call").disabled)) return;
  const form = new FormData($("tickets-form"));
  $("tickets").close();
  press("tickets", { service: wish.value(), class: form.get("class"), language: form.get("language"), call });
}
$("tickets-form").onsubmit = (event) => { event.preventDefault(); take(event.submitter === $("take-and-call")); };
$("tickets").addEventListener("keydown", (event) => { if (event.key === "Enter" && event.shiftKey) { event.preventDefault(); take(true); } });
