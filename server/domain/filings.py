"""备案: which changes of posts have been filed, with approver and file number, and which not yet. Pure.

A change is a row of the register of changes (`PostSet`, `PostEnded`); a filing a record of `staff_change`, which names
its rows, or by whose own day it was made (the row's reason is then the record's number).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from server.domain.register import Record

DONE = "filed"


@dataclass(frozen=True)
class Filed:
    """A row of the register of changes and the record that files it; None: nobody has."""

    seq: int
    record: Record | None

    @property
    def done(self) -> bool:
        return self.record is not None and self.record.state == DONE


def rows_of(record: Record) -> frozenset[int]:
    """The rows that a record says it is about."""
    return frozenset(int(one) for one in str(record.values.get("rows", "")).split(",") if one)


def filings(changes: Iterable[tuple[int, str]], records: Iterable[Record]) -> list[Filed]:
    """Of each change (row, reason) the record about it; of several the one that is filed, else the newest."""
    by_row: dict[int, Record] = {}
    by_number: dict[str, Record] = {}
    for record in sorted(records, key=lambda one: (one.state == DONE, one.id)):
        by_number[record.number] = record
        by_row.update({row: record for row in rows_of(record)})
    return [Filed(seq, by_row.get(seq) or by_number.get(reason)) for seq, reason in changes]


def counted(found: Iterable[Filed]) -> Mapping[str, int]:
    """Changes, those filed and those not: 备案 of docs/figures.md."""
    done = [one.done for one in found]
    return {"all": len(done), "filed": sum(done), "unfiled": len(done) - sum(done)}
