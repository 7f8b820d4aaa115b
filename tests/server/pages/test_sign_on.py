"""Logging in by the district's directory, against a stand-in written by another hand: whom it lets in and whom not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from config import SignOnTable
from openid import AWAY, UNTRUE
from server.domain.rules import Refused
from server.domain.sign_on import known
from server.verbs import accounts
from server.verbs.hub import By, Hub
from tests.server.pages.conftest import hire_administrator
from tests.server.pages.stand_in_directory import CLIENT, SECRET, Directory

ROLES = {"hall": "operator", "hall-desk": "guide", "hall-managers": "manager", "it": "administrator"}


@pytest.fixture
def there() -> Iterator[Directory]:
    directory = Directory()
    yield directory
    directory.close()


@pytest.fixture(autouse=True)
def signs_on(hub: Hub, there: Directory) -> None:
    (hub.hall.folder / "sso-secret").write_text(f"{SECRET}\n", encoding="utf-8")
    table = SignOnTable(issuer=there.issuer, client_id=CLIENT, secret_file="sso-secret", roles=ROLES)  # type: ignore[arg-type]
    hub.hall = hub.hall.model_copy(update={"sign_on": table})


def arrive(client: FlaskClient, there: Directory) -> Any:
    """From the key on the login page to the way back."""
    sent = client.get("/login/directory")
    assert sent.status_code == 302
    return client.get(there.allow(sent.headers["Location"]))


def finish(client: FlaskClient, page: Any, counter: str = "") -> Any:
    csrf = re.search(r'csrf-token" content="([^"]+)"', page.get_data(as_text=True)).group(1)  # type: ignore[union-attr]
    return client.post("/login/second", data={"csrf_token": csrf, "counter": counter})


def test_somebody_of_the_directory_sits_down_at_a_counter(client: FlaskClient, hub: Hub, there: Directory) -> None:
    login = client.get("/login").get_data(as_text=True)
    assert 'href="/login/directory"' in login and "统一身份认证" in login
    page = arrive(client, there)
    assert page.status_code == 200 and "陈静" in page.get_data(as_text=True)
    assert client.get("/counter").status_code == 302, "not before the counter is chosen"
    assert finish(client, page, "1").headers["Location"] == "/counter"
    assert hub.read().counters()["1"].staff == "0815" and there.refused == []
    row = hub.read().staff("0815")
    assert row and (row["role"], row["name"]) == ("operator", "陈静") and row["password_hash"] == "*"
    made = hub.read().last_event("StaffChanged")
    assert made and (made.actor, made.field("role")) == ("directory", "operator")
    assert "u-1" not in "\n".join(hub.read().conn.iterdump()), "who it is there stays there"


def test_without_a_directory_there_is_no_key_and_no_way(hub: Hub, client: FlaskClient) -> None:
    hub.hall = hub.hall.model_copy(update={"sign_on": SignOnTable()})
    assert "/login/directory" not in client.get("/login").get_data(as_text=True)
    assert client.get("/login/directory").status_code == 404


def test_nobody_logs_in_by_the_directory_over_a_line_that_others_can_read(client: FlaskClient, hub: Hub) -> None:
    foreign = {"REMOTE_ADDR": "192.168.7.20"}
    for path in ("/login/directory", "/login/directory/back?code=x&state=y"):
        assert client.get(path, environ_base=foreign).status_code == 403, path
    refused = client.post("/login/second", data={}, environ_base=foreign, headers={"Accept": "text/html"})
    assert refused.status_code == 403 and "没有加密" in refused.get_data(as_text=True)
    assert client.get("/login/directory", environ_base=foreign, base_url="https://hub.hall.lan").status_code == 302


def test_the_way_back_is_the_hubs_address_of_today(client: FlaskClient, hub: Hub) -> None:
    client.get("/login/directory")
    table = hub.hall.hub.model_copy(update={"url": "https://hub.hall.lan"})
    hub.hall = hub.hall.model_copy(update={"hub": table})
    sent = client.get("/login/directory").headers["Location"]
    assert parse_qs(urlsplit(sent).query)["redirect_uri"] == ["https://hub.hall.lan/login/directory/back"]


@pytest.mark.parametrize(
    ("lies", "header"),
    [
        ({"nonce": "another"}, {}),
        ({"nonce": None}, {}),
        ({"aud": "another-hall"}, {}),
        ({"aud": [CLIENT, "another"]}, {}),
        ({"azp": "another"}, {}),
        ({"iss": "http://evil.test"}, {}),
        ({"exp": 1_000_000_000}, {}),
        ({"exp": None}, {}),
        ({"sub": None}, {}),
        ({}, {"alg": "none"}),
        ({}, {"alg": "HS256"}),
        ({}, {"kid": "unknown", "alg": "PS256"}),
    ],
    ids=str,
)
def test_a_token_that_is_not_true_lets_nobody_in(
    client: FlaskClient, hub: Hub, there: Directory, lies: dict[str, Any], header: dict[str, Any]
) -> None:
    there.lies, there.header = lies, header
    answer = arrive(client, there)
    assert answer.status_code == 403 and UNTRUE.zh in answer.get_data(as_text=True)
    assert hub.read().staff("0815") is None and client.get("/hall").status_code == 302


def test_a_token_of_another_key_lets_nobody_in(client: FlaskClient, there: Directory) -> None:
    there.signs_with = there.other
    assert arrive(client, there).status_code == 403


def test_a_directory_that_calls_itself_otherwise_is_not_believed(client: FlaskClient, there: Directory) -> None:
    there.named = "http://evil.test"
    answer = client.get("/login/directory")
    assert answer.status_code == 503 and UNTRUE.zh in answer.get_data(as_text=True)


def test_an_answer_that_nobody_asked_for_lets_nobody_in(app: APIFlask, client: FlaskClient, there: Directory) -> None:
    sent = client.get("/login/directory")
    back = there.allow(sent.headers["Location"])
    stranger = app.test_client()
    assert stranger.get(back).status_code == 403, "another browser has no state and no verifier"
    stranger.get("/login/directory")
    assert stranger.get(back).status_code == 403, "nor has one with a state of its own"
    other = parse_qs(urlsplit(back).query)
    forged = f"/login/directory/back?{urlencode({'code': other['code'][0], 'state': 'forged'})}"
    client.get("/login/directory")
    assert client.get(forged).status_code == 403


def test_an_answer_counts_once(client: FlaskClient, there: Directory) -> None:
    sent = client.get("/login/directory")
    back = there.allow(sent.headers["Location"])
    assert client.get(back).status_code == 200
    assert client.get(back).status_code == 403


def test_who_says_no_there_is_told_so_here(client: FlaskClient, there: Directory) -> None:
    sent = client.get("/login/directory")
    state = parse_qs(urlsplit(sent.headers["Location"]).query)["state"][0]
    answer = client.get(f"/login/directory/back?error=access_denied&state={state}")
    assert answer.status_code == 403 and UNTRUE.zh in answer.get_data(as_text=True)


def test_a_dead_directory_is_said_and_the_own_login_works(
    app: APIFlask, hub: Hub, client: FlaskClient, there: Directory
) -> None:
    there.close()
    answer = client.get("/login/directory")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 503 and AWAY.zh in page
    csrf = re.search(r'csrf-token" content="([^"]+)"', page).group(1)  # type: ignore[union-attr]
    form = {"csrf_token": csrf, "staff": "50", "password": "pass-50", "counter": ""}
    assert client.post("/login", data=form).headers["Location"] == "/hall"


def test_one_that_dies_on_the_way_back_is_said_too(client: FlaskClient, there: Directory) -> None:
    sent = client.get("/login/directory")
    back = there.allow(sent.headers["Location"])
    there.close()
    answer = client.get(back)
    assert answer.status_code == 503 and AWAY.zh in answer.get_data(as_text=True)


def test_no_own_account_is_taken_over(hub: Hub, client: FlaskClient, there: Directory) -> None:
    hire_administrator(hub)
    there.person = {**there.person, "preferred_username": "70", "groups": ["it"]}
    answer = arrive(client, there)
    assert answer.status_code == 403 and "工号70是本机账号" in answer.get_data(as_text=True)


def test_another_person_with_the_same_number_is_nobody(client: FlaskClient, hub: Hub, there: Directory) -> None:
    assert arrive(client, there).status_code == 200
    there.person = {**there.person, "sub": "u-2"}
    assert arrive(client, there).status_code == 403


def test_role_and_name_follow_the_directory_at_each_login(client: FlaskClient, hub: Hub, there: Directory) -> None:
    arrive(client, there)
    there.person = {**there.person, "groups": ["hall", "hall-managers"], "name": "陈静文"}
    page = arrive(client, there)
    assert finish(client, page).headers["Location"] == "/hall"
    row = hub.read().staff("0815")
    assert row and (row["role"], row["name"]) == ("manager", "陈静文")
    changed = hub.read().events_between("StaffChanged", 0, 1e12)
    assert [row.field("renamed") for row in changed] == [False, True]
    there.person = {**there.person, "groups": []}
    assert arrive(client, there).status_code == 403


def test_a_deactivated_account_stays_out(client: FlaskClient, hub: Hub, there: Directory) -> None:
    arrive(client, there)
    accounts.change(hub, By("70"), "0815", name="陈静", role="operator", active=False)
    answer = arrive(client, there)
    assert answer.status_code == 403 and "已停用" in answer.get_data(as_text=True)


def test_it_has_no_password_here(client: FlaskClient, hub: Hub, there: Directory) -> None:
    arrive(client, there)
    for password in ("*", "", "pass-0815"):
        with pytest.raises(Refused, match="工号或密码不对"):
            accounts.log_in(hub, "0815", password, None)
    with pytest.raises(Refused, match="统一登录"):
        accounts.reset_password(hub, By("70"), "0815")


@pytest.mark.parametrize("staff", ["", "张三", "0815; x", "K1", "hub", "a" * 21])
def test_a_number_that_is_none_lets_nobody_in(client: FlaskClient, there: Directory, staff: str) -> None:
    there.person = {**there.person, "preferred_username": staff}
    assert arrive(client, there).status_code == 403


@pytest.mark.parametrize(
    ("groups", "role"),
    [("hall", "operator"), (["x", "hall-desk"], "guide"), (["hall", "it", "hall-managers"], "administrator")],
)
def test_of_several_roles_the_highest_counts(groups: Any, role: str) -> None:
    table = SignOnTable(roles=ROLES)  # type: ignore[arg-type]
    claims = {"iss": "i", "sub": "s", "preferred_username": "０８１５", "name": "", "groups": groups}
    found = known(claims, table)
    assert (found.staff, found.name, found.role) == ("0815", "0815", role)


@pytest.mark.parametrize("groups", [None, [], "", ["other"], [7], {"hall": 1}, 7.5])
def test_who_has_no_role_here_is_not_let_in(groups: Any) -> None:
    table = SignOnTable(roles=ROLES)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="没有本厅的角色"):
        known({"iss": "i", "sub": "s", "preferred_username": "1", "groups": groups}, table)
