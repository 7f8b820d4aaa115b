"""The tables that follow from the journal: their keys, and how a row becomes the plain data it is, and back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, NamedTuple

import orjson

from server.domain.chain import canonical
from server.domain.notifications import BookingTelephone, Notification, Telephone
from server.domain.offline import Block, Book
from server.domain.post import Post, Shift, Substitution
from server.domain.projections import Closure, Contact, ToldWait
from server.domain.register import Record, Step
from server.domain.slots import Appointment
from server.store.rows import agenda_of, counter_of, job_of, rating_row, remote_of, skills_of, ticket_of


class Table(NamedTuple):
    """`load` makes the domain's data of a row, `dump` the columns of the data; `key` names the key's columns."""

    key: tuple[str, ...]
    load: Callable[[sqlite3.Row], Any]
    dump: Callable[[Any], dict[str, Any]]

    def key_of(self, row: Any) -> Any:
        """The key of a row's data: a tuple where it has several parts."""
        parts = tuple(getattr(row, name) for name in self.key)
        return parts[0] if len(parts) == 1 else parts


def _ticket(row: Any) -> dict[str, Any]:
    return {**vars(row), "items": json.dumps(row.items, ensure_ascii=False)}


def _counter(row: Any) -> dict[str, Any]:
    kept = {name: value for name, value in vars(row).items() if name != "skills"}
    return {**kept, "bound": canonical(asdict(row.bound)) if row.bound else None}


def _skills(row: Any) -> dict[str, Any]:
    services = None if row.services is None else canonical(row.services)
    return {"staff": row.staff, "services": services, "languages": canonical(row.languages)}


def _job(row: Any) -> dict[str, Any]:
    return {**vars(row), "printers": json.dumps(row.printers), "facts": canonical(row.facts)}


def _rating(row: Any) -> dict[str, Any]:
    return {**vars(row), "options": json.dumps(row.options), "second_options": json.dumps(row.second_options)}


def _plain(kind: type) -> Callable[[sqlite3.Row], Any]:
    return lambda row: kind(**dict(row))


def _substitution(row: sqlite3.Row) -> Substitution:
    values = dict(row)
    return Substitution(**{**values, "is_b": bool(values["is_b"])})


RECORD_JSON = ("values", "given", "moves", "verdicts")


def record_of(row: sqlite3.Row) -> Record:
    """A row of the records' table as the record it is."""
    told = dict(row)
    told |= {name: orjson.loads(told[name]) for name in RECORD_JSON}
    return Record(**{**told, "moves": tuple(Step(*step) for step in told["moves"])})


def _record(row: Record) -> dict[str, Any]:
    told = {**vars(row), "moves": [step if step.visit is not None else step[:-1] for step in row.moves]}
    return {**told, **{name: canonical(told[name]) for name in RECORD_JSON}}


def _agenda(row: Any) -> dict[str, Any]:
    return {**vars(row), "items": canonical([asdict(one) for one in row.items]), "after": canonical(row.after)}


def _appointment(row: sqlite3.Row) -> Appointment:
    values = dict(row)
    return Appointment(**{**values, "was_listed": bool(values["was_listed"])})


def _slot_telephone(row: sqlite3.Row) -> BookingTelephone:
    return BookingTelephone(**{**dict(row), "given": orjson.loads(row["given"])})


def _telephone(row: sqlite3.Row) -> Telephone:
    return Telephone(**{**dict(row), "given": orjson.loads(row["given"]), "rate": bool(row["rate"])})


TABLES = {
    "tickets": Table(("id",), ticket_of, _ticket),
    "counters": Table(("id",), counter_of, _counter),
    "jobs": Table(("id",), job_of, _job),
    "ratings": Table(("ticket", "leg"), rating_row, _rating),
    "closures": Table(("day", "service"), _plain(Closure), vars),
    "contacts": Table(("id",), _plain(Contact), vars),
    "posts": Table(("id",), _plain(Post), vars),
    "substitutions": Table(("id",), _substitution, vars),
    "skills": Table(("staff",), skills_of, _skills),
    "roster": Table(("id",), _plain(Shift), vars),
    "records": Table(("id",), record_of, _record),
    "agendas": Table(("ticket",), agenda_of, _agenda),
    "appointments": Table(("id",), _appointment, vars),
    "telephones": Table(("ticket",), _telephone, lambda row: {**vars(row), "given": canonical(row.given)}),
    "slot_telephones": Table(
        ("appointment",), _slot_telephone, lambda row: {**vars(row), "given": canonical(row.given)}
    ),
    "notifications": Table(("about", "occasion", "field"), _plain(Notification), vars),
    "remotes": Table(("id",), remote_of, vars),
    "waits_told": Table(("ticket",), _plain(ToldWait), vars),
    "offline_blocks": Table(("prefix", "first"), _plain(Block), vars),
    "offline_books": Table(("book",), _plain(Book), vars),
}
"""Every table whose rows are made by `server/domain/projections.py`."""

BESIDE = {
    "legs": "rebuilt from each number's life",
    "numbers": "the highest number given out",
    "snapshots": "checked against their own hash and the journal",
}
"""Tables that are compared too, each in its own way (`journal.py`)."""

APART = (
    "requests",
    "staff",
    "login_failures",
    "sessions",
    "devices",
    "second_factors",
    "recovery_codes",
    "punch_keys",
    "api_tokens",
    "opening_list",
    "bookings",
    "bookers",
    "holders",
    "printers",
    "deliveries",
    "messages",
    "dues",
    "links",
    "sendings",
    "letters",
    "pretrials",
    "config_versions",
    "config_drafts",
    "private_keys",
    "private_fields",
    "notification_counts",
    "senders",
    "unfound",
    "second_marks",
)
"""Tables that are no part of the history: accounts and keys, what is forgotten by the clock, what machines remember,
what the calendar makes of records, how the hall was described, and what is private.
"""
