"""The clock of a rehearsal: it begins at the rehearsed day and goes at a speed of its own. A hall's hub has the
machine's.
"""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Paced:
    """At `begun` by the machine's clock it was `start`, epoch seconds both; since then `pace` seconds go by in one. A
    hub that is started again goes on where the clock is by then.
    """

    begun: float
    start: float
    pace: float

    def __call__(self) -> float:
        return self.start + (time.time() - self.begun) * self.pace

    def counted(self, seconds: float) -> float:
        """So many seconds of the machine's, by this clock."""
        return seconds * self.pace
