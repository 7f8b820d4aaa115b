"""The database of a hall: `verify`, `copy`, `repair`, `erase`."""

from __future__ import annotations

import sqlite3
import sys
import time
from datetime import datetime
from pathlib import Path

import click

import config
from command_line import _, language, say, trouble
from config import Text
from server.commands.given import database, opened, there, with_hall
from server.store import copying, head_file, journal, private, register_files, secret, soundness
from server.store.database import read_only
from server.store.reader import Reader
from server.verbs import records, telephones


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option("--head", "told", default="", help=_("日结小票上的“记录末尾”：看那一条记录还在不在。"))
@with_hall
def verify(hall: config.Hall, file: Path | None, told: str) -> None:
    file = there(file) if file else database(hall)
    try:
        outside = head_file.read(head_file.file_of(file))
        with soundness.looking(file) as conn:
            key = secret.known(hall, private.KEY)
            sealed = [*records.sealed_problems(Reader(conn), key), *telephones.sealed_problems(Reader(conn), key)]
            problems, newest = [*journal.verify(conn), *sealed], Reader(conn).head()
            tables, unread = journal.compared(conn), journal.unread(conn)
            doubts = []
            if outside and (lost := soundness.lost_tail(conn, outside)):
                doubts.append(Text(*lost))
            if not outside and newest[0] and not soundness.is_copy(file):
                doubts.append(soundness.UNPROVEN)
            if told and (gone := soundness.not_there(conn, told)):
                problems.append(gone.said(language()))
            how = soundness.HOW_TO_COPY.said(language())
            problems += [
                say("{file}：{problem} {how}", file=file, problem=doubt.said(language()), how=how) for doubt in doubts
            ]
    except (sqlite3.DatabaseError, OSError, TypeError, ValueError) as error:
        repair = Text(soundness.REPAIR, soundness.REPAIR_EN).said(language())
        problems = [say("{file}：数据库读不了：{error}；{repair}", file=file, error=error, repair=repair)]
        tables, unread, newest = "", {}, (0, 0.0, "")
    for problem in problems:
        click.echo(problem)
    if unread:
        named = ", ".join(f"{name} {count}" for name, count in unread.items())
        click.echo(
            say(
                "{count} 行是本版本不认识的事件：{named}；已保留、已核对散列、没有读："
                "由更新的版本写下，请用那个版本再核对一次",
                count=sum(unread.values()),
                named=named,
            )
        )
    if problems:
        sys.exit(1)
    click.echo(
        say("{rows} 行，链条完整；链头 {head}", rows=newest[0], head=newest[2]) if newest[0] else _("0 行，链条完整")
    )
    click.echo(tables)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_hall
def copy(hall: config.Hall, file: Path) -> None:
    click.echo(say("{file}：已复制，共 {rows} 行", file=file, rows=copying.copy_to(hall.data / "hall.db", file)))


@click.command()
@click.option(
    "--from",
    "backups",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_("用来补缺的备份，或放到一边的损坏数据库；可以给出几个。"),
)
@with_hall
def repair(hall: config.Hall, backups: tuple[Path, ...]) -> None:
    for said in copying.repair(hall.data, backups, f"{datetime.now(hall.zone):%Y%m%d-%H%M%S}"):
        click.echo(said.said(language()))


@click.command()
@click.option("--dry-run", is_flag=True, help=_("只说会擦除什么；服务运行时也可以用。"))
@with_hall
def erase(hall: config.Hall, dry_run: bool) -> None:
    if dry_run:
        reader = Reader(read_only(database(hall)))
        found = records.erasable(reader, register_files.read(hall), records.ground_of(hall), time.time())
        for one in found:
            fields = ", ".join(one.fields)
            click.echo(say("{number}：{fields}，{since} 起", number=one.record.number, fields=fields, since=one.since))
        click.echo(say("有 {count} 条记录可以擦除；什么也没有擦除", count=len(found)))
        return
    hub = opened(hall)
    try:
        count = records.erase_due(hub)
        click.echo(say("{count} 条记录：个人信息已擦除，文件里一个字节也不剩", count=count))
        if not hub.store.swept:
            raise trouble("写入日志未能清空：有程序正在读数据库；请再运行一次")
    finally:
        hub.store.close()
