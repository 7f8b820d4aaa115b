"""``./run print-test PROFILE URL``: the test page on one printer, its answers, and what to change.

It opens the port itself: the hub must not hold it.

What the answers mean is checklist.py's; here they are only asked for and shown. No ticket, no journal, no database.
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import click
from pydantic import TypeAdapter, ValidationError

import config
from command_line import language
from config import reasons
from config.phrasing import placed, wrong
from consoles import any_console
from printer_profiles import capabilities
from printer_profiles import profile as profiles
from printer_profiles.escpos.encode import encode
from printer_profiles.escpos.logo import LogoError
from printer_profiles.profile import Profile, ProfileError
from printer_profiles.slip import Slip
from server.domain.print_outcome import Sent
from server.printing.probe import checklist
from server.printing.probe.examination import Examination, examine, queued
from server.printing.probe.interview import PATIENCE, Patience
from server.printing.slips.filling import test_slip
from server.printing.spool.printer import open_printer
from server.printing.transport import patience as waits
from server.printing.transport.opening import open_port
from server.printing.transport.patience import USUAL_S
from server.printing.transport.port import Port

FOLDER = Path("var/print-test")


@click.command()
@click.argument("model", metavar="PROFILE")
@click.argument("url")
@click.option(
    "--config",
    "path",
    type=click.Path(path_type=Path),
    default=config.ROOT / "config.toml",
    help="The hall whose name and logo are printed.",
)
@click.option(
    "--keep-logo",
    is_flag=True,
    help="Keep the hall's logo in the printer's memory first, and print it from there. The memory wears out: seldom.",
)
@click.option(
    "--patience",
    type=click.FloatRange(0.5, 10),
    default=None,
    help="Seconds it may take to answer. Default: what the hall's file says of the printer at this URL, or 1.",
)
def main(model: str, url: str, path: Path, keep_logo: bool, patience: float | None) -> None:
    """Print the test page on one printer, ask what it answers, and say which key of the model's file to change.

    Ends with 0: confirmed as printed. 3: not confirmed. 1: a fault, or not to be reached. 2: a wrong command.
    """
    try:
        profile = profiles.load(model)
        TypeAdapter(config.PrinterUrl).validate_python(url)
        hall = config.load(path)
        slip = _page(hall, profile)
    except ValidationError as error:
        _end(checklist.WRONG, placed(url, wrong(error.errors()[0])).said(language()))
    except (ProfileError, LogoError) as error:
        _end(checklist.WRONG, config.Text(error.zh, error.en).said(language()))
    except config.ConfigError as error:
        _end(checklist.WRONG, error.text.said(language()))
    if url.startswith("cups:"):
        sys.exit(_through_a_queue(url, slip, profile))
    seconds = patience or max((p.patience for p in hall.printers.values() if p.url == url), default=USUAL_S)
    try:
        port = open_port(url, profile.name, Path.cwd(), FOLDER, waits.PATIENCE.with_answers_after(seconds).connect)
    except OSError as error:
        wish = (
            "打不开，请检查电源、连线和地址，并先停主机程序 · can't be reached; check power, cable, address, and stop"
            " the hub"
        )
        _end(checklist.TROUBLE, f"{url}: {wish} ({error})")
    sys.exit(_test(port, slip, profile, url, keep_logo, PATIENCE.with_answers_after(seconds)))


def _page(hall: config.Hall, profile: Profile) -> Slip:
    return test_slip(hall, "print-test", profile=profile.name, columns=profile.columns, when=datetime.now(hall.zone))


def _through_a_queue(url: str, slip: Slip, profile: Profile) -> int:
    """CUPS tells what became of a job, and nothing of the printer: what the paper looks like is all that can be
    tested.
    """
    try:
        sent = open_printer(url, profile, Path.cwd(), FOLDER).print(encode(slip, profile))
    except OSError as error:
        sent = Sent(1, 0, None, gone=str(error))
    found = queued(sent)
    if found.code == checklist.TROUBLE:
        _end(checklist.TROUBLE, f"{url}: {found.said.zh} · {found.said.en}")
    click.echo(f"{profile.title} · {profile.name} · {url}")
    _say(*found.said)
    _look()
    return checklist.UNSURE


def _test(port: Port, slip: Slip, profile: Profile, url: str, keep_logo: bool, patience: Patience) -> int:
    click.echo(f"{profile.title} · {profile.name} · {url}")
    try:
        code = run(port, slip, profile, keep_logo=keep_logo, patience=patience)
    except OSError as error:
        click.echo(f"打印途中连接中断：{reasons.why(error).zh}\nThe connection broke while printing: {error}")
        code = checklist.TROUBLE
    finally:
        port.close()
    if url == "paper:":
        click.echo(f"图片 Picture: {FOLDER / 'paper' / profile.name}")
    return code


def run(port: Port, slip: Slip, profile: Profile, *, keep_logo: bool = False, patience: Patience = PATIENCE) -> int:
    """Ask, print, ask, and say what it means; the exit code. OSError when the line is gone."""
    found = examine(port, slip, profile, keep_logo=keep_logo, patience=patience, begins=_begins)
    if found.page is None:
        _say(f"\n{found.said.zh}", found.said.en)
        if found.fault:
            _say(*found.fault)
        return found.code
    size, paper, took, least = found.page.size, found.page.mm, found.page.took_s, found.page.least_s
    _say(
        f"\n发出 {size} 字节，纸长 {paper:.0f} 毫米，用时 {took:.1f} 秒；按 {profile.speed_mm_s} 毫米/秒至少要"
        f" {least:.1f} 秒。",
        f"{size} bytes, {paper:.0f} mm of paper, {took:.1f} s; at {profile.speed_mm_s} mm/s it takes {least:.1f} s at"
        " least.",
    )
    _say(*found.said)
    _report(profile, found)
    return found.code


def _begins(most: float) -> None:
    _say(f"正在打印，等它回话，最多{most:.0f}秒。", f"Printing, and waiting for its word: {most:.0f} s at most.")


def _report(profile: Profile, found: Examination) -> None:
    silent = ["这个型号不应答（this model answers nothing）"]
    _heading("应答", "Answers", [f"{answer.zh}（{answer.en}）" for answer in found.answers] or silent)
    _heading("建议修改", "Changes", [f"{change.zh}\n    {change.en}" for change in found.changes])
    _look()
    _say(
        f"\n这个型号没有来源、只是推测的键：{' '.join(found.guessed)}",
        "These keys of the model are a guess without a source.",
    )
    click.echo(f"{_where(profile.name)} · docs/printers.md")


def _where(model: str) -> str:
    """Where a key of this model is changed."""
    if model in capabilities.names():
        return f'printer_profiles/models/<新文件 a new file>.toml: inherits = "{model}"'
    return f"printer_profiles/models/{model}.toml"


def _look() -> None:
    looks = [f"{zh} [{keys}]\n    {en}" for zh, en, keys in checklist.LOOK]
    _heading("请看纸；不对就改方括号里的键", "Look at the paper; where it is not so, change the key in brackets", looks)


def _heading(zh: str, en: str, lines: list[str]) -> None:
    if lines:
        click.echo(f"\n{zh} · {en}")
    for number, line in enumerate(lines, start=1):
        click.echo(f"{number:2}. {line}")


def _say(zh: str, en: str) -> None:
    click.echo(f"{zh}\n{en}")


def _end(code: int, text: str) -> NoReturn:
    click.echo(text, err=True)
    sys.exit(code)


if __name__ == "__main__":
    any_console()
    main(prog_name="./run print-test")
