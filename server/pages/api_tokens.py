"""接口令牌: tokens of other programs, what each may do and until when. Its own is shown once, when it is made."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from apiflask import APIBlueprint
from flask import g, render_template
from pydantic import Field

from config import Text
from server.domain import scopes
from server.domain.worktime import service_day
from server.pages.access import allowed, the_hub
from server.pages.bodies import Body
from server.pages.incoming import Day, Identifier, Whole
from server.pages.openapi import answers
from server.pages.people import Done, command
from server.verbs import api_tokens
from server.verbs.hub import By, Hub
from server.views.tickets import iso

api = APIBlueprint("tokens_api", __name__, url_prefix="/api/v1/tokens", tag="Tokens 接口令牌")
forms = APIBlueprint("tokens_forms", __name__, url_prefix="/admin/tokens", enable_openapi=False)
pages = APIBlueprint("tokens", __name__, enable_openapi=False)

ADMINISTRATORS = ("administrator",)
BACK = "/admin/tokens"
STATES = {
    "good": Text("有效", "Good"),
    "soon": Text("即将到期", "Ends soon"),
    "over": Text("已到期", "Over"),
    "ended": Text("已停用", "Ended"),
}


class NewToken(Body):
    name: str = Field(description="Who uses it", max_length=scopes.NAME_MOST)
    scope: Identifier = Field(description=f"A column of docs/roles.md: {', '.join(scopes.SCOPES)}", max_length=20)
    reads: bool = Field(False, description="It changes nothing: GET alone")
    last: Day = Field(description="Its last day")


class OldToken(Body):
    token: Whole = Field(description="Its number", ge=1)


@command(
    "make",
    NewToken,
    roles=ADMINISTRATORS,
    back=BACK,
    summary="A token for another program; the answer holds it, once",
    doors=(forms, api),
)
def make(wish: NewToken) -> Done:
    token = api_tokens.make(the_hub(), By(g.actor), wish.name, wish.scope, wish.last, reads=wish.reads)
    return Done(
        Text(
            "接口令牌已建立，只显示这一次：请交给使用它的程序，不要写进邮件。",
            "The token is made and shown only once: put it into the program that uses it, and into no mail.",
        ),
        token,
    )


@command("end", OldToken, roles=ADMINISTRATORS, back=BACK, summary="It opens nothing any more", doors=(forms, api))
def end(wish: OldToken) -> Done:
    api_tokens.end(the_hub(), By(g.actor), wish.token)
    return Done(Text(f"接口令牌{wish.token}已停用。", f"Token {wish.token} is ended."))


def tokens_view(hub: Hub) -> list[dict[str, Any]]:
    """Every token without itself, those that end last first."""
    today = service_day(hub.hall, hub.now())
    return [_token(hub, row, today) for row in hub.read().api_tokens()]


def _token(hub: Hub, row: Any, today: date) -> dict[str, Any]:
    last = api_tokens.last_day(hub, row["ends_at"])
    state = (
        "ended"
        if row["ended_at"]
        else "over"
        if row["ends_at"] <= hub.now()
        else "soon"
        if scopes.ends_soon(last, today)
        else "good"
    )
    return {
        "token": row["id"],
        "name": row["name"],
        "scope": row["scope"],
        **scopes.SCOPES[row["scope"]].json("scope_name"),
        "reads": bool(row["reads"]),
        "last": last.isoformat(),
        "state": state,
        **STATES[state].json("state_name"),
        "made_at": iso(hub.hall, row["made_at"]),
        "made_by": row["made_by"],
    }


@api.get("")
@allowed(roles=ADMINISTRATORS)
@answers("people_told.ApiTokens")
@api.doc(summary="The tokens of other programs, without themselves")
def tokens_json() -> dict[str, Any]:
    return {"tokens": tokens_view(the_hub())}


@pages.get("/admin/tokens")
@allowed(roles=ADMINISTRATORS)
def page() -> str:
    hub = the_hub()
    today = service_day(hub.hall, hub.now())
    return render_template(
        "devices/tokens.html",
        hall=hub.hall.hall,
        tokens=tokens_view(hub),
        scopes=scopes.SCOPES,
        usual=(today + timedelta(days=scopes.USUAL_DAYS)).isoformat(),
        most=(today + timedelta(days=scopes.LONGEST_DAYS)).isoformat(),
        today=today.isoformat(),
    )
