"""Who is next, and why. The rule is one pure function; the store only finds the head of each small line.

rank = the moment at which a ticket counts as having come = its arrival − its class's head start; an appointment's
arrival is its slot. Smallest rank first, the earlier ticket among equals. What a counter prefers has a further head
start there. Every head start is finite, so whoever waits longer than the largest of them is overtaken by nobody new.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import cycle

from config import Hall, Text
from server.domain import overtaking, target
from server.domain.ticket import Counter, Skills, Ticket


@dataclass(frozen=True)
class Profile:
    """What one counter calls. Services are codes; `None` means all but `reserved`. Times in seconds."""

    counter: str
    staff: str | None
    services: frozenset[str] | None
    reserved: frozenset[str] = frozenset()
    prefers_services: frozenset[str] = frozenset()
    prefers_classes: frozenset[str] = frozenset()
    prefer_s: float = 0.0
    helps: frozenset[str] | None = frozenset()
    help_after_s: float = 0.0
    prefers_languages: frozenset[str] = frozenset()
    language_s: float = 0.0

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """Asked for whenever something is kept by what counters call."""
        return hash(tuple(getattr(self, name) for name in self.__dataclass_fields__))

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """The lines it may call from: the hall's, its own, its member of staff's (`Ticket.target`)."""
        return target.called_from(self.counter, self.staff)

    def own(self, service: str) -> bool:
        return service not in self.reserved if self.services is None else service in self.services

    def calls_from(self, line: str, service: str) -> bool:
        """Whether it calls those of a service who wait in a line (`Ticket.target`) as its own."""
        return line in self.targets and (line != target.HALL or self.own(service))

    def may_help(self, service: str) -> bool:
        return service not in self.reserved if self.helps is None else service in self.helps

    def treats(self, service: str) -> tuple[bool, bool, bool]:
        """All that a service matters to it: services that are treated alike stand in one line here."""
        return self.own(service), self.may_help(service), service in self.prefers_services

    def earlier(self, ticket: Ticket) -> float:
        """So much earlier a ticket counts at this counter: by the most of what it is preferred for."""
        preferred = ticket.service in self.prefers_services or ticket.klass in self.prefers_classes
        spoken = ticket.language in self.prefers_languages
        return max(self.prefer_s if preferred else 0.0, self.language_s if spoken else 0.0)

    @property
    def earliest_s(self) -> float:
        """No ticket counts more seconds earlier here; one that was raised counts as many."""
        return max(self.prefer_s, self.language_s)

    def rank(self, ticket: Ticket) -> float:
        """A ticket's rank at this counter."""
        return ticket.rank - (self.earliest_s if ticket.raised else self.earlier(ticket))


@dataclass(frozen=True)
class Choice:
    """The ticket to call and the sentence, in Chinese and English, that a manager can show to whoever asks why."""

    ticket: Ticket
    why: Text


def profile(hall: Hall, counter: Counter) -> Profile:
    """What a counter calls now: as config.toml says, or as it was re-bound, and of that what whoever sits there can do
    (`Counter.skills`). Somebody who speaks a language prefers the numbers that were taken in it.
    """
    return _profile(hall, counter, counter.skills)


@lru_cache(1024)
def _profile(hall: Hall, counter: Counter, skills: Skills | None) -> Profile:
    """`skills` are no part of what makes a counter the same (`Counter`), so that they are named beside it."""
    table = hall.counters[counter.id]
    services, helps, after = hall.services_of(counter.id), _set(table.helps), table.help_after_min
    if counter.bound:
        services = None if counter.bound.services is None else frozenset(counter.bound.services)
        helps = None if counter.bound.helps is None else frozenset(counter.bound.helps)
        after = counter.bound.help_after_min
    if skills and skills.services is not None:
        services, helps = (_able(scope, frozenset(skills.services), hall.reserved) for scope in (services, helps))
    languages = frozenset(skills.languages) if skills else frozenset()
    return Profile(
        counter.id,
        counter.staff,
        services,
        hall.reserved,
        frozenset(table.prefers_services),
        frozenset(table.prefers_classes),
        table.prefer_min * 60.0,
        helps,
        after * 60.0,
        languages,
        hall.people.language_prefer_min * 60.0 if languages else 0.0,
    )


def _able(scope: frozenset[str] | None, can: frozenset[str], reserved: frozenset[str]) -> frozenset[str]:
    """What of a counter's services a person can do."""
    return can - reserved if scope is None else scope & can


def kind(mine: Profile, wanted: Collection[str]) -> Profile:
    """What a counter calls, without its name where no one waits for it or its member of staff alone (`wanted`):
    counters that call the same people are of one kind.
    """
    alone = mine.staff and target.staff(mine.staff) in wanted
    return _kind(mine, mine.counter if target.counter(mine.counter) in wanted else "", mine.staff if alone else None)


@lru_cache(1024)
def _kind(mine: Profile, counter: str, staff: str | None) -> Profile:
    return replace(mine, counter=counter, staff=staff)


@lru_cache(256)
def kinds(counters: tuple[Profile, ...], wanted: frozenset[str]) -> tuple[tuple[Profile, ...], Profile | None]:
    """`kind` of each counter; and the one that all of them are if they preferred nobody, if it is one."""
    found = tuple(kind(mine, wanted) for mine in counters)
    plain = {unpreferring(mine) for mine in found}
    return found, plain.pop() if len(plain) == 1 else None


@lru_cache(1024)
def unpreferring(mine: Profile) -> Profile:
    """The counter as it would be if it preferred nobody."""
    nothing: frozenset[str] = frozenset()
    return replace(
        mine,
        prefers_services=nothing,
        prefers_classes=nothing,
        prefer_s=0.0,
        prefers_languages=nothing,
        language_s=0.0,
    )


@lru_cache(1024)
def alike(counters: tuple[Profile, ...], services: tuple[str, ...]) -> tuple[str, ...]:
    """One service for each way in which counters treat some of them."""
    ways = {tuple(mine.treats(code) for mine in counters): code for code in reversed(services)}
    return tuple(ways.values())


def _set(services: str | Sequence[str]) -> frozenset[str] | None:
    return None if isinstance(services, str) else frozenset(services)


@lru_cache(64)
def head_starts(hall: Hall) -> Mapping[str, int]:
    """Minutes by class."""
    return {name: table.head_start_min for name, table in hall.classes.items()}


def came(last: Ticket | None, head_starts: Mapping[str, int], now: float) -> float:
    """When a new ticket counts as having come: now, but not before the `last` in the line, whom a clock set back has
    left ahead of us.
    """
    return now if last is None else max(now, last.rank + head_starts.get(last.klass, 0) * 60)


def rank(entered_at: float, head_start_min: int) -> float:
    """Place of a new ticket in the queue, epoch seconds."""
    return entered_at - head_start_min * 60


def appointment_rank(slot: float, now: float, head_start_min: int, late_min: int) -> float:
    """Place of an appointment that checks in: its slot, so that coming early gains nothing and a little late loses
    nothing.
    """
    return rank(slot if now <= slot + late_min * 60 else now, head_start_min)


def choose(
    heads: Collection[Ticket], mine: Profile, head_starts: Mapping[str, int], now: float, early_s: float = 0.0
) -> Choice | None:
    """The next ticket of a counter.

    `heads` holds the first waiting ticket by rank of each (target, service, class) that `mine.targets` reach;
    `head_starts` the minutes of each class; `early_s` how long before its slot an appointment may be called.
    """
    candidates = in_order(heads, mine, head_starts, now, early_s)
    if not candidates:
        return None
    return Choice(candidates[0], _why(candidates[0], candidates, mine, head_starts, now))


def needs_nobody_else(ticket: Ticket, mine: Profile, head_starts: Mapping[str, int], limited: bool = False) -> bool:
    """Whether a ticket that is the first says by itself why: nobody is passed by, nor held back where head starts are
    `limited`. So it is with nearly every one.
    """
    if limited:
        return False
    plain = not (ticket.target or ticket.placed or mine.earlier(ticket)) and ticket.slot is None
    return plain and not head_starts.get(ticket.klass, 0) and mine.own(ticket.service)


def in_order(
    waiting: Collection[Ticket], mine: Profile, head_starts: Mapping[str, int], now: float, early_s: float = 0.0
) -> list[Ticket]:
    """Those of them that a counter may call, in the order in which it would if nobody else came."""
    able = [t for t in waiting if _callable(t, mine, head_starts, now, early_s)]
    return sorted(able, key=lambda t: (mine.rank(t), t.id))


def may_call(ticket: Ticket, mine: Profile, head_starts: Mapping[str, int], now: float, early_s: float = 0.0) -> bool:
    """Whether a counter may call a waiting ticket, were it the first."""
    return ticket.target in mine.targets and _callable(ticket, mine, head_starts, now, early_s)


def callable_from(ticket: Ticket, now: float, early_s: float) -> float:
    """From when on a ticket may be called: now, or as long before its slot as appointments are."""
    return now if ticket.slot is None or ticket.raised else max(now, ticket.slot - early_s)


def called_before(lines: Sequence[Iterable[int]]) -> list[int]:
    """Who is called before a ticket if nobody else comes: the counters that may call it take turns in the order given.

    `lines` holds for each of them the ids that it would call before the ticket, in its own order. It ends with the
    first counter that has nobody left to call before it.
    """
    called: dict[int, None] = {}
    for line in cycle([iter(line) for line in lines]):
        first = next((ticket for ticket in line if ticket not in called), None)
        if first is None:
            break
        called[first] = None
    return list(called)


def _callable(ticket: Ticket, mine: Profile, head_starts: Mapping[str, int], now: float, early_s: float) -> bool:
    if ticket.slot is not None and not ticket.raised and now < ticket.slot - early_s:
        return False
    return bool(ticket.target) or mine.own(ticket.service) or _helped(ticket, mine, head_starts, now)


def _helped(ticket: Ticket, mine: Profile, head_starts: Mapping[str, int], now: float) -> bool:
    """Not its own service, but somebody has waited so long that it helps; the class's head start is no waiting."""
    waited = now - max(ticket.rank + head_starts.get(ticket.klass, 0) * 60, ticket.entered_at)
    return mine.may_help(ticket.service) and waited >= mine.help_after_s


def _why(
    ticket: Ticket, candidates: Collection[Ticket], mine: Profile, head_starts: Mapping[str, int], now: float
) -> Text:
    """One sentence: the rule that put this ticket first, how long it has waited, and whom it passes by."""
    waited = max(0, round((now - ticket.issued_at) / 60))
    overtakes, zh, en = _rule(ticket, candidates, mine, head_starts)
    earlier = [t for t in candidates if _arrival(t) < _arrival(ticket)] if overtakes else []
    over = min(earlier, key=lambda t: (_arrival(t), t.id), default=None)
    tail, tail_en = (
        (f"，因此先于更早的{over.label}", f", so before {over.label}, who came earlier") if over else ("", "")
    )
    return Text(f"{zh}，已等候{waited}分钟{tail}。", f"{en}; waited {waited} min{tail_en}.")


def _rule(
    ticket: Ticket, candidates: Collection[Ticket], mine: Profile, head_starts: Mapping[str, int]
) -> tuple[bool, str, str]:
    """(whether it puts the ticket before earlier ones, the rule in Chinese, in English)."""
    if ticket.placed == "raised":
        return True, f"经批准优先（{ticket.raised}）", f"Raised by permission ({ticket.raised})"
    if ticket.target:
        if ticket.placed == "returned":
            return True, "回到本窗口继续办理的号", "Back to go on at this counter"
        return True, "转移到本窗口的号", "Transferred to this counter"
    if not mine.own(ticket.service):
        minutes = round(mine.help_after_s / 60)
        return False, f"等候超过{minutes}分钟，本窗口协助办理", f"Waited over {minutes} min, this counter helps"
    if mine.earlier(ticket) and any(_before(t, ticket) for t in candidates):
        minutes = round(mine.earlier(ticket) / 60)
        return (
            True,
            f"本窗口优先办理这一类（提前{minutes}分钟计）",
            f"This counter prefers these (counted {minutes} min earlier)",
        )
    if ticket.placed == "returned":
        return False, "过号或挂起后按规定排入", "Taken back and placed by the rule"
    if ticket.placed == "gave way":
        return False, "让号后按排队顺序轮到", "Next in order after giving way"
    if ticket.placed == "transferred":
        return False, "转移后按排队顺序轮到", "Next in order after a transfer"
    if ticket.slot is not None:
        return True, "预约时段已到，按预约时间排序", "Appointment due, ranked by its slot"
    if head_starts.get(ticket.klass, 0) and any(_arrival(t) < _arrival(ticket) for t in candidates):
        minutes = head_starts[ticket.klass]
        return True, f"优先类别提前{minutes}分钟计", f"Priority class, counted {minutes} min earlier"
    return _held_back(ticket, candidates, head_starts) or (False, "按取号先后轮到", "Next in order of coming")


def _held_back(
    ticket: Ticket, candidates: Collection[Ticket], head_starts: Mapping[str, int]
) -> tuple[bool, str, str] | None:
    """The limit by which a ticket is called before a later one whose head start would have put that first."""
    later = [
        t
        for t in candidates
        if t.id > ticket.id and rank(t.entered_at, head_starts.get(t.klass, 0)) < ticket.rank <= t.rank
    ]
    held = next((one for t in later if (one := overtaking.held_by(t.placed))), None)
    if held is None:
        return None
    what, most = held
    if what == overtaking.IN_A_ROW:
        return False, f"优先号最多连叫{most}个，轮到下一位", f"At most {most} priority numbers in a row, then the next"
    return False, f"已让{most}个后到的优先号先办，不再让", f"{most} later priority numbers went first, no more do"


def _arrival(ticket: Ticket) -> float:
    """When it came, as people see it: an appointment comes at its slot, however early its holder sits down."""
    return ticket.issued_at if ticket.slot is None else max(ticket.slot, ticket.issued_at)


def _before(one: Ticket, other: Ticket) -> bool:
    return (one.rank, one.id) < (other.rank, other.id)


def returned_rank(next_waiting: Sequence[Ticket], after: int, now: float) -> float:
    """Place of a number that was taken back: behind the next `after` tickets, `next_waiting` being its line in the
    order in which it is called.
    """
    if after == 0:
        return first_rank(next_waiting, now)
    return max((t.rank + 0.0005 for t in next_waiting[:after]), default=now)


def first_rank(line: Collection[Ticket], now: float) -> float:
    """Place of a number that is put before everybody in its line."""
    return min((t.rank - 0.001 for t in line), default=now)
