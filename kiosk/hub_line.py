"""The kiosk's line to the hub: two threads that follow the view, ask for numbers and watch the paper. Decides nothing.

What the hub says becomes events of `flow` in a queue; effects of `flow` go the other way. `wake` is called after each
event, so that the drawing loop need not look for them all the time.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

from pydantic import ValidationError

from hub_client import HubAway, HubClient, HubRefused
from kiosk import flow
from kiosk.view import Ticket, View

log = logging.getLogger(__name__)

WATCH_S = 0.4
BUSY = frozenset({408, 425, 429})  # refusals that only mean: later


class HubLine:
    """`events` is filled, `do` takes effects. `stop` waits at most `patience` s for each thread."""

    def __init__(self, client: HubClient, kiosk: str, wake: Callable[[], None]) -> None:
        self.events: queue.SimpleQueue[flow.Event] = queue.SimpleQueue()
        self._effects: queue.SimpleQueue[flow.Effect | None] = queue.SimpleQueue()
        self._client, self._kiosk, self._wake = client, kiosk, wake
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=run, name=f"hub {name}", daemon=True)
            for name, run in (("view", self._follow), ("tickets", self._serve))
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, patience: float = 0.4) -> None:
        self._stop.set()
        self._effects.put(None)
        for thread in self._threads:
            thread.join(patience)

    def do(self, effect: flow.Effect) -> None:
        self._effects.put(effect)

    def _say(self, event: flow.Event) -> None:
        self.events.put(event)
        self._wake()

    # --- the view -----------------------------------------------------------------------------------------------------

    def _follow(self) -> None:
        for data in self._client.follow(f"/kiosks/{self._kiosk}", self._stop):
            try:
                self._say(flow.HubLost() if data is None else flow.Shown(View.model_validate(data)))
            except ValidationError as error:
                log.error(
                    "kiosk %s: the hub's view can't be read: %s; are hub and kiosk of one version?",
                    self._kiosk,
                    _first(error),
                )
                self._say(flow.HubLost())

    # --- numbers and paper --------------------------------------------------------------------------------------------

    def _serve(self) -> None:
        watched: int | None = None
        while not self._stop.is_set():
            try:
                effect = self._effects.get(timeout=None if watched is None else WATCH_S)
            except queue.Empty:
                watched = self._look(watched)
                continue
            match effect:
                case flow.RequestTicket():
                    self._request(effect)
                case flow.WatchPrint(id):
                    watched = id

    def _request(self, wish: flow.RequestTicket) -> None:
        body = {"service": wish.service, "language": wish.language, "large_print": wish.large_print}
        try:
            ticket = Ticket.model_validate(self._client.post("/tickets", body, key=wish.key))
        except HubAway as error:
            log.warning("kiosk %s: no answer to a touch: %s; asking again with the same key", self._kiosk, error)
            self._say(flow.TicketFailed(wish.key))
        except HubRefused as error:
            busy = error.status in BUSY
            log.warning("kiosk %s: no number for %s: %s", self._kiosk, wish.service, error)
            english = str(error.problem.get("detail_en", "")) if wish.language == "en" else ""
            self._say(flow.TicketFailed(wish.key, refused=not busy, reason=english or error.detail or error.title))
        except ValidationError as error:
            log.error("kiosk %s: the hub's ticket can't be read: %s", self._kiosk, _first(error))
            self._say(flow.TicketFailed(wish.key))
        else:
            self._say(flow.TicketCame(wish.key, ticket))

    def _look(self, watched: int | None) -> int | None:
        """Ask once what became of the paper; what to watch from now on."""
        try:
            ticket = Ticket.model_validate(self._client.get(f"/tickets/{watched}"))
        except (HubAway, HubRefused, ValidationError) as error:
            log.warning("kiosk %s: ticket %s: %s; looking again", self._kiosk, watched, str(error).splitlines()[0])
            return watched
        self._say(flow.PrintCame(ticket))
        return None if ticket.paper_is_final else watched


def _first(error: ValidationError) -> str:
    problem = error.errors()[0]
    return f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"
