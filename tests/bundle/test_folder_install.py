"""A bundle as a hall gets it: `sh FILE --root FOLDER`, without root and systemd. It is proven before anything of it
runs; renewed with the hub at work; and taken back by itself where the new version does not come up.

The wheels are left out: the programs find this environment's packages by PYTHONPATH.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sysconfig
import tarfile
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import config
from bundle import packing
from bundle.fetch import NOT_SHIPPED
from tests.conftest import free_port
from tests.waiting import DEADLINE_S

pytestmark = pytest.mark.xdist_group("bundle")

MIGRATION = """

@migrations()
def m999_of_a_test(db: Database) -> None:
    db.execute("CREATE TABLE of_a_test (id INTEGER PRIMARY KEY)")
"""
BROKEN = '\n\nraise SystemExit("this version never comes up")\n'
Change = Callable[[Path], None]


class Publisher:
    """Makes bundles of the program as it stands here."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.key = folder, Ed25519PrivateKey.generate()
        tracked = subprocess.run(["git", "ls-files", "-z"], cwd=config.ROOT, capture_output=True, check=True).stdout
        self.files = [
            name
            for name in tracked.decode().split("\0")
            if name and not name.startswith(NOT_SHIPPED) and (config.ROOT / name).is_file()
        ]

    def bundle(self, version: str, change: Change = lambda program: None, key: Ed25519PrivateKey | None = None) -> Path:
        folder = self.folder / f"contents-{version}"
        for name in self.files:
            to = folder / "program" / name
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(config.ROOT / name, to)
        change(folder / "program")
        with tarfile.open(folder / "program.tar", "w") as tar:
            tar.add(folder / "program", arcname=".")
        shutil.rmtree(folder / "program")
        target = folder / machine()
        target.mkdir()
        (target / "requirements.lock").touch()
        (target / "packages").touch()
        out = self.folder / f"jiaohao-{version}.run"
        packing.pack(folder, version, key or self.key, out)
        return out


def machine() -> str:
    told = dict(line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line)
    architecture = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True).stdout
    return f"debian{told['VERSION_ID'].strip(chr(34))}-{architecture.strip()}"


class Machine:
    """A folder that a version is installed into."""

    def __init__(self, root: Path) -> None:
        self.root, self.port = root, free_port()
        self.etc, self.data, self.opt = root / "etc/jiaohao", root / "var/lib/jiaohao", root / "opt/jiaohao"

    def run(self, bundle: Path, *words: str) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "PYTHONPATH": sysconfig.get_paths()["purelib"],
            "LC_ALL": "C.UTF-8",
        }
        return subprocess.run(
            ["sh", str(bundle), "--root", str(self.root), *words],
            capture_output=True, text=True, check=False, env=environment, timeout=1.5 * DEADLINE_S,
        )  # fmt: skip

    def install(self, bundle: Path) -> subprocess.CompletedProcess[str]:
        answers = ["--yes", "--name", "测试厅", "--name-en", "Test", "--tel-consult", "0595-22178801"]
        answers += ["--tel-complaint", "0595-22178802", "--listen", f"127.0.0.1:{self.port}"]
        return self.run(bundle, "--", *answers)

    @property
    def version(self) -> str:
        return (self.opt / "current").resolve().name

    def answers(self) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=DEADLINE_S) as answer:
            return int(answer.status)

    def migrations(self) -> set[str]:
        with closing(sqlite3.connect(self.data / "hall.db")) as conn:
            return {name for (name,) in conn.execute("SELECT name FROM _sqlite_migrations")}

    def stop(self) -> None:
        pid = self.root / "run/jiaohao-hub.pid"
        if pid.exists():
            number = int(pid.read_text())
            os.kill(number, 15)


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    return Publisher(tmp_path)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(tmp_path / "machine")
    yield machine
    machine.stop()


def more(file: str, text: str) -> Change:
    def change(program: Path) -> None:
        path = program / file
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")

    return change


def test_what_is_not_signed_and_whole_never_runs(publisher: Publisher, hall: Machine) -> None:
    good = publisher.bundle("1")
    changed = publisher.folder / "changed.run"
    changed.write_bytes(good.read_bytes().replace("取号".encode(), "取钱".encode(), 1))
    cut = publisher.folder / "cut.run"
    cut.write_bytes(good.read_bytes()[:-40_000])
    content = good.read_bytes()
    stub, mark, payload = content.partition(b"#PAYLOAD\n")
    (publisher.folder / "payload.tar").write_bytes(payload)
    with tarfile.open(publisher.folder / "payload.tar", "a") as tar:
        tar.add(publisher.folder / "contents-1" / "program.tar", arcname="debs/one-more.deb")
    longer = publisher.folder / "longer.run"
    longer.write_bytes(stub + mark + (publisher.folder / "payload.tar").read_bytes())
    swapped = publisher.folder / "swapped.run"  # the signature is of another list
    other = (
        publisher.bundle("2", key=Ed25519PrivateKey.generate()).parent / "contents-2" / "MANIFEST.sig"
    ).read_bytes()
    swapped.write_bytes(content.replace((publisher.folder / "contents-1" / "MANIFEST.sig").read_bytes(), other))
    said = {
        changed: "differs from its list",
        cut: "not whole",
        longer: "holds a file that is not on its list",
        swapped: "the signature is wrong",
    }
    for file, why in said.items():
        done = hall.install(file)
        assert done.returncode == 1 and why in done.stderr, (file.name, done.stderr)
        assert not hall.opt.exists() and not hall.etc.exists()


def test_a_hall_is_installed_renewed_and_taken_back_when_the_new_version_does_not_come_up(
    publisher: Publisher, hall: Machine
) -> None:
    done = hall.install(publisher.bundle("1"))
    assert done.returncode == 0, done.stderr
    assert "compare the fingerprint" in done.stderr and f"http://127.0.0.1:{hall.port}" in done.stdout
    assert hall.version == "1" and hall.answers() == 200
    modes = {at: at.stat().st_mode & 0o777 for at in (hall.data, hall.etc / "tokens", hall.data / "hall.db")}
    assert list(modes.values()) == [0o700, 0o711, 0o600]
    assert "/opt/jiaohao/current/" in (hall.root / "etc/systemd/system/jiaohao-hub.service").read_text()
    before = hall.migrations()

    stranger = hall.run(publisher.bundle("stranger", key=Ed25519PrivateKey.generate()))
    assert stranger.returncode == 1 and "not made by the publisher this hall trusts" in stranger.stderr
    assert hall.version == "1" and hall.answers() == 200

    done = hall.run(publisher.bundle("2", more("server/store/schema.py", MIGRATION)))
    assert done.returncode == 0, done.stderr
    assert hall.version == "2" and hall.answers() == 200 and hall.migrations() == before | {"m999_of_a_test"}

    older = hall.run(publisher.bundle("3"))
    assert older.returncode == 1 and "was written by a newer version of the program" in older.stderr
    assert hall.version == "2" and hall.answers() == 200

    def broken(program: Path) -> None:
        more("server/store/schema.py", MIGRATION + MIGRATION.replace("m999", "m998").replace("of_a_test", "again"))(
            program
        )
        more("server/app.py", BROKEN)(program)

    failed = hall.run(publisher.bundle("4", broken))
    assert failed.returncode == 1
    assert "4 did not come up: this version never comes up" in failed.stderr
    assert "Back to 2 by itself; the hall goes on." in failed.stderr
    assert hall.version == "2" and hall.answers() == 200 and hall.migrations() == before | {"m999_of_a_test"}
