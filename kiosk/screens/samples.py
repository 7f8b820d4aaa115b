"""Sample views, tickets, codes and states, made from the hall's own file: what sheets and tests look at. No hub."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import words
from config import GROUNDS, Hall, Text
from kiosk.flow import flow, offline
from kiosk.flow.events import (
    Adding,
    Asking,
    AskPlan,
    CardNotice,
    CardReading,
    Entering,
    Fair,
    ForWhom,
    GiveBack,
    GiveRating,
    Guide,
    Home,
    Item,
    Items,
    LeaveTelephone,
    Listed,
    Lodging,
    LongWait,
    LookUp,
    Maintained,
    Other,
    Packages,
    Pixels,
    Planned,
    PrintList,
    Publication,
    Question,
    Rating,
    RequestTicket,
    Result,
    Returned,
    Returning,
    Sample,
    Screen,
    Searching,
    State,
    Texting,
    Ticketed,
    Trouble,
)
from kiosk.flow.rated import THANKS
from kiosk.flow.view import Hit, Left, LookedUp, Offer, Plan, Slip, Ticket, ToRate, View, plate_of

NOW = datetime(2026, 11, 23, 9, 41, tzinfo=ZoneInfo("Asia/Shanghai"))
WAITING = ((3, (10, 20)), (0, (0, 5)), (12, (45, 60)), (1, (5, 5)), (2, None), (0, None))
PRINTER_OUT = {"state": "paper_out", "zh": "打印机缺纸", "en": "The printer is out of paper"}
LUNCH = {
    "zh": "12:00–14:30 午休，现在可以取号，14:30 起叫号。",
    "en": "Lunch break 12:00–14:30. You may take a number now; calls resume at 14:30.",
}
CLOSED = {
    "zh": "现在不取号：今天 17:30 下班，明天 8:00 开门，7:30 起取号。",
    "en": "Closed for today. The hall opens tomorrow at 8:00; numbers from 7:30.",
}


EVERYDAY = {"MZ01": "低保", "YB05": "大病", "SB01": "社保卡", "ZW01": "当兵", "CL01": "残疾证"}
CLASS_GIVEN = Text(
    "取号机上“绿色通道”号已达到今天的50%：请取普通号，需要照顾请到咨询台。",
    "Numbers of the class 'Priority' are half of today's already: take an ordinary one, or ask at the guide desk.",
)
NO_TEXTS = Text(
    "本厅没有短信提醒：请留意大厅屏幕和广播。", "This hall sends no messages: watch the screens and listen."
)
CARD_FAILED = Text("没有读到身份证，请拿起来再放一次。", "The card could not be read. Lift it and lay it down again.")


def view_json(hall: Hall, kiosk: str, **changes: Any) -> dict[str, Any]:
    """What `GET /kiosks/<id>` answers for this hall, some people waiting."""
    names = hall.kiosks[kiosk]
    groups = []
    for i, (group_id, group) in enumerate(hall.groups.items()):
        waiting, estimate = WAITING[i % len(WAITING)]
        services = [
            {
                **hall.services[code].model_dump(mode="json", exclude={"prefix", "standard_min", "guide"}),
                "closed": None,
                "guide": guide_json(hall, code),
            }
            for code in group.services
        ]
        groups.append(
            {
                "id": group_id,
                **group.text.json("name"),
                "icon": group.icon,
                "waiting": waiting,
                "ahead": waiting,
                "estimate_min": estimate,
                "services": services,
            }
        )
    return {
        "seq": 1,
        "now": NOW.isoformat(),
        "hall": plate_of(hall).model_dump(),
        "kiosk": {"id": kiosk, **names.text.json("name")},
        "issuing": True,
        "notice": None,
        "waiting": 18,
        "groups": groups,
        "help_service": hall.tickets.help_service,
        "printer": {"state": "ready", "zh": "", "en": ""},
        "pickup": {"code": "LQ01", "name": "领件", "name_en": "Collect a result"},
        "bookings": True,
        "cases": True,
        "publication": publication_json(hall),
        "counters_open": 5,
        "id_key": "00" * 32,
        "quota_per_person": False,
        "lists": True,
        "classes": [
            {
                "id": name,
                **table.text.json("name"),
                "grounds": [{"id": code, **GROUNDS[code].json("name")} for code in table.grounds],
                "from_age": table.from_age,
                "closed": None,
            }
            for name, table in hall.offered_classes.items()
        ],
        "long_wait_min": hall.tickets.long_wait_min,
        "packages": [package_json(hall, name) for name in hall.packages],
        "texts": True,
        "lodge": "http://192.168.100.10:8000/voice",
        **changes,
    }


def package_json(hall: Hall, name: str) -> dict[str, Any]:
    """A package as a kiosk's view has it."""
    one = hall.packages[name]
    return {
        "id": name,
        **one.text.json("name"),
        **one.occasion.json("occasion"),
        "icon": one.icon,
        "questions": [{"id": key, **asked.question.json()} for key, asked in one.ask.items()],
        "items": [{"code": code, **hall.service_name(code).json("name")} for code in one.items],
    }


def plan_of(hall: Hall, name: Text, *codes: str, package: str = "") -> Plan:
    """What `POST /packages/plan` answers, each material once."""
    english, needs = words.say(next(one for one in words.languages() if one != words.SOURCE)), dict[str, list[str]]()
    for code in codes:
        for material in hall.services[code].materials:
            needs.setdefault(material, []).append(code)
    notes = {
        material: Text(f"{len(found)}项共用", f"once for {len(found)} items")
        if len(found) > 1
        else Text(f"用于{hall.service_name(found[0]).zh}", f"for {hall.service_name(found[0]).en}")
        for material, found in needs.items()
    }
    return Plan.model_validate(
        {
            "package": package,
            **name.json("name"),
            "items": [{"code": code, **hall.service_name(code).json("name")} for code in codes],
            "papers": [{**Text(one, english(one)).json("name"), **note.json("note")} for one, note in notes.items()],
            "saved": sum(len(found) - 1 for found in needs.values()),
        }
    )


def guide_json(hall: Hall, code: str) -> dict[str, Any]:
    """An item's guide as the hub tells it; how a material is brought is said for those that the guide knows."""
    told, service = hall.services[code].guide, hall.services[code]
    note = {
        "zh": "复印件1份，验原件，可用电子证照，可以后补",
        "en": "1 copy, original shown, e-licence will do, may follow",
    }
    return {
        "conditions": [one.json() for one in told.conditions],
        "steps": [{**one.name.json("name"), **one.does.json("does")} for one in told.steps],
        "notes": [note if name in told.materials else {"zh": "", "en": ""} for name in service.materials],
        "faq": [{**one.ask.json("ask"), **one.answer.json("answer")} for one in told.faq],
        "result": told.result.json() if told.result else None,
        "decides": {"zh": "街道，已授权窗口", "en": "Street office, counter empowered"} if told.level else None,
        "url": hall.guide_url(code),
        "samples": [told.materials[name].sample if name in told.materials else "" for name in service.materials],
    }


def form_pixels(width: int, height: int) -> Pixels:
    """A sheet with lines that are filled in, as a sample of a form may look."""
    white, line, ink = b"\xff\xff\xff" * width, b"\x9a\xa8\xaa" * width, width // 12
    rows = []
    for y in range(height):
        step = y % (height // 14)
        if not height // 12 < y < height - height // 12:
            rows.append(white)
        elif step < 2:
            rows.append(line)
        elif height // 50 < step < height // 22:
            rows.append(white[: 3 * ink] + b"\x2b\x5d\x63" * (ink * (3 + y // (height // 14) % 4)))
            rows[-1] += white[len(rows[-1]) :]
        else:
            rows.append(white)
    return Pixels(width, height, b"".join(rows))


BROAD = form_pixels(1018, 720)


def ticket_json(state: str = "printed", **changes: Any) -> dict[str, Any]:
    """What `POST /tickets` answers."""
    return {
        "id": 17,
        "number": "A018",
        "service": {"code": "SB01", "name": "社会保障卡申领(个人社会保险登记)", "name_en": "Social security card"},
        "group": {"name": "社保医保", "name_en": "Social & medical insurance"},
        "state": "waiting",
        "issued_at": NOW.isoformat(),
        "ahead": 4,
        "estimate_min": [10, 20],
        "estimate_at": (NOW + timedelta(minutes=15)).isoformat(),
        "counters": "1-4号窗口、6号窗口",
        "counters_en": "Counters 1-4, 6",
        "print": {"state": state, "zh": "", "en": ""},
        **changes,
    }


def slip_json(state: str = "printed", **changes: Any) -> dict[str, Any]:
    """What `POST /kiosks/<id>/lists` answers."""
    return {"job": 31, "print": {"state": state, "zh": "", "en": ""}, **changes}


def publication_json(hall: Hall) -> list[dict[str, Any]]:
    """信息公开 as the hub makes it: promises, hours, a long list, telephones."""
    items = [service.text for service in hall.services.values()]
    hours = [("周一至周五 08:00-12:00，14:30-17:30", "Mon to Fri 08:00-12:00, 14:30-17:30")]
    phones = [
        (f"业务咨询 {hall.hall.tel_consult}", f"Enquiries {hall.hall.tel_consult}"),
        (f"投诉举报 {hall.hall.tel_complaint}", f"Complaints {hall.hall.tel_complaint}"),
    ]
    promises = [
        ("等候不超过20分钟", "No wait over 20 minutes"),
        ("要带什么，一次告知", "What to bring is told once, and completely"),
        ("过号30分钟内到咨询台，可以重新排入", "Missed your call? Come to the guide desk within 30 minutes"),
    ]
    chapters = (
        ("promises", "服务承诺", "Our promises", promises),
        ("hours", "办理时间", "Opening hours", hours),
        ("items", "进驻事项清单", "Items of this hall", [(f"共{len(items)}项", f"{len(items)} items"), *items]),
        ("no-visit", "一趟不用跑", "No visit needed", items[:9]),
        ("one-visit", "最多跑一趟", "One visit at most", items[5:30]),
        ("phones", "咨询和监督电话", "Telephone numbers", phones),
    )
    return [
        {"id": name, "title": title, "title_en": en, "lines": [{"zh": a, "en": b or a} for a, b in lines]}
        for name, title, en, lines in chapters
    ]


RATED = Text("已经追评过，谢谢。", "Second thoughts were added already, thank you.")
OPTIONS = {
    5: (("510", "一窗受理一次办结", "One counter, done at once"),
        ("511", "可以先受理后补材料", "Accepted first, papers could follow"),
        ("512", "不用提交证明", "No certificates were asked for"),
        ("513", "可以全程网上办理", "Can be done wholly online"),
        ("514", "可以使用手机办理", "Can be done by phone"), ("515", "可以就近办理", "Can be done nearby"),
        ("516", "无需材料直接办理", "No papers were needed"), ("517", "服务热情效率高", "Warm and efficient")),
    2: (("207", "没有提供材料样本", "No samples of the papers"), ("208", "没有提供材料清单", "No list of the papers"),
        ("209", "未在承诺时间内办结", "Not within the promised time"),
        ("210", "同样内容的证明材料被要求多次提交", "The same proof was asked for more than once"),
        ("211", "承诺网办但无法在线办理", "Promised online, not possible online"),
        ("212", "在线预约办理后到实体大厅重复取号排队", "Booked online, had to queue again"),
        ("213", "窗口人员业务不熟练", "The clerk did not know the matter well"), ("214", "服务态度生硬", "Unfriendly")),
}  # fmt: skip
LEVELS = ((5, "非常满意", "Very satisfied"), (4, "满意", "Satisfied"), (3, "基本满意", "Mostly satisfied"),
          (2, "不满意", "Dissatisfied"), (1, "非常不满意", "Very dissatisfied"))  # fmt: skip


def rating_json() -> dict[str, Any]:
    """What `POST /kiosks/<id>/look-up` says of a number that may be rated: the levels, the options of two of them."""
    return {
        "number": "A018",
        "rated": None,
        "scores": [
            {
                "level": level,
                "zh": zh,
                "en": en,
                "options": [{"code": code, "zh": one, "en": told} for code, one, told in OPTIONS.get(level, ())],
            }
            for level, zh, en in LEVELS
        ],
    }


def found_json(kind: str = "ticket", state: str = "ready", **changes: Any) -> dict[str, Any]:
    """What `POST /kiosks/<id>/look-up` answers."""
    service = {
        "code": "SB01",
        "name": "社会保障卡申领(个人社会保险登记)",
        "name_en": "Social security card (personal registration)",
    }
    said = {
        "ticket": ("A018 前面还有 4 人", "A018: 4 people ahead of you"),
        "unknown": (
            "没有找到这个码：请再试一次，或到咨询台。",
            "This code is not known: try once more, or ask at the guide desk.",
        ),
        "case": (
            "BJ20261123-007已受理，正在办理，承诺12月2日前办结。",
            "BJ20261123-007: accepted, in hand; promised by 2 December.",
        ),
        "pickup": ("办好了，请签到领件。", "Your result is ready: check in to collect it."),
        "early": (
            "预约 09:30，来得早了；可以先签到，到时间就叫您。",
            "Your appointment is at 09:30. You are early: check in, and wait.",
        ),
        "ready": ("预约 09:30，请签到。", "Your appointment is at 09:30. Please check in."),
        "late": ("预约 09:30 已过，签到后按现在的时间排队。", "It is past 09:30: check in, and queue from now on."),
        "checked_in": ("您已经签到，号码是 A018。", "You have checked in already. Your number is A018."),
        "other_day": ("您预约的是11月25日，请那天再来。", "Your appointment is on 25 November. Please come then."),
        "closed": (
            "这个事项今天不办理，请到咨询台改约。",
            "Not possible today. Please ask at the guide desk for another day.",
        ),
    }
    zh, en = said[kind] if kind != "appointment" else said[state]
    booked = kind in {"appointment", "pickup"}
    slot = "2026-11-23T09:30:00+08:00" if kind == "appointment" else None
    has_ticket = kind == "ticket" or state == "checked_in"
    return {
        "kind": kind,
        "zh": zh,
        "en": en,
        "booking": {"code": "YY20261123", "service": service, "slot": slot} if booked else None,
        "case": {
            "number": "BJ20261123-007",
            "step": {"zh": "已受理，正在办理", "en": "accepted, in hand"},
            "due": "2026-12-02",
        }
        if kind == "case"
        else None,
        "state": state if booked else "",
        "ticket": ticket_json() if has_ticket else None,
        "may_reprint": has_ticket,
        **changes,
    }


def hits(view: View, *found: str) -> tuple[Hit, ...]:
    """What a search answers: services by their codes, or `matter→place`."""
    made = []
    for one in found:
        matter, _, where = one.partition("→")
        service = view.service(matter)
        if service:
            made.append(Hit(code=matter, name=service.name, name_en=service.name_en, said=EVERYDAY.get(matter, "")))
        else:
            code = "" if where else matter
            place = Text(where, "the police station (household register)") if where else None
            made.append(Hit(code=code, name=matter, name_en="Household register", said=matter, where=place))
    return tuple(made)


def states(hall: Hall, kiosk: str, *, language: str, large: bool, low: bool = False) -> dict[str, State]:
    """Every page in every condition worth looking at, by name."""
    plain = View.model_validate(view_json(hall, kiosk))
    busy = View.model_validate(view_json(hall, kiosk, notice=LUNCH, printer=PRINTER_OUT))
    closed = View.model_validate(view_json(hall, kiosk, issuing=False, notice=CLOSED))
    many = plain.model_copy(
        update={"groups": (*plain.groups, *(g.model_copy(update={"id": g.id + "2"}) for g in plain.groups))}
    )
    shut, late = _with_closed(plain), _with_late(plain)

    def state(screen: Screen, view: View | None = plain, link: Any = "up", leave_at: float | None = None) -> State:
        return State(plate_of(hall), screen, view, link, language=language, large=large, low=low, leave_at=leave_at)

    def ticket(print_state: str, *, slow: bool = False, **changes: Any) -> Ticketed:
        return Ticketed(Ticket.model_validate(ticket_json(print_state, **changes)), slow)

    def listed(print_state: str, *, slow: bool = False, left: float | None = None) -> State:
        return state(Listed(Slip.model_validate(slip_json(print_state)), Item(item, first), slow), leave_at=left)

    def result(kind: str, case: str = "ready") -> State:
        return state(Result("YY20261123", LookedUp.model_validate(found_json(kind, case))), leave_at=25.0)

    first = Items(plain.groups[0].id)
    item = plain.groups[0].services[0].code
    longest = max(
        (s for g in plain.groups for s in g.services), key=lambda s: len("".join(s.materials)) + len(s.name_en)
    )
    of_longest = next(g.id for g in plain.groups if longest in g.services)
    wish = RequestTicket(item, "k", language, large)
    sample = Sample(item, 0, "form.png", Item(item, first), form_pixels(720, 1018))
    nobody: dict[str, Any] = {"ahead": 0, "estimate_min": None, "number": "A1018"}
    alone: dict[str, Any] = {"number": "A641", "ahead": 0, "estimate_min": None, "counters": "", "offline": True}
    often = Text(
        "刚才打印的清单比较多，请过10分钟再打印。", "Many lists were printed just now: try again in 10 minutes."
    )
    refused = Text(
        "今天的号已经取完，明天 7:30 起取号。", "All numbers of today are given out. Numbers again tomorrow from 7:30."
    )
    fair = next(iter(hall.offered_classes), "")
    placed: dict[str, Any] = {"place_url": "http://192.168.100.10:8000/p/T1C-7QF2HM"}
    placed_later: dict[str, Any] = {"place_url": "http://192.168.100.10:8000/p/KA641-7QF2HM"}
    called = Text("已经叫到A018：请到3号窗口。", "A018 has been called: please go to counter 3.")
    booked = Result("B4D-2MK7QX", LookedUp.model_validate(found_json("appointment", "early", may_slip=True)))
    just = replace(ticket("printed"), taken_at=0.0, fresh=True)
    left = (Left(field="own", masked="138****5678"),)
    birth, moved = hall.packages["birth"], hall.packages["moving"]
    package = Planned(plan_of(hall, birth.text, *birth.items, package="birth"), Question("birth", 0), ("employed",))
    other_group = plain.groups[-1]
    own = [item, other_group.services[0].code]
    together = Text(f"一号联办{len(own)}项", f"{len(own)} items with one number")
    adding = Adding((item,), Item(item, first))
    judged = Rating("T1C-7QF2HM", ToRate.model_validate(rating_json()))
    agenda = {"name": moved.name, "name_en": moved.name_en, "items": []}
    found = {
        "home": state(Home()),
        "home-notices": state(Home(), busy),
        "home-many": state(Home(0), many),
        "home-focus": replace(state(Home()), focus=""),
        "closed": state(Home(), closed),
        "connecting": state(Home(), None, "connecting"),
        "away": state(Home(), plain, "away"),
        "home-offline": state(Home(), _alone(plain), "offline"),
    }
    for group in plain.groups:
        found[f"items-{group.id}"] = state(Items(group.id))
    found |= {
        "items-shut": state(first, shut),
        "items-late": state(first, late),
        "item-late": state(Item(item, first), late),
        "items-offline": state(first, _alone(plain), "offline"),
        "items-page2-countdown": state(Items(plain.groups[0].id, 1), leave_at=14.0),
        "items-asking": state(Asking(wish, first, 0.0, pressed=f"service:{item}")),
        "items-guide": state(Items(plain.groups[0].id, guide=True)),
        "item": state(Item(item, first)),
        "item-steps": state(Item(item, first, 1)),
        "item-code": state(Item(item, first, 2)),
        "item-samples": state(Item(item, first), _with_samples(plain, item)),
        "sample": state(sample, _with_samples(plain, item)),
        "sample-broad": state(replace(sample, picture=BROAD), _with_samples(plain, item), leave_at=14.0),
        "sample-part": state(replace(sample, page=2), _with_samples(plain, item)),
        "sample-waiting": state(replace(sample, picture=None), _with_samples(plain, item)),
        "sample-lost": state(replace(sample, picture=None, lost=True), _with_samples(plain, item), leave_at=14.0),
        "item-longest": state(Item(longest.code, Items(of_longest)), leave_at=14.0),
        "item-online": state(Result("", flow.WENT_ONLINE), leave_at=25.0),
        "item-guide-away": state(Item(item, Items(first.group, guide=True)), link="away"),
        "item-shut": state(Item(item, first), shut),
        "item-no-printer": state(Item(item, first), busy),
        "item-closed": state(Item(item, Items(first.group, guide=True)), closed, leave_at=14.0),
        "asking-list": state(Asking(PrintList(item, "k", language, large), Item(item, first), 0.0, patient=True)),
        "list-queued": listed("queued"),
        "list-printed": listed("printed", left=12.0),
        "list-sent": listed("sent", left=12.0),
        "list-slow": listed("queued", slow=True),
        "list-failed": listed("failed"),
        "list-unknown": listed("unknown"),
        "trouble-list": state(Trouble("refused", PrintList(item, "k", language, large), Item(item, first), often)),
        "other": state(Other(), leave_at=14.0),
        "guide": state(Guide()),
        "publication": state(Publication(), leave_at=14.0),
        "publication-items": state(Publication("items", 1)),
        "publication-phones": state(Publication("phones")),
        "booked": state(Entering("booked")),
        "booked-typed": state(Entering("booked", "YY2026-1124-0930-77X"), leave_at=14.0),
        "pickup": state(Entering("pickup", "LQ77")),
        "progress": state(Entering("progress", "R1C-7QF2HM")),
        "pickup-countdown": state(Entering("pickup"), leave_at=14.0),
        "rate": state(Entering("rate", "T1C-7QF2"), leave_at=14.0),
        "rating": state(judged, leave_at=14.0),
        "rating-again": state(
            replace(judged, asked=judged.asked.model_copy(update={"rated": Text("满意", "Satisfied")}))
        ),
        "reasons": state(replace(judged, level=5), leave_at=14.0),
        "reasons-bad": state(replace(judged, level=2, chosen=("210", "214"))),
        "asking-rating": state(Asking(GiveRating("T1C-7QF2HM", 4, (), "k"), judged, 0.0, patient=True)),
        "rated": state(Result("", THANKS), leave_at=25.0),
        "trouble-rating": state(Trouble("refused", GiveRating("T1C-7QF2HM", 4, (), "k"), judged, RATED), leave_at=18.0),
        "search": state(Searching(), leave_at=14.0),
        "search-found": state(
            Searching("db", hits(plain, "MZ01", "YB05", "ZW01", "SB01", "CL01", "YB03", "WJ01"), "db")
        ),
        "search-elsewhere": state(Searching("hukou", hits(plain, "户口→派出所户籍窗口", longest.code), "hukou")),
        "search-help": state(Searching("zixun", hits(plain, plain.help_service), "zixun")),
        "search-nothing": state(Searching("xyz", (), "xyz")),
        "search-lost": state(Searching("diba", (), "diba", lost=True)),
        "item-searched": state(Item(item, Searching("sbk", hits(plain, item), "sbk"))),
        "result-ticket": result("ticket"),
        **{
            f"result-{case}": result("appointment", case)
            for case in ("early", "ready", "late", "checked_in", "other_day", "closed")
        },
        "result-slip": state(
            Result("B4D-2MK7QX", LookedUp.model_validate(found_json("appointment", "other_day", may_slip=True))),
            leave_at=25.0,
        ),
        "slip-printed": state(Listed(Slip.model_validate(slip_json()), booked), leave_at=12.0),
        "slip-queued": state(Listed(Slip.model_validate(slip_json("queued")), booked)),
        "slip-failed": state(Listed(Slip.model_validate(slip_json("failed")), booked)),
        "trouble-slip": state(
            Trouble("refused", PrintList("", "k", language, large, "B4D-2MK7QX"), booked, often), leave_at=18.0
        ),
        "result-pickup": result("pickup"),
        "result-case": result("case"),
        "result-unknown": result("unknown"),
        "home-fair": replace(state(Home()), klass=fair, ground="elder"),
        "fair": state(Fair(), leave_at=14.0),
        "fair-chosen": replace(state(Fair()), klass=fair, ground="elder"),
        "fair-closed": state(Fair(), _with_class_closed(plain)),
        "items-fair": replace(state(first), klass=fair, ground="elder"),
        "lodge": state(Lodging(), leave_at=14.0),
        "lodge-desk": state(Lodging(), plain.model_copy(update={"lodge": ""})),
        "wait": state(LongWait(item, first), _with_offer(plain, item, booking=True), leave_at=14.0),
        "wait-online": state(LongWait(item, first), _with_offer(plain, item, booking=False)),
        "packages": state(Packages(), leave_at=14.0),
        "question": state(Question("birth"), leave_at=14.0),
        "question-asking": state(Asking(AskPlan("k", "birth"), Question("birth"), 0.0, patient=True)),
        "planned": state(package),
        "planned-papers": state(replace(package, page=1)),
        "planned-shut": state(
            Planned(plan_of(hall, together, item, own[1]), Adding((item,), Packages())), shut, leave_at=14.0
        ),
        "planned-late": state(
            Planned(
                plan_of(hall, together, *own).model_copy(update={"late": TOO_LATE}),
                replace(adding, group=other_group.id),
            ),
            leave_at=14.0,
        ),
        "planned-own": state(Planned(plan_of(hall, together, *own), replace(adding, group=other_group.id))),
        "adding": state(adding),
        "adding-first": state(Adding((), Packages()), leave_at=14.0),
        "adding-items": state(replace(adding, group=first.group), leave_at=14.0),
        "trouble-plan": state(Trouble("away", AskPlan("k", "birth"), Question("birth")), leave_at=18.0),
        "texting": state(Texting(just)),
        "texting-typed": state(Texting(just, "13800135"), leave_at=14.0),
        "texting-wrong": state(Texting(just, "13800135", wrong="short"), leave_at=14.0),
        "texting-relative": state(Texting(replace(just, left=left), "139", by_sight=True)),
        "trouble-texting": state(
            Trouble("refused", LeaveTelephone(17, "k", "13800135678"), Texting(just, "13800135678"), NO_TEXTS),
            leave_at=18.0,
        ),
        "ticket-texted": state(replace(just, left=left, by_sight=True), leave_at=12.0),
        "ticket-package": state(replace(ticket("printed", agenda=agenda), taken_at=0.0, fresh=True), leave_at=12.0),
        "party": state(ForWhom(item, first), leave_at=14.0),
        "trouble-class": state(
            Trouble("refused", replace(wish, klass=fair, ground="elder"), first, CLASS_GIVEN), leave_at=18.0
        ),
        "notice": state(CardNotice(item, first), leave_at=14.0),
        "notice-needed": state(CardNotice(item, first), _with_card(plain, item), leave_at=14.0),
        "card": state(CardReading(item, first)),
        "card-needed": state(CardReading(item, first, CARD_FAILED), _with_card(plain, item)),
        "card-failed": state(CardReading(item, first, CARD_FAILED), leave_at=14.0),
        "asking": state(Asking(wish, first, 0.0, patient=True)),
        "asking-code": state(Asking(LookUp("x", "k"), Home(), 0.0, patient=True)),
        "ticket-queued": state(ticket("queued"), leave_at=50.0),
        "ticket-offline": state(ticket("printed", **alone, **placed_later), _alone(plain), "offline", leave_at=12.0),
        "ticket-offline-screen": state(
            ticket("none", **alone, **placed_later), _alone(plain), "offline", leave_at=50.0
        ),
        "ticket-printed": state(ticket("printed"), leave_at=12.0),
        "ticket-sent": state(ticket("sent", **nobody), leave_at=12.0),
        "ticket-slow": state(ticket("queued", slow=True)),
        "ticket-failed": state(ticket("failed"), leave_at=50.0),
        "ticket-unknown": state(ticket("unknown"), leave_at=9.0),
        "ticket-none": state(ticket("none"), leave_at=9.0),
        "ticket-fresh": state(replace(ticket("printed"), taken_at=0.0, fresh=True), leave_at=12.0),
        "ticket-paperless": replace(
            state(replace(ticket("none"), taken_at=0.0, fresh=True, paper=False), leave_at=50.0), paper=False
        ),
        "ticket-code": state(replace(ticket("printed", **placed), taken_at=0.0, fresh=True), leave_at=12.0),
        "ticket-code-failed": state(ticket("failed", **placed), leave_at=50.0),
        "ticket-code-fair": state(ticket("sent", **{**placed, "class": fair, "number": "A1018"}), leave_at=12.0),
        "returning": state(Returning(replace(ticket("printed"), taken_at=0.0, fresh=True)), leave_at=18.0),
        "returned": state(Returned(Ticket.model_validate({**ticket_json(), "state": "left"}))),
        "trouble-return": state(
            Trouble("refused", GiveBack(17, "k"), Returning(replace(ticket("printed"), taken_at=0.0)), called),
            leave_at=18.0,
        ),
        "items-paperless": replace(state(first), paper=False),
        "trouble-away": state(Trouble("away", wish, first), leave_at=18.0),
        "trouble-code": state(Trouble("away", LookUp("x", "k"), Home())),
        "trouble-refused": state(Trouble("refused", wish, first, refused), leave_at=18.0),
        "trouble-late": state(Trouble("refused", wish, first, TOO_LATE), leave_at=18.0),
        "trouble-lunch": state(Trouble("refused", wish, first, BEFORE_LUNCH), leave_at=18.0),
        "maintenance": state(Maintained()),
    }
    return found


def _alone(view: View) -> View:
    """As a kiosk that goes on without the hub shows it."""
    zone = view.now.tzinfo
    assert zone is not None
    at, day = view.now.timestamp(), view.now.date().isoformat()
    services = {one.code: {"prefix": "A"} for group in view.groups for one in group.services}
    told = {
        "now": at,
        "until": day,
        "blocks": [{"prefix": "A", "first": 641, "last": 680}],
        "hours": [[at - 60, at + 3600]],
        "services": services,
    }
    return offline.view_of(view, offline.Book("x", offline.Lease.model_validate(told)), at, zone)


def _with_class_closed(view: View) -> View:
    return view.model_copy(
        update={"classes": tuple(one.model_copy(update={"closed": CLASS_GIVEN}) for one in view.classes)}
    )


def _with_service(view: View, code: str, **changes: Any) -> View:
    """The view with one item changed."""
    groups = tuple(
        group.model_copy(
            update={
                "services": tuple(
                    one.model_copy(update=changes) if one.code == code else one for one in group.services
                ),
                "estimate_min": (40, 50),
            }
        )
        for group in view.groups
    )
    return view.model_copy(update={"groups": groups})


def _with_offer(view: View, code: str, *, booking: bool) -> View:
    """A long wait for an item that can be done online, and perhaps booked."""
    offer = Offer(url=f"http://192.168.100.10:8000/book/{code}", slot=NOW.replace(hour=15, minute=0))
    return _with_service(view, code, online="是", booking=offer if booking else None)


def _with_samples(view: View, code: str) -> View:
    """The first material of an item has a sample picture, and the last."""
    known = view.service(code)
    if known is None:
        raise ValueError(f"no item {code}")
    last = len(known.materials) - 1
    named = tuple("form.png" if i in (0, last) else "" for i in range(last + 1))
    guide = known.guide.model_copy(update={"samples": named})
    return view.model_copy(
        update={
            "groups": tuple(
                group.model_copy(
                    update={
                        "services": tuple(
                            one.model_copy(update={"guide": guide}) if one is known else one for one in group.services
                        )
                    }
                )
                for group in view.groups
            )
        }
    )


def _with_card(view: View, code: str) -> View:
    return _with_service(view, code, per_person=True, card_needed=True)


TOO_LATE = Text(
    "今天多半办不上：照现在排的队，17:30下班前轮不到新来的人。11月24日9点到10点人一般最少。"
    "可以预约11月24日09:00。急办的请到咨询台。",
    "Unlikely today: as the line stands, a new number's turn comes after we close at 17:30."
    " Usually quietest: 24 November, 9:00 to 10:00. You can book 24 November at 09:00."
    " If urgent, ask at the guide desk.",
)
BEFORE_LUNCH = Text(
    "上午多半办不上：照现在排的队，12:00午休前轮不到新来的人。12:00起取下午的号，14:30起办理。11月23日15点到16点人一般最少。"
    "可以预约11月23日15:00。急办的请到咨询台。",
    "Unlikely this morning: as the line stands, a new number's turn comes after we close for lunch at 12:00."
    " Numbers for the afternoon from 12:00 on, served from 14:30. Usually quietest: 23 November, 15:00 to 16:00."
    " You can book 23 November at 15:00. If urgent, ask at the guide desk.",
)
"""What `server/verbs/last_number.py` says, at its longest."""


def _with_late(view: View) -> View:
    """Of the first two items of the first group the turn would come after closing."""
    group = view.groups[0]
    late = tuple(one.model_copy(update={"late": TOO_LATE}) for one in group.services[:2])
    changed = group.model_copy(update={"services": (*late, *group.services[2:])})
    return view.model_copy(update={"groups": (changed, *view.groups[1:])})


def _with_closed(view: View) -> View:
    """The first two items of the first group have no numbers today."""
    why = (
        Text(
            "今天的号已取完，请改日再来，或到咨询台。",
            "Today's numbers are all given out. Come another day, or ask at the guide desk.",
        ),
        Text("经办系统升级，今天不办理；网上可以办。", "The system is being upgraded. You can do this online."),
    )
    group = view.groups[0]
    shut = tuple(one.model_copy(update={"closed": w}) for one, w in zip(group.services, why, strict=False))
    changed = group.model_copy(update={"services": (*shut, *group.services[len(shut) :])})
    return view.model_copy(update={"groups": (changed, *view.groups[1:])})
