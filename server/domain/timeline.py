"""One number's life for people: what happened, when, by whom and why, one sentence each in Chinese and English.

Pure: the rows of the journal come in, lines come out. A manager shows them to whoever asks why this number was next, so
they say nothing that the journal does not say. The rows themselves stay the evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from config import Hall
from printer_profiles.escpos.status import SENTENCES as PRINTER_SAYS
from server.domain import events as ev
from server.domain import print_outcome
from server.domain.rating import CLOSED, LEVELS, SOURCES
from server.domain.rules import CONTACT_RESULTS, OUTCOMES, STATES, SUSPENSIONS, VERBS
from server.domain.slip_facts import NAMES
from server.domain.ticket import Ticket, evolve

Pair = tuple[str, str]
"""A text in Chinese and in English."""

OUTCOMES_EN = dict(
    zip(
        OUTCOMES,
        ("Done", "Accepted", "To be completed", "Refused", "Enquiry", "Collected", "Wrong item", "Other"),
        strict=True,
    )
)

PAPER = {
    "queued": ("等待打印", "is waiting for its printer"),
    "sending": ("正在打印", "is being printed"),
    "printed": ("已打印", "was printed"),
    "sent": ("已送到打印机，该型号不回报结果", "was sent to the printer, a model that does not confirm"),
    "failed": ("没有打印出来", "was not printed"),
    "unknown": ("不能确定是否打印完整", "may be incomplete"),
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
    "away": ("本人带走材料，回来后任一窗口可办", "the papers went with the visitor, any counter goes on"),
    "kept": ("材料留在窗口，回来后到原窗口办理", "the file stayed here, this counter goes on"),
    "errand": ("暂时离开，回来后到原窗口办理", "a short errand, this counter goes on"),
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

    def counter(self, counter_id: str | None) -> Pair:
        table = self.hall.counters.get(counter_id or "")
        return (table.name, table.name_en) if table else (f"窗口{counter_id or '—'}", f"Counter {counter_id or '–'}")

    @property
    def here(self) -> Pair:
        """The counter of the row, or where the ticket was before it."""
        return self.counter(self.row.counter or (self.before.counter if self.before else None))

    def service(self, code: str) -> Pair:
        return self.hall.service_name(code)

    def klass(self, code: str) -> Pair:
        known = self.hall.classes.get(code)
        return (known.name, known.name_en) if known else (code, code)

    def clock(self, at: float | None) -> str:
        return "–" if at is None else f"{datetime.fromtimestamp(at, self.hall.zone):%H:%M}"

    def person(self, staff: str) -> Pair:
        name = self.names.get(staff)
        return (f"{name}（{staff}）", f"{name} ({staff})") if name else (f"工号{staff}", f"staff {staff}")


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
        zh, en = tell(step, event)
        who, who_en = who_did(hall, names, row.actor if number is None else askers.get(number, row.actor))
        line = {
            "seq": row.seq,
            "at": row.at,
            "event": row.event,
            "zh": zh,
            "en": en,
            "who": who,
            "who_en": who_en,
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


def who_did(hall: Hall, names: Mapping[str, str], actor: str) -> Pair:
    """Whoever stands in a row's `actor`: a member of staff with name and number, a kiosk, a printer, or the system
    itself.
    """
    if actor in names:
        return f"{names[actor]} {actor}", f"{names[actor]} {actor}"
    if actor in hall.kiosks:
        return hall.kiosks[actor].name, hall.kiosks[actor].name_en
    if actor in hall.printers:
        return hall.printer_name(actor)
    if actor.startswith("rater "):
        return "本人", "The visitor"
    return ("系统", "System") if actor in ("hub", "spool") else (actor, actor)


# --- one sentence for each event
# ---------------------------------------------------------------------------------------


def _issued(step: _Step, event: ev.Issued) -> Pair:
    label = step.after.label if step.after else ""
    service, klass = step.service(event.service), step.klass(event.klass)
    how = ("在取号机取号", "taken at a kiosk") if event.channel == "kiosk" else ("由工作人员取号", "taken by staff")
    zh, en = f"{how[0]}{label}：{service[0]}，{klass[0]}", f"{label} {how[1]}: {service[1]}, {klass[1]}"
    if event.slot is not None:
        at = step.clock(event.slot)
        zh, en = f"{zh}，预约时段{at}", f"{en}, slot {at}"
    if event.appointment:
        zh, en = f"{zh}，预约号{event.appointment}", f"{en}, appointment {event.appointment}"
    return f"{zh}。", f"{en}."


def _called(step: _Step, event: ev.Called) -> Pair:
    zh, en = step.here
    return f"{zh}呼叫：{event.why}" if event.why else f"{zh}呼叫。", (
        f"Called to {en}: {event.why_en}" if event.why_en else f"Called to {en}."
    )


def _recalled(step: _Step, event: ev.Recalled) -> Pair:
    n = step.after.calls if step.after else 2
    return f"{step.here[0]}再次呼叫（第{n}次）。", f"Called again to {step.here[1]} (call {n})."


def _suspended(step: _Step, event: ev.Suspended) -> Pair:
    kind = SUSPENSIONS.get(event.kind, (event.kind, event.kind))[0]
    zh, en = KEPT_WHERE.get(event.kind, ("", ""))
    return f"在{step.here[0]}挂起（{kind}）：{zh}。", f"Suspended at {step.here[1]}: {en}."


def _transferred(step: _Step, event: ev.Transferred) -> Pair:
    before = step.before
    old, new = step.service(before.service if before else event.service), step.service(event.service)
    if old == new and not event.target:
        zh, en = "转回大厅队列", "Moved back to the hall's queue"
    elif old == new:
        zh, en = "转移", "Transferred"
    else:
        zh, en = f"转移：从“{old[0]}”到“{new[0]}”", f"Transferred from “{old[1]}” to “{new[1]}”"
    kind, _, name = event.target.partition(":")
    if kind:
        to = step.counter(name) if kind == "counter" else step.person(name)
        zh, en = f"{zh}，指定{to[0]}", f"{en}, for {to[1]} alone"
    kept = before is not None and before.rank == event.rank
    place = ("保留原次序", "place kept") if kept else ("排到队尾", "to the end of the queue")
    why = _reason(step.hall.console.transfer_reasons, event.reason)
    return f"{zh}，{place[0]}（{why[0]}）。", f"{en}, {place[1]} ({why[1]})."


def _raised(step: _Step, event: ev.Raised) -> Pair:
    why = _reason(step.hall.console.raise_reasons, event.reason)
    return f"经批准优先，排到队首（{why[0]}）。", f"Raised by permission to the head of the queue ({why[1]})."


SAID_BY_US = {"窗口关闭": "counter closed"}
"""Reasons that the hub itself writes."""


def _reason(listed: Sequence[Pair], reason: str) -> Pair:
    return next(((zh, en) for zh, en in listed if zh == reason), (reason, SAID_BY_US.get(reason, reason)))


def _finished(step: _Step, event: ev.Finished) -> Pair:
    items = [step.service(code) for code in (step.after.items if step.after else event.items)]
    zh, en = "、".join(i[0] for i in items), "; ".join(i[1] for i in items)
    return (
        f"在{step.here[0]}办结，结果：{event.outcome}；办理事项：{zh}。",
        f"Finished at {step.here[1]}: {OUTCOMES_EN.get(event.outcome, event.outcome)}; done: {en}.",
    )


def _passed(step: _Step, event: ev.Passed) -> Pair:
    n = step.before.calls if step.before else 0
    times = "time" if n == 1 else "times"
    return (
        f"过号：{step.here[0]}共呼叫{n}次，没有人到窗。",
        f"Passed: {step.here[1]} called {n} {times} and nobody came.",
    )


def _returned(step: _Step, event: ev.Returned) -> Pair:
    if step.before and step.before.state == "suspended":
        return "挂起后回到等候队列，保留原次序。", "Back from a suspension to the queue, place kept."
    n = step.hall.tickets.returned_after
    return (
        f"过号受理：重新排入队列，按规定排在接下来的{n}位之后。",
        f"Taken back after a no-show, by the rule behind the next {n}.",
    )


def _undone(step: _Step, event: ev.Undone) -> Pair:
    key = next(((zh, done) for zh, _, done in VERBS.values() if done == event.step), (event.step, event.step))
    at = step.clock(step.times.get(event.of))
    zh, en = STATES.get(step.after.state if step.after else "", ("", ""))
    return f"撤销{at}的“{key[0]}”，恢复为：{zh}。", f"Undone: “{key[1]}” of {at}; as before, the number {en}."


def _paper(step: _Step, event: ev.PrintQueued | ev.PrintBegan | ev.PrintEnded) -> Pair:
    state = (
        "queued"
        if isinstance(event, ev.PrintQueued)
        else "sending"
        if isinstance(event, ev.PrintBegan)
        else event.state
    )
    copy, kind = (step.job.copy, step.job.kind) if step.job else (1, "ticket")
    name = NAMES.get(kind, (kind, kind)) if kind != "ticket" else ("号票", "slip")
    what = (
        (name[0], f"The {name[1].lower()}")
        if copy == 1
        else (f"补打的第{copy}张{name[0]}", f"Reprint of the {name[1].lower()} (copy {copy})")
    )
    zh, en = PAPER.get(state, (state, state))
    printer = None if isinstance(event, ev.PrintQueued) else event.printer
    if printer:
        name_zh, name_en = step.hall.printer_name(printer)
        zh, en = f"{zh}，{name_zh}", f"{en} – {name_en}"
    why, why_en = (
        said.rstrip("。.") for said in paper_reason(event.reason if isinstance(event, ev.PrintEnded) else "")
    )
    return f"{what[0]}{zh}{f'：{why}' if why else ''}。", f"{what[1]} {en}{f': {why_en}' if why_en else ''}."


def paper_reason(reason: str) -> Pair:
    """Why a slip failed; without English where nobody wrote any."""
    known, colon, rest = reason.partition("：")
    why = PAPER_REASONS.get(rest, rest)
    return reason, PAPER_REASONS.get(reason) or (
        f"{PAPER_REASONS[known]}{colon and ': '}{why}" if known in PAPER_REASONS else ""
    )


def _contact(step: _Step, event: ev.FirstContactNoted) -> Pair:
    zh, en = CONTACT_RESULTS.get(event.result, (event.result, event.result))
    to, to_en = (f"→{event.led_to}", f" → {event.led_to}") if event.led_to else ("", "")
    return f"首问登记：{event.matter}，{zh}{to}。", f"First contact: {event.matter}; {en.lower()}{to_en}."


def _rated(step: _Step, event: ev.Rated) -> Pair:
    zh, en = LEVELS.get(event.level, (str(event.level), str(event.level)))
    if event.default:
        return f"到期未评价，默认{zh}。", f"Not rated in time: {en.lower()} by default."
    options, options_en = (
        (f"（选项{'、'.join(event.options)}）", f" (options {', '.join(event.options)})") if event.options else ("", "")
    )
    return (
        f"评价：{zh}{options}（{event.source}）。",
        f"Rated: {en.lower()}{options_en}, {SOURCES.get(event.source, event.source)}.",
    )


def _notice(step: _Step, event: ev.NoticeIssued) -> Pair:
    item, again = step.service(event.service), event.told > 1
    zh = f"{step.here[0]}一次性告知（{item[0]}）{f'，第{event.told}次' if again else ''}：缺{'、'.join(event.missing)}"
    many = "1 thing" if len(event.missing) == 1 else f"{len(event.missing)} things"
    en = (  # named in Chinese only
        f"Told at {step.here[1]} what is missing ({item[1]}{f', time {event.told}' if again else ''}): {many}."
    )
    return f"{zh}{f'；{event.reason}' if event.reason else ''}。", en


def _imported(step: _Step, event: ev.Imported) -> Pair:
    zh, en = (
        f"从原系统导入：{step.clock(event.arrived)}到厅",
        f"Imported from another system: came at {step.clock(event.arrived)}",
    )
    if event.called is not None:
        zh, en = f"{zh}，{step.clock(event.called)}呼叫", f"{en}, called at {step.clock(event.called)}"
    if event.ended is not None:
        zh, en = f"{zh}，{step.clock(event.ended)}结束", f"{en}, ended at {step.clock(event.ended)}"
    state = STATES.get(event.state, (event.state, event.state))[0]
    return f"{zh}（{state}）。", f"{en} ({event.state})."


def _by_name(step: _Step, event: ev.Event) -> Pair:
    return f"{event.name}。", f"{event.name}."


SENTENCES: dict[type[ev.Event], Callable[[_Step, Any], Pair]] = {
    ev.Issued: _issued,
    ev.Called: _called,
    ev.Recalled: _recalled,
    ev.Started: lambda s, e: (f"到{s.here[0]}，开始办理。", f"At {s.here[1]}, service begins."),
    ev.Suspended: _suspended,
    ev.Resumed: lambda s, e: (f"回到{s.here[0]}，继续办理。", f"Back at {s.here[1]}, service goes on."),
    ev.Transferred: _transferred,
    ev.Raised: _raised,
    ev.Finished: _finished,
    ev.Passed: _passed,
    ev.Returned: _returned,
    ev.Left: lambda s, e: ("弃号：本人不再办理。", "Left: the visitor withdrew."),
    ev.Expired: lambda s, e: ("当日办理结束，号码作废。", "The day's service ended; the number expired."),
    ev.Undone: _undone,
    ev.Imported: _imported,
    ev.RatingInvited: lambda s, e: (f"在{s.here[0]}邀请评价。", f"Asked to rate at {s.here[1]}."),
    ev.Rated: _rated,
    ev.PrintQueued: _paper,
    ev.PrintBegan: _paper,
    ev.PrintEnded: _paper,
    ev.FirstContactNoted: _contact,
    ev.NoticeIssued: _notice,
}
"""Every event that can be about a ticket, and its sentence."""
