"""How Chinese sounds when it is typed: a syllable whole, as it is heard in the south, its initial, or begun. Pure."""

from __future__ import annotations

from functools import cache

FULL, BY_EAR, INITIAL, PART = 0.0, 0.03, 0.03, 0.03
"""What a syllable costs: as it is spelt, as it is heard, as its initial, begun at the end of the query."""
FINALS = (("ang", "an"), ("eng", "en"), ("ing", "in"), ("an", "ang"), ("en", "eng"), ("in", "ing"))
STARTS = (
    *(("zh", "z"), ("sh", "s"), ("ch", "c"), ("z", "zh"), ("s", "sh"), ("c", "ch")),
    *(("n", "l"), ("l", "n"), ("h", "f"), ("f", "h")),
)


@cache
def ways(syllable: str) -> tuple[tuple[str, float, bool], ...]:
    """(letters, cost, whether only at the end of a query) that may stand for a syllable."""
    ways: dict[tuple[str, bool], float] = {(syllable, False): FULL}
    heard = {syllable.replace("ü", "v")}
    for a, b in FINALS:
        heard |= {one[: -len(a)] + b for one in heard if one.endswith(a) and len(one) > len(a)}
    for a, b in STARTS:
        heard |= {b + one[len(a) :] for one in set(heard) if one.startswith(a) and not one.startswith(a + "h")}
    if syllable[:1] == "h" and syllable[1:2] == "u":  # 湖 heard as fu, 花 as fa
        heard |= {"f" + syllable[2:]} if len(syllable) > 2 else {"fu"}
    for one in heard:
        ways.setdefault((one, False), BY_EAR)
        for n in range(2, len(one)):
            ways.setdefault((one[:n], True), PART + (0 if one == syllable else BY_EAR))
    start = syllable[:2] if syllable[:2] in ("zh", "ch", "sh") else syllable[:1]
    ways.setdefault((start, False), INITIAL)
    ways.setdefault((start[0], False), INITIAL)
    return tuple((letters, cost, last) for (letters, last), cost in ways.items())


def by_ear(letters: str) -> str:
    """One spelling for all that sound alike to somebody from the south."""
    for a, b in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("l", "n"), ("h", "f")):
        letters = letters.replace(a, b)
    return letters


def without_one(letters: str) -> set[str]:
    return {letters[:i] + letters[i + 1 :] for i in range(len(letters))}


def one_apart(a: str, b: str) -> bool:
    """Whether one letter more, less, other, or two changed about, make b of a."""
    if abs(len(a) - len(b)) > 1:
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    a, b = a[start:], b[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


AROUND = ("woyaoban", "woxiangban", "woyao", "woxiang", "zenmeban", "banli", "shenqing", "ban", "ling", "jiao")
"""What is typed around a word: 我要办, 怎么办 …"""
