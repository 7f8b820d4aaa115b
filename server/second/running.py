"""A machine of the pair from its start to its end: as the second one, or before it may be the hub again."""

from __future__ import annotations

import importlib
import logging
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import config
import succession as pair
import systemd
from config import Hall, Text
from hub_client import HubAway, HubClient, HubRefused, authority_beside
from server.second import pairing
from server.second.brake import Brake
from server.second.evidence import Alone
from server.second.following import BEFORE, VOTER, Behind, Machine
from server.second.lobby import Lobby
from server.store import secret
from server.store.database import read_only
from server.store.reader import Reader
from server.tls import Seal
from server.verbs.accounts import digest, right_password

log = logging.getLogger(__name__)

BEAT_S = 0.2
ASK_S = 1.5
WARM = (
    *("app", "caretaker", "serve", "backup.keeper", "outbound.notifier", "outbound.tellers", "outbound.to_relay"),
    *("pages.past_flask", "printing.spool.spool", "reports.delivery.clerk", "views.search"),
)
Sealed = Callable[[Hall], Seal | None]


def follow(machine: Machine, stop: threading.Event, sealed: Sealed) -> Hall | None:
    """The second machine until it is the hub: then the hall that it serves; None when it was stopped before."""
    machine.open()
    if machine.over.is_set():
        machine.finish()
        return machine.hall
    threading.Thread(target=_warm, name="warm", daemon=True).start()
    follower = threading.Thread(target=machine.follow, args=(stop,), name="follow", daemon=True)
    follower.start()
    systemd.tell("READY=1")
    lobby = None
    try:
        while not stop.is_set() and not machine.over.is_set():
            if lobby is None and machine.hall is not None:
                lobby = Lobby(machine, machine.listen, sealed(machine.hall))  # its certificate comes with the copy
            systemd.tell("WATCHDOG=1")
            machine.over.wait(BEAT_S)
    finally:
        if lobby:
            lobby.close()
    if not machine.over.is_set():
        follower.join(5.0)
        machine.close()
        return None
    return config.load(machine.folder / "hall" / "config.toml")


def _warm() -> None:
    """What the hub needs is read before it is needed."""
    for name in WARM:
        importlib.import_module(f"server.{name}")


def returned(hall: Hall, known: pairing.Known) -> Machine:
    """A hub that is one no more, as the second machine of the one that took over."""
    authority = authority_beside(hall.data / "tokens" / "boards") if hall.hub.https else None
    home, evidence = hall.data / "second", hall.data / "hall.db"
    token = secret.known(hall, pairing.KEY)
    if (hall.folder.parent / VOTER).exists():  # it was a second machine before it was the hub
        home = hall.folder.parent
        aside = home / f"{BEFORE}{known.first.epoch}"
        evidence = aside / hall.data.relative_to(hall.folder) / "hall.db"
        hall.folder.rename(aside)
        if token:
            secret.write(home / "token", token)  # its own of before ended when it became the hub: a restart reads this
    return Machine(home, known.superseded, hall.hub.url, hall.hub.listen, token, authority=authority, evidence=evidence)


class Returning:
    """A hub at its start that must not write before it knows that the other has not taken over."""

    def __init__(self, hall: Hall, known: pairing.Known) -> None:
        self.hall: Hall | None = hall
        self._key = secret.known(hall, pairing.KEY)
        self._folder, self.known = hall.data, known
        authority = authority_beside(hall.data / "tokens" / "boards") if hall.hub.https else None
        self._client = HubClient(known.second, self._key, timeout=ASK_S, authority=authority)
        self._changed = threading.Lock()
        self._brake = Brake()

    def settled(self) -> bool:
        """Whether it may go on: as the hub, or as the second machine."""
        return bool(self.known.superseded) or not self.known.first.armed

    def ask(self) -> None:
        """The other machine: who is the hub, and that it gives the taking over up."""
        try:
            role, epoch = pairing.asked_standing(self._client, self.known.second, self._key)
            if role == "hub" and pair.is_behind(self.known.first.epoch, epoch):
                self._save(superseded=self.known.second)
            elif self.known.first.armed:
                self._save(first=pair.disarm(self.known.first))
                told = self._client.at(self.known.second, "/second/order", {"order": self.known.first.order}, ASK_S)
                self._save(first=pair.confirmed(self.known.first, int(told["epoch"]), int(told["number"])))
        except (HubAway, HubRefused) as error:
            log.info("%s", error)

    def _save(self, **changes: Any) -> None:
        with self._changed:
            for name, value in changes.items():
                setattr(self.known, name, value)
            pairing.write(self._folder, self.known)

    # --- the pages meanwhile ---

    def standing(self, nonce: str = "") -> dict[str, Any]:
        return {"role": "returning", "epoch": self.known.first.epoch}

    def hub_now(self) -> str:
        return ""

    def said(self) -> list[tuple[Text, bool]]:
        return [
            (
                Text(
                    "主机刚启动，正在询问备用主机和见证设备：确认没有被接管，就自动开始办理。",
                    "The hub has just started and asks the second machine and the witness: it goes on by itself once"
                    " it is certain that nobody has taken over.",
                ),
                False,
            ),
            (
                Text(
                    "如果备用主机已关机，由管理人员在下面确认，主机就单独办理。",
                    "If the second machine is off, a manager says so below, and the hub goes on alone.",
                ),
                True,
            ),
        ]

    def rows(self) -> list[Alone]:
        return []

    def voted(self, authorization: str, told: dict[str, Any]) -> dict[str, Any]:
        return {"hub": False, "epoch": self.known.first.epoch}

    def ordered(self, authorization: str, told: dict[str, Any]) -> dict[str, Any]:
        raise PermissionError

    def asked(self, authorization: str, told: dict[str, Any]) -> dict[str, Any]:
        """The witness: what it has written down confirms an order, and it is told the newest."""
        token = authorization.partition(" ")[2].strip()
        with closing(read_only(self._folder / "hall.db")) as conn:
            one = Reader(conn).device_of_token(digest(token)) if token else None
        if one is None or one.locked_at or one.ended_at:
            raise PermissionError
        if one.name != self.known.first.witness:
            return {"wanted": False}
        if not told.get("voted"):
            self._save(first=pair.disarm(self.known.first))
            self._save(first=pair.confirmed(self.known.first, int(told["epoch"]), int(told["number"])))
        return {"order": list(self.known.first.order), "second": self.known.second}

    def by_hand(self, staff: str, password: str, sure: bool, address: str) -> None:
        def is_right() -> bool:
            with closing(read_only(self._folder / "hall.db")) as conn:
                return right_password(Reader(conn), staff, password, ("manager", "administrator"))

        self._brake.try_one(staff, address, is_right)
        if not sure:
            raise Behind("请先看过另一台机器停了，再勾选。", "See first that the other machine is stopped, and say so.")
        first = self.known.first
        self._save(first=pair.First(first.epoch, first.number + 1, witness=first.witness))


def settle(hall: Hall, stop: threading.Event, sealed: Sealed) -> None:
    """Before a hub with a second machine opens its database: until it may, or `stop`."""
    known = pairing.read(hall.data)
    if known is None or known.superseded or not known.second:
        return
    returning = Returning(hall, known)
    returning.ask()
    if returning.settled():
        return
    lobby = Lobby(returning, hall.hub.listen, sealed(hall))
    systemd.tell("READY=1")
    try:
        while not returning.settled() and not stop.wait(BEAT_S):
            systemd.tell("WATCHDOG=1")
            returning.ask()
    finally:
        lobby.close()


def token_of(folder: Path) -> str:
    """The second machine's own token; "" for none yet."""
    try:
        return (folder / "token").read_text().strip()
    except FileNotFoundError:
        return ""
