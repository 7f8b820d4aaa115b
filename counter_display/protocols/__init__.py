"""The boards' languages: each a pure codec, without time, retry or port.

`wires.<name>.protocol` in config.toml picks one.

A language is a module here, or a frame file (`frame.py`); both are a `Language`. Whoever owns the wire uses it so:

    language = find("a090", hall.folder)      # ConfigError: one sentence for each mistake of a frame file
    language.TRAITS                           # what it can do: answers, hanzi, colors, brightness, flashes, silence
    text = language.fit(text).text            # the caller fits; .missing and .cut are worth a line in the log
    frame = language.encode(address, text, "red", columns=16, rows=16)    # ValueError if the text was not fitted
    replies = language.Replies()              # one for each time the port is opened
    replies.sent(frame)                       # before the answer is waited for: names the echo, and what is expected
    replies.feed(piece)                       # any pieces of bytes -> [Reply(address, body, refused)]; never raises

A reply without an address on the wire is given the address of the frame that was sent last. `probe` is a frame that a
board answers without showing anything new (b"" if there is none: use `show_address`); `show_address` makes it show
its own address.

Call pads and raters share the wire with the boards and speak unasked: `pads.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from config import ConfigError, Text
from config.phrasing import is_no
from counter_display.protocols import a090, alpha, cd5220, frame, modbus_dm36, modbus_led485, onbon
from counter_display.protocols.language import Fitted, Reply, Traits


class Listener(Protocol):
    """Hears the boards of one wire."""

    def sent(self, frame: bytes) -> None: ...
    def feed(self, piece: bytes) -> list[Reply]: ...


class Language(Protocol):
    """What the bus may ask of a protocol. Modules of this package and frame files have all of it."""

    @property
    def TRAITS(self) -> Traits: ...
    @property
    def Replies(self) -> Callable[[], Listener]: ...
    def fit(self, text: str) -> Fitted: ...
    def encode(
        self,
        address: int,
        text: str,
        color: str = "red",
        *,
        columns: int = 16,
        rows: int = 16,
        effect: str = "still",
        number_color: str = "",
    ) -> bytes: ...
    def show_address(self, address: int) -> bytes: ...
    def probe(self, address: int) -> bytes: ...
    def brightness(self, address: int, percent: int) -> bytes: ...


PROTOCOLS: dict[str, Language] = {
    "a090": a090,
    "onbon": onbon,
    "modbus_led485": modbus_led485,
    "modbus_dm36": modbus_dm36,
    "cd5220": cd5220,
    "alpha": alpha,
}
"""The languages that are code, by the name in config.toml."""
SHIPPED = {file.stem: file for file in sorted((Path(__file__).parents[1] / "frames").glob("*.toml"))}
"""The frame files that come with the program, by the same kind of name; where both are, the code is taken."""


def find(name: str, folder: Path) -> Language:
    """The language of that name; one that ends in .toml is a frame file, relative to `folder`.

    Raises ConfigError.
    """
    if name in PROTOCOLS:
        return PROTOCOLS[name]
    if name in SHIPPED:
        return frame.load(SHIPPED[name])
    if name.endswith(".toml"):
        return frame.load(folder / name)
    raise ConfigError([is_no(name, Text("窗口屏的协议", "language of boards"), names())])


def names() -> list[str]:
    """What `protocol` may be, but for the files of a hall."""
    return sorted({*PROTOCOLS, *SHIPPED})
