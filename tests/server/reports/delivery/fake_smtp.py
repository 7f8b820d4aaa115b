"""A small SMTP server on a port of its own: takes mails, with or without TLS, and fails as it is told to.

Knows nothing of ours.
"""

from __future__ import annotations

import base64
import contextlib
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any


class Mailbox(socketserver.ThreadingTCPServer):
    """`refuse`: command -> the answer it gets instead of the usual one; `silent`: it never says a word."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        wrapped: bool = False,
        refuse: dict[str, str] | None = None,
        silent: bool = False,
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.tls, self.wrapped, self.refuse, self.silent = tls, wrapped, refuse or {}, silent
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.logins: list[str] = []
        self.over_tls: list[bool] = []
        self.over = threading.Event()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def close(self) -> None:
        self.over.set()
        self.shutdown()
        self.server_close()


class _Talk(socketserver.BaseRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        if self.server.silent:
            self.server.over.wait()
            return
        with contextlib.suppress(OSError):
            self._talk()

    def _talk(self) -> None:
        if self.server.wrapped:
            assert self.server.tls
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        self._open()
        self._say("220 fake")
        while line := self.lines.readline():
            command, _, rest = line.decode().strip().partition(" ")
            refusal = self.server.refuse.get(command.upper())
            if refusal:
                self._say(refusal)
            elif not self._answer(command.upper(), rest):
                return

    def _open(self) -> None:
        self.lines = self.request.makefile("rb")

    def _say(self, *lines: str) -> None:
        for line in lines:
            self.request.sendall(line.encode() + b"\r\n")

    def _answer(self, command: str, rest: str) -> bool:
        answers: dict[str, Callable[[str], Any]] = {
            "EHLO": self._hello,
            "STARTTLS": self._starttls,
            "AUTH": self._auth,
            "DATA": self._data,
        }
        if command in answers:
            answers[command](rest)
        elif command == "QUIT":
            self._say("221 bye")
            return False
        else:
            if command == "RCPT":
                self.server.recipients.append(rest)
            self._say("250 ok")
        return True

    def _hello(self, rest: str) -> None:
        secure = isinstance(self.request, ssl.SSLSocket)
        self._say("250-fake", *(["250-STARTTLS"] if self.server.tls and not secure else []), "250 AUTH PLAIN")

    def _starttls(self, rest: str) -> None:
        assert self.server.tls
        self._say("220 go")
        self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        self._open()

    def _auth(self, rest: str) -> None:
        self.server.logins.append(base64.b64decode(rest.partition(" ")[2]).decode())
        self._say("235 welcome")

    def _data(self, rest: str) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.lines.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        mail = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.server.mails.append(mail)
        self.server.over_tls.append(isinstance(self.request, ssl.SSLSocket))
        self._say("250 taken")


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate of one's own for 127.0.0.1, and a server's context with it."""
    cert, key = folder / "mail.pem", folder / "mail.key"
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "3650",
            "-subj",
            "/CN=mail",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-keyout",
            str(key),
            "-out",
            str(cert),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return cert, context
