"""台账: the registers, their lists, one record with its life, a form for each move; ledger, export; the same as JSON.

A command has two doors: a form that answers with a redirect and a sentence (works without JavaScript), and JSON. A form
carries the idempotency key that it was drawn with: pressed twice it is one move.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import Response, flash, g, redirect, render_template, request
from pydantic import Field
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Redirect

from config import Text
from intake import signs
from server.domain.definition import Definition
from server.domain.reach import Reach
from server.domain.register import Record
from server.domain.rules import Refused
from server.pages import photographs
from server.pages.access import allowed, idempotency_key, longer_body, the_hub
from server.pages.bodies import Body
from server.pages.incoming import Identifier, Whole
from server.pages.openapi import answers
from server.pages.tickets import printers_for
from server.reports.forms import ledger
from server.verbs import records, voices
from server.verbs.appraisals import APPRAISAL
from server.verbs.hub import By, Unknown
from server.verbs.inspections import exported
from server.verbs.liability import LIABILITY
from server.verbs.records import Who
from server.views import bundle
from server.views import records as views
from server.views.appraisals import facts_view

api = APIBlueprint("records_api", __name__, url_prefix="/api/v1/registers", tag="Registers 台账")
pages = APIBlueprint("records", __name__, url_prefix="/registers", enable_openapi=False)

READERS = ("operator", "guide", "manager", "supervisor")
MANAGERS = ("manager",)
ID = "int(max=9007199254740991):record"


LISTED: dict[str, tuple[dict[str, Any], str]] = {
    "list": ({"type": "string", "enum": [*views.LISTS], "default": "due"}, "Which list"),
    "state": ({"type": "string"}, "Only records in that state"),
    "department": ({"type": "string"}, "Only records of that department's services"),
    "after": ({"type": "integer", "minimum": 0}, "`next` of the page before"),
}


class Move(Body):
    move: Identifier = Field(max_length=40)
    values: dict[str, Any] = Field({}, description="By field; what is private is sealed and never in the journal")


class MoveHere(Move):
    ticket: Whole | None = Field(
        None, ge=1, le=2**53 - 1, description="The number at whose counter it is made: a visit of the case"
    )


class Opening(Body):
    """A record to be opened: by one move, or by several in one press."""

    moves: list[Move] = Field(min_length=1, max_length=10, description="The moves in order; all of them, or none")
    ticket: Whole | None = Field(None, ge=1, le=2**53 - 1, description="The visit it came of")


class Several(Move):
    records: list[Annotated[Whole, Field(ge=1, le=2**53 - 1)]] = Field(
        min_length=1, max_length=200, description="Ids; all of them are moved, or none"
    )


class RecordCorrection(Body):
    field: Identifier = Field(max_length=40)
    value: Any
    reason: str = Field(max_length=200)


def who_asks(key: str | None = None) -> Who:
    return Who(By(g.actor, key), g.staff.role, g.staff.department)


def reach() -> Reach:
    return who_asks().reach


def _of(key: str, record: int) -> Record:
    """The record, where it is one of that register, and in reach of who asks; one that is not for the eyes of who asks
    is as if it were not there.
    """
    name = records.definition(the_hub(), key).name
    none = Unknown(f"“{name.zh}”里没有这一件。", f"There is no such record in '{name.en}'.")
    found = the_hub().read().record_by_id(record)
    if found is None or found.register != key:
        raise none
    try:
        return records.in_reach(the_hub(), reach(), found)
    except records.Confidential:
        raise none from None


def _after(record: Record) -> Redirect:
    """Back to a record that was moved, or to the list where it is another person's now."""
    sees = reach().sees(record, records.definition_of(the_hub(), record))
    return redirect(f"/registers/{record.register}{f'/{record.id}' if sees else ''}")


def _opened_by(key: str, move: str) -> Definition:
    """The register, where that move opens a record of it."""
    made = records.definition(the_hub(), key)
    if move not in made.moves_from(None):
        raise Unknown(f"“{move}”不能新建记录。", f"'{move}' opens no record.")
    return made


# --- JSON -------------------------------------------------------------------------------------------------------------


@api.get("")
@allowed(roles=READERS)
@answers("records_told.RegisterCounts")
@api.doc(summary="台账 every register: how many are open, due today, overdue, and where they stand")
def all_registers() -> dict[str, Any]:
    return {"registers": views.index_view(the_hub(), reach())}


@api.get("/<key>")
@allowed(roles=READERS)
@answers("records_told.RegisterTold")
@api.doc(summary="A register: states, fields, moves, and what opens a record of it")
def show_register(key: str) -> dict[str, Any]:
    return views.definition_view(the_hub(), key, g.staff.role)


@api.get("/<key>/records")
@allowed(roles=READERS)
@answers("records_told.RecordList", query=LISTED)
@api.doc(summary="A list: ?list=due, mine, red, still, all or moved; ?state=, ?department=, ?after= for the next page")
def list_records(key: str) -> dict[str, Any]:
    return _list(key)


@api.post("/<key>/records")
@allowed(roles=READERS)
@api.input(Opening)
@answers("records_told.RecordTold", status=201, key=True)
@api.doc(summary="Open a record by one move, or by several in one press", responses={201: "the record"})
def open_one(key: str, json_data: Opening) -> tuple[dict[str, Any], int]:
    moves = [(one.move, one.values) for one in json_data.moves]
    record = records.open_record(the_hub(), who_asks(idempotency_key()), key, moves, ticket=json_data.ticket)
    return views.record_view(the_hub(), record, reach()), 201


@api.post("/<key>/moves")
@allowed(roles=READERS)
@api.input(Several)
@answers("records_told.RecordsMoved", key=True)
@api.doc(summary="The same move with several records, all of them or none")
def move_several(key: str, json_data: Several) -> dict[str, int]:
    for one in json_data.records:
        _of(key, one)
    moved = records.move_several(
        the_hub(), who_asks(idempotency_key()), json_data.records, json_data.move, json_data.values
    )
    return {"moved": moved}


@api.get(f"/<key>/records/<{ID}>")
@allowed(roles=READERS)
@answers("records_told.RecordTold")
@api.doc(summary="One record: clocks, values, its whole life, and what can be done with it now")
def show_record(key: str, record: int) -> dict[str, Any]:
    return views.record_view(the_hub(), _of(key, record), reach())


@api.post(f"/<key>/records/<{ID}>/moves")
@allowed(roles=READERS)
@api.input(MoveHere)
@answers("records_told.RecordTold", key=True)
@api.doc(summary="Make a move; refused with what can be done now")
def move_one(key: str, record: int, json_data: MoveHere) -> dict[str, Any]:
    _of(key, record)
    wish = json_data
    who = who_asks(idempotency_key())
    moved = records.move(the_hub(), who, record, wish.move, wish.values, visit=wish.ticket)
    return views.record_view(the_hub(), moved, reach())


@api.post(f"/<key>/records/<{ID}>/corrections")
@allowed(roles=("operator", "manager"))
@api.input(RecordCorrection)
@answers("records_told.RecordTold", key=True)
@api.doc(summary="更正 correct a value; old, new and the reason stay on record")
def correct_one(key: str, record: int, json_data: RecordCorrection) -> dict[str, Any]:
    _of(key, record)
    wish = json_data
    done = records.correct(the_hub(), who_asks(idempotency_key()), record, wish.field, wish.value, wish.reason)
    return views.record_view(the_hub(), done, reach())


@api.post(f"/<key>/records/<{ID}>/erasure")
@allowed(roles=MANAGERS)
@answers("records_told.RecordErasure", key=True)
@api.doc(summary="Erase what is private of a record at once: the person wished it")
def erase_one(key: str, record: int) -> dict[str, int]:
    _of(key, record)
    records.erase(the_hub(), who_asks(idempotency_key()), record)
    return {"id": record}


@api.get("/<key>/ledger/<month>")
@allowed(roles=READERS)
@answers("records_told.LedgerTable")
@api.doc(summary="The records opened in a month such as 2026-11, as a table; nothing private")
def show_ledger(key: str, month: str) -> dict[str, Any]:
    return views.table_view(the_hub(), key, month, reach())


# --- pages ------------------------------------------------------------------------------------------------------------


def _list(key: str) -> dict[str, Any]:
    asked = request.args
    return views.list_view(
        the_hub(),
        key,
        asked.get("list", "due"),
        reach(),
        department=asked.get("department", ""),
        state=asked.get("state", ""),
        after=max(0, min(asked.get("after", 0, int), 1_000_000)),
    )


def _page(template: str, **more: Any) -> str:
    hub = the_hub()
    return render_template(
        f"records/{template}.html",
        hall=hub.hall.hall,
        registers=views.index_view(hub, reach()),
        role=g.staff.role,
        press_key=uuid.uuid4().hex,
        this_month=f"{datetime.fromtimestamp(hub.now(), hub.hall.zone):%Y-%m}",
        **more,
    )


@pages.get("")
@allowed(roles=READERS)
def index_page() -> str | Redirect:
    number = request.args.get("number", "").strip().upper()
    if number:
        record = the_hub().read().record_numbered(number)
        if record and reach().sees(record, records.definition_of(the_hub(), record)):
            return redirect(f"/registers/{record.register}/{record.id}")
        flash((f"没有{number}这件记录，请核对编号。", f"There is no record {number}: check its number."), "error")  # type: ignore[arg-type]
    return _page("index")


@pages.get("/erased")
@allowed(roles=("manager", "supervisor"))
def erased_page() -> str:
    return _page("erased", lines=views.erased_view(the_hub(), reach()))


@pages.get("/<key>")
@allowed(roles=READERS)
def list_page(key: str) -> str:
    hub, made = the_hub(), records.definition(the_hub(), key)
    view = _list(key)
    return _page(
        "list",
        view=view,
        lists=views.LISTS,
        definition=views.definition_view(hub, key, g.staff.role),
        fingerprint=bundle.fingerprint(hub.hall) if key == LIABILITY else "",
        state=request.args.get("state", ""),
        department=request.args.get("department", ""),
        bulk=[
            {"move": name, **move.name.json("name")}
            for name, move in made.moves.items()
            if move.from_ and move.admits(g.staff.role)
        ],
    )


@pages.get("/<key>/new/<move>")
@allowed(roles=READERS)
def new_page(key: str, move: str) -> str:
    hub, made = the_hub(), _opened_by(key, move)
    service = request.args.get("service", "")
    told = {name: request.args[name] for name in made.moves[move].asked if name in request.args}
    form = views.form_view(hub, made, move, told, g.staff.role)
    for field in form["fields"]:
        field["typed"] = field["value"]
    facts = facts_view(hub, reach(), told.get("about", ""), told.get("period", "")) if key == APPRAISAL else None
    return _page("new", definition=made, form=form, service=service, facts=facts)


@pages.post("/<key>/new/<move>")
@allowed(roles=READERS)
@longer_body(photographs.BODY)
def new_form(key: str, move: str) -> Redirect:
    made = _opened_by(key, move)
    try:
        values = _values(made, move)
        printers = printers_for(the_hub().hall, g.actor, "", g.staff.counter)
        record = voices.open_here(the_hub(), who_asks(form_key()), key, move, values, printers)
    except Refused as refused:
        flash(refused.text, "error")  # type: ignore[arg-type]
        return redirect(f"/registers/{key}/new/{move}")
    paper = made.moves[move].slip == voices.RECEIPT and bool(printers)
    also = ("回执正在打印。", " The receipt is being printed.") if paper else ("", "")
    flash((f"已登记：{record.number}。{also[0]}", f"On record: {record.number}.{also[1]}"), "done")  # type: ignore[arg-type]
    return redirect(f"/registers/{key}/{record.id}")


@pages.get("/<key>/several")
@allowed(roles=READERS)
def several_page(key: str) -> str | Redirect:
    records.definition(the_hub(), key)
    ids = ticked(request.args)
    if not ids:
        flash(("请先勾选要办的记录。", "Tick the records first."), "error")  # type: ignore[arg-type]
        return redirect(f"/registers/{key}")
    for one in ids:
        _of(key, one)
    view = views.several_view(the_hub(), key, request.args.get("move", ""), ids, reach())
    return _page("several", view=view, back=leads_back(request.args, f"/registers/{key}"))


@pages.post("/<key>/several/<move>")
@allowed(roles=READERS)
def several_form(key: str, move: str) -> Redirect:
    made = records.definition(the_hub(), key)
    ids = ticked(request.form)
    try:
        for one in ids:
            _of(key, one)
        moved = records.move_several(the_hub(), who_asks(form_key()), ids, move, _values(made, move))
    except Refused as refused:
        flash(refused.text, "error")  # type: ignore[arg-type]
    else:
        flash((f"已办{moved}件。", f"{moved} records moved."), "done")  # type: ignore[arg-type]
    return redirect(leads_back(request.form, f"/registers/{key}"))


@pages.get(f"/<key>/<{ID}>")
@allowed(roles=READERS)
def record_page(key: str, record: int) -> str:
    known = _of(key, record)
    one = views.record_view(the_hub(), known, reach())
    values = known.values
    facts = facts_view(the_hub(), reach(), values["about"], values["period"]) if key == APPRAISAL else None
    return _page("record", one=one, do=request.args.get("do", ""), facts=facts)


@pages.post(f"/<key>/<{ID}>/move/<move>")
@allowed(roles=READERS)
def move_form(key: str, record: int, move: str) -> Redirect:
    found = _of(key, record)
    made = records.definition_of(the_hub(), found)
    try:
        done = records.move(the_hub(), who_asks(form_key()), record, move, _values(made, move))
    except Refused as refused:
        flash(refused.text, "error")  # type: ignore[arg-type]
    else:
        state = made.states[done.state].name
        flash((f"{done.number}：{state.zh}。", f"{done.number}: {state.en}."), "done")  # type: ignore[arg-type]
        return _after(done)
    return redirect(f"/registers/{key}/{record}")


@pages.post(f"/<key>/<{ID}>/correct")
@allowed(roles=("operator", "manager"))
def correct_form(key: str, record: int) -> Redirect:
    made = records.definition_of(the_hub(), _of(key, record))
    name = request.form.get("field", "")
    try:
        value = _read(made, name, f"{name}.value") if name in made.fields else None
        records.correct(the_hub(), who_asks(form_key()), record, name, value, request.form.get("reason", ""))
    except Refused as refused:
        flash(refused.text, "error")  # type: ignore[arg-type]
    else:
        flash(("已更正，旧值留在记录里。", "Corrected; the old value stays on record."), "done")  # type: ignore[arg-type]
    return redirect(f"/registers/{key}/{record}")


@pages.post(f"/<key>/<{ID}>/erase")
@allowed(roles=MANAGERS)
def erase_form(key: str, record: int) -> Redirect:
    _of(key, record)
    try:
        records.erase(the_hub(), who_asks(form_key()), record)
    except Refused as refused:
        flash(refused.text, "error")  # type: ignore[arg-type]
    else:
        flash(("个人信息已删除。", "What was personal is erased."), "done")  # type: ignore[arg-type]
    return redirect(f"/registers/{key}/{record}")


@pages.get(f"/<any('liability'):key>/<{ID}>/bundle.zip")
@allowed(roles=("manager", "supervisor"))
def bundle_file(key: str, record: int) -> Response:
    found = _of(key, record)
    body = bundle.bundle(the_hub(), found, reach(), partial(render_template, "records/bundle.html"))
    exported(the_hub(), By(g.actor), f"{found.number}.zip", body)
    answer = Response(body, content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.number}.zip"'
    return answer


@pages.get("/<key>/ledger/<month>")
@allowed(roles=READERS)
def ledger_page(key: str, month: str) -> str:
    table = views.table_view(the_hub(), key, month, reach())
    return _page("ledger", table=views.paper_view(table, records.definition(the_hub(), key)))


@pages.get("/<key>/ledger/<month>.<any('csv', 'xlsx'):form>")
@allowed(roles=READERS)
def ledger_file(key: str, month: str, form: str) -> Response:
    table = views.table_view(the_hub(), key, month, reach())
    body = ledger.as_csv(table) if form == "csv" else ledger.as_xlsx(table)
    return ledger_answer(f"{key}-{month}.{form}", body)


def ledger_answer(file: str, body: bytes) -> Response:
    """A table as a file, its name and hash on record."""
    exported(the_hub(), By(g.actor), file, body)
    answer = Response(body, content_type=ledger.KINDS[file.rpartition(".")[2]])
    answer.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    return answer


# --- what a form sends ------------------------------------------------------------------------------------------------


def form_key() -> str | None:
    key = request.form.get("press_key", "")
    return key if 8 <= len(key) <= 200 else None


def ticked(sent: MultiDict[str, str]) -> list[int]:
    """The records that were ticked; what is no id of a record was not."""
    return [int(one) for one in sent.getlist("record") if re.fullmatch(r"[0-9]{1,15}", one)]


def leads_back(sent: MultiDict[str, str], otherwise: str) -> str:
    """Where records were chosen: a pile of the back office, or one record; only a path of ours."""
    back = sent.get("back", "")
    ours = re.fullmatch(r"/cases(\?[\w=&%+.-]*)?|/registers/[a-z0-9_]{1,40}/[0-9]{1,15}", back, re.ASCII)
    return back if ours else otherwise


def _values(made: Definition, move: str) -> dict[str, Any]:
    """The form's fields as the register takes them; what was left empty is not there."""
    if move not in made.moves:
        raise Unknown(f"没有“{move}”这一步。", f"There is no move '{move}'.")
    return sent_values(made, made.moves[move].asked)


def sent_values(made: Definition, names: Sequence[str]) -> dict[str, Any]:
    """Some fields of the form that was sent (`f.<name>`)."""
    found = {name: _read(made, name, f"f.{name}") for name in names}
    return {name: value for name, value in found.items() if value not in (None, "", [])}


def _read(made: Definition, name: str, key: str) -> Any:
    field, text = made.fields[name], request.form.get(key, "").strip()
    if field.kind == "photos":
        return photographs.taken(request.files.getlist(key))
    if field.kind == "checklist":
        return request.form.getlist(key)
    if not text:
        return None
    if field.kind == "yes/no":
        return text == "yes"
    if field.kind == "number":
        if not re.fullmatch(r"[0-9]{1,15}", text := signs.identifier(text)):
            said = Text(f"“{field.name.zh}”：请填整数。", f"'{field.name.en}': enter a whole number.")
            raise Refused(said.zh, said.en)
        return int(text)
    return text
