// The head of the live page: an early close, an emergency, and the figures of this moment.
import { $, bi, clock, part } from "../parts.js";
import { ask } from "./acts.js";
import { key, keyed, lifeOf, sign } from "./pieces.js";
import { away, mayAct, state } from "./state.js";

export function drawDoor() {
  const shut = state.door.closed, box = $("shut");
  box.hidden = !shut;
  const button = $("close-hall");
  if (button) { button.hidden = Boolean(shut); button.disabled = away; }
  if (!shut) return;
  keyed(box, [shut], () => "shut", () => {
    const what = shut.waiting === "dismiss" ? ["等候的号码已作废", "the waiting were sent home"] : ["已取的号继续办理", "numbers given out are still served"];
    const line = part("div", "row", part("b", "", bi("大厅已提前闭厅", "The hall is closed early")), bi(shut.zh, shut.en));
    line.append(part("small", "", bi(`${clock(shut.at)} ${shut.by}，${what[0]}`, `${clock(shut.at)} by ${shut.by}, ${what[1]}`)));
    if (mayAct) {
      line.append(key("reopen", "恢复取号", "Reopen", () => ask({
        title: ["恢复取号", "Reopen the hall"], text: ["取号机和咨询台将重新发号。已经作废的号码不会恢复。", "Kiosks and the desk give out numbers again. Numbers that ended stay so."],
        go: ["恢复取号", "Reopen"], path: "/api/v1/hall/reopen", done: ["已恢复取号。", "The hall gives out numbers again."],
      }), "push"));
    }
    return line;
  });
}

export function drawEmergency() {
  const on = state.emergency, box = $("emergency"), button = $("begin-emergency");
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

export function drawTiles() {
  const f = state.figures, unit = (zh, en) => part("small", "", " ", bi(zh, en));
  const tiles = [
    { id: "waiting", of: [f.waiting, f.over], make: () => tile("正在等候", "Waiting now", f.over ? "bad" : "", [String(f.waiting), unit("人", "people")],
      f.over ? sign("bad", f.over, "人超过承诺", "over pledge") : sign("good", `都在 ${f.pledge_min} 分钟内`, `All within ${f.pledge_min} min`)) },
    { id: "longest", of: f.longest, make: () => f.longest
      ? tile("等候最久", "Longest wait", f.longest.level, [String(f.longest.minutes), unit("分钟", "min")], sign(...PLEDGE[f.longest.level]), " ",
        lifeOf(f.longest.id, f.longest.number), " ", bi(f.longest.group.zh, f.longest.group.en))
      : tile("等候最久", "Longest wait", "", [part("span", "muted nobody", bi("无人等候", "Nobody waits"))], sign("good", "在承诺内", "Within pledge")) },
    { id: "served", of: [f.served, f.issued], make: () => tile("今日办结", "Served today", "", [String(f.served), unit("人", "people")],
      part("span", "muted", bi("取号", "Numbers given out"), ` ${f.issued}`)) },
    { id: "mean", of: [f.mean_min, f.mean_level, f.called], make: () => tile("今日平均等候", "Mean wait today", f.mean_level,
      f.mean_min === null ? [part("span", "muted", "—")] : [String(f.mean_min), unit("分钟", "min")],
      f.mean_min === null ? part("span", "muted", bi("还没有叫过号，无数据", "No data: nobody called yet")) : sign(...PLEDGE[f.mean_level])) },
    { id: "open", of: [f.open, f.paused, f.counters, state.door.open], make: () => {
      const none = !f.open && state.door.open;
      return tile("开放窗口", "Open counters", none ? "bad" : "", [String(f.open), part("small", "", ` / ${f.counters}`)],
        none ? sign("bad", "没有窗口开放", "None is open") : part("span", "muted", bi("暂停", "Paused"), ` ${f.paused}`));
    } },
  ];
  const b = state.booked;
  if (b && (b.booked || b.waiting_list)) {
    tiles.push({ id: "booked", of: [b.booked, b.arrived, b.missing], make: () => tile("今日预约", "Booked today", "", [String(b.booked), unit("人", "people")],
      part("span", "muted", bi(`已签到 ${b.arrived}，未到 ${b.missing}`, `Arrived ${b.arrived}, missing ${b.missing}`))) });
  }
  keyed($("tiles"), tiles.map(({ id, of }) => ({ id, of })), (t) => t.id, (t) => tiles.find((one) => one.id === t.id).make());
}
