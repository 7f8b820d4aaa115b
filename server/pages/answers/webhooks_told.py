"""The `webhooks` section of the API's document: each message that the hub may send, and what a receiver answers."""

from __future__ import annotations

from typing import Any

from server.domain.webhooks import KINDS

HEADERS = {
    "webhook-id": "Id of the message, the same on every try: who has seen it already answers 200 and does nothing",
    "webhook-timestamp": "When this try was signed, epoch seconds",
    "webhook-signature": "`v1,` and base64 of HMAC-SHA256 over `id.timestamp.body` (standardwebhooks.com)",
}


def section() -> dict[str, Any]:
    """Type -> path item, as OpenAPI 3.1 has it."""
    return {type: {"post": _operation(type)} for type in KINDS}


def _operation(type: str) -> dict[str, Any]:
    kind = KINDS[type]
    schema = {
        "type": "object",
        "required": ["type", "timestamp", "hall", "seq", "data"],
        "properties": {
            "type": {"const": type},
            "timestamp": {"type": "string", "format": "date-time", "description": "When it happened, local time"},
            "hall": {"type": "string", "description": "Id of the hall"},
            "seq": {"type": "integer", "description": "Row of the journal: grows, and messages come in its order"},
            "data": {"type": "object", "properties": dict(kind.data)},
        },
    }
    return {
        "operationId": f"webhook_{type.replace('.', '_')}",
        "tags": ["Webhooks"],
        "summary": f"{kind.said.zh} {kind.said.en}",
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": text, "schema": {"type": "string"}}
            for name, text in HEADERS.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {
            "2XX": {"description": "Taken"},
            "410": {"description": "Nothing more is wanted: the hub stops"},
            "4XX": {
                "description": "400, 405, 406, 409, 411, 413, 414, 415, 422, 451: this message never; else tried again"
            },
            "5XX": {"description": "Tried again, for days"},
        },
    }
