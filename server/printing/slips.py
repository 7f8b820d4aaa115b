"""What a slip says: a print job -> the elements of its paper (wording.md sections 1 and 2). Knows no bytes and no printer."""

from __future__ import annotations

from datetime import datetime

from config import Hall
from printer_profiles.profile import Profile
from printer_profiles.slip import QR, Cut, Element, Rule, Slip, Text
from server import codes, secret, wording
from server.place import Place, place_of
from server.slip_facts import NAMES
from server.store.turn import Reader
from server.ticket import Job, Ticket

WEEKDAYS = "一二三四五六日"


def slip_for(hall: Hall, reader: Reader, job: Job, printer: str, profile: Profile, now: float) -> Slip:
    """The slip of a job for one printer's width; a number's place in the queue is that of now."""
    ticket = None if job.ticket is None else reader.ticket(job.ticket)
    if job.kind == "test":
        return test_slip(hall, printer, profile=profile.name, columns=profile.columns, when=datetime.fromtimestamp(now, hall.zone))
    if job.kind != "ticket":
        return plain_slip(hall, job)
    assert ticket is not None
    issued = next((row for row in reader.life_line(ticket.id) if row.event == "Issued"), None)
    return ticket_slip(
        hall, ticket, place_of(hall, reader, ticket, now), device=issued.actor if issued else "?", copy=job.copy, columns=profile.columns,
        code=codes.ticket_code(secret.key(hall, "code").encode(), ticket.id),
    )  # fmt: skip


def plain_slip(hall: Hall, job: Job) -> Slip:
    """Title and facts."""
    texts = [f"{name} {'、'.join(map(str, value)) if isinstance(value, list) else value}" for name, value in job.facts.items()]
    return (Text(hall.hall.name, "centre", bold=True), Text(NAMES[job.kind][0], "centre", scale=2), Rule(), *map(Text, texts), Cut())


def ticket_slip(hall: Hall, ticket: Ticket, place: Place, *, device: str, copy: int, columns: int, code: str) -> Slip:
    """The number to keep in one's hand; a reprint has the same number and says so. `code` is what a scanner reads (codes.py)."""
    number = 6 if ticket.large_print and wording.width(ticket.label) * 6 <= columns else 4
    text = 2 if ticket.large_print else 1
    issued = datetime.fromtimestamp(ticket.issued_at, hall.zone)
    when = f"{issued:%Y-%m-%d}(周{WEEKDAYS[issued.weekday()]}) {issued:%H:%M}"
    lines: list[Element] = [Text(hall.hall.name, "centre", bold=True)]
    if hall.hall.banner:
        lines.append(Text(f"【{hall.hall.banner}】", "centre"))
    lines += [Rule(), Text(ticket.label, "centre", bold=True, scale=number), Text(place.group, "centre", scale=text)]
    if ticket.language == "en":
        lines.append(Text(place.group_en, "centre"))
    lines += [Rule(), Text(f"取号时间 {when}" if columns >= 48 else f"取号 {when}")]
    lines += _queue(ticket, place, columns, text)
    if ticket.klass != "ordinary" and ticket.klass in hall.classes:
        lines.append(Text(f"标识 【{hall.classes[ticket.klass].name}】"))
    lines += [Rule(), Text(f"请留意广播和显示屏。过号请到咨询台，{hall.tickets.lapse_min}分钟内有效，号票当日有效。")]
    if ticket.language == "en":
        lines.append(Text(f"Watch the screens. If you miss your call, go to the guide desk within {hall.tickets.lapse_min} minutes."))
    lines += _telephones(hall, columns)
    lines += [QR(code, 5), Text("扫码查排队 Scan for your place", "centre")]
    serial = f"设备{device} 流水 {ticket.day.replace('-', '')}-{ticket.id:06d}"
    lines.append(Text(f"【补打】第{copy}次 {serial}" if copy > 1 else serial))
    return (*lines, Cut())


def _queue(ticket: Ticket, place: Place, columns: int, scale: int) -> list[Element]:
    """How many before me, how long, where to; the English in one line of its own."""
    ahead = f"前方等候 {place.ahead} 人"
    wait = f"预计等候 {place.wait[0]}-{place.wait[1]} 分钟" if place.wait else ""
    side_by_side = scale == 1 and wait and wording.width(ahead) + wording.width(wait) + 4 <= columns
    lines: list[Element] = [Text(f"{ahead}    {wait}")] if side_by_side else [Text(line, scale=scale) for line in (ahead, wait) if line]
    lines.append(Text(f"办理窗口 {place.counters}", scale=scale))
    if ticket.language == "en":
        minutes = f", {place.wait[0]}-{place.wait[1]} min" if place.wait else ""
        lines.append(Text(f"{place.ahead} ahead of you{minutes}. {place.counters_en}."))
    return lines


def _telephones(hall: Hall, columns: int) -> list[Element]:
    consult, complaint = f"咨询电话 {hall.hall.tel_consult}", f"投诉举报 {hall.hall.tel_complaint}"
    if wording.width(consult) + wording.width(complaint) + 2 <= columns:
        return [Text(f"{consult}  {complaint}")]
    return [Text(consult), Text(complaint)]


def test_slip(hall: Hall, printer: str, *, profile: str, columns: int, when: datetime) -> Slip:
    """What a technician looks at: does the ruler reach both edges, is every size of Chinese right, can the code be read, does it cut?"""
    ruler = "".join(str(n % 10) for n in range(1, columns + 1))
    return (
        Text("打印测试页 Test page", "centre", bold=True), Text(hall.hall.name, "centre"), Rule(), Text(ruler),
        Text(f"{printer} {profile} {columns} 列 columns"), Text(f"{when:%Y-%m-%d %H:%M:%S}"), Rule(),
        Text("中文 宋体 鲤城区 0123456789 ABC abc"), Text("加粗 Bold", bold=True), Text("二倍 A012", scale=2), Text("A012", scale=4), Rule(),
        QR(f"TEST {printer}", 5), Text("标尺应到两边，文字清楚，能扫码，能切纸。"),
        Text("Ruler to both edges, clear text, the code scans, the paper is cut."), Cut(),
    )  # fmt: skip
