"""The kiosk's sign of life to the hub, every 15 s while its loop turns, and what only the technician asks of it.

One thread.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable

from config import Text
from hub_client import HubAway, HubClient, HubRefused
from kiosk.rim.hub_line import reason
from kiosk.screens.maintenance import SILENT, TestPage

log = logging.getLogger(__name__)

EVERY_S = 15.0


class Pulse:
    """`alive()` says whether the loop still turns: a frozen kiosk must not call itself alive.

    `latency_s`: of the last answer.
    """

    def __init__(
        self,
        client: HubClient,
        kiosk: str,
        alive: Callable[[], bool],
        wake: Callable[[], None],
        every_s: float = EVERY_S,
    ) -> None:
        self.latency_s: float | None = None
        self.test_page: TestPage = "none"
        self.punched: Text | None = SILENT
        self._punch: dict[str, str] = {}
        self._client, self._path, self._alive, self._wake, self._every_s = (
            client,
            f"/kiosks/{kiosk}",
            alive,
            wake,
            every_s,
        )
        self._asked, self._stopped = threading.Event(), False
        self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, patience: float = 0.4) -> None:
        self._stopped = True
        self._asked.set()
        self._thread.join(patience)

    def print_test_page(self) -> None:
        """Ask for it; `test_page` says what became of it."""
        self.test_page = "asked"
        self._asked.set()

    def punch(self, **told: str) -> None:
        """打卡 by `card`, or by `staff` and `pin`; `punched` says what became of it, None until it is answered."""
        self.punched, self._punch = None, told
        self._asked.set()

    def _run(self) -> None:
        while not self._stopped:
            if self.test_page == "asked":
                self.test_page = self._print()
                self._wake()
                continue
            elif self._punch:
                told, self._punch = self._punch, {}
                self.punched = self._tell_punch(told)
                self._wake()
                continue
            elif self._alive():
                self._tell()
            self._asked.wait(self._every_s)
            self._asked.clear()

    def _tell(self) -> None:
        began = time.monotonic()
        try:
            self._client.put(f"{self._path}/alive", {})
        except HubAway:
            self.latency_s = None
            return
        except HubRefused as error:
            if error.status != 404:  # a hub that does not count its kiosks
                log.debug("kiosk: alive: %s", error)
        self.latency_s = time.monotonic() - began

    def _print(self) -> TestPage:
        try:
            self._client.post(f"{self._path}/test-page", {}, key=str(uuid.uuid4()))
        except HubAway:
            return "away"
        except HubRefused as error:
            log.warning("kiosk: test page: %s", error)
            return "unknown" if error.status in (404, 405) else "refused"
        return "sent"

    def _tell_punch(self, told: dict[str, str]) -> Text:
        try:
            done = self._client.post("/attendance/punch", told)
        except HubAway:
            return Text(
                "叫号系统没有回答，没有打卡：请到窗口或咨询台打卡。",
                "The queue system did not answer: punch at a desk instead.",
            )
        except HubRefused as error:
            return reason(error)
        return Text(f"{done['name']} {done['at']} 已打卡。", f"{done['name']} {done['at']}: punched.")
