"""The doctor on virtual wires: what it finds, what troubles it names, and the config lines it writes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from click.testing import CliRunner

import config
from config import Text
from counter_display.__main__ import main
from counter_display.line import doctor
from counter_display.line.bus import line
from counter_display.protocols import PROTOCOLS, modbus
from counter_display.virtual.hall import Board, Hall, Pad
from counter_display.virtual.wire import VirtualWire
from tests.conftest import write_hall
from tests.waiting import DEADLINE_S

pytestmark = pytest.mark.usefixtures("patient")


def bare(folder: Path) -> Any:
    def change(hall: Any) -> None:
        hall["wires"] = {"west": {"url": f"serial:{folder}/west?baud=9600"}}
        hall["boards"], hall["raters"] = {"1": {"counter": "1", "wire": "west", "address": 1}}, {}
        hall["pads"] = {}

    return change


@pytest.fixture
def hall(tmp_path: Path) -> config.Hall:
    return config.load(write_hall(tmp_path, bare(tmp_path)))


@pytest.fixture
def shown() -> Hall:
    boards = {str(n): Board(f"{n}号窗口", "west", n, 16) for n in (1, 3)} | {
        "9": Board("9号窗口", "west", 9, 6, language="modbus_led485")
    }
    return Hall(boards, {"p": Pad("1号窗口", "west", 21, "pad"), "r": Pad("1号窗口", "west", 22, "rater")})


@pytest.fixture
def wire(shown: Hall, tmp_path: Path) -> Iterator[VirtualWire]:
    wire = VirtualWire("west", tmp_path / "west", shown)
    yield wire
    wire.unplug()


def examine(
    wire: VirtualWire, languages: tuple[str, ...] = ("a090",), addresses: range = range(1, 5), listen_s: float = 0,
    say: Callable[[str], None] = lambda zh: None,
) -> tuple[doctor.Report, list[str]]:  # fmt: skip
    said: list[str] = []

    def tell(zh: str, en: str) -> None:
        said.append(zh)
        say(zh)

    report = doctor.examine(
        line(f"serial:{wire.device}", Path("/")),
        {n: PROTOCOLS[n] for n in languages},
        (9600,),
        addresses,
        listen_s,
        tell,
    )
    return report, said


def test_what_answers_shows_its_own_address(wire: VirtualWire, shown: Hall) -> None:
    report, said = examine(wire, ("a090", "modbus_led485"), range(1, 12))
    found = [(f.protocol, f.address, len(f.times_ms), f.most_answers) for f in report.boards]
    assert found == [("a090", 1, 3, 1), ("a090", 3, 3, 1), ("modbus_led485", 9, 3, 1)]
    assert {b: shown.boards[b].text.strip() for b in ("1", "3", "9")} == {"1": "1", "3": "3", "9": "9"}
    assert not report.noise and not report.echo and not report.garbled
    assert any("a090，地址3：有屏应答，最慢" in sentence for sentence in said)
    assert doctor.sentences(report)[-1][0] == "共找到3块屏，0个叫号器或评价器。"


def test_nothing_there(wire: VirtualWire) -> None:
    report, _ = examine(wire, addresses=range(40, 43))
    assert [zh for zh, _ in doctor.sentences(report)] == [
        "共找到0块屏，0个叫号器或评价器。",
        "什么都没有找到：请检查电源、A/B线是否接反、速率和协议。",
    ]


def test_an_echo_is_no_board(wire: VirtualWire) -> None:
    wire.order("echo")
    report, _ = examine(wire)
    assert ([f.address for f in report.boards], report.echo, report.garbled) == ([1, 3], True, [])
    assert any("转换器会回显" in zh for zh, _ in doctor.sentences(report))


def test_two_devices_at_one_address(wire: VirtualWire) -> None:
    wire.order("clash")
    report, _ = examine(wire)
    assert report.boards == [] and [address for _, _, address in report.garbled] == [1, 3]
    assert any("地址1：有应答但读不懂：可能两台设备同一地址" in zh for zh, _ in doctor.sentences(report))


@pytest.fixture
def gateway() -> Iterator[socket.socket]:
    """A box that answers every request of address n with exception n."""
    door = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        peer = door.accept()[0]
        with peer:
            while asked := peer.recv(256):
                answer = bytes([asked[0], asked[1] | 0x80, asked[0]])
                peer.sendall(answer + modbus.crc(answer).to_bytes(2, "little"))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield door
    door.close()
    thread.join(DEADLINE_S)


def test_an_exception_is_no_board_and_says_what_it_means(gateway: socket.socket) -> None:
    port = gateway.getsockname()[1]
    report = doctor.examine(
        line(f"socket://127.0.0.1:{port}", Path("/")),
        {"modbus_led485": PROTOCOLS["modbus_led485"]},
        (9600,),
        (2, 4, 10, 11),
        0,
        lambda zh, en: None,
    )
    assert report.boards == [] and report.garbled == []
    said = [sentence for sentence in doctor.sentences(report) if "modbus" in sentence.en]
    assert said == [
        Text(
            "modbus_led485（9600），地址2：有应答但拒收，不算作屏（没有这个寄存器）：请核对型号和协议。",
            "modbus_led485 (9600), address 2: answers, but refuses, and is not taken for a board (it has no such"
            " register); check model and protocol.",
        ),
        Text(
            "modbus_led485（9600），地址4：有应答但拒收，不算作屏（设备自己出错，或网关、模拟程序替不在的设备回答）：请核对型号和协议。",
            "modbus_led485 (9600), address 4: answers, but refuses, and is not taken for a board (it failed by itself,"
            " or a gateway or a simulator answers for one that is not there); check model and protocol.",
        ),
        Text(
            "modbus_led485（9600），地址10：没有屏，网关到这个地址没有通路：请检查电源、线路和地址。",
            "modbus_led485 (9600), address 10: no board; the gateway has no path to this address; check power, wire and"
            " address.",
        ),
        Text(
            "modbus_led485（9600），地址11：没有屏，网关问过，这个地址没有设备应答：请检查电源、线路和地址。",
            "modbus_led485 (9600), address 11: no board; the gateway asked, and no device of this address answered;"
            " check power, wire and address.",
        ),
    ]


def test_addresses_that_say_the_same_are_one_sentence() -> None:
    refused = [doctor.Refusal("x", 9600, a, Text("忙", "busy"), False) for a in (1, 2, 3, 7)]
    assert "地址1-3, 7：" in doctor.sentences(doctor.Report(refused=refused))[0].zh


def test_a_device_that_never_stops(wire: VirtualWire) -> None:
    wire.order("babble")
    report, _ = examine(wire, addresses=range(1, 2))
    assert report.noise > 3 and "请检查接线" in doctor.sentences(report)[0][0]


def test_pads_and_raters_are_heard_and_answered(wire: VirtualWire, shown: Hall) -> None:
    def fingers() -> None:
        wire.press(shown.pads["p"], 1, 2, 0x0C)
        wire.press(shown.pads["r"], 3)

    pressed = threading.Event()

    def say(zh: str) -> None:
        if "请在" in zh and not pressed.is_set():
            pressed.set()
            fingers()

    report, said = examine(wire, addresses=range(1, 2), listen_s=4, say=say)
    assert set(report.pressed) == {doctor.Pressed("pad", 21, "01 02 0C"), doctor.Pressed("rater", 22, "03")}
    assert "叫号器，地址21：按键 01 02 0C。" in said
    assert (shown.pads["p"].lost, shown.pads["p"].echoed) == (0, 1)


FOUND = doctor.Report(
    boards=[
        doctor.Found("a090", 9600, 1, (5.0,), 1),
        doctor.Found("a090", 9600, 3, (5.0,), 1),
        doctor.Found("modbus_led485", 9600, 90, (8.0,), 2),
    ],
    pressed=[doctor.Pressed("pad", 21, "0C"), doctor.Pressed("pad", 21, "0D"), doctor.Pressed("rater", 22, "03")],
)


def test_the_lines_for_what_the_file_lacks(hall: config.Hall) -> None:
    written = doctor.lines(doctor.tables(hall, "west", FOUND))
    made = tomlkit.parse(written).unwrap()
    assert made["boards"] == {
        "3": {"counter": "3", "wire": "west", "address": 3},
        "90": {"counter": "2", "wire": "west", "address": 90, "protocol": "modbus_led485"},
    }
    assert made["pads"] == {"21": {"counter": "1", "wire": "west", "address": 21}}
    assert made["raters"]["22"]["levels"] == {"04": 5, "03": 4, "02": 3, "01": 2, "00": 1}
    assert "# 请核对：是不是这个窗口 check: is it this counter?" in written


def test_written_into_the_file_it_is_still_right_and_keeps_its_comments(hall: config.Hall, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    before = file.read_text(encoding="utf-8")
    doctor.write(file, doctor.tables(hall, "west", FOUND))
    after = config.load(file)
    assert set(after.boards) == {"1", "3", "90"} and set(after.pads) == {"21"} and after.raters["22"].levels["04"] == 5
    comments = [text for text in before.splitlines() if text.startswith("#")]
    assert comments == [text for text in file.read_text(encoding="utf-8").splitlines() if text.startswith("#")]
    assert doctor.tables(after, "west", FOUND) == {}


def test_the_command(hall: config.Hall, wire: VirtualWire, tmp_path: Path) -> None:
    run = CliRunner().invoke(
        main, ["--config", str(tmp_path / "config.toml"), "doctor", "west", "--addresses", "1-3", "--listen", "0"]
    )
    assert run.exit_code == 0, run.output
    assert "共找到2块屏" in run.output and "[boards.3]" in run.output and "Found 2 boards" in run.output


def test_a_program_with_nothing_to_show_on_says_so(tmp_path: Path) -> None:
    def empty(hall: Any) -> None:
        hall["wires"], hall["boards"], hall["pads"], hall["raters"] = {}, {}, {}, {}

    run = CliRunner().invoke(main, ["--config", str(write_hall(tmp_path, empty))])
    assert run.exit_code == 2 and "nothing to show on" in run.output


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["north"], 2, "'north' is no wire of this hall; known: west"),
        (["west", "--addresses", "a"], 2, "write 1-40 or 1,2,7"),
        (["west", "--protocol", "a09"], 2, "'a09' is no language of boards; did you mean 'a090'?"),
        (["west", "--addresses", "1"], 1, "is the boards' program stopped, and the adapter plugged in?"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    hall: config.Hall, tmp_path: Path, arguments: list[str], status: int, sentence: str
) -> None:
    run = CliRunner().invoke(main, ["--config", str(tmp_path / "config.toml"), "doctor", *arguments])
    assert run.exit_code == status and sentence in run.output and "Traceback" not in run.output
