"""A hub without inbound Internet, its relay, the line between them, and a telephone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from config import RelayTable
from relay.halls import Halls
from relay.site import create_app
from server.outbound import signature
from server.outbound.to_relay import Mirror
from server.serve import web_server
from server.verbs.hub import Hub
from tests.relay.severed_line import Line
from tests.waiting import DEADLINE_S, until


class Relay:
    """The relay, its clock that a test moves by hand, the line from the hub, and a telephone."""

    def __init__(self, folder: Path, hall: str) -> None:
        (folder / f"{hall}.secret").write_text(signature.fresh())
        self.file, self.hall = folder / f"{hall}.secret", hall
        self.ahead = 0.0
        self.halls = Halls(folder, lambda: self.ahead, look_s=DEADLINE_S, press_s=DEADLINE_S)
        self._web = web_server(create_app(self.halls), "127.0.0.1", 0, 100, threads=8)
        self._thread = threading.Thread(target=self._web.run, daemon=True)
        self._thread.start()
        self.port = self._web.effective_port
        self.line = Line(self.port)
        self._pool = urllib3.PoolManager(retries=False, timeout=DEADLINE_S)

    def open(self, path: str) -> tuple[int, str]:
        answer = self._pool.request("GET", f"http://127.0.0.1:{self.port}/{self.hall}/{path}", redirect=False)
        return answer.status, answer.data.decode()

    def press(self, path: str, act: str, key: str, **fields: str) -> tuple[int, str]:
        answer = self._pool.request_encode_body(
            "POST",
            f"http://127.0.0.1:{self.port}/{self.hall}/{path}",
            {"act": act, "key": key, **fields},
            encode_multipart=False,
            redirect=False,
        )
        return answer.status, answer.data.decode()

    def at(self, path: str, **form: str) -> tuple[int, str, str]:
        """A page of all halls, or with a form what became of it: status, text, where it leads."""
        url = f"http://127.0.0.1:{self.port}{path}"
        answer = (
            self._pool.request_encode_body("POST", url, form, encode_multipart=False, redirect=False)
            if form
            else self._pool.request("GET", url, redirect=False)
        )
        return answer.status, answer.data.decode(), answer.headers.get("Location", "")

    def post(self, body: bytes, headers: dict[str, str]) -> int:
        url = f"http://127.0.0.1:{self.port}/relay/v1/{self.hall}"
        return self._pool.request("POST", url, body=body, headers=headers).status

    @property
    def here(self):  # type: ignore[no-untyped-def]
        found = self.halls.find(self.hall)
        assert found
        return found

    def sever(self) -> None:
        """Cut the line and wait until the relay has taken the last word that came through: its time is then the one
        before a test puts the clock forward.
        """
        self.line.cut()
        with self.here._changed:
            self.here._stir()  # an ask that is held is answered, and its connection ends
        until(lambda: self.line.silent)

    def close(self) -> None:
        self.line.close()
        self._web.task_dispatcher.shutdown(timeout=1)
        self._web.close()


@pytest.fixture
def relay(hub: Hub, tmp_path: Path) -> Iterator[Relay]:
    folder = tmp_path / "secrets"
    folder.mkdir()
    relay = Relay(folder, hub.hall.hall.id)
    table = RelayTable(url=f"http://127.0.0.1:{relay.line.port}", secret_file=str(relay.file))
    hub.hall = hub.hall.model_copy(update={"relay": table})
    mirror = Mirror(hub)
    mirror.start()
    until(lambda: relay.here.alive)
    yield relay
    relay.line.close()
    mirror.stop()
    relay.close()
