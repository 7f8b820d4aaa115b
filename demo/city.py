"""The city's platform, played: takes what a hall tells it, gives cases their numbers, says what it knows of 预审号.

Written from docs/platform.md and nothing else: it shares no code with the hub, works out signatures by itself, and
refuses whatever is not as that page says. Its page at / shows what it has; `POST /say` has it say something to the
hall, `POST /fault` makes it fail as platforms do.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import json
import re
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import click

CHINA = timezone(timedelta(hours=8))
FAULTS = ("", "down", "slow", "lies", "refuses", "gone")
"""Answers as it should; 503; after 30 s; a page instead of an answer, with a status of 200; 422; 410."""
CASE_KEYS = {"case", "platform", "service", "pretrial", "move", "state", "state_name", "state_kind", "values"}
RATING_KEYS = {"rating", "service", "counter", "cases", "level", "options", "source"}
KEYS: Mapping[str, set[str]] = {
    "ping": set(),
    "case.opened": CASE_KEYS,
    "case.moved": CASE_KEYS | {"clocks"},
    "case.corrected": {"case", "platform", "service", "pretrial", "field", "value"},
    "pretrial.checked_in": {"pretrial", "service", "number"},
    "rating.given": RATING_KEYS | {"default"},
    "rating.appended": RATING_KEYS,
    "rating.handled": {"record", "rating", "move", "state", "state_name", "state_kind", "values", "clocks"},
}
"""Type -> the fields of its data, all of them."""
PERSONAL = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)\d{17}[\dXx](?!\d)")
"""A mobile or identity number: a platform that is sent one says so."""


def signature(secret: str, id: str, at: str, body: bytes) -> str:
    """Standard Webhooks: base64 of HMAC-SHA256 over id, timestamp and body, dots between."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return (
        "v1,"
        + base64.b64encode(hmac.new(key, id.encode() + b"." + at.encode() + b"." + body, "sha256").digest()).decode()
    )


class Refusal(Exception):
    """A message is not as the contract says: status, and why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class City:
    """What the platform knows. `hall`: the hall's own address, where it is told in turn."""

    def __init__(self, secret: str, hall: str) -> None:
        self.secret, self.hall, self.fault = secret, hall, ""
        self.cases: dict[str, dict[str, Any]] = {}
        self.log: list[tuple[float, str, str]] = []
        self.seen: dict[str, dict[str, Any]] = {}
        self.checked_in: list[str] = []
        self.ratings: list[tuple[str, dict[str, Any]]] = []
        self._nth = 0
        self._lock = threading.Lock()

    # --- what it is told ---

    def hear(self, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """A message of the hall; the answer to it. Raises Refusal."""
        id, at, signed = (headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
        if signature(self.secret, id, at, body) not in signed.split(" "):
            raise Refusal(401, "the signature is wrong")
        if abs(int(at) - time.time()) > 300:
            raise Refusal(401, "the timestamp is not of now")
        told = json.loads(body)
        type, data = told.get("type"), told.get("data")
        if type not in KEYS or not isinstance(data, dict) or {*data} != KEYS[type]:
            raise Refusal(400, f"{type} with {sorted(data or ())} is not in the contract")
        if not {"hall", "seq", "timestamp"} <= {*told} or datetime.fromisoformat(told["timestamp"]).tzinfo is None:
            raise Refusal(400, "hall, seq and timestamp with its offset are needed")
        if PERSONAL.search(json.dumps(data)):
            raise Refusal(422, "a message carries something personal")
        with self._lock:
            if id in self.seen:  # sent again: answered as before
                return self.seen[id]
            answer = self.seen[id] = self._take(type, data)
            if type != "ping":
                self.log.append((time.time(), type, data.get("case") or data.get("rating") or data.get("pretrial", "")))
            return answer

    def _take(self, type: str, data: dict[str, Any]) -> dict[str, Any]:
        if type == "pretrial.checked_in":
            self.checked_in.append(data["pretrial"])
        if type.startswith("rating."):
            self.ratings.append((type, data))
        if not type.startswith("case."):
            return {}
        case = self.cases.setdefault(
            data["case"], {"platform": data["platform"], "service": data["service"], "moves": []}
        )
        if type == "case.corrected":
            if data["field"] == "platform":
                case["platform"] = data["value"]
            return {}
        case["state"], case["state_name"] = data["state"], data["state_name"]
        case["pretrial"] = data["pretrial"]
        case["moves"].append(data["move"])
        case["platform"] = data["platform"] or case["platform"]
        if not case["platform"] and data["state_kind"] in ("open", "waiting"):
            self._nth += 1
            case["platform"] = f"350500{datetime.now(CHINA):%Y%m%d}{self._nth:05d}"
            return {"platform": case["platform"]}
        return {}

    # --- what it says ---

    def say(self, type: str, data: Mapping[str, Any], id: str = "", at: datetime | None = None) -> tuple[int, Any]:
        """Tell the hall, signed; its status and answer."""
        told = {"type": type, "timestamp": (at or datetime.now(CHINA)).isoformat(), "data": dict(data)}
        body = json.dumps(told, ensure_ascii=False).encode()
        id = id or "city-" + hashlib.sha256(body).hexdigest()[:20]
        second = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "webhook-id": id,
            "webhook-timestamp": second,
            "webhook-signature": signature(self.secret, id, second, body),
        }
        wish = urllib.request.Request(f"{self.hall}/api/v1/platform", body, headers, method="POST")
        try:
            with urllib.request.urlopen(wish, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def begin(self, pretrials: Mapping[str, tuple[str, str]], stop: threading.Event) -> None:
        """Say its 预审号, code -> (service, status), as soon as the hall listens."""
        left = dict(pretrials)
        while left and not stop.wait(0.5):
            code, (service, status) = next(iter(left.items()))
            try:
                case = {"platform": f"350500{code.replace('-', '')}"} if status == "passed" else {}
                said, _ = self.say("pretrial.changed", {"pretrial": code, "service": service, "status": status, **case})
            except (OSError, ValueError):
                continue
            if said in (200, 202):
                del left[code]

    # --- its page ---

    def page(self) -> str:
        with self._lock:
            rows = "".join(self._row(number, case) for number, case in reversed(self.cases.items()))
            lines = "".join(
                f"<li>{datetime.fromtimestamp(at, CHINA):%H:%M:%S} {html.escape(type)} {html.escape(of)}"
                for at, type, of in reversed(self.log[-30:])
            )
        return PAGE.format(rows=rows, lines=lines or "<li>还没有 nothing yet", fault=self.fault or "正常 fine")

    @staticmethod
    def _row(number: str, case: Mapping[str, Any]) -> str:
        state = case.get("state_name", {})
        said = f"{state.get('zh', '')} {state.get('en', '')}"
        cells = (case["platform"] or "–", number, said, case.get("pretrial") or "")
        return "<tr>" + "".join(f"<td>{html.escape(str(cell))}" for cell in cells)


PAGE = """<!doctype html><html lang="zh"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="5">
<title>市平台（模拟） City platform, played</title>
<style>body{{font:16px/1.6 "Noto Sans CJK SC","Noto Sans SC",sans-serif;margin:2rem auto;max-width:60rem;
padding:0 1rem}}
table{{border-collapse:collapse;width:100%}}td,th{{border-bottom:1px solid #ccc;padding:.3rem .6rem;text-align:left}}
small{{color:#555}}</style>
<h1>市一体化平台（模拟）<br><small>City platform, played by the demo</small></h1><p>状态 state: {fault}
<table><tr><th>平台办件号<br><small>Platform number</small><th>本厅编号<br><small>Hall's number</small>
<th>状态<br><small>State</small><th>预审号<br><small>Pre-check</small></tr>{rows}</table>
<h2>收到的消息 <small>Messages heard</small></h2><ul>{lines}</ul></html>"""


def serve(city: City, port: int) -> ThreadingHTTPServer:
    """The platform listening on this machine; port 0 for any."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/cases":
                self._answer(200, city.cases)
            elif self.path == "/":
                self._send(200, "text/html; charset=utf-8", city.page().encode())
            else:
                self._answer(404, {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path == "/fault":
                kind = json.loads(body).get("kind", "")
                city.fault = kind if kind in FAULTS else ""
                self._answer(200, {"fault": city.fault})
            elif self.path == "/say":
                wish = json.loads(body)
                status, answer = city.say(wish["type"], wish.get("data", {}))
                self._answer(status, answer)
            else:
                self._hear(body)

        def _hear(self, body: bytes) -> None:
            if city.fault == "slow":
                time.sleep(30)
            if city.fault == "lies":
                self._send(200, "text/html", b"<html>maintenance</html>")
                return
            status = {"down": 503, "refuses": 422, "gone": 410}.get(city.fault)
            if status:
                self._answer(status, {"why": city.fault})
                return
            try:
                self._answer(200, city.hear({name.lower(): value for name, value in self.headers.items()}, body))
            except Refusal as refusal:
                self._answer(refusal.status, {"why": str(refusal)})

        def _answer(self, status: int, value: Any) -> None:
            self._send(status, "application/json; charset=utf-8", json.dumps(value, ensure_ascii=False).encode())

        def _send(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *said: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    return server


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--port", default=0, show_default=True, help="Port of the platform; 0: any.")
@click.option("--secret", type=click.Path(path_type=Path, exists=True), required=True, help="File of the secret.")
@click.option("--hall", required=True, help="The hall's hub, http://host:port.")
@click.option("--pretrial", multiple=True, nargs=3, help="预审号, service, status: said as soon as the hall listens.")
def main(port: int, secret: Path, hall: str, pretrial: tuple[tuple[str, str, str], ...]) -> None:
    """The city's platform, played."""
    city = City(secret.read_text(encoding="utf-8").split()[0], hall)
    server = serve(city, port)
    stop = threading.Event()
    codes = {code: (service, status) for code, service, status in pretrial}
    threading.Thread(target=city.begin, args=(codes, stop), daemon=True).start()
    print(json.dumps({"port": server.server_address[1]}))
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.2)


if __name__ == "__main__":
    main(prog_name="python -m demo.city")
