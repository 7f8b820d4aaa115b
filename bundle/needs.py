"""What a machine of a hall needs from outside: wheels of the lock, packages of Debian. Pure.

The lock says of each package who wants it (`# via`), so that what only the tests need is left out without asking any
index.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

PACKAGES = (
    *("python3", "python3-venv", "ca-certificates", "fonts-noto-cjk", "libglib2.0-0", "libusb-1.0-0", "espeak-ng"),
    *("alsa-utils", "libgbm1", "libegl1", "libgl1-mesa-dri"),
)
"""Of Debian: those of `run`, and a kiosk's screen without a desktop (docs/kiosk.md)."""
ARCHITECTURES = {"amd64": "x86_64", "arm64": "aarch64"}
"""Debian's word -> the kernel's, which is Python's."""


class Release(NamedTuple):
    suite: str
    python: str
    glibc: int
    """2.x"""


RELEASES = {"12": Release("bookworm", "3.11", 36), "13": Release("trixie", "3.13", 41)}
"""https://packages.debian.org: python3 and libc6 of each."""
OLDEST_GLIBC = 5
"""manylinux1 (PEP 513)."""


class Target(NamedTuple):
    """A machine: Debian's release and architecture."""

    debian: str
    architecture: str

    @property
    def folder(self) -> str:
        return f"debian{self.debian}-{self.architecture}"

    @property
    def release(self) -> Release:
        return RELEASES[self.debian]


class Entry(NamedTuple):
    """A package of the lock, with the lines that pin it."""

    name: str
    marker: str
    text: str
    wanted_by: frozenset[str]


def entries(lock: str) -> list[Entry]:
    """All of requirements.lock, as `uv pip compile` writes it."""
    found = []
    for block in re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.M):
        head = re.match(r"([A-Za-z0-9._-]+)==\S+(?: ; (.*?))? *\\?$", block, re.M)
        if head:
            via = block.partition("# via")[2]
            wanted_by = re.findall(r"(?:^ *|# +)([a-z0-9][a-z0-9._-]*)", via, re.M)
            pinned = "".join(line for line in block.splitlines(keepends=True) if not line.lstrip().startswith("#"))
            found.append(Entry(head[1], head[2] or "", pinned, frozenset(wanted_by)))
    return found


def closure(found: Sequence[Entry], roots: Sequence[str]) -> list[Entry]:
    """The roots and whatever they want, in the lock's order."""
    wanted = {bare(root) for root in roots}
    while more := {one.name for one in found if one.name not in wanted and one.wanted_by & wanted}:
        wanted |= more
    return [one for one in found if one.name in wanted]


def bare(requirement: str) -> str:
    """`Flask-WTF>=1.2; …` is flask-wtf."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\s<>=!~;\[]", requirement, maxsplit=1)[0]).lower()


def pinned_for(found: Sequence[Entry], target: Target) -> str:
    """Requirements for one kind of machine, hashes and all; no marker is left for anybody else to judge."""
    from packaging.markers import Marker  # `hall` below runs before there are any packages

    environment = surroundings(target)
    return "".join(
        one.text.replace(f" ; {one.marker}", "", 1) if one.marker else one.text
        for one in found
        if not one.marker or Marker(one.marker).evaluate({**environment})
    )


def surroundings(target: Target) -> Mapping[str, str]:
    """What markers ask (PEP 508) of such a machine."""
    python = target.release.python
    return {
        "implementation_name": "cpython",
        "implementation_version": f"{python}.0",
        "os_name": "posix",
        "platform_machine": ARCHITECTURES[target.architecture],
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": "linux",
    }


def platforms(target: Target) -> list[str]:
    """Wheel tags that such a machine takes, the newest first (PEP 600, 513, 571, 599)."""
    machine = ARCHITECTURES[target.architecture]
    tags = [f"manylinux_2_{minor}_{machine}" for minor in range(target.release.glibc, OLDEST_GLIBC - 1, -1)]
    return [
        *tags,
        *(f"{old}_{machine}" for old in ("manylinux2014", "manylinux2010", "manylinux1")),
        f"linux_{machine}",
    ]


def sources_for(sources: str, own: str, wanted: str) -> str:
    """The machine's own sources of packages, of another release of Debian: bookworm-security is trixie-security."""
    return re.sub(rf"\b{re.escape(own)}\b", wanted, sources)


def hall(project: str, lock: str) -> list[Entry]:
    """What a hall needs, and its tests do not come along."""
    return closure(entries(lock), tomllib.loads(project)["project"]["dependencies"])


if __name__ == "__main__":  # python -m bundle.needs pyproject.toml requirements.lock: for `run`
    sys.stdout.writelines(one.text for one in hall(*(Path(name).read_text(encoding="utf-8") for name in sys.argv[1:])))
