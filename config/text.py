"""One text in Chinese and in English: the only shape in which a program passes on what a person reads. Pure.

Where a text is kept or sent its two halves are two values, `zh` and `en`, or a key and the same with `_en`; `json` is
the one way there.
"""

from __future__ import annotations

from typing import NamedTuple

import words


class Text(NamedTuple):
    """What a person reads, in both languages. Without English (`en` empty) Chinese stands for both on a screen."""

    zh: str
    en: str

    def __str__(self) -> str:
        """Both on one line, as papers have them; once, where they are the same."""
        return self.zh if self.zh == self.en else f"{self.zh} {self.en}"

    def said(self, language: str) -> str:
        """In one language, a third one by its catalog (words.py); Chinese where there is no English."""
        return words.translated(self.zh, self.en, language)

    def json(self, key: str = "") -> dict[str, str]:
        """As the API has it: {"zh", "en"}, or under a key, {key, key_en}."""
        return {key: self.zh, f"{key}_en": self.en} if key else {"zh": self.zh, "en": self.en}

    @classmethod
    def same(cls, word: str) -> Text:
        """A word that no one translates: a code, a number, a name that is not in the configuration any more."""
        return cls(word, word)


def counter_called(id: str) -> Text:
    """What a counter is called of which no more than its id is known."""
    if not id:
        return Text("窗口", "the counter")
    return Text(f"{id}号窗口" if id.isdigit() else f"“{id}”窗口", f"Counter {id}")


class Told(Exception):
    """What a person is told instead of what was asked for: where, what, and what to do.

    Each audience has its own kind. `str` is the Chinese; without `en` the one sentence stands for both.
    """

    status = 1
    """Exit status of a command line that it ends."""

    def __init__(self, zh: str, en: str | None = None) -> None:
        super().__init__(zh)
        self.text = Text(zh, zh if en is None else en)

    @property
    def en(self) -> str:
        return self.text.en
