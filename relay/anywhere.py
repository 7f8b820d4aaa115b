"""The pages of all halls at once: a time booked at any of them, and one's own matter asked for at the hall that has it.

Each hall's leased places are its own word (`lease/<item>`), shown for as long as it said; a booking is a key that the
hall carries out, so that nothing is sold here. What is answered of a matter is shown to whoever asked, and not kept.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from flask import Flask, abort, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from config import Text
from relay.halls import Halls
from relay.mirrored import OLD_S, Mirrored, Pressed, ResultTold, Seen
from relay.nearby import last_heard
from relay.shapes import fits
from server.domain import slots
from server.domain.guesses import Guesses
from server.domain.rules import Refused
from server.outbound import signature
from server.pages.telephone import TOO_MANY, Tries, chosen, rendered

FORMS = 30
"""Forms of these pages from one address in a minute."""
TOUCH = ("key", "lang", "item", "day", "hall", "at", "service", "start", "list", "wait", "telephone")
"""Fields of a booking: the same ones again are the same touch, which books once."""
KEY = re.compile(r"[\w-]{8,60}", re.ASCII)
NOT_YET = Text(
    "大厅还没有回答，不知道是否约成：请过一会儿按下面的键看看。",
    "The hall has not answered yet, and whether it was booked is not known: press the key below in a little while.",
)
NOT_FOUND = Text(
    "没有查到：请核对回执上的编号和码。",
    "Nothing was found: check number and code on your receipt.",
)
WHICH = Text(
    "请选这张回执是哪个大厅开的：上面有大厅的名称。",
    "Choose the hall of your receipt: its name is printed on it.",
)
NOBODY = Text(
    "现在连不上大厅，没有查成：请稍后再查，或打大厅电话。",
    "The hall can't be reached, and nothing was asked: try again a little later, or call the hall.",
)


class Item(NamedTuple):
    """What may be booked at one hall or several, by its name. `halls`: hall -> its own code of the item."""

    name: str
    name_en: str
    halls: dict[str, str]


class Offer(NamedTuple):
    """What a hall has leased of an item. `view`: its word, None where there is none that still holds."""

    hall: Mirrored
    called: Mapping[str, str]
    service: str
    view: Mapping[str, Any] | None


def right(seen: Seen, good_s: float, page: str) -> dict[str, Any] | None:
    """What a page shows, if the hub has said within `good_s` seconds that it is so, and it is such a page."""
    if seen.sheet is None or seen.sheet.told.status != 200 or seen.age is None or seen.age > good_s:
        return None
    return seen.sheet.told.view if fits(page, seen.sheet.told.view) else None


def word(seen: Seen, page: str = "lease") -> dict[str, Any] | None:
    """A hall's word of its leased places, for as long as it said that it is good, by the clock of whoever heard it."""
    view = right(seen, slots.TERM_S, page)
    return view if view and right(seen, float(view["term_s"]), page) else None


def items(told: Mapping[str, Mapping[str, Any] | None]) -> list[Item]:
    """What may be booked anywhere. `told`: hall -> its page of items. The same name at two halls is one item."""
    found: dict[str, Item] = {}
    for hall, view in told.items():
        for one in view["services"] if view else ():
            item = found.setdefault(one["name"], Item(one["name"], one["name_en"], {}))
            item.halls.setdefault(hall, one["code"])
    return [*found.values()]


def days(offers: list[Offer]) -> list[dict[str, Any]]:
    """The days of all halls together: `day`, `zh`, `en`, `free` places, of how many `halls`, and in how many one may
    `wait`.
    """
    found: dict[str, dict[str, Any]] = {}
    for offer in offers:
        for day in offer.view["days"] if offer.view else ():
            one = found.setdefault(
                day["day"], {"day": day["day"], "zh": day["zh"], "en": day["en"], "free": 0, "halls": 0, "wait": 0}
            )
            free = sum(slot["free"] for slot in day["slots"])
            one["free"] += free
            one["halls"] += bool(free)
            one["wait"] += bool(day.get("may_wait"))
    return [found[day] for day in sorted(found)]


def on_day(offer: Offer, day: str) -> list[dict[str, Any]]:
    """A hall's times on a day, full ones too."""
    return next((one["slots"] for one in (offer.view["days"] if offer.view else ()) if one["day"] == day), [])


def waits_on(offer: Offer, day: str) -> bool:
    """Whether a hall has a waiting list for a day, and room on it."""
    return any(one["day"] == day and one.get("may_wait") for one in (offer.view["days"] if offer.view else ()))


def items_of(halls: Halls, wait_s: float) -> list[Item]:
    """What may be booked anywhere now."""
    known = halls.all()
    seen = halls.look({hall.id: ["items"] for hall in known}, wait_s)
    return items({hall.id: right(seen[hall.id, "items"], OLD_S, "items") for hall in known})


def _answers(result: ResultTold) -> bool:
    """Whether it is an answer: a hub of a version before this one refuses the key itself, and brings no view."""
    return result.view is not None and (result.status != 200 or fits("matter", result.view))


def add(app: Flask, halls: Halls, tries: Tries) -> None:
    """The routes. `tries`: wrong codes by address, those of the other pages among them."""
    sent = Guesses(FORMS)

    def minute() -> int:
        return int(time.monotonic() // 60)

    def slowly() -> None:
        address = request.remote_addr or ""
        if sent.too_many(address, minute()):
            abort(429, description=f"{TOO_MANY.zh}{TOO_MANY.en}")
        sent.wrong(address, minute())

    def silent(some: list[Mirrored]) -> list[dict[str, Any]]:
        """Halls that can't be reached or don't answer, by name, and since when."""
        return [
            {
                **Text(halls.called(hall)["name"], halls.called(hall).get("name_en", "")).json("name"),
                **last_heard(hall.silent_s).json("heard"),
            }
            for hall in some
        ]

    # --- a time at any hall ---

    def offers_of(item: Item) -> list[Offer]:
        paths = {hall: [f"lease/{code}"] for hall, code in item.halls.items()}
        seen = halls.look(paths, halls.look_s)
        return [
            Offer(hall, halls.called(hall), item.halls[hall.id], word(seen[hall.id, f"lease/{item.halls[hall.id]}"]))
            for hall in halls.all()
            if hall.id in item.halls
        ]

    def booking(became: Pressed | None = None) -> tuple[str, int]:
        """The page of an item, a day, a time at a hall, as far as they are chosen; with what became of a key."""
        asked = {name: request.values.get(name, "")[:80] for name in ("item", "day", "hall", "at", "wait")}
        unknown = became is not None and became.status == 202
        known = items_of(halls, halls.look_s)
        item = next((one for one in known if one.name == asked["item"]), None)
        offers = offers_of(item) if item else []
        at_day = [(one, times) for one in offers if (times := on_day(one, asked["day"]))]
        open_again = became is None or became.status in (202, 400, 503)  # else what was chosen is gone: choose again
        chosen_at = next(
            (
                (one, slot)
                for one, times in at_day
                for slot in times
                if open_again and one.hall.id == asked["hall"] and slot["time"] == asked["at"] and slot["free"]
            ),
            None,
        )
        waits = next(
            (
                one
                for one, _ in at_day
                if open_again and asked["wait"] and one.hall.id == asked["hall"] and waits_on(one, asked["day"])
            ),
            None,
        )
        mute = {one.hall.id for one in offers if one.view is None}
        day = next((one for one in days(offers) if one["day"] == asked["day"]), None)
        page = rendered(
            "anywhere",
            None,
            items=known,
            item=item,
            days=days(offers),
            day=day,
            at_day=at_day,
            chosen=None if unknown else chosen_at,
            waits=None if unknown else waits,
            listing=[one for one, _ in at_day if waits_on(one, asked["day"])],
            asked=asked,
            silent=silent([hall for hall in halls.all() if not hall.alive or hall.id in mute]),
            refused=NOT_YET if unknown else became.said if became else None,
            again={name: request.form.get(name, "")[:80] for name in TOUCH} if unknown else None,
            keeps="".join(f"{name}={quote(value)}&" for name, value in asked.items() if value),
            key=request.form["key"] if became and open_again else secrets.token_hex(8),
        )
        return page, became.status if became else 200

    @app.get("/book")
    def book() -> tuple[str, int]:
        return booking()

    @app.post("/book")
    def booked() -> AnyResponse | tuple[str, int]:
        if not KEY.fullmatch(request.form.get("key", "")):
            abort(400)
        slowly()
        became = sell()
        if became.status == 303:
            to = f"/{request.form['hall']}/{became.to}"
            return redirect(f"{to}?lang={chosen()}" if chosen() else to, 303)
        return booking(became)

    def sell() -> Pressed:
        """The key of a place, to the hall whose place it is: there it is booked, once, or refused. Without the hall's
        word that still holds nothing is sent.
        """
        form, key = request.form, request.form["key"]
        hall = halls.find(form.get("hall", ""))
        if hall is None:
            abort(404)
        telephone = form.get("telephone", "")[:40]
        if hall.pressed(key):  # the same touch, which may be booked already: it is asked for as it was
            service, asks_number = form.get("service", "")[:40], bool(telephone)
        else:
            item = next((one for one in items_of(halls, halls.look_s) if one.name == form.get("item", "")), None)
            service = item.halls.get(hall.id, "") if item else ""
            lease = word(hall.look(f"lease/{service}")) if service else None
            if lease is None:
                return hall.away(key)
            asks_number = lease["asks_number"]
        what = "list" if form.get("list") else "start"
        fields = {"service": service, what: form.get(what, "")[:40], "lang": chosen()}
        if asks_number:
            try:
                fields["holder"] = slots.sealed_outside(signature.read(halls.file(hall.id))[0], telephone)
            except Refused as refused:
                return Pressed(400, refused.text)
        return hall.press(key, "book", fields)

    # --- one's own matter ---

    def matter(**more: Any) -> str:
        names = [
            {"id": hall.id, **Text(halls.called(hall)["name"], halls.called(hall).get("name_en", "")).json("name")}
            for hall in halls.all()
        ]
        usual = {"halls": names, "found": None, "silent": (), "number": "", "meant": ""}
        return rendered("matter", None, **usual | more)

    @app.get("/case")
    def ask_matter() -> str:
        return matter(number=request.args.get("number", "")[:20])

    @app.post("/case")
    def tell_matter() -> tuple[str, int]:
        """The hall of the receipt is asked, and no other: a code is a key to the matter, and a number is one of each
        hall's.
        """
        address = request.remote_addr or ""
        slowly()
        number, code = (request.form.get(name, "")[:40].strip() for name in ("number", "code"))
        every, name = halls.all(), request.form.get("hall", "")
        hall = every[0] if len(every) == 1 else halls.find(name)
        if tries.too_many(address, minute()):
            return matter(number=number, meant=name, refused=TOO_MANY), 429
        if hall is None:
            return matter(number=number, refused=WHICH), 400
        laid = hall.ask("matter", {"number": number, "code": code})
        result = None if isinstance(laid, Pressed) else hall.answer(laid, halls.press_s)
        if result is None or not _answers(result):
            return matter(number=number, meant=hall.id, refused=NOBODY, silent=silent([hall])), 503
        if result.status == 200:
            return matter(number=number, found=result.view, of=halls.called(hall)), 200
        if result.status in (404, 429):
            tries.wrong(address, minute())
        refused = NOT_FOUND if result.status == 404 else Text(result.said, result.said_en)
        return matter(number=number, meant=hall.id, refused=refused), result.status
