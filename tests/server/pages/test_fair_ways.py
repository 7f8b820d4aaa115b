"""Fair ways in: what a kiosk may give to whom, how many, and what it is answered where it may not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from config import HoursTable, SlotsTable
from kiosk.flow import flow
from kiosk.flow.events import Shown, State, Touch
from kiosk.flow.view import View, plate_of
from server.verbs import tickets
from server.verbs.hub import By, Hub
from server.views.kiosk import kiosk_view
from server.views.tickets import staff_view
from tests.conftest import HandClock
from tests.server.pages.conftest import new_key

HOLDER = {"hash": "0" * 64, "mask": "3505**********1234"}


def asked(client: FlaskClient, who: dict[str, str], **wish: Any) -> Any:
    return client.post(
        "/api/v1/tickets", json={"service": "SB01", **wish}, headers={**who, "Idempotency-Key": new_key()}
    )


def with_table(hub: Hub, table: str, row: str, **values: Any) -> None:
    """The hall with other values in a row of its file."""
    rows = dict(getattr(hub.hall, table))
    rows[row] = rows[row].model_copy(update=values)
    hub.hall = hub.hall.model_copy(update={table: rows})


def test_a_kiosk_gives_the_green_channel_to_whom_the_hall_grants_it(
    client: FlaskClient, kiosk: dict[str, str], hub: Hub
) -> None:
    for ground in ("elder", "age"):
        told = asked(client, kiosk, **{"class": "green"}, ground=ground)
        assert (told.status_code, told.get_json()["class"]) == (201, "green")
        row = next(iter(hub.read().life_line(told.get_json()["id"])))
        assert (row.field("klass"), row.field("ground")) == ("green", ground)


@pytest.mark.parametrize(
    ("wish", "status", "word"),
    [
        ({"class": "green", "ground": "ill"}, 409, "“绿色通道”给的是：老年人、残疾人、孕妇、军人和优抚对象"),
        ({"class": "ordinary", "ground": "elder"}, 409, "取号机不能取“普通”的号"),
        ({"class": "appointment", "ground": "elder"}, 409, "预约号要有预约时段"),
        ({"class": "vip", "ground": "elder"}, 404, "没有类别“vip”"),
        ({"class": "green"}, 409, "取号机不能指定类别"),
        ({"priority": True}, 422, ""),
        ({"klass": "green"}, 422, ""),
        ({"party": "family"}, 422, ""),
    ],
)
def test_whoever_asks_for_what_it_may_not_give_is_told_so(
    client: FlaskClient, kiosk: dict[str, str], hub: Hub, wish: dict[str, Any], status: int, word: str
) -> None:
    told = asked(client, kiosk, **wish)
    assert told.status_code == status, told.get_json()
    assert word in told.get_json()["detail"]
    assert hub.read().ticket(1) is None


def test_no_more_of_a_class_than_the_hall_grants_and_the_kiosk_says_so_before(
    client: FlaskClient, kiosk: dict[str, str], hub: Hub
) -> None:
    with_table(hub, "classes", "green", per_day=1)
    assert asked(client, kiosk, **{"class": "green"}, ground="elder").status_code == 201
    told = asked(client, kiosk, **{"class": "green"}, ground="elder")
    assert (told.status_code, told.get_json()["detail"][:19]) == (409, "取号机上今天的1个“绿色通道”号已取完")
    (offered,) = kiosk_view(hub, "K1", client.application.extensions["health"])["classes"]
    assert offered["closed"]["zh"] == told.get_json()["detail"]
    assert [one["id"] for one in offered["grounds"]] == ["elder", "disabled", "pregnant", "military"]
    more = tickets.issue(hub, By("08", new_key()), "SB01", klass="green", channel="desk")
    assert more.klass == "green", "staff may always give more"


def test_the_share_of_a_class_counts_from_the_fifth_on(hub: Hub) -> None:
    with_table(hub, "classes", "green", share=50)

    def green() -> None:
        tickets.issue(hub, By("K1", new_key()), "SB01", klass="green", ground="elder")

    for _ in range(5):
        green()
    with pytest.raises(tickets.Refused, match="已达到今天的50%"):
        green()
    for _ in range(7):
        tickets.issue(hub, By("K1", new_key()), "SB01")
    green()  # the sixth of thirteen
    green()  # the seventh of fourteen
    with pytest.raises(tickets.Refused, match="50%"):
        green()


def test_a_service_that_needs_a_person_gives_no_number_without_a_card(
    client: FlaskClient, kiosk: dict[str, str], hub: Hub
) -> None:
    rows = {**hub.hall.quotas, "SB01": hub.hall.quotas["YB02"].model_copy(update={"per_person": 1, "card": "needed"})}
    hub.hall = hub.hall.model_copy(update={"quotas": rows})
    told = asked(client, kiosk)
    assert (told.status_code, told.get_json()["detail"]) == (
        409,
        "这个事项每人限号，在取号机上要刷身份证：没带身份证的请到咨询台取号。",
    )
    assert asked(client, kiosk, holder=HOLDER).status_code == 201
    assert asked(client, kiosk, holder=HOLDER).status_code == 409, "one a day"
    assert tickets.issue(hub, By("08", new_key()), "SB01", channel="desk").id, "the desk has seen the person"
    view = kiosk_view(hub, "K1", client.application.extensions["health"])
    needed = {one["code"]: one["card_needed"] for group in view["groups"] for one in group["services"]}
    assert needed["SB01"] and not needed["YB02"]


def test_for_whom_it_is_stands_with_the_number(client: FlaskClient, kiosk: dict[str, str], hub: Hub) -> None:
    made = asked(client, kiosk, service="SB06", party="company").get_json()
    ticket = hub.read().ticket(made["id"])
    assert ticket and ticket.party == "company"
    legs = hub.read().conn.execute("SELECT party FROM legs").fetchall()
    assert [row[0] for row in legs] == ["company"]
    view = kiosk_view(hub, "K1", client.application.extensions["health"])
    asks = {one["code"] for group in view["groups"] for one in group["services"] if one["ask_party"]}
    assert asks == {"SB06"}


def test_a_kiosk_is_told_where_a_telephone_finds_the_place_and_staff_are_not(
    client: FlaskClient, kiosk: dict[str, str], hub: Hub
) -> None:
    assert asked(client, kiosk).get_json()["place_url"] == ""
    hub.hall = hub.hall.model_copy(
        update={"public": hub.hall.public.model_copy(update={"url": "http://10.0.0.5:8000"})}
    )
    made = asked(client, kiosk).get_json()
    assert made["place_url"].startswith("http://10.0.0.5:8000/p/")
    assert client.get("/p/" + made["place_url"].rpartition("/")[2]).status_code == 200
    assert client.get(f"/api/v1/tickets/{made['id']}", headers=kiosk).get_json()["place_url"] == made["place_url"]
    ticket = hub.read().ticket(made["id"])
    assert ticket and "place_url" not in staff_view(hub, ticket, None)


def test_extended_service_gives_numbers_for_its_items_alone(
    client: FlaskClient, kiosk: dict[str, str], hub: Hub, clock: HandClock
) -> None:
    table = hub.hall.extended["weekend"].model_copy(update={"days": [6], "services": ["SB01"]})
    hours = [HoursTable.model_validate({"days": [1, 2, 3, 4, 5], "open": ["08:00-12:00"]})]
    rules = hub.hall.tickets.model_copy(update={"outside_hours": "refuse"})
    hub.hall = hub.hall.model_copy(update={"extended": {"weekend": table}, "hours": hours, "tickets": rules})
    clock.at = datetime(2026, 11, 28, 10, 0, tzinfo=hub.hall.zone).timestamp()
    assert asked(client, kiosk).status_code == 201
    told = asked(client, kiosk, service="MZ01")
    assert (told.status_code, told.get_json()["detail"]) == (
        409,
        "这个事项不在“周末延时服务”里：请在办公时间来，或到咨询台问。",
    )
    assert asked(client, kiosk, service=hub.hall.tickets.help_service).status_code == 201
    view = kiosk_view(hub, "K1", client.application.extensions["health"])
    closed = {one["code"]: one["closed"] for group in view["groups"] for one in group["services"]}
    assert closed["SB01"] is None and closed["MZ01"]["zh"] == told.get_json()["detail"]
    assert view["notice"]["zh"] == "“周末延时服务”时段，只办部分事项。"
    busy = client.get("/api/v1/busy").get_json()["groups"]
    assert {one["id"] for one in busy if one["done"]} == {
        name for name, group in hub.hall.groups.items() if {"SB01", hub.hall.tickets.help_service} & {*group.services}
    }
    assert {(one["wait"], one["ahead"], one["estimate_min"]) for one in busy if not one["done"]} == {
        ("现在不办理", 0, None)
    }, "nobody is sent to what is not done now"
    whole = table.model_copy(update={"services": "all"})
    hub.hall = hub.hall.model_copy(update={"extended": {"weekend": whole}})
    assert kiosk_view(hub, "K1", client.application.extensions["health"])["notice"] is None, "everything is done"


def with_bookings(hub: Hub, **public: Any) -> None:
    """The hall with one plan for SB01, which telephones book at an address of the hub."""
    rows = {"name": "社保", "name_en": "Insurance", "services": ["SB01"], "times": ["09:00-11:00"], "minutes": 20}
    told = hub.hall.public.model_copy(update={"url": "http://10.0.0.5:8000", **public})
    hub.hall = hub.hall.model_copy(update={"slots": {"p": SlotsTable.model_validate(rows)}, "public": told})


def offers(client: FlaskClient, hub: Hub) -> dict[str, Any]:
    """Each item of the kiosk's view with the booking it is offered."""
    view = kiosk_view(hub, "K1", client.application.extensions["health"])
    return {one["code"]: one["booking"] for group in view["groups"] for one in group["services"]}


def test_a_kiosk_is_told_where_an_item_is_booked(client: FlaskClient, kiosk: dict[str, str], hub: Hub) -> None:
    with_bookings(hub)
    told = offers(client, hub)
    assert told.pop("SB01") == {"url": "http://10.0.0.5:8000/book/SB01", "slot": None}
    assert told and not any(told.values()), "no other item is in a plan"
    assert client.get("/book/SB01").status_code == 200, "the address is a page"
    answer = client.get("/api/v1/kiosks/K1", headers=kiosk).get_json()
    (said,) = [one for group in answer["groups"] for one in group["services"] if one["code"] == "SB01"]
    assert said["booking"]["url"].endswith("/book/SB01")


@pytest.mark.parametrize("public", [{"booking": False}, {"url": ""}])
def test_a_kiosk_offers_no_booking_that_a_telephone_cannot_make(
    client: FlaskClient, hub: Hub, public: dict[str, Any]
) -> None:
    with_bookings(hub, **public)
    assert not any(offers(client, hub).values())


@pytest.mark.parametrize(("booking", "page"), [(True, "wait"), (False, "items")])
def test_before_a_long_wait_for_what_is_not_online_a_booking_is_offered(
    client: FlaskClient, kiosk: dict[str, str], hub: Hub, booking: bool, page: str
) -> None:
    """The hub's own answer, as a kiosk reads it: with the item not online the booking is the only other way."""
    with_bookings(hub, booking=booking)
    told = client.get("/api/v1/kiosks/K1", headers=kiosk).get_json()
    for group in told["groups"]:
        group["estimate_min"] = [40, 50]
        group["services"] = [{**one, "online": "否"} for one in group["services"]]
    state = flow.step(State(plate_of(hub.hall)), Shown(View.model_validate({**told, "long_wait_min": 30})), 100.0)[0]
    for n, target in enumerate(("group:social", "service:SB01")):
        state = flow.step(state, Touch(target, f"k{n}"), 102.0 + 2 * n)[0]
    assert flow.face(state) == page
