"""The catalogue: its figures, the three lists, its items with the versions of their guides."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from server.pages.answers.parts import Day, Instant, Named, Part, Words
from server.pages.answers.records_told import RecordLine


class CatalogueFigure(Named):
    figure: str
    means: str
    means_en: str
    value: Any = Field(description="As docs/figures.md says: a number, null, or {numerator, denominator, share}")
    said: str
    said_en: str
    below: str
    below_en: str


class DepartmentFigures(Part):
    department: str
    figures: list[CatalogueFigure]


class ListInForce(Part):
    record: int
    number: str
    effective: Day
    items: int


class ItemList(Named):
    """进驻, 一趟不用跑 or 最多跑一趟."""

    kind: str
    in_force: ListInForce | None
    on_its_way: RecordLine | None = Field(description="The list that is not published yet")
    came: list[Words] = Field(description="What the catalogue has for it beyond the list in force")
    went: list[Words] = Field(description="What the list in force has and the catalogue would not")


class PowerOut(Part):
    number: str
    name: str
    department: str
    reason: str


class CatalogueItem(Named):
    code: str
    department: str
    lists: list[str] = Field(description="The lists in force that it is on")
    filled: int
    needed: int
    lacking: list[Words]
    decides: Words
    delegated: bool | None
    review_days: int | None = Field(description="Days since its guide was reviewed; null: never")
    version: int
    changed: Instant | None
    url: str


class CatalogueTold(Part):
    today: Day
    quarter: Day = Field(description="The first day of the quarter of what was simplified")
    figures: list[CatalogueFigure]
    departments: list[DepartmentFigures]
    lists: list[ItemList]
    powers_out: list[PowerOut] = Field(description="Powers of the list of powers that are not done in the hall")
    items: list[CatalogueItem]


class GuideVersion(Part):
    version: int
    at: Instant
    lines: list[Words] = Field(description="What is otherwise than in the version before")
    saved: Words = Field(description="Materials, days and visits that it saves; empty texts for none")
    asks_more: bool = Field(description="Some of it is asked for in addition")


class CatalogueItemTold(Named):
    code: str
    item: CatalogueItem | None = Field(description="null: the catalogue has it no more")
    versions: list[GuideVersion] = Field(description="The newest first")


class ItemChanged(Named):
    code: str
    lines: list[Words]
    saved: Words
    asks_more: bool


class TableCompared(Part):
    name: str
    problems: list[Words] = Field(description="Every mistake, with its row; with any the table is not compared")
    changed: list[ItemChanged]
    added: int
    left: int = Field(description="Items of the catalogue that the table does not name: they stay")
    saved: Words
    asks_more: bool
