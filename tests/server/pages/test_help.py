"""The handbooks under ?: who reads what, both languages whole, pictures small, two pages of paper each."""

from __future__ import annotations

import subprocess
from dataclasses import fields
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from config import Text
from server.handbooks.book import HEADS, NAMES, OF_ROLE, Handbook, Row, handbook
from server.handbooks.printed import PICTURES, printed
from server.verbs.accounts import ROLES
from tests.server.pages.conftest import Browser, Web, log_in


def texts(book: Handbook) -> list[Text]:
    found: list[Text] = []
    for field in fields(book):
        value = getattr(book, field.name)
        for part in value if isinstance(value, tuple) and not isinstance(value, Text) else (value,):
            found += [part.what, part.how] if isinstance(part, Row) else [part] if isinstance(part, Text) else []
    return found


@pytest.mark.parametrize("name", NAMES)
def test_each_has_a_day_ten_things_and_what_may_go_wrong_in_both_languages(name: str) -> None:
    book = handbook(name)
    assert len(book.things) == 10 and len(book.day) >= 5 and len(book.faults) >= 6
    assert all(text.zh.strip() and text.en.strip() for text in texts(book))
    told = "".join(row.what.zh for row in book.faults)
    for trouble in ("纸", "卡", "断网", "叫错", "疏散|地震|着火"):
        assert any(word in told for word in trouble.split("|")), f"{name}: {trouble}"


@pytest.mark.parametrize("file", sorted(PICTURES.iterdir()), ids=lambda file: file.name)
def test_a_picture_is_small_and_used(file: Path) -> None:
    assert file.stat().st_size < 150_000
    assert Image.open(file).width <= 900
    assert file.name in {name for book in map(handbook, NAMES) for name in (book.picture, book.second)}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_two_pages_of_a4_with_all_of_it(name: str, language: str) -> None:
    pdf = printed(name, language, "东海街道便民服务中心")
    facts = subprocess.run(["pdfinfo", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    assert "Pages:           2" in facts and "(A4)" in facts
    said = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()
    first, second = said.split("\f")[:2]
    letters = "".join(first.split()), "".join(second.split())
    assert "东海街道便民服务中心" in letters[0]
    for n, key in enumerate(("things", "faults")):
        assert "".join(HEADS[key].said(language).split()) in letters[n]
    assert "".join(handbook(name).remember.said(language).split())[:12] in letters[1]


def test_each_role_has_one_and_all_may_read_all(browser: Browser) -> None:
    assert {*OF_ROLE} == {*ROLES} and {*OF_ROLE.values()} == {*NAMES}
    for staff, name in (("08", "counter"), ("30", "kiosk"), ("50", "manager"), ("60", "inspector")):
        browser.log_in(staff, "2" if staff == "08" else "")
        assert browser.client.get("/help").headers["Location"] == f"/help/{name}"
        assert [browser.client.get(f"/help/{one}").status_code for one in NAMES] == [200] * 5
    paper = browser.client.get("/help/kiosk/zh.pdf")
    assert paper.content_type == "application/pdf" and paper.data.startswith(b"%PDF")
    assert browser.client.get("/help/nobody").status_code == 404
    assert browser.client.get("/help/nobody/zh.pdf").status_code == 404


def test_the_question_mark_is_on_the_pages_of_staff(page: Page, web: Web) -> None:
    page.goto(f"{web.base}/login")
    expect(page.locator('.top a[href="/help"]')).to_have_count(0)
    log_in(page, web, "08", "1")
    page.click('.top a[href="/help"]')
    expect(page.locator("h1")).to_contain_text("窗口")
    for image in page.locator(".handbook img").all():
        assert image.evaluate("node => node.decode().then(() => node.naturalWidth)") > 300
