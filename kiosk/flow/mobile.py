"""快到时短信告诉我: what is typed of a telephone number, how it is shown, and what is wrong with it. Pure.

The hub has the last word on a number (server/domain/notifications.py); what is plainly wrong is said here at once.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.flow.events import LeaveTelephone, State, Texting, Ticketed

DIGITS = 11
SHOWN = 3


def may_leave(state: State, screen: Ticketed) -> bool:
    """Whether a telephone may be left with a number here: taken a moment ago, it still waits, the hall sends messages,
    and neither its own nor a relative's is still to be given.
    """
    waits = (screen.fresh or bool(screen.left)) and screen.ticket.state == "waiting" and not screen.ticket.offline
    return state.view is not None and state.view.texts and state.link == "up" and waits and len(screen.left) < 2


def typed(screen: Texting, char: str) -> Texting:
    """After a digit, or `del` for the last; more than a number has is not taken."""
    digits = screen.digits[:-1] if char == "del" else screen.digits + (char if char.isdigit() else "")
    return replace(screen, digits=digits[:DIGITS], wrong="")


def masked(digits: str) -> str:
    """As it stands on screen: who looks over a shoulder sees three digits and how many there are."""
    return digits[:SHOWN] + "•" * (len(digits) - SHOWN)


def mistake(screen: Texting) -> str:
    """What is wrong with what was typed: "none", "begins", "short"; "" where it may be sent."""
    digits = screen.digits
    if not digits:
        return "" if screen.by_sight and not screen.origin.by_sight else "none"
    if digits[0] != "1" or digits[1:2] in {"0", "1", "2"}:
        return "begins"
    return "short" if len(digits) < DIGITS else ""


def wish(screen: Texting, key: str) -> LeaveTelephone:
    sight = True if screen.by_sight and not screen.origin.by_sight else None
    ticket = screen.origin.ticket.id
    if screen.relative:
        return LeaveTelephone(ticket, key, relative=screen.digits, by_sight=sight)
    return LeaveTelephone(ticket, key, telephone=screen.digits, by_sight=sight)
