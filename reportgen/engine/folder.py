"""The temporary folder of a run (临时文件夹): its processes write there and nowhere else; it goes when the run ends."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

PREFIX = ".reportgen-work-"
"""How the name of every such folder begins (文件夹名开头); behind it stands the number of the process."""

_LOCK = "lock"
# Younger ones may belong to a run that is about to lock them.
_YOUNG = 60


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder for this run (本次运行的临时文件夹), removed at its end; so are those that killed runs have left."""
    _sweep(Path(tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    try:
        with (folder / _LOCK).open("wb") as lock:
            _try_lock(lock)
            inside = folder / "files"
            inside.mkdir()
            yield inside
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(place: Path) -> None:
    """Remove the folders of runs that are no more: the system unlocks what a killed process had locked."""
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
