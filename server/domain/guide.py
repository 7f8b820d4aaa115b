"""A guide (办事指南) as it is written down when it changes: what it says, what differs from the one before in words,
what was saved by it, and what it still lacks. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from config import Service, Text
from config.guides import LEVELS, SOURCES, MaterialTable
from server.domain.deadline import term_of

Content = Mapping[str, Any]
"""What a person may read of a service: field -> text, {name: {detail: …}} of its materials, lists of texts; nothing
that is empty.
"""

WORDS: dict[str, Text] = {
    "name": Text("事项名称", "Name"),
    "category": Text("事项类别", "Category"),
    "audience": Text("服务对象", "For whom"),
    "basis": Text("依据", "Basis"),
    "legal": Text("法定时限", "Legal term"),
    "promise": Text("承诺时限", "Promised term"),
    "fee": Text("是否收费", "Fee"),
    "department": Text("受理部门", "Department"),
    "visits": Text("最多跑几趟", "Visits"),
    "in_person": Text("本人亲办", "In person"),
    "online": Text("全程网办", "Fully online"),
    "anywhere": Text("同城通办", "At any counter of the city"),
    "result": Text("结果名称", "Result"),
    "level": Text("谁来办", "Who decides"),
    "delegated": Text("授权到位", "Empowered"),
    "delegation": Text("授权文件", "Empowered by"),
    "provincial": Text("省级事项编码", "Provincial code"),
    "url": Text("网上办事大厅", "Online page"),
    "reviewed": Text("审核日期", "Reviewed on"),
    "reviewed_by": Text("审核人", "Reviewed by"),
    "conditions": Text("受理条件", "Condition"),
    "steps": Text("办理流程", "Step"),
    "faq": Text("常见问题", "Question"),
}
DETAILS: dict[str, Text] = {
    "source": Text("来源", "from"),
    "originals": Text("原件份数", "originals"),
    "copies": Text("复印件份数", "copies"),
    "checked": Text("验原件", "original looked at"),
    "sample": Text("样本", "sample"),
    "how": Text("填报须知", "how to fill in"),
    "accepted": Text("受理标准", "accepted when"),
    "licence": Text("可用电子证照", "e-licence instead"),
    "later": Text("可容缺后补", "may follow"),
}
LISTS = ("conditions", "steps", "faq")
YES_NO = {True: Text("是", "yes"), False: Text("否", "no")}


def content(service: Service) -> dict[str, Any]:
    """A service and its guide as plain JSON: [Chinese, English] for a text of two languages."""
    guide = service.guide
    told: dict[str, Any] = {
        **{name: getattr(service, name) for name in WORDS if name in Service.model_fields},
        **{name: getattr(guide, name) for name in ("delegated", "delegation", "provincial", "url", "reviewed_by")},
        "result": _both(guide.result),
        "level": guide.level,
        "reviewed": guide.reviewed.isoformat() if guide.reviewed else "",
        "conditions": [list(one) for one in guide.conditions],
        "steps": [[f"{one.name.zh}：{one.does.zh}", f"{one.name.en}: {one.does.en}"] for one in guide.steps],
        "faq": [[f"{one.ask.zh}{one.answer.zh}", f"{one.ask.en} {one.answer.en}"] for one in guide.faq],
        "materials": {name: _material(guide.materials.get(name)) for name in service.materials},
    }
    return {name: value for name, value in told.items() if value not in ("", None, [], {})}


def _both(text: Text | None) -> list[str] | None:
    return list(text) if text else None


def _material(table: MaterialTable | None) -> dict[str, Any]:
    if table is None:
        return {}
    told: dict[str, Any] = {name: getattr(table, name) for name in DETAILS}
    told |= {"how": _both(table.how), "accepted": _both(table.accepted)}
    return {name: value for name, value in told.items() if value not in ("", None, 0) or name in ("licence", "later")}


def note(table: MaterialTable | None) -> Text:
    """How a material is brought, in a few words; empty where the guide says nothing of it."""
    if table is None:
        return Text("", "")
    parts = [
        *([Text(f"原件{table.originals}份", _counted(table.originals, "original"))] if table.originals else []),
        *([Text(f"复印件{table.copies}份", _counted(table.copies, "copy"))] if table.copies else []),
        *([Text("验原件", "original shown")] if table.checked else []),
        *([Text("可用电子证照", "e-licence will do")] if table.licence else []),
        *([Text("可以后补", "may follow")] if table.later else []),
    ]
    sentences = [one for one in (table.accepted, table.how) if one]
    zh, en = "，".join(one.zh for one in parts), ", ".join(one.en for one in parts)
    return Text(
        "；".join(filter(None, [zh, *(one.zh.rstrip("。") for one in sentences)])),
        "; ".join(filter(None, [en, *(one.en.rstrip(".") for one in sentences)])),
    )


def on_paper(service: Service) -> dict[str, list[str]]:
    """Conditions, steps and how each material is brought, as a list of materials has them; nothing that is empty."""
    told = service.guide
    columns = {
        "notes": [note(told.materials.get(name)) for name in service.materials],
        "conditions": told.conditions,
        "steps": [Text(f"{one.name.zh}：{one.does.zh}", f"{one.name.en}: {one.does.en}") for one in told.steps],
    }
    return {
        name: list(said)
        for key, texts in columns.items()
        if any(one.zh for one in texts)
        for name, said in ((key, [one.zh for one in texts]), (f"{key}_en", [one.en for one in texts]))
    }


def _counted(n: int, word: str) -> str:
    return f"{n} {word}" if n == 1 else f"{n} {'copies' if word == 'copy' else word + 's'}"


def decides(service: Service) -> Text:
    """Who decides, and whether the counter is empowered; empty where the guide does not say."""
    level = LEVELS.get(service.guide.level)
    if level is None:
        return Text("", "")
    if service.guide.level == "counter" or not service.guide.delegated:
        return level
    return Text(f"{level.zh}，已授权窗口", f"{level.en}, counter empowered")


# --- versions ---------------------------------------------------------------------------------------------------------


class Version(NamedTuple):
    """One version of a guide. `number` counts from 1; `content` None: the catalogue had the service no more."""

    number: int
    at: float
    content: Content | None


class Saved(NamedTuple):
    """What a person is spared by a version, compared with the one before; negative: what is asked for in addition.

    `days` are working days of the promised term, 0 where either term is not known or not in working days.
    """

    materials: int = 0
    days: int = 0
    visits: int = 0

    def __add__(self, other: object) -> Saved:
        if not isinstance(other, Saved):
            return NotImplemented
        return Saved(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


def versions(told: Iterable[tuple[float, Mapping[str, Content], Iterable[str]]]) -> dict[str, list[Version]]:
    """The history of each service, by (when, the guides that changed, the services that went) in order."""
    found: dict[str, list[Version]] = {}
    for at, guides, gone in told:
        for code, one in [*guides.items(), *((code, None) for code in gone)]:
            known = found.setdefault(code, [])
            known.append(Version(len(known) + 1, at, one))
    return found


def changes(
    known: Mapping[str, list[Version]], services: Iterable[Service]
) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """(the guides that are not as they were written down last, the services that went)."""
    now = {one.code: content(one) for one in services}
    last = {code: history[-1].content for code, history in known.items()}
    changed = {code: one for code, one in now.items() if last.get(code) != one}
    return changed, sorted(code for code, one in last.items() if one is not None and code not in now)


def saved(before: Content | None, after: Content | None) -> Saved:
    """What one version saves against another; nothing where one of them is not there."""
    if before is None or after is None:
        return Saved()
    return Saved(
        len(before.get("materials", {})) - len(after.get("materials", {})),
        _spared(_days(before), _days(after)),
        _spared(_visits(before), _visits(after)),
    )


def _spared(before: int | None, after: int | None) -> int:
    return 0 if before is None or after is None else before - after


def _days(one: Content) -> int | None:
    term = term_of(str(one.get("promise", "")))
    return term[0] if term and term[1] == "working" else None


def _visits(one: Content) -> int | None:
    text = str(one.get("visits", "")).strip()
    return int(text) if text.isascii() and text.isdigit() else None


def said(spared: Saved) -> Text:
    """What was saved, in words; empty for nothing."""
    names = (("材料", "份", "materials"), ("时限", "个工作日", "working days"), ("跑动", "趟", "visits"))
    pairs = [(n, *name) for n, name in zip(spared, names, strict=True) if n]
    zh = "，".join(f"{what}{'减少' if n > 0 else '增加'}{abs(n)}{unit}" for n, what, unit, _ in pairs)
    en = ", ".join(
        f"{abs(n)} {'fewer' if n > 0 else 'more'} {what if abs(n) > 1 else what[:-1]}" for n, _, _, what in pairs
    )
    return Text(zh, en)


# --- the difference in words ------------------------------------------------------------------------------------------


def difference(before: Content | None, after: Content | None) -> list[Text]:
    """What is otherwise, one line each; the first version of a guide differs from nothing."""
    if after is None:
        return [Text("事项已取消", "The service was taken out")]
    if before is None:
        return [Text("首次登记", "Written down for the first time")]
    found = [
        line
        for name, word in WORDS.items()
        if name not in LISTS and before.get(name) != after.get(name)
        for line in [_changed(word, _value(name, before.get(name)), _value(name, after.get(name)))]
    ]
    found += _materials(before.get("materials", {}), after.get("materials", {}))
    for name in LISTS:
        found += _listed(WORDS[name], before.get(name, []), after.get(name, []))
    return found


def _changed(word: Text, before: Text, after: Text) -> Text:
    if not before.zh:
        return Text(f"{word.zh}：补上“{after.zh}”", f"{word.en}: '{after.en}' added")
    if not after.zh:
        return Text(f"{word.zh}：删去“{before.zh}”", f"{word.en}: '{before.en}' taken out")
    return Text(f"{word.zh}：“{before.zh}”改为“{after.zh}”", f"{word.en}: '{before.en}' is now '{after.en}'")


def _value(name: str, value: Any) -> Text:
    """A value as it is read; an empty text where there is none."""
    if value is None:
        return Text("", "")
    if isinstance(value, bool):
        return YES_NO[value]
    if isinstance(value, list | tuple):
        return Text(str(value[0]), str(value[1]))
    known: Mapping[str, Text] = {"level": LEVELS, "source": SOURCES}.get(name, {})
    return known.get(str(value), Text.same(str(value)))


def _materials(before: Mapping[str, Content], after: Mapping[str, Content]) -> Iterator[Text]:
    for name in before:
        if name not in after:
            yield Text(f"材料：不再要“{name}”", f"Materials: '{name}' is asked for no more")
    for name in after:
        if name not in before:
            yield Text(f"材料：增加“{name}”", f"Materials: '{name}' is asked for in addition")
    for name in after:
        for detail, word in DETAILS.items() if name in before else ():
            old, new = before[name].get(detail), after[name].get(detail)
            if old != new:
                told = Text(f"材料“{name}”的{word.zh}", f"Material '{name}', {word.en}")
                yield _changed(told, _value(detail, old), _value(detail, new))


def _listed(word: Text, before: list[list[str]], after: list[list[str]]) -> Iterator[Text]:
    yield from (_changed(word, Text(*one), Text("", "")) for one in before if one not in after)
    yield from (_changed(word, Text("", ""), Text(*one)) for one in after if one not in before)
    if before != after and sorted(before) == sorted(after):
        yield Text(f"{word.zh}：调整了顺序", f"{word.en}: in another order")


# --- what it lacks ----------------------------------------------------------------------------------------------------

_NEEDED: tuple[tuple[str, Callable[[Service], bool]], ...] = (
    ("basis", lambda s: bool(s.basis)),
    ("conditions", lambda s: bool(s.guide.conditions)),
    ("steps", lambda s: bool(s.guide.steps)),
    ("legal", lambda s: bool(s.legal)),
    ("promise", lambda s: bool(s.promise)),
    ("fee", lambda s: bool(s.fee)),
    ("department", lambda s: bool(s.department)),
    ("visits", lambda s: bool(s.visits)),
    ("level", lambda s: bool(s.guide.level)),
    ("delegated", lambda s: s.guide.delegated is not None),
    ("url", lambda s: bool(s.guide.url)),
    ("reviewed", lambda s: s.guide.reviewed is not None),
    ("materials", lambda s: all(_sourced(s, name) for name in s.materials)),
)
"""What a guide has to say: the notice's four (basis, flow and steps, time limits, fees: S12), who decides and whether
the counter is empowered (S8), visits (S10), the online page (S13), conditions and each material with its source and
number (行政许可法 art. 30), the day of its review.
"""
NEEDED = tuple(name for name, _ in _NEEDED)
MATERIALS = Text("每份材料的来源和份数", "Source and number of each material")


def _sourced(service: Service, name: str) -> bool:
    told = service.guide.materials.get(name)
    return bool(told and told.source and (told.originals or told.copies or told.checked))


def lacking(service: Service) -> list[Text]:
    """What its guide does not say yet, by name."""
    return [WORDS.get(name, MATERIALS) for name, filled in _NEEDED if not filled(service)]


def age(service: Service, today: date) -> int | None:
    """Days since the guide was reviewed; None: never. One that is dated ahead was reviewed today."""
    reviewed = service.guide.reviewed
    return None if reviewed is None else max(0, (today - reviewed).days)
