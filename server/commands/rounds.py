"""What a hub that runs looks after every second, and what came due while it was off."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable

import config
from config import Told
from server.domain import clock
from server.domain.events import EpochBegan
from server.health import Contacts, Health
from server.store import secret
from server.store.database import CutOff
from server.store.transaction import Turn
from server.tls import Seal
from server.verbs import (
    accounts,
    circulars,
    configuration,
    enrolment,
    opening_list,
    platform,
    ratings,
    spot_checks,
)
from server.verbs.day import tick
from server.verbs.hub import Hub, apart

log = logging.getLogger("server")


def note_epoch(hub: Hub) -> None:
    """Another epoch than the journal's last one begins with a row that says so; the old hub's key opens this one."""
    told = hub.read().last_event("EpochBegan")
    if hub.pair.epoch <= (told.field("epoch") if told else 0):
        return

    def begin(turn: Turn) -> None:
        if hub.pair.how != "vote":
            turn.put_device("second", accounts.digest(secret.key(hub.hall, "second")), enrolled_at=turn.now)
        turn.record(EpochBegan(epoch=hub.pair.epoch, how=hub.pair.how, last=turn.seq), "hub")

    try:
        hub.turn(begin)
    except Told as error:
        log.warning("%s", error.en)


def renew(hub: Hub, seal: Seal) -> None:
    """Looked at every minute: made anew before its end and when the hall has another name, taken up when somebody has
    put in another.
    """
    from server import certificate

    try:
        certificate.keep(hub.hall, time.time())
        if seal.look():
            log.info("the certificate is a new one")
    except (config.Told, OSError) as error:
        log.error("the certificate stays as it is: %s", error)


def look_at_clock(hub: Hub, before: str) -> str:
    """What is made of the clock now; said where it has changed."""
    found = hub.clock()
    if found.kind != before:
        log.warning("%s", clock.sentence(hub.hall, found).en or "The clock is right again.")
        hub.wake()
    return found.kind


def first_tick(hub: Hub) -> None:
    """What came due while the hub was off. It starts whatever becomes of that: the loop tries again in a second."""
    try:
        with apart("the first tick"):
            tick(hub)
    except CutOff as error:
        log.warning("%s", error.en)


def every_second(hub: Hub, health: Health, contacts: Contacts, *, every_minute: bool) -> None:
    """What is due now. Whatever is refused, the loop goes on: to its next round, or to what the second machine says."""
    every: list[tuple[str, Callable[[], object]]] = [
        ("the tick", lambda: tick(hub)),
        ("the tick of accounts", lambda: accounts.tick(hub)),
        ("the tick of the configuration", lambda: configuration.tick(hub)),
        ("what the district sends down", lambda: circulars.tick(hub)),
    ]
    if every_minute:
        every += [
            ("the ratings by default", lambda: ratings.give_defaults(hub)),
            ("the draw of spot checks", lambda: spot_checks.draw(hub)),
            ("the opening list", lambda: opening_list.note_seen(hub, health)),
            ("the devices seen", lambda: enrolment.seen(hub, contacts.take_fresh())),
            ("the head of the journal", hub.store.keep_head),
            ("the reserve", hub.store.keep_reserve),
            ("what was told to the platform", lambda: platform.settle(hub)),
        ]
    every.append(("the checkpoint", hub.store.checkpoint))
    try:
        for what, step in every:
            with apart(what):
                step()
    except CutOff as error:
        log.warning("%s", error.en)
    except sqlite3.Error as error:
        hub.store.met(error)
        log.error("the scheduler could not write: %s; it tries again in a second", error)
