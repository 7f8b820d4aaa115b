"""下发 in the browser: a manager drafts, another one approves, an inspector looks; how far it is, by hall."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from psycopg import Connection

from config import Told
from district import drafting, publishing
from district.pages import create_app
from server.domain import circular
from server.domain.chain import canonical
from tests.conftest import CHEAP, MONDAY_9
from tests.district.test_district_pages import enter
from tests.district.test_going_down import keyed, says, state

DRAFT = {"part": "promises", "place": "qu", "note": "全区统一承诺", "rows": "[hall]\nwait_pledge_min = 15\n"}


@pytest.fixture
def client(dsn: str, conn: Connection[Any]) -> FlaskClient:
    keyed(conn, "h1", "h2", "h3")
    hashed = CHEAP.hash("pass-pass-pass")
    for name, place, role in (
        ("wang", "qu", "manager"),
        ("li", "qu", "manager"),
        ("zhao", "north", "manager"),
        ("du", "qu", "inspector"),
    ):
        conn.execute(
            "INSERT INTO people (name, password, place, role) VALUES (%s, %s, %s, %s)", (name, hashed, place, role)
        )
    return create_app(dsn, "city", "nats://x", b"k" * 32, dict, lambda: None, lambda: MONDAY_9).test_client()


def text(client: FlaskClient, where: str) -> str:
    return client.get(where).get_data(as_text=True)


def drafted(client: FlaskClient, **other: str) -> str:
    answer = client.post("/down/new", data=DRAFT | other)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.location


def approved(client: FlaskClient, where: str) -> int:
    seen = re.search('name="seen" value="([0-9a-f]{64})"', text(client, where))
    told = {"paper": "审〔2026〕7号", "seen": seen[1] if seen else ""}
    return client.post(f"{where}/approve", data=told).status_code


def test_a_draft_is_approved_by_another_person_and_followed_by_hall(client: FlaskClient, conn: Connection[Any]) -> None:
    enter(client, "wang")
    where = drafted(client)
    page = text(client, where)
    assert "hall.wait_pledge_min" in page and "等另一个人批准" in page and "批准并下发" not in page
    assert approved(client, where) == 409
    enter(client, "li")
    assert approved(client, where) == 303
    number = int(where.rsplit("/", 1)[1])
    conn.execute("UPDATE circulars SET stage = 1")
    says(conn, "h1", number, "applied")
    says(conn, "h2", number, "refused", (["这里没有", "Not here."],))
    publishing.advance(conn, MONDAY_9)
    assert state(conn, number) == ("stopped", 1, "h2")
    for page in (text(client, "/down"), text(client, where)):
        assert "已生效" in page and "拒绝" in page and "这里没有" in page and "已自动停止：h2" in page
        assert "审〔2026〕7号" in page
    second = drafted(client, rows="[hall]\nwait_pledge_min = 12\n")
    enter(client, "wang")
    assert approved(client, second) == 303
    back = client.post(f"{where}/back")
    assert back.status_code == 303 and "退回到第" in text(client, back.location)


def test_who_may_what(client: FlaskClient, conn: Connection[Any]) -> None:
    for where in ("/down", "/down/new", "/down/1"):
        assert client.get(where).location == "/login"
    enter(client, "wang")
    where = drafted(client)
    enter(client, "du")
    assert client.get("/down").status_code == client.get(where).status_code == 200
    assert client.get("/down/new").status_code == 403 and approved(client, where) == 403
    enter(client, "zhao")
    assert "起草" in text(client, "/down") and "批准并下发" not in text(client, where)
    number = int(where.rsplit("/", 1)[1])
    told = {"paper": "7", "seen": circular.sha256(canonical(publishing.one(conn, number).rows))}
    for act in ("approve", "drop", "on"):
        assert client.post(f"{where}/{act}", data=told).status_code in (404, 409), act
    answer = client.post("/down/new", data=DRAFT)
    assert answer.status_code == 400 and "不归您管" in answer.get_data(as_text=True)
    drafted(client, place="h1")
    assert client.get("/down/999").status_code == client.post(f"{where}/shell").status_code == 404
    assert state(conn, number)[0] == "draft"


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"rows": "[counters.3]\nsign = 'x'"}, "[counters]不能"),
        ({"rows": "[hall]\nname = 'x'"}, "由大厅自己定"),
        ({"rows": "[hall"}, "第1行"),
        ({"rows": "hall = 3"}, "写成一个表"),
        ({"note": " "}, "为什么"),
        ({"effective_at": "tomorrow"}, "2027-01-01"),
        ({"effective_at": "2020-01-01 00:00"}, "已过"),
        ({"part": "shell"}, "没有“shell”"),
        ({"part": "calendar", "rows": "[calendar.2027-01-01]\nremove = 1\n"}, "calendar.2027-01-01.remove"),
    ],
)
def test_a_draft_that_can_not_go_down_is_said_and_not_lost(
    client: FlaskClient, other: dict[str, str], words: str
) -> None:
    enter(client, "wang")
    answer = client.post("/down/new", data=DRAFT | other)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400 and words in page
    assert (DRAFT | other)["rows"].split("\n")[0].replace("'", "&#39;") in page


def test_a_calendar_as_csv_or_toml_is_the_same() -> None:
    table = "date,kind,name,source_doc\n2027-01-01,法定节假日,元旦,国办发明电\n"
    row = {"kind": "法定节假日", "name": "元旦", "source_doc": "国办发明电"}
    assert drafting.rows_of("calendar", table) == {"calendar": {"2027-01-01": row}}
    toml = '[calendar.2027-01-01]\nkind = "法定节假日"\nname = "元旦"\nsource_doc = "国办发明电"\n'
    assert drafting.rows_of("calendar", toml) == {"calendar": {"2027-01-01": row}}
    assert drafting.rows_of("calendar", 'remove = ["calendar.2027-01-02"]') == {"calendar": {"2027-01-02": None}}
    with pytest.raises(Told, match="remove"):
        drafting.rows_of("calendar", "remove = ['x']")


def test_a_catalogue_as_csv_leaves_what_is_the_halls() -> None:
    found = drafting.rows_of("catalogue", "事项编码,事项名称,号段前缀\nSB01,社保卡,B\n")
    assert found == {"services": {"SB01": {"事项名称": "社保卡"}}}


def test_the_difference_is_told_key_by_key() -> None:
    older: circular.Rows = {"hall": {"": {"a": 1, "b": 2}}, "guides": {"x": {"url": "1"}}}
    newer: circular.Rows = {"hall": {"": {"a": 1, "b": 3}}, "guides": {"x": None, "y": {"url": "2"}}}
    assert drafting.difference(older, newer) == [
        ("hall.b", 2, 3),
        ("guides.x", {"url": "1"}, None),
        ("guides.y.url", None, "2"),
    ]


def test_the_form_is_offered_to_whom_the_database_lets_approve(client: FlaskClient, conn: Connection[Any]) -> None:
    """wang is called wang2 in the directory since: another account, and the same person."""
    enter(client, "wang")
    conn.execute("UPDATE people SET subject = 's-1' WHERE name = 'wang'")
    where = drafted(client)
    conn.execute("UPDATE people SET name = 'wang2' WHERE name = 'wang'")
    with client.session_transaction() as session:
        session["name"] = "wang2"
    page = text(client, where)
    assert "等另一个人批准" in page and "批准并下发" not in page and approved(client, where) == 409
    enter(client, "li")
    assert "批准并下发" in text(client, where) and approved(client, where) == 303


def test_of_a_list_what_comes_and_what_goes_is_told(client: FlaskClient) -> None:
    made = []
    for who, other, items in (("wang", "li", '["SB01", "SB02"]'), ("li", "wang", '["SB02", "SB03"]')):
        enter(client, who)
        made.append(drafted(client, part="lists", rows=f"[lists.in_hall]\nitems = {items}\n"))
        page = text(client, made[-1])
        enter(client, other)
        assert approved(client, made[-1]) == 303
    assert "共2项：SB01、SB02" in text(client, made[0])
    assert "去掉SB01" in page and "增加SB03；其余1项不变" in page
    enter(client, "wang")
    answer = client.post("/down/new", data=DRAFT | {"part": "lists", "rows": "[lists.powers]\nitems = ['SB01']"})
    assert answer.status_code == 400 and "没有清单“powers”" in answer.get_data(as_text=True)


def test_what_going_back_leaves_is_on_the_drafts_page(client: FlaskClient) -> None:
    made = []
    for who, other, rows in (("wang", "li", "a"), ("li", "wang", "b")):
        enter(client, who)
        text = f'[publications.{rows}]\ntitle = "一"\n'
        made.append(drafted(client, part="notices", rows=text))
        enter(client, other)
        assert approved(client, made[-1]) == 303
    back = client.post(f"{made[0]}/back").location
    page = client.get(back).get_data(as_text=True)
    assert "各大厅都保留" in page and "remove = [&#34;publications.b&#34;]" in page and "不再写到：保持原样" in page
    enter(client, "li")
    gone = drafted(client, part="notices", rows='remove = ["publications.b"]')
    assert "删除" in client.get(gone).get_data(as_text=True)
    answer = client.post("/down/new", data=DRAFT | {"rows": 'remove = ["registers.case"]'})
    assert answer.status_code == 400 and "不能删除" in answer.get_data(as_text=True)
