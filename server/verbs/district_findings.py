"""督查整改: findings of the district's inspectors become records of the hall, and go as the district says of them."""

from __future__ import annotations

from functools import partial

from config import Text
from server.domain import rectification
from server.domain.circular import Rows
from server.domain.rectification import Finding
from server.domain.register import Record
from server.domain.rules import Refused
from server.store.reader import Reader
from server.store.transaction import Turn
from server.verbs import records
from server.verbs.hub import Hub
from server.verbs.item_lists import BY_DISTRICT

MOST = 10_000


def known(reader: Reader) -> list[Record]:
    """The hall's records of findings."""
    return reader.records_opened(rectification.REGISTER, limit=MOST)


def follow(hub: Hub, rows: Rows) -> list[Text]:
    """Bring the records to what came down, each in a turn of its own; why some could not be."""
    problems = []
    for told in rectification.read(rows):
        try:
            hub.turn(partial(_follow, hub, told=told))
        except Refused as refused:
            zh, en = refused.text
            problems.append(Text(f"第{told.number}号：{zh}", f"No. {told.number}: {en}"))
    hub.wake()
    return problems


def _follow(hub: Hub, turn: Turn, *, told: Finding) -> None:
    record = rectification.own(known(turn), told)
    if (step := rectification.step(record, told)) is None:
        return
    move, values = step
    if record is None:
        made = records.definition(hub, rectification.REGISTER)
        records.open_in(hub, turn, BY_DISTRICT, made, [(move, records.split(made, values))])
    else:
        records.move_in(hub, turn, BY_DISTRICT, record, move, values, {})
