"""Who is asking: devices by bearer token, staff by a session in the store. Guards of the pages stand here, and only here.

A device token is 32 random bytes; the store holds its sha256, the device's file the token itself. A staff session is
the same kind of token inside Flask's signed cookie. Requests with a bearer token need no CSRF token: no browser sends one.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from flask import abort, current_app, g, redirect, request, session, url_for
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response

from config import Hall
from server import events as ev
from server.hub import Hub
from server.rules import Refused

F = TypeVar("F", bound=Callable[..., Any])
SESSION_S = 12 * 3600.0
ROLES = ("operator", "guide", "manager", "supervisor", "administrator")
csrf = CSRFProtect()
_hasher = PasswordHasher()


@dataclass(frozen=True)
class Staff:
    """A member of staff who is logged in, at a counter or at none."""

    id: str
    name: str
    role: str
    counter: str | None


def the_hub() -> Hub:
    hub: Hub = current_app.extensions["hub"]
    return hub


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


# --- devices ----------------------------------------------------------------------------------------------------------


def device_names(hall: Hall) -> list[str]:
    """Every device of a hall that carries a token: its kiosks, and `boards` for the program that drives the boards."""
    return [*hall.kiosks, "boards"]


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
    hub.store.turn(lambda turn: turn.put_device(name, digest(token)), lambda last: last)
    write_secret(file, token)
    return file


def _token_file(hall: Hall, name: str) -> Path:
    return hall.data / "tokens" / name


def write_secret(file: Path, text: str) -> None:
    """A file that only its owner reads, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = file.with_suffix(".new")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(text + "\n")
        out.flush()
        os.fsync(out.fileno())
    os.replace(new, file)


def bearer() -> str | None:
    """The device that the request's token belongs to."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        return None
    return the_hub().read().device_of_token(digest(token.strip()))


# --- staff ------------------------------------------------------------------------------------------------------------


def put_staff(hub: Hub, staff: str, name: str, role: str, password: str) -> None:
    """Make or change an account; the journal notes it without the password."""
    if role not in ROLES:
        raise Refused(f"没有角色“{role}”：{'、'.join(ROLES)}。", f"No role '{role}': one of {', '.join(ROLES)}.")
    hashed = _hasher.hash(password)

    def work(turn: Any) -> None:
        turn.put_staff(staff, name, role, hashed)
        turn.record(ev.StaffChanged(staff=staff, name_=name, role=role), "administrator")

    hub.store.turn(work, lambda last: max(last, hub.now()))


def log_in(staff: str, password: str, counter: str | None) -> None:
    """Check the password, open the counter, and put a new session into the cookie. Raises Refused."""
    hub = the_hub()
    row = hub.read().staff(staff)
    try:
        _hasher.verify(row["password_hash"] if row else _NOBODY, password)
    except VerificationError:
        raise Refused("工号或密码不对。", "Staff number or password is wrong.") from None
    if counter:
        hub.open_counter(counter, staff=staff, actor=staff)
    token = secrets.token_urlsafe(32)
    hub.store.turn(lambda turn: turn.put_session(digest(token), staff, counter, hub.now()), lambda last: last)
    session.clear()
    session["token"] = token


_NOBODY = _hasher.hash(secrets.token_urlsafe(16))
"""What an unknown staff number is checked against, so that it takes as long as a known one."""


def log_out() -> None:
    """End the session; the counter closes with it."""
    staff, hub = who(), the_hub()
    if staff and staff.counter:
        hub.close_counter(staff.counter, actor=staff.id)
    if token := session.get("token"):
        hub.store.turn(lambda turn: turn.drop_session(digest(token)), lambda last: last)
    session.clear()


def who() -> Staff | None:
    """The member of staff behind the request's cookie."""
    token = session.get("token")
    row = the_hub().read().session(digest(token)) if token else None
    if row is None or the_hub().now() - row["at"] > SESSION_S:
        return None
    return Staff(row["staff"], row["name"], row["role"], row["counter"])


# --- guards -----------------------------------------------------------------------------------------------------------


def allowed(*, devices: bool = False, roles: tuple[str, ...] = ()) -> Callable[[F], F]:
    """A guard: a device with a token, a member of staff with one of the roles (administrators always), or 401 / 403.

    Sets `g.actor` (device name or staff number) and `g.staff`.
    """

    def guard(view: F) -> F:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            device, staff = bearer(), who()
            if devices and device:
                g.actor, g.staff = device, None
            elif staff and roles and (staff.role in roles or staff.role == "administrator"):
                if request.method not in ("GET", "HEAD"):
                    csrf.protect()
                g.actor, g.staff = staff.id, staff
            elif device or staff:
                abort(403, description="没有权限。This account or device may not do that.")
            elif request.path.startswith("/api/"):
                abort(401, description="请登录或携带设备令牌。Log in, or send the device's token as 'Authorization: Bearer …'.")
            else:
                return to_login()
            return view(*args, **kwargs)

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
