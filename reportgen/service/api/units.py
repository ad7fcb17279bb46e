"""The units of a period as the office sees them (部门反馈): links, forms, returns, and putting them together."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Request, Response
from pydantic import Field

from reportgen.service.api.answering import CHANGE, LOOK, routes_of
from reportgen.service.api.asked import AnyId, OfficeAsked, Outcome, PeriodId, SentFiles, UnitName, many_files
from reportgen.service.api.files import DOWNLOAD, download_file
from reportgen.service.api.jobs import JobShape, asked_for, job_shape
from reportgen.service.api.shapes import Moment, ProblemShape, Shape, Wanted, word_of
from reportgen.service.doors.asking import OfficePerson, TheDesk
from reportgen.service.doors.who import own_url
from reportgen.service.model import UnitLink, UnitReturn
from reportgen.service.office.units import collecting, forms, links, returns, unit_table
from reportgen.service.office.units.collecting import Collection
from reportgen.service.office.units.links import NewLink
from reportgen.service.office.units.returns import Sent
from reportgen.service.office.units.unit_table import UnitRow
from reportgen.service.office.uploads import taken_in

router = routes_of("部门反馈")

_UNIT = {"type": "string", "maxLength": 100, "description": "哪个单位的；不写则看文件名和内容", "example": "区住建委"}
Unit = Annotated[str, Field(min_length=1, max_length=100, description="单位名称，与台账里的写法一致")]


class ReturnShape(Shape):
    """A return (一份反馈)."""

    id: str
    unit: str
    """哪个单位的；看不出来的为空"""
    name: str
    size: int
    state: Annotated[
        Literal["checking", "accepted", "wrong"], Field(description="checking 检查中，accepted 已收到，wrong 有问题")
    ]
    job: str
    """检查它的任务"""
    author: str
    at: Moment
    url: str
    """下载地址"""


class FoundShape(ReturnShape):
    """A return with what was found in it (反馈和检查结果)."""

    typed: bool
    """在网页上填的，不是传的文件"""
    findings: list[dict[str, Any]]
    """查出的：id 哪项任务，field 哪一栏，wrong 要不要改，what、advice，where"""
    problems: list[ProblemShape]
    """没有能读出来时，为什么"""


class LinkShape(Shape):
    """A unit's link without its secret (部门链接)."""

    id: str
    unit: str
    expires: Moment
    revoked: Moment | None
    opened: Moment | None
    """部门第一次打开的时间"""
    author: str
    at: Moment


class NewLinkShape(LinkShape):
    """A new link (新链接)."""

    url: str
    """发给部门的网址，只显示这一次"""


class NewLinksShape(Shape):
    """New links (新链接)."""

    links: list[NewLinkShape]


class UnitShape(Shape):
    """A unit in the table (一个单位的情况)."""

    unit: str
    leads: int
    supports: int
    standing: str
    """waiting 未报，overdue 逾期未报，drafted 在填，checking 检查中，wrong 有问题，returned 已报，not_asked 可不报"""
    standing_name: str
    link_state: str
    """none 没有链接，sent 未打开，opened 已打开，expired 已过期，revoked 已停用"""
    link: LinkShape | None
    sent: FoundShape | None
    """现用的反馈"""
    late: bool
    drafted: Moment | None
    """有还没有提交的草稿，什么时候存的"""


class UnitsShape(Shape):
    """How the units stand (各单位反馈情况)."""

    deadline: str | None
    counts: dict[str, int]
    """asked 应报，returned 已报，wrong 有问题，overdue 逾期，late 迟报，nameless 不知哪个单位的"""
    units: list[UnitShape]
    nameless: list[FoundShape]
    """看不出是哪个单位的文件"""
    forms: JobShape | None
    """生成反馈表和填报清单的任务；还没有台账时为 null"""


class FormsShape(Shape):
    """The forms as they are (反馈表现状)."""

    is_current: bool
    job: JobShape | None
    made_by: str | None
    """做出下面这些的任务，文件在它的 files 里"""
    archive: str
    """全部反馈表的压缩包叫什么"""
    without: list[str]
    """没有任务要报的单位"""
    problems: list[ProblemShape]


class NewLinks(Wanted, json_schema_extra={"example": {"units": ["区住建委"], "days": 30}}):
    """Whom links are made for (生成链接)."""

    units: Annotated[list[Unit], Field(min_length=1, max_length=1000, description="给哪些单位")]
    days: Annotated[int | None, Field(ge=1, le=365, description="多少天有效；不写则按服务的设置")] = None


class Assigned(Wanted, json_schema_extra={"example": {"unit": "区住建委"}}):
    """Whose return it is (指定单位)."""

    unit: Unit


class ReturnsShape(Shape):
    """Returns that were taken in (收下的反馈)."""

    returns: list[ReturnShape]


class RevokedShape(Shape):
    """How many links work no more (停用链接)."""

    revoked: int


class CollectionShape(Shape):
    """A collection and what it says (一次汇总)."""

    job: JobShape
    writes: bool
    """要不要写成新的一版台账；false 是只看情况"""
    result: dict[str, Any] | None
    """汇总的情况，含催报文字；没有做完时为 null"""


class CollectionsShape(Shape):
    """The newest collections (汇总情况)."""

    written: CollectionShape | None
    """最近一次写台账的"""
    newest: CollectionShape | None
    """最近一次有情况可说的"""


def _return_told(period: str, given: UnitReturn) -> dict[str, Any]:
    return {
        **{name: getattr(given, name) for name in ("id", "unit", "name", "size", "job", "author", "at")},
        "state": word_of(given.state),
        "url": f"/api/periods/{period}/returns/{given.id}/file",
    }


def return_shape(given: UnitReturn) -> ReturnShape:
    """A return for programs (反馈)."""
    return ReturnShape(**_return_told(given.period, given))


def found_shape(sent: Sent) -> FoundShape:
    """A return with what was found in it, for programs (反馈和检查结果)."""
    result = sent.result or {}
    problems = [*sent.problems, *result.get("problems", ())]
    told = _return_told(sent.given.period, sent.given) | {"state": word_of(sent.state)}
    return FoundShape(
        **told,
        typed=sent.typed,
        findings=list(result.get("findings", ())),
        problems=[ProblemShape.model_validate(each) for each in problems],
    )


def _link_told(link: UnitLink) -> dict[str, Any]:
    return {name: getattr(link, name) for name in ("id", "unit", "expires", "revoked", "opened", "author", "at")}


def _unit(row: UnitRow) -> UnitShape:
    return UnitShape(
        unit=row.unit,
        leads=row.leads,
        supports=row.supports,
        standing=word_of(row.standing),
        standing_name=row.standing.value,
        link_state=word_of(row.link_state),
        link=LinkShape(**_link_told(row.link)) if row.link else None,
        sent=found_shape(row.sent) if row.sent else None,
        late=row.late,
        drafted=row.drafted,
    )


def _collection(found: Collection | None) -> CollectionShape | None:
    if found is None:
        return None
    result = dict(found.result) if found.result is not None else None
    return CollectionShape(job=job_shape(found.job), writes=found.writes, result=result)


@router.get("/periods/{period}/units", summary="各单位反馈情况", responses=LOOK, response_model=UnitsShape)
def units(desk: TheDesk, person: OfficePerson, period: PeriodId) -> UnitsShape:
    """谁报了，谁没有报，谁迟了，谁的有问题。"""
    table = unit_table.unit_table(desk, person, period)
    return UnitsShape(
        deadline=table.deadline.isoformat() if table.deadline else None,
        counts=table.counts(),
        units=[_unit(row) for row in table.rows],
        nameless=[found_shape(each) for each in table.nameless],
        forms=job_shape(table.forms.job) if table.forms.job else None,
    )


@router.get("/periods/{period}/forms", summary="看反馈表", responses=LOOK, response_model=FormsShape)
def the_forms(desk: TheDesk, person: OfficePerson, period: PeriodId) -> FormsShape:
    """没有做过的，自动开始做。"""
    now = forms.forms_now(desk, person, period)
    made = now.forms
    return FormsShape(
        is_current=now.is_current,
        job=job_shape(now.job) if now.job else None,
        made_by=made.job if made else None,
        archive=made.archive if made else "",
        without=list(made.without) if made else [],
        problems=[ProblemShape.model_validate(each) for each in made.problems] if made else [],
    )


@router.post(
    "/periods/{period}/forms", summary="生成反馈表", status_code=202, responses=CHANGE, response_model=JobShape
)
def make_forms(asked: OfficeAsked, period: PeriodId) -> Response:
    """每个单位一份，连同压缩包。"""
    return asked.once(None, lambda: asked_for(forms.make_forms(asked.desk, asked.person, period)))


@router.get(
    "/periods/{period}/units/{unit}/form", summary="下载一个单位的反馈表", responses=DOWNLOAD, response_class=Response
)
def form(request: Request, desk: TheDesk, person: OfficePerson, period: PeriodId, unit: UnitName) -> Response:
    """按现用的台账做的那份。"""
    return download_file(request, desk, forms.form_file(desk, person, period, unit))


@router.post("/periods/{period}/links", summary="生成部门链接", status_code=201, responses=CHANGE)
def make_links(
    request: Request, desk: TheDesk, person: OfficePerson, period: PeriodId, wanted: NewLinks
) -> NewLinksShape:
    """网址只显示这一次；这些单位以前的链接停用。"""

    def told(new: NewLink) -> NewLinkShape:
        return NewLinkShape(**_link_told(new.link), url=f"{own_url(request)}/u/{new.token}")

    made = links.make_links(desk, person, period, wanted.units, wanted.days)
    return NewLinksShape(links=[told(each) for each in made])


@router.delete("/periods/{period}/units/{unit}/links", summary="停用部门链接", responses=CHANGE)
def revoke_links(desk: TheDesk, person: OfficePerson, period: PeriodId, unit: UnitName) -> RevokedShape:
    """已保存的草稿和反馈都在。"""
    return RevokedShape(revoked=links.revoke_links(desk, person, period, unit))


@router.post(
    "/periods/{period}/returns",
    summary="代收反馈",
    status_code=202,
    responses=CHANGE,
    response_model=ReturnsShape,
    openapi_extra=many_files(unit=_UNIT),
)
def send_mailed(asked: OfficeAsked, period: PeriodId, sent: SentFiles) -> Response:
    """部门用邮件等报来的文件，可以一次传多份；自动检查。"""
    desk, person = asked.desk, asked.person
    uploads = [taken_in(desk, each.name, each.file, "反馈表") for each in sent.files]
    unit = sent.fields.get("unit", "").strip()

    def act() -> Outcome:
        made = returns.send_mailed(desk, person, period, uploads, unit)
        told = ReturnsShape(returns=[return_shape(each) for each in made])
        return Outcome(told=told, status=202, location=f"/api/periods/{period}/units")

    return asked.once([unit, [(each.name, each.sha256) for each in uploads]], act)


@router.put("/periods/{period}/returns/{id}/unit", summary="指定反馈的单位", responses=CHANGE)
def assign(desk: TheDesk, person: OfficePerson, period: PeriodId, id: AnyId, wanted: Assigned) -> ReturnShape:
    """看不出是哪个单位的文件，指定以后重新检查。"""
    return return_shape(returns.assign_return(desk, person, period, id, wanted.unit))


@router.get("/periods/{period}/returns/{id}/file", summary="下载反馈", responses=DOWNLOAD, response_class=Response)
def return_file(request: Request, desk: TheDesk, person: OfficePerson, period: PeriodId, id: AnyId) -> Response:
    """部门的人和链接只能下载本单位的。"""
    return download_file(request, desk, returns.return_file(desk, person, period, id))


@router.get("/periods/{period}/collections", summary="看汇总情况", responses=LOOK, response_model=CollectionsShape)
def collections(desk: TheDesk, person: OfficePerson, period: PeriodId) -> CollectionsShape:
    """催报文字也在里面。"""
    written, newest = collecting.collections_of(desk, person, period)
    return CollectionsShape(written=_collection(written), newest=_collection(newest))


@router.post(
    "/periods/{period}/collections",
    summary="汇总成新台账",
    status_code=202,
    responses=CHANGE,
    response_model=JobShape,
)
def collect(asked: OfficeAsked, period: PeriodId) -> Response:
    """收到的反馈汇总进台账，成为新的一版。"""
    return asked.once(None, lambda: asked_for(collecting.collect_returns(asked.desk, asked.person, period)))


@router.post(
    "/periods/{period}/collections/look",
    summary="只看汇总情况",
    status_code=202,
    responses=CHANGE,
    response_model=JobShape,
)
def look(asked: OfficeAsked, period: PeriodId) -> Response:
    """谁没有报、催报文字，不写台账。"""
    return asked.once(None, lambda: asked_for(collecting.look_at_returns(asked.desk, asked.person, period)))
