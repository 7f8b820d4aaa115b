"""What the manager decides for today: a service closed, the hall closed early, a counter re-bound, a first contact
noted.

Verbs beside the hub's own, each one durable turn and one or more events. Whoever may use them is the API's to know.
"""

from __future__ import annotations

from collections.abc import Sequence

from config import Text
from intake.signs import identifier
from server.domain import events as ev
from server.domain import order, rules, vocabulary
from server.domain.rules import Refused
from server.domain.vocabulary import CONTACT_RESULTS
from server.store.transaction import Turn
from server.verbs.hub import By, Hub, Unknown, known_counter

WAITING = ("serve", "dismiss")
"""What happens to those waiting when the hall closes early: they are still served, or their numbers end now."""


def _message(zh: str, en: str) -> Text:
    if not zh.strip():
        raise Refused("请写明告诉群众的话。", "Write what people are told.")
    return Text(zh.strip(), en.strip() or zh.strip())


def close_service(hub: Hub, by: By, service: str, message: str, message_en: str = "") -> None:
    """No more numbers for a service today; who waits for it is still served."""
    _service_known(hub, service)
    zh, en = _message(message, message_en)

    def decide(turn: Turn) -> None:
        turn.record(ev.ServiceClosed(service=service, day=hub.day(turn.now), message=zh, message_en=en), by.actor)

    hub.act(by, decide, "close service", service, zh, en)


def reopen_service(hub: Hub, by: By, service: str) -> None:
    """Numbers for it again; again changes nothing."""
    _service_known(hub, service)

    def decide(turn: Turn) -> None:
        day = hub.day(turn.now)
        if service in turn.closures(day):
            turn.record(ev.ServiceReopened(service=service, day=day), by.actor)

    hub.act(by, decide, "reopen service", service)


def _service_known(hub: Hub, *services: str) -> None:
    if odd := next((s for s in services if s not in hub.hall.services), None):
        raise Unknown(f"没有事项“{odd}”。", f"There is no service '{odd}' in the catalogue.")


def close_hall(hub: Hub, by: By, message: str, message_en: str = "", *, waiting: str, people: int | None = None) -> int:
    """临时闭厅 (a typhoon): no more numbers today. `waiting` is serve or dismiss; the numbers dismissed are counted.

    `people` is how many whoever decides knows of: nobody is dismissed unseen. Who is at a counter is still served.
    """
    zh, en = _message(message, message_en)
    if waiting not in WAITING:
        raise Refused("请选择等候的群众继续办理还是改日办理。", "Say what happens to those waiting: serve or dismiss.")

    def decide(turn: Turn) -> int:
        going = [*turn.waiting(limit=1_000_000), *turn.suspended()] if waiting == "dismiss" else []
        if going and people is not None and people != len(going):
            raise Refused(
                f"现在有{len(going)}人等候或挂起，与您填写的{people}人不符：请核对后再确认。",
                f"{len(going)} people are waiting or suspended, not {people}: check the number and confirm again.",
            )
        turn.record(ev.HallClosed(day=hub.day(turn.now), message=zh, message_en=en, waiting=waiting), by.actor)
        for ticket in going:
            event = rules.day_end(ticket)
            assert event is not None
            turn.record(event, by.actor)
        return len(going)

    return hub.once(by, decide, lambda turn, number: number, "close hall", zh, en, waiting, people)


def reopen_hall(hub: Hub, by: By) -> None:
    """Numbers again today; what was dismissed stays so."""

    def decide(turn: Turn) -> None:
        day = hub.day(turn.now)
        if "" in turn.closures(day):
            turn.record(ev.HallReopened(day=day), by.actor)

    hub.act(by, decide, "reopen hall")


def bind_counter(
    hub: Hub,
    by: By,
    counter_id: str,
    *,
    services: Sequence[str] | None,
    helps: Sequence[str] | None,
    help_after_min: int,
    reason: str,
) -> None:
    """窗口业务切换, from the next call on. `services` None: all but the pick-up counters'; `helps` None: the same."""
    known_counter(hub, counter_id)
    _service_known(hub, *(services or ()), *(helps or ()))
    if services is not None and not services and helps is not None and not helps:
        raise Refused("请至少选择一项办理或协助的事项。", "Choose at least one service that it serves or helps with.")
    if not reason.strip():
        raise Refused("请写明切换业务的原因。", "Write why the counter is re-bound.")
    event = ev.CounterBound(
        counter=counter_id,
        services=None if services is None else tuple(services),
        helps=None if helps is None else tuple(helps),
        help_after_min=help_after_min,
        reason=reason.strip(),
    )

    def decide(turn: Turn) -> None:
        _keeps_reserved(hub, turn, counter_id, {*(services or ()), *(helps or ())})
        turn.record(event, by.actor)

    hub.act(by, decide, "bind", counter_id, services, helps, help_after_min, reason)


def _keeps_reserved(hub: Hub, turn: Turn, counter_id: str, here: set[str]) -> None:
    """Refuse to leave what only certain counters serve (results to collect) without any."""
    others = [order.profile(hub.hall, turn.counter(c)) for c in hub.hall.counters if c != counter_id]
    elsewhere = {code for mine in others for code in mine.services or ()}
    if left := sorted(hub.hall.reserved - here - elsewhere):
        names = "、".join(hub.hall.services[code].name for code in left)
        raise Refused(
            f"“{names}”就没有窗口办理了：请保留，或先让另一个窗口办理。",
            f"No counter would be left for {', '.join(left)}: keep it, or bind another counter first.",
        )


def unbind_counter(hub: Hub, by: By, counter_id: str, *, reason: str = "") -> None:
    """Back to what config.toml says; again changes nothing."""
    known_counter(hub, counter_id)

    def decide(turn: Turn) -> None:
        if turn.counter(counter_id).bound:
            turn.record(ev.CounterUnbound(counter=counter_id, reason=reason), by.actor)

    hub.act(by, decide, "unbind", counter_id)


def note_contact(hub: Hub, by: By, matter: str, result: str, led_to: str = "", *, ticket: int | None = None) -> int:
    """首问登记: the id of the register's row. `passed on` stays open until somebody closes it."""
    if not matter.strip():
        raise Refused("请写明群众问的事项。", "Write what the person asked about.")
    result = vocabulary.code(CONTACT_RESULTS, result)
    if result not in CONTACT_RESULTS:
        raise Refused("请选择首问结果：解决、引导、转送。", f"'{result}' is no result: answered, led or passed on.")
    if result != "answered" and not led_to.strip():
        raise Refused("请写明引导或转送到哪里。", "Write where the person was led or the matter passed on.")

    def decide(turn: Turn) -> int:
        if ticket is not None and turn.ticket(ticket) is None:
            raise Unknown(f"没有编号为{ticket}的号票。", f"There is no ticket with id {ticket}.")
        contact = turn.next_id("contacts")
        turn.record(
            ev.FirstContactNoted(
                ticket=ticket, contact=contact, matter=matter.strip(), result=result, led_to=led_to.strip()
            ),
            by.actor,
        )
        return contact

    return hub.once(by, decide, lambda turn, contact: contact, "first contact", matter, result, led_to, ticket)


def close_contact(hub: Hub, by: By, contact: int, note: str = "", record: str = "") -> None:
    """The matter of a first contact is done or handed over; again changes nothing. `record`: the number of the record
    that it became (投诉, 咨询, 办不成事 …). Raises Unknown for one that is none.
    """
    record = identifier(record).upper()

    def decide(turn: Turn) -> None:
        row = turn.contact(contact)
        if row is None:
            raise Unknown(f"没有第{contact}号首问登记。", f"There is no first contact with id {contact}.")
        if record and turn.record_numbered(record) is None:
            raise Unknown(
                f"没有编号为“{record}”的登记：请核对，或留空。",
                f"There is no record '{record}': check its number, or leave it empty.",
            )
        if row["closed_at"] is None:
            turn.record(ev.FirstContactClosed(contact=contact, note=note.strip(), record=record), by.actor)

    hub.turn(decide, by)
