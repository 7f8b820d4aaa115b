"""`serve`: the hub from its start to its end, web, printers and followers in one process."""

from __future__ import annotations

import logging
import os
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Protocol

import click

import config
import systemd
from command_line import for_good, say, trouble
from server import logs
from server.commands import rounds
from server.commands.given import with_hall
from server.paced import Paced
from server.second import pairing, running
from server.store import membership, secret
from server.store.database import Store
from server.tls import Seal
from server.verbs import configuration, guide_versions, records
from server.verbs.hub import Hub
from server.voice import zones

if TYPE_CHECKING:
    from apiflask import APIFlask
    from waitress.server import TcpWSGIServer

log = logging.getLogger("server")

LINES = 200
"""Lines of the web server besides the live screens'."""
SWITCH_S = 0.0005
"""How long a thread may keep the others waiting: a view that is being made holds up a touch no longer than this."""


class Follower(Protocol):
    """What runs beside the pages and asks the hub at its own pace."""

    def start(self) -> None: ...
    def stop(self) -> None: ...


@click.command()
@with_hall
def command(hall: config.Hall, paced: tuple[float, float, float] | None = None) -> None:
    serve(hall, clock=Paced(*paced) if paced else time.time)


def serve(hall: config.Hall, *, certain: bool = False, clock: Callable[[], float] = time.time) -> None:
    """The hall's hub until SIGTERM or SIGINT; its second machine, where another one has taken over from it.

    `certain`: it has taken over just now, and asks nobody. `clock`: a rehearsal's.
    """
    logs.to_stderr()
    membership.check(hall.data)
    stop = stopped_by_signals()
    while not stop.is_set():
        if not certain:
            running.settle(hall, stop, sealed)
        known = pairing.read(hall.data)
        if stop.is_set() or known is None or not known.superseded:
            break
        machine = running.returned(hall, known)
        was_hub = machine.is_hub
        became = running.follow(machine, stop, sealed)
        if became is None:
            return
        hall, certain = became, not was_hub
    if not stop.is_set() and _serve(hall, stop, clock):
        os.execv(sys.executable, [sys.executable, "-m", "server", *sys.argv[1:]])  # as the second machine


def stopped_by_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _serve(hall: config.Hall, stop: threading.Event, clock_: Callable[[], float]) -> bool:
    """Web, printers and scheduler in one process, until `stop`; whether another machine is the hub now."""
    with for_good():
        hub, app, web, seal, followers = _begin(hall, clock_)
    beats, clock_is = 0, "fine"
    while not stop.wait(1.0):
        if hub.store.injury:
            log.critical("%s", hub.store.injury.en)
            break
        clock_is = rounds.look_at_clock(hub, clock_is)
        rounds.every_second(hub, app.extensions["health"], app.extensions["contacts"], every_minute=beats % 60 == 0)
        if hub.pace != 1:
            hub.wake()  # what shows the time goes with it
        if seal and beats % 60 == 0:
            rounds.renew(hub, seal)
        if hub.pair is not None:
            if hub.pair.superseded:
                break
            hub.pair.rest()
            hub.pair.look()
            rounds.note_epoch(hub)
        beats += 1
        systemd.tell("WATCHDOG=1")
    systemd.tell("STOPPING=1")
    log.info("stopping")
    hub.stop()
    app.extensions["rehearser"].end()  # the hall's own is brought to its end first
    for one in reversed(followers):
        one.stop()
    app.extensions["feeds"].join(1.0)
    web.task_dispatcher.shutdown(timeout=0.5)
    hub.store.close()
    app.extensions["rehearser"].join()
    if hub.store.injury:
        raise hub.store.injury
    return hub.pair is not None and bool(hub.pair.superseded)


def _begin(
    hall: config.Hall, clock_: Callable[[], float]
) -> tuple[Hub, APIFlask, TcpWSGIServer, Seal | None, tuple[Follower, ...]]:
    """Everything of a hub at work, from its imports to READY: itself, its pages, its web server, what it answers https
    with, and all that follow it.
    """
    from server.app import create_app
    from server.caretaker import Caretaker
    from server.foreseer import Foreseer
    from server.pages.access import give_tokens, longest_body
    from server.pages.past_flask import past_flask
    from server.printing.spool.spool import Spool
    from server.serve import resize, web_server
    from server.views.search import index

    sys.setswitchinterval(SWITCH_S)
    hub = Hub(hall, Store(hall.data, followed=True), clock_)
    secret.standing(hall)
    _take_up_pair(hub)
    logs.to_files(hall)
    for handler in logging.getLogger().handlers:
        handler.addFilter(_OneSentence(hub.store))
    threading.excepthook = lambda one: log.error(
        "the thread %s ended",
        one.thread and one.thread.name,
        exc_info=(one.exc_type, one.exc_value, one.exc_traceback),  # type: ignore[arg-type]
    )
    configuration.begin(hub)
    records.check(hub)
    records.recompute(hub)
    guide_versions.take_note(hub)
    rounds.first_tick(hub)
    for name in give_tokens(hub):
        log.info("new token for %s in %s", name, hall.data / "tokens" / name)
    app = create_app(hub)
    seal = sealed(hall)
    app.config["SEALED"] = app.extensions["health"].sealed = seal is not None
    host, _, port = hall.hub.listen.rpartition(":")
    try:
        web = web_server(
            past_flask(app),
            host,
            int(port),
            connections=hall.hub.max_streams + LINES,
            proxies=lambda: hub.hall.hub.proxies,
            longest_body=partial(longest_body, app),
            seal=seal,
        )
    except OSError as error:
        click.echo(
            say(
                "hub.listen：{listen}：{error}；请停掉占用它的程序，或换一个端口",
                listen=hall.hub.listen,
                error=error.strerror,
            ),
            err=True,
        )
        hub.store.close()
        sys.exit(3)
    hub.on_hall.append(lambda _, now: resize(web, now.hub.max_streams + LINES))
    health = app.extensions["health"]
    app.extensions["spool"] = spool = Spool(hub, health)
    alive = Caretaker(hub)  # its sign stands before anybody is answered
    first: tuple[Follower, ...] = (alive, spool, zones.Zones(hub, health, app.extensions["stage"]), Foreseer(hub))
    for one in first:
        one.start()
    threading.Thread(target=web.run, name="web", daemon=True).start()
    threading.Thread(target=hub.store.look_through, name="look-through", daemon=True).start()
    later: list[Follower] = []
    try:
        for one in _later(hub, app):  # nobody at a kiosk waits for these
            one.start()
            later.append(one)
        log.info("%s: hub at http://%s (%s)", hall.hall.name, hall.hub.listen, hall.hub.url)
        systemd.tell("READY=1")
        index(hub)  # the first search finds it made
    except sqlite3.DatabaseError as error:
        hub.store.met(error)
        if hub.store.injury is None:
            raise
    return hub, app, web, seal, (*first, *later)


def _later(hub: Hub, app: APIFlask) -> tuple[Follower, ...]:
    """Those who follow the journal for others than the people in the hall."""
    from server.backup.keeper import Keeper
    from server.outbound.notifier import Notifier
    from server.outbound.tellers import Tellers
    from server.outbound.to_relay import Mirror
    from server.reports.delivery.clerk import Clerk

    health = app.extensions["health"]
    return (
        Clerk(hub, app.extensions["workshop"]),
        Keeper(hub),
        Tellers(hub, health),
        Notifier(hub, health),
        Mirror(hub, health, wrong=app.extensions["voice_guesses"]),
    )


def _take_up_pair(hub: Hub) -> None:
    """A hub that has a second machine: what that one is to hold is noted from the first turn on."""
    if pairing.read(hub.hall.data) is not None:
        hub.pair = pairing.of_hall(hub.hall, hub.store)
        rounds.note_epoch(hub)
    else:
        hub.store.ship(None)


def sealed(hall: config.Hall) -> Seal | None:
    """What the hub answers https with, made now if there is none; without one nobody would get in at all."""
    if not hall.hub.https:
        return None
    from server import certificate

    at = certificate.files(hall)
    try:
        if certificate.keep(hall, time.time()):
            log.info("a new certificate for %s", ", ".join(certificate.names(hall)))
        return Seal(at.chain, at.key)
    except (config.Told, OSError) as error:
        said = error if isinstance(error, config.Told) else f"{at.chain}: {error}"
        raise trouble("证书用不了：{said}；请运行 ./run certificate", said=said) from None


class _OneSentence(logging.Filter):
    """Whichever thread meets a damaged database: the hub stops by its one sentence. What SQLite says of a disk or a
    file is a line of the log and no traceback.
    """

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, sqlite3.Error):
            record.msg, record.args, record.exc_info = f"{record.getMessage()}: {error}", (), None
            self._store.met(error)
        return True
