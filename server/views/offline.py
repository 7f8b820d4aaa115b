"""What is told so that a hall goes on without its hub: to a kiosk that is alone, and on paper."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from config import Hall, Text
from config.unsettled import no_place
from server.domain import offline
from server.domain.alerts import Level
from server.domain.ticket import Ticket
from server.domain.vocabulary import OUTCOMES
from server.store.reader import Reader
from server.store.transaction import PASSED_OVER
from server.verbs import emergency
from server.verbs.hub import Hub
from server.verbs.offline import Leased, allowances, hours
from server.views.tickets import service_names

MOST = 2000
"""So many people stand on one list."""
ENQUIRIES = Text("其他", "Others")


def lease_view(hub: Hub, kiosk: str, granted: Leased) -> dict[str, Any]:
    """The answer to a kiosk that came with its book."""
    reader, now = hub.read(), hub.now()
    shut, alarm = reader.closures(hub.day(now)).get(""), emergency.now(reader)
    why = alarm.text if alarm else Text(shut["message"], shut["message_en"]) if shut else None
    starts = hub.hall.hall.day_starts
    return {
        "entered": granted.entered,
        "now": now,
        "epoch": granted.epoch,
        "until": granted.until,
        "day_starts": starts.hour * 3600 + starts.minute * 60,
        "blocks": [one._asdict() for one in granted.blocks],
        "used": granted.used,
        "hours": hours(hub.hall, now),
        "services": {
            code: {**one._asdict(), "closed": one.closed.json() if one.closed else None}
            for code, one in allowances(hub, reader).items()
        },
        "per_min": hub.hall.kiosks[kiosk].tickets_per_min,
        "shut": why.json() if why else None,
        "paper": paper_view(hub),
    }


def paper_view(hub: Hub) -> dict[str, Any]:
    """Who waits in which order, by tile; who is at a counter; and which numbers come next on paper."""
    hall, reader = hub.hall, hub.read()
    waiting = in_order(reader)
    tiles = {name: (group.text, frozenset(group.services)) for name, group in hall.groups.items()}
    known = frozenset().union(*(codes for _, codes in tiles.values()))
    lines = [(text, [t for t in waiting if t.service in codes]) for text, codes in tiles.values()]
    lines.append((ENQUIRIES, [t for t in waiting if t.service not in known]))
    return {
        "at": f"{datetime.fromtimestamp(hub.now(), hall.zone):%Y-%m-%d %H:%M}",
        "lines": [{**text.json(), "numbers": [t.label for t in those]} for text, those in lines if those],
        "called": [t.label for t in reader.held().values()],
        "next": next_by_hand(hub),
    }


def troubles(hub: Hub, reader: Reader, since: float) -> list[tuple[str, Level, Text]]:
    """What somebody must look at since the day began, of numbers that were taken without the hub: which, how bad, in
    words.
    """
    rows = reader.events_between("OfflineEntered", since, float("inf"))
    found: list[tuple[str, Level, Text]] = []
    if clashes := [(a, b) for row in rows for a, b in row.field("clashes")]:
        zh, en = "、".join(f"{a}→{b}" for a, b in clashes), ", ".join(f"{a} as {b}" for a, b in clashes)
        found.append(
            (
                "clashes",
                "bad",
                Text(
                    f"脱机号与别人的号相同，已改号补录：{zh}。请告诉拿这张号票的人按新号等。",
                    f"Offline numbers were somebody else's and stand under others: {en}. Tell whoever holds them.",
                ),
            )
        )
    if doubled := sum(row.field("doubled") for row in rows):
        found.append(
            (
                "doubled",
                "warn",
                Text(
                    f"有{doubled}个脱机号，同一个人在系统里已有号，没有重复补录：有人拿脱机号来问，请按系统里的号办理。",
                    f"{doubled} offline numbers were not entered, since the same touch has its number here: go by that"
                    " one when somebody asks.",
                ),
            )
        )
    found += [(f"no place {n}", "warn", said) for n, said in enumerate(no_place(hub.hall))]
    for row in rows:
        if row.field("unread"):
            name = _kiosk_name(hub, row.field("device"))
            found.append(
                (
                    f"unread {row.field('book')}",
                    "bad",
                    Text(
                        f"{name.zh}的脱机号文件有{row.field('unread')}行读不出，其中的号没有补录：请问大厅里谁的脱机号查不到，"
                        "在咨询台给他另取号。",
                        f"{row.field('unread')} lines of {name.en}'s file of offline numbers can't be read, and what"
                        " they gave out is not entered: ask whose offline number is not found, and give them another.",
                    ),
                )
            )
    return found


def _kiosk_name(hub: Hub, device: str) -> Text:
    kiosk = hub.hall.kiosks.get(device)
    return (
        kiosk.text
        if kiosk
        else Text("窗口屏程序", "the boards' program")
        if device == "boards"
        else Text(device, device)
    )


def missed_ends(hub: Hub, reader: Reader, since: float) -> list[tuple[str, Level, Text]]:
    """Rows of the journal that a device knows and the hub does not have; of the day's, the one that went furthest."""
    rows = reader.events_between("EndMissed", since, float("inf"))
    if not rows:
        return []
    one = max(rows, key=lambda row: int(row.field("seq")))
    name, at = _kiosk_name(hub, one.field("device")), datetime.fromtimestamp(one.field("written"), hub.hall.zone)
    rows_lost, lost, last = one.field("rows"), one.field("numbers"), one.field("since")
    zh = f"缺{rows_lost}条" if rows_lost else "这一条换成了别的"
    en = f"{rows_lost} are missing" if rows_lost else "another row stands in its place"
    zh += f"，{last}之后缺{lost}个号" if lost and last else f"，缺{lost}个号" if lost else ""
    en += f", and {lost} numbers{f' since {last}' if last else ''}" if lost else ""
    said = Text(
        f"{name.zh}记得主机{at:%m-%d %H:%M}写到第{one.field('seq')}条记录，现在{zh}：请问大厅里谁的号查不到，"
        f"给他重新取号；每个字头已跳过{PASSED_OVER}个号，不会重号。硬盘可能坏了，或恢复了旧备份：请查明。",
        f"{name.en} knows row {one.field('seq')} of the records, written {at:%m-%d %H:%M}; now {en}: ask whose number"
        f" is not found and give them another; {PASSED_OVER} of each letter are passed over. The disk fails, or an"
        " older copy was brought back: find out which.",
    )
    return [("end", "bad", said)]


def in_order(reader: Reader) -> list[Ticket]:
    """Everybody who waits, by rank: a class with a head start has it in there."""
    return reader.tickets([id for id, _ in reader.waiting_order(MOST)])


def next_by_hand(hub: Hub) -> dict[str, str]:
    """Letter -> the number of its paper block behind the last that was entered today: where a sheet has a gap, its
    number may be on somebody's paper. None before somebody asked for the paper."""
    reader, day, found = hub.read(), hub.day(hub.now()), {}
    for one in reader.offline_blocks():
        if one.book == offline.PAPER and one.prefix not in found:
            following = max(reader.offline_given(day, one.prefix, one.first, one.last), default=one.first - 1) + 1
            if following <= one.last:
                found[one.prefix] = f"{one.prefix}{following:03d}"
    return found


def described(hall: Hall, ticket: Ticket) -> dict[str, Any]:
    """A waiting number on paper: what it is, for what."""
    klass = None if ticket.klass == "ordinary" else hall.class_name(ticket.klass).json()
    service = service_names(hall, ticket.service)
    return {"number": ticket.label, "service": service, "class": klass, "id": ticket.id}


ROWS = 18
"""So many numbers of each letter stand on its tally sheet, which is one page."""


def sheet_view(hub: Hub) -> dict[str, Any]:
    """The A4 sheets: each line with its people in order, who is at which counter, and a tally sheet with the numbers
    that are written by hand.
    """
    hall, reader = hub.hall, hub.read()
    waiting, told = in_order(reader), paper_view(hub)
    last = {one.prefix: f"{one.prefix}{one.last:03d}" for one in reader.offline_blocks() if one.book == offline.PAPER}
    tiles = [(group.text, frozenset(group.services)) for group in hall.groups.values()]
    known = frozenset().union(*(codes for _, codes in tiles))
    lines = [
        {**text.json("name"), "people": [described(hall, t) for t in waiting if t.service in codes]}
        for text, codes in (*tiles, (ENQUIRIES, frozenset(hall.services) - known))
    ]
    return {
        "at": told["at"],
        "lines": [one for one in lines if one["people"]],
        "called": [
            {"number": t.label, **hall.counter_name(counter).json("counter")} for counter, t in reader.held().items()
        ],
        "letters": [
            {
                "prefix": prefix,
                **_tiles_of(hall, prefix).json("name"),
                "numbers": _following(first),
                "last": last[prefix],
            }
            for prefix, first in sorted(told["next"].items())
        ],
    }


def _following(first: str) -> list[str]:
    return [f"{first[0]}{int(first[1:]) + n:03d}" for n in range(ROWS)]


def _tiles_of(hall: Hall, prefix: str) -> Text:
    """Which tiles a letter is given out for."""
    names = [
        g.text
        for g in hall.groups.values()
        if any(hall.services[c].prefix == prefix for c in g.services if c in hall.services)
    ]
    return Text("、".join(t.zh for t in names) or ENQUIRIES.zh, ", ".join(t.en for t in names) or ENQUIRIES.en)


def entry_view(hub: Hub) -> dict[str, Any]:
    """What can be chosen on the page that the tally sheet is entered on. `by_hand`: which numbers are written by hand,
    as [letter, first, last].
    """
    hall = hub.hall
    blocks = [one for one in hub.read().offline_blocks() if one.book == offline.PAPER]
    return {
        "by_hand": [[one.prefix, one.first, one.last] for one in blocks],
        "services": [{"code": s.code, "prefix": s.prefix, **s.text.json("name")} for s in hall.services.values()],
        "counters": [{"id": id, **table.text.json("name")} for id, table in hall.counters.items()],
        "ends": [
            *({"code": code, **text.json("name")} for code, text in OUTCOMES.items()),
            {"code": "passed", "name": "过号", "name_en": "Passed"},
            {"code": "left", "name": "弃号", "name_en": "Gave up"},
            {"code": "", "name": "还在等", "name_en": "Still waits"},
        ],
    }
