"""岗位: posts and who is there, substitutions to approve, attendance and roster of a day, the register.

Pages and JSON alike.

A command is one function with two doors: a form that answers with a redirect and a sentence (works without JavaScript),
and the same body as JSON. Said twice it changes nothing the second time (people.py), so it needs no Idempotency-Key.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from apiflask import APIBlueprint
from flask import abort, flash, g, redirect, render_template, request
from pydantic import BaseModel, Field, ValidationError
from werkzeug.wrappers import Response

from config import Text
from intake import quantities
from server.domain import filings
from server.domain.overtaking import Limits
from server.domain.post import AT_COUNTERS
from server.domain.rules import Refused
from server.foresight.week import monday_of
from server.pages.access import allowed, the_hub
from server.pages.bodies import Body
from server.pages.incoming import ClockTime, Day, Identifier, Whole
from server.pages.openapi import WHOLE, answers
from server.reports.forms import listing
from server.verbs import manning, people, staff_changes, trying
from server.verbs.hub import By, Unknown
from server.verbs.inspections import exported
from server.views.people import (
    attendance_view,
    counter_name,
    filing_listing,
    offered,
    posts_view,
    register_view,
    rules_view,
    week_view,
)

api = APIBlueprint("people_api", __name__, url_prefix="/api/v1/people", tag="People 岗位")
pages = APIBlueprint("people", __name__, url_prefix="/people", enable_openapi=False)
_DOORS = (pages, api)

READERS = ("manager", "supervisor")
MANAGERS = ("manager",)
FIRST_YEAR, LAST_YEAR = 2000, 2199
"""Of dates that a hall can have known."""


class Done(NamedTuple):
    """What a command did, in a sentence; a password that is shown once."""

    text: Text
    password: str = ""


# --- the two doors of a command ---------------------------------------------------------------------------------------


def command(
    path: str,
    wish: type[BaseModel],
    *,
    roles: tuple[str, ...],
    back: str,
    summary: str,
    doors: tuple[APIBlueprint, APIBlueprint] | None = None,
) -> Callable[[Callable[[Any], Done]], Callable[[Any], Done]]:
    """Register `carry_out` as the form POST /people/`path` and as POST /api/v1/people/`path`; of other `doors`, pages
    and API, as theirs.
    """
    name = path.replace("/", "_")
    pages, api = doors or _DOORS

    def register(carry_out: Callable[[Any], Done]) -> Callable[[Any], Done]:
        @pages.post(f"/{path}", endpoint=f"do_{name}")
        @allowed(roles=roles)
        def form() -> Response | str:
            try:
                done = carry_out(wish.model_validate(_fields()))
            except ValidationError as error:
                where = "、".join(str(e["loc"][-1]) for e in error.errors())
                flash((f"没有填好：{where}。", f"Please fill in: {where}."), "error")  # type: ignore[arg-type]
            except Refused as refused:
                flash(refused.text, "error")  # type: ignore[arg-type]
            else:
                if done.password:
                    return render_template("people/password.html", hall=the_hub().hall.hall, done=done, back=back)
                flash(done.text, "done")  # type: ignore[arg-type]
            day = _asked_day(request.form.get("day", ""))
            return redirect(f"{back}?day={day}" if day else back)

        @api.post(f"/{path}", endpoint=name)
        @allowed(roles=roles)
        @api.input(wish)
        @answers("people_told.DoneSo")
        @api.doc(summary=summary)
        def call(json_data: BaseModel) -> dict[str, Any]:
            done = carry_out(json_data)
            return {**done.text.json(), **({"password": done.password} if done.password else {})}

        return carry_out

    return register


SEVERAL = ("services", "languages", "cells", "attended", "passed")
"""Fields of forms that may be ticked more than once."""


def _fields() -> dict[str, Any]:
    """The form's fields; `posts.1.a` is nested, what was left empty is not there."""
    fields: dict[str, Any] = {
        name: [value for value in request.form.getlist(name) if value.strip()]
        for name in SEVERAL
        if name in request.form
    }
    for name, value in request.form.items():
        if name in SEVERAL:
            continue
        *path, last = name.split(".")
        place = fields
        for step in path:
            inner = place.setdefault(step, {})
            if not isinstance(inner, dict):  # "a" and "a.b": no page of ours sends both
                abort(400, description=f"表单里的“{name}”重复。The form has '{name}' twice.")
            place = inner
        if value.strip():
            place[last] = value.strip()
    return fields


def _asked_day(text: str) -> date | None:
    """A date that a hall can have known."""
    try:
        asked = quantities.day(text)
    except quantities.Unclear:
        return None
    return asked if FIRST_YEAR <= asked.year <= LAST_YEAR else None


# --- commands ---------------------------------------------------------------------------------------------------------

Reason = Field(description="原因 why; goes on record", max_length=200)


class PostWish(Body):
    """A post as it should be."""

    post: Identifier = Field(description="Id of the post", max_length=20)
    name: str = Field(max_length=40)
    name_en: str = Field("", max_length=60)
    counter: Identifier
    a: Identifier = Field(description="A岗: staff number")
    b: Identifier | None = Field(None, description="B岗: staff number")
    reason: str = Reason


class PostEnd(Body):
    post: Identifier
    reason: str = Reason


class Pair(Body):
    a: Identifier
    b: Identifier | None = None


class Rotation(Body):
    """轮岗: post -> its new A and B, all or none."""

    posts: dict[Identifier, Pair]
    reason: str = Reason


class Decision(Body):
    substitution: Whole = Field(ge=1, le=2**53)
    approve: bool
    note: str = Field("", max_length=200)


class RosterWish(Body):
    """排班; no `staff`: nobody is needed."""

    day: Day = Field(ge=date(FIRST_YEAR, 1, 1), le=date(LAST_YEAR, 12, 31))
    post: Identifier
    staff: Identifier | None = None
    start: ClockTime = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    end: ClockTime = Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")
    reason: str = Reason


@command("posts", PostWish, roles=MANAGERS, back="/people", summary="设岗、调岗 make a post or change it")
def set_post(wish: PostWish) -> Done:
    people.set_post(
        the_hub(),
        By(g.actor),
        wish.post,
        name=wish.name,
        name_en=wish.name_en,
        counter=wish.counter,
        a=wish.a,
        b=wish.b,
        reason=wish.reason,
    )
    return Done(Text(f"岗位“{wish.name}”已登记。", f"The post '{wish.name_en or wish.post}' is on record."))


class SkillsWish(Body):
    """What a member of staff can do."""

    staff: Identifier = Field(max_length=20)
    every: bool = Field(False, description="Every service, whatever `services` says")
    services: list[Identifier] = Field([], description="Service codes", max_length=500)
    languages: list[Identifier] = Field([], description="Languages besides Chinese: en, sgn, nan", max_length=10)
    reason: str = Reason


@command("skills", SkillsWish, roles=MANAGERS, back="/people", summary="技能 what a member of staff can do, languages")
def set_skills(wish: SkillsWish) -> Done:
    services = None if wish.every else wish.services
    people.set_skills(
        the_hub(), By(g.actor), wish.staff, services=services, languages=wish.languages, reason=wish.reason
    )
    return Done(Text(f"工号{wish.staff}的技能已登记。", f"What {wish.staff} can do is on record."))


@command("posts/end", PostEnd, roles=MANAGERS, back="/people", summary="撤岗 end a post")
def end_post(wish: PostEnd) -> Done:
    people.end_post(the_hub(), By(g.actor), wish.post, reason=wish.reason)
    return Done(Text(f"岗位{wish.post}已撤销。", f"The post {wish.post} has ended."))


@command("rotation", Rotation, roles=MANAGERS, back="/people", summary="轮岗 move people between posts, all or none")
def rotate(wish: Rotation) -> Done:
    people.rotate(
        the_hub(), By(g.actor), {post: (pair.a, pair.b) for post, pair in wish.posts.items()}, reason=wish.reason
    )
    return Done(Text("轮岗已登记。", "The rotation is on record."))


@command("substitutions", Decision, roles=MANAGERS, back="/people", summary="代岗审批 approve or refuse a substitution")
def decide(wish: Decision) -> Done:
    people.decide_substitution(the_hub(), By(g.actor), wish.substitution, approve=wish.approve, note=wish.note)
    return (
        Done(Text("代岗已批准。", "The substitution is approved."))
        if wish.approve
        else Done(Text("代岗未批准。", "The substitution is not approved."))
    )


@command(
    "roster",
    RosterWish,
    roles=MANAGERS,
    back="/people/attendance",
    summary="排班 who has a post on a day, other than its A in opening hours",
)
def set_roster(wish: RosterWish) -> Done:
    start, end = (int(text[:2]) * 60 + int(text[3:]) for text in (wish.start, wish.end))
    people.set_roster(
        the_hub(), By(g.actor), wish.day, wish.post, staff=wish.staff, start=start, end=end, reason=wish.reason
    )
    return Done(Text(f"{wish.day}的排班已登记。", f"The roster of {wish.day} is on record."))


class LeastWish(Body):
    """最少窗口 of a week; a half hour that is not named is as it was, or as advised."""

    monday: Day = Field(ge=date(FIRST_YEAR, 1, 1), le=date(LAST_YEAR, 12, 31))
    least: dict[str, dict[str, dict[str, int]]] = Field(
        description="Counters joined by commas -> day -> minute at which a half hour begins -> counters"
    )


@command(
    "week",
    LeastWish,
    roles=MANAGERS,
    back="/people/week",
    summary="最少窗口 how many counters are to be open at least in each half hour of a week",
)
def set_least(wish: LeastWish) -> Done:
    manning.set_least(the_hub(), By(g.actor), monday_of(wish.monday), wish.least)
    return Done(
        Text(
            f"{wish.monday}这一周的最少窗口已保存：开少了，实况页会提醒。",
            f"The least manning of the week of {wish.monday} is saved: the live page tells when fewer are open.",
        )
    )


# --- pages ------------------------------------------------------------------------------------------------------------


def _day(text: str | None) -> date:
    hub = the_hub()
    today = datetime.fromtimestamp(hub.now(), hub.hall.zone).date()
    if not text:
        return today
    asked = _asked_day(text)
    if asked is None:
        raise Unknown(f"“{text}”不是日期：请写成 2026-11-23。", f"'{text}' is no date: write it like 2026-11-23.")
    return asked


def _page(template: str, tab: str, **more: Any) -> str:
    hub = the_hub()
    sitters = [row for row in hub.read().everybody() if row["active"] and row["role"] in AT_COUNTERS]
    may = g.staff.role in ("manager", "administrator")
    return render_template(f"people/{template}.html", hall=hub.hall.hall, tab=tab, may=may, sitters=sitters, **more)


@pages.get("")
@allowed(roles=READERS)
def posts_page() -> str:
    hub = the_hub()
    counters = [counter_name(hub, c) for c in hub.hall.counters]
    return _page("posts", "posts", **posts_view(hub), counters=counters, offered=offered(hub))


@pages.get("/attendance")
@allowed(roles=READERS)
def attendance_page() -> str:
    hub, day = the_hub(), _day(request.args.get("day"))
    posts = [{"id": p.id, "name": p.name, "name_en": p.name_en or p.name} for p in hub.read().posts().values()]
    view = attendance_view(hub, day)
    table = hub.hall.people
    return _page(
        "attendance",
        "attendance",
        **view,
        posts=posts,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
        rules=table,
    )


def _monday(text: str | None) -> date:
    """A week by any of its days; next week for none, this one for `now`."""
    nxt = manning.default_week(the_hub())
    if text == "now":
        return nxt - timedelta(days=7)
    return monday_of(_day(text)) if text else nxt


@pages.get("/week")
@allowed(roles=READERS)
def week_page() -> str:
    monday = _monday(request.args.get("week") or request.args.get("day"))
    return _page("week", "week", **week_view(the_hub(), monday), weekday_of=_weekday, times=_times, half=_half)


def _wish() -> trying.Wish:
    """The rule that is asked about; what is not said is the hall's own."""
    own = trying.own_wish(the_hub().hall)

    def said(name: str, most: int, otherwise: int) -> int:
        text = request.args.get(name, "").strip()
        if not text:
            return otherwise
        try:
            return quantities.whole(text, 0, most)
        except quantities.Unclear as error:
            raise Unknown(error.zh, error.en) from None

    after = request.args.get("help_after_min", "").strip()
    return trying.Wish(
        {klass: said(f"head.{klass}", 240, minutes) for klass, minutes in own.head_start_min.items()},
        Limits(said("in_a_row", 20, own.limits.in_a_row), said("overtaken", 99, own.limits.overtaken)),
        said("help_after_min", 240, 0) if after else None,
    )


@pages.get("/rules")
@allowed(roles=READERS)
def rules_page() -> str:
    classes = {klass: table.text for klass, table in the_hub().hall.classes.items()}
    return _page("rules", "rules", **rules_view(the_hub(), _wish()), names=classes)


def _weekday(day: str) -> int:
    return date.fromisoformat(day).weekday()


def _times(group: dict[str, Any]) -> list[str]:
    """Each half hour from the first to the last in which somebody is foreseen on some day of the week."""
    every = sorted({half["at"] for day in group["days"] for half in day["halves"]})
    some = sorted({half["at"] for day in group["days"] for half in day["halves"] if half["people"][2]})
    return [at for at in every if some and some[0] <= at <= some[-1]]


def _half(day: dict[str, Any], at: str) -> dict[str, Any] | None:
    return next((half for half in day["halves"] if half["at"] == at), None)


@pages.get("/register")
@allowed(roles=READERS)
def register_page() -> str:
    counts = filings.counted(staff_changes.filed(the_hub().read()))
    return _page("register", "register", lines=register_view(the_hub()), counts=counts)


@pages.get("/register.pdf")
@allowed(roles=READERS)
def register_file() -> Response:
    body = exported(the_hub(), By(g.actor), "changes-of-staff.pdf", listing.pdf(filing_listing(the_hub())))
    answer = Response(body, content_type="application/pdf")
    answer.headers["Content-Disposition"] = 'attachment; filename="changes-of-staff.pdf"'
    return answer


# --- JSON -------------------------------------------------------------------------------------------------------------


@api.get("")
@allowed(roles=READERS)
@answers("people_told.Posts")
@api.doc(summary="Posts with A, B and who is there now; substitutions, those to be decided first")
def show() -> dict[str, Any]:
    return posts_view(the_hub())


@api.get("/attendance/<day>")
@allowed(roles=READERS)
@answers("people_told.Attendance")
@api.doc(summary="考勤 of a day: each duty, late, early, absent and unmanned minutes")
def attendance_json(day: str) -> dict[str, Any]:
    return attendance_view(the_hub(), _day(day))


RULE = {
    "in_a_row": (WHOLE, "At most so many numbers with a head start in a row"),
    "overtaken": (WHOLE, "At most so many later numbers before a waiting one"),
    "help_after_min": (WHOLE, "Minutes of waiting after which counters help that help at all"),
}


@api.get("/rules")
@allowed(roles=READERS)
@answers("people_told.RuleTried", query=RULE)
@api.doc(
    summary="A rule of order tried on the last four weeks beside the hall's own; `head.CLASS`: minutes of head start"
)
def rules_json() -> dict[str, Any]:
    return rules_view(the_hub(), _wish())


@api.get("/week/<day>")
@allowed(roles=READERS)
@answers("people_told.Week")
@api.doc(summary="Who is foreseen to come in the week of a day, counters advised and wanted at least; last week judged")
def week_json(day: str) -> dict[str, Any]:
    return week_view(the_hub(), _monday(day))


@api.get("/register")
@allowed(roles=READERS)
@answers("people_told.Register")
@api.doc(summary="变动登记: every change of a post, the newest first")
def register_json() -> dict[str, Any]:
    return {"register": register_view(the_hub())}
