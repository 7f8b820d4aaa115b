"""One hall as its hub has told it: the pages that telephones have asked for, and the keys that wait for the hub.

The newest state wins, and all of it is in memory: nothing is written, and nothing is left when the hall's day ends. The
hub asks and tells, nobody reaches it from here; so a page may be old and a key may find no hub, and both are said.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from config import Text
from relay.terms import Stale, Terms

ALIVE_S = 20.0
"""Who has asked nothing for so long is not there: more than twice the longest ask."""
FRESH_S = 12.0
"""A page that was said to be right so long ago is shown at once; an older one is asked for first."""
OLD_S = 60.0
"""From this age on the page says in words that it is old."""
WATCHED_S = 120.0
"""A page is told on for so long after a telephone has asked for it."""
LOOK_S = 4.0
"""So long a telephone waits for a page that is not here."""
PRESS_S = 8.0
"""So long it waits for what became of a key."""
ACT_S = 60.0
"""A key that no hub has answered is void after this: nobody's number is given back by a touch of half an hour ago."""
LONGEST_HOLD_S = 8.0
MOST_PAGES, MOST_WANTED, MOST_ACTS, MOST_RESULTS = 5000, 1000, 200, 2000
UNSEEN_PAGES = ("book", "matter")
"""Paths of keys that are no page: nothing is told on for them."""

AWAY = Text(
    "现在连不上大厅，没有办成：请稍后再按，或到咨询台。",
    "The hall cannot be reached now, and nothing was done: try again a little later, or ask at the guide desk.",
)
UNKNOWN = Text(
    "现在连不上大厅，不知道刚才按的是否办成：请过一会儿再看。",
    "The hall cannot be reached now, and whether what you pressed before was done is not known: look again in a while.",
)
SENT = Text(
    "已送往大厅，还没有收到回答：一分钟内办不成就作废。本页会显示是否办成，请不要再按。",
    "Sent to the hall, and not answered yet: it is void if it is not done within a minute. This page will show it;"
    " please do not press again.",
)
BUSY = Text("现在按键的人太多：请稍后再按。", "Too many keys are waiting just now: try again a little later.")
UNSEEN = Text(
    "现在连不上大厅的排队系统：请稍后再打开，留意大厅屏幕和广播。",
    "The hall's queue cannot be reached just now: open this page again a little later, and watch the screens.",
)


class SheetTold(BaseModel):
    model_config = ConfigDict(extra="ignore")

    status: int = Field(ge=200, le=599)
    page: (
        Literal["place", "rating", "busy", "privacy", "take", "here", "remote", "booking", "move", "items", "lease"]
        | None
    ) = None
    view: dict[str, Any] = {}
    said: str = ""
    said_en: str = ""


class ResultTold(BaseModel):
    model_config = ConfigDict(extra="ignore")

    status: int = Field(ge=200, le=599)
    said: str = ""
    said_en: str = ""
    to: str = Field("", pattern=r"^[\w/-]*$")
    view: dict[str, Any] | None = None
    """What was asked, for whoever waits for it; kept nowhere."""


class Word(BaseModel):
    """What the hub posts: an ask has `hold_s` and `seen`, a telling the rest (docs/relay.md). `boot` and `term`: of the
    relay that gave the term; none of a hub of a version before.
    """

    model_config = ConfigDict(extra="ignore")

    relay: Literal[1]
    run: str = Field(max_length=64)
    now: str = Field(max_length=40)
    left_s: float = Field(ge=0)
    hall: dict[str, str]
    boot: str = Field("", max_length=64)
    term: int | None = None
    hold_s: float = 0.0
    seen: int = -1
    count: int = 0
    sheets: dict[str, SheetTold] = {}
    same: list[str] = []
    done: dict[str, ResultTold] = {}


@dataclass
class Sheet:
    """A page as it was last told, and when it was last said to be right: by the hall's clock, and by ours. `mark` is
    another one whenever it shows something else.
    """

    told: SheetTold
    now: str
    at: float
    mark: int


class Seen(NamedTuple):
    """What a telephone is shown. `age`: seconds since it was right; None without a page."""

    sheet: Sheet | None
    age: float | None


class Pressed(NamedTuple):
    """What became of a key: the status of the hub's own page, its sentence, or the page that shows it."""

    status: int
    said: Text
    to: str = ""

    @classmethod
    def of(cls, told: ResultTold) -> Pressed:
        return cls(told.status, Text(told.said, told.said_en), told.to)


@dataclass
class Act:
    id: str
    path: str
    fields: dict[str, str]
    until: float
    given: bool = False
    """A hub has been told of it, and may have done it."""
    result: ResultTold | None = None


@dataclass
class Mirrored:
    """One hall; every method may be called by any thread. `clock`: seconds that only grow."""

    id: str
    clock: Callable[[], float] = time.monotonic
    on_change: Callable[[], None] = lambda: None
    look_s: float = LOOK_S
    press_s: float = PRESS_S
    hall: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._changed = threading.Condition()
        self._boot, self._version = secrets.token_hex(8), 0
        self._marks, self._began = 0, self.clock()
        self._heard: float | None = None
        self._ends: float | None = None
        self._terms = Terms()
        self._sheets: OrderedDict[str, Sheet] = OrderedDict()
        self._watched: OrderedDict[str, float] = OrderedDict()
        self._acts: dict[str, Act] = {}
        self._results: OrderedDict[str, ResultTold] = OrderedDict()
        self._given: OrderedDict[str, None] = OrderedDict()
        """Keys that a hub was told of, and of which it has not said what became of them."""

    # --- the hub ---

    def heard(self, word: Word) -> dict[str, Any]:
        """What the hub posts, and what it is answered: at once after a telling, else when there is something new for it
        or its ask is over. Raises Stale.
        """
        with self._changed:
            said = word.term if word.term is None or word.boot == self._boot else 0
            term = self._terms.take(said, word.run, word.count, alive=self.alive)
            if term is not None:
                return self._answer(term)
            term = self._terms.newest
            self._take(word)
            self._changed.notify_all()  # telephones that wait, and an ask of the run before
            if word.hold_s:
                hold = min(word.hold_s, LONGEST_HOLD_S)
                self._changed.wait_for(lambda: self._version != word.seen or self._terms.newest != term, hold)
                if self._terms.newest != term:  # no key is handed to a program that is no longer the one
                    raise Stale("主机已经重新启动，这一条没有接收。", "The hub was started anew; this was not taken.")
            now = self.clock()
            for path in [path for path, at in self._watched.items() if now - at > WATCHED_S]:
                del self._watched[path]
            acts = self._open_acts(now)
            for act in acts:
                act.given = True
                self._given[act.id] = None
            while len(self._given) > MOST_RESULTS:
                self._given.popitem(last=False)
            answer = self._answer(term) | {
                "wanted": [*self._watched][-MOST_WANTED:],
                "acts": [
                    {"id": one.id, "path": one.path, "fields": one.fields, "left_s": one.until - now} for one in acts
                ],
            }
        if word.sheets or word.same:
            self.on_change()
        return answer

    def _answer(self, term: int) -> dict[str, Any]:
        """With the term that counts, or a fresh one where nothing of the word was taken."""
        return {"relay": 1, "boot": self._boot, "version": self._version, "term": term, "wanted": [], "acts": []}

    def _take(self, word: Word) -> None:
        now = self.clock()
        self._heard, self._ends, self.hall = now, now + word.left_s, word.hall
        for path, told in word.sheets.items():
            self._marks += 1
            self._sheets[path] = Sheet(told, word.now, now, self._marks)
            self._sheets.move_to_end(path)
        for path in word.same:
            if sheet := self._sheets.get(path):
                sheet.now, sheet.at = word.now, now
        while len(self._sheets) > MOST_PAGES:
            self._sheets.popitem(last=False)
        for id, result in word.done.items():
            self._given.pop(id, None)
            if result.view is None:
                self._results[id] = result
            if act := self._acts.pop(id, None):
                act.result = result
        while len(self._results) > MOST_RESULTS:
            self._results.popitem(last=False)

    # --- telephones ---

    @property
    def alive(self) -> bool:
        """Whether the hub has been heard of lately."""
        return self._heard is not None and self.clock() - self._heard <= ALIVE_S

    def look(self, path: str, wait_s: float | None = None) -> Seen:
        """A page for a telephone: a fresh one if there is, else what the hub says when it is asked, else what there
        was. `wait_s`: how long it is asked, instead of `look_s`.
        """
        with self._changed:
            self._forget_yesterday()
            self._watch(path)
            if not self._fresh(path) and self.alive:
                self._stir()
                self._changed.wait_for(lambda: self._fresh(path), self.look_s if wait_s is None else wait_s)
            return self._seen(path)

    def shown(self, path: str) -> Seen:
        """The same without waiting, for one that is told of changes."""
        with self._changed:
            self._forget_yesterday()
            self._watch(path)
            return self._seen(path)

    def held(self, path: str) -> Seen:
        """The same, and the page is not told on for it: nobody has shown that the code opens anything."""
        with self._changed:
            self._forget_yesterday()
            return self._seen(path)

    @property
    def silent_s(self) -> float | None:
        """So long the hub has not been heard, in seconds; None where it never was since this relay began."""
        return None if self._heard is None else self.clock() - self._heard

    def press(self, id: str, path: str, fields: dict[str, str]) -> Pressed:
        """A key of a page as the hub answers it, 503 where it was not done, 202 where nobody knows yet, or this relay
        does not since it began a moment ago. The same touch again, or the same key of one's own page while the first
        waits, is one.
        """
        begun = self.begin(id, path, fields)
        return begun if isinstance(begun, Pressed) else self.end(begun, self.press_s)

    def begin(self, id: str, path: str, fields: dict[str, str]) -> Act | Pressed:
        """A key is laid out for the hub; or what became of it, where that is known, and where it can't be."""
        with self._changed:
            self._forget_yesterday()
            if known := self._results.get(id):
                return Pressed.of(known)
            now = self.clock()
            open_acts = self._open_acts(now)
            mine = self._acts.get(id)
            if mine is None and "/" in path:  # `take`, `here`, `book` have no code: two strangers fill them in alike
                mine = next((one for one in open_acts if (one.path, one.fields) == (path, fields)), None)
            return mine or self._lay_out(Act(id, path, fields, now + ACT_S), len(open_acts))

    def pressed(self, id: str) -> bool:
        """Whether this very touch was here before, and became something or may have."""
        with self._changed:
            return id in self._results or id in self._given or id in self._acts

    def away(self, id: str) -> Pressed:
        """What a touch becomes for which no hub can be asked."""
        with self._changed:
            return self._undone(Act(id, "", {}, self.clock() + ACT_S), AWAY)

    def end(self, mine: Act, wait_s: float) -> Pressed:
        """What became of a key, after `wait_s` seconds at the latest."""
        with self._changed:
            self._changed.wait_for(lambda: mine.result is not None, wait_s)
            if mine.result:
                return Pressed.of(mine.result)
            if not mine.given:
                self._acts.pop(mine.id, None)
                return self._undone(mine, AWAY)
            return Pressed(202, SENT)

    def ask(self, path: str, fields: dict[str, str]) -> Act | Pressed:
        """A question for the hub, whose answer is this asker's alone; then `answer`. No other asker is given it, and it
        is not found again.
        """
        with self._changed:
            now = self.clock()
            return self._lay_out(Act(secrets.token_hex(16), path, fields, now + ACT_S), len(self._open_acts(now)))

    def answer(self, asked: Act, wait_s: float) -> ResultTold | None:
        """What the hub says, None where it says nothing for `wait_s` seconds. The question and its answer are gone from
        here then.
        """
        with self._changed:
            self._changed.wait_for(lambda: asked.result is not None, wait_s)
            self._acts.pop(asked.id, None)
            found, asked.result = asked.result, None
            return found

    def _undone(self, act: Act, why: Text) -> Pressed:
        """No hub was told of a key this time; but of the same touch before one may have been, by this relay, or by the
        one that was here until a moment ago.
        """
        unsure = act.id in self._given or act.until - ACT_S - self._began <= ACT_S
        return Pressed(202, UNKNOWN) if unsure else Pressed(503, why)

    def _lay_out(self, act: Act, waiting: int) -> Act | Pressed:
        if not self.alive:
            return self._undone(act, AWAY)
        if waiting >= MOST_ACTS:
            return self._undone(act, BUSY)
        self._acts[act.id] = act
        if act.path not in UNSEEN_PAGES:
            self._watch(act.path)
        self._stir()
        return act

    def _watch(self, path: str) -> None:
        self._watched[path] = self.clock()
        self._watched.move_to_end(path)
        while len(self._watched) > MOST_PAGES:
            self._watched.popitem(last=False)

    def _stir(self) -> None:
        """There is something for the hub: its ask is answered."""
        self._version += 1
        self._changed.notify_all()

    def _fresh(self, path: str) -> bool:
        sheet = self._sheets.get(path)
        return sheet is not None and self.clock() - sheet.at <= FRESH_S

    def _seen(self, path: str) -> Seen:
        sheet = self._sheets.get(path)
        return Seen(sheet, None if sheet is None else self.clock() - sheet.at)

    def _open_acts(self, now: float) -> list[Act]:
        for id in [id for id, act in self._acts.items() if act.until <= now]:
            del self._acts[id]
        return list(self._acts.values())

    def _forget_yesterday(self) -> None:
        """Nothing of a day is kept when it is over, also where no hub is there to say so."""
        if self._ends is not None and self.clock() >= self._ends:
            self._sheets.clear()
            self._watched.clear()
            self._acts.clear()
            self._results.clear()
            self._given.clear()
            self._ends = None
