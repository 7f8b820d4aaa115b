"""`district`: a hall joins its district, speaks to it, takes its rows back. Owns the commands."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from pathlib import Path

import click

import config
import systemd
from command_line import Commands, _, say, trouble
from server import logs
from server.store import membership
from server.store.membership import Membership
from server.uplink import taking_back

ASK_S = 15.0


@click.group(cls=Commands)
@click.pass_context
def command(context: click.Context) -> None:
    context.obj = config.load(Path(context.obj))


def _member(hall: config.Hall) -> Membership:
    told = membership.read(hall.data)
    if told is None:
        raise trouble("本厅还没有加入区平台：python -m server district join 网址 代码")
    return told


@command.command(help=_("加入：PAGE是区平台的网址，CODE是区里给的一次性代码。密钥在本机生成，不出本机。"))
@click.argument("page")
@click.argument("code")
@click.option(
    "--authority", type=click.Path(dir_okay=False, exists=True, path_type=Path), help=_("区平台证书的根证书（PEM）。")
)
@click.pass_obj
def join(hall: config.Hall, page: str, code: str, authority: Path | None) -> None:
    import requests  # here and below: what only these commands need does not make the hub's start longer

    public = membership.public(membership.seed(hall))
    try:
        answer = requests.post(
            f"{page.rstrip('/')}/enrol",
            json={"code": code, "key": public},
            timeout=ASK_S,
            verify=str(authority) if authority else True,
        )
        told = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise trouble("{page}：{error}；请核对网址", page=page, error=str(error)) from None
    if answer.status_code != 200:
        raise trouble("{page}：{detail}", page=page, detail=str(told.get("detail", answer.status_code)))
    (hall.data / membership.DOWN).unlink(missing_ok=True)  # another district counts its orders anew
    pem = authority.read_text(encoding="ascii") if authority else ""
    membership.keep(
        hall.data,
        Membership(told["city"], told["hall"], told["nats"], page.rstrip("/"), pem, tuple(told.get("signers", ()))),
    )
    click.echo(say("已加入，本厅在区平台的名称是{hall}；上传：python -m server district run", hall=told["hall"]))


@command.command(help=_("上传记录，直到收到SIGTERM。主机不等它，断网时它自己等。"))
@click.pass_obj
def run(hall: config.Hall) -> None:
    from server.uplink.linked import Uplink

    logs.to_stderr()
    uplink = Uplink(hall, _member(hall))

    async def until_stopped() -> None:
        stop = asyncio.Event()
        work = asyncio.create_task(uplink.run(stop))

        def end() -> None:
            stop.set()
            work.cancel()  # a question to a district that is away, too: it would be waited for

        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, end)
        with suppress(asyncio.CancelledError):
            await work

    with systemd.waiting():
        asyncio.run(until_stopped())


@command.command(help=_("取回：从备份恢复以后、启动之前，把备份之后的记录从区平台取回来。"))
@click.pass_obj
def back(hall: config.Hall) -> None:
    from nats.errors import Error as NatsError

    from server.uplink.linked import rows_back

    told = _member(hall)
    try:
        rows = asyncio.run(rows_back(told, membership.seed(hall), taking_back.head_of(hall.data)))
    except (NatsError, OSError, TimeoutError) as error:
        raise trouble("联系不上区平台（{url}）：{error}", url=told.nats, error=str(error)) from None
    laid = taking_back.lay(hall.data, rows)
    membership.settled(hall.data, taking_back.head_of(hall.data).seq)
    click.echo(say("取回{laid}条记录，大厅可以启动了。", laid=laid))


@command.command(help=_("不取回就启动：区平台联系不上，且确认备份之后没有发出过号。"))
@click.confirmation_option(prompt=_("备份之后发出的号可能会重复。确定不取回？"))
@click.pass_obj
def alone(hall: config.Hall) -> None:
    membership.settled(hall.data, taking_back.head_of(hall.data).seq)
    click.echo(say("好的。启动后，区平台会指出两边不同的记录。"))
