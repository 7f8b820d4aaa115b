"""The draft as people would see it: every slip as its paper, every board in each state, the kiosk's tiles, the hall
screen; with the numbers that are here now. Nothing of it is recorded, and nobody's device is told of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from config import Hall, described
from config.labels import ROW_NAMES
from config.tables import BOARD_STATES
from server.domain.board_text import BoardText, fitted, names
from server.domain.ticket import Counter, Ticket
from server.health import Health
from server.store.database import Store
from server.store.reader import Reader
from server.verbs.hub import Hub
from server.views.administration import draft_now
from server.views.kiosk import kiosk_view
from server.views.screen import screen_view
from server.voice.outputs import Stage

NUMBER = "A012"


class _Shown(NamedTuple):
    label: str


class _Looking:
    """The store for a hub that only looks: it reads the tables, and nobody follows it."""

    on_commit: Any = None

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def seq(self) -> int:
        return self._store.seq

    @property
    def last_at(self) -> float:
        return self._store.last_at

    def read(self) -> Reader:
        return self._store.read()


def drafted(hub: Hub) -> Hall | None:
    """The hall as the draft has it; None while it has mistakes."""
    return draft_now(hub)[1].hall


def looking(hub: Hub, hall: Hall) -> Hub:
    """A hub of another description over the same tables: it shows, and can't record."""
    made: Hub = hub.latest(
        ("looking", described.version(draft_now(hub)[1].files)),
        lambda: Hub(hall, _Looking(hub.store), hub.now, lambda: 0.0),  # type: ignore[arg-type]
    )
    return made


def boards(hall: Hall) -> list[dict[str, Any]]:
    """What the board over each counter shows in each state."""
    ticket: Any = _Shown(NUMBER)
    told = []
    for board, table in hall.boards.items():
        counter = Counter(table.counter, staff="08")
        states = []
        for state in BOARD_STATES:
            number: Ticket | None = ticket if state in ("calling", "serving") else None
            words: Mapping[str, str] = names(hall, counter, number) if state != "lost" else _nothing(hall, counter)
            shown: BoardText = fitted(hall.board_text(state), words, table.columns)
            states.append({**ROW_NAMES[state].json(), "texts": shown.texts, "color": shown.color})
        told.append({"id": board, **hall.counter_name(table.counter).json("name"), "states": states})
    return told


def _nothing(hall: Hall, counter: Counter) -> dict[str, str]:
    return dict.fromkeys(names(hall, counter, None), "")


def kiosks(hub: Hub, health: Health) -> list[dict[str, Any]]:
    """The first page of each kiosk."""
    return [
        {"id": kiosk, **table.text.json("name"), "view": kiosk_view(hub, kiosk, health)}
        for kiosk, table in hub.hall.kiosks.items()
    ]


def screen(hub: Hub, stage: Stage, area: str) -> dict[str, Any] | None:
    """The hall screen, or an area's; None for an area that there is not."""
    table = hub.hall.screens.get(area) if area else None
    return None if area and table is None else {**screen_view(hub, stage, table), "speech": None}
