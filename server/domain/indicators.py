"""绩效指标 (S38): the month of people and place as a table, each figure with its definition. Pure; counts nothing.

The rows of docs/figures.md are this table (tests/server/domain/test_indicators.py).
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from config import Text

VERSION = "1"


class Indicator(NamedTuple):
    """A figure: a count, or a ratio with its numerator and denominator; `now`: as it stands when it is made."""

    id: str
    kind: Literal["count", "ratio"]
    name: Text
    means: Text
    now: bool = False


INDICATORS = (
    Indicator(
        "attendance",
        "ratio",
        Text("出勤率", "Attendance"),
        Text("实出勤半天 / 应出勤半天", "Half days kept / half days due and judged"),
    ),
    Indicator("late", "count", Text("迟到", "Late"), Text("判为迟到的半天", "Half days judged late")),
    Indicator("early", "count", Text("早退", "Left early"), Text("判为早退的半天", "Half days judged left early")),
    Indicator(
        "no_sign",
        "count",
        Text("缺岗", "No sign"),
        Text("缺岗和旷工的半天", "Half days without a sign, found truant or not"),
    ),
    Indicator(
        "extended",
        "count",
        Text("延时服务分钟", "Extended service, minutes"),
        Text("延时时段内登录窗口的分钟", "Minutes logged in at counters within extended hours"),
    ),
    Indicator(
        "changes_filed",
        "ratio",
        Text("变动备案率", "Changes filed"),
        Text("已有文号的变动 / 当月岗位变动", "Changes of posts of the month that have a file number / all of them"),
    ),
    Indicator(
        "substitutions", "count", Text("代岗", "Stand-ins"), Text("当月开始的代岗", "Stand-ins that began in the month")
    ),
    Indicator("visits", "count", Text("巡查", "Inspections"), Text("当月登记的巡查", "Visits filed in the month")),
    Indicator(
        "findings", "count", Text("巡查问题", "Findings"), Text("当月登记的问题", "Findings opened in the month")
    ),
    Indicator(
        "findings_on_time",
        "ratio",
        Text("按期整改率", "Put right on time"),
        Text("未超期整改 / 当月销号的问题", "Not late to be put right / findings written off in the month"),
    ),
    Indicator(
        "repeated",
        "count",
        Text("反复问题", "Repeated findings"),
        Text("当月登记、90天内第三次以上", "Opened in the month as the third or more within 90 days"),
    ),
    Indicator(
        "training_hours",
        "count",
        Text("培训人课时", "Training, person-hours"),
        Text("当月培训课时 × 参加人数", "Hours of the month's courses × people there"),
    ),
    Indicator(
        "training_on_schedule",
        "ratio",
        Text("培训按期率", "Training on schedule"),
        Text("未到期 / 人员 × 培训种类", "Not due / people × kinds of course"),
        True,
    ),
    Indicator(
        "acknowledged",
        "ratio",
        Text("制度已阅率", "Rules acknowledged"),
        Text("已阅现行版 / 人员 × 制度", "Read in the version in force / people × rules"),
        True,
    ),
    Indicator(
        "self_check",
        "ratio",
        Text("自查符合率", "Self-check met"),
        Text("符合 / 全部条目", "Lines met / all lines"),
        True,
    ),
    Indicator(
        "unapproved",
        "count",
        Text("未备案窗口", "Counters without approval"),
        Text("没有有效批准的窗口，目标0", "Without an approval that holds; target 0"),
        True,
    ),
    Indicator(
        "equipment",
        "ratio",
        Text("设备完好率", "Equipment that works"),
        Text("完好件数 / 在用件数", "Pieces that work / pieces in use"),
        True,
    ),
    Indicator(
        "appraised",
        "count",
        Text("考核", "Appraisals"),
        Text("当月定下的考核卡", "Cards that became final in the month"),
    ),
    Indicator("appeals", "count", Text("考核申诉", "Appeals"), Text("其中申诉过的", "Of these, appealed")),
)


def ratio(numerator: int, denominator: int) -> dict[str, Any]:
    """A ratio with its parts; none of nothing."""
    return {
        "numerator": numerator,
        "denominator": denominator,
        "share": numerator / denominator if denominator else None,
    }


def page() -> str:
    """The rows of docs/figures.md."""
    rows = []
    for one in INDICATORS:
        zh, en = ("（出表时）", " (when it is made)") if one.now else ("", "")
        rows.append(f"| `{one.id}` | {one.name.zh} {one.name.en} | {one.means.zh}{zh} {one.means.en}{en} |\n")
    return "| id | figure | definition |\n|---|---|---|\n" + "".join(rows)
