"""How the hub and its machine are (运行状况): what is wrong and what to do, and figures for who watches many machines.

The page shows what somebody can act on at a machine; what the hall's people act on is the live page's.
"""

from __future__ import annotations

import platform
import shutil
import threading
from collections.abc import Iterator, Sequence
from sqlite3 import sqlite_version
from typing import Any, NamedTuple

from config import Text
from release import version
from server import validity
from server.domain import backups, enrolment, notifications, outbound, upkeep
from server.domain.alerts import Alert, alerts
from server.domain.ticket import Ticket
from server.domain.upkeep import drift_s, newest
from server.health import Contacts, Health
from server.store import membership
from server.store.database import DISK_FULL, DISK_LOW, size, wal_of
from server.verbs.hub import Hub
from server.views import second
from server.views.build import BUILD
from server.views.devices import devices_view
from server.views.hall import Look
from server.views.platform import platform_view, up_time

TECHNICAL = (
    *("clock", "store", "kiosk", "printer", "board", "pad", "rater", "voice", "channel"),
    *("report", "backup", "link", "until", "config", "certificate"),
)
"""Kinds of alerts that are about machines."""
SHOWN = 10
"""So many of the hub's absences are listed, the newest first."""
REFUSED_SHOWN, LOG_SHOWN = 20, 20
SENDING_STATES = {
    "sent": Text("已送达", "delivered"),
    "refused": Text("对方不接收", "refused"),
    "waiting": Text("等待重试", "tried again soon"),
    "again": Text("正在重新发送", "being sent again"),
}
ANSWER_S = 2.0
"""A database that takes longer for a turn that does nothing is not ready."""


class Ready(NamedTuple):
    """Whether the hub can work now; each reason why not."""

    ready: bool
    problems: list[Text]


def readiness(hub: Hub) -> Ready:
    """Whether the database answers, its writer lives, and the disk is not full."""
    found = []
    if not hub.store.answers(ANSWER_S):
        found.append(
            hub.store.injury.text
            if hub.store.injury
            else Text(
                "数据库不能写入：请检查磁盘，再重启主机程序。",
                "The database takes no turn: look at the disk, then start the hub again.",
            )
        )
    if shutil.disk_usage(hub.store.path.parent).free < DISK_FULL:
        found.append(Text("主机磁盘已满：请清出空间。", "The hub's disk is full: make room."))
    return Ready(not found, found)


def technical(look: Look) -> list[Alert]:
    """What is wrong with a machine, the worst first."""
    return [one for one in alerts(look.hall, look.situation, look.now) if one.kind in TECHNICAL]


def district(hub: Hub) -> list[tuple[str, Text]]:
    """How the line to the district is, as `second` tells it; nothing where the hall belongs to none."""
    found = membership.state(hub.hall.data)
    if found is None:
        return []
    trouble = membership.down(hub.hall.data).trouble
    down = [("bad", trouble)] if trouble else []
    return [({"ok": "good", "away": "warn"}.get(found.kind, "bad"), found.text), *down]


def condition(hub: Hub, health: Health, contacts: Contacts) -> dict[str, Any]:
    """The page of health: red lines with what to do, then each machine, what carries a token, then the figures."""
    look = Look(hub, health)
    store = hub.store
    return {
        "now": look.iso(look.now),
        "problems": [{"level": one.level, "text": one.text, "since": look.iso(one.since)} for one in technical(look)],
        "devices": [
            {"name": one.name, "good": one.works, "said": one.said, "since": look.iso(one.since)}
            for one in [
                *look.devices,
                *backups.devices(hub.hall, look.kept, hub.copies, look.now),
                *(outbound.device(link, look.now) for link in look.links),
            ]
        ],
        "enrolled": [
            {**one, "other": bool(one["version"]) and one["version"] != version()}
            for one in devices_view(hub, contacts)
            if one["kind"] in enrolment.KINDS and one["state"] != "ended"
        ],
        "told": [_link(hub, look, link) for link in look.links],
        "channels": [_channel(look, name) for name, table in hub.hall.channels.items() if table.on],
        "platform": platform_view(hub) if hub.hall.platform.url or look.reader.count_unmatched() else None,
        "second": second.standing(hub),
        "district": district(hub),
        "alone": hub.pair is not None and hub.pair.first.armed,
        "figures": [
            *_waits(hub),
            (Text("磁盘剩余", "Disk free"), f"{shutil.disk_usage(store.path.parent).free >> 20} MB"),
            (Text("数据库", "Database"), f"{size(store.path) >> 20} MB"),
            (Text("写入日志", "Log of writes"), f"{size(wal_of(store.path)) >> 10} KB"),
            (Text("日志行数", "Rows of the journal"), f"{hub.seq}"),
            *_certificate(look),
            (Text("启动于", "Running since"), (look.iso(health.began) or "")[:16].replace("T", " ")),
            *_foretold(look),
            *versions(),
        ],
        "absences": [upkeep.absence(hub.hall, one) for one in reversed(look.upkeep.absences[-SHOWN:])],
    }


def _waits(hub: Hub) -> Iterator[tuple[Text, str]]:
    waits = sorted(hub.pair.waits) if hub.pair is not None else []
    if waits:
        half, most = waits[len(waits) // 2] * 1000, waits[len(waits) * 99 // 100] * 1000
        yield Text("等备用主机保存", "Waits for the second machine"), f"p50 {half:.1f} ms, p99 {most:.1f} ms"


def _channel(look: Look, name: str) -> dict[str, Any]:
    """A channel of notifications: its newest messages, by number and occasion; no address, no text."""
    word = look.health.word(f"channel {name}")
    rows = look.reader.notifications_of(name, LOG_SHOWN)
    held = {one.ticket for one in rows if one.ticket is not None}
    numbers: dict[int | None, Ticket | None] = {ticket: look.reader.ticket(ticket) for ticket in held}
    return {
        "name": notifications.device_name(name, look.hall.channels[name]),
        "state": word.state if word else "unknown",
        "said": word.text if word else Text("还没有用过", "not used yet"),
        "log": [
            {
                "at": look.iso(one.at),
                "number": ticket.label if (ticket := numbers.get(one.ticket)) else one.about,
                "occasion": notifications.OCCASIONS[one.occasion],
                "field": notifications.FIELDS[one.field],
                "state": one.said,
                "said": notifications.OUTCOMES[one.said],
            }
            for one in rows
        ],
    }


def _foretold(look: Look) -> Iterator[tuple[Text, str]]:
    days, found, drift = upkeep.days_left(look.upkeep.free, DISK_LOW), newest(look.upkeep), drift_s(look.upkeep)
    if days is not None:
        yield Text("磁盘还够用", "Disk lasts"), f"{days:.0f} d"
    if found is not None and found.offset is not None:
        said = f"{-found.offset:+.3f} s" + ("" if drift is None else f", {-drift:+.2f} s/d")
        yield Text("时钟与对时服务器相差", "Clock against the time server"), said


def versions() -> Iterator[tuple[Text, str]]:
    """Which program, of which pages, on what."""
    yield Text("程序版本", "Version"), f"{version()} ({BUILD})"
    yield Text("运行环境", "Runs on"), f"Python {platform.python_version()}, SQLite {sqlite_version}, {_system()}"


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.platform(terse=True)


def _link(hub: Hub, look: Look, link: outbound.Link) -> dict[str, Any]:
    reader, now = look.reader, look.now
    return {
        "destination": link.destination,
        "name": outbound.named(link.destination),
        "state": link.state,
        "problem": link.problem,
        "next": look.iso(link.next_at) if link.state == "down" else None,
        "sent": link.sent,
        "behind": max(0, hub.seq - link.seq) if link.state in ("down", "off") else 0,
        "up": up_time(hub, reader, link.destination, now),
        "refused": [
            {"seq": one.seq, "type": one.type, "at": look.iso(one.tried_at), "why": one.problem}
            for one in reader.sendings(link.destination, REFUSED_SHOWN, "refused")
        ],
        "log": [
            {
                "seq": one.seq,
                "type": one.type,
                "at": look.iso(one.tried_at),
                "tries": one.tries,
                "state": one.state,
                "said": SENDING_STATES[one.state],
                "took_ms": one.took_ms,
            }
            for one in reader.sendings(link.destination, LOG_SHOWN)
        ],
    }


def _certificate(look: Look) -> list[tuple[Text, str]]:
    until = validity.until(look.hall)
    return [(Text("证书到期", "Certificate ends"), (look.iso(until) or "")[:10])] if until else []


# --- Prometheus -------------------------------------------------------------------------------------------------------


class Metric(NamedTuple):
    """A figure with its help and its samples: (labels, value) each. `kind` is gauge or counter."""

    name: str
    help: str
    samples: Sequence[tuple[dict[str, str], float]]
    kind: str = "gauge"


def metrics(hub: Hub, health: Health, streams: int) -> str:
    """All figures in Prometheus's text format 0.0.4. No label names a person."""
    return "".join(written(metric) for metric in _metrics(hub, Look(hub, health), streams))


def _metrics(hub: Hub, look: Look, streams: int) -> Iterator[Metric]:
    def one(name: str, help: str, value: float, kind: str = "gauge") -> Metric:
        return Metric(name, help, [({}, value)], kind)

    figures, store, found = look.figures(), hub.store, technical(look)
    absent = sum(gone.until - gone.since for gone in look.upkeep.absences)
    states = [counter.state for counter in look.counters.values()]
    yield one("waiting", "People who wait now.", figures["waiting"])
    yield one("over_pledge", "People who have waited longer than the pledge.", figures["over"])
    yield one("issued_today", "Numbers given out on this service day.", figures["issued"])
    yield one("served_today", "Numbers finished on this service day.", figures["served"])
    yield Metric(
        "counters", "Counters by state.", [({"state": s}, states.count(s)) for s in ("open", "paused", "closed")]
    )
    yield Metric(
        "device_up",
        "Whether a device works: 1 or 0.",
        [({"device": d.id, "kind": d.kind, "state": d.state}, d.works) for d in look.devices],
    )
    yield Metric(
        "link_up",
        "Whether another system takes what it is told: 1 or 0.",
        [({"destination": link.destination}, link.state == "up") for link in look.links],
    )
    yield Metric(
        "link_refused",
        "Messages that another system will not take.",
        [({"destination": name}, count) for name, count in look.refused.items()],
    )
    unmatched = look.reader.count_unmatched()
    yield one("platform_unmatched", "Messages of the city's platform that fit nothing here.", unmatched)
    levels = [alert.level for alert in found]
    yield Metric("alerts", "What somebody should act on.", [({"level": v}, levels.count(v)) for v in ("bad", "warn")])
    yield Metric(
        "backup_age_seconds",
        "Age of the newest tested backup.",
        [
            ({"place": backups.named(url)}, look.now - place.made_at)
            for url in hub.hall.backup.to
            if (place := look.kept.place(url)).made_at and place.tested_at
        ],
    )
    yield Metric(
        "copy_behind_rows",
        "Rows of the journal that are not yet copied.",
        [({"place": backups.named(url)}, max(0, hub.seq - copy.seq)) for url, copy in hub.copies.items() if copy.seq],
    )
    if until := validity.until(hub.hall):
        yield one("certificate_left_seconds", "Until the hub's certificate ends.", until - look.now)
    yield one("journal_rows", "Rows of the journal.", hub.seq, "counter")
    yield one("database_bytes", "Bytes of the database.", size(store.path))
    yield one("wal_bytes", "Bytes of its log of writes.", size(wal_of(store.path)))
    yield one("disk_free_bytes", "Bytes free on its disk.", shutil.disk_usage(store.path.parent).free)
    yield one("streams", "Live screens that are connected.", streams)
    yield one("threads", "Threads of the hub.", threading.active_count())
    if (days := upkeep.days_left(look.upkeep.free, DISK_LOW)) is not None:
        yield one("disk_days_left", "Days until the disk is too full, at the pace of late.", days)
    if (told := newest(look.upkeep)) and told.offset is not None:
        yield one("clock_offset_seconds", "How far the hub's clock is ahead of the time server's.", -told.offset)
    yield one("restarts", "Starts of the hub that are remembered.", len(look.upkeep.absences))
    yield one("absent_seconds", "Seconds without a hub that are remembered.", absent)
    yield Metric("version_info", "The version, as a label.", [({"version": version(), "build": BUILD}, 1)])
    yield one("clock_believed", "Whether the hub's clock is believed: 1 or 0.", look.clock.fine)


def written(metric: Metric) -> str:
    """A figure in Prometheus's text format 0.0.4."""
    name = f"jiaohao_{metric.name}" + ("_total" if metric.kind == "counter" else "")
    lines = [f"# HELP {name} {metric.help}", f"# TYPE {name} {metric.kind}"]
    for labels, value in metric.samples:
        told = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        lines.append(f"{name}{{{told}}} {value:.15g}" if told else f"{name} {value:.15g}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
