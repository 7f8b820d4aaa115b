"""A hall that was restored, or burnt, gets from the district what came after: rows that continue its own chain."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from server.backup import pieces
from server.domain.chain import Head, Row, goes_on
from server.store import head_file
from server.store.database import read_only, take_lock
from server.store.membership import Apart
from server.store.reader import Reader

DATABASE = "hall.db"


def head_of(data: Path) -> Head:
    """The newest row of a hub's folder; before the first where there is no database."""
    if not (data / DATABASE).exists():
        return Head()
    with closing(read_only(data / DATABASE)) as conn:
        seq, _, hash = Reader(conn).head()
    return Head(seq, hash)


def lay(data: Path, rows: Sequence[Row]) -> int:
    """Append the rows to the database of a hub that does not run, and rebuild what follows from them; how many. Raises
    Apart for rows that do not continue what is there: nothing is changed.
    """
    lock = take_lock(data)
    try:
        if goes_on(head_of(data), rows) is None:
            raise Apart(
                "区平台的记录与本厅的接不上：什么也没有改动，请与区平台核对。",
                "The district's rows do not continue this hall's: nothing was changed; settle it with the district",
            )
        told = {"rows": rows, "requests": [], "snapshots": [], "tables": {}}
        laid = pieces.lay_over(data / DATABASE, [told]) if rows else 0
        with closing(read_only(data / DATABASE)) as conn:
            newest = Reader(conn).head()
        outside = head_file.HeadFile(head_file.file_of(data / DATABASE))
        outside.write(head_file.Head(*newest))
        outside.close()
        return laid
    finally:
        os.close(lock)
