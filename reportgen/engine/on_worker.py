"""What a worker of a Dask cluster does (工作节点上的渲染): each job in a child process, within the limits of a job.

Nothing of a job runs in the worker's own process: parallel threads of WeasyPrint spoil the heap, and a thread cannot
be killed. The processes are kept for the next job and end when none comes, or when the worker ends, in whatever way.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import multiprocessing
import pickle
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

from reportgen.bounded import End, Ran
from reportgen.engine.model import Ended, Facts, Job, RenderLimits
from reportgen.engine.tries import Try, bounds_for, has_ended, told_of
from reportgen.problems import ReportError
from reportgen.processes import NoProcess, Workers
from reportgen.temporary import temporary_folder

# A process without work ends after so many seconds.
_IDLE_SECONDS = 30.0
# How often a job looks whether its run has been stopped.
_LOOK_SECONDS = 0.2
_STOPPED_RUNS = 100
# A job whose process is lost before it has begun was not tried; even so it is not given to processes for ever.
_GIVEN = 12
# The digest of a machine that cannot say what it is: it agrees with none.
_UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Told:
    """What a worker tells of a job (回报): how it ended, and the digest of the facts of where it was made.

    A job of a run that was stopped, or that found no process, has no end; one that never ended well has no digest.
    """

    ended: Ended[Any] | None
    digest: str = ""


def digest_of(facts: Mapping[str, str]) -> str:
    """The facts of a machine as one hash (本机情况的摘要)."""
    return hashlib.sha256(json.dumps(dict(facts), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Call:
    """A call of `make` (调用) that is made where it is unpickled.

    A worker that lacks this program thus fails at the task; handed `make` itself, it would fail at the message and
    leave the cluster, and its nanny would start it again and again.
    """

    run: str
    limits: RenderLimits
    index: int
    name: str
    packed: bytes

    def __reduce__(self) -> tuple[Any, ...]:
        return make, (self.run, self.limits, self.index, self.name, self.packed)


def make(run: str, limits: RenderLimits, index: int, name: str, packed: bytes) -> Told:
    """Do a job (完成一份任务) of a run, in a thread of the worker; `packed` are its function, arguments and facts."""
    each = Try(index, Job(name, ()))
    for _ in range(_GIVEN):
        ran = _in_process(run, limits, packed, fresh=each.tries > 0)
        if ran is None:
            break
        if has_ended(each, ran):
            ended: Ended[Any] = told_of(each, ran, limits)
            if ended.value is None:
                return Told(ended)
            digest, value, fault = ended.value
            return Told(replace(ended, value=value, fault=fault), digest)
    return Told(None)


async def facts_here(packed: bytes, limits: RenderLimits) -> Mapping[str, str] | ReportError:
    """The facts of this worker (工作节点情况), found out where its jobs will run: in a new process.

    An old one may have the program and the faces of before an update; those that wait for work end here.
    """
    end_idle(0)
    ran = await asyncio.to_thread(_in_process, "", limits, packed, fresh=True, entry=_facts)
    if ran and ran.end is End.VALUE:
        return ran.value  # type: ignore[no-any-return]
    raise RuntimeError(ran.end.value if ran else "no process")


def stop(run: str) -> None:
    """Ends all jobs of a run on this worker (停止) within half a second, and those that have not been begun."""
    _stopped[run] = None
    for old in list(_stopped)[:-_STOPPED_RUNS]:
        del _stopped[old]


_stopped: dict[str, None] = {}


# ---- processes that wait for the next job


@dataclass
class _Place:
    """One process with its temporary folder."""

    limits: RenderLimits
    workers: Workers
    closing: ExitStack = field(repr=False)
    since: float = 0.0


_lock = threading.Lock()
_idle: list[_Place] = []


def _in_process(run: str, limits: RenderLimits, packed: bytes, *, fresh: bool, entry: Any = None) -> Ran | None:
    """What became of a job in a process; None if its run was stopped or no process could be started."""
    try:
        place = _place_for(limits)
        with ExitStack() as on_fault:
            on_fault.callback(place.closing.close)
            place.workers.begin(0, entry or _job, (packed,), fresh=fresh)
            while not (ended := place.workers.ended(_LOOK_SECONDS)):
                if run in _stopped:
                    return None
            on_fault.pop_all()
    except (NoProcess, OSError):
        return None
    with _lock:
        place.since = time.monotonic()
        _idle.append(place)
    timer = threading.Timer(_IDLE_SECONDS + 1, end_idle)
    timer.daemon = True
    timer.start()
    return ended[0][1]


def _place_for(limits: RenderLimits) -> _Place:
    with _lock:
        for place in _idle:
            if place.limits == limits:
                _idle.remove(place)
                return place
    # A nanny starts its worker as a daemon, which may have no children lest they outlive it; ours end with it.
    multiprocessing.current_process().daemon = False
    with ExitStack() as stack:
        folder = stack.enter_context(temporary_folder())
        workers = stack.enter_context(Workers(1, bounds_for(limits, str(folder))))
        return _Place(limits, workers, stack.pop_all())


def end_idle(seconds: float = _IDLE_SECONDS) -> None:
    """Ends the processes that have waited for so long (结束空闲进程)."""
    before = time.monotonic() - seconds
    with _lock:
        old = [place for place in _idle if place.since <= before]
        _idle[:] = [place for place in _idle if place.since > before]
    for place in old:
        threading.Thread(target=place.closing.close, daemon=True).start()


# ---- in the child


def _job(packed: bytes) -> tuple[str, Any, ReportError | None]:
    """Digest, value and fault of a job."""
    function, arguments, facts = pickle.loads(packed)
    try:
        digest = digest_of(facts()) if facts else ""
    except ReportError:
        return _UNKNOWN, None, None
    try:
        return digest, function(*arguments), None
    except ReportError as fault:
        return digest, None, fault


def _facts(packed: bytes) -> Mapping[str, str] | ReportError:
    facts: Facts | None = pickle.loads(packed)
    try:
        return dict(facts()) if facts else {}
    except ReportError as fault:
        return fault
