"""What the second machine costs a touch: the median of an issue with one that holds each commit before the answer, with
one that follows behind and is not waited for (`second_waits = "no"`), and without one; in turns within one run, all on
one disk, so that the second machine's own waiting for it counts, too.
"""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from statistics import median

from bench.hall import folder, token
from bench.load import Line, latencies, rate, request
from bench.two import Two, wait
from consoles import any_console

ROUNDS, TOUCHES, CLIENTS, SECONDS = 5, 60, 16, 2.0
ALONE, HELD, BEHIND = "alone", "semi-synchronous", "asynchronous"


def measure(two: Two) -> tuple[float, float, float]:
    """(p50, p99 seconds of one touch after the other, touches/s of many)."""
    issue, address = request("POST", "/api/v1/tickets", token(two.hall, "K1"), {"service": "SB01"}), two.hall.hub.listen
    alone = sorted(latencies(Line(address), issue, TOUCHES))
    return median(alone), alone[len(alone) * 99 // 100], rate(address, [issue] * CLIENTS, SECONDS)


def main() -> None:
    found: dict[str, list[tuple[float, float, float]]] = {ALONE: [], HELD: [], BEHIND: []}
    with folder() as at, ExitStack() as stack:
        halls = {}
        for name, waits in ((HELD, "yes"), (BEHIND, "no")):
            (at / waits).mkdir()
            halls[name] = Two(at / waits, stack, waits)
        for n in range(ROUNDS + 1):
            for name, two in halls.items():
                alone = measure(two)
                two.start(1)
                wait(partial(two.in_step, 1), 0.05)
                with_second = measure(two)
                two.kill(1)
                wait(partial(two.touch, f"without-it-{n:06d}"))
                if n:  # the first round warms
                    found[ALONE].append(alone)
                    found[name].append(with_second)
    middle = {name: [median(one[part] for one in rows) for part in range(3)] for name, rows in found.items()}
    for name, (p50, p99, many) in middle.items():
        print(f"{name}: p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms, {many:.0f}/s with {CLIENTS} clients")
    print(
        "held: "
        + ", ".join(
            f"{name} {middle[name][0] / middle[ALONE][0]:.2f} (p50 of an issue / without a second machine;"
            f" {middle[name][2] / middle[ALONE][2]:.2f} of the tickets/s)"
            for name in (HELD, BEHIND)
        )
    )


if __name__ == "__main__":
    any_console()
    main()
