"""What each board over a counter shows, and what the boards' program says of them."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, current_app
from pydantic import BaseModel, Field

from server import wording
from server.hub import Hub
from server.pages.access import allowed, the_hub
from server.ticket import Counter

api = APIBlueprint("boards", __name__, url_prefix="/api/v1/boards", tag="Boards 窗口屏")


class BoardHealth(BaseModel):
    """How one board is."""

    state: str = Field(pattern="^(ok|unreachable|unknown)$")
    detail: str = Field("", max_length=300)


class BoardsHealth(BaseModel):
    """How the boards are, by board id of config.toml."""

    boards: dict[str, BoardHealth]


def boards_view(hub: Hub) -> dict[str, Any]:
    """Board id -> {text, effect, color, call}: what to show, never what happened. `call` differs after a recall: flash again."""
    hall, reader = hub.hall, hub.read()
    counters = reader.counters()
    shown = {}
    for board_id, board in hall.boards.items():
        table = hall.counters[board.counter]
        counter = counters.get(board.counter, Counter(board.counter))
        ticket = reader.at_counter(board.counter)
        text, effect, color = wording.board_text(
            counter, ticket, name=table.name, sign=table.sign, columns=board.columns
        )
        shown[board_id] = {"text": text, "effect": effect, "color": color, "call": ticket.calls if ticket else 0}
    return {"boards": shown}


@api.get("")
@allowed(devices=True, roles=("manager",))
@api.doc(summary="What the boards show; text/event-stream for changes as they happen")
def show() -> Response:
    hub = the_hub()
    answer: Response = current_app.extensions["feeds"].answer("boards", lambda: boards_view(hub))
    return answer


@api.put("/health")
@allowed(devices=True)
@api.input(BoardsHealth)
@api.doc(summary="The boards' program tells which boards answer")
def health(json_data: BoardsHealth) -> dict[str, Any]:
    for board_id, word in json_data.boards.items():
        if board_id in the_hub().hall.boards:
            current_app.extensions["health"].heard(f"board {board_id}", word.state, word.detail, word.detail)
    return {}
