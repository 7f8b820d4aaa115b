"""开厅清单 as verbs: a manager ticks a step off or puts the list away; the hub notes what it sees for the first time.

Beside the chain, as the devices' tokens are: nothing of it changes what the hall does.
"""

from __future__ import annotations

from server.domain import opening_list
from server.domain.rules import Refused
from server.health import GOOD, Health
from server.store.transaction import Turn
from server.verbs.hub import By, Hub

BY_ITSELF = "hub"
FIXED = ("tel_consult", "tel_complaint", "catalogue", "manager", "operators", "posts", "banner", "backup")


def tick(hub: Hub, by: By, step: str) -> None:
    """A step is not needed here, or is done where the hub can't see it; WHOLE puts the list away. The same again
    changes nothing.
    """
    wires = (f"wire {wire}" for wire in hub.hall.wires)
    if step not in (opening_list.WHOLE, *FIXED, *opening_list.devices(hub.hall), *wires):
        raise Refused(f"清单里没有“{step}”这一项。", f"There is no '{step}' on the list.")
    hub.act(by, lambda turn: turn.tick_step(step, by.actor), "opening list", step)


def seen(hub: Hub, health: Health) -> set[str]:
    """Steps of devices that are there now."""
    return {step for step, device in opening_list.devices(hub.hall).items() if _there(health, device)}


def _there(health: Health, device: str) -> bool:
    word = health.word(device)
    return health.presence(device).seen is not None or (word is not None and word.state in GOOD)


def note_seen(hub: Hub, health: Health) -> None:
    """Write down what is there for the first time, so that the list does not forget it when the hub starts again."""
    fresh = seen(hub, health) - hub.read().ticked_steps()
    if fresh:
        hub.turn(lambda turn: _note(turn, fresh))


def _note(turn: Turn, steps: set[str]) -> None:
    for step in sorted(steps):
        turn.tick_step(step, BY_ITSELF)
