"""Every language the hall ships: texts as docs/wording.md has them, numbers as people read them, and mistakes of a
hall's own file.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from server.domain.announcer import Saying
from server.voice import language
from server.voice.language import KINDS, LanguageError
from tests.both_languages import english

NOWHERE = Path("no-such-folder")


def said(code: str, kind: str, number: str = "A012", counter: str = "3", minute: int = 0, one: str = "一") -> str:
    spoken = language.load(code, NOWHERE)
    return language.sentence(
        spoken, language.pieces(spoken, Saying(kind, number, counter, "咨询台", "the guide desk", minute), one)
    )


@pytest.mark.parametrize(
    ("code", "kind", "more", "text"),
    [
        ("cmn", "call", {}, "请A零一二号，到三号窗口办理业务。"),
        ("cmn", "recall", {}, "请A零一二号，到三号窗口。"),
        ("cmn", "transfer", {"counter": "5"}, "请A零一二号，到五号窗口继续办理。"),
        ("cmn", "pickup", {"number": "L003", "counter": "6"}, "请L零零三号，到六号窗口领取证件。"),
        ("cmn", "call", {"number": "A1018", "counter": "101"}, "请A一零一八号，到一百零一号窗口办理业务。"),
        ("cmn", "call", {"number": "A112", "one": "幺"}, "请A幺幺二号，到三号窗口办理业务。"),
        ("cmn", "call", {"counter": "desk"}, "请A零一二号，到咨询台办理业务。"),
        ("cmn", "passed", {}, "A零一二号已过号，请到咨询台。"),
        ("cmn", "noon", {"minute": 720}, "各位群众，上午的服务时间到十二点结束。"),
        ("cmn", "closing", {"minute": 17 * 60 + 5}, "各位群众，本中心将于十七点零五分停止取号。"),
        ("cmn", "closing", {"minute": 17 * 60 + 30}, "各位群众，本中心将于十七点半停止取号。"),
        ("en", "call", {}, "Number A zero one two, please go to counter three."),
        ("en", "call", {"counter": "22"}, "Number A zero one two, please go to counter twenty two."),
        ("en", "call", {"counter": "desk"}, "Number A zero one two, please go to the guide desk."),
        ("en", "noon", {"minute": 750}, "The morning service ends at 12:30."),
        ("nan", "call", {}, "请A零一二号，到三号窗口办理业务。"),
    ],
)
def test_texts(code: str, kind: str, more: dict[str, object], text: str) -> None:
    assert said(code, kind, **more) == text  # type: ignore[arg-type]


def test_a_call_names_no_person_and_no_service() -> None:
    spoken = language.load("cmn", NOWHERE)
    assert all(
        place in ("{number}", "{place}", "{time}")
        for kind in KINDS
        for part in spoken.texts[kind]
        if "{" in part
        for place in ["{" + part.split("{")[1].split("}")[0] + "}"]
    )


def test_the_number_stands_apart() -> None:
    spoken = language.load("cmn", NOWHERE)
    pauses = {piece.text: piece.pause_s for piece in language.pieces(spoken, Saying("call", "A012", "3"))}
    assert pauses["二"] == language.AFTER_NUMBER_S and pauses["号"] == language.AT_COMMA_S and pauses["A"] == 0


def test_debians_espeak_reads_every_text_as_chinese() -> None:
    """`-v cmn` of Debian 12 reads Hanzi as English; a test that a WAV exists would pass all the same."""
    spoken = language.load("cmn", NOWHERE)
    texts = [said("cmn", kind, minute=720 if kind == "noon" else 1050) for kind in KINDS]
    done = subprocess.run(
        ["espeak-ng", "-v", spoken.espeak, "-x", "-q", *["。".join(texts).replace("A", "")]],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "(en)" not in done.stdout and len(done.stdout.split()) > 60


def test_clips_of_a_hall() -> None:
    spoken = language.load("cmn", NOWHERE)
    clips = language.clips(
        spoken,
        "AL",
        {"3": ("3号窗口", "Counter 3"), "12": ("12号窗口", "Counter 12"), "desk": ("咨询台", "Desk")},
        {"noon": [720], "closing": [1040, 1070]},
        "一",
    )
    assert {
        "A",
        "L",
        *"零一二三四五六七八九十",
        "请",
        "号",
        "到",
        "号窗口",
        "办理业务",
        "咨询台",
        "opening",
        "noon-1200",
        "closing-1720",
    } <= clips.keys()
    assert (
        clips["closing-1750"] == "各位群众，本中心将于十七点五十分停止取号。" and "，" not in clips and "" not in clips
    )


def test_a_hall_brings_its_own_language(tmp_path: Path) -> None:
    own = tmp_path / "hak"
    own.mkdir()
    text = (
        (language.SHIPPED / "nan.toml")
        .read_text(encoding="utf-8")
        .replace("闽南语", "客家话")
        .replace("办理业务", "办事")
    )
    (own / "voice.toml").write_text(text, encoding="utf-8")
    assert "hak" in language.codes(tmp_path) and "nan" in language.codes(tmp_path)
    spoken = language.load("hak", tmp_path)
    assert (
        language.sentence(spoken, language.pieces(spoken, Saying("call", "A001", "1")))
        == "请A零零一号，到一号窗口办事。"
    )


def test_mistakes_of_a_language_file(tmp_path: Path) -> None:
    own = tmp_path / "hak"
    own.mkdir()
    text = (language.SHIPPED / "nan.toml").read_text(encoding="utf-8")
    text = (
        text.replace("recall = [", "recal = [")
        .replace('numbers = "chinese"', 'numbers = "roman"')
        .replace('name_en = "Hokkien"', "")
    )
    (own / "voice.toml").write_text(text, encoding="utf-8")
    with pytest.raises(LanguageError) as caught:
        language.load("hak", tmp_path)
    assert sorted(english(caught.value.problems)) == [
        "hak/voice.toml: name_en: missing; copy it from languages/cmn.toml",
        "hak/voice.toml: numbers: 'roman': write chinese, english or digits",
        "hak/voice.toml: texts.recal: unknown; did you mean 'recall'?",
        "hak/voice.toml: texts.recall: missing; copy it from languages/cmn.toml",
    ]
    with pytest.raises(LanguageError) as caught:
        language.load("yue", tmp_path)
    assert "no language 'yue'; known: cmn, en, hak, nan" in english(caught.value.problems)[0]
