// The live page's questions about the whole hall: close a service, close early, an emergency.
import { $, bi, part, plain } from "../parts.js";
import { open, send } from "./acts.js";
import { key, keyed } from "./pieces.js";
import { state } from "./state.js";

const CAUSES = [
  ["台风", "Typhoon", "因台风影响，大厅今天提前停止办理，请改日再来。", "The hall closes early today because of the typhoon. Please come another day."],
  ["停电", "Power cut", "因停电，大厅今天提前停止办理，请改日再来。", "The hall closes early today because of a power cut. Please come another day."],
  ["系统故障", "System failure", "因系统故障，大厅今天提前停止办理，请改日再来。", "The hall closes early today because of a system failure. Please come another day."],
];

export function askService(s) {
  const dialog = $("service-dialog"), fields = dialog.querySelector("form").elements;
  $("service-title").replaceChildren(bi(`今日停办：${s.name}`, `Close for today: ${s.name_en}`));
  fields.message.value = `“${s.name}”今天停办，请改日再来或到咨询台询问。`;
  fields.message_en.value = `'${s.name_en}' is closed today. Please come another day or ask at the desk.`;
  open(dialog, (form, _pressed, refuse) => send(`/api/v1/services/${s.code}/close`, { message: form.message.value, message_en: form.message_en.value },
    [`“${s.name}”今日停办。`, `'${s.name_en}' is closed for today.`], refuse));
}

export function askHall() {
  const dialog = $("hall-dialog"), fields = dialog.querySelector("form").elements;
  fields.waiting.value = "serve";
  fields.people.value = "";
  fields.message.value = CAUSES[0][2];
  fields.message_en.value = CAUSES[0][3];
  $("causes").replaceChildren(...CAUSES.map(([zh, en, message, messageEn]) => key(`cause ${zh}`, zh, en, () => { fields.message.value = message; fields.message_en.value = messageEn; })));
  const follow = () => {
    const home = fields.waiting.value === "dismiss", n = state.going, at = state.counters.filter((c) => c.ticket).length;
    $("confirm-people").hidden = !home;
    fields.people.required = home;
    $("confirm-label").replaceChildren(bi(`请输入将请回的人数（${n}）以确认`, `Type how many people are sent home (${n}) to confirm`));
    const lines = [
      ["取号机和咨询台立即停止发号，取号机和大厅屏显示上面的话。", "Kiosks and the desk stop giving out numbers at once; kiosks and the hall screen show the words above."],
      at ? [`窗口上的 ${at} 人照常办完。`, `The ${at} at the counters are served to the end.`] : ["窗口上现在没有人。", "Nobody is at a counter now."],
      home ? [`等候和挂起的 ${n} 人：号码立即作废，今天不再叫号。请现场告知。报表计为“过期”。`, `The ${n} waiting or suspended: their numbers end now and are not called. Tell them in the hall. The report counts them as expired.`]
        : [`等候和挂起的 ${n} 人：继续叫号，办完为止。`, `The ${n} waiting or suspended: they are called and served.`],
      ["今天可以随时恢复取号；作废的号码不会恢复。明天自动恢复正常。", "You may reopen at any time today; numbers that ended stay so. Tomorrow all is as usual."],
    ];
    keyed($("effect"), lines, (line) => line[0], (line) => part("li", "over", bi(...line)));
  };
  fields.waiting.forEach((radio) => { radio.onchange = follow; });
  open(dialog, (form, _pressed, refuse) => {
    const home = form.waiting.value === "dismiss";
    return send("/api/v1/hall/close", { message: form.message.value, message_en: form.message_en.value, waiting: form.waiting.value, people: home ? Number(plain(form.people.value)) : null },
      (body) => (home ? [`大厅已提前闭厅，${body.dismissed} 个号码作废。`, `The hall is closed; ${body.dismissed} numbers ended.`] : ["大厅已提前闭厅，已取的号继续办理。", "The hall is closed; numbers given out are served."]), refuse);
  }, follow);
  follow();
}

export function askEmergency() {
  const dialog = $("emergency-dialog");
  dialog.querySelectorAll("input[name=number]").forEach((radio) => { radio.checked = false; });
  open(dialog, (form, _pressed, refuse) => send("/api/v1/hall/emergency", { number: Number(form.number.value) },
    ["紧急广播已开始。", "The emergency is on all screens, boards and voices."], refuse));
}
