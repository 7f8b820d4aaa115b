"""How fast what kiosks gave out without the hub enters, against rows of the same store written one commit each.

One hall with a durable store. In turns within each round: a book of 2 000 numbers, all leased to it, enters in meetings
of 200, as `POST /kiosks/<id>/offline` carries them; and 200 turns record a row each, which is what a disk can do. A
second figure is the turn of one meeting of 200, for which everybody else waits.
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


FROM = 10_000
"""Each round's numbers, above all others."""


def lease(hub: Hub, number: int, name: str) -> None:
    """All the numbers of a round are this book's: more than any hub leases at once."""
    first = FROM * (number + 1) + 1
    block = ("A", first, first + OWED - 1)
    leased = ev.NumbersLeased(device="K1", book=name, epoch=0, until=hub.day(hub.now()), blocks=(block,))
    hub.turn(lambda turn: turn.record(leased, "K1"))


def book(hub: Hub, number: int) -> list[offline.Taken]:
    now = hub.now()
    return [
        offline.Taken(n, "A", FROM * (number + 1) + n, "SB01", now - OWED + n, f"{number} {n}")
        for n in range(1, OWED + 1)
    ]


def main() -> None:
    with folder() as here:
        hall = config.load(write_hall(here))
        hub = Hub(hall, Store(hall.data))
        whole, turns, commits = [], [], []
        for number in range(ROUNDS):
            lines, name = book(hub, number), f"book {number:04d}"
            lease(hub, number, name)
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
        clashes = [row.field("clashes") for row in hub.read().events_between("OfflineEntered", 0.0, float("inf"))]
        assert len(clashes) == ROUNDS * OWED // BATCH and not any(clashes), "they enter as they are"
        hub.stop()
        hub.store.close()
    each = median(whole) / OWED
    print(f"offline numbers entered per second: {1 / each:.0f}")
    print(f"one of them / a durable commit of one row: {each / median(commits):.2f}")
    print(f"a meeting of {BATCH}: {median(turns) * 1000:.0f} ms, worst {max(turns) * 1000:.0f} ms")


if __name__ == "__main__":
    any_console()
    main()
