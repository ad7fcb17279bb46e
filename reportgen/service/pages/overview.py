"""The overview of a period (总览): how many stand how, pictures of it, and beside each the table that says the same."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from reportgen.service.doors.asking import OfficePerson, TheDesk
from reportgen.service.office.reports import examining
from reportgen.service.office.reports.verdicts import Show
from reportgen.service.pages.jobs import under_way
from reportgen.service.pages.rendering import page
from reportgen.template.figures import plain_unit

router = APIRouter(include_in_schema=False)


@router.get("/periods/{id}/overview")
def show(request: Request, desk: TheDesk, person: OfficePerson, id: str) -> Response:
    """The ledger at a glance (总览页), as it was looked at last."""
    look = examining.the_look(desk, person, id)
    seen = (look.result or {}).get("overview")
    return page(
        request,
        "overview",
        period=look.period,
        section="overview",
        look=look,
        seen=seen,
        lists={each.name: _list(id, each) for each in Show},
        links=[_links(id, figure, look.result or {}) for figure in seen["figures"]] if seen else [],
        **under_way(desk, person, look.under_way, f"/periods/{id}/overview"),
    )


def _category(entry: Any) -> str:
    return str(entry["category"]).replace("\n", "")


def _list(id: str, show: Show, **wanted: str) -> str:
    return f"/periods/{id}/verdicts?" + urlencode({"show": show.value, **wanted})


def _links(id: str, figure: dict[str, Any], result: Any) -> list[str]:
    """For each row of a table the list of its entries; nothing where no list can be asked for."""
    of = figure["of"]
    if of is None:
        return [""] * len(figure["rows"])
    entries = result["entries"]
    named = [map(plain_unit, entry["lead_units"]) if of == "unit" else [_category(entry)] for entry in entries]
    known = {name for names in named for name in names}
    # The figures count a unit's own entries, not those in which it only helps.
    more = {"lead": "true"} if of == "unit" else {}
    return [_list(id, Show.ALL, **{of: row[0]}, **more) if row[0] in known else "" for row in figure["rows"]]
