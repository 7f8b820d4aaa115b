"""What serial speech modules have in common: which characters they read, and what their one-byte answers mean. Makes no frame."""

from __future__ import annotations

from counter_display.protocols.language import Echo, Fitted, gbk

GBK = 0x01
"""The text coding both modules call 1."""
ANSWERS = {0x4A: "ready", 0x41: "accepted", 0x45: "bad", 0x4E: "busy", 0x4F: "idle"}
"""4A after power-on, 41 and 45 after a frame, 4E and 4F to a question; 4F also when it has said all."""
SAFE = str.maketrans("[]\\", "（）、")
"""[v5] would be an order to the module: no text of a hall gives one."""


def fit(text: str, longest: int) -> Fitted:
    """`text` as it can be read: without what has no GBK code, without brackets, cut between characters."""
    shown = "".join(c for c in text.translate(SAFE) if gbk(c))
    missing = "".join(c for c in text.translate(SAFE) if not gbk(c))
    end = len(shown)
    while len(code(shown[:end])) > longest:
        end -= 1
    return Fitted(shown[:end], missing, shown[end:])


def code(text: str) -> bytes:
    return b"".join(gbk(c) for c in text)


def refuse(text: str, longest: int) -> None:
    """Raise ValueError for a text that was not fitted."""
    if fit(text, longest).text != text:
        raise ValueError(f"text {text!r}: more than {longest} bytes, or a character the module cannot read; fit the text first")


def tag(letter: str, value: int | None, highest: int) -> bytes:
    """A setting before the text, [v5]; nothing for None."""
    if value is None:
        return b""
    if not 0 <= value <= highest:
        raise ValueError(f"[{letter}{value}]: this module knows 0 to {highest}")
    return f"[{letter}{value}]".encode("ascii")


class Answers:
    """The module's answers by name, out of any pieces of bytes; all else is noise."""

    def __init__(self) -> None:
        self._echo = Echo()

    def sent(self, frame: bytes) -> None:
        self._echo.sent(frame)

    def feed(self, piece: bytes) -> list[str]:
        return [ANSWERS[byte] for byte in self._echo.without(piece) if byte in ANSWERS]

