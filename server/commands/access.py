"""Which device and which role gets in where: `token`, `roles`."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

import config
from command_line import trouble
from server.app import create_app
from server.commands.given import opened, with_hall
from server.pages.access import device_names, give_token
from server.pages.roles import table
from server.store.database import Store
from server.verbs.hub import Hub


@click.command()
@click.argument("device")
@with_hall
def token(hall: config.Hall, device: str) -> None:
    if device not in device_names(hall):
        raise trouble("本厅没有设备“{device}”；有：{known}", device=device, known=", ".join(device_names(hall)))
    hub = opened(hall)
    try:
        click.echo(str(give_token(hub, device)))
    finally:
        hub.store.close()


@click.command()
@with_hall
def roles(hall: config.Hall) -> None:
    with tempfile.TemporaryDirectory() as folder:
        hub = Hub(
            hall.model_copy(update={"hub": hall.hub.model_copy(update={"data": folder})}),
            Store(Path(folder), durable=False),
        )
        click.echo(table(create_app(hub)), nl=False)
        hub.store.close()
