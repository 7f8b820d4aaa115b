"""How the pages look, measured in a real Chromium: contrast, nothing cut, one language at a time, a choice that is
kept.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import date
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Page, expect

import config
from printer_profiles.escpos.status import SENTENCES as PRINTER_SAYS
from server import certificate
from server.domain import outbound
from server.domain.platform import Heard
from server.domain.ticket import Ticket
from server.pages.access import device_cookie
from server.reports import period, reporter
from server.reports.delivery.workshop import Job, Workshop
from server.reports.period import Period
from server.verbs import (
    calls,
    counters,
    guide_versions,
    item_lists,
    jobs,
    links,
    messages,
    papers,
    people,
    platform,
    ratings,
    records,
    snapshots,
    tickets,
)
from server.verbs.accounts import digest, put
from server.verbs.day import tick
from server.verbs.hub import By, Hub
from tests.conftest import HandClock, new_store, write_hall
from tests.navigation import arrives
from tests.server.pages.conftest import Web, hire, let_in, log_in, module


class Look(NamedTuple):
    """A page to be looked at: where, who opens it at which counter, what must stand on it before it is measured."""

    path: str
    staff: str = ""
    counter: str = ""
    ready: str = "main"
    bilingual: bool = True
    """Every text of it is a pair; False lets Chinese stand in the English mode."""


PAGES = {
    "login": Look("/login"),
    "authority": Look("/authority"),
    "screen": Look("/screen", ready="#calls .newest", bilingual=False),  # always in both languages, always dark
    "area": Look("/screen/pickup", ready="#foot .t", bilingual=False),
    "start": Look("/screens"),
    "docs": Look("/api/docs"),
    "problem": Look("/nowhere", staff="50"),
    "report": Look("/reports/2026-W48", staff="50"),
    "a snapshot": Look("/reports/2026-W47", staff="50", ready=".snapshot"),
    "a report in the making": Look("/reports/2025", staff="50", ready="#making progress"),
    "visits": Look("/reports/2026-W48/visits?figure=office_wait", staff="50"),
    "cases of a figure": Look("/reports/2026-W48/cases?figure=accepted_cases", staff="50"),
    "imports": Look("/imports", staff="50"),
    "people": Look("/people", staff="50"),
    "skills": Look("/people?able=08#able", staff="50", ready="#able"),
    "attendance": Look("/people/attendance", staff="50"),
    "register": Look("/people/register", staff="50"),
    "the hall's file": Look("/people/hall", staff="50"),
    "indicators": Look("/people/indicators", staff="50"),
    "one's own day": Look("/attendance", staff="50"),
    "a punch": Look("/attendance/punch", staff="50"),
    "a month's sheet": Look("/attendance/month", staff="50"),
    "a month's roster": Look("/attendance/roster", staff="50"),
    "leave": Look("/attendance/leave", staff="50"),
    "staffing": Look("/attendance/staffing", staff="50"),
    "rehearsal": Look("/people/rehearsal", staff="50"),
    "the hall's rules": Look("/rules", staff="50"),
    "training": Look("/rules/training", staff="50"),
    "accounts": Look("/people/accounts", staff="50"),
    "me": Look("/me", staff="50"),
    "hall": Look("/hall", staff="50", ready=".post"),
    "condition": Look("/hall/health", staff="50"),
    "devices": Look("/admin/devices", staff="50"),
    "checks": Look("/admin/devices/check", staff="50"),
    "a code": Look("/enrol", ready="#qr:not([hidden])"),
    "handbook": Look("/help/technician", staff="50"),
    "counter": Look("/counter", staff="08", counter="1", ready="#next li"),
    "desk": Look("/desk", staff="50", ready="#counters li"),
    "a life": Look("/desk/ticket/1", staff="50"),
    "bookings of the day": Look("/slots?service=SB01", staff="50"),
    "registers": Look("/registers", staff="50"),
    "a list of records": Look("/registers/case", staff="50"),
    "a record": Look("/registers/case/1", staff="50"),
    "a new record": Look("/registers/case/new/receive?service=SB01", staff="50"),
    "a month's ledger": Look("/registers/case/ledger/2026-11", staff="50"),
    "erasures": Look("/registers/erased", staff="50"),
    "the back office": Look("/cases", staff="50", ready="#lines tr.at"),
    "a day's cases": Look("/cases/day", staff="50"),
    "what was late": Look("/cases/late/2026-11", staff="50"),
    "papers of cases": Look("/cases/slips?record=1", staff="50"),
    "the catalogue": Look("/catalogue", staff="50"),
    "an item": Look("/catalogue/SB01", staff="50"),
    "a list of items": Look("/catalogue/lists/in_hall", staff="50"),
    "guides": Look("/guides"),
    "a guide": Look("/guides/SB01"),
    "a package": Look("/guides/packages/birth"),
    "codes for the door": Look("/desk/door", staff="50"),
    "paper to go on by": Look("/desk/paper", staff="50"),
    "a tally sheet": Look("/desk/entry", staff="50", ready="#rows tr"),
    "administration": Look("/admin", staff="50"),
    "a draft": Look("/admin/draft", staff="50"),
    "a table of the hall": Look("/admin/tables/counters", staff="50"),
    "a form of the hall": Look("/admin/tables/counters/3", staff="50"),
    "a preview": Look("/admin/preview", staff="50"),
    "a tablet": Look("/rate/1", ready="#card:not([hidden])"),
    "a tablet that asks": Look("/rate/2", ready="#ask:not([hidden])"),
    "ratings": Look("/ratings", staff="50"),
    "a rating by its code": Look("/r/{code}", ready="form.rating", bilingual=False),  # in the language of its address
    "a form of a guide": Look("/admin/tables/guides/SB01", staff="50"),
    "a move of several": Look("/registers/case/several?back=/cases&move=decide&record=1", staff="50"),
}
"""Add a page here, and it is measured in every theme, size and language."""

LOOKS = [
    ((1366, 768), "light", "normal", "both"),
    ((1366, 768), "dark", "normal", "both"),  # only its colours are its own, and in both languages every text is there
    ((1366, 768), "light", "large", "zh"),
    ((1366, 768), "light", "large", "en"),
    ((1024, 768), "light", "large", "en"),  # what fits in large print fits in the usual
    ((820, 1180), "light", "large", "both"),
]

MEASURE = r"""() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {  // whatever notation the browser computes: painted, and read back
    const parts = colour.match(/^rgba?\(([^)]+)\)$/);
    if (parts) { const [r, g, b, a] = parts[1].split(/[\s,/]+/).map(Number); return [r, g, b, a ?? 1]; }
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const mix = (below, above, share) => below.map((part, i) => part + (above[i] - part) * share);
  const over = (colour, below) => { const [r, g, b, a] = rgba(colour); return mix(below, [r, g, b], a); };
  const grounds = new Map();  // asked for each text and each of its ancestors
  const paper = (node) => {
    if (!node) return [255, 255, 255];
    if (!grounds.has(node)) grounds.set(node, over(getComputedStyle(node).backgroundColor, paper(node.parentElement)));
    return grounds.get(node);
  };
  const shares = new Map();
  const share = (node) => { if (!shares.has(node)) shares.set(node, Number(getComputedStyle(node).opacity));
    return shares.get(node); };
  const faded = (node, colour) => {
    for (; node; node = node.parentElement)
      if (share(node) !== 1) colour = mix(paper(node.parentElement), colour, share(node));
    return colour;
  };
  const light = (colour) => {
    const [r, g, b] = colour.map((part) => (part /= 255) <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => { const [a, b] = [light(one), light(other)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05); };
  const visible = (node) => {
    const box = node.getBoundingClientRect(), style = getComputedStyle(node);
    return box.width > 1 && box.height > 1 && style.visibility === "visible" && node.checkVisibility();
  };
  const say = (node) => `<${node.tagName.toLowerCase()} class="${node.className}"> ${String(node.value ||
    node.textContent).trim().slice(0, 40)}`;

  const pale = [], cut = [], chinese = [], english = [], mixed = [];
  const han = /[\u4e00-\u9fff]/, sentence = /[A-Za-z]{3,}[ ,.;:]+[a-z]{2,}/;  // of the hall's own words, no name or key
  const typed = /(?:\.\/run|python -m|systemctl) [\w .\/-]+/g;  // a command is no sentence
  const texts = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || /^(SCRIPT|STYLE|OPTION)$/.test(node.tagName) || !visible(node)) continue;
    texts.add(node);
    if (han.test(walker.currentNode.data) && !node.closest("[translate=no]")) chinese.push(say(node));
    const said = walker.currentNode.data.replace(typed, "");
    if (sentence.test(said) && !node.closest("[lang=en], [translate=no], code, pre"))
      mixed.push(say(node));
    if (node.closest(".t > [lang=en]")) english.push(say(node));
  }
  for (const node of document.querySelectorAll("[title], [aria-label], [placeholder], option")) {
    if (!node.checkVisibility() && node.tagName !== "OPTION") continue;
    const said = [...["title", "aria-label", "placeholder"].map((name) => node.getAttribute(name) || ""),
      node.tagName === "OPTION" ? node.textContent : ""].join("\n");
    if (han.test(said) && !node.closest("[translate=no]")) chinese.push(`${say(node)} ${said.trim()}`);
    if (sentence.test(said)) mixed.push(`${say(node)} ${said.trim()}`);
  }
  const fields = document.querySelectorAll("input:not([type=radio], [type=checkbox], [type=hidden]), select, textarea");
  for (const node of fields) if (visible(node)) texts.add(node);
  for (const node of texts) {
    if (node.closest(":disabled")) continue;
    const style = getComputedStyle(node), ground = paper(node), size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = contrast(faded(node, over(style.color, ground)), faded(node, ground));
    if (ratio < (large ? 3 : 4.5)) pale.push(`${ratio.toFixed(2)} ${say(node)}`);
  }
  const boxes = new Set();  // each once, however many texts stand in it
  for (const node of texts) for (let box = node; box && !boxes.has(box); box = box.parentElement) boxes.add(box);
  for (const box of boxes) {
    const style = getComputedStyle(box);
    if (!/hidden|clip/.test(style.overflowX) || box.scrollWidth <= box.clientWidth + 1 || box.clientWidth <= 1 ||
      style.display === "inline") continue;
    if (box.matches(".calls ol, input[value*='://']") || (style.textOverflow === "ellipsis" && box.closest("[title]")))
      continue;
    cut.push(say(box));
  }
  return { pale, cut, chinese, english, mixed, wide: document.documentElement.scrollWidth -
    document.documentElement.clientWidth };
}"""


class Slow(Workshop):
    """Always at the same day of one long report."""

    def short(self, period: Period) -> bool:
        return False

    def begin(self, period: Period, *, again: bool = False) -> Job:
        return Job(period, 1095, 412, "2024-02-16", "making")

    def job(self, period: Period) -> Job:
        return self.begin(period)


def furnish(hub: Hub) -> None:
    """Something of everything to see: finished, passed, called and waiting."""
    counters.open_counter(hub, By("09"), "2", staff="09")
    counters.open_counter(hub, By("09"), "3", staff="09")
    for service in ("SB01", "YB02", "MZ04", "JY01"):
        tickets.issue(hub, By("kiosk"), service)
    calls.call_next(hub, By("09"), "2")
    calls.start(hub, By("09"), "2")
    calls.call_next(hub, By("09"), "3")
    calls.finish(hub, By("09"), "3", outcome="done")
    ratings.give(hub, By("visitor"), done_at(hub, "3").id, 2, "code", ("214",))
    tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("09"), "3")
    counters.raise_panic(hub, By("09"), "2")
    for seat, to in (("manager", "all"), ("desk", "counter:1"), ("counter:1", "manager")):
        messages.say(hub, By("50"), seat, to, "自助区打印机卡纸，先引导到咨询台。")
    people.set_skills(hub, By("50"), "09", services=["SB01", "YB02", "MZ04", "JY01"], languages=["en"], reason="x")
    week = period.parse("2026-W47")
    made = reporter.counted(hub.hall, week, hub.store.path, hub.now())
    made.report["total"]["arrivals"] = 7
    snapshots.keep(hub, week, made)
    received = {"service": "SB01", "applicant": "person", "received": ["身份证"], "phone": "13900008888"}
    accepted = {"platform": "QZ-2026-000123", "delivery": "window"}
    who = records.Who(By("08"), "operator")
    for more in (("accept", accepted),), ():
        records.open_record(hub, who, "case", [("receive", received), *more])
    records.erase(hub, records.Who(By("50"), "manager"), 2)
    guide_versions.take_note(hub)
    one = item_lists.draft(hub, records.Who(By("50"), "manager"), "in_hall", date(2026, 11, 30))
    for staff, move, values in (
        ("50", "submit", {}),
        ("60", "review", {"reviewer": "centre"}),
        ("70", "approve", {}),
        ("50", "publish", {"effective": "2026-11-23"}),
    ):
        records.move(hub, records.Who(By(staff), "administrator"), one.id, move, values)


@pytest.fixture
def busy(hub: Hub) -> Hub:
    furnish(hub)
    return hub


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """A furnished hall that is only looked at: one for all pages."""
    hall = config.load(write_hall(tmp_path_factory.mktemp("gallery")))
    hub = Hub(hall, new_store(hall.data), HandClock())
    tick(hub)
    hire(hub)
    web = Web(hub)
    furnish(hub)
    yield web
    hub.stop()
    web.stop()
    hub.store.close()
    assert web.held.wrong == [], "answers that /api/v1/openapi.json does not declare"


@pytest.fixture
def show(page: Page, web: Web, busy: Hub) -> Iterator[Callable[[str], Look]]:
    with ExitStack() as stack:
        yield lambda name: stack.enter_context(opened(page, web, name))


@contextmanager
def opened(page: Page, web: Web, name: str) -> Iterator[Look]:
    """Opens a page of PAGES by its name, logged in as whoever may."""
    look = PAGES[name]
    page.emulate_media(reduced_motion="reduce")
    if look.staff:
        let_in(page, web, look.staff, look.counter)
    if name.startswith("a tablet"):
        be_tablet(page, web, look.path[-1])
    with ARRANGED.get(name, lambda web: nullcontext())(web):
        page.goto(web.base + look.path.replace("{code}", code_of_a_done(web)))
        page.locator(look.ready).first.wait_for()
        yield look


def code_of_a_done(web: Web) -> str:
    """The code on the slip of a number that is done."""
    hub = web.app.extensions["hub"]
    return ratings.code_of(hub, done_at(hub, "3"))


def done_at(hub: Hub, counter: str) -> Ticket:
    row = hub.read().newest_at(counter, "Finished", 0.0)
    found = hub.read().ticket(row.ticket) if row and row.ticket else None
    assert found is not None
    return found


@contextmanager
def in_the_making(web: Web) -> Iterator[None]:
    usual = web.app.extensions["workshop"]
    web.app.extensions["workshop"] = Slow(web.app.extensions["hub"])
    yield
    web.app.extensions["workshop"] = usual


@contextmanager
def by_https(web: Web) -> Iterator[None]:
    hub = web.app.extensions["hub"]
    usual = hub.hall
    hub.hall = usual.model_copy(update={"hub": usual.hub.model_copy(update={"https": True})})
    certificate.keep(hub.hall, time.time())
    yield
    hub.hall = usual


ARRANGED = {"a report in the making": in_the_making, "authority": by_https}
"""What a page needs while it is looked at."""


def be_tablet(page: Page, web: Web, counter: str) -> None:
    """The browser is the enrolled tablet of a counter; at the second somebody is asked."""
    hub = web.app.extensions["hub"]
    hub.turn(lambda turn: turn.put_device("tablet-1", digest("a-token"), place=counter))
    with web.app.app_context():
        cookie = {"name": device_cookie(), "value": "a-token", "url": web.base}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    if counter == "2":
        ratings.invite(hub, By("09"), "2")
    elif hub.read().counter(counter).state == "closed":
        counters.open_counter(hub, By("08"), counter, staff="08")


def prefer(page: Page, **wish: str) -> None:
    page.evaluate("wish => window.prefer?.(wish)", wish)  # a telephone's page has no script


def measure(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(MEASURE)
    return found


KNOWN = [
    ("#777777", "16px", False),  # 4.48 on white
    ("#767676", "16px", True),  # 4.54
    ("#949494", "24px", True),  # 3.03; large type needs 3
    ("#959595", "24px", False),  # 2.99
    ("#949494", "700 19px", True),  # bold is large from 18.66 px
    ("#949494", "400 19px", False),
    ("rgb(0 0 0 / .54)", "16px", True),  # as #757575: 4.6
    ("rgb(0 0 0 / .5)", "16px", False),  # as #808080: 3.95
    ("color(srgb 0.4667 0.4667 0.4667)", "16px", False),  # #777 in another notation
]


def test_the_measure_of_contrast_itself(page: Page) -> None:
    for ink, size, passes in KNOWN:
        weight, _, px = size.rpartition(" ")
        page.set_content(
            f'<body style="background:#fff"><p style="color:{ink};font-size:{px};font-weight:{weight or 400}">字'
            " text</p>"
        )
        assert (measure(page)["pale"] == []) is passes, (ink, size)


def test_contrast_sees_through_tints_and_opacity(page: Page) -> None:
    page.set_content(
        '<body style="background:#fff"><div style="background:rgb(0 0 0 / .5)"><p style="color:#fff">grey'
        " ground</p></div>"
    )
    assert measure(page)["pale"][0].startswith("3.9")
    page.set_content('<body style="background:#fff"><div style="opacity:.5"><p style="color:#000">half gone</p></div>')
    assert measure(page)["pale"][0].startswith("3.9")
    page.set_content(
        '<body style="background:#fff"><button disabled style="color:#eee">not now</button><p hidden'
        ' style="color:#eee">nowhere</p>'
    )
    assert measure(page)["pale"] == []


def test_what_is_cut_is_found(page: Page) -> None:
    box = (
        '<div style="width:40px;overflow:hidden;white-space:nowrap{more}"{title}><span>much too long for'
        " this</span></div>"
    )
    for more, title, cut in (
        ("", "", 1),
        (";text-overflow:ellipsis", "", 1),
        (";text-overflow:ellipsis", ' title="all of it"', 0),
    ):
        page.set_content(box.format(more=more, title=title))
        assert len(measure(page)["cut"]) == cut


def wrong_looks(page: Page, look: Look) -> list[Any]:
    """What is wrong with the open page in any of LOOKS."""
    wrong: list[Any] = []
    page.emulate_media(reduced_motion="reduce")  # nothing is measured while it fades in
    for (width, height), theme, size, lang in LOOKS:
        page.set_viewport_size({"width": width, "height": height})
        prefer(page, theme=theme, size=size, lang=lang)
        found = measure(page)
        bad = [(what, found[what]) for what in ("pale", "cut", "wide") if found[what]]
        if lang == "zh" and look.bilingual and (found["english"] or found["mixed"]):
            bad.append(("English", found["english"] + found["mixed"]))
        if lang == "en" and look.bilingual and found["chinese"]:
            bad.append(("Chinese", found["chinese"]))
        if lang == "both" and look.bilingual and not (found["chinese"] and found["english"]):
            bad.append(("only one language", lang))
        wrong += [(width, theme, size, lang, *what) for what in bad]
    return wrong


PHONE = (390, 844)
NOT_ON_A_PHONE = ("screen", "area", "counter")
"""What hangs on a wall, and the console, which has its own screen and keyboard."""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_in_every_theme_size_language_and_window(page: Page, gallery: Web, name: str) -> None:
    with opened(page, gallery, name) as look:
        assert wrong_looks(page, look) == []
        if name not in NOT_ON_A_PHONE:
            assert wrong_on_a_phone(page) == []


def wrong_on_a_phone(page: Page) -> list[Any]:
    """On a telephone held upright it never scrolls sideways, nothing is cut, and no text stands in a column of one
    sign.
    """
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    wrong: list[Any] = []
    for lang in ("zh", "en"):
        prefer(page, theme="light", size="large", lang=lang)
        found = measure(page)
        wrong += [(lang, what, found[what]) for what in ("cut", "wide") if found[what]]
        if thin := page.evaluate(THIN):
            wrong.append((lang, "thin", thin))
    return wrong


def test_accounts_are_seen_whole_on_a_phone_whatever_somebody_is_called(
    page: Page, show: Callable[[str], Look], busy: Hub
) -> None:
    """Whether an account is locked, and the key that unlocks it, lie in no part of a table that has to be pulled in."""
    put(busy, By("cli"), "50", "欧阳诸葛司马", "manager", "pass-50")
    show("accounts")
    assert wrong_on_a_phone(page) == []
    assert page.evaluate("[...document.querySelectorAll('.scroll')].every((e) => e.scrollWidth <= e.clientWidth)")


THIN = """() => [...document.querySelectorAll("main td, main th, main p, main li")].filter((node) => {
  const size = parseFloat(getComputedStyle(node).fontSize), said = node.innerText.replace(
    [...node.querySelectorAll(".unseen")].map((one) => one.innerText).join(""), "").trim();
  const box = node.getBoundingClientRect(), style = getComputedStyle(node);
  const room = box.width - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  return node.checkVisibility() && said.length > 3 && room < 2 * size;
}).map((node) => `${node.tagName} ${node.innerText.trim().slice(0, 30)}`).slice(0, 5)"""


def test_the_papers_of_the_console_in_every_look(page: Page, show: Callable[[str], Look], busy: Hub) -> None:
    """A second notice with its warning over a page that lists a paper which failed."""
    look = show("counter")
    page.keyboard.press("F2")
    expect(page.locator("#number")).not_to_have_text("—")
    for key in ("F11", "1", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#papers li")).to_have_count(1)
    job = busy.read().open_jobs()[-1]
    jobs.print_ended(busy, job.id, job.ticket, "p58", "failed", "打印机缺纸，请换上新纸卷并合上盖子。")
    page.locator("#papers .spoilt").wait_for()
    assert wrong_looks(page, look) == []
    page.keyboard.press("F11")
    page.locator("#slip-warning").wait_for()
    assert wrong_looks(page, look) == []


def test_the_papers_of_the_desk_in_every_look(page: Page, web: Web, show: Callable[[str], Look], busy: Hub) -> None:
    look = show("desk")
    for service, state in (("SB01", "failed"), ("MZ04", "printed")):
        job = papers.materials(busy, papers.Asker(By("50"), ["p58"]), service)
        jobs.print_ended(
            busy, job.id, None, "p58", state, "打印机缺纸，请换上新纸卷并合上盖子。" if state == "failed" else ""
        )
    page.locator("#missed li").wait_for()
    web.app.extensions["health"].heard("p80", "paper_out", *PRINTER_SAYS["paper_out"])
    expect(page.locator("#devices")).to_contain_text("请换上新纸卷")
    page.keyboard.press("F3")
    page.keyboard.press("1")
    page.locator("#choices .list").first.wait_for()
    assert wrong_looks(page, look) == []


def test_links_to_other_systems_in_every_look(page: Page, show: Callable[[str], Look], busy: Hub) -> None:
    """One that is down with a message it will not take, and a message that matches nothing here."""
    sent = outbound.Link(destination="platform", url="https://city.example.cn", seq=1, sent=7, heard_at=busy.now())
    lost = outbound.missed(sent, outbound.Answer(503), busy.now() - 900)
    refused = outbound.Sending(
        destination="platform", seq=5, id="x-5", type="case.moved", at=busy.now(), tried_at=busy.now(), tries=1,
        state="refused", status=422, zh=outbound.said(422).zh, en=outbound.said(422).en,
    )  # fmt: skip
    links.keep(busy, lost, refused)
    heard = Heard(type="case.numbered", at=busy.now(), case="BJ20261123-999", platform="350500202611230000123")
    assert platform.take(busy, "lost", heard).state == "unmatched"
    look = show("condition")
    page.get_by_text("BJ20261123-999").wait_for()
    assert wrong_looks(page, look) == []


def test_the_examples_of_the_design_document(page: Page, web: Web, show: Callable[[str], Look]) -> None:
    """Every component of docs/design.md, so that a page built of them starts right."""
    examples = re.findall(
        r"```html\n(.*?)```", (config.ROOT / "docs" / "design.md").read_text(encoding="utf-8"), re.DOTALL
    )
    html = web.app.jinja_env.from_string('{% from "words.html" import t %}' + "<hr>".join(examples)).render()
    look = show("docs")
    page.evaluate(
        "html => { document.querySelector('main').innerHTML = html; document.querySelector('dialog').show(); }", html
    )
    assert wrong_looks(page, look) == []
    small = page.locator(
        "main button:not(.small), main .button, main input:not([type=checkbox], [type=radio])"
    ).evaluate_all(
        "nodes => nodes.filter((node) => node.getBoundingClientRect().height < 44).map((node) => node.outerHTML)"
    )
    assert small == []


def test_a_choice_is_applied_at_once_in_every_tab_and_kept(page: Page, web: Web) -> None:
    page.goto(f"{web.base}/login")
    other = page.context.new_page()
    other.goto(f"{web.base}/api/docs")
    page.locator("#display summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")  # to the theme; arrows choose
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.get_by_label("大字").check(force=True)
    page.get_by_label("English").check(force=True)
    for tab, title in ((page, "Log in"), (other, "API")):
        html = tab.locator("html")
        expect(html).to_have_attribute("data-theme", "dark")
        expect(html).to_have_attribute("data-size", "large")
        expect(html).to_have_attribute("data-lang", "en")
        expect(html).to_have_attribute("lang", "en")
        expect(tab).to_have_title(f"{title} · Kaiyuan Street Service Centre, Licheng District")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("#display input:checked")).to_have_count(3)
    expect(page.locator("option").first).to_have_text("At no counter")
    page.locator("#display summary").click()
    page.keyboard.press("Escape")
    expect(page.locator("#display .menu-panel")).to_be_hidden()
    other.close()


def test_auto_follows_the_machine(page: Page, web: Web) -> None:
    page.goto(f"{web.base}/login")
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        expect(page.locator("html")).to_have_attribute("data-theme", scheme)
        assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == scheme
    prefer(page, theme="dark")
    page.emulate_media(media="print")  # paper stays light
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"


def test_one_macro_and_one_function_make_the_same_pair(page: Page, web: Web) -> None:
    page.goto(f"{web.base}/screen")
    module(page, "parts.js")
    made = page.evaluate(
        "(({ bi, pick }) => [bi('登录', 'Log in').outerHTML, bi('王敏').outerHTML, pick('登录', 'Log in')])(module)"
    )
    assert made[0] == '<span class="t"><span lang="zh-CN">登录</span> <span lang="en">Log in</span></span>'
    assert made[2] == "登录"
    prefer(page, lang="en")
    assert page.evaluate("module.pick('登录', 'Log in')") == "Log in"
    page.goto(f"{web.base}/login")
    assert made[0] in page.content()


def test_the_header_is_one_low_line_with_what_the_role_may_open(page: Page, web: Web, busy: Hub) -> None:
    page.goto(f"{web.base}/login")
    expect(page.locator(".top nav a")).to_have_count(1)
    log_in(page, web, "08", "1")
    assert page.locator(".top nav a").evaluate_all("links => links.map((link) => link.pathname)") == [
        "/counter",
        "/desk",
        "/cases",
        "/registers",
        "/attendance",
    ]
    expect(page.locator(".top nav [aria-current=page]")).to_contain_text("窗口")
    page.click(".top form button")
    arrives(page, r"/login(\?|$)")  # by the redirect, or by the console that finds itself logged out
    log_in(page, web, "50", "")
    assert page.locator(".top nav a").evaluate_all("links => links.length") == 10
    assert page.locator(".top").bounding_box()["height"] <= 56  # type: ignore[index]
    page.set_viewport_size({"width": 1280, "height": 720})
    for size, most in (("normal", 56), ("large", 72)):
        for lang in ("zh", "en", "both"):
            prefer(page, size=size, lang=lang)
            assert page.locator(".top").bounding_box()["height"] <= most, (size, lang)  # type: ignore[index]


def test_what_is_behind_one_word_of_the_header_opens_by_keyboard(page: Page, web: Web) -> None:
    log_in(page, web, "50", "")
    more = page.locator(".top nav summary")
    more.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(".top nav .menu-panel a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(more).to_be_focused()
    expect(page.locator(".top nav .menu-panel")).to_be_hidden()
    page.goto(f"{web.base}/admin")
    expect(more).to_contain_text("管理")
