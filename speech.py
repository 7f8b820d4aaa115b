"""The two programs that make sound: espeak-ng turns text into a WAV, aplay or another plays one.

Knows no hall and no queue.

Debian 12's espeak-ng reads Hanzi with `-v cmn-latn-pinyin`; its `-v cmn` reads them as English. Numbers of tickets and
telephones are said sign by sign.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable

VOICES = {"zh": "cmn-latn-pinyin", "en": "en"}
SPEED = {"zh": 140, "en": 150}
"""Words per minute: slower than usual, for people who don't hear well."""
PLAYERS = (("aplay", "-q", "-"), ("paplay",), ("pw-play", "-"))
DIGITS = "零一二三四五六七八九"
PATIENCE_S = 20.0

Which = Callable[[str], str | None]


def readable(text: str, language: str, one: str = "一") -> str:
    """The text as the engine must get it to be said as a person would. `one`: how a 1 is read in a number."""
    digits = DIGITS.replace("一", one) if language == "zh" else "0123456789"

    def apart(found: re.Match[str]) -> str:
        return " ".join(digits[int(char)] if char.isdecimal() else char for char in found[0] if char.isalnum())

    text = re.sub(r"[A-Z]\d{2,4}(?!\d)|\d{3,4}-\d{5,8}|\d{5,}", apart, text)
    if language == "zh":
        text = re.sub(
            r"(\d{1,2}):(\d{2})(?!\d)", lambda m: f"{int(m[1])}点" + (f"{int(m[2])}分" if int(m[2]) else ""), text
        )
        text = re.sub(r"(\d)\s*[–—-]\s*(\d)", r"\1到\2", text)
        text = re.sub(r"(\d+(?:\.\d+)?)\s*%", r"百分之\1", text)
        text = re.sub(r"\s*/\s*", "、", text).replace("+", "加").replace("&", "和")  # said as English words otherwise
    return text


def engine(language: str) -> list[str]:
    """The command that turns text on its standard input into a WAV on its standard output; `language` is zh or en."""
    return command(VOICES.get(language, "en"), SPEED.get(language, 150))


def command(voice: str, speed: int) -> list[str]:
    """The same for one of espeak-ng's own voices and a speed in words per minute."""
    return ["espeak-ng", "-v", voice, "-s", str(speed), "--stdin", "--stdout"]


def wav(text: str, voice: str, speed: int) -> bytes:
    """The text as a WAV of 22 050 Hz, 16 bit, mono. Raises OSError where espeak-ng is missing, hangs or refuses."""
    try:
        done = subprocess.run(
            command(voice, speed), input=text.encode(), capture_output=True, timeout=PATIENCE_S, check=True
        )
    except FileNotFoundError:
        raise OSError("espeak-ng is not there; apt-get install espeak-ng") from None
    except subprocess.SubprocessError as error:
        raise OSError(f"espeak-ng: {error}") from None
    return done.stdout


def player(which: Which = shutil.which) -> list[str] | None:
    """The first program there is that plays a WAV from its standard input."""
    return next(([*command] for command in PLAYERS if which(command[0])), None)
