"""A third language is a catalog and nothing else: pages, telephones, screens, slips and command lines of one that
nobody speaks (tests/pseudo.py), in which every text must have gone through it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page

import config
import words
from kiosk.screens import picture, samples
from kiosk.screens.scene import Line
from printer_profiles.profile import load
from printer_profiles.slip import Text as Printed
from server.domain import notifications
from server.printing.slips import samples as slips
from server.verbs.day import tick
from server.verbs.hub import Hub
from tests import pseudo
from tests.conftest import HandClock, new_store, write_hall
from tests.server.pages.conftest import Web, hire
from tests.server.pages.test_looks import furnish, opened
from tests.test_strings import CATALOG, TABLE
from tests.waiting import DEADLINE_S

LANGUAGE = pseudo.LANGUAGE
PAGES = [
    "login", "problem", "report", "visits", "people", "attendance", "hall", "devices", "counter", "desk",
    "a life", "a record", "a new record", "the back office", "the catalogue", "administration", "a draft",
    "a form of the hall", "guides", "a tablet that asks", "ratings",
]  # fmt: skip

SHOWN = r"""() => {
  const seen = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement, text = walker.currentNode.data.trim();
    if (!text || /^(SCRIPT|STYLE|TEXTAREA|CODE|PRE|KBD|TIME)$/.test(node.tagName) || !node.checkVisibility()) continue;
    if (!node.closest("[translate=no], [lang=zh-CN], code, pre")) seen.push(text);
  }
  return seen;
}"""


@pytest.fixture(scope="module")
def translations(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The catalog, and the environment that names it."""
    folder = tmp_path_factory.mktemp("translations")
    hall = write_hall(tmp_path_factory.mktemp("texts"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(words.OWN, str(pseudo.write(folder, [hall])))
        yield folder


@pytest.fixture(scope="module")
def place(translations: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    hall = config.load(write_hall(tmp_path_factory.mktemp("third")))
    hub = Hub(hall, new_store(hall.data), HandClock())
    tick(hub)
    hire(hub)
    web = Web(hub)
    furnish(hub)
    yield web
    hub.stop()
    web.stop()
    hub.store.close()


@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_shows_has_gone_through_the_catalog(name: str, page: Page, place: Web) -> None:
    page.context.add_cookies([{"name": "jiaohao-lang", "value": LANGUAGE, "url": place.base}])
    page.add_init_script("""localStorage.setItem("jiaohao-display", '{"lang": "mn"}')""")
    with opened(page, place, name):
        assert page.locator("html").get_attribute("lang") == LANGUAGE
        seen: list[str] = page.evaluate(SHOWN)
        assert [text for text in seen if pseudo.spoken(text)] == []
        assert any("⟦" in text for text in seen)


def test_a_browser_says_the_same_as_the_hub(page: Page) -> None:
    catalog = [(context, zh, text, context or en) for context, zh, text, en in CATALOG]
    page.add_init_script(f"window.catalog = {json.dumps(catalog)};")
    page.goto("about:blank")
    page.add_script_tag(path=str(config.ROOT / "server" / "static" / "words.js"))
    said = page.evaluate("rows => rows.map(([zh, en]) => window.inOther(zh, en) || zh)", TABLE)
    assert said == [shown for _, _, shown in TABLE]


def test_a_browsers_catalog_is_read_once_and_sent_once(place: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    client: FlaskClient = place.app.test_client()
    first = client.get(f"/words/{LANGUAGE}.js")
    monkeypatch.delattr(words, "entries")
    again = client.get(f"/words/{LANGUAGE}.js")
    assert first.status_code == 200 and first.data.startswith(b"window.catalog = [[") and again.data == first.data
    known = client.get(f"/words/{LANGUAGE}.js", headers={"If-None-Match": first.headers["ETag"]})
    assert (known.status_code, known.data) == (304, b"") and "max-age" in known.headers["Cache-Control"]
    assert client.get("/words/xx.js").status_code == 404


def test_a_language_is_chosen_under_display_and_kept(page: Page, place: Web) -> None:
    page.goto(place.base + "/login")
    assert "⟦" not in page.locator("main").inner_text()
    page.locator("#display summary").click()
    with page.expect_navigation():
        page.locator(f"#display label:has(input[value={LANGUAGE}])").click()
    assert "⟦" in page.locator("main").inner_text()
    page.locator("#display summary").click()
    with page.expect_navigation():
        page.locator("#display label:has(input[value=en])").click()
    assert "⟦" not in page.locator("main").inner_text()


def spoken_of(html: str) -> list[str]:
    """The texts of a page that is shown without a browser."""
    body = re.sub(r"<(head|script|style|time)\b.*?</\1>", "", html, flags=re.S)
    body = re.sub(r"<title>|<[^>]*translate=.no.[^>]*>[^<]*<", "<", body)
    return [text.strip() for text in re.findall(r">([^<]+)<", body) if pseudo.spoken(text)]


@pytest.mark.parametrize("path", ["/busy", "/take", "/privacy", "/book", "/voice", "/v", "/here"])
def test_a_telephone_reads_it_and_goes_on_in_it(path: str, place: Web) -> None:
    client: FlaskClient = place.app.test_client()
    html = client.get(f"{path}?lang={LANGUAGE}").get_data(as_text=True)
    assert f'<html lang="{LANGUAGE}">' in html and "⟦" in html
    assert spoken_of(html) == []
    assert f"/privacy?lang={LANGUAGE}" in html


def test_a_kiosks_screens(translations: Path) -> None:
    hall = config.load(write_hall(translations))
    kiosk = next(iter(hall.kiosks))
    chinese = [hall.hall.name, *(group.name for group in hall.groups.values())]  # as over the door, and on its tiles
    chinese += [service.basis for service in hall.services.values() if service.basis]  # a law's own name
    left: dict[str, str] = {}
    for name, state in samples.states(hall, kiosk, language=LANGUAGE, large=False).items():
        drawn = picture.scene(state, picture.Moment(samples.NOW, 0.0), (1080, 1920), lambda text, px, _: px * len(text))
        shown = " ".join(one.text for one in drawn.parts if isinstance(one, Line))  # a text is parted into lines
        typed = [value for value in vars(state.screen).values() if isinstance(value, str) and value]
        for own in (*chinese, *typed):
            shown = shown.replace(own, "")
        left[name] = pseudo.left(shown) if pseudo.spoken(shown) else ""
    assert {name: text for name, text in left.items() if text} == {}


@pytest.mark.parametrize("kind", ["ticket", "materials", "receipt", "pickup"])
def test_a_slip_has_it_below_the_chinese(kind: str, translations: Path) -> None:
    hall = config.load(write_hall(translations))
    lines = [
        one.text for one in slips.sample(hall, kind, load("generic-80"), language=LANGUAGE) if isinstance(one, Printed)
    ]
    assert sum("⟦" in line for line in lines) > 2


def test_a_notification(translations: Path) -> None:
    hall = config.load(write_hall(translations))
    for occasion, facts in notifications.SAMPLES.items():
        assert not pseudo.spoken(notifications.words(hall, occasion, LANGUAGE, facts)), occasion


def test_a_command_line(translations: Path) -> None:
    clean = {k: v for k, v in os.environ.items() if k not in ("LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES")}
    asked = subprocess.run(
        [sys.executable, "-m", "server", "check"],
        capture_output=True, text=True, cwd=config.ROOT, timeout=DEADLINE_S, check=False,
        env={**clean, words.OWN: str(translations), "LC_ALL": "mn_MN.UTF-8"},
    )  # fmt: skip
    assert "⟦" in asked.stdout, asked.stderr
