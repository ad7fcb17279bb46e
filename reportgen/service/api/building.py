"""The report of a period (报告), each unit's set of files (分送件), and how far the period is (六步)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import Path, Request, Response
from pydantic import Field

from reportgen.service.api.answering import CHANGE, LOOK, routes_of
from reportgen.service.api.asked import OfficeAsked, PeriodId
from reportgen.service.api.files import DOWNLOAD, download_file
from reportgen.service.api.jobs import JobShape, asked_for, job_shape, shape_of
from reportgen.service.api.shapes import ProblemShape, Shape
from reportgen.service.doors.asking import OfficePerson, TheDesk
from reportgen.service.model import JobFile
from reportgen.service.office.jobs import Watched
from reportgen.service.office.reports import building, steps
from reportgen.service.refusals import not_found

router = routes_of("报告")


class StepShape(Shape):
    """One of the six steps (一步)."""

    section: str
    name: str
    state: Annotated[
        Literal["done", "look", "busy", "todo"],
        Field(description="done 已完成，look 要看一看，busy 正在做，todo 还没做"),
    ]
    note: str


class StepsShape(Shape):
    """How far a period is (六步)."""

    steps: list[StepShape]
    next: str
    """该做哪一步，写它的 section"""


class ReportShape(Shape):
    """What a period's report is by now (报告现状)."""

    is_current: bool
    """做好的是不是按现用的台账和设置"""
    edition: int | None
    """做好的是第几版；还没有做过时为 null"""
    ledger: int | None
    """按第几版台账做的"""
    making: JobShape | None
    """按现用台账和设置做的任务；没有要求过时为 null"""
    made: JobShape | None
    """做好的任务，files 里是可以下载的文件"""
    title: str
    pages: int
    problems: list[ProblemShape]
    """做时的提醒"""


class SetsShape(Shape):
    """What there is of the units' files (分送件现状)."""

    is_current: bool
    ledger: int | None
    making: JobShape | None
    made: JobShape | None
    archive: str
    """全部文件的压缩包叫什么"""
    index: str
    """总表叫什么"""
    units: list[dict[str, Any]]
    """各单位：number、unit、kind、state、leads、supports、files"""
    problems: list[ProblemShape]


def _problems(result: Any) -> list[ProblemShape]:
    return [ProblemShape.model_validate(each) for each in (result or {}).get("problems", ())]


def _made(job: Any, files: tuple[JobFile, ...]) -> JobShape | None:
    return shape_of(Watched(job=job, files=files)) if job is not None else None


@router.get("/periods/{period}/steps", summary="做到哪一步", responses=LOOK, response_model=StepsShape)
def six_steps(desk: TheDesk, person: OfficePerson, period: PeriodId) -> StepsShape:
    """选期次、传台账、看问题、看研判、预览、下载。"""
    found = steps.steps_of(desk, person, period)
    shapes = [StepShape.model_validate(asdict(each)) for each in found]
    return StepsShape(steps=shapes, next=steps.next_section(found))


@router.get("/periods/{period}/report", summary="看报告", responses=LOOK, response_model=ReportShape)
def report(desk: TheDesk, person: OfficePerson, period: PeriodId) -> ReportShape:
    """最近做好的一版；文件在 made.files 里。"""
    found = building.the_report(desk, person, period)
    result = found.result or {}
    return ReportShape(
        is_current=found.is_current,
        edition=found.edition.number if found.edition else None,
        ledger=found.ledger.version if found.ledger else None,
        making=job_shape(found.job) if found.job else None,
        made=_made(found.shown, found.files),
        title=result.get("title") or "",
        pages=result.get("pages", 0),
        problems=_problems(result),
    )


@router.get("/periods/{period}/report/{format}", summary="下载报告", responses=DOWNLOAD, response_class=Response)
def report_file(
    request: Request,
    desk: TheDesk,
    person: OfficePerson,
    period: PeriodId,
    format: Annotated[Literal["docx", "pdf"], Path(description="哪种文件")],
) -> Response:
    """最近做好的一版；是不是现用台账的，见“看报告”。"""
    found = building.the_report(desk, person, period)
    file = found.file((found.result or {}).get(format) or "")
    if file is None:
        raise not_found("可以下载的报告")
    return download_file(request, desk, (file.name, file.sha256))


@router.post("/periods/{period}/builds", summary="生成报告", status_code=202, responses=CHANGE, response_model=JobShape)
def build(asked: OfficeAsked, period: PeriodId) -> Response:
    """按现用的台账和设置；没有变过的就是原来那份，文件一字不差。"""
    return asked.once(None, lambda: asked_for(building.build(asked.desk, asked.person, period)))


@router.get("/periods/{period}/sets", summary="看各单位分送件", responses=LOOK, response_model=SetsShape)
def sets(desk: TheDesk, person: OfficePerson, period: PeriodId) -> SetsShape:
    """最近做好的；文件在 made.files 里。"""
    found = building.the_sets(desk, person, period)
    result = found.result or {}
    return SetsShape(
        is_current=found.is_current,
        ledger=found.ledger.version if found.ledger else None,
        making=job_shape(found.job) if found.job else None,
        made=_made(found.shown, found.files),
        archive=result.get("archive") or "",
        index=result.get("index") or "",
        units=list(result.get("units", ())),
        problems=_problems(result),
    )


@router.post(
    "/periods/{period}/sets",
    summary="生成各单位分送件",
    status_code=202,
    responses=CHANGE,
    response_model=JobShape,
)
def make_sets(asked: OfficeAsked, period: PeriodId) -> Response:
    """每个单位一套文件，连同压缩包和总表。"""
    return asked.once(None, lambda: asked_for(building.make_sets(asked.desk, asked.person, period)))
