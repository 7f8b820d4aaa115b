"""督查: issues, rounds of devices, samples of numbers with their lives, what was exported. For whoever inspects."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from apiflask import APIBlueprint
from flask import flash, g, redirect, render_template, request
from werkzeug.wrappers import Response as Redirect

from server.domain.rules import Refused
from server.pages.access import allowed, the_hub
from server.pages.records import form_key, reach
from server.verbs import inspections
from server.verbs.hub import By
from server.views import records as register_views
from server.views.inspections import inspections_view, sample_view

pages = APIBlueprint("inspections", __name__, url_prefix="/inspection", enable_openapi=False)

INSPECTORS = ("manager", "supervisor")


def _page(template: str, **more: Any) -> str:
    return render_template(
        f"inspection/{template}.html",
        hall=the_hub().hall.hall,
        registers=register_views.index_view(the_hub(), reach()),
        role=g.staff.role,
        press_key=uuid.uuid4().hex,
        **more,
    )


@pages.get("")
@allowed(roles=INSPECTORS)
def page() -> str:
    return _page("inspection", view=inspections_view(the_hub(), reach()))


@pages.post("/sample")
@allowed(roles=INSPECTORS)
def draw() -> Redirect:
    """Draw numbers of some days by lot."""
    form = request.form
    try:
        first, last = _day(form.get("first", "")), _day(form.get("last", ""))
        many = form.get("many", "")
        most = int(many) if many.isascii() and many.isdigit() and len(many) <= 3 else 0
        row = inspections.draw_numbers(the_hub(), By(g.actor, form_key()), first, last, most)
    except Refused as refused:
        flash(refused.text, "error")  # type: ignore[arg-type]
        return redirect("/inspection")
    return redirect(f"/inspection/sample/{row}")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("日期请写成 2026-11-23。", "Write the day like 2026-11-23.") from None


@pages.get("/sample/<int(max=9007199254740991):row>")
@allowed(roles=INSPECTORS)
def sample(row: int) -> str:
    return _page("sample", view=sample_view(the_hub(), reach(), row))
