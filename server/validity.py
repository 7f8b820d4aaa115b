"""How long the hub's line is good, for those who look after it. What a certificate is, `server/certificate.py` knows:
imported where there is one, as a hall in clear would wait at each start for what it never needs.
"""

from __future__ import annotations

from collections.abc import Sequence

from config import Hall, Told
from server.domain import private_line
from server.domain.private_line import Concern, Validity


def concerns(hall: Hall, now: float, sealed: bool | None = None) -> Sequence[Concern]:
    """What is to be said of the hub's line and certificate, for the live page. `sealed`: whether the running server
    answers https; None: as the file says.
    """
    known = problem = None
    if hall.hub.https or sealed:
        try:
            known = _known(hall)
        except Told as error:
            problem = error.text
    return private_line.concerns(hall, known, problem, now, sealed)


def until(hall: Hall) -> float | None:
    """When the hub's certificate ends; None if it has none that can be read (`concerns` says so)."""
    try:
        return _known(hall).until if hall.hub.https else None
    except Told:
        return None


def _known(hall: Hall) -> Validity:
    from server import certificate

    return certificate.validity(hall)
