"""The first file of a new hall, made from config/starter.toml and eight answers. Text in, text out; comments stay.

Whether it is right is for `config.parse` to say, as of every hall's file; what one can say of a single answer at once
is said here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import tomlkit
from pydantic import TypeAdapter, ValidationError

from config.mistakes import printer_models
from config.tables import HubTable
from config.text import Text
from config.values import PrinterUrl, WireUrl

NONE = ("", "none", "no", "无", "没有")
"""What one answers for a device that is not there."""
MOST_COUNTERS = 60
OWN = re.compile(r"(0\.0\.0\.0|\[::\]|localhost|127\.0\.0\.1)(:\d+)$")


@dataclass(frozen=True)
class Answers:
    """What a new hall must say. The defaults are those of config/starter.toml."""

    name: str
    name_en: str
    tel_consult: str
    tel_complaint: str
    hours: tuple[str, ...] = ("08:00-12:00", "14:30-17:30")
    """Opening intervals of a working day, `HH:MM-HH:MM`."""
    counters: int = 4
    """Counters with a number, besides the guide desk."""
    profile: str = "generic-80"
    printer: str = "paper:"
    """The printer's url."""
    kiosk: tuple[int, int] | None = (1080, 1920)
    """Pixels of the kiosk's screen; None: there is none."""
    wire: str = ""
    """The serial line of the boards over the counters; empty: there are none."""
    data: str = "var/hall"
    listen: str = "0.0.0.0:8000"
    url: str = ""
    """The hub's address in the hall's network; empty: this machine alone."""


def intervals(text: str) -> tuple[str, ...]:
    """08:00-12:00，14:30-17:30, with whatever one puts between, as intervals in order of the clock."""
    found = re.findall(r"(\d{1,2})[:：](\d{2})\s*[-–—~～至到]\s*(\d{1,2})[:：](\d{2})", text)
    return tuple(f"{int(a):02d}:{b}-{int(c):02d}:{d}" for a, b, c, d in found)


def size(text: str) -> tuple[int, int] | None:
    """1080x1920 as pixels; None for what is no size."""
    found = re.fullmatch(r"\s*(\d{3,4})\s*[x×X*]\s*(\d{3,4})\s*", text)
    return (int(found[1]), int(found[2])) if found else None


def there(text: str) -> str:
    """An answer about a device, empty when it means that there is none."""
    return "" if text.strip().lower() in NONE else text.strip()


def mistake(question: str, value: str, other: str = "") -> Text | None:
    """What is wrong with one answer, or None. `other`: for 投诉电话, the enquiry number."""
    match question:
        case "name" | "name_en" | "data":
            return None if value.strip() else Text("不能空着。", "It can't be empty.")
        case "tel_consult" | "tel_complaint":
            if not re.fullmatch(r"[\d\s()（）+-]{3,20}", value.strip()):
                return Text("请写电话号码，如 0595-22178801。", "Write a telephone number, such as 0595-22178801.")
            equal = re.sub(r"\D", "", value) == re.sub(r"\D", "", other)
            return Text("投诉电话必须与咨询电话不同。", "It must differ from the enquiry number.") if equal else None
        case "hours":
            spans = intervals(value)
            times = [t for span in spans for t in span.split("-")]
            if not spans or re.sub(r"[\d:：\s,，、;；至到~～–—-]", "", value) or times != sorted(set(times)):
                return Text(
                    "请写成 08:00-12:00,14:30-17:30，先后有序、不重叠。",
                    "Write it as 08:00-12:00,14:30-17:30, in order and without overlap.",
                )
            bad = [t for t in times if t > "24:00" or t[3:] > "59"]
            return Text(f"没有 {bad[0]} 这个时间。", f"There is no time {bad[0]}.") if bad else None
        case "counters":
            right = value.strip().isdigit() and 1 <= int(value) <= MOST_COUNTERS
            return None if right else Text(f"请写 1 到 {MOST_COUNTERS}。", f"Write 1 to {MOST_COUNTERS}.")
        case "kiosk" if there(value):
            wide, high = size(value) or (0, 0)
            return None if wide >= 640 and high >= 480 else Text("请写成 1080x1920，或写 无。", "1080x1920, or none.")
        case "printer_model":
            return (
                None
                if value in printer_models()
                else Text(
                    f"没有型号 {value}：见 docs/printers.md，不清楚就用 generic-80。",
                    f"No model {value}: see docs/printers.md, generic-80 if in doubt.",
                )
            )
        case "printer":
            return _fits(PrinterUrl, value, Text("不是打印机地址。", "Not a printer address."))
        case "boards" if there(value):
            return _fits(WireUrl, value, Text("不是串口地址。", "Not a serial line."))
        case "listen":
            fits = _valid(lambda: HubTable.model_validate({"listen": value}))
            return None if fits else Text("请写成 0.0.0.0:8000。", "Write it as 0.0.0.0:8000.")
        case "url":
            fits = _valid(lambda: HubTable.model_validate({"url": value}))
            return None if fits else Text("请写成 http://192.168.1.10:8000。", "Write it as http://192.168.1.10:8000.")
    return None


def _fits(kind: Any, value: str, wrong: Text) -> Text | None:
    return None if _valid(lambda: TypeAdapter(kind).validate_python(value)) else wrong


def _valid(check: Callable[[], object]) -> bool:
    try:
        check()
    except ValidationError:
        return False
    return True


def written(starter: str, answers: Answers) -> str:
    """The text of the hall's file: the starter's with these answers, counters 1 to n, and without what is not there."""
    file: Any = tomlkit.parse(_counted(starter, answers))
    file["hall"].update(
        {
            "id": _id(answers.name_en),
            "name": answers.name.strip(),
            "name_en": answers.name_en.strip(),
            "tel_consult": answers.tel_consult.strip(),
            "tel_complaint": answers.tel_complaint.strip(),
        }
    )
    local = OWN.sub(r"127.0.0.1\2", answers.listen)
    file["hub"].update(
        {"listen": answers.listen, "url": answers.url or f"http://{local}", "data": answers.data.strip()}
    )
    file["hours"][0]["open"] = list(answers.hours)
    file["printers"]["p80"].update({"profile": answers.profile, "url": answers.printer})
    if answers.kiosk:
        file["kiosks"]["K1"]["size"] = list(answers.kiosk)
    else:
        del file["kiosks"]
    if answers.wire:
        file["wires"]["west"]["url"] = answers.wire
    else:
        del file["wires"], file["boards"]
    return tomlkit.dumps(file)


def _id(name_en: str) -> str:
    """my-hall of My Hall."""
    return "-".join(re.findall(r"[a-z0-9]+", name_en.lower())) or "hall"


def _counted(starter: str, answers: Answers) -> str:
    """Counters and boards 1 to n after the first of each: as text, since tomlkit puts a new table at the end."""
    counters = "".join(
        f'[counters.{n}]\nname = "{n}号窗口"\nname_en = "Counter {n}"\nsign = "综合受理"\n\n'
        for n in range(2, answers.counters + 1)
    )
    boards = "".join(
        f'[boards.{n}]\ncounter = "{n}"\nwire = "west"\naddress = {n}\ncolumns = 16\n\n'
        for n in range(2, answers.counters + 1)
    )
    assert "[counters.desk]" in starter and "[zones.hall]" in starter
    return starter.replace("[counters.desk]", f"{counters}[counters.desk]").replace(
        "[zones.hall]", f"{boards if answers.wire else ''}[zones.hall]"
    )
