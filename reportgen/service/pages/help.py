"""Help (帮助): what to do in which order, in words of the office; an intranet has no other place to look."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response

from reportgen.service.doors.asking import OfficePerson, TheDesk, known_person
from reportgen.service.office.setting.configuration_files import sample_ledger
from reportgen.service.pages.rendering import page

router = APIRouter(include_in_schema=False)

_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/help")
def show(request: Request, desk: TheDesk) -> Response:
    """The page (帮助), for everybody."""
    known_person(request)
    settings = desk.settings
    return page(request, "help", upload_mb=settings.upload_mb, keep_days=settings.keep_days)


@router.get("/help/ledger")
def example(person: OfficePerson) -> Response:
    """The sample's ledger, whose columns an own one can be written after (样例台账)."""
    name = quote("样例台账.xlsx")
    headers = {"Content-Disposition": f"attachment; filename=\"ledger.xlsx\"; filename*=UTF-8''{name}"}
    return Response(sample_ledger(), media_type=_WORKBOOK, headers=headers)
