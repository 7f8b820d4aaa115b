"""督查整改 on the web: what was found in which hall, how far it is, who settles it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Flask, abort, redirect, render_template, request
from psycopg import Connection
from psycopg.errors import InsufficientPrivilege
from werkzeug.wrappers import Response as AnyResponse

from config import Text, Told
from district import findings, publishing
from district.circular_pages import names_of
from district.findings import SOURCE_MOST, Kept
from district.people import Person
from district.sessions import Sessions
from district.views import ZONE
from server.domain.rectification import WHAT_MOST

ASKED = ("hall", "line", "what", "source", "due")
AT_ONCE = 50
"""Findings on a page."""
STATES = {
    "sent": Text("大厅还没有收到", "not at the hall yet"),
    "returning": Text("已退回，大厅还没有收到", "sent back, not at the hall yet"),
    "open": Text("大厅待整改", "to be put right by the hall"),
    "answered": Text("大厅已答复，等复查", "answered, to be looked at again"),
    "apart": Text("大厅的记录与区里的不符", "the hall's record says something else"),
    "closed": Text("已销号", "written off"),
    "withdrawn": Text("已撤销", "taken back"),
}
"""How far a finding is (`Kept.stands`)."""
WHICH = {
    "unsettled": Text("没有了结的", "not settled"),
    "late": Text("超期的", "past their day"),
    **STATES,
}
"""What the list may be narrowed to."""
EVERYTHING = Text("全部", "all")
QUICKER = Text("刚刚已有别人了结：现在是这样。", "Somebody else has just settled it: this is how it stands.")


class Chosen(NamedTuple):
    """What of the list is looked at: of a hall or all (""), of one of `WHICH` or all, and which page, from 1 on."""

    hall: str = ""
    state: str = ""
    page: int = 1

    def query(self, page: int = 1) -> str:
        """As it stands in an address; "" for the first page of all."""
        told = {"hall": self.hall, "state": self.state, "page": str(page) if page > 1 else ""}
        return urlencode({name: value for name, value in told.items() if value})


def add(app: Flask, sessions: Sessions) -> None:
    """An inspector raises; whoever is above the hall, and did not raise it, settles."""
    clock = sessions.clock

    def today() -> date:
        return datetime.fromtimestamp(clock(), ZONE).date()

    def chosen() -> Chosen:
        told = request.args
        page = told.get("page", "1")
        if not (page.isdecimal() and page.isascii() and len(page) < 7) or told.get("state", "") not in {"", *WHICH}:
            abort(404)
        return Chosen(told.get("hall", ""), told.get("state", ""), int(page))

    def listed(who: Person, trouble: Text | None = None) -> str:
        of = chosen()
        with sessions.seen(who) as conn:
            return render_template("findings.html", who=who, trouble=trouble, **overview(conn, today(), of))

    @app.get("/findings")
    def found() -> str:
        return listed(sessions.person())

    @app.route("/findings/new", methods=["GET", "POST"])
    def new_finding() -> AnyResponse | tuple[str, int]:
        who, told, trouble = sessions.person("inspector"), request.values, None
        if request.method == "POST":
            try:
                with sessions.seen(who) as conn:
                    hall, line, what, source, due = (told.get(name, "") for name in ASKED)
                    findings.raised(conn, who.name, hall, line, what, source, due, clock(), today())
                return redirect("/findings", 303)
            except InsufficientPrivilege:
                trouble = Text("这个大厅不归您管。", "That hall is not yours.")
            except Told as error:
                trouble = error.text
        with sessions.seen(who) as conn:
            halls = conn.execute(
                """SELECT id, name, name_en FROM places WHERE kind = 'hall' AND id IN (SELECT below())
                   ORDER BY parent, id"""
            ).fetchall()
        shown = render_template(
            "finding_new.html", who=who, halls=halls, lines=findings.LINES, trouble=trouble, form=told,
            most=(WHAT_MOST, SOURCE_MOST),
        )  # fmt: skip
        return shown, 400 if trouble else 200

    @app.post("/findings/<int:number>/<act>")
    def act_on_finding(number: int, act: str) -> AnyResponse | tuple[str, int]:
        who = sessions.person()
        acts: dict[str, Callable[[Connection[Any]], object]] = {
            "close": lambda conn: findings.settle(conn, who.name, number, "closed", clock()),
            "withdraw": lambda conn: findings.settle(conn, who.name, number, "withdrawn", clock()),
            "back": lambda conn: findings.sent_back(conn, number, request.form.get("due", ""), clock(), today()),
        }
        if act not in acts:
            abort(404)
        of = chosen()  # first: what is answered with 404 has changed nothing
        try:
            with sessions.seen(who) as conn:
                acts[act](conn)
        except Told as error:
            return listed(who, error.text), 409
        except InsufficientPrivilege:  # two at once: the database lets the first
            return listed(who, QUICKER), 409
        except LookupError:
            abort(404)
        return redirect(f"/findings?{of.query(of.page)}".rstrip("?"), 303)


def overview(conn: Connection[Any], today: date, of: Chosen) -> dict[str, Any]:
    """A page of what the session may see; what a hall can't put on record stands at those that it has not."""
    names, answers = names_of(conn), publishing.answers_to(conn, findings.sent(conn))
    refused = {hall: said.reasons for hall, said in answers.items() if said.answer == "refused"}
    every, untaken = findings.kept(conn), publishing.untaken(conn)
    found = [one for one in every if of.hall in ("", one.hall) and _is(one, of.state, today)]
    pages = max(1, -(-len(found) // AT_ONCE))
    page = min(max(of.page, 1), pages)
    at = (page - 1) * AT_ONCE
    lines: list[dict[str, Any]] = [
        {
            "told": one,
            "hall": names.get(one.hall, Text.same(one.hall)),
            "line": findings.LINES.get(one.line, Text.same(one.line)),
            "measure": findings.MEASURES.get(one.measure, Text.same(one.measure)),
            "state": one.stands,
            "late": one.late(today),
            "raised": datetime.fromtimestamp(one.raised_at, ZONE),
            "at": datetime.fromtimestamp(one.at, ZONE) if one.at is not None else None,
            "settled": datetime.fromtimestamp(one.changed_at, ZONE),
            "reasons": refused.get(one.hall, []) if one.stands == "sent" else [],
            "untaken": one.hall in untaken and one.stands in ("sent", "returning"),
        }
        for one in found[at : at + AT_ONCE]
    ]
    return {
        "open": [one for one in lines if one["told"].state == "open"],
        "over": [one for one in lines if one["told"].state != "open"],
        "count": len(found),
        "unsettled": sum(one.state == "open" for one in found),
        "any": bool(every),
        "shown": (at + 1, at + len(lines)),
        "before": of.query(page - 1) if page > 1 else None,
        "after": of.query(page + 1) if page < pages else None,
        "here": of.query(page),
        "chosen": of,
        "halls": sorted({one.hall: names.get(one.hall, Text.same(one.hall)) for one in every}.items()),
        "states": STATES,
        "which": WHICH,
        "everything": EVERYTHING,
        "at_once": AT_ONCE,
    }


def _is(one: Kept, which: str, today: date) -> bool:
    if which == "unsettled":
        return one.state == "open"
    return which == "" or (one.late(today) > 0 if which == "late" else one.stands == which)
