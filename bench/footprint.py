"""What a hub weighs with 200 streams: its memory at first and after 10 000 tickets, its threads; and what it does
while nothing happens.

PSS of the kernel, so that what is shared counts once. Idle is a hall as it opens: 7 boards with their own program, 2
printers, 4 consoles, a kiosk, a screen. Against the floor's memory (bench/floor.py) after as many tickets, in the
same run.
"""

from __future__ import annotations

import time

from bench.hall import folder
from bench.live import Floor, Live, floor, live
from bench.load import cpu, pss, rate, threads
from consoles import any_console

STREAMS, TICKETS, CLIENTS, IDLE_S = 200, 10_000, 4, 15.0
LISTENERS = 6
"""4 consoles, a kiosk and the boards; the others are screens."""


def take(one: Live | Floor, tickets: int) -> None:
    """So many touches, by a few clients."""
    done, wanted = 0.0, one.issue()
    while done < tickets:
        done += rate(one.address, [wanted] * CLIENTS, 1.0)
        one.quiet()


def idle() -> float:
    """The share of a core that a hub takes while nothing happens."""
    with folder() as at, live(at, boards=True) as one:
        time.sleep(3)
        before, began = cpu(one.pid), time.monotonic()
        time.sleep(IDLE_S)
        return (cpu(one.pid) - before) / (time.monotonic() - began)


def main() -> None:
    share = idle()
    with folder() as at, live(at / "hall", screens=STREAMS - LISTENERS) as one, floor(at) as bare:
        first, alive = pss(one.pid), threads(one.pid)
        take(one, TICKETS)
        take(bare, TICKETS)
        weight, bare_weight = pss(one.pid), pss(bare.pid)
    print(
        f"{STREAMS} streams: {first:.0f} MB at first, {weight:.0f} after {TICKETS} tickets, the floor without any"
        f" {bare_weight:.0f}; {alive} threads"
    )
    print(f"idle, 7 boards, 2 printers, 4 consoles: {share * 100:.2f} % of a core")
    print(
        f"footprint: {weight / bare_weight:.2f} (the hub's memory with {STREAMS} streams "
        f"after {TICKETS} tickets / the floor's); "
        f"{weight:.0f} MB, "
        f"{alive} threads, idle {share * 100:.2f} % of a core"
    )


if __name__ == "__main__":
    any_console()
    main()
