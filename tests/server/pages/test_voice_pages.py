"""The public page: lodged from any telephone, read again by number and code; photographs, floods, and text that would
be markup.
"""

from __future__ import annotations

import base64
import io
import itertools
import random
import re
import struct
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from PIL import Image

from server.domain import codes
from server.domain import voices as bounds
from server.domain.guesses import GUESSES
from server.domain.rules import Refused
from server.pages import photographs
from server.pages.voices import FORMS
from server.store import secret
from server.verbs import records, tickets, voices
from server.verbs.hub import By, Hub
from server.verbs.records import Who
from server.views import bundle
from server.views.voices import code_of
from tests.conftest import HandClock
from tests.server.pages.conftest import Browser

BAD = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
BOSS = Who(By("50"), "manager")
_keys = itertools.count(1)
KINDS = ("complaint", "inquiry", "unsolved", "suggestion", "errand")


@pytest.fixture
def visitor(app: APIFlask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def manager(app: APIFlask) -> Browser:
    browser = Browser(app.test_client())
    browser.log_in("50")
    return browser


def lodge(visitor: FlaskClient, key: str = "complaint", **fields: Any) -> Any:
    told = {"category": "attitude", "text": "窗口的人说话很凶", **fields}
    return visitor.post(
        f"/voice/{key}",
        data={"key": f"lodged-{next(_keys):08d}", **{f"f.{name}": value for name, value in told.items()}},
    )


def photograph(size: tuple[int, int] = (3000, 2000), form: str = "JPEG") -> bytes:
    """A telephone's: with the place where it was taken, lying on its side."""
    picture, marks = Image.new("RGB", size, "teal"), Image.Exif()
    marks[0x0112], marks[0x010F] = 6, "SECRETPHONE"
    marks.get_ifd(0x8825)[2] = (24.9, 0, 0)
    out = io.BytesIO()
    picture.save(out, form, exif=marks)
    return out.getvalue()


def test_how_far_a_case_is_is_told_by_number_and_code(visitor: FlaskClient, hub: Hub) -> None:
    got = {"service": "SB01", "applicant": "person", "received": ["身份证"]}
    clerk = records.Who(By("08"), "operator")
    accept = {"platform": "QZ-2026-000123", "delivery": "window"}
    case = records.open_record(hub, clerk, "case", [("receive", got), ("accept", accept)])
    shown = visitor.post("/v", data={"number": case.number.lower(), "code": code_of(hub, case)})
    assert shown.status_code == 200 and f"{case.number}已受理，正在办理" in shown.text
    assert "社会保障卡" not in shown.text and "QZ-2026" not in shown.text, "neither what it is about nor whose"
    wrong = visitor.post("/v", data={"number": case.number, "code": "R1-000000"})
    assert wrong.status_code == 404 and "已受理" not in wrong.text
    assert visitor.get(f"/v/{code_of(hub, case)}").status_code == 404, "it has no address"


def test_it_is_lodged_and_read_again_by_number_and_code(visitor: FlaskClient, hub: Hub) -> None:
    front = visitor.get("/voice").text
    assert [f"/voice/{key}" in front for key in KINDS] == [True] * 5
    answer = lodge(visitor)
    assert answer.status_code == 303 and re.fullmatch(r"/v/R[0-9A-Z]+-[0-9A-Z]{6}", answer.location)
    page = visitor.get(answer.location).text
    assert "TS20261123-001" in page and "2026-11-24" in page and "很凶" not in page
    code = answer.location.removeprefix("/v/")
    found = visitor.post("/v", data={"number": "TS20261123-001", "code": code})
    assert found.location == answer.location
    wrong = visitor.post("/v", data={"number": "TS20261123-001", "code": "R1-000000"})
    assert wrong.status_code == 404 and "请核对回执" in wrong.text and "check your receipt" not in wrong.text


def test_what_is_missing_is_said_and_what_was_typed_is_still_there(visitor: FlaskClient) -> None:
    answer = visitor.post("/voice/complaint", data={"f.text": "等了两个小时", "lang": "zh"})
    assert answer.status_code == 409 and "还缺" in answer.text and "等了两个小时" in answer.text
    assert visitor.get("/voice/liability").status_code == 404


def test_the_same_form_sent_twice_is_one(visitor: FlaskClient, hub: Hub) -> None:
    data = {"key": "abcdefgh12345678", "f.category": "delay", "f.text": "慢"}
    first, second = (visitor.post("/voice/complaint", data=data).location for _ in range(2))
    assert first == second and len(hub.read().records_open("complaint")) == 1


def test_it_answers_english_to_whoever_reads_english(visitor: FlaskClient) -> None:
    page = visitor.get("/voice/errand?lang=en").text
    assert "For whom" in page and "An older person" in page and "Send" in page


FULL_WIDTH = str.maketrans("0123456789TS-", "０１２３４５６７８９ＴＳ－")


def _try(visitor: FlaskClient, n: int, number: str, code: str) -> int:
    """Each from its own address."""
    return visitor.post("/v", data={"number": number, "code": code}, environ_base=_from(n)).status_code


def _from(n: int) -> dict[str, Any]:
    return {"REMOTE_ADDR": f"10.1.{n // 250}.{n % 250}"}


def test_codes_of_one_record_cannot_be_tried_by_spelling_nor_door(visitor: FlaskClient, hub: Hub) -> None:
    mine = lodge(visitor).location.removeprefix("/v/")
    number = "TS20261123-001"
    spelled = [number, number.lower(), number.translate(FULL_WIDTH), f" {number} "]
    tries = [_try(visitor, n, spelled[n % 4], "R1-000000") for n in range(GUESSES)]
    tries += [_try(visitor, 100 + n, one, "R1-000000") for n, one in enumerate(spelled)]
    assert tries == [404] * GUESSES + [429] * 4
    for n, code in enumerate((f"{mine[:-6]}000000", f"{mine[:-6].lower()}000000", f"r0{mine[1:-6]}000000")):
        assert visitor.get(f"/v/{code}", environ_base=_from(200 + n)).status_code == 429
    assert visitor.get("/v/R7ZZ-000000", environ_base=_from(300)).status_code == 404
    assert _try(visitor, 301, "TS20261123-002", "1") == 404


def test_the_door_by_code_has_the_same_bound_and_shuts_the_other(visitor: FlaskClient) -> None:
    wrong = lodge(visitor).location[:-6] + "000000"
    tries = [visitor.get(wrong, environ_base=_from(n)).status_code for n in range(GUESSES + 1)]
    assert tries == [404] * GUESSES + [429]
    assert _try(visitor, 99, "TS20261123-001", "R1-000000") == 429


def test_strangers_who_try_codes_do_not_shut_out_the_holder(visitor: FlaskClient) -> None:
    mine = lodge(visitor).location
    for n in range(GUESSES + 5):
        _try(visitor, n, "TS20261123-001", "R1-000000")
    assert _try(visitor, 99, "TS20261123-001", mine.removeprefix("/v/")) == 303
    assert visitor.get(mine, environ_base=_from(99)).status_code == 200


def test_who_tries_codes_from_one_address_is_refused_even_the_right_one(visitor: FlaskClient) -> None:
    mine = lodge(visitor).location
    for n in range(GUESSES):
        assert visitor.get(f"/v/R9{n}-000000", environ_base=_from(1)).status_code == 404
    assert visitor.get(mine, environ_base=_from(1)).status_code == 429


def test_a_flood_of_forms_is_stopped_before_any_is_read(visitor: FlaskClient, hub: Hub) -> None:
    answers = [lodge(visitor, "suggestion", category="other").status_code for _ in range(FORMS + 1)]
    assert answers.count(303) == bounds.PER_HOUR and answers[-1] == 429 and 409 in answers
    assert len(hub.read().records_open("suggestion")) == bounds.PER_HOUR


def test_a_full_register_asks_for_the_slip_and_takes_it(
    visitor: FlaskClient, hub: Hub, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal = secret.key(hub.hall, "code").encode()
    old = codes.ticket_code(seal, tickets.issue(hub, By("K1"), "SB01").id)
    clock.at += 86400.0
    mine = codes.ticket_code(seal, tickets.issue(hub, By("K1"), "SB01").id)
    monkeypatch.setattr(bounds, "REGISTER_PER_HOUR", 0)
    monkeypatch.setattr(bounds, "FRESH", 0)
    sent = {"f.category": "other", "f.text": "放把椅子", "lang": "zh"}
    assert 'name="slip"' not in visitor.get("/voice/suggestion").text
    full = visitor.post("/voice/suggestion", data=sent)
    assert full.status_code == 409 and "今天号票上的码" in full.text and "放把椅子" in full.text
    assert f"tel:{hub.hall.hall.tel_complaint}" in full.text
    for slip, said in ((f"{mine[:-6]}000000", "没有这个号"), (old, "不是今天的号")):
        wrong = visitor.post("/voice/suggestion", data={**sent, "slip": slip})
        assert wrong.status_code == 409 and said in wrong.text and f'value="{slip}"' in wrong.text
    assert visitor.post("/voice/suggestion", data={**sent, "slip": mine.lower()}).status_code == 303


def test_codes_of_slips_cannot_be_tried_by_the_form(visitor: FlaskClient, hub: Hub) -> None:
    sent = {"f.category": "other", "f.text": "放把椅子", "slip": "T1-000000"}
    answers = [visitor.post("/voice/suggestion", data=sent).status_code for _ in range(GUESSES + 1)]
    assert answers == [409] * GUESSES + [429]


# --- photographs ------------------------------------------------------------------------------------------------------


def test_a_photograph_is_shrunk_upright_and_holds_nothing_but_the_picture(
    visitor: FlaskClient, manager: Browser, hub: Hub
) -> None:
    answer = lodge(visitor, photos=[(io.BytesIO(photograph()), "IMG_1.jpg")])
    assert answer.status_code == 303
    record = hub.read().records_open("complaint")[0]
    kept = base64.b64decode(records.private_values(hub, record)["photos"])
    with Image.open(io.BytesIO(kept)) as picture:
        assert picture.size[0] < picture.size[1] <= photographs.SIDE and not picture.getexif()
    assert b"SECRETPHONE" in photograph() and b"SECRETPHONE" not in kept and b"Exif" not in kept
    assert 'src="data:image/jpeg;base64,/9j/' in manager.client.get(f"/registers/complaint/{record.id}").text
    assert "base64" not in visitor.get(answer.location).text
    records.erase(hub, BOSS, record.id)
    assert not hub.read().has_private(record.id)
    assert "base64" not in manager.client.get(f"/registers/complaint/{record.id}").text


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a" + b"\0" * 40,
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<script>alert(1)</script>",
        photograph()[:400],
        b"\xff\xd8\xff\xe0" + b"\0" * 500,
    ],
)
def test_what_is_no_photograph_is_refused_with_a_sentence(visitor: FlaskClient, data: bytes) -> None:
    answer = lodge(visitor, photos=[(io.BytesIO(data), "a.jpg")])
    assert answer.status_code == 409 and "这不是照片" in answer.text


def test_too_many_pixels_or_pictures_are_refused_unread(visitor: FlaskClient) -> None:
    huge = io.BytesIO()
    Image.new("1", (12000, 12000)).save(huge, "PNG")
    assert "照片太大" in lodge(visitor, photos=[(io.BytesIO(huge.getvalue()), "a.png")]).text
    four = [(io.BytesIO(photograph((40, 30))), f"{n}.jpg") for n in range(4)]
    assert "最多3张" in (refused := lodge(visitor, photos=four).text) and "照片请重新选一次" in refused
    three = [(io.BytesIO(photograph((40, 30), form)), f"{form}.x") for form in ("JPEG", "PNG", "WEBP")]
    assert lodge(visitor, photos=three).status_code == 303


def test_a_picture_that_would_fill_the_memory_is_refused_by_its_head(visitor: FlaskClient) -> None:
    """A blank PNG of 49 megapixels is 190 kB, and was 680 MB when drawn; a JPEG of one scan is drawn smaller."""
    marks = Image.Exif()
    marks[0x0112] = 6
    for form, mode, size in (("PNG", "1", (7000, 7000)), ("WEBP", "RGB", (4000, 3200))):
        bomb = io.BytesIO()
        Image.new(mode, size).save(bomb, form, exif=marks)
        answer = lodge(visitor, photos=[(io.BytesIO(bomb.getvalue()), "a.png")])
        assert answer.status_code == 409 and "像素太多" in answer.text and "重新拍一张" in answer.text
    large = photograph((5000, 4000))
    with Image.open(io.BytesIO(base64.b64decode(photographs.shrunk(large)))) as picture:
        assert picture.size == (1024, 1280)


@pytest.mark.parametrize("size", [(5000, 4000), (50000, 300)])
def test_a_jpeg_that_cannot_be_drawn_smaller_is_bounded_as_others_are(size: tuple[int, int]) -> None:
    out = io.BytesIO()
    Image.new("L", size).save(out, "JPEG", progressive=True)
    with pytest.raises(Refused):
        photographs.shrunk(out.getvalue())


def test_a_jpeg_of_endless_scans_is_refused_undrawn() -> None:
    out = io.BytesIO()
    Image.new("RGB", (64, 64)).save(out, "JPEG", progressive=True)
    whole = out.getvalue()
    assert photographs.shrunk(whole)
    last = whole.rindex(b"\xff\xda")
    with pytest.raises(Refused) as refused:
        photographs.shrunk(whole[:-2] + whole[last:-2] * photographs.SCANS + whole[-2:])
    assert "像素太多" in refused.value.text.zh


def test_every_way_that_a_telephone_was_held_comes_out_upright() -> None:
    for turned in range(1, 9):
        picture, marks = Image.new("RGB", (90, 60), "white"), Image.Exif()
        picture.paste("black", (0, 0, 45, 30))
        marks[0x0112] = turned
        out, back = io.BytesIO(), photographs.TURNS.get({6: 8, 8: 6}.get(turned, turned))
        lain = picture if back is None else picture.transpose(Image.Transpose[back])
        lain.save(out, "PNG", exif=marks)
        with Image.open(io.BytesIO(base64.b64decode(photographs.shrunk(out.getvalue())))) as seen:
            grey = seen.convert("L")
            corners = [grey.getpixel(at) for at in ((5, 5), (85, 5), (5, 55), (85, 55))]
        assert seen.size == (90, 60) and [isinstance(one, int) and one < 99 for one in corners] == [True, *[False] * 3]


def test_a_damaged_head_is_refused_in_words_and_what_was_typed_stays(visitor: FlaskClient) -> None:
    """Of 400 files with some bytes of their EXIF changed none ends in anything but a picture or the one sentence."""
    chance, refused = random.Random(1), b""
    base = photograph((40, 20))
    for _ in range(400):
        broken = bytearray(base)
        for _ in range(chance.randint(1, 6)):
            broken[chance.randrange(2, 260)] = chance.randrange(256)
        try:
            photographs.shrunk(bytes(broken))
        except Refused:
            refused = bytes(broken)
    answer = lodge(visitor, text="等了两个小时", photos=[(io.BytesIO(refused), "a.jpg")])
    assert "照片请重新选一次。" in answer.text
    assert answer.status_code == 409 and "已损坏" in answer.text and "等了两个小时" in answer.text


@pytest.mark.parametrize("fault", [struct.error, TypeError, MemoryError, RuntimeError])
def test_whatever_a_decoder_runs_into_is_the_same_sentence(
    visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch, fault: type[Exception]
) -> None:
    def broken(self: Image.Image) -> Image.Exif:
        raise fault("damaged")

    monkeypatch.setattr(Image.Image, "getexif", broken)
    answer = lodge(visitor, photos=[(io.BytesIO(photograph((40, 30))), "a.jpg")])
    assert answer.status_code == 409 and "已损坏" in answer.text and "窗口的人说话很凶" in answer.text


def test_one_picture_is_drawn_at_a_time_and_who_waits_too_long_is_told(
    visitor: FlaskClient, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photographs, "WAIT_S", 0.01)
    with photographs._drawing:
        answer = lodge(visitor, photos=[(io.BytesIO(photograph((40, 30))), "a.jpg")])
    assert answer.status_code == 503 and "一分钟后再提交" in answer.text and "窗口的人说话很凶" in answer.text
    assert not hub.read().records_open("complaint")
    assert lodge(visitor, photos=[(io.BytesIO(photograph((40, 30))), "a.jpg")]).status_code == 303


def test_a_crowd_of_pictures_does_not_hold_the_hubs_threads(visitor: FlaskClient) -> None:
    for _ in range(photographs.WAITING):
        assert photographs._waiting.acquire(blocking=False)
    try:
        assert lodge(visitor, photos=[(io.BytesIO(photograph((40, 30))), "a.jpg")]).status_code == 503
    finally:
        photographs._waiting.release(photographs.WAITING)


# --- text is never markup ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", KINDS)
def test_markup_in_every_field_of_every_page_stays_text(
    visitor: FlaskClient, manager: Browser, hub: Hub, key: str
) -> None:
    """Each field of the public form alone and together: what a list does not take is refused and shown as text."""
    made = voices.public(hub)[key]
    move = bounds.opening(made)
    asked = [name for name in bounds.asked_of_public(made, move) if made.fields[name].kind != "photos"]
    right = {name: next(iter(made.fields[name].choices)) for name in asked if made.fields[name].kind == "choice"}
    right |= {"phone": "13800001111"} if "phone" in asked else {}
    right |= {"text": "字"} if "text" in asked else {}
    pages = []
    for n, name in enumerate(asked):
        data = {f"f.{one}": value for one, value in {**right, name: BAD}.items()}
        answer = visitor.post(f"/voice/{key}?lang={BAD}", data=data, environ_base={"REMOTE_ADDR": f"10.0.0.{n}"})
        pages.append(answer.text if answer.status_code == 409 else visitor.get(answer.location).text)
    if "text" in asked:
        (record,) = hub.read().records_open(key)[:1]
        values = {name: BAD for name in ("answer",) if name in made.fields}
        for way in _way(key):
            records.move(hub, BOSS, record.id, way[0], {**way[1], **(values if way[2] else {})})
        record = records.known_record(hub.read(), record.id)
        assert BAD in records.private_values(hub, record).values()
        pages += [
            manager.client.get(f"/registers/{key}/{record.id}").text,
            visitor.get(f"/v/{code_of(hub, record)}").text,
            visitor.post(f"/v/{code_of(hub, record)}", data={"move": BAD, "f.satisfied": BAD}).text,
            visitor.post(f"/v/{code_of(hub, record)}", data={"move": "rate", "f.satisfied": BAD}).text,
        ]
    pages += [
        visitor.post("/v", data={"number": BAD, "code": BAD}).text,
        visitor.get("/v", query_string={"number": BAD}).text,
        visitor.get(f"/voice/{BAD}", headers={"Accept": "text/html"}).text,
        visitor.get(f"/v/{BAD}", headers={"Accept": "text/html"}).text,
        manager.client.get(f"/registers/{key}").text,
        manager.client.get(f"/registers/{key}/ledger/2026-11").text,
    ]
    assert any("&lt;script&gt;" in page for page in pages)
    for page in pages:
        assert "<script>alert" not in page and "<img src=x" not in page


def _way(key: str) -> list[tuple[str, dict[str, Any], bool]]:
    """The staff's way to an answer: (move, values, whether it holds the answer)."""
    take: dict[str, list[tuple[str, dict[str, Any], bool]]] = {
        "complaint": [("accept", {"grade": "simple", "owner": "09"}, False)],
        "unsolved": [("classify", {"grade": "general", "owner": "09"}, False)],
        "errand": [("assign", {"owner": "09"}, False), ("accept", {}, False)],
    }
    told: dict[str, dict[str, Any]] = {
        "complaint": {"finding": "not_upheld"},
        "unsolved": {"solved": "solved"},
        "suggestion": {"adopted": "yes"},
        "errand": {"outcome": "done"},
    }
    return [*take.get(key, []), ("answer", told.get(key, {}), True)]


# --- at the desk ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", KINDS)
def test_whoever_lodges_at_the_desk_is_handed_the_receipt_by_itself(manager: Browser, hub: Hub, key: str) -> None:
    category = next(iter(records.definition(hub, key).fields["category"].choices))
    asked = records.definition(hub, key).moves["lodge"].asked
    said = {"category": category, "text": "请帮一下", "who": "elderly", "phone": "13800001111"}
    told = {f"f.{name}": value for name, value in said.items() if name in asked}
    form = {**told, "csrf_token": manager.csrf, "press_key": f"desk-{key}-0001"}
    for _ in range(2):  # pressed twice it is one record and one paper
        page = manager.client.post(f"/registers/{key}/new/lodge", data=form, follow_redirects=True).text
        assert "回执正在打印" in page
    (record,), job = hub.read().records_open(key), hub.read().job(1)
    assert job is not None and (job.kind, job.facts["case"]) == (voices.RECEIPT, record.number)
    assert "请帮一下" not in str(job.facts) and hub.read().job(2) is None


def test_the_desk_leads_to_the_voices_and_the_key_of_bundles_is_shown(manager: Browser, hub: Hub) -> None:
    assert 'href="/voices" accesskey="v"' in manager.client.get("/desk").text
    assert bundle.fingerprint(hub.hall) in manager.client.get("/registers/liability").text
    assert bundle.fingerprint(hub.hall) not in manager.client.get("/registers/complaint").text


def test_the_receipt_says_number_kind_and_due_date_and_never_the_text(
    visitor: FlaskClient, manager: Browser, hub: Hub
) -> None:
    lodge(visitor, phone="13800001111")
    (record,) = hub.read().records_open("complaint")
    page = manager.client.post(
        f"/registers/complaint/{record.id}/receipt",
        data={"csrf_token": manager.csrf, "press_key": "12345678-receipt"},
        follow_redirects=True,
    ).text
    assert "回执正在打印" in page
    job = hub.read().job(1)
    assert job is not None and job.kind == "voice"
    assert job.facts["case"] == record.number and job.facts["due"] == "2026-11-24"
    assert "很凶" not in str(job.facts) and "1380000" not in str(job.facts)
