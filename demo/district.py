"""A district on one machine: both servers, three invented halls with weeks of past, and one page (`./run district`)."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
import time
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
import tomlkit
from psycopg import Connection

import config
from command_line import Command, _, say
from config import ROOT
from demo import crew, past
from demo.hall import choose_ports, virtual
from demo.stream import own_zone
from district import __main__ as program
from district import appending, identity, people, postgres, publishing, servers, settings
from district.people import Person
from intake.toml_file import toml_text
from server.domain.worktime import service_day
from server.reports import period, reporter
from server.store import membership
from server.store.database import Store, read_only
from server.store.membership import Membership
from server.store.reader import Reader
from server.uplink.asking import Place, after, next_ask
from server.verbs import snapshots
from server.verbs.hub import Hub
from server.views.indicators import with_indicators

HALLS = (
    ("kaiyuan", "开元街道便民服务中心", "Kaiyuan Street Service Centre", "licheng", 61_000, (118.586, 24.916)),
    ("linjiang", "临江街道便民服务中心", "Linjiang Street Service Centre", "licheng", 38_500, (118.581, 24.895)),
    ("qingyuan", "清源街道便民服务中心", "Qingyuan Street Service Centre", "fengze", 0, (118.611, 24.932)),
)
STREETS = (("licheng", "鲤城片", "Licheng"), ("fengze", "丰泽片", "Fengze"))
SILENT = "qingyuan"
"""Its uplink does not run: the page names it."""
PEOPLE, PASSWORD = (("wang", "manager"), ("ducha", "inspector")), "district-demo"
"""The demo's people of the district; the command says so to everybody."""


def places() -> list[dict[str, Any]]:
    """The invented tree."""
    tree: list[dict[str, Any]] = [{"id": "qu", "kind": "district", "name": "示范区", "name_en": "Model District"}]
    tree += [{"id": id, "kind": "street", "parent": "qu", "name": zh, "name_en": en} for id, zh, en in STREETS]
    return tree + [
        {"id": id, "kind": "hall", "parent": street, "name": zh, "name_en": en, "residents": residents, "at": [*at]}
        for id, zh, en, street, residents, at in HALLS
    ]


def hall_of(folder: Path, number: int, port: int, zone: str) -> config.Hall:
    """The file of one hall, as the demo's own with another name, in a folder of its own."""
    id, zh, en, *_ = HALLS[number]
    folder.mkdir(parents=True, exist_ok=True)
    real = config.load(ROOT / "config.toml")
    (folder / "calendar.csv").write_text(past.calendar(datetime.now(ZoneInfo(zone))), encoding="utf-8")
    text = virtual(toml_text(real.file.read_bytes()), real, choose_ports(port, list(real.printers)), zone)
    hall: Any = tomlkit.parse(text)
    hall["hall"].update({"id": id, "name": zh, "name_en": en})
    hall.pop("platform", None)
    (folder / "config.toml").write_text(tomlkit.dumps(hall), encoding="utf-8")
    return config.load(folder / "config.toml")


def lived(hall: config.Hall, number: int) -> None:
    """Weeks of past; the first hall has a counter more than the others."""
    people = {place: staff for place, (staff, *_) in crew.accounts(hall, hall.folder / "crew.json").items()}
    general = [place for place in hall.counters if hall.counters[place].kind == "general"]
    for place in general[-1:] if number else ():
        del people[place]
    past.invent(hall, people, time.time(), seed=7 + number)
    reported(hall)


def reported(hall: config.Hall) -> None:
    """The hall keeps the report of last week, as its hub does on Mondays."""
    day = service_day(hall, time.time()) - timedelta(days=7)
    week = period.parse(f"{day:%G-W%V}")
    store = Store(hall.data, durable=False)
    try:
        hub = Hub(hall, store)
        made = reporter.counted(hall, week, store.path, time.time())
        snapshots.keep(hub, week, with_indicators(hub, week, made))
        hub.stop()
    finally:
        store.close()


def drafted(conn: Connection[Any], now: float) -> None:
    """A draft of somebody else, which waits to be approved: the promised wait of all halls."""
    if not publishing.kept(conn):
        rows = {"hall": {"": {"wait_pledge_min": 15}}}
        publishing.draft(conn, "li", "qu", "promises", rows, None, "全区统一等候承诺", now)


def silent(conn: Connection[Any], hall: config.Hall, at: float) -> None:
    """What a hall had sent before it fell silent at a moment."""
    place = Place()
    with closing(read_only(hall.data / "hall.db")) as own:
        while (ask := next_ask(Reader(own), place, "", at)).rows or place.head is None:
            place = after(ask, appending.append(conn, hall.hall.id, ask, at))


@click.command(cls=Command, help=_("一个区：两个引擎、三座虚构的大厅和几周的记录，一个网页。"))
@click.option("--port", default=8200, show_default=True, help=_("网页的端口。"))
@click.option("--data", type=click.Path(path_type=Path), default=ROOT / "var" / "district", help=_("数据放在哪里。"))
@click.option("--fresh", is_flag=True, help=_("从头开始。"))
def main(port: int, data: Path, fresh: bool) -> None:
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    if fresh:
        shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True, exist_ok=True)
    zone = own_zone(config.load(ROOT / "config.toml").zone, time.time())
    halls = [hall_of(data / one[0], n, port + 100 * (n + 1), zone) for n, one in enumerate(HALLS)]
    for n, hall in enumerate(halls):
        click.echo(say("{name}：准备几周的记录…", name=hall.hall.name))
        lived(hall, n)
    url, engine = servers.postgres(data / "postgres")
    file, nats_file, pid = data / "district.toml", data / "nats.conf", data / "nats.pid"
    pid.unlink(missing_ok=True)  # of the time before: that number may be anybody's by now
    written = tomlkit.document()
    written.update(
        city="demo",
        database=url,
        nats="",
        nats_listen="127.0.0.1:-1",
        nats_file=str(nats_file),
        nats_pid=str(pid),
        listen=f"127.0.0.1:{port}",
    )
    written["places"] = places()
    file.write_text(tomlkit.dumps(written), encoding="utf-8")
    told = settings.read(file)
    broker, uplinks = None, []
    try:
        with postgres.connect(url) as conn:
            postgres.prepare(conn, time.time())
            program.plant(conn, told)
            for hall in halls:
                code = identity.code(conn, hall.hall.id, time.time())
                identity.enrol(conn, code, membership.public(membership.seed(hall)), time.time())
                if hall.hall.id == SILENT:
                    silent(conn, hall, time.time() - 3 * 86400)
            for name, role in PEOPLE:
                people.put(conn, Person(name, "qu", role), PASSWORD, time.time())
            drafted(conn, time.time())
            program.allow(told, file, conn)
        broker = servers.Nats(nats_file)
        pid.write_text(str(broker.pid), encoding="ascii")
        where = broker.url
        told = told.model_copy(update={"nats": where, "nats_listen": where.removeprefix("nats://")})
        signer, page = membership.public(program.signing_seeds(file)[0]), f"http://127.0.0.1:{port}"
        for hall in halls:
            membership.keep(hall.data, Membership("demo", hall.hall.id, where, page, "", (signer,)))
            command = [sys.executable, "-m", "server", "--config", str(hall.file), "district", "run"]
            if hall.hall.id != SILENT:
                uplinks.append(subprocess.Popen(command, cwd=ROOT))
        for name, _role in PEOPLE:
            click.echo(say("账号 {name}，密码 {password}", name=name, password=PASSWORD))
        program.serve(told, file)
    finally:
        for one in uplinks:
            one.terminate()
        if broker:
            broker.close()
        engine.cleanup()


if __name__ == "__main__":
    main(prog_name="./run district")
