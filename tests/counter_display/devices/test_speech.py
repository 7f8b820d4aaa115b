"""The virtual speech modules against the known vectors, and against what the hub's announcer sends them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_display.virtual.devices.speech import SpeechEar
from server.voice import modules
from tests.hearing import hear

SAYS = "c7 eb 41 30 30 31 ba c5 b5 bd 33 ba c5 b4 b0 bf da"  # 请A001号到3号窗口
# bytes, whether they end with a checksum, what was heard, the answer
HEARD = [
    (f"fd 00 14 01 01 {SAYS} ef", True, "speak", "请A001号到3号窗口", "41"),
    (f"fd 00 13 01 01 {SAYS}", False, "speak", "请A001号到3号窗口", "41"),
    ("fd 00 02 02 fd", True, "stop", "", "41"),
    ("fd 00 02 21 de", True, "ask", "", "4f"),
    ("fd 00 01 02", False, "stop", "", "41"),
    ("fd 00 09 01 01 5b 76 35 5d ba c5 41", False, "speak", "号A", "41"),  # a tag is not said
    ("fd 00 02 02 fc", True, "", "", "45"),
    ("fd 00 03 01 09 41", False, "", "", "45"),  # no such coding
    ("fd 00 03 01 01 c7", False, "", "", "45"),  # half a character
]


@pytest.mark.parametrize(("wire", "checksum", "order", "text", "answer"), HEARD)
def test_what_a_module_hears(wire: str, checksum: bool, order: str, text: str, answer: str) -> None:
    [heard] = hear(SpeechEar(checksum), b"\x00" + bytes.fromhex(wire) + b"\xfd")
    assert (heard.order, heard.data.decode(), heard.reply.hex(), bool(heard.wrong)) == (
        order,
        text,
        answer,
        answer == "45",
    )


@pytest.mark.parametrize("kind", ["syn6288", "xfs5152"])
@given(text=st.text("请到号窗口办理零一二三 A0123456789-，。", max_size=150))
def test_what_the_announcer_sends_is_heard_as_it_was_meant(kind: str, text: str) -> None:
    parts = hear(SpeechEar(kind == "syn6288"), b"".join(modules.speak(kind, text, 50)))
    assert [part.wrong for part in parts] == [()] * len(parts) and "".join(part.data.decode() for part in parts) == text


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_never_raise(stream: bytes, checksum: bool) -> None:
    hear(SpeechEar(checksum), stream)
