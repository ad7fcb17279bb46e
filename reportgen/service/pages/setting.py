"""Step 1 (期次): what the period's configuration says in plain values, as a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from reportgen.problems import ReportError
from reportgen.service.doors.asking import OfficePerson, TheDesk
from reportgen.service.office.reports import periods
from reportgen.service.office.setting.configuration_fields import FIELDS
from reportgen.service.pages.rendering import page
from reportgen.service.refusals import Refusal

router = APIRouter(include_in_schema=False)


async def _sent_fields(request: Request) -> dict[str, str]:
    """The texts of a form (表单各项)."""
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


Fields = Annotated[Mapping[str, str], Depends(_sent_fields)]


@router.get("/periods/{id}/setting")
def show(request: Request, desk: TheDesk, person: OfficePerson, id: str, saved: bool = False) -> Response:
    """The form (期次页)."""
    return _form(request, desk, person, id, saved=saved)


@router.post("/periods/{id}/setting")
def save(request: Request, desk: TheDesk, person: OfficePerson, id: str, fields: Fields) -> Response:
    """Keep what was typed (保存); what does not fit is said above the form, which stays as it was filled in."""
    said = fields.get("version", "")
    version = int(said) if said.isascii() and said.isdigit() and len(said) < 9 else None
    try:
        periods.save_values(desk, person, id, fields.get("title", ""), fields, version)
    except ReportError as fault:
        if isinstance(fault, Refusal) and fault.status != 409:
            raise
        return _form(request, desk, person, id, fault=fault, typed=fields)
    return RedirectResponse(f"/periods/{id}/setting?saved=true", 303)


def _form(
    request: Request,
    desk: TheDesk,
    person: OfficePerson,
    id: str,
    *,
    saved: bool = False,
    fault: ReportError | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    period = periods.the_period(desk, person, id)
    stands = periods.plain_values(desk, person, id)
    values = {name: (typed or {}).get(name, value) for name, value in stands.values.items()}
    problems = [each.as_json() for each in (fault.problems if fault else stands.problems)]
    status = (fault.status if isinstance(fault, Refusal) else 422) if fault else 200
    return page(
        request,
        "setting",
        period=period,
        section="setting",
        status=status,
        fields=FIELDS,
        values=values,
        title=(typed or {}).get("title", period.title),
        version=(typed or {}).get("version", stands.file.version) if fault else stands.file.version,
        file=stands.file,
        problems=problems,
        saved=saved,
        is_fault=fault is not None,
    )
