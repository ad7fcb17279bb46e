"""The ledger of a period (台账): its versions, a new one, an older one taken again."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path, Request, Response
from pydantic import Field

from reportgen.service.api.answering import CHANGE, LOOK, routes_of
from reportgen.service.api.asked import ONE_FILE, OfficeAsked, Outcome, PeriodId, SentFile
from reportgen.service.api.files import DOWNLOAD, download
from reportgen.service.api.jobs import JobShape, job_path, job_shape
from reportgen.service.api.shapes import Limit, Listing, Moment, Offset, Shape, listing, word_of
from reportgen.service.doors.asking import OfficePerson, TheDesk
from reportgen.service.model import LedgerVersion
from reportgen.service.office.reports import ledgers
from reportgen.service.office.reports.ledgers import NewLedger
from reportgen.service.office.uploads import taken_in
from reportgen.service.store.blobs import path_of

router = routes_of("台账")

Version = Annotated[int, Path(ge=1, le=1_000_000_000, description="第几版")]


class LedgerShape(Shape):
    """One version of the ledger (台账的一版)."""

    id: str
    version: int
    """第几版，最大的是现用的"""
    name: str
    size: int
    sha256: str
    origin: Annotated[
        Literal["uploaded", "collected", "overridden", "restored"],
        Field(description="uploaded 上传，collected 汇总反馈，overridden 改判，restored 退回旧版"),
    ]
    author: str
    at: Moment
    note: str
    url: str
    """下载地址"""


class NewLedgerShape(Shape):
    """A new version, and the job that examines it (新的一版)."""

    ledger: LedgerShape
    job: JobShape
    """检查它的任务"""


def ledger_shape(ledger: LedgerVersion) -> LedgerShape:
    """A version for programs (台账的一版)."""
    return LedgerShape(
        id=ledger.id,
        version=ledger.version,
        name=ledger.name,
        size=ledger.size,
        sha256=ledger.sha256,
        origin=word_of(ledger.origin),
        author=ledger.author,
        at=ledger.at,
        note=ledger.note,
        url=f"/api/periods/{ledger.period}/ledgers/{ledger.version}/file",
    )


def _made(made: NewLedger) -> Outcome:
    told = NewLedgerShape(ledger=ledger_shape(made.ledger), job=job_shape(made.job))
    return Outcome(told=told, status=202, location=job_path(made.job.id))


@router.get("/periods/{period}/ledgers", summary="台账各版", responses=LOOK, response_model=Listing[LedgerShape])
def versions(
    request: Request, desk: TheDesk, person: OfficePerson, period: PeriodId, limit: Limit = 50, offset: Offset = 0
) -> dict[str, Any]:
    """新的在前，第一个是现用的。"""
    return listing(request, ledgers.versions(desk, person, period), ledger_shape, limit, offset)


@router.post(
    "/periods/{period}/ledgers",
    summary="传台账",
    status_code=202,
    responses=CHANGE,
    response_model=NewLedgerShape,
    openapi_extra=ONE_FILE,
)
def put(asked: OfficeAsked, period: PeriodId, sent: SentFile) -> Response:
    """存为新的一版并自动检查；与现用的一样则不另存。收 xlsx、csv、yaml、json；Word、图片等不收。"""
    ledgers.versions(asked.desk, asked.person, period)  # whoever may not see the period leaves nothing behind
    upload = taken_in(asked.desk, sent.files[0].name, sent.files[0].file, "台账.xlsx")
    note = sent.fields.get("note", "")[:500]
    return asked.once(
        [upload.name, upload.sha256, note],
        lambda: _made(ledgers.put(asked.desk, asked.person, period, upload, note)),
    )


@router.post(
    "/periods/{period}/ledgers/sample",
    summary="用样例台账",
    status_code=202,
    responses=CHANGE,
    response_model=NewLedgerShape,
)
def put_sample(asked: OfficeAsked, period: PeriodId) -> Response:
    """程序自带的样例，用来试。"""
    return asked.once(None, lambda: _made(ledgers.put_sample(asked.desk, asked.person, period)))


@router.post(
    "/periods/{period}/ledgers/{version}/restore",
    summary="退回台账旧版",
    status_code=202,
    responses=CHANGE,
    response_model=NewLedgerShape,
)
def restore(asked: OfficeAsked, period: PeriodId, version: Version) -> Response:
    """旧版成为新的一版，中间各版都还在。"""
    return asked.once(None, lambda: _made(ledgers.restore(asked.desk, asked.person, period, version)))


@router.get("/periods/{period}/ledgers/{version}/file", summary="下载台账", responses=DOWNLOAD, response_class=Response)
def file(request: Request, desk: TheDesk, person: OfficePerson, period: PeriodId, version: Version) -> Response:
    """各版都可以下载，与当时的一字不差。"""
    found = ledgers.the_version(desk, person, period, version)
    return download(request, path_of(desk.store, found.sha256), found.name, found.sha256)
