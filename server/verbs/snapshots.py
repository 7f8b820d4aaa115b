"""Keeping reports: a snapshot that is never changed, a correction as its next version, and what is then to be done
with it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from config import Hall, Text
from server.domain import worktime
from server.domain.rules import Refused
from server.domain.snapshot import Delivery, Snapshot, beside, canonical, packed, wait_s
from server.reports import due
from server.reports.difference import Change, differences, late_defaults
from server.reports.period import Period
from server.reports.reporter import Made
from server.store.transaction import Turn
from server.verbs.hub import By, Conflict, Hub

BY_ITSELF = "hub"
AHEAD = "上一版是时钟走快时生成的。 The last version was made while the clock was ahead."
CORRECTIONS = 200
"""So many corrections are listed in the data quality of a new version."""


def over(hub: Hub, period: Period) -> bool:
    """Whether a period's last service day is over, so that it can be kept."""
    return worktime.service_day(hub.hall, hub.now()) > period.last


def changes(snapshot: Snapshot, made: Made) -> list[Change]:
    """What today's count of a kept report would change."""
    return differences(_counts(snapshot.report()), _counts(json.loads(canonical(made.report))))


def _counts(report: dict[str, Any]) -> dict[str, Any]:
    """A report without what goes with it to the district: the indicators of a month that may go on."""
    return {key: value for key, value in report.items() if key != "indicators"}


def late(snapshot: Snapshot, made: Made) -> int:
    """How many default ratings were written since a report was kept."""
    return late_defaults(snapshot.report(), made.report)


def keep(hub: Hub, period: Period, made: Made) -> Snapshot:
    """What the hub does by itself: keep a report that nobody has kept.

    A version that a clock ahead of its time made does not count.
    """

    def decide(turn: Turn) -> int:
        newest = turn.snapshot(period.id)
        if newest and not due.ahead(newest.made_at, turn.now):
            return newest.version
        version = newest.version + 1 if newest else 1
        _put(hub, turn, period, version, made, kept, BY_ITSELF, "" if version == 1 else AHEAD)
        return version

    kept = packed(made.report)
    return hub.turn(lambda turn: _known(turn, period, decide(turn)))


def correct(hub: Hub, by: By, period: Period, made: Made, reason: str) -> Snapshot:
    """A person's word: the first version, or a correction as the next one, with a reason and what it changes."""
    newest = hub.read().snapshot(period.id)
    found = changes(newest, made) if newest else []
    report = {
        **made.report,
        "quality": {**made.report["quality"], "corrections": [change.row() for change in found[:CORRECTIONS]]},
    }
    kept, version = packed(report), newest.version + 1 if newest else 1

    def decide(turn: Turn) -> int:
        if not over(hub, period):
            raise Refused(
                f"{period.id}尚未结束：结束后才能定稿。", f"{period.id} is not over: a report is kept when it is."
            )
        if newest and not reason.strip():
            raise Refused("请写明更正的原因。", "Say why it is corrected.")
        there = turn.snapshot(period.id)
        if there and there.version >= version:
            raise Conflict(
                f"已有第{there.version}版：请刷新后再看。",
                f"There is a version {there.version} already: look at it first.",
            )
        if newest and not found:
            raise Refused(
                f"与第{newest.version}版没有差别：不需要更正。",
                f"Nothing differs from version {newest.version}: no correction is needed.",
            )
        _put(hub, turn, period, version, made, kept, by.actor, reason.strip())
        return version

    return hub.once(by, decide, lambda turn, number: _known(turn, period, number), "report", period.id, reason)


def _known(turn: Turn, period: Period, version: int) -> Snapshot:
    snapshot = turn.snapshot(period.id, version)
    assert snapshot is not None
    return snapshot


def _put(
    hub: Hub, turn: Turn, period: Period, version: int, made: Made, kept: tuple[str, bytes], actor: str, reason: str
) -> None:
    sha256, text = kept
    turn.put_snapshot(
        Snapshot(
            period=period.id,
            version=version,
            made_at=turn.now,
            actor=actor,
            definition_version=made.report["definition_version"],
            sha256=sha256,
            journal_seq=made.seq,
            journal_hash=made.hash,
            reason=reason,
            packed=text,
        )
    )
    today = worktime.service_day(hub.hall, turn.now)
    if hub.hall.report.folder:
        turn.put_delivery(Delivery(period.id, version, "folder", turn.now, next_at=turn.now))
    if hub.hall.mail.host and (actor != BY_ITSELF or due.mailed(period, today)):
        turn.put_delivery(Delivery(period.id, version, "mail", turn.now, next_at=turn.now))


def settle(hub: Hub, delivery: Delivery, problem: Text | None) -> None:
    """What became of a try: done, or a sentence (Chinese, English) and a later try."""

    def write(turn: Turn) -> None:
        tries = delivery.tries + 1
        if problem is None:
            turn.put_delivery(replace(delivery, tries=tries, done_at=turn.now, problem="", problem_en=""))
        else:
            turn.put_delivery(
                replace(
                    delivery, tries=tries, next_at=turn.now + wait_s(tries), problem=problem.zh, problem_en=problem.en
                )
            )

    hub.turn(write)


def again(hub: Hub, period: str) -> None:
    """Try the deliveries of a period that wait for their next try at once."""

    def write(turn: Turn) -> None:
        for delivery in turn.deliveries(period):
            if delivery.done_at is None:
                turn.put_delivery(replace(delivery, next_at=turn.now))

    hub.turn(write)


def told(hall: Hall, snapshot: Snapshot) -> dict[str, Any]:
    """A kept report with what stands beside it."""
    at = datetime.fromtimestamp(snapshot.made_at, hall.zone).isoformat(timespec="seconds")
    return {**snapshot.report(), "snapshot": beside(snapshot, at)}


def file_stem(snapshot: Snapshot) -> str:
    """How its files are named: 2026-W47, and a correction 2026-W47-v2."""
    return snapshot.period if snapshot.version == 1 else f"{snapshot.period}-v{snapshot.version}"
