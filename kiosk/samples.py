"""Sample views and states, made from the hall's own file: what contact sheets and tests look at. No hub is asked."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from config import Hall
from kiosk.flow import Asking, Home, Items, Screen, State, Ticketed, Trouble
from kiosk.view import Ticket, View, plate_of

NOW = datetime(2026, 11, 23, 9, 41, tzinfo=ZoneInfo("Asia/Shanghai"))
WAITING = ((3, (10, 20)), (0, (0, 5)), (12, (45, 60)), (1, (5, 5)), (2, None), (0, None))
PRINTER_OUT = {"state": "paper_out", "zh": "打印机缺纸", "en": "The printer is out of paper"}
LUNCH = {
    "zh": "12:00–14:30 午休，现在可以取号，14:30 起叫号。",
    "en": "Lunch break 12:00–14:30. You may take a number now; calls resume at 14:30.",
}
CLOSED = {
    "zh": "现在不取号：今天 17:30 下班，明天 8:00 开门，7:30 起取号。",
    "en": "Closed for today. The hall opens tomorrow at 8:00; numbers from 7:30.",
}


def view_json(hall: Hall, kiosk: str, **changes: Any) -> dict[str, Any]:
    """What `GET /kiosks/<id>` answers for this hall, some people waiting."""
    names = hall.kiosks[kiosk]
    groups = []
    for i, (group_id, group) in enumerate(hall.groups.items()):
        waiting, estimate = WAITING[i % len(WAITING)]
        services = [
            hall.services[code].model_dump(mode="json", exclude={"prefix", "standard_min"}) for code in group.services
        ]
        groups.append(
            {
                "id": group_id,
                "name": group.name,
                "name_en": group.name_en,
                "icon": group.icon,
                "waiting": waiting,
                "estimate_min": estimate,
                "services": services,
            }
        )
    return {
        "seq": 1,
        "now": NOW.isoformat(),
        "hall": plate_of(hall).model_dump(),
        "kiosk": {"id": kiosk, "name": names.name, "name_en": names.name_en},
        "issuing": True,
        "notice": None,
        "waiting": 18,
        "groups": groups,
        "help_service": hall.tickets.help_service,
        "printer": {"state": "ready", "zh": "", "en": ""},
        **changes,
    }


def ticket_json(state: str = "printed", **changes: Any) -> dict[str, Any]:
    """What `POST /tickets` answers."""
    return {
        "id": 17,
        "number": "A018",
        "service": {"code": "SB01", "name": "社会保障卡申领(个人社会保险登记)", "name_en": "Social security card"},
        "group": {"name": "社保医保", "name_en": "Social & medical insurance"},
        "state": "waiting",
        "issued_at": NOW.isoformat(),
        "ahead": 4,
        "estimate_min": [10, 20],
        "counters": "1-4号窗口、6号窗口",
        "counters_en": "Counters 1-4, 6",
        "print": {"state": state, "zh": "", "en": ""},
        **changes,
    }


def states(hall: Hall, kiosk: str, *, language: str = "zh", large: bool = False) -> dict[str, State]:
    """Every page in every condition worth looking at, by name."""
    plain = View.model_validate(view_json(hall, kiosk))
    busy = View.model_validate(view_json(hall, kiosk, notice=LUNCH, printer=PRINTER_OUT))
    closed = View.model_validate(view_json(hall, kiosk, issuing=False, notice=CLOSED))
    many = plain.model_copy(
        update={"groups": (*plain.groups, *(g.model_copy(update={"id": g.id + "2"}) for g in plain.groups))}
    )

    def state(screen: Screen, view: View | None = plain, link: Any = "up", leave_at: float | None = None) -> State:
        return State(plate_of(hall), screen, view, link, language=language, large=large, leave_at=leave_at)

    def ticket(print_state: str, *, slow: bool = False, **changes: Any) -> Ticketed:
        return Ticketed(Ticket.model_validate(ticket_json(print_state, **changes)), slow)

    first = Items(plain.groups[0].id)
    nobody: dict[str, Any] = {"ahead": 0, "estimate_min": None, "number": "A1018"}
    found = {
        "home": state(Home()),
        "home-notices": state(Home(), busy),
        "home-many": state(Home(0), many),
        "closed": state(Home(), closed),
        "connecting": state(Home(), None, "connecting"),
        "away": state(Home(), plain, "away"),
        "asking": state(Asking("SB01", "k", first, 0.0, patient=True)),
        "ticket-queued": state(ticket("queued"), leave_at=50.0),
        "ticket-printed": state(ticket("printed"), leave_at=12.0),
        "ticket-sent": state(ticket("sent", **nobody), leave_at=12.0),
        "ticket-slow": state(ticket("queued", slow=True)),
        "ticket-failed": state(ticket("failed"), leave_at=50.0),
        "ticket-unknown": state(ticket("unknown"), leave_at=9.0),
        "ticket-none": state(ticket("none"), leave_at=9.0),
        "trouble-away": state(Trouble("away", "SB01", "k", first), leave_at=18.0),
        "trouble-refused": state(
            Trouble("refused", "SB01", "k", first, "今天的号已经取完，明天 7:30 起取号。"), leave_at=18.0
        ),
    }
    for group in plain.groups:
        found[f"items-{group.id}"] = state(Items(group.id))
    found["items-page2-countdown"] = state(Items(plain.groups[0].id, 1), leave_at=14.0)
    found["items-asking"] = state(Asking(plain.groups[0].services[1].code, "k", first, 0.0))
    return found
