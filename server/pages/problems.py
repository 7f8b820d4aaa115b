"""Every error of the API in one shape: RFC 9457 problem details. Browsers get the same words as a page."""

from __future__ import annotations

import logging
import re
import sqlite3
from html import escape
from typing import Any

from apiflask import APIFlask
from apiflask.exceptions import HTTPError
from flask import Response, current_app, json, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from config import Text, Told
from server.domain.rules import Refused
from server.reports.delivery.workshop import NotMade
from server.verbs.hub import Closed, Conflict, TooOften, Unknown
from server.verbs.records import Elsewhere

log = logging.getLogger(__name__)

KINDS: dict[type[Told], tuple[int, str, str]] = {
    Unknown: (404, "urn:jiaohao:problem:unknown", ""),
    Conflict: (422, "urn:jiaohao:problem:key-reused", ""),
    Closed: (409, "urn:jiaohao:problem:closed", ""),
    Elsewhere: (403, "urn:jiaohao:problem:elsewhere", ""),
    TooOften: (429, "urn:jiaohao:problem:too-often", ""),
    Refused: (409, "urn:jiaohao:problem:refused", ""),
    NotMade: (503, "about:blank", "The report was not made"),
    Told: (409, "about:blank", ""),
}
"""What is told -> (status, the problem's type, its title if that is not the sentence); the nearest kind counts."""


USUAL = {
    400: "请求有误：请返回重试。",
    401: "请先登录。",
    403: "没有权限。",
    404: "没有这个地址。",
    405: "此处不能这样操作。",
    406: "没有这种格式。",
    408: "等得太久：请再试一次。",
    409: "和现在的状态不符：请刷新再试。",
    411: "请求没有说明长度。",
    413: "内容太大，没有接收：请减小后再发。",
    414: "地址太长。",
    415: "内容的类型不对：接口只收JSON（application/json），除非另有说明。",
    416: "没有这一段。",
    422: "内容有误：请核对后再发。",
    428: "请求缺少条件。",
    429: "尝试次数太多：请稍后再试。",
    431: "请求头太大：请清除本站的Cookie再试。",
    500: "系统出错，已记入日志，请联系管理员。",
    501: "不支持这种操作。",
    502: "上一级没有回答：请再试一次。",
    503: "暂时不能办理：请稍后再试。",
    504: "上一级没有回答：请再试一次。",
    507: "磁盘已满：请管理员清理后再试。",
}
"""What a library says in English alone, by its status."""
UNUSUAL = "出错了：请返回重试。"
BUSY = (
    503,
    Text("数据库暂时不能读写：请再试，再不行请看日志。", "The database cannot be used now: try again."),
)
FULL = (507, Text("磁盘已满，没有保存：请管理员清理后再试。", "The disk is full; nothing was saved: make room."))
DAMAGED = (503, Text("数据库文件已损坏：请管理员恢复备份。", "The database is damaged: restore the last backup."))
REFUSED = {
    "disk is full": FULL,
    "readonly": (503, Text("数据库只能读，没有保存：请检查文件权限。", "The database is read-only: check its rights.")),
    "I/O error": (503, Text("磁盘读写出错，没有保存：请检查磁盘。", "The disk failed; nothing was saved: check it.")),
    "malformed": DAMAGED,
    "not a database": DAMAGED,
}
"""Words of SQLite -> what a person is told; its own words stand in the log (https://sqlite.org/rescode.html)."""
PLAIN = (
    '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>叫号 Queue</title></head><body><h1>{zh}</h1>'
    '<p lang="en">{en}</p><p><a href="/">返回首页 Back to the start</a></p></body></html>'
)


def problem(status: int, title: str, detail: str, *, kind: str = "about:blank", **more: Any) -> Response:
    """One problem. `detail` says what to do; `more` are extension members such as `errors` or `detail_en`."""
    if _for_a_person():
        return _page(status, title, Text(detail, more.get("detail_en", "")))
    body = {"type": kind, "title": title, "status": status, "detail": detail, "instance": request.path, **more}
    response = Response(json.dumps(body, ensure_ascii=False) + "\n", status, content_type="application/problem+json")
    response.headers["Cache-Control"] = "no-store"
    if status == 503:
        response.headers["Retry-After"] = "2"
    return response


def _for_a_person() -> bool:
    """Whether a browser asked for a page. A program that asks a page's address for JSON is answered in JSON."""
    wished = request.accept_mimetypes
    return (
        not request.path.startswith(("/api/", "/metrics"))
        and wished["text/html"] >= wished["application/json"]
        and bool(wished)
    )


def _page(status: int, title: str, said: Text) -> Response:
    """The problem as a page like the others; in the plainest one where even that cannot be made, as without a disk."""
    said = both(said, status)
    try:
        hall = current_app.extensions["hub"].hall.hall
        page = render_template("problem.html", hall=hall, status=status, said=said)
    except Exception:
        log.exception("%s %s: no page for a problem %s", request.method, request.path, status)
        page = PLAIN.format(zh=escape(said.zh), en=escape(said.en))
    return Response(page, status, content_type="text/html; charset=utf-8")


def both(said: Text, status: int) -> Text:
    """A description in both languages: given as two, as "中文。English." in one, or by a library in English alone."""
    zh, stop, en = said.zh.rpartition("。")
    if said.en and said.en != said.zh:
        return said
    if stop:
        return Text(zh + stop, en.strip() or said.en)
    if re.search("[\u4e00-\u9fff]", said.zh):
        return said
    return Text(USUAL.get(status, UNUSUAL), said.zh)


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
        words = error.description or error.name
        said = both(Text(words, ""), error.code or 500)
        ours = words != type(error).description and not isinstance(error, CSRFError)
        detail = words if ours and not said.zh.startswith(words.partition("。")[0]) else said.zh
        response = problem(error.code or 500, error.name, detail, detail_en=said.en or words)
        for name, value in error.get_headers():
            if name.lower() in ("allow", "retry-after", "www-authenticate"):
                response.headers[name] = value
        return response

    @app.errorhandler(sqlite3.Error)
    def disk(error: sqlite3.Error) -> Response:
        log.error("the database refused: %s", error)
        current_app.extensions["hub"].store.met(error)
        status, said = next((one for name, one in REFUSED.items() if name in str(error)), BUSY)
        return problem(status, said.en, said.zh, detail_en=said.en)

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        log.exception("%s %s: unexpected", request.method, request.path)
        return problem(
            500,
            "Unexpected error",
            "系统出错，已记入日志，请联系管理员。",
            detail_en="Unexpected error; it is in the hub's log.",
        )
