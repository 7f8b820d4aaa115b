"""The commands that a printer answers in their turn: status, identity. On a Head; the answers go to its Host."""

from __future__ import annotations

from printer_profiles.virtual.head import Command, Head

MODEL_ID = 0x20  # GS I 1 of TM-T88V and TM-T20II; other makers send what they like; unconfirmed
ROM_ID = 0x01


def already_obeyed(head: Head, _: int) -> None:
    """DLE ENQ: done when it arrived."""


def real_time_status(head: Head, n: int) -> Command | None:
    """DLE EOT 1 to 4 was answered when it arrived; 7, 8 and 18 have another byte and are for models with ink, a
    peeler, displays.
    """
    if n not in (1, 2, 3, 4):
        head.complain("热敏机只回答 DLE EOT 1 到 4", "thermal heads answer DLE EOT 1 to 4")
    return _over(1) if n in (7, 8, 18) else None


def _over(count: int) -> Command:
    yield count


def pulse(head: Head, function: int) -> Command:
    """DLE DC4 was obeyed when it arrived; its parameters are read over."""
    if count := {1: 2, 2: 2, 3: 5, 7: 1, 8: 7}.get(function, 0):
        yield from _over(count)


def asked(head: Head, n: int) -> None:
    """GS r"""
    if head.at_bar:
        head.part("torn")
    head.host.asked(n)
    if n not in (1, 2, 49, 50):
        head.complain("GS r 只回答 1 和 2", "GS r is answered for 1 and 2")


def automatic(head: Head, n: int) -> None:
    """GS a"""
    head.host.automatic(n)


def paper_sensor(head: Head) -> None:
    """ESC v: an old form of GS r 1"""
    head.host.asked(1)


def drawer_sensor(head: Head, n: int) -> None:
    """ESC u: an old form of GS r 2"""
    head.host.asked(2)


def identity(head: Head, n: int) -> None:
    """GS I: one byte for 1 to 3, text in 5F … 00 for 65 to 69."""
    has_chinese, has_cutter = head.profile.chinese != "raster", head.profile.cutter != "none"
    single = {1: MODEL_ID, 2: has_chinese | has_cutter << 1, 3: ROM_ID}
    texts = {
        65: "1.00",
        66: "VIRTUAL",
        67: head.profile.name.upper(),
        68: "VP00000001",
        69: "CHINA GB18030" if has_chinese else "",
    }
    if n % 48 in single and n in (1, 2, 3, 49, 50, 51):
        head.host.reply(bytes((single[n % 48],)))
    elif n in texts:
        head.host.reply(b"\x5f" + texts[n].encode() + b"\x00")
    else:
        head.complain("GS I 只回答 1–3、49–51、65–69", "GS I is answered for 1-3, 49-51 and 65-69")
