"""What a unit does itself (部门填报): for accounts of units, and with the secret of a unit's link as the token."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Request, Response
from pydantic import Field

from reportgen.problems import error
from reportgen.service.api.answering import CHANGE, LOOK, routes_of
from reportgen.service.api.asked import ONE_FILE, AnyId, Outcome, PeriodId, SentFile, TheAsked
from reportgen.service.api.files import DOWNLOAD, download_file
from reportgen.service.api.periods import PeriodShape, period_shape
from reportgen.service.api.shapes import Limit, Listing, Moment, Offset, Shape, Wanted, listing
from reportgen.service.api.units import FoundShape, ReturnShape, found_shape, return_shape
from reportgen.service.doors.asking import TheDesk, UnitPerson
from reportgen.service.office.units import drafts, forms, links, returns
from reportgen.service.office.units.draft_merging import mark_of
from reportgen.service.office.units.drafts import Saved, Writing
from reportgen.service.office.units.unit_tasks import UnitTask
from reportgen.service.office.uploads import taken_in
from reportgen.service.refusals import Conflict, TooMany

router = routes_of("部门填报")

_MOST_CLASHES = 20
_KEY = "progress@重点任务@T-003"


class CellShape(Shape):
    """A cell to fill in (要填的一格)."""

    key: str
    """交回时用这个名称"""
    field: str
    title: str
    choices: list[str]
    """可以选的写法；空的自由填写"""
    text: str
    """现在的文字：草稿，或台账里已有的"""
    mark: str
    """现在文字的标记；交回时带上，别人先改过就能看出来"""


class TaskShape(Shape):
    """A task to answer (一项任务)."""

    sheet: str
    id: str
    given_no: str
    category: str
    text: str
    leads: bool
    """牵头；false 是配合"""
    group: str
    lead_units: list[str]
    support_units: list[str]
    last_progress: str
    """上期进展"""
    cells: list[CellShape]


class TasksShape(Shape):
    """All that a unit is asked for (填报清单)."""

    unit: str
    period: str
    """报告期"""
    issuer: str
    contact: str
    deadline: str | None
    overdue: bool
    """已过截止日期；仍然可以报，会标为迟报"""
    tasks: list[TaskShape]
    left_over: dict[str, str]
    """清单里已经没有的任务，以前填过的文字"""
    drafted: Moment | None
    drafted_by: str
    sent: list[FoundShape]
    """报过的，新的在前，第一份是现用的"""


class Filled(
    Wanted,
    json_schema_extra={
        "example": {
            "answers": {"progress@重点任务@T-003": "已开工 12 个"},
            "marks": {"progress@重点任务@T-003": "0123"},
        }
    },
):
    """What was filled in (填写的内容)."""

    answers: Annotated[dict[str, str], Field(max_length=20_000, description="各格的文字；没有写的不变")]
    marks: Annotated[
        dict[str, str],
        Field(default_factory=dict, max_length=20_000, description="动笔时各格的标记，据此看出别人先改过"),
    ]


class SavedShape(Shape):
    """What came of saving (保存结果)."""

    version: int
    """草稿存过几次"""
    taken: list[str]
    """另有人改过、这次没有改的格，用了那人的文字"""


def _task(task: UnitTask, writing: Writing) -> TaskShape:
    cells = []
    for each in task.asks:
        text = writing.answers.get(task.key(each.field), "")
        cells.append(
            CellShape(
                key=task.key(each.field),
                field=each.field,
                title=each.title,
                choices=list(each.choices),
                text=text,
                mark=mark_of(text),
            )
        )
    plain = ("sheet", "id", "given_no", "category", "text", "leads", "group", "last_progress")
    told: dict[str, Any] = {name: getattr(task, name) for name in plain}
    return TaskShape(**told, lead_units=list(task.lead_units), support_units=list(task.support_units), cells=cells)


def _clashed(saved: Saved) -> Conflict:
    """Where two have changed the same text: what stands now, and nothing was sent."""
    problems = []
    for clash in saved.clashes[:_MOST_CLASHES]:
        found = saved.writing.tasks.asked(clash.key)
        name = f"{found[0].id}「{found[1].title}」" if found else clash.key[:60]
        theirs = clash.theirs if len(clash.theirs) <= 100 else f"{clash.theirs[:100]}……"
        fix = "请再取一次填报清单，看过新的文字，带上新的标记再交"
        problems.append(error("service.draft-clash", f"{name}本单位另有人先改了，现在是“{theirs}”", fix))
    return Conflict(problems)


@router.get("/unit/periods", summary="本单位要报的期次", responses=LOOK, response_model=Listing[PeriodShape])
def periods_of_unit(
    request: Request, desk: TheDesk, person: UnitPerson, limit: Limit = 50, offset: Offset = 0
) -> dict[str, Any]:
    """限部门的账号或链接。"""
    return listing(request, forms.periods_of_unit(desk, person), period_shape, limit, offset)


@router.get("/unit/{period}", summary="填报清单", responses=LOOK, response_model=TasksShape)
def tasks(desk: TheDesk, person: UnitPerson, period: PeriodId) -> TasksShape:
    """本单位的任务、草稿、报过的和检查结果；清单正在准备时答 429，过几秒再取。"""
    writing = drafts.writing_of(desk, person, period)
    if writing is None:
        raise TooMany([error("service.forms-making", "正在准备填报清单", "请过几秒再取一次")], retry_after=3)
    deadline = writing.forms.deadline
    return TasksShape(
        unit=person.unit,
        period=writing.forms.period,
        issuer=writing.forms.issuer,
        contact=writing.forms.contact,
        deadline=deadline.isoformat() if deadline else None,
        overdue=returns.is_over(desk, deadline),
        tasks=[_task(task, writing) for task in writing.tasks.tasks],
        left_over=writing.left_over,
        drafted=writing.draft.at if writing.draft else None,
        drafted_by=writing.draft.author if writing.draft else "",
        sent=[found_shape(each) for each in returns.sent_by(desk, person, period)],
    )


@router.put("/unit/{period}/draft", summary="保存草稿", responses=CHANGE, response_model=SavedShape)
def save_draft(desk: TheDesk, person: UnitPerson, period: PeriodId, filled: Filled) -> SavedShape:
    """以后接着填；同一格别人先改过的答 409，别的格照存。"""
    saved = drafts.save_draft(desk, person, period, filled.answers, filled.marks)
    if saved.clashes:
        raise _clashed(saved)
    draft = saved.writing.draft
    return SavedShape(version=draft.version if draft else 0, taken=list(saved.taken))


def _sent(made: Any) -> Outcome:
    return Outcome(told=return_shape(made), status=202, location=f"/api/unit/{made.period}")


@router.post("/unit/{period}/send", summary="提交填报", status_code=202, responses=CHANGE, response_model=ReturnShape)
def send(asked: TheAsked, person: UnitPerson, period: PeriodId, filled: Filled) -> Response:
    """先存草稿再提交，自动检查，结果在填报清单的 sent 里。"""

    def act() -> Outcome:
        saved, made = returns.send_typed(asked.desk, person, period, filled.answers, filled.marks)
        if made is None:
            raise _clashed(saved)
        return _sent(made)

    return asked.once(filled.model_dump(), act)


@router.post(
    "/unit/{period}/file",
    summary="上传填好的反馈表",
    status_code=202,
    responses=CHANGE,
    response_model=ReturnShape,
    openapi_extra=ONE_FILE,
)
def send_file(asked: TheAsked, person: UnitPerson, period: PeriodId, sent: SentFile) -> Response:
    """自动检查，结果在填报清单的 sent 里。"""
    links.for_period(person, period)
    upload = taken_in(asked.desk, sent.files[0].name, sent.files[0].file, "反馈表.xlsx")
    return asked.once(
        [upload.name, upload.sha256], lambda: _sent(returns.send_file(asked.desk, person, period, upload))
    )


@router.get("/unit/{period}/form", summary="下载本单位的反馈表", responses=DOWNLOAD, response_class=Response)
def form(request: Request, desk: TheDesk, person: UnitPerson, period: PeriodId) -> Response:
    """填好以后上传。"""
    return download_file(request, desk, forms.form_file(desk, person, period, person.unit))


@router.get("/unit/{period}/returns/{id}", summary="下载报过的表", responses=DOWNLOAD, response_class=Response)
def sent_file(request: Request, desk: TheDesk, person: UnitPerson, period: PeriodId, id: AnyId) -> Response:
    """只有本单位的。"""
    return download_file(request, desk, returns.return_file(desk, links.for_period(person, period), period, id))
