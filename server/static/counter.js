// The counter's console. It draws what the hub says and nothing before it; which keys may be pressed is the hub's word too.
// A key press is one POST with one idempotency key, repeated with the same key while no answer comes. docs/console.md lists the keys.
const $ = (id) => document.getElementById(id);
const root = $("console"), base = `/api/v1/counters/${root.dataset.counter}`;
const STATES = { free: ["空闲", "Free"], calling: ["呼叫中", "Calling"], serving: ["办理中", "Serving"], paused: ["已暂停", "Paused"], closed: ["未开放", "Closed"] };
let state = null, offset = 0, last = Promise.resolve();
const underWay = new Set();

const keyOf = (verb) => (verb === "call" ? $("call-number") : document.querySelector(`[data-verb="${{ resume: "pause", "help-answered": "help" }[verb] || verb}"]`));
const now = () => Date.now() + offset;
const since = (at) => Math.max(0, now() - Date.parse(at));
const minutes = (at) => Math.floor(since(at) / 60000);
const show = (node, ...content) => { node.replaceChildren(...content); node.hidden = content.length === 0; };

function biInto(id, zh, en) { $(id).replaceChildren(bi(zh, en)); }

// --- what is said near the keys -----------------------------------------------------------------------------------------------

function refuse(zh, en) { show($("news")); show($("refusal"), bi(zh, en)); }
function good(zh, en) {
  show($("refusal"));
  show($("news"), bi(zh, en));
  clearTimeout(good.over);
  good.over = setTimeout(() => show($("news")), 6000);
}
function hush() { show($("refusal")); show($("news")); }

// --- sending ------------------------------------------------------------------------------------------------------------------

// Presses are carried out one after the other; the same key again while it is under way is the same press.
function press(verb, body, after) {
  const name = `${verb} ${JSON.stringify(body || {})}`;
  if (underWay.has(name)) return;
  underWay.add(name);
  mark(verb, true);
  const slow = setTimeout(() => { $("sending").hidden = false; }, 1000);
  last = last.then(() => carryOut(verb, body, after)).finally(() => {
    clearTimeout(slow);
    $("sending").hidden = true;
    underWay.delete(name);
    mark(verb, false);
  });
}

function mark(verb, sending) {
  keyOf(verb)?.classList.toggle("sending", sending);
  keyOf(verb)?.setAttribute("aria-busy", String(sending));
}

async function carryOut(verb, body, after) {
  const why = refusalOf(verb);  // an earlier press may have changed it
  if (why) { refuse(why.zh, why.en); return; }
  const meant = HELD.has(verb) && state?.ticket ? { ...body, ticket: state.ticket.id } : body;
  const materials = state?.ticket?.materials || [];
  const answer = await post(`${base}/${verb}`, meant);
  if (!answer) return;
  if (!answer.ok) { refuse(answer.body.detail, answer.body.detail_en); return; }
  draw(answer.body);
  const acted = answer.body.acted, refused = answer.body.refused;
  if (verb === "slips") { const [zh, en] = paperName(answer.body.slip); good(`${zh}正在打印。`, `${en}: being printed.`); }
  if (refused) refuse(`已取号${acted.number}，没有呼叫：${refused.zh}`, `${acted.number} taken, not called: ${refused.en}`);
  else if (verb === "call-next" && !acted) refuse("现在没有人等候。", "Nobody is waiting.");
  else if (SAID[verb] && acted) good(...SAID[verb](acted.number));
  if (verb === "finish" && acted && !after) offerPaper(meant.outcome, acted, materials);  // whoever called the next has it in the list at the right
  if (after) press(after);
}

const HELD = new Set(["recall", "start", "pass", "finish", "suspend"]);  // they say which number they mean: the one shown here

const SAID = {
  tickets: (n) => [`已取号：${n}，正在打印。`, `${n} taken, its slip is being printed.`],
  reprint: (n) => [`${n}正在补打。`, `${n} is being printed again.`],
  raise: (n) => [`${n}已优先。`, `${n} was raised.`],
  leave: (n) => [`${n}已弃号。`, `${n} has left.`],
  "take-back": (n) => [`${n}已重新排入队列。`, `${n} is back in the queue.`],
  transfer: (n) => [`${n}已转移。`, `${n} was transferred.`],
  suspend: (n) => [`${n}已挂起。`, `${n} is suspended.`],
  pass: (n) => [`${n}已过号。`, `${n} was passed.`],
  finish: (n) => [`${n}已办结。`, `${n} is finished.`],
  rate: (n) => [`已请${n}评价。`, `${n} is asked to rate.`],
  undo: (n) => [`已撤销：${n}恢复原状。`, `Undone: ${n} is as it was before.`],
};

// Why a key may not be pressed now, in the hub's words; null when it may.
function refusalOf(verb) {
  const refusal = state && state.refusals[verb];
  if (refusal) return refusal;
  const left = lockOf(verb);
  return left ? { zh: `刚刚呼叫过：请等${left}秒再按。`, en: `Called a moment ago: wait ${left} s and press again.` } : null;
}
function lockOf(verb) {
  const until = state && state.locks[verb];
  return until ? Math.max(0, Math.ceil((Date.parse(until) - now()) / 1000)) : 0;
}

// --- drawing ------------------------------------------------------------------------------------------------------------------

// One number in a list: `top` over what it is for (or that alone, in both languages), and at the right how long or its keys.
// Keys that the number's state does not allow are not there.
function line(ticket, { sub, top, service = ticket.service, right }) {
  const item = element("li"), number = element("b", "", ticket.number), left = element("span", "no"), what = element("span", "what");
  number.translate = false;
  left.append(number, ...(sub ? [sub] : []));
  what.title = pick(service.name, service.name_en);
  what.classList.toggle("two", Boolean(top));
  const chip = element("span", "chip");
  if (ticket.class !== "ordinary" && !top) chip.append(bi(ticket.class_name, ticket.class_name_en));
  what.append(...(top ? [top] : []), ...(chip.firstChild ? [chip] : []), bi(service.name, service.name_en));
  const end = element("span", "end");
  end.append(...right.filter(Boolean));
  item.append(left, what, end);
  return item;
}

function small(zh, en, number, act) {
  const button = element("button", "small over");
  button.type = "button";
  button.append(bi(zh, en), element("span", "unseen", ` ${number}`));
  button.onclick = () => { hush(); act(); };
  return button;
}

function counting(at) {
  const span = element("span", "num");
  span.dataset.since = at;
  return span;
}
const at = (moment) => element("span", "muted", clock(moment));

const about = (verb, ticket) => () => press(verb, { ticket: ticket.id });
const offers = (ticket, verb) => ticket.allowed.includes(verb);
const mayCall = () => !state.refusals.call;
const SHORT = { away: "any counter", kept: "file here", errand: "errand" };

function passedLine(ticket) {
  return line(ticket, { sub: at(ticket.ended_at), right: [
    offers(ticket, "take back") && small("过号受理", "Take back", ticket.number, about("take-back", ticket)),
    mayCall() && offers(ticket, "call") && small("呼叫", "Call", ticket.number, () => press("call", { number: ticket.number })),
  ] });
}

function suspendedLine(ticket) {
  const kind = state.suspensions.find((one) => one.kind === ticket.suspended);
  return line(ticket, { sub: counting(ticket.suspended_at), top: bi(kind.zh, SHORT[kind.kind]), right: [
    mayCall() && offers(ticket, "resume") && small("恢复", "Resume", ticket.number, about("resume-ticket", ticket)),
    mayCall() && offers(ticket, "call") && small("叫回", "Call", ticket.number, () => press("call", { number: ticket.number })),
  ] });
}

function finishedLine(ticket) {
  const undo = state.undo && state.undo.step === "Finished" && state.undo.id === ticket.id;
  const items = { name: ticket.items.map((one) => one.name).join("、"), name_en: ticket.items.map((one) => one.name_en).join("; ") };
  return line(ticket, { sub: at(ticket.ended_at), top: bi(ticket.outcome.zh, ticket.outcome.en), service: items,
    right: [OFFERS[ticket.outcome.zh] && small(...OFFERS[ticket.outcome.zh].key, ticket.number, () => offerPaper(ticket.outcome.zh, ticket, ticket.materials)),
      undo && small("撤销", "Undo", ticket.number, () => key("undo"))] });
}

// A list is drawn anew only when it says something else: whoever is in it by keyboard stays there.
function fill(id, tickets, make, zh, en) {
  const says = JSON.stringify([tickets, mayCall(), state.undo, document.documentElement.dataset.lang]);
  if ($(id).dataset.says === says) return;
  $(id).dataset.says = says;
  const nobody = element("li", "nobody muted");
  nobody.append(bi(zh, en));
  $(id).replaceChildren(...(tickets.length ? tickets.map(make) : [nobody]));
}

function draw(view) {
  if (state && view.seq < state.seq) return;  // an answer that was overtaken by the feed
  const first = !state;
  state = view;
  const ahead = Date.parse(view.now) - Date.now();  // a view may have lain at the hub for a few seconds: only the freshest tells its clock
  if (first || ahead > offset || ahead < offset - 60000) offset = ahead;
  const { counter, ticket } = view;
  biInto("counter-name", counter.name, counter.name_en);
  biInto("counter-state", ...STATES[counter.state]);
  $("counter-state").dataset.state = counter.state;
  const stand = counter.standing_in;
  show($("standing-in"), ...(stand ? [bi(`代 ${stand.for}${stand.is_b ? " B岗" : ""}${stand.approved ? "" : "（待审批）"}`,
    `In for ${stand.for}${stand.is_b ? " (B)" : ""}${stand.approved ? "" : ", to be approved"}`)] : []));
  show($("helping"), ...(counter.help_at ? [bi(`已求助 ${clock(counter.help_at)}`, `Help called ${clock(counter.help_at)}`)] : []));
  drawNow(view, counter, ticket);
  drawLists(view);
  drawPapers(view.papers);
  drawKeys();
  for (const dialog of document.querySelectorAll("dialog[open][data-ticket]")) if (!ticket || dialog.dataset.ticket !== String(ticket.id)) dialog.close();
  tick();
}

function drawNow(view, counter, ticket) {
  text("number", ticket ? ticket.number : "—");
  $("number").classList.toggle("none", !ticket);
  if (ticket) biInto("matter", ticket.service.name, ticket.service.name_en);
  else if (counter.open === "paused") biInto("matter", `已暂停：${counter.reason.zh}`, `Paused: ${counter.reason.en}`);
  else if (view.next.length) biInto("matter", `下一位 ${view.next[0].number}，请按顺呼`, `${view.next[0].number} is next: press Next`);
  else biInto("matter", "暂无人等候", "Nobody is waiting");
  const marks = [];
  const chip = (zh, en) => { const one = element("span", "chip"); one.append(bi(zh, en)); marks.push(one); };
  if (ticket) {
    if (ticket.class !== "ordinary") chip(ticket.class_name, ticket.class_name_en);
    if (ticket.slot) chip(`预约 ${clock(ticket.slot)}`, `Slot ${clock(ticket.slot)}`);
    if (ticket.calls > 1) chip(`已呼 ${ticket.calls} 次`, `${ticket.calls} calls`);
    if (ticket.served_s) chip(`此前已办 ${Math.round(ticket.served_s / 60)} 分`, `Served ${Math.round(ticket.served_s / 60)} min before`);
  } else {
    if (view.notice) marks.push(bi(view.notice.zh, view.notice.en));
    if (view.unrated) chip(`上个号 ${view.unrated} 未评价`, `${view.unrated} was not rated`);
  }
  show($("marks"), ...marks);
  const pad = view.pad;
  show($("pad-said"), ...(pad ? [bi(`叫号器 ${clock(pad.at)}：${pad.zh}`, `Pad ${clock(pad.at)}: ${pad.en}`)] : []));
  $("pad-said").classList.toggle("refused", Boolean(pad && !pad.done));
  show($("why"), ...(ticket && ticket.why ? [bi(`为什么是这一位：${ticket.why}`, `Why this one: ${ticket.why_en}`)] : []));
  drawMaterials(ticket);
  $("life-box").hidden = !ticket;
  $("life").replaceChildren(...(ticket ? [...ticket.life].reverse().map(lifeLine) : []));
}

function lifeLine(told) {
  const item = element("li", told.undone ? "undone" : ""), what = element("span", "what"), who = element("span", "who");
  what.append(bi(told.zh, told.en));
  who.append(bi(told.who, told.who_en));
  who.translate = told.who !== told.who_en;  // a name has no translation
  item.append(element("time", "", clock(told.at)), what, who);
  return item;
}

// What was received is ticked for this number on this machine only; the hub is not told.
function drawMaterials(ticket) {
  const box = $("materials");
  box.hidden = !ticket || !ticket.materials.length;
  if (box.dataset.ticket === String(ticket?.id)) return;
  box.dataset.ticket = String(ticket?.id);
  box.querySelectorAll("label").forEach((one) => one.remove());
  const got = new Set(JSON.parse(sessionStorage.getItem(`got-${ticket?.id}`) || "[]"));
  (ticket?.materials || []).forEach((name, i) => {
    const label = element("label", "check"), tickbox = element("input");
    tickbox.type = "checkbox";
    tickbox.checked = got.has(i);
    tickbox.onchange = () => { if (tickbox.checked) got.add(i); else got.delete(i); sessionStorage.setItem(`got-${ticket.id}`, JSON.stringify([...got])); };
    const words = element("span", "", name);
    words.translate = false;
    label.append(tickbox, words);
    box.append(label);
  });
}

function drawLists(view) {
  text("waiting", String(view.waiting));
  text("finished-count", String(view.finished_today));
  fill("next", view.next, (t) => line(t, { right: [counting(t.waiting_since)] }), "没有人等候", "Nobody");
  fill("passed", view.passed, passedLine, "没有", "None");
  fill("suspended", view.suspended, suspendedLine, "没有", "None");
  fill("finished", view.finished, finishedLine, "还没有", "None yet");
}

function drawKeys() {
  const paused = state.counter.open === "paused", helping = Boolean(state.counter.help_at);
  keyOf("pause").querySelector(".over").replaceChildren(paused ? bi("继续", "Resume") : bi("暂停", "Pause"));
  keyOf("help").querySelector(".over").replaceChildren(helping ? bi("取消求助", "Cancel help") : bi("求助", "Help"));
  keyOf("help").setAttribute("aria-pressed", String(helping));
  keyOf("pause").setAttribute("aria-pressed", String(paused));
  keyOf("raise").hidden = Boolean(state.refusals.raise);
  $("keys").classList.toggle("no-raise", keyOf("raise").hidden);
  $("wanted").disabled = Boolean(state.refusals.call);
}

// Every half second: how long, how long still, and which keys have come free.
function tick() {
  if (!state) return;
  const { ticket } = state;
  document.querySelectorAll("[data-since]").forEach((node) => {
    const n = minutes(node.dataset.since);
    if (node.dataset.shown === String(n)) return;
    node.dataset.shown = String(n);
    node.replaceChildren(element("b", "", String(n)), " ", bi("分", "min"));
    node.classList.toggle("late", node.closest("#next") !== null && n >= state.pledge_min);
  });
  const longest = state.longest ? minutes(state.longest) : null;
  const others = state.hall_waiting - state.waiting;
  const parts = [longest === null ? null : [`最长 ${longest} 分`, `longest ${longest} min`], others > 0 ? [`全厅 ${state.hall_waiting}`, `hall ${state.hall_waiting}`] : null].filter(Boolean);
  said($("longest"), parts.map((one) => one[0]).join(" · "), parts.map((one) => one[1]).join(" · "));
  drawTimes(ticket);
  document.querySelectorAll("[data-verb]").forEach((key) => {
    const verb = effective(key.dataset.verb), left = lockOf(verb), kbd = key.querySelector("kbd");
    const disabled = Boolean(state.refusals[verb]) || left > 0 || (verb === "undo" && undoLeft() <= 0);
    if (key.disabled !== disabled) key.disabled = disabled;
    const label = left > 0 && !state.refusals[verb] ? `${left} s` : verb === "undo" && !disabled ? `${undoLeft()} s` : key.dataset.key.replace("Shift+", "⇧");
    if (kbd.textContent !== label) kbd.textContent = label;
    kbd.classList.toggle("counting", left > 0 && !state.refusals[verb]);
    const why = state.refusals[verb];
    key.title = verb === "undo" && !disabled ? pick(`撤销：${state.undo.zh}`, `Undo: ${state.undo.en}`) : why ? pick(why.zh, why.en) : "";
  });
}
const undoLeft = () => (state.undo ? Math.max(0, Math.ceil((Date.parse(state.undo.until) - now()) / 1000)) : 0);
function said(node, zh, en) { if (node.dataset.said !== zh) { node.dataset.said = zh; node.replaceChildren(...(zh ? [bi(zh, en)] : [])); } }

function drawTimes(ticket) {
  const rows = [];
  const span = (ms) => `${two(Math.floor(ms / 60000))}:${two(Math.floor(ms / 1000) % 60)}`;
  if (ticket) {
    rows.push(["waited", "等候", "Waited", `${Math.round(ticket.waited_s / 60)}`, ["分", "min"]]);
    if (ticket.work_since) {
      const spent = since(ticket.work_since), standard = ticket.standard_min;
      const over = standard && spent > standard * 60000;
      rows.push(["work", "办理", "Service", span(spent), standard ? over ? [`已超标准 ${standard} 分`, `over the standard ${standard} min`] : [`标准 ${standard} 分`, `standard ${standard} min`] : null, over]);
    } else if (ticket.called_at) rows.push(["coming", "等待到窗", "Coming", span(since(ticket.called_at)), null]);
  } else if (state.counter.open === "paused" && state.counter.since) rows.push(["paused", "已暂停", "Paused for", span(since(state.counter.since)), null]);
  const box = $("times");
  if (box.dataset.rows !== rows.map((row) => row[0] + Boolean(row[5])).join()) {
    box.dataset.rows = rows.map((row) => row[0] + Boolean(row[5])).join();
    box.replaceChildren(...rows.map(([, zh, en, , unit, over]) => {
      const pair = element("div", over ? "late" : ""), term = element("dt"), data = element("dd"), after = element("span", "unit");
      term.append(bi(zh, en));
      if (unit) after.append(bi(...unit));
      data.append(element("b"), after);
      pair.append(term, data);
      return pair;
    }));
  }
  box.querySelectorAll("b").forEach((node, i) => { if (node.textContent !== rows[i][3]) node.textContent = rows[i][3]; });
}
