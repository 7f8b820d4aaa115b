"""The API's document: valid, whole, and true. A client generated from it works, and whatever anybody sends to any
operation is answered in the shapes it promises, never with a 500.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
import schemathesis
from apiflask import APIFlask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_python_client import MetaType, generate
from openapi_python_client.config import Config, ConfigFile
from openapi_spec_validator import validate
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from server.pages.access import Rule
from server.pages.openapi import Operation, operations, path_of
from server.verbs.accounts import digest
from server.verbs.hub import Hub
from tests.server.pages.conftest import Browser, Web, hire_administrator, new_key
from tests.server.pages.holding import Held

METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/v1/openapi.json").get_json()
    return found


def every_operation(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method in METHODS:
                yield f"{method} {path}", operation


def titles(node: Any, named: bool = False) -> Iterator[str]:
    """The titles of schemas; `named`: the keys are names of fields."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if key == "title" and not named and isinstance(value, str):
            yield value
        yield from titles(value, key == "properties")


def test_the_document_is_valid_and_says_each_thing_once(document: dict[str, Any]) -> None:
    validate(document)
    tags = [tag["name"] for tag in document["tags"]]
    assert len(tags) == len(set(tags)) > 5
    assert {tag for _, one in every_operation(document) for tag in one["tags"]} == set(tags)
    named = [*titles(document["components"]["schemas"])]
    assert len(named) == len(set(named)) > 100 and set(named) == set(document["components"]["schemas"])
    assert [server["url"] for server in document["servers"]] == ["/"]
    assert not [path for path in document["paths"] if path.startswith("//") or path.endswith("/")]


def test_every_operation_says_what_it_answers_and_who_may_ask(app: APIFlask, document: dict[str, Any]) -> None:
    routes = {
        f"{method.lower()} {path_of(rule.rule)}"
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and rule.endpoint != "openapi.spec"
        if not rule.rule.startswith("/api/v1/second/")  # what the two machines say to each other (docs/second.md)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    told = dict(every_operation(document))
    assert told.keys() == routes and len(told) > 80
    ids = [operation["operationId"] for operation in told.values()]
    assert len(set(ids)) == len(ids) and all(re.fullmatch(r"[a-z]+(_[a-z]+)+", one) for one in ids)
    for name, operation in told.items():
        well = {s: r for s, r in operation["responses"].items() if s[0] == "2"}
        assert well, name
        for status, response in well.items():
            assert status == "204" or all(
                "$ref" in kind["schema"] or kind["schema"].get("type") == "string"
                for kind in response["content"].values()
            ), name
            assert status == "204" or response["content"], name
        assert operation["responses"]["default"] == {"$ref": "#/components/responses/Problem"}
        assert "security" in operation, name
    of = {name: [*chain.from_iterable(operation["security"])] for name, operation in told.items()}
    assert {"token", "device", "staff", "csrf"} <= {*document["components"]["securitySchemes"]}
    assert of["get /api/v1/hall"] == ["token", "staff"]  # a manager's, and so an API token's of that scope
    assert of["post /api/v1/admin/file"] == ["staff", "csrf"]  # an administrator's alone: no token has that scope
    assert [*document["components"]["responses"]["Problem"]["content"]] == ["application/problem+json"]


def test_the_document_is_made_once_and_anew_for_another_hall(app: APIFlask, hub: Hub, client: FlaskClient) -> None:
    """It takes most of a second, and anybody may open its page."""
    client.get("/api/docs")
    assert app.spec is app.spec
    assert "K9" not in str(app.spec)
    with_kiosk(hub, "K9")
    assert "K9" in str(app.spec)
    assert "K9" in client.get("/api/v1/openapi.json").get_data(as_text=True)


def test_a_document_of_a_hall_that_changes_meanwhile_is_not_kept(app: APIFlask, hub: Hub) -> None:
    described = app.spec_callback
    assert described

    def slowly(spec: Any) -> Any:
        made = described(spec)
        with_kiosk(hub, "K9")
        return made

    app.spec_callback = slowly
    assert "K9" not in str(app.spec)
    app.spec_callback = described
    assert "K9" in str(app.spec)


def with_kiosk(hub: Hub, name: str) -> None:
    hub.change_hall(hub.hall.model_copy(update={"kiosks": {name: hub.hall.kiosks["K1"]}}), lambda turn: None)


def test_an_example_is_one_that_the_hub_takes(
    client: FlaskClient, kiosk: dict[str, str], document: dict[str, Any]
) -> None:
    wish = document["paths"]["/api/v1/tickets"]["post"]["requestBody"]["content"]["application/json"]["example"]
    answer = client.post("/api/v1/tickets", json=wish, headers={**kiosk, "Idempotency-Key": new_key()})
    assert answer.status_code == 201
    place = document["paths"]["/api/v1/kiosks/{kiosk_id}"]["get"]["parameters"][0]
    assert client.get(f"/api/v1/kiosks/{place['example']}", headers=kiosk).status_code == 200


STREAMED = {
    "/boards",
    "/screen",
    "/screens/{area}",
    "/kiosks/{kiosk_id}",
    "/counters/{counter_id}",
    "/hall",
    "/desk",
    "/places/{code}",
    "/cases/office",
    "/rate/{counter}",
}


def test_streams_sound_and_files_have_their_media_types(document: dict[str, Any]) -> None:
    kinds = {
        name: {kind for r in one["responses"].values() for kind in r.get("content", {})}
        for name, one in every_operation(document)
    }
    streams = {name for name, media in kinds.items() if "text/event-stream" in media}
    assert streams == {*(f"get /api/v1{path}" for path in STREAMED), "get /api/v1/journal"}
    assert kinds["get /api/v1/voice/{number}.wav"] == {"audio/wav"}
    files = kinds["get /api/v1/reports/{period}/files/{form}"]
    assert files > {"application/pdf", "text/csv", "text/html"} and len(files) == 5
    assert [*document["paths"]["/api/v1/bookings"]["put"]["requestBody"]["content"]] == ["text/csv"]


def reads_a_key(view: Callable[..., Any]) -> bool:
    """Whether a view asks for the Idempotency-Key, itself or by the counter's `own` and `_seat`."""
    while hasattr(view, "__wrapped__"):
        view = view.__wrapped__
    return bool({"idempotency_key", "own", "_seat"} & {*view.__code__.co_names})


def test_the_idempotency_key_is_named_where_it_is_read(app: APIFlask, document: dict[str, Any]) -> None:
    told = {o["operationId"]: o for _, o in every_operation(document)}
    key = {"$ref": "#/components/parameters/IdempotencyKey"}
    named = {one for one, operation in told.items() if key in operation["parameters"]}
    assert named == {o.id for o in operations(app) if reads_a_key(app.view_functions[o.endpoint])}
    assert {"tickets_take", "counter_call_next", "kiosk_test_page", "hall_close_hall"} <= named
    assert document["components"]["parameters"]["IdempotencyKey"]["name"] == "Idempotency-Key"


# --- a client of somebody else ----------------------------------------------------------------------------------------


BYTES = (
    "audio/wav",
    "text/csv",
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)


@pytest.fixture
def generated(tmp_path: Path, document: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The package that openapi-python-client makes of the document. Media types that it does not know are bytes."""
    (tmp_path / "openapi.json").write_text(json.dumps(document), encoding="utf-8")
    known = ConfigFile(
        post_hooks=[],
        content_type_overrides=dict.fromkeys(BYTES, "application/octet-stream"),
    )
    problems = generate(
        config=Config.from_sources(
            known, MetaType.NONE, tmp_path / "openapi.json", "utf-8", False, tmp_path / "hall_client"
        )
    )
    assert list(problems) == []
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module("hall_client")
    for name in [name for name in sys.modules if name.partition(".")[0] == "hall_client"]:
        del sys.modules[name]


def logged_in(web: Web, staff: str, counter: str) -> tuple[dict[str, str], dict[str, str]]:
    """Cookies and headers of a member of staff, as any program gets them."""
    with httpx.Client(base_url=web.base) as browser:

        def csrf() -> str:
            return re.search(r'csrf-token" content="([^"]+)"', browser.get("/login").text)[1]  # type: ignore[index]

        form = {"csrf_token": csrf(), "staff": staff, "password": f"pass-{staff}", "counter": counter}
        assert browser.post("/login", data=form).headers["location"] == "/counter"
        headers = {"X-CSRFToken": csrf()}
        return dict(browser.cookies), headers


def test_a_generated_client_takes_a_ticket_calls_it_and_finishes(
    generated: ModuleType, web: Web, hub: Hub, kiosk: dict[str, str]
) -> None:
    def operation(tag: str, name: str) -> Any:
        return importlib.import_module(f"hall_client.api.{tag}.{name}")

    models = importlib.import_module("hall_client.models")
    device = generated.AuthenticatedClient(base_url=web.base, token=kiosk["Authorization"].split()[1])
    wish = models.NewTicket(service="SB01")
    taken = operation("tickets", "tickets_take").sync(client=device, body=wish, idempotency_key=new_key())
    assert isinstance(taken, models.TicketView) and (taken.number, taken.ahead) == ("A001", 0)

    cookies, headers = logged_in(web, "08", "1")
    staff = generated.Client(base_url=web.base, cookies=cookies, headers=headers)
    called = operation("counters", "counter_call_next").sync("1", client=staff, idempotency_key=new_key())
    assert isinstance(called, models.Pressed) and called.acted.number == "A001" and called.ticket.id == taken.id
    twice = operation("counters", "counter_call_next").sync("1", client=staff, idempotency_key=new_key())
    assert isinstance(twice, models.Problem) and twice.status == 409
    operation("counters", "counter_start").sync("1", client=staff, body=models.Here(), idempotency_key=new_key())
    done = models.Finish(outcome="done")
    over = operation("counters", "counter_finish").sync("1", client=staff, body=done, idempotency_key=new_key())
    assert over.ticket is None and [one.number for one in over.finished] == ["A001"]
    assert operation("tickets", "tickets_show").sync(taken.id, client=device).state == "finished"
    assert hub.read().ticket(taken.id).state == "finished"  # type: ignore[union-attr]
    unknown = operation("hall_screen", "screen_utterance").sync_detailed(7, client=device)
    assert (unknown.status_code, unknown.parsed.status) == (404, 404)


# --- whatever anybody sends -------------------------------------------------------------------------------------------

FIRST = ("tickets_take", "counter_take", "counter_call_next")
"""Asked before the acts that close the hall."""
HELD = (status_code_conformance, content_type_conformance, response_schema_conformance)


TABLET = "the token of the tablet at counter 1"


class Doors:
    """Everybody who may ask something, each with what shows it: a device's token, or a login."""

    def __init__(self, app: APIFlask, hub: Hub) -> None:
        self.hub = hub
        hire_administrator(hub)
        hub.turn(lambda turn: turn.put_device("tablet-1", digest(TABLET), place="1"))
        self.people = {staff: self._log_in(app, staff, counter) for staff, counter in (("50", "1"), ("70", "2"))}

    @staticmethod
    def _log_in(app: APIFlask, staff: str, counter: str) -> tuple[str, dict[str, str]]:
        browser = Browser(app.test_client())
        browser.log_in(staff, counter)
        cookie = browser.client.get_cookie(app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        return browser.csrf, {cookie.key: cookie.value}

    def _token(self, device: str) -> str:
        return (self.hub.hall.data / "tokens" / device).read_text().strip()

    def enter(self, rule: Rule, device: bool) -> tuple[dict[str, str], dict[str, str]]:
        """Headers and cookies of somebody who may; `device`: one, where both may."""
        kind = next(iter(rule.devices), "")
        if kind and kind != "follower" and (device or not rule.roles):
            token = TABLET if kind == "tablet" else self._token({"kiosk": "K1"}.get(kind, kind))
            return {"Authorization": f"Bearer {token}"}, {}
        csrf, cookies = self.people["70" if rule.roles == ("administrator",) else "50"]
        return {"X-CSRFToken": csrf}, cookies


def send_anything(asked: Any, operation: Operation, doors: Doors) -> None:
    hall = doors.hub.hall
    known = {"service": sorted(hall.services), "code": sorted(hall.services), "counter_id": ["1"], "kiosk_id": ["K1"]}

    @settings(max_examples=12, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(case=asked.as_strategy(), data=st.data())
    def send(case: schemathesis.Case, data: st.DataObject) -> None:
        if data.draw(st.booleans(), label="of this hall"):
            if isinstance(case.body, dict) and operation.id.endswith(".take"):
                plain = data.draw(st.booleans(), label="a number for one item, and no more wishes")
                case.body = {"service": ""} if plain else {"service": "", **case.body}
            if isinstance(case.body, dict) and "service" in case.body:
                kept = data.draw(st.sets(st.sampled_from(sorted(case.body)))) | {"service"}
                case.body = {name: value for name, value in case.body.items() if name in kept}
            for part in (case.body, case.path_parameters):
                for name in part.keys() & known.keys() if isinstance(part, dict) else ():
                    part[name] = data.draw(st.sampled_from(known[name]))
        headers, cookies = doors.enter(operation.rule, data.draw(st.booleans(), label="a device"))
        case.headers = {"Idempotency-Key": new_key(), "Accept": "application/json", **headers}
        case.cookies = {}
        answer = case.call(cookies=cookies)
        assert answer.status_code < 500 or answer.status_code == 503, answer.text
        case.validate_response(answer, checks=list(HELD))

    send()


def test_no_request_breaks_an_operation_and_some_get_through(app: APIFlask, hub: Hub, held: Held) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    asked = {(one.path, one.method): one for one in (result.ok() for result in schema.get_all_operations())}
    known, doors = sorted(operations(app), key=lambda one: one.id not in FIRST), Doors(app, hub)
    assert {(one.path, one.method) for one in known} == asked.keys()
    for operation in known:
        send_anything(asked[operation.path, operation.method], operation, doors)
    assert {"tickets.take", "counter_api.take", "counter_api.call_next", "hall_api.show"} <= held.seen
    assert hub.read().ticket(3) is not None, "no ticket was issued"
