"""What people call a thing -> the service that is meant: names and everyday words, pinyin whole, in initials or with a
wrong letter, English; ranked, and `sure` only where nothing else could be meant. Pure; knows no page and no hub.

An `Index` is made once for a hall's file (some 0.2 s); a query some 1 ms (a test counts its steps). What the hall
does not do is found too, with where it is done. How southern speakers spell by ear (zh/z, n/l, an/ang, h/f …) costs
little, one wrong letter more; a homophone written with other characters is found by its sound.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import log

from config import Hall, Text
from server.domain.colloquial import HAN, SAME_ENGLISH, SPLIT, core, english_words, plain
from server.domain.sounds import AROUND, by_ear, one_apart, ways, without_one

SURE, APART, WHOLE = 0.72, 0.06, 0.94
"""The best is preselected from the first likeness on, and only if the next one is so much less like: twice as much
where it is not a whole word that fits.
"""
LEAST, NEAR = 0.42, 0.4
"""Below this likeness, or so far behind the best, nothing is shown."""
MOST = 8
HOMOPHONE = 0.12
"""What it costs to be written with other characters of the same sound."""
UNSAID = 0.35
"""What it costs a target that words of the query are another's and not its own."""
AROUND_COSTS = 0.02
DEPTH, MOST_SYLLABLES = 8, 24
LONGEST = 60
"""Characters of a query that are read."""


@dataclass(frozen=True)
class Hit:
    """One that may be meant. `code`: the service, "" for what is done elsewhere; `where`: there. `said`: the word that
    fits. `likeness`: 0 to about 1.
    """

    code: str
    text: Text
    where: Text | None
    said: str
    likeness: float


@dataclass(frozen=True)
class Found:
    """`sure`: whether the first of `hits` is meant beyond doubt and may be preselected."""

    hits: tuple[Hit, ...]
    sure: bool


Best = dict[int, tuple[float, str]]
"""Target -> how like, and which of its words."""
Word = tuple[int, str, float]
"""Target, a word of it, and how usual that is, at most 1."""


def _better(best: Best, target: int, likeness: float, said: str) -> None:
    if likeness > best.get(target, (0.0, ""))[0]:
        best[target] = (likeness, said)


def _weighed(target: int, words: Iterable[str]) -> list[Word]:
    """The words of a list, the usual ones first: where two things sound alike the more usual word is before."""
    return [(target, word, 1.0 - 0.002 * min(n, 15)) for n, word in enumerate(words)]


class Index:
    """All words of a hall, ready to be asked. Never changes after it is made."""

    def __init__(self, hall: Hall) -> None:
        self._targets: list[tuple[str, Text, Text | None]] = []
        words: list[Word] = []
        english: list[tuple[int, str]] = []
        claimed: set[int] = set()
        for service in hall.services.values():
            target = self._add(service.code, service.text)
            name = plain(service.name)
            pieces = [part for part in SPLIT.split(service.name) if len(part) >= 2 and not part.startswith("非")]
            words += [(target, service.name, 1.0), *((target, part, 0.95) for part in pieces)]
            words += _weighed(target, service.everyday)
            english += [(target, service.name_en)]
            for n, row in enumerate(hall.everyday):
                if any(plain(piece) in name for piece in row.names):
                    claimed.add(n)
                    words += _weighed(target, row.words)
                    english += [(target, word) for word in row.words_en]
        for n, row in enumerate(hall.everyday):
            if n not in claimed and row.where.zh:
                target = self._add("", row.matter, row.where)
                words += _weighed(target, (*row.words, row.matter.zh))
                english += [(target, word) for word in (row.matter.en, *row.words_en)]
        self._codes = {service.code.lower(): n for n, service in enumerate(hall.services.values())}
        self._chinese = _Chinese(words, len(self._targets))
        self._pinyin = _Pinyin(words)
        self._english = _English(english, len(self._targets))

    def _add(self, code: str, text: Text, where: Text | None = None) -> int:
        self._targets.append((code, text, where))
        return len(self._targets) - 1

    def find(self, query: str, most: int = MOST) -> Found:
        """What may be meant, the best first."""
        query = unicodedata.normalize("NFKC", query.strip()[:LONGEST])
        letters = plain(query)
        best: Best = {}
        for code, n in self._codes.items() if len(letters) > 1 else ():
            if code.startswith(letters):
                _better(best, n, 1.1 if code == letters else 0.95, code.upper())
        if letters in self._codes or not letters:
            return self._ranked(best, most)
        if HAN.search(letters):
            self._chinese.find(query, best)
            if not best or max(best.values())[0] < SURE:
                self._pinyin.find("".join(_syllables(core(query))), best, HOMOPHONE, ear=6.0)
            return self._ranked(best, most)
        if re.search("[0-9]", letters):
            self._chinese.find(query, best)
        self._pinyin.find(letters, best)
        for filler in AROUND:
            if len(letters) > len(filler) + 1:
                for rest in {letters.removeprefix(filler), letters.removesuffix(filler)} - {letters}:
                    self._pinyin.find(rest, best, AROUND_COSTS)
        self._english.find(query, best)
        found = self._ranked(best, most)
        return found if len(letters) > 2 else Found(found.hits, sure=False)  # two initials are many a word's

    def _ranked(self, best: Best, most: int) -> Found:
        ranked = sorted(best.items(), key=lambda one: (-round(one[1][0], 4), one[0]))
        top = ranked[0][1][0] if ranked else 0.0
        kept = [(n, like, said) for n, (like, said) in ranked if like >= max(LEAST, top - NEAR)]
        hits = tuple(Hit(*self._targets[n], said, round(like, 3)) for n, like, said in kept)
        apart = APART if top >= WHOLE else 2 * APART
        clear = len(hits) == 1 or (len(hits) > 1 and hits[0].likeness - hits[1].likeness >= apart)
        return Found(hits[:most], sure=bool(hits) and hits[0].likeness >= SURE and clear)


# --- written ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Term:
    target: int
    said: str
    core: str
    usual: float
    weighs: float


class _Chinese:
    """Words by their characters; one weighs by how few things it is said of."""

    def __init__(self, words: list[Word], count: int) -> None:
        owners: dict[str, set[int]] = defaultdict(set)
        self._pairs: list[set[str]] = [set() for _ in range(count)]
        for target, word, _ in words:
            self._pairs[target] |= _pairs(core(word))
            for char in core(word):
                owners[char].add(target)
        self._chars = [frozenset(char for char, held in owners.items() if n in held) for n in range(count)]
        self._weight = {char: log(1 + count / len(held)) for char, held in owners.items()}
        self._rare = log(1 + count)
        unique = {(target, core(word)): (word, usual) for target, word, usual in reversed(words)}
        self._terms = [_Term(t, w, c, usual, self._weigh(c)) for (t, c), (w, usual) in unique.items() if len(c) > 1]
        self._literal: dict[str, list[Word]] = defaultdict(list)
        for told in words:
            self._literal[plain(told[1])].append(told)
        self._at: dict[str, list[int]] = defaultdict(list)
        for n, term in enumerate(self._terms):
            for char in set(term.core):
                self._at[char].append(n)

    def _weigh(self, text: Iterable[str]) -> float:
        return sum(self._weight.get(char, self._rare) for char in text)

    def find(self, query: str, best: Best) -> None:
        for target, word, usual in self._literal.get(plain(query), ()):
            _better(best, target, 0.02 + usual, word)
        asked = core(query)
        shared: dict[int, float] = defaultdict(float)
        for char in set(asked):
            weight = self._weight.get(char, 0.0)
            for n in self._at.get(char, ()):
                shared[n] += weight
        whole, pairs = self._weigh(asked), _pairs(asked)
        likely = sorted(shared, key=lambda n: shared[n] / (whole + self._terms[n].weighs), reverse=True)[:80]
        found: Best = {}
        for term in (self._terms[n] for n in likely):
            _better(found, term.target, self._alike(asked, whole, pairs, term) * term.usual, term.said)
        covers = {}
        for target, (_, said) in list(found.items()):
            covers[target] = self._weigh(char for char in asked if char in self._chars[target]) / whole
            if len(pairs) > 1:  # said of it in pieces: 养老保险 and 转出
                known = sum(map(self._weigh, pairs & self._pairs[target])) / sum(map(self._weigh, pairs))
                _better(found, target, 0.36 + 0.4 * known, said)
        most = max(covers.values(), default=0.0)
        for target, (like, said) in found.items():  # somebody else's words are in it too: 改社保上的名字 is no 改名字
            _better(best, target, like - UNSAID * (most - covers[target]), said)

    def _alike(self, asked: str, whole: float, pairs: set[str], term: _Term) -> float:
        """How like a query and a word are: 1 for the same, else by how much of either is in the other."""
        said = term.core
        if asked == said:
            return 1.0
        if said in asked:
            return 0.46 + 0.52 * term.weighs / whole
        if asked in said:
            return 0.58 + 0.34 * whole / term.weighs + (0.03 if said.startswith(asked) else 0.0)
        if _in_order(asked, said):
            return 0.5 + 0.34 * whole / term.weighs
        if _in_order(said, asked):
            return 0.52 + 0.32 * term.weighs / whole
        common = set(asked) & set(said)
        mine = self._weigh(char for char in asked if char in common) / whole
        its = self._weigh(char for char in said if char in common) / term.weighs
        both = _pairs(said)
        runs = 2 * len(pairs & both) / max(1, len(pairs) + len(both))
        return 0.8 * (0.55 * (2 * mine * its / (mine + its)) + 0.45 * runs)


def _syllables(text: str) -> list[str]:
    from pypinyin import lazy_pinyin  # a fifth of what the hub imports, and its first answer needs none of it

    found: list[str] = lazy_pinyin(text)
    return found


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}


def _in_order(few: str, many: str) -> bool:
    """Whether all characters of one stand in the other, in this order."""
    rest = iter(many)
    return all(char in rest for char in few)


# --- typed by its sound -----------------------------------------------------------------------------------------------


@dataclass
class _Node:
    """A run of syllables: what may follow, by a letter it may begin with, and whom a query fits that ends here."""

    then: dict[str, dict[str, _Node]] = field(default_factory=lambda: defaultdict(dict))
    fits: Best = field(default_factory=dict)


class _Pinyin:
    """Words by their syllables, from any of them on; and whole, for one wrong letter."""

    def __init__(self, words: list[Word]) -> None:
        self._root = _Node()
        self._spelt: dict[str, list[tuple[Word, str]]] = defaultdict(list)  # with a letter less -> as it is heard
        for target, word, usual in words:
            syllables = [sound for sound in _syllables(plain(word)) if sound.isascii()]
            if not 1 < len(syllables) <= MOST_SYLLABLES:
                continue
            for start in range(min(len(syllables) - 1, DEPTH)):
                self._thread((target, word, usual), syllables, start)
            for end in {len(syllables), *range(3, min(len(syllables), 7))}:
                heard = by_ear("".join(syllables[:end]))
                told = (target, word, usual * (1.0 if end == len(syllables) else 0.9))
                for key in {heard, *without_one(heard)} if len(heard) >= 5 else ():
                    self._spelt[key].append((told, heard))

    def _thread(self, told: Word, syllables: list[str], start: int) -> None:
        target, word, usual = told
        node, count = self._root, len(syllables)
        for depth, syllable in enumerate(syllables[start : start + DEPTH], start=1):
            firsts = {letters[0] for letters, _, _ in ways(syllable)}
            after = next((node.then[one][syllable] for one in firsts if syllable in node.then[one]), None) or _Node()
            for one in firsts:
                node.then[one][syllable] = after
            node = after
            if depth > 1:
                part = (0.66 if start == 0 else 0.5) + 0.22 * depth / count
                _better(node.fits, target, usual * (1.0 if start == 0 and depth == count else part), word)

    def find(self, letters: str, best: Best, cost: float = 0.0, ear: float = 1.0) -> None:
        """`ear`: how many times what a syllable costs that is spelt otherwise."""
        for fits, spent in self._walk(self._root, letters, 0, cost, ear):
            for target, (like, said) in fits.items():
                _better(best, target, like - spent, said)
        heard = by_ear(letters)
        for key in {heard, *without_one(heard)} if len(letters) >= 4 else ():
            for (target, said, usual), spelt in self._spelt.get(key, ()):
                if one_apart(heard, spelt):
                    _better(best, target, (0.9 if spelt == heard else 0.8) * usual - ear * cost, said)

    def _walk(self, node: _Node, letters: str, at: int, spent: float, ear: float) -> Iterator[tuple[Best, float]]:
        if at == len(letters):
            yield node.fits, spent
            return
        for syllable, after in node.then.get(letters[at], {}).items():
            for way, cost, last in ways(syllable):
                if letters.startswith(way, at) and (not last or at + len(way) == len(letters)):
                    yield from self._walk(after, letters, at + len(way), spent + ear * cost, ear)


# --- in English -------------------------------------------------------------------------------------------------------


class _English:
    """Phrases by their words; a word weighs by how few things it is said of."""

    def __init__(self, phrases: list[tuple[int, str]], count: int) -> None:
        owners: dict[str, set[int]] = defaultdict(set)
        self._phrases: list[tuple[int, str, frozenset[str]]] = []
        self._said_with: dict[str, list[int]] = defaultdict(list)
        for target, phrase in phrases:
            words = frozenset(english_words(phrase))
            for word in words:
                owners[word].add(target)
                self._said_with[word].append(len(self._phrases))
            self._phrases.append((target, phrase, words))
        self._weight = {word: log(1 + count / len(held)) for word, held in owners.items()}
        self._unknown = log(1 + count) / 2  # nobody's word: 'father' in 'my father died'
        self._spelt: dict[str, set[tuple[str, str]]] = defaultdict(set)  # with a letter less -> (as it is spelt, word)
        for spelling, word in [*((word, word) for word in self._weight), *SAME_ENGLISH.items()]:
            for key in {spelling, *without_one(spelling)} if len(spelling) >= 5 and word in self._weight else ():
                self._spelt[key].add((spelling, word))

    def find(self, query: str, best: Best) -> None:
        asked: dict[str, tuple[str, float]] = {}  # word of a phrase -> (word of the query, how well it fits)
        typed = english_words(query)
        for n, one in enumerate(typed):
            for word, fit in self._like(one, last=n == len(typed) - 1):
                if fit > asked.get(word, ("", 0.0))[1]:
                    asked[word] = (one, fit)
        met: dict[int, dict[str, float]] = defaultdict(dict)
        for word, (one, fit) in asked.items():
            for n in self._said_with[word]:
                met[n][one] = max(fit * self._weight[word], met[n].get(one, 0.0))
        worth = {
            o: max((self._weight[w] for w, (one, _) in asked.items() if one == o), default=self._unknown) for o in typed
        }
        for n, matched in met.items():
            target, phrase, words = self._phrases[n]
            mine = min(1.0, sum(matched.values()) / sum(worth.values()))
            its = min(1.0, sum(matched.values()) / sum(self._weight[word] for word in words))
            _better(best, target, 0.7 * mine + 0.3 * its * mine, phrase)

    def _like(self, typed: str, *, last: bool) -> Iterator[tuple[str, float]]:
        if typed in self._weight:
            yield typed, 1.0
            return
        if len(typed) >= 3 and last:
            yield from ((word, 0.9) for word in self._weight if word.startswith(typed))
        near = {one for key in {typed, *without_one(typed)} for one in self._spelt.get(key, ())}
        yield from ((word, 0.85) for spelling, word in near if len(typed) >= 5 and one_apart(typed, spelling))
