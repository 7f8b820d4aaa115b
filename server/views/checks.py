"""检查: what the examinations of printers and wires have found, JSON-able."""

from __future__ import annotations

from typing import Any, Protocol

from config import Text
from server.health import WireChecks
from server.verbs.hub import Hub

STATES = {
    "never": Text("没有检查过", "Not checked yet"),
    "busy": Text("正在检查", "Being checked"),
    "good": Text("正常", "Fine"),
    "unsure": Text("请看纸", "Look at the paper"),
    "bad": Text("有故障", "Trouble"),
    "done": Text("已检查", "Checked"),
}
BY_CODE = {0: "good", 1: "bad", 2: "bad", 3: "unsure"}
"""server/printing/probe/checklist.py's codes."""


class Spool(Protocol):
    """Who has the printers' ports; what it gives is an Examination of server/printing/probe/examination.py."""

    def examined(self, name: str) -> Any: ...


def checks_view(hub: Hub, spool: Spool | None, wires: WireChecks) -> dict[str, Any]:
    """printers and wires of config.toml, each with its state and the sentences of what was found."""
    return {
        "printers": [_printer(hub, name, spool and spool.examined(name)) for name in hub.hall.printers],
        "wires": [_wire(hub, name, wires) for name in hub.hall.wires],
    }


def _said(state: str, found: list[Text]) -> dict[str, Any]:
    return {"state": state, **STATES[state].json("state_name"), "found": [one.json() for one in found]}


def _printer(hub: Hub, name: str, found: Any) -> dict[str, Any]:
    head = {"id": name, **hub.hall.printer_name(name).json("name"), "model": hub.hall.printers[name].profile}
    if found is None or not hasattr(found, "code"):
        return {**head, **_said("never" if found is None else "busy", []), "answers": [], "changes": [], "guessed": []}
    said = [found.said, *([found.fault] if found.fault else [])]
    if found.page:
        size, mm, took, least = found.page.size, found.page.mm, found.page.took_s, found.page.least_s
        said.append(
            Text(
                f"发出 {size} 字节，纸长 {mm:.0f} 毫米，用时 {took:.1f} 秒；按型号至少要 {least:.1f} 秒。",
                f"{size} bytes, {mm:.0f} mm of paper in {took:.1f} s; by its model it takes {least:.1f} s at least.",
            )
        )
    return {
        **head,
        **_said(BY_CODE[found.code], said),
        "answers": [one.json() for one in found.answers],
        "changes": [one.json() for one in found.changes],
        "guessed": list(found.guessed),
    }


def _wire(hub: Hub, name: str, wires: WireChecks) -> dict[str, Any]:
    check = wires.of(name)
    boards = [b for b, table in hub.hall.boards.items() if table.wire == name]
    state = "never" if check is None else "busy" if check.found is None else "done"
    found = list(check.found) if check and check.found else []
    return {"id": name, "boards": boards, **_said(state, found), "lines": check.lines if check else ""}
