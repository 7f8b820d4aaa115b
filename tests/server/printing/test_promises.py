"""Two printers in every trouble at random times, numbers given out meanwhile: what is said of each slip is true of
the paper.
"""

from __future__ import annotations

import random
import re
from collections import Counter as Count

import pytest

from server.domain.ticket import Job
from server.verbs import tickets
from server.verbs.hub import By
from tests.server.printing.test_spool import Counter, VirtualPrinter, narrow, wide  # noqa: F401 (fixtures)
from tests.waiting import until

TROUBLES = (
    "paper_out",
    "cover_open",
    "cutter_jam",
    "overheated",
    "broken",
    "offline",
    "feed_button",
    "near_end",
    "hang",
    "garbage",
    "half_open",
    "power_off",
    "paper_out_mid",
    "close_mid_job",
    "slow",
)
TICKETS = 40
FINAL = ("printed", "sent", "failed", "unknown")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nobody_gets_two_papers_and_nobody_gets_none_unnoticed(
    tmp_path,
    wide: VirtualPrinter,  # noqa: F811
    narrow: VirtualPrinter,  # noqa: F811
    seed: int,
) -> None:
    chance, counter = random.Random(seed), Counter(tmp_path, [wide.port, narrow.port])
    counter.spool.start()
    printers = {"p80": wide, "p58": narrow}
    for _ in range(TICKETS):
        name, printer = chance.choice(list(printers.items()))
        if chance.random() < 0.5:
            _trouble(chance, printer)
        elif chance.random() < 0.7:
            _mend(counter, name, printer)
        ticket = tickets.issue(
            counter.hub, By("K1"), "SB01", printers=chance.choice([("p80", "p58"), ("p58", "p80"), ("p80",)])
        )
        if chance.random() < 0.6:
            counter.became(ticket.id)
    for name, printer in printers.items():
        _mend(counter, name, printer)

    def jobs() -> list[Job]:
        return [job for id in range(1, TICKETS + 1) if (job := counter.hub.read().job(id))]

    until(lambda: all(job.state in FINAL for job in jobs()))
    until(lambda: not any(printer.printer.look()["waiting"] for printer in printers.values()))
    became = jobs()
    counter.stop()
    papers = _papers(printers)
    for job in became:
        whole = papers[f"A{job.ticket:03}"]
        expected = {"printed": (1,), "sent": (0, 1), "failed": (0,), "unknown": (0, 1)}[job.state]
        assert whole in expected, (job, whole)
    assert any(job.state == "printed" for job in became), "how many is a matter of the machine, too"


def _papers(printers: dict[str, VirtualPrinter]) -> Count[str]:
    """Number -> whole slips that carry it."""
    texts = [
        slip.text() for printer in printers.values() for slip in printer.printer.paper.slips if slip.end != "broken"
    ]
    return Count(number for text in texts for number in set(re.findall(r"\bA\d{3}\b", text)))


def _trouble(chance: random.Random, printer: VirtualPrinter) -> None:
    name = chance.choice(TROUBLES)
    amount = {"slow": 3_000, "close_mid_job": chance.randrange(20, 400), "paper_out_mid": chance.randrange(5, 120)}.get(
        name
    )
    printer.order(name, amount)


def _mend(counter: Counter, name: str, printer: VirtualPrinter) -> None:
    """By a person, who takes longer than the hub needs to notice that a slip is waiting inside; with a new roll."""
    held = bool(printer.printer.look()["waiting"]) and "paper_out" in printer.printer.look()["faults"]
    until(lambda: not held or counter.health.of(name)["state"] != "ready")
    printer.order("power_on")
    printer.order("ok")
    printer.order("roll", 1_000_000)
