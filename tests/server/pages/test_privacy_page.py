"""The page that says what is kept of a visitor: of all that is kept, in plain words, and true."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from config import QuotaTable, RegisterTable, Text
from server.domain.definition import Definition
from server.store import register_files
from server.store.tables import APART, BESIDE, TABLES
from server.verbs.hub import Hub
from server.views import privacy
from tests.server.pages.test_visitor import CHINESE


def test_every_table_of_the_store_is_said_or_holds_nothing_of_a_visitor(hub: Hub) -> None:
    assert {*privacy.TABLES} == {"journal", *TABLES, *BESIDE, *APART}


def test_every_private_field_of_the_registers_has_its_sentence(hub: Hub) -> None:
    registers = register_files.read(hub.hall).current.values()
    private = {(one.key, name) for one in registers for name in one.private}
    assert private == {*privacy.FIELDS} | privacy.OF_NOBODY and ("case", "phone") in private


def test_every_kind_that_may_be_private_in_a_register_of_a_halls_own_has_one(hub: Hub) -> None:
    case = register_files.read(hub.hall).current["case"]
    for kind in privacy.OF_A_HALLS_OWN:
        fields = {"who": case.fields["phone"].model_copy(update={"kind": kind, "keep_days": 0})}
        own: Definition = case.model_copy(update={"key": "lost", "fields": fields})
        (told,) = privacy.fields(own)
        assert told.until.zh.startswith("事情办结当天删除")
    free = {"text", "long text", "phone", "photos"}
    assert free == {*privacy.OF_A_HALLS_OWN}


def said(client: FlaskClient, lang: str) -> str:
    page = client.get(f"/privacy?lang={lang}")
    assert page.status_code == 200 and "Set-Cookie" not in page.headers
    return re.sub(r"<[^>]*>", "", page.get_data(as_text=True).partition("<main")[2])


def test_the_page_follows_the_halls_file(client: FlaskClient, hub: Hub) -> None:
    assert "办结后30天自动删除" in said(client, "zh") and "一人一天" not in said(client, "zh")
    hub.hall = hub.hall.model_copy(
        update={
            "quotas": {"SB01": QuotaTable(per_person=1)},
            "registers": {"case": RegisterTable(keep_days={"phone": 7})},
        }
    )
    hub._kept.clear()
    page = said(client, "zh")
    assert "办结后7天自动删除" in page and "一人一天" in page and "第二天自动删除" in page


def test_english_readers_find_no_chinese(client: FlaskClient) -> None:
    page = said(client, "en")
    assert "30 days after it is over" in page and not CHINESE.search(page)


@pytest.mark.parametrize("one", [t for t in privacy.TABLES.values() if isinstance(t, Text)])
def test_what_is_of_no_visitor_says_why(one: Text) -> None:
    assert one.zh.endswith("。") and one.en.endswith(".")
