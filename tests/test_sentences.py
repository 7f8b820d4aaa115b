"""Every Chinese sentence that a person reads: one name for a counter, no English in it, no word of the workshop.

Walked are the texts that are made in two languages: `Text` and refusals in Python, `t(…)` in templates, pairs in
scripts, what the kiosk says, and the data that is shown.
"""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator

import config
import slip_forms

ROOT = config.ROOT
HAN = re.compile(r"[\u4e00-\u9fff]")
PAIRED = {"Text", "Refused", "Told", "Closed", "Unknown", "Conflict", "NotMade", "Line", "say", "_forbid", "_needs"}
"""Calls whose first text is Chinese."""
ALLOWED = {
    *(
        "A",
        "B",
        "CUPS",
        "OpenAPI",
        "PDF",
        "Excel",
        "CSV",
        "HTML",
        "JSON",
        "USB",
        "ID",
        "PIN",
        "IC",
        "LED",
        "SMTP",
        "IP",
    ),
    *("Wo", "A4", "English", "Ctrl", "Enter", "Shift", "Esc", "dibao", "db"),
}
"""Names of things, of keys, and what is typed: A岗, B岗, Wo of the report's definitions."""
TECHNICIANS = (
    "server/printing/probe/",
    "server/printing/slips/test_page.py",
    "kiosk/rim/",
    "counter_display/__main__.py",
)
"""What is said on a terminal, or on a page of paper that tests a printer."""
WORKSHOP = re.compile(r"二手资料|珠海口径|--[a-z]|localhost|config\.toml|导服|导办|导引台")


def python_texts() -> Iterator[tuple[str, str]]:
    for room in ("server", "kiosk", "config", "counter_display", "demo", "slip_forms.py"):
        for file in [ROOT / room] if room.endswith(".py") else sorted((ROOT / room).rglob("*.py")):
            if str(file.relative_to(ROOT)).startswith(TECHNICIANS):
                continue
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and node.args:
                    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                    if name in PAIRED:
                        yield from ((f"{file.relative_to(ROOT)}:{node.lineno}", said) for said in spoken(node.args[0]))


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


TEXTS = [(where, text) for where, text in (*python_texts(), *page_texts(), *data_texts()) if HAN.search(text)]


def test_the_walk_reaches_everything() -> None:
    told = {where.partition(":")[0] for where, _ in TEXTS}
    files = (
        "server/domain/rules.py",
        "server/templates/hall/hall.html",
        "server/static/desk/issue.js",
        "slip_forms.py",
    )
    assert {*files, "kiosk/screens/home.py"} <= told
    assert len(TEXTS) > 1200


def test_a_counter_is_called_by_its_name() -> None:
    """1号窗口, never 窗口1; never the bare id of one (窗口desk)."""
    assert [
        one for one in TEXTS if re.search(r"(?<!号)窗口(?:\d|\{\}|\{[a-z_.]*(?:id|counter)[a-z_.]*\})", one[1])
    ] == []


def test_no_english_in_a_chinese_sentence() -> None:
    wrong = []
    for where, text in TEXTS:
        bare = re.sub(r"\{[^}]*\}|<[^>]*>|`[^`]*`|https?://\S+", " ", text)
        words = set(re.findall(r"[A-Za-z][A-Za-z0-9]*", bare)) - ALLOWED
        words = {word for word in words if not re.fullmatch(r"F\d{1,2}|[A-Z]\d*|[A-Z]{2}\d{2}|GB|T", word)}
        if words:
            wrong.append((where, text, sorted(words)))
    assert wrong == []


def test_no_word_of_the_workshop_reaches_a_person() -> None:
    assert [one for one in TEXTS if WORKSHOP.search(one[1])] == []


def test_a_slip_of_a_number_sends_nobody_away_before_the_call() -> None:
    assert not [line for line in slip_forms.FORMS["ticket"].texts.values() if "请到" in line.zh]
