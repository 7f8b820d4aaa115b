"""The printer that a kiosk reaches without the hub: one in the network, as the hall's file names it. One paper at a
time.

The way to the head and what became of a paper are the hub's own (`server/printing/`): the same bytes, the same verdict.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from config import Hall, Text
from config.tables import PrinterTable
from kiosk.flow.offline import Given, Paper
from kiosk.flow.view import Print
from printer_profiles import profile as profiles
from printer_profiles.escpos.encode import encode
from printer_profiles.profile import Profile
from printer_profiles.slip import Cut, Element, Feed, Rule, Slip
from printer_profiles.slip import Text as Printed
from server.domain.codes import offline_code
from server.domain.position import Place, group_of
from server.domain.print_outcome import outcome, ready
from server.domain.ticket import Ticket
from server.printing.slips.of_number import address, ticket_slip
from server.printing.spool.printer import open_printer
from server.printing.transport.opening import reached_alone
from server.printing.transport.patience import PATIENCE

log = logging.getLogger(__name__)


class OwnPrinter:
    """The first of the kiosk's printers that this machine reaches by itself; None of them: numbers are on the screen
    alone.

    `here`: this machine is the hub's too, and what hangs on it hangs on this one.
    """

    def __init__(self, hall: Hall, kiosk: str, data: Path, *, here: bool = False) -> None:
        self._kiosk, self._data, self._here = kiosk, data, here
        self.renew(hall)

    def renew(self, hall: Hall) -> None:
        """The hall's files are these now."""
        kiosk = hall.kiosks.get(self._kiosk)
        names = kiosk.printers if kiosk else []
        own = names[0] if names and self._here else reached_alone((name, hall.printers[name].url) for name in names)
        self.table: PrinterTable | None = None if own is None else hall.printers[own]
        self._hall = hall

    def number(self, given: Given) -> Print:
        """Print a number; what became of the paper. Takes as long as the head does."""
        return self._print(lambda profile: self._slip(given, profile), given.label)

    def place_url(self, given: Given) -> str:
        """Where its holder's telephone finds its place once it is entered; empty where none reaches the hall."""
        code = _code(given)
        return address(self._hall, code) if code and self._hall.public.url else ""

    def paper(self, paper: Paper) -> Print:
        """Print what paper needs to go on: who waits, in which order, and which numbers come next."""
        return self._print(lambda profile: list_slip(self._hall, paper), "the list")

    def _print(self, made: Callable[[Profile], Slip], what: str) -> Print:
        if self.table is None:
            return Print(state="none")
        profile = profiles.load(self.table.profile)
        try:
            printer = open_printer(
                self.table.url, profile, self._hall.folder, self._data, PATIENCE.with_answers_after(self.table.patience)
            )
        except OSError as error:
            log.warning("kiosk %s: its printer is not reached: %s", self._kiosk, error)
            return Print(state="failed")
        try:
            if not ready(printer.ready(), profile):
                return Print(state="failed")
            found = outcome(printer.print(encode(made(profile), profile)))
        except OSError as error:
            log.warning("kiosk %s: its printer is gone: %s", self._kiosk, error)
            return Print(state="failed")
        finally:
            printer.close()
        log.info("kiosk %s: %s is %s", self._kiosk, what, found.state)
        return Print(state=found.state)

    def _slip(self, given: Given, profile: Profile) -> Slip:
        hall = self._hall
        ticket = Ticket(
            id=given.line,
            day=given.day,
            prefix=given.prefix,
            number=given.number,
            service=given.service,
            klass=given.klass,
            channel="offline",
            language=given.language,
            large_print=given.large_print,
            issued_at=given.at,
            rank=given.at,
        )
        place = Place(ahead=-1, wait=None, counters=Text("", ""), group=group_of(hall, given.service))
        return ticket_slip(hall, ticket, place, device=self._kiosk, copy=1, columns=profile.columns, code=_code(given))


def _code(given: Given) -> str:
    return offline_code(given.label, given.wish)


def list_slip(hall: Hall, paper: Paper) -> Slip:
    """叫号清单: whoever calls by voice goes down each line, and writes further numbers by hand."""
    slip: list[Element] = [
        Printed("叫号清单", "centre", bold=True, scale=2),
        Printed("Who waits, in the order of calls", "centre"),
        Printed(hall.plate.zh, "centre"),
        Printed(f"截至 {paper.at}", "centre"),
        Rule(),
    ]
    if paper.called:
        slip.append(Printed(f"正在窗口 At counters now：{'、'.join(paper.called)}"))
    for line in paper.lines:
        slip += [Rule(), Printed(f"{line.zh} {line.en}：{len(line.numbers)}人", bold=True)]
        slip.append(Printed("  ".join(f"□{number}" for number in line.numbers)))
    slip += [Rule(), Printed("新来的人手写发号，从这里往下：", bold=True), Printed("Written by hand from here on:")]
    slip += [Printed(f"{prefix}字头  {first}起") for prefix, first in sorted(paper.next.items())]
    slip.append(Printed("每个号记下：事项、来的时间、窗口、叫号和结束时间、结果，系统恢复后补录。"))
    slip.append(Printed("Note for each: item, came, counter, called, ended, outcome. They are entered afterwards."))
    return (*slip, Feed(2), Cut())
