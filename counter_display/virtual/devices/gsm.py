"""A virtual GSM modem as its serial line shows it: it takes AT commands, decodes the PDUs it is given, and answers.

Written from 3GPP TS 27.005, 27.007 and 23.040, by other hands than the program that it checks, and shares nothing with
it: whatever a telephone would show has to come out of the bytes here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

PROMPT = b"\r\n> "
CTRL_Z, ESCAPE = 0x1A, 0x1B


class Unreadable(Exception):
    """A PDU that no network would take: what is wrong with it."""


@dataclass
class Deliverable:
    """One SMS-SUBMIT as the network reads it. `valid_min`: None for as long as the network likes."""

    to: str
    text: str
    report: bool
    valid_min: int | None
    joined: tuple[int, int, int] | None
    """(reference, how many parts, which) of a part of a long message."""


class Nibbles:
    """A PDU, taken octet by octet."""

    def __init__(self, hexadecimal: str) -> None:
        try:
            self._octets = list(bytes.fromhex(hexadecimal))
        except ValueError:
            raise Unreadable("not hexadecimal, or half an octet") from None

    def one(self) -> int:
        if not self._octets:
            raise Unreadable("ends too early")
        return self._octets.pop(0)

    def many(self, n: int) -> bytes:
        if len(self._octets) < n:
            raise Unreadable("ends too early")
        taken, self._octets = self._octets[:n], self._octets[n:]
        return bytes(taken)

    @property
    def left(self) -> int:
        return len(self._octets)


def read_submit(hexadecimal: str, announced: int) -> Deliverable:
    """What a PDU of AT+CMGS says; `announced`: the length that the command gave. Raises Unreadable."""
    octets = Nibbles(hexadecimal)
    octets.many(octets.one())  # the service centre
    if octets.left != announced:
        raise Unreadable(f"{octets.left} octets, but AT+CMGS said {announced}")
    flags = octets.one()
    if flags % 4 != 1:
        raise Unreadable("no SMS-SUBMIT")
    octets.one()  # the reference, which the modem gives
    count, kind = octets.one(), octets.one()
    if not 1 <= count <= 20 or kind not in (0x81, 0x91, 0xA1):
        raise Unreadable("no address")
    semi = octets.many((count + 1) // 2)
    digits = "".join(f"{octet & 0x0F:X}{octet >> 4:X}" for octet in semi)
    number, filler = digits[:count], digits[count:]
    if not number.isdigit() or filler not in ("", "F"):
        raise Unreadable("digits of the address")
    octets.one()  # protocol
    if octets.one() != 0x08:
        raise Unreadable("not UCS2")
    valid = None
    match (flags >> 3) & 3:
        case 2:
            step = octets.one()
            valid = (step + 1) * 5 if step < 144 else 720 + (step - 143) * 30 if step < 168 else (step - 166) * 1440
        case 1 | 3:
            octets.many(7)
    size = octets.one()
    if size > 140 or octets.left != size:
        raise Unreadable(f"text of {octets.left} octets, said to be {size}")
    body, joined = octets.many(size), None
    if flags & 0x40:
        joined, body = _header(body)
    try:
        text = body.decode("utf-16-be")
    except UnicodeDecodeError:
        raise Unreadable("half a character") from None
    return Deliverable(("+" if kind == 0x91 else "") + number, text, bool(flags & 0x20), valid, joined)


def _header(body: bytes) -> tuple[tuple[int, int, int] | None, bytes]:
    length = body[0]
    elements, rest, joined = body[1 : length + 1], body[length + 1 :], None
    while elements:
        what, size = elements[0], elements[1]
        value = elements[2 : 2 + size]
        if what == 0x00:
            joined = (value[0], value[1], value[2])
        elements = elements[2 + size :]
    return joined, rest


def report_pdu(reference: int, to: str, status: int, at: datetime) -> str:
    """An SMS-STATUS-REPORT in hexadecimal: `status` 0 arrived, 0x30 still trying, 0x46 expired."""
    digits = to.lstrip("+")
    padded = digits + "F" * (len(digits) & 1)
    address = "".join(padded[n + 1] + padded[n] for n in range(0, len(padded), 2))
    stamp = "".join(f"{value % 10}{value // 10}" for value in (at.year % 100, *at.timetuple()[1:6])) + "23"  # +08:00
    kind = "91" if to.startswith("+") else "81"
    return f"0006{reference:02X}{len(digits):02X}{kind}{address}{stamp}{stamp}{status:02X}".upper()


def deliver_pdu(
    sender: str, text: str, at: datetime, *, joined: tuple[int, int, int] | None = None, plain: bool = False
) -> str:
    """An SMS-DELIVER in hexadecimal, as the network hands on what somebody wrote. `plain`: in the 7-bit alphabet."""
    digits = sender.lstrip("+")
    padded = digits + "F" * (len(digits) & 1)
    address = "".join(padded[n + 1] + padded[n] for n in range(0, len(padded), 2))
    stamp = "".join(f"{value % 10}{value // 10}" for value in (at.year % 100, *at.timetuple()[1:6])) + "23"
    header = bytes([5, 0, 3, *joined]) if joined else b""
    if plain:
        pad = -len(header) * 8 % 7
        bits = "".join(f"{0 if sign == '@' else ord(sign):07b}"[::-1] for sign in text)
        stream = "0" * pad + bits
        stream += "0" * (-len(stream) % 8)
        body = bytes(int(stream[n : n + 8][::-1], 2) for n in range(0, len(stream), 8))
        length, coding = (len(header) * 8 + pad) // 7 + len(text), 0x00
    else:
        body = text.encode("utf-16-be")
        length, coding = len(header) + len(body), 0x08
    first = 0x44 if joined else 0x04
    kind = "91" if sender.startswith("+") else "A1"
    head = f"00{first:02X}{len(digits):02X}{kind}{address}00{coding:02X}{stamp}{length:02X}"
    return (head + (header + body).hex()).upper()


@dataclass
class Modem:
    """The state of one modem; `hear` takes bytes and gives what it answers. Decides nothing of time: `took` is told of
    each part that the network has, with its reference.
    """

    took: Callable[[Deliverable, int], None] = lambda part, reference: None
    complain: Callable[[str, bytes], None] = lambda what, raw: None
    sim: str = "READY"
    """READY, SIM PIN, SIM PUK, or empty: none in it."""
    pin: str = "1234"
    signal: int = 21
    network: bool = True
    refuse: int | None = None
    """The +CMS ERROR with which messages are refused; None: they are taken."""
    mute: bool = False
    """It hangs: hears, and says nothing."""
    stores_reports: bool = False
    """It knows no +CDS: reports are stored and announced by +CDSI."""
    echo: bool = True
    wrong: int = 0
    reference: int = 0
    pdu_mode: bool = False
    reports: bool = False
    stored: dict[int, str] = field(default_factory=dict)
    _line: bytearray = field(default_factory=bytearray)
    _expects: int | None = None

    def reset(self) -> None:
        """As it comes out of its power supply."""
        self.echo, self.pdu_mode, self.reports, self._expects = True, False, False, None
        self._line.clear()

    def hear(self, data: bytes) -> bytes:
        answer = bytearray()
        for octet in data:
            if self._expects is not None:
                if octet == CTRL_Z:
                    answer += self._pdu(bytes(self._line).decode("ascii", "replace"))
                elif octet == ESCAPE:
                    self._expects = None
                    answer += b"\r\nOK\r\n"
                else:
                    self._line.append(octet)
                    continue
                self._line.clear()
                continue
            if self.echo:
                answer.append(octet)
            if octet == 13:
                answer += self._command(bytes(self._line).decode("ascii", "replace").strip())
                self._line.clear()
            elif octet not in (10, ESCAPE):
                self._line.append(octet)
        return b"" if self.mute else bytes(answer)

    def _command(self, line: str) -> bytes:
        if not line:
            return b""
        if not line.upper().startswith("AT"):
            return _final("ERROR")
        rest = line[2:]
        for pattern, answer in self._known:
            if found := re.fullmatch(pattern, rest, re.I):
                return answer(self, found)
        return _final("ERROR")

    def _pin_state(self, found: re.Match[str]) -> bytes:
        return _info(f"+CPIN: {self.sim}") if self.sim else _final("+CME ERROR: 10")

    def _enter_pin(self, found: re.Match[str]) -> bytes:
        if self.sim != "SIM PIN":
            return _final("+CME ERROR: 3")
        if found[1] == self.pin:
            self.sim, self.wrong = "READY", 0
            return _final("OK")
        self.wrong += 1
        if self.wrong >= 3:
            self.sim = "SIM PUK"
        return _final("+CME ERROR: 16")

    def _signal(self, found: re.Match[str]) -> bytes:
        return _info(f"+CSQ: {self.signal},99")

    def _registered(self, found: re.Match[str]) -> bytes:
        there = self.network and self.sim == "READY"
        return _info(f"+{found[1].upper()}: 0,{1 if there and found[1].upper() == 'CREG' else 2}")

    def _format(self, found: re.Match[str]) -> bytes:
        self.pdu_mode = found[1] == "0"
        return _final("OK")

    def _indications(self, found: re.Match[str]) -> bytes:
        kind = int(found[1])
        if kind == 1 and self.stores_reports:
            return _final("+CMS ERROR: 303")
        self.reports = kind in (1, 2)
        return _final("OK")

    def _send(self, found: re.Match[str]) -> bytes:
        if self.sim != "READY":
            return _final(f"+CMS ERROR: {311 if self.sim == 'SIM PIN' else 316 if self.sim else 310}")
        if not self.pdu_mode:
            self.complain("a message in text mode", found[0].encode())
            return _final("+CMS ERROR: 304")
        self._expects = int(found[1])
        return PROMPT

    def _pdu(self, hexadecimal: str) -> bytes:
        announced, self._expects = self._expects or 0, None
        try:
            part = read_submit(hexadecimal.strip(), announced)
        except (Unreadable, IndexError) as error:
            self.complain(str(error), hexadecimal.encode("ascii", "replace")[:8])
            return _final("+CMS ERROR: 304")
        if self.refuse is not None:
            return _final(f"+CMS ERROR: {self.refuse}")
        if not self.network:
            return _final("+CMS ERROR: 331")
        self.reference = (self.reference + 1) % 256
        self.took(part, self.reference)
        return _info(f"+CMGS: {self.reference}")

    def _read(self, found: re.Match[str]) -> bytes:
        pdu = self.stored.get(int(found[1]))
        if pdu is None:
            return _final("+CMS ERROR: 321")
        return _info(f"+CMGR: 0,,{len(pdu) // 2 - 1}\r\n{pdu}")

    def _list(self, found: re.Match[str]) -> bytes:
        lines = "\r\n".join(f"+CMGL: {n},1,,{len(pdu) // 2 - 1}\r\n{pdu}" for n, pdu in sorted(self.stored.items()))
        return _info(lines) if lines else _final("OK")

    def _delete(self, found: re.Match[str]) -> bytes:
        self.stored.pop(int(found[1]), None)
        return _final("OK")

    def _echo(self, found: re.Match[str]) -> bytes:
        self.echo = found[1] == "1"
        return _final("OK")

    def report(self, reference: int, to: str, status: int, at: datetime) -> bytes:
        """What the modem says by itself when the network tells what became of a message; nothing if nobody asked."""
        if not self.reports or self.mute:
            return b""
        pdu = report_pdu(reference, to, status, at)
        if not self.stores_reports:
            return f"\r\n+CDS: {len(pdu) // 2 - 1}\r\n{pdu}\r\n".encode()
        return f'\r\n+CDSI: "SR",{self._store(pdu)}\r\n'.encode()

    def incoming(self, pdu: str) -> bytes:
        """What the modem says when somebody writes to it; nothing while it is out of its plug or set up."""
        place = self._store(pdu)
        return f'\r\n+CMTI: "SM",{place}\r\n'.encode() if self.reports and not self.mute else b""

    def _store(self, pdu: str) -> int:
        place = next(n for n in range(1, 256) if n not in self.stored)
        self.stored[place] = pdu
        return place

    _known = (
        (r"", lambda self, found: _final("OK")),
        (r"E([01])", _echo),
        (r"\+CMEE=1", lambda self, found: _final("OK")),
        (r"\+CPIN\?", _pin_state),
        (r'\+CPIN="?(\d{4,8})"?', _enter_pin),
        (r"\+CSQ", _signal),
        (r"\+(CREG|CEREG)\?", _registered),
        (r"\+CMGF=([01])", _format),
        (r"\+CNMI=2,1,0,(\d),0", _indications),
        (r'\+CSCA="\+?\d+"', lambda self, found: _final("OK")),
        (r'\+CPMS="(SM|ME|SR)"', lambda self, found: _info("+CPMS: 0,20,0,20,0,20")),
        (r"\+CMGS=(\d+)", _send),
        (r"\+CMGR=(\d+)", _read),
        (r"\+CMGL=4", _list),
        (r"\+CMGD=(\d+)", _delete),
    )


def _final(line: str) -> bytes:
    return f"\r\n{line}\r\n".encode()


def _info(lines: str) -> bytes:
    return f"\r\n{lines}\r\n\r\nOK\r\n".encode()
