"""The file for who helps: all that helps, and nothing of a person; the log it packs, and the hub's sign of life."""

from __future__ import annotations

import io
import json
import logging
import socket
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import config
from server import caretaker, logs
from server.__main__ import main
from server.domain.scrub import HIDDEN, scrubbed, without_secrets
from server.domain.upkeep import Absence, Free, Upkeep
from server.health import Contacts, Health
from server.store import upkeep_state
from server.store.database import Store
from server.verbs import accounts
from server.verbs.hub import By, Hub
from server.views.condition import condition
from tests.conftest import HandClock, write_hall
from tests.hub_process import HubProcess
from tests.server.domain.test_upkeep import packet
from tests.waiting import DEADLINE_S, until

PLANTED = {
    "a name of the staff": "欧阳测试",
    "an identity number": "350502199001011234",
    "the same in full width": "３５０５０２１９９００１０１１２３４",
    "a mobile number": "13800138000",
    "a token": "tok3n-" + "x" * 37,
    "a short token in a file": "s3cr3t-word",
    "a password": "Winter2026!pass",
    "a mail address": "somebody@invented.example",
    "a log-in of an address": "printer:hunter22",
    "a hash": "$argon2id$v=19$m=65536,t=3,p=4$aaaa$bbbb",
    "a backup key": "AGE-SECRET-KEY-1QQQQ",
}


def planted_hall(folder: Path) -> Path:
    def change(hall) -> None:
        hall["mail"] = {
            "host": "mail.hall.lan",
            "user": PLANTED["a password"],
            "from": PLANTED["a mail address"],
            "to": [PLANTED["a mail address"]],
            "password_file": "mail.password",
        }
        first = next(iter(hall["printers"].values()))
        first["name"] = f"{PLANTED['a mobile number']}的打印机"

    file = write_hall(folder, change)
    file.write_text(f"# {PLANTED['a name of the staff']} knows the password\n" + file.read_text(encoding="utf-8"))
    (folder / "mail.password").write_text(PLANTED["a password"])
    return file


@pytest.fixture
def quiet() -> Iterator[None]:
    """Handlers as they were."""
    root = logging.getLogger()
    before = [*root.handlers]
    yield
    for one in root.handlers[:]:
        if one not in before:
            root.removeHandler(one)
            one.close()


def test_nothing_planted_comes_out(tmp_path: Path, quiet: None) -> None:
    file = planted_hall(tmp_path)
    hall = config.load(file)
    made = Hub(hall, Store(hall.data), HandClock())
    accounts.put(made, By("test"), "4711", PLANTED["a name of the staff"], "operator", "a-b-c-d-e-f")
    made.store.close()
    (hall.data / "tokens").mkdir(exist_ok=True)
    (hall.data / "tokens" / "K1").write_text(PLANTED["a short token in a file"])
    logs.to_files(hall)
    log = logging.getLogger("planted")
    for word in [word for word in PLANTED.values() if word != PLANTED["a log-in of an address"]]:
        login = PLANTED["a log-in of an address"]
        log.error("seen: %s at http://%s@10.0.0.9/x; Authorization: Bearer %s", word, login, word)
    try:
        raise ValueError(PLANTED["an identity number"])
    except ValueError:
        log.exception("a trace")
    out = tmp_path / "out.zip"
    done = CliRunner(env={"LC_ALL": "zh_CN.UTF-8"}).invoke(main, ["--config", str(file), "support", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert out.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(out) as pack:
        parts = {name: pack.read(name).decode() for name in pack.namelist()}
    assert {*parts} == {
        *("versions.txt", "config.toml", "check.txt", "health.json", "metrics.txt", "database.json", "log/hub.log")
    }
    for name, text in parts.items():
        assert [what for what, word in PLANTED.items() if word in text] == [], name
    assert config.parse(parts["config.toml"].replace(HIDDEN, "x@y.zz"), folder=file.parent).hall == hall.hall
    assert len(parts["log/hub.log"].splitlines()) == len(PLANTED)
    assert json.loads(parts["database.json"])["events"]["StaffChanged"] == 1 and "Python" in parts["versions.txt"]
    assert "[4711]" in parts["log/hub.log"] and "ValueError" in parts["log/hub.log"]


def test_a_wrong_file_of_the_hall_is_packed_too(tmp_path: Path) -> None:
    file = write_hall(tmp_path)
    file.write_text(file.read_text().replace('kind = "pickup"', 'kind = "pikup"'))
    out = tmp_path / "out.zip"
    done = CliRunner().invoke(main, ["--config", str(file), "support", "--out", str(out)])
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(out) as pack:
        assert "did you mean 'pickup'?" in pack.read("check.txt").decode()
        assert "pikup" in pack.read("config.toml").decode()


@pytest.mark.parametrize(
    ("key", "value", "hidden"),
    [
        ("pin", "x", True),
        ("client_secret", "x", True),
        ("api_token", "x", True),
        ("password", "x", True),
        ("user", "x", True),
        ("password_file", "x", False),
        ("known_hosts", "x", False),
        ("api_key", ["a"], True),
        ("keys", "usb", False),
        ("name", "x", False),
        ("pin", "", False),
    ],
)
def test_a_key_says_whether_it_is_secret(key: str, value: object, hidden: bool) -> None:
    told = without_secrets({"deep": {"list": [{key: value}]}})
    assert (told["deep"]["list"][0][key] == HIDDEN) is hidden


def test_ordinary_lines_stay_as_they_are() -> None:
    line = "2026-11-29T08:00:00.000+08:00 A001 at counter 1, SB01, 192.168.1.10:8000, 0595-22178801, 12345 ms"
    assert scrubbed(line, {"08": "王"}, ["abc"]) == line


def test_the_log_is_lines_of_json_and_rotates(hall: config.Hall, quiet: None, monkeypatch) -> None:
    monkeypatch.setattr(logs, "SIZE", 2000)
    logs.to_files(hall)
    for n in range(200):
        logging.getLogger("x").error("line %d 取号", n)
    files = sorted(logs.folder_of(hall).iterdir())
    assert len(files) == logs.FILES and all(one.stat().st_size <= 2000 for one in files)
    assert logs.folder_of(hall).stat().st_mode & 0o077 == 0
    last = json.loads((logs.folder_of(hall) / "hub.log").read_text(encoding="utf-8").splitlines()[-1])
    assert (last["text"], last["level"], last["from"]) == ("line 199 取号", "error", "x") and "+08:00" in last["at"]


def test_a_full_disk_stops_no_log(hall: config.Hall, quiet: None, capsys) -> None:
    logs.to_files(hall)
    (handler,) = [one for one in logging.getLogger().handlers if isinstance(one, logs._File)]
    own = handler.stream
    with open("/dev/full", "wb", buffering=0) as full:
        handler.stream = io.TextIOWrapper(full, write_through=True)
        logging.getLogger("x").error("said")
        handler.stream.detach()
    handler.stream = own
    assert "Traceback" not in capsys.readouterr().err


def test_a_killed_hub_knows_how_long_it_was_away(tmp_path: Path) -> None:
    hub = HubProcess(tmp_path)
    hall = config.load(hub.file)
    hub.start()
    assert upkeep_state.read(hall).absences == ()
    hub.kill()
    hub.start()
    until(lambda: bool(upkeep_state.read(hall).absences))
    hub.process.terminate()
    assert hub.process.wait(DEADLINE_S) == 0
    hub.start()
    until(lambda: len(upkeep_state.read(hall).absences) == 2)
    hub.kill()
    kept = upkeep_state.read(hall).absences
    assert [one.clean for one in kept] == [False, True] and all(one.since <= one.until for one in kept)
    assert (hall.data / "log" / "hub.log").read_text(encoding="utf-8").count('"hub at ') <= 3


def test_the_page_says_when_nobody_ran(browser_page: str) -> None:
    assert "11-23 08:00 至 11-23 08:30，30分钟，意外中断" in browser_page
    assert "程序版本" in browser_page and "SQLite" in browser_page and "磁盘还够用" in browser_page


@pytest.fixture
def browser_page(hub: Hub) -> str:
    now = hub.now()
    free = tuple(Free(now - (9 - n) * 86400.0, (30 - n) << 30) for n in range(10))
    upkeep_state.write(hub.hall, Upkeep((Absence(now - 3600, now - 1800, False),), free))
    told = condition(hub, Health(lambda *_: None, hub.now), Contacts(hub.now, lambda: hub.day(hub.now())))
    assert any("磁盘约" in one["text"].zh for one in told["problems"])
    return "\n".join([*(one.zh for one in told["absences"]), *(name.zh + value for name, value in told["figures"])])


def test_a_time_server_is_asked_over_the_wire(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caretaker, "ANSWER_S", DEADLINE_S)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve() -> None:
            data, whom = server.recvfrom(512)
            server.sendto(packet(data, time.time() + 7000, time.time() + 7000), whom)

        thread = threading.Thread(target=serve)
        thread.start()
        found = caretaker.ask(f"127.0.0.1:{server.getsockname()[1]}")
        thread.join()
    assert found == pytest.approx(7000, abs=DEADLINE_S)  # how long it was on its way, too


def test_a_time_server_that_is_not_there_says_nothing(monkeypatch) -> None:
    monkeypatch.setattr(caretaker, "ANSWER_S", 0.2)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        assert caretaker.ask(f"127.0.0.1:{silent.getsockname()[1]}") is None
    assert caretaker.ask("no.such.host.invalid") is None
