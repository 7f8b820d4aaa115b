// The guide desk: one field for numbers and items, the number found with the keys its state allows, the hall beside it.
// A press is one POST with one idempotency key, repeated with the same key while the answer is lost.
const $ = (id) => document.getElementById(id);
const known = JSON.parse($("known").textContent);
const services = new Map(known.services.map((one) => [one.code, one]));
const wanted = $("wanted"), fine = matchMedia("(pointer: fine)");
let view = null, offset = 0, away = false, mode = "find", body = null, group = 0, stage = "group", marked = -1, issuedId = null;

const LOOKS = { waiting: "waiting", called: "calling", serving: "serving", suspended: "paused", passed: "paused", finished: "good", left: "closed", expired: "closed" };
const STATES = {
  waiting: ["等候中", "Waiting"], called: ["已呼叫", "Called"], serving: ["办理中", "Being served"], suspended: ["已挂起", "Suspended"],
  finished: ["已办结", "Finished"], passed: ["已过号", "Passed"], left: ["已弃号", "Left"], expired: ["已过期", "Expired"],
};
const TILES = { free: ["空闲", "Free"], calling: ["呼叫中", "Calling"], serving: ["办理中", "Serving"], paused: ["已暂停", "Paused"], closed: ["未开放", "Closed"] };
const STEPS = { Called: "calling", Recalled: "calling", Started: "serving", Resumed: "serving", Finished: "good", Passed: "bad", Left: "bad", Expired: "bad" };
const KEYS = [
  ["take-back", "过号受理", "Take back", "F8"], ["reprint", "补打", "Reprint", "F6"], ["raise", "优先", "Put first", "F9"],
  ["transfer", "转移", "Transfer", "F7"], ["leave", "弃号", "Left", "F10"], ["undo", "撤销", "Undo", "Ctrl Z"],
];

// --- asking the hub ---------------------------------------------------------------------------------------------------

const LOST = { detail: "连不上服务器，请稍后再按。", detail_en: "The server cannot be reached; press again in a moment." };
const underWay = new Set();
let last = Promise.resolve();

// Presses are carried out one after the other; the same again while it is under way is the same press.
function press(path, content, done) {
  const name = `${path} ${JSON.stringify(content)}`;
  if (underWay.has(name)) return;
  if (away) { refuse(LOST); return; }
  underWay.add(name);
  last = last.then(async () => {
    const answer = await post(path, content);
    if (!answer) return;
    if (answer.ok) { refuse(null); done(answer.body); } else refuse(answer.body);
  }).finally(() => { underWay.delete(name); refocus(); });
}

async function ask(path) {
  try {
    const answer = await fetch(path, { headers: { Accept: "application/json" } });
    if (answer.status === 401) { location.reload(); return null; }
    return { ok: answer.ok, body: await answer.json() };
  } catch { return { ok: false, body: LOST }; }
}

function refuse(problem, ...keys) {
  const box = $("refusal");
  box.hidden = !problem;
  box.replaceChildren();
  if (problem) box.append(bi(problem.detail, problem.detail_en), ...keys);
}

const refocus = () => { if (fine.matches && !document.querySelector("dialog[open]") && mode !== "contact") wanted.focus({ preventScroll: true }); };

// --- drawing ----------------------------------------------------------------------------------------------------------

function button(zh, en, onclick, className) {
  const key = element("button", className || "");
  key.type = "button";
  key.append(bi(zh, en));
  key.onclick = onclick;
  return key;
}

function kbd(key, ...names) { key.append(" ", ...names.map((name) => element("kbd", "", name))); return key; }

function reasonWhy(paper) {
  const node = element("small");
  node.append(bi(paper.reason, paper.reason_en));
  node.translate = Boolean(paper.reason_en);
  return node;
}

// Draws a part anew only when what it shows is another: a press is never lost under a hand.
const drawn = new Map();
function put(id, what, make) {
  const sign = JSON.stringify(what) + document.documentElement.dataset.lang;
  if (drawn.get(id) === sign) return;
  drawn.set(id, sign);
  $(id).replaceChildren(...[make()].flat());
}

const option = (value, zh, en) => {
  const node = element("option", "", pick(zh, en));
  node.value = value;
  Object.assign(node.dataset, { zh, en: en || zh });
  return node;
};

function radio(name, value, zh, en, checked) {
  const label = element("label"), input = element("input"), word = element("span", "over");
  Object.assign(input, { type: "radio", name, value, checked: Boolean(checked), required: true });
  word.append(bi(zh, en));
  label.append(input, word);
  return label;
}

const say = (list, make, zh, en) => {
  if (list.length) return list.map(make);
  const line = element("li", "muted");
  line.append(bi(zh, en));
  return [line];
};

const wait = (range) => (range === null ? ["无法估计", "no estimate"] : range[1] === 0 ? ["马上轮到", "next"] : range[0] === range[1] ? [`约${range[1]}分钟`, `about ${range[1]} min`] : [`约${range[0]}–${range[1]}分钟`, `about ${range[0]}–${range[1]} min`]);
const now = () => Date.now() + offset;

// --- issuing for somebody ---------------------------------------------------------------------------------------------

const klass = () => document.querySelector("#klass input:checked").value;

function offered() {
  const words = wanted.value.trim().toLowerCase();
  if (mode !== "issue" || !words) return known.groups[group].services.map((code) => services.get(code));
  return known.services.filter((one) => `${one.code} ${one.name} ${one.name_en}`.toLowerCase().includes(words)).sort((a, b) => b.code.toLowerCase().startsWith(words) - a.code.toLowerCase().startsWith(words)).slice(0, 12);
}

function drawChoices() {
  const filter = mode === "issue" && wanted.value.trim() !== "", list = offered(), closed = view ? view.closed : {};
  if (marked >= list.length) marked = list.length - 1;
  const mark = filter && marked < 0 ? 0 : marked;
  put("groups", [group, stage, filter], () => known.groups.map((one, n) => {
    const key = button(one.name, one.name_en, () => { group = n; stage = "item"; marked = -1; wanted.value = ""; drawChoices(); refocus(); });
    key.setAttribute("aria-pressed", String(!filter && n === group));
    return stage === "group" && !filter && n < 9 ? kbd(key, String(n + 1)) : key;
  }));
  put("choices", [list, mark, stage, filter, closed], () => say(list, (one, n) => {
    const row = element("li"), key = button(one.name, one.name_en, () => issue(one.code), "choice over"), code = element("code", "", one.code);
    key.prepend(code, " ");
    if (closed[one.code]) { const chip = element("span", "chip shut"); chip.append(bi("今天停办", "Closed today")); key.append(" ", chip); }
    if (n === mark) key.setAttribute("aria-current", "true");
    if (filter ? n === mark : stage === "item" && n < 9) kbd(key, filter ? "Enter" : String(n + 1));
    const list = button("清单", "List", () => printList(listWish(one.code)), "quiet small list");
    list.title = pick("打印这个事项的材料清单", "Print what this item needs");
    row.append(key, list);
    return row;
  }, "没有这样的事项：换个词试试。", "No such item: try another word."));
}

function issue(code) {
  const wish = { service: code, class: klass(), language: document.querySelector("[name=language]:checked").value, large_print: $("large").checked, printer: $("printer").value };
  if (wish.class === known.appointment) {
    if (!$("slot-time").value) { $("slot-time").focus(); refuse({ detail: "请填写预约时段。", detail_en: "Enter the time of the appointment." }); return; }
    if (!$("appointment").value.trim()) { $("appointment").focus(); refuse({ detail: "请填写预约号：同一预约只能签到一次。", detail_en: "Enter the appointment's number: an appointment checks in once." }); return; }
    Object.assign(wish, { slot: `${view.now.slice(0, 10)}T${$("slot-time").value}`, appointment: $("appointment").value.trim() });
  }
  press("/api/v1/tickets", wish, (ticket) => {
    issuedId = ticket.id;
    drawIssued(ticket);
    plain();
    scrollTo({ top: 0 });
    refresh();
  });
}

function plain() {  // ready for the next person: nothing of the last one stays set
  wanted.value = "";
  stage = "group";
  marked = -1;
  document.querySelector('#klass input[value="ordinary"]').checked = true;
  document.querySelector('[name=language][value="zh"]').checked = true;
  $("large").checked = false;
  $("slot-time").value = $("appointment").value = "";
  $("slot").hidden = true;
  drawChoices();
}

function drawIssued(ticket) {
  $("issued").hidden = false;
  put("issued", ticket, () => {
    const number = element("p", "number", ticket.number), words = element("div", "stack"), what = element("p", "matter"), place = element("p");
    what.append(bi(ticket.service.name, ticket.service.name_en));
    const [zh, en] = wait(ticket.estimate_min);
    place.append(bi(`前面${ticket.ahead}人，${zh}，${ticket.counters}`, `${ticket.ahead} ahead, ${en}, ${ticket.counters_en}`));
    words.append(what, place);
    if (ticket.paper) {
      const paper = element("p", ["failed", "unknown"].includes(ticket.paper.state) ? "trouble" : "muted");
      paper.append(bi(`号票：${ticket.paper.zh}`, `Slip: ${ticket.paper.en}`));
      words.append(paper);
    }
    return [number, words, button("打开", "Open", () => openTicket(ticket.id), "small")];
  });
}

// --- first contacts ---------------------------------------------------------------------------------------------------

const resultWords = Object.fromEntries(known.results.map((one) => [one.id, [one.zh, one.en]]));

function contactLine(one) {
  const row = element("li", "row"), at = element("time", "muted", one.today ? clock(one.at) : one.at.slice(5, 10)), what = element("span", "grow"), state = element("span", "badge");
  state.dataset.state = one.open ? "paused" : "good";
  state.append(bi(...resultWords[one.result]));
  what.append(element("b", "", one.matter), ...(one.led_to ? [" → ", one.led_to] : []), " ", element("small", "", [one.number, one.staff, one.note].filter(Boolean).join(" · ")));
  what.translate = false;
  row.append(at, state, what);
  if (one.led_to) row.append(button("引导单", "Referral", () => printReferral(one.id), "small quiet"));
  if (one.open) row.append(button("关闭", "Close", () => closeContact(one), "small"));
  return row;
}

function closeContact(one) {
  const note = element("input");
  Object.assign(note, { name: "note", maxLength: 100, autocomplete: "off" });
  question([`关闭：${one.matter}`, `Close: ${one.matter}`], ["关闭", "Close"], [field("怎样办的（可不填）", "What was done, if worth a word", note)],
    (form) => press(`/api/v1/contacts/${one.id}/close`, { note: form.get("note") }, () => tell("已关闭。", "Closed.")));
}

$("contact-form").onsubmit = (event) => {
  event.preventDefault();
  const content = { matter: $("matter").value, result: document.querySelector("#results input:checked").value, led_to: $("led-to").value, number: $("contact-number").value };
  const referral = event.submitter === $("note-and-print");
  press("/api/v1/contacts", content, (noted) => {
    if (referral) printReferral(noted.id);
    $("contact-form").reset();
    tell("已登记。", "Noted.");
    $("matter").focus();
  });
};

// --- the hall ---------------------------------------------------------------------------------------------------------

function draw(state) {
  if (view && state.seq < view.seq) return;
  view = state;
  offset = Date.parse(state.now) - Date.now();
  $("notice").hidden = !state.notice;
  put("notice", state.notice, () => (state.notice ? bi(state.notice.zh, state.notice.en) : []));
  text("waiting", String(state.waiting));
  drawDeskPapers(state);
  put("papers", state.papers, () => state.papers.map((one) => todo(one, bi(one.paper.zh.split("：")[0], one.paper.en.split(":")[0]), "reprint", "补打", "Reprint")));
  put("passed", state.passed, () => say(state.passed, (one) => todo(one, until(one.lapses_at), one.may ? "take-back" : "", "受理", "Take back"), "没有过号的人。", "Nobody was passed."));
  put("counters", state.counters, () => {
    const closed = state.counters.filter((one) => one.state === "closed" && !one.number && !one.help), shut = element("li", "muted");
    shut.append(bi(`未开放：${closed.map((one) => one.name).join("、")}`, `Closed: ${closed.map((one) => one.name_en).join(", ")}`));
    return [...state.counters.filter((one) => !closed.includes(one)).map(tile), ...(closed.length ? [shut] : [])];
  });
  put("groups-now", state.groups, () => state.groups.map(groupLine));
  $("devices-card").hidden = !state.devices.length;
  put("devices", state.devices, () => state.devices.map((one) => {
    const row = element("li"), state = element("p", "trouble");
    state.append(bi(one.zh, one.en));
    row.append(bi(one.name, one.name_en), state);
    return row;
  }));
  const open = state.contacts.filter((one) => one.open).length;
  text("open-count", open ? String(open) : "");
  put("contacts", state.contacts, () => say(state.contacts, contactLine, "今天还没有登记。", "Nothing noted yet today."));
  drawChoices();
  refresh();
}

function todo(one, words, verb, zh, en) {
  const row = element("li", "row"), name = button(one.number, "", () => openTicket(one.id), "quiet label"), what = element("span", "grow over");
  name.translate = false;
  what.append(words);
  row.append(name, what);
  if (verb) {
    const key = button(zh, en, () => press(`/api/v1/tickets/${one.id}/${verb}`, {}, (whole) => done(verb, whole)));
    key.dataset.todo = verb;
    row.append(key);
  }
  return row;
}

function tile(one) {
  const row = element("li"), name = element("span"), state = element("span", "badge");
  name.append(bi(one.name, one.name_en));
  state.dataset.state = one.state;
  state.append(bi(...TILES[one.state]));
  row.append(name, element("b", "", one.number), state);
  if (one.help) { const chip = element("span", "chip help"); chip.append(bi("求助", "Asks for help")); row.append(chip); }
  return row;
}

function groupLine(one) {
  const row = element("li", "over"), name = element("span"), many = element("b", "", String(one.waiting)), how = element("small");
  name.append(bi(one.name, one.name_en));
  how.append(bi(...wait(one.estimate_min)));
  row.append(name, many, how);
  return row;
}

// --- the field and the keys -------------------------------------------------------------------------------------------

const HINTS = {
  find: ["号码，如 A012；直接输入事项名称或代码就是帮取号。", "A number such as A012; an item's name or code issues one."],
  issue: ["事项名称或代码，回车取号；或按数字选类别、再选事项。", "An item's name or code, Enter issues; or digits: category, then item."],
  contact: ["号码，如 A012。", "A number such as A012."],
};

function setMode(next) {
  mode = next;
  document.querySelectorAll("[data-mode]").forEach((key) => key.setAttribute("aria-selected", String(key.dataset.mode === mode)));
  for (const id of ["find", "issue", "contact"]) $(id).hidden = id !== mode;
  $("register").hidden = mode !== "contact";
  $("wanted-hint").replaceChildren(bi(...HINTS[mode]));
  wanted.placeholder = mode === "issue" ? pick("事项", "Item") : "A012";
  if (mode === "issue") drawChoices();
}

function turnTo(next) {
  refuse(null);
  if (next === "issue") { stage = "group"; marked = -1; $("issued").hidden = true; issuedId = null; }
  wanted.value = "";
  setMode(next);
  if (next === "contact") $("matter").focus(); else wanted.focus();
}

document.querySelectorAll("[data-mode]").forEach((key) => { key.onclick = () => turnTo(key.dataset.mode); });

wanted.oninput = () => {
  marked = -1;
  const value = wanted.value.trim();
  if (mode === "find" && value && !/^[A-Za-z]?\d*$/.test(value)) { $("issued").hidden = true; issuedId = null; setMode("issue"); }
  if (mode === "issue") drawChoices();
};

$("finder").onsubmit = (event) => {
  event.preventDefault();
  const value = wanted.value.trim();
  if (mode === "issue") {
    const list = offered();
    if (list.length && (value || marked >= 0)) { issue(list[Math.max(marked, 0)].code); return; }
  }
  if (/^[A-Za-z]\d+$/.test(value)) find(value.toUpperCase());
  else if (value) refuse({ detail: "请输入号码，例如A012。", detail_en: "Enter a number such as A012." });
};

wanted.onkeydown = (event) => {
  if (mode !== "issue" || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const from = wanted.value.trim() ? Math.max(marked, 0) : marked;
    marked = Math.max(0, Math.min(offered().length - 1, from + (event.key === "ArrowDown" ? 1 : -1)));
    drawChoices();
    document.querySelector("#choices [aria-current]")?.scrollIntoView({ block: "nearest" });
  } else if (!wanted.value && !event.repeat && /^[1-9]$/.test(event.key)) {
    event.preventDefault();
    const n = Number(event.key) - 1;
    if (stage === "group" && n < known.groups.length) { group = n; stage = "item"; drawChoices(); }
    else if (stage === "item" && n < offered().length) issue(offered()[n].code);
  }
};

$("contact-form").onkeydown = (event) => {
  if (event.key === "Enter" && event.ctrlKey) { event.preventDefault(); $("contact-form").requestSubmit($("note-and-print")); }
};

const HOT = { F6: "reprint", F7: "transfer", F8: "take-back", F9: "raise", F10: "leave" };
const MODES = { F2: "find", F3: "issue", F4: "contact" };
document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]")) { if (MODES[event.key] || HOT[event.key] || event.key === "F11") event.preventDefault(); return; }
  const typing = ["INPUT", "SELECT", "TEXTAREA"].includes(event.target.tagName);
  if (event.key === "F3" && mode === "issue") { event.preventDefault(); nextClass(); }
  else if (MODES[event.key]) { event.preventDefault(); turnTo(MODES[event.key]); }
  else if (event.key === "F11") { event.preventDefault(); if (!event.repeat) printList(); }
  else if (HOT[event.key]) { event.preventDefault(); if (mode === "find" && !event.repeat) act(HOT[event.key]); }
  else if (event.key === "z" && event.ctrlKey && !event.repeat && mode === "find" && !(typing && event.target.value)) { event.preventDefault(); act("undo"); }
  else if (event.key === "Escape") {
    if (mode === "issue" && stage === "item" && !wanted.value) { stage = "group"; drawChoices(); } else if (wanted.value) { wanted.value = ""; marked = -1; drawChoices(); } else turnTo("find");
  } else if (!typing && event.key.length === 1 && /\S/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) wanted.focus();
});

// --- once -------------------------------------------------------------------------------------------------------------

$("klass").append(...known.classes.map((one) => radio("class", one.id, one.name, one.name_en, one.id === "ordinary")));
$("klass").onchange = () => { $("slot").hidden = klass() !== known.appointment; if (!$("slot").hidden) $("slot-time").focus(); else refocus(); };
function nextClass() {
  const all = [...document.querySelectorAll("#klass input")];
  all[(all.findIndex((one) => one.checked) + 1) % all.length].checked = true;
  $("klass").onchange();
}
$("printer").append(...known.printers.map((one) => option(one.id, one.name, `Printer ${one.id}`)));
$("results").append(...known.results.map((one, n) => radio("result", one.id, one.zh, one.en, n === 0)));
function suggestions() {
  $("matters").replaceChildren(...known.services.map((one) => { const node = element("option"); node.value = pick(one.name, one.name_en); return node; }));
  $("places").replaceChildren(...known.counters.map((one) => { const node = element("option"); node.value = pick(one.name, one.name_en); return node; }));
}
window.addEventListener("preferences", () => { suggestions(); setMode(mode); if (view) { draw(view); drawTicket(); } });
suggestions();
setMode("find");
follow("/api/v1/desk", draw, (gone) => {
  away = gone;
  $("lost").hidden = !gone;
  document.querySelector("main").classList.toggle("old", gone);
});
setInterval(() => document.querySelectorAll("[data-until]").forEach(countdown), 1000);
setInterval(refresh, 3000);
wanted.focus();
