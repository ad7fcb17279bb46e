"""The import law (楼层): an import goes down, never up; each library has its one floor; no room without a name."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import reportgen

PACKAGE = Path(reportgen.__file__).parent
MODULES = {
    ".".join(("reportgen", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}

# Third-party libraries and the only modules that may import them, as the start of a module's name.
OWNERS = {
    "docx": ("reportgen.review.readback",),
    "weasyprint": ("reportgen.writers.pdf",),
    "typst": ("reportgen.writers.typst",),
    "fontTools": ("reportgen.writers.fonts",),
    "lxml": (
        "reportgen.review.readback",
        "reportgen.word",
        "reportgen.proof.review_copy.word_copy",
        "reportgen.ledger.files.ods",
        "reportgen.ledger.files.xlsx_rows",
        "reportgen.ledger.files.xlsx_book",
        "reportgen.ledger.files.workbook_",
    ),
    "pikepdf": (
        "reportgen.review.readback_pdf",
        "reportgen.review.readback_marks",
        "reportgen.comparison.contents.page_fingerprints",
    ),
    "pypdfium2": (
        "reportgen.review.readback_pdf",
        "reportgen.review.opening",
        "reportgen.review.page_reading",
        "reportgen.comparison.pages.page_pictures",
        "reportgen.comparison.files.pair",
    ),
    "PIL": ("reportgen.comparison.pages.page_pictures", "reportgen.comparison.pages.page_spots"),
    "rapidfuzz": (
        "reportgen.proof.families.near_duplicates",
        "reportgen.comparison.counterparts",
        "reportgen.comparison.letters",
        "reportgen.likeness",
        "reportgen.changes",
    ),
    "distributed": ("reportgen.engine.cluster", "reportgen.engine.on_worker"),
    "pebble": ("reportgen.processes",),
    "rich": ("reportgen.cli",),
    "pandas": ("reportgen.unit_sets.statistics",),
    "openpyxl": ("reportgen.ledger.files.xls", "reportgen.ledger.files.workbook"),
    "xlrd": ("reportgen.ledger.files.xls",),
    "jinja2": (
        "reportgen.template.phrases",
        "reportgen.template.measures",
        "reportgen.pages",
        "reportgen.service.pages",
    ),
    "fastapi": ("reportgen.service.app", "reportgen.service.doors", "reportgen.service.pages", "reportgen.service.api"),
    "starlette": (
        "reportgen.service.app",
        "reportgen.service.doors",
        "reportgen.service.pages",
        "reportgen.service.api",
    ),
    "uvicorn": ("reportgen.service.serving",),
    "sqlalchemy": ("reportgen.service.store", "reportgen.service.jobs", "reportgen.service.office"),
    "alembic": ("reportgen.service.store",),
    "pwdlib": ("reportgen.service.doors",),
    "prometheus_client": ("reportgen.service.doors",),
    "matplotlib": ("reportgen.writers.charts",),
    "pptx": ("reportgen.writers.docx_charts",),
    "yaml": ("reportgen.source", "reportgen.yaml_nodes"),
    "pydantic": (
        "reportgen.template.schema",
        "reportgen.template.limits_block",
        "reportgen.template.loading",
        "reportgen.comparison.files.ignoring_file",
        "reportgen.service.api",
    ),
    "regex": ("reportgen.comparison.files.masking", "reportgen.comparison.files.ignoring_file"),
    "typer": ("reportgen.cli",),
    "pytest": ("reportgen.testing",),
    "syrupy": ("reportgen.testing.snapshots",),
}


def floors() -> dict[str, int]:
    """Floor of each module and folder, read off the house's plan in `reportgen/__init__.py`."""
    found: dict[str, int] = {"reportgen": 0}
    floor = 0
    for line in (reportgen.__doc__ or "").splitlines():
        # `1 document  styles …   what they are`: the names end at a gap, explanation or colon.
        if match := re.match(r"(\d)?\s{1,2}([a-z_]+/?(?:  ?[a-z_]+/?|; ?[a-z_]+)*)(?:\s{2,}\S.*)?$", line):
            floor = int(match[1]) if match[1] else floor
            for name in match[2].replace(";", " ").split():
                found[f"reportgen.{name.rstrip('/')}"] = floor
    found["reportgen.__main__"] = max(found.values())
    return found


FLOORS = floors()


def floor_of(module: str) -> int | None:
    """The floor of a module or of the folder that it lies in."""
    return FLOORS.get(".".join(module.split(".")[:2])) if module != "reportgen" else 0


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports(path: Path) -> tuple[tuple[int, str], ...]:
    """Line and name of everything that a file imports, wherever in it: in functions, under TYPE_CHECKING."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield node.lineno, full if full in MODULES else str(node.module)


def test_the_plan_names_every_module() -> None:
    assert [name for name in MODULES if floor_of(name) is None] == []


def within(package: str) -> Iterator[tuple[str, int, str]]:
    """Module, line and name of everything of that package that a module of it imports."""
    for module, path in MODULES.items():
        if f"{module}.".startswith(package):
            yield from ((module, line, name) for line, name in imports(path) if f"{name}.".startswith(package))


def test_imports_go_down() -> None:
    faults = []
    for module, line, name in within("reportgen."):
        mine, theirs = floor_of(module), floor_of(name)
        assert mine is not None
        assert theirs is not None, f"{module}:{line} imports {name}, which the plan does not name"
        # Rooms of floor 2 know nothing of each other but the ledger; a template their values only.
        room, other = f"{module}.".split(".")[1], f"{name}.".split(".")[1]
        values = ("reportgen.ledger.model", "reportgen.changes.model")
        known = name in values if room == "template" else other == "ledger"
        aside = mine == theirs == 2 and room != other and not known
        if theirs > mine or aside:
            faults.append(f"{module}:{line} imports {name}")
    assert faults == []


SERVICE_FLOORS = {
    "model": 0, "refusals": 0, "settings": 0, "settings_file": 0, "store": 1, "work": 1, "jobs": 2, "office": 3,
    "doors": 4, "pages": 5, "api": 5, "app": 6, "serving": 7,
}  # fmt: skip


def test_imports_go_down_inside_the_service() -> None:
    faults = []
    for module, line, name in within("reportgen.service."):
        if "reportgen.service" in (module, name):
            continue
        room, other = module.split(".")[2], name.split(".")[2]
        mine, theirs = SERVICE_FLOORS[room], SERVICE_FLOORS[other]
        aside = mine == theirs and room != other and mine != 0
        if theirs > mine or aside:
            faults.append(f"{module}:{line} imports {name}")
    assert faults == []


def test_nothing_below_the_roof_imports_problems_users() -> None:
    assert [name for _, name in imports(MODULES["reportgen.problems"]) if name.startswith("reportgen")] == []


def test_problems_is_standard_library_only() -> None:
    roots = {name.partition(".")[0] for _, name in imports(MODULES["reportgen.problems"])}
    assert roots <= sys.stdlib_module_names


def test_each_library_has_its_floor() -> None:
    users: dict[str, set[str]] = {library: set() for library in OWNERS}
    for module, path in MODULES.items():
        for _, name in imports(path):
            users.get(name.partition(".")[0], set()).add(module)
    for library, modules in users.items():
        assert {each for each in modules if not each.startswith(OWNERS[library])} == set(), library
        assert modules, f"nobody uses {library} any more: take it out of this table"


def test_writers_know_nothing_of_ledgers_nor_ledgers_of_documents() -> None:
    forbidden = [("reportgen.writers", "reportgen.ledger"), ("reportgen.writers", "reportgen.template")]
    rooms = ("reportgen.ledger", "reportgen.intake", "reportgen.issued")
    forbidden += [(room, f"reportgen.{name}") for room in rooms for name in ("document", "styles")]
    forbidden += [("reportgen.document", "reportgen.styles")]
    assert [
        (module, name)
        for module, path in MODULES.items()
        for _, name in imports(path)
        for above, below in forbidden
        if module.startswith(above) and name.startswith(below)
    ] == []


def test_rooms_of_proofreading_know_nothing_of_each_other() -> None:
    rooms = [f"reportgen.proof.{room}." for room in ("manuscripts", "families", "review_copy")]
    assert all(any(module.startswith(room) for module in MODULES) for room in rooms)
    assert [
        (module, name)
        for module, path in MODULES.items()
        for _, name in imports(path)
        for room in rooms
        for other in rooms
        if module.startswith(room) and room != other and name.startswith(other)
    ] == []


def test_no_module_is_a_lumber_room() -> None:
    lumber = {"utils", "util", "common", "helpers", "helper", "base", "manager", "misc", "core"}
    assert [module for module in MODULES if lumber & {*module.split(".")}] == []


def test_modules_are_short() -> None:
    lines = {module: path.read_text(encoding="utf-8").count("\n") for module, path in MODULES.items()}
    assert {module: count for module, count in lines.items() if count > 450} == {}


def test_modules_explain_themselves() -> None:
    silent = []
    for module, path in MODULES.items():
        tree = tree_of(path)
        silent += [] if ast.get_docstring(tree) else [module]
        for node in tree.body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
                silent += [] if ast.get_docstring(node) else [f"{module}.{node.name}"]
    assert silent == []


def test_no_table_is_asked_for_one_cell() -> None:
    """`table.cell(r, c)` of python-docx builds the whole grid each time: 40 s for 60 rows of 300 × 8."""
    calls = [
        f"{module}:{node.lineno}"
        for module, path in MODULES.items()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "cell"
    ]
    assert calls == []


# Who reads the inside of a file that somebody else wrote, and why that may be: in the process of its own that `confine`
# starts (the function is what it is given, or part of it), or here, where the reason says what bounds it.
_IN_WORKER = "in a process of its own"
_OWN = "the office's own ledger: as long as the office lets it be, each part counted before it is read"
READERS = {
    ("reportgen.check", "_kept"): "the office's own list of accepted findings, counted; of a manuscript in its worker",
    ("reportgen.check", "at_once"): _IN_WORKER,
    ("reportgen.check", "_manuscript_of"): _IN_WORKER,
    ("reportgen.check_files", "accepted"): _IN_WORKER,
    ("reportgen.check_files", "excel_copy"): _IN_WORKER,
    ("reportgen.check_files", "refuse_to_lose"): _IN_WORKER,
    ("reportgen.check_files", "word_review"): _IN_WORKER,
    ("reportgen.collect", "_read_beginning"): _IN_WORKER,
    ("reportgen.comparison.files.pair", "_opened"): _IN_WORKER,
    ("reportgen.comparison.files.pair", "_contents"): _IN_WORKER,
    ("reportgen.comparison.contents.word_content", "_content"): _IN_WORKER,
    ("reportgen.distribute", "distribute"): _OWN,
    ("reportgen.former", "configured_former"): _OWN,
    ("reportgen.generate", "read_inputs"): _OWN,
    ("reportgen.importing", "import_report"): _IN_WORKER,
    ("reportgen.importing", "read_report"): _IN_WORKER,
    ("reportgen.judge", "judge_ledger"): _OWN,
    ("reportgen.judge", "_new_column"): _OWN,
    ("reportgen.judge", "fill"): _IN_WORKER,
    ("reportgen.ledger.acceptances", "_accepted_in_sheet"): _IN_WORKER,
    ("reportgen.ledger.files.outside", "read_contents"): _IN_WORKER,
    ("reportgen.ledger.reading", "read_ledger"): "the reader itself",
    ("reportgen.ledger.reading", "_read_file"): "the reader itself",
    ("reportgen.lint", "_check_of"): _IN_WORKER,
    ("reportgen.lint", "_open"): _IN_WORKER,
    ("reportgen.pages.comparing_pictures", "images"): _IN_WORKER,
    ("reportgen.period_changes", "_read_one"): _IN_WORKER,
    ("reportgen.period_changes", "read_whole"): _IN_WORKER,
    ("reportgen.receiving", "_read_one"): _IN_WORKER,
    ("reportgen.target", "_read_whole"): _IN_WORKER,
    ("reportgen.testing.verdict", "refuse_unreadable"): "a report that the office's own tests have just made",
}
_READING = {
    "accept", "check_docx", "check_pdf", "draw_pages", "member_bytes", "open_document", "open_outside",
    "read_acceptances", "read_contents", "read_ledger", "read_ledger_files", "read_pdf_contents", "read_report",
    "read_whole", "read_word_contents", "read_workbook", "review_copy", "review_workbook", "set_cells",
}  # fmt: skip


def test_who_reads_the_inside_of_files_is_known_with_the_reason() -> None:
    readers = set()
    for module, path in MODULES.items():
        # The modules that take such a file apart; the service asks with equal words for other things.
        if module.startswith(("reportgen.service.api", "reportgen.service.pages", "reportgen.service.office")):
            continue
        taken = {name for node in ast.walk(tree_of(path)) if isinstance(node, ast.ImportFrom) for name in _names(node)}
        own = {node.name for node in tree_of(path).body if isinstance(node, ast.FunctionDef)}
        for function in tree_of(path).body:
            if isinstance(function, ast.FunctionDef):
                used = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)} & _READING
                if used & (taken | own) - {function.name}:
                    readers.add((module, function.name))
    assert readers == {*READERS}


def _names(node: ast.ImportFrom) -> set[str]:
    return {alias.asname or alias.name for alias in node.names if str(node.module).startswith("reportgen.")}


HEAVY = ("pandas", "weasyprint", "matplotlib", "fastapi", "docx", "openpyxl")


def test_help_loads_no_heavy_library() -> None:
    code = (
        "import sys; from reportgen.cli import main; sys.argv = ['reportgen', '--help']\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        f"print('loaded', sorted(set(sys.modules) & set({HEAVY!r})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "loaded []"
