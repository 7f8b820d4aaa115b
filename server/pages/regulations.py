"""制度与培训: the hall's rules and who has read them, phrases, courses. Commands have a form and JSON each."""

from __future__ import annotations

from datetime import date
from typing import Any

from apiflask import APIBlueprint
from flask import g, render_template
from pydantic import Field

from config import Text
from server.domain.regulations import PARTS
from server.pages.access import allowed, the_hub
from server.pages.bodies import Body
from server.pages.incoming import Day, Identifier, Whole
from server.pages.openapi import answers
from server.pages.people import FIRST_YEAR, LAST_YEAR, MANAGERS, Done, command
from server.verbs import regulations
from server.verbs.hub import By
from server.views import regulations as views

api = APIBlueprint("regulations_api", __name__, url_prefix="/api/v1/rules", tag="Rules and training 制度培训")
pages = APIBlueprint("regulations", __name__, url_prefix="/rules", enable_openapi=False)
_DOORS = (pages, api)
READERS = ("operator", "guide", "manager", "supervisor")
STAFF = ("operator", "guide", "manager")


class RuleText(Body):
    rule: Identifier = Field(max_length=40)
    version: Whole = Field(ge=0, le=999, description="The version that was looked at")
    zh: str = Field(max_length=regulations.LONGEST)
    en: str = Field("", max_length=regulations.LONGEST)


class RuleRead(Body):
    rule: Identifier = Field(max_length=40)
    version: Whole = Field(ge=0, le=999)


class Course(Body):
    """A course that was held."""

    day: Day = Field(ge=date(FIRST_YEAR, 1, 1), le=date(LAST_YEAR, 12, 31))
    course: Identifier = Field(max_length=40)
    hours: Whole = Field(ge=1, le=99)
    attended: list[Identifier] = Field(min_length=1, max_length=300, description="Staff numbers")
    tested: bool = False
    passed: list[Identifier] = Field([], max_length=300, description="Of those who were there, where there was a test")


@command("issue", RuleText, roles=MANAGERS, back="/rules", summary="发布制度 the hall's own text", doors=_DOORS)
def issue(wish: RuleText) -> Done:
    regulations.issue(the_hub(), By(g.actor), wish.rule, wish.version, wish.zh, wish.en)
    if wish.rule in PARTS:
        return Done(Text("用语已发布。", "The phrases are issued."))
    return Done(Text("制度已发布，请大家阅读。", "The rule is issued; everybody is asked to read it."))


@command("read", RuleRead, roles=STAFF, back="/rules", summary="已阅 acknowledge a version of a rule", doors=_DOORS)
def acknowledge(wish: RuleRead) -> Done:
    regulations.acknowledge(the_hub(), By(g.actor), wish.rule, wish.version)
    return Done(Text("已记为已阅。", "On record as read."))


@command("courses", Course, roles=MANAGERS, back="/rules/training", summary="登记培训 a course held", doors=_DOORS)
def hold(wish: Course) -> Done:
    regulations.hold(
        the_hub(),
        By(g.actor),
        wish.day,
        wish.course,
        wish.hours,
        wish.attended,
        tested=wish.tested,
        passed=wish.passed,
    )
    return Done(Text("培训已登记。", "The course is on record."))


def _page(template: str, **more: Any) -> str:
    may = g.staff.role in ("manager", "administrator")
    return render_template(f"attendance/{template}.html", hall=the_hub().hall.hall, may=may, **more)


@pages.get("")
@allowed(roles=READERS)
def rules_page() -> str:
    return _page(
        "regulations",
        tab="rules",
        view=views.rules_view(the_hub(), g.actor),
        phrases=views.phrases_view(the_hub().read()),
    )


@pages.get("/training")
@allowed(roles=READERS)
def training_page() -> str:
    view, today = views.training_view(the_hub()), the_hub().day(the_hub().now())
    if g.staff.role in ("operator", "guide"):
        view["lines"] = [line for line in view["lines"] if line["staff"]["id"] == g.actor]
        view["held"] = [one for one in view["held"] if any(who["id"] == g.actor for who in one["staff"])]
        for one in view["held"]:
            one["staff"] = [who for who in one["staff"] if who["id"] == g.actor]
    return _page("training", tab="training", view=view, today=today)


@api.get("")
@allowed(roles=READERS)
@answers("people_told.HallRules")
@api.doc(summary="The seven rules in force, who has read them, acknowledged share")
def rules_json() -> dict[str, Any]:
    return views.rules_view(the_hub(), g.actor)


@api.get("/training")
@allowed(roles=("manager", "supervisor"))
@answers("people_told.Training")
@api.doc(summary="Courses by person, due dates, on-schedule share, what was held")
def training_json() -> dict[str, Any]:
    return views.training_view(the_hub())
