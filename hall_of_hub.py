"""What a device on another machine starts by: the hall's files as the hub tells them, or the copy of them that lies on
this machine since it was told last; and whether the hub has others by now. Decides nothing.

No file is copied by hand: a device knows the hub's address and its own token.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import config
from config import Hall, Told
from hub_client import HubAway, HubClient, HubRefused

log = logging.getLogger(__name__)

PATH = "/config"
LOOK_S = 5.0
"""So often the hub is asked whether its files are others."""
FIRST_S = 10.0
"""So long a device without a copy waits for a hub that is just being started, before it asks more slowly."""
COPY = "hall.json"
UNREADABLE = (Told, KeyError, ValueError)
"""What reading a description raises: by another version's rules it may be none."""


class NoHall(Told):
    """Neither the hub nor a copy says what to do."""

    status = 2


def home(token_file: Path) -> Path:
    """Where the copy lies: systemd's folder of the unit, else var/device beside the program."""
    folder = os.environ.get("STATE_DIRECTORY", "").partition(":")[0]
    return Path(folder) if folder else config.ROOT / "var" / "device" / token_file.name


class HallOfHub:
    """The hall as one device has it from its hub. `file`: it goes by that file instead, and only when to read it again
    is the hub's word.
    """

    def __init__(self, client: HubClient, folder: Path, file: Path | None = None) -> None:
        self._client, self.folder, self._file = client, folder, file
        self.by_file = file is not None
        """It goes by a file of its own machine, which is the hub's."""
        self.version = ""
        self.device = ""
        """Who this is, as the hub's token says: a kiosk's id, or boards."""

    def load(self) -> Hall:
        """The newest that can be had: the hub's, else the copy. Raises NoHall, and what is wrong with the hub's where
        there is no copy.
        """
        told: dict[str, Any] | None = None
        try:
            told = self._client.get(PATH)
        except HubAway as error:
            log.warning("the hub does not answer (%s): starting by the copy of its files", error)
        except HubRefused as error:
            log.warning("the hub refuses this device (%s): starting by the copy of its files", error)
        wrong: Exception | None = None
        if told is not None:
            try:
                hall = self._read(told)
            except UNREADABLE as error:
                wrong = error
                log.error("the hub's files can't be read: starting by the copy of earlier ones: %s", error)
            else:
                self._keep(told)
                return hall
        try:
            return self._read(json.loads((self.folder / COPY).read_bytes()))
        except (OSError, *UNREADABLE) as error:
            if wrong or isinstance(error, Told):
                raise wrong or error from None
            raise NoHall(
                f"{self._client.url}没有应答，本机也没有上次的副本：请检查主机、网络和本机的令牌。",
                f"{self._client.url} does not answer, and there is no copy on this machine: look at the hub, the"
                " network and this device's token",
            ) from None

    def wait(self, stop: threading.Event) -> Hall | None:
        """`load`, as soon as there is anything; None when stopped before. The first seconds pass in silence."""
        began = time.monotonic()
        while not stop.is_set():
            try:
                return self.load()
            except NoHall as error:
                waited = time.monotonic() - began
                if waited > FIRST_S:
                    log.error("%s", error.text.en)
                stop.wait(1.0 if waited < FIRST_S else LOOK_S)
        return None

    def newer(self) -> Hall | None:
        """The hub's files, where they are others than those this device goes by; None for the same, and for a hub that
        is away. A description that this device can't read is told and left.
        """
        try:
            told = self._client.newer(PATH, self.version)
        except (HubAway, HubRefused):
            return None
        if not told or told.get("version") == self.version:
            return None
        self.version = str(told.get("version", ""))
        try:
            if self._file is not None:
                return config.load(self._file)
            hall = self._read(told)
        except UNREADABLE as error:
            log.error("the hall's new files are not taken: %s", error)
            return None
        self._keep(told)
        return hall

    def watch(self, changed: Callable[[Hall], None], stop: threading.Event, every_s: float = LOOK_S) -> None:
        """Tell `changed` of each new description, from a thread of its own, until `stop`."""

        def look() -> None:
            while not stop.wait(every_s):
                hall = self.newer()
                if hall is not None:
                    changed(hall)

        threading.Thread(target=look, name="hall of the hub", daemon=True).start()

    def _read(self, told: Mapping[str, Any]) -> Hall:
        files = {name: base64.b64decode(content) for name, content in told["files"].items()}
        name = str(told["name"])
        self._put(files, name)
        hall = config.parse(files[name], name=name, folder=self.folder, files=files, samples=False)
        self.version, self.device = str(told["version"]), str(told["device"])
        return hall

    def _put(self, files: Mapping[str, bytes], name: str) -> None:
        """The files that programs open by their names (frames of boards); nothing outside of the folder."""
        home = self.folder.resolve()
        for one, content in files.items():
            path = (home / one).resolve()
            if one != name and path.is_relative_to(home) and path != home:
                path.parent.mkdir(parents=True, exist_ok=True)
                if not path.exists() or path.read_bytes() != content:
                    path.write_bytes(content)

    def _keep(self, told: Mapping[str, Any]) -> None:
        """The copy by which it starts without the hub; a disk that takes none keeps nobody from working."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            beside = self.folder / f".{COPY}.new"
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as out:
                out.write(json.dumps(told).encode())
                out.flush()
                os.fsync(handle)
            os.replace(beside, self.folder / COPY)
        except OSError as error:
            log.warning("no copy of the hub's files can be kept in %s: %s", self.folder, error)
