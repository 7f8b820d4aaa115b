"""What may stand in each table of config.toml, as frozen models; docs/config.md has a section for each.

It reads no file.
"""

from __future__ import annotations

from datetime import date, time
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

import slip_forms
from config.guides import GuideTable, Power, Service
from config.packages import PackageTable
from config.shape import Table as Table
from config.text import Text, counter_called
from config.values import (
    Address,
    BackupUrl,
    BoardProtocol,
    Both,
    Day,
    Filled,
    GuideUrl,
    HostName,
    Icon,
    Levels,
    Light,
    Machine,
    Minutes,
    MonthDay,
    OpenInterval,
    Origin,
    PadKeys,
    Percent,
    PrinterUrl,
    ReaderUrl,
    ReportForm,
    Seconds,
    SiteUrl,
    SoundUrl,
    TimeOfDay,
    TimeOrNever,
    Weekday,
    WireUrl,
    _listen,
    _zone,
    matches,
)

ROOT = Path(__file__).resolve().parent.parent


PROGRAMS = ("boards", "bookings", "follower", "metrics", "commands", "second")
"""What carries a token besides the kiosks: the boards' program, a booking system, whoever follows the journal, who
watches the machines, the command line on the hub's own machine.
"""


WEBHOOKS = (
    *("ticket.issued", "ticket.called", "ticket.recalled", "ticket.started", "ticket.finished", "ticket.passed"),
    *("ticket.returned", "ticket.suspended", "ticket.resumed", "ticket.transferred", "ticket.left", "ticket.expired"),
    *("ticket.undone", "rating.given", "counter.opened", "counter.paused", "counter.resumed", "counter.closed"),
    *("service.closed", "service.reopened", "hall.closed", "hall.reopened", "emergency.began", "emergency.ended"),
    *("device.changed", "report.made", "day.turned"),
)
"""Types of messages to other systems; what each says: `server/domain/webhooks.py`."""


class Named(Table):
    """A table with a name in both languages."""

    name: Filled
    name_en: Filled

    @property
    def text(self) -> Text:
        return Text(self.name, self.name_en)


class HallTable(Table):
    id: Annotated[
        str, matches(r"[A-Za-z0-9-]+", Text("只用字母、数字和连字符：请改写。", "only letters, digits and hyphens"))
    ] = Field(description="Short name of this hall among the district's halls: letters, digits, hyphens.")
    name: Filled = Field(description="Plate name: kiosk header, first line of a slip, hall screen, idle board.")
    name_en: Filled = Field(description="The plate name in English.")
    banner: str = Field(
        "", description="Shown on every screen and slip while the hall is a demonstration; empty for a real hall."
    )
    banner_en: str = Field("", description="The banner in English.")
    tel_consult: Filled = Field(description="业务咨询电话, printed on slips and screens.")
    tel_complaint: Filled = Field(description="投诉举报电话; must differ from `tel_consult`.")
    timezone: Annotated[str, AfterValidator(_zone)] = Field(
        "Asia/Shanghai", description="Zone of every time a person sees, of the service day and of the ISO week."
    )
    day_starts: TimeOfDay = Field(
        time(0, 0), description="Local time at which a service day begins and numbers start again at 001."
    )
    wait_pledge_min: Minutes = Field(20, description="Promised longest wait in minutes (服务承诺); no rule sets one.")
    catalogue: Filled = Field(
        description="CSV of the services (list form of 台商投资区 plus 号段前缀, 标准分钟, 依据, 状态, 俗称, 考证)."
    )
    catalogue_en: str = Field("", description="CSV `code,name_en`: English names of the services; empty for none.")
    everyday: str = Field(
        "", description="CSV of what people call things, and where else they are done; empty for data/everyday.csv."
    )
    calendar: Filled = Field(description="CSV `date,kind,name,source_doc`: holidays, make-up workdays, closures.")
    power_list: str = Field(
        "",
        description="CSV or XLSX of the 权责清单 (权责编号, 事项名称, 实施部门, 事项编码, 未进驻原因); empty for none.",
    )
    samples: str = Field("", description="Folder of sample pictures of materials (`[guides.*]`); empty for none.")
    ticker: list[Both] = Field(
        [], description="Lines of the hall's own at the foot of its screens, `[Chinese, English]` each."
    )

    @property
    def text(self) -> Text:
        return Text(self.name, self.name_en)


class HubTable(Table):
    listen: Annotated[str, AfterValidator(_listen)] = Field(
        "127.0.0.1:8000", description="Address and port the hub listens on; `0.0.0.0:8000` to serve other machines."
    )
    url: Annotated[
        str,
        matches(
            r"https?://[^\s/]+",
            Text('不是网址：请写成 "http://127.0.0.1:8000"。', 'not an address; write it like "http://127.0.0.1:8000"'),
        ),
    ] = Field("http://127.0.0.1:8000", description="The one address that kiosks and boards know.")
    https: bool = Field(
        False,
        description=(
            "The hub itself speaks HTTPS to other machines, by the certificate of `./run certificate`"
            " (docs/certificate.md)."
        ),
    )
    names: list[HostName] = Field(
        [], description="Further names and addresses of the hub that its certificate holds for, besides that of `url`."
    )
    insecure: Literal["no", "yes"] = Field(
        "no",
        description="`yes`: staff of other machines may log in without HTTPS, their passwords readable on the network.",
    )
    data: Filled = Field("var/hall", description="Folder of the database, the device tokens and the lock: back it up.")
    ntp: Annotated[
        str,
        matches(
            r"(?:[^\s:/]+(?::[0-9]{1,5})?)?",
            Text("不是对时服务器的地址：请写主机名或 IP。", "no address of a time server; write a host name or an IP"),
        ),
    ] = Field("", description="NTP server, `host` or `host:port`, that the hub compares its clock with; empty: none.")
    max_streams: Annotated[int, Field(ge=1, le=1000)] = Field(
        200,
        description=(
            "Live screens at once, half of them from one address at most; one more is answered 503 and asked to poll."
            " Kiosks, boards and counters have room of their own."
        ),
    )
    proxies: list[Machine] = Field(
        [],
        description=(
            "Addresses of reverse proxies before the hub: only what they say in `X-Forwarded-For` and"
            " `X-Forwarded-Proto` is believed."
        ),
    )
    second_waits: Literal["yes", "no"] = Field(
        "yes",
        description=(
            "Whether an answer waits until the second machine, while it is there, holds its row too; `no`: that follows"
            " behind, never takes over by itself, and what was answered last may be lost with the hub's machine."
        ),
    )
    framed_by: list[Origin] = Field(
        [], description="Sites whose pages may show the hub's in a frame, `http://host:port`; empty: none."
    )


class TicketsTable(Table):
    default_prefix: Annotated[str, matches(r"[A-Z]", Text("要一个大写字母：请改写。", "one capital letter"))] = Field(
        "W", description="Letter of services without one in the catalogue."
    )
    help_service: Filled = Field(description="Service code behind the tile 我不确定，请帮我.")
    issue_before_open_min: Minutes = Field(
        30, description="Kiosks issue from this many minutes before the day's first opening."
    )
    stop_before_close_min: Minutes = Field(
        10, description="Kiosks stop this many minutes before the day's last closing."
    )
    lapse_min: Minutes = Field(30, description="A passed number (过号) may be taken back within this many minutes.")
    max_passes: Annotated[int, Field(ge=1, le=20)] = Field(
        3, description="A number passed this often may not be taken back any more."
    )
    returned_after: Annotated[int, Field(ge=0, le=20)] = Field(
        2, description="A number taken back enters after this many waiting tickets."
    )
    appointment_class: Filled = Field(
        "appointment", description="Class of visitors whose appointment has a slot; it must be a table of [classes]."
    )
    appointment_early_min: Minutes = Field(
        0, description="An appointment is not called earlier than this many minutes before its slot."
    )
    appointment_late_min: Minutes = Field(
        15, description="Checked in later than this many minutes after its slot, it ranks as if it had just come."
    )
    stop_when_full: bool = Field(
        True, description="Kiosks stop when those waiting already fill the time until the last closing (今日号已取完)."
    )
    in_a_row: Annotated[int, Field(ge=0, le=20)] = Field(
        0,
        description=(
            "At most so many numbers of classes with a head start are called in a row while somebody without one waits:"
            " 2 for two to one (docs/order.md); 0: any."
        ),
    )
    overtaken_at_most: Annotated[int, Field(ge=0, le=99)] = Field(
        0,
        description="At most so many later numbers go before a waiting one by the head start of their class; 0: any.",
    )
    stop_by: Literal["minutes", "foreseen"] = Field(
        "minutes",
        description=(
            "What ends a kiosk's and telephone's numbers before closing: `minutes`, the keys `stop_before_close_min`"
            " and `stop_when_full`; `foreseen`, for each service by itself, once a long wait would end after closing."
        ),
    )
    stop_before_lunch: bool = Field(
        False,
        description=(
            "With `foreseen`, where a day has a break: before it kiosks and telephones promise only whose turn comes"
            " before it; from its beginning on they give numbers for the afternoon."
        ),
    )
    outside_hours: Literal["refuse", "issue"] = Field(
        "refuse", description="What a kiosk does outside these hours, `refuse` or `issue`; staff may always issue."
    )
    long_wait_min: Minutes = Field(
        30,
        description=(
            "Before a wait expected to be so many minutes or more a kiosk asks: a number now, an appointment, or"
            " online? 0: never."
        ),
    )
    ask_party: list[str] = Field(
        [],
        description=(
            "Services (codes) before whose number a kiosk asks for whom it is: 个人, 企业 or 代办; empty for none."
        ),
    )


class VoiceTable(Table):
    one: Literal["一", "幺"] = Field("一", description="How the digit 1 is read in a ticket number: 一 or 幺.")
    folder: Filled = Field(
        "voice",
        description="Folder of the hall's own recordings, `<language>/<piece>.wav` (docs/voice.md); none are needed.",
    )
    notices: bool = Field(
        True, description="Say the opening text, and those before the lunch break and before the last number."
    )
    notice_min: Minutes = Field(10, description="Those before an end are said this many minutes ahead.")
    say_passed: bool = Field(False, description="Say that a number was passed (过号), besides showing it.")
    emergencies: list[Both] = Field(
        [],
        description=(
            "Texts for 安全疏散 on the live page, `[Chinese, English]` each: on screens, boards and voices until it is"
            " ended; empty for no key."
        ),
    )


class ZoneTable(Named):
    name: Filled = Field(description="The zone on the live page.")
    name_en: Filled = Field(description="The same in English.")
    counters: list[str] = Field([], description="Counters whose calls are heard in this zone; empty for all.")
    engine: Literal["clips", "espeak", "syn6288", "xfs5152"] = Field(
        "clips",
        description=(
            "`clips` joins recordings and lets espeak-ng say what is not recorded; `espeak` reads whole texts;"
            " `syn6288`, `xfs5152`: a module."
        ),
    )
    output: SoundUrl = Field(
        "screen",
        description=(
            "`screen` (the hall screen's browser), `alsa:default` (the hub's card), `wav:`, a module's `serial:` line."
        ),
    )
    languages: Annotated[list[str], Field(min_length=1)] = Field(
        ["cmn"], description="cmn, en, nan or a folder of the hall's own; the first is repeated."
    )
    repeats: Annotated[int, Field(ge=1, le=3)] = Field(2, description="How often a call is said.")
    volume: Percent = Field(100, description="Loudness in per cent.")
    soft: list[OpenInterval] = Field([], description="Times of day at which it is softer, `HH:MM-HH:MM`.")
    soft_volume: Percent = Field(50, description="Loudness then.")
    quiet: list[OpenInterval] = Field([], description="Times of day without any voice: screens and boards go on.")


class PeopleTable(Table):
    late_min: Minutes = Field(
        5, description="迟到: a login more than this many minutes after the start of duty is late."
    )
    absent_min: Minutes = Field(10, description="缺岗: neither A nor B at the counter within this many minutes.")
    lock_after: Annotated[int, Field(ge=2, le=100)] = Field(
        5, description="Wrong passwords in a row that lock an account for the address they came from, and no other."
    )
    lock_min: Annotated[int, Field(ge=1, le=1440)] = Field(
        15,
        description=(
            "Minutes the first such lock lasts, and each further one twice as long, up to eight hours; a manager may"
            " unlock before."
        ),
    )
    session_hours: Annotated[int, Field(ge=1, le=24)] = Field(
        12, description="A login ends after this many hours at the latest."
    )
    idle_min: Annotated[int, Field(ge=1, le=1440)] = Field(
        60, description="A login ends after this many minutes without a sign of the person."
    )
    substitution_reasons: Annotated[list[Both], Field(min_length=1)] = Field(
        [
            Text("请假", "Leave"),
            Text("培训", "Training"),
            Text("外出公务", "Away on duty"),
            Text("临时离岗", "Short absence"),
            Text("其他", "Other"),
        ],
        description="代岗原因: what a substitute chooses from, `[Chinese, English]` each.",
    )
    language_prefer_min: Minutes = Field(
        10,
        description=(
            "At a counter whose member of staff speaks its language a number counts so many minutes earlier (skills);"
            " 0: no earlier."
        ),
    )


class PublicTable(Table):
    """What a telephone may see and do."""

    url: Annotated[
        str,
        matches(
            r"(https?://[^\s/]+(/[^\s]*[^\s/])?)?",
            Text(
                '不是网址：请写成 "http://192.168.1.10:8000"，没有就留空。',
                'not an address; write it like "http://192.168.1.10:8000", or leave it empty',
            ),
        ),
    ] = Field(
        "",
        description="Where telephones reach the hub, as in the hall's own Wi-Fi; empty: codes are for kiosks alone.",
    )
    busy: bool = Field(True, description="Whether anybody may see on `/busy` how many wait, and about how long.")
    booking: bool = Field(True, description="Whether anybody may book on `/book` where there are [slots].")
    streams: Annotated[int, Field(ge=0, le=1000)] = Field(
        200, description="Most telephones that are told at once; any more ask every few seconds."
    )


class RemoteTable(Table):
    """远程取号: a place taken on the telephone, which becomes a number at the door."""

    allowed: bool = Field(
        False, description="Whether a place may be taken on the telephone, with the day's code from the door (`/take`)."
    )
    services: list[str] = Field([], description="Service codes for which it may; empty: all but those collected.")
    share: Annotated[int, Field(ge=1, le=50)] = Field(
        20, description="Of what a service gave out in the last half hour, at most so many per cent are taken outside."
    )
    keep_min: Annotated[int, Field(ge=5, le=120)] = Field(
        30, description="A place is kept for so many minutes, and once more when its holder asks."
    )


class ConsoleTable(Table):
    call_lock_s: Seconds = Field(
        10,
        description="After a call, seconds before the number can be passed or finished: the person needs time to come.",
    )
    next_interval_s: Seconds = Field(2, description="Least seconds between two calls of 顺呼 at one counter.")
    recall_interval_s: Seconds = Field(5, description="Least seconds between two calls of one number.")
    undo_s: Seconds = Field(60, description="The last step can be undone for so many seconds.")
    close_slip: bool = Field(
        False, description="日结小票: printed when a counter closes, however that happens, if anybody was called there."
    )
    raise_roles: list[Literal["operator", "guide", "manager"]] = Field(
        ["guide", "manager"], description="Roles that may put a number first (优先): operator, guide, manager."
    )
    call_roles: list[Literal["operator", "guide", "manager"]] = Field(
        ["operator", "guide", "manager"],
        description=(
            "Roles that may call a waiting number out of turn (指呼): operator, guide, manager; passed and suspended"
            " ones everybody may."
        ),
    )
    unanswered_min: Minutes = Field(
        3, description="The live page tells of a call that nobody has answered for so long; 0: never."
    )
    forgotten_min: Minutes = Field(
        10,
        description=(
            "The live page tells of a number that was called so long ago and neither started nor passed; 0: never, for"
            " a hall without the start key."
        ),
    )
    ask_after_min: Minutes = Field(
        120, description="Console and live page ask after a number that is served for so long; 0: never."
    )
    pause_reasons: list[Both] = Field(
        [
            Text("短暂离开", "Short break"),
            Text("午餐", "Lunch"),
            Text("会议", "Meeting"),
            Text("后台办件", "Back office"),
            Text("设备故障", "Equipment fault"),
        ],
        description="Reasons of 暂停, each `[Chinese, English]`; the first is the default.",
    )
    transfer_reasons: list[Both] = Field(
        [
            Text("事项不符", "Another matter"),
            Text("需其他窗口办理", "Needs another counter"),
            Text("指定人员办理", "Needs a certain colleague"),
            Text("设备故障", "Equipment fault"),
        ],
        description="Reasons of 转移, each `[Chinese, English]`.",
    )
    raise_reasons: list[Both] = Field(
        [
            Text("老年人", "Elderly"),
            Text("残疾人", "Disabled"),
            Text("孕妇或携幼童", "Pregnant or with a small child"),
            Text("军人优抚", "Military"),
            Text("急病或特殊困难", "Ill or in distress"),
            Text("本厅差错", "Our mistake"),
        ],
        description="Reasons of 优先, each `[Chinese, English]`; they are shown to staff only.",
    )
    refusal_reasons: list[Both] = Field(
        [
            Text("不属于本机关职权范围", "Not within this office's powers"),
            Text("依法不需要该许可或服务", "Not needed by law"),
            Text("申请人不具备申请资格", "The applicant is not entitled"),
        ],
        description="理由 of 不予受理, each `[Chinese, English]`; free words may be added.",
    )
    pickup_bring: list[Both] = Field(
        [Text("身份证", "Identity card"), Text("受理凭证", "Acceptance receipt"), Text("领件通知单", "This notice")],
        description="What a 领件通知单 offers as things to bring, each `[Chinese, English]`.",
    )


class LimitsTable(Table):
    """What the report's figures depend on; it is printed with them."""

    amber_min: Minutes = Field(15, description="A wait longer than this many minutes of opening hours is amber.")
    red_min: Minutes = Field(
        30, description="A wait longer than this is red: 超时等待, and its number stands in the list of long waits."
    )
    overtime_factor: Annotated[float, Field(gt=1, le=10)] = Field(
        1.5, description="Service longer than this many times 标准分钟 is overtime."
    )
    long_pause_min: Minutes = Field(
        15, description="A pause of a counter longer than this many minutes is counted as long."
    )
    kept_is_service: bool = Field(
        False, description="Whether the time of a file kept at the counter (持件) counts as service."
    )
    residents: Annotated[int, Field(ge=0, le=10_000_000)] = Field(
        0, description="Residents of the district, for arrivals per 1 000; 0 if unknown."
    )
    seats: Annotated[int, Field(ge=0, le=9999)] = Field(
        0, description="Seats of the waiting area, for minutes with more waiting than seats; 0 if not counted."
    )
    sensitive_services: list[str] = Field(
        [],
        description="Services of which a public poster shows no cell below `small_cell` (低保, disability, veterans).",
    )
    small_cell: Annotated[int, Field(ge=0, le=100)] = Field(
        5, description="Cells below this are suppressed on public posters for sensitive services."
    )
    e_licences: list[str] = Field(
        [],
        description="申请材料 that an e-licence can stand for, as the catalogue writes them, such as 身份证: what"
        " 电子证照使用率 is a share of.",
    )


IsoDay = Annotated[
    str,
    matches(
        r"(2[01]\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]))?",
        Text("请写成 2026-11-30 那样的日期，或留空。", "write a date such as 2026-11-30, or leave it empty"),
    ),
]
Manned = Annotated[
    str,
    matches(
        r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d [1-9]\d?",
        Text(
            "请写成 '12:00-14:30 1'：时段和至少几个窗口。",
            "write it like '12:00-14:30 1': a time and how many counters",
        ),
    ),
]


class PlaceTable(Table):
    """大厅档案: what the hall is, for its file and the self-check against the notice."""

    area_m2: Annotated[int, Field(ge=0, le=99999)] = Field(
        0, description="办公面积 in square metres; the notice asks for 150 at least; 0 if unknown."
    )
    floor: Literal["", "street", "first", "other"] = Field(
        "", description="Where it is: 临街 street, 办公楼一楼 first, elsewhere other; empty if unknown."
    )
    address: str = Field("", description="The hall's address, as visitors look for it.")
    sign: str = Field("", description="形象标识 that hangs there, as the province names it; empty: none hangs.")
    plaque: str = Field(
        "",
        description="牌匾: what the plaque says, and then kiosks, hall screens and slips; empty: none hangs.",
    )
    for_hall: str = Field("", description="Staff number of who answers for the hall; empty if nobody is named.")
    for_service: str = Field("", description="Staff number of who answers for the service; empty if nobody is named.")
    for_devices: str = Field("", description="Staff number of who answers for the devices; empty if nobody is named.")
    least_manned: list[Manned] = Field(
        [], description='How many counters are to be manned at least, such as "12:00-14:30 1"; empty: not watched.'
    )


class ReportTable(LimitsTable):
    weekly_at: TimeOrNever = Field(
        time(7, 30), description="When the hub makes last week's report by itself; empty for never."
    )
    weekly_on: Weekday = Field(1, description="ISO weekday on which it does, 1 Monday to 7 Sunday.")
    monthly_at: TimeOrNever = Field(
        None, description="When it makes last month's on the first day of a month; empty for never."
    )
    files: list[ReportForm] = Field(
        ["pdf", "xlsx", "html", "csv", "json", "poster"],
        description="Files it puts into `folder`: pdf, xlsx, html, csv, json, poster.",
    )
    poster_waits: bool = Field(
        False, description="Whether the public poster says how many of the waits that were told came true."
    )
    folder: str = Field("", description="Where it puts them, a path from this file on; empty for nowhere.")


class MailTable(Table):
    host: str = Field("", description="SMTP server that takes the reports; empty: nothing is mailed.")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(
        587, description="Its port: 587 with `starttls`, 465 with `tls`, 25 with `none`."
    )
    security: Literal["none", "starttls", "tls"] = Field(
        "starttls", description="`starttls`, `tls` from the first byte, or `none`."
    )
    user: str = Field("", description="Account at the server; empty: no login.")
    password_file: str = Field(
        "",
        description=(
            "File that holds its password and nothing else, a path from this file on; keep it unreadable for others."
        ),
    )
    ca_file: str = Field(
        "",
        description=(
            "PEM file of the authority behind the server's certificate, a path from this file on; empty: the system's."
        ),
    )
    from_: str = Field("", alias="from", description="Sender's address; needed as soon as `host` is set.")
    to: list[Address] = Field([], description="Who gets the reports.")
    files: list[ReportForm] = Field(["pdf", "xlsx"], description="Files that are attached.")


class SignOnTable(Table):
    issuer: Annotated[
        str,
        matches(
            r"(https://[^\s]+|http://(127\.0\.0\.1|localhost)(:\d+)?(/[^\s]*)?)?",
            Text(
                '不是目录的地址：请写成 "https://sso.example.gov.cn/realms/street"。',
                'not the address of a directory; write it like "https://sso.example.gov.cn/realms/street"',
            ),
        ),
    ] = Field("", description="The district's directory (OpenID Connect), as it names itself; empty: own accounts.")
    name: str = Field("统一身份认证", description="What the key on the login page calls it.")
    name_en: str = Field("the district's directory", description="The same in English.")
    client_id: str = Field("", description="What the directory calls this hall; needed as soon as `issuer` is set.")
    secret_file: str = Field(
        "",
        description=(
            "File that holds the hall's secret there and nothing else, a path from this file on; empty: it has none,"
            " and PKCE alone protects the exchange."
        ),
    )
    ca_file: str = Field(
        "",
        description=(
            "PEM file of the authority behind its certificate, a path from this file on; empty: the usual ones."
        ),
    )
    staff_claim: Filled = Field("preferred_username", description="Claim that holds the staff number.")
    name_claim: Filled = Field("name", description="Claim that holds the name.")
    role_claim: Filled = Field("groups", description="Claim that holds one word or several, looked up in `roles`.")
    roles: dict[str, Literal["operator", "guide", "manager", "supervisor", "administrator"]] = Field(
        {},
        description=(
            'Word of `role_claim` -> our role, `{ "hall-staff" = "operator" }`; who has none of them is not let in.'
        ),
    )


NIGHT = time(2, 30)


class BackupTable(Table):
    time: TimeOrNever = Field(
        NIGHT,
        description=(
            "When the hub is saved each night, or as soon as it runs again; empty: another program saves this hall, and"
            " nothing is said of it."
        ),
    )
    to: list[BackupUrl] = Field(
        [],
        description=(
            "Where to, several are better: `folder:/path`, `mount:/mnt/nas/path` (must be mounted), `stick:LABEL`,"
            " `sftp://user@host/path` (docs/backup.md)."
        ),
    )
    keep_days: Annotated[int, Field(ge=1, le=999)] = Field(
        7, description="Of so many days the newest backup of each is kept."
    )
    keep_weeks: Annotated[int, Field(ge=0, le=999)] = Field(5, description="Of so many weeks, too.")
    keep_months: Annotated[int, Field(ge=0, le=999)] = Field(12, description="Of so many months, too.")
    copy_s: Annotated[int, Field(ge=0, le=600)] = Field(
        5, description="New records are copied there every so many seconds between two nights; 0 for never."
    )
    ssh_key: str = Field(
        "",
        description="Private key for `sftp:`, a path from this file on; empty: the one that ssh finds by itself.",
    )
    known_hosts: str = Field(
        "",
        description="File of the hosts that `sftp:` believes, a path from this file on; empty: ssh's own.",
    )


class PlatformTable(Table):
    url: SiteUrl = Field(
        "",
        description=(
            "Where the city's platform takes messages, or the adapter before it (docs/platform.md); empty: no link."
        ),
    )
    secret_file: str = Field(
        "",
        description=(
            "File with the secret that both sides sign with, a path from this file on; keep it unreadable for others."
        ),
    )
    ca_file: str = Field(
        "",
        description=(
            "PEM file of the authority behind its certificate, a path from this file on; empty: the system's."
        ),
    )
    ping_min: Annotated[int, Field(ge=1, le=1440)] = Field(
        5, description="A link that is silent for so many minutes is asked whether it lives."
    )


class RelayTable(Table):
    url: SiteUrl = Field(
        "",
        description=(
            "Where a relay takes this hall's pages for telephones (docs/relay.md), without the hall's name;"
            " empty: no relay."
        ),
    )
    secret_file: str = Field(
        "",
        description=(
            "File with the secret that hub and relay sign with, a path from this file on; keep it unreadable for"
            " others."
        ),
    )
    ca_file: str = Field(
        "",
        description=(
            "PEM file of the authority behind the relay's certificate, a path from this file on; empty: the system's."
        ),
    )


class WebhookTable(Table):
    url: SiteUrl = Field("", description="Where messages are sent by POST; empty: this table sends nothing.")
    secret_file: str = Field(
        "",
        description=(
            "File with the secret that messages are signed with, a path from this file on; keep it unreadable for"
            " others."
        ),
    )
    ca_file: str = Field(
        "",
        description=(
            "PEM file of the authority behind the receiver's certificate, a path from this file on; empty: the"
            " system's."
        ),
    )
    events: list[str] = Field(
        ["*"], description="Which messages: types (docs/webhooks.md), `ticket.*` for a whole family, `*` for all."
    )
    services: list[str] = Field([], description="Only messages of these services; empty: of all.")
    counters: list[str] = Field([], description="Only messages of these counters; empty: of all.")


NOTIFICATIONS: dict[str, tuple[str, str]] = {
    "near": (
        "【{hall}】{number}号：{soon}，请回到等候区。",
        "[{hall}] {number}: {soon}. Come back to the waiting area.",
    ),
    "called": ("【{hall}】{number}号：正在叫您，请到{counter}办理。", "[{hall}] {number}: your turn. Go to {counter}."),
    "missed": (
        "【{hall}】{number}号已过号：{until}前到咨询台，还可以继续办。",
        "[{hall}] {number} was missed. Come to the guide desk before {until} and it goes on.",
    ),
    "ready": (
        "【{hall}】办件{case}已办好：请带受理凭证到{counter}领取。",
        "[{hall}] {case} is ready. Bring the receipt to {counter}.",
    ),
    "eve": (
        "【{hall}】您预约了{day} {time}：请带好材料，到取号机上签到；来不了请先取消。",
        "[{hall}] Booked for {day} {time}. Check in at a kiosk, or cancel it.",
    ),
    "offer": (
        "【{hall}】您候补的{day} {time}有空位，保留到{until}：请打开候补页面点“要这个时段”，或到大厅、打电话确认。",
        "[{hall}] Slot free: {day} {time}, kept until {until}. Take it on your booking's page.",
    ),
    "rate": (
        "【{hall}】{number}号已办结，请回复数字评价：5非常满意、4满意、3基本满意、2不满意、1非常不满意。不想收到回复T。",
        "[{hall}] {number} is done. Rate it: reply 5 (best) to 1 (worst), or T for no more.",
    ),
    "unclear": (
        "【{hall}】没看懂您的回复：请只回复1到5中的一个数字，5为非常满意；有几个号的，前面写号码，如{number} 5。",
        "[{hall}] Not understood. Reply 5 (best) to 1 (worst); of several visits: {number} 5.",
    ),
}
"""Occasion -> what a number's holder is told unless the hall says otherwise: without a name and without a service."""
NOTIFICATION_PLACES: dict[str, set[str]] = {
    "near": {"hall", "number", "ahead", "soon"},
    "called": {"hall", "number", "counter"},
    "missed": {"hall", "number", "until"},
    "ready": {"hall", "case", "counter"},
    "eve": {"hall", "day", "time"},
    "offer": {"hall", "day", "time", "until"},
    "rate": {"hall", "number"},
    "unclear": {"hall", "number"},
}
"""What each text may name."""
OWN_TEXT = 'empty: ours; "-": the hall does not tell of it.'


class MessagesTable(Table):
    """提醒 by text message or mail: how many, when, and in which words."""

    per_number: Annotated[int, Field(ge=1, le=50)] = Field(
        6, description="Most notifications that one telephone or mail address gets on a day."
    )
    per_day: Annotated[int, Field(ge=1, le=20_000)] = Field(500, description="Most that the hall sends on a day.")
    hours: list[OpenInterval] = Field(
        [],
        description="When they are sent, `HH:MM-HH:MM`; what comes outside is not sent later. Empty: at any time.",
    )
    near: str = Field("", description=f"Text when two are ahead: {{hall}} {{number}} {{soon}} {{ahead}}; {OWN_TEXT}")
    near_en: str = Field("", description="The same in English, for who took the number in English.")
    called: str = Field("", description=f"Text at the call: {{hall}} {{number}} {{counter}}; {OWN_TEXT}")
    called_en: str = Field("", description="The same in English.")
    missed: str = Field("", description=f"Text for a missed number: {{hall}} {{number}} {{until}}; {OWN_TEXT}")
    missed_en: str = Field("", description="The same in English.")
    ready: str = Field("", description=f"Text when a case can be collected: {{hall}} {{case}} {{counter}}; {OWN_TEXT}")
    ready_en: str = Field("", description="The same in English.")
    eve: str = Field("", description=f"Text on the eve of a booking: {{hall}} {{day}} {{time}}; {OWN_TEXT}")
    eve_en: str = Field("", description="The same in English.")
    offer: str = Field(
        "",
        description=f"Text when a slot is kept for who waits for one: {{hall}} {{day}} {{time}} {{until}}; {OWN_TEXT}",
    )
    offer_en: str = Field("", description="The same in English.")
    eve_hour: Annotated[int, Field(ge=0, le=23)] = Field(
        16, description="At what hour of the day before a booking is told of it; outside `hours` when these go on."
    )
    rate: str = Field(
        "", description=f"Text that asks for a rating, where there is a modem: {{hall}} {{number}}; {OWN_TEXT}"
    )
    rate_en: str = Field("", description="The same in English.")
    unclear: str = Field("", description=f"Text for an answer that is no rating: {{hall}} {{number}}; {OWN_TEXT}")
    unclear_en: str = Field("", description="The same in English.")
    rate_hours: Annotated[int, Field(ge=0, le=168)] = Field(
        24,
        description="So many hours after a number is done its holder may answer, if who left the telephone agreed; then"
        " it is erased. 0: nobody is asked.",
    )


class ChannelTable(Table):
    """One way on which notifications go out."""

    kind: Literal["gsm", "http", "mail"] = Field(
        description=(
            "`gsm`: a modem on a serial line; `http`: a gateway (docs/messages.md); `mail`: the server of `[mail]`."
        )
    )
    port: Annotated[
        str,
        matches(
            r"|serial:[^\s?]+(\?baud=[1-9]\d{2,6})?|socket://[^\s:/]+:\d{1,5}",
            Text(
                "不是串行线：请写“serial:/dev/ttyUSB0?baud=115200”或“socket://host:port”，没有就留空。",
                'not a serial line; write "serial:/dev/ttyUSB0?baud=115200" or "socket://host:port", or leave it empty',
            ),
        ),
    ] = Field("", description="Of a modem: its serial line, best by a name of `/dev/serial/by-id/`; empty: it is off.")
    pin_file: str = Field(
        "", description="File with the SIM's PIN and nothing else, a path from this file on; empty: it asks for none."
    )
    centre: Annotated[
        str,
        matches(
            r"(\+?\d{5,15})?",
            Text(
                "不是短信中心号码：只写数字，可以“+”开头。", "not a service centre; digits alone, + in front if need be"
            ),
        ),
    ] = Field("", description="Of a modem: number of the operator's service centre; empty: the SIM knows it.")
    per_hour: Annotated[int, Field(ge=1, le=3600)] = Field(
        120, description="Most that it sends in an hour: operators block SIMs that send in bulk."
    )
    url: SiteUrl = Field("", description="Of a gateway: where it takes messages by POST; empty: it is off.")
    secret_file: str = Field(
        "",
        description=(
            "Of a gateway: file with the secret that messages are signed with, a path from this file on; keep it"
            " unreadable for others."
        ),
    )
    ca_file: str = Field(
        "",
        description=(
            "Of a gateway: PEM file of the authority behind its certificate, a path from this file on; empty: the"
            " system's."
        ),
    )

    @property
    def on(self) -> bool:
        """Whether it has what it needs to send anything."""
        return bool({"gsm": self.port, "http": self.url, "mail": "mail"}[self.kind])


class HoursTable(Table):
    days: Annotated[list[Weekday], Field(min_length=1)] = Field(description="ISO weekdays, 1 Monday to 7 Sunday.")
    open: list[OpenInterval] = Field(description="Opening intervals, `HH:MM-HH:MM`, in order, not overlapping.")
    from_: MonthDay = Field("01-01", alias="from", description="First day of the season, `MM-DD`.")
    to: MonthDay = Field(
        "12-31", description="Last day of the season, `MM-DD`; before `from` it runs over the new year."
    )


class ExtendedTable(Named):
    """延时与周末服务: what is done outside the office hours, at which counters and by whom."""

    name: Filled = Field(description="What it is called wherever it is published, such as 周六延时服务.")
    name_en: Filled = Field(description="The same in English.")
    days: list[Weekday] = Field(
        [],
        description=(
            "ISO weekdays, 1 Monday to 7 Sunday, public holidays and closures excepted; empty: the days that the"
            " calendar calls 延时服务 alone."
        ),
    )
    open: Annotated[list[OpenInterval], Field(min_length=1)] = Field(
        description="Its intervals, `HH:MM-HH:MM`; what lies in the office hours of the day is no extended service."
    )
    from_: MonthDay = Field("01-01", alias="from", description="First day of the season, `MM-DD`.")
    to: MonthDay = Field(
        "12-31", description="Last day of the season, `MM-DD`; before `from` it runs over the new year."
    )
    services: Literal["all"] | list[str] = Field(
        "all", description='Services (codes) that are done then, or `"all"`: kiosks give out numbers for nothing else.'
    )
    counters: list[str] = Field(
        [], description="Counters that are open then; empty: nobody is expected, and whoever logs in may call."
    )
    staff: list[str] = Field(
        [], description="Staff numbers of whoever is on duty then; empty: the A of each counter's posts."
    )


ICONS: tuple[str, ...] = get_args(Icon)
"""The pictures of groups and of services: kiosk/screens/icons.py draws each."""


class GroupTable(Named):
    name: Filled = Field(description="Tile text on the kiosk.")
    name_en: Filled = Field(description="Tile text in English.")
    icon: Icon = Field("box", description=f"Picture on the tile: {', '.join(ICONS)}.")
    services: Annotated[list[str], Field(min_length=1)] = Field(description="Service codes, in the order shown.")


class QuotaTable(Table):
    per_day: Annotated[int, Field(ge=0, le=9999)] = Field(
        0, description="Numbers of this service a day; 0 for no limit."
    )
    per_person: Annotated[int, Field(ge=0, le=99)] = Field(
        0, description="Numbers of this service a day for one identity card; 0 asks for no card."
    )
    card: Literal["offered", "needed"] = Field(
        "offered",
        description=(
            "With `per_person`: whether a kiosk also gives a number without a card (`offered`, 不刷证取号), or the"
            " guide desk alone does (`needed`)."
        ),
    )


class SlotsTable(Named):
    """Appointments of the hall's own for some items; several tables for one item are its seasons."""

    name: Filled = Field(description="What is booked, as people choose it on `/book`.")
    name_en: Filled = Field(description="The same in English.")
    services: list[str] = Field([], description="Service codes that may be booked in these slots.")
    group: str = Field("", description="A table of [groups] whose services may be booked too; empty for none.")
    days: Annotated[list[Weekday], Field(min_length=1)] = Field(
        [1, 2, 3, 4, 5], description="ISO weekdays, 1 Monday to 7 Sunday; a 调休 working day counts as Monday."
    )
    times: Annotated[list[OpenInterval], Field(min_length=1)] = Field(
        description="Between which times slots lie, `HH:MM-HH:MM` each; outside the hall's hours there are none."
    )
    from_: MonthDay = Field("01-01", alias="from", description="First day of the season, `MM-DD`.")
    to: MonthDay = Field(
        "12-31", description="Last day of the season, `MM-DD`; before `from` it runs over the new year."
    )
    minutes: Annotated[int, Field(ge=5, le=480)] = Field(15, description="Length of a slot.")
    capacity: Annotated[int, Field(ge=0, le=999)] = Field(
        0, description="Most people booked in one slot; 0: as many as counters serve the items, less `walk_in_share`."
    )
    walk_in_share: Annotated[int, Field(ge=0, le=100)] = Field(
        50, description="Percent of the counters that is kept for people who just come, where `capacity` is 0."
    )
    district: Annotated[int, Field(ge=0, le=999)] = Field(
        0, description="Most people of one slot who book at the one address of all halls (the relay); 0: none."
    )
    horizon_days: Annotated[int, Field(ge=0, le=365)] = Field(14, description="So many days ahead it may be booked.")
    lead_min: Annotated[int, Field(ge=0, le=20160)] = Field(
        60, description="A slot is booked at least so many minutes before it begins."
    )
    closed: list[Day] = Field([], description="Days without these slots, beside those on which the hall is closed.")
    per_person: Annotated[int, Field(ge=0, le=99)] = Field(
        1, description="Bookings one person may have open at once, told apart by a sealed number; 0: nobody is asked."
    )
    waiting_list: Annotated[int, Field(ge=0, le=999)] = Field(
        0, description="Most people on the waiting list of a day; 0: there is no list."
    )
    offer_min: Annotated[int, Field(ge=5, le=1440)] = Field(
        60, description="So many minutes a freed slot is kept for the next on the list."
    )
    misses: Annotated[int, Field(ge=0, le=99)] = Field(
        3,
        description="Bookings missed within `miss_days` after which a person books no more; 0: no effect.",
    )
    miss_days: Annotated[int, Field(ge=1, le=366)] = Field(90, description="Days in which missed bookings count.")
    pause_days: Annotated[int, Field(ge=1, le=366)] = Field(
        30, description="So many days after the last miss nothing can be booked ahead; a number on the day always can."
    )


class PublicationTable(Table):
    title: Filled = Field(description="Heading of the page behind 信息公开.")
    title_en: Filled = Field(description="The same in English.")
    lines: Annotated[list[Both], Field(min_length=1)] = Field(description="Its lines, each `[Chinese, English]`.")

    @property
    def text(self) -> Text:
        return Text(self.title, self.title_en)


class RegisterTable(Table):
    """What a hall changes of a register (台账) of the program; states and moves are no hall's."""

    words: dict[str, Both] = Field(
        {}, description='Other names for its fields, states, moves and clocks: `"moves.accept" = ["受理", "Accept"]`.'
    )
    days: dict[str, Annotated[int, Field(ge=0, le=999)]] = Field(
        {}, description='Days of a clock whose term the register itself sets; `"handle.simple"`: of one grade.'
    )
    amber: dict[str, Annotated[int, Field(ge=0, le=99)]] = Field(
        {}, description="Days left from which a clock is amber (黄牌); a fifth of its term otherwise, one at least."
    )
    roles: dict[str, Annotated[list[Literal["operator", "guide", "manager", "supervisor"]], Field(min_length=1)]] = (
        Field({}, description="Who may make a move: operator, guide, manager, supervisor.")
    )
    keep_days: dict[str, Annotated[int, Field(ge=0, le=3650)]] = Field(
        {}, description="Days after a record is over until a private field of it is erased."
    )


Ground = Literal["elder", "disabled", "pregnant", "child", "military", "ill"]
GROUNDS: dict[str, Text] = {
    "elder": Text("老年人", "Older people"),
    "disabled": Text("残疾人", "Disabled people"),
    "pregnant": Text("孕妇", "Pregnant women"),
    "child": Text("带幼儿的人", "With a small child"),
    "military": Text("军人和优抚对象", "Military and families"),
    "ill": Text("病人", "People who are ill"),
}
"""Whom a green channel (绿色通道) may be for; kiosk/screens/icons.py draws each."""


class ClassTable(Named):
    name: Filled = Field(description="Class of visitors, shown to staff.")
    name_en: Filled = Field(description="The same in English.")
    head_start_min: Minutes = Field(0, description="Minutes of head start in the queue.")
    grounds: list[Ground] = Field(
        [],
        description=(
            "For whom kiosks offer it, in words and picture, in this order:"
            f" {', '.join(f'`{code}` {text.zh}' for code, text in GROUNDS.items())}; empty: staff alone give it."
        ),
    )
    from_age: Annotated[int, Field(ge=0, le=120)] = Field(
        0,
        description=(
            "From this age on, an ID card that is laid at a kiosk gives it by itself; the date of birth is not kept."
            " 0: no card does."
        ),
    )
    per_day: Annotated[int, Field(ge=0, le=9999)] = Field(
        0, description="Numbers of it that kiosks give out a day; 0 for no limit. Staff may always give more."
    )
    share: Annotated[int, Field(ge=1, le=100)] = Field(
        100,
        description=(
            "At most so many of a hundred numbers that kiosks give out in a day are of it, five of them in any case."
        ),
    )


class CounterTable(Named):
    name: Filled = Field(description="The counter on screens, slips and boards.")
    name_en: Filled = Field(description="The same in English.")
    sign: str = Field("", description="What the idle board says the counter is for.")
    kind: Literal["general", "guide", "pickup", "green"] = Field(
        "general", description="综合 general, 咨询台 guide, 出件 pickup, 绿色通道 green."
    )
    services: Literal["all"] | list[str] = Field(
        "all", description='`"all"` (but what pick-up counters are for) or a list of service codes.'
    )
    prefers_services: list[str] = Field(
        [], description="Services it calls first: they count as having come `prefer_min` earlier here."
    )
    prefers_classes: list[str] = Field([], description="Classes it calls first, in the same way.")
    prefer_min: Minutes = Field(
        60, description="Head start of what it prefers, in minutes; finite, so that nobody starves."
    )
    helps: Literal["all"] | list[str] = Field(
        [], description='潮汐窗口: services it helps with, or `"all"`, once somebody has waited `help_after_min`.'
    )
    help_after_min: Minutes = Field(30, description="Minutes somebody must have waited before this counter helps.")
    lunch: list[OpenInterval] = Field(
        [],
        description=(
            "When it usually closes for lunch while the hall stays open, `HH:MM-HH:MM`: waits are told by it until the"
            " hub has seen for itself; empty: never, or at no known time."
        ),
    )
    printers: list[str] = Field(
        [],
        description=(
            "Where papers asked for at this counter go: the first that is ready; empty: any, the last of [printers]"
            " first."
        ),
    )
    owner_department: str = Field("", description="归属部门: whose counter it is; empty: the hall's own.")
    approval: str = Field("", description="Number of the paper that approved it; empty: it is shown as 未备案窗口.")
    valid_from: IsoDay = Field("", description="The approval holds from this day; empty: from ever.")
    valid_to: IsoDay = Field("", description="The approval holds until this day; empty: for ever.")


class KioskTable(Named):
    name: Filled = Field(description="The kiosk on slips and the live page.")
    name_en: Filled = Field(description="The same in English.")
    size: tuple[Annotated[int, Field(ge=640, le=8192)], Annotated[int, Field(ge=480, le=8192)]] = Field(
        (1080, 1920), strict=False, description="Screen width and height in pixels."
    )
    diagonal: Annotated[float, Field(ge=10, le=120)] = Field(
        21.5, strict=False, description="The panel's diagonal in inches: how large 大字版 is follows from it."
    )
    printers: Annotated[list[str], Field(min_length=1)] = Field(
        description="Where its slips go: the first that is ready."
    )
    lists_per_10_min: Annotated[int, Field(ge=0, le=100)] = Field(
        6, description="材料清单 it prints in ten minutes at most, so that nobody empties a roll; 0: it prints none."
    )
    tickets_per_min: Annotated[int, Field(ge=0, le=10_000)] = Field(
        60, description="Numbers it gives out in a minute at most, so that nobody plays the queue full; 0: no limit."
    )
    scanner: ReaderUrl = Field(
        "",
        description="Code scanner: `serial:/dev/ttyACM0?baud=9600`, `socket://host:port`, or empty (docs/readers.md).",
    )
    card_reader: ReaderUrl = Field(
        "",
        description=(
            "ID-card reader (SDT): `serial:/dev/ttyUSB1?baud=115200`, `socket://host:port`, or empty; it is asked only"
            " after its notice was accepted."
        ),
    )
    keyboard: bool = Field(True, description="Listen to keyboards: a number pad, or a scanner that plays keyboard.")
    pin: Annotated[
        str,
        matches(
            r"|\$argon2id\$\S+",
            Text(
                "不是封好的PIN：请用取号机程序的“pin”命令做一个。",
                "not a sealed PIN; make one with python -m kiosk pin",
            ),
        ),
    ] = Field(
        "", description="Sealed PIN of the technician's screen, from `python -m kiosk pin`; empty: it can't be opened."
    )
    rotate: Literal[0, 90, 180, 270] = Field(
        0,
        description="How far the panel is turned clockwise (0, 90, 180, 270), where no desktop turns the picture.",
    )
    touch: list[Literal["swap", "flip_x", "flip_y"]] = Field(
        [], description="Corrections of a touch panel, in this order: `swap`, `flip_x`, `flip_y` (docs/kiosk.md)."
    )


class PrinterTable(Table):
    name: Filled = Field(
        description="The printer as people are told of it: on pages, and at a kiosk whose slip it took over."
    )
    name_en: str = Field("", description="The same in English; empty: Printer and its name in this file.")
    profile: Filled = Field(
        description=(
            "Model: a file `printer_profiles/models/<profile>.toml`, or `escpos:NAME` of python-escpos' database"
            " (docs/printers.md)."
        )
    )
    url: PrinterUrl = Field(
        description=(
            "`tcp://host:9100`, `serial:/dev/ttyS1?baud=19200&rtscts=1`, `usb:04b8:0e15`, `lp:/dev/usb/lp0`,"
            " `cups:name` or `paper:`."
        )
    )
    patience: Annotated[float, Field(ge=0.5, le=10)] = Field(
        0.5,
        description=(
            "Seconds it may take to answer a question, 0.5 to 10; 2 for one behind a wireless bridge or a print server."
        ),
    )
    roll_m: Annotated[float, Field(ge=0, le=500)] = Field(
        0.0, description="Metres of paper on a new roll; 0: not known, learned from the second roll on."
    )
    low_m: Annotated[float, Field(ge=0, le=20)] = Field(
        3.0, description="Metres left when its near-end sensor trips, until rolls have taught it."
    )


class SlipsTable(Table):
    english: Literal["asked", "always", "never"] = Field(
        "asked",
        description="English lines: `asked` for those who chose English, `always` on every slip, `never` on any.",
    )
    logo: str = Field("", description="PNG of the hall's logo, black on white, at most 384 × 120 dots; empty for none.")
    hide_item: list[str] = Field(
        [],
        description=(
            "Services that reveal something about a person (codes): no slip but their own papers names the item, no"
            " ticket what to bring."
        ),
    )
    hide_group: list[str] = Field([], description="Services whose ticket does not even name the category.")
    bring_items: Annotated[int, Field(ge=0, le=20)] = Field(
        2, description="How many things to bring a ticket names; 0 for none."
    )
    guide_url: GuideUrl = Field(
        "",
        description=(
            "Address behind the code of a list of materials; `{service}` is the item's code; empty for no code. Try it"
            " before you use it."
        ),
    )
    told_days: Annotated[int, Field(ge=1, le=99)] = Field(
        5, description="Working days within which everything missing is told once (行政许可法 art. 32)."
    )
    review_days: Annotated[int, Field(ge=1, le=999)] = Field(
        60, description="Days to apply for a review (行政复议法 art. 20)."
    )
    review_body: Filled = Field("有权的行政复议机关", description="Where to apply for it; name yours.")
    court_months: Annotated[int, Field(ge=1, le=99)] = Field(
        6, description="Months to go to court (行政诉讼法 art. 46)."
    )
    court: Filled = Field("有管辖权的人民法院", description="Which court; name yours.")


SlipText = Annotated[tuple[str, ...], Field(strict=False, min_length=2, max_length=3)]


class FormTable(Table):
    show: list[str] = Field(
        [],
        description=(
            "The lines of this slip in order: names of its texts, or `logo`, `rule`, `space`, `number`, `code`,"
            " `guide`; a name of your own needs a text; empty: as shipped."
        ),
    )
    copies: Annotated[int, Field(ge=0, le=3)] = Field(0, description="How many are printed at once; 0: as shipped.")
    texts: dict[str, SlipText] = Field(
        {},
        description=(
            "Texts by name, `[Chinese, English]` or `[Chinese, English, style]`, over the shipped ones. Styles:"
            " `centre`, `right`, `bold`, `double`, `small`, `table`."
        ),
    )


class WireTable(Table):
    url: WireUrl = Field(
        description="Serial line: `serial:/dev/ttyUSB0?baud=9600`, `socket://host:port`, `rfc2217://host:port`."
    )
    protocol: BoardProtocol = Field(
        "a090", description="The boards' language: a module of `counter_display/protocols/`, or a frame file `….toml`."
    )
    refresh_s: Annotated[int, Field(ge=5, le=600)] = Field(
        30, description="Everything is shown again this often, in seconds, to heal boards that were switched off."
    )


class BoardTable(Table):
    counter: Filled = Field(description="The counter it hangs over.")
    wire: Filled = Field(description="The serial line it is on.")
    address: Annotated[int, Field(ge=0, le=65535)] = Field(description="Its address on that line.")
    columns: Annotated[int, Field(ge=4, le=64)] = Field(
        16, description="Width in half characters of 8 × 16 dots: 16 for a bar of 16 × 128."
    )
    rows: Annotated[int, Field(ge=8, le=64)] = Field(16, description="Height in dots.")
    protocol: BoardProtocol = Field("", description="Its language, if not the one of its wire.")
    light: list[Light] = Field(
        [],
        description=(
            'Brightness by time of day, `["07:00", 80]`: from then on so many percent. Empty: as the board is. Only'
            " where the language can."
        ),
    )


class BoardTextTable(Table):
    """What a board shows in one state.

    `texts`: shown in turn; of each the first wording that fits, from long to short.
    """

    texts: Annotated[list[Annotated[list[Filled], Field(min_length=1)]], Field(min_length=1)] = Field(
        description=(
            "Texts that take turns (two languages, a rotation); each a list of wordings from long to short, the first"
            " that fits is shown."
        )
    )
    effect: Literal["still", "flash", "scroll"] = Field(
        "still", description="`still`, or `flash`: three times, then still. What fits in no wording scrolls."
    )
    color: Literal["red", "green", "yellow"] = Field("red", description="`red`, `green` or `yellow`.")
    number_color: Literal["", "red", "green", "yellow"] = Field(
        "",
        description="Its numbers in another color, on boards that have two in a text (A0 90, Alpha); empty: the same.",
    )
    seconds: Annotated[int, Field(ge=0, le=600)] = Field(
        0, description="Seconds until the next of `texts`; 0: the first one stays."
    )


class PadKeysTable(Table):
    keys: PadKeys = Field(
        description=(
            "Pressed keys -> what they do (docs/boards.md). `#` stands for the digits of a number; an exact combination"
            " goes before it."
        )
    )
    finish_outcome: str = Field("现场办结", description="Outcome of `finish` and `finish-next`, one of the console's.")
    pause_reason: str = Field("", description="Reason of `pause`, one of `console.pause_reasons`; empty: the first.")
    transfer_reason: str = Field(
        "", description="Reason of `transfer`, one of `console.transfer_reasons`; empty: the first."
    )


class PadTable(Table):
    counter: Filled = Field(description="The counter whose keys it presses.")
    wire: str = Field("", description="The serial line it is on; empty for a USB keypad.")
    address: Annotated[int, Field(ge=0, le=255)] = Field(0, description="Its address on that line.")
    device: str = Field(
        "", description="A USB keypad's `/dev/input/by-id/…-event-kbd` or `by-path`; empty for one on a wire."
    )
    keys: Filled = Field("wired", description="Its key map: a table of [pad_keys].")
    digits: Annotated[int, Field(ge=0, le=8)] = Field(4, description="Digits of its display; 0 for none.")
    shows: Literal["number", "both"] = Field(
        "number",
        description="`number`: the number here, else how many wait; `both`: waiting and number, 3 digits each.",
    )


class RaterTable(Table):
    counter: Filled = Field(description="The counter it stands at.")
    wire: Filled = Field(description="The serial line it is on.")
    address: Annotated[int, Field(ge=0, le=255)] = Field(
        description="Its address on that line; one of its own: stars and signs of a pad are the same bytes."
    )
    levels: Levels = Field(
        description="Byte of each key -> level: 5 非常满意, 4 满意, 3 基本满意, 2 不满意, 1 非常不满意."
    )


class RatingsTable(Table):
    invite: Literal["key", "finish"] = Field(
        "key",
        description="When visitors are asked: `key`, by the key 评价 (F10) alone, or `finish`, after every 办结 too.",
    )
    timeout_s: Annotated[int, Field(ge=10, le=600)] = Field(
        60, description="Seconds a visitor has to answer; then: not rated, and nothing else."
    )
    default_after_days: Annotated[int, Field(ge=0, le=60)] = Field(
        7, description="Days without a rating until 满意 is written by default; 0 for never."
    )
    spot_checks: Annotated[int, Field(ge=0, le=200)] = Field(
        5, description="Good ratings that are drawn by lot each week, to be looked at by people; 0 for none."
    )
    photos: str = Field(
        "",
        description=(
            "Folder of the clerks' photographs for tablets at counters, each named by its staff number, `08.jpg`;"
            " empty for none."
        ),
    )


class SightTable(Table):
    diagonal: Annotated[float, Field(ge=10, le=300)] = Field(55, description="Diagonal of the picture, inches.")
    metres: Annotated[float, Field(ge=1, le=50)] = Field(
        8, description="From how far it is read, metres: what people act on is at least 1/170 of it high."
    )
    pictures: str = Field(
        "",
        description="Folder of the hall's own pictures and films for quiet minutes; empty for none.",
    )


class ScreenTable(Named, SightTable):
    name: Filled = Field(description="The area, under the hall's name at the top of its screen.")
    name_en: Filled = Field(description="The same in English.")
    counters: list[str] = Field([], description="Counters whose calls and states it shows; empty for all.")
    groups: list[str] = Field([], description="Groups of services whose waiting people it shows; empty for all.")
    zone: str = Field("", description="Loudspeaker zone that its browser plays; empty for the first.")


class Everyday(BaseModel):
    """One row of the everyday words: said of every service whose name holds one of `names`; where the hall has none
    such, of a `matter` that is done elsewhere (`where`; empty: nowhere in particular, then nothing is said).
    """

    model_config = ConfigDict(frozen=True)
    names: tuple[str, ...]
    words: tuple[str, ...]
    words_en: tuple[str, ...]
    matter: Text
    where: Text


class CalendarDay(BaseModel):
    model_config = ConfigDict(frozen=True)
    date: Day
    kind: Literal["工作日", "周末", "法定节假日", "调休上班", "临时闭厅", "延时服务"]
    name: str = ""
    source_doc: str = ""


class Hall(Table):
    """A whole hall, checked: what every program gets from `load`."""

    hall: HallTable
    hub: HubTable
    tickets: TicketsTable
    voice: VoiceTable = VoiceTable.model_validate({})
    public: PublicTable = Field(default_factory=lambda: PublicTable.model_validate({}))
    console: ConsoleTable = ConsoleTable.model_validate({})
    people: PeopleTable = Field(default_factory=lambda: PeopleTable.model_validate({}))
    slips: SlipsTable = Field(default_factory=lambda: SlipsTable.model_validate({}))
    forms: dict[str, FormTable] = Field({})
    place: PlaceTable = Field(default_factory=lambda: PlaceTable.model_validate({}))
    report: ReportTable = Field(default_factory=lambda: ReportTable.model_validate({}))
    mail: MailTable = Field(default_factory=lambda: MailTable.model_validate({}))
    sign_on: SignOnTable = Field(default_factory=lambda: SignOnTable.model_validate({}))
    backup: BackupTable = Field(default_factory=lambda: BackupTable.model_validate({}))
    webhooks: dict[str, WebhookTable] = Field({})
    platform: PlatformTable = Field(default_factory=lambda: PlatformTable.model_validate({}))
    messages: MessagesTable = Field(default_factory=lambda: MessagesTable.model_validate({}))
    channels: dict[str, ChannelTable] = Field({})
    remote: RemoteTable = Field(default_factory=lambda: RemoteTable.model_validate({}))
    relay: RelayTable = Field(default_factory=lambda: RelayTable.model_validate({}))
    hours: Annotated[list[HoursTable], Field(min_length=1)]
    extended: dict[str, ExtendedTable] = Field({})
    groups: dict[str, GroupTable]
    quotas: dict[str, QuotaTable] = Field({})
    slots: dict[str, SlotsTable] = Field({})
    publications: dict[str, PublicationTable] = Field({})
    registers: dict[str, RegisterTable] = Field({})
    guides: dict[str, GuideTable] = Field({})
    packages: dict[str, PackageTable] = Field({})
    classes: dict[str, ClassTable]
    counters: dict[str, CounterTable]
    kiosks: dict[str, KioskTable] = Field({})
    printers: dict[str, PrinterTable] = Field({})
    wires: dict[str, WireTable] = Field({})
    boards: dict[str, BoardTable] = Field({})
    zones: dict[str, ZoneTable] = Field({})
    board_texts: dict[str, BoardTextTable] = Field({})
    pad_keys: dict[str, PadKeysTable] = Field({})
    pads: dict[str, PadTable] = Field({})
    raters: dict[str, RaterTable] = Field({})
    ratings: RatingsTable = Field(default_factory=lambda: RatingsTable.model_validate({}))
    screen: SightTable = Field(default_factory=lambda: SightTable.model_validate({}))
    screens: dict[str, ScreenTable] = Field({})
    services: dict[str, Service] = Field({}, exclude=True)
    days: dict[date, CalendarDay] = Field({}, exclude=True)
    everyday: tuple[Everyday, ...] = Field((), exclude=True)
    powers: tuple[Power, ...] = Field((), exclude=True)
    folder: Path = Field(ROOT, exclude=True)
    file: Path = Field(ROOT / "config.toml", exclude=True)

    def __eq__(self, other: object) -> bool:
        """A hall is itself: nothing of it changes, so that what follows from it is kept by it (`lru_cache`)."""
        return self is other

    __hash__ = object.__hash__

    @property
    def plate(self) -> Text:
        """What the hall calls itself where the public sees it: as its plaque says, where one hangs."""
        return Text(self.place.plaque or self.hall.name, self.hall.name_en)

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.hall.timezone)

    @property
    def data(self) -> Path:
        """The hub's folder, absolute."""
        return self.folder / self.hub.data

    def key_map(self, name: str) -> PadKeysTable:
        """What the keys of a pad do: the hall's own map of that name, or ours."""
        return self.pad_keys.get(name) or PAD_KEYS[name]

    def board_text(self, state: str) -> BoardTextTable:
        """What boards show in a state of BOARD_STATES: the hall's own texts, or ours."""
        return self.board_texts.get(state) or BOARD_STATES[state]

    @cached_property
    def reserved(self) -> frozenset[str]:
        """Services of the pick-up counters (统一窗口出件): "all" at other counters leaves these to them."""
        lists = (c.services for c in self.counters.values() if c.kind == "pickup" and c.services != "all")
        return frozenset(code for services in lists for code in services)

    def form(self, kind: str) -> slip_forms.Form:
        """What a kind of slip says here: the shipped form with the hall's own order, texts and copies."""
        own = self.forms.get(kind) or FormTable.model_validate({})
        return slip_forms.form(kind, own.show, own.texts, own.copies)

    def printers_at(self, counter: str | None) -> list[str]:
        """Where papers asked for at a counter, or at none, go: the first that is ready."""
        own = self.counters[counter].printers if counter in self.counters else []
        return own or list(reversed(self.printers))

    def service_name(self, code: str) -> Text:
        """A service's name; its code when the catalogue has it no more."""
        known = self.services.get(code)
        return known.text if known else Text.same(code)

    def guide_url(self, code: str) -> str:
        """The address behind a service's code: its own page, or the hall's for all; empty for no code."""
        known = self.services.get(code)
        own = known.guide.url if known else ""
        return own.replace("{service}", code) or self.slips.guide_url.replace("{service}", code)

    @cached_property
    def offered_classes(self) -> dict[str, ClassTable]:
        """The classes that kiosks offer, and to whom (绿色通道)."""
        return {name: table for name, table in self.classes.items() if table.grounds}

    def class_name(self, klass: str) -> Text:
        """The name of a class of visitors; its id when it is in the file no more."""
        known = self.classes.get(klass)
        return known.text if known else Text.same(klass)

    def counter_name(self, counter: str) -> Text:
        """A counter's name; of one that is in the file no more, what it was called by its id."""
        known = self.counters.get(counter)
        return known.text if known else counter_called(counter)

    def printer_name(self, printer: str) -> Text:
        """A printer's name; its id when it is in the file no more."""
        known = self.printers.get(printer)
        return Text(known.name, known.name_en or f"Printer {printer}") if known else Text.same(printer)

    def services_of(self, counter_id: str) -> frozenset[str] | None:
        """The service codes a counter serves; None for all but `reserved`."""
        services = self.counters[counter_id].services
        return None if services == "all" else frozenset(services)


DERIVED = ("services", "days", "everyday", "powers", "folder", "file")

SINGLE = (
    "hall",
    "place",
    "hub",
    "tickets",
    "voice",
    "public",
    "console",
    "people",
    "report",
    "sign_on",
    "mail",
    "backup",
    "platform",
    "messages",
    "relay",
    "remote",
    "slips",
    "ratings",
)
TABLES: dict[str, type[BaseModel]] = {
    "hall": HallTable,
    "hub": HubTable,
    "tickets": TicketsTable,
    "voice": VoiceTable,
    "public": PublicTable,
    "console": ConsoleTable,
    "people": PeopleTable,
    "place": PlaceTable,
    "report": ReportTable,
    "mail": MailTable,
    "sign_on": SignOnTable,
    "backup": BackupTable,
    "platform": PlatformTable,
    "relay": RelayTable,
    "remote": RemoteTable,
    "webhooks": WebhookTable,
    "messages": MessagesTable,
    "channels": ChannelTable,
    "hours": HoursTable,
    "extended": ExtendedTable,
    "groups": GroupTable,
    "quotas": QuotaTable,
    "slots": SlotsTable,
    "publications": PublicationTable,
    "registers": RegisterTable,
    "guides": GuideTable,
    "packages": PackageTable,
    "classes": ClassTable,
    "counters": CounterTable,
    "kiosks": KioskTable,
    "printers": PrinterTable,
    "slips": SlipsTable,
    "forms": FormTable,
    "wires": WireTable,
    "boards": BoardTable,
    "board_texts": BoardTextTable,
    "pad_keys": PadKeysTable,
    "pads": PadTable,
    "raters": RaterTable,
    "ratings": RatingsTable,
    "zones": ZoneTable,
    "screen": SightTable,
    "screens": ScreenTable,
}
"""Name of a table in the file -> what may stand in it; docs/config.md has a section for each."""

BOARD_STATES: dict[str, BoardTextTable] = {
    state: BoardTextTable.model_validate({"texts": texts, "effect": effect, "color": color, "seconds": seconds})
    for state, texts, effect, color, seconds in (
        ("idle", [["{name} {sign}", "{sign}", "{name}"], ["欢迎光临"]], "still", "green", 6),
        (
            "calling",
            [["请{number}到{name}", "{number}到{short}", "{number}→{id}", "请{number}", "{number}"]],
            "flash",
            "red",
            0,
        ),
        ("serving", [["正在办理 {number}", "办理{number}", "{number}"]], "still", "green", 0),
        ("paused", [["暂停服务 请到其他窗口", "暂停服务"]], "still", "yellow", 0),
        ("closed", [["停止办公"]], "still", "red", 0),
        ("tidal", [["{name} {business}", "{business}受理", "{business}", "潮汐窗口"]], "still", "green", 0),
        ("lost", [["请听广播"]], "still", "red", 0),
    )
}
"""What boards show in each state unless the hall says otherwise (docs/wording.md 4.2)."""
PAD_KEYS: dict[str, PadKeysTable] = {
    "wired": PadKeysTable.model_validate(
        {
            "keys": {
                "0C": "next",
                "0D": "recall",
                "# 0C": "call",
                "0A": "start",
                "0F": "finish",
                "05 0F": "pass",
                "06 0F": "leave",
                "00 0F": "suspend away",
                "12": "pause",
                "# 13": "transfer",
                "0B": "rate",
                "0E": "undo",
                "08 0F": "address",
            }
        }
    ),
    "usb": PadKeysTable.model_validate(
        {
            "keys": {
                "ENTER": "next",
                "0": "recall",
                "# ENTER": "call",
                "PLUS": "start",
                "MINUS": "pass",
                "STAR #": "transfer",
                "SLASH": "pause",
                "DOT": "rate",
                "# DOT": "finish",
            }
        }
    ),
}
"""What the keys of pads do unless the hall says otherwise: a common wired pad, and a USB number pad (docs/wording.md
5.3).
"""
BOARD_NAMES = {"number", "name", "name_en", "short", "id", "sign", "staff", "business", "hall", "hall_sign"}
"""What a text may name; {number} only while calling or serving, and nothing once the hub is lost."""
