"""A touch to its durable number over HTTP, in a hall where everybody follows, against the floor (bench/floor.py): 1
client, and 16 at once.

In turns within one run. Both print each number on one of two printers, and both wait until all is printed before the
next round.
"""

from __future__ import annotations

from statistics import median

from bench.hall import folder
from bench.live import Floor, Live, floor, live
from bench.load import cpu, latencies, rate, request
from consoles import any_console

ROUNDS, TOUCHES, CROWDS, SECONDS, CLIENTS = 5, 60, 3, 1.5, 16
PACE_S, PACED = 0.1, 20
"""So slow that each number is printed before the next one comes."""


def alone(one: Live | Floor) -> tuple[float, float, float, float]:
    """(median seconds of a touch, nobody else there; the same when each is printed before the next; processor seconds
    of one, its print and its followers included; seconds of a trivial route)."""
    line, before = one.line(), cpu(one.pid)
    paced = latencies(line, one.issue(), PACED, PACE_S)
    used = (cpu(one.pid) - before) / PACED
    found = latencies(line, one.issue(), TOUCHES)
    one.quiet()
    route = "/static/mark.svg" if isinstance(one, Live) else "/trivial"
    return median(found), median(paced), used, median(latencies(line, request("GET", route, {}), 60))


def together(one: Live | Floor) -> tuple[float, float]:
    """(tickets per second with 16 clients, processor seconds of each)."""
    before, wanted = cpu(one.pid), one.issue()
    found = rate(one.address, [wanted] * CLIENTS, SECONDS)
    used = cpu(one.pid) - before
    one.quiet()
    return found, used / (found * SECONDS)


def main() -> None:
    with folder() as at, live(at / "hall", boards=True) as hub, floor(at) as bare:
        alone(hub), alone(bare)
        singles = [(alone(hub), alone(bare)) for _ in range(ROUNDS)]
        crowds = [(together(hub), together(bare)) for _ in range(CROWDS)]
    ms = [[median(pair[i][part] for pair in singles) * 1000 for i in (0, 1)] for part in range(4)]
    many, many_used = [[median(pair[i][part] for pair in crowds) for i in (0, 1)] for part in range(2)]
    print(
        f"1 client, one touch behind the other: {ms[0][0]:.2f} ms, the floor {ms[0][1]:.2f}; "
        f"ten a second: {ms[1][0]:.2f}, the floor {ms[1][1]:.2f}; "
        f"a trivial route: {ms[3][0]:.2f}, the floor {ms[3][1]:.2f}"
    )
    print(
        f"1 client, ten a second: processor time of a number that is printed and shown: {ms[2][0]:.1f} ms, the floor"
        f" {ms[2][1]:.1f}"
    )
    print(
        f"{CLIENTS} clients: {many[0]:.0f} tickets/s, the floor {many[1]:.0f}; "
        f"processor time of each {many_used[0] * 1000:.1f} ms, "
        f"the floor {many_used[1] * 1000:.1f}"
    )
    touch, paced, share = (
        median(a[n] / b[n] for a, b in found) for n, found in ((0, singles), (1, singles), (0, crowds))
    )
    print(
        f"issue: {touch:.2f} (median of a touch to its durable number, everybody following, / of the floor's; "
        f"{paced:.2f} at ten a second); "
        f"{share:.2f} of the floor's tickets/s with {CLIENTS} clients"
    )


if __name__ == "__main__":
    any_console()
    main()
