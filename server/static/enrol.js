// A television or a tablet that has no token: asks for a code, shows it, and asks what became of it until it is enrolled. The token itself is
// a cookie that no script reads.
import { $, bi } from "./parts.js";

const AGAIN_MS = 5000;
const pause = (ms) => new Promise((go) => { setTimeout(go, ms); });

async function post(path, body) {
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal: AbortSignal.timeout(AGAIN_MS) });
  const told = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(told.detail), { told });
  return told;
}

function trouble(zh, en) {
  $("trouble").hidden = !zh;
  $("trouble").replaceChildren(...(zh ? [bi(zh, en)] : []));
}

function failed(error) {
  if (error.told) trouble(error.told.detail, error.told.detail_en);
  else trouble("连不上叫号主机，正在重试。", "The hub does not answer; trying again.");
}

// Asks until there is an end of this code; gives whether it was granted.
async function wait(code) {
  for (;;) {
    await pause(code.interval_s * 1000);
    let told;
    try {
      told = await post("/api/v1/devices/codes/became", { secret: code.secret });
    } catch (error) {
      failed(error);
      continue;
    }
    trouble();
    if (told.state === "granted") location.replace(told.home || "/enrol");
    if (told.state === "granted" || told.state === "over") return told.state === "granted";
  }
}

for (let granted = false; !granted;) {
  try {
    const code = await post("/api/v1/devices/codes", { kind: "browser" });
    trouble();
    $("letters").textContent = code.shown;
    $("qr").src = `/enrol/${code.code}.svg`;
    $("qr").hidden = false;
    granted = await wait(code);
  } catch (error) {
    failed(error);
    await pause(AGAIN_MS);
  }
}
