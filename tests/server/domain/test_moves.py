"""Random moves through every register that ships (bench/moves.py; a million of them by `python -m bench.moves`)."""

from __future__ import annotations

import pytest

from bench import moves
from server.domain import register


def test_nothing_illegal_passes_nothing_legal_is_refused_and_each_fold_is_its_row() -> None:
    found = moves.soak(26_000, seed=15)
    assert {*found} == {file.stem for file in moves.FOLDER.glob("*.toml")}
    assert all(passed > 800 and refused > 3_000 for passed, refused in found.values())


def test_the_walk_finds_what_passes_against_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    real = register.moved

    def lax(definition: object, record: object, wish: object, actor: str, *more: object) -> object:
        return real(definition, record, wish, "another", *more)  # type: ignore[arg-type]

    monkeypatch.setattr(register, "moved", lax)
    with pytest.raises(moves.Wrong, match=r"passed in \w+ for"):
        moves.soak(5_000, seed=15)
