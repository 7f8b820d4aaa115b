"""Each kind of place: whole files, and one sentence with what to do for each way in which it can fail."""

from __future__ import annotations

import errno
import sys
from pathlib import Path

import pytest

import config
from server.backup import place_sftp
from server.backup.destination import PlaceError
from server.backup.place_folder import Folder, said
from server.backup.place_sftp import Sftp
from server.backup.place_stick import mount_point, stick
from server.backup.places import opened


def told(call: object) -> str:
    with pytest.raises(PlaceError) as caught:
        call()  # type: ignore[operator]
    assert caught.value.text.zh != caught.value.text.en and "\n" not in str(caught.value)
    return caught.value.text.en


def round_trip(place: object, tmp_path: Path) -> None:
    file, back = tmp_path / "file", tmp_path / "back"
    file.write_bytes(b"first")
    place.put(file, "a-1.age")  # type: ignore[attr-defined]
    file.write_bytes(b"second, longer")
    place.put(file, "a-1.age")  # type: ignore[attr-defined]
    place.put(file, "a-2.age")  # type: ignore[attr-defined]
    assert place.names() == ["a-1.age", "a-2.age"]  # type: ignore[attr-defined]
    place.get("a-1.age", back)  # type: ignore[attr-defined]
    assert back.read_bytes() == b"second, longer"
    place.remove("a-1.age")  # type: ignore[attr-defined]
    assert place.names() == ["a-2.age"] and place.free() > 0  # type: ignore[attr-defined]


# --- a folder, a mount ------------------------------------------------------------------------------------------------


def test_a_folder(tmp_path: Path, hall: config.Hall) -> None:
    round_trip(opened(hall, f"folder:{tmp_path / 'disk' / 'deep'}"), tmp_path)
    opened(hall, "folder:beside")
    assert (hall.folder / "beside").is_dir(), "a path from the hall's file on"


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert "check the disk, its cable and the network" in told(lambda: Folder(tmp_path / "file" / "in"))
    gone = Folder(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    for call in (
        gone.names,
        gone.free,
        lambda: gone.put(tmp_path / "file", "x"),
        lambda: gone.get("x", tmp_path / "y"),
    ):
        assert "can't be used" in told(call)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "is full: make room there"),
        (errno.EDQUOT, "is full: make room there"),
        (errno.EROFS, "can't be written: give the hub's account the right"),
        (errno.EACCES, "can't be written: give the hub's account the right"),
        (errno.EIO, "check the disk, its cable and the network"),
    ],
)
def test_what_is_said_of_a_disk(number: int, words: str) -> None:
    assert words in said("/mnt/nas", OSError(number, "x")).text.en


def test_a_mount_that_is_away_is_not_written_beside(tmp_path: Path, hall: config.Hall) -> None:
    assert "is not mounted: check the network and the share" in told(lambda: opened(hall, f"mount:{tmp_path / 'nas'}"))
    assert not (tmp_path / "nas").exists()
    assert Folder(Path("/proc/self"), mounted=True).names(), "below a mount is on a mount"


# --- a stick ----------------------------------------------------------------------------------------------------------

MOUNTINFO = """22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
90 22 8:17 / /mnt/U\\040disk rw,relatime shared:2 - vfat /dev/sdb1 rw
91 22 0:0 / {where} rw - vfat /dev/sdc1 rw
"""


def test_a_stick_is_found_by_its_label_and_must_be_mounted(tmp_path: Path) -> None:
    labels, mounts = tmp_path / "by-label", tmp_path / "mountinfo"
    labels.mkdir()
    mounts.write_text(MOUNTINFO.format(where=tmp_path / "stick"))
    assert told(lambda: stick("备份盘", labels, mounts)) == "no stick with the label '备份盘' is there: plug it in"
    (labels / "备份盘").touch()  # a device 0:0
    (labels / "MY\\x20DISK").touch()
    round_trip(stick("备份盘/jiaohao", labels, mounts), tmp_path)
    assert (tmp_path / "stick" / "jiaohao" / "a-2.age").exists()
    assert stick("MY DISK", labels, mounts).names() == []
    mounts.write_text(MOUNTINFO.format(where=tmp_path).replace(" 0:0 ", " 0:99 "))
    assert "is plugged in and not mounted" in told(lambda: stick("备份盘", labels, mounts))


def test_where_a_device_is_mounted() -> None:
    assert mount_point(MOUNTINFO, "8:17") == "/mnt/U disk"
    assert mount_point(MOUNTINFO, "8:33") is None


# --- another machine by SFTP ------------------------------------------------------------------------------------------


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine behind `sftp`, as a folder."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "sftp").write_text(
        f'#!/bin/sh\nexec {sys.executable} {Path(__file__).with_name("fake_sftp.py")} "$@"\n'
    )
    (tmp_path / "bin" / "sftp").chmod(0o755)
    (tmp_path / "machine").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("FAKE_SFTP", str(tmp_path / "machine"))
    return tmp_path / "machine"


def test_another_machine(machine: Path, tmp_path: Path, hall: config.Hall) -> None:
    round_trip(opened(hall, "sftp://hall@nas/backup%20of/"), tmp_path)
    assert (machine / "backup of" / "a-2.age").read_bytes() == b"second, longer"


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("dead", "can't be reached: check that machine and the network"),
        ("stranger", "is not among the known ones"),
        ("denied", "refuses the login: add the hub's key"),
        ("full", "takes no more, it may be full: make room"),
    ],
)
def test_a_machine_that_fails(machine: Path, tmp_path: Path, hall: config.Hall, host: str, words: str) -> None:
    (tmp_path / "file").write_text("x")
    assert words in told(lambda: opened(hall, f"sftp://hall@{host}/b").put(tmp_path / "file", "x"))
    assert not (machine / "b" / "x").exists()


def test_no_sftp_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hall: config.Hall) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert told(opened(hall, "sftp://nas/b").names) == "there is no sftp program here: install openssh-client"


def test_it_asks_nothing_and_believes_no_stranger() -> None:
    command = Sftp.named("sftp://hall@nas:2222/b", Path("/k"), Path("/h"))._command
    assert command[:6] == ["sftp", "-q", "-b", "-", "-P", "2222"] and command[-1] == "hall@nas"
    for option in ("BatchMode=yes", "StrictHostKeyChecking=yes", "IdentityFile=/k", "UserKnownHostsFile=/h"):
        assert f"-o{option}" in command
    assert place_sftp._quoted('a "b"\\') == '"a \\"b\\"\\\\"'
