"""The second machine: holds what the hub commits before it is answered, and is the hub when the hub is gone.

In its folder: `hall/` with everything a hub has (its own config.toml, database, keys), `staged` with the newest batch,
which the hub may still take back, and `voter`, what was written down for good (`succession.py`).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import shutil
import socket
import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import tomlkit
from pyrage import x25519

import config
import succession as pair
from config import Hall, Text, Told
from hub_client import HubAway, HubClient, HubRefused
from release import version
from server.backup import parcel
from server.second import pairing
from server.second.brake import Brake
from server.second.evidence import Alone, rows_alone
from server.store import secret, shipping
from server.store.database import Store, read_only
from server.store.reader import Reader
from server.store.transaction import PASSED_OVER
from server.verbs.accounts import digest, right_password
from succession import First, Order, Vote, Voter

log = logging.getLogger(__name__)

ASK_S = 4.0
"""A question that is held for a second and has no answer in this time has none."""
AGAIN_S = 0.2
VOTER, STAGED, HALL, BEFORE = "voter", "staged", "hall", "before-"
ROOM = 1 << 16
"""So many bytes the file of the newest batch may be longer than what it holds; they are zeros."""
SWEEP_MS = 50
"""A reader in the way of a sweep is waited for so long, since the hub waits meanwhile; then again later."""
LONG_S = 60.0
"""Taken over by hand by a machine that did not hear the hub for so long, or that no answer waited for: so many numbers
of each letter of the day are passed over, since the hub may have given out some meanwhile."""


class Behind(Told):
    """This machine does not hold what the hub has: it can't take over."""


class Staged(NamedTuple):
    base: str
    mark: str
    body: bytes


class Machine:
    """A second machine of the hub at `of`, itself reached at `url`. `evidence`: the database of a hub that was."""

    def __init__(
        self,
        folder: Path,
        of: str,
        url: str,
        listen: str,
        token: str,
        *,
        authority: Path | None = None,
        evidence: Path | None = None,
    ) -> None:
        secret.own_folder(folder)
        self.folder, self.of, self.url, self.listen = folder, of, url, listen
        self._client = HubClient(of, token, timeout=ASK_S, authority=authority)
        self._lock = threading.RLock()
        self._voter = _read_voter(folder)
        self._store: Store | None = None
        self._staged: Staged | None = None
        self._in_step = False
        self._heard = time.monotonic()
        self._was_heard = self._waited_for = False
        self._trouble: Text | None = None
        self._brake = Brake()
        kept = sorted(folder.glob(f"{BEFORE}*/**/hall.db"), key=lambda one: _number_of(one.relative_to(folder)))
        self._evidence_file, self._evidence = evidence or (kept[-1] if kept else None), 0
        self._rows: list[Alone] = []
        self.hall: Hall | None = None
        self.how = ""
        self.over = threading.Event()
        """Set when this machine is the hub."""

    @property
    def is_hub(self) -> bool:
        """Whether it had taken over when it was started."""
        return self._voter.hub

    # --- following ---

    def open(self) -> None:
        """Go on from what lies in the folder. Raises Told."""
        file = self.folder / HALL / "config.toml"
        if self._voter.hub and file.exists():
            self.over.set()
        elif self._voter.hub:  # it was the hub: what it had lies aside
            self._keep(Voter(self._voter.epoch))
        elif file.exists():
            self.hall = config.load(file)
            self._store = Store(self.hall.data, followed=True)
            self._staged = self._still_to_lay()
            self._in_step = True
            self._compare()

    def _still_to_lay(self) -> Staged | None:
        """The batch that a kill left on the disk. It stays there when it is laid: one that goes on from nothing that is
        here was, and laying it once more would keep this machine from ever taking over.
        """
        assert self._store
        staged = _read_staged(self.folder / STAGED)
        return staged if staged and staged.base == shipping.mark_of(self._store.read().conn) else None

    def follow(self, stop: threading.Event) -> None:
        """Until `stop` or this machine is the hub."""
        while not stop.is_set() and not self.over.is_set():
            try:
                told = self._client.post("/second/next", self._place())
                self._heard, self._was_heard, self._trouble = time.monotonic(), True, None
                self._hear(told)
            except HubAway as error:
                log.info("%s", error)
                stop.wait(AGAIN_S)
            except HubRefused as error:
                self._trouble = Text(f"主机不接受本机：{error.detail}", f"The hub refuses this machine: {error.title}")
                log.error("%s", self._trouble.en)
                stop.wait(2.0)
            except (Told, OSError, sqlite3.Error, ValueError, KeyError) as error:
                if self.over.is_set():
                    return
                self._trouble = error.text if isinstance(error, Told) else Text(f"复制出错：{error}", f"{error}")
                log.error("following: %s", error)
                with self._lock:
                    self._in_step = False
                stop.wait(1.0)

    def _place(self) -> dict[str, Any]:
        with self._lock:
            voter, staged = self._voter, self._staged
            applied = shipping.mark_of(self._store.read().conn) if self._store and self._in_step else "-"
        return {
            "epoch": voter.epoch,
            "number": voter.number,
            "hub": voter.hub,
            "applied": applied,
            "staged": staged.mark if staged and self._in_step else "-",
            "url": self.url,
            "version": version(),
            "evidence": self._evidence,
        }

    def _hear(self, told: dict[str, Any]) -> None:
        if not told or told.get("superseded"):
            time.sleep(AGAIN_S)
            return
        order, self._waited_for = Order(*told["order"]), bool(told.get("waits", True))
        with self._lock:
            if self.over.is_set() or not self._write_down(order):
                return
        if told.get("copy"):
            self._copy()
            return
        with self._lock:
            if not pair.holds_for(self._voter, order.epoch):
                return
            for one in told["batches"]:
                self._hold(Staged(one["base"], one["mark"], one["body"].encode()))
            if self._staged and told["committed"] == self._staged.mark and not told["batches"]:
                self._settle()
            if self._store and not self._store.swept:  # somebody was reading
                self._store.sweep(SWEEP_MS)

    def _write_down(self, order: Order) -> bool:
        """Under the lock."""
        found = pair.written_down(self._voter, order)
        if found is None:
            log.warning("an order of an older hub: %s", order)
            return False
        if found != self._voter:
            self._keep(found)
        return True

    def _keep(self, voter: Voter) -> None:
        secret.write(self.folder / VOTER, json.dumps(asdict(voter)))
        self._voter = voter

    def _hold(self, batch: Staged) -> None:
        """Under the lock: on the disk before the hub is told. One that goes on from the staged one proves it."""
        assert self._store
        if self._staged and batch.base == self._staged.mark:
            self._settle()
        elif batch.base != shipping.mark_of(self._store.read().conn):
            raise ValueError("the hub's rows do not go on from what is here")
        if shipping.marked(batch.base, batch.body) != batch.mark:
            raise ValueError("a batch is not what its mark says")
        _write_staged(self.folder / STAGED, batch)
        self._staged = batch

    def _settle(self) -> None:
        """Under the lock: put the staged batch into the database."""
        if self._staged and self._store:
            staged = self._staged
            if self._store.turn(lambda turn: shipping.lay(turn, *staged), lambda last: last):
                self._store.sweep(SWEEP_MS)
            self._staged = None

    def _copy(self) -> None:
        """Everything anew: beside what is here, and in its place once it is proven."""
        log.info("copying the hall from %s", self.of)
        with self._lock:
            self._in_step = False
        new = self.folder / "new"
        shutil.rmtree(new, ignore_errors=True)
        secret.own_folder(new)
        identity = x25519.Identity.generate()
        file = self.folder / "copy.age"
        with file.open("wb") as out:
            for part in self._client.fetch("/second/copy", {"recipient": str(identity.to_public())}):
                out.write(part)
        manifest = parcel.unpack(file, identity, new)
        file.unlink()
        made = parcel.settle(new, manifest)
        database = new / manifest.data / parcel.DATABASE
        if problems := parcel.proven(database, manifest):
            raise Behind(f"复制来的数据不对：{problems[0]}", f"the copy is not right: {problems[0]}")
        text = tomlkit.parse(made.read_text(encoding="utf-8"))
        hub: Any = text["hub"]
        hub["url"], hub["listen"], hub["data"] = self.url, self.listen, str(self.folder / HALL / manifest.data)
        (new / "config.toml").write_text(tomlkit.dumps(text), encoding="utf-8")
        with self._lock:
            if self.over.is_set():
                return
            if self._store:
                self._store.close()
                self._store = None
            (self.folder / STAGED).unlink(missing_ok=True)
            self._put_aside(database)
            new.rename(self.folder / HALL)
            self.hall = config.load(self.folder / HALL / "config.toml")
            self._store, self._staged, self._in_step = Store(self.hall.data, followed=True), None, True
        self._compare()

    def _put_aside(self, new: Path) -> None:
        """Under the lock: what was here makes room for a copy. Where it has rows that the hub has no more, which was
        rolled back or brought back from an older copy, they are evidence.
        """
        old, mine = self.folder / HALL, self.hall.data / parcel.DATABASE if self.hall else None
        if mine is None or not mine.exists() or self.hall is None or not rows_alone(mine, new, self.hall)[1]:
            shutil.rmtree(old, ignore_errors=True)
            return
        numbers = [_number_of(one.relative_to(self.folder)) for one in self.folder.glob(f"{BEFORE}*")]
        aside = self.folder / f"{BEFORE}{max([self._voter.epoch, *(n + 1 for n in numbers)])}"
        self._evidence_file = aside / mine.relative_to(old)
        old.rename(aside)
        log.critical("the hub has lost rows that this machine holds: they are kept in %s", aside)

    def _compare(self) -> None:
        """What the hub that was had written and nobody else has. The whole is here, so of what lies aside only the
        history stays, as evidence: erasing by term reaches nothing that no hub opens.
        """
        if self._evidence_file and self.hall:
            shipping.only_the_chain(self._evidence_file)
        for past in self.folder.glob(f"{BEFORE}*") if self.hall else ():
            only_evidence(past)
        if self._evidence_file and self.hall:
            self._rows, self._evidence = rows_alone(self._evidence_file, self.hall.data / "hall.db", self.hall)
            aside = (
                self._evidence_file.relative_to(self.folder)
                if self._evidence_file.is_relative_to(self.folder)
                else None
            )
            if not self._rows and aside and aside.parts[0].startswith(BEFORE):
                shutil.rmtree(self.folder / aside.parts[0])
                self._evidence_file = None

    # --- taking over ---

    def voted(self, authorization: str, told: dict[str, Any]) -> dict[str, Any]:
        """A witness has given the hub up, or asks whether it may: raises PermissionError for anybody else."""
        name = self._device(authorization)
        with self._lock:
            if self.over.is_set():
                return {"hub": True, "epoch": self._voter.epoch}
            silent = time.monotonic() - self._heard
            ready = self._in_step and self._voter.allow and self._voter.witness == name and silent > pair.GONE_S
            if "epoch" not in told:
                return {"ready": ready}
            found = pair.takes_over(self._voter, Vote(int(told["epoch"]), int(told["number"]), name))
            if found and self._in_step:
                self._become(found, "witness")
            return {"hub": self.over.is_set(), "epoch": self._voter.epoch}

    def asked(self, authorization: str, told: dict[str, Any]) -> dict[str, Any]:
        """A witness that looks for a hub to be of use to."""
        self._device(authorization)
        return {"wanted": False}

    def ordered(self, authorization: str, told: dict[str, Any]) -> dict[str, Any]:
        """The hub, at its start, gives an order without a row: it shows the hall's own key."""
        token = authorization.partition(" ")[2].strip()
        with self._lock:
            key = secret.known(self.hall, "second") if self.hall else ""
            if not key or not hmac.compare_digest(key.encode(), token.encode()):
                raise PermissionError
            if not self.over.is_set():
                self._write_down(Order(*told["order"]))
            return {"epoch": self._voter.epoch, "number": self._voter.number}

    def by_hand(self, staff: str, password: str, sure: bool, address: str) -> None:
        """A manager at this address says that the hub's machine is off. Raises Told.

        The password is looked at before the lock, which the witness and the hub's rows need.
        """

        def is_right() -> bool:
            if (hall := self.hall) is None:
                return False
            with closing(read_only(hall.data / "hall.db")) as conn:
                return right_password(Reader(conn), staff, password, ("manager", "administrator"))

        if self.hall is not None:
            self._brake.try_one(staff, address, is_right)
        with self._lock:
            if self._store is None or not self._in_step or self.hall is None:
                raise Behind(
                    "本机还没有完整的数据，不能接管：请等复制完成。",
                    "This machine does not have the whole yet and can't take over: wait until it is copied.",
                )
            if not sure or time.monotonic() - self._heard < pair.GONE_S:
                raise Behind(
                    "主机还在工作：请先停掉主机，再由本机接管。",
                    "The hub still answers: stop its machine first, then take over here.",
                )
            self._become(pair.by_hand(self._voter), "person")

    def _become(self, voter: Voter, how: str) -> None:
        """Under the lock: written down before anything else, so that no kill in between leaves two."""
        assert self._store and self.hall
        self._keep(voter)
        self._settle()
        away = time.monotonic() - self._heard > LONG_S or not self._was_heard
        if how == "person" and (away or not self._waited_for):
            self._store.turn(lambda turn: turn.pass_over(), lambda last: last)
        self._store.close()
        self._store, self.how = None, how
        first = First(epoch=voter.epoch)
        pairing.write(self.hall.data, pairing.Known(first, self.of, how=how))
        log.critical("this machine is the hub from now on (epoch %s, %s)", voter.epoch, how)
        self.over.set()

    def finish(self) -> None:
        """After a kill in the middle of taking over: what was written down is carried out."""
        self.hall = config.load(self.folder / HALL / "config.toml")
        staged = _read_staged(self.folder / STAGED)
        if staged is not None:
            with closing(sqlite3.connect(self.hall.data / "hall.db")) as conn:
                goes_on = shipping.mark_of(conn) == staged.base
            if goes_on:
                store = Store(self.hall.data, followed=True)
                store.turn(lambda turn: shipping.lay(turn, *staged), lambda last: last)
                store.close()  # the log of writes with it
            (self.folder / STAGED).unlink()
        known = pairing.read(self.hall.data)
        if known is None or known.first.epoch < self._voter.epoch:
            pairing.write(self.hall.data, pairing.Known(First(epoch=self._voter.epoch), self.of))

    def close(self) -> None:
        with self._lock:
            if self._store:
                self._store.close()
                self._store = None

    def _device(self, authorization: str) -> str:
        token = authorization.partition(" ")[2].strip()
        with self._lock:
            one = self._store.read().device_of_token(digest(token)) if self._store and token else None
            if self.over.is_set() and self.hall is not None and one is None and token:
                with closing(read_only(self.hall.data / "hall.db")) as conn:
                    one = Reader(conn).device_of_token(digest(token))
        if one is None or one.locked_at or one.ended_at:
            raise PermissionError
        return str(one.name)

    # --- what the page says ---

    def standing(self, nonce: str = "") -> dict[str, Any]:
        role, voter = "hub" if self.over.is_set() else "second", self._voter
        told = {"role": role, "epoch": voter.epoch, "in_step": self._in_step, "armed": voter.allow}
        if nonce and self.hall:
            told["proof"] = pairing.proof(secret.known(self.hall, pairing.KEY), nonce, role, voter.epoch)
        return told

    def hub_now(self) -> str:
        """Where whoever comes here by mistake is sent; "" while nothing is heard of the hub."""
        return self.of if self._was_heard and time.monotonic() - self._heard < pair.GONE_S else ""

    def said(self) -> list[tuple[Text, bool]]:
        found: list[tuple[Text, bool]] = []
        silent = time.monotonic() - self._heard
        if self._evidence_file is not None:
            found.append(
                (
                    Text(
                        "本机以前是主机，现在由另一台机器接管，本机是备用主机。",
                        "This machine was the hub; another one has taken over, and this is the second machine now.",
                    ),
                    True,
                )
            )
        if silent > pair.GONE_S:
            found.append(
                (
                    Text(
                        f"听不到主机（{self.of}）已有{silent:.0f}秒。", f"Nothing heard of the hub for {silent:.0f} s."
                    ),
                    False,
                )
            )
        elif self._in_step:
            found.append(
                (
                    Text(
                        f"正在跟随主机（{self.of}），数据完整。", f"Following the hub ({self.of}); everything is here."
                    ),
                    True,
                )
            )
        else:
            found.append((Text("正在从主机复制数据。", "Copying from the hub."), False))
        if self._voter.allow:
            found.append((Text("主机停了会自动接管。", "Takes over by itself when the hub is gone."), True))
        else:
            found.append(
                (
                    Text("主机停了由管理人员在这里接管。", "When the hub is gone, a manager has it take over here."),
                    True,
                )
            )
        if silent > LONG_S or (silent > pair.GONE_S and not self._was_heard):
            found.append((self._long_gone(), False))
        elif silent > pair.GONE_S and not self._waited_for:
            found.append((_UNHELD, False))
        if self._trouble:
            found.append((self._trouble, False))
        return found

    def _long_gone(self) -> Text:
        return Text(
            f"本机很久没有听到主机，主机可能又发了号：由本机办理时，每个字头跳过{PASSED_OVER}个号，不会重号。",
            f"The hub was not heard for long and may have given out more numbers: {PASSED_OVER} of each letter are"
            " passed over if this machine becomes the hub.",
        )

    def rows(self) -> list[Alone]:
        return self._rows


_UNHELD = Text(
    f'主机没有等本机保存就答复（`second_waits = "no"`）：由本机办理时，每个字头跳过{PASSED_OVER}个号，不会重号。',
    f'The hub answered without waiting for this machine (second_waits = "no"): {PASSED_OVER} of each letter are passed'
    " over if this machine becomes the hub.",
)


def only_evidence(aside: Path) -> None:
    """Of the folder of a hub that was, its history alone: no file, key, token, photograph or private field."""
    for file in [*aside.rglob("*")]:
        if file.is_file() and not file.name.startswith("hall.db"):
            file.unlink()
    for database in aside.rglob("hall.db"):
        shipping.only_the_chain(database)


def _number_of(aside: Path) -> int:
    number = aside.parts[0].removeprefix(BEFORE)
    return int(number) if number.isdecimal() else -1


def _read_voter(folder: Path) -> Voter:
    try:
        return Voter(**json.loads((folder / VOTER).read_text()))
    except FileNotFoundError:
        return Voter()


def _write_staged(file: Path, batch: Staged) -> None:
    """One write and one wait for the disk; a torn one is none. Nothing of an older, longer one stays: it is written
    over, since another length costs the disk more; far too much room is given back.
    """
    head = f"{batch.base} {batch.mark} {len(batch.body)} {hashlib.sha256(batch.body).hexdigest()}\n".encode()
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        long = len(head) + len(batch.body)
        over = os.fstat(handle).st_size - long
        if over > ROOM:
            os.ftruncate(handle, long)
            over = 0
        os.pwrite(handle, head + batch.body + bytes(max(over, 0)), 0)
        os.fdatasync(handle)
    finally:
        os.close(handle)


def _read_staged(file: Path) -> Staged | None:
    try:
        head, _, rest = file.read_bytes().partition(b"\n")
        base, mark, length, sha256 = head.decode().split(" ")
    except (FileNotFoundError, ValueError):
        return None
    body = rest[: int(length)]
    return Staged(base, mark, body) if hashlib.sha256(body).hexdigest() == sha256 else None


def own_address(of: str, port: int) -> str:
    """How devices reach this machine: the address by which it reaches the hub."""
    parts = urlsplit(of)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        asked.connect((parts.hostname or "127.0.0.1", parts.port or 80))  # sends nothing
        return f"{parts.scheme}://{asked.getsockname()[0]}:{port}"
