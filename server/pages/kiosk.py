"""What a kiosk shows: tiles, how many wait, whether numbers are given out, and how its printer is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from flask import Response, abort, current_app, g

from server.health import Health
from server.hub import Hub
from server.pages.access import allowed, the_hub
from server.pages.tickets import iso
from server.place import expected, line_of

api = APIBlueprint("kiosk", __name__, url_prefix="/api/v1/kiosks", tag="Kiosks 取号机")


def hall_words(hub: Hub) -> dict[str, str]:
    hall = hub.hall.hall
    return {
        "name": hall.name, "name_en": hall.name_en, "banner": hall.banner, "banner_en": hall.banner_en,
        "tel_consult": hall.tel_consult, "tel_complaint": hall.tel_complaint,
    }  # fmt: skip


def notice(hub: Hub) -> dict[str, str] | None:
    """Why nobody is called now, or why no number is given out; None when all is as usual."""
    door = hub.door(hub.read())
    if not door.issuing:
        zh, en = hub.why_closed(hub.read())
    elif not door.open_now and door.resumes:
        at = datetime.fromtimestamp(door.resumes, hub.hall.zone)
        zh, en = f"现在是休息时间，可以取号，{at:%H:%M} 开始叫号。", f"Break: take a number now, calls begin at {at:%H:%M}."
    else:
        return None
    return {"zh": zh, "en": en}


def kiosk_view(hub: Hub, kiosk_id: str) -> dict[str, Any]:
    """Everything on a kiosk's home screen."""
    hall, reader = hub.hall, hub.read()
    kiosk = hall.kiosks[kiosk_id]
    waiting, closures = reader.waiting_by_service(), reader.closures(hub.day(hub.now()))
    groups = []
    for group_id, group in hall.groups.items():
        first = group.services[0]
        ahead = reader.waiting_count(*line_of(hall, first))
        groups.append({
            "id": group_id, "name": group.name, "name_en": group.name_en, "icon": group.icon,
            "waiting": sum(waiting.get(code, 0) for code in group.services),
            "estimate_min": expected(hall, reader, first, ahead, hub.now()),
            "services": [
                {"code": s.code, "name": s.name, "name_en": s.name_en, "materials": list(s.materials),
                 "promise": s.promise, "online": s.online, "visits": s.visits,
                 "closed": {"zh": shut["message"], "en": shut["message_en"]} if (shut := closures.get(s.code)) else None}
                for s in (hall.services[code] for code in group.services)
            ],
        })  # fmt: skip
    return {
        "now": iso(hall, hub.now()), "hall": hall_words(hub),
        "kiosk": {"id": kiosk_id, "name": kiosk.name, "name_en": kiosk.name_en},
        "issuing": hub.door(reader).issuing, "notice": notice(hub),
        "waiting": sum(waiting.values()), "groups": groups, "help_service": hall.tickets.help_service,
        "printer": _best_printer(kiosk.printers),
    }  # fmt: skip


def _best_printer(names: list[str]) -> dict[str, str]:
    """The first printer that can print speaks for the kiosk; with none, the first one's trouble."""
    health: Health = current_app.extensions["health"]
    states = [health.of(name) for name in names]
    good = next((s for s in states if s["state"] in ("ready", "near_end")), None)
    return good or states[0]


@api.get("/<kiosk_id>")
@allowed(devices=True, roles=("manager",))
@api.doc(summary="What the kiosk shows; text/event-stream for changes as they happen")
def show(kiosk_id: str) -> Response:
    hub = the_hub()
    if kiosk_id not in hub.hall.kiosks:
        abort(404, description=f"no kiosk '{kiosk_id}' in config.toml")
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def make() -> dict[str, Any]:
        with app.app_context():
            return kiosk_view(hub, kiosk_id)

    answer: Response = current_app.extensions["feeds"].answer(f"kiosk {kiosk_id}", make)
    if g.actor == kiosk_id:
        answer.call_on_close(current_app.extensions["health"].attend(f"kiosk {kiosk_id}"))
    return answer
