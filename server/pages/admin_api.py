"""The administration as JSON: what its pages do, for programs; and what a device starts by."""

from __future__ import annotations

import base64
from typing import Any

from apiflask import APIBlueprint
from flask import abort, g, request
from pydantic import Field

from config import described
from config.editing import Edit
from config.labels import TITLES
from server.domain.rules import Refused
from server.pages.access import allowed, the_hub
from server.pages.admin import MANAGERS, is_administrator, starts_at, take_days
from server.pages.bodies import Body
from server.pages.imports import Handed
from server.pages.openapi import answers
from server.verbs import configuration
from server.verbs.hub import By
from server.views import administration, device_files

api = APIBlueprint("admin_api", __name__, url_prefix="/api/v1", tag="Administration 管理")


SEEN = "`draft.version` that was looked at: refused once the draft is another one; empty: whatever it is now"


class OneEdit(Body):
    table: str = Field(description="A table of config.toml, or services, english, calendar", max_length=40)
    row: str = Field("", description="Its row; empty for a table without, and for a new row of hours", max_length=200)
    key: str = Field("", description="Its key; empty for the row as a whole", max_length=80)
    value: Any = Field(None, description="As the file has it; null leaves it out, or takes the row away")


class Edits(Body):
    edits: list[OneEdit] = Field(min_length=1, max_length=1000)
    seen: str = Field("", description=SEEN, max_length=64)


class Why(Body):
    why: str = Field(description="Why; it stands in the journal", max_length=400)


class Apply(Why):
    seen: str = Field("", description=SEEN, max_length=64)
    starts_at: str = Field("", description="Day and time, local unless an offset follows; empty for now", max_length=40)


class File(Why):
    why: str = Field("", max_length=400)
    take: bool = Field(description="true: what the files say counts; false: the files are put back")


@api.get("/admin")
@allowed(roles=MANAGERS)
@answers("admin_told.Description")
@api.doc(summary="The hall's description: version, draft, what waits, edits by hand, earlier versions")
def show() -> dict[str, Any]:
    return administration.state(the_hub())


@api.get("/admin/tables/<table>")
@allowed(roles=MANAGERS)
@answers("admin_told.TableRows")
@api.doc(summary="A table as the draft has it, and what is wrong in it")
def table(table: str) -> dict[str, Any]:
    if table not in TITLES:
        abort(404, description=f"没有“{table}”这个表。There is no table '{table}'.")
    _, found = administration.draft_now(the_hub())
    wrong = [(key, text) for key, text in found.mistakes if key and key[0] == table]
    return {
        "table": table,
        "rows": {row: administration.unsealed(table, one) for row, one in found.rows.get(table, {}).items()},
        "mistakes": [administration.wrong(found, key, text) for key, text in wrong],
    }


@api.post("/admin/draft")
@allowed(roles=MANAGERS)
@api.input(Edits)
@answers("admin_told.Description")
@api.doc(
    summary="Put edits into the draft; it may have mistakes as long as it is one",
    responses={409: "it can't be edited so, or is an administrator's to change"},
)
def edit(json_data: Edits) -> dict[str, Any]:
    hub = the_hub()
    for one in json_data.edits:
        if one.table not in TITLES:
            raise Refused(f"没有“{one.table}”这个表。", f"There is no table '{one.table}'.")
    edits = [Edit(one.table, one.row, one.key, one.value) for one in json_data.edits]
    configuration.edit(hub, By(g.actor), is_administrator(), edits, json_data.seen)
    return administration.state(hub)


@api.delete("/admin/drafts/<int(max=9007199254740991):number>")
@allowed(roles=MANAGERS)
@answers("admin_told.Description")
@api.doc(summary="Throw the draft away, or changes that wait")
def drop(number: int) -> dict[str, Any]:
    configuration.drop(the_hub(), By(g.actor), number, is_administrator())
    return administration.state(the_hub())


@api.post("/admin/draft/apply")
@allowed(roles=MANAGERS)
@api.input(Apply)
@answers("admin_told.Description")
@api.doc(
    summary="Bring the draft into force, now or at a moment",
    responses={409: "mistakes, nothing to change, an administrator's to change, or somebody would be lost"},
)
def apply(json_data: Apply) -> dict[str, Any]:
    hub, by = the_hub(), By(g.actor)
    if json_data.starts_at:
        at = starts_at(json_data.starts_at).timestamp()
        configuration.schedule(hub, by, json_data.why, at, is_administrator(), json_data.seen)
    else:
        configuration.apply(hub, by, json_data.why, is_administrator(), json_data.seen)
    return administration.state(hub)


@api.post("/admin/versions/<int(max=9007199254740991):number>")
@allowed(roles=MANAGERS)
@api.input(Why)
@answers("admin_told.Description")
@api.doc(
    summary="Go back to an earlier version",
    responses={404: "no such version", 409: "an administrator's to change, or somebody would be lost"},
)
def roll_back(number: int, json_data: Why) -> dict[str, Any]:
    configuration.roll_back(the_hub(), By(g.actor), number, json_data.why, is_administrator())
    return administration.state(the_hub())


@api.post("/admin/file")
@allowed(roles=("administrator",))
@api.input(File)
@answers("admin_told.Description")
@api.doc(summary="Edits by hand: take them, or put the files back")
def file(json_data: File) -> dict[str, Any]:
    hub, by = the_hub(), By(g.actor)
    if json_data.take:
        configuration.take_file(hub, by, json_data.why)
    else:
        configuration.put_file_back(hub, by)
    return administration.state(hub)


@api.post("/admin/calendar")
@allowed(roles=MANAGERS)
@api.input(Handed)
@answers("admin_told.Description")
@api.doc(summary="A year's holidays into the draft: CSV, XLSX, or holiday-cn's JSON")
def take_calendar(json_data: Handed) -> dict[str, Any]:
    take_days(json_data.data(), json_data.name)
    return administration.state(the_hub())


@api.get("/config")
@allowed(devices=("kiosk", "boards"))
@answers(
    "admin_told.DeviceFiles",
    query={"since": ({"type": "string"}, "`version` that the device has: no files while it is that")},
)
@api.doc(summary="What a kiosk or the boards' program starts by: the hall's file without what is none of its business")
def config_of_device() -> dict[str, Any]:
    files = device_files.files_of(the_hub(), g.actor)
    version = described.version(files)
    same = request.args.get("since") == version
    told = {} if same else {one: base64.b64encode(content).decode() for one, content in files.items()}
    return {"version": version, "name": the_hub().hall.file.name, "device": g.actor, "files": told}
