"""评价 at the kiosk by the code of a number: what follows a touch on the five levels and on what may be added. Pure."""

from __future__ import annotations

from dataclasses import replace

from kiosk.flow.events import GiveRating, Rating
from kiosk.flow.view import LookedUp

THANKS = LookedUp(
    kind="rated",
    zh="谢谢您的评价，已经记下。",
    en="Thank you: your rating has been taken down.",
)


def chosen(screen: Rating, name: str, value: str, key: str) -> Rating | GiveRating | None:
    """The page or the wish that a touch leads to; None where this page does not offer it.

    A level alone is a rating: what is added to it is asked always and needed never.
    """
    score = screen.asked.score(screen.level)
    if name == "level" and score is None and value.isdigit() and screen.asked.score(int(value)):
        return replace(screen, level=int(value), chosen=(), page=0, key=key)
    if name == "option" and score and value in {one.code for one in score.options}:
        rest = tuple(one for one in screen.chosen if one != value)
        return replace(screen, chosen=rest if value in screen.chosen else (*rest, value))
    if name == "send" and score:
        return GiveRating(screen.slip, screen.level, screen.chosen, key)
    return None


def left(screen: Rating) -> GiveRating | None:
    """What somebody gave who walked away: the level with what was chosen by then, as on the tablet at a counter."""
    return GiveRating(screen.slip, screen.level, screen.chosen, screen.key) if screen.level else None


def back(screen: Rating) -> Rating | None:
    """From what may be added to the levels; from there, home."""
    return replace(screen, level=0, chosen=(), page=0) if screen.level else None
