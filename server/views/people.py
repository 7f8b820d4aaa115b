"""What the pages of people show, JSON-able: posts and who is there, the attendance of a day, the register of
changes.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from config import Text
from server.domain import attendance, filings, worktime
from server.domain import events as ev
from server.domain.position import ENQUIRIES, in_words
from server.domain.post import AT_COUNTERS, Substitution
from server.domain.register import Record
from server.domain.ticket import Counter, Skills
from server.domain.vocabulary import LANGUAGES, reason_text
from server.foresight.rehearsal import Felt
from server.foresight.week import GroupPlan
from server.reports.forms.listing import Listing
from server.verbs import manning, people, records, staff_changes, trying
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


def week_view(hub: Hub, monday: date) -> dict[str, Any]:
    """A week as it is foreseen: for each line of counters who will come in each half hour and how many counters keep
    the pledge; what a manager saved as the least; how the week before was foreseen.
    """
    found = manning.plan(hub.hall, hub.read(), monday, manning.today_of(hub))
    return {
        "monday": monday.isoformat(),
        "sunday": (monday + timedelta(days=6)).isoformat(),
        "before": (monday - timedelta(days=7)).isoformat(),
        "after": (monday + timedelta(days=7)).isoformat(),
        "pledge_min": hub.hall.hall.wait_pledge_min,
        "groups": [_group(hub, one) for one in found],
        "judged": _judged(hub, monday - timedelta(days=7)),
    }


def _group(hub: Hub, group: GroupPlan) -> dict[str, Any]:
    halves = [(day, half) for day in group.days for half in day.halves]
    busiest, peak = max(halves, key=lambda one: (one[1].advised, one[1].mean))
    names = in_words(hub.hall, group.counters)
    return {
        "counters": list(group.counters),
        "name": names.zh,
        "name_en": names.en,
        "learnt_days": group.learnt,
        "people": [round(sum(day.total[n] for day in group.days)) for n in range(3)],
        "busiest": {"day": busiest.day.isoformat(), "at": _clock(peak.minute), "counters": peak.advised},
        "counter_hours": sum(half.advised for _, half in halves) / 2,
        "saved": any(half.least is not None for _, half in halves),
        "days": [
            {
                "day": day.day.isoformat(),
                "people": [round(one) for one in day.total],
                "kept": day.kept,
                "halves": [
                    {
                        "at": _clock(half.minute),
                        "minute": half.minute,
                        "people": [half.low, round(half.mean), half.high],
                        "advised": half.advised,
                        "p90_min": round(half.p90_s / 60),
                        "least": half.advised if half.least is None else half.least,
                    }
                    for half in day.halves
                ],
            }
            for day in group.days
        ],
    }


def rules_view(hub: Hub, wish: trying.Wish) -> dict[str, Any]:
    """A rule of order tried on the last four weeks beside the hall's own: who waits how long, by class."""
    hall = hub.hall
    found = trying.tried(hall, hub.read(), wish, hub.now())
    own = trying.own_wish(hall)
    return {
        "asked": _wish(wish),
        "own": _wish(own),
        "helps_after_min": trying.helps_at_all(hall),
        "pledge_min": hall.hall.wait_pledge_min,
        "days": found.days if found else 0,
        "classes": [
            {
                "id": klass,
                "name": hall.classes[klass].name if klass in hall.classes else klass or "全部",
                "name_en": hall.classes[klass].name_en if klass in hall.classes else klass or "Everybody",
                "was": _felt(found.was.get(klass)),
                "own": _felt(found.own.get(klass)),
                "tried": _felt(found.tried.get(klass)),
            }
            for klass in sorted(found.was, key=lambda one: (one == "", -found.was[one].people))
        ]
        if found
        else [],
    }


def _wish(wish: trying.Wish) -> dict[str, Any]:
    return {
        "head_start_min": dict(wish.head_start_min),
        "in_a_row": wish.limits.in_a_row,
        "overtaken_at_most": wish.limits.overtaken,
        "help_after_min": wish.help_after_min,
    }


def _felt(felt: Felt | None) -> dict[str, Any]:
    found = felt or Felt(0, 0.0, 0.0, 0.0, 0.0)
    return {
        "people": found.people,
        "mean_min": round(found.mean_s / 60, 1),
        "p90_min": round(found.p90_s / 60, 1),
        "longest_min": round(found.longest_s / 60, 1),
        "over": round(found.over, 4),
    }


def _judged(hub: Hub, monday: date) -> dict[str, Any] | None:
    found = manning.judged(hub.hall, hub.read(), monday, hub.now())
    if found is None:
        return None
    return {
        "monday": monday.isoformat(),
        "days": [
            {"day": day.isoformat(), "people": [round(low), round(mean), round(high)], "came": came}
            for day, low, mean, high, came in found.days
        ],
        "halves": found.halves,
        "inside": round(found.inside / found.halves, 4),
        "wrong": round(found.off / max(1, found.came), 4),
        "advised_h": round(found.advised_h, 1),
        "had_h": round(found.had_h, 1),
        "fewer": found.fewer,
    }


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
    filed = {one.seq: one for one in staff_changes.filed(reader)}
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
                "filed": _filing(hub, filed[row.seq].record),
            }
        )
    return lines[::-1]


def _filing(hub: Hub, record: Record | None) -> dict[str, Any] | None:
    """What files a change: the record, its state, approver and file number."""
    if record is None:
        return None
    made = records.definition_of(hub, record)
    approver = made.fields["approver"].choices.get(str(record.values.get("approver", "")), Text("", ""))
    return {
        "id": record.id,
        "number": record.number,
        "done": record.state == filings.DONE,
        **made.states[record.state].name.json("state"),
        **approver.json("approver"),
        **made.fields["reason"].choices.get(str(record.values.get("reason", "")), Text("", "")).json("reason"),
        "file_no": str(record.values.get("file_no", "")),
    }


FILED_HEADS = (
    (Text("登记号", "Row"), 1),
    (Text("日期", "Date"), 2),
    (Text("类别", "Kind"), 1),
    (Text("岗位", "Post"), 3),
    (Text("变动前", "Before"), 4),
    (Text("变动后", "After"), 4),
    (Text("原因", "Why"), 4),
    (Text("批准人", "Approved by"), 2),
    (Text("文号", "File number"), 4),
)


MOST_FILED = 1_000
"""Stand-ins on a 备案表: the newest."""
STANDS = {
    "waiting": Text("待审批", "to be approved"),
    "approved": Text("已批准", "approved"),
    "refused": Text("未批准", "not approved"),
}


def _stand_ins(hub: Hub, stood: list[Substitution]) -> list[tuple[str, list[str]]]:
    """代岗 as lines of the 备案表, each with when it began: who stood in for whom from when to when, and who approved.
    A stand-in is decided on its own line of the journal and has no file number.
    """
    reader = hub.read()
    names, posts = reader.names(), reader.posts()
    found = []
    for one in stood:
        began, ended = iso(hub.hall, one.began) or "", iso(hub.hall, one.ended) or ""
        until = (ended[11:16] if ended[:10] == began[:10] else ended[:16].replace("T", " ")) or "…"
        why = reason_text(one.reason, hub.hall.people.substitution_reasons)
        row = [
            f"代{one.id}",
            began[:10],
            "代岗",
            posts[one.post].name if one.post in posts else one.post,
            names.get(one.from_staff, one.from_staff),
            f"{names.get(one.to_staff, one.to_staff)}{'（B岗）' if one.is_b else ''} {began[11:16]}–{until}",
            "；".join(text for text in (why.zh, one.note) if text),
            names.get(one.decided_by, one.decided_by) if one.decided_by else "",
            str(STANDS[one.state]),
        ]
        found.append((began, row))
    return found


def filing_listing(hub: Hub) -> Listing:
    """备案表: every change and every stand-in, the oldest first, with approver and file number."""

    def state(told: dict[str, Any] | None) -> str:
        if told is None:
            return "—"
        people = [f"{place} {one['name']}" for place, one in (("A", told["a"]), ("B", told["b"])) if one]
        return "\n".join([told["name"], *people])

    dated: list[tuple[str, list[str]]] = []
    for line in register_view(hub)[::-1]:
        filed = line["filed"] or {}
        post = (line["after"] or line["before"] or {"name": line["post"]})["name"]
        row = [
            str(line["seq"]),
            (line["at"] or "")[:10],
            line["kind"],
            post,
            state(line["before"]),
            state(line["after"]),
            f"{filed['reason']}\n{filed['number']}" if filed.get("number") == line["reason"] else line["reason"],
            filed.get("approver", ""),
            filed["file_no"] if filed.get("done") else "未备案 not filed",
        ]
        dated.append((line["at"] or "", row))
    stood = hub.read().substitutions(limit=MOST_FILED)
    dated += _stand_ins(hub, stood)
    rows = [row for _, row in sorted(dated, key=lambda pair: pair[0])]
    counts = filings.counted(staff_changes.filed(hub.read()))
    table = hub.hall.hall
    return Listing(
        table.text,
        f"{table.banner} {table.banner_en}".strip(),
        Text("窗口人员变动备案表", "Changes of counter staff, as filed"),
        Text(
            f"变动{counts['all']}项，已备案{counts['filed']}项，未备案{counts['unfiled']}项；代岗{len(stood)}次。",
            f"{counts['all']} changes, {counts['filed']} filed, {counts['unfiled']} not; {len(stood)} stand-ins.",
        ),
        FILED_HEADS,
        rows,
        (Text("制表", "Made by"), Text("中心主任", "Head of the centre"), Text("日期", "Date")),
        (iso(hub.hall, hub.now()) or "")[:16].replace("T", " "),
    )
