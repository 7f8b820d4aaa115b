"""Whose records somebody sees and moves: the whole hall's, or those of one department and her or his own. Pure.

A role says what somebody may do, the department of an account whose matters it is done with (docs/people.md).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from config import Service
from server.domain.definition import ABOUT, Definition
from server.domain.register import Record, told_to

CLERKS = ("operator",)
GUIDES = ("guide",)
UNBOUND = ("administrator",)
"""Roles that no department bounds: somebody must be able to mend what is nobody's."""


@dataclass(frozen=True)
class Reach:
    """Staff number, role, and the department of the account; empty: the whole hall."""

    staff: str
    role: str
    department: str = ""

    @property
    def whole(self) -> bool:
        return not self.department or self.role in UNBOUND

    def services(self, services: Mapping[str, Service]) -> tuple[str, ...] | None:
        """The services whose records are in reach; None: every one."""
        return None if self.whole else services_of(services, self.department)

    def holds(self, record: Record, services: Mapping[str, Service]) -> bool:
        """Whether a record is in reach: of the department's services, of no service at all, or the person's own."""
        mine = self.services(services)
        return mine is None or record.service in ("", *mine) or record.owner == self.staff

    def held(self, made: Definition) -> bool:
        """Whether of a confidential register this person sees only what she or he has: a clerk, and a guide to whom
        the register gives nothing to do (a call-back is something).
        """
        return made.confidential and (
            self.role in CLERKS or (self.role in GUIDES and not made.worked_by(self.role, [*made.states]))
        )

    def reads(self, record: Record, made: Definition) -> bool:
        """Whether what is private in a record is shown: to those who work on it, never to whom it is about; of a
        confidential one, at a counter or a desk, while there is something to do with it.
        """
        if record.values.get(ABOUT) == self.staff:
            return False
        if self.role in UNBOUND:
            return True
        now = made.confidential and self.role in (*CLERKS, *GUIDES)
        return made.worked_by(self.role, [record.state] if now else [None, *made.states])

    def sees(self, record: Record, made: Definition) -> bool:
        """Whether a record may be seen by what its register keeps close: of whom it is about only once there is
        something to appeal against; where it is `held`, by its owner.
        """
        if self.staff and record.values.get(ABOUT) == self.staff:
            return told_to(made, record)
        return not self.held(made) or record.owner == self.staff


def services_of(services: Mapping[str, Service], department: str) -> tuple[str, ...]:
    """The codes of a department's services, those among them that it has together with another (民政/残联)."""
    return tuple(code for code, service in services.items() if department in parts_of(service.department))


def departments_of(services: Mapping[str, Service]) -> list[str]:
    """Every department that decides a service of the catalogue."""
    return sorted({part for service in services.values() for part in parts_of(service.department)})


def parts_of(departments: str) -> list[str]:
    """The departments of a service: 民政/残联 are two."""
    return [part for one in re.split(r"[/／、]", departments) if (part := one.strip())]
