"""The signature against the vector of the Standard Webhooks libraries, and whatever is not right about one."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.outbound import signature
from server.outbound.signature import NoSecret, Unsigned

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, AT, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def keys(tmp_path: Path, text: str = SECRET) -> list[bytes]:
    (tmp_path / "secret").write_text(text)
    return signature.read(tmp_path / "secret")


def told(**other: str) -> dict[str, str]:
    return {"webhook-id": ID, "webhook-timestamp": str(AT), "webhook-signature": SIGNED, **other}


def test_the_vector_of_the_spec_both_ways(tmp_path: Path) -> None:
    found = keys(tmp_path)
    assert signature.sign(found[0], ID, AT, BODY) == SIGNED
    assert signature.check(found, told(), BODY, AT) == ID


def test_two_secrets_while_one_is_changed(tmp_path: Path) -> None:
    new = signature.fresh()
    both, old = keys(tmp_path, f"{new}\n{SECRET}\n"), keys(tmp_path)
    made = signature.headers(both, ID, AT, BODY)
    assert len(made["webhook-signature"].split()) == 2
    assert signature.check(old, made, BODY, AT) == ID
    assert signature.check(both, told(), BODY, AT) == ID


@pytest.mark.parametrize(
    ("other", "body", "late"),
    [
        ({}, BODY + b" ", 0),
        ({"webhook-id": "another"}, BODY, 0),
        ({"webhook-timestamp": str(AT + 1)}, BODY, 0),
        ({"webhook-signature": "v1,AAAA"}, BODY, 0),
        ({"webhook-signature": SIGNED.replace("v1", "v2")}, BODY, 0),
        ({"webhook-signature": ""}, BODY, 0),
        ({"webhook-timestamp": "９"}, BODY, 0),
        ({"webhook-timestamp": "1" * 400}, BODY, 0),
        ({"webhook-signature": "v1,密"}, BODY, 0),
        ({}, BODY, 301),
        ({}, BODY, -301),
    ],
)
def test_what_is_not_right_is_not_believed(tmp_path: Path, other: dict[str, str], body: bytes, late: float) -> None:
    with pytest.raises(Unsigned) as said:
        signature.check(keys(tmp_path), told(**other), body, AT + late)
    assert said.value.text.zh and said.value.text.en


@pytest.mark.parametrize(
    "text",
    [
        "",
        "whsec_",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_QUJD",
        f"{SECRET}\nhello",
        "whsec_!!!!",
        "\n".join([SECRET] * 3),
    ],
)
def test_a_file_that_holds_no_secret_says_so(tmp_path: Path, text: str) -> None:
    with pytest.raises(NoSecret):
        keys(tmp_path, text)


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoSecret, match="读不了"):
        signature.read(tmp_path / "none")
