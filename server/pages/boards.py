"""The routes of boards, pads and raters: what they show as a feed, their presses, and what their program says of them.

One program drives them all.
"""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, current_app
from pydantic import Field

from config import Text
from server.domain.rules import Refused
from server.pages.access import allowed, idempotency_key, the_hub
from server.pages.bodies import Body
from server.pages.incoming import Identifier
from server.pages.openapi import answers
from server.verbs import pads, ratings
from server.verbs.hub import Unknown
from server.views.boards import boards_view

api = APIBlueprint("boards", __name__, url_prefix="/api/v1/boards", tag="Boards, pads, raters 窗口屏、叫号器、评价器")


class DeviceHealth(Body):
    """How one device is."""

    state: str = Field(pattern="^(ok|unreachable|unknown)$")
    detail: str = Field("", max_length=600, description="Chinese, and English on the line below")


class BoardsHealth(Body):
    """How the boards and pads are, by their ids in config.toml."""

    boards: dict[str, DeviceHealth]
    pads: dict[str, DeviceHealth] = Field({})
    raters: dict[str, DeviceHealth] = Field({})


class Press(Body):
    """Keys of a pad as it sent them."""

    keys: str = Field(
        description='Bytes of a wired pad in hex ("01 02 0C"), names of a USB pad\'s keys ("1 2 ENTER")',
        pattern="^[0-9A-Z]+( [0-9A-Z]+){0,15}$",
    )


class Score(Body):
    """A key of a rater as it sent it."""

    score: str = Field(description='Its byte in hex, such as "03"', pattern="^[0-9A-F]{2}$")


@api.get("")
@allowed(devices=("boards",), roles=("manager",))
@answers("devices_told.BoardsView", feed=True)
@api.doc(summary="What boards, pads and raters show; text/event-stream for changes as they happen")
def show() -> Response:
    hub, checks = the_hub(), current_app.extensions["wire_checks"]
    answer: Response = current_app.extensions["feeds"].answer(
        "boards", lambda: boards_view(hub) | {"examine": checks.asked()}
    )
    return answer


class Examined(Body):
    """What an examination of a wire has found."""

    wire: Identifier = Field(max_length=60)
    order: int
    found: list[tuple[str, str]] = Field(description="Sentences, Chinese and English", max_length=400)
    lines: str = Field("", description="What config.toml lacks, as it would stand there", max_length=20_000)


@api.put("/examined")
@allowed(devices=("boards",))
@api.input(Examined)
@answers("parts.Nothing")
@api.doc(summary="The boards' program tells what it found on a wire that it was asked to examine")
def examined(json_data: Examined) -> dict[str, Any]:
    told = json_data
    found = tuple(Text(zh[:600], en[:600]) for zh, en in told.found)
    current_app.extensions["wire_checks"].answered(told.wire, told.order, found, told.lines)
    the_hub().wake()
    return {}


@api.post("/pads/<pad_id>/press")
@allowed(devices=("boards",))
@api.input(Press)
@answers("devices_told.PadAnswer", key=True)
@api.doc(summary="叫号器 keys of a pad: the same verbs as the console's, as whoever is logged in there")
def press(pad_id: str, json_data: Press) -> dict[str, Any]:
    """`done` is the sign the pad shows, `zh` and `en` what was done or why not; `digits` asks for something else than
    its display.
    """
    return pads.press(the_hub(), pad_id, json_data.keys, key=idempotency_key()).json()


@api.post("/raters/<rater_id>/rate")
@allowed(devices=("boards",))
@api.input(Score)
@answers("devices_told.RaterAnswer", key=True)
@api.doc(summary="评价器 a key of a rater; `done` is false when nobody can be meant")
def rate(rater_id: str, json_data: Score) -> dict[str, Any]:
    try:
        given = ratings.rate(the_hub(), rater_id, json_data.score, key=idempotency_key())
    except Unknown:
        raise
    except Refused as refused:
        return {"done": False, "level": None, **refused.text.json()}
    return {"done": True, "level": given.level, **Text("", "").json()}


@api.put("/health")
@allowed(devices=("boards",))
@api.input(BoardsHealth)
@answers("parts.Nothing")
@api.doc(summary="The boards' program tells which boards, pads and raters are there")
def health(json_data: BoardsHealth) -> dict[str, Any]:
    hall = the_hub().hall
    told = (
        ("board", json_data.boards, hall.boards),
        ("pad", json_data.pads, hall.pads),
        ("rater", json_data.raters, hall.raters),
    )
    for kind, words, known in told:
        for device, word in words.items():
            if device in known:
                zh, _, en = word.detail.partition("\n")
                current_app.extensions["health"].heard(f"{kind} {device}", word.state, zh, en or zh)
    return {}
