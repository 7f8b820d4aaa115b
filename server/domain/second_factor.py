"""Two-step login (两步验证) by RFC 6238: which codes a telephone may show now, and the recovery codes on paper. Pure.

A code is good for the step of 30 s it is shown in and one on either side, since telephones' clocks drift, and only
once: whoever read it over a shoulder finds it used.
"""

from __future__ import annotations

import hmac
import re

import pyotp

from config import Text
from intake.signs import identifier

STEP_S = 30
DRIFT = 1
"""Steps that a telephone's clock may be early or late."""
DIGITS = 6
RECOVERY_CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of recovery codes: no signs that look alike on paper."""
ROLES = ("manager", "administrator")
"""Who may have it."""

WRONG = Text("验证码不对，或已经用过：请等下一个验证码。", "The code is wrong or was used: wait for the next one.")


def step_of(now: float) -> int:
    return int(now // STEP_S)


def plain(typed: str) -> str:
    """A code as it was typed, of any width, with spaces or without."""
    return re.sub(r"[\s-]", "", identifier(typed)).lower()


def accepted(secret: str, typed: str, now: float, used: int) -> int | None:
    """The step whose code this is, or None; `used` is the newest one that was accepted before. `now` in epoch
    seconds, `secret` in base 32.
    """
    code, here = plain(typed), step_of(now)
    if not re.fullmatch(rf"[0-9]{{{DIGITS}}}", code):
        return None
    otp = pyotp.HOTP(secret, digits=DIGITS)
    good = [step for step in range(here - DRIFT, here + DRIFT + 1) if hmac.compare_digest(otp.at(step), code)]
    return next((step for step in good if step > used), None)


def address(secret: str, staff: str, hall: str) -> str:
    """What the QR code says to an authenticator: otpauth://…; `hall` is its short id, so that the code stays coarse."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP_S).provisioning_uri(name=staff, issuer_name=hall)


def grouped(code: str) -> str:
    """A recovery code as it stands on paper."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))
