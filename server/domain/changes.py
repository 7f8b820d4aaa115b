"""A change of the hall's description: what is different, in words; what of it the journal may keep; what stands in its
way now; what needs a restart. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from config import Hall, Text
from config.fields import FormField, fields, said
from config.labels import ROW_NAMES, TITLES, label
from server.domain import target, worktime
from server.domain.publication import ALL_YEAR, weekdays
from server.domain.ticket import Counter, Ticket

Rows = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Table -> row -> key -> value (`config/described.py`)."""

ADMINISTRATORS = frozenset({"hub", "mail", "backup", "sign_on", "webhooks", "platform", "channels", "relay"})
"""Tables of whoever looks after the machine, or says who logs in: a manager sees them and does not change them."""
ADMINISTRATORS_KEYS = frozenset(
    {
        ("hall", "id"),
        ("hall", "timezone"),
        ("hall", "catalogue"),
        ("hall", "catalogue_en"),
        ("hall", "everyday"),
        ("hall", "calendar"),
        ("hall", "power_list"),
        ("hall", "samples"),
        ("public", "url"),
        ("voice", "folder"),
        ("report", "folder"),
        ("slips", "logo"),
        ("screen", "pictures"),
        ("screens", "pictures"),
        ("ratings", "photos"),
        ("printers", "url"),
        ("printers", "profile"),
        ("wires", "url"),
        ("wires", "protocol"),
        ("boards", "protocol"),
        ("pads", "device"),
        ("zones", "output"),
        ("kiosks", "scanner"),
        ("kiosks", "card_reader"),
        ("kiosks", "pin"),
    }
)
"""Keys that name files, folders and devices of the machine, or a secret: theirs too."""
SEALED = frozenset({("kiosks", "pin")})
"""Secrets that stand in the file itself: nobody reads them back, and an empty one leaves what there is."""
UNSAID = frozenset({("mail", "user"), ("mail", "to"), ("mail", "from"), ("kiosks", "pin"), ("publications", "lines")})
"""Keys whose values may tell of a person or a secret: the journal has the key alone."""
RESTART = (("hub", "listen"), ("hub", "https"))
MOST, LONGEST = 300, 200
"""So many changes does one row of the journal have, each value at most so long."""


class Change(NamedTuple):
    """One difference. `key` "" is the row itself: `before` or `after` is then a dict of its keys, the other None."""

    table: str
    row: str
    key: str
    before: Any
    after: Any


def difference(before: Rows, after: Rows) -> list[Change]:
    """What is different, table by table, in the order of the file."""
    found = []
    for table in TITLES:
        was, now = before.get(table, {}), after.get(table, {})
        found += [Change(table, row, "", was[row], None) for row in was if row not in now]
        for row, values in now.items():
            if row not in was:
                found.append(Change(table, row, "", None, values))
                continue
            found += [
                Change(table, row, key, was[row].get(key), value)
                for key, value in values.items()
                if was[row].get(key) != value
            ]
            found += [Change(table, row, key, value, None) for key, value in was[row].items() if key not in values]
    return found


def for_administrators(change: Change) -> bool:
    """Whether only an administrator may make it."""
    keys = {change.key} if change.key else {*(change.after or change.before)}
    if change.key:
        return change.table in ADMINISTRATORS or (change.table, change.key) in ADMINISTRATORS_KEYS
    told = change.after or {}
    named = {(change.table, key) for key in keys if told.get(key) not in (None, "", [], {})}
    return change.table in ADMINISTRATORS or bool(named & ADMINISTRATORS_KEYS)


def row_name(table: str, row: str, values: Mapping[str, Any] | None) -> Text:
    """What a row is called: by its name where it has one, else by its id."""
    values = values or {}
    if table == "hours":
        shape = {field.key: field for field in fields("hours")}
        days, opens = (said(shape[key], values.get(key)) for key in ("days", "open"))
        written = values.get("days") or []
        if written and all(day in range(1, 8) for day in written):  # a draft may have anything
            days = weekdays(sorted(set(written)))
        season = (values.get("from") or ALL_YEAR[0], values.get("to") or ALL_YEAR[1])
        span = "" if season == ALL_YEAR else f"{season[0]}–{season[1]} "
        return Text(f"{span}{days.zh} {opens.zh}", f"{span}{days.en} {opens.en}")
    if row in ROW_NAMES and table in ("forms", "board_texts"):
        return ROW_NAMES[row]
    zh = values.get("name") or values.get("title") or values.get("事项名称") or ""
    en = values.get("name_en") or values.get("title_en") or zh
    if table in ("services", "calendar"):
        return Text(f"{row} {zh or values.get('kind', '')}".strip(), f"{row} {en or values.get('kind', '')}".strip())
    return Text(str(zh), str(en)) if zh else Text.same(row)


BY_SERVICE = ("services", "english", "quotas", "guides")
"""Tables whose rows are services of the catalogue, by its code."""


def name_of(table: str, row: str, rows: Rows, values: Mapping[str, Any] | None = None) -> Text:
    """What a row is called; a service's by the catalogue, and by its English, which stands in a file of its own."""
    values = rows.get(table, {}).get(row) if values is None else values
    if table not in BY_SERVICE:
        return row_name(table, row, values)
    known = values if table == "services" else rows.get("services", {}).get(row)
    if known is None:
        return Text.same(row)
    return row_name("services", row, {**known, "name_en": rows.get("english", {}).get(row, {}).get("name_en", "")})


def place(table: str, row: str, key: str, rows: Rows) -> Text:
    """Where a key stands, as the forms call it: table, row, key; row and key may be empty."""
    parts = [TITLES[table]]
    if row:
        parts.append(name_of(table, row, rows))
    if key:
        parts.append(label(table, key))
    return Text(" · ".join(one.zh for one in parts), " · ".join(one.en for one in parts))


def sentence(change: Change, rows: Rows) -> Text:
    """One difference in words. `rows`: as they are after it, for the names of rows."""
    table, row, key, before, after = change
    title = TITLES[table]
    if not key:
        name = name_of(table, row, rows, after or before)
        where = Text(f"{title.zh}“{name.zh}”", f"{title.en} “{name.en}”")
        return (
            Text(f"新增{where.zh}", f"New: {where.en}")
            if before is None
            else Text(f"删除{where.zh}", f"Gone: {where.en}")
        )
    shape = next((field for field in fields(table) if field.key == key), None)
    zh, en = place(table, row, key, rows)
    if (table, key) == ("kiosks", "pin"):
        return Text(f"{zh}：已更改", f"{en}: changed")
    was, now = (_told(shape, value) for value in (before, after))
    return Text(f"{zh}：{was.zh} → {now.zh}", f"{en}: {was.en} → {now.en}")


def _told(shape: FormField | None, value: Any) -> Text:
    text = said(shape, value)
    return Text(_short(text.zh), _short(text.en))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def journalled(changes: Sequence[Change]) -> tuple[list[Any], ...]:
    """What the journal keeps of them."""
    told: list[list[Any]] = []
    for table, row, key, before, after in changes[:MOST]:
        if (table, key) in UNSAID or table == "mail":
            told.append([table, row, key, None, None])
        elif not key:
            told.append([table, row, key, before is not None, after is not None])
        else:
            told.append([table, row, key, _kept(before), _kept(after)])
    return tuple(told)


def _kept(value: Any) -> Any:
    return _short(value) if isinstance(value, str) else _short(repr(value)) if len(repr(value)) > LONGEST else value


def restarts(before: Hall, after: Hall) -> list[Text]:
    """What comes into force only when the hub starts again."""
    return [
        Text(
            f"“{TITLES[table].zh} · {label(table, key).zh}”要重启服务才生效。",
            f"“{TITLES[table].en} · {label(table, key).en}” needs the hub to start again.",
        )
        for table, key in RESTART
        if getattr(getattr(before, table), key) != getattr(getattr(after, table), key)
    ]


def in_the_way(
    before: Hall,
    after: Hall,
    now: float,
    counters: Mapping[str, Counter],
    held: Mapping[str, Ticket],
    suspended: Sequence[Ticket],
    lines: Mapping[tuple[str, str], int],
) -> Iterator[Text]:
    """Why a change can't come into force at this moment without losing somebody, and what to do. `lines`: how many wait
    by (target, service).
    """
    if before.data != after.data:
        yield Text(
            "数据文件夹不能在运行时改，令牌、密码和密钥都在里面：请停掉主机程序，把文件夹移过去，再在配置文件里改“hub.data”，"
            "然后启动。",
            "The data folder, with every token and secret, does not move while the hub runs: stop the hub, move the"
            " folder, change [hub] data in the hall's file, then start it.",
        )
    for counter in (c for c in before.counters if c not in after.counters):
        name, ticket = before.counter_name(counter), held.get(counter)
        waiting = sum(n for (line, _), n in lines.items() if line == target.counter(counter))
        if ticket is not None:
            yield Text(
                f"{name.zh}正在办{ticket.label}：办完、关窗以后再删。",
                f"{name.en} has {ticket.label}: finish it and close the counter first.",
            )
        elif (known := counters.get(counter)) and known.state != "closed":
            yield Text(f"{name.zh}还开着：请先关窗再删。", f"{name.en} is open: close it first.")
        if kept := [one.label for one in suspended if one.counter == counter]:
            yield Text(
                f"{name.zh}还有挂起的{'、'.join(kept)}：请先叫回办完，或在咨询台请回来重新排队，再删。",
                f"{name.en} has {', '.join(kept)} suspended: call them back and finish, or let the desk take them back"
                " into the line, first.",
            )
        if waiting:
            yield Text(
                f"{name.zh}还有{waiting}人指定在它那里等：请先转走再删。",
                f"{waiting} wait for {name.en} alone: transfer them first.",
            )
    for service in (s for s in before.services if s not in after.services):
        name = before.service_name(service)
        waiting = sum(n for (_, code), n in lines.items() if code == service)
        waiting += sum(ticket.service == service for ticket in (*held.values(), *suspended))
        if waiting:
            yield Text(
                f"“{name.zh}”还有{waiting}人在等、在办或挂起：可以先停办，办完再删。",
                f"{waiting} are here for '{name.en}': close it for today, and take it away when they are served.",
            )
    if (lines or held or suspended) and worktime.service_day(before, now) != worktime.service_day(after, now):
        yield Text(
            "改了时区或业务日的开始，今天就成了另一天，等候的号会作废：请在没有人等的时候改。",
            "With another time zone or start of the day today is another day, and the numbers that wait would end:"
            " change it when nobody waits.",
        )
