"""开厅清单: what a new hall still lacks before the first visitor, each with what to do and where. Pure.

A step is done when what it asks for is there, or when a manager ticks it off, because this hall needs none of it. What
was seen once (a kiosk, a printer, a television) is done for good: whether it is well today is for the alerts to say.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from config import Hall, Text, unsettled

WHOLE = ""
"""The step that stands for the list itself: ticked, the list is put away."""
TELEVISION = "television"


@dataclass(frozen=True)
class Facts:
    """What a hall has now. `seen`: names of steps of devices that were there at least once."""

    seen: Collection[str] = ()
    posts: int = 0
    roles: Mapping[str, int] = field(default_factory=dict)
    """role -> how many active accounts have it."""
    demonstration: bool = False
    """The catalogue is the one that is shipped for demonstrations."""
    saved: bool = False
    """A backup was made and proved somewhere."""


@dataclass(frozen=True)
class Step:
    """One thing that is missing. `link`: where on these pages it is done or looked at; empty where it is not."""

    id: str
    text: Text
    todo: Text
    link: str = ""


def missing(hall: Hall, facts: Facts, ticked: Collection[str] = ()) -> list[Step]:
    """What this hall still lacks, in the order in which one does it; nothing once the list was put away."""
    if WHOLE in ticked:
        return []
    done = {*facts.seen, *ticked}
    return [step for step in _open(hall, facts, done) if step.id not in done]


def devices(hall: Hall) -> dict[str, str]:
    """Step -> the device (as the hub's health names it) whose first word does it."""
    return {
        **{f"kiosk {k}": f"kiosk {k}" for k in hall.kiosks},
        **{f"printer {p}": p for p in hall.printers},
        **{f"board {b}": f"board {b}" for b in hall.boards},
        TELEVISION: TELEVISION,
    }


def _open(hall: Hall, facts: Facts, done: Collection[str]) -> list[Step]:
    return [*_papers(hall, facts), *_people(facts), *_machines(hall), *_boards(hall, done), *_last(hall, facts)]


def _papers(hall: Hall, facts: Facts) -> list[Step]:
    found = []
    for key, zh, en in (("tel_consult", "咨询电话", "enquiry"), ("tel_complaint", "投诉电话", "complaint")):
        number = getattr(hall.hall, key)
        if unsettled.made_up(number):
            found.append(
                Step(
                    key,
                    Text(f"{zh}还是占位号码（{number}）", f"The {en} telephone is a placeholder ({number})"),
                    Text(
                        "到“管理 · 大厅”写上真实号码：号票和屏幕上都印着它。",
                        "Write the real number at Admin, Hall: slips and screens carry it.",
                    ),
                    "/admin/tables/hall",
                )
            )
    if facts.demonstration:
        found.append(
            Step(
                "catalogue",
                Text("事项目录还是演示数据", "The catalogue is still the demonstration one"),
                Text(
                    "到“管理 · 事项目录”逐项改；或把本厅的清单存成同样格式的CSV，在“管理 · 大厅”换成它。",
                    "Change the items at Admin, Services; or save yours as a CSV of the same columns and name it at"
                    " Admin, Hall.",
                ),
                "/admin/tables/services",
            )
        )
    return found


def _people(facts: Facts) -> list[Step]:
    found = []
    if not facts.roles.get("manager"):
        found.append(
            Step(
                "manager",
                Text("还没有主任的账号", "There is no manager's account"),
                Text(
                    "用系统管理员登录，在“岗位 › 账号”新建一个管理人员。",
                    "As the administrator, make one at Posts › Accounts.",
                ),
                "/people/accounts",
            )
        )
    if not facts.roles.get("operator"):
        found.append(
            Step(
                "operators",
                Text("还没有窗口人员的账号", "There is no operator's account"),
                Text("在“岗位 › 账号”为每位窗口人员新建账号。", "Make one for each at Posts › Accounts."),
                "/people/accounts",
            )
        )
    if not facts.posts:
        found.append(
            Step(
                "posts",
                Text("还没有设岗（AB岗）", "No posts are set (A and B)"),
                Text("在“岗位”为每个窗口设岗：主岗是谁、谁来顶岗。", "At Posts, set who sits where and who stands in."),
                "/people",
            )
        )
    return found


def _machines(hall: Hall) -> list[Step]:
    kiosks = [
        Step(
            f"kiosk {k}",
            Text(f"{table.name}还没有连上过", f"{table.name_en} was never connected"),
            Text(
                f"在取号机上启用 `jiaohao-kiosk@{k}`，再到“设备”页输入它显示的字母（`docs/enrol.md`）。",
                f"Enable `jiaohao-kiosk@{k}` on the kiosk, then type its letters at Devices (`docs/enrol.md`).",
            ),
            "#devices-head",
        )
        for k, table in hall.kiosks.items()
    ]
    printers = [
        Step(
            f"printer {p}",
            Text(
                f"{hall.printer_name(p).zh}还没有应答过",
                f"{hall.printer_name(p).en} never answered",
            ),
            Text(
                f"接好电源和线，用 `./run print-test {table.profile} {table.url}` 试打一张。",
                f"Plug it in and try `./run print-test {table.profile} {table.url}`.",
            ),
            "#devices-head",
        )
        for p, table in hall.printers.items()
    ]
    television = Step(
        TELEVISION,
        Text("还没有电视打开过大厅屏", "No television has opened the hall screen"),
        Text(
            f"电视主机启用 `jiaohao-screen`，或在全屏浏览器打开 `{hall.hub.url}/screen`（`docs/televisions.md`）。",
            f"Enable `jiaohao-screen` on its machine, or open `{hall.hub.url}/screen` (`docs/televisions.md`).",
        ),
        "/screen",
    )
    return [*kiosks, *printers, television]


def _boards(hall: Hall, done: Collection[str]) -> list[Step]:
    """One step for each wire: its boards that never answered are mended together."""
    found = []
    for wire in hall.wires:
        silent = [
            hall.counters[table.counter]
            for b, table in hall.boards.items()
            if table.wire == wire and f"board {b}" not in done
        ]
        if not silent:
            continue
        zh, en = "、".join(one.name for one in silent), ", ".join(one.name_en for one in silent)
        found.append(
            Step(
                f"wire {wire}",
                Text(f"窗口屏还没有应答过：{zh}", f"Boards that never answered: {en}"),
                Text(
                    f"启用 `jiaohao-boards`，再用 `python -m counter_display doctor {wire}` 查线（`docs/boards.md`）。",
                    f"Enable `jiaohao-boards`, then `python -m counter_display doctor {wire}` (`docs/boards.md`).",
                ),
                "#devices-head",
            )
        )
    return found


def _last(hall: Hall, facts: Facts) -> list[Step]:
    found = []
    if hall.hall.banner:
        found.append(
            Step(
                "banner",
                Text(f"还挂着“{hall.hall.banner}”横幅", f"The banner '{hall.hall.banner_en}' is still up"),
                Text(
                    "开厅前到“管理 · 大厅”把演示字样清空。",
                    "Before opening empty the banner at Admin, Hall.",
                ),
                "/admin/tables/hall",
            )
        )
    if hall.backup.time is not None and not facts.saved:
        found.append(
            Step(
                "backup",
                Text("还没有一份验证过的备份", "There is no tested backup yet"),
                Text(
                    "到“管理 · 备份”写上备份到哪里；在主机上运行 `./run backup key`，把纸锁好，再运行"
                    " `./run backup`（`docs/backup.md`）。",
                    "Name a place at Admin, Backup; on the hub's machine run `./run backup key`, lock the paper away,"
                    " then `./run backup` (`docs/backup.md`).",
                ),
                "/hall/health",
            )
        )
    return found
