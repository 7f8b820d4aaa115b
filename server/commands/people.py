"""`staff`: an account for somebody, or a new password."""

from __future__ import annotations

import click

import config
from command_line import _
from server import init
from server.commands.given import with_hall
from server.verbs import accounts


@click.command()
@click.argument("number")
@click.option("--name", required=True, help=_("工作台上显示的姓名。"))
@click.option(
    "--role",
    default="operator",
    show_default=True,
    help=_("operator 窗口、guide 咨询台、manager 主任、supervisor 监督或 administrator 系统管理员。"),
)
@click.option("--department", help=_("只看、只办这个部门的记录；写 '' 为全厅。"))
@with_hall
def staff(hall: config.Hall, number: str, name: str, role: str, department: str | None) -> None:
    password = accounts.made_up()
    init.hire(hall, number, name, role, password, department)
    click.echo(password)
