"""Who may touch the disk, and who may ask what time it is (谁能写文件，谁能看时钟): these modules, and no other."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import cache

import pytest

from tests.test_floors import MODULES

# Whatever a user finds is written by these: beside its place first, then renamed.
PUBLISHING = ("reportgen.publish", "reportgen.stages", "reportgen.unit_sets.staging", "reportgen.unit_sets.carrying")
# What nobody finds, in a folder that goes with the process; what only the service reads; locks.
WRITERS = {
    **dict.fromkeys(PUBLISHING, "publishes"),
    "reportgen.unit_sets.zipped": "packs the archive into the stage",
    "reportgen.locks": "locks, and the folders that are held by them",
    "reportgen.temporary": "the folders of temporary files",
    "reportgen.compare": "an archive's member, into a temporary folder",
    "reportgen.writers.charts_engine": "Matplotlib's list of faces, into the process's folder",
    "reportgen.writers.typst": "an empty folder for Typst to look into, in the process's",
    "reportgen.writers.pdf_warm": "Pango's rules, into the process's folder",
    "reportgen.writers.fonts": "a face for the process's folder",
    "reportgen.writers.fonts_files": "faces, into the process's folder",
    "reportgen.cli.shell": "the device that nobody reads, for a closed stream",
    "reportgen.service.api.asked": "an upload, into memory or a file without a name",
    "reportgen.service.pages.downloads": "an archive, into a file without a name",
    "reportgen.service.jobs.process": "a job's own folder",
    "reportgen.service.jobs.supervisor": "removes a job's own folder",
    "reportgen.service.work.collecting": "a job's own folder",
    "reportgen.service.work.layout": "a job's own folder",
    "reportgen.service.serving": "the service's temporary folder",
    "reportgen.service.store.opening": "the folder of the data",
    "reportgen.service.store.blobs": "the files of the service, each by its hash",
    "reportgen.testing.goldens": "removes what an earlier test has kept",
}
# A clock decides nothing of what a report says.
CLOCKS = {
    "reportgen.cli.ledgers": "whether a return is late, unless --on says the day",
    "reportgen.service.store.opening": "the one clock of the service, which tests set",
    "reportgen.locks": "whether a lock has just been made",
}

_OF_OS = frozenset(
    ["replace", "rename", "link", "symlink", "mkdir", "makedirs", "mkfifo", "remove", "unlink", "rmdir", "truncate"]
)
_OF_PATHS = frozenset(
    ["write_text", "write_bytes", "mkdir", "unlink", "rename", "symlink_to", "hardlink_to", "touch", "rmdir"]
)
_OF_SHUTIL = frozenset(["copy", "copy2", "copyfile", "copytree", "move", "rmtree", "make_archive", "unpack_archive"])
_OF_ARCHIVES = frozenset(("extractall",))
_ASKS = {
    "time": frozenset(["time", "time_ns", "localtime", "gmtime", "ctime", "asctime"]),
    "datetime": frozenset(["now", "today", "utcnow"]),
    "date": frozenset(("today",)),
}


@cache
def nodes(name: str) -> tuple[ast.AST, ...]:
    """All that is called or looked up in a module."""
    tree = ast.parse(MODULES[name].read_text(encoding="utf-8"))
    return tuple(each for each in ast.walk(tree) if isinstance(each, ast.Call | ast.Attribute))


def writes(node: ast.AST) -> bool:
    """Whether something is called, or handed on, that changes the disk."""
    if isinstance(node, ast.Attribute):
        owner = node.value.id if isinstance(node.value, ast.Name) else ""
        if owner in ("os", "shutil", "tempfile"):
            # The system's folder for them is only looked up.
            return node.attr in (_OF_OS if owner == "os" else _OF_SHUTIL) or (
                owner == "tempfile" and node.attr not in ("gettempdir", "tempdir")
            )
        return node.attr in _OF_PATHS | _OF_ARCHIVES
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name == "replace":  # of a path has one argument, of a text two
        return isinstance(function, ast.Attribute) and len(node.args) == 1 and not node.keywords
    if name == "save":  # into memory is none
        return not (node.args and isinstance(node.args[0], ast.Name) and node.args[0].id in ("buffer", "stream", "out"))
    if name not in ("open", "fdopen"):
        return False
    if isinstance(function, ast.Attribute) and getattr(function.value, "id", "") == "os" and name == "open":
        return bool(
            {"O_CREAT", "O_RDWR", "O_WRONLY", "O_APPEND"} & {getattr(each, "attr", "") for each in ast.walk(node)}
        )
    if isinstance(function, ast.Attribute) and getattr(function.value, "id", "") in ("package", "archive"):
        return False  # a member of an archive in memory
    modes = [*node.args, *(each.value for each in node.keywords if each.arg == "mode")]
    return any(
        isinstance(each, ast.Constant)
        and isinstance(each.value, str)
        and len(each.value) <= 3
        and set(each.value) & set("wax+")
        for each in modes
    )


def asks_the_time(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.attr in _ASKS.get(node.value.id, ())
    )


def doing(what: Callable[[ast.AST], bool]) -> set[str]:
    return {name for name in MODULES if any(map(what, nodes(name)))}


@pytest.mark.row("S1")
def test_only_these_modules_touch_the_disk() -> None:
    assert doing(writes) == set(WRITERS)


@pytest.mark.row("S10")
def test_only_these_modules_ask_what_time_it_is() -> None:
    assert doing(asks_the_time) == set(CLOCKS)


@pytest.mark.parametrize(
    "code",
    [
        "open(p, 'w')",
        "open(p, mode='a')",
        "p.open('xb')",
        "p.write_text(t)",
        "os.replace(a, b)",
        "a.replace(b)",
        "shutil.copyfile(a, b)",
        "tempfile.mkstemp()",
        "os.open(p, os.O_CREAT)",
        "book.save(path)",
        "archive.extractall(p)",
        "partial(shutil.rmtree, p)",
    ],
)
def test_what_touches_the_disk_is_seen(code: str) -> None:
    assert any(map(writes, ast.walk(ast.parse(code))))


@pytest.mark.parametrize(
    "code", ["open(p)", "p.open('rb')", "text.replace(a, b)", "book.save(stream)", "p.read_bytes()"]
)
def test_what_only_reads_is_not(code: str) -> None:
    assert not any(map(writes, ast.walk(ast.parse(code))))
