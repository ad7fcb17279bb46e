"""Step 4 (看研判): each verdict with rule and evidence beside what the ledger says; a person has the last word."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from reportgen.service.doors.asking import OfficePerson, TheDesk
from reportgen.service.model import JobKind
from reportgen.service.office import jobs
from reportgen.service.office.reports import examining, verdicts
from reportgen.service.office.reports.verdicts import SHOW_NAMES, Show
from reportgen.service.pages.jobs import under_way
from reportgen.service.pages.rendering import page

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=2000)]
_PER_PAGE = 40


@router.get("/periods/{id}/verdicts")
def show(
    request: Request,
    desk: TheDesk,
    person: OfficePerson,
    id: str,
    show: str = "",
    unit: str = "",
    category: str = "",
    lead: bool = False,
    at: int = 1,
) -> Response:
    """The verdicts that were asked for (看研判页); without a wish those that somebody must look at."""
    look = examining.the_look(desk, person, id)
    rows = verdicts.rows_of(look, verdicts.overridden(desk, person, id))
    counts = {each: sum(verdicts.matches(row, each) for row in rows) for each in Show}
    wanted = next((each for each in Show if each.value == show), None)
    # Who is sent back here after the last one that differed sees that none is left, not the whole ledger at once.
    chosen = wanted or next((each for each in (Show.DIFFERS, Show.EMPTY) if counts[each]), Show.ALL)
    found = [row for row in rows if verdicts.matches(row, chosen, unit, category, lead=lead)]
    pages = max(1, -(-len(found) // _PER_PAGE))
    at = min(max(at, 1), pages)
    writing = jobs.jobs_of(desk, person, id, [JobKind.OVERRIDE], limit=1)
    busy = next((each for each in writing if not each.state.is_over), look.under_way)
    here = f"/periods/{id}/verdicts?" + urlencode({"show": chosen.value, "unit": unit, "category": category, "at": at})
    return page(
        request,
        "verdicts",
        period=look.period,
        section="verdicts",
        look=look,
        rows=found[(at - 1) * _PER_PAGE : at * _PER_PAGE],
        counts=counts,
        chosen=chosen,
        names=SHOW_NAMES,
        unit=unit,
        category=category,
        lead=lead,
        units=sorted({each for row in rows for each in (*row.entry["lead_units"], *row.entry["support_units"])}),
        at=at,
        pages=pages,
        found=len(found),
        undone=next((each for each in writing if each.state.name == "FAILED"), None),
        here=here,
        **under_way(desk, person, busy, here),
    )


@router.post("/periods/{id}/verdicts/{number}")
def override(
    desk: TheDesk,
    person: OfficePerson,
    id: str,
    number: int,
    judgement: Text = "",
    reason: Text = "",
    show: Text = "",
    unit: Text = "",
    category: Text = "",
    at: Text = "1",
) -> Response:
    """A person's word instead (改判)."""
    verdicts.override(desk, person, id, number, judgement, reason)
    back = urlencode(
        {"show": show, "unit": unit, "category": category, "at": at if at.isascii() and at.isdigit() else 1}
    )
    return RedirectResponse(f"/periods/{id}/verdicts?{back}", 303)
