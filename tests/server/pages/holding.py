"""Every answer of the API that a test causes, held against the document: status, media type, and the JSON against its
model, field by field. Live streams too: each message that goes out.
"""

from __future__ import annotations

import re
from collections import deque
from typing import Any

from apiflask import APIFlask
from flask import Response, current_app, request
from pydantic import BaseModel, ValidationError

from server.pages.answers.parts import Problem
from server.pages.openapi import Answer
from server.streams import Live, News, Source

JSON, STREAM, PROBLEM = "application/json", "text/event-stream", "application/problem+json"
SHOWN = re.compile(rb"event: show\ndata: (.*)\n\n")


class Held:
    """Notes what an application answered that its document does not say. `later`: looked at when it is asked for, so
    that no answer to a browser comes later than it would.
    """

    def __init__(self, app: APIFlask, *, later: bool = False) -> None:
        self._wrong: list[str] = []
        self._later, self._bodies = later, deque[tuple[str, type[BaseModel], bytes]]()
        self.seen: set[str] = set()
        """Operations that answered well, by their endpoints."""
        app.after_request(self._hold)

    @property
    def wrong(self) -> list[str]:
        while self._bodies:
            self._look(*self._bodies.popleft())
        return self._wrong

    def _hold(self, response: Response) -> Response:
        view = current_app.view_functions.get(request.endpoint or "")
        answer: Answer | None = getattr(view, "answers", None)
        if answer is None or request.method in ("HEAD", "OPTIONS"):
            return response
        where = f"{request.method} {request.path} {response.status_code}"
        if response.status_code >= 400:
            self._fits(where, Problem, response, PROBLEM)
        elif isinstance(response.response, Live):
            self._is(where, response.mimetype == STREAM and (answer.feed or STREAM in answer.media), response.mimetype)
            response.response.source = _Heard(response.response.source, answer, where, self)
        elif model := answer.models.get(response.status_code):
            self._fits(where, model, response, JSON)
            self.seen.add(request.endpoint or "")
        elif response.status_code == 204:
            self._is(where, answer.feed and not response.get_data(), "204 of what is no feed")
        else:
            self._is(where, response.status_code == answer.status and response.mimetype in answer.media, "not declared")
            self.seen.add(request.endpoint or "")
        return response

    def _is(self, where: str, fact: bool, what: str) -> None:
        if not fact:
            self._wrong.append(f"{where}: {what}")

    def _fits(self, where: str, model: type[BaseModel], response: Response, media: str) -> None:
        self._is(where, response.mimetype == media, response.mimetype)
        self.body(where, model, response.get_data())

    def body(self, where: str, model: type[BaseModel], body: bytes) -> None:
        if self._later:
            self._bodies.append((where, model, body))
        else:
            self._look(where, model, body)

    def _look(self, where: str, model: type[BaseModel], body: bytes) -> None:
        try:
            model.model_validate_json(body, strict=True, extra="forbid", by_alias=True)
        except ValidationError as error:
            self._wrong += [
                f"{where}: {model.__name__} {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()
            ]


class _Heard:
    """A stream's source; what it tells is held too."""

    def __init__(self, source: Source, answer: Answer, where: str, held: Held) -> None:
        self.name, self.urgent, self.calm, self.deaf = source.name, source.urgent, source.calm, source.deaf
        self._source, self._answer, self._where, self._held = source, answer, where, held

    def news(self, cursor: Any) -> News:
        news = self._source.news(cursor)
        for body in SHOWN.findall(news.data):
            assert self._answer.model
            self._held.body(f"{self._where} stream", self._answer.models[self._answer.status], body)
        return news
