"""下发 on the web: what was published and how far it is in each hall; a draft, its difference, its approval."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from flask import Flask, abort, redirect, render_template, request
from psycopg import Connection
from werkzeug.wrappers import Response as AnyResponse

from config import Text, Told
from district import drafting, postgres, publishing, staging
from district.people import Person
from district.publishing import Kept
from district.sessions import Sessions
from district.views import ZONE
from server.domain import circular, item_lists
from server.domain.chain import canonical
from server.domain.circular import PARTS, Rows

SHOWN = 200
"""Signs of a value in a difference."""
EARLY_S = 300.0
"""A hall that has something in force so much before its day has a wrong clock."""


def add(app: Flask, sessions: Sessions) -> None:
    """A manager publishes, an inspector looks."""
    clock = sessions.clock

    @contextmanager
    def publishing_as(who: Person) -> Iterator[Connection[Any]]:
        with postgres.connect(sessions.dsn) as conn, publishing.by(conn, who.place, who.name, who.subject):
            yield conn

    def looked_up(who: Person, number: int, trouble: Text | None = None) -> str:
        try:
            with sessions.seen(who) as conn:
                shown = one(conn, number, clock())
        except LookupError:
            abort(404)
        mine = who.role == "manager" and shown["told"].place in shown["below"]
        return render_template("circular.html", who=who, mine=mine, trouble=trouble, **shown)

    @app.get("/down")
    def circulars() -> str:
        who = sessions.person()
        with sessions.seen(who) as conn:
            return render_template("circulars.html", who=who, **overview(conn, clock()))

    @app.route("/down/new", methods=["GET", "POST"])
    def new_circular() -> AnyResponse | str | tuple[str, int]:
        who = sessions.person("manager")
        request.max_content_length = request.max_form_memory_size = circular.LONGEST
        trouble: Text | None = None
        if request.method == "POST":
            told = request.form
            try:
                rows = drafting.rows_of(told.get("part", ""), told.get("rows", ""))
                at = moment(told.get("effective_at", ""))
                place, part, note = told.get("place", ""), told.get("part", ""), told.get("note", "")
                with publishing_as(who) as conn:
                    number = publishing.draft(conn, who.name, place, part, rows, at, note, clock())
                return redirect(f"/down/{number}", 303)
            except publishing.Refusal:
                trouble = Text("这个地方不归您管。", "That place is not yours.")
            except Told as error:
                trouble = error.text
        with sessions.seen(who) as conn:
            places = conn.execute(
                "SELECT id, name, name_en FROM places WHERE id IN (SELECT below()) AND kind <> 'community' ORDER BY id"
            ).fetchall()
        shown = render_template(
            "circular_new.html", who=who, places=places, parts=PARTS, trouble=trouble, form=request.form
        )
        return (shown, 400) if trouble else shown

    @app.get("/down/<int:number>")
    def circular_page(number: int) -> str:
        return looked_up(sessions.person(), number)

    @app.post("/down/<int:number>/<act>")
    def act_on_circular(number: int, act: str) -> AnyResponse | tuple[str, int]:
        who = sessions.person("manager")
        told = request.form
        acts: dict[str, Callable[[Connection[Any]], object]] = {
            "approve": lambda conn: publishing.approve(
                conn, who.name, number, told.get("paper", ""), told.get("seen", ""), clock()
            ),
            "drop": lambda conn: publishing.drop(conn, number),
            "on": lambda conn: publishing.go_on(conn, number),
            "withdraw": lambda conn: publishing.withdraw(conn, number, clock()),
            "back": lambda conn: publishing.going_back(conn, who.name, number, clock()),
        }
        if act not in acts:
            abort(404)
        try:
            with publishing_as(who) as conn:
                made = acts[act](conn)
        except Told as error:
            return looked_up(who, number, error.text), 409
        except publishing.Refusal:
            abort(403)
        except LookupError:
            abort(404)
        return redirect("/down" if act == "drop" else f"/down/{made or number}", 303)


def moment(told: str) -> float | None:
    """A day and time of the form, in the district's zone; None for none. Raises Told."""
    if not told.strip():
        return None
    try:
        return datetime.fromisoformat(told.strip()).replace(tzinfo=ZONE).timestamp()
    except ValueError:
        raise Told("生效时间要写成2027-01-01 00:00。", "Write the moment as 2027-01-01 00:00.") from None


def names_of(conn: Connection[Any]) -> dict[str, Text]:
    found = conn.execute("SELECT id, name, name_en FROM places").fetchall()
    return {id: Text(name, name_en or name) for id, name, name_en in found}


def progress(conn: Connection[Any], told: list[Kept], now: float) -> dict[int, list[dict[str, Any]]]:
    """Number -> how far each hall is that the session may see."""
    said, paths, names = publishing.answers(conn), publishing.paths(conn), names_of(conn)
    plain, published, untaken = publishing.plain(said), publishing.published(conn), publishing.untaken(conn)
    stands = {
        hall: [one.number for one, _ in staging.standing(published, hall, path, plain, now)]
        for hall, path in paths.items()
    }
    made = {}
    for one in told:
        rows = []
        for hall, path in paths.items():
            state = staging.said_of(one.published(), hall, path, plain, stands[hall])
            if state == "not for it":
                continue
            answer = said.get((one.number, hall))
            early = answer and answer.answer == "applied" and answer.at < (one.effective_at or 0) - EARLY_S
            rows.append(
                {
                    "hall": hall,
                    "name": names[hall],
                    "state": state,
                    "untaken": state == "sent" and hall in untaken,
                    "at": datetime.fromtimestamp(answer.at, ZONE) if answer else None,
                    "reasons": answer.reasons if answer else [],
                    "early": early,
                }
            )
        made[one.number] = rows
    return made


def overview(conn: Connection[Any], now: float) -> dict[str, Any]:
    """All circulars, the newest first, each with its halls; drafts before them."""
    found, names = publishing.kept(conn), names_of(conn)
    drafts = [one for one in found if one.state == "draft"]
    others = [one for one in found if one.state != "draft"]
    told = progress(conn, others, now)
    return {
        "drafts": [_head(one, names, now) for one in drafts],
        "circulars": [_head(one, names, now) | {"halls": told[one.number]} for one in others],
    }


def _head(one: Kept, names: dict[str, Text], now: float) -> dict[str, Any]:
    return {
        "told": one,
        "part": PARTS[one.part][0] if one.part in PARTS else Text.same(one.part),
        "place": names.get(one.place, Text.same(one.place)),
        "effective": datetime.fromtimestamp(one.effective_at, ZONE) if one.effective_at is not None else None,
        "to_come": one.effective_at is None or one.effective_at > now,
        "stopped_by": names.get(one.stopped_by, Text.same(one.stopped_by)),
        "everywhere": one.state == "published" and staging.everywhere(one.published()),
        "wave": len(staging.wave(one.published())) if one.state == "published" else 0,
        "of": len(one.order),
    }


def one(conn: Connection[Any], number: int, now: float) -> dict[str, Any]:
    """A circular and what is different from the one before it. Raises LookupError."""
    told = publishing.one(conn, number)
    before = publishing.before(conn, told.place, told.part, number)
    below = {id for (id,) in conn.execute("SELECT below()").fetchall()}
    difference = drafting.difference(before.rows if before else {}, told.rows)
    return _head(told, names_of(conn), now) | {
        "halls": progress(conn, [told], now)[number] if told.state != "draft" else [],
        "before": before,
        "below": below,
        "staying": circular.staying(before.rows, told.rows) if before else [],
        "remove": json.dumps(circular.staying(before.rows, told.rows), ensure_ascii=False) if before else "",
        "difference": [(where, *_beside(told.rows, where, was, is_now)) for where, was, is_now in difference],
        "seen": circular.sha256(canonical(told.rows)),
        "drafted": datetime.fromtimestamp(told.drafted_at, ZONE),
        "approved": datetime.fromtimestamp(told.approved_at, ZONE) if told.approved_at else None,
    }


def _beside(rows: Rows, where: str, was: Any, now: Any) -> tuple[Text, Text]:
    """A value before and after; of a list of codes what goes and what comes, and not some two hundred codes twice."""
    if not _codes(now):
        return Text.same(_short(was)), _after(rows, where, now)
    if not _codes(was):
        return Text.same(_short(was)), Text(f"共{len(now)}项：{'、'.join(now)}", f"{len(now)}: {', '.join(now)}")
    came, went = item_lists.moved(was, now)
    others = len(now) - len(came)
    zh, en = (f"增加{'、'.join(came)}；", f"comes: {', '.join(came)}; ") if came else ("", "")
    return (
        Text(f"去掉{'、'.join(went)}", f"goes: {', '.join(went)}") if went else Text.same("–"),
        Text(f"{zh}其余{others}项不变", f"{en}{others} others stay"),
    )


def _codes(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)


def _after(rows: Rows, where: str, value: Any) -> Text:
    """What a row goes to, or that it stays as it is, since nothing of it is named."""
    if value is not None:
        return Text.same(_short(value))
    table, _, row = where.partition(".")
    if rows.get(table, {}).get(row, ...) is None:
        return Text("删除", "taken away")
    return Text("不再写到：保持原样", "not named any more: stays as it is")


def _short(value: Any) -> str:
    if value is None:
        return "–"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
