"""A kiosk, or the boards' program, as the witness of the two machines: without it neither takes over by itself.

It writes down what the hub orders (`succession.py`) in a file beside its token; hears it nothing for some seconds, and
the second machine neither, it gives the hub up for good, and that machine takes over.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import succession
from hub_client import HubAway, HubClient, HubRefused
from succession import Order, Vote, Voter

log = logging.getLogger(__name__)

ASK_S = 1.8
"""A question that is held for a second and has no answer in this time has none."""
AGAIN_S = 0.2
UNWANTED_S = 5.0


class Witness:
    """One thread beside the device's own work. `name` is the device's; `file` is kept, whole or not at all."""

    def __init__(self, client: HubClient, name: str, file: Path) -> None:
        self._client, self._name, self._file = client, name, file
        self._voter, self._vote = _read(file)
        self._hub, self._second = client.addresses
        self._heard = time.monotonic()

    @property
    def armed(self) -> bool:
        """Whether its vote would have the second machine take over."""
        return self._voter.allow

    def start(self, stop: threading.Event) -> None:
        threading.Thread(target=self.run, args=(stop,), name="witness", daemon=True).start()

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                stop.wait(self.once())
            except OSError as error:
                log.error("%s: %s", self._file, error)
                stop.wait(UNWANTED_S)

    def once(self) -> float:
        """One question; in how many seconds the next is due. Without a second machine there is nothing to ask about."""
        if not self._second:
            self._hub, self._second = self._client.addresses
        if not self._second:
            self._heard = time.monotonic()
            return UNWANTED_S
        try:
            told = self._ask(self._hub, "/second/witness", self._place())
        except (HubAway, HubRefused) as error:
            log.debug("%s", error)
            self._give_up()
            return AGAIN_S
        if told.get("superseded"):
            self._swap()
            return AGAIN_S
        self._heard = time.monotonic()
        if told.get("wanted") is False:
            self._hub, self._second = self._client.addresses
            return UNWANTED_S
        self._second = str(told.get("second", "")) or self._second
        if (found := succession.written_down(self._voter, Order(*told["order"]))) and found != self._voter:
            self._keep(found, None)
        return 0.0 if found else AGAIN_S

    def _give_up(self) -> None:
        """The hub does not answer here: the other one is asked, and given the vote once it says the same."""
        silent = time.monotonic() - self._heard
        if not self._second or silent < succession.GONE_S:
            return
        try:
            if self._vote is None and self._voter.allow:
                if not self._ask(self._second, "/second/vote", {}).get("ready"):
                    return
                if given := succession.gives_up(self._voter, self._name, silent):
                    self._keep(*given)
                    log.warning("the hub is given up: the second machine takes over")
            if self._vote is not None:
                told = {"epoch": self._vote.epoch, "number": self._vote.number}
                if self._ask(self._second, "/second/vote", told).get("hub"):
                    self._swap()
            elif self._ask(self._second, "/second/standing", None).get("role") == "hub":
                self._swap()
        except (HubAway, HubRefused) as error:
            log.debug("%s", error)

    def _swap(self) -> None:
        self._hub, self._second = self._second or self._hub, self._hub
        self._heard = time.monotonic()

    def _place(self) -> dict[str, Any]:
        return {"epoch": self._voter.epoch, "number": self._voter.number, "voted": self._voter.voted}

    def _ask(self, url: str, path: str, body: Mapping[str, Any] | None) -> dict[str, Any]:
        return self._client.at(url, path, body, ASK_S)

    def _keep(self, voter: Voter, vote: Vote | None) -> None:
        """On the disk before anybody is told."""
        new = self._file.with_name(f"{self._file.name}.new")
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as out:
            json.dump({"voter": asdict(voter), "vote": vote}, out)
            out.flush()
            os.fsync(out.fileno())
        os.replace(new, self._file)
        self._voter, self._vote = voter, vote


def _read(file: Path) -> tuple[Voter, Vote | None]:
    try:
        told = json.loads(file.read_text())
    except FileNotFoundError:
        return Voter(), None
    return Voter(**told["voter"]), Vote(*told["vote"]) if told["vote"] else None


def written_down(file: Path) -> Voter:
    """What a device has written down; nothing yet where there is no such file."""
    return _read(file)[0]


def file_beside(token_file: Path) -> Path:
    """Where a device keeps what it wrote down."""
    return token_file.with_name(f".{token_file.name}.witness")
