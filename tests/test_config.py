"""config.toml: right as it stands, every key explained, every mistake answered with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from click.testing import CliRunner
from pydantic import BaseModel, ValidationError

import config
from config import reference
from config.tables import TABLES
from config.unsettled import made_up, unsettled
from server.__main__ import main
from tests.both_languages import english

STARTER = (config.ROOT / "config" / "starter.toml").read_text(encoding="utf-8")
TEXT = (config.ROOT / "config.toml").read_text(encoding="utf-8")


def problems(text: str) -> list[str]:
    with pytest.raises(config.ConfigError) as caught:
        config.parse(text)
    return english(caught.value.problems)


def line_of(text: str, part: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if part in line)


def test_the_demo_hall_is_right() -> None:
    hall = config.load()
    assert hall.hall.name == "鲤城区开元街道便民服务中心"
    assert [c.kind for c in hall.counters.values()] == ["general"] * 4 + ["pickup", "green", "guide"]
    assert len(hall.services) == 41
    assert {board.counter for board in hall.boards.values()} == set(hall.counters)
    assert hall.reserved == {"LQ01"}


def test_the_issues_own_example() -> None:
    text = TEXT.replace('services = "all" ', 'servces = "all" ', 1)
    line = line_of(text, "servces")
    assert f"config.toml:{line}: counters.1.servces: unknown key; did you mean 'services'?" in problems(text)


MISTAKES = [
    (
        'kind = "pickup"',
        'kind = "pikup"',
        "counters.5.kind: 'pikup' is not one of 'general', 'guide', 'pickup' or 'green'; did you mean 'pickup'?",
    ),
    (
        '"Asia/Shanghai"',
        '"Asia/Shanghia"',
        "hall.timezone: 'Asia/Shanghia': not a time zone; write it like \"Asia/Shanghai\"",
    ),
    ("address = 3\n", "address = 2\n", "boards.3.address: 2 on wire 'west' is board 2's; give each its own"),
    ("address = 31 ", "address = 21 ", "raters.1.address: 21 on wire 'west' is pad 1's; give each its own"),
    (
        "[kiosks.K1]",
        "[kiosks.boards]",
        "kiosks.boards: 'boards' is a program's name; give the kiosk another, such as K1",
    ),
    (
        "[kiosks.K1]",
        "[kiosks.screen-1]",
        "kiosks.screen-1: 'screen-1' is a program's name; give the kiosk another, such as K1",
    ),
    (
        'issuer = ""  ',
        'issuer = "http://sso.gov.cn"  ',
        "sign_on.issuer: 'http://sso.gov.cn': not the address of a directory; write it like"
        ' "https://sso.example.gov.cn/realms/street"',
    ),
    (
        'issuer = ""  ',
        'issuer = "https://sso.gov.cn"  ',
        "sign_on.client_id: empty, but an issuer is set; write what the directory calls this hall",
    ),
    (
        "proxies = [] ",
        'proxies = ["proxy.lan"] ',
        "hub.proxies.0: 'proxy.lan': not the IP address of a machine; write it like \"192.168.1.5\"",
    ),
    (
        "framed_by = [] ",
        'framed_by = ["192.168.1.20"] ',
        "hub.framed_by.0: '192.168.1.20': not the address of a site; write it like \"http://192.168.1.20:8080\"",
    ),
    ('keys = "wired"', 'keys = "wierd"', "pads.1.keys: 'wierd' is no table of [pad_keys]; did you mean 'wired'?"),
    (
        'device = ""',
        'device = "/dev/input/event3"',
        "pads.1: needs either wire and address, or the device of a USB keypad",
    ),
    (
        'pause_reason = "短暂离开"',
        'pause_reason = "喝茶"',
        (
            "pad_keys.wired.pause_reason: '喝茶' is none of console.pause_reasons; known: 短暂离开, 午餐, 会议,"
            " 后台办件, 设备故障"
        ),
    ),
    (
        '"0C" = "next"',
        '"0C" = "nxet"',
        (
            "pad_keys.wired.keys.0C: 'nxet': no verb of a pad; write next, call, recall, start, pass, leave, finish,"
            " finish-next, pause, rate, help, undo, suspend away, transfer counter:5"
        ),
    ),
    (
        'counter = "6"',
        'counter = "9"',
        "boards.6.counter: '9' is no counter of this file; known: 1, 2, 3, 4, 5, 6, desk",
    ),
    ("[voice]", "[vioce]", "vioce: unknown key; did you mean 'voice'?"),
    (
        "[kiosks.K1]",
        '[kiosks.K01]\nname = "东"\nname_en = "East"\nprinters = []\n\n[kiosks.K1]',
        "kiosks.K1: 'K1' and 'K01' are one number, and would contend for one block of offline numbers; give it another"
        " number",
    ),
    (
        '"0595-00000002"',
        '"0595-00000001"',
        "hall.tel_complaint: equal to tel_consult; the notice asks for two different numbers",
    ),
    (
        '"14:30-17:30"',
        '"11:30-17:30"',
        "hours.0.open: '11:30-17:30' begins before '08:00-12:00' ends; put them in order without overlap",
    ),
    (
        '"08:00-12:00", "14:30',
        '"8-12", "14:30',
        "hours.0.open.0: '8-12': not an interval; write it like \"08:00-12:00\"",
    ),
    (
        'help_service = "ZX01"',
        'help_service = "ZX0l"',
        "tickets.help_service: 'ZX0l' is no service of the catalogue; did you mean 'ZX01'?",
    ),
    (
        'printers = ["p80", "p58"]',
        'printers = ["p88"]',
        "kiosks.K1.printers: 'p88' is no printer of this file; did you mean 'p80'?",
    ),
    (
        'profile = "generic-58"',
        'profile = "generic58"',
        "printers.p58.profile: 'generic58' is no file of printer_profiles/ and no escpos:NAME; did you mean"
        " 'generic-58'?",
    ),
    (
        'profile = "generic-58"',
        'profile = "escpos:tm-t88vi"',
        "printers.p58.profile: 'escpos:tm-t88vi' is no file of printer_profiles/ and no escpos:NAME; did you mean"
        " 'escpos:TM-T88V'?",
    ),
    (
        "catalogue.csv",
        "catalog.csv",
        (
            "hall.catalogue: 'data/catalog.csv' cannot be read: No such file or directory; paths are relative to the"
            " config file"
        ),
    ),
    ('host = "" ', 'host = "mail.example.cn" ', "mail.from: empty, but a host is set; write the sender's address"),
    ('user = ""  ', 'user = "hall"  ', "mail.user: user and password_file belong together; set both, or neither"),
    ("to = []", 'to = ["director"]', "mail.to.0: 'director': not an address; write it like \"name@example.cn\""),
    (
        'weekly_at = "07:30"',
        'weekly_at = "7.30"',
        "report.weekly_at: '7.30': not a time of day; write it like \"08:30\"",
    ),
    (
        'listen = "127.0.0.1:8000"',
        'listen = "8000"',
        "hub.listen: '8000': not an address and port; write it like \"127.0.0.1:8000\"",
    ),
]


@pytest.mark.parametrize(("right", "wrong", "sentence"), MISTAKES, ids=[m[2].split(":")[0] for m in MISTAKES])
def test_one_mistake(right: str, wrong: str, sentence: str) -> None:
    assert right in TEXT
    assert any(p.endswith(sentence) for p in problems(TEXT.replace(right, wrong, 1)))


def test_all_mistakes_at_once_each_with_its_line() -> None:
    text = TEXT
    for right, wrong, _ in MISTAKES:
        if "catalog" not in right and "ZX" not in wrong:
            text = text.replace(right, wrong, 1)
    found = problems(text)
    assert len(found) >= 10
    assert f"config.toml:{line_of(text, 'vioce')}: vioce" in "\n".join(found)
    assert f"config.toml:{line_of(text, 'pikup')}: counters.5.kind" in "\n".join(found)
    assert found == sorted(found, key=lambda p: int(p.split(":")[1]))


DELETED = object()
ODD: tuple[tuple[str, object], ...] = (
    ("classes.ordinary", DELETED),
    ("counters", {}),
    ("hall.timezone", 3),
    ("hall.tel_consult", DELETED),
    ("hub.port", 3),
    ("hub.url", "localhost"),
    ("hall.id", "开元"),
    ("tickets.default_prefix", "w"),
    ("kiosk.pin", "1234"),
    ("hub.public_url", "x" * 400),
    ("hours.0.days", [0, 8]),
    ("hours.0.days", "weekdays"),
    ("hours.0.from", "13-40"),
    ("hours.0.open", ["12:00-08:00"]),
    ("kiosks.K1.scanner", "com1"),
    ("kiosks.K1.printers", "p80"),
    ("slips.guide_url", "https://x/{item}"),
    ("slips.guide_url", "https://x/" + "y" * 300),
    ("slips.hide_item", ["MZ1"]),
    ("printers.p80.url", "printer"),
    ("printers.p80.url", "tcp://host:99999"),
    ("printers.p80.url", "serial:/dev/ttyS0?dsrdtr=1"),
    ("printers.p80.status_s", "often"),
    ("wires.west.url", "com1"),
    ("wires.west.refresh_s", 99999),
    ("wires.west.protocol", "A 90"),
    ("boards.1.wire", "north"),
    ("boards.1.counter", True),
    ("boards.1.columns", 1.5),
    ("pads.1.address", DELETED),
    ("pads.1.wire", "north"),
    ("pad_keys.wired.keys", {"zz": "next"}),
    ("zones.hall.engine", "syn6288"),
    ("zones.hall.output", "serial:/dev/ttyUSB0"),
    ("zones.hall.output", "radio"),
    ("zones.hall.volume", 101),
    ("zones.hall.counters", ["99"]),
    ("screens.pickup.zone", "yard"),
    ("screens.pickup.groups", ["none"]),
    ("board_texts.ilde", {"texts": [["x"]]}),
    ("board_texts.lost.texts", [["{name}"]]),
    ("board_texts.idle.color", "blue"),
    ("forms.tiket", {"show": []}),
    ("forms.ticket", {"show": ["numbr"]}),
    ("forms.ticket", {"show": ["hall"]}),
    ("forms.ticket", {"texts": {"queue": ["{ahed} {", "", "center"], "logo": ["x", "y"]}}),
    ("forms.ticket", {"copies": 9, "texts": {"queue": ["x"]}}),
    ("quotas.XX99", {"per_day": 3}),
    ("packages.birth.items", ["WJ01"]),
    ("packages.birth.items", ["WJ01", "XX99", "YB01", "SB01", "YB03"]),
    ("packages.birth.items", ["WJ01", "WJ01", "YB01", "SB01", "YB03"]),
    ("packages.birth.items", ["SB01", "YB01", "WJ01", "YB03"]),
    ("packages.birth.after", {"YB01": ["YB01"]}),
    ("packages.birth.after", {"SB06": ["YB01"], "YB01": ["SB06"]}),
    ("packages.birth.ask", {"all": {"question": ["？", "?"], "items": ["WJ01", "YB01", "SB01", "YB03"]}}),
    ("packages.birth.ask", {"one": {"question": ["？", "?"], "items": ["SB06"]}}),
    ("packages.birth.ask", {"one": {"items": []}}),
    ("packages.birth.icon", "rocket"),
    ("packages.birth.occasion", ["x"]),
    ("tickets.appointment_class", "nobody"),
    ("tickets.closing", "8h"),
    ("registers.case", {"days": {"x": -1}}),
    ("report.sensitive_services", ["XX99"]),
    ("mail.user", "hall"),
    ("groups", 3),
)
"""What a hand may write wrong, by kind: of values, of tables, between tables."""


@pytest.mark.parametrize(("key", "value"), ODD, ids=[f"{key} {n}" for n, (key, _) in enumerate(ODD)])
def test_each_kind_of_mistake_is_one_sentence_in_both_languages(key: str, value: object) -> None:
    """At its key; `problems` looks at the languages."""
    hall = tomlkit.parse(TEXT).unwrap()
    *way, last = key.split(".")
    table: Any = hall
    for step in way:
        table = table[int(step)] if isinstance(table, list) else table.setdefault(step, {})
    if value is DELETED:
        del table[last]
    else:
        table[last] = value
    assert any(f": {key.rpartition('.')[0] or key}" in one for one in problems(tomlkit.dumps(hall)))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("value", ["?", ["?"], {"?": "?"}, [["?", "?"]], -1, "", None])
def test_whatever_stands_in_a_field_is_a_mistake_or_none_and_breaks_nothing(table: str, value: object) -> None:
    for name, info in TABLES[table].model_fields.items():
        with suppress(ValidationError):
            TABLES[table].model_validate({info.alias or name: value})


@pytest.mark.parametrize(("locale", "half"), [("zh_CN.UTF-8", 0), ("en_US.UTF-8", 1)])
def test_a_command_line_says_mistakes_in_the_language_of_its_locale(tmp_path: Path, locale: str, half: int) -> None:
    file = tmp_path / "hall.toml"
    file.write_text(TEXT.replace('kind = "pickup"', 'kind = "pikup"', 1), encoding="utf-8")
    with pytest.raises(config.ConfigError) as refused:
        config.load(file)
    run = CliRunner().invoke(main, ["--config", str(file), "check"], env={"LANGUAGE": "", "LC_ALL": locale})
    assert (run.exit_code, run.stderr) == (2, f"{refused.value.text[half]}\n")


@pytest.mark.parametrize(
    "text", ["[hall", "hall = ", "", "x = 1", "[hall]\nname = 3", '"quoted key" = 1', "[[hours]]\ndays = 3"]
)
def test_garbage_gets_sentences_and_no_traceback(text: str) -> None:
    assert all(p.startswith("config.toml:") for p in problems(text))


# --- files as people save them ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("coding", ["utf-8-sig", "utf-16", "gb18030"])
def test_the_file_is_read_as_notepad_saves_it(coding: str) -> None:
    text = TEXT.replace("ñ", "n").replace("\n", "\r\n").replace('banner = "演示数据"', "banner ＝ “演示\u200b数据”", 1)
    if coding == "gb18030":
        text = text.replace("\u200b", "")
    hall = config.parse(text.encode(coding))
    assert (hall.hall.banner, hall.hall.name) == ("演示数据", "鲤城区开元街道便民服务中心")


def test_full_width_punctuation_that_can_mean_two_things_is_named_with_its_place() -> None:
    (said,) = problems(TEXT.replace('banner = "演示数据"', 'banner = "演示数据”', 1))
    line = line_of(TEXT, 'banner = "演示数据"')
    assert said.startswith(f"config.toml:{line}:15: '”' is a full-width quotation mark") and 'write "' in said


def hall_with(folder: Path, catalogue: bytes = b"", calendar: bytes = b"", hours: str = "") -> config.Hall:
    """The demo's hall with rows more in its catalogue, or another calendar, in a folder of its own."""
    text = TEXT
    for key, name, data in (
        ("catalogue", "catalogue.csv", catalogue),
        ("calendar", "calendar.csv", calendar),
        ("catalogue_en", "catalogue.en.csv", b""),
    ):
        (folder / name).write_bytes(data or (config.ROOT / "data" / name).read_bytes())
        text = re.sub(rf'^{key} = "[^"]*"', f'{key} = "{name}"', text, flags=re.M)
    if hours:
        begin, end = text.index("[[hours]]"), text.index("# What people come for")
        text = text[:begin] + hours + "\n" + text[end:]
    return config.parse(text, folder=folder)


def shipped(more: str) -> str:
    return (config.ROOT / "data" / "catalogue.csv").read_text(encoding="utf-8") + more


def row_of(code: str, name: str, materials: str, minutes: str) -> str:
    return f'99,{code},{name},,"{materials}",人社,,,,,,,,,,,Ａ,{minutes},,\n'


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_catalogue_as_an_office_saves_it(tmp_path: Path, coding: str) -> None:
    row = row_of("ＺＺ０１ ", "登记\x0b变更", "1.身份证\n2.照片；户口簿;申请表、证明", "０８")
    service = hall_with(tmp_path, shipped(row + ",,,\n").encode(coding)).services["ZZ01"]
    assert (service.name, service.standard_min, service.prefix) == ("登记 变更", 8, "A")
    assert service.materials == ("1.身份证", "2.照片", "户口簿", "申请表", "证明")


def test_an_item_has_a_picture_of_its_own_or_its_groups(tmp_path: Path) -> None:
    rows = "".join(
        row_of(code, "登记", "", "8").strip() + f",{icon}\n" for code, icon in (("ZZ01", "ＫＥＹ"), ("ZZ02", ""))
    )
    services = hall_with(tmp_path, shipped(rows).encode()).services
    assert (services["ZZ01"].icon, services["ZZ02"].icon) == ("key", "")


def test_no_two_items_of_a_group_that_is_shipped_have_the_same_picture(hall: config.Hall) -> None:
    for group in hall.groups.values():
        pictures = [hall.services[code].icon or group.icon for code in group.services]
        assert len(set(pictures)) == len(pictures), pictures


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            row_of("ZZ01", "登记", "", "99999999999999999999"),
            "第43行: 标准分钟: “99999999999999999999”不是0到1440的整数",
        ),
        (row_of("ZZ01", "登记", "", "8.5"), "第43行: 标准分钟: “8.5”不是"),
        (row_of("", "登记", "", "8"), "第43行: 要有事项编码和事项名称"),
        (row_of("SB01\u200b", "登记", "", "8"), "第43行: 事项编码SB01出现两次"),
        (row_of("1E+05", "登记", "", "8"), "第43行: 事项编码: “1E+05”是科学计数法"),
        (
            row_of("ZZ01", "登记", "", "8").strip() + ",unicorn\n",
            "第43行: 图标: “unicorn”不是图标，可用的有：shield、people",
        ),
        ('99,ZZ01,"登记,,\n', "第43行: 第1个字: 这一行起读不成表格"),
    ],
)
def test_a_row_of_the_catalogue_that_is_none(tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(config.ConfigError) as refused:
        hall_with(tmp_path, shipped(row).encode())
    assert english(refused.value.problems)
    assert any(f"hall.catalogue: {said}" in problem.zh for problem in refused.value.problems), refused.value.problems


DAYS = "date,kind,name,source_doc\n"


def test_a_calendar_as_an_office_saves_it(tmp_path: Path) -> None:
    rows = "2026/10/1,法定节假日,国庆,x\n2026年10月10日,调休上班,国庆,x\n２０２６－１０－０２,法定节假日,国庆\n,,,\n"
    days = hall_with(tmp_path, calendar=(DAYS + rows).encode("gbk")).days
    assert [(day.isoformat(), row.kind) for day, row in days.items()] == [
        ("2026-10-01", "法定节假日"),
        ("2026-10-10", "调休上班"),
        ("2026-10-02", "法定节假日"),
    ]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("2026-10-01,法定节假日,国庆,x\n2026/10/1,调休上班,,x\n", "第3行: 2026-10-01是调休上班，第2行却是法定节假日"),
        ("2026-10-01,法定节假日,国庆,x\n2026-10-01,法定节假日,国庆,x\n", "第3行: 2026-10-01在第2行已有"),
        ("86400,法定节假日,国庆,x\n", "第2行: date: “86400”：“86400”是表格里的日期序号"),
        ("46296,法定节假日,国庆,x\n", "第2行: date: “46296”：“46296”是表格里的日期序号"),
        ("2026-10-01,节日,国庆,x\n", "第2行: kind: “节日”应是其中之一："),
    ],
)
def test_a_day_of_the_calendar_that_is_none(tmp_path: Path, rows: str, said: str) -> None:
    with pytest.raises(config.ConfigError) as refused:
        hall_with(tmp_path, calendar=(DAYS + rows).encode())
    assert english(refused.value.problems)
    assert any(f"hall.calendar: {said}" in problem.zh for problem in refused.value.problems), refused.value.problems


def hours(*rows: tuple[list[int], str, str]) -> str:
    return "".join(f'[[hours]]\ndays = {d}\nopen = ["8:00-12:00"]\nfrom = "{a}"\nto = "{b}"\n' for d, a, b in rows)


WEEK = [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("rows", "gap"),
    [
        (hours((WEEK, "03-01", "02-28")), "周一、周二、周三、周四、周五在 02-29 没有开放时间"),
        (hours((WEEK, "06-01", "09-30"), (WEEK, "10-09", "05-31")), "在 10-01 … 10-08 没有开放时间"),
        (hours(([1, 2, 3, 4], "01-01", "12-31")), "周五在 01-01 … 12-31 没有开放时间"),
        (hours((WEEK, "1-1", "12月31日"), ([6], "05-01", "09-30"), ([6], "10-01", "04-29")), "周六在 04-30 没有"),
    ],
)
def test_a_day_of_the_year_without_hours_is_named(tmp_path: Path, rows: str, gap: str) -> None:
    with pytest.raises(config.ConfigError, match=re.escape(gap)) as refused:
        hall_with(tmp_path, hours=rows)
    assert english(refused.value.problems)


def test_a_closed_weekday_says_so_and_a_season_runs_over_the_new_year(tmp_path: Path) -> None:
    rows = hours((WEEK, "10-01", "5月31日"), (WEEK, "06-01", "09-30"), ([6], "06-01", "09-30"))
    hall = hall_with(tmp_path, hours=rows + "[[hours]]\ndays = [3]\nopen = []\n")
    assert (hall.hours[0].to, hall.hours[0].open, hall.hours[3].open) == ("05-31", [(480, 720)], [])


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(config.ConfigError) as refused:
        config.load("no-such.toml")
    assert refused.value.text == (
        "no-such.toml: 读不了，不存在：请用 --config 写出大厅的文件。",
        "no-such.toml: cannot be read: No such file or directory; name the hall's file with --config",
    )


def _keys(model: type[BaseModel], path: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        if not field.exclude:
            yield field.alias or name


def test_each_key_has_one_sentence_and_everything_written_is_made_of_it() -> None:
    for table in config.TABLES:
        for key, field in reference.keys(table).items():
            assert re.fullmatch(r"\S.*[.。]", field.description or ""), f"{table}.{key} has no sentence"
    documented = (config.ROOT / "docs" / "config.md").read_text(encoding="utf-8")
    assert reference.written(documented) == documented, "run ./run docs"
    for text in (TEXT, STARTER):
        assert reference.commented(text) == text, "run ./run docs"
    assert sum(f"# {f.description}" in TEXT for t in config.TABLES for f in reference.keys(t).values()) > 150


def test_the_starter_holds_what_a_hall_must_decide_and_is_right() -> None:
    hall = config.parse(STARTER, name="starter.toml")
    assert len(STARTER.splitlines()) <= 90
    assert (list(hall.counters), list(hall.kiosks), hall.hall.banner) == (["1", "desk"], ["K1"], "")
    for table in ("hall", "hub", "tickets", "hours", "groups", "classes", "counters", "kiosks", "printers"):
        model = config.TABLES[table]
        needed = {field.alias or name for name, field in model.model_fields.items() if field.is_required()}
        assert needed <= set(re.findall(r"^([a-z_]+) = ", STARTER, re.M)), table


def test_the_starter_is_named_where_a_real_hall_begins() -> None:
    for name, heading in (("README.md", "## A real hall"), ("README.zh-CN.md", "## 用在真正的大厅")):
        assert "config/starter.toml" in (config.ROOT / name).read_text(encoding="utf-8").partition(heading)[2]


def test_every_key_is_documented_and_used_in_the_file() -> None:
    documented = (config.ROOT / "docs" / "config.md").read_text(encoding="utf-8")
    for table, model in config.TABLES.items():
        for key in _keys(model):
            assert f"| `{key}` |" in documented.partition(f"## {table}")[2].partition("\n## ")[0], (
                f"{table}.{key} is not in docs/config.md"
            )
            assert re.search(rf"^{key} = ", TEXT, re.M), f"{table}.{key} is not shown in config.toml"


# --- what is not settled yet ---


def test_what_a_demonstration_left_is_named_and_nothing_of_a_hall_that_opened() -> None:
    hall = config.load()
    told = [line.en for line in unsettled(hall)]
    assert [line.partition(":")[0] for line in told[:4]] == [
        "hall.banner",
        "hall.banner_en",
        "hall.tel_consult",
        "hall.tel_complaint",
    ]
    assert "open notes (考证)" in told[-1] and "TY01" in told[-1] and len(told) == 5
    table = hall.hall.model_copy(
        update={"banner": "", "banner_en": "", "tel_consult": "12345", "tel_complaint": "0595-22276888"}
    )
    clean = {code: service.model_copy(update={"notes": ""}) for code, service in hall.services.items()}
    assert [*unsettled(hall.model_copy(update={"hall": table, "services": clean}))] == []


def test_a_kiosk_that_gives_out_nothing_without_the_hub_is_named() -> None:
    hall = config.load()
    kiosks = {f"K{n}": hall.kiosks["K1"] for n in range(1, 22)}
    told = [line for line in unsettled(hall.model_copy(update={"kiosks": kiosks})) if "kiosks." in line.en]
    assert [line.en.partition(":")[0] for line in told] == ["kiosks.K20", "kiosks.K21"]
    assert all("没有脱机号段" in line.zh and "guide desk" in line.en for line in told)


@pytest.mark.parametrize("column", ["name", "basis", "promise", "department", "materials", "everyday"])
@pytest.mark.parametrize("remark", ["身份证(二手资料)", "珠海口径", "30日(未确认)", "演示数据"])
def test_a_researchers_remark_that_people_would_read_is_named(column: str, remark: str) -> None:
    hall = config.load()
    said = (remark,) if column in ("materials", "everyday") else remark
    services = {**hall.services, "SB01": hall.services["SB01"].model_copy(update={column: said})}
    told = [line for line in unsettled(hall.model_copy(update={"services": services})) if "SB01" in line.zh]
    assert any(all("SB01" in said and remark in said for said in line) for line in told)


@pytest.mark.parametrize(
    "number", ["0595-00000002", "12345678", "0595-88888888", "某某", "0000000", "0595-xxxxxxx", "--"]
)
def test_a_made_up_telephone_number_is_seen(number: str) -> None:
    assert made_up(number)


@pytest.mark.parametrize(
    "number", ["12345", "12333", "0595-22276888", "110", "010-66668888", "0595-22000086", "13959800001"]
)
def test_a_real_telephone_number_is_left_alone(number: str) -> None:
    assert not made_up(number)


def test_no_remark_of_a_researcher_stands_where_people_read_it() -> None:
    """The catalogue of this repository: what is not known stands in 考证."""
    assert not [line for line in unsettled(config.load()) if "is a remark" in line.en]
