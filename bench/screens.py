"""A touch to the last of 200 hall screens, everybody else following too, against the same in a hall with one screen.

From the moment the request is sent until the screen has the whole message that counts the new number, by one clock.
The screens are in one process that reads them one after the other: its own time is in the figure.
"""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from statistics import median, quantiles

from bench.hall import folder
from bench.live import Live, live
from bench.load import cpu, request
from consoles import any_console

SCREENS, TOUCHES, PACE_S = 200, 40, 0.2


def delays(one: Live) -> tuple[list[float], float]:
    """(seconds from each touch to the last screen, processor seconds of each)."""
    line, wanted = one.line(), one.issue()
    waiting = json.loads(line.ask(request("GET", "/api/v1/screen", {})()))["waiting"]
    sent, before = {}, cpu(one.pid)
    one.followers.ask("watch")
    for n in range(waiting + 1, waiting + TOUCHES + 1):
        sent[n] = time.monotonic()
        line.ask(wanted())
        time.sleep(PACE_S)
    used = (cpu(one.pid) - before) / TOUCHES
    seen = one.followers.ask("seen", path="/api/v1/screen", key="waiting")["seen"]
    shown = {n: max(seen[str(n)]) for n in sent if str(n) in seen}  # two touches may be told as one
    return [min(at for later, at in shown.items() if later >= n) - moment for n, moment in sent.items()], used


def main() -> None:
    with folder() as at, ExitStack() as stack:
        few = stack.enter_context(live(at / "one"))
        many = stack.enter_context(live(at / "many", screens=SCREENS))
        delays(many)
        found = [(delays(few), delays(many)) for _ in range(3)]
    first, last = ([delay * 1000 for pair in found for delay in pair[i][0]] for i in (0, 1))
    used = [median(pair[i][1] for pair in found) * 1000 for i in (0, 1)]
    print(
        f"touch to the one screen {median(first):.1f} ms, p99 {p99(first):.1f}; "
        f"processor time of a number {used[0]:.1f} ms, "
        f"with {SCREENS} screens {used[1]:.1f}"
    )
    print(
        f"screens: {median(last) / median(first):.2f} (a touch to the last of {SCREENS} screens / to the only one); "
        f"p50 {median(last):.1f} ms, "
        f"p99 {p99(last):.1f} here"
    )


def p99(found: list[float]) -> float:
    return quantiles(found, n=100)[98]


if __name__ == "__main__":
    any_console()
    main()
