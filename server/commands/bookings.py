"""`bookings`: hands a file of them to the hub that runs (docs/bookings.md)."""

from __future__ import annotations

from pathlib import Path

import click
import urllib3

import config
from command_line import _, say, trouble
from hub_client import authority_beside
from intake.encoding import word
from server.commands.given import with_hall


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help=_("只说哪些是新的、有变化的、已有的。"))
@click.option("--outside-hours", is_flag=True, help=_("闭厅时段的预约是有意的。"))
@with_hall
def bookings(hall: config.Hall, file: Path, dry_run: bool, outside_hours: bool) -> None:
    token_file = hall.data / "tokens" / "bookings"
    if not token_file.exists():
        raise trouble("{file}：没有令牌；请先启动一次服务，由它写下", file=token_file)
    headers = {"Authorization": f"Bearer {word(token_file.read_bytes())}", "Content-Type": "text/csv"}
    meant = [name for name, wanted in (("dry_run", dry_run), ("outside_hours", outside_hours)) if wanted]
    query = f"?{'&'.join(f'{name}=1' for name in meant)}" if meant else ""
    try:
        authority = authority_beside(token_file)
        answer = urllib3.PoolManager(ca_certs=str(authority) if authority else None).request(
            "PUT",
            f"{hall.hub.url}/api/v1/bookings{query}",
            body=file.read_bytes(),
            headers=headers,
            timeout=20,
            retries=False,
        )
    except urllib3.exceptions.HTTPError as error:
        raise trouble("{url}：没有应答（{error}）；请先启动服务", url=hall.hub.url, error=error) from None
    said = answer.json()
    if answer.status != 200:
        raise click.ClickException(str(said.get("detail", answer.status)).replace("bookings:", f"{file.name}:"))
    counts = say(
        "新的 {new} 条，有变化 {changed} 条，已有 {double} 条",
        new=said["new"],
        changed=said["changed"],
        double=said["double"],
    )
    click.echo(
        say("{file}：{counts}；什么也没有收", file=file.name, counts=counts)
        if dry_run
        else say("{file}：交入 {taken} 条预约（{counts}）", file=file.name, taken=said["taken"], counts=counts)
    )
