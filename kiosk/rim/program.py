"""The kiosk's loop: touches and the hub's words in, pictures out. Owns clock, screen and finger; decides nothing."""

from __future__ import annotations

import logging
import queue
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo

import pygame

import systemd
from kiosk.flow import events, flow
from kiosk.readers.card import CardReader
from kiosk.readers.keys import Key, Keys, Scan
from kiosk.readers.sdt import NO_READER
from kiosk.rim import display, facts, pin
from kiosk.rim.hub_line import HubLine
from kiosk.rim.mirror import TOUCH_ID, Mirror
from kiosk.rim.voice import Voice
from kiosk.screens import maintenance, picture
from kiosk.screens.draw import Painter
from kiosk.screens.fonts import Fonts
from kiosk.screens.motion import Stage
from kiosk.screens.scene import Scene
from kiosk.screens.spoken import said

log = logging.getLogger(__name__)

IDLE_S, AWAKE_S, FRAME_S = 0.05, 0.02, 1 / 60
UNTOUCHED_S = 5.0
"""So long after the last touch nobody is thought to stand before it."""
AWAKE_FOR_S = 2.0
FROZEN_S = 10.0
"""A loop that has not turned for so long is frozen: neither hub nor systemd is told that it lives."""
PETTED_S = 5.0
SHOWN_S = 5.0
"""So often the panel gets its picture, changed or not: whether it still takes one is seen by nothing else."""
FINGERS = frozenset({pygame.FINGERDOWN, pygame.FINGERUP})
MICE = frozenset({pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP})


@dataclass
class Finger:
    """The one finger that counts, from its touch to its lift. A second one is not looked at."""

    target: str | None = None
    held: object = None
    lifts: int = 0

    def take(self, down: bool, who: object, target: str | None) -> str | None:
        """The target that was touched when a finger is lifted where it came down, "" for one beside all targets."""
        if down:
            if self.held is None:
                self.held, self.target = who, target
            return None
        if who != self.held:
            return None
        lifted, self.held, self.target = self.target, None, None
        self.lifts += 1
        return (lifted or "") if lifted == target else None


def at(
    event: pygame.event.Event, size: tuple[int, int], glass: display.Glass | None = None
) -> tuple[bool, object, float, float] | None:
    """(down, whose finger, x, y in px) of a touch or a mouse button; None for anything else."""
    if event.type not in FINGERS | MICE or (event.type in MICE and event.button != 1):
        return None
    placed = place(event, size, glass)
    return placed and (event.type in {pygame.FINGERDOWN, pygame.MOUSEBUTTONDOWN}, *placed)


def place(
    event: pygame.event.Event, size: tuple[int, int], glass: display.Glass | None = None
) -> tuple[object, float, float] | None:
    """(whose finger, x, y in px) of anything that a finger or the mouse does, as its person sees the screen.

    SDL makes a mouse event of each finger event as well (`touch`): that one is not looked at.
    """
    if event.type in FINGERS or event.type == pygame.FINGERMOTION:
        x, y = event.x, event.y
        if glass and event.touch_id != TOUCH_ID:
            x, y = glass.finger(x, y)
        return (event.touch_id, event.finger_id), x * size[0], y * size[1]
    if (event.type in MICE or event.type == pygame.MOUSEMOTION) and not event.touch:
        if glass is None or not glass.rotate:
            return "mouse", *event.pos
        x, y = glass.mouse(event.pos[0] / glass.panel[0], event.pos[1] / glass.panel[1])
        return "mouse", x * size[0], y * size[1]
    return None


@dataclass
class Devices:
    """What a kiosk may have besides its screen. `said` is filled by readers from their threads."""

    machine: facts.Machine | None = None
    voice: Voice | None = None
    card: CardReader | None = None
    keyboard: bool = True
    pin: str = ""
    diagonal: float = 21.5  # of the panel, in inches
    said: queue.SimpleQueue[events.Event] = field(default_factory=queue.SimpleQueue)


@dataclass
class Program:
    """Runs until `stop`. `wake` ends a pause at once; any thread may set it."""

    state: events.State
    line: HubLine
    glass: display.Glass
    zone: tzinfo
    wake: threading.Event
    mirror: Mirror | None = None
    devices: Devices = field(default_factory=Devices)
    clock: Callable[[], float] = time.monotonic
    key: Callable[[], str] = lambda: str(uuid.uuid4())
    finger: Finger = field(default_factory=Finger)
    stopping: bool = False
    renewing: bool = False
    """It ends as soon as nobody stands before it, to begin again by other files. Any thread may set it."""

    def __post_init__(self) -> None:
        self.fonts = Fonts()
        self.stage = Stage(Painter(self.fonts))
        self.bench: maintenance.Bench | None = None  # the technician's screen, when it is open
        self.turned_at = self.shown_at = self.clock()
        self._guard = maintenance.Guard()
        self._keys = Keys()
        self._drawn: object = None
        self._touched_at = self._petted_at = -10.0
        self._late: list[pygame.event.Event] = []
        self._offset = time.time() - time.monotonic()  # the hub's time minus our count of seconds, once it is known

    def run(self) -> None:
        systemd.tell("READY=1")
        while not self.stopping:
            began = self.clock()
            self.turn(began)
            if self._late:
                continue
            pause = IDLE_S
            if self.stage.moves(self.clock()):
                pause = max(0.001, FRAME_S - (self.clock() - began))
            elif began - self._touched_at < AWAKE_FOR_S or self._keys.waiting:
                pause = AWAKE_S
            self.wake.wait(pause)
            self.wake.clear()
        systemd.tell("STOPPING=1")

    def turn(self, now: float) -> None:
        """One round: everything that has come in, then one picture if there is a new one to draw."""
        self.turned_at = now
        if now - self._petted_at >= PETTED_S and now - self.shown_at < FROZEN_S:
            self._petted_at = now
            systemd.tell("WATCHDOG=1")
        self._hear(now)
        self._input(now)
        self._step(events.Tick(), now)
        self._watch_bench(now)
        self._draw(now)
        if self.renewing and self.unused(now):
            self.stopping = True

    def unused(self, now: float) -> bool:
        """Whether nobody is at it: the first page, untouched for a while, and no technician."""
        home = self.state.screen == events.Home() and self.bench is None and not self._keys.waiting
        return home and now - self._touched_at > UNTOUCHED_S

    def alive(self) -> bool:
        """Whether the loop turns and its pictures reach the panel; asked from another thread."""
        now = self.clock()
        return now - self.turned_at < FROZEN_S and now - self.shown_at < FROZEN_S

    def _step(self, event: events.Event, now: float) -> None:
        before = self.state
        self.state, effects = flow.step(before, event, now)
        if self.devices.voice and flow.face(self.state) != flow.face(before):
            self.devices.voice.say("", self.state.language)
        for effect in effects:
            self._do(effect)
        if self.state is not before and (word := flow.offered(before, event, self.state)):
            self._do(word)

    def _do(self, effect: events.Effect) -> None:
        match effect:
            case events.Speak(state):
                if self.devices.voice:
                    moment = picture.Moment(self._hall_time(), effect.now)
                    page = picture.scene(state, moment, self.glass.size, self.fonts.measure, self.devices.diagonal)
                    self.devices.voice.say(said(effect, page), state.language)
            case events.ReadCard(on):
                self._read_card(on)
            case _:
                self.line.do(effect)

    def _read_card(self, on: bool) -> None:
        """Without a reader or the hall's key the person is told, and takes a number without a card."""
        key = self.state.view.id_key if self.state.view else ""
        if self.devices.card and (key or not on):
            self.devices.card.want(bytes.fromhex(key) if on else None)
        elif on:
            self.devices.said.put(events.CardFailed(NO_READER))

    def _hear(self, now: float) -> None:
        for news in (self.line.events, self.devices.said):
            while not news.empty():
                event = news.get()
                if isinstance(event, events.Shown):
                    self._offset = event.view.now.timestamp() - time.monotonic()
                if isinstance(event, events.Scanned):
                    self._touched_at = now
                    self._scanned(event, now)
                else:
                    self._step(event, now)

    # --- fingers and keys ---------------------------------------------------------------------------------------------

    def _input(self, now: float) -> None:
        """A finger's touch and its lift are never of one round, so that the press is seen."""
        events, self._late = [*self._late, *pygame.event.get()], []
        for i, event in enumerate(events):
            if event.type == pygame.QUIT:
                self.stopping = True
            elif event.type == pygame.WINDOWSIZECHANGED:
                self.glass.hang(pygame.display.get_surface() or self.glass.canvas)
            elif event.type == pygame.KEYDOWN and self.devices.keyboard:
                for key in self._keys.key(pygame.key.name(event.key), event.unicode, now):
                    self._keyed(key, now)
            elif self._touched(event, now):
                self._late = events[i + 1 :]
                return
        for key in self._keys.pause(now):
            self._keyed(key, now)

    def _touched(self, event: pygame.event.Event, now: float) -> bool:
        """Follow the finger; whether it came or touched something: then the picture must follow first."""
        touch, size = at(event, self.glass.size, self.glass), self.glass.size
        if touch is None or self.stage.scene is None:
            self._trail(event, now)
            return False
        down, who, x, y = touch
        if down:  # seen at once, whatever becomes of it
            self.stage.touched(x, y, now)
            self._moving = True
        lifted = self.finger.take(down, who, self.stage.scene.target_at(x, y))
        self._touched_at = now
        self._trail(event, now)
        if lifted is None:
            return down
        if self.bench:
            self._at_bench(lifted, now)
        elif maintenance.in_corner(x, y, size):
            self._knock(now)
        else:
            self._guard = maintenance.elsewhere(self._guard)
        if not self.bench:
            self._step(events.Touch(lifted, self.key()), now)
        return down or bool(lifted)

    def _trail(self, event: pygame.event.Event, now: float) -> None:
        size = self.glass.size
        if (
            self.bench
            and self.bench.page == "touch"
            and self.finger.held is not None
            and (placed := place(event, size, self.glass))
        ):
            self.bench = maintenance.moved(self.bench, placed[1] / size[0], placed[2] / size[1], now)

    def _keyed(self, key: Key, now: float) -> None:
        self._touched_at = now
        if isinstance(key, Scan):
            self._scanned(events.Scanned(key.text, self.key()), now)
        elif self.bench:
            self._at_bench(maintenance.pressed(self.bench, key.name), now)
        else:
            if key.name == "home":
                self._knock(now)
            targets = self.stage.scene.order if self.stage.scene else ()
            self._step(events.Pressed(key.name, targets, self.key()), now)

    def _scanned(self, scan: events.Scanned, now: float) -> None:
        """A code or a card that types itself: on the punch page it is a member of staff's."""
        if self.bench and self.bench.page == "punch" and self.devices.machine:
            self.devices.machine.pulse.punch(card=scan.text[:32])
            self.bench = replace(maintenance.punched(self.bench), touched_at=now)
        else:
            self._step(scan, now)

    # --- the technician -----------------------------------------------------------------------------------------------

    def _knock(self, now: float) -> None:
        self._guard, opens = maintenance.tapped(self._guard, now)
        if opens and self.devices.pin:
            self.bench = maintenance.Bench(language=self.state.language, touched_at=now)
            if self.devices.machine:
                self.devices.machine.pulse.test_page = "none"
                self.devices.machine.pulse.punched = maintenance.SILENT
        elif opens:
            log.warning("kiosk: the technician's screen has no PIN; make one with python -m kiosk pin")

    def _at_bench(self, target: str, now: float) -> None:
        if self.bench is None or not target:
            return
        self.bench, order = maintenance.touched(self.bench, target, self._guard, now)
        match order:
            case "verify":
                right = pin.fits(self.devices.pin, self.bench.typed)
                self._guard = maintenance.tried(self._guard, right, now)
                log.info("kiosk: the technician's PIN was %s", "right" if right else "wrong")
                if right:
                    self._step(events.Maintenance(open=True), now)
                free = not right or isinstance(
                    self.state.screen, events.Maintained
                )  # else somebody's number is on its way
                self.bench = maintenance.answered(self.bench, right, now) if free else replace(self.bench, typed="")
            case "punch" if self.devices.machine:
                self.devices.machine.pulse.punch(staff=self.bench.staff, pin=self.bench.typed)
                self.bench = maintenance.punched(self.bench)
            case "test-page" if self.devices.machine:
                self.devices.machine.pulse.print_test_page()
            case "paper-list" if self.line.alone:
                self.line.alone.print_list()
            case "exit":
                log.info("kiosk: the technician ends the program")
                self.stopping = True
            case "close":
                self._leave_bench(now)

    def _watch_bench(self, now: float) -> None:
        """It closes by itself; and with the page that `flow` keeps for it."""
        gone = (
            self.bench
            and self.bench.page not in ("pin", "punch")
            and not isinstance(self.state.screen, events.Maintained)
        )
        if self.bench and (gone or maintenance.over(self.bench, now)):
            self._leave_bench(now)

    def _leave_bench(self, now: float) -> None:
        self.bench = None
        self._step(events.Maintenance(open=False), now)

    # --- pictures -----------------------------------------------------------------------------------------------------

    def _draw(self, now: float) -> None:
        hall_time = self._hall_time()
        pressed = self.finger.target
        shown = (
            id(self.state),
            pressed,
            hall_time.minute,
            flow.countdown(self.state, now),
            self.glass.size,
            self.bench and (self.bench, int(now * 2)),
        )
        if shown != self._drawn:
            self._drawn, self._kept = shown, self.state
            scene = self._scene(hall_time, now, pressed)
            if scene != self.stage.scene:
                self.stage.play(scene, now)
                self._moving = True
                self._tell(scene)
        if self._moving:
            self._moving = self.stage.moves(now)
            self.stage.show(self.glass.canvas, now)
            self._show(now)
            if self.mirror:
                self.mirror.changed()
        elif now - self.shown_at >= SHOWN_S:
            self._show(now)
        if self.mirror and self.mirror.wanted():
            self.mirror.give(self.glass.canvas)

    def _hall_time(self) -> datetime:
        return datetime.fromtimestamp(time.monotonic() + self._offset, self.zone)

    def _show(self, now: float) -> None:
        """Raises pygame.error where the panel is gone."""
        self.glass.show()
        self.shown_at = now

    _moving = False
    _kept: events.State | None = None  # holds the state whose id is in _drawn

    def _scene(self, hall_time: datetime, now: float, pressed: str | None) -> Scene:
        size, measure = self.glass.size, self.fonts.measure
        if self.bench is None:
            moment = picture.Moment(hall_time, now, pressed)
            return picture.scene(self.state, moment, size, measure, self.devices.diagonal)
        machine = self.devices.machine
        found = (
            facts.gathered(machine, self.state, str(self.glass), self.bench.language)
            if machine
            else maintenance.Facts()
        )
        return maintenance.scene(self.bench, found, self._guard, self.state, hall_time, now, size, measure, pressed)

    def _tell(self, scene: Scene) -> None:
        """What is on screen, for tests and for those who can't see it: page, language, targets as fractions."""
        if self.mirror is None:
            return
        w, h = scene.size
        targets = {t.name: [t.rect.x / w, t.rect.y / h, t.rect.right / w, t.rect.bottom / h] for t in scene.targets}
        ticket = self.state.screen.ticket if isinstance(self.state.screen, events.Ticketed) else None
        paper = self.state.screen.slip if isinstance(self.state.screen, events.Listed) else ticket
        self.mirror.screen = {
            "page": f"maintenance:{self.bench.page}" if self.bench else flow.face(self.state),
            "name": scene.name,
            "language": self.state.language,
            "large": self.state.large,
            "number": ticket.number if ticket else None,
            "print": paper.print.state if paper else None,
            "pressed": self.finger.target,
            "lifts": self.finger.lifts,
            "size": [w, h],
            "targets": targets,
        }
