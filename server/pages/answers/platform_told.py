"""What the city's platform is answered."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from server.pages.answers.parts import Words


class PlatformTaking(Words):
    """What became of a message; `zh` and `en` say why one is unmatched, and are empty otherwise."""

    state: Literal["taken", "known", "unmatched"] = Field(
        description="Done; nothing new (it came before, or something newer did); kept, tried again and shown to people"
    )
    subject: str = Field(description="Number of the case here, or the 预审号; empty where neither is known")
