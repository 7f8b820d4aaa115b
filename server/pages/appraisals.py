"""考核 for managers alone: cards of a month or a year, their order where somebody asks for it, the table to take."""

from __future__ import annotations

import re

from apiflask import APIBlueprint
from flask import Response, g, render_template, request

from server.pages.access import allowed, the_hub
from server.pages.records import MANAGERS, ledger_answer, reach
from server.reports.forms import ledger
from server.verbs.hub import Unknown
from server.views import records as register_views
from server.views.appraisals import appraisals_view, table

pages = APIBlueprint("appraisals", __name__, url_prefix="/appraisals", enable_openapi=False)

PERIOD = re.compile(r"2[01][0-9]{2}(-(0[1-9]|1[0-2]))?", re.ASCII)
STARS_MOST = 10


def _period(text: str) -> str:
    if not PERIOD.fullmatch(text):
        raise Unknown("请写成 2026-11 或 2026。", "Write the period like 2026-11 or 2026.")
    return text


@pages.get("")
@allowed(roles=MANAGERS)
def page() -> str:
    hub, asked = the_hub(), request.args
    period = _period(asked.get("period", "") or hub.day(hub.now())[:7])
    return render_template(
        "records/appraisals.html",
        hall=hub.hall.hall,
        registers=register_views.index_view(hub, reach()),
        role=g.staff.role,
        view=appraisals_view(hub, reach(), period),
        ranked=asked.get("order") == "rank",
        stars=max(0, min(asked.get("stars", 0, int), STARS_MOST)),
    )


@pages.get("/<period>.xlsx")
@allowed(roles=MANAGERS)
def file(period: str) -> Response:
    told = table(appraisals_view(the_hub(), reach(), _period(period)))
    return ledger_answer(f"appraisal-{period}.xlsx", ledger.as_xlsx(told))
