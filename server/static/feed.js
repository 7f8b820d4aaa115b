// Follows one feed of the hub: server-sent events, polling when all streams are taken, and an honest word when neither works.
// follow(url, show, lost): show(state) at each change, lost(true) after 3 s without the hub, lost(false) when it is back.
function follow(url, show, lost) {
  let source = null, seq = -1, away = null, polling = null, tag = "", heard = Date.now();
  const here = () => { clearTimeout(away); away = null; heard = Date.now(); lost(false); };
  const back = (state) => { here(); seq = state.seq; show(state); };
  const gone = () => { if (!away) away = setTimeout(() => lost(true), 3000); };
  async function poll() {
    try {
      const answer = await fetch(`${url}?since=${seq}${tag && `&tag=${tag}`}`, { headers: { Accept: "application/json" } });
      if (answer.status === 401) { location.reload(); return; }
      if (answer.status === 200) { tag = answer.headers.get("X-Content-Tag") || ""; back(await answer.json()); }
      else if (answer.status === 204) here();
      else gone();
    } catch { gone(); }
  }
  function open() {
    source = new EventSource(`${url}?beat`);
    source.addEventListener("beat", here);
    source.addEventListener("show", (event) => {
      if (polling) { clearInterval(polling); polling = null; }
      back(JSON.parse(event.data));
    });
    source.onerror = () => {
      gone();
      if (source.readyState === EventSource.CLOSED) {       // refused, as with 503: poll, and try again later
        if (!polling) { poll(); polling = setInterval(poll, 1000); }
        setTimeout(open, 5000);
      } else if (!polling) { poll(); polling = setInterval(poll, 1000); }
    };
  }
  open();
  setInterval(() => {                                       // the hub beats every 3 s: a pulled cable closes nothing, it is only silent
    if (Date.now() - heard < 8000 || source.readyState === EventSource.CLOSED) return;
    heard = Date.now();
    lost(true);
    source.close();
    open();
  }, 1000);
}

const two = (n) => String(n).padStart(2, "0");
const clock = (at) => at.slice(11, 16);  // the hub sends the hall's own time with its offset: 2026-11-23T09:41:00+08:00
const text = (id, value) => { const node = document.getElementById(id); if (node.textContent !== value) node.textContent = value; };
function element(tag, className, content) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (content !== undefined) node.textContent = content;
  return node;
}

// A text in both languages, as the macro t() of server/templates/words.html makes it; the style sheet shows what the reader prefers.
function bi(zh, en) {
  const pair = element("span", en && en !== zh ? "t" : "");
  const chinese = element("span", "", zh);
  chinese.lang = "zh-CN";
  pair.append(chinese);
  if (!pair.className) return pair;  // no English for it: then everybody reads the Chinese
  const english = element("span", "", en);
  english.lang = "en";
  pair.append(" ", english);
  return pair;
}

// The same for an attribute, which holds one text only (title, aria-label, placeholder): draw it anew on the event "preferences".
const pick = (zh, en) => (document.documentElement.dataset.lang === "en" && en ? en : zh);

// One line of news at the foot of the page, gone after 6 s; kind: good, info, warn or bad.
function tell(zh, en, kind = "good") {
  let line = document.getElementById("toast");
  if (!line) { line = element("p"); line.id = "toast"; line.setAttribute("role", "status"); document.body.append(line); }
  line.className = `alert toast ${kind}`;
  line.replaceChildren(bi(zh, en));
  line.hidden = false;
  clearTimeout(tell.over);
  tell.over = setTimeout(() => { line.hidden = true; }, 6000);
}

// A press: one POST with one idempotency key, sent again with the same key until the hub has answered or `patience` ms are over.
// Gives { ok, body }, or null when the person is logged out and the page goes to the login by itself.
const UNANSWERED = { detail: "没有收到答复：请先看清现在的状态，再按。", detail_en: "No answer came: look how things stand before you press again." };
async function post(path, body, { patience = 15000, answer_in = 5000 } = {}) {
  const began = Date.now(), key = [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");  // randomUUID needs https
  const csrf = document.querySelector("meta[name=csrf-token]").content;
  for (let tries = 1; ; tries += 1) {
    try {
      const answer = await fetch(path, {
        method: "POST", body: JSON.stringify(body || {}), signal: AbortSignal.timeout(answer_in),
        headers: { "Content-Type": "application/json", "X-CSRFToken": csrf, "Idempotency-Key": key },
      });
      if (answer.status === 401) { location.reload(); return null; }
      if (answer.status < 500) return { ok: answer.ok, body: await answer.json() };
    } catch { /* no answer: the same press again */ }
    if (Date.now() - began > patience) return { ok: false, body: UNANSWERED };
    await new Promise((wake) => setTimeout(wake, Math.min(250 * tries, 1000)));
  }
}
