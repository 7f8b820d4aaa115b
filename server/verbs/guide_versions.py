"""The guides' versions: written down when the hub starts or goes on with others than before, and read back."""

from __future__ import annotations

from server.domain import events as ev
from server.domain import guide
from server.domain.guide import Version
from server.store.reader import Reader
from server.store.transaction import Turn
from server.verbs.hub import Hub

EVENT = "GuidesChanged"


def history(reader: Reader) -> dict[str, list[Version]]:
    """Every version of each service's guide, the oldest first."""
    rows = reader.events_between(EVENT, 0.0, float("inf"))
    return guide.versions((row.at, row.field("guides"), row.field("gone")) for row in rows)


def take_note(hub: Hub) -> int:
    """At the start, and with another hall: what changed in its file is a new version; of how many services."""

    def work(turn: Turn) -> int:
        changed, gone = guide.changes(history(turn), hub.hall.services.values())
        if changed or gone:
            turn.record(ev.GuidesChanged(guides=changed, gone=tuple(gone)), "hub")
        return len(changed) + len(gone)

    return hub.turn(work)
