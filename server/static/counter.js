// The counter's console: draws what the feed says; a key press is one POST with one idempotency key, repeated with the same key if the answer is lost.
const root = document.getElementById("console"), base = `/api/v1/counters/${root.dataset.counter}`;
const csrf = document.querySelector('meta[name="csrf-token"]').content;
const STATES = { free: ["空闲", "Free"], calling: ["呼叫中", "Calling"], serving: ["办理中", "Serving"], paused: ["已暂停", "Paused"], closed: ["未开放", "Closed"] };
let state = null, offset = 0, last = Promise.resolve();
const underWay = new Set();

function newKey() {  // crypto.randomUUID needs https; a hall's network has none
  return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
}

function refuse(zh, en) {
  const box = document.getElementById("refusal");
  box.hidden = !zh;
  box.replaceChildren(zh || "", element("br"), element("span", "", en && en !== zh ? en : ""));
}

async function send(path, body, key) {
  for (let tries = 0; ; tries++) {
    try {
      const answer = await fetch(path, {
        method: "POST", body: JSON.stringify(body || {}),
        headers: { "Content-Type": "application/json", "X-CSRFToken": csrf, "Idempotency-Key": key },
      });
      if (answer.status === 401) { location.reload(); return null; }
      if (answer.status < 500 || tries >= 8) return { ok: answer.ok, body: await answer.json() };
    } catch (error) {
      if (tries >= 8) return { ok: false, body: { detail: "连不上服务器，请稍后再按。", detail_en: "The server cannot be reached; press again in a moment." } };
    }
    await new Promise((wake) => setTimeout(wake, 250 * (tries + 1)));
  }
}

// Presses are carried out one after the other; the same key again while it is under way is the same press.
function press(verb, body, path) {
  const name = `${path || verb} ${JSON.stringify(body || {})}`;
  if (underWay.has(name)) return;
  underWay.add(name);
  root.classList.add("busy");
  last = last.then(() => carryOut(verb, body, path)).finally(() => {
    underWay.delete(name);
    root.classList.toggle("busy", underWay.size > 0);
  });
}

async function carryOut(verb, body, path) {
  if (document.querySelector(`[data-verb="${verb}"]`)?.disabled) return;
  const answer = await send(path || `${base}/${verb}`, body, newKey());
  if (!answer) return;
  if (!answer.ok) { refuse(answer.body.detail, answer.body.detail_en); return; }
  refuse("");
  if (answer.body.counter && answer.body.outcomes) draw(answer.body);
  if (verb === "call-next" && !answer.body.acted) refuse("现在没有人等候。", "Nobody is waiting.");
}

function line(ticket, button) {
  const row = element("tr");
  const name = element("td", "", ticket.service.name);
  if (ticket.class !== "ordinary") name.prepend(element("mark", "", ticket.class_name));
  row.append(element("th", "", ticket.number), name, element("td", "num", `${minutes(ticket.issued_at)} 分`));
  const cell = element("td");
  if (button) cell.append(button);
  row.append(cell);
  return row;
}

const now = () => Date.now() + offset;
const minutes = (at) => Math.max(0, Math.floor((now() - Date.parse(at)) / 60000));

function takeBack(ticket) {
  const button = element("button", "small", "过号受理");
  button.onclick = () => press("take-back", {}, `/api/v1/tickets/${ticket.id}/take-back`);
  return button;
}

function draw(view) {
  if (state && view.seq < state.seq) return;  // an answer that was overtaken by the feed
  state = view;
  offset = Date.parse(view.now) - Date.now();
  const ticket = view.ticket, counter = view.counter;
  text("counter-name", counter.name);
  text("counter-state", STATES[counter.state].join(" "));
  document.getElementById("counter-state").dataset.state = counter.state;
  text("number", ticket ? ticket.number : "—");
  text("matter", ticket ? `${ticket.service.name}` : view.waiting ? "请按顺呼叫下一位" : "暂无人等候");
  text("detail", ticket ? `${ticket.class_name} · 取号 ${clock(ticket.issued_at)} · 已呼 ${ticket.calls} 次${ticket.materials.length ? " · 材料：" + ticket.materials.join("、") : ""}` : ticket === null && view.waiting ? "Press Next to call" : "Nobody is waiting");
  text("why", ticket ? `为什么是这一位：${ticket.why}` : "");
  text("waiting", String(view.waiting));
  document.getElementById("next").replaceChildren(...view.next.map((t) => line(t)));
  document.getElementById("passed").replaceChildren(...view.passed.map((t) => line(t, takeBack(t))));
  const can = { "call-next": !ticket && counter.open === "open", recall: ticket && ticket.state === "called", start: ticket && ticket.state === "called", pass: ticket && ticket.state === "called", pause: counter.open !== "closed" };
  document.querySelectorAll("[data-verb]").forEach((key) => { key.disabled = !can[key.dataset.verb]; });
  const pause = document.getElementById("pause");
  pause.querySelector("b").textContent = counter.open === "paused" ? "继续" : "暂停";
  pause.querySelector("small").textContent = counter.open === "paused" ? "Resume" : "Pause";
  drawOutcomes(view.outcomes, !ticket);
  tick();
}

function drawOutcomes(outcomes, disabled) {
  const box = document.getElementById("outcomes");
  if (!box.querySelector("button")) {
    outcomes.forEach((outcome, i) => {
      const key = element("button");
      key.append(element("b", "", outcome.zh), element("small", "", outcome.en), element("kbd", "", String(i + 1)));
      key.onclick = () => press("finish", { outcome: outcome.zh });
      box.append(key);
    });
  }
  box.disabled = disabled;
}

function tick() {
  const ticket = state && state.ticket;
  const since = ticket && (ticket.started_at || ticket.called_at);
  if (!since) { text("timer", ""); text("timer-label", ""); return; }
  const seconds = Math.max(0, Math.floor((now() - Date.parse(since)) / 1000));
  text("timer", `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`);
  text("timer-label", ticket.started_at ? `办理中，标准 ${ticket.standard_min || "—"} 分钟 · serving` : "等待到窗 · called");
  document.getElementById("timer").classList.toggle("over", Boolean(ticket.started_at && ticket.standard_min && seconds > ticket.standard_min * 90));
}

const pauseOrResume = () => press(state && state.counter.open === "paused" ? "resume" : "pause", {});
document.querySelectorAll("[data-verb]").forEach((key) => {
  key.onclick = () => (key.dataset.verb === "pause" ? pauseOrResume() : press(key.dataset.verb));
});
document.getElementById("call-number").onsubmit = (event) => {
  event.preventDefault();
  const wanted = document.getElementById("wanted");
  if (wanted.value.trim()) press("call", { number: wanted.value.trim() });
  wanted.value = "";
};
const HOT = { F2: "call-next", F3: "recall", F4: "start", F6: "pass" };
document.addEventListener("keydown", (event) => {
  const typing = event.target.tagName === "INPUT";
  if (HOT[event.key]) { event.preventDefault(); if (!event.repeat) press(HOT[event.key]); }
  else if (event.key === "F9") { event.preventDefault(); if (!event.repeat) pauseOrResume(); }
  else if (event.key === "F5") { event.preventDefault(); document.querySelector("#outcomes button:not(:disabled)")?.focus(); }
  else if (!typing && /^[1-8]$/.test(event.key) && state && state.ticket) { document.querySelectorAll("#outcomes button")[event.key - 1].click(); }
  else if (!typing && /^[a-zA-Z]$/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) document.getElementById("wanted").focus();
});
follow(base, draw, (away) => { document.getElementById("lost").hidden = !away; });
setInterval(tick, 1000);
