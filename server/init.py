"""`init`, the first hour of a real hall: eight questions, or as many options, become its file and its first
administrator. Owns the asking; what the file says is config/starting.py's.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click

import config
from command_line import _, language, say, trouble
from config import Text, starting
from config.starting import Answers
from intake.encoding import Unreadable, decoded, word
from intake.signs import identifier, line
from server.domain import passwords
from server.domain.private_line import open_to_others
from server.domain.rules import Refused
from server.store.database import Store, StoreBusy
from server.verbs import accounts
from server.verbs.hub import By, Hub

STARTER = config.ROOT / "config" / "starter.toml"
TABLES = ("catalogue.csv", "catalogue.en.csv", "calendar.csv")
"""The files that config/starter.toml names, in data/ beside it."""
TOKEN = "commands"
"""The name of the command line's token."""


# --- accounts, with the hub running or not ----------------------------------------------------------------------------


def hire(
    hall: config.Hall,
    staff: str,
    name: str,
    role: str,
    password: str,
    department: str | None = None,
    *,
    first: bool = False,
) -> bool:
    """Make an account (or make it new) in the hall's store, or through the hub that has it. `first`: only while the
    hall has no administrator; whether it was made. Raises Refused, or ends with a sentence.
    """
    try:
        store = Store(hall.data)
    except StoreBusy:
        account = {"staff": staff, "name": name, "role": role, "password": password, "first": first}
        return _ask_the_hub(hall, account | ({} if department is None else {"department": department or "-"}))
    hub = Hub(hall, store, time.time)
    try:
        return accounts.hire(hub, By(accounts.COMMAND_LINE), staff, name, role, password, department, first=first)
    finally:
        hub.store.close()


def _ask_the_hub(hall: config.Hall, account: dict[str, object]) -> bool:
    """The hub that runs on this folder makes it: who may read its token may read the folder anyway."""
    import urllib3

    file = hall.data / "tokens" / TOKEN
    host, _colon, port = hall.hub.listen.rpartition(":")
    here = f"http://{'127.0.0.1' if host in ('0.0.0.0', '[::]') else host}:{port}"
    if not file.exists():
        raise trouble("{file}：没有令牌；服务是旧版本，请重启服务", file=file)
    headers = {"Authorization": f"Bearer {word(file.read_bytes())}"}
    try:
        answer = urllib3.request(
            "PUT", f"{here}/api/v1/accounts", json=account, headers=headers, timeout=20, retries=False
        )
    except urllib3.exceptions.HTTPError as error:
        raise trouble(
            "{url}：服务占着数据目录 {data}，却没有应答（{error}）；请看它的日志", url=here, data=hall.data, error=error
        ) from None
    said = answer.json()
    if answer.status != 200:
        raise Refused(str(said.get("detail", answer.status)), str(said.get("detail_en", said.get("detail", ""))))
    return bool(said["made"])


# --- the questions ----------------------------------------------------------------------------------------------------


def _ask(number: int, question: str, text: str, given: str | None, default: str | None, other: str = "") -> str:
    """The option as given, or the answer of who sits there, asked again until it can be right."""
    if given is not None:
        given = _meant(question, given)
        if wrong := starting.mistake(question, given, other):
            raise trouble("--{option}：{wrong}", option=question.replace("_", "-"), wrong=wrong.said(language()))
        return given
    while True:
        answer = _meant(question, click.prompt(f"{number}/8  {text}", default=default, type=str))
        if not (wrong := starting.mistake(question, answer, other)):
            return answer
        click.echo(f"     {wrong.said(language())}")


def _meant(question: str, typed: str) -> str:
    """An answer whatever width it was typed in; names keep their signs, a path all of them."""
    return typed if question == "data" else line(typed) if question in ("name", "name_en") else identifier(typed)


def _password(file: Path | None, staff: str, name: str) -> str:
    """The first line of a file (`-`: standard input), or one made up here."""
    if file is None:
        return accounts.made_up()
    try:
        text = sys.stdin.readline() if str(file) == "-" else decoded(file.read_bytes())
    except OSError as error:
        raise trouble("--password-file：{file}：{error}", file=file, error=error.strerror) from None
    except Unreadable as error:
        wrong = Text(error.zh, error.en).said(language())
        raise trouble("--password-file：{file}：{error}", file=file, error=wrong) from None
    password = text.splitlines()[0].strip() if text.strip() else ""
    if weak := passwords.weakness(password, staff, name):
        raise trouble("--password-file：{wrong}", wrong=weak.said(language()))
    return password


OPTIONS: tuple[tuple[str, str], ...] = (
    ("--name", _("大厅的中文名称。")),
    ("--name-en", _("大厅的英文名称。")),
    ("--tel-consult", _("业务咨询电话。")),
    ("--tel-complaint", _("投诉举报电话，与咨询电话不同。")),
    ("--hours", _("工作日开放时间，如 08:00-12:00,14:30-17:30。")),
    ("--counters", _("有几个窗口（咨询台除外）。")),
    ("--printer-model", _("打印机型号，printer_profiles/models/ 里的文件名。")),
    ("--printer", _("打印机地址：paper:、tcp://地址:9100、usb:04b8:0e15、serial:/dev/ttyS1?baud=19200 等。")),
    ("--kiosk", _("取号机屏幕像素，如 1080x1920；none 为没有取号机。")),
    ("--boards", _("窗口屏的串口，如 serial:/dev/ttyUSB0?baud=9600；none 为没有窗口屏。")),
    ("--data", _("数据目录。")),
    ("--listen", _("服务监听的地址和端口；0.0.0.0:8000 供大厅内其他机器访问。")),
    ("--url", _("其他机器访问服务用的网址，如 http://192.168.1.10:8000。")),
)


def _options(command: Callable[..., None]) -> Callable[..., None]:
    for name, text in reversed(OPTIONS):
        command = click.option(name, help=text)(command)
    return command


@click.command()
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("hall.toml"),
    show_default=True,
    help=_("要写的配置文件。"),
)
@_options
@click.option("--staff", "number", help=_("第一个系统管理员的工号：1到20位字母或数字。"))
@click.option("--staff-name", help=_("第一个系统管理员的姓名。"))
@click.option(
    "--password-file",
    type=click.Path(path_type=Path),
    help=_("从文件第一行读密码（- 为标准输入）；不写就自动生成，只显示一次。"),
)
@click.option("--yes", is_flag=True, help=_("没有给出的都用默认值，不提问。"))
def command(
    out: Path,
    number: str | None,
    staff_name: str | None,
    password_file: Path | None,
    yes: bool,
    **given: str | None,
) -> None:
    answers = None if out.exists() else _answers(given, yes=yes)
    number = number or ("admin" if yes else click.prompt(_("系统管理员的工号"), default="admin"))
    name = staff_name or ("系统管理员" if yes else click.prompt(_("系统管理员的姓名"), default="系统管理员"))
    password = _password(password_file, number, name)
    if answers is None:
        click.echo(say("{out} 已经有了，原样保留。", out=out))
        hall = config.load(out)
    else:
        hall = _found(out, answers)
        click.echo(say("已写下 {out}，检查通过。", out=out))
    if not hire(hall, number, name, "administrator", password, first=True):
        click.echo(
            _("已有系统管理员，没有再建。忘了密码：python -m server staff 工号 --name 姓名 --role administrator")
        )
        return
    click.echo(say("系统管理员 工号 {number}", number=number))
    if password_file is None:
        click.echo(say("密码 {password}　（只显示这一次，登录后请改）", password=password))
    if open_to_others(hall.hub.listen) and not hall.hub.https:
        click.echo(say("别的电脑要登录，先让主机用https：python -m server --config {out} certificate", out=out))
    click.echo(say("启动：python -m server --config {out}　然后打开 {url}/hall", out=out, url=hall.hub.url))


def _answers(given: dict[str, str | None], *, yes: bool) -> Answers:
    usual = Answers("", "", "", "")

    def ask(n: int, question: str, text: str, default: str | None = None, *, other: str = "") -> str:
        option = given[question]
        if option is None and yes:
            if default is None:
                raise trouble("--{option}：没有默认值，请给出", option=question.replace("_", "-"))
            option = default
        return _ask(n, question, text, option, default, other)

    name = ask(1, "name", _("大厅名称（中文）"))
    name_en = ask(1, "name_en", _("大厅名称（英文）"))
    consult = ask(2, "tel_consult", _("业务咨询电话"))
    complaint = ask(2, "tel_complaint", _("投诉举报电话（与咨询电话不同）"), other=consult)
    hours = ask(3, "hours", _("工作日开放时间"), ",".join(usual.hours))
    counters = ask(4, "counters", _("有几个窗口（咨询台除外）"), str(usual.counters))
    model = ask(5, "printer_model", _("打印机型号（不清楚就用默认）"), usual.profile)
    printer = ask(5, "printer", _("打印机地址（paper: 为先不接，以后再改）"), usual.printer)
    kiosk = starting.there(ask(6, "kiosk", _("取号机屏幕像素（没有取号机写 无）"), "1080x1920"))
    wire = starting.there(ask(7, "boards", _("窗口屏的串口（没有窗口屏写 无）"), _("无")))
    data = ask(8, "data", _("数据目录"), usual.data)
    listen = ask(8, "listen", _("服务监听的地址和端口"), usual.listen)
    url = given["url"] or ""
    if url and (wrong := starting.mistake("url", url)):
        raise trouble("--{option}：{wrong}", option="url", wrong=wrong.said(language()))
    return replace(
        usual,
        name=name,
        name_en=name_en,
        tel_consult=consult,
        tel_complaint=complaint,
        hours=starting.intervals(hours),
        counters=int(counters),
        profile=model,
        printer=printer,
        kiosk=starting.size(kiosk) if kiosk else None,
        wire=wire,
        data=data,
        listen=listen,
        url=url,
    )


def _found(out: Path, answers: Answers) -> config.Hall:
    """Check the text as any hall's, and only then write it: a file that is there is right."""
    folder = out.resolve().parent
    try:
        (folder / "data").mkdir(parents=True, exist_ok=True)
        for table in TABLES:
            if not (folder / "data" / table).exists():
                shutil.copyfile(config.ROOT / "data" / table, folder / "data" / table)
        text = starting.written(STARTER.read_text(encoding="utf-8"), answers)
        hall = config.parse(text, name=out.name, folder=folder)
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise trouble("{out}：写不了：{error}；请换一个地方", out=out, error=error.strerror) from None
    return hall
