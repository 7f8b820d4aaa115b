"""The page a technician looks at: does the ruler reach both edges, is every size of Chinese right, do code, line and
cut work?

Not a form: it says the same in every hall, so that whoever is asked for help by telephone knows what should be there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from config import Hall
from printer_profiles import profile as profiles
from printer_profiles.slip import QR, Cut, Element, Feed, Pair, Rule, Slip, Text

RARE = "龦𠮷㙍"
"""Outside every printer's font: this line goes as a raster band."""
OUTSIDE_GB2312 = "玥喆镕堃"
"""In people's names, in GBK, not in GB2312: a font of GB2312 prints them blank (`chinese_font` of the profile)."""


def sheet(hall: Hall, printer: str, *, profile: str, columns: int, when: datetime, logo: Sequence[Element]) -> Slip:
    """The test page of one printer; `logo` is the hall's, or nothing."""
    cut = profiles.load(profile).cutter != "none"
    ruler = "".join(str(n % 10) for n in range(1, columns + 1))
    sizes = [Text(f"{scale}倍A", scale=scale) for scale in (2, 3, 4, 6)]
    return (
        *logo,
        Text("打印测试页 Test page", "centre", bold=True),
        Text(hall.hall.name, "centre"),
        Rule(),
        Text(ruler),
        Text(_tens(columns)),
        Pair("|< 左边 left", "right 右边 >|"),
        Text(f"{printer} {profile} {columns} 列 columns"),
        Text(f"{when:%Y-%m-%d %H:%M:%S}"),
        Rule(),
        Text("中文 鲤城区 0123456789 ABC abc"),
        Text("标点 ，。、；：？！（）"),
        Text("引号 “”‘’【】《》…—￥"),
        Text("全角 ＡＢＣ１２３ □ ℃ ㎡"),
        Text("序号 ①②③ ⅠⅡⅢ"),
        Text("加粗 Bold 鲤城", bold=True),
        Text("居中 centred", "centre"),
        Text("靠右 right", "right"),
        Text(f"姓名 {OUTSIDE_GB2312}（四个字 four）"),
        Text(f"字库外 {RARE} 光栅 raster"),
        *sizes,
        Rule(),
        QR(f"TEST {printer}", 5),
        Text(f"扫码应得 TEST {printer}", "centre"),
        Feed(1),
        Text(f"标尺应到两边，各行文字清楚完整，能扫码，{'能切纸' if cut else '到撕纸处'}。"),
        Text(
            "Ruler to both edges, every line clear and whole, the code scans, the paper is"
            f" {'cut' if cut else 'at the tear bar'}."
        ),
        Cut(),
    )


def _tens(columns: int) -> str:
    """The second line of the ruler: 10, 20, … each ending at its column."""
    return "".join(f"{n:>10}" for n in range(10, columns + 1, 10))
