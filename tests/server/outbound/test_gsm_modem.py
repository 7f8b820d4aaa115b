"""The modem's dialogue against a virtual modem on a pseudo-terminal: sent, refused, no SIM, PIN, hung, pulled out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from config import ChannelTable, Text
from counter_display.virtual.hall import Hall
from counter_display.virtual.modem_line import VirtualModem
from server.outbound import gsm_modem
from server.outbound.carrier import Incoming, Outgoing
from server.outbound.gsm_modem import GsmModem
from tests.waiting import DEADLINE_S, until

NUMBER = "13812345678"


@pytest.fixture
def virtual(tmp_path: Path) -> Iterator[VirtualModem]:
    modem = VirtualModem("modem", tmp_path / "modem", Hall({}), deliver_s=0.0)
    yield modem
    modem.unplug()


class At:
    """A carrier under test: what it said, and what arrived."""

    def __init__(self, folder: Path, **table: Any) -> None:
        self.said: list[tuple[str, Text]] = []
        self.came: list[tuple[str, bool]] = []
        self.heard: list[Incoming] = []
        made = ChannelTable(kind="gsm", port="serial:modem?baud=115200", **table)
        self.carrier = GsmModem(
            made, folder, lambda state, text: self.said.append((state, text)), lambda *came: self.came.append(came),
            lambda incoming: self.heard.append(incoming),
            answer_s=DEADLINE_S, network_s=DEADLINE_S,
        )  # fmt: skip

    def send(self, text: str = "A012号：请到3号窗口办理。") -> Any:
        return self.carrier.carry(Outgoing("id", NUMBER, text, "called", "zh", 15, {}))

    def until(self, true: Callable[[], Any]) -> None:
        """Look again and again, as its thread does."""
        end = time.monotonic() + DEADLINE_S
        while not true():
            assert time.monotonic() < end, (self.said, self.came)
            self.carrier.look()

    def loses_patience(self, after_s: float) -> None:
        self.carrier._answer_s = self.carrier._network_s = after_s

    @property
    def state(self) -> str:
        return self.said[-1][0]


@pytest.fixture
def at(virtual: VirtualModem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[At]:
    monkeypatch.setattr(gsm_modem, "AGAIN_S", (0.05,))
    at = At(tmp_path)
    yield at
    at.carrier.close()


def test_it_sends_and_hears_that_it_arrived(at: At, virtual: VirtualModem) -> None:
    sent = at.send()
    assert (sent.kind, sent.refs, sent.parts) == ("sent", ("1",), 1)
    assert at.said[-1] == ("ok", Text("信号3/5", "signal 3/5"))
    at.until(lambda: at.came)
    assert at.came == [("1", True)]
    (got,) = virtual.received
    assert (got.to, got.text) == (NUMBER, "A012号：请到3号窗口办理。")


def test_a_long_text_comes_whole_and_each_part_is_reported(at: At, virtual: VirtualModem) -> None:
    text = "请带好身份证、户口簿原件。" * 11 + "𠮷"
    assert at.send(text).parts == 3
    at.until(lambda: len(at.came) == 3)
    assert [(got.text, got.parts) for got in virtual.received] == [(text, 3)]


def test_a_modem_that_only_stores_reports_is_asked_for_them(at: At, virtual: VirtualModem) -> None:
    virtual.modem.stores_reports = True
    at.send()
    at.until(lambda: at.came)
    assert at.came == [("1", True)] and virtual.modem.stored == {}


@pytest.mark.parametrize(
    ("order", "kind", "zh"),
    [
        ("refuse", "refused", "号码收不到短信"),
        ("busy", "later", "网络没有收下"),
        ("no network", "later", "网络没有收下"),
    ],
)
def test_what_the_network_says_is_what_it_means(at: At, virtual: VirtualModem, order: str, kind: str, zh: str) -> None:
    virtual.order(order)
    sent = at.send()
    assert sent.kind == kind and zh in sent.problem.zh and not virtual.received
    virtual.order("ok")
    assert at.send().kind == "sent", "the next one is another matter"


def test_the_network_says_that_it_did_not_arrive(at: At, virtual: VirtualModem) -> None:
    virtual.order("lost")
    assert at.send().kind == "sent"
    at.until(lambda: at.came)
    assert at.came == [("1", False)]


def test_what_the_network_drops_is_never_said_to_have_arrived(at: At, virtual: VirtualModem) -> None:
    virtual.order("drop")
    assert at.send().kind == "sent"
    virtual.order("ok")
    assert at.send().kind == "sent"
    at.until(lambda: at.came)
    assert at.came == [("2", True)]


def test_without_a_sim_it_is_down_and_comes_back_with_one(at: At, virtual: VirtualModem) -> None:
    virtual.order("no sim")
    assert at.send().kind == "down" and "没有SIM卡" in at.said[-1][1].zh
    virtual.order("ok")
    at.until(lambda: at.state == "ok")
    assert at.send().kind == "sent"


def test_a_pin_is_typed_from_its_file_and_a_wrong_one_once(
    virtual: VirtualModem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gsm_modem, "AGAIN_S", (0.0,))
    virtual.order("locked")
    bare = At(tmp_path)
    assert bare.send().kind == "down" and "PIN码" in bare.said[-1][1].zh
    bare.carrier.close()
    (tmp_path / "pin").write_text("4321\n")
    at = At(tmp_path, pin_file="pin")
    for _ in range(4):
        assert at.send().kind == "down"
    assert virtual.modem.wrong == 1 and "不再试" in at.said[-1][1].zh, "three wrong ones lock the SIM for good"
    (tmp_path / "pin").write_text("1234\n")
    assert at.send().kind == "sent" and virtual.modem.sim == "READY"
    at.carrier.close()


def test_one_that_hangs_is_noticed_and_opened_again(at: At, virtual: VirtualModem) -> None:
    at.until(lambda: at.said)
    virtual.order("hang")
    at.loses_patience(1.0)
    assert at.send().kind == "down" and at.said[-1] == ("error", gsm_modem.NO_ANSWER)
    virtual.order("ok")
    at.loses_patience(DEADLINE_S)
    at.until(lambda: at.state == "ok")
    assert at.send().kind == "sent"


def test_a_silent_one_is_asked_whether_it_lives(at: At, virtual: VirtualModem, monkeypatch: pytest.MonkeyPatch) -> None:
    at.until(lambda: at.said)
    monkeypatch.setattr(gsm_modem, "WATCH_S", 0.0)
    virtual.order("no network")
    at.until(lambda: at.said[-1] == ("error", gsm_modem.NO_NETWORK))
    virtual.order("weak")
    at.until(lambda: at.state == "ok")
    assert "太弱" in at.said[-1][1].zh


def test_pulled_out_and_plugged_in_it_goes_on_by_itself(at: At, virtual: VirtualModem) -> None:
    assert at.send().kind == "sent"
    virtual.order("unplug")
    assert at.send().kind == "down" and at.state == "error" and "自动重连" in at.said[-1][1].zh
    virtual.order("plug")
    at.until(lambda: at.state == "ok")
    assert at.send().kind == "sent"
    until(lambda: len(virtual.received) == 2)


def test_no_word_of_it_holds_the_number(at: At, virtual: VirtualModem, caplog: pytest.LogCaptureFixture) -> None:
    at.loses_patience(1.0)
    for order in ("ok", "refuse", "busy", "no sim", "hang"):
        virtual.order(order)
        sent = at.send()
        assert NUMBER[3:] not in f"{sent} {at.said}"
    assert NUMBER[3:] not in caplog.text
    until(lambda: virtual.received)


def test_what_people_write_is_handed_on_whole_and_taken_away(at: At, virtual: VirtualModem) -> None:
    at.until(lambda: at.said)
    virtual.write("+8613812345678", "5", plain=True)
    virtual.write("13900000000", "不满意。" + "等了太久。" * 30)
    at.until(lambda: len(at.heard) == 2 and not virtual.modem.stored)
    short, long = at.heard
    assert (short.sender, short.text) == ("+8613812345678", "5")
    assert (long.sender, long.text) == ("13900000000", "不满意。" + "等了太久。" * 30) and short.id != long.id


def test_a_text_that_could_not_be_dealt_with_stays_on_the_sim(at: At, virtual: VirtualModem) -> None:
    at.until(lambda: at.said)
    refusing = at.carrier._hand_on

    def broken(incoming: Incoming) -> None:
        raise RuntimeError("the journal is full")

    at.carrier._hand_on = broken
    virtual.write(NUMBER, "4")
    with pytest.raises(RuntimeError):
        at.until(lambda: False)
    assert virtual.modem.stored
    at.carrier._hand_on = refusing
    at.until(lambda: at.heard and not virtual.modem.stored)
    assert [one.text for one in at.heard] == ["4"]


def test_a_text_that_cannot_be_dealt_with_holds_up_no_other(at: At, virtual: VirtualModem) -> None:
    at.until(lambda: at.said)
    told, tries = at.carrier._hand_on, []

    def picky(incoming: Incoming) -> None:
        if incoming.text == "1":
            tries.append(1)
            raise RuntimeError("a row that can't be read")
        told(incoming)

    at.carrier._hand_on = picky
    virtual.write(NUMBER, "1")
    virtual.write(NUMBER, "4")
    for _ in range(gsm_modem.TRIES):
        with pytest.raises(RuntimeError):
            at.until(lambda: False)
    at.until(lambda: at.heard)
    for _ in range(3):
        at.carrier.look()
    assert [one.text for one in at.heard] == ["4"] and len(tries) == gsm_modem.TRIES
    assert len(virtual.modem.stored) == 1
