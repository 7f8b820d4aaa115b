"""What a hub that was had written and nobody else has, in sentences for whoever goes through it. Reads only."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from config import Hall, Text
from server.domain import timeline
from server.domain.chain import COLUMNS, Row
from server.store import soundness
from server.store.reader import Reader

SHOWN = 200


class Alone(NamedTuple):
    """One row: when, and what. `label` is the number that it is about, if any."""

    at: str
    label: str
    what: Text


WORDS = {
    "RatingsDrawn": ("抽查好评。", "Good ratings were drawn to be checked."),
    "NumbersDrawn": ("抽查办件。", "Numbers were drawn to be looked at."),
    "FileExported": ("导出文件。", "A file was exported."),
    "ForesightLearnt": ("更新等候预估。", "The foresight of waits was renewed."),
    "NumbersLeased": ("给取号机分配脱机号段。", "Numbers were set apart for a kiosk."),
    "OfflineEntered": ("补入脱机号。", "Numbers taken without the hub were entered."),
    "CounterOpened": ("窗口登录。", "Somebody logged in at the counter."),
    "CounterTakenOver": ("接管窗口。", "The counter was taken over by a colleague."),
    "CounterPaused": ("暂停服务。", "Service paused."),
    "CounterResumed": ("继续服务。", "Service went on."),
    "CounterClosed": ("窗口退出。", "The counter was left."),
    "CounterBound": ("切换窗口业务。", "The counter's services were changed."),
    "CounterUnbound": ("恢复窗口原有业务。", "The counter serves its own services again."),
    "HelpAsked": ("窗口求助。", "The counter asked for help."),
    "HelpAnswered": ("求助已处理。", "The call for help was answered."),
    "PanicRaised": ("静默报警。", "The silent alarm was raised."),
    "PanicAnswered": ("报警已处理。", "The alarm was dealt with."),
    "SkillsSet": ("更改人员可办业务。", "What a member of staff can do was changed."),
    "PadPressed": ("按叫号器。", "A key of the call pad was pressed."),
    "ServiceClosed": ("停止一项业务取号。", "Numbers for a service were stopped."),
    "ServiceReopened": ("恢复一项业务取号。", "Numbers for a service were given again."),
    "HallClosed": ("临时闭厅。", "The hall was closed early."),
    "HallReopened": ("恢复办公。", "The hall was opened again."),
    "EmergencyBegan": ("开始安全疏散。", "An evacuation began."),
    "EmergencyEnded": ("安全疏散结束。", "The evacuation ended."),
    "BookingsTaken": ("收到预约名单。", "Bookings came in."),
    "BookingsWithdrawn": ("撤回预约名单。", "Bookings were taken out again."),
    "SlotBooked": ("预约。", "A slot was booked."),
    "SlotChanged": ("预约改期。", "A booking was moved."),
    "SlotCancelled": ("取消预约。", "A booking was cancelled."),
    "SlotTelephoneGiven": ("预约留了联系方式。", "An address was left with a booking."),
    "SlotTelephoneErased": ("删除预约的联系方式。", "The address of a booking was erased."),
    "SlotListed": ("预约候补。", "Somebody was put on the list for a slot."),
    "SlotOffered": ("为候补保留名额。", "A slot was kept for the next on the list."),
    "FirstContactClosed": ("首问登记办结。", "A first contact was closed."),
    "DayTurned": ("新的一天开始。", "A new service day began."),
    "IssuingChanged": ("开始或停止取号。", "The kiosks began or stopped issuing."),
    "OnlineTold": ("告知可以网上办理。", "Somebody was told that it can be done online."),
    "ClockSet": ("确认时间。", "The hall's clock was confirmed."),
    "DeviceChanged": ("设备状态变化。", "A device changed its state."),
    "VisitsImported": ("导入历史数据。", "Visits of another system were taken in."),
    "ImportWithdrawn": ("撤回导入的数据。", "Imported visits were withdrawn."),
    "ReportMade": ("生成报表。", "A report was kept."),
    "StaffChanged": ("更改账号。", "An account was changed."),
    "LoginRefused": ("登录被拒绝。", "A login was refused."),
    "PasswordSet": ("更改密码。", "A password was changed."),
    "StaffUnlocked": ("账号解锁。", "An account was unlocked."),
    "SecondFactorSet": ("启用登录验证码。", "A login's second step was set."),
    "SecondFactorEnded": ("停用登录验证码。", "A login's second step was ended."),
    "RecoveryCodeUsed": ("使用备用登录码。", "A recovery code was used."),
    "ApiTokenMade": ("新建程序令牌。", "A token for another program was made."),
    "ApiTokenEnded": ("作废程序令牌。", "A token of another program was ended."),
    "DeviceEnrolled": ("接入设备。", "A device was enrolled."),
    "DeviceRenamed": ("设备改名。", "A device was renamed."),
    "DeviceLocked": ("锁定设备。", "A device was locked."),
    "DeviceUnlocked": ("设备解锁。", "A device was unlocked."),
    "TokenEnded": ("作废设备令牌。", "A device's token was ended."),
    "PostSet": ("设岗。", "A post was set."),
    "PostEnded": ("撤岗。", "A post was ended."),
    "SubstitutionBegan": ("开始代岗。", "A substitute began."),
    "SubstitutionApproved": ("同意代岗。", "A substitution was approved."),
    "SubstitutionRefused": ("不同意代岗。", "A substitution was refused."),
    "SubstitutionEnded": ("代岗结束。", "A substitution ended."),
    "ManningSet": ("最少窗口。", "The least manning was set."),
    "RegulationIssued": ("发布制度。", "A rule of the hall was issued."),
    "RegulationRead": ("阅读制度。", "A rule of the hall was acknowledged."),
    "TrainingHeld": ("登记培训。", "A course was put on record."),
    "HalfDaysSet": ("人员排班。", "The half days of somebody's roster were changed."),
    "Punched": ("打卡。", "Somebody punched in or out."),
    "PunchCorrected": ("补卡或销卡。", "A punch was added or struck."),
    "HalfDayFound": ("认定旷工或撤销。", "A half day was found to be truancy, or not."),
    "LeaveBooked": ("记假期账。", "An entry was made in the leave ledger."),
    "MonthSigned": ("考勤月表签署。", "A month's attendance was signed."),
    "PunchKeySet": ("更换打卡卡片或口令。", "A card or PIN to punch with was changed."),
    "RosterSet": ("排班。", "The roster was changed."),
    "RemoteTaken": ("远程取号。", "A place was taken from afar."),
    "RemoteRenewed": ("远程取号恢复保留。", "A place was kept once more."),
    "RemoteLeft": ("远程取号放弃。", "A place taken from afar was given up."),
    "EndMissed": ("设备记得的记录，这里没有。", "A device knows of rows that are not here."),
    "EpochBegan": ("另一台机器开始做主机。", "Another machine became the hub."),
    "ConfigChanged": ("更改大厅设置。", "The hall's settings were changed."),
    "CircularAnswered": ("答复区里的下发。", "A circular of the district was answered."),
    "RecordMoved": ("台账记录办理一步。", "A record was moved a step."),
    "RecordCorrected": ("更正台账记录。", "A record was corrected."),
    "RecordErased": ("删除台账记录的个人信息。", "What was private of a record was erased."),
    "DuesMoved": ("按日历重算办理期限。", "Due dates were worked out anew."),
    "GuidesChanged": ("更新办事指南。", "The guides were renewed."),
    "RecordOpened": ("新建台账记录。", "A record was opened."),
    "FirstContactNoted": ("首问登记。", "A first contact was noted."),
    "NoticeIssued": ("一次性告知。", "A notice of what is missing was given."),
    "PrintQueued": ("等待打印。", "A slip was to be printed."),
    "PrintBegan": ("开始打印。", "A slip began to be printed."),
    "PrintEnded": ("打印结束。", "The printing of a slip ended."),
}
"""What is about no number, in words; what is about one has the sentence of its life (`server/domain/timeline.py`)."""
OF_ANOTHER_VERSION = ("本版本不认识的记录。", "A row that this version does not know.")


def rows_alone(old: Path, new: Path, hall: Hall) -> tuple[list[Alone], int]:
    """The rows that stand in an old database and not in the new one, SHOWN at most; how many there are."""
    with soundness.looking(old) as mine, soundness.looking(new) as theirs:
        low, high = 0, min(Reader(mine).head()[0], Reader(theirs).head()[0])
        while low < high:
            middle = (low + high + 1) // 2
            ask = "SELECT hash FROM journal WHERE seq = ?"
            same = mine.execute(ask, (middle,)).fetchone()[0] == theirs.execute(ask, (middle,)).fetchone()[0]
            low, high = (middle, high) if same else (low, middle - 1)
        return [*_told(mine, low, hall)], Reader(mine).head()[0] - low


def _told(mine: sqlite3.Connection, after: int, hall: Hall) -> Iterator[Alone]:
    lives: dict[int, dict[int, Text]] = {}
    asked = f"SELECT {COLUMNS} FROM journal WHERE seq > ? ORDER BY seq LIMIT ?"
    for row in [Row(*found) for found in mine.execute(asked, (after, SHOWN))]:
        number = mine.execute("SELECT prefix, number FROM tickets WHERE id = ?", (row.ticket,)).fetchone()
        if row.ticket is not None and row.ticket not in lives:
            lives[row.ticket] = _life(mine, row.ticket, hall)
        what = lives[row.ticket].get(row.seq) if row.ticket is not None else None
        label = f"{number[0]}{number[1] or 0:03d}" if number else ""
        yield Alone(f"{datetime.fromtimestamp(row.at, hall.zone):%m-%d %H:%M:%S}", label, what or said(hall, row))


def _life(mine: sqlite3.Connection, ticket: int, hall: Hall) -> dict[int, Text]:
    asked = f"SELECT {COLUMNS} FROM journal WHERE ticket = ? ORDER BY seq"
    rows = [Row(*one) for one in mine.execute(asked, (ticket,))]
    return {one["seq"]: Text(one["zh"], one["en"]) for one in timeline.lines(hall, rows, {})}


def said(hall: Hall, row: Row) -> Text:
    """A row that is no line of a number's life."""
    zh, en = WORDS.get(row.event, OF_ANOTHER_VERSION)
    if row.event in ("Rated", "RatingAppended"):
        zh, en = "评价。", "A rating."
    if row.counter:
        here = hall.counter_name(row.counter)
        return Text(f"{here.zh}：{zh}", f"{here.en}: {en}")
    return Text(zh, en)
