"""``./run clean-room``: a bare Debian in a folder (mmdebstrap), and in it what a bare machine would do: a bundle
without any network, or the demo with it. Needs root; nothing of it is in the suite.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
import urllib3

from bundle import fetch
from bundle.needs import RELEASES, sources_for
from command_line import Commands
from config import Told
from consoles import any_console

ANSWERS = (
    "--yes",
    "--name",
    "试装厅",
    "--name-en",
    "Trial",
    "--tel-consult",
    "0595-22178801",
    "--tel-complaint",
    "0595-22178802",
    "--listen",
    "127.0.0.1:18000",
)
DEMO_PORT = 18200


@contextmanager
def bare(release: str, include: str) -> Iterator[Path]:
    """A new root folder with Debian's essential packages and `include`; this machine's apt as it is set up."""
    if os.geteuid() or not shutil.which("mmdebstrap"):
        raise Told("需要root和mmdebstrap：请先安装。", "needs root and mmdebstrap; install it first")
    own = re.search(r"^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text(encoding="utf-8"), re.M)
    etc, suite = Path("/etc/apt"), RELEASES[release].suite
    with tempfile.TemporaryDirectory() as scratch:
        root, sources = Path(scratch) / "root", Path(scratch) / "sources"
        root.mkdir()
        files = [etc / "sources.list", *sorted((etc / "sources.list.d").glob("*.sources"))]
        told = "\n".join(file.read_text(encoding="utf-8") for file in files if file.is_file())
        sources.write_text(sources_for(told, own[1] if own else "", suite), encoding="utf-8")
        fetch.carried_out(
            ["mmdebstrap", "--quiet", "--variant=minbase", "--mode=root", f"--include={include}", suite, root, sources]
        )
        for file in (*(etc / "apt.conf.d").glob("*"), Path("/etc/resolv.conf"), Path("/etc/hosts")):
            if file.is_file():
                shutil.copyfile(file, root / file.relative_to("/"))
        yield root


def inside(root: Path, binds: Sequence[Path], script: str, *, alone: bool) -> list[str]:
    """The command that runs a script in the room; `alone`: without any network. What it mounts nobody else sees: this
    machine's own folders never stand in one that is removed afterwards.
    """
    mounts = []
    for at in (Path("/proc"), Path("/dev"), *binds):
        to = root / at.relative_to("/")
        mounts.append(f"mkdir -p {shlex.quote(str(to))} && mount --rbind {shlex.quote(str(at))} {shlex.quote(str(to))}")
    inner = f"{' && '.join(mounts)} && exec chroot {shlex.quote(str(root))} sh -c {shlex.quote(script)}"
    network = ["--net"] if alone else []
    return ["unshare", "--mount", "--pid", "--fork", "--kill-child", *network, "sh", "-c", inner]


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """A bare Debian in a folder, to try an install in."""


@main.command("install")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--debian", "release", type=click.Choice([*RELEASES]), default="12", show_default=True)
def install(file: Path, release: str) -> None:
    """A bundle in a room without a network: installed, started, asked for a number."""
    with bare(release, "ca-certificates") as root:
        shutil.copyfile(file, root / "jiaohao.run")
        began = time.monotonic()
        (root / "ask.py").write_text(ASK, encoding="utf-8")
        script = f"{LOOPBACK}; sh /jiaohao.run -- {' '.join(ANSWERS)} && python3 /ask.py"
        if subprocess.run(inside(root, (), script, alone=True), check=False).returncode:
            raise Told("没有装上：原因在上面。", "It was not installed: the reason stands above.")
        took = time.monotonic() - began
        click.echo(f"Debian {release}: installed without a network, the hub answered a kiosk after {took:.0f} s")


SIOCSIFFLAGS = 0x8914
LOOPBACK = (
    "perl -e 'use Socket; socket(S, PF_INET, SOCK_DGRAM, 0);"
    f' $up = pack("Z16 s x14", "lo", 1); ioctl(S, {SIOCSIFFLAGS}, $up) or die $!\''
)
"""A room without a network has not even a loopback, and a bare Debian no `ip`; IFF_UP is 1 (netdevice(7))."""
ASK = """
import json, pathlib, urllib.error, urllib.request

token = pathlib.Path("/var/lib/jiaohao/tokens/K1").read_text().strip()
head = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": "clean-room-1"}
url, body = "http://127.0.0.1:18000/api/v1/tickets", json.dumps({"service": "SB01"}).encode()
try:
    print(urllib.request.urlopen(urllib.request.Request(url, body, head)).read().decode())
except urllib.error.HTTPError as error:  # a day on which the hall is closed: the hub's own sentence
    told = json.loads(error.read())
    assert told["type"].startswith("urn:jiaohao:"), told
    print(told["detail"])
"""


@main.command("demo")
@click.option("--debian", "release", type=click.Choice([*RELEASES]), default="12", show_default=True)
@click.option("--bind", "binds", multiple=True, type=click.Path(exists=True, path_type=Path), help="Also in the room.")
def demo(release: str, binds: tuple[Path, ...]) -> None:
    """`./run demo` of what is committed, from a bare Debian with this machine's network, and once more: the seconds
    until it gives out a number.
    """
    with bare(release, "ca-certificates") as root:
        (root / "jiaohao").mkdir()
        fetch.program(root / "program.tar")
        fetch.carried_out(["tar", "-xf", root / "program.tar", "-C", root / "jiaohao"])
        first, again = first_number(root, binds, click.echo), first_number(root, binds, lambda line: None)
        said = f"{first:.0f} s after the start on a bare Debian {release}; a second start {again:.1f} s"
        click.echo(f"the first number {said}")


def first_number(root: Path, binds: Sequence[Path], told: Callable[[str], None]) -> float:
    """Seconds from `./run demo` in a room to a number of its kiosk; `told` gets each line with its second."""
    began = time.monotonic()
    command = inside(root, binds, f"cd /jiaohao && exec ./run demo --port {DEMO_PORT} 2>&1", alone=False)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            told(f"{time.monotonic() - began:5.1f}  {line.rstrip()}")
            if found := re.search(r"(http://127\.0\.0\.1:\d+)/login", line):
                token = (root / "jiaohao/var/demo/hall/tokens/K1").read_text(encoding="ascii").strip()
                head = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"clean-room-{began}"}
                wish = {"service": "SB01"}
                answer = urllib3.request("POST", f"{found[1]}/api/v1/tickets", json=wish, headers=head, retries=False)
                told(f"{time.monotonic() - began:5.1f}  {answer.status}")
                took = time.monotonic() - began
                process.kill()  # unshare passes no other signal on
                if answer.status not in (200, 201):
                    raise Told(f"没有取到号：{answer.data.decode()}", f"no number: {answer.data.decode()}")
                return took
    raise Told("演示没有起来：原因在上面。", "The demo did not come up: the reason stands above.")


if __name__ == "__main__":
    any_console()
    main(prog_name="./run clean-room")
