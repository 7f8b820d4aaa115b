"""考勤: punching, the month's sheet with its files and signature, the roster of half days, the leave ledger.

Commands have the two doors of `server/pages/people.py`, a form and JSON.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Literal

from apiflask import APIBlueprint
from flask import Response, flash, g, redirect, render_template, request
from pydantic import Field
from werkzeug.wrappers import Response as Redirect

from config import Text
from server.domain import half_days as rules
from server.domain.rules import Refused
from server.pages.access import allowed, the_hub
from server.pages.bodies import Body
from server.pages.incoming import ClockTime, Day, Identifier, Whole
from server.pages.openapi import answers
from server.pages.people import FIRST_YEAR, LAST_YEAR, MANAGERS, READERS, Done, Reason, command
from server.pages.records import form_key, who_asks
from server.pages.tickets import printers_for
from server.reports.forms import month_sheet
from server.verbs import half_days, leave
from server.verbs.hub import By
from server.verbs.inspections import exported
from server.views import half_days as views
from server.views.manned_hours import staffing_view

api = APIBlueprint("half_days_api", __name__, url_prefix="/api/v1/attendance", tag="Attendance 考勤")
pages = APIBlueprint("half_days", __name__, url_prefix="/attendance", enable_openapi=False)
_DOORS = (pages, api)

SITTERS = ("operator", "guide", "manager")
MONTH = "/attendance/month"


class PunchWish(Body):
    """A card, or a staff number and its PIN."""

    card: str = Field("", max_length=32, description="What the reader read")
    staff: str = Field("", max_length=20)
    pin: str = Field("", max_length=6)


class PunchNow(Body):
    """Nothing is asked: it is whoever is logged in, now."""


class KeyWish(Body):
    """Empty: what there was is taken away."""

    pin: str = Field("", max_length=6, description="Six digits")


class CardWish(Body):
    staff: Identifier = Field(max_length=20)
    card: str = Field("", max_length=32)


class PunchCorrection(Body):
    """补卡, or with `struck` 销卡: at that time of the day there was a punch, or there was none."""

    staff: Identifier = Field(max_length=20)
    day: Day = Field(ge=date(FIRST_YEAR, 1, 1), le=date(LAST_YEAR, 12, 31))
    time: ClockTime = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    struck: bool = False
    reason: str = Reason


class TruancyFinding(Body):
    """认定旷工, or take that back."""

    staff: Identifier = Field(max_length=20)
    half: Identifier = Field(max_length=12, description="Such as 2026-11-23am")
    truant: bool
    reason: str = Reason


class HalvesWish(Body):
    """排班 of some half days of some people."""

    cells: list[Identifier] = Field(min_length=1, max_length=3000, description="Each staff|half: 08|2026-11-23am")
    word: Literal["work", "rest", "calendar"]
    reason: str = Reason


class PatternWish(Body):
    """排班 of a person by a cycle of days."""

    staff: Identifier = Field(max_length=20)
    first: Day = Field(ge=date(FIRST_YEAR, 1, 1), le=date(LAST_YEAR, 12, 31))
    last: Day = Field(ge=date(FIRST_YEAR, 1, 1), le=date(LAST_YEAR, 12, 31))
    cycle: str = Field(
        max_length=60, description="Of 班 work, 休 rest, 上 morning alone, 下 afternoon alone, 历 calendar"
    )
    reason: str = Reason


class LeaveEntry(Body):
    staff: Identifier = Field(max_length=20)
    kind: Literal["annual", "lieu"]
    halves: Whole = Field(ge=-120, le=120, description="Half days; fewer with a minus")
    reason: str = Reason


class Signature(Body):
    month: Identifier = Field(max_length=7, description="Such as 2026-11")
    signed: Whole = Field(ge=0, le=99, description="How many were signed when it was looked at")


# --- commands ---------------------------------------------------------------------------------------------------------


@command("pin", KeyWish, roles=SITTERS, back="/attendance", summary="打卡口令 one's own PIN", doors=_DOORS)
def set_pin(wish: KeyWish) -> Done:
    half_days.set_key(the_hub(), By(g.actor), g.actor, "pin", wish.pin)
    return (
        Done(Text("打卡口令已登记。", "Your PIN is on record."))
        if wish.pin
        else Done(Text("打卡口令已取消。", "Your PIN is taken away."))
    )


@command("mine", PunchNow, roles=SITTERS, back="/attendance", summary="打卡 of whoever is logged in", doors=_DOORS)
def punch_mine(wish: PunchNow) -> Done:
    half_days.punch(the_hub(), By(g.actor))
    return Done(Text("已打卡。", "Punched."))


@command(
    "card", CardWish, roles=MANAGERS, back=MONTH, summary="打卡卡片 give out a card, or take it away", doors=_DOORS
)
def set_card(wish: CardWish) -> Done:
    half_days.set_key(the_hub(), By(g.actor), wish.staff, "card", wish.card)
    return Done(Text(f"工号{wish.staff}的卡片已更新。", f"The card of {wish.staff} is on record."))


@command("punches", PunchCorrection, roles=MANAGERS, back=MONTH, summary="补卡、销卡 correct a punch", doors=_DOORS)
def correct(wish: PunchCorrection) -> Done:
    minute = int(wish.time[:2]) * 60 + int(wish.time[3:])
    half_days.correct_punch(
        the_hub(), By(g.actor), wish.staff, wish.day, minute, struck=wish.struck, reason=wish.reason
    )
    return Done(Text(f"{wish.day} {wish.time}已更正。", f"{wish.day} {wish.time} is corrected."))


@command("findings", TruancyFinding, roles=MANAGERS, back=MONTH, summary="认定旷工 or take it back", doors=_DOORS)
def find(wish: TruancyFinding) -> Done:
    half_days.find(the_hub(), By(g.actor), wish.staff, wish.half, truant=wish.truant, reason=wish.reason)
    return Done(Text("认定已登记。", "The finding is on record."))


@command("halves", HalvesWish, roles=MANAGERS, back="/attendance/roster", summary="排班 of half days", doors=_DOORS)
def set_halves(wish: HalvesWish) -> Done:
    wishes: dict[str, dict[str, str]] = {}
    for cell in wish.cells:
        staff, _, half = cell.partition("|")
        wishes.setdefault(staff, {})[half] = "" if wish.word == "calendar" else wish.word
    changed = half_days.set_halves(the_hub(), By(g.actor), wishes, reason=wish.reason)
    return Done(Text(f"{changed}个半天已排。", f"{changed} half days are on the roster."))


CYCLE = {"班": "work", "休": "rest", "上": "am", "下": "pm", "历": ""}
EXAMPLE = "班班休"


@command(
    "patterns",
    PatternWish,
    roles=MANAGERS,
    back="/attendance/roster",
    summary="按周期排班 a cycle of days",
    doors=_DOORS,
)
def set_pattern(wish: PatternWish) -> Done:
    odd = [sign for sign in wish.cycle if sign not in CYCLE]
    if odd or not wish.cycle:
        raise Refused(
            f"周期只用“{'、'.join(CYCLE)}”：例如“{EXAMPLE}”。", f"A cycle is of {', '.join(CYCLE)}, such as {EXAMPLE}."
        )
    if not wish.first <= wish.last <= wish.first + timedelta(days=92):
        raise Refused("一次最多排三个月，结束不早于开始。", "Three months at most, the end not before the start.")
    said = rules.pattern(wish.first, wish.last, [CYCLE[sign] for sign in wish.cycle])
    changed = half_days.set_halves(the_hub(), By(g.actor), {wish.staff: said}, reason=wish.reason)
    return Done(Text(f"{changed}个半天已排。", f"{changed} half days are on the roster."))


@command(
    "ledger", LeaveEntry, roles=MANAGERS, back="/attendance/leave", summary="记假期账 an entry of leave", doors=_DOORS
)
def book(wish: LeaveEntry) -> Done:
    leave.book(the_hub(), By(g.actor), wish.staff, wish.kind, wish.halves, reason=wish.reason)
    return Done(Text(f"工号{wish.staff}的假期账已记。", f"The leave of {wish.staff} is booked."))


@command("signatures", Signature, roles=MANAGERS, back=MONTH, summary="签署考勤月表 sign a month", doors=_DOORS)
def sign(wish: Signature) -> Done:
    done = half_days.sign(the_hub(), By(g.actor), wish.month, wish.signed)
    what = (
        Text("考勤表", "The sheet") if done.sequel == 0 else Text(f"补充表{done.sequel}", f"Supplement {done.sequel}")
    )
    return Done(
        Text(
            f"{wish.month}{what.zh}已签署：{done.sha256[:16]}…",
            f"{what.en} of {wish.month} is signed: {done.sha256[:16]}…",
        )
    )


# --- punching ---------------------------------------------------------------------------------------------------------


def _punch(wish: PunchWish) -> dict[str, Any]:
    place = "desk" if getattr(g, "staff", None) else g.actor
    _, name = half_days.punch_with(
        the_hub(),
        place,
        card=wish.card.strip(),
        staff=wish.staff.strip(),
        pin=wish.pin,
        address=request.remote_addr or "",
    )
    return {"name": name, "at": f"{datetime.fromtimestamp(the_hub().now(), the_hub().hall.zone):%H:%M}"}


@api.post("/punch")
@allowed(roles=SITTERS, devices=("kiosk", "tablet"))
@api.input(PunchWish)
@answers("people_told.PunchDone")
@api.doc(summary="打卡 by card, or by staff number and PIN, at a desk or a kiosk")
def punch_json(json_data: PunchWish) -> dict[str, Any]:
    return _punch(json_data)


@pages.post("/punch")
@allowed(roles=SITTERS)
def punch_form() -> Redirect:
    told = {name: request.form.get(name, "")[:32].strip() for name in ("card", "staff", "pin")}
    try:
        done = _punch(PunchWish(**{**told, "pin": told["pin"][:6], "staff": told["staff"][:20]}))
    except Refused as refused:
        flash(refused.text, "error")  # type: ignore[arg-type]
    else:
        flash((f"{done['name']} {done['at']} 已打卡。", f"{done['name']} {done['at']}: punched."), "done")  # type: ignore[arg-type]
    return redirect("/attendance/punch")


@pages.post("/whereabouts/<int(max=9007199254740991):record>")
@allowed(roles=SITTERS)
def whereabouts_form(record: int) -> Redirect:
    """去向牌 of an outing, to the counter's printer."""
    try:
        printers = printers_for(the_hub().hall, g.actor, "", g.staff.counter)
        leave.whereabouts(the_hub(), who_asks(form_key()), record, printers)
    except Refused as refused:
        flash(refused.text, "error")  # type: ignore[arg-type]
    else:
        flash(("去向牌正在打印。", "The sign is being printed."), "done")  # type: ignore[arg-type]
    return redirect(f"/registers/outing/{record}")


# --- pages ------------------------------------------------------------------------------------------------------------


def _page(template: str, **more: Any) -> str:
    hub = the_hub()
    reader = hub.read()
    sitters = [row for row in reader.everybody() if row["active"] and row["role"] in SITTERS]
    may = g.staff.role in ("manager", "administrator")
    return render_template(f"attendance/{template}.html", hall=hub.hall.hall, may=may, sitters=sitters, **more)


def _month() -> str:
    asked = request.args.get("month") or request.args.get("day", "")[:7]
    return asked or the_hub().day(the_hub().now())[:7]


def _beside(month: str) -> dict[str, str]:
    first = date(*half_days.month_named(month), 1)
    before, after = first - timedelta(days=1), first + timedelta(days=31)
    return {"before": f"{before:%Y-%m}", "after": f"{after:%Y-%m}"}


@pages.get("")
@allowed(roles=SITTERS)
def mine_page() -> str:
    return _page("mine", tab="mine", me=views.today_view(the_hub(), g.actor), staff=g.staff)


@pages.get("/punch")
@allowed(roles=SITTERS)
def punch_page() -> str:
    return _page("punch", tab="punch")


@pages.get("/month")
@allowed(roles=READERS)
def month_page() -> str:
    month = _month()
    view = views.month_view(the_hub(), month)
    return _page("month", tab="month", view=view, legend=views.legend(), heads=views.heads(), **_beside(month))


@pages.get("/roster")
@allowed(roles=READERS)
def roster_page() -> str:
    month = _month()
    return _page(
        "roster", tab="roster", view=views.month_view(the_hub(), month), legend=views.legend(), **_beside(month)
    )


@pages.get("/leave")
@allowed(roles=READERS)
def leave_page() -> str:
    return _page("leave", tab="leave", view=views.ledger_view(the_hub()))


@pages.get("/staffing")
@allowed(roles=READERS)
def staffing_page() -> str:
    month = _month()
    return _page("staffing", tab="staffing", view=staffing_view(the_hub(), month), **_beside(month))


@pages.get("/month/<month>.<any(pdf, xlsx):kind>")
@allowed(roles=READERS)
def month_file(month: str, kind: str) -> Response:
    paper: month_sheet.Paper = "a4" if request.args.get("paper") == "a4" else "a3"
    view = views.paper(the_hub(), month)
    body = month_sheet.pdf(view, paper) if kind == "pdf" else month_sheet.xlsx(view, paper)
    types = {"pdf": "application/pdf", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
    name = f"attendance-{month}-{paper}.{kind}"
    answer = Response(exported(the_hub(), By(g.actor), name, body), content_type=types[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


# --- JSON -------------------------------------------------------------------------------------------------------------


@api.get("/month/<month>")
@allowed(roles=READERS)
@answers("people_told.MonthSheet")
@api.doc(summary="考勤月表: a line for each person, two cells a day with mark and reason, sums, signatures")
def month_json(month: str) -> dict[str, Any]:
    return views.month_view(the_hub(), month)


@api.get("/staffing/<month>")
@allowed(roles=READERS)
@answers("people_told.StaffingMonth")
@api.doc(summary="窗口在岗与缺员: minutes by counter and person, and when fewer were manned than the hall wants")
def staffing_json(month: str) -> dict[str, Any]:
    return staffing_view(the_hub(), month)


@api.get("/mine")
@allowed(roles=SITTERS)
@answers("people_told.MyDay")
@api.doc(summary="One's own day: both halves so far, punches, what is left of leave")
def mine_json() -> dict[str, Any]:
    return views.today_view(the_hub(), g.actor)


@api.get("/ledger")
@allowed(roles=READERS)
@answers("people_told.LeaveLedger")
@api.doc(summary="假期账: what everybody has left, and the entries, the newest first")
def ledger_json() -> dict[str, Any]:
    return views.ledger_view(the_hub())
