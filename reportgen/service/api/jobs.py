"""Jobs (任务): how far they are, what they made; waiting for one, stopping it, asking for it again."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response
from starlette.concurrency import run_in_threadpool

from reportgen.service.api.answering import CHANGE, LOOK, refusals, routes_of
from reportgen.service.api.asked import FileName, JobId, Outcome, PeriodId, TheAsked, in_path
from reportgen.service.api.files import DOWNLOAD, download
from reportgen.service.api.shapes import (
    FileShape,
    Limit,
    Listing,
    Moment,
    Offset,
    ProblemShape,
    Shape,
    listing,
    word_of,
)
from reportgen.service.doors.asking import AnyPerson, TheDesk
from reportgen.service.model import Job, JobEvent, JobKind, JobState
from reportgen.service.office import jobs
from reportgen.service.office.jobs import Watched

router = routes_of("任务")

JobKindName = Literal["examine", "build", "sets", "forms", "collect", "receive", "override", "compare", "preview"]
JobStateName = Literal["waiting", "running", "done", "failed", "cancelled"]
MOST_SECONDS = 30
_LOOK_EVERY = 0.25
# A period has some hundred jobs; a page of the list is cut out of these.
_MOST_JOBS = 10_000


class JobShape(Shape):
    """A job as it stands (任务)."""

    id: str
    kind: JobKindName
    kind_name: str
    """做什么，中文"""
    period: str
    state: JobStateName
    state_name: str
    """进行到哪里，中文"""
    label: str
    """正在做的一步"""
    done: int
    """这一步做了多少"""
    total: int
    """这一步共有多少"""
    ahead: int
    """排队时前面还有几份"""
    author: str
    at: Moment
    begun: Moment | None
    ended: Moment | None
    problems: list[ProblemShape]
    """没有做成时，为什么"""
    files: list[FileShape]
    """做出的文件；正在做时是先画好的页面图；清理以后为空"""
    url: str
    """再看它的地址"""
    result: str | None
    """结果的地址；没有结果时为 null"""


class EventShape(Shape):
    """Something that a job told (任务进度)."""

    number: int
    """从 1 数起；带在 after 里再问，只给以后的"""
    at: Moment
    state: JobStateName
    label: str
    done: int
    total: int


class EventsShape(Shape):
    """What a job has told (任务进度)."""

    state: JobStateName
    events: list[EventShape]


def job_path(id: str) -> str:
    """Where a job is to be seen (任务地址)."""
    return f"/api/jobs/{id}"


def shape_of(watched: Watched) -> JobShape:
    """A job with its files, for programs (任务)."""
    job = watched.job
    path = job_path(job.id)
    return JobShape(
        id=job.id,
        kind=word_of(job.kind),
        kind_name=job.kind.value,
        period=job.period,
        state=word_of(job.state),
        state_name=job.state.value,
        label=job.label,
        done=job.done,
        total=job.total,
        ahead=watched.ahead,
        author=job.author,
        at=job.at,
        begun=job.begun,
        ended=job.ended,
        problems=[ProblemShape.model_validate(problem) for problem in job.problems],
        files=[
            FileShape(name=each.name, size=each.size, sha256=each.sha256, url=f"{path}/files/{in_path(each.name)}")
            for each in watched.files
        ],
        url=path,
        result=f"{path}/result" if job.result else None,
    )


def job_shape(job: Job) -> JobShape:
    """A job that was just asked for, for programs (任务)."""
    return shape_of(Watched(job=job))


def asked_for(job: Job) -> Outcome:
    """The answer 202 to whoever asked for a job (已受理)."""
    return Outcome(told=job_shape(job), status=202, location=job_path(job.id))


def _event(event: JobEvent) -> EventShape:
    return EventShape(
        number=event.number,
        at=event.at,
        state=word_of(event.state),
        label=event.label,
        done=event.done,
        total=event.total,
    )


@router.get(
    "/periods/{period}/jobs", summary="一期的任务", responses=LOOK, response_model=Listing[JobShape], tags=["任务"]
)
def jobs_of(
    request: Request,
    desk: TheDesk,
    person: AnyPerson,
    period: PeriodId,
    kind: Annotated[JobKindName | None, Query(description="只看哪一种")] = None,
    state: Annotated[JobStateName | None, Query(description="只看进行到哪里的")] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> dict[str, Any]:
    """新的在前；做出的文件见各个任务。"""
    kinds = [JobKind[kind.upper()]] if kind else []
    states = [JobState[state.upper()]] if state else []
    found = jobs.jobs_of(desk, person, period, kinds, states, limit=_MOST_JOBS)
    return listing(request, found, job_shape, limit, offset)


@router.get("/jobs/{job}", summary="看一个任务", responses=LOOK, response_model=JobShape)
async def job(
    request: Request,
    desk: TheDesk,
    person: AnyPerson,
    job: JobId,
    wait: Annotated[int, Query(ge=0, le=MOST_SECONDS, description="没有做完就最多等这么多秒再答")] = 0,
) -> JobShape:
    """带 wait 可以等它做完：做完立即答，到时间没有做完也答。"""
    until = asyncio.get_running_loop().time() + wait
    while True:
        found = await run_in_threadpool(jobs.watched, desk, person, job)
        now = asyncio.get_running_loop().time()
        if found.job.state.is_over or now >= until or await request.is_disconnected():
            return shape_of(found)
        await asyncio.sleep(min(_LOOK_EVERY, until - now))


@router.get("/jobs/{job}/events", summary="任务的进度", responses=LOOK, response_model=EventsShape)
def events(
    desk: TheDesk,
    person: AnyPerson,
    job: JobId,
    after: Annotated[int, Query(ge=0, le=1_000_000_000, description="只给这个编号以后的")] = 0,
) -> EventsShape:
    """每一步一条，有编号，可以接着上次的看。"""
    found, told = jobs.told_since(desk, person, job, after)
    return EventsShape(state=word_of(found.state), events=[_event(each) for each in told])


@router.get("/jobs/{job}/result", summary="任务的结果", responses=LOOK | refusals(409))
def result(desk: TheDesk, person: AnyPerson, job: JobId) -> dict[str, Any]:
    """JSON，各种任务的内容不同；还没有做完答 409。"""
    return dict(jobs.result(desk, person, job))


@router.get("/jobs/{job}/files/{name:path}", summary="下载做出的文件", responses=DOWNLOAD, response_class=Response)
def file(request: Request, desk: TheDesk, person: AnyPerson, job: JobId, name: FileName) -> Response:
    """文件名见任务的 files。"""
    found, path = jobs.file(desk, person, job, name)
    return download(request, path, found.name, found.sha256)


@router.post("/jobs/{job}/cancel", summary="取消任务", responses=CHANGE, response_model=JobShape)
def cancel(asked: TheAsked, job: JobId) -> Response:
    """排队的立即取消，进行中的停下后取消；已经结束的不变。"""
    return asked.once(None, lambda: Outcome(told=job_shape(jobs.cancel(asked.desk, asked.person, job))))


@router.post("/jobs/{job}/again", summary="再做一次", status_code=202, responses=CHANGE, response_model=JobShape)
def again(asked: TheAsked, job: JobId) -> Response:
    """没有做成的或已经清理的，照原样再做；已经做好的就是原来那个。"""
    return asked.once(None, lambda: asked_for(jobs.again(asked.desk, asked.person, job)))
