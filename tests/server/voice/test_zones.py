"""A zone's voice on a real hub: hears calls, stays silent in quiet hours, and a dead sound card stops nobody."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import tomlkit

import config
from config import ZoneTable
from server.domain.events import VOCABULARY
from server.health import Health
from server.store.database import Store
from server.verbs import calls, counters, emergency, tickets
from server.verbs.day import tick
from server.verbs.hub import By, Hub
from server.voice import zones
from server.voice.clips import read
from server.voice.outputs import Screen, SoundCard, Stage, Unheard
from server.voice.zones import HEARD, Zones
from tests.conftest import HandClock, write_hall
from tests.server.voice.test_clips import tone
from tests.waiting import DEADLINE_S, until

Start = Callable[..., tuple[Hub, Zones, Health]]


@pytest.fixture
def start(tmp_path: Path, clock: HandClock) -> Iterator[Start]:
    running: list[tuple[Hub, Zones]] = []

    def begin(**zone: object) -> tuple[Hub, Zones, Health]:
        def change(raw: tomlkit.TOMLDocument) -> None:
            raw["zones"]["hall"].update({"output": "wav:", "languages": ["cmn"], **zone})

        hall = config.load(write_hall(tmp_path, change))
        hub = Hub(hall, Store(hall.data, durable=False), clock)
        tick(hub)
        health = Health(lambda *_: None, clock)
        found = Zones(hub, health, Stage(hub.wake))
        found.start()
        running.append((hub, found))
        return hub, found, health

    yield begin
    for hub, found in running:
        hub.stop()
        found.stop()
        hub.store.close()


def kept(hub: Hub) -> list[Path]:
    return sorted((hub.hall.data / "voice" / "hall").glob("*.wav"))


def noted(voices: Zones) -> list[int]:
    """The rows up to which a zone's thread has looked, and is done with them."""
    heard: list[int] = []
    hear = voices._hear

    def noting(zone: ZoneTable, seq: int, *more: Any) -> Any:
        heard.append(seq)  # it asks for what is behind it
        return hear(zone, seq, *more)

    voices._hear = noting  # type: ignore[method-assign]
    return heard


def call(hub: Hub, counter: str = "3") -> None:
    if hub.read().counters().get(counter) is None or hub.read().counters()[counter].state != "open":
        counters.open_counter(hub, By(f"s{counter}"), counter, staff=f"s{counter}")
    tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By(f"s{counter}"), counter)


def test_a_call_is_said_twice_and_a_recall_again(start: Start) -> None:
    hub, _, health = start()
    call(hub)
    until(lambda: len(kept(hub)) == 2)
    calls.recall(hub, By("s3"), "3")
    until(lambda: len(kept(hub)) == 4)
    until(lambda: health.of("voice hall")["state"] == "ok")


def test_a_voice_wakes_for_events_that_there_are_and_not_for_a_number_or_its_paper() -> None:
    assert VOCABULARY.keys() >= HEARD
    assert not HEARD & {"Issued", "PrintQueued", "PrintBegan", "PrintEnded", "Finished"}


def test_a_zone_says_nothing_of_other_counters(start: Start) -> None:
    hub, _, _ = start(counters=["1"], repeats=1)
    call(hub, "3")
    call(hub, "1")
    until(lambda: len(kept(hub)) == 1)
    assert hub.read().at_counter("3") and hub.read().at_counter("1")


def test_quiet_hours_are_not_caught_up(start: Start, clock: HandClock) -> None:
    hub, voices, _ = start(quiet=["08:00-09:30"], repeats=1)
    heard = noted(voices)
    call(hub, "3")
    until(lambda: hub.seq in heard, "the call in quiet hours is heard, before the clock is put forward")
    clock.forward(3600)
    call(hub, "1")
    until(lambda: len(kept(hub)) == 1)


def test_an_emergency_is_said_in_quiet_hours_and_instead_of_calls_until_it_ends(start: Start) -> None:
    hub, _, health = start(quiet=["08:00-12:00"], languages=["cmn", "en"], repeats=1)
    emergency.begin(hub, By("50"), 1)
    until(lambda: len(kept(hub)) >= 4)  # twice in both languages
    call(hub)
    until(lambda: len(kept(hub)) >= 7)  # the last one may not be whole yet
    told = {read(path.read_bytes(), path.name).seconds for path in kept(hub)[:6]}
    emergency.end(hub, By("50"))
    assert len(told) == 2, "the text in Chinese and in English, no call"
    until(lambda: health.of("voice hall")["state"] == "ok")


def test_a_language_that_fails_keeps_no_other_from_telling_the_emergency(start: Start) -> None:
    hub, _, health = start(languages=["nan", "en"])
    emergency.begin(hub, By("50"), 1)
    until(lambda: len(kept(hub)) >= 2)
    until(lambda: health.of("voice hall")["state"] == "error")


def test_the_noon_text_is_said_at_its_minute(start: Start, clock: HandClock) -> None:
    hub, _, _ = start(repeats=1)
    clock.forward(2 * 3600 + 50 * 60 + 5)
    hub.wake()
    until(lambda: len(kept(hub)) == 1)


def test_a_dead_sound_card_is_told_and_stops_nobody(start: Start, tmp_path: Path) -> None:
    hub, _, health = start(output="alsa:no-such-card")
    call(hub)
    until(lambda: health.of("voice hall")["state"] == "error")
    assert "广播说不出这句话" in health.of("voice hall")["zh"]
    call(hub, "1")
    assert hub.read().at_counter("1")


def test_a_language_that_cannot_be_said_silences_no_other(start: Start) -> None:
    hub, _, health = start(languages=["nan", "cmn"])  # nobody has recorded the first
    call(hub)
    until(lambda: len(kept(hub)) >= 1)
    until(lambda: health.of("voice hall")["state"] == "error")
    assert "请" in health.of("voice hall")["zh"]


def test_a_player_that_fails_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = tmp_path / "aplay"
    tool.write_text('#!/bin/sh\ncat > /dev/null\necho "audio open error: no such device" >&2\nexit 1\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(OSError, match="no such device; is a sound card there"):
        SoundCard("default").play(tone(0.1))


def test_a_player_gets_the_whole_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = tmp_path / "aplay"
    tool.write_text(f'#!/bin/sh\necho "$@" > "{tmp_path}/arguments"\ncat > "{tmp_path}/played.wav"\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    SoundCard("hw:1").play(tone(0.1))
    assert (tmp_path / "played.wav").read_bytes() == tone(0.1).wav()
    assert (tmp_path / "arguments").read_text().strip() == "-q -D hw:1 -"


def test_the_screen_plays_while_it_sounds_and_not_afterwards() -> None:
    woken: list[int] = []
    stage = Stage(lambda: woken.append(1))
    stopping = threading.Event()
    playing = threading.Thread(target=Screen(stage, "hall", stopping).play, args=(tone(30.0),), daemon=True)
    playing.start()
    until(lambda: "hall" in stage.now())
    assert stage.wav(stage.now()["hall"].id) == tone(30.0).wav() and stage.wav(99) is None
    stopping.set()
    playing.join(DEADLINE_S)
    assert stage.now() == {} and len(woken) == 2


def test_a_sound_that_no_screen_fetched_was_not_heard() -> None:
    stage, stopping = Stage(lambda: None), threading.Event()
    with pytest.raises(Unheard, match="没有一台大厅屏在放声音"):
        Screen(stage, "hall", stopping).play(tone(0.05))
    stage = Stage(lambda: stage.wav(stage.now()["hall"].id) if stage.now() else None)
    Screen(stage, "hall", stopping).play(tone(0.05))


def test_a_sample_to_listen_to(tmp_path: Path) -> None:
    hall = config.load(write_hall(tmp_path))
    assert 8 < zones.sample(hall, "hall", "A012", "3").seconds < 25


def test_what_a_hall_has_to_record(tmp_path: Path) -> None:
    hall = config.load(write_hall(tmp_path))
    needed, folder = zones.needed(hall, "nan")
    assert folder == tmp_path / "voice" / "nan"
    assert {"A", "W", "六", "咨询台", "noon-1200", "closing-1720", "closing-1750", "opening"} <= needed.keys()
