"""The paper of a case as it stands: 受理凭证, 延期告知书, 特别程序告知书, 不予受理告知书, 领件通知单 or 邮寄确认单.

What it says comes of the record, so nothing of it is typed; a result's 领件通知单 is on record as told (通知领件).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from config import Text
from server.domain import register, slip_facts
from server.domain.register import Record
from server.domain.rules import Refused
from server.store.transaction import Turn
from server.verbs import cases, jobs, papers, records
from server.verbs.cases import CASE, READY
from server.verbs.hub import Hub
from server.verbs.records import Who

MOST = 50
"""Papers of one press."""
Facts = dict[str, Any]


def kind_of(record: Record) -> str | None:
    """The slip of a case's state; None: it has none now. Of an accepted one that was extended last, the extension's."""
    if record.register != CASE:
        return None
    if record.state == "accepted" and record.moves[-1].move == "extend":
        return "extension"
    return {"accepted": "receipt", "special": "special", "refused": "refusal", READY: "pickup", "posted": "mail"}.get(
        record.state
    )


def print_papers(hub: Hub, who: Who, ids: Sequence[int], printers: Sequence[str]) -> int:
    """The paper of each of some cases, all or none; how many. Raises Refused for one that has none now."""
    if not ids or len(ids) > MOST:
        raise Refused(f"请选择1到{MOST}件。", f"Choose 1 to {MOST} records.")

    def decide(turn: Turn) -> int:
        for one in dict.fromkeys(ids):
            record = records.in_reach(hub, who.reach, records.known_record(turn, one))
            kind = kind_of(record)
            if kind is None:
                state = records.definition_of(hub, record).states[record.state].name
                raise Refused(
                    f"{record.number}现在是“{state.zh}”，没有要打印的单据。",
                    f"{record.number} is '{state.en}' now: there is no paper of that.",
                )
            if kind == "pickup":
                records.move_in(hub, turn, who, record, "inform", {"informed": "slip"}, {})
            told = {name: value for name, value in facts(hub, record, kind, who).items() if value not in ("", [])}
            jobs.queue_slip(hub, who.by, turn, kind, slip_facts.checked(kind, told), printers, ticket=record.ticket)
        return len({*ids})

    return hub.once(who.by, decide, lambda turn, n: n, "print papers", sorted({*ids}), list(printers))


def facts(hub: Hub, record: Record, kind: str, who: Who) -> Facts:
    """What the paper of a case says."""
    common = {
        "service": record.service,
        **hub.hall.service_name(record.service).json("item"),
        "case": record.number,
        "staff": who.by.actor,
    }
    return {**common, **FACTS[kind](hub, record)} if kind != "pickup" else _pickup(hub, record, common)


def _receipt(hub: Hub, record: Record) -> Facts:
    return cases.accepted(hub, hub.read(), record)


def _extension(hub: Hub, record: Record) -> Facts:
    on, made = records.ground(hub), records.definition_of(hub, record)
    reading = register.clocks(made, record, on, on.day(hub.now())).get("promised")
    due, first = (reading.due, reading.first_due) if reading and not reading.provisional else (None, None)
    return {
        "days": str(record.values.get("extra_days", "")),
        **_said(hub, record, "extend_reason").json("reason"),
        "due": due.isoformat() if due else "",
        "first_due": first.isoformat() if first else "",
        "approver": str(record.values.get("approver", "")),
    }


def _special(hub: Hub, record: Record) -> Facts:
    return {**_said(hub, record, "procedure").json("procedure"), "basis": _said(hub, record, "basis").zh}


def _refusal(hub: Hub, record: Record) -> Facts:
    return {"reasons": [_said(hub, record, "reasons").zh], "basis": _said(hub, record, "basis").zh}


def _mail(hub: Hub, record: Record) -> Facts:
    return {"ems": str(record.values.get("ems", ""))}


def _pickup(hub: Hub, record: Record, common: Facts) -> Facts:
    where = papers.pickup_places(hub.hall)
    return {
        **{name: value for name, value in common.items() if name != "staff"},
        "collect": record.number,
        "where": "、".join(table.name for table in where) or "出件窗口",
        "where_en": ", ".join(table.name_en for table in where) or "the pick-up counter",
        "when": "办公时间",
        "when_en": "In opening hours",
        "bring": [one.zh for one in hub.hall.console.pickup_bring],
    }


FACTS: dict[str, Callable[[Hub, Record], Facts]] = {
    "receipt": _receipt,
    "extension": _extension,
    "special": _special,
    "refusal": _refusal,
    "mail": _mail,
}


def _said(hub: Hub, record: Record, field: str) -> Text:
    """A choice of the record, in words."""
    value = str(record.values.get(field, ""))
    return records.definition_of(hub, record).fields[field].choices.get(value, Text.same(value))
