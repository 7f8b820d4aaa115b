"""一件事一次办 for whoever takes numbers: the packages there are, and what a number for some items would be."""

from __future__ import annotations

from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import Field, model_validator

from intake.quantities import Unclear
from server.pages.access import allowed, the_hub
from server.pages.bodies import Body
from server.pages.incoming import Identifier
from server.pages.openapi import answers
from server.verbs.agendas import several
from server.verbs.tickets import sold_out
from server.views import agendas as views
from server.views.moment import moment

api = APIBlueprint("packages", __name__, url_prefix="/api/v1/packages", tag="Packages 一件事")

STAFF = ("operator", "guide", "manager", "supervisor")
Code = Annotated[Identifier, Field(max_length=40)]


class Chosen(Body):
    """A package with the answers to its questions, or items chosen one by one."""

    package: Identifier = Field("", description="Id of a package; empty: items alone", max_length=40)
    yes: list[Code] = Field([], description="Ids of the package's questions that were answered by yes", max_length=40)
    items: list[Code] = Field(
        [], description="Items in their order; of a package those that are done, where some are left out", max_length=40
    )

    @model_validator(mode="after")
    def something_is_chosen(self) -> Chosen:
        if not self.package and not self.items:
            raise Unclear("“package”和“items”要有一个", "needs package or items")
        return self


@api.get("")
@allowed(devices=("kiosk",), roles=STAFF)
@answers("packages_told.PackagesTold")
@api.doc(summary="一件事 the packages of the hall: questions, items, one list of what to bring")
def show() -> dict[str, Any]:
    hub = the_hub()
    shut = {*moment(hub).closures, *sold_out(hub, hub.read(), moment(hub).day)} - {""}
    return {"packages": views.packages_told(hub, shut)}


@api.post("/plan")
@allowed(devices=("kiosk",), roles=STAFF)
@api.input(Chosen)
@answers("packages_told.PlannedNumber")
@api.doc(summary="What a number for a package or several items would be: items in order, one list of what to bring")
def plan(json_data: Chosen) -> dict[str, Any]:
    hub = the_hub()
    return views.planned(hub, several(hub.hall, json_data.package, json_data.yes, json_data.items))
