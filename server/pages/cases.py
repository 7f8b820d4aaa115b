"""办件: the back office's page (分类办理), its day on paper, the papers of its cases, a visitor's cases by a code.

What is done with cases is done on the pages of registers: here they are found and chosen.
"""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from apiflask import APIBlueprint
from flask import Response, abort, current_app, flash, g, redirect, render_template, request
from pydantic import Field
from werkzeug.wrappers import Response as Redirect

from server.domain.rules import Refused
from server.pages.access import allowed, the_hub
from server.pages.bodies import Body
from server.pages.feeds import OFFICE
from server.pages.incoming import Identifier
from server.pages.openapi import answers
from server.pages.records import READERS, form_key, leads_back, reach, ticked, who_asks
from server.pages.tickets import STAFF, printers_for
from server.verbs import case_papers
from server.views import cases as views
from server.views.records import departments

api = APIBlueprint("cases_api", __name__, url_prefix="/api/v1/cases", tag="Registers 台账")
pages = APIBlueprint("cases", __name__, url_prefix="/cases", enable_openapi=False)


PILE: dict[str, tuple[dict[str, Any], str]] = {
    "pile": ({"type": "string", "enum": [*views.PILES], "default": "work"}, "Which pile"),
    "department": ({"type": "string"}, "Only cases of that department's services"),
}


class CaseCode(Body):
    code: Identifier = Field(
        description="Of 受理凭证, 领件通知单 or a number's slip, as it was scanned; or a case's number",
        min_length=1,
        max_length=300,
    )


@api.post("/look-up")
@allowed(roles=STAFF)
@api.input(CaseCode)
@answers("records_told.VisitorsCases")
@api.doc(
    summary="办件 a visitor's open cases by the code of a paper: how each stands, what was told, what can be done now"
)
def look_up(json_data: CaseCode) -> dict[str, Any]:
    return views.visitor_view(the_hub(), reach(), json_data.code)


@api.get("/office")
@allowed(roles=READERS)
@answers("records_told.OfficeNews", feed=True, query=PILE)
@api.doc(summary="办件 how many cases lie in each pile, and whether a pile changed; text/event-stream for changes")
def office_news() -> Response:
    hub, mine = the_hub(), reach()
    pile, department = request.args.get("pile", "work"), request.args.get("department", "")
    views.news_view(hub, mine, pile, department)  # refuses what there is not before a stream begins
    if department and department not in departments(hub, mine):
        abort(404, description=f"没有部门“{department}”。 There is no department '{department}'.")
    name = f"{OFFICE} {g.actor} {g.staff.role} {mine.department} {pile} {department}"
    found: Response = current_app.extensions["feeds"].answer(name, lambda: views.news_view(hub, mine, pile, department))
    return found


@pages.get("")
@allowed(roles=READERS)
def office_page() -> str:
    asked = request.args
    department = asked.get("department", "")
    after = max(0, min(asked.get("after", 0, int), 1_000_000))
    view = views.office_view(the_hub(), reach(), asked.get("pile", "work"), department, after)
    back, month = _here(view["pile"], department), view["today"][:7]
    return _page("office", view=view, department=department, back=back, this_month=month, after=after)


@pages.get("/day")
@allowed(roles=READERS)
def day_page() -> str:
    return _page("day", view=views.day_view(the_hub(), reach(), request.args.get("department", "")))


@pages.get("/late/<month>")
@allowed(roles=READERS)
def late_page(month: str) -> str:
    return _page("late", view=views.late_view(the_hub(), reach(), month, request.args.get("department", "")))


@pages.get("/slips")
@allowed(roles=STAFF)
def slips_page() -> str | Redirect:
    lines = views.slips_view(the_hub(), reach(), ticked(request.args))
    if not lines:
        flash(("请先勾选要打印的件。", "Tick the cases first."), "error")  # type: ignore[arg-type]
        return redirect(leads_back(request.args, "/cases"))
    hall = the_hub().hall
    first = printers_for(hall, g.actor, "", g.staff.counter)
    printers = [(name, hall.printer_name(name)) for name in [*first, *(p for p in hall.printers if p not in first)]]
    return _page(
        "slips", records=lines, printers=printers, press_key=uuid.uuid4().hex, back=leads_back(request.args, "/cases")
    )


@pages.post("/slips")
@allowed(roles=STAFF)
def slips_form() -> Redirect:
    hub = the_hub()
    try:
        printers = printers_for(hub.hall, g.actor, request.form.get("printer", ""), g.staff.counter)
        told = case_papers.print_papers(hub, who_asks(form_key()), ticked(request.form), printers)
    except Refused as refused:
        flash(refused.text, "error")  # type: ignore[arg-type]
    else:
        flash((f"单据正在打印：{told}张。", f"{told} papers are being printed."), "done")  # type: ignore[arg-type]
    return redirect(leads_back(request.form, "/cases"))


def _here(pile: str, department: str) -> str:
    """Where a move that is chosen here leads back to."""
    return f"/cases?{urlencode({'pile': pile, **({'department': department} if department else {})})}"


def _page(template: str, **more: Any) -> str:
    return render_template(f"cases/{template}.html", hall=the_hub().hall.hall, role=g.staff.role, **more)
