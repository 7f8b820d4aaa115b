"""Installs a version beside the others and starts it; renews a hall, and takes the step back by itself where the new
version does not come up. Called by bundle/stub.sh, which has proven the signature; before there are any packages, so
that it knows Python's own library alone.

Below `root` ("" on a real machine): opt/jiaohao/VERSION, opt/jiaohao/current (a link), opt/jiaohao/release.pub (the
publisher's key), etc/jiaohao (the hall's file, tokens, hub.env; the hub's user writes there), var/lib/jiaohao (the
hub's folder), the units of deploy/.
"""

from __future__ import annotations

import argparse
import json
import os
import pwd
import re
import shutil
import sqlite3
import ssl
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
import zipfile
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

HEALTHY_S = 60.0
"""A new version has so long to say that it can work."""
STOP_S = 15.0
KEPT = 2
"""Versions that stay: the new one and the one before."""
USERS = ("jiaohao", "jiaohao-kiosk", "jiaohao-boards")
ROLES = {"hub": "jiaohao-hub", "boards": "jiaohao-boards", "kiosk": "jiaohao-kiosk@"}
HUB = ROLES["hub"]
_LOCALE = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
ENGLISH = not _LOCALE.lower().startswith("zh")


class Stopped(Exception):
    """It goes no further; the text is a sentence in the reader's language."""


def said(zh: str, en: str) -> str:
    return en if ENGLISH else zh


def tell(zh: str, en: str) -> None:
    print(said(zh, en), flush=True)


class Answer(NamedTuple):
    good: bool
    why: str = ""


@dataclass
class Place:
    """Where everything is, below `root`."""

    root: Path

    def __post_init__(self) -> None:
        self.versions = self.root / "opt/jiaohao"
        self.current = self.versions / "current"
        self.etc = self.root / "etc/jiaohao"
        self.config = self.etc / "config.toml"
        self.public = self.versions / "release.pub"  # where the hub's user can't put another one
        self.data = self.root / "var/lib/jiaohao"
        self.units = self.root / "etc/systemd/system"
        self.hub_env = self.etc / "hub.env"
        self.real = self.root == Path("/")

    def python(self, version: Path) -> Path:
        return version / ".venv/bin/python"

    def hub(self) -> dict[str, object]:
        found: dict[str, object] = tomllib.loads(self.config.read_text(encoding="utf-8")).get("hub", {})
        return found

    def hub_data(self) -> Path:
        """The hub's folder, as the hall's file names it."""
        return self.etc / str(self.hub().get("data", "var/hall"))

    def port(self) -> int:
        return int(str(self.hub().get("listen", "127.0.0.1:8000")).rpartition(":")[2])

    def here(self) -> str:
        """Where this machine's own hub answers: it may listen on one of the machine's addresses alone."""
        host = str(self.hub().get("listen", "127.0.0.1:8000")).rpartition(":")[0]
        return f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{self.port()}"

    def device(self, role: str, name: str) -> Path:
        """The folder of a device's token, as its unit has it (StateDirectory)."""
        return self.root / "var/lib" / (f"jiaohao-kiosk/{name}" if role == "kiosk" else f"jiaohao-{role}")


def run(
    command: Sequence[str | Path], *, user: str = "", cwd: Path | None = None, quiet: bool = False, **more: str
) -> str:
    """What it wrote. Raises Stopped with its last words."""
    by = ["runuser", "-u", user, "--"] if user else []
    environment = {**os.environ, **more}
    done = subprocess.run(
        [*by, *map(str, command)], capture_output=True, text=True, check=False, cwd=cwd, env=environment
    )
    if done.returncode and not quiet:
        raise Stopped(" ".join((done.stderr.strip() or done.stdout.strip() or f"{command[0]}: ?").splitlines()[-3:]))
    return done.stdout


# --- what is started ---


class Systemd:
    """The units of a real machine."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def running(self) -> list[str]:
        listed = run(["systemctl", "list-units", "--plain", "--no-legend", "--state=active", "jiaohao-*"], quiet=True)
        return [line.split()[0] for line in listed.splitlines() if line.strip()]

    def stop(self, units: Sequence[str]) -> None:
        if units:
            run(["systemctl", "stop", *units])

    def start(self, units: Sequence[str]) -> None:
        run(["systemctl", "daemon-reload"])
        for unit in units:
            run(["systemctl", "start", unit], quiet=True)  # how it is says `healthy`

    def enable(self, units: Sequence[str]) -> None:
        run(["systemctl", "daemon-reload"])
        run(["systemctl", "enable", *units])

    def last_words(self) -> str:
        return run(["journalctl", "-u", HUB, "-n", "1", "-o", "cat", "--no-pager"], quiet=True).strip()

    def works(self, unit: str) -> bool:
        return run(["systemctl", "is-active", unit], quiet=True).strip() == "active"


class Alone:
    """The hub as a process of whoever installs, where there is no systemd."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.pid, self.log = place.root / "run/jiaohao-hub.pid", place.root / "var/log/jiaohao-hub.log"
        self.process: subprocess.Popen[bytes] | None = None

    def running(self) -> list[str]:
        return [HUB] if self._process_id() else []

    def _process_id(self) -> int:
        with suppress(OSError, ValueError):
            number = int(self.pid.read_text())
            if b"server" in Path(f"/proc/{number}/cmdline").read_bytes():
                return number
        return 0

    def stop(self, units: Sequence[str]) -> None:
        number, end = self._process_id(), time.monotonic() + STOP_S
        if number:
            os.kill(number, 15)
        while number and self._alive(number):
            if time.monotonic() > end:
                os.kill(number, 9)
            time.sleep(0.05)
        self.pid.unlink(missing_ok=True)

    def _alive(self, number: int) -> bool:
        if self.process and self.process.pid == number:
            return self.process.poll() is None
        return Path(f"/proc/{number}").exists()

    def start(self, units: Sequence[str]) -> None:
        if HUB not in units:
            return
        for file in (self.pid, self.log):
            file.parent.mkdir(parents=True, exist_ok=True)
        by = ["runuser", "-u", "jiaohao", "--"] if self.place.real else []
        command = [*by, self.place.python(self.place.current), "-m", "server", "--config", self.place.config]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(one) for one in command], cwd=self.place.current, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, start_new_session=True,
            )  # fmt: skip
        self.pid.write_text(f"{self.process.pid}\n")

    def enable(self, units: Sequence[str]) -> None:
        """Whoever has no systemd starts it by himself."""

    def last_words(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines() if self.log.exists() else []
        return lines[-1] if lines else ""

    def works(self, unit: str) -> bool:
        return self.process is not None and self.process.poll() is None


Services = Systemd | Alone


def healthy(place: Place, services: Services, units: Sequence[str], patience: float = HEALTHY_S) -> Answer:
    """Whether what was started works: the hub says so itself (`/readyz`), the others still run."""
    end, why = time.monotonic() + patience, ""
    hub = HUB in units or f"{HUB}.service" in units
    while time.monotonic() < end:
        if not hub:
            time.sleep(min(3.0, patience))
            dead = [unit for unit in units if not services.works(unit)]
            return Answer(not dead, ", ".join(dead))
        found = _ready(place.here())
        if found.good:
            return found
        why = found.why or why
        if isinstance(services, Alone) and not services.works(HUB):
            break
        time.sleep(0.2)
    return Answer(False, why or services.last_words() or said("没有应答", "no answer"))


def _ready(here: str) -> Answer:
    try:
        with urllib.request.urlopen(f"{here}/readyz", timeout=5, context=_own_line()) as answer:
            return Answer(answer.status == 200)
    except urllib.error.HTTPError as error:
        with suppress(ValueError, KeyError):
            problems = json.loads(error.read())["problems"]
            return Answer(False, " ".join(one["en" if ENGLISH else "zh"] for one in problems))
        return Answer(False, f"/readyz: {error.code}")
    except OSError:
        return Answer(False)


def _own_line() -> ssl.SSLContext:
    """A hub with HTTPS that listens on an address of the network alone leads there: nobody else has this port of this
    machine, and its root may be anybody's.
    """
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


# --- a version in its folder ---


def placed(place: Place, work: Path, target: str, version: str) -> Path:
    """The version's folder, whole: program, packages, compiled. One that was broken off is made again."""
    folder = place.versions / version
    if (folder / ".whole").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(work / "program", folder)
    python = place.python(folder)
    wanted, wheels = work / target / "requirements.lock", work / "wheels"
    uv = _uv(work)
    run([sys.executable, "-m", "venv", *(["--without-pip"] if uv else []), folder / ".venv"])
    options: list[str | Path] = ["--no-index", "--find-links", wheels, "--no-deps", "--require-hashes", "-r", wanted]
    if uv:
        run([uv, "pip", "install", "--quiet", "--no-config", "--offline", "--python", python, *options])
    else:
        run(
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *options],
            PIP_CONFIG_FILE="/dev/null",
        )
    run([python, "-m", "compileall", "-q", "-j", "0", folder], quiet=True)  # nobody may write there afterwards
    (folder / ".whole").write_text(f"{version}\n")
    return folder


def _uv(work: Path) -> Path | None:
    """The installer out of its wheel for this machine, if it came along."""
    machine = os.uname().machine
    found = [one for one in (work / "wheels").glob("uv-*.whl") if machine in one.name]
    if not found:
        return None
    with zipfile.ZipFile(found[0]) as wheel:
        name = next(name for name in wheel.namelist() if name.endswith(".data/scripts/uv"))
        (work / "uv").write_bytes(wheel.read(name))
    (work / "uv").chmod(0o755)
    return work / "uv"


def switch(place: Place, version: Path) -> None:
    """`current` leads to it from now on, at one stroke."""
    new = place.versions / "current.new"
    new.unlink(missing_ok=True)
    new.symlink_to(version.name)
    os.replace(new, place.current)


def settled(place: Place, version: Path, work: Path) -> None:
    """Users, folders with their modes, the publisher's key, the units."""
    if place.real:
        for user in USERS:
            try:
                pwd.getpwnam(user)
            except KeyError:
                run(
                    [
                        "useradd",
                        "--system",
                        "--no-create-home",
                        "--home-dir",
                        place.data,
                        "--shell",
                        "/usr/sbin/nologin",
                        user,
                    ]
                )
    for folder, mode in ((place.etc, 0o755), (place.etc / "tokens", 0o711), (place.data, 0o700), (place.units, 0o755)):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(mode)
    if place.real:
        shutil.chown(place.data, "jiaohao", "jiaohao")
    if not place.public.exists():  # the key that bundle/stub.sh went by
        old = place.etc / "release.pub"
        trusted = old.exists() and place.etc.stat().st_uid == os.geteuid()
        shutil.copyfile(old if trusted else work / "release.pub", place.public)
        old.unlink(missing_ok=True)
    for unit in (version / "deploy").glob("*.service"):
        shutil.copyfile(unit, place.units / unit.name)


def forget_old(place: Place, *keep: str) -> None:
    found = sorted(
        (one for one in place.versions.iterdir() if one.is_dir() and not one.is_symlink() and one.name not in keep),
        key=lambda one: one.stat().st_mtime,
    )
    for one in found[: max(0, len(found) + len(keep) - KEPT)]:
        shutil.rmtree(one)


# --- the first time ---


def install(place: Place, version: Path, services: Services, wish: Wish) -> None:
    """The first version of this machine: makes a hall, or tells its devices where their hub is, and starts them."""
    if "hub" not in wish.roles:
        address = _hub_of(place, wish)
    units = [ROLES[role] + (wish.name if role == "kiosk" else "") for role in wish.roles]
    if "hub" in wish.roles:
        if not place.config.exists():
            _first_hall(place, version, wish)
        _give_hall(place)
        address = str(place.hub().get("url", ""))
        if not place.here().startswith("http://127.") and address.startswith("https:"):
            root = place.hub_data() / "tls/authority.pem"  # its own devices come by the network, as all others
            wish = replace(wish, authority=wish.authority or (str(root) if root.exists() else ""))
        else:
            address = place.here()
    _tell_devices(place, wish, address)
    switch(place, version)  # not before: what was broken off above is done again by the same file
    services.enable(units)
    if isinstance(services, Alone) and "hub" not in wish.roles:
        tell(
            f"已装好。这里没有systemd：请自己启动程序，主机是 {address}。",
            f"Installed. There is no systemd here: start the program yourself; its hub is {address}.",
        )
        return
    services.start(units)
    found = healthy(place, services, units)
    if not found.good:
        raise Stopped(said(f"已装好，但没有起来：{found.why}", f"Installed, but it does not come up: {found.why}"))
    shown = str(place.hub().get("url", "")) if "hub" in wish.roles else address
    tell(f"已装好，正在运行：{shown}", f"Installed and running: {shown}")


def _hub_of(place: Place, wish: Wish) -> str:
    """The address of a hub that is another machine: as it is wished, else as it was told before. Raises Stopped."""
    url = wish.hub
    if not url and wish.address:
        host = f"[{wish.address}]" if wish.address.count(":") > 1 else wish.address
        url = f"http://{host}" if host.count(":") == 1 else f"http://{host}:8000"
    if not url and place.hub_env.exists():
        lines = place.hub_env.read_text(encoding="utf-8").splitlines()
        url = next((line.partition("=")[2].strip() for line in lines if line.startswith("JIAOHAO_HUB=")), "")
    if not url:
        raise Stopped(
            said(
                "还不知道主机在哪里：请写上它的地址，例如 --hub http://192.168.1.10:8000。",
                "Where is the hub? Name its address, such as --hub http://192.168.1.10:8000.",
            )
        )
    if not re.fullmatch(r"https?://[^\s/'\"\\]+/?", url):
        raise Stopped(
            said(
                f"“{url}”不是主机的地址：请写成 http://192.168.1.10:8000。",
                f"{url!r} is no address of a hub; write it like http://192.168.1.10:8000.",
            )
        )
    return url.rstrip("/")


def _tell_devices(place: Place, wish: Wish, url: str) -> None:
    """The hub's address for the units of this machine's devices, and the root certificate that they believe it by."""
    devices = [role for role in wish.roles if role != "hub"]
    if not devices:
        return
    try:
        root = Path(wish.authority).read_bytes() if wish.authority else b""
    except OSError as error:
        raise Stopped(
            said(
                f"--authority：{wish.authority}：{error.strerror}：请检查文件名。",
                f"--authority: {wish.authority}: {error.strerror}; check the file's name.",
            )
        ) from None
    place.hub_env.write_text(f"JIAOHAO_HUB={url}\n", encoding="utf-8")
    place.hub_env.chmod(0o644)
    for role in devices if root else ():
        folder = place.device(role, wish.name)
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        (folder / "authority.pem").write_bytes(root)
        if place.real:
            for one in (folder, folder / "authority.pem"):
                shutil.chown(one, f"jiaohao-{role}", f"jiaohao-{role}")


def _first_hall(place: Place, version: Path, wish: Wish) -> None:
    """The eight questions, or their answers from the command line; then HTTPS, where there is a network."""
    python = place.python(version)
    command = [python, "-m", "server", "init", "--out", place.config, "--data", place.data, *wish.init]
    done = subprocess.run([str(one) for one in command], check=False, cwd=version)
    if done.returncode:
        raise Stopped(
            said("大厅还没有建好：请看上面的原因，再运行一次。", "No hall yet: see above, then run it again.")
        )
    alone = str(place.hub().get("listen", "127.")).startswith(("127.", "localhost", "[::1]"))
    address = "" if alone else wish.address or _address()
    if address and "--url" not in wish.init:
        url = f"https://{address}:{place.port()}"
        print(run([python, "-m", "server", "--config", place.config, "certificate", "--url", url], cwd=version).strip())
    if place.real:
        place.config.chmod(0o644)


def _give_hall(place: Place) -> None:
    """The hub's folder and what /admin changes become the hub's user's: the hall's file, its folder (a file is changed
    by another one that takes its place), and its tables in data/. Links are not followed.
    """
    if not place.real:
        return
    user = pwd.getpwnam("jiaohao")
    whole = [
        Path(folder) / one
        for tree in (place.data, place.etc / "data")
        for folder, _inside, files in os.walk(tree)
        for one in ("", *files)
    ]
    for one in (*whole, place.config, place.etc):
        os.chown(one, user.pw_uid, user.pw_gid, follow_symlinks=False)


def _address() -> str:
    """This machine's first address in its network; empty without one."""
    told = run(["hostname", "-I"], quiet=True) if shutil.which("hostname") else ""
    return next((one for one in told.split() if "." in one), "")


# --- the next times ---


def renew(place: Place, version: Path, services: Services, patience: float = HEALTHY_S) -> None:
    """From the running version to this one, or back. Raises Stopped with the reason; the hall runs either way."""
    before = place.current.resolve()
    has_hub = place.config.exists() and (place.hub_data() / "hall.db").exists()
    user = "jiaohao" if place.real else ""
    if has_hub:
        if place.etc.stat().st_uid == 0:  # by a version that kept it from the hub
            _give_hall(place)
        _back_up(place, before, user)
        _rehearse(place, before, version, user)
    units = services.running()
    services.stop(units)
    kept = _set_aside(place, version.name) if has_hub else None
    switch(place, version)
    _units(place, version)
    services.start(units)
    found = healthy(place, services, units, patience) if units else Answer(True)
    if found.good:
        forget_old(place, version.name, before.name)
        tell(f"已换成 {version.name}，一切正常。", f"Renewed to {version.name}; all is well.")
        return
    services.stop(units)
    switch(place, before)
    _units(place, before)
    lost = _put_back(place, kept) if kept else 0
    services.start(units)
    again = healthy(place, services, units, patience)
    rows, rows_en = (
        (f"；新版本写的{lost}条记录在 {kept}", f"; {lost} rows that it wrote are in {kept}") if lost else ("", "")
    )
    raise Stopped(
        said(
            f"新版本 {version.name} 没有起来：{found.why}{rows}。",
            f"{version.name} did not come up: {found.why}{rows_en}. ",
        )
        + (
            said(f"已自动退回 {before.name}，大厅照常运行。", f"Back to {before.name} by itself; the hall goes on.")
            if again.good
            else said(
                f"退回 {before.name} 后也没有起来：{again.why}", f"{before.name} does not come up either: {again.why}"
            )
        )
    )


def _units(place: Place, version: Path) -> None:
    for unit in (version / "deploy").glob("*.service"):
        shutil.copyfile(unit, place.units / unit.name)


def _back_up(place: Place, before: Path, user: str) -> None:
    told = tomllib.loads(place.config.read_text(encoding="utf-8")).get("backup", {})
    if told.get("to"):
        tell("先备份……", "backing up first …")
        run([place.python(before), "-m", "server", "--config", place.config, "backup"], user=user, cwd=before)


def _rehearse(place: Place, before: Path, version: Path, user: str) -> None:
    """The new version on a copy of the database; what is wrong stops the renewal before anything was touched."""
    scratch = place.hub_data() / "rehearsal"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(mode=0o700)
    if user:
        shutil.chown(scratch, user, user)
    try:
        copy = scratch / "hall.db"
        at: list[str | Path] = ["--config", place.config]
        run([place.python(before), "-m", "server", *at, "copy", copy], user=user, cwd=before)
        run([place.python(version), "-m", "bundle.rehearse", scratch], user=user, cwd=version)
        run([place.python(version), "-m", "server", *at, "check"], user=user, cwd=version)
        run([place.python(version), "-m", "server", *at, "verify", copy], user=user, cwd=version)
    except Stopped as error:
        raise Stopped(
            said(f"先在复制件上试过，不行，什么也没有换：{error}", f"Tried on a copy, and nothing was changed: {error}")
        ) from None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _set_aside(place: Place, name: str) -> Path:
    """The database as it is while nothing runs."""
    data = place.hub_data()
    kept = data / f"before-{name}"
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(mode=0o700)
    for old in sorted(data.glob("before-*"), key=lambda one: one.stat().st_mtime)[:-KEPT]:
        shutil.rmtree(old)
    for file in data.glob("hall.db*"):
        _copy(file, kept / file.name)
    return kept


def _copy(file: Path, to: Path) -> None:
    """With its owner, as the hub must be able to write it."""
    shutil.copy2(file, to)
    told = file.stat()
    with suppress(PermissionError):
        os.chown(to, told.st_uid, told.st_gid)


def _put_back(place: Place, kept: Path) -> int:
    """The database of before, if the new version has changed its tables; how many rows it wrote meanwhile.

    Where nothing was changed the old version goes on from what is there. Else the new one's stays beside it, `newer-`.
    """
    data = place.hub_data()
    now, then = _told(data / "hall.db"), _told(kept / "hall.db")
    if now.migrations == then.migrations:
        return 0
    for file in data.glob("hall.db*"):
        file.rename(kept / f"newer-{file.name}")
    for file in kept.glob("hall.db*"):
        _copy(file, data / file.name)
    return max(0, now.rows - then.rows)


class _Told(NamedTuple):
    migrations: frozenset[str]
    rows: int


def _told(file: Path) -> _Told:
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as conn:
        names = conn.execute("SELECT name FROM _sqlite_migrations").fetchall()
        return _Told(
            frozenset(name for (name,) in names), conn.execute("SELECT max(seq) FROM journal").fetchone()[0] or 0
        )


# --- the command ---


@dataclass
class Wish:
    roles: Sequence[str] = ("hub",)
    name: str = ""
    address: str = ""
    hub: str = ""
    authority: str = ""
    init: Sequence[str] = field(default_factory=tuple)


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="sh jiaohao.run")
    parser.add_argument("--from", dest="work", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--here", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--target", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--version", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--key", help=said("发布者的公钥", "the publisher's public key"))
    parser.add_argument(
        "--root", type=Path, default=Path("/"), help=said("装到这个文件夹下面，不用root", "below this folder")
    )
    parser.add_argument(
        "--role", action="append", choices=[*ROLES], help=said("这台机器做什么", "what this machine is for")
    )
    parser.add_argument("--name", default="K1", help=said("取号机的名字", "the kiosk's name"))
    parser.add_argument("--address", default="", help=said("主机在网络里的地址", "the hub's address in the network"))
    parser.add_argument(
        "--hub", default="", help=said("取号机和窗口屏的主机地址，http://…", "the hub's address, of a device's machine")
    )
    parser.add_argument(
        "--authority", default="", help=said("主机的根证书 authority.pem", "an https hub's authority.pem")
    )
    parser.add_argument("--patience", type=float, default=HEALTHY_S, help=argparse.SUPPRESS)
    parser.add_argument("init", nargs="*", help=said("-- 之后是 init 的选项", "after --: the options of init"))
    wish = parser.parse_args(arguments)
    place = Place((wish.here / wish.root).resolve())
    services: Services = Systemd(place) if place.real and Path("/run/systemd/system").exists() else Alone(place)
    try:
        version = placed(place, wish.work, wish.target, wish.version)
        renewed = place.current.exists()
        if renewed and place.current.resolve() == version:
            tell(f"{wish.version} 已经装着。", f"{wish.version} is installed already.")
            return
        settled(place, version if not renewed else place.current.resolve(), wish.work)
        if renewed:
            renew(place, version, services, wish.patience)
        else:
            authority = str(wish.here / wish.authority) if wish.authority else ""
            roles = wish.role or ["hub"]
            install(place, version, services, Wish(roles, wish.name, wish.address, wish.hub, authority, wish.init))
    except Stopped as error:
        print(error, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
