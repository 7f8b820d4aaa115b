"""远程取号: a place taken on the telephone, kept for a while, and the number that comes with the arrival. Each is one
durable turn. Who takes one shows the day's code, which stands at the door alone; so does who arrives.
"""

from __future__ import annotations

import hmac

from config import Text
from server.domain import codes, remote, worktime
from server.domain import events as ev
from server.domain.remote import Remote
from server.domain.rules import Refused
from server.domain.ticket import Ticket
from server.store import secret
from server.store.reader import Reader
from server.store.transaction import Turn
from server.verbs import last_number, tickets
from server.verbs.hub import By, Closed, Hub, Unknown

CHANNEL = "remote"
NO_CODE = Text("没有这个远程号：请核对编号。", "There is no such remote number: check its code.")
WRONG = {
    "take": Text("远程码不对：请看大厅门口今天的远程码。", "Not today's remote code: it stands at the hall's door."),
    "here": Text("到厅码不对：请看门口今天的到厅码。", "Not today's arrival code: it stands at the hall's door."),
}
FULL = Text(
    "这个事项现在远程取号已满：请过一会儿再取，或到现场取号。",
    "No more remote numbers for this just now: try a little later, or take one at the hall.",
)
UNCHOSEN = Text("请选择要办的事项。", "Choose what you come for.")
CLOSED = Text("本厅没有开通远程取号：请到现场取号。", "This hall gives no remote numbers: take one at the hall.")


def _key(hub: Hub) -> bytes:
    return secret.key(hub.hall, "code").encode()


def code(hub: Hub, one: Remote) -> str:
    return codes.remote_code(_key(hub), one.id)


def door_code(hub: Hub, what: str) -> str:
    """Today's six digits, for whoever takes a place (`take`) or has arrived (`here`)."""
    return codes.of_the_day(_key(hub), what, hub.day(hub.now()))


def by_code(hub: Hub, text: str) -> Remote:
    """The place of today that a code opens. Raises Unknown."""
    id = codes.remote_of(_key(hub), text)
    one = None if id is None else hub.read().remote(id)
    if one is None or one.day != hub.day(hub.now()):
        raise Unknown(*NO_CODE)
    return one


def services(hub: Hub) -> list[str]:
    """Those for which a place may be taken now; none where the hall allows it not."""
    hall, now = hub.hall, hub.now()
    return [c for c in _offered(hub) if not tickets.needs_card(hall, c) and not tickets.not_now(hall, now, c)]


def _offered(hub: Hub) -> list[str]:
    """The same with those that a telephone gets no place for: `take` says of each why."""
    hall, shut = hub.hall, hub.read().closures(hub.day(hub.now()))
    if not hall.remote.allowed:
        return []
    return [code for code in hall.remote.services or hall.services if code not in hall.reserved and code not in shut]


def why_none(hub: Hub) -> Text:
    """Why there is no service to take a place for: nothing is done now of what the hall gives at other times, or it
    gives none at all.
    """
    hall, now = hub.hall, hub.now()
    others = (tickets.not_now(hall, now, code) for code in _offered(hub) if not tickets.needs_card(hall, code))
    return next((other for other in others if other), CLOSED)


def number_of(hub: Hub, reader: Reader, one: Remote) -> Ticket | None:
    """What it became at the door."""
    return reader.of_appointment(one.day, code(hub, one))


def room(hub: Hub, reader: Reader, service: str, now: float) -> int:
    """How many more places of a service may be taken now."""
    given, outside = reader.given_since(hub.day(now), service, now - remote.WINDOW_S)
    return remote.room(given, outside, hub.hall.remote.share)


def take(hub: Hub, by: By, service: str, shown: str, language: str = "zh") -> Remote:
    """Keep a place for whoever has the code of the door. Raises Unknown for a wrong code, Closed, Refused."""
    _shown(hub, "take", shown)
    late = _too_late(hub, service)

    def decide(turn: Turn) -> int:
        offered = _offered(hub)
        if service not in offered:
            raise Refused(*UNCHOSEN) if offered else Closed(*CLOSED)
        _is_done(hub, turn, service, late)
        if service in tickets.sold_out(hub, turn, hub.day(turn.now)):
            raise Closed(*tickets.SOLD_OUT)
        if not room(hub, turn, service, turn.now):
            raise Refused(*FULL)
        one = turn.next_id("remotes")
        until = turn.now + hub.hall.remote.keep_min * 60.0
        day = hub.day(turn.now)
        turn.record(ev.RemoteTaken(remote=one, day=day, service=service, until=until, language=language), by.actor)
        return one

    return hub.once(by, decide, _known, "take remote", service, language)


def _too_late(hub: Hub, service: str) -> Text | None:
    """Why a place is none any more today: whoever comes as late as it is kept would not have their turn."""
    if service not in hub.hall.services:
        return None
    return last_number.too_late(hub, hub.read(), service, after_s=hub.hall.remote.keep_min * 60.0)


def _is_done(hub: Hub, turn: Turn, service: str, late: Text | None) -> None:
    """Raises Closed or Refused where no place is kept for a service now: nobody comes for nothing."""
    shut = turn.closures(hub.day(turn.now))
    if not hub.certain or "" in shut or not worktime.issuing(hub.hall, turn.now):
        raise Closed(*hub.why_closed(turn))
    if closed := shut.get(service):
        raise Closed(closed["message"], closed["message_en"])
    if other := tickets.not_now(hub.hall, turn.now, service):
        raise Closed(*other)
    if late:
        raise Closed(*late)
    if tickets.needs_card(hub.hall, service):  # a telephone has no reader, and at the door nobody asks again
        raise Refused(*tickets.NEEDS_CARD)


def renew(hub: Hub, by: By, id: int) -> Remote:
    """Once more, when its time was over."""
    late = _too_late(hub, _known(hub.read(), id).service)

    def decide(turn: Turn) -> int:
        one = _known(turn, id)
        now = remote.state(one, number_of(hub, turn, one) is not None, turn.now)
        if now != "expired" or one.renewed or one.day != hub.day(turn.now):
            raise Refused("只能在过期后再留一次：请到现场取号。", "It can be kept once more, when it has expired.")
        _is_done(hub, turn, one.service, late)
        until = turn.now + hub.hall.remote.keep_min * 60.0
        turn.record(ev.RemoteRenewed(remote=id, until=until), by.actor)
        return id

    return hub.once(by, decide, _known, "renew remote", id)


def leave(hub: Hub, by: By, id: int) -> Remote:
    """Its holder does not come."""

    def decide(turn: Turn) -> int:
        one = _known(turn, id)
        if remote.state(one, number_of(hub, turn, one) is not None, turn.now) not in ("coming", "expired"):
            raise Refused("已经到厅或已取消：不用再取消。", "It has become a number, or is cancelled already.")
        turn.record(ev.RemoteLeft(remote=id), by.actor)
        return id

    return hub.once(by, decide, _known, "leave remote", id)


def arrive(
    hub: Hub,
    by: By,
    one: Remote,
    *,
    shown: str | None = None,
    printers: tuple[str, ...] = (),
    language: str = "",
    large_print: bool = False,
    paper: bool = False,
) -> Ticket:
    """到厅: the number, which ranks by now. `shown` is the code of the door; None where a kiosk or the desk sees that
    somebody stands there.
    """
    if shown is not None:
        _shown(hub, "here", shown)
    before = number_of(hub, hub.read(), one)
    state = remote.state(one, before is not None, hub.now())
    if before is not None and shown is not None:
        return before
    if state == "expired":
        raise Refused(
            "为您留的时间已过：请在手机上再留一次，或在取号机取号。",
            "The time it was kept for is over: keep it once more on your telephone, or take a number at the kiosk.",
        )
    if state == "left":
        raise Refused("这个远程号已经取消：请在取号机取号。", "This one was cancelled: take a number at the kiosk.")
    return tickets.issue(
        hub,
        by,
        one.service,
        channel=CHANNEL,
        language=language or one.language,
        large_print=large_print,
        printers=printers,
        paper=paper,
        appointment=code(hub, one),
    )


def _shown(hub: Hub, what: str, shown: str) -> None:
    if not hmac.compare_digest(door_code(hub, what).encode(), "".join(shown.split()).encode()):
        raise Unknown(*WRONG[what])


def _known(reader: Reader, id: int) -> Remote:
    one = reader.remote(id)
    if one is None:
        raise Unknown(*NO_CODE)
    return one
