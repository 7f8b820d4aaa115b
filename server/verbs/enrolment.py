"""Devices that show a code until an administrator types it: who waits, what they become, and the end of a token.

Who waits is kept in memory alone: a hub that starts anew has forgotten them, and each shows another code.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from config import Text
from intake.signs import line
from server.domain import enrolment
from server.domain import events as ev
from server.domain.enrolment import Desk, Grant, Waiting
from server.domain.rules import Refused
from server.store.transaction import Turn
from server.verbs.accounts import digest
from server.verbs.hub import By, Hub, TooOften, Unknown, seconds_passed

LONGEST_LABEL = 40


class Asked(NamedTuple):
    """What a device is told: its secret, the code to show, for how many seconds."""

    secret: str
    code: str
    lasts_s: float


class Reception:
    """The desk and its lock. `clock` gives seconds that no setting of a clock touches."""

    def __init__(self, clock: Callable[[], float] = seconds_passed) -> None:
        self._clock, self._lock, self._desk = clock, threading.Lock(), Desk()

    def waiting(self) -> tuple[Waiting, ...]:
        """Those who show a code now."""
        with self._lock:
            self._desk = self._desk.at(self._clock())
            return tuple(one for one in self._desk.waiting if one.granted is None)

    def ask(self, kind: str, version: str, address: str) -> Asked:
        """A device without a token wants a code. Raises TooOften."""
        if kind not in enrolment.ASKING:
            known = ", ".join(enrolment.ASKING)
            raise Refused(f"没有设备种类“{kind}”：{known}。", f"No kind of device '{kind}': one of {known}.")
        secret = secrets.token_urlsafe(32)
        with self._lock:
            now = self._clock()
            desk = self._desk.at(now)
            if why := enrolment.refusal(desk, address):
                raise TooOften(*why)
            code = _fresh(desk)
            self._desk = enrolment.asked(desk, Waiting(code, digest(secret), kind, line(version)[:40], address, now))
        return Asked(secret, code, enrolment.LASTS_S)

    def find(self, typed: str, who: str) -> Waiting:
        """The device whose code somebody typed. Raises Refused; a wrong one is counted."""
        with self._lock:
            now = self._clock()
            self._desk = self._desk.at(now)
            if enrolment.guesses_too_often(self._desk, who):
                raise TooOften(*enrolment.GUESSED)
            found = self._desk.found(enrolment.plain(typed))
            if found is None:
                self._desk = enrolment.guessed(self._desk, who, now)
                raise Refused(*enrolment.OVER)
            return found

    def claim(self, one: Waiting) -> None:
        """Nobody else makes it a device meanwhile. Raises Refused for one that has gone, or is claimed."""
        with self._lock:
            self._desk = self._desk.at(self._clock())
            if self._desk.found(one.code) is None:
                raise Refused(*enrolment.OVER)
            self._desk = enrolment.changed(self._desk, replace(one, claimed=True))

    def settle(self, one: Waiting, grant: Grant | None) -> None:
        """The token of a claimed one lies ready; None: it came to nothing, and the code is good again."""
        with self._lock:
            self._desk = enrolment.changed(self._desk, replace(one, granted=grant))

    def fetch(self, secret: str) -> tuple[str, Grant | None]:
        """What a device that asks again is told: `waiting`, `slower`, `over`, or `granted` with its grant, once."""
        with self._lock:
            now = self._clock()
            self._desk = self._desk.at(now)
            one = self._desk.with_secret(digest(secret))
            if one is None:
                return "over", None
            if one.granted:
                self._desk = enrolment.gone(self._desk, one)
                return "granted", one.granted
            soon = now - one.polled_at < enrolment.INTERVAL_S / 2
            self._desk = enrolment.changed(self._desk, replace(one, polled_at=now))
            return "slower" if soon else "waiting", None


def _fresh(desk: Desk) -> str:
    """A code that nobody shows."""
    have = {one.code for one in desk.waiting}
    while (code := "".join(secrets.choice(enrolment.LETTERS) for _ in range(enrolment.LENGTH))) in have:
        pass
    return code


def enrol(hub: Hub, reception: Reception, by: By, typed: str, kind: str, place: str, label: str = "") -> Grant:
    """The device that shows this code is this one from now on; one that was it before has no token any more."""
    one = reception.find(typed, by.actor)
    if kind not in enrolment.ASKING[one.kind]:
        what = enrolment.ASKING_NAMES[one.kind]
        raise Refused(
            f"显示这个代码的是{what.zh}，不能登记成这一种：请另选。",
            f"What shows this code is {what.en}, which can't be that: choose again.",
        )
    if place not in enrolment.places(hub.hall, kind):
        raise Refused("请选它放在哪里。", "Choose where it stands.")
    label, token = _label(label), secrets.token_urlsafe(32)

    def decide(turn: Turn) -> Grant:
        name = enrolment.device_name(kind, place, turn.device_names())
        turn.put_device(name, digest(token), place=place if kind in enrolment.NUMBERED else "", enrolled_at=turn.now)
        if label:
            turn.change_device(name, label=label)
        turn.record(ev.DeviceEnrolled(device=name, kind=kind, place=place), by.actor)
        return Grant(name, kind, place, token)

    reception.claim(one)
    grant = None
    try:
        grant = hub.turn(decide)
    finally:
        reception.settle(one, grant)
    (hub.hall.data / "tokens" / grant.device).unlink(missing_ok=True)  # what it held opens nothing any more
    return grant


def _label(label: str) -> str:
    return line(label)[:LONGEST_LABEL]


def _known(turn: Turn, device: str) -> None:
    if turn.device(device) is None:
        raise Unknown(f"没有设备“{device}”。", f"There is no device '{device}'.")


def rename(hub: Hub, by: By, device: str, label: str) -> None:
    """What the page calls it; empty: by its place again. The same again changes nothing."""

    def decide(turn: Turn) -> None:
        _known(turn, device)
        row = turn.device(device)
        if row and row["label"] != _label(label):
            turn.change_device(device, label=_label(label))
            turn.record(ev.DeviceRenamed(device=device), by.actor)

    hub.turn(decide)


def lock(hub: Hub, by: By, device: str, *, locked: bool) -> None:
    """Shut a device out, or let it in again with the token it has."""

    def decide(turn: Turn) -> None:
        _known(turn, device)
        row = turn.device(device)
        if row and bool(row["locked_at"]) != locked:
            turn.change_device(device, locked_at=turn.now if locked else None)
            turn.record((ev.DeviceLocked if locked else ev.DeviceUnlocked)(device=device), by.actor)

    hub.turn(decide)


def end_token(hub: Hub, by: By, device: str) -> None:
    """The device's token is void for good, and the hub makes none for it by itself."""

    def decide(turn: Turn) -> None:
        _known(turn, device)
        row = turn.device(device)
        if row and row["ended_at"] is None:
            turn.change_device(device, ended_at=turn.now, locked_at=None)
            turn.record(ev.TokenEnded(device=device), by.actor)

    hub.turn(decide)
    (hub.hall.data / "tokens" / device).unlink(missing_ok=True)


def sessions(hub: Hub) -> set[str]:
    """The live feeds of devices that may go on."""
    return {f"device {row['name']}" for row in hub.read().devices() if not (row["locked_at"] or row["ended_at"])}


def seen(hub: Hub, heard: Mapping[str, tuple[float, str]]) -> None:
    """Keep when devices were heard last, and their versions: what the page shows after a new start."""
    if heard:
        hub.turn(lambda turn: turn.seen_devices(heard))


LOCKED = Text(
    "这台设备已被锁定：请系统管理员在“设备”页解锁。",
    "This device is locked: an administrator unlocks it on the page of devices.",
)
