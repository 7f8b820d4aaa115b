"""The house as docs/decisions.md and the README's map say: who may import whom, what is documented, what is never
committed.
"""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

import config
from server.domain.events import VOCABULARY

ROOT = config.ROOT
ROOMS = ("server", "kiosk", "counter_display", "printer_profiles", "replay", "demo", "bench")
SHARED = ("config", "slip_forms", "hub_client", "speech", "systemd", "words", "command_line")
MAY = {
    "config": {"slip_forms"},
    "slip_forms": set(),
    "hub_client": set(),
    "speech": set(),
    "systemd": set(),
    "words": set(),
    "command_line": {"config"},
    "printer_profiles": set(),
    "kiosk": {*SHARED},
    "counter_display": {*SHARED},
    "server": {*SHARED, "printer_profiles"},
    "replay": {*SHARED, "server"},
    "demo": {*SHARED, "server", "replay"},
    "bench": {*SHARED, "printer_profiles", "server", "kiosk", "replay", "demo"},
}

PURE = ("server/domain", "server/reports/figures", "kiosk/flow", "printer_profiles/escpos", "counter_display/protocols")
FORBIDDEN_IN_PURE = {
    "flask",
    "apiflask",
    "sqlite3",
    "sqlite_utils",
    "time",
    "socket",
    "serial",
    "threading",
    "subprocess",
    "pygame",
    "urllib3",
    "server.verbs",
    "server.store",
    "server.views",
    "server.pages",
    "kiosk.rim",
    "kiosk.screens",
    "counter_display.line",
}
# a module imports from its own floor or from those above it in this list, never from below; the longest name counts
FLOORS = [
    ("server.domain",),
    ("server.reports", "server.voice.language"),
    ("server.store",),
    ("server.verbs", "server.health", "server.reports.reporter"),
    ("server.views", "server.voice.outputs", "server.voice.clips"),
    ("server.printing", "server.voice", "server.reports.delivery"),
    ("server.pages",),
    ("server.app",),
    ("server.__main__",),
]


def sources(name: str) -> list[Path]:
    """A shared module is a file or, as config is, a folder."""
    return [ROOT / f"{name}.py"] if (ROOT / f"{name}.py").exists() else [*(ROOT / name).rglob("*.py")]


def python_files() -> list[Path]:
    return [p for room in ROOMS for p in (ROOT / room).rglob("*.py")] + [p for name in SHARED for p in sources(name)]


def is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def imports(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {alias.name for alias in node.names}
            modules = {name for name in names if is_module(f"{node.module}.{name}")}
            found |= {f"{node.module}.{name}" for name in names} | ({node.module} if names - modules else set())
    return found


def test_rooms_import_only_the_rooms_they_may() -> None:
    for file in python_files():
        room = file.relative_to(ROOT).parts[0].removesuffix(".py")
        others = {name.split(".")[0] for name in imports(file)} & {*ROOMS, *SHARED} - {room}
        assert others <= MAY[room], f"{file.relative_to(ROOT)} imports {others - MAY[room]}"


@pytest.mark.parametrize("folder", PURE)
def test_a_pure_room_knows_no_flask_no_sql_no_clock(folder: str) -> None:
    for file in (ROOT / folder).rglob("*.py"):
        bad = {i for i in imports(file) for f in FORBIDDEN_IN_PURE if i == f or i.startswith(f"{f}.")}
        assert not bad, f"{file.relative_to(ROOT)} imports {bad}"


def floor_of(module: str) -> int | None:
    found = [
        (len(name), n)
        for n, names in enumerate(FLOORS)
        for name in names
        if module == name or module.startswith(f"{name}.")
    ]
    return max(found)[1] if found else None


def test_inside_the_hub_nobody_imports_from_below() -> None:
    for file in (ROOT / "server").rglob("*.py"):
        module = module_of(file)
        mine = floor_of(module)
        assert mine is not None or module == "server", f"{module} stands on no floor"
        for name in imports(file):
            other = floor_of(name)
            if mine is not None and other is not None:
                assert other <= mine, f"{module} imports {name}"


def module_of(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_no_module_imports_in_a_circle() -> None:
    modules = {module_of(file): file for file in python_files()}
    graph = {
        name: {i for i in imports(file) if i in modules and not name.startswith(f"{i}.")} - {name}
        for name, file in modules.items()
    }
    while leaves := {name for name, wanted in graph.items() if not wanted & graph.keys()}:
        graph = {name: wanted - leaves for name, wanted in graph.items() if name not in leaves}
    assert not graph, f"circles among {sorted(graph)}"


def test_package_files_are_docstrings() -> None:
    for file in [p for p in python_files() if p.name == "__init__.py" and p.parent.name not in ("protocols", "config")]:
        body = ast.parse(file.read_text(encoding="utf-8")).body
        assert len(body) == 1 and isinstance(body[0], ast.Expr), file


def test_every_module_says_what_it_owns() -> None:
    for file in python_files():
        assert ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))), file


def test_the_lock_and_the_tree_name_no_index_and_no_machine() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    lock = (ROOT / "requirements.lock").read_text()
    assert "--hash=sha256:" in lock
    assert not re.search(r"https?://|--index-url|--extra-index|find-links", lock)
    for name in tracked:
        if (ROOT / name).suffix in {".py", ".toml", ".md", ".sh", ".html", ".js", ".css"} or name in ("run", ".ci/run"):
            text = (ROOT / name).read_text(encoding="utf-8")
            assert not re.search(r"(?<![\w.])/(work|farm)/\w", text), f"{name} names a path of one machine"


def test_ci_runs_the_readmes_test_command() -> None:
    assert "./run test" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert (ROOT / ".ci" / "run").read_text().rstrip().endswith("exec ./run test")


def test_run_alone_lists_its_commands() -> None:
    words = subprocess.run([ROOT / "run"], capture_output=True, text=True, check=True).stdout
    offered = set(re.findall(r"^  ([a-z-]+)", words, re.M))
    cases = set(re.findall(r"^  ([a-z-]+)\)", (ROOT / "run").read_text(), re.M))
    assert cases - {"demo|replay"} <= offered
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {f"./run {c}" for c in ("demo", "test", "replay", "check-real", "bench")} <= set(
        re.findall(r"\./run [a-z-]+", readme)
    )


def test_every_event_is_documented() -> None:
    page = (ROOT / "docs" / "journal.md").read_text(encoding="utf-8")
    assert [name for name in VOCABULARY if f"| `{name}` |" not in page] == []


def test_links_in_the_documents_lead_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"
