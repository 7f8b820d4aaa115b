"""The demo's page: one address that shows every program of the hall, each from its own port.

Logs visitors in as the crew.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from config import Hall
from demo.hall import Ports

FILES = {
    "/": ("page.html", "text/html"),
    "/demo.css": ("demo.css", "text/css"),
    "/demo.js": ("demo.js", "text/javascript"),
}
HERE = Path(__file__).resolve().parent


class PageServer:
    """Serves the page on this machine. `sessions`: counter (or "manager") -> session cookie of its member of staff."""

    def __init__(self, hall: Hall, ports: Ports) -> None:
        self.sessions: dict[str, str] = {}
        self.everybody_in = threading.Event()
        words = {
            **hall.hall.text.json("name"),
            "banner": hall.hall.banner,
            "banner_en": hall.hall.banner_en,
            "hub": ports.hub,
            "kiosk": ports.kiosk,
            "boards": ports.boards,
            "readers": ports.readers,
            "size": next(iter(hall.kiosks.values())).size,
            "printers": [
                {"id": p, "name": hall.printers[p].name, "port": show} for p, (_, show) in ports.printers.items()
            ],
            "counters": [{"id": c, **t.text.json("name")} for c, t in hall.counters.items()],
        }
        self._hub = ports.hub
        self._facts = json.dumps(words, ensure_ascii=False)
        self._server = ThreadingHTTPServer(("127.0.0.1", ports.page), self._handler())
        self._server.daemon_threads = True

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, name="page", daemon=True).start()

    def stop(self) -> None:
        threading.Thread(target=self._server.shutdown, daemon=True).start()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        page = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                url = urlsplit(self.path)
                if url.path in FILES:
                    name, kind = FILES[url.path]
                    self._send((HERE / name).read_bytes(), kind)
                elif url.path == "/facts.json":
                    self._send(page._facts.encode(), "application/json")
                elif url.path == "/enter":
                    query = parse_qs(url.query)
                    self._enter(query.get("as", [""])[0], query.get("then", [""])[0])
                else:
                    self.send_error(404)

            def _enter(self, place: str, then: str) -> None:
                """Hand the visitor's browser the session of whoever works at a place (cookies know no ports), and
                lead it to a page of the hub.
                """
                page.everybody_in.wait(10)
                cookie = page.sessions.get(place)
                if cookie is None:
                    self.send_error(404, "nobody works there")
                    return
                host = self.headers.get("Host", "").rpartition(":")[0] or "127.0.0.1"
                self._send(
                    b"{}",
                    "application/json",
                    cookie,
                    f"http://{host}:{page._hub}{then}" if then.startswith("/") else "",
                )

            def _send(self, body: bytes, kind: str, cookie: str = "", then: str = "") -> None:
                self.send_response(302 if then else 200)
                if then:
                    self.send_header("Location", then)
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Cache-Control", "no-store")
                if cookie:
                    self.send_header("Set-Cookie", f"{cookie}; Path=/; HttpOnly; SameSite=Lax")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                return None

        return Handler
