// What needs somebody now, the worst first, each with the way to it.
import { $, bi, part } from "../parts.js";
import { counterPath, send } from "./acts.js";
import { age, key, keyed, link, sign } from "./pieces.js";
import { mayAct, role, state } from "./state.js";

const LEVELS = { bad: ["紧急", "Urgent"], warn: ["注意", "Look"], info: ["提示", "Note"] };
const SHOWN = 5;  // so many alerts before "all"
const ADMIN = [  // subject's beginning, page, key; of a page that not everybody opens who may act: the role that does
  ["until:calendar", "/admin/tables/calendar", "去导入", "Take it in"],
  ["until:token", "/admin/tokens", "接口令牌", "API tokens", "administrator"],
  ["config:", "/admin", "去看看", "Look"],
  ["backup:places", "/admin/tables/backup", "去设置", "Set it"],
  ["backup:", "/hall/health", "看备份", "Backups"],
];
let all = false;

export function drawAlerts() {
  const list = state.alerts, shown = all ? list : list.slice(0, SHOWN);
  $("alert-count").textContent = list.length ? String(list.length) : "";
  keyed($("alerts"), shown.length ? shown : [{ kind: "none" }], (a) => `${a.kind} ${a.subject}`, (a) => {
    if (a.kind === "none") return part("li", "none", sign("good", "一切正常", "All is well"), " ", part("span", "muted", bi("没有需要处理的事", "Nothing to act on")));
    const line = part("li", "", sign(a.level === "bad" ? "bad" : a.level === "warn" ? "calling" : "free", ...LEVELS[a.level]), part("span", "sentence over", bi(a.zh, a.en)), age(a.since));
    line.dataset.level = a.level;
    line.append(part("span", "act", ...actOf(a)));
    return line;
  });
  const more = $("more-alerts");
  more.hidden = list.length <= SHOWN;
  more.replaceChildren(all ? bi("只看前几条", "Show the first only") : bi(`显示全部 ${list.length} 条`, `Show all ${list.length}`));
}

function actOf(a) {
  if (a.ticket) return [link(`/desk/ticket/${a.ticket}`, "button small", bi("查看该号", "See it"))];
  if (a.kind === "rating") return [link("/ratings", "button small", bi("去联系", "Reach them"))];
  if (a.kind === "substitution") return [link("/people", "button small", bi("去审批", "Decide"))];
  if (a.kind === "report") return [link(`/reports/${a.subject.split(" ")[1]}`, "button small", bi("看报告", "Report"))];
  if (a.kind === "manning") return [link("/people/week?week=now", "button small", bi("窗口安排", "Manning"))];
  if (a.kind === "unmanned") return [link("/people", "button small", bi("岗位", "Posts"))];
  if (a.kind === "help" && mayAct) return [key(`help ${a.counter}`, "已处理", "Done", () => send(counterPath(a.counter, "answer-help"), {}, ["求助已处理。", "Help is noted as given."]))];
  if (a.kind === "panic" && mayAct) return [key(`panic ${a.counter}`, "已处理", "Done", () => send(counterPath(a.counter, "answer-panic"), {}, ["报警已处理。", "The alarm is noted as dealt with."]))];
  if (a.kind === "forecast" || a.kind === "unfinished") return [link("#counters-head", "button small", bi("看窗口", "Counters"))];
  if (a.kind === "clock" && mayAct) return [key("clock", "时钟正确", "Clock is right", () => send("/api/v1/hall/clock", { clock: state.clock.hub }, ["大厅已按主机时钟继续。", "The hall goes by the hub's clock."]))];
  if (a.kind === "wait") return [link("#waits-head", "button small", bi("看等候", "Who waits"))];
  if (a.kind === "stranded") return [link("#counters-head", "button small", bi("看窗口", "Counters"))];
  if (a.subject.startsWith("job:") && mayAct) return [link("/desk", "button small", bi("去补打", "Reprint it"))];
  const page = mayAct && ADMIN.find(([subject]) => a.subject.startsWith(subject));
  if (page && (page[4] ?? role) === role) return [link(page[1], "button small", bi(page[2], page[3]))];
  if (a.counter) return [link(`#counter-${a.counter}`, "button small", bi("看窗口", "See it"))];
  return a.subject.startsWith("device:") ? [link("#devices-head", "button small", bi("看设备", "Devices"))] : [];
}

$("more-alerts").onclick = () => { all = !all; drawAlerts(); };
