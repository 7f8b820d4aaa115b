"""The hall's live page (实时大厅) as data: figures, alerts, who waits, counters, services, devices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from config import Hall, Text
from server import validity
from server.domain import backups, clock, notifications, order, outbound, position, target, timeline, upkeep, worktime
from server.domain import events as ev
from server.domain.alerts import (
    Alert,
    Device,
    Manned,
    Situation,
    StandIn,
    Uncontacted,
    alerts,
    border,
    waited_s,
    waits_from,
)
from server.domain.chain import Row
from server.domain.ends import ends
from server.domain.forecast import Queue
from server.domain.messages import MANAGER
from server.domain.position import Able, group_of
from server.domain.rating import uncontacted
from server.domain.slip_facts import NAMES
from server.domain.ticket import Counter, Job, Ticket
from server.domain.vocabulary import TAKEN_OVER, reason_text
from server.foresight.what_if import Difference
from server.health import Health
from server.store import backup_state, upkeep_state
from server.store.database import DISK_LOW
from server.store.reader import Reader
from server.verbs import api_tokens, configuration, emergency, manning, papers, people
from server.verbs.hub import Hub
from server.views import offline, second
from server.views.kiosk import hall_words
from server.views.messages import messages_view
from server.views.moment import moment
from server.views.opening_list import opening_list_view
from server.views.screen import counter_tile
from server.views.slots import today_sums
from server.views.tickets import iso, service_names

ROWS = 100
"""So many of those waiting are listed, the longest first; all are counted."""

ORDERED = 1000
"""Places in the line are counted so far."""

ACTS = 20

LOOKED_BACK = 400
"""So many rows of the journal are looked at for the newest acts."""

NEAR = 0.75
"""From this share of the pledge on a wait is amber."""

CAME_S = 1800.0
"""How many have come in this time says how many will come."""

SEEN_S = 60.0

TOLD_S = 60.0
"""The boards' program tells how they are at least every 20 s."""


@dataclass
class Look:
    """One look at the hall: what the parts of the view share, each read once."""

    hub: Hub
    health: Health

    def __post_init__(self) -> None:
        self.hall: Hall = self.hub.hall
        self.reader: Reader = self.hub.read()
        self.clock = self.hub.clock()
        self.now = self.clock.now
        self.day = self.hub.day(self.now)
        self.door = self.hub.door(self.reader)
        self.closures = self.reader.closures(self.day)
        known = self.reader.counters()
        self.counters = {c: known.get(c, Counter(c)) for c in self.hall.counters}
        self.held = {c: ticket for c in self.counters if (ticket := self.reader.at_counter(c))}
        self.lines = self.reader.waiting_lines()
        spoken = {language for c in self.counters.values() if c.skills for language in c.skills.languages}
        early = position.early_s(self.hall)
        heads = self.reader.heads(sorted({target for target, _ in self.lines}), spoken, self.now, early)
        self.early = self.reader.early(self.now, early)
        self.heads = [*{t.id: t for t in (*heads, *self.firsts(early))}.values()]
        self.waiting = self.reader.longest_waiting(ROWS)
        self.names = self.reader.names()

    def firsts(self, early_s: float) -> Iterator[Ticket]:
        """Whom each open counter may call first: counters that call the same people are asked about once."""
        wanted = {target for target, _ in self.lines}
        open_now = (counter for counter in self.counters.values() if counter.state == "open")
        for mine in {order.kind(order.profile(self.hall, counter), wanted) for counter in open_now}:
            yield from self.reader.first_callable(mine, order.head_starts(self.hall), self.now, early_s, 1)

    @cached_property
    def hours(self) -> list[tuple[float, float]]:
        return worktime.waiting_hours(self.hall, self.now)

    @cached_property
    def day_began(self) -> float:
        """Of the service day, epoch seconds."""
        return worktime.day_span(self.hall, worktime.service_day(self.hall, self.now))[0]

    @cached_property
    def done(self) -> dict[str | None, int]:
        """What each counter has finished today."""
        return self.reader.finished_by_counter(self.day)

    @cached_property
    def over(self) -> int:
        """How many have waited longer than the pledge."""
        since = border(self.hours, self.now, self.hall.hall.wait_pledge_min * 60)
        return 0 if since is None else self.reader.waiting_since(since - 0.001)

    @cached_property
    def devices(self) -> list[Device]:
        hall, boards = self.hall, self.hall.boards
        wired = [
            *(f"board {b}" for b in boards),
            *(f"pad {p}" for p in hall.pads),
            *(f"rater {r}" for r in hall.raters),
        ]
        told = [word.heard for device in wired if (word := self.health.word(device))]
        kiosks = [self._kiosk(f"kiosk {k}", table.text) for k, table in hall.kiosks.items()]
        papers = [self._said(p, "printer", hall.printer_name(p)) for p in hall.printers]
        over = [hall.counters[table.counter].text for table in boards.values()]
        hanging = [
            self._said(f"board {b}", "board", Text(f"{zh}屏", f"Board of {en}"))
            for b, (zh, en) in zip(boards, over, strict=True)
        ]
        seen = max(told, default=None)
        program = (
            [self._seen("boards", "boards", Text("窗口屏程序", "Boards' program"), seen, TOLD_S)]
            if boards or hall.pads or hall.raters
            else []
        )
        at = {c: table.text for c, table in hall.counters.items()}
        pads = [
            self._said(f"pad {p}", "pad", Text(f"{at[t.counter].zh}叫号器", f"Pad of {at[t.counter].en}"))
            for p, t in hall.pads.items()
        ]
        raters = [
            self._said(f"rater {r}", "rater", Text(f"{at[t.counter].zh}评价器", f"Rater of {at[t.counter].en}"))
            for r, t in hall.raters.items()
        ]
        voices = [
            self._said(f"voice {z}", "voice", Text(table.name, f"Voice {table.name_en}"))
            for z, table in hall.zones.items()
            if self.health.word(f"voice {z}")
        ]
        channels = [
            self._said(f"channel {c}", "channel", notifications.device_name(c, table))
            for c, table in hall.channels.items()
            if table.on and self.health.word(f"channel {c}")
        ]
        return [*kiosks, *papers, *program, *hanging, *pads, *raters, *voices, *channels]

    def _said(self, device: str, kind: str, name: Text) -> Device:
        word = self.health.word(device)
        if word is None:
            return Device(device, kind, name, "unknown", Text("", ""), self.health.began)
        return Device(device, kind, name, word.state, word.text, word.since)

    def _kiosk(self, device: str, name: Text) -> Device:
        there = self.health.presence(device)
        return self._seen(device, "kiosk", name, self.now if there.connected else there.seen, SEEN_S)

    def _seen(self, device: str, kind: str, name: Text, seen: float | None, within_s: float) -> Device:
        there = seen is not None and self.now - seen <= within_s
        return Device(
            device,
            kind,
            name,
            "ok" if there else "unknown",
            Text("", ""),
            self.health.began if seen is None or there else seen,
        )

    @cached_property
    def links(self) -> list[outbound.Link]:
        """How other systems are told."""
        return self.reader.links()

    @cached_property
    def refused(self) -> dict[str, int]:
        """How many messages each of them will not take."""
        return {one.destination: self.reader.count_sendings(one.destination, "refused") for one in self.links}

    @cached_property
    def kept(self) -> backups.Kept:
        """What is known of the backups."""
        return backup_state.read(self.hall)

    @cached_property
    def upkeep(self) -> upkeep.Upkeep:
        """What is known of the hub's own machine."""
        return upkeep_state.read(self.hall)

    @cached_property
    def manned(self) -> list[Manned]:
        """The counters that somebody should be at now: by the posts' roster, or without posts every general one in
        opening hours.
        """
        if self.reader.posts():
            kept = people.attendance_of(
                self.hall, self.reader, worktime.service_day(self.hall, self.now), self.now
            ).kept
            now = [k.duty for k in kept if k.duty.start <= self.now < k.duty.end]
            return [Manned(d.counter, d.start, self.person(d.staff)) for d in now]
        span = next(
            (
                (a, b)
                for a, b in worktime.opening(self.hall, worktime.service_day(self.hall, self.now))
                if a <= self.now < b
            ),
            None,
        )
        general = [c for c, table in self.hall.counters.items() if table.kind == "general"]
        return [Manned(c, span[0]) for c in general] if span else []

    @cached_property
    def queues(self) -> list[Queue]:
        """The hall's lines that somebody waits in: those whom the same open counters call, each asked for once."""
        at = moment(self.hub)
        people: dict[str, int] = {}
        for (whose, service), n in self.lines.items():
            if not whose and service in self.hall.services:
                people[service] = people.get(service, 0) + n
        alike: dict[Able, list[str]] = {}
        for service in sorted(people, key=lambda code: (-people[code], code)):
            alike.setdefault(at.line(service).able, []).append(service)
        came = self.reader.came_since(self.day, self.now - CAME_S)
        return [self._queue(able, services, came) for able, services in alike.items() if able.open]

    def _queue(self, able: Able, services: list[str], came: Mapping[str, int]) -> Queue:
        line = moment(self.hub).line(services[0])
        idle = [
            c
            for state in ("paused", "closed")
            for c, counter in self.counters.items()
            if counter.state == state
            and self.hall.counters[c].kind != "guide"
            and all(order.profile(self.hall, counter).own(service) for service in services)
        ]
        return Queue(
            services=tuple(services),
            waiting=line.ahead,
            serving=able.open,
            free=able.free,
            each_min=line.each_min(moment(self.hub).waiting),
            could=tuple(idle),
            coming_per_min=sum(came.get(service, 0) for service in services) * 60 / CAME_S,
            first=sorted(
                (t for t in self.waiting if not t.target and t.service in services and self.due(t)),
                key=lambda t: (t.rank, t.id),
            ),
        )

    def due(self, ticket: Ticket) -> bool:
        """Whether it may be called now: an appointment before its time may not."""
        return order.callable_from(ticket, self.now, position.early_s(self.hall)) <= self.now

    @property
    def bad_ratings(self) -> list[Uncontacted]:
        found = [one for one in self.reader.records_open("bad_rating") if uncontacted(one)]
        numbers = self.reader.numbers_of([one.ticket for one in found if one.ticket is not None])
        return [
            Uncontacted(
                one.id,
                numbers.get(one.ticket or 0, one.number),
                str(one.values.get("counter", "")),
                1 if one.values["level"] == "very_dissatisfied" else 2,
                one.opened_at,
            )
            for one in found
        ]

    @property
    def situation(self) -> Situation:
        reader = self.reader
        waiting_for_word = [s for s in reader.substitutions(20) if s.state == "waiting"]
        return Situation(
            hours=self.hours,
            open_now=self.door.open_now,
            counters=self.counters,
            held=self.held,
            heads=self.heads,
            lines={line: n - self.early.get(line, 0) for line, n in self.lines.items()},
            queues=self.queues,
            opening=worktime.opening(self.hall, worktime.service_day(self.hall, self.now)),
            longest=self.waiting[0] if self.waiting else None,
            over=self.over,
            last_act={
                c: at
                for c, counter in self.counters.items()
                if counter.state == "open" and c not in self.held and (at := reader.last_act_of(c)) is not None
            },
            suspended=reader.suspended(),
            devices=self.devices,
            spoilt=[(ticket, job.reason, job.changed_at) for ticket, job in reader.spoilt_slips()],
            papers=[
                (job.id, NAMES[job.kind], self.asker(job), job.reason, job.changed_at)
                for job in reader.spoilt_papers(self.now - papers.MISSED_S)
            ],
            kiosks={f"kiosk {k}": table.printers for k, table in self.hall.kiosks.items()},
            manned=self.manned,
            least=manning.least_now(self.hall, self.reader, self.now),
            bad_ratings=self.bad_ratings,
            undelivered=reader.open_deliveries(),
            clock=clock.sentence(self.hall, self.clock),
            store=[
                *self.hub.store.troubles(),
                *upkeep.troubles(self.hall, self.upkeep, DISK_LOW, self.now),
                *second.troubles(self.hub),
                *offline.troubles(self.hub, self.reader, self.day_began),
                *offline.missed_ends(self.hub, self.reader, self.day_began),
            ],
            backups=list(backups.troubles(self.hall, self.kept, self.hub.copies, self.now)),
            links=list(outbound.troubles(self.links, self.refused, self.reader.count_unmatched(), self.now)),
            ends=[
                *ends(self.hall, worktime.service_day(self.hall, self.now)),
                *api_tokens.ending(self.hub),
            ],
            description=configuration.troubles(self.hub),
            certificate=validity.concerns(self.hall, self.now, self.health.sealed),
            stand_ins=[
                StandIn(
                    s.id,
                    s.counter,
                    self.person(s.to_staff),
                    reason_text(s.reason, self.hall.people.substitution_reasons),
                    s.began,
                )
                for s in waiting_for_word
            ],
        )

    def asker(self, job: Job) -> Text:
        row = self.reader.asked(job)
        zh, en = timeline.who_did(self.hall, self.names, row.actor) if row else ("—", "–")
        return Text(zh, self.person(row.actor)[1] if row and row.actor in self.names else en)

    def person(self, staff: str) -> Text:
        """A member of staff in a sentence: the name, which English readers know by the number."""
        return Text(self.names.get(staff, staff), f"Staff {staff}")

    # --- parts of the view ---

    def iso(self, at: float | None) -> str | None:
        return iso(self.hall, None if at is None else round(at))

    def minutes(self, ticket: Ticket) -> int:
        return int(waited_s(self.hours, waits_from(ticket), self.now) // 60)

    def level(self, seconds: float) -> str:
        """A wait against the pledge: "", warn or bad."""
        pledge = self.hall.hall.wait_pledge_min * 60
        return "bad" if seconds > pledge else "warn" if seconds >= pledge * NEAR else ""

    def figures(self) -> dict[str, Any]:
        issued, called, counted, waits = self.reader.waits(self.day, self.hours, self.now)
        mean = waits / counted if counted else None
        states = [counter.state for counter in self.counters.values()]
        longest = self.waiting[0] if self.waiting else None
        return {
            "waiting": sum(self.lines.values()),
            "over": self.over,
            "issued": issued,
            "called": called,
            "served": sum(self.done.values()),
            "pledge_min": self.hall.hall.wait_pledge_min,
            "longest": (
                {**self.row(longest), "level": self.level(waited_s(self.hours, waits_from(longest), self.now))}
                if longest
                else None
            ),
            "mean_min": None if mean is None else round(mean / 60, 1),
            "mean_level": "" if mean is None else self.level(mean),
            "open": states.count("open"),
            "paused": states.count("paused"),
            "counters": len(states),
        }

    def row(self, ticket: Ticket) -> dict[str, Any]:
        klass = self.hall.class_name(ticket.klass)
        return {
            "id": ticket.id,
            "number": ticket.label,
            "service": service_names(self.hall, ticket.service),
            "group": group_of(self.hall, ticket.service).json(),
            "class": ticket.klass,
            "class_zh": klass.zh,
            "class_en": klass.en,
            "issued_at": self.iso(ticket.issued_at),
            "minutes": self.minutes(ticket),
            "raised": ticket.raised,
        }

    def who_waits(self) -> list[dict[str, Any]]:
        place, so_far = {}, {True: 0, False: 0}
        for ticket, service in self.reader.waiting_order(ORDERED):
            line = service in self.hall.reserved
            so_far[line] += 1
            place[ticket] = so_far[line]
        return [
            {
                **self.row(t),
                "place": place.get(t.id),
                "level": self.level(waited_s(self.hours, waits_from(t), self.now)),
                "line_zh": (stands := self.line(t)).zh,
                "line_en": stands.en,
            }
            for t in self.waiting
        ]

    def line(self, ticket: Ticket) -> Text:
        """The line somebody stands in, in words."""
        kind, name = target.parse(ticket.target)
        if kind == "counter" and name in self.hall.counters:
            return Text(f"转{self.hall.counters[name].name}", f"For {self.hall.counters[name].name_en}")
        if kind:
            return Text(f"转{self.person(name).zh}", f"For {self.person(name).en}")
        if ticket.slot is not None:
            return Text(f"预约{self.hub.local(ticket.slot)}", f"Booked {self.hub.local(ticket.slot)}")
        if ticket.service in self.hall.reserved:
            return Text("出件", "Pick-up")
        return Text("综合", "General")

    def counter_cards(self) -> list[dict[str, Any]]:
        head_starts = order.head_starts(self.hall)
        return [self.card(counter, self.done.get(c, 0), head_starts) for c, counter in self.counters.items()]

    def card(self, counter: Counter, done: int, head_starts: Mapping[str, int]) -> dict[str, Any]:
        hall, ticket, mine = self.hall, self.held.get(counter.id), order.profile(self.hall, counter)
        heads = [t for t in self.heads if t.target in mine.targets] if counter.state == "open" else []
        choice = order.choose(heads, mine, head_starts, self.now, hall.tickets.appointment_early_min * 60.0)
        begun = None
        if ticket:
            begun = ticket.last_called_at if ticket.started_at is None else ticket.started_at + ticket.away_s
        service = hall.services.get(ticket.service) if ticket else None
        table = hall.counters[counter.id]
        plain = order.profile(hall, Counter(counter.id))
        return {
            **counter_tile(self.hub, counter, ticket),
            "kind": table.kind,
            "staff": self.names.get(counter.staff or "", counter.staff),
            "since": self.iso(counter.since),
            "reason": self.reason(counter.reason).json(),
            "done": done,
            "ticket": (
                {
                    "id": ticket.id,
                    "service": service_names(hall, ticket.service),
                    "from": self.iso(begun),
                    "standard_min": service.standard_min if service else None,
                }
                if ticket
                else None
            ),
            "next": ({"id": choice.ticket.id, "number": choice.ticket.label, **choice.why.json()} if choice else None),
            "serves": _serves(hall, mine).json(),
            "usual": _serves(hall, plain).json(),
            "bound": counter.bound is not None,
            "services": None if mine.services is None else sorted(mine.services),
            "helps": None if mine.helps is None else sorted(mine.helps),
            "help_after_min": round(mine.help_after_s / 60),
            "if_opened": self.if_changed(counter, mine) if counter.state != "open" else None,
            "if_closed": self.if_changed(counter, mine) if counter.state == "open" else None,
            "help": (
                {"at": self.iso(counter.help_at), "text": counter.help_text} if counter.help_at is not None else None
            ),
        }

    def if_changed(self, counter: Counter, mine: order.Profile) -> dict[str, str] | None:
        """What it would change if a counter were opened now, or an open one closed, for the longest line it calls."""
        waiting = {s: n for (line, s), n in self.lines.items() if mine.calls_from(line, s) and s in self.hall.services}
        if not waiting:
            return None
        line = moment(self.hub).line(max(sorted(waiting), key=lambda service: waiting[service]))
        opens = counter.state != "open"
        told = line.if_changed(counter.id, line.ahead, opens=opens)
        return None if told is None else opened_words(told) if opens else closed_words(told)

    def reason(self, zh: str) -> Text:
        return reason_text(zh, self.hall.console.pause_reasons)

    def taken(self, reason: str) -> str:
        """Why a counter was taken over, in English."""
        return reason_text(reason, [TAKEN_OVER, *self.hall.people.substitution_reasons]).en

    def service_groups(self) -> list[dict[str, Any]]:
        waiting: dict[str, int] = {}
        for (_, service), n in self.lines.items():
            waiting[service] = waiting.get(service, 0) + n
        groups = [(group.text, group.services) for group in self.hall.groups.values()]
        rest = [code for code in self.hall.services if not any(code in services for _, services in groups)]
        return [
            {
                **text.json(),
                "services": [
                    {
                        **service_names(self.hall, code),
                        "waiting": waiting.get(code, 0),
                        "closed": _shut(self.closures.get(code)),
                    }
                    for code in services
                ],
            }
            for text, services in [*groups, (Text("咨询及其他", "Enquiries & other"), rest)]
            if services
        ]

    def newest_acts(self) -> list[dict[str, Any]]:
        """The newest acts in words: a number's as its life tells them, the counters' and the hall's by our own
        sentences.
        """
        rows = [r for r in self.reader.recent(0.0, LOOKED_BACK) if self.tells(r)][:ACTS]
        lives: dict[int, dict[int, dict[str, Any]]] = {
            t: {line["seq"]: line for line in timeline.lines(self.hall, self.reader.life_line(t), self.names)}
            for t in {r.ticket for r in rows if r.ticket}
        }
        numbers = self.reader.numbers_of(lives)
        return [self.act(r, lives, numbers) for r in rows]

    def tells(self, row: Row) -> bool:
        """Whether a row is somebody's act; a number that a visitor takes at a kiosk is none."""
        if row.ticket:
            return row.event in TOLD or (row.event == "Issued" and row.actor in self.names)
        return row.event in HALL_SENTENCES

    def act(self, row: Row, lives: Mapping[int, Mapping[int, Any]], numbers: Mapping[int, str]) -> dict[str, Any]:
        if row.ticket:
            line = lives[row.ticket].get(row.seq, {})
            told, undone = Text(line.get("zh", row.event), line.get("en", row.event)), line.get("undone", False)
        else:
            told, undone = HALL_SENTENCES[row.event](self, row.happened()), False
        name = self.names.get(row.actor)
        who = Text.same(name) if name else timeline.who_did(self.hall, self.names, row.actor)
        return {
            "seq": row.seq,
            "at": self.iso(row.at),
            **told.json(),
            **who.json("who"),
            "undone": undone,
            "ticket": row.ticket,
            "number": numbers.get(row.ticket or 0, ""),
        }


def _shut(row: Any) -> dict[str, str] | None:
    return Text(row["message"], row["message_en"]).json() if row else None


def _serves(hall: Hall, mine: order.Profile) -> Text:
    zh, en = scope(hall, mine.services)
    if mine.helps is None or mine.helps:
        help_zh, help_en = scope(hall, mine.helps)
        after = round(mine.help_after_s / 60)
        return Text(f"{zh}；等候满{after}分钟协助{help_zh}", f"{en}; helps {help_en} after {after} min")
    return Text(zh, en)


def scope(hall: Hall, codes: frozenset[str] | None) -> Text:
    """A set of services in words: whole categories by their names, then single items; a long list is cut."""
    if codes is None:
        return (
            Text("全部事项（出件除外）", "everything but pick-up") if hall.reserved else Text("全部事项", "everything")
        )
    left, names = set(codes), list[Text]()
    for group in hall.groups.values():
        if left.issuperset(group.services):
            left -= set(group.services)
            names.append(group.text)
    names += [hall.services[c].text for c in hall.services if c in left]
    zh, en = "、".join(n.zh for n in names[:2]) or "不办理", ", ".join(n.en for n in names[:2]) or "nothing"
    return Text(f"{zh}等{len(codes)}项", f"{en} … ({len(codes)} items)") if len(names) > 2 else Text(zh, en)


TOLD = frozenset(
    {
        "Called",
        "Recalled",
        "Started",
        "ItemSettled",
        "Finished",
        "Passed",
        "Returned",
        "Suspended",
        "Resumed",
        "Transferred",
        "Raised",
        "GaveWay",
        "Undone",
        "Left",
    }
)
"""The steps of a number that the newest acts tell."""


def _at(look: Look, event: ev.Event) -> Text:
    return look.hall.counter_name(event.counter or "")


def _bound(look: Look, event: ev.CounterBound) -> Text:
    zh, en = scope(look.hall, None if event.services is None else frozenset(event.services))
    return Text(
        f"{_at(look, event).zh}切换业务：{zh}（{event.reason}）。",
        f"{_at(look, event).en} re-bound: {en} ({event.reason}).",
    )


def _plain(zh: str, en: str) -> Any:
    return lambda look, event: Text(f"{_at(look, event).zh}{zh}。", f"{_at(look, event).en} {en}.")


HALL_SENTENCES: dict[str, Any] = {
    "CounterOpened": _plain("开窗", "opened"),
    "CounterPaused": lambda look, e: Text(
        f"{_at(look, e).zh}暂停（{e.reason}）。",
        f"{_at(look, e).en} paused ({look.reason(e.reason).en}).",
    ),
    "CounterResumed": _plain("恢复叫号", "resumed"),
    "CounterClosed": _plain("关窗", "closed"),
    "CounterTakenOver": lambda look, e: Text(
        f"{_at(look, e).zh}由{look.person(e.staff).zh}接管，原登录{look.person(e.from_staff).zh}（{e.reason}）。",
        f"{_at(look, e).en} was taken over from {look.person(e.from_staff).en} ({look.taken(e.reason)}).",
    ),
    "PanicRaised": _plain("静默报警", "raised a silent alarm"),
    "PanicAnswered": _plain("报警已处理", "silent alarm dealt with"),
    "CounterBound": _bound,
    "CounterUnbound": _plain("恢复正常业务", "back to its usual services"),
    "HelpAsked": _plain("求助", "asked for help"),
    "HelpAnswered": _plain("求助已处理", "help came"),
    "ServiceClosed": lambda look, e: Text(
        f"今天停办“{look.hall.service_name(e.service).zh}”：{e.message}",
        f"'{look.hall.service_name(e.service).en}' closed for today: {e.message_en}",
    ),
    "ServiceReopened": lambda look, e: Text(
        f"恢复办理“{look.hall.service_name(e.service).zh}”。",
        f"'{look.hall.service_name(e.service).en}' reopened.",
    ),
    "HallClosed": lambda look, e: Text(f"提前闭厅：{e.message}", f"Hall closed early: {e.message_en}"),
    "HallReopened": lambda look, e: Text("大厅恢复取号。", "Hall reopened."),
    "EmergencyBegan": lambda look, e: Text(f"紧急广播：{e.zh}", f"Emergency: {e.en}"),
    "EmergencyEnded": lambda look, e: Text("紧急广播结束。", "The emergency is over."),
    "ConfigChanged": lambda look, e: Text(
        f"大厅配置更新：{e.why}（{len(e.changes)}处）。",
        f"The hall's description changed: {e.why} ({len(e.changes)} places).",
    ),
    "ReportMade": lambda look, e: Text(
        f"报告 {e.period} 第 {e.version} 版定稿。",
        f"Report {e.period} kept as version {e.version}.",
    ),
}
"""Event that is about no number -> its sentence."""


def hall_view(hub: Hub, health: Health, seat: str = MANAGER) -> dict[str, Any]:
    """Everything on the live page."""
    look = Look(hub, health)
    shut = look.closures.get("")
    found = alerts(look.hall, look.situation, look.now)
    figures, on = look.figures(), emergency.now(look.reader)
    return {
        "now": iso(look.hall, look.now),
        "clock": {"state": look.clock.kind, "hub": look.iso(look.clock.clock)},
        "hall": hall_words(hub),
        "door": {
            "issuing": look.door.issuing,
            "open": look.door.open_now,
            "reason": look.door.reason,
            "closed": (
                {
                    **(_shut(shut) or {}),
                    "waiting": shut["waiting"],
                    "at": look.iso(shut["at"]),
                    "by": look.names.get(shut["actor"], shut["actor"]),
                }
                if shut
                else None
            ),
        },
        "emergency": (
            {**on.text.json(), "at": look.iso(on.at), "by": look.names.get(on.actor, on.actor)} if on else None
        ),
        "figures": figures,
        "booked": moment(hub).once("slots", partial(today_sums, hub)),
        "alerts": [_alert(look, a) for a in found],
        "waiting": look.who_waits(),
        "going": figures["waiting"] + len(look.reader.suspended()),
        "counters": look.counter_cards(),
        "groups": look.service_groups(),
        "devices": [
            {
                "id": d.id,
                "kind": d.kind,
                **d.name.json("name"),
                "state": d.state,
                **d.said.json(),
                "since": look.iso(d.since),
                "silent": look.now - d.since > SEEN_S,
            }
            for d in [
                *look.devices,
                *backups.devices(look.hall, look.kept, hub.copies, look.now),
                *(outbound.device(link, look.now) for link in look.links),
            ]
        ],
        "acts": look.newest_acts(),
        "opening_list": opening_list_view(hub, health),
        "messages": messages_view(hub, seat),
    }


def opened_words(told: Difference) -> dict[str, str] | None:
    """What one more counter changes, in a sentence; None where it is less than a minute."""
    now, then = (round(one / 60) for one in told.p90_s)
    fewer = round(told.fewer)
    if now - then < 1:
        return None
    zh, en = (f"，超过承诺的少{fewer}人", f", {fewer} fewer over the pledge") if fewer else ("", "")
    return Text(
        f"现在开：新来的人九成等候由{now}分钟降到{then}分钟{zh}。",
        f"Opened now: nine in ten newcomers wait at most {then} min instead of {now}{en}.",
    ).json()


def closed_words(told: Difference) -> dict[str, str]:
    """What one counter less changes, in a sentence."""
    if told.ends:
        return Text(
            "现在关：等它叫号的人再没有窗口叫，请先开别的窗口。",
            "Closed now: no counter is left for those who wait for it. Open another one first.",
        ).json()
    now, then = (round(one / 60) for one in told.p90_s)
    more = -round(told.fewer)
    if then - now < 1:
        return Text("现在关：新来的人等候时间不变。", "Closed now: newcomers wait as long as before.").json()
    zh, en = (f"，超过承诺的多{more}人", f", {more} more over the pledge") if more > 0 else ("", "")
    return Text(
        f"现在关：新来的人九成等候由{now}分钟升到{then}分钟{zh}。",
        f"Closed now: nine in ten newcomers wait up to {then} min instead of {now}{en}.",
    ).json()


def _alert(look: Look, alert: Alert) -> dict[str, Any]:
    what, which = alert.about
    return {
        "kind": alert.kind,
        "level": alert.level,
        **alert.text.json(),
        "subject": alert.subject,
        "since": look.iso(alert.since),
        "counter": which if what == "counter" else None,
        "ticket": int(which) if what == "ticket" else None,
    }
