"""A kiosk without its screen, as a process: the kiosk program's own line to the hub, book, lease and printer.

Who stands before it writes a line of JSON, `{"key", "service"}`; it says what its screen would: `{"key", "number",
"alone", "paper"}`, `{"key", "refused"}` (null: no answer, touch again with the same key), `{"number", "printed"}`, and
`{"alone", "owed"}` when that has changed. Its network is its own: `roads` leads the hub's ports through wires that are
cut (`chaos/severed.py`).
"""

from __future__ import annotations

import json
import logging
import queue
import socket
import sys
import threading
from pathlib import Path
from typing import Any

import config
from consoles import any_console
from hub_client import HubClient, memory_beside
from kiosk.flow import events
from kiosk.rim.alone import Alone
from kiosk.rim.hub_line import HubLine
from kiosk.rim.kept_book import KeptBook
from kiosk.rim.own_printer import OwnPrinter

LOOK_S = 0.05


def rewire(roads: dict[int, int]) -> None:
    """From now on who connects to one of these ports of this machine comes out at another."""
    direct = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] == "127.0.0.1":
            address = (address[0], roads.get(address[1], address[1]))
        direct(self, address)

    socket.socket.connect = connect  # type: ignore[method-assign, assignment]


def said(event: events.Event) -> dict[str, Any] | None:
    """What whoever stands there is told by it."""
    match event:
        case events.TicketCame(key, ticket):
            return {"key": key, "number": ticket.number, "alone": ticket.offline, "paper": ticket.print.state}
        case events.TicketFailed(key, refused, reason):
            return {"key": key, "refused": reason.zh if refused else None}
        case events.PrintCame(ticket):
            return {"number": ticket.number, "printed": ticket.print.state}
    return None


def main(file: Path, kiosk: str, folder: Path, roads: dict[int, int]) -> None:
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    rewire(roads)
    hall = config.load(file)
    token = folder / "token"
    client = HubClient(hall.hub.url, token.read_text().strip(), memory=memory_beside(token))
    book = KeptBook(folder / f"{kiosk}.book", hall.zone)
    wishes: queue.SimpleQueue[None] = queue.SimpleQueue()
    line = HubLine(client, kiosk, lambda: wishes.put(None))
    line.alone = Alone(client, kiosk, book, OwnPrinter(hall, kiosk, folder), line.say)
    out = threading.Lock()

    def say(told: dict[str, Any]) -> None:
        with out:
            print(json.dumps(told, ensure_ascii=False), flush=True)

    def listen() -> None:
        for words in sys.stdin:
            told = json.loads(words)
            line.do(events.RequestTicket(told["service"], told["key"], "zh", large_print=False))
        ended.set()
        wishes.put(None)

    ended = threading.Event()
    threading.Thread(target=listen, name="touches", daemon=True).start()
    line.start()
    line.alone.start()
    before: dict[str, Any] = {}
    while not ended.is_set():
        try:
            wishes.get(timeout=LOOK_S)
            while True:
                if told := said(line.events.get_nowait()):
                    say(told)
        except queue.Empty:
            now = {"alone": line.alone.on, "owed": len(book.book.owed), "leased": bool(book.book.lease)}
            if now != before:
                say(now)
                before = now
    line.stop()
    line.alone.stop()


if __name__ == "__main__":
    any_console()
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), {int(a): int(b) for a, b in json.loads(sys.argv[4])})
