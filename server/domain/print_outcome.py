"""Which printer takes a slip, when nobody will, and what became of it. Pure: no port, no thread, no clock.

printed   a printer that can, has confirmed it behind the cut, and nothing went wrong meanwhile
sent      all bytes were taken, and this model (or queue) can't confirm
failed    certainly nothing is on paper and nothing will be: no byte was taken. The reason says why
unknown   at least one byte may have been taken and there is no confirmation. Only a person may have it printed again
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from config import reasons
from printer_profiles.escpos.status import UNKNOWN, Status
from printer_profiles.profile import Profile

READY = frozenset({"ready", "near_end"})

RESTARTED = "打印中断电或重启，不能确定是否打印完整。"
GONE = "打印途中连接中断"
UNREACHABLE = "打印机连接不上"
REFUSED = "打印机没有收下数据，什么也没有打印。"
STUCK = "打印机收了一部分数据就停住，纸上可能不完整，也可能稍后补出。"
UNCONFIRMED = "打印机收下了数据，没有确认打印完成，请看有没有出纸。"
INTERRUPTED = "打印途中出故障，纸上可能不完整，恢复后还可能补出"
UNMADE = "排版出错，没有打印，请报修。"
NO_PRINTER = "指定的打印机已不在配置中，请换一台补打。"

REASONS: dict[str, str] = {
    RESTARTED: "power cut or restart while printing",
    GONE: "the connection was lost while printing",
    UNREACHABLE: "the printer cannot be reached",
    REFUSED: "the printer took no data, nothing was printed",
    STUCK: "the printer took part of it and stopped; the slip may be incomplete, or come out later",
    UNCONFIRMED: "the printer took it and did not confirm; look whether the slip is there",
    INTERRUPTED: "a fault while printing, the slip may be incomplete, or come out once it is mended",
    UNMADE: "it could not be laid out, nothing was printed; call service",
    NO_PRINTER: "its printer is no longer in the configuration",
}
"""What is said of a slip that may not be in anybody's hand, in both languages; a fault's own sentence may follow a
colon.
"""


@dataclass(frozen=True)
class Sent:
    """What is known after a slip was on its way."""

    total: int
    accepted: int
    """Bytes that the way to the printer has taken; an over-estimate where that is not known."""
    confirmed: bool | None
    """True: told behind the cut. False: silent, though it can tell. None: it can't."""
    heard: Status = UNKNOWN
    """The worst it said since the first byte."""
    gone: str = ""
    """How the connection ended, if it did."""


class Refusal(NamedTuple):
    """Why a printer could not take a slip: how it is, and in words."""

    status: Status
    reason: str


class Outcome(NamedTuple):
    """A job's last state and the reason, Chinese; empty where all is well."""

    state: str
    reason: str


def ready(status: Status, profile: Profile) -> bool:
    """May a slip be sent now? A model that answers must have said so; of another it is enough that nothing is wrong."""
    return status.state in READY if profile.status else not status.faulty


def takes(printer: str, wanted: Sequence[str], refused: Collection[str], absent: Collection[str]) -> bool:
    """Is the slip this printer's? It goes to the first that has not refused it, past those known to be out of order
    or long busy.
    """
    left = [name for name in wanted if name not in refused]
    present = [name for name in left if name not in absent] or left
    return present[:1] == [printer]


def hopeless(refused: Mapping[str, Refusal], age_s: float, give_up_s: float) -> bool:
    """Every printer has refused: tell the person now? At once if each waits for somebody; a passing trouble may pass
    in `give_up_s`.
    """
    return all(refusal.status.waits_for_a_person for refusal in refused.values()) or age_s > give_up_s


def outcome(sent: Sent) -> Outcome:
    """What became of a slip.

    A head that had to cool down has printed all the same; paper that ended or a cover that was opened spoils it.
    """
    if sent.accepted == 0:
        return Outcome("failed", sent.heard.zh if sent.heard.faulty else REFUSED)
    if sent.heard.waits_for_a_person or (sent.heard.faulty and not sent.confirmed):
        return Outcome("unknown", f"{INTERRUPTED}：{sent.heard.zh}")
    if sent.gone:
        return Outcome("unknown", f"{GONE}：{reasons.of_words(sent.gone).zh}")
    if sent.accepted < sent.total:
        return Outcome("unknown", STUCK)
    if sent.confirmed is False:
        return Outcome("unknown", UNCONFIRMED)
    return Outcome("printed" if sent.confirmed else "sent", "")
