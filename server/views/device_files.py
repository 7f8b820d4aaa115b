"""What a device on another machine starts by: the hall's files, without what is none of its business."""

from __future__ import annotations

import tomlkit

from intake.encoding import decoded
from server.verbs import configuration
from server.verbs.hub import Hub

NOT_THEIRS = ("mail", "backup", "report", "people", "sign_on", "platform", "relay", "webhooks", "messages", "channels")
"""Tables that no device needs."""


def files_of(hub: Hub, device: str) -> dict[str, bytes]:
    """The hall's file as a device gets it, the tables that it names, and the frames that its boards speak by. Other
    kiosks' PINs and readers stay at the hub.
    """
    made: dict[str, bytes] = hub.kept(("device", device, configuration.newest(hub)), lambda: _files(hub, device))
    return made


def _files(hub: Hub, device: str) -> dict[str, bytes]:
    hall, files = hub.hall, configuration.in_force(hub)
    document = tomlkit.parse(decoded(files[hall.file.name]))
    for table in NOT_THEIRS:
        document.pop(table, None)
    for kiosk, table in document.get("kiosks", {}).items():
        if kiosk != device:
            for key in ("pin", "scanner", "card_reader"):
                table.pop(key, None)
    made = {name: content for name, content in files.items() if name != hall.file.name}
    protocols = {wire.protocol for wire in hall.wires.values()} | {board.protocol for board in hall.boards.values()}
    for protocol in protocols:
        if protocol.endswith(".toml"):
            made[protocol] = (hall.folder / protocol).read_bytes()
    return {hall.file.name: tomlkit.dumps(document).encode(), **made}
