"""The kiosk's line to the hub: two threads that follow the view, ask for numbers and watch the paper. Decides nothing.

Effects that are not for the hub (card, voice) are let pass.

What the hub says becomes events of `flow` in a queue; effects of `flow` go the other way. `wake` is called after each
event, so that the drawing loop need not look for them all the time.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode

from pydantic import BaseModel, ValidationError

from config import Text
from hub_client import HubAway, HubClient, HubRefused
from kiosk.flow import events
from kiosk.flow.view import Done, Hit, Hits, LookedUp, Plan, Reminders, Slip, Ticket, View
from kiosk.rim.alone import Alone
from kiosk.rim.sample_pictures import SamplePictures

log = logging.getLogger(__name__)

WATCH_S = 0.4
BUSY = frozenset(
    {408, 425}
)  # refusals that only mean: later; 429 says in a sentence what whoever stands there should do


class HubLine:
    """`events` is filled, `do` takes effects. `stop` waits at most `patience` s for each thread."""

    def __init__(self, client: HubClient, kiosk: str, wake: Callable[[], None]) -> None:
        self.alone: Alone | None = None
        """Who goes on without the hub; None: nobody, and a hub that is away gives no number."""
        self.events: queue.SimpleQueue[events.Event] = queue.SimpleQueue()
        self._effects: queue.SimpleQueue[events.Effect | None] = queue.SimpleQueue()
        self._client, self._kiosk, self._wake = client, kiosk, wake
        self._stop = threading.Event()
        self._looked_for = ""  # the newest; what was typed before it need not be asked any more
        self._sample: events.FetchSample | None = None  # likewise
        self._pictures = SamplePictures(client)
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

    def do(self, effect: events.Effect) -> None:
        if isinstance(effect, events.Search):
            self._looked_for = effect.text
        if isinstance(effect, events.FetchSample):
            self._sample = effect
        self._effects.put(effect)

    def say(self, event: events.Event) -> None:
        self.events.put(event)
        self._wake()

    # --- the view -----------------------------------------------------------------------------------------------------

    def _follow(self) -> None:
        for data in self._client.follow(f"/kiosks/{self._kiosk}", self._stop):
            try:
                if data is None:
                    self._lost()
                    continue
                view = View.model_validate(data)
                self.say(events.Shown(view))
                if self.alone:
                    self.alone.heard(view)
            except ValidationError as error:
                log.error(
                    "kiosk %s: the hub's view can't be read: %s; are hub and kiosk of one version?",
                    self._kiosk,
                    _first(error),
                )
                self.say(events.HubLost())

    def _lost(self) -> None:
        self.say(events.HubLost())
        if self.alone:
            self.alone.lost()

    # --- numbers and paper --------------------------------------------------------------------------------------------

    def _serve(self) -> None:
        watched: events.WatchPrint | events.WatchList | None = None
        while not self._stop.is_set():
            try:
                effect = self._effects.get(timeout=None if watched is None else WATCH_S)
            except queue.Empty:
                watched = self._look(watched)
                continue
            match effect:
                case events.WatchPrint() | events.WatchList():
                    watched = None if effect == events.WatchPrint(None) or _is_own(effect) else effect
                case events.PrintList():
                    self._list(effect)
                case (
                    events.RequestTicket()
                    | events.CheckIn()
                    | events.Reprint()
                    | events.PrintAgain()
                    | events.GiveBack()
                ):
                    self._ticket(effect)
                case events.LookUp():
                    self._look_up(effect)
                case events.AskPlan():
                    plan, failed = self._ask(effect, Plan)
                    self.say(failed or events.PlanCame(effect.key, cast(Plan, plan)))
                case events.LeaveTelephone():
                    left, failed = self._ask(effect, Reminders)
                    self.say(failed or events.TelephoneLeft(effect.key, cast(Reminders, left)))
                case events.GiveRating():
                    _, failed = self._ask(effect, Done)
                    self.say(failed or events.RatingTaken(effect.key))
                case events.TellOnline():
                    self._tell(effect)
                case events.FetchSample(service, name) if effect == self._sample:
                    self.say(events.SampleCame(service, name, self._pictures.get(service, name)))
                case events.Search(text) if text == self._looked_for:
                    self.say(events.SearchCame(text, self._search(text)))

    def _ticket(self, wish: events.Wish) -> None:
        answer, failed = self._ask(wish, Ticket)
        self.say(failed or events.TicketCame(wish.key, cast(Ticket, answer)))

    def _tell(self, told: events.TellOnline) -> None:
        """A count that is lost is lost: nobody waits for it."""
        body = {"service": told.service, "taken": told.taken}
        try:
            self._client.post(f"/kiosks/{self._kiosk}/online", body, key=told.key)
        except (HubAway, HubRefused) as error:
            log.warning("kiosk %s: 网上办理 is not counted: %s", self._kiosk, type(error).__name__)

    def _list(self, wish: events.PrintList) -> None:
        answer, failed = self._ask(wish, Slip)
        self.say(failed or events.ListCame(wish.key, cast(Slip, answer)))

    def _look_up(self, wish: events.LookUp) -> None:
        answer, failed = self._ask(wish, LookedUp)
        if isinstance(failed, events.TicketFailed):
            self.say(events.LookUpFailed(failed.key, failed.refused, failed.reason))
        elif failed:
            self.say(failed)
        else:
            self.say(events.Found(wish.key, cast(LookedUp, answer)))

    def _search(self, text: str) -> tuple[Hit, ...] | None:
        """What is typed is never logged. A hub that is away is not waited for at each letter."""
        if self.alone and self.alone.on:
            return self.alone.find(text)
        try:
            return Hits.model_validate(self._client.get(f"/search?{urlencode({'q': text})}")).hits
        except (HubAway, HubRefused, ValidationError) as error:
            log.warning("kiosk %s: no answer to a search: %s", self._kiosk, type(error).__name__)
            if self.alone and isinstance(error, HubAway):
                self.alone.missed()
                return self.alone.find(text)
            return None

    def _ask(self, wish: events.Wish, model: type[BaseModel]) -> tuple[BaseModel | None, events.Event | None]:
        """(answer, None), or (None, what is said instead): why not, or the number of a kiosk that is alone. A code or a
        holder is never logged.
        """
        if self.alone and self.alone.takes(wish):
            return None, self.alone.answer(wish)
        path, body = request(wish, self._kiosk)
        what = type(wish).__name__
        try:
            return model.model_validate(self._client.post(path, body, key=wish.key)), None
        except HubAway as error:
            log.warning("kiosk %s: no answer to %s: %s; asking again with the same key", self._kiosk, what, error)
            if self.alone:
                self.alone.missed()
            return None, events.TicketFailed(wish.key)
        except HubRefused as error:
            log.warning("kiosk %s: %s refused: %s", self._kiosk, what, error.status)
            return None, events.TicketFailed(wish.key, refused=error.status not in BUSY, reason=reason(error))
        except ValidationError as error:
            log.error("kiosk %s: the hub's answer to %s can't be read: %s", self._kiosk, what, _first(error))
            return None, events.TicketFailed(wish.key)

    def _look(
        self, watched: events.WatchPrint | events.WatchList | None
    ) -> events.WatchPrint | events.WatchList | None:
        """Ask once what became of the paper; what to watch from now on."""
        paper: Ticket | Slip
        try:
            if isinstance(watched, events.WatchList):
                paper = Slip.model_validate(self._client.get(f"/kiosks/{self._kiosk}/lists/{watched.job}"))
                self.say(events.ListNow(paper))
            else:
                paper = Ticket.model_validate(self._client.get(f"/tickets/{watched and watched.id}"))
                self.say(events.PrintCame(paper))
        except (HubAway, HubRefused, ValidationError) as error:
            log.warning("kiosk %s: %s: %s; looking again", self._kiosk, watched, str(error).splitlines()[0])
            return watched
        return None if paper.paper_is_final else watched


def _is_own(watched: events.WatchPrint | events.WatchList) -> bool:
    """A number that no hub knows: what becomes of its paper is said by whoever prints it."""
    return isinstance(watched, events.WatchPrint) and watched.id is not None and watched.id < 0


def request(wish: events.Wish, kiosk: str) -> tuple[str, dict[str, Any]]:
    """(path, body) of what the hub is asked for."""
    match wish:
        case events.RequestTicket():
            return "/tickets", _ticket_body(wish)
        case events.AskPlan(_, package, yes, items):
            return "/packages/plan", {"package": package, "yes": yes, "items": items}
        case events.LeaveTelephone(ticket, _, telephone, relative, by_sight):
            sight = {} if by_sight is None else {"by_sight": by_sight}
            return f"/tickets/{ticket}/telephone", {"telephone": telephone, "relative": relative, **sight}
        case events.CheckIn(code, _, language, large_print, paper):
            body = {"booking": code, "language": language, "large_print": large_print}
            return "/tickets", body if paper else {**body, "paper": False}
        case events.PrintAgain(ticket):
            return f"/kiosks/{kiosk}/tickets/{ticket}/print", {}
        case events.GiveBack(ticket):
            return f"/kiosks/{kiosk}/tickets/{ticket}/give-back", {}
        case events.Reprint(ticket, code):
            return f"/tickets/{ticket}/reprint", {"code": code}
        case events.PrintList(booking=code, language=language, large_print=large_print) if code:
            return f"/kiosks/{kiosk}/bookings", {"code": code, "language": language, "large_print": large_print}
        case events.PrintList(service, _, language, large_print):
            return f"/kiosks/{kiosk}/lists", {"service": service, "language": language, "large_print": large_print}
        case events.GiveRating(code, level, options):
            return f"/kiosks/{kiosk}/ratings", {"code": code, "level": level, "options": options}
        case events.LookUp(code):
            return f"/kiosks/{kiosk}/look-up", {"code": code}


def _ticket_body(wish: events.RequestTicket) -> dict[str, Any]:
    """A package with its answers, several items, or one service: only one of them."""
    body: dict[str, Any] = {"language": wish.language, "large_print": wish.large_print}
    if wish.package:
        body |= {"package": wish.package, "yes": wish.yes} | ({"items": wish.items} if wish.items else {})
    else:
        body |= {"items": wish.items} if wish.items else {"service": wish.service}
    body |= {} if wish.paper else {"paper": False}
    body |= {"class": wish.klass, "ground": wish.ground} if wish.ground else {}
    body |= {"party": wish.party} if wish.party else {}
    return {**body, "holder": {"hash": wish.holder[0], "mask": wish.holder[1]}} if wish.holder else body


def reason(error: HubRefused) -> Text:
    """Why the hub said no, in both languages of the hall."""
    zh = error.detail or error.title
    return Text(zh, str(error.problem.get("detail_en") or zh))


def _first(error: ValidationError) -> str:
    problem = error.errors()[0]
    return f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"
