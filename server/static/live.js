// The hall's live page: draws what the feed says; an act is one POST with one idempotency key, repeated with the same key if the answer is lost.
const root = document.getElementById("live"), mayAct = Boolean(root.dataset.mayAct);
const get = (id) => document.getElementById(id);
const STATES = { free: ["空闲", "Free"], calling: ["呼叫中", "Calling"], serving: ["办理中", "Serving"], paused: ["已暂停", "Paused"], closed: ["未开放", "Closed"] };
const LEVELS = { bad: ["紧急", "Urgent"], warn: ["注意", "Look"], info: ["提示", "Note"] };
const DEVICE = {
  ok: ["正常", "Fine"], ready: ["正常", "Ready"], near_end: ["纸将尽", "Paper low"], paper_out: ["缺纸", "No paper"], cover_open: ["盖子开着", "Cover open"],
  error: ["故障", "Fault"], offline: ["离线", "Offline"], unreachable: ["没有应答", "No answer"], unknown: ["没有消息", "Silent"],
};
const CAUSES = [
  ["台风", "Typhoon", "因台风影响，大厅今天提前停止办理，请改日再来。", "The hall closes early today because of the typhoon. Please come another day."],
  ["停电", "Power cut", "因停电，大厅今天提前停止办理，请改日再来。", "The hall closes early today because of a power cut. Please come another day."],
  ["系统故障", "System failure", "因系统故障，大厅今天提前停止办理，请改日再来。", "The hall closes early today because of a system failure. Please come another day."],
];
const SHOWN = 5;  // so many alerts before "all"
let state = null, offset = 0, all = false, away = false, dialogOf = null;
const openGroups = new Set(), underWay = new Set();

// --- small parts ---

function part(tag, className, ...content) {
  const node = element(tag, className);
  node.append(...content);
  return node;
}

// A name or another word of the hall's own, the same in every language.
function own(tag, className, words) {
  const node = element(tag, className, words);
  node.translate = false;
  return node;
}

function badge(kind, ...words) {
  const node = part("span", "badge", ...(typeof words[0] === "number" ? count(...words) : [bi(...words)]));
  node.dataset.state = kind;
  return node;
}

function link(href, className, ...content) {
  const node = part("a", className, ...content);
  node.href = href;
  return node;
}

// A figure and its unit in both languages, the figure once.
const count = (n, zh, en) => [`${n} `, bi(zh, en)];

const lifeOf = (ticket, number) => link(`/desk/ticket/${ticket}`, "label", number);

function key(name, zh, en, act, className = "small") {
  const node = part("button", className, bi(zh, en));
  node.type = "button";
  node.dataset.focus = name;
  node.onclick = act;
  node.disabled = away;
  return node;
}

// A list drawn again: what is the same stays the same node, so that nothing blinks and the focus stays.
function keyed(parent, items, name, build) {
  const before = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  const focused = document.activeElement?.dataset?.focus, inside = parent.contains(document.activeElement);
  const nodes = items.map((item) => {
    const id = String(name(item)), mark = JSON.stringify(item) + document.documentElement.dataset.lang + away;
    const was = before.get(id);
    if (was && was.mark === mark) return was;
    const node = build(item);
    node.dataset.key = id;
    node.mark = mark;
    return node;
  });
  if (nodes.length === parent.children.length && nodes.every((node, i) => node === parent.children[i])) return;
  parent.replaceChildren(...nodes);
  if (inside && focused) parent.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

const now = () => Date.now() + offset;
const seconds = (from) => Math.max(0, Math.floor((now() - Date.parse(from)) / 1000));

function age(from) {
  const node = element("span", "age");
  node.dataset.since = from;
  return write(node);
}

function write(node) {
  const minutes = Math.floor(seconds(node.dataset.since) / 60);
  const long = minutes >= 120;
  const mark = `${minutes}`;
  if (node.dataset.shown !== mark) {
    node.dataset.shown = mark;
    const n = long ? Math.floor(minutes / 60) : minutes;
    node.replaceChildren(...(minutes < 1 ? [bi("刚刚", "just now")] : count(n, long ? "小时" : "分钟", long ? "h" : "min")));
  }
  return node;
}

// --- drawing ---

function draw(view) {
  if (state && view.seq < state.seq) return;  // an answer that was overtaken by the feed
  state = view;
  offset = Date.parse(view.now) - Date.now();
  redraw();
}

function redraw() {
  if (!state) return;
  drawEmergency();
  drawDoor();
  drawTiles();
  drawAlerts();
  keyed(get("counters"), state.counters.map((c) => ({ ...c, urgent: Boolean(c.help) })), (c) => c.id, counterCard);
  drawWaits();
  keyed(get("services"), state.groups.map((g) => ({ ...g, open: openGroups.has(g.zh) })), (g) => g.zh, serviceGroup);
  keyed(get("devices"), state.devices, (d) => d.id, deviceLine);
  keyed(get("acts"), state.acts, (a) => a.seq, actLine);
  if (dialogOf?.follow) dialogOf.follow();
  tick();
}

function drawDoor() {
  const shut = state.door.closed, box = get("shut");
  box.hidden = !shut;
  const button = get("close-hall");
  if (button) { button.hidden = Boolean(shut); button.disabled = away; }
  if (!shut) return;
  keyed(box, [shut], () => "shut", () => {
    const what = shut.waiting === "dismiss" ? ["等候的号码已作废", "the waiting were sent home"] : ["已取的号继续办理", "numbers given out are still served"];
    const line = part("div", "row", part("b", "", bi("大厅已提前闭厅", "The hall is closed early")), bi(shut.zh, shut.en));
    line.append(part("small", "", bi(`${clock(shut.at)} ${shut.by}，${what[0]}`, `${clock(shut.at)} by ${shut.by}, ${what[1]}`)));
    if (mayAct) {
      line.append(key("reopen", "恢复取号", "Reopen", () => ask({
        title: ["恢复取号", "Reopen the hall"], text: ["取号机和导服台将重新发号。已经作废的号码不会恢复。", "Kiosks and the desk give out numbers again. Numbers that ended stay so."],
        go: ["恢复取号", "Reopen"], path: "/api/v1/hall/reopen", done: ["已恢复取号。", "The hall gives out numbers again."],
      }), "push"));
    }
    return line;
  });
}

function drawEmergency() {
  const on = state.emergency, box = get("emergency"), button = get("begin-emergency");
  box.hidden = !on;
  if (button) { button.hidden = Boolean(on); button.disabled = away; }
  if (!on) return;
  keyed(box, [on], () => "on", () => {
    const line = part("div", "row", part("b", "", bi("紧急广播中", "Emergency on all screens")), bi(on.zh, on.en));
    line.append(part("small", "", bi(`${clock(on.at)} ${on.by}`, `${clock(on.at)} by ${on.by}`)));
    if (mayAct) {
      line.append(key("end", "结束", "End", () => ask({
        title: ["结束紧急广播", "End the emergency"], text: ["大厅屏、窗口屏和广播恢复正常。", "Screens, boards and voices are as before."],
        go: ["结束", "End"], path: "/api/v1/hall/emergency/end", done: ["紧急广播已结束。", "The emergency is over."],
      }), "push"));
    }
    return line;
  });
}

const PLEDGE = { "": ["good", "在承诺内", "Within pledge"], warn: ["calling", "接近承诺", "Near the pledge"], bad: ["bad", "超过承诺", "Over the pledge"] };

function tile(zh, en, level, value, ...below) {
  const node = part("div", "", part("dt", "", bi(zh, en)), part("dd", "", ...value), part("dd", "below", ...below));
  node.dataset.level = level;
  return node;
}

function drawTiles() {
  const f = state.figures, unit = (zh, en) => part("small", "", " ", bi(zh, en));
  const tiles = [
    { id: "waiting", of: [f.waiting, f.over], make: () => tile("正在等候", "Waiting now", f.over ? "bad" : "", [String(f.waiting), unit("人", "people")],
      f.over ? badge("bad", f.over, "人超过承诺", "over pledge") : badge("good", `都在 ${f.pledge_min} 分钟内`, `All within ${f.pledge_min} min`)) },
    { id: "longest", of: f.longest, make: () => f.longest
      ? tile("等候最久", "Longest wait", f.longest.level, [String(f.longest.minutes), unit("分钟", "min")], badge(...PLEDGE[f.longest.level]), " ",
        lifeOf(f.longest.id, f.longest.number), " ", bi(f.longest.group.zh, f.longest.group.en))
      : tile("等候最久", "Longest wait", "", [part("span", "muted nobody", bi("无人等候", "Nobody waits"))], badge("good", "在承诺内", "Within pledge")) },
    { id: "served", of: [f.served, f.issued], make: () => tile("今日办结", "Served today", "", [String(f.served), unit("人", "people")],
      part("span", "muted", bi("取号", "Numbers given out"), ` ${f.issued}`)) },
    { id: "mean", of: [f.mean_min, f.mean_level, f.called], make: () => tile("今日平均等候", "Mean wait today", f.mean_level,
      f.mean_min === null ? [part("span", "muted", "—")] : [String(f.mean_min), unit("分钟", "min")],
      f.mean_min === null ? part("span", "muted", bi("还没有叫过号，无数据", "No data: nobody called yet")) : badge(...PLEDGE[f.mean_level])) },
    { id: "open", of: [f.open, f.paused, f.counters, state.door.open], make: () => {
      const none = !f.open && state.door.open;
      return tile("开放窗口", "Open counters", none ? "bad" : "", [String(f.open), part("small", "", ` / ${f.counters}`)],
        none ? badge("bad", "没有窗口开放", "None is open") : part("span", "muted", bi("暂停", "Paused"), ` ${f.paused}`));
    } },
  ];
  keyed(get("tiles"), tiles.map(({ id, of }) => ({ id, of })), (t) => t.id, (t) => tiles.find((one) => one.id === t.id).make());
}

function drawAlerts() {
  const list = state.alerts, shown = all ? list : list.slice(0, SHOWN);
  get("alert-count").textContent = list.length ? String(list.length) : "";
  keyed(get("alerts"), shown.length ? shown : [{ kind: "none" }], (a) => `${a.kind} ${a.subject}`, (a) => {
    if (a.kind === "none") return part("li", "none", badge("good", "一切正常", "All is well"), " ", part("span", "muted", bi("没有需要处理的事", "Nothing to act on")));
    const line = part("li", "", badge(a.level === "bad" ? "bad" : a.level === "warn" ? "calling" : "free", ...LEVELS[a.level]), part("span", "sentence over", bi(a.zh, a.en)), age(a.since));
    line.dataset.level = a.level;
    line.append(part("span", "act", ...actOf(a)));
    return line;
  });
  const more = get("more-alerts");
  more.hidden = list.length <= SHOWN;
  more.replaceChildren(all ? bi("只看前几条", "Show the first only") : bi(`显示全部 ${list.length} 条`, `Show all ${list.length}`));
}

function actOf(a) {
  if (a.ticket) return [link(`/desk/ticket/${a.ticket}`, "button small", bi("查看该号", "See it"))];
  if (a.kind === "substitution") return [link("/people", "button small", bi("去审批", "Decide"))];
  if (a.kind === "report") return [link(`/reports/${a.subject.split(" ")[1]}`, "button small", bi("看报告", "Report"))];
  if (a.kind === "unmanned") return [link("/people", "button small", bi("岗位", "Posts"))];
  if (a.kind === "help" && mayAct) return [key(`help ${a.counter}`, "已处理", "Done", () => send(counterPath(a.counter, "answer-help"), {}, ["求助已处理。", "Help is noted as given."]))];
  if (a.kind === "wait") return [link("#waits-head", "button small", bi("看等候", "Who waits"))];
  if (a.kind === "stranded") return [link("#counters-head", "button small", bi("看窗口", "Counters"))];
  if (a.subject.startsWith("job:") && mayAct) return [link("/desk", "button small", bi("去补打", "Reprint it"))];
  if (a.counter) return [link(`#counter-${a.counter}`, "button small", bi("看窗口", "See it"))];
  return a.subject.startsWith("device:") ? [link("#devices-head", "button small", bi("看设备", "Devices"))] : [];
}

const counterPath = (counter, verb) => `/api/v1/hall/counters/${encodeURIComponent(counter)}/${verb}`;

function counterCard(c) {
  const card = part("article", "card post");
  card.id = `counter-${c.id}`;
  card.dataset.state = c.state;
  card.append(part("header", "", part("h3", "", bi(c.name, c.name_en)), badge(c.state, ...STATES[c.state])));
  if (c.help) {
    const line = part("p", "alert", part("span", "over", bi(c.help.text ? `求助：${c.help.text}` : "求助", c.help.text ? `Help: ${c.help.text}` : "Help asked")), " ", age(c.help.at));
    if (mayAct) line.append(" ", key(`card help ${c.id}`, "已处理", "Done", () => send(counterPath(c.id, "answer-help"), {}, ["求助已处理。", "Help is noted as given."])));
    card.append(line);
  }
  const who = part("p", "who", c.staff ? own("b", "", c.staff) : part("span", "muted", bi("无人登录", "Nobody")), part("span", "muted", bi("今日办结", "Done today"), ` ${c.done}`));
  card.append(who);
  if (c.ticket) {
    const running = element("span", "running");
    Object.assign(running.dataset, { from: c.ticket.from, standard: c.ticket.standard_min || "" });
    const standard = c.ticket.standard_min && c.state === "serving" ? part("small", "", bi("标准", "standard"), ` ${c.ticket.standard_min} `, bi("分钟", "min")) : "";
    card.append(part("p", "at", lifeOf(c.ticket.id, c.number), running, standard), part("p", "what over", bi(c.ticket.service.name, c.ticket.service.name_en)));
  } else if (c.state === "paused") {
    card.append(part("p", "what", bi(c.reason.zh, c.reason.en), " ", age(c.since)));
  }
  const serves = part("p", "serves", ...(c.bound ? [part("span", "chip", bi("已切换", "Re-bound")), " "] : []), part("span", "muted over", bi(c.serves.zh, c.serves.en)));
  card.append(serves);
  if (c.next) {
    const next = part("p", "next", bi("下一位", "Next"), " ", lifeOf(c.next.id, c.next.number), part("span", "muted over", bi(c.next.zh, c.next.en)));
    card.append(next);
  } else if (c.state === "free") card.append(part("p", "next muted", bi("没有可由它叫的号", "Nobody waits for it")));
  if (mayAct) card.append(counterKeys(c));
  return card;
}

function counterKeys(c) {
  const keys = part("footer", "over", key(`bind ${c.id}`, "切换业务", "Re-bind", () => askBind(c), "small"));
  const name = (zh, en) => [`${c.name}：${zh}`, `${c.name_en}: ${en}`];
  if (c.state === "paused") keys.append(key(`resume ${c.id}`, "恢复", "Resume", () => send(counterPath(c.id, "resume"), {}, name("已恢复叫号。", "calls again.")), "small"));
  else if (c.state !== "closed") {
    keys.append(key(`pause ${c.id}`, "暂停", "Pause", () => ask({
      title: name("暂停", "pause"), text: ["它不再叫号，直到恢复；正在办理的号不受影响。", "It calls nobody until it is resumed; the number there stays."], reason: true,
      go: ["暂停", "Pause"], path: counterPath(c.id, "pause"), done: name("已暂停。", "paused."),
    }), "small"));
  }
  if (c.state !== "closed") {
    keys.append(key(`close ${c.id}`, "关窗", "Close", () => ask({
      title: name("关窗", "close"), text: ["用于人已离开而未退出的窗口。正在呼叫或办理的号回到原来的位置，专门等它的号回到大厅队列。", "For a counter that was left without logging out. Whoever is called or served there waits again at the old place, who waits for it alone joins the hall's line."],
      go: ["关窗", "Close it"], path: counterPath(c.id, "close"), body: { reason: "管理人员关闭" }, done: name("已关窗。", "closed."),
    }), "small"));
  }
  return keys;
}

function drawWaits() {
  const find = get("find").value.trim().toLowerCase(), only = get("only").value;
  const fits = (t) => (!find || [t.number, t.service.name, t.service.name_en].some((word) => word.toLowerCase().includes(find)))
    && (!only || (only === "over" ? t.level === "bad" : only === `group ${t.group.zh}` || only === `class ${t.class}`));
  const rows = state.waiting.filter(fits), total = state.figures.waiting;
  get("waits-count").textContent = total ? String(total) : "";
  keyed(get("waits"), rows.length ? rows : [{ id: "none", total }], (t) => t.id, (t) => {
    if (t.id === "none") {
      const cell = part("td", "muted", total ? bi("没有符合条件的号", "No number fits") : bi("现在没有人等候", "Nobody is waiting"));
      cell.colSpan = 6;
      return part("tr", "", cell);
    }
    const item = part("td", "", part("span", "over", bi(t.service.name, t.service.name_en)));
    const marks = [];
    if (t.class !== "ordinary") marks.push(part("span", "chip", bi(t.class_zh, t.class_en)));
    if (t.raised) marks.push(part("span", "chip", bi("优先", "Raised")));
    if (marks.length) item.append(" ", ...marks.flatMap((mark) => [mark, " "]));
    return part("tr", "", part("th", "", lifeOf(t.id, t.number)), item, part("td", "", bi(t.line_zh, t.line_en)), part("td", "num", t.place === null ? "1000+" : String(t.place)),
      part("td", "num", clock(t.issued_at)), part("td", "num", ...(t.level ? [badge(t.level === "bad" ? "bad" : "calling", t.minutes, "分钟", "min")] : count(t.minutes, "分钟", "min"))));
  });
  const hidden = total > state.waiting.length;
  get("waits-hint").replaceChildren(hidden ? bi(`共 ${total} 人，列出等候最久的 ${state.waiting.length} 人；按开放时间计`, `${total} in all, the ${state.waiting.length} longest are listed; opening hours count`)
    : bi("等候按开放时间计，与周报一致。", "Waiting counts within opening hours, as in the report."));
}

function serviceGroup(g) {
  const box = part("details", "services"), waiting = g.services.reduce((n, s) => n + s.waiting, 0), closed = g.services.filter((s) => s.closed).length;
  box.open = openGroups.has(g.zh);
  box.ontoggle = () => openGroups[box.open ? "add" : "delete"](g.zh);
  const summary = part("summary", "", part("b", "", bi(g.zh, g.en)), part("span", waiting ? "" : "muted", ...count(waiting, "人等候", "waiting")));
  if (closed) summary.append(badge("closed", closed, "项停办", "closed"));
  summary.dataset.focus = `group ${g.zh}`;
  box.append(summary);
  box.append(part("ul", "", ...g.services.map((s) => {
    const line = part("li", "", part("span", "over", bi(s.name, s.name_en)), part("span", "muted num", ...(s.waiting ? count(s.waiting, "人", "waiting") : [])));
    if (s.closed) line.append(part("p", "told", badge("closed", "今日停办", "Closed today"), " ", bi(s.closed.zh, s.closed.en)));
    if (mayAct) {
      line.append(s.closed
        ? key(`open ${s.code}`, "恢复", "Reopen", () => send(`/api/v1/services/${s.code}/reopen`, {}, [`“${s.name}”已恢复办理。`, `'${s.name_en}' is open again.`]))
        : key(`shut ${s.code}`, "停办", "Close", () => askService(s)));
    }
    return line;
  })));
  return box;
}

function deviceLine(d) {
  const waits = d.state === "unknown" && !d.silent, well = d.state === "ok" || d.state === "ready";
  const words = waits ? ["等待消息", "Waiting for word"] : DEVICE[d.state] || [d.state, d.state];
  const line = part("li", "", part("b", "over", bi(d.name, d.name_en)), badge(well ? "good" : waits ? "waiting" : d.state === "near_end" ? "paused" : "bad", ...words));
  if (!waits) line.append(part("span", "muted", age(d.since)));
  if (d.zh && !waits) line.append(part("p", well ? "muted over" : "told over", bi(d.zh, d.en)));
  if (mayAct && d.kind === "printer" && d.state === "near_end") {
    line.append(key(`roll ${d.id}`, "已换纸卷", "New roll in", () => send(`/api/v1/printers/${d.id}/new-roll`, {}, ["已从新纸卷开始计算。", "The count begins with the new roll."])));
  }
  return line;
}

function actLine(a) {
  const what = part("span", "what over", ...(a.number ? [lifeOf(a.ticket, a.number), " "] : []), a.undone ? part("s", "", bi(a.zh, a.en)) : bi(a.zh, a.en));
  const another = a.at.slice(0, 10) === state.now.slice(0, 10) ? "" : `${a.at.slice(5, 10)} `;  // an act of another day says which
  return part("li", "", element("time", "", another + clock(a.at)), what, a.who === a.who_en ? own("span", "who", a.who) : part("span", "who", bi(a.who, a.who_en)));
}

function tick() {
  document.querySelectorAll("[data-since]").forEach(write);
  document.querySelectorAll(".running").forEach((node) => {
    const s = seconds(node.dataset.from), standard = Number(node.dataset.standard) * 60;
    node.textContent = `${two(Math.floor(s / 60))}:${two(s % 60)}`;
    node.classList.toggle("over-time", Boolean(standard) && s > 1.5 * standard);
  });
  if (state) {
    const at = new Date(Date.parse(`${state.now.slice(0, 19)}Z`) + now() - Date.parse(state.now));
    get("as-of").textContent = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
  }
}

// --- acts ---

// One act; the same one again while it is under way is the same press. Gives whether it was done.
async function send(path, body, done, refuse = (zh, en) => tell(zh, en, "bad")) {
  if (underWay.has(path)) return false;
  underWay.add(path);
  const answer = await post(path, body).finally(() => underWay.delete(path));
  if (!answer) return false;
  if (!answer.ok) { refuse(answer.body.detail, answer.body.detail_en); return false; }
  draw(answer.body);
  const words = typeof done === "function" ? done(answer.body) : done;
  tell(...words);
  return true;
}

// --- dialogs: open(dialog, act): `act(form, pressed)` gives whether the dialog may close ---

function open(dialog, act, follow) {
  const form = dialog.querySelector("form"), error = dialog.querySelector(".error");
  error.hidden = true;
  dialogOf = { follow };
  form.onsubmit = async (event) => {
    event.preventDefault();
    error.hidden = true;
    const go = [...form.querySelectorAll("button[value]")];
    go.forEach((button) => { button.disabled = true; });
    try {
      if (await act(form.elements, event.submitter?.value || "go", (zh, en) => { error.replaceChildren(bi(zh, en)); error.hidden = false; error.scrollIntoView({ block: "nearest" }); })) dialog.close();
    } finally { go.forEach((button) => { button.disabled = false; }); }
  };
  dialog.onclose = () => { dialogOf = null; };
  dialog.querySelectorAll("[data-close]").forEach((button) => { button.onclick = () => dialog.close(); });
  dialog.showModal();
}

function ask({ title, text: words, go, path, body = {}, done, reason = false }) {
  const dialog = get("ask-dialog");
  get("ask-title").replaceChildren(bi(...title));
  get("ask-text").replaceChildren(bi(...words));
  get("ask-go").replaceChildren(bi(...go));
  get("ask-reason").hidden = !reason;
  open(dialog, (fields, pressed, refuse) => send(path, reason ? { ...body, reason: fields.reason.value } : body, done, refuse));
}

function askService(s) {
  const dialog = get("service-dialog"), fields = dialog.querySelector("form").elements;
  get("service-title").replaceChildren(bi(`今日停办：${s.name}`, `Close for today: ${s.name_en}`));
  fields.message.value = `“${s.name}”今天停办，请改日再来或到咨询台询问。`;
  fields.message_en.value = `'${s.name_en}' is closed today. Please come another day or ask at the desk.`;
  open(dialog, (form, pressed, refuse) => send(`/api/v1/services/${s.code}/close`, { message: form.message.value, message_en: form.message_en.value },
    [`“${s.name}”今日停办。`, `'${s.name_en}' is closed for today.`], refuse));
}

function askHall() {
  const dialog = get("hall-dialog"), fields = dialog.querySelector("form").elements;
  fields.waiting.value = "serve";
  fields.people.value = "";
  fields.message.value = CAUSES[0][2];
  fields.message_en.value = CAUSES[0][3];
  get("causes").replaceChildren(...CAUSES.map(([zh, en, message, messageEn]) => key(`cause ${zh}`, zh, en, () => { fields.message.value = message; fields.message_en.value = messageEn; })));
  const follow = () => {
    const home = fields.waiting.value === "dismiss", n = state.going, at = state.counters.filter((c) => c.ticket).length;
    get("confirm-people").hidden = !home;
    fields.people.required = home;
    get("confirm-label").replaceChildren(bi(`请输入将请回的人数（${n}）以确认`, `Type how many people are sent home (${n}) to confirm`));
    const lines = [
      ["取号机和导服台立即停止发号，取号机和大厅屏显示上面的话。", "Kiosks and the desk stop giving out numbers at once; kiosks and the hall screen show the words above."],
      at ? [`窗口上的 ${at} 人照常办完。`, `The ${at} at the counters are served to the end.`] : ["窗口上现在没有人。", "Nobody is at a counter now."],
      home ? [`等候和挂起的 ${n} 人：号码立即作废，今天不再叫号。请现场告知。报表计为“过期”。`, `The ${n} waiting or suspended: their numbers end now and are not called. Tell them in the hall. The report counts them as expired.`]
        : [`等候和挂起的 ${n} 人：继续叫号，办完为止。`, `The ${n} waiting or suspended: they are called and served.`],
      ["今天可以随时恢复取号；作废的号码不会恢复。明天自动恢复正常。", "You may reopen at any time today; numbers that ended stay so. Tomorrow all is as usual."],
    ];
    keyed(get("effect"), lines, (line) => line[0], (line) => part("li", "over", bi(...line)));
  };
  fields.waiting.forEach((radio) => { radio.onchange = follow; });
  open(dialog, (form, pressed, refuse) => {
    const home = form.waiting.value === "dismiss";
    return send("/api/v1/hall/close", { message: form.message.value, message_en: form.message_en.value, waiting: form.waiting.value, people: home ? Number(form.people.value) : null },
      (body) => (home ? [`大厅已提前闭厅，${body.dismissed} 个号码作废。`, `The hall is closed; ${body.dismissed} numbers ended.`] : ["大厅已提前闭厅，已取的号继续办理。", "The hall is closed; numbers given out are served."]), refuse);
  }, follow);
  follow();
}

function askEmergency() {
  const dialog = get("emergency-dialog");
  dialog.querySelectorAll("input[name=number]").forEach((radio) => { radio.checked = false; });
  open(dialog, (form, pressed, refuse) => send("/api/v1/hall/emergency", { number: Number(form.number.value) },
    ["紧急广播已开始。", "The emergency is on all screens, boards and voices."], refuse));
}

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

function askBind(c) {
  const dialog = get("bind-dialog"), fields = dialog.querySelector("form").elements;
  get("bind-title").replaceChildren(bi(`窗口业务切换：${c.name}`, `Re-bind ${c.name_en}`));
  get("bind-usual").replaceChildren(bi(`${c.usual.zh}。`, `${c.usual.en}.`));
  fields.scope.value = c.services === null ? "all" : "some";
  fields.help.value = c.helps === null ? "all" : c.helps.length ? "some" : "none";
  fields.after.value = c.help_after_min;
  fields.reason.value = "";
  get("unbind").hidden = !c.bound;
  picks(get("bind-services"), "services", c.services || []);
  picks(get("bind-helps"), "helps", c.helps || []);
  const show = () => {
    get("bind-services").hidden = fields.scope.value !== "some";
    get("bind-helps").hidden = fields.help.value !== "some";
    get("bind-after").hidden = fields.help.value === "none";
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

// --- the page ---

get("close-hall")?.addEventListener("click", askHall);
get("begin-emergency")?.addEventListener("click", askEmergency);
get("more-alerts").onclick = () => { all = !all; drawAlerts(); };
get("find").oninput = () => state && drawWaits();
get("only").onchange = () => state && drawWaits();
function hints() { get("find").placeholder = pick("号码或事项", "Number or item"); }
hints();
window.addEventListener("preferences", () => { hints(); redraw(); });
follow("/api/v1/hall", draw, (gone) => {
  get("lost").hidden = !gone;
  root.classList.toggle("old", gone);
  if (gone !== away) { away = gone; redraw(); }
});
setInterval(tick, 1000);
