"""The catalogue for whoever keeps it: figures, the three lists, each item with what its guide lacks, its versions, and
what a table that was handed in would change.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import words
from config import Service, Text, catalogue_file
from config.guides import SOURCES
from server.domain import guide, item_lists, publication
from server.domain.definition import DISTRICT
from server.domain.guide import Saved, Version
from server.domain.item_lists import NAMES, InForce
from server.domain.reach import Reach
from server.domain.register import Record
from server.reports.definitions import CATALOGUE, Figure
from server.reports.figures import coverage
from server.verbs import guide_versions, records
from server.verbs import item_lists as lists_of
from server.verbs.hub import Hub, Unknown
from server.views.agendas import packages_told
from server.views.kiosk import service_view
from server.views.records import Onlooker, line_view
from server.views.tickets import iso

YES_NO = {"是": "Yes", "否": "No", "部分": "In part"}


def catalogue_view(hub: Hub, reach: Reach, department: str = "") -> dict[str, Any]:
    """Everything of the page; `department` bounds the items, never the figures."""
    hall, lists, history, today = hub.hall, lists_of.today(hub), guide_versions.history(hub.read()), _today(hub)
    found = coverage.figures(hall, lists, history, today)
    doors = item_lists.entrances(hall)
    items = [one for code, one in hall.services.items() if code not in doors]
    return {
        "today": today.isoformat(),
        "quarter": coverage.quarter(today).isoformat(),
        "figures": [_figure(one, found["total"]) for one in CATALOGUE],
        "departments": [
            {"department": row["department"], "figures": [_figure(one, row) for one in CATALOGUE]}
            for row in found["departments"]
        ],
        "lists": [_list(hub, reach, kind, lists) for kind in NAMES],
        "powers_out": _powers_out(hub, lists),
        "items": [
            _item(hub, one, lists, history.get(one.code, []), today)
            for one in items
            if not department or one.department == department
        ],
    }


def item_view(hub: Hub, code: str) -> dict[str, Any]:
    """One item with each version of its guide, the newest first: what changed in words, and what was saved."""
    service = hub.hall.services.get(code)
    history = guide_versions.history(hub.read()).get(code, [])
    if service is None and not history:
        raise Unknown(f"没有事项“{code}”。", f"There is no service '{code}' in the catalogue.")
    shown = _item(hub, service, lists_of.today(hub), history, _today(hub)) if service else None
    return {
        "code": code,
        **(service.text if service else Text.same(str(_last(history).get("name", code)))).json("name"),
        "item": shown,
        "versions": _versions(hub, history),
    }


def list_view(hub: Hub, reach: Reach, kind: str) -> dict[str, Any]:
    """A list in force as it is printed: in Quanzhou's columns, with whoever signed it. Raises Unknown."""
    one = lists_of.today(hub).get(kind)
    if one is None:
        name = NAMES.get(kind, Text.same(kind))
        raise Unknown(f"没有有效的“{name.zh}”。", f"No list '{name.en}' is in force.")
    known = [hub.hall.services[code] for code in one.items if code in hub.hall.services]
    header, rows = catalogue_file.table(known, "quanzhou")
    record = records.known_record(hub.read(), one.record)
    return {
        "kind": kind,
        **NAMES[kind].json("name"),
        "number": one.number,
        "effective": one.effective.isoformat(),
        "columns": header,
        "rows": rows,
        "gone": [code for code in one.items if code not in hub.hall.services],
        "signed": _signed(hub, reach, record),
    }


def guides_view(hub: Hub) -> dict[str, Any]:
    """Every package and every item that the lists in force show, as everybody may look for them: items by the kiosk's
    tiles, the others last.
    """
    hall, doors = hub.hall, item_lists.entrances(hub.hall)
    may = {code: one for code, one in item_lists.shown(hall, lists_of.today(hub)).items() if code not in doors}
    grouped = {code for group in hall.groups.values() for code in group.services}
    groups = [(group.text, [*group.services]) for group in hall.groups.values()]
    rest = [code for code in may if code not in grouped]
    told = [
        {
            **name.json("name"),
            "items": [{"code": code, **may[code].text.json("name")} for code in codes if code in may],
        }
        for name, codes in [*groups, (Text("其他", "Others"), rest)]
    ]
    return {"packages": packages_told(hub), "groups": [group for group in told if group["items"]]}


def guide_view(hub: Hub, code: str) -> dict[str, Any]:
    """An item's guide as everybody may read it: as a kiosk has it, and more of each material. Raises Unknown."""
    lists = lists_of.today(hub)
    service = item_lists.shown(hub.hall, lists).get(code)
    if service is None:
        raise Unknown(f"没有事项“{code}”。", f"There is no service '{code}' in the catalogue.")
    told = service_view(hub.hall, lists, service, per_person=False)
    known, say = service.guide.materials, words.say("en")
    facts = (
        (guide.WORDS["promise"], english(service.promise)),
        (guide.WORDS["legal"], english(service.legal)),
        (guide.WORDS["fee"], english(service.fee)),
        (guide.WORDS["visits"], english(told["visits"])),
        (guide.WORDS["online"], english(service.online)),
        (guide.WORDS["department"], english(service.department)),
        (guide.WORDS["basis"], Text.same(service.basis)),
        (guide.WORDS["level"], guide.decides(service)),
        (guide.WORDS["result"], service.guide.result or Text("", "")),
        (Text("办理时间", "When"), publication.times_of(hub.hall, code)),
    )
    return {
        **told,
        "facts": [{**word.json("name"), **said.json("said")} for word, said in facts if said.zh],
        "sources": [
            {
                **Text(name, say(name)).json("name"),
                "note": note,
                "source": SOURCES[known[name].source].json() if name in known and known[name].source else None,
                "sample": known[name].sample if name in known else "",
            }
            for name, note in zip(service.materials, told["guide"]["notes"], strict=True)
        ],
    }


def english(cell: str) -> Text:
    """What a cell of the catalogue says, in both languages; one that nobody translated is Chinese in both."""
    days = re.fullmatch(r"(\d+)\s*个?工作日", cell)
    if days:
        return Text(f"{days[1]}个工作日", f"{days[1]} working day{'s' * (days[1] != '1')}")
    if cell.isascii() and cell.isdigit():
        return Text(f"{cell}趟", f"{cell} visit{'s' * (cell != '1')}")
    return Text(cell, YES_NO.get(cell) or (words.say("en")(cell) if cell else ""))


def samples_folder(hub: Hub, code: str, name: str) -> Path | None:
    """Where a sample lies that a material of the item names; None for any other file."""
    service = hub.hall.services.get(code)
    named = {one.sample for one in service.guide.materials.values()} if service else set()
    return hub.hall.folder / hub.hall.hall.samples if name and name in named else None


def compared(hub: Hub, data: bytes, name: str) -> dict[str, Any]:
    """What a table would change, said in words; nothing is taken in."""
    known = hub.hall.services
    found = catalogue_file.merged(data, known, hub.hall.tickets.default_prefix)
    changed, total = [], Saved()
    for code, service in () if found.problems else found.services.items():
        before = guide.content(known[code]) if code in known else None
        after = guide.content(service)
        if before == after and (code not in known or known[code] == service):
            continue
        spared = guide.saved(before, after)
        total += spared
        lines = guide.difference(before, after) if before != after else [_unseen()]
        changed.append(
            {
                "code": code,
                **service.text.json("name"),
                "lines": [line.json() for line in lines],
                **_saved(spared),
            }
        )
    return {
        "name": name,
        "problems": [one.json() for one in found.problems],
        "changed": changed,
        "added": len(found.added),
        "left": len(found.left),
        **_saved(total),
    }


def _saved(spared: Saved) -> dict[str, Any]:
    return {"saved": guide.said(spared).json(), "asks_more": min(spared) < 0}


def _unseen() -> Text:
    return Text("只改了内部栏目（号段、分钟、图标、俗称、备注等）", "Only columns that no visitor reads")


def _today(hub: Hub) -> date:
    return records.ground(hub).day(hub.now())


def _last(history: Sequence[Version]) -> Mapping[str, Any]:
    return next((one.content for one in reversed(history) if one.content), {})


def _figure(figure: Figure, row: Mapping[str, Any]) -> dict[str, Any]:
    """A figure with its name, definition, and value as it is read."""
    value = row[figure.id]
    if figure.kind == "ratio":
        share = value["share"]
        said = Text("—", "–") if share is None else Text.same(f"{share * 100:.1f}%")
        below = Text.same(f"{value['numerator']} / {value['denominator']}") if share is not None else Text("", "")
    elif figure.id == "review_age":
        said = Text("—", "–") if value is None else Text(f"{value}天", f"{value} days" if value != 1 else "1 day")
        below = Text("", "")
    else:
        said, below = Text.same(str(value)), Text("", "")
    return {
        "figure": figure.id,
        **Text(figure.zh, figure.en).json("name"),
        **Text(figure.means_zh, figure.means_en).json("means"),
        "value": value,
        **said.json("said"),
        **below.json("below"),
    }


def _item(
    hub: Hub, one: Service, lists: Mapping[str, InForce], history: Sequence[Version], today: date
) -> dict[str, Any]:
    lacks = guide.lacking(one)
    return {
        "code": one.code,
        **one.text.json("name"),
        "department": one.department,
        "lists": [kind for kind, found in lists.items() if one.code in found.items],
        "filled": len(guide.NEEDED) - len(lacks),
        "needed": len(guide.NEEDED),
        "lacking": [word.json() for word in lacks],
        "decides": guide.decides(one).json(),
        "delegated": one.guide.delegated,
        "review_days": guide.age(one, today),
        "version": history[-1].number if history else 0,
        "changed": iso(hub.hall, history[-1].at) if history else None,
        "url": hub.hall.guide_url(one.code),
    }


def _versions(hub: Hub, history: Sequence[Version]) -> list[dict[str, Any]]:
    pairs = [(None, history[0]), *pairwise(history)] if history else []
    return [
        {
            "version": after.number,
            "at": iso(hub.hall, after.at),
            "lines": [line.json() for line in guide.difference(before and before.content, after.content)],
            **_saved(guide.saved(before and before.content, after.content)),
        }
        for before, after in reversed(pairs)
    ]


def _powers_out(hub: Hub, lists: Mapping[str, InForce]) -> list[dict[str, Any]]:
    """The powers that are not done in the hall by the list in force; none while there is no such list."""
    if item_lists.IN_HALL not in lists:
        return []
    inside = {*lists[item_lists.IN_HALL].items}
    return [
        {"number": one.number, "name": one.name, "department": one.department, "reason": one.reason}
        for one in hub.hall.powers
        if not inside & {*one.services}
    ]


def _list(hub: Hub, reach: Reach, kind: str, lists: Mapping[str, InForce]) -> dict[str, Any]:
    """A kind of list: the one in force, the one on its way, and how the catalogue differs from the one in force."""
    one, who = lists.get(kind), Onlooker.now(hub, reach)
    open_ = [r for r in hub.read().records_due(item_lists.REGISTER) if r.values.get("kind") == kind]
    came, went = item_lists.moved(one.items if one else (), item_lists.proposed(hub.hall, kind))
    return {
        "kind": kind,
        **NAMES[kind].json("name"),
        "in_force": {
            "record": one.record,
            "number": one.number,
            "effective": one.effective.isoformat(),
            "items": len(one.items),
        }
        if one
        else None,
        "on_its_way": line_view(who, open_[0]) if open_ else None,
        "came": [hub.hall.service_name(code).json() for code in came],
        "went": [hub.hall.service_name(code).json() for code in went],
    }


def _signed(hub: Hub, reach: Reach, record: Record) -> list[dict[str, str]]:
    """Who made each step of a list, the last of each kind, and when: the signatories."""
    who, made = Onlooker.now(hub, reach), records.definition_of(hub, record)
    steps = {step.move: step for step in record.moves}
    return [
        {
            **made.moves[name].name.json("move"),
            "name": "" if steps[name].actor == DISTRICT else who.names.get(steps[name].actor, steps[name].actor),
            "at": f"{datetime.fromtimestamp(steps[name].at, hub.hall.zone):%Y-%m-%d}",
        }
        for name in ("draft", "submit", "review", "approve", "publish", lists_of.SENT_DOWN)
        if name in steps
    ]
