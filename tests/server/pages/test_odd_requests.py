"""Whatever stands in a query, a path, a header or a body, no route of the hub answers with a 500: pages and API."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

import pytest
from apiflask import APIFlask
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.utils import cached_property

from server.pages.incoming import Incoming
from server.pages.roles import Line, matrix
from server.verbs.accounts import digest
from server.verbs.hub import Hub
from tests.server.pages.conftest import Browser, hire_administrator, new_key

HUGE = "9" * 40
NUMBERS = (
    "", "0", "-1", "1", HUGE, f"-{HUGE}", "9" * 5000, str(2**63), str(2**53), "1e400", "NaN", "1.5", "１２", "٣", "1_0",
    "\0", "\ud7ff\ufffd", "%", "\r\n", "a" * 3000,
)  # fmt: skip
DATES = (
    "0001-01-01", "9999-12-31", "2026-02-30", "+002026-01-01", "20261123", "2026-W99", "0000", "9999", "9999-W53",
    "0001-01", "9999-12", "9999-Q4", "0001-W01", "0001-01-01..9999-12-31", "9999-12-31..0001-01-01",
)  # fmt: skip
FEW = ("", "-1", HUGE, "9" * 5000, "1e400", "NaN", "１２", "\0", "\r\n")
"""One of each kind, for a name that is no day and no number."""
RUDE = (HUGE, "\0")
"""For the many names that a module reads for another of its routes."""
ODD = (*NUMBERS, *DATES, "'\"--", "../..", "A0", "A999999", "１")
HEADERS = {
    "Last-Event-ID": NUMBERS,
    "Idempotency-Key": ("x" * 8, "x" * 200, "x" * 5000, "é" * 9, HUGE),
    "Authorization": ("Bearer", "Bearer é", f"Bearer {HUGE}", "Basic ===", "\t"),
    "Accept": ("", "*/*", "text/html;q=" + HUGE, ","),
    "Content-Type": ("", "application/json; charset=no-such", "text/html", "multipart/form-data; boundary="),
    "Content-Length": ("-1", HUGE, "x"),
    "Cookie": ("jiaohao=.; jiaohao-demo=.", "=" * 100),
    "X-CSRFToken": ("", HUGE, "é"),
}
DEPTHS = (50, 200, 300, 900, 1100, 100_000)


def deep(depth: int) -> dict[str, str]:
    return {
        "lists": "[" * depth + "]" * depth,
        "dicts": '{"a":' * depth + "1" + "}" * depth,
        "in a field": '{"service":' + "[" * depth + "]" * depth + "}",
        "in every field": '{"reason":%s,"posts":{"x":%s},"ticket":%s,"boards":{"1":%s},"lines":%s}'
        % (("[" * depth + "]" * depth,) * 5),
    }


NO_PRINTER = "/api/v1/kiosks/K1/test-page"
"""No spool runs here, so that no printer takes a test page: 503 is right."""
READ = re.compile(r'(?:args|values|form)\.get\("(\w+)"|\("(figure)", |\("(cut)", |\("(key)", ')
KNOWN = {
    "counter_id": "1", "kiosk_id": "K1", "code": "SB01", "pad_id": "p1", "rater_id": "r1", "period": "2026-W47",
    "day": "2026-11-23", "form": "csv", "verb": "close", "printer_id": "p80", "area": "pickup",
}  # fmt: skip
"""Values that lead past the first question of a route; every other place of a path is 1."""


TABLET = "the token of the tablet at counter 1"


class Caller:
    """Everybody's rights together: a manager, an administrator, and the devices."""

    def __init__(self, app: APIFlask, hub: Hub) -> None:
        self.app, self.hub = app, hub
        hire_administrator(hub)
        hub.turn(lambda turn: turn.put_device("tablet-1", digest(TABLET), place="1"))
        self.people = {"50": self._log_in("50", "1"), "70": self._log_in("70", "2")}

    def _log_in(self, staff: str, counter: str) -> Browser:
        browser = Browser(self.app.test_client())
        browser.log_in(staff, counter)
        return browser

    def _token(self, device: str) -> str:
        return (self.hub.hall.data / "tokens" / device).read_text().strip()

    def ask(self, line: Line, path: str, **more: Any) -> list[str]:
        """Ask as whoever may; what failed."""
        assert line.rule
        found, wanted = [], more.pop("headers", {})
        if kind := next(iter(line.rule.devices), ""):
            device = {"kiosk": "K1", "follower": "", "second": ""}.get(kind, kind)
            token = "none" if not device else TABLET if device == "tablet" else self._token(device)
            found.append((self.app.test_client(), {"Authorization": f"Bearer {token}"}))
        if line.rule.roles or line.rule.public:
            person = self.people["70" if line.rule.roles == ("administrator",) else "50"]
            found.append((person.client, {"X-CSRFToken": person.csrf}))
        wrong = []
        for client, shown in found:
            headers = {"Idempotency-Key": new_key(), "Accept": "application/json", **shown, **wanted}
            answer = client.open(path, method=line.method, headers=headers, **more)
            if answer.status_code >= 500 and not (answer.status_code == 503 and path == NO_PRINTER):
                wrong.append(f"{line.method} {path[:120]} {str(wanted)[:80]} {str(more)[:80]}")
            answer.close()
        return wrong

    def every(self, each: Callable[[Line], list[str]]) -> list[str]:
        """What failed, of every route but those that end a login."""
        lines = [x for x in matrix(self.app) if x.method == "GET" or x.path not in ("/logout", "/login", "/me")]
        assert len(lines) > 100
        return [one for line in lines for one in each(line)]


@pytest.fixture
def caller(app: APIFlask, hub: Hub) -> Caller:
    return Caller(app, hub)


def filled(line: Line, value: str = "") -> str:
    """The address with a known value in each place of its path, or the odd one."""
    return re.sub(r"<(?:[^:>]*:)?(\w+)>", lambda place: quote(value, safe="") or KNOWN.get(place[1], "1"), line.path)


class Watched(ImmutableMultiDict[str, str]):
    """The fields of a query, and which names were looked for among all of them."""

    asked: ClassVar[set[str]] = set()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return super().__contains__(name)

    def get(self, name: str, *more: Any, **how: Any) -> Any:
        self.asked.add(name)
        return super().get(name, *more, **how)

    def getlist(self, name: str, *more: Any, **how: Any) -> Any:
        self.asked.add(name)
        return super().getlist(name, *more, **how)


class Watching(Incoming):
    @cached_property
    def args(self) -> MultiDict[str, str]:
        return Watched(super().args)


def parameters(app: APIFlask, line: Line) -> set[str]:
    """What the module of a route reads of the query; a feed's too."""
    file = inspect.getsourcefile(inspect.unwrap(app.view_functions[line.endpoint]))
    assert file is not None
    source = Path(file).read_text(encoding="utf-8")
    named = {name for found in READ.findall(source) for name in found if name}
    return named | ({"since", "tag", "beat", "Last-Event-ID"} if "feeds" in source else set())


def declared(app: APIFlask, line: Line) -> set[str]:
    """What the model of a query has: it is handed the whole query, and looks for no name."""
    view: Any = app.view_functions[line.endpoint]
    models = [model for model, where in getattr(view, "_spec", {}).get("args", ()) if where == "query"]
    return {info.alias or name for model in models for name, info in model.model_fields.items()}


def test_no_odd_query(app: APIFlask, caller: Caller) -> None:
    """Each name that a route asks for, whatever it has asked for on the way; its module's others by two values."""
    app.request_class = Watching
    reached = set[str]()

    def each(line: Line) -> list[str]:
        path, wrong = filled(line), list[str]()
        done = set[str]()
        headers = {} if line.path.startswith("/api/") else {"Accept": "*/*"}
        Watched.asked = declared(app, line)
        wrong += caller.ask(line, f"{path}?version=%FF&since=%ED%A0%80&day=%00", headers=headers)
        while names := Watched.asked - done:
            for name in sorted(names):
                for value in ODD if name in {"day", "period", "number"} else FEW:
                    wrong += caller.ask(line, f"{path}?{name}={quote(value)}", headers=headers)
            done |= names
        reached.update(done)
        for name in sorted(parameters(app, line) - done - {*HEADERS}):
            for value in RUDE:
                wrong += caller.ask(line, f"{path}?{name}={quote(value)}", headers=headers)
        return wrong

    assert caller.every(lambda line: each(line) if line.method == "GET" else []) == []
    assert {"q", "day", "since", "version", "lang"} <= reached, "by model, feed and hand"


def test_no_odd_path(caller: Caller) -> None:
    def each(line: Line) -> list[str]:
        body: dict[str, Any] = {"json": {}} if line.method != "GET" else {}
        paths = {filled(line, value) for value in ODD} if "<" in line.path else set()
        return [one for path in sorted(paths) for one in caller.ask(line, path, **body)]

    assert caller.every(each) == []


def test_no_odd_header(app: APIFlask, caller: Caller) -> None:
    """What is the same for all routes is asked of one of each module and method."""
    seen: set[tuple[str, str]] = set()

    def each(line: Line) -> list[str]:
        body: dict[str, Any] = {"data": "{}"} if line.method != "GET" else {}
        own = {"Idempotency-Key"} if body else {"Last-Event-ID"} & {*parameters(app, line)}
        kind = (line.endpoint.rpartition(".")[0], line.method)
        names = own if kind in seen else {*HEADERS}
        seen.add(kind)
        asked = [(name, value) for name in sorted(names) for value in HEADERS[name] if not {*"\r\n"} & {*value}]
        return [one for name, value in asked for one in caller.ask(line, filled(line), headers={name: value}, **body)]

    assert caller.every(each) == []


def test_no_deep_or_odd_body(caller: Caller) -> None:
    """How a body is read, and how deep it may be, is the same for all routes of a module; what fields hold is not."""
    nested = [body for depth in DEPTHS for body in deep(depth).values()]
    seen: set[str] = set()
    nested += ["", "[]", "1", HUGE, '"x"', '{"a":1e999}', "\ufeff{}", "{", '{"\\ud800":1}']
    odd = ["null", f'{{"ticket":{HUGE}}}', '{"service":"\\u0000","kind":"\\u0000","reason":"\\u0000"}']
    odd += ['{"number":"\\u0661"}', '{"number":"A٣"}']

    def each(line: Line) -> list[str]:
        kinds, module = {"Content-Type": "application/json"}, line.endpoint.rpartition(".")[0]
        bodies = odd if module in seen else [*nested, *odd]
        seen.add(module)
        return [one for body in bodies for one in caller.ask(line, filled(line), data=body.encode(), headers=kinds)]

    assert caller.every(lambda line: each(line) if line.method != "GET" else []) == []


FORMS = (
    {"posts": "x", "posts.1.a": "y"}, {"posts.1.a": "y", "posts": "x"}, {"a." * 3000: "1"}, {".": "x"}, {"": "x"},
    {"posts." + "a." * 900: "1", "reason": "x"}, {"day": "9" * 5000}, {"day": "0001-01-01"}, {"posts.\0": "\0"},
)  # fmt: skip


def test_no_odd_form(caller: Caller) -> None:
    def each(line: Line) -> list[str]:
        return [one for form in FORMS for one in caller.ask(line, filled(line), data=form)]

    assert caller.every(lambda line: [] if line.method == "GET" or line.path.startswith("/api/") else each(line)) == []


def test_a_version_that_is_none_is_unknown_and_never_the_newest(caller: Caller) -> None:
    client = caller.people["50"].client
    for version in (HUGE, "0", "x", "-1", ""):
        answer = client.get(f"/api/v1/reports/2026-W47?version={version}")
        assert (answer.status_code, answer.get_json()["status"]) == (404, 404)


def test_a_roster_is_of_a_day_that_a_hall_can_know(caller: Caller) -> None:
    for day, status in (("0001-01-01", 422), ("9999-12-31", 422), ("2026-11-24", 404)):
        wish = {"day": day, "post": "none-such", "start": "09:00", "end": "10:00", "reason": "x"}
        assert caller.people["50"].post("/api/v1/people/roster", wish).status_code == status
