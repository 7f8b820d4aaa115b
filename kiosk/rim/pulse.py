"""The kiosk's sign of life to the hub, every 15 s while its loop turns, and what only the technician asks of it.

One thread.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable

from hub_client import HubAway, HubClient, HubRefused
from kiosk.screens.maintenance import TestPage

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

    def _run(self) -> None:
        while not self._stopped:
            if self.test_page == "asked":
                self.test_page = self._print()
                self._wake()
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
