"""The demo's invented past: a week with lives and reasons, older ones as visits, and nothing of today."""

from __future__ import annotations

import base64
import re
import subprocess
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import config
from demo import past, snapped
from demo.hall import choose_ports, virtual
from intake.toml_file import toml_text
from server.domain import item_lists, worktime
from server.reports import period, reporter
from server.reports.forms.make import make
from server.store.database import Store
from server.verbs import cases

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp()


def test_photographs_are_small() -> None:
    assert all(0 < len(base64.b64decode(snapped.taken(name))) < 30_000 for name in snapped.SCENES)


def test_people_have_duty_in_office_hours_and_the_doors_are_open_besides(tmp_path: Path) -> None:
    real = config.load()
    text = virtual(toml_text(real.file.read_bytes()), real, choose_ports(18100, list(real.printers)), "Asia/Shanghai")
    (tmp_path / "calendar.csv").write_text(past.calendar(datetime.fromtimestamp(NOW, real.zone)), encoding="utf-8")
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    hall = config.load(tmp_path / "config.toml")
    friday, saturday = date(2026, 11, 27), date(2026, 11, 28)
    assert [(b - a) / 3600 for a, b in worktime.office(hall, friday)] == [4, 3]
    assert worktime.office(hall, saturday) == ()
    for day in (friday, saturday):
        assert sum(b - a for a, b in worktime.opening(hall, day)) == 86400
        assert all(worktime.issuing(hall, worktime.day_span(hall, day)[0] + hour * 3600, "SB01") for hour in range(24))


def test_the_weeks_before_the_first_start(tmp_path: Path) -> None:
    hall = config.load()
    hall = hall.model_copy(update={"hub": hall.hub.model_copy(update={"data": str(tmp_path)})})
    staff = {counter: f"{n:02d}" for n, counter in enumerate(hall.counters, 1)}
    past.invent(hall, staff, NOW)
    made = reporter.make(hall, period.parse("2026-W47"), hall.data / "hall.db", NOW)
    assert made["identity"]["closes"] and made["identity"]["arrivals"] > 300
    assert {row["key"] for row in made["cuts"]["staff"]} <= {None, *staff.values()}
    told = subprocess.run(["pdfinfo", "-"], input=make(made, hall, "poster"), capture_output=True, check=True).stdout
    assert re.search(rb"Pages: +1\n", told), "the poster is one page, with every tile there is"
    assert made["waits_told"]["total"]["n"] > 100, "told against true"
    store = Store(hall.data)
    assert store.read().first_day() == "2026-10-26"
    lives = [store.read().life_line(visit["ticket"]) for visit in made["long_waits"]["called"]["listed"]]
    called = [row for life in lives for row in life if row.event == "Called"]
    assert len(called) >= len(lives) > 0 and any("按取号先后轮到" in row.happened().why for row in called)  # type: ignore[attr-defined]
    assert store.read().head()[1] < NOW
    reader = store.read()
    states = reader.states_of(cases.CASE)
    assert {"accepted", "special", "ready", "posted"} <= {*states} and states["accepted"] > 20
    assert reader.count_due(cases.CASE, "2026-11-25") >= 3, "some lie there past their date"
    bad = {record.state for record in reader.records_open("bad_rating")}
    assert bad & {"valid", "rectifying", "rectified"} and "verifying" not in bad, "some in hand, everybody reached"
    assert {row["source"] for row in made["ratings"]["sources"]} >= {"窗口评价器", "二维码", "自助机", "短信", "意见箱"}
    assert made["rectification"]["received"] and made["rectification"]["contacted"]["share"] == 1
    published = reader.records_ended(item_lists.REGISTER, item_lists.PUBLISHED)
    assert {*item_lists.in_force(published, date(2026, 11, 25))} == {*item_lists.NAMES}, "a kiosk shows the three lists"
    closed = [r for r in reader.records_opened(cases.CASE, 0.0, NOW, limit=10_000) if r.over]
    assert {r.state for r in closed} == {"delivered", "refused", "withdrawn"} and len(closed) > 200
    late = [r for r in closed if r.verdicts.get("promised", {}).get("late")]
    assert late and all(r.values["late_reason"] for r in late) and len(late) < len(closed) / 5
    assert any(r.who_made("special") for r in closed) and any(r.who_made("complete") for r in closed)
    refused = [r for r in closed if r.state == "refused"]
    assert refused and all(r.who_made("propose") != r.who_made("refuse") for r in refused)
    unfetched = [r for r in reader.records_in(cases.CASE, (cases.READY,)) if cases.unfetched(r, NOW)]
    assert unfetched, "a result lies there for more than 30 days"
    assert {r.state for r in reader.records_opened(cases.OWING, 0.0, NOW, limit=1000)} == {"owed", "brought"}
    assert closed[-1].opened_at < NOW - 35 * 86400 and all(r.opened_at < NOW for r in closed)
    files = reader.records_open("liability")
    assert {r.values["basis"] for r in files} >= {"complaint", "bad_rating"}, "what is upheld has opened its file"
    assert [r.state for r in files if r.values["basis"] == "complaint"] == ["hearing"]
    findings = reader.records_opened("finding", 0.0, NOW, limit=100)
    assert {r.state for r in findings} == {"open", "rectified", "closed"}
    visits = reader.records_opened("inspection", 0.0, NOW, limit=100)
    assert len(visits) == 3 and all("photos" in r.given for r in visits), "an inspector photographs what was found"
    assert any(r.values["repeated"] for r in findings) and len(reader.events_between("Punched", 0.0, NOW)) > 50
    assert {r.state for r in reader.records_opened("appraisal", 0.0, NOW, limit=100)} == {"final", "appealed"}
    assert len(reader.records_open("equipment")) > 8 and reader.records_open("leave") and reader.records_open("outing")
    before = store.read().head()
    store.close()
    past.invent(hall, staff, NOW)
    store = Store(hall.data)
    assert store.read().head() == before
    store.close()
