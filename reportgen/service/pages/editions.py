"""The editions of a report (报告版次): the list, one of them with all that it was made of, two of them compared."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import FileResponse, RedirectResponse, Response

from reportgen.comparison.model import LAYER_NAMES
from reportgen.service.doors.asking import OfficePerson, TheDesk
from reportgen.service.office.reports import editions
from reportgen.service.office.reports.editions import ENDINGS, Comparison
from reportgen.service.office.setting import setting_files
from reportgen.service.pages.jobs import under_way
from reportgen.service.pages.rendering import in_query, page

router = APIRouter(include_in_schema=False)

Number = Annotated[int, Query(ge=1, le=10**6)]
FormNumber = Annotated[int, Form(ge=1, le=10**6)]
InPath = Annotated[int, Path(ge=1, le=10**6)]
Text = Annotated[str, Form(max_length=400)]
Ending = Annotated[str, Query(max_length=10)]
FormEnding = Annotated[str, Form(max_length=10)]

_A_PAGE = 30
# What the page of a comparison brings along runs in a world of its own: nobody's session, no address of ours.
_BY_ITSELF = (
    "sandbox allow-scripts; default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'unsafe-inline'"
)


@router.get("/periods/{id}/editions")
def show_all(request: Request, desk: TheDesk, person: OfficePerson, id: str, at: Number = 1) -> Response:
    """All editions, newest first (报告版次页)."""
    period, found, total = editions.all_editions(desk, person, id, _A_PAGE, (at - 1) * _A_PAGE)
    return page(
        request,
        "editions",
        period=period,
        section="editions",
        editions=found,
        at=at,
        has_more=total > at * _A_PAGE,
        endings=ENDINGS,
    )


@router.get("/periods/{id}/editions/compare")
def show_comparison(
    request: Request,
    desk: TheDesk,
    person: OfficePerson,
    id: str,
    first: Number,
    second: Number,
    ending: Ending = ".docx",
) -> Response:
    """Two editions held against each other, as far as it is (两版比对页)."""
    found = editions.comparison(desk, person, id, first, second, ending)
    return page(
        request,
        "comparison",
        period=found.period,
        section="editions",
        found=found,
        endings=ENDINGS,
        here_again=_place(found),
        layers={layer.value: name for layer, name in LAYER_NAMES.items()},
        **under_way(desk, person, found.job, _place(found)),
    )


@router.post("/periods/{id}/editions/compare")
def compare(
    desk: TheDesk, person: OfficePerson, id: str, first: FormNumber, second: FormNumber, ending: FormEnding = ".docx"
) -> Response:
    """Have two editions compared (比对两版)."""
    editions.compare(desk, person, id, first, second, ending)
    query = f"first={first}&second={second}&ending={in_query(ending)}"
    return RedirectResponse(f"/periods/{id}/editions/compare?{query}", 303)


@router.get("/periods/{id}/editions/compare/page")
def comparison_page(
    desk: TheDesk, person: OfficePerson, id: str, first: Number, second: Number, ending: Ending = ".docx"
) -> Response:
    """Both side by side, with what changed outlined (比对网页)."""
    path = editions.comparison_page(desk, person, id, first, second, ending)
    return FileResponse(path, media_type="text/html; charset=utf-8", headers={"Content-Security-Policy": _BY_ITSELF})


@router.get("/periods/{id}/editions/{number}")
def show(
    request: Request, desk: TheDesk, person: OfficePerson, id: str, number: InPath, noted: bool = False
) -> Response:
    """One edition, with all that it was made of (某一版)."""
    period, kept = editions.the_edition(desk, person, id, number)
    return page(
        request,
        "edition",
        period=period,
        section="editions",
        kept=kept,
        changed=editions.changed_since(desk, person, id, number),
        labels={each.file.name: each.label for each in setting_files.all_files(desk, person, id).files},
        noted=noted,
    )


@router.post("/periods/{id}/editions/{number}/note")
def note(desk: TheDesk, person: OfficePerson, id: str, number: InPath, text: Text = "") -> Response:
    """What the office says of it (批注), such as 送审稿."""
    editions.set_note(desk, person, id, number, text)
    return RedirectResponse(f"/periods/{id}/editions/{number}?noted=true", 303)


@router.post("/periods/{id}/editions/{number}/settings")
def restore_settings(desk: TheDesk, person: OfficePerson, id: str, number: InPath) -> Response:
    """All setting files as they were for this edition (设置退回到这一版)."""
    made = editions.restore_settings(desk, person, id, number)
    return RedirectResponse(f"/periods/{id}/files?restored={len(made)}", 303)


def _place(found: Comparison) -> str:
    """The address of a comparison."""
    pair = f"first={found.first.edition.number}&second={found.second.edition.number}"
    return f"/periods/{found.period.id}/editions/compare?{pair}&ending={in_query(found.ending)}"
