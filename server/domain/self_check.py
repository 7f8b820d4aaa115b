"""大厅自查: the hall's file against the notice, line by line, with what is missing; which counters are not approved;
whether fewer counters are manned than the hall wants, and more people wait than can sit. Pure.

Each line quotes the words of the notice that it is about (docs/duties.md, S1-S37); what the hall has not said is told
as unknown and never taken for right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

from config import Hall, Text
from server.domain.post import Post

State = Literal["met", "missing", "unknown"]
STATES: dict[State, Text] = {
    "met": Text("符合", "Met"),
    "missing": Text("不符合", "Not met"),
    "unknown": Text("未登记", "Not on record"),
}
LEAST_M2 = 150
EQUIPMENT = {
    "computer": Text("电脑", "computers"),
    "printer": Text("打印机", "printers"),
    "scanner": Text("扫描仪", "scanners"),
    "desk": Text("咨询台", "an information desk"),
    "box": Text("便民服务箱", "a box of helpful things"),
    "writing": Text("填写台", "a writing desk"),
    "water": Text("饮水机", "drinking water"),
    "seats": Text("休息椅", "seats"),
}
"""S3: what the notice lists, as the kinds of the register `equipment`."""


class Line(NamedTuple):
    """A line of the self-check: the notice's words, how the hall stands, and what is known or missing."""

    duty: str
    quote: str
    state: State
    found: Text


@dataclass(frozen=True)
class Facts:
    """What is looked at besides the hall's file."""

    equipment: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Kind -> (pieces that work, pieces out of order)."""
    posts: tuple[Post, ...] = ()
    staff: int = 0
    lists: Mapping[str, bool] = field(default_factory=dict)
    """List of items (`KINDS` of item_lists) -> whether one is published."""
    issued: int = 0
    rules: int = 7
    unfiled: int = 0


class Unapproved(NamedTuple):
    """未备案窗口: a counter, and why."""

    counter: str
    why: Text


def unapproved(hall: Hall, today: date) -> list[Unapproved]:
    """Counters without an approval that holds today."""
    found = []
    day = today.isoformat()
    for key, counter in hall.counters.items():
        if not counter.approval:
            why = Text("没有批准文号", "no approval on record")
        elif counter.valid_from and day < counter.valid_from:
            why = Text(f"批准从{counter.valid_from}起", f"approved from {counter.valid_from}")
        elif counter.valid_to and day > counter.valid_to:
            why = Text(f"批准到{counter.valid_to}为止", f"approved until {counter.valid_to}")
        else:
            continue
        found.append(Unapproved(key, why))
    return found


def check(hall: Hall, facts: Facts, today: date) -> list[Line]:
    """Every line, in the order of the notice."""
    return [*_place(hall), *_equipment(facts), *_counters(hall, today), *_running(hall, facts), *_staff(hall, facts)]


def _known(said: str, zh: str, en: str) -> tuple[State, Text]:
    return ("met", Text.same(said)) if said else ("missing", Text(zh, en))


def _place(hall: Hall) -> Iterable[Line]:
    place = hall.place
    floors: dict[str, tuple[State, Text]] = {
        "street": ("met", Text("临街", "On the street")),
        "first": ("met", Text("办公楼一楼", "Ground floor of the office building")),
        "other": ("missing", Text("不在临街或一楼", "Neither on the street nor on the ground floor")),
        "": ("unknown", Text("请登记位置", "Say where it is")),
    }
    yield Line("S1", "临街建筑或办公楼一楼", *floors[place.floor])
    area: tuple[State, Text] = (
        ("unknown", Text("请登记办公面积", "Say how large it is"))
        if not place.area_m2
        else ("met" if place.area_m2 >= LEAST_M2 else "missing", Text(f"{place.area_m2}平方米", f"{place.area_m2} m²"))
    )
    yield Line("S1", "办公面积不少于150平方米", *area)
    people = hall.report.residents
    told: tuple[State, Text] = (
        ("met", Text(f"{people}人", f"{people} residents"))
        if people
        else ("unknown", Text("请登记辖区人口", "Say how many residents there are"))
    )
    yield Line("S1", "根据各街道人口总量和经济社会发展水平", *told)
    yield Line("S2", "福建行政服务中心", *_known(place.sign, "没有登记形象标识", "No sign is on record"))
    yield Line("S2", "×××街道便民服务中心", *_known(place.plaque, "没有登记牌匾", "No plaque is on record"))


def _equipment(facts: Facts) -> Iterable[Line]:
    for kind, name in EQUIPMENT.items():
        good, bad = facts.equipment.get(kind, (0, 0))
        if good:
            zh, en = f"{good}件完好", f"{good} work"
            yield Line(
                "S3",
                name.zh,
                "met",
                Text(zh + (f"，{bad}件待修" if bad else ""), en + (f", {bad} broken" if bad else "")),
            )
        elif bad:
            yield Line("S3", name.zh, "missing", Text(f"{bad}件都待修", f"All {bad} are broken"))
        else:
            yield Line("S3", name.zh, "missing", Text(f"没有登记{name.zh}", f"There are no {name.en} on record"))


def _counters(hall: Hall, today: date) -> Iterable[Line]:
    found = unapproved(hall, today)
    names = [hall.counter_name(one.counter) for one in found]
    if found:
        zh, en = "、".join(name.zh for name in names), ", ".join(name.en for name in names)
        told = Text(f"{len(found)}个窗口未备案：{zh}", f"{len(found)} counters without approval: {en}")
        yield Line("S5", "杜绝其他部门挤占服务大厅", "missing", told)
    else:
        yield Line("S5", "杜绝其他部门挤占服务大厅", "met", Text("没有未备案窗口", "Every counter is approved"))
    general = sum(counter.kind == "general" for counter in hall.counters.values())
    every = len(hall.counters)
    state: State = "met" if general * 2 >= every else "missing"
    said = Text(f"共{every}个窗口，其中综合{general}个", f"{general} general counters of {every}")
    yield Line("S6", "多设综合窗口、少设或不设专门窗口", state, said)


LISTS = {
    "in_hall": ("进驻事项清单", "the list of items in the hall"),
    "no_visit": ("一趟不用跑", "the list of items without a visit"),
    "one_visit": ("最多跑一趟", "the list of items of one visit at most"),
}


def _running(hall: Hall, facts: Facts) -> Iterable[Line]:
    for key, (name, english) in LISTS.items():
        done = facts.lists.get(key, False)
        told = Text("已公布", "Published") if done else Text(f"还没有公布{name}", f"Not published: {english}")
        yield Line("S10", name, "met" if done else "missing", told)
    apart = hall.hall.tel_consult != hall.hall.tel_complaint
    lines = Text(
        f"{hall.hall.tel_consult}、{hall.hall.tel_complaint}", f"{hall.hall.tel_consult}, {hall.hall.tel_complaint}"
    )
    yield Line("S26", "应分别设立业务咨询、投诉举报专线电话并对外公布", "met" if apart else "missing", lines)
    state: State = "met" if facts.issued == facts.rules else "missing"
    said = Text(f"{facts.rules}项制度已发布{facts.issued}项", f"{facts.issued} of {facts.rules} rules are issued")
    yield Line("S25", "管理制度化、标准化", state, said)


def _staff(hall: Hall, facts: Facts) -> Iterable[Line]:
    manned = {post.counter for post in facts.posts}
    alone = [post for post in facts.posts if not post.b]
    lacking = [counter for counter in hall.counters if counter not in manned]
    if lacking or alone:
        zh = [f"{len(lacking)}个窗口没有岗位"] * bool(lacking) + [f"{len(alone)}个岗位没有B岗"] * bool(alone)
        en = [f"{len(lacking)} counters have no post"] * bool(lacking) + [f"{len(alone)} posts have no B"] * bool(alone)
        yield Line("S33b", "窗口工作人员实行AB岗", "missing", Text("，".join(zh), ", ".join(en)))
    else:
        yield Line("S33b", "窗口工作人员实行AB岗", "met", Text("每个窗口有A岗和B岗", "Every counter has an A and a B"))
    filed: State = "met" if not facts.unfiled else "missing"
    told = Text(f"未备案变动{facts.unfiled}项", f"{facts.unfiled} changes are not filed")
    yield Line("S33b", "人员的调整、轮换等程序要登记备案", filed, told)
    enough: State = "met" if facts.staff >= len(hall.counters) else "missing"
    people = Text(
        f"{len(hall.counters)}个窗口，{facts.staff}人", f"{len(hall.counters)} counters, {facts.staff} people"
    )
    yield Line("S33a", "按照便民服务中心窗口数", enough, people)
    named = [one for one in (hall.place.for_hall, hall.place.for_service, hall.place.for_devices) if one]
    who: State = "met" if len(named) == 3 else "missing"
    said = Text(
        f"大厅、服务、设备三项已指定{len(named)}项", f"Hall, service and devices: {len(named)} of 3 have a person"
    )
    yield Line("S37", "明确职责分工、责任人", who, said)


# --- watched live -----------------------------------------------------------------------------------------------------


def least_of(lines: Iterable[str]) -> list[tuple[int, int, int]]:
    """Lines such as "12:00-14:30 1" as (first local minute, minute after the last, counters)."""
    found = []
    for line in lines:
        span, _, many = line.partition(" ")
        start, end = (int(text[:2]) * 60 + int(text[3:]) for text in span.split("-"))
        found.append((start, end, int(many)))
    return found


def wanted_at(least: Iterable[str], minute: int) -> int:
    """How many counters are to be manned at a local minute; of several lines the most of them."""
    return max((many for start, end, many in least_of(least) if start <= minute < end), default=0)
