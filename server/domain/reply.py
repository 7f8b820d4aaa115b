"""What somebody answers by text message (回复): a level of 好差评, a wish to be left alone, or nothing that is clear.
Pure.

Only what can mean one thing alone is a level: a wrong guess would be somebody's rating. "1个小时都没人" has a digit and
says no level.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Literal, NamedTuple

from server.domain.rating import LEVELS

TEXT_MOST = 500
"""Signs of what is written behind the level that are kept at most."""
STOPS = frozenset({"t", "td", "n", "退订", "取消提醒", "不要发了", "别发了", "stop", "unsubscribe"})
"""Words with which no message more is wanted, whatever it is of; a whole answer, small letters. 取消 alone is none: who
answers the eve of a booking with it means the booking."""
WORDS: Mapping[str, int] = {
    **{text.zh: level for level, text in LEVELS.items()},
    **{text.en.lower(): level for level, text in LEVELS.items()},
    **dict.fromkeys(("很满意", "十分满意", "特别满意", "太满意了", "非常好", "五分", "五星", "五"), 5),
    **dict.fromkeys(("比较满意", "四分", "四星", "四"), 4),
    **dict.fromkeys(("还算满意", "三分", "三星", "三"), 3),
    **dict.fromkeys(("不太满意", "不大满意", "二分", "两分", "二星", "两星", "二"), 2),
    **dict.fromkeys(("很不满意", "十分不满意", "特别不满意", "极不满意", "太不满意了", "一分", "一星", "一"), 1),
}
"""What says a level, small letters."""
LONGEST = sorted(WORDS, key=len, reverse=True)
CONTENT = re.compile("|".join(re.escape(one) for one in LONGEST if "满意" in one or "satisfied" in one))
DIGIT = re.compile(r"([1-5])(?!\d)(?:分|星|颗星)?")
PAUSE = re.compile(r"[\s,.;:!?~、。;…\-()【】\[\]\"']+")
"""What may stand between the level and further words."""


class Reply(NamedTuple):
    """`kind`: level, stop, or unclear. `level` 5 to 1; 0 for none. `text`: what else was written, perhaps private."""

    kind: Literal["level", "stop", "unclear"]
    level: int = 0
    text: str = ""


UNCLEAR = Reply("unclear")


def of_number(text: str, labels: Collection[str]) -> tuple[str, str]:
    """(the number that an answer begins with, what is behind it): "A012 5", "a012号：满意". ("", text) for none."""
    plain = unicodedata.normalize("NFKC", text).strip()
    for label in labels:
        behind = plain[len(label) :]
        if label and plain.upper().startswith(label) and (not behind or behind[0] == "号" or PAUSE.match(behind)):
            return label, behind.removeprefix("号")
    return "", text


def read(text: str) -> Reply:
    """An answer as somebody typed it: wide digits, keycaps and marks in front of it are nothing of its own."""
    plain = unicodedata.normalize("NFKC", text).replace("\ufe0f", "").replace("\u20e3", "").strip()
    said = PAUSE.sub("", plain, count=1) if PAUSE.match(plain) else plain
    if PAUSE.sub("", said).lower() in STOPS:
        return Reply("stop")
    digit = DIGIT.match(said)
    word = "" if digit else next((one for one in LONGEST if said.lower().startswith(one)), "")
    level = int(digit[1]) if digit else WORDS.get(word, 0)
    behind = said[len(digit[0] if digit else word) :]
    pause = PAUSE.match(behind)
    more = behind[pause.end() :] if pause else behind
    runs_on = behind and not pause and not (digit and CONTENT.match(behind.lower()))  # "三楼", but "5非常满意"
    alone = len(word) == 1 and more  # "一 般"
    other = {WORDS[one] for one in CONTENT.findall(more.lower())} - {level}
    if not level or runs_on or alone or other or more[:1].isdigit():
        return UNCLEAR
    return Reply("level", level, "" if PAUSE.sub("", more).lower() in WORDS else more[:TEXT_MOST])
