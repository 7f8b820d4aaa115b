"""The real hub, killed by its printer: SIGKILL when so many bytes of a slip have come.

After the restart nobody gets a second paper unasked.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import threading
from pathlib import Path
from random import Random

import pytest

from printer_profiles.profile import load
from printer_profiles.virtual.paper import Paper
from tests.hub_process import HubProcess
from tests.waiting import DEADLINE_S, until

ROUNDS = int(os.environ.get("JIAOHAO_ROUNDS", "1"))
AFTER = sorted({1, 40, 200, 330, *(Random(n).randrange(2, 330) for n in range(1, ROUNDS))})
"""Bytes of the slip that have come when it dies: the four, and others for `./run crash`."""


class KillingPrinter:
    """The virtual printer on a port that kills whoever prints, once, when `after` bytes behind the first ESC @ have
    come.
    """

    def __init__(self, port: int) -> None:
        self.paper = Paper(load("generic-80"))
        self.after: int | None = None
        self.kill = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            client, _ = self._listener.accept()
            try:
                while data := client.recv(1):
                    client.sendall(self.paper.feed(data))
                    self._count(data)
            except OSError:
                pass  # killed: its connection is reset
            self.paper.lost()

    def _count(self, data: bytes) -> None:
        if self.after is not None and (self.after or data == b"\x1b"):
            self.after -= 1
            if self.after <= 0:
                self.after = None
                self.kill.set()


@pytest.mark.parametrize("after", AFTER)
def test_killed_by_its_printer(tmp_path: Path, after: int) -> None:
    hub = HubProcess(tmp_path, patience=2.0)
    printer = KillingPrinter(hub.printers["p80"])
    hub.start()
    try:
        headers = {"Authorization": f"Bearer {(tmp_path / 'hall' / 'tokens' / 'K1').read_text().strip()}"}
        until(lambda: hub.ask("GET", "/api/v1/kiosks/K1", None, headers)[1]["printer"]["state"] == "ready")
        printer.after = after
        assert (
            hub.ask(
                "POST", "/api/v1/tickets", {"service": "SB01"}, {**headers, "Idempotency-Key": "touch-of-a-person"}
            )[0]
            == 201
        )
        assert printer.kill.wait(DEADLINE_S)
        hub.kill()
        hub.start()
        until(lambda: _state(tmp_path) not in ("queued", "sending"))
        second = hub.ask(
            "POST", "/api/v1/tickets", {"service": "SB01"}, {**headers, "Idempotency-Key": "touch-of-the-next"}
        )
        assert second[1]["number"] == "A002"
        until(lambda: any("A002" in slip.text() for slip in printer.paper.slips))
        assert _state(tmp_path) in ("unknown", "printed")
        assert sum("A001" in slip.text() for slip in printer.paper.slips) <= 1
    finally:
        hub.kill()


def _state(folder: Path) -> str:
    with sqlite3.connect(folder / "hall" / "hall.db") as conn:
        return str(conn.execute("SELECT state FROM jobs WHERE id = 1").fetchone()[0])
