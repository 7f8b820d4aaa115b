// The hall's live page: draws what the feed says, and begins here.
import { follow } from "../feed.js";
import { drawMessages } from "../messages.js";
import { $, pick, tell, two } from "../parts.js";
import { drawAlerts } from "./alerts.js";
import { askEmergency, askHall } from "./closing.js";
import { counterCard } from "./counters.js";
import { drawDoor, drawEmergency, drawTiles } from "./figures.js";
import { drawLists } from "./lists.js";
import { drawOpening } from "./opening.js";
import { keyed, write } from "./pieces.js";
import { beginWhatIf } from "./what_if.js";
import { heard, know, lose, now, redraw, root, seconds, state } from "./state.js";

const title = document.title;

function draw() {
  drawEmergency();
  drawDoor();
  drawOpening();
  drawTiles();
  drawAlerts();
  if ($("messages")) drawMessages(state.messages, (one) => tell(`${one.sender}：${one.text}`, `${one.sender_en}: ${one.text}`, "info"));
  const alarm = state.alerts.find((one) => one.kind === "panic");
  document.title = alarm ? pick(`【报警】${title}`, `[Alarm] ${title}`) : title;  // seen, not heard
  keyed($("counters"), state.counters.map((c) => ({ ...c, urgent: Boolean(c.help) })), (c) => c.id, counterCard);
  drawLists();
  tick();
}

function tick() {
  document.querySelectorAll("[data-since]").forEach(write);
  document.querySelectorAll(".running").forEach((node) => {
    const s = seconds(node.dataset.from), standard = Number(node.dataset.standard) * 60;
    node.textContent = `${two(Math.floor(s / 60))}:${two(s % 60)}`;
    node.classList.toggle("over-time", Boolean(standard) && s > 1.5 * standard);
  });
  if (state) {
    const at = new Date(Date.parse(`${state.now.slice(0, 19)}Z`) + now() - Date.parse(state.now));
    $("as-of").textContent = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
  }
}

$("close-hall")?.addEventListener("click", askHall);
$("begin-emergency")?.addEventListener("click", askEmergency);
function hints() { $("find").placeholder = pick("号码或事项", "Number or item"); }
hints();
window.addEventListener("preferences", () => { hints(); redraw(); });
heard(draw);
beginWhatIf();
follow("/api/v1/hall", know, (gone) => {
  $("lost").hidden = !gone;
  root.classList.toggle("old", gone);
  lose(gone);
});
setInterval(tick, 1000);
