"""Call pads (叫号器): a press is a verb of the hub, done as whoever is logged in at the pad's counter, by the same
rules as the console.

What a press means is server/domain/pads.py's word. Every press stands in the journal as PadPressed, with what was done
or why not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from config import Hall, PadKeysTable, Text
from server.domain import events as ev
from server.domain import pads, target
from server.domain.pads import Wish
from server.domain.rules import Refused
from server.domain.ticket import Counter, Ticket
from server.store.reader import Reader
from server.store.transaction import Turn
from server.verbs import calls, counters, ratings, tickets
from server.verbs.hub import By, Hub, Unknown

NOBODY = Text("没有人登录：请先在工作台登录。", "nobody is logged in: log in at the console first.")
FREE = ("open", "paused")


class Done(NamedTuple):
    """What became of a press, in words; `digits` asks the pad to show something else than its display (its own
    address).
    """

    done: bool
    text: Text
    digits: str = ""

    def json(self) -> dict[str, Any]:
        return {"done": self.done, **self.text.json(), "digits": self.digits}


def press(hub: Hub, pad_id: str, pressed: str, *, key: str) -> Done:
    """Keys of a pad. Nothing is raised for a refusal: it is an answer. Raises Unknown for a pad that is none."""
    table = hub.hall.pads.get(pad_id)
    if table is None:
        raise Unknown(f"没有叫号器“{pad_id}”。", f"There is no pad '{pad_id}' in config.toml.")
    keys = hub.hall.key_map(table.keys)
    wish, counter = pads.meaning(keys.keys, pressed), hub.read().counter(table.counter)
    if again := _pressed_twice(hub, hub.read(), pad_id, table.counter, pressed, wish):
        return again
    if wish is None:
        zh, en = pads.NO_VERB
        return _noted(
            hub, pad_id, pressed, counter, "", Done(False, Text(f"{zh}：{pressed}。", f"{en}: {pressed}.")), key
        )
    if wish.verb == "address":
        return Done(True, Text("显示地址。", "Shows its address."), str(table.address))
    return _noted(hub, pad_id, pressed, counter, wish.verb, _try(hub, keys, wish, counter, key), key)


def _pressed_twice(
    hub: Hub, reader: Reader, pad_id: str, counter_id: str, pressed: str, wish: Wish | None
) -> Done | None:
    """The answer of the press before, when this one comes within the lock of its verb: a finger that trembled."""
    settings = hub.hall.console
    locks = {
        "next": settings.next_interval_s,
        "finish-next": settings.next_interval_s,
        "call": settings.next_interval_s,
        "recall": settings.recall_interval_s,
    }
    lock = max(pads.PRESS_S, locks.get(wish.verb if wish else "", 0))
    row = reader.newest_at(counter_id, "PadPressed", hub.now() - lock)
    event = row.happened() if row and 0 <= hub.now() - row.at < lock else None
    if isinstance(event, ev.PadPressed) and (event.pad, event.keys, event.done) == (pad_id, pressed, True):
        return Done(True, Text(event.zh, event.en))
    return None


def _noted(hub: Hub, pad_id: str, pressed: str, counter: Counter, verb: str, done: Done, key: str) -> Done:
    event = ev.PadPressed(
        counter=counter.id, pad=pad_id, keys=pressed, verb=verb, done=done.done, zh=done.text.zh, en=done.text.en
    )

    def decide(turn: Turn) -> None:
        turn.record(event, counter.staff or f"pad {pad_id}")

    hub.act(By(f"pad {pad_id}", f"{key} noted"), decide, "pad pressed", pressed)
    return done


def _try(hub: Hub, keys: PadKeysTable, wish: Wish, counter: Counter, key: str) -> Done:
    if counter.staff is None or counter.state not in FREE:
        name = hub.hall.counters[counter.id]
        return Done(False, Text(f"{name.name}{NOBODY.zh}", f"{name.name_en}: {NOBODY.en}"))
    zh, en = pads.VERBS["resume" if wish.verb == "pause" and counter.state == "paused" else wish.verb]
    try:
        ticket = _do(hub, By(counter.staff, key, (counter.id, counter.staff)), keys, wish, counter)
    except Refused as refused:
        return Done(False, refused.text)
    return Done(
        True, Text(f"{zh}{f' {ticket.label}' if ticket else ''}", f"{en}{f' {ticket.label}' if ticket else ''}")
    )


def _do(hub: Hub, by: By, keys: PadKeysTable, wish: Wish, counter: Counter) -> Ticket | None:
    """The verb itself; the number it was about."""
    c, hall = counter.id, hub.hall
    simple: dict[str, Callable[[], Ticket | None]] = {
        "next": lambda: _next(hub, by, c),
        "finish-next": lambda: _finish_next(hub, by, keys, wish, c),
        "call": lambda: calls.call(hub, by, c, numbered(hub, c, wish.number)),
        "recall": lambda: calls.recall(hub, by, c),
        "start": lambda: calls.start(hub, by, c),
        "pass": lambda: calls.pass_(hub, by, c),
        "leave": lambda: tickets.leave(hub, by, None, held_by=c),
        "finish": lambda: _finish(hub, by, keys, wish, c),
        "suspend": lambda: calls.suspend(hub, by, c, wish.argument or "away"),
        "transfer": lambda: tickets.transfer(
            hub, by, None, reason=_reason(keys.transfer_reason, hall.console.transfer_reasons), **_to(wish), held_by=c
        ),
        "rate": lambda: ratings.invite(hub, by, c),
        "undo": lambda: tickets.undo(hub, by),
        "pause": lambda: _pause(hub, by, keys, counter),
        "help": lambda: counters.ask_help(hub, by, c),
    }
    return simple[wish.verb]()


def _next(hub: Hub, by: By, counter_id: str) -> Ticket:
    ticket = calls.call_next(hub, by, counter_id)
    if ticket is None:
        raise Refused("没有人等候。", "Nobody waits.")
    return ticket


def _finish(hub: Hub, by: By, keys: PadKeysTable, wish: Wish, counter_id: str) -> Ticket:
    ticket = calls.finish(hub, by, counter_id, wish.argument or keys.finish_outcome)
    if ticket.state == "finished":
        ratings.invite_after_finish(hub, by, counter_id)
    return ticket


def _finish_next(hub: Hub, by: By, keys: PadKeysTable, wish: Wish, counter_id: str) -> Ticket:
    """办结并顺呼: the number here is finished with the map's outcome, if there is one."""
    if hub.read().at_counter(counter_id):
        _finish(hub, by._replace(key=f"{by.key} finish"), keys, wish, counter_id)
    return _next(hub, by, counter_id)


def _pause(hub: Hub, by: By, keys: PadKeysTable, counter: Counter) -> None:
    if counter.state == "paused":
        counters.resume(hub, by, counter.id)
    else:
        counters.pause(hub, by, counter.id, _reason(keys.pause_reason, hub.hall.console.pause_reasons))


def _reason(wanted: str, listed: list[Text]) -> str:
    return wanted or (listed[0].zh if listed else "叫号器")


def _to(wish: Wish) -> dict[str, Any]:
    """Where a transfer goes: as the key map says, or the counter whose number was typed."""
    kind, name = target.parse(wish.argument)
    if kind:
        return {kind: name}
    if wish.number is None:
        raise Refused("请先按窗口号再按转移。", "Type the counter's number, then transfer.")
    return {"counter": str(wish.number)}


def numbered(hub: Hub, counter_id: str, number: int | None) -> int:
    """The id of the one ticket with this number, whatever its letter: of those that can be called, or that was just
    called here.
    """
    if number is None:
        raise Refused("请先按号码再按呼叫。", "Type the number, then call.")
    day = hub.day(hub.now())
    letters = sorted({s.prefix for s in hub.hall.services.values()})
    found = [t for letter in letters if (t := hub.read().by_number(day, letter, number))]
    able = (
        [t for t in found if t.state in ("waiting", "passed", "suspended")]
        or [t for t in found if t.counter == counter_id]
        or found
    )
    if len(able) > 1:
        labels = "、".join(t.label for t in able)
        raise Refused(
            f"{number}号有{labels}：请加上字母。", f"{number} may be {labels.replace('、', ', ')}: type its letter too."
        )
    if not able:
        raise Unknown(f"今天没有{number}号。", f"There is no number {number} today.")
    return able[0].id


def at_counter(hall: Hall, counter_id: str) -> bool:
    """Whether a counter has a pad."""
    return any(table.counter == counter_id for table in hall.pads.values())
