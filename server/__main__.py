"""The hub's command line: serve (the default), check, verify, import, report, snapshots, staff, token, roles, voice,
bookings.
"""

from __future__ import annotations

import logging
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

import config
import systemd
from command_line import Commands
from config.unsettled import unsettled
from printer_profiles.escpos.logo import LogoError
from server.domain.rules import Refused
from server.printing.slips.filling import logo_of
from server.store import journal
from server.store.database import Store, read_only
from server.verbs import accounts, ratings
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
    click.echo(
        f"{hall.hall.name}: {len(hall.counters)} counters, {len(hall.services)} services, {len(hall.boards)} boards:"
        " all right"
    )
    for line in unsettled(hall):
        click.echo(f"before it opens: {line}")


@main.command()
@click.pass_obj
def verify(hall: config.Hall) -> None:
    """Check the journal's chain and that the tickets are what it says; exit status 1 where it breaks."""
    file = hall.data / "hall.db"
    if not file.exists():
        raise click.ClickException(f"{file}: no database yet; start the hub once")
    conn = read_only(file)
    try:
        conn.execute("BEGIN")
        problems, head = (
            journal.verify(conn),
            conn.execute("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone(),
        )
        tables, unread = journal.compared(conn), journal.unread(conn)
    except sqlite3.DatabaseError as error:
        problems, head = [f"{file}: not a readable database: {error}; restore the last backup"], None
        tables, unread = "", {}
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
    click.echo(f"{head[0]} rows, unbroken; head {head[1]}" if head else "0 rows, unbroken")
    click.echo(tables)


@main.group("import")
def import_() -> None:
    """Take in what another system left."""


@import_.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what is new, double, of the future; may run beside the hub.")
@click.option("--twins", is_flag=True, help="Rows that are alike within the file are different people.")
@click.pass_obj
def visits(hall: config.Hall, file: Path, dry_run: bool, twins: bool) -> None:
    """Finished visits from a CSV (docs/import.md): those that are new, or none and every mistake named."""
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
    from server.store.reader import Reader
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
    from datetime import datetime

    from server.store.reader import Reader
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
    from server.store.reader import Reader
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

    from server.store.reader import Reader

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
@click.pass_obj
def staff(hall: config.Hall, number: str, name: str, role: str) -> None:
    """Make an account (or give it a new password); the password is made up here and printed once."""
    password, hub = accounts.made_up(), _open(hall)
    try:
        accounts.put(hub, By("administrator"), number, name, role, password)
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
    from server.pages.access import give_tokens
    from server.printing.spool.spool import Spool
    from server.reports.delivery.clerk import Clerk
    from server.serve import web_server
    from server.views.search import index

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
    threading.Thread(target=web.run, name="web", daemon=True).start()
    log.info("%s: hub at http://%s (%s)", hall.hall.name, hall.hub.listen, hall.hub.url)
    systemd.tell("READY=1")
    index(hub)  # the first search finds it made
    beats = 0
    while not stop.wait(1.0):
        _tick(hub, every_minute=beats % 60 == 0)
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


def _tick(hub: Hub, *, every_minute: bool) -> None:
    try:
        tick(hub)
        accounts.tick(hub)
        if every_minute:
            ratings.give_defaults(hub)
    except sqlite3.Error as error:
        log.error("the scheduler could not write: %s; it tries again in a second", error)


if __name__ == "__main__":
    main(prog_name="python -m server")
