"""What the rest of the day would be if …, in words."""

from __future__ import annotations

from datetime import datetime
from math import isinf
from typing import Any

from config import Hall, Text
from server.domain.position import in_words
from server.foresight.rest_of_day import Change, Outcome, Trust
from server.verbs import supposition
from server.verbs.hub import Hub


def if_view(hub: Hub, change: Change) -> dict[str, Any]:
    """The answer to one question of the live page."""
    found, trusted = supposition.foreseen(hub, change)
    return {
        **said(hub.hall, change, found).json(),
        "p90_min": [None if isinf(one) else round(one / 60) for one in found.p90_s],
        "fewer": round(found.fewer),
        "people": round(found.people),
        "trust": trust_words(found, trusted).json(),
    }


def said(hall: Hall, change: Change, found: Outcome) -> Text:
    """What a change makes of the rest of the day, in two or three sentences."""
    until, people = _clock(hall, found.until), round(found.people)
    zh, en = _whole(hall, change)
    now, then = found.p90_s
    first, last = round(now / 60) if not isinf(now) else None, round(then / 60) if not isinf(then) else None
    among_zh, among_en = f"现在等候和{until}前来的约{people}人中", f"of about {people} who wait now or come by {until}"
    if last is None:
        zh, en = f"{zh}{among_zh}，一成以上今天叫不到", f"{en}{among_en}, more than one in ten are not called today"
    elif first is None:
        zh = f"{zh}{among_zh}，九成等候不超过{last}分钟；不变则一成以上叫不到"
        en = f"{en}{among_en}, nine in ten wait at most {last} min; as it is, more than one in ten are not called"
    elif first == last:
        zh, en = (
            f"{zh}{among_zh}，九成等候仍是{last}分钟",
            f"{en}{among_en}, nine in ten wait at most {last} min, as before",
        )
    else:
        zh = f"{zh}{among_zh}，九成等候由{first}分钟{'降' if last < first else '升'}到{last}分钟"
        en = f"{en}{among_en}, nine in ten wait at most {last} min instead of {first}"
    fewer = round(found.fewer)
    if fewer:
        zh += f"，超过承诺的{'少' if fewer > 0 else '多'}{abs(fewer)}人"
        en += f", {abs(fewer)} {'fewer' if fewer > 0 else 'more'} over the pledge"
    zh, en = f"{zh}。", f"{en}."
    if more := round(found.uncalled[1] - found.uncalled[0]):
        zh += f"今天叫不到的{'多' if more > 0 else '少'}{abs(more)}人。"
        en += f" {abs(more)} {'more' if more > 0 else 'fewer'} are not called today."
    if turned := round(found.turned_away):
        zh += f"{_clock(hall, change.begins)}以后本来会来约{turned}人，要提前告知。"
        en += f" About {turned} would have come after {_clock(hall, change.begins)}: tell people beforehand."
    return Text(zh, en)


def trust_words(found: Outcome, trusted: Trust | None) -> Text:
    """How near such a play comes to what was."""
    if trusted is None or not found.days:
        return Text(
            "还没有以往同类日子的记录，只推演了现在排队的人。",
            "No such day is on record: only those who wait now were played.",
        )
    was, played = trusted.was_s / 60, trusted.played_s / 60
    off = round(100 * (played / was - 1)) if was >= 1 else 0
    sign = "+" if off > 0 else "−" if off < 0 else "±"
    return Text(
        f"把最近{trusted.days}个同类日子按原样推演：九成等候{played:.0f}分钟，实际{was:.0f}分钟（{sign}{abs(off)}%）。",
        f"The last {trusted.days} such days, played with their own counters, give {played:.0f} min for nine in ten;"
        f" it was {was:.0f} ({sign}{abs(off)} %).",
    )


def _whole(hall: Hall, change: Change) -> tuple[str, str]:
    """What is asked, as the beginning of a sentence."""
    begins, ends = _clock(hall, change.begins), _clock(hall, change.ends)
    if change.what == "end":
        return f"{begins}提前结束：", f"Ended early at {begins}: "
    zh, en = in_words(hall, [one for one in hall.counters if one in change.counters])
    if change.what == "open":
        return f"{zh}现在开到{ends}：", f"{en} open from now until {ends}: "
    if change.what == "lunch":
        return f"{zh}{begins}到{ends}午休：", f"{en} at lunch from {begins} to {ends}: "
    return f"{zh}现在起关窗：", f"{en} closed from now on: "


def _clock(hall: Hall, at: float) -> str:
    return f"{datetime.fromtimestamp(at, hall.zone):%H:%M}"
