"""How much a job may use (任务限额), how often it is tried, and which of those that wait is the next."""

from __future__ import annotations

import signal
from collections.abc import Sequence

from reportgen.bounded import Bounds
from reportgen.processes import cores, is_from_outside
from reportgen.service.model import Job, JobKind
from reportgen.service.settings import Settings

LONG = frozenset({JobKind.BUILD, JobKind.COMPARE, JobKind.SETS, JobKind.FORMS, JobKind.COLLECT})
"""The kinds that may take long (耗时任务): a long ledger's pages, two reports side by side, a file for each unit."""

MANY = frozenset({JobKind.SETS, JobKind.FORMS, JobKind.COLLECT})
"""The kinds with a file for each unit (成批任务); they never have all places, so that nobody waits for them alone."""

_LARGEST_FILE = 1024**3
_OPEN_FILES = 512
# The supervisor kills by the clock; should it be held up, the system ends by computing time what still computes then.
_LATER = 30.0
# A process that others ended is no fault of the job; but what ends each time it is tried must end some day.
_TRIES_OUTSIDE = 9
_TRIES_CRASHED = 2


def bounds_of(kind: JobKind, settings: Settings, folder: str) -> Bounds:
    """What the process of a job may use (进程限额); `folder` takes its temporary files."""
    seconds = settings.long_job_seconds if kind in LONG else settings.job_seconds
    return Bounds(
        seconds=seconds,
        computing_seconds=seconds + _LATER,
        memory_bytes=settings.job_memory_mb * 1024**2,
        file_bytes=_LARGEST_FILE,
        open_files=_OPEN_FILES,
        folder=folder,
    )


def places(settings: Settings) -> int:
    """How many jobs run at once (并行数): two at least, so that a long one lets others pass."""
    return settings.workers or max(2, cores())


def next_job(waiting: Sequence[Job], running: Sequence[Job], most: int) -> Job | None:
    """Which job begins now (取下一份): the first of those that wait, in their order, for which there is a place.

    What nobody has asked for waits until a place stays free beside it.
    """
    if len(running) >= most:
        return None
    is_open = sum(job.kind in MANY for job in running) < max(1, most - 1)
    is_idle = len(running) < most - 1
    return next((job for job in waiting if _has_place(job, is_open=is_open, is_idle=is_idle)), None)


def _has_place(job: Job, *, is_open: bool, is_idle: bool) -> bool:
    return is_idle if job.kind.is_unasked else is_open or job.kind not in MANY


def may_try_again(code: int | None, crashed: int, lost: int) -> bool:
    """Whether a job is begun anew whose process ended by itself (是否重试), after so many such ends of either kind."""
    return lost < _TRIES_OUTSIDE if is_from_outside(code) else crashed < _TRIES_CRASHED


def signal_of(code: int | None) -> str:
    """What ended a process, as people who look it up call it (结束原因)."""
    if code is not None and code < 0:
        return f"信号 {-code}"
    return f"退出码 {code}" if code is not None else "原因不明"


OUT_OF_TIME = -int(getattr(signal, "SIGXCPU", 0)) or None
"""The exit code of a process that has computed for too long (超时信号)."""
