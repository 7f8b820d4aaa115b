"""The only reader of config.toml and of the files it names: everything at once, each mistake as ``file:line:
key.path: what; what would be right``, Chinese and English where a person may have saved a file otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from config.line_numbers import Key, line_numbers, line_of
from config.mistakes import cross_checks
from config.phrasing import message, path_of, unknown
from config.tables import DERIVED, ICONS, ROOT, CalendarDay, Everyday, Hall, Service
from config.text import Text, Told
from intake.encoding import Unreadable
from intake.quantities import Unclear, whole
from intake.signs import identifier, line, lines, listed
from intake.table_file import Row, read
from intake.toml_file import toml, toml_text


class ConfigError(Told):
    """The installer's error: one line per mistake, each saying where, what, and what would be right."""

    status = 2

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load(path: Path | str = ROOT / "config.toml") -> Hall:
    """Read and check a hall. Raises ConfigError with every mistake at once."""
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}; name the hall's file with --config"]) from None
    return parse(data, name=path.name, folder=path.resolve().parent)


def parse(text: str | bytes, *, name: str = "config.toml", folder: Path = ROOT) -> Hall:
    """Check the text of a hall's file. `folder` is what its relative paths are relative to."""
    try:
        plain = toml_text(text)
        raw = {line(key): _washed(table, lines if key in BLOCKS else line) for key, table in toml(text).items()}
    except Unreadable as error:
        raise ConfigError([f"{name}:{error.line}:{error.column}: {error}; docs/config.md"]) from None
    problems: list[tuple[Key, str]] = [((key,), unknown(key, Hall)) for key in raw if key in DERIVED]
    services = _read_catalogue(raw, folder, problems)
    days = _read_calendar(raw, folder, problems)
    everyday = _read_everyday(raw, folder, problems)
    hall: Hall | None = None
    try:
        hall = Hall.model_validate(
            {k: v for k, v in raw.items() if k not in DERIVED}
            | {
                "services": services,
                "days": days,
                "everyday": everyday,
                "folder": folder,
                "file": folder / name,
            }
        )
    except ValidationError as error:
        problems += [(path_of(raw, e["loc"]), message(e)) for e in error.errors() if e["loc"][0] not in DERIVED]
    problems += cross_checks(raw, services)
    if problems or hall is None:
        numbers = line_numbers(plain)
        found = sorted({(line_of(numbers, key), ".".join(map(str, key)), what) for key, what in problems})
        raise ConfigError([f"{name}:{at}: {key}: {what}" for at, key, what in found])
    return hall


BLOCKS = ("board_texts", "forms")
"""Tables whose texts may hold a line break: of a board of two lines, of a slip."""


def _washed(value: Any, wash: Callable[[str], str]) -> Any:
    """Every text of a table as it was meant; its keys too."""
    if isinstance(value, dict):
        return {line(key): _washed(item, wash) for key, item in value.items()}
    if isinstance(value, list):
        return [_washed(item, wash) for item in value]
    return wash(value) if isinstance(value, str) else value


# --- the files it names -----------------------------------------------------------------------------------------------

CATALOGUE = (
    *("事项编码", "事项名称", "标准分钟", "号段前缀", "申请材料", "承诺时限", "是否全程网办事项", "最多跑几趟"),
    *("依据", "法定时限", "是否收费", "受理部门", "是否需要本人亲办", "俗称", "考证", "图标"),
)
EVERYDAY = ("正式名称", "俗称", "英语俗称", "事情", "事情英文", "在哪里办", "在哪里办英文")
LONGEST_SERVICE_MIN = 1440


def _table(
    raw: dict[str, Any],
    key: str,
    columns: tuple[str, ...],
    needed: tuple[str, ...],
    folder: Path,
    problems: list[tuple[Key, str]],
) -> list[Row]:
    """The rows of a file that [hall] names, CSV or XLSX; its mistakes go to `problems`."""
    hall = raw.get("hall")
    name = hall.get(key) if isinstance(hall, dict) else None
    if not isinstance(name, str) or not name:
        return []
    try:
        data = (folder / name).read_bytes()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        problems.append((("hall", key), f"'{name}' cannot be read: {why}; paths are relative to the config file"))
        return []
    table = read(data, columns, needed, others=True)
    problems += [(("hall", key), f"row {one.line}: {one.column}: {one.zh} {one.en}") for one in table.mistakes]
    return table.rows


def _read_catalogue(raw: dict[str, Any], folder: Path, problems: list[tuple[Key, str]]) -> dict[str, Service]:
    english = {
        identifier(row.cells["code"]): row.cells["name_en"]
        for row in _table(raw, "catalogue_en", ("code", "name_en"), ("code", "name_en"), folder, problems)
    }
    tickets = raw.get("tickets")
    default = str(tickets.get("default_prefix", "W")) if isinstance(tickets, dict) else "W"
    services: dict[str, Service] = {}
    for row in _table(raw, "catalogue", CATALOGUE, CATALOGUE[:3], folder, problems):
        service = _service(row, english, default, problems)
        if service and service.code in services:
            code = service.code
            problems.append(
                (
                    ("hall", "catalogue"),
                    f"row {row.line}: 事项编码{code}出现两次：一个事项一个编码。 code {code} stands twice;"
                    " give each service its own",
                )
            )
        if service:
            services[service.code] = service
    return services


def _service(row: Row, english: dict[str, str], default: str, problems: list[tuple[Key, str]]) -> Service | None:
    """One row of the catalogue; None, with a problem, where it is no service."""
    cells = {column: row.cells.get(column, "") for column in CATALOGUE}
    code, name, prefix = identifier(cells["事项编码"]), cells["事项名称"], identifier(cells["号段前缀"]) or default
    wrong: list[str] = []
    minutes = 0
    try:
        minutes = whole(cells["标准分钟"], 0, LONGEST_SERVICE_MIN)
    except Unclear as unclear:
        wrong.append(f"标准分钟: {unclear}")
    if not code or not name or not re.fullmatch("[A-Z]", prefix):
        wrong.append(
            "要有事项编码和事项名称，号段前缀是一个大写字母。 needs 事项编码, 事项名称, 号段前缀 as one capital letter"
        )
    icon = identifier(cells["图标"]).lower()
    if icon and icon not in ICONS:
        known = ", ".join(ICONS)
        wrong.append(
            f"图标: 没有图标“{icon}”：可用{known}，或留空。 there is no picture '{icon}'; one of these, or none"
        )
    problems += [(("hall", "catalogue"), f"row {row.line}: {what}") for what in wrong]
    if wrong:
        return None
    return Service(
        code=code,
        name=name,
        name_en=english.get(code) or name,
        prefix=prefix,
        standard_min=minutes,
        materials=listed(row.blocks.get("申请材料", "")),
        promise=cells["承诺时限"],
        online=cells["是否全程网办事项"],
        visits=cells["最多跑几趟"],
        basis=cells["依据"],
        legal=cells["法定时限"],
        fee=cells["是否收费"],
        department=cells["受理部门"],
        in_person=cells["是否需要本人亲办"],
        icon=icon,
        everyday=listed(row.blocks.get("俗称", "")),
        notes=cells["考证"],
    )


def _read_everyday(raw: dict[str, Any], folder: Path, problems: list[tuple[Key, str]]) -> tuple[Everyday, ...]:
    """The hall's own file, or the one that comes with the program."""
    hall, own = raw.get("hall"), raw
    if isinstance(hall, dict) and not hall.get("everyday"):
        own, folder = {"hall": {"everyday": "data/everyday.csv"}}, ROOT
    found = []
    for row in _table(own, "everyday", EVERYDAY, EVERYDAY[:2], folder, problems):
        names, words, words_en = (listed(row.blocks.get(column, "")) for column in EVERYDAY[:3])
        matter, where = (
            Text(row.cells.get(key, ""), row.cells.get(f"{key}英文", "") or row.cells.get(key, ""))
            for key in ("事情", "在哪里办")
        )
        if not names or not words or bool(matter.zh) != bool(where.zh):
            problems.append(
                (
                    ("hall", "everyday"),
                    f"row {row.line}: 要有正式名称和俗称；事情和在哪里办要么都写，要么都不写。 needs 正式名称 and 俗称,"
                    " and 事情 and 在哪里办 both or neither",
                )
            )
            continue
        found.append(Everyday(names=names, words=words, words_en=words_en, matter=matter, where=where))
    return tuple(found)


def _read_calendar(raw: dict[str, Any], folder: Path, problems: list[tuple[Key, str]]) -> dict[date, CalendarDay]:
    columns = ("date", "kind", "name", "source_doc")
    days: dict[date, CalendarDay] = {}
    first_line: dict[date, int] = {}
    for row in _table(raw, "calendar", columns, columns[:2], folder, problems):
        try:
            day = CalendarDay.model_validate(row.cells)
        except ValidationError as error:
            first = error.errors()[0]
            what = f"row {row.line}: {first['loc'][0]}: {message(first)}"
            problems.append((("hall", "calendar"), what))
            continue
        if day.date in days:
            problems.append((("hall", "calendar"), _day_twice(row.line, first_line[day.date], days[day.date], day)))
            continue
        days[day.date], first_line[day.date] = day, row.line
    return days


def _day_twice(line: int, before: int, first: CalendarDay, second: CalendarDay) -> str:
    if first.kind == second.kind:
        return (
            f"row {line}: {second.date}在第{before}行已有：请留一行。 {second.date} stands in row {before} already;"
            " keep one of them"
        )
    return (
        f"row {line}: {second.date}是{second.kind}，第{before}行却是{first.kind}：请留一个。 {second.date} is"
        f" {second.kind} here and {first.kind} in row {before}; keep one of them"
    )
