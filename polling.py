"""Waiting for descriptors by poll: select() takes none from 1024 on, and a hub with a thousand telephones has them."""

from __future__ import annotations

import errno
import os
import select
import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

_GONE = select.POLLHUP | select.POLLERR


def waited(
    reading: Sequence[Any], writing: Sequence[Any], seconds: float | None = None
) -> tuple[list[Any], list[Any], list[Any]]:
    """As select.select, by poll, the third list empty. Who was hung up can be read, and fails there.

    Raises ValueError for what is closed, OSError for the number of no descriptor, as select does.
    """
    wanted: dict[int, int] = {}
    for of, what in ((reading, select.POLLIN), (writing, select.POLLOUT)):
        for one in of:
            wanted[_number(one)] = wanted.get(_number(one), 0) | what
    poll = select.poll()
    for number, what in wanted.items():
        poll.register(number, what)
    found = dict(poll.poll(None if seconds is None else max(0.0, seconds) * 1000))
    if any(what & select.POLLNVAL for what in found.values()):
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    return (
        [one for one in reading if found.get(_number(one), 0) & (select.POLLIN | _GONE)],
        [one for one in writing if found.get(_number(one), 0) & (select.POLLOUT | _GONE)],
        [],
    )


def readable(*of: Any, seconds: float) -> list[Any]:
    """Those of the descriptors, or of what has one, that can be read or are hung up; within the seconds, at once with
    0.
    """
    return waited(of, (), seconds)[0]


class Bell:
    """Wakes a thread that waits for descriptors: it has one, which can be read after it was rung. It is closed when
    nobody has it any more, so that whoever rings late rings nobody else's.
    """

    def __init__(self) -> None:
        self._ear, self._mouth = socket.socketpair()
        self._ear.setblocking(False)
        self._mouth.setblocking(False)

    def fileno(self) -> int:
        return self._ear.fileno()

    def ring(self) -> None:
        with suppress(BlockingIOError):  # full: it rings
            self._mouth.send(b".")

    def silence(self) -> None:
        with suppress(BlockingIOError):  # it did not ring
            self._ear.recv(4096)

    def __del__(self) -> None:
        self._ear.close()
        self._mouth.close()


def _number(one: Any) -> int:
    number = one if isinstance(one, int) else int(one.fileno())
    if number < 0:
        raise ValueError("it is closed")
    return number
