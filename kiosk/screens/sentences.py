"""The words that more than one page says, or that are said aloud as well: no place, no colour, no size."""

from __future__ import annotations

import re
from datetime import date, datetime, tzinfo

import words
from config import Text
from kiosk.flow import mobile
from kiosk.flow.events import Entering, Listed, Question, Result, Searching, Texting, Ticketed
from kiosk.flow.view import CaseProgress, Group, Hit, LookedUp, Service, Ticket, View

Fact = tuple[str, str, str]  # icon, label, value
NO_PAPER = frozenset({"failed", "unknown", "none"})
AT_ONCE_MIN = 5
"""The longest of a wait that is none: a counter is free."""
WEEKDAYS = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")


def both(language: str, text: Text) -> tuple[str, str]:
    """(first, second): the language in use first; no second line where there is no other text."""
    return (text.zh, text.en) if language == words.SOURCE or not text.en else (text.said(language), text.zh)


def date_line(language: str, day: datetime) -> str:
    say = words.say(language)
    return say("{month}月{day}日 {weekday}").format(
        month=day.month, day=day.day, month_name=day.strftime("%b"), weekday=say(WEEKDAYS[day.weekday()])
    )


# --- waiting ----------------------------------------------------------------------------------------------------------


def wait_text(say: words.Say, estimate: tuple[int, int] | None) -> str:
    """A wait in minutes as a person would say it; "" when nobody knows."""
    if estimate is None:
        return ""
    low, high = estimate
    if high <= 0:
        return say("很快就到")
    if low <= 0:
        return say("{n} 分钟以内").format(n=high)
    return say("约 {n} 分钟").format(n=low) if low == high else say("约 {low}–{high} 分钟").format(low=low, high=high)


def waiting_text(say: words.Say, waiting: int) -> str:
    """How many wait; "" for fewer than none, which nobody knows."""
    if waiting < 0:
        return ""
    return say("等候 {n} 人").format(n=waiting) if waiting else say("无人等候")


def ahead_text(say: words.Say, group: Group) -> str:
    """How many are in the line that a new number would stand in, as what stands beside its wait: where nobody waits but
    every counter is busy, nobody is told that the hall is empty.
    """
    busy = group.estimate_min is not None and group.estimate_min[1] > AT_ONCE_MIN
    return waiting_text(say, group.ahead) if group.ahead or not busy else say("您是下一位")


def turn_text(say: words.Say, wait: tuple[int, int] | None, at: datetime | None) -> str:
    """A wait with the time on the clock at which it will be about over."""
    length = wait_text(say, wait)
    if not length or at is None:
        return length
    return f"{length} · " + say("{time} 前后").format(time=f"{at:%H:%M}")  # the hub's zone stands in the instant


def group_label(group: Group, language: str) -> str:
    """A tile as it is said: its name, how many are ahead, how long."""
    say = words.say(language)
    parts = [group.text.said(language), ahead_text(say, group), wait_text(say, group.estimate_min)]
    return say("，").join(part for part in parts if part)


def group_line(group: Group, language: str) -> str:
    """A tile as one sentence."""
    return group_label(group, language) + words.say(language)("。")


# --- fair ways --------------------------------------------------------------------------------------------------------

GROUND_ICONS = {
    "elder": "elder", "disabled": "wheelchair", "pregnant": "pregnant", "child": "child", "military": "star",
    "ill": "medical",
}  # fmt: skip
PARTIES = (("person", "one"), ("company", "counter"), ("agent", "people"))
"""For whom a number may be, and its picture."""


def fair_name(view: View, language: str) -> str:
    """What the classes are called that kiosks give: the name of the only one, or of each."""
    return words.say(language)("、").join(one.text.said(language) for one in view.classes)


def fair_for(view: View, language: str) -> str:
    """For whom they are."""
    names = [ground.text.said(language) for one in view.classes for ground in one.grounds]
    return words.say(language)("、").join(dict.fromkeys(names))


def party_text(party: str, say: words.Say) -> tuple[str, str]:
    """(its name, what it means) of for whom a number is."""
    return {
        "person": (say("个人"), say("办自己的事")),
        "company": (say("企业或单位"), say("为公司、单位办事")),
        "agent": (say("代办"), say("替别人办，请带委托书和双方证件")),
    }[party]


def party_title(say: words.Say) -> str:
    return say("为谁办这件事？")


def fair_title(view: View, language: str) -> tuple[str, str]:
    """(name of the page, what it is about)."""
    say = words.say(language)
    return fair_name(view, language), say("点一下是哪一种，再选要办的事。不用证件，优先叫号。")


def wait_title(minutes: int, say: words.Say) -> str:
    return say("现在约等 {n} 分钟").format(n=minutes)


def wait_hint(service: Service, say: words.Say) -> str:
    """What may be done instead of waiting."""
    if service.booking and service.online in ONLINE_WAYS:
        return say("要取号、预约，还是网上办？")
    return say("要取号，还是预约？") if service.booking else say("要取号，还是网上办？")


ONLINE_WAYS = ("是", "部分")


def book_text(service: Service, say: words.Say, zone: tzinfo | None, today: date) -> str:
    """An appointment: its time, with the day where that is another one."""
    slot = service.booking.slot if service.booking else None
    if slot is None:
        return say("预约")
    slot = slot.astimezone(zone) if zone else slot
    if slot.date() == today:
        return say("预约 {time}").format(time=f"{slot:%H:%M}")
    return say("预约 {month}月{day}日 {time}").format(
        month=slot.month, day=slot.day, month_name=slot.strftime("%b"), time=f"{slot:%H:%M}"
    )


# --- an item ----------------------------------------------------------------------------------------------------------


def bring_text(service: Service, say: words.Say) -> str:
    if not service.materials:
        return say("不用带材料")
    return say("请带：{list}").format(list=say("、").join(say(material) for material in service.materials))


def bring_short(service: Service, say: words.Say, room: int = 20) -> str:
    """What to bring where there is little room: the first things by name, then how many there are in all."""
    materials = [say(material) for material in service.materials]
    wide = [sum(1.0 if ord(char) > 0x2E80 else 0.5 for char in material) + 1 for material in materials]
    count = next((n for n in range(len(materials), 0, -1) if sum(wide[:n]) <= room), 1)
    if count >= len(materials):
        return bring_text(service, say)
    named = say("、").join(materials[:count])
    return say("请带：{list} 等 {n} 样").format(list=named, n=len(materials))


def promise_text(promise: str, say: words.Say) -> str:
    """ "7工作日" in the language in use; a promise of another form stays as it is."""
    match = re.fullmatch(r"(\d+)\s*个?工作日", promise)
    return say("{n}个工作日").format(n=match.group(1)) if match else _catalogued(promise, say)


def _catalogued(text: str, say: words.Say) -> str:
    """A word of the catalogue of services; "" is not a message (in gettext it is the catalog's own header)."""
    return say(text) if text else ""


def brought(service: Service, say: words.Say, language: str) -> list[str]:
    """What to bring one by one, each with how it is brought where the guide says so."""
    notes = [note.said(language) for note in service.guide.notes]
    notes += [""] * (len(service.materials) - len(notes))
    marks = ("（", "）") if language == words.SOURCE else (" (", ")")
    return [
        f"{say(material)}{marks[0]}{note}{marks[1]}" if note else say(material)
        for material, note in zip(service.materials, notes, strict=False)
    ]


def item_facts(service: Service, say: words.Say, language: str = words.SOURCE) -> list[Fact]:
    """Everything about an item but what to bring; what the hall has not filled in is left out."""
    free = {"否": say("不收费"), "是": say("收费，以窗口告知为准")}
    visits = {"0": say("一趟不用跑"), "1": say("最多跑一趟")}
    online = {"是": say("全程可以网上办"), "部分": say("部分可以网上办"), "否": say("请到窗口办")}
    in_person = {"是": say("要本人来"), "否": say("可以请人代办")}
    person = {True: "是", False: "否", None: ""}.get(service.in_person, service.in_person)  # type: ignore[arg-type]
    facts = [
        ("clock", say("承诺时限"), promise_text(service.promise, say)),
        ("clock", say("法定时限"), promise_text(service.legal, say)),
        ("coin", say("收费"), free.get(service.fee, service.fee)),
        (
            "steps",
            say("跑几趟"),
            visits.get(service.visits, say("最多跑 {n} 趟").format(n=service.visits) if service.visits else ""),
        ),
        ("one", say("本人办理"), in_person.get(str(person or ""), str(person or ""))),
        ("screen", say("网上办理"), online.get(service.online, service.online)),
        ("counter", say("受理部门"), _catalogued(service.department, say)),
        ("people", say("谁来办"), service.guide.decides.said(language) if service.guide.decides else ""),
        ("ticket", say("办好拿到"), service.guide.result.said(language) if service.guide.result else ""),
        ("seal", say("依据"), service.basis),
    ]
    return [fact for fact in facts if fact[2]]


def item_lines(service: Service, language: str) -> list[str]:
    """An item's page as sentences."""
    say = words.say(language)
    closed = [say("今天不能取这个号：{why}").format(why=service.closed.said(language))] if service.closed else []
    mark = "：" if language == "zh" else ": "
    told = item_facts(service, say, language)
    facts = [f"{label}{mark}{value}{say('。')}" for icon, label, value in told if icon != "seal"]
    bring = bring_text(service, say) + say("。")
    if any(note.zh for note in service.guide.notes):
        bring = say("请带：{list}").format(list=say("；").join(brought(service, say, language))) + say("。")
    return [service.text.said(language) + say("。"), *closed, bring, *facts, *guide_lines(service, language)]


def guide_lines(service: Service, language: str) -> list[str]:
    """Who may apply and how it goes, as sentences."""
    say = words.say(language)
    chapters = (
        (say("受理条件"), [one.said(language) for one in service.guide.conditions]),
        (say("办理流程"), [one.said(language) for one in service.guide.steps]),
    )
    return [text for head, texts in chapters if texts for text in (head + say("。"), *texts)]


# --- what is looked for -----------------------------------------------------------------------------------------------


def search_hint(say: words.Say) -> str:
    return say("按拼音或首字母，例如低保：dibao 或 db")


def found_nothing(screen: Searching) -> bool:
    return bool(screen.text) and screen.answered == screen.text and not screen.hits


def search_told(screen: Searching, say: words.Say) -> str:
    """What stands where nothing is found yet, or nothing at all; "" where there is something to choose."""
    if screen.lost:
        return say("现在不能查找：请返回按类别选，或到咨询台。")
    if found_nothing(screen):
        return say("没有找到：请换个说法，或到咨询台问。")
    return "" if screen.hits else say("平常怎么叫就怎么拼，也可以用英文。")


def elsewhere(hit: Hit, language: str) -> str:
    """What the hall does not do, and where it is done."""
    where = hit.where.said(language) if hit.where else ""
    return words.say(language)("{matter}：本厅不办，请到{where}。").format(matter=hit.text.said(language), where=where)


def because(hit: Hit, say: words.Say, language: str) -> str:
    """The everyday word that fits, where the name does not say it itself."""
    name = hit.text.said(language)
    own = language == words.SOURCE and hit.said and hit.said not in name and not hit.said.isascii()
    return say("也叫：{word}").format(word=hit.said) if own else ""


def search_lines(screen: Searching, language: str) -> list[str]:
    """The page as sentences: what is typed, letter by letter, and what it may mean."""
    say = words.say(language)
    typed = say("已输入：{code}").format(code=" ".join(screen.text)) if screen.text else search_hint(say) + say("。")
    return [say("找事项") + say("。"), typed, *found_lines(screen, language)]


def found_lines(screen: Searching, language: str) -> list[str]:
    """What the word may mean, the best three, or that there is nothing."""
    say = words.say(language)
    found = [elsewhere(hit, language) if hit.where else hit.text.said(language) + say("。") for hit in screen.hits[:3]]
    return [*filter(None, [search_told(screen, say)]), *found]


# --- several items, and a telephone -----------------------------------------------------------------------------------


def packages_name(say: words.Say) -> str:
    return say("一件事一次办")


def question_hint(screen: Question, count: int, say: words.Say) -> str:
    return say("第 {n} 问，共 {all} 问").format(n=screen.at + 1, all=count) if count > 1 else say("点“是”或“否”")


def adding_hint(names: list[str], say: words.Say) -> str:
    if not names:
        return say("先点一类，再点要办的事")
    return say("已选：{list}").format(list=say("、").join(names))


def texting_title(screen: Texting, say: words.Say) -> str:
    return say("再加家人的手机号") if screen.relative else say("快到时短信告诉您")


def texting_hint(say: words.Say) -> str:
    return say("前面还有两三位时发一条短信，不填也照样叫号。")


def telephone_kept(say: words.Say) -> str:
    return say("号码只用来发提醒，办完就删。")


def telephone_wrongs(say: words.Say) -> list[str]:
    """Every sentence there may be of a wrong number."""
    return [telephone_said(wrong, 8, say) for wrong in ("none", "begins", "short")]


def telephone_wrong(screen: Texting, say: words.Say) -> str:
    return telephone_said(screen.wrong, mobile.DIGITS - len(screen.digits), say)


def telephone_said(wrong: str, left: int, say: words.Say) -> str:
    """What is wrong with a number that is typed, and what to do."""
    return {
        "none": say("请先输入手机号，再点“确定”；不需要的，点“返回”。"),
        "begins": say("手机号是1开头、第二位3到9：请删掉重新输入。"),
        "short": say("手机号是11位，还差 {n} 位：请接着输入。").format(n=left),
    }[wrong]


def texted(screen: Ticketed, say: words.Say, *, aloud: bool = False) -> str:
    """What was left with a number here; "" for nothing. `aloud`: a voice says no stars."""
    ends = [
        say("尾号 {digits}").format(digits=" ".join(one.masked[-4:])) if aloud else one.masked for one in screen.left
    ]
    told = [say("快到时发短信到 {numbers}").format(numbers=say("、").join(ends))]
    told = told if screen.left else []
    return say("；").join([*told, *([say("叫号时请看屏幕闪烁")] if screen.by_sight else [])])


# --- codes and cards --------------------------------------------------------------------------------------------------


def entering_title(screen: Entering, say: words.Say) -> str:
    titles = {
        "booked": say("我有预约"),
        "pickup": say("我要领件"),
        "progress": say("办件进度"),
        "rate": say("评价服务"),
    }
    return titles[screen.purpose]


def entering_hint(screen: Entering, say: words.Say, *, short: bool = False) -> str:
    """How to enter a code; `short` where a key says what to do without one."""
    if screen.purpose == "booked":
        return say("请把预约码对准扫码口，或者在这里输入。")
    if screen.purpose == "progress":
        return say("请把受理凭证上的码对准扫码口，或者在这里输入。")
    if screen.purpose == "rate":
        return say("办完了？请把号票上的码对准扫码口，或者在这里输入。")
    if short:
        return say("请把领件码对准扫码口，或者在这里输入。")
    return say("请把领件码对准扫码口，或者在这里输入。没有码，可以直接取号。")


def notice_lines(say: words.Say, *, age: int = 0) -> tuple[str, str, str]:
    """What is read from a card, why, and for how long it is kept. `age`: from which it gives the green channel."""
    read = say("读什么：只读身份证号码，用来核对今天取过几个号。")
    if age:
        read = say("读什么：只读身份证号码，核对今天取过几个号，并看是否满{n}岁，可走绿色通道。").format(n=age)
    return (
        read,
        say("为什么：有些事项每人每天取号有限，让大家公平排队。"),
        say("留多久：完整号码不保存，只留加密的记号和打星号的号码，过了今天就清除。"),
    )


def state_text(found: LookedUp, say: words.Say) -> str:
    """How an appointment stands, in two or three words."""
    return {
        "early": say("来早了"),
        "ready": say("可以签到"),
        "late": say("已过预约时间"),
        "checked_in": say("已签到"),
        "other_day": say("不是今天"),
        "closed": say("今天不办理"),
    }.get(found.state, "")


def result_facts(found: LookedUp, language: str, zone: tzinfo | None) -> list[Fact]:
    """The appointment: what for, and when; the case: which, how far, and by when it was promised."""
    say, booking = words.say(language), found.booking
    if found.case:
        return _case_facts(found.case, say, language)
    if booking is None:
        return []
    what = booking.service.text.said(language)
    facts = [("list", say("事项"), what)]
    if booking.slot:
        slot = booking.slot.astimezone(zone) if zone else booking.slot
        facts.append(("calendar", say("预约时间"), f"{date_line(language, slot)} {slot:%H:%M}"))
    state = state_text(found, say)
    return [*facts, ("check", say("状态"), state)] if state else facts


def _case_facts(case: CaseProgress, say: words.Say, language: str) -> list[Fact]:
    facts = [("list", say("办件编号"), case.number), ("check", say("办到哪一步"), case.step.said(language))]
    if case.due:
        due = datetime(case.due.year, case.due.month, case.due.day)
        facts.append(("calendar", say("承诺办结"), date_line(language, due)))
    return facts


# --- a ticket ---------------------------------------------------------------------------------------------------------


def ticket_facts(ticket: Ticket, say: words.Say, language: str, *, short: bool = False) -> list[Fact]:
    """People ahead, expected wait, counters; a number that no longer waits has nobody ahead and no wait. `short`: the
    wait without its time on the clock, which the paper says too.
    """
    if ticket.state != "waiting":
        return []
    if ticket.offline:
        return [("clock", say("脱机号"), say("按取号时间排队"))]
    ahead = say("{n} 人").format(n=ticket.ahead) if ticket.ahead else say("您是下一位")
    counters = ticket.where_to.said(language)
    rows = [
        ("one", say("前面等候"), ahead),
        ("clock", say("预计等候"), turn_text(say, ticket.estimate_min, None if short else ticket.estimate_at)),
        ("counter", say("叫号窗口"), counters),
    ]
    return [row for row in rows if row[2]]


def code_words(ticket: Ticket, say: words.Say) -> tuple[str, str]:
    """What the code for a telephone is for; one taken offline opens nothing before the hub is back."""
    if ticket.offline:
        return say("网络恢复后扫码看排队"), say("现在还打不开；不扫也照常叫号")
    return say("手机扫码，看前面还有几人"), say("不用下载，不用登录；不扫也照常叫号")


def ticket_advice(screen: Ticketed, say: words.Say, language: str) -> tuple[str, str, str]:
    """(icon, headline, what to do) for what became of the paper; where another printer took over, where that is."""
    if where := screen.ticket.print.origin.said(language):
        return "ticket", say("请到“{where}”取号票").format(where=where), say("这台机器现在打不了，号票从那里打出")
    if screen.ticket.offline and screen.ticket.print.state in ("failed", "none"):
        return "camera", say("请记住这个号，或用手机拍下来"), say("没有小票，号码一样有效：听叫号或看大屏")
    match screen.ticket.print.state:
        case "none" if not screen.paper:
            return "camera", say("请记住号码"), say("请留意大屏和广播叫号")
        case "printed":
            return "ticket", say("请取走号票"), say("请留意大屏和广播叫号")
        case "sent":
            return "ticket", say("请取走号票"), say("没有出纸？请记住号码，到咨询台补打")
        case "failed":
            return "camera", say("号票没有打印出来，号码仍然有效"), say("请记住号码或拍照，到咨询台补打")
        case "unknown":
            return "camera", say("请看看号票出来没有"), say("没有的话，请记住号码或拍照，到咨询台补打")
        case "none":
            return "camera", say("请记住号码或拍照"), say("需要纸质号票，请到咨询台补打")
    if screen.slow:
        return "printer", say("打印有点慢，请再等一等"), say("也可以记住号码或拍照，到咨询台补打")
    return "printer", say("正在打印，请取走号票"), say("请留意大屏和广播叫号")


def _slip_advice(screen: Listed, say: words.Say, language: str) -> tuple[str, str, str]:
    """The same for a booking's slip: whoever has the code needs none."""
    instead = say("请记下预约码，或到咨询台打印")
    if where := screen.slip.print.origin.said(language):
        return "check", say("请到“{where}”取凭条").format(where=where), say("这台机器现在打不了，凭条从那里打出")
    match screen.slip.print.state:
        case "printed" | "sent":
            return "check", say("请取走预约凭条"), say("上面有日期、时间、要带的材料和预约码")
        case "failed" | "none" | "unknown":
            return "camera", say("预约凭条可能没有打印出来"), instead
    if screen.slow:
        return "printer", say("打印有点慢，请再等一等"), instead
    return "printer", say("正在打印预约凭条"), say("请在出票口等一等，取走再离开")


def list_advice(screen: Listed, say: words.Say, language: str) -> tuple[str, str, str]:
    """As `ticket_advice`, for a list of what to bring: nothing is lost without it, so the desk or a photograph will
    do.
    """
    if isinstance(screen.origin, Result):
        return _slip_advice(screen, say, language)
    desk = say("可以到咨询台打印，或用手机拍下要带的材料")
    if where := screen.slip.print.origin.said(language):
        return "check", say("请到“{where}”取清单").format(where=where), say("这台机器现在打不了，清单从那里打出")
    match screen.slip.print.state:
        case "printed":
            return "check", say("请取走材料清单"), say("照着清单备齐，少跑一趟")
        case "sent":
            return "check", say("请取走材料清单"), say("没有出纸？可以到咨询台打印，或用手机拍下要带的材料")
        case "failed" | "none":
            return "camera", say("材料清单没有打印出来"), desk
        case "unknown":
            return (
                "camera",
                say("请看看清单出来没有，是否完整"),
                say("没有的话，可以到咨询台打印，或用手机拍下要带的材料"),
            )
    if screen.slow:
        return "printer", say("打印有点慢，请再等一等"), say("也可以到咨询台打印，或用手机拍下要带的材料")
    return "printer", say("正在打印材料清单"), say("请在出票口等一等，取走再离开")
