"""The kiosk's voice: espeak-ng into aplay or paplay, one utterance at a time. Blocks nobody; without the programs there is none.

Debian 12's espeak-ng reads Hanzi with `-v cmn-latn-pinyin`; its `-v cmn` reads them as English. Numbers of tickets and
telephones are said sign by sign.
"""

from __future__ import annotations

import logging
import re
import shutil
import subprocess
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)

VOICES = {"zh": "cmn-latn-pinyin", "en": "en"}
SPEED = {"zh": "140", "en": "150"}
"""Words per minute: slower than usual, for people who don't hear well."""
PLAYERS = (("aplay", "-q", "-"), ("paplay",), ("pw-play", "-"))
DIGITS = "零一二三四五六七八九"

Which = Callable[[str], str | None]


def readable(text: str, language: str, one: str = "一") -> str:
    """The text as the engine must get it to be said as a person would. `one`: how a 1 is read in a number."""
    digits = DIGITS.replace("一", one) if language == "zh" else "0123456789"

    def apart(found: re.Match[str]) -> str:
        return " ".join(digits[int(char)] if char.isdecimal() else char for char in found[0] if char.isalnum())

    text = re.sub(r"[A-Z]\d{2,4}(?!\d)|\d{3,4}-\d{5,8}|\d{5,}", apart, text)
    if language == "zh":
        text = re.sub(r"(\d{1,2}):(\d{2})(?!\d)", lambda m: f"{int(m[1])}点" + (f"{int(m[2])}分" if int(m[2]) else ""), text)
        text = re.sub(r"(\d)\s*[–—-]\s*(\d)", r"\1到\2", text)
        text = re.sub(r"\s*/\s*", "、", text).replace("+", "加").replace("&", "和")  # said as English words otherwise
    return text


def engine(language: str) -> list[str]:
    """The command that turns text on its standard input into a WAV on its standard output."""
    return ["espeak-ng", "-v", VOICES.get(language, "en"), "-s", SPEED.get(language, "150"), "--stdin", "--stdout"]


def player(which: Which = shutil.which) -> list[str] | None:
    """The first program there is that plays a WAV from its standard input."""
    return next(([*command] for command in PLAYERS if which(command[0])), None)


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
            voice = subprocess.Popen(engine(language), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            self._running.append(voice)
            heard = subprocess.Popen(self._player or [], stdin=voice.stdout, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
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
