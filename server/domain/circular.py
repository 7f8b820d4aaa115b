"""下发: what a district sends down to its halls, as values of the hall's own file; which of them count, and when. Pure.

A circular has a number, stands for a place of the tree and for one part of what a hall says to the public, and is
nothing but data: table -> row -> key -> value, in the names of config.toml. What is not in `PARTS` never goes down:
counters, devices, printers, secrets and whatever keeps the machine are the hall's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, NamedTuple

from config import Text
from config.described import COLUMNS, ROWS, keys
from config.editing import Edit
from config.tables import SINGLE
from server.domain import item_lists
from server.domain.chain import canonical

Rows = Mapping[str, Mapping[str, Mapping[str, Any] | None]]
"""Table -> row -> key -> value; a single table has the row "". None instead of the keys: the row goes."""
Answered = Literal["fits", "held", "refused", "applied"]

LONGEST = 4 << 20
"""Bytes of a circular as JSON: a whole catalogue with its guides is a tenth of it."""
FINAL = ("refused", "applied")

LISTS = "lists"
MESSAGES = ("near", "called", "missed", "ready", "eve", "offer", "rate", "unclear")
PARTS: Mapping[str, tuple[Text, Mapping[str, Collection[str]]]] = {
    "catalogue": (
        Text("事项目录", "Catalogue"),
        {
            "services": [key for key in keys("services") if key not in ("标准分钟", "号段前缀", "图标", "考证")],
            "english": keys("english"),
            "packages": keys("packages"),
        },
    ),
    "guides": (Text("办事指南", "Guides"), {"guides": keys("guides")}),
    "promises": (Text("承诺", "Promises"), {"hall": ["wait_pledge_min"], "registers": ["days", "amber"]}),
    "phrases": (
        Text("用语", "Phrases"),
        {
            "messages": [*MESSAGES, *(f"{key}_en" for key in MESSAGES)],
            "forms": ["texts"],
            "board_texts": ["texts"],
            "registers": ["words"],
            "console": [
                *("pause_reasons", "transfer_reasons", "raise_reasons", "refusal_reasons", "pickup_bring"),
            ],
        },
    ),
    "calendar": (Text("节假日与调休", "Holidays"), {"calendar": keys("calendar")}),
    "report": (
        Text("报表口径", "Report definitions"),
        {
            "report": [
                *("amber_min", "red_min", "overtime_factor", "long_pause_min", "kept_is_service"),
                *("sensitive_services", "small_cell", "e_licences"),
            ]
        },
    ),
    "notices": (Text("公告", "Notices"), {"publications": keys("publications"), "hall": ["ticker"]}),
    "lists": (Text("三张清单", "The three lists"), {LISTS: ["items"]}),
}
"""Part -> its name, and the keys of each table that may go down. All of them are tables of a hall's file but `lists`,
which are records of its register (server/verbs/item_lists.py): row = kind of the list, items = codes.
"""
WHOLE = ("services", "english", "packages", "guides", "calendar", "publications")
"""Tables whose rows may go: of a row of any other the district has a few values, and the rest is the hall's."""


class Malformed(ValueError):
    """Bytes that are no circular; the sentence says what is wrong."""


@dataclass(frozen=True, kw_only=True)
class Circular:
    """`place`: of the tree, for which it stands; `effective_at`: epoch seconds; `paper`: 审批单号; `reverts`: number of
    the older one whose content it has again, 0 for none.
    """

    number: int
    part: str
    place: str
    effective_at: float
    paper: str
    note: str
    rows: Rows
    reverts: int = 0

    def text(self) -> str:
        """As it is stored, hashed and sent."""
        return canonical(asdict(self))


def read(text: str) -> Circular:
    """Raises Malformed for whatever a district does not send."""
    if len(text.encode()) > LONGEST:
        raise Malformed(f"longer than {LONGEST} bytes")
    try:
        made = Circular(**json.loads(text))
        whole = isinstance(made.number, int) and isinstance(made.effective_at, int | float)
        texts = all(isinstance(one, str) for one in (made.part, made.place, made.paper, made.note))
        if not (whole and texts and made.number > 0 and _rows(made.rows)):
            raise TypeError("it has other fields")
        return made
    except (ValueError, TypeError, RecursionError) as error:
        raise Malformed(f"no circular: {error}") from None


def _rows(told: Any) -> bool:
    return isinstance(told, dict) and all(
        isinstance(table, dict) and all(row is None or isinstance(row, dict) for row in table.values())
        for table in told.values()
    )


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def problems(part: str, rows: Rows) -> list[Text]:
    """What of it may not go down at all: the district asks before it is published, and each hall once more."""
    if part not in PARTS:
        return [Text(f"没有“{part}”这一类。", f"There is no part '{part}'.")]
    name, may = PARTS[part]
    found = []
    for table, entries in rows.items():
        if table not in may:
            found.append(
                Text(
                    f"[{table}]不能在“{name.zh}”里下发：可以写 {'、'.join(may)}。",
                    f"[{table}] does not go down with {name.en}: {', '.join(may)} may.",
                )
            )
            continue
        for row, values in entries.items():
            if values is None and table not in WHOLE:
                where = f"{table}.{row}" if row else table
                found.append(
                    Text(
                        f"[{where}]里还有大厅自己的内容，不能删除。",
                        f"[{where}] has values of the hall's own and can't be taken away.",
                    )
                )
            for key in values or ():
                if key not in may[table]:
                    where = f"{table}.{row}.{key}" if row else f"{table}.{key}"
                    found.append(Text(f"{where}由大厅自己定，不能下发。", f"{where} is the hall's own."))
    found += [
        text for row, values in rows.get(LISTS, {}).items() for text in _no_list(row, (values or {}).get("items"))
    ]
    if not any(rows.values()):
        found.append(Text("里面什么也没有。", "There is nothing in it."))
    return found


def _no_list(kind: str, items: Any) -> list[Text]:
    """Why a row is none of the three lists."""
    if kind not in item_lists.NAMES:
        may = "、".join(item_lists.NAMES)
        return [Text(f"没有清单“{kind}”：有{may}。", f"There is no list '{kind}': there are {may}.")]
    if not isinstance(items, list) or not items or not all(isinstance(one, str) and one for one in items):
        where = f"{LISTS}.{kind}.items"
        return [Text(f"{where}要列出事项编码，至少一个。", f"{where} is a list of codes, one at least.")]
    if twice := sorted({one for one in items if items.count(one) > 1}):
        return [Text(f"{LISTS}.{kind}里{twice[0]}写了两次。", f"{LISTS}.{kind} names {twice[0]} twice.")]
    return []


# --- which count ------------------------------------------------------------------------------------------------------


class Standing(NamedTuple):
    """A circular that a hall has been given. `depth`: of its place below the root of the tree."""

    circular: Circular
    depth: int
    sha256: str

    @property
    def order(self) -> tuple[float, int]:
        return self.circular.effective_at, self.circular.number


class Answer(NamedTuple):
    """What a hall said of a circular last."""

    answer: str
    reasons: tuple[Text, ...] = ()


Answers = Mapping[tuple[int, str], Answer]
"""(number, sha256) -> the hall's newest answer."""


class Due(NamedTuple):
    """What is to do with a circular: `check` one whose day is to come, or `apply` one whose day has come."""

    verb: Literal["check", "apply"]
    one: Standing


def _answer(one: Standing, answers: Answers) -> str:
    found = answers.get((one.circular.number, one.sha256))
    return found.answer if found else ""


def in_force(given: Iterable[Standing], answers: Answers, now: float) -> list[Standing]:
    """Of each part and place the newest whose day has come and which was not refused; of two the one with the later
    day, then the higher number.
    """
    newest: dict[tuple[str, str], Standing] = {}
    for one in sorted(given, key=lambda one: one.order):
        if one.circular.effective_at <= now and _answer(one, answers) != "refused":
            newest[one.circular.part, one.circular.place] = one
    return sorted(newest.values(), key=lambda one: one.order)


def due(given: Sequence[Standing], answers: Answers, now: float) -> list[Due]:
    """What is to do now, in order. What a newer one has passed over is left alone."""
    later = [one for one in given if one.circular.effective_at > now and not _answer(one, answers)]
    return [
        *(Due("apply", one) for one in in_force(given, answers, now) if _answer(one, answers) not in FINAL),
        *(Due("check", one) for one in sorted(later, key=lambda one: one.order)),
    ]


def overlaid(of: Standing, given: Iterable[Standing], answers: Answers, now: float) -> Rows:
    """What stands for a hall with one of the circulars: of its part the value of the nearest place."""
    part = of.circular.part
    layers = {one.circular.place: one for one in in_force(given, answers, now) if one.circular.part == part} | {
        of.circular.place: of
    }
    made: dict[str, dict[str, dict[str, Any] | None]] = {}
    for one in sorted(layers.values(), key=lambda one: one.depth):
        for table, entries in one.circular.rows.items():
            for row, values in entries.items():
                had = made.setdefault(table, {}).get(row)
                made[table][row] = None if values is None else {**(had or {}), **values}
    return made


def edits(now: Mapping[str, Mapping[str, Mapping[str, Any]]], wanted: Rows) -> list[Edit]:
    """The edits that bring a hall's file to what is wanted; what it does not name stays as it is."""
    found = []
    for table, entries in wanted.items():
        for row, values in entries.items():
            had = now.get(table, {}).get(row)
            if values is None:
                found += [Edit(table, row, "", None)] if had is not None else []
            elif had is None and table not in SINGLE:
                found.append(Edit(table, row, "", dict(values)))
            else:
                found += [
                    Edit(table, row, key, value) for key, value in values.items() if (had or {}).get(key) != value
                ]
    return found


def staying(older: Rows, newer: Rows) -> list[str]:
    """Rows, as "table.row", that the older one has and the newer one does not name, and that could go: each hall keeps
    them, since nobody knows here whether it had them before.
    """
    return [
        f"{table}.{row}"
        for table, entries in older.items()
        if table in WHOLE
        for row, values in entries.items()
        if values is not None and row not in newer.get(table, {})
    ]


def table_of(part: str, columns: Collection[str]) -> str | None:
    """The table of a part whose rows a CSV with these columns has; None where it is none of them."""
    return next((t for t in PARTS[part][1] if t in COLUMNS and ROWS[t][1] in columns), None)
