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
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from config import Text, Told
from config.phrasing import wrong
from server.domain.private_line import InClear
from server.domain.rules import Refused
from server.pages import access
from server.pages.access import NotYours
from server.pages.telephone import rendered
from server.reports.delivery.workshop import NotMade
from server.store.database import CutOff
from server.verbs.hub import Closed, Conflict, TooOften, Unknown
from server.verbs.records import Confidential, Elsewhere
from server.verbs.visitor import Over

log = logging.getLogger(__name__)

KINDS: dict[type[Told], tuple[int, str, str]] = {
    Over: (410, "urn:jiaohao:problem:over", ""),
    Unknown: (404, "urn:jiaohao:problem:unknown", ""),
    Conflict: (422, "urn:jiaohao:problem:key-reused", ""),
    Closed: (409, "urn:jiaohao:problem:closed", ""),
    InClear: (403, "urn:jiaohao:problem:in-clear", ""),
    NotYours: (403, "about:blank", "Forbidden"),
    Elsewhere: (403, "urn:jiaohao:problem:elsewhere", ""),
    Confidential: (403, "urn:jiaohao:problem:confidential", ""),
    TooOften: (429, "urn:jiaohao:problem:too-often", ""),
    Refused: (409, "urn:jiaohao:problem:refused", ""),
    NotMade: (503, "about:blank", "The report was not made"),
    CutOff: (503, "urn:jiaohao:problem:cut-off", ""),
    Told: (409, "about:blank", ""),
}
"""What is told -> (status, the problem's type, its title if that is not the sentence); the nearest kind counts."""


USUAL = {
    400: Text("这一步没有办成：请返回重试。", "This did not work: go back and try again."),
    401: Text("请先登录。", "Log in first."),
    403: Text(
        "这里不能用您的账号：请换账号登录，或找管理人员。", "Not with your account: use another or ask a manager."
    ),
    404: Text("没有这个地址：可能写错了，或者它已经不在了。", "There is no such address: it may be wrong, or gone."),
    405: Text("这里不能这样操作：请从首页重新打开。", "That cannot be done here: start from the first page."),
    406: Text("没有这种格式。", "There is no such format."),
    408: Text("等得太久：请再试一次。", "That took too long: try again."),
    409: Text("和现在的状态不符：请刷新再试。", "Things have changed meanwhile: reload and try again."),
    411: Text("请求没有说明长度。", "The request does not say how long it is."),
    413: Text("内容太大，没有接收：请减小后再发。", "Too large, and not taken: make it smaller and send it again."),
    414: Text("地址太长。", "The address is too long."),
    415: Text("内容的类型不对：接口只收JSON，除非另有说明。", "Of the wrong type: send JSON, unless told otherwise."),
    416: Text("没有这一段。", "There is no such part."),
    422: Text("内容有误：请核对后再发。", "Something in it is wrong: check it and send it again."),
    428: Text("请求缺少条件。", "The request lacks its condition."),
    429: Text("尝试次数太多：请稍后再试。", "Too many attempts: try again a little later."),
    431: Text(
        "浏览器为本站存的东西太多：请清除后再试。", "The browser keeps too much for this site: clear it and try again."
    ),
    500: Text(
        "系统出错了，已经记下来：请再试一次；还不行，请找技术员。",
        "Something went wrong, and it is noted: try again; if it stays so, call the technician.",
    ),
    501: Text("不支持这种操作。", "That cannot be done here."),
    502: Text("上一级没有回答：请再试一次。", "What is asked for this did not answer: try again."),
    503: Text("暂时不能办理：请稍后再试。", "Not possible just now: try again a little later."),
    504: Text("上一级没有回答：请再试一次。", "What is asked for this did not answer: try again."),
    507: Text("磁盘已满：请管理员清理后再试。", "The disk is full: have the administrator make room."),
}
"""What a person is told instead of a library's words, by the status."""
UNUSUAL = Text("出错了：请返回重试。", "Something went wrong: go back and try again.")
EXPIRED = Text(
    "这一页打开太久，或不是从本站打开的：请刷新后再试。",
    "The page was open too long, or is not one of ours (CSRF): reload it and try again.",
)
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
VISITORS = ("visitor", "slots", "voices")
"""Blueprints whose pages are for telephones: nobody there is led to the staff's log-in, nor who mistypes an address and
is no member of staff.
"""
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
        if request.blueprint in VISITORS or (request.url_rule is None and access.who() is None):
            page = rendered("said", hall, said=said)
        else:
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
    return Text(USUAL.get(status, UNUSUAL).zh, said.zh)


def install(app: APIFlask) -> None:
    """Answer every error of the application with a problem."""

    @app.error_processor
    def invalid(error: HTTPError) -> Response:
        found = error.__cause__
        if not isinstance(found, ValidationError):
            said = both(Text(str(error.message), ""), error.status_code)
            response = problem(error.status_code, said.en, said.zh, detail_en=said.en)
        else:
            errors = [(".".join(map(str, one["loc"])) or "body", wrong(one)) for one in found.errors()]
            response = problem(
                error.status_code,
                "The request is not as it should be",
                "；".join(f"{where}：{what.zh}" for where, what in errors) + "。",
                detail_en="; ".join(f"{where} {what.en}" for where, what in errors) + ".",
                errors=[{"where": where, **what.json("what")} for where, what in errors],
            )
        response.headers.extend(error.headers or {})
        return response

    @app.errorhandler(Told)
    def told(error: Told) -> Response:
        status, kind, title = next(KINDS[one] for one in type(error).__mro__ if one in KINDS)
        return problem(status, title or error.en, str(error), kind=kind, detail_en=error.en)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        words, status = error.description or error.name, error.code or 500
        forged = isinstance(error, CSRFError)
        ours = words not in (type(error).description, error.name) and not forged
        said = both(Text(words, ""), status) if ours else EXPIRED if forged else USUAL.get(status, UNUSUAL)
        detail = words if ours and not said.zh.startswith(words.partition("。")[0]) else said.zh
        response = problem(status, error.name, detail, detail_en=said.en or words)
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
        return problem(500, "Unexpected error", USUAL[500].zh, detail_en=USUAL[500].en)
