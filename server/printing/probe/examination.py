"""One printer asked in every way and given a test page: what came of it, as plain data for a terminal or a page.

Whoever calls holds the port: the command line while the hub is stopped, the printer's own thread while it runs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from config import Text
from printer_profiles.escpos.encode import encode
from printer_profiles.model_table import unconfirmed
from printer_profiles.profile import Profile
from printer_profiles.slip import Logo, Slip
from server.domain.print_outcome import Sent, outcome
from server.printing.probe import checklist
from server.printing.probe.interview import PATIENCE, Interview, Patience
from server.printing.spool.roll import length_mm
from server.printing.transport.port import Port

OUT_OF_ORDER = Text("打印机报告故障，没有打印。", "The printer reports a fault; nothing was printed.")
QUEUE = "A queue can't confirm; test status and confirmation at the printer's own address."


@dataclass(frozen=True)
class Page:
    """What the test page was: bytes, mm of paper, seconds it took, and the least by the model's speed."""

    size: int
    mm: float
    took_s: float
    least_s: float


@dataclass(frozen=True)
class Examination:
    """`code` is one of checklist's; `said` its sentence. `page` is None where nothing was printed."""

    code: int
    said: Text
    fault: Text | None = None
    page: Page | None = None
    answers: tuple[Text, ...] = ()
    changes: tuple[Text, ...] = ()
    guessed: tuple[str, ...] = ()
    """Keys of the model that have no source."""


def examine(
    port: Port,
    slip: Slip,
    profile: Profile,
    *,
    keep_logo: bool = False,
    patience: Patience = PATIENCE,
    begins: Callable[[float], None] = lambda most_s: None,
) -> Examination:
    """Ask, print, ask, and say what it means. `begins` hears for how many seconds it may last. OSError when the line
    is gone.
    """
    talk = Interview(port, profile, patience)
    talk.status()
    if trouble := checklist.fault(profile, talk.automatic()):
        return Examination(checklist.TROUBLE, OUT_OF_ORDER, Text(trouble.zh, trouble.en))
    logo = next((element for element in slip if isinstance(element, Logo)), None)
    data = encode(slip, profile, talk.keep(logo) if keep_logo and logo else "")
    begins(patience.write + patience.confirm)
    began = time.monotonic()
    heard = talk.send(data)
    code, sentence = checklist.verdict(profile, heard)
    took, paper = time.monotonic() - began, length_mm(data, profile)
    return Examination(
        code,
        sentence,
        page=Page(len(data), paper, took, paper / profile.speed_mm_s),
        answers=tuple(checklist.answers(profile, heard)),
        changes=tuple(checklist.changes(profile, heard)),
        guessed=tuple(unconfirmed(profile.name)),
    )


def queued(sent: Sent) -> Examination:
    """Of a page that a CUPS queue was given: it tells what became of the job, and nothing of the printer."""
    became = outcome(sent)
    if became.state == "failed":
        wish = Text("没有打印，请检查 CUPS 和队列名", "nothing was printed; check CUPS and the queue's name")
        why = sent.gone or became.reason
        return Examination(checklist.TROUBLE, Text(f"{wish.zh}（{why}）", f"{wish.en} ({why})"))
    return Examination(checklist.UNSURE, Text(f"{became.state} {became.reason}", QUEUE))
