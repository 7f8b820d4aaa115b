"""The page of the catalogue: figures, lists by their moves, versions, tables out and compared; the public guide."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest
from apiflask import APIFlask
from openpyxl import load_workbook

import config
from config import catalogue_file
from server.health import Health
from server.verbs import guide_versions
from server.verbs.hub import Hub
from server.views.kiosk import kiosk_view
from tests.server.pages.conftest import Browser, hire_administrator

API = "/api/v1/catalogue"


@pytest.fixture
def manager(app: APIFlask) -> Browser:
    browser = Browser(app.test_client())
    browser.log_in("50")
    return browser


def compared(manager: Browser, table: str) -> dict[str, object]:
    answer = manager.post(f"{API}/check", {"name": "t.csv", "content": base64.b64encode(table.encode()).decode()})
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json
    return found


def test_the_page_tells_what_the_guides_lack_and_what_no_list_is_there_for(manager: Browser) -> None:
    told = manager.client.get(API).json
    items = {one["code"]: one for one in told["items"]}
    assert items["SB01"]["filled"] == items["SB01"]["needed"] == 13 and items["SB01"]["review_days"] == 42
    assert items["SB02"]["filled"] < 13 and "ZX01" not in items
    assert [one["in_force"] for one in told["lists"]] == [None, None, None]
    assert {one["figure"]: one["said"] for one in told["figures"]}["delegated"] == "—"
    page = manager.client.get("/catalogue?department=民政").text
    assert "/catalogue/MZ01" in page and "/catalogue/JY01" not in page
    assert manager.client.get("/catalogue/SB01").status_code == 200
    assert manager.client.get("/catalogue/XX99").status_code == 404


def test_a_list_is_drafted_in_one_press_and_printed_once_it_is_in_force(manager: Browser, hub: Hub) -> None:
    hire_administrator(hub)
    wish = {"kind": "no_visit", "due": "2026-11-30"}
    record = manager.post(f"{API}/lists", wish)
    assert record.status_code == 201, record.text
    assert record.json["state"] == "draft" and manager.post(f"{API}/lists", wish).status_code == 409
    assert manager.client.get("/catalogue/lists/no_visit").status_code == 404
    told = {one["kind"]: one for one in manager.client.get(API).json["lists"]}
    assert told["no_visit"]["on_its_way"]["due"] == "2026-11-30" and len(told["no_visit"]["came"]) == 11
    one = record.json["id"]
    for staff, move, values in (
        ("50", "submit", {}),
        ("60", "review", {"reviewer": "centre"}),
        ("70", "approve", {}),
        ("70", "publish", {"effective": "2026-11-23"}),
    ):
        manager.log_in(staff)
        moved = manager.post("/api/v1/registers/item_list/moves", {"records": [one], "move": move, "values": values})
        assert moved.status_code == 200, moved.text
    page = manager.client.get("/catalogue/lists/no_visit").text
    assert "申请材料齐全情况下最多跑几趟" in page and record.json["number"] in page
    told = {one["kind"]: one for one in manager.client.get(API).json["lists"]}
    assert told["no_visit"]["in_force"]["items"] == 11 and told["no_visit"]["came"] == []


def test_the_form_asks_for_the_day(manager: Browser) -> None:
    data = {"csrf_token": manager.csrf, "kind": "in_hall", "due": ""}
    assert "请填写报送期限" in manager.client.post("/catalogue/lists", data=data, follow_redirects=True).text
    data = {"csrf_token": manager.csrf, "kind": "in_hall", "due": "2026-11-30"}
    assert "已草拟" in manager.client.post("/catalogue/lists", data=data, follow_redirects=True).text


@pytest.mark.parametrize("form", catalogue_file.FORMS)
def test_tables_go_out_as_they_are_taken_in(manager: Browser, hub: Hub, form: str) -> None:
    for kind in ("csv", "xlsx"):
        data = manager.client.get(f"/catalogue/table/{form}.{kind}").data
        assert catalogue_file.merged(data, hub.hall.services, "W").services == hub.hall.services
    sheet = load_workbook(io.BytesIO(manager.client.get(f"/catalogue/table/{form}.xlsx").data)).active
    assert [cell.value for cell in sheet[1]] == catalogue_file.table([], form)[0]
    assert manager.client.get("/catalogue/table/other.csv").status_code == 404


def test_a_table_is_compared_in_words_and_changes_nothing(manager: Browser, hub: Hub) -> None:
    found = compared(manager, "事项名称,承诺时限(工作日),申请材料\n社会保险登记变更/注销,即办,身份证\n")
    assert [one["code"] for one in found["changed"]] == ["SB02"] and found["saved"]["zh"] == "材料减少1份"
    assert found["changed"][0]["lines"][0]["zh"] == "材料：不再要“变更证明”" and not found["asks_more"]
    assert compared(manager, "事项名称,承诺时限\n没有的,1\n")["problems"]
    assert hub.hall.services["SB02"].materials == ("身份证", "变更证明")
    file = (io.BytesIO("事项名称,承诺时限\n失业登记,3\n".encode()), "失业.csv")
    data = {"csrf_token": manager.csrf, "table": file}
    page = manager.client.post("/catalogue/check", data=data, content_type="multipart/form-data").text
    assert "承诺时限：“即办”改为“3工作日”" in page and "时限增加3个工作日" in page


def test_versions_are_shown_with_what_they_saved(manager: Browser, hub: Hub) -> None:
    guide_versions.take_note(hub)
    services = {**hub.hall.services}
    services["SB01"] = services["SB01"].model_copy(update={"promise": "5工作日", "visits": "0"})
    hub.hall = hub.hall.model_copy(update={"services": services})
    guide_versions.take_note(hub)
    told = manager.client.get(f"{API}/SB01").json["versions"]
    assert [one["version"] for one in told] == [2, 1] and told[1]["lines"][0]["zh"] == "首次登记"
    assert told[0]["saved"]["zh"] == "时限减少2个工作日，跑动减少1趟"
    del services["SB02"]
    hub.hall = hub.hall.model_copy(update={"services": services})
    guide_versions.take_note(hub)
    gone = manager.client.get(f"{API}/SB02").json
    assert gone["item"] is None and gone["versions"][0]["lines"][0]["zh"] == "事项已取消"


def test_everybody_reads_a_guide_and_the_samples_that_it_names_alone(app: APIFlask, hub: Hub, tmp_path: Path) -> None:
    listed = app.test_client().get("/guides").text
    assert 'href="/guides/SB01"' in listed and "社会保障卡申领" in listed
    page = app.test_client().get("/guides/SB01").text
    assert "窗口核对身份证和照片" in page and "政府部门核发" in page and "7 working days" in page
    (tmp_path / "samples").mkdir()
    (tmp_path / "samples" / "photo.png").write_bytes(b"picture")
    (tmp_path / "samples" / "other.png").write_bytes(b"another")
    service = hub.hall.services["SB01"]
    photo = service.guide.materials["照片"].model_copy(update={"sample": "photo.png"})
    guide = service.guide.model_copy(update={"materials": {**service.guide.materials, "照片": photo}})
    table = hub.hall.hall.model_copy(update={"samples": "samples"})
    services = {**hub.hall.services, "SB01": service.model_copy(update={"guide": guide})}
    hub.hall = hub.hall.model_copy(update={"services": services, "hall": table, "folder": tmp_path})
    client = app.test_client()
    assert 'href="/guides/SB01/samples/photo.png"' in client.get("/guides/SB01").text
    assert client.get("/guides/SB01/samples/photo.png").data == b"picture"
    told = kiosk_view(hub, "K1", Health(lambda *_: None, hub.now))
    one = next(one for group in told["groups"] for one in group["services"] if one["code"] == "SB01")
    assert [name for name in one["guide"]["samples"] if name] == ["photo.png"]
    assert one["materials"][one["guide"]["samples"].index("photo.png")] == "照片"
    for name in ("other.png", "..%2Fconfig.toml", "config.toml"):
        assert client.get(f"/guides/SB01/samples/{name}").status_code == 404
    assert client.get("/guides/XX99").status_code == 404


def test_who_may(app: APIFlask) -> None:
    browser = Browser(app.test_client())
    browser.log_in("08", "1")
    assert browser.client.get(API).status_code == 403 and browser.client.get("/catalogue").status_code == 403
    assert config.ROOT.joinpath("data/powers.csv").is_file()
