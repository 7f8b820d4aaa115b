"""大厅档案 and the self-check against the notice: what their page, file and JSON show."""

from __future__ import annotations

from typing import Any

from config import Text
from server.domain import self_check
from server.reports.forms.listing import Listing
from server.verbs import hall_file
from server.verbs.hub import Hub
from server.verbs.inspections import FINDING
from server.views.tickets import iso

NOTICE = "泉鲤行政管〔2020〕13号"

KINDS = {
    "general": Text("综合", "General"),
    "guide": Text("咨询台", "Information"),
    "pickup": Text("出件", "Pick-up"),
    "green": Text("绿色通道", "Priority"),
}


def hall_file_view(hub: Hub) -> dict[str, Any]:
    """The hall's file, its counters with their approval, the self-check line by line."""
    hall, today = hub.hall, hall_file.today(hub)
    names = hub.read().names()
    lines = self_check.check(hall, hall_file.facts(hub), today)
    lacking = {one.counter: one.why for one in self_check.unapproved(hall, today)}
    place = hall.place
    return {
        "name": hall.hall.name,
        "name_en": hall.hall.name_en,
        "address": place.address,
        "area_m2": place.area_m2,
        "residents": hall.report.residents,
        "seats": hall.report.seats,
        "sign": place.sign,
        "plaque": place.plaque,
        "persons": [
            {**text.json("for"), "staff": {"id": one, "name": names.get(one, one)} if one else None}
            for text, one in (
                (Text("大厅", "The hall"), place.for_hall),
                (Text("服务", "The service"), place.for_service),
                (Text("设备", "The devices"), place.for_devices),
            )
        ],
        "counters": [
            {
                "id": key,
                **hall.counter_name(key).json("name"),
                **KINDS[counter.kind].json("kind"),
                "owner": counter.owner_department,
                "approval": counter.approval,
                "valid_from": counter.valid_from,
                "valid_to": counter.valid_to,
                "approved": key not in lacking,
                **lacking.get(key, Text("", "")).json("why"),
            }
            for key, counter in hall.counters.items()
        ],
        "lines": [
            {
                "duty": one.duty,
                "quote": one.quote,
                "state": one.state,
                **self_check.STATES[one.state].json("said"),
                **one.found.json("found"),
            }
            for one in lines
        ],
        "findings": len(hub.read().records_open(FINDING)),
        "met": sum(one.state == "met" for one in lines),
    }


def self_check_listing(hub: Hub) -> Listing:
    """自查表, as it is printed and signed."""
    view, table = hall_file_view(hub), hub.hall.hall
    return Listing(
        table.text,
        f"{table.banner} {table.banner_en}".strip(),
        Text("标准化建设自查表", "Self-check against the notice"),
        Text(
            f"对照{NOTICE}，共{len(view['lines'])}条，符合{view['met']}条。",
            f"Against the notice {NOTICE}: {view['met']} of {len(view['lines'])} lines met.",
        ),
        (
            (Text("序号", "No."), 1),
            (Text("通知要求", "The notice"), 7),
            (Text("自查", "Stands"), 2),
            (Text("情况和缺什么", "What is known or missing"), 9),
        ),
        [
            [str(n), f"「{line['quote']}」", line["said"], f"{line['found']} {line['found_en']}"]
            for n, line in enumerate(view["lines"], start=1)
        ],
        (Text("自查人", "Checked by"), Text("中心主任", "Head of the centre"), Text("日期", "Date")),
        (iso(hub.hall, hub.now()) or "")[:16].replace("T", " "),
    )
