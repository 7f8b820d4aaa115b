"""A number's life in sentences: every event that can be about a ticket, slips as one line, what was taken back
marked.
"""

from __future__ import annotations

from dataclasses import dataclass

import config
from server.domain import events as ev
from server.domain import timeline
from server.verbs import calls, counters, tickets, today
from server.verbs.hub import By, Hub
from tests.conftest import MONDAY_9, HandClock

NAMES = {"08": "王敏", "30": "林芳"}

NEVER_OF_A_TICKET = {
    "ForesightLearnt",
    "PadPressed",
    "ReportMade",
    "CounterOpened",
    "CounterTakenOver",
    "PanicRaised",
    "PanicAnswered",
    "SkillsSet",
    "CounterPaused",
    "CounterResumed",
    "CounterClosed",
    "CounterBound",
    "CounterUnbound",
    "HelpAsked",
    "HelpAnswered",
    "BookingsTaken",
    "SlotBooked",
    "SlotChanged",
    "SlotCancelled",
    "SlotListed",
    "SlotOffered",
    "SlotTelephoneGiven",
    "SlotTelephoneErased",
    "BookingsWithdrawn",
    "ServiceClosed",
    "ServiceReopened",
    "HallClosed",
    "HallReopened",
    "FirstContactClosed",
    "DayTurned",
    "RatingsDrawn",
    "NumbersDrawn",
    "FileExported",
    "IssuingChanged",
    "OnlineTold",
    "ClockSet",
    "EmergencyBegan",
    "EmergencyEnded",
    "DeviceChanged",
    "VisitsImported",
    "ImportWithdrawn",
    "StaffChanged",
    "LoginRefused",
    "PasswordSet",
    "StaffUnlocked",
    "SecondFactorSet",
    "SecondFactorEnded",
    "RecoveryCodeUsed",
    "ApiTokenMade",
    "ApiTokenEnded",
    "DeviceEnrolled",
    "DeviceRenamed",
    "DeviceLocked",
    "DeviceUnlocked",
    "TokenEnded",
    "PostSet",
    "PostEnded",
    "SubstitutionBegan",
    "SubstitutionApproved",
    "SubstitutionRefused",
    "SubstitutionEnded",
    "ManningSet",
    "RosterSet",
    "HalfDaysSet",
    "RegulationIssued",
    "RegulationRead",
    "TrainingHeld",
    "Punched",
    "PunchCorrected",
    "HalfDayFound",
    "LeaveBooked",
    "MonthSigned",
    "PunchKeySet",
    "RemoteTaken",
    "RemoteRenewed",
    "RemoteLeft",
    "RecordMoved",
    "RecordCorrected",
    "RecordErased",
    "DuesMoved",
    "GuidesChanged",
    "ConfigChanged",
    "CircularAnswered",
    "EpochBegan",
    "EndMissed",
    "NumbersLeased",
    "OfflineEntered",
}


@dataclass(frozen=True)
class Line:
    """A row of the journal, as a test writes it."""

    seq: int
    at: float
    event: str
    actor: str
    counter: str | None
    what: ev.Event

    def happened(self) -> ev.Event:
        return self.what


def rows(*told: tuple[str, ev.Event]) -> list[Line]:
    return [Line(n, MONDAY_9 + 60 * n, e.name, actor, e.counter, e) for n, (actor, e) in enumerate(told, start=1)]


def issued(**more: object) -> ev.Issued:
    fields = {
        "ticket": 1,
        "day": "2026-11-23",
        "prefix": "A",
        "number": 12,
        "service": "SB01",
        "klass": "ordinary",
        "channel": "kiosk",
        "rank": MONDAY_9,
        **more,
    }
    return ev.Issued(**fields)  # type: ignore[arg-type]


def sentences(hub: Hub, ticket: int) -> list[str]:
    return [line["zh"] for line in timeline.lines(hub.hall, hub.read().life_line(ticket), NAMES)]


def test_every_event_is_of_a_ticket_with_a_sentence_or_never_of_one() -> None:
    told = {kind.__name__ for kind in timeline.SENTENCES}
    assert told | NEVER_OF_A_TICKET == set(ev.VOCABULARY)
    assert not told & NEVER_OF_A_TICKET


MOMENTS = [
    (
        "Issued",
        issued(),
        "在取号机取号A012：社会保障卡申领(个人社会保险登记)，普通。",
        "A012 taken at a kiosk: Social security card (personal registration), Ordinary.",
    ),
    (
        "Issued",
        issued(channel="desk", klass="appointment", slot=MONDAY_9 + 1800, appointment="Y-7"),
        "由工作人员取号A012：社会保障卡申领(个人社会保险登记)，预约，预约时段09:30，预约号Y-7。",
        "slot 09:30, appointment Y-7.",
    ),
    (
        "Called",
        ev.Called(
            ticket=1,
            counter="3",
            staff="08",
            why="按取号先后轮到，已等候5分钟。",
            why_en="Next in order of coming; waited 5 min.",
        ),
        "3号窗口呼叫：按取号先后轮到，已等候5分钟。",
        "Called to Counter 3: Next in order of coming; waited 5 min.",
    ),
    ("Called", ev.Called(ticket=1, counter="3"), "3号窗口呼叫。", "Called to Counter 3."),
    (
        "Recalled",
        ev.Recalled(ticket=1, counter="3"),
        "3号窗口再次呼叫（第1次）。",
        "Called again to Counter 3 (call 1).",
    ),
    ("Started", ev.Started(ticket=1, counter="3"), "到3号窗口，开始办理。", "At Counter 3, service begins."),
    (
        "Suspended",
        ev.Suspended(ticket=1, counter="3", kind="kept"),
        "在3号窗口挂起（持件）：材料留在窗口，回来后到原窗口办理。",
        "Suspended at Counter 3",
    ),
    (
        "Suspended",
        ev.Suspended(ticket=1, counter="3", kind="away"),
        "在3号窗口挂起（不持件）：本人带走材料，回来后任一窗口可办。",
        "any counter",
    ),
    (
        "Suspended",
        ev.Suspended(ticket=1, counter="3", kind="errand"),
        "在3号窗口挂起（等待）：暂时离开，回来后到原窗口办理。",
        "errand",
    ),
    (
        "Resumed",
        ev.Resumed(ticket=1, counter="3", staff="08"),
        "回到3号窗口，继续办理。",
        "Back at Counter 3, service goes on.",
    ),
    (
        "Transferred",
        ev.Transferred(ticket=1, service="YB01", target="", rank=MONDAY_9, reason="事项不符"),
        "转移：从“社会保障卡申领(个人社会保险登记)”到“",
        "(Another matter).",
    ),
    (
        "Transferred",
        ev.Transferred(ticket=1, service="SB01", target="counter:3", rank=1.0, reason="设备故障"),
        "转移，指定3号窗口，排到队尾（设备故障）。",
        "Transferred, for Counter 3 alone, to the end of the queue (Equipment fault).",
    ),
    (
        "Transferred",
        ev.Transferred(ticket=1, service="SB01", target="staff:08", rank=MONDAY_9, reason="指定人员办理"),
        "转移，指定王敏（08），保留原次序（指定人员办理）。",
        "for 王敏 (08) alone, place kept",
    ),
    (
        "Transferred",
        ev.Transferred(ticket=1, service="SB01", target="", rank=MONDAY_9, reason="窗口关闭"),
        "转回大厅队列，保留原次序（窗口关闭）。",
        "Moved back to the hall's queue, place kept (counter closed).",
    ),
    (
        "AgendaSet",
        ev.AgendaSet(ticket=1, day="2026-11-23", package="moving", items=("GA01", "YB01")),
        "新居民落脚一件事，共2项：流动人口居住登记/居住证受理(与派出所)、城乡居民基本医疗保险参保登记。",
        "Moving here, 2 items: Residence registration and permit; Join the residents' basic medical insurance.",
    ),
    (
        "AgendaSet",
        ev.AgendaSet(ticket=1, day="2026-11-23", package="", items=("GA01", "YB01")),
        "一号联办，共2项：",
        "Several items with one number, 2 items: ",
    ),
    (
        "ItemSettled",
        ev.ItemSettled(ticket=1, counter="3", service="YB01", outcome="受理待办"),
        "在3号窗口办理“城乡居民基本医疗保险参保登记”：受理待办。",
        "Join the residents' basic medical insurance at Counter 3: Accepted.",
    ),
    (
        "Raised",
        ev.Raised(ticket=1, rank=1.0, reason="老年人"),
        "经批准优先，排到队首（老年人）。",
        "Raised by permission to the head of the queue (Elderly).",
    ),
    ("GaveWay", ev.GaveWay(ticket=1, rank=1.0, behind=2), "本人让号：排到接下来的2位之后。", "Gave way to the next 2."),
    ("OnTheWay", ev.OnTheWay(ticket=1), "本人告知：正在赶来。", "Said to be on the way."),
    (
        "Finished",
        ev.Finished(ticket=1, counter="3", outcome="补正"),
        "在3号窗口办结，结果：补正；办理事项：社会保障卡申领(个人社会保险登记)。",
        "Finished at Counter 3: To be completed; done: Social security card",
    ),
    (
        "Finished",
        ev.Finished(ticket=1, counter="3", outcome="咨询", items=("SB01", "XX")),
        "(个人社会保险登记)、XX。",
        "; XX.",
    ),
    (
        "Passed",
        ev.Passed(ticket=1, counter="3"),
        "过号：3号窗口共呼叫0次，没有人到窗。",
        "Passed: Counter 3 called 0 times and nobody came.",
    ),
    (
        "Returned",
        ev.Returned(ticket=1, rank=1.0),
        "过号受理：重新排入队列，按规定排在接下来的2位之后。",
        "behind the next 2.",
    ),
    ("Left", ev.Left(ticket=1), "弃号：本人不再办理。", "Left: the visitor withdrew."),
    ("Expired", ev.Expired(ticket=1), "当日办理结束，号码作废。", "The day's service ended; the number expired."),
    ("TelephoneGiven", ev.TelephoneGiven(ticket=1, given={"own": "0a"}), "留了联系方式", "Left an address"),
    ("TelephoneErased", ev.TelephoneErased(ticket=1, fields=("own",), reason="ended"), "号码已结束", "it has ended"),
    ("BySightSet", ev.BySightSet(ticket=1, by_sight=True), "听障提示", "shown longer and blinking"),
    (
        "Notified",
        ev.Notified(ticket=1, occasion="near", field="relative", channel="modem", outcome="stale"),
        "提醒家属“快到您了”：过时未发（modem）。",
        "'Turn is near' (relative's): too late, not sent (modem).",
    ),
    (
        "NotificationArrived",
        ev.NotificationArrived(ticket=1, occasion="called", field="own", arrived=True),
        "提醒“正在叫号”已送达。",
        "'Called' arrived.",
    ),
    (
        "WaitTold",
        ev.WaitTold(ticket=1, low=10, high=15, middle_s=700.0, source="model"),
        "取号时告知约等候10–15分钟（按排队推演，并按本厅以往的实际等候校正）。",
        "Told a wait of 10–15 min when it was taken (the line played forward, corrected by what came true here).",
    ),
    (
        "RatingInvited",
        ev.RatingInvited(ticket=1, counter="3", leg=1),
        "在3号窗口邀请评价。",
        "Asked to rate at Counter 3.",
    ),
    (
        "PrintQueued",
        ev.PrintQueued(ticket=1, job=1, printers=("p80",), copy=1),
        "号票等待打印。",
        "The slip is waiting for its printer.",
    ),
    (
        "FirstContactNoted",
        ev.FirstContactNoted(ticket=1, contact=1, matter="养老认证", result="led", led_to="3号窗口"),
        "首问登记：养老认证，引导→3号窗口。",
        "First contact: 养老认证; led to a counter → 3号窗口.",
    ),
    (
        "RecordOpened",
        ev.RecordOpened(
            ticket=1,
            counter="3",
            record=5,
            register="case",
            version=1,
            number="BJ20261123-005",
            move="receive",
            state="received",
            kind="open",
            values={},
        ),
        "在3号窗口立件BJ20261123-005。",
        "BJ20261123-005 was opened at Counter 3.",
    ),
    (
        "RatingAppended",
        ev.RatingAppended(ticket=1, counter="3", leg=1, level=2, source="code"),
        "追评：不满意。",
        "Second thoughts: dissatisfied.",
    ),
    (
        "NoticeIssued",
        ev.NoticeIssued(ticket=1, counter="3", service="SB01", missing=("照片", "委托书"), staff="08", job=5),
        "3号窗口一次性告知（社会保障卡申领(个人社会保险登记)）：缺照片、委托书。",
        "Told at Counter 3 what is missing (Social security card (personal registration)): 2 things.",
    ),
    (
        "NoticeIssued",
        ev.NoticeIssued(
            ticket=1, counter="3", service="SB01", missing=("照片",), staff="08", job=6, told=2, reason="照片过期"
        ),
        "，第2次：缺照片；照片过期。",
        ", time 2): 1 thing.",
    ),
    (
        "ServedOffline",
        ev.ServedOffline(
            ticket=1,
            counter="3",
            staff="08",
            called=MONDAY_9 + 300,
            ended=MONDAY_9 + 900,
            state="finished",
            outcome="done",
        ),
        "停机期间在3号窗口：09:05呼叫，09:15结束，现场办结；此时补录。",
        "While no machine ran, at Counter 3: called at 09:05, ended at 09:15, done; entered now.",
    ),
]


def test_each_event_says_what_happened(hall: config.Hall) -> None:
    for name, event, zh, en in MOMENTS:
        told = rows(("K1", event)) if name == "Issued" else rows(("K1", issued()), ("08", event))
        line = timeline.lines(hall, told, NAMES)[-1]
        assert line["event"] == name
        assert zh in line["zh"], line["zh"]
        assert en in line["en"], line["en"]
    assert {name for name, *_ in MOMENTS} | {"Undone", "Imported", "PrintBegan", "PrintEnded", "Rated"} == {
        kind.__name__ for kind in timeline.SENTENCES
    }


def test_who_did_it(hall: config.Hall) -> None:
    for actor, zh, en in [
        ("08", "王敏 08", "王敏 08"),
        ("K1", "1号取号机", "Kiosk 1"),
        ("hub", "系统", "System"),
        ("spool", "系统", "System"),
        ("p58", "咨询台打印机（58毫米）", "Guide desk printer"),
        ("77", "77", "77"),
    ]:
        assert timeline.who_did(hall, NAMES, actor) == (zh, en)


def test_a_slip_is_one_line_that_says_what_became_of_it(hall: config.Hall) -> None:
    queued, began = (
        ev.PrintQueued(ticket=1, job=1, printers=("p80",), copy=1),
        ev.PrintBegan(ticket=1, job=1, printer="p80"),
    )
    failed = ev.PrintEnded(ticket=1, job=1, printer="p80", state="failed", reason="缺纸。")
    again = ev.PrintQueued(ticket=1, job=2, printers=("p58",), copy=2)
    done = ev.PrintEnded(ticket=1, job=2, printer="p58", state="printed")
    told = rows(("K1", issued()), ("K1", queued), ("p80", began), ("p80", failed), ("30", again), ("p58", done))
    lines = timeline.lines(hall, told, NAMES)
    assert [(line["seq"], line["zh"], line["who"]) for line in lines[1:]] == [
        (4, "号票没有打印出来，取号机打印机（80毫米）：缺纸。", "1号取号机"),
        (6, "补打的第2张号票已打印，咨询台打印机（58毫米）。", "林芳 30"),
    ]
    assert lines[2]["en"] == "Reprint of the slip (copy 2) was printed – Guide desk printer."
    notice = ev.PrintQueued(ticket=1, job=3, printers=("p80",), copy=2, kind="notice")
    assert (
        timeline.lines(hall, rows(("K1", issued()), ("30", notice)), NAMES)[-1]["zh"]
        == "补打的第2张一次性告知单等待打印。"
    )
    assert timeline.lines(hall, told[:3], NAMES)[-1]["zh"] == "号票正在打印，取号机打印机（80毫米）。"
    assert [line["zh"] for line in timeline.lines(hall, told[3:4], NAMES)] == [
        "号票没有打印出来，取号机打印机（80毫米）：缺纸。"
    ]


def test_why_a_slip_failed_in_both_languages() -> None:
    refused = ("打印机连接不上：对方拒绝连接", "the printer cannot be reached: the other side refuses the connection")
    for kept in ("打印机连接不上：[Errno 111] Connection refused", "打印机连接不上：Connection refused", refused[0]):
        assert timeline.paper_reason(kept) == refused
    assert (
        timeline.paper_reason("打印机缺纸，请换上新纸卷并合上盖子。")[1]
        == "Out of paper: put in a new roll and close the cover."
    )
    assert timeline.paper_reason("墨用完了") == ("墨用完了", "")
    assert timeline.paper_reason("") == ("", "")


def test_an_imported_visit(hall: config.Hall) -> None:
    visit = ev.Imported(
        ticket=1,
        counter="3",
        day="2026-11-20",
        service="SB01",
        klass="ordinary",
        staff=None,
        state="finished",
        arrived=MONDAY_9,
        called=MONDAY_9 + 300,
        last_called=None,
        started=None,
        ended=MONDAY_9 + 900,
        calls=1,
        outcome=None,
    )
    line = timeline.lines(hall, rows(("hub", visit)), NAMES)[0]
    assert line["zh"] == "从原系统导入：09:00到厅，09:05呼叫，09:15结束（已办结）。"
    assert line["en"] == "Imported from another system: came at 09:00, called at 09:05, ended at 09:15 (finished)."


def test_a_whole_life_through_the_hub(hub: Hub, clock: HandClock) -> None:
    counters.open_counter(hub, By("08"), "3", staff="08")
    first = tickets.issue(hub, By("kiosk"), "SB01")
    clock.forward(300)
    calls.call_next(hub, By("08"), "3")
    calls.recall(hub, By("08"), "3")
    calls.pass_(hub, By("08"), "3")
    tickets.take_back(hub, By("30"), first.id)
    clock.forward(20)
    tickets.undo(hub, By("30"), ticket=first.id)
    today.note_contact(hub, By("30"), "问材料", "answered", ticket=first.id)
    rows = hub.read().life_line(first.id)
    lines = timeline.lines(hub.hall, rows, NAMES)
    why = rows[1].happened()
    assert isinstance(why, ev.Called)
    assert why.why
    assert [(line["zh"], line["undone"]) for line in lines] == [
        ("在取号机取号A001：社会保障卡申领(个人社会保险登记)，普通。", False),
        ("3号窗口呼叫：按取号先后轮到，已等候5分钟。", False),
        ("3号窗口再次呼叫（第2次）。", False),
        ("过号：3号窗口共呼叫2次，没有人到窗。", False),
        ("过号受理：重新排入队列，按规定排在接下来的2位之后。", True),
        ("撤销09:05的“过号受理”，恢复为：已过号。", False),
        ("首问登记：问材料，解决。", False),
    ]
    assert [line["at"] - MONDAY_9 for line in lines] == [0, 300, 300, 300, 300, 320, 320]
    assert lines[5]["en"] == "Undone: “Returned” of 09:05; as before, the number was passed."


def test_back_from_a_suspension_keeps_the_place(hub: Hub) -> None:
    counters.open_counter(hub, By("08"), "3", staff="08")
    ticket = tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("08"), "3")
    calls.start(hub, By("08"), "3")
    calls.suspend(hub, By("08"), "3", "away")
    tickets.take_back(hub, By("30"), ticket.id)
    assert sentences(hub, ticket.id)[-1] == "挂起后回到等候队列，保留原次序。"


def rated(level: int, **more: object) -> ev.Rated:
    return ev.Rated(ticket=1, counter="3", leg=1, level=level, source=str(more.pop("source", "窗口评价器")), **more)  # type: ignore[arg-type]


def test_a_rating_is_told_once_the_number_is_over(hall: config.Hall) -> None:
    served = [
        ("K1", issued()),
        ("08", ev.Called(ticket=1, counter="3", staff="08")),
        ("08", ev.Started(ticket=1, counter="3")),
        ("rater 1", rated(2)),
    ]
    assert "Rated" not in [line["event"] for line in timeline.lines(hall, rows(*served), NAMES)]
    finished = ev.Finished(ticket=1, counter="3", outcome="咨询")
    over = [
        *served,
        ("08", finished),
        ("hub", rated(4, source="默认", default=True)),
        ("web", rated(1, options=("101",))),
    ]
    told = [
        (line["zh"], line["en"], line["who"])
        for line in timeline.lines(hall, rows(*over), NAMES)
        if line["event"] == "Rated"
    ]
    assert told == [
        ("评价：不满意（窗口评价器）。", "Rated: dissatisfied, rater at the counter.", "本人"),
        ("到期未评价，默认满意。", "Not rated in time: satisfied by default.", "系统"),
        (
            "评价：非常不满意（选项101）（窗口评价器）。",
            "Rated: very dissatisfied (options 101), rater at the counter.",
            "web",
        ),
    ]
