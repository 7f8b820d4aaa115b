"""What a report is called, its identity in words, and what its readers must be warned of. Pure."""

from __future__ import annotations

from typing import Any

from config import Text
from server.reports.period import called, parse

NAMES = {
    "day": ("日报", "daily report"),
    "week": ("周报", "weekly report"),
    "month": ("月报", "monthly report"),
    "quarter": ("季报", "quarterly report"),
    "year": ("年报", "annual report"),
    "range": ("报告", "report"),
}


def title(report: dict[str, Any]) -> Text:
    """服务大厅周报 · 2026年第47周（11月16–22日）, in Chinese and English."""
    zh, en = NAMES[report["kind"]]
    when, when_en = called(parse(report["period"]))
    return Text(f"服务大厅{zh} · {when}", f"{en.capitalize()} · {when_en}")


def identity(report: dict[str, Any]) -> str:
    """The closing identity with its numbers, in Chinese."""
    i = report["identity"]
    sign = "=" if i["closes"] else "≠"
    return (
        f"取号 {i['arrivals']} {sign} 办结 {i['finished']} + 过号 {i['passed']} + 弃号 {i['left']} + 过期"
        f" {i['expired']} + 未结 {i['open']}"
    )


def identity_en(report: dict[str, Any]) -> str:
    """The same in English."""
    i = report["identity"]
    sign = "=" if i["closes"] else "≠"
    parts = (("served", "finished"), ("no-show", "passed"), ("left", "left"), ("expired", "expired"), ("open", "open"))
    return f"{i['arrivals']} numbers taken {sign} " + " + ".join(f"{i[key]} {word}" for word, key in parts)


def warnings(report: dict[str, Any]) -> list[Text]:
    """What stands in the headline besides: a calendar that is missing, a period that is not over."""
    found = []
    if report["quality"]["days_without_calendar"]:
        years = "、".join(sorted({day[:4] for day in report["quality"]["days_without_calendar"]}))
        found.append(
            Text(
                f"没有 {years} 年的日历：开放时间按星期推定。",
                f"No calendar for {years}: the hours of the weekday are assumed.",
            )
        )
    if report["until"][:10] <= report["last_day"]:
        at = report["until"][:16].replace("T", " ")
        found.append(Text(f"本期尚未结束：只计到 {at}。", f"This period is not over: it is counted until {at}."))
    return found


def compared(report: dict[str, Any]) -> list[Text]:
    """With which periods the headline figures are compared."""
    found = []
    for key, zh, en in (("previous", "环比", "Previous period"), ("last_year", "同比", "A year ago")):
        other = report["comparison"].get(key)
        if not other:
            found.append(Text(f"{zh}：—", f"{en}: –"))
            continue
        holidays, holidays_en = ("，节假日不同", ", holidays differ") if other["holidays_differ"] else ("", "")
        days = other["service_days"]
        found.append(
            Text(
                f"{zh}：{called(parse(other['period'])).zh}，服务日 {days} 天{holidays}",
                f"{en}: {called(parse(other['period'])).en}, {days} service days{holidays_en}",
            )
        )
    return [*found, Text("件数按每服务日比较", "Counts are compared per service day")]


def days_of(report: dict[str, Any]) -> Text:
    """From when to when, and how many days were open."""
    days = report["service_days"]
    return Text(
        f"{report['first_day']} – {report['last_day']}，服务日 {days} 天", f"{days} service day{'s' * (days != 1)}"
    )
