"""The jobs as those who asked for them see them (任务): how far they are, what they made, stopping and asking again.

The office sees all jobs, whoever speaks for a unit those that look at the returns which it sent itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from reportgen.problems import error
from reportgen.service.model import Job, JobEvent, JobFile, JobKind, JobState, Person
from reportgen.service.office.asking import ask
from reportgen.service.office.desk import Desk
from reportgen.service.office.job_results import result_of
from reportgen.service.office.reports.periods import visible_period
from reportgen.service.refusals import Conflict, NotFound, not_found
from reportgen.service.store import audit, blobs, jobs, returns
from reportgen.service.store.opening import reading, writing
from reportgen.service.work.layout import PICTURES


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A job as it stands (任务现状): `ahead` are taken before it as long as it waits; `files` are what it made."""

    job: Job
    ahead: int = 0
    files: tuple[JobFile, ...] = ()


def visible_job(con: Connection, person: Person, id: str) -> Job:
    """The job of that id (任务), for the office and for the unit whose return it looks at; else it is said not to be
    there."""
    found = jobs.job(con, id)
    if found is None or not (person.is_office or _is_own(found, person)):
        raise not_found("这个任务")
    return found


def _is_own(job: Job, person: Person) -> bool:
    """Whether it looks at this unit's return. Nothing else is a unit's, even if it was the first to need it: forms are
    made for all units at once, and an account may have been the office's before."""
    own = job.kind is JobKind.RECEIVE and job.person == person.id and person.period in ("", job.period)
    return own and job.order.options.get("unit") == person.unit


def watched(desk: Desk, person: Person, id: str) -> Watched:
    """The job as it stands (任务现状)."""
    with reading(desk.store) as con:
        job = visible_job(con, person, id)
        ahead = jobs.ahead(con, id) if job.state is JobState.WAITING else 0
        return Watched(job=job, ahead=ahead, files=tuple(jobs.files_of(con, id)))


def told_since(desk: Desk, person: Person, id: str, number: int = 0) -> tuple[Job, list[JobEvent]]:
    """The job, and what it has told since that event (任务进度)."""
    with reading(desk.store) as con:
        return visible_job(con, person, id), jobs.events_after(con, id, number)


def pages_drawn(desk: Desk, person: Person, id: str) -> int:
    """Of how many pages a job has handed over pictures so far (已画页数)."""
    with reading(desk.store) as con:
        visible_job(con, person, id)
        return len(pictures_in(jobs.files_of(con, id)))


def pictures_in(files: Iterable[JobFile]) -> list[JobFile]:
    """The pictures of pages among a job's files (页面图), the first page's first."""
    return sorted((each for each in files if each.name.startswith(PICTURES)), key=lambda each: each.name)


def jobs_of(
    desk: Desk,
    person: Person,
    period: str,
    kinds: Iterable[JobKind] = (),
    states: Iterable[JobState] = (),
    limit: int = 100,
    offset: int = 0,
) -> list[Job]:
    """The jobs of a period, newest first (某期任务)."""
    with reading(desk.store) as con:
        visible_period(con, person, period)
        return jobs.jobs_of(con, period, kinds, states, limit, offset)


def result(desk: Desk, person: Person, id: str) -> Mapping[str, Any]:
    """What came of a job (任务结果); refused as long as there is none, or where it is kept no longer."""
    with reading(desk.store) as con:
        job = visible_job(con, person, id)
    if not job.state.is_over:
        fix = "请等它做完再取"
        raise Conflict([error("service.not-done", f"这个任务还没有做完，现在是“{job.state.value}”", fix)])
    found = result_of(desk, job)
    if found is None:
        raise not_kept()
    return found


def file(desk: Desk, person: Person, id: str, name: str) -> tuple[JobFile, Path]:
    """A file that a job made (任务产物), and where its bytes lie."""
    with reading(desk.store) as con:
        visible_job(con, person, id)
        found = jobs.file_of(con, id, name)
    if found is None:
        raise not_found("这个文件")
    path = blobs.path_of(desk.store, found.sha256)
    if not path.is_file():
        raise not_kept()
    return found, path


def not_kept() -> NotFound:
    """It could be made again and has been cleaned up (已清理)."""
    what = "这个任务没有留下结果，或已经清理"
    return NotFound([error("service.not-kept", what, "需要时请再做一次，内容与原来一样")])


def cancel(desk: Desk, person: Person, id: str) -> Job:
    """Nobody wants it any more (取消任务); what is over stays as it is."""
    with writing(desk.store) as con:
        job = visible_job(con, person, id)
        if job.state.is_over:
            return job
        audit.note(con, person, "取消任务", job.period, job.kind.value)
        return jobs.ask_cancel(con, id) or job


def again(desk: Desk, person: Person, id: str) -> Job:
    """The same order once more (重做): the job that stands already, or a new one for what came to nothing."""
    with writing(desk.store) as con:
        job = visible_job(con, person, id)
        made = ask(con, desk, person, job.order, job.period)
        if made.id != job.id:
            # What was to be checked waits for the new one.
            for each in returns.by_job(con, job.id):
                returns.check_again(con, each.id, made.id)
        return made
