"""Starts the backup of the night when it is due, and the copiers between; the hub's part of it all. Owns two kinds of
threads and no decision: when a backup is due says `server/domain/backups.py`.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
import threading

import config
from server.backup.copier import Copier
from server.backup.parcel import changed_at
from server.domain.backups import due
from server.store import backup_state
from server.verbs.hub import Hub

log = logging.getLogger(__name__)

LOOK_S = 30.0


class Keeper:
    """`look_s`: so often it is asked whether a backup is due."""

    def __init__(self, hub: Hub, look_s: float = LOOK_S) -> None:
        self._hub, self._look_s, self._stop = hub, look_s, threading.Event()
        self._copiers: dict[str, Copier] = {}
        self._following = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="backups", daemon=True)
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Its ear first: the hall's file may change while this begins, as the pages answer already."""
        with self._following:
            self._hub.on_hall.append(self._follow_hall)
            self._copy(self._hub.hall)
        self._thread.start()

    def _follow_hall(self, before: config.Hall, now: config.Hall) -> None:
        with self._following:
            self._copy(now)

    def _copy(self, hall: config.Hall) -> None:
        for url in self._copiers.keys() - _copied(hall):
            self._copiers.pop(url).leave()
            self._hub.copies.pop(url, None)
        for url in [url for url in _copied(hall) if url not in self._copiers]:
            self._copiers[url] = Copier(self._hub, url)
            self._copiers[url].start()

    def stop(self) -> None:
        """A backup under way is ended: it has changed nothing, and is due again."""
        self._stop.set()
        if self._process:
            self._process.terminate()
        for copier in self._copiers.values():
            copier.stop()
        self._thread.join(5.0)

    def _run(self) -> None:
        while not self._stop.wait(self._look_s):
            hall = self._hub.hall
            if due(hall, backup_state.read(hall), self._hub.now(), changed_at(hall)):
                self._back_up()

    def _back_up(self) -> None:
        """In a process of its own, behind everybody else at processor and disk."""
        gentle = [*(["ionice", "-c3"] if shutil.which("ionice") else []), "nice", "-n19"]
        command = [*gentle, sys.executable, "-m", "server", "--config", str(self._hub.hall.file), "backup", "--due"]
        try:
            self._process = subprocess.Popen(
                command, cwd=config.ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True,
            )  # fmt: skip
        except OSError as error:
            log.error("the backup could not be started: %s", error)
            return
        said, _ = self._process.communicate()
        for line in said.splitlines():
            log.info("backup: %s", line)
        self._hub.wake()


def _copied(hall: config.Hall) -> list[str]:
    """The places that get a running copy."""
    table = hall.backup
    return list(table.to) if table.time is not None and table.copy_s else []
