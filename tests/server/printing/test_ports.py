"""What a url opens."""

from __future__ import annotations

import os
import pty
import termios
from pathlib import Path

import pytest

from server.printing.ports import open_port


@pytest.mark.parametrize(
    ("model", "query", "speed"),
    [("generic-80", "", termios.B19200), ("pos-5890", "", termios.B9600), ("epson-tm-t88v", "", termios.B38400), ("pos-5890", "?baud=115200", termios.B115200)],
)
def test_a_serial_line_has_the_models_speed_unless_the_url_says_another(model: str, query: str, speed: int, tmp_path: Path) -> None:
    host, device = pty.openpty()
    try:
        port = open_port(f"serial:{os.ttyname(device)}{query}", model, tmp_path, tmp_path)
        assert termios.tcgetattr(device)[4:6] == [speed, speed]
        port.close()
    finally:
        os.close(host)
        os.close(device)
