"""For who looks after the machines: whether the hub lives and works, its figures, and one page of what is wrong."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, current_app, g, render_template

from server.pages.access import allowed, public, the_hub
from server.views import condition

api = APIBlueprint("condition_api", __name__, enable_openapi=False)  # for whoever watches machines (docs/condition.md)
pages = APIBlueprint("condition", __name__, enable_openapi=False)

READERS = ("manager", "supervisor")


@api.get("/healthz")
@public
@api.doc(summary="The process lives, and says no more")
def lives() -> dict[str, str]:
    return {"status": "ok"}


@api.get("/readyz")
@public
@api.doc(summary="Whether the hub can work: its database answers, its writer lives, its disk is not full; else 503")
def ready() -> tuple[dict[str, Any], int]:
    found = condition.readiness(the_hub())
    return {"ready": found.ready, "problems": [text.json() for text in found.problems]}, 200 if found.ready else 503


@api.get("/metrics")
@allowed(devices=("metrics",), roles=READERS)
@api.doc(summary="Figures in Prometheus's text format, for the token of `metrics`")
def figures() -> Response:
    app = current_app
    text = condition.metrics(the_hub(), app.extensions["health"], app.extensions["feeds"].streams)
    return Response(text, content_type="text/plain; version=0.0.4; charset=utf-8")


@api.get("/hall/health.json")
@allowed(devices=("commands",), roles=READERS)
@api.doc(summary="What the page of health shows, for `./run support`")
def told() -> dict[str, Any]:
    return condition.condition(the_hub(), current_app.extensions["health"], current_app.extensions["contacts"])


@pages.get("/hall/health")
@allowed(roles=READERS)
def page() -> str:
    hub = the_hub()
    may = g.staff.role in ("manager", "administrator")
    shown = condition.condition(hub, current_app.extensions["health"], current_app.extensions["contacts"])
    return render_template("hall/health.html", hall=hub.hall.hall, may=may, **shown)
