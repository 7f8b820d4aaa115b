"""What a device says of itself: a change goes into the journal."""

from __future__ import annotations

from server.domain import events as ev
from server.verbs.hub import Hub


def device_changed(hub: Hub, device: str, state: str, detail: str = "") -> None:
    event = ev.DeviceChanged(device=device, state=state, detail=detail)
    hub.turn(lambda turn: turn.record(event, device))
