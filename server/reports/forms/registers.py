"""The registers of a report as sheets: pauses, attendance, devices, first contacts, stand-ins, ratings, notices.

Pure.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from config import Text
from server.domain.vocabulary import RATING_SOURCES
from server.reports.definitions import FORESEEN_FIGURES
from server.reports.forms.sheet import TOTAL, Cell, Kind, Sheet, pairs, table

LEVELS = {
    5: ("非常满意", "Very satisfied"),
    4: ("满意", "Satisfied"),
    3: ("基本满意", "Fairly"),
    2: ("不满意", "Dissatisfied"),
    1: ("非常不满意", "Very dissatisfied"),
}
_PAUSED: list[tuple[str, str, str, Kind]] = [
    ("n", "次数", "Times", "count"),
    ("s", "时长（分）", "Minutes", "minutes"),
    ("long", "长暂停", "Long", "count"),
]


def registers(report: dict[str, Any]) -> list[Sheet]:
    attendance = [*report["attendance"]["staff"], {"name": TOTAL, **report["attendance"]["total"]}]
    return [
        table(
            "pauses",
            "暂停（按原因）",
            "Pauses by reason",
            [("reason", "原因", "Reason", "text"), *_PAUSED],
            report["pauses"]["reasons"],
        ),
        table(
            "staff_pauses",
            "暂停（按人员）",
            "Pauses by staff",
            [("name", "人员", "Staff", "text"), *_PAUSED],
            report["pauses"]["staff"],
        ),
        table(
            "attendance",
            "考勤",
            "Attendance",
            [
                ("name", "人员", "Staff", "text"),
                ("duties", "排班", "Duties", "count"),
                ("attended", "出勤率", "Attended", "percent"),
                ("late", "迟到", "Late", "count"),
                ("early", "早退", "Early", "count"),
                ("absent", "缺岗", "Absent", "count"),
                ("at_post", "在岗率", "At post", "percent"),
                ("unmanned_s", "空岗（分）", "Unmanned, min", "minutes"),
                ("b_s", "B岗（分）", "B post, min", "minutes"),
            ],
            attendance,
        ),
        table(
            "unmanned",
            "空岗清单",
            "Posts unmanned",
            [
                ("day", "日期", "Day", "date"),
                ("counter", "窗口", "Counter", "text"),
                ("name", "人员", "Staff", "text"),
                ("start", "自", "From", "time"),
                ("end", "至", "Until", "time"),
                ("unmanned_s", "空岗（分）", "Unmanned, min", "minutes"),
            ],
            report["attendance"]["unmanned"],
        ),
        table(
            "devices",
            "设备",
            "Devices",
            [
                ("device", "设备", "Device", "text"),
                ("up", "可用率", "Up", "percent"),
                ("paper_outs", "缺纸", "Paper outs", "count"),
                ("paper_out_s", "缺纸（分）", "Paper out, min", "minutes"),
                ("print_failures", "打印失败", "Print failures", "count"),
                ("offline", "离线", "Offline", "count"),
                ("offline_s", "离线（分）", "Offline, min", "minutes"),
                ("faults", "故障", "Faults", "count"),
                ("unknown_s", "不明（分）", "Unknown, min", "minutes"),
            ],
            report["devices"],
        ),
        pairs(
            "contacts",
            "首问",
            "First contacts",
            [
                ("登记", "Noted", report["contacts"]["n"]),
                ("当场答复", "Answered", report["contacts"]["answered"]),
                ("引导", "Led", report["contacts"]["led"]),
                ("转送", "Passed on", report["contacts"]["passed_on"]),
                ("未结", "Open", report["contacts"]["open"]),
            ],
        ),
        pairs(
            "substitutions",
            "代岗",
            "Substitutions",
            [
                ("次数", "Times", report["substitutions"]["n"]),
                ("已批准", "Approved", report["substitutions"]["approved"]),
                ("待审批", "Waiting", report["substitutions"]["waiting"]),
                ("未批准", "Refused", report["substitutions"]["refused"]),
                ("B岗", "By B", report["substitutions"]["by_b"]),
            ],
        ),
    ]


def visitors(report: dict[str, Any]) -> list[Sheet]:
    """好差评 with defaults apart, 一次性告知, 一件事, and 提醒 where the report has any."""
    told = report.get("notifications")  # reports that were kept earlier have none
    return [
        *_ratings(report["ratings"]),
        *_rectified(report.get("rectification")),
        *_notices(report["notices"]),
        *_packages(report.get("packages")),
        *_remote(report.get("remote")),
        *(_notifications(told) if told else []),
        *_waits_told(report.get("waits_told")),
        *_foreseen(report.get("foreseen")),
        *_voices(report.get("voices", [])),
    ]


RATED: list[tuple[str, str, str, Kind]] = [
    ("name", "范围", "Of", "text"),
    ("n", "评价", "Ratings", "count"),
    ("active", "主动", "Active", "count"),
    ("default", "默认", "Default", "count"),
    *((f"level{level}", zh, en, "count") for level, (zh, en) in LEVELS.items()),
    ("active_rate", "主动评价率", "Active rate", "percent"),
    ("satisfied", "满意率（主动）", "Satisfied, active", "percent"),
    ("satisfied_with_defaults", "满意率（含默认）", "With defaults", "percent"),
    ("stars", "星（主动）", "Stars, active", "number"),
    ("bad", "差评", "Bad", "count"),
]


def _ratings(rated: dict[str, Any]) -> list[Sheet]:
    rows = [
        {**rated["total"], "name": TOTAL},
        *(_named(row) for key in ("service", "counter", "staff") for row in rated[key]),
    ]
    keys = (("", ""), *((key, row["key"]) for key in ("service", "counter", "staff") for row in rated[key]))
    levels = [{**row, **{f"level{level}": n for level, n in row["levels"].items()}} for row in rows]
    return [
        replace(table("ratings", "好差评", "Ratings", RATED, levels), keys=keys),
        *_ways(rated),
    ]


WAYS: list[tuple[str, str, str, Kind]] = [
    ("name", "渠道", "Way", "text"),
    ("n", "评价", "Ratings", "count"),
    *((f"level{level}", zh, en, "count") for level, (zh, en) in LEVELS.items()),
    ("satisfied", "满意率", "Satisfied", "percent"),
]
TICKED: list[tuple[str, str, str, Kind]] = [
    ("code", "编号", "Code", "text"),
    ("name", "指标", "Option", "text"),
    ("n", "次数", "Times", "count"),
]


def _ways(rated: dict[str, Any]) -> list[Sheet]:
    """By way, and by option; nothing for reports that were kept before these were counted."""
    english = {text.zh: text.en for text in RATING_SOURCES.values()}
    ways = [
        {**row, "name": Text(row["source"], english.get(row["source"], row["source"])), **_leveled(row)}
        for row in rated["sources"]
        if "satisfied" in row
    ]
    ticked = [_named(row) for row in rated.get("options", [])]
    return [
        *([table("rating_ways", "评价渠道", "Ratings by way", WAYS, ways)] if ways else []),
        *([table("rating_options", "评价指标", "Options ticked", TICKED, ticked)] if ticked else []),
    ]


def _leveled(row: dict[str, Any]) -> dict[str, int]:
    return {f"level{level}": n for level, n in row["levels"].items()}


RECTIFIED: list[tuple[str, str, str, Kind]] = [
    ("received", "收到差评", "Received", "count"),
    ("contacted", "1小时内联系", "Reached in the hour", "percent"),
    ("unfounded", "不实", "Unfounded", "count"),
    ("valid", "属实", "Valid", "count"),
    ("rectified", "整改率", "Rectified", "percent"),
    ("on_time", "按期整改率", "Rectified in time", "percent"),
    ("called_back", "回访率", "Called back", "percent"),
    ("overdue", "超期未改", "Overdue", "count"),
]


def _rectified(told: dict[str, Any] | None) -> list[Sheet]:
    return [table("rectification", "差评整改", "Bad ratings rectified", RECTIFIED, [told])] if told else []


WAITS_TOLD: list[tuple[str, str, str, Kind]] = [
    ("name", "范围", "Of", "text"),
    ("n", "告知过等候", "Told", "count"),
    ("came_true", "说准了", "Came true", "percent"),
    ("longer", "等得更久", "Waited longer", "percent"),
    ("shorter", "等得更短", "Waited less", "percent"),
    ("width_min", "范围宽（分钟）", "Width (min)", "number"),
]


def _waits_told(told: dict[str, Any] | None) -> list[Sheet]:
    """None in reports that were kept before anything was told."""
    if not told or not told["total"]["n"]:
        return []
    rows = [
        {**told["total"], "name": TOTAL},
        *(_named(row) for cut in ("class", "hour", "service") for row in told[cut]),
    ]
    return [table("waits_told", "告知的等候时间准不准", "Waits as told, and what came true", WAITS_TOLD, rows)]


FORESEEN_DAYS: list[tuple[str, str, str, Kind]] = [
    ("day", "日期", "Day", "date"),
    ("low", "预测至少", "At least", "count"),
    ("mean", "预测", "Foreseen", "count"),
    ("high", "预测至多", "At most", "count"),
    ("came", "实到", "Came", "count"),
]


def _foreseen(told: dict[str, Any] | None) -> list[Sheet]:
    """The week's forecast beside who came, then counters; none where nothing was foreseen, or the report is older."""
    if not told or not told["days"]:
        return []
    said = [(one.zh, one.en, _foreseen_cell(told["total"][one.id], one.kind)) for one in FORESEEN_FIGURES]
    return [
        table("foreseen_days", "本周预测与实到", "People foreseen, and who came", FORESEEN_DAYS, told["days"]),
        pairs("foreseen", "预测与窗口安排", "The forecast and the counters", said),
    ]


def _foreseen_cell(value: Any, kind: str) -> Cell:
    return (
        Cell(value["share"], "percent") if kind == "ratio" else Cell(value, "number" if kind == "number" else "count")
    )


LODGED: list[tuple[str, str, str, Kind]] = [
    ("name", "台账或类别", "Register or kind", "text"),
    ("received", "收到", "Received", "count"),
    ("answered", "答复", "Answered", "count"),
    ("done", "办结", "Done", "count"),
    ("open", "在办", "Open", "count"),
    ("on_time", "按期答复率", "Answered in time", "percent"),
    ("upheld", "属实率", "Upheld", "percent"),
    ("satisfied", "答复满意率", "Satisfied", "percent"),
    ("days", "答复天数（中位）", "Days, median", "number"),
]


def _voices(told: list[dict[str, Any]]) -> list[Sheet]:
    if not any(row["received"] or row["answered"] or row["open"] for row in told):
        return []
    rows = []
    for row in told:
        rows.append(_named(row))
        rows += [_named(one) for one in row["category"] if one["received"] != 0]
    return [table("voices", "群众诉求", "Complaints, questions, orders for help", LODGED, rows)]


NOTIFIED: list[tuple[str, str, str, Kind]] = [
    ("name", "通道或时机", "Channel or occasion", "text"),
    ("n", "应提醒", "Due", "count"),
    ("sent", "已发出", "Sent", "count"),
    ("arrived", "确认送达", "Arrived", "count"),
    ("lost", "没有送到", "Lost", "count"),
]


def _notifications(told: dict[str, Any]) -> list[Sheet]:
    if not told["n"]:
        return []
    channels = [{**row, "name": Text.same(row["key"])} for row in told["channel"]]
    rows = [{**told, "name": TOTAL}, *channels, *map(_named, told["occasion"])]
    not_sent = told["not_sent"]
    return [
        table("notifications", "提醒", "Notifications", NOTIFIED, rows),
        pairs(
            "not_sent",
            "没有发出的提醒",
            "Notifications not sent",
            [
                ("发不出去", "Failed", not_sent["failed"]),
                ("过时未发", "Too late", not_sent["stale"]),
                ("超过当日上限", "Above the limit", not_sent["limited"]),
                ("提醒到的", "Reached", told["reached"]["numerator"]),
                ("应提醒的号和办件", "Numbers and cases due", told["reached"]["denominator"]),
            ],
        ),
    ]


def _notices(told: dict[str, Any]) -> list[Sheet]:
    rows = [{"name": TOTAL, "n": told["n"], "repeated": told["repeated"]}, *map(_named, told["service"])]
    columns: list[tuple[str, str, str, Kind]] = [
        ("name", "事项", "Service", "text"),
        ("n", "告知", "Notices", "count"),
        ("repeated", "重复告知率（目标0）", "Told again (target 0)", "percent"),
    ]
    missing: list[tuple[str, str, str, Kind]] = [
        ("material", "材料", "Material", "text"),
        ("n", "次数", "Times", "count"),
    ]
    most = table("missing", "最常缺的材料", "Materials missing most", missing, told["missing"])
    keys = (("", ""), *(("service", row["key"]) for row in told["service"]))
    return [replace(table("notices", "一次性告知", "One-time notices", columns, rows), keys=keys), most]


def _packages(told: dict[str, Any] | None) -> list[Sheet]:
    """一件事一次办; nothing in a report that was kept before there were any, or of a hall without."""
    if not told or not told["package"]:
        return []
    rows = [{**told["total"], "name": TOTAL}, *map(_named, told["package"])]
    columns: list[tuple[str, str, str, Kind]] = [
        ("name", "一件事", "Package", "text"),
        ("package_taken", "取号", "Taken", "count"),
        ("package_finished", "办结", "Finished", "count"),
        ("package_one_visit", "一次办成率", "In one visit", "percent"),
        ("package_items", "每号项数", "Items a number", "number"),
        ("package_min", "用时（分）", "Time, min", "minutes"),
        ("package_saved", "少带材料", "Papers spared", "count"),
    ]
    shown = [
        {**row, "package_min": row["package_time"]["mean"], "package_items": row["package_items"]["share"]}
        for row in rows
    ]
    return [table("packages", "一件事一次办", "Several items, one number", columns, shown)]


def _remote(told: dict[str, Any] | None) -> list[Sheet]:
    """远程取号's cost; nothing in a report that was kept before, or where nobody came by it."""
    if not told or not told["total"]["remote_arrived"]:
        return []
    columns: list[tuple[str, str, str, Kind]] = [
        ("remote_arrived", "远程到厅", "Arrived", "count"),
        ("remote_first", "先于早到者叫号", "Called first", "count"),
        ("remote_passed", "被超过的现场取号者", "Walk-ins passed", "count"),
        ("added", "平均多等（分）", "Added wait, min", "minutes"),
    ]
    row = {**told["total"], "added": told["total"]["remote_added"]["mean"]}
    return [table("remote", "远程取号", "Remote numbers", columns, [row])]


def _named(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "name": Text(row["name"], row["name_en"])}
