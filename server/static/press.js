// A person's command, from the key that was pressed to the hub's answer. The only one that sends commands: one press is one POST with one
// idempotency key, sent again with the same key until the hub has answered, and the same press again while it is under way is that press.
import { tell } from "./parts.js";

const UNANSWERED = { detail: "没有收到答复：请先看清现在的状态，再按。", detail_en: "No answer came: look how things stand before you press again." };
const PATIENCE_MS = 15000, ANSWER_IN_MS = 5000;
const underWay = new Set();
let last = Promise.resolve();

export const csrf = () => document.querySelector("meta[name=csrf-token]").content;

// Gives whether it was done. Presses are carried out one after the other; `aside` lets one overtake the others.
//   body    what is sent, or a function that says so at its turn: null when it has become pointless
//   done    done(body of the answer), before the next press is sent
//   refuse  refuse(zh, en) where the page says what went wrong
//   busy    busy(true) at once, busy(false) when it is over
//   again   again() when it is pressed once more while it is under way
//   same    what makes two presses the same one
export function press(path, body = {}, { done, refuse = (zh, en) => tell(zh, en, "bad"), busy, again, same = `${path} ${JSON.stringify(body)}`, aside } = {}) {
  if (underWay.has(same)) { again?.(); return Promise.resolve(false); }
  underWay.add(same);
  busy?.(true);
  const turn = (aside ? Promise.resolve() : last).then(() => carryOut(path, body, done, refuse)).finally(() => {
    underWay.delete(same);
    busy?.(false);
  });
  if (!aside) last = turn.catch(() => {});  // what fails on the page itself stops no later press
  return turn;
}

async function carryOut(path, body, done, refuse) {
  const meant = typeof body === "function" ? body() : body;
  const answer = meant && await post(path, meant);
  if (!answer) return false;
  if (!answer.ok) { refuse(answer.body.detail, answer.body.detail_en); return false; }
  done?.(answer.body);
  return true;
}

// Gives { ok, body }, or null when the person is logged out and the page goes to the login by itself.
async function post(path, body) {
  const began = Date.now(), key = [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");  // randomUUID needs https
  for (let tries = 1; ; tries += 1) {
    try {
      const answer = await fetch(path, {
        method: "POST", body: JSON.stringify(body), signal: AbortSignal.timeout(ANSWER_IN_MS),
        headers: { "Content-Type": "application/json", "X-CSRFToken": csrf(), "Idempotency-Key": key },
      });
      if (answer.status === 401) { location.reload(); return null; }
      if (answer.status < 500) return { ok: answer.ok, body: await answer.json() };
    } catch { /* no answer: the same press again */ }
    if (Date.now() - began > PATIENCE_MS) return { ok: false, body: UNANSWERED };
    await new Promise((wake) => setTimeout(wake, Math.min(250 * tries, 1000)));
  }
}
