"""People of the district by a directory (OpenID Connect), against the stand-in: who stands where, and who is out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from psycopg import Connection

from district.doors import AWAY
from district.pages import create_app
from district.people import Person, dismiss, put
from district.sessions import TRIES
from district.settings import SignOn
from openid import LOGOUT, UNTRUE
from tests.conftest import HandClock
from tests.district.test_district_pages import NOW, clock, lived  # noqa: F401
from tests.server.pages.stand_in_directory import CLIENT, SECRET, Directory

GROUPS = {"qu": {"place": "qu"}, "ducha": {"place": "north", "role": "inspector"}}


@pytest.fixture
def there() -> Iterator[Directory]:
    directory = Directory()
    directory.person |= {"groups": ["ducha"]}
    yield directory
    directory.close()


@pytest.fixture
def client(dsn: str, lived: Connection[Any], there: Directory, tmp_path: Path, clock: HandClock) -> FlaskClient:  # noqa: F811
    (tmp_path / "secret").write_text(SECRET, encoding="utf-8")
    table = SignOn.model_validate(
        {"issuer": there.issuer, "client_id": CLIENT, "secret_file": "secret", "groups": GROUPS}
    )
    app = create_app(
        dsn, "city", "", b"k" * 32, dict, lambda: None, clock, sign_on=(table, tmp_path, "http://localhost")
    )
    return app.test_client()


def arrive(client: FlaskClient, there: Directory) -> Any:
    sent = client.get("/login/directory")
    assert sent.status_code == 302
    return client.get(there.allow(sent.headers["Location"]))


def test_somebody_of_the_directory_stands_where_her_group_says(client: FlaskClient, there: Directory) -> None:
    assert "统一身份认证登录" in client.get("/login").get_data(as_text=True)
    assert arrive(client, there).headers["Location"] == "/"
    page = client.get("/").get_data(as_text=True)
    assert ">h1<" in page and ">h3<" not in page and "督查" in page
    assert client.get("/sample?hall=h1&week=2026-11-23").status_code == 200
    assert client.get("/keys").status_code == 403


def test_who_changes_her_group_there_stands_elsewhere_here(client: FlaskClient, there: Directory) -> None:
    arrive(client, there)
    there.person |= {"groups": ["other", "qu"]}
    arrive(client, there)
    assert ">h3<" in client.get("/").get_data(as_text=True) and client.get("/keys").status_code == 200
    there.person |= {"groups": ["other"]}
    answer = arrive(client, there)
    assert answer.status_code == 403 and "没有本平台的岗位" in answer.get_data(as_text=True)
    assert client.get("/").status_code == 303, "and her session is over"


def test_a_session_of_one_who_was_dismissed_does_not_come_alive_again(
    client: FlaskClient,
    there: Directory,
    clock: HandClock,  # noqa: F811
    lived: Connection[Any],  # noqa: F811
) -> None:
    arrive(client, there)
    other = client.application.test_client()
    for sub in ("u-1", "u-of-a-namesake"):
        dismiss(lived, "0815")
        assert client.get("/").status_code == 303
        clock.forward(1)
        there.person |= {"sub": sub}
        assert arrive(other, there).status_code == 303 and other.get("/").status_code == 200
        with client.session_transaction() as session:
            session["name"], session["since"] = "0815", clock() - 1.0  # as the old cookie says
        assert client.get("/").status_code == 303


def test_whom_the_directory_logs_out_is_out_here_too(
    client: FlaskClient,
    there: Directory,
    clock: HandClock,  # noqa: F811
) -> None:
    arrive(client, there)
    assert client.get("/").status_code == 200
    clock.forward(1)

    def say(**lies: Any) -> int:
        there.lies = {"nonce": None, "events": {LOGOUT: {}}, **lies}
        token = there.token({"nonce": ""})
        there.lies = {}
        return client.application.test_client().post("/login/directory/out", data={"logout_token": token}).status_code

    wrong: dict[str, Any]
    for wrong in ({"events": {}}, {"events": None}, {"aud": "other"}, {"iss": "http://evil.test"}, {"nonce": "n"}):
        assert say(**wrong) == 400
    assert client.get("/").status_code == 200
    assert say() == 200
    assert client.get("/").status_code == 303
    assert arrive(client, there).status_code == 303 and client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("lies", "header"),
    [({"nonce": "x"}, {}), ({"aud": "other"}, {}), ({"exp": 1_000_000_000}, {}), ({}, {"alg": "none"})],
    ids=str,
)
def test_a_token_that_is_not_true_lets_nobody_in(
    client: FlaskClient, there: Directory, lies: dict[str, Any], header: dict[str, Any]
) -> None:
    there.lies, there.header = lies, header
    answer = arrive(client, there)
    assert answer.status_code == 403 and UNTRUE.zh in answer.get_data(as_text=True)
    assert client.get("/").status_code == 303


def test_an_answer_that_nobody_asked_for_lets_nobody_in(client: FlaskClient, there: Directory) -> None:
    back = there.allow(client.get("/login/directory").headers["Location"])
    assert client.application.test_client().get(back).status_code == 403
    assert client.get(back).status_code == 303 and client.get(back).status_code == 403


def test_nobody_is_locked_out_by_answers_that_nobody_asked_for(client: FlaskClient, there: Directory) -> None:
    stranger = client.application.test_client()
    for _ in range(TRIES):
        assert stranger.get("/login/directory/back?code=x&state=y").status_code == 403
        assert stranger.post("/login/directory/out", data={"logout_token": "x"}).status_code == 400
    assert arrive(client, there).status_code == 303


def test_no_own_account_is_taken_over_and_no_password_fits_one_of_the_directory(
    client: FlaskClient,
    there: Directory,
    lived: Connection[Any],  # noqa: F811
) -> None:
    put(lived, Person("0815", "qu", "manager"), "own-password-1", NOW)
    answer = arrive(client, there)
    assert answer.status_code == 403 and "是别人的" in answer.get_data(as_text=True)
    there.person |= {"preferred_username": "0816"}
    assert arrive(client, there).status_code == 303
    client.post("/logout")
    assert client.post("/login", data={"name": "0816", "password": "*"}).status_code == 403
    there.person |= {"preferred_username": "ＡＢ", "sub": "u-2"}
    assert arrive(client, there).status_code == 303
    assert lived.execute("SELECT name, place, role FROM people WHERE subject IS NOT NULL ORDER BY name").fetchall() == [
        ("0816", "north", "inspector"),
        ("AB", "north", "inspector"),
    ]


def test_a_dead_directory_is_said_and_own_accounts_work(
    client: FlaskClient,
    there: Directory,
    lived: Connection[Any],  # noqa: F811
) -> None:
    put(lived, Person("wang", "qu", "manager"), "own-password-1", NOW)
    there.close()
    answer = client.get("/login/directory")
    assert answer.status_code == 503 and AWAY.zh in answer.get_data(as_text=True)
    assert client.post("/login", data={"name": "wang", "password": "own-password-1"}).status_code == 303


def test_without_a_directory_there_is_no_way(dsn: str) -> None:
    alone = create_app(dsn, "city", "", b"k" * 32, dict, lambda: None).test_client()
    assert alone.get("/login/directory").status_code == 404 and alone.post("/login/directory/out").status_code == 404
    assert "统一身份认证" not in alone.get("/login").get_data(as_text=True)
