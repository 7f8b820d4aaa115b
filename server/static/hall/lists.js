// The live page's lists: who waits, the services, the devices, what was done today.
import { $, bi, chip, clock, element, own, part, plain } from "../parts.js";
import { send } from "./acts.js";
import { askService } from "./closing.js";
import { age, count, key, keyed, lifeOf, sign } from "./pieces.js";
import { mayAct, state } from "./state.js";

const DEVICE = {
  ok: ["正常", "Fine"], ready: ["正常", "Ready"], near_end: ["纸将尽", "Paper low"], paper_out: ["缺纸", "No paper"], cover_open: ["盖子开着", "Cover open"],
  error: ["故障", "Fault"], offline: ["离线", "Offline"], unreachable: ["没有应答", "No answer"], unknown: ["没有消息", "Silent"],
  untested: ["还没有验证过", "Never tested"],
};
const openGroups = new Set();

export function drawLists() {
  drawWaits();
  keyed($("services"), state.groups.map((g) => ({ ...g, open: openGroups.has(g.zh) })), (g) => g.zh, serviceGroup);
  keyed($("devices"), state.devices, (d) => d.id, deviceLine);
  keyed($("acts"), state.acts, (a) => a.seq, actLine);
}

function drawWaits() {
  const find = plain($("find").value).toLowerCase(), only = $("only").value;
  const fits = (t) => (!find || [t.number, t.service.name, t.service.name_en].some((word) => plain(word).toLowerCase().includes(find)))
    && (!only || (only === "over" ? t.level === "bad" : only === `group ${t.group.zh}` || only === `class ${t.class}`));
  const rows = state.waiting.filter(fits), total = state.figures.waiting;
  $("waits-count").textContent = total ? String(total) : "";
  keyed($("waits"), rows.length ? rows : [{ id: "none", total }], (t) => t.id, (t) => {
    if (t.id === "none") {
      const cell = part("td", "muted", total ? bi("没有符合条件的号", "No number fits") : bi("现在没有人等候", "Nobody is waiting"));
      cell.colSpan = 6;
      return part("tr", "", cell);
    }
    const item = part("td", "", part("span", "over", bi(t.service.name, t.service.name_en)));
    const marks = [];
    if (t.class !== "ordinary") marks.push(chip(t.class_zh, t.class_en));
    if (t.raised) marks.push(chip("优先", "Raised"));
    if (marks.length) item.append(" ", ...marks.flatMap((mark) => [mark, " "]));
    return part("tr", "", part("th", "", lifeOf(t.id, t.number)), item, part("td", "", bi(t.line_zh, t.line_en)), part("td", "num", t.place === null ? "1000+" : String(t.place)),
      part("td", "num", clock(t.issued_at)), part("td", "num", ...(t.level ? [sign(t.level === "bad" ? "bad" : "calling", t.minutes, "分钟", "min")] : count(t.minutes, "分钟", "min"))));
  });
  const hidden = total > state.waiting.length;
  $("waits-hint").replaceChildren(hidden ? bi(`共 ${total} 人，列出等候最久的 ${state.waiting.length} 人；按开放时间计`, `${total} in all, the ${state.waiting.length} longest are listed; opening hours count`)
    : bi("等候按开放时间计，与周报一致。", "Waiting counts within opening hours, as in the report."));
}

function serviceGroup(g) {
  const box = part("details", "services"), waiting = g.services.reduce((n, s) => n + s.waiting, 0), closed = g.services.filter((s) => s.closed).length;
  box.open = openGroups.has(g.zh);
  box.ontoggle = () => openGroups[box.open ? "add" : "delete"](g.zh);
  const summary = part("summary", "", part("b", "", bi(g.zh, g.en)), part("span", waiting ? "" : "muted", ...count(waiting, "人等候", "waiting")));
  if (closed) summary.append(sign("closed", closed, "项停办", "closed"));
  summary.dataset.focus = `group ${g.zh}`;
  box.append(summary);
  box.append(part("ul", "", ...g.services.map((s) => {
    const line = part("li", "", part("span", "over", bi(s.name, s.name_en)), part("span", "muted num", ...(s.waiting ? count(s.waiting, "人", "waiting") : [])));
    if (s.closed) line.append(part("p", "told", sign("closed", "今日停办", "Closed today"), " ", bi(s.closed.zh, s.closed.en)));
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
  const line = part("li", "", part("b", "over", bi(d.name, d.name_en)), sign(well ? "good" : waits ? "waiting" : d.state === "near_end" || d.state === "untested" ? "paused" : "bad", ...words));
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

$("find").oninput = () => state && drawWaits();
$("only").onchange = () => state && drawWaits();
