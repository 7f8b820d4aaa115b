"""Words that are kept as codes, and what is shown of them: one table each, and one way to look them up. Pure.

Rows of the journal are never rewritten: those of earlier versions hold the Chinese word itself. `events.py` asks `code`
whenever an event is made or read, so that nobody else has to know; the API takes either and answers with the word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from config import GROUNDS, Text

OUTCOMES: Mapping[str, Text] = {
    "done": Text("现场办结", "Done"),
    "accepted": Text("受理待办", "Accepted"),
    "incomplete": Text("补正", "To be completed"),
    "refused": Text("不予受理", "Refused"),
    "enquiry": Text("咨询", "Enquiry"),
    "collected": Text("领件", "Collected"),
    "wrong item": Text("取错事项", "Wrong item"),
    "other": Text("其他", "Other"),
}
"""What the operator chooses at 办结 (docs/duties.md S16)."""

SUSPENSIONS: Mapping[str, Text] = {
    "away": Text("不持件", "Papers with the visitor: any counter later"),
    "kept": Text("持件", "File kept here: this counter later"),
    "errand": Text("等待", "A short errand, then back here"),
}
"""Kinds of 挂起 (docs/wording.md 5.1): the key in Chinese, and what it means."""

CONTACT_RESULTS: Mapping[str, Text] = {
    "answered": Text("解决", "Answered"),
    "led": Text("引导", "Led to a counter"),
    "passed on": Text("转送", "Passed on"),
}
"""What became of a first contact (docs/duties.md S18)."""

PARTIES: Mapping[str, Text] = {
    "person": Text("个人", "For oneself"),
    "company": Text("企业", "For a company"),
    "agent": Text("代办", "For somebody else"),
}
"""For whom a number is, where the service asks (`tickets.ask_party`)."""

BY_CARD = "age"
GROUNDS_SAID: Mapping[str, Text] = {**GROUNDS, BY_CARD: Text("证件年龄", "age by the card")}
"""Why a kiosk gave a number its class: what somebody said, or the age by an ID card."""

RATING_SOURCES: Mapping[str, Text] = {
    "rater": Text("窗口评价器", "rater at the counter"),
    "code": Text("二维码", "QR code"),
    "kiosk": Text("自助机", "kiosk"),
    "sms": Text("短信", "text message"),
    "box": Text("意见箱", "letter box"),
    "default": Text("默认", "by default"),
}
"""Where a rating comes from: each has its way in."""

LANGUAGES: Mapping[str, Text] = {
    "en": Text("英语", "English"),
    "sgn": Text("手语", "Sign language"),
    "nan": Text("闽南话", "Hokkien"),
}
"""What a member of staff may speak besides Mandarin; numbers bear the first alone, the others are for the desk."""

PAUSED_BY_MANAGER = Text("管理人员暂停", "Paused by the manager")
COUNTER_CLOSED = Text("窗口关闭", "counter closed")
TAKEN_OVER = Text("上一位未退出", "Not logged out")
"""Why a counter is taken over when nobody is away: its last member of staff left without logging out."""
NEXT_ITEM = Text("一号联办的下一项", "Next item of the same number")
"""Why a number for several items goes on to another counter."""
OURS = (PAUSED_BY_MANAGER, COUNTER_CLOSED, TAKEN_OVER, NEXT_ITEM)
"""Reasons that the hub itself gives."""


def code(table: Mapping[str, Text], word: str) -> str:
    """The code of a word, or of a code; what the table does not know stays as it is."""
    return next((code for code, text in table.items() if text.zh == word), word)


def text(table: Mapping[str, Text], word: str) -> Text:
    """What is shown of a code, or of a word."""
    return table.get(code(table, word), Text.same(word))


def reason_text(reason: str, listed: Iterable[Text]) -> Text:
    """A reason, which the journal has in Chinese, with its English: one of the hall's list or ours, else as it is."""
    return next((one for one in (*listed, *OURS) if one.zh == reason), Text.same(reason))
