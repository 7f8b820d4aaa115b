"""远程取号 on a telephone: its pages from the sofa to the number, and what stands at the door."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient

from server.domain.guesses import GUESSES
from server.verbs import remote
from server.verbs.hub import Closed, Hub
from tests.server.pages.conftest import new_key
from tests.server.verbs.test_remote_numbers import allowed, taken

__all__ = ["allowed"]


def test_a_hall_that_does_not_allow_it_gives_none(hub: Hub, client: FlaskClient) -> None:
    hub.hall = hub.hall.model_copy(update={"remote": hub.hall.remote.model_copy(update={"allowed": False})})
    with pytest.raises(Closed):
        taken(hub)
    assert client.get("/take").status_code == 409


def test_pages_from_the_sofa_to_the_number(hub: Hub, client: FlaskClient) -> None:
    assert "远程码" in client.get("/take?lang=zh").get_data(as_text=True)
    form = {"service": "SB01", "door": "1", "key": new_key(), "lang": "zh"}
    wrong = client.post("/take", data=form)
    assert wrong.status_code == 409 and "远程码不对" in wrong.get_data(as_text=True)
    unchosen = client.post("/take", data={"door": remote.door_code(hub, "take"), "key": new_key(), "lang": "zh"})
    assert unchosen.status_code == 409 and "请选择" in unchosen.get_data(as_text=True)
    made = client.post("/take", data={**form, "door": remote.door_code(hub, "take"), "key": new_key()})
    kept = client.get(made.headers["Location"]).get_data(as_text=True)
    assert made.status_code == 303 and "已为您留号" in kept
    code = made.headers["Location"].partition("/n/")[2].partition("?")[0]
    here = {"code": code, "door": remote.door_code(hub, "here"), "key": new_key()}
    come = client.post("/here", data=here)
    assert come.status_code == 303 and "A001" in client.get(come.headers["Location"]).get_data(as_text=True)
    assert "A001" in client.get(f"/n/{code}").get_data(as_text=True)


def test_whoever_tries_codes_is_refused_soon(hub: Hub, client: FlaskClient) -> None:
    form = {"service": "SB01", "door": "1", "key": new_key()}
    for _ in range(GUESSES):
        client.post("/take", data=form)
    right = client.post("/take", data={**form, "door": remote.door_code(hub, "take")})
    assert right.status_code == 429 and not hub.read().remotes(hub.day(hub.now()))


def test_whoever_tries_codes_of_kept_places_is_refused_soon(
    hub: Hub, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.pages.visitor.time", SimpleNamespace(monotonic=lambda: 0.0))  # all in one minute
    right = f"/n/{remote.code(hub, taken(hub))}"
    assert client.get(right).status_code == 200
    assert [client.get(f"/n/N1-{n}").status_code for n in range(GUESSES)] == [404] * GUESSES
    assert client.get(right).status_code == 429


def test_its_holder_may_cancel_and_keep_it_once_more(hub: Hub, client: FlaskClient) -> None:
    one = taken(hub)
    path = f"/n/{remote.code(hub, one)}"
    assert client.post(path, data={"act": "renew", "key": new_key()}).status_code == 409
    assert client.post(path, data={"act": "leave", "key": new_key()}).status_code == 303
    assert "已取消" in client.get(f"{path}?lang=zh").get_data(as_text=True)
