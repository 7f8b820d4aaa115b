"""What is filled into the blanks of a slip's form: a ticket and its place, or the facts of another slip. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import words
from config import Hall, Text
from printer_profiles.slip import width
from server.domain.agenda import Agenda, papers
from server.domain.offline import CHANNEL
from server.domain.position import Place
from server.domain.ticket import Job, Ticket
from server.domain.vocabulary import OUTCOMES
from server.printing.slips.form import Blanks

BRING_COLUMNS = 20
LISTED = ("materials", "department", "missing", "received", "owed", "bring")
"""Facts that are, or list, words of the catalogue."""
CATALOGUED = {"是": "yes", "否": "no", "部分": "partly", "即办": "at once", "当场": "at once"}
"""What a catalogue says of its items, in English."""
SCAN = Text("扫码查排队", "Scan for your place")
SCAN_HERE = Text("到取号机扫码", "Scan at a kiosk")
SCAN_LATER = Text("网络恢复后扫码查排队", "Scan for your place once the network is back")
SCAN_HERE_LATER = Text("网络恢复后到取号机扫码", "Scan at a kiosk once the network is back")
NOTHING = Text("", "")
WEEKDAYS = "一二三四五六日"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def common(hall: Hall, at: float, serial: str) -> dict[str, str]:
    """What every slip may say: the hall, its telephones, the periods of the law, and a moment (epoch seconds)."""
    when, table, slips = datetime.fromtimestamp(at, hall.zone), hall.hall, hall.slips
    return {
        **hall.plate.json("hall"),
        "sign": hall.place.sign,
        "banner": table.banner,
        "banner_en": table.banner_en,
        "tel_consult": table.tel_consult,
        "tel_complaint": table.tel_complaint,
        "date": f"{when:%Y-%m-%d}",
        "time": f"{when:%H:%M}",
        "weekday": WEEKDAYS[when.weekday()],
        "weekday_en": WEEKDAYS_EN[when.weekday()],
        "serial": serial,
        "told_days": str(slips.told_days),
        "review_days": str(slips.review_days),
        "review_body": slips.review_body,
        "court_months": str(slips.court_months),
        "court": slips.court,
    }


def of_ticket(
    hall: Hall, ticket: Ticket, place: Place, device: str, copy: int, agenda: Agenda | None = None, code: str = ""
) -> dict[str, str | Sequence[str]]:
    """A number and its place now; fewer than none ahead of it: nobody knows how many.

    A sensitive service shows neither item nor what to bring, if the hall wants so not even its category; among several
    items it hides them all.
    """
    codes = agenda.services if agenda else (ticket.service,)
    hidden, item = bool({*codes} & {*hall.slips.hide_item}), hall.service_name(ticket.service)
    group = NOTHING if ticket.service in hall.slips.hide_group else place.group
    marks = _marks(hall, ticket)
    return {
        **common(hall, ticket.issued_at, f"{ticket.id:06d}"),
        "number": ticket.label,
        **group.json("group"),
        **(NOTHING if hidden else item).json("item"),
        "ahead": str(place.ahead) if place.ahead >= 0 else "",
        "wait": "" if place.wait is None else f"{place.wait[0]}-{place.wait[1]}",
        "around": "" if place.at is None else f"{datetime.fromtimestamp(place.at, hall.zone):%H:%M}",
        **place.counters.json("counters"),
        **_call(hall, ticket, place).json("call"),
        "marks": "".join(f"【{zh}】" for zh, _ in marks),
        "marks_en": ", ".join(en for _, en in marks),
        "appointment": ticket.appointment,
        "slot": "" if ticket.slot is None else f"{datetime.fromtimestamp(ticket.slot, hall.zone):%H:%M}",
        **(NOTHING if hidden else bring(hall, codes)).json("bring"),
        **(_several(hall, agenda, hidden) if agenda else {}),
        "lapse_min": str(hall.tickets.lapse_min),
        "copy": str(copy) if copy > 1 else "",
        **_scan(hall, place, code).json("scan"),
        "device": f"设备{device}" if device in hall.kiosks else f"工号{device}",
    }


def _scan(hall: Hall, place: Place, code: str) -> Text:
    """What the code is for. Where nobody knows who is ahead it opens later, and stands there to be typed as well: a
    sheet that was photographed is not always read.
    """
    if place.ahead >= 0:
        return SCAN if hall.public.url else SCAN_HERE
    if not code:
        return NOTHING
    zh, en = SCAN_LATER if hall.public.url else SCAN_HERE_LATER
    return Text(f"{zh} {code}", en)


def _call(hall: Hall, ticket: Ticket, place: Place) -> Text:
    """What to do now: sit until one of the counters calls, and only once it has called go there."""
    if ticket.state in ("called", "serving") and ticket.counter:
        zh, en = hall.counter_name(ticket.counter)
        return Text(f"请到{zh}", f"Please go to {en}")
    zh, en = place.counters
    if not zh:
        return NOTHING
    one = zh in {counter.name for counter in hall.counters.values()} or not re.search("[-、]", zh)
    who, who_en = (zh, en) if one else (f"{zh}之一", f"one of {en}")
    return Text(f"请坐等叫号，将由{who}叫您", f"Please take a seat: {who_en} will call you")


def _marks(hall: Hall, ticket: Ticket) -> list[Text]:
    """绿色通道, 领件 …; an appointment has a line of its own."""
    klass = hall.classes.get(ticket.klass) if ticket.klass not in ("ordinary", hall.tickets.appointment_class) else None
    pickup = [Text("领件", "Pick-up")] if ticket.service in hall.reserved else []
    alone = [Text("脱机号，按取号时间排队", "Taken offline: counts from now")] if ticket.channel == CHANNEL else []
    return ([klass.text] if klass else []) + pickup + alone


def _several(hall: Hall, agenda: Agenda, hidden: bool) -> dict[str, str | Sequence[str]]:
    """The items of a number for several, those that are done marked; of sensitive ones only how many they are."""
    known = hall.packages.get(agenda.package)
    name = known.text if known and not hidden else Text("一号联办", "One number")
    told = [] if hidden else [(hall.service_name(one.service), bool(one.outcome)) for one in agenda.items]
    return {
        **name.json("package"),
        "items_n": str(len(agenda.items)),
        "items": [f"{text.zh}（已办）" if done else text.zh for text, done in told],
        "items_en": [f"{text.en} (done)" if done else text.en for text, done in told],
    }


def bring(hall: Hall, codes: Sequence[str]) -> Text:
    """The first things to bring for some items, as many as stand in BRING_COLUMNS; the whole list is the guide's."""
    all_ = [paper.name for paper in papers([hall.services[code] for code in codes if code in hall.services])]
    shown = next(
        (
            n
            for n in range(min(hall.slips.bring_items, len(all_)), 0, -1)
            if width("、".join(all_[:n])) <= BRING_COLUMNS
        ),
        0,
    )
    first, rest = all_[:shown], 0 < shown < len(all_)
    english = "; ".join(map(words.say("en"), first)) + ("; and more" if rest else "")
    return Text("、".join(first) + ("等" if rest else ""), english)


def of_facts(hall: Hall, job: Job, ticket: Ticket | None, group: Text) -> Blanks:
    """The facts of a job of another slip, as its form names them, and the ticket it belongs to."""
    facts = job.facts
    told: dict[str, Any] = {**common(hall, job.queued_at, f"{job.id:06d}"), **group.json("group")}
    if ticket:
        told["number"] = ticket.label
    for name, value in facts.items():
        told[name] = value if isinstance(value, list) else str(value)
        if isinstance(value, list):
            told[f"{name}_n"] = str(len(value)) if value else ""
    told |= {f"{name}_en": _catalogued(facts[name]) for name in LISTED if name in facts}
    told |= {
        f"{name}_en": _english(facts[name])
        for name in ("legal", "promise", "fee", "in_person", "online")
        if name in facts
    }
    told["copy"] = str(job.copy) if job.copy > 1 else ""
    if job.kind in ("pickup", "booking") and facts.get("service") in hall.slips.hide_item:
        told["item"] = told["item_en"] = ""
    return {**told, **(_of_a_day(facts) if job.kind == "dayclose" else {})}


def _catalogued(value: Any) -> str | list[str]:
    """A word of the catalogue of services, or a list of them, in English; empty where it has none: then the English
    line is left out.
    """
    if isinstance(value, list):
        return [str(_catalogued(one)) for one in value]
    english = words.say("en")(str(value)) if value else ""
    return "" if english == value else english


def _english(value: str) -> str:
    """What the catalogue says, in English; empty where nobody knows how: then the English line is left out."""
    days = re.fullmatch(r"(\d+)\s*个?工作日", value)
    return CATALOGUED.get(value, "") if days is None else f"{int(days[1])} working day{'s' * (int(days[1]) != 1)}"


def _of_a_day(facts: Mapping[str, Any]) -> dict[str, str | list[str]]:
    """O is from log-in to log-out, Z the pauses in it (docs/figures.md); minutes with one decimal.

    The facts hold O − Z and Z.
    """
    outcomes = {text.zh: n for text in OUTCOMES.values() if (n := facts.get("outcomes", {}).get(text.zh))}
    return {
        "staff": "、".join(facts["staff"]),
        "open_min": f"{(facts['open_s'] + facts['pause_s']) / 60:.1f}",
        "pause_min": f"{facts['pause_s'] / 60:.1f}",
        "outcomes": list(outcomes),
        "counts": [str(n) for n in outcomes.values()],
    }
