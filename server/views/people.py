"""What the pages of people show, JSON-able: posts and who is there, the attendance of a day, the register of
changes.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from config import Text
from server.domain import attendance, worktime
from server.domain import events as ev
from server.domain.position import ENQUIRIES
from server.domain.post import AT_COUNTERS
from server.domain.ticket import Counter, Skills
from server.domain.vocabulary import LANGUAGES, reason_text
from server.verbs import people
from server.verbs.hub import Hub
from server.views.hall import scope
from server.views.tickets import iso


def _person(names: dict[str, str], staff: str | None) -> dict[str, str] | None:
    return {"id": staff, "name": names.get(staff, staff)} if staff else None


def counter_name(hub: Hub, counter: str) -> dict[str, str]:
    return {"id": counter, **hub.hall.counter_name(counter).json("name")}


def posts_view(hub: Hub) -> dict[str, Any]:
    """Posts with A, B and who is there now; substitutions, those to be decided first."""
    reader = hub.read()
    names, counters = reader.names(), reader.counters()
    posts = []
    for post in reader.posts().values():
        counter = counters.get(post.counter, Counter(post.counter))
        posts.append(
            {
                "id": post.id,
                "name": post.name,
                "name_en": post.name_en,
                "counter": counter_name(hub, post.counter),
                "a": _person(names, post.a),
                "b": _person(names, post.b),
                "since": iso(hub.hall, post.since),
                "state": counter.state,
                "there": _person(names, counter.staff) if counter.state != "closed" else None,
                "standing_in": people.standing_in(reader, post.counter),
            }
        )
    substitutions = [
        {
            "id": s.id,
            "post": s.post,
            "counter": counter_name(hub, s.counter),
            "from": _person(names, s.from_staff),
            "to": _person(names, s.to_staff),
            **reason_text(s.reason, hub.hall.people.substitution_reasons).json("reason"),
            "is_b": s.is_b,
            "state": s.state,
            "began": iso(hub.hall, s.began),
            "ended": iso(hub.hall, s.ended),
            "decided_by": _person(names, s.decided_by),
            "note": s.note,
        }
        for s in reader.substitutions()
    ]
    return {"posts": posts, "substitutions": substitutions, "skills": skills_view(hub)}


def skills_view(hub: Hub) -> list[dict[str, Any]]:
    """What everybody who sits at counters can do; who has no line of their own can do everything."""
    reader, hall = hub.read(), hub.hall
    known = reader.skills()
    found = []
    for row in reader.everybody():
        if not row["active"] or row["role"] not in AT_COUNTERS:
            continue
        skills = known.get(row["id"], Skills(row["id"]))
        services = None if skills.services is None else [c for c in skills.services if c in hall.services]
        found.append(
            {
                "staff": {"id": row["id"], "name": row["name"]},
                "services": services,
                "said": scope(hall, None if services is None else frozenset(services)).json(),
                "languages": [LANGUAGES[code].json() | {"id": code} for code in skills.languages if code in LANGUAGES],
            }
        )
    return found


def offered(hub: Hub) -> dict[str, Any]:
    """What may be ticked: the items by their tiles, and the languages."""
    hall = hub.hall
    groups = [(group.text, group.services) for group in hall.groups.values()]
    rest = [code for code in hall.services if not any(code in services for _, services in groups)]
    return {
        "groups": [
            {**text.json(), "services": [{"id": code, **hall.services[code].text.json("name")} for code in services]}
            for text, services in [*groups, (ENQUIRIES, rest)]
            if services
        ],
        "languages": [{"id": code, **text.json()} for code, text in LANGUAGES.items()],
    }


def _minutes(seconds: float) -> int:
    return int(seconds // 60)


def _post(posts: dict[str, Text], post: str) -> dict[str, str]:
    return {"id": post, **posts.get(post, Text.same(post)).json("name")}


def _kept(hub: Hub, names: dict[str, str], posts: dict[str, Text], kept: attendance.Kept) -> dict[str, Any]:
    duty = kept.duty
    return {
        "post": _post(posts, duty.post),
        "counter": counter_name(hub, duty.counter),
        "staff": _person(names, duty.staff),
        "start": iso(hub.hall, duty.start),
        "end": iso(hub.hall, duty.end),
        "login": iso(hub.hall, kept.login),
        "late_min": _minutes(kept.late),
        "early_min": _minutes(kept.early),
        "absent": kept.absent,
        "duty_min": _minutes(kept.length),
        "present_min": _minutes(kept.own),
        "b_min": _minutes(kept.b),
        "paused_min": _minutes(kept.paused),
        "unmanned_min": _minutes(kept.unmanned),
        "share": None if kept.share is None else round(kept.share, 4),
    }


def attendance_view(hub: Hub, day: date) -> dict[str, Any]:
    """Each duty of a day and how it was kept, whole minutes rounded down, and the roster's words on the day."""
    reader = hub.read()
    names = reader.names()
    posts = {
        event.post: Text(event.name_, event.name_en or event.name_)
        for row in people.register(reader)
        if isinstance(event := row.happened(), ev.PostSet)
    }
    found = people.attendance_of(hub.hall, reader, day, hub.now())
    total, own, unmanned = (sum(getattr(k, field) for k in found.kept) for field in ("length", "own", "unmanned"))
    share = round(own / total, 4) if total else None
    return {
        "day": day.isoformat(),
        "open": [[iso(hub.hall, a), iso(hub.hall, b)] for a, b in worktime.opening(hub.hall, day)],
        "duties": [_kept(hub, names, posts, k) for k in found.kept],
        "total": {
            "duty_min": _minutes(total),
            "present_min": _minutes(own),
            "unmanned_min": _minutes(unmanned),
            "share": share,
        },
        "roster": [
            {
                "post": _post(posts, s.post),
                "staff": _person(names, s.staff),
                "start": _clock(s.start),
                "end": _clock(s.end),
                "reason": s.reason,
            }
            for s in found.shifts
        ],
    }


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


KINDS = {
    "new": Text("设岗", "New"),
    "change": Text("调岗", "Change"),
    "rotation": Text("轮岗", "Rotation"),
    "ended": Text("撤岗", "Ended"),
}


def register_view(hub: Hub) -> list[dict[str, Any]]:
    """变动登记: each change of a post, before and after, the newest first."""
    reader = hub.read()
    names = reader.names()
    before: dict[str, dict[str, Any] | None] = {}
    lines = []
    for row in people.register(reader):
        event = row.happened()
        if not isinstance(event, ev.PostSet | ev.PostEnded):
            continue
        after = None
        if isinstance(event, ev.PostSet):
            after = {
                "name": event.name_,
                "name_en": event.name_en,
                "counter": counter_name(hub, event.counter_),
                "a": _person(names, event.a),
                "b": _person(names, event.b),
            }
        was, before[event.post] = before.get(event.post), after
        kind = KINDS[
            (
                "ended"
                if after is None
                else "rotation"
                if getattr(event, "rotation", False)
                else "change"
                if was
                else "new"
            )
        ]
        lines.append(
            {
                "seq": row.seq,
                "at": iso(hub.hall, row.at),
                "by": _person(names, row.actor),
                "post": event.post,
                **kind.json("kind"),
                "before": was,
                "after": after,
                "reason": event.reason,
            }
        )
    return lines[::-1]
