"""A hall of a year brought back from its backup, against `verify` alone of the same database: one run, one disk. The
hall has 100 000 visits behind it.

Restoring is unpacking, looking through and verifying: what is beyond the verifying the backup's own form costs.
"""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.backup import VISITS, filled
from consoles import any_console
from server.backup import nightly, paper_key, restore
from server.store import journal, soundness


def main() -> None:
    with TemporaryDirectory(prefix="jiaohao-bench-") as at:
        hall, identity = filled(Path(at), VISITS), paper_key.make()
        paper_key.use(hall, identity)
        for _url, said, good in nightly.run(hall, hall.backup.to, time.time):
            if not good:
                raise SystemExit(said.en)
        file = restore.newest_of(Path(at) / "disk")
        began = time.perf_counter()
        restore.restore(file, identity, Path(at) / "back")
        took = time.perf_counter() - began
        began = time.perf_counter()
        with soundness.looking(hall.data / "hall.db") as conn:
            wrong = journal.verify(conn)
        verifying = time.perf_counter() - began
        size = file.stat().st_size >> 20
        print(f"{VISITS} visits, a backup of {size} MB; verify alone {verifying:.1f} s; {len(wrong)} wrong")
        print(f"recovery: {took / verifying:.2f} (restore / verify of the same database); {took:.1f} s here")


if __name__ == "__main__":
    any_console()
    main()
