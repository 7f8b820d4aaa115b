"""What other systems left behind: `import` of closed visits and of what stood before, its list, its withdrawal."""

from __future__ import annotations

import hashlib
import sys
import time
from datetime import datetime
from pathlib import Path

import click

import config
from command_line import _, say
from server import taking_over
from server.commands.catalogue import import_catalogue
from server.commands.given import database, opened, with_hall
from server.domain.rules import Refused
from server.reports import visits_file
from server.store.database import read_only
from server.store.reader import Reader
from server.verbs import imports
from server.verbs.hub import By
from server.verbs.visits import import_visits
from server.views.imports import visits_checked


@click.group()
def import_() -> None:
    pass


for incumbent in taking_over.SYSTEMS:
    import_.add_command(taking_over.command(incumbent))
import_.add_command(import_catalogue)


@import_.command(help=_("从CSV或XLSX文件导入已办结的办件（docs/import.md）：只收新的；有错就一条不收，并逐条指出。"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help=_("只说哪些是新的、重复的、将来的；服务运行时也可以用。"))
@click.option("--twins", is_flag=True, help=_("文件里相同的行是不同的人。"))
@with_hall
def visits(hall: config.Hall, file: Path, dry_run: bool, twins: bool) -> None:
    data = file.read_bytes()
    if dry_run:
        _dry_run(hall, data, file.name, twins)
        return
    found, problems = visits_file.read(data, hall, name=file.name, now=time.time())
    if problems:
        click.echo("\n".join(problems), err=True)
        sys.exit(1)
    hub, sha256 = opened(hall), hashlib.sha256(data).hexdigest()
    try:
        count = import_visits(hub, By("import"), found, source=file.name, sha256=sha256, twins=twins)
    except Refused as error:
        click.echo(f"{file.name}: {error} {error.en}", err=True)
        sys.exit(1)
    finally:
        hub.store.close()
    double = say("，{count} 条重复未收", count=len(found) - count) if len(found) > count else ""
    click.echo(say("{file}：导入 {count} 条办件{double}", file=file.name, count=count, double=double))


def _dry_run(hall: config.Hall, data: bytes, name: str, twins: bool) -> None:
    db = hall.data / "hall.db"
    told = visits_checked(hall, Reader(read_only(db)) if db.exists() else None, data, name, time.time(), twins=twins)
    click.echo(
        say(
            "{name}：新的 {new} 条，重复 {double} 条，将来的 {future} 条；什么也没有收",
            name=name,
            new=told["new"],
            double=told["double"],
            future=told["future"],
        )
    )
    for line in told["doubles"]:
        click.echo(f"{name}: {line['zh']} {line['en']}")
    if told["problems"]:
        click.echo("\n".join(told["problems"]), err=True)
        sys.exit(1)


@import_.command("list", help=_("导入过什么，新的在前，每次都带着撤回用的编号。"))
@with_hall
def list_imports(hall: config.Hall) -> None:
    for row, gone in imports.hand_ins(Reader(read_only(database(hall)))):
        at = datetime.fromtimestamp(row.at, hall.zone)
        rows = row.field("visits" if row.event == "VisitsImported" else "bookings")
        was = say("  已撤回：{reason}", reason=gone.field("reason")) if gone else ""
        click.echo(f"{row.seq}  {at:%Y-%m-%d %H:%M}  {row.actor}  {row.event} {rows}  {row.field('source')}{was}")


@import_.command(help=_("整批撤回一次导入（编号见 import list）：从此任何数字都不再算它。"))
@click.argument("number", type=click.IntRange(1))
@click.option("--reason", required=True, help=_("原因；记入日志。"))
@with_hall
def withdraw(hall: config.Hall, number: int, reason: str) -> None:
    hub = opened(hall)
    try:
        count = imports.withdraw(hub, By("import"), number, reason)
    except Refused as error:
        click.echo(f"{number}: {error} {error.en}", err=True)
        sys.exit(1)
    finally:
        hub.store.close()
    click.echo(say("{number}：撤回 {count} 行", number=number, count=count))
