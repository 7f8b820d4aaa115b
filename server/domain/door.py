"""Why no number is given out now, in words, and when that ends. Pure; the times are `worktime`'s."""

from __future__ import annotations

from datetime import datetime

from config import Hall, Text
from server.domain import worktime

CLOSED_WORDS = {
    "before": Text("还没有到取号时间", "Numbers are not given out yet"),
    "closing": Text("今天的取号已经结束", "No more numbers are given out today"),
    "closed": Text("今天的办理时间已经结束", "We are closed for today"),
    "no_service": Text("今天不办理业务", "We are closed today"),
}


def closed_sentences(hall: Hall, now: float) -> Text:
    """Why no number is given out now, and what to do."""
    door = worktime.door(hall, now)
    why, why_en = CLOSED_WORDS.get(door.reason, CLOSED_WORDS["closed"])
    if door.reason == "no_service" and door.day and door.day.name:
        why = f"今天{door.day.name}，不办理业务"
    opens = worktime.next_opening(hall, now)
    phone = hall.hall.tel_consult
    if opens is None:
        return Text(f"{why}。咨询电话 {phone}。", f"{why_en}. Information: {phone}.")
    at = datetime.fromtimestamp(opens, hall.zone)
    return Text(
        f"{why}，{at.month}月{at.day}日 {at:%H:%M} 开始办理。咨询电话 {phone}。",
        f"{why_en}. We open again on {at:%d %B at %H:%M}. Information: {phone}.",
    )
