"""200 people who book at once, against durable commits of as many threads on the same disk.

One hall with a durable store. In turns within each round: 200 threads book a place each, and 200 threads record one
row each; both wait for the disk. A booking asks in its turn what is free and whose it is, and writes its row, its
projection and its sealed number; the commit writes a row and nothing else. Before, 200 want one place, and one has it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median

import tomlkit

import config
from bench.hall import folder, write_hall
from consoles import any_console
from server.domain import events as ev
from server.domain import slots as offering
from server.domain.rules import Refused
from server.store.database import Store
from server.verbs import slots
from server.verbs.hub import By, Hub

CONTENDERS, ROUNDS, WARM = 200, 12, 2
SERVICE = "SB01"


def together(act: Callable[[int], None]) -> float:
    """Seconds until all have done it, all at once."""
    start = threading.Barrier(CONTENDERS + 1)

    def one(number: int) -> None:
        start.wait()
        act(number)

    people = [threading.Thread(target=one, args=(number,)) for number in range(CONTENDERS)]
    for person in people:
        person.start()
    start.wait()
    begun = time.perf_counter()
    for person in people:
        person.join()
    return time.perf_counter() - begun


def places(hub: Hub) -> list[float]:
    """Begins of slots that may be booked, the nearest first."""
    first, last = offering.horizon(hub.hall, "bench", hub.now())
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [one.start for day in days for one in slots.free_on(hub, hub.read(), "bench", day, hub.now())]


def contended(hub: Hub, start: float) -> None:
    """200 want one place."""
    had: list[int] = []

    def want(number: int) -> None:
        try:
            had.append(slots.book(hub, By("bench", f"one-{number:06d}"), SERVICE, start, channel="desk").id)
        except Refused:
            return

    together(want)
    if len(had) != 1:
        raise RuntimeError(f"bench: {len(had)} people have one place")


def main() -> None:
    with folder() as at:
        file = write_hall(at)
        hall = tomlkit.parse(file.read_text(encoding="utf-8"))
        plan = {"name": "测试", "name_en": "Bench", "services": [SERVICE], "days": list(range(1, 8))}
        times = {"times": ["00:00-24:00"], "minutes": 5, "capacity": 1, "horizon_days": 60, "lead_min": 0}
        hall["slots"] = {"bench": {**plan, **times, "per_person": 1}}
        file.write_text(tomlkit.dumps(hall), encoding="utf-8")
        hub = Hub(config.load(file), Store(config.load(file).data))
        starts = places(hub)
        contended(hub, starts.pop())

        def rounds() -> tuple[float, float]:
            mine, run = [starts.pop() for _ in range(CONTENDERS)], time.monotonic_ns()

            def book(number: int) -> None:
                holder = slots.sealed_number(hub.hall, f"138{(run + number) % 10**8:08d}")
                by = By("bench", f"{run}-{number:06d}")
                slots.book(hub, by, SERVICE, mine[number], channel="api", holder=holder)

            def commit(number: int) -> None:
                hub.turn(lambda turn: turn.record(ev.OnlineTold(service=SERVICE, taken=False), "bench"))

            return together(book), together(commit)

        pairs = [rounds() for _ in range(WARM + ROUNDS)][WARM:]
        hub.stop()
        hub.store.close()
    booked, committed = (CONTENDERS / median(pair[i] for pair in pairs) for i in (0, 1))
    print(f"{CONTENDERS} contenders: {booked:.0f} slots/s, {committed:.0f} durable commits/s")
    print(f"booking: {booked / committed:.2f} (slots a second / durable commits a second, {CONTENDERS} at once)")


if __name__ == "__main__":
    any_console()
    main()
