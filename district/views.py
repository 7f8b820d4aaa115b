"""What the district's pages show, as plain data: every hall that the session may see, a silent one by its name."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import Connection

from config import Text
from district.comparing import Standing, standings
from district.rollup import Daily, Weekly, days_of
from district.scatter import Drawing, Line, Spot, drawn
from server.domain.chain import Row
from server.domain.indicators import INDICATORS
from server.domain.uplink import SKEW_S, Live
from server.reports.definitions import FIGURES

ZONE = ZoneInfo("Asia/Shanghai")
FRESH_S = 20.0
"""A hall tells how it is every five seconds; after so long what it told is old."""
SILENT_S = 900.0


def last_monday(now: float) -> date:
    """The Monday of the newest week that is over."""
    today = datetime.fromtimestamp(now, ZONE).date()
    return today - timedelta(days=today.weekday() + 7)


def rows_of(conn: Connection[Any], monday: date) -> list[Daily]:
    """The roll-ups of a week that this session may see."""
    found = conn.execute("SELECT * FROM daily WHERE day = ANY(%s) ORDER BY hall, day, service", (days_of(monday),))
    return [Daily(*row) for row in found.fetchall()]


def week_of(conn: Connection[Any], monday: date, residents: Mapping[str, int]) -> list[Standing]:
    """The halls that this session may see, beside each other and against all of the district."""
    found = conn.execute("SELECT * FROM weekly WHERE monday = %s", (str(monday),)).fetchall()
    everywhere = conn.execute("SELECT service, waited, long FROM everywhere(%s)", (str(monday),)).fetchall()
    return standings(
        [Weekly(*row) for row in found], residents, {service: (n, long) for service, n, long in everywhere}
    )


def reports_of(conn: Connection[Any], monday: date) -> dict[str, dict[str, Any]]:
    """Hall -> the newest version of its own report of a week: what it says, and whether the rows say the same."""
    found = conn.execute(
        """SELECT DISTINCT ON (hall) hall, version, held, apart, shown, sha256, figures IS NOT NULL FROM reports
           WHERE period = %s ORDER BY hall, version DESC""",
        (f"{monday:%G-W%V}",),
    ).fetchall()
    return {
        hall: {
            "version": version,
            "held": held if come else "",
            "apart": [(_where(where), _figure(figure), said, rows) for where, figure, said, rows in json.loads(apart)],
            "said": json.loads(shown) if come else None,
            "sha256": sha256,
        }
        for hall, version, held, apart, shown, sha256, come in found
    }


def _where(where: str) -> tuple[str, str]:
    """total, ratings, a day or a service."""
    return {"total": ("合计", "total"), "ratings": ("好差评", "ratings")}.get(where, (where, where))


def _figure(id: str) -> tuple[str, str]:
    return NAMES.get(id, (id, id))


NAMES = {one.id: (one.zh, one.en) for one in FIGURES} | {
    "n": ("评价", "ratings"),
    "active": ("主动评价", "given by people"),
    "default": ("默认评价", "given by default"),
    "levels": ("各档评价", "by level"),
    "satisfied": ("满意率", "satisfied"),
    "satisfied_with_defaults": ("含默认的满意率", "satisfied, defaults counted"),
    "bad": ("差评", "bad ratings"),
}
"""Id of a figure that a report and the rows may not have alike -> what it is called."""


def overview(
    conn: Connection[Any], lives: Mapping[str, tuple[Live, float]], monday: date, now: float
) -> dict[str, Any]:
    """Halls in the order of their streets."""
    found = conn.execute(
        """SELECT hall.id, place.name, place.name_en, street.name, street.name_en, place.residents, hall.heard_at,
                  hall.skew_s, hall.head_seq, hall.own_head, hall.trouble, hall.trouble_at, hall.revoked_at,
                  hall.folded, hall.fold_error, place.longitude, place.latitude, hall.untaken
           FROM halls hall JOIN places place ON place.id = hall.id
           LEFT JOIN places street ON street.id = place.parent AND street.kind = 'street'
           ORDER BY street.id, hall.id"""
    ).fetchall()
    week = {one.hall: one for one in week_of(conn, monday, {row[0]: row[5] for row in found})}
    reports = reports_of(conn, monday)
    halls = [
        _hall(row, lives.get(row[0]), now) | {"week": week[row[0]], "report": reports.get(row[0])} for row in found
    ]
    fresh = [hall["live"] for hall in halls if hall["live"]]
    return {
        "halls": halls,
        "streets": [(street, [*ones]) for street, ones in groupby(halls, key=lambda hall: hall["street"])],
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "before": monday - timedelta(days=7),
        "after": monday + timedelta(days=7),
        "number": monday.isocalendar().week,
        "total": {"waiting": sum(live.waiting for live in fresh), "open": sum(live.open_counters for live in fresh)},
        "silent": [hall for hall in halls if hall["silent"]],
        "uncounted": [hall for hall in halls if hall["fold_error"]],
        "at": datetime.fromtimestamp(now, ZONE),
    }


def _hall(row: Any, told: tuple[Live, float] | None, now: float) -> dict[str, Any]:
    id, name, name_en, street, street_en, residents, heard, skew, head, own, trouble, trouble_at, revoked = row[:13]
    folded, fold_error, longitude, latitude, untaken = row[13:]
    live = told[0] if told and now - told[1] <= FRESH_S else None
    last = max([at for at in (heard, told[1] if told else None) if at is not None], default=None)
    silent = last is None or now - last > SILENT_S
    return {
        "id": id,
        "name": name,
        "name_en": name_en or name,
        "street": (street or "", street_en or street or ""),
        "residents": residents,
        "live": live,
        "silent": silent,
        "since": None if last is None else now - last,
        "behind": max(0, own - head),
        "skew_s": skew if skew is not None and abs(skew) > SKEW_S else None,
        "trouble": trouble,
        "trouble_at": trouble_at,
        "revoked": revoked is not None,
        "folded": folded,
        "fold_error": fold_error,
        "at": None if longitude is None else (longitude, latitude),
        "untaken": untaken,
        "state": _state(live, silent=silent, faulty=bool(trouble or fold_error), untaken=bool(untaken)),
    }


def _state(live: Live | None, *, silent: bool, faulty: bool, untaken: bool) -> str:
    """In one word, by what has to be looked at first."""
    if silent:
        return "silent"
    if faulty:
        return "faulty"
    if live is None:
        return "quiet"
    if live.over_pledge or live.red_cases or live.printers_down or untaken:
        return "watch"
    return "well"


STATES = {
    "silent": Text("没有消息", "silent"),
    "faulty": Text("记录有问题", "trouble with its rows"),
    "watch": Text("请留意", "look here"),
    "quiet": Text("暂无现状", "no word now"),
    "well": Text("正常", "well"),
}
"""State of a hall -> what it is called; what has to be looked at first stands first."""
SHEETS = {"wide": (1232.0, 520.0), "narrow": (342.0, 460.0)}
"""Pixels of the map where there is room, and on a telephone: its writing is as large on both."""


def maps(halls: Sequence[Mapping[str, Any]], other: Callable[[str, str], str]) -> dict[str, Drawing]:
    """Where the halls lie, once for each width; empty where fewer than two are known. `other`: (Chinese, English) in
    the language that stands beside the Chinese.
    """
    known = [hall for hall in halls if hall["at"]]
    if len(known) < 2:
        return {}
    spots = []
    for hall in known:
        word = STATES[hall["state"]]
        said = f"{word.zh} {other(*word)}" + (f" · {hall['live'].waiting}人" if hall["live"] else "")
        lines = (Line(hall["name"], 16), Line(other(hall["name"], hall["name_en"]), 12), Line(said, 13))
        longitude, latitude = hall["at"]
        spots.append(Spot(hall["id"], longitude, latitude, lines, [*STATES].index(hall["state"])))
    return {name: drawn(spots, *size) for name, size in SHEETS.items()}


def sample(made: Mapping[str, Any]) -> dict[str, Any]:
    """A sample for whoever reads it: each number with its rows, and what became of it in words."""
    lives: dict[int, list[dict[str, Any]]] = {ticket: [] for ticket in made["drawn"]}
    for one in made["rows"]:
        row = Row(*one["row"])
        assert row.ticket is not None
        lives[row.ticket].append(
            {
                "seq": row.seq,
                "at": _moment(row.at),
                "what": WORDS.get(row.event, (row.event, row.event)),
                "counter": row.counter or "",
                "actor": row.actor,
                "data": json.loads(row.data),
                "hash": row.hash,
            }
        )
    return {
        "made": made,
        "numbers": [{"ticket": ticket, "label": _label(rows), "rows": rows} for ticket, rows in lives.items()],
    }


def _moment(at: float) -> str:
    """Of a clock that no calendar knows: as it says."""
    try:
        return f"{datetime.fromtimestamp(at, ZONE):%m-%d %H:%M:%S}"
    except (ValueError, OverflowError, OSError):
        return str(at)


def _label(rows: list[dict[str, Any]]) -> str:
    """The number as it stands on its paper."""
    data = rows[0]["data"] if rows else {}
    prefix, number = data.get("prefix"), data.get("number")
    return f"{prefix}{number:03d}" if isinstance(prefix, str) and isinstance(number, int) else ""


WORDS = {
    "Called": ("叫号", "called"),
    "Recalled": ("重呼", "called again"),
    "Started": ("开始办理", "started"),
    "Finished": ("办结", "finished"),
    "ItemSettled": ("办完一项", "one item settled"),
    "Passed": ("过号", "passed: nobody came"),
    "Returned": ("过号受理", "taken back"),
    "Transferred": ("转移", "transferred"),
    "Suspended": ("挂起", "suspended"),
    "Resumed": ("恢复办理", "resumed"),
    "Raised": ("优先", "raised"),
    "GaveWay": ("让号", "let others go first"),
    "Left": ("弃号", "left"),
    "Expired": ("作废", "expired"),
    "Issued": ("取号", "issued"),
    "Undone": ("撤销上一步", "a step taken back"),
    "AgendaSet": ("一号联办", "several items on one number"),
    "WaitTold": ("告知预计等候", "told how long it will be"),
    "PrintQueued": ("等待打印", "to be printed"),
    "PrintBegan": ("开始打印", "printing began"),
    "PrintEnded": ("打印结束", "printing ended"),
    "RatingInvited": ("请评价", "asked to rate"),
    "Rated": ("评价", "rated"),
    "RatingAppended": ("补充评价", "rating added to"),
    "NoticeIssued": ("一次性告知", "one-time notice"),
    "FirstContactNoted": ("首问登记", "first contact noted"),
    "Notified": ("发送提醒", "notified"),
    "NotificationArrived": ("提醒送达", "notification arrived"),
    "ServedOffline": ("停机补录", "entered afterwards"),
    "Imported": ("导入", "imported"),
    "RecordOpened": ("登记台账", "a record was opened"),
    "RecordMoved": ("台账办理一步", "its record was moved on"),
    "TelephoneGiven": ("留下手机号（不在记录里）", "a telephone number was left, which is in no row"),
    "TelephoneErased": ("手机号已删除", "the telephone number was erased"),
    "BySightSet": ("改为闪烁叫号", "to be called by sight"),
    "OnTheWay": ("正在路上", "on the way"),
}
"""Event -> what happened to a number, for those who look at it; others stand there by their own name."""


def exports(conn: Connection[Any], most: int = 200) -> list[dict[str, Any]]:
    """Who took what out of here, of what the session may see; the newest first."""
    found = conn.execute("SELECT at, who, place, what, sha256 FROM exports ORDER BY id DESC LIMIT %s", (most,))
    return [
        {"at": datetime.fromtimestamp(at, ZONE), "who": who, "place": place, "what": what, "sha256": sha256}
        for at, who, place, what, sha256 in found.fetchall()
    ]


def keys(conn: Connection[Any], now: float) -> list[dict[str, Any]]:
    """Which halls may speak here."""
    found = conn.execute(
        """SELECT hall.id, place.name, place.name_en, hall.heard_at, hall.revoked_at, hall.version
           FROM halls hall JOIN places place ON place.id = hall.id ORDER BY place.parent, hall.id"""
    ).fetchall()
    return [
        {
            "id": id,
            "name": name,
            "name_en": name_en or name,
            "since": None if heard is None else now - heard,
            "revoked": revoked is not None,
            "version": version,
        }
        for id, name, name_en, heard, revoked, version in found
    ]


def indicators(conn: Connection[Any], month: str) -> dict[str, Any]:
    """绩效指标 (S38) of a month: each hall's newest word. Raises ValueError for what is no month."""
    first = date.fromisoformat(f"{month}-01")
    halls = conn.execute(
        """SELECT hall.id, place.name, place.name_en FROM halls hall JOIN places place ON place.id = hall.id
           ORDER BY place.parent, hall.id"""
    ).fetchall()
    found = conn.execute(
        """SELECT DISTINCT ON (hall) hall, shown::json -> 'indicators' FROM reports
           WHERE shown::json -> 'indicators' ->> 'month' = %s ORDER BY hall, seq DESC""",
        (month,),
    ).fetchall()
    told = dict(found)
    return {
        "month": first,
        "before": f"{first - timedelta(days=1):%Y-%m}",
        "after": f"{first + timedelta(days=31):%Y-%m}",
        "halls": [
            {"id": id, "name": name, "name_en": name_en or name, "told": told.get(id)} for id, name, name_en in halls
        ],
        "indicators": INDICATORS,
    }


def indicator_sheet(shown: Mapping[str, Any]) -> str:
    """The same as CSV: a line for each hall and figure."""
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(
        ["大厅 Hall", "编号 Id", "指标 Figure", "数或分子 Count or numerator", "分母 Denominator", "截至 Until"]
    )
    for hall in shown["halls"]:
        for one in shown["indicators"] if hall["told"] else ():
            value = hall["told"]["values"].get(one.id)
            parts = value if isinstance(value, list) else [value, None]
            write.writerow([hall["id"], one.id, f"{one.name.zh} {one.name.en}", *parts, hall["told"]["made"]])
    return out.getvalue()


COLUMNS = {
    "hall": "大厅 Hall",
    "day": "日期 Day",
    "service": "事项 Service",
    "visits": "取号 Numbers",
    "finished": "办结 Finished",
    "passed": "过号 Missed",
    "away": "离开 Left",
    "waited": "有等候的 Waited",
    "wait_s": "等候合计秒 Sum of waits, s",
    "served": "服务次数 Services",
    "service_s": "服务合计秒 Sum of services, s",
}


def sheet(conn: Connection[Any], monday: date) -> str:
    """A week's roll-ups as CSV."""
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(COLUMNS.values())
    for row in rows_of(conn, monday):
        write.writerow([getattr(row, name) for name in COLUMNS])
    return out.getvalue()
