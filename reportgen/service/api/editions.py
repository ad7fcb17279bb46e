"""The editions of a report (版次): with what each was made of; any two compared; the settings of one taken back."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path, Query, Request, Response
from pydantic import Field

from reportgen.service.api.answering import CHANGE, LOOK, refusals, routes_of
from reportgen.service.api.asked import OfficeAsked, PeriodId, in_path
from reportgen.service.api.files import DOWNLOAD, download
from reportgen.service.api.jobs import JobShape, asked_for, job_path, job_shape
from reportgen.service.api.ledgers import LedgerShape, ledger_shape
from reportgen.service.api.setting_files import SettingFileShape, setting_shape
from reportgen.service.api.shapes import DoneShape, FileShape, Limit, Listing, Moment, Offset, Shape, Wanted, part_of
from reportgen.service.doors.asking import OfficePerson, TheDesk
from reportgen.service.office.reports import editions
from reportgen.service.office.reports.editions import Changed, Kept

router = routes_of("版次")

Number = Annotated[int, Path(ge=1, le=1_000_000_000, description="第几版")]
Other = Annotated[int, Query(ge=1, le=1_000_000_000, description="与第几版比")]
Ending = Annotated[Literal["docx", "pdf"], Query(description="比哪种文件")]


class EditionShape(Shape):
    """An edition with all that it was made of (一版报告)."""

    id: str
    number: int
    job: str
    ledger: LedgerShape | None
    settings: dict[str, int]
    """用到的设置文件，各是第几版"""
    hashes: dict[str, str]
    """用到的设置文件，各自内容的 SHA-256"""
    template: str
    """报告模板内容的 SHA-256"""
    program: str
    """程序版本"""
    author: str
    at: Moment
    note: str
    files: list[FileShape]


class ChangedShape(Shape):
    """A setting file that differs (不同的设置文件)."""

    name: str
    before: int | None
    """前一版用的是第几版；没有用它时为 null"""
    after: int | None


class ComparisonShape(Shape):
    """How far the comparison of two editions is (比对)."""

    first: int
    second: int
    settings: list[ChangedShape]
    """不同的设置文件"""
    job: JobShape | None
    """还没有要求比对时为 null"""
    result: dict[str, Any] | None
    """逐处差别；没有比完时为 null"""


class Note(Wanted, json_schema_extra={"example": {"note": "送审稿"}}):
    """What the office says of an edition (批注)."""

    note: Annotated[str, Field(max_length=200, description="如 送审稿；空的表示去掉")]


class RestoredShape(Shape):
    """The setting files that were changed by it (退回的设置文件)."""

    settings: list[SettingFileShape]


def _edition(kept: Kept) -> EditionShape:
    edition = kept.edition
    files = f"{job_path(edition.job)}/files"
    return EditionShape(
        id=edition.id,
        number=edition.number,
        job=edition.job,
        ledger=ledger_shape(kept.ledger) if kept.ledger else None,
        settings=dict(edition.settings),
        hashes=dict(edition.hashes),
        template=edition.template,
        program=edition.program,
        author=edition.author,
        at=edition.at,
        note=edition.note,
        files=[
            FileShape(name=each.name, size=each.size, sha256=each.sha256, url=f"{files}/{in_path(each.name)}")
            for each in kept.files
        ],
    )


def _changed(found: tuple[Changed, ...]) -> list[ChangedShape]:
    return [ChangedShape(name=each.name, before=each.before, after=each.after) for each in found]


@router.get("/periods/{period}/editions", summary="各版报告", responses=LOOK, response_model=Listing[EditionShape])
def all_editions(
    request: Request, desk: TheDesk, person: OfficePerson, period: PeriodId, limit: Limit = 50, offset: Offset = 0
) -> dict[str, Any]:
    """新的在前；各版的文件、台账和设置都留着。"""
    _, found, total = editions.all_editions(desk, person, period, limit, offset)
    return part_of(request, [_edition(each) for each in found], total, limit, offset)


@router.get("/periods/{period}/editions/{number}", summary="看一版报告", responses=LOOK, response_model=EditionShape)
def the_edition(desk: TheDesk, person: OfficePerson, period: PeriodId, number: Number) -> EditionShape:
    """由什么做成，谁做的。"""
    return _edition(editions.the_edition(desk, person, period, number)[1])


@router.put("/periods/{period}/editions/{number}/note", summary="批注一版报告", responses=CHANGE)
def set_note(desk: TheDesk, person: OfficePerson, period: PeriodId, number: Number, wanted: Note) -> DoneShape:
    """如 送审稿、印发稿。"""
    editions.set_note(desk, person, period, number, wanted.note)
    return DoneShape()


@router.post(
    "/periods/{period}/editions/{number}/settings/restore",
    summary="设置退回到一版报告",
    responses=CHANGE,
    response_model=RestoredShape,
)
def restore_settings(desk: TheDesk, person: OfficePerson, period: PeriodId, number: Number) -> RestoredShape:
    """全部设置文件回到做那一版时的内容，各成为新的一版。"""
    made = editions.restore_settings(desk, person, period, number)
    return RestoredShape(settings=[setting_shape(each) for each in made])


@router.get(
    "/periods/{period}/editions/{number}/comparison",
    summary="看两版的差别",
    responses=LOOK | refusals(409),
    response_model=ComparisonShape,
)
def comparison(
    desk: TheDesk, person: OfficePerson, period: PeriodId, number: Number, other: Other, ending: Ending = "docx"
) -> ComparisonShape:
    """两版哪个写在前都一样，按先后比。"""
    found = editions.comparison(desk, person, period, number, other, f".{ending}")
    return ComparisonShape(
        first=found.first.edition.number,
        second=found.second.edition.number,
        settings=_changed(found.changed),
        job=job_shape(found.job) if found.job else None,
        result=dict(found.result) if found.result else None,
    )


@router.post(
    "/periods/{period}/editions/{number}/comparison",
    summary="比对两版",
    status_code=202,
    responses=CHANGE,
    response_model=JobShape,
)
def compare(asked: OfficeAsked, period: PeriodId, number: Number, other: Other, ending: Ending = "docx") -> Response:
    """比过的就是原来那次。"""
    return asked.once(
        [other, ending],
        lambda: asked_for(editions.compare(asked.desk, asked.person, period, number, other, f".{ending}")),
    )


@router.get(
    "/periods/{period}/editions/{number}/comparison/page",
    summary="下载比对网页",
    responses=DOWNLOAD,
    response_class=Response,
)
def comparison_page(
    request: Request,
    desk: TheDesk,
    person: OfficePerson,
    period: PeriodId,
    number: Number,
    other: Other,
    ending: Ending = "docx",
) -> Response:
    """两版并排，存下来用浏览器打开。"""
    path = editions.comparison_page(desk, person, period, number, other, f".{ending}")
    return download(request, path, "比对.html", path.name)
