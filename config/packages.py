"""一件事一次办: a package is several items of the catalogue that one occasion of life brings, done with one number.

Pure data: what stands in `[packages.*]` of config.toml. Which items a person's answers leave is said here too, because
every program asks it alike.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated

from pydantic import Field

from config.shape import Table
from config.text import Text
from config.values import Both, Filled, Icon

MOST = 20
"""Items of one number at most: a list that still fits on a slip."""


class AskTable(Table):
    """A question on which it depends whether some items are done at all: yes keeps them, no leaves them out."""

    question: Both = Field(description="What is asked, `[Chinese, English]`, answered by yes or no.")
    items: Annotated[list[str], Field(min_length=1)] = Field(description="Items that are left out on a no.")


class PackageTable(Table):
    """One package."""

    name: Filled = Field(description="What the package is called: on the kiosk, the slip, the console.")
    name_en: Filled = Field(description="The same in English.")
    occasion: Both = Field(description="When somebody needs it, one sentence `[Chinese, English]`.")
    icon: Icon = Field("star", description="Picture on its tile, one of those of `[groups.*]`.")
    items: Annotated[list[str], Field(min_length=2, max_length=MOST)] = Field(
        description="Its items by their service codes, in the order in which they are done."
    )
    after: dict[str, Annotated[list[str], Field(min_length=1)]] = Field(
        {},
        description=(
            'What has to be settled first: `{ SB01 = ["GA01"] }` does SB01 after GA01. What is not named here'
            " may be done at any counter at any time."
        ),
    )
    ask: dict[str, AskTable] = Field(
        {},
        description=(
            'Items by a question: `{ insured = { question = [Chinese, English], items = ["SB02"] } }`; an item of'
            " two questions stays on one yes."
        ),
    )

    @property
    def text(self) -> Text:
        return Text(self.name, self.name_en)

    @property
    def optional(self) -> frozenset[str]:
        """Items that depend on an answer."""
        return frozenset(code for one in self.ask.values() for code in one.items)

    def chosen(self, yes: Collection[str]) -> tuple[str, ...]:
        """The items that are done for whoever says yes to these questions, in order."""
        kept = {code for name, one in self.ask.items() if name in yes for code in one.items}
        return tuple(code for code in self.items if code not in self.optional or code in kept)
