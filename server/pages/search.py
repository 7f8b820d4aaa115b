"""The one search: for the guide desk, the console's dialogs and the kiosk's 找事项. What is asked is never
logged; a word that found nothing is counted (`server/verbs/voices.py`).
"""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import g
from pydantic import Field

from server.domain.search import LONGEST
from server.pages.access import allowed, the_hub
from server.pages.bodies import Body
from server.pages.openapi import answers
from server.pages.tickets import STAFF
from server.verbs import voices
from server.views.search import search_view

api = APIBlueprint("search", __name__, url_prefix="/api/v1", tag="Search 找事项")


class Query(Body):
    q: str = Field("", description="A name, an everyday word, pinyin, initials, English", max_length=LONGEST)


@api.get("/search")
@allowed(devices=("kiosk",), roles=STAFF)
@api.input(Query, location="query")
@answers("numbers_told.Findings")
@api.doc(summary="The services that may be meant, the best first; `sure` if it may be preselected")
def search(query_data: Query) -> dict[str, Any]:
    found = search_view(the_hub(), query_data.q)
    if not found["hits"]:
        voices.not_found(the_hub(), query_data.q, g.actor)
    return found
