"""A thread for each zone of the hall: follows the journal, says what server/domain/announcer.py puts next, and tells
how its voice is.

A dead sound card or a missing clip is a device's trouble on the live page; no call ever waits for a voice.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Protocol

from config import Hall, Text, ZoneTable, reasons
from server.domain import announcer
from server.domain.announcer import Call, Item, Saying
from server.health import Health
from server.verbs import emergency
from server.verbs.emergency import Emergency
from server.verbs.hub import Hub
from server.voice import clips, language
from server.voice.clips import ClipError, Sound
from server.voice.engines import Clips, Engine, Espeak
from server.voice.language import Language, LanguageError, Piece
from server.voice.modules import Module
from server.voice.outputs import KeptSound, Output, Screen, SoundCard, Stage, Unheard

log = logging.getLogger(__name__)

LOOK_S = 1.0
WARN_EVERY_S = 3.0
"""Silence between two of an emergency's texts, and how late its end may be noticed."""
BETWEEN_S = 0.4
"""Between two repeats (docs/wording.md 3.2)."""
HEARD = frozenset({"Called", "Recalled", "Passed", "EmergencyBegan", "EmergencyEnded"})
"""What a voice has something to do with; it sleeps through all else, which is most of what a hall records."""


class Voice(Protocol):
    """Whatever says a text in a zone."""

    def say(self, spoken: Language, said: Sequence[Piece], *, volume: int, chime: bool) -> None:
        """Return when it was heard. OSError, ClipError or LanguageError: what is wrong; what to do."""


class Loudspeaker:
    """An engine that makes sound and an output that plays it."""

    def __init__(self, engine: Engine, output: Output) -> None:
        self._engine, self._output = engine, output

    def say(self, spoken: Language, said: Sequence[Piece], *, volume: int, chime: bool) -> None:
        words = self._engine.speak(spoken, said)
        parts = [(clips.chime(words.rate), 0.0)] if chime else []
        sound = clips.joined([*parts, (words, BETWEEN_S)])
        self._output.play(clips.scaled(sound, volume / 100) if volume != 100 else sound)


def engine_of(hall: Hall, zone: ZoneTable) -> Engine:
    return Espeak() if zone.engine == "espeak" else Clips(hall.folder / hall.voice.folder, hall.data / "clips")


def voice_of(hall: Hall, name: str, stage: Stage, stopping: threading.Event) -> Voice:
    """The voice of a zone as config.toml says it."""
    zone = hall.zones[name]
    if zone.engine in ("syn6288", "xfs5152"):
        return Module(zone.engine, zone.output, hall.folder)
    return Loudspeaker(engine_of(hall, zone), _output(hall, name, stage, stopping))


def _output(hall: Hall, name: str, stage: Stage, stopping: threading.Event) -> Output:
    kind, _, rest = hall.zones[name].output.partition(":")
    if kind == "alsa":
        return SoundCard(rest)
    return Screen(stage, name, stopping) if kind == "screen" else KeptSound(hall.data / "voice" / name)


def check(hall: Hall) -> None:
    """Raises LanguageError for a language of a zone that is not there or not right."""
    for zone in hall.zones.values():
        for code in zone.languages:
            language.load(code, hall.folder / hall.voice.folder)


class Zones:
    """The voices of a hall."""

    def __init__(self, hub: Hub, health: Health, stage: Stage) -> None:
        self._hub, self._health = hub, health
        self._stopping = threading.Event()
        self._stage = stage
        self._lock = threading.Lock()
        self._voices: dict[str, Voice] = {}
        self._woken: dict[str, threading.Event] = {}
        self._threads: dict[str, threading.Thread] = {}

    def start(self) -> None:
        self._hub.follow(self._follow)
        self._hub.on_hall.append(self._follow_hall)
        self._begin()

    def _begin(self) -> None:
        """A thread for each zone of the hall that has none."""
        with self._lock:
            new = [name for name in self._hub.hall.zones if name not in self._threads]
            for name in new:
                self._woken[name] = threading.Event()
                here = name, self._hub.seq, self._hub.now()  # not where it stands once the thread has come to it
                self._threads[name] = threading.Thread(target=self._work, args=here, name=f"voice {name}", daemon=True)
        for name in new:
            self._threads[name].start()

    def _follow_hall(self, before: Hall, now: Hall) -> None:
        self._begin()

    def _leaves(self, name: str) -> bool:
        """Whether a zone's thread ends, because the hall has the zone no more."""
        with self._lock:
            gone = name not in self._hub.hall.zones
            if gone:
                del self._threads[name], self._woken[name]
                self._voices.pop(name, None)
            return gone

    def _follow(self, events: Collection[str]) -> None:
        if not events or not HEARD.isdisjoint(events):
            for woken in [*self._woken.values()]:
                woken.set()

    def stop(self) -> None:
        self._stopping.set()
        self._hub.wake()
        for thread in [*self._threads.values()]:
            thread.join(timeout=1)

    # --- one zone's thread ---

    def _work(self, name: str, seq: int, looked: float) -> None:
        woken = self._woken[name]
        queue: tuple[Item, ...] = ()
        made_by: tuple[ZoneTable, str] | None = None
        while not self._stopping.is_set() and not self._leaves(name):
            woken.clear()
            try:
                hall = self._hub.hall
                zone = hall.zones[name]
                if made_by != (zone, hall.voice.folder):  # what waits to be said is said by the new voice
                    self._voices[name] = voice_of(hall, name, self._stage, self._stopping)
                    made_by = zone, hall.voice.folder
                seq, looked, queue = self._hear(zone, seq, looked, queue)
                if on := emergency.now(self._hub.read()):
                    queue = ()
                    self._warn(name, on)
                    continue
                item, queue = announcer.next_up(queue, looked, self._called() if queue else {})
                volume = announcer.loudness(zone, self._hub.hall, looked)
                if item is None:
                    woken.wait(LOOK_S)
                elif volume:
                    self._say(name, item, volume, len(queue))
            except Exception:
                log.exception("voice %s: unexpected; it goes on with the next call", name)
                seq, queue = self._hub.seq, ()
                self._stopping.wait(LOOK_S)

    def _hear(
        self, zone: ZoneTable, seq: int, looked: float, queue: tuple[Item, ...]
    ) -> tuple[int, float, tuple[Item, ...]]:
        """Everything that has been recorded or fallen due since the last look."""
        hall, reader, now = self._hub.hall, self._hub.read(), self._hub.now()
        for notice in announcer.notices(hall, looked, now):
            queue = announcer.heard(queue, notice)
        while rows := reader.journal(seq):
            seq = rows[-1].seq
            for row in rows:
                ticket = (
                    reader.ticket(row.ticket) if row.ticket and row.event in ("Called", "Recalled", "Passed") else None
                )
                if ticket is None or not announcer.listens(zone, row.counter or ""):
                    continue
                if row.event == "Passed" and hall.voice.say_passed:
                    queue = announcer.heard(queue, announcer.passed(hall, ticket, row.at))
                elif row.event != "Passed" and (call := announcer.call(hall, ticket)):
                    queue = announcer.heard(queue, call)
        return seq, now, queue

    def _called(self) -> dict[int, announcer.Ticket]:
        held = self._hub.read().held().values()
        return {ticket.id: ticket for ticket in held if ticket.state == "called"}

    def _say(self, name: str, item: Item, volume: int, waiting: int) -> None:
        """Every language that can be said is; one that can't stands on the live page, and is not tried again for this
        call.
        """
        hall, zone = self._hub.hall, self._hub.hall.zones[name]
        silent: set[str] = set()
        for turn, code in enumerate(announcer.turns(item, zone, waiting)):
            over = turn and isinstance(item, Call) and announcer.stale(item, self._hub.now(), self._called())
            if over or self._stopping.is_set() or self._hub.read().emergency():
                return
            if code not in silent and not self._utter(
                name, code, lambda spoken: language.pieces(spoken, item.saying, hall.voice.one), volume, chime=turn == 0
            ):
                silent.add(code)
        if not silent:
            self._health.heard(f"voice {name}", "ok")

    def _warn(self, name: str, on: Emergency) -> None:
        """The text of an emergency once in each language of the zone, at full volume in quiet hours too, and a short
        silence.
        """
        codes = self._hub.hall.zones[name].languages

        def said(spoken: Language) -> Sequence[Piece]:
            return (language.warning(spoken, on.number, on.text.zh, on.text.en),)

        if all([self._utter(name, code, said, 100, chime=turn == 0) for turn, code in enumerate(codes)]):
            self._health.heard(f"voice {name}", "ok")
        self._stopping.wait(WARN_EVERY_S)

    def _utter(
        self, name: str, code: str, said: Callable[[Language], Sequence[Piece]], volume: int, *, chime: bool
    ) -> bool:
        """Say it in one language; False, and a word on the live page, if that can't be."""
        try:
            spoken = language.load(code, self._hub.hall.folder / self._hub.hall.voice.folder)
            self._voices[name].say(spoken, said(spoken), volume=volume, chime=chime)
        except (OSError, ClipError, LanguageError, Unheard) as error:
            log.warning("voice %s: %s", name, error)
            self._health.heard(
                f"voice {name}",
                "error",
                *_trouble(error),
            )
            return False
        return True


def _trouble(error: Exception) -> Text:
    """What the live page says of a voice that failed."""
    why = reasons.in_full(error)
    if isinstance(error, Unheard):
        return Text(f"{why.zh}。", f"{why.en[0].upper()}{why.en[1:]}.")
    return Text(
        f"广播说不出这句话（{why.zh.rstrip('。')}）：请检查喇叭、语音模块和语言文件。",
        f"The voice cannot say it: {why.en}",
    )


def needed(hall: Hall, code: str) -> tuple[dict[str, str], Path]:
    """What a hall has to record in a language (clip -> what to say), and the folder for it. Raises LanguageError."""
    folder = hall.folder / hall.voice.folder
    spoken = language.load(code, folder)
    letters = "".join(sorted({s.prefix for s in hall.services.values()} | {hall.tickets.default_prefix}))
    counters = {c: t.text for c, t in hall.counters.items()}
    minutes: dict[str, list[int]] = {}
    for notice in announcer.all_notices(hall):
        minutes.setdefault(notice.saying.kind, []).append(notice.saying.minute)
    warnings = [language.warning(spoken, n, *texts) for n, texts in enumerate(hall.voice.emergencies, 1)]
    return (
        language.clips(spoken, letters, counters, minutes, hall.voice.one) | {w.clip: w.text for w in warnings},
        folder / code,
    )


def sample(hall: Hall, name: str, number: str, counter: str) -> Sound:
    """A call of `number` to a counter as the zone says it, whole. A speech module's zone sounds as espeak-ng does.

    Raises OSError, ClipError, LanguageError.
    """
    zone, table = hall.zones[name], hall.counters[counter]
    saying = Saying("pickup" if table.kind == "pickup" else "call", number, counter, table.name, table.name_en)
    item = Call(0, 1, counter, 0.0, saying)
    parts = [(clips.chime(), 0.0)]
    for code in announcer.turns(item, zone, waiting=0):
        spoken = language.load(code, hall.folder / hall.voice.folder)
        parts.append((engine_of(hall, zone).speak(spoken, language.pieces(spoken, saying, hall.voice.one)), BETWEEN_S))
    return clips.joined(parts)
