"""接口令牌: tokens for other programs, each with a scope and an end. The store has the sha256 of each."""

from __future__ import annotations

import secrets
from datetime import date, datetime, time, timedelta

from intake.signs import line
from server.domain import events as ev
from server.domain import scopes
from server.domain.ends import End, token_end
from server.domain.rules import Refused
from server.domain.worktime import service_day
from server.store.transaction import Turn
from server.verbs.accounts import digest
from server.verbs.hub import By, Hub, Unknown

MARK = "jh_"
"""What a token begins with, so that nobody takes it for another thing."""


def make(hub: Hub, by: By, name: str, scope: str, last: date, *, reads: bool) -> str:
    """A token that is good to the end of the day `last`; itself, which nothing shows again."""
    name, today = line(name), service_day(hub.hall, hub.now())
    if scope not in scopes.SCOPES:
        known = ", ".join(scopes.SCOPES)
        raise Refused(f"没有权限“{scope}”：{known}。", f"No scope '{scope}': one of {known}.")
    if not name or len(name) > scopes.NAME_MOST:
        raise Refused("请写明这个令牌给谁用，不超过40字。", "Say who uses the token, in at most 40 characters.")
    if not today <= last <= today + timedelta(days=scopes.LONGEST_DAYS):
        raise Refused(
            f"到期日应在今天和{scopes.LONGEST_DAYS}天之内。",
            f"Its last day is from today to {scopes.LONGEST_DAYS} days ahead.",
        )
    token = MARK + secrets.token_urlsafe(32)
    ends_at = datetime.combine(last + timedelta(days=1), time(), hub.hall.zone).timestamp()

    def decide(turn: Turn) -> None:
        number = turn.put_api_token(digest(token), name, scope, reads, ends_at, by.actor)
        turn.record(ev.ApiTokenMade(token=number, scope=scope, reads=reads, last=last.isoformat()), by.actor)

    hub.turn(decide)
    return token


def end(hub: Hub, by: By, number: int) -> None:
    """It opens nothing from now on. The same again changes nothing."""

    def decide(turn: Turn) -> None:
        row = turn.api_token(number)
        if row is None:
            raise Unknown(f"没有接口令牌{number}。", f"There is no API token {number}.")
        if row["ended_at"] is None:
            turn.end_api_token(number)
            turn.record(ev.ApiTokenEnded(token=number), by.actor)

    hub.turn(decide)


def sessions(hub: Hub) -> set[str]:
    """The live feeds of tokens that are good."""
    now = hub.now()
    return {scopes.actor(row["id"]) for row in hub.read().api_tokens() if not row["ended_at"] and row["ends_at"] > now}


def ending(hub: Hub) -> list[End]:
    """Tokens that end within scopes.WARNED_DAYS."""
    today = service_day(hub.hall, hub.now())
    return [
        token_end(row["id"], row["name"], last)
        for row in hub.read().api_tokens()
        if not row["ended_at"] and scopes.ends_soon(last := last_day(hub, row["ends_at"]), today)
    ]


def last_day(hub: Hub, ends_at: float) -> date:
    return (datetime.fromtimestamp(ends_at, hub.hall.zone) - timedelta(seconds=1)).date()
