"""Every error of the API in one shape: RFC 9457 problem details. Browsers get the same words as a page."""

from __future__ import annotations

import logging
import sqlite3
from typing import Any

from apiflask import APIFlask
from apiflask.exceptions import HTTPError
from flask import Response, current_app, json, render_template, request
from werkzeug.exceptions import HTTPException

from config import Told
from server.domain.rules import Refused
from server.reports.delivery.workshop import NotMade
from server.verbs.hub import Closed, Conflict, Unknown

log = logging.getLogger(__name__)

KINDS: dict[type[Told], tuple[int, str, str]] = {
    Unknown: (404, "urn:jiaohao:problem:unknown", ""),
    Conflict: (422, "urn:jiaohao:problem:key-reused", ""),
    Closed: (409, "urn:jiaohao:problem:closed", ""),
    Refused: (409, "urn:jiaohao:problem:refused", ""),
    NotMade: (503, "about:blank", "The report was not made"),
    Told: (409, "about:blank", ""),
}
"""What is told -> (status, the problem's type, its title if that is not the sentence); the nearest kind counts."""


def problem(status: int, title: str, detail: str, *, kind: str = "about:blank", **more: Any) -> Response:
    """One problem. `detail` says what to do; `more` are extension members such as `errors` or `detail_en`."""
    if not request.path.startswith("/api/") and "text/html" in request.headers.get("Accept", ""):
        hall = current_app.extensions["hub"].hall.hall
        page = render_template(
            "problem.html", hall=hall, status=status, title=title, detail=detail, detail_en=more.get("detail_en", "")
        )
        return Response(page, status, content_type="text/html; charset=utf-8")
    body = {"type": kind, "title": title, "status": status, "detail": detail, "instance": request.path, **more}
    response = Response(json.dumps(body, ensure_ascii=False) + "\n", status, content_type="application/problem+json")
    response.headers["Cache-Control"] = "no-store"
    if status == 503:
        response.headers["Retry-After"] = "2"
    return response


def install(app: APIFlask) -> None:
    """Answer every error of the application with a problem."""

    @app.error_processor
    def invalid(error: HTTPError) -> Response:
        errors = [
            {"where": f"{place}.{field}" if field else place, "what": message}
            for place, fields in (error.detail or {}).items()
            for field, messages in (fields.items() if isinstance(fields, dict) else [("", fields)])
            for message in (messages if isinstance(messages, list) else [messages])
        ]
        what = "; ".join(f"{e['where']}: {e['what']}" for e in errors) or str(error.message)
        more: dict[str, Any] = {"errors": errors} if errors else {}
        response = problem(error.status_code, str(error.message), what, **more)
        response.headers.extend(error.headers or {})
        return response

    @app.errorhandler(Told)
    def told(error: Told) -> Response:
        status, kind, title = next(KINDS[one] for one in type(error).__mro__ if one in KINDS)
        return problem(status, title or error.en, str(error), kind=kind, detail_en=error.en)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        response = problem(error.code or 500, error.name, error.description or error.name)
        for name, value in error.get_headers():
            if name.lower() in ("allow", "retry-after", "www-authenticate"):
                response.headers[name] = value
        return response

    @app.errorhandler(sqlite3.Error)
    def disk(error: sqlite3.Error) -> Response:
        log.error("the database refused: %s", error)
        return problem(
            503,
            "The database cannot be written",
            f"数据库暂时不能写入，请再试：{error}",
            detail_en=f"Try again: {error}",
        )

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        log.exception("%s %s: unexpected", request.method, request.path)
        return problem(
            500,
            "Unexpected error",
            "系统出错了，已经记下来：请再试一次；还不行，请找技术员。",
            detail_en="Something went wrong, and it is noted: try again; if it stays so, call the technician.",
        )
