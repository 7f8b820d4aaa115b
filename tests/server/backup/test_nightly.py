"""One backup from end to end: every place is proven by itself, and what went wrong is said on the live page."""

from __future__ import annotations

import os
import re
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import tomlkit
from click.testing import CliRunner, Result
from pyrage import x25519

import config
from config import Told
from printer_profiles import profile as profiles
from printer_profiles.virtual.paper import Paper
from printer_profiles.virtual.print_server import Printer, print_port, serve_prints
from server.__main__ import main
from server.backup import nightly, paper_key, parcel
from server.backup.copier import Copier
from server.backup.keeper import Keeper
from server.backup.restore import restore
from server.domain.backups import Place, backups_of, pieces_of
from server.health import Health
from server.store import backup_state, journal
from server.store.database import Store, read_only
from server.verbs import accounts, tickets
from server.verbs.day import tick
from server.verbs.hub import By, Hub
from server.views.hall import hall_view
from tests.conftest import HandClock, write_hall
from tests.waiting import until

ID = "licheng-kaiyuan"


def hall_with(folder: Path, *places: str) -> config.Hall:
    def change(hall: tomlkit.TOMLDocument) -> None:
        hall["backup"].update({"time": "02:30", "to": [*places]})

    folder.mkdir(exist_ok=True)
    return config.load(write_hall(folder, change))


@pytest.fixture
def disks(tmp_path: Path) -> list[Path]:
    return [tmp_path / "disk", tmp_path / "nas"]


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def hub(tmp_path: Path, disks: list[Path], clock: HandClock) -> Iterator[Hub]:
    hub = Hub(
        hall_with(tmp_path / "here", *(f"folder:{disk}" for disk in disks)), Store(tmp_path / "here" / "hall"), clock
    )
    tick(hub)
    for _ in range(5):
        tickets.issue(hub, By("kiosk"), "SB01")
    yield hub
    hub.stop()
    hub.store.close()


@pytest.fixture
def key(hub: Hub) -> object:
    made = paper_key.make()
    paper_key.use(hub.hall, made)
    return made


def run(hub: Hub, clock: HandClock) -> dict[str, tuple[str, bool]]:
    return {url: (text.en, good) for url, text, good in nightly.run(hub.hall, hub.hall.backup.to, clock)}


def alerts(hub: Hub) -> list[tuple[str, str]]:
    shown = hall_view(hub, Health(lambda *_: None, hub.now))
    return [(one["level"], one["en"]) for one in shown["alerts"] if one["kind"] == "backup"]


def lines(hub: Hub) -> list[str]:
    """How the places stand on the live page."""
    shown = hall_view(hub, Health(lambda *_: None, hub.now))
    return [one["state"] for one in shown["devices"] if one["kind"] == "backup"]


def test_both_places_hold_the_same_proven_file(hub: Hub, disks: list[Path], clock: HandClock, key: object) -> None:
    assert lines(hub) == ["untested", "untested"] and {level for level, _ in alerts(hub)} == {"warn"}
    told = run(hub, clock)
    assert [good for _, good in told.values()] == [True, True]
    assert all(f"saved, restored and verified, {hub.seq} rows" in text for text, _ in told.values())
    first, second = (next(disk.iterdir()) for disk in disks)
    assert first.name == second.name == f"{ID}-20261123-090000-{hub.seq}.tar.zst.age"
    assert first.read_bytes() == second.read_bytes()
    assert lines(hub) == ["ok", "ok"] and alerts(hub) == []
    assert [one.name for one in hub.hall.data.iterdir() if one.is_dir()] == [], "no scratch is left"
    clock.forward(27 * 3600)
    assert lines(hub) == ["error", "error"] and len(alerts(hub)) == 2


def test_a_dead_place_is_red_and_the_other_one_good(hub: Hub, disks: list[Path], clock: HandClock, key: object) -> None:
    run(hub, clock)
    clock.forward(86400)
    shutil.rmtree(disks[1])
    disks[1].write_text("no folder")
    told = run(hub, clock)
    assert [good for _, good in told.values()] == [True, False]
    assert lines(hub) == ["ok", "error"]
    ((level, text),) = alerts(hub)
    assert level == "bad" and text.startswith(f"Backup to {disks[1]} failed") and "check the disk" in text
    disks[1].unlink()
    run(hub, clock)
    assert alerts(hub) == [] and lines(hub) == ["ok", "ok"]


def test_a_place_that_keeps_other_bytes_is_found_out(
    tmp_path: Path, hub: Hub, clock: HandClock, key: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = Path(__file__).with_name("fake_sftp.py")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "sftp").write_text(f'#!/bin/sh\nexec {sys.executable} {fake} "$@"\n')
    (tmp_path / "bin" / "sftp").chmod(0o755)
    (tmp_path / "machine").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setenv("FAKE_SFTP", str(tmp_path / "machine"))
    told = nightly.run(hub.hall, ["sftp://liar/b", "sftp://nas/b", hub.hall.backup.to[0]], clock)
    assert [good for _, _, good in told] == [False, True, True]
    assert "the backup is damaged or not whole" in told[0][1].en
    assert [one.suffix for one in (tmp_path / "machine" / "b").iterdir()] == [".age"], "the bad one is gone"


def test_a_database_that_is_not_right_makes_a_red_backup(hub: Hub, clock: HandClock, key: object) -> None:
    hub.store._conn.execute("UPDATE tickets SET number = 99 WHERE id = 3")
    told = run(hub, clock)
    assert [good for _, good in told.values()] == [False, False]
    assert all("restored and is not right (tickets:3" in text for text, _ in told.values())
    assert {level for level, _ in alerts(hub)} == {"bad"}
    assert all(not [*Path(url.removeprefix("folder:")).iterdir()] for url in told), "what is not proven is no backup"


def test_without_a_key_nothing_is_written(hub: Hub, disks: list[Path], clock: HandClock) -> None:
    with pytest.raises(Told) as caught:
        run(hub, clock)
    assert "run ./run backup key first" in caught.value.text.en
    assert not any(disk.exists() for disk in disks)
    assert alerts(hub) == [
        ("warn", "There is no backup key yet, and so no backup: run ./run backup key on the hub's machine.")
    ]


def test_old_backups_go_and_foreign_files_stay(hub: Hub, disks: list[Path], clock: HandClock, key: object) -> None:
    disks[0].mkdir()
    (disks[0] / "holiday.jpg").write_text("x")
    table = hub.hall.backup.model_copy(update={"keep_days": 2, "keep_weeks": 0, "keep_months": 0})
    hall = hub.hall.model_copy(update={"backup": table})
    for _ in range(4):
        nightly.run(hall, hall.backup.to, clock)
        clock.forward(86400)
    names = [one.name for one in disks[0].iterdir()]
    assert [one.at.day for one in backups_of(ID, names)] == [25, 26] and "holiday.jpg" in names


def test_only_one_at_a_time(hub: Hub, clock: HandClock, key: object) -> None:
    with nightly._alone(hub.hall), pytest.raises(Told) as caught:
        run(hub, clock)
    assert "another backup is under way" in caught.value.text.en


def test_a_hub_goes_on_while_it_is_saved(hub: Hub, clock: HandClock, key: object) -> None:
    over = threading.Event()
    issued: list[int] = []

    def kiosk() -> None:
        while not over.is_set():
            issued.append(tickets.issue(hub, By("kiosk"), "SB01").id)

    thread = threading.Thread(target=kiosk)
    thread.start()
    try:
        told = run(hub, clock)
    finally:
        over.set()
        thread.join()
    assert all(good for _, good in told.values()) and issued
    assert journal.verify(hub.read().conn) == []


# --- between the nights -----------------------------------------------------------------------------------------------


def test_what_comes_after_is_copied_and_restored(
    tmp_path: Path, hub: Hub, disks: list[Path], clock: HandClock, key: object
) -> None:
    copier = Copier(hub, hub.hall.backup.to[0])
    copier.copy()
    assert not disks[0].exists() or [*disks[0].iterdir()] == [], "nothing without a backup"
    run(hub, clock)
    accounts.put(hub, By("administrator"), "08", "王敏", "operator", "pass-word-08")
    for n in range(600):
        tickets.issue(hub, By("kiosk", f"touch-{n:06d}"), "SB01")
    copier.copy()
    assert hub.copies[hub.hall.backup.to[0]].seq == hub.seq
    pieces = pieces_of(ID, (one.name for one in disks[0].iterdir()))
    assert len(pieces) >= 2, "a piece has its end"
    tickets.issue(hub, By("kiosk", "touch-last"), "SB01")
    again = Copier(hub, hub.hall.backup.to[0])  # a hub that was started anew
    again.copy()
    assert len(pieces_of(ID, (one.name for one in disks[0].iterdir()))) == len(pieces)

    _, said = restore(max(disks[0].glob("*.tar.zst.age")), key, tmp_path / "new")  # type: ignore[arg-type]
    assert any("rows that came after it are restored" in one.en for one in said)
    conn = read_only(next((tmp_path / "new").rglob("hall.db")))
    assert conn.execute("SELECT hash FROM journal ORDER BY seq DESC").fetchone()[0] == hub.read().head()[2]
    assert journal.verify(conn) == []
    assert conn.execute("SELECT count(*) FROM requests WHERE key LIKE 'touch-%'").fetchone()[0] == 601
    assert conn.execute("SELECT name FROM staff").fetchone()[0] == "王敏"


def test_a_piece_that_is_damaged_ends_what_is_restored_and_is_named(
    tmp_path: Path, hub: Hub, disks: list[Path], clock: HandClock, key: object
) -> None:
    run(hub, clock)
    for _ in range(600):
        tickets.issue(hub, By("kiosk"), "SB01")
    Copier(hub, hub.hall.backup.to[0]).copy()
    first, *_ = pieces_of(ID, (one.name for one in disks[0].iterdir()))
    (disks[0] / first.name).write_bytes(b"age-encryption.org/v1\n")
    _, said = restore(max(disks[0].glob("*.tar.zst.age")), key, tmp_path / "new")  # type: ignore[arg-type]
    assert f"{first.name} can't be read" in " ".join(one.en for one in said)
    assert not any("came after it" in one.en for one in said)


def test_a_hall_that_went_another_way_is_not_mixed_in(
    tmp_path: Path, hub: Hub, disks: list[Path], clock: HandClock, key: object
) -> None:
    """Restored without its last seconds, a hall writes other rows under the same numbers."""
    run(hub, clock)
    path, _ = restore(max(disks[0].glob("*.tar.zst.age")), key, tmp_path / "new")  # type: ignore[arg-type]
    tickets.issue(hub, By("kiosk"), "SB01")
    Copier(hub, hub.hall.backup.to[0]).copy()
    clock.forward(60)
    other = Hub(config.load(path), Store(config.load(path).data), clock)
    tickets.issue(other, By("kiosk"), "SB02")
    tickets.issue(other, By("kiosk"), "SB02")
    paper_key.use(other.hall, key)  # type: ignore[arg-type]
    nightly.run(other.hall, other.hall.backup.to, clock)
    tickets.issue(other, By("kiosk"), "SB02")
    Copier(other, other.hall.backup.to[0]).copy()
    restore(max(disks[0].glob("*.tar.zst.age")), key, tmp_path / "third")  # type: ignore[arg-type]
    conn = read_only(next((tmp_path / "third").rglob("hall.db")))
    assert conn.execute("SELECT hash FROM journal ORDER BY seq DESC").fetchone()[0] == other.read().head()[2]
    other.store.close()


def test_a_dead_place_is_said_and_comes_back(hub: Hub, disks: list[Path], clock: HandClock, key: object) -> None:
    run(hub, clock)
    copier = Copier(hub, hub.hall.backup.to[0])
    tickets.issue(hub, By("kiosk"), "SB01")
    disks[0].rename(disks[0].with_name("away"))
    disks[0].write_text("no folder")
    copier.copy()
    clock.forward(120)
    copier.copy()
    ((level, text),) = alerts(hub)
    assert level == "warn" and "Records of the last 2 min are not copied" in text and "check the disk" in text
    disks[0].unlink()
    disks[0].with_name("away").rename(disks[0])
    copier.copy()
    assert alerts(hub) == [] and hub.copies[hub.hall.backup.to[0]].seq == hub.seq


def test_what_is_sealed_in_bytes_is_copied_and_restored(
    tmp_path: Path, hub: Hub, disks: list[Path], clock: HandClock, key: object
) -> None:
    """A second factor and the fields of a private record are bytes in their tables."""
    run(hub, clock)
    hub.turn(lambda turn: turn.put_second_factor("08", b"\x00\xff box", 7, ["veiled"]))
    hub.turn(lambda turn: turn.put_private(3, b"\xfe key", {"phone": b"\x80 field"}))
    tickets.issue(hub, By("kiosk"), "SB01")
    Copier(hub, hub.hall.backup.to[0]).copy()
    assert hub.copies[hub.hall.backup.to[0]].seq == hub.seq
    restore(max(disks[0].glob("*.tar.zst.age")), key, tmp_path / "new")  # type: ignore[arg-type]
    conn = read_only(next((tmp_path / "new").rglob("hall.db")))
    found = [conn.execute(f"SELECT box FROM {table}").fetchone()[0] for table in ("second_factors", "private_keys")]
    assert found == [b"\x00\xff box", b"\xfe key"]
    assert conn.execute("SELECT box FROM private_fields").fetchone()[0] == b"\x80 field"


def test_a_copy_that_stumbles_is_said_and_goes_on(
    hub: Hub, disks: list[Path], clock: HandClock, key: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(hub, clock)
    copier = Copier(hub, hub.hall.backup.to[0])
    tickets.issue(hub, By("kiosk"), "SB01")
    with monkeypatch.context() as patch:
        patch.setattr("server.backup.pieces.sealed", lambda *_: 1 // 0)
        copier.copy()
        clock.forward(120)
        copier.copy()
        assert "failed inside the hub" in alerts(hub)[0][1]
    copier.copy()
    assert alerts(hub) == [] and hub.copies[hub.hall.backup.to[0]].seq == hub.seq


def test_the_hub_makes_what_is_due_by_itself_and_copies_from_then_on(hub: Hub, disks: list[Path], key: object) -> None:
    keeper = Keeper(hub, look_s=0.01)
    keeper.start()
    try:
        until(lambda: all(place.tested_at for place in _places(hub)))
    finally:
        keeper.stop()
    assert all(backups_of(ID, (one.name for one in disk.iterdir())) for disk in disks)


def test_a_place_that_came_before_the_keeper_began_is_copied_to(hub: Hub) -> None:
    """The pages answer before it begins, and the hall's file may change there."""
    keeper = Keeper(hub)
    first, second = hub.hall.backup.to
    fewer = hub.hall.backup.model_copy(update={"to": [second]})
    hub.change_hall(hub.hall.model_copy(update={"backup": fewer}), lambda turn: None)
    keeper.start()
    try:
        assert list(hub.copies) == [second]
        more = hub.hall.backup.model_copy(update={"to": [first]})
        hub.change_hall(hub.hall.model_copy(update={"backup": more}), lambda turn: None)
        assert list(hub.copies) == [first]
    finally:
        keeper.stop()


def _places(hub: Hub) -> list[Place]:
    return [backup_state.read(hub.hall).place(url) for url in hub.hall.backup.to]


def test_the_halls_own_file_is_known_to_have_changed(hub: Hub) -> None:
    """What restores would otherwise bring back as it was last night."""
    later = parcel.changed_at(hub.hall) + 100
    os.utime(hub.hall.file, (later, later))
    assert parcel.changed_at(hub.hall) == later


# --- on the command line ----------------------------------------------------------------------------------------------


def typed(hall: config.Hall, *arguments: str, text: str = "") -> Result:
    return CliRunner().invoke(main, ["--config", str(hall.file), *arguments], input=text, env={"LANG": "C"})


def test_the_key_is_taken_into_use_only_when_it_was_written_down(hub: Hub) -> None:
    wrong = typed(hub.hall, "backup", "key", text="QQQQ QQQQ QQ\n" * 3)
    assert wrong.exit_code == 1 and "That is not its last line: the key is not in use" in wrong.stderr
    assert wrong.stdout.count("type it once more") == 2, "a slip of the finger costs no new paper"
    assert not backup_state.recipient_file(hub.hall).exists()
    good = typed(hub.hall, "backup", "key", "--yes")
    assert good.exit_code == 0
    groups = r"[A-Z0-9-]{4}( [A-Z0-9-]{1,4})*"
    secret = "".join(line.replace(" ", "") for line in good.output.splitlines() if re.fullmatch(groups, line.strip()))
    assert str(paper_key.read(secret).to_public()) == backup_state.recipient_file(hub.hall).read_text().strip()
    kept = [one for one in hub.hall.folder.rglob("*") if one.is_file() and secret.encode() in one.read_bytes()]
    assert kept == [], "the private key is nowhere in the hall"


def test_the_key_on_a_slip(tmp_path: Path) -> None:
    printer, listener = Printer(Paper(profiles.load("generic-80"))), print_port("127.0.0.1", 0)
    threading.Thread(target=serve_prints, args=(listener, printer), daemon=True).start()

    def change(hall: tomlkit.TOMLDocument) -> None:
        hall["printers"]["p80"].update({"url": f"tcp://127.0.0.1:{listener.getsockname()[1]}", "patience": 10.0})

    hall = config.load(write_hall(tmp_path, change))
    secret = paper_key.make()
    paper_key.print_on(hall, "p80", secret, "2026-11-23")
    listener.close()
    text = printer.paper.slips[0].text()
    assert f"[QR {secret}]" in text and all(line in text for line in paper_key.groups(secret))
    assert "备份密钥" in text and "2026-11-23" in text


@pytest.mark.parametrize(
    ("printer", "url", "words"),
    [("p80", "paper:", "keeps what is printed on a disk"), ("p80", "cups:slips", "keeps what is printed on a disk"),
     ("p99", "paper:", "'p99' is no printer of this hall"), ("p80", "tcp://127.0.0.1:9", "stop the hub first")],
)  # fmt: skip
def test_a_printer_that_must_not_or_can_not(tmp_path: Path, printer: str, url: str, words: str) -> None:
    def change(hall: tomlkit.TOMLDocument) -> None:
        hall["printers"]["p80"]["url"] = url

    with pytest.raises(Told) as caught:
        paper_key.print_on(config.load(write_hall(tmp_path, change)), printer, paper_key.make(), "2026-11-23")
    assert words in caught.value.text.en


def test_a_key_is_typed_row_by_row_as_it_stands_on_the_paper_and_once_more_after_a_slip(
    hub: Hub, clock: HandClock, disks: list[Path], key: x25519.Identity
) -> None:
    run(hub, clock)
    rows, into = paper_key.groups(key), hub.hall.folder.parent / "new"
    wrong = [*rows[:-1], "QQQQ QQQQ QQ"]
    done = typed(hub.hall, "restore", str(disks[0]), "--into", str(into), text="\n".join([*wrong, *rows]).lower())
    assert done.exit_code == 0 and "The key is not right" in done.stderr
    assert done.stdout.count("10 characters are missing") == 2
    assert "backup of 2026-11-23 09:00" in done.stdout, "by the hall's clock, wherever the machine is"
    assert f"row {hub.seq} of 2026-11-23 09:00:00" in done.stdout and (into / "config.toml").is_file()
    never = typed(hub.hall, "restore", str(disks[0]), "--into", str(into / "other"), text="\n".join(wrong * 3))
    assert never.exit_code == 1 and not (into / "other").exists()


def test_the_command_says_which_place_failed(hub: Hub, disks: list[Path], key: object) -> None:
    disks[1].write_text("no folder")
    done = typed(hub.hall, "backup")
    assert done.exit_code == 1
    assert f"{disks[0]}: saved, restored and verified" in done.output and f"folder:{disks[1]}: " in done.stderr
    assert typed(hub.hall, "backup", "--due").exit_code == 0, "half an hour later, not at once"
    nowhere = hall_with(hub.hall.folder.parent / "nowhere")
    assert "backup.to: names no place" in typed(nowhere, "backup").stderr
