"""演练 from the manager's page: a recorded or invented day through a copy of the hall, beside the real one.

The copy is `python -m demo --told`, a process of its own with a folder, ports and devices of its own, all virtual; the
hub only starts it, reads how it stands and ends it. At most one at a time; it ends with its day, and with the hub.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal, NamedTuple

from config import ROOT, Hall, Text
from server.domain.rules import Refused
from server.store.history import History
from server.verbs.hub import Hub
from server.views.recording import recording

log = logging.getLogger(__name__)

PROGRAM = (sys.executable, "-m", "demo")
PORT = "8300"
"""Of its page; any free one near it, or elsewhere, where that is taken."""
NEEDED_B = 1_200_000_000
"""Memory that a rehearsal takes (a dozen programs, 0.8 GB), with some to spare: what the hall needs is not touched."""
FOLDERS = "jiaohao-rehearsal-"
"""The copy's folder: this, the hub's process, and what makes it its own."""
END_S = 8.0
"""What has not ended then is killed."""


SYSTEMDS = ("NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC")
"""What systemd hands the hub: its copy is not to speak for it."""


class Wish(NamedTuple):
    """A service day of the hall's own, or an invented one of a kind (docs/replay.md); recorded seconds a second."""

    day: date | None
    invented: str
    seed: int
    speed: float


@dataclass(frozen=True)
class State:
    """How the newest rehearsal stands."""

    state: Literal["none", "starting", "running", "ended"] = "none"
    day: str = ""
    """A date, or the kind and the seed of an invented day."""
    speed: float = 0.0
    by: str = ""
    since: float = 0.0
    at: str = ""
    """The recorded time that it has come to, HH:MM."""
    share: float = 0.0
    """How much of its steps is done."""
    address: str = ""
    """Where it is looked at, with the key that opens it."""
    said: Text | None = None
    """What went wrong."""


def have_a_kiosk(hall: Hall) -> None:
    """Raises Refused where nobody could take a number: a rehearsal is the hall's kiosk at work."""
    if not hall.kiosks:
        raise Refused(
            "这个大厅没有取号机，演练没有地方取号：请技术人员先在配置文件里写一台“[kiosks.K1]”。",
            "This hall has no kiosk, and a rehearsal takes its numbers at one: have a technician name one in the hall's"
            " file first ([kiosks.K1]).",
        )


class Rehearser:
    """Starts and ends what plays a day."""

    def __init__(
        self, hub: Hub, program: Sequence[str] = PROGRAM, needed: int = NEEDED_B, within: Path | None = None
    ) -> None:
        """`within`: where the copy's folder is made; None: where this machine keeps what is temporary."""
        self._hub, self._program, self._needed, self._within = hub, program, needed, within
        self._lock = threading.Lock()
        self._state = State()
        self._process: subprocess.Popen[str] | None = None
        self._thread: threading.Thread | None = None
        self._stopped = False

    @property
    def state(self) -> State:
        return self._state

    def start(self, wish: Wish, by: str, name: str) -> None:
        """`name`: what the browser that asks calls this machine. Raises Refused."""
        with self._lock:
            if self._state.state in ("starting", "running"):
                raise Refused("已经有一场演练：请先停止它。", "A rehearsal is under way: stop that one first.")
            if self._hub.stopping:
                raise Refused("主机正在停止。", "The hub is stopping.")
            have_a_kiosk(self._hub.hall)
            text = self._recording(wish)
            if _memory() < self._needed:
                raise Refused(
                    "主机现在内存不够，演练会影响真实叫号：请关掉别的程序，或请技术人员在另一台机器上演练。",
                    "The hub's machine is short of memory now: a rehearsal would disturb the hall. End other programs,"
                    " or have a technician rehearse on another machine (./run rehearse).",
                )
            within = self._within or Path(tempfile.gettempdir())
            _clear(within)
            folder, key = (
                Path(tempfile.mkdtemp(prefix=f"{FOLDERS}{os.getpid()}-", dir=within)),
                secrets.token_urlsafe(24),
            )
            try:
                process = self._begin(wish, text, folder, key, name)
            except OSError as error:
                shutil.rmtree(folder, ignore_errors=True)
                raise Refused(
                    f"演练启动不了（{error.strerror}）。", f"The rehearsal can't be started ({error.strerror})."
                ) from None
            day = wish.day.isoformat() if wish.day else f"{wish.invented} {wish.seed}"
            self._stopped, self._process = False, process
            self._state = State("starting", day, wish.speed, by, self._hub.now())
            self._thread = threading.Thread(
                target=self._watch,
                args=(process, folder, f"http://{_in_url(name)}", key),
                name="rehearser",
                daemon=True,
            )
            self._thread.start()
        log.info("%s started a rehearsal of %s at %g times its speed", by, day, wish.speed)

    def stop(self, by: str = "hub") -> None:
        """End what is under way; returns once it has ended. Nothing if there is none."""
        self.end(by)
        self.join()

    def end(self, by: str = "hub") -> None:
        """Tell what is under way to end, and don't wait for it."""
        with self._lock:
            if self._process is None:
                return
            self._stopped = True
            self._process.terminate()
        log.info("%s stops the rehearsal", by)

    def join(self) -> None:
        """Wait until what was told to end has ended; what does not is killed."""
        with self._lock:
            process, thread = self._process, self._thread
        if process is None or thread is None:
            return
        try:
            process.wait(END_S)
        except subprocess.TimeoutExpired:
            _kill(process)
        thread.join(END_S)

    def _recording(self, wish: Wish) -> str:
        """The file of the wished day; empty for an invented one."""
        if wish.day is None:
            return ""
        text = recording(self._hub.hall, History(self._hub.read().conn), wish.day)
        if not text:
            raise Refused(f"{wish.day}没有取过号。", f"No number was given out on {wish.day}.")
        return text

    def _begin(self, wish: Wish, text: str, folder: Path, key: str, name: str) -> subprocess.Popen[str]:
        hall = self._hub.hall
        if text:
            (folder / "day.csv").write_text(text, encoding="utf-8")
        day = ["--day", str(folder / "day.csv")] if text else ["--invented", wish.invented, "--seed", str(wish.seed)]
        host = hall.hub.listen.rpartition(":")[0]
        where = ["--data", str(folder / "hall"), "--port", PORT, "--host", host, "--name", _in_url(name)]
        command = [*self._program, "--told", "--config", str(hall.file), *where, "--speed", str(wish.speed), *day]
        with (folder / "log").open("w", encoding="utf-8") as said:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
                env={name: value for name, value in os.environ.items() if name not in SYSTEMDS},
                start_new_session=True,  # with all that it starts it can be killed
            )
        assert process.stdin
        process.stdin.write(f"{key}\n")
        process.stdin.flush()  # it stays open: the rehearsal ends when the hub does, however that ends
        return process

    def _watch(self, process: subprocess.Popen[str], folder: Path, machine: str, key: str) -> None:
        assert process.stdout
        for line in process.stdout:
            with self._lock:
                self._state = _after(self._state, line, machine, key)
        status = process.wait()
        _kill(process)  # it may have been killed itself, and left its programs behind
        if process.stdin:
            process.stdin.close()
        said = None
        if status and not self._stopped:
            words = _last_line(folder / "log")
            log.error("the rehearsal ended with status %s: %s", status, words)
            said = Text(f"演练出错停止了：{words}", f"The rehearsal ended with an error: {words}")
        shutil.rmtree(folder, ignore_errors=True)
        with self._lock:
            self._state = replace(self._state, state="ended", address="", said=said)
            self._process = None


def _after(state: State, line: str, machine: str, key: str) -> State:
    """The state after a line that the rehearsal said; what is no JSON is for people."""
    if not line.startswith("{"):
        return state
    told: dict[str, Any] = json.loads(line)
    if "port" in told:
        return replace(state, state="running", address=f"{machine}:{int(told['port'])}/?key={key}")
    return replace(state, at=str(told["at"]), share=float(told["share"]))


def _kill(process: subprocess.Popen[str]) -> None:
    """Whatever is left of it and of the programs that it started: a session of their own."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _clear(within: Path) -> None:
    """Remove the folders that hubs left there which are no more; this one has no rehearsal now."""
    for folder in within.glob(f"{FOLDERS}*-*"):
        hub = folder.name.removeprefix(FOLDERS).partition("-")[0]
        if hub.isdecimal() and (int(hub) == os.getpid() or not _runs(int(hub))):
            shutil.rmtree(folder, ignore_errors=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _in_url(name: str) -> str:
    return f"[{name}]" if ":" in name else name


def _last_line(file: Path) -> str:
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        return ""
    return lines[-1][:300] if lines else ""


def _memory() -> int:
    """Bytes that programs can still have."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
