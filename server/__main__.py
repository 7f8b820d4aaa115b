"""The hub's command line: serve (the default), check, verify, import, report, snapshots, staff, token, roles, voice,
bookings, init. What it says it says in the language of the locale (command_line.py).
"""

from __future__ import annotations

import logging
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import click

import config
import systemd
from command_line import Commands, _, say, trouble
from printer_profiles.escpos.logo import LogoError
from server import init
from server.domain.rules import Refused
from server.health import Health
from server.printing.slips.filling import logo_of
from server.store import journal
from server.store.database import Store, read_only
from server.verbs import accounts, opening_list, ratings
from server.verbs.day import tick
from server.verbs.hub import By, Hub
from server.verbs.visits import import_visits
from server.voice import zones

log = logging.getLogger("server")

SWITCH_S = 0.0005
"""How long a thread may keep the others waiting: a view that is being made holds up a touch no longer than this."""

P = ParamSpec("P")
R = TypeVar("R")


def _load(path: str) -> config.Hall:
    hall = config.load(path)
    zones.check(hall)
    return hall


def _open(hall: config.Hall) -> Hub:
    return Hub(hall, Store(hall.data), time.time)


def with_hall(command: Callable[Concatenate[config.Hall, P], R]) -> Callable[P, R]:
    """A command that needs the hall: read only now, so that help and `init` need none."""

    @wraps(command)
    def reading(*args: P.args, **options: P.kwargs) -> R:
        return command(_load(click.get_current_context().obj), *args, **options)

    return reading


def _database(hall: config.Hall) -> Path:
    file = hall.data / "hall.db"
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
@click.pass_context
def main(context: click.Context, path: str) -> None:
    context.obj = path
    if context.invoked_subcommand is None:
        serve(_load(path))


main.add_command(init.command, "init")


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
        raise click.ClickException(f"slips.logo: {error}") from None
    click.echo(
        say(
            "{name}：{counters} 个窗口，{services} 项业务，{boards} 块窗口屏：全部正确",
            name=hall.hall.name,
            counters=len(hall.counters),
            services=len(hall.services),
            boards=len(hall.boards),
        )
    )


@main.command(help=_("核对日志的链条，以及各表与日志是否一致；断裂时退出码为 1。"))
@with_hall
def verify(hall: config.Hall) -> None:
    file = _database(hall)
    conn = read_only(file)
    try:
        conn.execute("BEGIN")
        problems, head = (
            journal.verify(conn),
            conn.execute("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone(),
        )
        tables, unread = journal.compared(conn), journal.unread(conn)
    except sqlite3.DatabaseError as error:
        problems = [say("{file}：数据库读不了：{error}；请恢复最近的备份", file=file, error=error)]
        head = None
        tables, unread = "", {}
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
    seq, digest = (head[0], head[1]) if head else (0, "—")
    click.echo(say("{rows} 行，链条完整；链头 {head}", rows=seq, head=digest))
    click.echo(tables)


@main.group("import", help=_("接收其他系统留下的数据。"))
def import_() -> None:
    pass


@import_.command(help=_("从CSV导入已办结的办件（docs/import.md）：只收新的；有错就一条不收，并逐条指出。"))
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
    from server.store.reader import Reader
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


@import_.command("list", help=_("导入过什么，新的在前，每次都带着撤回用的编号。"))
@with_hall
def list_imports(hall: config.Hall) -> None:
    from datetime import datetime

    from server.store.reader import Reader
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
    from server.store.reader import Reader
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
    from datetime import datetime

    from server.store.reader import Reader

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
    help=_("operator 窗口、guide 导服、manager 主任、supervisor 监督或 administrator 系统管理员。"),
)
@with_hall
def staff(hall: config.Hall, number: str, name: str, role: str) -> None:
    password = accounts.made_up()
    init.hire(hall, number, name, role, password)
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
        click.echo("\n".join(problems))
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
    headers = {"Authorization": f"Bearer {token_file.read_text().strip()}", "Content-Type": "text/csv"}
    meant = [name for name, wanted in (("dry_run", dry_run), ("outside_hours", outside_hours)) if wanted]
    query = f"?{'&'.join(f'{name}=1' for name in meant)}" if meant else ""
    try:
        answer = urllib3.request(
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


def serve(hall: config.Hall) -> None:
    """Web, printers and scheduler in one process, until SIGTERM or SIGINT."""
    from server.app import create_app
    from server.pages.access import give_tokens
    from server.printing.spool.spool import Spool
    from server.reports.delivery.clerk import Clerk
    from server.serve import web_server

    sys.setswitchinterval(SWITCH_S)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    hub = _open(hall)
    tick(hub)
    for name in give_tokens(hub):
        log.info("new token for %s in %s", name, hall.data / "tokens" / name)
    app = create_app(hub)
    host, _, port = hall.hub.listen.rpartition(":")
    try:
        web = web_server(app, host, int(port), connections=hall.hub.max_streams + 200)
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
    spool = Spool(hub, app.extensions["health"])
    app.extensions["spool"] = spool
    spool.start()
    voices = zones.Zones(hub, app.extensions["health"], app.extensions["stage"])
    voices.start()
    clerk = Clerk(hub, app.extensions["workshop"])
    clerk.start()
    threading.Thread(target=web.run, name="web", daemon=True).start()
    log.info("%s: hub at http://%s (%s)", hall.hall.name, hall.hub.listen, hall.hub.url)
    systemd.tell("READY=1")
    beats = 0
    while not stop.wait(1.0):
        _tick(hub, app.extensions["health"], every_minute=beats % 60 == 0)
        beats += 1
        systemd.tell("WATCHDOG=1")
    systemd.tell("STOPPING=1")
    log.info("stopping")
    hub.stop()
    clerk.stop()
    spool.stop()
    voices.stop()
    app.extensions["feeds"].join(1.0)
    web.task_dispatcher.shutdown(timeout=0.5)
    hub.store.close()


def _tick(hub: Hub, health: Health, *, every_minute: bool) -> None:
    try:
        tick(hub)
        accounts.tick(hub)
        if every_minute:
            ratings.give_defaults(hub)
            opening_list.note_seen(hub, health)
    except sqlite3.Error as error:
        log.error("the scheduler could not write: %s; it tries again in a second", error)


if __name__ == "__main__":
    main(prog_name="python -m server")
