"""责任追究: opened by what was upheld or late, decided by people, the appeal by others; its bundle is checked offline
by the script that lies in it, and by nothing of ours.
"""

from __future__ import annotations

import io
import json
import random
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from apiflask import APIFlask
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import render_template

from server.app import create_app
from server.domain.register import Record
from server.domain.rules import Refused
from server.verbs import records, tickets, voices
from server.verbs.day import tick
from server.verbs.hub import By, Hub
from server.verbs.item_lists import BY_DISTRICT
from server.verbs.records import Who
from server.views import bundle, check_file
from server.views import records as record_views
from tests.conftest import HandClock

ABOUT, OTHER, BOSS, SECOND = (
    Who(By("08"), "operator"),
    Who(By("09"), "operator"),
    Who(By("50"), "manager"),
    Who(By("51"), "manager"),
)
TEXT, STATEMENT = "窗口的人说话很凶", "当时系统坏了，我在请人修"
DAY = 86400.0
DRAW = partial(render_template, "records/bundle.html")


@pytest.fixture(autouse=True)
def staff(hub: Hub) -> None:
    for who in (ABOUT, OTHER, BOSS, SECOND):
        hub.turn(lambda turn, who=who: turn.put_staff(who.by.actor, f"员工{who.by.actor}", who.role, "x"))


def complaint(hub: Hub, finding: str) -> Record:
    told = {"category": "attitude", "text": TEXT, "phone": "13800001111"}
    record = voices.lodge(hub, By("visitor"), "complaint", told, "10.0.0.1")
    records.move(hub, BOSS, record.id, "accept", {"grade": "simple", "owner": "09", "about": "08"})
    return records.move(hub, OTHER, record.id, "answer", {"finding": finding, "answer": "已核实"})


def files(hub: Hub) -> list[Record]:
    return hub.read().records_open("liability")


def decided(hub: Hub) -> Record:
    complaint(hub, "upheld")
    (file,) = files(hub)
    records.move(hub, BOSS, file.id, "name", {"about": "08", "owner": "51"})
    records.move(hub, ABOUT, file.id, "state", {"statement": STATEMENT})
    return records.move(hub, BOSS, file.id, "decide", {"facts": "录像与陈述一致", "decision": "talk"})


def test_an_upheld_complaint_opens_a_file_and_one_that_was_not_does_not(hub: Hub) -> None:
    complaint(hub, "not_upheld")
    assert files(hub) == []
    upheld = complaint(hub, "partly")
    (file,) = files(hub)
    told = {"basis": "complaint", "source": upheld.number, "about": "08"}
    assert {**file.values, **told} == file.values and (file.owner, file.moves[0].actor) == ("", "hub")
    assert "decision" not in file.values  # nothing follows by itself


def test_a_late_case_opens_one_and_one_in_time_does_not(hub: Hub, clock: HandClock) -> None:
    for late in (False, True):
        received = ("receive", {"service": "SB01", "applicant": "person", "received": ["身份证"]})
        accepted = ("accept", {"platform": "QZ-2026-000123", "delivery": "window"})
        case = records.open_record(hub, OTHER, "case", [received, accepted])
        clock.forward(12 * DAY if late else 0)
        values = {"result": "granted", "no_licence": "none_for_it", **({"late_reason": "staff"} if late else {})}
        case = records.move(hub, OTHER, case.id, "decide", values)
        assert [one.values["source"] for one in files(hub)] == ([case.number] if late else [])


@pytest.mark.parametrize("found", ["valid", "refute"])
def test_a_bad_rating_opens_one_once_it_is_found_valid(hub: Hub, found: str) -> None:
    rating = records.open_record(hub, BOSS, "bad_rating", [("open", {"level": "dissatisfied", "way": "box"})])
    if found == "refute":
        records.move(hub, BOSS, rating.id, "claim_unfounded", {"why_unfounded": "mistaken"})
    assert files(hub) == []
    records.move(hub, SECOND, rating.id, found, {})
    (file,) = files(hub)
    assert (file.values["basis"], file.values["source"]) == ("bad_rating", rating.number)
    opened, moved = hub.read().journal(0, 1000)[-1], hub.read().journal(0, 1000)[-2]
    assert (moved.event, opened.event, moved.at) == ("RecordMoved", "RecordOpened", opened.at)


def test_of_several_moves_in_one_press_each_has_what_follows_of_it(hub: Hub) -> None:
    told = {"level": "very_dissatisfied", "way": "rater", "about": "08"}
    rating = records.open_record(hub, BOSS, "bad_rating", [("open", told), ("valid", {})])
    (file,) = files(hub)
    assert (file.values["source"], file.values["about"]) == (rating.number, "08")


def test_whom_it_is_about_states_and_appeals_and_who_decided_does_not_decide_the_appeal(hub: Hub) -> None:
    file = decided(hub)
    assert len(record_views.list_view(hub, "liability", "due", ABOUT.reach)["records"]) == 1
    assert record_views.list_view(hub, "liability", "due", OTHER.reach)["records"] == []  # no colleague's to read
    forms = record_views.record_view(hub, file, ABOUT.reach)["moves"]
    assert [one["move"] for one in forms] == ["appeal"]
    file = records.move(hub, ABOUT, file.id, "appeal", {"appeal": "请看录像第二段"})
    for who in (BOSS, ABOUT):
        with pytest.raises(Refused):
            records.move(hub, who, file.id, "review", {"review": "kept"})
    assert records.move(hub, SECOND, file.id, "review", {"review": "lifted", "decision": "none"}).state == "final"


def test_whom_it_is_about_neither_decides_nor_names_nor_drops(hub: Hub) -> None:
    complaint(hub, "upheld")
    (file,) = files(hub)
    himself = Who(By("08"), "manager")
    for move, values in (("name", {"about": "08", "owner": "51"}), ("drop", {"no_case": "nobody"})):
        with pytest.raises(Refused):
            records.move(hub, himself, file.id, move, values)
    with pytest.raises(Refused):
        records.move(hub, BOSS, file.id, "name", {"about": "08", "owner": "08"})


def test_without_an_appeal_it_is_final_when_the_term_is_over(hub: Hub, clock: HandClock) -> None:
    file = decided(hub)
    clock.forward(9 * DAY)
    tick(hub)
    assert records.known_record(hub.read(), file.id).state == "final"


# --- the bundle -------------------------------------------------------------------------------------------------------


@pytest.fixture
def app(hub: Hub) -> Iterator[APIFlask]:
    made = create_app(hub)
    with made.test_request_context():
        yield made


def unpacked(hub: Hub, folder: Path) -> Path:
    ticket = tickets.issue(hub, By("kiosk"), "SB01")
    file = decided(hub)
    with zipfile.ZipFile(io.BytesIO(bundle.bundle(hub, file, BOSS.reach, DRAW))) as archive:
        archive.extractall(folder)
    assert ticket.id
    return folder / file.number


def checked(folder: Path) -> subprocess.CompletedProcess[str]:
    """The script that lies in it, by a Python that has none of our packages."""
    command = [sys.executable, "-I", "-S", str(folder / "check.py")]
    return subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")


def test_the_bundle_is_checked_by_its_own_script_and_holds_nothing_private(
    hub: Hub, app: APIFlask, tmp_path: Path
) -> None:
    folder = unpacked(hub, tmp_path)
    answer = checked(folder)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "all is right" in answer.stdout and bundle.fingerprint(hub.hall) in answer.stdout
    whole = "".join(file.read_text(encoding="utf-8") for file in folder.iterdir())
    for private in (TEXT, STATEMENT, "13800001111", "已核实", "录像与陈述一致"):
        assert private not in whole
    page = (folder / "page.html").read_text(encoding="utf-8")
    assert "谈话提醒" in page and "投诉举报" in page and "已填写，不显示" in page and "员工08" in page


def test_a_page_of_a_bundle_takes_the_district_for_nobody_else(hub: Hub, app: APIFlask) -> None:
    made = records.definition(hub, "district_finding")
    told = {"finding": 7, "line": "order", "due": "2026-12-01", "what": "地上有水"}
    steps = [("open", records.split(made, told))]
    found = hub.turn(lambda turn: records.open_in(hub, turn, BY_DISTRICT, made, steps))
    file = records.open_record(hub, BOSS, "liability", [("open", {"basis": "late_case", "source": found.number})])
    with zipfile.ZipFile(io.BytesIO(bundle.bundle(hub, file, BOSS.reach, DRAW))) as archive:
        page = archive.read(f"{file.number}/page.html").decode()
    assert "区里 the district" in page and "the public" not in page


@pytest.mark.parametrize("name", ["rows.json", "page.html", "proof.json", "proof.sig"])
def test_whatever_is_changed_in_it_is_found(hub: Hub, app: APIFlask, tmp_path: Path, name: str) -> None:
    folder, dice = unpacked(hub, tmp_path), random.Random(7)
    whole = (folder / name).read_text(encoding="utf-8")
    digits = [n for n, sign in enumerate(whole) if sign.isdigit()]
    for place in dice.sample(digits, min(8, len(digits))):
        changed = whole[:place] + str((int(whole[place]) + 1) % 10) + whole[place + 1 :]
        (folder / name).write_text(changed, encoding="utf-8")
        assert check_file.problems(folder), (name, place)
    (folder / name).write_text(whole, encoding="utf-8")
    assert check_file.problems(folder) == []


def test_a_row_that_was_changed_and_signed_anew_still_does_not_fit(hub: Hub, app: APIFlask, tmp_path: Path) -> None:
    """Whoever has another key may sign anything: the fingerprint is another. And the hash tells a changed row."""
    folder = unpacked(hub, tmp_path)
    rows = json.loads((folder / "rows.json").read_text(encoding="utf-8"))
    rows[0]["fields"][3] = "somebody else"
    assert check_file.row_hash(rows[0]["previous"], rows[0]["fields"]) != rows[0]["hash"]


def test_the_scripts_ed25519_agrees_with_the_librarys() -> None:
    dice = random.Random(11)
    for n in range(6):
        key, message = Ed25519PrivateKey.from_private_bytes(dice.randbytes(32)), dice.randbytes(n * 37)
        public, signed = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw), key.sign(message)
        assert check_file.genuine(public, message, signed)
        assert not check_file.genuine(public, message + b"x", signed)
        bad = bytearray(signed)
        bad[dice.randrange(64)] ^= 1
        assert not check_file.genuine(public, message, bytes(bad))


def test_a_broken_journal_is_not_signed(hub: Hub, app: APIFlask) -> None:
    file = decided(hub)
    conn = sqlite3.connect(hub.store.path)
    conn.execute("DROP TRIGGER journal_is_never_changed")
    with conn:
        conn.execute("UPDATE journal SET actor = '99' WHERE event = 'RecordMoved'")
    with pytest.raises(bundle.Broken):
        bundle.bundle(hub, file, BOSS.reach, DRAW)


def test_a_complaint_about_somebody_who_has_left_is_answered_and_its_file_goes_on(hub: Hub, clock: HandClock) -> None:
    told = {"category": "attitude", "text": TEXT}
    record = voices.lodge(hub, By("visitor"), "complaint", told, "10.0.0.1")
    records.move(hub, BOSS, record.id, "accept", {"grade": "simple", "owner": "09", "about": "08"})
    hub.turn(lambda turn: turn.change_staff("08", name="员工08", role="operator", active=False, department=""))
    records.move(hub, OTHER, record.id, "answer", {"finding": "upheld", "answer": "已核实"})
    (file,) = files(hub)
    assert file.values["about"] == "08"
    named = records.move(hub, BOSS, file.id, "name", {"about": "08", "owner": "51"})
    assert named.values["about"] == "08"
    hub.turn(lambda turn: turn.change_staff("09", name="员工09", role="operator", active=False, department=""))
    with pytest.raises(Refused, match="没有工号09"):
        records.correct(hub, BOSS, file.id, "owner", "09", "换人")


# --- whom it is about keeps the hands off -----------------------------------------------------------------------------


@pytest.mark.parametrize(("field", "value"), [("decision", "none"), ("facts", "什么也没有发生"), ("about", "09")])
def test_whom_it_is_about_corrects_nothing_in_it(hub: Hub, field: str, value: str) -> None:
    file = decided(hub)
    for who in (ABOUT, Who(By("08"), "manager"), Who(By("08"), "administrator")):
        with pytest.raises(Refused) as refused:
            records.correct(hub, who, file.id, field, value, "写错了")
        assert "涉及您本人" in refused.value.text.zh
    view = record_views.record_view(hub, file, Who(By("08"), "manager").reach)
    assert view["correctable"] == [] and view["erasable"] is False
    after = records.known_record(hub.read(), file.id)
    assert (after.values, after.given) == (file.values, file.given)
    assert records.correct(hub, BOSS, file.id, "decision", "rules", "写错了").values["decision"] == "rules"


def test_whom_it_is_about_erases_nothing_of_it(hub: Hub) -> None:
    file = decided(hub)
    with pytest.raises(Refused):
        records.erase(hub, Who(By("08"), "manager"), file.id)
    assert records.private_values(hub, records.known_record(hub.read(), file.id))["statement"] == STATEMENT
    records.erase(hub, BOSS, file.id)
    assert records.private_values(hub, records.known_record(hub.read(), file.id)) == {}


def test_whom_it_is_about_names_nobody_else_in_the_same_press(hub: Hub) -> None:
    complaint(hub, "upheld")
    (file,) = files(hub)
    records.move(hub, BOSS, file.id, "name", {"about": "51", "owner": "50"})
    with pytest.raises(Refused) as refused:
        records.move(hub, SECOND, file.id, "name", {"about": "09", "owner": "50"})
    assert "涉及您本人" in refused.value.text.zh


def test_a_correction_is_who_has_its_or_a_managers(hub: Hub) -> None:
    third = Who(By("10"), "operator")
    answered = complaint(hub, "upheld")
    for field, value in (("finding", "not_upheld"), ("text", "没事")):
        with pytest.raises(Refused):
            records.correct(hub, third, answered.id, field, value, "写错了")
    assert records.private_values(hub, answered)["text"] == TEXT
    assert records.correct(hub, OTHER, answered.id, "finding", "partly", "写错了").values["finding"] == "partly"
    assert records.correct(hub, BOSS, answered.id, "finding", "upheld", "写错了").values["finding"] == "upheld"
