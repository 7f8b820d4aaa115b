"""Every Chinese sentence that a person reads: one name for a counter, no English in it, no word of the workshop.

Walked are the texts that are made in two languages: `Text` and refusals in Python, `t(…)` in templates, pairs in
scripts, what the kiosk says, and the data that is shown.
"""

from __future__ import annotations

import ast
import csv
import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

import config
import slip_forms

ROOT = config.ROOT
HAN = re.compile(r"[\u4e00-\u9fff]")
ALLOWED = {
    *(
        "A",
        "B",
        "AB",
        "CUPS",
        "OpenAPI",
        "PDF",
        "Excel",
        "CSV",
        "XLSX",
        "HTML",
        "JSON",
        "USB",
        "ID",
        "PIN",
        "IC",
        "LED",
    ),
    *(
        "SMTP",
        "SFTP",
        "IP",
        "MB",
        "KB",
        "UTF",
        "GBK",
        "WAV",
        "PCM",
        "Wo",
        "A4",
        "CA",
        "UOS",
        "SIM",
        "PUK",
        "English",
        "Ctrl",
        "Enter",
        "Shift",
        "Esc",
        "TLS",
        "STARTTLS",
    ),
    *("dibao", "db", "AGE", "SECRET", "KEY"),
}
"""Names of things, of keys, and what is typed: A岗, B岗, Wo of the report's definitions."""
TECHNICIANS = (
    "server/__main__.py",
    "server/commands/",
    "server/certificate.py",
    "server/certify.py",
    "server/backup/paper_key.py",
    "server/backup/restore.py",
    "server/domain/opening_list.py",
    "server/incumbents/",
    "server/init.py",
    "server/support.py",
    "server/taking_over.py",
    "server/printing/probe/",
    "server/printing/slips/test_page.py",
    "server/reports/recorded_day.py",
    "server/printing/slips/key_page.py",
    "server/store/salvage.py",
    "server/uplink/joining.py",
    "server/store/membership.py",
    "server/store/soundness.py",
    "config/form_mistakes.py",
    "config/loading.py",
    "config/mistakes.py",
    "config/phrasing.py",
    "config/unsettled.py",
    "config/starting.py",
    "config/values.py",
    "intake/sql_dump.py",
    "intake/toml_file.py",
    "kiosk/__main__.py",
    "kiosk/rim/",
    "counter_display/__main__.py",
    "counter_display/frames/",
    "counter_display/line/doctor.py",
    "counter_display/protocols/frame",
    "counter_display/virtual/__main__.py",
    "server/domain/definition.py",
)
"""What is said on a terminal, of a file that a technician writes, or on a page of paper for one."""
WORKSHOP = re.compile(r"二手资料|珠海口径|--[a-z]|localhost|config\.toml|导服|导办|导引台|docs/|\./run|python -m")
Trees = dict[str, ast.Module]
Texts = list[tuple[str, str]]
ROOMS = ("server", "kiosk", "config", "intake", "counter_display", "demo", "slip_forms.py")


@pytest.fixture(scope="module")
def texts() -> Texts:
    """(where, the Chinese) of each; walked when asked for and forgotten behind the last test: every worker loads this
    file, and one of them runs it.
    """
    trees = {
        str(file.relative_to(ROOT)): ast.parse(file.read_text(encoding="utf-8"))
        for room in ROOMS
        for file in ([ROOT / room] if room.endswith(".py") else sorted((ROOT / room).rglob("*.py")))
    }
    found = (*python_texts(trees), *page_texts(), *data_texts(), *toml_texts())
    return [(where, chinese(text)) for where, text in found if HAN.search(text)]


def called(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def paired(trees: Trees) -> set[str]:
    """Calls whose first text is Chinese: texts, and whatever is told, by all its kinds."""
    names = {"Text", "Told", "Line", "say", "_forbid", "_needs", "Unreadable", "Unclear", "Figure", "Judged"}
    classes = [node for tree in trees.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    while more := {one.name for one in classes if {called(base) for base in one.bases} & names} - names:
        names |= more
    return names


def python_texts(trees: Trees) -> Iterator[tuple[str, str]]:
    pairs = paired(trees)
    for name, tree in trees.items():
        if name.startswith(TECHNICIANS):
            continue
        for node in ast.walk(tree):
            for part in told_by(node, pairs):
                yield from ((f"{name}:{node.lineno}", said) for said in spoken(part))  # type: ignore[attr-defined]


def told_by(node: ast.AST, pairs: set[str]) -> Iterator[ast.expr]:
    """The Chinese of a call that tells something, and of two texts of which the second has none."""
    if isinstance(node, ast.Call):
        name = called(node.func)
        yield from node.args if name in pairs else ()
        yield from (word.value for word in node.keywords if name == "abort" and word.arg == "description")
    elif isinstance(node, ast.Tuple | ast.List):
        for first, second in pairwise(node.elts):
            zh, en = "".join(spoken(first)), "".join(spoken(second))
            if HAN.search(zh) and re.search("[A-Za-z]", en) and not HAN.search(en):
                yield first


def spoken(node: ast.expr) -> list[str]:
    """The text of a literal; what is filled in stands as {}."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        return ["".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)]
    if isinstance(node, ast.IfExp):
        return spoken(node.body) + spoken(node.orelse)
    if isinstance(node, ast.BinOp):
        return ["".join(spoken(node.left) + spoken(node.right))]
    return []


def chinese(text: str) -> str:
    """Of "中文。English." in one, the Chinese."""
    zh, stop, en = text.rpartition("。")
    return text if HAN.search(en) or not stop else zh + stop


def page_texts() -> Iterator[tuple[str, str]]:
    """In templates and scripts: a quoted text with Chinese, followed by its English in the same pair."""
    pair = re.compile(r"""(["'`])((?:(?!\1)[^\\\n]|\\.)*)\1\s*(?:~[^,]*)?,\s*(["'`])((?:(?!\3)[^\\\n]|\\.)*)\3""")
    for file in [*sorted((ROOT / "server/templates").rglob("*.html")), *sorted((ROOT / "server/static").rglob("*.js"))]:
        text = file.read_text(encoding="utf-8")
        for found in pair.finditer(text):
            zh, en = found.group(2), found.group(4)
            if HAN.search(zh) and not HAN.search(en):
                line = text.count("\n", 0, found.start()) + 1
                yield f"{file.relative_to(ROOT)}:{line}", re.sub(r"\$\{[^}]*\}", "{}", zh)


def data_texts() -> Iterator[tuple[str, str]]:
    shown = ("事项名称", "申请材料", "受理部门", "承诺时限", "法定时限", "依据", "俗称")
    for row in csv.DictReader((ROOT / "data/catalogue.csv").open(encoding="utf-8-sig")):
        yield from ((f"catalogue {row['事项编码']}", row[column]) for column in shown)
    for row in csv.DictReader((ROOT / "data/everyday.csv").open(encoding="utf-8-sig")):
        yield from (("everyday", row[column]) for column in ("俗称", "事情", "在哪里办"))


def toml_texts() -> Iterator[tuple[str, str]]:
    """What a hall's file, a register and a language of the voice say."""
    files = [ROOT / "config.toml", ROOT / "config/starter.toml", *(ROOT / "server/registers").rglob("*.toml")]
    for file in [*files, *(ROOT / "server/voice").rglob("*.toml")]:
        yield from ((file.name, said) for said in strings(tomllib.loads(file.read_text(encoding="utf-8"))))


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings(item)
    elif isinstance(value, str):
        yield value


def test_the_walk_reaches_everything(texts: Texts) -> None:
    told = {where.partition(":")[0] for where, _ in texts}
    files = (
        "server/domain/rules.py",
        "server/templates/hall/hall.html",
        "server/static/desk/issue.js",
        "slip_forms.py",
        "server/templates/records/list.html",
        "server/templates/hall/health.html",
        "server/views/records.py",
        "server/views/condition.py",
        "server/domain/backups.py",
        "server/backup/place_sftp.py",
        "server/reports/figures/summary.py",
        "intake/table_file.py",
        "case.toml",
    )
    assert {*files, "kiosk/screens/home.py"} <= told
    assert len(texts) > 2500


def test_a_counter_is_called_by_its_name(texts: Texts) -> None:
    """1号窗口, never 窗口1; never the bare id of one (窗口desk, desk号窗口)."""
    bare = re.compile(r"(?<!号)窗口(?:\d|\{\}|\{[a-z_.]*(?:id|counter)[a-z_.]*\})|\{\}\s*号窗口")
    assert [one for one in texts if bare.search(one[1]) and not one[0].startswith("config/text.py")] == []


QUOTED = re.compile(r"\{[^}]*\}|<[^>]*>|`[^`]*`|“[ -~]+”|https?://\S+|[（(]y(?:ī|āo)[）)]")
"""What is filled in, and names and sounds as they are written."""


def test_no_english_in_a_chinese_sentence(texts: Texts) -> None:
    wrong = []
    for where, text in texts:
        bare = QUOTED.sub(" ", text)
        words = set(re.findall(r"[A-Za-z][A-Za-z0-9]*", bare)) - ALLOWED
        words = {word for word in words if not re.fullmatch(r"F\d{1,2}|[A-Z]\d*|BJ\d+|[A-Z]{2}\d{2}|GB|T", word)}
        if words:
            wrong.append((where, text, sorted(words)))
    assert wrong == []


def test_no_word_of_the_workshop_reaches_a_person(texts: Texts) -> None:
    assert [one for one in texts if WORKSHOP.search(one[1])] == []


OTHERWISE = {
    "主机": r"(?<!邮件)(?<!对时)服务器|中枢",
    "日志": "流水账|账本",
    "咨询台": "导服|导办|导引台|服务台|前台",
    "领件": "(?<!、)取件",
}
"""The hall's one name for a thing -> what else it might be called; what people say (data/everyday.csv) is theirs."""


def test_one_thing_has_one_name(texts: Texts) -> None:
    others = re.compile("|".join(OTHERWISE.values()))
    assert [one for one in texts if others.search(one[1]) and one[0] != "everyday"] == []


def test_a_slip_of_a_number_sends_nobody_away_before_the_call() -> None:
    assert not [line for line in slip_forms.FORMS["ticket"].texts.values() if "请到" in line.zh]
