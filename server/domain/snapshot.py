"""A report that is kept: its canonical JSON, the hash over it, and what it was counted from.

Pure: it reads no clock and no table.

sha256 is over the canonical JSON: sorted keys, no spaces, UTF-8, as `json.dumps` writes it.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass
from typing import Any

from config import Text

TOLD = ("period", "version", "sha256", "definition_version", "journal_seq", "journal_hash", "reason")
"""What the journal says of a snapshot (ReportMade)."""
BACK_OFF_S = (60.0, 300.0, 900.0, 3600.0)
"""Waits before the second, third … try of a delivery; the last one again and again."""


@dataclass(frozen=True)
class Snapshot:
    """One version of a period's report.

    `journal_seq`, `journal_hash`: the journal's newest row when it was counted; `reason`: why it was made.
    """

    period: str
    version: int
    made_at: float
    actor: str
    definition_version: str
    sha256: str
    journal_seq: int
    journal_hash: str
    reason: str
    packed: bytes

    def report(self) -> dict[str, Any]:
        """The report as it was kept."""
        found: dict[str, Any] = json.loads(zlib.decompress(self.packed))
        return found

    def problems(self) -> list[str]:
        """What is wrong with what is kept; empty when its hash fits."""
        try:
            text = zlib.decompress(self.packed)
        except zlib.error:
            return ["cannot be unpacked; somebody changed it"]
        if hashlib.sha256(text).hexdigest() != self.sha256:
            return ["hash does not fit; somebody changed it"]
        return []


@dataclass(frozen=True)
class Delivery:
    """What is to be done with a snapshot. `way`: folder, mail, or make (version 0: it could not be made yet); and
    folder:pdf, mail:pdf: one form that was left over when the others went.

    `problem`, `problem_en`: what went wrong last, one sentence; empty if nothing did.
    """

    period: str
    version: int
    way: str
    queued_at: float
    tries: int = 0
    next_at: float = 0.0
    done_at: float | None = None
    problem: str = ""
    problem_en: str = ""


def canonical(report: dict[str, Any]) -> bytes:
    return json.dumps(report, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def packed(report: dict[str, Any]) -> tuple[str, bytes]:
    """The sha256 of a report, and the report as it is kept."""
    text = canonical(report)
    return hashlib.sha256(text).hexdigest(), zlib.compress(text, 6)


def wait_s(tries: int) -> float:
    """Seconds until a delivery that failed `tries` times is tried again."""
    return BACK_OFF_S[min(tries, len(BACK_OFF_S)) - 1]


def beside(snapshot: Snapshot, at: str) -> dict[str, Any]:
    """What stands beside a kept report under the key `snapshot`, outside its hash.

    `at`: when it was made, as people read it.
    """
    return {
        name: getattr(snapshot, name) for name in ("version", "sha256", "journal_seq", "journal_hash", "reason")
    } | {"made_at": at, "by": snapshot.actor}


def named(told: dict[str, Any]) -> Text:
    """快照第 2 版, with the beginning of its hash: what a paper says of the snapshot it is made from (`beside`)."""
    zh, en = f"快照第 {told['version']} 版", f"snapshot, version {told['version']}"
    return Text(f"{zh} · sha256 {told['sha256'][:16]}", f"{en}, sha256 {told['sha256'][:16]}")
