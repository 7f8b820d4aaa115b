// 如果……会怎样: what the rest of the day would be with other counters, answered as it is chosen. Nothing is done by it.
import { ask } from "../feed.js";
import { $, bi } from "../parts.js";

const NEEDS = { open: [false, true], lunch: [true, true], close: [false, false], end: [true, false] };  // from when, until when

export function beginWhatIf() {
  const form = $("what-if"), fields = form.elements;
  let newest = 0;
  const show = () => {
    const [begins, ends] = NEEDS[fields.what.value];
    $("if-begins").hidden = !begins;
    $("if-ends").hidden = !ends;
    $("if-counters").hidden = fields.what.value === "end";
  };
  const chosen = () => [...form.querySelectorAll("input[name=counter]:checked")].map((box) => box.value);
  const whole = () => (fields.what.value === "end" ? fields.begins.value : chosen().length && (fields.what.value !== "lunch" || fields.ends.value));
  async function answer() {
    newest += 1;
    const mine = newest, [begins, ends] = NEEDS[fields.what.value];
    const wish = new URLSearchParams({ what: fields.what.value });
    if (fields.what.value !== "end") wish.set("counters", chosen().join(","));
    if (begins) wish.set("begins", fields.begins.value);
    if (ends) wish.set("ends", fields.ends.value);
    const told = await ask(`/api/v1/hall/what-if?${wish}`);
    if (!told || mine !== newest) return;  // another was chosen meanwhile
    const words = $("if-said"), trust = $("if-trust");
    words.classList.toggle("error", !told.ok);
    words.replaceChildren(told.ok ? bi(told.body.zh, told.body.en) : bi(told.body.detail, told.body.detail_en));
    words.hidden = false;
    trust.hidden = !told.ok;
    if (told.ok) trust.replaceChildren(bi(told.body.trust.zh, told.body.trust.en));
  }
  form.onsubmit = (event) => { event.preventDefault(); answer(); };
  form.onchange = () => { show(); if (whole()) answer(); else { $("if-said").hidden = true; $("if-trust").hidden = true; newest += 1; } };
  show();
}
