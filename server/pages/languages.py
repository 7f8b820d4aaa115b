"""The languages of the hub's own pages: each has Chinese and, beside it, one other: English, or the further language
that the reader chose (server/pages/tongue.py). What a browser puts together is said by server/static/words.js with the
same catalog.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from flask import Blueprint, Flask, Response, abort, g, has_request_context, request

import words
from server.pages import telephone
from server.pages.access import public
from server.pages.tongue import COOKIE, known, tongue

KEPT_S = 600
"""So long a browser keeps a catalog; a new one is there after a restart of the hub anyway."""

pages = Blueprint("languages", __name__)


def _wished() -> list[str]:
    return [tag for tag, quality in request.accept_languages if quality]


def other() -> str:
    """The language beside Chinese: of the address, else what was chosen under 显示, else the browser's, else English.

    What is made for nobody's browser, as a report by mail, has English.
    """
    if not has_request_context():
        return words.SECOND
    if "other" not in g:
        asked = (
            known(request.args.get("lang", "")) or known(request.cookies.get(COOKIE, "")) or words.nearest(_wished())
        )
        g.other = asked if asked in words.further() else words.SECOND
    return str(g.other)


def in_other(zh: Any, en: Any) -> Any:
    """The half of a text beside its Chinese."""
    return telephone.translated(zh, en, other())


def install(app: Flask) -> None:
    app.jinja_env.globals.update(
        telephone.SPOKEN,
        second_language=other,
        in_second=in_other,
        further=words.further,
        second_tag=lambda: words.tag(other()),
    )
    app.register_blueprint(pages)


def language_now() -> str:
    """How a page opens: `zh`, `both`, or `en` for its other language alone."""
    opens = tongue(request.path, _wished())
    return opens if opens in ("zh", "both") else words.SECOND


@pages.get("/words/<language>.js")
@public
def catalog(language: str) -> Response:
    """What server/static/words.js finds the texts of a page in."""
    if language not in words.further():
        abort(404)
    body, tag = _script(words.catalog_path(language))
    answer = Response(body, content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = f"private, max-age={KEPT_S}"
    answer.set_etag(tag)
    answer.make_conditional(request)
    return answer


@cache
def _script(catalog: Path) -> tuple[bytes, str]:
    """A catalog for a browser, and its ETag; read once, as for the pages themselves."""
    body = b"window.catalog = %b;\n" % orjson.dumps([tuple(one) for one in words.entries(catalog)])
    return body, hashlib.sha256(body).hexdigest()
