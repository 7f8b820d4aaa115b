"""设备: new devices show a code and ask for their token; an administrator types it, sees all, locks, renames, ends."""

from __future__ import annotations

import io
from typing import Any

import segno
from apiflask import APIBlueprint
from flask import Response, abort, current_app, g, jsonify, redirect, render_template, request
from pydantic import Field
from werkzeug.wrappers import Response as Redirect

from config import Text
from server.domain import enrolment
from server.domain.rules import Refused
from server.pages import access
from server.pages.access import KINDS, allowed, public, the_hub
from server.pages.bodies import Body
from server.pages.incoming import Identifier
from server.pages.openapi import answers
from server.pages.people import Done, command
from server.printing.probe.checklist import LOOK
from server.verbs import enrolment as verbs
from server.verbs.enrolment import Reception
from server.verbs.hub import By, Unknown
from server.views.checks import checks_view
from server.views.devices import devices_view, kind_name, kind_of, place_name

api = APIBlueprint("devices_api", __name__, url_prefix="/api/v1/devices", tag="Devices 设备")
pages = APIBlueprint("devices_admin", __name__, enable_openapi=False)
forms = APIBlueprint("devices_forms", __name__, url_prefix="/admin/devices", enable_openapi=False)

ADMINISTRATORS = ("administrator",)
READERS = ("manager",)
BACK = "/admin/devices"
TEN_YEARS_S = 10 * 365 * 86400


def _reception() -> Reception:
    reception: Reception = current_app.extensions["reception"]
    return reception


# --- a device without a token -----------------------------------------------------------------------------------------


class Asking(Body):
    """A device that has no token."""

    kind: Identifier = Field(description=f"What asks: {', '.join(enrolment.ASKING)}", max_length=20)
    version: str = Field("", description="Of its program", max_length=40)


class Secret(Body):
    secret: Identifier = Field(min_length=20, max_length=80)


@api.post("/codes")
@public
@api.input(Asking)
@answers("devices_told.CodeToShow", status=201)
@api.doc(
    summary="A code for a device without a token to show, as RFC 8628 has it; it ends after ten minutes",
    responses={429: "too many from this address, or too many wait"},
)
def code(json_data: Asking) -> tuple[dict[str, Any], int]:
    asked = _reception().ask(json_data.kind, json_data.version, access.address())
    page = f"{the_hub().hall.hub.url}{BACK}"
    return {
        "secret": asked.secret,
        "code": asked.code,
        "shown": enrolment.shown(asked.code),
        "url": f"{page}?code={asked.code}",
        "page": page,
        "lasts_s": int(asked.lasts_s),
        "interval_s": int(enrolment.INTERVAL_S),
    }, 201


@api.post("/codes/became")
@public
@api.input(Secret)
@answers("devices_told.Enrolling")
@api.doc(summary="What became of the code: asked every interval_s until it is granted or over; the token comes once")
def became(json_data: Secret) -> Response:
    state, grant = _reception().fetch(json_data.secret)
    if grant is None:
        return jsonify({"state": state})
    browser = grant.kind in enrolment.NUMBERED
    answer = jsonify(
        {
            "state": state,
            "device": grant.device,
            "kind": grant.kind,
            "place": grant.place,
            "token": "" if browser else grant.token,
            "home": enrolment.home(grant.kind, grant.place),
        }
    )
    if browser:  # no script of any page ever reads it
        answer.set_cookie(
            access.device_cookie(),
            grant.token,
            max_age=TEN_YEARS_S,
            httponly=True,
            samesite="Strict",
            secure=request.is_secure,
        )
    return answer


@api.get("/me")
@allowed(devices=KINDS)
@answers("devices_told.OwnName")
@api.doc(summary="Which device this token is; 401 for a token that is none any more, 403 while it is locked")
def me() -> dict[str, Any]:
    return _own()


def _own() -> dict[str, Any]:
    hub = the_hub()
    row, kind = hub.read().device(g.actor), kind_of(hub.hall, g.actor) or ""
    place = row["place"] if row else ""
    name = place_name(hub.hall, kind, g.actor, place).json("name")
    return {"device": g.actor, "kind": kind, "place": g.actor if kind == "kiosk" else place, **name}


@pages.get("/enrol")
@public
def enrol_page() -> str | Redirect:
    """What a television or a tablet opens: its code until it is enrolled, its own page from then on."""
    hub = the_hub()
    device = access.bearer()
    kind = kind_of(hub.hall, device) if device else None
    if device and kind in enrolment.NUMBERED:
        g.actor = device
        return redirect(enrolment.home(kind, _own()["place"]))
    return render_template("devices/enrol.html", hall=hub.hall.hall, page=f"{hub.hall.hub.url}{BACK}")


@pages.get("/enrol/<code>.svg")
@public
def picture(code: str) -> Response:
    """The QR code of a code, for a telephone that is logged in here."""
    letters = enrolment.plain(code)
    if not letters:
        abort(404, description="不是登记代码。That is no code of a device.")
    out = io.BytesIO()
    made = segno.make_qr(f"{the_hub().hall.hub.url}{BACK}?code={letters}", error="m")
    made.save(out, kind="svg", scale=8, border=4, xmldecl=False, light="#fff")
    return Response(out.getvalue(), content_type="image/svg+xml")


# --- the page of devices ----------------------------------------------------------------------------------------------


class Device(Body):
    device: Identifier = Field(max_length=60)


class Renamed(Device):
    label: str = Field("", description="What the page calls it; empty: by its place", max_length=verbs.LONGEST_LABEL)


class Enrolled(Body):
    code: str = Field(description="As the device shows it", max_length=20)
    what: Identifier = Field(description="kind:place, such as kiosk:K2, screen:, tablet:3", max_length=80)
    label: str = Field("", max_length=verbs.LONGEST_LABEL)


@command(
    "enrol",
    Enrolled,
    roles=ADMINISTRATORS,
    back=BACK,
    summary="The device that shows this code is this one; its token goes to it and nowhere else",
    doors=(forms, api),
)
def enrol(wish: Enrolled) -> Done:
    kind, _, place = wish.what.partition(":")
    grant = verbs.enrol(the_hub(), _reception(), By(g.actor), wish.code, kind, place, wish.label)
    name = place_name(the_hub().hall, kind, grant.device, place)
    return Done(
        Text(
            f"{kind_name(kind).zh}“{name.zh}”已登记，设备几秒内开始工作。",
            f"{kind_name(kind).en} '{name.en}' is enrolled and starts within seconds.",
        )
    )


@command("rename", Renamed, roles=ADMINISTRATORS, back=BACK, summary="What the page calls it", doors=(forms, api))
def rename(wish: Renamed) -> Done:
    verbs.rename(the_hub(), By(g.actor), wish.device, wish.label)
    return Done(Text(f"设备{wish.device}的名称已保存。", f"The name of {wish.device} is kept."))


@command("lock", Device, roles=ADMINISTRATORS, back=BACK, summary="Its token opens nothing for now", doors=(forms, api))
def lock(wish: Device) -> Done:
    verbs.lock(the_hub(), By(g.actor), wish.device, locked=True)
    return Done(Text(f"设备{wish.device}已锁定。", f"{wish.device} is locked."))


@command("unlock", Device, roles=ADMINISTRATORS, back=BACK, summary="Its token is good again", doors=(forms, api))
def unlock(wish: Device) -> Done:
    verbs.lock(the_hub(), By(g.actor), wish.device, locked=False)
    return Done(Text(f"设备{wish.device}已解锁。", f"{wish.device} is unlocked."))


@command(
    "end",
    Device,
    roles=ADMINISTRATORS,
    back=BACK,
    summary="Its token is void for good; it enrols anew",
    doors=(forms, api),
)
def end(wish: Device) -> Done:
    verbs.end_token(the_hub(), By(g.actor), wish.device)
    return Done(
        Text(
            f"设备{wish.device}的令牌已停用：重新启动后，它会显示新的代码。",
            f"The token of {wish.device} is void: started anew, it shows a new code.",
        )
    )


@api.get("/known")
@allowed(roles=READERS)
@answers("devices_told.KnownDevices")
@api.doc(summary="Every device with a token: last contact, version, disconnections today")
def devices_json() -> dict[str, Any]:
    devices = devices_view(the_hub(), current_app.extensions["contacts"])
    return {"waiting": len(_reception().waiting()), "devices": devices}


@pages.get("/admin/devices")
@allowed(roles=READERS)
def page() -> str:
    hub, typed, may = the_hub(), request.args.get("code", ""), g.staff.role == "administrator"
    devices = devices_view(hub, current_app.extensions["contacts"])
    found, error = None, None
    if typed and may:
        try:
            found = _reception().find(typed, g.actor)
        except Refused as refused:
            error = refused
    return render_template(
        "devices/devices.html",
        hall=hub.hall.hall,
        devices=devices,
        may=may,
        code=typed,
        found=found,
        asks=enrolment.ASKING_NAMES[found.kind] if found else None,
        shown=enrolment.shown(found.code) if found else "",
        choices=_choices(found.kind, {one["device"] for one in devices if one["seen"]}) if found else [],
        error=error,
        waiting=len(_reception().waiting()),
    )


def _choices(asks: str, seen: set[str]) -> list[tuple[str, Text]]:
    """What a device that asks can be made; one whose place is taken says so."""
    found = []
    for kind in enrolment.ASKING[asks]:
        for place, name in enrolment.places(the_hub().hall, kind).items():
            what, taken = kind_name(kind), enrolment.device_name(kind, place, seen) in seen
            zh = f"{what.zh} · {name.zh}{'（替换原来的）' if taken else ''}"
            found.append((f"{kind}:{place}", Text(zh, f"{what.en} · {name.en}{' (replaces it)' if taken else ''}")))
    return found


# --- print-test and doctor, while the hub runs ------------------------------------------------------------------------


class Check(Body):
    """A printer or a wire to be examined."""

    printer: Identifier | None = Field(None, max_length=60)
    wire: Identifier | None = Field(None, max_length=60)
    every: bool = Field(False, description="Of a wire: every address, not only those of config.toml")


CHECKS = "/admin/devices/check"


@command(
    "check",
    Check,
    roles=READERS,
    back=CHECKS,
    summary="A printer's test page with all its answers, or what is on a wire; whoever has the port looks",
    doors=(forms, api),
)
def check(wish: Check) -> Done:
    hall = the_hub().hall
    if wish.printer is not None:
        spool = current_app.extensions.get("spool")
        if wish.printer not in hall.printers:
            raise Unknown(f"没有打印机“{wish.printer}”。", f"There is no printer '{wish.printer}'.")
        if spool is None:
            raise Refused("打印服务没有运行：请启动主机。", "The printers' threads do not run here: start the hub.")
        spool.examine(wish.printer)
        return Done(Text(f"打印机{wish.printer}：正在检查。", f"Printer {wish.printer}: being checked."))
    if wish.wire not in hall.wires:
        raise Unknown(f"没有线路“{wish.wire}”。", f"There is no wire '{wish.wire}'.")
    current_app.extensions["wire_checks"].ask(wish.wire, every=wish.every)
    the_hub().wake()
    return Done(Text(f"线路{wish.wire}：正在检查。", f"Wire {wish.wire}: being checked."))


@api.get("/checks")
@allowed(roles=READERS)
@answers("devices_told.Checks")
@api.doc(summary="What the examinations of printers and wires found since the hub began")
def checks_json() -> dict[str, Any]:
    return checks_view(the_hub(), current_app.extensions.get("spool"), current_app.extensions["wire_checks"])


@pages.get(CHECKS)
@allowed(roles=READERS)
def checks_page() -> str:
    hub = the_hub()
    told = checks_view(hub, current_app.extensions.get("spool"), current_app.extensions["wire_checks"])
    busy = any(one["state"] == "busy" for one in (*told["printers"], *told["wires"]))
    return render_template("devices/check.html", hall=hub.hall.hall, busy=busy, looks=LOOK, **told)
