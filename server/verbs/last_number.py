"""The last number of the day, and before lunch: which service a kiosk or telephone can still promise, where the hall
wants it foreseen (`[tickets] stop_by`). The desk may issue all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from config import Hall, Text
from server.domain import worktime
from server.domain.slots import Slot
from server.foresight.promise import keeps, quietest
from server.foresight.seer import Told
from server.store.reader import Reader
from server.verbs import place, slots
from server.verbs.hub import Hub

AHEAD_DAYS = 14
"""So far it is looked for another day."""
NEAR_S = 4 * 3600.0
"""So long before a closing it is said beforehand which item comes too late."""
SAME_S = 10.0
"""For so long it is not asked again."""


def too_late(hub: Hub, reader: Reader, service: str, klass: str = "", after_s: float = 0.0) -> Text | None:
    """Why a visitor gets no number of a service any more today, and when instead; None while the turn comes before the
    last closing even if the wait is a long one. `after_s`: so long until whoever asks stands in the hall. Where the
    hall wants it (`stop_before_lunch`), before it closes for lunch too.

    While nothing can be foreseen (no counter open, a hub that has just started) the minutes of the file hold.
    """
    return _asked(hub, reader, service, klass, after_s, breaks=hub.hall.tickets.stop_before_lunch)[0]


def late_items(hub: Hub, now: float) -> Mapping[str, Text]:
    """Which items a kiosk would promise nobody any more, as `too_late` says; for some seconds everybody is told the
    same. Hours before closing nobody is asked.
    """
    found: Mapping[str, Text] = hub.latest(("late", int(now / SAME_S)), lambda: _late_items(hub, now))
    return found


def _late_items(hub: Hub, now: float) -> Mapping[str, Text]:
    hall, reader, day = hub.hall, hub.read(), worktime.service_day(hub.hall, now)
    if hall.tickets.stop_by != "foreseen" or not hub.door(reader).issuing:
        return {}
    found: dict[str, Text] = {}
    for service in hall.services:
        closing = [end for _, end in worktime.opening(hall, day, service) if end > now]
        if closing and closing[0 if hall.tickets.stop_before_lunch else -1] - now < NEAR_S:
            late = too_late(hub, reader, service)
            found |= {service: late} if late else {}
    return found


def any_too_late(hub: Hub, reader: Reader, items: Sequence[str], klass: str = "") -> Text | None:
    """The same of a number for several items in their order: who is called for the next has been done with the last,
    and lunch may lie between them.
    """
    after_s = 0.0
    for n, service in enumerate(items):
        late, told = _asked(hub, reader, service, klass, after_s, breaks=not n and hub.hall.tickets.stop_before_lunch)
        if late:
            return late
        with hub.foresight.lock:
            after_s += (told.middle if told else 0.0) + hub.foresight.seer.watch.mean(service)
    return None


def _asked(
    hub: Hub, reader: Reader, service: str, klass: str, after_s: float, *, breaks: bool
) -> tuple[Text | None, Told | None]:
    """Why not, and what is foreseen. `breaks`: whether the turn has to come before the next closing, for lunch too."""
    hall, now = hub.hall, hub.now()
    hours = worktime.opening(hall, worktime.service_day(hall, now), service)
    if hall.tickets.stop_by != "foreseen" or not hours or hours[-1][1] - hours[0][0] >= 86400:
        return None, None
    left_for = [n for n, (_, end) in enumerate(hours) if end > now] or [len(hours) - 1]
    which = left_for[0] if breaks else len(hours) - 1
    left = hours[which][1] - now - after_s
    ticket = place.newcomer(hall, reader, service, now)
    if klass in hall.classes:
        ticket = replace(ticket, klass=klass, rank=place.new_rank(hall, reader, service, klass, now).rank)
    line = place.line_of(hall, reader, ticket, now, hub.foresight)
    ahead = line.ahead
    told = line.told(ahead)
    if told is not None:
        keep = keeps(told, left)
    else:
        wait = line.wait(ahead, reader.waiting_by_service())
        soon = left > hall.tickets.stop_before_close_min * 60 or which < len(hours) - 1
        keep = soon and (wait is None or not ahead or wait[0] * 60 <= left)
    if keep:
        return None, told
    if which < len(hours) - 1:
        return _after_lunch(hub, reader, service, hours, which), told
    return _another_day(hub, reader, service, hours[-1][1]), told


def _after_lunch(hub: Hub, reader: Reader, service: str, hours: Sequence[tuple[float, float]], which: int) -> Text:
    """What is said before lunch: from when numbers of the afternoon are given, its quiet hour, its first free slot."""
    hall, today = hub.hall, worktime.service_day(hub.hall, hub.now())
    shuts, opens = (datetime.fromtimestamp(at, hall.zone) for at in (hours[which][1], hours[which + 1][0]))
    zh = f"上午多半办不上：照现在排的队，{shuts:%H:%M}午休前轮不到新来的人。"
    zh += f"{shuts:%H:%M}起取下午的号，{opens:%H:%M}起办理。"
    en = (
        f"Unlikely this morning: as the line stands, a new number's turn comes after we close for lunch at"
        f" {shuts:%H:%M}. Numbers for the afternoon from {shuts:%H:%M} on, served from {opens:%H:%M}."
    )
    if quiet := _quiet(hub, today, _spans(hall, today, service)[which + 1 :]):
        zh, en = f"{zh}{quiet.zh}", f"{en} {quiet.en}"
    free = slots.free_for(hub, reader, service, today, hub.now())
    slot = next((one for one in free if one.free > 0 and one.start >= hours[which + 1][0]), None)
    return _with_slot(hub, zh, en, slot)


def _another_day(hub: Hub, reader: Reader, service: str, closing: float) -> Text:
    """What is said instead: the quiet hour of the next day, and the first slot that may be booked."""
    hall = hub.hall
    at = datetime.fromtimestamp(closing, hall.zone)
    zh = f"今天多半办不上：照现在排的队，{at:%H:%M}下班前轮不到新来的人。"
    en = f"Unlikely today: as the line stands, a new number's turn comes after we close at {at:%H:%M}."
    day = next((one for one in _days(hub) if worktime.opening(hall, one, service)), None)
    if day and (quiet := _quiet(hub, day, _spans(hall, day, service))):
        zh, en = f"{zh}{quiet.zh}", f"{en} {quiet.en}"
    return _with_slot(hub, zh, en, _slot(hub, reader, service))


def _with_slot(hub: Hub, zh: str, en: str, slot: Slot | None) -> Text:
    if slot:
        start = datetime.fromtimestamp(slot.start, hub.hall.zone)
        zh += f"可以预约{start.month}月{start.day}日{start:%H:%M}。"
        en += f" You can book {start:%-d %B at %H:%M}."
    return Text(f"{zh}急办的请到咨询台。", f"{en} If urgent, ask at the guide desk.")


def _quiet(hub: Hub, day: date, spans: Sequence[tuple[float, float]]) -> Text | None:
    """When to come on a day, within these hours of it."""
    with hub.foresight.lock:
        hour = quietest(hub.foresight.seer.watch, day.weekday(), spans)
    if hour is None:
        return None
    return Text(
        f"{day.month}月{day.day}日{hour}点到{hour + 1}点人一般最少。",
        f"Usually quietest: {day:%-d %B}, {hour}:00 to {hour + 1}:00.",
    )


def quiet_hours(hub: Hub) -> list[tuple[date, int]]:
    """The quietest hour still to come (9: from 9 to 10) of each day of the next seven, today among them; a day on which
    the hall is closed, or of which too little is known, is left out.
    """
    found = []
    now = datetime.fromtimestamp(hub.now(), hub.hall.zone)
    today = worktime.service_day(hub.hall, hub.now())
    for day in (today + timedelta(days=n) for n in range(7)):
        gone = now.hour + 1 if day == now.date() else 0
        spans = [(max(a, gone), b) for a, b in _spans(hub.hall, day, None)]
        with hub.foresight.lock:
            hour = quietest(hub.foresight.seer.watch, day.weekday(), spans)
        found += [] if hour is None else [(day, hour)]
    return found


def _slot(hub: Hub, reader: Reader, service: str) -> Slot | None:
    """The first that is free, from tomorrow on."""
    free = (one for day in _days(hub) for one in slots.free_for(hub, reader, service, day, hub.now()) if one.free > 0)
    return next(free, None)


def _days(hub: Hub) -> list[date]:
    today = worktime.service_day(hub.hall, hub.now())
    return [today + timedelta(days=n) for n in range(1, AHEAD_DAYS + 1)]


def _spans(hall: Hall, day: date, service: str | None) -> list[tuple[float, float]]:
    midnight = datetime.combine(day, datetime.min.time(), hall.zone).timestamp()
    return [((a - midnight) / 3600, (b - midnight) / 3600) for a, b in worktime.opening(hall, day, service)]
