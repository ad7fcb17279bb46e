"""The thread that watches over the jobs (任务监督): one process for each, killed in time, begun again where it may be.

What it knows stands in the database and in the folders of the jobs: it may end at any line, and the next one goes on
from there.
"""

from __future__ import annotations

import atexit
import itertools
import json
import logging
import shutil
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import Connection

from reportgen.bounded import End, place_of
from reportgen.limits import STANDARD, Outside
from reportgen.problems import EnvironmentLacking, ReportError
from reportgen.processes import is_from_outside
from reportgen.service.jobs import limits, webhooks
from reportgen.service.jobs.child import Child, NotStarted, ended, warm_up
from reportgen.service.jobs.failures import bug, failure
from reportgen.service.jobs.process import DOER, NO_ROOM, Doer, Outcome, Shelf, Task, news, outcome_of
from reportgen.service.jobs.upkeep import Upkeep
from reportgen.service.model import Job, JobFile, JobState
from reportgen.service.refusals import DiskFull, TooMany
from reportgen.service.settings import Settings
from reportgen.service.store import blobs, jobs
from reportgen.service.store.opening import Store, reading, writing
from reportgen.temporary import socket_folder

Settle: TypeAlias = "Callable[[Connection, Job, Mapping[str, Any], Sequence[JobFile]], None]"
"""What comes of a job that is done (落账), written in the transaction in which it is done."""

_End: TypeAlias = "Outcome | Sequence[Mapping[str, Any]] | None"

WORK = "work/jobs"
"""Where in the data folder the running jobs have theirs (任务目录); nothing in it is missed."""

_log = logging.getLogger(__name__)

# How often is looked at the processes while some run, and at the rows while nobody rings.
_TICK = 0.05
_LOOK = 1.0
# How often a job's progress is written down.
_TELL = 0.25
# After what else can be tried again: a full disk, a database that is not there, no process.
_PAUSE = 2.0
# How long a full disk keeps the jobs from beginning, and how much more room makes it worth while before that.
_LONGEST_PAUSE = 32.0
_MORE_ROOM = 16 * 1024**2
# How often a folder is cleared that somebody still writes to.
_CLEARINGS = 20
# A supervisor that has not been round for so long hangs.
_HANGS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How the jobs fare (任务健康): whether they are watched, how many run and may run, whether the disk is full."""

    is_alive: bool
    running: int
    places: int
    is_full: bool


class Running:
    """The supervision that `start` began (运行中的监督)."""

    def __init__(self, supervisor: _Supervisor) -> None:
        self._supervisor = supervisor
        self._thread = threading.Thread(target=supervisor.watch, name="reportgen-jobs", daemon=True)
        self._thread.start()
        self._upkeep = supervisor.upkeep
        self._upkeep.start()
        # Before Python waits for the processes that this one began.
        atexit.register(self.stop)

    def stop(self) -> None:
        """End all processes (停止); what they were at waits for the next start."""
        atexit.unregister(self.stop)
        self._upkeep.stop()
        self._supervisor.stop()
        self._thread.join()

    def health(self) -> Health:
        """How the jobs fare (任务健康)."""
        watched = self._supervisor
        is_alive = self._thread.is_alive() and time.monotonic() - watched.seen < _HANGS
        return Health(is_alive=is_alive, running=len(watched.runs), places=watched.places, is_full=watched.is_full)


def start(store: Store, settings: Settings, settle: Settle, doer: Doer = DOER) -> Running:
    """Begin to carry out the jobs of a store (启动监督); those that ran when the last server ended go on first."""
    return Running(_Supervisor(store, settings, settle, doer))


@dataclass(slots=True, kw_only=True)
class _Run:
    """A job that runs, and what is known of its process."""

    job: Job
    child: Child
    folder: Path
    sockets: Path
    begun: float
    seconds: float
    heard: int = 0
    reads: str = ""
    limits: Outside = STANDARD.outside
    told: Mapping[str, Any] | None = None
    handed: list[JobFile] = field(default_factory=list)
    has_shown: bool = False
    is_late: bool = False
    has_ended: bool = False
    end: _End = None


class _Supervisor:
    def __init__(self, store: Store, settings: Settings, settle: Settle, doer: Doer) -> None:
        self._store, self._settings, self._settle, self._doer = store, settings, settle, doer
        self._stopping = threading.Event()
        self._crashed: dict[str, int] = {}
        self._lost: dict[str, int] = {}
        self._next_look = self._next_tell = self._not_before = 0.0
        self._room_wanted, self._pause = 0, _PAUSE
        self._is_begun = False
        self._numbers = itertools.count(1)
        self._sockets = socket_folder()
        self.upkeep = Upkeep(store, settings)
        self.runs: list[_Run] = []
        self.places = limits.places(settings)
        self.is_full = False
        self.seen = time.monotonic()

    # ---- its life

    def stop(self) -> None:
        self._stopping.set()
        self._store.bell.set()

    def watch(self) -> None:
        warm_up()
        while not self._stopping.is_set():
            self.seen = time.monotonic()
            try:
                self._round()
            except (DiskFull, TooMany, EnvironmentLacking) as fault:
                self.is_full |= isinstance(fault, DiskFull)
                _log.warning("jobs: %s", fault.problems[0].what)
                self._stopping.wait(_PAUSE)
            except Exception:
                _log.exception("jobs: this round failed and is tried again")
                self._stopping.wait(_PAUSE)
        self._let_go()

    def _let_go(self) -> None:
        for run in self.runs:
            if not run.has_ended:
                run.child.kill()
        for run in list(self.runs):
            with suppress(Exception):  # the next start does it
                self._end(run)
        self._clear_left()

    def _round(self) -> None:
        self._kill_late()
        if not self._is_begun:
            self._take_over()
            self._is_begun = True
        if self._store.bell.is_set() or time.monotonic() >= self._next_look:
            self._store.bell.clear()
            self._next_look = time.monotonic() + _LOOK
            self._kill_unwanted()
            self._begin()
        if not self.runs:
            self._store.bell.wait(_LOOK)
            return
        gone = ended([run.child for run in self.runs], _TICK)
        self._listen()
        for run in [run for run in self.runs if run.child in gone]:
            self._end(run)
            self._next_look = 0.0

    def _take_over(self) -> None:
        """What ran when the last server ended: done if its outcome stands, else it waits again."""
        with reading(self._store) as con:
            running = jobs.in_state(con, JobState.RUNNING)
        for job in running:
            outcome = outcome_of(self._folder(job), job.id)
            stands = outcome is not None and outcome.end is End.VALUE
            self._close(job, outcome if stands else None)
        self._clear_left()

    # ---- the beginning of a job

    def _begin(self) -> None:
        if not self._may_begin():
            return
        while len(self.runs) < self.places:
            with reading(self._store) as con:
                waiting = jobs.waiting(con)
            job = limits.next_job(waiting, [run.job for run in self.runs], self.places)
            if job is None:
                return
            with writing(self._store) as con:
                begun = jobs.begin(con, job.id)
            if begun is not None and not self._start(begun):
                return

    def _start(self, job: Job) -> bool:
        folder, sockets = self._folder(job), self._sockets / str(next(self._numbers))
        shutil.rmtree(folder, ignore_errors=True)
        bounds = limits.bounds_of(job.kind, self._settings, str(folder / "tmp"))
        task = Task(
            job=job.id,
            order=job.order,
            folder=folder,
            sockets=sockets,
            shelf=Shelf(self._store.folder),
            doer=self._doer,
            bounds=bounds,
            limits=self._settings.limits,
        )
        try:
            child = Child(task)
        except NotStarted:
            _log.warning("jobs: no process can be started just now")
            self._not_before = time.monotonic() + _PAUSE
            self._close(job, None)
            return False
        self.runs.append(
            _Run(
                job=job,
                child=child,
                folder=folder,
                sockets=sockets,
                begun=time.monotonic(),
                seconds=bounds.seconds,
            )
        )
        return True

    def _folder(self, job: Job) -> Path:
        """A new one for each attempt: nothing of an earlier one is taken for this one's."""
        return self._store.folder / WORK / f"{job.id}-{job.attempts}"

    def _may_begin(self) -> bool:
        """Whether it is time again after what stopped everything; a full disk may have room before that."""
        if time.monotonic() < self._not_before:
            return self.is_full and shutil.disk_usage(self._store.folder).free > self._room_wanted
        return True

    def _hold(self) -> None:
        """The disk is full: every job would find it so, and begin for nothing."""
        self.is_full = True
        self._room_wanted = shutil.disk_usage(self._store.folder).free + _MORE_ROOM
        self._not_before = time.monotonic() + self._pause
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)

    # ---- while it runs

    def _kill_late(self) -> None:
        for run in self.runs:
            if time.monotonic() - run.begun > run.seconds and not run.is_late and not run.has_ended:
                run.is_late = True
                run.child.kill()

    def _kill_unwanted(self) -> None:
        if not self.runs:
            return
        with reading(self._store) as con:
            rows = [jobs.job(con, run.job.id) for run in self.runs]
        for run, row in zip(self.runs, rows, strict=True):
            is_wanted = row is not None and not row.cancel_asked and row.state is JobState.RUNNING
            if not is_wanted and not run.has_ended:
                run.child.kill()

    def _listen(self) -> None:
        for run in self.runs:
            lines, run.heard = news(run.folder, run.heard)
            for line in lines:
                if "reads" in line:
                    run.reads, run.limits = line["reads"], Outside(**line["limits"])
                elif "file" in line:
                    run.handed.append(_handed(run.job, line))
                else:
                    run.told = line
        # The first file is what somebody waits for; the others come with the progress.
        is_first = any(run.handed and not run.has_shown for run in self.runs)
        if time.monotonic() < self._next_tell and not is_first:
            return
        self._next_tell = time.monotonic() + _TELL
        telling = [run for run in self.runs if run.told is not None or run.handed]
        if telling:
            with writing(self._store) as con:
                for run in telling:
                    jobs.hand_over(con, run.job.id, run.handed)
                    if run.told is not None:
                        jobs.tell(con, run.job.id, run.told["label"], run.told["done"], run.told["total"])
            for run in telling:
                run.has_shown |= bool(run.handed)
                run.told, run.handed = None, []

    # ---- its end

    def _end(self, run: _Run) -> None:
        # Once: what cannot be entered now is tried again, when its number may be another's. Nor has it crashed twice.
        if not run.has_ended:
            run.child.kill()
            run.child.join()
            run.end, run.has_ended = self._came_of(run), True
        self._close(run.job, run.end)
        self.runs.remove(run)
        run.child.close()
        _clear(run.sockets)
        self._clear_left()

    def _clear_left(self) -> None:
        """Remove the folders of all that does not run, also of a process that ended before anybody knew of it."""
        kept = {run.folder for run in self.runs}
        for folder in (self._store.folder / WORK).glob("*"):
            if folder not in kept:
                _clear(folder)

    def _came_of(self, run: _Run) -> _End:
        """What came of a job: its outcome, the problems that it failed for, or nothing yet, and it waits again."""
        job, memory, code = run.job, self._settings.job_memory_mb, run.child.code
        if outcome := outcome_of(run.folder, job.id):
            match outcome.end:
                case End.REFUSED:
                    return outcome.problems
                case End.BUG:
                    return bug(job, outcome.place)
                case End.MEMORY:
                    return failure(job, End.MEMORY, code, (run.reads, run.limits), run.seconds, memory)
                case End.LOST:
                    self._hold()
                    return None
            return outcome
        if run.is_late or code == limits.OUT_OF_TIME:
            return failure(job, End.SLOW, code, (run.reads, run.limits), run.seconds, memory)
        if code == NO_ROOM:
            self._hold()
            return None
        if self._may_try_again(job.id, code):
            return None
        return failure(job, End.DIED, code, (run.reads, run.limits), run.seconds, memory)

    def _may_try_again(self, id: str, code: int | None) -> bool:
        counts = self._lost if is_from_outside(code) else self._crashed
        counts[id] = counts.get(id, 0) + 1
        return limits.may_try_again(code, self._crashed.get(id, 0), self._lost.get(id, 0))

    def _close(self, job: Job, end: _End) -> None:
        try:
            result = json.loads(blobs.read(self._store, end.result)) if isinstance(end, Outcome) else {}
            with writing(self._store) as con:
                self._write(con, job, end, result)
            self.upkeep.look()
            if end is not None:
                self.is_full, self._pause = False, _PAUSE
        except (DiskFull, TooMany, EnvironmentLacking):
            raise  # no fault of the job: all of it is done again
        except Exception as fault:
            if not isinstance(end, Outcome):
                raise
            if isinstance(fault, ReportError):
                self._close(job, [problem.as_json() for problem in fault.problems])
                return
            _log.exception("jobs: %s was carried out, and cannot be entered", job.id)
            self._close(job, bug(job, place_of(fault)))

    def _write(self, con: Connection, job: Job, end: _End, result: Mapping[str, Any]) -> None:
        row = jobs.job(con, job.id)
        if row is None or row.state is not JobState.RUNNING:
            return
        if row.cancel_asked:
            jobs.cancelled(con, job.id)
        elif end is None:
            jobs.requeue(con, job.id)
            return
        elif isinstance(end, Outcome):
            jobs.finish(con, job.id, end.result, end.files)
            done = jobs.job(con, job.id)
            assert done is not None
            self._settle(con, done, result, end.files)
        else:
            jobs.fail(con, job.id, end)
        webhooks.owe(con, job.id)
        self._crashed.pop(job.id, None)
        self._lost.pop(job.id, None)


def _handed(job: Job, line: Mapping[str, Any]) -> JobFile:
    return JobFile(job=job.id, name=line["file"], sha256=line["sha256"], size=line["size"])


def _clear(folder: Path) -> None:
    """Remove it, though some process of the group may still be on its way out and write."""
    for _ in range(_CLEARINGS):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(_TICK)
