"""What every answer tells a browser, and that no template or script needs what it is told not to do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

import config
from server.app import create_app
from server.pages.headers import walls
from server.verbs.hub import Hub
from tests.server.pages.conftest import Browser

SERVER = config.ROOT / "server"
ANSWERS = ["/login", "/screen", "/nowhere", "/api/v1/screen", "/api/v1/nowhere", "/api/v1/tickets", "/static/press.js"]
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:", re.I
)
A_FILE = "report_file.html"
"""A file that is handed out whole, never a page of the hub's."""


@pytest.mark.parametrize("path", ANSWERS)
def test_every_answer_has_its_walls(client: FlaskClient, path: str) -> None:
    headers = client.get(path, headers={"Accept": "text/html"}).headers
    assert {name: headers.get(name) for name in walls()} == walls()
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["script-src"] == policy["style-src"] == policy["default-src"] == "'self'"
    assert (policy["frame-ancestors"], policy["object-src"]) == ("'self'", "'none'")


def test_a_page_behind_the_login_has_them_too(browser: Browser) -> None:
    browser.log_in("50")
    for path in ("/hall", "/desk", "/people", "/reports", "/me"):
        answer = browser.client.get(path, follow_redirects=True)
        assert answer.status_code == 200
        assert walls().items() <= dict(answer.headers).items()


def test_a_site_that_may_show_the_pages_is_named_in_the_config(hub: Hub) -> None:
    framed = hub.hall.hub.model_copy(update={"framed_by": ["http://192.168.1.20:8080"]})
    hub.hall = hub.hall.model_copy(update={"hub": framed})
    headers: Any = create_app(hub).test_client().get("/screen").headers
    assert headers["Content-Security-Policy"].endswith("; frame-ancestors 'self' http://192.168.1.20:8080")
    assert "X-Frame-Options" not in headers


@pytest.mark.parametrize("file", sorted((SERVER / "templates").rglob("*.html")), ids=lambda file: file.name)
def test_no_template_has_a_script_style_or_handler_of_its_own(file: Path) -> None:
    if file.name != A_FILE:
        assert not INLINE.findall(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", sorted((SERVER / "static").rglob("*.js")), ids=lambda file: file.name)
def test_no_script_makes_code_or_styles_out_of_text(file: Path) -> None:
    forbidden = (
        r"\beval\(|new Function|innerHTML|insertAdjacentHTML|setAttribute\(\"(style|on)|set(Timeout|Interval)\(\""
    )
    assert not re.findall(forbidden, file.read_text(encoding="utf-8"))
