"""The clerk's thread: looks what is due, has it made, keeps it, and tries what is still to be delivered.

Never in the way of the hall.

What is due is server/reports/due.py's to say; what was done stands in the tables, so that a restart goes on
where it was.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace

from config import Text
from server.domain.snapshot import Delivery, Snapshot
from server.reports import due
from server.reports.delivery import mail
from server.reports.delivery.folder import NotDelivered, put
from server.reports.delivery.workshop import NotMade, Workshop
from server.reports.forms.make import file_name
from server.reports.period import Period
from server.verbs import snapshots
from server.verbs.hub import Hub
from server.views.indicators import with_indicators

log = logging.getLogger(__name__)

EVERY_S = 20.0
Files = dict[str, tuple[str, bytes]]
"""Form -> the file's name, and its content."""
MAKE = "make"
"""The way of a report that could not be made: it stands among the deliveries, as version 0, until it is."""


class Clerk:
    """The clerk of one hub."""

    def __init__(self, hub: Hub, workshop: Workshop) -> None:
        self._hub, self._workshop = hub, workshop
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="clerk", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop looking; what is being made or sent is left, and begun again at the next start."""
        self._stop.set()
        self._workshop.stop()
        if self._thread.is_alive():
            self._thread.join(2.0)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self.round()
            except sqlite3.Error as error:
                log.error("the clerk could not write: %s; it tries again in %.0f s", error, EVERY_S)
            except Exception:
                log.exception("the clerk stumbled; it tries again in %.0f s", EVERY_S)
            self._stop.wait(EVERY_S)

    def round(self) -> None:
        """Do what is due now, once."""
        for period in self.due():
            if self._stop.is_set():
                return
            self._make(period)
        for delivery in self._hub.read().open_deliveries():
            if self._stop.is_set():
                return
            if delivery.way != MAKE and delivery.next_at <= self._hub.now():
                self._deliver(delivery)

    def due(self) -> list[Period]:
        """The reports to be made now; those that failed wait for their next try."""
        reader, now = self._hub.read(), self._hub.now()
        made = {snapshot.period: snapshot.made_at for snapshot in reader.snapshots()}
        later = {d.period for d in reader.open_deliveries() if d.way == MAKE and d.next_at > now}
        return [period for period in due.due(self._hub.hall, now, reader.first_day(), made) if period.id not in later]

    def _make(self, period: Period) -> None:
        tried = next((d for d in self._hub.read().deliveries(period.id, 0) if d.way == MAKE), None)
        wish = tried or Delivery(period.id, 0, MAKE, self._hub.now())
        try:
            kept = snapshots.keep(self._hub, period, with_indicators(self._hub, period, self._workshop.make(period)))
        except NotMade as error:
            if not self._stop.is_set():
                snapshots.settle(self._hub, wish, error.text)
            return
        log.info("report %s made and kept, version %d, sha256 %s", kept.period, kept.version, kept.sha256)
        if tried:
            snapshots.settle(self._hub, tried, None)

    def _deliver(self, delivery: Delivery) -> None:
        """A way with all its forms, or one form that was left over (`folder:pdf`)."""
        hub, (way, _, left) = self._hub, delivery.way.partition(":")
        snapshot = hub.read().snapshot(delivery.period, delivery.version)
        assert snapshot is not None
        wanted = [left] if left else list(hub.hall.report.files if way == "folder" else hub.hall.mail.files)
        files, failed = self._files(snapshot, wanted)
        if self._stop.is_set():
            return
        try:
            if left and failed:
                raise NotMade(*failed[left])
            (self._put if way == "folder" else self._mail)(snapshot, files, left, failed)
        except (NotDelivered, NotMade) as error:
            if self._stop.is_set():
                return
            log.warning("report %s: %s", delivery.period, error.text.en)
            snapshots.settle(hub, delivery, error.text)
        else:
            snapshots.settle(hub, delivery, None)
            for form, problem in failed.items():
                log.warning("report %s: %s", delivery.period, problem.en)
                snapshots.settle(hub, replace(delivery, way=f"{way}:{form}", tries=0, done_at=None), problem)

    def _put(self, snapshot: Snapshot, files: Files, left: str, failed: Mapping[str, Text]) -> None:
        hall = self._hub.hall
        put(hall.folder / hall.report.folder, {name: content for name, content in files.values()})

    def _mail(self, snapshot: Snapshot, files: Files, left: str, failed: Mapping[str, Text]) -> None:
        hall = self._hub.hall
        told = snapshots.told(hall, snapshot)
        mail.send(hall, mail.message(hall, snapshot, told, files, left=left, failed=tuple(failed.values())))

    def _files(self, snapshot: Snapshot, forms: Sequence[str]) -> tuple[Files, dict[str, Text]]:
        """Each form by itself: those that were made, and why others were not."""
        hall, report = self._hub.hall, snapshots.told(self._hub.hall, snapshot)
        made: Files = {}
        failed: dict[str, Text] = {}
        for form in forms:
            try:
                name = file_name(hall, snapshots.file_stem(snapshot), form)
                made[form] = (name, self._workshop.file(report, form))
            except NotMade as error:
                failed[form] = error.text
        return made, failed
