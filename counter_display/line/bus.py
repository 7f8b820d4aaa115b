"""One wire and the thread that owns its port: sends what is due, hears answers and pads, reopens what was unplugged.

What is due and when the wire is free is decided in schedule.py; bytes are made by the protocols. RS-485 is half duplex:
one frame, its wire time, the board's answer or its silence, a gap, then the next; a pad that speaks meanwhile is
answered at once. `rs485_mode` is never touched (it breaks the port object, pyserial#98).
"""

from __future__ import annotations

import logging
import re
import termios
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import serial

import ports
from config import Text, reasons
from counter_display.line.schedule import UNTRIED, Floor, Health, Job, Noise, Presses, Schedule, Shown, Station
from counter_display.protocols import Language, pads
from counter_display.protocols.language import Reply
from intake.quantities import Unclear
from polling import Bell, readable

log = logging.getLogger(__name__)

TROUBLE = (OSError, serial.SerialException, termios.error)  # the last is no OSError
BITS = 10
"""Bits on the wire for a byte: a start bit, eight or seven and parity, a stop bit."""
ANSWER_S = 0.15
"""Longest wait for a board's answer: its turnaround (5-50 ms), its bytes, and a USB adapter's latency (16 ms)."""
NETWORK_S = 0.35
"""The same more for serial over IP."""
GAP_S = 0.010
"""Silence behind a frame that was not answered: the known writer waits so long between two."""
SILENCE_CHARACTERS, SILENCE_S = 3.5, 0.00175
"""Silence behind an answer: whoever spoke has let go of the wire by then, and the next frame is no part of this one.
Modbus over Serial Line 2.5.1.1, the strictest that is published: 3.5 characters, and above 19 200 baud 1.75 ms.
"""
PAUSES_S = (1.0, 2.0, 5.0, 10.0)
"""Between two tries to open a device; a new device file of that name is opened at once."""
NETWORK_PAUSES_S = (0.5, 1.0, 1.5)
"""The same for serial over IP, where nothing tells that it is back."""
ECHO_S = 0.1
"""An adapter that echoes has done so by then."""
LOOK_S = 0.1
IDLE_S = 1.0
BLIND_S = 0.005
"""How often a port without a file handle (rfc2217) is looked at."""

Heard = Callable[[str, str, str], None]
"""Told of each press: ("pad" or "rater", its id, its bytes in hex). Must not wait."""


class Line(NamedTuple):
    """Where a wire is plugged in: what pyserial opens, at how many bits a second, and its device file if it has one."""

    target: str
    baud: int
    device: Path | None


class Board(NamedTuple):
    """One board of the wire: how to speak to it, and what it can show."""

    language: Language
    address: int
    columns: int = 16
    rows: int = 16


def line(url: str, folder: Path) -> Line:
    """The `url` of a wire in config.toml; a device path is relative to the hall's folder. Raises Unclear."""
    if not url.startswith("serial:"):
        return Line(url, 9600, None)
    path, _, query = url.removeprefix("serial:").partition("?")
    options = dict(part.partition("=")[::2] for part in query.split("&") if part)
    unknown = sorted(set(options) - {"baud"})
    if unknown:
        raise Unclear(
            f"串行线没有“{unknown[0]}”这个选项：请写“serial:{path}?baud=9600”。",
            f"'{unknown[0]}' is no option of a serial line; write \"serial:{path}?baud=9600\"",
        )
    baud = options.get("baud", "9600")
    if not re.fullmatch(r"[1-9]\d{2,6}", baud):
        raise Unclear(
            f"“baud={baud}”不是波特率：请写“serial:{path}?baud=9600”。",
            f'baud {baud!r} is no speed; write "serial:{path}?baud=9600"',
        )
    return Line(str(folder / path), int(baud), folder / path)


def opened(at: Line, baud: int, bits: str, timeout: float) -> serial.Serial:
    """The port of a wire with 8N1 or other bits; nobody else may have it.

    Raises what TROUBLE holds, and nothing else.
    """
    options: dict[str, Any] = {"baudrate": baud, "timeout": timeout, "exclusive": True if at.device else None}
    if not at.target.startswith("rfc2217:"):
        options["write_timeout"] = 1.0  # which pyserial does not have there
    if bits != "8N1":
        options |= {"bytesize": int(bits[0]), "parity": bits[1], "stopbits": float(bits[2:])}
    try:
        return ports.opened(at.target, **options)
    except termios.error:
        if bits == "8N1" or not at.device or "/pts/" not in str(at.device.resolve()):
            raise
        return opened(at, baud, "8N1", timeout)  # a pseudo-terminal has no parity, and refuses it every second time
    except (ValueError, NotImplementedError) as error:
        raise serial.SerialException(str(error)) from error


class _Awaited(NamedTuple):
    """A frame that a board should answer, and until when."""

    job: Job
    until: float


class Bus:
    """One wire with boards, pads and raters: say what they show from any thread, ask for `health`, `stop` within a
    second.

    Raises ValueError for boards that cannot be on one wire. `heard` is told of each press.
    """

    def __init__(
        self,
        name: str,
        at: Line,
        boards: Mapping[str, Board],
        refresh_s: float,
        *,
        pads: Mapping[str, int] | None = None,
        raters: Mapping[str, int] | None = None,
        heard: Heard = lambda kind, name, keys: None,
    ) -> None:
        self.name = name
        self._at, self._boards, self._serial = at, dict(boards), _serial(boards)
        self._pads, self._raters, self._heard = dict(pads or {}), dict(raters or {}), heard
        stations = {
            b: Station(t.address, t.columns, t.language.TRAITS.answers, t.language.TRAITS.flashes)
            for b, t in boards.items()
        }
        self._schedule = Schedule(stations, refresh_s, self._pads, self._raters)
        characters = max([SILENCE_CHARACTERS, *(t.language.TRAITS.gap_characters for t in boards.values())])
        self._silence_s = max(SILENCE_S, characters * BITS / at.baud)
        self._complained: dict[str, str] = {}
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._bell = Bell()
        self._wire = UNTRIED
        self._awaited: _Awaited | None = None
        self._guest: Callable[[], None] | None = None
        self._worked = False  # something answered since the port was opened
        self._thread = threading.Thread(target=self._run, name=f"wire {name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float = 0.5) -> None:
        self._stopped.set()
        self._bell.ring()
        self._thread.join(timeout)

    def lend(self, guest: Callable[[], None]) -> None:
        """Let `guest` have the wire for itself once: it is called in the wire's thread, which has closed the port and
        opens it again afterwards.
        """
        self._guest = guest
        self._bell.ring()

    # --- what is wanted ---

    def show(self, wanted: Mapping[str, Shown]) -> None:
        """Board id -> what it should show from now on."""
        with self._lock:
            for board, shown in wanted.items():
                self._schedule.want(board, shown, time.monotonic())
                self._complain(board, shown.text)
        self._bell.ring()

    def shine(self, lights: Mapping[str, int | None]) -> None:
        """Board id -> brightness in percent; boards that cannot are passed over."""
        with self._lock:
            for board, percent in lights.items():
                if self._boards[board].language.TRAITS.brightness:
                    self._schedule.shine(board, percent, time.monotonic())
        self._bell.ring()

    def count(self, digits: Mapping[str, str]) -> None:
        """Pad id -> the digits of its display, a space for a dark one."""
        with self._lock:
            for pad, shown in digits.items():
                self._schedule.count(pad, shown, time.monotonic())
        self._bell.ring()

    def answer(self, pad: str, done: bool, digits: str = "") -> None:
        """What became of a press: the pad shows its sign and beeps."""
        with self._lock:
            self._schedule.answer(pad, done, digits, time.monotonic())
        self._bell.ring()

    def ask(self, words: Mapping[str, str]) -> None:
        """Rater id -> what it asks about; a new word is a new prompt."""
        with self._lock:
            for rater, word in words.items():
                self._schedule.ask(rater, word, time.monotonic())
        self._bell.ring()

    def _complain(self, board: str, text: str) -> None:
        """Say once of each text what the board has no sign or no room for."""
        language = self._boards[board].language
        fitted = language.fit(text)
        missing = fitted.missing if language.TRAITS.hanzi else ""
        if (missing or fitted.cut) and self._complained.get(board) != text:
            self._complained[board] = text
            log.warning(
                "board %s: %r: no sign for %r, no room for %r; change the wording", board, text, missing, fitted.cut
            )

    # --- how it is ---

    def settled(self) -> bool:
        """Whether nothing is due or on its way."""
        with self._lock:
            return self._awaited is None and self._schedule.due_in(time.monotonic()) > 0

    def health(self) -> dict[str, Health]:
        """The boards by id."""
        with self._lock:
            return self._schedule.health()

    @property
    def wire(self) -> Health:
        """The wire itself, which is all that is known of pads and raters: they speak when they are pressed."""
        return self._wire

    # --- the thread ---

    def _run(self) -> None:
        failures, pauses = 0, PAUSES_S if self._at.device else NETWORK_PAUSES_S
        while not self._stopped.is_set():
            guest, self._guest = self._guest, None
            if guest:
                self._awaited, failures = None, 0
                try:
                    guest()
                except Exception:  # a fault of the guest's is none of the wire's
                    log.exception("wire %s: its guest failed; the boards go on", self.name)
            sign, self._worked = _sign(self._at.device), False
            try:
                with self._open() as port:
                    _Talk(self, port).run()
            except TROUBLE as error:
                failures = 0 if self._worked else failures
                self._close(error, first=failures == 0)
            if self._guest:
                continue
            self._pause(pauses[min(failures, len(pauses) - 1)], sign)
            failures += 1

    def _open(self) -> serial.Serial:
        port = opened(self._at, self._at.baud, self._serial, timeout=0)
        log.info("wire %s: %s is open", self.name, self._at.target)
        self._wire = Health("ok", "")
        return port

    def _close(self, error: Exception, *, first: bool) -> None:
        (reason, reason_en), key = _reason(error), f"wires.{self.name}.url"
        english = f"wire {self.name}: {self._at.target}: {reason_en}; check the adapter and {key}"
        why = f"线路 {self.name}（{self._at.target}）{reason}：请检查转换器和 {key}。\n{english}"
        if first:
            log.warning("%s", english)
        self._wire = Health("unreachable", why)
        with self._lock:
            self._awaited = None
            self._schedule.closed(why)

    def _pause(self, seconds: float, sign: object) -> None:
        """Wait before the port is opened again, but no longer than until its device file is a new one."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self._guest and not self._stopped.wait(LOOK_S):
            now_there = _sign(self._at.device)
            if now_there is not None and now_there != sign:
                return


class _Talk:
    """What is said and heard while the port is open; all of it in the wire's thread."""

    def __init__(self, bus: Bus, port: serial.Serial) -> None:
        self._bus, self._port, self._handle = bus, port, _handle(port)
        self._listeners = {id(b.language): b.language.Replies() for b in bus._boards.values()}
        self._pads, self._presses, self._floor, self._noise = pads.Frames(), Presses(), Floor(), Noise()
        self._echo, self._echo_until = 0, 0.0
        self._at = {("pad", a): p for p, a in bus._pads.items()} | {("rater", a): r for r, a in bus._raters.items()}
        self._said: set[str] = set()

    def run(self) -> None:
        bus = self._bus
        with bus._lock:
            bus._schedule.opened(time.monotonic())
        while not bus._stopped.is_set() and not bus._guest:
            now = time.monotonic()
            if bus._awaited and now >= bus._awaited.until:
                self._settle(bus._awaited.job, now, answered=False)
            if bus._awaited is None and self._floor.free_in(now) <= 0:
                with bus._lock:
                    job = bus._schedule.next(now)
                if job:
                    self._say(job)
            if piece := self._listen(self._patience(time.monotonic())):
                self._hear(piece, time.monotonic())

    def _patience(self, now: float) -> float:
        """How long to listen until there is something else to do."""
        bus = self._bus
        if bus._awaited:
            return max(0.0, bus._awaited.until - now)
        with bus._lock:
            return min(IDLE_S, max(self._floor.free_in(now), bus._schedule.due_in(now)))

    def _listen(self, seconds: float) -> bytes:
        """What comes within a time; sooner with nothing if the bell rings."""
        bell = self._bus._bell
        if self._handle is None:
            piece = self._port.read(4096)
            if not piece and seconds > 0 and not readable(bell, seconds=min(seconds, BLIND_S)):
                piece = self._port.read(4096)
            bell.silence()
            return bytes(piece)
        ready = readable(self._handle, bell, seconds=seconds)
        if bell in ready:
            bell.silence()
        return bytes(self._port.read(4096)) if self._handle in ready else b""

    # --- saying ---

    def _say(self, job: Job) -> None:
        bus, begun = self._bus, time.monotonic()
        try:
            frame = self._frame(job)
        except ValueError as error:
            said = Text(error.zh.rstrip("。"), error.en) if isinstance(error, Unclear) else Text.same(str(error))
            with bus._lock:
                bus._schedule.silent(job, begun, Text(f"这段文字发不出（{said.zh}）", f"cannot be sent: {said.en}"))
            return
        board = bus._boards.get(job.board) if job.kind in ("text", "light") else None
        if board:
            self._listeners[id(board.language)].sent(frame)
        awaits = board is not None and job.kind == "text" and board.language.TRAITS.answers
        with bus._lock:
            if not (awaits and frame):
                bus._schedule.sent(job, begun)
            else:
                patience = len(frame) * BITS / bus._at.baud + ANSWER_S + (0.0 if bus._at.device else NETWORK_S)
                bus._awaited = _Awaited(job, begun + patience)
        self._write(frame)

    def _write(self, frame: bytes) -> None:
        """Give the port a frame, and the wire its time for it."""
        byte_s, begun = BITS / self._bus._at.baud, time.monotonic()
        self._pads.sent(frame)
        self._port.write(frame)
        self._floor.spoke(begun, len(frame) * byte_s, max(GAP_S, self._bus._silence_s))
        self._echo, self._echo_until = len(frame), begun + len(frame) * byte_s + ECHO_S
        if (awaited := self._bus._awaited) and awaited.job.kind == "text":
            self._bus._awaited = awaited._replace(until=max(awaited.until, begun + len(frame) * byte_s + ANSWER_S))

    def _frame(self, job: Job) -> bytes:
        if job.kind == "text":
            board = self._bus._boards[job.board]
            text = board.language.fit(job.text).text
            return board.language.encode(
                job.address,
                text,
                job.color,
                columns=board.columns,
                rows=board.rows,
                effect=job.effect,
                number_color=job.number_color,
            )
        if job.kind == "light":
            return self._bus._boards[job.board].language.brightness(job.address, job.value)
        if job.kind == "digits":
            return pads.digits(job.address, job.text)
        if job.kind == "sign":
            return pads.sign(job.address, bool(job.value))
        return pads.beep(job.address) if job.kind == "beep" else pads.start_rating(job.address)

    def _settle(self, job: Job, now: float, *, answered: bool, why: Text | None = None) -> None:
        bus = self._bus
        with bus._lock:
            bus._awaited = None
            bus._worked = bus._worked or answered
            if answered:
                bus._schedule.answered(job, now)
            else:
                bus._schedule.silent(job, now, why)

    # --- hearing ---

    def _hear(self, piece: bytes, now: float) -> None:
        self._floor.heard(now)
        bus = self._bus
        frames, awaited = self._pads.feed(piece), bus._awaited
        for frame in frames:
            self._pressed(frame, now)
        if not frames and not awaited and self._noise.heard(self._unasked(len(piece), now), now):
            self._once(
                f"wire {self._bus.name}: something on it never stops talking; unplug its devices one by one to find"
                " which"
            )
        if awaited:
            listener = self._listeners[id(self._bus._boards[awaited.job.board].language)]
            for reply in listener.feed(piece):
                if reply.address == awaited.job.address and self._bus._awaited:
                    self._settle(awaited.job, now, answered=not reply.refused, why=_refusal(reply))
                    self._floor.done(now, bus._silence_s)

    def _unasked(self, count: int, now: float) -> int:
        """Of so many bytes, those that are not the adapter's echo of what was just written."""
        echo = min(count, self._echo) if now < self._echo_until else 0
        self._echo -= echo
        return count - echo

    def _pressed(self, frame: pads.Frame, now: float) -> None:
        """A pad or rater has spoken: answer it at once, and tell of it once."""
        what = pads.heard(frame)
        if what is None:
            return
        self._floor.done(now, 0.0)
        kind = "rater" if isinstance(what, pads.Score) else "pad"
        self._write(pads.thanks(frame.address, what.score) if isinstance(what, pads.Score) else frame.raw)
        keys, name = " ".join(f"{byte:02X}" for byte in frame.data), self._at.get((kind, frame.address))
        if name is None:
            self._once(
                f"wire {self._bus.name}: a {kind} with address {frame.address} was pressed ({keys}); add it to"
                f" config.toml as [{kind}s.…]"
            )
        elif self._presses.new(frame.address, frame.raw, now):
            self._bus._heard(kind, name, keys)

    def _once(self, sentence: str) -> None:
        if sentence not in self._said:
            self._said.add(sentence)
            log.warning("%s", sentence)


def _serial(boards: Mapping[str, Board]) -> str:
    """Bits, parity and stop bits of the wire, such as 8N1. Raises Unclear where boards want different ones."""
    wanted = {board.language.TRAITS.serial: name for name, board in boards.items()} or {"8N1": ""}
    if len(wanted) > 1:
        bits = [f"{s} ({n})" for s, n in sorted(wanted.items())]
        raise Unclear(
            f"{'和'.join(bits)}的窗口屏不能共用一条线：请给其中一块另接一条。",
            f"boards of {' and '.join(bits)} cannot share a wire; give one of them its own",
        )
    return next(iter(wanted))


def _refusal(reply: Reply) -> Text | None:
    """What an answer that is none of a board's, or a refusal, says of it."""
    if reply.refused is None:
        return None
    zh, en = reply.refused
    if reply.absent:
        return Text(f"{zh}：请检查电源、线路和地址", f"{en}; check its power, its wire and its address")
    return Text(
        f"有应答但拒收（{zh}）：请检查协议和设备", f"answers, but refuses: {en}; check its protocol and the device"
    )


def _handle(port: serial.Serial) -> int | None:
    """What select() can wait for; None where the port has no such thing."""
    try:
        return int(port.fileno())
    except (OSError, AttributeError):
        return None


def _sign(device: Path | None) -> object:
    """What tells one device file from the next of the same name; None if there is none."""
    if device is None:
        return None
    try:
        name, target = device.lstat(), device.stat()
    except OSError:
        return None
    return name.st_ino, name.st_ctime_ns, target.st_ino, target.st_rdev


def _reason(error: Exception) -> Text:
    """Why a wire is not open, in Chinese and English."""
    said = reasons.why(error)
    return Text("不通", f"does not work ({error})") if said == reasons.UNNAMED else said
