"""Where a page leads: whoever may open it may open what it offers, and nobody is led to an address that is none."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from flask.testing import FlaskClient

from server.verbs import calls, tickets
from server.verbs.hub import By, Hub
from tests.server.pages.conftest import ROLES, Browser, hire_administrator

NUMBER = re.compile(r"[A-Z]{2}\d{8}-\d+|\d{4}-(W\d\d|\d\d(-\d\d)?|Q\d)|\b[A-Z]\d+\b|\d+")
STARTS = {
    "": ["/busy", "/book", "/voice", "/v", "/take", "/privacy", "/screens"],
    "operator": ["/counter", "/desk"],
    "guide": ["/desk"],
    "manager": ["/hall"],
    "supervisor": ["/hall"],
    "administrator": ["/admin"],
}
PEOPLE: dict[str, str] = {role: staff for staff, role in reversed(ROLES.items())} | {"administrator": "70"}


def shape(way: str) -> str:
    """An address without what differs from one record, day or item to the next."""
    told = urlsplit(way)
    return NUMBER.sub("N", told.path) + "?" + "&".join(sorted(one.split("=")[0] for one in told.query.split("&")))


@pytest.mark.parametrize("role", STARTS)
def test_no_page_leads_to_one_that_refuses_whom_it_leads(hub: Hub, browser: Browser, role: str) -> None:
    hire_administrator(hub)
    for key in ("a", "b"):
        tickets.issue(hub, By("kiosk", key), "SB01")
    if role:
        browser.log_in(PEOPLE[role], "1" if role == "operator" else "")
    if role == "operator":
        calls.call_next(hub, By(PEOPLE[role], "c"), "1")
    to_see, seen, refused = [(way, "") for way in STARTS[role]], {shape(way) for way in STARTS[role]}, []
    while to_see:
        way, from_ = to_see.pop()
        answer = browser.client.get(way)
        if answer.status_code >= 400:
            refused.append((way, from_, answer.status_code))
        if answer.mimetype != "text/html" or answer.status_code >= 300:
            answer.close()
            continue
        for href in re.findall(r'<a\b[^>]*?\shref="([^"#]+)', answer.get_data(as_text=True)):
            other = urljoin(way, unescape(href))
            if not urlsplit(other).netloc and not urlsplit(other).scheme and shape(other) not in seen:
                seen.add(shape(other))
                to_see.append((other, way))
    assert len(seen) > 20 and refused == []


def test_who_mistypes_an_address_reads_it_in_the_frame_that_is_theirs(browser: Browser) -> None:
    def page() -> str:
        answer = browser.client.get("/bok", headers={"Accept": "text/html"})
        assert answer.status_code == 404
        return str(answer.get_data(as_text=True))

    stranger = page()
    assert "没有这个地址" in stranger and "/login" not in stranger
    assert 'href="/privacy' in stranger and 'class="top"' not in stranger
    browser.log_in(PEOPLE["guide"])
    assert 'class="top"' in page()


def test_what_is_posted_to_no_address_is_not_read(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    answer = client.post("/wp-login.php", data={"log": "x" * 400_000}, headers={"Accept": "text/html"})
    assert answer.status_code == 404 and "没有这个地址" in answer.get_data(as_text=True) and caplog.records == []
