"""What a token of the API may do (接口令牌): a column of docs/roles.md, perhaps to read alone. Pure.

None is of an administrator, who makes tokens, and none of a device, which has its own (docs/enrol.md).
"""

from __future__ import annotations

from datetime import date, timedelta

from config import Text

SCOPES = {
    "supervisor": Text("监督人员", "Supervisor"),
    "manager": Text("管理人员", "Manager"),
    "guide": Text("咨询台人员", "Guide"),
    "bookings": Text("预约系统", "Booking system"),
    "metrics": Text("监控", "Monitoring"),
    "follower": Text("跟随", "Follower"),
}
"""Column of docs/roles.md -> its name."""
LONGEST_DAYS, USUAL_DAYS = 400, 180
WARNED_DAYS = 14
"""So long before a token ends it is said."""
NAME_MOST = 40


def ends_soon(last: date, today: date) -> bool:
    return today <= last <= today + timedelta(days=WARNED_DAYS)


def actor(number: int) -> str:
    """Under which name the journal has what was done with it; no staff number has a hyphen."""
    return f"api-{number}"
