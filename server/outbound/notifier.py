"""Who is told away from the hall (提醒): looks at the numbers that left an address; a channel carries what is due.

A commit costs it the setting of a flag. What is due follows from how each number stands now
(`server/domain/notifications.py`); nothing is kept of it but tries, in memory. Just before a channel sends, it is asked
once more whether it is still true: what came too late is never sent, and the journal says so. A channel has a thread of
its own (`carrier.py`); the address is opened in it, for one message, and nowhere else.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import NamedTuple

from config import ChannelTable, Hall, Text
from server.domain import events as ev
from server.domain import notifications, worktime
from server.domain.notifications import NOTHING, Carried, Key
from server.domain.register import Record
from server.domain.ticket import Ticket
from server.health import Health
from server.outbound.by_mail import ByMail
from server.outbound.carrier import EVERY_S, Carrier, Incoming, Outgoing
from server.outbound.gsm_modem import GsmModem
from server.outbound.http_gateway import HttpGateway
from server.store.reader import Reader
from server.verbs import eves, records, replies, telephones
from server.verbs.hub import Hub
from server.verbs.place import line_of
from server.views.slots import day_words, until_words

log = logging.getLogger(__name__)

MOVES = frozenset(
    {
        *("Issued", "Called", "Recalled", "Started", "Finished", "Passed", "Returned", "Transferred", "Suspended"),
        *("Resumed", "Raised", "GaveWay", "Left", "Expired", "Undone", "TelephoneGiven", "RecordMoved", "CounterBound"),
        *("SlotTelephoneGiven", "SlotOffered", "SlotChanged", "SlotCancelled", "Rated", "RatingAppended"),
        *("CounterOpened", "CounterClosed", "CounterPaused", "CounterResumed", "DayTurned", "HallClosed"),
    }
)
"""After these somebody may have to be told."""
LEAST_S, MOST_S = 0.5, 15.0
"""Between two looks: at least, when much happens, and at most, when nothing does: some things are due by the clock."""
SHARE = 20.0
"""A look is followed by so many times its own length of rest, so that it takes a twentieth of a core at most."""
SWEEP_S = 60.0
"""What was erased is swept from the log of writes at most so often."""
HOUR_S = 3600.0
STUMBLE_S = 30.0


class Due(NamedTuple):
    """What is due to somebody now. `open_` gives the address in the open; `since`: from when on it was true."""

    key: Key
    ticket: int | None
    language: str
    facts: dict[str, Text]
    open_: Callable[[], str | None]


Source = Callable[[Hub, Reader, float], Iterator[Due]]
"""Whatever is due now and was not told of (`Reader.notification`)."""


@dataclass
class _Waiting:
    """One that is to be sent: after so many tries that failed, not before `next_at`."""

    due: Due
    id: str
    mail: bool
    """Whether its address is one of e-mail."""
    tries: int = 0
    next_at: float = 0.0
    under_way: bool = False
    doubted: bool = False
    """It was true no more when its turn came: no channel takes it before it was looked at again."""
    tried: set[str] = field(default_factory=set)
    """Channels that were down when it was their turn."""


class Notifier:
    """The hall's notifications. `clock`: seconds that only go on."""

    def __init__(
        self,
        hub: Hub,
        health: Health | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._hub, self._health, self._clock = hub, health, clock
        self._sources: tuple[Source, ...] = (tickets_due, cases_due, bookings_due, self._unclear_due)
        self._unclear: set[int] = set()
        """Numbers whose holder answered what is no rating; not kept: after a start again nobody is told of it."""
        self._woken, self._stop = threading.Event(), threading.Event()
        self._lock = threading.Condition()
        self._waiting: dict[Key, _Waiting] = {}
        self._unheard: dict[tuple[str, str], tuple[Key, int | None]] = {}
        """(channel, reference) -> what it is of: reports of arrival are still to come."""
        self._open_parts: dict[Key, int] = {}
        self._channels: dict[str, tuple[ChannelTable, _Desk]] = {}
        self._down: set[str] = set()
        self._sent_at: dict[str, deque[float]] = {}
        self._swept = clock()
        self._to_sweep = False
        self._thread = threading.Thread(target=self._run, name="notifier", daemon=True)

    def start(self) -> None:
        self._hub.follow(self._look)
        self._hub.on_hall.append(self._follow_hall)
        self._arrange()
        self._thread.start()

    def stop(self) -> None:
        """End; what is under way is cut, and due again at the next start."""
        self._stop.set()
        self._woken.set()
        with self._lock:
            self._lock.notify_all()
            desks = [desk for _, desk in self._channels.values()]
        for desk in desks:
            desk.leave()
        for desk in desks:
            desk.join()
        if self._thread.is_alive():
            self._thread.join(2.0)

    def _look(self, events: Collection[str]) -> None:
        """After each commit, by whoever committed."""
        if not MOVES.isdisjoint(events):
            self._woken.set()

    def _follow_hall(self, before: Hall, now: Hall) -> None:
        self._arrange()
        self._woken.set()

    def _arrange(self) -> None:
        """A thread for each channel of the hall's file; one whose table is another one begins anew."""
        wanted = {name: table for name, table in self._hub.hall.channels.items() if table.on}
        with self._lock:
            for name, (table, desk) in [*self._channels.items()]:
                if wanted.get(name) != table:
                    desk.leave()
                    del self._channels[name]
                    self._down.discard(name)
            for name, table in wanted.items():
                if name not in self._channels and not self._stop.is_set():
                    desk = _Desk(self, name, table)
                    self._channels[name] = table, desk
                    desk.start()

    # --- the thread that looks ---

    def _run(self) -> None:
        while not self._stop.is_set():
            self._woken.clear()
            began = self._clock()
            try:
                self.round()
                rest = max(LEAST_S, SHARE * (self._clock() - began))
            except Exception:
                if self._stop.is_set() or self._hub.stopping:
                    return
                log.exception("notifications stumbled; they go on in %.0f s", STUMBLE_S)
                rest = STUMBLE_S
            self._stop.wait(rest)
            self._woken.wait(max(0.0, MOST_S - rest))

    def round(self) -> None:
        """Look once: what is due now waits for a channel, what is true no more is let go, what is over is erased."""
        hub = self._hub
        if not hub.certain:
            return
        reader, now = hub.read(), hub.now()
        found = {due.key: due for source in self._sources for due in source(hub, reader, now)}
        with self._lock:
            gone = [one for key, one in self._waiting.items() if key not in found and not one.under_way]
            for one in gone:
                del self._waiting[one.due.key]
            for key, due in found.items():
                if key in self._waiting:
                    self._waiting[key].due, self._waiting[key].doubted = due, False
                elif (address := due.open_()) is not None:
                    self._waiting[key] = _Waiting(due, _id(hub.hall, key), notifications.is_mail(address))
            self._lock.notify_all()
        for one in gone:
            if self._was_missed(reader, one.due):
                self._settle(one.due, "", "stale")
        self._to_sweep = bool(telephones.erase_ended(hub) + eves.erase_ended(hub)) or self._to_sweep
        if self._to_sweep and self._clock() - self._swept >= SWEEP_S:
            self._swept, self._to_sweep = self._clock(), not hub.store.sweep()

    def _was_missed(self, reader: Reader, due: Due) -> bool:
        """Whether its time is over for good: a number that let others go first comes near again, and who took the
        address away missed nothing. That of a number that has ended is erased, perhaps while a channel had the message.
        """
        if reader.notification(due.key) is not None:
            return False
        if due.ticket is None:
            return True
        if due.key.occasion in notifications.ANSWERED:
            rated = reader.rating(due.ticket, _legs(reader, due.ticket))
            return due.key.occasion == "rate" and (rated is None or rated.is_default)
        ticket, telephone = reader.ticket(due.ticket), reader.telephone(due.ticket)
        if ticket is None:
            return False
        if telephone is None or due.key.field not in telephone.given:
            return notifications.over(ticket, self._hub.now(), self._hub.hall.tickets.lapse_min * 60)
        return due.key.occasion != "near" or ticket.state != "waiting" or bool(ticket.calls)

    # --- what the channels ask ---

    def take(self, channel: str, wait_s: float) -> _Waiting | None:
        """The next message of a channel, waited for; under way from now on."""
        with self._lock:
            found = self._next(channel)
            if found is None and not self._stop.is_set():
                self._lock.wait(wait_s)
                found = self._next(channel)
            if found:
                found.under_way = True
            return found

    def _next(self, channel: str) -> _Waiting | None:
        now, table = self._clock(), self._hub.hall.channels.get(channel)
        if table is None or not notifications.sends_now(self._hub.hall.messages, self._minute()):
            return None
        lately = self._sent_at.setdefault(channel, deque())
        while lately and now - lately[0] >= HOUR_S:
            lately.popleft()
        if len(lately) >= table.per_hour:
            return None
        ready = [one for one in self._waiting.values() if not one.under_way and not one.doubted and one.next_at <= now]
        return next((one for one in ready if self._channel_of(one) == channel), None)

    def _minute(self) -> int:
        at = datetime.fromtimestamp(self._hub.now(), self._hub.hall.zone)
        return at.hour * 60 + at.minute

    def _channel_of(self, one: _Waiting) -> str | None:
        """The first channel that reaches it and is up; the first at all where each is down."""
        able = self._able(one)
        better = [name for name in able if name not in self._down and name not in one.tried]
        others = [name for name in able if name not in one.tried]
        return next(iter([*better, *others]), None)

    def _able(self, one: _Waiting) -> list[str]:
        """The channels that may carry it."""
        if one.due.key.occasion in notifications.ANSWERED:
            return notifications.hearing(self._hub.hall)
        return notifications.carriers(self._hub.hall, one.mail)

    def message(self, one: _Waiting) -> Outgoing | None:
        """What is sent, looked at once more: None where it is true no more, or there is no address any more."""
        hub, key = self._hub, one.due.key
        reader, now = hub.read(), hub.now()
        due = next((due for source in self._sources for due in source(hub, reader, now) if due.key == key), None)
        address = due.open_() if due else None
        if due is None or address is None:
            return None
        if notifications.is_mail(address) != one.mail:  # another one was left meanwhile
            one.mail = not one.mail
            return None
        text = notifications.words(hub.hall, key.occasion, due.language, due.facts)
        return Outgoing(
            one.id,
            address,
            text,
            key.occasion,
            due.language,
            notifications.valid_min(key.occasion),
            {name: fact.said(due.language) for name, fact in due.facts.items()},
        )

    def carried(self, channel: str, one: _Waiting, address: str, carried: Carried) -> None:
        """What came of a try."""
        if carried.kind == "sent":
            self._sent_at.setdefault(channel, deque()).append(self._clock())
            with self._lock:
                for ref in carried.refs:
                    self._unheard[channel, ref] = one.due.key, one.due.ticket
                self._open_parts[one.due.key] = len(carried.refs)
            self._settle(one.due, channel, "sent", carried.parts, telephones.veil(self._hub, address))
        elif carried.kind == "refused":
            self._settle(one.due, channel, "failed", carried.parts)
        with self._lock:
            one.under_way = False
            if carried.kind in ("sent", "refused"):
                self._waiting.pop(one.due.key, None)
            elif carried.kind == "later":
                one.tries += 1
                one.next_at = self._clock() + notifications.wait_s(one.tries)
            else:
                one.tried.add(channel)
                if one.tried >= {*self._able(one)}:  # each once: then all over again
                    one.tried.clear()
                    one.tries += 1
                    one.next_at = self._clock() + notifications.wait_s(one.tries)
            self._lock.notify_all()

    def dropped(self, one: _Waiting) -> None:
        """It was true no more when its turn came; the next look says what becomes of it. Until then it is nobody's:
        a channel that took it again at once would keep it from ever being looked at.
        """
        with self._lock:
            one.under_way, one.doubted = False, True
        self._woken.set()

    def given_back(self, one: _Waiting) -> None:
        """Taken by a channel that was leaving: another one's."""
        with self._lock:
            one.under_way = False
            self._lock.notify_all()

    def is_limited(self, address: str) -> bool:
        hub = self._hub
        reader, day = hub.read(), hub.day(hub.now())
        begun = worktime.day_span(hub.hall, worktime.service_day(hub.hall, hub.now()))[0]
        so_far = reader.sent_to(day, telephones.veil(hub, address))
        return notifications.limited(hub.hall.messages, so_far, reader.count_sent_since(begun))

    def limited(self, one: _Waiting) -> None:
        self._settle(one.due, "", "limited")
        with self._lock:
            self._waiting.pop(one.due.key, None)

    def arrived(self, channel: str, ref: str, arrived: bool) -> None:
        """The network's word on a part; a message has arrived when all its parts have."""
        with self._lock:
            found = self._unheard.pop((channel, ref), None)
            if found is None:
                return
            key, ticket = found
            left = self._open_parts.get(key, 1) - 1
            self._open_parts[key] = left
            if arrived and left > 0:
                return
            self._open_parts.pop(key, None)
            self._unheard = {at: one for at, one in self._unheard.items() if one[0] != key}
        about = "" if ticket is not None else key.about
        event = ev.NotificationArrived(
            ticket=ticket, about=about, occasion=key.occasion, field=key.field, arrived=arrived
        )
        telephones.note_arrival(self._hub, event)

    def heard(self, incoming: Incoming) -> None:
        """Somebody wrote to a channel. Who was asked and says no level is told so, once."""
        ticket = replies.take(self._hub, *incoming)
        if ticket is not None:
            with self._lock:
                self._unclear.add(ticket)
            self._woken.set()

    def _unclear_due(self, hub: Hub, reader: Reader, now: float) -> Iterator[Due]:
        """Whoever is to be told that an answer was not understood."""
        with self._lock:
            unclear = sorted(self._unclear)
        for number in unclear:
            telephone, ticket = reader.telephone(number), reader.ticket(number)
            key = Key(notifications.of_ticket(number), "unclear", "own")
            told = reader.notification(key) is not None or not notifications.wanted(hub.hall.messages, "unclear")
            if told or ticket is None or telephone is None or not telephones.to_be_rated(hub, reader, telephone, now):
                with self._lock:
                    self._unclear.discard(number)
                continue
            yield Due(key, number, ticket.language, _facts(hub.hall, ticket, 0), _opener(hub, number, "own"))

    def said(self, channel: str, state: str, text: Text) -> None:
        """How a channel is."""
        with self._lock:
            (self._down.discard if state == "ok" else self._down.add)(channel)
        if self._health:
            self._health.heard(f"channel {channel}", state, *text)

    def _settle(self, due: Due, channel: str, outcome: str, parts: int = 1, veiled: str = "") -> None:
        about = "" if due.ticket is not None else due.key.about
        event = ev.Notified(
            ticket=due.ticket,
            about=about,
            occasion=due.key.occasion,
            field=due.key.field,
            channel=channel,
            outcome=outcome,
            parts=parts,
        )
        telephones.note(self._hub, event, veiled)


def _legs(reader: Reader, ticket: int) -> int:
    found = reader.ticket(ticket)
    return found.legs if found else 0


def _id(hall: Hall, key: Key) -> str:
    """The same on every try."""
    return f"{hall.hall.id}-{'-'.join(key).replace(' ', '-')}"


class _Desk:
    """A channel at work: its thread, and its carrier."""

    def __init__(self, notifier: Notifier, name: str, table: ChannelTable) -> None:
        self._notifier, self.name = notifier, name
        self._left = threading.Event()
        self.carrier = self._made(table)
        self._thread = threading.Thread(target=self._run, name=f"channel {name}", daemon=True)

    def _made(self, table: ChannelTable) -> Carrier:
        notifier, hub = self._notifier, self._notifier._hub

        def say(state: str, text: Text) -> None:
            if not self._left.is_set():
                notifier.said(self.name, state, text)

        def arrived(ref: str, good: bool) -> None:
            notifier.arrived(self.name, ref, good)

        if table.kind == "gsm":
            return GsmModem(table, hub.hall.folder, say, arrived, notifier.heard)
        if table.kind == "http":
            return HttpGateway(table, hub.hall.folder, hub.hall.hall.id, say, arrived)
        return ByMail(lambda: hub.hall, say)

    def start(self) -> None:
        self._thread.start()

    def leave(self) -> None:
        """End without being waited for; what is under way is cut."""
        self._left.set()
        self.carrier.abort()

    def join(self) -> None:
        if self._thread.is_alive():
            self._thread.join(2.0)

    def _run(self) -> None:
        try:
            while not self._left.is_set():
                try:
                    self._turn()
                except Exception:
                    if self._left.is_set() or self._notifier._hub.stopping:
                        return
                    log.exception("channel %s stumbled; it goes on in %.0f s", self.name, STUMBLE_S)
                    self._notifier.said(self.name, "error", STUMBLED)
                    self._left.wait(STUMBLE_S)
        finally:
            self.carrier.close()

    def _turn(self) -> None:
        one = self._notifier.take(self.name, EVERY_S)
        if self._left.is_set():
            if one is not None:
                self._notifier.given_back(one)
            return
        if one is None:
            self.carrier.look()
            return
        try:
            message = self._notifier.message(one)
            limited = message is not None and self._notifier.is_limited(message.address)
            carried = None if message is None or limited else self.carrier.carry(message)
        except Exception:
            self._notifier.carried(self.name, one, "", Carried("later"))  # else it is under way for ever
            raise
        # What is settled from here on is not tried again, whatever fails: it may have been sent.
        if message is None:
            self._notifier.dropped(one)
        elif carried is None:
            self._notifier.limited(one)
        else:
            self._notifier.carried(self.name, one, message.address, carried)


STUMBLED = Text(
    "提醒通道的程序出错，稍后再试：请把系统日志发给技术支持。",
    "This channel failed inside the hub, which tries again: send the log to who supports you.",
)


# --- what is due ------------------------------------------------------------------------------------------------------


def tickets_due(hub: Hub, reader: Reader, now: float) -> Iterator[Due]:
    """What the numbers that left an address are at now."""
    hall, today = hub.hall, hub.day(now)
    lapse_s = hall.tickets.lapse_min * 60
    for telephone in reader.telephones():
        ticket = reader.ticket(telephone.ticket)
        if ticket is None or ticket.day != today:
            continue
        about = notifications.of_ticket(ticket.id)
        told = reader.notifications(about)
        fields = telephones.fields_of(telephone)
        open_to = {one: {row.occasion for row in told if row.field == one} for one in fields}
        may_be_near = any(notifications.may_be_near(ticket, had) for had in open_to.values())
        ahead = _ahead(hall, reader, ticket, now) if may_be_near else None
        for one, had in open_to.items():
            rate = one == "own" and telephones.to_be_rated(hub, reader, telephone, now)
            occasion = notifications.due(ticket, ahead, had, now, lapse_s, rate=rate)
            if occasion is None or not notifications.wanted(hall.messages, occasion):
                continue
            yield Due(
                Key(about, occasion, one),
                ticket.id,
                ticket.language,
                _facts(hall, ticket, ahead or 0),
                _opener(hub, ticket.id, one),
            )


def _opener(hub: Hub, ticket: int, field: str) -> Callable[[], str | None]:
    return lambda: telephones.opened(hub, ticket, field)


def _ahead(hall: Hall, reader: Reader, ticket: Ticket, now: float) -> int | None:
    return line_of(hall, reader, ticket, now).ahead if ticket.service in hall.services else None


def _facts(hall: Hall, ticket: Ticket, ahead: int) -> dict[str, Text]:
    until = "" if ticket.ended_at is None else _clock(hall, ticket.ended_at + hall.tickets.lapse_min * 60)
    return {
        "number": Text.same(ticket.label),
        "ahead": Text.same(str(ahead)),
        "soon": notifications.soon(ahead),
        "counter": hall.counter_name(ticket.counter) if ticket.counter else NOTHING,
        "until": Text.same(until),
    }


def _clock(hall: Hall, at: float) -> str:
    return f"{datetime.fromtimestamp(at, hall.zone):%H:%M}"


def cases_due(hub: Hub, reader: Reader, now: float) -> Iterator[Due]:
    """Cases that can be collected and have a telephone. They wait for a channel that is off for a while."""
    if not notifications.wanted(hub.hall.messages, "ready") or not notifications.has_channel(hub.hall):
        return
    for record in reader.ready_cases(now - notifications.READY_S):
        if not notifications.ready_due(record.changed_at, now) or not _mobile(hub, record):
            continue
        yield Due(
            Key(notifications.of_record(record.id), "ready", "own"),
            None,
            "zh",
            {"case": Text.same(record.number), "counter": _pickup(hub.hall)},
            _opener_of(hub, record),
        )


def bookings_due(hub: Hub, reader: Reader, now: float) -> Iterator[Due]:
    """Bookings of tomorrow, and slots that are kept for who waits, of those that left an address."""
    hall = hub.hall
    for one in reader.slot_telephones():
        booking = reader.booked_slot(one.appointment)
        if booking is None or booking.start is None or eves.over(hub, reader, booking, now):
            continue
        if booking.state == "offered":
            occasion, is_due = "offer", booking.holds(now) and notifications.sends_from(hall, now) <= now
        else:
            occasion = "eve"
            is_due = notifications.eve_due(hall, booking.start, booking.changed_at, now)
        key = Key(notifications.of_booking(booking.id, booking.start), occasion, eves.FIELD)
        if is_due and notifications.wanted(hall.messages, occasion) and not _told(reader, key):
            facts = {
                "day": day_words(datetime.fromtimestamp(booking.start, hall.zone).date()),
                "time": Text.same(_clock(hall, booking.start)),
                **({"until": until_words(hall, booking.offer_until or now, now)} if occasion == "offer" else {}),
            }
            yield Due(key, None, booking.language, facts, partial(eves.opened, hub, booking.id))


def _told(reader: Reader, key: Key) -> bool:
    """Whether it was said, or never will be. A slot that is kept for the same person once more after nobody could be
    told of it is told of then.
    """
    found = reader.notification(key)
    return found is not None and not (key.occasion == "offer" and found.outcome == "stale")


def _opener_of(hub: Hub, record: Record) -> Callable[[], str | None]:
    return lambda: _mobile(hub, record)


def _mobile(hub: Hub, record: Record) -> str | None:
    """The telephone of a case, where it is one that gets messages."""
    digits = records.private_values(hub, record).get("phone", "").replace("-", "").replace(" ", "")
    return digits if notifications.MOBILE.fullmatch(digits) else None


def _pickup(hall: Hall) -> Text:
    """Where results are collected: the counters for it, else the guide desk."""
    found = [table.text for table in hall.counters.values() if table.kind == "pickup"]
    if not found:
        found = [table.text for table in hall.counters.values() if table.kind == "guide"][:1]
    if not found:
        return Text("大厅", "the hall")
    return Text("、".join(one.zh for one in found), ", ".join(one.en for one in found))
