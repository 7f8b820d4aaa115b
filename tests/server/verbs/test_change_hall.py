"""Another hall comes into force while it works: nobody is lost, and everything follows."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from typing import Any

import pytest
import tomlkit

import config
from server.app import create_app
from server.domain import events as ev
from server.domain.rules import Refused
from server.health import Health
from server.store.transaction import Turn
from server.verbs import calls, counters, guide_versions, place, tickets
from server.verbs.hub import By, Hub
from server.views.kiosk import kiosk_view
from server.views.screen import screen_view
from server.voice.outputs import Stage


def changed(hub: Hub, change: Callable[[tomlkit.TOMLDocument], None]) -> config.Hall:
    """The hub's hall as it would be after a change of its file."""
    document = tomlkit.parse(hub.hall.file.read_text(encoding="utf-8"))
    change(document)
    return config.parse(tomlkit.dumps(document), folder=hub.hall.folder)


def noted(turn: Turn) -> None:
    turn.record(ev.ConfigChanged(before="a", after="b", why="试"), "70")


def rename(hub: Hub, name: str) -> config.Hall:
    return changed(hub, lambda document: document["hall"].update({"name": name}))


def test_calls_go_on_through_a_change(hub: Hub) -> None:
    counters.open_counter(hub, By("08"), "1", staff="08")
    waiting = [tickets.issue(hub, By("K1"), "SB01") for _ in range(3)]
    held = calls.call_next(hub, By("08"), "1")
    hub.change_hall(rename(hub, "新大厅"), noted)
    assert hub.hall.hall.name == "新大厅"
    assert hub.read().ticket(held.id).state == "called"
    calls.start(hub, By("08"), "1")
    calls.finish(hub, By("08"), "1", outcome="done")
    assert calls.call_next(hub, By("08"), "1").id == waiting[1].id
    assert tickets.issue(hub, By("K1"), "SB01").number == 4


def test_whoever_presses_during_changes_loses_nothing(hub: Hub) -> None:
    """Numbers given out while the hall changes all the time: each once, none missing."""
    halls = [rename(hub, "甲"), rename(hub, "乙")]
    made: list[int] = []
    done = threading.Event()

    def press() -> None:
        for _ in range(60):
            made.append(tickets.issue(hub, By("K1"), "SB01").number)
        done.set()

    thread = threading.Thread(target=press)
    thread.start()
    turns = 0
    while not done.is_set():
        hub.change_hall(halls[turns % 2], noted)
        turns += 1
    thread.join()
    assert made == list(range(1, 61))
    assert turns > 1


def test_every_turn_is_decided_by_the_hall_of_its_moment(hub: Hub) -> None:
    seen: list[str] = []
    hub.turn(lambda turn: seen.append(hub.hall.hall.name))
    hub.change_hall(rename(hub, "新大厅"), noted)
    hub.turn(lambda turn: seen.append(hub.hall.hall.name))
    assert seen == ["鲤城区开元街道便民服务中心", "新大厅"]


@pytest.mark.parametrize("mishap", [Refused("不行。", "No."), sqlite3.OperationalError("disk I/O error")])
def test_a_change_that_is_not_recorded_is_none(hub: Hub, mishap: Exception) -> None:
    before, told = hub.hall, []
    hub.on_hall.append(lambda old, new: told.append(new))

    def fails(turn: Turn) -> None:
        noted(turn)
        raise mishap

    with pytest.raises(type(mishap)):
        hub.change_hall(rename(hub, "新大厅"), fails)
    assert hub.hall is before
    assert hub.read().last_event("ConfigChanged") is None
    assert told == []


def test_what_is_made_of_the_old_file_goes_with_it(hub: Hub) -> None:
    health = Health(lambda *_: None, hub.now)
    assert "社保医保" in str(kiosk_view(hub, "K1", health)["groups"])
    hub.change_hall(changed(hub, lambda document: document["groups"]["social"].update({"name": "社会保险"})), noted)
    assert "社会保险" in str(kiosk_view(hub, "K1", health)["groups"])
    assert "社保医保" not in str(kiosk_view(hub, "K1", health)["groups"])


def test_a_part_that_stumbles_keeps_no_other_from_following(hub: Hub) -> None:
    told = []

    def stumbles(before: config.Hall, now: config.Hall) -> None:
        raise OSError("gone")

    hub.on_hall += [stumbles, lambda before, now: told.append((before.hall.name, now.hall.name))]
    hub.change_hall(rename(hub, "新大厅"), noted)
    assert told == [("鲤城区开元街道便民服务中心", "新大厅")]


def test_a_new_kiosk_gets_its_token_and_its_feed(hub: Hub) -> None:
    create_app(hub)

    def add(document: tomlkit.TOMLDocument) -> None:
        document["kiosks"]["K2"] = {"name": "2号取号机", "name_en": "Kiosk 2", "printers": ["p80"]}

    hub.change_hall(changed(hub, add), noted)
    assert (hub.hall.data / "tokens" / "K2").exists()
    assert kiosk_view(hub, "K2", Health(lambda *_: None, hub.now))["groups"]


def test_who_may_frame_the_pages_follows(hub: Hub) -> None:
    client = create_app(hub).test_client()
    assert "http://10.0.0.9" not in client.get("/healthz").headers["Content-Security-Policy"]
    hub.change_hall(changed(hub, lambda document: document["hub"].update({"framed_by": ["http://10.0.0.9"]})), noted)
    assert "http://10.0.0.9" in client.get("/healthz").headers["Content-Security-Policy"]


def test_another_guide_is_a_version_of_it_at_once(hub: Hub) -> None:
    create_app(hub)
    guide_versions.take_note(hub)
    code = next(iter(hub.hall.guides))
    hub.change_hall(
        changed(hub, lambda document: document["guides"][code].update({"url": "https://example.com/guide"})), noted
    )
    assert [one.number for one in guide_versions.history(hub.read())[code]] == [1, 2]
    assert guide_versions.take_note(hub) == 0, "and the next start finds nothing new"


def test_what_is_made_while_the_hall_changes_is_not_kept_under_the_new_one(hub: Hub) -> None:
    def make() -> str:
        made = hub.hall.hall.name
        hub.change_hall(rename(hub, "新大厅"), noted)
        return made

    old = hub.hall.hall.name
    assert hub.latest("name", make) == old
    assert hub.latest("name", lambda: hub.hall.hall.name) == "新大厅"


def test_a_view_that_began_under_the_old_hall_keeps_nothing_of_it(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between its look at the hall and what it has made of it another one comes into force."""
    asked = hub.kept
    after = rename(hub, "新大厅")

    def late(key: Any, make: Callable[[], Any]) -> Any:
        if hub.hall is not after:
            hub.change_hall(after, noted)
        return asked(key, make)

    monkeypatch.setattr(hub, "kept", late)
    build = screen_view(hub, Stage(hub.wake))["build"]
    assert screen_view(hub, Stage(hub.wake))["build"] == build
    monkeypatch.undo()
    hub.change_hall(rename(hub, "新大厅"), noted)
    assert screen_view(hub, Stage(hub.wake))["build"] == build, "it is the new one's"


def test_what_counters_call_is_of_the_hall_that_asked(hub: Hub) -> None:
    states = hub.read().counters()
    fewer = hub.hall.model_copy(update={"counters": dict([*hub.hall.counters.items()][:2])})
    assert [len(place.profiles(hall, states)) for hall in (hub.hall, fewer, hub.hall)] == [
        len(hub.hall.counters),
        2,
        len(hub.hall.counters),
    ]
