"""绩效指标 of a month: page, workbook, JSON for the district."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, render_template, request

from server.pages.access import allowed, the_hub
from server.pages.openapi import answers
from server.pages.people import READERS
from server.pages.records import ledger_answer
from server.reports.forms import ledger
from server.views.indicators import indicators_view, table

api = APIBlueprint("indicators_api", __name__, url_prefix="/api/v1/indicators", tag="Indicators 绩效指标")
pages = APIBlueprint("indicators", __name__, url_prefix="/people/indicators", enable_openapi=False)


@pages.get("")
@allowed(roles=READERS)
def page() -> str:
    month = request.args.get("month") or the_hub().day(the_hub().now())[:7]
    view = indicators_view(the_hub(), month)
    return render_template("people/indicators.html", hall=the_hub().hall.hall, tab="indicators", view=view)


@pages.get("/<month>.xlsx")
@allowed(roles=READERS)
def file(month: str) -> Response:
    return ledger_answer(f"indicators-{month}.xlsx", ledger.as_xlsx(table(indicators_view(the_hub(), month))))


@api.get("/<month>")
@allowed(roles=READERS)
@answers("people_told.Indicators")
@api.doc(summary="The month of people and place: each figure with its parts and its definition")
def show(month: str) -> dict[str, Any]:
    return indicators_view(the_hub(), month)
