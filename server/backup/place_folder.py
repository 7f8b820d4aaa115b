"""A folder as a place: on a second disk, or on what another machine shares and this one has mounted (SMB, NFS)."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from config.reasons import why
from server.backup.destination import PART, PlaceError
from server.store.copying import pour


class Folder:
    """`mounted`: the folder lies on a mount, so that nothing is written onto the hub's own disk while that is away."""

    def __init__(self, path: Path, *, mounted: bool = False, name: str = "") -> None:
        self._path, self._name = path, name or str(path)
        if mounted and not _on_a_mount(path):
            raise PlaceError(
                f"{path}没有挂载：请检查网络和共享，再挂载。",
                f"{path} is not mounted: check the network and the share, then mount it",
            )
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._said(error) from None

    def names(self) -> list[str]:
        try:
            return sorted(one.name for one in self._path.iterdir() if one.is_file())
        except OSError as error:
            raise self._said(error) from None

    def put(self, file: Path, name: str) -> None:
        new = self._path / f"{name}{PART}"
        try:
            with file.open("rb") as source, new.open("wb") as target:
                pour(source, target)
                os.fsync(target.fileno())
                os.posix_fadvise(target.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            new.replace(self._path / name)
            self._settle()
        except OSError as error:
            self._clear(new)
            raise self._said(error) from None

    def _settle(self) -> None:
        """The names, too, are on the medium; a share of another system may not know how."""
        handle = os.open(self._path, os.O_RDONLY)
        try:
            os.fsync(handle)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EROFS):
                raise
        finally:
            os.close(handle)

    def _clear(self, new: Path) -> None:
        try:
            new.unlink(missing_ok=True)
        except OSError:
            return  # the place is gone: what matters is said by what failed before

    def get(self, name: str, file: Path) -> None:
        try:
            with (self._path / name).open("rb") as source, file.open("wb") as target:
                os.posix_fadvise(source.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
                pour(source, target)
        except OSError as error:
            raise self._said(error) from None

    def remove(self, name: str) -> None:
        try:
            (self._path / name).unlink(missing_ok=True)
        except OSError as error:
            raise self._said(error) from None

    def free(self) -> int | None:
        try:
            return shutil.disk_usage(self._path).free
        except OSError as error:
            raise self._said(error) from None

    def _said(self, error: OSError) -> PlaceError:
        return said(self._name, error)


def said(name: str, error: OSError) -> PlaceError:
    """What is told of a folder that does not do what it should."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return PlaceError(
            f"{name}已满：请清出空间或换更大的盘。", f"{name} is full: make room there, or take a larger one"
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return PlaceError(
            f"{name}不能写入：请技术员把该文件夹的权限给主机程序的账号。",
            f"{name} can't be written: give the hub's account the right to it, see docs/backup.md",
        )
    return PlaceError(
        f"{name}不能使用（{why(error).zh}）：请检查磁盘、连线和网络。",
        f"{name} can't be used ({error.strerror}): check the disk, its cable and the network",
    )


def _on_a_mount(path: Path) -> bool:
    """Whether the folder, or one that it lies in, is where something is mounted; the root of all is not meant."""
    return any(os.path.ismount(one) for one in (path, *path.parents) if one != one.parent)
