"""The house as docs/decisions.md and the README's map say: who may import whom, what is documented, what is never
committed.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import config
from server.domain.events import VOCABULARY

pytestmark = pytest.mark.xdist_group("house")  # one worker reads the sources, and each once
ROOT = config.ROOT
ROOMS = (
    *("server", "kiosk", "counter_display", "printer_profiles", "replay", "demo", "bench", "bundle", "relay"),
    *("district", "chaos"),
)
SHARED = (
    "config",
    "intake",
    "slip_forms",
    "hub_client",
    "succession",
    "witness",
    "hall_of_hub",
    "openid",
    "applicant",
    "page_server",
    "polling",
    "ports",
    "release",
    "speech",
    "systemd",
    "words",
    "strings",
    "command_line",
    "consoles",
)
MAY = {
    "config": {"slip_forms", "intake", "words"},
    "intake": set(),
    "slip_forms": set(),
    "hub_client": {"release"},
    "succession": set(),
    "witness": {"hub_client", "succession"},
    "hall_of_hub": {"config", "hub_client"},
    "release": set(),
    "openid": {"config", "intake"},
    "applicant": {"hub_client", "release"},
    "page_server": set(),
    "polling": set(),
    "ports": {"polling"},
    "speech": set(),
    "systemd": set(),
    "words": set(),
    "strings": {"command_line", "config", "words"},
    "consoles": set(),
    "command_line": {"config", "consoles", "words"},
    "printer_profiles": {"page_server", "polling", "intake", "consoles"},
    "kiosk": {*SHARED, "printer_profiles", "server"},
    "counter_display": {*SHARED},
    "server": {*SHARED, "printer_profiles"},
    "replay": {*SHARED, "server"},
    "demo": {*SHARED, "server", "replay", "relay", "district"},
    "bundle": {*SHARED, "server"},
    "relay": {*SHARED, "server"},
    "district": {*SHARED, "server"},
    "bench": {*SHARED, "printer_profiles", "server", "kiosk", "replay", "demo", "district"},
    "chaos": {*SHARED, "printer_profiles", "counter_display", "server", "kiosk", "replay", "demo", "bench"},
}

PURE = (
    "intake",
    "server/domain",
    "server/foresight",
    "server/reports/figures",
    "kiosk/flow",
    "printer_profiles/escpos",
    "counter_display/protocols",
)
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
    ("server.domain", "server.foresight"),
    ("server.reports", "server.voice.language"),
    ("server.store", "server.paced"),
    (
        "server.verbs",
        "server.health",
        "server.streams",
        "server.certificate",
        "server.validity",
        "server.tls",
        "server.reports.reporter",
    ),
    ("server.views", "server.handbooks", "server.incumbents", "server.voice.outputs", "server.voice.clips"),
    ("server.printing", "server.voice", "server.reports.delivery", "server.outbound"),
    (
        "server.backup",
        "server.caretaker",
        "server.foreseer",
        "server.rehearser",
        "server.logs",
        "server.second",
        "server.uplink",
    ),
    ("server.pages",),
    ("server.app", "server.serve", "server.init", "server.certify"),
    ("server.support", "server.taking_over", "server.second.lobby", "server.second.running"),
    ("server.commands",),
    ("server.__main__",),
]


def sources(name: str) -> list[Path]:
    """A shared module is a file or, as config is, a folder."""
    return [ROOT / f"{name}.py"] if (ROOT / f"{name}.py").exists() else [*(ROOT / name).rglob("*.py")]


def python_files() -> list[Path]:
    return [p for room in ROOMS for p in (ROOT / room).rglob("*.py")] + [p for name in SHARED for p in sources(name)]


@cache
def is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


@cache
def tree(file: Path) -> ast.Module:
    text = file.read_text(encoding="utf-8")
    try:
        return ast.parse(text)
    except SystemError:  # CPython 3.11 counts its depth for all threads together, and a thread that logs parses too
        return ast.parse(text)


@cache
def nodes(file: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree(file)))


@pytest.fixture(scope="module", autouse=True)
def trees() -> Iterator[None]:
    """Some million nodes: kept no longer than these tests, as the collector walks over them in all that follow."""
    yield
    for kept in (tree, nodes):
        kept.cache_clear()


@cache
def imports(file: Path) -> frozenset[str]:
    found: set[str] = set()
    for node in nodes(file):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {alias.name for alias in node.names}
            modules = {name for name in names if is_module(f"{node.module}.{name}")}
            found |= {f"{node.module}.{name}" for name in names} | ({node.module} if names - modules else set())
    return frozenset(found)


def test_rooms_import_only_the_rooms_they_may() -> None:
    for file in python_files():
        room = file.relative_to(ROOT).parts[0].removesuffix(".py")
        others = {name.split(".")[0] for name in imports(file)} & {*ROOMS, *SHARED} - {room}
        assert others <= MAY[room], f"{file.relative_to(ROOT)} imports {others - MAY[room]}"


def test_of_the_hub_a_kiosk_takes_only_the_way_to_its_own_paper_and_the_search() -> None:
    """What is pure, and what any machine prints by; never what records or reads the hall's truth."""
    own = {ROOT / "kiosk" / "rim" / name for name in ("own_printer.py", "own_search.py")}
    for file in (ROOT / "kiosk").rglob("*.py"):
        of_hub = {name for name in imports(file) if name.split(".")[0] == "server"}
        assert not of_hub or file in own, f"{file} imports {of_hub}"
        far = {name for name in of_hub if not name.startswith(("server.domain", "server.printing"))}
        assert not far and "server.printing.slips.filling" not in of_hub, f"{file} imports {far}"


@pytest.mark.parametrize("folder", PURE)
def test_a_pure_room_knows_no_flask_no_sql_no_clock(folder: str) -> None:
    for file in (ROOT / folder).rglob("*.py"):
        bad = {i for i in imports(file) for f in FORBIDDEN_IN_PURE if i == f or i.startswith(f"{f}.")}
        assert not bad, f"{file.relative_to(ROOT)} imports {bad}"


WALL = {
    "chaos/__main__.py": "a seed that nobody had",
    "chaos/stepped_clock/sitecustomize.py": "it is what is stepped",
    "counter_display/virtual/hall.py": "shown",
    "counter_display/virtual/modem_line.py": "what a modem stamps",
    "demo/__main__.py": "which day it is",
    "demo/city.py": "what was signed when",
    "demo/crew.py": "the hall's clock",
    "demo/district.py": "which day it is",
    "district/__main__.py": "what stands in PostgreSQL, and survives a restart",
    "district/pages.py": "logins and codes in PostgreSQL, which survive a restart",
    "district/worker.py": "what halls sent and when, in PostgreSQL",
    "kiosk/rim/admission.py": "which hour the screen says",
    "kiosk/rim/kept_book.py": "after a restart, where nothing else is left; never older than the book's newest line",
    "kiosk/rim/program.py": "the first guess of the hub's time, until it is heard",
    "kiosk/readers/virtual.py": "shown",
    "relay/site.py": "what was signed when",
    "server/commands/backups.py": "how old the last copy is, which survives a restart; which day it is",
    "server/commands/check.py": "which day it is",
    "server/commands/given.py": "the hub's clock, which verbs/hub.py judges by its count",
    "server/commands/imports.py": "which day it is",
    "server/commands/journal.py": "which day it is",
    "server/commands/reports.py": "which day it is",
    "server/commands/rounds.py": "until when a certificate is good",
    "server/commands/serving.py": "the hub's clock, which verbs/hub.py judges by its count",
    "server/caretaker.py": "it is what is measured, against a time server",
    "server/certify.py": "until when a certificate is good",
    "server/init.py": "which day it is",
    "server/health.py": "since when, as people read it; silence is counted",
    "server/outbound/deliverer.py": "what was signed when",
    "server/outbound/http_gateway.py": "what was signed when",
    "server/outbound/sending.py": "Retry-After as a date, which is the other one's wall",
    "server/outbound/to_relay.py": "what was signed when",
    "server/pages/platform.py": "what was signed when",
    "server/pages/second.py": "when a copy was made",
    "server/paced.py": "a rehearsal's day, which its programs agree on",
    "server/printing/probe/print_test.py": "printed",
    "server/serve.py": "a field of waitress's, by which nothing ends (NEVER_S)",
    "server/support.py": "a file's name, and what it says",
    "server/taking_over.py": "which day it is",
    "server/uplink/linked.py": "what the district is told",
    "server/verbs/hub.py": "the hub's clock, judged by its count",
}
"""Who reads the clock that people set, and why that is right: no interval, or one that must survive a restart."""


def test_an_interval_is_counted_and_not_read_off_a_clock_that_people_set() -> None:
    def reads(node: ast.AST) -> bool:
        if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
            return False
        return (node.value.id, node.attr) in {("time", "time"), ("datetime", "now"), ("datetime", "utcnow")}

    found = {str(file.relative_to(ROOT)) for file in python_files() if any(map(reads, nodes(file)))}
    found = {file for file in found if not file.startswith(("tests/", "bench/", "replay/"))}
    assert found == WALL.keys()


def test_views_know_no_http() -> None:
    for file in (ROOT / "server" / "views").rglob("*.py"):
        assert not {i for i in imports(file) if i.split(".")[0] in ("flask", "apiflask", "werkzeug")}, file


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
        body = tree(file).body
        assert len(body) == 1 and isinstance(body[0], ast.Expr), file


def test_every_module_says_what_it_owns() -> None:
    for file in python_files():
        assert ast.get_docstring(tree(file)), file


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


def test_run_names_modules_that_are_there() -> None:
    script = (ROOT / "run").read_text(encoding="utf-8")
    named = {*re.findall(r"python -m ([a-z_.]+)", script)} - {"pytest"}
    named |= {f"{room}.{module}" for room, module in re.findall(r"from ([a-z_.]+) import (\w+)", script)}
    assert len(named) > 8 and {name for name in named if not is_module(name)} == set()


def test_every_event_is_documented() -> None:
    page = (ROOT / "docs" / "journal.md").read_text(encoding="utf-8")
    assert [name for name in VOCABULARY if f"| `{name}` |" not in page] == []


def test_links_in_the_documents_lead_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"


# --- what is named exists ---

NAMED = re.compile(r"(?<![\w/.{<>…*:-])(?:[\w-]+/)*[\w-]+\.(?:py|md|toml|js|css|html|typ|sql|po)\b(?![\w/(*])")
FOLDERS = re.compile(
    rf"(?<![\w/.-])(?:{'|'.join((*ROOMS, 'config', 'docs', 'tests', 'deploy', 'data'))})(?:/[\w-]+)*/(?=[\s`).,;:]|$)"
)
MADE_OR_MEANT = {
    "voice.toml": "a hall's own language",
    "voice/cmn/voice.toml": "a hall's own texts",
    "vendor.toml": "a hall's own frame",
    "frame.toml": "a hall's own frame",
    "HALL.toml": "an argument",
    "hall.toml": "a hall's own file",
    "check.py": "the script in a bundle",
    "page.html": "of a bundle",
    "rows.json": "of a bundle",
    "district.toml": "a district's own file",
    "proof.json": "of a bundle",
    "places.toml": "of a relay's own folder",
}
"""Names of files that are made at run time, or stand for a hall's own."""


def files() -> list[str]:
    """Every file of the repository, the new ones too."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [name for name in listed if (ROOT / name).exists()]


@cache
def told_in(file: Path) -> list[tuple[int, str]]:
    return [*_told(file)]


def _told(file: Path) -> Iterator[tuple[int, str]]:
    """Line and text of everything that is said to a reader: a document whole, of a program docstrings and comments."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".py":
        for node in nodes(file):
            if (
                isinstance(node, ast.Expr)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
            ):
                yield from enumerate(node.value.value.splitlines(), start=node.lineno)
        for number, line in enumerate(text.splitlines(), start=1):
            if said := re.search(r"(?:^\s*|  )# .*", line):
                yield number, said.group()
    elif file.suffix in (".md", ""):
        yield from enumerate(text.splitlines(), start=1)
    else:
        marks = {
            ".toml": r"#.*",
            ".js": r"//.*|^\s*/?\*.*",
            ".css": r"/\*.*",
            ".typ": r"//.*",
            ".html": r"\{#.*|<!--.*",
        }
        for number, line in enumerate(text.splitlines(), start=1):
            if said := re.search(marks[file.suffix], line):
                yield number, said.group()


def readers_files() -> list[Path]:
    suffixes = (".py", ".md", ".toml", ".js", ".css", ".typ", ".html")
    kept = [name for name in files() if not name.startswith("tests/data/") and name != "CHANGELOG.md"]
    return [ROOT / name for name in kept if name.endswith(suffixes) or name in ("run", ".ci/run")]


def test_every_file_that_is_named_exists() -> None:
    """By its path in the repository, or by its name alone if it stands in the same folder."""
    there, wrong = {*files()}, []
    for file in readers_files():
        here = file.parent.relative_to(ROOT)
        for number, line in told_in(file):
            for name in NAMED.findall(re.sub(r"https?://\S+|\{%.*?%\}", "", line)):
                beside = os.path.normpath(here / name)
                if name not in there and beside not in there and name not in MADE_OR_MEANT:
                    wrong.append(f"{file.relative_to(ROOT)}:{number}: {name}")
            wrong += [
                f"{file.relative_to(ROOT)}:{number}: {name}"
                for name in FOLDERS.findall(line)
                if not (ROOT / name).is_dir()
            ]
    assert wrong == []


def test_every_section_that_is_quoted_exists() -> None:
    """`docs/wording.md 4.2` is a heading of that page, `docs/duties.md S16` a row of it."""
    wrong = []
    for file in readers_files():
        said = " ".join(line.strip() for _, line in told_in(file))
        for page, section in re.findall(r"(docs/[\w-]+\.md) (S?\d[\d.]*\d|S?\d+)\b", said):
            if not re.search(rf"^(?:#+ {re.escape(section)}[ .]|\| {section} \|)", (ROOT / page).read_text(), re.M):
                wrong.append(f"{file.relative_to(ROOT)}: {page} {section}")
    assert wrong == []


def test_every_vector_of_the_devices_page_is_held_by_the_test_it_names() -> None:
    rows = [
        line.split(" | ")
        for line in (ROOT / "docs/devices.md").read_text(encoding="utf-8").splitlines()
        if "| `" in line
    ]
    assert len(rows) > 8
    for row in rows:
        vector = row[0].strip("|` ").replace(" ", "")
        for test in re.findall(r"`(tests/\S+)`", row[-1]):
            held = re.sub(r'[\s"\\]', "", (ROOT / test).read_text(encoding="utf-8")).replace("HEAD+", "").lower()
            assert vector in held, f"{test} does not hold {vector}"


# --- one name, one thing ---

ROOMS_OF_A_NOUN = tuple(
    f"server/{room}" for room in ("domain", "verbs", "views", "pages", "store", "store/queries", "commands")
)
BOTH_HANDS = ("counter_display/protocols", "counter_display/virtual/devices")
"""A language of boards and the device that reads it by code of its own bear one name."""
TWICE = {
    "answers.py": "a board's answers out of pieces; a virtual printer's",
    "codes.py": "a ticket's code: decided, read by a scanner, shown on a page",
    "counter.py": "its routes; what bench measures of it",
    "district.py": "the demo of one; what bench measures of one",
    "events.py": "the hall's vocabulary; the kiosk's",
    "hall.py": "the live page; and a hall to measure, to show, to plug in",
    "history.py": "the past read; the past made up to be measured",
    "halls.html": "the halls of a relay; of a district",
    "indicators.html": "of a hall; of a district",
    "kiosk.py": "its routes and view; what bench measures of it",
    "language.py": "of a board; of the voice",
    "offline.py": "numbers without the hub: the hub's side, the kiosk's, what bench measures of it",
    "pads.py": "their language; what their keys mean and do",
    "page.html": "of the demo; of the virtual printer",
    "page.py": "of the demo; of the virtual devices",
    "paper.py": "the virtual printer's; what bench measures of it",
    "people.py": "the staff of a hall; who looks at a district",
    "picture.py": "a kiosk's page; a printed sheet",
    "pictures.py": "of the README; of every slip",
    "port.py": "a reader's; a printer's",
    "report.py": "the report; what bench measures of it",
    "run": "the project's; the one that CI starts",
    "sample.html": "of an inspection; of a district's numbers",
    "samples.py": "of pages; of slips",
    "sheet.py": "of paper; of a report",
    "sheets.py": "contact sheets of pages; a report's",
    "speech.py": "the programs that make sound; a virtual speech module",
    "tables.py": "of config.toml; of the store",
    "test_looks.py": "of the virtual devices' page; of the hub's pages",
    "test_pads.py": "as pads.py",
    "test_slips.py": "the keys by which they are asked for; the slips",
    "test_speech.py": "as speech.py",
    "ticket.py": "the number; the kiosk's page of it",
    "text.py": "what people read, in both languages; characters on the virtual printer's paper",
    "tickets.py": "its routes and view; what bench measures of them",
    "ways.py": "between the kiosk's screens; from a figure to its visits",
    "uplink.py": "what a hall and its district say to each other; what bench measures of it",
}
"""Names that stand twice on purpose, and for what; whatever else does is renamed."""


def test_no_name_stands_twice_but_meant_pairs() -> None:
    places: dict[str, list[str]] = {}
    for name in files():
        if not name.startswith("tests/data/") and Path(name).name not in ("__init__.py", "__main__.py", "conftest.py"):
            places.setdefault(Path(name).name, []).append(str(Path(name).parent).removeprefix("tests/"))
    twice = {name for name, folders in places.items() if len(folders) > 1 and not one_thing(folders)}
    assert twice == {*TWICE}, {name: places[name] for name in twice ^ {*TWICE}}


def one_thing(folders: list[str]) -> bool:
    """A noun of the hub in its rooms, a board's language from both sides, or a part of a page beside other pages'."""
    scripts = all(folder.startswith("server/static/") for folder in folders)
    return {*folders} <= {*ROOMS_OF_A_NOUN} or {*folders} <= {*BOTH_HANDS} or scripts


# --- documents for those who carry on ---


def test_each_word_of_the_list_is_in_the_code() -> None:
    page = (ROOT / "docs" / "words.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| `([^`]+)` \|$", page, re.M)
    assert len(rows) > 60 and len({zh for zh, _, _ in rows}) == len(rows), "a Chinese word stands twice"
    known = {*re.findall(r"\w+", " ".join(str(f.relative_to(ROOT)) for f in python_files())), "Idempotency-Key"}
    for file in python_files():
        known |= names_in(file)
    assert [code for _, _, code in rows if code not in known] == []


def names_in(file: Path) -> set[str]:
    """Names of classes, functions, constants and fields, and texts that are one word: kinds and keys."""
    found: set[str] = set()
    for node in nodes(file):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            found.add(node.value)
    return found


def test_each_test_that_a_document_names_exists() -> None:
    for page in ROOT.glob("docs/*.md"):
        for file, test in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page.read_text(encoding="utf-8")):
            body = (ROOT / file).read_text(encoding="utf-8")
            assert re.search(rf"^ *def {test}\(", body, re.M), f"{page.name}: {file}::{test}"


def test_how_to_change_is_told_for_every_kind() -> None:
    page = (ROOT / "docs" / "change.md").read_text(encoding="utf-8")
    kinds = ("verb", "slip", "board", "printer model", "page", "figure", "config key", "register", "migration")
    assert [kind for kind in kinds if not re.search(rf"^## A {kind}\b", page, re.M)] == []


def test_each_promise_has_a_test_and_each_figure_a_bench() -> None:
    page = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ") and not line.startswith(("| promise", "|--"))]
    assert len(rows) > 20
    for row in rows:
        benches = re.findall(r"`\./run bench (\w+)`", row)
        assert "`tests/" in row or benches, row
        assert all((ROOT / "bench" / f"{name}.py").exists() for name in benches), row


def test_every_dependency_is_named_with_its_licence() -> None:
    notices = (ROOT / "NOTICE").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    direct = [re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in wanted]
    locked = re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(), re.M)
    named = re.findall(r"^([\w.-]+)  +\S", notices, re.M)
    assert {*direct, *locked} - {*named} == set()
    assert project["license"] == "Apache-2.0" and "Version 2.0, January 2004" in (ROOT / "LICENSE").read_text()


def test_every_module_that_is_named_exists() -> None:
    """`server.domain.rules` or `python -m kiosk`, in a document, a docstring or a comment."""
    rooms = "|".join((*ROOMS, *SHARED))
    wrong = []
    for file in readers_files():
        for number, line in told_in(file):
            named = re.findall(rf"(?<![\w/.-])((?:{rooms})(?:\.[a-z_]\w+)+)", "" if file.suffix == ".toml" else line)
            named = [n for n in named if not n.endswith((".py", ".toml")) and not n.startswith("config.")]
            for name in (*named, *re.findall(r"python -m ([a-z_.]+[a-z_])", line)):
                if not is_module(name) and not is_module(name.rpartition(".")[0]) and name not in ("pytest", "venv"):
                    wrong.append(f"{file.relative_to(ROOT)}:{number}: {name}")
    assert wrong == []


def test_the_map_in_both_languages_has_every_room() -> None:
    packages = {str(file.parent.relative_to(ROOT)) for room in ROOMS for file in (ROOT / room).rglob("__init__.py")}
    rooms = packages - {"counter_display/virtual/devices"} | {
        "config",
        "intake",
        "tests",
        "deploy",
        "translations",
        "data",
    }
    for name in ("README.md", "README.zh-CN.md"):
        page = (ROOT / name).read_text(encoding="utf-8")
        assert [room for room in sorted(rooms) if f"`{room}/`" not in page] == [], name
