"""What whoever holds a number is told away from the hall (提醒): on which occasions, in which words, to whom; and what
comes too late to be said. Pure.

Everything follows from how the number stands now: nobody keeps a list of what is to be sent. An occasion comes once for
a number, and what was not said while it was true is never said. A case that is ready is an occasion too (`ready_due`).
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from config import NOTIFICATIONS, ChannelTable, Hall, MessagesTable, Text
from server.domain import pdu
from server.domain.rules import Refused
from server.domain.ticket import Ticket
from words import further, translated

NOTHING = Text("", "")
NEAR = 2
"""With so many people ahead the turn is near."""
CALLED_S = 180.0
"""A call that could not be said within this time is on the screen; a telephone that hears of it now comes too late."""
READY_S = 86400.0
"""A case that was ready longer ago than this is not announced: the hall has begun to send, or was without a network."""
EVE_S = 3 * 3600.0
"""So long after its hour the reminder of the eve may still go out: nobody is woken because a hub was off."""
WAITS_S = (5.0, 15.0, 30.0, 60.0, 120.0)
"""Before the second, third … try; then the last one again, while the occasion lasts."""
RATE_AFTER_S, RATE_S = 600.0, 7200.0
"""So long after 办结 somebody is asked for a rating by text: once the counter asks no more, and while it is fresh."""
ANSWERED = ("rate", "unclear")
"""What somebody answers: only a channel that hears the answer carries it."""
VALID_MIN = 15
"""So long a network may try to deliver what is about a turn, or is kept for somebody; `LONG_MIN` for the rest."""
LONG_MIN = 24 * 60

OCCASIONS: Mapping[str, Text] = {
    "near": Text("快到您了", "Turn is near"),
    "called": Text("正在叫号", "Called"),
    "missed": Text("已过号", "Call missed"),
    "ready": Text("办件可领取", "Result is ready"),
    "eve": Text("明天有预约", "Booked for tomorrow"),
    "offer": Text("候补有空位", "A slot is kept"),
    "rate": Text("请评价", "Asked for a rating"),
    "unclear": Text("评价没看懂", "Rating not understood"),
}
"""Occasion -> what staff call it."""
OUTCOMES: Mapping[str, Text] = {
    "sent": Text("已发出，未确认送达", "sent, arrival not confirmed"),
    "arrived": Text("已送达", "arrived"),
    "lost": Text("没有送到", "did not arrive"),
    "failed": Text("发不出去", "could not be sent"),
    "stale": Text("过时未发", "too late, not sent"),
    "limited": Text("超过当日上限，未发", "above the day's limit, not sent"),
}
"""What became of a notification; `sent` is never shown as arrived."""
FIELDS: Mapping[str, Text] = {"own": Text("本人", "own"), "relative": Text("家属", "relative's")}
"""Whose address it is."""
KINDS: Mapping[str, Text] = {
    "gsm": Text("短信猫", "SMS modem"),
    "http": Text("短信网关", "SMS gateway"),
    "mail": Text("邮件", "E-mail"),
}
ENDED, REQUEST = "ended", "request"
"""Why an address was erased: its number is over, or the person wished it."""
MOBILE = re.compile(r"1[3-9]\d{9}")
MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+){1,5}")


# --- addresses --------------------------------------------------------------------------------------------------------


def address(typed: str) -> str:
    """A mobile number or an e-mail address as it is kept. Raises Refused with what to type; it repeats nothing."""
    plain = "".join(unicodedata.normalize("NFKC", typed).split())
    if "@" in plain:
        if len(plain) <= 200 and MAIL.fullmatch(plain):
            return plain
        raise Refused("邮箱写得不对：请核对。", "That is no e-mail address: please check it.")
    digits = re.sub(r"[-()]", "", plain)
    digits = re.sub(r"^(\+|00)?86(?=1)", "", digits) if len(digits) > 11 else digits
    if not MOBILE.fullmatch(digits):
        raise Refused(
            "手机号码应是1开头的11位数字：请核对；座机收不到短信。",
            "A mobile number has 11 digits and begins with 1: please check it; land lines get no messages.",
        )
    return digits


def is_mail(address: str) -> bool:
    return "@" in address


def masked(address: str) -> str:
    """As it is shown, to everybody: 138****5678, z***@example.com."""
    if is_mail(address):
        name, _, host = address.partition("@")
        return f"{name[:1]}***@{host}"
    return f"{address[:3]}****{address[-4:]}" if len(address) >= 8 else "****"


def carriers(hall: Hall, mail: bool) -> list[str]:
    """The channels that reach an e-mail address, or a telephone, in the order of the hall's file."""
    return [name for name, table in hall.channels.items() if table.on and (table.kind == "mail") == mail]


def hearing(hall: Hall) -> list[str]:
    """The channels that hear what somebody answers: the modems."""
    return [name for name, table in hall.channels.items() if table.on and table.kind == "gsm"]


def asks_rating(hall: Hall) -> bool:
    """Whether the hall asks for ratings by text: it has a modem, and keeps an address so long."""
    return bool(hearing(hall)) and hall.messages.rate_hours > 0 and wanted(hall.messages, "rate")


def has_channel(hall: Hall) -> bool:
    """Whether the hall's file has a channel that reaches telephones, on or off."""
    return any(table.kind != "mail" for table in hall.channels.values())


def offered(hall: Hall) -> dict[str, bool]:
    """Which addresses a person may leave here: a telephone, an e-mail address."""
    return {"telephone": bool(carriers(hall, False)), "mail": bool(carriers(hall, True))}


def reachable(hall: Hall, address: str) -> None:
    """Refused where nothing of this hall reaches such an address."""
    if carriers(hall, is_mail(address)):
        return
    if is_mail(address):
        raise Refused("本厅不发邮件提醒：请填手机号码。", "This hall sends no e-mail: leave a mobile number.")
    raise Refused(
        "本厅没有短信提醒：请留意大厅屏幕和广播。", "This hall sends no messages: watch the screens and listen."
    )


# --- occasions --------------------------------------------------------------------------------------------------------


class Key(NamedTuple):
    """One notification: about what (`about` below), on which occasion, to whose address."""

    about: str
    occasion: str
    field: str


@dataclass(frozen=True, kw_only=True)
class Notification:
    """What became of one: a row of the table. `arrived` 1 or 0 once the network has said so, else None."""

    about: str
    occasion: str
    field: str
    ticket: int | None
    channel: str
    outcome: str
    parts: int
    at: float
    arrived: int | None = None

    @property
    def key(self) -> Key:
        return Key(self.about, self.occasion, self.field)

    @property
    def said(self) -> str:
        """A key of OUTCOMES."""
        if self.outcome != "sent" or self.arrived is None:
            return self.outcome
        return "arrived" if self.arrived else "lost"


@dataclass(frozen=True, kw_only=True)
class Telephone:
    """A number for which an address was left: `given` holds the seal of each. A row of the table."""

    ticket: int
    given: dict[str, str]
    at: float
    rate: bool = False
    """Its holder agreed to be asked for a rating by text: the own address is kept until that is settled."""


@dataclass(frozen=True, kw_only=True)
class BookingTelephone:
    """A booking for which an address was left: `given` holds the seal of each. A row of the table."""

    appointment: int
    given: dict[str, str]
    at: float


def of_ticket(ticket: int) -> str:
    """What a notification about a number is filed under."""
    return f"ticket {ticket}"


def of_record(record: int) -> str:
    return f"record {record}"


def of_booking(appointment: int, start: float) -> str:
    """A booking that was moved is told of anew, and so is another slot that is kept for it."""
    return f"booking {appointment} {start:.0f}"


def due(
    ticket: Ticket, ahead: int | None, told: Collection[str], now: float, lapse_s: float, *, rate: bool = False
) -> str | None:
    """The occasion that a number is at now and was not told of yet. `ahead`: how many are before it, where it waits;
    None where nobody asked: then nothing is near. `rate`: its holder is to be asked for a rating (`to_be_rated`).
    """
    occasion = None
    if ticket.state == "waiting":
        if ahead is not None and ahead <= NEAR and not ticket.calls:
            occasion = "near"
    elif ticket.state == "called":
        fresh = ticket.last_called_at is not None and now - ticket.last_called_at <= CALLED_S
        occasion = "called" if fresh else None
    elif ticket.state == "passed" and ticket.ended_at is not None and now - ticket.ended_at < lapse_s:
        occasion = "missed"
    elif rate and ticket.ended_at is not None and RATE_AFTER_S <= now - ticket.ended_at < RATE_S:
        occasion = "rate"
    return None if occasion in told else occasion


def may_be_near(ticket: Ticket, told: Collection[str]) -> bool:
    """Whether it is worth counting who is before it."""
    return ticket.state == "waiting" and not ticket.calls and "near" not in told


def over(ticket: Ticket, now: float, lapse_s: float) -> bool:
    """Whether a number has ended, so that whatever address it had is erased: a missed one once it may come back no
    more.
    """
    if ticket.state == "passed":
        return ticket.ended_at is None or now - ticket.ended_at >= lapse_s
    return ticket.state in ("finished", "left", "expired")


def to_be_rated(hall: Hall, ticket: Ticket, asked: Notification | None, now: float) -> bool:
    """Whether a number whose holder agreed, and that nobody has rated, may still be rated by text: it is done, and its
    holder will be asked, or was and may still answer. `asked`: what became of the question.
    """
    if ticket.state != "finished" or ticket.ended_at is None or not asks_rating(hall):
        return False
    if asked is None:
        return now < ticket.ended_at + RATE_S
    return asked.said in ("sent", "arrived") and now < ticket.ended_at + hall.messages.rate_hours * 3600


def ready_due(since: float, now: float) -> bool:
    """Whether a case that is ready since a moment is announced now."""
    return 0 <= now - since < READY_S


def eve_of(hall: Hall, start: float) -> float:
    """When somebody is told of a booking: the day before it, at the hall's hour, or when the hall sends next after it;
    on a day that has no such time any more, when it last begins to send.
    """
    table = hall.messages
    hour = table.eve_hour * 60
    later = [max(begin, hour) for begin, end in table.hours if end > hour]
    minute = min(later, default=max((begin for begin, _ in table.hours), default=hour))
    eve = datetime.fromtimestamp(start, hall.zone) - timedelta(days=1)
    return eve.replace(hour=minute // 60, minute=minute % 60, second=0, microsecond=0).timestamp()


def eve_due(hall: Hall, start: float, changed_at: float, now: float) -> bool:
    """Whether it is time to tell of a booking; who booked or moved it after that time knows."""
    at = eve_of(hall, start)
    return changed_at < at <= now < at + EVE_S


def sends_from(hall: Hall, now: float) -> float:
    """From when on something may be sent: now, or when the hall sends next."""
    at, hours = datetime.fromtimestamp(now, hall.zone), hall.messages.hours
    minute = at.hour * 60 + at.minute
    if sends_now(hall.messages, minute):
        return now
    later = min((begin for begin, _ in hours if begin > minute), default=None)
    day = at if later is not None else at + timedelta(days=1)
    begin = min(begin for begin, _ in hours) if later is None else later
    return day.replace(hour=begin // 60, minute=begin % 60, second=0, microsecond=0).timestamp()


def sends_now(table: MessagesTable, minute: int) -> bool:
    """Whether anything is sent at a minute of the local day."""
    return not table.hours or any(start <= minute < end for start, end in table.hours)


def wait_s(tries: int) -> float:
    """Seconds before the next try, after so many that failed."""
    return WAITS_S[min(max(tries, 1), len(WAITS_S)) - 1]


def valid_min(occasion: str) -> int:
    """Minutes for which a network may try to deliver it."""
    return LONG_MIN if occasion in ("ready", "eve", *ANSWERED) else VALID_MIN


def limited(table: MessagesTable, to_number: int, of_hall: int) -> bool:
    """Whether so many of today, to this address and in all, are as many as the hall sends."""
    return to_number >= table.per_number or of_hall >= table.per_day


# --- words ------------------------------------------------------------------------------------------------------------


def soon(ahead: int) -> Text:
    """How near it is."""
    if ahead == 0:
        return Text("下一位就是您", "you are next")
    return Text(f"前面还有{ahead}人", f"{ahead} ahead of you")


def template(table: MessagesTable, occasion: str, language: str) -> str:
    """The hall's text for an occasion, ours where the hall has none; "-" is none at all."""
    own: str = getattr(table, occasion if language == "zh" else f"{occasion}_en")
    return own or NOTIFICATIONS[occasion][0 if language == "zh" else 1]


def wanted(table: MessagesTable, occasion: str) -> bool:
    """Whether the hall tells of an occasion at all."""
    return template(table, occasion, "zh") != "-"


def words(hall: Hall, occasion: str, language: str, facts: Mapping[str, Text]) -> str:
    """The text that is sent. `facts`: what stands for the words in braces."""
    english = language != "zh"
    plate = {"hall": hall.hall.text}
    said = {name: fact.en if english else fact.zh for name, fact in {**plate, **facts}.items()}
    text = template(hall.messages, occasion, "en" if english else "zh").format_map(said)
    if language not in further():
        return text
    return translated(words(hall, occasion, "zh", facts), text, language)


def places_of(text: str) -> set[str]:
    """The words in braces of a template. Raises ValueError for one that is no template."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


SAMPLES: Mapping[str, Mapping[str, Text]] = {
    "near": {"number": Text.same("A1012"), "ahead": Text.same("2"), "soon": soon(2)},
    "called": {"number": Text.same("A1012"), "counter": Text("12号窗口", "Counter 12")},
    "missed": {"number": Text.same("A1012"), "until": Text.same("10:35")},
    "ready": {"case": Text.same("BJ20260923-007"), "counter": Text("统一出件窗口", "Pick-up counter")},
    "eve": {"day": Text("11月24日 周二", "Tue 24 Nov"), "time": Text.same("10:30")},
    "offer": {
        "day": Text("11月24日 周二", "Tue 24 Nov"),
        "time": Text.same("10:30"),
        "until": Text.same("09:50"),
    },
    "rate": {"number": Text.same("A1012")},
    "unclear": {"number": Text.same("A1012")},
}
"""What a preview puts in; about the longest values that there are."""


class Preview(NamedTuple):
    """A text as a telephone would get it, and how many messages that is."""

    occasion: str
    language: str
    text: str
    parts: int


def previews(hall: Hall) -> list[Preview]:
    """Every text of the hall with samples put in."""
    found = []
    for occasion in OCCASIONS:
        for language in ("zh", "en"):
            if template(hall.messages, occasion, language) != "-":
                said = words(hall, occasion, language, SAMPLES[occasion])
                found.append(Preview(occasion, language, said, len(pdu.parts(said))))
    return found


# --- channels ---------------------------------------------------------------------------------------------------------


class Carried(NamedTuple):
    """What a channel says of one message. `kind`: sent; refused, never for this address; later, for this message; down,
    the channel itself. `refs`: what a report of its arrival will name.
    """

    kind: Literal["sent", "refused", "later", "down"]
    problem: Text = NOTHING
    refs: tuple[str, ...] = ()
    parts: int = 1


REFUSED_BY_NETWORK = frozenset({1, 8, 10, 21, 28, 29, 30, 50, 69})
"""+CMS ERROR: causes of 3GPP TS 24.011 annex E-2 that lie with the number: unassigned, barred, rejected, unknown."""
REFUSED_BY_MODEM = frozenset({304, 305})
"""27.005 3.2.5: the modem can't read the message; it never will."""
NO_SIM = frozenset({310, 311, 312, 313, 314, 315, 316, 317, 318})
"""27.005 3.2.5: SIM not inserted, PIN or PUK asked for, failure, busy, wrong."""


def of_modem(code: int) -> Carried:
    """What an error of the modem (+CMS ERROR) means for the message that it answers."""
    if code in REFUSED_BY_NETWORK:
        return Carried(
            "refused",
            Text(f"号码收不到短信（{code}）。", f"This number gets no messages ({code})."),
        )
    if code in REFUSED_BY_MODEM:
        return Carried("refused", Text(f"短信猫读不懂这条短信（{code}）。", f"The modem cannot read it ({code})."))
    if code in NO_SIM:
        return Carried("down", SIM_PROBLEMS.get(code, _sim(code)))
    return Carried(
        "later",
        Text(f"网络没有收下（{code}）：稍后再试。", f"The network did not take it ({code}): tried again."),
    )


def _sim(code: int) -> Text:
    return Text(f"SIM卡不能用（{code}）：请取出重插或换卡。", f"The SIM does not work ({code}): reseat or change it.")


SIM_PROBLEMS: Mapping[int, Text] = {
    10: Text("没有SIM卡：请插好SIM卡。", "No SIM: insert it."),
    11: Text(
        "SIM卡要PIN码：请在“提醒通道”里写PIN码文件，或取消PIN码。",
        "The SIM asks for its PIN: name a file with it in the channel's table, or switch the PIN off.",
    ),
    12: Text(
        "SIM卡锁死，要PUK码：请到营业厅解锁。", "The SIM is locked and asks for its PUK: the operator unlocks it."
    ),
    310: Text("没有SIM卡：请插好SIM卡。", "No SIM: insert it."),
    311: Text(
        "SIM卡要PIN码：请在“提醒通道”里写PIN码文件，或取消PIN码。",
        "The SIM asks for its PIN: name a file with it in the channel's table, or switch the PIN off.",
    ),
    316: Text(
        "SIM卡锁死，要PUK码：请到营业厅解锁。", "The SIM is locked and asks for its PUK: the operator unlocks it."
    ),
}
"""+CME ERROR (27.007 9.2.1) and +CMS ERROR -> what a person does at the modem."""


def device_name(name: str, table: ChannelTable) -> Text:
    """A channel as a line of the pages of health."""
    zh, en = KINDS[table.kind]
    return Text(f"{zh}“{name}”", f"{en} '{name}'")
