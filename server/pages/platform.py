"""Where the city's platform, or the adapter before it, says what it knows of cases and 预审号 (docs/platform.md)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Annotated, Any, Literal, TypeVar

from apiflask import APIBlueprint
from flask import abort, flash, redirect, request
from pydantic import Field
from werkzeug.wrappers import Response

from config import Text, Told
from server.domain import platform
from server.domain.platform import Heard
from server.domain.rules import Refused
from server.outbound import signature
from server.pages.access import KNOWN, allowed, public, the_hub
from server.pages.bodies import Body
from server.pages.incoming import Identifier
from server.pages.openapi import answers
from server.verbs import links
from server.verbs import platform as verbs

api = APIBlueprint("platform_api", __name__, url_prefix="/api/v1/platform", tag="Platform 市平台")
pages = APIBlueprint("platform", __name__, enable_openapi=False, url_prefix="/hall/health")
log = logging.getLogger(__name__)
F = TypeVar("F", bound=Callable[..., Any])
Number = Annotated[Identifier, Field(max_length=64)]


class PlatformData(Body):
    """Of which case or 预审号, and what; a field that a type does not need is left out."""

    case: Number = Field("", description="Our number of the case, as its `case.opened` told it")
    platform: Number = Field("", description="The platform's number of the case (平台办件号)")
    pretrial: Number = Field("", description="预审号: 4 to 40 letters, digits, hyphens")
    service: Number = Field("", description="Code of the service, with a 预审号")
    status: Literal["", "pending", "passed", "to_complete", "failed"] = Field(
        "", description="Of a 预审号: 待预审, 预审通过, 预审补正, 预审不通过"
    )
    move: Literal["", "special", "resume", "decide"] = Field(
        "", description="特别程序, 恢复, 办结: what was done with the case there"
    )
    values: dict[str, str] = Field({}, description="Fields of the move, as the register of cases names them")


class PlatformMessage(Body):
    """One message. Sent again with the same `webhook-id` it is taken once; an older `timestamp` changes nothing."""

    type: Literal["case.numbered", "case.moved", "pretrial.changed", "ping"] = Field(description="What is said")
    timestamp: datetime = Field(description="When it came to be there, ISO 8601 with its offset")
    data: PlatformData = Field(PlatformData.model_validate({}), description="Of what")


NEEDS = {
    platform.NUMBERED: (("case",), ("platform",)),
    platform.MOVED: (("case", "platform"), ("move",)),
    platform.PRETRIAL: (("pretrial",), ("service",), ("status",)),
    platform.PING: (),
}
"""Type -> what it cannot be without; one of several."""


def signed(view: F) -> F:
    """A guard: whoever signs with the secret of `[platform]`. Looked at before a word of the body is read."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        hall = the_hub().hall
        if not hall.platform.secret_file:
            abort(404, description="本厅没有接市平台。This hall has no link to a platform.")
        try:
            keys = signature.read(hall.folder / hall.platform.secret_file)
        except Told as error:
            log.error("the platform cannot be heard: %s", error.text.en)
            abort(
                503,
                description="本厅的密钥不能用：请找大厅的技术员。The hall's secret is unusable: call its technician.",
            )
        told = {name.lower(): value for name, value in request.headers.items()}
        try:
            signature.check(keys, told, request.get_data(), time.time())
        except signature.Unsigned as error:
            abort(401, description=f"{error.text.zh}{error.text.en}")
        request.environ[KNOWN] = True
        return view(*args, **kwargs)

    return public(guarded)  # type: ignore[return-value]


@api.post("")
@signed
@api.input(PlatformMessage)
@answers(
    "platform_told.PlatformTaking",
    also={202: "platform_told.PlatformTaking"},
    query={
        f"header:{name}": ({"type": "string", "maxLength": 400}, said)
        for name, said in {
            "webhook-id": "The same on every try of a message",
            "webhook-timestamp": "Epoch seconds of this try; more than 5 minutes off is not believed",
            "webhook-signature": "Standard Webhooks: v1, and base64 of HMAC-SHA256 over id.timestamp.body",
        }.items()
    },
)
@api.doc(
    summary=(
        "市平台 what the city's platform knows: the number of a case, a move made there, a 预审号; signed, each message"
        " once. 202 for one that matches nothing here: it is kept and tried again"
    ),
    responses={401: "the signature is wrong, missing or old", 404: "this hall has no platform"},
)
def hear(json_data: PlatformMessage) -> Any:
    data = json_data.data
    for names in NEEDS[json_data.type]:
        if not any(getattr(data, name) for name in names):
            what = " / ".join(names)
            abort(422, description=f"“{json_data.type}”缺少“data.{what}”。'{json_data.type}' needs data.{what}.")
    if json_data.timestamp.tzinfo is None:
        abort(422, description="“timestamp”要带时区，如 +08:00。The timestamp needs its offset, like +08:00.")
    if json_data.type == platform.PING:
        return {"state": "taken", "subject": "", **Text("", "").json()}
    heard = Heard(type=json_data.type, at=json_data.timestamp.timestamp(), **data.model_dump())
    found = verbs.take(the_hub(), request.headers["webhook-id"][:200], heard)
    told = {"state": found.state, "subject": found.subject, **found.why.json()}
    return told, 202 if found.state == "unmatched" else 200


# --- what people settle, on the page of health ------------------------------------------------------------------------


@pages.post("/links/<destination>/again")
@allowed(roles=("manager",))
def again(destination: str) -> Response:
    return _done(lambda: links.send_again(the_hub(), destination, request.form.get("seq", 0, int)), "again")


@pages.post("/links/<destination>/resume")
@allowed(roles=("manager",))
def resume(destination: str) -> Response:
    return _done(lambda: links.resume(the_hub(), destination), "resume")


@pages.post("/unmatched")
@allowed(roles=("manager",))
def settled() -> Response:
    return _done(lambda: verbs.dismiss(the_hub(), request.form.get("id", "")), "settled")


WORDS = {
    "again": ("正在重新发送，稍后刷新看结果。", "It is being sent again: look again in a moment."),
    "resume": ("正在重新连接，稍后刷新看结果。", "It is being tried: look again in a moment."),
    "settled": ("已记为处理完。", "It is settled."),
}


def _done(do: Callable[[], None], word: str) -> Response:
    try:
        do()
    except Refused as refused:
        flash(refused.text, "error")  # type: ignore[arg-type]
    else:
        the_hub().wake()
        flash(WORDS[word], "done")  # type: ignore[arg-type]
    return redirect("/hall/health#links")
