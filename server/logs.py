"""Where the hub's log goes: lines for people to stderr, and the same as JSON into files that rotate, beside the data.

A line of a file is one JSON object: `at` (local time with its offset), `level`, `from` (the logger), `thread`, `text`,
and `trace` where there is one.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from zoneinfo import ZoneInfo

import config
from server.store import secret

SIZE, FILES = 5 << 20, 6
"""Bytes of a file, and how many there are: thirty megabytes are months of a quiet hall, and never more."""


def folder_of(hall: config.Hall) -> Path:
    return hall.data / "log"


class Lines(logging.Formatter):
    """Records as lines of JSON, in the hall's time."""

    def __init__(self, zone: ZoneInfo) -> None:
        super().__init__()
        self._zone = zone

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "at": datetime.fromtimestamp(record.created, self._zone).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "thread": record.threadName,
            "text": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0]:
            told["trace"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)


class _File(RotatingFileHandler):
    """A file on a disk that may be full: the line stands on stderr too, and the hub goes on."""

    def handleError(self, record: logging.LogRecord) -> None:
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)


def to_stderr() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)


def to_files(hall: config.Hall) -> None:
    """Into the hall's folder too: once it is ours."""
    try:
        secret.own_folder(folder_of(hall))
        file = _File(folder_of(hall) / "hub.log", maxBytes=SIZE, backupCount=FILES - 1, encoding="utf-8")
    except OSError as error:
        logging.getLogger(__name__).error("no log beside the data: %s", error)
        return
    file.setFormatter(Lines(hall.zone))
    logging.getLogger().addHandler(file)
