"""What is wrong with a period's ledger (问题), and the verdicts on its entries (研判)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query, Request, Response
from pydantic import Field

from reportgen.service.api.answering import CHANGE, LOOK, routes_of
from reportgen.service.api.asked import OfficeAsked, Outcome, PeriodId
from reportgen.service.api.jobs import JobShape, asked_for, job_shape
from reportgen.service.api.shapes import DoneShape, Limit, Listing, Offset, PlaceShape, Shape, Wanted, listing
from reportgen.service.doors.asking import OfficePerson, TheDesk
from reportgen.service.office.reports import examining, verdicts
from reportgen.service.office.reports.examining import Group, Issue, Looked
from reportgen.service.office.reports.verdicts import Row, Show

router = routes_of("问题和研判")


class IssueShape(Shape):
    """One thing to look at (一处)."""

    what: str
    fix: str
    places: list[PlaceShape]
    spots: list[str]
    """不在单元格里的位置，如成文的第几段"""
    quote: str
    """原文"""
    key: str
    """可以认可的意见有编号；空的要改正，不能认可"""
    reason: str
    """已认可的，理由"""
    author: str
    """已认可的，谁认可的"""


class GroupShape(Shape):
    """Things of one cause (同一原因的各处)."""

    title: str
    severity: Annotated[str, Field(description="error 错误，warning 提醒")]
    stops: bool
    """不改正就生成不了报告"""
    issues: list[IssueShape]


class ProblemsOfPeriod(Shape):
    """All that is to be looked at (待看的问题)."""

    ledger: int | None
    """现用的是第几版；还没有台账时为 null"""
    is_current: bool
    """下面说的是不是现用的台账和设置；不是的，正在重新检查或要再查一次"""
    ready: bool
    """能不能生成报告"""
    job: JobShape | None
    """检查现用台账的任务"""
    counts: dict[str, Any]
    """数目：errors、warnings、wrong、doubtful、accepted、goals、tasks、judgements"""
    groups: list[GroupShape]
    accepted: list[IssueShape]
    """已认可的"""
    not_checked: list[str]
    """没有能够检查的，为什么"""


class OverviewShape(Shape):
    """The ledger at a glance (总览)."""

    is_current: bool
    """说的是不是现用的台账和设置"""
    job: str | None
    """检查台账的任务，图在它的 files 里"""
    overview: dict[str, Any] | None
    """数目和各图，每张图旁有同样内容的表；没有能检查的为 null"""


class Reason(Wanted, json_schema_extra={"example": {"reason": "口径不同，已与统计局核对"}}):
    """Why a finding stays as it is (认可的理由)."""

    reason: Annotated[str, Field(min_length=2, max_length=500, description="以后看得懂的一句理由")]


class OpinionShape(Shape):
    """What a person put instead (改判)."""

    judgement: str
    was: str
    reason: str
    author: str


class VerdictShape(Shape):
    """An entry with what the rules say of it (一条研判)."""

    number: int
    """台账里的次序，从 0 数起；改判时用它"""
    sheet: str
    id: str
    given_no: str
    text: str
    category: str
    lead_units: list[str]
    support_units: list[str]
    progress: str
    ledger: str
    """台账里写的结论，空着为空"""
    judgement: str
    """规则的结论"""
    standing: str
    """两者相比：一致、不一致、台账空着、规则没有结论"""
    reason: str
    """规则这样看的理由"""
    opinion: dict[str, Any] | None
    """哪条规则、依据哪些文字和数字"""
    cells: dict[str, PlaceShape]
    """各栏在哪个单元格"""
    choices: list[str]
    """改判可以选的结论"""
    override: OpinionShape | None
    """最后一次改判"""


class Override(Wanted, json_schema_extra={"example": {"judgement": "正常推进", "reason": "材料已补齐，经核实"}}):
    """A person's word instead (改判)."""

    judgement: Annotated[str, Field(min_length=1, max_length=50, description="选 choices 中的一个")]
    reason: Annotated[str, Field(min_length=2, max_length=500, description="理由")]


def _places(found: Any) -> list[PlaceShape]:
    return [PlaceShape.model_validate(dict(each)) for each in found]


def _issue(issue: Issue) -> IssueShape:
    return IssueShape(
        what=issue.what,
        fix=issue.fix,
        places=_places(issue.places),
        spots=list(issue.spots),
        quote=issue.quote,
        key=issue.key,
        reason=issue.reason,
        author=issue.author,
    )


def _group(group: Group) -> GroupShape:
    return GroupShape(
        title=group.title,
        severity="error" if group.is_error else "warning",
        stops=group.stops,
        issues=[_issue(each) for each in group.issues],
    )


def _verdict(row: Row) -> VerdictShape:
    entry, verdict, override = row.entry, row.verdict, row.override
    return VerdictShape(
        number=row.number,
        **{name: entry[name] for name in ("sheet", "id", "given_no", "text", "category", "progress")},
        lead_units=list(entry["lead_units"]),
        support_units=list(entry["support_units"]),
        ledger=entry["judgement"],
        **{name: verdict[name] for name in ("judgement", "standing", "reason", "opinion")},
        cells={name: PlaceShape.model_validate(place) for name, place in entry["cells"].items()},
        choices=list(row.choices),
        override=OpinionShape(
            judgement=override.judgement, was=override.was, reason=override.reason, author=override.author
        )
        if override
        else None,
    )


def _counts(look: Looked) -> dict[str, Any]:
    return dict(look.result["counts"]) if look.result else {}


@router.get("/periods/{period}/problems", summary="看问题", responses=LOOK, response_model=ProblemsOfPeriod)
def problems(desk: TheDesk, person: OfficePerson, period: PeriodId) -> ProblemsOfPeriod:
    """台账和配置的全部问题，按原因归类，每处带单元格。"""
    look = examining.the_look(desk, person, period)
    accepted = examining.accepted_findings(desk, person, period)
    result = look.result or {}
    return ProblemsOfPeriod(
        ledger=look.ledger.version if look.ledger else None,
        is_current=look.is_current,
        ready=look.is_current and bool(result.get("ready")),
        job=job_shape(look.job) if look.job else None,
        counts=_counts(look),
        groups=[_group(each) for each in examining.groups(look, accepted)],
        accepted=[_issue(each) for each in examining.let_stand(look, accepted)],
        not_checked=list(result.get("not_checked", ())),
    )


@router.get("/periods/{period}/overview", summary="总览", responses=LOOK, response_model=OverviewShape)
def overview(desk: TheDesk, person: OfficePerson, period: PeriodId) -> OverviewShape:
    """完成情况按单位、按分类，目标对半年线，两期变化。"""
    look = examining.the_look(desk, person, period)
    found = (look.result or {}).get("overview")
    job = look.shown.id if look.shown else None
    return OverviewShape(is_current=look.is_current, job=job, overview=dict(found) if found else None)


@router.post(
    "/periods/{period}/examinations", summary="再查一次", status_code=202, responses=CHANGE, response_model=JobShape
)
def examine(asked: OfficeAsked, period: PeriodId) -> Response:
    """按现用的台账和设置检查；已经查过的就是原来那次。"""
    return asked.once(None, lambda: asked_for(examining.examine(asked.desk, asked.person, period)))


FindingKey = Annotated[str, Path(max_length=200, description="意见的编号，见 problems 里的 key")]


@router.put("/periods/{period}/acceptances/{finding}", summary="认可一条意见", responses=CHANGE)
def accept(desk: TheDesk, person: OfficePerson, period: PeriodId, finding: FindingKey, wanted: Reason) -> DoneShape:
    """写明理由，以后检查不再列为问题。"""
    examining.accept(desk, person, period, finding, wanted.reason)
    return DoneShape()


@router.delete("/periods/{period}/acceptances/{finding}", summary="取消认可", responses=CHANGE)
def withdraw(desk: TheDesk, person: OfficePerson, period: PeriodId, finding: FindingKey) -> DoneShape:
    """这一条仍列为问题。"""
    examining.withdraw(desk, person, period, finding)
    return DoneShape()


@router.get("/periods/{period}/verdicts", summary="看研判", responses=LOOK, response_model=Listing[VerdictShape])
def all_verdicts(
    request: Request,
    desk: TheDesk,
    person: OfficePerson,
    period: PeriodId,
    show: Annotated[
        Show,
        Query(
            description="differs 与台账不一致，behind 滞后、不达预期，empty 台账空着，undecided 规则没有结论，all 全部"
        ),
    ] = Show.ALL,
    unit: Annotated[str, Query(max_length=100, description="只看这个单位的")] = "",
    category: Annotated[str, Query(max_length=200, description="只看这一分类的")] = "",
    lead: Annotated[bool, Query(description="只看 unit 牵头的，不看它配合的")] = False,
    limit: Limit = 50,
    offset: Offset = 0,
) -> dict[str, Any]:
    """台账里的次序；每条有结论、规则、理由和依据。"""
    look = examining.the_look(desk, person, period)
    rows = verdicts.rows_of(look, verdicts.overridden(desk, person, period))
    shown = [row for row in rows if verdicts.matches(row, show, unit, category, lead=lead)]
    return listing(request, shown, _verdict, limit, offset)


@router.post(
    "/periods/{period}/verdicts/{number}/override",
    summary="改判",
    status_code=202,
    responses=CHANGE,
    response_model=JobShape,
)
def override(
    asked: OfficeAsked,
    period: PeriodId,
    number: Annotated[int, Path(ge=0, le=1_000_000, description="研判里的 number")],
    wanted: Override,
) -> Response:
    """写进台账的单元格，成为台账的新一版；写进以前不能再改判别的。"""

    def act() -> Outcome:
        return asked_for(verdicts.override(asked.desk, asked.person, period, number, wanted.judgement, wanted.reason))

    return asked.once(wanted.model_dump(), act)
