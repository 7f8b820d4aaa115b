"""开厅清单 for the live page, JSON-able."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from config import ROOT
from server.domain import opening_list
from server.health import Health
from server.store import backup_state
from server.verbs import opening_list as steps
from server.verbs.hub import Hub


def opening_list_view(hub: Hub, health: Health) -> list[dict[str, Any]]:
    """What is still missing, in order: {"id", "zh", "en", "todo", "todo_en", "link"}; nothing when the list is put
    away.
    """
    reader = hub.read()
    ticked = reader.ticked_steps()
    if opening_list.WHOLE in ticked:
        return []
    facts = opening_list.Facts(
        seen=steps.seen(hub, health),
        posts=len(reader.posts()),
        roles=Counter(row["role"] for row in reader.everybody() if row["active"]),
        demonstration=hub.kept("demonstration", lambda: _demonstration(hub.hall.folder / hub.hall.hall.catalogue)),
        saved=any(place.tested_at is not None for place in backup_state.read(hub.hall).places.values()),
    )
    return [
        {"id": step.id, **step.text.json(), **step.todo.json("todo"), "link": step.link}
        for step in opening_list.missing(hub.hall, facts, ticked)
    ]


def _demonstration(catalogue: Path) -> bool:
    """Whether a catalogue is the one that is shipped, or a copy of it."""
    return catalogue.read_bytes() == (ROOT / "data" / "catalogue.csv").read_bytes()
