"""Messages to another system (对外推送): what follows from an answer, how long a failure waits, how a link is. Pure.

Rows of the journal are told in their order. What may help later is tried again, for days, with growing waits, and holds
up whatever comes after it; what the other side will never take is put aside with the reason, and the next one goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from config import Text
from server.domain.alerts import NOTHING, Device, Level

WAITS_S = (5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0, 7200.0, 14400.0, 21600.0)
"""Waits before the second, third … try; the last one again and again: nothing is given up, the journal keeps it."""
LONGEST_ASKED_S = 86400.0
"""A receiver that asks for more (Retry-After) waits no longer than this."""
FINAL = frozenset({400, 405, 406, 409, 411, 413, 414, 415, 422, 451})
"""Statuses that say: not this message, however often. A wrong address or secret (401, 403, 404) is mended by people."""
GONE = 410
"""The receiver wants nothing any more."""
KEPT_S = 30 * 86400.0
"""What was sent stands in the list for so long; what was refused, until somebody deals with it."""

DOWN_S = 600.0
"""A link that has failed for so long is an alert: a short failure mends itself."""
NAMES: Mapping[str, Text] = {
    "platform": Text("市平台", "City platform"),
    "relay": Text("手机页面中转", "Relay for telephones"),
}
"""What people call a destination; another one is called by its name."""

State = Literal["sent", "refused", "waiting", "again"]
Outcome = Literal["sent", "refused", "later", "off"]


class Message(NamedTuple):
    """What is told of a row: the type by which receivers know it, and its data, plain JSON with nothing personal."""

    type: str
    data: dict[str, object]


class Answer(NamedTuple):
    """What came back. `status` 0: nothing did, `problem` says why. `retry_after`: seconds that were asked for."""

    status: int
    problem: Text = NOTHING
    retry_after: float | None = None
    body: bytes = b""
    took_ms: int = 0


@dataclass(frozen=True, kw_only=True)
class Link:
    """How a destination stands. `seq`: every row of the journal up to it was told, or is none to tell.

    `tries` of the message that is under way, all of them failed since `failing_since`; `next_at` is the next one.
    `off_at`: the receiver wants nothing any more, or somebody stopped it. Epoch seconds.
    """

    destination: str
    url: str
    seq: int
    sent: int = 0
    heard_at: float | None = None
    tries: int = 0
    failing_since: float | None = None
    next_at: float = 0.0
    off_at: float | None = None
    status: int = 0
    zh: str = ""
    en: str = ""

    @property
    def problem(self) -> Text:
        return Text(self.zh, self.en)

    @property
    def state(self) -> Literal["up", "down", "off", "new"]:
        """`new`: nothing was sent yet, so that nobody knows."""
        if self.off_at is not None:
            return "off"
        return "down" if self.tries else "up" if self.heard_at is not None else "new"


@dataclass(frozen=True, kw_only=True)
class Sending:
    """What became of one message. `id` is the same on every try; `state` again: somebody wants it sent once more."""

    destination: str
    seq: int
    id: str
    type: str
    at: float
    tried_at: float
    tries: int
    state: State
    status: int = 0
    zh: str = ""
    en: str = ""
    took_ms: int = 0

    @property
    def problem(self) -> Text:
        return Text(self.zh, self.en)


def message_id(hall: str, seq: int, hash: str) -> str:
    """The same on every retry, and another one where a restored hall went another way: the row's hash is in it."""
    return f"{hall}-{seq}-{hash[:12]}"


def outcome(status: int) -> Outcome:
    """What a status means for the message that it answers."""
    if 200 <= status < 300:
        return "sent"
    if status == GONE:
        return "off"
    return "refused" if status in FINAL else "later"


def said(status: int) -> Text:
    """A status for a person, with what to do."""
    if status in (401, 403):
        return Text(
            f"对方不认可签名（{status}）：请核对两边的密钥和时钟。",
            f"The other side does not accept the signature ({status}): compare secrets and clocks.",
        )
    if status == 404:
        return Text("对方没有这个地址（404）：请核对网址。", "There is no such address (404): check the URL.")
    if status == GONE:
        return Text(
            "对方不再接收（410），已停止推送：请与对方核实，再恢复。",
            "The receiver wants nothing any more (410), nothing is sent: ask them, then resume.",
        )
    if 300 <= status < 400:
        return Text(
            f"对方要求改到别的地址（{status}）：请把网址改成最终地址。",
            f"The other side redirects ({status}): enter the final URL.",
        )
    if status in FINAL:
        return Text(
            f"对方不接收这一条（{status}）：请与对方核对，改正后重新发送。",
            f"The other side does not take this message ({status}): settle it with them, then send it again.",
        )
    if status == 429:
        return Text("对方要求慢一些（429）：稍后自动重试。", "The other side is busy (429): tried again later.")
    return Text(
        f"对方出错（{status}）：稍后自动重试；长时间不恢复，请联系对方。",
        f"The other side failed ({status}): tried again later; call them if it stays so.",
    )


def wait_s(tries: int, asked: float | None = None) -> float:
    """Seconds before the next try, after so many that failed."""
    ours = WAITS_S[min(max(tries, 1), len(WAITS_S)) - 1]
    return max(ours, min(asked or 0.0, LONGEST_ASKED_S))


def heard(link: Link, now: float) -> Link:
    """The other side answered as it should."""
    return replace(link, heard_at=now, tries=0, failing_since=None, next_at=0.0, status=0, zh="", en="")


def told(link: Link, seq: int, answer: Answer, now: float) -> Link:
    """The link after an answer about row `seq`: it goes on behind it, or tries it again."""
    kind = outcome(answer.status)
    if kind in ("sent", "refused"):  # who refuses a message with a reason is there
        return replace(heard(link, now), seq=seq, sent=link.sent + (kind == "sent"))
    return missed(link, answer, now)


def missed(link: Link, answer: Answer, now: float) -> Link:
    """The link after a try that may help later, or after the receiver's last word."""
    problem = answer.problem if answer.problem.zh else said(answer.status)
    tries = link.tries + 1
    return replace(
        link,
        tries=tries,
        failing_since=link.failing_since if link.failing_since is not None else now,
        next_at=now + wait_s(tries, answer.retry_after),
        off_at=now if outcome(answer.status) == "off" else None,
        status=answer.status,
        zh=problem.zh,
        en=problem.en,
    )


def resumed(link: Link) -> Link:
    """Somebody wants it tried at once, also where it was stopped."""
    return replace(link, tries=0, failing_since=None, next_at=0.0, off_at=None, status=0, zh="", en="")


# --- how the links are ------------------------------------------------------------------------------------------------


def named(destination: str) -> Text:
    return NAMES.get(destination) or Text(f"推送“{destination}”", f"link '{destination}'")


def device(link: Link, now: float) -> Device:
    """A link as a line of the live page."""
    zh, en = named(link.destination)
    state = {"up": "ok", "new": "unknown", "down": "error", "off": "error"}[link.state]
    since = link.off_at or link.failing_since or link.heard_at or now
    said = Text("还没有推送过", "nothing was sent yet") if link.state == "new" else link.problem
    return Device(f"link {link.destination}", "link", Text(f"{zh}连接", f"{en}, link"), state, said, since)


def troubles(
    links: Iterable[Link], refused: Mapping[str, int], unmatched: int, now: float
) -> Iterator[tuple[str, Level, Text, float]]:
    """What is wrong with the links now: which, how bad, what to do, since when. `refused`: messages of each that the
    other side will not take; `unmatched`: messages of the platform that fit nothing here.
    """
    for link in links:
        zh, en = named(link.destination)
        since = link.off_at or link.failing_since or now
        if link.off_at is not None or (link.failing_since is not None and now - since >= DOWN_S):
            yield link.destination, "warn", Text(f"{zh}连接中断：{link.zh}", f"{en}: {link.en}"), since
        if count := refused.get(link.destination, 0):
            yield (
                f"{link.destination} refused",
                "warn",
                Text(
                    f"{zh}有{count}条消息对方不接收：请在“运行状况”核对原因，改正后重新发送。",
                    f"{en}: {count} messages are not taken by the other side: see why on the page of health, then send"
                    " them again.",
                ),
                now,
            )
    if unmatched:
        yield (
            "platform unmatched",
            "warn",
            Text(
                f"市平台有{unmatched}条消息对不上本厅的办件：请在“运行状况”核对。",
                f"{unmatched} messages of the city's platform match no case here: look at the page of health.",
            ),
            now,
        )
