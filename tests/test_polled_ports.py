"""Ports of a process that holds more descriptors than select() counts."""

import os
import resource
import select
import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from polling import Bell, readable
from ports import opened
from tests.waiting import DEADLINE_S


@pytest.fixture
def crowd() -> Iterator[None]:
    """So many open files that every further one is above 1023."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(2048, before[0]), before[1]))
    held = [os.open(os.devnull, os.O_RDONLY)]
    while held[-1] < 1024:
        held.append(os.open(os.devnull, os.O_RDONLY))
    yield
    for one in held:
        os.close(one)
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.usefixtures("crowd")
def test_a_line_opens_and_talks_beside_a_thousand_telephones() -> None:
    master, slave = os.openpty()
    with pytest.raises(ValueError):
        select.select([master], [], [], 0)
    with opened(os.ttyname(slave), baudrate=9600, timeout=DEADLINE_S, write_timeout=DEADLINE_S) as port:
        os.write(master, b"\xa0")
        assert port.read(1) == b"\xa0"
        assert port.write(b"\x90\x03") == 2 and os.read(master, 2) == b"\x90\x03"
        assert readable(port, master, seconds=0) == []
        os.write(master, b"\x01")
        assert readable(port, master, seconds=5) == [port]
    with pytest.raises(ValueError):
        readable(-1, seconds=0)
    for one in (master, slave):
        os.close(one)


@pytest.mark.usefixtures("crowd")
def test_a_line_over_the_network_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = opened(f"socket://127.0.0.1:{door.getsockname()[1]}", timeout=DEADLINE_S, write_timeout=DEADLINE_S)
        peer, _ = door.accept()
        with peer, port:
            peer.sendall(b"\xa5")
            assert port.read(1) == b"\xa5"
            port.write(b"\x5a")
            assert peer.recv(1) == b"\x5a"


def test_who_was_hung_up_can_be_read() -> None:
    left, right = socket.socketpair()
    right.close()
    assert readable(left, seconds=5) == [left]
    left.close()


def test_a_bell_is_heard_until_it_is_silenced_and_closes_itself() -> None:
    bell = Bell()
    assert readable(bell, seconds=0) == []
    for _ in range(100_000):  # more than it holds
        bell.ring()
    assert readable(bell, seconds=0) == [bell]
    while readable(bell, seconds=0):
        bell.silence()
    number = bell.fileno()
    ear = os.fstat(number)
    del bell
    with suppress(OSError):  # closed; or another thread of this process has the number by now
        assert os.fstat(number).st_ino != ear.st_ino


def test_what_is_closed_is_an_error_and_not_a_wait() -> None:
    left, right = os.pipe()
    os.close(left)
    with pytest.raises(OSError):
        readable(left, seconds=60)
    with pytest.raises(ValueError):
        readable(-1, seconds=60)
    os.close(right)
