"""What the installer does on a machine that is no hub, and whose files are whose: without a bundle, below a folder."""

from __future__ import annotations

import pwd
import socket
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

import config
from bundle import installing
from bundle.installing import Place, Stopped, Wish, install


class Units(installing.Systemd):
    """Keeps what it is told to start; everything works."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.started: list[str] = []

    def enable(self, units: Sequence[str]) -> None:
        assert self.place.hub_env.exists(), "a unit that is started at once knows its hub"

    def start(self, units: Sequence[str]) -> None:
        self.started += units

    def works(self, unit: str) -> bool:
        return True


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr("bundle.installing.time.sleep", lambda seconds: None)
    place = Place(tmp_path / "machine")
    for folder in (place.etc, place.versions / "1"):
        folder.mkdir(parents=True)
    return place


def installed(place: Place, wish: Wish) -> list[str]:
    units = Units(place)
    install(place, place.versions / "1", units, wish)
    return units.started


@pytest.mark.parametrize(
    ("wish", "url"),
    [
        (Wish(["kiosk"], "K2", hub="http://10.0.0.5:8000/"), "http://10.0.0.5:8000"),
        (Wish(["boards"], "K1", address="10.0.0.5"), "http://10.0.0.5:8000"),
        (Wish(["kiosk", "boards"], "K1", address="10.0.0.5:8080"), "http://10.0.0.5:8080"),
        (Wish(["boards"], "K1", address="fd00::5"), "http://[fd00::5]:8000"),
    ],
)
def test_a_device_s_machine_is_told_its_hub_and_started_without_a_hall_s_file(
    place: Place, wish: Wish, url: str
) -> None:
    started = installed(place, wish)
    assert place.hub_env.read_text() == f"JIAOHAO_HUB={url}\n" and not place.config.exists()
    assert started == [{"kiosk": f"jiaohao-kiosk@{wish.name}", "boards": "jiaohao-boards"}[one] for one in wish.roles]


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        (Wish(["kiosk"]), "Where is the hub?"),
        (Wish(["kiosk"], hub="10.0.0.5"), "no address of a hub"),
        (Wish(["kiosk"], hub="https://10.0.0.5", authority="/nowhere.pem"), "check the file's name"),
    ],
)
def test_a_machine_that_would_not_find_its_hub_is_not_installed(
    place: Place, wish: Wish, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installing, "ENGLISH", True)
    with pytest.raises(Stopped, match=why):
        installed(place, wish)
    assert not place.current.exists() and not place.hub_env.exists()


def test_the_address_that_was_told_before_stays(place: Place) -> None:
    place.hub_env.write_text("# the hall\nJIAOHAO_HUB=https://hub.lan:8000\n")
    installed(place, Wish(["boards"]))
    assert place.hub_env.read_text() == "JIAOHAO_HUB=https://hub.lan:8000\n"


def test_the_root_certificate_lies_where_each_unit_s_token_does(place: Place) -> None:
    root = place.root / "authority.pem"
    root.write_text("PEM")
    installed(place, Wish(["kiosk", "boards"], "K2", hub="https://10.0.0.5:8000", authority=str(root)))
    for unit, folder in (("jiaohao-kiosk@", "jiaohao-kiosk/K2"), ("jiaohao-boards", "jiaohao-boards")):
        assert (place.root / "var/lib" / folder / "authority.pem").read_text() == "PEM"
        text = (config.ROOT / "deploy" / f"{unit}.service").read_text(encoding="utf-8").replace("%i", "K2")
        assert f"StateDirectory={folder}\n" in text and f"--token-file /var/lib/{folder}/" in text


def test_the_hub_s_user_may_change_the_hall_s_files_and_no_program_or_key(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place.etc / "data").mkdir()
    place.data.mkdir(parents=True)
    (place.data / "hall.db").touch()
    (place.etc / "tokens").mkdir()
    for file in (place.config, place.etc / "data" / "calendar.csv", place.etc / "hub.env"):
        file.touch()
    (place.etc / "data" / "elsewhere").symlink_to("/etc/passwd")
    given: dict[str, tuple[int, int, bool]] = {}

    def chown(one: Path, user: int, group: int, *, follow_symlinks: bool) -> None:
        given[str(one.relative_to(place.root))] = user, group, follow_symlinks

    nobody = pwd.getpwnam("nobody")
    monkeypatch.setattr("bundle.installing.pwd.getpwnam", lambda name: nobody)
    monkeypatch.setattr("bundle.installing.os.chown", chown)
    place.real = True
    installing._give_hall(place)
    hall = {f"etc/jiaohao{one}" for one in ("", "/config.toml", "/data", "/data/calendar.csv", "/data/elsewhere")}
    assert {*given} == hall | {"var/lib/jiaohao", "var/lib/jiaohao/hall.db"}
    assert {*given.values()} == {(nobody.pw_uid, nobody.pw_gid, False)}
    assert not place.public.is_relative_to(place.etc)


def test_a_key_from_an_earlier_version_moves_to_where_only_root_writes(place: Place) -> None:
    work = place.root / "work"
    work.mkdir()
    (work / "release.pub").write_text("the bundle's")
    (place.etc / "release.pub").write_text("the hall's")
    installing.settled(place, place.versions / "1", work)
    assert place.public.read_text() == "the hall's" and not (place.etc / "release.pub").exists()


@pytest.mark.parametrize(
    ("listen", "here"),
    [
        ('listen = "10.0.0.5:8080"', "http://10.0.0.5:8080"),
        ('listen = "0.0.0.0:8000"', "http://127.0.0.1:8000"),
        ("", "http://127.0.0.1:8000"),
    ],
)
def test_the_hub_is_asked_where_it_listens(place: Place, listen: str, here: str) -> None:
    place.config.write_text(f"[hub]\n{listen}\n")
    assert place.here() == here


def test_a_hub_on_another_address_of_this_machine_is_found_healthy(place: Place) -> None:
    with socket.socket() as line:
        line.bind(("127.0.0.9", 0))
        line.listen()
        place.config.write_text(f'[hub]\nlisten = "127.0.0.9:{line.getsockname()[1]}"\n')

        def answer() -> None:
            peer, _ = line.accept()
            with peer:
                peer.recv(4096)
                peer.sendall(b"HTTP/1.0 200 OK\r\n\r\n")

        threading.Thread(target=answer, daemon=True).start()
        assert installing.healthy(place, Units(place), ["jiaohao-hub"], 5.0).good


@pytest.mark.parametrize(
    ("listen", "told"), [("0.0.0.0:8000", "http://127.0.0.1:8000"), ("10.0.0.5:8000", "https://hub.lan:8000")]
)
def test_a_kiosk_on_the_hub_s_machine_goes_the_way_that_the_hub_lets_it(
    place: Place, listen: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bundle.installing._ready", lambda here: installing.Answer(True))
    place.config.write_text(f'[hub]\nlisten = "{listen}"\nurl = "https://hub.lan:8000"\ndata = "hall"\n')
    (place.etc / "hall/tls").mkdir(parents=True)
    (place.etc / "hall/tls/authority.pem").write_text("PEM")
    assert installed(place, Wish(["hub", "kiosk"], "K1")) == ["jiaohao-hub", "jiaohao-kiosk@K1"]
    assert place.hub_env.read_text() == f"JIAOHAO_HUB={told}\n"
    assert (place.device("kiosk", "K1") / "authority.pem").exists() == told.startswith("https")
