"""考勤月表 on paper: nobody's two half days are on two pages, however many people there are."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from server.reports.forms import month_sheet

HEADS = [{"id": name, "name": name, "name_en": name} for name in ("应出勤", "实出勤", "迟到", "延时服务分钟")]


def view(people: int) -> dict[str, Any]:
    line = {"cells": [{"mark": "√"}] * 62, "sums": {"应出勤": 46, "实出勤": 46, "迟到": 0, "延时服务分钟": 3908}}
    return {
        "month": "2026-10",
        "hall": "街道便民服务中心",
        "hall_en": "Centre",
        "banner": "",
        "days": [f"2026-10-{day:02d}" for day in range(1, 32)],
        "heads": HEADS,
        "frozen": None,
        "signed": [],
        "lines": [{"staff": {"name": f"工作人员{n}", "id": f"{n:02d}"}, **line} for n in range(people)],
        "legend": [{"mark": "√", "name": "出勤", "name_en": "Present"}],
        "changed": [],
        "made": "2026-11-01 09:00",
    }


@pytest.mark.parametrize("paper", ["a3", "a4"])
def test_a_persons_half_days_stand_on_one_page(paper: month_sheet.Paper) -> None:
    body, met = month_sheet.pdf(view(60), paper), 0
    told = subprocess.run(["pdftotext", "-layout", "-", "-"], input=body, capture_output=True, check=True).stdout
    pages = [page for page in told.decode().split("\f") if "√" in page]
    assert len(pages) > 1
    for page in pages:
        people = page.count("工作人员")
        assert page.count("上 ") == page.count("下 ") == people
        met += people
    assert met == 60
