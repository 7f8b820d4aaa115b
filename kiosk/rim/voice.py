"""The kiosk's voice: what speech.py makes, one utterance at a time.

Blocks nobody; without the programs there is none. What they could not play is said in `trouble`: sound into nothing is
no voice.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
import threading

from speech import Which, engine, player, readable

log = logging.getLogger(__name__)
LOOK_S = 0.2
"""How often it looks whether what it says has ended."""


class Voice:
    """`say` returns at once; the newest text silences the one before, "" only silences."""

    def __init__(self, one: str = "一", which: Which = shutil.which) -> None:
        self._one, self._player = one, player(which) if which("espeak-ng") else None
        self._wish: tuple[str, str] | None = None
        self._news = threading.Condition()
        self._stopped = False
        self._running: list[subprocess.Popen[bytes]] = []
        self.trouble = ""
        """Why the last text was not heard; "" if it was."""
        self._thread = threading.Thread(target=self._run, name="voice", daemon=True)

    @property
    def name(self) -> str:
        """What speaks, for the technician; "" where there is no voice."""
        return f"espeak-ng, {self._player[0]}" if self._player else ""

    def start(self) -> None:
        if self._player:
            self._thread.start()

    def say(self, text: str, language: str) -> None:
        with self._news:
            self._wish = readable(text, language, self._one), language
            self._news.notify()

    def stop(self, patience: float = 0.4) -> None:
        with self._news:
            self._stopped = True
            self._news.notify()
        if self._thread.is_alive():
            self._thread.join(patience)

    def _run(self) -> None:
        while True:
            with self._news:
                while self._wish is None and not self._stopped:
                    if not self._news.wait(LOOK_S if self._running else None) and self._running:
                        self._end()
                wish, self._wish = self._wish, None
            self._silence()
            if self._stopped or wish is None:
                return
            if wish[0].strip():
                self._speak(*wish)

    def _speak(self, text: str, language: str) -> None:
        try:
            voice = subprocess.Popen(
                engine(language), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            self._running.append(voice)
            heard = subprocess.Popen(
                self._player or [], stdin=voice.stdout, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
            )
            self._running.append(heard)
            if voice.stdout and voice.stdin:
                voice.stdout.close()  # the player's alone now: when it is killed, the engine ends too
                voice.stdin.write(text.encode())
                voice.stdin.close()
        except OSError as error:
            self._silence()
            self._heard(str(error))

    def _end(self) -> None:
        """When all has ended by itself: whether it was heard."""
        if any(process.poll() is None for process in self._running):
            return
        player = self._running[-1]
        said = player.stderr.read().decode(errors="replace").strip().splitlines() if player.stderr else []
        failed = [process for process in self._running if process.returncode]
        self._silence()
        self._heard((said[-1] if said else f"status {failed[0].returncode}") if failed else "")

    def _heard(self, trouble: str) -> None:
        if trouble and trouble != self.trouble:
            log.warning(
                "voice: nothing was heard: %s; is espeak-ng there, and a sound card? aplay -L lists them", trouble
            )
        self.trouble = trouble

    def _silence(self) -> None:
        running, self._running = self._running, []
        for process in running:
            process.kill()
        for process in running:
            process.wait()
            if process.stderr:
                process.stderr.close()
