"""The hub's command line: serve (the default), check, verify, copy, repair, erase, backup, restore, import, report,
snapshots, staff, token, roles, voice, bookings, init, certificate. What it says it says in the language of the locale
(command_line.py).
"""

from __future__ import annotations

import logging
import os
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import click

import applicant
import config
import systemd
from command_line import Commands, _, language, say, trouble
from config import Text, Told
from config.unsettled import unsettled
from hub_client import authority_beside
from intake.encoding import word
from printer_profiles.escpos.logo import LogoError
from server import certificate, certify, init, logs, support, taking_over
from server.domain import clock
from server.domain.ends import ends
from server.domain.events import EpochBegan
from server.domain.rules import Refused
from server.domain.worktime import service_day
from server.health import Contacts, Health
from server.paced import Paced
from server.printing.slips.of_number import logo_of
from server.second import following, pairing, running
from server.store import head_file, journal, membership, private, register_files, secret, soundness
from server.store.database import CutOff, Store, read_only
from server.store.reader import Reader
from server.store.transaction import Turn
from server.tls import Seal
from server.uplink import joining as uplink
from server.verbs import (
    accounts,
    circulars,
    configuration,
    enrolment,
    guide_versions,
    opening_list,
    platform,
    ratings,
    records,
    spot_checks,
    telephones,
)
from server.verbs.day import tick
from server.verbs.hub import By, Hub, apart
from server.verbs.visits import import_visits
from server.voice import zones

log = logging.getLogger("server")

LINES = 200
"""Lines of the web server besides the live screens'."""
SWITCH_S = 0.0005
"""How long a thread may keep the others waiting: a view that is being made holds up a touch no longer than this."""

if TYPE_CHECKING:
    from pyrage import x25519

P = ParamSpec("P")
R = TypeVar("R")


def _load(path: str) -> config.Hall:
    hall = config.load(path)
    zones.check(hall)
    return hall


def _open(hall: config.Hall) -> Hub:
    return Hub(hall, Store(hall.data), time.time)


def with_hall(command: Callable[Concatenate[config.Hall, P], R]) -> Callable[P, R]:
    """A command that needs the hall: read only now, so that help, `init` and `restore` need none."""

    @wraps(command)
    def reading(*args: P.args, **options: P.kwargs) -> R:
        return command(_load(click.get_current_context().obj), *args, **options)

    return reading


def _database(hall: config.Hall) -> Path:
    return _there(hall.data / "hall.db")


def _there(file: Path) -> Path:
    if not file.exists():
        raise trouble("{file}：还没有数据库；请先启动一次服务，或导入办件记录", file=file)
    return file


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=_("叫号：一座大厅的服务程序，取号、叫号、打印、显示并记录。\n\n不带命令就开始服务，直到收到 SIGTERM。"),
    epilog=_("--config 写在命令前面或后面都可以。"),
)
@click.option(
    "--config",
    "path",
    default=str(config.ROOT / "config.toml"),
    show_default="config.toml",
    help=_("大厅的配置文件。"),
)
@click.option("--paced", type=(float, float, float), hidden=True, help="Of a rehearsal: `server/paced.py`.")
@click.pass_context
def main(context: click.Context, path: str, paced: tuple[float, float, float] | None) -> None:
    context.obj = path
    if context.invoked_subcommand is None:
        clock: Callable[[], float] = time.time
        if paced:
            clock = Paced(*paced)
        serve(_load(path), clock=clock)


main.add_command(init.command, "init")
main.add_command(support.command, "support")
main.add_command(certify.command, "certificate")
main.add_command(uplink.command, "district")


@main.command("serve", help=_("开始服务，直到收到 SIGTERM（不带命令也是这样）。"))
@with_hall
def serve_command(hall: config.Hall) -> None:
    serve(hall)


@main.command(help=_("读配置文件和其中的徽标，说出是否正确。"))
@with_hall
def check(hall: config.Hall) -> None:
    try:
        logo_of(hall)
    except LogoError as error:
        raise config.Told(f"slips.logo: {error.zh}", f"slips.logo: {error.en}") from None
    click.echo(
        say(
            "{name}：{counters} 个窗口，{services} 项业务，{boards} 块窗口屏，{registers} 本台账：全部正确",
            name=hall.hall.name,
            counters=len(hall.counters),
            services=len(hall.services),
            boards=len(hall.boards),
            registers=len(register_files.read(hall).current),
        )
    )
    for line in unsettled(hall):
        click.echo(line.said(language()))
    for one in ends(hall, service_day(hall, time.time())):
        click.echo(one.text.said(language()))
    for concern in certificate.concerns(hall, time.time()):
        click.echo(concern.text.said(language()))


@main.command(
    help=_(
        "核对日志的链条、各表与日志是否一致、旁边写下的末尾是否还在；有一处不对，退出码为 1。"
        "FILE：核对这份复制件，不核对本厅自己的数据库。"
    )
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option("--head", "told", default="", help=_("日结小票上的“记录末尾”：看那一条记录还在不在。"))
@with_hall
def verify(hall: config.Hall, file: Path | None, told: str) -> None:
    file = _there(file) if file else _database(hall)
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


@main.command(help=_("把数据库完整复制到 FILE，服务运行时也可以用。单独复制 hall.db 会缺少写入日志中的记录。"))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_hall
def copy(hall: config.Hall, file: Path) -> None:
    from server.store.copying import copy_to

    click.echo(say("{file}：已复制，共 {rows} 行", file=file, rows=copy_to(hall.data / "hall.db", file)))


@main.command(help=_("用损坏的数据库和备份里仍能证明的记录，另建一个数据库；损坏的放到一边，救不回的逐条说明。"))
@click.option(
    "--from",
    "backups",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_("用来补缺的备份，或放到一边的损坏数据库；可以给出几个。"),
)
@with_hall
def repair(hall: config.Hall, backups: tuple[Path, ...]) -> None:
    from server.store import copying

    for said in copying.repair(hall.data, backups, f"{datetime.now(hall.zone):%Y%m%d-%H%M%S}"):
        click.echo(said.said(language()))


@main.command(help=_("擦除台账中保存期已满的个人信息；服务每天也会自己做。"))
@click.option("--dry-run", is_flag=True, help=_("只说会擦除什么；服务运行时也可以用。"))
@with_hall
def erase(hall: config.Hall, dry_run: bool) -> None:
    if dry_run:
        reader = Reader(read_only(_database(hall)))
        found = records.erasable(reader, register_files.read(hall), records.ground_of(hall), time.time())
        for one in found:
            fields = ", ".join(one.fields)
            click.echo(say("{number}：{fields}，{since} 起", number=one.record.number, fields=fields, since=one.since))
        click.echo(say("有 {count} 条记录可以擦除；什么也没有擦除", count=len(found)))
        return
    hub = _open(hall)
    try:
        count = records.erase_due(hub)
        click.echo(say("{count} 条记录：个人信息已擦除，文件里一个字节也不剩", count=count))
        if not hub.store.swept:
            raise trouble("写入日志未能清空：有程序正在读数据库；请再运行一次")
    finally:
        hub.store.close()


@main.group(
    invoke_without_command=True,
    help=_(
        "把数据备份到 [backup] to 的每个地方，读回、恢复并核对（docs/backup.md）；有一处失败，退出码为 1。"
        "服务运行时也可以用。"
    ),
)
@click.option("--due", is_flag=True, help=_("只备份到时候的地方：服务自己夜里就是这样做的。"))
@click.pass_context
def backup(context: click.Context, due: bool) -> None:
    if context.invoked_subcommand is None:
        _back_up(due)


@with_hall
def _back_up(hall: config.Hall, only_due: bool) -> None:
    from server.backup import nightly, parcel
    from server.domain import backups
    from server.store import backup_state

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
    from server.backup import paper_key

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


@main.command(help=_("在一台空机器上恢复一座大厅（docs/backup.md）。FILE：备份文件，或它所在的文件夹。"))
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
    from server.backup import paper_key
    from server.backup import restore as restoring

    identity = _key_of_paper() if key is None else paper_key.read(key)
    restored, said = restoring.restore(restoring.newest_of(file) if file.is_dir() else file, identity, into, skip)
    membership.mark_restored(config.load(restored).data)
    for one in said:
        click.echo(one.said(language()))


def _key_of_paper() -> x25519.Identity:
    """The key as somebody types it from the paper, row by row or at once; or a file that holds it. Raises Told after
    three tries.
    """
    from server.backup import paper_key

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


@main.group("import", help=_("接收其他系统留下的数据。"))
def import_() -> None:
    pass


for incumbent in taking_over.SYSTEMS:
    import_.add_command(taking_over.command(incumbent))


@import_.command(help=_("从CSV或XLSX文件导入已办结的办件（docs/import.md）：只收新的；有错就一条不收，并逐条指出。"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help=_("只说哪些是新的、重复的、将来的；服务运行时也可以用。"))
@click.option("--twins", is_flag=True, help=_("文件里相同的行是不同的人。"))
@with_hall
def visits(hall: config.Hall, file: Path, dry_run: bool, twins: bool) -> None:
    import hashlib

    from server.reports import visits_file

    data = file.read_bytes()
    if dry_run:
        _dry_run(hall, data, file.name, twins)
        return
    found, problems = visits_file.read(data, hall, name=file.name, now=time.time())
    if problems:
        click.echo("\n".join(problems), err=True)
        sys.exit(1)
    hub, sha256 = _open(hall), hashlib.sha256(data).hexdigest()
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
    from server.views.imports import visits_checked

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


@import_.command(
    "catalogue",
    help=_("把清单格式或全部栏目的表（CSV、XLSX）并入事项目录（docs/catalogue.md）；有错就什么也不改，并逐条指出。"),
)
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help=_("只说会改什么、省了什么。"))
@with_hall
def import_catalogue(hall: config.Hall, file: Path | None, dry_run: bool) -> None:
    from config import catalogue_file
    from server.domain import guide
    from server.reports.forms import catalogue_table

    if file is None:
        raise trouble("请写上要并入的文件")
    found = catalogue_file.merged(file.read_bytes(), hall.services, hall.tickets.default_prefix)
    if found.problems:
        click.echo("\n".join(f"{file.name}: {one.said(language())}" for one in found.problems), err=True)
        sys.exit(1)
    before = {code: guide.content(one) for code, one in hall.services.items()}
    changed = [code for code, one in found.services.items() if hall.services.get(code) != one]
    for code in changed:
        for line in guide.difference(before.get(code), guide.content(found.services[code])):
            click.echo(f"{code}  {line.said(language())}")
    target = (hall.folder / hall.hall.catalogue).resolve()
    if not dry_run:
        if target == config.ROOT / "data" / "catalogue.csv":
            raise trouble(
                "{target}：这是随程序发布的演示目录，不改它；请先把自己的目录写进 hall.catalogue", target=target
            )
        made = catalogue_table.made(*catalogue_file.table(found.services.values(), "whole"), target.suffix[1:].lower())
        beside = target.with_name(f".{target.name}.new")
        beside.write_bytes(made)
        beside.replace(target)
    told = dict(file=file.name, changed=len(changed), added=len(found.added), left=len(found.left))
    if dry_run:
        click.echo(say("{file}：会改动 {changed} 项，其中新增 {added} 项，{left} 项没有提到；什么也没有改", **told))
    else:
        click.echo(say("{file}：改动 {changed} 项，其中新增 {added} 项，{left} 项没有提到；重启服务后生效", **told))


@main.command(
    "catalogue", help=_("把事项目录写成表：quanzhou 为泉州的清单格式，whole 为全部栏目；服务运行时也可以用。")
)
@click.option(
    "--form", type=click.Choice(["quanzhou", "whole"]), default="quanzhou", show_default=True, help=_("哪些栏目。")
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help=_("写到这个文件（.csv 或 .xlsx），不写到屏幕。")
)
@with_hall
def catalogue(hall: config.Hall, form: str, out: Path | None) -> None:
    from config import catalogue_file
    from server.reports.forms import catalogue_table

    table = catalogue_file.table(hall.services.values(), form)
    if out is None:
        click.echo(catalogue_table.as_csv(*table).decode("utf-8-sig"), nl=False)
        return
    out.write_bytes(catalogue_table.made(*table, out.suffix[1:].lower()))
    click.echo(say("{out}：已写，共 {rows} 项", out=out, rows=len(table[1])))


@import_.command("list", help=_("导入过什么，新的在前，每次都带着撤回用的编号。"))
@with_hall
def list_imports(hall: config.Hall) -> None:
    from server.verbs.imports import hand_ins

    for row, gone in hand_ins(Reader(read_only(_database(hall)))):
        at = datetime.fromtimestamp(row.at, hall.zone)
        rows = row.field("visits" if row.event == "VisitsImported" else "bookings")
        was = say("  已撤回：{reason}", reason=gone.field("reason")) if gone else ""
        click.echo(f"{row.seq}  {at:%Y-%m-%d %H:%M}  {row.actor}  {row.event} {rows}  {row.field('source')}{was}")


@import_.command(help=_("整批撤回一次导入（编号见 import list）：从此任何数字都不再算它。"))
@click.argument("number", type=click.IntRange(1))
@click.option("--reason", required=True, help=_("原因；记入日志。"))
@with_hall
def withdraw(hall: config.Hall, number: int, reason: str) -> None:
    from server.verbs import imports

    hub = _open(hall)
    try:
        count = imports.withdraw(hub, By("import"), number, reason)
    except Refused as error:
        click.echo(f"{number}: {error} {error.en}", err=True)
        sys.exit(1)
    finally:
        hub.store.close()
    click.echo(say("{number}：撤回 {count} 行", number=number, count=count))


@main.command(help=_("某个时段的报告，任选格式，现算或按定稿；服务运行时也可以用。"))
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
    from server.reports import period as periods
    from server.reports import reporter
    from server.reports.forms.make import FORMS, make

    file = _database(hall)
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
    from server.verbs.snapshots import told

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


@main.command("snapshots", help=_("定稿的报告，各带散列；有一份与当时不同，退出码为 1。"))
@with_hall
def list_snapshots(hall: config.Hall) -> None:

    conn = read_only(_database(hall))
    for made in Reader(conn).snapshots():
        at = datetime.fromtimestamp(made.made_at, hall.zone)
        kept = say("{period} 第 {version} 版", period=made.period, version=made.version)
        click.echo(f"{kept}  {at:%Y-%m-%d %H:%M}  {made.actor}  sha256 {made.sha256}  {made.reason}".rstrip())
    if problems := journal.snapshot_problems(conn):
        click.echo("\n".join(problems))
        sys.exit(1)


@main.command(help=_("新建账号（或给它新密码）；密码在这里生成，只显示一次。服务运行时也可以用。"))
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


@main.command(help=_("给设备新令牌，旧的作废；说出令牌在哪个文件。"))
@click.argument("device")
@with_hall
def token(hall: config.Hall, device: str) -> None:
    from server.pages.access import device_names, give_token

    if device not in device_names(hall):
        raise trouble("本厅没有设备“{device}”；有：{known}", device=device, known=", ".join(device_names(hall)))
    hub = _open(hall)
    try:
        click.echo(str(give_token(hub, device)))
    finally:
        hub.store.close()


@main.command(help=_("角色权限表：谁可以用哪个接口（docs/roles.md）。"))
@with_hall
def roles(hall: config.Hall) -> None:
    import tempfile

    from server.app import create_app
    from server.pages.roles import table

    with tempfile.TemporaryDirectory() as folder:
        hub = Hub(
            hall.model_copy(update={"hub": hall.hub.model_copy(update={"data": folder})}),
            Store(Path(folder), durable=False),
        )
        click.echo(table(create_app(hub)), nl=False)
        hub.store.close()


@main.group(help=_("本厅自己的录音：要录什么、录得对不对、听起来怎样（docs/voice.md）。"))
def voice() -> None:
    pass


@voice.command("list", help=_("一种语言要录什么：每段的文件名和要说的话。"))
@click.argument("code")
@with_hall
def voice_list(hall: config.Hall, code: str) -> None:
    needed, folder = _clips(hall, code)
    click.echo("\n".join([f"{folder}:", *(f"{name}.wav\t{text}" for name, text in needed.items())]))


@voice.command("check", help=_("一种语言的录音是否齐全、合格；不合格的各说一句，退出码为 1。"))
@click.argument("code")
@with_hall
def voice_check(hall: config.Hall, code: str) -> None:
    from server.voice.clips import check

    needed, folder = _clips(hall, code)
    if problems := check(folder, needed):
        click.echo("\n".join(one.said(language()) for one in problems))
        sys.exit(1)
    click.echo(say("{folder}：{count} 段录音，全部合格", folder=folder, count=len(needed)))


@voice.command("say", help=_("把一次叫号按群众听到的样子写成WAV文件。"))
@click.argument("number")
@click.option("--counter", default="1", show_default=True, help=_("本厅的一个窗口。"))
@click.option("--zone", help=_("按这个广播区说；不写就用第一个。"))
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help=_("要写的WAV文件。"))
@with_hall
def voice_say(hall: config.Hall, number: str, counter: str, zone: str | None, out: Path) -> None:
    zone = zone or next(iter(hall.zones), "")
    for wanted, there, unknown in (
        (zone, hall.zones, _("本厅没有广播区“{wanted}”；有：{known}")),
        (counter, hall.counters, _("本厅没有窗口“{wanted}”；有：{known}")),
    ):
        if wanted not in there:
            raise click.ClickException(unknown.format(wanted=wanted, known=", ".join(there) or "–"))
    try:
        out.write_bytes(zones.sample(hall, zone, number, counter).wav())
    except OSError as error:
        raise click.ClickException(str(error)) from None


def _clips(hall: config.Hall, code: str) -> tuple[dict[str, str], Path]:
    return zones.needed(hall, code)


@main.command(help=_("把今天及以后的预约交给运行中的服务（docs/bookings.md）：全部收下，或一条不收并逐条指出错误。"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help=_("只说哪些是新的、有变化的、已有的。"))
@click.option("--outside-hours", is_flag=True, help=_("闭厅时段的预约是有意的。"))
@with_hall
def bookings(hall: config.Hall, file: Path, dry_run: bool, outside_hours: bool) -> None:
    import urllib3

    token_file = hall.data / "tokens" / "bookings"
    if not token_file.exists():
        raise trouble("{file}：没有令牌；请先启动一次服务，由它写下", file=token_file)
    headers = {"Authorization": f"Bearer {word(token_file.read_bytes())}", "Content-Type": "text/csv"}
    meant = [name for name, wanted in (("dry_run", dry_run), ("outside_hours", outside_hours)) if wanted]
    query = f"?{'&'.join(f'{name}=1' for name in meant)}" if meant else ""
    try:
        authority = authority_beside(token_file)
        answer = urllib3.PoolManager(ca_certs=str(authority) if authority else None).request(
            "PUT",
            f"{hall.hub.url}/api/v1/bookings{query}",
            body=file.read_bytes(),
            headers=headers,
            timeout=20,
            retries=False,
        )
    except urllib3.exceptions.HTTPError as error:
        raise trouble("{url}：没有应答（{error}）；请先启动服务", url=hall.hub.url, error=error) from None
    said = answer.json()
    if answer.status != 200:
        raise click.ClickException(str(said.get("detail", answer.status)).replace("bookings:", f"{file.name}:"))
    counts = say(
        "新的 {new} 条，有变化 {changed} 条，已有 {double} 条",
        new=said["new"],
        changed=said["changed"],
        double=said["double"],
    )
    click.echo(
        say("{file}：{counts}；什么也没有收", file=file.name, counts=counts)
        if dry_run
        else say("{file}：交入 {taken} 条预约（{counts}）", file=file.name, taken=said["taken"], counts=counts)
    )


# --- serving ----------------------------------------------------------------------------------------------------------


def serve(hall: config.Hall, *, certain: bool = False, clock: Callable[[], float] = time.time) -> None:
    """The hall's hub until SIGTERM or SIGINT; its second machine, where another one has taken over from it.

    `certain`: it has taken over just now, and asks nobody. `clock`: a rehearsal's.
    """
    logs.to_stderr()
    membership.check(hall.data)
    stop = _stopped_by_signals()
    while not stop.is_set():
        if not certain:
            running.settle(hall, stop, _sealed)
        known = pairing.read(hall.data)
        if stop.is_set() or known is None or not known.superseded:
            break
        machine = running.returned(hall, known)
        was_hub = machine.is_hub
        became = running.follow(machine, stop, _sealed)
        if became is None:
            return
        hall, certain = became, not was_hub
    if not stop.is_set() and _serve(hall, stop, clock):
        os.execv(sys.executable, [sys.executable, "-m", "server", *sys.argv[1:]])  # as the second machine


def _stopped_by_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


@main.command("second", help=_("本机做备用主机：跟着主机逐条保存数据，主机停了就由本机接管（docs/second.md）。"))
@click.option("--of", required=True, metavar="URL", help=_("主机的网址。"))
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    default=config.ROOT / "var" / "second",
    show_default="var/second",
    help=_("数据放在哪里。"),
)
@click.option("--url", help=_("取号机和浏览器打开本机的网址；不写就用本机在这个网络里的地址。"))
@click.option("--listen", help=_("本机开放的地址和端口；不写就和主机一样。"))
@click.option("--authority", type=click.Path(dir_okay=False, path_type=Path), help=_("主机证书的根证书（PEM）。"))
def second_command(of: str, into: Path, url: str | None, listen: str | None, authority: Path | None) -> None:
    logs.to_stderr()
    stop = _stopped_by_signals()
    of = of.rstrip("/")
    port = (listen or of).rpartition(":")[2]
    port = port if port.isdecimal() else "8000"
    token = running.token_of(into) or _enrolled_second(of, into, authority, stop)
    if not token:
        return
    own = (url or following.own_address(of, int(port))).rstrip("/")
    machine = following.Machine(into, of, own, listen or f"0.0.0.0:{port}", token, authority=authority)
    was_hub = machine.is_hub
    became = running.follow(machine, stop, _sealed)
    if became is not None:
        serve(became, certain=not was_hub)


def _enrolled_second(of: str, into: Path, authority: Path | None, stop: threading.Event) -> str:
    """The token that an administrator gives this machine, by the code that it shows; "" for `stop`."""
    shown: list[str] = []

    def show(now: applicant.Now) -> None:
        if now.code and now.code.shown not in shown:
            shown.append(now.code.shown)
            click.echo(say("{code}：请系统管理员打开 {page}，输入这个代码", code=now.code.shown, page=now.code.page))
        elif now.kind == "refused":
            click.echo(" ".join(now.trouble), err=True)

    secret.own_folder(into)
    with systemd.waiting():
        granted = applicant.waits(of, "second", stop, show, lambda: running.token_of(into), authority)
    if granted is None:
        return ""
    if granted.device:
        applicant.keep(into / "token", granted.token)
    return granted.token


def _serve(hall: config.Hall, stop: threading.Event, clock_: Callable[[], float]) -> bool:
    """Web, printers and scheduler in one process, until `stop`; whether another machine is the hub now."""
    from server.app import create_app
    from server.backup.keeper import Keeper
    from server.caretaker import Caretaker
    from server.foreseer import Foreseer
    from server.outbound.notifier import Notifier
    from server.outbound.tellers import Tellers
    from server.outbound.to_relay import Mirror
    from server.pages.access import give_tokens, longest_body
    from server.pages.past_flask import past_flask
    from server.printing.spool.spool import Spool
    from server.reports.delivery.clerk import Clerk
    from server.serve import resize, web_server
    from server.views.search import index

    sys.setswitchinterval(SWITCH_S)
    hub = Hub(hall, Store(hall.data, followed=True), clock_)
    secret.standing(hall)
    _take_up_pair(hub)
    logs.to_files(hall)
    for handler in logging.getLogger().handlers:
        handler.addFilter(_OneSentence(hub.store))
    threading.excepthook = lambda one: log.error(
        "the thread %s ended",
        one.thread and one.thread.name,
        exc_info=(one.exc_type, one.exc_value, one.exc_traceback),  # type: ignore[arg-type]
    )
    configuration.begin(hub)
    records.check(hub)
    records.recompute(hub)
    guide_versions.take_note(hub)
    _first_tick(hub)
    for name in give_tokens(hub):
        log.info("new token for %s in %s", name, hall.data / "tokens" / name)
    app = create_app(hub)
    seal = _sealed(hall)
    app.config["SEALED"] = app.extensions["health"].sealed = seal is not None
    host, _, port = hall.hub.listen.rpartition(":")
    try:
        web = web_server(
            past_flask(app),
            host,
            int(port),
            connections=hall.hub.max_streams + LINES,
            proxies=lambda: hub.hall.hub.proxies,
            longest_body=partial(longest_body, app),
            seal=seal,
        )
    except OSError as error:
        click.echo(
            say(
                "hub.listen：{listen}：{error}；请停掉占用它的程序，或换一个端口",
                listen=hall.hub.listen,
                error=error.strerror,
            ),
            err=True,
        )
        hub.store.close()
        sys.exit(3)
    hub.on_hall.append(lambda _, now: resize(web, now.hub.max_streams + LINES))
    spool = Spool(hub, app.extensions["health"])
    app.extensions["spool"] = spool
    spool.start()
    voices = zones.Zones(hub, app.extensions["health"], app.extensions["stage"])
    voices.start()
    clerk = Clerk(hub, app.extensions["workshop"])
    clerk.start()
    keeper = Keeper(hub)
    keeper.start()
    caretaker = Caretaker(hub)
    caretaker.start()
    tellers = Tellers(hub, app.extensions["health"])
    tellers.start()
    foreseer = Foreseer(hub)
    foreseer.start()
    notifier = Notifier(hub, app.extensions["health"])
    notifier.start()
    mirror = Mirror(hub, app.extensions["health"], wrong=app.extensions["voice_guesses"])
    mirror.start()
    threading.Thread(target=web.run, name="web", daemon=True).start()
    threading.Thread(target=hub.store.look_through, name="look-through", daemon=True).start()
    log.info("%s: hub at http://%s (%s)", hall.hall.name, hall.hub.listen, hall.hub.url)
    systemd.tell("READY=1")
    index(hub)  # the first search finds it made
    beats, clock_is = 0, "fine"
    while not stop.wait(1.0):
        if hub.store.injury:
            log.critical("%s", hub.store.injury.en)
            break
        clock_is = _look_at_clock(hub, clock_is)
        _tick(hub, app.extensions["health"], app.extensions["contacts"], every_minute=beats % 60 == 0)
        if hub.pace != 1:
            hub.wake()  # what shows the time goes with it
        if seal and beats % 60 == 0:
            _renew(hub, seal)
        if hub.pair is not None:
            if hub.pair.superseded:
                break
            hub.pair.rest()
            hub.pair.look()
            _note_epoch(hub)
        beats += 1
        systemd.tell("WATCHDOG=1")
    systemd.tell("STOPPING=1")
    log.info("stopping")
    hub.stop()
    app.extensions["rehearser"].end()  # the hall's own is brought to its end first
    foreseer.stop()
    clerk.stop()
    keeper.stop()
    caretaker.stop()
    tellers.stop()
    notifier.stop()
    mirror.stop()
    spool.stop()
    voices.stop()
    app.extensions["feeds"].join(1.0)
    web.task_dispatcher.shutdown(timeout=0.5)
    hub.store.close()
    app.extensions["rehearser"].join()
    if hub.store.injury:
        raise hub.store.injury
    return hub.pair is not None and bool(hub.pair.superseded)


def _take_up_pair(hub: Hub) -> None:
    """A hub that has a second machine: what that one is to hold is noted from the first turn on."""
    if pairing.read(hub.hall.data) is not None:
        hub.pair = pairing.of_hall(hub.hall, hub.store)
        _note_epoch(hub)
    else:
        hub.store.ship(None)


def _note_epoch(hub: Hub) -> None:
    """Another epoch than the journal's last one begins with a row that says so; the old hub's key opens this one."""
    told = hub.read().last_event("EpochBegan")
    if hub.pair.epoch <= (told.field("epoch") if told else 0):
        return

    def begin(turn: Turn) -> None:
        if hub.pair.how != "vote":
            turn.put_device("second", accounts.digest(secret.key(hub.hall, "second")), enrolled_at=turn.now)
        turn.record(EpochBegan(epoch=hub.pair.epoch, how=hub.pair.how, last=turn.seq), "hub")

    try:
        hub.turn(begin)
    except Told as error:
        log.warning("%s", error.en)


def _sealed(hall: config.Hall) -> Seal | None:
    """What the hub answers https with, made now if there is none; without one nobody would get in at all."""
    if not hall.hub.https:
        return None
    at = certificate.files(hall)
    try:
        if certificate.keep(hall, time.time()):
            log.info("a new certificate for %s", ", ".join(certificate.names(hall)))
        return Seal(at.chain, at.key)
    except (config.Told, OSError) as error:
        said = error if isinstance(error, config.Told) else f"{at.chain}: {error}"
        raise trouble("证书用不了：{said}；请运行 ./run certificate", said=said) from None


def _renew(hub: Hub, seal: Seal) -> None:
    """Looked at every minute: made anew before its end and when the hall has another name, taken up when somebody has
    put in another.
    """
    try:
        certificate.keep(hub.hall, time.time())
        if seal.look():
            log.info("the certificate is a new one")
    except (config.Told, OSError) as error:
        log.error("the certificate stays as it is: %s", error)


class _OneSentence(logging.Filter):
    """Whichever thread meets a damaged database: the hub stops by its one sentence. What SQLite says of a disk or a
    file is a line of the log and no traceback.
    """

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, sqlite3.Error):
            record.msg, record.args, record.exc_info = f"{record.getMessage()}: {error}", (), None
            self._store.met(error)
        return True


def _look_at_clock(hub: Hub, before: str) -> str:
    """What is made of the clock now; said where it has changed."""
    found = hub.clock()
    if found.kind != before:
        log.warning("%s", clock.sentence(hub.hall, found).en or "The clock is right again.")
        hub.wake()
    return found.kind


def _first_tick(hub: Hub) -> None:
    """What came due while the hub was off. It starts whatever becomes of that: the loop tries again in a second."""
    try:
        with apart("the first tick"):
            tick(hub)
    except CutOff as error:
        log.warning("%s", error.en)


def _tick(hub: Hub, health: Health, contacts: Contacts, *, every_minute: bool) -> None:
    """What is due now. Whatever is refused, the loop goes on: to its next round, or to what the second machine says."""
    every: list[tuple[str, Callable[[], object]]] = [
        ("the tick", lambda: tick(hub)),
        ("the tick of accounts", lambda: accounts.tick(hub)),
        ("the tick of the configuration", lambda: configuration.tick(hub)),
        ("what the district sends down", lambda: circulars.tick(hub)),
    ]
    if every_minute:
        every += [
            ("the ratings by default", lambda: ratings.give_defaults(hub)),
            ("the draw of spot checks", lambda: spot_checks.draw(hub)),
            ("the opening list", lambda: opening_list.note_seen(hub, health)),
            ("the devices seen", lambda: enrolment.seen(hub, contacts.take_fresh())),
            ("the head of the journal", hub.store.keep_head),
            ("the reserve", hub.store.keep_reserve),
            ("what was told to the platform", lambda: platform.settle(hub)),
        ]
    every.append(("the checkpoint", hub.store.checkpoint))
    try:
        for what, step in every:
            with apart(what):
                step()
    except CutOff as error:
        log.warning("%s", error.en)
    except sqlite3.Error as error:
        hub.store.met(error)
        log.error("the scheduler could not write: %s; it tries again in a second", error)


if __name__ == "__main__":
    main(prog_name="python -m server")
