"""The screens and the ways between them, found by touching every target of every sample: docs/kiosk-flow.md.

Written anew by ./run docs into docs/kiosk-flow.md
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import config
import words
from config import Hall
from consoles import any_console
from kiosk.flow import events, flow
from kiosk.flow.events import Asking, Effect, State
from kiosk.screens import picture, samples
from kiosk.screens.fonts import Fonts

SIZE = (1080, 1920)
LATER = 1000.0
FACES = {
    "home": "首页 the first page: groups of items, 我不确定，请帮我, and the quiet row",
    "other": "更多服务: the quiet row as a page of its own, where large print leaves no room for it",
    "items": "the items of a group; touched, an item gives a number",
    "item": "one item before anybody queues (一次性告知)",
    "sample": "看样张: the sample picture of one material, large; or why it can't be had",
    "guide": "办事指南: groups to read about; works while the hub is away",
    "publication": "信息公开: chapters to read; works while the hub is away",
    "enter": "我有预约, 我要领件, 办件进度 and 评价服务: a code is scanned or typed",
    "search": "找事项: a word by its pinyin letters, and the items it may mean, or where it is done",
    "result": "what a code is: a ticket's place, an appointment, a pick-up, how far a case is, or unknown",
    "rating": "评价: the five levels, for whoever scanned or typed the code of a number that is done",
    "reasons": "what may be added to the level that was touched, to be chosen or not",
    "fair": "绿色通道: for whom it is; a touch says who it is, and leads back to what is to be done",
    "lodge": "投诉、建议、办不成事: a code for the telephone where one is reached, the desk, the number to call",
    "packages": "一件事一次办: the packages of the hall, and the way to choose several items oneself",
    "question": "a question of a package, yes or no; the next one, or what the number would be",
    "adding": "再加一项: a group, then one more item for the same number",
    "planned": "what a number for several items would be: the items in order, one list of what to bring",
    "wait": "before a long wait: a number now, an appointment or online, the latter two by a code for the telephone",
    "party": "个人, 企业 or 代办, where the item asks",
    "notice": "before a card is read: what, why, for how long; only with a quota per person",
    "card": "the reader looks for a card",
    "asking": "the hub is being asked; shown after 0.4 s without an answer",
    "ticket": "the number, large, what to do with the paper or without it; a minute long 取错了, 再打一张, 短信告诉我",
    "texting": "快到时短信告诉我: a telephone on large keys, masked after its third digit; 听不见，叫号时请闪屏",
    "returning": "取错了: whether the number is to end is asked once more; 不退 and silence keep it",
    "returned": "the number has been given back and is not called any more",
    "list": "what an item needs is printed (材料清单), and what becomes of the paper",
    "trouble": "the hub said no and why, or gave no answer in 10 s",
    "closed": "no numbers now, why, and what can still be read",
    "away": "the hub cannot be heard; what can still be read",
    "connecting": "the hub has not been heard yet",
    "maintenance": "the technician's screen",
}
EVERYWHERE = ("language", "large", "low", "paper", "voice", "more", "key")  # they change how a page is, not which it is


def main() -> None:
    os.environ["SDL_VIDEODRIVER"] = "dummy"
    print(document(config.load(), Fonts()), end="")


def document(hall: Hall, fonts: Fonts) -> str:
    """The page, in Markdown."""
    found = sorted(set(_ways(hall, fonts)), key=lambda way: (list(FACES).index(way[0]), way[1:]))
    lines = [
        "# The kiosk's screens and ways",
        "",
        "Made by `python -m kiosk.screens.ways`, which touches every target of every sample page; a test compares.",
        "The rules are in `kiosk/flow/flow.py`: (state, event, now) -> (state, effects).",
        "",
        "| screen | what it is |",
        "|---|---|",
        *(f"| `{face}` | {what} |" for face, what in FACES.items()),
        "",
        "On every screen: `language`, `large`, `low` (tall screens) or `voice` change how it is shown or say it aloud,",
        "`paper` whether the next number comes with a slip;",
        (
            "`more` adds a minute, whenever the seconds count. A scanned code is looked up from any screen but"
            " `asking` and"
        ),
        "`maintenance`. A keypad moves a ring over the targets in reading order and says each with its place; ok",
        "touches, back and home are keys, and every page that comes is said.",
        "",
        "| on | touched | leads to | the hub or a device is asked for |",
        "|---|---|---|---|",
        *(f"| `{face}` | `{target}` | `{then}` | {effects} |" for face, target, then, effects in found),
        "",
        (
            "From `asking`: a number leads to `ticket`, a looked-up code to `result` or `rating`, a refusal or ten"
            " seconds of silence to"
        ),
        (
            "`trouble`. Meanwhile touches do nothing, and the same wish is repeated with the same key. From every other"
            " screen"
        ),
        (
            "the way leads to `home` when nobody touches it: after 15 s with a printed ticket, 30 s on `result` and"
            " `trouble`,"
        ),
        (
            "60 s in lists, 120 s where there is much to read; in large print half as long again, and never under a"
            " minute."
        ),
        "",
    ]
    return "\n".join(lines)


def _ways(hall: Hall, fonts: Fonts) -> Iterator[tuple[str, str, str, str]]:
    """(page, target, next page, effects) of every touch on every sample."""
    kiosk = next(iter(hall.kiosks))
    for state in samples.states(hall, kiosk, language=words.SOURCE, large=False).values():
        if isinstance(state.screen, Asking):
            continue
        for target in picture.scene(state, picture.Moment(samples.NOW, 0.0), SIZE, fonts.measure).targets:
            name, _, value = target.name.partition(":")
            if name in EVERYWHERE and target.name != "key:ok":
                continue
            after, effects = flow.step(state, events.Touch(target.name, "key"), LATER)
            shown = target.name if name == "key" or not value else f"{name}:…"
            yield flow.face(state), shown, _face(after), _names(effects)


def _face(state: State) -> str:
    return "asking" if isinstance(state.screen, Asking) else flow.face(state)


def _names(effects: tuple[Effect, ...]) -> str:
    return ", ".join(f"`{type(effect).__name__}`" for effect in effects if effect != events.WatchPrint(None))


if __name__ == "__main__":
    any_console()
    main()
