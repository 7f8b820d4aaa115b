"""Who is next, and why: head starts, preferences, tidal help, transfers, appointments; nobody starves, nobody of a
class overtakes.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import config
from server.domain import order
from server.domain.order import Profile
from server.domain.ticket import Binding, Counter, Ticket

HEAD_START = {"ordinary": 0, "appointment": 10, "green": 20}
ANY = Profile("1", "08", None)
MIN = 60.0


def waiting(number: int, klass: str = "ordinary", at: float = 0.0, service: str = "SB01", **more: object) -> Ticket:
    """A ticket that came `at` minutes past."""
    values = {"rank": order.rank(at * MIN, HEAD_START[klass]), **more}
    return Ticket(
        id=number,
        day="2026-11-23",
        prefix="A",
        number=number,
        service=service,
        klass=klass,
        channel="kiosk",
        issued_at=at * MIN,
        entered_at=at * MIN,
        **values,  # type: ignore[arg-type]
    )


def heads(tickets: list[Ticket]) -> list[Ticket]:
    first: dict[tuple[str, str, str], Ticket] = {}
    for ticket in sorted(tickets, key=lambda t: (t.rank, t.id)):
        first.setdefault((ticket.target, ticket.service, ticket.klass), ticket)
    return list(first.values())


def next_of(tickets: list[Ticket], mine: Profile = ANY, at: float = 500.0) -> order.Choice | None:
    """The choice at `at` minutes."""
    return order.choose(heads([t for t in tickets if t.target in mine.targets]), mine, HEAD_START, at * MIN)


def number_of(choice: order.Choice | None) -> int | None:
    return choice.ticket.number if choice else None


GREEN = Profile("6", "09", None, prefers_classes=frozenset({"green"}), prefer_s=60 * MIN)
PICKUP = Profile("5", "07", frozenset({"LQ01"}), frozenset({"LQ01"}), helps=None, help_after_s=20 * MIN)
AID = Profile("4", "06", None, frozenset({"LQ01"}), prefers_services=frozenset({"MZ01"}), prefer_s=30 * MIN)

CASES = [
    (
        "first come",
        [waiting(1, at=0), waiting(2, at=1)],
        ANY,
        20,
        1,
        "按取号先后轮到，已等候20分钟。",
        "Next in order of coming; waited 20 min.",
    ),
    (
        "head start",
        [waiting(1, at=0), waiting(2, "green", at=19)],
        ANY,
        30,
        2,
        "优先类别提前20分钟计，已等候11分钟，因此先于更早的A001。",
        "Priority class, counted 20 min earlier; waited 11 min, so before A001, who came earlier.",
    ),
    (
        "head start is finite",
        [waiting(1, at=0), waiting(2, "green", at=21)],
        ANY,
        30,
        1,
        "按取号先后轮到，已等候30分钟。",
        "Next in order of coming; waited 30 min.",
    ),
    (
        "letters never route",
        [waiting(1, at=3, service="MZ01"), waiting(2, at=2, service="YB01")],
        ANY,
        9,
        2,
        "按取号先后轮到，已等候7分钟。",
        "Next in order of coming; waited 7 min.",
    ),
    (
        "preferred class",
        [waiting(1, at=0), waiting(2, "green", at=70)],
        GREEN,
        75,
        2,
        "本窗口优先办理这一类（提前60分钟计），已等候5分钟，因此先于更早的A001。",
        "This counter prefers these (counted 60 min earlier); waited 5 min, so before A001, who came earlier.",
    ),
    (
        "preference is finite",
        [waiting(1, at=0), waiting(2, "green", at=81)],
        GREEN,
        90,
        1,
        "按取号先后轮到，已等候90分钟。",
        "Next in order of coming; waited 90 min.",
    ),
    (
        "preferred service",
        [waiting(1, at=0), waiting(2, at=29, service="MZ01")],
        AID,
        30,
        2,
        "本窗口优先办理这一类（提前30分钟计），已等候1分钟，因此先于更早的A001。",
        "This counter prefers these (counted 30 min earlier); waited 1 min, so before A001, who came earlier.",
    ),
    ("reserved is left alone", [waiting(1, at=0, service="LQ01")], AID, 90, None, "", ""),
    ("no help yet", [waiting(1, at=0)], PICKUP, 19, None, "", ""),
    (
        "tidal help",
        [waiting(1, at=0)],
        PICKUP,
        20,
        1,
        "等候超过20分钟，本窗口协助办理，已等候20分钟。",
        "Waited over 20 min, this counter helps; waited 20 min.",
    ),
    ("a head start is no waiting", [waiting(1, "green", at=0)], PICKUP, 19, None, "", ""),
    (
        "own before helped by rank",
        [waiting(1, at=5, service="LQ01"), waiting(2, at=6)],
        PICKUP,
        30,
        1,
        "按取号先后轮到，已等候25分钟。",
        "Next in order of coming; waited 25 min.",
    ),
    (
        "transferred here",
        [waiting(1, at=0), waiting(2, at=9, rank=-1.0, target="counter:1", legs=2, placed="transferred")],
        ANY,
        12,
        2,
        "转移到本窗口的号，已等候3分钟，因此先于更早的A001。",
        "Transferred to this counter; waited 3 min, so before A001, who came earlier.",
    ),
    (
        "transferred to a colleague",
        [waiting(1, at=0, target="staff:09"), waiting(2, at=9)],
        ANY,
        12,
        2,
        "按取号先后轮到，已等候3分钟。",
        "Next in order of coming; waited 3 min.",
    ),
    ("transferred elsewhere stays there", [waiting(1, at=0, target="counter:2")], ANY, 12, None, "", ""),
    (
        "raised",
        [waiting(1, at=0), waiting(2, at=9, service="YB01", rank=-0.001, raised="孕妇", placed="raised")],
        ANY,
        12,
        2,
        "经批准优先（孕妇），已等候3分钟，因此先于更早的A001。",
        "Raised by permission (孕妇); waited 3 min, so before A001, who came earlier.",
    ),
    ("appointment not yet", [waiting(1, "appointment", at=0, slot=30 * MIN, rank=20 * MIN)], ANY, 29, None, "", ""),
    (
        "appointment due",
        [waiting(1, "appointment", at=0, slot=30 * MIN, rank=20 * MIN), waiting(2, at=21)],
        ANY,
        30,
        1,
        "预约时段已到，按预约时间排序，已等候30分钟，因此先于更早的A002。",
        "Appointment due, ranked by its slot; waited 30 min, so before A002, who came earlier.",
    ),
    ("nobody", [], ANY, 0, None, "", ""),
]


@pytest.mark.parametrize(
    ("queue", "mine", "at", "number", "zh", "en"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_who_is_next_and_why(
    queue: list[Ticket], mine: Profile, at: float, number: int | None, zh: str, en: str
) -> None:
    choice = next_of(queue, mine, at)
    assert number_of(choice) == number
    assert (choice.why if choice else ("", "")) == (zh, en)


def test_an_appointment_ranks_by_its_slot_whether_early_or_a_little_late() -> None:
    slot = 100 * MIN
    assert (
        order.appointment_rank(slot, slot - 40 * MIN, 10, 15)
        == order.appointment_rank(slot, slot + 15 * MIN, 10, 15)
        == 90 * MIN
    )
    assert order.appointment_rank(slot, slot + 16 * MIN, 10, 15) == 106 * MIN


def test_a_profile_is_the_files_until_the_counter_is_bound_anew() -> None:
    hall = config.load()
    assert order.profile(hall, Counter("1")).own("MZ01") and not order.profile(hall, Counter("1")).own("LQ01")
    assert order.profile(hall, Counter("5")).may_help("SB01")
    bound = order.profile(hall, Counter("1", bound=Binding(("LQ01",), (), 0)))
    assert bound.own("LQ01") and not bound.own("SB01") and not bound.may_help("SB01")


ARRIVALS = st.lists(
    st.tuples(st.sampled_from(list(HEAD_START)), st.sampled_from(["SB01", "MZ01", "LQ01"]), st.integers(0, 300)),
    min_size=1,
    max_size=40,
)
COUNTERS = st.sampled_from([ANY, GREEN, AID, replace(AID, helps=None, help_after_s=10 * MIN)])


def served(queue: list[Ticket], mine: Profile) -> list[Ticket]:
    """Everybody that one counter would call, one after the other, long after the last has come."""
    queue, done = list(queue), []
    while choice := next_of(queue, mine):
        queue.remove(choice.ticket)
        done.append(choice.ticket)
    return done


@given(ARRIVALS, COUNTERS)
def test_no_inversion_within_a_class_and_service(arrivals: list[tuple[str, str, int]], mine: Profile) -> None:
    queue = [
        waiting(i, klass, at, service) for i, (klass, service, at) in enumerate(sorted(arrivals, key=lambda a: a[2]), 1)
    ]
    done = served(queue, mine)
    for key in {(t.klass, t.service) for t in done}:
        numbers = [t.id for t in done if (t.klass, t.service) == key]
        assert numbers == sorted(numbers)
    if mine is ANY:
        for klass in HEAD_START:
            numbers = [t.id for t in done if t.klass == klass]
            assert numbers == sorted(numbers)


@given(ARRIVALS, COUNTERS)
def test_nobody_starves(arrivals: list[tuple[str, str, int]], mine: Profile) -> None:
    """Whoever is overtaken is overtaken only by those who came within the largest head start after them: never by
    later ones.
    """
    queue = [
        waiting(i, klass, at, service) for i, (klass, service, at) in enumerate(sorted(arrivals, key=lambda a: a[2]), 1)
    ]
    done = served(queue, mine)
    assert {t.id for t in done} == {t.id for t in queue if mine.own(t.service) or mine.may_help(t.service)}
    largest = max(HEAD_START.values()) * MIN + mine.prefer_s
    for i, ticket in enumerate(done):
        assert all(before.issued_at <= ticket.issued_at + largest for before in done[:i])


@given(ARRIVALS, COUNTERS, st.randoms())
def test_the_choice_does_not_depend_on_the_order_of_the_heads(
    arrivals: list[tuple[str, str, int]], mine: Profile, random: object
) -> None:
    queue = heads([waiting(i, klass, at, service) for i, (klass, service, at) in enumerate(arrivals, 1)])
    shuffled = list(queue)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert order.choose(queue, mine, HEAD_START, 500 * MIN) == order.choose(shuffled, mine, HEAD_START, 500 * MIN)


@given(ARRIVALS, COUNTERS)
def test_the_heads_are_enough(arrivals: list[tuple[str, str, int]], mine: Profile) -> None:
    """What is chosen among the heads is what a look at everybody would choose."""
    queue = [waiting(i, klass, at, service) for i, (klass, service, at) in enumerate(arrivals, 1)]
    by_heads, by_all = next_of(queue, mine), order.choose(queue, mine, HEAD_START, 500 * MIN)
    assert (by_heads and by_heads.ticket) == (by_all and by_all.ticket)


@given(ARRIVALS, COUNTERS)
def test_whoever_is_next_in_order_of_coming_needs_nobody_else_to_say_so(
    arrivals: list[tuple[str, str, int]], mine: Profile
) -> None:
    """The sentence of a plain number is the same whether the heads of the other lines are looked at or not."""
    queue = [waiting(i, klass, at, service) for i, (klass, service, at) in enumerate(arrivals, 1)]
    choice = next_of(queue, mine)
    if choice and order.needs_nobody_else(choice.ticket, mine, HEAD_START):
        assert order.choose([choice.ticket], mine, HEAD_START, 500 * MIN) == choice


def test_a_number_taken_back_comes_after_the_next_two() -> None:
    queue = [waiting(1, at=10), waiting(2, at=20), waiting(3, at=30)]
    rank = order.returned_rank(queue, 2, 100.0)
    assert queue[1].rank <= rank < queue[2].rank
    assert order.returned_rank([], 2, 100.0) == 100.0
    assert order.returned_rank(queue, 0, 100.0) < queue[0].rank
    assert (
        next_of([*queue[1:], waiting(4, at=0, rank=queue[0].rank, passes=1, placed="returned")])
        .why[0]
        .startswith("过号或挂起后按规定排入")
    )  # type: ignore[union-attr]


def test_the_documents_example() -> None:
    queue = [
        waiting(1, at=0),
        waiting(2, "green", at=15),
        waiting(3, "appointment", at=-10, slot=20 * MIN, rank=10 * MIN),
        waiting(4, "green", at=25),
    ]
    page = (config.ROOT / "docs" / "order.md").read_text(encoding="utf-8")
    called = []
    while choice := next_of(queue, at=30):
        queue.remove(choice.ticket)
        called.append(choice.ticket.number)
        if choice.ticket.number != 1:
            assert choice.why[0] in page
    assert called == [2, 1, 4, 3]


def test_a_language_counts_its_own_minutes_and_what_the_counter_prefers_its_own() -> None:
    """Who speaks English where assistance is preferred by an hour takes English ten minutes earlier."""
    mine = Profile(
        "4",
        "06",
        None,
        prefers_services=frozenset({"MZ01"}),
        prefer_s=60 * MIN,
        prefers_languages=frozenset({"en"}),
        language_s=10 * MIN,
    )
    plain = Ticket(
        id=1,
        day="",
        prefix="A",
        number=1,
        service="SB01",
        klass="",
        channel="",
        issued_at=36_000.0,
        rank=36_000.0,
        entered_at=36_000.0,
    )
    english, aid = replace(plain, language="en"), replace(plain, service="MZ01")
    assert [mine.earlier(t) for t in (plain, english, aid, replace(aid, language="en"))] == [0, 600, 3600, 3600]
    assert mine.rank(replace(english, raised="老年人")) == 36_000.0 - 3600
