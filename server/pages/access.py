"""Who is asking: devices by bearer token, staff by a session in the store.

Guards of the pages stand here, and only here.

A device token is 32 random bytes; the store holds its sha256, the device's file the token itself. A staff session is
the same kind of token inside Flask's signed cookie. Requests with a bearer token need no CSRF token: no browser sends
one.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

from flask import abort, current_app, g, redirect, request, session, url_for
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response

from config import Hall
from server.store import secret
from server.streams import Live
from server.verbs import accounts
from server.verbs.accounts import ROLES, Staff, digest
from server.verbs.hub import Hub

F = TypeVar("F", bound=Callable[..., Any])
EVERYBODY = ROLES
csrf = CSRFProtect()


def the_hub() -> Hub:
    hub: Hub = current_app.extensions["hub"]
    return hub


# --- devices ----------------------------------------------------------------------------------------------------------


def device_names(hall: Hall) -> list[str]:
    """Everything that carries a token: the kiosks, `boards` for the program that drives the boards, `bookings` for a
    booking system.
    """
    return [*hall.kiosks, "boards", "bookings"]


def give_tokens(hub: Hub) -> list[str]:
    """Make a token for each device that has none: its sha256 into the store, itself into `<data>/tokens/<device>`."""
    have = hub.read().device_names()
    made = [name for name in device_names(hub.hall) if name not in have or not _token_file(hub.hall, name).exists()]
    for name in made:
        give_token(hub, name)
    return made


def give_token(hub: Hub, name: str) -> Path:
    """A new token for a device; the old one is void from here on."""
    token, file = secrets.token_urlsafe(32), _token_file(hub.hall, name)
    hub.turn(lambda turn: turn.put_device(name, digest(token)))
    secret.write(file, token)
    return file


def _token_file(hall: Hall, name: str) -> Path:
    return hall.data / "tokens" / name


def bearer() -> str | None:
    """The device that the request's token belongs to."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        return None
    return the_hub().read().device_of_token(digest(token.strip()))


# --- staff ------------------------------------------------------------------------------------------------------------


def log_in(staff: str, password: str, counter: str | None, reason: str = "", becomes: str = "stay") -> None:
    """Check the password, open the counter, and put a new session into the cookie; an older one of this browser ends.

    Raises Refused.
    """
    old, token = session.get("token"), accounts.log_in(the_hub(), staff, password, counter, reason, becomes)
    session.clear()
    session["token"] = token
    if old:
        accounts.end(the_hub(), digest(old))


def log_out() -> None:
    """End the session; the counter closes with it."""
    staff = who()
    if staff:
        accounts.log_out(the_hub(), staff.session, staff.id, staff.counter)
    session.clear()


def who() -> Staff | None:
    """The member of staff behind the request's cookie."""
    token = session.get("token")
    row = accounts.session(the_hub(), digest(token)) if token else None
    return (
        Staff(row["staff"], row["name"], row["role"], row["counter"], digest(token), row["seen"])
        if row and token
        else None
    )


# --- guards -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rule:
    """Who may use a route. Every view function carries its own (`view.allowed`); docs/roles.md is made from them."""

    devices: bool = False
    roles: tuple[str, ...] = ()
    public: bool = False
    device: str = ""
    """The only device that may, where not all may."""

    def admits(self, who: str) -> bool:
        """`who` is a role, "device" (any of them) or "nobody"."""
        if self.public or who == "nobody":
            return self.public
        if who == "device":
            return self.devices
        return bool(self.roles) and (who in self.roles or who == "administrator")


def public(view: F) -> F:
    """A route for everybody, said in so many words."""
    view.allowed = Rule(public=True)  # type: ignore[attr-defined]
    return view


def allowed(*, devices: bool = False, device: str = "", roles: tuple[str, ...] = ()) -> Callable[[F], F]:
    """A guard: a device with a token (any, or the one named), a member of staff with one of the roles (administrators
    always), or 401 / 403.

    Sets `g.actor` (device name or staff number) and `g.staff`. A command of a member of staff needs the CSRF token
    and is a sign that the person is there.
    """
    rule = Rule(devices, roles, device=device)

    def guard(view: F) -> F:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            asking, staff = bearer(), who()
            if asking and (rule.devices or asking == rule.device):
                g.actor, g.staff = asking, None
            elif staff and rule.admits(staff.role):
                if request.method not in ("GET", "HEAD"):
                    csrf.protect()
                    accounts.sign_of(the_hub(), staff.session, staff.seen)
                g.actor, g.staff = staff.id, staff
            elif asking or staff:
                abort(403, description="没有权限。This account or device may not do that.")
            elif request.path.startswith("/api/"):
                abort(
                    401,
                    description=(
                        "请登录或携带设备令牌。Log in, or send the device's token as 'Authorization: Bearer …'."
                    ),
                )
            else:
                return to_login()
            answer = view(*args, **kwargs)
            if g.staff and isinstance(answer, Response) and isinstance(answer.response, Live):
                answer.response.session = g.staff.session
            return answer

        guarded.allowed = rule  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return guard


def to_login() -> Response:
    return redirect(url_for("login.page", then=request.full_path))


def idempotency_key() -> str:
    """The request's Idempotency-Key; every command of a person carries one."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not 8 <= len(key) <= 200:
        abort(400, description="Idempotency-Key: missing or too short; send a new UUID for each touch or key press")
    return key
