"""The demo's hall: config.toml with virtual devices in place of the real ones, open all day, under a free set of
ports. Pure but for the port probe.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit

from config import ROOT

PIN_SEALED = "$argon2id$v=19$m=19456,t=2,p=1$QA9kuFt8jlgFL4gW08iExQ$7/yMNVNQqnkl9Du3Mhly9XgZh4gDzmTZY1O6m7UlIZw"
"""The demo's PIN of the technician's screen, 2468, as `python -m kiosk pin` sealed it.

The page says it to everybody.
"""


PRINTERS = 1100
"""Printers listen so far above the page: at 9100, as real ones do, where the page is at 8000."""


@dataclass(frozen=True)
class Ports:
    """Where everything of one demo listens, all on this machine."""

    page: int
    hub: int
    kiosk: int
    boards: int
    readers: int
    city: int
    printers: dict[str, tuple[int, int]]
    """printer -> (where bytes go, where its paper is looked at)."""


def free_port(wanted: int, taken: set[int]) -> int:
    """The wanted port, or any free one when something has it."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            found = int(probe.getsockname()[1])
            if found not in taken:
                taken.add(found)
                return found
    raise OSError("no free port on this machine; stop what uses them")


def choose_ports(page: int, printers: list[str]) -> Ports:
    """Ports near each other, so that they are easy to remember; any free ones when those are taken."""
    taken: set[int] = set()
    return Ports(
        page=free_port(page, taken),
        hub=free_port(page + 1, taken),
        kiosk=free_port(page + 2, taken),
        boards=free_port(page + 3, taken),
        readers=free_port(page + 4, taken),
        city=free_port(page + 5, taken),
        printers={
            name: (free_port(page + PRINTERS + i, taken), free_port(page + 10 + i, taken))
            for i, name in enumerate(printers)
        },
    )


SECRET = "platform.secret"
"""File of the secret that the demo's hall and its played platform share, made up at the first start."""
PRETRIALS = (("YS-1001", "SB01", "passed"), ("YS-1002", "YB02", "to_complete"), ("YS-1003", "MZ03", "failed"))
"""预审号 that the played platform says."""
SECOND_LANGUAGE = {"east": "onbon"}
"""Wire -> language, so that two kinds of boards are seen at work."""

DEMONSTRATION = ROOT / "data" / "catalogue.csv"
"""The catalogue beside which the demonstration's list of powers lies."""


def virtual(text: str, source: Path, ports: Ports, zone: str = "") -> str:
    """The text of the hall's file with every device virtual, two kinds of boards, and the doors always open; all
    else, comments too, as it was. `zone`: the demo's own clock.
    """
    hall: Any = tomlkit.parse(text)
    if not hall["hall"].get("power_list") and (source / str(hall["hall"]["catalogue"])).resolve() == DEMONSTRATION:
        hall["hall"]["power_list"] = "data/powers.csv"
    for key in ("catalogue", "catalogue_en", "calendar", "power_list", "samples"):
        if hall["hall"].get(key):
            hall["hall"][key] = str((source / str(hall["hall"][key])).resolve())
    if zone:
        hall["hall"]["timezone"] = zone
    hall["hub"]["listen"] = f"127.0.0.1:{ports.hub}"
    hall["hub"]["url"] = f"http://127.0.0.1:{ports.hub}"
    hall["hub"]["https"] = False
    hall["hub"]["data"] = "hall"
    hall["hub"]["framed_by"] = [f"http://{host}:{ports.page}" for host in ("127.0.0.1", "localhost")]
    public = hall.setdefault("public", tomlkit.table())
    public["url"] = f"http://127.0.0.1:{ports.hub}"  # the telephone beside the kiosk opens it
    people = hall.setdefault("people", tomlkit.table())
    people["idle_min"], people["session_hours"] = 1440, 24  # nobody sits at the demo's counters
    for name, (port, _) in ports.printers.items():
        hall["printers"][name]["url"] = f"tcp://127.0.0.1:{port}"
    for name in hall.get("wires", {}):
        hall["wires"][name]["url"] = f"serial:wires/{name}?baud=9600"
        hall["wires"][name]["protocol"] = SECOND_LANGUAGE.get(name, hall["wires"][name]["protocol"])
    for name, kiosk in hall["kiosks"].items():
        kiosk["scanner"], kiosk["card_reader"], kiosk["pin"] = (
            f"serial:wires/{name}-scanner",
            f"serial:wires/{name}-card?baud=115200",
            PIN_SEALED,
        )
    for quota in hall.get("quotas", {}).values():
        quota["per_person"] = 2  # so that there is an item for which the card reader is asked
    hours = tomlkit.aot()
    always = tomlkit.table()
    always["days"], always["open"] = [1, 2, 3, 4, 5, 6, 7], ["00:00-24:00"]
    hours.append(always)
    hall["hours"] = hours
    hall["hall"]["calendar"] = "calendar.csv"
    hall["channels"] = {"modem": {"kind": "gsm", "port": "serial:wires/modem?baud=115200"}}
    hall.setdefault("messages", tomlkit.table())["hours"] = []
    hall["platform"] = {"url": f"http://127.0.0.1:{ports.city}/told", "secret_file": SECRET, "ping_min": 1}
    return tomlkit.dumps(hall)
