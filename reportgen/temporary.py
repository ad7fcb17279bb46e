"""Temporary files (临时文件) of this process and of those that work for it: in one folder, which nobody finds later."""

from __future__ import annotations

import atexit
import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache, partial
from pathlib import Path

from reportgen.locks import held_folder, sweep
from reportgen.problems import CannotWrite, Location, error

PREFIX = ".reportgen-work-"
"""How the name of every such folder begins (文件夹名开头); behind it stands the number of the process."""

_remove = partial(shutil.rmtree, ignore_errors=True)


@contextmanager
def needing_room() -> Iterator[None]:
    """What is done with temporary files (要用临时空间): `CannotWrite` where the disk takes none, or no file more."""
    try:
        yield
    except OSError as fault:
        if fault.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        place = tempfile.gettempdir()
        what = f"临时文件夹「{place}」写不进去：磁盘空间不足，或文件个数已满"
        fix = "请清理这个磁盘；或用环境变量 TMPDIR 指定别处的一个文件夹"
        raise CannotWrite([error("output.cannot-write", what, fix, Location(file=place))]) from fault


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder in that of this process (临时文件夹), removed at the end with all that is in it."""
    with needing_room():
        folder = Path(tempfile.mkdtemp(dir=process_folder()))
        try:
            yield folder
        finally:
            _remove(folder)


@needing_room()
def process_folder() -> Path:
    """The one temporary folder of this process (本进程的临时文件夹), removed when it ends.

    A process that is killed leaves its folder behind: the next one that makes a folder here removes it. Where a system
    clears its temporary folders while programs run, there is a new one.
    """
    folder = _folder_of(os.getpid(), tempfile.gettempdir())
    if not folder.is_dir():
        _folder_of.cache_clear()
        folder = _folder_of(os.getpid(), tempfile.gettempdir())
    return folder


@needing_room()
def socket_folder() -> Path:
    """Where this process has its sockets (套接字目录): the same folder, or one of a shorter path."""
    own = process_folder()
    short = Path("/tmp")
    if len(os.fsencode(own)) <= _LONGEST_PATH or not os.access(short, os.W_OK):
        return own
    return _folder_of(os.getpid(), str(short))


# Of a socket's path, 104 bytes on the strictest system, without the name that Python gives it, and a folder's.
_LONGEST_PATH = 104 - len("/listener-12345678") - len("/1234567") - 1


@cache
def _folder_of(process: int, system: str) -> Path:
    place = Path(system)
    sweep(place, PREFIX, _remove)
    until_exit = ExitStack()
    atexit.register(until_exit.close)
    return until_exit.enter_context(held_folder(place, PREFIX, _remove))
