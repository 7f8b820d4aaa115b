"""What people said in the weeks before the demo's first start, invented: two complaints, a question that was answered,
one that could not be done and was solved, an order for help; and the file of 责任追究 that the complaint which was
upheld has opened. Names nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from replay.play import Clock
from server.domain.register import Record
from server.store.transaction import Turn
from server.verbs import liability, records, voices
from server.verbs.hub import By, Hub
from server.verbs.records import Who


class Said(NamedTuple):
    """A move at the end of a day that was played: the nth since Monday of last week, of which record, by whom."""

    day: int
    which: str
    move: str
    values: Mapping[str, Any]
    by: str = "office"


STORY = (
    Said(0, "complaint", "lodge", {"category": "delay", "text": "排了一个多小时，中午窗口只开一个。"}, "visitor"),
    Said(1, "complaint", "accept", {"grade": "simple", "owner": "first", "about": "second"}),
    Said(0, "inquiry", "lodge", {"category": "materials", "text": "异地的医保卡能在这里激活吗？"}, "visitor"),
    Said(1, "inquiry", "answer", {"answer": "可以。请带身份证和医保卡，到医保窗口当场办理。"}, "first"),
    Said(1, "unsolved", "lodge", {"category": "cross", "text": "民政说找残联，残联说找民政。"}, "visitor"),
    Said(1, "unsolved", "classify", {"grade": "general", "owner": "first"}),
    Said(2, "inquiry", "rate", {"satisfied": "yes"}, "visitor"),
    Said(2, "complaint", "answer", {"finding": "upheld", "answer": "情况属实：中午已改开两个窗口。"}, "first"),
    Said(3, "complaint", "rate", {"satisfied": "partly"}, "visitor"),
    Said(3, "unsolved", "answer", {"solved": "solved", "answer": "已商定由民政窗口一次收件。"}, "first"),
    Said(4, "unsolved", "call_back", {"called_back": "reached", "satisfied": "yes"}),
    Said(4, "unsolved", "file", {}),
    Said(4, liability.LIABILITY, "name", {"about": "second", "owner": "office"}),
    Said(4, "second", "lodge", {"category": "attitude", "text": "问了三次都不理人。"}, "visitor"),
    Said(4, "errand", "lodge", {"category": "home", "who": "elderly", "phone": "13800000000"}, "visitor"),
    Said(4, "errand", "assign", {"owner": "first"}),
)  # fmt: skip
REGISTERS = {"second": "complaint"}
"""Which register one is of, where that is not its own name."""


def _account(staff: str, role: str, turn: Turn) -> None:
    turn.put_staff(staff, staff, role, "")


class PastVoices:
    """The story, as the demo's days go by. `people`: numbers of those at the counters; `office`: whoever decides."""

    def __init__(self, hub: Hub, clock: Clock, people: Sequence[str], office: str) -> None:
        others = [one for one in people if one != office]
        self.hub, self.clock, self.records = hub, clock, dict[str, Record]()
        self.who = {"office": office, "first": others[0], "second": others[-1]}
        for name, one in self.who.items():  # who has a record is an account; the demo gives it its password afterwards
            role = "manager" if name == "office" else "operator"
            hub.turn(partial(_account, one, role))

    def after(self, day: int) -> None:
        """What was said at the end of a day."""
        for said in STORY:
            if said.day == day:
                self.clock.now += 60
                self._say(said)

    def _say(self, said: Said) -> None:
        values = {name: self.who.get(str(value), value) for name, value in said.values.items()}
        if said.move == "lodge":
            key = REGISTERS.get(said.which, said.which)
            self.records[said.which] = voices.lodge(self.hub, By("visitor"), key, values, said.which)
        elif said.by == "visitor":
            voices.act(self.hub, By("visitor"), self.records[said.which], said.move, values)
        else:
            if said.which == liability.LIABILITY:  # the answer to the complaint has opened it
                reader = self.hub.read()
                (file,) = reader.records_naming(said.which, "source", self.records["complaint"].number)
                self.records[said.which] = records.known_record(reader, file)
            who = Who(By(self.who[said.by]), "manager" if said.by == "office" else "operator")
            records.move(self.hub, who, self.records[said.which].id, said.move, values)
