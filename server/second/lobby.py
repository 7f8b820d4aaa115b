"""The few pages of a machine that is no hub now: how it stands, and the one key that makes it the hub."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from flask import Flask, Response, render_template, request, send_from_directory

import words
from config import Hall, Text, Told
from server.pages.tongue import tongue
from server.second.brake import AT_ONCE
from server.second.evidence import Alone
from server.serve import web_server
from server.tls import Seal

HEAD = {"Cache-Control": "no-store", "Jiaohao-Role": "second", "Access-Control-Allow-Origin": "*"}
SECURE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
THREADS = AT_ONCE + 4
"""Passwords that are looked at never hold all of them: the witness's door stays open."""
NO_HUB = Text("这是备用主机，现在不办理。", "This is the second machine: it is not the hub now.")


class Waits(Protocol):
    """The machine behind the pages."""

    hall: Hall | None

    def standing(self, nonce: str = "") -> dict[str, Any]: ...
    def hub_now(self) -> str: ...
    def said(self) -> list[tuple[Text, bool]]: ...
    def rows(self) -> list[Alone]: ...
    def voted(self, authorization: str, told: dict[str, Any]) -> dict[str, Any]: ...
    def ordered(self, authorization: str, told: dict[str, Any]) -> dict[str, Any]: ...
    def asked(self, authorization: str, told: dict[str, Any]) -> dict[str, Any]: ...
    def by_hand(self, staff: str, password: str, sure: bool, address: str) -> None: ...


def app_of(machine: Waits) -> Flask:
    app = Flask(__name__, static_folder=None, template_folder=".")

    @app.get("/api/v1/second/standing")
    def standing() -> Response:
        return Response(
            json.dumps(machine.standing(request.args.get("nonce", ""))), content_type="application/json", headers=HEAD
        )

    @app.post("/api/v1/second/vote")
    def vote() -> Response:
        return _json(machine.voted)

    @app.post("/api/v1/second/witness")
    def witness() -> Response:
        return _json(machine.asked)

    @app.post("/api/v1/second/order")
    def order() -> Response:
        return _json(machine.ordered)

    @app.get("/lobby.css")
    def style() -> Response:
        return send_from_directory(Path(__file__).parent, "lobby.css")

    @app.get("/")
    def page() -> Response:
        return _page(machine)

    @app.post("/take-over")
    def take_over() -> Response:
        if urlsplit(request.headers.get("Origin", "")).netloc not in ("", request.host):
            return Response(status=403)
        form = request.form
        try:
            sure, where = form.get("sure") == "yes", request.remote_addr or ""
            machine.by_hand(form.get("staff", ""), form.get("password", ""), sure, where)
        except Told as error:
            return _page(machine, error.text, 409)
        return _page(machine)

    @app.errorhandler(404)
    @app.errorhandler(405)
    def other(_: Exception) -> Response:
        if request.path.startswith("/api/") or request.method != "GET":
            told = {"type": "urn:jiaohao:problem:no-hub", "title": NO_HUB.en, "status": 503, "detail": NO_HUB.zh}
            return Response(json.dumps(told), 503, HEAD, content_type="application/problem+json")
        if hub := machine.hub_now():
            return Response(status=307, headers={"Location": f"{hub}{request.full_path.rstrip('?')}", **HEAD})
        return _page(machine, status=503)

    return app


def _json(ask: Callable[[str, dict[str, Any]], dict[str, Any]]) -> Response:
    told = request.get_json(silent=True)
    try:
        found = ask(request.headers.get("Authorization", ""), told if isinstance(told, dict) else {})
    except (KeyError, TypeError, ValueError):
        return Response(status=400)
    except PermissionError:
        return Response(status=401)
    return Response(json.dumps(found), content_type="application/json", headers=HEAD)


def _page(machine: Waits, refused: Text | None = None, status: int = 200) -> Response:
    hall = machine.hall
    told: dict[str, Any] = {"hall": hall.hall.name if hall else "", "said": machine.said(), "rows": machine.rows()}
    lang = tongue(request.path, request.accept_languages.values())
    told |= {"lang": words.tag(lang), "say": lambda zh, en: words.translated(str(zh), str(en), lang)}
    body = render_template("lobby.html", **told, ready=hall is not None, refused=refused)
    refresh = {"Vary": "Accept-Language"} | ({} if refused else {"Refresh": "10; url=/"})
    return Response(body, status, {**SECURE, **refresh}, content_type="text/html; charset=utf-8")


class Lobby:
    """The pages, listening until `close`."""

    def __init__(self, machine: Waits, listen: str, seal: Seal | None) -> None:
        host, _, port = listen.rpartition(":")
        self._web = web_server(app_of(machine), host, int(port), connections=100, seal=seal, threads=THREADS)
        self._thread = threading.Thread(target=self._web.run, name="lobby", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """The port is free for the hub that this machine is now."""
        self._web.task_dispatcher.shutdown(timeout=0.3)  # the answer to the vote is on its way
        for one in [*self._web._map.values()]:
            one.close()
        self._thread.join(2.0)
