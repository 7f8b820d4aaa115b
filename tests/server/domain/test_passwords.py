"""What is refused as a password, and that ordinary good ones are not."""

from __future__ import annotations

import pytest

from server.domain import passwords
from server.domain.passwords import weakness
from server.verbs import accounts

REFUSED = {
    passwords.TOO_SHORT: ["", "Xk4-pq7", "短的密码"],
    passwords.OWN: ["20260801", "2026080120260801", "20260801ab", "10806202", "王小明王小明王小"],
    passwords.PATTERN: [
        "12345678", "87654321", "123456789", "1234567890", "123456789012", "01234567", "11111111", "88888888",
        "aaaaaaaa", "aaaa1111", "12341234", "abcabcabc", "abcdefgh", "ABCDEFGH", "hgfedcba", "qwertyui", "QWERTYuiop",
        "asdfghjkl", "1qaz2wsx", "1q2w3e4r", "qazwsxedc", "11223344", "12344321", "abcd1234", "1234abcd", "qwer1234",
        "asdf1234", "123qweasd", "147258369", "00000000", "zxcvbnm1",
    ],
    passwords.DIGITS: ["19900517", "20261123", "13800138000", "52013149", "95279527081"],
    passwords.COMMONEST: [
        "password", "Password1", "P@ssw0rd", "passw0rd!", "password2026", "admin123", "Admin@123", "admin888",
        "iloveyou", "woaini1314", "5201314woaini", "welcome1", "letmein!!", "root@2026", "Jiaohao2026", "qwe-2026-asd",
        "administrator", "test1234test", "quanzhou0595",
    ],
}  # fmt: skip
GOOD = ["a-longer-one", "correct horse battery", "k7mq-r2vd", "Teekanne auf dem Dach", "雨后青石板上的猫",
        "mn4-0595-xk-88", "pass-for-the-8th-of-May"]  # fmt: skip


@pytest.mark.parametrize(("why", "password"), [(why, one) for why, many in REFUSED.items() for one in many])
def test_what_is_guessed_first_is_refused_and_says_why(why: passwords.Text, password: str) -> None:
    assert weakness(password, "20260801", "王小明") == why


@pytest.mark.parametrize("password", GOOD)
def test_a_good_one_is_taken(password: str) -> None:
    assert weakness(password, "08", "王敏") is None


def test_what_the_hub_makes_up_is_always_taken() -> None:
    assert [weakness(accounts.made_up(), "08", "王敏") for _ in range(500)] == [None] * 500


def test_the_own_number_however_short() -> None:
    assert weakness("08080808", "08") == passwords.OWN
    assert weakness("0808a808", "08") == passwords.OWN
