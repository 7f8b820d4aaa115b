"""Scanner, keyboard and card reader: their bytes both ways, whole and in pieces, and their threads over
pseudo-terminals.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import queue
import signal
import subprocess
import sys
import traceback
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import config
from kiosk.readers import codes, sdt, virtual
from kiosk.readers.card import CardReader
from kiosk.readers.codes import Codes, Once
from kiosk.readers.keys import Key, Keys, Press, Scan
from kiosk.readers.layouts import BY_LETTER, LAYOUTS
from kiosk.readers.port import target
from kiosk.readers.scanner import Scanner
from kiosk.readers.session import Failed, Read, Turn, heard
from kiosk.readers.virtual import Desk, SamReader
from kiosk.readers.virtual_cards import CARDS, text
from tests.waiting import DEADLINE_S, until

# --- codes ------------------------------------------------------------------------------------------------------------

CODES = [  # what the scanner sends, the codes in it
    (b"A001\r", ["A001"]),
    (b"A001\n", ["A001"]),
    (b"A001\r\n", ["A001"]),
    (b"\x02A001\x03", ["A001"]),
    (b"]Q1JH-7F3K9Q\r\n", ["JH-7F3K9Q"]),
    (b"]C0A001\r]Q3B002\r", ["A001", "B002"]),
    ("预约123\r\n".encode(), ["预约123"]),
    ("预约123\r\n".encode("gb18030"), ["预约123"]),
    (b"\xef\xbb\xbfA001\r", ["A001"]),
    (b"\r\n\r\n  \r\n", []),
    (b"\xff\xfe\xff\r", []),
    (b"https://hall.example/t?c=]Q1\r", ["https://hall.example/t?c=]Q1"]),
    (b"x" * 600 + b"\rA001\r", ["A001"]),
]


@pytest.mark.parametrize(("raw", "found"), CODES)
def test_codes_whole_and_byte_by_byte(raw: bytes, found: list[str]) -> None:
    assert Codes().feed(raw) == found
    line = Codes()
    assert [text for byte in raw for text in line.feed(bytes([byte]))] == found
    assert line.pause() == []


def test_without_a_suffix_a_pause_ends_a_code() -> None:
    line = Codes()
    assert line.feed(b"]Q1A0") + line.feed(b"01") == []
    assert line.pause() == ["A001"] and line.pause() == []


def test_the_same_code_passes_once_while_the_scanner_looks_at_it() -> None:
    once = Once()
    assert [once.passes("A001", at) for at in (0.0, 0.5, 2.4, 4.3, 6.4)] == [True, False, False, False, True]
    assert once.passes("B002", 6.5) and not once.passes("A001", 6.6)
    assert len(once.seen) == 2 and once.passes("C", 60.0) and list(once.seen) == ["C"]


# --- keys -------------------------------------------------------------------------------------------------------------


def typed(text: str, gap: float, end: str = "return") -> list[Key]:
    keys, now, found = Keys(), 0.0, list[Key]()
    for char in text:
        found += keys.key("left shift", "", now) if char.isupper() else []
        found += keys.key(char.lower(), char, now)
        now += gap
    found += keys.key(end, "\r", now) if end else []
    return found + keys.pause(now + 1)


def test_a_fast_burst_with_enter_is_a_scan() -> None:
    assert typed("JH-7f3K9Q", 0.02) == [Scan("JH-7f3K9Q")]
    assert typed("预约A001", 0.0, "enter") == [Scan("预约A001")]


def test_slow_keys_are_a_keypad() -> None:
    assert typed("1204", 0.2) == [Press("1"), Press("2"), Press("0"), Press("4"), Press("ok")]


def test_a_short_burst_was_a_hand_and_one_without_enter_too() -> None:
    assert typed("12", 0.02) == [Press("1"), Press("2"), Press("ok")]
    assert typed("A0012", 0.02, "") == [Press("A"), Press("0"), Press("0"), Press("1"), Press("2")]


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("up", "up"),
        ("return", "ok"),
        ("enter", "ok"),
        ("backspace", "del"),
        ("escape", "back"),
        ("home", "home"),
        ("f1", "voice"),
        ("[+]", "down"),
    ],
)
def test_named_keys_come_at_once(key: str, name: str) -> None:
    assert Keys().key(key, "", 0.0) == [Press(name)]


def test_a_number_pad_types_digits() -> None:
    keys = Keys()
    assert keys.key("[7]", "7", 0.0) == [] and keys.waiting
    assert keys.pause(0.05) == [] and keys.pause(0.1) == [Press("7")] and not keys.waiting


def test_keys_that_mean_nothing() -> None:
    assert typed("!", 0.2, "") == [] and Keys().key("caps lock", "", 0.0) == [] and Keys().key("c", "\x03", 0.0) == []


# --- SDT --------------------------------------------------------------------------------------------------------------

COMMANDS = [  # from the readers' public descriptions (docs/readers.md)
    (sdt.FIND, "aa aa aa 96 69 00 03 20 01 22"),
    (sdt.SELECT, "aa aa aa 96 69 00 03 20 02 21"),
    (sdt.READ, "aa aa aa 96 69 00 03 30 01 32"),
    (sdt.command(0x12, 0xFF), "aa aa aa 96 69 00 03 12 ff ee"),
    (sdt.command(0x11, 0xFF), "aa aa aa 96 69 00 03 11 ff ed"),
]

ANSWERS = [  # sums worked out by hand: XOR of everything after the preamble
    ("aa aa aa 96 69 00 08 00 00 9f 00 00 00 00 97", sdt.FOUND, bytes(4)),
    ("aa aa aa 96 69 00 04 00 00 80 84", sdt.NO_CARD, b""),
    ("aa aa aa 96 69 00 04 00 00 90 94", sdt.OK, b""),
    ("aa aa aa 96 69 00 04 00 00 81 85", sdt.SELECT_FAILED, b""),
    ("aa aa aa 96 69 00 04 00 00 41 45", sdt.READ_FAILED, b""),
]

NOISE = ["", "00 ff 12", "aa aa", "aa aa aa 96 69 ff ff", "aa aa aa 96 69 00 04 00 00 80 85", virtual.GARBAGE.hex(" ")]


@pytest.mark.parametrize(("made", "expected"), COMMANDS)
def test_commands(made: bytes, expected: str) -> None:
    assert made.hex(" ") == expected


@pytest.mark.parametrize(("raw", "sw", "data"), ANSWERS)
@pytest.mark.parametrize("noise", NOISE)
def test_answers_both_ways_whole_in_pieces_and_among_noise(raw: str, sw: bytes, data: bytes, noise: str) -> None:
    frame, found = bytes.fromhex(raw), [sdt.Answer(sw, data)]
    assert virtual.framed(sw.hex(), data) == frame
    assert sdt.Answers().feed(frame) == found
    pieces = sdt.Answers()
    assert [answer for byte in frame for answer in pieces.feed(bytes([byte]))] == found
    assert sdt.Answers().feed(bytes.fromhex(noise) + frame + bytes.fromhex("00 aa 55")) == found
    assert sdt.Answers().feed(frame + frame) == found * 2


def test_noise_alone_is_no_answer() -> None:
    assert [sdt.Answers().feed(bytes.fromhex(noise)) for noise in NOISE] == [[]] * len(NOISE)


def read_answer(card: str) -> bytes:
    sam = SamReader(CARDS[card])
    sam.hear(sdt.FIND), sam.hear(sdt.SELECT)
    return sam.hear(sdt.READ)


def test_the_answer_to_read_is_1295_bytes_with_utf_16le_at_its_places() -> None:
    raw = read_answer("resident")
    assert len(raw) == 1295 and raw[:14].hex(" ") == "aa aa aa 96 69 05 08 00 00 90 01 00 04 00"
    text = raw[14 : 14 + 256]
    assert text[:8].hex(" ") == "14 6f 3a 79 20 00 20 00"  # 演示 and two spaces
    assert text[122:158].decode("utf-16-le") == "350502190001011234"
    assert text[204:208].hex(" ") == "7f 95 1f 67"  # 长期
    (answer,) = sdt.Answers().feed(raw)
    assert sdt.card(answer.data) == sdt.Card("resident", "350502190001011234")


@pytest.mark.parametrize(
    ("name", "kind", "number"),
    [
        ("neighbour", "resident", "35050219000202567X"),
        ("permit", "permit", "810000190001010019"),
        ("foreigner", "foreigner", "CHE350019000101"),
        ("foreigner_2023", "foreigner_2023", "935756190001010017"),
    ],
)
def test_kinds_of_cards(name: str, kind: str, number: str) -> None:
    (answer,) = sdt.Answers().feed(read_answer(name))
    assert sdt.card(answer.data) == sdt.Card(kind, number)


# what lies where on a card of each kind, counted in the published runs of bytes: letter, then field -> offset, what
PLACES: dict[str, dict[str, tuple[int, str]]] = {
    "": {"name": (0, "演示"), "sex": (30, "1"), "birth": (36, "19000101"), "number": (122, "350502190001011234")},
    "J": {"name": (0, "演示"), "sex": (30, "1"), "birth": (36, "19000101"), "pass_number": (220, "H00000000")},
    "I": {"english_name": (0, "DEMONSTRATION, PERSON"), "sex": (120, "1"), "number": (122, "CHE350019000101")}
    | {"nation": (152, "CHE"), "name": (158, "演示"), "birth": (220, "19000101"), "issuer": (240, "3500")},
    "Y": {
        "name": (0, "演示"),
        "sex": (30, "1"),
        "birth": (36, "19000101"),
        "english_name": (52, "DEMONSTRATION, PERSON"),
    }
    | {"number": (122, "935756190001010017"), "nation": (242, "CHE"), "former": (250, "001")},
}


@pytest.mark.parametrize("letter", PLACES)
def test_each_kind_of_card_has_its_own_places(letter: str) -> None:
    layout = BY_LETTER[letter]
    laid = text(layout.kind, CARDS[layout.kind].number)
    assert len(laid) == 256 and laid[248:250] == (letter or " ").encode("utf-16-le")
    for name, (offset, value) in PLACES[letter].items():
        assert laid[offset : offset + 2 * len(value)].decode("utf-16-le") == value, name
        assert sdt.taken(laid, layout, name) == value, name
    assert sdt.taken(laid, layout, "from") == "20200101"
    assert (sdt.taken(laid, layout, "address") == "") == (letter in ("I", "Y"))


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.kind)
def test_no_two_fields_of_a_card_share_a_byte(layout: Any) -> None:
    taken = [*layout.fields.values(), (248, 2)]
    places = [byte for offset, length in taken for byte in range(offset, offset + length)]
    assert len(places) == len(set(places)) and max(places) < 256 and all(n % 2 == 0 for pair in taken for n in pair)


def test_what_fills_a_field_up_is_not_its_value() -> None:
    resident = BY_LETTER[""]
    for filling in ("\u3000" * 15, "\0" * 15, " " * 15):
        laid = text("resident", "350502190001011234", name=("演示" + filling)[:15], to=("长期" + filling)[:8])
        assert sdt.taken(laid, resident, "name") == "演示" and sdt.taken(laid, resident, "to") == "长期"
    zeros = text("resident", "350502190001011234", letter="\0")
    assert sdt.card(bytes.fromhex("0100 0400") + zeros + bytes(1024)).kind == "resident"
    assert sdt.taken(text("resident", "1", name="欧阳　演示"), resident, "name") == "欧阳　演示"


def test_a_small_x_is_the_same_number() -> None:
    laid = text("resident", "35050219000202567x")
    assert sdt.card(bytes.fromhex("0100 0400") + laid + bytes(1024)).number == "35050219000202567X"


def test_an_unknown_kind_is_named_as_what_it_is() -> None:
    (answer,) = sdt.Answers().feed(read_answer("unknown"))
    with pytest.raises(sdt.NoNumber) as caught:
        sdt.card(answer.data)
    assert "类别“Z”" in caught.value.text.zh and "kind “Z”" in caught.value.text.en
    assert "不是身份证" not in caught.value.text.zh
    assert "类别“?”" in sdt.unknown_kind("龦").zh


def test_a_number_that_is_not_there_is_read_again() -> None:
    with pytest.raises(sdt.NoNumber) as caught:
        sdt.card(bytes.fromhex("0100 0400") + text("foreigner_2023", "") + bytes(1024))
    assert caught.value.text == sdt.TRY_AGAIN


def test_a_read_answer_with_fingerprints_has_three_lengths() -> None:
    laid = text("resident", "350502190001011234")
    data = bytes.fromhex("0100 0400 0400") + laid + bytes(1024) + bytes(1024)
    assert virtual.framed("00 00 90", data)[16 : 16 + 256] == laid
    assert sdt.card(data).number == "350502190001011234"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(1284),
        bytes.fromhex("01000400") + bytes(1280),
        bytes.fromhex("0100 0400") + text("resident", "12345") + bytes(1024),
        bytes.fromhex("01000400") + text("resident", "350502190001011234")[:248] + b"Z\0" + bytes(1030),
    ],
)
def test_what_is_no_card_says_so_and_nothing_of_it(data: bytes) -> None:
    with pytest.raises(sdt.NoNumber) as caught:
        sdt.card(data)
    assert "3505" not in str(caught.value)


def test_a_number_is_sealed_by_the_halls_key() -> None:
    number = "350502190001011234"
    digest, mask = sdt.seal(b"k" * 32, number)
    assert digest == hmac.new(b"k" * 32, number.encode(), hashlib.sha256).hexdigest() and len(digest) == 64
    assert mask == "3505**********1234" and sdt.seal(b"k", "CHE350019000101")[1] == "CHE3*******0101"


def test_no_repr_and_no_sentence_holds_a_number() -> None:
    (answer,) = sdt.Answers().feed(read_answer("resident"))
    card = sdt.card(answer.data)
    for shown in (
        repr(answer),
        str(answer),
        repr(card),
        str(card),
        repr(Read(card)),
        repr(sdt.seal(b"k", card.number)),
    ):
        assert "350502190001011234" not in shown and answer.data[122:130].hex(" ") not in shown


# --- the conversation -------------------------------------------------------------------------------------------------

FOUND, OK, NONE, NO = sdt.Answer(sdt.FOUND), sdt.Answer(sdt.OK), sdt.Answer(sdt.NO_CARD), sdt.Answer(sdt.SELECT_FAILED)


def conversation(*answers: sdt.Answer | None, turn: Turn | None = None) -> tuple[list[str], list[Any]]:
    """(what is sent after each answer, what came of it)."""
    turn, sent, said = turn or Turn(), list[str](), list[Any]()
    for answer in answers:
        turn, outcome = heard(turn, answer)
        sent.append(turn.doing)
        said += [outcome] if outcome else []
    return sent, said


def test_find_select_read_and_the_card_must_go_before_the_next() -> None:
    (card,) = sdt.Answers().feed(read_answer("resident"))
    sent, said = conversation(NONE, FOUND, OK, card, FOUND, FOUND, NONE, FOUND, NONE, NONE, FOUND, OK)
    assert sent == ["find", "select", "read", "find", "find", "find", "find", "find", "find", "find", "select", "read"]
    assert said == [Read(sdt.Card("resident", "350502190001011234"))]


def test_a_card_that_cannot_be_selected_is_another_card() -> None:
    assert conversation(FOUND, NO, FOUND) == (["select", "find", "find"], [Failed(sdt.OTHER_CARD)])


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (sdt.Answer(sdt.READ_FAILED), sdt.TRY_AGAIN),
        (sdt.Answer(b"\0\0\x32"), sdt.OTHER_CARD),
        (sdt.Answer(b"\1\2\3"), sdt.TRY_AGAIN),
        (sdt.Answer(sdt.OK, bytes(30)), sdt.OTHER_CARD),
    ],
)
def test_a_card_that_cannot_be_read_is_a_sentence(answer: sdt.Answer, sentence: tuple[str, str]) -> None:
    assert conversation(FOUND, OK, answer) == (["select", "read", "find"], [Failed(sentence)])


def test_a_silent_reader_is_said_once() -> None:
    assert conversation(*[None] * 6)[1] == [Failed(sdt.NO_READER)]
    assert conversation(FOUND, None, None, NONE, None)[1] == []


def test_a_card_that_lay_there_before_is_asked_to_be_lifted() -> None:
    sent, said = conversation(FOUND, FOUND, NONE, NONE, FOUND, turn=Turn(lift=True, told=False))
    assert sent[-1] == "select" and said == [Failed(sdt.TRY_AGAIN)]


# --- threads over pseudo-terminals ------------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "scanner", tmp_path / "card")
    yield made
    made.unplug()


@pytest.fixture
def scanned(desk: Desk, tmp_path: Path) -> Iterator[queue.SimpleQueue[str]]:
    found: queue.SimpleQueue[str] = queue.SimpleQueue()
    scanner = Scanner("serial:scanner?baud=9600", tmp_path, found.put)
    scanner.start()
    until(lambda: scanner.device.state == "ok")
    yield found
    scanner.stop()


@pytest.mark.parametrize("ending", virtual.ENDINGS)
def test_it_scans_with_every_ending(desk: Desk, scanned: queue.SimpleQueue[str], ending: str) -> None:
    desk.scan("JH-7F3K9Q", ending, prefix="]Q1")
    assert scanned.get(timeout=DEADLINE_S) == "JH-7F3K9Q"
    desk.scan("预约1", ending)
    assert scanned.get(timeout=DEADLINE_S) == "预约1"


def test_it_scans_on_after_its_cable_was_out(desk: Desk, tmp_path: Path) -> None:
    found: queue.SimpleQueue[str] = queue.SimpleQueue()
    scanner = Scanner("serial:other?baud=9600", tmp_path, found.put)
    scanner.start()
    until(lambda: "No such file" in scanner.device.state)
    other = Desk(tmp_path / "other", None)
    until(lambda: scanner.device.state == "ok")
    other.scan("A001")
    assert found.get(timeout=DEADLINE_S) == "A001" and scanner.device.last == b"A001\r\n".hex(" ")
    other.unplug()
    until(lambda: scanner.device.state != "ok")
    scanner.stop()


KEY = b"k" * 32


class Reading:
    """A card reader's thread and what it said."""

    def __init__(self, folder: Path) -> None:
        self.said: queue.SimpleQueue[tuple[str, str, date | None]] = queue.SimpleQueue()
        self.reader = CardReader("serial:card?baud=115200", folder, lambda *s: self.said.put(s), self.said.put)
        self.reader.start()

    def hears(self) -> tuple[str, str, date | None]:
        return self.said.get(timeout=DEADLINE_S)


@pytest.fixture
def reading(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reading]:
    monkeypatch.setattr("kiosk.readers.card.ANSWER_S", DEADLINE_S)  # on a slow machine, too, it is there
    made = Reading(tmp_path)
    until(lambda: made.reader.device.state == "ok")
    yield made
    made.reader.stop()


def test_nothing_is_asked_before_it_is_wanted(desk: Desk, reading: Reading) -> None:
    desk.lay("resident")
    assert desk.sam.commands == []
    reading.reader.want(KEY)
    assert reading.hears() == (*sdt.seal(KEY, "350502190001011234"), date(1900, 1, 1))
    reading.reader.want(None)
    until(lambda: reading.reader._wish is None)
    asked = len(desk.sam.commands)
    desk.lay("neighbour")
    assert reading.said.empty() and len(desk.sam.commands) <= asked + 1


def test_a_second_card_is_read_after_the_first_was_lifted(desk: Desk, reading: Reading) -> None:
    reading.reader.want(KEY)
    desk.lay("resident")
    assert reading.hears()[1] == "3505**********1234"
    commands = len(desk.sam.commands)
    until(lambda: len(desk.sam.commands) > commands + 2)
    assert reading.said.empty()
    desk.lay("")
    commands = len(desk.sam.commands)
    until(lambda: len(desk.sam.commands) > commands + 2)
    desk.lay("neighbour")
    assert reading.hears()[1] == "3505**********567X"


@pytest.mark.parametrize(
    ("card", "sentence"), [("unreadable", sdt.TRY_AGAIN), ("other", sdt.OTHER_CARD), ("unknown", sdt.unknown_kind("Z"))]
)
def test_bad_cards_are_sentences(desk: Desk, reading: Reading, card: str, sentence: tuple[str, str]) -> None:
    reading.reader.want(KEY)
    desk.lay(card)
    assert reading.hears() == sentence


@pytest.mark.parametrize("order", ["silent", "garbage"])
def test_a_reader_that_talks_no_sense_is_a_sentence_and_recovers(
    desk: Desk, reading: Reading, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.readers.card.ANSWER_S", 0.15)
    desk.sam.order = order
    reading.reader.want(KEY)
    assert reading.hears() == sdt.NO_READER
    desk.sam.order = "ok"
    desk.lay("resident")
    while (said := reading.hears()) == sdt.NO_READER:
        continue
    assert said[1] == "3505**********1234"


def test_a_reader_that_is_not_there_is_a_sentence_at_once(tmp_path: Path) -> None:
    reading = Reading(tmp_path)
    until(lambda: "No such file" in reading.reader.device.state)
    reading.reader.want(KEY)
    assert reading.hears() == sdt.NO_READER
    reading.reader.stop()


def test_the_number_is_in_no_log_no_event_no_trace_and_not_on_the_technicians_screen(
    desk: Desk, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    number, traces = "350502190001011234", list[str]()
    monkeypatch.setattr(
        "threading.excepthook", lambda args: traces.append("".join(traceback.format_exception(args.exc_value)))
    )
    reading = Reading(tmp_path)
    reading.reader.want(KEY)
    desk.lay("resident")
    seen = [str(reading.hears()), reading.reader.device.last, repr(vars(reading.reader))]
    until(lambda: reading.reader.device.last != "")
    desk.unplug()
    until(lambda: reading.reader.device.state != "ok")
    reading.reader.stop()
    desk.scanner = desk.reader = None
    seen += (
        [record.getMessage() for record in caplog.records]
        + traces
        + [file.read_text() for file in tmp_path.iterdir() if file.is_file()]
    )
    hexed = number.encode("utf-16-le").hex(" ")
    assert not any(number in text or hexed in text or hexed.replace(" ", "") in text for text in seen)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("serial:wires/card?baud=115200", ("/hall/wires/card", 115200)),
        ("serial:/dev/ttyACM0", ("/dev/ttyACM0", 9600)),
        ("socket://box:4001", ("socket://box:4001", 9600)),
    ],
)
def test_where_a_reader_is_plugged_in(url: str, found: tuple[str, int]) -> None:
    assert target(url, Path("/hall")) == found


# --- the virtual program ----------------------------------------------------------------------------------------------


def test_the_virtual_readers_as_a_program(tmp_path: Path) -> None:
    program = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "kiosk.readers.virtual",
            "--scanner",
            str(tmp_path / "s"),
            "--card",
            str(tmp_path / "c"),
            "--show-port",
            "0",
        ],
        cwd=config.ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert program.stdout
        url = f"http://127.0.0.1:{json.loads(program.stdout.readline())['show_port']}"

        def post(path: str, body: Any) -> Any:
            request = urllib.request.Request(url + path, json.dumps(body).encode())
            with urllib.request.urlopen(request, timeout=DEADLINE_S) as answer:
                return json.loads(answer.read())

        found: queue.SimpleQueue[str] = queue.SimpleQueue()
        scanner = Scanner("serial:s", tmp_path, found.put)
        scanner.start()
        until(lambda: scanner.device.state == "ok")
        assert post("/scan", {"code": "A001", "ending": "none"}) == {} and found.get(timeout=DEADLINE_S) == "A001"
        assert post("/card", {"card": "permit"}) == {} and post("/order", {"order": "silent"}) == {}
        with urllib.request.urlopen(url + "/state", timeout=DEADLINE_S) as answer:
            state = json.loads(answer.read())
        assert (state["card"], state["order"], state["scanned"]) == ("permit", "silent", ["A001"])
        for path, body in (("/scan", {}), ("/card", {"card": "gold"}), ("/order", {"order": "sing"}), ("/dance", {})):
            with pytest.raises(urllib.error.HTTPError):
                post(path, body)
        scanner.stop()
        program.send_signal(signal.SIGTERM)
        assert program.wait(DEADLINE_S) == 0 and not (tmp_path / "s").is_symlink()
    finally:
        program.kill()


def test_it_takes_no_real_devices_place(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("")
    with pytest.raises(FileExistsError, match="give the virtual reader another path"):
        Desk(tmp_path / "real", None)


def test_every_code_ending_is_known() -> None:
    assert codes.PAUSE_S < codes.AGAIN_S and set(virtual.ENDINGS) == {"cr", "lf", "crlf", "none"}
