"""Every sentence of the hall screen, and how a number is read.

Pure; the voice's texts are in voice/languages/, the boards' in board_text.py.
"""

from __future__ import annotations

from words import width as width  # a slip's lines are as wide as a board's

DIGITS = "零一二三四五六七八九"


def cardinal(n: int) -> str:
    """1 to 999 as a counter's number is read: 十, 十二, 二十, 一百零一."""
    if n < 10:
        return DIGITS[n]
    if n < 20:
        return "十" + (DIGITS[n % 10] if n % 10 else "")
    if n < 100:
        return _tens(n)
    rest = n % 100
    return DIGITS[n // 100] + "百" + ("" if not rest else "零" + cardinal(rest) if rest < 10 else _tens(rest))


def _tens(n: int) -> str:
    return DIGITS[n // 10] + "十" + (DIGITS[n % 10] if n % 10 else "")


def counters_text(numbers: list[str], names: list[str], suffix: str = "号窗口") -> str:
    """1-4号窗口 for consecutive numbers (ASCII hyphen: the en dash is double width in GBK), else a list of names."""
    if numbers and all(n.isdigit() for n in numbers):
        ordered = sorted(map(int, numbers))
        runs: list[list[int]] = []
        for n in ordered:
            if runs and n == runs[-1][-1] + 1:
                runs[-1].append(n)
            else:
                runs.append([n])
        return "、".join(str(r[0]) if len(r) == 1 else f"{r[0]}-{r[-1]}" for r in runs) + suffix
    return "、".join(names)
