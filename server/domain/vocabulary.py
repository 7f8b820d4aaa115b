"""Words that are kept as they were chosen, and what is shown of them: one table each, one way to look them up.

Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

from config import Text

PAUSED_BY_MANAGER = Text("管理人员暂停", "Paused by the manager")
COUNTER_CLOSED = Text("窗口关闭", "counter closed")
OURS = (PAUSED_BY_MANAGER, COUNTER_CLOSED)
"""Reasons that the hub itself gives."""


def reason_text(reason: str, listed: Iterable[Text]) -> Text:
    """A reason, which the journal has in Chinese, with its English: one of the hall's list or ours, else as it is."""
    return next((one for one in (*listed, *OURS) if one.zh == reason), Text.same(reason))
