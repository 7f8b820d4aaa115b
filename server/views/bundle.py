"""A file of 责任追究 as a zip that anybody checks offline: the journal's rows about it and about what it comes of, each
with the hash before it; a page to read; a proof of both, signed by the hall's own key; and the script that checks all.

Private text is not in the journal, so it is not in here: a page says that something was given, never what.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from config import Hall
from server.domain.chain import row_hash
from server.domain.reach import Reach
from server.domain.register import Record
from server.store import secret
from server.store.reader import Reader
from server.verbs import records
from server.verbs.hub import Hub
from server.views.records import Onlooker, life_view, value_text
from server.views.tickets import iso

CHECK = Path(__file__).with_name("check_file.py")
KEY = "bundle"
"""The key that bundles are signed with, by its name (`server/store/secret.py`)."""
ZERO = (1980, 1, 1, 0, 0, 0)
"""The time of a zip's entries: the same file twice is the same zip."""


class Broken(RuntimeError):
    """A row of the journal has not the hash it should have: nothing of it is signed (`python -m server verify`)."""


def signing_key(hall: Hall) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"bundle " + secret.key(hall, KEY).encode()).digest())


def public_key(hall: Hall) -> bytes:
    return signing_key(hall).public_key().public_bytes_raw()


def fingerprint(hall: Hall) -> str:
    """What the hall publishes of its key, and what `check.py` says of a bundle's."""
    return hashlib.sha256(public_key(hall)).hexdigest()[:32]


def _told(rows: Any) -> bytes:
    return json.dumps(rows, ensure_ascii=False, indent=1, sort_keys=True).encode()


def rows_of(reader: Reader, record: Record, source: Record | None) -> list[dict[str, Any]]:
    """The rows about a file, about the record that it comes of, and about that one's visit; each with the hash before
    it. Raises Broken.
    """
    rows = {row.seq: row for one in (record, source) if one for row in reader.life_of_record(one)}
    if source and source.ticket is not None:
        rows |= {row.seq: row for row in reader.life_line(source.ticket)}
    found = []
    for seq in sorted(rows):
        row = rows[seq]
        before = reader.hash_of(seq - 1)
        if before is None or row_hash(before, row[:-1]) != row.hash:
            raise Broken(f"journal:{seq}: its hash does not fit")
        found.append({"previous": before, "fields": list(row[:-1]), "hash": row.hash})
    return found


def bundle(hub: Hub, record: Record, reach: Reach, draw: Callable[..., str]) -> bytes:
    """The zip. `draw`: the page to read, of what it is given by name. Raises Broken."""
    hall, reader = hub.hall, hub.read()
    source = reader.record_numbered(str(record.values.get("source", "")))
    rows = rows_of(reader, record, source)
    files = {"rows.json": _told(rows), "page.html": draw(**_page(hub, record, source, reach)).encode()}
    seq, _, head = reader.head()
    key = signing_key(hall)
    proof = _told(
        {
            "hall": hall.hall.name,
            "number": record.number,
            "made": iso(hall, hub.now()),
            "rows": len(rows),
            "head": {"seq": seq, "hash": head},
            "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
            "key": public_key(hall).hex(),
        }
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {
            **files,
            "proof.json": proof,
            "proof.sig": key.sign(proof).hex().encode() + b"\n",
            "check.py": CHECK.read_bytes(),
        }.items():
            archive.writestr(zipfile.ZipInfo(f"{record.number}/{name}", ZERO), data)
    return out.getvalue()


def _page(hub: Hub, record: Record, source: Record | None, reach: Reach) -> dict[str, Any]:
    who = Onlooker.now(hub, reach)
    parts = []
    for one in (record, source):
        if one is None:
            continue
        made = records.definition_of(hub, one)
        told = [
            {**made.fields[name].name.json("name"), **value_text(who, made.fields[name], value).json("said")}
            for name, value in one.values.items()
            if name in made.fields
        ]
        parts.append(
            {
                "number": one.number,
                **made.name.json("name"),
                **made.states[one.state].name.json("state"),
                "values": told,
                "life": life_view(who, one),
            }
        )
    return {"hall": hub.hall.hall, "parts": parts, "made": iso(hub.hall, hub.now()), "mark": fingerprint(hub.hall)}
