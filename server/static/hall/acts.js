// What a supervisor does on the live page: one act is one press, a question before it is one dialog.
import { $, bi, tell } from "../parts.js";
import { press } from "../press.js";
import { heard, know } from "./state.js";

// One act; the same one again while it is under way is the same press. Gives whether it was done.
export const send = (path, body, done, refuse) => press(path, body, {
  done: (view) => { know(view); tell(...(typeof done === "function" ? done(view) : done)); }, refuse, same: path, aside: true,
});

export const counterPath = (counter, verb) => `/api/v1/hall/counters/${encodeURIComponent(counter)}/${verb}`;

let following = null;
heard(() => following?.());

// --- dialogs: open(dialog, act): `act(form, pressed)` gives whether the dialog may close ---

export function open(dialog, act, follow) {
  const form = dialog.querySelector("form"), error = dialog.querySelector(".error");
  error.hidden = true;
  following = follow;
  form.onsubmit = async (event) => {
    event.preventDefault();
    error.hidden = true;
    const go = [...form.querySelectorAll("button[value]")];
    go.forEach((button) => { button.disabled = true; });
    try {
      if (await act(form.elements, event.submitter?.value || "go", (zh, en) => { error.replaceChildren(bi(zh, en)); error.hidden = false; error.scrollIntoView({ block: "nearest" }); })) dialog.close();
    } finally { go.forEach((button) => { button.disabled = false; }); }
  };
  dialog.onclose = () => { following = null; };
  dialog.querySelectorAll("[data-close]").forEach((button) => { button.onclick = () => dialog.close(); });
  dialog.showModal();
}

export function ask({ title, text: words, go, path, body = {}, done, reason = false }) {
  const dialog = $("ask-dialog");
  $("ask-title").replaceChildren(bi(...title));
  $("ask-text").replaceChildren(bi(...words));
  $("ask-go").replaceChildren(bi(...go));
  $("ask-reason").hidden = !reason;
  open(dialog, (fields, _pressed, refuse) => send(path, reason ? { ...body, reason: fields.reason.value } : body, done, refuse));
}
