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
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import urllib3

import config
from command_line import Command
from demo import crew, past, stream
from demo.hall import PRETRIALS, SECRET, Ports, choose_ports, virtual
from demo.page import DemoPage
from demo.programs import Program
from intake.toml_file import toml_text
from server.outbound import signature
from server.store import secret

log = logging.getLogger("demo")

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
def main(path: Path, port: int, data: Path, fresh: bool, moves: bool) -> None:
    """A whole hall on one page: hub, kiosk, virtual printers, virtual boards."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    real = config.load(path)
    if fresh:
        shutil.rmtree(data, ignore_errors=True)
    (data / "logs").mkdir(parents=True, exist_ok=True)
    ports = choose_ports(port, list(real.printers))
    zone = stream.own_zone(real.zone, time.time())
    (data / "calendar.csv").write_text(past.calendar(datetime.now(ZoneInfo(zone))), encoding="utf-8")
    share_secret(data / SECRET)
    text = virtual(toml_text(path.read_bytes()), real.folder, ports, zone)
    (data / "config.toml").write_text(text, encoding="utf-8")
    hall = config.load(data / "config.toml")
    people = crew.hire(hall, data / "crew.json")
    programs = _programs(hall, data, ports)
    for program in programs:
        program.start()
    page = DemoPage(hall, ports, people, moving=moves)
    walk = _stream(hall, page) if moves else None
    try:
        up = all(program.wait_ready(20) for program in programs) and _answers(hall.hub.url, stop)
        if not up:
            click.echo(f"demo: not everything came up; see {data / 'logs'}", err=True)
            sys.exit(1)
        hand_in(hall)
        book_slots(hall)
        page.start()
        threading.Thread(target=_open_counters, args=(hall, people, page, stop), daemon=True).start()
        if walk:
            walk.start()
        click.echo(f"\n  {hall.hall.name}（{hall.hall.banner}）\n  http://127.0.0.1:{ports.page}\n")
        click.echo(crew.told(hall, people, f"{hall.hub.url}/login"))
        click.echo("  Ctrl+C 结束 to stop\n")
        sys.stdout.flush()
        stop.wait()
    finally:
        if walk:
            walk.stop()
        page.stop()
        for program in reversed(programs):
            program.stop()
        for program in programs:
            program.join(3)


def _programs(hall: config.Hall, data: Path, ports: Ports) -> list[Program]:
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
            announces=True,
        )
        for name, (port, show) in ports.printers.items()
    ]
    pretrials = [part for one in PRETRIALS for part in ("--pretrial", *one)]
    city = ("--port", str(ports.city), "--secret", str(data / SECRET), "--hall", hall.hub.url, *pretrials)
    return [
        program("hub", "server", "--config", file),
        program("city", "demo.city", *city, announces=True),
        program(
            "boards", "counter_display.virtual", "--config", file, "--show-port", str(ports.boards), announces=True
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
        program("kiosk", "kiosk", "--config", file, "--kiosk", kiosk, "--show-port", str(ports.kiosk), announces=True),
        *printers,
        program("counter_display", "counter_display", "--config", file),
    ]


def share_secret(file: Path) -> None:
    """The secret between hall and platform, once."""
    if not file.exists():
        secret.write(file, signature.fresh())


def _stream(hall: config.Hall, page: DemoPage) -> stream.Stream:
    """The people of the demo: at every general counter but the first, which is the visitor's."""
    services = [code for group in hall.groups.values() for code in group.services if code not in hall.reserved]
    counters = [name for name, table in hall.counters.items() if table.kind == "general"][1:3]
    kiosk = next(iter(hall.kiosks))

    def do(step: stream.Step) -> int:
        page.everybody_in.wait()
        token = (hall.data / "tokens" / kiosk).read_text(encoding="utf-8").strip()
        return door(token).do(step)

    door = cache(lambda token: stream.Door(hall, token, page.sessions))
    return stream.Stream(
        stream.steps(services, counters),
        do,
        lambda: page.moving.is_set() and stream.people_come(hall.zone, time.time()),
    )


def _answers(url: str, stop: threading.Event) -> bool:
    pool, end = urllib3.PoolManager(timeout=urllib3.Timeout(1), retries=False), time.monotonic() + 20
    while time.monotonic() < end and not stop.is_set():
        try:
            if pool.request("GET", f"{url}/api/v1/screen").status == 200:
                return True
        except urllib3.exceptions.HTTPError:
            stop.wait(0.05)
    return False


def hand_in(hall: config.Hall) -> None:
    """An appointment in ten minutes and a result to collect, so that their codes can be tried at the kiosk."""
    soon = datetime.now(hall.zone) + timedelta(minutes=10)
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
    """Bookings of the hall's own: some places of the next days, so that the day's plan and the page have something."""
    token = (hall.data / "tokens" / "bookings").read_text().strip()
    url, own = f"{hall.hub.url}/api/v1", {"Authorization": f"Bearer {token}"}
    try:
        for n, service in enumerate(BOOKED):
            view = urllib3.request("GET", f"{url}/slots/{service}", timeout=5, retries=False).json()
            for m, slot in enumerate([one for one in view["slots"] if one["free"]][n : n + 6 : 2]):
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
