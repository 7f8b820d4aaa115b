"""The relay's web: the pages of each hall under its name, by the hub's own templates, and the door where hubs post.

`/` lists the halls; with one hall alone its pages are reached without its name too. Knows no number and no right: a
code that opens nothing is the hub's word.
"""

from __future__ import annotations

import logging
import re
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
from flask import Flask, Response, abort, redirect, request, send_from_directory
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from config import Text
from relay import anywhere, moving
from relay.halls import Halls
from relay.mirrored import OLD_S, UNSEEN, Mirrored, Seen, Word
from relay.nearby import Busy, elsewhere, last_heard, span
from relay.terms import Stale
from server.outbound import signature
from server.pages.headers import walls
from server.pages.problems import USUAL, both
from server.pages.telephone import SPOKEN, TOO_MANY, Tries, chosen, rendered
from server.streams import Beat, Live, News, Streams
from server.verbs.telephone import FIELDS, LONGEST

log = logging.getLogger(__name__)

SERVER = Path(__file__).parent.parent / "server"
SHOWN = ("visitor.css", "visitor.js", "mark.svg")
"""Static files that a telephone's page has."""
LONGEST_WORD = 8 << 20
"""Bytes of what a hub posts, unpacked: a thousand pages are two million."""
LONGEST_BODY = 2 << 20
BEAT = Beat(b"event: beat\ndata:\n\n", 3.0)
RESTARTED_S = 120.0
"""So long after its start the relay takes no telephone that follows a page for one that tries codes."""
STREAMS = 2000
WITHIN = Text(
    "投诉、咨询、建议和答复的内容不经过中转，写的不出大厅：请到大厅的咨询台登记或查看；办到哪一步，在本网址首页“查进度”里看",
    "Complaints, questions and ideas don't go through here: what is written stays in the hall. Lodge or read it at the"
    " hall's guide desk; how far it is stands behind 'How far is it?' on this site's first page",
)
STRANGER = Text("中转不认识这个大厅：请核对简称。", "The relay knows no such hall: check its name.")


class _Phones:
    """Every open page of every hall, as one source of streams. The cursor is (hall, path, what was shown last)."""

    name, urgent = "telephones", False
    calm: frozenset[str] = frozenset()
    deaf: frozenset[str] = frozenset()

    def __init__(self, halls: Halls) -> None:
        self._halls = halls

    def news(self, cursor: tuple[str, str, object]) -> News:
        name, path, before = cursor
        hall = self._halls.find(name)
        seen = hall.shown(path) if hall else Seen(None, None)
        now = (seen.sheet and seen.sheet.mark, minutes(seen))
        return News((name, path, now), b"" if now == before else b"event: show\ndata: {}\n\n")


def minutes(seen: Seen) -> int:
    """How old a page is that may no longer be right, in minutes; 0 while it is."""
    return 0 if seen.age is None or seen.age <= OLD_S else int(seen.age // 60)


def create_app(halls: Halls, stopping: Callable[[], bool] = lambda: False) -> Flask:
    app = Flask("relay", template_folder=str(SERVER / "templates"), static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LONGEST_BODY
    app.jinja_env.globals.update(SPOKEN)
    tries, phones, began = Tries(), _Phones(halls), time.monotonic()
    streams = Streams(set, stopping)
    halls.on_change = streams.change
    app.extensions["streams"] = streams

    def known(name: str) -> Mirrored:
        hall = halls.find(name)
        if hall is None:
            abort(404, description=f"{STRANGER.zh}{STRANGER.en}")
        return hall

    def page(hall: Mirrored, path: str, status: int = 200, refused: Text | None = None) -> tuple[str, int]:
        address, minute = request.remote_addr or "", int(time.monotonic() // 60)
        if tries.too_many(address, minute, path):
            return said(hall, TOO_MANY), 429
        seen = hall.look(path)
        if seen.sheet is None:
            return said(hall, refused or UNSEEN, again=True), status if refused else 503
        told = seen.sheet.told
        if told.status != 200 or told.page is None:
            if told.status == 404 and "/" in path:
                tries.wrong(address, minute, path)
            return said(hall, Text(told.said, told.said_en)), told.status
        view = {**told.view, "now": seen.sheet.now}
        feed = f"/{hall.id}/api/v1/places/{path[2:]}"
        return (
            rendered(
                told.page,
                hall.hall,
                home=f"/{hall.id}",
                view=view,
                feed=feed,
                refused=refused,
                age=minutes(seen),
                relayed=True,
                elsewhere=elsewhere(Busy(hall.id, hall.hall, view), busy_now(0.0), halls.points())
                if told.page == "busy" and not minutes(seen)  # an old wait is compared with nobody's
                else (),
            ),
            status,
        )

    def said(hall: Mirrored, text: Text, *, again: bool = False) -> str:
        return rendered("said", halls.called(hall), said=text, again=again, home=f"/{hall.id}")

    @app.get("/<name>/p/<code>")
    def place(name: str, code: str) -> tuple[str, int]:
        return page(known(name), f"p/{code[:40]}")

    @app.get("/<name>/r/<code>")
    def rating(name: str, code: str) -> tuple[str, int]:
        return page(known(name), f"r/{code[:40]}")

    @app.get("/<name>/n/<code>")
    def kept(name: str, code: str) -> tuple[str, int]:
        return page(known(name), f"n/{code[:40]}")

    @app.get("/<name>/b/<code>")
    def booking(name: str, code: str) -> tuple[str, int]:
        return page(known(name), f"b/{code[:40]}")

    @app.get("/<name>/<any('take','here'):sheet>")
    def form(name: str, sheet: str) -> tuple[str, int]:
        return page(known(name), sheet)

    @app.post("/<name>/<any('p','r','n','b'):kind>/<code>")
    def pressed(name: str, kind: str, code: str) -> AnyResponse | tuple[str, int]:
        return press(known(name), f"{kind}/{code[:40]}")

    @app.post("/<name>/<any('take','here'):sheet>")
    def sent(name: str, sheet: str) -> AnyResponse | tuple[str, int]:
        return press(known(name), sheet)

    def press(hall: Mirrored, path: str) -> AnyResponse | tuple[str, int]:
        key, address, minute = request.form.get("key", ""), request.remote_addr or "", int(time.monotonic() // 60)
        if not re.fullmatch(r"[\w-]{8,60}", key, re.ASCII):
            abort(400)
        if tries.too_many(address, minute, path):
            return said(hall, TOO_MANY), 429
        fields = {name: value[:LONGEST] for name in FIELDS if (value := ",".join(request.form.getlist(name)))}
        became = hall.press(key, path, fields)
        if became.status == 303:
            to = f"/{hall.id}/{became.to}"
            return redirect(f"{to}?lang={chosen()}" if chosen() else to, 303)
        if became.status == 404:
            tries.wrong(address, minute, path)
        return page(hall, path, became.status, became.said)

    @app.get("/<name>/voice")
    @app.get("/<name>/voice/<one>")
    @app.get("/<name>/v")
    @app.get("/<name>/v/<one>")
    def within(name: str, one: str = "") -> tuple[str, int]:
        """What is written by hand is private: a relay outside never has it, and says where to go instead."""
        hall = known(name)
        tel = (hall.hall or {}).get("tel_complaint", "")
        call = Text(f"，或打投诉举报电话 {tel}", f", or call {tel}") if tel else Text("", "")
        return said(hall, Text(f"{WITHIN.zh}{call.zh}。", f"{WITHIN.en}{call.en}.")), 404

    @app.get("/voice")
    @app.get("/voice/<one>")
    @app.get("/v")
    @app.get("/v/<one>")
    def within_alone(one: str = "") -> AnyResponse:
        return alone("voice")

    @app.get("/<name>/busy")
    def busy(name: str) -> tuple[str, int]:
        return page(known(name), "busy")

    @app.get("/<name>/privacy")
    def privacy(name: str) -> tuple[str, int]:
        return page(known(name), "privacy")

    @app.get("/<name>/api/v1/busy")
    def busy_told(name: str) -> tuple[Response, int]:
        seen = known(name).look("busy")
        if seen.sheet is None or seen.sheet.told.status != 200:
            return _json({"zh": UNSEEN.zh, "en": UNSEEN.en}), 503 if seen.sheet is None else seen.sheet.told.status
        return _json({"now": seen.sheet.now, "age_s": round(seen.age or 0), **seen.sheet.told.view}), 200

    @app.get("/<name>/api/v1/places/<code>")
    def follow(name: str, code: str) -> Response:
        hall, path = known(name), f"p/{code[:40]}"
        address, minute = request.remote_addr or "", int(time.monotonic() // 60)
        if tries.too_many(address, minute, path):
            abort(429)
        if streams.count >= STREAMS:
            abort(503)
        seen = hall.held(path)  # whoever follows a page has opened it: a code is tried there, not here
        if seen.sheet is None and time.monotonic() - began < RESTARTED_S:
            abort(503)  # this relay has seen no page yet; the telephone asks for its own again, and that is no try
        if seen.sheet is None or seen.sheet.told.status != 200:
            tries.wrong(address, minute, path)
            abort(404)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        answer = Response(content_type="text/event-stream; charset=utf-8", headers=headers, direct_passthrough=True)
        answer.response = Live(streams, phones, BEAT, (hall.id, path, None), answer.close)
        return answer

    def busy_now(wait_s: float) -> list[Busy]:
        """How busy each hall is, one that can't be reached among them."""
        known = halls.all()
        seen = halls.look({hall.id: ["busy"] for hall in known}, wait_s)
        return [
            Busy(hall.id, halls.called(hall), anywhere.right(seen[hall.id, "busy"], OLD_S, "busy"), hall.silent_s)
            for hall in known
        ]

    @app.get("/")
    def start() -> AnyResponse | str:
        busy = [(one, one.view and span(one.view), last_heard(one.silent_s)) for one in busy_now(halls.look_s)]
        return rendered("halls", None, halls=busy, books=bool(anywhere.items_of(halls, halls.look_s)))

    @app.get("/api/v1/busy")
    def busy_everywhere() -> tuple[Response, int]:
        """The same for programs: each hall with its waits, or that it can't be reached."""
        told = [
            {"id": one.id, "name": one.hall["name"], "name_en": one.hall.get("name_en", ""), "busy": one.view}
            for one in busy_now(halls.look_s)
        ]
        return _json({"halls": told, "at": halls.points()}), 200

    anywhere.add(app, halls, tries)
    moving.add(app, known, page, said, tries)

    @app.get("/p/<code>")
    def place_alone(code: str) -> AnyResponse:
        return alone(f"p/{code}")

    @app.get("/r/<code>")
    def rating_alone(code: str) -> AnyResponse:
        return alone(f"r/{code}")

    @app.get("/busy")
    def busy_alone() -> AnyResponse:
        return alone("busy")

    def alone(path: str) -> AnyResponse:
        names = halls.names()
        if len(names) != 1:
            abort(404)
        return redirect(f"/{names[0]}/{path}", 302)

    @app.get("/static/<path:filename>", endpoint="static")
    def static(filename: str) -> Response:
        if filename not in SHOWN:
            abort(404)
        return send_from_directory(SERVER / "static", filename, max_age=300)

    @app.post("/relay/v1/<name>")
    def word(name: str) -> tuple[Response, int]:
        """What a hub posts: signed, packed, at most so long."""
        hall, body = halls.find(name), request.get_data()
        if hall is None:
            return _json({"zh": STRANGER.zh, "en": STRANGER.en}), 404
        try:
            signature.check(signature.read(halls.file(name)), _headers(), body, time.time())
            said = Word.model_validate_json(_unpacked(body))
            return _json(hall.heard(said)), 200
        except (signature.Unsigned, signature.NoSecret) as error:
            log.warning("%s: %s", name, error)
            return _json({"zh": error.text.zh, "en": error.text.en}), 401
        except Stale as error:
            return _json({"zh": error.text.zh, "en": error.text.en}), 409
        except (ValueError, ValidationError, zlib.error, EOFError, OSError) as error:
            log.warning("%s: what the hub posts can't be read: %s", name, type(error).__name__)
            return _json({"zh": "内容读不懂：两边的版本可能不同。", "en": "It can't be read: another version?"}), 400

    @app.errorhandler(Exception)
    def wrong(error: Exception) -> tuple[str, int]:
        status = error.code or 500 if isinstance(error, HTTPException) else 500
        if status == 500:
            log.exception("%s %s: unexpected", request.method, request.path.split("/")[1:2])
        words = getattr(error, "description", "") or ""
        ours = re.search("[\u4e00-\u9fff]", words) is not None
        return rendered(
            "said", None, said=both(Text(words, ""), status) if ours else USUAL.get(status, USUAL[500])
        ), status

    @app.after_request
    def careful(response: Response) -> Response:
        response.headers.extend(walls())
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return app


def _headers() -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


def _unpacked(body: bytes) -> bytes:
    if request.headers.get("Content-Encoding") != "gzip":
        return body
    opened = zlib.decompressobj(zlib.MAX_WBITS | 16)
    whole = opened.decompress(body, LONGEST_WORD)
    if opened.unconsumed_tail or not opened.eof:
        raise ValueError("too long, or cut off")
    return whole


def _json(told: dict[str, Any]) -> Response:
    return Response(orjson.dumps(told), content_type="application/json")
