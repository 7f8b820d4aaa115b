"""A report as a mail: how it reads, and how it is handed to the hall's SMTP server.

Tries once; when to try again is the clerk's.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from config import Hall, Text, reasons
from intake.encoding import Unreadable, word
from server.domain.snapshot import Snapshot, named
from server.reports.delivery.folder import NotDelivered
from server.reports.forms.answers import answers, with_unit
from server.reports.forms.escape import readable, readable_all
from server.reports.forms.make import FORMS
from server.reports.forms.titles import identity, title, warnings

TIMEOUT_S = 20.0
"""The longest silence of the server."""


def message(
    hall: Hall,
    snapshot: Snapshot,
    report: dict[str, Any],
    files: Mapping[str, tuple[str, bytes]],
    *,
    left: str = "",
    failed: Sequence[Text] = (),
) -> EmailMessage:
    """The mail of a snapshot. `files`: form -> name and content. Sent twice, it carries the same Message-ID.

    `failed`: why some files are not with it; `left`: this mail brings one of them afterwards.
    """
    report = readable_all(report)
    zh, en = title(report)
    made = EmailMessage()
    version = f"（更正，第{snapshot.version}版）" if snapshot.version > 1 else ""
    later = f"（补发 {FORMS[left].name.zh}）" if left else ""
    made["Subject"] = readable(f"{hall.hall.name} {zh}{version}{later}")
    made["From"], made["To"] = hall.mail.from_, ", ".join(hall.mail.to)
    made["Date"] = format_datetime(datetime.fromtimestamp(snapshot.made_at, hall.zone))
    name = f"{hall.hall.id}-{snapshot.period}-v{snapshot.version}{f'-{left}' if left else ''}"
    made["Message-ID"] = f"<{name}-{snapshot.sha256[:8]}@{hall.mail.from_.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(_words(hall, snapshot, report, zh, en, failed))
    for form, (name, content) in files.items():
        main, _, sub = FORMS[form].kind.partition(";")[0].partition("/")
        made.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return made


def _words(hall: Hall, snapshot: Snapshot, report: dict[str, Any], zh: str, en: str, failed: Sequence[Text]) -> str:
    closes = (
        ""
        if report["identity"]["closes"]
        else "本报告无效：有号码不属于任何一类。 This report is invalid: some visits fit no class.\n"
    )
    told = named({"version": snapshot.version, "sha256": snapshot.sha256})
    why = [f"更正原因 Reason: {snapshot.reason}", ""] if snapshot.reason else []
    lines = [
        f"{hall.hall.name} {zh}",
        f"{hall.hall.name_en}: {en}",
        f"{report['first_day']} – {report['last_day']}",
        "",
        *why,
        *([closes] if closes else []),
        *lines_of(report),
        "",
        *map(str, (*warnings(report), *failed)),
        identity(report),
        f"{hall.hub.url}/reports/{snapshot.period}",
        "",
        f"{told[0]} · {told[1]}",
    ]
    return "\n".join(lines) + "\n"


def lines_of(report: dict[str, Any]) -> list[str]:
    """What the report answers first, Chinese above English."""
    first = answers(report)
    zh = [said.zh for said in first.sentences]
    en = [said.en for said in first.sentences]
    for one in first.five:
        change, change_en = (f" {said}" if one.change else "" for said in with_unit(one.change))
        zh.append(f"· {one.name.zh} {with_unit(one.value).zh}　{one.verdict.zh}{change}")
        en.append(f"· {one.name.en}: {with_unit(one.value).en}, {one.verdict.en}{change_en}")
    for n, (what, why, _) in enumerate(first.to_do, start=1):
        zh.append(f"{n}. {what.zh}：{why.zh}")
        en.append(f"{n}. {what.en}. {why.en}")
    return [*zh, "", *en]


def send(hall: Hall, mail: EmailMessage) -> None:
    """Hand a mail to the server. Raises NotDelivered with one sentence."""
    where, password = f"{hall.mail.host}:{hall.mail.port}", _password(hall)
    try:
        refused = hand_over(hall, mail, password)
    except smtplib.SMTPAuthenticationError as error:
        raise _sorry(
            where, "登录被拒绝，请核对发件账号和密码", "login refused; check mail.user and the password", error
        ) from None
    except smtplib.SMTPRecipientsRefused as error:
        raise _sorry(where, "收件人被拒绝，请核对收件人", "recipients refused; check mail.to", error) from None
    except smtplib.SMTPServerDisconnected as error:
        raise _sorry(
            where, "没有回答，请检查网络和邮件设置", "gave no answer; check the network and [mail]", error
        ) from None
    except smtplib.SMTPException as error:
        raise _sorry(where, "没有收下，请核对邮件设置", "did not take it; check [mail]", error) from None
    except OSError as error:
        raise _sorry(
            where, "连接不上，请检查网络和邮件设置", "no connection; check the network and [mail]", error
        ) from None
    if refused:
        names = "、".join(refused)
        raise NotDelivered(
            f"邮件服务器 {where} 没有收下这些收件人：{names}。",
            f"mail: {where} refused some recipients: {names}; check mail.to.",
        )


def hand_over(hall: Hall, mail: EmailMessage, password: str = "") -> Mapping[str, object]:
    """The recipients that were refused. Raises what smtplib does, with addresses in it, and OSError."""
    with _connected(hall) as server:
        if hall.mail.user:
            server.login(hall.mail.user, password or _password(hall))
        return server.send_message(mail)


def _password(hall: Hall) -> str:
    if not hall.mail.user:
        return ""
    file = hall.folder / hall.mail.password_file
    try:
        return word(file.read_bytes())
    except (OSError, Unreadable) as error:
        why = reasons.in_full(error) if isinstance(error, OSError) else Text(error.zh, error.en)
        raise NotDelivered(
            f"邮件密码文件 {file} 读不出来（{why.zh}）：请技术员核对。",
            f"mail.password_file: {file}: cannot be read ({why.en}); check the file and its rights.",
        ) from None


def _connected(hall: Hall) -> smtplib.SMTP:
    settings = hall.mail
    if settings.security == "tls":
        return smtplib.SMTP_SSL(settings.host, settings.port, timeout=TIMEOUT_S, context=_trust(hall))
    server = smtplib.SMTP(settings.host, settings.port, timeout=TIMEOUT_S)
    if settings.security == "starttls":
        try:
            server.starttls(context=_trust(hall))
        except BaseException:
            server.close()
            raise
    return server


def _trust(hall: Hall) -> ssl.SSLContext:
    file = hall.mail.ca_file
    return ssl.create_default_context(cafile=str(hall.folder / file) if file else None)


def _sorry(where: str, zh: str, en: str, error: Exception) -> NotDelivered:
    code = getattr(error, "smtp_code", None)
    why = Text.same(str(code)) if code else reasons.in_full(error)
    return NotDelivered(f"邮件服务器 {where} {zh}（{why.zh}）。", f"mail: {where}: {en} ({why.en}).")
