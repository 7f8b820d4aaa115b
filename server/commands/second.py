"""`second`: this machine is the second one of a hall (docs/second.md)."""

from __future__ import annotations

import threading
from pathlib import Path

import click

import applicant
import config
import systemd
from command_line import _, say
from server import logs
from server.commands.serving import sealed, serve, stopped_by_signals
from server.second import following, running
from server.store import secret


@click.command()
@click.option("--of", required=True, metavar="URL", help=_("主机的网址。"))
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    default=config.ROOT / "var" / "second",
    show_default="var/second",
    help=_("数据放在哪里。"),
)
@click.option("--url", help=_("取号机和浏览器打开本机的网址；不写就用本机在这个网络里的地址。"))
@click.option("--listen", help=_("本机开放的地址和端口；不写就和主机一样。"))
@click.option("--authority", type=click.Path(dir_okay=False, path_type=Path), help=_("主机证书的根证书（PEM）。"))
def command(of: str, into: Path, url: str | None, listen: str | None, authority: Path | None) -> None:
    logs.to_stderr()
    stop = stopped_by_signals()
    of = of.rstrip("/")
    port = (listen or of).rpartition(":")[2]
    port = port if port.isdecimal() else "8000"
    token = running.token_of(into) or _enrolled_second(of, into, authority, stop)
    if not token:
        return
    own = (url or following.own_address(of, int(port))).rstrip("/")
    machine = following.Machine(into, of, own, listen or f"0.0.0.0:{port}", token, authority=authority)
    was_hub = machine.is_hub
    became = running.follow(machine, stop, sealed)
    if became is not None:
        serve(became, certain=not was_hub)


def _enrolled_second(of: str, into: Path, authority: Path | None, stop: threading.Event) -> str:
    """The token that an administrator gives this machine, by the code that it shows; "" for `stop`."""
    shown: list[str] = []

    def show(now: applicant.Now) -> None:
        if now.code and now.code.shown not in shown:
            shown.append(now.code.shown)
            click.echo(say("{code}：请系统管理员打开 {page}，输入这个代码", code=now.code.shown, page=now.code.page))
        elif now.kind == "refused":
            click.echo(" ".join(now.trouble), err=True)

    secret.own_folder(into)
    with systemd.waiting():
        granted = applicant.waits(of, "second", stop, show, lambda: running.token_of(into), authority)
    if granted is None:
        return ""
    if granted.device:
        applicant.keep(into / "token", granted.token)
    return granted.token
