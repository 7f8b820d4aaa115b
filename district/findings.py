"""督查整改 in PostgreSQL: what an inspector found in a hall, how far the hall is with it by its rows, who settles it.
The only module that knows the tables `findings` and `rectifications`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

from psycopg import Connection

from config import ROOT, Told
from server.domain import events as ev
from server.domain import rectification
from server.domain.chain import Row
from server.domain.definition import parse
from server.domain.rectification import WHAT_MOST, Finding

_FILE = ROOT / "server" / "registers" / f"{rectification.REGISTER}.toml"
FIELDS = parse(_FILE.read_bytes(), _FILE.name).fields
LINES, MEASURES = FIELDS["line"].choices, FIELDS["measure"].choices
"""What may be not met, and what a hall may say that it did, as the hall's register has them."""
SOURCE_MOST = 120
OVER = ["closed", "withdrawn"]
MOVES = ("RecordMoved", "RecordCorrected")
THEIRS = """LEFT JOIN LATERAL (
    SELECT * FROM rectifications one WHERE one.hall = found.hall AND one.finding = found.id
        AND (one.ref = found.ref OR one.ref = '' AND one.line IN ('', found.line))
    ORDER BY one.ref = '' LIMIT 1) theirs ON true"""
"""The hall's record of a finding (`rectification.own`)."""


class Kept(NamedTuple):
    """A finding, and the hall's record of it: `number` "" and `at` None while there is none. `own`: whether whoever
    asks raised it, under another name too; `inside`: whether they are of that very hall.
    """

    id: int
    hall: str
    line: str
    what: str
    source: str
    due: str
    raised_by: str
    raised_at: float
    round: int
    state: rectification.State
    settled_by: str | None
    changed_at: float
    own: bool
    inside: bool
    number: str
    record_state: str
    measure: str
    at: float | None
    returned: int

    @property
    def stands(self) -> str:
        """How far it is: settled here, or by the hall's rows; "sent" while the hall has no record of it, "returning"
        while it does not know yet that its answer was sent back, "apart" where its record says what can't be: that it
        is over, which is said here alone, or what this version does not know.
        """
        if self.state != "open":
            return self.state
        if self.record_state == "answered" and self.returned < self.round:
            return "returning"
        if self.record_state in ("open", "answered"):
            return self.record_state
        return "apart" if self.record_state else "sent"

    def late(self, today: date) -> int:
        """Days that the hall is over its day; 0 once it has answered."""
        waits = self.stands in ("sent", "returning", "open", "apart")
        return max(0, (today - date.fromisoformat(self.due)).days) if waits else 0


def kept(conn: Connection[Any], id: int = 0) -> list[Kept]:
    """All that the session may see, what is open first, by its day; one by its id."""
    where = "WHERE found.id = %s" if id else "WHERE %s = 0"
    rows = conn.execute(
        f"""SELECT found.id, found.hall, found.line, what, source, due, raised_by, raised_at, round, found.state,
                   settled_by, found.changed_at, themselves(raised_by, raised_subject),
                   found.hall IS NOT DISTINCT FROM current_setting('district.place', true), coalesce(number, ''),
                   coalesce(theirs.state, ''), coalesce(measure, ''), theirs.changed_at, coalesce(returned, 0)
            FROM findings found {THEIRS}
            {where} ORDER BY found.state <> 'open', CASE WHEN found.state = 'open' THEN due END, found.id DESC""",
        (id,),
    ).fetchall()
    return [Kept(*row) for row in rows]


def one(conn: Connection[Any], id: int) -> Kept:
    """Raises LookupError."""
    found = kept(conn, id)
    if not found:
        raise LookupError(f"no finding {id}")
    return found[0]


# --- by a person ------------------------------------------------------------------------------------------------------


def raised(
    conn: Connection[Any], who: str, hall: str, line: str, what: str, source: str, due: str, now: float, today: date
) -> int:
    """Its number. Raises Told; psycopg.errors.InsufficientPrivilege for a hall that is not theirs."""
    what, source = what.strip(), " ".join(source.split())
    if line not in LINES:
        raise Told("请选哪一项不合格。", "Choose what is not met.")
    if not what or len(what) > WHAT_MOST:
        raise Told(f"请写清楚问题，{WHAT_MOST}字以内。", f"Say what it is, in at most {WHAT_MOST} characters.")
    if not source or len(source) > SOURCE_MOST:
        raise Told("请写来自哪次抽查或检查。", "Say of which sample or visit it is.")
    found = conn.execute(
        """INSERT INTO findings (hall, line, what, source, due, raised_by, raised_subject, raised_at, changed_at)
           VALUES (%s, %s, %s, %s, %s, %s, coalesce(current_setting('district.subject', true), ''), %s, %s)
           RETURNING id""",
        (hall, line, what, source, _day(due, today), who, now, now),
    ).fetchone()
    assert found
    return int(found[0])


def _day(told: str, today: date) -> str:
    """Raises Told."""
    try:
        day = date.fromisoformat(told.strip())
    except ValueError:
        raise Told("整改期限要写成2027-01-01。", "Write the day as 2027-01-01.") from None
    if day < today:
        raise Told("整改期限已过：请写以后的日子。", "That day is over: a later one.")
    return day.isoformat()


def sent_back(conn: Connection[Any], id: int, due: str, now: float, today: date) -> None:
    """The answer does not do: the hall has until another day. Raises LookupError, Told."""
    told = one(conn, id)
    _above(told)
    _answered(told)
    conn.execute(
        "UPDATE findings SET round = %s, due = %s, changed_at = %s WHERE id = %s",
        (told.round + 1, _day(due, today), now, id),
    )


def settle(conn: Connection[Any], who: str, id: int, state: Literal["closed", "withdrawn"], now: float) -> None:
    """Another person writes it off once the hall has answered, or takes it back. Raises LookupError, Told."""
    told = one(conn, id)
    _above(told)
    if told.own:
        raise Told(
            "登记的人不能自己销号、撤销：请另一个人复查。", "Who raised it can't settle it: somebody else looks again."
        )
    if state == "closed":
        _answered(told)
    elif told.state != "open":
        raise Told("已经了结。", "It is settled already.")
    conn.execute(
        "UPDATE findings SET state = %s, settled_by = %s, changed_at = %s WHERE id = %s", (state, who, now, id)
    )


def _above(told: Kept) -> None:
    """Raises Told."""
    if told.inside:
        raise Told("本大厅的问题由上级复查。", "What was found in your own hall is looked at again by those above it.")


def _answered(told: Kept) -> None:
    """Raises Told."""
    if told.state != "open":
        raise Told("已经了结。", "It is settled already.")
    if told.stands != "answered":
        raise Told("大厅还没有答复。", "The hall has not answered yet.")


# --- by the worker ----------------------------------------------------------------------------------------------------


def sent(conn: Connection[Any]) -> dict[str, str]:
    """Hall -> its findings that are not over there, as they go down. One that the hall has not heard of stays, also
    when it is settled, until the hall has heard that (`let_go`).
    """
    rows = conn.execute(
        f"""SELECT found.hall, found.id, found.line, what, due, round, found.state, found.ref
           FROM findings found {THEIRS}
           WHERE found.state = 'open' OR (theirs.state IS NULL AND NOT let_go) OR theirs.state <> ALL(%s)
           ORDER BY found.id""",
        (OVER,),
    ).fetchall()
    made: dict[str, list[Finding]] = {}
    for hall, *told in rows:
        made.setdefault(hall, []).append(Finding(*told))
    return {hall: rectification.sent(hall, found).text() for hall, found in made.items()}


def let_go(conn: Connection[Any], halls: Sequence[str]) -> None:
    """These halls have answered how things stand, and their rows are counted up to that: what is settled and has no
    record there never will have one.
    """
    conn.execute(
        f"""UPDATE findings SET let_go = true WHERE id IN (
               SELECT found.id FROM findings found {THEIRS}
               WHERE found.hall = ANY(%s) AND found.state <> 'open' AND NOT found.let_go AND theirs.state IS NULL)""",
        ([*halls],),
    )


def moved(conn: Connection[Any]) -> object:
    """Another value once what goes down may be different."""
    return conn.execute(
        f"""SELECT count(*), sum(round), count(settled_by),
                  (SELECT count(*) FROM rectifications WHERE state = ANY(%s)), count(*) FILTER (WHERE let_go),
                  (SELECT sum(folded) FROM halls WHERE id IN (
                       SELECT found.hall FROM findings found {THEIRS}
                       WHERE found.state <> 'open' AND NOT let_go AND theirs.state IS NULL))
           FROM findings""",
        (OVER,),
    ).fetchone()


def folded(conn: Connection[Any], hall: str, rows: Sequence[Row]) -> None:
    """What new rows of a hall say of its records. Of two for one finding the first counts, and no number is none."""
    mine = {record for (record,) in conn.execute("SELECT record FROM rectifications WHERE hall = %s", (hall,))}
    for row in rows:
        if row.event not in MOVES and not (row.event == "RecordOpened" and rectification.REGISTER in row.data):
            continue
        try:
            event = row.happened()
        except (ValueError, TypeError, KeyError):
            continue  # counted as unread by the folding
        if isinstance(event, ev.RecordOpened) and event.register == rectification.REGISTER:
            finding, ref, line = (event.values.get(name) for name in ("finding", "ref", "line"))
            if isinstance(finding, int):
                mine.add(event.record)
                conn.execute(
                    """INSERT INTO rectifications
                       (hall, record, finding, ref, line, number, state, opened_at, changed_at)
                       VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING""",
                    (
                        *(hall, event.record, finding, _text(ref), _text(line), event.number, event.state),
                        *(row.at, row.at),
                    ),
                )
        elif isinstance(event, ev.RecordMoved) and event.record in mine:
            conn.execute(
                """UPDATE rectifications SET state = %s, changed_at = %s, measure = coalesce(%s, measure),
                   returned = returned + %s WHERE hall = %s AND record = %s""",
                (
                    *(event.state, row.at, _measure(event.values.get("measure"))),
                    *(int(event.move == rectification.SEND_BACK), hall, event.record),
                ),
            )
        elif isinstance(event, ev.RecordCorrected) and event.record in mine and event.field == "measure":
            conn.execute(
                "UPDATE rectifications SET measure = coalesce(%s, measure) WHERE hall = %s AND record = %s",
                (_measure(event.new), hall, event.record),
            )


def _text(told: Any) -> str:
    return told if isinstance(told, str) else ""


def _measure(told: Any) -> str | None:
    return told if isinstance(told, str) else None
