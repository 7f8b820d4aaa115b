"""The pages that a telephone opens, by their paths: what each shows, whoever carries it there, the hub or the relay."""

from __future__ import annotations

from typing import Any, NamedTuple

from server.verbs import ratings, remote, slots, visitor
from server.verbs.hub import Hub, Unknown
from server.views.privacy import privacy_view
from server.views.rate import rating_view
from server.views.remote import remote_view, take_view
from server.views.slots import booking_view, calendars, items_view, lease_view, move_view, picture
from server.views.visitor import busy_view, place_view


class Sheet(NamedTuple):
    """One page: the template's name (`server/templates/visitor/`), and what it shows."""

    page: str
    view: dict[str, Any]


def sheet(hub: Hub, path: str) -> Sheet:
    """What the page at a path shows: `p/<code>`, `r/<code>`, `n/<code>`, `b/<code>`, `take`, `here`, `busy`, `privacy`;
    `move/<code>`, the times to which a booking may be moved; and what the page of all halls is made of: `items`,
    `lease/<service>`.

    Raises Unknown, Over or Closed with a sentence to read.
    """
    kind, _, code = path.partition("/")
    if kind == "p":
        try:
            return Sheet("place", place_view(hub, visitor.by_code(hub, code)))
        except visitor.Over:  # of another day: it may still be rated
            view = rating_view(hub, ratings.by_code(hub, code))
            if view["ask"] or view["rated"]:
                return Sheet("rating", view)
            raise
    if kind == "r":
        return Sheet("rating", rating_view(hub, ratings.by_code(hub, code)))
    if path == "busy":
        if not hub.hall.public.busy:
            raise Unknown("本厅不公布等候情况。", "This hall does not publish how busy it is.")
        return Sheet("busy", busy_view(hub))
    if path in ("take", "here"):
        return Sheet(path, take_view(hub))
    if kind == "n":
        return Sheet("remote", remote_view(hub, remote.by_code(hub, code)))
    if kind in ("b", "move"):
        booking = slots.by_code(hub, hub.read(), code)
        if booking is None:
            raise Unknown(*slots.NO_SUCH)
        if kind == "move":
            return Sheet("move", move_view(hub, booking))
        view = booking_view(hub, booking)
        more = {"picture": picture(hub.hall, view["code"]), "calendar": calendars(hub, booking), "moves": True}
        return Sheet("booking", view | more)
    if path == "items":
        return Sheet("items", items_view(hub))
    if kind == "lease":
        return Sheet("lease", lease_view(hub, code))
    if path == "privacy":
        return Sheet("privacy", privacy_view(hub))
    raise Unknown("没有这个地址：可能写错了。", "There is no such address: it may be wrong.")
