"""Step 3 (看问题): what is wrong with the ledger, grouped by cause, each with its cell; the mended one is sent here."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from reportgen.service.doors.asking import OfficePerson, TheDesk
from reportgen.service.office.reports import examining
from reportgen.service.pages.jobs import under_way
from reportgen.service.pages.rendering import page

router = APIRouter(include_in_schema=False)

# A page with thousands of rows helps nobody; the list to copy has all of them.
_MOST = 100

Text = Annotated[str, Form(max_length=2000)]


@router.get("/periods/{id}/problems")
def show(request: Request, desk: TheDesk, person: OfficePerson, id: str) -> Response:
    """All that is to be looked at (看问题页)."""
    look = examining.the_look(desk, person, id)
    accepted = examining.accepted_findings(desk, person, id)
    groups = examining.groups(look, accepted)
    return page(
        request,
        "problems",
        period=look.period,
        section="problems",
        look=look,
        groups=groups,
        stopping=sum(len(each.issues) for each in groups if each.stops),
        wrong=sum(len(each.issues) for each in groups if each.is_error and not each.stops),
        doubtful=sum(len(each.issues) for each in groups if not each.is_error),
        kept=examining.let_stand(look, accepted),
        listed=examining.listed(groups),
        most=_MOST,
        **under_way(desk, person, look.under_way, f"/periods/{id}/problems"),
    )


@router.post("/periods/{id}/problems/again")
def again(desk: TheDesk, person: OfficePerson, id: str) -> Response:
    """Have it examined as it stands now (再查一次)."""
    examining.examine(desk, person, id)
    return RedirectResponse(f"/periods/{id}/problems", 303)


@router.post("/periods/{id}/problems/{key}/accept")
def accept(desk: TheDesk, person: OfficePerson, id: str, key: str, reason: Text = "") -> Response:
    """Let a finding stand (认可)."""
    examining.accept(desk, person, id, key, reason)
    return RedirectResponse(f"/periods/{id}/problems", 303)


@router.post("/periods/{id}/problems/{key}/withdraw")
def withdraw(desk: TheDesk, person: OfficePerson, id: str, key: str) -> Response:
    """It is to be mended after all (取消认可)."""
    examining.withdraw(desk, person, id, key)
    return RedirectResponse(f"/periods/{id}/problems", 303)
