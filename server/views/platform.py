"""How the city's platform and this hall agree: up-time of the link, what matches nothing, JSON-able."""

from __future__ import annotations

from typing import Any

from config import Text
from server.domain import platform
from server.store.reader import Reader
from server.verbs.cases import CASE
from server.verbs.hub import Hub
from server.views.tickets import iso

DAYS = (1, 7, 30)
"""Up-time is told of so many days back."""
SAID = {
    platform.NUMBERED: Text("平台办件号", "Number of a case"),
    platform.MOVED: Text("平台办理", "Move of a case"),
    platform.PRETRIAL: Text("预审", "Pre-check"),
}


def platform_view(hub: Hub) -> dict[str, Any]:
    """What fits nothing here, the first heard first, and how many cases have no number of the platform yet."""
    reader = hub.read()
    return {
        "unmatched": [
            {
                "id": letter.id,
                "what": SAID.get(letter.type, Text.same(letter.type)),
                "subject": letter.subject,
                "heard": iso(hub.hall, letter.heard_at),
                "why": letter.why,
            }
            for letter in reader.unmatched()
        ],
        "unmatched_count": reader.count_unmatched(),
        "without_number": reader.count_without_number(CASE),
    }


def up_time(hub: Hub, reader: Reader, destination: str, now: float) -> list[dict[str, Any]]:
    """Share of the last days in which a link was up, each {"days", "share", "since"}: None where nothing is known,
    `since` where it is known for a part of them only; more days are not told of then.
    """
    device = f"link {destination}"
    told: list[dict[str, Any]] = []
    for days in DAYS:
        start = now - days * 86400.0
        changes = reader.device_changes(device, start)
        found = platform.uptime(changes, reader.device_before(device, start), start, now)
        whole = found.since <= start
        told.append({"days": days, "share": found.share, "since": None if whole else iso(hub.hall, found.since)})
        if not whole:
            break
    return told
