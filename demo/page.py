"""The demo's page: one address that shows every program of the hall, each from its own port.

Logs visitors in as the crew.
"""

from __future__ import annotations

import secrets
import threading
from http.cookies import SimpleCookie
from pathlib import Path

from config import Hall
from demo.crew import login_rows
from demo.hall import Ports
from page_server import JSON, Answer, PageError, PageServer, Request, files, said, understood

FILES = {"/": "page.html", "/demo.css": "demo.css", "/demo.js": "demo.js"}
HERE = Path(__file__).resolve().parent


class DemoPage(PageServer):
    """Serves the page on this machine, and answers no page of another port: it hands out sessions.

    `sessions`: counter (or "manager") -> session cookie of its member of staff.
    """

    def __init__(
        self,
        hall: Hall,
        ports: Ports,
        crew: dict[str, tuple[str, str, str, str]],
        *,
        moving: bool = False,
        host: str = "127.0.0.1",
        key: str = "",
    ) -> None:
        self.sessions: dict[str, str] = {}
        self.everybody_in = threading.Event()
        self.moving, self._moves = threading.Event(), moving
        if moving:
            self.moving.set()
        words = {
            **hall.hall.text.json("name"),
            "banner": hall.hall.banner,
            "banner_en": hall.hall.banner_en,
            "hub": ports.hub,
            "kiosk": ports.kiosk,
            "boards": ports.boards,
            "readers": ports.readers,
            "city": ports.city,
            "size": next(iter(hall.kiosks.values())).size,
            "printers": [
                {"id": p, "name": hall.printers[p].name, "port": show} for p, (_, show) in ports.printers.items()
            ],
            "moves": moving,
            "zone": str(hall.zone),
            "crew": login_rows(hall, crew),
            "counters": [{"id": c, **t.text.json("name")} for c, t in hall.counters.items()],
        }
        self._hub = ports.hub
        facts = said(words)
        routes = {
            **files(HERE, FILES),
            "GET /facts.json": lambda request: facts,
            "GET /enter": self._enter,
            "GET /stream": lambda request: said({"moving": self.moving.is_set()}),
            "POST /stream": self._let_move,
        }
        self._key, self._cookie = key, f"rehearsal-{ports.page}"
        super().__init__(routes, ports.page, host)

    def answer(self, method: str, request: Request) -> Answer:
        """Where it has a key, whoever opened it with that key alone gets anything: it hands out sessions."""
        kept = SimpleCookie(request.headers.get("cookie", "")).get(self._cookie) if self._key else None
        if not self._key or (kept and secrets.compare_digest(kept.value, self._key)):
            return super().answer(method, request)
        if request.query.get("key") != self._key:
            return Answer("请从主机的“演练”页打开。 Open it from the hub's page Rehearsal.".encode(), status=403)
        cookie = f"{self._cookie}={self._key}; Path=/; HttpOnly; SameSite=Lax"
        return Answer(status=302, headers={"Set-Cookie": cookie, "Location": "/"})

    def _let_move(self, request: Request) -> Answer:
        """{"moving": true or false}: the people go on, or stand still."""
        with understood('say {"moving": true} or {"moving": false}'):
            wish = request.json()["moving"]
            if not isinstance(wish, bool):
                raise ValueError(wish)
        if not self._moves:
            raise PageError(409, "nobody moves here: start the demo with --moves")
        (self.moving.set if wish else self.moving.clear)()
        return said({"moving": self.moving.is_set()})

    def _enter(self, request: Request) -> Answer:
        """Hand the visitor's browser the session of whoever works at a place (cookies know no ports), and lead it to a
        page of the hub.
        """
        self.everybody_in.wait(10)
        place, then = request.query.get("as", ""), request.query.get("then", "")
        if place not in self.sessions:
            raise PageError(404, f"{place or 'as='}: nobody works there; there are {', '.join(self.sessions)}")
        cookie = {"Set-Cookie": f"{self.sessions[place]}; Path=/; HttpOnly; SameSite=Lax"}
        if not then.startswith("/"):
            return Answer(b"{}", JSON, headers=cookie)
        host = request.headers.get("host", "").rpartition(":")[0] or "127.0.0.1"
        return Answer(status=302, headers={**cookie, "Location": f"http://{host}:{self._hub}{then}"})
