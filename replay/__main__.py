"""`python -m replay`: files in, a played day, a conversion or a comparison out.

The only part of the replay that owns files and a clock."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import click

import config as hall_file
from command_line import Commands
from config import Hall
from intake.encoding import Unreadable, decoded
from replay import arrivals_1999, check_real, foretold, invented_halls, play
from replay.arrivals_1999 import Person
from replay.check_real import Line
from server.domain.worktime import service_day
from server.foresight.seer import Seer
from server.foresight.watch import Watch
from server.reports import period, recorded_day, report
from server.reports.recorded_day import Event
from server.store.database import read_only
from server.store.history import History
from server.views.recording import recording

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
CONFIG = click.option(
    "--config", type=click.Path(path_type=Path), default=hall_file.ROOT / "config.toml", help="The hall's file."
)


@click.group(cls=Commands)
def main() -> None:
    """Recorded days through the hub, with virtual time."""


@main.command("play")
@click.argument("file", type=FILE)
@CONFIG
@click.option("--data", type=FOLDER, help="Keep the played day in this (empty) folder; without it, nothing is kept.")
@click.option(
    "--speed",
    type=click.FloatRange(min=0),
    default=0.0,
    help="Recorded seconds per second: 1 is real time, 60 a minute a second. 0: as fast as it goes.",
)
def play_(file: Path, config: Path, data: Path | None, speed: float) -> None:
    """Play FILE (recorded days, or the research file) through a hub."""
    hall = hall_file.load(config)
    events = _events(file, hall)
    hall = play.replay_hall(hall, events)
    if data and (data / "hall.db").exists():
        _stop([f"{data}: holds a hall already; name an empty folder"])
    began = time.monotonic()
    with play.hub_in(data, hall) as (hub, clock), click.progressbar(events, label="replay", file=sys.stderr) as bar:
        played = play.play(hub, clock, events, _before(bar.update, events[0].at, speed))
        bar.finish()
        taken = time.monotonic() - began
        weeks = sorted({period.week_of(service_day(hall, e.at)).id for e in events if e.event == "arrive"})
        history = History(hub.read().conn)
        lines = [report.report(hall, period.parse(w), history, clock.now, compare=False)["identity"] for w in weeks]
    click.echo(f"tickets {played.tickets}  called {played.called}  served {played.served}  seconds {taken:.1f}")
    for week, identity in zip(weeks, lines, strict=True):
        click.echo(f"{week}  {identity['text']}{'' if identity['closes'] else '  INVALID'}")
    for line in played.refused[:10]:
        click.echo(f"refused: {line}")
    if len(played.refused) > 10:
        click.echo(f"refused: {len(played.refused) - 10} more")


def _before(update: Callable[[int], object], first: float, speed: float) -> Callable[[Event], None]:
    """Move the bar, and wait for the event's moment where a speed is wanted."""
    began = time.monotonic()

    def before(event: Event) -> None:
        update(1)
        if speed:
            time.sleep(max(0.0, (event.at - first) / speed - (time.monotonic() - began)))

    return before


@main.command("foresight")
@click.argument("file", type=FILE, required=False)
@CONFIG
@click.option("--hall", "kind", type=click.Choice([*invented_halls.KINDS]), help="An invented hall instead of a FILE.")
@click.option("--seed", type=int, default=1, help="Which of the invented halls of this kind.")
@click.option("--days", type=click.IntRange(min=2), default=60, help="So many days of an invented hall.")
def foresight_(file: Path | None, config: Path, kind: str | None, seed: int, days: int) -> None:
    """What would have been told of each wait of FILE, by us and by plainer ways, against what came true."""
    if (file is None) == (kind is None):
        _stop(["give either a FILE or an invented hall by --hall"])
    if kind:
        course = foretold.Course(Seer(Watch(standard=invented_halls.STANDARD_MIN)), invented_halls.may_call(kind))
        played = invented_halls.days(kind, seed, days)
    else:
        assert file is not None
        hall = hall_file.load(config)
        standard = {code: float(service.standard_min) for code, service in hall.services.items()}
        course = foretold.Course(Seer(Watch(standard=standard)), midnight=lambda at: midnight_of(hall, at))
        played = foretold.by_day(_events(file, hall), lambda at: midnight_of(hall, at))
    first = len(played) * 2 // 3 if kind else len(played) // 2
    again = None
    if kind:
        again = foretold.rehearsed(course, played, first)
    else:
        for number, events in enumerate(played):
            course.day(number, events)
    judged = [wait for wait in course.waits if wait.day >= first]
    for line in foretold.table(judged, len(played) - first, invented_halls.OPEN[1] if kind else None):
        click.echo(line)
    if again:
        click.echo(
            f"days played again with their own counters: p90 {again.p90_s / 60:.1f} min, it was {again.was_s / 60:.1f};"
            f" {again.off_s / 60:.1f} min apart on one day in the mean"
        )


def midnight_of(hall: Hall, at: float) -> float:
    """The local midnight before a moment."""
    day = datetime.fromtimestamp(at, hall.zone).date()
    return datetime.combine(day, datetime.min.time(), hall.zone).timestamp()


@main.command()
@click.argument("file", type=FILE)
@CONFIG
@click.option(
    "--visits", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Finished visits: one CSV."
)
@click.option("--days", required=True, type=FOLDER, help="Recorded days: a folder, one CSV a day.")
def convert(file: Path, config: Path, visits: Path, days: Path) -> None:
    """Make our two forms from the research FILE."""
    hall = hall_file.load(config)
    people = _people(_text(file), file, hall)
    visits.write_text(arrivals_1999.visits_csv(people, hall.zone), encoding="utf-8")
    days.mkdir(parents=True, exist_ok=True)
    by_day = arrivals_1999.days(people, hall.zone)
    for day, events in by_day.items():
        (days / f"{day}.csv").write_text(recorded_day.written(events, hall.zone), encoding="utf-8")
    click.echo(f"{visits}: {len(people)} visits; {days}: {len(by_day)} days")


@main.command()
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@CONFIG
@click.option("--to", "file", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file.")
def export(day: datetime, config: Path, file: Path) -> None:
    """Write a service DAY of the hall's own as a recording: no number, no member of staff, nobody's name."""
    hall = hall_file.load(config)
    database = hall.data / "hall.db"
    text = recording(hall, History(read_only(database)), day.date()) if database.exists() else ""
    if not text:
        _stop([f"{day:%Y-%m-%d}: the hall gave out no number on that day; name one on which it did"])
    file.write_text(text, encoding="utf-8")
    click.echo(f"{file}: {text.count(chr(10)) - 1} rows")


@main.command("check-real")
@click.argument("file", type=FILE)
@CONFIG
def check_real_(file: Path, config: Path) -> None:
    """Compare the report on the research FILE with a plain computation; exit status 1 on any difference."""
    hall = hall_file.load(config)
    text = _text(file)
    lines = list(
        check_real.check(text, _people(text, file, hall), hall, config, lambda what: click.echo(what, err=True))
    )
    for row in _side_by_side(lines):
        click.echo(row)
    wrong = [line for line in lines if not line.equal]
    click.echo(f"{len(lines)} figures compared, {len(wrong)} different")
    sys.exit(1 if wrong or not lines else 0)


def _side_by_side(lines: list[Line]) -> list[str]:
    """Each total figure on its own line; services and hours with their chief figures; every difference, in full."""
    chief = ("arrivals", "finished", "left", "wait mean", "office_wait mean", "office_wait p90", "service_time mean")
    shown: list[str] = []
    cuts: dict[tuple[str, str, str], list[str]] = {}
    for line in lines:
        pair = f"{_number(line.report)} | {_number(line.plain)}"
        if line.of == "total":
            shown.append(
                f"{line.form}  {line.week}  {line.figure:22} report {pair}{'' if line.equal else '   DIFFERENT'}"
            )
        elif line.figure in chief or not line.equal:
            flag = "" if line.equal else " DIFFERENT"
            cuts.setdefault((line.form, line.week, line.of), []).append(f"{line.figure} {pair}{flag}")
    return shown + [f"{'  '.join(key):30}  {'  '.join(pairs)}" for key, pairs in cuts.items()]


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:g}" if value < 1 else f"{value:.1f}".removesuffix(".0")


def _text(file: Path) -> str:
    try:
        return decoded(file.read_bytes())
    except Unreadable as error:
        _stop([f"{file.name}:{error.line}: column {error.column}: {error}"])


def _people(text: str, file: Path, hall: Hall) -> list[Person]:
    people, problems = arrivals_1999.parse(text, file.name, hall.zone)
    return people if not problems.lines else _stop(problems.listing())


def _events(file: Path, hall: Hall) -> list[Event]:
    text = _text(file)
    if arrivals_1999.is_research_file(text):
        return arrivals_1999.events(_people(text, file, hall))
    events, problems = recorded_day.parse(text, file.name, hall.zone)
    return events if not problems.lines else _stop(problems.listing())


def _stop(problems: list[str]) -> NoReturn:
    for problem in problems:
        click.echo(problem, err=True)
    sys.exit(2)


if __name__ == "__main__":
    main(prog_name="python -m replay")
