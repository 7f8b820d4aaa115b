"""The programs of the demo as child processes: started, watched, started again when they die, stopped together."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

log = logging.getLogger("demo")

AGAIN_S = 0.5


class Program:
    """One child. `ready` is the JSON line it prints when it can be used, for those that print one."""

    def __init__(self, name: str, arguments: Sequence[str], folder: Path, logs: Path, *, announces: bool) -> None:
        self.name = name
        self.ready: dict[str, Any] = {}
        self._arguments = [sys.executable, "-m", *arguments]
        self._folder, self._log_file, self._announces = folder, logs / f"{name}.log", announces
        self._stopping = threading.Event()
        self._up = threading.Event()
        self.process: subprocess.Popen[str] | None = None
        self._thread = threading.Thread(target=self._watch, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wait_ready(self, timeout: float) -> bool:
        """Wait until the program has announced itself."""
        return self._up.wait(timeout)

    def _watch(self) -> None:
        while not self._stopping.is_set():
            with self._log_file.open("a") as errors:
                self.process = subprocess.Popen(
                    self._arguments, cwd=self._folder, stdout=subprocess.PIPE, stderr=errors, text=True
                )
            self._listen(self.process)
            status = self.process.wait()
            if not self._stopping.is_set():
                log.warning(
                    "%s ended with status %s; starting it again (its words: %s)", self.name, status, self._log_file
                )
                self._stopping.wait(AGAIN_S)

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        if not self._announces:
            self._up.set()
        for line in process.stdout:
            if line.startswith("{"):
                self.ready = json.loads(line)
                self._up.set()

    def stop(self) -> None:
        self._stopping.set()
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def join(self, timeout: float) -> None:
        """Wait for the end; what does not end by itself is killed."""
        if self.process is None:
            return
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            log.warning("%s did not stop within %s s; killed", self.name, timeout)
            self.process.kill()
