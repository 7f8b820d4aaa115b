"""Call-next with 10 000 waiting numbers against call-next with one in each line: the same hub, the same disk, in
turns within one run.

The same 120 lines (40 services, 3 classes) wait in both, so that what grows is only their length.
"""

from __future__ import annotations

import time
from itertools import islice, product
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import config
from bench.hall import write_hall
from server.store.database import Store
from server.verbs import calls, counters, tickets
from server.verbs.hub import By, Hub

SHORT, LONG, CALLS, ROUNDS = 120, 10_000, 40, 5


def hub_with(folder: Path, waiting: int) -> Hub:
    """A hub whose queue holds so many numbers, services and classes in turn, its first counter open and never
    locked.
    """
    folder.mkdir()
    hall = config.load(
        write_hall(folder, lambda hall: hall["console"].update({"next_interval_s": 0, "call_lock_s": 0}))
    )
    hub = Hub(hall, Store(hall.data))
    pairs = list(product([s for s in hall.services if s not in hall.reserved][:40], hall.classes))
    while waiting > 0:
        for service, klass in islice(pairs, min(waiting, len(pairs))):
            tickets.issue(hub, By("kiosk"), service, klass=klass, channel="desk")
        waiting -= len(pairs)
    counters.open_counter(hub, By("08"), "1", staff="08")
    return hub


def seconds_per_call(hub: Hub) -> float:
    """Median time of a durable call-next; each number is finished between the calls and another one comes."""
    spent = []
    for _ in range(CALLS):
        began = time.perf_counter()
        ticket = calls.call_next(hub, By("08"), "1")
        spent.append(time.perf_counter() - began)
        if ticket is None:
            raise RuntimeError("bench: nobody waited")
        calls.finish(hub, By("08"), "1", "咨询")
        tickets.issue(hub, By("kiosk"), ticket.service, klass=ticket.klass, channel="desk")
    return median(spent)


def main() -> None:
    with TemporaryDirectory(prefix="jiaohao-bench-") as at:
        short, long = hub_with(Path(at) / "short", SHORT), hub_with(Path(at) / "long", LONG)
        rounds = [(seconds_per_call(short), seconds_per_call(long)) for _ in range(ROUNDS)]
        short.store.close()
        long.store.close()
    brief, full = (median(column) for column in zip(*rounds, strict=True))
    print(
        f"call-next, durable: {brief * 1000:.2f} ms with {SHORT} waiting, {full * 1000:.2f} ms with {LONG} waiting in"
        " 40 services and 3 classes"
    )
    print(f"a call with {LONG} waiting takes {full / brief:.2f} of one with {SHORT} waiting")
