"""改期 at the relay: a booking is moved to another time by its code, without an account.

The times are the hall's own word (`move/<code>`), shown for as long as it said; the change is a key that the hall
carries out in one turn: the new place is taken before the old one is given back, so that nobody loses both.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import quote

from flask import Flask, Response, abort, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from config import Text
from relay.anywhere import KEY, word
from relay.mirrored import OLD_S, UNSEEN, Mirrored
from server.pages.telephone import TOO_MANY, Tries, chosen, rendered

NOT_NOW = Text("这个预约现在不能改：请看预约页。", "This booking can't be changed now: see its page.")
NO_CALENDAR = Text("这个预约现在没有时段。", "This booking has no time just now.")

Page = Callable[[Mirrored, str, int, Text | None], tuple[str, int]]
Said = Callable[[Mirrored, Text], str]


def add(app: Flask, known: Callable[[str], Mirrored], page: Page, said: Said, tries: Tries) -> None:
    """The routes. `known`: a hall by its name, or 404; `page` and `said`: a page of it, a sentence in its name."""

    def minute() -> int:
        return int(time.monotonic() // 60)

    def choosing(hall: Mirrored, code: str, refused: Text | None = None, status: int = 200) -> tuple[str, int]:
        address, path = request.remote_addr or "", f"move/{code}"
        if tries.too_many(address, minute(), path):
            return said(hall, TOO_MANY), 429
        seen = hall.look(path)
        told = seen.sheet.told if seen.sheet else None
        if told and told.status != 200:
            if told.status == 404:
                tries.wrong(address, minute(), path)
            return said(hall, Text(told.said, told.said_en)), told.status
        view = word(seen, "move")
        if view is None:
            return said(hall, UNSEEN), 503
        if not view["may"]:
            return page(hall, f"b/{code}", 409, refused or NOT_NOW)
        asked, at = (request.values.get(name, "")[:20] for name in ("day", "at"))
        day = next((one for one in view["days"] if one["day"] == asked), None)
        times = day["slots"] if day else []
        free = next((one for one in view["days"] if any(slot["free"] for slot in one["slots"])), None)
        near = day or free
        shown = {
            "service": view["service"],
            "days": [{**one, "free": sum(slot["free"] for slot in one["slots"])} for one in view["days"]],
            "day": near["day"] if near else None,
            "day_words": {"zh": near["zh"], "en": near["en"]} if near else None,
            "slots": times,
            "may_wait": False,
        }
        text = rendered(
            "slots",
            hall.hall,
            home=f"/{hall.id}",
            relayed=True,
            view=shown,
            chosen=next((one for one in times if one["time"] == at and one["free"]), None),
            day_chosen=day is not None,
            waits=False,
            booking={"code": code},
            base=f"/{hall.id}/b/{code}/change",
            refused=refused,
            keeps="".join(f"{name}={quote(value)}&" for name, value in (("day", asked), ("at", at)) if value),
        )
        return text, status

    @app.get("/<name>/b/<code>/change")
    def other_time(name: str, code: str) -> tuple[str, int]:
        return choosing(known(name), code[:40])

    @app.post("/<name>/b/<code>/change")
    def moved(name: str, code: str) -> AnyResponse | tuple[str, int]:
        hall, path, address = known(name), f"b/{code[:40]}", request.remote_addr or ""
        key = request.form.get("key", "")
        if not KEY.fullmatch(key):
            abort(400)
        if tries.too_many(address, minute(), path):
            return said(hall, TOO_MANY), 429
        became = hall.press(key, path, {"act": "change", "start": request.form.get("start", "")[:40]})
        if became.status == 303:
            to = f"/{hall.id}/{became.to}"
            return redirect(f"{to}?lang={chosen()}" if chosen() else to, 303)
        if became.status == 404:
            tries.wrong(address, minute(), path)
        if became.status in (202, 404, 503):  # its page says how it stands, and goes on saying so
            return page(hall, path, became.status, became.said)
        return choosing(hall, code[:40], became.said, became.status)

    @app.get("/<name>/b/<code>/calendar.ics")
    def calendar(name: str, code: str) -> Response | tuple[str, int]:
        """As the hub made it, with reminders a day and two hours before; it is in the telephone's hands then."""
        hall, path, address = known(name), f"b/{code[:40]}", request.remote_addr or ""
        if tries.too_many(address, minute(), path):
            return said(hall, TOO_MANY), 429
        seen = hall.look(path)
        told = seen.sheet.told if seen.sheet else None
        if told is None or seen.age is None or seen.age > OLD_S:  # it would stand in a calendar for good
            return said(hall, UNSEEN), 503
        if told.status == 404:
            tries.wrong(address, minute(), path)
        files = told.view.get("calendar")
        text = files.get("en" if chosen() == "en" else "zh") if isinstance(files, dict) else None
        if told.status != 200 or not isinstance(text, str):
            return said(hall, NO_CALENDAR), 404
        headers = {"Content-Disposition": 'attachment; filename="booking.ics"'}
        return Response(text, content_type="text/calendar; charset=utf-8", headers=headers)
