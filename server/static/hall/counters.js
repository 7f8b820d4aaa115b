// A counter on the live page: who sits there, whom it serves, who is next, and what may be done to it.
import { bi, chip, COUNTER_STATES, element, own, part } from "../parts.js";
import { ask, counterPath, send } from "./acts.js";
import { askBind } from "./bind.js";
import { age, key, lifeOf, sign } from "./pieces.js";
import { mayAct } from "./state.js";

export function counterCard(c) {
  const card = part("article", "card post");
  card.id = `counter-${c.id}`;
  card.dataset.state = c.state;
  card.append(part("header", "", part("h3", "", bi(c.name, c.name_en)), sign(c.state, ...COUNTER_STATES[c.state])));
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
  const serves = part("p", "serves", ...(c.bound ? [chip("已切换", "Re-bound"), " "] : []), part("span", "muted over", bi(c.serves.zh, c.serves.en)));
  card.append(serves);
  if (c.if_opened) card.append(part("p", "next", bi(c.if_opened.zh, c.if_opened.en)));
  if (c.next) {
    const next = part("p", "next", bi("下一位", "Next"), " ", lifeOf(c.next.id, c.next.number), part("span", "muted over", bi(c.next.zh, c.next.en)));
    card.append(next);
  } else if (c.state === "free") card.append(part("p", "next muted", bi("没有可由它叫的号", "Nobody waits for it")));
  if (mayAct) card.append(counterKeys(c));
  return card;
}

function withLoss(c, zh, en) {
  const told = c.if_closed;
  return told ? [`${told.zh}${zh}`, `${told.en} ${en}`] : [zh, en];
}

function counterKeys(c) {
  const keys = part("footer", "over", key(`bind ${c.id}`, "切换业务", "Re-bind", () => askBind(c), "small"));
  const name = (zh, en) => [`${c.name}：${zh}`, `${c.name_en}: ${en}`];
  if (c.state === "paused") keys.append(key(`resume ${c.id}`, "恢复", "Resume", () => send(counterPath(c.id, "resume"), {}, name("已恢复叫号。", "calls again.")), "small"));
  else if (c.state !== "closed") {
    keys.append(key(`pause ${c.id}`, "暂停", "Pause", () => ask({
      title: name("暂停", "pause"), text: withLoss(c, "它不再叫号，直到恢复；正在办理的号不受影响。", "It calls nobody until it is resumed; the number there stays."), reason: true,
      go: ["暂停", "Pause"], path: counterPath(c.id, "pause"), done: name("已暂停。", "paused."),
    }), "small"));
  }
  if (c.state !== "closed") {
    keys.append(key(`close ${c.id}`, "关窗", "Close", () => ask({
      title: name("关窗", "close"), text: withLoss(c, "用于人已离开而未退出的窗口。正在呼叫或办理的号回到原来的位置，专门等它的号回到大厅队列。", "For a counter that was left without logging out. Whoever is called or served there waits again at the old place, who waits for it alone joins the hall's line."),
      go: ["关窗", "Close it"], path: counterPath(c.id, "close"), body: { reason: "管理人员关闭" }, done: name("已关窗。", "closed."),
    }), "small"));
  }
  return keys;
}
