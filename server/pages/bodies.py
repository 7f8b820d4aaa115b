"""What comes in as JSON, described by pydantic: the base of every such model."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Body(BaseModel):
    """Its validator is made when the first one comes, which takes a millisecond; a hundred of them would hold up each
    start of a hub. Pydantic makes it under a lock of its own: several threads may be the first.
    """

    model_config = ConfigDict(defer_build=True)
