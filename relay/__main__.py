"""The relay's command line: serves the halls of a folder of secrets, and makes such a secret (docs/relay.md)."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from pathlib import Path

import click

import systemd
from command_line import Commands, _, say, trouble
from relay.halls import NAME, SECRET, Halls
from relay.site import LONGEST_BODY, create_app
from server.outbound import signature
from server.serve import THREADS, web_server

HALLS = 40
"""Asks of so many hubs may be held at once; each waits in a thread of its own."""


@click.group(cls=Commands, help=_("手机页面中转：替没有公网地址的大厅，把排队页面给外面的手机看（docs/relay.md）。"))
def main() -> None:
    pass


@main.command(help=_("运行中转，直到收到停止信号。"))
@click.option("--listen", default="127.0.0.1:8100", show_default=True, help=_("监听的地址和端口。"))
@click.option(
    "--secrets",
    required=True,
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help=_("密钥文件夹：每个大厅一个文件，名为“大厅简称.secret”。"),
)
@click.option("--proxy", "proxies", multiple=True, help=_("在前面做加密的网页服务器的地址；可写多次。"))
@click.option("--connections", default=2000, show_default=True, type=click.IntRange(10), help=_("最多同时多少连接。"))
def serve(listen: str, secrets: Path, proxies: tuple[str, ...], connections: int) -> None:
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    app = create_app(Halls(secrets), stop.is_set)
    host, _colon, port = listen.rpartition(":")
    try:
        web = web_server(
            app,
            host,
            int(port),
            connections,
            proxies=lambda: proxies,
            longest_body=lambda *_: LONGEST_BODY,
            threads=THREADS + HALLS,
        )
    except (OSError, ValueError) as error:
        raise trouble("--listen：{listen}：{error}；请换一个地址或端口", listen=listen, error=str(error)) from None
    threading.Thread(target=web.run, name="web", daemon=True).start()
    with systemd.waiting():
        stop.wait()
    app.extensions["streams"].change()
    web.close()


@main.command(help=_("给一个大厅做密钥，写进文件夹；同一份也放到大厅的主机上。"))
@click.argument("hall")
@click.option(
    "--secrets",
    required=True,
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help=_("密钥文件夹。"),
)
def secret(hall: str, secrets: Path) -> None:
    file = secrets / f"{hall}{SECRET}"
    if not NAME.fullmatch(hall):
        raise trouble("{hall}：大厅简称只用字母、数字和连字符，与主机配置的 hall.id 一样", hall=hall)
    if file.exists():
        raise trouble("{file}：已经有了；要更换，请先移走它", file=file)
    file.touch(0o600)
    file.write_text(signature.fresh() + "\n", encoding="ascii")
    click.echo(say("{file}：已写好；请把它复制到主机，写进配置的 relay.secret_file", file=file))


if __name__ == "__main__":
    main(prog_name="python -m relay")
