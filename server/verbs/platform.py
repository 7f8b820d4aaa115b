"""What the city's platform says (docs/platform.md): case numbers, moves made there, 预审号. Each message once, in any
order, however often it comes; what fits nothing here is kept, tried again by itself, and shown until somebody settles
it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace

from config import Text
from server.domain import platform, register
from server.domain.chain import Row
from server.domain.outbound import Answer, Message
from server.domain.platform import ACTOR, Heard, Letter, Outcome, Pretrial
from server.domain.register import Record
from server.domain.rules import Refused
from server.store.reader import Reader
from server.store.transaction import Turn
from server.verbs import bookings, records
from server.verbs.cases import CASE
from server.verbs.hub import By, Hub, Unknown
from server.verbs.records import Who

PLATFORM = Who(By(ACTOR), "administrator")
"""It makes moves of any role, those of `platform.MOVES` alone."""
NUMBERED_BY = "平台回填"
NEVER = Text("没有找到这件办件。", "There is no such case here.")
KEPT_S = 90 * 86400.0
"""Letters that were taken stand for so long; a message that comes again later is known by what it says."""


def take(hub: Hub, id: str, heard: Heard) -> Outcome:
    """Take a message in, once for each id."""

    def write(turn: Turn) -> Outcome:
        seen = turn.letter(id)
        if seen is not None and seen.state != "unmatched":
            return Outcome("known", seen.subject)
        found = _applied(hub, turn, heard)
        if seen is not None and (found.state, found.why) == (seen.state, seen.why):
            return found  # tried again every minute: nothing is written where there is nothing new
        first = seen.heard_at if seen else turn.now
        turn.put_letter(_letter(id, heard, found, first))
        turn.forget_letters(turn.now - KEPT_S)
        return found

    return hub.turn(write)


def settle(hub: Hub) -> int:
    """Try again what was unmatched: a case may have got its number meanwhile. How many were taken."""
    settled = 0
    for letter in hub.read().unmatched():
        settled += take(hub, letter.id, Heard(**json.loads(letter.body))).state != "unmatched"
    return settled


def dismiss(hub: Hub, id: str) -> None:
    """Somebody has dealt with an unmatched message. Raises Unknown."""

    def write(turn: Turn) -> None:
        letter = turn.letter(id)
        if letter is None or letter.state != "unmatched":
            raise Unknown("这一条已经处理了。", "This message has been dealt with.")
        turn.put_letter(replace(letter, state="known"))

    hub.turn(write)


def _letter(id: str, heard: Heard, found: Outcome, at: float) -> Letter:
    return Letter(
        id=id,
        type=heard.type,
        subject=found.subject or heard.subject,
        at=heard.at,
        heard_at=at,
        state=found.state,
        body=json.dumps(asdict(heard), ensure_ascii=False) if found.state == "unmatched" else "",
        zh=found.why.zh,
        en=found.why.en,
    )


def _applied(hub: Hub, turn: Turn, heard: Heard) -> Outcome:
    try:
        if heard.type == platform.PRETRIAL:
            return _pretrial(hub, turn, heard)
        record = _meant(turn, heard)
        if record is None:
            return Outcome("unmatched", why=NEVER)
        if heard.type == platform.NUMBERED:
            return _numbered(hub, turn, record, heard)
        return _moved(hub, turn, record, heard)
    except Refused as refused:
        return Outcome("unmatched", why=refused.text)


def _meant(turn: Reader, heard: Heard) -> Record | None:
    """The case that is meant: by our number first, else by the platform's."""
    found = turn.record_numbered(heard.case.upper()) if heard.case else None
    if found is None and heard.platform and heard.type != platform.NUMBERED:
        found = turn.record_on_platform(CASE, heard.platform)
    return found if found and found.register == CASE else None


def _numbered(hub: Hub, turn: Turn, record: Record, heard: Heard) -> Outcome:
    if record.values.get("platform") == heard.platform or _stale(turn, record, heard):
        return Outcome("known", record.number)
    other = turn.record_on_platform(CASE, heard.platform)
    if other is not None:
        raise Refused(
            f"平台办件号{heard.platform}已是{other.number}的：请与平台核对。",
            f"The platform's number {heard.platform} is {other.number}'s already: settle it with the platform.",
        )
    made = records.definition_of(hub, record)
    event = register.corrected(made, record, "platform", heard.platform, NUMBERED_BY, records.ground(hub))
    turn.record(event, ACTOR)
    return Outcome("taken", record.number)


def _moved(hub: Hub, turn: Turn, record: Record, heard: Heard) -> Outcome:
    if _stale(turn, record, heard) or _made(hub, record, heard.move):
        return Outcome("known", record.number)
    if heard.move not in platform.MOVES:
        raise Refused(
            f"平台不能做“{heard.move}”这一步：只能是特别程序、恢复、办结。",
            f"'{heard.move}' is not the platform's to make: special, resume or decide.",
        )
    values, hidden = records.split(records.definition_of(hub, record), dict(heard.values))
    if hidden:
        raise Refused("平台的消息里不能有个人信息。", "A message of the platform carries nothing personal.")
    records.move_in(hub, turn, PLATFORM, record, heard.move, values, {})
    return Outcome("taken", record.number)


def _made(hub: Hub, record: Record, move: str) -> bool:
    """Whether the move was made here already, last of all or so that it can't be made again: what is decided at the
    counter is handed over at once, before the platform has said that it is decided.
    """
    if record.moves[-1].move == move:
        return True
    known = records.definition_of(hub, record).moves.get(move)
    can = known is not None and record.state in known.from_
    return not can and any(step.move == move for step in record.moves)


def _stale(turn: Reader, record: Record, heard: Heard) -> bool:
    """Whether something newer of the platform about this case was taken already."""
    newest = turn.newest_letter(heard.type, record.number)
    return newest is not None and newest >= heard.at


def _pretrial(hub: Hub, turn: Turn, heard: Heard) -> Outcome:
    code = heard.pretrial.upper()
    if wrong := bookings.wrong_code(code):
        raise Refused(*wrong)
    if heard.service not in hub.hall.services:
        raise Refused(
            f"事项目录里没有“{heard.service}”：请核对事项编码。",
            f"'{heard.service}' is no service of the catalogue: correct the code.",
        )
    if heard.status not in platform.STATUSES:
        raise Refused(f"没有“{heard.status}”这种预审状态。", f"'{heard.status}' is no state of a pre-check.")
    known = turn.pretrial(code)
    if known is not None and known.at >= heard.at:
        return Outcome("known", code)
    turn.put_pretrial(
        Pretrial(
            code=code,
            service=heard.service,
            status=heard.status,
            at=heard.at,
            platform=heard.platform or (known.platform if known else ""),
            ticket=known.ticket if known else None,
        )
    )
    return Outcome("taken", code)


# --- what the platform answers ----------------------------------------------------------------------------------------


def answered(hub: Hub, row: Row, message: Message, answer: Answer) -> None:
    """A case that was told may be answered with the number that the platform gave it: `{"platform": "…"}`."""
    if not message.type.startswith("case."):
        return
    try:
        told = json.loads(answer.body)
        number = told.get("platform", "") if isinstance(told, dict) else ""
    except ValueError:  # an answer need not be JSON
        return
    if isinstance(number, str) and number:
        heard = Heard(type=platform.NUMBERED, at=row.at, case=str(message.data["case"]), platform=number[:80])
        take(hub, f"answer-{row.seq}-{row.hash[:12]}", heard)
