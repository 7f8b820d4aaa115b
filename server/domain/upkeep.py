"""What the hub knows of its own machine: when it was away, how its disk fills, how far its clock is from an NTP
server's. Pure: figures in, sentences out.

Times are epoch seconds, sizes bytes, offsets seconds (what the server's clock is ahead of ours).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from config import Hall, Text
from server.domain.alerts import Level

DAY_S = 86400.0
KEPT_ABSENCES, KEPT_DAYS, KEPT_OFFSETS = 50, 60, 48
SOON_DAYS = 30.0
"""A disk that will be full within so many days is an alert: a new one must be bought."""
LEAST_DAYS = 3.0
"""Free space is foretold from at least so many days."""
OFF_S, FAR_OFF_S = 2.0, 60.0
"""A clock that is further off is an alert; further still it is a bad one, for every time on paper is wrong."""
DRIFT_S = 1.0
"""A clock that is kept right does not run away by a second a day (12 ppm): nothing sets it, and it will be off soon."""
UNHEARD_S = 26 * 3600.0
"""An NTP server that has not answered for so long is an alert."""


class Absence(NamedTuple):
    """The hub did not run from its last sign to its next start; `clean`: it had been stopped, not killed."""

    since: float
    until: float
    clean: bool


class Free(NamedTuple):
    """Free room on the disk at a moment."""

    at: float
    free: int


class Offset(NamedTuple):
    """What an NTP server answered; None: nothing."""

    at: float
    offset: float | None


@dataclass(frozen=True)
class Upkeep:
    """What is kept of all this, oldest first."""

    absences: tuple[Absence, ...] = ()
    free: tuple[Free, ...] = ()
    offsets: tuple[Offset, ...] = ()


def began(kept: Upkeep, sign: tuple[float, bool] | None, now: float) -> Upkeep:
    """The hub starts; `sign`: its last sign of life, and whether it was the one of a clean stop."""
    if sign is None or sign[0] >= now:
        return kept
    return replace(kept, absences=(*kept.absences, Absence(sign[0], now, sign[1]))[-KEPT_ABSENCES:])


def looked(kept: Upkeep, now: float, free: int) -> Upkeep:
    """Free room as it is now; one look of each 24 hours is kept."""
    if kept.free and now - kept.free[-1].at < DAY_S:
        return kept
    return replace(kept, free=(*kept.free, Free(now, free))[-KEPT_DAYS:])


def asked(kept: Upkeep, now: float, offset: float | None) -> Upkeep:
    return replace(kept, offsets=(*kept.offsets, Offset(now, offset))[-KEPT_OFFSETS:])


# --- the disk ---------------------------------------------------------------------------------------------------------


def days_left(samples: Sequence[Free], low: int) -> float | None:
    """Days until less than `low` bytes are free, by a line through the looks of the last thirty days; None where it
    does not fill, or too little is known.
    """
    if not samples or samples[-1].at - samples[0].at < LEAST_DAYS * DAY_S:
        return None
    recent = [one for one in samples if samples[-1].at - one.at <= 30 * DAY_S]
    days = [(one.at - recent[-1].at) / DAY_S for one in recent]
    mean_day, mean_free = sum(days) / len(days), sum(one.free for one in recent) / len(recent)
    spread = sum((day - mean_day) ** 2 for day in days)
    if not spread:
        return None
    slope = sum((day - mean_day) * (one.free - mean_free) for day, one in zip(days, recent, strict=True)) / spread
    return max(0.0, (recent[-1].free - low) / -slope) if slope < 0 else None


# --- the clock --------------------------------------------------------------------------------------------------------

_FORM = struct.Struct("!BBBb11I")
"""RFC 5905 section 7.3: flags, stratum, poll, precision; then root delay and dispersion, reference, and the four times
in seconds and fractions since 1900.
"""
_SINCE_1900 = 2208988800


def question(now: float) -> bytes:
    """A client's packet of version 4. Its time is sent back by who answers it."""
    seconds, fraction = divmod(now + _SINCE_1900, 1)
    return _FORM.pack(0x23, 0, 0, 0, *([0] * 9), int(seconds), int(fraction * 2**32))


def answer(data: bytes, sent: bytes, went: float, came: float) -> float | None:
    """How far the server's clock is ahead, from its answer to `sent`; `went` and `came`: our clock then. None for what
    answers something else, or is itself without a time.
    """
    if len(data) < _FORM.size:
        return None
    flags, stratum, _, _, *words = _FORM.unpack(data[: _FORM.size])
    if flags & 7 != 4 or flags >> 6 == 3 or not 1 <= stratum <= 15 or data[24:32] != sent[40:48]:
        return None
    received, transmitted = (float(words[n] + words[n + 1] / 2**32 - _SINCE_1900) for n in (7, 9))
    return ((received - went) + (transmitted - came)) / 2


def newest(kept: Upkeep) -> Offset | None:
    """The newest answer of the NTP server."""
    return next((one for one in reversed(kept.offsets) if one.offset is not None), None)


def drift_s(kept: Upkeep) -> float | None:
    """Seconds a day by which the clock runs away from the server's; None while less than six hours are known."""
    told = [one for one in kept.offsets if one.offset is not None]
    if len(told) < 2 or told[-1].at - told[0].at < DAY_S / 4:
        return None
    return ((told[-1].offset or 0.0) - (told[0].offset or 0.0)) / (told[-1].at - told[0].at) * DAY_S


# --- in words ---------------------------------------------------------------------------------------------------------


def troubles(hall: Hall, kept: Upkeep, low: int, now: float) -> Iterator[tuple[str, Level, Text]]:
    """What is wrong with the machine and what to do: which, how bad, in words."""
    days = days_left(kept.free, low)
    if days is not None and days < SOON_DAYS:
        yield (
            "filling",
            "warn",
            Text(
                f"照近来的用量，主机磁盘约{days:.0f}天后不够用：请清理旧文件，或准备一块更大的磁盘。",
                f"At the pace of late the hub's disk is too full in about {days:.0f} days: remove old files, or get a"
                " larger one.",
            ),
        )
    yield from _clock(hall, kept, now)


def _clock(hall: Hall, kept: Upkeep, now: float) -> Iterator[tuple[str, Level, Text]]:
    if not hall.hub.ntp or not kept.offsets:
        return
    found = newest(kept)
    if found is None or now - found.at > UNHEARD_S:
        yield (
            "ntp",
            "warn",
            Text(
                f"对时服务器“{hall.hub.ntp}”超过一天没有应答：请检查网络，或在配置里换一个。",
                f"The time server '{hall.hub.ntp}' has not answered for more than a day: check the network, or name"
                " another in the hall's file.",
            ),
        )
    elif found.offset is not None and abs(found.offset) > OFF_S:
        ahead = found.offset < 0
        yield (
            "ntp",
            "bad" if abs(found.offset) > FAR_OFF_S else "warn",
            Text(
                f"主机时钟比对时服务器{'快' if ahead else '慢'}{abs(found.offset):.0f}秒：请打开主机的自动对时。",
                f"The hub's clock is {abs(found.offset):.0f} s {'ahead of' if ahead else 'behind'} the time server:"
                " switch on the machine's time synchronisation.",
            ),
        )
    elif found.offset is not None and (drift := _runs_away(kept, found.offset)):
        yield (
            "drift",
            "warn",
            Text(
                f"主机时钟每天{'慢' if drift > 0 else '快'}{abs(drift):.1f}秒，没有在自动对时：请打开主机的自动对时。",
                f"The hub's clock {'loses' if drift > 0 else 'gains'} {abs(drift):.1f} s a day, and nothing sets it:"
                " switch on the machine's time synchronisation.",
            ),
        )


def _runs_away(kept: Upkeep, offset: float) -> float | None:
    """Seconds a day, at least DRIFT_S, of one that is further off now than it was; none of one put right."""
    drift = drift_s(kept)
    away = drift is not None and abs(drift) >= DRIFT_S and drift * offset > 0
    return drift if away else None


def absence(hall: Hall, one: Absence) -> Text:
    """An absence as a line of the page."""
    since, until = (f"{datetime.fromtimestamp(at, hall.zone):%m-%d %H:%M}" for at in (one.since, one.until))
    length = one.until - one.since
    zh = f"{length / 60:.0f}分钟" if length >= 60 else f"{length:.0f}秒"
    en = f"{length / 60:.0f} min" if length >= 60 else f"{length:.0f} s"
    why = Text("正常停止", "stopped") if one.clean else Text("意外中断", "killed, crashed or without power")
    return Text(f"{since} 至 {until}，{zh}，{why.zh}", f"{since} to {until}, {en}, {why.en}")
