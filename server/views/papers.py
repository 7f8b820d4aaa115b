"""What is said of a paper, and which papers are listed where: at the counter, at the desk, and those that nobody
holds.
"""

from __future__ import annotations

from typing import Any

from config import Text
from server.domain import timeline
from server.domain.events import PrintQueued
from server.domain.slip_facts import NAMES
from server.domain.ticket import Job
from server.store.reader import Reader
from server.verbs.hub import Hub
from server.verbs.papers import MISSED_S, REMEMBERED_S
from server.views.tickets import iso, paper_words

NOTHING = Text("", "")
SHOWN = 6
"""So many papers are listed where they were asked for."""
SPOILT = ("failed", "unknown")
ABOUT = (("item", "item_en"), ("matter", ""), ("counter", "counter_en"))
"""The facts that say what a paper is about, by the kinds that have them."""


def view(hub: Hub, reader: Reader, job: Job) -> dict[str, Any]:
    """A paper for staff: what it is, of whom, who asked where, and what became of it."""
    hall, ticket = hub.hall, None if job.ticket is None else reader.ticket(job.ticket)
    facts, asked = job.facts, reader.asked(job)
    about = next((Text(facts[a], facts.get(b, "")) for a, b in ABOUT if facts.get(a)), NOTHING)
    who = timeline.who_did(hall, reader.names(), asked.actor) if asked else NOTHING
    return {
        "job": job.id,
        "kind": job.kind,
        **NAMES[job.kind].json("name"),
        "number": ticket.label if ticket else "",
        "ticket": job.ticket,
        **about.json("about"),
        "at": iso(hall, job.queued_at),
        **who.json("who"),
        "paper": paper_words(hall, job),
        "spoilt": job.state in SPOILT,
    }


def _listed(hub: Hub, reader: Reader, jobs: list[Job]) -> list[dict[str, Any]]:
    """The newest of these papers, each slip once; what nobody holds first."""
    newest = [job for job in jobs if reader.newest_of(job).id == job.id]
    return [view(hub, reader, job) for job in sorted(newest, key=lambda job: job.state not in SPOILT)[:SHOWN]]


def at_counter(hub: Hub, reader: Reader, counter: str) -> list[dict[str, Any]]:
    """What was asked for at a counter lately, by whoever sat there."""
    rows = reader.asked_at(counter, hub.now() - REMEMBERED_S)
    jobs = [event.job for row in rows if isinstance(event := row.happened(), PrintQueued)]
    return _listed(hub, reader, [job for id in jobs if (job := reader.job(id))])


def at_desk(hub: Hub, reader: Reader) -> list[dict[str, Any]]:
    """What the staff away from the counters asked for lately; a number's own slip is shown with the number."""
    guides, names = {c for c, table in hub.hall.counters.items() if table.kind == "guide"}, reader.names()
    mine = []
    for job in reader.papers_since(hub.now() - REMEMBERED_S):
        asked = reader.asked(job)
        if asked and asked.actor in names and (asked.counter is None or asked.counter in guides):
            mine.append(job)
    return [one for one in _listed(hub, reader, mine) if not one["spoilt"]]


def missed(hub: Hub, reader: Reader) -> list[dict[str, Any]]:
    """Papers of the last hour that failed or may be incomplete, wherever they were asked for: nobody holds them."""
    return [view(hub, reader, job) for job in reader.spoilt_papers(hub.now() - MISSED_S)]
