"""Records in the store: opened, moved, corrected and erased in durable turns; what is private in no byte of any file;
due dates anew when the calendar changes.
"""

from __future__ import annotations

import json
import logging
import os
import random
import time
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import config
from config import CalendarDay, ConfigError, Hall
from server.__main__ import main
from server.domain import register
from server.domain.rules import Refused
from server.store import journal, private, secret
from server.store.database import Store
from server.store.queries.records import Asked
from server.store.register_files import read
from server.verbs import records, tickets
from server.verbs.day import tick
from server.verbs.hub import By, Conflict, Hub, Unknown
from server.verbs.records import Who
from tests.both_languages import english
from tests.conftest import MONDAY_9, HandClock
from tests.steps import lines_of

WHO, OTHER, BOSS = Who(By("08"), "operator"), Who(By("09"), "operator"), Who(By("50"), "manager")
RECEIVED = {"service": "SB01", "applicant": "person", "received": ["身份证"]}
ACCEPTED = {"platform": "QZ-2026-000123", "delivery": "window"}
DECIDED = {"result": "granted", "no_licence": "none_for_it"}
PHONE, NOTE = "13900008888", "申请人说下周二以后才有空来"
DAY = 86400.0
LOST = (config.ROOT / "tests/data/registers/lost.toml").read_text(encoding="utf-8")


def opened(hub: Hub, *more: tuple[str, dict[str, Any]], who: Who = WHO, **values: Any) -> register.Record:
    return records.open_record(hub, who, "case", [("receive", {**RECEIVED, **values}), *more])


def keyed(who: Who, key: str) -> Who:
    return Who(By(who.by.actor, key), who.role)


# --- the verbs --------------------------------------------------------------------------------------------------------


def test_a_case_is_opened_and_moved_and_the_journal_tells_all_of_it(hub: Hub, clock: HandClock) -> None:
    ticket = tickets.issue(hub, By("kiosk"), "SB01", channel="desk")
    record = records.open_record(hub, WHO, "case", [("receive", {**RECEIVED, "phone": PHONE})], ticket=ticket.id)
    assert (record.number, record.state, record.ticket) == ("BJ20261123-001", "received", ticket.id)
    assert opened(hub).number == "BJ20261123-002"
    clock.forward(DAY)
    assert opened(hub).number == "BJ20261124-001"
    moved = records.move(hub, WHO, record.id, "accept", ACCEPTED)
    assert moved.state == "accepted" and moved.values["platform"] == "QZ-2026-000123"
    assert [row.event for row in hub.read().life_of_record(moved)] == ["RecordOpened", "RecordMoved"]
    assert [one.id for one in hub.read().records_of_ticket(ticket.id)] == [record.id]
    assert journal.verify(hub.read().conn) == []


def test_a_day_of_more_than_a_thousand_goes_on_counting(hub: Hub) -> None:
    last = opened(hub).number[:-3] + "999"
    hub.turn(lambda turn: turn.conn.execute("UPDATE records SET number = ?", (last,)), By("test"))
    assert [opened(hub).number[11:] for _ in range(3)] == ["1000", "1001", "1002"]


def test_what_is_done_at_once_is_one_press_and_one_turn(hub: Hub) -> None:
    before = hub.read().last_event("DayTurned")
    record = opened(hub, ("accept", ACCEPTED), ("decide", DECIDED), ("deliver", {"handed": "window"}))
    assert record.over and before and len({step.at for step in record.moves}) == 1
    assert hub.read().due_of(record.id) is None
    with pytest.raises(Refused, match="还缺"):
        opened(hub, ("accept", ACCEPTED), ("decide", {}))
    assert hub.read().last_numbered("BJ20261123-") == 1, "all of them or none"


def test_the_same_press_twice_is_one_record_and_another_wish_is_a_conflict(hub: Hub) -> None:
    first = opened(hub, who=keyed(WHO, "key-1"), phone=PHONE)
    assert opened(hub, who=keyed(WHO, "key-1"), phone=PHONE).id == first.id
    with pytest.raises(Conflict):
        opened(hub, who=keyed(WHO, "key-1"), phone="13900009999")
    records.move(hub, keyed(WHO, "key-2"), first.id, "accept", ACCEPTED)
    assert records.move(hub, keyed(WHO, "key-2"), first.id, "accept", ACCEPTED).state == "accepted"


def test_several_are_moved_at_once_all_or_none(hub: Hub) -> None:
    three = [opened(hub, ("accept", ACCEPTED)).id for _ in range(3)]
    assert records.move_several(hub, WHO, three[:2], "decide", DECIDED) == 2
    with pytest.raises(Refused, match="现在是“待领”"):
        records.move_several(hub, WHO, three[::-1], "decide", DECIDED)
    assert [records.known_record(hub.read(), one).state for one in three] == ["ready", "ready", "accepted"]
    with pytest.raises(Refused):
        records.move_several(hub, WHO, [], "decide", DECIDED)


def test_links_and_staff_are_held_against_what_there_is(hub: Hub) -> None:
    hub.turn(lambda turn: turn.put_staff("08", "王敏", "operator", "-"))
    case = opened(hub)
    owe = {"case": case.number, "service": "SB01", "owed": ["照片"], "owner": "08"}
    assert records.open_record(hub, WHO, "owing", [("owe", owe)]).owner == "08"
    with pytest.raises(Refused, match="没有BJ20260101-001这件记录"):
        records.open_record(hub, WHO, "owing", [("owe", {**owe, "case": "BJ20260101-001"})])
    with pytest.raises(Refused, match="没有工号77"):
        records.open_record(hub, WHO, "owing", [("owe", {**owe, "owner": "77"})])
    with pytest.raises(Unknown):
        records.open_record(hub, WHO, "none", [("owe", {})])
    with pytest.raises(Unknown):
        records.move(hub, WHO, 4711, "accept", {})


def test_a_correction_stays_on_record(hub: Hub) -> None:
    record = opened(hub, phone=PHONE)
    assert records.correct(hub, WHO, record.id, "applicant", "company", "选错").values["applicant"] == "company"
    again = records.correct(hub, WHO, record.id, "phone", "13900001111", "号码错")
    assert records.private_values(hub, again) == {"phone": "13900001111"}
    assert again.given != record.given
    assert journal.verify(hub.read().conn) == []
    assert records.sealed_problems(hub.read(), secret.key(hub.hall, private.KEY)) == []


# --- a register of a hall's own ---------------------------------------------------------------------------------------


def test_a_new_register_is_one_file_and_no_python(hall: Hall, clock: HandClock) -> None:
    (hall.folder / "registers").mkdir()
    (hall.folder / "registers" / "lost.toml").write_text(LOST, encoding="utf-8")
    hub = Hub(hall, Store(hall.data, durable=False), clock)
    guide = Who(By("30"), "guide")
    record = records.open_record(hub, guide, "lost", [("find", {"what": "card", "place": "desk"})])
    assert record.number == "SW20261123-001"
    records.move(hub, guide, record.id, "tell", {"owner_phone": PHONE})
    assert records.move(hub, guide, record.id, "give", {}).over
    assert journal.verify(hub.read().conn) == []
    hub.store.close()


def test_mistakes_of_all_registers_are_told_at_once(hall: Hall) -> None:
    folder = hall.folder / "registers"
    folder.mkdir()
    (folder / "a.toml").write_text(LOST.replace('to = "given"', 'to = "gone"'), encoding="utf-8")
    (folder / "b.toml").write_text(LOST.replace('number = "SW"', "number = 5"), encoding="utf-8")
    (folder / "c.toml").write_text(LOST.replace('key = "lost"', 'key = "case"'), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read(hall)
    told = "\n".join(english(caught.value.problems))
    assert "a.toml:18: moves.give.to" in told and "b.toml:3: number" in told and "taken by register 'case'" in told


def test_a_record_lives_to_its_end_under_the_version_it_was_opened_with(hall: Hall, clock: HandClock) -> None:
    folder, guide = hall.folder / "registers", Who(By("30"), "guide")
    (folder / "past").mkdir(parents=True)
    (folder / "lost.toml").write_text(LOST, encoding="utf-8")
    hub = Hub(hall, Store(hall.data, durable=False), clock)
    old = records.open_record(hub, guide, "lost", [("find", {"what": "card", "place": "desk"})])
    hub.store.close()
    newer = LOST.replace('key = "lost"', 'key = "lost"\nversion = 2').replace(
        'from = ["kept", "called"]', 'from = ["called"]'
    )
    (folder / "lost.toml").write_text(newer, encoding="utf-8")
    hub = Hub(hall, Store(hall.data, durable=False), clock)
    with pytest.raises(ConfigError, match=r"文件夹“past”，名为“lost-1\.toml”"):
        records.check(hub)
    (folder / "past" / "lost-1.toml").write_text(LOST, encoding="utf-8")
    hub._kept.clear()
    records.check(hub)
    young = records.open_record(hub, guide, "lost", [("find", {"what": "card", "place": "desk"})])
    assert records.move(hub, guide, old.id, "give", {}).over
    with pytest.raises(Refused, match="现在是“保管”"):
        records.move(hub, guide, young.id, "give", {})
    hub.store.close()


# --- what is private --------------------------------------------------------------------------------------------------


@pytest.fixture
def durable(hall: Hall, clock: HandClock, caplog: pytest.LogCaptureFixture) -> Iterator[Hub]:
    """A hub as it runs: every commit on the disk."""
    caplog.set_level(logging.DEBUG)
    hub = Hub(hall, Store(hall.data), clock)
    tick(hub)
    yield hub
    hub.stop()
    hub.store.close()


def places_of(folder: Path, *wanted: bytes) -> list[str]:
    """The files of a folder in which one of some bytes stands."""
    return [
        file.name
        for file in sorted(folder.rglob("*"))
        if file.is_file() and any(one in file.read_bytes() for one in wanted)
    ]


def forms_of(text: str) -> list[bytes]:
    return [text.encode(), text.encode("utf-16-le"), json.dumps(text).encode()]


def test_what_is_private_stands_in_no_byte_of_any_file_and_erasing_destroys_its_key(
    durable: Hub, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    hub, folder = durable, durable.hall.data
    record = opened(hub, who=keyed(WHO, "key-1"), phone=PHONE, note=NOTE)
    done = records.move(hub, WHO, record.id, "withdraw", {})
    plain = [form for text in (PHONE, NOTE) for form in forms_of(text)]
    assert places_of(folder, *plain) == [], "never, even while it is kept"
    assert records.private_values(hub, done) == {"phone": PHONE, "note": NOTE}
    kept = hub.read().private(record.id)
    assert kept is not None
    sealed = [kept[0], *kept[1].values()]
    assert places_of(folder, *sealed) != []
    assert (
        hub.read().conn.execute("SELECT count(*) FROM journal WHERE data LIKE '%' || ? || '%'", (PHONE,)).fetchone()[0]
        == 0
    )

    clock.forward(31 * DAY)
    tick(hub)
    partly = records.known_record(hub.read(), record.id)
    assert {*partly.given} == {"note"} and records.private_values(hub, partly) == {"note": NOTE}
    assert places_of(folder, *sealed) == [], "the key is a new one, the old boxes are gone"
    again = hub.read().private(record.id)
    assert again is not None

    for _ in range(11):  # a clock that leaps by more than a month is in doubt, and nothing is erased by it
        clock.forward(31 * DAY)
        tick(hub)
    gone = records.known_record(hub.read(), record.id)
    assert gone.given == {} and gone.erased_at == clock.at and not hub.read().has_private(record.id)
    assert places_of(folder, again[0], *again[1].values(), *sealed, *plain) == []
    assert gone.values["service"] == "SB01", "the row stays, so figures do"
    assert not any(text in caplog.text for text in (PHONE, NOTE))
    assert [row.field("fields") for row in hub.read().erasures()] == [("note",), ("phone",)]
    assert journal.verify(hub.read().conn) == []
    assert records.sealed_problems(hub.read(), secret.key(hub.hall, private.KEY)) == []


def test_what_is_erased_goes_at_once_when_the_person_wishes_it(durable: Hub) -> None:
    record = opened(durable, phone=PHONE)
    kept = durable.read().private(record.id)
    records.erase(durable, BOSS, record.id)
    assert kept and places_of(durable.hall.data, kept[0], *kept[1].values()) == []
    with pytest.raises(Refused, match="没有可删除"):
        records.erase(durable, BOSS, record.id)
    with pytest.raises(Refused, match="已按期删除"):
        records.correct(durable, WHO, record.id, "phone", PHONE, "补登")


def test_the_terms_are_the_halls(hall: Hall, hall_file: Path, clock: HandClock) -> None:
    hall_file.write_text(
        hall_file.read_text()
        .replace("keep_days = {phone = 30}", "keep_days = {phone = 3}")
        .replace("keep_days = { phone = 30 }", "keep_days = { phone = 3 }")
    )
    hub = Hub(config.load(hall_file), Store(hall.data, durable=False), clock)
    record = opened(hub, phone=PHONE)
    records.move(hub, WHO, record.id, "withdraw", {})
    clock.forward(3 * DAY)
    assert records.erase_due(hub) == 0
    clock.forward(DAY)
    assert records.erase_due(hub) == 1
    hub.store.close()


def test_a_dry_run_says_what_would_go_and_touches_nothing(hub: Hub, hall_file: Path, clock: HandClock) -> None:
    record = opened(hub, phone=PHONE)
    records.move(hub, WHO, record.id, "withdraw", {})
    told = CliRunner().invoke(main, ["--config", str(hall_file), "erase", "--dry-run"])
    assert told.exit_code == 0 and PHONE not in told.output
    far = time.time() > MONDAY_9 + 31 * DAY
    assert (record.number in told.output) is far
    found = records.erasable(hub.read(), records.registers(hub), records.ground(hub), clock.at + 31 * DAY)
    assert [(one.record.number, one.fields, one.since) for one in found] == [
        (record.number, ("phone",), date(2026, 12, 24))
    ]
    assert hub.read().has_private(record.id)


def test_a_changed_box_or_another_halls_key_is_found(hub: Hub) -> None:
    record, key = opened(hub, phone=PHONE), secret.key(hub.hall, private.KEY)
    assert records.sealed_problems(hub.read(), key) == []
    assert "its key" in records.sealed_problems(hub.read(), "another")[0]
    hub.turn(lambda turn: turn.conn.execute("UPDATE private_fields SET box = CAST(box || x'00' AS BLOB)"))
    assert records.sealed_problems(hub.read(), key) == [
        f"records:{record.number}: its private fields are not those that the journal has the seals of"
    ]
    with pytest.raises(private.Sealed):
        records.private_values(hub, record)
    hub.turn(lambda turn: turn.drop_private(record.id))
    assert len(records.sealed_problems(hub.read(), key)) == 1


def test_a_box_opens_only_in_its_own_place() -> None:
    key = private.fresh()
    box = private.boxes(key, 1, {"phone": PHONE})
    assert private.values(key, 1, box) == {"phone": PHONE}
    for record, field in ((2, "phone"), (1, "note")):
        with pytest.raises(private.Sealed):
            private.values(key, record, {field: box["phone"]})
    with pytest.raises(private.Sealed):
        private.values(private.fresh(), 1, box)
    with pytest.raises(private.Sealed):
        private.values(key, 1, {"phone": b"\x02" + box["phone"][1:]})


# --- the calendar -----------------------------------------------------------------------------------------------------


def with_days(hall: Hall, **kinds: str) -> Hall:
    rows = {date(*map(int, name[1:].split("_"))): kind for name, kind in kinds.items()}
    days = {day: CalendarDay.model_validate({"date": day, "kind": kind}) for day, kind in rows.items()}
    return hall.model_copy(update={"days": {**hall.days, **days}})


def test_a_change_of_the_calendar_moves_what_is_open_and_lists_it(hub: Hub) -> None:
    records.recompute(hub)
    moving, still = (
        opened(hub, ("accept", ACCEPTED)),
        opened(hub, ("accept", ACCEPTED), ("special", {"procedure": "test", "basis": "licensing"})),
    )
    over = opened(hub, ("accept", ACCEPTED), ("decide", DECIDED), ("deliver", {"handed": "window"}))
    assert hub.read().due_of(moving.id)["due"] == "2026-12-02"
    changed = Hub(with_days(hub.hall, d2026_11_30="法定节假日"), hub.store, hub._clock)
    assert records.recompute(changed) == 1
    event = changed.read().last_event("DuesMoved")
    assert event and (event.field("records"), event.field("moved")) == (2, 1)
    assert [
        (record.id, records.moved_from(was)["promised"]) for record, was in changed.read().records_moved("case")
    ] == [(moving.id, "2026-12-02")]
    assert changed.read().due_of(moving.id)["due"] == "2026-12-03"
    assert records.recompute(changed) is None, "the same calendar moves nothing"
    assert (
        records.known_record(changed.read(), over.id).verdicts["promised"]["calendar"]
        == records.ground(hub).calendar.version
    )
    assert changed.read().due_of(still.id)["due"] == "9999-12-31"
    assert journal.verify(changed.read().conn) == []


def test_ten_thousand_open_records_are_worked_out_anew_in_few_steps_each(hub: Hub) -> None:
    first = opened(hub, ("accept", ACCEPTED))
    records.recompute(hub)

    def fill(turn: Any) -> None:
        names = ", ".join(f'"{name}"' for name in vars(first) if name not in ("id", "number"))
        turn.conn.execute(
            f"""WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
                INSERT INTO records (id, number, {names}) SELECT i, 'X' || i, {names} FROM n, records WHERE id = 1"""
        )
        turn.conn.execute(
            "INSERT INTO dues SELECT r.id, d.register, d.due, d.every, d.was FROM records r, dues d WHERE r.id > 1"
        )

    hub.turn(fill)
    changed = Hub(with_days(hub.hall, d2026_11_30="法定节假日"), hub.store, hub._clock)
    records.ground(changed), records.registers(changed)
    moved: list[int | None] = []
    assert lines_of(lambda: moved.append(records.recompute(changed))) < 10_000 * 200, "few steps for each of them"
    assert moved == [10_000]


# --- whatever is pressed ----------------------------------------------------------------------------------------------

SEQUENCES = int(os.environ.get("JIAOHAO_SEQUENCES", "200"))
FILL: dict[str, Any] = {
    **RECEIVED,
    **ACCEPTED,
    **DECIDED,
    **{"missing": ["照片"], "owed": ["照片"], "reasons": "powers", "basis": "licensing", "procedure": "test"},
    **{"extra_days": 2, "extend_reason": "complex", "approver": "50", "owner": "08", "ems": "EA123456789CN"},
    **{"handed": "post", "late_reason": "ours", "phone": PHONE, "note": NOTE},
}


def test_the_table_is_the_fold_of_the_events_whatever_is_pressed(hub: Hub, clock: HandClock) -> None:
    for staff in ("08", "50"):
        hub.turn(lambda turn, staff=staff: turn.put_staff(staff, staff, "operator", "-"))
    chance, made = random.Random(7), records.definition(hub, "case")
    for _ in range(SEQUENCES):
        record = opened(hub, phone=PHONE)
        for _ in range(chance.randrange(6)):
            clock.forward(DAY * chance.choice((0, 1, 4)))
            name = chance.choice([*made.moves])
            table = made.moves[name]
            values = {f: FILL[f] for f in table.asked if f in FILL and (chance.random() < 0.7 or [f] in table.needed)}
            try:
                record = records.move(hub, chance.choice((WHO, OTHER, BOSS)), record.id, name, values)
            except Refused:
                continue
            assert record.state == table.to
            due, every = records.dues_of(
                made, record.moves, records.ground(hub), datetime.fromtimestamp(clock.at, hub.hall.zone).date()
            )
            row = hub.read().due_of(record.id)
            assert (row is None) if record.over else (row["due"], row["every"]) == (due, every)
        if chance.random() < 0.2 and record.given:
            records.erase(hub, BOSS, record.id)
    assert journal.verify(hub.read().conn) == []
    assert records.sealed_problems(hub.read(), secret.key(hub.hall, private.KEY)) == []


@pytest.mark.parametrize("many", [1, 5, 10_000])
def test_what_is_due_first_is_the_same_however_it_is_found(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    who = Who(By("08"), "operator")
    for n in range(12):
        code = ("SB01", "YB02")[n % 2]
        material = hub.hall.services[code].materials[0]
        received = {"service": code, "applicant": "person", "received": [material]}
        more = [("accept", {"platform": "QZ-2026-1", "delivery": "window"})] if n % 3 else []
        records.open_record(hub, who, "case", [("receive", received), *more])
    monkeypatch.setattr("server.store.queries.records.MANY", many)
    reader, ids = hub.read(), [record.id for record in hub.read().records_due("case")]
    accepted = [i for i in ids if reader.record_by_id(i).state == "accepted"]  # type: ignore[union-attr]
    asked = Asked(states=("accepted",))
    assert [one.id for one in reader.records_due("case", asked=asked)] == accepted and len(accepted) == 8
    assert [one.id for one in reader.records_due("case", limit=3, after=2, asked=asked)] == accepted[2:5]
    mine = [i for i in ids if reader.record_by_id(i).service == "SB01"]  # type: ignore[union-attr]
    within = Asked(within=("SB01",), owner="99")
    assert [one.id for one in reader.records_due("case", asked=within)] == mine and len(mine) == 6
