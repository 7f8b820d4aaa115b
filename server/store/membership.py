"""To which district a hall belongs, by which key it speaks there, and whether it has to take rows back first."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

from config import Hall, Text, Told
from server.domain import circular
from server.domain.circular import Standing
from server.store import secret

FILE, KEY, RESTORED, STATE = "district.json", "district", "restored", "district-state.json"
"""In the hub's folder: the membership; the key's name; the mark of a restored hall; what the district said last."""
DOWN = "district-circulars.json"
"""What the district has sent down, as the uplink has checked it: whose it is, and that nothing of it is older."""
UPTO = "restored-upto"
"""Rows up to there may be newer than the configuration, which is the backup's."""

STILL_S = 60.0
"""So long after its last sign the uplink does not run."""


def seconds_up() -> float:
    """Seconds since the machine started: the same for the uplink and the hub, and no setting of the clock touches it.
    The time of the state's file is this; one of before the machine's last start is taken for a sign at worst within
    STILL_S of the same second of its run.
    """
    return time.clock_gettime(time.CLOCK_BOOTTIME)


WELL = Text("记录已上传到区平台，没有积压。", "The district has this hall's rows; nothing waits to be sent.")
STOPPED = Text(
    "上传程序没有运行：大厅照常工作，区平台收不到记录。请技术人员启动它。",
    "The uplink does not run: the hall goes on, and the district gets no rows. Have a technician start it.",
)


class State(NamedTuple):
    """`kind`: ok, away, stopped, or what the district refuses; and the sentence for it."""

    kind: str
    text: Text


@dataclass(frozen=True)
class Membership:
    """`hall`: the hall's name there; `nats`: where it speaks; `page`: the district's page; `authority`: PEM of who
    signed its certificate, "" where the machine trusts it anyhow; `signers`: public keys (NKEY) that sign what comes
    down from there.
    """

    city: str
    hall: str
    nats: str
    page: str
    authority: str = ""
    signers: tuple[str, ...] = ()


class Apart(Told):
    """The hall and its district do not have the same rows, and a number could be given out twice."""

    status = 4


def read(data: Path) -> Membership | None:
    """Of the hub's folder; None for a hall on its own. Raises Told."""
    file = data / FILE
    if not file.exists():
        return None
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        return Membership(**told | {"signers": tuple(told.get("signers", ()))})
    except (OSError, ValueError, TypeError, AttributeError):
        raise Told(
            f"{file}：读不懂：请重新加入区平台。",
            f"{file}: can't be read: join the district again",
        ) from None


def keep(data: Path, one: Membership) -> None:
    secret.write(data / FILE, json.dumps(asdict(one), ensure_ascii=False))


def seed(hall: Hall) -> str:
    """The hall's own NKEY, made when it is first asked for; nobody types it and it leaves the machine in sealed backups
    only.
    """
    import nkeys  # what only a member needs does not make the hub's start longer

    if not (known := secret.known(hall, KEY)):
        known = nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_USER).decode()
        secret.write(hall.data / f"{KEY}-key", known)
    return known


def public(seed: str) -> str:
    """The public half of a seed, which is enrolled."""
    import nkeys

    told: bytes = nkeys.from_seed(bytearray(seed.encode())).public_key
    return told.decode()


def keep_state(data: Path, kind: str, detail: Text, since: float) -> None:
    """What the district said last; `kind`: ok, away, or a refusal of it."""
    secret.write(data / STATE, json.dumps({"kind": kind, **detail.json(), "since": since}, ensure_ascii=False))
    still(data)


def still(data: Path) -> None:
    """It is as it was: the uplink lives."""
    up = seconds_up()
    os.utime(data / STATE, (up, up))


def state(data: Path) -> State | None:
    """How the line to the district is; None for a hall that belongs to none."""
    if not (data / FILE).exists():
        return None
    try:
        age = seconds_up() - (data / STATE).stat().st_mtime
        told = json.loads((data / STATE).read_text(encoding="utf-8"))
        kind, text = str(told["kind"]), Text(str(told["zh"]), str(told["en"]))
    except (OSError, ValueError, KeyError, TypeError):
        return State("stopped", STOPPED)
    if not -1.0 < age <= STILL_S:
        return State("stopped", STOPPED)
    return State(kind, WELL if kind == "ok" else text)


class Down(NamedTuple):
    """`issue`: how often the district has told this hall anew; `trouble`: why the newest could not be taken."""

    issue: int
    given: tuple[Standing, ...]
    trouble: Text | None = None


def keep_down(data: Path, down: Down) -> None:
    given = [{"text": one.circular.text(), "depth": one.depth} for one in down.given]
    told = {"issue": down.issue, "given": given, "trouble": down.trouble.json() if down.trouble else None}
    secret.write(data / DOWN, json.dumps(told, ensure_ascii=False))


def down(data: Path) -> Down:
    """What has come down; nothing where the file can't be read: the uplink fetches it again."""
    try:
        told = json.loads((data / DOWN).read_text(encoding="utf-8"))
        given = [
            Standing(circular.read(one["text"]), int(one["depth"]), circular.sha256(one["text"]))
            for one in told["given"]
        ]
        trouble = Text(**told["trouble"]) if told["trouble"] else None
        return Down(int(told["issue"]), tuple(given), trouble)
    except (OSError, ValueError, KeyError, TypeError):
        return Down(0, ())


def down_stamp(data: Path) -> tuple[int, int] | None:
    """What changes when something comes down; None where nothing ever has."""
    try:
        found = (data / DOWN).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def mark_restored(data: Path) -> None:
    """This folder comes from a backup: rows that were written after it may be at the district."""
    if (data / FILE).exists():
        secret.write(data / RESTORED, "")


def settled(data: Path, upto: int) -> None:
    """It may start. `upto`: its newest row; what the rows say was done to the configuration, the file need not have."""
    secret.write(data / UPTO, str(upto))
    (data / RESTORED).unlink(missing_ok=True)


def restored_upto(data: Path) -> int:
    """The newest row that the hall had when it was restored last; 0 for never."""
    try:
        return int((data / UPTO).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0


def check(data: Path) -> None:
    """Raises Told for a hall that would give out numbers a second time."""
    if (data / RESTORED).exists():
        raise Apart(
            "大厅是从备份恢复的，区平台可能有备份之后的记录：先取回（python -m server district back），再启动；"
            "区平台联系不上时用 python -m server district alone。",
            "This hall was restored from a backup, and the district may have rows that came after it: take them back"
            " first (python -m server district back), then start; if the district can't be reached: python -m server"
            " district alone",
        )
