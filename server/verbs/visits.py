"""Finished visits of another system, taken into this hall's history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from server.domain import events as ev
from server.domain.rules import Refused
from server.domain.visit import Visit
from server.store.transaction import Turn
from server.verbs.hub import By, Hub


def import_visits(hub: Hub, by: By, visits: Sequence[Visit], *, source: str, sha256: str) -> int:
    """Take in another system's finished visits, all or none; a file that was taken in before is refused."""

    def decide(turn: Turn) -> int:
        for row in turn.events_between("VisitsImported", 0.0, float("inf")):
            if row.field("sha256") == sha256:
                when = datetime.fromtimestamp(row.at, hub.hall.zone)
                raise Refused(
                    f"该文件已于{when:%Y-%m-%d %H:%M}导入。", f"This file was imported on {when:%Y-%m-%d %H:%M}."
                )
        first = turn.next_id("tickets")
        for ticket, v in enumerate(visits, start=first):
            turn.record(
                ev.Imported(
                    ticket=ticket,
                    counter=v.counter,
                    day=v.day,
                    service=v.service,
                    klass=v.klass,
                    staff=v.staff,
                    state=v.state,
                    arrived=v.arrived,
                    called=v.called,
                    last_called=v.last_called,
                    started=v.started,
                    ended=v.ended,
                    calls=v.calls,
                    outcome=v.outcome,
                ),
                by.actor,
            )
        turn.record(ev.VisitsImported(source=source, sha256=sha256, visits=len(visits)), by.actor)
        return len(visits)

    return hub.turn(decide)
