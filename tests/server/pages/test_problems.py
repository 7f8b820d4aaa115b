"""Whatever goes wrong on a page, a browser gets a page in words, and no person the words of a library."""

from __future__ import annotations

import importlib
import pkgutil
import re
import sqlite3
from typing import Any

import pytest
from apiflask import APIFlask
from flask import abort
from flask.testing import FlaskClient
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import default_exceptions

import words
from config import Text, phrasing, reasons
from server import pages
from server.pages import problems
from server.pages.access import public
from server.verbs import accounts
from tests.server.pages.conftest import Browser

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.mark.parametrize("status", sorted(problems.USUAL.keys() & default_exceptions.keys()))
def test_every_status_is_a_page_for_a_browser_and_two_languages_for_a_program(app: APIFlask, status: int) -> None:
    app.add_url_rule("/broken", "broken", public(lambda: abort(status)))
    app.add_url_rule("/api/v1/broken", "broken_api", public(lambda: abort(status)))
    page = app.test_client().get("/broken", headers=HTML)
    assert (page.status_code, page.mimetype) == (status, "text/html")
    text = page.get_data(as_text=True)
    assert problems.USUAL[status].zh in text and problems.USUAL[status].en in text
    assert type(default_exceptions[status]()).description not in text
    said = app.test_client().get("/api/v1/broken").get_json()
    assert Text(said["detail"], said["detail_en"]) == problems.USUAL[status]
    assert not CHINESE.search(said["detail_en"])


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("database or disk is full", 507),
        ("attempt to write a readonly database", 503),
        ("disk I/O error", 503),
        ("database disk image is malformed", 503),
        ("database is locked", 503),
    ],
)
def test_what_sqlite_says_stands_in_the_log_alone(
    app: APIFlask, monkeypatch: pytest.MonkeyPatch, words: str, status: int
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise sqlite3.OperationalError(words)

    browser = Browser(app.test_client())
    browser.log_in("08")
    monkeypatch.setattr(accounts, "log_in", refuse)
    monkeypatch.setattr(accounts, "session", refuse)  # not even who is asking can be read
    form = {"csrf_token": browser.csrf, "staff": "08", "password": "pass-08"}
    page = browser.client.post("/login", data=form, headers=HTML)
    text = page.get_data(as_text=True)
    assert (page.status_code, page.mimetype) == (status, "text/html")
    assert words not in text
    assert "没有保存" in text or "数据库" in text


def test_a_page_that_cannot_be_made_is_the_plainest_one(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> str:
        raise OSError("no template")

    monkeypatch.setattr(problems, "render_template", refuse)
    page = client.get("/nowhere", headers=HTML)
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "没有这个地址：可能写错了，或者它已经不在了。" in page.get_data(as_text=True)


def test_a_page_that_was_open_too_long_says_so(client: FlaskClient) -> None:
    page = client.post("/login", data={"staff": "08", "password": "pass-08"}, headers=HTML)
    text = page.get_data(as_text=True)
    assert page.status_code == 400
    assert problems.EXPIRED.zh in text and problems.EXPIRED.en in text and "CSRF token" not in text


def test_a_description_in_one_or_two_languages() -> None:
    assert problems.both(Text("没有权限。Not allowed.", ""), 403) == Text("没有权限。", "Not allowed.")
    assert problems.both(Text("没有权限。", "Not allowed."), 403) == Text("没有权限。", "Not allowed.")
    assert problems.both(Text("Not Found", ""), 404) == Text(problems.USUAL[404].zh, "Not Found")
    assert problems.both(Text("Odd", ""), 499) == Text(problems.UNUSUAL.zh, "Odd")


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "对方拒绝连接"),
        (OSError(28, "No space left on device"), "磁盘已满"),
        (TimeoutError("timed out"), "没有回应"),
        (OSError("Connection reset"), "对方断开了连接"),
        (ValueError("could not open port"), "原因见系统日志"),
        (OSError(9999, "what nobody knows"), "原因见系统日志"),
    ],
)
def test_why_something_of_the_machine_failed(error: Exception, why: str) -> None:
    assert reasons.why(error).zh == why
    assert all(not re.search("[A-Za-z]", text.zh) and not CHINESE.search(text.en) for text in reasons.ALL)


def test_rows_of_before_hold_the_systems_words() -> None:
    assert reasons.of_words("[Errno 111] Connection refused").zh == "对方拒绝连接"


# --- what a program sent is wrong -------------------------------------------------------------------------------------

ODD: tuple[Any, ...] = (
    None,
    True,
    3.5,
    -1,
    10**30,
    float("inf"),
    "",
    "x",
    "x" * 5000,
    "乱",
    [],
    ["x"] * 500,
    {},
    {"x": 1},
)


def bodies() -> list[type[BaseModel]]:
    """The models of all that comes in over HTTP."""
    modules = [importlib.import_module(f"server.pages.{one.name}") for one in pkgutil.iter_modules(pages.__path__)]
    return sorted(
        {
            one
            for module in modules
            for one in vars(module).values()
            if isinstance(one, type) and issubclass(one, BaseModel) and one.__module__ == module.__name__
        },
        key=lambda one: one.__qualname__,
    )


@pytest.mark.parametrize("model", bodies(), ids=lambda one: one.__name__)
def test_whatever_is_wrong_with_a_body_is_said_in_both_languages_by_us(model: type[BaseModel]) -> None:
    for field in model.model_fields:
        for value in ODD:
            try:
                model.model_validate({field: value, "no such key": 1})
            except ValidationError as error:
                for one in error.errors():
                    said = phrasing.wrong(one)
                    assert said != phrasing.UNNAMED, one
                    assert CHINESE.search(said.zh) and not re.search(r"\{[a-z_]+\}", said.zh + said.en)
                    assert one["msg"] not in said.zh


def test_a_body_that_is_wrong_names_each_place(client: FlaskClient, kiosk: dict[str, str]) -> None:
    sent = client.post(
        "/api/v1/tickets", json={"language": "?", "service": 3}, headers={**kiosk, "Idempotency-Key": "k" * 20}
    )
    told = sent.get_json()
    assert sent.status_code == 422
    assert told["detail"] == f"service：应是文字；language：写法不对，应合^{words.TAG}$。"
    assert told["detail_en"] == f"service must be a text; language is not written as it should be: ^{words.TAG}$."
    assert told["errors"][0] == {"where": "service", "what": "应是文字", "what_en": "must be a text"}
