// Short messages between manager, desk and counters: one box for their pages. A new one is shown and makes no sound.
import { $, bi, clock, element, own, pick } from "./parts.js";
import { press } from "./press.js";

let said = "", newest = null;

function lineOf(one) {
  const item = element("li", one.mine ? "mine" : ""), head = element("small", "muted");
  head.append(clock(one.at), " ", one.mine ? bi(`发给${one.to}`, `to ${one.to_en}`) : bi(one.sender, one.sender_en));
  item.append(head, " ", own("span", "", one.text));
  if (!one.mine) {
    const key = element("button", "quiet small");
    key.type = "button";
    key.append(bi("回复", "Reply"));
    key.onclick = () => { $("messages-to").value = one.reply; $("messages-text").focus(); };
    item.append(" ", key);
  }
  return item;
}

// `fresh(message)` is called for one that came since the page knows.
export function drawMessages(view, fresh) {
  const says = JSON.stringify(view) + document.documentElement.dataset.lang;
  if (says === said) return;
  said = says;
  const last = view.list.find((one) => !one.mine), nobody = element("li", "muted");
  nobody.append(bi("今天没有留言", "No messages today"));
  $("messages-list").replaceChildren(...(view.list.length ? view.list.map(lineOf) : [nobody]));
  const to = $("messages-to"), chosen = to.value;
  to.replaceChildren(...view.places.map((one) => Object.assign(element("option", "", pick(one.zh, one.en)), { value: one.id })));
  if (view.places.some((one) => one.id === chosen)) to.value = chosen;
  $("messages-text").placeholder = pick($("messages-text").dataset.zh, $("messages-text").dataset.en);
  if (newest !== null && last && last.id > newest) fresh?.(last);
  newest = Math.max(newest || 0, last?.id || 0);
}

function refuse(zh, en) { $("messages-refusal").hidden = false; $("messages-refusal").replaceChildren(bi(zh, en)); }

if ($("messages-form")) $("messages-form").onsubmit = (event) => {
  event.preventDefault();
  const text = $("messages-text").value.trim(), to = $("messages-to").value;
  if (!text) return;
  $("messages-refusal").hidden = true;
  press("/api/v1/messages", { to, text, at_desk: "desk" in $("messages").dataset }, {
    done: (view) => { $("messages-text").value = ""; drawMessages(view); }, refuse, aside: true,
  });
};
