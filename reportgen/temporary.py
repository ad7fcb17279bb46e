"""Temporary files (临时文件) of this process and of those that work for it: in one folder, which nobody finds later."""

from __future__ import annotations

import atexit
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO

PREFIX = ".reportgen-work-"
"""How the name of every such folder begins (文件夹名开头); behind it stands the number of the process."""

_LOCK = "lock"
# Younger ones may belong to a process that is about to lock them.
_YOUNG = 60


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder in that of this process (临时文件夹), removed at the end with all that is in it."""
    folder = Path(tempfile.mkdtemp(dir=process_folder()))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def process_folder() -> Path:
    """The one temporary folder of this process (本进程的临时文件夹), removed when it ends.

    A process that is killed leaves its folder behind: the next one that makes a folder here removes it.
    """
    return _folder_of(os.getpid())


@cache
def _folder_of(process: int) -> Path:
    place = Path(tempfile.gettempdir())
    _sweep(place)
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{process}-", dir=place))
    lock = (folder / _LOCK).open("wb")
    _try_lock(lock)

    def remove() -> None:
        if os.getpid() == process:  # and not in one that was forked from it
            lock.close()
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    return folder


def _sweep(place: Path) -> None:
    """Remove the folders of processes that are no more: the system unlocks what a killed process had locked."""
    for folder in place.glob(f"{PREFIX}*"):
        with suppress(OSError):
            about = folder.lstat()
            is_ours = not hasattr(os, "getuid") or about.st_uid == os.getuid()
            if not (is_ours and stat.S_ISDIR(about.st_mode)) or time.time() - about.st_mtime < _YOUNG:
                continue
            with (folder / _LOCK).open("ab") as lock:
                if not _try_lock(lock):
                    continue
            shutil.rmtree(folder, ignore_errors=True)


def _try_lock(file: IO[bytes]) -> bool:
    """Lock a file until it is closed; False if another process has it."""
    try:
        import fcntl
    except ImportError:
        import msvcrt

        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
