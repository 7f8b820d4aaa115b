"""The hub's side of the pair: each commit is held by the second machine first, while there is one. Decides nothing.

What `succession.py` says is written into `<data>/pair` before anybody is told of it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import orjson

import succession as pair
from config import Hall, Text
from hub_client import HubAway, HubClient, HubRefused, authority_beside
from server.store import secret
from server.store.database import CutOff, Store
from server.store.shipping import Batch
from succession import First

log = logging.getLogger(__name__)

FILE = "pair"
KEY = "second"
"""The hall's own key by its name, which both machines hold (`server/store/secret.py`)."""
ASK_S = 1.5
ASK_EVERY_S = 1.0
"""A device that says something of another hub has the second machine asked no more often than this."""
LOOK_EVERY_S, LOOK_SELDOM_S = 2.0, 10.0
"""A second machine that is not heard is asked by the hub so often whether it has become the hub; seldom where only a
person's key can have made it one."""
HOLD_S = 1.0
"""So long a question is held while there is nothing to tell."""
KEPT, KEPT_BYTES = 5000, 16 << 20
"""Batches for a second machine that was away for a while; one that was away for longer copies the whole anew."""
SILENT_S = 5.0
RESTS_S = 600.0

SAID = Text(
    "本机已与备用主机和见证设备断开：可能已由备用主机接管，这里暂不受理。请查看网线，或在备用主机上办理。",
    "This machine is cut off from the second machine and the witness, which may have taken over: nothing is taken here."
    " Look at the network cable, or go on at the second machine.",
)


@dataclass
class Known:
    """What is kept in `<data>/pair`. `superseded`: the address of the hub that has taken over from this one."""

    first: First = field(default_factory=First)
    second: str = ""
    """The second machine's address, as devices reach it."""
    superseded: str = ""
    how: str = "witness"
    """By what this machine became the hub (`EpochBegan`)."""


def read(folder: Path) -> Known | None:
    """What this machine knows of its pair; None where it never had one."""
    try:
        told = json.loads((folder / FILE).read_text())
    except FileNotFoundError:
        return None
    return Known(First(**told["first"]), told["second"], told["superseded"], told["how"])


def write(folder: Path, known: Known) -> None:
    secret.write(folder / FILE, json.dumps(asdict(known)))


def proof(key: str, nonce: str, role: str, epoch: int) -> str:
    """What only a machine that holds the hall's own key can say of itself, to this one question; "" without a key."""
    return (
        hmac.new(key.encode(), f"standing {nonce} {role} {epoch}".encode(), hashlib.sha256).hexdigest() if key else ""
    )


def asked_standing(client: HubClient, url: str, key: str) -> tuple[str, int]:
    """(role, epoch) of the other machine, by its own word; a word that it does not prove is ("", 0). Raises HubAway,
    HubRefused.
    """
    nonce = secrets.token_hex(16)
    told = client.at(url, f"/second/standing?nonce={nonce}", None, ASK_S)
    role, epoch = str(told.get("role", "")), told.get("epoch", 0)
    if not key or not isinstance(epoch, int):
        return "", 0
    if not hmac.compare_digest(str(told.get("proof", "")).encode(), proof(key, nonce, role, epoch).encode()):
        log.warning("%s says that it is the %s of epoch %s, and does not prove it", url, role, epoch)
        return "", 0
    return role, epoch


def _ask(hall: Hall, url: str) -> tuple[str, int]:
    authority = authority_beside(hall.data / "tokens" / "boards") if hall.hub.https else None
    return asked_standing(HubClient(url, "", timeout=ASK_S, authority=authority), url, secret.known(hall, KEY))


def of_hall(hall: Hall, store: Store) -> Pair:
    return Pair(hall.data, store, partial(_ask, hall), waits=hall.hub.second_waits == "yes")


class Pair:
    """The live pair of a hub that runs. `ask` the machine at an address for its role and epoch (`asked_standing`).

    Without `waits` no commit waits for the second machine, and so that one never takes over by itself.
    """

    def __init__(
        self,
        folder: Path,
        store: Store,
        ask: Callable[[str], tuple[str, int]],
        clock: Callable[[], float] = time.monotonic,
        *,
        waits: bool = True,
    ) -> None:
        self.waits_for = waits
        self._folder, self._store, self._ask, self._clock = folder, store, ask, clock
        self._asked_at, self._asking = -1e9, False
        self._began = clock()
        self._known = read(folder) or Known()
        self._changed = threading.Condition()
        self._ring: deque[Batch] = deque()
        self._bytes = 0
        self._pending: Batch | None = None
        self._held = ""
        self._attached = False
        self._second_at = self._witness_at = -1e9
        self._cut_off = False
        self.evidence = 0
        """Rows that the machine that was the hub before had, and nobody else."""
        self.waits: deque[float] = deque(maxlen=1000)
        """Seconds that the newest commits waited for the second machine."""
        self._mark = ""
        self._resting = True
        self.begin()

    def begin(self) -> None:
        """Note what commits change, from here on: before a copy is made, and at a start."""
        if self._resting:
            self._ring.clear()
            self._bytes, self._held, self._pending = 0, "", None
            self._mark, self._resting = self._store.ship(self.offer), False

    def rest(self) -> None:
        """Nobody has followed for long, and nobody may take over: a commit costs nothing more than without a pair."""
        away = self._clock() - self._second_at > RESTS_S
        if away and not self._resting and not self.first.armed and not self._attached:
            self._store.ship(None)
            self._resting = True

    # --- what others ask ---

    @property
    def epoch(self) -> int:
        return self._known.first.epoch

    @property
    def first(self) -> First:
        return self._known.first

    @property
    def second(self) -> str:
        return self._known.second

    @property
    def superseded(self) -> str:
        return self._known.superseded

    @property
    def how(self) -> str:
        return self._known.how

    def standing(self) -> dict[str, Any]:
        """For the view of health, and for whoever looks for the hub."""
        now = self._clock()
        return {
            "role": "superseded" if self.superseded else "hub",
            "epoch": self.epoch,
            "second": self.second,
            "attached": self._attached and now - self._second_at < SILENT_S,
            "armed": self.first.armed and self.first.allow,
            "witness": self.first.witness if now - self._witness_at < SILENT_S else "",
            "cut_off": self._cut_off,
            "evidence": self.evidence,
            "waits": self.waits_for,
            "away_s": now - max(self._second_at, self._began),
        }

    def headers(self) -> dict[str, str]:
        return {"Jiaohao-Epoch": str(self.epoch), "Jiaohao-Second": self.second}

    def hinted(self, epoch: int) -> None:
        """A device says that there is a hub of this epoch. Its word stops nothing: the second machine is asked itself,
        by a thread of its own; while that does not answer the hall goes on by its own rules.
        """
        if pair.is_behind(self.epoch, epoch):
            self._ask_soon(ASK_EVERY_S)

    def look(self) -> None:
        """Ask the second machine itself where it was not heard for seconds: a hub that was cut off while another took
        over may be told so by nobody, since nobody comes to it any more; and whoever still follows it sees what was.
        """
        if self._clock() - self._second_at > pair.GONE_S:
            self._ask_soon(LOOK_EVERY_S if self.first.armed else LOOK_SELDOM_S)

    def _ask_soon(self, every: float) -> None:
        with self._changed:
            asked = self._clock() - self._asked_at < every
            if not self.second or self.superseded or self._asking or asked:
                return
            self._asking, self._asked_at = True, self._clock()
        threading.Thread(target=self._ask_second, name="ask second", daemon=True).start()

    def _ask_second(self) -> None:
        try:
            role, epoch = self._ask(self.second)
            if role == "hub":
                self.seen(epoch)
        except (HubAway, HubRefused) as error:
            log.debug("the second machine does not say that it is the hub: %s", error)
        finally:
            self._asking = False

    def seen(self, epoch: int, url: str = "") -> bool:
        """The second machine itself says that it is the hub of this epoch; whether that is beyond this one's."""
        if not pair.is_behind(self.epoch, epoch):
            return False
        with self._changed:
            if not self.superseded:
                log.critical("another machine is the hub since epoch %s: this one is the second machine now", epoch)
                self._save(superseded=url or self.second)
            self._changed.notify_all()
        return True

    # --- the writer's thread ---

    def offer(self, batch: Batch) -> None:
        """A commit is about to be one. Raises CutOff where it must not be."""
        began = self._clock()
        with self._changed:
            self._committed(batch.base)
            self._pending = batch
            self._changed.notify_all()
            if not self._decided(batch, began):
                self._pending = None
                self._cut_off = True
                raise CutOff(*SAID)
            self._cut_off = False
            if self._attached and self.waits_for:
                self.waits.append(self._clock() - began)
            self._keep(batch)

    def _decided(self, batch: Batch, began: float) -> bool:
        """Whether it may be committed, waited for as long as that is worth it."""
        patience = pair.WAIT_S if not self._cut_off else 0.05
        while True:
            if self.superseded:
                return False
            if not self.waits_for and not self.first.armed:
                return True
            held, waited = self._held == batch.mark, self._clock() - began
            if held or (pair.may_commit(self.first, held=held) and (not self._attached or waited >= patience)):
                if not held and self._attached:
                    log.warning("the second machine does not answer: the hall goes on without it")
                    self._attached = False
                return True
            if waited >= patience:
                self._attached = False  # or the witness's word would be followed by another arming at once
                self._set(pair.disarm(self.first))
                if waited >= patience + (pair.YIELD_S if not self._cut_off else 0.05):
                    return False
            self._changed.wait(0.05)

    def _committed(self, mark: str) -> None:
        """The batch before this one is durable, or was taken back."""
        self._mark = mark
        if self._ring and self._ring[-1].mark != mark:
            self._bytes -= len(self._ring.pop().body)

    def _keep(self, batch: Batch) -> None:
        self._ring.append(batch)
        self._bytes += len(batch.body)
        while self._ring and (len(self._ring) > KEPT or self._bytes > KEPT_BYTES):
            self._bytes -= len(self._ring.popleft().body)

    # --- the second machine asks ---

    def next_for(self, told: Mapping[str, Any]) -> bytes:
        """What a second machine is told: `told` is what it has written down. Holds the question for HOLD_S at most."""
        epoch, number = int(told["epoch"]), int(told["number"])
        if told.get("hub") and self.seen(epoch, str(told.get("url", ""))):
            return orjson.dumps({"superseded": True})
        end = self._clock() + HOLD_S
        with self._changed:
            self._second_at = self._clock()
            if (url := str(told.get("url", ""))) and url != self.second:
                self._save(second=url)
            self.evidence = int(told.get("evidence", 0))
            if epoch == self.epoch:
                self._set(pair.confirmed(self.first, epoch, number))
            have = None if self._resting else self._place(str(told["applied"]), str(told["staged"]))
            if have is None:
                self._attached = False
                self._set(pair.disarm(self.first))
                return self._answer(None) if not self.first.armed or (epoch, number) != self._order[:2] else b"{}"
            self._held, self._cut_off = have, False
            self._changed.notify_all()
            told_order = (epoch, number)
            while not (found := self._behind(have)) and told_order == self._order[:2] and not self.superseded:
                again = self._place(str(told["applied"]), str(told["staged"]))
                if again is not None and again != have:  # what it holds was taken back meanwhile
                    self._held = have = again
                    continue
                if not self._attached and epoch == self.epoch:
                    log.info("the second machine is in step")
                    self._attached = True
                if (left := end - self._clock()) <= 0:
                    break
                self._changed.wait(left)
            self._second_at = self._clock()
            return self._answer(found)

    @property
    def _order(self) -> pair.Order:
        return self.first.order

    def _place(self, applied: str, staged: str) -> str | None:
        """The mark up to which the second machine goes along with this database; None for a stranger to it."""
        known = {self._mark, *(one.mark for one in self._ring), *(one.base for one in list(self._ring)[:1])}
        if self._pending:
            known.add(self._pending.mark)
        return staged if staged in known else applied if applied in known else None

    def _behind(self, have: str) -> list[Batch]:
        batches = [*self._ring]
        if self._pending and (not batches or batches[-1].mark != self._pending.mark):
            batches.append(self._pending)
        at = next((n for n, one in enumerate(batches) if one.base == have), None)
        return batches[at : at + 200] if at is not None else []

    def _answer(self, batches: list[Batch] | None) -> bytes:
        committed = self._store.shipped or self._mark
        head = {"order": list(self._order), "committed": committed, "waits": self.waits_for}
        if batches is None:
            return orjson.dumps({**head, "copy": True})
        told = [{"base": one.base, "mark": one.mark, "body": one.body.decode()} for one in batches]
        return orjson.dumps({**head, "batches": told})

    # --- a witness asks ---

    def witness(self, name: str, told: Mapping[str, Any]) -> dict[str, Any]:
        """What a kiosk or the boards' program has written down, and what it is to write down next."""
        epoch, number, voted = int(told["epoch"]), int(told["number"]), bool(told.get("voted"))
        if not voted or epoch > self.epoch + 1:  # the vote of a witness of this hub is of the next epoch, and no other
            self.hinted(epoch)
            voted = False
        if self.superseded:
            return {"superseded": True}
        end = self._clock() + HOLD_S
        with self._changed:
            now = self._clock()
            if self.first.witness not in ("", name) and now - self._witness_at < SILENT_S:
                return {"wanted": False}
            self._witness_at = now
            if voted and epoch > self.epoch:
                if higher := pair.raised(self.first, epoch):
                    self._save(first=higher, how="vote")
                else:
                    self._set(pair.disarm(self.first))
            elif epoch == self.epoch:
                if self.first.witness == name:
                    self._set(pair.confirmed(self.first, epoch, number))
                if self._attached and self.first.witness != name:
                    self._set(
                        pair.disarm(self.first)
                    )  # the witness of before is away: another one, once that is given up
                if not self.waits_for:
                    self._set(pair.disarm(self.first))
                elif self._attached and not self.first.armed and self._held == self._at:
                    self._set(pair.arm(self.first, name))
            while (epoch, number) == self._order[:2] and not self.superseded and (left := end - self._clock()) > 0:
                self._changed.wait(left)
            self._witness_at = self._clock()
            return {"order": list(self._order), "second": self.second}

    @property
    def _at(self) -> str:
        return self._ring[-1].mark if self._ring else self._mark

    def ordered(self, epoch: int, number: int) -> None:
        """Either of the two has written an order down, asked directly at a start."""
        with self._changed:
            self._set(pair.confirmed(self.first, epoch, number))

    def alone(self) -> None:
        """A person says that the second machine is off: the hall goes on without it."""
        with self._changed:
            first = self.first
            self._save(first=First(first.epoch, first.number + 1, witness=first.witness))
            self._attached = False
            self._changed.notify_all()

    # --- what is kept ---

    def _set(self, first: First) -> None:
        if first != self.first:
            self._save(first=first)
            self._changed.notify_all()

    def _save(self, **changes: Any) -> None:
        known = replace(self._known, **changes)
        write(self._folder, known)
        self._known = known
