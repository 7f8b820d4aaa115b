"""ESC/POS bytes in any pieces -> commands on a print head. It opens no port and shares no line with the
encoder, printer_profiles/escpos/encode.py.

Each command is a row of commands.py: its two bytes, the function that carries it out on the Head, how many parameters
it has. What it does not know or can't show becomes a complaint; nothing is eaten in silence. ``steps`` is what came,
by name.
"""

from __future__ import annotations

from printer_profiles.virtual import text
from printer_profiles.virtual.codepages import chinese, gb2312, plain, upper, utf8
from printer_profiles.virtual.commands import COMMANDS, described
from printer_profiles.virtual.head import MISSING, Command, Head
from printer_profiles.virtual.sheet import Step

NUL, HT, LF, FF, CR, CAN = 0x00, 0x09, 0x0A, 0x0C, 0x0D, 0x18
DLE, ESC, FS, GS = 0x10, 0x1B, 0x1C, 0x1D


class Decoder:
    """Parses what arrives and has it carried out.

    ``feed`` it bytes; ``head.items`` is what hangs out of the printer.
    """

    def __init__(self, head: Head) -> None:
        self.head = head
        self.steps: list[Step] = []  # since the last cut
        self._raw = bytearray()  # of the command or text being carried out
        self._run = bytearray()  # bytes from 80 on in the text so far: was it UTF-8?
        self.restart()

    def restart(self) -> None:
        """Forget an unfinished command."""
        self._note()
        self._buffer = bytearray()
        self._in_text = False
        self._parser = self._parse()
        self._wanted = next(self._parser)

    def feed(self, data: bytes) -> bytes:
        """Carry out these bytes; a command that is not complete waits for the rest.

        Between two commands the printer may come to a stop; what was not carried out by then is given back.
        """
        self._buffer += data
        at = 0
        while len(self._buffer) - at >= self._wanted:
            chunk = bytes(self._buffer[at : at + self._wanted])
            at += len(chunk)
            self._take(chunk)
            if self._between and self.head.host.stopped:
                rest = bytes(self._buffer[at:])
                self._buffer.clear()
                return rest
        del self._buffer[:at]
        return b""

    def take_steps(self) -> tuple[Step, ...]:
        """What came since the last time, the command of this moment included."""
        self._note()
        taken, self.steps = tuple(self.steps), []
        return taken

    def _take(self, chunk: bytes) -> None:
        if self._between and not (self._in_text and chunk[0] >= 0x20):
            self._note()
        self.head.taken += len(chunk)
        self._raw += chunk
        self._wanted = self._parser.send(chunk)

    def _note(self) -> None:
        """The command or text that was carried out becomes a step."""
        if self._raw:
            raw = bytes(self._raw)
            self.steps.append(Step(self.head.taken - len(raw), raw, *described(raw)))
            self._raw.clear()

    # --- the parser ---

    def _parse(self) -> Command:
        while True:
            self._between = True
            first = (yield 1)[0]
            self._between, self._in_text = False, first >= 0x20
            if first < 0x80:
                self._check_utf8(self.head.taken - 1)
            if not self.head.selected:
                yield from self._deselected(first)
            elif first in (DLE, ESC, FS, GS):
                yield from self._command(first)
            elif first >= 0x20:
                yield from self._character(first)
            else:
                self._control(first)

    def _command(self, first: int) -> Command:
        head = self.head
        second = (yield 1)[0]
        head.now = bytes((first, second))
        row = COMMANDS.get(head.now)
        if row is None:
            head.complain("不认识的指令", "unknown command")
            return
        parameters = (yield row.count) if row.count else b""
        head.now += parameters
        if first != DLE:
            head.check_real_time(parameters)
        more = row.carry(head, *parameters)
        if more is not None:
            yield from more

    def _deselected(self, first: int) -> Command:
        """ESC = n is all that is heard."""
        if first == ESC and (yield 1) == b"\x3d":
            self.head.selected = bool((yield 1)[0] & 1)

    # --- characters ---

    def _control(self, byte: int) -> None:
        head = self.head
        head.now = bytes((byte,))
        if byte == LF:
            text.line_feed(head)
        elif byte == HT:
            text.tab(head)
        elif byte == FF:
            text.form_feed(head)
        elif byte == CAN and head.style.page_mode:
            head.forget_line()
        elif byte not in (NUL, CR):
            head.complain("这个控制符在这里没有意义", "a control character that means nothing here")

    def _character(self, first: int) -> Command:
        head = self.head
        head.now = bytes((first,))
        if first < 0x80:
            head.put(plain(first, head.style.region) if first < 0x7F else " ")
        elif head.style.utf8:
            yield from self._unicode(first)
        elif head.style.chinese:
            yield from self._double(first)
        else:
            self._single(first)

    def _single(self, first: int) -> None:
        head = self.head
        self._run.append(first)
        if head.style.page == 0 and len(self._run) == 1:  # once for a run of them
            head.complain(
                "ASCII 以外的字节，又不在汉字模式：请先发 FS &（1C 26）",
                "outside ASCII and not in Chinese mode; send FS & (1C 26) first",
            )
        char = upper(first, head.pages.get(head.style.page, ""))
        if char is None:
            head.complain(
                f"字符页 {head.style.page} 里没有这个字符", f"code page {head.style.page} has no such character"
            )
        head.put(char or MISSING)

    def _double(self, first: int) -> Command:
        head = self.head
        self._run.append(first)
        if first in (0x80, 0xFF):
            head.complain("没有以它开头的 GB18030 编码", "no GB18030 code begins so")
            head.put(MISSING, wide=True)
            return
        head.now += yield 1
        if 0x30 <= head.now[1] <= 0x39:
            head.now += yield 2
            head.complain("四字节汉字；多数打印机没有这个字", "a four-byte code; few heads have a font for it")
            head.put(MISSING, wide=True)
            return
        if head.now[1] >= 0x80:
            self._run.append(head.now[1])
        else:
            self._check_utf8(head.taken - 1)
        char = chinese(head.now)
        if char is None:
            head.complain("没有这个 GB18030 编码", "no GB18030 code, or one without a character")
        elif head.profile.chinese_font == "gb2312" and not gb2312(head.now):
            head.complain(
                f"这个型号的字库只有 GB2312，没有“{char}”，纸上是空白",
                f"this model's font is GB2312 only and lacks {char}: a blank on the paper",
            )
            char = "\u3000"
        head.put(char or MISSING, wide=True)

    def _unicode(self, first: int) -> Command:
        """FS ( C: the text is UTF-8."""
        head = self.head
        count = 1 if 0xC2 <= first <= 0xDF else 2 if first & 0xF0 == 0xE0 else 3 if 0xF0 <= first <= 0xF4 else 0
        if count:
            head.now += yield count
        try:
            char = head.now.decode("utf-8")
        except UnicodeDecodeError:
            head.complain("不是 UTF-8", "no UTF-8")
            char = MISSING
        head.put(char, wide=ord(char) >= 0x1100)

    def _check_utf8(self, at: int) -> None:
        """At the end of a run of bytes from 80 on, ``at`` bytes from the first of all."""
        run, self._run = bytes(self._run), bytearray()
        if meant := utf8(run):
            shown = meant if len(meant) <= 12 else meant[:12] + "…"
            self.head.complain_of(
                at,
                run,
                f'这是 UTF-8（“{shown}”），打印机要的是 GB18030，纸上会是乱码：请用 encode("gb18030")',
                "this is UTF-8; the printer expects GB18030 and prints nonsense",
            )
