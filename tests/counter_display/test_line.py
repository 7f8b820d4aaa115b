"""A whole line over real pseudo-terminals: bus, wire, virtual boards; and the program with a small hub."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import serial
import tomlkit
from serial.rfc2217 import PortManager

import config
from counter_display.__main__ import Boards, Running
from counter_display.line import safety
from counter_display.line.bus import Board as OnWire
from counter_display.line.bus import Bus, line
from counter_display.line.schedule import Shown
from counter_display.protocols import a090
from counter_display.virtual.__main__ import plug_in, virtual_hall
from counter_display.virtual.hall import Board, Hall
from counter_display.virtual.wire import VirtualWire
from hub_client import HubClient
from tests.fake_hub import DEADLINE_S, FakeHub
from tests.waiting import until

REFRESH_S = 0.6


def seen(hall: Hall, true: Callable[[dict[str, Board]], object], what: str) -> None:
    """Wait until the boards show it."""
    with hall.changed:
        assert hall.changed.wait_for(lambda: true(hall.boards), DEADLINE_S), (what, hall.state())


def showing(board: str, text: str) -> Callable[[dict[str, Board]], bool]:
    return lambda boards: boards[board].text == text


@pytest.fixture
def hall() -> Hall:
    return Hall({str(n): Board(f"{n}号窗口", "west", n, 16) for n in (1, 2, 3)})


@pytest.fixture
def device(tmp_path: Path) -> Path:
    return tmp_path / "west"


@pytest.fixture
def wire(hall: Hall, device: Path) -> Iterator[VirtualWire]:
    wire = VirtualWire("west", device, hall)
    yield wire
    wire.unplug()


@pytest.fixture
def bus(device: Path) -> Iterator[Bus]:
    bus = Bus(
        "west", line(f"serial:{device.name}", device.parent), {str(n): OnWire(a090, n) for n in (1, 2, 3)}, REFRESH_S
    )
    bus.start()
    yield bus
    bus.stop(2)


def all_at(text: str) -> dict[str, Shown]:
    return dict.fromkeys(("1", "2", "3"), Shown(text))


def test_texts_arrive_and_are_repeated(hall: Hall, wire: VirtualWire, bus: Bus) -> None:
    bus.show({"1": Shown("请A001到1号窗口"), "2": Shown("暂停服务", color="yellow")})
    seen(hall, lambda b: (b["1"].text, b["2"].text, b["2"].color) == ("请A001到1号窗口", "暂停服务", "yellow"), "texts")
    seen(hall, lambda b: b["1"].frames > 2, "repeats")
    until(lambda: bus.health()["1"].state == "ok", "its answers")
    assert not hall.complaints and bus.health()["3"].state == "unknown"


def test_what_a_board_has_no_sign_for_is_said_once(
    hall: Hall, wire: VirtualWire, bus: Bus, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        bus.show({"1": Shown("€5")})
    seen(hall, showing("1", "□5"), "the substitute")
    said = [record.getMessage() for record in caplog.records if "no sign" in record.getMessage()]
    assert said == ["board 1: '€5': no sign for '€', no room for ''; change the wording"]


def test_a_text_goes_out_at_once_and_not_at_the_next_refresh(hall: Hall, wire: VirtualWire, device: Path) -> None:
    """How soon is measured by bench/board.py."""
    bus = Bus("west", line(f"serial:{device.name}", device.parent), {"1": OnWire(a090, 1)}, 3600.0)
    bus.start()
    try:
        for number in range(1, 4):
            text, before = f"请A00{number}到1号窗口", time.monotonic()
            bus.show({"1": Shown(text)})
            seen(hall, showing("1", text), text)
            wire_s = len(a090.encode(1, text)) * 10 / 9600
            assert hall.boards["1"].monotonic - before >= wire_s
            until(bus.settled, "a quiet wire")
    finally:
        bus.stop(2)


def test_a_flash_ends_with_the_text(hall: Hall, wire: VirtualWire, bus: Bus) -> None:
    texts: list[str] = []

    class Noting(Board):
        def took(self, raw: bytes) -> None:
            super().took(raw)
            if texts[-1:] != [self.text]:  # a frame whose answer came too late is sent again
                texts.append(self.text)

    hall.boards["1"].__class__ = Noting
    bus.show({"1": Shown("A001", "flash")})
    seen(hall, lambda _: len(texts) == 7, "seven texts")
    frames = hall.boards["1"].frames
    seen(hall, lambda boards: boards["1"].frames > frames + 1, "what is repeated")
    assert texts == ["A001", " "] * 3 + ["A001"]


def test_a_dead_board_becomes_unreachable_and_holds_nobody(hall: Hall, wire: VirtualWire, bus: Bus) -> None:
    hall.order("1", "dead")
    hall.order("2", "noise")
    bus.show(all_at("A001"))
    seen(hall, lambda b: b["3"].text == "A001", "the living board")
    until(lambda: bus.health()["1"].state == bus.health()["2"].state == "unreachable", "unreachable")
    hall.order("1", "ok")
    seen(hall, lambda b: b["1"].text == "A001", "the board that was switched on")
    until(lambda: bus.health()["1"].state == "ok", "ok again")


def test_an_echoing_adapter_hides_nothing(hall: Hall, device: Path, bus: Bus) -> None:
    wire = VirtualWire("west", device, hall, echo=True)
    hall.order("2", "dead")
    bus.show(all_at("オオ"))  # its bytes look like the end of an answer
    seen(hall, lambda b: b["1"].text == b["3"].text == "オオ", "texts")
    until(lambda: [bus.health()[b].state for b in "123"] == ["ok", "unreachable", "ok"], "the right health")
    wire.unplug()


def test_an_adapter_is_unplugged_and_plugged_in_again(hall: Hall, device: Path, bus: Bus) -> None:
    until(lambda: "is not there" in bus.health()["1"].detail, "the missing adapter's complaint")
    wire = VirtualWire("west", device, hall)
    bus.show(all_at("A001"))
    seen(hall, lambda b: b["3"].text == "A001", "texts")
    wire.unplug()
    until(lambda: bus.health()["3"].state == "unreachable", "unreachable")
    assert "wire west" in bus.health()["3"].detail and "check the adapter" in bus.health()["3"].detail
    hall.order("3", "dead")
    hall.order("3", "ok")
    wire = VirtualWire("west", device, hall)
    seen(hall, lambda b: b["3"].text == "A001", "texts again")
    until(lambda: bus.health()["3"].state == "ok", "ok")
    wire.unplug()


def test_boards_behind_a_network_box(hall: Hall) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:

        def box() -> None:
            peer, _ = door.accept()
            with peer:
                while frame := peer.recv(1000):
                    peer.sendall(b"\xa0\x90" + frame[2:3] + b"\xa5\xaa")

        threading.Thread(target=box, daemon=True).start()
        bus = Bus("far", line(f"socket://127.0.0.1:{door.getsockname()[1]}", Path()), {"1": OnWire(a090, 1)}, 30)
        bus.start()
        bus.show({"1": Shown("A001")})
        until(lambda: bus.health()["1"].state == "ok", "the answer")
        bus.stop(2)


def test_boards_behind_a_box_that_speaks_rfc2217() -> None:
    """pyserial's own server side of RFC 2217 before a board; the box is restarted once."""
    heard: list[bytes] = []
    peers: list[socket.socket] = []

    def box(door: socket.socket) -> None:
        peer, _ = door.accept()
        peers.append(peer)
        with peer, serial.serial_for_url("loop://") as port:
            manager = PortManager(port, Peer(peer))
            while telnet := peer.recv(1000):
                frame = b"".join(manager.filter(telnet))
                if frame:
                    heard.append(frame)
                    peer.sendall(b"".join(manager.escape(b"\xa0\x90" + frame[2:3] + b"\xa5\xaa")))

    with socket.create_server(("127.0.0.1", 0)) as door:
        bus = Bus("far", line(f"rfc2217://127.0.0.1:{door.getsockname()[1]}", Path()), {"1": OnWire(a090, 1)}, 30)
        threading.Thread(target=box, args=(door,), daemon=True).start()
        bus.start()
        for text in ("A001", "A002"):
            bus.show({"1": Shown(text)})
            until(lambda t=text: any(a090.encode(1, t) == frame for frame in heard), text)  # type: ignore[misc]
        peers[0].shutdown(socket.SHUT_RDWR)
        until(lambda: bus.health()["1"].state == "unreachable", "the end of the box")
        before = len(heard)
        threading.Thread(target=box, args=(door,), daemon=True).start()
        until(lambda: len(heard) > before, "the text again")
        bus.stop(2)


class Peer:
    """What PortManager wants to write to."""

    def __init__(self, peer: socket.socket) -> None:
        self.write = peer.sendall


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("serial:var/wires/west?baud=19200", ("/hall/var/wires/west", 19200)),
        ("serial:/dev/ttyUSB0", ("/dev/ttyUSB0", 9600)),
        ("socket://box:4001", ("socket://box:4001", 9600)),
        ("rfc2217://box:4001", ("rfc2217://box:4001", 9600)),
    ],
)
def test_where_a_wire_is_plugged_in(url: str, found: tuple[str, int]) -> None:
    assert line(url, Path("/hall"))[:2] == found


@pytest.mark.parametrize("url", ["serial:x?bauds=9600", "serial:x?baud=fast", "serial:x?baud=0"])
def test_a_wrong_wire(url: str) -> None:
    with pytest.raises(ValueError, match='write "serial:x\\?baud=9600"'):
        line(url, Path())


# --- the program ------------------------------------------------------------------------------------------------------


class Line:
    """A hall's file, its virtual boards, a small hub, and the program when it runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hub = FakeHub()
        self.file = self._write()
        self.config = config.load(self.file)
        self.hall = virtual_hall(self.config)
        self.wires = plug_in(self.config, self.hall)
        self.program: subprocess.Popen[str] | None = None
        self.log = ""

    def _write(self) -> Path:
        text = tomlkit.parse((config.ROOT / "config.toml").read_text(encoding="utf-8"))
        hall: Any = text["hall"]
        for key in ("catalogue", "catalogue_en", "calendar"):
            hall[key] = str(config.ROOT / str(hall[key]))
        hub: Any = text["hub"]
        hub["url"], hub["data"] = self.hub.url, "data"
        file = self.folder / "config.toml"
        file.write_text(tomlkit.dumps(text), encoding="utf-8")
        return file

    def token(self) -> None:
        (self.folder / "data" / "tokens").mkdir(parents=True, exist_ok=True)
        (self.folder / "data" / "tokens" / "boards").write_text("secret\n")

    def start(self, *options: str) -> None:
        self.program = subprocess.Popen(
            [sys.executable, "-m", "counter_display", "--config", str(self.file), *options],
            cwd=config.ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Exit status."""
        assert self.program
        self.program.send_signal(how)
        self.log += self.program.communicate(timeout=DEADLINE_S)[1]
        return self.program.returncode

    def show(self, text: str) -> None:
        self.hub.show(
            "/boards", boards={b: {"text": text, "effect": "still", "color": "red"} for b in self.hall.boards}
        )

    def all_show(self, text: str) -> None:
        seen(self.hall, lambda boards: {board.text for board in boards.values()} == {text}, text)

    def close(self) -> None:
        if self.program and self.program.poll() is None:
            self.stop(signal.SIGKILL)
        for wire in self.wires.values():
            wire.unplug()
        self.hub.kill()


@pytest.fixture
def hall_line(tmp_path: Path) -> Iterator[Line]:
    made = Line(tmp_path)
    yield made
    made.close()


def test_a_day_of_the_program(hall_line: Line) -> None:
    """Shows, tells its health, survives its own kill -9, the hub's loss, and goes in peace."""
    hall_line.token()
    hall_line.show("A001")
    hall_line.start("--lost-after", "1.0")
    hall_line.all_show("A001")
    hub = hall_line.hub
    well = {"state": "ok", "detail": ""}
    everybody_ok = {"boards": dict.fromkeys(hall_line.hall.boards, well), "pads": {"1": well}, "raters": {"1": well}}
    hub.wait(lambda: any(body == everybody_ok for _, _, body in hub.asked("PUT", "/boards/health")), "health")
    assert hub.asked("GET", "/boards")[0][1]["Authorization"] == "Bearer secret"

    hall_line.stop(signal.SIGKILL)
    hall_line.show("A002")
    hall_line.start("--lost-after", "1.0")
    hall_line.all_show("A002")

    hub.kill()
    hall_line.all_show("请听广播")
    hub.start()
    hall_line.all_show("A002")

    assert hall_line.stop() == 0
    hall_line.all_show("请听广播")  # nobody would heal a number that stayed
    assert not hall_line.hall.complaints


def test_without_a_token_the_boards_show_the_code_that_enrols_them(hall_line: Line) -> None:
    hub, token = hall_line.hub, hall_line.folder / "data" / "tokens" / "boards"
    page = "http://hub.test/admin/devices"
    code = {"secret": "only-mine", "code": "BCDFGH", "shown": "BCD-FGH", "url": f"{page}?code=BCDFGH", "page": page}
    hub.answers["POST", "/devices/codes"] = (201, {**code, "lasts_s": 600, "interval_s": 0.05})
    hub.answers["POST", "/devices/codes/became"] = (200, {"state": "waiting"})
    hub.kill()
    hall_line.start("--patience", "0.3")
    hall_line.all_show("请听广播")  # nobody there to give a code: never an old number
    hub.start()
    hall_line.all_show("BCD-FGH")
    hub.answers["POST", "/devices/codes/became"] = (200, {"state": "granted", "device": "boards", "token": "the-token"})
    hall_line.show("A007")
    hall_line.all_show("A007")
    assert token.read_text() == "the-token\n" and token.stat().st_mode & 0o777 == 0o600
    asked = [headers for method, path, headers, _ in hub.seen if method == "GET" and path.endswith("/boards")]
    assert asked[-1]["Authorization"] == "Bearer the-token"
    assert hall_line.stop() == 0
    assert "BCD-FGH" in hall_line.log and f"请系统管理员打开 {page}" in hall_line.log
    assert hall_line.log.count("BCD-FGH") == 1, "said once, and not each time it is asked"


def test_a_token_that_was_ended_leads_back_to_a_code(hall_line: Line) -> None:
    hub = hall_line.hub
    hall_line.token()
    hub.answers["GET", "/devices/me"] = (401, {"title": "401", "detail": "请登录"})
    code = {"secret": "s", "code": "BCDFGH", "shown": "BCD-FGH", "url": "http://h/?code=BCDFGH", "page": "http://h/"}
    hub.answers["POST", "/devices/codes"] = (201, {**code, "lasts_s": 600, "interval_s": 0.05})
    hub.answers["POST", "/devices/codes/became"] = (200, {"state": "waiting"})
    hall_line.start()
    hall_line.all_show("BCD-FGH")
    assert hall_line.stop() == 0


def test_a_wire_is_examined_as_the_hub_asks_and_shows_numbers_again(
    hall_line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("counter_display.__main__.LISTEN_S", 0.2)
    monkeypatch.setattr("counter_display.line.doctor.ANSWER_S", 0.6)
    hub, wire = hall_line.hub, next(iter(hall_line.config.wires))
    mine = [b for b, table in hall_line.config.boards.items() if table.wire == wire]
    boards = Boards(hall_line.config, lost_s=60, patience_s=60)
    boards.client = HubClient(hub.url, "secret")
    boards.start()
    told = {"boards": {b: {"text": "A001"} for b in hall_line.hall.boards}}
    boards.tell({**told, "examine": {wire: {"order": 7, "every": False}}})

    def answer() -> dict[str, Any] | None:
        return next((body for method, path, _, body in hub.seen if path == "/api/v1/boards/examined"), None)

    until(answer, "what was found")
    body = answer()
    assert body and (body["wire"], body["order"], body["lines"]) == (wire, 7, "")
    said = [zh for zh, _ in body["found"]]
    assert sum("有屏应答" in one for one in said) == len(mine) and f"共找到{len(mine)}块屏" in said[-1]
    hall_line.all_show("A001")
    boards.tell({**told, "examine": {wire: {"order": 7, "every": False}}})
    hall_line.all_show("A001")
    assert sum(path == "/api/v1/boards/examined" for _, path, _, _ in hub.seen) == 1, "an order is carried out once"
    boards.farewell()


@pytest.mark.parametrize(
    ("columns", "texts"),
    [(16, ("BCD-FGH",)), (7, ("BCD-FGH",)), (6, ("BCDFGH",)), (5, ("1BCD", "2FGH")), (4, ("1BCD", "2FGH"))],
)
def test_a_short_board_shows_a_code_in_two_groups(columns: int, texts: tuple[str, ...]) -> None:
    shown = safety.code("BCD-FGH", columns)
    assert (shown.text, *shown.more) == texts and bool(shown.seconds) == (len(texts) > 1)


def test_a_short_loss_changes_nothing(hall_line: Line) -> None:
    boards = Boards(hall_line.config, lost_s=3600, patience_s=2)
    boards.start()
    boards.tell({"boards": {b: {"text": "A001"} for b in hall_line.hall.boards}})
    hall_line.all_show("A001")
    until(lambda: all(bus.settled() for bus in boards.buses.values()), "quiet wires")
    boards.doubt(heard=time.monotonic() - 60)
    assert all(bus.settled() for bus in boards.buses.values())
    boards.doubt(heard=time.monotonic() - 3600)
    hall_line.all_show("请听广播")
    for bus in boards.buses.values():
        bus.stop(2)


def changed(hall_line: Line, old: str, new: str) -> config.Hall:
    return config.parse(hall_line.file.read_text(encoding="utf-8").replace(old, new), folder=hall_line.config.folder)


def test_another_file_of_the_hall_takes_the_wires_over_and_no_call_is_lost(hall_line: Line) -> None:
    running = Running(hall_line.config, lambda hall: Boards(hall, lost_s=60, patience_s=2))
    running.start()
    running.tell({"boards": {b: {"text": "A001"} for b in hall_line.hall.boards}})
    hall_line.all_show("A001")
    before = running.boards
    running.renew(changed(hall_line, "banner_en = ", "banner_en = 'x' # "))
    assert running.boards is before  # what is none of its business leaves the wires alone
    running.renew(changed(hall_line, "请听广播", "请稍候"))
    assert running.boards is not before
    running.tell({"boards": {b: {"text": "A002"} for b in hall_line.hall.boards}})
    hall_line.all_show("A002")
    running.boards.doubt(heard=time.monotonic() - 60)
    hall_line.all_show("请稍候")
    running.boards.leave()


def test_wires_that_cannot_be_are_not_taken(hall_line: Line) -> None:
    running = Running(hall_line.config, lambda hall: Boards(hall, lost_s=60, patience_s=2))
    running.start()
    before = running.boards
    running.renew(changed(hall_line, "baud=9600", "bauds=9600"))
    assert running.boards is before
    running.tell({"boards": {b: {"text": "A003"} for b in hall_line.hall.boards}})
    hall_line.all_show("A003")
    running.boards.leave()


def test_a_wrong_config_is_said_line_by_line(tmp_path: Path, hall_line: Line) -> None:
    text = hall_line.file.read_text(encoding="utf-8")
    for old, new, said in (
        ("baud=9600", "bauds=9600", "wires.west: 'bauds' is no option of a serial line"),
        ("refresh_s", "refesh_s", "did you mean 'refresh_s'?"),
    ):
        hall_line.file.write_text(text.replace(old, new), encoding="utf-8")
        hall_line.start()
        assert hall_line.program
        _, log = hall_line.program.communicate(timeout=DEADLINE_S)
        assert hall_line.program.returncode == 2 and said in log


def test_help() -> None:
    for module in ("counter_display", "counter_display.virtual"):
        done = subprocess.run(
            [sys.executable, "-m", module, "--help"], cwd=config.ROOT, capture_output=True, text=True, check=True
        )
        assert "--config" in done.stdout and "SIGTERM" in done.stdout


def test_the_virtual_program(hall_line: Line) -> None:
    for wire in hall_line.wires.values():
        wire.unplug()
    hall_line.wires.clear()
    program = subprocess.Popen(
        [sys.executable, "-m", "counter_display.virtual", "--config", str(hall_line.file), "--show-port", "0"],
        cwd=config.ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout
    ready = program.stdout.readline()
    assert '"show_port"' in ready and (hall_line.folder / "var/wires/west").is_char_device()
    program.send_signal(signal.SIGTERM)
    assert program.wait(DEADLINE_S) == 0 and not (hall_line.folder / "var/wires/west").is_symlink()
