"""Worker processes (工作进程): each is bounded, can be killed alone, and costs nobody but the job that it had.

Pebble starts, stops and watches them. One pool of many would share a pipe and a lock: a process killed while it has
the lock keeps the others from work for a minute, a message half written spoils the pipe for all, and an idle process
killed breaks the pool. So each place here is a pool of ONE process, and a place that lost its process is made anew.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any

from reportgen.bounded import STARTED, Bounds, End, Pipe, Ran, begin_process, next_job, only_job, unpacked
from reportgen.limits import carried
from reportgen.problems import EnvironmentLacking, Location, error
from reportgen.temporary import socket_folder


class NoProcess(Exception):
    """No process can be started here at all (无法启动进程)."""


def not_begun(what: str, where: Location | None = None) -> EnvironmentLacking:
    """What a person is told then (进程没有启动): `what` could not be done."""
    fix = (
        "请再运行一次；如果是自己的 Python 程序调用，请把调用写在 if __name__ == '__main__': 之下；"
        "仍然不行，请交给维护人员"
    )
    return EnvironmentLacking([error("program.not-begun", what, fix, where)])


def cores() -> int:
    """How many cores this process may use (可用核数)."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def alone(function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any], bounds: Bounds) -> Ran:
    """What becomes of one job in a process of its own (单独运行). All must be picklable."""
    from pebble import ProcessExpired
    from pebble.concurrent import process

    try:
        context = clean_start()
        heard, tells = context.Pipe(duplex=False)
    except OSError:  # the system gives no more files
        return Ran(End.LOST)
    # Its annotations call the parameter `mp_context`, its code reads `context`; a test holds that it is heeded.
    run = process(timeout=bounds.seconds, context=context)(only_job)  # type: ignore[call-overload]
    try:
        with uninterrupted():
            future = run(tells, bounds, *carried(function, args, kwargs), {})
    except (OSError, EOFError, RuntimeError):  # the system gives no process, or no thread
        heard.close()
        return Ran(End.LOST)
    finally:
        tells.close()
    try:
        return unpacked(future.result())
    except TimeoutError:
        return Ran(End.SLOW)
    except ProcessExpired as end:
        return _died(end.exitcode, _has_started(heard))
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

    def __enter__(self) -> Workers:
        for _ in range(self._number):
            try:
                self._slots.append(_Slot(self._bounds, self._wake))
            except OSError:
                break
        if not self._slots:
            raise NoProcess
        self._number = len(self._slots)  # fewer where the system gives no more
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
                    self._failed_starts = 0
            rest = until - time.monotonic()
            if found or rest <= 0 or self.free == self._number:
                return found
            self._wake.wait(min(_TICK, rest))

    def _renew(self, place: int) -> _Slot:
        old = self._slots[place]
        if old.jobs and not old.has_started:
            self._failed_starts += 1
            rounds, rest = divmod(self._failed_starts, _FAILED_STARTS + self._number)
            if rest == 0 and (rounds >= _FAILED_ROUNDS or not self._can_start()):
                raise NoProcess
        try:
            self._slots[place] = _Slot(self._bounds, self._wake)
        except OSError:
            raise NoProcess from None
        self._discard(old)
        return self._slots[place]

    def _can_start(self) -> bool:
        """Whether a process starts, unless it is killed while it does; one that ends there by itself always will."""
        ran = alone(bool, (), {}, self._bounds)
        return ran.end is End.VALUE or is_from_outside(ran.code)

    def _discard(self, slot: _Slot) -> None:
        slot.stop()
        thread = threading.Thread(target=slot.join, name="reportgen-end", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # the system gives no more threads
            slot.join()
            return
        self._ending = [*(each for each in self._ending if each.is_alive()), thread]


# How often the processes are looked at while none has said anything; so often does Pebble, too.
_TICK = 0.1
# A job that is not heard of so long beyond its limit has lost its process.
_GRACE = 3.0
# How long a process may take to start and to take its first job: machines are busy, libraries large.
_START = 60.0
# After how many failed starts, beside one in each place, it is asked whether any can succeed, and how often at most.
_FAILED_STARTS = 3
_FAILED_ROUNDS = 10
# How long is waited at the end for processes that have been killed.
_CLOSING = 10.0


class _Slot:
    """The place of one process: a pool with nobody else in it."""

    def __init__(self, bounds: Bounds, wake: threading.Event) -> None:
        from pebble import ProcessPool

        self._bounds = bounds
        self._wake = wake
        context = clean_start()
        self._heard: Pipe
        self._heard, self._tells = context.Pipe(duplex=False)
        self._pool = ProcessPool(1, initializer=begin_process, initargs=(self._tells, bounds), context=context)
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
        packed = pickle.dumps(carried(function, args, {}), protocol=pickle.HIGHEST_PROTOCOL)
        try:
            with uninterrupted():
                self._future = self._pool.schedule(next_job, (packed, self._bounds), timeout=self._bounds.seconds)
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
            return _died(None, self.has_started) if now - self._dead > _GRACE else None
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
            return _died(code, self.has_started)
        return unpacked(future.result())

    def is_alive(self) -> bool:
        """Listens to what the process says of itself; False once it has ended."""
        if not self.jobs:
            return True
        try:
            while self._heard.poll():
                if self._heard.recv_bytes() == STARTED:
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


def clean_start(preload: Sequence[str] = ()) -> Any:
    """How processes begin (启动方式): forking this one would copy its threads' locks in whatever state they are.

    `preload` is what every process will need besides: whoever starts the first one here says so for all.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    from multiprocessing import forkserver, resource_tracker

    # The forkserver has a socket in a folder, which would outlive a process that is killed.
    ours = multiprocessing.current_process()._config  # type: ignore[attr-defined]
    if "tempdir" not in ours:  # a process that was told by the one that it works for makes none of its own
        ours["tempdir"] = str(socket_folder())
    # What every process needs is imported once for all of them, beside the main module, which is so by default.
    every = ["reportgen.fork_server", "__main__", "reportgen.bounded", "pebble"]
    multiprocessing.set_forkserver_preload([*every, *preload])
    resource_tracker.ensure_running()  # first: where it starts, it unblocks what was blocked
    with uninterrupted():
        forkserver.ensure_running()
    return multiprocessing.get_context("forkserver")


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Puts Ctrl-C off for a moment (暂缓中断), and for good in the processes and threads that are begun meanwhile.

    Ctrl-C is for this process, which ends the others; half begun ones would complain of what they do not find.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# ---- how a process ended

_OUT_OF_TIME = getattr(signal, "SIGXCPU", None)
# By which signals others end a process: the system when memory runs short, people, services.
_FROM_OUTSIDE = {-int(each) for name in ("SIGKILL", "SIGTERM") if (each := getattr(signal, name, None))}
# What is said of a process when the one that forked it has ended.
_FORKSERVER_GONE = 255


def is_from_outside(code: int | None) -> bool:
    """Whether a process was ended, as its exit code tells (被外部终止), by what no job of its own does to it."""
    return code in _FROM_OUTSIDE or code == _FORKSERVER_GONE


def gave_up(code: int | None) -> bool:
    """Whether a process ended itself (自行中止), as Rust and C do where a bound leaves them no memory."""
    return code == -int(signal.SIGABRT)


def _died(code: int | None, has_started: bool) -> Ran:
    if not has_started:
        return Ran(End.LOST, code=code)
    if _OUT_OF_TIME is not None and code == -int(_OUT_OF_TIME):
        return Ran(End.SLOW)
    return Ran(End.DIED, code=code)


def _has_started(pipe: Pipe) -> bool:
    """Whether a process came to its first line."""
    try:
        return pipe.poll() and pipe.recv_bytes() == STARTED
    except (EOFError, OSError):
        return False
