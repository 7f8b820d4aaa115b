"""One thread at a time, in the order in which they came; whoever waits stands outside."""

from __future__ import annotations

import threading

import pytest

from server.store.turnstile import Turnstile
from tests.waiting import DEADLINE_S, until


def queue(turnstile: Turnstile, told: list[str], name: str, *, first: bool = False) -> threading.Thread:
    """A thread that waits to get in, says its name there and leaves."""

    def go() -> None:
        turnstile.enter(first=first)
        told.append(name)
        turnstile.leave()

    thread, waiting = threading.Thread(target=go, daemon=True), len(turnstile._line)
    thread.start()
    until(lambda: len(turnstile._line) > waiting)
    return thread


def test_they_go_in_as_they_came_and_the_writer_before_them() -> None:
    turnstile, told = Turnstile(), list[str]()
    with turnstile:
        threads = [queue(turnstile, told, "a"), queue(turnstile, told, "b"), queue(turnstile, told, "w", first=True)]
        assert told == []
    for thread in threads:
        thread.join(DEADLINE_S)
    assert told == ["w", "a", "b"]


def test_who_is_inside_goes_on_and_keeps_its_place_until_the_last_door() -> None:
    turnstile, told = Turnstile(), list[str]()
    with turnstile:
        with turnstile:
            thread = queue(turnstile, told, "other")
        assert told == []
    thread.join(DEADLINE_S)
    assert told == ["other"]


def test_who_waits_for_the_disk_lets_the_next_in_and_comes_back_after_it() -> None:
    turnstile, told = Turnstile(), list[str]()
    with turnstile:
        thread = queue(turnstile, told, "other")
        turnstile.outside(lambda: thread.join(DEADLINE_S))
        told.append("back")
    assert told == ["other", "back"]


def test_what_raises_leaves_the_door_open() -> None:
    turnstile, told = Turnstile(), list[str]()

    def fail() -> None:
        raise ValueError

    for fails in (fail, lambda: turnstile.outside(fail)):
        with pytest.raises(ValueError), turnstile:
            fails()
    with turnstile:
        told.append("in")
    assert told == ["in"]
