"""How it stands with the second machine: what is wrong, for the live page, and what is well, for that of health."""

from __future__ import annotations

from typing import Literal

from config import Text
from server.domain.alerts import Level
from server.verbs.hub import Hub

AWAY_S = 60.0
"""A second machine that starts anew is back within this; one that is away for longer is an alert."""


def troubles(hub: Hub) -> list[tuple[str, Level, Text]]:
    """What is wrong and what to do: which, how bad, in words. Nothing where there never was a second machine."""
    if hub.pair is None:
        return []
    now, found = hub.pair.standing(), list[tuple[str, Level, Text]]()
    if now["cut_off"]:
        said = Text(
            "备用主机和见证设备都没有应答，本机暂停办理：请查看网线；备用主机确已关机，请在设备状态页按单独办理。",
            "Neither the second machine nor the witness answers, and nothing is taken here: look at the cable; if the"
            " second machine is off, let the hall go on alone by the key on the page of health.",
        )
        found.append(("cut off", "bad", said))
    elif now["second"] and not now["attached"] and now["away_s"] > AWAY_S:
        said = Text(
            f"备用主机已有{now['away_s'] / 60:.0f}分钟没有跟上：现在的记录只在本机上，主机坏了会丢。"
            "请检查备用主机和网线。",
            f"The second machine has not followed for {now['away_s'] / 60:.0f} min: what is recorded now is on this"
            " machine alone. Look at it and at the cable.",
        )
        found.append(("second", "warn", said))
    if now["evidence"]:
        said = Text(
            f"备用主机有{now['evidence']}条记录本机没有，其中的号可能已经给了人：请在备用主机的网页上查看、补办。",
            f"The second machine has {now['evidence']} rows that are not here, and people may hold their numbers: its"
            " own page lists them; do again what is needed.",
        )
        found.append(("evidence", "bad", said))
    return found


def standing(hub: Hub) -> list[tuple[Literal["good", "warn"], Text]]:
    """One sentence, of a pair that stands well or whose second machine went a moment ago; what is wrong is among the
    alerts.
    """
    if hub.pair is None or not (now := hub.pair.standing())["second"] or now["cut_off"]:
        return []
    if not now["attached"]:
        if now["away_s"] > AWAY_S:
            return []
        return [
            (
                "warn",
                Text("备用主机刚刚断开，正在等它回来。", "The second machine went a moment ago; it may be starting."),
            )
        ]
    if not now["waits"]:
        said = Text(
            "备用主机随后保存每条记录，办理不等它：主机停了要由管理人员在备用主机上接管，最后几条可能会丢。",
            "The second machine follows, and no answer waits for it: a manager has it take over by hand, and the last"
            " rows may be lost.",
        )
    elif now["armed"] and now["witness"]:
        kiosk = hub.hall.kiosks.get(now["witness"])
        name = kiosk.text if kiosk else Text("窗口屏程序", "the boards' program")
        said = Text(
            f"备用主机同步保存每条记录，主机停了会自动接管（见证设备：{name.zh}）。",
            f"The second machine holds every row and takes over by itself (witness: {name.en}).",
        )
    else:
        said = Text(
            "备用主机同步保存每条记录；现在没有见证设备，主机停了要由管理人员在备用主机上接管。",
            "The second machine holds every row; without a witness a manager has it take over by hand.",
        )
    return [("good", said)]
