"""What costs seconds to make is made once in a run of the tests (只做一次), whichever worker is the first."""

from __future__ import annotations

import atexit
import os
import pickle
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
PLACE = "REPORTGEN_TESTS_KEPT"


@cache
def place() -> Path:
    """The folder of this run, the same for all workers: who starts them has made it and removes it."""
    if PLACE not in os.environ:
        folder = tempfile.mkdtemp(prefix="reportgen-tests-")
        os.environ[PLACE] = folder
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(os.environ[PLACE])


def kept_folder(name: str, fill: Callable[[Path], Any]) -> Path:
    """The folder of that name, filled once."""
    folder = place() / name
    with _alone(folder):
        if not folder.exists():
            fresh = folder.with_name(f"{name}.new{os.getpid()}")
            fresh.mkdir()
            fill(fresh)
            fresh.rename(folder)
    return folder


def kept(name: str, make: Callable[[], T]) -> T:
    """The value of that name, made once: every caller has a copy of its own."""
    folder = kept_folder(name, lambda fresh: (fresh / "value").write_bytes(pickle.dumps(make())))
    value: T = pickle.loads((folder / "value").read_bytes())
    return value


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    try:
        import fcntl
    except ImportError:  # on Windows both workers may make it; the later one finds it there
        yield
        return
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
