"""Whatever anybody sends to any route of the API, the hub answers in the shapes it promised, and never with a 500."""

from __future__ import annotations

import schemathesis
from apiflask import APIFlask
from hypothesis import HealthCheck, given, settings

PROMISED = ("application/json", "application/problem+json")


def test_no_request_breaks_a_route(app: APIFlask, kiosk: dict[str, str]) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) >= 15
    for operation in operations:

        @settings(max_examples=10, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def send(case: schemathesis.Case) -> None:
            case.headers = {**kiosk, "Idempotency-Key": "any-key-at-all", "Accept": "application/json"}
            answer = case.call()
            assert answer.status_code < 500, answer.text
            if answer.content:
                assert answer.headers["content-type"][0].partition(";")[0] in PROMISED

        send()
