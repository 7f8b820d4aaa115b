"""Two machines of one hall, to be measured: the hub, its second machine, and a kiosk that is the witness."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import config
from bench.hall import free_port, write_hall
from hub_client import HubAway, HubClient, memory_beside
from witness import Witness, file_beside

PATIENCE_S = 90.0


def wait(true: Callable[[], object], pause: float = 0.02) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true():
        if time.monotonic() > end:
            raise RuntimeError("bench: the two machines do not come together")
        time.sleep(pause)


class Two:
    """`urls`, `commands` and `processes` of the first and the second machine."""

    def __init__(self, at: Path, stack: ExitStack, second_waits: str = "yes") -> None:
        self.file, self.home = write_hall(at, lambda hall: hall["hub"].update(second_waits=second_waits)), at / "second"
        hall = config.load(self.file)
        self.hall, port = hall, free_port()
        first, second = hall.hub.url, f"http://127.0.0.1:{port}"
        self.urls = [first, second]
        self.commands = [
            ["--config", str(self.file)],
            ["second", "--of", first, "--into", str(self.home), "--url", second, "--listen", f"127.0.0.1:{port}"],
        ]
        self.processes: list[subprocess.Popen[bytes] | None] = [None, None]
        self._log = (at / "two.log").open("ab")
        self._stop = threading.Event()
        stack.callback(self._end)
        subprocess.run(
            [sys.executable, "-m", "server", "--config", str(self.file), "token", "second"],
            check=True,
            capture_output=True,
            cwd=config.ROOT,
        )
        self.home.mkdir(mode=0o700)
        (self.home / "token").write_text((hall.data / "tokens" / "second").read_text())
        self.start(0)
        token_file = hall.data / "tokens" / "K1"
        wait(token_file.exists)
        self.token, self.beside = token_file.read_text(), at / "K1"
        self.kiosk = HubClient(first, self.token, memory=memory_beside(self.beside))
        wait(lambda: self.touch("the-first-of-all"))

    def start(self, which: int) -> None:
        command = [sys.executable, "-m", "server", *self.commands[which]]
        self.processes[which] = subprocess.Popen(command, cwd=config.ROOT, stderr=self._log)

    def kill(self, which: int) -> None:
        process = self.processes[which]
        assert process
        process.kill()
        process.wait()

    def touch(self, key: str) -> str:
        """The number of a touch; "" where nobody answers now."""
        try:
            return str(self.kiosk.post("/tickets", {"service": "SB01"}, key=key)["number"])
        except HubAway:
            return ""

    def watch(self) -> None:
        """The kiosk is the witness from here on."""
        self.witness = Witness(self.kiosk, "K1", file_beside(self.beside))
        self.witness.start(self._stop)

    def in_step(self, which: int) -> bool:
        """Whether this machine follows."""
        return bool(self._standing(which).get("in_step"))

    def armed(self, which: int) -> bool:
        """Whether this machine would take over by itself. A kiosk that looks at its hub learns of the other."""
        with suppress(HubAway):
            self.kiosk.get("/kiosks/K1")
        return bool(self._standing(which).get("armed")) and self.witness.armed

    def _standing(self, which: int) -> dict[str, Any]:
        try:
            return self.kiosk.at(self.urls[which], "/second/standing", None, 2.0)
        except HubAway:
            return {}

    def _end(self) -> None:
        self._stop.set()
        for process in self.processes:
            if process and process.poll() is None:
                process.terminate()
                process.wait(15)
        self._log.close()
