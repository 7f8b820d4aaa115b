"""The role matrix (角色权限): who may use which route, read off the guards of the view functions.

docs/roles.md is this table.
"""

from __future__ import annotations

from typing import NamedTuple

from flask import Flask

from server.pages.access import KINDS, Rule
from server.verbs.accounts import ROLES

IDENTITIES = ("nobody", *KINDS, *ROLES)
HEADS = {
    "nobody": "无登录 nobody",
    "kiosk": "取号机 kiosk",
    "screen": "大厅屏 screen",
    "tablet": "平板 tablet",
    "boards": "窗口屏 boards",
    "bookings": "预约系统 bookings",
    "metrics": "监控 metrics",
    "follower": "跟随 follower",
    "second": "备用主机 second",
    "commands": "命令行 commands",
    "operator": "窗口 operator",
    "guide": "咨询台 guide",
    "manager": "管理 manager",
    "supervisor": "监督 supervisor",
    "administrator": "系统 administrator",
}


class Line(NamedTuple):
    """One route and method; `rule` is None where a view says nothing, which is a mistake."""

    path: str
    method: str
    endpoint: str
    rule: Rule | None


def matrix(app: Flask) -> list[Line]:
    """Every route of the application but the static files, in order of its path."""
    return sorted(
        (
            Line(rule.rule, method, rule.endpoint, getattr(app.view_functions[rule.endpoint], "allowed", None))
            for rule in app.url_map.iter_rules()
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
            if rule.endpoint.rpartition(".")[2] != "static"
        ),
        key=lambda line: line[:3],
    )


def table(app: Flask) -> str:
    """The matrix as a Markdown table."""
    lines = [f"| {' | '.join(['route', *(HEADS[i] for i in IDENTITIES)])} |", f"|---|{':-:|' * len(IDENTITIES)}"]
    for line in matrix(app):
        marks = ["?" if line.rule is None else "✓" if line.rule.admits(identity) else "" for identity in IDENTITIES]
        lines.append(f"| `{line.method} {line.path}` | {' | '.join(marks)} |".replace("  ", " "))
    return "\n".join(lines) + "\n"
