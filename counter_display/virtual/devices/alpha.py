"""The virtual Alpha sign: packets from 01 to 04, with or without checksum, one command or several; files of text,
strings and dots, the special functions, letters in the colors they are told.

Written from the published command lists (docs/protocols/alpha.md). As it comes from the factory it acknowledges
nothing; what is read from it, it sends. Files are made as they are written, whether or not memory was laid out for
them, and the newest of the run sequence is shown.
"""

from __future__ import annotations

import re
from collections import defaultdict

from counter_display.virtual.devices.ear import Broken, Ear, Heard, Sign

COLORS = {"1": "red", "2": "green", "4": "red", "5": "green"} | dict.fromkeys("36789ABC", "yellow")
"""The board has three: amber, brown, orange and the mixed ones are shown as yellow, dim ones as bright."""
TYPES = b'!"#$%&123?CDEFGLUVWXZ^' + bytes(range(ord("a"), ord("z") + 1))
"""Kinds of signs a packet may be for: all of these are this one."""
POSITIONS = frozenset(b' "&012')
"""Middle, top and bottom line, fill, left, right."""
MODES = frozenset(b"abcefghijklmnopqrstuv")
SPECIAL = frozenset(b"0123456789ABCSUVWXYZ")
"""What may stand behind the mode n."""
TAKES = {
    **dict.fromkeys(b"\x05\x06\x07\x08\x0b\x0f\x10\x14\x1a\x1c\x1e", 1),
    **dict.fromkeys(b"\x09\x0c\x0d\x11\x12\x13\x15\x16\x17\x18\x19", 0),
    0x1D: 2,
}
"""Control bytes inside a text, and how many bytes belong to each."""
PAGE, LINE, STRING, DATE, TIME, DOTS, COLOR, BEGIN = 0x0C, 0x0D, 0x10, 0x0B, 0x13, 0x14, 0x1C, 0x1B
PRIORITY = "0"
WRITES = {"A": "text", "G": "string", "I": "dots", "K": "dots", "M": "dots"}
READS = {"B": "A", "H": "G", "J": "I", "L": "K", "N": "M"}
FUNCTIONS = {
    " ": r"([01]\d|2[0-3])[0-5]\d",
    "!": r"00|FF",
    "$": r"([ -~][ABD][UL][0-9A-F]{4}[0-9A-F]{4})*",
    "&": r"[1-7]",
    "'": r"[SM]",
    "(": r".*",
    ")": r".*",
    ",": r"",
    ".": r"[TSD][UL][ -~]*",
    "/": r"[0-9A-F]{4}",
    "2": r".*",
    "4": r"",
    "5": r".*",
    "7": r"[0-9A-F]{2}",
    "8": r".*",
    "9": r".*",
    ";": r"\d{6}",
    "T": r".*",
    "+": r".*",
    "-": r".*",
    "U": r".*",
}
"""Special functions that may be written, by their label, and the shape of what is told: time of day, speaker, memory,
day of the week, 12 or 24 hours, tone, run times, soft reset, run sequence, dimming, run days, serial errors, counters,
address, large dots, date, temperature.
"""
LONGEST = 4000


class SignEar(Ear):
    """All signs of a wire, by their addresses; 00 and ? mean several of them."""

    HEADS = frozenset({0x00, 0x01})
    GAP_S = 1.0  # a packet is given up after a second; 100 ms behind a 02 are asked for between nested ones

    def __init__(self) -> None:
        super().__init__()
        self._signs: dict[int, _Memory] = defaultdict(_Memory)

    def size(self, got: bytes) -> int:
        if got[0] > 1:
            raise Broken("no head 01")
        if got[-1] > 0x7F:
            raise Broken(f"{got[-1]:02x} has eight bits")
        if len(got) > LONGEST:
            raise Broken(f"no end 04 within {LONGEST} bytes")
        return len(got) if got[-1] == 4 else 0

    def read(self, raw: bytes) -> Heard:
        wake, _, packet = raw[:-1].partition(b"\x01")
        if len(wake) < 5 or wake.strip(b"\0"):
            raise Broken("fewer than five zero bytes before it: the sign does not wake up")
        head, *nested = packet.split(b"\x02")
        addresses = _addresses(head)
        if not nested:
            raise Broken("no 02: the packet has no command")
        commands = [_checked(part).decode("ascii") for part in nested]
        answers = {a: b"".join(self._signs[a].obey(command) for command in commands) for a in addresses}
        each = {a: self._signs[a].shown() for a in addresses}
        one = next(iter(addresses)) if len(addresses) == 1 else -2
        moved = commands[-1][2:4] if one >= 0 and commands[-1].startswith("E7") else ""
        if moved:
            self._signs[int(moved, 16)] = self._signs.pop(one)
        reply = next(iter(answers.values()))
        return Heard(
            one,
            raw,
            each.get(one),
            _packet(max(one, 0), reply) if reply else b"",
            order="readdress" if moved else "",
            data=bytes.fromhex(moved),
            each=each if one < 0 else {},
        )


class _Memory:
    """What one sign keeps: its files by kind and label, what was set, and which text is to be seen."""

    def __init__(self) -> None:
        self._files: dict[tuple[str, str], bytes] = {}
        self._set: dict[str, str] = {}
        self._newest = self._sequence = ""
        self._touched = False

    def obey(self, command: str) -> bytes:
        """What the sign sends. Raises Broken."""
        code, rest = command[:1], command[1:]
        if code in WRITES:
            self._write(WRITES[code], rest)
        elif code in READS:
            label = _label(rest)
            return f"{READS[code]}{label}".encode() + self._files.get((WRITES[READS[code]], label), b"")
        elif code == "E":
            self._function(rest[:1], rest[1:])
        elif code == "F":
            return f"E{rest[:1]}{self._set.get(rest[:1], '')}".encode()
        elif code not in ("O", "T"):  # a bulletin, a time-out message: taken, not shown
            raise Broken(f"command {code!r} is unknown to this sign")
        return b""

    def _write(self, kind: str, told: str) -> None:
        label, data = _label(told), told[1:].encode("ascii")
        if kind == "text":
            self._signs(data)  # Broken, before anything is kept
            self._newest = label if label != PRIORITY else self._newest
        if kind == "dots" and not re.match(rb"[0-9A-F]{4}", data):
            raise Broken("dots begin with their height and width, two hexadecimal digits each")
        self._files[kind, label] = data
        if (kind, label, data) == ("text", PRIORITY, b""):
            del self._files[kind, label]
        self._touched = self._touched or kind != "dots"

    def _function(self, label: str, data: str) -> None:
        if label not in FUNCTIONS:
            raise Broken(f"special function {label!r} is unknown to this sign")
        if not re.fullmatch(FUNCTIONS[label], data, flags=re.DOTALL):
            raise Broken(f"special function {label!r}: {data!r} is not what it takes")
        self._set[label] = data
        if label == "$" and not data:
            self._files.clear()
            self._newest = self._sequence = ""
        if label == ".":
            self._sequence = data[2:]
            self._newest = self._sequence[:1]
        self._touched = self._touched or label in "$."

    # --- what is seen ---

    def shown(self) -> list[Sign] | None:
        """The picture, if the last packet may have changed it."""
        if not self._touched:
            return None
        self._touched = False
        label = PRIORITY if ("text", PRIORITY) in self._files else self._newest
        if self._sequence and label not in self._sequence + PRIORITY:
            label = self._sequence[0]
        return self._signs(self._files.get(("text", label), b""))

    def _signs(self, data: bytes, color: str = "red", calls: int = 0) -> list[Sign]:
        """Raises Broken for a control byte that is none."""
        signs: list[Sign] = []
        at = 0
        while at < len(data):
            code = data[at]
            if code >= 0x20:
                signs.append(Sign(chr(code), color))
                at += 1
                continue
            if code == BEGIN:
                if signs:
                    signs.append(Sign(" ", color))
                at = _begin(data, at)
                continue
            if code not in TAKES:
                raise Broken(f"control {code:02x} is unknown to this sign")
            told = data[at + 1 : at + 1 + TAKES[code]]
            if len(told) < TAKES[code]:
                raise Broken(f"control {code:02x} at the end of the text: what it takes is missing")
            at += 1 + len(told)
            if code == COLOR and told in (b"Y", b"Z"):
                color, at = _mixed(data[at : at + 6]), at + 6
            elif code == COLOR:
                if chr(told[0]) not in COLORS:
                    raise Broken(f"color {told.decode()!r} is none of this sign")
                color = COLORS[chr(told[0])]
            else:
                signs += self._called(code, told, color, calls)
        return signs

    def _called(self, code: int, told: bytes, color: str, calls: int) -> list[Sign]:
        """What a control byte puts into the text."""
        if code == STRING and calls < 3:
            return self._signs(self._files.get(("string", told.decode()), b""), color, calls + 1)
        said = {PAGE: " ", LINE: " ", DATE: self._set.get(";", ""), TIME: self._set.get(" ", ""), DOTS: "▦"}
        return [Sign(letter, color) for letter in said.get(code, "")]


def _addresses(head: bytes) -> frozenset[int]:
    """Whom a packet is for: kind of sign and address, several of them parted by commas, ? for any digit, 00 for all."""
    found: set[int] = set()
    for one in head.split(b","):
        if not re.fullmatch(rb".[0-9A-Fa-f?]{2}", one, flags=re.DOTALL):
            raise Broken(f"{one!r} is no kind of sign with an address of two digits")
        if one[:1] not in TYPES:
            raise Broken(f"{one[:1]!r} is no kind of sign")
        digits = "??" if one[1:] == b"00" else one[1:].decode("ascii")
        shape = re.compile(digits.replace("?", "."), re.IGNORECASE)
        found |= {number for number in range(256) if shape.fullmatch(f"{number:02X}")}
    return frozenset(found)


def _checked(part: bytes) -> bytes:
    """A command out of its packet. Without 03 it has no checksum."""
    command, end, told = part.partition(b"\x03")
    if not end:
        return command
    right = f"{(sum(command) + 2 + 3) % 65536:04X}".encode()
    if told.upper() != right:
        raise Broken(f"checksum {told.decode('ascii')} should be {right.decode()}")
    return command


def _label(told: str) -> str:
    if not told or not 0x20 <= ord(told[0]) < 0x7F or told[0] == "?":
        raise Broken(f"{told[:1]!r} is no label of a file")
    return told[0]


def _begin(data: bytes, at: int) -> int:
    """Behind 1B, a position and a mode (and what the mode n takes): where the letters begin."""
    told = data[at + 1 : at + 4]
    if len(told) < 2 or told[0] not in POSITIONS:
        raise Broken(f"position {told[:1].hex() or 'missing'} is none of this sign")
    if told[1] not in MODES:
        raise Broken(f"mode {chr(told[1])!r} is none of this sign")
    if told[1] != ord("n"):
        return at + 3
    if told[2:] == b"" or told[2] not in SPECIAL:
        raise Broken(f"special mode {told[2:].decode('ascii')!r} is none of this sign")
    return at + 4


def _mixed(digits: bytes) -> str:
    """RRGGBB, as the nearest of the three colors."""
    if not re.fullmatch(rb"[0-9A-Fa-f]{6}", digits):
        raise Broken(f"{digits!r} is no color of six digits")
    red, green = int(digits[:2], 16), int(digits[2:4], 16)
    return "yellow" if min(red, green) > max(red, green) / 2 else "red" if red >= green else "green"


def _packet(address: int, command: bytes) -> bytes:
    """What a sign sends back."""
    body = b"\x02" + command + b"\x03"
    return b"\0" * 5 + b"\x010%02X" % address + body + b"%04X" % (sum(body) % 65536) + b"\x04"
