"""`support`: what somebody who helps needs to know of a hall, in one file, and nothing of any person. Owns the
gathering; what may leave is `server/domain/scrub.py`'s.
"""

from __future__ import annotations

import io
import json
import os
import time
import zipfile
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import click
import tomlkit

import config
from command_line import _, language, say, trouble
from config.unsettled import unsettled
from intake.encoding import Unreadable, word
from intake.toml_file import toml
from server import logs
from server.domain.scrub import scrubbed, without_secrets
from server.outbound import signature
from server.store import backup_state, upkeep_state
from server.store.database import read_only
from server.store.reader import Reader
from server.views.condition import versions

ANSWER_S = 10.0
SECRET_FILES = ("password_file", "secret_file", "ssh_key", "pin_file")
"""Keys of config.toml that name a file nobody else may read."""
LOG_MOST = 20 << 20
"""Bytes of logs that are packed, the newest first."""


@click.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help=_("写到这个文件。"))
def command(out: Path | None) -> None:
    file = Path(click.get_current_context().find_root().obj)
    try:
        hall: config.Hall | None = config.load(file)
        wrong = ""
    except config.ConfigError as error:
        hall, wrong = None, error.text.said(language())
    name = hall.hall.id if hall else "hall"
    out = out or Path(f"jiaohao-support-{name}-{datetime.now():%Y%m%d-%H%M}.zip")
    parts = dict(gathered(file, hall, wrong))
    try:
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file_out:
            file_out.write(packed(parts))
    except OSError as error:
        raise trouble("--out：{out}：{error}；请换一个文件", out=out, error=error.strerror) from None
    for part, text in parts.items():
        click.echo(say("  {part}　{size} 字节", part=part, size=len(text.encode())))
    click.echo(say("已写下 {out}：发出前可以先打开看一遍。", out=out))


def packed(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, text in parts.items():
            pack.writestr(name, text)
    return out.getvalue()


def gathered(file: Path, hall: config.Hall | None, wrong: str) -> Iterator[tuple[str, str]]:
    """Name and text of each part, already without what nobody outside may read."""
    names, secrets = (_names(hall), [*_secrets(hall)]) if hall else ({}, [])

    def clean(text: str) -> str:
        return scrubbed(text, names, secrets)

    yield "versions.txt", clean(_versions())
    yield "config.toml", clean(_config(file))
    if hall is None:
        yield "check.txt", clean(wrong)
        return
    yield "check.txt", clean("\n".join(one.said(language()) for one in unsettled(hall)) or "-")
    yield "health.json", clean(_health(hall))
    yield "metrics.txt", clean(_asked(hall, "/metrics", "metrics"))
    yield "database.json", clean(_database(hall))
    for name, text in _logs(hall):
        yield f"log/{name}", clean(text)


def _names(hall: config.Hall) -> dict[str, str]:
    file = hall.data / "hall.db"
    return dict(Reader(read_only(file)).names()) if file.exists() else {}


def _secrets(hall: config.Hall) -> Iterator[str]:
    """Every word that a file of the hall keeps secret, and what its config does."""
    files = [*hall.data.glob("tokens/*"), *hall.data.glob("*-key"), *hall.data.glob("tls/*.key")]
    for table in (
        hall.mail,
        hall.backup,
        hall.sign_on,
        hall.platform,
        hall.relay,
        *hall.webhooks.values(),
        *hall.channels.values(),
    ):
        files += [
            hall.folder / value
            for key in type(table).model_fields
            if key in SECRET_FILES and (value := getattr(table, key))
        ]
    for file in files:
        try:
            for line in word(file.read_bytes()).splitlines():
                yield from (line.strip(), line.strip().removeprefix(signature.PREFIX))
        except (OSError, Unreadable):
            continue  # not there, or no text: nothing that a log could hold
    yield from (kiosk.pin for kiosk in hall.kiosks.values())


def _versions() -> str:
    lines = [f"{name.en}: {value}" for name, value in versions()]
    packages = sorted(f"{one.metadata['Name']} {one.version}" for one in distributions() if one.metadata["Name"])
    return "\n".join([*lines, f"at: {datetime.now().astimezone():%Y-%m-%d %H:%M:%S%z}", "", *packages, ""])


def _config(file: Path) -> str:
    """Its comments are left out: nobody knows what stands in them."""
    try:
        return tomlkit.dumps(without_secrets(toml(file.read_bytes())))
    except (OSError, Unreadable) as error:
        return f"# {error}\n"


def _health(hall: config.Hall) -> str:
    told: dict[str, Any] = {"hub": _json(_asked(hall, "/hall/health.json", "commands"))}
    told["ready"] = _json(_asked(hall, "/readyz", None))
    kept, backups = upkeep_state.read(hall), backup_state.read(hall)
    told["upkeep"] = {"absences": kept.absences, "free": kept.free, "offsets": kept.offsets}
    told["backups"] = {
        "key": backups.key,
        "tried_at": backups.tried_at,
        "problem": backups.problem,
        "places": {url: [one.made_at, one.tested_at, one.problem] for url, one in backups.places.items()},
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _asked(hall: config.Hall, path: str, token: str | None) -> str:
    """What the running hub answers, or why it does not."""
    import urllib3

    headers = {}
    if token:
        file = hall.data / "tokens" / token
        if not file.exists():
            return f"no token of {token}"
        headers = {"Authorization": f"Bearer {word(file.read_bytes())}"}
    host, _colon, port = hall.hub.listen.rpartition(":")
    here = f"http://{'127.0.0.1' if host in ('0.0.0.0', '[::]') else host}:{port}"
    try:
        answer = urllib3.request("GET", here + path, headers=headers, timeout=ANSWER_S, retries=False)
    except urllib3.exceptions.HTTPError as error:
        return f"no answer: {type(error).__name__}"
    return answer.data.decode("utf-8", "replace") if answer.status in (200, 503) else f"HTTP {answer.status}"


def _database(hall: config.Hall) -> str:
    """How many rows of each kind, never what is in them."""
    file = hall.data / "hall.db"
    if not file.exists():
        return "{}"
    conn = read_only(file)
    reader = Reader(conn)
    events = dict(map(tuple, conn.execute("SELECT event, count(*) FROM journal GROUP BY event ORDER BY event")))
    seq, at, _hash = reader.head()
    sizes = {one.name: one.stat().st_size for one in sorted(hall.data.iterdir()) if one.is_file()}
    told = {"rows": seq, "newest": at, "now": time.time(), "events": events, "files": sizes}
    return json.dumps(told, ensure_ascii=False, indent=1)


def _logs(hall: config.Hall) -> Iterator[tuple[str, str]]:
    folder, left = logs.folder_of(hall), LOG_MOST
    files = sorted(folder.glob("hub.log*"), key=lambda one: -one.stat().st_mtime) if folder.is_dir() else []
    for file in files:
        if left <= 0:
            return
        text = file.read_bytes()[-left:].decode("utf-8", "replace")
        left -= len(text.encode())
        yield file.name, text
