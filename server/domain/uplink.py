"""What a hall and its district say to each other of the journal (docs/district.md). Pure: both ends read it here.

An ask is a header and rows of the journal in order, each row as its list; a reply says how far the district is or why
it took nothing. The hall's chain is the protocol: there are no message ids, and the reply is the only cursor. A kept
report follows its row (ReportMade): the district says which it lacks, and the row's sha256 says whether it is the one.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, NamedTuple, get_args

from server.domain.chain import GENESIS, Head, Row, canonical

MOST_ROWS = 500
"""Of one ask: 30 KB packed."""
LONGEST = 8 << 20
"""Bytes of an ask unpacked; a row is at most a few kilobytes."""
SEND_ROWS, SEND_S = 200, 5.0
"""A hall sends when it has so many rows or the oldest has waited so long."""
SKEW_S = 300.0
"""Seconds by which a hall's clock may differ from the district's before it is an alarm."""
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
"""Of a city and a hall: one word of a subject."""


_HALVES = re.compile("[\ud800-\udfff]")


class Malformed(ValueError):
    """Bytes that are no ask or no reply; the sentence says what is wrong."""


class Live(NamedTuple):
    """How the hall is now, told every few seconds and kept by nobody. `longest_s`: 0 where nobody waits."""

    at: float
    waiting: int
    longest_s: float
    serving: int
    open_counters: int
    counters: int
    over_pledge: int
    """Of those who wait: longer than the hall promises."""
    seq: int
    red_cases: int | None = None
    """办件 past their term; None: of a hall that does not tell yet."""
    printers: int | None = None
    printers_down: int | None = None
    """Of them, those that can't print now, or have never said anything."""


@dataclass(frozen=True)
class Ask:
    """`head`: the newest row that the hall has; `before`: hash of the row before the first of `rows`; `version`: of the
    hall's program. No rows: how far are you?
    """

    head: Head
    before: str = GENESIS
    rows: tuple[Row, ...] = ()
    version: str = ""
    sent_at: float = 0.0


Kind = Literal["ok", "gap", "behind", "fork", "damaged", "stranger"]


@dataclass(frozen=True)
class Reply:
    """`head`: how far the district is.

    ok: everything up to there is kept. gap: rows are missing after it. behind: the hall has fewer rows and the same
    history, so it was restored: it takes its rows back. fork: the district has other rows from `at` on.
    damaged: a row does not continue the one before it. stranger: nobody enrolled this hall.
    """

    kind: Kind
    head: Head = field(default_factory=Head)
    at: int = 0


def subject(kind: str, city: str, hall: str) -> str:
    """`j.<city>.<hall>`: rows up; `back.…`: rows asked back; `snap.…`: kept reports up; `live.…`: how it is now."""
    return f"{kind}.{city}.{hall}"


def of_subject(text: str) -> tuple[str, str, str]:
    """(kind, city, hall). Raises Malformed."""
    parts = text.split(".")
    if len(parts) != 3 or not all(map(NAME.fullmatch, parts[1:])):
        raise Malformed(f"{text!r} is no subject of a hall")
    return parts[0], parts[1], parts[2]


def packed(ask: Ask) -> bytes:
    """An ask as it goes over the wire: zlib of lines, the header first."""
    head = {"head": ask.head, "before": ask.before, "version": ask.version, "sent_at": ask.sent_at}
    return zlib.compress("\n".join([canonical(head), *map(canonical, ask.rows)]).encode(), 6)


def unpacked(data: bytes) -> Ask:
    """Raises Malformed for whatever a hall does not send."""
    lines = _lines(data)
    try:
        told = json.loads(lines[0])
        head, before, version = Head(*told["head"]), told["before"], told["version"]
        sent = float(told["sent_at"])
        if not (_text(before) and _text(version) and len(version) <= 80 and math.isfinite(sent)):
            raise TypeError("the header has other fields")
        return Ask(_head(head), before, rows_of(lines[1:]), version, sent)
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise Malformed(f"the ask can't be read: {error}") from None


def _lines(data: bytes) -> list[str]:
    read = zlib.decompressobj()
    try:
        text = read.decompress(data, LONGEST)
        if read.unconsumed_tail or not read.eof:
            raise Malformed("the ask is too long, or cut off")
        return text.decode().split("\n")
    except (zlib.error, UnicodeDecodeError) as error:
        raise Malformed(f"the ask can't be unpacked: {error}") from None


def _text(told: object) -> bool:
    """Whether it is text that every database can hold: no NUL, no half of a pair of surrogates."""
    return isinstance(told, str) and "\0" not in told and not _HALVES.search(told)


def _head(head: Head) -> Head:
    if not (isinstance(head.seq, int) and 0 <= head.seq < 1 << 62 and _text(head.hash) and len(head.hash) == 64):
        raise TypeError("a head is a number and 64 hexadecimal digits")
    return head


def rows_of(lines: Sequence[str]) -> tuple[Row, ...]:
    """Rows of the journal, a JSON list each. Raises ValueError or TypeError."""
    if len(lines) > MOST_ROWS:
        raise ValueError(f"{len(lines)} rows, more than {MOST_ROWS}")
    return tuple(_row(json.loads(line)) for line in lines)


def _row(told: Any) -> Row:
    row = Row(*told)
    whole = isinstance(row.seq, int) and isinstance(row.at, float) and math.isfinite(row.at)
    texts = all(map(_text, (row.event, row.actor, row.data, row.hash)))
    ticket = row.ticket is None or (isinstance(row.ticket, int) and 0 <= row.ticket < 1 << 62)
    if not (whole and texts and ticket and (row.counter is None or _text(row.counter)) and 0 < row.seq < 1 << 62):
        raise TypeError("a row has other fields")
    return row


def live_packed(told: Live) -> bytes:
    """How a hall is, as it goes over the wire."""
    return canonical(told._asdict()).encode()


def live_heard(data: bytes) -> Live:
    """What a newer hall tells besides is passed over. Raises Malformed."""
    try:
        told = json.loads(data)
        live = Live(**{name: told[name] for name in Live._fields if name in told})
    except (ValueError, TypeError) as error:
        raise Malformed(f"how the hall is can't be read: {error}") from None
    known = [value for value in live if value is not None]
    if not all(isinstance(one, int | float) and math.isfinite(one) for one in known) or None in live[:8]:
        raise Malformed("how the hall is has something else than numbers in it")
    return live


def said(reply: Reply) -> bytes:
    """A reply as it goes over the wire."""
    return canonical(asdict(reply)).encode()


def heard(data: bytes) -> Reply:
    """Raises Malformed."""
    try:
        told = json.loads(data)
        head = told["head"]
        if told["kind"] not in get_args(Kind):
            raise ValueError(f"{told['kind']!r} is none that this version knows")
        return Reply(
            told["kind"], _head(Head(head["seq"], head["hash"]) if isinstance(head, dict) else Head(*head)), told["at"]
        )
    except (ValueError, TypeError, KeyError) as error:
        raise Malformed(f"the reply can't be read: {error}") from None


class Kept(NamedTuple):
    """A report as the hall keeps it: `packed` is zlib over its canonical JSON (server.domain.snapshot)."""

    period: str
    version: int
    packed: bytes

    def text(self) -> bytes:
        """The canonical JSON. Raises Malformed."""
        read = zlib.decompressobj()
        try:
            text = read.decompress(self.packed, LONGEST)
        except zlib.error as error:
            raise Malformed(f"the report can't be unpacked: {error}") from None
        if read.unconsumed_tail or not read.eof:
            raise Malformed("the report is too long, or cut off")
        return text


Wanted = list[tuple[str, int]]
"""(period, version) of the kept reports that the district lacks, the newest first."""


def kept_packed(kept: Kept | None) -> bytes:
    """A kept report as it goes over the wire; None: which do you lack?"""
    if kept is None:
        return b""
    told = {"period": kept.period, "version": kept.version, "packed": base64.b64encode(kept.packed).decode()}
    return canonical(told).encode()


def kept_unpacked(data: bytes) -> Kept | None:
    """Raises Malformed for whatever a hall does not send."""
    if not data:
        return None
    try:
        told = json.loads(data)
        period, version = told["period"], told["version"]
        if not (isinstance(period, str) and isinstance(version, int)):
            raise TypeError("a report has a period and a version")
        return Kept(period, version, base64.b64decode(told["packed"], validate=True))
    except (ValueError, TypeError, KeyError, binascii.Error) as error:
        raise Malformed(f"the report can't be read: {error}") from None


def wanted_said(wanted: Wanted) -> bytes:
    """What the district lacks, as it goes over the wire."""
    return canonical(wanted).encode()


def wanted_heard(data: bytes) -> Wanted:
    """Raises Malformed."""
    try:
        return [(str(period), int(version)) for period, version in json.loads(data)]
    except (ValueError, TypeError) as error:
        raise Malformed(f"the answer can't be read: {error}") from None
