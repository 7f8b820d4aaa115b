"""The kiosk's voice: what speech.py makes, one utterance at a time.

Blocks nobody; without the programs there is none.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
import threading

from speech import Which, engine, player, readable

log = logging.getLogger(__name__)


class Voice:
    """`say` returns at once; the newest text silences the one before, "" only silences."""

    def __init__(self, one: str = "一", which: Which = shutil.which) -> None:
        self._one, self._player = one, player(which) if which("espeak-ng") else None
        self._wish: tuple[str, str] | None = None
        self._news = threading.Condition()
        self._stopped = False
        self._running: list[subprocess.Popen[bytes]] = []
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
                self._news.wait_for(lambda: self._wish is not None or self._stopped)
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
                self._player or [], stdin=voice.stdout, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            self._running.append(heard)
            if voice.stdout and voice.stdin:
                voice.stdout.close()  # the player's alone now: when it is killed, the engine ends too
                voice.stdin.write(text.encode())
                voice.stdin.close()
        except OSError as error:
            log.warning("voice: %s; is espeak-ng there, and a sound card?", error)
            self._silence()

    def _silence(self) -> None:
        running, self._running = self._running, []
        for process in running:
            process.kill()
        for process in running:
            process.wait()
