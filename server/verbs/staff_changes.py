"""人员变动: what a filed change does to the posts on its day, in the turn of that move."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from server.domain import filings
from server.domain.post import Post
from server.domain.register import Record
from server.domain.rules import Refused
from server.store.reader import Reader
from server.store.transaction import Turn
from server.verbs import people, records
from server.verbs.hub import Hub
from server.verbs.records import Who

REGISTER = "staff_change"
GOING = ("out", "leave")


def all_of(reader: Reader) -> list[Record]:
    """Every record of the register that is not dropped."""
    return [
        *reader.records_ended(REGISTER, filings.DONE),
        *reader.records_in(REGISTER, ("drafted", "approved", "effective")),
    ]


def filed(reader: Reader) -> list[filings.Filed]:
    """Each change of a post with what files it, the oldest first."""
    changes = [(row.seq, str(row.field("reason"))) for row in people.register(reader)]
    return filings.filings(changes, all_of(reader))


def _drafted(hub: Hub, turn: Turn, who: Who, record: Record) -> None:
    """A change that could not take effect is refused when it is drafted."""
    wishes(turn.posts(), record)


def _approved(hub: Hub, turn: Turn, who: Who, record: Record) -> None:
    """One whose day is here takes effect at once."""
    if date.fromisoformat(record.values["effective"]) <= records.ground(hub).day(turn.now):
        records.move_in(hub, turn, records.BY_ITSELF, record, "take_effect", {}, {})


def _takes_effect(hub: Hub, turn: Turn, who: Who, record: Record) -> None:
    day = date.fromisoformat(record.values["effective"])
    if day > records.ground(hub).day(turn.now):
        raise Refused(f"{day}才生效，到时自动变动。", f"It takes effect on {day}, by itself.")
    found = wishes(turn.posts(), record)
    actor = record.who_made("approve") or who.by.actor
    people.set_in(hub, turn, found, record.number, actor, rotation=record.values["kind"] == "rotate")


def wishes(posts: dict[str, Post], record: Record) -> dict[str, Post]:
    """The posts as a change leaves them: who goes leaves the old post to `with`, or to its B; who comes has the new
    one. Raises Refused.
    """
    told = record.values
    who, other, b = str(told["who"]), str(told.get("with", "")), told.get("b")
    found: dict[str, Post] = {}
    old, new = (_known(posts, told.get(name)) for name in ("from_post", "to_post"))
    if told["kind"] in GOING and old is None:
        raise Refused("请写明原岗位。", "Name the post that is left.")
    if told["kind"] not in GOING and new is None:
        raise Refused("请写明新岗位。", "Name the post that is taken.")
    if old is not None and (new is None or old.id != new.id):
        heir = other or old.b
        if old.a == who and not heir:
            raise Refused(
                f"“{old.name}”没有B岗，请写明由谁接。", f"'{old.name_en or old.id}' has no B: say who takes it."
            )
        if old.a == who and heir:
            found[old.id] = replace(old, a=heir, b=None if heir == old.b else old.b)
        elif old.b == who:
            found[old.id] = replace(old, b=other or None)
    if new is not None and told["kind"] not in GOING:
        partner = str(b) if b else (new.b if new.b != who else None)
        as_b = told["kind"] == "ab" and not b  # the person is the post's B, whoever its A is
        found[new.id] = replace(new, b=who) if as_b else replace(new, a=who, b=partner)
    return found


def _known(posts: dict[str, Post], post: object) -> Post | None:
    if not post:
        return None
    if post not in posts:
        raise Refused(f"没有岗位“{post}”：先在岗位页设岗。", f"There is no post '{post}': make it first, at Posts.")
    return posts[str(post)]


records.AFTER[REGISTER, "draft"] = _drafted
records.AFTER[REGISTER, "approve"] = _approved
records.AFTER[REGISTER, "take_effect"] = _takes_effect
