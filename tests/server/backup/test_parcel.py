"""What is in a backup, and that a damaged, foreign or newer one is refused in one sentence and leaves nothing."""

from __future__ import annotations

import io
import json
import random
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pyrage
import pytest
import tomlkit
import zstandard
from pyrage import x25519

import config
from config import Told
from config.reference import keys
from server import certificate
from server.backup import paper_key, parcel
from server.backup.restore import restore
from server.pages.access import give_tokens
from server.store import secret
from server.store.database import Store
from server.verbs import accounts, messages, records, tickets
from server.verbs.day import tick
from server.verbs.hub import By, Hub
from tests.conftest import MONDAY_9, HandClock, write_hall

KEY = x25519.Identity.generate()
PHONE = "13900008888"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[config.Hall, Path]:
    """A hall with everything that a file can name, and a backup of it."""
    here = tmp_path_factory.mktemp("hall")
    (here / "voice" / "cmn").mkdir(parents=True)
    (here / "voice" / "cmn" / "qing.wav").write_bytes(b"RIFF")
    (here / "mail.password").write_text("geheim")
    (here / "films").mkdir()
    (here / "films" / "a.png").write_bytes(b"PNG")

    def change(hall: tomlkit.TOMLDocument) -> None:
        hall["mail"].update({"user": "u", "password_file": "mail.password"})
        next(iter(hall["screens"].values()))["pictures"] = "films"

    hall = config.load(write_hall(here, change))
    hub = Hub(hall, Store(hall.data), HandClock(MONDAY_9))
    tick(hub)
    give_tokens(hub)
    certificate.keep(hall, MONDAY_9)
    secret.key(hall, "code")
    secret.key(hall, "bundle")
    accounts.put(hub, By("administrator"), "08", "王敏", "operator", "pass-word-08")
    for _ in range(20):
        tickets.issue(hub, By("kiosk"), "SB01")
    moves = [("receive", {"service": "SB01", "applicant": "person", "received": ["身份证"], "phone": PHONE})]
    messages.say(hub, By("50"), "manager", "desk", "今天四点开会")
    records.open_record(hub, records.Who(By("08"), "operator"), "case", moves)
    scratch = here / "scratch"
    scratch.mkdir()
    file = parcel.pack(
        hall, scratch, [KEY.to_public()], MONDAY_9, lambda seq: f"hall-20261123-090000-{seq}.tar.zst.age"
    )
    hub.store.close()
    return hall, file


def refused(file: Path, into: Path, key: x25519.Identity = KEY) -> str:
    with pytest.raises(Told) as caught:
        restore(file, key, into)
    assert "\n" not in caught.value.text.en and caught.value.text.zh != caught.value.text.en
    assert not into.exists(), "nothing half restored stays"
    return caught.value.text.en


def test_everything_that_the_hall_needs_comes_back(made: tuple[config.Hall, Path], tmp_path: Path) -> None:
    old, file = made
    path, _ = restore(file, KEY, tmp_path / "new")
    new = config.load(path)
    assert path.parent == tmp_path / "new" and new.services == old.services and new.days == old.days
    assert new.data.is_relative_to(tmp_path / "new") and Path(new.folder / new.hall.catalogue).is_relative_to(
        new.folder
    )
    assert (new.folder / new.mail.password_file).read_text() == "geheim"
    assert (new.folder / new.voice.folder / "cmn" / "qing.wav").read_bytes() == b"RIFF"
    for name in (
        "code-key",
        "bundle-key",
        "tokens/K1",
        "tokens/boards",
        "tls/hub.key",
        "tls/authority.key",
        "tokens/authority.pem",
    ):
        assert (new.data / name).read_text() == (old.data / name).read_text()
        assert (new.data / name).stat().st_mode & 0o077 == 0
    assert "# Short name of this hall" in path.read_text(encoding="utf-8"), "comments are kept"
    assert (new.folder / next(iter(new.screens.values())).pictures / "a.png").read_bytes() == b"PNG"
    hub = Hub(new, Store(new.data), HandClock(MONDAY_9 + 60))
    assert records.private_values(hub, records.known_record(hub.read(), 1)) == {"phone": PHONE}
    assert hub.read().messages() == [], "what is forgotten at the turn of the day is in no backup"
    assert "今天四点开会".encode() not in (new.data / "hall.db").read_bytes()
    assert give_tokens(hub) == [] and hub.read().staff("08")["name"] == "王敏"
    assert tickets.issue(hub, By("kiosk"), "SB01").label.endswith("021")
    hub.store.close()


def test_every_key_that_names_a_file_is_followed() -> None:
    """A key whose sentence speaks of a file or a path is in NAMED, or it names what the hub writes. Each screen has its
    own pictures, each webhook and channel its secrets: they are found beside them."""
    written = {("report", "folder"), ("hub", "data"), ("screens", "pictures")}
    written |= {("webhooks", "secret_file"), ("webhooks", "ca_file")}
    written |= {("channels", key) for key in ("pin_file", "secret_file", "ca_file")}
    spoken = {
        (table, key)
        for table in config.TABLES
        for key, field in keys(table).items()
        if any(word in (field.description or "") for word in ("path from this file", "CSV", "PNG", "Folder of"))
    }
    assert spoken - written - {("report", "files")} == {*parcel.NAMED}


def test_the_secret_of_a_webhook_is_followed(hall: config.Hall) -> None:
    table = config.WebhookTable(url="http://x.example/a", secret_file="crm.secret")
    found = dict(parcel.named_files(hall.model_copy(update={"webhooks": {"crm": table}})))
    assert found["webhooks.crm.secret_file"] == hall.folder / "crm.secret" and "webhooks.crm.ca_file" not in found


def test_the_secrets_of_a_channel_are_followed(hall: config.Hall) -> None:
    table = config.ChannelTable(kind="gsm", port="serial:modem", pin_file="sim.pin")
    found = dict(parcel.named_files(hall.model_copy(update={"channels": {"sms": table}})))
    assert found["channels.sms.pin_file"] == hall.folder / "sim.pin" and "channels.sms.ca_file" not in found


def test_no_plain_byte_of_the_hall_is_in_the_file(made: tuple[config.Hall, Path]) -> None:
    content = made[1].read_bytes()
    assert content.startswith(b"age-encryption.org/v1\n")
    for plain in (b"SQLite format 3", b"geheim", "王敏".encode(), b"manifest"):
        assert plain not in content


def test_the_wrong_paper(made: tuple[config.Hall, Path], tmp_path: Path) -> None:
    assert "this key does not open it" in refused(made[1], tmp_path / "new", x25519.Identity.generate())


def test_any_injury_is_one_sentence(made: tuple[config.Hall, Path], tmp_path: Path) -> None:
    whole, dice = made[1].read_bytes(), random.Random(16)
    injured: list[bytes] = [b"", b"no backup at all", whole[: len(whole) // 2], whole[:-1], whole + b"x", bytes(5000)]
    for _ in range(40):
        content = bytearray(whole)
        content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
        injured.append(bytes(content))
    file = tmp_path / "hall-20261123-090000-9.tar.zst.age"
    for content in injured:
        file.write_bytes(content)
        said = refused(file, tmp_path / "new")
        assert "the backup is damaged or not whole" in said or "this key does not open it" in said


def sealed(file: Path, members: dict[str, bytes], link: bool = False) -> Path:
    """A file that somebody made by hand."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
        if link:
            entry = tarfile.TarInfo("link")
            entry.type, entry.linkname = tarfile.SYMTYPE, "/etc"
            tar.addfile(entry)
    file.write_bytes(pyrage.encrypt(zstandard.compress(out.getvalue()), [KEY.to_public()]))
    return file


def manifest(**changes: Any) -> bytes:
    told = {
        "hall": "x", "name": "x", "made_at": 0, "seq": 0, "at": 0, "hash": "", "data": "d", "config": "config.toml",
        "moved": {}, "files": {}, "format": 1,
    }  # fmt: skip
    return json.dumps({**told, **changes}).encode()


def test_what_is_newer_or_foreign_is_refused(made: tuple[config.Hall, Path], tmp_path: Path) -> None:
    file, into = tmp_path / "x.tar.zst.age", tmp_path / "new"
    newer = sealed(file, {"manifest.json": manifest(format=2, surprise=1)})
    assert "was made by a newer version of the program" in refused(newer, into)
    for members in (
        {"../outside": b"x", "manifest.json": manifest()},
        {"manifest.json": manifest(), "../outside": b"x"},
        {"manifest.json": manifest(), "/etc/outside": b"x"},
        {"manifest.json": b"{}"},
        {"manifest.json": b"[1"},
        {},
        {"manifest.json": manifest(files={"config.toml": "0"}), "config.toml": b""},
        {"manifest.json": manifest(files={"config.toml": "0"})},
    ):
        assert "damaged" in refused(sealed(file, members), into), members
    assert "damaged" in refused(sealed(file, {"manifest.json": manifest()}, link=True), into)
    assert not (tmp_path / "outside").exists()


def test_a_database_of_a_newer_version_is_refused(made: tuple[config.Hall, Path], tmp_path: Path) -> None:
    hall, _ = made
    with closing(sqlite3.connect(hall.data / "hall.db")) as conn, conn:
        conn.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('jiaohao', 'm999_x', '')"
        )
    try:
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        file = parcel.pack(hall, scratch, [KEY.to_public()], MONDAY_9, lambda seq: "x.tar.zst.age")
    finally:
        with closing(sqlite3.connect(hall.data / "hall.db")) as conn, conn:
            conn.execute("DELETE FROM _sqlite_migrations WHERE name = 'm999_x'")
    assert "was written by a newer version of the program (m999_x): install that one" in refused(file, tmp_path / "new")


def test_only_an_empty_folder_is_filled(made: tuple[config.Hall, Path], tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "precious").write_text("x")
    with pytest.raises(Told) as caught:
        restore(made[1], KEY, tmp_path / "full")
    assert "is no empty folder: choose another one" in caught.value.text.en
    assert (tmp_path / "full" / "precious").read_text() == "x"
    assert "there is no such file" in refused(tmp_path / "none", tmp_path / "new")


# --- the key as it stands on paper ------------------------------------------------------------------------------------


def test_the_key_is_read_as_people_type_it(tmp_path: Path) -> None:
    lines = paper_key.groups(KEY)
    assert all(len(line) <= 19 for line in lines) and "".join(lines).replace(" ", "") == str(KEY)
    (tmp_path / "key").write_text(f"# created: today\n# public key: {KEY.to_public()}\n{KEY}\n")
    for words in (str(KEY), "\n".join(lines), " ".join(lines).lower(), str(tmp_path / "key")):
        assert str(paper_key.read(words)) == str(KEY)


def test_a_slip_of_the_pen_is_found(tmp_path: Path) -> None:
    text = str(KEY)
    for wrong in (text[:-1], text[:40] + ("Q" if text[40] != "Q" else "P") + text[41:], text[:20] + text[21:]):
        with pytest.raises(Told) as caught:
            paper_key.read(wrong)
        assert "type it again from the paper" in caught.value.text.en
    with pytest.raises(Told) as caught:
        paper_key.read(str(tmp_path / "none"))
    assert "neither a key nor a file" in caught.value.text.en
