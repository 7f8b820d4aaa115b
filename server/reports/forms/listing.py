"""A list on A4 across, with places to sign, as PDF: 备案表, 自查表 and whatever is filed on paper. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from config import Text
from server.reports.forms.pdf import compiled


class Listing(NamedTuple):
    """What stands on it. `heads`: (name, share of the width); `rows` as long as they are, a value with
    `\\n` on several lines.
    """

    hall: Text
    banner: str
    title: Text
    note: Text
    heads: Sequence[tuple[Text, int]]
    rows: Sequence[Sequence[str]]
    signatures: Sequence[Text]
    made: str


def pdf(listing: Listing) -> bytes:
    """PDF/A-2b."""
    return compiled(
        "listing.typ",
        {
            "hall": listing.hall.json(),
            "banner": listing.banner,
            "title": listing.title.json(),
            "note": listing.note.json(),
            "heads": [{**text.json(), "share": share} for text, share in listing.heads],
            "rows": [[value.split("\n") for value in row] for row in listing.rows],
            "signatures": [one.json() for one in listing.signatures],
            "made": listing.made,
        },
    )
