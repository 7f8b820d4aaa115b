"""The demo's hall: config.toml with virtual devices in place of the real ones, open all day, under a free set of
ports. Pure but for the port probe.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import tomlkit

from config import ROOT, Hall
from server.backup.parcel import named_files

PIN_SEALED = "$argon2id$v=19$m=19456,t=2,p=1$QA9kuFt8jlgFL4gW08iExQ$7/yMNVNQqnkl9Du3Mhly9XgZh4gDzmTZY1O6m7UlIZw"
"""The demo's PIN of the technician's screen, 2468, as `python -m kiosk pin` sealed it.

The page says it to everybody.
"""


@dataclass(frozen=True)
class Seen:
    """From where a demo's pages are looked at."""

    host: str = "127.0.0.1"
    """The address that they listen on."""
    name: str = ""
    """What browsers of other machines call this one; empty: there are none."""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,) if self.name else ("127.0.0.1", "localhost")


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


EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]
OFFICE = ("08:00-12:00", "14:30-17:30")
"""When the demo's people have duty, Monday to Friday: by these hours its attendance is worked out."""
ALWAYS = {"name": "演示时段", "name_en": "Demo hours"}
"""`[extended.*]` of all other hours, in which everything is done as well."""
SECRET = "platform.secret"
"""File of the secret that the demo's hall and its played platform share, made up at the first start."""
PRETRIALS = (("YS-1001", "SB01", "passed"), ("YS-1002", "YB02", "to_complete"), ("YS-1003", "MZ03", "failed"))
"""预审号 that the played platform says."""
SECOND_LANGUAGE = {"east": "onbon"}
"""Wire -> language, so that two kinds of boards are seen at work."""

MODULES = ("syn6288", "xfs5152")
"""Engines that are a device on a line of its own."""
DEMONSTRATION = ROOT / "data" / "catalogue.csv"
"""The catalogue beside which the demonstration's list of powers lies."""


def virtual(
    text: str,
    real: Hall,
    ports: Ports,
    zone: str = "",
    closes: str = "",
    mark: Callable[[Any], None] = lambda hall: None,
    seen: Seen = Seen(),
) -> str:
    """The text of the hall's file with every device virtual, two kinds of boards, and the doors always open; all
    else, comments too, as it was. `zone`: the demo's own clock. `closes`: when the hall closes, `HH:MM`; empty: never.
    `mark`: what else is changed in the file. `seen`: from where it is looked at. `real`: the hall of that text, whose
    files are its copy's too.
    """
    hall: Any = tomlkit.parse(text)
    for key, file in named_files(real):
        *tables, last = key.split(".")
        table = hall
        for name in tables:
            table = table.setdefault(name, tomlkit.table())
        table[last] = str(file.resolve())
    if not real.hall.power_list and (real.folder / real.hall.catalogue).resolve() == DEMONSTRATION:
        hall["hall"]["power_list"] = str(DEMONSTRATION.parent / "powers.csv")
    if zone:
        hall["hall"]["timezone"] = zone
    hall["hub"]["listen"] = f"{seen.host}:{ports.hub}"
    hall["hub"]["url"] = f"http://127.0.0.1:{ports.hub}"
    hall["hub"]["https"] = False
    hall["hub"]["data"] = "hall"
    hall["hub"]["framed_by"] = [f"http://{name}:{ports.page}" for name in seen.names]
    public = hall.setdefault("public", tomlkit.table())
    public["url"] = f"http://{seen.names[0]}:{ports.hub}"  # the telephone beside the kiosk opens it
    people = hall.setdefault("people", tomlkit.table())
    people["idle_min"], people["session_hours"] = 1440, 24  # nobody sits at the demo's counters
    for name, (port, _) in ports.printers.items():
        hall["printers"][name]["url"] = f"tcp://127.0.0.1:{port}"
    for name in hall.get("wires", {}):
        hall["wires"][name]["url"] = f"serial:wires/{name}?baud=9600"
        if name in SECOND_LANGUAGE:
            hall["wires"][name]["protocol"] = SECOND_LANGUAGE[name]
    for zone_ in hall.get("zones", {}).values():
        zone_["output"] = "screen"  # never a loudspeaker of the hall's
        if zone_.get("engine") in MODULES:
            zone_["engine"] = "clips"
    for pad in [name for name, table in hall.get("pads", {}).items() if table.get("device")]:
        del hall["pads"][pad]  # a real keypad of this machine
    for name, kiosk in hall.get("kiosks", {}).items():
        kiosk["scanner"], kiosk["card_reader"], kiosk["pin"] = (
            f"serial:wires/{name}-scanner",
            f"serial:wires/{name}-card?baud=115200",
            PIN_SEALED,
        )
    for quota in hall.get("quotas", {}).values():
        quota["per_person"] = 2  # so that there is an item for which the card reader is asked
    hours = tomlkit.aot()
    hours.append(tomlkit.table())
    if closes:
        hours[0]["days"], hours[0]["open"] = EVERY_DAY, [f"00:00-{closes}"]
        hall["tickets"]["stop_by"], hall["tickets"]["outside_hours"] = "foreseen", "refuse"
    else:  # people have duty as anywhere, and the doors are open besides
        hours[0]["days"], hours[0]["open"] = EVERY_DAY[:5], list(OFFICE)
        hall.setdefault("extended", tomlkit.table())["always"] = {**ALWAYS, "days": EVERY_DAY, "open": ["00:00-24:00"]}
    hall["hours"] = hours
    hall["hall"]["calendar"] = "calendar.csv"
    hall["channels"] = {"modem": {"kind": "gsm", "port": "serial:wires/modem?baud=115200"}}
    hall.setdefault("messages", tomlkit.table())["hours"] = []
    hall["platform"] = {"url": f"http://127.0.0.1:{ports.city}/told", "secret_file": SECRET, "ping_min": 1}
    mark(hall)
    return tomlkit.dumps(hall)
