"""`./run soak`: a week of a hall in virtual time, at a hundred times its load, through the hub with its web server, its
streams and what foresees waits: whether memory, open files, threads and answers stay what they were.

Each day is invented anew (`replay/generator.py`); measured is at the end of each, when everybody is gone.
"""

from __future__ import annotations

import gc
import heapq
import os
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from statistics import linear_regression, median
from typing import NamedTuple

import click

import config
from bench.hall import free_port
from command_line import Command
from hub_client import HubClient
from replay import generator, play
from server.app import create_app
from server.foreseer import Foreseer
from server.pages.access import give_tokens
from server.reports.recorded_day import Event
from server.serve import web_server
from server.store.database import wal_of
from server.verbs.hub import Hub

VISITS, COUNTERS = 170, 4
"""A day of a hall."""
FIRST = date(2026, 11, 16)
"""A Monday."""
WARM = 1
"""Days after which everything that is kept on purpose is there."""
GROWS = {"memory MB": 0.02, "files": 0.0, "threads": 0.0, "processor ms": 0.10}
"""By how much of itself a figure may grow in a day and still be flat. Answers are judged by the processor's time: the
clock's depends on the machine's other work."""


class Sample(NamedTuple):
    """At the end of a day: `p50` and `p99` milliseconds of a step of somebody's visit by the clock, `cpu` the median of
    what it takes of the processor, its share of the ticks and of all threads included; `memory` and `wal` MB.
    """

    day: int
    visits: int
    memory: float
    files: int
    threads: int
    p50: float
    p99: float
    wal: float
    cpu: float


def slopes(samples: Sequence[Sample]) -> dict[str, float]:
    """Figure -> its growth in a day as a share of its middle, over the days after the first. Pure."""
    days = [float(one.day) for one in samples[WARM:]]
    columns = {
        "memory MB": [one.memory for one in samples[WARM:]],
        "files": [float(one.files) for one in samples[WARM:]],
        "threads": [float(one.threads) for one in samples[WARM:]],
        "processor ms": [one.cpu for one in samples[WARM:]],
    }
    return {name: linear_regression(days, column).slope / median(column) for name, column in columns.items()}


@contextmanager
def at_work(hub: Hub, followers: int) -> Iterator[None]:
    """The hub as everybody meets it: its web server, so many screens and boards that follow, its foresight."""
    app, port, stop = create_app(hub), free_port(), threading.Event()
    give_tokens(hub)
    web = web_server(app, "127.0.0.1", port, connections=200)
    threading.Thread(target=web.run, name="web", daemon=True).start()
    foreseer = Foreseer(hub)
    foreseer.start()
    client = HubClient(f"http://127.0.0.1:{port}", (hub.hall.data / "tokens" / "boards").read_text())
    threads = [
        threading.Thread(target=_follow, args=(client, ("/boards", "/screen")[n % 2], stop), daemon=True)
        for n in range(followers)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(5)
        hub.stop()
        foreseer.stop()
        app.extensions["feeds"].join(1.0)
        web.task_dispatcher.shutdown(timeout=1)
        web.trigger.pull_trigger(web.asyncore.close_all)


def _follow(client: HubClient, path: str, stop: threading.Event) -> None:
    for _ in client.follow(path, stop):
        pass


def day(hall: config.Hall, on: date, times: int, seed: int) -> list[Event]:
    """A day of so many halls under one roof, each with its own counters and people; none where they are closed."""
    halls = []
    for n in range(times):
        counters = [str(n * COUNTERS + c) for c in range(1, COUNTERS + 1)]
        events = generator.day(hall, on, seed + on.toordinal() * 1000 + n, VISITS, counters)
        halls.append([event._replace(visit=f"{n}:{event.visit}") for event in events])
    return list(heapq.merge(*halls, key=lambda event: event.at))


def week(hall: config.Hall, days: int, times: int, seed: int) -> Iterator[list[Event]]:
    """The events of so many days on which the hall is open."""
    on, found = FIRST, 0
    while found < days:
        if events := day(hall, on, times, seed):
            found += 1
            yield events
        on += timedelta(days=1)


def soak(at: Path, days: int, times: int, seed: int, followers: int = 8) -> Iterator[Sample]:
    """A sample for each day, as it ends."""
    real = config.load()
    every = day(real, FIRST, times, seed)
    hall = play.replay_hall(real, every).model_copy(update={"data": at})
    with play.hub_in(None, hall) as (hub, clock):
        clock.now = every[0].at
        with at_work(hub, followers):
            for n, events in enumerate(week(real, days, times, seed), start=1):
                took: list[float] = []
                used: list[float] = []
                last = time.perf_counter(), time.process_time()

                def before(event: Event, took: list[float] = took, used: list[float] = used) -> None:
                    nonlocal last
                    now = time.perf_counter(), time.process_time()
                    took.append(now[0] - last[0])
                    used.append(now[1] - last[1])
                    last = now

                played = play.play(hub, clock, events, before)
                gc.collect()
                took.sort()
                yield Sample(
                    n,
                    played.tickets,
                    int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / (1 << 20),
                    len(os.listdir("/proc/self/fd")),
                    threading.active_count(),
                    took[len(took) // 2] * 1000,
                    took[len(took) * 99 // 100] * 1000,
                    wal_of(hub.store.path).stat().st_size / (1 << 20),
                    median(used) * 1000,
                )


def flat(found: dict[str, float]) -> list[str]:
    """Which figures grow. Pure."""
    return [name for name, slope in found.items() if slope > GROWS[name]]


@click.command(cls=Command, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--days", default=7, show_default=True, type=click.IntRange(3), help="Days on which the hall is open.")
@click.option("--times", default=100, show_default=True, type=click.IntRange(1), help="So many halls' load.")
@click.option("--seed", default=1, show_default=True, help="The same seed, the same days.")
def main(days: int, times: int, seed: int) -> None:
    """A week in virtual time at a hundred times a hall's load; what grows in it."""
    base = config.ROOT / "var"
    base.mkdir(exist_ok=True)
    samples: list[Sample] = []
    with tempfile.TemporaryDirectory(prefix="soak-", dir=base) as at:
        began = time.monotonic()
        for one in soak(Path(at), days, times, seed):
            samples.append(one)
            click.echo(
                f"day {one.day}: {one.visits} visits, {one.memory:.0f} MB, {one.files} files, {one.threads} threads, a"
                f" step p50 {one.p50:.2f} ms, p99 {one.p99:.2f}, of the processor {one.cpu:.2f},"
                f" log of writes {one.wal:.0f} MB ({time.monotonic() - began:.0f} s)"
            )
    found = slopes(samples)
    click.echo("growth in a day: " + ", ".join(f"{name} {slope:+.2%}" for name, slope in found.items()))
    grows = flat(found)
    click.echo(f"not flat: {', '.join(grows)}" if grows else "soak: flat")
    sys.exit(1 if grows else 0)


if __name__ == "__main__":
    main(prog_name="./run soak")
