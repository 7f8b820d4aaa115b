"""Whoever is the hall's hub now is heard by the relay again by itself: with words lost, late, brought twice, of
programs long killed, and either side started anew at any moment. Nothing of a program that is over is taken after it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from hypothesis import settings
from hypothesis import strategies as some
from hypothesis.stateful import Bundle, RuleBasedStateMachine, multiple, rule

from relay.mirrored import ALIVE_S, Mirrored, Word
from relay.terms import Stale
from server.domain import relay_term
from server.domain.relay_term import Term


class Said(NamedTuple):
    """A word on its way. `run`: 1, 2 …, in the order in which the programs were started."""

    run: int
    count: int
    term: Term


class Answered(NamedTuple):
    run: int
    said: Term
    boot: str
    term: int


class Line(RuleBasedStateMachine):
    words, answers = Bundle("words"), Bundle("answers")

    def __init__(self) -> None:
        super().__init__()
        self.seconds, self.run, self.taken = 0.0, 0, (0, 0)
        self.the_hub_is_killed()
        self.the_relay_is_killed()

    @rule()
    def the_hub_is_killed(self) -> None:
        self.run, self.count, self.term = self.run + 1, 0, Term()

    @rule()
    def the_relay_is_killed(self) -> None:
        self.relay = Mirrored("hall", lambda: self.seconds)

    @rule(seconds=some.sampled_from([1.0, ALIVE_S + 1]))
    def time_goes(self, seconds: float) -> None:
        self.seconds += seconds

    @rule(target=words, asks=some.booleans())
    def the_hub_speaks(self, asks: bool) -> Said:
        self.count += not asks
        return Said(self.run, 0 if asks else self.count, self.term)

    @rule(target=answers, word=words)
    def a_word_arrives(self, word: Said) -> Any:
        """In any order, late or once more; of a program that was killed, too."""
        try:
            told = self.relay.heard(
                Word(
                    relay=1, run=f"run {word.run}", now="", left_s=1e6, hall={}, count=word.count,
                    boot=word.term.boot, term=word.term.number,
                )
            )  # fmt: skip
        except Stale:
            return multiple()
        if word.count and relay_term.taken(word.term, told["boot"], told["term"]):
            assert (word.run, word.count) > self.taken, "older than what was taken already"
            self.taken = (word.run, word.count)
        return Answered(word.run, word.term, told["boot"], told["term"])

    @rule(answer=answers)
    def an_answer_arrives(self, answer: Answered) -> None:
        if answer.run == self.run:
            self.term = relay_term.after(self.term, answer.said, answer.boot, answer.term)

    @rule()
    def the_line_is_whole(self) -> None:
        """The program that lives says three things, and the last one is taken at the latest: what an answer of a
        relay before has put in its head costs one, the fresh term another.
        """
        for _ in range(3):
            word = self.the_hub_speaks(asks=False)
            if isinstance(answer := self.a_word_arrives(word), Answered):
                self.an_answer_arrives(answer)
        assert self.taken == (self.run, self.count)


Line.TestCase.settings = settings(max_examples=300, stateful_step_count=40)
TestLine = Line.TestCase


def told(relay: Mirrored, term: Term, run: str = "run", **more: Any) -> dict[str, Any]:
    word = Word(relay=1, run=run, now="", left_s=9, hall={}, boot=term.boot, term=term.number, **more)
    return relay.heard(word)


def test_of_two_hubs_that_both_live_the_later_one_is_heard_until_it_is_silent() -> None:
    """Two programs under one hall's name do not take turns."""
    seconds = [0.0]
    relay = Mirrored("hall", lambda: seconds[0])
    first, second = (Term(one["boot"], one["term"]) for one in (told(relay, Term()), told(relay, Term())))
    assert told(relay, first)["term"] == first.number and told(relay, second)["term"] == second.number
    for _ in range(3):
        with pytest.raises(Stale):
            told(relay, first)
    seconds[0] += ALIVE_S + 1
    again = told(relay, first)
    assert again["term"] > second.number, "the later one is gone: the other is greeted anew"
    assert told(relay, Term(again["boot"], again["term"]))["term"] == again["term"]


def test_a_hub_that_has_no_term_is_given_no_key_and_no_page() -> None:
    relay = Mirrored("hall", lambda: 0.0)
    here = told(relay, Term())
    told(relay, Term(here["boot"], here["term"]))
    relay.begin("touch-0001", "book", {})
    relay.shown("busy")
    stranger = told(relay, Term("another relay", 1), sheets={"busy": {"status": 200}})
    assert (stranger["acts"], stranger["wanted"]) == ([], []) and relay.held("busy").sheet is None
    mine = told(relay, Term(here["boot"], here["term"]))
    assert [one["id"] for one in mine["acts"]] == ["touch-0001"] and mine["wanted"] == ["busy"]


def test_a_hub_of_a_version_before_says_no_term_and_is_heard() -> None:
    relay = Mirrored("hall", lambda: 0.0)
    for run, count in (("a", 1), ("a", 2), ("b", 1)):
        relay.heard(Word(relay=1, run=run, now="", left_s=9, hall={}, count=count))
    for run, count in (("b", 1), ("a", 3)):
        with pytest.raises(Stale):
            relay.heard(Word(relay=1, run=run, now="", left_s=9, hall={}, count=count))
