"""The catalogue as a table to hand on: the list form in use in Quanzhou, or every column; and such a table taken in.

Pure: bytes in, services and mistakes out. Nothing is written here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from config.guides import Service
from config.line_numbers import Key
from config.loading import CATALOGUE, SPELT, in_row, service_of
from config.text import Text
from intake.signs import identifier
from intake.table_file import Row, read

WHOLE = (
    *(
        "序号",
        "事项编码",
        "事项名称",
        "事项类别",
        "申请材料",
        "受理部门",
        "服务对象",
        "法定时限",
        "承诺时限",
        "是否收费",
    ),
    *("备注", "是否即办事项", "是否全程网办事项", "最多跑几趟", "是否需要本人亲办", "是否同城通办"),
    *("号段前缀", "标准分钟", "依据", "状态", "图标", "俗称", "考证"),
)
"""Every column of a catalogue, as the one that ships has them."""
QUANZHOU: dict[str, str] = {
    **{name: name for name in ("序号", "事项名称", "事项类别", "申请材料", "受理部门", "服务对象")},
    **{spelt: name for spelt, name in SPELT.items() if name in ("法定时限", "承诺时限")},
    **{name: name for name in ("是否收费", "备注", "是否即办事项", "是否全程网办事项")},
    **{spelt: name for spelt, name in SPELT.items() if name not in ("法定时限", "承诺时限")},
}
"""Column of the list form of 台商投资区 (2018-06-22), in its order -> its name in a catalogue."""
FORMS = ("quanzhou", "whole")


def row_of(number: int, service: Service) -> dict[str, str]:
    """A service as a row of a catalogue."""
    return {
        "序号": str(number),
        "事项编码": service.code,
        "事项名称": service.name,
        "事项类别": service.category,
        "申请材料": "；".join(service.materials),
        "受理部门": service.department,
        "服务对象": service.audience,
        "法定时限": service.legal,
        "承诺时限": service.promise,
        "是否收费": service.fee,
        "备注": service.remark,
        "是否即办事项": service.at_once,
        "是否全程网办事项": service.online,
        "最多跑几趟": service.visits,
        "是否需要本人亲办": service.in_person,
        "是否同城通办": service.anywhere,
        "号段前缀": service.prefix,
        "标准分钟": str(service.standard_min),
        "依据": service.basis,
        "状态": service.state,
        "图标": service.icon,
        "俗称": "；".join(service.everyday),
        "考证": service.notes,
    }


def table(services: Iterable[Service], form: str) -> tuple[list[str], list[list[str]]]:
    """(header, rows) in one of FORMS. Quanzhou's columns of terms count in working days: there "5工作日" is "5"."""
    rows = [row_of(number, one) for number, one in enumerate(services, start=1)]
    if form == "whole":
        return [*WHOLE], [[row[name] for name in WHOLE] for row in rows]
    return [*QUANZHOU], [[_bare(row[name], name) for name in QUANZHOU.values()] for row in rows]


def _bare(cell: str, column: str) -> str:
    working = re.fullmatch(r"([0-9]{1,3})个?工作日", cell) if column in ("法定时限", "承诺时限") else None
    return working[1] if working else cell


@dataclass
class Merged:
    """A catalogue with a table taken in: `services` are all of them, also those that the table does not name."""

    services: dict[str, Service]
    problems: list[Text] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """Services that the table does not name: they stay as they are."""


def merged(data: bytes, known: Mapping[str, Service], default_prefix: str) -> Merged:
    """A CSV or XLSX in either spelling of columns, laid over the catalogue by 事项编码, else by the exact
    事项名称: the columns it has count, an empty cell is empty, what it has not stays. With `problems` nothing of it may
    be used.
    """
    found = Merged(dict(known))
    columns = tuple(dict.fromkeys((*CATALOGUE, *WHOLE)))
    read_in = read(data, columns, ("事项名称",), others=True, spelt=SPELT)
    found.problems += [in_row(one.line, Text(one.zh, one.en), one.where) for one in read_in.mistakes]
    by_name = {one.name: one.code for one in known.values()}
    seen: set[str] = set()
    for row in read_in.rows:
        code = identifier(row.cells.get("事项编码", "")) or by_name.get(row.cells["事项名称"], "")
        if code in seen:
            what = Text(f"{code}出现两次：请留一行。", f"{code} stands twice; keep one of them")
            found.problems.append(in_row(row.line, what))
            continue
        old = row_of(0, known[code]) if code in known else {}
        if not old and not (code and row.cells.get("标准分钟")):
            name = row.cells["事项名称"]
            what = Text(
                f"“{name}”目录里没有：新事项请写事项编码和标准分钟，改名的请写原编码。",
                f"'{name}' is not in the catalogue: a new item needs its code and minutes, a renamed one its code",
            )
            found.problems.append(in_row(row.line, what))
            continue
        blocks = {**old, **{name: row.blocks[name] for name in read_in.columns}, "事项编码": code}
        cells = {**old, **{name: row.cells[name] for name in read_in.columns}, "事项编码": code}
        problems: list[tuple[Key, Text]] = []
        service = service_of(
            Row(row.line, cells, blocks), {one.code: one.name_en for one in known.values()}, default_prefix, problems
        )
        found.problems += [what for _, what in problems]
        if service:
            seen.add(code)
            guide = known[code].guide if code in known else service.guide
            found.services[code] = service.model_copy(update={"guide": guide})
            if code not in known:
                found.added.append(code)
    found.left = [code for code in known if code not in seen]
    return found
