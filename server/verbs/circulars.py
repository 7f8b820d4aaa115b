"""下发: what the district has sent down is checked as a draft is, brought into force at its day, and answered by a row
of the journal, which goes up as every row does. The district proposes; nothing here runs a command of its.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, cast

from config import Text
from server.domain import circular, events, privacy, rectification
from server.domain.circular import Answer, Answered, Answers, Due, Rows, Standing
from server.domain.rules import Refused
from server.store import membership
from server.store.reader import Reader
from server.store.transaction import Turn
from server.verbs import configuration, district_findings, item_lists
from server.verbs.hub import Hub

log = logging.getLogger(__name__)

EVENT = "CircularAnswered"
MOST, LONGEST = 5, 300
"""So many reasons go up, each at most so long."""
NAMES_SOMEBODY = Text(
    "原因里有工作人员的姓名，请看大厅的“管理”。", "The reason names a member of staff: see the hall's Admin."
)
UNFORESEEN = Text("本厅的程序处理不了这份内容。", "This hall's program can't work with what is in it.")


def given(hub: Hub) -> Sequence[Standing]:
    """What has come down."""
    stamp = membership.down_stamp(hub.hall.data)
    if stamp is None:
        return ()
    found: membership.Down = hub.latest(("circulars", stamp), lambda: membership.down(hub.hall.data))
    return found.given


def answers(hub: Hub, reader: Reader) -> dict[tuple[int, str], Answer]:
    """What was said of each, by (number, sha256)."""
    last = reader.last_event(EVENT)
    if last is None:
        return {}
    found: dict[tuple[int, str], Answer] = hub.latest(("circulars answered", last.seq), lambda: _answers(hub, reader))
    return found


def _answers(hub: Hub, reader: Reader) -> dict[tuple[int, str], Answer]:
    """After a restore the file is the backup's, which may be older than the rows: what they call applied is applied
    once more, and answered alone where the file has it.
    """
    upto = membership.restored_upto(hub.hall.data)
    rows = [
        row.happened()
        for row in reader.events_between(EVENT, 0.0, float("inf"))
        if row.seq > upto or row.field("answer") != "applied"
    ]
    return {
        (one.number, one.sha256): Answer(one.answer, tuple(Text(*reason) for reason in one.reasons))
        for one in rows
        if isinstance(one, events.CircularAnswered)
    }


def tick(hub: Hub) -> None:
    """Check what is new, bring into force what is due. One that can't be taken stops nothing else."""
    found = given(hub)
    if not found or not hub.certain:
        return
    said = answers(hub, hub.read())
    again = _once_more(hub, found, said)
    for due in circular.due(found, {key: one for key, one in said.items() if key not in again}, hub.now()):
        try:
            _do(hub, due, found)
        except Refused as refused:
            _answer(hub, due.one, "held", [refused.text])
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):  # data that no check foresaw
            log.exception("circular %d", due.one.circular.number)
            _answer(hub, due.one, "refused", [UNFORESEEN])


def _once_more(hub: Hub, found: Sequence[Standing], said: Answers) -> set[tuple[int, str]]:
    """What the district found and this hall refused, tried once by each run of the program and each file of the hall:
    nobody sends it anew, and a version that knew nothing of it may have said so.
    """
    tried: set[tuple[int, str]] = hub.latest(("findings tried",), set)
    refused = {
        key
        for one in found
        if one.circular.part == rectification.PART
        and (key := (one.circular.number, one.sha256)) in said
        and said[key].answer == "refused"
    }
    again = refused - tried
    tried |= again
    return again


def _do(hub: Hub, due: Due, found: Sequence[Standing]) -> None:
    one, told = due.one, due.one.circular
    if told.part == rectification.PART:
        problems = district_findings.follow(hub, told.rows)
        return _answer(hub, one, "refused" if problems else "applied", problems)
    said = answers(hub, hub.read())
    if problems := circular.problems(told.part, told.rows):
        return _answer(hub, one, "refused", problems)
    wanted = circular.overlaid(one, found, said, hub.now())
    if told.part == circular.LISTS:
        return _lists(hub, due, wanted)
    edits = circular.edits(configuration.rows(hub), wanted)
    looked = configuration.wanted(hub, edits)
    if looked.mistakes:
        return _answer(hub, one, "refused", [text for _, text in looked.mistakes])
    if due.verb == "check":
        return _answer(hub, one, "fits", [])
    configuration.from_district(hub, edits, why(told), _event(one, "applied", ()))
    return None


def _lists(hub: Hub, due: Due, wanted: Rows) -> None:
    """三张清单 are records of the hall's register, and no part of its file."""
    one = due.one
    kinds = {kind: cast("list[str]", (values or {})["items"]) for kind, values in wanted[circular.LISTS].items()}
    if problems := item_lists.problems(hub, kinds, one.circular.number):
        return _answer(hub, one, "refused", problems)
    if due.verb == "check":
        return _answer(hub, one, "fits", [])
    item_lists.from_district(hub, kinds, one.circular.number, _event(one, "applied", ()))
    return None


def why(told: circular.Circular) -> str:
    """The reason in the journal."""
    return f"区里下发第{told.number}号（{told.paper}）"


def _event(one: Standing, answer: Answered, reasons: Sequence[Any]) -> events.CircularAnswered:
    return events.CircularAnswered(number=one.circular.number, sha256=one.sha256, answer=answer, reasons=tuple(reasons))


def _answer(hub: Hub, one: Standing, answer: Answered, reasons: Sequence[Text]) -> None:
    """Said once, and again when it is another answer."""
    names = [*hub.read().names().values()]
    told = [
        NAMES_SOMEBODY if privacy.named_in(reason, lambda: names) else Text(*(text[:LONGEST] for text in reason))
        for reason in reasons[:MOST]
    ]
    if answers(hub, hub.read()).get((one.circular.number, one.sha256)) == Answer(answer, tuple(told)):
        return
    event = _event(one, answer, [list(reason) for reason in told])

    def decide(turn: Turn) -> None:
        turn.record(event, configuration.DISTRICT)

    hub.turn(decide)
    if answer == "refused":
        log.warning("circular %d of the district does not fit: %s", one.circular.number, told[0].en)
