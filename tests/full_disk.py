"""A disk without room, for SQLite in this process: each of its writes that would need any fails with ENOSPC.

SQLite lets its system calls be replaced (`xSetSystemCall`, https://sqlite.org/c3ref/vfs.html), so that nobody needs the
right to mount. A write into what a file already has succeeds, as on a real one.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

_sqlite = ctypes.CDLL(ctypes.util.find_library("sqlite3"), use_errno=True)
_libc = ctypes.CDLL(None, use_errno=True)


class _Vfs(ctypes.Structure):
    """`sqlite3_vfs` up to the third version: as many pointers as it has, and nothing of what lies behind them."""

    _fields_ = (
        ("version", ctypes.c_int),
        ("file_size", ctypes.c_int),
        ("most_path", ctypes.c_int),
        *((name, ctypes.c_void_p) for name in ("next", "name", "app", *(f"method{n}" for n in range(13)))),
        ("set_system_call", ctypes.c_void_p),
    )


_SetCall = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
_PWrite = ctypes.CFUNCTYPE(
    ctypes.c_ssize_t, ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int64, use_errno=True
)
_libc.pwrite64.restype = ctypes.c_ssize_t
_libc.pwrite64.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int64]


@_PWrite
def _no_room(file: int, content: int, length: int, at: int) -> int:
    if at + length > os.fstat(file).st_size:
        ctypes.set_errno(errno.ENOSPC)
        return -1
    return int(_libc.pwrite64(file, content, length, at))


@contextmanager
def full_disk() -> Iterator[None]:
    """No file of SQLite's grows in this process until the end of it."""
    _sqlite.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
    vfs = _sqlite.sqlite3_vfs_find(None)
    replace = _SetCall(vfs.contents.set_system_call)
    call = ctypes.cast(_no_room, ctypes.c_void_p)
    assert replace(ctypes.addressof(vfs.contents), b"pwrite64", call) == 0
    try:
        yield
    finally:
        assert replace(ctypes.addressof(vfs.contents), b"pwrite64", None) == 0
