"""找事项 while the hub is away: the hub's own search, over the copy of the hall's files that lies here. What is looked
for is neither kept nor counted.
"""

from __future__ import annotations

from config import Hall
from kiosk.flow.view import Hit
from server.domain.search import Index


class OwnSearch:
    """The index is made when it is first asked for (0.2 s), and most kiosks never need it."""

    def __init__(self, hall: Hall) -> None:
        self.renew(hall)

    def renew(self, hall: Hall) -> None:
        self._hall = hall
        self._index: Index | None = None

    def find(self, text: str) -> tuple[Hit, ...]:
        """The best first, as the hub would answer."""
        index = self._index or Index(self._hall)
        self._index = index
        return tuple(
            Hit(code=one.code, name=one.text.zh, name_en=one.text.en, said=one.said, where=one.where)
            for one in index.find(text).hits
        )
