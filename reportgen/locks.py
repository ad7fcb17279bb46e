"""Locks (文件锁): what a run works with is known as its own for as long as it lives, and as left behind afterwards.

The system lifts a lock when the process that has it ends, in whatever way, in this container or in another. Two open
files are two holders, in one process, too.
"""

from __future__ import annotations

import errno
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_LOCK = "lock"
# Between a lock's making and its taking there is less than this.
_YOUNG = 10.0
_LOOK = 0.01


def take(path: Path) -> int | None:
    """The lock at `path`, made and taken (取锁); None while another has it. Without locks everybody has it."""
    lock = os.open(path, os.O_CREAT | os.O_RDWR, 0o666)
    try:
        if _try_lock(lock) is not False and os.path.samestat(path.stat(), os.fstat(lock)):
            return lock
    except FileNotFoundError:  # the run before removed it meanwhile
        pass
    os.close(lock)
    return None


def give_back(path: Path, lock: int) -> None:
    """Remove a lock that this process has (还锁)."""
    if sys.platform == "win32":  # there, an open file cannot be removed
        os.close(lock)
    with suppress(OSError):
        path.unlink()
    if sys.platform != "win32":
        os.close(lock)


def drop(path: Path) -> None:
    """Remove the lock of a run that was killed (清理残留); one that a run has stays."""
    with suppress(OSError):
        lock = os.open(path, os.O_RDWR | _PLAIN)
        if _try_lock(lock):
            give_back(path, lock)
        else:
            os.close(lock)


@contextmanager
def held_folder(place: Path, prefix: str, clear: Callable[[Path], None]) -> Iterator[Path]:
    """A new folder `<prefix><process>-…` with a lock in it (运行目录), held until the end, when `clear` removes it."""
    process = os.getpid()
    folder, lock = _made(place, prefix)
    try:
        yield folder
    finally:
        if os.getpid() == process:  # and not in one that was forked from it
            if sys.platform == "win32":
                os.close(lock)
            clear(folder)
            if sys.platform != "win32":
                os.close(lock)


def sweep(place: Path, prefix: str, clear: Callable[[Path], None]) -> None:
    """Clear the folders of runs that were killed (清理残留); a run that is still at work keeps its own."""
    for folder in sorted(place.glob(f"{prefix}*")):
        match = re.match(r"(\d+)-", folder.name.removeprefix(prefix))
        if match and folder.is_dir() and not folder.is_symlink() and _is_abandoned(folder, int(match[1])):
            clear(folder)


def _made(place: Path, prefix: str) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-", dir=place))
        try:
            while (lock := take(folder / _LOCK)) is None:  # another run is just looking whether it is free
                time.sleep(_LOOK)
            return folder, lock
        except FileNotFoundError:  # and has taken it for one that was left behind
            continue
        except BaseException:
            with suppress(OSError):
                folder.rmdir()
            raise


def _is_abandoned(folder: Path, process: int) -> bool:
    try:
        lock = os.open(folder / _LOCK, os.O_RDWR | _PLAIN)
    except FileNotFoundError:
        return not _is_running(process)
    except OSError:
        return False
    try:
        free = _try_lock(lock)
        is_old = time.time() - os.fstat(lock).st_mtime > _YOUNG
        return (bool(free) and is_old) or (free is not False and not _is_running(process))
    finally:
        os.close(lock)


# In a folder that all may write to, a lock may be a trap of somebody else's.
_PLAIN = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


def _try_lock(lock: int) -> bool | None:
    """Whether the open file has the lock now; None where files cannot be locked."""
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(lock, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as fault:
        return False if fault.errno in (errno.EACCES, errno.EAGAIN) else None
    return True


def _is_running(process: int) -> bool:
    if sys.platform == "win32":  # there, signal 0 is Ctrl-C; the lock alone must tell
        return False
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True
