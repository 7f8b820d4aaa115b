"""What the kiosk does next: (state, event, now) -> (state, effects). Pure; knows no pygame, no HTTP and no clock.

`now` is any clock in seconds that never goes back. A touch that takes a number brings its own idempotency key from
outside; the same key is used for every repetition, so that one touch is one ticket whatever the network does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from kiosk.view import Plate, Ticket, View

SETTLE = 0.3  # a page that has just come ignores touches: a trembling second tap must not take a number
PATIENCE = 0.4  # an answer this quick needs no waiting page
REPEAT = 0.5  # pause before an unanswered request is sent again
GIVE_UP = 10.0  # seconds after which the kiosk says that the hub is away
FLICKER = 3.0  # a hub lost for less than this is not worth a word
SLOW_PRINT = 12.0  # a print job still unfinished then: say what to do
COUNTDOWN = 20  # the last seconds before going home are counted aloud
ITEMS_STAY, TICKET_STAY, PENDING_STAY, FAILED_STAY, TROUBLE_STAY, HOME_STAY = 60.0, 15.0, 60.0, 60.0, 30.0, 60.0


# --- screens ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Home:
    page: int = 0


@dataclass(frozen=True)
class Items:
    """The items of one group."""

    group: str
    page: int = 0


@dataclass(frozen=True)
class Asking:
    """A number has been asked for. `origin` stays on screen, the touched tile pressed, until `patient`."""

    service: str
    key: str
    origin: Home | Items
    asked_at: float
    repeat_at: float | None = None
    patient: bool = False


@dataclass(frozen=True)
class Ticketed:
    """A number has been given. `slow`: the printer takes longer than it should."""

    ticket: Ticket
    slow: bool = False


@dataclass(frozen=True)
class Trouble:
    """No number. `away`: the hub gave no answer; `refused`: it said no, and why (in the hub's words)."""

    kind: Literal["away", "refused"]
    service: str
    key: str
    origin: Home | Items
    reason: str = ""


Screen = Home | Items | Asking | Ticketed | Trouble


@dataclass(frozen=True)
class State:
    """Everything that is on the kiosk. `link`: connecting (never heard the hub yet), up, away."""

    plate: Plate
    screen: Screen = Home()
    view: View | None = None
    link: Literal["connecting", "up", "away"] = "connecting"
    lost_at: float | None = None
    language: str = "zh"
    large: bool = False
    entered_at: float = 0.0
    leave_at: float | None = None


# --- events and effects -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Touch:
    """A finger was lifted from a target. `key`: a new uuid, used if this touch takes a number."""

    target: str
    key: str = ""


@dataclass(frozen=True)
class Tick:
    """Time has passed."""


@dataclass(frozen=True)
class Shown:
    view: View


@dataclass(frozen=True)
class HubLost:
    """The hub can't be heard (said again and again while that lasts)."""


@dataclass(frozen=True)
class TicketCame:
    key: str
    ticket: Ticket


@dataclass(frozen=True)
class TicketFailed:
    """No ticket for this key: no answer (`refused` false, it will be asked again) or a refusal with its reason."""

    key: str
    refused: bool = False
    reason: str = ""


@dataclass(frozen=True)
class PrintCame:
    """The ticket as it is now, with what became of its paper."""

    ticket: Ticket


Event = Touch | Tick | Shown | HubLost | TicketCame | TicketFailed | PrintCame


@dataclass(frozen=True)
class RequestTicket:
    service: str
    key: str
    language: str
    large_print: bool


@dataclass(frozen=True)
class WatchPrint:
    """Ask for this ticket until its paper is final; None: stop asking."""

    id: int | None


Effect = RequestTicket | WatchPrint
Step = tuple[State, tuple[Effect, ...]]


def step(state: State, event: Event, now: float) -> Step:
    """The next state and what must be done for it. A state that did not change is the same object."""
    match event:
        case Touch():
            return _touched(state, event, now)
        case Tick():
            return _ticked(state, now)
        case Shown():
            return _shown(state, event.view, now), ()
        case HubLost():
            return (replace(state, lost_at=now) if state.lost_at is None else state), ()
        case TicketCame():
            return _ticket_came(state, event, now)
        case TicketFailed():
            return _ticket_failed(state, event, now), ()
        case PrintCame():
            return _print_came(state, event.ticket, now), ()


def face(state: State) -> str:
    """Which page is on screen: home, items, asking, ticket, trouble, closed, connecting, away."""
    match state.screen:
        case Asking(patient=True):
            return "asking"
        case Ticketed():
            return "ticket"
        case Trouble():
            return "trouble"
        case Items() | Asking(origin=Items()):
            return "items"
    if state.view is None or state.link == "connecting":
        return "connecting"
    if state.link == "away" and not isinstance(state.screen, Asking):
        return "away"
    return "home" if state.view.issuing or isinstance(state.screen, Asking) else "closed"


def countdown(state: State, now: float) -> int | None:
    """Whole seconds until the kiosk goes home by itself, once that is near enough to say so."""
    if state.leave_at is None or isinstance(state.screen, Home):
        return None
    left = max(0, -int(-(state.leave_at - now) // 1))
    return left if left <= COUNTDOWN else None


# --- touches ----------------------------------------------------------------------------------------------------------


def _touched(state: State, touch: Touch, now: float) -> Step:
    if isinstance(state.screen, Asking) or now - state.entered_at < SETTLE:
        return state, ()
    name, _, value = touch.target.partition(":")
    match name, state.screen:
        case "language" | "large", _:
            return _switched(state, name, now), ()
        case "home" | "back", _:
            return _go_home(state, now)
        case "group", Home() if state.view and state.view.issuing:
            return _enter(state, Items(value), now), ()
        case "page", Home() | Items() as screen:
            return _enter(state, replace(screen, page=int(value)), now), ()
        case "service", Items() as screen:
            return _ask(state, value, touch.key, screen, now)
        case "help", Home() | Items() as screen if state.view and state.view.issuing:
            return _ask(state, state.view.help_service, touch.key, screen, now)
        case "again", Trouble(kind="away") as trouble:
            return _ask(state, trouble.service, trouble.key, trouble.origin, now, patient=True)
    return replace(state, leave_at=_leave_at(state, state.screen, now)), ()


def _switched(state: State, name: str, now: float) -> State:
    if name == "language":
        state = replace(state, language="zh" if state.language == "en" else "en")
    else:
        state = replace(state, large=not state.large, screen=_first_page(state.screen))
    return replace(state, leave_at=_leave_at(state, state.screen, now))


def _first_page(screen: Screen) -> Screen:
    return replace(screen, page=0) if isinstance(screen, Home | Items) else screen


def _ask(state: State, service: str, key: str, origin: Home | Items, now: float, *, patient: bool = False) -> Step:
    asking = Asking(service, key, origin, asked_at=now, patient=patient)
    return _enter(state, asking, now), (RequestTicket(service, key, state.language, state.large),)


def _go_home(state: State, now: float) -> Step:
    effects = (WatchPrint(None),) if isinstance(state.screen, Ticketed) else ()
    return _enter(state, Home(), now), effects


def _enter(state: State, screen: Screen, now: float) -> State:
    return replace(state, screen=screen, entered_at=now, leave_at=_leave_at(state, screen, now))


def _leave_at(state: State, screen: Screen, now: float) -> float | None:
    """When the kiosk goes home by itself; in large print everything may take half as long again."""
    match screen:
        case Asking():
            return None
        case Home():
            as_found = state.language == "zh" and not state.large and screen.page == 0
            stay = None if as_found else HOME_STAY
        case Items():
            stay = ITEMS_STAY
        case Trouble():
            stay = TROUBLE_STAY
        case Ticketed(ticket):
            stay = {"printed": TICKET_STAY, "sent": TICKET_STAY}.get(ticket.print.state, FAILED_STAY)
            stay = stay if ticket.paper_is_final else PENDING_STAY
    return None if stay is None else now + stay * (1.5 if state.large else 1.0)


# --- time -------------------------------------------------------------------------------------------------------------


def _ticked(state: State, now: float) -> Step:
    if state.link == "up" and state.lost_at is not None and now - state.lost_at >= FLICKER:
        state = replace(state, link="away")
    if isinstance(state.screen, Asking):
        return _waited(state, state.screen, now)
    if isinstance(state.screen, Ticketed) and not state.screen.slow and _is_slow(state, state.screen, now):
        state = replace(state, screen=replace(state.screen, slow=True))
    if state.leave_at is not None and now >= state.leave_at:
        return _go_home(replace(state, language="zh", large=False), now)
    return state, ()


def _is_slow(state: State, screen: Ticketed, now: float) -> bool:
    return not screen.ticket.paper_is_final and now - state.entered_at >= SLOW_PRINT


def _waited(state: State, asking: Asking, now: float) -> Step:
    if now - asking.asked_at >= GIVE_UP:
        return _enter(state, Trouble("away", asking.service, asking.key, asking.origin), now), ()
    if not asking.patient and now - asking.asked_at >= PATIENCE:
        asking = replace(asking, patient=True)
    if asking.repeat_at is not None and now >= asking.repeat_at:
        again = RequestTicket(asking.service, asking.key, state.language, state.large)
        return replace(state, screen=replace(asking, repeat_at=None)), (again,)
    return (state if asking == state.screen else replace(state, screen=asking)), ()


# --- what the hub says ------------------------------------------------------------------------------------------------


def _shown(state: State, view: View, now: float) -> State:
    state = replace(state, view=view, plate=view.hall, link="up", lost_at=None)
    gone = isinstance(state.screen, Items) and (not view.issuing or view.group(state.screen.group) is None)
    return _enter(state, Home(), now) if gone else state


def _ticket_came(state: State, event: TicketCame, now: float) -> Step:
    """Also an answer that comes after the kiosk gave up, as long as its person may still stand there."""
    if not isinstance(state.screen, Asking | Trouble) or state.screen.key != event.key:
        return state, ()
    watch = () if event.ticket.paper_is_final else (WatchPrint(event.ticket.id),)
    return _enter(state, Ticketed(event.ticket), now), watch


def _ticket_failed(state: State, event: TicketFailed, now: float) -> State:
    asking = state.screen
    if not isinstance(asking, Asking) or asking.key != event.key:
        return state
    if event.refused:
        trouble = Trouble("refused", asking.service, asking.key, asking.origin, event.reason)
        return _enter(state, trouble, now)
    return replace(state, screen=replace(asking, repeat_at=now + REPEAT))


def _print_came(state: State, ticket: Ticket, now: float) -> State:
    screen = state.screen
    if not isinstance(screen, Ticketed) or screen.ticket.id != ticket.id or screen.ticket == ticket:
        return state
    changed = Ticketed(ticket, slow=screen.slow and not ticket.paper_is_final)
    settled = ticket.paper_is_final and not screen.ticket.paper_is_final
    leave_at = _leave_at(state, changed, now) if settled else state.leave_at
    return replace(state, screen=changed, leave_at=leave_at)
