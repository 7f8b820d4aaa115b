"""What a test print has shown: a printer's answers, and what to look at on the paper -> sentences that name the key
to change. Pure.

Chinese first, English second; the keys are those of a model's file (docs/printers.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from config import Text
from printer_profiles.escpos.status import STATUS_REQUESTS, Status, automatic, confirmed, is_paper, is_real_time, status
from printer_profiles.profile import Profile

PRINTED, WRONG, TROUBLE, UNSURE = 0, 2, 1, 3
"""Exit codes: everything the profile claims was answered and the page confirmed; the command was wrong; out of order
or out of reach; else.
"""


class Heard(NamedTuple):
    """What came back: DLE EOT n -> byte, what GS a brought, the byte behind the page, and what fits nothing.

    None: silence, or not asked.
    """

    status: Mapping[int, int | None] = {}
    automatic: bytes | None = None
    behind: int | None = None
    garbage: bytes = b""


def fault(profile: Profile, heard: Heard) -> Status | None:
    """The trouble the printer tells of, before or behind the page; None where it tells none."""
    told = [status({n: byte for n, byte in heard.status.items() if byte is not None})]
    told += [automatic(heard.automatic)] if heard.automatic else []
    told += [confirmed(heard.behind)] if heard.behind is not None and profile.confirm == "gs_r" else []
    return next((one for one in told if one.state in ("cover_open", "paper_out", "error", "offline")), None)


def answers(profile: Profile, heard: Heard) -> list[Text]:
    """Each way to ask that the profile claims, with what came back, in hexadecimal."""
    found = [_answer(f"DLE EOT {n}", heard.status.get(n)) for n in STATUS_REQUESTS if profile.status]
    found += [_answer("GS a", heard.automatic)] if profile.asb else []
    return found + (
        [_answer({"gs_r": "GS r 1", "dle_eot": "DLE EOT 4"}[profile.confirm], heard.behind)]
        if profile.confirm != "none"
        else []
    )


def _answer(way: str, answer: int | bytes | None) -> Text:
    if answer is None:
        return Text(f"{way}：没有应答", "no answer")
    data = bytes([answer]) if isinstance(answer, int) else answer
    return Text(f"{way}：{data.hex(' ').upper()}", "answered")


def changes(profile: Profile, heard: Heard) -> list[Text]:
    """What to change in the model's file, or at the printer, because of what came back and what did not."""
    found = []
    if heard.garbage:
        found.append(
            Text(
                f"收到无法识别的字节 {heard.garbage[:8].hex(' ').upper()}：先核对波特率和流控（网址里的 baud、rtscts、"
                "xonxoff）。",
                "Bytes that mean nothing: check baud rate and flow control in the url first.",
            )
        )
    silent = [n for n in STATUS_REQUESTS if profile.status and _real_time(heard.status.get(n)) is None]
    if silent:
        found.append(
            Text(
                f"DLE EOT {' '.join(map(str, silent))} 没有正确应答：线路确认没问题后，把 status 改为 false。",
                "No proper answer to DLE EOT: where cable and settings are right, say status = false.",
            )
        )
    if profile.asb and not heard.automatic:
        found.append(Text("GS a 没有应答：把 asb 改为 false。", "No answer to GS a: say asb = false."))
    if profile.confirm == "gs_r" and (heard.behind is None or not is_paper(heard.behind)):
        other = "dle_eot" if _real_time(heard.status.get(4)) is not None else "none"
        found.append(
            Text(
                f'GS r 没有正确应答：如果纸已打出，把 confirm 改为 "{other}"。',
                f'No proper answer to GS r: if the page came out, say confirm = "{other}".',
            )
        )
    if profile.confirm == "dle_eot" and _real_time(heard.behind) is None:
        found.append(
            Text(
                '打印后没有正确应答：把 confirm 改为 "none"。',
                'No proper answer behind the page: say confirm = "none".',
            )
        )
    return found


def _real_time(byte: int | None) -> int | None:
    return byte if byte is not None and is_real_time(byte) else None


def verdict(profile: Profile, heard: Heard) -> tuple[int, Text]:
    """(exit code, one sentence) of a page whose bytes all went out."""
    if trouble := fault(profile, heard):
        return TROUBLE, Text(f"打印机报告故障：{trouble.zh}", f"The printer reports a fault: {trouble.en}")
    if changes(profile, heard):
        return UNSURE, Text(
            "数据已发出，但应答和型号文件不符，见下面的建议。",
            "All was sent, but not answered as the model's file says; see below.",
        )
    if profile.confirm == "gs_r":
        return PRINTED, Text("打印机确认：已打印。", "Confirmed by the printer: printed.")
    return UNSURE, Text(
        "数据已发出；这个型号不能确认打印完成，请看纸。",
        "All was sent; this model can't confirm printing, so look at the paper.",
    )


LOOK: tuple[tuple[str, str, str], ...] = (
    ("标尺从左边到右边，正好一行", "the ruler reaches from edge to edge in one line", "dots, columns"),
    (
        "中文、标点、全角字符都对，没有乱码",
        "Chinese, punctuation and full-width forms are right, no odd letters",
        "chinese_mode, code_page, chinese",
    ),
    (
        "“姓名”后面四个字（玥喆镕堃）都在，没有空白",
        "all four characters of 玥喆镕堃 are there, no blank",
        "chinese_font",
    ),
    (
        "中文和字母一样放大，大字没有缺行",
        "Chinese grows like the letters, large lines are whole",
        "chinese_size, largest",
    ),
    ("字库外的字（龦𠮷）清楚，和同行对齐", "the characters outside the font (龦𠮷) are clear and in line", "band_rows"),
    ("二维码能扫出字", "the QR code can be scanned", "qr"),
    ("有徽标时，徽标完整居中", "the logo, if any, is whole and centred", "logo"),
    ("最后一行在刀口外，没有多走纸", "the last line is outside the blade, and not much paper is wasted", "feed_after"),
    ("“已打印”出现在切纸之后，不是之前", "the word printed came behind the cut, not before it", "confirm"),
    ("纸已切开；没有切刀的能在撕纸口撕下", "the paper is cut; without a cutter it can be torn at the bar", "cutter"),
)
"""What to look at, in both languages, and the keys behind it."""
