"""Report periods (期次): all of them, a new one, what its configuration says in plain values."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response
from pydantic import Field

from reportgen.problems import InputError, Location, error
from reportgen.service.api.answering import CHANGE, LOOK, routes_of
from reportgen.service.api.asked import OfficeAsked, Outcome, PeriodId, SentFiles, many_files
from reportgen.service.api.shapes import Limit, Listing, Moment, Offset, ProblemShape, Shape, Wanted, listing
from reportgen.service.doors.asking import OfficePerson, TheDesk
from reportgen.service.model import Period
from reportgen.service.office.reports import periods
from reportgen.service.office.reports.periods import PlainValues
from reportgen.service.office.setting.configuration_fields import FIELDS
from reportgen.service.office.uploads import taken_in

router = routes_of("期次")

_TITLE = {
    "type": "string",
    "maxLength": 80,
    "description": "期次名称；不写则用配置文件的名称",
    "example": "2026年上半年",
}
Title = Annotated[str, Field(max_length=80, description="期次名称；不写则取一个")]


class PeriodShape(Shape):
    """A period (期次)."""

    id: str
    title: str
    config: str
    """哪个设置文件是它的配置"""
    author: str
    at: Moment
    archived: bool
    url: str
    page: str
    """在网页上看它的地址"""


class NewPeriod(Wanted, json_schema_extra={"example": {"title": "2026年上半年", "sample": "qingping-2026h1"}}):
    """From what a new period is made (新建期次)."""

    title: Title = ""
    sample: Annotated[Literal["qingping-2026h1"] | None, Field(description="用程序自带的样例")] = None
    earlier: Annotated[str | None, Field(pattern="^[0-9a-f]{32}$", description="照这一期的设置新建，写它的 id")] = None
    values: Annotated[
        dict[Annotated[str, Field(max_length=100)], Annotated[str, Field(max_length=10_000)]] | None,
        Field(max_length=100, description="填几项从头建：year、period、issuer 必写，各项名称同“改配置的各项”"),
    ] = None


class PeriodChange(Wanted, json_schema_extra={"example": {"archived": True}}):
    """What is to be changed of a period (修改期次)."""

    archived: Annotated[bool, Field(description="true 归档，false 取消归档；内容都在")]


class ValuesShape(Shape):
    """What a configuration says in plain values (配置的各项)."""

    title: str
    """期次名称"""
    file: str
    """配置文件"""
    version: int
    """第几版；修改时带回来，别人先改过就答 409"""
    values: dict[str, str]
    """各项的名称和内容，没有写的为空"""
    problems: list[ProblemShape]
    """配置现在不能用时，为什么"""


class NewValues(
    Wanted, json_schema_extra={"example": {"title": "2026年上半年", "values": {"year": "2026"}, "version": 1}}
):
    """A configuration's values as they are to be (修改配置)."""

    title: Title = ""
    values: Annotated[
        dict[Annotated[str, Field(max_length=100)], Annotated[str, Field(max_length=10_000)]],
        Field(max_length=100, description="要改的各项；没有写的不变"),
    ]
    version: Annotated[int | None, Field(ge=1, description="看到的是第几版；不写则不核对")] = None


def period_shape(period: Period) -> PeriodShape:
    """A period for programs (期次)."""
    return PeriodShape(
        id=period.id,
        title=period.title,
        config=period.config,
        author=period.author,
        at=period.at,
        archived=period.archived,
        url=f"/api/periods/{period.id}",
        page=f"/periods/{period.id}/",
    )


def _refuse_unknown(values: Iterable[str], known: Collection[str]) -> None:
    if unknown := [name for name in values if name not in known]:
        where = Location(file="请求体", key=f"values.{unknown[0]}"[:60])
        fix = f"各项的名称有：{'、'.join(known)}"
        raise InputError([error("service.wrong-form", "配置里没有这一项可以这样改", fix, where)])


def _made(period: Period) -> Outcome:
    return Outcome(told=period_shape(period), status=201, location=f"/api/periods/{period.id}")


def _values(title: str, found: PlainValues) -> ValuesShape:
    problems = [ProblemShape.model_validate(problem.as_json()) for problem in found.problems]
    return ValuesShape(
        title=title, file=found.file.name, version=found.file.version, values=dict(found.values), problems=problems
    )


@router.get("/periods", summary="全部期次", responses=LOOK, response_model=Listing[PeriodShape])
def all_periods(
    request: Request,
    desk: TheDesk,
    person: OfficePerson,
    archived: Annotated[bool, Query(description="连同已归档的")] = False,
    limit: Limit = 50,
    offset: Offset = 0,
) -> dict[str, Any]:
    """新的在前。"""
    return listing(request, periods.all_periods(desk, person, archived=archived), period_shape, limit, offset)


@router.post("/periods", summary="新建期次", status_code=201, responses=CHANGE, response_model=PeriodShape)
def new_period(asked: OfficeAsked, wanted: NewPeriod) -> Response:
    """用样例新建，照以前一期的设置新建，或填几项从头建；用自己的配置新建见“用文件新建期次”。"""

    def act() -> Outcome:
        desk, person = asked.desk, asked.person
        given = [each for each in (wanted.sample, wanted.earlier, wanted.values) if each is not None]
        if len(given) != 1:
            what = "照样例、照以前一期、填几项新建，只能选一样" if given else "没有说明新一期照什么建"
            raise InputError([error("service.period-origin", what, "请写 sample、earlier、values 中的一个")])
        if wanted.earlier is not None:
            return _made(periods.new_from_earlier(desk, person, wanted.title, wanted.earlier))
        if wanted.sample is not None:
            return _made(periods.new_from_sample(desk, person, wanted.title))
        assert wanted.values is not None, "one of the three is given"
        _refuse_unknown(wanted.values, [each.name for each in FIELDS])
        return _made(periods.new_from_answers(desk, person, wanted.title, wanted.values))

    return asked.once(wanted.model_dump(), act)


@router.post(
    "/periods/from-files",
    summary="用文件新建期次",
    status_code=201,
    responses=CHANGE,
    response_model=PeriodShape,
    openapi_extra=many_files(title=_TITLE),
)
def new_from_files(asked: OfficeAsked, sent: SentFiles) -> Response:
    """传自己的配置，连同它提到的模板、单位名册等。"""
    uploads = [taken_in(asked.desk, each.name, each.file) for each in sent.files]
    title = sent.fields.get("title", "")

    def act() -> Outcome:
        return _made(periods.new_from_files(asked.desk, asked.person, title, uploads))

    return asked.once([title, [(each.name, each.sha256) for each in uploads]], act)


@router.get("/periods/{period}", summary="看一期", responses=LOOK, response_model=PeriodShape)
def the_period(desk: TheDesk, person: OfficePerson, period: PeriodId) -> PeriodShape:
    """它的台账、报告等各有自己的地址。"""
    return period_shape(periods.the_period(desk, person, period))


@router.patch("/periods/{period}", summary="归档或取消归档", responses=CHANGE, response_model=PeriodShape)
def change_period(desk: TheDesk, person: OfficePerson, period: PeriodId, wanted: PeriodChange) -> PeriodShape:
    """归档的不再列出，内容都在。"""
    periods.archive(desk, person, period, archived=wanted.archived)
    return period_shape(periods.the_period(desk, person, period))


@router.get("/periods/{period}/values", summary="看配置的各项", responses=LOOK, response_model=ValuesShape)
def values(desk: TheDesk, person: OfficePerson, period: PeriodId) -> ValuesShape:
    """标题、年份、报告期、署名等。"""
    found = periods.the_period(desk, person, period)
    return _values(found.title, periods.plain_values(desk, person, period))


@router.put("/periods/{period}/values", summary="改配置的各项", responses=CHANGE, response_model=ValuesShape)
def save_values(desk: TheDesk, person: OfficePerson, period: PeriodId, wanted: NewValues) -> ValuesShape:
    """存为新的一版，配置里的批注不变。"""
    title = wanted.title or periods.the_period(desk, person, period).title
    before = periods.plain_values(desk, person, period)
    _refuse_unknown(wanted.values, before.values)
    new = {**before.values, **wanted.values}
    saved = periods.save_values(desk, person, period, title, new, wanted.version)
    return _values(title, saved)
