"""One machine of the hall: its process, its disk, its clock, the way to it; and what can happen to each."""

from __future__ import annotations

import errno
import http.client
import json
import os
import resource
import signal
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import config
from chaos.severed import Road

STEPPED = Path(__file__).parent / "stepped_clock"
DISK = 600 << 20
"""Bytes of a small disk: more than the room at which the hub keeps something back for the day on which it is full."""


class Process:
    """A program that is killed and started again, its clock another's to set."""

    def __init__(self, arguments: Sequence[str], folder: Path, name: str) -> None:
        self.arguments = [sys.executable, "-m", *arguments]
        self.log = (folder / f"{name}.log").open("ab")
        self._clock = folder / f"{name}.clock"
        self.set_clock(0.0)
        self.process: subprocess.Popen[Any] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.arguments, cwd=config.ROOT, env=self.environment(), stdout=self.log, stderr=self.log
        )

    def environment(self) -> dict[str, str]:
        paths = [str(STEPPED), *filter(None, [os.environ.get("PYTHONPATH")])]
        own = {"PYTHONPATH": os.pathsep.join(paths), "CHAOS_CLOCK": str(self._clock)}
        return {**os.environ, **own}

    @property
    def pid(self) -> int:
        assert self.process
        return self.process.pid

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()

    def end(self) -> int:
        """Ask it to end; its exit status."""
        if self.process is None:
            return 0
        self.thaw()
        self.process.terminate()
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        if self.runs:
            os.kill(self.pid, number)

    def set_clock(self, off: float) -> None:
        """Its clock is `off` seconds from the right time from now on, in place: who has it mapped sees it."""
        if not self._clock.exists():
            self._clock.write_bytes(struct.pack("d", off))
        with self._clock.open("r+b") as file:
            file.write(struct.pack("d", off))

    def refuse_writes(self, refuse: bool) -> None:
        """Each write to a file of any length fails (EFBIG), as on a disk that is failing or beyond its quota."""
        if self.runs:
            most = resource.RLIM_INFINITY
            resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (1 if refuse else most, most))


class Disk:
    """What a machine's files lie on. A small one is a file system of its own, which can be full."""

    def __init__(self, folder: Path, *, small: bool) -> None:
        """`small` needs the right to mount. Raises OSError."""
        folder.mkdir(parents=True)
        self._folder, self.small = folder, small
        self._ballast = folder / "ballast"
        if small:
            how = f"size={DISK},mode=0700"
            done = subprocess.run(
                ["mount", "-t", "tmpfs", "-o", how, "chaos", str(folder)], capture_output=True, text=True
            )
            if done.returncode:
                raise OSError(done.stderr.strip())

    def fill(self) -> None:
        """Somebody else's file takes all the room there is."""
        with self._ballast.open("wb") as file:
            while room := self._room():
                try:
                    os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), room)
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise

    def _room(self) -> int:
        here = os.statvfs(self._folder)
        return here.f_bavail * here.f_frsize

    def clear(self) -> None:
        self._ballast.unlink(missing_ok=True)

    def close(self) -> None:
        if self.small:
            subprocess.run(["umount", str(self._folder)], check=True)


class Machine:
    """A hub, or the second machine of one: `url` is where everybody asks for it, `port` where it listens behind."""

    def __init__(self, arguments: Sequence[str], disk: Disk, logs: Path, name: str, road: Road, port: int) -> None:
        self.program = Process(["server", *arguments], logs, name)
        self.disk, self.road, self._port = disk, road, port
        self.url = f"http://127.0.0.1:{road.port}"

    def standing(self) -> dict[str, Any]:
        """Its own word of what it is, past every cut; {} while it says nothing."""
        return self.ask("/api/v1/second/standing", {}) or {}

    def ask(self, path: str, headers: Mapping[str, str]) -> dict[str, Any] | None:
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=2)
        try:
            line.request("GET", path, headers=dict(headers))
            answer = line.getresponse()
            told = json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            line.close()
        return told if answer.status == 200 and isinstance(told, dict) else None
