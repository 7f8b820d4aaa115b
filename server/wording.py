"""Every sentence of boards and hall screen, and how a number is read. Pure; the texts are wording.md's, the voice's are in voice/languages/.

Widths are counted in half columns: a GBK byte each, so ASCII is 1 and a Hanzi 2 (wording.md section 4.1).
"""

from __future__ import annotations

from server.ticket import Counter, Ticket

DIGITS = "零一二三四五六七八九"

OUTSIDE = "停止办公"
PAUSED = ("暂停服务 请到其他窗口", "暂停服务")


def width(text: str) -> int:
    """Half columns of a text; a character outside GBK is shown as □ and takes two."""
    return sum(len(c.encode("gbk", "ignore")) or 2 for c in text)


def fit(candidates: tuple[str, ...], columns: int) -> str:
    """The first that fits, from long to short; the last one, whatever its width, when none does."""
    return next((text for text in candidates if width(text) <= columns), candidates[-1])


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


def board_text(
    counter: Counter, ticket: Ticket | None, *, name: str, sign: str, columns: int
) -> tuple[str, str, str]:
    """What the board over a counter shows: (text, effect, colour). The text fits `columns` where any wording does."""
    short = counter.id if counter.id.isdigit() else name
    if ticket and ticket.state == "called":
        to = f"到{short}号窗" if counter.id.isdigit() else f"到{name}"
        texts = (f"请{ticket.label}{to}口" if counter.id.isdigit() else f"请{ticket.label}{to}",
                 f"{ticket.label}{to}", f"{ticket.label}→{short}", f"请{ticket.label}", ticket.label)  # fmt: skip
        return fit(texts, columns), "flash", "red"
    if ticket and ticket.state == "serving":
        return fit((f"正在办理 {ticket.label}", f"办理{ticket.label}", ticket.label), columns), "still", "green"
    if counter.state == "paused":
        return fit(PAUSED, columns), "still", "yellow"
    if counter.state == "closed":
        return OUTSIDE, "still", "red"
    return fit((f"{name} {sign}", sign, name, "欢迎光临"), columns), "still", "green"


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
