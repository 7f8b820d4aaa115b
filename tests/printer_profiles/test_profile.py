"""Profiles: what the shipped ones say, and what a technician is told about a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest

from printer_profiles.profile import FOLDER, KEYS, ProfileError, load, names, sources
from tests.both_languages import english


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def wrong(model: str, folder: Path = FOLDER) -> list[str]:
    """What is said of a profile with mistakes, in English."""
    with pytest.raises(ProfileError) as caught:
        load(model, folder)
    return english(caught.value.problems)


def base() -> str:
    return (FOLDER / "generic-80.toml").read_text(encoding="utf-8")


def test_the_generic_80_is_576_dots_and_cuts() -> None:
    profile = load("generic-80")
    assert (profile.dots, profile.columns, profile.paper_mm, profile.cutter) == (576, 48, 80, "partial")
    assert (profile.chinese, profile.qr, profile.confirm, profile.status) == ("gb18030", "native", "gs_r", True)


def test_the_generic_58_inherits_and_has_a_tear_bar() -> None:
    profile = load("generic-58")
    assert (profile.dots, profile.columns, profile.cutter, profile.qr) == (384, 32, "none", "native")
    assert profile.line_dots == load("generic-80").line_dots


@pytest.mark.parametrize("name", names())
def test_every_profile_loads(name: str) -> None:
    assert load(name).name == name


def test_180_dots_an_inch_leave_a_rest_beside_the_columns() -> None:
    profile = load("epson-tm-t88v")
    assert (profile.dots, profile.columns * 12) == (512, 504)


def test_an_unknown_key_gets_a_suggestion(tmp_path: Path) -> None:
    write(tmp_path, mine='inherits = "base"\ncuter = "full"\n', base=base())
    assert wrong("mine", tmp_path) == ["mine.toml: cuter: unknown key; did you mean 'cutter'?"]


def test_all_mistakes_come_at_once(tmp_path: Path) -> None:
    write(tmp_path, mine='inherits = "base"\ndots = 577\nqr = "yes"\nstatus = 1\nzzz = 2\n', base=base())
    assert wrong("mine", tmp_path) == [
        "mine.toml: qr: 'yes' is not known; write one of native, esc_z, raster, text",
        "mine.toml: status: 1 is neither true nor false; write one of them",
        f"mine.toml: zzz: unknown key; known: {', '.join((*KEYS, 'inherits'))}",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('inherits = "base"\ndots = 384\n', "mine.toml: columns: 48 x 12 is not 384 dots; correct one of them"),
        ('inherits = "bas"\n', "mine.toml: inherits: no model 'bas'; did you mean 'base'?"),
        ('inherits = "mine"\n', "mine.toml: inherits: 'mine' inherits from this file again; end the circle"),
        ("inherits = 3\n", 'mine.toml: inherits: 3 is no name; write it like "generic-80"'),
        (
            'inherits = "base"\nfeed_after = true\n',
            "mine.toml: feed_after: true is no whole number from 0 to 30; write one",
        ),
        ('inherits = "base"\ntitle = ""\n', "mine.toml: title: '' is no text; write what a technician should see"),
        (base().replace("dots = 576", "# "), "mine.toml: dots: missing; add it, or inherit from 'generic-80'"),
    ],
)
def test_a_mistake_says_what_would_be_right(tmp_path: Path, text: str, said: str) -> None:
    write(tmp_path, mine=text, base=base())
    assert said in wrong("mine", tmp_path)


def test_no_such_model() -> None:
    assert wrong("generic-8") == ["printer_profiles: no model 'generic-8'; did you mean 'generic-80'?"]


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    write(tmp_path, mine="dots = = 3\n")
    (said,) = wrong("mine", tmp_path)
    assert said.startswith("mine.toml:1:8: ") and said.endswith("correct the file")


def test_what_stands_behind_a_fact_and_which_file_says_it(tmp_path: Path) -> None:
    write(
        tmp_path,
        mine='inherits = "base"\ndots = 512  # the manual\ncolumns = 42\nqr = "raster"  # unconfirmed\n',
        base=base(),
    )
    said = sources("mine", tmp_path)
    assert (said["dots"], said["columns"], said["qr"]) == (
        ("mine", "the manual"),
        ("mine", ""),
        ("mine", "unconfirmed"),
    )
    assert said["confirm"][0] == "base" and "Epson command reference" in said["confirm"][1]
    assert set(said) == set(KEYS)
