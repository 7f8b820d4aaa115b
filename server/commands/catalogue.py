"""The catalogue of items as a table: `catalogue` out, `import catalogue` in (docs/catalogue.md)."""

from __future__ import annotations

import sys
from pathlib import Path

import click

import config
from command_line import _, language, say, trouble
from config import catalogue_file
from server.commands.given import with_hall
from server.domain import guide
from server.reports.forms import catalogue_table


@click.command(
    "catalogue",
    help=_("把清单格式或全部栏目的表（CSV、XLSX）并入事项目录（docs/catalogue.md）；有错就什么也不改，并逐条指出。"),
)
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help=_("只说会改什么、省了什么。"))
@with_hall
def import_catalogue(hall: config.Hall, file: Path | None, dry_run: bool) -> None:
    if file is None:
        raise trouble("请写上要并入的文件")
    found = catalogue_file.merged(file.read_bytes(), hall.services, hall.tickets.default_prefix)
    if found.problems:
        click.echo("\n".join(f"{file.name}: {one.said(language())}" for one in found.problems), err=True)
        sys.exit(1)
    before = {code: guide.content(one) for code, one in hall.services.items()}
    changed = [code for code, one in found.services.items() if hall.services.get(code) != one]
    for code in changed:
        for line in guide.difference(before.get(code), guide.content(found.services[code])):
            click.echo(f"{code}  {line.said(language())}")
    target = (hall.folder / hall.hall.catalogue).resolve()
    if not dry_run:
        if target == config.ROOT / "data" / "catalogue.csv":
            raise trouble(
                "{target}：这是随程序发布的演示目录，不改它；请先把自己的目录写进 hall.catalogue", target=target
            )
        made = catalogue_table.made(*catalogue_file.table(found.services.values(), "whole"), target.suffix[1:].lower())
        beside = target.with_name(f".{target.name}.new")
        beside.write_bytes(made)
        beside.replace(target)
    told = dict(file=file.name, changed=len(changed), added=len(found.added), left=len(found.left))
    if dry_run:
        click.echo(say("{file}：会改动 {changed} 项，其中新增 {added} 项，{left} 项没有提到；什么也没有改", **told))
    else:
        click.echo(say("{file}：改动 {changed} 项，其中新增 {added} 项，{left} 项没有提到；重启服务后生效", **told))


@click.command()
@click.option(
    "--form", type=click.Choice(["quanzhou", "whole"]), default="quanzhou", show_default=True, help=_("哪些栏目。")
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help=_("写到这个文件（.csv 或 .xlsx），不写到屏幕。")
)
@with_hall
def catalogue(hall: config.Hall, form: str, out: Path | None) -> None:
    table = catalogue_file.table(hall.services.values(), form)
    if out is None:
        click.echo(catalogue_table.as_csv(*table).decode("utf-8-sig"), nl=False)
        return
    out.write_bytes(catalogue_table.made(*table, out.suffix[1:].lower()))
    click.echo(say("{out}：已写，共 {rows} 项", out=out, rows=len(table[1])))
