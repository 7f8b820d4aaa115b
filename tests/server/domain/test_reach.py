"""Whose records an account sees and moves."""

from __future__ import annotations

import pytest

import config
from server.domain.reach import Reach, departments_of, parts_of, services_of
from server.domain.register import Record

SERVICES = config.load().services


def record(service: str, owner: str = "09") -> Record:
    return Record(
        id=1,
        register="case",
        version=1,
        number="BJ20261123-001",
        state="accepted",
        kind="open",
        ticket=None,
        service=service,
        owner=owner,
        opened_at=0,
        changed_at=0,
    )


@pytest.mark.parametrize(
    ("reach", "service", "owner", "holds"),
    [
        (Reach("08", "operator"), "YB01", "09", True),
        (Reach("08", "operator", "医保"), "YB01", "09", True),
        (Reach("08", "operator", "医保"), "SB01", "09", False),
        (Reach("08", "operator", "医保"), "SB01", "08", True),
        (Reach("08", "operator", "医保"), "", "09", True),
        (Reach("08", "operator", "医保"), "GONE1", "09", False),
        (Reach("50", "manager", "医保"), "SB01", "09", False),
        (Reach("60", "supervisor", "医保"), "SB01", "09", False),
        (Reach("90", "administrator", "医保"), "SB01", "09", True),
    ],
)
def test_a_department_bounds_whoever_carries_it(reach: Reach, service: str, owner: str, holds: bool) -> None:
    assert reach.holds(record(service, owner), SERVICES) is holds


def test_a_service_of_two_departments_is_each_ones() -> None:
    both = next(code for code, service in SERVICES.items() if service.department == "民政/残联")
    assert both in services_of(SERVICES, "民政") and both in services_of(SERVICES, "残联")
    assert both not in services_of(SERVICES, "医保")
    assert "民政/残联" not in departments_of(SERVICES) and {"民政", "残联", "医保"} <= {*departments_of(SERVICES)}
    assert parts_of("民政、残联") == ["民政", "残联"] and parts_of("") == []
