"""Finishing with a case against finishing without, over HTTP, everybody following: 受理待办 with its case and 受理凭证,
and 现场办结 with all of its case in the one press.

One hall, the three kinds of finish in turns within each round; the number that is finished was issued and called
before, and is not measured. Each slip is printed before the next press.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from statistics import median
from typing import Any

from bench.hall import folder
from bench.live import Live, live
from bench.load import seconds
from consoles import any_console

ROUNDS, WARM, PAUSE_S = 60, 6, 0.05
KINDS: dict[str, dict[str, Any]] = {
    "without": {"outcome": "现场办结"},
    "on the spot": {"outcome": "现场办结", "case": {"print": False}},
    "accepted": {
        "outcome": "受理待办",
        "case": {"received": ["身份证"], "platform": "QZ-2026-000123", "delivery": "window"},
    },
}


def round_of(one: Live) -> dict[str, float]:
    """Seconds of each kind of finish, once."""
    line, issue, call = one.line(), one.issue(), one.key("1", "call-next")
    found = {}
    for kind, body in KINDS.items():
        seconds(line, issue)
        seconds(line, call)
        one.quiet()
        time.sleep(PAUSE_S)
        found[kind] = seconds(line, one.key("1", "finish", **body))
    return found


def main() -> None:
    with folder() as at, ExitStack() as stack:
        hall = stack.enter_context(live(at / "hall"))
        rounds = [round_of(hall) for _ in range(WARM + ROUNDS)][WARM:]
    ms = {kind: median(found[kind] for found in rounds) * 1000 for kind in KINDS}
    print("; ".join(f"finish {kind} {value:.2f} ms" for kind, value in ms.items()))
    spot, accepted = (
        median(found[kind] / found["without"] for found in rounds) for kind in ("on the spot", "accepted")
    )
    print(
        f"finish: {accepted:.2f} (受理待办 with its case and receipt / a finish without a case), {spot:.2f} (现场办结"
        " with its case / the same)"
    )


if __name__ == "__main__":
    any_console()
    main()
