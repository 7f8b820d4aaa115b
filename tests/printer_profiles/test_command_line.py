"""The virtual printer as a program: captured bytes, orders, slips kept in a folder, a pseudo-terminal; mistakes are
one clear line.
"""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import serial

from tests.waiting import DEADLINE_S

SLIP = "取号".encode("gb18030")
JOB = b"\x1b@\x1c&" + SLIP + b" A012\n\x1bd\x06\x1dV\x01"


def paper(*arguments: str, data: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "printer_profiles.virtual", *arguments]
    return subprocess.run(command, input=data or b"", capture_output=True, timeout=DEADLINE_S, check=False)


def serving(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "printer_profiles.virtual", *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_captured_bytes_from_standard_input() -> None:
    done = paper("--once", data=JOB)
    assert (done.returncode, done.stderr.decode()) == (0, "")
    assert done.stdout.decode().splitlines() == ["──── 1 · partial · 26 mm · 20 B", "取号 A012"]


def test_captured_files_as_text_picture_and_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(JOB + JOB)
    done = paper("--once", str(tmp_path / "a.bin"), "--png", str(tmp_path / "a.png"), "--save", str(tmp_path / "kept"))
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert (tmp_path / "a.png").read_bytes()[:8] == (tmp_path / "a-2.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == [
        f"slip-000{n}.{kind}" for n in (1, 2) for kind in ("bin", "png", "txt")
    ]
    assert (tmp_path / "kept" / "slip-0002.bin").read_bytes() == JOB
    assert (tmp_path / "kept" / "slip-0001.txt").read_text(encoding="utf-8") == "取号 A012\n"


def test_complaints_are_told_and_counted_if_wanted() -> None:
    done = paper("--once", "--strict", data="你好，窗口\n".encode())
    assert done.returncode == 1
    assert "这是 UTF-8（“你好，窗口”）" in done.stderr.decode()
    assert paper("--once", "--chinese-on", "--strict", data=SLIP + b"\n").returncode == 0


def test_the_models_are_listed() -> None:
    assert "generic-58" in paper("--profile", "list").stdout.decode()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--profile", "generic-8"], "printer_profiles: no model 'generic-8'; did you mean 'generic-80'?"),
        (["order", "burn"], "paper: order 'burn' is unknown; known are"),
        (["order", "roll", "mm=long"], "paper: 'mm=long' is not understood; write off, mm=300"),
        (["order", "ok", "--show-port", "1"], "paper: no virtual printer answers at 127.0.0.1:1"),
        (
            ["--pty", "/etc/hostname"],
            "paper: --pty /etc/hostname: /etc/hostname: is there and no link to a pseudo-terminal",
        ),
        (["--once", "--png", "/nowhere/a.png"], "No such file or directory"),
        ([__file__], "files are decoded with --once; add it"),
    ],
)
def test_mistakes_are_one_line(arguments: list[str], said: str) -> None:
    done = paper(*arguments, data=JOB)
    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert len(done.stderr.decode().splitlines()) == 1


@pytest.mark.parametrize("option", ["--port", "--show-port"])
def test_a_port_that_does_not_exist_is_told(option: str) -> None:
    done = paper(option, "99999")
    assert done.returncode == 2
    assert f"Invalid value for '{option}': 99999 is not in the range" in done.stderr.decode()


def test_bytes_that_print_nothing_say_so() -> None:
    done = paper("--once", data=b"\x1b@")
    assert (done.returncode, done.stdout) == (0, b"")
    assert "没有打印出任何东西 nothing was printed" in done.stderr.decode()


def test_orders_from_another_terminal_and_from_standard_input(tmp_path: Path) -> None:
    with serving("--port", "0", "--orders", "--save", str(tmp_path / "kept")) as program:
        assert program.stdin and program.stdout and program.stderr
        ports = json.loads(program.stdout.readline())
        show = str(ports["show_port"])
        assert json.loads(paper("order", "near_end", "--show-port", show).stdout)["faults"] == ["near_end"]
        assert json.loads(paper("order", "near_end", "off", "--show-port", show).stdout)["faults"] == []
        assert json.loads(paper("order", "roll", "mm=5000", "--show-port", show).stdout)["roll_mm"] == 5000
        program.stdin.write("burn\nslow rate=200\n")
        program.stdin.flush()
        assert "order 'burn' is unknown" in program.stderr.readline()
        with socket.create_connection(("127.0.0.1", ports["port"]), timeout=DEADLINE_S) as client:
            client.sendall(JOB + b"\x1dr\x01")
            assert client.recv(1) == b"\x00"
        program.send_signal(signal.SIGTERM)
        assert program.wait(DEADLINE_S) == 0
    assert (tmp_path / "kept" / "slip-0001.bin").read_bytes() == JOB


def test_a_pseudo_terminal_under_a_name(tmp_path: Path) -> None:
    with serving("--pty", str(tmp_path / "lp"), "--baud", "57600", "--show-port", "0") as program:
        assert program.stdout
        said = json.loads(program.stdout.readline())
        assert said["pty"] == str(tmp_path / "lp")
        with serial.Serial(said["pty"], 57600, timeout=DEADLINE_S) as host:
            host.write(JOB + b"\x1dr\x01")
            assert host.read(1) == b"\x00"
        program.send_signal(signal.SIGINT)
        assert program.wait(DEADLINE_S) == 0
    assert not (tmp_path / "lp").is_symlink()
