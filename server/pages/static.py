"""Static files under the version of the pages: /static/<build>/press.js. A browser keeps them for good, and asks for
all of them anew when the hub is another version; modules import each other by relative names, so it reaches them.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, current_app

from server.views.build import BUILD

KEPT = "public, max-age=31536000, immutable"


def install(app: Flask) -> None:
    app.url_defaults(_with_build)
    app.view_functions["static"] = send


def _with_build(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static":
        values["filename"] = f"{BUILD}/{values['filename']}"


def send(filename: str) -> Response:
    """The same without a version is answered too, and kept by nobody."""
    name = filename.removeprefix(f"{BUILD}/")
    answer = current_app.send_static_file(name)
    if name != filename:
        answer.headers["Cache-Control"] = KEPT
    return answer
