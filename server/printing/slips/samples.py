"""One sample of every slip: to look at (pictures.py), to measure and to test.

The halls, numbers and cases in them are invented.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from config import Hall, Text
from printer_profiles.profile import Profile
from printer_profiles.slip import Slip
from server.domain import slip_facts
from server.domain.agenda import Agenda, Step
from server.domain.guide import on_paper
from server.domain.position import Place, group_of
from server.domain.ticket import Job, Ticket
from server.printing.slips.filling import slip_of, test_slip
from server.printing.slips.of_number import ticket_slip

MONDAY_9 = 1795395600.0
"""2026-11-23 09:00 in Quanzhou."""
CODE, CASE_CODE, BOOKING_CODE = "T3V-9XK3MZ", "R1C-7QF2HM", "B4D-2MK7QX"
TICKET = Ticket(
    id=123,
    day="2026-11-23",
    prefix="A",
    number=12,
    service="SB01",
    klass="ordinary",
    channel="kiosk",
    issued_at=MONDAY_9,
    rank=MONDAY_9,
    entered_at=MONDAY_9,
)

FACTS: dict[str, dict[str, Any]] = {
    "notice": {
        "missing": [
            "户口簿首页和本人页复印件",
            "《城乡居民基本养老保险参保登记表》（本人签字）",
            "龦村村民委员会证明原件",
        ],
        "basis": "社会保险经办条例第6条",
        "case": "BJ20261123-007",
        "staff": "08",
    },
    "receipt": {
        "case": "BJ20261123-007",
        "received": ["身份证复印件1份", "近期一寸白底照片2张"],
        "owed": ["户口簿复印件"],
        "owed_by": "2026-12-07",
        "promise": "7工作日",
        "due": "2026-12-02",
        "staff": "08",
    },
    "refusal": {
        "reasons": ["申请事项不属于本街道职权范围，请向户籍所在地街道办事处申请", "提交的材料与申请事项不符"],
        "basis": "行政许可法第三十二条第一款第（二）项",
        "staff": "08",
    },
    "referral": {
        "matter": "咨询异地就医备案，不清楚在哪个窗口办理",
        "target": "3号窗口",
        "target_en": "Counter 3",
        "guide": "31",
        "contact": 27,
    },
    "pickup": {
        "collect": "BJ20261123-007",
        "case": "BJ20261123-007",
        "where": "5号窗口（统一出件）",
        "where_en": "Counter 5",
        "when": "工作日 08:00-12:00 14:30-17:30",
        "when_en": "Working days 08:00-12:00, 14:30-17:30",
        "bring": ["身份证原件", "受理凭证"],
    },
    "special": {
        "case": "BJ20261123-007",
        "procedure": "专家评审",
        "procedure_en": "Expert review",
        "basis": "行政许可法",
        "staff": "08",
    },
    "extension": {
        "case": "BJ20261123-007",
        "days": "5",
        "reason": "等待其他部门意见",
        "reason_en": "Another body's opinion",
        "due": "2026-12-09",
        "first_due": "2026-12-02",
        "approver": "50",
        "staff": "08",
    },
    "whereabouts": {
        "staff": "08",
        "where": "上门服务",
        "where_en": "A visit at home",
        "day": "2026-11-23",
        "from": "09:30",
        "back": "11:00",
        "b": "09",
    },
    "voice": {
        "what": "投诉举报",
        "what_en": "Complaint",
        "category": "服务态度",
        "category_en": "Manners",
        "case": "TS20261123-007",
        "clock": "受理时限",
        "clock_en": "To be taken",
        "due": "2026-11-26",
    },
    "mail": {"case": "BJ20261123-007", "ems": "EA123456785CN", "staff": "08"},
    "booking": {
        "booking": 4,
        "slot": "11月24日 周二 09:20",
        "slot_en": "Tue 24 Nov, 09:20",
        "where": "1-4号窗口",
        "where_en": "Counters 1-4",
        "materials": ["身份证", "照片"],
    },
    "dayclose": {
        "counter": "3号窗口",
        "counter_en": "Counter 3",
        "day": "2026-11-23",
        "staff": ["08", "09"],
        "arrivals": 46,
        "finished": 41,
        "passed": 3,
        "others": 2,
        "first": "A001",
        "last": "K012",
        "head": "20261 9f3a1c20",
        "open_s": 25500.0,
        "pause_s": 1845.0,
        "opened": "08:00",
        "closed": "17:32",
        "outcomes": {"现场办结": 28, "受理待办": 7, "补正": 4, "咨询": 2},
    },
}
"""What the samples are made of besides the item; 龦 is in no printer's font."""


def item(hall: Hall, service: str) -> dict[str, Any]:
    """The facts that name an item of the catalogue."""
    zh, en = hall.service_name(service)
    return {"service": service, "item": zh, "item_en": en}


def materials(hall: Hall, service: str) -> dict[str, Any]:
    """The facts of an item's list of materials."""
    known = hall.services[service]
    return {
        **item(hall, service),
        "materials": list(known.materials),
        "basis": known.basis,
        "legal": known.legal,
        "promise": known.promise,
        "fee": known.fee,
        "department": known.department,
        "visits": known.visits,
        "in_person": known.in_person,
        "online": known.online,
        **on_paper(known),
    }


def _agenda(hall: Hall) -> Agenda:
    """The first package of the hall, its first item done."""
    name, table = next(iter(hall.packages.items()))
    items = (Step(table.items[0], "done", "1", MONDAY_9), *(Step(code) for code in table.items[1:]))
    return Agenda(ticket=TICKET.id, day=TICKET.day, package=name, items=items, after=table.after, saved=2)


def facts_of(hall: Hall, kind: str) -> dict[str, Any]:
    """The facts of the sample of a kind."""
    named = item(hall, "SB01") if "item" in slip_facts.NEEDED[kind] or kind == "pickup" else {}
    return materials(hall, "SB04") if kind == "materials" else {**named, **FACTS.get(kind, {})}


def sample(
    hall: Hall,
    kind: str,
    profile: Profile,
    *,
    large: bool = False,
    english: bool = False,
    language: str = "",
    copy: int = 1,
) -> Slip:
    """The sample of a kind for one width; a reprint is a ticket of a higher copy."""
    ticket = replace(TICKET, large_print=large, language=language or ("en" if english else "zh"))
    if kind == "test":
        from datetime import datetime

        return test_slip(
            hall, "p80", profile=profile.name, columns=profile.columns, when=datetime.fromtimestamp(MONDAY_9, hall.zone)
        )
    if kind in ("ticket", "package"):
        counters = Text("1-4号窗口", "Counters 1-4")
        agenda = _agenda(hall) if kind == "package" else None
        place = Place(5, (10, 15), counters, group_of(hall, ticket.service), MONDAY_9 + 15 * 60)
        return ticket_slip(
            hall, ticket, place, device="K1", copy=copy, columns=profile.columns, code=CODE, agenda=agenda
        )
    facts = {**facts_of(hall, kind), "language": ticket.language, "large_print": large}
    owner = None if kind in ("materials", "booking", "dayclose") else ticket
    return slip_of(
        hall,
        Job(4, 123, ("p80",), 1, "queued", MONDAY_9, MONDAY_9, kind=kind, facts=slip_facts.checked(kind, facts)),
        owner,
        profile.columns,
        code=BOOKING_CODE if kind == "booking" else CASE_CODE if "case" in facts else "",
    )
