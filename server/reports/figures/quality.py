"""What a report does not know: always printed, even when empty. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from config import Text
from server.domain import events as ev
from server.domain.worktime import years_without_calendar
from server.reports.figures.gathering import Gathered
from server.reports.figures.groups import ratio
from server.reports.figures.measures import OPEN, UNCLASSED, F, Spans

WORDS: dict[str, Text] = {
    "open": Text("未结", "Open tickets"),
    "unclassed": Text("不属于任何一类", "Fit no class"),
    "without_outcome": Text("办结而无结果", "Finished without an outcome"),
    "lost_after_service": Text("办理后流失（计入F，不计办理时间）", "Lost after service (in F, outside S)"),
    "lost_after_transfer": Text("转移后流失", "Lost after a transfer"),
    "assumed_start": Text("未按“开始”（以末次叫号代之）", "Start assumed to be the last call"),
    "without_service_time": Text("办结而无办理时间", "Finished without a service time"),
    "served_for_hours": Text("办理异常久（可能忘记办结，请核对）", "Served for hours (a finish forgotten? check them)"),
    "clamped": Text("倒置的时段，按0计", "Negative spans, counted as 0"),
    "imported": Text("来自其他系统", "Imported from another system"),
    "days_without_calendar": Text("无日历的日期", "Days without calendar data"),
    "closures": Text("临时闭厅（不计入开放时间）", "Closed early (taken out of the opening hours)"),
    "outside_service_days": Text("非服务日的来访（不计入每服务日的热力图）", "Visits on days that are no service days"),
    "clock_jumps": Text("时钟跳变", "Clock jumps"),
    "device_outages": Text("设备离线时段", "Device outages"),
    "hub_outages": Text("主机、网络中断：未记录", "Outages of the hub and the network: not recorded"),
    "without_standard": Text(
        "事项无标准分钟（不计办理超时）",
        "Legs whose service has no standard minutes (outside overtime)",
    ),
    "without_platform_number": Text("审批平台编号：未记录", "Platform numbers: not recorded"),
    "not_rated": Text("未评价", "Not rated"),
    "not_asked": Text("未请评价", "Never asked for a rating"),
    "unknown_devices_s": Text("设备状态不明（秒，不计可用率）", "Device state unknown (seconds, outside up-time)"),
    "corrections": Text("上一版以来的更正", "Corrections since the last version"),
}
"""Key -> its name; None as a value: not known."""


def quality(
    found: Gathered,
    clock: Sequence[tuple[float, ev.Event]],
    devices: Sequence[dict[str, Any]],
    rated: Sequence[int],
    asked: Sequence[int],
) -> dict[str, Any]:
    """Every key of WORDS; times epoch seconds.

    `rated`, `asked`: tickets with a rating, and whose visitors were asked for one.
    """
    hours, odd, visits, legs = found.hours, found.quality, found.counted.visits, found.counted.legs
    unknown = years_without_calendar(hours.hall, hours.first, hours.last)
    unrated = np.setdiff1d(visits.ticket[visits.kind == F], np.array(rated, np.int64))
    service_days = set(hours.service_days)
    closed = [n for n, day in enumerate(hours.days) if day not in service_days]
    return {
        "open": int((visits.kind == OPEN).sum()),
        "unclassed": int((visits.kind == UNCLASSED).sum()),
        "without_outcome": odd.without_outcome,
        "lost_after_service": odd.lost_after_service,
        "lost_after_transfer": odd.lost_after_transfer,
        "assumed_start": ratio(odd.assumed_start, odd.timed),
        "without_service_time": odd.without_service_time,
        "served_for_hours": _for_hours(legs.service_time, hours.hall.console.ask_after_min),
        "clamped": odd.clamped,
        "imported": odd.imported,
        "days_without_calendar": [day.isoformat() for day in hours.days if day.year in unknown],
        "closures": hours.shut(),
        "outside_service_days": sum(int((visits.day == n).sum()) for n in closed),
        "clock_jumps": [[at, event.before, event.after] for at, event in clock if isinstance(event, ev.ClockSet)],
        "device_outages": sum(row["offline"] for row in devices),
        "hub_outages": None,
        "without_standard": int((legs.service_time >= 0).sum()) - int(found.counted.limited.sum()),
        "without_platform_number": None,
        "not_rated": len(unrated),
        "not_asked": len(np.setdiff1d(unrated, np.array(asked, np.int64))),
        "unknown_devices_s": round(sum(row["unknown_s"] for row in devices), 1),
        "corrections": [],
    }


def _for_hours(service_time: Spans, ask_after_min: int) -> int:
    """Legs ended after so long that the console had asked after them, by their times in ms; 0 minutes: none is."""
    return int((service_time > ask_after_min * 60_000).sum()) if ask_after_min else 0
