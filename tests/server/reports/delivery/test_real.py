"""The real hub in a process of its own: what was missed while it was off is made, put into the folder and mailed
after the start.
"""

from __future__ import annotations

import signal
from datetime import datetime, timedelta
from pathlib import Path

import tomlkit
from click.testing import CliRunner

import config
from server.__main__ import main
from server.reports import period
from server.store.database import read_only
from server.store.reader import Reader
from tests.hub_process import HubProcess
from tests.server.reports.delivery.fake_smtp import Mailbox
from tests.waiting import DEADLINE_S, until


def test_a_machine_that_was_off_for_two_mondays(tmp_path: Path) -> None:
    box, hub = Mailbox(), HubProcess(tmp_path)
    changed = tomlkit.parse(hub.file.read_text(encoding="utf-8"))
    changed["report"].update({"folder": "reports", "files": ["csv", "pdf"]})  # type: ignore[union-attr]
    changed["mail"].update(
        {
            "host": "127.0.0.1",
            "port": box.port,
            "security": "none",
            "from": "h@example.cn",
            "to": ["d@example.cn"],
            "files": ["csv"],
        }
    )  # type: ignore[union-attr]
    hub.file.write_text(tomlkit.dumps(changed), encoding="utf-8")
    day = (datetime.now(config.load(hub.file).zone) - timedelta(days=14)).date()
    of = period.week_of(day)
    week, called = of.id, period.called(of).zh
    visits = tmp_path / "visits.csv"
    visits.write_text(
        f"arrived,service,class,called,started,finished,left,counter,staff\n{day}T09:00:00,SB01,,{day}T09:05:00,,{day}T09:15:00,,2,09\n"
    )
    assert CliRunner().invoke(main, ["--config", str(hub.file), "import", "visits", str(visits)]).exit_code == 0
    hub.start()
    file = tmp_path / "reports" / f"licheng-kaiyuan-{week}.pdf"
    until(lambda: file.exists() and any(called in str(mail["Subject"]) for mail in box.mails))
    hub.process.send_signal(signal.SIGTERM)
    assert hub.process.wait(DEADLINE_S) == 0
    box.close()
    assert file.read_bytes().startswith(b"%PDF")
    kept = Reader(read_only(tmp_path / "hall" / "hall.db")).snapshots()
    assert kept[0].period == week and len({snapshot.period for snapshot in kept}) == len(kept)
    done = CliRunner().invoke(main, ["--config", str(hub.file), "verify"])
    assert done.exit_code == 0, done.output
