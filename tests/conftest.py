"""What all tests share: the profile of their examples, their processes, and the plugin for golden files (比对基准)."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TypeAlias

import pytest
from hypothesis import settings

from reportgen.limits import holding_values
from tests.browsers import chromium  # noqa: F401  (a fixture of all tests)
from tests.kept import PLACE, place
from tests.services import service  # noqa: F401  (another one)

# The same examples on every machine and day, and no clock: a busy machine is no fault of the program.
settings.register_profile("reportgen", deadline=None, derandomize=True)
settings.load_profile("reportgen")

# Ours, whether this package is installed with its entry point or not: pytest takes both for the same.
pytest_plugins = ["reportgen.testing.plugin", "tests.reliability.tally"]


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


Hold: TypeAlias = Callable[..., None]


@pytest.fixture
def hold() -> Iterator[Hold]:
    """Sets limits for the rest of the test, by group and key, as low as it likes: `hold(tables={"rows": 3})`."""
    with ExitStack() as until_the_end:
        yield lambda **groups: until_the_end.enter_context(holding_values(groups))


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(place(), ignore_errors=True)
