"""Mistakes between the tables of a hall, found in the raw file so that they are reported together with all others.

Pure, but for the names of printer models: those are files.
"""

from __future__ import annotations

import json
import re
import string
from collections.abc import Iterator
from datetime import date, timedelta
from importlib.util import find_spec
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import slip_forms
from config.form_mistakes import form_mistakes
from config.guides import Service
from config.kiosk_places import contending
from config.line_numbers import Key
from config.package_mistakes import package_mistakes
from config.phrasing import is_no, near
from config.tables import BOARD_NAMES, BOARD_STATES, NOTIFICATION_PLACES, PAD_KEYS, PROGRAMS, ROOT, WEBHOOKS
from config.text import Text
from config.values import interval, is_this_machine, month_day

SERVICE = Text("目录里的事项", "service of the catalogue")
CLASS = Text("来访人的类别", "class of visitors")
PRINTER = Text("本文件里的打印机", "printer of this file")
COUNTER = Text("本文件里的窗口", "counter of this file")
WIRE = Text("本文件里的线", "wire of this file")
GROUP = Text("本文件里的业务组", "group of this file")
ZONE = Text("本文件里的广播分区", "zone of this file")
NOTHING_BOOKED = Text(
    "没有可预约的事项：请写事项编码，或在“group”写一个业务组。",
    "nothing can be booked; name service codes, or one of [groups] in group",
)
NEVER_STOPS = Text(
    "取号机在办公时间以外也给号，就没有最后一个号：请把“outside_hours”改为“refuse”，或把“stop_by”改为“minutes”。",
    "kiosks that issue at any hour have no last number; write outside_hours = refuse, or stop_by = minutes",
)
NO_ROOM = Text(
    "“times”里没有一段放得下一个时段：请把“minutes”改短，或把时间写长。",
    "no interval of times holds one slot; make minutes shorter, or an interval longer",
)


LONGEST_MESSAGE = 150
"""Characters of a text before its words are put in: three messages hold 201 with them."""


def _items(raw: dict[str, Any], table: str) -> Iterator[tuple[str, dict[str, Any]]]:
    entries = raw.get(table)
    if isinstance(entries, dict):
        yield from ((str(k), v) for k, v in entries.items() if isinstance(v, dict))


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def printer_models() -> set[str]:
    """Our own files, and what python-escpos' capability database has as escpos:NAME (printer_profiles says what)."""
    own = {path.stem for path in (ROOT / "printer_profiles" / "models").glob("*.toml")}
    found = find_spec("escpos")  # its import sets up logging and costs half a second
    folders = list(found.submodule_search_locations or ()) if found else []
    database = [json.loads((Path(f) / "capabilities.json").read_text(encoding="utf-8")) for f in folders]
    return own | {f"escpos:{name}" for known in database for name in known["profiles"]}


def cross_checks(raw: dict[str, Any], services: dict[str, Service]) -> list[tuple[Key, Text]]:
    """Mistakes between tables, found in the raw file so that they are reported together with all others."""
    found: list[tuple[Key, Text]] = []

    def refers(key: Key, value: object, known: Any, what: Text) -> None:
        if isinstance(value, str) and value not in known:
            found.append((key, is_no(value, what, sorted(known))))

    def each(table: str, field: str, known: Any, what: Text) -> None:
        for name, entry in _items(raw, table):
            value = entry.get(field)
            for item in value if isinstance(value, list) else [] if value == "all" else [value]:
                refers((table, name, field), item, known, what)

    names = {
        table: set(dict(_items(raw, table)))
        for table in ("counters", "printers", "wires", "classes", "groups", "zones")
    }
    if services:
        each("groups", "services", services, SERVICE)
        for field in ("services", "prefers_services", "helps"):
            each("counters", field, services, SERVICE)
        each("webhooks", "services", services, SERVICE)
        each("extended", "services", services, SERVICE)
        each("slots", "services", services, SERVICE)
        for name, _ in _items(raw, "quotas"):
            refers(("quotas", name), name, services, SERVICE)
        for name, entry in _items(raw, "guides"):
            refers(("guides", name), name, services, SERVICE)
            its = services[name].materials if name in services else ()
            for material in _table(entry.get("materials")) if name in services else ():
                refers(
                    ("guides", name, "materials", material),
                    material,
                    its,
                    Text(f"{name}的申请材料", f"material of {name}"),
                )
        tickets = raw.get("tickets")
        if isinstance(tickets, dict):
            refers(("tickets", "help_service"), tickets.get("help_service"), services, SERVICE)
        remote = raw.get("remote")
        for code in remote.get("services") or [] if isinstance(remote, dict) else []:
            refers(("remote", "services"), code, services, SERVICE)
    for name, entry in _items(raw, "packages"):
        found += package_mistakes(name, entry, services)
    told = raw.get("report")
    sensitive = told.get("sensitive_services") if isinstance(told, dict) else None
    for item in sensitive if services and isinstance(sensitive, list) else ():
        refers(("report", "sensitive_services"), item, services, SERVICE)
    each("counters", "prefers_classes", names["classes"], CLASS)
    tickets = raw.get("tickets")
    if isinstance(tickets, dict) and isinstance(raw.get("classes"), dict):
        refers(("tickets", "appointment_class"), tickets.get("appointment_class"), names["classes"], CLASS)
    if isinstance(tickets, dict) and (tickets.get("stop_by"), tickets.get("outside_hours")) == ("foreseen", "issue"):
        found.append((("tickets", "stop_by"), NEVER_STOPS))
    for table, keys in (("slips", ("hide_item", "hide_group")), ("tickets", ("ask_party",))) if services else ():
        for key, value in _listed(raw, table, keys):
            refers(key, value, services, SERVICE)
    each("extended", "counters", names["counters"], COUNTER)
    for name, entry in _items(raw, "forms"):
        refers(("forms", name), name, slip_forms.FORMS, Text("单据", "slip"))
        if name in slip_forms.FORMS:
            found += [
                (("forms", name, *keys), problem)
                for keys, problem in form_mistakes(name, entry.get("show"), entry.get("texts"))
            ]
    for name, _ in _items(raw, "kiosks"):
        if name in PROGRAMS or re.fullmatch(r"(screen|tablet|api)-\d+", name):
            what = Text(
                f"“{name}”是程序的名字：取号机请另起一个，如K1。",
                f"'{name}' is a program's name; give the kiosk another, such as K1",
            )
            found.append((("kiosks", name), what))
    found += [(("kiosks", name), what) for name, what in contending([name for name, _ in _items(raw, "kiosks")])]
    each("slots", "group", {"", *names["groups"]}, GROUP)
    found += [
        (("slots", name, "services"), NOTHING_BOOKED) for name, entry in _items(raw, "slots") if not _booked(entry)
    ]
    found += [(("slots", name, "minutes"), NO_ROOM) for name, entry in _items(raw, "slots") if not _room(entry)]
    for name, entry in _items(raw, "slots"):
        found += [(("slots", name, "times"), problem) for problem in _overlaps({"open": entry.get("times")})]
    each("kiosks", "printers", names["printers"], PRINTER)
    each("counters", "printers", names["printers"], PRINTER)
    each("boards", "counter", names["counters"], COUNTER)
    each("boards", "wire", names["wires"], WIRE)
    for table in ("zones", "screens"):
        each(table, "counters", names["counters"], COUNTER)
    each("screens", "groups", names["groups"], GROUP)
    each("webhooks", "counters", names["counters"], COUNTER)
    families = {f"{type.partition('.')[0]}.*" for type in WEBHOOKS}
    each("webhooks", "events", {*WEBHOOKS, *families, "*"}, Text("消息类型", "type of message"))
    each("screens", "zone", {"", *names["zones"]}, ZONE)
    found += [
        (("zones", name, "output"), problem) for name, zone in _items(raw, "zones") if (problem := _voiceless(zone))
    ]
    for table in ("pads", "raters"):
        each(table, "counter", names["counters"], COUNTER)
        each(table, "wire", {*names["wires"], ""}, WIRE)
    each("pads", "keys", {*dict(_items(raw, "pad_keys")), *PAD_KEYS}, Text("[pad_keys]里的表", "table of [pad_keys]"))
    found += _pad_mistakes(raw)
    found += _board_text_mistakes(raw)
    each(
        "printers",
        "profile",
        printer_models(),
        Text("printer_profiles/里的型号，也不是escpos:NAME", "file of printer_profiles/ and no escpos:NAME"),
    )
    if isinstance(raw.get("classes"), dict) and "ordinary" not in raw["classes"]:
        what = Text(
            "没有普通来访人这一类（ordinary）：请加上 [classes.ordinary]，写 head_start_min = 0。",
            "no class 'ordinary'; add [classes.ordinary] with head_start_min = 0",
        )
        found.append((("classes",), what))
    if isinstance(raw.get("counters"), dict) and not raw["counters"]:
        found.append((("counters",), Text("没有窗口：请加上 [counters.1]。", "no counter; add [counters.1]")))

    found += [
        *_addresses_twice(raw, "boards"),
        *_addresses_twice(raw, "pads", "raters"),
    ]  # a board never takes a pad's frame for its own; a rater does
    hall = raw.get("hall")
    if isinstance(hall, dict) and hall.get("tel_consult") and hall.get("tel_consult") == hall.get("tel_complaint"):
        what = Text(
            "与 tel_consult 相同：告知单上要两个不同的电话，请改一个。",
            "equal to tel_consult; the notice asks for two different numbers",
        )
        found.append((("hall", "tel_complaint"), what))
    found += _https_mistakes(raw.get("hub"))
    found += _mail_mistakes(raw.get("mail"))
    found += _secret_mistakes("platform", raw.get("platform"))
    found += _secret_mistakes("relay", raw.get("relay"))
    found += _webhook_mistakes(raw)
    found += _message_mistakes(raw.get("messages"))
    found += _channel_mistakes(raw)
    found += _sign_on_mistakes(raw.get("sign_on"))
    found += _class_mistakes(raw)
    found += _card_mistakes(raw)
    found += [
        (("extended", name, "open"), problem) for name, row in _items(raw, "extended") for problem in _overlaps(row)
    ]
    rows = raw.get("hours")
    for index, row in enumerate(rows if isinstance(rows, list) else []):
        found += [(("hours", index, "open"), problem) for problem in _overlaps(row)]
    found += [(("hours",), problem) for problem in _uncovered(rows)]
    return found


def _class_mistakes(raw: dict[str, Any]) -> Iterator[tuple[Key, Text]]:
    """What kiosks may give needs no slot, and says to whom it is given."""
    booked = _table(raw.get("tickets")).get("appointment_class", "appointment")
    for name, table in _items(raw, "classes"):
        if table.get("grounds") and name in ("ordinary", booked):
            yield (
                ("classes", name, "grounds"),
                Text(
                    f"“{name}”不是绿色通道，取号机不能另给：请去掉这一行。",
                    f"'{name}' is no green channel that kiosks could offer; leave this out",
                ),
            )
        for key in ("from_age", "per_day"):
            if table.get(key) and not table.get("grounds"):
                yield (
                    ("classes", name, key),
                    Text(
                        "取号机不给这一类：请用grounds写明给谁，或去掉这一行。",
                        "kiosks do not give this class; say for whom with grounds, or leave this out",
                    ),
                )


def _card_mistakes(raw: dict[str, Any]) -> Iterator[tuple[Key, Text]]:
    for name, table in _items(raw, "quotas"):
        if table.get("card") == "needed" and not table.get("per_person"):
            yield (
                ("quotas", name, "card"),
                Text(
                    "每人不限号，不用刷证：请写 per_person，或去掉这一行。",
                    "nobody is counted, so that no card is needed; set per_person, or leave this out",
                ),
            )


def _voiceless(zone: dict[str, Any]) -> Text | None:
    """Why an engine and an output can't belong together; None when they can."""
    module, line = (
        zone.get("engine") in ("syn6288", "xfs5152"),
        str(zone.get("output", "screen")).startswith(("serial:", "socket:")),
    )
    if module and not line:
        return Text(
            f'“{zone["engine"]}”要有自己的串行线：请写 "serial:/dev/ttyUSB0?baud=9600"。',
            f"'{zone['engine']}' speaks on a serial line of its own; write \"serial:/dev/ttyUSB0?baud=9600\"",
        )
    if line and not module:
        return Text(
            '串行线上要有语音模块：请写 engine = "syn6288" 或 "xfs5152"。',
            'a serial line needs a speech module; write engine = "syn6288" or "xfs5152"',
        )
    return None


def _addresses_twice(raw: dict[str, Any], *tables: str) -> Iterator[tuple[Key, Text]]:
    """Devices of one language that would obey the same frame."""
    taken: dict[tuple[object, object], Text] = {}
    for table in tables:
        for name, entry in _items(raw, table):
            place = (entry.get("wire"), entry.get("address"))
            if all(part not in (None, "") for part in place) and place in taken:
                other = taken[place]
                what = Text(
                    f"线“{place[0]}”上的{place[1]}已是{other.zh}的地址：请各用各的。",
                    f"{place[1]} on wire '{place[0]}' is {other.en}'s; give each its own",
                )
                yield (table, name, "address"), what
            taken.setdefault(place, Text(f"{_DEVICES[table]}“{name}”", f"{table[:-1]} {name}"))


_DEVICES = {"boards": "窗口屏", "pads": "叫号器", "raters": "评价器"}


def _https_mistakes(hub: Any) -> Iterator[tuple[Key, Text]]:
    """Who comes from another machine would be sent away from the address that it was told."""
    url = hub.get("url") if isinstance(hub, dict) and hub.get("https") is True else None
    if isinstance(url, str) and url.startswith("http://") and not is_this_machine(url):
        yield (
            ("hub", "url"),
            Text(
                f"写了 https = true，这里却是 {url}：请改成 https:// 开头。",
                f"https is true, but this is {url}; let it begin with https://",
            ),
        )


def _sign_on_mistakes(table: Any) -> Iterator[tuple[Key, Text]]:
    if isinstance(table, dict) and table.get("issuer"):
        for key, wish in (
            ("client_id", Text("本厅在目录里的名称", "what the directory calls this hall")),
            ("roles", Text("目录里的哪个词是本厅的什么角色", "which word of the directory is which role")),
        ):
            if not table.get(key):
                yield (
                    ("sign_on", key),
                    Text(f"写了“issuer”，这里却空着：请写{wish.zh}。", f"empty, but an issuer is set; write {wish.en}"),
                )


def _mail_mistakes(mail: Any) -> Iterator[tuple[Key, Text]]:
    if isinstance(mail, dict) and mail.get("host"):
        for key, wish in (
            ("from", Text("发件人的地址", "the sender's address")),
            ("to", Text("收报表的人", "who gets the reports")),
        ):
            if not mail.get(key):
                yield (
                    ("mail", key),
                    Text(f"写了host，这里却是空的：请写{wish.zh}。", f"empty, but a host is set; write {wish.en}"),
                )
    if isinstance(mail, dict) and bool(mail.get("user")) != bool(mail.get("password_file")):
        yield (
            ("mail", "user"),
            Text(
                "user 和 password_file 要么都写，要么都不写：请补上另一个，或都去掉。",
                "user and password_file belong together; set both, or neither",
            ),
        )


def _secret_mistakes(name: str, table: Any) -> Iterator[tuple[Key, Text]]:
    if isinstance(table, dict) and table.get("url") and not table.get("secret_file"):
        yield (
            (name, "secret_file"),
            Text(
                "写了url，这里却是空的：请写密钥文件。",
                "empty, but a url is set; name the file with the secret",
            ),
        )


def _webhook_mistakes(raw: dict[str, Any]) -> Iterator[tuple[Key, Text]]:
    for name, table in _items(raw, "webhooks"):
        if name in ("platform", "relay"):
            yield (
                ("webhooks", name),
                Text(
                    "这个名称留给市平台和中转：请换一个。", "kept for the city's platform and the relay; choose another"
                ),
            )
        if table.get("url") and not table.get("secret_file"):
            yield (
                ("webhooks", name, "secret_file"),
                Text("写了url，这里却是空的：请写密钥文件。", "empty, but a url is set; name the file with the secret"),
            )


def _message_mistakes(messages: Any) -> Iterator[tuple[Key, Text]]:
    """A text names what there is on its occasion, and stays short."""
    for key, text in messages.items() if isinstance(messages, dict) else ():
        places = NOTIFICATION_PLACES.get(key.removesuffix("_en"))
        if places is None or not isinstance(text, str):
            continue
        try:
            named = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        except ValueError:
            named = {"{"}
        if odd := sorted(named - places):
            yield (
                ("messages", key),
                Text(
                    f"不能用“{{{odd[0]}}}”：可以用{'、'.join(f'{{{one}}}' for one in sorted(places))}。",
                    f"{{{odd[0]}}} is not known here; there are {', '.join(f'{{{one}}}' for one in sorted(places))}",
                ),
            )
        elif len(text) > LONGEST_MESSAGE:
            yield (
                ("messages", key),
                Text(
                    f"太长：最多{LONGEST_MESSAGE}字，70字以内是一条短信。",
                    f"too long; at most {LONGEST_MESSAGE} characters, and 70 are one message",
                ),
            )


def _channel_mistakes(raw: dict[str, Any]) -> Iterator[tuple[Key, Text]]:
    """Each kind of channel has what it needs."""
    mail = raw.get("mail")
    for name, table in _items(raw, "channels"):
        kind = table.get("kind")
        if kind == "http" and table.get("url") and not table.get("secret_file"):
            yield (
                ("channels", name, "secret_file"),
                Text("写了url，这里却是空的：请写密钥文件。", "empty, but a url is set; name the file with the secret"),
            )
        if kind == "mail" and not (isinstance(mail, dict) and mail.get("host")):
            yield (
                ("channels", name),
                Text("没有邮件服务器：请先写好[mail]。", "there is no mail server; set [mail] first"),
            )


def _pad_mistakes(raw: dict[str, Any]) -> Iterator[tuple[Key, Text]]:
    """A pad is on a wire or is a USB device; what its keys mean by name is there."""
    for name, pad in _items(raw, "pads"):
        if bool(pad.get("wire")) == bool(pad.get("device")):
            yield (
                ("pads", name),
                Text(
                    "wire 和 address 与USB键盘的 device 只能写一样：请留一样。",
                    "needs either wire and address, or the device of a USB keypad",
                ),
            )
        elif pad.get("wire") and "address" not in pad:
            yield (
                ("pads", name, "address"),
                Text("缺少：请补上，见docs/boards.md。", "missing; add it, see docs/boards.md"),
            )
    console = raw.get("console")
    listed = {
        kind: console.get(f"{kind}_reasons") if isinstance(console, dict) else None for kind in ("pause", "transfer")
    }
    for name, table in _items(raw, "pad_keys"):
        for kind, reasons in listed.items():
            reason = table.get(f"{kind}_reason")
            known = (
                [pair[0] for pair in reasons if isinstance(pair, list) and pair] if isinstance(reasons, list) else None
            )
            if reason and known is not None and reason not in known:
                there = [str(one) for one in known]
                what = Text(
                    f"“{reason}”不在 console.{kind}_reasons 里，可用的有：{'、'.join(there)}。",
                    f"'{reason}' is none of console.{kind}_reasons; known: {', '.join(there)}",
                )
                yield ("pad_keys", name, f"{kind}_reason"), what


def _board_text_mistakes(raw: dict[str, Any]) -> Iterator[tuple[Key, Text]]:
    """A text names only what the hub can say in that state."""
    for state, table in _items(raw, "board_texts"):
        if state not in BOARD_STATES:
            hint = near(state, BOARD_STATES)
            yield ("board_texts", state), Text(f"窗口屏没有这个状态，{hint.zh}", f"no state of a board; {hint.en}")
            continue
        known = set() if state == "lost" else BOARD_NAMES - (set() if state in ("calling", "serving") else {"number"})
        texts = table.get("texts")
        for text in (
            [t for wordings in texts if isinstance(wordings, list) for t in wordings if isinstance(t, str)]
            if isinstance(texts, list)
            else []
        ):
            try:
                odd = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None} - known
            except ValueError:
                odd = {text}
            if odd:
                hint = near(sorted(odd)[0], sorted(known))
                what = Text(
                    f"“{text}”：窗口屏此时显示不了{{{sorted(odd)[0]}}}，{hint.zh}",
                    f"'{text}': {{{sorted(odd)[0]}}} is nothing a board can show now; {hint.en}",
                )
                yield ("board_texts", state, "texts"), what


def _listed(raw: dict[str, Any], table: str, fields: tuple[str, ...]) -> Iterator[tuple[Key, str]]:
    """The texts in some lists of a single table, each with its key."""
    entry = raw.get(table)
    for field in fields:
        value = entry.get(field) if isinstance(entry, dict) else None
        yield from (
            (((table, field), item) for item in value if isinstance(item, str)) if isinstance(value, list) else ()
        )


def _booked(entry: dict[str, Any]) -> bool:
    """Whether [slots] names anything that may be booked."""
    return bool(entry.get("services") or entry.get("group"))


def _room(entry: dict[str, Any]) -> bool:
    """Whether one slot fits between its times; said of nothing that is wrong by itself."""
    times, minutes = entry.get("times"), entry.get("minutes", 15)
    try:
        edges = [interval(text) for text in times] if isinstance(times, list) else []
    except ValueError:
        return True
    return not edges or not isinstance(minutes, int) or any(end - start >= minutes for start, end in edges)


def _overlaps(row: Any) -> Iterator[Text]:
    intervals = row.get("open") if isinstance(row, dict) else None
    try:
        edges = [interval(text) for text in intervals] if isinstance(intervals, list) else []
    except ValueError:
        return  # said by the table itself
    for (before, said_before), (after, said) in pairwise(zip(edges, intervals or [], strict=True)):
        if after[0] < before[1]:
            yield Text(
                f"“{said}”开始时“{said_before}”还没有结束：请按先后写，不要重叠。",
                f"'{said}' begins before '{said_before}' ends; put them in order without overlap",
            )


WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_YEAR = [f"{date(2024, 1, 1) + timedelta(days=n):%m-%d}" for n in range(366)]
"""Every day of a year, 29 February too."""


def _uncovered(rows: Any) -> Iterator[Text]:
    """Weekdays, and days of the year, for which no row of [[hours]] says anything: a gap between two seasons.

    A Saturday or Sunday that no row names, or one single season, is closed otherwise.
    """
    seasons: dict[int, list[tuple[str, str]]] = {weekday: [] for weekday in range(1, 8)}
    for row in rows if isinstance(rows, list) else []:
        days = row.get("days") if isinstance(row, dict) else None
        if not isinstance(days, list):
            return  # said by the table itself
        try:
            season = month_day(row.get("from", "01-01")), month_day(row.get("to", "12-31"))
        except ValueError:
            return
        for weekday in days:
            if weekday in seasons:
                seasons[weekday].append(season)
    if not any(seasons.values()):
        return
    gaps: dict[str, list[int]] = {}
    for weekday, spans in seasons.items():
        if weekday <= 5 or len(spans) > 1:
            for gap in _gaps(spans):
                gaps.setdefault(gap, []).append(weekday)
    for gap, weekdays in gaps.items():
        zh = "、".join(WEEKDAYS[weekday - 1] for weekday in weekdays)
        en = ", ".join(WEEKDAYS_EN[weekday - 1] for weekday in weekdays)
        yield Text(
            f"{zh}在 {gap} 没有开放时间：请补上，不开放就写 open = []。",
            f"no row for {en} on {gap}; add one, open = [] where the hall is closed",
        )


def _gaps(spans: list[tuple[str, str]]) -> Iterator[str]:
    """Days of the year outside of all seasons, as spans: "02-29" or "10-01 … 10-08"."""
    bare = [
        not any(first <= day <= last if first <= last else day >= first or day <= last for first, last in spans)
        for day in _YEAR
    ]
    for missing, run in groupby(enumerate(bare), key=lambda pair: pair[1]):
        at = [n for n, _ in run]
        if missing:
            yield _YEAR[at[0]] if len(at) == 1 else f"{_YEAR[at[0]]} … {_YEAR[at[-1]]}"
