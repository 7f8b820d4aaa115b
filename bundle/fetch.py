"""Gets what a bundle holds, by the tools of this machine as they are set up: pip for wheels, apt for packages, git for
the program. Knows no address.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import config
from bundle.needs import PACKAGES, Entry, Target, pinned_for, platforms, sources_for
from config import Told

NOT_SHIPPED = ("tests", "bench", ".ci", "docs/pictures")


def carried_out(command: Sequence[str | Path]) -> str:
    """What it said. Raises Told with its last words."""
    done = subprocess.run([str(one) for one in command], capture_output=True, text=True, check=False, cwd=config.ROOT)
    if done.returncode:
        last = ((done.stderr or done.stdout).strip().splitlines() or ["?"])[-1]
        raise Told(f"{command[0]}：没有办成：{last}", f"{command[0]}: failed: {last}")
    return done.stdout


def version() -> str:
    """`0.1.0-20261129-05f4cff`: the program's, and which state of it."""
    number = re.search(r'^version = "(.+)"$', (config.ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.M)
    told = carried_out(["git", "log", "-1", "--format=%cd-%h", "--date=format:%Y%m%d", "--abbrev=7"]).strip()
    return f"{number[1] if number else '0'}-{told}"


def program(into: Path) -> None:
    """All that is committed, without what only makers need, as one tar file."""
    left_out = [f":(exclude){name}" for name in NOT_SHIPPED]
    carried_out(["git", "archive", "--format=tar", "-o", into, "HEAD", "--", ".", *left_out])


def wheels(found: Sequence[Entry], target: Target, pool: Path, into: Path) -> list[str]:
    """Wheels of one kind of machine into `pool`; into the folder `into` the requirements and the wheels' names. Names
    of packages that have no wheel for it.
    """
    wanted = [one for one in found if pinned_for([one], target)]
    missing = [] if _download(wanted, target, pool) else [one for one in wanted if not _download([one], target, pool)]
    kept = pinned_for([one for one in wanted if one not in missing], target)
    into.mkdir(parents=True, exist_ok=True)
    (into / "requirements.lock").write_text(kept, encoding="utf-8")
    return [one.name for one in missing]


def _download(wished: Sequence[Entry], target: Target, pool: Path) -> bool:
    with tempfile.TemporaryDirectory() as scratch:
        wanted = Path(scratch) / "wanted"
        wanted.write_text(pinned_for(wished, target), encoding="utf-8")
        tags = [f"--platform={tag}" for tag in platforms(target)]
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--require-hashes",
            "--only-binary=:all:",
        ]
        command += [
            f"--python-version={target.release.python}",
            "--implementation=cp",
            *tags,
            "--find-links",
            str(pool),
        ]
        done = subprocess.run(
            [*command, "-r", str(wanted), "-d", str(pool)], capture_output=True, text=True, check=False
        )
    if done.returncode and "No matching distribution" not in done.stderr:
        last = (done.stderr.strip().splitlines() or ["?"])[-1]
        raise Told(f"pip：{last}", f"pip: {last}")
    return done.returncode == 0


def packages(target: Target, pool: Path, into: Path) -> None:
    """The Debian packages of one kind of machine with all they depend on, as if nothing were there; their files' names
    into `into`. By an apt of its own, told what this machine's apt knows of sources.
    """
    own = re.search(r"^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text(encoding="utf-8"), re.M)
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        for name in ("lists/partial", "cache/archives/partial", "parts"):
            (root / name).mkdir(parents=True)
        (root / "status").touch()
        etc = Path("/etc/apt")
        for file in [etc / "sources.list", *sorted((etc / "sources.list.d").glob("*"))]:
            if file.suffix in (".list", ".sources") and file.is_file():
                told = sources_for(file.read_text(encoding="utf-8"), own[1] if own else "", target.release.suite)
                (root / "parts" / file.name).write_text(told, encoding="utf-8")
        options = [
            f"Dir::State::lists={root}/lists", f"Dir::State::status={root}/status", f"Dir::Cache={root}/cache",
            f"Dir::Cache::archives={root}/cache/archives",
            "Dir::Etc::sourcelist=/dev/null", f"Dir::Etc::sourceparts={root}/parts",
            f"APT::Architecture={target.architecture}", f"APT::Architectures={target.architecture}",
            "APT::Sandbox::User=root", "Binary::apt::APT::Keep-Downloaded-Packages=true", "Debug::NoLocking=true",
        ]  # fmt: skip
        apt = ["apt-get", "-q", *(word for option in options for word in ("-o", option))]
        carried_out([*apt, "update"])
        install = [*apt, "install", "-y", "--no-install-recommends"]
        wanted = carried_out([*install, "--print-uris", *PACKAGES])
        files = re.findall(r"^'\S+' (\S+\.deb) \d+", wanted, re.M)
        carried_out([*install, "--download-only", *PACKAGES])
        for name in files:
            shutil.move(root / "cache/archives" / name, pool / name)
        into.mkdir(parents=True, exist_ok=True)
        (into / "packages").write_text("".join(f"{name}\n" for name in sorted(files)), encoding="utf-8")
