"""What is pressed on pads and raters, told to the hub: one press, one idempotency key, in the order of each device.

Decides nothing.

A press is worth telling for a few seconds; after that its person has pressed again, and the pad shows its fail sign.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
import uuid
from collections.abc import Callable
from typing import NamedTuple

from hub_client import HubAway, HubClient, HubRefused

log = logging.getLogger(__name__)

STALE_S = 5.0
AGAIN_S = 0.3

Answer = Callable[[str, bool, str], None]
"""Told of each press of a pad: (its id, whether it was done, digits to show or "")."""


class Press(NamedTuple):
    """Keys of one device at a moment of time.monotonic()."""

    kind: str
    device: str
    keys: str
    key: str
    at: float


class Presses:
    """A thread for each device that is pressed, so that none waits for another.

    `client` gives the hub, None while there is none yet.
    """

    def __init__(self, client: Callable[[], HubClient | None], answer: Answer) -> None:
        self._client, self._answer = client, answer
        self._queues: dict[tuple[str, str], queue.SimpleQueue[Press]] = {}
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def pressed(self, kind: str, device: str, keys: str) -> None:
        """`kind` is pad or rater. Returns at once."""
        with self._lock:
            waiting = self._queues.get((kind, device))
            if waiting is None:
                waiting = self._queues[kind, device] = queue.SimpleQueue()
                threading.Thread(target=self._work, args=(waiting,), name=f"{kind} {device}", daemon=True).start()
        waiting.put(Press(kind, device, keys, uuid.uuid4().hex, time.monotonic()))

    def stop(self) -> None:
        self._stopped.set()

    def _work(self, waiting: queue.SimpleQueue[Press]) -> None:
        while not self._stopped.is_set():
            press = waiting.get()
            done, digits = self._tell(press)
            if press.kind == "pad":
                self._answer(press.device, done, digits)

    def _tell(self, press: Press) -> tuple[bool, str]:
        """Whether it was done, and the digits to show."""
        path, body = (
            (f"/boards/pads/{press.device}/press", {"keys": press.keys})
            if press.kind == "pad"
            else (f"/boards/raters/{press.device}/rate", {"score": press.keys})
        )
        while not self._stopped.is_set() and time.monotonic() - press.at < STALE_S:
            client = self._client()
            try:
                if client:
                    said = client.post(path, body, key=press.key)
                    log.info(
                        "%s %s pressed %s: %s",
                        press.kind,
                        press.device,
                        press.keys,
                        said.get("zh") or said.get("level") or "",
                    )
                    return bool(said.get("done")), str(said.get("digits", ""))
            except HubRefused as error:
                log.warning("%s %s pressed %s: %s", press.kind, press.device, press.keys, error)
                return False, ""
            except HubAway as error:
                log.debug("%s %s: %s", press.kind, press.device, error)
            self._stopped.wait(AGAIN_S)
        log.warning(
            "%s %s pressed %s: the hub did not answer within %.0f s", press.kind, press.device, press.keys, STALE_S
        )
        return False, ""
