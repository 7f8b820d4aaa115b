"""大厅档案: the hall's file with the self-check against the notice, as a page, on paper, as JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, g, render_template

from server.pages.access import allowed, the_hub
from server.pages.openapi import answers
from server.pages.people import READERS
from server.reports.forms import listing
from server.verbs.hub import By
from server.verbs.inspections import exported
from server.views.hall_file import hall_file_view, self_check_listing

api = APIBlueprint("hall_file_api", __name__, url_prefix="/api/v1/hall-file", tag="Hall's file 大厅档案")
pages = APIBlueprint("hall_file", __name__, url_prefix="/people/hall", enable_openapi=False)


@pages.get("")
@allowed(roles=READERS)
def page() -> str:
    may = g.staff.role in ("manager", "administrator")
    view = hall_file_view(the_hub())
    return render_template("people/hall_file.html", hall=the_hub().hall.hall, may=may, tab="hall", view=view)


@pages.get("/self-check.pdf")
@allowed(roles=READERS)
def file() -> Response:
    body = exported(the_hub(), By(g.actor), "self-check.pdf", listing.pdf(self_check_listing(the_hub())))
    answer = Response(body, content_type="application/pdf")
    answer.headers["Content-Disposition"] = 'attachment; filename="self-check.pdf"'
    return answer


@api.get("")
@allowed(roles=READERS)
@answers("people_told.HallFile")
@api.doc(summary="大厅档案: the hall's file, counters with their approval, the self-check line by line")
def show() -> dict[str, Any]:
    return hall_file_view(the_hub())
