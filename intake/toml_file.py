"""A TOML file as a person saved it: any encoding of an office, and punctuation as a Chinese keyboard writes it. Pure.

Outside of texts and comments ， ＝ “ ” ［ ］ and full-width digits have one meaning, and are read as it. Whatever
still is no TOML is refused with its line and column.
"""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress
from typing import Any, NamedTuple

from intake.encoding import Unreadable, decoded

_PLAIN = str.maketrans(
    {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {"、": ",", "【": "[", "】": "]", "。": "."}
)
_GONE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"
_AFTER = re.compile(rf"[\s\u3000{_GONE}]*" + r"([,，、\]］】}｝=＝:：.．#＃]|$)")
"""What may follow a text on its line."""
_SPACES = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_CONTROL = re.compile(r"[\x01-\x08\x0b-\x1f\x7f\x85]")
"""TOML has them nowhere: a line break of Word's inside a text is a space."""
_RUN = re.compile(
    r"""(?:
      [A-Za-z0-9_.=, \t\n+:-]++
    | \#[^\n]*+
    | "(?!"")(?:\\.|[^"\\\n])*+"
    | '(?!'')[^'\n]*+'
    | \[[A-Za-z0-9_.-]*+\]
    )++""",
    re.VERBOSE,
)
"""What is plain TOML already, texts on one line and comments included: nearly all of most files, taken at once."""
_OPENING, _CLOSING = "“”＂", "“”＂"
_SINGLE = "‘’＇"


class _Bracket(NamedTuple):
    sign: str
    line: int
    column: int


def toml(data: bytes | str) -> dict[str, Any]:
    """The tables of a file. Raises Unreadable: line, column, what, and what to do."""
    whole = _lines(data)
    with suppress(tomllib.TOMLDecodeError, RecursionError, ValueError):
        return tomllib.loads(whole)  # what is TOML already has nothing to be mended, and most files are
    text, open_brackets = _Scanner(whole).run()
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _told(str(error), text, open_brackets) from None
    except (RecursionError, ValueError) as error:  # brackets by the thousand; a number of more than 4 300 digits
        raise Unreadable(
            1,
            1,
            "嵌套太深或数字太长：请检查文件。",
            f"nested too deeply, or a number too long ({error}); check the file",
        ) from None


def toml_text(data: bytes | str) -> str:
    """The same as plain TOML, with its comments, line by line as it stands in the file."""
    return _Scanner(_lines(data)).run()[0]


def _lines(data: bytes | str) -> str:
    """The text with plain line breaks and no control characters."""
    text = decoded(data) if isinstance(data, bytes) else data.removeprefix("\ufeff")
    return _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n"))


class _Scanner:
    """Walks over a text sign by sign: texts and comments stay, what is between them is made plain."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.line, self.begin = text, 0, 1, 0
        self.out: list[str] = []
        self.open: list[_Bracket] = []

    def run(self) -> tuple[str, list[_Bracket]]:
        while self.at < len(self.text):
            self._step()
        return "".join(self.out), self.open

    def _step(self) -> None:
        if run := _RUN.match(self.text, self.at):
            self._take(run.end())
            return
        char = self.text[self.at]
        if char in "\"'":
            self._quoted(char)
        elif char in "#＃":
            self.out.append("#")
            self.at += 1
            self._take(self._line_end())
        elif char in _OPENING or char in _SINGLE:
            self._curly(char)
        else:
            self._between(char)

    def _between(self, char: str) -> None:
        plain = "" if char in _GONE else _SPACES.sub(" ", char).translate(_PLAIN)
        if plain in ("[", "{"):
            self.open.append(_Bracket(plain, self.line, self._column()))
        elif plain in ("]", "}") and self.open:
            self.open.pop()
        self.at += 1
        self.out.append(plain)
        if char == "\n":
            self.line, self.begin = self.line + 1, self.at

    def _quoted(self, quote: str) -> None:
        """A text of TOML's own, kept as it is, up to its end or its line's."""
        long = quote * 3
        if self.text.startswith(long, self.at):
            end = re.compile(r'(?:\\.|[^\\])*?"{3,5}' if quote == '"' else r"[\s\S]*?'{3,5}", re.S).match(
                self.text, self.at + 3
            )
            self._take(end.end() if end else len(self.text))
            return
        end = re.compile(r'(?:\\.|[^"\\\n])*"' if quote == '"' else r"[^'\n]*'").match(self.text, self.at + 1)
        if end is None:
            self._refuse_open(quote)
            return
        self._take(end.end())

    def _refuse_open(self, quote: str) -> None:
        found = next((n for n in range(self.at + 1, self._line_end()) if self.text[n] in _CLOSING + _SINGLE), None)
        if found is None:
            raise Unreadable(
                self.line,
                self._column(),
                f"引号 {quote} 没有配对：请在这一行里补上。",
                f"the quotation mark {quote} is not closed; close it on this line",
            )
        raise Unreadable(
            self.line,
            found - self.begin + 1,
            f"“{self.text[found]}”是全角引号，与前面的 {quote} 不配对：请改成半角 {quote}。",
            f"'{self.text[found]}' is a full-width quotation mark; write {quote}, as at the text's beginning",
        )

    def _curly(self, char: str) -> None:
        """A text in “ ”: as meant if it ends once on its line, and holds nothing that could mean something else."""
        marks, quote = (_OPENING, '"') if char in _OPENING else (_SINGLE, "'")
        end = next((n for n in range(self.at + 1, self._line_end()) if self.text[n] in marks + quote), None)
        inner = "" if end is None else self.text[self.at + 1 : end]
        after = "" if end is None else self.text[end + 1 : self._line_end()]
        if end is None or "\\" in inner or not _AFTER.match(after):
            raise Unreadable(
                self.line,
                self._column(),
                f"“{char}”是全角引号：请改成半角 {quote}，首尾都改。",
                f"'{char}' is a full-width quotation mark; write {quote} at both ends of the text",
            )
        self.out.append(f"{quote}{inner}{quote}")
        self.at = end + 1

    def _take(self, end: int) -> None:
        piece = self.text[self.at : end]
        self.out.append(piece)
        self.at = end
        if breaks := piece.count("\n"):
            self.line, self.begin = self.line + breaks, self.at - len(piece) + piece.rfind("\n") + 1

    def _line_end(self) -> int:
        end = self.text.find("\n", self.at)
        return len(self.text) if end < 0 else end

    def _column(self) -> int:
        return self.at - self.begin + 1


_SENTENCES: tuple[tuple[str, str, str], ...] = (
    ("Unclosed", "括号没有配对，或少了逗号：请补上", "a bracket is not closed, or a comma is missing; add it"),
    ("Expected '='", "键的后面要有等号：请写成 键 = 值", "a key needs = and a value; write key = value"),
    ("Invalid value", "这里要有值：文字加引号，是否写 true 或 false", 'no value; put texts in "", write true or false'),
    (
        "Invalid initial character",
        "键名不对：只用字母、数字、_ 和 -，其他的加引号",
        'no key; use letters, digits, _ and -, or put it in ""',
    ),
    ("Invalid statement", "看不懂这一行：请写成 键 = 值，或 [表]", "no statement; write key = value, or [table]"),
    ("Cannot overwrite", "这个键写了两次：请留一个", "this key stands twice; keep one"),
    ("Duplicate inline", "这个键写了两次：请留一个", "this key stands twice; keep one"),
    ("Cannot declare", "这张表写了两次：请合并", "this table stands twice; make it one"),
    ("Cannot mutate", "这张表不能在这里再加：请写在一处", "this table can't be added to here; write it in one place"),
    ("Cannot redefine", "这个键写了两次：请留一个", "this key stands twice; keep one"),
    (
        "Expected newline",
        "一行只写一个值：请换行，或检查引号",
        "one value on a line; begin a new line, or check the quotation marks",
    ),
    (
        "Illegal character",
        "引号没有在这一行里结束，或有不该有的字符",
        'a text does not end on its line, or an odd character; close its ""',
    ),
    ("Unescaped '\\'", "文字里的 \\ 要写两个，或把引号改成 '…'", "write \\\\ for a backslash, or put the text in ''"),
    ("Invalid hex", "\\u 后面要有四位十六进制数", "four hexadecimal digits belong behind \\u; correct it"),
    ("Unterminated", "引号没有配对：请补上", "a quotation mark is not closed; close it"),
    ("Invalid date", "没有这个日期或钟点：请核对", "no such date or time; correct it"),
)


def _told(said: str, text: str, open_brackets: list[_Bracket]) -> Unreadable:
    place = re.search(r"at line (\d+), column (\d+)", said)
    if place:
        line, column = int(place[1]), int(place[2])
    else:
        line, column = text.rstrip("\n").count("\n") + 1, len(text.rstrip("\n").rpartition("\n")[2]) + 1
    if open_brackets and ("Unclosed" in said or not place or "Invalid value" in said or "after a key" in said):
        bracket = open_brackets[0]
        if (bracket.line, bracket.column) < (line, column):
            return Unreadable(
                bracket.line,
                bracket.column,
                f"“{bracket.sign}”没有配对的括号，或后面少了逗号：请补上。",
                f"'{bracket.sign}' is not closed, or a comma is missing behind it; add it",
            )
    zh, en = next(
        ((zh, en) for begin, zh, en in _SENTENCES if said.startswith(begin)),
        ("不是 TOML", "not TOML; correct it"),
    )
    what = re.sub(r" \(at .*\)$", "", said)
    return Unreadable(line, column, f"{zh}。", f"{en} (not TOML: {what})")
