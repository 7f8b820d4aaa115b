"""看样张: the way to the sample picture of a material, what is drawn of it, how it is fetched and how few are kept."""

from __future__ import annotations

import io
from itertools import pairwise

import pygame
import pytest
from PIL import Image

import config
import words
from hub_client import HubClient
from kiosk.flow import events, flow
from kiosk.flow.events import FetchSample, Home, Item, Items, Pixels, Sample, SampleCame, State, Touch
from kiosk.flow.view import View, plate_of
from kiosk.rim import sample_pictures
from kiosk.rim.hub_line import HubLine
from kiosk.rim.sample_pictures import NotAPicture, SamplePictures, pixels
from kiosk.screens import form_sample, picture, samples, scene
from kiosk.screens.draw import Painter
from kiosk.screens.fonts import Fonts
from kiosk.screens.scene import Rect
from kiosk.screens.spoken import spoken
from tests.fake_hub import KiosksHub
from tests.waiting import DEADLINE_S

PATH = "/guides/SB01/samples/form.png"


def file(width: int = 30, height: int = 40, kind: str = "PNG", mode: str = "RGB", **options: object) -> bytes:
    found = io.BytesIO()
    Image.new(mode, (width, height), "red").save(found, kind, **options)
    return found.getvalue()


@pytest.fixture
def at_item(hall: config.Hall) -> State:
    """On the page of an item whose first and last materials have a sample."""
    state = samples.states(hall, "K1", language="zh", large=False)["item-samples"]
    assert isinstance(state.screen, Item)
    return state


def opened(state: State, now: float = 10.0) -> State:
    return flow.step(state, Touch("sample:0", "k"), now)[0]


def test_a_material_with_a_sample_opens_it_and_one_without_does_not(at_item: State) -> None:
    state, effects = flow.step(at_item, Touch("sample:0", "k"), 10.0)
    item = at_item.screen
    assert isinstance(item, Item) and flow.face(state) == "sample"
    assert state.screen == Sample(item.code, 0, "form.png", item) and effects == (FetchSample(item.code, "form.png"),)
    assert flow.step(state, Touch("back", "k"), 12.0)[0].screen == item
    for other in ("sample:1", "sample:99"):
        assert flow.step(at_item, Touch(other, "k"), 10.0)[0].screen == item


def test_the_picture_of_the_sample_on_screen_is_shown_and_no_other(at_item: State) -> None:
    state, red = opened(at_item), Pixels(1, 1, b"\xff\0\0")
    assert isinstance(state.screen, Sample)
    for other in (SampleCame("XX99", "form.png", red), SampleCame(state.screen.code, "other.png", red)):
        assert flow.step(state, other, 11.0)[0] == state
    state, _ = flow.step(state, SampleCame(state.screen.code, "form.png", red), 11.0)
    assert isinstance(state.screen, Sample) and state.screen.picture == red
    assert flow.step(state, Touch("page:2", "k"), 12.0)[0].screen.page == 2  # type: ignore[union-attr]
    gone, _ = flow.step(at_item, SampleCame(state.screen.code, "form.png", red), 11.0)
    assert gone == at_item, "whoever has gone back sees no picture come"


def test_one_that_cannot_be_had_is_said_and_asked_for_again(at_item: State) -> None:
    state = opened(at_item)
    assert isinstance(state.screen, Sample)
    assert "正在取样张" in spoken(state, 10.0)
    assert flow.step(state, Touch("again", "k"), 11.0)[1] == (), "it is on its way already"
    state, _ = flow.step(state, SampleCame(state.screen.code, "form.png", None), 12.0)
    assert "样张现在看不了。请再试一次，或到咨询台问一问。" in spoken(state, 12.0)
    state, effects = flow.step(state, Touch("again", "k"), 14.0)
    assert isinstance(state.screen, Sample) and not state.screen.lost
    assert effects == (FetchSample(state.screen.code, "form.png"),)


def test_a_sample_that_the_hall_took_away_is_left(hall: config.Hall, at_item: State) -> None:
    state = opened(at_item)
    assert at_item.view is not None
    assert flow.step(state, events.Shown(at_item.view), 12.0)[0].screen == state.screen
    plain = View.model_validate(samples.view_json(hall, "K1"))
    assert flow.step(state, events.Shown(plain), 12.0)[0].screen == Home()


def test_it_goes_home_by_itself(at_item: State) -> None:
    state = opened(at_item)
    assert state.leave_at is not None
    assert flow.step(state, events.Tick(), state.leave_at)[0].screen == Home()


@pytest.mark.parametrize("size", [(1080, 1920), (1280, 1024), (1024, 768)])
@pytest.mark.parametrize(("width", "height"), [(720, 1018), (1018, 720), (1600, 60), (60, 1600), (1, 1)])
def test_a_picture_keeps_its_shape_inside_the_page(
    hall: config.Hall, fonts: Fonts, size: tuple[int, int], width: int, height: int
) -> None:
    view = View.model_validate(samples.view_json(hall, "K1"))
    code = view.groups[0].services[0].code
    blank = Pixels(width, height, b"\0" * (3 * width * height))
    shown = Sample(code, 0, "form.png", Item(code, Items(view.groups[0].id)), blank)
    for large in (False, True):
        for low in (False, True):
            state = State(plate_of(hall), shown, view, "up", large=large, low=low)
            made = picture.scene(state, picture.Moment(samples.NOW, 0.0), size, fonts.measure)
            (image,) = [part for part in made.parts if isinstance(part, scene.Image)]
            x, y, w, h = image.rect
            assert x >= 0 and y >= made.body and image.rect.right <= size[0] and image.rect.bottom <= size[1]
            assert abs(w / image.pixels.width - h / image.rows) * image.rows <= 1.5 * max(1, image.rows / width)
            assert not any(target.rect.holds(*image.rect.middle) for target in made.targets)
            assert made.cut == ()


@pytest.mark.parametrize("room", [Rect(0, 0, 1000, 500), Rect(0, 0, 300, 280), Rect(0, 0, 900, 60)])
def test_the_parts_of_a_picture_leave_no_row_out(room: Rect) -> None:
    assert form_sample.pages(Rect(0, 0, 1000, 1400), 720, 1018) == [(0, 1018)]
    whole, *parts = form_sample.pages(room, 720, 1018)
    assert whole == (0, 1018) and parts[0][0] == 0 and sum(parts[-1]) == 1018
    for (a, rows), (b, _) in pairwise(parts):
        assert a < b <= a + rows, "what one cuts is whole in the other"


def test_it_is_drawn_as_it_is(fonts: Fonts) -> None:
    half = Pixels(2, 2, b"\xff\0\0" * 2 + b"\0\0\xff" * 2)
    surface = pygame.Surface((40, 40))
    Painter(fonts).parts(
        surface, (scene.Image(Rect(0, 0, 20, 20), half, 0, 2), scene.Image(Rect(20, 0, 20, 10), half, 1, 1))
    )
    upper, lower, part = (surface.get_at(at) for at in ((10, 0), (10, 19), (30, 5)))
    assert upper.r > 200 > 40 > upper.b and lower.b > 200 > 40 > lower.r, "smoothly, so not to the last shade"
    assert part[:3] == (0, 0, 255), "of a part no other row is seen"


# --- fetched and kept -------------------------------------------------------------------------------------------------


@pytest.fixture
def client(hub: KiosksHub) -> HubClient:
    return HubClient(f"http://127.0.0.1:{hub.port}", "secret")


def test_the_line_fetches_the_newest_sample(hub: KiosksHub, client: HubClient) -> None:
    hub.files[PATH] = file()
    line = HubLine(client, "K1", lambda: None)
    for name in ("other.png", "form.png"):
        line.do(FetchSample("SB01", name))  # before it runs: only the newest is still wanted
    line.start()
    try:
        while not isinstance(event := line.events.get(timeout=DEADLINE_S), SampleCame):
            pass
    finally:
        line.stop()
    assert event.name == "form.png" and event.picture is not None
    assert (event.picture.width, event.picture.height) == (30, 40) and hub.fetched == [PATH]


def test_few_are_kept_and_each_for_a_while(hub: KiosksHub, client: HubClient) -> None:
    now = 0.0
    kept = SamplePictures(client, lambda: now)
    for n in range(6):
        hub.files[f"/guides/SB01/samples/{n}.png"] = file(n + 1)
        assert kept.get("SB01", f"{n}.png") == pixels(file(n + 1))
    assert len(kept._kept) == sample_pictures.KEPT and len(hub.fetched) == 6
    assert kept.get("SB01", "5.png") and len(hub.fetched) == 6
    assert kept.get("SB01", "0.png") and len(hub.fetched) == 7, "it was dropped for the later ones"
    now = sample_pictures.STAY_S
    hub.files["/guides/SB01/samples/0.png"] = file(9)
    assert kept.get("SB01", "0.png") == pixels(file(9)), "the hall has changed it"


def test_an_older_one_is_shown_while_the_hub_is_away(hub: KiosksHub, client: HubClient) -> None:
    now = 0.0
    kept = SamplePictures(client, lambda: now)
    hub.files[PATH] = file()
    found = kept.get("SB01", "form.png")
    hub.kill()
    now = 2 * sample_pictures.STAY_S
    assert found and kept.get("SB01", "form.png") == found
    assert kept.get("SB01", "another.png") is None


def test_what_is_gone_broken_or_too_large_is_no_picture(
    hub: KiosksHub, client: HubClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = SamplePictures(client)
    assert kept.get("SB01", "form.png") is None
    for data in (b"", b"<html>", file()[:60], file(kind="GIF", mode="P")):
        hub.files[PATH] = data
        assert kept.get("SB01", "form.png") is None
    hub.files[PATH] = file()
    monkeypatch.setattr(sample_pictures, "MOST_BYTES", len(file()) - 1)
    assert kept.get("SB01", "form.png") is None
    monkeypatch.setattr(sample_pictures, "MOST_BYTES", len(file()))
    assert kept.get("SB01", "form.png") is not None
    monkeypatch.setattr(sample_pictures, "MOST_PIXELS", 30 * 40 - 1)
    with pytest.raises(NotAPicture, match="30 × 40"):
        pixels(file())


def test_a_large_one_is_made_smaller_and_a_clear_one_stands_on_white() -> None:
    found = pixels(file(3200, 1600, "JPEG"))
    assert (found.width, found.height) == (sample_pictures.SIDE, sample_pictures.SIDE // 2)
    assert len(found.rgb) == 3 * found.width * found.height
    clear = io.BytesIO()
    Image.new("RGBA", (2, 2), (0, 0, 0, 0)).save(clear, "PNG")
    assert pixels(clear.getvalue()).rgb == b"\xff" * 12
    turned = Image.Exif()
    turned[0x0112] = 6  # a photograph taken with the telephone upright
    assert (lambda one: (one.width, one.height))(pixels(file(40, 30, "JPEG", exif=turned))) == (30, 40)


def test_by_ear_a_sample_is_named(at_item: State, fonts: Fonts) -> None:
    labels = {
        target.name: target.label
        for target in picture.scene(at_item, picture.Moment(samples.NOW, 0.0), (1080, 1920), fonts.measure).targets
    }
    known = at_item.view.service(at_item.screen.code) if at_item.view else None  # type: ignore[union-attr]
    assert known and labels["sample:0"] == f"看样张：{words.say('zh')(known.materials[0])}"
