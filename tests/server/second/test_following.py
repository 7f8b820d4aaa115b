"""What the second machine keeps: all that the hub has, and nothing that the hub has erased."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from config import Hall
from server.domain import events as ev
from server.second.following import STAGED, Machine, Staged, _read_staged, _write_staged, only_evidence
from server.store import shipping
from server.store.database import Store
from tests.conftest import MONDAY_9, new_store
from tests.server.store.test_shipping import pair

SEALED = b"MARKER-SEALED-BOX-0123456789"


def machine(folder: Path, store: Store | None = None) -> Machine:
    made = Machine(folder, "http://127.0.0.1:9", "http://127.0.0.1:9", "127.0.0.1:9", "token")
    made._store, made._in_step = store, store is not None
    return made


def keep(store: Store, sql: str, *values: Any) -> None:
    store.turn(lambda turn: turn.conn.execute(sql, values), lambda last: MONDAY_9)


def found(folder: Path, marker: bytes = SEALED) -> list[str]:
    return [file.name for file in folder.rglob("*") if file.is_file() and marker in file.read_bytes()]


def test_what_the_hub_erases_stands_in_no_file_of_the_second_machine(tmp_path: Path) -> None:
    hub, other, sent = pair(tmp_path)
    second = machine(tmp_path / "second", other)
    keep(hub, "INSERT INTO private_keys VALUES (7, ?)", SEALED * 9)
    keep(hub, "DELETE FROM private_keys WHERE record = 7")

    def hear(*batches: shipping.Batch) -> None:
        told = [{"base": one.base, "mark": one.mark, "body": one.body.decode()} for one in batches]
        second._hear({"order": [0, 0, False, ""], "committed": sent[-1].mark, "batches": told})

    hear(sent[0])
    boxed = shipping._boxed(SEALED * 9)[shipping.BYTES].encode()
    assert found(tmp_path / "second", boxed) == [STAGED]
    hear(sent[1])
    assert "hall.db-wal" in found(tmp_path / "other")
    reader = other.read().conn
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM private_keys").fetchone()
    hear()
    assert not other.swept, "somebody still reads the state of before"
    reader.execute("COMMIT")
    hear()
    assert found(tmp_path / "other") == found(tmp_path / "second", boxed) == []


def test_a_shorter_batch_leaves_nothing_of_a_longer_one(tmp_path: Path) -> None:
    file = tmp_path / STAGED
    for length in (5000, 20, 1 << 20, 30):
        batch = Staged("base", "mark", bytes([65 + length % 20]) * length)
        _write_staged(file, batch)
        assert _read_staged(file) == batch
        assert set(file.read_bytes().partition(b"\n")[2]) <= {0, 65 + length % 20}
    assert file.stat().st_size < 1000


def test_of_a_hub_that_was_only_its_history_stays(tmp_path: Path) -> None:
    aside = tmp_path / "before-2"
    (aside / "data" / "tokens").mkdir(parents=True)
    (aside / "data" / "tokens" / "K1").write_bytes(SEALED)
    store = new_store(aside / "data")
    keep(store, "INSERT INTO private_keys VALUES (7, ?)", SEALED)
    store.turn(lambda turn: turn.put_staff("8001", "王芳", "operator", SEALED.decode()), lambda last: MONDAY_9)
    store.turn(lambda turn: turn.record(ev.IssuingChanged(issuing=True), "hub"), lambda last: MONDAY_9)
    store.close()
    only_evidence(aside)
    assert found(aside) == found(aside, "王芳".encode()) == []
    assert Store(aside / "data", durable=False).seq == 1


def test_a_copy_of_a_hub_that_was_rolled_back_keeps_the_rows_that_only_the_second_machine_has(
    tmp_path: Path, hall: Hall
) -> None:
    def rows(folder: Path, count: int) -> Path:
        store = new_store(folder)
        for _ in range(count):
            store.turn(lambda turn: turn.record(ev.IssuingChanged(issuing=True), "hub"), lambda last: MONDAY_9)
        store.close()
        return folder / "hall.db"

    second, new = machine(tmp_path), rows(tmp_path / "new", 2)
    (tmp_path / "hall").mkdir()
    rows(tmp_path / "hall" / "data", 5)
    second.hall = hall.model_copy(update={"hub": hall.hub.model_copy(update={"data": str(tmp_path / "hall" / "data")})})
    second._put_aside(new)
    assert second._evidence_file == tmp_path / "before-0" / "data" / "hall.db"
    second.hall = second.hall.model_copy(update={"hub": hall.hub.model_copy(update={"data": str(tmp_path / "new")})})
    second._compare()
    assert second._evidence == 3

    rows(tmp_path / "hall" / "data", 2)
    second.hall = hall.model_copy(update={"hub": hall.hub.model_copy(update={"data": str(tmp_path / "hall" / "data")})})
    second._put_aside(new)
    assert not (tmp_path / "hall").exists() and second._evidence_file.exists(), "nothing is lost: nothing is kept"


def test_the_newest_hub_that_was_is_the_evidence(tmp_path: Path) -> None:
    for number in ("10", "9"):
        new_store(tmp_path / f"before-{number}" / "data").close()
    kept = machine(tmp_path)._evidence_file
    assert kept is not None and kept.relative_to(tmp_path).parts[0] == "before-10"


def test_a_batch_that_was_laid_before_a_kill_is_not_laid_again(tmp_path: Path) -> None:
    """It stays on the disk until the next one comes; laying it twice fails, and with it every taking over."""
    hub, other, sent = pair(tmp_path)
    folder = tmp_path / "second"
    second = machine(folder, other)
    keep(hub, "INSERT INTO private_keys VALUES (7, ?)", SEALED)
    batch = Staged(sent[0].base, sent[0].mark, sent[0].body)
    second._hold(batch)
    assert machine(folder, other)._still_to_lay() == batch, "killed before it was laid"
    second._settle()
    again = machine(folder, other)
    assert _read_staged(folder / STAGED) == batch and again._still_to_lay() is None
    again._staged = again._still_to_lay()
    again._settle()
    assert shipping.mark_of(other.read().conn) == batch.mark
