"""What all tests share: the golden files (比对基准) and how they are renewed."""

from __future__ import annotations

import difflib
import multiprocessing
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import settings

from tests.kept import PLACE, place

# The same examples on every machine and day, and no clock: a busy machine is no fault of the program.
settings.register_profile("reportgen", deadline=None, derandomize=True)
settings.load_profile("reportgen")

GOLDEN = Path(__file__).parent / "golden"
Golden: TypeAlias = Callable[[str, str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="accept what the tests made as the new golden files")


def pytest_configure(config: pytest.Config) -> None:
    # Processes still begin clean, but with the libraries imported; where this is not found, merely more slowly.
    multiprocessing.set_forkserver_preload(["tests.preloaded"])
    # The program's own list, which is a part of this one, comes too late.
    multiprocessing.set_forkserver_preload = lambda module_names: None
    if not hasattr(config, "workerinput"):
        os.environ.pop(PLACE, None)
        place()
    _keep_bytecode(config)
    # WeasyPrint 70 opens its colour profile for PDF/A and leaves it to the garbage collector.
    config.addinivalue_line("filterwarnings", r"ignore:unclosed file .*sRGB2014\.icc:ResourceWarning")


def _keep_bytecode(config: pytest.Config) -> None:
    """Where Python may not leave bytecode in the tree, every process would compile the program and the tests anew."""
    if sys.pycache_prefix is None and sys.dont_write_bytecode:
        sys.dont_write_bytecode = False
        sys.pycache_prefix = str(config.rootpath / ".pytest_cache" / "bytecode")
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(place(), ignore_errors=True)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compares a text with the golden file of that name under `tests/golden/`."""
    update = bool(request.config.getoption("--update-golden"))
    if update and os.environ.get("CI"):
        raise pytest.UsageError("--update-golden is not for CI: look at the new files, then commit them")

    def compare(name: str, made: str) -> None:
        path = GOLDEN / name
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made, encoding="utf-8", newline="\n")
        kept = path.read_text(encoding="utf-8") if path.is_file() else ""
        if made != kept:
            lines = difflib.unified_diff(kept.splitlines(), made.splitlines(), f"golden/{name}", "made", lineterm="")
            accept = f"python -m pytest {request.node.nodeid.partition('[')[0]} --update-golden"
            pytest.fail("\n".join([*lines, "", f"If this is meant: {accept}"]), pytrace=False)

    return compare
