"""Follows the journal and copies its new records to one place every few seconds, so that a dead disk costs at most ten.

A thread for each place: a dead one keeps nobody waiting. What is copied goes on from the newest backup there; until
there is one, nothing is copied.
"""

from __future__ import annotations

import logging
import tempfile
import threading
from dataclasses import replace
from pathlib import Path

from config import Text, Told
from server.backup import paper_key, pieces
from server.backup.destination import Place
from server.backup.places import opened
from server.domain.backups import Copied, backups_of, piece_name, pieces_of
from server.verbs.hub import Hub

log = logging.getLogger(__name__)

LOOK_S = 30.0
"""So often a place without a backup is asked whether it has one now."""

STUMBLED = Text(
    "即时副本出错，稍后自动再试：请把系统日志发给技术支持。",
    "The running copy failed inside the hub, which tries again: send the log to who supports you.",
)


class Copier:
    """The running copy at one place."""

    def __init__(self, hub: Hub, url: str) -> None:
        self._hub, self._url, self._stop = hub, url, threading.Event()
        self._next: tuple[int, str] | None = None
        """First row of the piece that is being filled, and the hash before it; None: to be looked for."""
        self._seq = 0
        self._left = False
        self._thread = threading.Thread(target=self._run, name=f"copy to {url}", daemon=True)
        hub.copies[url] = Copied()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Copy what there is, then end; a place that hangs is not waited for."""
        self._stop.set()
        self._thread.join(5.0)

    def leave(self) -> None:
        """The hall copies nothing to this place any more: end without another copy, and without being waited for."""
        self._left = True
        self._stop.set()

    def _run(self) -> None:
        while True:
            last = self._stop.is_set()
            if self._left:
                return
            self.copy()
            if last:
                return
            self._stop.wait(self._hub.hall.backup.copy_s if self._next else LOOK_S)

    def copy(self) -> None:
        """Whatever is new; what went wrong is kept for the live page."""
        hub, was = self._hub, self._hub.copies.get(self._url, Copied())
        newest = hub.seq
        if self._next and newest == self._seq:
            return
        behind = was.behind_since or hub.now()
        try:
            recipient = paper_key.recipient(hub.hall)
            place = opened(hub.hall, self._url)
            if self._next is None:
                self._next = self._found(place)
            while self._next and self._seq < newest:
                self._put(place, recipient)
            if self._next:
                hub.copies[self._url] = Copied(self._seq, hub.now())
        except (Told, OSError) as error:
            if not was.problem.zh:
                log.warning("copy to %s: %s", self._url, error)
            self._away(was, behind, error.text if isinstance(error, Told) else was.problem)
        except Exception:  # a copy that ended unseen would be found out about after the disk had died
            if was.problem != STUMBLED:
                log.exception("copy to %s: it stumbled, and is tried again", self._url)
            self._away(was, behind, STUMBLED)

    def _away(self, was: Copied, behind: float, problem: Text) -> None:
        self._next = None  # the place may come back as another one
        self._hub.copies[self._url] = replace(was, behind_since=behind, problem=problem)

    def _found(self, place: Place) -> tuple[int, str] | None:
        """Where to go on: the newest piece of our own chain, or behind the newest backup; None without one."""
        reader, hall = self._hub.read(), self._hub.hall.hall.id
        names = place.names()
        firsts = [
            (piece.first, before)
            for piece in pieces_of(hall, names)
            if (before := reader.hash_of(piece.first - 1)) is not None and before.startswith(piece.before)
        ]
        backups = [
            (one.seq + 1, before) for one in backups_of(hall, names) if (before := reader.hash_of(one.seq)) is not None
        ]
        found = max([*firsts, *backups], default=None) if backups else None
        self._seq = found[0] - 1 if found else 0
        return found

    def _put(self, place: Place, recipient: object) -> None:
        assert self._next is not None
        first, before = self._next
        told, rows = pieces.content(self._hub.read().conn, self._hub.hall.hall.id, first, before)
        with tempfile.TemporaryDirectory(prefix="copy-", dir=self._hub.hall.data) as folder:
            file = Path(folder) / "piece"
            file.write_bytes(pieces.sealed(told, recipient))
            place.put(file, piece_name(self._hub.hall, first, before))
        self._seq = rows[-1].seq
        if len(rows) == pieces.MOST:
            self._next = (rows[-1].seq + 1, rows[-1].hash)
