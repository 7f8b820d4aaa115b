"""What becomes of another system's hall here: its services and counters as a change of the hall's file, its visits as
`docs/import.md` has them, its staff by number. Pure: text and rows in, text and rows out.

A service of the same name as one of the catalogue is that one; a counter of the same number is that one. Nothing that
the hall has is changed, and the hall's file itself is never written: the change is a file beside it, to be looked at.
"""

from __future__ import annotations

import csv
import difflib
import io
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import tomlkit

from config import Hall, Text
from intake.encoding import decoded
from server.domain.visit import Visit
from server.incumbents import fqm, novosga, qsystem
from server.incumbents.dumped import Holding, Left, Matter, Window, nobodys
from server.reports.visits_file import COLUMNS, visit_of

SYSTEMS = {"novosga": novosga, "qsystem": qsystem, "fqm": fqm}
USUAL_MIN = 10
"""标准分钟 of a service that the dump has no finished visit of."""
SHOWN = 3
"""So many rows are named of each reason why visits are not taken; the rest are counted."""


@dataclass
class Taken:
    """What a holding becomes at a hall."""

    codes: dict[str, str] = field(default_factory=dict)
    """Id of a service there -> its code here."""
    matters: list[Matter] = field(default_factory=list)
    """Those that the catalogue has not."""
    windows: list[Window] = field(default_factory=list)
    """Those that the hall's file has not."""
    visits: list[Visit] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    minutes: dict[str, int] = field(default_factory=dict)
    """Code -> minutes that its visits took, the median."""


def taken(holding: Holding, hall: Hall, made: str, now: float) -> Taken:
    """What of a holding is taken at this hall, at `now` (epoch seconds). `made`: what made codes begin with."""
    found = Taken(left=list(holding.left))
    by_name = {service.name.casefold(): code for code, service in hall.services.items()}
    closed = personal = 0
    for matter in holding.matters:
        code = found.codes[matter.id] = by_name.get(matter.name.casefold(), f"{made}{matter.id}")
        if code in hall.services:
            continue
        if not nobodys(matter.name):
            personal += 1
        elif matter.active:
            found.matters.append(matter)
        else:
            closed += 1
    found.windows = [window for window in holding.windows if window.number not in hall.counters]
    found.windows = [window for window in found.windows if nobodys(window.name)]
    for count, what, why in (
        (
            closed,
            Text("停用的事项", "services no longer offered"),
            Text("目录里不列；它们的来访照收。", "not listed in the catalogue; their visits are taken"),
        ),
        (
            personal,
            Text("名称里有证件号或手机号的事项", "services with an identity or mobile number in their name"),
            Text("个人信息不保存；它们的来访照收。", "personal data is not kept; their visits are taken"),
        ),
    ):
        if count:
            found.left.append(Left(what, count, why))
    _visits(holding, hall, made, now, found)
    return found


def _visits(holding: Holding, hall: Hall, made: str, now: float, found: Taken) -> None:
    wrong: Counter[tuple[str, Text]] = Counter()
    where: dict[tuple[str, Text], list[str]] = {}
    lasted: dict[str, list[float]] = {}
    for stay in holding.stays:
        code = found.codes.get(stay.matter) or (f"{made}{stay.matter}" if stay.matter else "")
        cells = [code if column == "service" else stay.cells.get(column, "") for column in COLUMNS]
        visit, problems = visit_of(cells, hall, now)
        for column, what in problems[:1]:
            wrong[column, what] += 1
            where.setdefault((column, what), []).append(stay.where)
        if visit:
            found.visits.append(visit)
            begin = visit.started or visit.last_called
            if visit.state == "finished" and visit.ended and begin and visit.ended > begin:
                lasted.setdefault(code, []).append(visit.ended - begin)
    found.minutes = {code: max(1, math.ceil(median(of) / 60)) for code, of in lasted.items()}
    for (column, what), count in wrong.items():
        some = ", ".join(where[column, what][:SHOWN]) + (" …" if count > SHOWN else "")
        found.left.append(
            Left(Text("有矛盾的来访", "visits that contradict themselves"), count, _why(some, column, what))
        )


def _why(some: str, column: str, what: Text) -> Text:
    return Text(f"{some}：{column}：{what.zh}", f"{some}: {column}: {what.en}")


# --- the hall's file --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """What the hall's file and its catalogue would be: their names beside the old ones, old and new text."""

    config_name: str
    config_before: str
    config_after: str
    catalogue_name: str
    catalogue_before: str
    catalogue_after: str


def change(hall: Hall, text: str, catalogue: bytes, found: Taken, system: str, key: str, made: str) -> Change | None:
    """The change that services and counters ask for, or None: the hall has them all.

    `text`: the hall's file; `catalogue`: the bytes of its catalogue; `key`: novosga, qsystem or fqm.
    """
    if not found.matters and not found.windows:
        return None
    before = _lines(catalogue)
    after = before + "".join(_rows(before, found, made, system))
    name = str(hall.hall.catalogue)
    stem = name.rpartition("/")[2].rpartition(".")[0] or name
    beside = name[: len(name) - len(name.rpartition("/")[2])]
    new_name = f"{beside}{stem}.{key}.csv" if found.matters else name
    file: Any = tomlkit.parse(text)
    if found.matters:
        file["hall"]["catalogue"] = new_name
    plain = tomlkit.dumps(file)
    tail = tomlkit.dumps(_tables(hall, found, system, key, made))
    title = f"# 从 {system} 接收：请核对每一行，改成本厅的叫法。 Taken from {system}: look at each line.\n"
    return Change(
        config_name=f"{hall.file.name.rpartition('.')[0] or hall.file.name}.{key}.toml",
        config_before=text,
        config_after=f"{plain.rstrip()}\n\n{title}{tail}",
        catalogue_name=new_name,
        catalogue_before=before,
        catalogue_after=after,
    )


def _lines(catalogue: bytes) -> str:
    """The catalogue as CSV text; one that is a workbook becomes its cells."""
    if not catalogue.startswith(b"PK"):
        text = decoded(catalogue)
        return text if text.endswith("\n") else f"{text}\n"
    from intake.spreadsheet import cells_of

    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(cells for _, cells in cells_of(catalogue))
    return out.getvalue()


def _rows(catalogue: str, found: Taken, made: str, system: str) -> Iterator[str]:
    header = next(csv.reader(io.StringIO(catalogue)), [])
    number = sum(1 for _ in csv.reader(io.StringIO(catalogue)))
    for place, matter in enumerate(found.matters):
        code = f"{made}{matter.id}"
        cells = {
            "序号": str(number + place),
            "事项编码": code,
            "事项名称": matter.name,
            "标准分钟": str(found.minutes.get(code, USUAL_MIN)),
            "号段前缀": matter.prefix,
            "状态": "未确认",
            "考证": f"从 {system} 接收，请核对",
        }
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerow([cells.get(column.strip(), "") for column in header])
        yield out.getvalue()


def _tables(hall: Hall, found: Taken, system: str, key: str, made: str) -> dict[str, Any]:
    tables: dict[str, Any] = {}
    if found.matters:
        names = (key, *(f"{key}-{n}" for n in range(2, 1000)))
        group = next(one for one in names if one not in hall.groups)
        tables["groups"] = {
            group: {
                "name": f"从 {system} 接收的事项",
                "name_en": f"Services of {system}",
                "services": [f"{made}{matter.id}" for matter in found.matters],
            }
        }
    known = {*hall.services, *(f"{made}{matter.id}" for matter in found.matters)}
    for window in found.windows:
        digits = window.number.isdigit()
        counter: dict[str, Any] = {
            "name": window.name or (f"{window.number}号窗口" if digits else f"窗口{window.number}"),
            "name_en": window.name or f"Counter {window.number}",
        }
        if window.services is not None:
            served = sorted({code for one in window.services if (code := found.codes.get(one)) in known and code})
            counter["services"] = served or "all"
        tables.setdefault("counters", {})[window.number] = counter
    return tables


def difference(change: Change, hall: Hall) -> str:
    """What the change would do to the two files, as a unified difference."""
    pairs = (
        (hall.file.name, change.config_name, change.config_before, change.config_after),
        (hall.hall.catalogue, change.catalogue_name, change.catalogue_before, change.catalogue_after),
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n"
        for old, new, before, after in pairs
        for line in difflib.unified_diff(
            before.splitlines(keepends=True), after.splitlines(keepends=True), old, new, n=1
        )
    )
