"""The demo's tree is one that the district's own file takes."""

from __future__ import annotations

from pathlib import Path

import pytest
import tomlkit

from config import Told
from demo import district
from district import settings


def written(folder: Path, places: list[dict[str, object]], **other: object) -> Path:
    text = tomlkit.document()
    text.update(city="demo", database="postgresql:///x", nats="nats://127.0.0.1:4222", **other)
    text["places"] = places
    (folder / "district.toml").write_text(tomlkit.dumps(text), encoding="utf-8")
    return folder / "district.toml"


def test_the_demos_tree_is_read(tmp_path: Path) -> None:
    told = settings.read(written(tmp_path, district.places()))
    assert [place.id for place in told.places if place.kind == "hall"] == [one[0] for one in district.HALLS]


@pytest.mark.parametrize(
    ("places", "said"),
    [
        ([{"id": "h", "kind": "office", "name": "x"}], "places.0"),
        ([{"id": "h", "kind": "hall", "name": "x"}] * 2, "h：写了两次"),
        ([{"id": "h", "kind": "hall", "parent": "qu", "name": "x"}], "上级qu要写在它前面"),
        ([{"id": "H 1", "kind": "hall", "name": "x"}], "places.0.id"),
        ([{"id": "h", "kind": "hall", "name": "x", "at": [24.9, 118.6]}], "places.0.at.1"),
        ([{"id": "h", "kind": "hall", "name": "x", "at": [118.6]}], "places.0.at"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_place(
    tmp_path: Path, places: list[dict[str, object]], said: str
) -> None:
    with pytest.raises(Told) as told:
        settings.read(written(tmp_path, places))
    assert said in str(told.value) and "district.toml" in str(told.value)


def test_proxies_are_addresses_of_machines(tmp_path: Path) -> None:
    assert settings.read(written(tmp_path, district.places(), proxies=["10.0.0.7"])).proxies == ["10.0.0.7"]
    with pytest.raises(Told, match="proxies"):
        settings.read(written(tmp_path, district.places(), proxies=["10.0.0.0/33"]))
