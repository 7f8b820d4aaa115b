"""下发 in PostgreSQL: a draft, the second person's approval, how far it is, and what each hall is told. The only module
that knows the tables `circulars` and `orders`. What the halls answer stands in their journals.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple, get_args

import psycopg
from psycopg import Connection, Cursor

from config import Told
from district import findings, postgres, staging
from district.staging import Published
from server.domain import circular
from server.domain.chain import canonical
from server.domain.circular import Answered, Circular, Rows
from server.uplink.signed import Item, Order, key_of, key_of_circular, key_of_own, sealed

Refusal = psycopg.errors.InsufficientPrivilege
"""The database's own word for a place that is not theirs."""
FRESH_S = 900.0
"""The first hall to get a circular is one that was heard so lately; a hall is called connected for so long."""
UNTAKEN_S = 600.0
"""A hall that has been heard so long after its order was signed, and has not answered it, can't take it."""
LONGEST_NOTE, LONGEST_PAPER = 200, 60


class Kept(NamedTuple):
    """A row of `circulars`; `approved_*` None and `text` "" while it is a draft."""

    number: int
    place: str
    part: str
    rows: Rows
    effective_at: float | None
    note: str
    reverts: int
    drafted_by: str
    drafted_at: float
    paper: str
    approved_by: str | None
    approved_at: float | None
    state: staging.State
    stage: int
    stopped_by: str
    order: list[str]
    text: str
    sha256: str
    own: bool
    """Whether whoever asks drafted it, under another name too."""

    def published(self) -> Published:
        return Published(
            self.number, self.place, self.part, self.effective_at or 0.0, self.state, self.stage, tuple(self.order),
            self.sha256,
        )  # fmt: skip


COLUMNS = """number, place, part, rows, effective_at, note, reverts, drafted_by, drafted_at, paper, approved_by,
             approved_at, state, stage, stopped_by, halls, text, sha256, themselves(drafted_by, drafted_subject)"""


@contextmanager
def by(conn: Connection[Any], place: str, name: str, subject: str = "") -> Iterator[Connection[Any]]:
    """A transaction of somebody who publishes for a place and what is below it: row-level security decides, and a
    trigger that two people are two (`subject` of `people.Person`).
    """
    with postgres.as_role(conn, "district_publishers", place, name, subject):
        yield conn


def kept(conn: Connection[Any], number: int = 0) -> list[Kept]:
    """All that the session may see, the newest first; one by its number."""
    where = "WHERE number = %s" if number else "WHERE %s = 0"
    found = conn.execute(f"SELECT {COLUMNS} FROM circulars {where} ORDER BY number DESC", (number,)).fetchall()
    return [Kept(*row)._replace(rows=json.loads(row[3])) for row in found]


def one(conn: Connection[Any], number: int) -> Kept:
    """Raises LookupError."""
    found = kept(conn, number)
    if not found:
        raise LookupError(f"no circular {number}")
    return found[0]


def before(conn: Connection[Any], place: str, part: str, number: int) -> Kept | None:
    """The newest that was published for the same place and part before this one."""
    found = [
        one for one in kept(conn) if (one.place, one.part) == (place, part) and one.state in ("published", "stopped")
    ]
    return next((one for one in found if one.number < number), None)


# --- by a person ------------------------------------------------------------------------------------------------------


def draft(
    conn: Connection[Any], who: str, place: str, part: str, rows: Rows, effective_at: float | None, note: str,
    now: float, reverts: int = 0,
) -> int:  # fmt: skip
    """Its number. Raises Told; psycopg.errors.InsufficientPrivilege for a place that is not theirs."""
    note = " ".join(note.split())
    if not note or len(note) > LONGEST_NOTE:
        raise Told(f"请写为什么下发，{LONGEST_NOTE}字以内。", f"Say why, in at most {LONGEST_NOTE} characters.")
    if effective_at is not None and effective_at <= now:
        raise Told(
            "生效时间已过：请写以后的时间，或留空（批准后马上生效）。",
            "That moment is over: a later one, or none (at once).",
        )
    if problems := circular.problems(part, rows):
        raise Told("".join(one.zh for one in problems), " ".join(one.en for one in problems))
    whole = Circular(
        number=1 << 62, part=part, place=place, effective_at=effective_at or now, paper="号" * LONGEST_PAPER, note=note,
        rows=rows, reverts=reverts,
    )  # fmt: skip
    if len(whole.text().encode()) > circular.LONGEST:
        raise Told(
            f"内容太长：一份最多{circular.LONGEST >> 20} MiB。请只写有变化的行和列：没有写的，大厅里保持不变。",
            f"Too long: a circular has at most {circular.LONGEST >> 20} MiB. Write the rows and columns that change"
            " alone: what is not named stays in the halls as it is.",
        )
    found = conn.execute(
        """INSERT INTO circulars (place, part, rows, effective_at, note, reverts, drafted_by, drafted_at,
                                  drafted_subject)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, coalesce(current_setting('district.subject', true), ''))
           RETURNING number""",
        (place, part, canonical(rows), effective_at, note, reverts, who, now),
    ).fetchone()
    assert found
    return int(found[0])


def going_back(conn: Connection[Any], who: str, number: int, now: float) -> int:
    """A draft with the content of an older circular, at once; its number. What only a newer one named stays in the
    halls. Raises LookupError, Told.
    """
    older = one(conn, number)
    newest = before(conn, older.place, older.part, 1 << 62)
    if newest is None or older.state == "draft" or newest.number == older.number:
        raise Told("这一版就是现在的：没有可退回的。", "That is the one in force: there is nothing to go back to.")
    return draft(conn, who, older.place, older.part, older.rows, None, f"退回到第{number}号", now, number)


def _done(cursor: Cursor[Any]) -> None:
    """Raises LookupError for a row that is not theirs to change."""
    if cursor.rowcount != 1:
        raise LookupError("no such circular of theirs")


def drop(conn: Connection[Any], number: int) -> None:
    """Throw a draft away. Raises LookupError."""
    _done(conn.execute("DELETE FROM circulars WHERE number = %s AND state = 'draft'", (number,)))


def approve(conn: Connection[Any], who: str, number: int, paper: str, seen: str, now: float) -> None:
    """The second person. `seen`: hash of the draft's rows that they looked at. Raises LookupError, Told."""
    told = one(conn, number)
    paper = " ".join(paper.split())
    if not paper or len(paper) > LONGEST_PAPER:
        raise Told("请写审批单号。", "Write the number of the approval.")
    if told.state != "draft":
        raise Told("这份已经批准过。", "It was approved already.")
    if told.own:
        raise Told("起草人不能自己批准：请另一个人批准。", "Who wrote the draft can't approve it: somebody else does.")
    if circular.sha256(canonical(told.rows)) != seen:
        raise Told(
            "您看过以后，草稿又有了改动：请再看一遍。", "The draft was changed since you looked at it: look again."
        )
    at = max(told.effective_at or now, now)
    made = Circular(
        number=number, part=told.part, place=told.place, effective_at=at, paper=paper, note=told.note, rows=told.rows,
        reverts=told.reverts,
    )  # fmt: skip
    text = made.text()
    halls = conn.execute(
        """WITH RECURSIVE tree AS (SELECT id FROM places WHERE id = %s
               UNION ALL SELECT places.id FROM places JOIN tree ON places.parent = tree.id)
           SELECT hall.id FROM halls hall JOIN tree ON tree.id = hall.id WHERE hall.enrolled
           ORDER BY coalesce(hall.heard_at, 0) < %s, hall.id""",
        (told.place, now - FRESH_S),
    ).fetchall()
    if not halls:
        raise Told("这里还没有接入的大厅。", "No hall has joined here yet.")
    done = conn.execute(
        """UPDATE circulars SET state = 'published', approved_by = %s, approved_at = %s, paper = %s, effective_at = %s,
           text = %s, sha256 = %s, halls = %s WHERE number = %s AND state = 'draft'""",
        (who, now, paper, at, text, circular.sha256(text), [hall for (hall,) in halls], number),
    )
    _done(done)


def go_on(conn: Connection[Any], number: int) -> None:
    """To the next wave without waiting for who is silent. Raises LookupError."""
    told = one(conn, number)
    further = told.state == "published" and not staging.everywhere(told.published())
    _done(conn.execute("UPDATE circulars SET stage = %s WHERE number = %s", (told.stage + further, number)))


def withdraw(conn: Connection[Any], number: int, now: float) -> None:
    """One whose day has not come goes no further and comes into force nowhere. Raises LookupError, Told."""
    told = one(conn, number)
    if told.state not in ("published", "stopped"):
        raise Told("这份还没有下发。", "It was not published.")
    if told.effective_at is not None and told.effective_at <= now:
        raise Told("已经生效的不能撤回：请退回到以前的一版。", "Its day has come: go back to an older one instead.")
    _done(conn.execute("UPDATE circulars SET state = 'withdrawn' WHERE number = %s", (number,)))


# --- by the worker ----------------------------------------------------------------------------------------------------


class Said(NamedTuple):
    """What a hall answered last to a circular."""

    answer: str
    reasons: list[list[str]]
    at: float


def answers(conn: Connection[Any]) -> dict[tuple[int, str], Said]:
    """(number, hall) -> its newest answer, out of the halls' journals: to this very circular, by its hash. A row that
    this district can't read is none: whatever one hall writes, the others get what they are to get.
    """
    numbers: dict[str, list[int]] = {}
    for number, sha256 in conn.execute("SELECT number, sha256 FROM circulars WHERE sha256 <> ''").fetchall():
        numbers.setdefault(sha256, []).append(number)
    rows = conn.execute(
        "SELECT hall, data, at FROM journal WHERE event = 'CircularAnswered' ORDER BY hall, seq"
    ).fetchall()
    made: dict[tuple[int, str], Said] = {}
    for hall, data, at in rows:
        if read := _answered(data, at):
            sha256, said = read
            made |= {(number, hall): said for number in numbers.get(sha256, [])}
    return made


def answers_to(conn: Connection[Any], texts: Mapping[str, str], counted: bool = False) -> dict[str, Said]:
    """Hall -> its newest answer to a text that stands for it alone. `counted`: of those that are folded."""
    made: dict[str, Said] = {}
    for hall, text in texts.items():
        rows = conn.execute(
            """SELECT data, at FROM journal WHERE event = 'CircularAnswered' AND hall = %s
               AND (NOT %s OR seq <= (SELECT folded FROM halls WHERE halls.id = journal.hall)) ORDER BY seq DESC""",
            (hall, counted),
        )
        found = (said for data, at in rows if (said := _answered(data, at)) and said[0] == circular.sha256(text))
        if said := next(found, None):
            made[hall] = said[1]
    return made


def _answered(data: str, at: float) -> tuple[str, Said] | None:
    """(sha256, what is said) of a row; None for one of another shape, as of a newer hall or a broken one."""
    try:
        told = json.loads(data)
        sha256, answer, reasons = told["sha256"], told["answer"], told.get("reasons", [])
        pairs = [[zh, en] for zh, en in reasons]
        "".join([sha256, *(text for pair in pairs for text in pair)]).encode()  # text that a page can show
        datetime.fromtimestamp(at, UTC)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, OSError, RecursionError):
        return None
    known = answer in get_args(Answered) and isinstance(reasons, list) and all(isinstance(one, list) for one in reasons)
    return (sha256, Said(answer, pairs, at)) if known else None


def plain(found: Mapping[tuple[int, str], Said]) -> dict[tuple[int, str], str]:
    return {key: said.answer for key, said in found.items()}


def paths(conn: Connection[Any]) -> dict[str, list[str]]:
    """Hall -> its places from the root of the tree down to itself."""
    parents = dict(conn.execute("SELECT id, parent FROM places").fetchall())
    made = {}
    for (hall,) in conn.execute("SELECT id FROM halls ORDER BY id").fetchall():
        path = [hall]
        while parents.get(path[0]):
            path.insert(0, parents[path[0]])
        made[hall] = path
    return made


def published(conn: Connection[Any]) -> list[Published]:
    """All that was ever approved and not withdrawn."""
    found = conn.execute(
        """SELECT number, place, part, effective_at, state, stage, halls, sha256 FROM circulars
           WHERE state IN ('published', 'stopped') ORDER BY number"""
    ).fetchall()
    return [
        Published(number, place, part, at, state, stage, tuple(halls), sha256)
        for number, place, part, at, state, stage, halls, sha256 in found
    ]


def moved(conn: Connection[Any], now: float) -> object:
    """Another value once anything of what follows may be different."""
    return findings.moved(conn), conn.execute(
        """SELECT (SELECT count(*) FROM journal WHERE event = 'CircularAnswered'),
                  (SELECT string_agg(number || state || stage || (effective_at <= %s), ',' ORDER BY number)
                   FROM circulars),
                  (SELECT string_agg(id || coalesce(key, ''), ',' ORDER BY id) FROM halls),
                  (SELECT string_agg(id || coalesce(parent, ''), ',' ORDER BY id) FROM places)""",
        (now,),
    ).fetchone()


def advance(conn: Connection[Any], now: float) -> None:
    """Widen what every hall has taken that has it; stop what one has refused."""
    said = plain(answers(conn))
    for told in published(conn):
        if told.state != "published":
            continue
        step = staging.step(told, said, now)
        if step.refused_by:
            conn.execute(
                "UPDATE circulars SET state = 'stopped', stopped_by = %s WHERE number = %s AND state = 'published'",
                (step.refused_by, told.number),
            )
        elif step.stage != told.stage:
            conn.execute(
                "UPDATE circulars SET stage = %s WHERE number = %s AND stage = %s AND state = 'published'",
                (step.stage, told.number, told.stage),
            )


def count_untaken(conn: Connection[Any], now: float) -> None:
    """Of each hall that is heard, how much of its order it has not answered, though it was heard long after and all
    its rows are here: its program is of a version that can't take it, and takes it by itself after its upgrade, or the
    part that would take it does not run. One that is silent, or out, is not counted: it may take it when it is back.
    """
    rows = conn.execute(
        """SELECT hall.id, says FROM halls hall JOIN orders ON orders.hall = hall.id
           WHERE heard_at > issue + %s AND heard_at > %s AND key IS NOT NULL AND trouble = ''
             AND head_seq >= own_head""",
        (UNTAKEN_S, now - FRESH_S),
    ).fetchall()
    found = {}
    for hall, says in rows:
        data = conn.execute(
            "SELECT data, at FROM journal WHERE event = 'CircularAnswered' AND hall = %s", (hall,)
        ).fetchall()
        answered = {read[0] for one in data if (read := _answered(*one))}
        found[hall] = sum(sha256 not in answered for _, sha256, _ in json.loads(says)[1])
    for hall, had in conn.execute("SELECT id, untaken FROM halls").fetchall():
        if (now := found.get(hall, 0)) != had:
            conn.execute("UPDATE halls SET untaken = %s WHERE id = %s", (now, hall))


def untaken(conn: Connection[Any]) -> set[str]:
    """Halls that can't take all of their order."""
    return {hall for (hall,) in conn.execute("SELECT id FROM halls WHERE untaken > 0").fetchall()}


def shelf(
    conn: Connection[Any], city: str, seeds: Sequence[str], signers: Sequence[str], now: float
) -> dict[str, bytes]:
    """Key -> what is to stand in the key-value store: an order for each hall that has a key, the circulars of them and
    what was found in each hall.

    An order is kept as it was signed, and is made anew with a higher number when it says something else.
    """
    findings.let_go(conn, [*answers_to(conn, findings.sent(conn), counted=True)])
    said, found, rectified = plain(answers(conn)), published(conn), findings.sent(conn)
    made: dict[str, bytes] = {}
    wanted: set[str] = set()
    had = {hall: (issue, told, order) for hall, issue, told, order in conn.execute("SELECT * FROM orders").fetchall()}
    keyed = {hall for (hall,) in conn.execute("SELECT id FROM halls WHERE key IS NOT NULL").fetchall()}
    for hall, path in paths(conn).items():
        if hall not in keyed:
            continue
        items = [Item(one.number, one.sha256, depth) for one, depth in staging.standing(found, hall, path, said, now)]
        if text := rectified.get(hall):
            its = circular.sha256(text)
            items.append(Item(circular.read(text).number, its, len(path) - 1))
            made[key_of_own(hall, its)] = text.encode()
        says = canonical([list(signers), [list(item) for item in items]])
        issue, told, order = had.get(hall, (0, "", ""))
        if told != says:
            issue = max(issue + 1, int(now))  # higher than any before, after a restore of this database too
            order = sealed(Order(city, hall, issue, tuple(signers), tuple(items)), seeds).decode()
            conn.execute(
                """INSERT INTO orders VALUES (%s, %s, %s, %s) ON CONFLICT (hall) DO UPDATE
                   SET issue = excluded.issue, says = excluded.says, signed = excluded.signed""",
                (hall, issue, says, order),
            )
        wanted |= {item.sha256 for item in items}
        made[key_of(hall)] = order.encode()
    texts = conn.execute("SELECT sha256, text FROM circulars WHERE sha256 = ANY(%s)", ([*wanted],)).fetchall()
    return made | {key_of_circular(sha256): text.encode() for sha256, text in texts}
