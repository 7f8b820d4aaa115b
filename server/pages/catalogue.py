"""事项目录: the page of whoever keeps the catalogue, an item's versions, a list to print, tables out and tables
compared; the same as JSON; and the guide that everybody may read.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, Literal

from apiflask import APIBlueprint
from flask import Response, abort, flash, g, redirect, render_template, request, send_from_directory
from pydantic import Field
from werkzeug.wrappers import Response as Redirect

from config import catalogue_file
from server.domain.item_lists import NAMES, REGISTER
from server.domain.rules import Refused
from server.pages.access import allowed, idempotency_key, longer_body, public, the_hub
from server.pages.bodies import Body
from server.pages.imports import Handed
from server.pages.incoming import IsoDay
from server.pages.openapi import answers
from server.pages.records import form_key, reach, who_asks
from server.reports.forms import catalogue_table
from server.verbs import item_lists
from server.verbs.agendas import known_package
from server.views import catalogue as views
from server.views import records as record_views
from server.views.agendas import package_told

api = APIBlueprint("catalogue_api", __name__, url_prefix="/api/v1/catalogue", tag="Catalogue 事项目录")
pages = APIBlueprint("catalogue", __name__, url_prefix="/catalogue", enable_openapi=False)
guides = APIBlueprint("guides", __name__, url_prefix="/guides", enable_openapi=False)

READERS = ("manager", "supervisor")
MANAGERS = ("manager",)
MOST = 4 << 20
"""Bytes of a table that is handed in."""


class Drafting(Body):
    """A new list, made of what the catalogue has for it."""

    kind: Literal["in_hall", "no_visit", "one_visit"]
    due: IsoDay = Field(description="The day by which it is handed in (报送期限)")


@api.get("")
@allowed(roles=READERS)
@answers("catalogue_told.CatalogueTold")
@api.doc(
    summary="事项目录 figures, the three lists, powers that are not in the hall, every item with what its guide lacks"
)
def show() -> dict[str, Any]:
    return views.catalogue_view(the_hub(), reach())


@api.get("/<code>")
@allowed(roles=READERS)
@answers("catalogue_told.CatalogueItemTold")
@api.doc(summary="An item and every version of its guide: what changed in words, what was saved")
def show_item(code: str) -> dict[str, Any]:
    return views.item_view(the_hub(), code)


@api.post("/lists")
@allowed(roles=MANAGERS)
@api.input(Drafting)
@answers("records_told.RecordTold", status=201, key=True)
@api.doc(
    summary="草拟 a list of what the catalogue has for it; its further moves are those of its record",
    responses={201: "the record", 409: "one is on its way"},
)
def draft(json_data: Drafting) -> tuple[dict[str, Any], int]:
    record = item_lists.draft(the_hub(), who_asks(idempotency_key()), json_data.kind, _due(json_data.due))
    return record_views.record_view(the_hub(), record, reach()), 201


@api.post("/check")
@allowed(roles=MANAGERS)
@api.input(Handed)
@answers("catalogue_told.TableCompared")
@api.doc(
    summary="试读 a table in Quanzhou's columns or ours, CSV or XLSX: what it would change, in words; takes nothing in"
)
@longer_body(MOST)
def check(json_data: Handed) -> dict[str, Any]:
    return views.compared(the_hub(), json_data.data(), json_data.name)


# --- pages ------------------------------------------------------------------------------------------------------------


def _page(template: str, **more: Any) -> str:
    return render_template(
        f"catalogue/{template}.html",
        hall=the_hub().hall.hall,
        role=g.staff.role,
        names=NAMES,
        press_key=uuid.uuid4().hex,
        **more,
    )


@pages.get("")
@allowed(roles=READERS)
def page() -> str:
    department = request.args.get("department", "")
    return _page("catalogue", view=views.catalogue_view(the_hub(), reach(), department), department=department)


@pages.get("/<code>")
@allowed(roles=READERS)
def item_page(code: str) -> str:
    return _page("item", view=views.item_view(the_hub(), code))


@pages.get("/lists/<kind>")
@allowed(roles=READERS)
def list_page(kind: str) -> str:
    return _page("item_list", view=views.list_view(the_hub(), reach(), kind))


@pages.post("/lists")
@allowed(roles=MANAGERS)
def draft_form() -> Redirect:
    kind, due = request.form.get("kind", ""), request.form.get("due", "")
    try:
        if kind not in NAMES:
            raise Refused("请选择清单。", "Choose a list.")
        record = item_lists.draft(the_hub(), who_asks(form_key()), kind, _due(due))
    except Refused as refused:
        flash(refused.text, "error")  # type: ignore[arg-type]
        return redirect("/catalogue")
    flash((f"已草拟：{record.number}。", f"Drafted: {record.number}."), "done")  # type: ignore[arg-type]
    return redirect(f"/registers/{REGISTER}/{record.id}")


def _due(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("请填写报送期限。", "Say by which day it is handed in.") from None


@pages.post("/check")
@allowed(roles=MANAGERS)
@longer_body(MOST)
def check_form() -> str | Redirect:
    handed = request.files.get("table")
    if handed is None or not handed.filename:
        flash(("请先选择文件。", "Choose a file first."), "error")  # type: ignore[arg-type]
        return redirect("/catalogue")
    return _page("compared", view=views.compared(the_hub(), handed.read(), handed.filename))


@pages.get("/table/<form>.<kind>")
@allowed(roles=READERS)
def table(form: str, kind: str) -> Response:
    if form not in catalogue_file.FORMS or kind not in catalogue_table.FORMATS:
        abort(404)
    made = catalogue_table.made(*catalogue_file.table(the_hub().hall.services.values(), form), kind)
    name = f"catalogue-{form}.{kind}"
    return Response(
        made,
        mimetype=catalogue_table.FORMATS[kind],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


# --- 办事指南 for everybody -------------------------------------------------------------------------------------------


@guides.get("")
@public
def guides_page() -> str:
    """What the hall does: the packages first, then every item by its group."""
    hub = the_hub()
    return render_template("catalogue/guides.html", hall=hub.hall.hall, view=views.guides_view(hub))


@guides.get("/packages/<name>")
@public
def package_page(name: str) -> str:
    """A package: its questions, its items, one list of what to bring."""
    hub = the_hub()
    view = package_told(hub.hall, name, known_package(hub.hall, name))
    return render_template("catalogue/package.html", hall=hub.hall.hall, view=view, english=views.english)


@guides.get("/<code>")
@public
def guide_page(code: str) -> str:
    """An item's guide on a telephone in the hall; `slips.guide_url` may lead here."""
    return render_template("catalogue/guide.html", hall=the_hub().hall.hall, view=views.guide_view(the_hub(), code))


@guides.get("/<code>/samples/<name>")
@public
def sample(code: str, name: str) -> Response:
    """A sample picture that a material of the item names; nothing else of the folder."""
    folder = views.samples_folder(the_hub(), code, name)
    if folder is None:
        abort(404)
    return send_from_directory(folder, name)
