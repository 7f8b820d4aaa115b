"""制度、用语、培训: what their pages show, JSON-able."""

from __future__ import annotations

from datetime import date
from typing import Any

from config import Text
from server.domain import regulations as rules
from server.domain.post import AT_COUNTERS
from server.store.reader import Reader
from server.store.regulation_files import courses
from server.verbs import regulations
from server.verbs.hub import Hub
from server.views.tickets import iso


def crew(reader: Reader) -> dict[str, str]:
    """Staff number -> name of everybody who is asked: active accounts that sit at counters."""
    return {row["id"]: row["name"] for row in reader.everybody() if row["active"] and row["role"] in AT_COUNTERS}


def _ratio(found: rules.Share) -> dict[str, Any]:
    return {"numerator": found.numerator, "denominator": found.denominator, "share": found.share}


def rules_view(hub: Hub, staff: str) -> dict[str, Any]:
    """The rules in force, whether somebody has read each, and how many have."""
    reader = hub.read()
    current, people = regulations.current(reader), crew(reader)
    read = rules.read_by(current, regulations.read(reader))
    return {
        "rules": [
            {
                "rule": one.key,
                **one.name.json("name"),
                **one.text.json("text"),
                "version": one.version,
                "since": iso(hub.hall, one.since) if one.version else None,
                "mine": (staff, one.key) in read,
                "read": sum((person, one.key) in read for person in people),
                "unread": [
                    {"id": person, "name": name} for person, name in people.items() if (person, one.key) not in read
                ],
            }
            for one in current.values()
        ],
        "people": len(people),
        "acknowledged": _ratio(rules.acknowledged(current, people, read)),
    }


def phrases_view(reader: Reader) -> list[dict[str, Any]]:
    """文明用语 and 服务忌语 as they are in force: the text as it is issued, and its phrases one by one."""
    return [
        {
            "rule": one.key,
            **one.name.json("name"),
            **one.text.json("text"),
            "version": one.version,
            "mark": rules.PARTS[one.key],
            "phrases": [
                {"left": left.json(), "right": right.json()}
                for phrase in rules.phrases_of(one.key, one.text)
                for left, right in [_sides(phrase)]
            ],
        }
        for one in regulations.current_phrases(reader).values()
    ]


def _sides(phrase: rules.Phrase) -> tuple[Text, Text]:
    return (phrase.when, phrase.words) if phrase.when else (phrase.words, phrase.instead or phrase.words)


def training_view(hub: Hub) -> dict[str, Any]:
    """Who has had which course and when it is due again, hours of this year, what was held."""
    reader = hub.read()
    people, kinds, held = crew(reader), courses(), regulations.held(reader)
    today = date.fromisoformat(hub.day(hub.now()))
    lines = []
    for staff, name in people.items():
        cells = []
        for course in kinds.values():
            found = rules.standing(course, staff, held)
            cells.append(
                {
                    "course": course.key,
                    "last": found.last.isoformat() if found.last else None,
                    "due": found.due.isoformat() if found.due else None,
                    "on_schedule": found.on_schedule(today),
                }
            )
        hours = sum(one.hours for one in held if staff in one.staff and one.day.year == today.year)
        lines.append({"staff": {"id": staff, "name": name}, "hours": hours, "courses": cells})
    names = reader.names()
    return {
        "courses": [{"course": one.key, "months": one.months, **one.name.json("name")} for one in kinds.values()],
        "lines": lines,
        "on_schedule": _ratio(rules.on_schedule(kinds.values(), people, held, today)),
        "held": [
            {
                "day": one.day.isoformat(),
                "course": one.course,
                **kinds[one.course].name.json("name"),
                "hours": one.hours,
                "staff": [{"id": staff, "name": names.get(staff, staff)} for staff in one.staff],
                "tested": one.tested,
                "passed": list(one.passed),
            }
            for one in sorted(held, key=lambda h: h.day, reverse=True)[:200]
            if one.course in kinds
        ],
    }
