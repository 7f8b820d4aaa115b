"""账号: accounts for the administrator, unlocking for the manager, one's own password, and the sign that one is
there.
"""

from __future__ import annotations

from typing import Any

import segno
from apiflask import APIBlueprint
from flask import flash, g, redirect, render_template, request, session
from pydantic import Field
from werkzeug.wrappers import Response

from config import Text
from server.domain import passwords
from server.domain import second_factor as domain_second_factor
from server.domain.reach import departments_of
from server.domain.rules import Refused
from server.pages import access
from server.pages.access import EVERYBODY, allowed, the_hub
from server.pages.bodies import Body
from server.pages.incoming import Identifier
from server.pages.openapi import answers
from server.pages.people import MANAGERS, Done, command
from server.pages.people import api as people_api
from server.pages.people import pages as people_pages
from server.verbs import accounts, second_factor
from server.verbs.hub import By, Hub
from server.views.tickets import iso

api = APIBlueprint("session", __name__, url_prefix="/api/v1", tag="People 岗位")
pages = APIBlueprint("me", __name__, enable_openapi=False)

ADMINISTRATORS = ("administrator",)
TWO_STEPS = ("manager",)
"""Of ROLES in `server/domain/second_factor.py`; an administrator may everything."""
BACK = "/people/accounts"


class Account(Body):
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
@answers("people_told.AccountMade")
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


@command(
    "accounts/second-factor/end",
    Account,
    roles=ADMINISTRATORS,
    back=BACK,
    summary="The password alone opens the account again: its telephone is lost",
)
def end_second_factor(wish: Account) -> Done:
    accounts.known(the_hub().read(), wish.staff)
    second_factor.end(the_hub(), By(g.actor), wish.staff)
    return Done(Text(f"工号{wish.staff}的两步验证已取消。", f"Two-step login of {wish.staff} is ended."))


def accounts_view(hub: Hub) -> list[dict[str, Any]]:
    """Every account without its password; `locked_until` only while it is locked."""
    two_steps = hub.read().with_second_factor()
    return [
        {
            "staff": row["id"],
            "name": row["name"],
            "role": row["role"],
            "role_name": accounts.ROLE_NAMES[row["role"]],
            "department": row["department"],
            "active": bool(row["active"]),
            "two_steps": row["id"] in two_steps,
            "directory": bool(row["subject"]),
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
@answers("people_told.Accounts")
@api.doc(summary="Every account, its role, whether it is active or locked")
def accounts_json() -> dict[str, Any]:
    return {"accounts": accounts_view(the_hub())}


@pages.get("/me")
@allowed(roles=EVERYBODY)
def me() -> str:
    return _me()


def _me(error: Refused | None = None, **more: Any) -> str:
    reader = the_hub().read()
    row = reader.staff(g.staff.id)
    return render_template(
        "people/me.html",
        hall=the_hub().hall.hall,
        staff=g.staff,
        shortest=passwords.SHORTEST,
        error=error,
        directory=bool(row and row["subject"]),
        may_two_steps=g.staff.role in domain_second_factor.ROLES,
        two_steps=reader.second_factor(g.staff.id) is not None,
        codes_left=reader.recovery_codes_left(g.staff.id),
        **more,
    )


@pages.get("/me/second")
@allowed(roles=TWO_STEPS)
def second_page() -> str:
    """A secret that is nobody's yet, as a QR code for an authenticator; kept in this browser's cookie alone."""
    session["secret"] = session.get("secret") or second_factor.fresh()
    return _second()


def _second(error: Refused | None = None) -> str:
    own, hall = session["secret"], the_hub().hall.hall
    made = segno.make_qr(domain_second_factor.address(own, g.staff.id, hall.id), error="m")
    return render_template(
        "people/two_steps.html",
        hall=hall,
        staff=g.staff,
        error=error,
        secret=" ".join(own[i : i + 4] for i in range(0, len(own), 4)),
        picture=made.svg_data_uri(scale=6, border=4, light="#fff"),
    )


@pages.post("/me/second")
@allowed(roles=TWO_STEPS)
def set_up_second() -> str | tuple[str, int]:
    own = session.get("secret")
    if not own:
        return second_page()
    try:
        codes = second_factor.set_up(the_hub(), g.staff.id, own, request.form.get("code", ""))
    except Refused as error:
        return _second(error), 409
    session.pop("secret")
    return render_template("people/recovery.html", hall=the_hub().hall.hall, staff=g.staff, codes=codes)


@pages.post("/me/second/end")
@allowed(roles=TWO_STEPS)
def end_own_second() -> Response | tuple[str, int]:
    try:
        accounts.with_brake(
            the_hub(),
            g.staff.id,
            access.address(),
            lambda: second_factor.end_own(the_hub(), g.staff.id, request.form.get("code", "")),
        )
    except Refused as error:
        return _me(error), 409
    flash(("两步验证已取消。", "Two-step login is ended."), "done")  # type: ignore[arg-type]
    return redirect("/me")


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
        return _me(error), 409
    flash(("密码已更改。", "Your password is changed."), "done")  # type: ignore[arg-type]
    return redirect("/me")


@api.post("/session/alive")
@allowed(roles=EVERYBODY)
@answers("people_told.Alive")
@api.doc(summary="The person at this login is there; pages send it at most once a minute after a movement or a key")
def alive() -> dict[str, Any]:
    return {"idle_min": the_hub().hall.people.idle_min}
