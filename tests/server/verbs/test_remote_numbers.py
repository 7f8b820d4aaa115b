"""远程取号 from the sofa to the number: taken by the door's code, kept, kept once more, come, and who else waits."""

from __future__ import annotations

from datetime import datetime

import pytest

import config
from server.domain.rules import Refused
from server.verbs import bookings, place, remote, tickets
from server.verbs.hub import By, Closed, Hub, Unknown
from server.views.remote import remote_view, take_view
from tests.conftest import HandClock
from tests.server.pages.conftest import new_key


@pytest.fixture(autouse=True)
def allowed(hub: Hub) -> None:
    hub.hall = hub.hall.model_copy(update={"remote": hub.hall.remote.model_copy(update={"allowed": True})})


def taken(hub: Hub, service: str = "SB01") -> remote.Remote:
    return remote.take(hub, By("visitor", new_key()), service, remote.door_code(hub, "take"))


def come(hub: Hub, one: remote.Remote) -> tickets.Ticket:
    return remote.arrive(hub, By("visitor", new_key()), one, shown=remote.door_code(hub, "here"))


def test_it_counts_from_the_arrival_and_passes_nobody(hub: Hub, clock: HandClock) -> None:
    one = taken(hub)
    clock.forward(60)
    sitting = [tickets.issue(hub, By("K1"), "SB01", paper=False) for _ in range(3)]
    clock.forward(60)
    mine = come(hub, one)
    later = tickets.issue(hub, By("K1"), "SB01", paper=False)
    ahead = [place.place_of(hub.hall, hub.read(), t, hub.now()).ahead for t in (*sitting, mine, later)]
    assert ahead == [0, 1, 2, 3, 4] and mine.channel == "remote"
    assert come(hub, one).id == mine.id, "it has one number, however often its holder says so"


def test_it_is_no_number_before(hub: Hub) -> None:
    taken(hub)
    first = tickets.issue(hub, By("K1"), "SB01", paper=False)
    assert place.place_of(hub.hall, hub.read(), first, hub.now()).ahead == 0


def test_codes_are_the_days_and_the_doors(hub: Hub, clock: HandClock) -> None:
    with pytest.raises(Unknown):
        remote.take(hub, By("visitor", new_key()), "SB01", "000000")
    one, old = taken(hub), remote.door_code(hub, "here")
    assert remote.door_code(hub, "take") != old
    with pytest.raises(Unknown):
        remote.arrive(hub, By("visitor", new_key()), one, shown=remote.door_code(hub, "take"))
    clock.forward(86_400)
    assert remote.door_code(hub, "here") != old
    with pytest.raises(Unknown):
        remote.by_code(hub, remote.code(hub, one))


def test_it_expires_kindly(hub: Hub, clock: HandClock) -> None:
    one = taken(hub)
    clock.forward(31 * 60)
    with pytest.raises(Refused, match="已过"):
        come(hub, one)
    again = remote.renew(hub, By("visitor", new_key()), one.id)
    assert come(hub, again).label == "A001"
    other = taken(hub)
    clock.forward(31 * 60)
    remote.renew(hub, By("visitor", new_key()), other.id)
    clock.forward(31 * 60)
    with pytest.raises(Refused):
        remote.renew(hub, By("visitor", new_key()), other.id)


def test_the_door_has_its_share(hub: Hub, clock: HandClock) -> None:
    taken(hub)
    with pytest.raises(Refused, match="已满"):
        taken(hub)
    for _ in range(8):
        tickets.issue(hub, By("K1"), "SB01", paper=False)
        clock.forward(10)
    taken(hub)
    taken(hub, "MZ04")
    with pytest.raises(Refused):
        taken(hub)


def test_a_kiosk_or_the_desk_knows_its_code(hub: Hub) -> None:
    one = taken(hub)
    code = remote.code(hub, one)
    found = bookings.look_up(hub, code)
    assert (found.kind, found.state) == ("appointment", "ready")
    mine = bookings.check_in(hub, By("K1", new_key()), code, language="zh", large_print=False, printers=("kiosk1",))
    assert mine.channel == "remote" and bookings.look_up(hub, code).ticket == mine
    with pytest.raises(Refused, match="不需要再取号"):
        bookings.check_in(hub, By("K1", new_key()), code, language="zh", large_print=False, printers=())


def test_during_extended_service_there_are_its_items_alone(hub: Hub, clock: HandClock) -> None:
    said = {"name": "周六延时服务", "name_en": "Saturday service", "days": [6], "open": ["09:00-12:00"]}
    table = config.ExtendedTable.model_validate({**said, "services": ["SB01"], "counters": ["1"]})
    rules = hub.hall.tickets.model_copy(update={"outside_hours": "refuse"})
    hub.hall = hub.hall.model_copy(update={"extended": {"saturday": table}, "tickets": rules})
    assert {"SB01", "MZ01"} <= {*remote.services(hub)}, "a Monday in office hours"
    clock.at = datetime.fromisoformat("2026-11-28T10:00:00+08:00").timestamp()
    assert "SB01" in remote.services(hub) and "MZ01" not in remote.services(hub)
    with pytest.raises(Closed, match="这个事项不在“周六延时服务”里"):
        taken(hub, "MZ01")
    assert taken(hub, "SB01").service == "SB01"
    given = hub.hall.remote.model_copy(update={"services": ["MZ01"]})
    hub.hall = hub.hall.model_copy(update={"remote": given})
    assert remote.services(hub) == []
    with pytest.raises(Closed, match="这个事项不在“周六延时服务”里"):
        take_view(hub)


def test_a_place_is_kept_once_more_only_for_what_is_done_now(hub: Hub, clock: HandClock) -> None:
    one = taken(hub, "MZ01")
    clock.forward(hub.hall.remote.keep_min * 60 + 1)
    assert remote_view(hub, one)["may"] == ["renew"]
    needed = config.QuotaTable.model_validate({"per_person": 1, "card": "needed"})
    before, hub.hall = hub.hall, hub.hall.model_copy(update={"quotas": {"MZ01": needed}})
    assert remote_view(hub, one)["may"] == []
    with pytest.raises(Refused, match="在取号机上要刷身份证"):
        remote.renew(hub, By("visitor", new_key()), one.id)
    hub.hall = before
    said = {"name": "晚间", "name_en": "Evenings", "days": [1], "open": ["09:00-21:00"], "services": ["SB01"]}
    rules = hub.hall.tickets.model_copy(update={"outside_hours": "refuse"})
    evenings = {"evenings": config.ExtendedTable.model_validate(said)}
    hub.hall = hub.hall.model_copy(update={"extended": evenings, "tickets": rules})
    clock.at = datetime.fromisoformat("2026-11-23T19:00:00+08:00").timestamp()
    with pytest.raises(Closed, match="这个事项不在“晚间”里"):
        remote.renew(hub, By("visitor", new_key()), one.id)


def test_what_needs_a_card_is_not_given_to_a_telephone(hub: Hub) -> None:
    needed, offered = (
        config.QuotaTable.model_validate({"per_person": 1, "card": card}) for card in ("needed", "offered")
    )
    hub.hall = hub.hall.model_copy(update={"quotas": {"SB01": needed, "MZ01": offered}})
    assert "MZ01" in remote.services(hub) and "SB01" not in remote.services(hub)
    with pytest.raises(Refused, match="每人限号，在取号机上要刷身份证"):
        taken(hub, "SB01")
    assert taken(hub, "MZ01").service == "MZ01"
