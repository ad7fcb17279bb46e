"""All periods (全部期次), a new one (新建期次), and the way into one: to the step that it is at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile

from reportgen.problems import InputError, ReportError
from reportgen.service.doors.asking import AnyPerson, OfficePerson, TheDesk
from reportgen.service.office.reports import ledgers, periods
from reportgen.service.office.reports.steps import next_section, steps_of
from reportgen.service.office.setting.configuration_files import SAMPLE
from reportgen.service.office.setting.plain_configuration import ASKED
from reportgen.service.office.uploads import Upload, taken_in
from reportgen.service.pages.rendering import page
from reportgen.service.pages.sent_files import SentFiles

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=400)]
_PER_PAGE = 20


@router.get("/")
def all_periods(request: Request, desk: TheDesk, person: AnyPerson, archived: bool = False, at: int = 1) -> Response:
    """The first page: all periods, each with its steps (首页)."""
    if not person.is_office:
        return RedirectResponse("/unit", 303)
    found = periods.all_periods(desk, person, archived=archived)
    found = [each for each in found if each.archived] if archived else found
    pages = max(1, -(-len(found) // _PER_PAGE))
    at = min(max(at, 1), pages)
    shown = found[(at - 1) * _PER_PAGE : at * _PER_PAGE]
    rows = [(each, steps_of(desk, person, each.id)) for each in shown]
    return page(request, "periods", rows=rows, archived=archived, at=at, pages=pages, count=len(found))


@router.get("/periods/new")
def new(request: Request, desk: TheDesk, person: OfficePerson) -> Response:
    """The ways to a new period (新建期次)."""
    return _new_page(request, desk, person)


def _new_page(
    request: Request,
    desk: TheDesk,
    person: OfficePerson,
    fault: ReportError | None = None,
    title: str = "",
    answers: Mapping[str, str] | None = None,
) -> Response:
    earlier = periods.all_periods(desk, person, archived=True)
    problems = [each.as_json() for each in fault.problems] if fault else []
    return page(
        request,
        "period_new",
        status=422 if fault else 200,
        earlier=earlier,
        sample=SAMPLE,
        problems=problems,
        title=title,
        fields=ASKED,
        answers=answers or {},
    )


async def _sent_form(request: Request) -> FormData:
    """The form as it was sent (送来的表单)."""
    return await request.form()


@router.post("/periods/new/sample")
def new_from_sample(desk: TheDesk, person: OfficePerson, title: Text = "") -> Response:
    """A period to try things out, with the ledger of the sample (用样例新建)."""
    made = periods.new_from_sample(desk, person, title)
    ledgers.put_sample(desk, person, made.id)
    return RedirectResponse(f"/periods/{made.id}/", 303)


@router.post("/periods/new/earlier")
def new_from_earlier(
    request: Request, desk: TheDesk, person: OfficePerson, earlier: Text, title: Text = ""
) -> Response:
    """A period with the settings of an earlier one (照上一期新建)."""
    try:
        made = periods.new_from_earlier(desk, person, title, earlier)
    except InputError as fault:
        return _new_page(request, desk, person, fault, title)
    return RedirectResponse(f"/periods/{made.id}/setting", 303)


@router.post("/periods/new/answers")
def new_from_answers(
    request: Request, desk: TheDesk, person: OfficePerson, form: Annotated[FormData, Depends(_sent_form)]
) -> Response:
    """A period of plain answers, for an office that has no configuration yet (填几项新建)."""
    answers = {name: value for name, value in form.items() if isinstance(value, str)}
    file = form.get("register")
    title = answers.get("title", "")
    try:
        register = None
        if isinstance(file, UploadFile) and file.filename:
            register = taken_in(desk, file.filename, file.file)
        made = periods.new_from_answers(desk, person, title, answers, register)
    except InputError as fault:
        return _new_page(request, desk, person, fault, answers=answers)
    return RedirectResponse(f"/periods/{made.id}/ledger", 303)


@router.post("/periods/new/files")
def new_from_files(
    request: Request, desk: TheDesk, person: OfficePerson, files: SentFiles, title: Text = ""
) -> Response:
    """A period with the office's own configuration (用自己的配置新建)."""
    try:
        sent: list[Upload] = [taken_in(desk, each.filename or "", each.file) for each in files]
        made = periods.new_from_files(desk, person, title, sent)
    except InputError as fault:
        return _new_page(request, desk, person, fault, title)
    return RedirectResponse(f"/periods/{made.id}/setting", 303)


@router.get("/periods/{id}")
@router.get("/periods/{id}/")
def enter(desk: TheDesk, person: OfficePerson, id: str) -> Response:
    """Into a period: to the step that it is at (进入期次)."""
    return RedirectResponse(f"/periods/{id}/{next_section(steps_of(desk, person, id))}", 303)


@router.post("/periods/{id}/archive")
def archive(desk: TheDesk, person: OfficePerson, id: str, back: Text = "") -> Response:
    """Put it away, or take it out again (归档)."""
    periods.archive(desk, person, id, archived=not back)
    return RedirectResponse("/", 303)
