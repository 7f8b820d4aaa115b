// A number at the desk: what is shown of it, the keys that its state allows, and what they ask before they act.
import { ask } from "../feed.js";
import { $, bi, chip, clock, element, pick, tell } from "../parts.js";
import { button, kbd, option, put, turn } from "./pieces.js";
import { printList } from "./printing.js";
import { choices, field, question, reasonsOf } from "./question.js";
import { desk, known, now, refuse, send, services, setMode, wanted } from "./state.js";

const LOOKS = { waiting: "waiting", called: "calling", serving: "serving", suspended: "paused", passed: "paused", finished: "good", left: "closed", expired: "closed" };
const STATES = {
  waiting: ["等候中", "Waiting"], called: ["已呼叫", "Called"], serving: ["办理中", "Being served"], suspended: ["已挂起", "Suspended"],
  finished: ["已办结", "Finished"], passed: ["已过号", "Passed"], left: ["已弃号", "Left"], expired: ["已过期", "Expired"],
};
const STEPS = { Called: "calling", Recalled: "calling", Started: "serving", Resumed: "serving", Finished: "good", Passed: "bad", Left: "bad", Expired: "bad" };
const KEYS = [
  ["take-back", "过号受理", "Take back", "F8"], ["reprint", "补打", "Reprint", "F6"], ["raise", "优先", "Put first", "F9"],
  ["transfer", "转移", "Transfer", "F7"], ["leave", "弃号", "Left", "F10"], ["undo", "撤销", "Undo", "Ctrl Z"],
];

export async function find(number, day) {
  const answer = await ask(`/api/v1/tickets?number=${encodeURIComponent(number)}${day ? `&day=${day}` : ""}`);
  if (!answer) return;
  if (answer.ok) { refuse(null); show(answer.body); return; }
  const earlier = answer.body.day;
  refuse(answer.body, ...(earlier ? [" ", button("看那一天的", "Show that one", () => find(number, earlier), "small")] : []));
}

function show(whole) {
  desk.body = whole;
  setMode("find");
  wanted.value = "";
  drawTicket();
}

export async function openTicket(id) {
  const answer = await ask(`/api/v1/tickets/${id}/life`);
  if (answer?.ok) { refuse(null); show(answer.body); }
}

function fact(zh, en, value) {
  const row = element("div"), name = element("dt"), what = element("dd");
  name.append(bi(zh, en));
  what.append(...[value].flat());
  row.append(name, what);
  return row;
}

function factsOf(ticket) {
  const facts = [];
  if (ticket.state === "waiting") {
    facts.push(fact("前面", "Ahead", bi(`${ticket.ahead}人`, ticket.ahead === 1 ? "1 person" : `${ticket.ahead} people`)));
    facts.push(fact("预计等候", "Expected wait", bi(...turn(ticket))));
    facts.push(fact("可办窗口", "Counters", bi(ticket.counters, ticket.counters_en)));
  } else if (ticket.counter) facts.push(fact("窗口", "Counter", bi(ticket.counter_name, ticket.counter_name_en)));
  facts.push(fact("取号", "Issued", ticket.today ? clock(ticket.issued_at) : `${ticket.day} ${clock(ticket.issued_at)}`));
  if (ticket.slot) facts.push(fact("预约时段", "Slot", `${clock(ticket.slot)} · ${ticket.appointment}`));
  if (ticket.calls) facts.push(fact("呼叫", "Called", bi(`${ticket.calls}次，${clock(ticket.called_at)}`, `${ticket.calls === 1 ? "once" : `${ticket.calls} times`}, ${clock(ticket.called_at)}`)));
  const left = ticket.lapses_at && !ticket.why_not ? until(ticket.lapses_at) : null;
  if (left) facts.push(fact("受理期限", "May come back", left));
  const paper = ticket.paper, trouble = ["failed", "unknown"].includes(paper.state);
  const words = element("span", trouble ? "trouble" : "");
  words.append(bi(paper.zh, paper.en), ...(paper.copy > 1 ? [" ", bi(`第${paper.copy}张`, `copy ${paper.copy}`)] : []), ...(trouble && paper.reason ? [" ", reasonWhy(paper)] : []));
  facts.push(fact("号票", "Slip", words));
  return facts;
}

function reasonWhy(paper) {
  const node = element("small");
  node.append(bi(paper.reason, paper.reason_en));
  node.translate = Boolean(paper.reason_en);
  return node;
}

export function until(at) {
  const node = element("span", "until");
  node.dataset.until = at;
  countdown(node);
  return node;
}

export function countdown(node) {
  const minutes = Math.ceil((Date.parse(node.dataset.until) - now()) / 60000);
  const words = minutes > 0 ? [`还有${minutes}分钟`, `${minutes} min left`] : ["已作废", "lapsed"];
  if (node.textContent.startsWith(words[0])) return;
  node.replaceChildren(bi(...words));
  node.classList.toggle("soon", minutes <= 5);
}

export function drawTicket() {
  $("nothing").hidden = Boolean(desk.body);
  $("found").hidden = !desk.body;
  if (!desk.body) return;
  const focused = $("found").contains(document.activeElement) ? document.activeElement.dataset.verb : null;
  put("found", desk.body, () => {
    const ticket = desk.body.ticket, head = element("header", "row"), marks = element("div", "row"), state = element("span", "badge");
    state.dataset.state = LOOKS[ticket.state];
    state.append(bi(...STATES[ticket.state]));
    marks.append(state);
    for (const [zh, en] of [ticket.class !== "ordinary" && [ticket.class_name, ticket.class_name_en], ticket.raised && [`优先：${ticket.raised}`, "Put first"], ticket.by_sight && ["听障：闪烁叫号", "Called by sight"]].filter(Boolean)) {
      marks.append(chip(zh, en));
    }
    const label = element("p", "number", ticket.number || "—");
    label.id = "number";
    head.append(label, marks);
    const matter = element("p", "matter over"), facts = element("dl", "facts over"), keys = element("div", "row actions over");
    const several = ticket.agenda;
    matter.append(several ? bi(`${several.name}：已办 ${several.done}/${several.total}`, `${several.name_en}: ${several.done} of ${several.total} done`) : bi(ticket.service.name, ticket.service.name_en));
    facts.append(...factsOf(ticket));
    keys.append(...keysOf(ticket));
    const parts = [head, matter, facts, keys];
    if (ticket.why_not) {
      const why = element("p", "alert warn");
      why.append(bi(ticket.why_not.zh, ticket.why_not.en));
      parts.push(why);
    }
    const title = element("div", "row"), name = element("h2"), print = element("a", "button quiet small push");
    name.append(bi("经过", "Life"));
    print.append(bi("打印经过", "Print it"));
    Object.assign(print, { href: `/desk/ticket/${ticket.id}`, target: "_blank" });
    title.append(name, print);
    const life = element("ol", "timeline");
    life.append(...desk.body.lines.map(line));
    return [...parts, title, life];
  });
  if (focused) document.querySelector(`#found [data-verb="${focused}"]`)?.focus();
}

function line(step) {
  const row = element("li", step.undone ? "undone" : ""), at = element("time", "", step.at.slice(11, 19)), what = element("span", "what under"), who = element("span", "who");
  if (STEPS[step.event]) row.dataset.state = STEPS[step.event];
  what.append(bi(step.zh, step.en));
  who.append(bi(step.who, step.who_en));
  who.translate = step.who !== step.who_en;
  row.append(at, what, who);
  return row;
}

// 提醒: what was left comes back masked; whoever stands there types it.
async function reminders(ticket) {
  const path = `/api/v1/tickets/${ticket.id}/telephone`, answer = await ask(path);
  if (!answer?.ok) { refuse(answer?.body); return; }
  const { may, given, told } = answer.body, rows = [];
  const said = (zh, en) => { const row = element("p", "hint"); row.append(bi(zh, en)); rows.push(row); };
  for (const one of given) said(`${one.zh}：${one.masked}`, `${one.en}: ${one.masked}`);
  for (const one of told) said(`${one.name}：${one.zh}`, `${one.name_en}: ${one.en}`);
  if (may.telephone || may.mail) {
    for (const [name, zh, en] of [["telephone", "手机号码", "Mobile number"], ["relative", "家属手机（可不填）", "A relative's, if any"]]) {
      const input = element("input");
      Object.assign(input, { name, maxLength: 200, inputMode: may.mail ? "email" : "tel", autocomplete: "off" });
      rows.push(field(may.mail ? `${zh}或邮箱` : zh, may.mail ? `${en} or e-mail` : en, input));
    }
    said("快到、叫到、过号时发提醒；办完就删除，屏幕上只显示后四位。", "Told when it is near, called or missed; erased when the number ends, shown only masked.");
  } else said("本厅没有短信提醒通道。", "This hall has no channel for messages.");
  if (answer.body.rate_hours) rows.push(choices("rate", "短信评价", "Rating by text", [["no", "不用", "No", true], ["yes", `同意（号码最多多留${answer.body.rate_hours}小时）`, `Agreed (kept up to ${answer.body.rate_hours} h longer)`, false]]));
  rows.push(choices("by_sight", "听障", "Hears badly", [["yes", "闪烁叫号，不用广播", "Blink, no voice", ticket.by_sight], ["no", "照常叫号", "As usual", !ticket.by_sight]]));
  if (given.length) rows.push(choices("erase", "联系方式", "What was left", [["no", "保留", "Keep", true], ["yes", "删除", "Erase", false]]));
  question([`${ticket.number} 的提醒`, `Notifications of ${ticket.number}`], ["保存", "Save"], rows, (form, again) => {
    const wish = { telephone: form.get("telephone") || "", relative: form.get("relative") || "", rate: form.get("rate") === "yes" }, sight = form.get("by_sight") === "yes";
    const saved = () => { tell(`${ticket.number} 的提醒已保存。`, `Notifications of ${ticket.number} are saved.`); openTicket(ticket.id); };
    if (sight !== ticket.by_sight) wish.by_sight = sight;
    if (form.get("erase") === "yes") send(`${path}/erase`, {}, saved, again);
    else if (wish.rate && !wish.telephone) again({ detail: "同意短信评价，请填写手机号码。", detail_en: "To be asked by text, the mobile number is needed." });
    else if (wish.telephone || wish.relative || "by_sight" in wish) send(path, wish, saved, again);
  });
}

function keysOf(ticket) {
  const list = kbd(button("材料清单", "Its list", () => printList(), ""), "F11");
  list.dataset.verb = "list";
  const told = button("提醒", "Tell by telephone", () => reminders(ticket), "");
  told.dataset.verb = "reminders";
  const ends = ["finished", "left", "expired"].includes(ticket.state);
  return [...stepsOf(ticket), ...(ticket.today ? [list] : []), ...(ticket.today && ticket.can.length && !ends ? [told] : [])];
}

function stepsOf(ticket) {
  return KEYS.filter(([verb]) => ticket.can.includes(verb)).map(([verb, zh, en, name]) => {
    const key = verb === "undo" ? button(`撤销“${ticket.undo.zh}”`, `Undo: ${ticket.undo.en}`, () => act(verb)) : button(zh, en, () => act(verb));
    if (verb === "take-back" || (verb === "reprint" && ["failed", "unknown"].includes(ticket.paper.state))) key.className = "primary";
    key.dataset.verb = verb;
    return kbd(key, name);
  });
}

export function act(verb) {
  const ticket = desk.body?.ticket;
  if (!ticket || !ticket.can.includes(verb)) return;
  if (verb === "raise") raise(ticket);
  else if (verb === "transfer") transfer(ticket);
  else send(`/api/v1/tickets/${ticket.id}/${verb}`, verb === "reprint" ? { printer: $("printer").value } : {}, (whole) => done(verb, whole));
}

export function done(verb, whole) {
  const { number, ahead } = whole.ticket;
  const news = {
    "take-back": [`${number} 已受理：排在接下来${known.returned_after}位之后，前面还有${ahead}人。`, `${number} is back behind the next ${known.returned_after}; ${ahead} ahead.`],
    reprint: [`${number} 正在补打。`, `${number} is being printed again.`],
    raise: [`${number} 已排到最前。`, `${number} is first in its line.`],
    transfer: [`${number} 已转移，前面还有${ahead}人。`, `${number} is transferred; ${ahead} ahead.`],
    leave: [`${number} 已弃号，一分钟内可以撤销。`, `${number} has left; it can be undone within a minute.`],
    undo: [`${number} 已撤销上一步。`, `The last step of ${number} is undone.`],
  }[verb];
  tell(...news);
  if (desk.mode === "find") show(whole);
}

function raise(ticket) {
  question([`${ticket.number} 排到最前`, `Put ${ticket.number} first`], ["优先", "Put first"], [reasonsOf(known.raise_reasons)],
    (form) => send(`/api/v1/tickets/${ticket.id}/raise`, { reason: form.get("reason") }, (whole) => done("raise", whole)));
}

function transfer(ticket) {
  const item = element("select"), counter = element("select");
  item.name = "service";
  counter.name = "counter";
  known.groups.forEach((one) => {
    const set = element("optgroup");
    set.label = pick(one.name, one.name_en);
    set.append(...one.services.map((code) => option(code, `${code} ${services.get(code).name}`, `${code} ${services.get(code).name_en}`)));
    item.append(set);
  });
  const rest = known.services.filter((one) => !known.groups.some((set) => set.services.includes(one.code)));
  item.append(...rest.map((one) => option(one.code, `${one.code} ${one.name}`, `${one.code} ${one.name_en}`)));
  item.value = ticket.service.code;
  const open = new Set((desk.view ? desk.view.counters : []).filter((one) => one.state !== "closed").map((one) => one.id));
  counter.append(option("", "所有可办窗口", "Every counter that serves it"), ...known.counters.filter((one) => open.has(one.id)).map((one) => option(one.id, one.name, one.name_en)));
  question([`转移 ${ticket.number}`, `Transfer ${ticket.number}`], ["转移", "Transfer"], [
    field("事项", "Item", item), field("窗口", "Counter", counter), reasonsOf(known.transfer_reasons),
    choices("keep", "次序", "Place", [["yes", "保留原次序", "Keep the place", true], ["no", "排到队尾", "To the end"]]),
  ], (form) => send(`/api/v1/tickets/${ticket.id}/transfer`, {
    service: form.get("service"), counter: form.get("counter"), reason: form.get("reason"), keep: form.get("keep") === "yes",
  }, (whole) => done("transfer", whole)));
}
