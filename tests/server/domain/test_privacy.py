"""What may stand in the chain for ever: every text of every event is looked at, and no name of the staff passes."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, get_type_hints

import pytest

from server.domain import events as ev
from server.domain import privacy
from server.domain.rules import Refused
from server.verbs.accounts import ROLE_NAMES

OURS = {
    "Issued": "day prefix service klass channel language ground party placed on_paper",
    "AgendaSet": "day package items after",
    "ItemSettled": "service outcome staff",
    "SlotBooked": "plan service day channel language",
    "SlotChanged": "plan day",
    "SlotListed": "plan service day channel language",
    "SlotOffered": "plan",
    "Called": "staff why why_en",
    "CounterTakenOver": "staff from_staff",
    "SkillsSet": "staff services languages",
    "Finished": "outcome items",
    "Returned": "target",
    "Suspended": "kind",
    "Resumed": "staff",
    "Transferred": "service target",
    "Undone": "step agenda",
    "ServedOffline": "staff state outcome",
    "Imported": "day service klass staff state outcome",
    "Rated": "source options staff",
    "RatingAppended": "source options staff",
    "RatingsDrawn": "week seed",
    "NumbersDrawn": "first last seed",
    "FileExported": "file sha256",
    "NoticeIssued": "service services staff",
    "TelephoneGiven": "given",
    "TelephoneErased": "fields reason",
    "SlotTelephoneGiven": "given",
    "SlotTelephoneErased": "fields reason",
    "Notified": "occasion field channel outcome about",
    "NotificationArrived": "occasion field about",
    "WaitTold": "source seen",
    "ManningSet": "monday rows",
    "ForesightLearnt": "first last names coefficients",
    "PrintQueued": "printers kind",
    "PrintBegan": "printer",
    "PrintEnded": "printer state reason",
    "CounterOpened": "staff",
    "CounterClosed": "reason",
    "CounterBound": "services helps",
    "PadPressed": "pad keys verb zh en",
    "ServiceClosed": "service day",
    "ServiceReopened": "service day",
    "HallClosed": "day waiting",
    "HallReopened": "day",
    "EmergencyBegan": "zh en",
    "FirstContactNoted": "result",
    "FirstContactClosed": "record",
    "DayTurned": "day",
    "RecordOpened": "register number move state kind given terms",
    "RecordMoved": "move state kind given terms verdicts",
    "RecordCorrected": "field",
    "RecordErased": "fields reason given",
    "DuesMoved": "before after",
    "OnlineTold": "service",
    "GuidesChanged": "guides gone",
    "ConfigChanged": "before after how",
    "CircularAnswered": "sha256 answer",
    "EpochBegan": "how",
    "EndMissed": "device hash since",
    "NumbersLeased": "device book until blocks over",
    "OfflineEntered": "device book clashes twins",
    "DeviceChanged": "device state detail",
    "VisitsImported": "sha256",
    "ReportMade": "period sha256 definition_version journal_hash",
    "StaffChanged": "staff role department",
    "LoginRefused": "staff",
    "PasswordSet": "staff",
    "StaffUnlocked": "staff",
    "SecondFactorSet": "staff",
    "SecondFactorEnded": "staff",
    "RecoveryCodeUsed": "staff",
    "ApiTokenMade": "scope last",
    "DeviceEnrolled": "device kind place",
    "DeviceRenamed": "device",
    "DeviceLocked": "device",
    "DeviceUnlocked": "device",
    "TokenEnded": "device",
    "PostSet": "post counter_ a b",
    "PostEnded": "post",
    "SubstitutionBegan": "post counter_ from_staff to_staff",
    "RosterSet": "day post staff",
    "RegulationIssued": "rule",
    "RegulationRead": "rule",
    "TrainingHeld": "day course staff passed",
    "HalfDaysSet": "staff halves",
    "Punched": "staff place how",
    "PunchCorrected": "staff",
    "HalfDayFound": "staff day half verdict",
    "LeaveBooked": "staff kind source",
    "MonthSigned": "month cells sums sha256",
    "PunchKeySet": "staff kind",
    "RemoteTaken": "day service language",
}
"""Event -> its texts that nobody typed: codes, numbers of the staff, names of devices, the hub's own sentences."""
NAMES = ["王敏", "欧阳 娜", "Li Wei", "李", "系统管理员", "S 1"]


def is_text(hint: Any) -> bool:
    return "str" in str(hint) or "Any" in str(hint)


def test_every_text_of_every_event_is_ours_or_looked_at() -> None:
    for name, kind in ev.VOCABULARY.items():
        hints = get_type_hints(kind)
        texts = {f.name for f in fields(kind) if is_text(hints[f.name])} - {"ticket", "counter", "facts", "back"}
        looked_at = {*privacy.TYPED.get(name, ()), *privacy.PUBLIC.get(name, ())}
        ours = set(OURS.get(name, "").split())
        assert texts == looked_at | ours and not looked_at & ours, name


@pytest.mark.parametrize(
    "text",
    [
        "请王敏来一下",
        "王 敏说可以",
        "欧阳娜代班",
        "问 li wei 拿",
        "ＬＩ ＷＥＩ同意",
        "手机13800138000",
        "身份证350521199001011234",
    ],
)
def test_a_person_in_a_typed_text_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        privacy.check(ev.HelpAsked(counter="1", text=text), lambda: NAMES)


@pytest.mark.parametrize(
    "text", ["", "打印机卡纸", "请系统管理员来", "李子熟了", "delivery weighs", "工号0017代班", "is 10"]
)
def test_what_names_nobody_passes(text: str) -> None:
    privacy.check(ev.HelpAsked(counter="1", text=text), lambda: NAMES)


def test_a_public_notice_may_say_whom_to_ring_but_not_by_name() -> None:
    said = {"day": "2026-11-23", "message_en": "Closed.", "waiting": "serve"}
    privacy.check(ev.HallClosed(message="停电，咨询13800138000。", **said), lambda: NAMES)
    with pytest.raises(Refused, match="王敏"):
        privacy.check(ev.HallClosed(message="停电，请找王敏。", **said), lambda: NAMES)


def test_a_slip_names_nobody_who_was_typed_into_it() -> None:
    slip: dict[str, Any] = {"job": 1, "printers": ("P1",), "copy": 1, "kind": "referral"}
    with pytest.raises(Refused, match="王敏"):
        privacy.check(ev.PrintQueued(**slip, facts={"matter": "找王敏"}), lambda: NAMES)
    privacy.check(ev.PrintQueued(**slip, facts={"target": "3号窗口"}), lambda: NAMES)


def test_the_names_of_posts_and_roles_are_no_persons() -> None:
    assert all(privacy.NO_PERSON.search(name) for name in ROLE_NAMES.values())


def test_a_seal_that_looks_like_a_telephone_number_is_no_personal_datum() -> None:
    seal = "a" * 20 + "13812345678" + "b" * 33
    event = ev.RecordCorrected(record=1, field="phone", old=seal, new=seal, reason="号码错", sealed=True)
    privacy.check(event, list)
    with pytest.raises(Refused):
        privacy.check(replace(event, sealed=False), list)
    with pytest.raises(Refused):
        privacy.check(replace(event, reason="应为13812345678"), list)
