"""Who stands at the kiosk that goes on alone, and its wires. Each touch is made once: where the kiosk dies under it,
whoever stood there touches anew.
"""

from __future__ import annotations

import json
import queue
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import config
from chaos.crowd import AGAIN_S, Crowd
from chaos.machines import Process
from chaos.severed import Road

NAME = "K4"
SERVICES = ("SB01", "SB02", "YB01", "MZ04", "MZ06")
PAUSE_S, ALONE_S = 0.5, 0.5
"""Mean of seconds between two touches: a lease has forty numbers of a letter."""


class LoneKiosk:
    """`roads`: its own wires to both machines, nobody else's."""

    def __init__(self, file: Path, folder: Path, logs: Path, roads: dict[int, Road], seed: int) -> None:
        wires = json.dumps([(port, road.port) for port, road in roads.items()])
        self.program = _Piped(["chaos.lone_kiosk", str(file), NAME, str(folder), wires], logs, NAME)
        self.roads = [*roads.values()]
        self._random = Random(seed)
        self._answers: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._change = threading.Lock()
        self._state: dict[str, Any] = {}
        self._run = 0

    # --- the program ---

    def start(self) -> None:
        self.program.start()
        with self._change:
            self._run += 1
            self._state = {}
        assert self.program.process and self.program.process.stdout
        threading.Thread(target=self._hear, args=(self.program.process.stdout, self._run), daemon=True).start()

    def kill(self) -> None:
        self.program.kill()

    def end(self) -> int:
        process = self.program.process
        if process and process.stdin:
            process.stdin.close()
        return process.wait(30) if process else 0

    def cut(self) -> None:
        for road in self.roads:
            road.cut()

    def mend(self) -> None:
        for road in self.roads:
            road.mend()

    def _hear(self, stream: Any, run: int) -> None:
        for words in stream:
            told = json.loads(words)
            with self._change:
                if run != self._run:
                    return
                if "owed" in told:
                    self._state = told
                    continue
            self._answers.put(told)
        with self._change:
            if run == self._run:
                self._state = {}
        self._answers.put({})  # whoever waits for an answer gets none

    @property
    def alone(self) -> bool:
        return bool(self._state.get("alone"))

    @property
    def settled(self) -> bool:
        """It hears the hub, has its lease, and owes nothing."""
        state = self._state
        return bool(state) and not state["alone"] and not state["owed"] and state["leased"]

    # --- who stands there ---

    def touched_by(self, crowd: Crowd) -> Callable[[], None]:
        """What the thread of those who stand there does."""

        def stand() -> None:
            touch = 0
            while not crowd.over.is_set():
                touch += 1
                self._touch(crowd, f"kiosk4-touch{touch:08d}")
                pause = ALONE_S if self.alone else PAUSE_S
                crowd.over.wait(self._random.expovariate(1 / pause) * (1 if crowd.waiting() < 60 else 5))

        return stand

    def _touch(self, crowd: Crowd, key: str) -> None:
        crowd.told.touched.add(key)
        wish = {"key": key, "service": self._random.choice(SERVICES)}
        if not self.program.say(wish):
            crowd.over.wait(AGAIN_S)
            return
        while True:
            try:
                told = self._answers.get(timeout=AGAIN_S)
            except queue.Empty:
                if crowd.over.is_set() and not self.program.runs:
                    return
                continue
            if not told:
                return  # it has died: nobody has seen a number
            if "printed" in told:
                crowd.printed(told["number"], told["printed"])
            elif told.get("key") != key:
                continue
            elif "number" in told:
                if told["alone"]:
                    crowd.offline(key, told["number"])
                else:
                    crowd.number(key, told["number"])
                return
            elif told["refused"] is not None:
                crowd.no(f"alone: {told['refused']}")
                return
            else:
                time.sleep(AGAIN_S)
                if not self.program.say(wish):
                    return


class _Piped(Process):
    """A program that is spoken to."""

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.arguments,
            cwd=config.ROOT,
            env=self.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )

    def say(self, told: dict[str, Any]) -> bool:
        """Whether it may have heard it."""
        try:
            assert self.process and self.process.stdin
            self.process.stdin.write(json.dumps(told) + "\n")
            self.process.stdin.flush()
        except (OSError, ValueError):
            return False
        return True
