"""A short round of `./run chaos`: a real hall of two machines, its hub killed, taken over from, its lines severed, a
kiosk alone, its disk, its clock and a printer in trouble. Hours of it are played by hand (docs/promises.md).
"""

from __future__ import annotations

from pathlib import Path

from chaos.__main__ import run
from chaos.plan import Fault

ROUND = (
    Fault("step", 0.1, 0.4, 400 * 86400.0),
    Fault("paper", 0.0, 0.3, what="paper_out"),
    Fault("refuse", 0.1, 0.3),
    Fault("sever", 0.1, 0.0, 700.0),
    Fault("alone", 0.1, 0.0, 900.0, "both"),
    Fault("take_over", 0.1, 0.0),
)


def test_nothing_is_lost_doubled_or_false(tmp_path: Path) -> None:
    healed, wrong = run(tmp_path, ROUND, seed=20261130, minutes=9.0, small=False)
    assert wrong == []
    assert [one.fault.kind for one in healed] == [fault.kind for fault in ROUND]
    assert healed[-1].moved, "on a slow machine another may take over before that, too"
