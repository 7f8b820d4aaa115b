"""Wrong passwords at the page of the second machine keep out whoever typed them, and nobody else."""

from __future__ import annotations

import threading

import pytest

from server.second.brake import AT_ONCE, BUSY, OF_ADDRESS, TOO_MANY, TRIES, TRIES_S, WRONG, Brake, Braked
from server.second.lobby import THREADS
from tests.waiting import DEADLINE_S


def said(brake: Brake, staff: str, address: str, right: bool = False) -> str:
    with pytest.raises(Braked) as refused:
        brake.try_one(staff, address, lambda: right)
    return refused.value.text.zh


def test_a_stranger_keeps_only_himself_out_and_for_a_minute() -> None:
    now = [100.0]
    brake = Brake(lambda: now[0])
    assert [said(brake, "9001", "10.0.0.66") for _ in range(TRIES)] == [WRONG.zh] * TRIES
    assert said(brake, "9001", "10.0.0.66", right=True) == TOO_MANY.zh
    brake.try_one("9001", "10.0.0.5", lambda: True)
    brake.try_one("9002", "10.0.0.66", lambda: True)
    now[0] += TRIES_S
    brake.try_one("9001", "10.0.0.66", lambda: True)


def test_one_address_with_ever_other_numbers_is_stopped_too() -> None:
    brake = Brake(lambda: 100.0)
    found = [said(brake, str(number), "10.0.0.66") for number in range(OF_ADDRESS + 5)]
    assert found == [WRONG.zh] * OF_ADDRESS + [TOO_MANY.zh] * 5
    brake.try_one("9001", "10.0.0.5", lambda: True)


def test_those_who_wait_for_a_password_leave_threads_to_the_witness() -> None:
    brake, inside, go = Brake(), threading.Barrier(AT_ONCE + 1), threading.Event()

    def slow() -> bool:
        inside.wait(DEADLINE_S)
        return go.wait(DEADLINE_S)

    threads = [threading.Thread(target=brake.try_one, args=("9001", f"10.0.0.{n}", slow)) for n in range(AT_ONCE)]
    for one in threads:
        one.start()
    inside.wait(DEADLINE_S)
    assert said(brake, "9001", "10.0.0.99", right=True) == BUSY.zh
    assert AT_ONCE < THREADS
    go.set()
    for one in threads:
        one.join(DEADLINE_S)
    brake.try_one("9001", "10.0.0.99", lambda: True)
