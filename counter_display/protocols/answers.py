"""Answers that stand between two marks, with or without an address: out of any pieces of bytes. Knows no board.

Where an answer begins and another head comes before its end, the later head counts: the earlier one was broken off.
"""

from __future__ import annotations

from counter_display.protocols.language import Echo, Reply


class Between:
    """Answers from `head` to `tail`, which may be empty.

    `address_at` is where behind the head the address byte stands, None for nowhere.
    """

    def __init__(self, head: bytes, tail: bytes, longest: int, address_at: int | None) -> None:
        self._head, self._tail, self._longest = head, tail, longest
        self._address_at = address_at
        self._rest = b""
        self._echo = Echo()
        self.asked = 0

    def sent(self, frame: bytes) -> None:
        """A frame goes out: whatever came before is not an answer to it."""
        self._rest = b""
        self._echo.sent(frame)

    def feed(self, piece: bytes) -> list[Reply]:
        self._rest += self._echo.without(piece)
        found: list[Reply] = []
        start = 0
        while (end := self._rest.find(self._tail, start)) >= 0:
            head = self._rest.rfind(self._head, 0, end)
            if head >= 0 and end < self._least_end(head):
                start = end + 1  # this is the address, and looks like the end
                continue
            if head >= 0:
                found.append(self._reply(self._rest[head + len(self._head) : end]))
            self._rest, start = self._rest[end + len(self._tail) :], 0
        self._rest = self._rest[-self._longest :]
        return found

    def _least_end(self, head: int) -> int:
        return head + len(self._head) + (0 if self._address_at is None else self._address_at + 1)

    def _reply(self, body: bytes) -> Reply:
        at = self._address_at
        return Reply(self.asked, body) if at is None else Reply(body[at], body[:at] + body[at + 1 :])
