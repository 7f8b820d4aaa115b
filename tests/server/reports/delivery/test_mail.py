"""Mails against a server of our own: plain, STARTTLS, TLS, and every way in which a server says no.

The mail as a person gets it.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import config
from server.reports import reporter
from server.reports.delivery import mail
from server.reports.delivery.folder import NotDelivered
from server.verbs import snapshots
from server.verbs.hub import Hub
from tests.conftest import HandClock, free_port
from tests.server.reports.delivery.fake_smtp import Mailbox, certificate
from tests.server.verbs.test_snapshots import WEEK, a_week, counted


@pytest.fixture
def mailbox() -> Iterator[Callable[..., Mailbox]]:
    opened: list[Mailbox] = []

    def open_one(**how: Any) -> Mailbox:
        opened.append(Mailbox(**how))
        return opened[-1]

    yield open_one
    for box in opened:
        box.close()


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    return certificate(tmp_path_factory.mktemp("cert"))


def with_mail(hall: config.Hall, port: int, **more: Any) -> config.Hall:
    settings = {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "from_": "hall@example.cn",
        "to": ["director@example.cn", "b@example.cn"],
        **more,
    }
    return hall.model_copy(update={"mail": hall.mail.model_copy(update=settings)})


@pytest.fixture
def letter(hub: Hub, clock: HandClock) -> Callable[[config.Hall], Any]:
    a_week(hub, clock)
    kept = snapshots.keep(hub, WEEK, counted(hub))

    def write(hall: config.Hall) -> Any:
        return mail.message(
            hall, kept, snapshots.told(hall, kept), {"csv": ("week.csv", b"a,b\r\n"), "pdf": ("week.pdf", b"%PDF-")}
        )

    return write


def test_a_plain_server(hall: config.Hall, letter: Any, mailbox: Any) -> None:
    box = mailbox()
    here = with_mail(hall, box.port)
    mail.send(here, letter(here))
    (got,) = box.mails
    assert got["Subject"] == "鲤城区开元街道便民服务中心 服务大厅周报 · 2026年第48周（11月23–29日）"
    assert (got["From"], got["To"], got["Auto-Submitted"]) == (
        "hall@example.cn",
        "director@example.cn, b@example.cn",
        "auto-generated",
    )
    assert len(box.recipients) == 2
    body = got.get_body().get_content()
    assert "取号 3 = 办结 2" in body and "快照第 1 版 · sha256" in body and "/reports/2026-W48" in body
    assert [(part.get_filename(), part.get_content_type()) for part in got.iter_attachments()] == [
        ("week.csv", "text/csv"),
        ("week.pdf", "application/pdf"),
    ]


def test_sent_twice_it_is_the_same_mail(hall: config.Hall, letter: Any, mailbox: Any) -> None:
    box = mailbox()
    here = with_mail(hall, box.port)
    mail.send(here, letter(here))
    mail.send(here, letter(here))
    assert len({got["Message-ID"] for got in box.mails}) == 1 and len(box.mails) == 2
    assert box.mails[0]["Message-ID"].endswith("@example.cn>")


@pytest.mark.parametrize("wrapped", [False, True], ids=["starttls", "tls"])
def test_encrypted_and_logged_in(
    hall: config.Hall, letter: Any, mailbox: Any, own: Any, tmp_path: Path, wrapped: bool
) -> None:
    cert, context = own
    box = mailbox(tls=context, wrapped=wrapped)
    (tmp_path / "password").write_text("secret\n")
    here = with_mail(
        hall,
        box.port,
        security="tls" if wrapped else "starttls",
        ca_file=str(cert),
        user="hall",
        password_file=str(tmp_path / "password"),
    )
    mail.send(here, letter(here))
    assert (box.over_tls, box.logins) == ([True], ["\0hall\0secret"])


def said(hall: config.Hall, letter: Any) -> NotDelivered:
    with pytest.raises(NotDelivered) as caught:
        mail.send(hall, letter(hall))
    return caught.value


@pytest.mark.parametrize(
    ("refuse", "zh"),
    [
        ({"EHLO": "554 no", "HELO": "554 no"}, "没有收下，请核对邮件设置（554）"),
        ({"MAIL": "550 not you"}, "没有收下，请核对邮件设置（550）"),
        ({"RCPT": "550 nobody"}, "收件人被拒绝，请核对收件人"),
        ({"DATA": "452 full"}, "没有收下，请核对邮件设置（452）"),
        ({"AUTH": "535 wrong"}, "登录被拒绝，请核对发件账号和密码（535）"),
    ],
)
def test_every_refusal_is_one_sentence(
    hall: config.Hall, letter: Any, mailbox: Any, tmp_path: Path, refuse: dict[str, str], zh: str
) -> None:
    (tmp_path / "password").write_text("secret")
    box = mailbox(refuse=refuse)
    error = said(with_mail(hall, box.port, user="hall", password_file=str(tmp_path / "password")), letter)
    assert zh in error.text.zh and error.text.zh.endswith("。") and error.en.endswith(".") and "\n" not in error.text.zh
    assert box.mails == []


def test_nobody_there_and_a_server_that_is_silent(
    hall: config.Hall, letter: Any, mailbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "连接不上" in said(with_mail(hall, free_port()), letter).text.zh
    monkeypatch.setattr(mail, "TIMEOUT_S", 0.3)
    assert "没有回答，请检查网络和邮件设置" in said(with_mail(hall, mailbox(silent=True).port), letter).text.zh


def test_no_mail_without_the_promised_encryption(hall: config.Hall, letter: Any, mailbox: Any, own: Any) -> None:
    plain = mailbox()
    assert "没有收下" in said(with_mail(hall, plain.port, security="starttls"), letter).text.zh
    unknown = mailbox(tls=own[1])
    assert "certificate" in said(with_mail(hall, unknown.port, security="starttls"), letter).text.en
    assert plain.mails == unknown.mails == []


def test_a_password_file_that_is_not_there(hall: config.Hall, letter: Any, mailbox: Any) -> None:
    error = said(with_mail(hall, mailbox().port, user="hall", password_file="no-such-file"), letter)
    assert "mail.password_file: " in error.en and "(No such file or directory)" in error.en


def test_a_report_that_is_invalid_says_so_in_the_mail(hall: config.Hall, hub: Hub, clock: HandClock) -> None:
    a_week(hub, clock)
    made = reporter.counted(hub.hall, WEEK, hub.store.path, hub.now())
    made.report["identity"]["closes"] = False
    kept = snapshots.keep(hub, WEEK, made)
    body = mail.message(with_mail(hall, 25), kept, snapshots.told(hall, kept), {}).get_content()
    assert "本报告无效" in body
