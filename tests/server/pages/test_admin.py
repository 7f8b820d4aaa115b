"""The administration: every table as a form of its own model, each mistake at its field, a draft that is looked at and
applied, and what a device starts by.
"""

from __future__ import annotations

import base64
import io
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from apiflask import APIFlask
from flask.testing import FlaskClient

import config
from config import described
from config.fields import fields
from config.labels import TITLES
from config.tables import TABLES
from server.domain.changes import row_name
from server.verbs import configuration
from server.verbs.hub import Hub
from server.views import administration
from tests.conftest import write_hall
from tests.server.pages.conftest import Browser, hire_administrator

CHINESE = re.compile(r"[\u4e00-\u9fff]")
HOLIDAYS_2027 = Path(__file__).parents[2] / "data" / "holidays_2027.json"


@pytest.fixture
def hall_file(tmp_path: Path) -> Path:
    """A hall whose tables lie in its own folder."""
    for name in ("catalogue.csv", "catalogue.en.csv", "calendar.csv"):
        shutil.copy(config.ROOT / "data" / name, tmp_path / name)

    def own(hall: tomlkit.TOMLDocument) -> None:
        names = {"catalogue": "catalogue.csv", "catalogue_en": "catalogue.en.csv", "calendar": "calendar.csv"}
        hall["hall"].update(names)

    return write_hall(tmp_path, own)


@pytest.fixture
def manager(browser: Browser) -> Browser:
    browser.log_in("50")
    return browser


@pytest.fixture
def administrator(hub: Hub, app: APIFlask) -> Browser:
    hire_administrator(hub)
    made = Browser(app.test_client())
    made.log_in("70")
    return made


def page(who: Browser, path: str) -> str:
    answer = who.client.get(path)
    assert answer.status_code == 200, path
    return str(answer.get_data(as_text=True))


def form_of(html: str) -> dict[str, list[str]]:
    """What a browser would send of the page's form, untouched."""
    form = html[html.index('id="admin-form"') :].partition("</form>")[0]
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>|<select.*?</select>|<textarea.*?</textarea>", form, re.S):
        name = re.search(r'name="([^"]+)"', tag)
        if not name or ("checkbox" in tag and " checked" not in tag):
            continue
        if tag.startswith("<select"):
            chosen = re.search(r'<option value="([^"]*)" selected', tag) or re.search(r'<option value="([^"]*)"', tag)
            value = chosen[1] if chosen else ""
        elif tag.startswith("<textarea"):
            value = re.sub(r"<[^>]+>", "", tag)
        else:
            found = re.search(r'value="([^"]*)"', tag)
            value = found[1] if found else "on"
        for sign, code in (("&#34;", '"'), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
            value = value.replace(sign, code)
        sent.setdefault(name[1], []).append(value)
    return sent


def save(who: Browser, path: str, **changed: Any) -> str:
    """Open a form, type into it, send it; the page that follows."""
    sent = {**form_of(page(who, path)), **{key.replace("__", "."): one for key, one in changed.items()}}
    answer = who.client.post(path, data={**sent, "csrf_token": who.csrf}, follow_redirects=True)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def test_a_form_that_nobody_touched_leaves_no_draft(hub: Hub, administrator: Browser) -> None:
    """Three rows of each table of the demo's hall, as its page shows them; one hub for all, as none changes it."""
    for table in TITLES:
        page(administrator, f"/admin/tables/{table}")
        rows = [*described.rows_of(configuration.in_force(hub), "config.toml")[table]]
        for row in rows[:3]:
            path = f"/admin/tables/{table}" + (f"/{row}" if row else "")
            assert "没有改动" in save(administrator, path), path
            assert configuration.open_draft(hub.read()) is None, path


def test_every_table_with_rows_has_a_form_for_a_new_one(administrator: Browser) -> None:
    for table in TITLES:
        if table not in ("services", "english", "calendar") and not administration.is_single(table):
            assert 'id="admin-form"' in page(administrator, f"/admin/tables/{table}/new"), table


def test_a_change_goes_into_the_draft_and_then_into_force(hub: Hub, manager: Browser) -> None:
    assert "已写入草稿" in save(manager, "/admin/tables/hall", wait_pledge_min__0=["15"])
    assert hub.hall.hall.wait_pledge_min == 20
    assert "大厅 · 等候承诺（分钟）：20 → 15" in page(manager, "/admin/draft")
    sent = {"csrf_token": manager.csrf, "why": "试行", "when": "now"}
    assert "已生效" in manager.client.post("/admin/draft", data=sent, follow_redirects=True).get_data(as_text=True)
    assert hub.hall.hall.wait_pledge_min == 15
    assert "试行" in page(manager, "/admin")


def test_each_mistake_is_the_checkers_own_sentence_at_its_field(hub: Hub, manager: Browser) -> None:
    html = save(manager, "/admin/tables/tickets", lapse_min__0=["bald"], max_passes__0=["99"])
    with pytest.raises(config.ConfigError) as raised:
        config.parse(
            hub.hall.file.read_text(encoding="utf-8").replace("lapse_min = 30", 'lapse_min = "bald"')
            .replace("max_passes = 3", "max_passes = 99"),
            folder=hub.hall.folder,
        )  # fmt: skip
    for (_, key), text in raised.value.at:
        at = html.index(f'id="f-{key}"')
        field = html[at : html.index('<div class="field', at)]
        assert text.zh.replace('"', "&#34;") in field
    assert html.count('aria-invalid="true"') == 2


def test_a_list_a_map_and_lines_are_sent_as_they_stand(hub: Hub, manager: Browser) -> None:
    save(manager, "/admin/tables/hours/0", days__0=["1", "2"], open__0=["09:00-12:00", "", "13:00-16:00"])
    save(manager, "/admin/tables/counters/3", **{"services.all": [], "services.0": ["SB02", "SB01", ""]})
    save(manager, "/admin/tables/board_texts/idle", **{"lines:texts.0": ["{name}　欢迎\r\n{name}", ""]})
    save(manager, "/admin/tables/console", **{"pause_reasons.0": ["开会"], "pause_reasons.1": ["Meeting"]})
    draft = configuration.open_draft(hub.read())
    assert draft
    rows = configuration.wanted(hub, draft.edits).rows
    assert (rows["hours"]["0"]["days"], rows["hours"]["0"]["open"]) == ([1, 2], ["09:00-12:00", "13:00-16:00"])
    assert rows["counters"]["3"]["services"] == ["SB02", "SB01"]
    assert rows["board_texts"]["idle"]["texts"] == [["{name}\u3000欢迎", "{name}"]]
    assert rows["console"][""]["pause_reasons"] == [["开会", "Meeting"]]


FORMATS = {"pdf", "xlsx", "html", "csv", "json", "0", "90", "180", "270", "一", "幺"}
"""Words of the file that are called what they are."""


@pytest.mark.parametrize("table", [*TABLES, *described.COLUMNS])
def test_each_field_stands_once_and_its_words_have_names_of_their_own(table: str) -> None:
    found = fields(table)
    assert len({field.key for field in found}) == len(found)
    for field in found:
        for cell in field.cells:
            names = [text for value, text in cell.choices if value not in FORMATS]
            assert all(CHINESE.search(text.zh) and not CHINESE.search(text.en) for text in names), field.key
            assert len({text.zh for text in names}) == len({text.en for text in names}) == len(names), field.key


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"days": [1, 2, 3, 4, 5], "open": ["08:00-12:00"], "from": "01-01", "to": "12-31"}, "周一至周五 08:00-12:00"),
        (
            {"days": [7, 6], "open": ["09:00-12:00"], "from": "06-01", "to": "09-30"},
            "06-01–09-30 周六、周日 09:00-12:00",
        ),
        ({"days": [8], "open": ["9点到"]}, "8 9点到"),
    ],
)
def test_hours_are_called_as_one_says_them(row: dict[str, Any], said: str) -> None:
    assert row_name("hours", "0", row).zh == said


def test_a_row_is_added_and_taken_away(hub: Hub, manager: Browser) -> None:
    save(manager, "/admin/tables/counters/new", id=["7"], name__0=["7号窗口"], name_en__0=["Counter 7"])
    sent = {"csrf_token": manager.csrf, "remove": "1"}
    manager.client.post("/admin/tables/counters/2", data=sent)
    manager.client.post("/admin/tables/boards/2", data=sent)
    manager.post("/api/v1/admin/draft/apply", {"why": "调整窗口"})
    assert hub.hall.counters["7"].name == "7号窗口" and hub.hall.counters["7"].services == "all"
    assert "2" not in hub.hall.counters


def test_a_manager_does_not_change_the_machine(hub: Hub, manager: Browser, administrator: Browser) -> None:
    html = save(manager, "/admin/tables/printers/p80", url__0=["paper:"])
    assert "由系统管理员改" in html
    assert configuration.open_draft(hub.read()) is None
    assert "已写入草稿" in save(administrator, "/admin/tables/printers/p80", url__0=["paper:"])


@pytest.mark.parametrize("staff", ["08", "30", "60"])
def test_nobody_else_administers(browser: Browser, staff: str) -> None:
    browser.log_in(staff)
    for path in ("/admin", "/admin/tables/hall", "/admin/preview", "/api/v1/admin"):
        assert browser.client.get(path).status_code == 403, path


def test_the_2027_table_is_taken_in_as_a_file(hub: Hub, manager: Browser) -> None:
    assert "没有2027年的日历" in page(manager, "/admin")
    data = HOLIDAYS_2027.read_bytes()
    sent = {"csrf_token": manager.csrf, "file": (io.BytesIO(data), "2027.json")}
    html = manager.client.post("/admin/calendar", data=sent, follow_redirects=True).get_data(as_text=True)
    assert "2027年4天已写入草稿" in html
    manager.post("/api/v1/admin/draft/apply", {"why": "国务院办公厅通知"})
    days = {day.isoformat(): known.kind for day, known in hub.hall.days.items() if day.year == 2027}
    assert days["2027-01-01"] == "法定节假日" and "调休上班" in days.values()
    assert "没有2027年的日历" not in page(manager, "/admin")
    again = {"name": "2027.json", "content": base64.b64encode(data).decode()}
    assert manager.post("/api/v1/admin/calendar", again).json["draft"] is None


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b'{"days": []}', b'{"days": [{"date": "neu", "isOffDay": true}]}', b"date,kind\n2027-01-01,x\n"],
)
def test_a_file_that_is_no_calendar_is_told(hub: Hub, manager: Browser, content: bytes) -> None:
    body = {"name": "days", "content": base64.b64encode(content).decode()}
    answer = manager.post("/api/v1/admin/calendar", body)
    assert answer.status_code == 409 and answer.json["detail"]
    assert configuration.open_draft(hub.read()) is None


def test_the_api_says_what_the_pages_say(hub: Hub, manager: Browser) -> None:
    body = {"edits": [{"table": "counters", "row": "3", "key": "printers", "value": ["p99"]}]}
    told = manager.post("/api/v1/admin/draft", body).json
    assert told["draft"]["mistakes"][0]["where"] == "counters.3.printers"
    assert manager.client.get("/api/v1/admin/tables/counters").json["mistakes"]
    assert manager.post("/api/v1/admin/draft/apply", {"why": "试"}).status_code == 409
    manager.client.delete(f"/api/v1/admin/drafts/{told['draft']['id']}", headers={"X-CSRFToken": manager.csrf})
    assert manager.client.get("/api/v1/admin").json["draft"] is None
    assert manager.post("/api/v1/admin/draft", {"edits": [{"table": "nothing", "key": "x"}]}).status_code == 409


def test_a_moment_is_the_halls(hub: Hub, manager: Browser) -> None:
    body = {"edits": [{"table": "hall", "key": "wait_pledge_min", "value": 15}]}
    manager.post("/api/v1/admin/draft", body)
    assert manager.post("/api/v1/admin/draft/apply", {"why": "试", "starts_at": "neulich"}).status_code == 409
    told = manager.post("/api/v1/admin/draft/apply", {"why": "试", "starts_at": "2026-12-01 08:00"}).json
    assert told["waiting"][0]["starts_at"] == "2026-12-01T08:00:00+08:00"


def test_one_key_goes_back(hub: Hub, manager: Browser) -> None:
    manager.post("/api/v1/admin/draft", {"edits": [{"table": "hall", "key": "wait_pledge_min", "value": 15}]})
    told = manager.post("/api/v1/admin/draft/apply", {"why": "试"}).json
    before = told["versions"][-1]["id"]
    assert manager.post(f"/api/v1/admin/versions/{before}", {"why": "不合适"}).status_code == 200
    assert hub.hall.hall.wait_pledge_min == 20
    assert manager.post("/api/v1/admin/versions/99", {"why": "不合适"}).status_code == 404


def test_only_an_administrator_takes_what_was_edited_by_hand(
    hub: Hub, manager: Browser, administrator: Browser
) -> None:
    configuration.begin(hub)
    hub.hall.file.write_text(hub.hall.file.read_text(encoding="utf-8").replace("lapse_min = 30", "lapse_min = 45"))
    assert "文件被人改过" in page(manager, "/admin")
    assert manager.post("/api/v1/admin/file", {"take": True, "why": "试"}).status_code == 403
    assert administrator.post("/api/v1/admin/file", {"take": True, "why": "试"}).json["by_hand"] is None
    assert hub.hall.tickets.lapse_min == 45


def test_the_preview_is_the_drafts(hub: Hub, manager: Browser) -> None:
    manager.post(
        "/api/v1/admin/draft", {"edits": [{"table": "counters", "row": "3", "key": "name", "value": "社保窗口"}]}
    )
    html = page(manager, "/admin/preview")
    assert "请A012到社保窗口" in html
    told = manager.client.get("/admin/preview/screens/-/feed").json
    assert "社保窗口" in {one["name"] for one in told["counters"]}
    slip = manager.client.get("/admin/preview/slips/generic-80/ticket.png")
    assert slip.data.startswith(b"\x89PNG")
    assert "社保窗口" not in str(manager.client.get("/api/v1/screen").json)
    assert hub.hall.counters["3"].name == "3号窗口"


def test_a_hall_without_boards_says_so_in_the_preview(hub: Hub, manager: Browser) -> None:
    assert "没有窗口屏。" not in page(manager, "/admin/preview")
    gone = [{"table": "boards", "row": board, "key": "", "value": None} for board in hub.hall.boards]
    assert manager.post("/api/v1/admin/draft", {"edits": gone}).status_code == 200
    assert "没有窗口屏。" in page(manager, "/admin/preview")


def test_a_draft_with_mistakes_has_no_preview_and_says_why(manager: Browser) -> None:
    manager.post("/api/v1/admin/draft", {"edits": [{"table": "tickets", "key": "lapse_min", "value": "bald"}]})
    assert "草稿有错" in page(manager, "/admin/preview")
    for path in ("screens/-", "screens/-/feed", "slips/generic-80/ticket.png"):
        assert manager.client.get(f"/admin/preview/{path}").status_code == 404


def test_a_sealed_pin_is_shown_to_nobody_and_an_empty_one_leaves_it(
    hub: Hub, manager: Browser, administrator: Browser
) -> None:
    seal = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g"
    path, wish = "/admin/tables/kiosks/K1", {"table": "kiosks", "row": "K1", "key": "pin"}
    administrator.post("/api/v1/admin/draft", {"edits": [{**wish, "value": seal}]})
    administrator.post("/api/v1/admin/draft/apply", {"why": "新PIN"})
    assert hub.hall.kiosks["K1"].pin == seal
    for who in (manager, administrator):
        assert "argon2id$v" not in page(who, path)
        rows = who.client.get("/api/v1/admin/tables/kiosks").json["rows"]
        assert rows["K1"]["pin"] == ""
    save(manager, path, diagonal__0=["27"])
    row = administrator.client.get("/api/v1/admin/tables/kiosks").json["rows"]["K1"]
    administrator.post("/api/v1/admin/draft", {"edits": [{**wish, "value": ""}, {**wish, "key": "", "value": row}]})
    manager.post("/api/v1/admin/draft/apply", {"why": "新屏"})
    assert (hub.hall.kiosks["K1"].pin, hub.hall.kiosks["K1"].diagonal) == (seal, 27)


# --- what a device starts by ------------------------------------------------------------------------------------------


def test_a_kiosk_gets_its_file_and_nobody_elses_secrets(hub: Hub, client: FlaskClient, kiosk: dict[str, str]) -> None:
    told = client.get("/api/v1/config", headers=kiosk).json
    files = {name: base64.b64decode(content) for name, content in told["files"].items()}
    hall = config.parse(files[told["name"]], files=files)
    assert hall.kiosks["K1"] == hub.hall.kiosks["K1"]
    assert "mail" not in tomlkit.parse(files[told["name"]].decode())


def test_a_kiosk_gets_nothing_of_other_systems(
    hub: Hub, client: FlaskClient, kiosk: dict[str, str], administrator: Browser
) -> None:
    (hub.hall.folder / "secret").write_text("x" * 40, encoding="utf-8")
    tables: dict[str, tuple[str, dict[str, Any]]] = {
        "webhooks": ("city", {"url": "https://city.example/in", "secret_file": "secret"}),
        "platform": ("", {"url": "https://city.example/hall", "secret_file": "secret"}),
        "sign_on": ("", {"issuer": "https://sso.example", "client_id": "hall", "roles": {"it": "administrator"}}),
    }
    edits: list[dict[str, Any]] = [{"table": "webhooks", "row": "city", "value": tables["webhooks"][1]}]
    for table in ("platform", "sign_on"):
        edits += [{"table": table, "key": key, "value": value} for key, value in tables[table][1].items()]
    administrator.post("/api/v1/admin/draft", {"edits": edits})
    administrator.post("/api/v1/admin/draft/apply", {"why": "接市平台"})
    assert hub.hall.platform.url and hub.hall.sign_on.issuer and "city" in hub.hall.webhooks
    told = client.get("/api/v1/config", headers=kiosk).json
    document = tomlkit.parse(base64.b64decode(told["files"][told["name"]]).decode())
    assert not {*tables} & {*document} and "kiosks" in document


def test_what_a_device_starts_by_follows_the_hall(
    hub: Hub, client: FlaskClient, kiosk: dict[str, str], manager: Browser
) -> None:
    before = client.get("/api/v1/config", headers=kiosk).json["version"]
    assert client.get(f"/api/v1/config?since={before}", headers=kiosk).json["files"] == {}
    manager.post("/api/v1/admin/draft", {"edits": [{"table": "kiosks", "row": "K1", "key": "diagonal", "value": 27}]})
    assert client.get("/api/v1/config", headers=kiosk).json["version"] == before
    manager.post("/api/v1/admin/draft/apply", {"why": "新屏"})
    assert client.get("/api/v1/config", headers=kiosk).json["version"] != before
    assert client.get("/api/v1/config").status_code == 401


# --- guides, whose tables lie within a table --------------------------------------------------------------------------


def guide(hub: Hub) -> dict[str, Any]:
    draft = configuration.open_draft(hub.read())
    assert draft
    made: dict[str, Any] = configuration.wanted(hub, draft.edits).rows["guides"]["SB01"]
    return made


def test_the_tables_of_a_guide_are_rows_of_a_form(hub: Hub, manager: Browser) -> None:
    path = "/admin/tables/guides/SB01"
    sent = form_of(page(manager, path))
    assert sent["materials.0"] == ["身份证", "照片", "(代办:委托+双方证件)", ""]  # the empty one is for one more
    copies = [*sent["materials.3"]]
    copies[1] = "2"
    later = [*sent["materials.11"]]
    later[0] = "true"
    was = described.rows_of(configuration.in_force(hub), "config.toml")["guides"]["SB01"]
    save(
        manager,
        path,
        **{
            "materials.3": copies,
            "materials.11": later,
            "steps.0": ["受理", ""],
            "steps.1": ["Application", ""],
            "steps.2": ["交材料。", ""],
            "steps.3": ["Hand in.", ""],
        },
    )  # fmt: skip
    made = guide(hub)
    assert made["steps"] == [{"name": ["受理", "Application"], "does": ["交材料。", "Hand in."]}]
    assert made["materials"]["照片"] == {**was["materials"]["照片"], "copies": 2}
    assert made["materials"]["身份证"] == {**was["materials"]["身份证"], "later": True}
    assert made["faq"] == was["faq"]
    assert manager.post("/api/v1/admin/draft/apply", {"why": "照片要两份"}).status_code == 200
    assert hub.hall.services["SB01"].guide.materials["照片"].copies == 2


def test_what_is_unknown_of_a_guide_can_be_said_and_unsaid(hub: Hub, manager: Browser) -> None:
    for sent, told in (("false", False), ("", ""), ("true", True)):
        save(manager, "/admin/tables/guides/SB01", delegated__0=[sent])
        stored = administration.draft_now(hub)[1].rows["guides"]["SB01"]["delegated"]
        assert stored == told, sent


def test_a_mistake_in_a_row_of_a_guide_says_in_which(hub: Hub, manager: Browser) -> None:
    html = save(manager, "/admin/tables/guides/SB01", **{"faq.0": ["能代办吗？", ""], "faq.1": ["", ""]})
    assert "第1行 · 问：" in html
    html = save(manager, "/admin/tables/guides/SB01", **{"materials.0": ["照片", "照片", "身份证", ""]})
    assert "有两行都叫“照片”" in html


# --- two at once ------------------------------------------------------------------------------------------------------


def send(who: Browser, path: str, form: dict[str, list[str]], **changed: list[str]) -> str:
    """A form that was opened before, sent now."""
    told = {**form, **{key.replace("__", "."): one for key, one in changed.items()}, "csrf_token": who.csrf}
    return str(who.client.post(path, data=told, follow_redirects=True).get_data(as_text=True))


def test_of_two_who_change_one_key_the_later_is_told(hub: Hub, manager: Browser, administrator: Browser) -> None:
    path = "/admin/tables/counters/3"
    mine, theirs = form_of(page(manager, path)), form_of(page(administrator, path))
    assert "已写入草稿" in send(administrator, path, theirs, name__0=["三号窗口"])
    html = send(manager, path, mine, name__0=["社保窗口"], sign__0=["社保专窗"])
    assert "员工70 70改过“窗口 · 三号窗口 · 名称”" in html
    row = administration.draft_now(hub)[1].rows["counters"]["3"]
    assert (row["name"], row["sign"]) == ("三号窗口", "社保专窗")  # of the key that only one changed nothing is lost
    again = form_of(page(manager, path))
    assert "已写入草稿" in send(manager, path, again, name__0=["社保窗口"])


def test_an_old_form_puts_nothing_back(hub: Hub, manager: Browser, administrator: Browser) -> None:
    path = "/admin/tables/hall"
    mine, theirs = form_of(page(manager, path)), form_of(page(administrator, path))
    send(administrator, path, theirs, wait_pledge_min__0=["15"])
    send(manager, path, mine, tel_consult__0=["0595-22001100"])
    told = administration.draft_now(hub)[1].rows["hall"][""]
    assert (told["wait_pledge_min"], told["tel_consult"]) == (15, "0595-22001100")


def test_two_new_rows_of_one_id_are_not_one(hub: Hub, manager: Browser, administrator: Browser) -> None:
    path = "/admin/tables/counters/new"
    assert "已写入草稿" in save(manager, path, id=["7"], name__0=["7号窗口"], name_en__0=["Counter 7"])
    assert "“7”已经有了" in save(administrator, path, id=["7"], name__0=["八号窗口"], name_en__0=["Counter 8"])
    assert administration.draft_now(hub)[1].rows["counters"]["7"]["name"] == "7号窗口"


def test_what_is_applied_is_what_was_looked_at(hub: Hub, manager: Browser, administrator: Browser) -> None:
    save(manager, "/admin/tables/hall", wait_pledge_min__0=["15"])
    seen = re.search(r'name="seen" value="(\w+)"', page(manager, "/admin/draft"))
    assert seen
    save(administrator, "/admin/tables/hall", tel_consult__0=["0595-22001100"])
    sent = {"csrf_token": manager.csrf, "why": "试行", "when": "now", "seen": seen[1]}
    html = manager.client.post("/admin/draft", data=sent, follow_redirects=True).get_data(as_text=True)
    assert "您看过以后，草稿又有了改动" in html and hub.hall.hall.wait_pledge_min == 20
    told = manager.client.get("/api/v1/admin").json["draft"]["version"]
    assert manager.post("/api/v1/admin/draft/apply", {"why": "试行", "seen": seen[1]}).status_code == 409
    assert manager.post("/api/v1/admin/draft/apply", {"why": "试行", "seen": told}).status_code == 200
    edit = {"table": "hall", "key": "wait_pledge_min", "value": 25}
    assert manager.post("/api/v1/admin/draft", {"edits": [edit], "seen": seen[1]}).status_code == 409


def test_a_manager_does_not_drop_what_an_administrator_wrote(
    hub: Hub, manager: Browser, administrator: Browser
) -> None:
    save(administrator, "/admin/tables/printers/p80", url__0=["paper:"])
    save(manager, "/admin/tables/hall", wait_pledge_min__0=["15"])  # the last who wrote is the manager
    number = hub.read().drafts()[0].id
    assert manager.client.post(f"/admin/drafts/{number}/drop", data={"csrf_token": manager.csrf}).status_code == 302
    assert "请系统管理员放弃或生效" in page(manager, "/admin")
    assert (
        manager.client.delete(f"/api/v1/admin/drafts/{number}", headers={"X-CSRFToken": manager.csrf}).status_code
        == 409
    )
    assert configuration.open_draft(hub.read()) is not None
    assert administrator.client.delete(
        f"/api/v1/admin/drafts/{number}", headers={"X-CSRFToken": administrator.csrf}
    ).status_code == 200  # fmt: skip
    assert configuration.open_draft(hub.read()) is None
