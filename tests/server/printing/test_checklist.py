"""What a technician is told for each answer and each silence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from printer_profiles.profile import KEYS, load
from server.printing.probe.checklist import LOOK, PRINTED, TROUBLE, UNSURE, Heard, answers, changes, fault, verdict

MODEL = replace(load("generic-80"), asb=True)
IDLE = {1: 0x16, 2: 0x12, 3: 0x12, 4: 0x12}
ASB = b"\x14\x00\x00\x0f"
WELL = Heard(IDLE, ASB, 0x00)


def told(heard: Heard, model: object = MODEL) -> str:
    return " ".join(f"{change.zh} {change.en}" for change in changes(model, heard))  # type: ignore[arg-type]


def test_all_answers_and_the_confirmation_are_a_success() -> None:
    assert verdict(MODEL, WELL)[0] == PRINTED
    assert changes(MODEL, WELL) == []
    assert fault(MODEL, WELL) is None


@pytest.mark.parametrize(
    ("heard", "wish"),
    [
        (WELL._replace(status={**IDLE, 3: None}), "status = false"),
        (WELL._replace(status={**IDLE, 3: 0xFF}), "status = false"),
        (WELL._replace(automatic=None), "asb = false"),
        (WELL._replace(behind=None), 'confirm = "dle_eot"'),
        (WELL._replace(behind=None, status=dict.fromkeys(IDLE)), 'confirm = "none"'),
        (WELL._replace(garbage=b"\xff\x00"), "baud"),
    ],
)
def test_what_is_missing_names_the_key(heard: Heard, wish: str) -> None:
    assert wish in told(heard)
    assert verdict(MODEL, heard)[0] == UNSURE


@pytest.mark.parametrize(
    "heard",
    [
        WELL._replace(status={**IDLE, 2: 0x16}),  # cover open
        WELL._replace(status={1: None, 2: 0x32, 3: None, 4: None}),  # paper out, told even where the rest is silent
        WELL._replace(automatic=b"\x14\x08\x00\x0f"),  # cutter
        WELL._replace(behind=0x0C),  # the paper ended while the page was printed
    ],
)
def test_a_fault_is_told_first(heard: Heard) -> None:
    code, sentence = verdict(MODEL, heard)
    assert code == TROUBLE
    trouble = fault(MODEL, heard)
    assert trouble and trouble.zh in sentence.zh and trouble.en in sentence.en


def test_a_model_that_claims_less_is_asked_less_and_never_confirms() -> None:
    silent = replace(load("pos-5890"), asb=False)
    assert answers(silent, Heard()) == []
    assert changes(silent, Heard()) == []
    assert verdict(silent, Heard())[0] == UNSURE
    alive = replace(silent, confirm="dle_eot")
    assert verdict(alive, Heard(behind=0x12))[0] == UNSURE
    assert changes(alive, Heard(behind=0x12)) == []
    assert 'confirm = "none"' in told(Heard(), alive)


def test_answers_are_shown_as_they_came() -> None:
    shown = [answer.zh for answer in answers(MODEL, WELL._replace(behind=None))]
    assert shown == [
        "DLE EOT 1：16",
        "DLE EOT 2：12",
        "DLE EOT 3：12",
        "DLE EOT 4：12",
        "GS a：14 00 00 0F",
        "GS r 1：没有应答",
    ]


def test_the_checklist_names_keys_that_there_are() -> None:
    assert {key for _, _, keys in LOOK for key in keys.split(", ")} <= set(KEYS)
