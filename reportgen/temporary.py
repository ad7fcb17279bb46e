"""Temporary files (临时文件) of this process and of those that work for it: in one folder, which nobody finds later."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache, partial
from pathlib import Path

from reportgen.locks import held_folder, sweep

PREFIX = ".reportgen-work-"
"""How the name of every such folder begins (文件夹名开头); behind it stands the number of the process."""

_remove = partial(shutil.rmtree, ignore_errors=True)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder in that of this process (临时文件夹), removed at the end with all that is in it."""
    folder = Path(tempfile.mkdtemp(dir=process_folder()))
    try:
        yield folder
    finally:
        _remove(folder)


def process_folder() -> Path:
    """The one temporary folder of this process (本进程的临时文件夹), removed when it ends.

    A process that is killed leaves its folder behind: the next one that makes a folder here removes it.
    """
    return _folder_of(os.getpid())


@cache
def _folder_of(process: int) -> Path:
    place = Path(tempfile.gettempdir())
    sweep(place, PREFIX, _remove)
    until_exit = ExitStack()
    atexit.register(until_exit.close)
    return until_exit.enter_context(held_folder(place, PREFIX, _remove))
