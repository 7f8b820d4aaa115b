"""A quiet stream of people through the demo's hall: somebody comes, a counter calls, serves, finishes. The same seed,
the same people; nobody is there outside the virtual opening hours, and one key stops them all.

Decides when who does what (`steps`, pure) and does it as kiosk and consoles would: over the API.
"""

from __future__ import annotations

import heapq
import json
import logging
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from random import Random
from typing import Any, NamedTuple

import urllib3

from config import Hall
from server.domain.vocabulary import OUTCOMES

log = logging.getLogger("demo")

SEED = 20261123
OPEN_H = (8, 18)
"""Virtual opening hours: local hours in which people come."""
COME_S = (35.0, 75.0)
"""Somebody comes after so many seconds."""
WALK_S, WORK_S, REST_S = (6.0, 14.0), (60.0, 130.0), (3.0, 20.0)
"""From the call to the counter, at the counter, and between two people."""
NO_SHOW = 0.06
MOST_WAITING = 8
"""Nobody more comes while so many wait."""


class Step(NamedTuple):
    """At `at` seconds of the stream the kiosk issues a number (`verb` take, `what` the service), or a counter
    (`place`) presses a key.
    """

    at: float
    verb: str
    place: str = ""
    what: str = ""


def steps(services: Sequence[str], counters: Sequence[str], seed: int = SEED) -> Iterator[Step]:
    """Without end, in order of time. A call that finds nobody is for the hub to refuse; what follows it then, too."""
    random, due = Random(seed), list[tuple[float, int, Step]]()
    count = iter(range(1 << 60))

    def put(step: Step) -> None:
        heapq.heappush(due, (step.at, next(count), step))

    put(Step(2.0, "take", what=random.choice(services)))
    for n, counter in enumerate(counters):
        put(Step(8.0 + 5 * n, "call-next", counter))
    while True:
        _, _, step = heapq.heappop(due)
        yield step
        at, place = step.at, step.place
        match step.verb:
            case "take":
                put(Step(at + random.uniform(*COME_S), "take", what=random.choice(services)))
            case "call-next":
                verb = "pass" if random.random() < NO_SHOW else "start"
                put(Step(at + random.uniform(*WALK_S), verb, place))
            case "start":
                put(Step(at + random.uniform(*WORK_S), "finish", place))
            case _:
                put(Step(at + random.uniform(*REST_S), "call-next", place))


def own_zone(zone: tzinfo, now: float) -> str:
    """The demo's own time zone, so that it is a working morning or afternoon there whenever one looks (hall.timezone):
    the hall's own from 8 to 18; a day's evening is its afternoon, the night after it still that day, so that no day
    comes back.
    """
    here = datetime.fromtimestamp(now, zone)
    shift = 0 if OPEN_H[0] <= here.hour < OPEN_H[1] else -9 if here.hour >= OPEN_H[1] else -15
    offset = here.utcoffset() or timedelta(0)
    hours = round(offset / timedelta(hours=1)) + shift
    return str(zone) if shift == 0 else "UTC" if hours == 0 else f"Etc/GMT{-hours:+d}"


def people_come(zone: tzinfo, now: float) -> bool:
    """Whether it is within the virtual opening hours."""
    return OPEN_H[0] <= datetime.fromtimestamp(now, zone).hour < OPEN_H[1]


class Door:
    """Where the stream acts: the hub's API, as the kiosk's program and the people at the counters."""

    def __init__(
        self,
        hall: Hall,
        token: str,
        sessions: Mapping[str, str],
        most_waiting: float = MOST_WAITING,
        *,
        packages: bool = True,
    ) -> None:
        """`packages`: who comes for what a package begins with wants the rest of it too; not on a recorded day, of
        which each item has its own step.
        """
        self._most = most_waiting
        self._url, self._token, self._sessions = hall.hub.url, token, sessions
        self._outcome = next(iter(OUTCOMES))
        self._pool = urllib3.PoolManager(timeout=urllib3.Timeout(5), retries=False)
        self._keys: dict[str, dict[str, str]] = {}
        self._packages = {table.items[0]: name for name, table in hall.packages.items()} if packages else {}
        """Item that a package begins with -> the package."""

    def do(self, step: Step) -> int:
        """Press it; the status of the answer. Raises urllib3's HTTPError."""
        if step.verb == "take":
            if self._pool.request("GET", f"{self._url}/api/v1/screen").json()["waiting"] >= self._most:
                return 204
            package = self._packages.get(step.what)
            wish = {"package": package} if package else {"service": step.what}
            return self._post("/api/v1/tickets", {"Authorization": f"Bearer {self._token}"}, wish)
        body = {"outcome": self._outcome} if step.verb == "finish" else {}
        return self._post(f"/api/v1/counters/{step.place}/{step.verb}", self._staff(step.place), body)

    def _post(self, path: str, headers: Mapping[str, str], body: Mapping[str, Any]) -> int:
        own = {"Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex, **headers}
        return self._pool.request("POST", f"{self._url}{path}", body=json.dumps(body), headers=own).status

    def _staff(self, counter: str) -> dict[str, str]:
        """Cookie and CSRF token of whoever sits there, from the console's page, once for each session."""
        session = self._sessions[counter]
        if session not in self._keys:
            page = self._pool.request("GET", f"{self._url}/counter", headers={"Cookie": session})
            token = re.search(r'name="csrf-token" content="([^"]+)"', page.data.decode())
            fresh = page.headers.get("Set-Cookie", "").partition(";")[0]
            self._keys[session] = {"Cookie": fresh or session, "X-CSRFToken": token[1] if token else ""}
        return self._keys[session]


class Stream(threading.Thread):
    """The people: on their way until `stop`, or until the last has been (`over`);
    while `come` says no, they stand still and their clock with them."""

    def __init__(
        self,
        steps: Iterator[Step],
        do: Callable[[Step], int],
        come: Callable[[], object],
        begins: Callable[[], float] = lambda: 0.0,
    ) -> None:
        """`begins`: at which second of the steps' own it begins, negative for some time before."""
        super().__init__(name="stream", daemon=True)
        self._steps, self._do, self._come, self._begins = steps, do, come, begins
        self._stopped, self.over = threading.Event(), threading.Event()

    def run(self) -> None:
        clock, before = self._begins(), time.monotonic()
        step = next(self._steps, None)
        while step is not None and not self._stopped.is_set():
            now = time.monotonic()
            if self._come():
                clock += now - before
            before = now
            if step.at <= clock:
                self._press(step)
                step = next(self._steps, None)
            else:
                self._stopped.wait(min(0.25, step.at - clock))
        self.over.set()

    def _press(self, step: Step) -> None:
        try:
            status = self._do(step)
        except (urllib3.exceptions.HTTPError, KeyError) as error:
            log.warning("the stream: %s at %s: %s", step.verb, step.place or "the kiosk", error)
            return
        if status >= 500:
            log.warning("the stream: %s at %s: answered %s", step.verb, step.place or "the kiosk", status)

    def stop(self) -> None:
        self._stopped.set()
