"""管理: the hall's description in the browser. Every table of its files as a form, made from the models that read them.

A draft is looked at, comes into force now or at its moment, and is taken back.

Pages work without JavaScript; the same is there as JSON (`server/pages/admin_api.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

from apiflask import APIBlueprint
from flask import abort, current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from config import ConfigError, Hall, Text, Told, described
from config.editing import Edit
from config.fields import FormField, fields, value
from config.holidays import days_of, years
from config.labels import TITLES
from intake.quantities import Unclear, moment
from printer_profiles import profile as profiles
from server.domain import changes, notifications
from server.domain.changes import SEALED
from server.domain.rules import Refused
from server.domain.slip_facts import NAMES
from server.domain.timeline import who_did
from server.health import Health
from server.pages.access import allowed, the_hub
from server.pages.screen import page_of as screen_page
from server.verbs import configuration
from server.verbs.hub import By
from server.views import administration, preview
from server.views.administration import unsealed
from slip_forms import FORMS

pages = APIBlueprint("admin", __name__, url_prefix="/admin", enable_openapi=False)

MANAGERS = ("manager",)
WHOLE = "-"
NEW = "new"
"""In the place of a row's id: one that is not there yet."""
ELSEWHERE: tuple[tuple[str, Text, Text], ...] = (
    ("/people/accounts", Text("账号", "Accounts"), Text("谁能登录，角色和部门", "Who may log in, roles, departments")),
    ("/people", Text("岗位", "Posts"), Text("A岗、B岗、排班、技能", "A and B, roster, skills")),
    ("/admin/devices", Text("设备", "Devices"), Text("新设备登记、改名、停用", "Enrol, rename, lock")),
    ("/admin/guides", Text("办事指南", "Guides"), Text("事项的办事指南", "Guides of the services")),
)
"""What is administered on pages of its own; a page that this hub does not have is not listed."""


@pages.context_processor
def shell() -> dict[str, Any]:
    """What stands on every page of the administration: its navigation, and the draft in a line."""
    hub = the_hub()
    draft, found = administration.draft_now(hub)
    there = {rule.rule for rule in current_app.url_map.iter_rules()}
    return {
        "hall": hub.hall.hall,
        "groups": administration.GROUPS,
        "titles": TITLES,
        "elsewhere": [one for one in ELSEWHERE if one[0] in there],
        "draft_line": {"changes": len(found.changes), "mistakes": len(found.mistakes)} if draft else None,
        "by_hand": configuration.by_hand(hub) is not None,
        "administrator": is_administrator(),
    }


def is_administrator() -> bool:
    return bool(g.get("staff") and g.staff.role == "administrator")


@pages.get("")
@allowed(roles=MANAGERS)
def index() -> str:
    return render_template("admin/overview.html", state=administration.state(the_hub()), tab="")


@pages.get("/draft")
@allowed(roles=MANAGERS)
def draft() -> str:
    return render_template("admin/draft.html", state=administration.state(the_hub()), tab="draft")


@pages.get("/tables/<table>")
@allowed(roles=MANAGERS)
def table(table: str) -> str:
    _known(table)
    hub = the_hub()
    if administration.is_single(table):
        return _form(table, "")
    return render_template("admin/table.html", view=administration.table_view(hub, table), tab=table)


@pages.get("/tables/<table>/<path:row>")
@allowed(roles=MANAGERS)
def row(table: str, row: str) -> str:
    _known(table)
    return _form(table, row)


def _form(table: str, row: str) -> str:
    hub, new = the_hub(), row == NEW
    view = administration.form_view(hub, table, "" if new else row, new=new)
    if view is None:
        abort(404, description=f"没有“{row}”：它已被删除。There is no '{row}': it was taken away.")
    return render_template(
        "admin/form.html",
        view=view,
        rows=administration.table_view(hub, table),
        tab=table,
        calendar=table == "calendar",
    )


def _known(table: str) -> None:
    if table not in TITLES:
        abort(404, description=f"没有“{table}”这一页。There is no page '{table}'.")


def _done(work: Callable[[], Text], back: str) -> Response:
    """Carry a form out: a sentence, and back to its page."""
    try:
        flash(work(), "done")  # type: ignore[arg-type]
    except Told as refused:
        flash(refused.text, "error")  # type: ignore[arg-type]
    return redirect(back)


@pages.post("/tables/<table>")
@allowed(roles=MANAGERS)
def save_table(table: str) -> Response:
    _known(table)
    return _save(table, "")


@pages.post("/tables/<table>/<path:row>")
@allowed(roles=MANAGERS)
def save_row(table: str, row: str) -> Response:
    _known(table)
    if request.form.get("remove"):
        return _done(
            lambda: _edit([Edit(table, row, "", None)], Text("已从草稿里删除。", "Taken out of the draft.")),
            url_for(".table", table=table),
        )
    return _save(table, row)


def _save(table: str, row: str) -> Response:
    def work() -> Text:
        with the_hub().changing:  # what the form is held against is what it is written into
            return _new(table) if row == NEW else _changed(table, row)

    back = url_for(".table", table=table) if row in (NEW, "") else url_for(".row", table=table, row=row)
    return _done(work, back)


WRITTEN = Text("已写入草稿，还没有生效。", "Written into the draft; not in force yet.")


def _read(table: str) -> dict[str, Any]:
    """What the form says, key by key; a secret that is left empty says nothing."""
    sent = {field.key: _sent(field) for field in fields(table) if _is_sent(field)}
    return {key: one for key, one in sent.items() if one != "" or (table, key) not in SEALED}


def _new(table: str) -> Text:
    id = "" if table == "hours" else request.form.get("id", "").strip()
    if not id and table != "hours":
        raise Refused("请写编号。", "Write an id.")
    if id and id in administration.draft_now(the_hub())[1].rows.get(table, {}):
        raise Refused(
            f"“{id}”已经有了：请改那一行，或换个编号。", f"'{id}' is there already: change it, or choose another id."
        )
    told = {key: one for key, one in _read(table).items() if _worth(table, key, one)}
    return _edit([Edit(table, id, "", told)], WRITTEN)


def _changed(table: str, row: str) -> Text:
    """What somebody changed in the form goes into the draft; what another has changed since the form was opened stays,
    and is told.
    """
    hub = the_hub()
    draft, found = administration.draft_now(hub)
    was = unsealed(table, found.rows.get(table, {}).get(row, {}))
    edits, taken = [], []
    for key, one in _read(table).items():
        field = administration.field_of(table, key)
        seen, stored = request.form.get(f"{key}.there", ""), was.get(key)
        if field is None or one == stored or seen in ("", administration.mark(field, one)):
            continue
        if seen != administration.mark(field, stored):
            taken.append(changes.place(table, row, key, found.rows))
        else:
            edits.append(Edit(table, row, key, one))
    if edits:
        _edit(edits, WRITTEN)
    if taken:
        names = hub.read().names()
        who = Text(*who_did(hub.hall, names, draft.actor)) if draft else Text("别人", "somebody")
        zh = "”、“".join(one.zh for one in taken)
        raise Refused(
            f"您打开这页以后，{who.zh}改过“{zh}”：这里您的改动没有写入，请看现在的值再改。",
            f"Since you opened this page {who.en} has changed {'; '.join(one.en for one in taken)}: yours of it was not"
            " written. Look at what is there now.",
        )
    return WRITTEN if edits else Text("没有改动。", "Nothing was changed.")


def _worth(table: str, key: str, one: Any) -> bool:
    """Whether a value of a new row says more than the default."""
    field = next(field for field in fields(table) if field.key == key)
    return field.needed or one != field.default


def _edit(edits: list[Edit], said: Text) -> Text:
    configuration.edit(the_hub(), By(g.actor), is_administrator(), edits)
    return said


def _is_sent(field: FormField) -> bool:
    return f"{field.key}.there" in request.form


def _sent(field: FormField) -> Any:
    """What the form says of one key. Cell n of the field is `key.n`, once for each row of a list."""
    columns = []
    for place, cell in enumerate(field.cells):
        lines = cell.kind in ("lines", "lines_text") or (cell.kind == "ticks" and field.shape == "map")
        columns.append(request.form.getlist(f"{'lines:' if lines else ''}{field.key}.{place}"))
    rows = [list(one) for one in zip(*columns, strict=False)]
    if field.shape in ("map", "named"):
        names = [row[0].strip() for row in rows if row[0].strip()]
        if twice := next((name for place, name in enumerate(names) if name in names[:place]), ""):
            raise Refused(
                f"“{field.text.zh}”里有两行都叫“{twice}”：请合成一行。",
                f"'{field.text.en}' has two rows named '{twice}': make them one.",
            )
    return value(field, rows, all_of_them=f"{field.key}.all" in request.form)


# --- the draft, and what was ------------------------------------------------------------------------------------------


@pages.post("/draft")
@allowed(roles=MANAGERS)
def apply() -> Response:
    hub, by, why, seen = the_hub(), By(g.actor), request.form.get("why", ""), request.form.get("seen", "")

    def work() -> Text:
        if request.form.get("when") != "later":
            configuration.apply(hub, by, why, is_administrator(), seen)
            return Text("已生效。", "In force.")
        at = starts_at(f"{request.form.get('day', '')} {request.form.get('time', '')}")
        configuration.schedule(hub, by, why, at.timestamp(), is_administrator(), seen)
        return Text(f"定在{at:%Y-%m-%d %H:%M}生效。", f"Comes into force at {at:%Y-%m-%d %H:%M}.")

    return _done(work, url_for(".index"))


def starts_at(text: str) -> datetime:
    """A moment on the hall's clock. Raises Refused."""
    try:
        return moment(text.strip(), the_hub().hall.zone)
    except Unclear as unclear:
        raise Refused(unclear.zh, unclear.en) from None


@pages.post("/drafts/<int(max=9007199254740991):number>/drop")
@allowed(roles=MANAGERS)
def drop(number: int) -> Response:
    def work() -> Text:
        configuration.drop(the_hub(), By(g.actor), number, is_administrator())
        return Text("已放弃这些改动。", "These changes are dropped.")

    return _done(work, url_for(".index"))


@pages.post("/versions/<int(max=9007199254740991):number>")
@allowed(roles=MANAGERS)
def roll_back(number: int) -> Response:
    def work() -> Text:
        why = request.form.get("why", "")
        configuration.roll_back(the_hub(), By(g.actor), number, why, is_administrator())
        return Text("已退回到那一版。", "Gone back to that version.")

    return _done(work, url_for(".index"))


@pages.post("/file")
@allowed(roles=("administrator",))
def file() -> Response:
    """Edits by hand: take them, or put the files back. Administrators alone: they may name files and devices."""
    hub, by = the_hub(), By(g.actor)

    def work() -> Text:
        if request.form.get("what") == "back":
            configuration.put_file_back(hub, by)
            return Text("文件已恢复原样。", "The files are as they were.")
        configuration.take_file(hub, by, request.form.get("why", ""))
        return Text("已采用文件里的改动。", "What the files say is in force.")

    return _done(work, url_for(".index"))


@pages.post("/calendar")
@allowed(roles=MANAGERS)
def take_calendar() -> Response:
    """A year's table of holidays into the draft."""
    sent = request.files.get("file")

    def work() -> Text:
        if sent is None or not sent.filename:
            raise Refused("请先选一个文件。", "Choose a file first.")
        return take_days(sent.read(), sent.filename)

    return _done(work, url_for(".table", table="calendar"))


def take_days(data: bytes, name: str) -> Text:
    """The days of a file into the draft: new ones, and those that another notice changed. Raises Told."""
    try:
        days = days_of(data, name)
    except ConfigError as error:
        raise Refused(*error.problems[0]) from None
    have = administration.draft_now(the_hub())[1].rows.get("calendar", {})
    edits = []
    for day in days:
        told = {"kind": day.kind, "name": day.name, "source_doc": day.source_doc}
        if have.get(day.date.isoformat()) != told:
            edits.append(Edit("calendar", day.date.isoformat(), "", told))
    if not edits:
        return Text("文件里的日子都已在日历里。", "The calendar has all these days already.")
    of = "、".join(map(str, years(days)))
    return _edit(
        edits,
        Text(
            f"{of}年{len(edits)}天已写入草稿，请核对后生效。",
            f"{len(edits)} days of {of} are in the draft: check, then apply.",
        ),
    )


# --- the draft as people would see it ---------------------------------------------------------------------------------


@pages.get("/preview")
@allowed(roles=MANAGERS)
def look() -> str:
    hub = the_hub()
    hall = preview.drafted(hub)
    told: dict[str, Any] = {}
    if hall is not None:
        health: Health = current_app.extensions["health"]
        told = {
            "boards": preview.boards(hall),
            "kiosks": preview.kiosks(preview.looking(hub, hall), health),
            "areas": [
                (WHOLE, Text("全厅", "The whole hall")),
                *((one, table.text) for one, table in hall.screens.items()),
            ],
            "slips": [(kind, NAMES[kind]) for kind in FORMS],
            "messages": [(notifications.OCCASIONS[one.occasion], one) for one in notifications.previews(hall)],
            "plate": hall.hall,
            "mark": described.version(administration.draft_now(hub)[1].files)[:12],
        }
    return render_template("admin/preview.html", told=told, state=administration.state(hub), tab="preview")


@pages.get("/preview/slips/<any('generic-80', 'generic-58'):width>/<kind>.png")
@allowed(roles=MANAGERS)
def slip(width: str, kind: str) -> Response:
    """A sample of a slip as the paper, by the very bytes that a printer would get. ?large=1, ?english=1."""
    from server.printing.slips import pictures  # a whole virtual printer, for this page alone

    hall = preview.drafted(the_hub())
    if hall is None or kind not in FORMS:
        abort(404, description="没有这张单据的预览。There is no preview of this slip.")
    profile = profiles.load(width)
    made = pictures.slip(hall, kind, profile, request.args.get("large") == "1", request.args.get("english") == "1")
    out = BytesIO()
    pictures.picture(made, profile).save(out, "PNG")
    return Response(out.getvalue(), content_type="image/png")


@pages.get("/preview/screens/<area>")
@allowed(roles=MANAGERS)
def screen(area: str) -> str:
    """The hall screen, WHOLE, or that of an area."""
    hall, area = _drafted_area(area)
    table = hall.screens.get(area)
    folder = f"/screen/{area}/pictures/" if area else "/screen/pictures/"
    return screen_page(hall, table, table or hall.screen, f"{request.path}/feed", folder)


@pages.get("/preview/screens/<area>/feed")
@allowed(roles=MANAGERS)
def screen_feed(area: str) -> Response:
    hub, stage = the_hub(), current_app.extensions["stage"]
    hall, area = _drafted_area(area)
    mark = described.version(administration.draft_now(hub)[1].files)[:12]
    answer: Response = current_app.extensions["feeds"].answer(
        f"preview {area} {mark}", lambda: preview.screen(preview.looking(hub, hall), stage, area) or {}
    )
    return answer


def _drafted_area(area: str) -> tuple[Hall, str]:
    """The hall as the draft has it, and an area's id, "" for the whole; 404 for what can't be shown."""
    hall = preview.drafted(the_hub())
    if hall is None or (area != WHOLE and area not in hall.screens):
        abort(404, description="没有这块屏的预览。There is no preview of this screen.")
    return hall, "" if area == WHOLE else area
