"""A device gets the hall's files from its hub, keeps a copy to start by, and notices when they are others."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomlkit

from config import ConfigError, parse
from config.editing import Edit
from hall_of_hub import COPY, HallOfHub, NoHall
from hub_client import HubClient
from server.verbs import configuration
from server.verbs.hub import By, Hub
from tests.conftest import free_port
from tests.server.pages.conftest import Web
from tests.waiting import DEADLINE_S


@pytest.fixture
def web(hub: Hub) -> Iterator[Web]:
    from server.pages import access

    access.give_tokens(hub)
    web = Web(hub)
    yield web
    web.stop()


def of(hub: Hub, base: str, folder: Path, device: str = "K1") -> HallOfHub:
    token = (hub.hall.data / "tokens" / device).read_text(encoding="utf-8")
    return HallOfHub(HubClient(base, token, timeout=DEADLINE_S), folder)


def change(hub: Hub, *edits: Edit) -> None:
    configuration.edit(hub, By("70"), True, edits)
    configuration.apply(hub, By("70"), "试")


def test_a_device_needs_an_address_and_a_token(hub: Hub, web: Web, tmp_path: Path) -> None:
    source = of(hub, web.base, tmp_path / "device")
    hall = source.load()
    assert (source.device, hall.kiosks["K1"]) == ("K1", hub.hall.kiosks["K1"])
    assert (hall.wires, hall.boards, hall.raters) == (hub.hall.wires, hub.hall.boards, hub.hall.raters)


def test_it_starts_by_the_copy_while_the_hub_is_away(hub: Hub, web: Web, tmp_path: Path) -> None:
    folder = tmp_path / "device"
    known = of(hub, web.base, folder).load()
    assert (folder / COPY).stat().st_mode & 0o077 == 0
    away = of(hub, f"http://127.0.0.1:{free_port()}", folder)
    assert away.load().kiosks == known.kiosks
    assert away.device == "K1"


def test_a_guide_with_a_sample_picture_keeps_no_device_from_starting(hub: Hub, web: Web, tmp_path: Path) -> None:
    """The pictures stay at the hub."""
    told = of(hub, web.base, tmp_path).load()
    copy = json.loads((tmp_path / COPY).read_bytes())
    document: Any = tomlkit.parse(base64.b64decode(copy["files"][copy["name"]]).decode())
    code, material = next((one, name) for one in document["guides"] for name in document["guides"][one]["materials"])
    document["guides"][code]["materials"][material]["sample"] = "form.png"
    text = tomlkit.dumps(document)
    copy["files"][copy["name"]] = base64.b64encode(text.encode()).decode()
    (tmp_path / COPY).write_text(json.dumps(copy), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"form\.png"):
        parse(text, folder=hub.hall.folder)
    hall = of(hub, f"http://127.0.0.1:{free_port()}", tmp_path).load()
    assert hall.services[code].guide.materials[material].sample == "form.png"
    assert hall.kiosks == told.kiosks


def test_what_the_hub_says_and_cannot_be_read_is_not_what_it_starts_by(
    hub: Hub, web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = of(hub, web.base, tmp_path / "device").load()
    kept = (tmp_path / "device" / COPY).read_bytes()
    told = {"files": {"config.toml": ""}, "name": "config.toml", "version": "later", "device": "K1"}
    monkeypatch.setattr(HubClient, "get", lambda *_: told)
    again = of(hub, web.base, tmp_path / "device")
    assert again.load().kiosks == known.kiosks
    assert (again.version, (tmp_path / "device" / COPY).read_bytes()) == (json.loads(kept)["version"], kept)
    with pytest.raises(ConfigError):
        of(hub, web.base, tmp_path / "bare").load()


@pytest.mark.parametrize("copy", [None, b"", b"{", b"{}"])
def test_neither_hub_nor_copy_is_one_sentence(hub: Hub, web: Web, tmp_path: Path, copy: bytes | None) -> None:
    if copy is not None:
        (tmp_path / COPY).write_bytes(copy)
    with pytest.raises(NoHall, match="没有应答"):
        of(hub, f"http://127.0.0.1:{free_port()}", tmp_path).load()


def test_it_notices_another_description_and_keeps_it(hub: Hub, web: Web, tmp_path: Path) -> None:
    source = of(hub, web.base, tmp_path / "device")
    source.load()
    assert source.newer() is None
    change(hub, Edit("kiosks", "K1", "diagonal", 27))
    found = source.newer()
    assert found and found.kiosks["K1"].diagonal == 27
    assert source.newer() is None
    assert of(hub, f"http://127.0.0.1:{free_port()}", tmp_path / "device").load().kiosks["K1"].diagonal == 27


def test_whoever_watches_is_told(hub: Hub, web: Web, tmp_path: Path) -> None:
    source, stop, told = of(hub, web.base, tmp_path / "device"), threading.Event(), threading.Event()
    source.load()
    heard: list[Any] = []
    source.watch(lambda hall: (heard.append(hall), told.set()), stop, every_s=0.05)
    change(hub, Edit("kiosks", "K1", "diagonal", 27))
    assert told.wait(DEADLINE_S)
    stop.set()
    assert heard[0].kiosks["K1"].diagonal == 27


def test_a_device_with_a_file_of_its_own_reads_that_again(hub: Hub, web: Web, tmp_path: Path) -> None:
    token = (hub.hall.data / "tokens" / "K1").read_text(encoding="utf-8")
    source = HallOfHub(HubClient(web.base, token), tmp_path / "device", hub.hall.file)
    assert source.newer()
    change(hub, Edit("kiosks", "K1", "diagonal", 27))
    found = source.newer()
    assert found and found.folder == hub.hall.folder and found.kiosks["K1"].diagonal == 27
    assert not (tmp_path / "device").exists()


def test_no_name_leads_out_of_the_devices_folder(hub: Hub, web: Web, tmp_path: Path) -> None:
    folder = tmp_path / "device"
    source = of(hub, web.base, folder)
    source.load()
    copy = json.loads((folder / COPY).read_bytes())
    for name in ("../outside.toml", str(tmp_path / "absolute.toml"), "frames/mine.toml"):
        copy["files"][name] = base64.b64encode(b"x").decode()
    (folder / COPY).write_text(json.dumps(copy), encoding="utf-8")
    of(hub, f"http://127.0.0.1:{free_port()}", folder).load()
    assert (folder / "frames" / "mine.toml").read_bytes() == b"x"
    assert not (tmp_path / "outside.toml").exists() and not (tmp_path / "absolute.toml").exists()
