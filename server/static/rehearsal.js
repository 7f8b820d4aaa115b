// How far a rehearsal is, each two seconds; the page comes anew when it begins to run or has ended.
import { ask } from "./feed.js";
import { $, text } from "./parts.js";

const LOOK_MS = 2000;
const shown = $("rehearsal").dataset.state;

async function look() {
  const answer = await ask("/api/v1/rehearsal");
  if (answer === null) return;
  if (answer.ok && answer.body.state !== shown) { location.reload(); return; }
  if (answer.ok && shown === "running" && answer.body.at) {
    text("at", answer.body.at);
    $("share").value = answer.body.share;
  }
  setTimeout(look, LOOK_MS);
}
setTimeout(look, LOOK_MS);
