// Tells the hub that the person is there: at most once a minute, and only when the mouse moved, a key was pressed or the page was touched.
// Without it a login ends after [people].idle_min; live feeds do not count.
import { csrf } from "./press.js";

const EVERY_MS = 60000;
let told = Date.now();  // the page itself was asked for a moment ago

async function sign() {
  if (Date.now() - told < EVERY_MS) return;
  told = Date.now();
  try {
    const answer = await fetch("/api/v1/session/alive", { method: "POST", headers: { "X-CSRFToken": csrf() } });
    if (answer.status === 401) location.reload();
  } catch { told = 0; }  // the hub is away: the next movement tries again
}

for (const kind of ["pointermove", "pointerdown", "keydown", "wheel"]) addEventListener(kind, sign, { passive: true });
