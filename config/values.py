"""The kinds of values that config.toml knows: times, addresses, keys of pads.

Each says in one sentence, in Chinese and English, what would be right.
"""

from __future__ import annotations

import re
from datetime import date, time
from ipaddress import ip_address
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, GetPydanticSchema
from pydantic_core import core_schema

from config.text import Text
from intake import quantities
from intake.quantities import Unclear
from intake.signs import identifier


def _clock(text: object) -> object:
    minutes = _minutes(text)
    if minutes is None or minutes == quantities.DAY_MIN:
        raise Unclear('不是钟点：请写成 "08:30"。', 'not a time of day; write it like "08:30"')
    return time(minutes // 60, minutes % 60)


def _minutes(text: object) -> int | None:
    try:
        return quantities.clock(text) if isinstance(text, str) else None
    except Unclear:
        return None


def interval(text: object) -> tuple[int, int]:
    """ "08:00-12:00" as minutes from midnight. Raises Unclear, with what would be right."""
    edges = [_minutes(part) for part in re.split("[-~至到]", identifier(text))] if isinstance(text, str) else []
    if len(edges) != 2 or None in edges:
        raise Unclear('不是时段：请写成 "08:00-12:00"。', 'not an interval; write it like "08:00-12:00"')
    start, end = (edge or 0 for edge in edges)
    if end <= start:
        raise Unclear('结束早于开始：请写成 "08:00-12:00"。', 'ends before it begins; write it like "08:00-12:00"')
    return start, end


def month_day(text: object) -> str:
    """ "06-01" of 06-01, 6-1, 6/1 or 6月1日. Raises Unclear, with what would be right."""
    found = re.fullmatch(r"([0-9]{1,2})(?:[-/.]([0-9]{1,2})|月([0-9]{1,2})日?)", identifier(str(text)))
    try:
        if found is None:
            raise ValueError(text)
        return f"{date(2024, int(found[1]), int(found[2] or found[3])):%m-%d}"
    except ValueError:
        raise Unclear('不是月和日：请写成 "06-01"。', 'not a month and day; write it like "06-01"') from None


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Unclear(
            '没有这个时区：请写成 "Asia/Shanghai"。', 'not a time zone; write it like "Asia/Shanghai"'
        ) from None
    return name


def _listen(text: str) -> str:
    if not re.fullmatch(r"[^\s:]+:[0-9]{1,5}", text) or not 0 < int(text.rpartition(":")[2]) < 65536:
        raise Unclear(
            '不是“地址:端口”：请写成 "127.0.0.1:8000"。', 'not an address and port; write it like "127.0.0.1:8000"'
        )
    return text


def matches(pattern: str, wish: Text) -> AfterValidator:
    """A text of that form. `wish`: what is wrong otherwise, and what would be right."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise Unclear(*wish)
        return text

    return AfterValidator(check)


def _clock_or_never(text: object) -> object:
    return None if text == "" else _clock(text)


TimeOfDay = Annotated[time, BeforeValidator(_clock)]
TimeOrNever = Annotated[time | None, BeforeValidator(_clock_or_never)]
MonthDay = Annotated[str, BeforeValidator(month_day)]
OpenInterval = Annotated[tuple[int, int], BeforeValidator(interval)]
Day = Annotated[date, BeforeValidator(lambda value: quantities.day(value) if isinstance(value, str) else value)]
Filled = Annotated[str, Field(min_length=1)]
_BOTH = Annotated[tuple[Filled, Filled], Field(strict=False)]
Both = Annotated[
    Text,
    GetPydanticSchema(
        lambda _, make: core_schema.no_info_after_validator_function(lambda two: Text(*two), make(_BOTH))
    ),
]
"""`["Chinese", "English"]` in the file."""
Icon = Literal[
    "shield", "people", "work", "heart", "hand", "box", "chat",
    "card", "pension", "medical", "baby", "house", "star", "scales", "school", "candle", "flag",
    "wheelchair", "elder", "family", "child", "bowl", "key", "umbrella", "money", "form",
    "swap", "pin", "printer", "pickup",
]  # fmt: skip
"""A picture of a group, a service, a package: kiosk/screens/icons.py draws each."""
Minutes = Annotated[int, Field(ge=0, le=1440)]
Seconds = Annotated[int, Field(ge=0, le=3600)]
Weekday = Annotated[int, Field(ge=1, le=7)]
_SERIAL_SETTING = r"(baud=[1-9]\d{2,6}|rtscts=[01]|xonxoff=[01])"
_PRINTER_URL = (
    rf"paper:|tcp://[^\s:/]+(:\d{{1,5}})?|serial:[^\s?]+(\?{_SERIAL_SETTING}(&{_SERIAL_SETTING})*)?|lp:[^\s?]+"
    r"|usb:[0-9a-fA-F]{4}:[0-9a-fA-F]{4}(\?serial=\S+)?|cups:(//[^\s:/]+(:\d{1,5})?/)?[^\s/#?]+"
)


Address = Annotated[
    str,
    matches(
        r"[^@\s,;<>]+@[^@\s,;<>]+",
        Text('不是邮箱地址：请写成 "name@example.cn"。', 'not an address; write it like "name@example.cn"'),
    ),
]
Origin = Annotated[
    str,
    matches(
        r"https?://[^\s/;,'\"]+",
        Text(
            '不是网站的地址：请写成 "http://192.168.1.20:8080"。',
            'not the address of a site; write it like "http://192.168.1.20:8080"',
        ),
    ),
]

SiteUrl = Annotated[
    str,
    matches(
        r"(https?://[^\s/?#@]+(/[^\s#]*)?)?",
        Text(
            '不是网址：请写成 "https://platform.example.cn/jiaohao"。',
            'not a URL; write it like "https://platform.example.cn/jiaohao"',
        ),
    ),
]
"""A full address without an account in it; empty for none."""


def _machine(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise Unclear(
            '不是一台机器的IP地址：请写成 "192.168.1.5"。',
            'not the IP address of a machine; write it like "192.168.1.5"',
        ) from None


Machine = Annotated[str, AfterValidator(_machine)]
HOST_NAME = r"(?!-)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*"


def _host_name(text: str) -> str:
    if re.fullmatch(r"[\d.]+", text) or ":" in text or not re.fullmatch(HOST_NAME, text):
        return _machine(text)
    return text.lower()


def is_this_machine(url: str) -> bool:
    """Whether an address leads to the machine that asks: what goes there crosses no network."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


HostName = Annotated[str, AfterValidator(_host_name)]
ReportForm = Literal["pdf", "xlsx", "html", "csv", "json", "poster"]


def _printer_url(url: str) -> str:
    if url.startswith("serial:") and "dsrdtr" in url:
        raise Unclear(
            "Linux没有DTR/DSR流控：请把打印机的DTR接到CTS并写“rtscts=1”，或把打印机设成XON/XOFF并写“xonxoff=1”。",
            "Linux has no DTR/DSR flow control; wire the printer's DTR to CTS and say rtscts=1, or set the printer to"
            " XON/XOFF and say xonxoff=1",
        )
    if not re.fullmatch(_PRINTER_URL, url):
        raise Unclear(
            '不是打印机地址：请写 "tcp://host:9100"、"serial:/dev/ttyS1?baud=19200&rtscts=1"、"usb:04b8:0e15"、'
            '"lp:/dev/usb/lp0"、"cups:name" 或 "paper:"。',
            'not a printer address; write "tcp://host:9100", "serial:/dev/ttyS1?baud=19200&rtscts=1", "usb:04b8:0e15", '
            '"lp:/dev/usb/lp0", "cups:name" or "paper:"',
        )
    port = re.match(r"(?:tcp|cups)://[^/]+:(\d+)", url)
    if port and not 0 < int(port[1]) < 65536:
        raise Unclear(
            f"没有端口{port[1]}：请写1到65535之间的，打印机自己的是9100。",
            f"there is no port {port[1]}; write one from 1 to 65535, a printer's own is 9100",
        )
    return url


def _guide_url(url: str) -> str:
    if re.search(r"[{}]", url.replace("{service}", "")):
        raise Unclear(
            "这里只认占位 {service}：请去掉别的花括号。",
            "the only place-holder here is {service}; leave other braces out",
        )
    if len(url.encode()) > 300:
        raise Unclear(
            "太长，手机扫不出这么大的码：请缩到300字节以内。",
            "too long for a code that a telephone reads; at most 300 bytes",
        )
    return url


GuideUrl = Annotated[str, AfterValidator(_guide_url)]


PrinterUrl = Annotated[str, AfterValidator(_printer_url)]
WireUrl = Annotated[
    str,
    matches(
        r"serial:[^\s?]+(\?[a-z_=0-9&]+)?|socket://[^\s:/]+:\d{1,5}|rfc2217://[^\s:/]+:\d{1,5}",
        Text(
            '不是串行线：请写 "serial:/dev/ttyUSB0?baud=9600" 或 "socket://host:port"。',
            'not a serial line; write "serial:/dev/ttyUSB0?baud=9600" or "socket://host:port"',
        ),
    ),
]
SoundUrl = Annotated[
    str,
    matches(
        r"screen|wav:|alsa:(?!null$)[^\s]+|serial:[^\s?]+(\?[a-z_=0-9&]+)?|socket://[^\s:/]+:\d{1,5}",
        Text(
            '不是扬声器：请写 "screen"、"alsa:default"、"wav:"，语音模块写 "serial:/dev/ttyUSB0?baud=9600"。',
            'not a loudspeaker; write "screen", "alsa:default", "wav:", or "serial:/dev/ttyUSB0?baud=9600" for a'
            " speech module",
        ),
    ),
]
Percent = Annotated[int, Field(ge=0, le=100)]
ReaderUrl = Annotated[
    str,
    matches(
        r"|serial:[^\s?]+(\?baud=[1-9]\d{2,6})?|socket://[^\s:/]+:\d{1,5}",
        Text(
            '不是读卡器的线：请写 "serial:/dev/ttyACM0?baud=9600" 或 "socket://host:port"，没有就写 ""。',
            'not a reader\'s line; write "serial:/dev/ttyACM0?baud=9600" or "socket://host:port", or "" for none',
        ),
    ),
]
BoardProtocol = Annotated[
    str,
    matches(
        r"|[a-z][a-z0-9_]*|\S+\.toml",
        Text(
            '不是窗口屏的协议：请写 "a090"、“counter_display/protocols/”里的另一个，或 "frame.toml"。',
            'not a board\'s language; write "a090", another module of counter_display/protocols/, or "frame.toml"',
        ),
    ),
]
Light = Annotated[tuple[TimeOfDay, Annotated[int, Field(ge=1, le=100)]], Field(strict=False)]
PadVerb = Annotated[
    str,
    matches(
        r"next|finish-next|call|recall|start|pass|leave|pause|help|rate|undo|address|finish( \S+)?|suspend"
        r" (away|kept|errand)"
        r"|transfer( (counter|service):\S+)?",
        Text(
            "不是叫号器的操作：请写 next、call、recall、start、pass、leave、finish、finish-next、pause、rate、help、"
            "undo、suspend away、transfer counter:5。",
            "no verb of a pad; write next, call, recall, start, pass, leave, finish, finish-next, pause, rate, help,"
            " undo, suspend away, transfer counter:5",
        ),
    ),
]
PadPress = Annotated[
    str,
    matches(
        r"([0-9A-F]{2}|[0-9]|#|[A-Z]+)( ([0-9A-F]{2}|[0-9]|#|[A-Z]+))*",
        Text(
            '不是按键：请写 "05 0F"、"# 0C" 或 "PLUS"。',
            'not pressed keys; write "05 0F", "# 0C" or "PLUS"',
        ),
    ),
]
PadKeys = Annotated[dict[PadPress, PadVerb], Field(min_length=1)]
BackupUrl = Annotated[
    str,
    matches(
        r"(folder|mount):\S.*|stick:[^/\s]+(/.*)?|sftp://([^\s:/@]+@)?[^\s:/@]+(:\d{1,5})?/.*",
        Text(
            "不是备份位置：请写“folder:/srv/backup”、“mount:/mnt/nas/backup”、“stick:BACKUP”或“sftp://hall@nas/backups”。",
            'no place for backups; write "folder:/srv/backup", "mount:/mnt/nas/backup", "stick:LABEL" or'
            ' "sftp://user@host/backup"',
        ),
    ),
]
HexByte = Annotated[str, matches(r"[0-9A-F]{2}", Text('不是字节：请写成 "03"。', 'not a byte; write it like "03"'))]
Levels = Annotated[dict[HexByte, Annotated[int, Field(ge=1, le=5)]], Field(min_length=1)]
