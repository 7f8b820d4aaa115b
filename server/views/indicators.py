"""绩效指标 of a month: counted, and as the rows of table and workbook."""

from __future__ import annotations

from typing import Any

from server.domain import half_days as sheet_rules
from server.domain import indicators
from server.domain.indicators import ratio
from server.reports.period import Period
from server.reports.reporter import Made
from server.verbs import half_days, hall_file, people, regulations, staff_changes
from server.verbs.appraisals import APPRAISAL
from server.verbs.hub import Hub
from server.verbs.inspections import FINDING, INSPECTION
from server.views import regulations as rules_views
from server.views.hall_file import hall_file_view
from server.views.regulations import training_view
from server.views.tickets import iso


def indicators_view(hub: Hub, name: str) -> dict[str, Any]:
    """Every indicator of a month such as 2026-11."""
    known = _values(hub, name)
    hall = hub.hall.hall
    return {
        "month": name,
        "hall": {"id": hall.id, **hall.text.json("name")},
        "definition_version": indicators.VERSION,
        "made": iso(hub.hall, hub.now()),
        "indicators": [
            {
                "id": one.id,
                "kind": one.kind,
                "now": one.now,
                **one.name.json("name"),
                **one.means.json("means"),
                **(known[one.id] if one.kind == "ratio" else {"count": known[one.id]}),
            }
            for one in indicators.INDICATORS
        ],
    }


def with_indicators(hub: Hub, period: Period, made: Made) -> Made:
    """A report with the indicators of the month in which it begins, so that the last one of a month has them whole: in
    it they are the hall's word to its district, under the report's hash.
    """
    return made._replace(report={**made.report, "indicators": indicators_view(hub, f"{period.first:%Y-%m}")})


def _values(hub: Hub, name: str) -> dict[str, Any]:
    reader = hub.read()
    month = half_days.month(hub, reader, name, hub.now())
    sums = [line.sums for line in month.lines.values()]
    start = sheet_rules.span_of(month.halves[0], hub.hall.zone)[0]
    end = sheet_rules.span_of(month.halves[-1], hub.hall.zone)[1]

    def total(*keys: str) -> int:
        return sum(one[key] for one in sums for key in keys)

    changes = {row.seq for row in people.register(reader, end) if row.at >= start}
    filed = [one for one in staff_changes.filed(reader) if one.seq in changes]
    findings = reader.records_opened(FINDING, start, end, limit=100_000)
    closed = [one for one in reader.records_ended(FINDING, "closed") if start <= (one.closed_at or 0.0) < end]
    late = [one for one in closed if one.verdicts.get("rectify", {}).get("late")]
    cards = [one for one in reader.records_ended(APPRAISAL, "final") if start <= (one.closed_at or 0.0) < end]
    courses = [one for one in regulations.held(reader) if one.day.isoformat()[:7] == name]
    rules = rules_views.rules_view(hub, "")
    file = hall_file_view(hub)
    pieces = hall_file.equipment(reader).values()
    return {
        "attendance": ratio(total("kept"), total("due")),
        "late": total("late"),
        "early": total("early"),
        "no_sign": total("absent", "truant"),
        "extended": total("extended_min"),
        "changes_filed": ratio(sum(one.done for one in filed), len(filed)),
        "substitutions": len(reader.events_between("SubstitutionBegan", start, end)),
        "visits": len(reader.records_opened(INSPECTION, start, end, limit=100_000)),
        "findings": len(findings),
        "findings_on_time": ratio(len(closed) - len(late), len(closed)),
        "repeated": sum(one.values.get("repeated") is True for one in findings),
        "training_hours": sum(one.hours * len(one.staff) for one in courses),
        "training_on_schedule": training_view(hub)["on_schedule"],
        "acknowledged": rules["acknowledged"],
        "self_check": ratio(file["met"], len(file["lines"])),
        "unapproved": sum(not one["approved"] for one in file["counters"]),
        "equipment": ratio(sum(good for good, _ in pieces), sum(good + bad for good, bad in pieces)),
        "appraised": len(cards),
        "appeals": sum(one.who_made("appeal") is not None for one in cards),
    }


def table(view: dict[str, Any]) -> dict[str, Any]:
    """As `server/reports/forms/ledger.py` writes a table: numbers as numbers, ratios by their parts."""
    columns = (
        ("id", "编号", "Id"),
        ("figure", "指标", "Figure"),
        ("value", "数或分子", "Count or numerator"),
        ("of", "分母", "Denominator"),
        ("share", "比率", "Share"),
        ("means", "口径", "Definition"),
    )
    return {
        "name": "绩效指标",
        "month": view["month"],
        "columns": [{"column": key, "name": zh, "name_en": en} for key, zh, en in columns],
        "rows": [
            {
                "id": one["id"],
                "figure": [one["name"], one["name_en"]],
                "value": one["count"] if one["kind"] == "count" else one["numerator"],
                "of": one.get("denominator"),
                "share": None if one.get("share") is None else f"{one['share'] * 100:.1f}%",
                "means": [one["means"], one["means_en"]],
            }
            for one in view["indicators"]
        ],
    }
