"""The jobs (任务): asked for, taken up, told of, over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, case, delete, func, insert, select, update

from reportgen.service.model import Job, JobEvent, JobFile, JobKind, JobState, Order, Person
from reportgen.service.store.ids import new_id
from reportgen.service.store.opening import now, ring
from reportgen.service.store.tables import JOB_EVENTS, JOB_FILES, JOB_INPUTS, JOBS

# How the key of a job begins whose result is gone.
_DROPPED = "dropped:"
_UNASKED = tuple(kind for kind in JobKind if kind.is_unasked)
_KEPT = (JobState.WAITING, JobState.RUNNING, JobState.DONE)


def ask(con: Connection, order: Order, key: str, period: str, person: Person) -> tuple[Job, bool]:
    """The job for this order, and whether it is a new one (下任务).

    An equal order that waits, runs or is done is the same job; one that came to nothing is asked for anew.
    """
    if known := by_key(con, period, key):
        return known, False
    id = new_id()
    con.execute(
        insert(JOBS).values(
            id=id,
            kind=order.kind,
            period=period,
            key=key,
            state=JobState.WAITING,
            given=dict(order.files),
            options=dict(order.options),
            person=person.id,
            author=person.name,
            at=now(con),
            problems=[],
        )
    )
    if files := sorted(set(order.files.values())):
        con.execute(insert(JOB_INPUTS), [{"job": id, "sha256": sha256} for sha256 in files])
    _event(con, id, JobState.WAITING, "")
    ring(con)
    made = job(con, id)
    assert made is not None
    return made, True


def job(con: Connection, id: str) -> Job | None:
    """The job of that id (任务)."""
    return _one(con, select(JOBS).where(JOBS.c.id == id))


def jobs_by_id(con: Connection, ids: Iterable[str]) -> dict[str, Job]:
    """These jobs at once, by id (若干任务); one that is not there is left out."""
    return {row.id: _job(row) for row in con.execute(select(JOBS).where(JOBS.c.id.in_(set(ids))))}


def by_key(con: Connection, period: str, key: str) -> Job | None:
    """The job for an equal order (同样的任务), unless it came to nothing."""
    return _one(con, select(JOBS).where(JOBS.c.period == period, JOBS.c.key == key, JOBS.c.state.in_(_KEPT)))


def last_by_key(con: Connection, period: str, key: str) -> Job | None:
    """The newest job for an equal order (最近一次同样的任务), whatever became of it."""
    query = select(JOBS).where(JOBS.c.period == period, JOBS.c.key == key).order_by(JOBS.c.serial.desc())
    return _one(con, query.limit(1))


def newest_result(con: Connection, period: str, kind: JobKind) -> Job | None:
    """The newest job of a kind that is done and whose result is still there (最近的结果)."""
    query = select(JOBS).where(JOBS.c.period == period, JOBS.c.kind == kind, JOBS.c.state == JobState.DONE)
    return _one(con, query.where(JOBS.c.result.is_not(None)).order_by(JOBS.c.serial.desc()).limit(1))


def jobs_of(
    con: Connection,
    period: str,
    kinds: Iterable[JobKind] = (),
    states: Iterable[JobState] = (),
    limit: int = 100,
    offset: int = 0,
) -> list[Job]:
    """The jobs of a period, newest first (某期任务); of those kinds and states, or of all."""
    query = select(JOBS).where(JOBS.c.period == period).order_by(JOBS.c.serial.desc()).limit(limit).offset(offset)
    if wanted := list(kinds):
        query = query.where(JOBS.c.kind.in_(wanted))
    if stood := list(states):
        query = query.where(JOBS.c.state.in_(stood))
    return [_job(row) for row in con.execute(query)]


def in_state(con: Connection, *states: JobState) -> list[Job]:
    """All jobs in one of these states, in the order of asking (某状态的任务)."""
    return [_job(row) for row in con.execute(select(JOBS).where(JOBS.c.state.in_(states)).order_by(JOBS.c.serial))]


def waiting(con: Connection) -> list[Job]:
    """The waiting jobs in the order in which they will be taken (排队任务), fair between persons.

    Everybody's first one before anybody's second; among equals whoever was served longest ago, or never; then the
    order of asking. What a person has running counts as taken. What nobody has asked for comes last.
    """
    return [_job(row) for row in con.execute(_waiting())]


def _waiting() -> Select[Any]:
    running = (
        select(JOBS.c.person, func.count().label("running"))
        .where(JOBS.c.state == JobState.RUNNING, JOBS.c.kind.not_in(_UNASKED))
        .group_by(JOBS.c.person)
        .subquery()
    )
    queued = (
        select(
            JOBS,
            func.row_number()
            .over(partition_by=(JOBS.c.person, JOBS.c.kind.in_(_UNASKED)), order_by=JOBS.c.serial)
            .label("place"),
        )
        .where(JOBS.c.state == JobState.WAITING)
        .subquery()
    )
    other = JOBS.alias()
    asked = (other.c.person == queued.c.person) & (other.c.kind.not_in(_UNASKED))
    served = select(func.max(other.c.begun)).where(asked).scalar_subquery()
    return (
        select(*(queued.c[column.name] for column in JOBS.c))
        .outerjoin(running, running.c.person == queued.c.person)
        .order_by(case((queued.c.kind.in_(_UNASKED), 1), else_=0))
        .order_by(queued.c.place + func.coalesce(running.c.running, 0), served.asc().nulls_first(), queued.c.serial)
    )


def ahead(con: Connection, id: str) -> int:
    """How many will be taken before this one (前面还有几份)."""
    ids = [row.id for row in con.execute(_waiting())]
    return ids.index(id) if id in ids else 0


def counts(con: Connection) -> dict[JobState, int]:
    """How many jobs are in each state (任务数)."""
    query = select(JOBS.c.state, func.count()).group_by(JOBS.c.state)
    return dict.fromkeys(JobState, 0) | {row.state: row[1] for row in con.execute(query)}


def in_queue(con: Connection) -> int:
    """How many jobs that somebody has asked for wait (排队数)."""
    query = select(func.count()).select_from(JOBS)
    return int(con.execute(query.where(JOBS.c.state == JobState.WAITING, JOBS.c.kind.not_in(_UNASKED))).scalar_one())


def under_way(con: Connection, person: str | None = None) -> int:
    """How many jobs that were asked for wait or run (未完成任务数), of one person or of all."""
    query = select(func.count()).select_from(JOBS).where(JOBS.c.state.in_((JobState.WAITING, JobState.RUNNING)))
    query = query.where(JOBS.c.kind.not_in(_UNASKED))
    if person is not None:
        query = query.where(JOBS.c.person == person)
    return int(con.execute(query).scalar_one())


def begin(con: Connection, id: str) -> Job | None:
    """Take a waiting job up (开始); None if it does not wait any more."""
    changed = con.execute(
        update(JOBS)
        .where(JOBS.c.id == id, JOBS.c.state == JobState.WAITING)
        .values(state=JobState.RUNNING, begun=now(con), attempts=JOBS.c.attempts + 1, label="", done=0, total=0)
    )
    if changed.rowcount != 1:
        return None
    _event(con, id, JobState.RUNNING, "")
    return job(con, id)


def tell(con: Connection, id: str, label: str, done: int = 0, total: int = 0) -> None:
    """How far a running job is (报告进度)."""
    changed = con.execute(
        update(JOBS)
        .where(JOBS.c.id == id, JOBS.c.state == JobState.RUNNING)
        .values(label=label, done=done, total=total)
    )
    if changed.rowcount:
        _event(con, id, JobState.RUNNING, label, done, total)


def hand_over(con: Connection, id: str, files: Sequence[JobFile]) -> None:
    """What a running job has made so far (先做好的产物), seen while it goes on; what comes of it replaces them all.

    They stay while the job waits to be carried out again, which gives the same: an order is pure.
    """
    newest = {file.name: file for file in files}
    running = select(JOBS.c.serial).where(JOBS.c.id == id, JOBS.c.state == JobState.RUNNING)
    if newest and con.execute(running).one_or_none() is not None:
        drop_files(con, id, newest)
        _put_files(con, id, newest.values())


def events_after(con: Connection, id: str, number: int = 0) -> list[JobEvent]:
    """What a job has told since event `number` (进度记录)."""
    query = select(JOB_EVENTS).where(JOB_EVENTS.c.job == id, JOB_EVENTS.c.number > number).order_by(JOB_EVENTS.c.number)
    return [JobEvent(**row._mapping) for row in con.execute(query)]


def _event(con: Connection, id: str, state: JobState, label: str, done: int = 0, total: int = 0) -> None:
    last = con.execute(select(func.max(JOB_EVENTS.c.number)).where(JOB_EVENTS.c.job == id)).scalar() or 0
    con.execute(
        insert(JOB_EVENTS).values(
            job=id, number=last + 1, at=now(con), state=state, label=label, done=done, total=total
        )
    )


def finish(con: Connection, id: str, result: str, files: Sequence[JobFile]) -> bool:
    """A running job is done (完成), with its result and files; whether it was running."""
    if not _end(con, id, (JobState.RUNNING,), JobState.DONE, result=result):
        return False
    _put_files(con, id, files)
    return True


def _put_files(con: Connection, id: str, files: Iterable[JobFile]) -> None:
    if rows := [{"job": id, "name": file.name, "sha256": file.sha256, "size": file.size} for file in files]:
        con.execute(insert(JOB_FILES), rows)


def fail(con: Connection, id: str, problems: Sequence[Mapping[str, Any]], result: str | None = None) -> bool:
    """A job came to nothing (未成), for these problems; whether it was under way."""
    ends = (JobState.WAITING, JobState.RUNNING)
    return _end(con, id, ends, JobState.FAILED, problems=[dict(problem) for problem in problems], result=result)


def ask_cancel(con: Connection, id: str) -> Job | None:
    """Somebody wants it no more (取消): one that waits is over at once, one that runs as soon as its process is."""
    if not _end(con, id, (JobState.WAITING,), JobState.CANCELLED, cancel_asked=True):
        con.execute(update(JOBS).where(JOBS.c.id == id, JOBS.c.state == JobState.RUNNING).values(cancel_asked=True))
        ring(con)
    return job(con, id)


def cancelled(con: Connection, id: str) -> bool:
    """The process of a job that nobody wants is gone (已取消)."""
    return _end(con, id, (JobState.WAITING, JobState.RUNNING), JobState.CANCELLED)


def _end(con: Connection, id: str, before: tuple[JobState, ...], state: JobState, **values: Any) -> bool:
    changed = con.execute(
        update(JOBS).where(JOBS.c.id == id, JOBS.c.state.in_(before)).values(state=state, ended=now(con), **values)
    )
    if changed.rowcount:
        con.execute(delete(JOB_FILES).where(JOB_FILES.c.job == id))  # what was handed over before
        _event(con, id, state, "")
    return bool(changed.rowcount)


def requeue(con: Connection, id: str) -> bool:
    """A running job waits again (重新排队), since its process is gone."""
    changed = con.execute(
        update(JOBS)
        .where(JOBS.c.id == id, JOBS.c.state == JobState.RUNNING)
        .values(state=JobState.WAITING, label="", done=0, total=0)
    )
    if changed.rowcount:
        _event(con, id, JobState.WAITING, "")
        ring(con)
    return bool(changed.rowcount)


def files_of(con: Connection, id: str) -> list[JobFile]:
    """The files that a job made, by name (任务产物)."""
    return [
        JobFile(**row._mapping)
        for row in con.execute(select(JOB_FILES).where(JOB_FILES.c.job == id).order_by(JOB_FILES.c.name))
    ]


def top_files(con: Connection, ids: Iterable[str]) -> dict[str, list[JobFile]]:
    """What these jobs made that stands in no folder, by job and name (若干任务的主要产物): no pictures of pages."""
    found: dict[str, list[JobFile]] = {id: [] for id in ids}
    query = select(JOB_FILES).where(JOB_FILES.c.job.in_(list(found)), ~JOB_FILES.c.name.contains("/"))
    for row in con.execute(query.order_by(JOB_FILES.c.job, JOB_FILES.c.name)):
        found[row.job].append(JobFile(**row._mapping))
    return found


def file_of(con: Connection, id: str, name: str) -> JobFile | None:
    """One file that a job made (某个产物)."""
    row = con.execute(select(JOB_FILES).where(JOB_FILES.c.job == id, JOB_FILES.c.name == name)).one_or_none()
    return None if row is None else JobFile(**row._mapping)


def ended_before(con: Connection, at: datetime, kinds: Iterable[JobKind] = ()) -> list[Job]:
    """The jobs that were over by then, oldest first (早已结束的任务), but for those whose results were dropped."""
    query = select(JOBS).where(JOBS.c.ended < at, ~JOBS.c.key.startswith(_DROPPED))
    query = query.order_by(JOBS.c.ended, JOBS.c.serial)
    if wanted := list(kinds):
        query = query.where(JOBS.c.kind.in_(wanted))
    return [_job(row) for row in con.execute(query)]


def drop_files(con: Connection, id: str, names: Iterable[str]) -> None:
    """These files of a job can be made again and are kept no longer (清理产物)."""
    con.execute(delete(JOB_FILES).where(JOB_FILES.c.job == id, JOB_FILES.c.name.in_(list(names))))


def drop_result(con: Connection, id: str) -> None:
    """All that a job made is kept no longer (清理任务): an equal order is carried out anew."""
    con.execute(delete(JOB_FILES).where(JOB_FILES.c.job == id))
    con.execute(delete(JOB_INPUTS).where(JOB_INPUTS.c.job == id))
    con.execute(delete(JOB_EVENTS).where(JOB_EVENTS.c.job == id))
    con.execute(update(JOBS).where(JOBS.c.id == id).values(result=None, key=f"{_DROPPED}{id}"))


def _one(con: Connection, query: Select[Any]) -> Job | None:
    row = con.execute(query).one_or_none()
    return None if row is None else _job(row)


def _job(row: Row[Any]) -> Job:
    given = dict(row._mapping)
    del given["serial"]
    order = Order(kind=given["kind"], files=given.pop("given"), options=given.pop("options"))
    return Job(**given | {"order": order, "problems": tuple(given["problems"])})
