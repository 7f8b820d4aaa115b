"""Whose word counts how much: the model's, and plainer ones' as far as the model has not earned it. By what each would
have been wrong by in the waits that ended lately, and by how all of them have been too long or too short.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import exp, log

from config import Text
from server.foresight.correct import FLOOR_S

SOURCES = ("model", "play", "line", "head")
"""By rank: the corrected play, the play as it is, ahead x mean / counters, the wait of whoever is first."""
WORDS = {
    "model": Text(
        "按排队推演，并按本厅以往的实际等候校正", "the line played forward, corrected by what came true here"
    ),
    "play": Text("按排队推演", "the line played forward"),
    "line": Text("按前面人数和办理用时", "by the people ahead and what each takes"),
    "head": Text("按排在最前的人已等的时间", "by how long the first in the line has waited"),
}
"""How it was worked out, as it stands on a number's page."""
FORGETS = 0.985
"""Of its weight a wait keeps so much at each one that ends after it."""
SURE = 20.0
"""Waits, discounted, that have to have ended before another than the model counts."""
SHARP = 4.0
"""Who is wrong by a quarter more than the best counts for about a third of it."""
DOUBTED = {"model": 0.0, "play": 0.3, "line": 1.0, "head": 1.0}
"""What is plainer counts less from the start, in logarithms."""
MOVED = 0.85
"""So much of what the last waits were longer or shorter than told is believed of the next."""
FEW = 10.0
"""As if so many more waits had come true exactly: a handful moves little."""


@dataclass
class Guard:
    """Discounted sums over the waits that ended: errors, seconds, and how far the truth was off, in logarithms."""

    wrong: dict[str, float] = field(default_factory=lambda: dict.fromkeys(SOURCES, 0.0))
    off: dict[str, float] = field(default_factory=lambda: dict.fromkeys(SOURCES, 0.0))
    ended: float = 0.0
    count: int = 0

    @property
    def shares(self) -> dict[str, float]:
        """How much each counts; together 1."""
        if self.ended < SURE:
            return {one: float(one == SOURCES[0]) for one in SOURCES}
        best = max(FLOOR_S, min(self.wrong.values()) / self.ended)
        weight = {
            one: exp(-SHARP * (wrong / self.ended / best - 1.0) - DOUBTED[one]) for one, wrong in self.wrong.items()
        }
        return {one: mine / sum(weight.values()) for one, mine in weight.items()}

    @property
    def speaks(self) -> str:
        """The one of `SOURCES` that counts most."""
        shares = self.shares
        return max(SOURCES, key=lambda one: shares[one])

    def middle(self, each: Mapping[str, float]) -> float:
        """What is said where each would say so many seconds: their mean in logarithms. The first in the line says what
        was, and is not moved.
        """
        said = sum(
            share * (log(FLOOR_S + each[one]) + (0.0 if one == "head" else MOVED * self.off[one] / (self.ended + FEW)))
            for one, share in self.shares.items()
            if share
        )
        return max(0.0, exp(said) - FLOOR_S)

    def learn(self, told: Mapping[str, float], waited: float) -> None:
        """What each would have said, seconds, and what came true."""
        for one in SOURCES:
            self.wrong[one] = FORGETS * self.wrong[one] + abs(told[one] - waited)
            off = log((FLOOR_S + waited) / (FLOOR_S + told[one]))
            self.off[one] = FORGETS * self.off[one] + max(-1.0, min(1.0, off))
        self.ended = FORGETS * self.ended + 1.0
        self.count += 1
