"""(state, now) -> scene: chooses the page. The one list of pages there is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from kiosk.flow import flow
from kiosk.flow.events import Asking, Publication, State
from kiosk.screens import (
    codes,
    find,
    form_sample,
    furniture,
    home,
    item,
    items,
    judging,
    lodging,
    long_wait,
    message,
    planned,
    reading,
    texting,
    theme,
    ticket,
)
from kiosk.screens.layout import Sheet
from kiosk.screens.scene import Measure, Pen, Ring, Scene

DEPTH = {
    "home": 0, "closed": 0, "away": 0, "connecting": 0, "maintenance": 0,
    "other": 0.4, "items": 1, "guide": 0.5, "publication": 1, "enter": 1, "search": 1, "item": 1.5, "sample": 1.55,
    "fair": 0.4, "lodge": 1, "packages": 0.4, "question": 0.5, "adding": 1.6, "planned": 1.7, "wait": 1.6, "party": 1.7,
    "notice": 1.8, "card": 1.9, "asking": 2, "list": 2.5, "rating": 2.5, "reasons": 2.6, "result": 2.7,
    "ticket": 3, "trouble": 3, "texting": 3.1, "returning": 3.1, "returned": 3.2,
}  # fmt: skip


@dataclass(frozen=True)
class Moment:
    """What a picture depends on besides the state: the time of the hall, the kiosk's own clock, the finger."""

    now: datetime
    clock: float
    pressed: str | None = None


TELEPHONES = frozenset({"home", "closed", "away", "connecting", "maintenance", "trouble"})
"""Pages that keep the telephone line in large print, which needs the room elsewhere."""


def scene(state: State, moment: Moment, size: tuple[int, int], measure: Measure, diagonal: float = 21.5) -> Scene:
    """What the kiosk shows on a panel of this diagonal (inches). Pure, given the widths of texts."""
    asking = state.screen if isinstance(state.screen, Asking) else None
    pressed = asking.pressed if asking else moment.pressed  # while the hub is asked, what was touched stays down
    bare = Sheet(*size, large=state.large, low=state.low)
    pen = Pen(measure, bare.unit, state.large, theme.large_floor(size, diagonal), pressed)
    face, paper = flow.face(state), None
    phones = not state.large or (face in TELEPHONES and not (face == "home" and home.crowded(bare, state)))
    sheet = furniture.framed(pen, bare, state, moment.now, phones=phones)
    match face:
        case "home":
            home.draw(pen, sheet, state, moment.now)
        case "items":
            items.draw(pen, sheet, state, moment.now, moment.clock)
        case "item":
            item.draw(pen, sheet, state, moment.now, moment.clock)
        case "sample" if state.view:
            form_sample.draw(pen, sheet, state, moment.now, moment.clock)
        case "wait" if state.view:
            long_wait.draw(pen, sheet, state, moment.now, moment.clock)
        case "lodge" if state.view:
            lodging.draw(pen, sheet, state, moment.now, moment.clock)
        case "guide" | "publication" | "other" | "fair" | "party" | "packages" | "question" | "adding" if state.view:
            reading.draw(pen, sheet, state, moment.now, moment.clock)
        case "rating" | "reasons":
            judging.draw(pen, sheet, state, moment.now, moment.clock)
        case "enter" | "result":
            codes.draw(pen, sheet, state, moment.now, moment.clock)
        case "search" if state.view:
            find.draw(pen, sheet, state, moment.now, moment.clock)
        case "planned":
            planned.draw(pen, sheet, state, moment.now, moment.clock)
        case "texting":
            texting.draw(pen, sheet, state, moment.now, moment.clock)
        case "ticket":
            paper = ticket.draw(pen, sheet, state, moment.now, moment.clock)
        case _:
            message.draw(pen, sheet, state, moment.now, moment.clock)
    name, depth = _place(state, face)
    found = Scene(
        size,
        name,
        depth,
        sheet.header.bottom,
        tuple(pen.parts),
        () if asking else tuple(pen.targets),
        paper,
        tuple(pen.cut),
    )
    return _ringed(found, state.focus)


def _ringed(found: Scene, focus: str | None) -> Scene:
    """With the keypad's ring: around the target it stands on, else around the first."""
    target = found.focused(focus)
    if target is None:
        return found
    ring = Ring(target.rect, round(min(found.size) / 108 * 2.4))
    return replace(found, parts=(*found.parts, ring))


def _place(state: State, face: str) -> tuple[str, float]:
    """(name, depth) of a page: a change of name is a move, deeper is to the right."""
    shown = state.screen.origin if isinstance(state.screen, Asking) and not state.screen.patient else state.screen
    page = getattr(shown, "page", None)
    if page is None:
        return face, DEPTH[face]
    within = getattr(shown, "group", "") or getattr(shown, "code", "") or getattr(shown, "chapter", "")
    deeper = 0.2 if isinstance(shown, Publication) and shown.chapter else 0.0
    return f"{face}:{within}:{page}", DEPTH[face] + deeper + page / 100
