"""What the manager should act on now: the hall's situation -> alerts in order of urgency, one sentence each with what
to do.

Pure: plain data in, no clock, no store. An alert is a state and not a happening: it is there while its cause is, and
never twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from config import Hall, Text
from server.domain import estimate, forecast, order, rules
from server.domain.ends import End
from server.domain.forecast import Queue
from server.domain.order import Profile
from server.domain.private_line import Concern
from server.domain.rating import LEVELS as SATISFACTION
from server.domain.self_check import wanted_at
from server.domain.snapshot import Delivery
from server.domain.ticket import Counter, Ticket, service_seconds
from server.domain.timeline import paper_reason
from server.domain.worktime import day_span

Level = Literal["bad", "warn", "info"]
Span = tuple[float, float]

NOTHING = Text("", "")
LEVELS = ("bad", "warn", "info")
KINDS = (
    "panic",
    "clock",
    "store",
    "help",
    "rating",
    "stranded",
    "wait",
    "forecast",
    "crowded",
    "understaffed",
    "unfinished",
    "kiosk",
    "printer",
    "unmanned",
    "manning",
    "idle",
    "appointment",
    "paper",
    "forgotten",
    "long",
    "unanswered",
    "slow",
    "board",
    "pad",
    "rater",
    "voice",
    "suspended",
    "substitution",
    "report",
    "backup",
    "link",
    "channel",
    "until",
    "config",
    "certificate",
)
"""Every kind of alert, the most urgent of one level first."""

FEW_S = 300.0
"""Fewer counters than a manager wanted may be open for so long: people come back from a break."""
IDLE_S = 120.0
"""People may wait for a free counter, or for one to open, for so long before somebody should look."""
LATE_S = 300.0
"""So long after its slot an appointment should have been called."""
KEPT_S = 30 * 60.0
"""A file that is kept for a suspended number should not lie longer."""
SLOW = 3
"""A service over so many times its standard minutes."""
CONTACT_S = 3600.0
"""Vendors' first contact after a 差评; from then on it is said to be late (docs/wording.md 7.4)."""
SILENT_S = 60.0
"""A device that has said nothing for so long is not there."""

GONE: dict[str, Text] = {
    "kiosk": Text("没有连接：请检查取号机的电源和网线", "is not connected: check its power and network"),
    "printer": Text("没有消息：请检查打印服务", "has said nothing: check the printing service"),
    "board": Text("没有消息：请检查窗口屏程序是否运行", "has said nothing: check that the boards' program runs"),
    "pad": Text("没有消息：请检查窗口屏程序是否运行", "has said nothing: check that the boards' program runs"),
    "rater": Text("没有消息：请检查窗口屏程序是否运行", "has said nothing: check that the boards' program runs"),
    "boards": Text("没有消息：请启动窗口屏程序", "has said nothing: start the boards' program"),
    "channel": Text("没有消息：请查看系统日志", "has said nothing: look at the log"),
}
"""What is said of a device that is silent, and what to do."""


@dataclass(frozen=True)
class Alert:
    """One thing to act on.

    `subject` is `what:which` (counter:2, ticket:17, device:printer p80); `since` epoch seconds.
    """

    kind: str
    level: Level
    text: Text
    subject: str
    since: float

    @property
    def about(self) -> tuple[str, str]:
        """`subject` taken apart."""
        what, _, which = self.subject.partition(":")
        return what, which


@dataclass(frozen=True)
class Device:
    """A printer, board or kiosk, or `boards`, their program; `id` is its name in the journal.

    `state` unknown: silent since then.
    """

    id: str
    kind: str
    name: Text
    state: str
    said: Text
    since: float

    @property
    def well(self) -> bool:
        return self.state in ("ok", "ready")

    @property
    def works(self) -> bool:
        return self.well or self.state == "near_end"


@dataclass(frozen=True)
class Least:
    """So many of some counters should be open now, since the half hour began (epoch seconds)."""

    counters: Sequence[str]
    least: int
    since: float


@dataclass(frozen=True)
class Manned:
    """A counter that somebody should be at since a moment: `who` names the person, if one is named."""

    counter: str
    since: float
    who: Text | None = None


@dataclass(frozen=True)
class StandIn:
    """A substitution that nobody has decided about."""

    id: int
    counter: str
    who: Text
    reason: Text
    since: float


@dataclass(frozen=True)
class Uncontacted:
    """A 差评 of which nobody has said that its visitor was reached, or could not be: its record, number and counter."""

    record: int
    label: str
    counter: str
    level: int
    since: float


@dataclass(frozen=True)
class Situation:
    """The hall now. Times are epoch seconds; `hours` are the spans of today in which waiting counts."""

    hours: Sequence[Span]
    open_now: bool
    counters: Mapping[str, Counter]
    held: Mapping[str, Ticket] = field(default_factory=dict)
    """What each counter has called or is serving."""
    heads: Sequence[Ticket] = ()
    """The first of each line who may be called by now, and of each open counter, as order.choose wants them."""
    lines: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """How many wait by (target, service), but for appointments before their time."""
    queues: Sequence[Queue] = ()
    """The lines that somebody waits in and an open counter calls from."""
    opening: Sequence[Span] = ()
    """Today's opening intervals, to the last closing."""
    longest: Ticket | None = None
    over: int = 0
    """How many have waited longer than the pledge."""
    last_act: Mapping[str, float] = field(default_factory=dict)
    suspended: Sequence[Ticket] = ()
    spoilt: Sequence[tuple[Ticket, str, float]] = ()
    """Numbers without paper: why, and since when."""
    papers: Sequence[tuple[int, Text, Text, str, float]] = ()
    """Other slips that nobody holds: job, what it is, who asked for it, why, and since when."""
    devices: Sequence[Device] = ()
    kiosks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Device id of each kiosk -> those of its printers."""
    manned: Sequence[Manned] = ()
    least: Sequence[Least] = ()
    """How many counters a manager wants at least now."""
    stand_ins: Sequence[StandIn] = ()
    bad_ratings: Sequence[Uncontacted] = ()
    """差评 whose visitors nobody has tried to reach."""
    undelivered: Sequence[Delivery] = ()
    """Reports that could not be made, put into the folder or mailed."""
    clock: Text = NOTHING
    """What is wrong with the hub's clock, if anything is."""
    store: Sequence[tuple[str, Level, Text]] = ()
    """What is wrong with the database or its disk: which, how bad, and what to do."""
    backups: Sequence[tuple[str, Level, Text, float]] = ()
    """What is wrong with the backups: which, how bad, what to do, since when."""
    links: Sequence[tuple[str, Level, Text, float]] = ()
    """The same of links to other systems."""
    ends: Sequence[End] = ()
    """What ends soon, or has ended."""
    description: Sequence[tuple[str, Text, float]] = ()
    """What of the hall's file waits for somebody: which, what to do, since when."""
    certificate: Sequence[Concern] = ()
    """What is to be said of the line to other machines and its certificate."""


def alerts(hall: Hall, situation: Situation, now: float) -> list[Alert]:
    """Everything to act on, the most urgent first; the same situation gives the same list."""
    sources = (
        _panic,
        _clock,
        _store,
        _help,
        _ratings,
        _stranded,
        _wait,
        _forecast,
        _crowded,
        _understaffed,
        _unfinished,
        _unmanned,
        _manning,
        _idle,
        _appointment,
        _paper,
        _called,
        _slow,
        _devices,
        _suspended,
        _substitutions,
        _reports,
        _backups,
        _links,
        _ends,
        _config,
        _certificate,
    )
    found = {(a.kind, a.subject): a for source in sources for a in source(hall, situation, now)}
    return sorted(found.values(), key=lambda a: (LEVELS.index(a.level), KINDS.index(a.kind), a.since, a.subject))


# --- how long somebody has waited -------------------------------------------------------------------------------------


def waits_from(ticket: Ticket) -> float:
    """When the waiting began: in the queue it is in, and not before an appointment's slot."""
    return max(ticket.entered_at, ticket.slot or 0.0)


def waited_s(hours: Sequence[Span], since: float, now: float) -> float:
    """How long somebody has waited, seconds: the part of it that counts, as in the report."""
    return sum(max(0.0, min(end, now) - max(start, since)) for start, end in hours)


def border(hours: Sequence[Span], now: float, seconds: float) -> float | None:
    """Who has waited since this moment has waited so many seconds; None when nobody can have."""
    for start, end in reversed(hours):
        length = max(0.0, min(end, now) - start)
        if length >= seconds:
            return min(end, now) - seconds
        seconds -= length
    return None


# --- in words ---------------------------------------------------------------------------------------------------------


def _counters(hall: Hall, ids: Sequence[str]) -> Text:
    known = [hall.counters[c] for c in ids]
    return Text("、".join(c.name for c in known), ", ".join(c.name_en for c in known))


def _minutes(seconds: float) -> int:
    return int(seconds // 60)


def _length(minutes: int) -> Text:
    """Minutes as people say them: from two hours on hours and halves, which is all that can be foreseen."""
    if minutes < 120:
        return Text(f"{minutes}分钟", f"{minutes} min")
    halves = round(minutes / 30)
    return Text(f"{halves // 2}{'个半' if halves % 2 else ''}小时", f"{halves / 2:g} h")


def _people(n: int) -> str:
    return "1 person waits" if n == 1 else f"{n} people wait"


# --- who may call whom ------------------------------------------------------------------------------------------------


def reaches(mine: Profile, target: str, service: str) -> bool:
    """Whether a counter may call from a line, at once or once it helps."""
    return target in mine.targets and (bool(target) or mine.own(service) or mine.may_help(service))


def _profiles(hall: Hall, situation: Situation) -> dict[str, Profile]:
    return {c: order.profile(hall, counter) for c, counter in situation.counters.items()}


def _due(hall: Hall, ticket: Ticket, now: float) -> bool:
    return ticket.slot is None or bool(ticket.raised) or now >= ticket.slot - hall.tickets.appointment_early_min * 60


# --- one source of alerts each ----------------------------------------------------------------------------------------


def _panic(hall: Hall, s: Situation, now: float) -> Iterator[Alert]:
    for c, counter in s.counters.items():
        if counter.panic_at is not None:
            zh, en = _counters(hall, [c])
            yield Alert(
                "panic",
                "bad",
                Text(
                    f"{zh}静默报警：请立即不动声色地带人过去，处理完按“已处理”。",
                    f"{en} raised a silent alarm: go there at once with somebody and without a stir, then press Done.",
                ),
                f"counter:{c}",
                counter.panic_at,
            )


def _clock(hall: Hall, s: Situation, now: float) -> Iterator[Alert]:
    if s.clock.zh:
        yield Alert("clock", "bad", s.clock, "clock:hub", now)


def _store(hall: Hall, s: Situation, now: float) -> Iterator[Alert]:
    for which, level, text in s.store:
        yield Alert("store", level, text, f"store:{which}", now)


def _backups(hall: Hall, s: Situation, now: float) -> Iterator[Alert]:
    for which, level, text, since in s.backups:
        yield Alert("backup", level, text, f"backup:{which}", since)


def _links(hall: Hall, s: Situation, now: float) -> Iterator[Alert]:
    for which, level, text, since in s.links:
        yield Alert("link", level, text, f"link:{which}", since)


def _ends(hall: Hall, s: Situation, now: float) -> Iterator[Alert]:
    for one in s.ends:
        yield Alert("until", one.level, one.text, f"until:{one.what}", day_span(hall, one.since)[0])


def _config(hall: Hall, s: Situation, now: float) -> Iterator[Alert]:
    for which, text, since in s.description:
        yield Alert("config", "warn", text, f"config:{which}", since)


def _certificate(hall: Hall, s: Situation, now: float) -> Iterator[Alert]:
    for one in s.certificate:
        yield Alert("certificate", one.level, one.text, f"certificate:{one.what}", one.since)


def _help(hall: Hall, s: Situation, now: float) -> Iterator[Alert]:
    for c, counter in s.counters.items():
        if counter.help_at is not None:
            zh, en = _counters(hall, [c])
            why = f"（{counter.help_text}）" if counter.help_text else ""
            why_en = f" ({counter.help_text})" if counter.help_text else ""
            yield Alert(
                "help",
                "bad",
                Text(
                    f"{zh}求助{why}：请派人过去，到了按“已处理”。",
                    f"{en} asks for help{why_en}: send somebody, then press Done.",
                ),
                f"counter:{c}",
                counter.help_at,
            )


def _ratings(hall: Hall, s: Situation, now: float) -> Iterator[Alert]:
    for one in s.bad_ratings:
        zh, en = _counters(hall, [one.counter]) if one.counter in hall.counters else ("窗口", "a counter")
        level, level_en = SATISFACTION[one.level]
        late = now - one.since > CONTACT_S
        until = ("已超过1小时，请马上", "it is over an hour ago, ") if late else ("请在1小时内", "within the hour ")
        yield Alert(
            "rating",
            "bad",
            Text(
                f"{zh}的{one.label}收到差评（{level}）：{until[0]}联系本人，并在“差评整改”里登记。",
                f"{one.label} at {en} was rated {level_en.lower()}: {until[1]}reach the person, and note it in the"
                " register of bad ratings.",
            ),
            f"record:{one.record}",
            one.since,
        )


def _stranded(hall: Hall, s: Situation, now: float) -> Iterator[Alert]:
    """People whom no open counter may call, told once for the counters that could."""
    if not s.open_now:
        return
    profiles, heads = _profiles(hall, s), [t for t in s.heads if _due(hall, t, now)]
    lost: dict[str, tuple[list[str], list[Ticket]]] = {}
    for ticket in heads:
        could = [c for c, mine in profiles.items() if reaches(mine, ticket.target, ticket.service)]
        late = waited_s(s.hours, waits_from(ticket), now) >= IDLE_S
        if late and not any(s.counters[c].state == "open" for c in could):
            key = (
                f"counters:{','.join(could)}"
                if could
                else f"ticket:{ticket.id}"
                if ticket.target
                else f"service:{ticket.service}"
            )
            lost.setdefault(key, (could, []))[1].append(ticket)
    for subject, (could, tickets) in lost.items():
        n = sum(s.lines.get(line, 1) for line in {(t.target, t.service) for t in tickets})
        first = min(tickets, key=lambda t: (waits_from(t), t.id))
        advice, advice_en = _open_one(hall, s, could, first)
        what, what_en = hall.service_name(first.service)
        more, more_en = (
            ("", "")
            if n == 1
            else ("等事项", " and other items")
            if len({t.service for t in tickets}) > 1
            else ("", "")
        )
        yield Alert(
            "stranded",
            "bad",
            Text(
                f"{n}人等候“{what}”{more}，没有开放的窗口可以叫号：{advice}。",
                f"{_people(n)} for '{what_en}'{more_en}, and no open counter may call: {advice_en}.",
            ),
            subject,
            waits_from(first) + IDLE_S,
        )


def _open_one(hall: Hall, s: Situation, could: Sequence[str], first: Ticket) -> Text:
    paused = [c for c in could if s.counters[c].state == "paused"]
    if paused:
        zh, en = _counters(hall, paused)
        return Text(f"请恢复{zh}", f"resume {en}")
    if could and all(c.state == "closed" for c in s.counters.values()):
        return Text("所有窗口都未开放，请安排开窗", "every counter is closed, open some")
    if could:
        zh, en = _counters(hall, could[:3])
        return Text(f"请开放{zh}，或切换其他窗口的业务", f"open {en}, or re-bind another counter")
    if first.target:
        return Text(
            f"{first.label}指定的人员不在窗口，请到咨询台改派",
            f"{first.label} is for somebody who is at no counter, transfer it at the desk",
        )
    return Text("请把一个窗口切换到这项业务", "re-bind a counter to it")


def _wait(hall: Hall, s: Situation, now: float) -> Iterator[Alert]:
    pledge = hall.hall.wait_pledge_min * 60.0
    if s.longest is None:
        return
    waited = waited_s(s.hours, waits_from(s.longest), now)
    if waited <= pledge:
        return
    n, (what, what_en), (advice, advice_en) = (
        max(s.over, 1),
        hall.service_name(s.longest.service),
        _who_could_help(hall, s, s.longest),
    )
    yield Alert(
        "wait",
        "bad",
        Text(
            f"{n}人等候超过承诺的{hall.hall.wait_pledge_min}分钟，"
            f"最长的{s.longest.label}（{what}）已等{_minutes(waited)}分钟：{advice}。",
            f"{_people(n)} longer than the pledged {hall.hall.wait_pledge_min} min; {s.longest.label} ({what_en})"
            f" longest, {_minutes(waited)} min: {advice_en}.",
        ),
        "hall",
        now - (waited - pledge),
    )


def _forecast(hall: Hall, s: Situation, now: float) -> Iterator[Alert]:
    """The pledge is going to be broken: who will wait how long, and what would keep it."""
    pledge = hall.hall.wait_pledge_min
    for queue in s.queues if s.open_now else ():
        waited = [waited_s(s.hours, waits_from(ticket), now) / 60 for ticket in queue.first]
        worst = forecast.worst_min(queue, pledge, waited)
        if worst <= pledge:
            continue
        late = [
            ticket
            for n, (ticket, minutes) in enumerate(zip(queue.first, waited, strict=True))
            if minutes <= pledge < minutes + queue.turn_min(n)
        ]
        what, what_en = _matters(hall, queue.services)
        wait, wait_en = _length(max(round(worst), pledge + 1))
        if late:
            n, first = len(late), late[0].label
            who, who_en = (
                (first, f"{first} will wait") if n == 1 else (f"{first}等{n}人", f"{first} and {n - 1} more will wait")
            )
        else:
            who, who_en = "现在来取号的人", "whoever takes a number now will wait"
        advice, advice_en = _what_keeps_it(hall, s, queue, waited, now)
        yield Alert(
            "forecast",
            "warn",
            Text(
                f"“{what}”{who}预计要等{wait}，将超过承诺的{pledge}分钟：{advice}。",
                f"{what_en}: {who_en} about {wait_en}, longer than the pledged {pledge}: {advice_en}.",
            ),
            f"line:{'+'.join(queue.services)}",
            min(map(waits_from, late), default=now),
        )


def _crowded(hall: Hall, s: Situation, now: float) -> Iterator[Alert]:
    """More people wait than can sit (S3)."""
    waiting, seats = sum(s.lines.values()), hall.report.seats
    if s.open_now and seats and waiting > seats and s.longest:
        text = Text(
            f"{waiting}人在等，座位只有{seats}个：请加开窗口，并引导大家就座。",
            f"{waiting} people wait and there are {seats} seats: open a counter, and show people where to sit.",
        )
        yield Alert("crowded", "warn", text, "hall:seats", waits_from(s.longest))


def _understaffed(hall: Hall, s: Situation, now: float) -> Iterator[Alert]:
    """Fewer counters are manned than the hall wants at this time of the day (S33a)."""
    if not s.open_now:
        return
    local = datetime.fromtimestamp(now, hall.zone)
    wanted = wanted_at(hall.place.least_manned, local.hour * 60 + local.minute)
    there = sum(counter.state != "closed" for counter in s.counters.values())
    if there < wanted:
        text = Text(
            f"现在{there}个窗口有人，应不少于{wanted}个：请安排人到岗。",
            f"{there} counters are manned, {wanted} are wanted at this time: send somebody.",
        )
        yield Alert(
            "understaffed", "warn", text, "hall:manning", local.replace(minute=0, second=0, microsecond=0).timestamp()
        )


def _matters(hall: Hall, services: Sequence[str]) -> Text:
    """What a line is for: the one item, or the first of several."""
    zh, en = hall.service_name(services[0])
    return (
        Text(zh, en) if len(services) == 1 else Text(f"{zh}等{len(services)}项", f"{en} and {len(services) - 1} more")
    )


def _what_keeps_it(hall: Hall, s: Situation, queue: Queue, waited: Sequence[float], now: float) -> Text:
    """One more counter until when, and which."""
    if not queue.could:
        return Text(
            "没有窗口可以加开，请切换其他窗口协助或告知群众时间",
            "no counter can open, re-bind another one or tell people how long it will be",
        )
    found = forecast.relief(queue, hall.hall.wait_pledge_min, waited)
    if found is None:
        zh, en = _counters(hall, queue.could)
        worst = round(forecast.worst_min(queue.with_more(len(queue.could)), hall.hall.wait_pledge_min, waited))
        wait, wait_en = _length(worst)
        return Text(f"开放{zh}可降到约{wait}", f"with {en} open it falls to about {wait_en}")
    end = None if found.for_min is None else estimate.after(s.hours, now, found.for_min * 60)
    closes = s.opening[-1][1] if s.opening else None
    last = end is None or (closes is not None and end >= closes)
    until = "到闭厅" if last else f"到{_about(hall, end)}前后"
    until_en = "until closing" if last else f"until about {_about(hall, end)}"
    which, which_en = _counters(hall, queue.could[: found.counters])
    resumes = all(s.counters[c].state == "paused" for c in queue.could[: found.counters])
    verb, verb_en = ("恢复", "resume") if resumes else ("加开", "open")
    minutes = round(found.wait_min)
    return Text(
        f"{verb}{found.counters}个窗口（{which}）{until}，新来的人约等{minutes}分钟，可守住承诺",
        f"{verb_en} {found.counters} more ({which_en}) {until_en} and newcomers wait about {minutes} min",
    )


def _about(hall: Hall, at: float | None) -> str:
    """To the next five minutes: whoever closes a counter then closes it late enough."""
    return "" if at is None else f"{datetime.fromtimestamp(-(-at // 300) * 300, hall.zone):%H:%M}"


def _unfinished(hall: Hall, s: Situation, now: float) -> Iterator[Alert]:
    """More work waits than the day has time for."""
    if not s.open_now or not s.opening or now >= s.opening[-1][1]:
        return
    closes, left = s.opening[-1][1], waited_s([(a, b) for a, b in s.opening], now, s.opening[-1][1]) / 60
    for queue in s.queues:
        if queue.waiting < 1 or queue.done_min <= left:
            continue
        what, what_en = _matters(hall, queue.services)
        n, more = queue.waiting - forecast.served_by(queue, left), forecast.to_finish(queue, left)
        done = _about(hall, estimate.after(s.hours, now, queue.done_min * 60))
        if more:
            zh, en = _counters(hall, queue.could[:more])
            advice, advice_en = f"加开{zh}，或停止取号", f"open {en}, or give out no more numbers"
        else:
            advice = "请停止取号，向等候的人说明，并安排延时"
            advice_en = "give out no more numbers, tell those who wait, and arrange to stay longer"
        yield Alert(
            "unfinished",
            "warn",
            Text(
                f"“{what}”有{queue.waiting}人等候，按现在的速度要到{done}才办完，"
                f"{_exact(hall, closes)}闭厅前约有{n}人办不完：{advice}。",
                f"{what_en}: {_people(queue.waiting)}, done about {done} at this pace; about {n} not before closing at"
                f" {_exact(hall, closes)}: {advice_en}.",
            ),
            f"line:{'+'.join(queue.services)}",
            min((waits_from(ticket) for ticket in queue.first), default=now),
        )


def _exact(hall: Hall, at: float) -> str:
    return f"{datetime.fromtimestamp(at, hall.zone):%H:%M}"


def _called(hall: Hall, s: Situation, now: float) -> Iterator[Alert]:
    """Called, and neither started nor passed: nobody answers at first, later the counter has forgotten it."""
    table = hall.console
    for c, ticket in s.held.items():
        if ticket.state != "called" or ticket.last_called_at is None or c not in hall.counters:
            continue
        (zh, en), silent = _counters(hall, [c]), now - ticket.last_called_at
        forgotten_s, unanswered_s = table.forgotten_min * 60.0, table.unanswered_min * 60.0
        if forgotten_s and silent > forgotten_s:
            yield Alert(
                "forgotten",
                "warn",
                Text(
                    f"{zh}呼叫{ticket.label}已{_minutes(silent)}分钟，没有开始也没有过号：请提醒窗口按“到窗”或“过号”。",
                    f"{en} called {ticket.label} {_minutes(silent)} min ago and neither started nor passed it: remind"
                    " the counter.",
                ),
                f"ticket:{ticket.id}",
                ticket.last_called_at + forgotten_s,
            )
        elif unanswered_s and silent > unanswered_s:
            yield Alert(
                "unanswered",
                "info",
                Text(
                    f"{zh}呼叫{ticket.label}{_minutes(silent)}分钟无人应答：请帮忙找人，或重呼、过号。",
                    f"Nobody has answered {en}'s call of {ticket.label} for {_minutes(silent)} min: look for the"
                    " person, or recall or pass it.",
                ),
                f"ticket:{ticket.id}",
                ticket.last_called_at + unanswered_s,
            )


def _who_could_help(hall: Hall, s: Situation, ticket: Ticket) -> Text:
    """The counters that would help most: free ones, paused ones, closed ones, or one that serves something else."""
    profiles = _profiles(hall, s)
    can = [c for c, mine in profiles.items() if reaches(mine, ticket.target, ticket.service)]
    by_state = {state: [c for c in can if s.counters[c].state == state] for state in ("open", "paused", "closed")}
    if free := [c for c in by_state["open"] if c not in s.held]:
        zh, en = _counters(hall, free)
        return Text(f"{zh}空闲，请提醒叫号", f"{en} free, have them call")
    if by_state["paused"]:
        zh, en = _counters(hall, by_state["paused"])
        return Text(f"{zh}已暂停，请恢复", f"{en} paused, resume")
    if other := [
        c
        for c, counter in s.counters.items()
        if counter.state == "open" and c not in can and hall.counters[c].kind != "guide"
    ]:
        zh, en = _counters(hall, other)
        return Text(f"可把{zh}切换为协助办理（潮汐窗口）", f"re-bind {en} to help")
    if closed := [c for c in by_state["closed"] if hall.counters[c].kind != "guide"]:
        zh, en = _counters(hall, closed[:3])
        return Text(f"请加开{zh}", f"open {en}")
    return Text("各窗口都在办理，请向群众说明预计时间", "every counter is busy, tell people how long it will take")


def _unmanned(hall: Hall, s: Situation, now: float) -> Iterator[Alert]:
    """空岗: a counter that should be open by the hall's hours, and nobody has logged in."""
    for post in s.manned if s.open_now else ():
        counter = s.counters.get(post.counter)
        since = max(post.since, (counter.since or 0.0) if counter else 0.0)
        if counter and counter.state == "closed" and now - since > hall.people.absent_min * 60:
            zh, en = _counters(hall, [post.counter])
            who, who_en = (f"，当班{post.who.zh}", f", {post.who.en} is on duty") if post.who else ("", "")
            yield Alert(
                "unmanned",
                "warn",
                Text(
                    f"{zh}空岗，已{_minutes(now - since)}分钟无人登录{who}：请联系本人或安排代岗。",
                    f"{en} unmanned for {_minutes(now - since)} min{who_en}: reach the person or send a substitute.",
                ),
                f"counter:{post.counter}",
                since,
            )


def _manning(hall: Hall, s: Situation, now: float) -> Iterator[Alert]:
    """最少窗口: fewer counters are open than a manager wanted in this half hour."""
    for one in s.least if s.open_now else ():
        states = {c: s.counters[c] for c in one.counters if c in s.counters}
        there = sum(counter.state == "open" for counter in states.values())
        since = max([one.since, *(c.since or 0.0 for c in states.values() if c.state != "open")])
        missing = min(one.least, len(states)) - there
        if missing > 0 and now - since > FEW_S:
            zh, en = _counters(hall, [c for c, counter in states.items() if counter.state != "open"])
            yield Alert(
                "manning",
                "warn",
                Text(
                    f"现在应至少开{one.least}个窗口，只开了{there}个：请从{zh}中再开{missing}个。",
                    f"At least {one.least} counters should be open now, {there} are: open {missing} more of {en}.",
                ),
                f"counter:{next(iter(states))}",
                since,
            )


def _idle(hall: Hall, s: Situation, now: float) -> Iterator[Alert]:
    head_starts = order.head_starts(hall)
    early = hall.tickets.appointment_early_min * 60.0
    for c, counter in s.counters.items():
        free_since = max(s.last_act.get(c, 0.0), counter.since or 0.0)
        if counter.state != "open" or c in s.held or now - free_since <= IDLE_S:
            continue
        mine = order.profile(hall, counter)
        callable_ = [
            t for t in s.heads if t.target in mine.targets and order.choose([t], mine, head_starts, now, early)
        ]
        since = max(free_since, min((_callable_from(mine, t, head_starts) for t in callable_), default=now))
        if now - since > IDLE_S:
            zh, en = _counters(hall, [c])
            n = sum(s.lines.get(line, 1) for line in {(t.target, t.service) for t in callable_})
            yield Alert(
                "idle",
                "warn",
                Text(
                    f"{zh}空闲{_minutes(now - since)}分钟未叫号，有{n}人等候可由它办理：请提醒叫号。",
                    f"{en} idle for {_minutes(now - since)} min while {_people(n)} for it: have it call.",
                ),
                f"counter:{c}",
                since,
            )


def _callable_from(mine: Profile, ticket: Ticket, head_starts: Mapping[str, int]) -> float:
    """From when on this counter could have called it: at once, or once it helps."""
    came = waits_from(ticket)
    if ticket.target or mine.own(ticket.service):
        return came
    return max(came, ticket.rank + head_starts.get(ticket.klass, 0) * 60 + mine.help_after_s)


def _appointment(hall: Hall, s: Situation, now: float) -> Iterator[Alert]:
    for ticket in s.heads:
        if ticket.slot is not None and s.open_now and waited_s(s.hours, waits_from(ticket), now) > LATE_S:
            what, what_en = hall.service_name(ticket.service)
            yield Alert(
                "appointment",
                "warn",
                Text(
                    f"预约号{ticket.label}（{what}）已过预约时段，还没有叫到：请安排窗口呼叫。",
                    f"Appointment {ticket.label} ({what_en}) is past its slot and not called: have a counter call it.",
                ),
                f"ticket:{ticket.id}",
                waits_from(ticket) + LATE_S,
            )


def _paper(hall: Hall, s: Situation, now: float) -> Iterator[Alert]:
    for ticket, reason, since in s.spoilt:
        why, why_en = _why(reason, "（{}）", " ({})")
        yield Alert(
            "paper",
            "warn",
            Text(
                f"{ticket.label}的号票没有打印好{why}：请找到本人，告知号码或补打。",
                f"The slip of {ticket.label} was not printed properly{why_en}: find the person, tell the number or"
                " print it again.",
            ),
            f"ticket:{ticket.id}",
            since,
        )
    for job, (name, name_en), (who, who_en), reason, since in s.papers:
        why, why_en = _why(reason, "（{}）", " ({})")
        yield Alert(
            "paper",
            "warn",
            Text(
                f"{who}的{name}没有打印好{why}：请补打，或请本人到咨询台。",
                f"The {name_en.lower()} for {who_en} was not printed properly{why_en}: reprint it, or send the person"
                " to the desk.",
            ),
            f"job:{job}",
            since,
        )


def _why(reason: str, zh: str, en: str) -> Text:
    """Why a paper failed, set into each language's own brackets; nothing where nobody said it."""
    said, said_en = (one.rstrip("。.") for one in paper_reason(reason))
    return Text(zh.format(said) if said else "", en.format(said_en) if said_en else "")


def _slow(hall: Hall, s: Situation, now: float) -> Iterator[Alert]:
    for c, ticket in s.held.items():
        service, spent = hall.services.get(ticket.service), service_seconds(ticket, now)
        if rules.asked_after(ticket, now, hall.console.ask_after_min) and spent is not None and c in hall.counters:
            zh, en = _counters(hall, [c])
            yield Alert(
                "long",
                "warn",
                Text(
                    f"{zh}办理{ticket.label}已{_minutes(spent)}分钟：是否忘记办结？请到窗口看一看。",
                    f"{en} has served {ticket.label} for {_minutes(spent)} min: was finishing forgotten? Look there.",
                ),
                f"ticket:{ticket.id}",
                now - (spent - hall.console.ask_after_min * 60.0),
            )
            continue
        if (
            service is None
            or ticket.state != "serving"
            or spent is None
            or c not in hall.counters
            or not service.standard_min
        ):
            continue
        limit = SLOW * service.standard_min * 60.0
        if spent > limit:
            zh, en = _counters(hall, [c])
            yield Alert(
                "slow",
                "warn",
                Text(
                    f"{zh}办理{ticket.label}已{_minutes(spent)}分钟，标准{service.standard_min}分钟：请了解是否需要帮助。",
                    f"{en} has served {ticket.label} for {_minutes(spent)} min, standard {service.standard_min}: ask"
                    " whether it needs help.",
                ),
                f"ticket:{ticket.id}",
                now - (spent - limit),
            )


def _devices(hall: Hall, s: Situation, now: float) -> Iterator[Alert]:
    known = {d.id: d for d in s.devices}
    stuck: set[str] = set()
    for kiosk, printers in s.kiosks.items():
        device, said = known.get(kiosk), [known[p] for p in printers if p in known]
        if device and said and all(_down(p, now) for p in said):
            stuck.update(p.id for p in said)
            words = _words(said[0])
            yield Alert(
                "printer",
                "bad",
                Text(
                    f"{device.name.zh}不能出号票，{said[0].name.zh}{words.zh}；请先引导群众到咨询台取号。",
                    f"{device.name.en} cannot print: {said[0].name.en} {words.en}; send people to the desk meanwhile.",
                ),
                f"device:{kiosk}:paper",
                max(p.since for p in said),
            )
    silent = (program := known.get("boards")) is not None and _down(program, now)
    for d in s.devices:
        if d.id in stuck or d.well or (d.kind in ("board", "pad", "rater") and silent):
            continue
        if d.works or _down(d, now):
            words = _words(d)
            kind = "board" if d.kind == "boards" else d.kind
            yield Alert(
                kind,
                "info" if d.works else "bad" if d.kind == "kiosk" else "warn",
                Text(f"{d.name.zh}{words.zh}。", f"{d.name.en} {words.en}."),
                f"device:{d.id}",
                d.since,
            )


def _down(device: Device, now: float) -> bool:
    """A device that says so, or has been silent for too long."""
    return not device.works and (device.state != "unknown" or now - device.since > SILENT_S)


def _words(device: Device) -> Text:
    if device.state == "unknown":
        return GONE[device.kind]
    if device.kind == "board":
        return Text("没有应答：请检查窗口屏的电源和线路", "does not answer: check its power and its line")
    if device.kind in ("pad", "rater"):
        return Text("线路不通：请检查转换器和线路", "its line is down: check the adapter and the wire")
    zh, en = device.said.zh.rstrip("。") or "有故障：请检查", device.said.en.rstrip(".") or "has a fault: check it"
    return Text(f"：{zh}", f"– {en}")


def _suspended(hall: Hall, s: Situation, now: float) -> Iterator[Alert]:
    for ticket in s.suspended:
        if ticket.suspended == "kept" and ticket.suspended_at is not None and now - ticket.suspended_at > KEPT_S:
            where, where_en = (
                _counters(hall, [ticket.counter]) if ticket.counter in hall.counters else ("窗口", "a counter")
            )
            minutes = _minutes(now - ticket.suspended_at)
            yield Alert(
                "suspended",
                "info",
                Text(
                    f"{ticket.label}的材料在{where}持件挂起已{minutes}分钟：请联系本人或继续办理。",
                    f"The file of {ticket.label} has been kept at {where_en} for {minutes} min: reach the person"
                    " or go on.",
                ),
                f"ticket:{ticket.id}",
                ticket.suspended_at + KEPT_S,
            )


def _substitutions(hall: Hall, s: Situation, now: float) -> Iterator[Alert]:
    for wish in s.stand_ins:
        zh, en = _counters(hall, [wish.counter]) if wish.counter in hall.counters else (wish.counter, wish.counter)
        yield Alert(
            "substitution",
            "info",
            Text(
                f"{wish.who.zh}在{zh}代岗（{wish.reason.zh}）待审批：请审批。",
                f"{wish.who.en} stands in at {en} ({wish.reason.en}): approve or refuse.",
            ),
            f"substitution:{wish.id}",
            wish.since,
        )


def _reports(hall: Hall, s: Situation, now: float) -> Iterator[Alert]:
    """The oldest trouble of each way (a form that is left over is one: `folder:pdf`), and how many reports share it."""
    for way in sorted({d.way for d in s.undelivered}, key=lambda way: (way.partition(":")[0] != "make", way)):
        late = [d for d in s.undelivered if d.way == way and d.problem]
        if late:
            more, more_en = (f"等{len(late)}份", f" and {len(late) - 1} more") if len(late) > 1 else ("", "")
            first = min(late, key=lambda d: (d.queued_at, d.period))
            yield Alert(
                "report",
                "warn",
                Text(
                    f"报告 {first.period}{more}：{first.problem}", f"Report {first.period}{more_en}: {first.problem_en}"
                ),
                f"report:{way} {first.period}",
                first.queued_at,
            )
