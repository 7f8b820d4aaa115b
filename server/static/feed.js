// What the hub tells: a feed that is followed, and a question that is asked once. The only one that opens an EventSource.
// follow(url, show, lost): server-sent events, polling when all streams are taken, and an honest word when neither works.
// show(state) at each change, lost(true) after 3 s without the hub, lost(false) when it is back.
export function follow(url, show, lost) {
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

export const LOST = { detail: "连不上服务器，请稍后再按。", detail_en: "The server cannot be reached; press again in a moment." };

// Gives { ok, body }, or null when the person is logged out and the page goes to the login by itself.
export async function ask(path) {
  try {
    const answer = await fetch(path, { headers: { Accept: "application/json" } });
    if (answer.status === 401) { location.reload(); return null; }
    return { ok: answer.ok, body: await answer.json() };
  } catch { return { ok: false, body: LOST }; }
}
