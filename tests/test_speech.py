"""What the speech engine gets and which programs run."""

from __future__ import annotations

import pytest

from speech import engine, player, readable, wav


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("您的号码是A001。", "zh", "您的号码是A 零 零 一。"),
        ("请A1018号到3号窗口", "zh", "请A 一 零 一 八号到3号窗口"),
        ("请拨 0595-00000001", "zh", "请拨 零 五 九 五 零 零 零 零 零 零 零 一"),
        ("大约等10–20分钟", "zh", "大约等10到20分钟"),
        ("前面还有12人", "zh", "前面还有12人"),
        ("已达到今天的50%", "zh", "已达到今天的百分之50"),
        ("9:30开始，14:00结束", "zh", "9点30分开始，14点结束"),
        ("Your number is A001.", "en", "Your number is A 0 0 1."),
        ("About 10–20 min", "en", "About 10–20 min"),
    ],
)
def test_numbers_are_said_as_a_person_would(text: str, language: str, said: str) -> None:
    assert readable(text, language) == said


def test_a_one_may_be_said_yao() -> None:
    assert readable("A001", "zh", "幺") == "A 零 零 幺"


def test_the_engine_is_told_pinyin_because_its_hanzi_are_read_as_english() -> None:
    assert engine("zh")[:3] == ["espeak-ng", "-v", "cmn-latn-pinyin"] and engine("en")[:3] == ["espeak-ng", "-v", "en"]
    assert {"--stdin", "--stdout"} <= set(engine("zh"))


def test_the_first_player_there_is() -> None:
    assert player({"paplay": "/usr/bin/paplay", "aplay": "/usr/bin/aplay"}.get) == ["aplay", "-q", "-"]
    assert player({"paplay": "/usr/bin/paplay"}.get) == ["paplay"] and player({}.get) is None


def test_a_missing_engine_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(OSError, match=r"^espeak-ng is not there; apt-get install espeak-ng$"):
        wav("你好", "cmn-latn-pinyin", 160)
