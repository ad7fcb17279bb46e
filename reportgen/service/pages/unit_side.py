"""A unit's own page (部门填报页): its tasks and nothing else; by its link without an account, or signed in.

Whatever was typed is never thrown away: not when somebody else was quicker, and not when the link has ended meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, UploadFile
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from reportgen.problems import error
from reportgen.service.doors.asking import TheDesk, UnitPerson, desk_of, known_person, unit_person
from reportgen.service.model import Person, ReturnState
from reportgen.service.office.desk import Desk
from reportgen.service.office.units import drafts, forms, links, returns
from reportgen.service.office.units.draft_merging import mark_of
from reportgen.service.office.units.drafts import Saved, Writing
from reportgen.service.office.units.return_findings import Found, findings_by_task
from reportgen.service.office.units.unit_tasks import parts_of
from reportgen.service.office.uploads import taken_in
from reportgen.service.pages.rendering import page
from reportgen.service.pages.sending import sent
from reportgen.service.refusals import Forbidden, NotFound, NotSignedIn
from reportgen.service.store.blobs import path_of

router = APIRouter(include_in_schema=False)

ANSWER, MARK = "a:", "m:"
"""How the fields of the form begin: an answer (填的文字), and the mark of the text with which it began (原文标记)."""
_MOST_FIELDS = 20_000


@dataclass(frozen=True, slots=True)
class Side:
    """Who fills in, for which period (填报人与期次), and where these pages are."""

    desk: Desk
    person: Person
    period: str
    here: str


def side_of(request: Request) -> Side:
    """By the link in the address, or by the account (填报身份)."""
    desk = desk_of(request)
    if (token := request.path_params.get("token")) is not None:
        person = links.holder_or_none(desk, token)
        if person is None:
            what = "这个填报链接不能用：可能已过期、已停用，或没有复制完整"
            fix = "请把链接重新复制完整再打开；仍然不行，请向督查室要一个新的。已经保存的内容还在"
            raise NotFound([error("service.link-gone", what, fix)])
        return Side(desk, person, person.period, f"/u/{token}")
    person, period = unit_person(request), request.path_params["period"]
    return Side(desk, links.for_period(person, period), period, f"/unit/{period}")


TheSide = Annotated[Side, Depends(side_of)]


async def filled_in(request: Request) -> FormData:
    """The form that was sent (送来的表单); it may have more fields than others."""
    return await request.form(max_fields=_MOST_FIELDS)


Filled = Annotated[FormData, Depends(filled_in)]


@router.get("/unit")
def periods_of_unit(request: Request, desk: TheDesk, person: UnitPerson) -> Response:
    """The periods in which somebody's unit has something to fill in (本单位的期次)."""
    if not person.unit:
        told = "您的账号没有写明单位，看不到填报任务。请与管理员联系，在「人员」页写上单位。"
        return page(request, "unit-none", unit=person.name, told=told)
    found = forms.periods_of_unit(desk, person)
    if len(found) == 1:
        return RedirectResponse(f"/unit/{found[0].id}", 303)
    return page(request, "unit-periods", periods=found, unit=person.unit)


@router.get("/u/{token}")
@router.get("/unit/{period}")
def unit_page(request: Request, side: TheSide, said: str = "") -> Response:
    """The tasks, last period's progress, this period's to be written (填报页); what was found in what was sent."""
    if "token" in request.path_params:
        links.note_opened(side.desk, request.path_params["token"])
    writing = drafts.writing_of(side.desk, side.person, side.period)
    if writing is None:
        return _nothing_yet(request, side)
    listed = returns.sent_by(side.desk, side.person, side.period)
    newest = listed[0] if listed else None
    asked = {task.id: frozenset(each.field for each in task.asks) for task in writing.tasks.tasks}
    found = findings_by_task(newest, asked)
    return page(
        request,
        "unit",
        side=side,
        writing=writing,
        sent=listed,
        newest=newest,
        late=newest is not None and newest.is_late(writing.forms.deadline),
        overdue=returns.is_over(side.desk, writing.forms.deadline),
        found=found,
        said=_SAID.get(said, ""),
        first=_first_wrong(writing, found),
        mark_of=mark_of,
        checking=newest is not None and newest.state is ReturnState.CHECKING,
    )


def _first_wrong(writing: Writing, found: Found) -> str:
    """The place on the page of the first task with something to mend."""
    for outer, listed in enumerate(writing.tasks.by_sheet().values(), 1):
        for inner, task in enumerate(listed, 1):
            if any(each["wrong"] for each in found.of_task(task.id)):
                return f"t{outer}-{inner}"
    return ""


def _nothing_yet(request: Request, side: Side) -> Response:
    """There is no list for this unit: not yet, not any more, or it cannot be made."""
    now = forms.forms_now(side.desk, side.person, side.period)
    if now.forms is not None:
        told = f"{side.person.unit}在这一期没有要填报的任务。若有疑问，请与督查室联系。"
    elif now.job is None or now.job.state.is_over:
        told = "填报清单还没有准备好，请过些时候再打开，或与督查室联系。"
    else:
        return page(request, "unit-wait", unit=side.person.unit, what="正在准备填报清单", here_page=side.here)
    return page(request, "unit-none", unit=side.person.unit, told=told)


_SAID = {
    "saved": "草稿已保存，还没有提交。可以关掉这一页，以后再接着填。",
    "merged": "草稿已保存，还没有提交。本单位另有人刚改过别的几处，已合在一起，都在下面。",
}


@router.post("/u/{token}/draft")
@router.post("/unit/{period}/draft")
def keep_draft(request: Request, filled: Filled) -> Response:
    """Save and go on later (保存草稿)."""
    return _kept(request, filled, sends=False)


@router.post("/u/{token}/send")
@router.post("/unit/{period}/send")
def send(request: Request, filled: Filled) -> Response:
    """Save and send (提交)."""
    return _kept(request, filled, sends=True)


def _kept(request: Request, filled: FormData, *, sends: bool) -> Response:
    mine, began = _fields(filled, ANSWER), _fields(filled, MARK)
    try:
        side = side_of(request)
    except (NotFound, NotSignedIn, Forbidden) as fault:
        return _given_back(request, fault, mine, began)
    if sends:
        saved, made = returns.send_typed(side.desk, side.person, side.period, mine, began)
        if made is not None:
            return RedirectResponse(f"{side.here}/checking", 303)
    else:
        saved = drafts.save_draft(side.desk, side.person, side.period, mine, began)
    if saved.clashes:
        return _clash_page(request, side, saved)
    return RedirectResponse(f"{side.here}?said={'merged' if saved.taken else 'saved'}", 303)


def _clash_page(request: Request, side: Side, saved: Saved) -> Response:
    clashes = [
        {"clash": each, "mark": mark_of(each.theirs), **_named(saved, each.key), "id": f"c{number}"}
        for number, each in enumerate(saved.clashes, 1)
    ]
    author = saved.writing.draft.author if saved.writing.draft else ""
    return page(request, "unit-clash", status=409, side=side, clashes=clashes, author=author)


def _named(saved: Saved, key: str) -> Mapping[str, Any]:
    """What a text is about, in words."""
    if found := saved.writing.tasks.asked(key):
        task, asked = found
        return {"task": f"{task.id} {task.text}", "title": asked.title, "choices": asked.choices}
    parts = parts_of(key)
    return {"task": parts[1] if parts else key, "title": "填写的文字", "choices": ()}


def _given_back(
    request: Request, fault: NotFound | NotSignedIn | Forbidden, mine: Mapping[str, str], began: Mapping[str, str]
) -> Response:
    """What was typed, to be copied (退还文字): it could not be saved, and no other page has it."""
    typed = [
        {"task": parts[1], "field": parts[2], "sheet": parts[0], "text": text}
        for key, text in mine.items()
        if text.strip() and began.get(key) != mark_of(text) and (parts := parts_of(key))
    ]
    if not typed:
        raise fault
    again = "" if "token" in request.path_params else str(request.url.path).rpartition("/")[0]
    if again and known_person(request) is not None:
        again = "/unit"
    return page(request, "unit-typed", status=fault.status, typed=typed, problem=fault.problems[0], again=again)


def _fields(filled: FormData, begin: str) -> dict[str, str]:
    return {
        name.removeprefix(begin): value
        for name, value in filled.multi_items()
        if name.startswith(begin) and isinstance(value, str)
    }


@router.post("/u/{token}/file")
@router.post("/unit/{period}/file")
def send_file(side: TheSide, file: UploadFile) -> Response:
    """Upload the form, filled in (上传填好的表)."""
    upload = taken_in(side.desk, file.filename or "", file.file, otherwise="反馈表")
    returns.send_file(side.desk, side.person, side.period, upload)
    return RedirectResponse(f"{side.here}/checking", 303)


@router.get("/u/{token}/checking")
@router.get("/unit/{period}/checking")
def checking(request: Request, side: TheSide) -> Response:
    """What was sent is being looked at (正在检查); it goes on by itself."""
    listed = returns.sent_by(side.desk, side.person, side.period)
    if not listed or listed[0].state is not ReturnState.CHECKING:
        return RedirectResponse(side.here, 303)
    here_page = f"{side.here}/checking"
    return page(request, "unit-wait", unit=side.person.unit, what="已收到，正在检查", here_page=here_page)


@router.get("/u/{token}/form")
@router.get("/unit/{period}/form")
def form(side: TheSide) -> Response:
    """The unit's form to be filled in elsewhere (下载反馈表)."""
    name, sha256 = forms.form_file(side.desk, side.person, side.period, side.person.unit)
    return sent(path_of(side.desk.store, sha256), name, sha256)


@router.get("/u/{token}/returns/{id}")
@router.get("/unit/{period}/returns/{id}")
def sent_file(side: TheSide, id: str) -> Response:
    """What the unit has sent, as a file (下载报过的表)."""
    name, sha256 = returns.return_file(side.desk, side.person, side.period, id)
    return sent(path_of(side.desk.store, sha256), name, sha256)
