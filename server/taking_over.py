"""`import novosga|qsystem|fqm DUMP`: the hall of another system, taken over. Owns the saying and the writing; what its
dump means is `server/incumbents/`.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path

import click

import config
from command_line import _, language, say, trouble
from config import Text
from intake.encoding import decoded
from server import init
from server.domain.doubles import Sorted
from server.domain.rules import Refused
from server.incumbents import taking
from server.incumbents.dumped import Holding, Left, Person, opened
from server.incumbents.taking import SYSTEMS as SYSTEMS
from server.incumbents.taking import Change, Taken
from server.store.database import Store, read_only
from server.store.reader import Reader
from server.verbs import accounts
from server.verbs.hub import By, Hub
from server.verbs.visits import import_visits, sort

ACCOUNTS = Text("姓名和登录名", "names and log-ins")


def command(system: str) -> click.Command:
    """The command of one system."""

    @click.argument("dump", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--dry-run", is_flag=True, help=_("只说会收什么、不收什么、为什么；服务运行时也可以用。"))
    @click.option("--unit", default="", help=_("导出里有几个单位时，接收哪一个（编号）。"))
    @click.option("--write", is_flag=True, help=_("把改动写成配置文件旁边的新文件，供核对后启用；原来的文件从不改动。"))
    @click.option("--accounts", "hire", is_flag=True, help=_("给在岗人员各建一个窗口人员账号，密码在这里生成。"))
    @click.option("--twins", is_flag=True, help=_("文件里相同的行是不同的人。"))
    def run(dump: Path, dry_run: bool, unit: str, write: bool, hire: bool, twins: bool) -> None:
        hall = config.load(click.get_current_context().find_root().obj)
        _take_over(hall, system, dump, unit=unit, dry_run=dry_run, write=write, hire=hire, twins=twins)

    named = SYSTEMS[system].SYSTEM
    said = say("从 {system} 的导出接收事项、窗口、人员和来访（docs/import.md）。", system=named)
    return click.command(system, help=said)(run)


def _take_over(
    hall: config.Hall, system: str, dump: Path, *, unit: str, dry_run: bool, write: bool, hire: bool, twins: bool
) -> None:
    module, data, now = SYSTEMS[system], dump.read_bytes(), time.time()
    holding = module.read(opened(data, module.WANTED, dump.name), dump.name, unit)
    found = taking.taken(holding, hall, module.MADE, now)
    file = hall.data / "hall.db"
    reader = Reader(read_only(file)) if file.exists() else None
    here = sort(reader, found.visits, twins=twins)
    people = [one for one in holding.people if one.active and not (reader and reader.staff(one.number))]
    text, catalogue = decoded(hall.file.read_bytes()), (hall.folder / hall.hall.catalogue).read_bytes()
    new = taking.change(hall, text, catalogue, found, module.SYSTEM, system, module.MADE)
    _say(holding, found, here, people, hire=hire, name=dump.name)
    if new:
        _show(hall, new, write=write and not dry_run)
    if dry_run:
        click.echo(_("这是试读：什么也没有收，什么也没有写。"))
        return
    if here.new:
        _visits(hall, found, dump, data, twins=twins)
    if hire:
        _hire(hall, people)


def _say(holding: Holding, found: Taken, here: Sorted, people: Sequence[Person], *, hire: bool, name: str) -> None:
    click.echo(say("{name}：{system}", name=name, system=holding.system))
    click.echo(_("将收："))
    known = len(found.codes) - len(found.matters)
    click.echo(
        say(
            "  事项：新的 {new} 项，目录里已有或不再列的 {known} 项",
            new=len(found.matters),
            known=known,
        )
    )
    kept = len(holding.windows) - len(found.windows)
    click.echo(say("  窗口：新的 {new} 个，已有的 {known} 个", new=len(found.windows), known=kept))
    click.echo(say("  来访：新的 {new} 次，重复 {double} 次", new=len(here.new), double=len(here.double)))
    if hire:
        click.echo(say("  人员：{count} 人，各一个窗口人员账号，另发新密码", count=len(people)))
    for text in holding.said:
        click.echo(f"  {text.said(language())}")
    click.echo(_("不收："))
    left = list(found.left)
    if people and not hire:
        why = Text(
            "来访里只留工号或编号；要建账号请加 --accounts。",
            "visits keep numbers alone; --accounts makes an account for each",
        )
        left.insert(0, Left(ACCOUNTS, len(people), why))
    for one in left:
        zh = f"  {one.what.zh}，{one.rows} 条：{one.why.zh}"
        click.echo(Text(zh, f"  {one.what.en}, {one.rows}: {one.why.en}").said(language()))
    if not left:
        click.echo(_("  没有"))


def _show(hall: config.Hall, new: Change, *, write: bool) -> None:
    """The difference; with `write` the two files, once they are right and stand in nobody's place."""
    click.echo(_("配置文件和事项目录的改动："))
    click.echo(taking.difference(new, hall), nl=False)
    if not write:
        click.echo(_("以上改动没有写：加 --write 写成旁边的新文件。"))
        return
    files = {hall.folder / new.config_name: new.config_after}
    if new.catalogue_after != new.catalogue_before:
        files[hall.folder / new.catalogue_name] = new.catalogue_after
    there = [file for file in files if file.exists()]
    if there:
        raise trouble("{file}：已经有了，没有覆盖；请先移开", file=there[0])
    try:
        for file, text in reversed(files.items()):
            file.write_text(text, encoding="utf-8")
        config.load(hall.folder / new.config_name)
    except OSError as error:
        raise trouble("{file}：写不了：{error}", file=error.filename, error=error.strerror) from None
    names = ", ".join(file.name for file in files)
    click.echo(say("已写下 {files}，检查通过。核对后请用它代替 {old}。", files=names, old=hall.file.name))


def _visits(hall: config.Hall, found: Taken, dump: Path, data: bytes, *, twins: bool) -> None:
    hub = Hub(hall, Store(hall.data), time.time)
    try:
        sha256 = hashlib.sha256(data).hexdigest()
        count = import_visits(hub, By("import"), found.visits, source=dump.name, sha256=sha256, twins=twins)
    except Refused as error:
        raise click.ClickException(f"{dump.name}: {error} {error.en}") from None
    finally:
        hub.store.close()
    click.echo(say("{file}：导入 {count} 次来访；不对可以整批撤回：import list", file=dump.name, count=count))


def _hire(hall: config.Hall, people: Sequence[Person]) -> None:
    """An account for each, and its password, shown this once."""
    for one in people:
        password = accounts.made_up()
        try:
            init.hire(hall, one.number, one.name or one.number, "operator", password)
        except Refused as error:
            click.echo(f"{one.number}: {error} {error.en}", err=True)
            continue
        click.echo(say("工号 {number}　密码 {password}（只显示这一次）", number=one.number, password=password))
