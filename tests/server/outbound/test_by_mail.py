"""Notifications by e-mail against a small SMTP server: what arrives, what is refused for good, what is tried again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import config
from config import Text
from server.outbound.by_mail import ByMail
from server.outbound.carrier import Outgoing
from server.reports.delivery import mail
from tests.conftest import free_port
from tests.server.reports.delivery.fake_smtp import Mailbox

OWN = "zhang@example.cn"
MESSAGE = Outgoing(
    "kaiyuan-ticket-4-near-own", OWN, "A004号：前面还有2人，请回到等候区。", "near", "zh", 15, {"number": "A004"}
)


@pytest.fixture
def mailbox() -> Iterator[Callable[..., Mailbox]]:
    opened: list[Mailbox] = []

    def open_one(**how: Any) -> Mailbox:
        opened.append(Mailbox(**how))
        return opened[-1]

    yield open_one
    for box in opened:
        box.close()


class Channel:
    """A channel of a hall whose mail server listens on a port; what it says of itself is kept."""

    def __init__(self, hall: config.Hall, port: int, **more: Any) -> None:
        settings = {"host": "127.0.0.1", "port": port, "security": "none", "from_": "hall@example.cn", **more}
        here = hall.model_copy(update={"mail": hall.mail.model_copy(update=settings)})
        self.said: list[tuple[str, Text]] = []
        self.carry = ByMail(lambda: here, lambda state, text: self.said.append((state, text))).carry


def test_it_arrives_as_a_mail_of_the_hall_the_same_on_every_try(hall: config.Hall, mailbox: Any) -> None:
    box = mailbox()
    channel = Channel(hall, box.port)
    assert channel.carry(MESSAGE).kind == channel.carry(MESSAGE).kind == "sent"
    first, again = box.mails
    assert first["Subject"] == "A004 快到您了 鲤城区开元街道便民服务中心"
    assert (first["From"], first["To"], first["Auto-Submitted"]) == ("hall@example.cn", OWN, "auto-generated")
    assert first.get_content() == MESSAGE.text + "\r\n"
    assert first["Message-ID"] == again["Message-ID"] == "<kaiyuan-ticket-4-near-own@example.cn>"
    assert channel.said[-1][0] == "ok"


def test_in_english_for_whoever_took_the_number_in_english(hall: config.Hall, mailbox: Any) -> None:
    box = mailbox()
    Channel(hall, box.port).carry(MESSAGE._replace(language="en", text="A004: 2 ahead of you."))
    assert box.mails[0]["Subject"] == "A004 Turn is near Kaiyuan Street Service Centre, Licheng District"


def test_an_address_that_is_refused_is_never_tried_again_and_the_channel_is_well(
    hall: config.Hall, mailbox: Any
) -> None:
    channel = Channel(hall, mailbox(refuse={"RCPT": "550 no such mailbox"}).port)
    carried = channel.carry(MESSAGE)
    assert carried.kind == "refused" and carried.problem.zh == "邮件服务器不收这个地址。"
    assert [state for state, _ in channel.said] == ["ok"]


@pytest.mark.parametrize(
    ("how", "why"),
    [({"refuse": {"MAIL": "451 try later zhang@example.cn"}}, "451"), ({"refuse": {"DATA": "554 spam"}}, "554")],
)
def test_a_server_that_takes_nothing_now_is_down_and_its_words_are_not_told(
    hall: config.Hall, mailbox: Any, how: dict[str, Any], why: str
) -> None:
    channel = Channel(hall, mailbox(**how).port)
    carried = channel.carry(MESSAGE)
    assert carried.kind == "down" and why in carried.problem.zh and "请检查网络和邮件设置" in carried.problem.zh
    assert channel.said == [("error", carried.problem)] and OWN not in repr((carried, channel.said))


def test_no_server_silence_and_no_password_are_down(
    hall: config.Hall, mailbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "TIMEOUT_S", 0.2)
    nobody = Channel(hall, free_port()).carry(MESSAGE)
    silent = Channel(hall, mailbox(silent=True).port).carry(MESSAGE)
    closed = Channel(hall, mailbox().port, user="hall", password_file="none.txt").carry(MESSAGE)
    assert [one.kind for one in (nobody, silent, closed)] == ["down"] * 3
    assert "密码" in closed.problem.zh and all(one.problem.en for one in (nobody, silent, closed))
