"""`check`: reads the hall's file, and says whether it is right and what it leaves open."""

from __future__ import annotations

import time

import click

import config
from command_line import language, say
from config.unsettled import unsettled
from printer_profiles.escpos.logo import LogoError
from server import validity
from server.commands.given import with_hall
from server.domain.ends import ends
from server.domain.worktime import service_day
from server.printing.slips.of_number import logo_of
from server.store import register_files


@click.command()
@with_hall
def check(hall: config.Hall) -> None:
    try:
        logo_of(hall)
    except LogoError as error:
        raise config.Told(f"slips.logo: {error.zh}", f"slips.logo: {error.en}") from None
    click.echo(
        say(
            "{name}：{counters} 个窗口，{services} 项业务，{boards} 块窗口屏，{registers} 本台账：全部正确",
            name=hall.hall.name,
            counters=len(hall.counters),
            services=len(hall.services),
            boards=len(hall.boards),
            registers=len(register_files.read(hall).current),
        )
    )
    for line in unsettled(hall):
        click.echo(line.said(language()))
    for one in ends(hall, service_day(hall, time.time())):
        click.echo(one.text.said(language()))
    for concern in validity.concerns(hall, time.time()):
        click.echo(concern.text.said(language()))
