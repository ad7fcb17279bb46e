"""A job on its way (任务进度页): how far it is, live and without scripts; what it made; stopping it, asking again."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from reportgen.problems import error
from reportgen.service.doors.asking import AnyPerson, TheDesk
from reportgen.service.model import Job, JobEvent, JobKind, JobState, Person
from reportgen.service.office import jobs
from reportgen.service.office.desk import Desk
from reportgen.service.office.reports.periods import the_period
from reportgen.service.pages.rendering import page
from reportgen.service.pages.sending import sent
from reportgen.service.refusals import TooMany

router = APIRouter(include_in_schema=False)

# So often the rows are looked at for a listener; after so long he is told to come again, which he does by himself, and
# is asked anew who he is: an account may have been closed meanwhile.
_LOOK, _BEAT, _LONGEST = 0.4, 15.0, 60.0
# In the beginning somebody looks at the page and waits: the first pages of a report are there within a second.
_QUICK, _QUICK_SECONDS = 0.1, 5.0
# So many listen at once, and so many of one person; who is one too many has his page ask now and then.
_MOST_LISTENERS, _MOST_OF_ONE = 200, 20
_listening: Counter[str] = Counter()
# The kinds whose files can be looked at while they are made.
_EARLY = (JobKind.BUILD, JobKind.PREVIEW)
_PLACES = {
    JobKind.EXAMINE: "problems",
    JobKind.BUILD: "preview",
    JobKind.PREVIEW: "preview",
    JobKind.SETS: "downloads",
    JobKind.OVERRIDE: "verdicts",
    JobKind.COLLECT: "units",
    JobKind.FORMS: "units",
    JobKind.COMPARE: "editions",
}


def job_text(state: JobState, label: str, done: int, total: int, ahead: int = 0) -> str:
    """How far a job is, in a sentence (进度一句话)."""
    match state:
        case JobState.WAITING:
            return f"正在排队，前面还有 {ahead} 份" if ahead else "马上开始"
        case JobState.RUNNING:
            return f"{label or '正在做'}（{done}/{total}）" if total else f"{label or '正在做'}……"
        case JobState.DONE:
            return "做完了"
        case JobState.FAILED:
            return "没有做成"
        case JobState.CANCELLED:
            return "已经取消"


def under_way(desk: Desk, person: Person, job: Job | None, then: str) -> dict[str, Any]:
    """What `progress.html.jinja` shows of a job (进度一栏); nothing is shown of one that is over."""
    if job is None or job.state.is_over:
        return {"job": None, "job_text": "", "then": then}
    now = jobs.watched(desk, person, job.id)
    text = job_text(now.job.state, now.job.label, now.job.done, now.job.total, now.ahead)
    return {"job": now.job, "job_text": text, "then": then}


@router.get("/jobs/{id}")
def show(request: Request, desk: TheDesk, person: AnyPerson, id: str) -> Response:
    """The job by itself (任务页): its progress, or what came of it."""
    now = jobs.watched(desk, person, id)
    period = the_period(desk, person, now.job.period) if person.is_office and now.job.period else None
    text = job_text(now.job.state, now.job.label, now.job.done, now.job.total, now.ahead)
    section = _PLACES.get(now.job.kind, "")
    back = f"/periods/{now.job.period}/{section}" if period and section else "/"
    return page(
        request, "job", period=period, section=section, job=now.job, job_text=text, then=f"/jobs/{id}", back=back,
        files=now.files,
    )  # fmt: skip


@router.get("/jobs/{id}/state")
def state(desk: TheDesk, person: AnyPerson, id: str) -> JSONResponse:
    """How far it is, for a page that asks again and again (进度查询)."""
    now = jobs.watched(desk, person, id)
    job = now.job
    told = _told(job.state, job.label, job.done, job.total, now.ahead)
    return JSONResponse({**told, "pages": len(jobs.pictures_in(now.files))})


@router.get("/jobs/{id}/events")
async def events(request: Request, desk: TheDesk, person: AnyPerson, id: str) -> StreamingResponse:
    """What it tells of itself as it goes (实时进度); a listener that was cut off goes on where it was."""
    said = request.headers.get("last-event-id", "")
    number = int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0
    await run_in_threadpool(jobs.told_since, desk, person, id, number)  # refused before anything is sent
    if _listening.total() >= _MOST_LISTENERS or _listening[person.id] >= _MOST_OF_ONE:
        fix = "进度会隔几秒自动更新；也可以关掉几个页面"
        raise TooMany([error("service.listeners", "同时看进度的页面太多", fix)], retry_after=5)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_stream(desk, person, id, number), media_type="text/event-stream", headers=headers)


async def _stream(desk: Desk, person: Person, id: str, number: int) -> AsyncIterator[str]:
    _listening[person.id] += 1
    try:
        async for each in _news(desk, person, id, number):
            yield each
    finally:
        _listening[person.id] -= 1
        if not _listening[person.id]:
            del _listening[person.id]


async def _news(desk: Desk, person: Person, id: str, number: int) -> AsyncIterator[str]:
    begun = beat = time.monotonic()
    yield "retry: 2000\n\n"
    ahead, pages = -1, 0
    while time.monotonic() - begun < _LONGEST:
        job, told = await run_in_threadpool(jobs.told_since, desk, person, id, number)
        for event in told:
            number = event.number
            yield _event(event)
            beat = time.monotonic()
        if job.state.is_over and not told:
            # Everything has been told before; who comes late is told the end once more.
            yield f"event: progress\ndata: {json.dumps(_told(job.state, '', 0, 0), ensure_ascii=False)}\n\n"
        if job.state.is_over:
            return
        if job.kind in _EARLY and job.state is JobState.RUNNING:
            drawn = await run_in_threadpool(jobs.pages_drawn, desk, person, id)
            if drawn != pages:
                pages = drawn
                yield f"event: pages\ndata: {json.dumps({'pages': pages})}\n\n"
        if job.state is JobState.WAITING:
            now = (await run_in_threadpool(jobs.watched, desk, person, id)).ahead
            if now != ahead:
                ahead = now
                yield f"event: progress\ndata: {json.dumps(_told(job.state, '', 0, 0, ahead), ensure_ascii=False)}\n\n"
        if time.monotonic() - beat > _BEAT:
            beat = time.monotonic()
            yield ": still here\n\n"
        await asyncio.sleep(_QUICK if time.monotonic() - begun < _QUICK_SECONDS else _LOOK)


def _event(event: JobEvent) -> str:
    told = _told(event.state, event.label, event.done, event.total)
    return f"id: {event.number}\nevent: progress\ndata: {json.dumps(told, ensure_ascii=False)}\n\n"


def _told(state: JobState, label: str, done: int, total: int, ahead: int = 0) -> dict[str, Any]:
    text = job_text(state, label, done, total, ahead)
    return {"state": state.name.lower(), "text": text, "done": done, "total": total, "over": state.is_over}


@router.post("/jobs/{id}/cancel")
def cancel(desk: TheDesk, person: AnyPerson, id: str) -> Response:
    """Stop it (不做了)."""
    jobs.cancel(desk, person, id)
    return RedirectResponse(f"/jobs/{id}", 303)


@router.post("/jobs/{id}/again")
def again(desk: TheDesk, person: AnyPerson, id: str) -> Response:
    """The same once more (再做一次)."""
    return RedirectResponse(f"/jobs/{jobs.again(desk, person, id).id}", 303)


@router.get("/jobs/{id}/files/{name:path}")
def file(desk: TheDesk, person: AnyPerson, id: str, name: str, save: bool = False) -> Response:
    """A file that it made (任务产物): shown where the browser can, or saved."""
    found, path = jobs.file(desk, person, id, name)
    return sent(path, found.name, found.sha256, shown=not save, kept=name.endswith(".png"))
