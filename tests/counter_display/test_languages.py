"""Every language from the bus to its own virtual board, over a pseudo-terminal: text, colors it has, health where it
answers.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from counter_display.line.bus import Board as OnWire
from counter_display.line.bus import Bus, line
from counter_display.line.schedule import Shown
from counter_display.protocols import PROTOCOLS, find, names
from counter_display.virtual.hall import Board, Hall
from counter_display.virtual.wire import EARS, VirtualWire
from tests.waiting import DEADLINE_S, until


@pytest.mark.parametrize("name", names())
def test_a_language_from_the_bus_to_its_board(name: str, tmp_path: Path) -> None:
    language = find(name, tmp_path)
    address = language.TRAITS.addresses[min(5, len(language.TRAITS.addresses) - 1)]
    hall = Hall({"1": Board("1号窗口", "west", address, 16, language=name)})
    wire = VirtualWire("west", tmp_path / "west", hall)
    bus = Bus("west", line("serial:west", tmp_path), {"1": OnWire(language, address, 16)}, 30)
    bus.start()
    try:
        text = "请A001到1号窗口" if language.TRAITS.hanzi else "A001"
        bus.show({"1": Shown(text, color="green")})
        with hall.changed:
            assert hall.changed.wait_for(lambda: hall.boards["1"].text.strip() == text, DEADLINE_S), hall.state()
        if name in ("a090", "alpha"):
            bus.show({"1": Shown(text, color="red", number_color="green")})
            two = {"red", "green"} if language.TRAITS.hanzi else {"green"}
            with hall.changed:
                assert hall.changed.wait_for(lambda: {s.color for s in hall.boards["1"].shown} == two, DEADLINE_S)
        if language.TRAITS.answers:
            until(lambda: bus.health()["1"].state == "ok", "an answer")
        if "green" in language.TRAITS.colors and name not in ("a090", "alpha"):
            assert hall.boards["1"].color == "green"
        assert not hall.complaints
    finally:
        bus.stop(2)
        wire.unplug()


def test_every_language_has_a_virtual_board() -> None:
    assert set(EARS) == set(names()) and set(PROTOCOLS) <= set(EARS)
