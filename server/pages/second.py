"""For the second machine and the witness: rows as they come, the whole copy, orders; and who is the hub."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from apiflask import APIBlueprint
from flask import Response, abort, g, redirect, request, url_for
from pyrage import x25519
from werkzeug.wrappers import Response as Answer

from server.backup import parcel
from server.domain.private_line import InClear, refusal
from server.pages.access import address, allowed, public, the_hub
from server.pages.outgoing import json_text
from server.second import pairing
from server.second.pairing import Pair
from server.store import secret
from server.verbs.hub import Hub

api = APIBlueprint("second_api", __name__, url_prefix="/api/v1/second", enable_openapi=False)
pages = APIBlueprint("second", __name__, enable_openapi=False)

_MAKING = threading.Lock()


def pair_of(hub: Hub) -> Pair:
    """The pair, which the first question of a second machine makes."""
    with _MAKING:
        if hub.pair is None:
            secret.key(hub.hall, pairing.KEY)
            hub.pair = pairing.of_hall(hub.hall, hub.store)
        found: Pair = hub.pair
        return found


def _sealed_line() -> None:
    """Keys and the hashes of passwords cross it: as a password does. Raises InClear."""
    if why := refusal(the_hub().hall, request.is_secure, address()):
        raise InClear(*why)


def _told() -> dict[str, Any]:
    told = request.get_json(silent=True)
    if not isinstance(told, dict):
        abort(400)
    return told


@api.post("/next")
@allowed(devices=("second",))
def next_rows() -> Response:
    _sealed_line()
    try:
        body = pair_of(the_hub()).next_for(_told())
    except (KeyError, TypeError, ValueError):
        abort(400)
    return Response(body, content_type="application/json")


@api.post("/copy")
@allowed(devices=("second",))
def copy() -> Response:
    """The hall's files, keys and database, encrypted to the key that the second machine has made for this once."""
    _sealed_line()
    hub = the_hub()
    pair_of(hub).begin()
    try:
        recipient = x25519.Recipient.from_str(str(_told()["recipient"]))
    except Exception:  # pyrage has its own kinds of it
        abort(400)
    with TemporaryDirectory(prefix="second-", dir=hub.hall.data) as scratch:
        file = parcel.pack(hub.hall, Path(scratch), [recipient], time.time(), lambda seq: f"{seq}.age", kept=False)
        content = file.open("rb")  # gone from its folder, and there until it is sent
    return Response(iter(lambda: content.read(1 << 18), b""), content_type="application/octet-stream")


@api.post("/witness")
@allowed(devices=("kiosk", "boards"))
def witness() -> dict[str, Any]:
    hub = the_hub()
    if hub.pair is None:
        return {"wanted": False}
    try:
        found: dict[str, Any] = hub.pair.witness(g.actor, _told())
    except (KeyError, TypeError, ValueError):
        abort(400)
    return found


@api.get("/standing")
@public
def standing() -> Response:
    """Who is the hub; other machines' pages ask it, too. The other machine gives a `nonce` and believes the proof."""
    hub, nonce = the_hub(), request.args.get("nonce", "")
    role, epoch = (hub.pair.standing()["role"], hub.pair.epoch) if hub.pair else ("hub", 0)
    told = {"role": role, "epoch": epoch}
    if nonce:
        told["proof"] = pairing.proof(secret.known(hub.hall, pairing.KEY), nonce, role, epoch)
    return Response(json_text(told), content_type="application/json", headers={"Access-Control-Allow-Origin": "*"})


@pages.post("/hall/second/alone")
@allowed(roles=("manager",))
def alone() -> Answer:
    if the_hub().pair is not None:
        the_hub().pair.alone()
    return redirect(url_for("condition.page"))
