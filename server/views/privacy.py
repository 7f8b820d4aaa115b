"""What is kept of a visitor, why, and for how long, in plain words: made of the hall's file, its registers, and a
sentence for each table of the store. A table or a private field without one fails a test: who adds it says it here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from config import Hall, Text
from server.domain import notifications
from server.domain.definition import Definition, FieldTable
from server.verbs import records
from server.verbs.hub import Hub
from server.views.kiosk import hall_words


class Kept(NamedTuple):
    """One thing that is kept: what, what for, until when."""

    what: Text
    why: Text
    until: Text

    def json(self) -> dict[str, str]:
        return {**self.what.json("what"), **self.why.json("why"), **self.until.json("until")}


FOR_GOOD = Text(
    "长期保存；里面没有您的姓名、电话和证件号码。", "For good; your name, telephone and papers are not in it."
)
TODAY = Text("只到当天，第二天自动删除。", "Until the day ends; deleted the next day.")


def _number(hall: Hall) -> Kept:
    return Kept(
        Text(
            "您的号码：事项、时间、窗口；您说过的话也在里面：走绿色通道的理由、为谁办、听不清要用闪烁提示",
            "Your number: its matter, times and counter, and what you said with it: why you go first, for whom it is,"
            " that you hear badly",
        ),
        Text(
            "叫号；统计等了多久、办了多久，改进服务。",
            "To call you, and to count waits and service, so that it gets better.",
        ),
        FOR_GOOD,
    )


def _slip(hall: Hall) -> Kept:
    return Kept(
        Text("打印过的单据：号票、告知单上的事项和材料", "Papers that were printed: the matter and documents on them"),
        Text("打印失败时重打，需要时补打。", "To print them again."),
        FOR_GOOD,
    )


def _rating(hall: Hall) -> Kept:
    return Kept(
        Text("您的评价：星级和选项", "Your rating: its level and the reasons you ticked"),
        Text("改进服务；窗口看不到是谁评的。", "So that service gets better; a counter does not see who rated."),
        FOR_GOOD,
    )


def _holder(hall: Hall) -> Kept:
    asked = any(one.per_person for one in hall.quotas.values())
    if not asked:
        return Kept(
            Text("身份证", "Identity card"),
            Text("取号不需要身份证；刷证只为查您的预约，不保存。", "None is needed; a card only finds your booking."),
            Text("不保存。", "Not kept."),
        )
    return Kept(
        Text("身份证：换算出的一串校验码，和只留头尾的号码", "Identity card: a code made of it, and the number masked"),
        Text(
            "少数限量的事项，一人一天只能取几个号；从校验码推不回身份证号。",
            "A few matters are limited per person and day; nobody can work out the card from that code.",
        ),
        TODAY,
    )


def _booking(hall: Hall) -> Kept:
    return Kept(
        Text("预约、领件的编号、日期和事项", "Bookings and results to collect: code, day and matter"),
        Text(
            "到厅时不用重新排队；里面没有姓名和电话。",
            "So that you need not queue anew; no name or telephone is in it.",
        ),
        Text("预约过后删除，领件取走后不再使用。", "A booking until its day is over; a result until it is fetched."),
    )


def _pretrial(hall: Hall) -> Kept | None:
    if not hall.platform.url:
        return None
    return Kept(
        Text("网上预审的编号和结果", "Papers checked online: their code and the outcome"),
        Text("到窗口时不再重复审核；里面没有姓名和电话。", "So that they are not checked twice; no name is in it."),
        FOR_GOOD,
    )


def _appointment(hall: Hall) -> Kept | None:
    if not hall.slots:
        return None
    return Kept(
        Text("在本厅约的时段：事项、日期、几点", "An appointment with this hall: its matter, day and time"),
        Text("到时给您留着；里面没有姓名和电话。", "To keep it for you; no name or telephone is in it."),
        FOR_GOOD,
    )


def _booker(hall: Hall) -> Kept | None:
    days = max((one.miss_days for one in hall.slots.values()), default=0)
    if not days:
        return None
    return Kept(
        Text("预约时写的手机号：只留换算出的一串校验码", "The number you book with: only a code made of it"),
        Text(
            "一人不占几个时段，失约几次的先停一停；从校验码推不回手机号。",
            "So that nobody takes many, and who missed several waits; nobody can work out the number from that code.",
        ),
        Text(f"预约过后{days}天内自动删除。", f"Deleted within {days} days after the appointment."),
    )


def _sender(hall: Hall) -> Kept:
    return Kept(
        Text(
            "网上提交投诉、咨询等：从哪个网络地址来、留的电话、填的号票，只留换算出的一串校验码",
            "What you lodge on a page: of the address, telephone and slip that it came with only a code made of each",
        ),
        Text(
            "一个地方不能大量提交，挤掉别人的；从校验码推不回地址和号码。",
            "So that nobody sends so many that others are lost; nobody can work any of them out from that code.",
        ),
        Text("办完后第二天删除，最长30天。", "Deleted the day after it is over, and after 30 days in any case."),
    )


def _unfound(hall: Hall) -> Kept:
    return Kept(
        Text(
            "没有查到的词：三次以上不同时间有人查，才记下这个词，不记是谁查的",
            "Words that a search did not find: one is written down once three occasions asked for it, never who",
        ),
        Text("补上大家常查、却没有的事项。", "So that what people look for is there."),
        Text(
            "35天后删除；列入堵点清单的，见“堵点：查的是”。",
            "Deleted after 35 days; for one on the list of pain points see “Pain point: What was looked for”.",
        ),
    )


def _telephone(hall: Hall) -> Kept | None:
    if not hall.channels:
        return None
    hours = hall.messages.rate_hours
    asked = Text(
        f"同意短信评价的：您回复后删除，最晚办完{hours}小时；评不满意的，号码转到差评记录里，用来跟您联系。",
        f" Where you agreed to rate by text: once you have answered, {hours} hours after the end at the latest; after a"
        " bad rating the number goes into its record, to reach you.",
    )
    asked = asked if notifications.asks_rating(hall) else Text("", "")
    return Kept(
        Text(
            "您自愿留的手机号或邮箱，和家属的；今天给它发过几条",
            "A mobile number or mail address that you chose to leave, and a relative's; how many messages it got today",
        ),
        Text(
            "快到您、叫到您、过号时提醒。", "To tell you when it is near, when you are called and when you missed it."
        ),
        Text(
            "办完、退号或过号失效就自动删除，您也可以随时删；加密保存，屏幕上只露头尾。" + asked.zh,
            "Deleted when the number ends, or by you at any time; kept encrypted, and never shown whole." + asked.en,
        ),
    )


def _eve(hall: Hall) -> Kept | None:
    if not hall.channels or not hall.slots:
        return None
    return Kept(
        Text(
            "您自愿在预约上留的手机号或邮箱", "A mobile number or mail address that you chose to leave with a booking"
        ),
        Text("预约前一天提醒您一次。", "To remind you once, on the day before it."),
        Text(
            "签到、取消或过时就自动删除，您也可以随时删；加密保存，屏幕上只露头尾。",
            "Deleted when you check in or cancel or its time has come, or by you at any time; kept encrypted, and never"
            " shown whole.",
        ),
    )


def _remote(hall: Hall) -> Kept | None:
    if not hall.remote.allowed:
        return None
    return Kept(
        Text("远程取号：事项、留到几点", "A remote number: what for, kept until when"),
        Text("到厅时出号。", "To give you your number when you arrive."),
        FOR_GOOD,
    )


def _case(hall: Hall) -> Kept:
    return Kept(
        Text(
            "办件：编号、事项、收到哪些材料、办到哪一步", "A case: its number, matter, papers received, how far it is"
        ),
        Text(
            "按期办结，逾期提醒；您可以查进度。",
            "To finish it in time and to warn when it is late; you may ask how far it is.",
        ),
        FOR_GOOD,
    )


def _owed(hall: Hall) -> None:
    """Said field by field (`_fields`)."""


_MACHINES = Text("只有设备和程序自己的状态。", "The state of machines and programs alone.")
_STAFF = Text("只有工作人员的。", "Of staff alone.")

TABLES: Mapping[str, Callable[[Hall], Kept | None] | Text] = {
    "journal": _number,
    "tickets": _number,
    "legs": _number,
    "numbers": _number,
    "snapshots": _number,
    "jobs": _slip,
    "ratings": _rating,
    "holders": _holder,
    "bookings": _booking,
    "pretrials": _pretrial,
    "remotes": _remote,
    "agendas": _number,
    "waits_told": _number,
    "appointments": _appointment,
    "bookers": _booker,
    "telephones": _telephone,
    "slot_telephones": _eve,
    "notification_counts": _telephone,
    "senders": _sender,
    "unfound": _unfound,
    "notifications": Text(
        "提醒发了没有、到了没有；不含号码和内容。", "Whether a message went out and arrived, without address and text."
    ),
    "records": _case,
    "dues": _case,
    "letters": _case,
    "private_keys": _owed,
    "private_fields": _owed,
    "requests": Text(
        "一次按键只办一次的校验码，脱机号票上的码，都没有内容。",
        "Codes that let one touch count once, and those on slips taken offline; no content.",
    ),
    "contacts": Text(
        "首问记录：问的是什么、带到哪里，不记姓名。", "Who was asked first, what, and where it led; no name."
    ),
    "links": _MACHINES,
    "sendings": _MACHINES,
    "printers": _MACHINES,
    "devices": _MACHINES,
    "deliveries": _MACHINES,
    "counters": _STAFF,
    "closures": _MACHINES,
    "posts": _STAFF,
    "substitutions": _STAFF,
    "skills": _STAFF,
    "roster": _STAFF,
    "staff": _STAFF,
    "login_failures": _STAFF,
    "sessions": _STAFF,
    "second_factors": _STAFF,
    "recovery_codes": _STAFF,
    "punch_keys": _STAFF,
    "api_tokens": _MACHINES,
    "opening_list": _MACHINES,
    "second_marks": _MACHINES,
    "offline_blocks": _MACHINES,
    "offline_books": _MACHINES,
    "messages": _STAFF,
    "config_versions": _MACHINES,
    "config_drafts": _MACHINES,
}
"""Table of the store -> what is said of it to visitors, or why nothing of a visitor stands in it."""

HANDLING = Text("经办人记下办理要点，只有办理的人能看。", "What whoever handles it must know; nobody else sees it.")
LODGED = Text("为您办这件事，只有办理的人能看。", "To deal with it; nobody else sees it.")
REACHED = Text("办理时联系您，办完后回访。不留也可以。", "To reach you about it and afterwards. You need not leave it.")
ANSWERED = Text("您凭编号和码看答复。", "What you read by number and code.")

FIELDS: Mapping[tuple[str, str], Text] = {
    ("case", "phone"): Text(
        "办好了通知您，材料有问题联系您。", "To tell you that it is ready, or that something is missing."
    ),
    ("bad_rating", "text"): Text(
        "查清、整改您的差评；窗口人员看不到。", "To look into your rating and mend it; the counter does not see it."
    ),
    ("bad_rating", "phone"): Text("就您的差评联系、回访您。", "To reach you about your rating."),
    ("bad_rating", "note"): Text(
        "核实和整改的要点，只有办理的人能看。", "What whoever looks into it must know; nobody else sees it."
    ),
    ("rating_note", "text"): Text(
        "改进服务；窗口人员看不到。", "So that service gets better; the counter does not see it."
    ),
    ("rating_check", "note"): Text("抽查好评的要点。", "What a check of a good rating found."),
    ("case", "note"): HANDLING,
    **{(register, "text"): LODGED for register in ("complaint", "inquiry", "unsolved", "suggestion", "errand")},
    **{(register, "photos"): LODGED for register in ("complaint", "unsolved", "suggestion")},
    **{(register, "phone"): REACHED for register in ("complaint", "inquiry", "unsolved", "suggestion", "errand")},
    **{(register, "answer"): ANSWERED for register in ("complaint", "inquiry", "unsolved", "suggestion", "errand")},
    ("complaint", "where"): ANSWERED,
    ("complaint", "note"): HANDLING,
    ("unsolved", "note"): HANDLING,
    ("pain_point", "word"): Text(
        "大家常查、却没有的事项，由大厅开会解决；只记词，不记是谁查的。",
        "So that the hall's meeting mends what people look for in vain; the word alone, never who looked.",
    ),
}
"""(register, private field) -> what it is kept for. Each field of the registers that are shipped has one, or stands in
`OF_NOBODY`."""

OF_NOBODY = frozenset(
    {("item_list", "note"), ("pain_point", "measure")}
    | {("liability", name) for name in ("statement", "facts", "appeal")}
    | {("appraisal", name) for name in ("why", "appeal")}
    | {(register, name) for register in ("finding", "inspection", "district_finding") for name in ("photos", "note")}
    | {("district_finding", "what")}
    | {("leave", "note")}
)
"""Private fields in which nothing of a visitor stands: of the hall's own lists, and of its staff."""

OF_A_HALLS_OWN: Mapping[str, Text] = {
    "phone": Text("就这件事联系您。", "To reach you about it."),
    "text": Text("办理这件事。", "To handle it."),
    "long text": Text("办理这件事。", "To handle it."),
    "photos": Text("办理这件事。", "To handle it."),
}
"""Kind of a private field -> the same for the registers that a hall made itself."""


def privacy_view(hub: Hub) -> dict[str, Any]:
    """The page for everybody: JSON-able."""
    hall = hub.hall
    kept = [one.json() for one in _kept(hub)]
    return {"hall": hall_words(hub), "kept": kept, "also": [text.json() for text in _also(hall)]}


def _kept(hub: Hub) -> Iterator[Kept]:
    for tell in dict.fromkeys(one for one in TABLES.values() if not isinstance(one, Text)):
        if (one := tell(hub.hall)) is not None:
            yield one
    for register in records.registers(hub).current.values():
        yield from fields(register)


def fields(register: Definition) -> Iterator[Kept]:
    """The private fields of a register, each with its term."""
    for name, field in register.fields.items():
        if field.private and (register.key, name) not in OF_NOBODY:
            zh, en = register.name
            own_zh, own_en = field.name
            yield Kept(Text(f"{zh}：{own_zh}", f"{en}: {own_en}"), _why(register.key, name, field), _until(field))


def _why(register: str, name: str, field: FieldTable) -> Text:
    return FIELDS.get((register, name)) or OF_A_HALLS_OWN[field.kind]


def _until(field: FieldTable) -> Text:
    days = field.keep_days or 0
    if not days:
        return Text("事情办结当天删除；加密保存。", "Deleted on the day it is over; kept encrypted.")
    return Text(f"办结后{days}天自动删除；加密保存。", f"Deleted {days} days after it is over; kept encrypted.")


def _also(hall: Hall) -> Iterator[Text]:
    """What is so beside the things that are kept."""
    yield Text(
        "取号不用身份证，也不用手机号；不给，也一样办理。",
        "A number needs no identity card and no telephone; without them you are served all the same.",
    )
    yield Text(
        "大厅屏幕、窗口屏和广播只有号码和窗口，没有姓名和事项。",
        "Screens, boards and loudspeakers have number and counter alone, no name and no matter.",
    )
    yield Text(
        "这些手机页面不用登录，不在您手机上留标记；谁打开了页面不作记录。",
        "These pages need no log-in and set no cookie; nobody writes down who opened them.",
    )
    if hall.relay.url:
        yield Text(
            "您在厅外打开的页面由街道的网站转给您：它只暂时记着页面上的内容，当天清除。",
            "A page that you open outside the hall comes by a site of the street: it holds what the page shows, for"
            " the day alone.",
        )
    if hall.webhooks or hall.platform.url:
        yield Text(
            "别的系统会收到号码和办件的进度，没有姓名、电话和证件号码。",
            "Other systems are told of numbers and cases as they go on, without names, telephones or papers.",
        )
    if hall.backup.to and hall.backup.time:
        days = max(hall.backup.keep_days, 7 * hall.backup.keep_weeks, 31 * hall.backup.keep_months)
        yield Text(
            f"备份是加密的；已删除的内容在旧备份里最多再留{days}天。",
            f"Backups are encrypted; what was deleted may stand in an old one for {days} days more.",
        )
    yield Text(
        f"想看、想改、想删除您的信息，请到咨询台，或拨打{hall.hall.tel_consult}；投诉{hall.hall.tel_complaint}。",
        f"To see, correct or delete what is yours, ask at the guide desk or call {hall.hall.tel_consult}; complaints:"
        f" {hall.hall.tel_complaint}.",
    )
