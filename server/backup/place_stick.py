"""A USB stick or disk as a place: found by its label, and used only where it is mounted."""

from __future__ import annotations

import os
import re
from pathlib import Path

from server.backup.destination import PlaceError
from server.backup.place_folder import Folder

LABELS, MOUNTS = Path("/dev/disk/by-label"), Path("/proc/self/mountinfo")


def stick(where: str, labels: Path = LABELS, mounts: Path = MOUNTS) -> Folder:
    """The folder `LABEL` or `LABEL/folder` names. `labels`: udev's links; `mounts`: as proc(5) lists them."""
    label, _, folder = where.partition("/")
    device = labels / _as_udev_writes(label)
    if not device.exists():
        raise PlaceError(
            f"没有找到标签为“{label}”的U盘：请插上。",
            f"no stick with the label '{label}' is there: plug it in",
        )
    number = os.stat(device).st_rdev
    point = mount_point(mounts.read_text(encoding="utf-8"), f"{os.major(number)}:{os.minor(number)}")
    if point is None:
        raise PlaceError(
            f"U盘“{label}”插着但没有挂载：请技术员设置自动挂载，见《备份与恢复演练》。",
            f"the stick '{label}' is plugged in and not mounted: have it mounted as docs/backup.md says",
        )
    return Folder(Path(point) / folder, name=f"U盘 {label}")


def mount_point(mountinfo: str, device: str) -> str | None:
    """Where the device of this number (`8:17`) is mounted, by the lines of /proc/self/mountinfo; None: nowhere."""
    for line in mountinfo.splitlines():
        words = line.split(" ")
        if len(words) > 4 and words[2] == device:
            return _octal(words[4])
    return None


def _octal(text: str) -> str:
    """Spaces and such are written as \\040."""
    raw = re.sub(rb"\\([0-7]{3})", lambda m: bytes([int(m[1], 8)]), text.encode())
    return raw.decode(errors="surrogateescape")


def _as_udev_writes(label: str) -> str:
    r"""The name of udev's link: what is no letter, digit or one of #+-.:=@_ is written as \x20; hanzi stay."""
    return "".join(
        one if one.isalnum() or one in "#+-.:=@_" else "".join(f"\\x{byte:02x}" for byte in one.encode())
        for one in label
    )
