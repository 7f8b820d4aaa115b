"""``python -m counter_display doctor``: looks at one wire, says in plain sentences what is on it, and writes the
config lines.

Listens for noise, asks every address in each language asked for, lets each board that answers show its own address,
and waits for a key of each pad. What it found is plain data; sentences and config lines are made of it without a
port. The command line needs the wire for itself, so the boards' program is stopped first; while it runs, its own
thread of the wire looks (`Bus.lend`), as the hub's page asks.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import tomlkit

import config
from config import Text
from counter_display.line.bus import ANSWER_S, BITS, GAP_S, NETWORK_S, Line, opened
from counter_display.protocols import Language, pads
from counter_display.protocols.language import Reply
from intake.toml_file import toml_text

Say = Callable[[str, str], None]
"""Told each sentence, in Chinese and English."""

QUIET_S = 1.0
NOISY = 3
"""So many stray bytes in a second are no accident."""


class Found(NamedTuple):
    """A board that answered: in which language, at which speed and address, how long its answers took, how many came
    to one question.
    """

    protocol: str
    baud: int
    address: int
    times_ms: tuple[float, ...]
    most_answers: int


class Pressed(NamedTuple):
    """A pad or rater that was pressed, and its bytes in hex."""

    kind: str
    address: int
    keys: str


class Refusal(NamedTuple):
    """An address from which something answered that it does not do what it was asked; `why` in its protocol's words.

    `absent`: a gateway said so, and nobody is there.
    """

    protocol: str
    baud: int
    address: int
    why: Text
    absent: bool


@dataclass
class Report:
    """What is on a wire. `garbled`: addresses that were answered with something that is no answer."""

    noise: int = 0
    echo: bool = False
    boards: list[Found] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    garbled: list[tuple[str, int, int]] = field(default_factory=list)
    pressed: list[Pressed] = field(default_factory=list)


class Asked(NamedTuple):
    """What came of a question: milliseconds of each answer after the end of our frame, why it was not obeyed,
    everything that was heard.
    """

    times_ms: list[float]
    refused: Reply | None
    heard: bytes


class Probe:
    """One open port. Raises what bus.TROUBLE holds."""

    def __init__(self, at: Line, baud: int, bits: str = "8N1") -> None:
        self._slow_s = 0.0 if at.device else NETWORK_S
        self._port = opened(at, baud, bits, timeout=0.005)
        self._byte_s = BITS / baud

    def __enter__(self) -> Probe:
        return self

    def __exit__(self, *_: object) -> None:
        self._port.close()

    def hear(self, seconds: float) -> Iterator[bytes]:
        """Pieces of what comes within a time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if piece := self._port.read(1) + self._port.read(self._port.in_waiting):
                yield bytes(piece)

    def say(self, frame: bytes) -> float:
        """Write a frame; when its last byte is on the wire, time.monotonic()."""
        self._port.write(frame)
        return time.monotonic() + len(frame) * self._byte_s

    def ask(self, language: Language, address: int, frame: bytes) -> Asked:
        listener, heard = language.Replies(), b""
        times: list[float] = []
        refused: Reply | None = None
        listener.sent(frame)
        sent = self.say(frame)
        for piece in self.hear(sent - time.monotonic() + ANSWER_S + self._slow_s):
            heard += piece
            for reply in listener.feed(piece):
                if reply.address == address and reply.refused:
                    refused = reply
                elif reply.address == address:
                    times.append(max(0.0, time.monotonic() - sent) * 1000)
        time.sleep(GAP_S)
        return Asked(times, refused, heard)


def examine(
    at: Line,
    languages: dict[str, Language],
    bauds: Sequence[int],
    addresses: Iterable[int] | None,
    listen_s: float,
    say: Say,
) -> Report:
    """Look at a wire from all sides, saying each thing as it is found."""
    report, wanted = Report(), None if addresses is None else list(addresses)
    for baud in bauds:
        for name, language in languages.items():
            with Probe(at, baud, language.TRAITS.serial) as probe:
                report.noise = max(report.noise, sum(map(len, probe.hear(QUIET_S))))
                _ask_all(probe, report, name, language, baud, _asked(language, wanted), say)
    if listen_s > 0:
        with Probe(at, bauds[0]) as probe:
            say(
                f"请在{listen_s:.0f}秒内按一下每个叫号器和评价器的键。",
                f"Press a key on each pad and rater within {listen_s:.0f} s.",
            )
            _listen(probe, report, listen_s, say)
    return report


def _asked(language: Language, wanted: list[int] | None) -> list[int]:
    known = language.TRAITS.addresses
    return [a for a in (wanted if wanted is not None else range(256)) if a in known] or (
        [known[0]] if len(known) == 1 else []
    )


def _ask_all(
    probe: Probe, report: Report, name: str, language: Language, baud: int, addresses: list[int], say: Say
) -> None:
    if not language.TRAITS.answers:
        for address in addresses[:1]:
            probe.say(language.show_address(address))
            say(
                f"{name}（{baud}）：这种屏不应答，请看屏上是否显示地址{address}。",
                f"{name} ({baud}): such boards never answer; look whether one shows {address}.",
            )
        return
    say(f"{name}（{baud}）：正在问{len(addresses)}个地址……", f"{name} ({baud}): asking {len(addresses)} addresses…")
    for address in addresses:
        question = language.probe(address) or language.show_address(address)
        first, refused, heard = probe.ask(language, address, question)
        report.echo = report.echo or heard.startswith(question)
        if refused and not refused.absent and not first:  # it may not know the question, and yet show
            question = language.show_address(address)
            first = probe.ask(language, address, question).times_ms
        if first:
            tries = [probe.ask(language, address, question).times_ms for _ in range(2)]
            times = (first[0], *(more[0] for more in tries if more))
            found = Found(name, baud, address, times, max(len(first), *map(len, tries)))
            report.boards.append(found)
            probe.ask(language, address, language.show_address(address))
            say(*_board_sentence(found))
        elif refused and refused.refused:
            report.refused.append(Refusal(name, baud, address, refused.refused, refused.absent))
        elif len(heard.replace(question, b"")) >= NOISY and report.noise < NOISY:
            report.garbled.append((name, baud, address))


def _listen(probe: Probe, report: Report, seconds: float, say: Say) -> None:
    frames = pads.Frames()
    for piece in probe.hear(seconds):
        for frame in frames.feed(piece):
            what = pads.heard(frame)
            if what is None:
                continue
            answer = pads.thanks(frame.address, what.score) if isinstance(what, pads.Score) else frame.raw
            frames.sent(answer)
            probe.say(answer)
            pressed = Pressed(
                "rater" if isinstance(what, pads.Score) else "pad",
                frame.address,
                " ".join(f"{byte:02X}" for byte in frame.data),
            )
            if pressed in report.pressed:
                continue
            report.pressed.append(pressed)
            kind = {"pad": "叫号器", "rater": "评价器"}[pressed.kind]
            say(
                f"{kind}，地址{pressed.address}：按键 {pressed.keys}。",
                f"A {pressed.kind} at address {pressed.address}: keys {pressed.keys}.",
            )


# --- what was found, in words and in config lines: pure -------------------------------------------


def _board_sentence(found: Found) -> Text:
    slow = max(found.times_ms)
    twice, twice_en = ("", "")
    if found.most_answers > 1:
        twice, twice_en = Text(
            "；一问有两个应答：可能两块屏同一地址",
            "; two answers to one question: perhaps two boards of one address",
        )
    return Text(
        f"{found.protocol}，地址{found.address}：有屏应答，最慢{slow:.0f}毫秒，屏上显示自己的地址{twice}。",
        (
            f"{found.protocol}, address {found.address}: a board answers, {slow:.0f} ms at most, and shows its"
            f" address{twice_en}."
        ),
    )


def languages_of(hall: config.Hall, wire: str) -> tuple[str, ...]:
    """Those that config.toml names for a wire and its boards."""
    own = (board.protocol for board in hall.boards.values() if board.wire == wire and board.protocol)
    return tuple(dict.fromkeys([hall.wires[wire].protocol, *own]))


def orders(told: Mapping[str, Any]) -> list[tuple[str, int, bool]]:
    """The examinations that the hub asks for: wire, number, whether at every address."""
    asked = told.get("examine")
    return [
        (wire, entry["order"], entry.get("every") is True)
        for wire, entry in (asked.items() if isinstance(asked, dict) else ())
        if isinstance(entry, dict) and isinstance(entry.get("order"), int)
    ]


def told(report: Report) -> list[Text]:
    """Everything that was found, for whoever did not stand by: each board and key, and what is to be said of all."""
    pressed = [
        Text(
            f"{'叫号器' if one.kind == 'pad' else '评价器'}，地址{one.address}：按键 {one.keys}。",
            f"A {one.kind} at address {one.address}: keys {one.keys}.",
        )
        for one in report.pressed
    ]
    return [*map(_board_sentence, report.boards), *pressed, *sentences(report)]


def sentences(report: Report) -> list[Text]:
    """What is to be said of the whole wire, the troubles first, each with what to do."""
    said: list[Text] = []
    if report.noise >= NOISY:
        said.append(
            Text(
                f"线上没有提问时也有{report.noise}个字节：请检查接线、终端电阻，或逐个断开设备。",
                f"{report.noise} bytes came unasked: check wiring and termination, or unplug the devices one by one.",
            )
        )
    if report.echo:
        said.append(
            Text(
                "转换器会回显自己发出的内容：程序能处理，不用更换。",
                "The adapter echoes what it sends: the program copes, no need to change it.",
            )
        )
    for name, baud, address in report.garbled:
        said.append(
            Text(
                f"{name}（{baud}），地址{address}：有应答但读不懂：可能两台设备同一地址，或速率、协议不对。",
                (
                    f"{name} ({baud}), address {address}: garbled: perhaps two devices of one address, a wrong speed or"
                    " protocol."
                ),
            )
        )
    said += _refusals(report.refused)
    n, p = len(report.boards), len({(one.kind, one.address) for one in report.pressed})
    said.append(Text(f"共找到{n}块屏，{p}个叫号器或评价器。", f"Found {n} boards and {p} pads or raters."))
    if not n and not p:
        said.append(
            Text(
                "什么都没有找到：请检查电源、A/B线是否接反、速率和协议。",
                "Nothing was found: check power, whether A and B are swapped, speed and protocol.",
            )
        )
    return said


def _refusals(refused: list[Refusal]) -> list[Text]:
    """A sentence for all addresses that said the same: none of them is taken for a board."""
    alike: dict[tuple[str, int, Text, bool], list[int]] = {}
    for one in refused:
        alike.setdefault((one.protocol, one.baud, one.why, one.absent), []).append(one.address)
    return [
        Text(
            f"{name}（{baud}），地址{_in_words(at)}：没有屏，{why.zh}：请检查电源、线路和地址。",
            f"{name} ({baud}), address {_in_words(at)}: no board; {why.en}; check power, wire and address.",
        )
        if absent
        else Text(
            f"{name}（{baud}），地址{_in_words(at)}：有应答但拒收，不算作屏（{why.zh}）：请核对型号和协议。",
            f"{name} ({baud}), address {_in_words(at)}: answers, but refuses, and is not taken for a board ({why.en});"
            " check model and protocol.",
        )
        for (name, baud, why, absent), at in alike.items()
    ]


def _in_words(numbers: list[int]) -> str:
    """1-3, 7"""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def tables(hall: config.Hall, wire: str, report: Report) -> dict[str, dict[str, dict[str, Any]]]:
    """The tables that config.toml lacks, by kind and name; the counter is a guess by number, for the technician to
    check.
    """
    new: dict[str, dict[str, dict[str, Any]]] = {"boards": {}, "pads": {}, "raters": {}}
    at = hall.wires[wire]
    for found in report.boards:
        known = any(b.wire == wire and b.address == found.address for b in hall.boards.values())
        if not known:
            name = _free(hall.boards, new["boards"], str(found.address))
            table = {
                "counter": _counter(hall, found.address, [b.counter for b in hall.boards.values()]),
                "wire": wire,
                "address": found.address,
            }
            new["boards"][name] = table | ({"protocol": found.protocol} if found.protocol != at.protocol else {})
    for one in {(p.kind, p.address): p for p in report.pressed}.values():
        kind = f"{one.kind}s"
        devices: dict[str, Any] = getattr(hall, kind)
        if any(d.wire == wire and d.address == one.address for d in devices.values()):
            continue
        table = {
            "counter": _counter(hall, one.address, [d.counter for d in devices.values()]),
            "wire": wire,
            "address": one.address,
        }
        levels = {f"{score:02X}": score + 1 for score in range(4, -1, -1)}
        new[kind][_free(devices, new[kind], str(one.address))] = table | (
            {"levels": levels} if one.kind == "rater" else {}
        )
    return {kind: made for kind, made in new.items() if made}


def _free(known: dict[str, Any], new: dict[str, Any], wanted: str) -> str:
    name, n = wanted, 1
    while name in known or name in new:
        name, n = f"{wanted}-{n + 1}", n + 1
    return name


def _counter(hall: config.Hall, address: int, taken: list[str]) -> str:
    """The counter of that number, else the first that has no such device yet, else the first."""
    free = [c for c in hall.counters if c not in taken]
    return str(address) if str(address) in hall.counters else (free or list(hall.counters))[0]


def lines(new: dict[str, dict[str, dict[str, Any]]]) -> str:
    """The tables as they stand in config.toml."""
    document = tomlkit.document()
    add(document, new)
    return tomlkit.dumps(document).strip()


def add(document: Any, new: dict[str, dict[str, dict[str, Any]]]) -> None:
    """Put the tables into a file's document; what is there stays, comments too."""
    for kind, made in new.items():
        parent = document.setdefault(kind, tomlkit.table(is_super_table=True))
        for name, values in made.items():
            table = tomlkit.table()
            for key, value in values.items():
                item: Any = tomlkit.inline_table() if isinstance(value, dict) else tomlkit.item(value)
                if isinstance(value, dict):
                    item.update(value)
                table.add(key, item)
            table["counter"].comment("请核对：是不是这个窗口 check: is it this counter?")
            parent[name] = table


def write(file: Path, new: dict[str, dict[str, dict[str, Any]]]) -> None:
    """Add the tables to the hall's file, in one step."""
    document = tomlkit.parse(toml_text(file.read_bytes()))
    add(document, new)
    beside = file.with_name(f".{file.name}.new")
    beside.write_text(tomlkit.dumps(document), encoding="utf-8")
    config.load(beside)
    beside.replace(file)
