"""A real hub in a process of its own, for tests that kill it."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
from pathlib import Path

import config
from tests.conftest import free_port, write_hall
from tests.waiting import DEADLINE_S, until


class HubProcess:
    """A real hub, started again and again on the same folder and port. `patience`: how long a printer may take to
    answer.
    """

    def __init__(self, folder: Path, patience: float = 0.5) -> None:
        self.port = free_port()
        self.printers: dict[str, int] = {}
        """The port of each; nobody listens there unless a test does."""

        def here(hall: dict) -> None:
            hall["hub"].update(
                {"listen": f"127.0.0.1:{self.port}", "url": f"http://127.0.0.1:{self.port}", "max_streams": 8}
            )
            self.printers = {name: free_port() for name in hall["printers"]}
            for name, port in self.printers.items():
                hall["printers"][name].update({"url": f"tcp://127.0.0.1:{port}", "patience": patience})

        self.file = write_hall(folder, here)
        self.log = (folder / "hub.log").open("a")

    def start(self) -> None:
        self.start_only()
        until(self.answers)

    def start_only(self) -> None:
        """Where it may become the second machine of another."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "server", "--config", str(self.file)], stderr=self.log, cwd=config.ROOT
        )

    def answers(self) -> bool:
        try:
            return self.ask("GET", "/api/v1/screen", None, {})[0] == 200
        except OSError:
            assert self.process.poll() is None, "the hub ended by itself"
            return False

    def ask(self, method: str, path: str, body: dict | None, headers: dict[str, str]) -> tuple[int, dict]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE_S)
        try:
            line.request(
                method, path, json.dumps(body) if body else None, {"Content-Type": "application/json", **headers}
            )
            answer = line.getresponse()
            return answer.status, json.loads(answer.read() or b"{}")
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            line.close()

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
