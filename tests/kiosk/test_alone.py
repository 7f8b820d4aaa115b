"""A kiosk that goes on without its hub: the book on its disk, the rules it keeps, and what its screen says."""

from __future__ import annotations

import itertools
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import config
import words
from config import Text
from hall_of_hub import HallOfHub
from hub_client import HubAway, HubRefused
from kiosk.__main__ import _alone
from kiosk.flow import events, flow, offline
from kiosk.flow.events import RequestTicket
from kiosk.flow.offline import Given, Refusal
from kiosk.flow.view import Class, Print, View
from kiosk.rim.alone import Alone
from kiosk.rim.hub_line import HubLine
from kiosk.rim.kept_book import KeptBook
from kiosk.rim.own_printer import OwnPrinter
from kiosk.rim.own_search import OwnSearch
from kiosk.screens import home, samples
from printer_profiles import profile as profiles
from printer_profiles.slip import QR
from server.domain.codes import offline_code
from tests.conftest import MONDAY_9, HandClock
from tests.waiting import until

HALF_DAY = 43_200.0


def lease(**more: Any) -> dict[str, Any]:
    return {
        "now": MONDAY_9,
        "until": "2026-11-26",
        "blocks": [{"prefix": "A", "first": 601, "last": 603}],
        "hours": [[MONDAY_9, MONDAY_9 + HALF_DAY], [MONDAY_9 + 86_400, MONDAY_9 + 86_400 + HALF_DAY]],
        "services": {
            "SB01": {"prefix": "A", "left": None, "per_day": None, "closed": None, "always": False},
            "MZ01": {"prefix": "A", "left": 1, "per_day": 2, "closed": None, "always": False},
            "GA01": {"prefix": "A", "closed": {"zh": "今天停办。", "en": "Closed today."}},
        },
        **more,
    }


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def book(tmp_path: Path, hall: config.Hall, clock: HandClock) -> KeptBook:
    made = KeptBook(tmp_path / "K1.book", hall.zone, clock, clock)
    made.met(lease())
    return made


def wish(key: str, service: str = "SB01", **more: Any) -> RequestTicket:
    return RequestTicket(service, key, "zh", large_print=False, **more)


def number(found: Given | Refusal) -> str:
    return found.label if isinstance(found, Given) else found.why.zh


def test_one_touch_is_one_number_over_any_restart(book: KeptBook, hall: config.Hall, clock: HandClock) -> None:
    first = book.give(wish("a"))
    again = KeptBook(book.file, hall.zone, clock, clock)
    assert again.give(wish("a")) == first and number(again.give(wish("b"))) == "A602"
    assert [one["number"] for one in again.message()["taken"]] == [601, 602]


def test_the_rules_hold_as_they_were_last_heard(book: KeptBook, clock: HandClock) -> None:
    assert number(book.give(wish("a", "MZ01"))) == "A601"
    assert book.give(wish("b", "MZ01")) == Refusal(offline.SOLD_OUT)
    assert number(book.give(wish("c", "GA01"))) == "今天停办。"
    assert book.give(wish("d", items=("SB01", "MZ01"))) == Refusal(offline.ONE_BY_ONE)
    assert [number(book.give(wish(key))) for key in "efg"] == ["A602", "A603", offline.USED_UP.zh]
    clock.forward(HALF_DAY)
    assert book.give(wish("h")) == Refusal(offline.CLOSED)
    clock.forward(HALF_DAY)  # the next day: the same numbers, another day's quota, and what was closed for a day is not
    assert [number(book.give(wish(key, "MZ01"))) for key in "ijk"] == ["A601", "A602", offline.SOLD_OUT.zh]
    assert number(book.give(wish("l", "GA01"))) == "A603"
    clock.forward(3 * 86_400)
    assert book.give(wish("m")) == Refusal(offline.AWAY), "the lease has ended"


def test_a_kiosk_without_numbers_of_its_own_says_so(hall: config.Hall, book: KeptBook, clock: HandClock) -> None:
    """A twentieth one, or one whose every letter is given out: nobody is told 照常取号."""
    shown = view(hall)
    said = offline.view_of(shown, book.book, clock(), hall.zone)
    assert (said.issuing, said.notice) == (True, offline.NOTICE)
    for key in "abc":
        book.give(wish(key))
    said = offline.view_of(shown, book.book, clock(), hall.zone)
    assert (said.issuing, said.notice) == (False, offline.USED_UP)
    book.met(lease(blocks=[], entered=3))
    assert book.give(wish("d")) == Refusal(offline.NO_NUMBERS)
    said = offline.view_of(shown, book.book, clock(), hall.zone)
    assert (said.issuing, said.notice) == (False, offline.NO_NUMBERS)
    state = events.State(shown.hall)
    state, _ = flow.step(state, events.Offline(said), 1.0)
    assert flow.face(state) != "home"


def test_it_gives_out_no_more_in_a_minute_than_with_the_hub(book: KeptBook, clock: HandClock) -> None:
    book.met(lease(per_min=1))
    assert number(book.give(wish("a"))) == "A601" and book.give(wish("b")) == Refusal(offline.TOO_FAST)
    clock.forward(61)
    assert number(book.give(wish("b"))) == "A602"


def test_what_the_hub_may_have_is_not_given_back(book: KeptBook) -> None:
    first, second = book.give(wish("a")), book.give(wish("b"))
    assert isinstance(first, Given) and isinstance(second, Given)
    book.message(whole=False)
    assert number(book.give_back(first.line)) == "A601"
    book.message()
    assert book.give_back(second.line) == Refusal(offline.ENTERED)


def test_a_number_that_somebody_has_today_is_passed_over(book: KeptBook, clock: HandClock) -> None:
    book.met(lease(used={"A": [601, 603]}))
    assert [number(book.give(wish(key))) for key in "ab"] == ["A602", offline.USED_UP.zh]
    clock.forward(86_400)
    assert number(book.give(wish("c"))) == "A601", "of another day"


def test_a_hub_that_lost_its_last_rows_is_told_again(book: KeptBook, hall: config.Hall, clock: HandClock) -> None:
    first, second = book.give(wish("a")), book.give(wish("b"))
    assert isinstance(first, Given) and isinstance(second, Given)
    clock.forward(60)
    assert book.met(lease(entered=2, now=clock())) and not book.message()["taken"]
    clock.forward(60)
    assert not book.met(lease(entered=1, now=clock())), "a backup was laid back"
    for one in (book, KeptBook(book.file, hall.zone, clock, clock)):
        told = one.message()
        assert [line["number"] for line in told["taken"]] == [602]
        assert told["heard"] <= second.at, "or the hub would take it for younger"


def test_a_clock_that_goes_back_makes_nothing_older(book: KeptBook, hall: config.Hall, clock: HandClock) -> None:
    clock.forward(600)
    first = book.give(wish("a"))
    clock.forward(-7200)
    again = KeptBook(book.file, hall.zone, clock, clock)
    second = again.give(wish("b"))
    assert isinstance(first, Given) and isinstance(second, Given) and second.at == first.at


def test_a_file_cut_anywhere_loses_the_last_line_alone(book: KeptBook, hall: config.Hall, clock: HandClock) -> None:
    book.give(wish("a"))
    whole = book.file.read_bytes()
    book.give(wish("b"))
    for cut in range(len(whole), book.file.stat().st_size, 7):
        file = book.file.with_name(f"{cut}.book")
        file.write_bytes(book.file.read_bytes()[:cut])
        again = KeptBook(file, hall.zone, clock, clock)
        assert again.book.id == book.book.id and [one.label for one in again.book.lines] == ["A601"]
        assert number(again.give(wish("c"))) == "A602"
        assert len(KeptBook(file, hall.zone, clock, clock).book.lines) == 2


def test_a_disk_that_is_full_tears_no_line_that_comes_later(
    book: KeptBook, hall: config.Hall, clock: HandClock
) -> None:
    """A part of a line was written, and nobody saw its number; the next one must not stand behind it."""
    book.give(wish("a"))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (book.file.stat().st_size + 20, hard))
    try:
        for key in "bc":
            with pytest.raises(OSError):
                book.give(wish(key))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert number(book.give(wish("d"))) == "A602"
    again = KeptBook(book.file, hall.zone, clock, clock)
    assert not again.book.unread and [one.wish for one in again.book.lines] == ["a", "d"]


def test_a_dead_clock_does_not_stand_still(book: KeptBook, hall: config.Hall, clock: HandClock) -> None:
    """After a restart without the hub: 1970 says the machine, and its seconds go on."""
    book.met(lease(per_min=1))
    first = book.give(wish("a"))
    seconds = HandClock()
    again = KeptBook(book.file, hall.zone, lambda: 0.0, seconds)
    assert again.give(wish("b")) == Refusal(offline.TOO_FAST)
    seconds.forward(61)
    second = again.give(wish("b"))
    assert isinstance(first, Given) and isinstance(second, Given) and second.at == first.at + 61


def test_a_damaged_book_gives_out_nothing_and_its_numbers_are_still_sent(
    book: KeptBook, hall: config.Hall, clock: HandClock
) -> None:
    for key in "ab":
        book.give(wish(key))
    lines = book.file.read_bytes().split(b"\n")
    lines[2] = lines[2].replace(b"601", b"609")
    book.file.write_bytes(b"\n".join(lines))
    again = KeptBook(book.file, hall.zone, clock, clock)
    assert again.give(wish("c")) == Refusal(offline.AWAY) and again.book.id != book.book.id
    assert [one["number"] for one in again.message()["taken"]] == [602]
    assert again.message()["unread"] == 1, "the hub is told, once for each book"
    assert KeptBook(book.file, hall.zone, clock, clock).message()["unread"] == 1
    assert list(book.file.parent.glob("K1.damaged-*"))


def test_entered_lines_stay_for_their_day_and_the_file_stays_small(book: KeptBook, clock: HandClock) -> None:
    book.met(lease(blocks=[{"prefix": "A", "first": 601, "last": 1400}]))
    for n in range(450):
        given = book.give(wish(f"key {n}"))
        assert isinstance(given, Given) and given.number == 601 + n
    book.met(lease(entered=450, blocks=[{"prefix": "A", "first": 601, "last": 1400}], now=MONDAY_9 + 60))
    assert book.message()["taken"] == [] and number(book.give(wish("next"))) == "A1051"
    clock.forward(86_400)
    book.met(lease(entered=451, now=MONDAY_9 + 86_400))
    assert len(book.book.lines) == 1 and number(book.give(wish("new day"))) == "A601"


class Line:
    """A hub that can be away, refuse, or answer with a lease."""

    def __init__(self) -> None:
        self.now: Exception | None = None
        self.asked: list[dict[str, Any]] = []

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(body)
        if self.now:
            raise self.now
        return lease(entered=max((one["line"] for one in body["taken"]), default=0))


def counter() -> Callable[[], float]:
    """Seconds that pass as often as somebody asks."""
    count = itertools.count(1.0)
    return lambda: next(count)


def view(hall: config.Hall) -> View:
    shown = View.model_validate(samples.view_json(hall, "K1"))
    return shown.model_copy(update={"now": shown.now.fromtimestamp(MONDAY_9, hall.zone)})


def test_it_is_alone_only_when_nobody_answers_and_all_is_entered_afterwards(
    book: KeptBook, hall: config.Hall, clock: HandClock
) -> None:
    said: list[events.Event] = []
    hub = Line()
    seconds = counter()
    alone = Alone(hub, "K1", book, OwnPrinter(hall, "K1", book.file.parent), said.append, seconds)  # type: ignore[arg-type]
    alone.start()
    try:
        alone.heard(view(hall))
        until(lambda: bool(hub.asked))
        hub.now = HubRefused(403, {})
        alone.lost()
        until(lambda: len(hub.asked) >= 2)
        assert not alone.on, "a kiosk that is refused gives nothing out"
        hub.now = HubAway("gone")
        alone._wanted.set()
        until(lambda: alone.on)
        alone.lost()
        assert isinstance(said[-1], events.Offline)
        assert alone.takes(wish("a"))
        came = alone.answer(wish("a", paper=False))
        assert isinstance(came, events.TicketCame) and (came.ticket.number, came.ticket.id) == ("A601", -1)
        asked = alone.answer(events.LookUp("A1", "x"))
        assert isinstance(asked, events.LookUpFailed) and asked.refused
        hub.now = None
        alone.heard(view(hall))
        until(lambda: bool(hub.asked[-1]["taken"]) and not book.book.owed)
        refused = alone.answer(events.GiveBack(-1, "b"))
        assert isinstance(refused, events.TicketFailed) and refused.reason == offline.ENTERED
    finally:
        alone.stop()


def test_a_cut_wire_is_noticed_by_the_first_touch(book: KeptBook, hall: config.Hall) -> None:
    hub = Line()
    seconds = counter()
    alone = Alone(hub, "K1", book, OwnPrinter(hall, "K1", book.file.parent), print, seconds)  # type: ignore[arg-type]
    alone.start()
    try:
        alone.heard(view(hall))
        until(lambda: bool(hub.asked))
        hub.now = HubAway("silent")
        assert not alone.takes(wish("a"))
        alone.missed()
        until(lambda: alone.takes(wish("a")))
        assert not any(one["taken"] for one in hub.asked)
        came = alone.answer(wish("a"))
        assert isinstance(came, events.TicketCame)
        hub.now = None
        until(lambda: not alone.on)
        until(lambda: not book.book.owed)
    finally:
        alone.stop()


def test_the_screen_goes_on_and_says_so(hall: config.Hall, book: KeptBook) -> None:
    shown = view(hall)
    state = events.State(shown.hall)
    state, _ = flow.step(state, events.Shown(shown), 0.0)
    state, _ = flow.step(state, events.HubLost(), 1.0)
    state, _ = flow.step(state, events.Tick(), 5.0)
    assert flow.face(state) == "away"
    alone = offline.view_of(shown, book.book, MONDAY_9 + 60, hall.zone)
    state, _ = flow.step(state, events.Offline(alone), 6.0)
    assert flow.face(state) == "home" and state.view and state.view.notice == offline.NOTICE
    state, _ = flow.step(state, events.HubLost(), 7.0)
    assert state.link == "offline"
    state, _ = flow.step(state, events.Shown(shown), 8.0)
    state, _ = flow.step(state, events.Offline(alone), 8.1)
    assert state.link == "up", "who is heard is believed before what was said while it was away"
    kept = {target for target, _, _ in home.ways(shown, words.say("zh"))}
    assert kept - {target for target, _, _ in home.ways(alone, words.say("zh"))} >= {"rate"}, "nobody could rate now"


def test_a_class_that_was_given_out_is_closed_for_its_day_alone(hall: config.Hall, book: KeptBook) -> None:
    """How many of it are left nobody can know; that none is was heard, and holds until the day ends."""
    all_out = Text("今天已取完。", "None left today.")
    klass = Class(id="green", name="绿色通道", closed=all_out)
    shown = view(hall).model_copy(update={"classes": (klass,)})
    today = offline.view_of(shown, book.book, MONDAY_9 + 60, hall.zone)
    tomorrow = offline.view_of(shown, book.book, MONDAY_9 + 86_400, hall.zone)
    assert (today.classes[0].closed, tomorrow.classes[0].closed) == (all_out, None)


def test_its_own_printer_prints_the_slip_and_the_list(hall: config.Hall, book: KeptBook) -> None:
    given = book.give(wish("a"))
    assert isinstance(given, Given)
    paper_alone = {name: one.model_copy(update={"url": "paper:"}) for name, one in hall.printers.items()}
    printer = OwnPrinter(hall.model_copy(update={"printers": paper_alone}), "K1", book.file.parent)
    assert printer.number(given).state in ("printed", "sent")
    paper = offline.Paper(at="09:00", lines=(offline.Line(zh="社保", numbers=("A001", "A002")),), next={"A": "A641"})
    assert printer.paper(paper).state in ("printed", "sent")


@pytest.mark.parametrize(
    ("url", "words"), [("https://hall.example", "网络恢复后扫码查排队"), ("", "网络恢复后到取号机扫码")]
)
def test_its_slip_and_its_page_bear_the_code_that_opens_later(
    hall: config.Hall, book: KeptBook, url: str, words: str
) -> None:
    given = book.give(wish("a"))
    assert isinstance(given, Given)
    public = hall.public.model_copy(update={"url": url})
    printer = OwnPrinter(hall.model_copy(update={"public": public}), "K1", book.file.parent)
    assert printer.table
    slip, code = printer._slip(given, profiles.load(printer.table.profile)), offline_code("A601", "a")
    assert next(one.data for one in slip if isinstance(one, QR)) == (f"{url}/p/{code}" if url else code)
    said = "".join(getattr(one, "text", "") for one in slip)
    assert words in said and code in said, "to be typed as well"
    assert printer.place_url(given) == (f"{url}/p/{code}" if url else "")


class Papers:
    """A printer that a kiosk reaches, and that fails on its second paper."""

    table = True

    def __init__(self) -> None:
        self.printed: list[str] = []

    def number(self, given: Given) -> Print:
        self.printed.append(given.label)
        if len(self.printed) == 2:
            raise KeyError("a profile that is none")
        return Print(state="printed")

    def place_url(self, given: Given) -> str:
        return ""


def test_a_touch_that_is_answered_again_has_one_paper(book: KeptBook, hall: config.Hall) -> None:
    """Its first answer came late, and it was asked once more; only who asks for another paper gets one. A paper that
    can't be made holds up none behind it.
    """
    said: list[events.Event] = []
    papers = Papers()
    alone = Alone(Line(), "K1", book, papers, said.append)  # type: ignore[arg-type]
    alone._view = view(hall)
    alone.start()
    try:
        first = alone.answer(wish("a"))
        until(lambda: len(said) == 1)
        again = alone.answer(wish("a"))
        assert isinstance(first, events.TicketCame) and isinstance(again, events.TicketCame)
        assert (first.ticket.print.state, again.ticket.print.state) == ("sending", "printed")
        alone.answer(events.PrintAgain(-1, "p"))
        alone.answer(wish("b"))
        until(lambda: len(said) == 3)
        assert papers.printed == ["A601", "A601", "A602"]
        states = [one.ticket.print.state for one in said if isinstance(one, events.PrintCame)]
        assert states == ["printed", "failed", "printed"]
    finally:
        alone.stop()


def test_what_it_goes_by_is_what_the_hub_told_last(hall: config.Hall, book: KeptBook) -> None:
    """The search finds by the copy of the hall's files, as the hub itself would; a changed printer is the new one."""
    search, printer = OwnSearch(hall), OwnPrinter(hall, "K1", book.file.parent, here=True)
    alone = Alone(Line(), "K1", book, printer, print, search=search)  # type: ignore[arg-type]
    found = alone.find("diba")
    assert found and found[0].code == "MZ01" and found[0].name
    elsewhere = alone.find("护照")
    assert elsewhere is not None and any(one.where for one in elsewhere)
    services = {code: one for code, one in hall.services.items() if code != "MZ01"}
    gone = {name: one.model_copy(update={"printers": []}) for name, one in hall.kiosks.items()}
    alone.renew(hall.model_copy(update={"services": services, "kiosks": gone}))
    after = alone.find("diba")
    assert after is not None and all(one.code != "MZ01" for one in after) and printer.table is None


def test_several_items_are_refused_in_a_sentence(book: KeptBook, hall: config.Hall) -> None:
    alone = Alone(Line(), "K1", book, OwnPrinter(hall, "K1", book.file.parent), print)  # type: ignore[arg-type]
    refused = alone.answer(events.AskPlan("k", items=("SB01", "MZ01")))
    assert isinstance(refused, events.TicketFailed) and refused.reason == offline.ONE_BY_ONE


def test_a_kiosk_whose_disk_is_full_starts_all_the_same(hall: config.Hall, tmp_path: Path) -> None:
    """With the hub it goes on; alone it has no book to give from."""
    line = HubLine(Line(), "K1", print)  # type: ignore[arg-type]
    (tmp_path / "offline").mkdir()
    (tmp_path / "offline" / "K1.new").symlink_to("/dev/full")
    source = HallOfHub(Line(), tmp_path)  # type: ignore[arg-type]
    assert _alone(hall, "K1", Line(), source, line) is None  # type: ignore[arg-type]
    (tmp_path / "offline" / "K1.new").unlink()
    assert _alone(hall, "K1", Line(), source, line)  # type: ignore[arg-type]
