// Tells the hub that the person is there: at most once a minute, and only when the mouse moved, a key was pressed or the page was touched.
// Without it a login ends after [people].idle_min; live feeds do not count. What others left in this browser goes, and at 退出 one's own.
import { tidy } from "./kept.js";
import { pick } from "./parts.js";
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

// --- drafts of forms (kept.js) --------------------------------------------------------------------------------------------------

const out = document.querySelector(".top .me form"), me = out?.dataset.staff;
if (me) tidy(me).catch(() => 0);
out?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const drafts = await tidy(me).catch(() => 0);
  const asked = pick("这台机器上有还没登记完的巡查，退出就删除。", "A visit on this machine is not filed yet. Logging out deletes it.");
  if (drafts && !confirm(asked)) return;
  await tidy("").catch(() => 0);
  out.submit();
});
