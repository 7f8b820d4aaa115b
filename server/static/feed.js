// What the hub tells: a feed that is followed, and a question that is asked once. The only one that opens an EventSource.
// follow(url, show, lost): show(state) at each change, lost(true) after 3 s without the hub, lost(false) when it is back.
// A browser has six connections to a hub, and a stream keeps one. So all its pages listen through one shared worker, which is this file again:
// each feed is listened to once, two are streamed and any more are polled, and a key that is pressed always gets through. Where there is no
// such worker, or it has died, the page listens by itself.

const PING_MS = 5000;
const ALONE = { take: () => true, give: () => {} };

export function follow(url, show, lost) {
  let alone = false, answers = 0, asked = 0;
  const hear = (said) => {
    if (said.login) { location.reload(); return; }
    if ("lost" in said) { lost(said.lost); elsewhere(said.lost); }
    if (said.state) show(said.state);
  };
  const byItself = () => { if (!alone) { alone = true; listen(url, hear, ALONE); } };
  let worker;
  try { worker = new SharedWorker(import.meta.url, { type: "module" }); } catch { byItself(); return; }
  const { port } = worker;
  worker.onerror = byItself;
  port.onmessage = ({ data }) => { answers += 1; if (!alone) hear(data); };
  port.postMessage({ join: url });
  addEventListener("pagehide", () => port.postMessage({ leave: true }));
  addEventListener("pageshow", (event) => { if (event.persisted) port.postMessage({ join: url }); });
  setInterval(() => {
    asked = answers ? 0 : asked + 1;
    if (asked > 2) byItself();                              // nothing for three pings: the browser has ended the worker, or cannot load it
    answers = 0;
    if (!alone) port.postMessage({ here: true });
  }, PING_MS);
}

// --- the second machine (docs/second.md): its address is kept while the hub answers, and asked once the hub does not ---------------------------

const SECOND = "jiaohao-second", ASK_MS = 1000, KEEP_MS = 60000;
let asking = null, kept = 0;

function elsewhere(lost) {
  if (lost) { asking = asking || setInterval(look, ASK_MS); return; }
  clearInterval(asking);
  asking = null;
  if (Date.now() - kept > KEEP_MS) { kept = Date.now(); keep(); }
}

async function keep() {
  try {
    const url = (await fetch("/healthz")).headers.get("Jiaohao-Second");
    if (url) localStorage.setItem(SECOND, url); else localStorage.removeItem(SECOND);
  } catch { kept = 0; }
}

async function look() {
  const url = localStorage.getItem(SECOND);
  if (!url || url === location.origin) return;
  try {
    const answer = await fetch(`${url}/api/v1/second/standing`, { credentials: "omit", signal: AbortSignal.timeout(2000) });
    if ((await answer.json()).role !== "hub") return;
  } catch { return; }                                       // neither answers: asked again in a second
  let page = window;
  try { if (top.location.origin === location.origin) page = top; } catch { /* framed by another host's page: only this frame goes */ }
  page.location.replace(url + page.location.pathname + page.location.search);
}

export const LOST = { detail: "连不上主机，请稍后再按。", detail_en: "The server cannot be reached; press again in a moment." };

// Gives { ok, body }, or null when the person is logged out and the page goes to the login by itself.
export async function ask(path) {
  try {
    const answer = await fetch(path, { headers: { Accept: "application/json" } });
    if (answer.status === 401) { location.reload(); return null; }
    return { ok: answer.ok, body: await answer.json() };
  } catch { return { ok: false, body: LOST }; }
}

// --- listening: in the worker, or in a page alone -----------------------------------------------------------------------------------------

// tell() is given { state } at each change, { lost: true } after 3 s without the hub, { lost: false } when it is heard, { login: true } when
// the login is over. places.take() says whether a stream may be held, places.give() gives it back. Gives a function that ends it.
function listen(url, tell, places) {
  const asks = `${url}${url.includes("?") ? "&" : "?"}`;
  let source = null, seq = -1, tag = "", away = null, polling = null, asking = false, again = null, held = false, over = false, heard = Date.now();
  const here = () => { clearTimeout(away); away = null; heard = Date.now(); tell({ lost: false }); };
  const back = (state) => { here(); seq = state.seq; tell({ state }); };
  const gone = () => { if (!away && !over) away = setTimeout(() => tell({ lost: true }), 3000); };
  const give = () => { if (held) places.give(); held = false; };
  async function poll() {
    if (asking || over) return;
    asking = true;
    try {
      const path = `${asks}since=${seq}${tag && `&tag=${tag}`}`;
      const answer = await fetch(path, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(5000) });
      if (answer.status === 401) tell({ login: true });
      else if (answer.status === 200) { tag = answer.headers.get("X-Content-Tag") || ""; back(await answer.json()); }
      else if (answer.status === 204) here();
      else gone();
    } catch { gone(); }
    asking = false;
  }
  const pollMeanwhile = () => { if (!polling) { poll(); polling = setInterval(poll, 1000); } };
  const later = () => { clearTimeout(again); again = setTimeout(open, 5000); };
  function open() {
    if (over) return;
    held = held || places.take();
    if (!held) { pollMeanwhile(); later(); return; }
    const mine = new EventSource(`${asks}beat`);
    source = mine;
    source.addEventListener("beat", here);
    source.addEventListener("show", (event) => {
      clearInterval(polling);
      polling = null;
      back(JSON.parse(event.data));
    });
    source.onerror = () => {
      if (mine !== source) return;
      gone();
      pollMeanwhile();
      if (source.readyState === EventSource.CLOSED) { source = null; give(); later(); }  // refused, as with 503: poll, and try again later
    };
  }
  open();
  const watch = setInterval(() => {                         // the hub beats every 3 s: a pulled cable closes nothing, it is only silent
    if (!source || Date.now() - heard < 8000) return;
    heard = Date.now();
    tell({ lost: true });
    source.close();
    open();
  }, 1000);
  return () => {
    over = true;
    for (const timer of [polling, watch]) clearInterval(timer);
    for (const timer of [away, again]) clearTimeout(timer);
    source?.close();
    give();
  };
}

// --- the worker ---------------------------------------------------------------------------------------------------------------------------

const STREAMS = 2, FORGET_MS = 180000;   // a page in the background is let run once a minute
const feeds = new Map(), seen = new Map();  // url -> { ports, last, lost, end }; port -> when it spoke last
let taken = 0;
const places = {
  take: () => { if (taken >= STREAMS) return false; taken += 1; return true; },
  give: () => { taken -= 1; },
};

function join(port, url) {
  const feed = feeds.get(url);
  if (feed) {
    feed.ports.add(port);
    if (feed.last) port.postMessage({ state: feed.last });
    port.postMessage({ lost: feed.lost });
    return;
  }
  const begun = { ports: new Set([port]), last: null, lost: false };
  feeds.set(url, begun);
  begun.end = listen(url, (said) => {
    if (said.state) begun.last = said.state;
    if ("lost" in said) begun.lost = said.lost;
    for (const one of [...begun.ports]) one.postMessage(said);
    if (said.login) for (const one of [...begun.ports]) leave(one);
  }, places);
}

function leave(port) {
  seen.delete(port);
  for (const [url, feed] of feeds) {
    feed.ports.delete(port);
    if (!feed.ports.size) { feeds.delete(url); feed.end(); }
  }
}

if ("onconnect" in globalThis) {                            // this is the worker
  globalThis.onconnect = ({ ports: [port] }) => {
    port.onmessage = ({ data }) => {
      if (data.leave) { leave(port); return; }
      seen.set(port, Date.now());
      if (data.join) join(port, data.join);
      else port.postMessage({});
    };
  };
  setInterval(() => { for (const [port, at] of seen) if (Date.now() - at > FORGET_MS) leave(port); }, 60000);
}
