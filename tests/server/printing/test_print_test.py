"""./run print-test: what it prints, says and ends with, on paper, over TCP, and on heads that are silent, broken or
not there.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from printer_profiles.profile import Profile, load, names
from printer_profiles.slip import Logo, Text
from printer_profiles.virtual.paper import Paper
from server.printing.probe.interview import Patience
from server.printing.probe.print_test import main, run
from server.printing.transport.port import Stuck

QUICK = Patience(answer=0.05, look=0.05, confirm=0.2, write=1, rest=0, keep=0.2)
SLIP = (Text("测试"),)


class Desk:
    """A printer on the desk as a port: it answers at once, or never."""

    def __init__(self, profile: Profile, *, silent: bool = False) -> None:
        self.paper = Paper(profile)
        self.sent = b""
        self._silent = silent
        self._answers = b""

    def write(self, data: bytes, timeout: float, limit: float = 60.0) -> None:
        self.sent += data
        self._answers += b"" if self._silent else self.paper.feed(data)

    def read(self, timeout: float) -> bytes:
        answers, self._answers = self._answers, b""
        return answers

    def lines(self) -> int | None:
        return None

    def close(self) -> None:
        """Nothing is held."""


def asked(*words: str) -> Result:
    return CliRunner().invoke(main, words, catch_exceptions=False)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("model", names())
def test_the_page_comes_out_on_every_model(model: str, folder: Path) -> None:
    result = asked(model, "paper:")
    assert result.exit_code == (0 if load(model).confirm == "gs_r" else 3), result.output
    assert len(list((folder / "var" / "print-test" / "paper" / model).glob("*.png"))) == 1
    assert "dots, columns" in result.output
    assert load(model).title in result.output
    assert "建议修改" not in result.output


def test_over_tcp() -> None:
    """The virtual printer as a program of its own."""
    command = [
        sys.executable,
        "-m",
        "printer_profiles.virtual",
        "--profile",
        "xprinter-xp-80c",
        "--port",
        "0",
        "--show-port",
        "0",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]) as printer:
        try:
            assert printer.stdout
            port = json.loads(printer.stdout.readline())["port"]
            result = asked("xprinter-xp-80c", f"tcp://127.0.0.1:{port}", "--patience", "10")
        finally:
            printer.terminate()
    assert result.exit_code == 0, result.output
    assert "GS r 1：00" in result.output


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("xprinter-xp-80", "paper:"), 2, "no model 'xprinter-xp-80'; did you mean 'xprinter-xp-80c'?"),
        (("generic-80", "printer"), 2, "printer: not a printer address; write"),
        (("generic-80", "serial:/dev/no-such-line"), 1, "can't be reached"),
        (("generic-80", "usb:zz"), 2, "usb:zz: not a printer address"),
        (("generic-80", "cups://127.0.0.1:9/none"), 1, "nothing was printed; check CUPS"),
        (("generic-80", "paper:", "--config", "none.toml"), 2, "none.toml"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(words: tuple[str, ...], code: int, said: str) -> None:
    result = asked(*words)
    assert (result.exit_code, result.stdout) == (code, "")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        result = asked("generic-80", f"tcp://127.0.0.1:{taken.getsockname()[1]}")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1


def test_a_printer_in_trouble_gets_no_page(capsys: pytest.CaptureFixture[str]) -> None:
    desk = Desk(load("generic-80"))
    desk.paper.order("cover_open")
    assert run(desk, SLIP, load("generic-80"), patience=QUICK) == 1
    assert "测试".encode("gbk") not in desk.sent
    assert "The cover is open: close it." in capsys.readouterr().out


def test_a_silent_printer_gets_its_page_and_is_not_believed(capsys: pytest.CaptureFixture[str]) -> None:
    desk = Desk(load("generic-80"), silent=True)
    assert run(desk, SLIP, load("generic-80"), patience=QUICK) == 3
    assert "测试".encode("gbk") in desk.sent
    said = capsys.readouterr().out
    assert "waiting for its word: " in said
    assert "status = false" in said and 'confirm = "none"' in said


class Ending(Desk):
    """Its paper ends while the page comes; ``full``: it then takes no more bytes, as one with a small buffer."""

    def __init__(self, profile: Profile, *, full: bool) -> None:
        super().__init__(profile)
        self._full = full

    def write(self, data: bytes, timeout: float, limit: float = 60.0) -> None:
        if len(data) > 8:
            self.paper.order("paper_out")
            if self._full:
                raise Stuck(5)
        super().write(data, timeout, limit)


@pytest.mark.parametrize("full", [True, False])
def test_a_printer_whose_paper_ends_under_the_page_says_so(full: bool, capsys: pytest.CaptureFixture[str]) -> None:
    desk = Ending(load("generic-80"), full=full)
    assert run(desk, SLIP, load("generic-80"), patience=QUICK) == 1
    assert "Out of paper: put in a new roll" in capsys.readouterr().out


def test_a_slow_printer_is_waited_for(capsys: pytest.CaptureFixture[str]) -> None:
    """It confirms late, after it was asked how it is; the answer behind the page is not lost among the others."""

    class Slow(Desk):
        asked = 0

        def write(self, data: bytes, timeout: float, limit: float = 60.0) -> None:
            self.asked += data.startswith(b"\x10\x04")
            if data == b"\x1dr\x01":
                return
            super().write(data, timeout, limit)
            if self.asked == 6 and data.startswith(b"\x10\x04"):  # 4 before the page, then 2 behind it
                self._answers += b"\x00"

    assert run(Slow(load("generic-80")), SLIP, load("generic-80"), patience=QUICK) == 0
    assert "Confirmed by the printer" in capsys.readouterr().out


def test_garbage_points_at_the_wire(capsys: pytest.CaptureFixture[str]) -> None:
    desk = Desk(load("generic-80"))
    desk.paper.order("garbage")
    assert run(desk, SLIP, load("generic-80"), patience=QUICK) == 3
    assert "check baud rate and flow control" in capsys.readouterr().out


@pytest.mark.parametrize("changes", [{"logo": "raster"}, {"logo": "fs_q", "confirm": "none", "status": False}])
def test_a_logo_that_cannot_be_kept_is_drawn_and_one_that_cannot_be_asked_for_is_waited_for(
    changes: dict[str, object],
) -> None:
    model = replace(load("generic-80"), **changes)  # type: ignore[arg-type]
    desk = Desk(model)
    run(desk, (Logo(b"\xff" * 8, 1), *SLIP), model, keep_logo=True, patience=QUICK)
    assert (b"\x1cp\x01\x00" in desk.sent) == (model.logo == "fs_q") != (b"\x1dv0\x00" in desk.sent)


def test_the_logo_is_kept_first_where_the_model_can(capsys: pytest.CaptureFixture[str]) -> None:
    """Once by GS ( L 67, and recalled by 69 in the page; without the flag it is drawn."""
    logo = Logo(b"\xff" * 8, 1)
    able = replace(load("generic-80"), logo="gs_l")
    keeping, drawing = Desk(able), Desk(able)
    run(keeping, (logo, *SLIP), able, keep_logo=True, patience=QUICK)
    run(drawing, (logo, *SLIP), able, patience=QUICK)
    assert b"\x1d(L\x13\x000C0JH" in keeping.sent and b"\x1d(L\x06\x000EJH\x01\x01" in keeping.sent
    assert (
        keeping.sent.index(b"\x1d(L\x13") < keeping.sent.index(b"\x1dr\x01") < keeping.sent.index(b"\x1d(L\x06")
    )  # asked between
    assert b"\x1d(L" not in drawing.sent and b"\x1dv0\x00" in drawing.sent
