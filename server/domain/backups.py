"""Backups of the hall: what they are called, which are kept, when the next is due, and what is wrong with them.

Pure: it reads no clock, no file and no network. Times are epoch seconds; `hall.zone` says which day a moment is of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from config import Hall, Text
from server.domain.alerts import NOTHING, Device, Level

OLD_S = 26 * 3600.0
"""A tested backup older than this is an alert: a night was missed."""
BEHIND_S = 60.0
"""New records that have lain for so long without a copy are an alert; a copy is promised within 10 s."""
SETTLED_S = 60.0
"""Files of the hall that were changed are saved once nobody has changed them for so long."""
RETRY_S = 1800.0
"""After a backup that failed somewhere the next one is tried so much later."""

ENDING = ".tar.zst.age"
ROWS_ENDING = ".json.zst.age"


# --- names ------------------------------------------------------------------------------------------------------------


class Backup(NamedTuple):
    """A backup as its file's name tells it: the hall's local moment, and the journal's newest row in it."""

    at: datetime
    seq: int
    name: str


class Piece(NamedTuple):
    """A file of records that came after a backup: its first row, and the beginning of the hash before that row."""

    first: int
    before: str
    name: str


def backup_name(hall: Hall, at: float, seq: int) -> str:
    """`<hall>-20261128-023000-12345.tar.zst.age`: it sorts by time, and says how to open it."""
    return f"{hall.hall.id}-{datetime.fromtimestamp(at, hall.zone):%Y%m%d-%H%M%S}-{seq}{ENDING}"


def piece_name(hall: Hall, first: int, before: str) -> str:
    """`<hall>-rows-12346-0a1b2c3d.json.zst.age`: a hall that went another way after a restoring writes beside it."""
    return f"{hall.hall.id}-rows-{first}-{before[:8]}{ROWS_ENDING}"


def backups_of(hall: str, names: Iterable[str]) -> list[Backup]:
    """The backups of the hall of this id among the files of a place, the oldest first; whatever else lies there is not
    ours.
    """
    pattern = re.compile(rf"{re.escape(hall)}-(\d{{8}}-\d{{6}})-(\d+){re.escape(ENDING)}")
    found = []
    for name in names:
        if match := pattern.fullmatch(name):
            try:
                at = datetime.strptime(match[1], "%Y%m%d-%H%M%S")
            except ValueError:
                continue
            found.append(Backup(at, int(match[2]), name))
    return sorted(found)


def pieces_of(hall: str, names: Iterable[str]) -> list[Piece]:
    """The pieces of the hall of this id among the files of a place, by their first row."""
    pattern = re.compile(rf"{re.escape(hall)}-rows-(\d+)-([0-9a-f]{{8}}){re.escape(ROWS_ENDING)}")
    return sorted(Piece(int(m[1]), m[2], name) for name in names if (m := pattern.fullmatch(name)))


# --- which are kept ---------------------------------------------------------------------------------------------------


def kept(moments: Iterable[datetime], days: int, weeks: int, months: int) -> set[datetime]:
    """Of these moments the newest of each of the last `days` days that have any, and of so many weeks and months.

    The newest of all is kept in any case. Days without a backup don't count: after a month of holidays nothing is gone.
    """
    newest_first = sorted(set(moments), reverse=True)
    found = set(newest_first[:1])
    for many, span in ((days, "%Y-%m-%d"), (weeks, "%G-W%V"), (months, "%Y-%m")):
        spans: dict[str, datetime] = {}
        for moment in newest_first:
            spans.setdefault(moment.strftime(span), moment)
        found.update(list(spans.values())[:many])
    return found


def removable(hall: Hall, names: Iterable[str]) -> list[str]:
    """What may go from a place: backups that nothing keeps, and records that the last two backups both hold.

    The last but one is counted on as well, since the last one may turn out to be damaged.
    """
    names, table = list(names), hall.backup
    found, pieces = backups_of(hall.hall.id, names), pieces_of(hall.hall.id, names)
    keep = kept((one.at for one in found), table.keep_days, table.keep_weeks, table.keep_months)
    stays = [one for one in found if one.at in keep]
    held = stays[-2].seq if len(stays) > 1 else 0
    firsts = sorted({piece.first for piece in pieces})
    following = dict(pairwise(firsts))
    gone = [piece.name for piece in pieces if piece.first in following and following[piece.first] <= held + 1]
    return [one.name for one in found if one.at not in keep] + gone


# --- how it is --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """One place of `[backup] to`, as it was left by the last backup."""

    url: str
    made_at: float | None = None
    """When the newest backup there was made; None while there is none."""
    tested_at: float | None = None
    """When it was read back, restored and verified; None: never, or it was not right."""
    name: str = ""
    seq: int = 0
    problem: Text = NOTHING
    """What went wrong last time, and what to do; empty where nothing did."""
    problem_since: float | None = None


@dataclass(frozen=True)
class Copied:
    """How far the copy of new records at a place is: `seq` is safe there; `behind_since` some row is not."""

    seq: int = 0
    at: float = 0.0
    behind_since: float | None = None
    problem: Text = NOTHING


@dataclass(frozen=True)
class Kept:
    """What is known of the backups: whether there is a key, when one was tried, each place by its url."""

    key: bool = False
    tried_at: float = 0.0
    problem: Text = NOTHING
    """Why no backup could be made at all."""
    places: Mapping[str, Place] = field(default_factory=dict)

    def place(self, url: str) -> Place:
        return self.places.get(url, Place(url))


def due(hall: Hall, known: Kept, now: float, changed: float = 0.0) -> list[str]:
    """The places that should get a backup now: the hour of the night has passed since the last good one there, also
    where the machine was off then; after one that failed, again half an hour later. `changed`: when the hall's own
    files last were; the records between two backups have no files, so once they have been left alone for a while they
    are saved as well.
    """
    table = hall.backup
    if table.time is None or not known.key:
        return []
    today = datetime.fromtimestamp(now, hall.zone).date()
    nights = (datetime.combine(day, table.time, hall.zone).timestamp() for day in (today, today - timedelta(days=1)))
    night = next(one for one in nights if one <= now)
    files = changed if changed + SETTLED_S <= now else 0.0
    tried = max(night, files) <= known.tried_at <= now and now - known.tried_at < RETRY_S
    return [] if tried else [url for url in table.to if not _good_since(known.place(url), night, files)]


def _good_since(place: Place, night: float, files: float) -> bool:
    good = place.tested_at is not None and place.tested_at >= night and not place.problem.zh
    return good and (place.made_at or 0.0) >= files


def named(url: str) -> str:
    """A place as people know it: its address without what kind of address it is."""
    return url.removeprefix("folder:").removeprefix("mount:").removeprefix("stick:").removeprefix("sftp://")


def _ago(seconds: float) -> Text:
    hours = int(seconds // 3600)
    if hours < 1:
        return Text(f"{int(seconds // 60)}分钟", f"{int(seconds // 60)} min")
    return Text(f"{hours}小时", f"{hours} h") if hours < 72 else Text(f"{hours // 24}天", f"{hours // 24} days")


def troubles(
    hall: Hall, known: Kept, copies: Mapping[str, Copied], now: float
) -> Iterator[tuple[str, Level, Text, float]]:
    """What is wrong with the backups now: which, how bad, what to do, since when."""
    table = hall.backup
    if table.time is None:
        return
    if not table.to:
        yield (
            "places",
            "warn",
            Text(
                "没有设置备份位置，磁盘坏了数据就没有了：请系统管理员在“管理 · 备份”里写上。",
                "No place for backups is set, a broken disk takes everything: have the administrator name one at Admin,"
                " Backup.",
            ),
            now,
        )
        return
    if not known.key:
        yield (
            "key",
            "warn",
            Text(
                "还没有备份密钥，没有备份：请技术员在主机上制作密钥，并把它印在纸上。",
                "There is no backup key yet, and so no backup: run ./run backup key on the hub's machine.",
            ),
            now,
        )
        return
    if known.problem.zh:
        yield "made", "bad", Text(f"备份没有做成：{known.problem.zh}", f"No backup: {known.problem.en}"), known.tried_at
    for url in table.to:
        yield from _of_place(known.place(url), copies.get(url), now)


def _of_place(place: Place, copy: Copied | None, now: float) -> Iterator[tuple[str, Level, Text, float]]:
    name, url = named(place.url), place.url
    age = None if place.tested_at is None or place.made_at is None else now - place.made_at
    if place.problem.zh:
        zh, en = place.problem
        yield url, "bad", Text(f"备份到{name}失败：{zh}", f"Backup to {name} failed: {en}"), place.problem_since or now
    elif age is None:
        yield (
            url,
            "warn",
            Text(
                f"{name}还没有一份验证过的备份：请技术员现在做一次。",
                f"There is no tested backup at {name} yet: run ./run backup.",
            ),
            now,
        )
    if age is not None and age > OLD_S:
        ago = _ago(age)
        yield (
            f"{url} old",
            "bad",
            Text(
                f"{name}最近一份验证过的备份是{ago.zh}前的：请技术员查明昨夜为什么没有备份，再做一次。",
                f"The last tested backup at {name} is {ago.en} old: find out why there was none last night, then run"
                " ./run backup.",
            ),
            (place.made_at or now) + OLD_S,
        )
    if copy and copy.behind_since is not None and now - copy.behind_since > BEHIND_S:
        why = copy.problem.zh or "请检查该位置是否可写。", copy.problem.en or "see whether the place can be written."
        yield (
            f"{url} copy",
            "warn",
            Text(
                f"{_ago(now - copy.behind_since).zh}以来的新记录还没有复制到{name}：{why[0]}",
                f"Records of the last {_ago(now - copy.behind_since).en} are not copied to {name}: {why[1]}",
            ),
            copy.behind_since,
        )


def devices(hall: Hall, known: Kept, copies: Mapping[str, Copied], now: float) -> list[Device]:
    """Each place as a line of the live page: green or red, with the age of its tested backup."""
    return [
        _device(known.place(url), copies.get(url, Copied()), now)
        for url in (hall.backup.to if hall.backup.time is not None else ())
    ]


def _device(place: Place, copy: Copied, now: float) -> Device:
    name, found = Text(f"备份 {named(place.url)}", f"Backup {named(place.url)}"), list(_of_place(place, copy, now))
    red = [text for _, level, text, _ in found if level == "bad"]
    tested = place.made_at if place.tested_at is not None else None
    if red:
        state, said = "error", red[0]
    elif tested is None:
        state, said = "untested", found[0][2]
    else:
        seq = max(place.seq, copy.seq)
        state, said = (
            "ok",
            Text(f"已恢复并验证；记录已保存到第{seq}条", f"restored and verified; saved up to row {seq}"),
        )
    return Device(f"backup {place.url}", "backup", name, state, said, now if tested is None else tested)
