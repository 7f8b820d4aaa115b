"""To the encrypted line: who comes in clear from another machine is sent to https, and a browser that does not believe
the hub's certificate yet gets the hall's authority here, with how to install it.
"""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint, APIFlask
from flask import Response, abort, current_app, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from config import Text
from server.domain.private_line import stays_here
from server.pages.access import address, public, the_hub
from server.pages.problems import problem

pages = APIBlueprint("authority", __name__, enable_openapi=False)

REMEMBERED_S = 30 * 86_400
"""RFC 6797: a browser that was here comes by https for so long, whatever address somebody types. A month, not a year:
a hall that gives HTTPS up again is not locked out for longer."""
REMEMBERED = {"Strict-Transport-Security": f"max-age={REMEMBERED_S}"}
IN_CLEAR = ("authority.page", "authority.file", "static")
"""What a browser may fetch before it believes the certificate; the fingerprint on paper proves it."""
IN_PUBLIC = ("visitor", "visitor_api", "slots", "slots_api", "guides", "voices", "screen", "screen_api")
"""Blueprints of what everybody may see: a visitor's telephone, or a television, believes no authority of the hall's."""
PERMANENT = 308
"""RFC 9110 15.4.9: the method stays, so that a device's log names the right cause."""

HTTPS_ALONE = Text(
    "主机只接受加密的网址：请把本机配置里的“hub.url”改成“https:”开头。",
    "The hub takes https alone: let [hub] url of this machine's file begin with https://.",
)


def install(app: APIFlask) -> None:
    app.before_request(_to_https)
    app.after_request(_remembered)


def _to_https() -> Answer | None:
    """By what the running server speaks: `[hub] https` counts from its next start."""
    if not current_app.config["SEALED"] or request.is_secure or stays_here(address()) or _in_clear():
        return None
    where = f"https://{request.host}{request.full_path.rstrip('?')}"
    if not request.path.startswith("/api/"):
        return redirect(where, PERMANENT)
    told = problem(PERMANENT, HTTPS_ALONE.en, HTTPS_ALONE.zh, detail_en=HTTPS_ALONE.en)
    told.headers["Location"] = where
    return told


def _in_clear() -> bool:
    return request.endpoint in IN_CLEAR or request.blueprint in IN_PUBLIC


def _remembered(response: Response) -> Response:
    if request.is_secure:
        response.headers.extend(REMEMBERED)
    return response


def _sealed() -> bool:
    """Whether the pages are encrypted: by the running server, or from its next start by the hall's file."""
    return bool(current_app.config["SEALED"] or the_hub().hall.hub.https)


@pages.get("/authority")
@public
def page() -> str:
    from server import certificate  # by a hall with https alone

    hub = the_hub()
    known = certificate.authority(hub.hall) if _sealed() else None
    told: dict[str, Any] = {"known": known is not None, "https": _sealed()}
    if known:
        marks = certificate.fingerprint(known).split(":")
        told |= {
            "marks": [" ".join(marks[start : start + 8]) for start in range(0, len(marks), 8)],
            "until": known.not_valid_after_utc.date().isoformat(),
            "address": hub.hall.hub.url,
        }
    return render_template("login/authority.html", hall=hub.hall.hall, **told)


@pages.get("/authority/jiaohao.crt")
@public
def file() -> Response:
    """In DER: Windows, Android and certutil all take it."""
    from cryptography.hazmat.primitives.serialization import Encoding

    from server import certificate

    hub = the_hub()
    known = certificate.authority(hub.hall) if _sealed() else None
    if known is None:
        abort(404, description="本厅没有自己的根证书。The hall has no authority of its own.")
    headers = {"Content-Disposition": 'attachment; filename="jiaohao.crt"'}
    return Response(known.public_bytes(Encoding.DER), content_type="application/x-x509-ca-cert", headers=headers)
