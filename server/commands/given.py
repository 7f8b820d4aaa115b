"""What a command is given: the hall of its `--config`, its hub and its database."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import click

import config
from command_line import trouble
from server.store.database import Store
from server.verbs.hub import Hub
from server.voice import zones

P = ParamSpec("P")
R = TypeVar("R")


def load(path: str) -> config.Hall:
    hall = config.load(path)
    zones.check(hall)
    return hall


def opened(hall: config.Hall) -> Hub:
    return Hub(hall, Store(hall.data), time.time)


def with_hall(command: Callable[Concatenate[config.Hall, P], R]) -> Callable[P, R]:
    """A command that needs the hall: read only now, so that help, `init` and `restore` need none."""

    @wraps(command)
    def reading(*args: P.args, **options: P.kwargs) -> R:
        return command(load(click.get_current_context().obj), *args, **options)

    return reading


def database(hall: config.Hall) -> Path:
    return there(hall.data / "hall.db")


def there(file: Path) -> Path:
    if not file.exists():
        raise trouble("{file}：还没有数据库；请先启动一次服务，或导入办件记录", file=file)
    return file
