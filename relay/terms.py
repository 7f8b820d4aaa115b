"""Which run of a hub counts, by terms that the relay gives out and hubs say with each word. Pure.

A word without a term of this relay is greeted with a fresh one, and nothing of it is taken: so what a program that was
killed had under way, however late it comes, displaces nobody. The greatest term that ever spoke counts. One before it
is another program: it is refused while the newest is heard, and greeted again when that has gone silent, so that the
hub that lives is taken in the end without anybody's hand.
"""

from __future__ import annotations

from collections import OrderedDict

from config import Told

MOST_RUNS = 100


class Stale(Told):
    """What the hub says is not its newest word."""


class Terms:
    """Of one hall, since this relay began."""

    def __init__(self) -> None:
        self._given = self._count = 0
        self.newest = 0
        """The term that counts; 0 while none has spoken."""
        self._runs: OrderedDict[str, int] = OrderedDict()
        """Term of each run of a hub that says none, of a version before."""

    def take(self, term: int | None, run: str, count: int, *, alive: bool) -> int | None:
        """None for a word that counts, else the fresh term with which it is greeted. `term`: what this relay gave it, 0
        for none, None where the hub knows no terms; `alive`: whether the newest was heard lately. Raises Stale.
        """
        if term is None:
            term = self._runs[run] = self._runs.get(run) or self._fresh()
            if len(self._runs) > MOST_RUNS:
                self._runs.popitem(last=False)
        elif not 0 < term <= self._given or (term < self.newest and not alive):
            return self._fresh()
        if term < self.newest:
            raise Stale(
                "这是主机上一次运行时的消息，没有接收。", "This is of an earlier run of the hub, and not taken."
            )
        if term > self.newest:
            self.newest, self._count = term, 0
        if count and count <= self._count:
            raise Stale("已经有更新的消息，这一条没有接收。", "There is a newer one; this was not taken.")
        self._count = max(count, self._count)
        return None

    def _fresh(self) -> int:
        self._given += 1
        return self._given
