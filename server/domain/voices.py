"""投诉, 咨询, 办不成事, 建议, 帮代办: what anybody may lodge on the public page, how often, and which words that the
search did not find may be kept. Pure.

A register is one of these by its file alone: a move that opens it may be made by `visitor`.
"""

from __future__ import annotations

import re
import unicodedata

from config import Text
from server.domain.definition import ABOUT, Definition, FieldTable
from server.domain.register import VISITOR
from server.domain.rules import Refused

HOUR_S = 3600.0
PER_HOUR, OPEN_MOST = 6, 12
"""Of one address (a home's or a hall's Wi-Fi is one), lodged in an hour and open at a time."""
PHONE_PER_HOUR, PHONE_OPEN = 2, 3
"""Of one telephone number that was left."""
REGISTER_PER_HOUR = 60
"""Of everybody on the public page, in each register; the desk and the counters have no such bound."""
FRESH = 600
"""So many more of senders who have sent nothing within the hour: a flood of ten addresses, or of another register,
shuts none. It takes hundreds of networks at once to fill a register, and then a slip still opens it."""
TICKET_PER_HOUR = 2
"""Of one number of today, whose slip opens what is full for its sender: whoever holds it stands in the hall, where all
telephones may have one address."""
KEPT_S = 30 * 86_400.0
"""From where something was lodged is forgotten after so long in any case."""
OCCASIONS = 3
"""A word that the search did not find is written down once it was asked for on so many occasions: a hall's screen, or
an address, in one hour is one. Before, only an HMAC of it is kept, and nobody reads it back."""
WORD = re.compile(r"[\u4e00-\u9fffA-Za-z ]{2,16}")
"""A word that may be kept: letters alone, so no number of any kind, and short."""
UNFOUND_DAYS = 35


def opening(made: Definition) -> str:
    """The move by which anybody lodges one; empty for a register that is not for the public."""
    return next((name for name, move in made.moves_from(None).items() if VISITOR in move.roles), "")


def asked_of_public(made: Definition, move: str) -> list[str]:
    """The fields that the public page asks for: nothing that names staff or another record, or how it came."""
    return [name for name in made.moves[move].asked if _for_public(name, made.fields[name])]


def _for_public(name: str, field: FieldTable) -> bool:
    return field.kind not in ("staff", "link") and name not in ("channel", ABOUT)


class Full(Refused):
    """A register, or an address, has had its share of the hour; a slip of today opens it all the same."""


def bounded(address: tuple[int, int], phone: tuple[int, int], everybody: int, ticket: int | None = None) -> None:
    """Whether one more may be lodged. `address`, `phone`: (in this hour, open now) of the sender; `everybody`: in
    this hour in that register; `ticket`: in this hour with the same slip of today, None without one. Raises Refused,
    Full with what to do instead.
    """
    if phone[1] >= PHONE_OPEN:
        raise Refused(*_open(PHONE_OPEN))
    if phone[0] >= PHONE_PER_HOUR:
        raise Refused(*SENT)
    fresh = not (address[0] or phone[0])
    full = None
    if address[1] >= OPEN_MOST:
        full = _open(OPEN_MOST)
    elif address[0] >= PER_HOUR:
        full = SENT
    elif everybody >= REGISTER_PER_HOUR + (FRESH if fresh else 0):
        full = CROWDED
    if full is None:
        return
    if ticket is None:
        raise Full(full.zh + BY_SLIP.zh, f"{full.en} {BY_SLIP.en}")
    if ticket >= TICKET_PER_HOUR:
        raise Refused(
            "用这张号票已提交过：请打大厅电话或到咨询台，或过一小时再来。",
            "This slip was used already: call the hall, come to the guide desk, or try again in an hour.",
        )


SENT = Text(
    "一小时内从这里提交得太多：请过一小时再来，急事请打大厅电话或到咨询台。",
    "Too many were sent from here within the hour: try again in an hour, or call the hall, or come to the guide desk.",
)
CROWDED = Text(
    "现在网上提交的太多：请打大厅电话、到咨询台，或过一小时再来。",
    "Too many are sent at the moment: call the hall, come to the guide desk, or try again in an hour.",
)
BY_SLIP = Text(
    "手上有今天的号票：在下面填票上的码，马上就能提交。",
    "With a slip of today, enter its code below and send it at once.",
)


def _open(most: int) -> Text:
    return Text(
        f"从这里提交的还有{most}件没有办完：请先看答复，急事请打大厅电话或到咨询台。",
        f"{most} that were sent from here are still open: see their answers first, or call the hall, or come to the"
        " guide desk.",
    )


def keepable(query: str) -> str:
    """A search as a word that may be kept once several asked for it; empty for anything with digits or signs, too
    short, or too long.
    """
    word = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", query)).strip().lower()
    return word if WORD.fullmatch(word) else ""
