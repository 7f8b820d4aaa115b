"""Short messages (留言), as the console, the guide desk and the live page have them."""

from __future__ import annotations

from pydantic import Field

from server.pages.answers.parts import Instant, Part, Words


class MessageSaid(Part):
    id: int
    at: Instant
    mine: bool = Field(description="Written from here")
    sender: str
    sender_en: str
    to: str
    to_en: str
    staff: str
    reply: str = Field(description="The place to answer to: `to` of a message")
    text: str


class MessagePlace(Words):
    id: str = Field(description="manager, desk, all, or counter:ID")


class Messages(Part):
    """The newest of today that this place wrote or was written to, and whom it can write to."""

    seat: str = Field(description="This place")
    list_: list[MessageSaid] = Field(alias="list")
    places: list[MessagePlace]
