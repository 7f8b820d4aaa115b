"""A device without a token: asks the hub for a code, has it shown, and waits until somebody has typed it.

(docs/enrol.md.) Shows nothing and decides nothing; keeps the token it is given where only its owner reads it.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from hub_client import HubAway, HubClient, HubRefused
from release import version

log = logging.getLogger(__name__)

AGAIN_S = 3.0
"""After a hub that is away, or has no code to give."""


class Code(NamedTuple):
    """What is to be shown: letters in two groups, the page with the code in it for a QR code, and without it."""

    shown: str
    url: str
    page: str


class Granted(NamedTuple):
    """What the device is from now on; `device` is empty for a token that was laid into its file meanwhile."""

    device: str
    token: str


@dataclass(frozen=True)
class Now:
    """How it stands. `code` while there is one; `trouble` is the hub's own sentence, both languages."""

    kind: Literal["asking", "waiting", "away", "refused"]
    code: Code | None = None
    trouble: tuple[str, str] = ("", "")


def waits(
    url: str,
    kind: str,
    stop: threading.Event,
    show: Callable[[Now], None],
    laid: Callable[[], str] = lambda: "",
    authority: Path | None = None,
) -> Granted | None:
    """Until the device is enrolled, or `stop`: then None. `show` is told of each change, in this thread. `laid` gives
    a token that lies in its file by now: a hub of the same machine that took long to start, or somebody's copy.
    `authority`: by what an https hub is believed.
    """
    client = HubClient(url, "", authority=authority)
    for now in _turns(client, kind, stop):
        if isinstance(now, Granted):
            return now
        if token := laid():
            return Granted("", token)
        show(now)
    return None


def _turns(client: HubClient, kind: str, stop: threading.Event) -> Iterator[Now | Granted]:
    yield Now("asking")
    while not stop.is_set():
        try:
            told = client.post("/devices/codes", {"kind": kind, "version": version()})
            code = Code(str(told["shown"]), str(told["url"]), str(told["page"]))
            secret, interval_s = str(told["secret"]), float(told["interval_s"])
        except (HubAway, KeyError):  # or another version of it
            yield Now("away")
            stop.wait(AGAIN_S)
            continue
        except HubRefused as error:
            log.warning("no code: %s", error)
            yield Now("refused", trouble=(error.detail, str(error.problem.get("detail_en", ""))))
            stop.wait(AGAIN_S)
            continue
        yield from _asked(client, secret, interval_s, code, stop)


def _asked(
    client: HubClient, secret: str, interval_s: float, code: Code, stop: threading.Event
) -> Iterator[Now | Granted]:
    """One code, until it is granted or over. A hub that is away keeps it: whoever comes back asks on."""
    yield Now("waiting", code)
    while not stop.wait(interval_s):
        try:
            told = client.post("/devices/codes/became", {"secret": secret})
            state = told["state"]
            granted = Granted(str(told["device"]), str(told["token"])) if state == "granted" else None
        except (HubAway, HubRefused, KeyError) as error:
            log.debug("what became of the code: %s", error)
            yield Now("away", code)
            continue
        if granted:
            yield granted
        if granted or state == "over":
            return
        interval_s += state == "slower"
        yield Now("waiting", code)


def owner(url: str, token: str, authority: Path | None = None) -> str | None:
    """The device that the hub says this token is; None for one that is none any more, "" where it can't be asked, or
    has locked the device.
    """
    try:
        return str(HubClient(url, token, authority=authority).get("/devices/me").get("device", ""))
    except HubRefused as error:
        return None if error.status == 401 else ""
    except HubAway:
        return ""


def keep(file: Path, token: str) -> None:
    """The token in a file that only its owner reads, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(token + "\n")
        out.flush()
        os.fsync(out.fileno())
    os.replace(new, file)
