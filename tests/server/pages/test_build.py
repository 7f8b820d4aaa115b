"""Static files under the version of the pages."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from server.views.build import BUILD
from tests.server.pages.conftest import Web


def test_a_page_asks_for_everything_by_its_version(client: FlaskClient) -> None:
    found = re.findall(r'(?:src|href)="(/static/[^"]+)"', client.get("/login").get_data(as_text=True))
    assert found and all(path.startswith(f"/static/{BUILD}/") for path in found)
    for path in found:
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("name", ["press.js", "styles/ground.css", "counter/counter.js"])
def test_without_a_version_it_is_answered_but_not_kept(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/{BUILD}/{name}").data == client.get(f"/static/{name}").data
    assert client.get(f"/static/{name}").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("name", [f"{BUILD}/nothing.js", "000000000000/press.js", f"{BUILD}/../../app.py"])
def test_another_version_is_not_here(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/static/{name}")
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("Cache-Control", "")


def test_the_version_reaches_every_module_and_sheet(page: Page, web: Web) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{web.base}/screen")
    expect(page.locator("#foot .t")).to_be_visible()
    files = [url for url in asked if "/static/" in url]
    assert {"parts.js", "feed.js", "screen.js", "hall.css", "ground.css"} <= {url.rsplit("/", 1)[1] for url in files}
    assert all(url.startswith(f"{web.base}/static/{BUILD}/") for url in files)
