"""Roster against presence (考勤): late, early, absent, unmanned minutes (空岗), for each duty.

Pure; all times epoch seconds.

Definitions: shared figures row "考勤 attendance", docs/people.md. A duty is one unbroken time for which one person is
rostered at a post; a presence is somebody logged in at a counter, pauses included; pauses are also told apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from server.domain import events as ev
from server.domain.post import Post, post_of

Span = tuple[float, float]


@dataclass(frozen=True)
class Duty:
    """`staff` is rostered at a post's counter from `start` to `end`; `b` may stand in."""

    post: str
    counter: str
    staff: str
    b: str | None
    start: float
    end: float


@dataclass(frozen=True)
class Presence:
    """Somebody was logged in at a counter."""

    counter: str
    staff: str
    start: float
    end: float


@dataclass(frozen=True)
class Pause:
    """A counter was paused, by whoever sat there, and why."""

    counter: str
    start: float
    end: float
    staff: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Change:
    """The roster's word on a span of time: `staff` has the post then, or nobody is needed."""

    post: str
    staff: str | None
    start: float
    end: float


@dataclass(frozen=True)
class Extra:
    """延时与周末服务: which counters are open besides the office hours, and by whom; no `staff`: the A of each post."""

    spans: tuple[Span, ...]
    counters: tuple[str, ...]
    staff: tuple[str, ...] = ()

    def on_duty(self, post: Post) -> str | None:
        """Who of a post has this duty: its A, or its B where only the B was named; None for nobody."""
        if post.counter not in self.counters:
            return None
        return next((one for one in (post.a, post.b) if one and (one in self.staff or not self.staff)), None)


@dataclass(frozen=True)
class Kept:
    """How a duty was kept until now; seconds, but `login` (the first of the rostered person, epoch seconds)."""

    duty: Duty
    length: float
    """The part of the duty that lies behind us; `unmanned` + `manned` is this."""
    login: float | None
    late: float
    early: float
    absent: bool
    manned: float
    unmanned: float
    own: float
    b: float
    paused: float

    @property
    def share(self) -> float | None:
        """在岗率: the rostered person's own time of the duty so far, 0 to 1; None before it begins."""
        return self.own / self.length if self.length else None


# --- spans ------------------------------------------------------------------------------------------------------------


def union(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that overlap or touch made one."""
    joined: list[Span] = []
    for start, end in sorted(span for span in spans if span[1] > span[0]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def within(spans: Iterable[Span], start: float, end: float) -> list[Span]:
    """What of the spans lies in [start, end), as `union`."""
    return union((max(a, start), min(b, end)) for a, b in spans)


def length(spans: Iterable[Span]) -> float:
    return sum(end - start for start, end in spans)


# --- who was there ----------------------------------------------------------------------------------------------------


def sittings(rows: Iterable[tuple[float, ev.Event]], until: float) -> tuple[list[Presence], list[Pause]]:
    """Presences and pauses from the counters' events in order; what is still going on ends at `until`."""
    seated: dict[str, tuple[str, float]] = {}
    paused: dict[str, tuple[float, str]] = {}
    presences: list[Presence] = []
    pauses: list[Pause] = []

    def go_on(counter: str, at: float) -> None:
        if counter in paused:
            since, reason = paused.pop(counter)
            pauses.append(Pause(counter, since, at, seated[counter][0] if counter in seated else "", reason))

    def leave(counter: str, at: float) -> None:
        go_on(counter, at)
        if counter in seated:
            presences.append(Presence(counter, *seated.pop(counter), at))

    for at, event in rows:
        counter = event.counter or ""
        if isinstance(event, ev.CounterOpened | ev.CounterClosed):
            leave(counter, at)
        if isinstance(event, ev.CounterOpened):
            seated[counter] = (event.staff, at)
        elif isinstance(event, ev.CounterPaused) and counter in seated:
            paused.setdefault(counter, (at, event.reason))
        elif isinstance(event, ev.CounterResumed):
            go_on(counter, at)
    for counter in list(seated):
        leave(counter, max(until, seated[counter][1]))
    return presences, pauses


# --- who should have been ---------------------------------------------------------------------------------------------


def versions(register: Iterable[tuple[float, ev.Event]], until: float) -> list[tuple[Post, float, float]]:
    """Each post as it was from one moment to another, from its register's rows in order."""
    current: dict[str, Post] = {}
    found: list[tuple[Post, float, float]] = []
    for at, event in register:
        if isinstance(event, ev.PostSet | ev.PostEnded) and (was := current.pop(event.post, None)):
            found.append((was, was.since, at))
        if isinstance(event, ev.PostSet):
            current[event.post] = post_of(event, at)
    return [v for v in [*found, *((post, post.since, until) for post in current.values())] if v[2] > v[1]]


def duties(
    posts: Iterable[tuple[Post, float, float]],
    office: Iterable[Span],
    changes: Iterable[Change],
    extra: Iterable[Extra] = (),
) -> list[Duty]:
    """The duties of a day: each post is its A's during the office hours, and those of `extra` have theirs besides, but
    for what the roster says; its last word wins.
    """
    hours, posts = list(office), list(posts)
    found = [
        Duty(post.id, post.counter, post.a, post.b, *span)
        for post, since, until in posts
        for span in within(hours, since, until)
    ]
    found += [
        Duty(post.id, post.counter, staff, post.b, *span)
        for one in extra
        for post, since, until in posts
        if (staff := one.on_duty(post))
        for span in within(one.spans, since, until)
    ]
    for change in changes:
        found = [piece for duty in found for piece in _changed(duty, change)]
    return _joined(sorted(found, key=lambda d: (d.counter, d.post, d.start)))


def _changed(duty: Duty, change: Change) -> list[Duty]:
    start, end = max(duty.start, change.start), min(duty.end, change.end)
    if duty.post != change.post or start >= end:
        return [duty]
    pieces = [replace(duty, end=start), replace(duty, start=end)]
    if change.staff is not None:
        pieces.insert(1, replace(duty, staff=change.staff, start=start, end=end))
    return [piece for piece in pieces if piece.end > piece.start]


def _joined(found: list[Duty]) -> list[Duty]:
    joined: list[Duty] = []
    for duty in found:
        if joined and replace(joined[-1], start=duty.start, end=duty.end) == duty and joined[-1].end == duty.start:
            joined[-1] = replace(joined[-1], end=duty.end)
        else:
            joined.append(duty)
    return joined


# --- the one against the other ----------------------------------------------------------------------------------------


def judge(
    duty: Duty, presences: Iterable[Presence], pauses: Iterable[Pause], now: float, late_s: float, absent_s: float
) -> Kept:
    """How a duty was kept until `now`. A duty under way has no early leave yet, and is absent only after `absent_s`."""
    end = min(duty.end, max(duty.start, now))
    here = [p for p in presences if p.counter == duty.counter]

    def time_of(*people: str | None) -> list[Span]:
        return within(((p.start, p.end) for p in here if p.staff in people), duty.start, end)

    own, both = time_of(duty.staff), time_of(duty.staff, duty.b)
    manned_spans = within(((p.start, p.end) for p in here), duty.start, end)
    manned = length(manned_spans)
    login = own[0][0] if own else None
    due = duty.start + absent_s
    return Kept(
        duty=duty,
        length=end - duty.start,
        login=login,
        late=login - duty.start if login is not None and login > duty.start + late_s else 0.0,
        early=duty.end - own[-1][1] if own and now >= duty.end else 0.0,
        absent=min(now, duty.end) > due and not (both and both[0][0] <= due),
        manned=manned,
        unmanned=max(0.0, end - duty.start - manned),
        own=length(own),
        b=length(time_of(duty.b)) if duty.b and duty.b != duty.staff else 0.0,
        paused=sum(length(within(manned_spans, p.start, p.end)) for p in pauses if p.counter == duty.counter),
    )
