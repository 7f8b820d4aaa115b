"""Notifications by e-mail, through the hall's own mail server (`[mail]`); for whoever left a mail address."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage

from config import Hall, Text, Told, reasons
from server.domain import notifications
from server.domain.notifications import NOTHING, Carried
from server.outbound.carrier import Outgoing, Say
from server.reports.delivery import mail


class ByMail:
    """`hall` gives the hall as it is now."""

    def __init__(self, hall: Callable[[], Hall], say: Say) -> None:
        self._hall, self._say = hall, say

    def carry(self, message: Outgoing) -> Carried:
        hall = self._hall()
        try:
            refused = mail.hand_over(hall, letter(hall, message))
        except smtplib.SMTPRecipientsRefused:
            return self._told(Carried("refused", _REFUSED))
        except Told as error:  # the file of the password
            return self._told(Carried("down", error.text))
        except (smtplib.SMTPException, ssl.SSLError, OSError) as error:
            code = getattr(error, "smtp_code", None)  # the rest of such an error has addresses in it
            silent = isinstance(error, smtplib.SMTPException)
            why = Text.same(str(code)) if code else reasons.why(ConnectionResetError() if silent else error)
            return self._told(
                Carried(
                    "down",
                    Text(
                        f"邮件服务器没有收下（{why.zh}）：请检查网络和邮件设置。",
                        f"The mail server did not take it ({why.en}): check the network and [mail].",
                    ),
                )
            )
        return self._told(Carried("refused", _REFUSED) if refused else Carried("sent"))

    def look(self) -> None:
        """A server is asked when there is something to send."""

    def close(self) -> None:
        """No line stays open."""

    def abort(self) -> None:
        """The server's own limits end it."""

    def _told(self, carried: Carried) -> Carried:
        self._say("error" if carried.kind == "down" else "ok", carried.problem if carried.kind == "down" else NOTHING)
        return carried


_REFUSED = Text("邮件服务器不收这个地址。", "The mail server does not take this address.")


def letter(hall: Hall, message: Outgoing) -> EmailMessage:
    """The mail: the occasion as its subject, the text as all it says."""
    made = EmailMessage()
    what = notifications.OCCASIONS[message.occasion]
    number = message.facts.get("number", "")
    plate, occasion = hall.hall.text.said(message.language), what.said(message.language)
    made["Subject"] = " ".join(part for part in (number, occasion, plate) if part)
    made["From"], made["To"] = hall.mail.from_, message.address
    made["Message-ID"] = f"<{message.id}@{hall.mail.from_.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(message.text + "\n")
    return made
