"""Languages: what is found in the sources, what a catalog lacks, and a pair in a third language."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

import strings
import words
from strings import Found

CATALOG = (
    ("", "空闲", "сул", "Free"),
    ("", "{n}号窗口", "{n}-р цонх", "Counter {n}"),
    ("", "请到{where}", "{where} руу очно уу", "Please go to {where}"),
    ("Free", "空", "чөлөөтэй", ""),
    ("Empty", "空", "хоосон", ""),
    ("Wait {n}", "等{n}", "{n} хүлээ", ""),
    ("Await {n}", "等{n}", "{n} угтах", ""),
    ("", "户口簿", "өрхийн бүртгэл", ""),
    ("", "{a}：{b}", "{b}, {a}", "{a}: {b}"),
    ("", "{x}和{x}", "{x} ба {x}", "{x} and {x}"),
)
"""(English where one Chinese has several, Chinese, what stands for it, English as the comment above it)."""
TABLE = [
    ("空闲", "Free", "сул"),
    ("3号窗口", "Counter 3", "3-р цонх"),
    ("请到3号窗口", "Please go to Counter 3", "3-р цонх руу очно уу"),
    ("请到咨询台", "Please go to the desk", "the desk руу очно уу"),
    ("空", "Free", "чөлөөтэй"),
    ("空", "Empty", "хоосон"),
    ("空", "another", "чөлөөтэй"),
    ("等5", "Await 5", "5 угтах"),
    ("等5", "Wait 5", "5 хүлээ"),
    ("户口簿、空闲", "x", "өрхийн бүртгэл, сул"),
    ("3号窗口空闲。", "Counter 3 is free.", "3-р цонх сул."),
    ("A001空闲", "A001 is free", "A001 сул"),
    ("甲空闲", "A is free", "A is free"),
    ("户口簿、身份证", "both", "both"),
    ("甲和甲", "A and A", "A ба A"),
    ("甲和乙", "A and B", "A and B"),
    ("甲：乙", "A: B", "A: B"),  # a pattern of signs alone is none
    ("没有译", "Not translated", "Not translated"),
    ("没有英文", "", "没有英文"),
    ("A012", "A012", "A012"),
]
"""(Chinese, English, what is shown), for words.py and for server/static/words.js alike."""


@pytest.fixture
def mongolian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "mn" / "LC_MESSAGES" / "jiaohao.po"
    path.parent.mkdir(parents=True)
    said = [
        (f"#. {en}\n" if en else "") + (f'msgctxt "{c}"\n' if c else "") + f'msgid "{zh}"\nmsgstr "{text}"\n'
        for c, zh, text, en in CATALOG
    ]
    path.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n' + "\n".join(said), "utf-8")
    monkeypatch.setenv(words.OWN, str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(("zh", "en", "shown"), TABLE)
def test_a_pair_in_a_third_language(mongolian: Path, zh: str, en: str, shown: str) -> None:
    assert words.translated(zh, en, "mn") == shown
    assert words.translated(zh, en, "zh") == zh
    assert words.translated(zh, en, "en") == (en or zh) == words.translated(zh, en, "fr")


def test_a_catalog_is_a_language(mongolian: Path) -> None:
    assert words.languages() == ["zh", "en", "mn"] and words.name("mn") == "монгол"
    assert [words.after(one) for one in words.languages()] == ["en", "mn", "zh"]
    assert words.pattern() == "^(zh|en|mn)$"
    assert words.nearest(["fr", "mn-MN", "zh"]) == "mn" and words.nearest(["fr"]) == ""


def test_what_it_lacks_is_english(mongolian: Path) -> None:
    assert words.say("mn")("空闲") == "сул"
    assert words.say("mn")("请取走号票") == words.say("en")("请取走号票")


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('Text("空闲", "Free")', [("空闲", "Free")]),
        ('Text(f"{id}号窗口", f"Counter {id}")', [("{id}号窗口", "Counter {id}")]),
        ('Text(f"请到{a.name}", f"Go to {a.name_en}")', [("请到{name}", "Go to {name}")]),
        ('Text(f"{a.n}到{b.n}", f"{a.n} to {b.n}")', [("{n}到{n2}", "{n} to {n2}")]),
        ('Text("甲" if x else "乙", "A one" if x else "B one")', [("甲", "A one"), ("乙", "B one")]),
        ('x = {"free": ("空闲", "Free", 1)}', [("空闲", "Free")]),
        ('x = {"zh": "空闲", "en": "Free"}', [("空闲", "Free")]),
        ('f(name="空闲", name_en="Free")', [("空闲", "Free")]),
        ('REPAIR = "空闲"\nREPAIR_EN = "Free"', [("空闲", "Free")]),
        ('f(note_zh="空闲", note_en="Free")', [("空闲", "Free")]),
        ('def f(n):\n  if n:\n    zh = f"空{n}"\n    en = f"Free {n}"', [("空{n}", "Free {n}")]),
        ('say("空闲")', [("空闲", "in English")]),
        ('f("空闲")\ng("a", "b")', []),
    ],
)
def test_pairs_of_python(source: str, found: list[tuple[str, str]]) -> None:
    assert [(zh, en) for zh, en, _ in strings.of_python(source, "a.py", lambda _: "in English")] == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('{{ t("空闲", "Free") }}', [("空闲", "Free")]),
        ('{{ t("共 " ~ view.n ~ " 人", view.n ~ " people") }}', [("共 {n} 人", "{n} people")]),
        ('{{ t("甲" if x else "乙", "A one" if x else "B one") }}', [("甲", "A one"), ("乙", "B one")]),
        ('{% set x = [("a", "空闲", "Free")] %}', [("空闲", "Free")]),
        (
            "{% block title %}窗口 {{ id }}{% endblock %}{% block title_en %}Counter {{ id }}{% endblock %}",
            [("窗口 {it}", "Counter {it}")],
        ),
    ],
)
def test_pairs_of_templates(source: str, found: list[tuple[str, str]]) -> None:
    assert [(zh, en) for zh, en, _ in strings.of_template(source, "a.html")] == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('tell("空闲", "Free", "good")', [("空闲", "Free")]),
        ("bi(`等候 ${view.n} 人`, `${view.n} waiting`)", [("等候 {n} 人", "{n} waiting")]),
        ('// bi("空闲", "Free")\n', []),
        ('refuse({ detail: "空闲", detail_en: "Free" })', [("空闲", "Free")]),
        ('x = { zh: "空闲", en: "Free" }', [("空闲", "Free")]),
        ("bi(`${x ? `甲${y}` : `乙`}到`, `${x} came`)", [("{y}到", "{x} came")]),
    ],
)
def test_pairs_of_scripts(source: str, found: list[tuple[str, str]]) -> None:
    assert [(zh, en) for zh, en, _ in strings.of_script(source, "a.js")] == found


def test_pairs_of_data() -> None:
    data = {
        "name": "户籍",
        "name_en": "Residence",
        "steps": ["受理"],
        "steps_en": ["Accept"],
        "text": [["甲", "A one"]],
    }
    assert [one[:2] for one in strings.of_data(data, "a.toml")] == [
        ("户籍", "Residence"),
        ("受理", "Accept"),
        ("甲", "A one"),
    ]


def test_the_sources_have_their_texts() -> None:
    found = list(strings.everything())
    where = {one.where.split("/")[0] for one in found}
    assert {"server", "kiosk", "district", "relay", "counter_display", "config", "translations"} <= where
    assert len({one.zh for one in found}) > 5000


def test_one_chinese_with_two_englishes_is_two_messages() -> None:
    made = strings.template(
        [Found("空", "Free", "a.py:1"), Found("空", "Empty", "b.py:2"), Found("满", "Full", "a.py:3")]
    )
    assert {(one.context, one.id) for one in made if one.id} == {("Free", "空"), ("Empty", "空"), (None, "满")}


def test_a_catalog_is_checked() -> None:
    wanted = strings.template(
        [Found("甲{n}", "A {n}", "a:1"), Found("乙", "B two", "a:2"), Found("丙", "C three", "a:3")]
    )
    there = Catalog()
    there.add("甲{n}", "ä {m}")
    there.add("乙", "")
    there.add("丁", "dd")
    there.add("丙", "cc")
    assert strings.flaws(there, wanted) == [(strings.MISSING, "乙"), (strings.SURPLUS, "丁"), (strings.PLACES, "甲{n}")]
