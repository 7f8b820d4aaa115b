// What this machine prefers: theme, size of type, language. Loaded in <head> without defer, so that the first paint is right already.
// prefer({ theme: "dark" }) changes one of them, here, in every open tab and for the next time; a page hears "preferences" on window.
{
  const KEY = "jiaohao-display", root = document.documentElement;
  const night = matchMedia("(prefers-color-scheme: dark)");
  const usual = { theme: "auto", size: "normal", lang: root.dataset.lang };  // the hub knows the browser's language (server/pages/tongue.py)
  const other = root.dataset.other || "en";  // the language beside Chinese, in which the hub made this page (server/pages/languages.py)
  let chosen = {}, wish = usual;

  // What a page shows: zh, both, or en for its other language alone.
  const shown = () => (["zh", "both"].includes(wish.lang) ? wish.lang : "en");

  const recall = () => {
    try { chosen = JSON.parse(localStorage.getItem(KEY)) || {}; } catch { /* no storage here: what is chosen holds for this page */ }
    wish = { ...usual, ...chosen };
  };

  const apply = () => {
    const dark = wish.theme === "dark" || (wish.theme !== "light" && night.matches);
    Object.assign(root.dataset, { theme: dark ? "dark" : "light", size: wish.size, lang: shown() });
    root.lang = shown() === "en" ? other.replace("_", "-") : "zh-CN";
    // An <option>, the <title> and an attribute hold no elements, so no pair of spans: their two languages stand in data-zh and data-en.
    const joint = shown() === "both" ? ["zh", "en"] : [shown()];
    const half = (one, zh, en) => (one === "en" && window.inOther ? window.inOther(zh, en) : one === "en" ? en : zh);
    document.querySelectorAll("title[data-zh], option[data-zh]").forEach((node) => { node.textContent = joint.map((one) => half(one, node.dataset.zh, node.dataset.en)).join(" · "); });
    for (const name of ["title", "aria-label", "placeholder"]) {
      document.querySelectorAll(`[data-${name}-zh]`).forEach((node) => { node.setAttribute(name, joint.map((one) => half(one, node.getAttribute(`data-${name}-zh`), node.getAttribute(`data-${name}-en`))).join(" ")); });
    }
    document.querySelectorAll("#display input").forEach((input) => { input.checked = (input.name === "lang" && shown() === "en" ? other : wish[input.name]) === input.value; });
    window.dispatchEvent(new Event("preferences"));
  };

  window.prefer = (change) => {
    chosen = { ...chosen, ...change };
    wish = { ...usual, ...chosen };
    try { localStorage.setItem(KEY, JSON.stringify(chosen)); } catch { /* as above */ }
    if (change.lang && !["zh", "both", other].includes(change.lang)) {  // the hub makes the page anew in that language
      // biome-ignore lint/suspicious/noDocumentCookie: browsers have the Cookie Store API by HTTPS alone
      document.cookie = `jiaohao-lang=${change.lang};path=/;max-age=31536000;samesite=lax`;
      if (change.lang !== "en" || root.dataset.other) { location.reload(); return; }
    }
    apply();
  };

  recall();
  apply();
  night.addEventListener("change", apply);
  window.addEventListener("storage", (event) => { if (event.key === KEY || event.key === null) { recall(); apply(); } });
  document.addEventListener("DOMContentLoaded", () => {
    apply();
    document.getElementById("display")?.addEventListener("change", (event) => window.prefer({ [event.target.name]: event.target.value }));
    document.querySelectorAll(".top details.menu").forEach((menu) => {
      document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
      menu.addEventListener("focusout", (event) => { if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false; });
      menu.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && menu.open) { menu.open = false; menu.querySelector("summary").focus(); event.stopPropagation(); }
      });
    });
  });
}
