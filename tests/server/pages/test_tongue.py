"""In which language a page opens: what a browser asks for, and the page as it is sent."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from server.pages.tongue import tongue


@pytest.mark.parametrize(
    ("wished", "opens"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("zh-TW", "zh"),
        ("zh_Hans_CN", "zh"),
        ("ZH", "zh"),
        ("en-GB,en;q=0.9,zh-CN;q=0.8", "en"),
        ("zh;q=0.5,en", "en"),
        ("fr-FR,fr;q=0.9,zh;q=0.5", "zh"),
        ("fr-FR,zh;q=0", "en"),
        ("ja", "en"),
        ("*", "zh"),
        ("", "zh"),
    ],
)
def test_a_page_is_sent_in_the_language_that_is_asked_for(client: FlaskClient, wished: str, opens: str) -> None:
    lang = "en" if opens == "en" else "zh-CN"
    asked = {"Accept": "text/html", "Accept-Language": wished}
    assert f'<html lang="{lang}">' in client.get("/nowhere", headers=asked).get_data(as_text=True)
    for path in ("/login", "/screens"):
        page = client.get(path, headers=asked).get_data(as_text=True)
        assert re.search("<html[^>]*>", page)[0] == f'<html lang="{lang}" data-lang="{opens}">'  # type: ignore[index]


@pytest.mark.parametrize("path", ["/screen", "/screen/east"])
def test_a_hall_screen_speaks_to_everybody(path: str) -> None:
    assert tongue(path, ["en-GB"]) == tongue(path, ["zh-CN"]) == tongue(path, []) == "both"
    assert tongue("/screens", ["en-GB"]) == "en"
