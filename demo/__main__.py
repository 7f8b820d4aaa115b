"""``./run demo``: a whole hall at work on one page.

Starts every program with virtual devices and prints one address.
"""

from __future__ import annotations

import logging
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import urllib3

import config
from command_line import Command
from demo import crew, past, rehearsed_day, stream, told
from demo.hall import PRETRIALS, SECRET, Ports, Seen, choose_ports, virtual
from demo.page import DemoPage
from demo.programs import Program
from intake.encoding import decoded
from intake.toml_file import toml_text
from replay import invented_halls
from server.outbound import signature
from server.paced import Paced
from server.rehearser import have_a_kiosk
from server.reports import recorded_day
from server.reports.recorded_day import Event
from server.store import secret

log = logging.getLogger("demo")

PATIENCE_S = 120.0
"""Everything may take so long to come up, on a machine that is busy with a hall."""
OWN_REGISTERS = "registers"
"""Folder beside the hall's file of the registers that are its own (docs/registers.md)."""
BOOKED = ("SB01", "YB01", "MZ01")
"""Services of which the demo books some places."""


@click.command(cls=Command, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    "path",
    type=click.Path(path_type=Path),
    default=config.ROOT / "config.toml",
    show_default="config.toml",
    help="The hall's file.",
)
@click.option(
    "--port", default=8000, show_default=True, help="Port of the page; the others are near it, or any free ones."
)
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=config.ROOT / "var" / "demo",
    show_default="var/demo",
    help="Folder of the demo's hall.",
)
@click.option("--fresh", is_flag=True, help="Forget the demo's earlier days first.")
@click.option("--moves", is_flag=True, help="People come and are served by themselves, until 暂停 on the page.")
@click.option(
    "--closes",
    type=click.IntRange(1, 300),
    help="The hall closes in so many minutes: kiosks promise only what can be kept till then.",
)
@click.option(
    "--day",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="演练: play this recorded day (docs/replay.md) through hub, kiosk, boards, printers and voice.",
)
@click.option("--invented", type=click.Choice([*invented_halls.KINDS]), help="演练 of an invented day instead.")
@click.option("--seed", type=int, default=1, help="Which of the invented days.")
@click.option(
    "--speed", type=click.FloatRange(min=0.1), default=10.0, show_default=True, help="Recorded seconds per second."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--name", default="", help="What browsers call this machine; empty: the machine itself alone looks.")
@click.option("--told", "hub_told", is_flag=True, hidden=True, help="A hub has started it and reads how it stands.")
def main(
    path: Path,
    port: int,
    data: Path,
    fresh: bool,
    moves: bool,
    day: Path | None,
    invented: str | None,
    seed: int,
    speed: float,
    closes: int | None,
    host: str,
    name: str,
    hub_told: bool,
) -> None:
    """A whole hall on one page: hub, kiosk, virtual printers, virtual boards."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    key, orphaned = "", threading.Event()
    if hub_told:
        told.stay_small()
        key = sys.stdin.readline().strip()
        orphaned = told.end_with(sys.stdin, stop)
    real = config.load(path)
    have_a_kiosk(real)
    events = _day(real, day, invented, seed)
    clock = _clock(events, speed)
    moves = moves or bool(events)
    if fresh:
        shutil.rmtree(data, ignore_errors=True)
    (data / "logs").mkdir(parents=True, exist_ok=True)
    ports = choose_ports(port, list(real.printers))
    zone = str(real.zone) if events else stream.own_zone(real.zone, time.time())
    (data / "calendar.csv").write_text(past.calendar(datetime.fromtimestamp(clock(), ZoneInfo(zone))), encoding="utf-8")
    share_secret(data / SECRET)
    if (real.folder / OWN_REGISTERS).is_dir():
        shutil.copytree(real.folder / OWN_REGISTERS, data / OWN_REGISTERS, dirs_exist_ok=True)
    mark = rehearsed_day.marked if events else _as_it_is
    seen = Seen(host, name)
    text = virtual(toml_text(path.read_bytes()), real, ports, zone, _closing(zone, closes), mark, seen)
    (data / "config.toml").write_text(text, encoding="utf-8")
    hall = config.load(data / "config.toml")
    people = crew.hire(hall, data / "crew.json", clock)
    programs = _programs(hall, data, ports, host, clock)
    for program in programs:
        program.start()
    page = DemoPage(hall, ports, people, moving=moves, host=host, key=key)
    walk, progress = _stream(hall, page, events, clock) if moves else (None, None)
    try:
        up = all(program.wait_ready(PATIENCE_S) for program in programs) and _answers(hall.hub.url, stop)
        if not up:
            click.echo(f"demo: not everything came up; see {data / 'logs'}", err=True)
            sys.exit(1)
        hand_in(hall, clock())
        book_slots(hall)
        page.start()
        threading.Thread(target=_open_counters, args=(hall, people, page, stop), daemon=True).start()
        if walk:
            walk.start()
        click.echo(f"\n  {hall.hall.name}（{hall.hall.banner}）\n  http://127.0.0.1:{ports.page}\n")
        click.echo(crew.told(hall, people, f"{hall.hub.url}/login"))
        click.echo("  Ctrl+C 结束 to stop\n")
        sys.stdout.flush()
        if hub_told and walk and progress:
            told.tell(ready=True, port=ports.page)
            told.go_on(stop, walk.over, progress, min(event.at for event in events), real.zone)
        stop.wait(0 if hub_told else None)
    finally:
        if walk:
            walk.stop()
        page.stop()
        for program in reversed(programs):
            program.stop()
        for program in programs:
            program.join(3)
        if orphaned.is_set():
            told.cleared(data.resolve().parent)


def _closing(zone: str, minutes: int | None) -> str:
    """HH:MM on the demo's clock; empty where it never closes."""
    return "" if minutes is None else f"{datetime.now(ZoneInfo(zone)) + timedelta(minutes=minutes):%H:%M}"


def _programs(hall: config.Hall, data: Path, ports: Ports, host: str, clock: Clock) -> list[Program]:
    """The hub first, since the others ask it; each device's twin beside it."""
    file, logs = str(data / "config.toml"), data / "logs"

    def program(name: str, *arguments: str, announces: bool = False) -> Program:
        return Program(name, arguments, config.ROOT, logs, announces=announces)

    kiosk = next(iter(hall.kiosks))
    printers = [
        program(
            f"paper-{name}",
            "printer_profiles.virtual",
            "--profile",
            hall.printers[name].profile,
            "--port",
            str(port),
            "--show-port",
            str(show),
            "--host",
            host,
            announces=True,
        )
        for name, (port, show) in ports.printers.items()
    ]
    paced = ["--paced", *map(str, (clock.begun, clock.start, clock.pace))] if isinstance(clock, Paced) else []
    pretrials = [part for one in PRETRIALS for part in ("--pretrial", *one)]
    city = ("--port", str(ports.city), "--secret", str(data / SECRET), "--hall", hall.hub.url, *pretrials)
    return [
        program("hub", "server", "--config", file, *paced),
        program("city", "demo.city", *city, announces=True),
        program(
            "boards",
            "counter_display.virtual",
            "--config",
            file,
            "--show-port",
            str(ports.boards),
            "--show-host",
            host,
            announces=True,
        ),
        program(
            "readers",
            "kiosk.readers.virtual",
            "--scanner",
            str(data / "wires" / f"{kiosk}-scanner"),
            "--card",
            str(data / "wires" / f"{kiosk}-card"),
            "--show-port",
            str(ports.readers),
            announces=True,
        ),
        program(
            "kiosk",
            "kiosk",
            "--config",
            file,
            "--kiosk",
            kiosk,
            "--show-port",
            str(ports.kiosk),
            "--show-host",
            host,
            announces=True,
        ),
        *printers,
        *([program("counter_display", "counter_display", "--config", file)] if hall.wires else []),
    ]


def share_secret(file: Path) -> None:
    """The secret between hall and platform, once."""
    if not file.exists():
        secret.write(file, signature.fresh())


Clock = Callable[[], float]
UP_S = 30.0
"""So long before the first of a day its clock begins, by the machine's: until everything is up."""


def _clock(events: list[Event], speed: float) -> Clock:
    """That of the rehearsed day, which goes at its speed; of a plain demo the machine's."""
    if not events:
        return time.time
    return Paced(time.time(), min(event.at for event in events) - UP_S * speed, speed)


def _as_it_is(hall: object) -> None:
    """A demo's file has nothing else changed."""


def _day(hall: config.Hall, file: Path | None, invented: str | None, seed: int) -> list[Event]:
    """The day that is rehearsed; none for a plain demo. Ends the program where the file is none."""
    if invented:
        made = rehearsed_day.by_the_wall(invented_halls.days(invented, seed, 1)[0], hall.zone)
        return rehearsed_day.named(rehearsed_day.of_today(made, hall.zone, time.time()))
    if file is None:
        return []
    events, problems = recorded_day.parse(decoded(file.read_bytes()), file.name, hall.zone)
    if problems.lines:
        for line in problems.listing():
            click.echo(line, err=True)
        sys.exit(2)
    return rehearsed_day.named(rehearsed_day.of_today(events, hall.zone, time.time()))


def _stream(
    hall: config.Hall, page: DemoPage, events: list[Event], clock: Clock
) -> tuple[stream.Stream, told.Progress | None]:
    """The people of the demo: at every general counter but the first, which is the visitor's; of a rehearsal at all."""
    services = [code for group in hall.groups.values() for code in group.services if code not in hall.reserved]
    general = [name for name, table in hall.counters.items() if table.kind == "general"]
    counters = general[1:3]
    most = float("inf") if events else stream.MOST_WAITING
    kiosk = next(iter(hall.kiosks))

    def do(step: stream.Step) -> int:
        page.everybody_in.wait()
        token = (hall.data / "tokens" / kiosk).read_text(encoding="utf-8").strip()
        return door(token).do(step)

    door = cache(lambda token: stream.Door(hall, token, page.sessions, most, packages=not events))
    items, desks = rehearsed_day.Names(hall.services, services), rehearsed_day.Names(hall.counters, general)
    progress = told.Progress(rehearsed_day.steps(events, items, desks, 1.0)) if events else None
    pace = clock.pace if isinstance(clock, Paced) else 1.0
    steps = (step._replace(at=step.at / pace) for step in progress) if progress else stream.steps(services, counters)
    walk = stream.Stream(
        iter(steps),
        do,
        lambda: page.moving.is_set() and (events or stream.people_come(hall.zone, time.time())),
        lambda: (clock() - min(event.at for event in events)) / pace if events else 0.0,
    )
    return walk, progress


def _answers(url: str, stop: threading.Event) -> bool:
    pool, end = urllib3.PoolManager(timeout=urllib3.Timeout(1), retries=False), time.monotonic() + PATIENCE_S
    while time.monotonic() < end and not stop.is_set():
        try:
            if pool.request("GET", f"{url}/api/v1/screen").status == 200:
                return True
        except urllib3.exceptions.HTTPError:
            stop.wait(0.05)
    return False


def hand_in(hall: config.Hall, now: float) -> None:
    """An appointment in ten minutes and a result to collect, so that their codes can be tried at the kiosk."""
    soon = datetime.fromtimestamp(now, hall.zone) + timedelta(minutes=10)
    rows = f"code,kind,day,time,service\nYY-2001,appointment,{soon:%Y-%m-%d},{soon:%H:%M},SB01\nLQ-2001,pickup,,,LQ01\n"
    token = (hall.data / "tokens" / "bookings").read_text().strip()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/csv"}
    try:
        answer = urllib3.request(
            "PUT", f"{hall.hub.url}/api/v1/bookings", body=rows.encode(), headers=headers, timeout=5, retries=False
        )
        said = "" if answer.status == 200 else f"answered {answer.status}"
    except urllib3.exceptions.HTTPError as error:
        said = str(error)
    if said:
        log.warning("the demo's bookings: %s", said)


def book_slots(hall: config.Hall) -> None:
    """Bookings of the hall's own: some places of the next days, so that the day's plan and the page have something.
    A hall that books none of these items has none.
    """
    token = (hall.data / "tokens" / "bookings").read_text().strip()
    url, own = f"{hall.hub.url}/api/v1", {"Authorization": f"Bearer {token}"}
    try:
        for n, service in enumerate(BOOKED):
            view = urllib3.request("GET", f"{url}/slots/{service}", timeout=5, retries=False)
            slots = view.json()["slots"] if view.status == 200 else ()  # not every hall has this item, or books it
            for m, slot in enumerate([one for one in slots if one["free"]][n : n + 6 : 2]):
                key = {**own, "Idempotency-Key": f"demo-{service}-{slot['start']}"}
                wish = {"service": service, "start": slot["start"], "telephone": f"1380000{n:02d}{m:02d}"}
                answer = urllib3.request(
                    "POST", f"{url}/appointments", json=wish, headers=key, timeout=5, retries=False
                )
                if answer.status not in (201, 409):  # of an earlier start of the demo
                    log.warning("the demo's slots: answered %s", answer.status)
    except urllib3.exceptions.HTTPError as error:
        log.warning("the demo's slots: %s", error)


def _open_counters(
    hall: config.Hall, people: dict[str, tuple[str, str, str, str]], page: DemoPage, stop: threading.Event
) -> None:
    """Let everybody log in at their counter, so that the hall is at work when a visitor looks at it; the hub may be
    away meanwhile.
    """
    waiting = dict(people)
    while waiting and not stop.is_set():
        place, account = next(iter(waiting.items()))
        try:
            page.sessions[place] = crew.log_in(hall.hub.url, account, place if place in hall.counters else "")
            del waiting[place]
        except urllib3.exceptions.HTTPError as error:
            log.warning("%s; trying again", error)
            stop.wait(0.5)
    page.everybody_in.set()


if __name__ == "__main__":
    main(prog_name="./run demo")
