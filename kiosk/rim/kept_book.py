"""The file in which a kiosk notes what it gives out without the hub: one line of JSON each, durable before anybody sees
its number.

Each line bears its CRC. A last line that was cut by a failing current was never shown to anybody and is dropped; any
other that can't be read makes the book `damaged` (`kiosk/flow/offline.py`): from then on it is a new one.
"""

from __future__ import annotations

import json
import logging
import os
import time
import uuid
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import tzinfo
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kiosk.flow import offline
from kiosk.flow.events import RequestTicket
from kiosk.flow.offline import Book, Given, Lease, Refusal
from kiosk.flow.view import View

log = logging.getLogger(__name__)

GROWN = 200
"""So many lines of the file, and it is written anew without those that nobody needs."""
BATCH = 200
"""So many lines go to the hub at once."""


class KeptBook:
    """The book in `file`. Of one thread at a time; every OSError of the disk comes out, and then nothing was given.

    `clock` is this machine's, epoch seconds; `count` gives seconds that no setting of the clock touches. The hub's time
    is reckoned from both.
    """

    def __init__(
        self,
        file: Path,
        zone: tzinfo,
        clock: Callable[[], float] = time.time,
        count: Callable[[], float] = time.monotonic,
    ) -> None:
        self.file, self.zone = file, zone
        self._clock, self._count = clock, count
        self._behind = 0.0  # the hub's time minus this machine's, as it was when both were known
        self._heard: tuple[float, float] | None = None  # (the hub's time, our count then), of this run
        self._written = 0
        self._torn = False  # a line was not written whole: nothing may stand behind it
        self._answer: dict[str, Any] = {}  # the hub's newest, as it came
        self.book = self._read()
        self._begun = self.book.newest, count()
        self._sent = max((one.line for one in self.book.lines), default=0)  # an earlier run may have sent them
        if not self.book.id or self.book.damaged:
            self._begin_anew()

    # --- time ---

    def now(self) -> float:
        """The hub's time as this kiosk reckons it, epoch seconds: counted on from when it was heard in this run, else
        by this machine's clock and by how much that was behind. Where that clock has gone back (a battery is dead) the
        time goes on from what is in the book, and never stands still.
        """
        if self._heard:
            at, count = self._heard
            return offline.reckoned(self.book, at + self._count() - count)
        newest, count = self._begun
        return offline.reckoned(self.book, max(self._clock() + self._behind, newest + self._count() - count))

    def hear(self, now: float) -> None:
        """The hub's time is this now."""
        self._heard = now, self._count()
        self._behind = now - self._clock()
        self.book = replace(self.book, heard=max(self.book.heard, now))

    # --- giving out ---

    def give(self, wish: RequestTicket) -> Given | Refusal:
        found = offline.give(self.book, wish, self.now(), self.zone)
        if isinstance(found, Given) and found not in self.book.lines:
            self._append({"given": found.model_dump(mode="json"), "behind": self._behind})
            self.book = offline.noted(self.book, found)
        return found

    def give_back(self, line: int) -> Given | Refusal:
        """取错了, while the hub can't have it."""
        given = next((one for one in self.book.owed if one.line == line and line > self._sent), None)
        if given is None:
            return Refusal(offline.ENTERED)
        back = given.model_copy(update={"back": True})
        self._append({"given": back.model_dump(mode="json"), "behind": self._behind})
        self.book = offline.noted(self.book, back)
        return back

    def usable(self) -> bool:
        return offline.usable(self.book, self.now(), self.zone)

    # --- meeting the hub ---

    def message(self, *, whole: bool = True) -> dict[str, Any]:
        """What is sent to the hub, again and again until it has answered. Only the `whole` of it has the lines that
        are owed: from then on the hub may have them.
        """
        book = self.book
        owed = book.owed[:BATCH] if whole else ()
        self._sent = max(self._sent, *(one.line for one in owed), 0)
        heard = book.heard if not self._heard else min(book.heard, self._heard[0])
        return {
            "book": book.id,
            "clock": self.now(),
            "entered": book.entered,
            "heard": min(heard, owed[0].at)
            if owed
            else heard,  # what is owed may be older: the view came first, or a hub lost it
            "holds": [one.model_dump() for one in book.lease.blocks] if book.lease else [],
            "unread": book.unread,
            "taken": [one.model_dump(exclude={"day"}) for one in owed],
        }

    def met(self, answer: Mapping[str, Any], view: View | None = None) -> bool:
        """Keep what the hub answered; whether it has all now. Raises ValidationError for an answer of another kind."""
        lease = Lease.model_validate(answer)
        self._answer = dict(answer)
        self._append({"lease": self._answer, "behind": lease.now - self._clock()})
        self.book = offline.met(self.book, lease, self.zone)
        self.hear(lease.now)
        if self._written > GROWN:
            self._rewrite()
        if view:
            self._keep_view(view)
        return not self.book.owed

    # --- the disk ---

    def _append(self, line: Mapping[str, Any]) -> None:
        """Durable, or an OSError and as if it had never been. On a full disk a part of it may stand there: then the
        file is made anew before the next one, or that would be read as one with the torn end.
        """
        if self._torn:
            self._rewrite()
            self._torn = False
        whole = sealed(line)
        descriptor = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            if os.write(descriptor, whole) != len(whole):
                raise OSError(f"{self.file}: not all was written")
            os.fsync(descriptor)
        except OSError:
            self._torn = True
            raise
        finally:
            os.close(descriptor)
        self._written += 1

    def _rewrite(self) -> None:
        """The file anew, whole before it takes the old one's place."""
        book, new = self.book, self.file.with_suffix(".new")
        lines = [{"book": book.id, "entered": book.entered, "heard": book.heard, "unread": book.unread}]
        lines += [{"given": one.model_dump(mode="json"), "behind": self._behind} for one in book.lines]
        lines += [{"lease": self._answer, "behind": self._behind}] if self._answer else []
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with new.open("wb") as out:
            out.write(b"".join(map(sealed, lines)))
            out.flush()
            os.fsync(out.fileno())
        new.replace(self.file)
        folder = os.open(self.file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        self._written = len(lines)

    def _begin_anew(self) -> None:
        """A book of a new id: it has no number until the hub grants it some. What the old one still holds is kept
        beside it, and the lines that can be read are still sent.
        """
        if self.book.damaged:
            log.error("kiosk: %s can't be read whole; a new book is begun, the old one stays beside it", self.file)
            self.file.rename(self.file.with_suffix(f".damaged-{time.time_ns()}"))
        owed = tuple(one.model_copy(update={"line": n}) for n, one in enumerate(self.book.owed, start=1))
        self.book = Book(id=str(uuid.uuid4()), lines=owed, heard=self.book.heard, unread=self.book.unread)
        self._answer = {}
        self._rewrite()

    def _read(self) -> Book:
        book = Book()
        try:
            *whole, torn = self.file.read_bytes().split(b"\n")
        except FileNotFoundError:
            return book
        for line in whole:
            told = opened(line)
            try:
                book = self._with(book, told) if told else _unread(book)
            except (ValidationError, KeyError, TypeError):
                book = _unread(book)
        if torn:
            log.warning(
                "kiosk: the last line of %s was cut while it was written; nobody has seen its number", self.file
            )
            self.book = book
            if book.id and not book.damaged:
                self._rewrite()  # so that the next line begins a line
        self._written = len(whole)
        return book

    def _with(self, book: Book, told: Mapping[str, Any]) -> Book:
        self._behind = told.get("behind", self._behind)
        if "lease" in told:
            self._answer = told["lease"]
            return offline.met(book, Lease.model_validate(told["lease"]), self.zone)
        if "given" in told:
            return offline.noted(book, Given.model_validate(told["given"]))
        return replace(
            book, id=told["book"], entered=told["entered"], heard=told["heard"], unread=told.get("unread", 0)
        )

    # --- the guide, for a kiosk that starts while the hub is away ---

    def _keep_view(self, view: View) -> None:
        new = self.file.with_suffix(".view.new")
        kept = view.model_copy(update={"id_key": ""})
        new.write_text(kept.model_dump_json(by_alias=False), encoding="utf-8")
        new.replace(self.file.with_suffix(".view"))

    def view(self) -> View | None:
        """What the hub showed last; None where nothing is kept, or by another version."""
        try:
            return View.model_validate_json(self.file.with_suffix(".view").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (ValidationError, ValueError) as error:
            log.warning("kiosk: what the hub showed last can't be read: %s", type(error).__name__)
            return None


def _unread(book: Book) -> Book:
    """Of a file with one more line that can't be read."""
    return replace(book, damaged=True, unread=book.unread + 1)


def sealed(line: Mapping[str, Any]) -> bytes:
    """A line of the file: CRC, JSON, end of line."""
    text = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode()
    return b"%08x %s\n" % (zlib.crc32(text), text)


def opened(line: bytes) -> dict[str, Any] | None:
    """What a line says; None for one that is not as it was written."""
    seal, _, text = line.partition(b" ")
    if seal != b"%08x" % zlib.crc32(text):
        return None
    told: dict[str, Any] = json.loads(text)
    return told
