"""An end to guessing codes: how many wrong ones a network, or a record, may have in a minute and in a day. Pure: who
asks says which minute it is.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict

GUESSES = 20
"""Codes that open nothing, from one network in a minute; then even a right one must wait."""
GUESSES_A_DAY = 100
"""The same in a day. A code's seal has 30 bits: ten networks need 2^30 / 2 / 1000 days, which is 1470 years, for an
even chance of one answer; ten thousand still one and a half (tests/server/pages/test_telephone.py works it out).
"""
DAY_MIN = 24 * 60
REMEMBERED = 10_000
"""Networks whose guesses are remembered at most."""


def network(address: str) -> str:
    """Whose address it is: an IPv6 subscriber has a whole /64, and would be as many senders as there are addresses."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found) >> 64 << 64, 64)))


class Guesses:
    """Wrong codes of each network in the running minute, and in the running day where `a_day` bounds them."""

    def __init__(self, most: int = GUESSES, a_day: int | None = None) -> None:
        self._most, self._a_day = most, a_day
        self._wrong: OrderedDict[str, tuple[int, int, int]] = OrderedDict()

    def _so_far(self, address: str, minute: int) -> tuple[int, int]:
        """(in this minute, in this day)."""
        at, lately, today = self._wrong.get(network(address), (minute, 0, 0))
        return lately if at == minute else 0, today if at // DAY_MIN == minute // DAY_MIN else 0

    def too_many(self, address: str, minute: int) -> bool:
        lately, today = self._so_far(address, minute)
        return lately >= self._most or (self._a_day is not None and today >= self._a_day)

    def wrong(self, address: str, minute: int) -> None:
        lately, today = self._so_far(address, minute)
        self._wrong[network(address)] = (minute, lately + 1, today + 1)
        self._wrong.move_to_end(network(address))
        while len(self._wrong) > REMEMBERED:
            self._wrong.popitem(last=False)
