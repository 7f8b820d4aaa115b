"""(state, now) -> scene: chooses the page. The one list of pages there is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kiosk import flow, theme
from kiosk.flow import Asking, Home, Items, State
from kiosk.layout import Sheet
from kiosk.pages import home, items, message, ticket
from kiosk.scene import Measure, Pen, Scene

DEPTH = {"home": 0, "closed": 0, "away": 0, "connecting": 0, "items": 1, "asking": 2, "ticket": 3, "trouble": 3}


@dataclass(frozen=True)
class Moment:
    """What a picture depends on besides the state: the time of the hall, the kiosk's own clock, the finger."""

    now: datetime
    clock: float
    pressed: str | None = None


def scene(state: State, moment: Moment, size: tuple[int, int], measure: Measure) -> Scene:
    """What the kiosk shows. Pure, given the widths of texts."""
    sheet = Sheet(*size, large=state.large)
    waiting = isinstance(state.screen, Asking)
    pen = Pen(measure, sheet.unit, theme.LARGE_PRINT if state.large else 1.0, _pressed(state, moment.pressed))
    face, paper = flow.face(state), None
    match face:
        case "home":
            home.draw(pen, sheet, state, moment.now)
        case "items":
            items.draw(pen, sheet, state, moment.now, moment.clock)
        case "ticket":
            paper = ticket.draw(pen, sheet, state, moment.now, moment.clock)
        case _:
            message.draw(pen, sheet, state, moment.now, moment.clock)
    name, depth = _place(state, face)
    targets = () if waiting else tuple(pen.targets)
    return Scene(size, name, depth, sheet.header.bottom, tuple(pen.parts), targets, paper, tuple(pen.cut))


def _pressed(state: State, pressed: str | None) -> str | None:
    """While a number is being asked for, its tile stays down."""
    if not isinstance(state.screen, Asking):
        return pressed
    is_help = state.view is not None and state.screen.service == state.view.help_service
    return "help" if is_help and isinstance(state.screen.origin, Home) else f"service:{state.screen.service}"


def _place(state: State, face: str) -> tuple[str, float]:
    """(name, depth) of a page: a change of name is a move, deeper is to the right."""
    shown = state.screen.origin if isinstance(state.screen, Asking) and not state.screen.patient else state.screen
    if isinstance(shown, Home | Items):
        return f"{face}:{getattr(shown, 'group', '')}:{shown.page}", DEPTH[face] + shown.page / 100
    return face, DEPTH[face]
