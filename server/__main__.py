"""The hub's command line: serve (the default), check, verify, copy, repair, backup, restore, erase, import, report,
snapshots, staff, token, roles, voice, bookings.
"""

from __future__ import annotations

import logging
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

import config
import systemd
from command_line import Commands, language
from config import Text
from intake.encoding import word
from printer_profiles.escpos.logo import LogoError
from server.domain import clock
from server.domain.ends import ends
from server.domain.rules import Refused
from server.domain.worktime import service_day
from server.printing.slips.filling import logo_of
from server.store import head_file, journal, private, register_files, secret, soundness
from server.store.database import Store, read_only
from server.store.reader import Reader
from server.verbs import accounts, ratings, records
from server.verbs.day import tick
from server.verbs.hub import By, Hub
from server.verbs.visits import import_visits
from server.voice import zones

log = logging.getLogger("server")

SWITCH_S = 0.0005
"""How long a thread may keep the others waiting: a view that is being made holds up a touch no longer than this."""

Opener = Callable[[], Hub]


def _load(path: str) -> config.Hall:
    hall = config.load(path)
    zones.check(hall)
    return hall


def _open(hall: config.Hall) -> Hub:
    return Hub(hall, Store(hall.data), time.time)


@click.group(cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config", "path", default=str(config.ROOT / "config.toml"), show_default="config.toml", help="The hall's file."
)
@click.pass_context
def main(context: click.Context, path: str) -> None:
    """Jiaohao 叫号, the hub of a hall: issues numbers, calls them, prints, shows, and remembers.

    Without a command it serves until SIGTERM.
    """
    if context.invoked_subcommand == "restore":
        return  # a bare machine has no hall yet
    context.obj = _load(path)
    if context.invoked_subcommand is None:
        serve(context.obj)


@main.command("serve")
@click.pass_obj
def serve_command(hall: config.Hall) -> None:
    """Serve the hall until SIGTERM (what no command does)."""
    serve(hall)


@main.command()
@click.pass_obj
def check(hall: config.Hall) -> None:
    """Read the hall's file, and the logo it names, and say whether they are right."""
    try:
        logo_of(hall)
    except LogoError as error:
        raise click.ClickException(f"slips.logo: {error}") from None
    known = register_files.read(hall).current
    click.echo(
        f"{hall.hall.name}: {len(hall.counters)} counters, {len(hall.services)} services, {len(hall.boards)} boards,"
        f" {len(known)} registers: all right"
    )
    for one in ends(hall, service_day(hall, time.time())):
        click.echo(one.text.said(language()))


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.pass_obj
def verify(hall: config.Hall, file: Path | None) -> None:
    """Check the journal's chain, that the tables are what it says, and that it goes on to the head that was written
    down beside it; exit status 1 where it doesn't. FILE: a copy, instead of the hall's own database.
    """
    file = file or hall.data / "hall.db"
    if not file.exists():
        raise click.ClickException(f"{file}: no database yet; start the hub once")
    try:
        outside = head_file.read(head_file.file_of(file))
        with soundness.looking(file) as conn:
            sealed = records.sealed_problems(Reader(conn), secret.known(hall, private.KEY))
            problems, newest = [*journal.verify(conn), *sealed], Reader(conn).head()
            tables, unread = journal.compared(conn), journal.unread(conn)
            if outside and (lost := soundness.lost_tail(conn, outside)):
                problems.append(f"{file}: {lost[1]}; {soundness.HOW_TO_COPY.en}")
            if not outside and newest[0] and not soundness.is_copy(file):
                problems.append(f"{file}: {soundness.UNPROVEN.en}; {soundness.HOW_TO_COPY.en}")
    except (sqlite3.DatabaseError, OSError, TypeError, ValueError) as error:
        problems = [f"{file}: not a readable database: {error}; {soundness.REPAIR_EN}"]
        tables, unread, newest = "", {}, (0, 0.0, "")
    for problem in problems:
        click.echo(problem)
    if unread:
        named = ", ".join(f"{name} {count}" for name, count in unread.items())
        click.echo(
            f"{sum(unread.values())} rows of names that this version does not know: {named}; kept, their hashes"
            " checked, not read: a newer version wrote them, verify with that one too"
        )
    if problems:
        sys.exit(1)
    click.echo(f"{newest[0]} rows, unbroken; head {newest[2]}" if newest[0] else "0 rows, unbroken")
    click.echo(tables)


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def copy(hall: config.Hall, file: Path) -> None:
    """A whole copy of the database into FILE, also beside a running hub. A copy of hall.db alone lacks its log."""
    from server.store.copying import copy_to

    rows = copy_to(hall.data / "hall.db", file)
    click.echo(Text(f"{file}：已复制，共{rows}条记录。", f"{file}: copied, {rows} rows").said(language()))


@main.command()
@click.option(
    "--from",
    "backups",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A backup, or a damaged database that was put aside, to fill gaps from; may be given several times.",
)
@click.pass_obj
def repair(hall: config.Hall, backups: tuple[Path, ...]) -> None:
    """Make a new database of what the damaged one, and backups, still prove; the damaged one is put aside, and what
    could not be saved is said.
    """
    from server.store import copying

    for said in copying.repair(hall.data, backups, f"{datetime.now(hall.zone):%Y%m%d-%H%M%S}"):
        click.echo(said.said(language()))


@main.command()
@click.option("--dry-run", is_flag=True, help="Only say what would go; may run beside the hub.")
@click.pass_obj
def erase(hall: config.Hall, dry_run: bool) -> None:
    """Erase what is private in the registers and has been kept long enough, as the hub does by itself each day."""
    if dry_run:
        file = hall.data / "hall.db"
        if not file.exists():
            raise click.ClickException(f"{file}: no database yet; start the hub once")
        found = records.erasable(
            Reader(read_only(file)), register_files.read(hall), records.ground_of(hall), time.time()
        )
        for one in found:
            click.echo(f"{one.record.number}: {', '.join(one.fields)}, since {one.since}")
        click.echo(f"{len(found)} records have something to erase; nothing was erased")
        return
    hub = _open(hall)
    try:
        click.echo(f"{records.erase_due(hub)} records: what was private is erased, and no byte of the file holds it")
        if not hub.store.swept:
            raise click.ClickException("the log could not be cut: somebody reads the database; run this again")
    finally:
        hub.store.close()


@main.group(invoke_without_command=True)
@click.option("--due", is_flag=True, help="Only where one is due: what the hub itself asks for at night.")
@click.pass_context
def backup(context: click.Context, due: bool) -> None:
    """Save the hub to every place of [backup] to, read it back, restore it and verify it (docs/backup.md); exit status
    1 where one of them failed. May run beside the hub.
    """
    if context.invoked_subcommand is None:
        _back_up(context.obj, due)


def _back_up(hall: config.Hall, only_due: bool) -> None:
    from server.backup import nightly
    from server.domain import backups
    from server.store import backup_state

    urls = backups.due(hall, backup_state.read(hall), time.time()) if only_due else hall.backup.to
    if not hall.backup.to:
        raise click.ClickException(f"{hall.file.name}: backup.to: names no place; see docs/backup.md")
    failed = False
    for url, said, good in nightly.run(hall, urls, time.time) if urls else ():
        click.echo(said.said(language()) if good else f"{url}: {said.said(language())}", err=not good)
        failed |= not good
    if failed:
        sys.exit(1)


@backup.command("key")
@click.option(
    "--print", "printer", metavar="PRINTER", help="Print it as a slip on this printer; the hub must be stopped."
)
@click.option("--yes", is_flag=True, help="Don't ask for proof that the key was written down.")
@click.pass_obj
def backup_key(hall: config.Hall, printer: str | None, yes: bool) -> None:
    """Make the key that backups are encrypted to. Its private half is shown and printed once and kept nowhere: without
    the paper nobody restores a backup.
    """
    from server.backup import paper_key

    identity = paper_key.make()
    lines = paper_key.groups(identity)
    if printer:
        paper_key.print_on(hall, printer, identity, f"{datetime.now(hall.zone):%Y-%m-%d}")
    told = Text(
        "备份密钥（只显示这一次；请抄写或打印后锁好）：",
        "Backup key (shown this once only; write it down or print it, and lock it away):",
    )
    click.echo("\n".join([told.said(language()), "", *lines, ""]))
    if not yes:
        asked = Text("请照纸输入最后一行", "Type its last line from the paper")
        typed = click.prompt(asked.said(language()))
        if "".join(typed.split()).upper() != lines[-1].replace(" ", ""):
            raise config.Told(
                "与密钥的最后一行不符：密钥没有启用，请重新运行 ./run backup key。",
                "That is not its last line: the key is not in use; run ./run backup key again.",
            )
    paper_key.use(hall, identity)
    done = Text(
        "以后的备份用这把密钥；以前的备份仍要用以前的纸。",
        "Backups are encrypted to this key from now on; older ones still need the older paper.",
    )
    click.echo(done.said(language()))


@main.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--key", required=True, prompt=True, help="The key from the paper, or a file that holds it; - reads it.")
@click.option("--into", required=True, type=click.Path(path_type=Path), help="An empty folder for the hall.")
@click.option(
    "--skip",
    default=0,
    show_default=True,
    type=click.IntRange(0, 999),
    help="Pass over so many numbers of each letter of the last day, where papers may be out that no backup knows.",
)
def restore(file: Path, key: str, into: Path, skip: int) -> None:
    """Bring a hall back on a bare machine (docs/backup.md). FILE: the backup, or the folder it lies in."""
    from server.backup import paper_key
    from server.backup import restore as restoring

    identity = paper_key.read(key)
    _, said = restoring.restore(restoring.newest_of(file) if file.is_dir() else file, identity, into, skip)
    for one in said:
        click.echo(one.said(language()))


@main.group("import")
def import_() -> None:
    """Take in what another system left."""


@import_.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what is new, double, of the future; may run beside the hub.")
@click.option("--twins", is_flag=True, help="Rows that are alike within the file are different people.")
@click.pass_obj
def visits(hall: config.Hall, file: Path, dry_run: bool, twins: bool) -> None:
    """Finished visits of a CSV or XLSX file (docs/import.md): those that are new, or none and every mistake named."""
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
    double = f", {len(found) - count} double and left out" if len(found) > count else ""
    click.echo(f"{file.name}: {count} visits imported{double}")


def _dry_run(hall: config.Hall, data: bytes, name: str, twins: bool) -> None:
    from server.views.imports import visits_checked

    db = hall.data / "hall.db"
    told = visits_checked(hall, Reader(read_only(db)) if db.exists() else None, data, name, time.time(), twins=twins)
    click.echo(f"{name}: {told['new']} new, {told['double']} double, {told['future']} of the future; nothing taken in")
    for line in told["doubles"]:
        click.echo(f"{name}: {line['zh']} {line['en']}")
    if told["problems"]:
        click.echo("\n".join(told["problems"]), err=True)
        sys.exit(1)


@import_.command("list")
@click.pass_obj
def list_imports(hall: config.Hall) -> None:
    """What was taken in, the newest first, each with the number by which it is withdrawn."""
    from server.verbs.imports import hand_ins

    db = hall.data / "hall.db"
    if not db.exists():
        raise click.ClickException(f"{db}: no database yet; start the hub or import visits first")
    for row, gone in hand_ins(Reader(read_only(db))):
        at = datetime.fromtimestamp(row.at, hall.zone)
        rows = row.field("visits" if row.event == "VisitsImported" else "bookings")
        was = f"  withdrawn: {gone.field('reason')}" if gone else ""
        click.echo(f"{row.seq}  {at:%Y-%m-%d %H:%M}  {row.actor}  {row.event} {rows}  {row.field('source')}{was}")


@import_.command()
@click.argument("number", type=click.IntRange(1))
@click.option("--reason", required=True, help="Why; it stands in the journal.")
@click.pass_obj
def withdraw(hall: config.Hall, number: int, reason: str) -> None:
    """Withdraw an import as a whole (its number: import list): no figure counts it any more."""
    from server.verbs import imports

    hub = _open(hall)
    try:
        count = imports.withdraw(hub, By("import"), number, reason)
    except Refused as error:
        click.echo(f"{number}: {error} {error.en}", err=True)
        sys.exit(1)
    finally:
        hub.store.close()
    click.echo(f"{number}: {count} rows withdrawn")


@main.command()
@click.option(
    "--period",
    "--week",
    "period",
    required=True,
    help="2026-W47, 2026-11-25, 2026-11, 2026-Q4, 2026 or 2026-11-01..2026-11-25.",
)
@click.option("--format", "form", default="json", show_default=True, help="json, csv, xlsx, pdf, html or poster.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file instead of the screen."
)
@click.option(
    "--snapshot",
    "version",
    type=click.IntRange(1),
    help="The version that was kept (see snapshots), instead of counting now.",
)
@click.pass_obj
def report(hall: config.Hall, period: str, form: str, out: Path | None, version: int | None) -> None:
    """The report of a period in any form, counted now or as it was kept; may run beside the hub."""
    from server.reports import period as periods
    from server.reports import reporter
    from server.reports.forms.make import FORMS, make

    file = hall.data / "hall.db"
    if not file.exists():
        raise click.ClickException(f"{file}: no database yet; start the hub or import visits first")
    if form not in FORMS:
        raise click.ClickException(f"--format: '{form}' is no form; known: {', '.join(FORMS)}")
    asked = periods.parse(period)
    if version is not None:
        _write(make(_kept(hall, file, asked.id, version), hall, form), out)
        return
    days = 3 * ((asked.last - asked.first).days + 1)
    with click.progressbar(length=days, label=f"report {asked.id}", file=sys.stderr, hidden=days < 3 * 32) as bar:
        made = reporter.make(hall, asked, file, time.time(), each=lambda day: bar.update(1))
    _write(make(made, hall, form), out)


def _write(content: bytes, out: Path | None) -> None:
    if out:
        try:
            out.write_bytes(content)
        except OSError as error:
            raise click.ClickException(f"--out: {out}: {error.strerror}; choose another file") from None
    else:
        sys.stdout.buffer.write(content)


def _kept(hall: config.Hall, file: Path, period: str, version: int) -> dict[str, Any]:
    """A version that was kept, or a sentence: there is none, or it was changed."""
    from server.verbs.snapshots import told

    found = Reader(read_only(file)).snapshot(period, version)
    if found is None:
        raise click.ClickException(
            f"--snapshot: there is no version {version} of {period}; 'snapshots' lists those there are"
        )
    if problems := found.problems():
        raise click.ClickException(
            f"snapshots:{period} version {version}: {problems[0]}; see 'verify', and restore the last backup"
        )
    return told(hall, found)


@main.command("snapshots")
@click.pass_obj
def list_snapshots(hall: config.Hall) -> None:
    """The reports that were kept, each with its hash; exit status 1 where one is not what was made."""
    from datetime import datetime

    file = hall.data / "hall.db"
    if not file.exists():
        raise click.ClickException(f"{file}: no database yet; start the hub once")
    conn = read_only(file)
    for made in Reader(conn).snapshots():
        at = datetime.fromtimestamp(made.made_at, hall.zone)
        click.echo(
            f"{made.period} version {made.version}  {at:%Y-%m-%d %H:%M}  {made.actor}  sha256 {made.sha256} "
            f" {made.reason}".rstrip()
        )
    if problems := journal.snapshot_problems(conn):
        click.echo("\n".join(problems))
        sys.exit(1)


@main.command()
@click.argument("number")
@click.option("--name", required=True, help="Name shown on the console.")
@click.option(
    "--role", default="operator", show_default=True, help="operator, guide, manager, supervisor or administrator."
)
@click.option("--department", help="Sees and moves the records of that department alone; '' for the whole hall's.")
@click.pass_obj
def staff(hall: config.Hall, number: str, name: str, role: str, department: str | None) -> None:
    """Make an account (or give it a new password); the password is made up here and printed once."""
    password, hub = accounts.made_up(), _open(hall)
    try:
        accounts.put(hub, By("administrator"), number, name, role, password, department)
    finally:
        hub.store.close()
    click.echo(password)


@main.command()
@click.argument("device")
@click.pass_obj
def token(hall: config.Hall, device: str) -> None:
    """Give a device a new token; the old one is void. Prints the file that holds it."""
    from server.pages.access import device_names, give_token

    if device not in device_names(hall):
        raise click.ClickException(f"'{device}' is no device of this hall; known: {', '.join(device_names(hall))}")
    hub = _open(hall)
    try:
        click.echo(str(give_token(hub, device)))
    finally:
        hub.store.close()


@main.command()
@click.pass_obj
def roles(hall: config.Hall) -> None:
    """The role matrix as a table: who may use which route (docs/roles.md)."""
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


@main.group()
def voice() -> None:
    """The hall's own recordings: what to record, whether it is good, how it sounds (docs/voice.md)."""


@voice.command("list")
@click.argument("code")
@click.pass_obj
def voice_list(hall: config.Hall, code: str) -> None:
    """What to record in a language: the file of each clip, and what to say."""
    needed, folder = _clips(hall, code)
    click.echo("\n".join([f"{folder}:", *(f"{name}.wav\t{text}" for name, text in needed.items())]))


@voice.command("check")
@click.argument("code")
@click.pass_obj
def voice_check(hall: config.Hall, code: str) -> None:
    """Whether every clip of a language is there and sounds right; exit status 1 with a sentence for each that does
    not.
    """
    from server.voice.clips import check

    needed, folder = _clips(hall, code)
    if problems := check(folder, needed):
        click.echo("\n".join(problems))
        sys.exit(1)
    click.echo(f"{folder}: {len(needed)} clips, all good")


@voice.command("say")
@click.argument("number")
@click.option("--counter", default="1", show_default=True, help="A counter of the hall.")
@click.option("--zone", help="Say it as this zone does.  [default: the first]")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="WAV file to write.")
@click.pass_obj
def voice_say(hall: config.Hall, number: str, counter: str, zone: str | None, out: Path) -> None:
    """A call as people will hear it, into a WAV file."""
    zone = zone or next(iter(hall.zones), "")
    for wanted, known, what in ((zone, hall.zones, "zone"), (counter, hall.counters, "counter")):
        if wanted not in known:
            raise click.ClickException(f"'{wanted}' is no {what} of this hall; known: {', '.join(known) or 'none'}")
    try:
        out.write_bytes(zones.sample(hall, zone, number, counter).wav())
    except OSError as error:
        raise click.ClickException(str(error)) from None


def _clips(hall: config.Hall, code: str) -> tuple[dict[str, str], Path]:
    return zones.needed(hall, code)


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what is new, changed, here already.")
@click.option("--outside-hours", is_flag=True, help="Slots at which the hall is closed are meant.")
@click.pass_obj
def bookings(hall: config.Hall, file: Path, dry_run: bool, outside_hours: bool) -> None:
    """Hand today's and later bookings to the running hub (docs/bookings.md): all of them, or none and every mistake
    named.
    """
    import urllib3

    token_file = hall.data / "tokens" / "bookings"
    if not token_file.exists():
        raise click.ClickException(f"{token_file}: no token; start the hub once, it writes the file")
    headers = {"Authorization": f"Bearer {word(token_file.read_bytes())}", "Content-Type": "text/csv"}
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
        raise click.ClickException(f"{hall.hub.url}: no answer ({error}); start the hub first") from None
    said = answer.json()
    if answer.status != 200:
        raise click.ClickException(str(said.get("detail", answer.status)).replace("bookings:", f"{file.name}:"))
    counts = f"{said['new']} new, {said['changed']} changed, {said['double']} here already"
    click.echo(
        f"{file.name}: {counts}; nothing taken in"
        if dry_run
        else f"{file.name}: {said['taken']} bookings handed in ({counts})"
    )


# --- serving ----------------------------------------------------------------------------------------------------------


def serve(hall: config.Hall) -> None:
    """Web, printers and scheduler in one process, until SIGTERM or SIGINT."""
    from server.app import create_app
    from server.backup.keeper import Keeper
    from server.pages.access import give_tokens, longest_body
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
    for handler in logging.getLogger().handlers:
        handler.addFilter(_OneSentence(hub.store))
    threading.excepthook = lambda one: log.error(
        "the thread %s ended",
        one.thread and one.thread.name,
        exc_info=(one.exc_type, one.exc_value, one.exc_traceback),  # type: ignore[arg-type]
    )
    records.check(hub)
    records.recompute(hub)
    tick(hub)
    for name in give_tokens(hub):
        log.info("new token for %s in %s", name, hall.data / "tokens" / name)
    app = create_app(hub)
    host, _, port = hall.hub.listen.rpartition(":")
    try:
        web = web_server(
            app,
            host,
            int(port),
            connections=hall.hub.max_streams + 200,
            proxies=hall.hub.proxies,
            longest_body=partial(longest_body, app),
        )
    except OSError as error:
        click.echo(
            f"hub.listen: {hall.hub.listen}: {error.strerror}; stop what uses it or choose another port", err=True
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
    keeper = Keeper(hub)
    keeper.start()
    threading.Thread(target=web.run, name="web", daemon=True).start()
    threading.Thread(target=hub.store.look_through, name="look-through", daemon=True).start()
    log.info("%s: hub at http://%s (%s)", hall.hall.name, hall.hub.listen, hall.hub.url)
    systemd.tell("READY=1")
    beats, clock_is = 0, "fine"
    while not stop.wait(1.0):
        if hub.store.injury:
            log.critical("%s", hub.store.injury.en)
            break
        clock_is = _look_at_clock(hub, clock_is)
        _tick(hub, every_minute=beats % 60 == 0)
        beats += 1
        systemd.tell("WATCHDOG=1")
    systemd.tell("STOPPING=1")
    log.info("stopping")
    hub.stop()
    clerk.stop()
    keeper.stop()
    spool.stop()
    voices.stop()
    app.extensions["feeds"].join(1.0)
    web.task_dispatcher.shutdown(timeout=0.5)
    hub.store.close()
    if hub.store.injury:
        raise hub.store.injury


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


def _tick(hub: Hub, *, every_minute: bool) -> None:
    try:
        tick(hub)
        accounts.tick(hub)
        if every_minute:
            ratings.give_defaults(hub)
            hub.store.keep_head()
            hub.store.keep_reserve()
        hub.store.checkpoint()
    except sqlite3.Error as error:
        hub.store.met(error)
        log.error("the scheduler could not write: %s; it tries again in a second", error)


if __name__ == "__main__":
    main(prog_name="python -m server")
