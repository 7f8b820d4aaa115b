"""Kiosks that are alone: whatever is cut, killed or set wrong, each number enters once, in the order of the touches."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kiosk.flow import offline as flow
from kiosk.flow.events import RequestTicket
from kiosk.flow.offline import Given
from kiosk.rim.kept_book import KeptBook
from server.domain import events as ev
from server.domain import offline as domain
from server.domain.offline import Span
from server.store import journal
from server.store.database import Store
from server.store.transaction import Turn
from server.verbs import calls, counters, offline, tickets
from server.verbs.day import tick
from server.verbs.hub import By, Hub
from server.views.offline import lease_view
from tests.conftest import MONDAY_9, HandClock, new_store, plain_hall, write_hall

KIOSKS = ("K1", "K2")


def answered(hub: Hub, kiosk: str, message: dict[str, Any]) -> dict[str, Any]:
    """What the hub's route does with a kiosk's message (`server/pages/kiosk.py`)."""
    told = offline.Meeting(
        message["book"],
        message["clock"],
        message["heard"],
        [Span(**one) for one in message["holds"]],
        [offline.Taken(**one) for one in message["taken"]],
        message["unread"],
        message["entered"],
    )
    return lease_view(hub, kiosk, offline.meet(hub, By(kiosk), told))


class Alone(RuleBasedStateMachine):
    """Two kiosks, each with a file and a clock of its own, and a hub of real SQLite. Messages are lost on the way there
    and on the way back; kiosks are killed while they write.
    """

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory()
        self.folder = folder = Path(self._folder.name)
        write_hall(folder)
        hall = plain_hall(folder)
        hall = hall.model_copy(update={"kiosks": {name: hall.kiosks["K1"] for name in KIOSKS}})
        self.clock = HandClock()
        self.true = MONDAY_9  # the time that nobody's clock knows
        self.hub = Hub(hall, new_store(hall.data), self.clock)
        tick(self.hub)
        counters.open_counter(self.hub, By("01"), "1", staff="01")
        self.wrong = dict.fromkeys(KIOSKS, 0.0)  # by how much a kiosk's clock is wrong
        self.files = {name: folder / f"{name}.book" for name in KIOSKS}
        self.books = {name: self._opened(name) for name in KIOSKS}
        self.papers: list[tuple[str, str, float, bool, str]] = []  # (kiosk, number, true time, back, wish)
        self.count, self.doubts, self.ever_wrong = 0, set[str](), set[str]()
        self.backup: tuple[str, bytes] | None = None  # (its service day, the whole database)
        self.strangers, self.hubs = 0, 0

    def _opened(self, kiosk: str) -> KeptBook:
        return KeptBook(self.files[kiosk], self.hub.hall.zone, lambda: self.true + self.wrong[kiosk], lambda: self.true)

    @initialize()
    def first(self) -> None:
        """The hub's own numbers had come to the blocks."""
        self._hub_gives(599, 3)
        for name in KIOSKS:
            self.meets(name, "whole")

    @rule(seconds=st.sampled_from([1.0, 20.0, 600.0, 4 * 3600.0]))
    def time_passes(self, seconds: float) -> None:
        self.true += seconds
        self.clock.at = self.true
        tick(self.hub)
        if self.backup and self.backup[0] != self._day():
            self.backup = None  # a kiosk keeps what is entered for its service day

    def _day(self) -> str:
        return self.hub.day(self.hub.now())

    @rule(kiosk=st.sampled_from(KIOSKS), seconds=st.sampled_from([-5000.0, -90.0, 0.0, 90.0, 5000.0]))
    def a_clock_is_set(self, kiosk: str, seconds: float) -> None:
        self.wrong[kiosk] = seconds
        self.ever_wrong |= {kiosk} if seconds else set()

    @rule(kiosk=st.sampled_from(KIOSKS), service=st.sampled_from(["SB01", "MZ01"]), doubt=st.booleans())
    def somebody_touches(self, kiosk: str, service: str, doubt: bool) -> None:
        """`doubt`: the touch had reached the hub before the wire was cut, and its answer never came."""
        self.true += 0.5
        self.clock.at = self.true
        self.count += 1
        key = f"key {self.count}"
        if doubt:
            tickets.issue(self.hub, By(kiosk, key), service)
            self.doubts.add(key)
        given = self.books[kiosk].give(RequestTicket(service, key, "zh", large_print=False))
        if isinstance(given, Given):
            again = self.books[kiosk].give(RequestTicket(service, key, "zh", large_print=False))
            assert again == given, "one touch, one number"
            self.papers.append((kiosk, f"{given.day} {given.label}", self.true, False, key))

    @rule(kiosk=st.sampled_from(KIOSKS))
    def the_last_one_is_given_back(self, kiosk: str) -> None:
        """Refused for one that the hub may have: what the person is told is what becomes of it."""
        book = self.books[kiosk]
        if book.book.owed and isinstance(book.give_back(book.book.owed[-1].line), Given):
            wish = book.book.lines[-1].wish
            self.papers = [(*p[:3], p[3] or p[4] == wish, p[4]) for p in self.papers]

    @rule(kiosk=st.sampled_from(KIOSKS), cut=st.integers(0, 25))
    def a_kiosk_dies_while_it_writes(self, kiosk: str, cut: int) -> None:
        """The number of a line that is cut was shown to nobody."""
        whole = self.files[kiosk].read_bytes()
        line = b'89abcdef {"given":{"line":99'
        self.files[kiosk].write_bytes(whole + line[: cut % len(line)])
        self.books[kiosk] = self._opened(kiosk)

    @rule(kiosk=st.sampled_from(KIOSKS), how=st.sampled_from(["lost", "no answer", "twice", "killed", "whole"]))
    def meets(self, kiosk: str, how: str) -> None:
        message = self.books[kiosk].message()
        if how == "lost":
            return
        called = self.hub.read().at_counter("1")
        answer = answered(self.hub, kiosk, message)
        if how == "twice":
            answer = answered(self.hub, kiosk, message)
        if how == "killed":
            self.books[kiosk] = self._opened(kiosk)
        elif how != "no answer":
            self.books[kiosk].met(answer)
        still = self.hub.read().at_counter("1")
        if called and still and called.state == "called" and called.id == still.id:
            wishes = {one["wish"] for one in message["taken"]} & self.doubts
            twins = {self._ticket_of(kiosk, wish) for wish in wishes}
            assert still.channel == domain.CHANNEL or still.id not in twins, "nobody holds the paper that is called"

    def _ticket_of(self, kiosk: str, wish: str) -> int | None:
        sql = "SELECT ticket FROM requests WHERE actor = ? AND key = ?"
        found = self.hub.read().conn.execute(sql, (kiosk, wish)).fetchone()
        return found[0] if found else None

    @rule()
    def a_counter_calls(self) -> None:
        held = self.hub.read().at_counter("1")
        if held:
            calls.finish(self.hub, By("01"), "1", "enquiry")
        elif self.hub.read().waiting_count():
            calls.call_next(self.hub, By("01"), "1")

    @precondition(lambda self: self.count % 7 == 3)
    @rule()
    def the_hub_gives_out_many(self) -> None:
        """As far as the blocks, which it passes over."""
        self._hub_gives(599, 3)

    def _hub_gives(self, last: int, many: int) -> None:
        prefix, day = self.hub.hall.services["SB01"].prefix, self._day()
        sql = """INSERT INTO numbers VALUES (?, ?, ?)
                 ON CONFLICT (day, prefix) DO UPDATE SET last = max(last, excluded.last)"""
        for _ in range(many):
            self.hub.turn(lambda turn: turn.conn.execute(sql, (day, prefix, last)))
            tickets.issue(self.hub, By("desk"), "SB01", channel="desk")

    @precondition(lambda self: self.papers)
    @rule(n=st.integers(0, 5))
    def a_stranger_comes_with_a_number_of_a_kiosks(self, n: int) -> None:
        """Which no lease allows: it enters under another one."""
        number = self.papers[n % len(self.papers)][1].split()[1]
        self.strangers += 1
        taken = offline.Taken(
            self.strangers, number[0], int(number[1:]), "SB01", self.true, f"strange {self.strangers}"
        )
        offline.meet(self.hub, By("K9"), offline.Meeting("a stranger", self.true, self.true, taken=[taken]))

    @rule()
    def the_row_of_numbers_is_made_anew(self) -> None:
        """As a salvage, a restore or a second machine does from the journal; and the hub goes on."""
        told = journal.rebuild(journal.rows(self.hub.read().conn)).numbers
        rows = [(day, prefix, last) for (day, prefix), last in told.items()]

        def work(turn: Turn) -> None:
            turn.conn.execute("DELETE FROM numbers")
            turn.conn.executemany("INSERT INTO numbers VALUES (?, ?, ?)", rows)

        self.hub.turn(work)
        tickets.issue(self.hub, By("desk"), "SB01", channel="desk")

    @precondition(lambda self: not self.backup)
    @rule()
    def a_backup_is_made(self) -> None:
        owed = [one for book in self.books.values() for one in book.book.owed]
        if all(one.day == self._day() for one in owed):
            self.backup = self._day(), self.hub.read().conn.serialize()

    @precondition(lambda self: self.backup)
    @rule()
    def the_hub_is_laid_back(self) -> None:
        """What came since is lost there; of the kiosks' numbers nothing is."""
        assert self.backup
        self._stopped()
        self.hubs += 1
        data = self.folder / f"laid back {self.hubs}"
        data.mkdir()
        (data / "hall.db").write_bytes(self.backup[1])
        self.hub = Hub(self.hub.hall.model_copy(update={"data": data}), Store(data, durable=False), self.clock)
        tick(self.hub)

    def _stopped(self) -> None:
        self.hub.stop()
        self.hub.store.close()

    @invariant()
    def no_number_is_on_two_papers(self) -> None:
        shown = [number for _, number, *_ in self.papers]
        assert len(shown) == len(set(shown))

    def teardown(self) -> None:
        try:
            self._all_is_entered()
        finally:
            self._stopped()
            self._folder.cleanup()

    def _all_is_entered(self) -> None:
        for name in KIOSKS:
            for _ in range(3):  # a hub that was laid back says first what it lacks; the last meeting changes nothing
                self.meets(name, "whole")
            assert not self.books[name].book.owed
        found = [
            (row.actor, row.happened())
            for row in self.hub.read().journal(0, 100_000)
            if row.event == "Issued" and row.field("channel") == domain.CHANNEL and row.actor in KIOSKS
        ]
        entered = {(actor, f"{e.prefix}{e.number:03d}", e.taken): e for actor, e in found}
        assert len(entered) == len(found)
        told = [row for row in self.hub.read().events_between("OfflineEntered", 0, float("inf")) if row.actor in KIOSKS]
        skipped = sum(row.field("doubled") for row in told)
        assert len(found) + skipped == len(self.papers), "each paper has entered once, or its other number was served"
        assert skipped <= len(self.doubts)
        assert not any(row.field("clashes") for row in told)
        true = {(name, number): at for name, number, at, *_ in self.papers}
        for actor, e in found:  # where no clock was wrong, each stands in line where it was taken
            assert (
                actor in self.ever_wrong or abs((e.taken or 0) - true[actor, f"{e.day} {e.prefix}{e.number:03d}"]) < 2
            )
        backs = {(name, number) for name, number, _, back, _ in self.papers if back}
        for actor, e in found:
            ticket = self.hub.read().ticket(e.ticket or 0)
            given_back = (actor, f"{e.day} {e.prefix}{e.number:03d}") in backs
            assert ticket and (not given_back or ticket.state == "left"), "what was given back calls nobody"
        for name in KIOSKS:  # the order of each kiosk's touches is the order of its numbers' times
            taken = [(e.taken or 0) for actor, e in found if actor == name]
            assert taken == sorted(taken)
            assert all(at <= self.hub.now() for at in taken)
        ids = {e.ticket: e for _, e in found}
        for id, event in ids.items():
            ticket = self.hub.read().ticket(id)
            assert ticket is not None and ticket.issued_at == event.taken
            assert ticket.state != "waiting" or ticket.day == self.hub.day(self.hub.now())
        assert journal.verify(self.hub.read().conn) == []


def test_kiosks_that_are_alone() -> None:
    run_state_machine_as_test(Alone, settings=settings(max_examples=8, stateful_step_count=25, deadline=None))


MANY = ("K1", "K2", "K3", "K4")


class Forgetful(RuleBasedStateMachine):
    """A hub that is laid back to any older copy, again and again, with its hall's file or without, and kiosks that meet
    it whenever they like: whatever it forgot, what one gives out is nobody else's.

    A kiosk that loses its file does so while the hub, and each copy that is laid back later, knows its blocks: nobody
    could say what it gave out of others (docs/offline.md).
    """

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory()
        self.folder = Path(self._folder.name)
        write_hall(self.folder)
        self.clock, self.count, self.hubs = HandClock(), 0, 0
        hall = plain_hall(self.folder)
        self.table = hall.kiosks["K1"]
        hall = hall.model_copy(update={"kiosks": dict.fromkeys(MANY[:2], self.table)})
        self.hub = Hub(hall, new_store(hall.data), self.clock)
        tick(self.hub)
        self.books: dict[str, flow.Book] = {}
        for name in MANY:
            self._new_book(name)
        self.copies: list[tuple[bytes, tuple[str, ...]]] = []
        self.out: dict[str, str] = {}  # day and number -> the kiosk on whose paper it stands
        self.own, self.by_hand = set[str](), set[str]()

    def _new_book(self, kiosk: str) -> None:
        self.count += 1
        self.books[kiosk] = flow.Book(id=f"book {self.count}", heard=self.clock.at)

    def _day(self) -> str:
        return self.hub.day(self.hub.now())

    @initialize()
    def an_older_version_dealt_blocks_by_their_order(self) -> None:
        """In K1's place, to K2: they stay whose they are."""
        block = ("A", 641, 680)
        leased = ev.NumbersLeased(device="K2", book=self.books["K2"].id, epoch=0, until=self._day(), blocks=(block,))
        self.hub.turn(lambda turn: turn.record(leased, "K2"))

    @rule()
    def the_next_day(self) -> None:
        self.clock.at += 86_400
        tick(self.hub)

    @rule(kiosk=st.sampled_from(MANY), many=st.sampled_from([1, 22, 45]))
    def gives(self, kiosk: str, many: int) -> None:
        for _ in range(many):
            self.clock.at += 1.5
            self.count += 1
            wish = RequestTicket("SB01", f"key {self.count}", "zh", large_print=False)
            given = flow.give(self.books[kiosk], wish, self.clock.at, self.hub.hall.zone)
            if not isinstance(given, Given):
                break
            self.books[kiosk] = flow.noted(self.books[kiosk], given)
            assert (held := self.out.get(f"{given.day} {given.label}")) is None, f"{held} gave it out"
            self.out[f"{given.day} {given.label}"] = kiosk

    @rule(kiosk=st.sampled_from(MANY))
    def meets(self, kiosk: str) -> None:
        book = self.books[kiosk]
        if kiosk not in self.hub.hall.kiosks:
            return  # refused
        owed = book.owed[:200]
        message = {
            "book": book.id,
            "clock": self.clock.at,
            "entered": book.entered,
            "heard": min([book.heard, *(one.at for one in owed)]),
            "holds": [one.model_dump() for one in book.lease.blocks] if book.lease else [],
            "unread": 0,
            "taken": [one.model_dump(exclude={"day"}) for one in owed],
        }
        lease = flow.Lease.model_validate(answered(self.hub, kiosk, message))
        self.books[kiosk] = flow.met(book, lease, self.hub.hall.zone)
        held = {(b.prefix, b.first) for b in lease.blocks}
        assert not book.lease or held >= {(b.prefix, b.first) for b in book.lease.blocks}, "what it holds stays"

    @rule(kiosk=st.sampled_from(MANY))
    def loses_its_file(self, kiosk: str) -> None:
        lease = self.books[kiosk].lease
        known = {(one.prefix, one.first) for one in self.hub.read().offline_blocks() if one.device == kiosk}
        if lease and known >= {(one.prefix, one.first) for one in lease.blocks}:
            self._new_book(kiosk)
            self.copies.clear()

    @rule(names=st.sets(st.sampled_from(MANY), min_size=1))
    def kiosks_come_and_go(self, names: set[str]) -> None:
        self.hub.hall = self.hub.hall.model_copy(update={"kiosks": dict.fromkeys(sorted(names), self.table)})

    @rule(last=st.sampled_from([0, 598, 2999]))
    def the_hub_gives(self, last: int) -> None:
        day = self._day()
        sql = """INSERT INTO numbers VALUES (?, 'A', ?)
                 ON CONFLICT (day, prefix) DO UPDATE SET last = max(last, excluded.last)"""
        self.hub.turn(lambda turn: turn.conn.execute(sql, (day, last)))
        for _ in range(4):
            ticket = tickets.issue(self.hub, By("desk"), "SB01", channel="desk")
            self.own.add(f"{ticket.day} {ticket.label}")

    @rule()
    def the_list_is_printed(self) -> None:
        blocks = offline.for_paper(self.hub, By("50"))
        self.by_hand |= {f"{one.prefix}{n:03d}" for one in blocks for n in range(one.first, one.last + 1)}

    @rule()
    def a_copy_is_made(self) -> None:
        self.copies.append((self.hub.read().conn.serialize(), tuple(self.hub.hall.kiosks)))

    @precondition(lambda self: self.copies)
    @rule(which=st.integers(0, 5), file_too=st.booleans())
    def the_hub_is_laid_back(self, which: int, file_too: bool) -> None:
        rows, kiosks = self.copies[which % len(self.copies)]
        self._stopped()
        self.hubs += 1
        data = self.folder / f"laid back {self.hubs}"
        data.mkdir()
        (data / "hall.db").write_bytes(rows)
        hall = self.hub.hall.model_copy(update={"data": data})
        hall = hall.model_copy(update={"kiosks": dict.fromkeys(kiosks, self.table)}) if file_too else hall
        self.hub = Hub(hall, Store(data, durable=False), self.clock)
        tick(self.hub)

    def _stopped(self) -> None:
        self.hub.stop()
        self.hub.store.close()

    @invariant()
    def nobody_elses(self) -> None:
        assert not self.own & self.out.keys(), "the hub's own"
        assert not self.by_hand & {number.split()[1] for number in (*self.out, *self.own)}, "paper's"

    def teardown(self) -> None:
        try:
            told = self.hub.read().events_between("OfflineEntered", 0, float("inf"))
            assert not any(row.field("clashes") for row in told)
            assert journal.verify(self.hub.read().conn) == []
        finally:
            self._stopped()
            self._folder.cleanup()


def test_whatever_the_hub_forgot_no_two_have_one_number() -> None:
    run_state_machine_as_test(Forgetful, settings=settings(max_examples=20, stateful_step_count=40, deadline=None))
