"""How far a case is (办到哪一步了), for whoever holds its receipt: a step in words, and the promised date. Pure.

It says neither what the case is about nor whose it is: a kiosk stands in a hall full of people.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from config import Text
from server.domain import register
from server.domain.definition import Definition
from server.domain.register import Ground, Record

PROMISE = "promised"
"""The clock whose date people are told."""
STEPS: Mapping[str, Text] = {
    "received": Text("已收件，正在核对材料", "received, the papers are being checked"),
    "reviewing": Text("已收件，正在核对材料", "received, the papers are being checked"),
    "correcting": Text("需要补正材料，请看一次性告知单", "papers are missing, see your one-time notice"),
    "accepted": Text("已受理，正在办理", "accepted, in hand"),
    "special": Text(
        "正在听证、检测、评审或公示，这段时间不计入期限",
        "in a hearing, test, review or notice: this time is not counted",
    ),
    "ready": Text("已办好，可以领取", "ready to be collected"),
    "posted": Text("已办好并寄出", "ready, and sent by post"),
    "delivered": Text("已办结，结果已送达", "closed, the result was delivered"),
    "refused": Text("不予受理，理由见告知书", "not accepted, the notice says why"),
    "withdrawn": Text("已撤回", "withdrawn"),
    "lapsed": Text("材料逾期未补齐，已失效", "lapsed: the papers that were to follow did not come"),
}
"""State -> the step; a refusal that is only proposed is nobody's to know yet."""


class Progress(NamedTuple):
    """`due`: when it was promised, while that runs; `late`: that day is past; `provisional`: 暂定."""

    step: Text
    due: date | None
    late: bool
    provisional: bool
    number: str

    @property
    def sentence(self) -> Text:
        when = Text("", "")
        if self.due and self.late:
            when = Text("，已超过承诺期限，我们会尽快办结", "; it is past the promised date and will be closed soon")
        elif self.due:
            when = Text(
                f"，承诺{self.due.month}月{self.due.day}日前办结{'（暂定）' if self.provisional else ''}",
                f"; promised by {self.due.day} {self.due:%B}{' (provisional)' if self.provisional else ''}",
            )
        return Text(f"{self.number}{self.step.zh}{when.zh}。", f"{self.number}: {self.step.en}{when.en}.")


def progress(definition: Definition, record: Record, on: Ground, today: date) -> Progress:
    """How far a record is today."""
    step = STEPS.get(record.state, definition.states[record.state].name)
    reading = register.clocks(definition, record, on, today).get(PROMISE)
    if reading is None or reading.ended or reading.due is None:
        return Progress(step, None, False, False, record.number)
    return Progress(step, reading.due, reading.late, reading.provisional, record.number)
