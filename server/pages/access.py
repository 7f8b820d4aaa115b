"""Who is asking: devices by bearer token, staff by a session in the store.

Guards of the pages stand here, and only here.

A device token is 32 random bytes; the store holds its sha256, the device's file the token itself. What it opens is its
device's kind: a kiosk's takes numbers and nothing of the boards', theirs hands in no bookings. A staff session is
the same kind of token inside Flask's signed cookie. Requests with a bearer token need no CSRF token: no browser sends
one.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask_wtf.csrf import CSRFProtect, same_origin
from itsdangerous import URLSafeTimedSerializer
from werkzeug.http import parse_cookie
from werkzeug.test import create_environ
from werkzeug.wrappers import Response
from werkzeug.wsgi import get_host

from config import PROGRAMS, Hall, Told
from server.domain.enrolment import NUMBERED, numbered
from server.domain.private_line import InClear, refusal
from server.domain.scopes import actor
from server.store import secret
from server.streams import Live
from server.verbs import accounts
from server.verbs.accounts import ROLES, Staff, digest
from server.verbs.api_tokens import MARK
from server.verbs.enrolment import LOCKED
from server.verbs.hub import Hub

F = TypeVar("F", bound=Callable[..., Any])
EVERYBODY = ROLES
BODY = 1 << 18
"""Bytes of a body; a route that takes more says so (`longer_body`)."""
KNOWN = "jiaohao.known"
"""In a request's surroundings: it came with a token or a login that was right (`server/serve.py`)."""
csrf = CSRFProtect()


class NotYours(Told):
    """A key of another's, or one that the role does not have."""


def the_hub() -> Hub:
    hub: Hub = current_app.extensions["hub"]
    return hub


# --- devices ----------------------------------------------------------------------------------------------------------


KINDS = ("kiosk", *NUMBERED, *PROGRAMS)
"""Kinds of device: a kiosk, a hall screen or a counter's tablet that has enrolled itself, the program that drives the
boards, a booking system, whoever reads the journal along (the district), the second machine, who watches the machines,
the command line on the hub's own machine. Hall screens show what everybody may see: one without a token works too.
"""


def kind_of(hall: Hall, name: str) -> str | None:
    """What a token of this name is for; None for a device that the hall does not have any more."""
    return "kiosk" if name in hall.kiosks else name if name in PROGRAMS else numbered(name)


def device_names(hall: Hall) -> list[str]:
    """Everything that gets a token here, on the hub's own machine."""
    return [*hall.kiosks, *PROGRAMS]


def give_tokens(hub: Hub) -> list[str]:
    """Make a token for each device that has none: its sha256 into the store, itself into `<data>/tokens/<device>`.

    A follower and a second machine get one only when somebody asks for it (`python -m server token follower`); a
    device that has enrolled itself has its own, and one whose token was ended gets none.
    """
    have = {row["name"]: bool(row["enrolled_at"] or row["ended_at"]) for row in hub.read().devices()}
    made = [
        name
        for name in device_names(hub.hall)
        if name not in ("follower", "second")
        and not have.get(name)
        and (name not in have or not _token_file(hub.hall, name).exists())
    ]
    for name in made:
        give_token(hub, name)
    secret.own_folder(hub.hall.data / "tokens")
    for file in (hub.hall.data / "tokens").iterdir():
        secret.own_file(file)
    return made


def give_token(hub: Hub, name: str) -> Path:
    """A new token for a device; the old one is void from here on."""
    token, file = secrets.token_urlsafe(32), _token_file(hub.hall, name)
    hub.turn(lambda turn: turn.put_device(name, digest(token)))
    secret.write(file, token)
    return file


def _token_file(hall: Hall, name: str) -> Path:
    return hall.data / "tokens" / name


def device_of(hub: Hub, authorization: str) -> str | None:
    """The device whose token stands in an Authorization header; none for one that is locked."""
    return _named(hub, _in_head(authorization))


def _in_head(authorization: str) -> str:
    kind, _, token = authorization.partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _named(hub: Hub, token: str) -> str | None:
    one = hub.read().device_of_token(digest(token)) if token else None
    good = one is not None and not one.ended_at and not one.locked_at and kind_of(hub.hall, one.name)
    return one.name if one and good else None


def bearer() -> str | None:
    """The device that the request's token belongs to; none for one that is locked."""
    device = _named(the_hub(), _token())
    if device:
        current_app.extensions["contacts"].heard(device, request.headers.get("User-Agent", ""))
    return device


def _token() -> str:
    """What the request brings: of a program in its head, of a screen or tablet in the cookie it was given once."""
    return _in_head(request.headers.get("Authorization", "")) or request.cookies.get(device_cookie(), "")


def _is_locked() -> bool:
    token = _token()
    one = the_hub().read().device_of_token(digest(token)) if token else None
    return one is not None and bool(one.locked_at)


def device_cookie() -> str:
    """The name of the cookie that holds the token of a device that is nothing but a browser."""
    return f"jiaohao-device-{the_hub().hall.hall.id}"


def is_program() -> bool:
    """Whether the request comes from a program and not from a browser: it is told 401, not where to log in."""
    return request.headers.get("Authorization", "").lower().startswith("bearer ")


# --- staff ------------------------------------------------------------------------------------------------------------


def log_in(
    staff: str,
    password: str,
    counter: str | None,
    reason: str = "",
    becomes: str = "stay",
    *,
    code: str = "",
    proved: Literal["", "password", "directory"] = "",
) -> None:
    """Check the password, open the counter, and put a new session into the cookie; an older one of this browser ends.

    Raises Refused. `code`, `proved`: as `server/verbs/accounts.py` has them.
    """
    old = session.get("token")
    where = address()
    token = accounts.log_in(
        the_hub(), staff, password, counter, reason, becomes, address=where, code=code, proved=proved
    )
    session.clear()
    session["token"] = token
    if old:
        accounts.end(the_hub(), digest(old))


def address() -> str:
    """Where the request comes from: the machine itself, or the one that a proxy of [hub] names (`server/serve.py`)."""
    return request.remote_addr or ""


def need_private_line() -> None:
    """No password and no login over a line that others can read, unless the hall's file wants it. Raises InClear."""
    if why := refusal(the_hub().hall, request.is_secure, address()):
        raise InClear(*why)


def log_out() -> None:
    """End the session; the counter closes with it."""
    staff = who()
    if staff:
        accounts.log_out(the_hub(), staff.session, staff.id, staff.counter)
    session.clear()


def who() -> Staff | None:
    """The member of staff behind the request's cookie."""
    return staff_of(the_hub(), session.get("token"))


def staff_of(hub: Hub, token: str | None) -> Staff | None:
    """Whose session a token is, if it is not over."""
    row = accounts.session(hub, digest(token)) if token else None
    return (
        Staff(row["staff"], row["name"], row["role"], row["counter"], digest(token), row["seen"], row["department"])
        if row and token
        else None
    )


def presser(app: Flask, rule: Rule, environ: dict[str, Any]) -> Staff | None:
    """The member of staff who presses a key past Flask (`server/pages/past_flask.py`): whom `allowed` would let in, by
    the same session, CSRF token and line. None where that is not certain: the application looks again and says why.
    """
    hub, cookies = app.extensions["hub"], parse_cookie(environ.get("HTTP_COOKIE", ""))
    if "HTTP_AUTHORIZATION" in environ or f"jiaohao-device-{hub.hall.hall.id}" in cookies:
        return None
    seal: Any = app.session_interface
    held = seal.unsealed(app, cookies.get(app.config["SESSION_COOKIE_NAME"], ""))
    staff, secure = staff_of(hub, held.get("token")), environ["wsgi.url_scheme"] == "https"
    if staff is None or not rule.admits(staff.role) or refusal(hub.hall, secure, environ.get("REMOTE_ADDR", "")):
        return None
    page = _page_of(app.config["SECRET_KEY"], environ.get("HTTP_X_CSRFTOKEN", ""))
    if not secrets.compare_digest(page, held.get("csrf_token", "")):
        return None
    if secure and not same_origin(environ.get("HTTP_REFERER", ""), f"https://{get_host(environ)}/"):
        return None
    accounts.sign_of(hub, staff.session, staff.seen)
    return staff


@lru_cache(1024)
def _page_of(secret_key: str, token: str) -> str:
    """What a CSRF token seals, as Flask-WTF made it; it never ends (WTF_CSRF_TIME_LIMIT). Raises BadSignature."""
    return str(URLSafeTimedSerializer(secret_key, salt="wtf-csrf-token").loads(token))


# --- other programs ---------------------------------------------------------------------------------------------------


class ApiToken(NamedTuple):
    """A token of another program: what it may do, and under which name it stands in the journal."""

    actor: str
    name: str
    scope: str
    reads: bool

    def admits(self, rule: Rule) -> bool:
        return rule.admits(self.scope) and (not self.reads or request.method in ("GET", "HEAD"))

    def staff(self) -> Staff | None:
        """Whom a view takes it for, where its scope is a role's."""
        return Staff(self.actor, self.name, self.scope, None, self.actor) if self.scope in ROLES else None


def api_token() -> ApiToken | None:
    """The token of another program that the request brings, if it is good."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip().startswith(MARK):
        return None
    hub = the_hub()
    row = hub.read().api_token_of(digest(token.strip()))
    if row is None or row["ended_at"] or row["ends_at"] <= hub.now():
        return None
    return ApiToken(actor(row["id"]), row["name"], row["scope"], bool(row["reads"]))


# --- guards -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rule:
    """Who may use a route. Every view function carries its own (`view.allowed`); docs/roles.md is made from them."""

    devices: tuple[str, ...] = ()
    """The kinds of device that may."""
    roles: tuple[str, ...] = ()
    public: bool = False

    def admits(self, who: str | None) -> bool:
        """`who` is a role, a kind of device or "nobody"."""
        if self.public or who is None or who == "nobody":
            return self.public
        if who in KINDS:
            return who in self.devices
        return bool(self.roles) and (who in self.roles or who == "administrator")


def public(view: F) -> F:
    """A route for everybody, said in so many words."""
    view.allowed = Rule(public=True)  # type: ignore[attr-defined]
    return view


def allowed(*, devices: tuple[str, ...] = (), roles: tuple[str, ...] = ()) -> Callable[[F], F]:
    """A guard: a device with a token, of one of these kinds, a member of staff with one of the roles (administrators
    always), or 401 / 403.

    Sets `g.actor` (device name or staff number) and `g.staff`. A command of a member of staff needs the CSRF token
    and is a sign that the person is there.
    """
    rule = Rule(devices, roles)

    def guard(view: F) -> F:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            asking, program = bearer(), api_token()
            if program and program.admits(rule):
                g.actor, g.staff = program.actor, program.staff()
            elif asking and rule.admits(kind_of(the_hub().hall, asking)):
                g.actor, g.staff = asking, None
            elif (staff := who()) and rule.admits(staff.role):
                need_private_line()
                if request.method not in ("GET", "HEAD"):
                    csrf.protect()
                    accounts.sign_of(the_hub(), staff.session, staff.seen)
                g.actor, g.staff = staff.id, staff
            elif staff or program or (asking and (is_program() or request.path.startswith("/api/"))):
                abort(403, description="没有权限：请换账号登录，或找管理人员。This account or device may not do that.")
            elif _is_locked():
                abort(403, description=f"{LOCKED.zh} {LOCKED.en}")
            elif request.path.startswith(("/api/", "/metrics")):
                abort(
                    401,
                    description=(
                        "请登录或携带设备令牌。Log in, or send the device's token as 'Authorization: Bearer …'."
                    ),
                )
            else:
                return to_login()
            request.environ[KNOWN] = True
            answer = view(*args, **kwargs)
            if isinstance(answer, Response) and isinstance(answer.response, Live):
                if g.staff:
                    answer.response.session = g.staff.session
                elif program:
                    answer.response.session = program.actor
                else:
                    follows(answer, g.actor)
            return answer

        guarded.allowed = rule  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return guard


def follows(answer: Response, device: str) -> None:
    """A device is at a live feed until that ends: it is connected, and its lock or the end of its token cuts it."""
    if isinstance(answer.response, Live):
        answer.response.session = f"device {device}"
        answer.call_on_close(current_app.extensions["contacts"].opened(device))


def longer_body(size: int) -> Callable[[F], F]:
    """A route that takes so many bytes, of those whom its guard lets in; stands right above the view."""

    def mark(view: F) -> F:
        view.longest_body = size  # type: ignore[attr-defined]
        return view

    return mark


def longest_body(app: Flask, method: str, path: str, headers: Mapping[str, str]) -> int:
    """How many bytes a request may bring, asked before its body is there."""
    names = {"AUTHORIZATION": "HTTP_AUTHORIZATION", "COOKIE": "HTTP_COOKIE"}
    environ = create_environ(path, method=method) | {
        ours: headers[theirs] for theirs, ours in names.items() if theirs in headers
    }
    with app.request_context(environ):
        view = app.view_functions.get(request.endpoint or "")
        rule, size = getattr(view, "allowed", None), getattr(view, "longest_body", BODY)
        if size <= BODY or rule is None:
            return BODY
        if rule.public:  # photographs of a visitor; the route bounds who sends how often
            return int(size)
        device, staff, program = bearer(), who(), api_token()
        known = (
            (device and rule.admits(kind_of(the_hub().hall, device)))
            or (staff and rule.admits(staff.role))
            or (program and program.admits(rule))
        )
        return int(size) if known else BODY


def bound_body() -> None:
    """Hold the request to what its route takes, whatever server it came through."""
    view = current_app.view_functions.get(request.endpoint or "")
    request.max_content_length = getattr(view, "longest_body", BODY)


def to_login() -> Response:
    return redirect(url_for("login.page", then=request.full_path))


def key_of(header: str) -> str | None:
    """The idempotency key that a header holds, if it is one."""
    key = header.strip()
    return key if 8 <= len(key) <= 200 else None


def idempotency_key() -> str:
    """The request's Idempotency-Key; every command of a person carries one."""
    key = key_of(request.headers.get("Idempotency-Key", ""))
    if key is None:
        abort(
            400,
            description=(
                "缺少请求编号“Idempotency-Key”：每次触摸或按键请带一个新的“UUID”。Idempotency-Key:"
                " missing or too short; send a new UUID for each touch or key press"
            ),
        )
    return key
