"""How fast what kiosks gave out without the hub enters, against rows of the same store written one commit each.

One hall with a durable store. In turns within each round: a book of 2 000 numbers enters in meetings of 200, as
`POST /kiosks/<id>/offline` carries them; and 200 turns record a row each, which is what a disk can do. A second figure
is the turn of one meeting of 200, for which everybody else waits.
"""

from __future__ import annotations

import time
from statistics import median

import config
from bench.hall import folder, write_hall
from consoles import any_console
from server.domain import events as ev
from server.store.database import Store
from server.verbs import offline
from server.verbs.hub import By, Hub

OWED, BATCH, ROUNDS, COMMITS = 2000, 200, 5, 200


def book(hub: Hub, number: int) -> list[offline.Taken]:
    now = hub.now()
    letter = chr(ord("A") + number)
    return [
        offline.Taken(n, letter, 1000 * (number + 1) + n, "SB01", now - OWED + n, f"{number} {n}")
        for n in range(1, OWED + 1)
    ]


def main() -> None:
    with folder() as here:
        hall = config.load(write_hall(here))
        hub = Hub(hall, Store(hall.data))
        whole, turns, commits = [], [], []
        for number in range(ROUNDS):
            lines, name = book(hub, number), f"book {number:04d}"
            begun = time.perf_counter()
            for at in range(0, OWED, BATCH):
                one = time.perf_counter()
                meeting = offline.Meeting(name, hub.now(), 0.0, (), lines[at : at + BATCH])
                offline.meet(hub, By("K1"), meeting)
                turns.append(time.perf_counter() - one)
            whole.append(time.perf_counter() - begun)
            begun = time.perf_counter()
            for _ in range(COMMITS):
                hub.turn(lambda turn: turn.record(ev.IssuingChanged(issuing=True), "hub"))
            commits.append((time.perf_counter() - begun) / COMMITS)
        hub.stop()
        hub.store.close()
    each = median(whole) / OWED
    print(f"offline numbers entered per second: {1 / each:.0f}")
    print(f"one of them / a durable commit of one row: {each / median(commits):.2f}")
    print(f"a meeting of {BATCH}: {median(turns) * 1000:.0f} ms, worst {max(turns) * 1000:.0f} ms")


if __name__ == "__main__":
    any_console()
    main()
