"""Worker processes (工作进程): each is bounded, can be killed alone, and costs nobody but the job that it had.

Pebble starts, stops and watches them. One pool of many would share a pipe and a lock: a process killed while it has
the lock keeps the others from work for a minute, a message half written spoils the pipe for all, and an idle process
killed breaks the pool. So each place here is a pool of ONE process, and a place that lost its process is made anew.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, TypeAlias

from reportgen.problems import ReportError

_Pipe: TypeAlias = "Connection[Any, Any]"


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
    DIED has the exit code of the process, negative for a signal, None where nobody knows it. LOST is a job that was
    never begun: its process ended before.
    """

    end: End
    value: Any = None
    code: int | None = None


class NoProcess(Exception):
    """No process can be started here at all (无法启动进程)."""


def cores() -> int:
    """How many cores this process may use (可用核数)."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def alone(function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any], bounds: Bounds) -> Ran:
    """What becomes of one job in a process of its own (单独运行). All must be picklable."""
    from pebble import ProcessExpired
    from pebble.concurrent import process

    context = _clean_start()
    # Its annotations call the parameter `mp_context`, its code reads `context`; a test holds that it is heeded.
    run = process(timeout=bounds.seconds, context=context)(_only_job)  # type: ignore[call-overload]
    heard, tells = context.Pipe(duplex=False)
    future = run(tells, bounds, function, args, kwargs)
    tells.close()
    try:
        return _unpacked(future.result())
    except TimeoutError:
        return Ran(End.SLOW)
    except ProcessExpired as end:
        return _died(end.exitcode, _has_begun(heard))
    finally:
        future.cancel()
        heard.close()


class Workers:
    """A few processes that take one job after another (一组工作进程); leaving the context ends them all at once.

    A process that did not bring its job to a good end is not used again.
    """

    def __init__(self, number: int, bounds: Bounds) -> None:
        self._bounds = bounds
        self._wake = threading.Event()
        self._slots: list[_Slot] = []
        self._ending: list[threading.Thread] = []
        self._number = number
        self._failed_starts = 0
        self._last_start: float | None = None

    def __enter__(self) -> Workers:
        self._slots = [_Slot(self._bounds, self._wake) for _ in range(self._number)]
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        for slot in self._slots:
            slot.stop()
        for slot in self._slots:
            self._discard(slot)
        until = time.monotonic() + _CLOSING
        for thread in self._ending:
            thread.join(max(0.0, until - time.monotonic()))

    @property
    def free(self) -> int:
        """How many jobs can be begun at once (空位)."""
        return sum(slot.key is None for slot in self._slots)

    def begin(self, key: int, function: Callable[..., Any], args: Sequence[Any], fresh: bool = False) -> None:
        """Give a job to a free process; `fresh`: to one that has had no other. `ended` tells of it by its `key`."""
        open_places = [i for i, slot in enumerate(self._slots) if slot.key is None]
        place = next((i for i in open_places if not fresh or not self._slots[i].jobs), open_places[0])
        slot = self._slots[place]
        is_used_up = bool(self._bounds.jobs) and slot.jobs >= self._bounds.jobs
        if is_used_up or (fresh and slot.jobs) or not slot.is_alive():
            slot = self._renew(place)
        slot.begin(key, function, args)

    def ended(self, seconds: float) -> list[tuple[int, Ran]]:
        """The jobs that have ended (已结束的任务), waiting for the first one no longer than so many seconds."""
        until = time.monotonic() + seconds
        while True:
            self._wake.clear()
            found = []
            for place, slot in enumerate(self._slots):
                if ran := slot.ended():
                    assert slot.key is not None
                    found.append((slot.key, ran))
                    slot.key = None
                    if ran.end not in (End.VALUE, End.REFUSED):
                        self._renew(place)
                if slot.has_started:
                    self._failed_starts, self._last_start = 0, time.monotonic()
            rest = until - time.monotonic()
            if found or rest <= 0 or self.free == self._number:
                return found
            self._wake.wait(min(_TICK, rest))

    def _renew(self, place: int) -> _Slot:
        old = self._slots[place]
        if old.jobs and not old.has_started:
            self._failed_starts += 1
            now = time.monotonic()
            # Somebody may kill processes while they start; that none ever started is another thing.
            many = self._failed_starts >= _FAILED_STARTS + self._number
            if many and (self._last_start is None or now - self._last_start > _START):
                raise NoProcess
        self._slots[place] = _Slot(self._bounds, self._wake)
        self._discard(old)
        return self._slots[place]

    def _discard(self, slot: _Slot) -> None:
        slot.stop()
        thread = threading.Thread(target=slot.join, name="reportgen-end", daemon=True)
        thread.start()
        self._ending = [*(each for each in self._ending if each.is_alive()), thread]


# How often the processes are looked at while none has said anything; so often does Pebble, too.
_TICK = 0.1
# A job that is not heard of so long beyond its limit has lost its process.
_GRACE = 3.0
# How long a process may take to start and to take its first job: machines are busy, libraries large.
_START = 60.0
_FAILED_STARTS = 3
# How long is waited at the end for processes that have been killed.
_CLOSING = 10.0


class _Slot:
    """The place of one process: a pool with nobody else in it."""

    def __init__(self, bounds: Bounds, wake: threading.Event) -> None:
        from pebble import ProcessPool

        self._bounds = bounds
        self._wake = wake
        context = _clean_start()
        self._heard: _Pipe
        self._heard, self._tells = context.Pipe(duplex=False)
        self._pool = ProcessPool(1, initializer=_begin_process, initargs=(self._tells, bounds), context=context)
        self._future: Future[bytes] | None = None
        self.key: int | None = None
        self.jobs = 0
        self.has_started = False
        self._given = 0.0
        self._begun: float | None = None
        self._dead: float | None = None

    def begin(self, key: int, function: Callable[..., Any], args: Sequence[Any]) -> None:
        self.key, self._given, self._begun = key, time.monotonic(), None
        self.jobs += 1
        # Packed, so that the process takes its job before it looks inside: what ends it there has been begun.
        packed = pickle.dumps((function, args), protocol=pickle.HIGHEST_PROTOCOL)
        try:
            self._future = self._pool.schedule(_next_job, (packed, self._bounds), timeout=self._bounds.seconds)
            self._future.add_done_callback(lambda _: self._wake.set())
        except (RuntimeError, OSError):  # the pool has broken down, or could not start a process
            self._future = None
        finally:
            # The process alone can speak now: the pipe ends when it ends. And the pool cannot start another one,
            # which would find pipe and lock as the first one left them.
            self._tells.close()

    def ended(self) -> Ran | None:
        """What became of the job; None if there is none, or it is not at its end."""
        alive = self.is_alive()
        if self.key is None:
            return None
        if self._future is None:
            return Ran(End.LOST)
        if self._future.done():
            return self._told(self._future)
        now = time.monotonic()
        if not alive:
            # Pebble knows the exit code, if it looks in time.
            self._dead = self._dead or now
            return _died(None, self._begun is not None) if now - self._dead > 5 * _TICK else None
        if self._begun is not None:
            return Ran(End.SLOW) if now - self._begun > self._bounds.seconds + _GRACE else None
        return Ran(End.LOST) if now - self._given > _START else None

    def _told(self, future: Future[bytes]) -> Ran:
        from pebble import ProcessExpired

        fault = future.exception()
        if isinstance(fault, TimeoutError):
            return Ran(End.SLOW)
        if fault is not None:
            self.is_alive()
            code = fault.exitcode if isinstance(fault, ProcessExpired) else None
            return _died(code, self._begun is not None)
        return _unpacked(future.result())

    def is_alive(self) -> bool:
        """Listens to what the process says of itself; False once it has ended."""
        if not self.jobs:
            return True
        try:
            while self._heard.poll():
                if self._heard.recv_bytes() == _STARTED:
                    self.has_started = True
                else:
                    self._begun = time.monotonic()
        except (EOFError, OSError):
            return False
        return True

    def stop(self) -> None:
        self._pool.stop()  # type: ignore[no-untyped-call]

    def join(self) -> None:
        with suppress(RuntimeError, OSError):
            self._pool.join()
        self._tells.close()
        self._heard.close()


# ---- inside the process

_STARTED = b"started"
_BEGUN = b"begun"
_tells: list[_Pipe] = []


def _begin_process(tells: _Pipe, bounds: Bounds) -> None:
    """The first lines of every process, before it sees anything of a job."""
    _tells[:] = [tells]
    # Pebble's own handler would wait for the end of a loop in C; the system does not.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _end_with_parent()
    _set_bounds(bounds)
    tells.send_bytes(_STARTED)


def _next_job(packed: bytes, bounds: Bounds) -> bytes:
    _tells[0].send_bytes(_BEGUN)
    return _packed(_run(bounds, packed))


def _only_job(
    tells: _Pipe, bounds: Bounds, function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> bytes:
    _begin_process(tells, bounds)
    tells.close()
    return _packed(_run(bounds, (function, args, kwargs)))


def _run(bounds: Bounds, job: bytes | tuple[Callable[..., Any], Sequence[Any], Mapping[str, Any]]) -> Ran:
    _set_time(bounds)
    try:
        function, args, kwargs = (*pickle.loads(job), {}) if isinstance(job, bytes) else job
        return Ran(End.VALUE, function(*args, **kwargs))
    except ReportError as fault:
        return Ran(End.REFUSED, fault)
    except BaseException as fault:
        # Libraries in C that get no memory fail in ways of their own.
        short = isinstance(fault, MemoryError) or _is_near_bound(bounds)
        return Ran(End.MEMORY) if short else Ran(End.BUG, _place(fault))


def _packed(ran: Ran) -> bytes:
    try:
        return pickle.dumps(ran, protocol=pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        return pickle.dumps(Ran(End.MEMORY))
    except Exception as fault:
        return pickle.dumps(Ran(End.BUG, _place(fault)))


def _unpacked(packed: bytes) -> Ran:
    try:
        ran: Ran = pickle.loads(packed)
    except Exception as fault:
        return Ran(End.BUG, _place(fault))
    return ran


def _clean_start() -> Any:
    """How processes begin: forking this one would copy its threads' locks in whatever state they are."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    from multiprocessing import forkserver

    # What is blocked now is blocked in all processes to come: Ctrl-C is for this one, which ends them.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return multiprocessing.get_context("forkserver")


def _end_with_parent() -> None:
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


def _set_bounds(bounds: Bounds) -> None:
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


def _place(fault: BaseException) -> str:
    """Where in this program an exception came up, without a path of this machine."""
    every = list(traceback.extract_tb(fault.__traceback__))
    frames = every[1:] or every  # the first is the caller above
    ours = [frame for frame in frames if Path(__file__).parent in Path(frame.filename).parents]
    inner = (ours or frames)[-1]
    return f"{Path(inner.filename).stem} 第 {inner.lineno} 行"


# ---- how a process ended

_OUT_OF_TIME = getattr(signal, "SIGXCPU", None)


def _died(code: int | None, has_begun: bool) -> Ran:
    if not has_begun:
        return Ran(End.LOST, code=code)
    if _OUT_OF_TIME is not None and code == -int(_OUT_OF_TIME):
        return Ran(End.SLOW)
    return Ran(End.DIED, code=code)


def _has_begun(pipe: _Pipe) -> bool:
    """Whether a process came to its first line."""
    try:
        return pipe.poll() and pipe.recv_bytes() == _STARTED
    except (EOFError, OSError):
        return False
