// What this machine prefers: theme, size of type, language. Loaded in <head> without defer, so that the first paint is right already.
// prefer({ theme: "dark" }) changes one of them, here, in every open tab and for the next time; a page hears "preferences" on window.
{
  const KEY = "jiaohao-display", root = document.documentElement;
  const night = matchMedia("(prefers-color-scheme: dark)");
  const usual = { theme: "auto", size: "normal", lang: root.dataset.lang };  // the hub knows the browser's language (server/pages/tongue.py)
  let chosen = {}, wish = usual;

  const recall = () => {
    try { chosen = JSON.parse(localStorage.getItem(KEY)) || {}; } catch { /* no storage here: what is chosen holds for this page */ }
    wish = { ...usual, ...chosen };
  };

  const apply = () => {
    const dark = wish.theme === "dark" || (wish.theme !== "light" && night.matches);
    Object.assign(root.dataset, { theme: dark ? "dark" : "light", size: wish.size, lang: wish.lang });
    root.lang = wish.lang === "en" ? "en" : "zh-CN";
    // An <option>, the <title> and an attribute hold no elements, so no pair of spans: their two languages stand in data-zh and data-en.
    const joint = wish.lang === "both" ? ["zh", "en"] : [wish.lang];
    document.querySelectorAll("title[data-zh], option[data-zh]").forEach((node) => { node.textContent = joint.map((one) => node.dataset[one]).join(" · "); });
    for (const name of ["title", "aria-label", "placeholder"]) {
      document.querySelectorAll(`[data-${name}-zh]`).forEach((node) => { node.setAttribute(name, joint.map((one) => node.getAttribute(`data-${name}-${one}`)).join(" ")); });
    }
    document.querySelectorAll("#display input").forEach((input) => { input.checked = wish[input.name] === input.value; });
    window.dispatchEvent(new Event("preferences"));
  };

  window.prefer = (change) => {
    chosen = { ...chosen, ...change };
    wish = { ...usual, ...chosen };
    try { localStorage.setItem(KEY, JSON.stringify(chosen)); } catch { /* as above */ }
    apply();
  };

  recall();
  apply();
  night.addEventListener("change", apply);
  window.addEventListener("storage", (event) => { if (event.key === KEY || event.key === null) { recall(); apply(); } });
  document.addEventListener("DOMContentLoaded", () => {
    apply();
    const menu = document.getElementById("display");
    if (!menu) return;
    menu.addEventListener("change", (event) => window.prefer({ [event.target.name]: event.target.value }));
    document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
    menu.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && menu.open) { menu.open = false; menu.querySelector("summary").focus(); event.stopPropagation(); }
    });
  });
}
