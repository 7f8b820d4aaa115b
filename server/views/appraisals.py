"""考核 of a month or a year, for managers: the cards, their order if somebody wants it, and the table for the appraisal
of the year. Gives no points.
"""

from __future__ import annotations

import re
from typing import Any

from config import Text
from server.domain import appraisal
from server.domain.appraisal import GROUNDS, NAMES, NAMES_EN, PARTS
from server.domain.definition import ABOUT
from server.domain.reach import Reach
from server.domain.register import OWNER, Record
from server.store.regulation_files import formulas
from server.verbs import half_days, records
from server.verbs.appraisals import APPRAISAL
from server.verbs.hub import Hub
from server.views.records import Onlooker, asked_of, line_view
from server.views.tickets import iso


def appraisals_view(hub: Hub, reach: Reach, period: str) -> dict[str, Any]:
    """The cards of a period that are not void, those of one total beside each other; the means of each counter.

    `period`: 2026-11, or 2026 with the cards of its months too. A rank is among final cards of that very period.
    """
    who = Onlooker.now(hub, reach)
    made = records.definition(hub, APPRAISAL)
    found = [
        one
        for one in hub.read().records_opened(APPRAISAL, limit=100_000, asked=asked_of(hub, reach, made=made))
        if one.kind != "void" and reach.sees(one, made)
    ]
    cards = [one for one in found if one.values["period"] == period]
    final = {one.id: appraisal.total(one.values) for one in cards if one.state == "final"}
    ranks = appraisal.ranked(final)
    shown = sorted(cards, key=lambda one: (ranks.get(one.id, len(cards) + 1), one.id))
    return {
        "period": period,
        "formula": formulas()[-1],
        "version": len(formulas()),
        "parts": [{"part": one, **Text(NAMES[one], NAMES_EN[one]).json("name")} for one in PARTS],
        "cards": [_card(hub, who, one, ranks.get(one.id)) for one in shown],
        "counters": _counters(hub, [one for one in cards if one.id in final]),
        "months": _months(who, found, period) if len(period) == 4 else [],
        "made": iso(hub.hall, hub.now()),
    }


def _card(hub: Hub, who: Onlooker, record: Record, rank: int | None) -> dict[str, Any]:
    numbers = [str(record.values[one]) for one in GROUNDS if record.values.get(one)]
    grounds = [one for number in numbers if (one := hub.read().record_numbered(number))]
    counter = str(record.values.get("counter", ""))
    return {
        **line_view(who, record),
        "person": who.person(str(record.values["about"])),
        **(hub.hall.counter_name(counter) if counter else Text("", "")).json("counter"),
        "points": {part: int(record.values[part]) for part in PARTS},
        "total": appraisal.total(record.values),
        "formula": int(record.values["formula"]),
        "grounds": [{"number": one.number, "path": f"/registers/{one.register}/{one.id}"} for one in grounds],
        "appealed": record.who_made("appeal") is not None,
        "rank": rank,
    }


def _counters(hub: Hub, cards: list[Record]) -> list[dict[str, Any]]:
    """A counter's card: the mean of the final cards that name it."""
    points: dict[str, list[int]] = {}
    for one in cards:
        if counter := str(one.values.get("counter", "")):
            points.setdefault(counter, []).append(appraisal.total(one.values))
    return [
        {"counter": key, **hub.hall.counter_name(key).json("name"), "cards": len(many), "mean": appraisal.mean(many)}
        for key, many in sorted(points.items())
    ]


def _months(who: Onlooker, found: list[Record], year: str) -> list[dict[str, Any]]:
    """A person's final cards of the months of a year, and their mean."""
    people: dict[str, dict[str, int]] = {}
    for one in found:
        month = str(one.values["period"])
        if one.state == "final" and month.startswith(f"{year}-"):
            people.setdefault(str(one.values["about"]), {})[month] = appraisal.total(one.values)
    return [
        {"person": who.person(staff), "months": months, "mean": appraisal.mean([*months.values()])}
        for staff, months in sorted(people.items())
    ]


MONTH = re.compile(r"2[01][0-9]{2}-(0[1-9]|1[0-2])")
SUMS = {
    "due": Text("应出勤半天", "Half days due"),
    "kept": Text("实出勤", "Kept"),
    "late": Text("迟到", "Late"),
    "early": Text("早退", "Left early"),
    "absent": Text("缺岗", "No sign"),
}
OWN = {"finding": OWNER, "complaint": ABOUT, "bad_rating": ABOUT, "liability": ABOUT}
"""Registers whose records may be the ground of a card, and the field that names the person."""


def facts_view(hub: Hub, reach: Reach, staff: str, period: str) -> dict[str, Any] | None:
    """What is on record of a person in a month, beside the points: the sums of the sheet, and each record that may be a
    ground, as far as it is for the eyes of who asks. Weighs nothing; None of a year, or of nobody.
    """
    if not staff or not MONTH.fullmatch(period):
        return None
    reader, who = hub.read(), Onlooker.now(hub, reach)
    line = half_days.month(hub, reader, period, hub.now()).lines.get(staff)
    start, end = records.month(hub, period)
    found = []
    for key, field in OWN.items():
        asked = asked_of(hub, reach, made=records.definition(hub, key))
        for one in reader.records_opened(key, start, end, limit=10_000, asked=asked):
            named = one.owner if field == OWNER else one.values.get(field)
            if named == staff and one.kind != "void" and reach.sees(one, records.definition_of(hub, one)):
                found.append(line_view(who, one))
    return {
        "person": who.person(staff),
        "period": period,
        "sums": [{**said.json("name"), "many": line.sums[key]} for key, said in SUMS.items()] if line else [],
        "records": found,
    }


def table(view: dict[str, Any]) -> dict[str, Any]:
    """The cards as rows for the appraisal of the year (`server/reports/forms/ledger.py`)."""
    columns: list[tuple[str, str, str]] = [
        ("staff", "工号", "Staff number"),
        ("name", "姓名", "Name"),
        ("counter", "窗口", "Counter"),
        *((one["part"], one["name"], one["name_en"]) for one in view["parts"]),
        ("total", "总分", "Total"),
        ("formula", "公式版次", "Formula"),
        ("number", "编号", "Number"),
        ("state", "状态", "State"),
        ("appealed", "申诉", "Appealed"),
        ("grounds", "扣分依据", "Grounds"),
        ("mean", "各月平均", "Mean of the months"),
        ("months", "有几个月", "Months"),
    ]
    rows = {
        one["person"]["id"]: {
            "staff": one["person"]["id"],
            "name": one["person"]["name"],
            "counter": [one["counter"], one["counter_en"]],
            **one["points"],
            "total": one["total"],
            "formula": one["formula"],
            "number": one["number"],
            "state": [one["state_name"], one["state_name_en"]],
            "appealed": ["有", "yes"] if one["appealed"] else ["无", "no"],
            "grounds": "、".join(ground["number"] for ground in one["grounds"]),
        }
        for one in view["cards"]
    }
    for one in view["months"]:
        row = rows.setdefault(one["person"]["id"], {"staff": one["person"]["id"], "name": one["person"]["name"]})
        row |= {"mean": one["mean"], "months": len(one["months"])}
    return {
        "name": "考核",
        "month": view["period"],
        "columns": [{"column": key, "name": zh, "name_en": en} for key, zh, en in columns],
        "rows": [rows[key] for key in sorted(rows)],
    }
