"""Who somebody of the district's directory is here (统一登录): the claims of an ID token, and the hall's own table of
roles. Pure; who asks the directory, and whether its token is true, is elsewhere (`openid.py`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from config import SignOnTable
from intake.signs import identifier, line
from server.domain.rules import Refused

ORDER = ("administrator", "manager", "supervisor", "guide", "operator")
"""Of several roles the first of these counts."""
NAME_MOST = 40


class Known(NamedTuple):
    """Somebody whom the directory vouches for; `subject` stands for issuer and subject, and names nobody."""

    subject: str
    staff: str
    name: str
    role: str


def known(claims: Mapping[str, Any], table: SignOnTable) -> Known:
    """The person behind an ID token. Raises Refused where the directory says too little."""
    staff = identifier(str(claims.get(table.staff_claim) or ""))
    if not re.fullmatch(r"[A-Za-z0-9]{1,20}", staff):
        raise Refused(
            f"统一登录没有给出可用的工号（{table.staff_claim}）：请联系目录的管理人员，或用本机账号登录。",
            f"The directory gives no staff number ({table.staff_claim}): ask who keeps it, or log in with an own"
            " account.",
        )
    said = claims.get(table.role_claim)
    values = [said] if isinstance(said, str) else said if isinstance(said, list) else []
    roles = {table.roles[value] for value in values if isinstance(value, str) and value in table.roles}
    if not roles:
        raise Refused(
            f"工号{staff}在统一登录里没有本厅的角色：请联系目录的管理人员。",
            f"The directory gives {staff} no role in this hall: ask who keeps it.",
        )
    name = line(str(claims.get(table.name_claim) or ""))[:NAME_MOST] or staff
    seal = hashlib.sha256(f"{claims['iss']}\n{claims['sub']}".encode()).hexdigest()
    return Known(seal, staff, name, min(roles, key=ORDER.index))
