"""What a slip is made of: the kinds of slips, and the facts each takes besides its ticket. Pure; lays nothing out.

Facts are plain JSON, frozen when the slip is queued, and stand in the journal for ever: so a fact that is not in this
list is refused, and so is a text with what looks like an identity or mobile number. Names of visitors are written by
hand.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from config import Text
from server.domain.rules import Refused

NAMES = {
    "ticket": Text("号票", "Ticket"),
    "materials": Text("材料清单", "List of materials"),
    "notice": Text("一次性告知单", "One-time notice"),
    "receipt": Text("受理凭证", "Acceptance receipt"),
    "refusal": Text("不予受理告知书", "Notice of refusal"),
    "referral": Text("引导单", "Referral"),
    "pickup": Text("领件通知单", "Pick-up notice"),
    "special": Text("特别程序告知书", "Notice of a special procedure"),
    "extension": Text("延期告知书", "Notice of extension"),
    "mail": Text("邮寄确认单", "Posting confirmation"),
    "booking": Text("预约凭条", "Booking slip"),
    "voice": Text("回执", "Receipt of a complaint or question"),
    "whereabouts": Text("去向牌", "Out of the office"),
    "dayclose": Text("日结小票", "Day-close slip"),
    "test": Text("打印测试页", "Test page"),
}
"""Kind of slip -> its name in Chinese and English."""

STAFF = {"staff": str}
ITEM = {"item": str, "item_en": str}
MODE = {"language": str, "large_print": bool}
"""How it is printed where it has no ticket to say so: zh or en, and 大字版."""

NEEDED: dict[str, dict[str, type]] = {
    "ticket": {},
    "materials": {"service": str, **ITEM, "materials": list},
    "notice": {**ITEM, "missing": list, **STAFF},
    "receipt": {**ITEM, **STAFF},
    "refusal": {**ITEM, "reasons": list, **STAFF},
    "referral": {"matter": str, "target": str, "target_en": str, "guide": str},
    "pickup": {"collect": str, "where": str, "where_en": str, "when": str, "when_en": str, "bring": list},
    "special": {**ITEM, "case": str, "procedure": str, "procedure_en": str, **STAFF},
    "extension": {**ITEM, "case": str, "days": str, "reason": str, "reason_en": str, **STAFF},
    "mail": {**ITEM, "case": str, "ems": str, **STAFF},
    "booking": {"booking": int, **ITEM, "slot": str, "slot_en": str, "where": str, "where_en": str},
    "voice": {"what": str, "what_en": str, "category": str, "category_en": str, "case": str},
    "whereabouts": {"where": str, "where_en": str, "from": str, "back": str, **STAFF},
    "dayclose": {
        "counter": str,
        "counter_en": str,
        "day": str,
        "staff": list,
        "arrivals": int,
        "finished": int,
        "passed": int,
        "others": int,
        "first": str,
        "last": str,
        "open_s": float,
        "pause_s": float,
        "opened": str,
        "closed": str,
    },
    "test": {},
}
"""Kind of slip -> what it can't do without."""

MORE: dict[str, dict[str, type]] = {
    "ticket": {},
    "materials": {
        "basis": str,
        "legal": str,
        "promise": str,
        "fee": str,
        "department": str,
        "visits": str,
        "in_person": str,
        "online": str,
        "notes": list,
        "notes_en": list,
        "conditions": list,
        "conditions_en": list,
        "steps": list,
        "steps_en": list,
        **MODE,
    },
    "notice": {"service": str, "reason": str, "basis": str, "number": str, "case": str, **MODE},
    "receipt": {
        "service": str,
        "number": str,
        "case": str,
        "received": list,
        "owed": list,
        "owed_by": str,
        "promise": str,
        "due": str,
        **MODE,
    },
    "refusal": {"service": str, "number": str, "case": str, "basis": str, **MODE},
    "referral": {"service": str, "number": str, "contact": int, "note": str, **MODE},
    "pickup": {"service": str, "case": str, **ITEM, **MODE},
    "special": {"service": str, "basis": str, **MODE},
    "extension": {"service": str, "due": str, "first_due": str, "approver": str, **MODE},
    "mail": {"service": str, **MODE},
    "booking": {"service": str, "materials": list, **MODE},
    "voice": {"clock": str, "clock_en": str, "due": str, **MODE},
    "whereabouts": {"day": str, "b": str, **MODE},
    "dayclose": {"outcomes": dict, "head": str, **MODE},
    "test": {},
}
"""Kind of slip -> what it may have besides; what is left out is not printed."""

PERSONAL = (
    (
        re.compile(
            r"(?<!\d)(\d{17}[\dX]|\d{6}[ -]?(18|19|20)\d\d[ -]?(0[1-9]|1[0-2])[ -]?(0[1-9]|[12]\d|3[01])["
            r" -]?\d{3}[\dX])(?!\d)",
            re.I,
        ),
        "身份证号",
        "an identity number",
    ),
    (re.compile(r"(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)"), "手机号码", "a mobile number"),
)
ACCOUNTS = ("staff", "guide", "approver", "b")
"""Facts that are account numbers, which a hall may have made of anything: nobody typed them for this paper."""
LONGEST = 500
"""Characters of one text, and entries of one list: a slip is no file."""


def checked(kind: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as the journal holds them.

    Raises ValueError for a kind or fact that does not exist, Refused for what nobody may print.
    """
    if kind not in NEEDED:
        raise ValueError(f"slip: kind '{kind}' is unknown; known are {', '.join(NEEDED)}")
    needed, known = NEEDED[kind], {**NEEDED[kind], **MORE[kind]}
    if missing := [name for name in needed if name not in facts]:
        raise ValueError(f"slip {kind}: {', '.join(missing)} missing")
    if odd := [name for name in facts if name not in known]:
        raise ValueError(f"slip {kind}: no fact '{odd[0]}'; known are {', '.join(known)}")
    for name, value in facts.items():
        _may_stand(f"slip {kind}: {name}", known[name], value, accounts=name in ACCOUNTS)
    told: dict[str, Any] = json.loads(json.dumps(facts, ensure_ascii=False, allow_nan=False))
    return told


def _may_stand(where: str, wanted: type, value: Any, *, accounts: bool) -> None:
    """Raises ValueError for a value of another type, Refused for a text that is empty, endless or about a person."""
    good = isinstance(value, int | float) if wanted is float else isinstance(value, wanted)
    if not good or (isinstance(value, bool) and wanted is not bool):
        raise ValueError(f"{where}: {value!r} is no {wanted.__name__}")
    parts = value if isinstance(value, list) else list(value) if isinstance(value, dict) else [value]
    if isinstance(value, list) and not all(isinstance(part, str) for part in parts):
        raise ValueError(f"{where}: {value!r} is no list of texts")
    if len(parts) > LONGEST or any(isinstance(part, str) and len(part) > LONGEST for part in parts):
        raise Refused(f"内容太长：每条不超过{LONGEST}字。", f"Too long: at most {LONGEST} characters each.")
    for part in parts:
        if isinstance(part, str) and not accounts:
            impersonal(part)


def impersonal(text: str) -> None:
    """Refused for a text with what looks like an identity or mobile number, in full-width digits or in groups too."""
    plain = unicodedata.normalize("NFKC", text)
    for pattern, zh, en in PERSONAL:
        if pattern.search(plain):
            raise Refused(
                f"内容里有{zh}：请删去，个人信息不打印、不保存。",
                f"It holds {en}: remove it, personal data is neither printed nor kept.",
            )
