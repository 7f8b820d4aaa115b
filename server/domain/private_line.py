"""What may cross the hall's network in clear, and when a certificate comes to its end. Pure.

Passwords, and the sessions that stand for them, go by HTTPS or do not leave their machine, unless the hall's file says
`insecure = "yes"`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Literal, NamedTuple

from config import Hall, Text, Told

DAY_S = 86_400.0
RENEWED_S = 60 * DAY_S
"""A certificate of the hall's own authority is renewed so long before its end."""
WARNED_S, LATE_S = 30 * DAY_S, 7 * DAY_S
"""One of somebody else's: its end is said so long before, and in red."""
AUTHORITY_S = 365 * DAY_S
"""A new authority must be brought to every machine: said a year before."""


class InClear(Told):
    """A password, or a session, would cross the network so that others can read it."""


class Concern(NamedTuple):
    """Something about the certificate that somebody should act on."""

    what: str
    level: Literal["bad", "warn"]
    text: Text
    since: float


class Validity(NamedTuple):
    """When the certificates end, epoch seconds. `own`: the hub renews its own by the hall's authority."""

    until: float
    own: bool
    authority_until: float | None = None


@lru_cache(1024)
def stays_here(address: str) -> bool:
    """Whether a request comes from the hub's own machine; one without an address came over no network at all."""
    if not address:
        return True
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return (mapped or found).is_loopback


def refusal(hall: Hall, secure: bool, address: str) -> Text | None:
    """Why no password may go this way; None where it may."""
    if secure or stays_here(address) or hall.hub.insecure == "yes":
        return None
    if hall.hub.https:
        return Text(
            "这条线没有加密，密码会被旁人读到：请用“https:”开头的网址打开。",
            "This line is not encrypted and others could read your password: open the address that begins with"
            " https://.",
        )
    return Text(
        "这条线没有加密，密码会被旁人读到：不能登录。请技术员打开主机的网页加密，再用“https:”开头的网址打开。",
        "This line is not encrypted and others could read your password: nobody logs in here. Ask the administrator to"
        " run './run certificate' on the hub's machine, then open the address that begins with https://.",
    )


def open_to_others(listen: str) -> bool:
    """Whether the hub listens for other machines than its own."""
    host = listen.rpartition(":")[0].strip("[]")
    return not host or (host != "localhost" and not stays_here(host))


RESTART = Text(
    "网页加密已写进配置，主机还在用不加密的网页：请重启主机程序。",
    "The hall's file says https, and the hub still answers in clear: restart the hub.",
)


def concerns(
    hall: Hall, certificate: Validity | None, problem: Text | None, now: float, sealed: bool | None = None
) -> Sequence[Concern]:
    """What is to be said of the hub's line to other machines: `certificate` is the one it answers with, `problem` why
    it could not be renewed; `sealed`: whether the running server answers https, None where only the file is known.
    """
    found = []
    sealed = hall.hub.https if sealed is None else sealed
    if hall.hub.https and not sealed:
        found.append(Concern("restart", "warn", RESTART, now))
    elif hall.hub.insecure == "yes" and not sealed:
        found.append(
            Concern(
                "clear",
                "warn",
                Text(
                    '工作人员的密码在网上不加密，旁人可以读到（配置里写了“insecure = "yes"”）：请技术员打开网页加密，'
                    "再删去这一行。",
                    "Passwords of staff cross the network unencrypted and can be read by others"
                    " ([hub] insecure = \"yes\"): run './run certificate', then take that line away.",
                ),
                now,
            )
        )
    elif not sealed and not hall.hub.proxies and open_to_others(hall.hub.listen):
        found.append(
            Concern(
                "no https",
                "warn",
                Text(
                    "主机的网页没有加密：别的电脑上不能登录。请技术员打开网页加密，再重启主机程序。",
                    "The hub has no HTTPS: nobody can log in from another machine. Run './run certificate' on the hub's"
                    " machine, then restart the hub.",
                ),
                now,
            )
        )
    if problem:
        found.append(Concern("renewal", "bad", problem, now))
    if certificate:
        found += _ends(certificate, now)
    return found


def _ends(known: Validity, now: float) -> Sequence[Concern]:
    days = int((known.until - now) // DAY_S)
    found = []
    if known.until <= now:
        found.append(
            Concern(
                "end",
                "bad",
                Text(
                    "主机的证书已经到期，浏览器和取号机不再相信它：请技术员立即装上新证书。",
                    "The hub's certificate has ended, browsers and kiosks believe it no more: put in a new one at once"
                    " (docs/certificate.md).",
                ),
                known.until,
            )
        )
    elif not known.own and known.until - now < WARNED_S:
        found.append(
            Concern(
                "end",
                "bad" if known.until - now < LATE_S else "warn",
                Text(
                    f"主机的证书还有{days}天到期：请向发证单位要新的，由技术员装上。",
                    f"The hub's certificate ends in {days} days: get a new one from who issued it, and put it in by"
                    " './run certificate take'.",
                ),
                known.until - WARNED_S,
            )
        )
    until = known.authority_until
    if until is not None and until - now < AUTHORITY_S:
        left = max(0, int((until - now) // DAY_S))
        found.append(
            Concern(
                "authority",
                "bad" if until - now < WARNED_S else "warn",
                Text(
                    f"本厅的根证书还有{left}天到期：请技术员换一张新的，再给每台电脑装上。",
                    f"The hall's authority ends in {left} days: run './run certificate --new-authority', then bring the"
                    " new one to every machine.",
                ),
                until - AUTHORITY_S,
            )
        )
    return found
