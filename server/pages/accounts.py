"""账号: accounts for the administrator, unlocking for the manager, one's own password, and the sign that one is
there.
"""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import flash, g, redirect, render_template, request
from pydantic import BaseModel, Field
from werkzeug.wrappers import Response

from config import Text
from server.domain import passwords
from server.domain.reach import departments_of
from server.domain.rules import Refused
from server.pages import access
from server.pages.access import EVERYBODY, allowed, the_hub
from server.pages.answers.people_told import AccountMade, Accounts, Alive
from server.pages.incoming import Identifier
from server.pages.openapi import answers
from server.pages.people import MANAGERS, Done, command
from server.pages.people import api as people_api
from server.pages.people import pages as people_pages
from server.verbs import accounts
from server.verbs.hub import By, Hub
from server.views.tickets import iso

api = APIBlueprint("session", __name__, url_prefix="/api/v1", tag="People 岗位")
pages = APIBlueprint("me", __name__, enable_openapi=False)

ADMINISTRATORS = ("administrator",)
BACK = "/people/accounts"


class Account(BaseModel):
    staff: Identifier = Field(description="工号, staff number", max_length=20)


class NewAccount(Account):
    name: str = Field(max_length=40)
    role: str = Field(description=f"One of {', '.join(accounts.ROLES)}")
    department: str | None = Field(
        None, description="Whose records it sees and moves; '-': the whole hall's; left out: as it is", max_length=60
    )


class ChangedAccount(NewAccount):
    active: bool = True


def _department(wish: NewAccount) -> str | None:
    """A form leaves out what is empty, so the whole hall has a sign of its own."""
    return "" if wish.department == "-" else wish.department


@command(
    "accounts",
    NewAccount,
    roles=ADMINISTRATORS,
    back=BACK,
    summary="Make an account; the answer holds its password, once",
)
def make(wish: NewAccount) -> Done:
    password = accounts.make(the_hub(), By(g.actor), wish.staff, wish.name, wish.role, _department(wish) or "")
    return Done(
        Text(
            f"工号{wish.staff}的账号已建立，密码只显示这一次。",
            f"Account {wish.staff} is made. Its password is shown only once.",
        ),
        password,
    )


class Hired(NewAccount):
    password: str = Field(max_length=200)
    first: bool = Field(False, description="Only while the hall has no active administrator")


@api.put("/accounts")
@allowed(devices=("commands",))
@api.input(Hired)
@answers(AccountMade)
@api.doc(summary="What `python -m server init` and `staff` do while the hub runs: make an account, or make it new")
def hire(json_data: Hired) -> dict[str, bool]:
    access.need_private_line()
    wish, by = json_data, By(accounts.COMMAND_LINE)
    made = accounts.hire(
        the_hub(), by, wish.staff, wish.name, wish.role, wish.password, _department(wish), first=wish.first
    )
    return {"made": made}


@command(
    "accounts/change",
    ChangedAccount,
    roles=ADMINISTRATORS,
    back=BACK,
    summary="Name, role, active; a deactivated account is logged out at once",
)
def change(wish: ChangedAccount) -> Done:
    hub, by, department = the_hub(), By(g.actor), _department(wish)
    accounts.change(hub, by, wish.staff, name=wish.name, role=wish.role, active=wish.active, department=department)
    return Done(Text(f"工号{wish.staff}的账号已更改。", f"Account {wish.staff} is changed."))


@command(
    "accounts/reset",
    Account,
    roles=ADMINISTRATORS,
    back=BACK,
    summary="A new password, once in the answer; the account is logged out",
)
def reset(wish: Account) -> Done:
    password = accounts.reset_password(the_hub(), By(g.actor), wish.staff)
    return Done(
        Text(f"工号{wish.staff}的新密码，只显示这一次。", f"The new password of {wish.staff}, shown only once."),
        password,
    )


@command("accounts/unlock", Account, roles=MANAGERS, back=BACK, summary="Open a locked account before its time")
def unlock(wish: Account) -> Done:
    accounts.unlock(the_hub(), By(g.actor), wish.staff)
    return Done(Text(f"工号{wish.staff}已解锁。", f"Account {wish.staff} is unlocked."))


def accounts_view(hub: Hub) -> list[dict[str, Any]]:
    """Every account without its password; `locked_until` only while it is locked."""
    return [
        {
            "staff": row["id"],
            "name": row["name"],
            "role": row["role"],
            "role_name": accounts.ROLE_NAMES[row["role"]],
            "department": row["department"],
            "active": bool(row["active"]),
            "failed": row["failed"],
            "locked_until": iso(hub.hall, row["locked_until"]) if (row["locked_until"] or 0) > hub.now() else None,
        }
        for row in hub.read().everybody()
    ]


@people_pages.get("/accounts")
@allowed(roles=MANAGERS)
def accounts_page() -> str:
    hub = the_hub()
    return render_template(
        "people/accounts.html",
        hall=hub.hall.hall,
        tab="accounts",
        accounts=accounts_view(hub),
        roles=accounts.ROLE_NAMES,
        departments=departments_of(hub.hall.services),
        may=g.staff.role == "administrator",
    )


@people_api.get("/accounts")
@allowed(roles=MANAGERS)
@answers(Accounts)
@api.doc(summary="Every account, its role, whether it is active or locked")
def accounts_json() -> dict[str, Any]:
    return {"accounts": accounts_view(the_hub())}


@pages.get("/me")
@allowed(roles=EVERYBODY)
def me() -> str:
    return render_template("people/me.html", hall=the_hub().hall.hall, staff=g.staff, shortest=passwords.SHORTEST)


@pages.post("/me")
@allowed(roles=EVERYBODY)
def change_password() -> Response | tuple[str, int]:
    form = request.form
    try:
        if form.get("new") != form.get("again"):
            raise Refused("两次输入的新密码不一样：请重新输入。", "The two new passwords differ: type them again.")
        accounts.change_password(
            the_hub(), g.staff.id, form.get("old", ""), form.get("new", ""), g.staff.session, access.address()
        )
    except Refused as error:
        return (
            render_template(
                "people/me.html", hall=the_hub().hall.hall, staff=g.staff, shortest=passwords.SHORTEST, error=error
            ),
            409,
        )
    flash(("密码已更改。", "Your password is changed."), "done")  # type: ignore[arg-type]
    return redirect("/me")


@api.post("/session/alive")
@allowed(roles=EVERYBODY)
@answers(Alive)
@api.doc(summary="The person at this login is there; pages send it at most once a minute after a movement or a key")
def alive() -> dict[str, Any]:
    return {"idle_min": the_hub().hall.people.idle_min}
