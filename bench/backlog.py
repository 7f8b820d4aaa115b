"""What lies behind a hub costs a touch nothing: 5 000 open slips at dead printers against none at ready ones, 5 000
numbers today against the first.

Three halls with everybody following, in turns within one run, ten touches a second, so that at the ready printers
each is printed in peace. The 5 000 numbers of today all wait, as they do when somebody takes 5 000 in a row.
"""

from __future__ import annotations

from contextlib import ExitStack
from statistics import median

from bench.hall import folder
from bench.live import Live, live, unprinted
from bench.load import cpu, latencies
from consoles import any_console

MANY, ROUNDS, TOUCHES, PACE_S = 5_000, 5, 20, 0.1


def touches(one: Live) -> tuple[float, float]:
    """(median seconds of a touch, seconds of processor time per second)."""
    before = cpu(one.pid)
    found = median(latencies(one.line(), one.issue(), TOUCHES, PACE_S))
    return found, (cpu(one.pid) - before) / (TOUCHES * PACE_S)


def main() -> None:
    with folder() as at, ExitStack() as stack:
        none = stack.enter_context(live(at / "none"))
        today = stack.enter_context(live(at / "today", waiting=MANY))
        touches(none), touches(today)
        days = [(touches(none), touches(today)) for _ in range(ROUNDS)]
        dead = stack.enter_context(live(at / "dead", waiting=MANY, queued=MANY, printers=False))
        deads = [(touches(today), touches(dead)) for _ in range(ROUNDS)]
        left = unprinted(dead.hall.data / "hall.db")
    first, later = (median(pair[i][0] for pair in days) * 1000 for i in (0, 1))
    printed, queued = (median(pair[i][0] for pair in deads) * 1000 for i in (0, 1))
    busy = [median(pair[i][1] for pair in found) for found, i in ((days, 0), (days, 1), (deads, 1))]
    print(
        f"a touch: {first:.2f} ms as the first, {later:.2f} behind {MANY} numbers of today; "
        f"then {printed:.2f}, and {queued:.2f} with their slips at dead printers"
    )
    print(
        f"processor at ten touches a second: {busy[0]:.2f} of a core as the first, {busy[1]:.2f} behind {MANY}, "
        f"{busy[2]:.2f} with their slips at dead printers; {left} of them were open to the end"
    )
    day, slips = (median(b[0] / a[0] for a, b in found) for found in (days, deads))
    print(
        f"backlog: {day:.2f} (a touch behind {MANY} numbers of today / the first), "
        f"{slips:.2f} (a touch with {MANY} open slips at dead printers / with none at ready ones)"
    )


if __name__ == "__main__":
    any_console()
    main()
