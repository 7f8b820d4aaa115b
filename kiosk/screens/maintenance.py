"""The technician's screen: the gesture that opens it, its PIN pad and its pages, as data and pictures.

Pure; touches no device.

Five taps in the left upper corner of the screen within 3 s (or five times Home on a keypad) show the PIN pad. Three
wrong PINs lock it for a minute, and again at each further one. The keypad's digits choose: each key of the menu shows
its digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil
from typing import Literal

import words
from config import Text
from kiosk.flow.events import State
from kiosk.flow.flow import SETTLE
from kiosk.screens import furniture, theme
from kiosk.screens.furniture import Key
from kiosk.screens.layout import Sheet, grid
from kiosk.screens.scene import Measure, Pen, Rect, Scene, Words
from kiosk.screens.theme import Colour

TAPS, WITHIN_S = 5, 3.0
CORNER = 12.0
"""Side of the corner in units: 108 units are the shorter side of the screen."""
TRIES, LOCKED_S = 3, 60.0
PIN_MOST = 12
PIN_STAY_S, STAY_S = 20.0, 600.0
TRAIL = 400
"""So many places of a finger are remembered in the touch test."""
COLOURS: tuple[Colour, ...] = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (128, 128, 128), (0, 0, 0))

Page = Literal["pin", "punch", "menu", "touch", "colours", "log", "leave"]
TestPage = Literal["none", "asked", "sent", "unknown", "refused", "away"]
Order = Literal["verify", "punch", "test-page", "paper-list", "exit", "close"]
"""What must be done outside: check `Bench.typed`, tell the hub of a punch, ask it for a test page, end the program,
leave this screen.
"""


# --- the door ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Guard:
    """What the door remembers: the taps in the corner, wrong PINs, and until when it is locked."""

    taps: tuple[float, ...] = ()
    wrong: int = 0
    locked_until: float = 0.0


def in_corner(x: float, y: float, size: tuple[int, int]) -> bool:
    side = CORNER * min(size) / 108
    return 0 <= x < side and 0 <= y < side


def tapped(guard: Guard, now: float) -> tuple[Guard, bool]:
    """A tap in the corner; whether it was the last one that was needed."""
    taps = (*(tap for tap in guard.taps if now - tap <= WITHIN_S), now)
    opens = len(taps) >= TAPS
    return replace(guard, taps=() if opens else taps), opens


def elsewhere(guard: Guard) -> Guard:
    """A tap somewhere else: the gesture begins again."""
    return replace(guard, taps=()) if guard.taps else guard


def tried(guard: Guard, right: bool, now: float) -> Guard:
    """A PIN was given."""
    if right:
        return Guard()
    wrong = guard.wrong + 1
    return replace(guard, wrong=wrong, locked_until=now + LOCKED_S if wrong >= TRIES else guard.locked_until)


def locked(guard: Guard, now: float) -> int:
    """Whole seconds until a PIN is taken again; 0 when it is now."""
    return max(0, ceil(guard.locked_until - now))


# --- the screen -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bench:
    """The technician's screen. `staff`: whose PIN is typed next, of a punch; `trail`: where a finger was in the touch
    test, in fractions of the screen.
    """

    page: Page = "pin"
    language: str = "zh"
    typed: str = ""
    staff: str = ""
    wrong: bool = False
    colour: int = 0
    trail: tuple[tuple[float, float], ...] = ()
    touched_at: float = 0.0
    entered_at: float = -10.0


SILENT = Text("", "")


@dataclass(frozen=True)
class Facts:
    """What the screen says, gathered outside: (name, value) rows in a language's words, the log's tail, the test
    page, what the hub said of the last punch (None: it has not answered; empty: nobody asked).
    """

    rows: tuple[tuple[str, str], ...] = ()
    log: tuple[str, ...] = ()
    test_page: TestPage = "none"
    punched: Text | None = SILENT


MENU = ("touch", "colours", "test-page", "log", "language", "leave", "paper-list", "close")


def touched(bench: Bench, target: str, guard: Guard, now: float) -> tuple[Bench, Order | None]:
    """A finger was lifted from a target of this screen; a page that has just come does not look at it."""
    if now - bench.entered_at < SETTLE:
        return bench, None
    after, order = _touched(replace(bench, touched_at=now), target, guard, now)
    return (after if after.page == bench.page else replace(after, entered_at=now)), order


def _touched(bench: Bench, target: str, guard: Guard, now: float) -> tuple[Bench, Order | None]:
    name, _, value = target.partition(":")
    if bench.page == "pin":
        return _pin(bench, name, value, guard, now)
    if bench.page == "punch":
        return _punch(bench, name, value)
    match name:
        case "language":
            return replace(bench, language=words.after(bench.language)), None
        case "touch" | "log" | "leave":
            return replace(bench, page=name, trail=()), None
        case "colours" if bench.page == "menu":
            return replace(bench, page="colours", colour=0), None
        case "colours":
            last = bench.colour + 1 >= len(COLOURS)
            return (replace(bench, page="menu") if last else replace(bench, colour=bench.colour + 1)), None
        case "menu":
            return replace(bench, page="menu"), None
        case "test-page" | "paper-list" | "exit" | "close":
            return bench, name
    return bench, None


def _pin(bench: Bench, name: str, value: str, guard: Guard, now: float) -> tuple[Bench, Order | None]:
    if name == "close":
        return bench, "close"
    if name == "punch":
        return replace(bench, page="punch", typed="", wrong=False), None
    if name != "digit" or locked(guard, now):
        return bench, None
    if value == "ok":
        return bench, "verify" if bench.typed else None
    typed = bench.typed[:-1] if value == "del" else (bench.typed + value)[:PIN_MOST]
    return replace(bench, typed=typed, wrong=False), None


def _punch(bench: Bench, name: str, value: str) -> tuple[Bench, Order | None]:
    """打卡: a staff number, then its PIN; the hub says whether they belong together."""
    if name == "close":
        return bench, "close"
    if name != "digit":
        return bench, None
    if value != "ok":
        return replace(bench, typed=bench.typed[:-1] if value == "del" else (bench.typed + value)[:PIN_MOST]), None
    if not bench.typed:
        return bench, None
    return (bench, "punch") if bench.staff else (replace(bench, staff=bench.typed, typed=""), None)


def punched(bench: Bench) -> Bench:
    """The punch is on its way: the page is the next person's."""
    return replace(bench, staff="", typed="")


def answered(bench: Bench, right: bool, now: float) -> Bench:
    """The PIN was checked."""
    bench = replace(bench, typed="", wrong=not right)
    return replace(bench, page="menu", entered_at=now) if right else bench


def pressed(bench: Bench, key: str) -> str:
    """The target that a key of the keypad means on this page, "" for none."""
    if bench.page in ("pin", "punch"):
        return "close" if key in {"back", "home"} else f"digit:{key}" if key in {"ok", "del"} or key.isdecimal() else ""
    if bench.page == "menu":
        if key.isdecimal() and 1 <= int(key) <= len(MENU):
            return MENU[int(key) - 1]
        return "close" if key in {"back", "home", "del"} else ""
    if key == "ok":
        return {"colours": "colours", "leave": "exit"}.get(bench.page, "menu")
    return "menu" if key in {"back", "home", "del", "0"} else ""


def moved(bench: Bench, x: float, y: float, now: float) -> Bench:
    """A finger is at (x, y), in fractions of the screen: the touch test draws it."""
    return replace(bench, trail=(*bench.trail, (x, y))[-TRAIL:], touched_at=now) if bench.page == "touch" else bench


def over(bench: Bench, now: float) -> bool:
    """Whether nobody has been here for so long that the screen goes back to the public."""
    return now - bench.touched_at >= (PIN_STAY_S if bench.page in ("pin", "punch") else STAY_S)


# --- pictures ---------------------------------------------------------------------------------------------------------


def scene(
    bench: Bench,
    facts: Facts,
    guard: Guard,
    state: State,
    now: datetime,
    clock: float,
    size: tuple[int, int],
    measure: Measure,
    finger: str | None = None,
) -> Scene:
    """The page that is on screen."""
    bare = Sheet(*size)
    pen = Pen(measure, bare.unit, pressed=finger)
    say = words.say(bench.language)
    if bench.page == "colours":
        whole = Rect(0, 0, *size)
        pen.box(whole, COLOURS[bench.colour])
        pen.target("colours", whole, say("颜色测试"))
        return _done(pen, size, bench, 0)
    seen = replace(state, language=bench.language, large=False)
    sheet = furniture.framed(pen, bare, seen, now, phones=False)
    furniture.header(pen, sheet, seen, now)
    body = Rect(sheet.body.x, sheet.body.y + sheet.u(2), sheet.body.w, sheet.height - sheet.body.y - sheet.u(4))
    match bench.page:
        case "pin":
            left = locked(guard, clock)
            hint = say("密码错误次数过多：请等 {n} 秒").format(n=left) if left else ""
            hint = hint or (say("密码不对，请再输一次") if bench.wrong else "")
            _pad_page(pen, sheet, body, bench, say("设备维护"), hint or say("请输入维护密码"), bool(hint), say)
        case "punch":
            hint, warm = punch_said(bench, facts.punched, say)
            _pad_page(pen, sheet, body, bench, say("打卡"), hint, warm, say)
        case "menu":
            _menu_page(pen, sheet, body, bench, facts, say)
        case "touch":
            _touch_page(pen, sheet, body, bench, say)
        case "log":
            _log_page(pen, sheet, body, facts, say)
        case "leave":
            _leave_page(pen, sheet, body, say)
    return _done(pen, size, bench, sheet.header.bottom)


def _done(pen: Pen, size: tuple[int, int], bench: Bench, body: int) -> Scene:
    name = f"maintenance:{bench.page}"
    return Scene(
        size,
        name,
        9 if bench.page in ("pin", "punch", "menu") else 10,
        body,
        tuple(pen.parts),
        tuple(pen.targets),
        None,
        tuple(pen.cut),
    )


def _foot(sheet: Sheet, body: Rect) -> tuple[Rect, Rect]:
    """(what is above, the row of keys at the bottom)."""
    high = max(sheet.least, sheet.u(9))
    return Rect(body.x, body.y, body.w, body.h - high - sheet.gap), Rect(body.x, body.bottom - high, body.w, high)


def punch_said(bench: Bench, told: Text | None, say: words.Say) -> tuple[str, bool]:
    """What the punch page asks for or was answered; whether it is an answer."""
    if bench.staff:
        return say("工号{n}：请输入六位打卡口令").format(n=bench.staff), False
    if told is None:
        return say("正在打卡…"), False
    if told.zh and not bench.typed:
        return told.said(bench.language), True
    return say("请输入工号，或扫工作卡"), False


def _pad_page(
    pen: Pen, sheet: Sheet, body: Rect, bench: Bench, head: str, hint: str, warm: bool, say: words.Say
) -> None:
    """Digits to type; who came to punch finds the way from the technician's page."""
    wide = min(body.w, sheet.u(64))
    card = Rect(sheet.width // 2 - wide // 2, body.y, wide, min(body.h, sheet.u(112)))
    card = Rect(card.x, body.y + (body.h - card.h) // 2, card.w, card.h)
    pen.box(card, theme.CARD, 3, shadow=True)
    inner = card.inset(sheet.u(3), sheet.u(2))
    said = [
        Words(head, theme.HEAD, True),
        Words(hint, theme.SMALL, warm, theme.ON_AMBER if warm else pen.quiet, gap=0.2),
    ]
    used = pen.stack(inner, said, align="centre", valign="top")
    dots = Rect(inner.x, used.bottom + sheet.u(1), inner.w, sheet.u(5))
    pen.box(dots, theme.GROUND, 2, edge=theme.RULE)
    if bench.page == "punch" and not bench.staff:  # a staff number is no secret
        pen.text(dots, bench.typed, theme.SMALL, bold=True, align="centre")
    else:
        dot = min(sheet.u(2), round(dots.h * 0.4))
        x = dots.middle[0] - (len(bench.typed) * dot * 2 - dot) // 2
        for i in range(len(bench.typed)):
            pen.disc(Rect(x + i * dot * 2, dots.middle[1] - dot // 2, dot, dot), theme.INK)
    pad = Rect(inner.x, dots.bottom + sheet.u(1.4), inner.w, inner.bottom - dots.bottom - sheet.u(1.4))
    rows = grid(pad, 3, 5, min(sheet.gap, sheet.u(1.2)))
    for name, rect in zip(("1", "2", "3", "4", "5", "6", "7", "8", "9", "del", "0", "ok"), rows, strict=False):
        label = {"del": say("删除"), "ok": say("确定")}.get(name, name)
        units = 4.2 if name.isdecimal() else theme.SMALL
        furniture.key(pen, Key(f"digit:{name}", label, look="strong" if name == "ok" else "", units=units), rect)
    last = Rect(pad.x, rows[12].y, pad.w, rows[12].h)
    if bench.page == "pin":
        left, last = grid(last, 2, 1, min(sheet.gap, sheet.u(1.2)))
        furniture.key(pen, Key("punch", say("员工打卡"), units=theme.SMALL), left)
    furniture.key(pen, Key("close", say("取消"), "home", units=theme.SMALL), last)


def _menu_page(pen: Pen, sheet: Sheet, body: Rect, bench: Bench, facts: Facts, say: words.Say) -> None:
    labels = {
        "touch": (say("触摸测试"), "hand"),
        "colours": (say("颜色测试"), "screen"),
        "test-page": (say("打印测试页"), "printer"),
        "log": (say("运行日志"), "list"),
        "language": (words.name(words.after(bench.language)), "globe"),
        "leave": (say("退出到桌面"), "right"),
        "paper-list": (say("打印叫号清单"), "list"),
        "close": (say("返回取号"), "home"),
    }
    if sheet.portrait:
        keys_high = sheet.u(13) * 4 + sheet.gap * 3
        left = Rect(body.x, body.y, body.w, body.h - keys_high - sheet.gap)
        keys = grid(Rect(body.x, body.bottom - keys_high, body.w, keys_high), 2, 4, sheet.gap)
    else:
        wide = sheet.u(46)
        left = Rect(body.x, body.y, body.w - wide - sheet.gap, body.h)
        keys = grid(Rect(left.right + sheet.gap, body.y, wide, body.h), 1, len(MENU), round(sheet.gap * 0.7))
    for i, (name, rect) in enumerate(zip(MENU, keys, strict=False), start=1):
        text, icon = labels[name]
        furniture.key(pen, Key(name, f"{i}  {text}", icon, "strong" if name == "close" else "", theme.SMALL), rect)
    _facts(pen, sheet, left, facts, say)


def _facts(pen: Pen, sheet: Sheet, card: Rect, facts: Facts, say: words.Say) -> None:
    """Rows of name and value, each as high as its value; what there is no room for is marked at its end."""
    pen.box(card, theme.CARD, 3, shadow=True)
    inner = card.inset(sheet.u(3), sheet.u(1.6))
    pen.text(inner.top(sheet.u(6)), say("设备维护"), 4.0, bold=True)
    said = test_page_said(facts.test_page, say)
    room = inner.below(sheet.u(6.4))
    if said:
        high = furniture.band_high(pen, said, room.w)
        furniture.band(pen, Rect(room.x, room.bottom - high, room.w, high), "printer", said)
        room = Rect(room.x, room.y, room.w, room.h - high - sheet.u(1.4))
    units, line = theme.SMALL, pen.line(theme.SMALL)
    names = max((pen.width(name, units) for name, _ in facts.rows), default=0) + sheet.u(2)
    spare = room.h // line - len(facts.rows)  # lines that values of more than one may take
    y = room.y
    for i, (name, value) in enumerate(facts.rows):
        wanted = len(pen.rows(value, units, room.w - names))
        lines = max(1, min(wanted, 1 + max(0, spare), 3))
        spare -= lines - 1
        row = Rect(room.x, y, room.w, min(line * lines + sheet.u(1.2), line * lines + max(0, (room.bottom - y) // 20)))
        if i:
            pen.box(Rect(row.x, row.y, row.w, max(1, sheet.u(0.15))), theme.RULE)
        pen.text(row.left(names), name, units, colour=pen.quiet)
        pen.text(row.after(names), _kept(value, pen, row.w - names, units, lines), units)
        y = row.bottom


def test_page_said(state: TestPage, say: words.Say) -> str:
    return {
        "none": "",
        "asked": say("正在打印测试页…"),
        "sent": say("测试页已送到打印机：请看出纸口。"),
        "unknown": say("叫号系统还不会打印测试页：请更新叫号系统，或取一个号试打。"),
        "refused": say("叫号系统拒绝打印测试页：请看日志。"),
        "away": say("叫号系统没有回答：测试页没有打印。"),
    }[state]


def _touch_page(pen: Pen, sheet: Sheet, body: Rect, bench: Bench, say: words.Say) -> None:
    field, foot = _foot(sheet, body)
    pen.box(field, theme.CARD, 3, shadow=True)
    pen.text(
        field.inset(sheet.u(3)).top(sheet.u(9)),
        say("用手指在屏幕上划一划：圆点应跟着手指走。"),
        theme.SMALL,
        colour=pen.quiet,
        align="centre",
    )
    side = sheet.u(1.6)
    for x, y in bench.trail:
        pen.disc(Rect(round(x * sheet.width) - side // 2, round(y * sheet.height) - side // 2, side, side), theme.TEAL)
    if bench.trail:
        x, y = (round(part * whole) for part, whole in zip(bench.trail[-1], (sheet.width, sheet.height), strict=True))
        label = Rect(field.x + sheet.u(3), field.bottom - sheet.u(8), field.w - sheet.u(6), sheet.u(6))
        pen.text(label, f"x {x}  y {y}", theme.SMALL, bold=True, align="right")
    furniture.key(pen, Key("menu", say("返回"), "left"), foot)


def _log_page(pen: Pen, sheet: Sheet, body: Rect, facts: Facts, say: words.Say) -> None:
    """The newest lines that there is room for, each in two rows at most."""
    field, foot = _foot(sheet, body)
    pen.box(field, theme.CARD, 2, shadow=True)
    inner = field.inset(sheet.u(2))
    units, high = theme.SMALL, pen.line(theme.SMALL)
    lines, room = list[tuple[str, int]](), inner.h // high
    for line in reversed(facts.log):
        kept = _kept(line, pen, inner.w, units, 2)
        rows = len(pen.rows(kept, units, inner.w))
        if rows > room:
            break
        lines, room = [(kept, rows), *lines], room - rows
    y = inner.y
    for line, rows in lines:
        place = Rect(inner.x, y, inner.w, high * rows)
        pen.text(place, line, units, valign="top")
        y = place.bottom
    if not lines:
        pen.text(inner, say("还没有日志"), theme.SMALL, colour=pen.quiet, align="centre")
    furniture.key(pen, Key("menu", say("返回"), "left"), foot)


def _leave_page(pen: Pen, sheet: Sheet, body: Rect, say: words.Say) -> None:
    field, foot = _foot(sheet, body)
    text = say("程序会停止，屏幕回到桌面。由系统服务启动的会自动重新开始，除非先停止服务。")
    said = [Words(say("退出取号程序？"), theme.HEAD, True), Words(text, theme.SMALL, colour=pen.quiet, gap=1.0)]
    card = field.centred(min(field.w, sheet.u(96)), min(field.h, sheet.u(40)))
    pen.box(card, theme.CARD, 3, shadow=True)
    pen.stack(card.inset(sheet.u(4), sheet.u(3)), said, align="centre")
    left, right = grid(foot, 2, 1, sheet.gap)
    furniture.key(pen, Key("exit", say("退出"), "right"), left)
    furniture.key(pen, Key("menu", say("返回"), "left", "strong"), right)


def _kept(text: str, pen: Pen, room: int, units: float, lines: int) -> str:
    """A technician's line as far as there is room for it in so many rows, its end marked when there is more."""
    if len(pen.rows(text, units, room)) <= lines:
        return text
    while text and len(pen.rows(text + "…", units, room)) > lines:
        text = text[:-1]
    return text + "…"


def pages(
    language: str, rows: Sequence[tuple[str, str]] = (), log: Sequence[str] = ()
) -> dict[str, tuple[Bench, Facts, Guard]]:
    """Every page in every condition worth looking at, by name."""
    facts = Facts(tuple(rows), tuple(log))
    trail = tuple((0.2 + i / 100, 0.5 + (i - 20) ** 2 / 4000) for i in range(50))
    return {
        "pin": (Bench(language=language, typed="24"), facts, Guard()),
        "pin-wrong": (Bench(language=language, wrong=True), facts, Guard(wrong=1)),
        "pin-locked": (Bench(language=language, wrong=True), facts, Guard(wrong=3, locked_until=47.0)),
        "punch": (Bench("punch", language, typed="08"), facts, Guard()),
        "punch-pin": (Bench("punch", language, typed="4071", staff="08"), facts, Guard()),
        "punched": (
            Bench("punch", language),
            replace(facts, punched=Text("陈志强 08:30 已打卡。", "Punched at 08:30.")),
            Guard(),
        ),
        "menu": (Bench("menu", language), replace(facts, test_page="unknown"), Guard()),
        "touch": (Bench("touch", language, trail=trail), facts, Guard()),
        "colours": (Bench("colours", language, colour=1), facts, Guard()),
        "log": (Bench("log", language), facts, Guard()),
        "leave": (Bench("leave", language), facts, Guard()),
    }
