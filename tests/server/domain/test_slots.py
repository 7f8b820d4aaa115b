"""Slots of the hall's own: which there are, what each holds, who may, and what is due to be said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as some

import config
from config import Hall
from server.domain import events as ev
from server.domain import slots, worktime
from server.domain.rules import Refused
from server.domain.slots import Appointment, Past, Slot
from tests.conftest import MONDAY_9, write_hall

DAY = 86400.0
MONDAY = date(2026, 11, 23)
PLAN = {
    "name": "社保",
    "name_en": "Insurance",
    "services": ["SB01"],
    "times": ["09:00-10:00"],
    "minutes": 20,
    "capacity": 2,
}


@pytest.fixture(scope="module")
def of(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Hall]:
    """A hall with one plan `p`, changed as a test says; `hall` changes the file besides."""

    def make(hall: Callable[[tomlkit.TOMLDocument], None] = lambda _: None, **changed: object) -> Hall:
        def change(file: tomlkit.TOMLDocument) -> None:
            file["slots"] = {"p": {**PLAN, **changed}}
            hall(file)

        return config.load(write_hall(tmp_path_factory.mktemp("hall"), change))

    return make


def times(hall: Hall, day: date) -> list[str]:
    return [f"{datetime.fromtimestamp(one.start, hall.zone):%H:%M}" for one in slots.of_day(hall, "p", day)]


def booking(**said: object) -> Appointment:
    values = {
        "id": 1,
        "plan": "p",
        "service": "SB01",
        "day": "2026-11-24",
        "start": MONDAY_9 + DAY,
        "minutes": 20,
        "state": "booked",
        "channel": "page",
        "language": "zh",
        "made_at": MONDAY_9 - DAY,
        "changed_at": MONDAY_9 - DAY,
    }
    return Appointment(**{**values, **said})  # type: ignore[arg-type]


def test_slots_lie_inside_the_times_and_the_hours(of: Callable[..., Hall]) -> None:
    assert times(of(), MONDAY) == ["09:00", "09:20", "09:40"]
    assert times(of(minutes=25), MONDAY) == ["09:00", "09:25"]
    noon = of(times=["11:30-15:00"], minutes=30)
    assert times(noon, MONDAY) == ["11:30", "14:30"], "the hall is closed from 12:00 to 14:30"
    assert times(of(), MONDAY + timedelta(days=5)) == [], "a Saturday"
    assert times(of(days=[2]), MONDAY) == [] and times(of(days=[2]), MONDAY + timedelta(days=1)) != []
    assert times(of(closed=["2026-11-23"]), MONDAY) == []
    winter = of(**{"from": "12-01", "to": "02-28"})
    assert times(winter, MONDAY) == [] and times(winter, date(2026, 12, 1)) and times(winter, date(2027, 1, 4))


def test_a_holiday_has_none_and_a_make_up_day_a_mondays(of: Callable[..., Hall]) -> None:
    """2026: 1 to 7 October is a holiday, Saturday 10 October is worked (data/calendar.csv)."""
    hall = of(days=[1])
    assert times(hall, date(2026, 10, 5)) == []
    assert times(hall, date(2026, 10, 10)) == ["09:00", "09:20", "09:40"]
    assert times(of(days=[6]), date(2026, 10, 10)) == []


def test_what_a_slot_holds_follows_from_the_counters_less_the_share_of_walk_ins(of: Callable[..., Hall]) -> None:
    """Of the demo's hall the counters 1 to 4 and 6 serve SB01; 5 and the desk do not."""
    assert slots.counters_for(of(), "p") == 5
    assert slots.capacity(of(), "p") == 2
    for share, holds in ((0, 5), (50, 2), (79, 1), (99, 1), (100, 0)):
        assert slots.capacity(of(capacity=0, walk_in_share=share), "p") == holds
    assert slots.counters_for(of(services=["LQ01"]), "p") == 1, "a pick-up counter's own"


def test_a_slot_is_offered_between_lead_and_horizon(of: Callable[..., Hall]) -> None:
    hall = of(horizon_days=2, lead_min=30)
    early = MONDAY_9 - 1800
    assert [one.start for one in slots.offered(hall, "p", MONDAY, early, {})] == [
        MONDAY_9,
        MONDAY_9 + 1200,
        MONDAY_9 + 2400,
    ]
    assert len(slots.offered(hall, "p", MONDAY, early + 1, {})) == 2
    assert slots.days_of(hall, "p", early) == [MONDAY + timedelta(days=n) for n in range(3)]
    assert slots.offered(hall, "p", MONDAY + timedelta(days=3), early, {}) == []
    assert slots.offered(hall, "p", MONDAY - timedelta(days=3), early, {}) == []


def test_choosing_and_the_list_of_what_is_free_are_one_answer(of: Callable[..., Hall]) -> None:
    hall = of(lead_min=0)
    assert slots.choose(hall, "p", MONDAY_9, MONDAY_9, 1).free == 1
    with pytest.raises(Refused, match="刚刚约满"):
        slots.choose(hall, "p", MONDAY_9, MONDAY_9, 2)
    for start in (MONDAY_9 + 1, MONDAY_9 - 1200, MONDAY_9 + 30 * DAY):
        with pytest.raises(Refused, match="不能预约"):
            slots.choose(hall, "p", start, MONDAY_9, 0)


@given(
    day=some.integers(0, 400).map(lambda n: date(2026, 1, 1) + timedelta(days=n)),
    now=some.floats(MONDAY_9 - 400 * DAY, MONDAY_9 + 400 * DAY),
    minutes=some.sampled_from([5, 7, 15, 25, 60]),
    share=some.integers(0, 100),
    lead=some.sampled_from([0, 60, 1440]),
    taken=some.integers(0, 7),
)
def test_whatever_is_offered_can_be_kept(
    of: Callable[..., Hall], day: date, now: float, minutes: int, share: int, lead: int, taken: int
) -> None:
    """Of any plan: slots are of their length, do not overlap, lie in an opening of the hall, and no place is promised
    twice; `choose` takes what has a place and nothing else.
    """
    hall = _made(of)
    table = hall.slots["p"].model_copy(
        update={"minutes": minutes, "capacity": 0, "walk_in_share": share, "lead_min": lead, "horizon_days": 30}
    )
    hall = hall.model_copy(update={"slots": {"p": table}})
    found = slots.offered(hall, "p", day, now, {one.start: taken for one in slots.of_day(hall, "p", day)})
    for before, after in pairwise(found):
        assert before.end <= after.start
    for one in found:
        assert one.end - one.start == minutes * 60 and one.start >= now + lead * 60
        assert any(opens <= one.start and one.end <= closes for opens, closes in worktime.opening(hall, day))
        assert 0 <= one.capacity <= slots.counters_for(hall, "p") and one.free == max(0, one.capacity - taken)
        assert slots.slot_at(hall, "p", one.start) == one._replace(taken=0)
        if one.free:
            assert slots.choose(hall, "p", one.start, now, taken) == one
        else:
            with pytest.raises(Refused):
                slots.choose(hall, "p", one.start, now, taken)


_HALLS: dict[int, Hall] = {}


def _made(of: Callable[..., Hall]) -> Hall:
    if id(of) not in _HALLS:
        _HALLS[id(of)] = of(times=["08:00-18:00"], days=[1, 2, 3, 4, 5, 6, 7])
    return _HALLS[id(of)]


@given(year=some.integers(2020, 2035), month=some.sampled_from([3, 10, 6]), day=some.integers(1, 28))
def test_a_slot_is_at_its_local_time_where_clocks_change(
    of: Callable[..., Hall], year: int, month: int, day: int
) -> None:
    hall = _made(of)
    berlin = hall.model_copy(update={"hall": hall.hall.model_copy(update={"timezone": "Europe/Berlin"})})
    when = date(year, month, day)
    for one in slots.of_day(berlin, "p", when):
        at = datetime.fromtimestamp(one.start, ZoneInfo("Europe/Berlin"))
        assert at.date() == when and at.minute % 20 == 0 and 8 <= at.hour < 18


def test_a_person_has_so_many_open_and_pauses_after_so_many_misses(of: Callable[..., Hall]) -> None:
    hall = of(per_person=1, misses=3, miss_days=90, pause_days=30)
    slots.may_book(hall, "p", Past(0, ()), MONDAY_9)
    with pytest.raises(Refused, match="已有1个预约"):
        slots.may_book(hall, "p", Past(1, ()), MONDAY_9)
    missed = [MONDAY_9 - 80 * DAY, MONDAY_9 - 40 * DAY, MONDAY_9 - 5 * DAY]
    with pytest.raises(Refused, match="12月18日以前不能再预约；现场取号不受影响"):
        slots.may_book(hall, "p", Past(0, missed), MONDAY_9)
    slots.may_book(hall, "p", Past(0, missed), MONDAY_9 + 25 * DAY)  # the pause is over
    slots.may_book(hall, "p", Past(0, [MONDAY_9 - 100 * DAY, *missed[1:]]), MONDAY_9)  # too long ago
    slots.may_book(of(per_person=0, misses=0), "p", Past(9, missed), MONDAY_9)


@given(missed=some.lists(some.integers(0, 400), max_size=8), misses=some.integers(1, 4))
def test_a_pause_is_what_a_plain_count_says(of: Callable[..., Hall], missed: list[int], misses: int) -> None:
    table = _made(of).slots["p"].model_copy(update={"misses": misses, "miss_days": 90, "pause_days": 30})
    now = 400 * DAY
    ends = [
        last * DAY + 30 * DAY
        for n, last in enumerate(sorted(missed))
        if len([one for one in sorted(missed)[: n + 1] if last - one <= 90]) >= misses
    ]
    expected = max((end for end in ends if end > now), default=None)
    assert slots.misses_end(table, [one * DAY for one in missed], now) == expected


def test_the_longest_waiting_is_offered_the_earliest_free_slot(of: Callable[..., Hall]) -> None:
    hall = of(offer_min=60, lead_min=30)
    first, second = (booking(id=n, state="listed", start=None, changed_at=MONDAY_9 + n) for n in (1, 2))
    free = [Slot("p", MONDAY_9 + 7200, MONDAY_9 + 8400, 2, 1), Slot("p", MONDAY_9 + 3600, MONDAY_9 + 4800, 2, 1)]
    found = slots.next_offer(hall, "p", [second, first], free, MONDAY_9)
    assert found == (first, free[1], MONDAY_9 + 1800), "kept no longer than somebody can still come"
    assert slots.next_offer(hall, "p", [first], [free[0]._replace(taken=2)], MONDAY_9) is None
    assert slots.next_offer(hall, "p", [first], [free[1]], MONDAY_9 + 1800) is None
    assert slots.next_offer(hall, "p", [], free, MONDAY_9) is None


def test_a_booking_is_a_fold_of_its_events() -> None:
    listed = slots.evolve(
        None,
        ev.SlotListed(appointment=7, plan="p", service="SB01", day="2026-11-24", minutes=20, channel="page"),
        1.0,
    )
    assert listed and (listed.state, listed.start, listed.was_listed, listed.changes) == ("listed", None, True, 0)
    offer = ev.SlotOffered(appointment=7, plan="p", start=100.0, minutes=20, until=50.0)
    offered = slots.evolve(listed, offer, 2.0)
    assert offered and offered.holds(49.0) and not offered.holds(50.0)
    taken = ev.SlotBooked(
        appointment=7, plan="p", service="SB01", day="2026-11-24", start=100.0, minutes=20, channel="page"
    )
    booked = slots.evolve(offered, taken, 3.0)
    assert booked and (booked.state, booked.start, booked.was_listed, booked.changes) == ("booked", 100.0, True, 2)
    moved = slots.evolve(booked, ev.SlotChanged(appointment=7, plan="p", day="2026-11-25", start=9.0, minutes=20), 4.0)
    assert moved and (moved.day, moved.start, moved.made_at, moved.changed_at) == ("2026-11-25", 9.0, 1.0, 4.0)
    assert slots.evolve(moved, ev.SlotCancelled(appointment=7), 5.0).state == "cancelled"  # type: ignore[union-attr]
    gone = slots.evolve(moved, ev.SlotCancelled(appointment=7, by_hall=True), 5.0)
    assert gone and gone.state == "withdrawn"
    assert slots.evolve(None, ev.SlotCancelled(appointment=7), 5.0) is None


@pytest.mark.parametrize(
    ("said", "arrived", "after", "stands"),
    [
        ({}, False, -1, "to come"),
        ({}, False, 0, "late"),
        ({}, False, 1200, "missed"),
        ({}, True, 1200, "arrived"),
        ({"state": "cancelled"}, False, 1200, "cancelled"),
        ({"state": "listed", "start": None}, False, 0, "listed"),
        ({"state": "offered", "offer_until": MONDAY_9 + DAY + 5}, False, 0, "offered"),
        ({"state": "offered", "offer_until": MONDAY_9 + DAY}, False, 0, "listed"),
    ],
)
def test_how_a_booking_stands(said: dict[str, object], arrived: bool, after: float, stands: str) -> None:
    assert slots.coming(booking(**said), arrived, MONDAY_9 + DAY + after) == stands


def test_what_the_hall_has_no_more_does_not_stand(of: Callable[..., Hall]) -> None:
    assert slots.stands(of(), booking())
    assert slots.stands(of(times=["15:00-16:00"]), booking()), "another plan keeps its bookings"
    assert not slots.stands(of(closed=["2026-11-24"]), booking())
    assert not slots.stands(of(), booking(day="2026-10-01", start=MONDAY_9 - 53 * DAY)), "a holiday"
    assert not slots.stands(of(), booking(service="XX99"))


SATURDAY = date(2026, 11, 28)


def saturdays(services: list[str]) -> Callable[[tomlkit.TOMLDocument], None]:
    """Saturdays from 9 to 12 for some items alone, as a hall's file says it."""

    def change(file: tomlkit.TOMLDocument) -> None:
        table = {"name": "周六", "name_en": "Saturdays", "days": [6], "open": ["09:00-12:00"], "services": services}
        file["extended"] = {"saturdays": table}

    return change


def test_extended_service_has_slots_for_its_items_alone(of: Callable[..., Hall]) -> None:
    """Who booked another item for a Saturday would be refused a number when they came."""
    week = {"days": [1, 2, 3, 4, 5, 6]}
    assert times(of(saturdays(["MZ01"]), **week), SATURDAY) == [], "nothing of the plan is done then"
    hall = of(saturdays(["MZ01"]), services=["SB01", "MZ01"], **week)
    assert times(hall, SATURDAY) == ["09:00", "09:20", "09:40"]
    friday = MONDAY_9 + 4 * DAY
    nine = friday + DAY
    assert [len(slots.offered(hall, "p", SATURDAY, friday, {}, code)) for code in ("MZ01", "SB01")] == [3, 0]
    assert SATURDAY in slots.days_of(hall, "p", friday, "MZ01") and SATURDAY in slots.days_of(hall, "p", friday)
    assert SATURDAY not in slots.days_of(hall, "p", friday, "SB01")
    assert SATURDAY not in slots.days_of(of(saturdays(["MZ01"]), **week), "p", friday)
    assert slots.choose(hall, "p", nine, friday, 0, "MZ01").start == nine
    with pytest.raises(Refused, match="不能预约"):
        slots.choose(hall, "p", nine, friday, 2, "SB01")


def test_a_slot_of_extended_service_holds_what_the_counters_on_duty_hold(of: Callable[..., Hall]) -> None:
    def on_duty(*counters: str) -> Hall:
        def change(file: tomlkit.TOMLDocument) -> None:
            saturdays(["SB01"])(file)
            file["extended"]["saturdays"]["counters"] = list(counters)

        return of(change, capacity=0, walk_in_share=0, days=[1, 2, 3, 4, 5, 6])

    office = {one.capacity for one in slots.of_day(on_duty("1"), "p", MONDAY)}
    assert office == {slots.counters_for(on_duty("1"), "p")} and office == {5}
    assert {one.capacity for one in slots.of_day(on_duty("1"), "p", SATURDAY)} == {1}
    assert {one.capacity for one in slots.of_day(on_duty("1", "2"), "p", SATURDAY)} == {2}
    assert {one.capacity for one in slots.of_day(on_duty(), "p", SATURDAY)} == office, "whoever logs in may call"


def test_what_is_not_done_in_extended_service_does_not_stand(of: Callable[..., Hall]) -> None:
    hall = of(saturdays(["MZ01"]), services=["SB01", "MZ01"], days=[1, 2, 3, 4, 5, 6])
    on = {"day": SATURDAY.isoformat(), "start": MONDAY_9 + 5 * DAY}
    assert slots.stands(hall, booking(service="MZ01", **on)) and not slots.stands(hall, booking(**on))
    listed = {**on, "state": "listed", "start": None}
    assert slots.stands(hall, booking(service="MZ01", **listed)) and not slots.stands(hall, booking(**listed))


def test_a_slot_is_offered_to_the_longest_waiting_whose_item_is_done_then(of: Callable[..., Hall]) -> None:
    hall = of(saturdays(["MZ01"]), services=["SB01", "MZ01"], days=[1, 2, 3, 4, 5, 6])
    waiting = [
        booking(id=n, service=code, state="listed", start=None, day=SATURDAY.isoformat(), changed_at=MONDAY_9 + n)
        for n, code in ((1, "SB01"), (2, "MZ01"))
    ]
    free = [Slot("p", MONDAY_9 + 5 * DAY, MONDAY_9 + 5 * DAY + 1200, 2, 1)]
    found = slots.next_offer(hall, "p", waiting, free, MONDAY_9 + 4 * DAY)
    assert found and found[0].id == 2
    assert slots.next_offer(hall, "p", waiting[:1], free, MONDAY_9 + 4 * DAY) is None


def test_the_rules_are_said_in_words(of: Callable[..., Hall]) -> None:
    zh = "".join(one.zh for one in slots.explained(of(misses=2, miss_days=60, pause_days=10).slots["p"]))
    assert "最多1个预约" in zh and "60天内2次没有来" in zh and "10天内不能预约" in zh and "现场取号不受影响" in zh
    assert len(slots.explained(of(misses=0, per_person=0).slots["p"])) == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"services": []}, "没有可预约的事项"),
        ({"services": ["XX99"]}, "XX99"),
        ({"group": "nowhere"}, "nowhere"),
        ({"minutes": 90}, "放得下一个时段"),
        ({"times": ["09:00-10:00", "09:30-11:00"]}, "还没有结束"),
    ],
)
def test_mistakes_of_a_plan_are_named(of: Callable[..., Hall], changed: dict[str, object], said: str) -> None:
    with pytest.raises(config.ConfigError) as told:
        of(**changed)
    assert said in str(told.value)


# --- leased to the address of all halls ---


@given(
    capacity=some.integers(0, 9), taken=some.integers(0, 12), district=some.integers(0, 9), sold=some.integers(0, 12)
)
def test_what_is_leased_is_never_more_than_is_free_nor_than_was_promised(
    capacity: int, taken: int, district: int, sold: int
) -> None:
    """Also where more was taken or sold than there is: the plan was changed since."""
    slot = Slot("p", MONDAY_9, MONDAY_9 + 1200, capacity, taken)
    hall = SimpleNamespace(slots={"p": SimpleNamespace(district=district)})
    free = slots.leased(hall, slot, sold).free  # type: ignore[arg-type]
    assert 0 <= free <= slot.free and free <= max(0, district - sold)
    assert free == 0 or free == slot.free or free == district - sold, "and no fewer than that"


def test_a_leased_place_is_chosen_by_what_is_free_and_by_what_was_sold(of: Callable[..., Hall]) -> None:
    hall, tuesday = of(district=1), MONDAY_9 + DAY
    assert slots.choose(hall, "p", tuesday, MONDAY_9, 1, "SB01", 0).start == tuesday
    for taken, sold in ((1, 1), (2, 0)):
        with pytest.raises(Refused, match="刚刚约满"):
            slots.choose(hall, "p", tuesday, MONDAY_9, taken, "SB01", sold)
    assert slots.choose(hall, "p", tuesday, MONDAY_9, 1, "SB01").start == tuesday, "the hall's own people have the rest"
    with pytest.raises(Refused, match="现在不能预约"):
        slots.choose(of(), "p", tuesday, MONDAY_9, 0, "SB01", 0)
