"""Inside a worker process (受限运行): its bounds, its end with its parent, and what it tells of its job."""

from __future__ import annotations

import math
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from enum import Enum
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeAlias

from reportgen.problems import ReportError

Pipe: TypeAlias = "Connection[Any, Any]"
"""One end of a pipe between processes (管道)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a process may use (进程限额); 0 or empty is no bound.

    `seconds` are by the clock and for one job, `computing_seconds` what it may compute in them; `jobs` is after how
    many a process is replaced. `folder` is where it puts its temporary files.
    """

    seconds: float
    computing_seconds: float = 0
    memory_bytes: int = 0
    file_bytes: int = 0
    open_files: int = 0
    jobs: int = 0
    folder: str = ""


class End(Enum):
    """How a job ended in its process (结束方式)."""

    VALUE = "value"
    REFUSED = "refused"
    MEMORY = "memory"
    BUG = "bug"
    SLOW = "slow"
    DIED = "died"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of a job (运行结果).

    VALUE has its value, REFUSED the `ReportError` that was raised, BUG where in the program another exception came up.
    DIED has the exit code of the process, negative for a signal, None where nobody knows it. LOST is a job whose
    process never came to its first line.
    """

    end: End
    value: Any = None
    code: int | None = None


STARTED = b"started"
"""What a process says before it sees anything of a job (已启动)."""
BEGUN = b"begun"
"""What it says at the beginning of each job (已开始)."""
_tells: list[Pipe] = []


def begin_process(tells: Pipe, bounds: Bounds) -> None:
    """The first lines of every process (启动工作进程), before it sees anything of a job."""
    _tells[:] = [tells]
    # Pebble's own handler would wait for the end of a loop in C; the system does not.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with_parent()
    set_bounds(bounds)
    tells.send_bytes(STARTED)


def next_job(packed: bytes, bounds: Bounds) -> bytes:
    """One of many jobs (下一份任务): a packed function and its arguments in, what became of it out, packed."""
    _tells[0].send_bytes(BEGUN)
    return _packed(ran_here(bounds, packed))


def only_job(
    tells: Pipe, bounds: Bounds, function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> bytes:
    """The one job of a process (唯一任务); what became of it, packed."""
    begin_process(tells, bounds)
    tells.close()
    return _packed(ran_here(bounds, (function, args, kwargs)))


def ran_here(bounds: Bounds, job: bytes | tuple[Callable[..., Any], Sequence[Any], Mapping[str, Any]]) -> Ran:
    """What becomes of a job in this process (就地运行); whoever is bounded tells of it himself."""
    _set_time(bounds)
    try:
        function, args, kwargs = (*pickle.loads(job), {}) if isinstance(job, bytes) else job
        return Ran(End.VALUE, function(*args, **kwargs))
    except ReportError as fault:
        return Ran(End.REFUSED, fault)
    except BaseException as fault:
        # Libraries in C that get no memory fail in ways of their own.
        short = isinstance(fault, MemoryError) or _is_near_bound(bounds)
        return Ran(End.MEMORY) if short else Ran(End.BUG, place_of(fault))


def _packed(ran: Ran) -> bytes:
    try:
        return pickle.dumps(ran, protocol=pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        return pickle.dumps(Ran(End.MEMORY))
    except Exception as fault:
        return pickle.dumps(Ran(End.BUG, place_of(fault)))


def unpacked(packed: bytes) -> Ran:
    """What a process has told of its job (运行结果), unpacked by the one that it works for."""
    try:
        ran: Ran = pickle.loads(packed)
    except Exception as fault:
        return Ran(End.BUG, place_of(fault))
    return ran


def begin_alone(bounds: Bounds) -> None:
    """The first lines of a process that starts others (启动任务进程): they are its group, so that all can be ended."""
    if hasattr(os, "setsid"):
        os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with_parent()
    set_bounds(bounds)


@contextmanager
def bounded_more(bounds: Bounds) -> Iterator[Bounds]:
    """Bounds this process more closely for a while (临时限额): computing time and memory are counted from here on.

    Gives the bounds that hold meanwhile. Where the system keeps none, those of the whole process must do.
    """
    try:
        import resource
    except ImportError:
        yield bounds
        return
    kept = [(kind, resource.getrlimit(kind)) for kind in (resource.RLIMIT_CPU, resource.RLIMIT_AS)]
    memory, hard = kept[1][1]
    most = min(each for each in (memory, own_size() + bounds.memory_bytes) if each >= 0) if bounds.memory_bytes else 0
    if most:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    try:
        yield replace(bounds, memory_bytes=most)
    finally:
        for kind, before in kept:
            with suppress(ValueError, OSError):
                resource.setrlimit(kind, before)


def own_size() -> int:
    """How much memory this process has asked for (已占内存), in bytes; only Linux tells."""
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


def end_with_parent() -> None:
    """Ends this process when the one that it works for has ended in whatever way, in the middle of a loop in C, too."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    if sys.platform == "win32":
        threading.Thread(target=lambda: (parent.join(), os._exit(1)), daemon=True).start()
        return
    import fcntl

    pipe = parent.sentinel
    # The other end is the parent's alone. When it is closed the system sends a signal, which nobody here handles.
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)
    if not parent.is_alive():
        os._exit(1)


def set_bounds(bounds: Bounds) -> None:
    """Bounds this process, where the system does: Windows has no bounds, macOS does not keep the one of memory."""
    if bounds.folder:
        import tempfile

        os.environ.update(dict.fromkeys(("TMPDIR", "TEMP", "TMP"), bounds.folder))
        tempfile.tempdir = bounds.folder
    try:
        import resource
    except ImportError:
        return
    # An end by a bound would leave an image of the process, and of the file in it, on the disk.
    _set_bound(resource.RLIMIT_CORE, 0)
    for kind, most in (
        (resource.RLIMIT_AS, bounds.memory_bytes),
        (resource.RLIMIT_FSIZE, bounds.file_bytes),
        (resource.RLIMIT_NOFILE, bounds.open_files),
    ):
        if most:
            _set_bound(kind, most)


def _set_bound(kind: int, most: int) -> None:
    import resource

    with suppress(ValueError, OSError):  # a lower bound is set already
        resource.setrlimit(kind, (most, most))


def _set_time(bounds: Bounds) -> None:
    """Bounds the computing time of this process from here on, whatever it has done before."""
    if not bounds.computing_seconds:
        return
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = math.ceil(used.ru_utime + used.ru_stime + bounds.computing_seconds)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (most, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _is_near_bound(bounds: Bounds) -> bool:
    """Whether this process has had nearly all the memory that it may have; only Linux tells."""
    try:
        status = Path("/proc/self/status").read_bytes()
        peak = int(status.partition(b"VmPeak:")[2].split()[0]) * 1024
    except (OSError, ValueError, IndexError, MemoryError):
        return False
    return bool(bounds.memory_bytes) and peak > 0.9 * bounds.memory_bytes


def place_of(fault: BaseException) -> str:
    """Where in this program an exception came up (出错位置), without a path of this machine."""
    every = list(traceback.extract_tb(fault.__traceback__))
    frames = [frame for frame in every[1:] if frame.name != "_under"] or every  # the callers: above, and in `limits`
    ours = [frame for frame in frames if Path(__file__).parent in Path(frame.filename).parents]
    inner = (ours or frames)[-1]
    return f"{Path(inner.filename).stem} 第 {inner.lineno} 行"
