"""A serial port that opens beside a thousand telephones, too.

pyserial waits by select() in its ports and in its socket:// alike, which takes no descriptor from 1024 on, and it has
no setting for it: here it gets a select that is poll.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import serial
import serial.serialposix
import serial.urlhandler.protocol_socket

from polling import waited


class _Polled:
    """What pyserial calls of the module select."""

    error = OSError

    @staticmethod
    def select(
        reading: Sequence[Any], writing: Sequence[Any], _trouble: Sequence[Any], seconds: float | None = None
    ) -> tuple[list[Any], list[Any], list[Any]]:
        return waited(reading, writing, seconds)


serial.serialposix.select = _Polled  # type: ignore[attr-defined]
serial.urlhandler.protocol_socket.select = _Polled  # type: ignore[attr-defined]


def opened(url: str, **options: Any) -> serial.Serial:
    """pyserial's port of a device or a url; `options` as serial.serial_for_url takes them.

    Raises serial.SerialException, ValueError, termios.error as pyserial does.
    """
    return serial.serial_for_url(url, **options)
