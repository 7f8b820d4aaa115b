"""What became of the last backups, in a small file beside the database: written by who makes one, read by pages.

No part of the journal: a hall that is restored has other places and other backups than the one that was saved.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from pathlib import Path

from config import Hall, Text
from server.domain.backups import Kept, Place
from server.store import secret

log = logging.getLogger(__name__)


def file_of(hall: Hall) -> Path:
    return hall.data / "backups.json"


def recipient_file(hall: Hall) -> Path:
    """The public key that backups are encrypted to. The private one is on paper, and nowhere in the hall."""
    return hall.data / "backup.pub"


def read(hall: Hall) -> Kept:
    """What is known; a file that can't be read is one that says nothing, and the next backup writes it anew."""
    key = recipient_file(hall).exists()
    try:
        told = json.loads(file_of(hall).read_text(encoding="utf-8"))
        places = {url: Place(**{**place, "problem": Text(*place["problem"])}) for url, place in told["places"].items()}
        return Kept(key, told["tried_at"], Text(*told["problem"]), places)
    except FileNotFoundError:
        return Kept(key)
    except (OSError, ValueError, TypeError, KeyError) as error:
        log.warning("%s: can't be read: %r; backups count as never made", file_of(hall), error)
        return Kept(key)


def write(hall: Hall, known: Kept) -> None:
    """Keep it, without places that the hall's file names no more."""
    places = {url: asdict(place) for url, place in known.places.items() if url in hall.backup.to}
    told = {"tried_at": known.tried_at, "problem": known.problem, "places": places}
    secret.write(file_of(hall), json.dumps(told, ensure_ascii=False, indent=1))
