"""`report` of any period, and the `snapshots` that were kept."""

from __future__ import annotations

import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import click

import config
from command_line import _, say, trouble
from server.commands.given import database, with_hall
from server.reports import period as periods
from server.reports import reporter
from server.reports.forms.make import FORMS, make
from server.store import journal
from server.store.database import read_only
from server.store.reader import Reader
from server.verbs.snapshots import told


@click.command()
@click.option(
    "--period",
    "--week",
    "period",
    required=True,
    help=_("2026-W47、2026-11-25、2026-11、2026-Q4、2026 或 2026-11-01..2026-11-25。"),
)
@click.option("--format", "form", default="json", show_default=True, help=_("json、csv、xlsx、pdf、html 或 poster。"))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help=_("写到这个文件，不写到屏幕。"))
@click.option("--snapshot", "version", type=click.IntRange(1), help=_("用第几版定稿（见 snapshots），不现算。"))
@with_hall
def report(hall: config.Hall, period: str, form: str, out: Path | None, version: int | None) -> None:
    file = database(hall)
    if form not in FORMS:
        raise trouble("--format：没有“{form}”这种格式；有：{known}", form=form, known=", ".join(FORMS))
    asked = periods.parse(period)
    if version is not None:
        _write(make(_kept(hall, file, asked.id, version), hall, form), out)
        return
    days = 3 * ((asked.last - asked.first).days + 1)
    label, quick = say("报告 {period}", period=asked.id), days < 3 * 32
    with click.progressbar(length=days, label=label, file=sys.stderr, hidden=quick) as bar:
        made = reporter.make(hall, asked, file, time.time(), each=lambda day: bar.update(1))
    _write(make(made, hall, form), out)


def _write(content: bytes, out: Path | None) -> None:
    if out:
        try:
            out.write_bytes(content)
        except OSError as error:
            raise trouble("--out：{out}：{error}；请换一个文件", out=out, error=error.strerror) from None
    else:
        sys.stdout.buffer.write(content)


def _kept(hall: config.Hall, file: Path, period: str, version: int) -> dict[str, Any]:
    """A version that was kept, or a sentence: there is none, or it was changed."""

    found = Reader(read_only(file)).snapshot(period, version)
    if found is None:
        raise trouble("--snapshot：{period} 没有第 {version} 版；snapshots 列出有哪些", period=period, version=version)
    if problems := found.problems():
        raise trouble(
            "snapshots：{period} 第 {version} 版：{problem}；请看 verify，并恢复最近的备份",
            period=period,
            version=version,
            problem=problems[0],
        )
    return told(hall, found)


@click.command()
@with_hall
def list_snapshots(hall: config.Hall) -> None:
    conn = read_only(database(hall))
    for made in Reader(conn).snapshots():
        at = datetime.fromtimestamp(made.made_at, hall.zone)
        kept = say("{period} 第 {version} 版", period=made.period, version=made.version)
        click.echo(f"{kept}  {at:%Y-%m-%d %H:%M}  {made.actor}  sha256 {made.sha256}  {made.reason}".rstrip())
    if problems := journal.snapshot_problems(conn):
        click.echo("\n".join(problems))
        sys.exit(1)
