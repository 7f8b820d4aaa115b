"""A kiosk whose hub is gone: its book, its own printer, and the meetings with the hub. Decides nothing.

Two threads: one meets the hub (`_meet`), one prints. Everything of the book goes under one lock.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable

from pydantic import ValidationError

from config import Hall, Text
from hub_client import HubAway, HubClient, HubRefused
from kiosk.flow import events, offline
from kiosk.flow.offline import Given, Refusal
from kiosk.flow.view import Hit, Print, Ticket, View
from kiosk.rim.kept_book import KeptBook
from kiosk.rim.own_printer import OwnPrinter
from kiosk.rim.own_search import OwnSearch

log = logging.getLogger(__name__)

MEET_S = 60.0
"""So often the lease is begun anew, and with it what is known of closures, quotas and who waits."""
PATIENCE_S = 3.0
"""A hub that is gone for less is only being started again."""
PROBE_S = 2.0
"""So often a hub that is lost is asked whether it refuses this kiosk or is away."""


class Alone:
    """`heard` and `lost` are told by whoever follows the view, `answer` takes wishes. Nothing is given out alone until
    a meeting has failed for want of an answer: a kiosk that the hub refuses is not alone.
    """

    def __init__(
        self,
        client: HubClient,
        kiosk: str,
        book: KeptBook,
        printer: OwnPrinter,
        say: Callable[[events.Event], None],
        count: Callable[[], float] = time.monotonic,
        search: OwnSearch | None = None,
    ) -> None:
        self._client, self._path = client, f"/kiosks/{kiosk}/offline"
        self._book, self._printer, self._say, self._search = book, printer, say, search
        self._count, self._gone_since = count, 0.0
        self._lock = threading.Lock()
        self._view: View | None = book.view()
        self._lost = self._missed = self._away = False
        self._wanted, self._stopped = threading.Event(), threading.Event()
        self._papers: dict[int, Print] = {}  # line of the book -> what became of its paper, in this run
        self._prints: queue.SimpleQueue[Given | offline.Paper | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=run, name=f"alone {name}", daemon=True)
            for name, run in (("meets", self._meet), ("prints", self._print))
        ]

    def renew(self, hall: Hall) -> None:
        """The hall's files are these now. Any thread."""
        self._printer.renew(hall)
        if self._search:
            self._search.renew(hall)

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, patience: float = 0.4) -> None:
        self._stopped.set()
        self._wanted.set()
        self._prints.put(None)
        for thread in self._threads:
            thread.join(patience)

    # --- whether it is alone ---

    @property
    def on(self) -> bool:
        """Whether numbers are given out here now."""
        with self._lock:
            gone = (self._lost or self._missed) and self._away and self._count() - self._gone_since >= PATIENCE_S
            return gone and self._view is not None and self._book.usable()

    def heard(self, view: View) -> None:
        with self._lock:
            changed = (
                self._view is None or _rules(view) != _rules(self._view) or self._lost or not self._book.book.lease
            )
            self._view, self._lost, self._missed, self._away, self._gone_since = view, False, False, False, 0.0
            self._book.hear(view.now.timestamp())
        if changed:
            self._wanted.set()

    def lost(self) -> None:
        """The hub is not heard; said again about every second."""
        with self._lock:
            first, self._lost = not self._lost, True
            self._gone_since = self._gone_since or self._count()
        if first:
            self._wanted.set()
        if self.on:
            self._say(events.Offline(self._shown()))

    def missed(self) -> None:
        """A wish was not answered. A wire that is cut says nothing, and the view is missed long after that."""
        with self._lock:
            self._missed = True
            self._gone_since = self._gone_since or self._count()
        self._wanted.set()

    def _shown(self) -> View:
        with self._lock:
            assert self._view is not None
            return offline.view_of(self._view, self._book.book, self._book.now(), self._book.zone)

    # --- wishes ---

    def takes(self, wish: events.Wish) -> bool:
        """Whether a wish is answered here: all of them while it is alone; always what is about a number of its own."""
        return self.on or (isinstance(wish, events.GiveBack | events.PrintAgain) and wish.ticket < 0)

    def answer(self, wish: events.Wish) -> events.Event:
        try:
            with self._lock:
                found = self._given(wish)
        except OSError as error:
            log.error("kiosk: the book can't be written: %s; no number is given out", error)
            found = Refusal(offline.AWAY)
        if isinstance(found, Refusal):
            return _refused(wish, found.why)
        return events.TicketCame(wish.key, self._ticket(found, self._paper(found, wish)))

    def _paper(self, given: Given, wish: events.Wish) -> Print:
        """What becomes of a number's paper. A touch that is answered once more has the paper that it had: only who asks
        for another gets one.
        """
        with self._lock:
            known = self._papers.get(given.line)
            if given.back or not getattr(wish, "paper", True) or not self._printer.table:
                return Print(state="none")
            if known and not isinstance(wish, events.PrintAgain):
                return known
            self._papers[given.line] = Print(state="sending")
        self._prints.put(given)
        return Print(state="sending")

    def _given(self, wish: events.Wish) -> Given | Refusal:
        match wish:
            case events.RequestTicket():
                return self._book.give(wish)
            case events.GiveBack(ticket) if ticket < 0:
                return self._book.give_back(-ticket)
            case events.PrintAgain(ticket) if ticket < 0:
                found = next((one for one in self._book.book.lines if one.line == -ticket), None)
                return found or Refusal(offline.ENTERED)
            case events.AskPlan():
                return Refusal(offline.ONE_BY_ONE)
        return Refusal(offline.LATER)

    def _ticket(self, given: Given, paper: Print) -> Ticket:
        assert self._view is not None
        return offline.ticket_of(given, self._view, paper, self._printer.place_url(given))

    def find(self, text: str) -> tuple[Hit, ...] | None:
        """What may be meant, by the files that lie here; None where nobody looks."""
        return self._search.find(text) if self._search else None

    # --- paper ---

    def print_list(self) -> None:
        """叫号清单: who waits, as the hub last told it, and which numbers are written by hand from now on."""
        with self._lock:
            lease = self._book.book.lease
        if lease:
            self._prints.put(lease.paper)

    def _print(self) -> None:
        while (given := self._prints.get()) is not None:
            try:
                found = self._printer.paper(given) if isinstance(given, offline.Paper) else self._printer.number(given)
            except Exception:  # those behind it want their paper too
                log.exception("kiosk: its paper could not be made")
                found = Print(state="failed")
            if isinstance(given, offline.Paper):
                log.info("kiosk: the list of who waits is %s", found.state)
                continue
            with self._lock:
                self._papers[given.line] = found
                ticket = self._ticket(given, found)
            self._say(events.PrintCame(ticket))

    # --- meeting the hub ---

    def _meet(self) -> None:
        while not self._stopped.is_set():
            self._wanted.wait(PROBE_S if self._lost or self._missed else MEET_S)
            self._wanted.clear()
            while not self._stopped.is_set() and not self._met():
                continue

    def _met(self) -> bool:
        """One message; whether all is said for now. A hub that was lost is asked without the book first: a message
        that may never come back would leave every number in doubt.
        """
        with self._lock:
            probes = self._lost or self._missed
            message = self._book.message(whole=not probes)
        try:
            answer = self._client.post(self._path, message)
        except HubAway:
            with self._lock:
                self._away = self._lost or self._missed
            return True
        except HubRefused as error:
            log.error("kiosk: the hub does not take the book: %s", error)
            with self._lock:
                self._missed = self._away = False
            return True
        try:
            with self._lock:
                self._missed = self._away = False
                self._gone_since = self._count() if self._lost else 0.0
                before = self._book.book.entered
                told = self._book.met(answer, self._view)
                return told or (probes and self._lost) or (not probes and self._book.book.entered == before)
        except (ValidationError, OSError) as error:
            log.error("kiosk: the lease can't be kept: %s", str(error).splitlines()[0])
            return True


def _rules(view: View) -> object:
    """What of a view changes what may be given out."""
    shut = [(one.code, one.closed) for group in view.groups for one in group.services]
    return view.issuing, view.notice, shut


def _refused(wish: events.Wish, why: Text) -> events.Event:
    if isinstance(wish, events.LookUp):
        return events.LookUpFailed(wish.key, refused=True, reason=why)
    return events.TicketFailed(wish.key, refused=True, reason=why)
