"""One virtual wire: a pseudo-terminal under a device's name, with boards on it that answer as real ones do, in wire time.

A pseudo-terminal hands over bytes at once; here each byte counts as arrived when 9600 baud would have brought it.
"""

from __future__ import annotations

import os
import select
import threading
import time
import tty
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from counter_display import glass
from counter_display.devices.a090 import StripEar
from counter_display.devices.ear import Heard, Sign

TURNAROUND_S = 0.005
SILENCE_S = 0.05
"""A frame whose bytes stop for so long is broken off."""
Order = Literal["ok", "dead", "noise"]


@dataclass
class Board:
    """One board as a person sees it. `at` are epoch seconds, `monotonic` time.monotonic(), of its last frame's last byte."""

    name: str
    wire: str
    address: int
    columns: int
    order: Order = "ok"
    text: str = ""
    color: str = "red"
    lit: list[str] = field(default_factory=list)
    frames: int = 0
    last_frame_hex: str = ""
    at: float = 0.0
    monotonic: float = 0.0

    def __post_init__(self) -> None:
        self.dark()

    def dark(self) -> None:
        """Switched off: it remembers nothing."""
        self.text, self.lit = "", glass.lit([], self.columns)

    def show(self, shown: list[Sign], raw: bytes) -> None:
        self.text = "".join(sign.text for sign in shown)
        self.color = shown[0].color if shown else "red"
        self.lit = glass.lit(shown, self.columns)
        self.frames += 1
        self.last_frame_hex = raw.hex(" ")
        self.at, self.monotonic = time.time(), time.monotonic()


class Hall:
    """All virtual boards by id, what was wrong on their wires, and a number that grows with every change."""

    def __init__(self, boards: Mapping[str, Board]) -> None:
        self.boards = dict(boards)
        self.complaints: deque[dict[str, Any]] = deque(maxlen=100)
        self.version = 0
        self.changed = threading.Condition()

    def change(self, what: Callable[[], object]) -> None:
        with self.changed:
            what()
            self.version += 1
            self.changed.notify_all()

    def complain(self, wire: str, what: str, raw: bytes) -> None:
        entry = {"wire": wire, "what": what, "bytes": raw.hex(" "), "at": time.time()}
        self.change(lambda: self.complaints.append(entry))

    def order(self, board_id: str, order: Order) -> None:
        """`dead`: off, dark, silent. `noise`: answers with garbage. `ok`: on again."""
        board = self.boards[board_id]

        def obey() -> None:
            board.order = order
            if order == "dead":
                board.dark()

        self.change(obey)

    def state(self, since: int | None = None, wait_s: float = 10.0) -> dict[str, Any]:
        """All boards; with `since`, as soon as the version is another, or after `wait_s` as it is."""
        with self.changed:
            if since is not None:
                self.changed.wait_for(lambda: self.version != since, wait_s)
            boards = {board_id: vars(board).copy() for board_id, board in self.boards.items()}
            return {"version": self.version, "boards": boards, "complaints": list(self.complaints)}


class VirtualWire:
    """A pseudo-terminal linked at `device`, and the thread that plays all boards on it. `echo`: as some adapters do."""

    def __init__(self, name: str, device: Path, hall: Hall, *, baud: int = 9600, echo: bool = False) -> None:
        self.name, self.device, self.hall = name, device, hall
        self._byte_s = 10 / baud
        self._echo = echo
        self._boards = {board.address: board for board in hall.boards.values() if board.wire == name}
        self._frames = StripEar()
        self._free_at = 0.0
        self._stopped = threading.Event()
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.pty = os.ttyname(self._slave)
        try:
            link(device, self.pty)
        except OSError:
            self._hang_up()
            raise
        self._thread = threading.Thread(target=self._run, name=f"virtual wire {name}", daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        """Take the adapter out: the device's name goes, and whoever has it open is hung up."""
        self._stopped.set()
        self._thread.join(2)
        if self.device.is_symlink() and os.readlink(self.device) == self.pty:
            self.device.unlink()
        self._hang_up()

    def _hang_up(self) -> None:
        os.close(self._master)
        os.close(self._slave)

    # --- the thread ---

    def _run(self) -> None:
        while not self._stopped.is_set():
            piece = self._read(SILENCE_S)
            if not piece:
                self._frames.broken_off()
            for value in piece:
                self._arrived()
                frame = self._frames.byte(value)
                if frame:
                    time.sleep(max(0.0, self._free_at - time.monotonic()))
                    self._take(frame)
            self._tell_complaints()

    def _read(self, wait_s: float) -> bytes:
        ready, _, _ = select.select([self._master], [], [], wait_s)
        piece = os.read(self._master, 4096) if ready else b""
        if self._echo and piece:
            self._write(piece)
        return piece

    def _arrived(self) -> None:
        self._free_at = max(self._free_at, time.monotonic()) + self._byte_s

    def _take(self, frame: Heard) -> None:
        board = self._boards.get(frame.address)
        if board is None:
            self.hall.complain(self.name, f"no board has address {frame.address}", frame.raw)
            return
        if board.order == "dead":
            return
        if board.order == "noise":
            self._answer(bytes([0xFF, 0xA0, frame.address, 0x90, 0xA5]))
            return
        self._show(board, frame)
        self._answer(frame.reply)

    def _show(self, board: Board, heard: Heard) -> None:
        for what in heard.wrong:
            self.hall.complain(self.name, what, heard.raw)
        shown = heard.shows
        if shown is not None and not heard.wrong:
            self.hall.change(lambda: board.show(shown, heard.raw))

    def _answer(self, reply: bytes) -> None:
        """Turn around, and answer in wire time; who speaks meanwhile speaks over the board."""
        time.sleep(TURNAROUND_S + len(reply) * self._byte_s)
        if select.select([self._master], [], [], 0)[0]:
            self.hall.complain(self.name, "sent while a board was answering", reply)
        self._write(reply)

    def _write(self, piece: bytes) -> None:
        try:
            os.write(self._master, piece)
        except BlockingIOError:
            self.hall.complain(self.name, "nobody reads the answers", piece)

    def _tell_complaints(self) -> None:
        for what, raw in self._frames.complaints:
            self.hall.complain(self.name, what, raw)
        self._frames.complaints.clear()


def link(device: Path, pty: str) -> None:
    """Make `device` a link to a pseudo-terminal. Only an old link to one, or a dead link, is replaced."""
    if device.is_symlink():
        if device.exists() and not str(device.resolve()).startswith("/dev/pts/"):
            raise FileExistsError(f"{device}: leads to a real device; give the virtual wire another path")
    elif device.exists():
        raise FileExistsError(f"{device}: is a real device or file; give the virtual wire another path")
    device.parent.mkdir(parents=True, exist_ok=True)
    new = device.with_name(f".{device.name}.{os.getpid()}")
    new.unlink(missing_ok=True)
    new.symlink_to(pty)
    new.replace(device)
