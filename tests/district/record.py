"""Records a piece of a journal as this version writes it, for tests/data/journals: `python -m tests.district.record
NAME`, before each release. What a district has to read stays what was written then, whatever is changed later.
"""

from __future__ import annotations

import gzip
import json
import sys
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import tomlkit

import config
from demo import past
from server.store.database import read_only

NOW = datetime(2026, 11, 27, 18, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
FOLDER = config.ROOT / "tests" / "data" / "journals"
IMPORTED, ROWS = 40, 900
"""So many of the rows that were taken in from another system, and those that follow."""


def record(file: Path) -> None:
    """A header with the row before, and a line for each row, gzip."""
    with TemporaryDirectory() as name:
        text: Any = tomlkit.parse((config.ROOT / "config.toml").read_text(encoding="utf-8"))
        for key in ("catalogue", "catalogue_en", "calendar"):
            text["hall"][key] = str(config.ROOT / str(text["hall"][key]))
        text["hub"]["data"] = f"{name}/hall"
        (Path(name) / "config.toml").write_text(tomlkit.dumps(text), encoding="utf-8")
        hall = config.load(Path(name) / "config.toml")
        hall.data.mkdir()
        past.invent(hall, {counter: f"{n:02d}" for n, counter in enumerate(hall.counters, 1)}, NOW.timestamp())
        with read_only(hall.data / "hall.db") as conn:
            rows = [tuple(row) for row in conn.execute("SELECT * FROM journal ORDER BY seq")]
    first = next(n for n, row in enumerate(rows) if row[2] == "VisitsImported") - IMPORTED
    lines = [{"before": [rows[first - 1][0], rows[first - 1][7]]}, *rows[first : first + IMPORTED + ROWS]]
    told = "\n".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in lines)
    file.write_bytes(gzip.compress(told.encode(), mtime=0))


if __name__ == "__main__":
    record(FOLDER / f"{sys.argv[1]}.jsonl.gz")
