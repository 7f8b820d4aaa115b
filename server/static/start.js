// The start page of the hall screens: one touch fills the picture and lets the browser play. The screen is shown in a frame of this page,
// because a browser forgets the touch when it loads another one.
import { element } from "./parts.js";

for (const link of document.querySelectorAll("[data-screen]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const frame = element("iframe", "whole");
    frame.allow = "autoplay; fullscreen";
    frame.src = link.href;
    frame.title = link.textContent;
    document.body.replaceChildren(frame);
    document.documentElement.requestFullscreen?.().catch(() => {});  // a browser in kiosk mode fills it already
  });
}
