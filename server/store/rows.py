"""Rows of the tables as the plain data they are. Asks nothing."""

from __future__ import annotations

import json
import sqlite3

from server.domain.agenda import Agenda, Step
from server.domain.rating import Rating
from server.domain.remote import Remote
from server.domain.ticket import Binding, Counter, Job, Skills, Ticket


def ticket_of(row: sqlite3.Row) -> Ticket:
    """A row of the tickets' table as the ticket it is.

    The columns are the fields, and go in all at once: a frozen dataclass sets its thirty-odd one by one, which takes
    eight times as long, and a key at a counter looks at some thirty numbers.
    """
    ticket = Ticket.__new__(Ticket)
    values = vars(ticket)
    values.update(zip(row.keys(), row, strict=True))
    values["large_print"] = bool(values["large_print"])
    values["by_sight"] = bool(values["by_sight"])
    values["items"] = () if values["items"] == "[]" else tuple(json.loads(values["items"]))
    return ticket


def counter_of(row: sqlite3.Row) -> Counter:
    """A row of the counters' table as the counter it is, with the skills of whoever sits there if they were joined."""
    values = dict(row)
    skilled, can, speaks = (values.pop(name, None) for name in ("skilled", "can", "speaks"))
    if skilled:
        values["skills"] = Skills(skilled, None if can is None else tuple(json.loads(can)), tuple(json.loads(speaks)))
    if bound := values["bound"]:
        told = json.loads(bound)
        lists = {k: None if told[k] is None else tuple(told[k]) for k in ("services", "helps")}
        values["bound"] = Binding(**lists, help_after_min=told["help_after_min"])
    return Counter(**values)


def skills_of(row: sqlite3.Row) -> Skills:
    """A row of the skills' table as what somebody can do."""
    services = row["services"]
    known = None if services is None else tuple(json.loads(services))
    return Skills(row["staff"], known, tuple(json.loads(row["languages"])))


def job_of(row: sqlite3.Row) -> Job:
    """A row of the jobs' table as the job it is."""
    values = dict(row)
    return Job(**{**values, "printers": tuple(json.loads(values["printers"])), "facts": json.loads(values["facts"])})


def rating_row(row: sqlite3.Row) -> Rating:
    """A row of the ratings' table as the rating it is."""
    values = dict(row)
    return Rating(
        **{
            **values,
            "is_default": bool(values["is_default"]),
            "options": tuple(json.loads(values["options"])),
            "second_options": tuple(json.loads(values["second_options"])),
        }
    )


def agenda_of(row: sqlite3.Row) -> Agenda:
    """A row of the agendas' table as the agenda it is."""
    told = dict(row)
    items = tuple(Step(**one) for one in json.loads(told["items"]))
    after = {code: tuple(before) for code, before in json.loads(told["after"]).items()}
    return Agenda(**{**told, "items": items, "after": after})


def remote_of(row: sqlite3.Row) -> Remote:
    """A row of the places that were taken outside."""
    values = dict(row)
    return Remote(**{**values, "renewed": bool(values["renewed"]), "left": bool(values["left"])})
