"""The hub is killed, and a television that was on its page has to find the other machine by itself: from the kill to
the kiosk's next number, and to the page of the new hub in the browser. A real Chromium.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from functools import partial

from playwright.sync_api import sync_playwright

from bench.hall import folder
from bench.two import Two, wait
from consoles import any_console

ROUNDS = 3
CHROMIUM = "/usr/bin/chromium"


def main() -> None:
    numbers, pages = [], []
    with folder() as at, ExitStack() as stack, sync_playwright() as play:
        two = Two(at, stack)
        two.start(1)
        two.watch()
        browser = play.chromium.launch(executable_path=CHROMIUM)
        stack.callback(browser.close)
        hub, other = 0, 1
        for n in range(ROUNDS):
            wait(partial(two.armed, other), 0.05)
            page = browser.new_page()
            page.goto(f"{two.urls[hub]}/screen")
            page.wait_for_function("localStorage.getItem('jiaohao-second')", timeout=70_000)
            two.kill(hub)
            began = time.monotonic()
            wait(partial(two.touch, f"moved-{n:06d}-after-it"), 0.01)
            numbers.append(time.monotonic() - began)
            page.wait_for_url(f"{two.urls[other]}/screen*", timeout=60_000)
            pages.append(time.monotonic() - began)
            page.close()
            two.start(hub)
            hub, other = other, hub
    print(
        f"moved: a television is at the other machine {max(pages):.1f} s after the kill at worst"
        f" ({', '.join(f'{one:.1f}' for one in pages)}); the kiosk's next number {max(numbers):.1f} s"
    )


if __name__ == "__main__":
    any_console()
    main()
