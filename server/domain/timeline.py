"""One number's life for people: what happened, when, by whom and why, one sentence each in Chinese and English.

Pure: the rows of the journal come in, lines come out. A manager shows them to whoever asks why this number was next, so
they say nothing that the journal does not say. The rows themselves stay the evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from config import Hall, Text, reasons
from printer_profiles.escpos.status import SENTENCES as PRINTER_SAYS
from server.domain import events as ev
from server.domain import notifications, offline, print_outcome, target, vocabulary
from server.domain.rating import CLOSED, LEVELS
from server.domain.rating_options import OPTIONS
from server.domain.rules import STATES, VERBS
from server.domain.slip_facts import NAMES
from server.domain.ticket import Ticket, evolve
from server.domain.vocabulary import CONTACT_RESULTS, OUTCOMES, RATING_SOURCES, SUSPENSIONS, reason_text
from server.foresight import guard

PAPER = {
    "queued": Text("等待打印", "is waiting for its printer"),
    "sending": Text("正在打印", "is being printed"),
    "printed": Text("已打印", "was printed"),
    "sent": Text("已送到打印机，该型号不回报结果", "was sent to the printer, a model that does not confirm"),
    "failed": Text("没有打印出来", "was not printed"),
    "unknown": Text("不能确定是否打印完整", "may be incomplete"),
}
"""State of a print job -> what became of the paper."""

PAPER_REASONS = {
    **{zh: en for zh, en in PRINTER_SAYS.values() if zh},
    **print_outcome.REASONS,
    "打印机连接中断": "the connection to the printer was lost",
}
"""What the printers and the spool say of a slip that failed, in English; what follows a colon is the machine's own
word.
"""

KEPT_WHERE = {
    "away": Text("本人带走材料，回来后任一窗口可办", "the papers went with the visitor, any counter goes on"),
    "kept": Text("材料留在窗口，回来后到原窗口办理", "the file stayed here, this counter goes on"),
    "errand": Text("暂时离开，回来后到原窗口办理", "a short errand, this counter goes on"),
}


class Happening(Protocol):
    """A row of the journal (server/store/journal.py)."""

    @property
    def seq(self) -> int: ...
    @property
    def at(self) -> float: ...
    @property
    def event(self) -> str: ...
    @property
    def actor(self) -> str: ...
    @property
    def counter(self) -> str | None: ...
    def happened(self) -> ev.Event: ...


@dataclass(frozen=True)
class _Step:
    """One row, and the ticket before and after it."""

    hall: Hall
    names: Mapping[str, str]
    row: Happening
    before: Ticket | None
    after: Ticket | None
    times: Mapping[int, float]
    """When each row of this life happened, by its seq: what an undo points at."""
    job: ev.PrintQueued | None

    def counter(self, counter_id: str | None) -> Text:
        return self.hall.counter_name(counter_id or "")

    @property
    def here(self) -> Text:
        """The counter of the row, or where the ticket was before it."""
        return self.counter(self.row.counter or (self.before.counter if self.before else None))

    def service(self, code: str) -> Text:
        return self.hall.service_name(code)

    def klass(self, code: str) -> Text:
        return self.hall.class_name(code)

    def clock(self, at: float | None) -> str:
        return "–" if at is None else f"{datetime.fromtimestamp(at, self.hall.zone):%H:%M}"

    def person(self, staff: str) -> Text:
        name = self.names.get(staff)
        return Text(f"{name}（{staff}）", f"{name} ({staff})") if name else Text(f"工号{staff}", f"staff {staff}")


def lines(hall: Hall, rows: Sequence[Happening], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """The life of one ticket from its rows in order. `names` holds the names of staff by their numbers.

    A slip's rows are one line, at what became of it. `undone` marks a step that was taken back later. Nobody learns
    who rated before the number is over.
    """
    ticket: Ticket | None = None
    times = {row.seq: row.at for row in rows}
    jobs: dict[int, ev.PrintQueued] = {}
    askers: dict[int, str] = {}
    of_job: dict[int, dict[str, Any]] = {}
    told: dict[int, dict[str, Any]] = {}
    for row in rows:
        event = row.happened()
        before, ticket = ticket, evolve(ticket, event, row.at)
        number = event.job if isinstance(event, ev.PrintQueued | ev.PrintBegan | ev.PrintEnded) else None
        if isinstance(event, ev.PrintQueued):
            jobs[event.job], askers[event.job] = event, row.actor
        step = _Step(hall, names, row, before, ticket, times, None if number is None else jobs.get(number))
        tell = SENTENCES.get(type(event), _by_name)
        who = who_did(hall, names, row.actor if number is None else askers.get(number, row.actor))
        line = {
            "seq": row.seq,
            "at": row.at,
            "event": row.event,
            **tell(step, event).json(),
            **who.json("who"),
            "counter": row.counter,
            "undone": False,
        }
        if isinstance(event, ev.Undone) and event.of in told:
            told[event.of]["undone"] = True
        if number is not None:
            told.pop(of_job.get(number, line)["seq"], None)
            of_job[number] = line
        told[row.seq] = line
    if ticket is None or ticket.state not in CLOSED:
        told = {seq: line for seq, line in told.items() if line["event"] != "Rated"}
    return [told[seq] for seq in sorted(told)]


VISITOR = "visitor"
"""The actor of what somebody does with the own number by telephone."""


def who_did(hall: Hall, names: Mapping[str, str], actor: str) -> Text:
    """Whoever stands in a row's `actor`: a member of staff with name and number, a kiosk, a printer, or the system
    itself.
    """
    if actor in names:
        return Text.same(f"{names[actor]} {actor}")
    if actor in hall.kiosks:
        return hall.kiosks[actor].text
    if actor in hall.printers:
        return hall.printer_name(actor)
    if actor == VISITOR:
        return Text("本人", "The visitor")
    if actor.startswith("rater "):
        return Text("本人", "The visitor")
    return Text("系统", "System") if actor in ("hub", "spool") else Text.same(actor)


# --- one sentence for each event ------------------------------------------------------------------


BY_TELEPHONE = Text("远程取号到厅", "taken by telephone, arrived")
OFFLINE, BY_HAND = Text("脱机取号", "taken without the hub"), Text("手写号", "written by hand")
BY_KIOSK, BY_STAFF = Text("在取号机取号", "taken at a kiosk"), Text("由工作人员取号", "taken by staff")


HOW = {"kiosk": BY_KIOSK, "remote": BY_TELEPHONE, offline.CHANNEL: OFFLINE, offline.BY_HAND: BY_HAND}


def _issued(step: _Step, event: ev.Issued) -> Text:
    label = step.after.label if step.after else ""
    service, klass = step.service(event.service), step.klass(event.klass)
    how = HOW.get(event.channel, BY_STAFF)
    zh, en = f"{how.zh}{label}：{service.zh}，{klass.zh}", f"{label} {how.en}: {service.en}, {klass.en}"
    if event.taken is not None:
        at = step.clock(event.taken)
        zh, en = f"{zh}，{at}取，此时补入", f"{en}, taken at {at} and entered now"
    if event.on_paper:
        zh, en = f"{zh}，本人小票上是{event.on_paper}", f"{en}, {event.on_paper} on the visitor's slip"
    if event.slot is not None:
        at = step.clock(event.slot)
        zh, en = f"{zh}，预约时段{at}", f"{en}, slot {at}"
    if event.appointment:
        zh, en = f"{zh}，预约号{event.appointment}", f"{en}, appointment {event.appointment}"
    if event.ground:
        why = vocabulary.text(vocabulary.GROUNDS_SAID, event.ground)
        zh, en = f"{zh}（{why.zh}）", f"{en} ({why.en.lower()})"
    if event.party:
        whose = vocabulary.text(vocabulary.PARTIES, event.party)
        zh, en = f"{zh}，{whose.zh}", f"{en}, {whose.en.lower()}"
    return Text(f"{zh}。", f"{en}.")


def _called(step: _Step, event: ev.Called) -> Text:
    zh, en = step.here
    return Text(
        f"{zh}呼叫：{event.why}" if event.why else f"{zh}呼叫。",
        (f"Called to {en}: {event.why_en}" if event.why_en else f"Called to {en}."),
    )


def _recalled(step: _Step, event: ev.Recalled) -> Text:
    n = step.after.calls if step.after else 2
    return Text(f"{step.here.zh}再次呼叫（第{n}次）。", f"Called again to {step.here.en} (call {n}).")


def _suspended(step: _Step, event: ev.Suspended) -> Text:
    kind = vocabulary.text(SUSPENSIONS, event.kind).zh
    zh, en = KEPT_WHERE.get(event.kind, ("", ""))
    return Text(f"在{step.here.zh}挂起（{kind}）：{zh}。", f"Suspended at {step.here.en}: {en}.")


def _transferred(step: _Step, event: ev.Transferred) -> Text:
    before = step.before
    old, new = step.service(before.service if before else event.service), step.service(event.service)
    if old == new and not event.target:
        zh, en = "转回大厅队列", "Moved back to the hall's queue"
    elif old == new:
        zh, en = "转移", "Transferred"
    else:
        zh, en = f"转移：从“{old.zh}”到“{new.zh}”", f"Transferred from “{old.en}” to “{new.en}”"
    kind, name = target.parse(event.target)
    if kind:
        to = step.counter(name) if kind == "counter" else step.person(name)
        zh, en = f"{zh}，指定{to.zh}", f"{en}, for {to.en} alone"
    kept = before is not None and before.rank == event.rank
    place = Text("保留原次序", "place kept") if kept else Text("排到队尾", "to the end of the queue")
    why = reason_text(event.reason, step.hall.console.transfer_reasons)
    return Text(f"{zh}，{place.zh}（{why.zh}）。", f"{en}, {place.en} ({why.en}).")


def _raised(step: _Step, event: ev.Raised) -> Text:
    why = reason_text(event.reason, step.hall.console.raise_reasons)
    return Text(f"经批准优先，排到队首（{why.zh}）。", f"Raised by permission to the head of the queue ({why.en}).")


def _finished(step: _Step, event: ev.Finished) -> Text:
    outcome = vocabulary.text(OUTCOMES, event.outcome)
    items = [step.service(code) for code in (step.after.items if step.after else event.items)]
    zh, en = "、".join(i.zh for i in items), "; ".join(i.en for i in items)
    return Text(
        f"在{step.here.zh}办结，结果：{outcome.zh}；办理事项：{zh}。",
        f"Finished at {step.here.en}: {outcome.en}; done: {en}.",
    )


def _agenda(step: _Step, event: ev.AgendaSet) -> Text:
    known = step.hall.packages.get(event.package)
    zh, en = known.text if known else Text("一号联办", "Several items with one number")
    names = [step.service(code) for code in event.items]
    return Text(
        f"{zh}，共{len(names)}项：{'、'.join(one.zh for one in names)}。",
        f"{en}, {len(names)} items: {'; '.join(one.en for one in names)}.",
    )


def _settled(step: _Step, event: ev.ItemSettled) -> Text:
    outcome, item = vocabulary.text(OUTCOMES, event.outcome), step.service(event.service)
    return Text(f"在{step.here.zh}办理“{item.zh}”：{outcome.zh}。", f"{item.en} at {step.here.en}: {outcome.en}.")


def _passed(step: _Step, event: ev.Passed) -> Text:
    n = step.before.calls if step.before else 0
    times = "time" if n == 1 else "times"
    return Text(
        f"过号：{step.here.zh}共呼叫{n}次，没有人到窗。",
        f"Passed: {step.here.en} called {n} {times} and nobody came.",
    )


def _returned(step: _Step, event: ev.Returned) -> Text:
    if step.before and step.before.state == "suspended":
        return Text("挂起后回到等候队列，保留原次序。", "Back from a suspension to the queue, place kept.")
    n = step.hall.tickets.returned_after
    return Text(
        f"过号受理：重新排入队列，按规定排在接下来的{n}位之后。",
        f"Taken back after a no-show, by the rule behind the next {n}.",
    )


def _undone(step: _Step, event: ev.Undone) -> Text:
    key = next((Text(zh, done) for zh, _, done in VERBS.values() if done == event.step), Text.same(event.step))
    at = step.clock(step.times.get(event.of))
    zh, en = STATES.get(step.after.state if step.after else "", ("", ""))
    return Text(f"撤销{at}的“{key.zh}”，恢复为：{zh}。", f"Undone: “{key.en}” of {at}; as before, the number {en}.")


def _paper(step: _Step, event: ev.PrintQueued | ev.PrintBegan | ev.PrintEnded) -> Text:
    state = (
        "queued"
        if isinstance(event, ev.PrintQueued)
        else "sending"
        if isinstance(event, ev.PrintBegan)
        else event.state
    )
    copy, kind = (step.job.copy, step.job.kind) if step.job else (1, "ticket")
    name = NAMES.get(kind, Text.same(kind)) if kind != "ticket" else Text("号票", "slip")
    what = (
        Text(name.zh, f"The {name.en.lower()}")
        if copy == 1
        else Text(f"补打的第{copy}张{name.zh}", f"Reprint of the {name.en.lower()} (copy {copy})")
    )
    zh, en = PAPER.get(state, Text.same(state))
    printer = None if isinstance(event, ev.PrintQueued) else event.printer
    if printer:
        name_zh, name_en = step.hall.printer_name(printer)
        zh, en = f"{zh}，{name_zh}", f"{en} – {name_en}"
    why, why_en = (
        said.rstrip("。.") for said in paper_reason(event.reason if isinstance(event, ev.PrintEnded) else "")
    )
    return Text(f"{what.zh}{zh}{f'：{why}' if why else ''}。", f"{what.en} {en}{f': {why_en}' if why_en else ''}.")


_SYSTEM_EN = {text.zh: text.en for text in reasons.ALL}


def paper_reason(reason: str) -> Text:
    """Why a slip failed; without English where nobody wrote any."""
    known, colon, rest = reason.partition("：")
    if known in PAPER_REASONS and rest and rest not in PAPER_REASONS and rest not in _SYSTEM_EN:
        rest, why = reasons.of_words(rest)  # rows of before hold the system's own words
        reason = f"{known}：{rest}"
    else:
        why = PAPER_REASONS.get(rest) or _SYSTEM_EN.get(rest, rest)
    return Text(
        reason,
        PAPER_REASONS.get(reason) or (f"{PAPER_REASONS[known]}{colon and ': '}{why}" if known in PAPER_REASONS else ""),
    )


def _contact(step: _Step, event: ev.FirstContactNoted) -> Text:
    zh, en = vocabulary.text(CONTACT_RESULTS, event.result)
    to, to_en = (f"→{event.led_to}", f" → {event.led_to}") if event.led_to else ("", "")
    return Text(f"首问登记：{event.matter}，{zh}{to}。", f"First contact: {event.matter}; {en.lower()}{to_en}.")


def _rated(step: _Step, event: ev.Rated) -> Text:
    zh, en = LEVELS.get(event.level, (str(event.level), str(event.level)))
    if event.default:
        return Text(f"到期未评价，默认{zh}。", f"Not rated in time: {en.lower()} by default.")
    source = vocabulary.text(RATING_SOURCES, event.source)
    words = [OPTIONS.get(one, Text.same(one)) for one in event.options]
    options, options_en = (
        (f"（选项{'、'.join(one.zh for one in words)}）", f" (options {', '.join(one.en for one in words)})")
        if words
        else ("", "")
    )
    return Text(
        f"评价：{zh}{options}（{source.zh}）。",
        f"Rated: {en.lower()}{options_en}, {source.en}.",
    )


def _appended(step: _Step, event: ev.RatingAppended) -> Text:
    zh, en = LEVELS.get(event.level, (str(event.level), str(event.level)))
    return Text(f"追评：{zh}。", f"Second thoughts: {en.lower()}.")


def _notice(step: _Step, event: ev.NoticeIssued) -> Text:
    items, again = [step.service(code) for code in event.services or (event.service,)], event.told > 1
    item = Text("、".join(one.zh for one in items), "; ".join(one.en for one in items))
    zh = f"{step.here.zh}一次性告知（{item.zh}）{f'，第{event.told}次' if again else ''}：缺{'、'.join(event.missing)}"
    many = "1 thing" if len(event.missing) == 1 else f"{len(event.missing)} things"
    en = (  # named in Chinese only
        f"Told at {step.here.en} what is missing ({item.en}{f', time {event.told}' if again else ''}): {many}."
    )
    return Text(f"{zh}{f'；{event.reason}' if event.reason else ''}。", en)


def _served_offline(step: _Step, event: ev.ServedOffline) -> Text:
    """Entered afterwards, from a tally sheet."""
    zh, en = step.here
    how = vocabulary.text(vocabulary.OUTCOMES, event.outcome) if event.outcome else SERVED[event.state]
    called = step.clock(event.called)
    began = Text(f"{called}呼叫，", f"called at {called}, ") if event.called is not None else Text("", "")
    ended = step.clock(event.ended)
    return Text(
        f"停机期间在{zh}：{began.zh}{ended}结束，{how.zh}；此时补录。",
        f"While no machine ran, at {en}: {began.en}ended at {ended}, {how.en.lower()}; entered now.",
    )


SERVED = {"passed": Text("过号", "Passed"), "left": Text("弃号", "Left"), "finished": Text("办结", "Done")}


def _imported(step: _Step, event: ev.Imported) -> Text:
    zh, en = (
        f"从原系统导入：{step.clock(event.arrived)}到厅",
        f"Imported from another system: came at {step.clock(event.arrived)}",
    )
    if event.called is not None:
        zh, en = f"{zh}，{step.clock(event.called)}呼叫", f"{en}, called at {step.clock(event.called)}"
    if event.ended is not None:
        zh, en = f"{zh}，{step.clock(event.ended)}结束", f"{en}, ended at {step.clock(event.ended)}"
    state = STATES.get(event.state, Text.same(event.state)).zh
    return Text(f"{zh}（{state}）。", f"{en} ({event.state}).")


def _by_name(step: _Step, event: ev.Event) -> Text:
    """A row of another version."""
    return Text(f"本版本不认识的记录“{event.name}”。", f"A row that this version does not know: “{event.name}”.")


def _notified(step: _Step, event: ev.Notified) -> Text:
    what, whose = notifications.OCCASIONS[event.occasion], notifications.FIELDS[event.field]
    how = notifications.OUTCOMES[event.outcome]
    return Text(
        f"提醒{whose.zh}“{what.zh}”：{how.zh}（{event.channel or '–'}）。",
        f"Notification '{what.en}' ({whose.en}): {how.en} ({event.channel or '–'}).",
    )


def _arrived(step: _Step, event: ev.NotificationArrived) -> Text:
    what = notifications.OCCASIONS[event.occasion]
    how = notifications.OUTCOMES["arrived" if event.arrived else "lost"]
    return Text(f"提醒“{what.zh}”{how.zh}。", f"Notification '{what.en}' {how.en}.")


def _told(step: _Step, event: ev.WaitTold) -> Text:
    """为什么: what was told, and how it was worked out."""
    how = guard.WORDS.get(event.source, Text.same(event.source))
    return Text(
        f"取号时告知约等候{event.low}–{event.high}分钟（{how.zh}）。",
        f"Told a wait of {event.low}–{event.high} min when it was taken ({how.en}).",
    )


def _by_sight(step: _Step, event: ev.BySightSet) -> Text:
    if event.by_sight:
        return Text("听障提示：叫号时多显示、闪烁。", "Called by sight: shown longer and blinking.")
    return Text("取消听障提示。", "No longer called by sight.")


def _erased(step: _Step, event: ev.TelephoneErased) -> Text:
    why = (
        Text("本人要求", "by request") if event.reason == notifications.REQUEST else Text("号码已结束", "it has ended")
    )
    return Text(f"联系方式已删除（{why.zh}）。", f"The address for notifications was erased ({why.en}).")


SENTENCES: dict[type[ev.Event], Callable[[_Step, Any], Text]] = {
    ev.Issued: _issued,
    ev.AgendaSet: _agenda,
    ev.ItemSettled: _settled,
    ev.Called: _called,
    ev.Recalled: _recalled,
    ev.Started: lambda s, e: Text(f"到{s.here.zh}，开始办理。", f"At {s.here.en}, service begins."),
    ev.Suspended: _suspended,
    ev.Resumed: lambda s, e: Text(f"回到{s.here.zh}，继续办理。", f"Back at {s.here.en}, service goes on."),
    ev.Transferred: _transferred,
    ev.Raised: _raised,
    ev.GaveWay: lambda s, e: Text(f"本人让号：排到接下来的{e.behind}位之后。", f"Gave way to the next {e.behind}."),
    ev.OnTheWay: lambda s, e: Text("本人告知：正在赶来。", "Said to be on the way."),
    ev.Finished: _finished,
    ev.Passed: _passed,
    ev.Returned: _returned,
    ev.Left: lambda s, e: Text("弃号：本人不再办理。", "Left: the visitor withdrew."),
    ev.Expired: lambda s, e: Text("当日办理结束，号码作废。", "The day's service ended; the number expired."),
    ev.Undone: _undone,
    ev.Imported: _imported,
    ev.ServedOffline: _served_offline,
    ev.RatingInvited: lambda s, e: Text(f"在{s.here.zh}邀请评价。", f"Asked to rate at {s.here.en}."),
    ev.Rated: _rated,
    ev.RatingAppended: _appended,
    ev.TelephoneGiven: lambda s, e: Text("留了联系方式，用于提醒。", "Left an address for notifications."),
    ev.TelephoneErased: _erased,
    ev.BySightSet: _by_sight,
    ev.Notified: _notified,
    ev.NotificationArrived: _arrived,
    ev.WaitTold: _told,
    ev.PrintQueued: _paper,
    ev.PrintBegan: _paper,
    ev.PrintEnded: _paper,
    ev.FirstContactNoted: _contact,
    ev.NoticeIssued: _notice,
    ev.RecordOpened: lambda s, e: Text(f"在{s.here.zh}立件{e.number}。", f"{e.number} was opened at {s.here.en}."),
}
"""Every event that can be about a ticket, and its sentence."""
