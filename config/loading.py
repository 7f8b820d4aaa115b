"""The only reader of config.toml and of the files it names: everything at once, each mistake as ``file:line:
key.path: what; what would be right`` in Chinese and in English.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from config.guides import Power, Service
from config.line_numbers import Key
from config.mistakes import cross_checks
from config.phrasing import at_lines, is_no, message, path_of, placed, unknown
from config.reasons import in_full
from config.tables import DERIVED, ICONS, ROOT, CalendarDay, Everyday, Hall
from config.text import Text, Told
from intake.encoding import Unreadable
from intake.quantities import Unclear, whole
from intake.signs import identifier, line, lines, listed
from intake.table_file import Row, read
from intake.toml_file import toml, toml_text


class ConfigError(Told):
    """The installer's error: one line per mistake, each saying where, what, and what would be right."""

    status = 2

    def __init__(self, problems: Sequence[Text], at: Sequence[tuple[Key, Text]] = ()) -> None:
        super().__init__("\n".join(one.zh for one in problems), "\n".join(one.en for one in problems))
        self.problems = tuple(problems)
        self.at = tuple(at)
        """The same by the keys of the file, without file and line; of a hall's file alone."""


def load(path: Path | str = ROOT / "config.toml") -> Hall:
    """Read and check a hall. Raises ConfigError with every mistake at once."""
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        why = in_full(error)
        what = Text(
            f"读不了，{why.zh}：请用 --config 写出大厅的文件。",
            f"cannot be read: {why.en}; name the hall's file with --config",
        )
        raise ConfigError([placed(str(path), what)]) from None
    return parse(data, name=path.name, folder=path.resolve().parent)


def parse(
    text: str | bytes,
    *,
    name: str = "config.toml",
    folder: Path = ROOT,
    files: Mapping[str, bytes] = MappingProxyType({}),
    samples: bool = True,
) -> Hall:
    """Check the text of a hall's file. `folder` is what its relative paths are relative to; of the tables that it names
    those in `files` are taken from there, by the name they have in the text. `samples`: whether the sample pictures of
    the guides have to be there; a device on another machine has none of them.
    """
    try:
        plain = toml_text(text)
        raw = {line(key): _washed(table, lines if key in BLOCKS else line) for key, table in toml(text).items()}
    except Unreadable as error:
        raise ConfigError([placed(f"{name}:{error.line}:{error.column}", Text(error.zh, error.en))]) from None
    problems: list[tuple[Key, Text]] = [((key,), unknown(key, Hall)) for key in raw if key in DERIVED]
    content = partial(_content, folder, files)
    services = _read_catalogue(raw, content, problems)
    days = _read_calendar(raw, content, problems)
    everyday = _read_everyday(raw, content, problems)
    powers = _read_powers(raw, content, services, problems)
    hall: Hall | None = None
    try:
        hall = Hall.model_validate(
            {k: v for k, v in raw.items() if k not in DERIVED}
            | {
                "services": services,
                "days": days,
                "everyday": everyday,
                "powers": powers,
                "folder": folder,
                "file": folder / name,
            }
        )
    except ValidationError as error:
        problems += [(path_of(raw, e["loc"]), message(e)) for e in error.errors() if e["loc"][0] not in DERIVED]
    problems += cross_checks(raw, services)
    problems += _samples(raw, folder) if samples else []
    if problems or hall is None:
        raise ConfigError(at_lines(name, plain, problems), problems)
    guided = {
        code: one.model_copy(update={"guide": hall.guides[code]}) if code in hall.guides else one
        for code, one in services.items()
    }
    return hall.model_copy(update={"services": guided})


def _content(folder: Path, files: Mapping[str, bytes], name: str) -> bytes:
    return files[name] if name in files else (folder / name).read_bytes()


Content = Callable[[str], bytes]
"""Name of a table as the file writes it -> what stands in it."""
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
    *("事项类别", "服务对象", "备注", "是否即办事项", "是否同城通办", "状态"),
)
SPELT = {
    "法定时限(工作日)": "法定时限",
    "承诺时限(工作日)": "承诺时限",
    "申请材料齐全情况下最多跑几趟": "最多跑几趟",
    "是否需要申请人本人亲自办理": "是否需要本人亲办",
    "是否可以同城通办,多点办理": "是否同城通办",
}
"""How the list form of 台商投资区 (2018-06-22) spells columns that have a shorter name here."""
POWERS = ("权责编号", "事项名称", "实施部门", "事项编码", "未进驻原因")
EVERYDAY = ("正式名称", "俗称", "英语俗称", "事情", "事情英文", "在哪里办", "在哪里办英文")
LONGEST_SERVICE_MIN = 1440


def _table(
    raw: dict[str, Any],
    key: str,
    columns: tuple[str, ...],
    needed: tuple[str, ...],
    content: Content,
    problems: list[tuple[Key, Text]],
) -> list[Row]:
    """The rows of a file that [hall] names, CSV or XLSX; its mistakes go to `problems`."""
    hall = raw.get("hall")
    name = hall.get(key) if isinstance(hall, dict) else None
    if not isinstance(name, str) or not name:
        return []
    try:
        data = content(name)
    except (OSError, ValueError) as error:
        why = in_full(error)
        what = Text(
            f"“{name}”读不了，{why.zh}：请核对路径，它从配置文件所在的文件夹算起。",
            f"'{name}' cannot be read: {why.en}; paths are relative to the config file",
        )
        problems.append((("hall", key), what))
        return []
    table = read(data, columns, needed, others=True, spelt=SPELT)
    problems += [(("hall", key), in_row(one.line, Text(one.zh, one.en), one.where)) for one in table.mistakes]
    return table.rows


def in_row(line: int, what: Text, column: Text | tuple[str, str] = ("", "")) -> Text:
    """What is wrong in a row of a table, or in one of its cells."""
    zh, en = (f"{name}: " if name else "" for name in column)
    return Text(f"第{line}行: {zh}{what.zh}", f"row {line}: {en}{what.en}")


def _read_catalogue(raw: dict[str, Any], content: Content, problems: list[tuple[Key, Text]]) -> dict[str, Service]:
    english = {
        identifier(row.cells["code"]): row.cells["name_en"]
        for row in _table(raw, "catalogue_en", ("code", "name_en"), ("code", "name_en"), content, problems)
    }
    tickets = raw.get("tickets")
    default = str(tickets.get("default_prefix", "W")) if isinstance(tickets, dict) else "W"
    services: dict[str, Service] = {}
    for row in _table(raw, "catalogue", CATALOGUE, CATALOGUE[:3], content, problems):
        service = service_of(row, english, default, problems)
        if service and service.code in services:
            code = service.code
            what = Text(
                f"事项编码{code}出现两次：请给每个事项各写一个。",
                f"code {code} stands twice; give each service its own",
            )
            problems.append((("hall", "catalogue"), in_row(row.line, what)))
        if service:
            services[service.code] = service
    return services


def service_of(row: Row, english: dict[str, str], default: str, problems: list[tuple[Key, Text]]) -> Service | None:
    """One row of the catalogue; None, with a problem, where it is no service."""
    cells = {column: row.cells.get(column, "") for column in CATALOGUE}
    code, name, prefix = identifier(cells["事项编码"]), cells["事项名称"], identifier(cells["号段前缀"]) or default
    wrong: list[Text] = []
    minutes = 0
    try:
        minutes = whole(cells["标准分钟"], 0, LONGEST_SERVICE_MIN)
    except Unclear as unclear:
        wrong.append(placed("标准分钟", Text(unclear.zh, unclear.en)))
    if not code or not name or not re.fullmatch("[A-Z]", prefix):
        wrong.append(
            Text(
                "要有事项编码和事项名称，号段前缀是一个大写字母：请补上。",
                "needs 事项编码, 事项名称, 号段前缀 as one capital letter; add them",
            )
        )
    icon = identifier(cells["图标"]).lower()
    if icon and icon not in ICONS:
        wrong.append(placed("图标", is_no(icon, Text("图标", "picture"), ICONS)))
    problems += [(("hall", "catalogue"), in_row(row.line, what)) for what in wrong]
    if wrong:
        return None
    return Service(
        code=code,
        name=name,
        name_en=english.get(code) or name,
        prefix=prefix,
        standard_min=minutes,
        materials=listed(row.blocks.get("申请材料", "")),
        promise=_days(cells["承诺时限"]),
        online=cells["是否全程网办事项"],
        visits=cells["最多跑几趟"],
        basis=cells["依据"],
        legal=_days(cells["法定时限"]),
        fee=cells["是否收费"],
        department=cells["受理部门"],
        in_person=cells["是否需要本人亲办"],
        category=cells["事项类别"],
        audience=cells["服务对象"],
        at_once=cells["是否即办事项"],
        anywhere=cells["是否同城通办"],
        remark=cells["备注"],
        state=cells["状态"],
        icon=icon,
        everyday=listed(row.blocks.get("俗称", "")),
        notes=cells["考证"],
    )


def _samples(raw: dict[str, Any], folder: Path) -> list[tuple[Key, Text]]:
    """The sample pictures that are named and not there."""
    hall, guides = raw.get("hall"), raw.get("guides")
    named = hall.get("samples") if isinstance(hall, dict) else None
    found: list[tuple[Key, Text]] = []
    for code, one in guides.items() if isinstance(guides, dict) else ():
        materials = one.get("materials") if isinstance(one, dict) else None
        for name, told in materials.items() if isinstance(materials, dict) else ():
            sample = told.get("sample") if isinstance(told, dict) else None
            if not isinstance(sample, str) or not sample:
                continue
            if not isinstance(named, str) or not named or not (folder / named / sample).is_file():
                what = Text(
                    f"“{sample}”不在hall.samples的文件夹里：请放进去，或清空。",
                    f"'{sample}' is not in the folder hall.samples: put it there, or empty this",
                )
                found.append((("guides", code, "materials", name, "sample"), what))
    return found


def _days(cell: str) -> str:
    """ "5" of a column that counts in working days is "5工作日"."""
    return f"{cell}工作日" if re.fullmatch("[0-9]{1,3}", cell) else cell


def _read_powers(
    raw: dict[str, Any], content: Content, services: dict[str, Service], problems: list[tuple[Key, Text]]
) -> tuple[Power, ...]:
    found: dict[str, Power] = {}
    for row in _table(raw, "power_list", POWERS, POWERS[:2], content, problems):
        number = identifier(row.cells["权责编号"])
        codes = tuple(identifier(one) for one in listed(row.blocks.get("事项编码", "")))
        wrong = []
        if not number or not row.cells["事项名称"]:
            wrong.append(Text("要有权责编号和事项名称：请补上。", "needs 权责编号 and 事项名称; add them"))
        elif number in found:
            wrong.append(Text(f"权责编号{number}出现两次：请留一个。", f"number {number} stands twice; keep one"))
        if services:
            what = Text("目录里的事项", "service of the catalogue")
            wrong += [placed("事项编码", is_no(one, what, sorted(services))) for one in codes if one not in services]
        problems += [(("hall", "power_list"), in_row(row.line, one)) for one in wrong]
        found[number] = Power(
            number=number,
            name=row.cells["事项名称"],
            department=row.cells.get("实施部门", ""),
            services=codes,
            reason=row.cells.get("未进驻原因", ""),
        )
    return tuple(found.values())


def _read_everyday(raw: dict[str, Any], content: Content, problems: list[tuple[Key, Text]]) -> tuple[Everyday, ...]:
    """The hall's own file, or the one that comes with the program."""
    hall, own = raw.get("hall"), raw
    if isinstance(hall, dict) and not hall.get("everyday"):
        own, content = {"hall": {"everyday": "data/everyday.csv"}}, partial(_content, ROOT, {})
    found = []
    for row in _table(own, "everyday", EVERYDAY, EVERYDAY[:2], content, problems):
        names, words, words_en = (listed(row.blocks.get(column, "")) for column in EVERYDAY[:3])
        matter, where = (
            Text(row.cells.get(key, ""), row.cells.get(f"{key}英文", "") or row.cells.get(key, ""))
            for key in ("事情", "在哪里办")
        )
        if not names or not words or bool(matter.zh) != bool(where.zh):
            what = Text(
                "要有正式名称和俗称；事情和在哪里办要么都写，要么都不写：请补齐。",
                "needs 正式名称 and 俗称, and 事情 and 在哪里办 both or neither; complete them",
            )
            problems.append((("hall", "everyday"), in_row(row.line, what)))
            continue
        found.append(Everyday(names=names, words=words, words_en=words_en, matter=matter, where=where))
    return tuple(found)


def _read_calendar(raw: dict[str, Any], content: Content, problems: list[tuple[Key, Text]]) -> dict[date, CalendarDay]:
    columns = ("date", "kind", "name", "source_doc")
    days: dict[date, CalendarDay] = {}
    first_line: dict[date, int] = {}
    for row in _table(raw, "calendar", columns, columns[:2], content, problems):
        try:
            day = CalendarDay.model_validate(row.cells)
        except ValidationError as error:
            first = error.errors()[0]
            column = str(first["loc"][0])
            problems.append((("hall", "calendar"), in_row(row.line, message(first), (column, column))))
            continue
        if day.date in days:
            problems.append(
                (("hall", "calendar"), in_row(row.line, _day_twice(first_line[day.date], days[day.date], day)))
            )
            continue
        days[day.date], first_line[day.date] = day, row.line
    return days


def _day_twice(before: int, first: CalendarDay, second: CalendarDay) -> Text:
    if first.kind == second.kind:
        return Text(
            f"{second.date}在第{before}行已有：请留一行。",
            f"{second.date} stands in row {before} already; keep one of them",
        )
    return Text(
        f"{second.date}是{second.kind}，第{before}行却是{first.kind}：请留一个。",
        f"{second.date} is {second.kind} here and {first.kind} in row {before}; keep one of them",
    )
