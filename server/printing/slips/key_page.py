"""The paper that holds the private key of the backups: to read, to type and to scan (docs/backup.md).

Not a form and never a job: what a job is made of stands in the journal for ever. It says the same in every hall, so
that whoever is asked for help by telephone knows what should be there.
"""

from __future__ import annotations

from collections.abc import Sequence

from config import Hall
from printer_profiles.slip import QR, Cut, Element, Feed, Rule, Slip, Text, wrap

QR_DOTS = 6


def sheet(hall: Hall, secret: str, lines: Sequence[str], public: str, at: str, columns: int) -> Slip:
    """The slip of a key; `lines` are its groups, `at` the day it was made, ISO."""
    told = [
        ("用途 用这张纸恢复本大厅的备份。", "It restores this hall's backups."),
        ("保管 锁进保险柜，不拍照，不存电脑。", "Lock it in a safe. No photo, no file."),
        ("遗失 立即在主机上运行 ./run backup key，旧备份仍需旧纸。", "Lost: make a new one at once."),
    ]
    body: list[Element] = []
    for zh, en in told:
        body += [Text(line) for line in (*wrap(zh, columns), *wrap(en, columns))]
    return (
        Text(hall.hall.name, "centre", bold=True),
        Text("备份密钥", "centre", bold=True, scale=2),
        Text("Backup key", "centre"),
        Rule(),
        *body,
        Rule(),
        *(Text(line, "centre", bold=True) for line in lines),
        Feed(1),
        QR(secret, QR_DOTS),
        Feed(1),
        *(Text(line) for line in wrap(f"公钥 {public}", columns)),
        Text(f"制作 {at}"),
        Text("签收 ____________"),
        Cut(),
    )
