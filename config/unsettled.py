"""What a hall must settle before it opens: what a demonstration, an example or a researcher left in its file. Pure; no
mistakes (those are told by `load`), and nothing here stops a program.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from config.guides import Service
from config.kiosk_places import PLACES, without_place
from config.tables import Hall
from config.text import Text

REMARK = re.compile(r"二手资料|口径|未确认|待核|待定|资料缺失|仅见|演示|TODO|\?\?|？？")
"""Words of whoever gathered the catalogue, not of the hall: they belong into its column 考证."""
EXAMPLE = re.compile(r"某某|示例|xxx|××|example", re.IGNORECASE)


def made_up(telephone: str) -> bool:
    """Whether a telephone number is an example: 0595-00000001, 12345678, 88888888, --; not 12345."""
    digits = re.sub(r"\D", "", telephone.rpartition("-")[2])
    repeated = re.search(r"0{5,}|(\d)\1{6,}", digits)
    return bool(
        len(digits) < 3
        or repeated
        or (digits in "01234567890123456789" and len(digits) > 5)
        or EXAMPLE.search(telephone)
    )


def unsettled(hall: Hall) -> Iterator[Text]:
    """One line each: where, what, what to do."""
    table = hall.hall
    for key, banner in (("banner", table.banner), ("banner_en", table.banner_en)):
        if banner:
            yield Text(
                f"hall.{key}：“{banner}”印在每块屏幕和每张号票上：开厅当天请清空。",
                f"hall.{key}: '{banner}' stands on every screen and slip; empty it on the day the hall opens",
            )
    for key, number in (("tel_consult", table.tel_consult), ("tel_complaint", table.tel_complaint)):
        if made_up(number):
            yield Text(
                f"hall.{key}：{number}是示例号码：请写有人接听的电话。",
                f"hall.{key}: {number} is an example; write the number that is answered",
            )
    if EXAMPLE.search(table.name):
        yield Text(
            f"hall.name：“{table.name}”是示例：请写门牌上的名称。",
            f"hall.name: '{table.name}' is an example; write the plate over the door",
        )
    yield from no_place(hall)
    for service in hall.services.values():
        for column, said in _shown(service):
            if REMARK.search(said):
                yield Text(
                    f"hall.catalogue：{service.code}：{column}“{said}”是整理资料的人的备注：请移到“考证”一列。",
                    f"hall.catalogue: {service.code}: {column} '{said}' is a remark; move it into the column 考证",
                )
    noted = [service.code for service in hall.services.values() if service.notes]
    if noted:
        yield Text(
            f"hall.catalogue：{len(noted)}个事项还有考证未了：{'、'.join(noted)}：请核实后清空。",
            f"hall.catalogue: open notes (考证) on {len(noted)} services: {', '.join(noted)}; settle and empty them",
        )


def no_place(hall: Hall) -> Iterator[Text]:
    """Kiosks for which no offline numbers are left: one line each."""
    for name in without_place([*hall.kiosks]):
        yield Text(
            f"kiosks.{name}：没有脱机号段（最多{PLACES - 1}台有）：主机不通时不能取号，请引导到另一台或咨询台。",
            f"kiosks.{name}: has no block of offline numbers ({PLACES - 1} kiosks have one): it gives out nothing while"
            " the hub is away; lead people to another kiosk or the guide desk",
        )


def _shown(service: Service) -> Iterator[tuple[str, str]]:
    """What people read of a service, by the columns of the catalogue."""
    columns = {
        "事项名称": service.name,
        "承诺时限": service.promise,
        "法定时限": service.legal,
        "依据": service.basis,
        "受理部门": service.department,
        "是否收费": service.fee,
        "最多跑几趟": service.visits,
        "是否需要本人亲办": service.in_person,
        "是否全程网办事项": service.online,
    }
    yield from ((column, said) for column, said in columns.items() if said)
    yield from (("申请材料", said) for said in service.materials)
    yield from (("俗称", said) for said in service.everyday)
    guide = service.guide
    yield from (("受理条件", said.zh) for said in guide.conditions)
    yield from (("办理流程", f"{step.name.zh}：{step.does.zh}") for step in guide.steps)
    yield from (("常见问题", f"{one.ask.zh}{one.answer.zh}") for one in guide.faq)
    told = (note for one in guide.materials.values() for note in (one.how, one.accepted) if note)
    yield from (("填报须知、受理标准", said.zh) for said in told)
    yield from (("授权文件", said) for said in (guide.delegation,) if said)
