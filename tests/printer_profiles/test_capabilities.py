"""Every model of python-escpos' capability database as a profile: what follows from it, and that slips come whole."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from printer_profiles import capabilities
from printer_profiles.escpos.encode import encode
from printer_profiles.model_table import unconfirmed
from printer_profiles.profile import KEYS, ProfileError, known, load, sources
from printer_profiles.slip import QR, Cut, Logo, Pair, Rule, Text
from printer_profiles.virtual.paper import Paper

DATABASE: dict[str, Any] = json.loads(files("escpos").joinpath("capabilities.json").read_text(encoding="utf-8"))
MODELS: dict[str, dict[str, Any]] = DATABASE["profiles"]
SLIP = (
    Logo(b"\xff" * 30, 3),
    Text("A001", "centre", bold=True, scale=4),
    Text("鲤城区 ，。①②③"),
    Text("𠮷"),
    Pair("前面 3 人", "约 5 分钟"),
    Rule(),
    QR("https://example.cn/t/A001"),
    Cut(),
)


@pytest.mark.parametrize("model", MODELS)
def test_what_the_database_says_is_in_the_profile(model: str) -> None:
    said, profile = MODELS[model], load(f"escpos:{model}")
    can = said["features"]
    assert profile.name == f"escpos:{model}" and said["name"] in profile.title
    assert dict(profile.code_pages) == {int(n): page for n, page in said["codePages"].items()}
    assert profile.raster == can["bitImageRaster"] and (profile.qr == "native") == can["qrCode"]
    assert (profile.cutter != "none") == (can["paperPartCut"] or can["paperFullCut"])
    assert profile.paper_mm in (58, 80, 112) and profile.columns * 12 <= profile.dots and profile.dots % 8 == 0
    if model != "NT-80-V-UL":
        assert profile.columns == said["fonts"]["0"]["columns"]
    pixels = said["media"]["width"].get("pixels")
    if isinstance(pixels, int) and profile.raster:
        assert profile.dots == pixels - pixels % 8


def test_where_the_database_gives_the_width_of_a_cell() -> None:
    assert MODELS["NT-80-V-UL"]["fonts"]["0"]["columns"] == 12
    assert (load("escpos:NT-80-V-UL").dots, load("escpos:NT-80-V-UL").columns) == (576, 48)


@pytest.mark.parametrize("model", MODELS)
def test_a_slip_comes_out_of_every_model(model: str) -> None:
    profile = load(f"escpos:{model}")
    paper = Paper(profile)
    paper.feed(encode(SLIP, profile))
    paper.idle()
    (slip,) = paper.slips
    text = slip.text()
    assert "A001" in text.replace("\n", "") and not paper.complaints, paper.complaints
    assert "鲤城区" in text
    if profile.raster:
        assert "[raster" in text
    else:  # nothing can be drawn: what its font lacks is a box, the code is its text
        assert "□" in text and "https://example.cn" in text.replace("\n", "")


def test_each_fact_has_its_source_and_is_unconfirmed() -> None:
    said = sources("escpos:TM-T88V")
    assert set(said) == set(KEYS)
    model, comment = said["columns"]
    assert model == "escpos:TM-T88V" and "python-escpos 3.1 capabilities, TM-T88V (fonts.0.columns), unconf" in comment
    assert set(unconfirmed("escpos:TM-T88V")) == set(KEYS) - {"title"}


def test_a_file_may_correct_one_fact_of_it(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('inherits = "escpos:TM-T88V"\nchinese = "raster"\n', encoding="utf-8")
    mine = load("mine", tmp_path)
    assert (mine.chinese, mine.columns, mine.name) == ("raster", 42, "mine")
    assert sources("mine", tmp_path)["qr"][0] == "escpos:TM-T88V"


@pytest.mark.parametrize(
    ("wrong", "near"),
    [("escpos:TM-T88VI", "escpos:TM-T88V"), ("escpos:pos5890", "escpos:POS-5890"), ("escpos:zj5870", "escpos:ZJ-5870")],
)
def test_an_unknown_name_gets_the_nearest_ones(wrong: str, near: str) -> None:
    with pytest.raises(ProfileError, match=f"no model '{wrong}'; did you mean .*'{near}'"):
        load(wrong)


def test_some_forty_models_can_be_named() -> None:
    assert len(known()) == len(set(known())) >= 40 and set(capabilities.names()) == {f"escpos:{m}" for m in MODELS}


def test_a_head_that_prints_no_pictures_is_not_told_to_draw(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('inherits = "escpos:TM-U220"\nqr = "raster"\n', encoding="utf-8")
    with pytest.raises(ProfileError, match="qr: 'raster', and raster = false; nothing can be drawn"):
        load("mine", tmp_path)


def test_a_page_of_a_model_is_read_by_its_own_numbers() -> None:
    profile = load("escpos:POS-5890")
    number = next(n for n, page in profile.code_pages if page == "CP1251")
    paper = Paper(profile)
    paper.feed(b"\x1b@\x1c.\x1bt" + bytes([number]) + "Привет".encode("cp1251") + b"\n\n\n\n\n\n\x1b@")
    assert "Привет" in paper.slips[0].text() and not paper.complaints
