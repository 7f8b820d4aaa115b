"""The page of the virtual devices over HTTP: their picture, their state as JSON, orders to them and fingers on their
keys. Knows no wire's bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from counter_display.virtual.hall import ORDERS, WIRE_ORDERS, Hall
from counter_display.virtual.modem_line import MODEM_ORDERS
from page_server import Answer, PageServer, Request, Route, files, said, understood

FILES = {"/": "glow.html"} | {f"/{name}": name for name in ("glow.js", "lamps.js", "pads.js", "pads.css")}
FILES |= {"/telephones": "telephones.html", "/telephones.js": "telephones.js"}


class Show(PageServer):
    """The picture of all boards over HTTP. `port` 0 picks a free one."""

    def __init__(self, hall: Hall, port: int = 0, host: str = "127.0.0.1") -> None:
        routes: dict[str, Route] = {
            **files(Path(__file__).parent, FILES),
            "GET /state": lambda request: said(hall.state(request.number("since"))),
            "POST /order": partial(_obey, hall, _order),
            "POST /press": partial(_obey, hall, _press),
        }
        super().__init__(routes, port, host, anyone=True)


def _obey(hall: Hall, read: Callable[[Hall, Any], Callable[[], None]], request: Request) -> Answer:
    with understood(f"not an order; {HELP}"):
        obey = read(hall, request.json())
    obey()
    return said({})


HELP = (
    f'POST /order {{"board": "1", "order": "dead"}}: {", ".join(ORDERS)}; {{"wire": "west", "order": "unplug"}}:'
    f' {", ".join(WIRE_ORDERS)}; {{"modem": "modem", "order": "no sim"}}: {", ".join(MODEM_ORDERS)};'
    f' POST /press {{"pad": "pad 1", "keys": [1, 2, 12]}}'
)


def _order(hall: Hall, said: Any) -> Callable[[], None]:
    """An order to a board, a pad, a wire or a modem. Raises KeyError or ValueError."""
    order = said["order"]
    if "modem" in said:
        modem = hall.modems[said["modem"]]
        if order not in MODEM_ORDERS:
            raise ValueError(f"{order!r} is none of {', '.join(MODEM_ORDERS)}")
        return partial(modem.order, order)
    if "wire" in said:
        wire = hall.wires[said["wire"]]
        if order not in WIRE_ORDERS:
            raise ValueError(f"{order!r} is none of {', '.join(WIRE_ORDERS)}")
        return partial(wire.order, order)
    device = said["board"]
    if order not in ORDERS or device not in {**hall.boards, **hall.pads}:
        raise ValueError(f"{device!r}, {order!r}: no such board, or none of {', '.join(ORDERS)}")
    return partial(hall.order, device, order)


def _press(hall: Hall, said: Any) -> Callable[[], None]:
    """A finger on a pad or rater. Raises KeyError or ValueError."""
    pad, keys = hall.pads[said["pad"]], said["keys"]
    if (
        not isinstance(keys, list)
        or not 1 <= len(keys) <= 9
        or not all(isinstance(key, int) and 0 <= key <= 255 for key in keys)
    ):
        raise ValueError("keys are 1 to 9 numbers from 0 to 255")
    return partial(hall.wires[pad.wire].press, pad, *keys)
