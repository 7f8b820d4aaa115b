"""A GSM modem on a serial line (短信猫): its AT dialogue, one thread's own.

It owns the line, opens it again by itself when the modem was pulled out, hangs or was reset, types the SIM's PIN at
most once for each wording of the file, hears delivery reports and what people write. What an error means for a message
is `notifications.of_modem`'s to say; the bytes are `server/domain/pdu.py`'s. Neither a number nor a text is logged.
"""

from __future__ import annotations

import logging
import random
import re
import termios
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import serial

from config import ChannelTable, Text, reasons
from intake.encoding import Unreadable, word
from ports import opened
from server.domain import notifications, pdu
from server.domain.notifications import NOTHING, SIM_PROBLEMS, Carried
from server.outbound.carrier import Arrived, Heard, Incoming, Outgoing, Say

log = logging.getLogger(__name__)

AGAIN_S = (1.0, 2.0, 5.0, 10.0)
"""Waits before the line is opened again; the last one again and again."""
ANSWER_S, NETWORK_S = 5.0, 60.0
"""The longest that a command or the prompt for a message, and the network, may take (27.005 gives no limit)."""
WATCH_S = 30.0
"""A silent modem is asked whether it lives."""
BAUD = 115_200
WEAK = 6
"""+CSQ below it (27.007 8.5): -101 dBm, where messages begin to fail."""
FINAL = re.compile(r"(OK|ERROR|\+CM[ES] ERROR: ?(\d+))")
STORED = re.compile(r'\+CDSI: ?"(\w+)", ?(\d+)|\+CMTI: ?"(\w+)", ?(\d+)')
LISTED = re.compile(r"\+CMGL: ?(\d+),.*")
PIECES, PIECE_S = 16, 3600.0
"""Parts of long texts that wait for their others: so many texts at most, and so long."""
TRIES = 3
"""So often a message that can't be dealt with is tried while the line is open."""
GONE = re.compile(r"\+CPIN: ?NOT (INSERTED|READY)|\+SIMCARD: ?NOT AVAILABLE|\^SIMST: ?(0|255)\b")
TROUBLE = (OSError, serial.SerialException, termios.error)  # an unplugged adapter raises any of them

NO_ANSWER = Text(
    "短信猫没有回答：请检查电源和线，或重新插拔；程序会自动重连。",
    "The modem does not answer: check its power and line, or pull it and plug it in; it is opened again by itself.",
)
NO_NETWORK = Text(
    "短信猫没有登记到网络：请检查天线、信号和SIM卡是否欠费。",
    "The modem is in no network: check the aerial, the signal, and whether the SIM is paid.",
)
PIN_WRONG = Text(
    "SIM卡的PIN码不对：请改PIN码文件；为防锁卡，同一个PIN码不再试。",
    "The SIM's PIN is wrong: mend the file with it; the same PIN is not tried again, so that the SIM is not locked.",
)


class _Down(Exception):
    """The modem can't send now: why."""

    def __init__(self, problem: Text) -> None:
        super().__init__(problem.en)
        self.problem = problem


class _Late(Exception):
    """No answer in time."""


class GsmModem:
    """One modem. `say`, `arrived`, `heard`: see `carrier.py`; `clock`: seconds that only go on."""

    def __init__(
        self,
        table: ChannelTable,
        folder: Path,
        say: Say,
        arrived: Arrived,
        heard: Heard,
        *,
        clock: Callable[[], float] = time.monotonic,
        answer_s: float = ANSWER_S,
        network_s: float = NETWORK_S,
    ) -> None:
        self._table, self._folder, self._say, self._arrived, self._clock = table, folder, say, arrived, clock
        self._hand_on = heard
        self._pieces: dict[tuple[str, int, int], tuple[float, dict[int, pdu.Delivered]]] = {}
        self._answer_s, self._network_s = answer_s, network_s
        self._line: Any = None
        self._heard = b""
        self._report_next = False
        self._stored: list[tuple[str, str]] = []
        self._tried: dict[tuple[str, str], int] = {}
        """How often a message could not be dealt with, until the line is opened anew."""
        self._reports: list[tuple[str, bool]] = []
        """Heard, perhaps while a message is still under way, and told in `look`: by then it has a name."""
        self._opened_at = self._watched = -1e9
        self._failed = 0
        self._wrong_pins: set[str] = set()
        self._ref = random.randrange(256)
        self._problem = NOTHING
        self._cut = threading.Event()

    # --- what the notifier asks ---

    def carry(self, message: Outgoing) -> Carried:
        if not self._ready():
            return Carried("down", self._problem)
        self._ref = (self._ref + 1) % 256
        parts = pdu.submit(message.address, message.text, ref=self._ref, valid_min=message.valid_min)
        refs = []
        try:
            for part in parts:
                ref, code = self._send(part)
                if code is not None:
                    carried = notifications.of_modem(code)
                    if carried.kind == "down":
                        raise _Down(carried.problem)
                    return carried._replace(parts=len(parts))
                refs.append(ref)
        except _Late:
            self._hang_up(NO_ANSWER)
            return Carried("down", NO_ANSWER)
        except _Down as down:
            self._hang_up(down.problem)
            return Carried("down", down.problem)
        except TROUBLE as error:
            return Carried("down", self._lost(error))
        self._watched = self._clock()
        return Carried("sent", refs=tuple(refs), parts=len(parts))

    def look(self) -> None:
        """Hear what came by itself; ask a silent modem whether it lives."""
        if not self._ready():
            return
        try:
            self._read(0.0)
            while self._stored:
                self._take_one()
            while self._reports:
                self._arrived(*self._reports.pop(0))
            if self._clock() - self._watched >= WATCH_S:
                self._check()
        except _Late:
            self._hang_up(NO_ANSWER)
        except _Down as down:
            self._hang_up(down.problem)
        except TROUBLE as error:
            self._lost(error)

    def close(self) -> None:
        if self._line is not None:
            with suppress(*TROUBLE):  # it is gone already
                self._line.close()
            self._line = None

    def abort(self) -> None:
        self._cut.set()

    # --- the line ---

    def _ready(self) -> bool:
        """Whether the line is open and the modem set up; tries to, when it is time."""
        if self._line is not None:
            return True
        wait = AGAIN_S[min(self._failed, len(AGAIN_S)) - 1] if self._failed else 0.0
        if self._clock() - self._opened_at < wait:
            return False
        self._opened_at = self._clock()
        try:
            self._line = self._open()
            self._heard, self._report_next, self._stored, self._tried = b"", False, [], {}
            self._set_up()
        except _Late:
            self._hang_up(NO_ANSWER)
        except _Down as down:
            self._hang_up(down.problem)
        except TROUBLE as error:
            self._lost(error)
        else:
            self._failed = 0
        return self._line is not None

    def _open(self) -> Any:
        url = self._table.port
        if url.startswith("socket:"):
            return opened(url, timeout=0.05, write_timeout=2.0)
        path, _, query = url.removeprefix("serial:").partition("?")
        baud = int(query.removeprefix("baud=") or BAUD)
        return opened(str(self._folder / path), baudrate=baud, timeout=0.05, write_timeout=2.0, exclusive=True)

    def _hang_up(self, problem: Text) -> None:
        self.close()
        self._failed += 1
        self._problem = problem
        self._say("error", problem)

    def _lost(self, error: BaseException) -> Text:
        why = reasons.why(error) if isinstance(error, OSError) else Text.same(type(error).__name__)
        problem = Text(
            f"短信猫的串口打不开或断开了（{why.zh}）：请插好短信猫；程序会自动重连。",
            f"The modem's line is not there ({why.en}): plug the modem in; it is opened again by itself.",
        )
        self._hang_up(problem)
        return problem

    # --- what is said on it ---

    def _set_up(self) -> None:
        """As it stands after a reset: no echo, errors by number, PDU mode, reports."""
        self._line.write(b"\x1b\r")  # whatever it was in the middle of
        self._read(0.2)
        self._ask("AT")
        self._ask("ATE0")
        self._ask("AT+CMEE=1")
        self._unlock()
        if self._ask("AT+CMGF=0")[1]:
            raise _Down(Text("短信猫发不了中文短信：请换一种。", "The modem knows no PDU mode: take another kind."))
        if self._table.centre:
            self._ask(f'AT+CSCA="{self._table.centre}"')
        if self._ask("AT+CNMI=2,1,0,1,0")[1]:  # reports as they come; some kinds only store them
            self._ask("AT+CNMI=2,1,0,2,0")
        self._stored += self._lying()
        self._check()

    def _lying(self) -> list[tuple[str, str]]:
        """What came while nobody listened: it is not announced again, and a full SIM takes nothing more."""
        found = []
        for memory in ("SM", "ME"):
            lines, code = self._ask(f'AT+CPMS="{memory}"')
            lines, code = self._ask("AT+CMGL=4") if code is None else ([], code)
            found += [(memory, at[1]) for line in lines if (at := LISTED.fullmatch(line))]
        return found

    def _unlock(self) -> None:
        lines, code = self._ask("AT+CPIN?")
        if code is not None:
            raise _Down(
                SIM_PROBLEMS.get(code, Text(f"SIM卡读不了（{code}）：请重插。", f"No SIM ({code}): reseat it."))
            )
        state = next((line.partition(":")[2].strip() for line in lines if line.startswith("+CPIN:")), "")
        if state == "READY":
            return
        if state != "SIM PIN":
            raise _Down(SIM_PROBLEMS[12] if "PUK" in state else SIM_PROBLEMS[10])
        pin = self._pin()
        if not pin:
            raise _Down(SIM_PROBLEMS[11])
        if pin in self._wrong_pins:
            raise _Down(PIN_WRONG)
        self._wrong_pins.add(pin)  # before it is typed: a modem that resets now must not bring a second try
        if self._ask(f'AT+CPIN="{pin}"')[1] is not None:
            raise _Down(PIN_WRONG)
        self._wrong_pins.discard(pin)

    def _pin(self) -> str:
        if not self._table.pin_file:
            return ""
        file = self._folder / self._table.pin_file
        try:
            pin = word(file.read_bytes())
        except (OSError, Unreadable) as error:
            why = reasons.in_full(error) if isinstance(error, OSError) else Text(error.zh, error.en)
            raise _Down(
                Text(f"PIN码文件{file.name}读不了（{why.zh}）。", f"{file.name}: the PIN cannot be read ({why.en}).")
            ) from None
        if not re.fullmatch(r"\d{4,8}", pin):
            raise _Down(
                Text(f"PIN码文件{file.name}里要有4到8位数字。", f"{file.name}: a PIN has four to eight digits.")
            )
        return pin

    def _check(self) -> None:
        """Whether it lives, has its SIM and is in a network; how the signal is."""
        self._watched = self._clock()
        self._unlock()
        signal = _number(self._ask("AT+CSQ")[0], "+CSQ:", 0)
        homes = [_number(self._ask(f"AT+{name}?")[0], f"+{name}:", 1) for name in ("CREG", "CEREG")]
        if not {1, 5} & {*homes}:  # at home, roaming (27.007 7.2)
            self._problem = NO_NETWORK
            self._say("error", NO_NETWORK)
            return
        known = signal is not None and signal <= 31
        bars = "" if not known else f"{round((signal or 0) / 31 * 5)}/5"
        weak = known and (signal or 0) < WEAK
        self._problem = NOTHING
        self._say(
            "ok",
            Text("", "")
            if not bars
            else Text(f"信号{bars}{'，太弱：请移动天线' if weak else ''}", f"signal {bars}{', weak' if weak else ''}"),
        )

    def _send(self, part: pdu.Part) -> tuple[str, int | None]:
        """(the network's reference, None), or ("", the code of the error)."""
        self._read(0.0)
        self._line.write(f"AT+CMGS={part.octets}\r".encode())
        lines, code = self._until(self._answer_s, prompt=True)
        if code is not None:
            return "", code
        self._line.write(part.hex.encode() + b"\x1a")
        lines, code = self._until(self._network_s)
        if code is not None:
            return "", code
        ref = _number(lines, "+CMGS:", 0)
        return "" if ref is None else str(ref), None

    def _take_one(self) -> None:
        """The next stored one. One that can't be dealt with lets the others go first and, after some tries, lies on the
        SIM until the line is opened anew: it is not lost, and holds up nobody.
        """
        at = self._stored[0]
        try:
            self._fetch(*at)
        except (*TROUBLE, _Late, _Down):
            raise
        except Exception:
            self._stored.pop(0)
            self._tried[at] = self._tried.get(at, 0) + 1
            if self._tried[at] < TRIES:
                self._stored.append(at)
            raise
        self._stored.pop(0)
        self._tried.pop(at, None)

    def _fetch(self, memory: str, place: str) -> None:
        """A report, or a message that somebody sent here: read, handed on, and taken away."""
        self._ask(f'AT+CPMS="{memory}"')
        lines, code = self._ask(f"AT+CMGR={place}")
        for line in lines if code is None else ():
            self._report(line)
            self._hear(line)
        self._ask(f"AT+CMGD={place}")

    def _hear(self, line: str) -> None:
        """A text of somebody, once all its parts are there."""
        came = pdu.deliver(line) if re.fullmatch(r"[0-9A-Fa-f]{20,}", line) else None
        if came is None or not came.sender:
            return
        text = came.text if came.joined is None else self._whole(came, came.joined)
        if text is not None:
            self._hand_on(Incoming(line, came.sender, text))
            if came.joined is not None:  # not before: its other parts are on the SIM no more
                del self._pieces[came.sender, came.joined[0], came.joined[1]]

    def _whole(self, came: pdu.Delivered, joined: tuple[int, int, int]) -> str | None:
        ref, many, which = joined
        now, key = self._clock(), (came.sender, ref, many)
        self._pieces = {one: kept for one, kept in self._pieces.items() if now - kept[0] < PIECE_S}
        if key not in self._pieces and len(self._pieces) >= PIECES:
            del self._pieces[next(iter(self._pieces))]
        have = self._pieces.setdefault(key, (now, {}))[1]
        have[which] = came
        if len(have) < many:
            return None
        return "".join(have[n].text for n in sorted(have))

    def _report(self, line: str) -> None:
        told = pdu.status_report(line) if re.fullmatch(r"[0-9A-Fa-f]{20,}", line) else None
        if told and told.state != "waiting":
            self._reports.append((str(told.ref), told.state == "arrived"))

    def _ask(self, command: str) -> tuple[list[str], int | None]:
        """The lines of the answer, and the code of an error; 0 for one without a number."""
        self._line.write(f"{command}\r".encode())
        return self._until(self._answer_s)

    def _until(self, wait_s: float, *, prompt: bool = False) -> tuple[list[str], int | None]:
        lines: list[str] = []
        end = self._clock() + wait_s
        while True:
            for line in self._read(0.05, prompt=prompt):
                if prompt and line == ">":
                    return lines, None
                if final := FINAL.fullmatch(line):
                    return lines, None if line == "OK" else int(final[2] or 0)
                lines.append(line)
            if self._cut.is_set() or self._clock() > end:
                raise _Late

    def _read(self, wait_s: float, *, prompt: bool = False) -> list[str]:
        """Whole lines that came, without what the modem says by itself: that is heard here."""
        end, lines = self._clock() + wait_s, []
        while True:
            came = self._line.read(max(1, self._line.in_waiting))
            self._heard += came
            if not came and self._clock() >= end:
                break
            if b"\n" in came or (prompt and b">" in came):
                break
        *whole, self._heard = self._heard.split(b"\n")
        for raw in whole:
            line = raw.decode("ascii", "replace").strip()
            if line and not self._aside(line):
                lines.append(line)
        if prompt and self._heard.strip() == b">":
            self._heard = b""
            lines.append(">")
        return lines

    def _aside(self, line: str) -> bool:
        """Whether a line is the modem's own word and no answer."""
        if self._report_next:
            self._report_next = False
            self._report(line)
            return True
        if line.startswith("+CDS:"):
            self._report_next = True
            return True
        if stored := STORED.fullmatch(line):
            self._stored.append((stored[1] or stored[3], stored[2] or stored[4]))
            return True
        if GONE.fullmatch(line):
            raise _Down(SIM_PROBLEMS[10])
        return line.startswith(("AT", "RING", "^", "+CIEV"))


def _number(lines: list[str], head: str, place: int) -> int | None:
    """The number at a place of the line with this head: `+CSQ: 18,99` has 18 and 99."""
    for line in lines:
        if line.startswith(head):
            found = re.findall(r"\d+", line.removeprefix(head))
            return int(found[place]) if len(found) > place else None
    return None
