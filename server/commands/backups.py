"""`backup` with its key, and `restore` (docs/backup.md)."""

from __future__ import annotations

import sys
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

import config
from command_line import _, language, say, trouble
from config import Told
from server.backup import nightly, paper_key, parcel
from server.backup import restore as restoring
from server.commands.given import with_hall
from server.domain import backups
from server.store import backup_state, membership

if TYPE_CHECKING:
    from pyrage import x25519


@click.group(invoke_without_command=True)
@click.option("--due", is_flag=True, help=_("只备份到时候的地方：服务自己夜里就是这样做的。"))
@click.pass_context
def backup(context: click.Context, due: bool) -> None:
    if context.invoked_subcommand is None:
        _back_up(due)


@with_hall
def _back_up(hall: config.Hall, only_due: bool) -> None:
    known, changed = backup_state.read(hall), parcel.changed_at(hall)
    urls = backups.due(hall, known, time.time(), changed) if only_due else hall.backup.to
    if not hall.backup.to:
        raise trouble("{file}：backup.to：没有写备份到哪里；见 docs/backup.md", file=hall.file.name)
    failed = False
    for url, said, good in nightly.run(hall, urls, time.time) if urls else ():
        text = said.said(language())
        click.echo(text if good else say("{url}：{said}", url=url, said=text), err=not good)
        failed |= not good
    if failed:
        sys.exit(1)


@backup.command(
    "key",
    help=_("生成备份用的密钥。它的私钥只显示、只打印一次，哪里也不保存：没有那张纸，谁也恢复不了备份。"),
)
@click.option("--print", "printer", metavar="PRINTER", help=_("在这台打印机上打成小票；服务必须先停下。"))
@click.option("--yes", is_flag=True, help=_("不要求证明密钥已经抄下。"))
@with_hall
def backup_key(hall: config.Hall, printer: str | None, yes: bool) -> None:
    identity = paper_key.make()
    lines = paper_key.groups(identity)
    if printer:
        paper_key.print_on(hall, printer, identity, f"{datetime.now(hall.zone):%Y-%m-%d}")
    click.echo("\n".join([_("备份密钥（只显示这一次；请抄写或打印后锁好）："), "", *lines, ""]))
    tries = 0 if yes else 3
    while tries and "".join(click.prompt(_("请照纸输入最后一行")).split()).upper() != lines[-1].replace(" ", ""):
        tries -= 1
        if not tries:
            raise trouble("与密钥的最后一行不符：密钥没有启用，请重新运行 ./run backup key。")
        click.echo(_("与密钥的最后一行不符，请看着纸再输一次。"))
    paper_key.use(hall, identity)
    click.echo(_("以后的备份用这把密钥；以前的备份仍要用以前的纸。"))


@click.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--key", help=_("纸上的密钥，或保存它的文件；- 为从标准输入读。"))
@click.option("--into", required=True, type=click.Path(path_type=Path), help=_("放这座大厅的空文件夹。"))
@click.option(
    "--skip",
    default=0,
    show_default=True,
    type=click.IntRange(0, 999),
    help=_("最后一天每个字头跳过这么多号：可能有备份里没有的号已经发出。"),
)
def restore(file: Path, key: str | None, into: Path, skip: int) -> None:
    identity = _key_of_paper() if key is None else paper_key.read(key)
    restored, said = restoring.restore(restoring.newest_of(file) if file.is_dir() else file, identity, into, skip)
    membership.mark_restored(config.load(restored).data)
    for one in said:
        click.echo(one.said(language()))


def _key_of_paper() -> x25519.Identity:
    """The key as somebody types it from the paper, row by row or at once; or a file that holds it. Raises Told after
    three tries.
    """

    tries = 3
    while True:
        typed = str(click.prompt(_("纸上的密钥，或保存它的文件")))
        while left := paper_key.missing(typed):
            typed += str(click.prompt(say("接着输入下一行，还差{left}个字符", left=left)))
        try:
            return paper_key.read(typed)
        except Told as error:
            tries -= 1
            if not tries:
                raise
            click.echo(error.text.said(language()), err=True)
