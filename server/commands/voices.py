"""`voice`: a hall's own recordings (docs/voice.md)."""

from __future__ import annotations

import sys
from pathlib import Path

import click

import config
from command_line import _, language, say
from server.commands.given import with_hall
from server.voice import zones
from server.voice.clips import check


@click.group()
def voice() -> None:
    pass


@voice.command("list", help=_("一种语言要录什么：每段的文件名和要说的话。"))
@click.argument("code")
@with_hall
def voice_list(hall: config.Hall, code: str) -> None:
    needed, folder = _clips(hall, code)
    click.echo("\n".join([f"{folder}:", *(f"{name}.wav\t{text}" for name, text in needed.items())]))


@voice.command("check", help=_("一种语言的录音是否齐全、合格；不合格的各说一句，退出码为 1。"))
@click.argument("code")
@with_hall
def voice_check(hall: config.Hall, code: str) -> None:
    needed, folder = _clips(hall, code)
    if problems := check(folder, needed):
        click.echo("\n".join(one.said(language()) for one in problems))
        sys.exit(1)
    click.echo(say("{folder}：{count} 段录音，全部合格", folder=folder, count=len(needed)))


@voice.command("say", help=_("把一次叫号按群众听到的样子写成WAV文件。"))
@click.argument("number")
@click.option("--counter", default="1", show_default=True, help=_("本厅的一个窗口。"))
@click.option("--zone", help=_("按这个广播区说；不写就用第一个。"))
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help=_("要写的WAV文件。"))
@with_hall
def voice_say(hall: config.Hall, number: str, counter: str, zone: str | None, out: Path) -> None:
    zone = zone or next(iter(hall.zones), "")
    for wanted, there, unknown in (
        (zone, hall.zones, _("本厅没有广播区“{wanted}”；有：{known}")),
        (counter, hall.counters, _("本厅没有窗口“{wanted}”；有：{known}")),
    ):
        if wanted not in there:
            raise click.ClickException(unknown.format(wanted=wanted, known=", ".join(there) or "–"))
    try:
        out.write_bytes(zones.sample(hall, zone, number, counter).wav())
    except OSError as error:
        raise click.ClickException(str(error)) from None


def _clips(hall: config.Hall, code: str) -> tuple[dict[str, str], Path]:
    return zones.needed(hall, code)
