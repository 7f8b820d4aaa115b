"""Puts the files of a report into a folder: each whole or not at all, and never over another version's."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from config import Told, reasons


class NotDelivered(Told):
    """A report is not where it should be."""


def put(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files by their names, readable by whoever may read the folder, which is made if the one above is there.

    Raises NotDelivered.
    """
    try:
        folder.mkdir(exist_ok=True)
        mode = folder.stat().st_mode & 0o666 | 0o600
        for name, content in files.items():
            _write(folder / name, content, mode)
        _sync(folder)
    except OSError as error:
        why = reasons.in_full(error)
        raise NotDelivered(
            f"报告文件夹 {folder} 写不进去（{why.zh}）：请检查文件夹、权限和空间。",
            f"report.folder: {folder}: cannot be written ({why.en}); check the folder, its rights and the free space.",
        ) from None


def _write(file: Path, content: bytes, mode: int) -> None:
    new = file.with_name(f".{file.name}.new")
    try:
        with new.open("wb") as out:
            os.fchmod(out.fileno(), mode)
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        os.replace(new, file)
    except OSError:
        new.unlink(missing_ok=True)
        raise


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
