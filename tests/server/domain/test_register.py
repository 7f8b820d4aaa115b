"""Records of a register: what may be done, what is refused and why, the clocks of a case by its worked dates, and any
sequence of moves at all against the table of the file.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pytest

import config
from config import Hall
from server.domain import events as ev
from server.domain import register
from server.domain.deadline import WorkingDays
from server.domain.definition import Definition, parse
from server.domain.register import Ground, Record, Wish, clocks
from server.domain.rules import Refused

FOLDER = config.ROOT / "server" / "registers"
CASE = parse((FOLDER / "case.toml").read_text(encoding="utf-8"), "case.toml")
HALL = config.load()
GROUND = Ground(HALL.services, HALL.counters, WorkingDays.of(HALL), HALL.zone)
RECEIVED = {"service": "SB01", "applicant": "person", "received": ["身份证"]}
ACCEPTED = {"platform": "QZ-2026-000123", "delivery": "window"}


def at(text: str) -> float:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=HALL.zone).timestamp()


@dataclass
class Walk:
    """One record, moved by hand."""

    definition: Definition = CASE
    record: Record | None = None

    def __call__(self, when: str, move: str, actor: str = "08", role: str = "operator", **values: Any) -> Record:
        given = {name: "seal" for name in values if self.definition.fields[name].private}
        wish = Wish(move, {k: v for k, v in values.items() if k not in given}, given)
        if self.record is None:
            event: ev.Event = register.opened(
                self.definition, wish, actor, role, at(when), GROUND, record=1, number="BJ20261123-001", ticket=7
            )
        else:
            event = register.moved(self.definition, self.record, wish, actor, role, at(when), GROUND)
        read_back = ev.from_row(event.name, event.ticket, event.counter, ev.to_row(event))
        assert read_back == event
        self.record = register.evolve(self.record, event, at(when), actor)
        assert self.record is not None
        return self.record

    def clocks(self, when: str) -> dict[str, Any]:
        assert self.record is not None
        return clocks(self.definition, self.record, GROUND, GROUND.day(at(when)))


@pytest.fixture
def walk() -> Walk:
    return Walk()


def test_a_case_from_application_to_result(walk: Walk) -> None:
    walk("09-22T10:00", "receive", **RECEIVED, phone="13800000000")
    assert walk.clocks("09-22T10:00")["tell"].due.isoformat() == "2026-09-30"
    walk("09-23T09:00", "accept", **ACCEPTED)
    promised = walk.clocks("09-23T09:00")["promised"]
    assert (promised.left, promised.due.isoformat()) == (7, "2026-10-10")
    assert walk.clocks("09-23T09:00")["statutory"].due.isoformat() == "2026-10-14"
    walk("09-29T11:00", "special", procedure="hearing", basis="licensing")
    stopped = walk.clocks("10-08T11:00")
    assert (stopped["promised"].due, stopped["promised"].left) == (None, 5)
    walk("10-09T09:00", "resume")
    assert walk.clocks("10-09T09:00")["promised"].due.isoformat() == "2026-10-14"
    walk("10-12T16:00", "decide", "31", result="granted", no_licence="none_for_it")
    done = walk("10-13T16:00", "deliver", handed="window")
    assert (done.state, done.kind, done.over, done.closed_at) == ("delivered", "done", True, at("10-13T16:00"))
    assert {name: v["late"] for name, v in done.verdicts.items()} == {
        "tell": False,
        "promised": False,
        "statutory": False,
        "deliver": False,
    }
    assert done.verdicts["promised"] == {
        "used": 5,
        "due": "2026-10-14",
        "late": False,
        "calendar": GROUND.calendar.version,
    }
    assert done.given == {"phone": "seal"} and "phone" not in done.values and done.ticket == 7


def test_what_is_promised_at_acceptance_counts_whatever_the_catalogue_says_later(walk: Walk) -> None:
    walk("09-22T10:00", "receive", **RECEIVED)
    record = walk("09-23T09:00", "accept", **ACCEPTED)
    changed = {**HALL.services, "SB01": HALL.services["SB01"].model_copy(update={"promise": "1工作日"})}
    later = replace(GROUND, services=changed)
    assert clocks(CASE, record, later, later.day(at("09-23T09:00")))["promised"].left == 7


def test_what_cannot_be_done_is_refused_with_what_can(walk: Walk) -> None:
    with pytest.raises(Refused, match="不能新建记录：请先“收件”"):
        walk("09-22T10:00", "decide")
    walk("09-22T10:00", "receive", **RECEIVED)
    with pytest.raises(Refused) as told:
        walk("09-22T10:00", "deliver", handed="window")
    assert str(told.value) == (
        "BJ20261123-001现在是“收件”，不能“送达”：现在可以“补正告知”、“受理”、“容缺受理”、“拟不予受理”、“撤回”。"
    )
    walk("09-22T10:00", "withdraw")
    with pytest.raises(Refused, match="另开一件并关联"):
        walk("09-22T10:00", "accept", **ACCEPTED)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"service": "SB01"}, "还缺：请填写“申请人类型”、“收到材料”"),
        ({**RECEIVED, "service": "XX99"}, "没有这个事项"),
        ({**RECEIVED, "applicant": "king"}, "请从列表里选"),
        ({**RECEIVED, "received": ["驾驶证"]}, "没有“驾驶证”"),
        ({**RECEIVED, "received": "身份证"}, "请从列表里勾选"),
        ({**RECEIVED, "result": "granted"}, "不填“办理结果”"),
        ({**RECEIVED, "service": 5}, "请填文字"),
    ],
)
def test_values_are_held_against_their_fields(walk: Walk, values: dict[str, Any], told: str) -> None:
    with pytest.raises(Refused, match=told):
        walk("09-22T10:00", "receive", **values)


def test_a_service_without_papers_asks_for_none(walk: Walk) -> None:
    service = next(code for code, one in HALL.services.items() if not one.materials)
    assert walk("09-22T10:00", "receive", service=service, applicant="person").state == "received"


def test_one_of_two_is_enough_and_neither_is_not(walk: Walk) -> None:
    walk("09-22T10:00", "receive", **RECEIVED)
    with pytest.raises(Refused, match="“平台办件号”或“无平台号原因”"):
        walk("09-22T10:00", "accept", delivery="window")
    with pytest.raises(Refused, match="格式不对"):
        walk("09-22T10:00", "accept", delivery="window", platform="a b")
    assert walk("09-22T10:00", "accept", delivery="window", no_platform="down").state == "accepted"


def test_a_code_that_looks_like_a_person_is_refused(walk: Walk) -> None:
    walk("09-22T10:00", "receive", **RECEIVED)
    with pytest.raises(Refused, match="手机号码"):
        walk("09-22T10:00", "accept", delivery="window", platform="13800138000")


def test_a_refusal_needs_a_second_person(walk: Walk) -> None:
    walk("09-22T10:00", "receive", **RECEIVED)
    walk("09-22T10:05", "propose", reasons="powers", basis="licensing")
    for move in ("refuse", "return"):
        with pytest.raises(Refused, match="另一个人"):
            walk("09-22T10:06", move)
    assert walk("09-22T10:06", "refuse", "09").kind == "done"


def test_roles_are_held_and_administrators_may_all(walk: Walk) -> None:
    with pytest.raises(Refused, match="您的角色"):
        walk("09-22T10:00", "receive", "70", "supervisor", **RECEIVED)
    assert walk("09-22T10:00", "receive", "90", "administrator", **RECEIVED).state == "received"


def test_late_needs_a_reason(walk: Walk) -> None:
    walk("09-22T10:00", "receive", **RECEIVED)
    walk("09-23T09:00", "accept", **ACCEPTED)
    assert walk.clocks("10-12T09:00")["promised"].colour == "red"
    assert walk.clocks("10-15T09:00")["promised"].colour == "black", "past the term of the law too"
    with pytest.raises(Refused, match="已超期，请填写“超期原因”"):
        walk("10-12T09:00", "decide", result="granted", no_licence="none_for_it")
    done = walk("10-12T09:00", "decide", result="granted", no_licence="none_for_it", late_reason="ours")
    assert done.verdicts["promised"]["late"] and not done.verdicts["statutory"]["late"]


def test_an_extension_is_once_and_before_the_due_date(walk: Walk) -> None:
    longer = {"extra_days": 3, "extend_reason": "complex", "approver": "50"}
    walk("09-22T10:00", "receive", **RECEIVED)
    walk("09-23T09:00", "accept", **ACCEPTED)
    late = replace(walk)
    with pytest.raises(Refused, match="延期要在到期前"):
        late("10-12T09:00", "extend", **longer)
    walk("10-10T09:00", "extend", **longer)
    promised = walk.clocks("10-10T09:00")["promised"]
    assert (promised.first_due.isoformat(), promised.due.isoformat()) == ("2026-10-10", "2026-10-14")
    with pytest.raises(Refused, match="只能做一次"):
        walk("10-10T09:00", "extend", **longer)


def test_papers_asked_for_begin_the_telling_anew_and_no_decision_clock(walk: Walk) -> None:
    walk("09-22T10:00", "receive", **RECEIVED)
    walk("09-23T10:00", "tell", missing=["照片"])
    assert {*walk.clocks("09-23T10:00")} == {"tell"} and walk.clocks("09-23T10:00")["tell"].ended
    walk("11-23T10:00", "complete", received=["身份证", "照片"])
    assert walk.clocks("11-23T10:00")["tell"].due.isoformat() == "2026-11-30"


def test_a_correction_keeps_the_old_value_and_the_reason(walk: Walk) -> None:
    record = walk("09-22T10:00", "receive", **RECEIVED, phone="1")
    event = register.corrected(CASE, record, "applicant", "company", "选错", GROUND)
    assert (event.old, event.new) == ("person", "company")
    changed = register.evolve(record, event, at("09-22T11:00"), "08")
    assert changed and changed.values["applicant"] == "company"
    sealed = register.corrected(CASE, record, "phone", None, "号码错", GROUND, seal="new")
    again = register.evolve(record, ev.from_row("RecordCorrected", None, None, ev.to_row(sealed)), 0.0, "08")
    assert again and again.given == {"phone": "new"} and "phone" not in again.values
    ticked = register.corrected(CASE, record, "received", ["照片"], "漏勾", GROUND)
    stored = register.evolve(record, ev.from_row("RecordCorrected", None, None, ev.to_row(ticked)), 0.0, "08")
    assert stored and stored.values["received"] == ["照片"]
    for reason, value, why in (("", "company", "原因"), ("错", "person", "没有改动"), ("错", "king", "从列表里选")):
        with pytest.raises(Refused, match=why):
            register.corrected(CASE, record, "applicant", value, reason, GROUND)


def test_private_values_never_pass_in_the_open(walk: Walk) -> None:
    wish = Wish("receive", {**RECEIVED, "phone": "13800000000"})
    with pytest.raises(ValueError, match="private"):
        register.opened(CASE, wish, "08", "operator", at("09-22T10:00"), GROUND, record=1, number="x")
    assert register.private_value(CASE.fields["phone"], "138 0013 8000") == "138 0013 8000"
    with pytest.raises(Refused):
        register.private_value(CASE.fields["phone"], "老王")


# --- any sequence of moves --------------------------------------------------------------------------------------------

SEQUENCES = int(os.environ.get("JIAOHAO_SEQUENCES", "3000"))
"""`JIAOHAO_SEQUENCES=1000000` for the long run."""
FILL: dict[str, Any] = {
    **{name: next(iter(field.choices)) for name, field in CASE.fields.items() if field.kind == "choice"},
    **{"service": "SB01", "received": ["身份证"], "missing": ["照片"], "owed": ["照片"], "platform": "QZ-1234"},
    **{"extra_days": 2, "approver": "50", "owner": "31", "licence": "L-1234", "ems": "EA123456789CN", "visits": 1},
}
ROLES = ("operator", "guide", "manager", "supervisor")


def legal(state: str | None, history: list[tuple[str, str]], move: str, actor: str, role: str, late: bool) -> bool:
    """Whether the file's own table lets a move pass whose fields are all filled in but the reason why it is late."""
    row = CASE.moves[move]
    return (
        ([] if state is None else [state]) == [s for s in row.from_ if s == state]
        and bool(row.from_) == (state is not None)
        and role in row.roles
        and not (row.once and any(made == move for made, _ in history))
        and not (row.not_by and [who for made, who in history if made == row.not_by][-1:] == [actor])
        and not (late and (row.late_needs or move == "extend"))
    )


def test_whatever_is_pressed_in_whatever_order_nothing_illegal_passes() -> None:
    chance = random.Random(15)
    passed = 0
    for number in range(SEQUENCES):
        walk, history, now = Walk(), [], at("09-22T10:00")
        for _ in range(chance.randrange(1, 12)):
            now += 86400 * chance.choice((0, 0, 1, 3))
            offered = [*CASE.moves_from(walk.record.state if walk.record else None)] or [*CASE.moves]
            move = chance.choice(offered) if chance.random() < 0.8 else chance.choice([*CASE.moves])
            actor, role = chance.choice(("08", "09")), chance.choices(ROLES, (6, 1, 3, 1))[0]
            before, when = walk.record, f"{datetime.fromtimestamp(now, HALL.zone):%m-%dT%H:%M}"
            state = before.state if before else None
            read = walk.clocks(when) if before else {}
            late = "promised" in read and read["promised"].late and not read["promised"].ended
            running = "promised" in read and read["promised"].running
            values = {name: FILL[name] for one in CASE.moves[move].needed for name in one[:1]}
            may = legal(state, history, move, actor, role, late) and (move != "extend" or running)
            try:
                after = walk(when, move, actor, role, **values)
            except Refused:
                assert not may, (number, state, move, actor, role, history)
                assert walk.record is before
                continue
            assert may, (number, state, move, actor, role, history)
            passed += 1
            history.append((move, actor))
            assert after.state == CASE.moves[move].to and after.kind == CASE.states[after.state].kind
            assert len(after.moves) == len(history) and {*after.values} <= {*CASE.fields} - CASE.private
    assert passed > SEQUENCES


def test_every_clock_of_a_record_that_is_over_is_over(hall: Hall) -> None:
    walk = Walk()
    walk("09-22T10:00", "receive", **RECEIVED)
    walk("09-23T10:00", "accept", **ACCEPTED)
    walk("09-24T10:00", "withdraw")
    assert all(reading.ended for reading in walk.clocks("11-23T10:00").values())
    assert hall.services
