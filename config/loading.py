"""The only reader of config.toml and of the files it names: everything at once, each mistake as ``file:line:
key.path: what; what would be right``.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from config.line_numbers import Key, line_numbers, line_of
from config.mistakes import cross_checks
from config.phrasing import message, path_of, unknown
from config.tables import DERIVED, ICONS, ROOT, CalendarDay, Hall, Service
from config.text import Told


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
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}; name the hall's file with --config"]) from None
    except UnicodeDecodeError as error:
        raise ConfigError([f"{path}: not UTF-8 at byte {error.start}; save the file as UTF-8"]) from None
    return parse(text, name=path.name, folder=path.resolve().parent)


def parse(text: str, *, name: str = "config.toml", folder: Path = ROOT) -> Hall:
    """Check the text of a hall's file. `folder` is what its relative paths are relative to."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        where = line.group(1) if line else text.count("\n") + 1
        raise ConfigError([f"{name}:{where}: not TOML: {error}; see docs/config.md"]) from None
    problems: list[tuple[Key, str]] = [((key,), unknown(key, Hall)) for key in raw if key in DERIVED]
    services = _read_catalogue(raw, folder, problems)
    days = _read_calendar(raw, folder, problems)
    hall: Hall | None = None
    try:
        hall = Hall.model_validate(
            {**{k: v for k, v in raw.items() if k not in DERIVED}, "services": services, "days": days, "folder": folder}
        )
    except ValidationError as error:
        problems += [(path_of(raw, e["loc"]), message(e)) for e in error.errors() if e["loc"][0] not in DERIVED]
    problems += cross_checks(raw, services)
    if problems or hall is None:
        lines = line_numbers(text)
        found = sorted({(line_of(lines, key), ".".join(map(str, key)), message) for key, message in problems})
        raise ConfigError([f"{name}:{line}: {key}: {message}" for line, key, message in found])
    return hall


def _rows(
    raw: dict[str, Any], key: str, folder: Path, problems: list[tuple[Key, str]]
) -> Iterator[tuple[int, dict[str, str]]]:
    hall = raw.get("hall")
    name = hall.get(key) if isinstance(hall, dict) else None
    if not isinstance(name, str) or not name:
        return
    try:
        with (folder / name).open(encoding="utf-8-sig", newline="") as file:
            yield from enumerate((dict(row) for row in csv.DictReader(file)), start=2)
    except OSError as error:
        problems.append(
            (("hall", key), f"'{name}' cannot be read: {error.strerror}; paths are relative to the config file")
        )
    except UnicodeDecodeError:
        problems.append((("hall", key), f"'{name}' is not UTF-8; save it as UTF-8"))


def _read_catalogue(raw: dict[str, Any], folder: Path, problems: list[tuple[Key, str]]) -> dict[str, Service]:
    english = {r.get("code", ""): r.get("name_en", "") for _, r in _rows(raw, "catalogue_en", folder, problems)}
    tickets = raw.get("tickets")
    default = tickets.get("default_prefix", "W") if isinstance(tickets, dict) else "W"
    services: dict[str, Service] = {}
    for line, row in _rows(raw, "catalogue", folder, problems):
        code, name, minutes = row.get("事项编码") or "", row.get("事项名称") or "", row.get("标准分钟") or ""
        prefix = row.get("号段前缀") or str(default)
        if not code or not name or not minutes.isdigit() or not re.fullmatch("[A-Z]", prefix):
            problems.append(
                (
                    ("hall", "catalogue"),
                    f"row {line}: needs 事项编码, 事项名称, 标准分钟 as a number, 号段前缀 as one capital letter",
                )
            )
            continue
        if code in services:
            problems.append((("hall", "catalogue"), f"row {line}: code {code} stands twice; give each service its own"))
        icon = (row.get("图标") or "").strip()
        if icon and icon not in ICONS:
            problems.append(
                (("hall", "catalogue"), f"row {line}: 图标 {icon!r} is no picture; one of {', '.join(ICONS)}, or empty")
            )
        services[code] = Service(
            code=code,
            name=name,
            name_en=english.get(code) or name,
            prefix=prefix,
            standard_min=int(minutes),
            materials=tuple(m for m in (row.get("申请材料") or "").split("；") if m),
            promise=row.get("承诺时限") or "",
            online=row.get("是否全程网办事项") or "",
            visits=row.get("最多跑几趟") or "",
            basis=row.get("依据") or "",
            legal=row.get("法定时限") or "",
            fee=row.get("是否收费") or "",
            department=row.get("受理部门") or "",
            in_person=row.get("是否需要本人亲办") or "",
            icon=icon,
        )
    return services


def _read_calendar(raw: dict[str, Any], folder: Path, problems: list[tuple[Key, str]]) -> dict[date, CalendarDay]:
    days: dict[date, CalendarDay] = {}
    for line, row in _rows(raw, "calendar", folder, problems):
        try:
            day = CalendarDay.model_validate(row)
        except ValidationError as error:
            first = error.errors()[0]
            problems.append((("hall", "calendar"), f"row {line}: {first['loc'][0]} {first['input']!r}: {first['msg']}"))
            continue
        days[day.date] = day
    return days
