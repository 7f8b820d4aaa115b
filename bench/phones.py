"""500 telephones watching their places while 16 clients take numbers: a call-next at the counter with them against the
same without; and the first byte of a telephone's page against the floor's trivial route.

Halls in turns within one run, each with so many people waiting; the telephones' streams are in one process that reads
them one after the other. The clients that take numbers are slowed to a pace that both halls keep, so that it is the
telephones that differ.
"""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from statistics import median, quantiles
from typing import Any

from bench.hall import folder
from bench.live import Floor, Live, floor, live
from bench.load import Line, Request, cpu, request, seconds
from consoles import any_console
from server.domain import codes
from server.store import secret

PHONES, CLIENTS, WAITING = 500, 16, 600
ROUNDS, KEYS, PACE_S, PAUSE_S, PAGES = 3, 40, 1.6, 0.05, 60
FINISH = {"outcome": "现场办结"}


def settings(hall: Any) -> None:
    hall["public"]["streams"] = PHONES
    hall["hub"]["max_streams"] = 300


def code(one: Live, ticket: int) -> str:
    return codes.ticket_code(secret.key(one.hall, "code").encode(), ticket)


def watch(one: Live) -> None:
    """The telephones of the last who came, so that none is called while it is measured."""
    last = range(WAITING - PHONES + 1, WAITING + 1)
    one.followers.ask(
        "follow", address=one.address, streams=[(f"/api/v1/places/{code(one, ticket)}", {}) for ticket in last]
    )


def touches(address: str, issue: Request, over: threading.Event, begun: float, client: int) -> None:
    """One client: a number every `PACE_S`, until it is over."""
    line, due = Line(address), begun + client * PACE_S / CLIENTS
    while not over.wait(max(0.0, due - time.monotonic())):
        line.ask(issue())
        due += PACE_S


def calls(one: Live) -> tuple[list[float], float]:
    """(seconds of each call-next while the clients take numbers, processor seconds of each with all that goes on)."""
    over, begun, before = threading.Event(), time.monotonic(), cpu(one.pid)
    clients = [
        threading.Thread(target=touches, args=(one.address, one.issue(), over, begun, n)) for n in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    line, call, finish = one.line(), one.key("1", "call-next"), one.key("1", "finish", **FINISH)
    found = []
    for _ in range(KEYS):
        time.sleep(PAUSE_S)
        found.append(seconds(line, call))
        time.sleep(PAUSE_S)
        seconds(line, finish)
    used = (cpu(one.pid) - before) / KEYS
    over.set()
    for client in clients:
        client.join()
    one.quiet()
    return found, used


def first_bytes(one: Live, trivial: Floor) -> tuple[float, float]:
    """(median seconds of a telephone's page, of the trivial route), in turns; the page is small enough that its first
    byte and its last come together.
    """
    line, other, ask = one.line(), trivial.line(), request("GET", "/trivial", {})
    pages, floors = [], []
    for n in range(PAGES):
        page = request("GET", f"/p/{code(one, WAITING - n)}", {"Accept": "text/html"})
        pages.append(seconds(line, page))
        floors.append(seconds(other, ask))
    return median(pages), median(floors)


def main() -> None:
    with folder() as at, ExitStack() as stack:
        trivial = stack.enter_context(floor(at))
        without = stack.enter_context(live(at / "without", waiting=WAITING, settings=settings))
        watched = stack.enter_context(live(at / "watched", waiting=WAITING, settings=settings))
        watch(watched)
        rounds = [(calls(without), calls(watched)) for _ in range(ROUNDS + 1)][1:]
        page, plain = first_bytes(without, trivial)
    first, last = ([one * 1000 for pair in rounds for one in pair[i][0]] for i in (0, 1))
    used = [median(pair[i][1] for pair in rounds) * 1000 for i in (0, 1)]
    print(
        f"call-next without telephones {median(first):.1f} ms, p99 {p99(first):.1f}, with {PHONES}"
        f" {median(last):.1f}, p99 {p99(last):.1f}; processor time of a call with what goes on meanwhile"
        f" {used[0]:.1f} ms, {used[1]:.1f}; a telephone's page {page * 1000:.2f} ms, the trivial route"
        f" {plain * 1000:.2f}"
    )
    print(
        f"phones: {p99(last) / p99(first):.2f} (p99 of call-next with {PHONES} telephones watching / without, while"
        f" {CLIENTS} clients take numbers); {page / plain:.2f} (a telephone's page / the trivial route)"
    )


def p99(found: list[float]) -> float:
    return quantiles(found, n=100)[98]


if __name__ == "__main__":
    any_console()
    main()
