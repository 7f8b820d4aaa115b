"""The form of each slip as it is shipped: which lines in which order, their texts in Chinese and English, their
place-holders.

config/ lays a hall's own `[forms.…]` over these; server/printing fills them in. It knows no ticket, no printer and no
hall.

A line of `show` is one of BLOCKS, or a text. A text is `[Chinese, English, style]`. Rules of a text:
`{name}` is filled in; a line, or a half of it, with a place-holder that is empty is not printed; `left|right` stand
side by side where both fit; place-holders that are lists print their line for each entry, `{n}` counting;
`{materials_n}` is how many there are; `{line}` is a line to write on. The texts named `code` and `guide` are
captions, printed below those codes and only with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

STYLES = ("left", "centre", "right", "bold", "double", "small", "half", "table")
"""double: twice as large; small: not enlarged in 大字版; half: the right half begins in the middle; table: it ends at
the right edge.
"""

DRAWN = ("logo", "rule", "space", "number")
BLOCKS = (*DRAWN, "code", "guide")
"""What is no text: the logo, a line across, an empty line, the number large, the ticket's code, the code of the
online guide.
"""

COMMON = (
    "hall",
    "hall_en",
    "sign",
    "banner",
    "banner_en",
    "tel_consult",
    "tel_complaint",
    "date",
    "weekday",
    "weekday_en",
    "time",
    "line",
    "serial",
    "device",
    "copy",
)
ABOUT = ("number", "group", "group_en", "item", "item_en", "staff")
LAW = ("told_days", "review_days", "review_body", "court_months", "court")

PLACES: dict[str, tuple[str, ...]] = {
    "ticket": (
        "number",
        "group",
        "group_en",
        "item",
        "item_en",
        "ahead",
        "around",
        "wait",
        "counters",
        "counters_en",
        "call",
        "call_en",
        "marks",
        "marks_en",
        "appointment",
        "slot",
        "package",
        "package_en",
        "items",
        "items_en",
        "items_n",
        "bring",
        "bring_en",
        "scan",
        "scan_en",
        "lapse_min",
    ),
    "materials": (
        "item",
        "item_en",
        "materials",
        "materials_en",
        "materials_n",
        "basis",
        "legal",
        "legal_en",
        "promise",
        "promise_en",
        "fee",
        "fee_en",
        "department",
        "department_en",
        "visits",
        "in_person",
        "in_person_en",
        "online",
        "online_en",
        "notes",
        "notes_en",
        "conditions",
        "conditions_en",
        "steps",
        "steps_en",
        "steps_n",
    ),
    "notice": (*ABOUT, *LAW, "case", "code", "reason", "basis", "missing", "missing_en", "missing_n"),
    "receipt": (
        *ABOUT,
        *LAW,
        "case",
        "code",
        "received",
        "received_en",
        "received_n",
        "owed",
        "owed_en",
        "owed_n",
        "owed_by",
        "promise",
        "promise_en",
        "due",
    ),
    "refusal": (*ABOUT, *LAW, "case", "code", "basis", "reasons", "reasons_n"),
    "referral": (*ABOUT, "matter", "target", "target_en", "guide", "contact", "note"),
    "pickup": (
        *ABOUT,
        "collect",
        "case",
        "code",
        "where",
        "where_en",
        "when",
        "when_en",
        "bring",
        "bring_en",
        "bring_n",
    ),
    "special": (*ABOUT, *LAW, "case", "code", "procedure", "procedure_en", "basis"),
    "extension": (
        *ABOUT,
        *LAW,
        "case",
        "code",
        "days",
        "reason",
        "reason_en",
        "due",
        "first_due",
        "approver",
    ),
    "mail": (*ABOUT, "case", "code", "ems"),
    "booking": (
        "item",
        "item_en",
        "code",
        "slot",
        "slot_en",
        "where",
        "where_en",
        "materials",
        "materials_en",
        "materials_n",
    ),
    "voice": (
        *ABOUT,
        "what",
        "what_en",
        "category",
        "category_en",
        "case",
        "code",
        "clock",
        "clock_en",
        "due",
        "read",
        "read_en",
    ),
    "whereabouts": ("staff", "where", "where_en", "day", "from", "back", "b"),
    "dayclose": (
        "counter",
        "counter_en",
        "day",
        "staff",
        "arrivals",
        "finished",
        "passed",
        "others",
        "first",
        "last",
        "opened",
        "closed",
        "open_min",
        "pause_min",
        "outcomes",
        "head",
        "counts",
    ),
}
"""Kind of slip -> what may be filled into its texts, besides COMMON."""


class Line(NamedTuple):
    """One text of a form."""

    zh: str
    en: str = ""
    style: str = ""


class Form(NamedTuple):
    """Which lines a kind of slip shows, in order; its texts; how many of it are printed at once."""

    show: tuple[str, ...]
    texts: Mapping[str, Line]
    copies: int = 1


HEAD = {
    "sign": Line("{sign}", "", "centre"),
    "hall": Line("{hall}", "{hall_en}", "centre bold"),
    "banner": Line("{banner}", "{banner_en}", "centre bold"),
}
PHONES = Line("咨询电话 {tel_consult}|投诉举报 {tel_complaint}", "Information {tel_consult}|Complaints {tel_complaint}")
COPY = Line("【补打】第{copy}次", "Reprint no. {copy}", "centre bold")
FOOT = {"phones": PHONES, "copy": COPY, "printed": Line("{date} {time} 打印|编号 {serial}", "", "small")}


CASE = Line("受理编号 {case}", "Case {case}")
OF_A_CASE = ("logo", "sign", "hall", "banner", "rule", "title", "rule", "case", "item")
SIGNED = ("rule", "by", "space", "signed", "space", "space", "seal", "code", "phones", "copy", "printed")
SCAN = Line("到取号机扫码查进度|{code}", "Scan or type it at a kiosk", "centre")
BY = Line("经办人 工号{staff}|日期 {date}", "Staff {staff}|{date}", "half")
SIGN = Line("申请人签收 {line}", "Received (signature)")
SEAL = Line("（盖章处）", "", "right")


def _title(zh: str, en: str) -> Line:
    return Line(zh, en, "centre bold double")


FORMS: dict[str, Form] = {
    "ticket": Form(
        (
            "logo",
            "sign",
            "hall",
            "banner",
            "number",
            "group",
            "marks",
            "rule",
            "package",
            "items",
            "rule",
            "issued",
            "queue",
            "turn",
            "window",
            "booked",
            "bring",
            "lapse",
            "phones",
            "code",
            "copy",
            "machine",
        ),
        {
            **HEAD,
            "group": Line("{group}", "{group_en}", "centre"),
            "issued": Line("取号 {date}|周{weekday} {time}"),
            "queue": Line("前面{ahead}人|约{wait}分钟", "{ahead} ahead of you|about {wait} min"),
            "turn": Line("大约{around}前后轮到", "Your turn: around {around}"),
            "window": Line("{call}", "{call_en}"),
            "marks": Line("{marks}", "{marks_en}", "centre"),
            "booked": Line("预约 {slot}|{appointment}", "Booked {slot}|{appointment}"),
            "package": Line("{package}|一号办{items_n}项", "{package_en}|{items_n} items", "bold"),
            "items": Line("{n}. {items}", "{n}. {items_en}"),
            "bring": Line("请带 {bring}", "Please bring {bring_en}"),
            "code": Line("{scan}", "{scan_en}", "centre"),
            "lapse": Line(
                "过号{lapse_min}分钟内到咨询台，当日有效。",
                "Watch the screens. Missed your call? Go to the guide desk within {lapse_min} minutes. Valid today.",
            ),
            "phones": Line("咨询 {tel_consult}|投诉 {tel_complaint}", PHONES.en),
            "copy": COPY,
            "machine": Line("{device} 流水{serial}", "", "centre small"),
        },
    ),
    "materials": Form(
        (
            "logo",
            "sign",
            "hall",
            "banner",
            "rule",
            "title",
            "item",
            "rule",
            "needed",
            "materials",
            "rule",
            "condition",
            "way",
            "steps",
            "times",
            "money",
            "person",
            "department",
            "basis",
            "guide",
            "phones",
            "copy",
            "printed",
        ),
        {
            **HEAD,
            **FOOT,
            "title": _title("材料清单", "What to bring"),
            "item": Line("{item}", "{item_en}", "centre bold"),
            "needed": Line(
                "申请材料{materials_n}项（备齐一项，勾一项）", "To bring: {materials_n} (tick what you have)"
            ),
            "materials": Line("□ {materials}|{notes}", "  {materials_en}|{notes_en}"),
            "condition": Line("受理条件 {conditions}", "Who may apply: {conditions_en}"),
            "way": Line("办理流程{steps_n}步", "{steps_n} steps"),
            "steps": Line("{n}. {steps}", "{n}. {steps_en}"),
            "times": Line("法定时限 {legal}|承诺时限 {promise}", "By law: {legal_en}|Promised: {promise_en}", "half"),
            "money": Line("是否收费 {fee}|跑动次数 {visits}次", "Fee: {fee_en}|Visits: {visits}", "half"),
            "person": Line(
                "本人办理 {in_person}|全程网办 {online}", "In person: {in_person_en}|Online: {online_en}", "half"
            ),
            "department": Line("受理部门 {department}", "{department_en}"),
            "basis": Line("办事依据 {basis}"),
            "guide": Line("扫码上网查办事指南", "Scan for the online guide", "centre"),
        },
    ),
    "notice": Form(
        (
            "logo",
            "sign",
            "hall",
            "banner",
            "rule",
            "title",
            "rule",
            "about",
            "case",
            "item",
            "intro",
            "missing",
            "reason",
            "rule",
            "told",
            "basis",
            "by",
            "space",
            "signed",
            "space",
            "dated",
            "space",
            "space",
            "seal",
            "code",
            "phones",
            "copy",
            "printed",
        ),
        {
            **HEAD,
            **FOOT,
            "title": _title("一次性告知单", "What is still missing"),
            "about": Line("号码 {number}", "Number {number}"),
            "case": Line("办件编号 {case}", "Case {case}"),
            "item": Line("事项 {item}", "{item_en}"),
            "intro": Line("您的申请还需补齐或更正下列材料：", "Please add or correct the following:"),
            "missing": Line("{n}. {missing}", "   {missing_en}"),
            "reason": Line("说明 {reason}"),
            "told": Line(
                "需要补正的全部内容已在本单一次告知。依法应当场或者在{told_days}个工作日内一次告知；逾期不告知的，"
                "自收到申请材料之日起即为受理"
                "（行政许可法第三十二条）。",
                "Everything is told once, at the latest within {told_days} working days (Administrative Licensing Law,"
                " art. 32).",
            ),
            "basis": Line("依据 {basis}"),
            "by": Line("告知人 工号{staff}|告知日期 {date}", "Staff {staff}|{date}", "half"),
            "signed": Line("申请人签收 {line}", "Received (signature)"),
            "dated": Line("签收日期 {line}"),
            "seal": Line("（盖章处）", "", "right"),
            "code": Line("补齐材料再来时，请带本单扫码|{code}", "Bring this paper when you come again", "centre"),
        },
        copies=2,
    ),
    "receipt": Form(
        (
            "logo",
            "sign",
            "hall",
            "banner",
            "rule",
            "title",
            "rule",
            "about",
            "case",
            "item",
            "taken",
            "got",
            "received",
            "owes",
            "owed",
            "promise",
            "due",
            "rule",
            "by",
            "space",
            "name",
            "space",
            "space",
            "seal",
            "keep",
            "code",
            "phones",
            "copy",
            "printed",
        ),
        {
            **HEAD,
            **FOOT,
            "title": _title("受理凭证", "Acceptance receipt"),
            "about": Line("号码 {number}", "Number {number}"),
            "case": CASE,
            "item": Line("事项 {item}", "{item_en}"),
            "taken": Line("您的申请已受理。", "Your application has been accepted."),
            "got": Line("收到材料{received_n}项：", "Papers received: {received_n}"),
            "received": Line("{n}. {received}", "   {received_en}"),
            "owes": Line("容缺材料{owed_n}项，请于{owed_by}前补齐：", "Papers to follow by {owed_by}: {owed_n}"),
            "owed": Line("{n}. {owed}", "   {owed_en}"),
            "promise": Line("承诺时限 {promise}（自受理之日起）", "Promised: {promise_en}"),
            "due": Line("最迟 {due}办结", "Done by {due} at the latest"),
            "by": Line("受理人 工号{staff}|受理日期 {date}", "Staff {staff}|{date}", "half"),
            "name": Line("申请人 {line}", "Applicant"),
            "seal": Line("（盖章处）", "", "right"),
            "keep": Line("请妥善保管，凭本单查询和领取结果。", "Keep this paper: you need it to ask and to collect."),
            "code": Line("到取号机扫码查进度、领结果|{code}", "Scan or type it at a kiosk", "centre"),
        },
    ),
    "refusal": Form(
        (
            "logo",
            "sign",
            "hall",
            "banner",
            "rule",
            "title",
            "rule",
            "about",
            "case",
            "item",
            "intro",
            "reasons",
            "basis",
            "rule",
            "rights",
            "by",
            "space",
            "signed",
            "space",
            "space",
            "seal",
            "phones",
            "copy",
            "printed",
        ),
        {
            **HEAD,
            **FOOT,
            "title": _title("不予受理告知书", "Not accepted"),
            "about": Line("号码 {number}", "Number {number}"),
            "item": Line("事项 {item}", "{item_en}"),
            "case": CASE,
            "intro": Line("您的申请依法不予受理，理由如下：", "Your application is not accepted, because:"),
            "reasons": Line("{n}. {reasons}"),
            "basis": Line("依据 {basis}"),
            "rights": Line(
                "如不服本决定，可自收到本告知书之日起{review_days}日内向{review_body}申请行政复议，"
                "或者在{court_months}个月内依法向{court}提起行政诉讼。",
                "You may apply for review within {review_days} days or go to court within {court_months} months.",
            ),
            "by": Line("经办人 工号{staff}|告知日期 {date}", "Staff {staff}|{date}", "half"),
            "signed": Line("申请人签收 {line}", "Received (signature)"),
            "seal": Line("（盖章处）", "", "right"),
        },
        copies=2,
    ),
    "referral": Form(
        (
            "logo",
            "sign",
            "hall",
            "banner",
            "rule",
            "title",
            "rule",
            "matter",
            "about",
            "go",
            "target",
            "rule",
            "note",
            "by",
            "when",
            "show",
            "phones",
            "copy",
            "printed",
        ),
        {
            **HEAD,
            **FOOT,
            "title": _title("引导单", "Referral"),
            "matter": Line("事项 {matter}"),
            "about": Line("号码 {number}", "Number {number}"),
            "go": Line("请您到", "Please go to"),
            "target": Line("{target}", "{target_en}", "centre bold double"),
            "note": Line("说明 {note}"),
            "by": Line("首问责任人 工号{guide}|首问登记 {contact}", "Led by staff {guide}", "half"),
            "when": Line("引导时间 {date}|{time}"),
            "show": Line("到窗口请出示本单，不必重复说明。", "Show this paper there: you need not explain again."),
        },
    ),
    "pickup": Form(
        (
            "logo",
            "sign",
            "hall",
            "banner",
            "rule",
            "title",
            "collect",
            "item",
            "rule",
            "intro",
            "where",
            "when",
            "needed",
            "bring",
            "rule",
            "someone",
            "code",
            "phones",
            "copy",
            "printed",
        ),
        {
            **HEAD,
            **FOOT,
            "title": _title("领件通知单", "Ready to collect"),
            "collect": Line("领件号 {collect}", "Pick-up no. {collect}", "centre bold double"),
            "item": Line("{item}", "{item_en}", "centre"),
            "intro": Line("您申请的结果已办好，请来领取。", "Your result is ready."),
            "where": Line("地点 {where}", "At {where_en}"),
            "when": Line("时间 {when}", "{when_en}"),
            "needed": Line("请带好{bring_n}样：", "Please bring:"),
            "bring": Line("□ {bring}", "  {bring_en}"),
            "code": Line("到取号机扫码取领件号|{code}", "Scan or type it at a kiosk", "centre"),
            "someone": Line(
                "他人代领的，另带委托书和双方身份证件。",
                "Somebody else may collect it with your written authority and both identity documents.",
            ),
        },
    ),
    "special": Form(
        (*OF_A_CASE, "intro", "procedure", "basis", "law", *SIGNED),
        {
            **HEAD,
            **FOOT,
            "title": _title("特别程序告知书", "A special procedure"),
            "case": CASE,
            "item": Line("事项 {item}", "{item_en}"),
            "intro": Line("您的申请需要进行下列程序：", "Your application needs this procedure:"),
            "procedure": Line("{procedure}", "{procedure_en}", "centre bold"),
            "basis": Line("依据 {basis}"),
            "law": Line(
                "所需时间不计算在办理期限内（行政许可法第四十五条）；完成后继续计算，进度可随时查询。",
                "Its time is not counted (Administrative Licensing Law, art. 45); afterwards the term goes on.",
            ),
            "by": BY,
            "signed": SIGN,
            "seal": SEAL,
            "code": SCAN,
        },
        copies=2,
    ),
    "extension": Form(
        (*OF_A_CASE, "intro", "days", "due", "first", "reason", "approved", *SIGNED),
        {
            **HEAD,
            **FOOT,
            "title": _title("延期告知书", "The term is extended"),
            "case": CASE,
            "item": Line("事项 {item}", "{item_en}"),
            "intro": Line(
                "您的申请不能在原定期限内办结，经批准延长办理期限。",
                "Your application cannot be decided in the first term; a longer one was approved.",
            ),
            "days": Line("延长 {days}个工作日", "Extended by {days} working days"),
            "due": Line("延长后 {due}前办结", "Now by {due}"),
            "first": Line("原定 {first_due}前办结", "First by {first_due}"),
            "reason": Line("原因 {reason}", "Because: {reason_en}"),
            "approved": Line("批准人 工号{approver}", "Approved by staff {approver}"),
            "by": BY,
            "signed": SIGN,
            "seal": SEAL,
            "code": SCAN,
        },
        copies=2,
    ),
    "whereabouts": Form(
        (
            "logo",
            "sign",
            "hall",
            "banner",
            "rule",
            "title",
            "staff",
            "where",
            "day",
            "back",
            "rule",
            "instead",
            "phones",
            "copy",
            "printed",
        ),
        {
            **HEAD,
            **FOOT,
            "title": _title("去向牌", "Out of the office"),
            "staff": Line("工号{staff}", "Staff {staff}", "centre bold double"),
            "where": Line("去向 {where}", "{where_en}", "bold"),
            "day": Line("日期 {day}", "On {day}"),
            "back": Line("{from}外出，预计{back}回", "Out since {from}, back about {back}"),
            "instead": Line("有事请找B岗 工号{b}", "Please ask staff {b} meanwhile", "bold"),
        },
    ),
    "voice": Form(
        (
            "logo",
            "sign",
            "hall",
            "banner",
            "rule",
            "title",
            "what",
            "rule",
            "case",
            "category",
            "due",
            "rule",
            "intro",
            "code",
            "phones",
            "copy",
            "printed",
        ),
        {
            **HEAD,
            **FOOT,
            "title": _title("回执", "Receipt"),
            "what": Line("{what}", "{what_en}", "centre bold"),
            "case": Line("编号 {case}", "Number {case}", "bold"),
            "category": Line("类别 {category}", "Kind: {category_en}"),
            "due": Line("{clock} {due}", "{clock_en} by {due}"),
            "intro": Line("凭编号和下面的码看答复，不需要账号。", "Its number and this code show the answer."),
            "code": Line("{read}|{code}", "{read_en}", "centre"),
        },
    ),
    "mail": Form(
        (
            *OF_A_CASE,
            "intro",
            "ems",
            "to",
            "space",
            "where",
            "space",
            "ring",
            "rule",
            "by",
            "space",
            "signed",
            "code",
            "phones",
            "copy",
            "printed",
        ),
        {
            **HEAD,
            **FOOT,
            "title": _title("邮寄确认单", "Sent by post"),
            "case": CASE,
            "item": Line("事项 {item}", "{item_en}"),
            "intro": Line(
                "您申请的结果已办好，按您的选择邮寄。", "Your result is ready and sent by post as you chose."
            ),
            "ems": Line("邮件号 {ems}", "Mail no. {ems}", "bold"),
            "to": Line("收件人 {line}", "To"),
            "where": Line("地址 {line}", "Address"),
            "ring": Line("电话 {line}", "Telephone"),
            "by": BY,
            "signed": Line("申请人确认 {line}", "Confirmed (signature)"),
            "code": SCAN,
        },
    ),
    "booking": Form(
        (
            "logo",
            "sign",
            "hall",
            "banner",
            "rule",
            "title",
            "booked",
            "rule",
            "item",
            "when",
            "where",
            "needed",
            "materials",
            "rule",
            "come",
            "cancel",
            "code",
            "phones",
            "copy",
            "printed",
        ),
        {
            **HEAD,
            **FOOT,
            "title": _title("预约凭条", "Your booking"),
            "booked": Line("预约码 {code}", "Booking code {code}", "centre bold"),
            "item": Line("{item}", "{item_en}", "bold"),
            "when": Line("时间 {slot}", "{slot_en}", "bold"),
            "where": Line("地点 {where}", "At {where_en}"),
            "needed": Line("请带好{materials_n}样：", "Please bring:"),
            "materials": Line("□ {materials}", "  {materials_en}"),
            "come": Line(
                "到了先在取号机上签到，取一个号。", "When you come, check in at a kiosk: you get your number there."
            ),
            "cancel": Line(
                "来不了请在时段开始前改期或取消：凭预约码在手机上办，或打咨询电话、到咨询台。",
                "Can't come? Change or cancel it before it begins: by this code on a telephone, by a call, or at the"
                " guide desk.",
            ),
            "code": Line("签到、改期、取消都用这个码", "For check-in, change and cancelling", "centre"),
        },
    ),
    "dayclose": Form(
        (
            "logo",
            "sign",
            "hall",
            "banner",
            "rule",
            "title",
            "counter",
            "rule",
            "day",
            "who",
            "opened",
            "open",
            "pause",
            "rule",
            "arrivals",
            "finished",
            "passed",
            "others",
            "rule",
            "outcomes",
            "rule",
            "first",
            "last",
            "head",
            "space",
            "signed",
            "space",
            "copy",
            "printed",
        ),
        {
            **HEAD,
            "copy": COPY,
            "printed": FOOT["printed"],
            "title": _title("日结小票", "Day close"),
            "counter": Line("{counter}", "{counter_en}", "centre bold"),
            "day": Line("日期|{day}", "", "table"),
            "who": Line("工号|{staff}", "", "table"),
            "opened": Line("起止|{opened}-{closed}", "", "table"),
            "open": Line("开窗时间 O|{open_min} 分钟", "", "table"),
            "pause": Line("其中暂停 Z|{pause_min} 分钟", "", "table"),
            "arrivals": Line("到窗 A|{arrivals}", "", "table"),
            "finished": Line("办结 F|{finished}", "", "table"),
            "passed": Line("过号 P|{passed}", "", "table"),
            "others": Line("其他|{others}", "", "table"),
            "outcomes": Line("{outcomes}|{counts}", "", "table"),
            "first": Line("首号|{first}", "", "table"),
            "last": Line("末号|{last}", "", "table"),
            "head": Line("记录末尾|{head}", "", "table"),
            "signed": Line("签字 {line}"),
        },
    ),
}


def form(
    kind: str, show: tuple[str, ...] | list[str], texts: Mapping[str, tuple[str, ...]], copies: int | None
) -> Form:
    """The shipped form of a kind with a hall's own order and texts laid over it; what is empty or None is as
    shipped.
    """
    shipped = FORMS[kind]
    return Form(
        tuple(show) or shipped.show,
        {**shipped.texts, **{name: Line(*text) for name, text in texts.items()}},
        copies or shipped.copies,
    )


# --- the page of the documents ---


def page() -> str:
    """docs/slip-forms.md, which `./run docs` writes."""
    head = (
        "# The shipped forms\n\nMade from `slip_forms.py` by `./run docs`. How to lay your own over them:"
        f" [slips.md](slips.md).\n\nIn every slip: {_codes(COMMON)}.\n\nStyles: {_codes(STYLES)}. Blocks that are no"
        f" text: {_codes(BLOCKS)}.\n"
    )
    return head + "".join(_section(kind, shipped) for kind, shipped in FORMS.items())


def _section(kind: str, shipped: Form) -> str:
    rows = "".join(
        f"| `{name}` | {' | '.join(part.replace('|', chr(92) + '|') for part in text)} |\n"
        for name, text in shipped.texts.items()
    )
    return (
        f"\n## {kind}\n\nPrinted {('once', 'twice', 'three times')[shipped.copies - 1]}. Lines:"
        f" {_codes(shipped.show)}.\n\nPlace-holders: {_codes(PLACES[kind])}.\n\n| text | Chinese | English | style"
        f" |\n|---|---|---|---|\n{rows}"
    )


def _codes(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
