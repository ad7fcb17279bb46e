"""The process of a job as its supervisor holds it (任务进程的把手): begun clean and quickly, killed with its own."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable
from contextlib import suppress
from multiprocessing.connection import wait
from typing import Any

from reportgen.processes import clean_start, uninterrupted
from reportgen.service.jobs.process import Task, run

PRELOADED: tuple[str, ...] = ("reportgen.service.jobs.preloading",)
"""What the process that forks all others imports (预先载入), and the web process never."""


class NotStarted(Exception):
    """The system gives no process just now (进程没有启动)."""


def warm_up() -> None:
    """Start the process that forks all others (预热); it imports its libraries while nobody waits for it."""
    with suppress(OSError):
        clean_start(PRELOADED)


class Child:
    """One process with all that it begins (任务进程): its group ends with it."""

    def __init__(self, task: Task) -> None:
        try:
            # Not daemonic: a job that makes many files has processes of its own.
            self._process = clean_start(PRELOADED).Process(target=run, args=(task,), name="reportgen-job")
            with uninterrupted():
                self._process.start()
        except (OSError, EOFError, RuntimeError) as fault:
            raise NotStarted from fault
        self._pid: int = self._process.pid

    @property
    def pid(self) -> int:
        """The number of the process, and of its group (进程号)."""
        return self._pid

    @property
    def code(self) -> int | None:
        """With what it ended, negative for a signal (退出码); None while it lives."""
        code: int | None = self._process.exitcode
        return code

    def kill(self) -> None:
        """End it and all that it began (终止), if it has not ended itself; and what it left behind in any case."""
        if not hasattr(os, "killpg"):
            self._process.kill()
            return
        if self.code is None or self.code == _NOBODY_KNOWS:
            _signal(os.kill, self._pid)  # it may not be the head of its group yet
        _signal(os.killpg, self._pid)

    def join(self) -> None:
        """Wait a little for the end of one that was killed (等待结束)."""
        self._process.join(_CLOSING)

    def close(self) -> None:
        """Let go of a process that has ended (释放)."""
        with suppress(ValueError):
            self._process.close()


def ended(children: Iterable[Child], seconds: float) -> list[Child]:
    """Those that have ended (已结束的进程), waiting for the first one no longer than so many seconds."""
    by_sentinel: dict[Any, Child] = {child._process.sentinel: child for child in children}
    return [by_sentinel[each] for each in wait(list(by_sentinel), seconds)]


# What the exit code is when the process that forks the others has ended: the child may live.
_NOBODY_KNOWS = 255
_CLOSING = 5.0


def _signal(send: Callable[[int, int], None], number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        send(number, signal.SIGKILL)
