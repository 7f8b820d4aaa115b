"""The hall's own appointments as a telephone, a kiosk, the desk and the live page show them. No person stands in it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import segno

import words
from config import Hall, Text
from server.domain import slots
from server.domain.slots import Appointment
from server.domain.worktime import service_day
from server.store.reader import Reader
from server.verbs import eves
from server.verbs import slots as verbs
from server.verbs.hub import Hub
from server.views.tickets import iso, service_names

WEEKDAYS = Text("一二三四五六日", "Mon Tue Wed Thu Fri Sat Sun")
STATES = {
    "to come": Text("已预约", "Booked"),
    "late": Text("时段已开始，请尽快到大厅签到", "Your time has begun: please come and check in"),
    "arrived": Text("已签到，请留意叫号", "Checked in: please watch the screens"),
    "missed": Text("没有来，已过时段", "Missed"),
    "listed": Text("候补中", "On the waiting list"),
    "offered": Text("有空位了，请尽快确认", "A slot is free: please confirm it soon"),
    "cancelled": Text("已取消", "Cancelled"),
    "withdrawn": Text("大厅取消了这个时段，请改期", "The hall has withdrawn this slot: please choose another one"),
}
"""How a booking stands, for whoever holds it."""
AT_DESK = {
    **STATES,
    "late": Text("未到", "Missing"),
    "arrived": Text("已签到", "Arrived"),
    "missed": Text("爽约", "Missed"),
    "offered": Text("保留中，待确认", "Offered, not confirmed"),
}
"""The same for staff."""


def day_words(day: date) -> Text:
    """11月24日 周二; Tue 24 Nov."""
    zh = f"{day.month}月{day.day}日 周{WEEKDAYS.zh[day.weekday()]}"
    return Text(zh, f"{WEEKDAYS.en.split()[day.weekday()]} {day:%-d %b}")


def _clock(hall: Hall, at: float) -> str:
    return f"{datetime.fromtimestamp(at, hall.zone):%H:%M}"


def plans_view(hub: Hub) -> list[dict[str, Any]]:
    """What may be booked: each plan with its items; those without an item are left out."""
    hall = hub.hall
    return [
        {
            "plan": plan,
            **table.text.json("name"),
            "services": [service_names(hall, code) for code in slots.booked_services(hall, plan)],
            "rules": [one.json() for one in slots.explained(table)],
        }
        for plan, table in hall.slots.items()
        if slots.booked_services(hall, plan)
    ]


def days_view(hub: Hub, service: str, chosen: date | None = None) -> dict[str, Any]:
    """The days on which an item may be booked, and the slots of one of them: `chosen`, or the first with a place."""
    hall, reader, now = hub.hall, hub.read(), hub.now()
    plans = slots.plans_of(hall, service)
    dates = sorted({day for plan in plans for day in slots.days_of(hall, plan, now)})
    on = {day: verbs.free_for(hub, reader, service, day, now) for day in dates}
    open_days = [day for day in dates if on[day]]
    first = next((day for day in open_days if any(one.free for one in on[day])), None)
    day = chosen if chosen in on else first
    listing = verbs.list_for(hub, reader, service, day, now) if day else None
    return {
        "service": service_names(hall, service),
        "days": [
            {
                "day": one.isoformat(),
                **day_words(one).json(),
                "free": sum(slot.free for slot in on[one]),
            }
            for one in open_days
        ],
        "day": day.isoformat() if day else None,
        "day_words": day_words(day).json() if day else None,
        "slots": [
            {
                "start": iso(hall, one.start),
                "time": _clock(hall, one.start),
                "until": _clock(hall, one.end),
                "plan": one.plan,
                "free": one.free,
            }
            for one in _merged(on.get(day, []) if day else [])
        ],
        "may_wait": listing is not None,
        "asks_number": any(hall.slots[plan].per_person for plan in plans),
        "rules": [one.json() for one in dict.fromkeys(r for plan in plans for r in slots.explained(hall.slots[plan]))],
        "bring": bring(hall, service),
        "now": iso(hall, now),
    }


def items_view(hub: Hub) -> dict[str, Any]:
    """The items of which the district may sell places here, each once, in the order of the file."""
    hall = hub.hall
    plans = [plan for plan, table in hall.slots.items() if table.district]
    codes = dict.fromkeys(code for plan in plans for code in slots.booked_services(hall, plan))
    return {"services": [service_names(hall, code) for code in codes]}


def lease_view(hub: Hub, service: str) -> dict[str, Any]:
    """The hall's word of what the district may sell of an item: days and their times with the places that are left,
    good for `term_s` seconds after it is heard.
    """
    hall = hub.hall
    plans = [plan for plan in slots.plans_of(hall, service) if hall.slots[plan].district]
    return {
        "term_s": slots.TERM_S,
        "service": service_names(hall, service),
        "asks_number": any(hall.slots[plan].per_person for plan in plans),
        "days": [
            one | {"may_wait": not any(slot["free"] for slot in one["slots"]) and _waits(hub, service, one["day"])}
            for one in _by_day(hall, verbs.leased_for(hub, hub.read(), service, hub.now()))
        ],
        "rules": [one.json() for one in dict.fromkeys(r for plan in plans for r in slots.explained(hall.slots[plan]))],
        "bring": bring(hall, service),
    }


def _waits(hub: Hub, service: str, day: str) -> bool:
    """Whether somebody may go onto the list of a day at the relay."""
    return verbs.list_for(hub, hub.read(), service, date.fromisoformat(day), hub.now(), by_district=True) is not None


def move_view(hub: Hub, booking: Appointment) -> dict[str, Any]:
    """The hall's word of where a booking may be moved by whoever has its code and is outside: a leased place to leased
    ones, any other to whatever is free; good for `term_s` seconds after it is heard.
    """
    hall, reader, now = hub.hall, hub.read(), hub.now()
    service = booking.service
    if booking.channel == "district":
        found = verbs.leased_for(hub, reader, service, now)
    else:
        dates = {day for plan in slots.plans_of(hall, service) for day in slots.days_of(hall, plan, now)}
        found = [one for day in sorted(dates) for one in verbs.free_for(hub, reader, service, day, now)]
    stands = slots.coming(booking, _number_of(hub, reader, booking) is not None, now)
    return {
        "term_s": slots.TERM_S,
        "code": verbs.code_of(hall, booking.id),
        "service": service_names(hall, service),
        "may": "change" in _may(stands, date.fromisoformat(booking.day) < service_day(hall, now)),
        "days": _by_day(hall, found),
    }


def _by_day(hall: Hall, found: list[slots.Slot]) -> list[dict[str, Any]]:
    """Slots as they go to the relay, by their days."""
    days: dict[date, list[slots.Slot]] = {}
    for one in _merged(found):
        days.setdefault(datetime.fromtimestamp(one.start, hall.zone).date(), []).append(one)
    return [
        {
            "day": day.isoformat(),
            **day_words(day).json(),
            "slots": [
                {"start": iso(hall, one.start), "time": _clock(hall, one.start), "free": one.free} for one in times
            ],
        }
        for day, times in days.items()
    ]


def _merged(found: list[slots.Slot]) -> list[slots.Slot]:
    """Slots of several plans that begin together, as one: whoever books gets the first with a place."""
    together: dict[float, slots.Slot] = {}
    for one in found:
        known = together.get(one.start)
        together[one.start] = (
            one
            if known is None
            else known._replace(capacity=known.free + one.free, taken=0, end=max(known.end, one.end))
        )
    return [together[start] for start in sorted(together)]


def bring(hall: Hall, service: str) -> list[dict[str, str]]:
    """What the item needs."""
    known = hall.services.get(service)
    return [Text(one, words.say("en")(one)).json() for one in known.materials] if known else []


def address(hall: Hall, code: str) -> str:
    """What the QR code of a booking holds: its page where telephones reach one, else the code for the kiosk."""
    return f"{hall.public.url}/b/{code}" if hall.public.url else code


def reached(hall: Hall) -> bool:
    """Whether telephones reach the hub's own pages: a relay has `/b/` and none of the others."""
    url, relay = hall.public.url, hall.relay.url.rstrip("/")
    return bool(url) and not (relay and f"{url}/".startswith(f"{relay}/"))


def _number_of(hub: Hub, reader: Reader, booking: Appointment) -> str | None:
    here = reader.of_appointment(booking.day, verbs.code_of(hub.hall, booking.id))
    return here.label if here else None


def booking_view(hub: Hub, booking: Appointment) -> dict[str, Any]:
    """A booking as whoever has its code sees it."""
    hall, reader, now = hub.hall, hub.read(), hub.now()
    code = verbs.code_of(hall, booking.id)
    number = _number_of(hub, reader, booking)
    stands = slots.coming(booking, number is not None, now)
    day = date.fromisoformat(booking.day)
    over = day < service_day(hall, now)
    if over and stands == "listed":
        stands = "cancelled"
    start = None if stands == "listed" else booking.start
    table = hall.slots.get(booking.plan)
    offered_until = booking.offer_until if stands == "offered" else None
    return {
        "code": code,
        "address": address(hall, code),
        "service": service_names(hall, booking.service),
        "state": stands,
        "state_words": STATES[stands].json(),
        "number": number,
        "day": booking.day,
        "day_words": day_words(day).json(),
        "start": iso(hall, start),
        "time": None if start is None else _clock(hall, start),
        "until": None if start is None else _clock(hall, booking.end),
        "offer_until": None if offered_until is None else _clock(hall, offered_until),
        "offer_words": None if offered_until is None else until_words(hall, offered_until, now).json(),
        "offer_min": table.offer_min if table and stands == "listed" else None,
        "ahead": _ahead(reader, booking, now) if stands == "listed" else None,
        "may": _may(stands, over),
        "reminder": {
            "may": eves.may_be_told(hub, reader, booking, now),
            "masked": eves.mask(hub, booking.id),
        },
        "rules": [one.json() for one in slots.explained(table)] if table else [],
        "bring": bring(hall, booking.service),
        "now": iso(hall, now),
    }


def _ahead(reader: Reader, booking: Appointment, now: float) -> int:
    """How many of the list of that day are offered a slot before."""
    mine = booking.changed_at, booking.id
    return sum(
        one.plan == booking.plan and one.day == booking.day and not one.holds(now) and (one.changed_at, one.id) < mine
        for one in reader.slots_listed(booking.day)
    )


def until_words(hall: Hall, until: float, now: float) -> Text:
    """A moment of today by its time, another by its day too."""
    at, time = datetime.fromtimestamp(until, hall.zone), Text.same(_clock(hall, until))
    if at.date() == datetime.fromtimestamp(now, hall.zone).date():
        return time
    day = day_words(at.date())
    return Text(f"{day.zh} {time.zh}", f"{day.en} {time.en}")


def _may(stands: str, over: bool) -> list[str]:
    """What its holder may do now."""
    if over:
        return []
    return {
        "to come": ["change", "cancel"],
        "listed": ["cancel"],
        "offered": ["accept", "cancel"],
        "withdrawn": ["change"],
    }.get(stands, [])


def picture(hall: Hall, code: str) -> str:
    """The QR code of a booking, as a data address."""
    made: str = segno.make_qr(address(hall, code), error="m").svg_data_uri(scale=6, border=4, light="#fff")
    return made


def calendars(hub: Hub, booking: Appointment) -> dict[str, str] | None:
    """The calendar file in both languages, for the relay; None where there is no time to come."""
    if booking.start is None or booking.state != "booked":
        return None
    return {lang: calendar_file(hub, booking, lang).decode() for lang in ("zh", "en")}


# --- the calendar file ------------------------------------------------------------------------------------------------


def calendar_file(hub: Hub, booking: Appointment, lang: str) -> bytes:
    """A booking for somebody's calendar (RFC 5545), with reminders a day and two hours before. Raises ValueError for
    one without a slot.

    Times are UTC, so that no table of zones goes along; a change has the same UID and a higher SEQUENCE. A file that
    was taken can't be called back: it says that the page behind the code is what counts.
    """
    from icalendar import Alarm, Calendar, Event  # half of a tenth of a second, asked for a few times a day

    if booking.start is None:
        raise ValueError(f"appointment {booking.id} has no slot")
    hall = hub.hall
    code = verbs.code_of(hall, booking.id)

    def say(text: Text) -> str:
        return text.en if lang == "en" else text.zh

    item = say(hall.service_name(booking.service))
    title = say(Text(f"预约：{item}", f"Appointment: {item}"))
    made = Calendar()
    made.add("prodid", "-//Jiaohao//booking//ZH")
    made.add("version", "2.0")
    one = Event()
    one.add("uid", f"booking-{booking.id}@{hall.hall.id}")
    one.add("sequence", booking.changes)
    one.add("dtstamp", datetime.fromtimestamp(booking.changed_at, UTC).replace(microsecond=0))
    one.add("dtstart", datetime.fromtimestamp(booking.start, UTC))
    one.add("dtend", datetime.fromtimestamp(booking.end, UTC))
    one.add("summary", title)
    one.add("location", say(hall.hall.text))
    one.add("status", "CONFIRMED" if booking.state == "booked" else "CANCELLED")
    told = Text(
        f"预约码 {code}。到大厅后在取号机签到。改期或取消以预约页为准。",
        f"Code {code}. Check in at a kiosk of the hall. The booking's page is what counts, also for changes.",
    )
    one.add("description", say(told))
    if hall.public.url:
        one.add("url", address(hall, code))
    for before in (timedelta(days=1), timedelta(hours=2)) if booking.state == "booked" else ():
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", title)
        alarm.add("trigger", -before)
        one.add_component(alarm)
    made.add_component(one)
    written: bytes = made.to_ical()
    return written


# --- the day's plan ---------------------------------------------------------------------------------------------------


def day_view(hub: Hub, day: date) -> dict[str, Any]:
    """The plan of a day: every slot with who is booked, has arrived, is missing; then each booking by its code."""
    hall, reader, now = hub.hall, hub.read(), hub.now()
    bookings = [one for one in reader.slots_of(day.isoformat()) if one.state in slots.OPEN]
    arrived = reader.arrived_of(day.isoformat())
    rows = []
    for one in bookings:
        code = verbs.code_of(hall, one.id)
        here = arrived.get(code)
        stands = slots.coming(one, here is not None, now)
        rows.append((one, code, here, stands))
    by_slot: dict[tuple[float, str], Counter[str]] = {}
    for one, _, _, stands in rows:
        if one.start is not None and stands not in ("listed", "offered"):
            by_slot.setdefault((one.start, one.plan), Counter())[stands] += 1
    for plan in hall.slots:
        for slot in slots.of_day(hall, plan, day):
            by_slot.setdefault((slot.start, plan), Counter())
    counted: Counter[str] = Counter(stands for _, _, _, stands in rows)
    labels = reader.numbers_of([here[0] for _, _, here, _ in rows if here])
    return {
        "day": day.isoformat(),
        "day_words": day_words(day).json(),
        **_sums(counted),
        "slots": [
            {
                "start": iso(hall, start),
                "time": _clock(hall, start),
                "plan": plan,
                **_plan_name(hall, plan).json("name"),
                "capacity": slots.capacity(hall, plan) if plan in hall.slots else 0,
                **_sums(found),
            }
            for (start, plan), found in sorted(by_slot.items())
        ],
        "bookings": [
            {
                "code": code,
                "service": service_names(hall, one.service),
                "start": iso(hall, one.start if stands != "listed" else None),
                "time": _clock(hall, one.start) if one.start is not None and stands != "listed" else None,
                "state": stands,
                "state_words": AT_DESK[stands].json(),
                "channel": one.channel,
                "number": labels.get(here[0]) if here else None,
            }
            for one, code, here, stands in rows
        ],
    }


def _sums(found: Counter[str]) -> dict[str, int]:
    """`missing` are those whose time has begun and who have not checked in, missed ones among them."""
    return {
        "booked": sum(found[one] for one in ("to come", "late", "arrived", "missed")),
        "arrived": found["arrived"],
        "missing": found["late"] + found["missed"],
        "waiting_list": found["listed"] + found["offered"],
    }


def _plan_name(hall: Hall, plan: str) -> Text:
    known = hall.slots.get(plan)
    return known.text if known else Text.same(plan)


def today_sums(hub: Hub) -> dict[str, int] | None:
    """Today's bookings in four figures; None for a hall without slots of its own."""
    if not hub.hall.slots:
        return None
    hall, reader, now = hub.hall, hub.read(), hub.now()
    day = hub.day(now)
    arrived = reader.arrived_of(day)
    found: Counter[str] = Counter()
    for one in reader.slots_of(day):
        if one.state in slots.OPEN:
            found[slots.coming(one, verbs.code_of(hall, one.id) in arrived, now)] += 1
    return _sums(found)
