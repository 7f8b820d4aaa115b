"""Onbon 仰邦 font cards (字库卡) BX-5K, 5MK and 6K, serial or TCP: text to bytes, and bytes to replies.

No time, no retry, no port in it.

    A5 x8 | DST u16 SRC u16 0 x6 FE 02 LEN u16 DATA | CRC16 | 5A        little-endian; A5 A6 5A 5B are escaped
        between A5 and 5A
    reply:  the same, DATA is GROUP CMD ERROR 00 00; A0 00 00 is done

Source: the maker's own parser, a production encoder and the maker's examples; docs/protocols/onbon.md has the byte
table.
"""

from __future__ import annotations

import re
import struct

from config import Text
from counter_display.protocols.checksums import CRC16
from counter_display.protocols.language import Echo, Fitted, Reply, Traits, fitted, gbk, refuse_address, refuse_too_long

HEAD, TAIL = b"\xa5" * 8, b"\x5a"
ESCAPES = {0xA5: b"\xa6\x02", 0xA6: b"\xa6\x01", 0x5A: b"\x5b\x02", 0x5B: b"\x5b\x01"}
PLAIN = {code: bytes([byte]) for byte, code in ESCAPES.items()}
crc = CRC16["crc16-arc"].of
"""Unlike that of Modbus it begins with 0."""
MUST_ANSWER, NEED_NOT = 0x01, 0x02
HOST = 0x8000
ANY_CARD = 0xFE
PROTOCOL_VERSION = 0x02
STILL, LEFT = 0x01, 0x03
"""How an area shows its text: at once, or running to the left."""
LONGEST = 200
"""No limit is published; this is twice the longest text of a hall."""
LONGEST_REPLY = 1024
TRAITS = Traits(longest=LONGEST, addresses=range(1, 0x8000), colors=())


def fit(text: str) -> Fitted:
    """`text` with □ for what the card's GBK font cannot have; a backslash would begin an escape, so it becomes a
    full-width one.
    """
    return fitted(text.replace("\\", "＼"), LONGEST, gbk)


def encode(
    address: int,
    text: str,
    color: str = "red",
    *,
    columns: int = 16,
    rows: int = 16,
    effect: str = "still",
    number_color: str = "",
) -> bytes:
    """The frame that fills the screen's dynamic area 0 with `text`; one wider than the area runs.

    The card must answer.
    """
    return area(address, text, columns, rows, MUST_ANSWER)


def area(address: int, text: str, columns: int, rows: int, answer: int = MUST_ANSWER) -> bytes:
    """Dynamic area 0 at the upper left, `columns` of 8 dots wide and `rows` dots high.

    Raises ValueError for a text that was not fitted.
    """
    code = b"".join(gbk(c) or gbk("□") for c in text.replace("\\", "＼")) or b" "
    refuse_too_long(len(code), LONGEST)
    runs = len(code) > columns * max(1, rows // 16)
    single, wrap, show = (0x01, 0x01, LEFT) if runs else (0x02, 0x02, STILL)
    place = struct.pack("<BHHHHBBBH", 0, 0, 0, columns, rows, 0, 0, 0, 2)
    looks = bytes([0, 0, 0, single, wrap, show, 0, 4, 5]) + struct.pack("<I", len(code))
    one = place + looks + code
    return frame(address, bytes([0xA3, 0x06, answer, 0, 0, 0, 1]) + struct.pack("<H", len(one)) + one)


def show_address(address: int) -> bytes:
    """The card has no command for it: its address as a text."""
    return encode(address, str(address))


def probe(address: int) -> bytes:
    """Ping: answered by a card of that address, changes nothing."""
    return frame(address, bytes([0xA2, 0x00, MUST_ANSWER, 0, 0]))


def brightness(address: int, percent: int) -> bytes:
    """The card has a command for it, whose bytes no source shows: b""."""
    return b""


def frame(address: int, data: bytes) -> bytes:
    refuse_address(address, TRAITS.addresses)
    body = struct.pack("<HH6xBBH", address, HOST, ANY_CARD, PROTOCOL_VERSION, len(data)) + data
    checked = body + struct.pack("<H", crc(body))
    return HEAD + b"".join(ESCAPES.get(byte, bytes([byte])) for byte in checked) + TAIL


class Replies:
    """Replies out of any pieces of bytes; noise is passed over.

    A reply from the broadcast address is of the card that was asked.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._echo = Echo()
        self._asked = 0

    def sent(self, frame: bytes) -> None:
        self._rest = b""
        self._echo.sent(frame)
        body = _body(frame.lstrip(HEAD[:1]).rstrip(TAIL))
        self._asked = int.from_bytes(body[0:2], "little") if body else 0

    def feed(self, piece: bytes) -> list[Reply]:
        self._rest += self._echo.without(piece)
        *whole, self._rest = self._rest.split(TAIL)
        self._rest = self._rest[-LONGEST_REPLY:]
        found = [self._reply(stretch.rsplit(HEAD[:1], 1)[-1]) for stretch in whole if HEAD[:1] in stretch]
        return [reply for reply in found if reply]

    def _reply(self, escaped: bytes) -> Reply | None:
        body = _body(escaped)
        if body is None or len(body) < 14 + 3 or int.from_bytes(body[12:14], "little") != len(body) - 14:
            return None
        to, address = int.from_bytes(body[0:2], "little"), int.from_bytes(body[2:4], "little")
        if to < HOST:
            return None  # not to us: an echo behind noise
        group, command, error = body[14:17]
        done = error == 0 and (group, command) != (0xA0, 0x01)
        refused = None if done else _refusal(f"{group:02x}", f"{command:02x}", f"{error:02x}")
        return Reply(self._asked if address >= HOST else address, body[14:], refused)


def _refusal(group: str, command: str, error: str) -> Text:
    return Text(
        f"控制卡不接受：组 {group}，命令 {command}，错误 {error}",
        f"the card refused: group {group}, command {command}, error {error}",
    )


def _body(escaped: bytes) -> bytes | None:
    """What stands between A5 and 5A with a right checksum, without it; None for anything else."""
    if re.search(rb"[\xa6\x5b](?![\x01\x02])", escaped, flags=re.DOTALL):
        return None
    plain = re.sub(rb"[\xa6\x5b][\x01\x02]", lambda found: PLAIN[found.group()], escaped, flags=re.DOTALL)
    return plain[:-2] if len(plain) > 2 and struct.unpack("<H", plain[-2:])[0] == crc(plain[:-2]) else None
