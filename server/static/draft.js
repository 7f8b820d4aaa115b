// The form of a register that is filled in where the network may be away: what stands in it is kept in this browser, photographs too, until
// the hub has it on record. It is sent with the key that the form was drawn with, again and again, so that it is filed once.
// The page itself has to be open before the network goes: it comes from the hub.
import { of, row } from "./kept.js";
import { $, bi } from "./parts.js";

const news = $("draft"), form = news.parentElement.querySelector("form.sheet");
const KEPT = of(news.dataset.staff, form.getAttribute("action"));  // another person's draft is not shown, and goes (kept.js)
const AGAIN_MS = 10000, FORM_IN_MS = 8000, FILED_IN_MS = 60000;
let waiting = false, under = false, changed = Promise.resolve();

// --- what is kept: one row by form and person --------------------------------------------------------------------------------

const keep = () => {
  const sent = [...new FormData(form)].filter(([name, value]) => name !== "csrf_token" && (typeof value === "string" || value.size));
  changed = changed.then(() => row("readwrite", (drafts) => drafts.put({ sent, waiting, at: Date.now() }, KEPT))).catch(() => tell("这台平板不能保存草稿：请不要关闭本页。", "This browser keeps no drafts: do not close this page.", "bad"));
  return changed;
};

const forget = () => { changed = changed.then(() => row("readwrite", (drafts) => drafts.delete(KEPT))).catch(() => {}); return changed; };

function restore({ sent, waiting: then }) {
  waiting = then;
  const files = new Map();
  form.querySelectorAll("input[type=checkbox]").forEach((box) => { box.checked = sent.some(([name, value]) => name === box.name && value === box.value); });
  for (const [name, value] of sent) {
    const field = form.elements.namedItem(name);
    if (typeof value !== "string") files.set(name, [...(files.get(name) ?? []), value]);
    else if (field instanceof HTMLElement && field.type !== "checkbox") field.value = value;
  }
  for (const [name, kept] of files) {
    const chosen = new DataTransfer();
    for (const one of kept) chosen.items.add(one);
    form.elements.namedItem(name).files = chosen.files;
  }
}

// --- what is said ------------------------------------------------------------------------------------------------------------

function tell(zh, en, kind = "") {
  news.replaceChildren(bi(zh, en));
  news.className = `alert over ${kind}`;
  news.hidden = false;
}

const away = () => tell("没有网络：已存在这台平板，联网后自动登记。请不要关闭本页。", "No network: kept on this tablet, and filed by itself when it is back. Leave this page open.", "warn");

// --- filing ------------------------------------------------------------------------------------------------------------------

async function send() {
  if (under || !waiting) return;
  under = true;
  form.inert = true;  // what is under way is not changed: it may have arrived
  try {
    const drawn = await fetch(location.pathname, { cache: "no-store", signal: AbortSignal.timeout(FORM_IN_MS) });  // a token of the session as it is now
    const token = new DOMParser().parseFromString(await drawn.text(), "text/html").querySelector("form.sheet input[name=csrf_token]");
    if (!drawn.ok || drawn.redirected || !token) {
      tell("登录已过期：请在另一个页面登录，本页会接着登记。", "Your login has ended: log in on another page, and this one goes on.", "warn");
      return;
    }
    form.elements.namedItem("csrf_token").value = token.value;
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), signal: AbortSignal.timeout(FILED_IN_MS) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.ok && !answer.url.endsWith(form.getAttribute("action"))) {
      waiting = false;
      await forget();
      location.assign(answer.url);
      return;
    }
    waiting = answer.status >= 500;  // a hub that is busy or starting: again; what it refuses is for a person to mend
    await keep();
    const why = page.querySelector("main .alert[role=alert], main p");
    if (!waiting && why) { news.replaceChildren(...why.childNodes); news.className = "alert over bad"; news.hidden = false; } else away();
  } catch {
    away();  // no answer: whether it arrived or not, the same key makes it one visit
  } finally {
    under = false;
    form.inert = waiting;
  }
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  waiting = true;
  await keep();
  tell("正在登记……", "Being filed …", "good");
  await send();
});
form.addEventListener("input", keep);
form.addEventListener("change", keep);
window.addEventListener("online", send);
setInterval(send, AGAIN_MS);

const kept = await row("readonly", (drafts) => drafts.get(KEPT)).catch(() => undefined);
if (kept) {
  restore(kept);
  if (waiting) await send(); else tell("接着上次没有登记完的填。", "This goes on from what you had not filed yet.", "good");
}
