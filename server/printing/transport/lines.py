"""Ways to a printer that are file descriptors: a TCP connection, RS-232, the kernel's /dev/usb/lp.

It waits by poll and never blocks in the kernel.
"""

from __future__ import annotations

import array
import errno
import fcntl
import math
import os
import select
import socket
import stat
import struct
import termios
import time
from collections.abc import Mapping
from contextlib import suppress

from server.printing.transport.patience import PATIENCE
from server.printing.transport.port import Stuck

PIECE = 1024
CLOSE_S = 1.0
"""How long a close waits for what is still on its way out."""
VANISHED_S = 10.0
"""A peer that acknowledges nothing for so long is gone (TCP_USER_TIMEOUT)."""
MEMORY = 1  # the kernel's /dev/null and its like
LPGETSTATUS = 0x060B  # linux/lp.h; answered by usblp


class Descriptor:
    """A non-blocking file descriptor as a port."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def write(self, data: bytes, timeout: float, limit: float = math.inf) -> None:
        end, gone, rest = time.monotonic() + limit, 0, memoryview(data)
        while gone < len(data):
            patience = min(timeout, end - time.monotonic())
            if patience <= 0 or not self._poll(select.POLLOUT, patience):
                raise Stuck(gone)
            try:
                gone += os.write(self._fd, rest[gone : gone + PIECE])
            except BlockingIOError:
                time.sleep(0.01)  # ready and yet not: usblp while its last piece is on the wire

    def read(self, timeout: float) -> bytes:
        if not self._poll(select.POLLIN, timeout):
            return b""
        try:
            data = os.read(self._fd, 256)
        except BlockingIOError:
            return b""
        if not data:
            raise ConnectionResetError(errno.ECONNRESET, "the printer closed the connection")
        return data

    def lines(self) -> int | None:
        return None

    def close(self) -> None:
        os.close(self._fd)

    def _poll(self, what: int, seconds: float) -> bool:
        poll = select.poll()
        poll.register(self._fd, what)
        found = poll.poll(max(0.0, seconds) * 1000)
        return bool(found)

    def _unsent(self) -> int:
        """Bytes that the kernel still holds; on a TCP connection those unacknowledged too."""
        count = array.array("i", [0])
        fcntl.ioctl(self._fd, termios.TIOCOUTQ, count)
        return count[0]

    def left(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while self._unsent():
            if time.monotonic() > end:
                return False
            time.sleep(0.01)
        return True


class Tcp(Descriptor):
    """A printer's own network card, p910nd or ser2net, usually port 9100."""

    def __init__(self, host: str, port: int, connect_s: float = PATIENCE.connect) -> None:
        try:
            self._socket = socket.create_connection((host, port), timeout=connect_s)
        except UnicodeError as error:
            raise OSError(errno.EINVAL, f"{host}: no name of a host") from error
        self._socket.setblocking(False)
        for level, option, value in (
            (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
            (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
            (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 10),
            (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 5),
            (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 2),
            (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(VANISHED_S * 1000)),
        ):
            self._socket.setsockopt(level, option, value)
        super().__init__(self._socket.fileno())

    def close(self) -> None:
        """An orderly end; with a peer that takes nothing a reset, which throws the rest away."""
        with suppress(OSError):  # gone already: nothing left to throw away
            if not self.left(CLOSE_S):
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()


class SerialLine(Descriptor):
    """RS-232, 8N1; flow control as the url says: rtscts=1 (the printer's DTR wired to our CTS) or xonxoff=1.

    Linux has no DTR/DSR flow control, so there is no such setting (config.PrinterUrl says what to do instead).
    """

    def __init__(self, device: str, settings: Mapping[str, int]) -> None:
        import serial

        from ports import opened

        try:
            self._line = opened(
                device,
                baudrate=settings.get("baud", 19200),
                timeout=0,
                write_timeout=0,
                exclusive=True,
                rtscts=bool(settings.get("rtscts", 0)),
                xonxoff=bool(settings.get("xonxoff", 0)),
            )
            modes = termios.tcgetattr(self._line.fileno())
            modes[0] |= termios.IGNBRK  # a break, as of a printer switched off, would read as 00: "paper in order"
            termios.tcsetattr(self._line.fileno(), termios.TCSANOW, modes)
        except (serial.SerialException, termios.error, ValueError) as error:
            raise OSError(str(error)) from error
        super().__init__(self._line.fileno())

    def close(self) -> None:
        """Flow control may hold bytes back for ever: they are dropped, or the kernel's close would wait 30 s for
        them.
        """
        with suppress(OSError, termios.error):  # pulled out: nothing left to throw away
            self.left(CLOSE_S)
            termios.tcflush(self._fd, termios.TCOFLUSH)
        self._line.close()


class LpDevice(Descriptor):
    """The kernel's printer device, usually /dev/usb/lp0, with answers where the printer gives some."""

    def __init__(self, device: str) -> None:
        super().__init__(os.open(device, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC))
        found = os.fstat(self._fd)
        if not stat.S_ISCHR(found.st_mode) or os.major(found.st_rdev) == MEMORY:
            self.close()
            raise OSError(errno.ENODEV, f"{device} is no printer: it would take everything and print nothing")

    def read(self, timeout: float) -> bytes:
        """usblp tells a silent printer's end of file as nothing."""
        if not self._poll(select.POLLIN, timeout):
            return b""
        try:
            return os.read(self._fd, 256)
        except BlockingIOError:
            return b""

    def left(self, seconds: float) -> bool:
        """Ready for more: usblp holds one piece at a time, and it is on the printer's side by then."""
        return self._poll(select.POLLOUT, seconds)

    def lines(self) -> int | None:
        """By LPGETSTATUS; None for a device that does not know it."""
        answer = array.array("i", [0])
        try:
            fcntl.ioctl(self._fd, LPGETSTATUS, answer)
        except OSError:
            return None
        return answer[0] & 0xFF
