"""The page of the virtual printer over HTTP: its paper live, every byte by name, and orders for its fate.

It moves no print data.

Any page may read it: it is a fake printer on one's own machine. Requests and answers: docs/virtual-printer.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from page_server import Answer, PageError, PageServer, Request, files, said, understood
from printer_profiles.virtual import picture
from printer_profiles.virtual.faults import FAULTS
from printer_profiles.virtual.paper import AMOUNTS, ORDERS
from printer_profiles.virtual.print_server import SHOWN, Printer
from printer_profiles.virtual.sheet import Sheet, Step, readable
from printer_profiles.virtual.typeface import NoTypeface

FILES = {"/": "page.html", "/page.css": "page.css", "/page.js": "page.js"}
HERE = Path(__file__).resolve().parent / "live"
HEX = 96  # bytes of one command shown; a raster has thousands


@dataclass(frozen=True)
class Order:
    """One order as it comes over HTTP, on standard input or from the command line."""

    name: str
    amount: int | None = None
    on: bool = True
    seconds: float | None = None

    @classmethod
    def read(cls, values: dict[str, Any]) -> Order:
        """From plain values: order, on, seconds, and an amount called amount, mm, bytes, rate or ms.

        ValueError if wrong.
        """
        amount = next((values[key] for key in ("amount", "mm", "bytes", "rate", "ms") if key in values), None)
        order = cls(values["order"], amount, values.get("on", True), values.get("seconds"))
        if order.name not in ORDERS:
            raise ValueError(f"paper: order '{order.name}' is unknown; known are {', '.join(ORDERS)}")
        if amount is not None and not (type(amount) is int and 1 <= amount <= 1_000_000):
            raise ValueError(f"paper: {amount!r} is no amount; write a whole number from 1 to 1000000")
        if not isinstance(order.on, bool) or not (order.seconds is None or 0 < float(order.seconds) <= 86_400):
            raise ValueError('paper: "on" is true or false, "seconds" is more than 0 and at most 86400')
        return order

    @classmethod
    def from_line(cls, line: str) -> Order:
        """From a line such as ``paper_out``, ``near_end off``, ``roll mm=3000``, ``hang seconds=5``.

        ValueError if wrong.
        """
        name, *rest = line.split()
        values: dict[str, Any] = {"order": name}
        for word in rest:
            key, _, value = word.partition("=")
            if word in ("on", "off"):
                values["on"] = word == "on"
            elif key in ("mm", "bytes", "rate", "ms", "amount", "seconds") and value.replace(".", "", 1).isdigit():
                values[key] = float(value) if key == "seconds" else int(value) if value.isdigit() else value
            else:
                raise ValueError(
                    f"paper: '{word}' is not understood; write off, mm=300, bytes=100, rate=10 or seconds=5"
                )
        return cls.read(values)

    def give(self, printer: Printer) -> None:
        """Have it obeyed."""
        if self.seconds is not None and self.on and self.name in FAULTS:
            printer.order_for(self.name, self.amount, float(self.seconds))
        else:
            printer.order(self.name, self.amount, on=self.on)


class ShowServer(PageServer):
    """GET / /facts /state /slips/<id or now>.png|txt|bin|json, POST /order."""

    def __init__(self, address: tuple[str, int], printer: Printer, wire: str = "") -> None:
        self.printer = printer
        self.wire = wire  # where print data goes in, as a person would write it
        self._pictures: dict[int, bytes] = {}
        routes = {
            **files(HERE, FILES),
            "GET /facts": lambda request: said(self.facts()),
            "GET /state": lambda request: said(printer.look()),
            "GET /slips/": self._slip,
            "POST /order": self._order,
        }
        super().__init__(routes, address[1], address[0], anyone=True)

    def facts(self) -> dict[str, Any]:
        """What does not change while it runs."""
        profile = self.printer.paper.profile
        faults = {name: {"zh": fault.zh, "en": fault.en, "stops": fault.stops} for name, fault in FAULTS.items()}
        about = {
            "model": profile.name,
            "title": profile.title,
            "paper_mm": profile.paper_mm,
            "dots": profile.dots,
            "columns": profile.columns,
        }
        return {
            **about,
            "cutter": profile.cutter,
            "status": profile.status,
            "wire": self.wire,
            "faults": faults,
            "amounts": AMOUNTS,
        }

    def picture(self, number: int | None) -> bytes | None:
        """The PNG of a slip, drawn once; of what hangs out of the printer, anew each time."""
        sheet = self.printer.sheet(number)
        if sheet is None or number is None:
            return picture.png(sheet) if sheet else None
        if number not in self._pictures:
            self._pictures[number] = picture.png(sheet)
            for old in [key for key in list(self._pictures) if key <= number - SHOWN]:
                self._pictures.pop(old, None)
        return self._pictures[number]

    def _order(self, request: Request) -> Answer:
        with understood(f'paper: no such order; POST /order {{"order": one of {", ".join(ORDERS)}}}'):
            order = Order.read(request.json())
        order.give(self.printer)
        look = self.printer.look()
        return said({key: look[key] for key in ("state", "faults", "roll_mm")})

    def _slip(self, request: Request) -> Answer:
        stem, _, kind = request.path.removeprefix("/slips/").partition(".")
        number = int(stem) if stem.isascii() and stem.isdigit() and len(stem) < 12 else None
        sheet = self.printer.sheet(number) if number is not None or stem == "now" else None
        cache = "max-age=3600" if number is not None else "no-store"
        if sheet and kind == "png":
            return self._png(number, cache)
        if sheet and kind == "txt":
            return Answer(sheet.text().encode(), cache=cache)
        if sheet and kind == "bin":
            return Answer(sheet.raw, "application/octet-stream", cache=cache)
        if sheet and kind == "json":
            return said(told(sheet))
        raise PageError(404, f"paper: {request.path} is not here; see /state")

    def _png(self, number: int | None, cache: str) -> Answer:
        try:
            return Answer(self.picture(number) or b"", "image/png", cache=cache)
        except NoTypeface as error:
            raise PageError(500, str(error)) from error


def told(sheet: Sheet) -> dict[str, Any]:
    """A slip with every command by name, as plain values.

    ``at`` counts bytes since the printer was switched on, from 0.
    """
    complaints = [
        {"at": one.at, "command": one.command[:16].hex(" "), "zh": one.zh, "en": one.en} for one in sheet.complaints
    ]
    about = {"id": sheet.id, "end": sheet.end, "mm": round(sheet.mm, 1), "bytes": len(sheet.raw), "text": sheet.text()}
    return {**about, "complaints": complaints, "steps": [_step(step) for step in sheet.steps]}


def _step(step: Step) -> dict[str, Any]:
    plain = readable(step.raw[:HEX]) if step.name == "text" else ""
    return {
        "at": step.at,
        "size": len(step.raw),
        "hex": step.raw[:HEX].hex(" "),
        "name": step.name,
        "zh": step.zh,
        "en": step.en,
        "text": plain,
    }
