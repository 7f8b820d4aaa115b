"""Who sees which halls, at the database and in the browser; the door where a hall enrols; a silent hall by its name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from psycopg import Connection

from district import __main__ as program
from district import appending, findings, folding, identity, people, postgres, publishing, sampling, views
from district.pages import create_app
from district.people import Person
from district.sessions import TRIES
from district.settings import Settings
from server.domain.uplink import Live
from server.store.membership import public
from tests.conftest import CHEAP, MONDAY_9, HandClock
from tests.district.conftest import HALLS, asked, issued
from tests.district.test_uplink import seed

SEEN = {"qu": HALLS, "north": ("h1", "h2"), "south": ("h3",), "h2": ("h2",), "c1": (), "": (), "elsewhere": ()}
OF_INSPECTORS = {"journal", "aside", "legs"}
TABLES = {
    "halls": "id",
    "journal": "hall",
    "legs": "hall",
    "daily": "hall",
    "aside": "hall",
    "unread": "hall",
    "weekly": "hall",
}
PEOPLE = {
    "wang": ("qu", "manager"),
    "li": ("north", "manager"),
    "zhao": ("north", "inspector"),
    "chen": ("c1", "manager"),
    "sun": ("c1", "inspector"),
}
NOW = MONDAY_9 + 7 * 86400
"""The Monday after the rows' week."""


@pytest.fixture
def lived(conn: Connection[Any]) -> Connection[Any]:
    """Three halls with rows of the same week."""
    for n, hall in enumerate(HALLS):
        rows = issued(4 + n)
        assert appending.append(conn, hall, asked(rows, rows), NOW - 60).kind == "ok"
        folding.fold(conn, hall)
        conn.execute(
            f"INSERT INTO aside (hall, incarnation, {appending.ROW}, kept_at)"
            f" SELECT hall, 1, {appending.ROW}, 0 FROM journal WHERE hall = %s LIMIT 1",
            (hall,),
        )
        conn.execute("INSERT INTO unread VALUES (%s, 'New', 1, 1)", (hall,))
    return conn


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOW)


@pytest.fixture
def enrolled() -> list[int]:
    """How often NATS was told of keys."""
    return []


@pytest.fixture
def client(dsn: str, lived: Connection[Any], clock: HandClock, enrolled: list[int]) -> FlaskClient:
    hashed = CHEAP.hash("pass-pass-pass")
    for name, (place, role) in PEOPLE.items():
        sql = "INSERT INTO people (name, password, place, role) VALUES (%s, %s, %s, %s)"
        lived.execute(sql, (name, hashed, place, role))
    lives: Mapping[str, tuple[Live, float]] = {"h1": (Live(NOW, 12, 1500, 3, 4, 7, 2, 4, 6, 3, 1), NOW - 3)}
    app = create_app(
        dsn, "city", "nats://x", b"k" * 32, lambda: lives, lambda: enrolled.append(1), clock, "secret", ["UKEY"]
    )
    return app.test_client()


def enter(client: FlaskClient, name: str) -> None:
    assert client.post("/login", data={"name": name, "password": "pass-pass-pass"}).status_code == 303


@pytest.mark.parametrize("role", postgres.ROLES)
def test_the_database_itself_shows_a_place_what_is_below_it(lived: Connection[Any], role: str) -> None:
    """A community has no rows of its own; it sees the figures of the hall that serves it, and no row."""
    for place, halls in SEEN.items():
        with postgres.seen_by(lived, place, role) as conn:
            for table, column in TABLES.items():
                if role == "manager" and table in OF_INSPECTORS:
                    continue
                found = {one for (one,) in conn.execute(f"SELECT DISTINCT {column} FROM {table}")}
                figures = {"h1"} if place == "c1" and table in ("halls", "daily", "weekly") else set(halls)
                assert found == figures, (place, table)


READS = ("journal", "aside", "legs", "exports", "halls", "weekly", "people", "journal_other", "circulars", "orders")
WRITES = {
    "a code for a hall of hers": "UPDATE halls SET code_hash = 'x', code_until = 1 WHERE id = 'h1'",
    "her hall's key taken away": "UPDATE halls SET key = NULL, revoked_at = 1 WHERE id = 'h1'",
    "her own export noted": "INSERT INTO exports (at, who, place, what, sha256) VALUES (0, 'li', 'north', 'x', 'x')",
    "an export noted as another's": (
        "INSERT INTO exports (at, who, place, what, sha256) VALUES (0, 'wang', 'north', 'x', 'x')"
    ),
    "an export noted elsewhere": "INSERT INTO exports (at, who, place, what, sha256) VALUES (0, 'li', 'qu', 'x', 'x')",
    "rows changed": "UPDATE journal SET actor = 'x'",
    "a head changed": "UPDATE halls SET head_seq = 1 WHERE id = 'h1'",
    "figures thrown away": "DELETE FROM daily",
    "a hall made": "INSERT INTO halls (id) VALUES ('h1')",
    "an export forgotten": "DELETE FROM exports",
    "an account changed": "UPDATE people SET role = 'manager'",
    "a place moved": "UPDATE places SET parent = 'qu'",
    "a key read": "SELECT key, code_hash FROM halls",
    "a table made": "CREATE TABLE mine (id int)",
    "a circular drafted outside of publishing": (
        "INSERT INTO circulars (place, part, rows, note, drafted_by, drafted_at)"
        " VALUES ('north', 'promises', '{}', 'x', 'li', 0)"
    ),
    "a circular moved outside of publishing": "UPDATE circulars SET stage = 2",
    "a circular thrown away outside of publishing": "DELETE FROM circulars",
}
MAY = {
    "manager": {
        *("halls", "weekly", "circulars", "a code for a hall of hers", "her hall's key taken away"),
        "her own export noted",
    },
    "inspector": {"journal", "aside", "legs", "exports", "halls", "weekly", "circulars", "her own export noted"},
}


@pytest.mark.parametrize("role", MAY)
def test_who_may_do_what_at_the_database(lived: Connection[Any], role: str) -> None:
    done = set()
    for what in (*READS, *WRITES):
        sql = WRITES.get(what) or f"SELECT {'id' if what == 'halls' else '*'} FROM {what}"
        with suppress(psycopg.errors.InsufficientPrivilege), postgres.seen_by(lived, "north", role, "li") as conn:
            conn.execute(sql)
            done.add(what)
    assert done == MAY[role]


@pytest.mark.parametrize("role", MAY)
def test_of_the_rows_a_manager_sees_what_halls_answered_to_circulars(lived: Connection[Any], role: str) -> None:
    for hall in HALLS:
        lived.execute(
            f"INSERT INTO journal (hall, {appending.ROW}, month) SELECT hall, 99, at, 'CircularAnswered', actor, NULL,"
            " NULL, '{}', hash, month FROM journal WHERE hall = %s LIMIT 1",
            (hall,),
        )
    for place, answered in SEEN.items():
        with postgres.seen_by(lived, place, role) as conn:
            found = conn.execute("SELECT hall, event FROM journal").fetchall()
        assert {hall for hall, event in found if event == "CircularAnswered"} == {
            *(("h1",) if place == "c1" else answered)
        }
        assert role == "inspector" or {event for _, event in found} <= {"CircularAnswered"}


def test_a_manager_writes_for_her_own_halls_alone(lived: Connection[Any]) -> None:
    with postgres.seen_by(lived, "north", "manager", "li") as conn:
        done = [conn.execute("UPDATE halls SET revoked_at = 5 WHERE id = %s", (hall,)).rowcount for hall in HALLS]
    assert done == [1, 1, 0]


PAGES = {
    "/": {"manager": 200, "inspector": 200},
    "/export.csv?week=2026-11-23": {"manager": 200, "inspector": 200},
    "/indicators": {"manager": 200, "inspector": 200},
    "/indicators.csv": {"manager": 200, "inspector": 200},
    "/sample?hall=h2&week=2026-11-23": {"manager": 403, "inspector": 200},
    "/sample.json?hall=h2&week=2026-11-23": {"manager": 403, "inspector": 200},
    "/sample.json?hall=h3&week=2026-11-23": {"manager": 403, "inspector": 404},
    "/exports": {"manager": 403, "inspector": 200},
    "/keys": {"manager": 200, "inspector": 403},
    "POST /keys/h2/code": {"manager": 200, "inspector": 403},
    "POST /keys/h3/code": {"manager": 404, "inspector": 403},
    "POST /keys/h2/revoke": {"manager": 303, "inspector": 403},
    "POST /keys/h3/revoke": {"manager": 404, "inspector": 403},
    "/down": {"manager": 200, "inspector": 200},
    "/down/1": {"manager": 200, "inspector": 200},
    "/down/2": {"manager": 404, "inspector": 404},
    "/down/new": {"manager": 200, "inspector": 403},
    "POST /down/new": {"manager": 400, "inspector": 403},
    "POST /down/1/approve": {"manager": 409, "inspector": 403},
    "POST /down/2/approve": {"manager": 404, "inspector": 403},
    "POST /down/1/withdraw": {"manager": 409, "inspector": 403},
    "POST /down/1/drop": {"manager": 303, "inspector": 403},
    "/findings": {"manager": 200, "inspector": 200},
    "/findings/new": {"manager": 403, "inspector": 200},
    "POST /findings/new": {"manager": 403, "inspector": 400},
    "POST /findings/1/close": {"manager": 409, "inspector": 409},
    "POST /findings/2/withdraw": {"manager": 404, "inspector": 404},
}
"""Circular 1 is a draft for the street of those who ask, 2 one for another street; finding 1 is of one of its halls,
without an answer, 2 of another street's.
"""


@pytest.mark.parametrize("name", ["li", "zhao", ""])
def test_who_may_do_what_at_the_pages(client: FlaskClient, lived: Connection[Any], name: str) -> None:
    for place in ("north", "south"):
        publishing.draft(lived, "wang", place, "promises", {"hall": {"": {"wait_pledge_min": 15}}}, None, "x", NOW)
    for hall in ("h2", "h3"):
        told = ("wang", hall, "order", "x", "x", "2099-01-01")
        findings.raised(lived, *told, NOW, date(2026, 11, 30))
    if name:
        enter(client, name)
    for page, by_role in PAGES.items():
        method, _, path = page.rpartition(" ")
        answer = client.open(path, method=method or "GET")
        if name:
            assert answer.status_code == by_role[PEOPLE[name][1]], page
        else:
            assert (answer.status_code, answer.headers["Location"]) == (303, "/login"), page


def test_every_page_stands_in_the_matrix(client: FlaskClient) -> None:
    doors = {"/login", "/login/directory", "/login/directory/back", "/login/directory/out", "/logout", "/enrol"}
    told = set()
    for page in PAGES:
        path = re.sub(r"(?<=/)h\d", "<hall>", page.rpartition(" ")[2].partition("?")[0])
        told.add(
            re.sub(
                r"/(down|findings)/\d(/\w+)?",
                lambda found: f"/{found[1]}/<int:number>" + ("/<act>" if found[2] else ""),
                path,
            )
        )
    rules = {rule.rule for rule in client.application.url_map.iter_rules()} - {"/static/<path:filename>", "/metrics"}
    assert rules == told | doors


def test_a_community_sees_its_halls_figures_and_none_of_its_rows(client: FlaskClient) -> None:
    enter(client, "chen")
    page = client.get("/").get_data(as_text=True)
    assert ">h1<" in page and ">h2<" not in page
    assert client.post("/keys/h1/revoke").status_code == 404
    client.post("/logout")
    enter(client, "sun")
    assert client.get("/sample?hall=h1&week=2026-11-23").status_code == 404


def test_a_form_on_a_page_elsewhere_does_nothing(client: FlaskClient, lived: Connection[Any]) -> None:
    enter(client, "li")
    assert client.post("/keys/h2/revoke", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert lived.execute("SELECT revoked_at FROM halls WHERE id = 'h2'").fetchone() == (None,)


def test_whoever_is_dismissed_or_gets_another_password_is_out_at_once(
    client: FlaskClient, lived: Connection[Any], clock: HandClock
) -> None:
    enter(client, "li")
    clock.forward(1)
    people.put(lived, Person("li", "north", "manager"), "another-password", clock())
    assert client.get("/").status_code == 303
    assert client.post("/login", data={"name": "li", "password": "another-password"}).status_code == 303
    assert client.get("/").status_code == 200
    people.dismiss(lived, "li")
    assert client.get("/").status_code == 303 and client.get("/export.csv?week=2026-11-23").status_code == 303
    enter(client, "wang")
    clock.forward(people.SESSION_S)
    assert client.get("/").status_code == 303, "a session ends with the day"


def test_what_is_waited_elsewhere_is_the_measure_of_a_street_too(client: FlaskClient, lived: Connection[Any]) -> None:
    """h3 lies in another street: li sees nothing of it, and her halls are measured against it all the same."""
    for hall, long in (("h1", 5), ("h2", 5), ("h3", 90)):
        lived.execute(
            "UPDATE weekly SET waited = 100, their_waited = '{100}', their_long = %s WHERE hall = %s", ([long], hall)
        )
    for name, place in (("wang", "qu"), ("li", "north")):
        with postgres.seen_by(lived, place, "manager", name) as conn:
            found = {one.hall: one for one in views.week_of(conn, date(2026, 11, 23), {"h1": 0})}
            assert found["h1"].expected == pytest.approx(100 / 3) and found["h1"].verdict == "much_better"


def test_a_manager_gives_a_code_once_and_takes_a_key_away(
    client: FlaskClient, lived: Connection[Any], enrolled: list[int]
) -> None:
    enter(client, "li")
    page = client.post("/keys/h2/code").get_data(as_text=True)
    code = re.search(r'class="code">([A-Z0-9-]+)<', page)
    assert code and code[1] not in client.get("/keys").get_data(as_text=True)
    assert client.post("/enrol", json={"code": code[1], "key": public(seed())}).status_code == 200
    assert [*identity.keys(lived)] == ["h2"] and len(enrolled) == 1
    client.post("/keys/h2/code")
    assert client.post("/keys/h2/revoke").status_code == 303
    assert identity.keys(lived) == {} and len(enrolled) == 2
    assert lived.execute("SELECT code_hash FROM halls WHERE id = 'h2'").fetchone() == (None,)
    assert "密钥已收回" in client.get("/keys").get_data(as_text=True)


def test_each_sees_her_own_halls_on_the_page_and_in_the_export(client: FlaskClient, lived: Connection[Any]) -> None:
    assert client.get("/").status_code == 303 and client.get("/export.csv?week=2026-11-23").status_code == 303
    enter(client, "li")
    page = client.get("/").get_data(as_text=True)
    assert ">h1<" in page and ">h2<" in page and ">h3<" not in page and "第48周" in page
    sheet = client.get("/export.csv?week=2026-11-25").get_data(as_text=True)
    assert "h2,2026-11-23,01,5" in sheet and "h3" not in sheet
    kept = lived.execute("SELECT who, place, what, sha256 FROM exports").fetchall()
    told = hashlib.sha256(client.get("/export.csv?week=2026-11-25").get_data()).hexdigest()
    assert kept == [("li", "north", "daily 2026-11-23", told)], "as sha256sum says of the file"
    client.post("/logout")
    enter(client, "wang")
    assert ">h3<" in client.get("/").get_data(as_text=True)


def test_a_sample_is_drawn_again_proves_its_rows_and_is_noted(client: FlaskClient, lived: Connection[Any]) -> None:
    enter(client, "zhao")
    where = "/sample.json?hall=h2&week=2026-11-23&most=3"
    told = client.get(where)
    made = told.get_json()
    assert len(made["drawn"]) == 3 and made["among"] == [1, 2, 3, 4, 5] and made["seed"]["row"] == 5
    assert sampling.problems(made) == [] and client.get(f"{where}&row=5").get_json() == made
    kept = lived.execute("SELECT who, what, sha256 FROM exports ORDER BY id LIMIT 1").fetchone()
    assert kept == ("zhao", "sample h2 2026-11-23 row 5", hashlib.sha256(told.get_data()).hexdigest())
    page = client.get(where.replace(".json", "")).get_data(as_text=True)
    assert all(f"A{ticket:03d}" in page for ticket in made["drawn"]) and made["seed"]["hash"] in page
    assert all(one["row"][-1][:16] in page for one in made["rows"]) and kept[2] in page
    assert kept[2] in client.get("/exports").get_data(as_text=True)
    made["rows"][0]["row"][3] = "somebody"
    assert sampling.problems(made) == [f"row {made['rows'][0]['row'][0]}: hash does not fit"]
    assert sampling.problems(made | {"drawn": [1, 2, 3, 4]})[0].startswith("the draw")
    for wrong in (
        "hall=h3&week=2026-11-23",
        "hall=h2&week=x",
        "hall=h2&week=2026-11-23&row=99",
        "hall=h2&week=2026-11-23&most=0",
    ):
        assert client.get(f"/sample.json?{wrong}").status_code == 404


def test_figures_for_prometheus_need_the_token(client: FlaskClient, lived: Connection[Any]) -> None:
    assert client.get("/metrics").status_code == 403
    told = client.get("/metrics", headers={"Authorization": "Bearer secret"}).get_data(as_text=True)
    assert 'jiaohao_district_heard_seconds{hall="h1"} 60' in told and 'jiaohao_district_waiting{hall="h1"} 12' in told


def test_what_is_live_is_shown_and_who_is_silent_is_named(client: FlaskClient, lived: Connection[Any]) -> None:
    lived.execute("UPDATE halls SET heard_at = %s WHERE id = 'h2'", (NOW - 3 * 86400,))
    lived.execute("UPDATE halls SET heard_at = NULL WHERE id = 'h3'")
    lived.execute("UPDATE halls SET trouble = 'fork', trouble_at = 3 WHERE id = 'h1'")
    lived.execute("UPDATE halls SET fold_error = 'KeyError', folded = 2 WHERE id = 'h2'")
    enter(client, "wang")
    page = client.get("/").get_data(as_text=True)
    assert "<b>12</b>" in page and "25 <span" in page and "4 / 7" in page and ">6</dd>" in page and "1 / 3" in page
    assert "3天" in page and "3 days" in page and "还没有接入" in page and "从第3条起" in page
    assert "只统计到第2条记录" in page and "KeyError" in page and "统计停在第2条记录" in page


def test_halls_with_coordinates_are_on_a_map_by_shape_and_word(client: FlaskClient, lived: Connection[Any]) -> None:
    enter(client, "wang")
    assert "<svg" not in client.get("/").get_data(as_text=True)
    places = [
        {"id": "qu", "kind": "district", "name": "qu"},
        {"id": "north", "kind": "street", "parent": "qu", "name": "north"},
        {"id": "h1", "kind": "hall", "parent": "north", "name": "开元", "at": [118.59, 24.91]},
        {"id": "h2", "kind": "hall", "parent": "north", "name": "临江", "at": [118.62, 24.93]},
    ]
    program.plant(lived, Settings(city="city", database="x", nats="x", places=places))
    page = client.get("/").get_data(as_text=True)
    drawing = re.search('<svg class="wide".*?</svg>', page, re.S)
    assert drawing and "http" not in drawing[0] and "style=" not in drawing[0]
    assert 'href="#hall-h1" class="watch"' in drawing[0] and ">开元</text>" in drawing[0] and "请留意" in drawing[0]
    assert 'href="#hall-h2" class="quiet"' in drawing[0] and 'id="hall-h2"' in page
    shapes = re.findall('<li class="(\\w+)"><svg.*?>(<(?:circle|path).*?)</svg>', page)
    assert {state for state, _ in shapes} >= {"watch", "quiet"} and len({shape for _, shape in shapes}) == len(shapes)
    assert "没有填坐标" in page and ">h3<" in page


def test_a_code_enrols_once_and_guessing_is_slow(client: FlaskClient, lived: Connection[Any]) -> None:
    code, key = identity.code(lived, "h2", NOW), public(seed())
    assert client.post("/enrol", json={"code": code, "key": key}).get_json() == {
        "city": "city",
        "hall": "h2",
        "nats": "nats://x",
        "signers": ["UKEY"],
    }
    assert identity.keys(lived) == {"h2": key}
    again = identity.code(lived, "h3", NOW)
    assert client.post("/enrol", json={"code": again, "key": key}).status_code == 403, "two halls have no one key"
    for told in ({"code": code, "key": public(seed())}, {"code": "x", "key": "y"}):
        assert client.post("/enrol", json=told).status_code == 403
    assert client.post("/enrol", json=[1]).status_code == 400
    for _ in range(TRIES):
        client.post("/enrol", json={"code": "x", "key": key})
    assert client.post("/enrol", json={"code": code, "key": key}).status_code == 429
    assert client.post("/login", data={"name": "li", "password": "pass-pass-pass"}).status_code == 429


def test_a_wrong_password_and_a_wrong_week_are_said(client: FlaskClient) -> None:
    answer = client.post("/login", data={"name": "nobody", "password": "x"})
    assert answer.status_code == 403 and "密码不对" in answer.get_data(as_text=True)
    enter(client, "li")
    assert client.get("/?week=yesterday").status_code == 404
    assert client.get("/?week=2020-01-01").status_code == 200
