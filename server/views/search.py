"""What is shown of a search: services that may be meant, what is done elsewhere, and whether the first is certain."""

from __future__ import annotations

from typing import Any

from server.domain.search import Hit, Index
from server.verbs.hub import Hub


def index(hub: Hub) -> Index:
    """All words of the hall, made once for its file."""
    made: Index = hub.kept("search", lambda: Index(hub.hall))
    return made


def search_view(hub: Hub, query: str) -> dict[str, Any]:
    """The query as it came, to know a late answer by; `code` is "" for what is done elsewhere (`where`)."""
    found = index(hub).find(query)
    return {"query": query, "sure": found.sure, "hits": [_hit(hit) for hit in found.hits]}


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "code": hit.code,
        **hit.text.json("name"),
        "said": hit.said,
        "where": hit.where.json() if hit.where else None,
    }
