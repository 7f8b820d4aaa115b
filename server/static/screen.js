// The hall screen: draws what the feed says, keeps the last good picture when the hub is away and says since when.
const STATES = { free: ["空闲", "Free"], calling: ["请到窗口", "Calling"], serving: ["正在办理", "Serving"], paused: ["暂停服务", "Paused"], closed: ["未开放", "Closed"] };
let flashed = "", heard = "", offset = 0, announced = 0;

function drawCalls(calls) {
  const list = document.getElementById("calls");
  document.getElementById("nobody").hidden = calls.length > 0;
  list.replaceChildren(...calls.map((call, i) => {
    const row = element("li", i === 0 ? "newest" : "");
    row.append(element("b", "label", call.number), element("span", "to", "→"), element("span", "where", call.counter_name));
    row.append(element("span", "please", call.state === "called" ? "请办理" : call.state === "serving" ? "正在办理" : ""));
    const id = `${call.number}-${call.calls}`;
    if (i === 0 && call.state === "called" && id !== flashed) { row.classList.add("flash"); flashed = id; }
    return row;
  }));
}

function drawGroups(state) {
  text("waiting", String(state.waiting));
  document.getElementById("groups").replaceChildren(...state.groups.map((group) => {
    const row = element("li");
    const name = element("span", "", group.name); name.append(element("small", "", group.name_en));
    row.append(name, element("b", "", `${group.waiting} 人`));
    row.append(element("i", "", group.estimate_min && group.waiting ? `约 ${group.estimate_min[0]}-${group.estimate_min[1]} 分钟` : ""));
    return row;
  }));
}

function drawCounters(counters) {
  document.getElementById("counters").replaceChildren(...counters.map((counter) => {
    const tile = element("li", counter.state);
    tile.append(element("b", "", counter.name), element("span", "", counter.number || STATES[counter.state][0]));
    tile.append(element("small", "", counter.number ? `${STATES[counter.state][0]} ${STATES[counter.state][1]}` : STATES[counter.state][1]));
    return tile;
  }));
}

follow("/api/v1/screen", (state) => {
  heard = state.now;
  offset = Date.parse(state.now.slice(0, 19) + "Z") - Date.now();  // the hall's wall clock, whatever this screen's zone is
  drawCalls(state.calls);
  drawGroups(state);
  drawCounters(state.counters);
  if (state.announcement) { announced = Date.now(); document.getElementById("announcement").replaceChildren(element("b", "", state.announcement.zh), element("small", "", " " + state.announcement.en)); }
  const notice = state.notice ? `${state.notice.zh} ${state.notice.en}　` : "";
  text("ticker", `${notice}过号请到咨询台，${state.lapse_min}分钟内有效。　服务承诺：等候不超过${state.pledge_min}分钟。　业务咨询 ${state.hall.tel_consult}　投诉举报 ${state.hall.tel_complaint}`);
}, (away) => {
  document.getElementById("lost").hidden = !away;
  if (away && heard) text("lost-at", clock(heard));
});

setInterval(() => {
  const now = new Date(Date.now() + offset);
  text("clock", heard ? `${now.getUTCFullYear()}年${now.getUTCMonth() + 1}月${now.getUTCDate()}日 周${"日一二三四五六"[now.getUTCDay()]} ${two(now.getUTCHours())}:${two(now.getUTCMinutes())}` : "");
  if (Date.now() - announced > 15000) text("announcement", "");
}, 1000);
