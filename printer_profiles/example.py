"""A sample ticket on every model, and what is hard to print, to look at and to measure: ``python -m printer_profiles.example FOLDER``.

It opens no printer. The texts follow the hall's ticket; the numbers in them are invented.
"""

from __future__ import annotations

import sys
from pathlib import Path

from printer_profiles.profile import load, names
from printer_profiles.slip import QR, Cut, Feed, Logo, Rule, Slip, Text

GUIDE = "https://example.cn/t/A012"

TICKET_80: Slip = (
    Text("鲤城区开元街道便民服务中心", "centre", bold=True),
    Rule(),
    Text("A012", "centre", bold=True, scale=4),
    Text("社保医保", "centre", scale=2),
    Rule(),
    Text("取号 2026-11-23(周一) 09:41"),
    Text("前方等候 5人    预计等候 10-20分钟"),
    Text("窗口 1-4号窗口"),
    Text("请备好:身份证、户口簿"),
    QR(GUIDE, 6),
    Rule(),
    Text("请留意广播和显示屏。过号请到咨询台,30分钟内有效。"),
    Text("咨询 0595-12345678  投诉 0595-87654321"),
    Cut(),
)

TICKET_58: Slip = (
    Text("鲤城区开元街道便民服务中心", "centre", bold=True),
    Rule(),
    Text("A012", "centre", bold=True, scale=4),
    Text("社保医保", "centre", scale=2),
    Rule(),
    Text("取号 2026-11-23(周一) 09:41"),
    Text("前方等候 5人"),
    Text("预计等候 10-20分钟"),
    Text("窗口 1-4号窗口"),
    Text("请备好:身份证、户口簿"),
    QR(GUIDE, 6),
    Rule(),
    Text("请留意广播和显示屏。过号请到咨询台,30分钟内有效。"),
    Text("咨询 0595-12345678"),
    Text("投诉 0595-87654321"),
    Cut(),
)

LARGE_80: Slip = (
    Text("鲤城区开元街道便民服务中心", "centre", bold=True),
    Rule(),
    Text("A012", "centre", bold=True, scale=6),
    Text("社保医保", "centre", scale=2),
    Rule(),
    Text("前方等候 5人", scale=2),
    Text("请到 1-4号窗口", scale=2),
    Text("取号 09:41", scale=2),
    Feed(1),
    Text("过号请到咨询台,30分钟内有效。", scale=2),
    Cut(),
)

NAMES: Slip = (
    Text("领件通知单", "centre", scale=2),
    Text("领件人 𠮷龦 先生", bold=True),
    Text("王㐀芳、赵①、3–5号", "centre"),
    Text("王㐀", "centre", scale=2),
    Text("José Nuñez · ½ ½", "right"),
    Cut(),
)

EMBLEM = Logo(b"".join(((1 << 95) - (1 << 95 - y) | ((1 << y) - 1)).to_bytes(12, "big") for y in range(1, 49)), 12)
"""A shape whose every row differs: a band that is missing or moved shows."""

HARD: dict[str, tuple[Slip, str]] = {
    "large-80": (LARGE_80, "generic-80"),
    "names-58": (NAMES, "generic-58"),
    "names-42": (NAMES, "epson-tm-t88v"),
    "logo-80": ((EMBLEM, *TICKET_80), "generic-80"),
    "logo-58": ((EMBLEM, *TICKET_58), "pos-5890"),
}


def samples() -> dict[str, tuple[Slip, str]]:
    """Name -> slip and model."""
    widths = {name: load(name).columns for name in names()}
    return {name: (TICKET_80 if columns >= 42 else TICKET_58, name) for name, columns in widths.items()} | HARD


def main() -> None:
    """Write each sample as the picture of what a printer makes of its bytes."""
    from printer_profiles.encode import encode
    from printer_profiles.paper import Paper

    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    for name, (slip, model) in samples().items():
        paper = Paper(load(model))
        data = encode(slip, paper.profile)
        paper.feed(data)
        paper.idle()
        (folder / f"{name}.png").write_bytes(paper.slips[0].png())
        print(f"{name}: {len(data)} bytes, {len(paper.complaints)} complaints")


if __name__ == "__main__":
    main()
