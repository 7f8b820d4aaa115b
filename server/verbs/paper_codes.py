"""Which number a paper belongs to, by the code on it: one that the hub printed, or a kiosk that was alone."""

from __future__ import annotations

from config import Text
from server.domain import codes, offline
from server.store import secret
from server.store.reader import Reader
from server.verbs.hub import Hub

NOT_ENTERED = Text(
    "这个脱机号还没有入系统：请过几分钟再扫，照常听叫号；急的话问咨询台。",
    "This number was taken offline and is not in the system yet: try again in a few minutes, or ask at the guide desk.",
)
NONE = Text("没有这个号：请再扫一次号票上的码。", "There is no such number: scan your slip once more.")


def ticket_of_code(hub: Hub, reader: Reader, text: str) -> int | None:
    """The ticket's id; None for no code of a number, or one that has not been entered."""
    known = codes.ticket_of(secret.key(hub.hall, "code").encode(), text)
    if known is not None or not (code := codes.offline_code_in(text)):
        return known
    row = reader.answered(offline.CODES, code)
    return int(row["ticket"]) if row else None


def unknown(text: str) -> Text:
    """What whoever scanned a code that opens no number is told."""
    return NOT_ENTERED if codes.offline_code_in(text) else NONE
