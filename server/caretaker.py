"""Looks after the hub's own machine: gives a sign of life, looks at the disk, asks the NTP server. Owns one thread and
no decision: what follows is `server/domain/upkeep.py`'s.
"""

from __future__ import annotations

import logging
import shutil
import socket
import threading
import time

from server.domain import upkeep
from server.store.upkeep_state import Sign, read, write
from server.verbs.hub import Hub

log = logging.getLogger(__name__)

SIGN_S = 5.0
ROUND_S = 3600.0
"""So often the disk is looked at and the NTP server asked."""
ANSWER_S = 3.0
NTP_PORT = 123


class Caretaker:
    """From `start` to `stop` the hub is alive."""

    def __init__(self, hub: Hub, sign_s: float = SIGN_S) -> None:
        self._hub, self._sign_s, self._stop = hub, sign_s, threading.Event()
        self._sign = Sign(hub.hall)
        self._thread = threading.Thread(target=self._run, name="caretaker", daemon=True)

    def start(self) -> None:
        hub = self._hub
        write(hub.hall, upkeep.began(read(hub.hall), self._sign.last, hub.now()))
        self._sign.write(hub.now())
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(ANSWER_S + 1.0)
        self._sign.write(self._hub.now(), clean=True)
        self._sign.close()

    def _run(self) -> None:
        due = 0.0
        while True:
            if time.monotonic() >= due:
                due = time.monotonic() + ROUND_S
                self.round()
            if self._stop.wait(self._sign_s):
                return
            self._sign.write(self._hub.now())

    def round(self) -> None:
        """One look at the machine; what can't be written is said, and looked at again in an hour."""
        hall, now = self._hub.hall, self._hub.now()
        try:
            kept = upkeep.looked(read(hall), now, shutil.disk_usage(hall.data).free)
            if hall.hub.ntp:
                kept = upkeep.asked(kept, now, ask(hall.hub.ntp))
            write(hall, kept)
        except OSError as error:
            log.error("the machine could not be looked at: %s", error)


def ask(server: str) -> float | None:
    """How far the clock of `host` or `host:port` is ahead of ours, seconds; None where it does not answer."""
    host, _, port = server.partition(":")
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.settimeout(ANSWER_S)
            line.connect((host, int(port or NTP_PORT)))
            went = time.time()
            sent = upkeep.question(went)
            line.send(sent)
            data = line.recv(512)
            return upkeep.answer(data, sent, went, time.time())
    except OSError as error:
        log.warning("the time server %s does not answer: %s", server, error)
        return None
