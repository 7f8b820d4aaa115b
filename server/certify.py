"""`certificate`: switches the hub's HTTPS on. Owns the command and the two lines that it writes into the hall's file;
what a certificate is, `server/certificate.py` knows.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import click
import tomlkit
from cryptography import x509

import config
from command_line import _, say, trouble
from config.values import is_this_machine
from server import certificate

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(invoke_without_command=True)
@click.option("--url", help=_("其他机器访问主机的网址，如 https://192.168.1.10:8000；不写就用 [hub] url。"))
@click.option("--new-authority", is_flag=True, help=_("重新生成根证书：以后每台电脑、每台设备都要装新的。"))
@click.pass_context
def command(context: click.Context, url: str | None, new_authority: bool) -> None:
    if context.invoked_subcommand is None:
        hall, changed = _switched_on(Path(context.obj), url)
        certificate.keep(hall, time.time(), anew=new_authority)
        _tell(hall, changed)


@command.command(
    help=_(
        "用街道或上级发的证书：先核对密钥、证书链、名称和日期，有一处不对就什么也不换。\n\n"
        "CHAIN：主机的证书，后面接着中间证书，PEM格式。KEY：它的密钥，不带密码。"
    )
)
@click.argument("chain", type=FILE)
@click.argument("key", type=FILE)
@click.option("--root", type=FILE, help=_("发证单位的根证书；浏览器和系统本来就相信的不用写。"))
@click.option("--url", help=_("证书上写着的网址，如 https://hub.street.gov.cn；不写就用 [hub] url。"))
@click.pass_context
def take(context: click.Context, chain: Path, key: Path, root: Path | None, url: str | None) -> None:
    file = Path(context.find_root().obj)
    certificate.take(_wished(file, url)[0], chain, key, root, time.time())
    _tell(*_switched_on(file, url))


def _wished(file: Path, url: str | None) -> tuple[config.Hall, str]:
    """The hall as its file will be, and the file's new text."""
    config.load(file)  # whatever is wrong with it is said first
    told = tomlkit.parse(file.read_text(encoding="utf-8"))
    hub = told.setdefault("hub", tomlkit.table())
    if url:
        if not url.startswith("https://"):
            raise trouble("--url：{url}：请写https://开头的网址", url=url)
        hub["url"] = url.rstrip("/")
    elif "url" in hub and not is_this_machine(hub["url"]):
        hub["url"] = "https://" + hub["url"].partition("://")[2]
    hub["https"] = True
    hub.pop("insecure", None)
    text = tomlkit.dumps(told)
    return config.parse(text, name=file.name, folder=file.resolve().parent), text


def _switched_on(file: Path, url: str | None) -> tuple[config.Hall, bool]:
    """Write it; whether anything changed."""
    before = config.load(file).hub
    hall, text = _wished(file, url)
    if hall.hub == before:
        return hall, False
    new = file.with_suffix(".new")
    with new.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    os.replace(new, file)
    return hall, True


def _tell(hall: config.Hall, changed: bool) -> None:
    first = certificate.first(hall)
    until = f"{first.not_valid_after_utc:%Y-%m-%d}"
    click.echo(say("主机的证书有效至 {until}，写着：{names}", until=until, names=_named(first)))
    root = certificate.authority(hall)
    if root:
        click.echo(
            say("根证书的指纹（SHA-256），请抄写或打印，装的时候核对：\n{mark}", mark=certificate.fingerprint(root))
        )
        click.echo(say("工作人员的电脑：打开 {url}/authority 装根证书。", url=hall.hub.url))
        where = hall.data / "tokens" / "authority.pem"
        click.echo(say("取号机和窗口屏：把 {file} 和令牌放在同一个文件夹。", file=where))
    if changed:
        click.echo(say("{file}：已写上 https = true；请重启服务。", file=hall.file))


def _named(one: x509.Certificate) -> str:
    told = one.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return ", ".join([*told.get_values_for_type(x509.DNSName), *map(str, told.get_values_for_type(x509.IPAddress))])
