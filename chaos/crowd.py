"""The people of the hall: who touches the kiosks, and who sits at the counters. They write down what they were told.

Each does what the real program or person does when nobody answers: a touch is sent again with its key until there is an
answer; who presses a key presses it again; who is sent away logs in again.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from random import Random
from typing import Any

import urllib3

from chaos.judge import Told, Wrong
from demo import crew
from hub_client import HubAway, HubClient, HubRefused

AGAIN_S, PROBE_S = 0.05, 0.01
Account = tuple[str, str, str, str]
MANAGER: Account = ("950", "值班领导", "manager", "correct-horse-9")
"""Who comes when something is wrong, and sits at no counter."""


class Crowd:
    """`kiosks` are asked by one thread each; `pause` is the mean of seconds between two touches of one."""

    def __init__(self, kiosks: list[HubClient], accounts: dict[str, Account], seed: int, pause: float) -> None:
        self.told = Told()
        self._kiosks, self._pause = kiosks, pause
        self._change = threading.Lock()
        self._over = threading.Event()
        self._probes = 0
        self.refused: dict[str, int] = {}
        """What the hub said no with, and how often."""
        self._threads = [
            threading.Thread(target=self._touch, args=(n, Random(seed + n)), daemon=True) for n in range(len(kiosks))
        ]
        self._threads += [
            threading.Thread(target=Seat(self, kiosks[0], place, account).sit, args=(Random(seed),), daemon=True)
            for place, account in accounts.items()
        ]

    def joined_by(self, stand: Callable[[], None]) -> None:
        """One more, who begins at once."""
        self._threads.append(threading.Thread(target=stand, daemon=True))
        self._threads[-1].start()

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(30)

    # --- what is written down ---

    @property
    def over(self) -> threading.Event:
        return self._over

    @property
    def answered(self) -> int:
        """Touches that were answered so far."""
        return len(self.told.numbers)

    def number(self, key: str, number: str) -> None:
        with self._change:
            self.told.numbers[key] = number

    def offline(self, key: str, number: str) -> None:
        """Given out by a kiosk that was alone; in the order in which they were."""
        with self._change:
            self.told.offline[key] = number

    def printed(self, number: str, state: str) -> None:
        """What became of the paper of such a number, as the kiosk's screen says."""
        with self._change:
            if state == "printed":
                self.told.printed.add(number)

    def called(self, key: str, counter: str, number: str) -> None:
        with self._change:
            self.told.calls[key] = (counter, number)

    def wrong(self, wrong: Wrong) -> None:
        with self._change:
            self.told.wrong.append(wrong)

    def no(self, said: str) -> None:
        with self._change:
            self.refused[said] = self.refused.get(said, 0) + 1

    def probe(self, within: float) -> bool:
        """Whether one more touch is answered within so many seconds; it is a kiosk's like any other."""
        self._probes += 1
        key, end = f"kiosk0-touch{self._probes:08d}", time.monotonic() + within
        self.told.touched.add(key)
        while not self._take(self._kiosks[0], key, "SB01"):
            if time.monotonic() > end:
                return False
            time.sleep(PROBE_S)
        return True

    def _take(self, client: HubClient, key: str, service: str) -> bool:
        """Whether this touch is answered now."""
        try:
            self.number(key, str(client.post("/tickets", {"service": service}, key=key)["number"]))
        except HubAway:
            return False
        except HubRefused as error:
            self.no(f"touch: {error.status} {error.title}")
            return False
        return True

    def visit(self, url: str) -> None:
        """The manager comes to see what is wrong: the right password opens, a wrong one is refused in a sentence."""
        for password, wanted in (("wrong-" + MANAGER[3], 403), (MANAGER[3], 302)):
            try:
                status, said = crew.try_to_log_in(url, (*MANAGER[:3], password), "")
            except (urllib3.exceptions.HTTPError, OSError):
                continue  # nobody answers: that is another fault's
            if status != wanted:
                what = "right" if wanted == 302 else "wrong"
                self.wrong(Wrong("false", f"a manager's {what} password was answered {status}: {said[:200]!r}"))

    def waiting(self) -> int:
        return self.answered + len(self.told.offline) - len(self.told.calls)

    # --- a kiosk ---

    def _touch(self, n: int, random: Random) -> None:
        client, touch = self._kiosks[n], 0
        while not self._over.is_set():
            touch += 1
            key = f"kiosk{n + 1}-touch{touch:08d}"
            self.told.touched.add(key)
            service = random.choice(("SB01", "SB02", "YB01", "MZ04", "MZ06"))
            while not self._over.is_set() and not self._take(client, key, service):
                self._over.wait(AGAIN_S)
            self._over.wait(random.expovariate(1 / self._pause) * (1 if self.waiting() < 60 else 5))


class Seat:
    """Whoever works at one counter, at a browser that goes where the kiosks go."""

    def __init__(self, crowd: Crowd, way: HubClient, counter: str, account: Account) -> None:
        self._crowd, self._way, self._counter, self._account = crowd, way, counter, account
        self._pool = urllib3.PoolManager(timeout=urllib3.Timeout(4), retries=False)
        self._url, self._epoch = "", -1
        self._headers: dict[str, str] = {}
        self._press = 0

    def sit(self, random: Random) -> None:
        over = self._crowd.over
        while not over.is_set():
            called = self._until("call-next", {})
            if called is None or not called.get("acted"):
                over.wait(0.2)
                continue
            for verb, body in (("start", {}), ("finish", {"outcome": "现场办结"})):
                over.wait(random.uniform(0.2, 0.8))
                self._until(verb, body)

    def _until(self, verb: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """Pressed again with its key until there is an answer; None for a refusal."""
        self._press += 1
        key = f"counter{self._counter}-press{self._press:08d}"
        while not self._crowd.over.is_set():
            status, told = self._ask(lambda: self._post(verb, key, body))
            if status == 200:
                acted = told.get("acted")
                if verb == "call-next" and acted:
                    self._crowd.called(key, self._counter, str(acted["number"]))
                return told
            if status in (401, 302, 403):
                self._log_in()
            elif 400 <= status < 500 and status != 429:
                if status != 409:
                    self._crowd.no(f"{verb}: {status} {told.get('title', '')}")
                return None
            self._crowd.over.wait(AGAIN_S)
        return None

    def _post(self, verb: str, key: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if self._url != self._way.url or not self._headers:
            return 401, {}
        headers = {**self._headers, "Idempotency-Key": key, "Content-Type": "application/json"}
        path = f"{self._url}/api/v1/counters/{self._counter}/{verb}"
        answer = self._pool.request("POST", path, body=json.dumps(body), headers=headers, redirect=False)
        if answer.status in (401, 302, 403) and (self._url, self._epoch) == (self._way.url, self._way.epoch):
            self._crowd.wrong(
                Wrong("false", f"counter {self._counter} was logged out: {answer.status} {answer.data[:200]!r}")
            )
        try:
            told = json.loads(answer.data)
        except ValueError:
            told = {}
        return answer.status, told if isinstance(told, dict) else {}

    def _log_in(self) -> None:
        epoch, url = self._way.epoch, self._way.url
        self._headers = {}

        def enter() -> tuple[int, dict[str, Any]]:
            cookie = crew.log_in(url, self._account, self._counter)
            page = self._pool.request("GET", f"{url}/counter", headers={"Cookie": cookie}, redirect=False)
            token = re.search(r'name="csrf-token" content="([^"]+)"', page.data.decode())
            if page.status == 200 and token:
                fresh = page.headers.get("Set-Cookie", "").partition(";")[0]
                self._headers = {"Cookie": fresh or cookie, "X-CSRFToken": token[1]}
                self._url, self._epoch = url, epoch
            return page.status, {}

        self._ask(enter)

    @staticmethod
    def _ask(work: Callable[[], tuple[int, dict[str, Any]]]) -> tuple[int, dict[str, Any]]:
        """(0, {}) where nobody answers."""
        try:
            return work()
        except (urllib3.exceptions.HTTPError, OSError):
            return 0, {}
