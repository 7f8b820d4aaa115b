"""The kiosk's loop: touches and the hub's words in, pictures out. Owns clock, screen and finger; decides nothing."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

import pygame

from kiosk import flow, picture
from kiosk.draw import Painter
from kiosk.fonts import Fonts
from kiosk.hub_line import HubLine
from kiosk.mirror import Mirror
from kiosk.motion import Stage
from kiosk.scene import Scene

IDLE_S, AWAKE_S, FRAME_S = 0.05, 0.02, 1 / 60
AWAKE_FOR_S = 2.0
FINGERS = frozenset({pygame.FINGERDOWN, pygame.FINGERUP})
MICE = frozenset({pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP})


@dataclass
class Finger:
    """The one finger that counts, from its touch to its lift. A second one is not looked at."""

    target: str | None = None
    held: object = None

    def take(self, down: bool, who: object, target: str | None) -> str | None:
        """The target that was touched when a finger is lifted where it came down, "" for one beside all targets."""
        if down:
            if self.held is None:
                self.held, self.target = who, target
            return None
        if who != self.held:
            return None
        lifted, self.held, self.target = self.target, None, None
        return (lifted or "") if lifted == target else None


def at(event: pygame.event.Event, size: tuple[int, int]) -> tuple[bool, object, float, float] | None:
    """(down, whose finger, x, y in px) of a touch or a mouse button; None for anything else.

    SDL makes a mouse event of each finger event as well (`touch`): that one is not looked at.
    """
    if event.type in FINGERS:
        return event.type == pygame.FINGERDOWN, (event.touch_id, event.finger_id), event.x * size[0], event.y * size[1]
    if event.type in MICE and event.button == 1 and not event.touch:
        return event.type == pygame.MOUSEBUTTONDOWN, "mouse", *event.pos
    return None


@dataclass
class Program:
    """Runs until `stop`. `wake` ends a pause at once; any thread may set it."""

    state: flow.State
    line: HubLine
    screen: pygame.Surface
    zone: tzinfo
    wake: threading.Event
    mirror: Mirror | None = None
    clock: Callable[[], float] = time.monotonic
    key: Callable[[], str] = lambda: str(uuid.uuid4())
    finger: Finger = field(default_factory=Finger)
    stopping: bool = False

    def __post_init__(self) -> None:
        self.fonts = Fonts()
        self.stage = Stage(Painter(self.fonts))
        self._drawn: object = None
        self._touched_at = -10.0
        self._late: list[pygame.event.Event] = []
        self._offset = 0.0  # the hub's wall clock minus ours, in seconds

    def run(self) -> None:
        while not self.stopping:
            began = self.clock()
            self.turn(began)
            if self._late:
                continue
            pause = IDLE_S
            if self.stage.moves(self.clock()):
                pause = max(0.001, FRAME_S - (self.clock() - began))
            elif began - self._touched_at < AWAKE_FOR_S:
                pause = AWAKE_S
            self.wake.wait(pause)
            self.wake.clear()

    def turn(self, now: float) -> None:
        """One round: everything that has come in, then one picture if there is a new one to draw."""
        self._hear(now)
        self._touches(now)
        self._step(flow.Tick(), now)
        self._draw(now)

    def _step(self, event: flow.Event, now: float) -> None:
        self.state, effects = flow.step(self.state, event, now)
        for effect in effects:
            self.line.do(effect)

    def _hear(self, now: float) -> None:
        while not self.line.events.empty():
            event = self.line.events.get()
            if isinstance(event, flow.Shown):
                self._offset = event.view.now.timestamp() - time.time()
            self._step(event, now)

    def _touches(self, now: float) -> None:
        """A finger's touch and its lift are never of one round, so that the press is seen."""
        events, self._late = [*self._late, *pygame.event.get()], []
        for i, event in enumerate(events):
            if event.type == pygame.QUIT:
                self.stopping = True
            elif event.type == pygame.WINDOWSIZECHANGED:
                self.screen = pygame.display.get_surface() or self.screen
            touch = at(event, self.screen.get_size())
            if touch is None or self.stage.scene is None:
                continue
            down, who, x, y = touch
            target = self.stage.scene.target_at(x, y)
            lifted = self.finger.take(down, who, target)
            self._touched_at = now
            if lifted is not None:
                self._step(flow.Touch(lifted, self.key()), now)
            if down or lifted:
                self._late = events[i + 1 :]
                return

    def _draw(self, now: float) -> None:
        hall_time = datetime.fromtimestamp(time.time() + self._offset, self.zone)
        moment = picture.Moment(hall_time, now, self.finger.target)
        shown = (
            id(self.state),
            moment.pressed,
            hall_time.minute,
            flow.countdown(self.state, now),
            self.screen.get_size(),
        )
        if shown != self._drawn:
            self._drawn, self._kept = shown, self.state
            scene = picture.scene(self.state, moment, self.screen.get_size(), self.fonts.measure)
            if scene != self.stage.scene:
                self.stage.play(scene, now)
                self._moving = True
                self._tell(scene)
        if self._moving:
            self._moving = self.stage.moves(now)
            self.stage.show(self.screen, now)
            pygame.display.flip()
            if self.mirror:
                self.mirror.changed()
        if self.mirror and self.mirror.wanted():
            self.mirror.give(self.screen)

    _moving = False
    _kept: flow.State | None = None  # holds the state whose id is in _drawn

    def _tell(self, scene: Scene) -> None:
        """What is on screen, for tests and for those who can't see it: page, language, targets as fractions."""
        if self.mirror is None:
            return
        w, h = scene.size
        targets = {t.name: [t.rect.x / w, t.rect.y / h, t.rect.right / w, t.rect.bottom / h] for t in scene.targets}
        ticket = self.state.screen.ticket if isinstance(self.state.screen, flow.Ticketed) else None
        self.mirror.screen = {
            "page": flow.face(self.state),
            "name": scene.name,
            "language": self.state.language,
            "large": self.state.large,
            "number": ticket.number if ticket else None,
            "print": ticket.print.state if ticket else None,
            "pressed": self.finger.target,
            "size": [w, h],
            "targets": targets,
        }
