"""The district's command line: its programs, the halls' codes and keys, its people (docs/district.md)."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import secrets
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click
import nkeys
from psycopg import Connection

import systemd
from command_line import Commands, _, say, trouble
from district import appending, folding, identity, people, postgres, sampling, servers, settings
from district.pages import create_app
from district.people import Person
from district.settings import Settings
from district.worker import Worker
from server.domain import circular
from server.serve import web_server

CONNECTIONS = 500


@click.group(cls=Commands, help=_("区平台：收各大厅的记录，比较，监督（docs/district.md）。"))
@click.option("--config", "path", default="district.toml", show_default=True, help=_("区平台的配置文件。"))
@click.pass_context
def main(context: click.Context, path: str) -> None:
    context.obj = Path(path)


@contextmanager
def opened(file: Path, *, prepared: bool = True) -> Iterator[tuple[Settings, Connection[Any]]]:
    """The settings, and a connection to a database that is as this version wants it. `prepared` False: as it is, since
    to look after its schema waits for every transaction that is under way.
    """
    told = settings.read(file)
    with postgres.connect(told.database) as conn:
        if prepared:
            postgres.prepare(conn, time.time())
            plant(conn, told)
        yield told, conn


def plant(conn: Connection[Any], told: Settings) -> None:
    """The tree as the file has it; a place that is no longer there stays, with its rows."""
    with conn.transaction():
        for place in told.places:
            conn.execute(
                """INSERT INTO places (id, kind, parent, name, name_en, residents, longitude, latitude)
                   VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
                   ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, parent = excluded.parent, name = excluded.name,
                   name_en = excluded.name_en, residents = excluded.residents, longitude = excluded.longitude,
                   latitude = excluded.latitude""",
                (
                    *(place.id, place.kind, place.parent or None, place.name, place.name_en, told.residents(place)),
                    *(place.at or (None, None)),
                ),
            )
            if place.kind == "hall":
                conn.execute("INSERT INTO halls (id) VALUES (%s) ON CONFLICT DO NOTHING", (place.id,))


def beside(file: Path, name: str) -> Path:
    return file.resolve().with_name(f"{file.stem}-{name}")


def own_secret(file: Path, name: str, made: str) -> str:
    """A secret beside the district's file: made once, for its owner alone."""
    kept = beside(file, name)
    if not kept.exists():
        servers.write(kept, made)
    return kept.read_text(encoding="ascii").strip()


def worker_seed(file: Path) -> str:
    return own_secret(file, "worker-key", nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_USER).decode())


def signing_seeds(file: Path) -> list[str]:
    """What signs that which goes down: the key, and the one before it while halls are away that know no other."""
    made = nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_USER).decode()
    newest, older = own_secret(file, "signing-key", made), beside(file, "signing-key-before")
    return [newest] + ([older.read_text(encoding="ascii").strip()] if older.exists() else [])


def public(seed: str) -> str:
    told: bytes = nkeys.from_seed(bytearray(seed.encode())).public_key
    return told.decode()


def allow(told: Settings, file: Path, conn: Connection[Any]) -> None:
    """Write who may speak into the NATS server's file and have it read: who is no longer there is cut off."""
    if not told.nats_file:
        return
    tls = (Path(told.certificate), Path(told.key)) if told.certificate else None
    store = Path(told.nats_file).resolve().with_name("nats-store")
    text = servers.configuration(
        told.city, told.nats_listen, public(worker_seed(file)), identity.keys(conn), tls, store
    )
    servers.write(Path(told.nats_file), text)
    if told.nats_pid and Path(told.nats_pid).exists():
        with suppress(ProcessLookupError):  # the file of a server that is gone; the next one reads the file anyhow
            os.kill(int(Path(told.nats_pid).read_text(encoding="ascii")), signal.SIGHUP)


@main.command(help=_("写好NATS的配置文件（谁可以说话），再启动nats-server -c 那个文件。"))
@click.pass_obj
def prepare(file: Path) -> None:
    with opened(file) as (told, conn):
        allow(told, file, conn)
        click.echo(say("{file}：已写好", file=told.nats_file or "-"))


@main.command(help=_("运行：收记录，汇总，提供网页，直到收到SIGTERM。"))
@click.pass_obj
def run(file: Path) -> None:
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    with opened(file) as (told, conn):
        allow(told, file, conn)
    serve(told, file)


def longest_body(_method: str, path: str, _headers: Mapping[str, str]) -> int:
    """Bytes that a request may bring: a whole catalogue in a draft, a form anywhere else."""
    return circular.LONGEST if path == "/down/new" else 1 << 16


def serve(told: Settings, file: Path) -> None:
    """Until SIGTERM or SIGINT."""
    signers = signing_seeds(file)
    worker = Worker(told.nats, worker_seed(file), told.database, told.city, signers=signers)

    def enrolled() -> None:
        with postgres.connect(told.database) as conn:
            allow(told, file, conn)

    key = own_secret(file, "page-key", secrets.token_urlsafe(48))
    app = create_app(
        told.database,
        told.city,
        told.nats,
        key.encode(),
        lambda: worker.lives,
        enrolled,
        token=own_secret(file, "metrics-token", secrets.token_urlsafe(32)),
        signers=[public(signers[0])],
        sign_on=(told.sign_on, file.resolve().parent, told.page),
    )
    host, _colon, port = told.listen.rpartition(":")
    web = web_server(
        app, host, int(port), CONNECTIONS, proxies=lambda: told.proxies, longest_body=longest_body, threads=8
    )
    threading.Thread(target=web.run, name="web", daemon=True).start()
    click.echo(say("区平台：http://{listen}/", listen=told.listen))

    async def until_stopped() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await worker.run(stop)

    with systemd.waiting():
        asyncio.run(until_stopped())
    web.close()


@main.command(help=_("给一个大厅一次性代码，七天内有效；大厅用它加入：python -m server district join 网址 代码"))
@click.argument("hall")
@click.pass_obj
def code(file: Path, hall: str) -> None:
    with opened(file) as (_told, conn):
        try:
            click.echo(identity.code(conn, hall, time.time()))
        except identity.Unknown:
            raise trouble("{hall}：配置里没有这个大厅", hall=hall) from None


@main.command(help=_("收回一个大厅的密钥：立刻断开。"))
@click.argument("hall")
@click.pass_obj
def revoke(file: Path, hall: str) -> None:
    with opened(file, prepared=False) as (told, conn):
        try:
            identity.revoke(conn, hall, time.time())
        except identity.Unknown:
            raise trouble("{hall}：配置里没有这个大厅", hall=hall) from None
        allow(told, file, conn)


@main.command("new-signing-key", help=_("换下发的签名密钥：大厅凭原密钥认得新的。之后重启区平台。"))
@click.option("--leaked", is_flag=True, help=_("原密钥可能已泄露：不再用它签名，大厅要用新的代码重新加入。"))
@click.pass_obj
def new_signing_key(file: Path, leaked: bool) -> None:
    older = signing_seeds(file)[0]
    if leaked:
        beside(file, "signing-key-before").unlink(missing_ok=True)
    else:
        servers.write(beside(file, "signing-key-before"), older)
    beside(file, "signing-key").unlink()
    click.echo(say("新的签名公钥：{key}", key=public(signing_seeds(file)[0])))


@main.command(help=_("两边记录不同时的决定：大厅从ROW之后的记录算数，区里原有的另存，不删除。"))
@click.argument("hall")
@click.argument("row", type=click.IntRange(0))
@click.confirmation_option(prompt=_("区里ROW之后的记录将移到旁边，不再计入。确定？"))
@click.pass_obj
def accept(file: Path, hall: str, row: int) -> None:
    with opened(file) as (_told, conn):
        try:
            appending.accept(conn, hall, row, time.time())
        except LookupError:
            raise trouble("{hall}：没有第{row}条记录", hall=hall, row=row) from None


@main.command(help=_("升级后重新汇总：记录不动，其余重做。"))
@click.pass_obj
def refold(file: Path) -> None:
    with opened(file) as (_told, conn):
        for (hall,) in conn.execute("SELECT id FROM halls ORDER BY id").fetchall():
            click.echo(say("{hall}：{rows}条记录", hall=hall, rows=folding.refold(conn, hall)))


@main.command(help=_("核对一份督查样本：抽取可以重复，每条记录的校验值都对得上。不需要数据库。"))
@click.argument("sample", type=click.Path(dir_okay=False, exists=True, path_type=Path))
def proof(sample: Path) -> None:
    try:
        told = json.loads(sample.read_text(encoding="utf-8"))
        found = sampling.problems(told)
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise trouble("{file}：不是督查样本：{error}", file=str(sample), error=str(error)) from None
    if found:
        raise trouble("{file}：{problems}", file=str(sample), problems="; ".join(found))
    click.echo(say("{file}：抽取和{rows}条记录都对得上", file=str(sample), rows=len(told["rows"])))


@main.command(help=_("设一个人的账号：NAME能看PLACE及其下属。密码从终端输入。"))
@click.argument("name")
@click.argument("place")
@click.option(
    "--role", type=click.Choice(["manager", "inspector"]), default="manager", show_default=True, help=_("角色。")
)
@click.password_option(prompt=_("密码"), confirmation_prompt=_("再输一次"))
@click.pass_obj
def person(file: Path, name: str, place: str, role: str, password: str) -> None:
    if len(password) < 10:
        raise trouble("密码至少10位")
    with opened(file) as (_told, conn):
        if conn.execute("SELECT 1 FROM places WHERE id = %s", (place,)).fetchone() is None:
            raise trouble("{place}：配置里没有这个地方", place=place)
        people.put(conn, Person(name, place, role), password, time.time())


@main.command(help=_("收回一个人的账号：下一个页面就看不到了。"))
@click.argument("name")
@click.pass_obj
def dismiss(file: Path, name: str) -> None:
    with opened(file) as (_told, conn):
        try:
            people.dismiss(conn, name)
        except LookupError:
            raise trouble("{name}：没有这个账号", name=name) from None


if __name__ == "__main__":
    main()
