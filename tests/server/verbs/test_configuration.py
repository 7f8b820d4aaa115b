"""A draft is checked, comes into force now or at its moment, and is taken back; the files are the one truth."""

from __future__ import annotations

from pathlib import Path
from typing import get_origin

import pytest

import config
from config import described
from config.editing import Edit
from config.fields import fields
from config.labels import TITLES
from config.tables import SINGLE, TABLES
from server.domain import changes
from server.domain.alerts import Situation, alerts
from server.domain.rules import Refused
from server.verbs import calls, configuration, counters, tickets
from server.verbs.hub import By, Hub
from tests.conftest import HandClock, hall_with_own_tables, write_hall

MANAGER, ADMINISTRATOR = By("50"), By("70")


@pytest.fixture
def hall_file(tmp_path: Path) -> Path:
    return hall_with_own_tables(tmp_path)


def edit(hub: Hub, *edits: Edit, administrator: bool = False) -> None:
    configuration.edit(hub, MANAGER, administrator, edits)


def text(hub: Hub) -> str:
    return hub.hall.file.read_text(encoding="utf-8")


def words(hub: Hub) -> list[str]:
    draft = configuration.open_draft(hub.read())
    assert draft
    found = configuration.wanted(hub, draft.edits)
    return [configuration.changes.sentence(change, found.rows).zh for change in found.changes]


def test_a_draft_changes_nothing_until_it_is_applied(hub: Hub) -> None:
    before = text(hub)
    edit(hub, Edit("hall", "", "wait_pledge_min", 15), Edit("counters", "3", "sign", "社保专窗"))
    assert (hub.hall.hall.wait_pledge_min, text(hub)) == (20, before)
    assert words(hub) == ["大厅 · 等候承诺（分钟）：20 → 15", "窗口 · 3号窗口 · 业务牌：综合受理 → 社保专窗"]
    configuration.apply(hub, MANAGER, "试行十五分钟承诺")
    assert (hub.hall.hall.wait_pledge_min, hub.hall.counters["3"].sign) == (15, "社保专窗")
    assert "wait_pledge_min = 15" in text(hub)
    assert config.load(hub.hall.file).hall.wait_pledge_min == 15
    assert configuration.open_draft(hub.read()) is None


def test_who_and_why_stands_in_the_journal_with_what_is_different(hub: Hub) -> None:
    before = described.version(configuration.in_force(hub))
    edit(hub, Edit("hall", "", "wait_pledge_min", 15))
    configuration.apply(hub, MANAGER, "试行")
    row = hub.read().last_event("ConfigChanged")
    assert row and row.actor == "50"
    assert (row.field("why"), row.field("how"), row.field("before")) == ("试行", "applied", before)
    assert row.field("after") == described.version(described.on_disk(hub.hall.file))
    assert list(row.field("changes")) == [["hall", "", "wait_pledge_min", 20, 15]]


@pytest.mark.parametrize(
    "wish",
    [
        Edit("kiosks", "K1", "pin", "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g"),
        Edit("mail", "", "to", ["lin.meili@example.cn"]),
        Edit("publications", "notice", "lines", [["林美丽主任", "Director Lin"]]),
        Edit("counters", "3", "name", "林美丽的窗口"),
    ],
)
def test_nothing_personal_and_no_secret_stands_in_the_journal(hub: Hub, wish: Edit) -> None:
    hub.turn(lambda turn: turn.put_staff("50", "林美丽", "manager", "x"))
    edit(hub, wish, administrator=True)
    configuration.apply(hub, ADMINISTRATOR, "更新", administrator=True)
    row = hub.read().last_event("ConfigChanged")
    assert row and list(row.field("changes")) == [[*wish[:3], None, None]]


def test_a_draft_with_a_mistake_is_kept_and_not_applied(hub: Hub) -> None:
    edit(hub, Edit("counters", "3", "printers", ["p99"]), Edit("tickets", "", "lapse_min", "bald"))
    draft = configuration.open_draft(hub.read())
    assert draft
    found = configuration.wanted(hub, draft.edits)
    assert {key for key, _ in found.mistakes} == {("counters", "3", "printers"), ("tickets", "lapse_min")}
    with pytest.raises(Refused, match="草稿有2处错误"):
        configuration.apply(hub, MANAGER, "试")
    assert hub.hall.counters["3"].printers == []


def test_what_is_set_back_is_no_change(hub: Hub) -> None:
    edit(hub, Edit("hall", "", "wait_pledge_min", 15))
    edit(hub, Edit("hall", "", "wait_pledge_min", 20))
    assert configuration.open_draft(hub.read()) is None
    with pytest.raises(Refused, match="没有改动"):
        configuration.apply(hub, MANAGER, "试")


@pytest.mark.parametrize("why", ["", "  ", "字" * 201, "因13900008888要求"])
def test_a_reason_is_needed_and_names_nobody(hub: Hub, why: str) -> None:
    edit(hub, Edit("hall", "", "wait_pledge_min", 15))
    with pytest.raises(Refused):
        configuration.apply(hub, MANAGER, why)
    assert hub.hall.hall.wait_pledge_min == 20


@pytest.mark.parametrize(
    "wish",
    [
        Edit("hub", "", "proxies", ["10.0.0.1"]),
        Edit("mail", "", "host", "mail.example.cn"),
        Edit("printers", "p80", "url", "lp:/etc/passwd"),
        Edit("screen", "", "pictures", "/etc"),
        Edit("hall", "", "catalogue", "/etc/passwd"),
        Edit("hall", "", "samples", "/etc"),
        Edit("sign_on", "", "roles", {"everybody": "administrator"}),
        Edit("webhooks", "new", "", {"url": "https://elsewhere.example", "secret_file": "secret"}),
        Edit("platform", "", "url", "https://elsewhere.example"),
        Edit("printers", "neu", "", {"name": "新", "profile": "generic-80", "url": "paper:"}),
    ],
)
def test_the_machine_is_the_administrators(hub: Hub, wish: Edit) -> None:
    with pytest.raises(Refused, match="系统管理员"):
        edit(hub, wish)
    edit(hub, wish, administrator=True)
    assert configuration.open_draft(hub.read())


def test_every_file_folder_and_address_is_the_administrators() -> None:
    words = {"catalogue", "catalogue_en", "everyday", "calendar", "power_list", "samples", "pictures", "logo"}
    of_a_guide = ("guides", "url")  # where a visitor reads on: words of the page, not asked by the hub
    open_ones = [
        (table, field.key)
        for table in TITLES
        for field in fields(table)
        if field.key in {"folder", "url", *words} or field.key.endswith("_file")
        if table not in changes.ADMINISTRATORS and (table, field.key) not in changes.ADMINISTRATORS_KEYS
    ]
    assert open_ones == [of_a_guide]


def test_a_table_that_a_hall_has_once_is_read_as_one() -> None:
    """Read as rows, its changes would be seen by nobody."""
    once = {name for name in TABLES if get_origin(config.Hall.model_fields[name].annotation) is None}
    assert once == {*SINGLE, "screen"}


def test_a_manager_goes_on_with_a_draft_of_the_administrators(hub: Hub) -> None:
    edit(hub, Edit("hub", "", "max_streams", 300), administrator=True)
    edit(hub, Edit("hall", "", "wait_pledge_min", 15))
    assert len(words(hub)) == 2


def test_a_manager_brings_nothing_of_the_administrators_into_force_nor_back(hub: Hub, clock: HandClock) -> None:
    edit(hub, Edit("hub", "", "max_streams", 300), administrator=True)
    with pytest.raises(Refused, match="系统管理员"):
        configuration.apply(hub, MANAGER, "试")
    with pytest.raises(Refused, match="系统管理员"):
        configuration.schedule(hub, MANAGER, "试", clock.at + 60)
    before = hub.hall.hub.max_streams
    configuration.apply(hub, ADMINISTRATOR, "试", administrator=True)
    first = hub.read().descriptions()[-1]
    with pytest.raises(Refused, match="系统管理员"):
        configuration.roll_back(hub, MANAGER, first.id, "退")
    assert hub.hall.hub.max_streams == 300
    configuration.roll_back(hub, ADMINISTRATOR, first.id, "退", administrator=True)
    assert hub.hall.hub.max_streams == before


def test_what_an_administrator_left_for_later_comes_into_force_by_itself(hub: Hub, clock: HandClock) -> None:
    hub.turn(lambda turn: turn.put_staff("70", "周敏", "administrator", "x"))
    edit(hub, Edit("hub", "", "max_streams", 300), administrator=True)
    configuration.schedule(hub, ADMINISTRATOR, "试", clock.at + 60, administrator=True)
    clock.forward(60)
    configuration.tick(hub)
    assert hub.hall.hub.max_streams == 300


def test_services_and_holidays_are_changed_in_their_own_files(hub: Hub) -> None:
    edit(
        hub,
        Edit("services", "SB01", "标准分钟", "12"),
        Edit("calendar", "2027-01-01", "", {"kind": "法定节假日", "name": "元旦", "source_doc": "通知"}),
    )
    configuration.apply(hub, MANAGER, "新日历")
    assert hub.hall.services["SB01"].standard_min == 12
    assert "2027-01-01,法定节假日,元旦,通知" in (hub.hall.folder / "calendar.csv").read_text(encoding="utf-8")


def test_a_table_that_others_use_too_is_not_written(tmp_path: Path, clock: HandClock) -> None:
    from server.store.database import Store

    hall = config.load(write_hall(tmp_path))
    hub = Hub(hall, Store(hall.data, durable=False), clock)
    before = (config.ROOT / "data" / "catalogue.csv").read_bytes()
    edit(hub, Edit("services", "SB01", "标准分钟", "12"))
    with pytest.raises(Refused, match="不在配置文件所在的文件夹"):
        configuration.apply(hub, MANAGER, "试")
    assert (config.ROOT / "data" / "catalogue.csv").read_bytes() == before
    hub.store.close()


# --- at its moment ----------------------------------------------------------------------------------------------------


def test_a_change_waits_for_its_moment(hub: Hub, clock: HandClock) -> None:
    edit(hub, Edit("hall", "", "wait_pledge_min", 15))
    configuration.schedule(hub, MANAGER, "下周起", clock.at + 3600)
    configuration.tick(hub)
    assert hub.hall.hall.wait_pledge_min == 20
    edit(hub, Edit("tickets", "", "lapse_min", 25))
    configuration.apply(hub, MANAGER, "先改这个")  # what waits is none of its business
    clock.forward(3600)
    configuration.tick(hub)
    assert (hub.hall.hall.wait_pledge_min, hub.hall.tickets.lapse_min) == (15, 25)
    assert hub.read().drafts() == []
    row = hub.read().last_event("ConfigChanged")
    assert row and (row.field("how"), row.field("why"), row.actor) == ("scheduled", "下周起", "50")


def test_a_moment_that_is_over_is_refused(hub: Hub, clock: HandClock) -> None:
    edit(hub, Edit("hall", "", "wait_pledge_min", 15))
    with pytest.raises(Refused, match="这个时间已过"):
        configuration.schedule(hub, MANAGER, "试", clock.at)


def test_a_moment_that_finds_the_counter_open_says_so_and_comes_again(hub: Hub, clock: HandClock) -> None:
    edit(hub, Edit("counters", "3", "", None), Edit("boards", "3", "", None))
    configuration.schedule(hub, MANAGER, "撤窗", clock.at + 60)
    counters.open_counter(hub, By("08"), "3", staff="08")
    clock.forward(60)
    configuration.tick(hub)
    assert "3" in hub.hall.counters
    assert hub.read().drafts()[0].problem[0] == "3号窗口还开着：请先关窗再删。"
    counters.close_counter(hub, By("08"), "3")
    configuration.tick(hub)
    assert "3" not in hub.hall.counters


def test_what_waits_can_be_called_off(hub: Hub, clock: HandClock) -> None:
    edit(hub, Edit("hall", "", "wait_pledge_min", 15))
    configuration.schedule(hub, MANAGER, "下周起", clock.at + 60)
    configuration.drop(hub, MANAGER, hub.read().drafts()[0].id)
    clock.forward(60)
    configuration.tick(hub)
    assert hub.hall.hall.wait_pledge_min == 20


# --- who is here ------------------------------------------------------------------------------------------------------


def test_nobody_who_is_served_or_waits_is_lost(hub: Hub) -> None:
    counters.open_counter(hub, By("08"), "3", staff="08")
    tickets.issue(hub, By("K1"), "SB01")
    calls.call_next(hub, By("08"), "3")
    edit(hub, Edit("counters", "3", "", None), Edit("boards", "3", "", None))
    with pytest.raises(Refused, match="正在办A001"):
        configuration.apply(hub, MANAGER, "撤窗")
    configuration.drop(hub, MANAGER, hub.read().drafts()[0].id)
    tickets.issue(hub, By("K1"), "MZ06")
    groups = [code for code in hub.hall.groups["civil"].services if code != "MZ06"]
    edit(
        hub,
        Edit("groups", "civil", "services", groups),
        Edit("guides", "MZ06", "", None),
        Edit("services", "MZ06", "", None),
    )
    with pytest.raises(Refused, match="还有1人在等"):
        configuration.apply(hub, MANAGER, "取消事项")
    assert "MZ06" in hub.hall.services


def test_nobody_who_is_suspended_is_lost(hub: Hub) -> None:
    counters.open_counter(hub, By("08"), "3", staff="08")
    tickets.issue(hub, By("K1"), "MZ06")
    calls.call_next(hub, By("08"), "3")
    calls.start(hub, By("08"), "3")
    calls.suspend(hub, By("08"), "3", "kept")
    counters.close_counter(hub, By("08"), "3")
    edit(hub, Edit("counters", "3", "", None), Edit("boards", "3", "", None))
    with pytest.raises(Refused, match="3号窗口还有挂起的"):
        configuration.apply(hub, MANAGER, "撤窗")
    configuration.drop(hub, MANAGER, hub.read().drafts()[0].id)
    groups = [code for code in hub.hall.groups["civil"].services if code != "MZ06"]
    edit(
        hub,
        Edit("groups", "civil", "services", groups),
        Edit("guides", "MZ06", "", None),
        Edit("services", "MZ06", "", None),
    )
    with pytest.raises(Refused, match="还有1人在等、在办或挂起"):
        configuration.apply(hub, MANAGER, "取消事项")


def test_today_stays_today_while_anybody_waits(hub: Hub) -> None:
    tickets.issue(hub, By("K1"), "SB01")
    edit(hub, Edit("hall", "", "day_starts", "10:00"))
    with pytest.raises(Refused, match="今天就成了另一天"):
        configuration.apply(hub, MANAGER, "试")


def test_the_data_folder_does_not_move_while_the_hub_runs(hub: Hub) -> None:
    before, data = text(hub), hub.hall.data
    edit(hub, Edit("hub", "", "data", "elsewhere"), administrator=True)
    with pytest.raises(Refused, match="停掉主机程序"):
        configuration.apply(hub, ADMINISTRATOR, "试", administrator=True)
    assert (text(hub), hub.hall.data) == (before, data)


# --- back, and by hand ------------------------------------------------------------------------------------------------


def test_one_key_goes_back(hub: Hub) -> None:
    before = text(hub)
    edit(hub, Edit("hall", "", "wait_pledge_min", 15), Edit("counters", "3", "", None), Edit("boards", "3", "", None))
    configuration.apply(hub, MANAGER, "试")
    first = hub.read().descriptions()[-1]
    configuration.roll_back(hub, MANAGER, first.id, "不合适")
    assert (text(hub), hub.hall.hall.wait_pledge_min, "3" in hub.hall.counters) == (before, 20, True)
    assert [kept.how for kept in hub.read().descriptions()] == ["rolled back", "applied", "start"]


def by_hand(hub: Hub, old: str, new: str) -> None:
    hub.hall.file.write_text(text(hub).replace(old, new), encoding="utf-8")


def test_an_edit_by_hand_is_noticed_and_counts_when_it_is_taken(hub: Hub) -> None:
    configuration.begin(hub)
    assert configuration.by_hand(hub) is None
    by_hand(hub, "lapse_min = 30", "lapse_min = 45")
    found = configuration.by_hand(hub)
    assert found and [change[:3] for change in found.changes] == [("tickets", "", "lapse_min")]
    assert hub.hall.tickets.lapse_min == 30
    edit(hub, Edit("hall", "", "wait_pledge_min", 15))
    with pytest.raises(Refused, match="被人在文件里改过"):
        configuration.apply(hub, MANAGER, "试")
    configuration.take_file(hub, ADMINISTRATOR, "技术员改的")
    assert (hub.hall.tickets.lapse_min, configuration.by_hand(hub)) == (45, None)
    configuration.apply(hub, MANAGER, "试")
    assert (hub.hall.tickets.lapse_min, hub.hall.hall.wait_pledge_min) == (45, 15)


def test_an_edit_by_hand_can_be_thrown_away(hub: Hub) -> None:
    configuration.begin(hub)
    before = text(hub)
    by_hand(hub, "lapse_min = 30", "lapse_min = 45")
    configuration.put_file_back(hub, ADMINISTRATOR)
    assert (text(hub), configuration.by_hand(hub)) == (before, None)


@pytest.mark.parametrize("new", ["lapse_min = 4500", "lapse_min = [", ""])
def test_an_edit_by_hand_that_is_wrong_is_told_and_not_taken(hub: Hub, new: str) -> None:
    configuration.begin(hub)
    by_hand(hub, "lapse_min = 30", new) if new else hub.hall.file.write_text("", encoding="utf-8")
    found = configuration.by_hand(hub)
    assert found and found.mistakes
    with pytest.raises(Refused):
        configuration.take_file(hub, ADMINISTRATOR, "试")
    assert hub.hall.tickets.lapse_min == 30


def test_a_start_goes_by_the_file_and_says_that_it_is_another(hub: Hub) -> None:
    configuration.begin(hub)
    assert hub.read().last_event("ConfigChanged") is None
    by_hand(hub, "lapse_min = 30", "lapse_min = 45")
    configuration.begin(hub)
    row = hub.read().last_event("ConfigChanged")
    assert row and (row.actor, row.field("how"), [*row.field("changes")]) == (
        "hub",
        "start",
        [["tickets", "", "lapse_min", 30, 45]],
    )
    configuration.begin(hub)
    assert len(hub.read().descriptions()) == 2


def test_a_disk_that_takes_no_file_leaves_everything_as_it_was(hub: Hub) -> None:
    before, kept = text(hub), hub.hall
    edit(hub, Edit("hall", "", "wait_pledge_min", 15))
    (hub.hall.folder / ".config.toml.new").mkdir()
    with pytest.raises(Refused, match="写不了config"):
        configuration.apply(hub, MANAGER, "试")
    assert (text(hub), hub.hall is kept, hub.read().last_event("ConfigChanged")) == (before, True, None)
    assert configuration.open_draft(hub.read())


def test_the_live_page_says_what_waits_for_somebody(hub: Hub, clock: HandClock) -> None:
    configuration.begin(hub)
    assert configuration.troubles(hub) == []
    by_hand(hub, "lapse_min = 30", "lapse_min = 45")
    edit(hub, Edit("hall", "", "wait_pledge_min", 15))
    configuration.schedule(hub, MANAGER, "下周起", clock.at + 60)
    clock.forward(60)
    configuration.tick(hub)
    told = alerts(hub.hall, Situation((), True, {}, description=configuration.troubles(hub)), hub.now())
    assert [one.kind for one in told] == ["config", "config"]
    assert {one.text.zh.partition("：")[0] for one in told} == {
        "config.toml被人在文件里改过，还没有采用",
        "定时的配置改动没能生效",
    }
