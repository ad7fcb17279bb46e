"""How the service is doing (系统), for an administrator: versions, faces, jobs, disk, limits, who did what."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from reportgen.service.doors.asking import AdminPerson, TheDesk
from reportgen.service.office import system, webhooks
from reportgen.service.pages.rendering import page

router = APIRouter(include_in_schema=False)

_ENTRIES = 50


@router.get("/system")
def show(
    request: Request, desk: TheDesk, person: AdminPerson, from_: Annotated[int, Query(alias="from", ge=0)] = 0
) -> Response:
    """The page (系统)."""
    beside = request.app.state.beside
    entries = system.audit_entries(desk, person, _ENTRIES + 1, from_)
    return page(
        request,
        "system",
        versions=system.versions(desk, person),
        rendering=system.rendering(desk, person),
        disk=system.disk(desk, person),
        counts=system.counts_in_words(desk, person),
        working=beside.health() if beside else None,
        limits=system.limits(desk, person),
        webhooks=webhooks.all_webhooks(desk, person),
        entries=entries[:_ENTRIES],
        first=from_,
        before=max(0, from_ - _ENTRIES) if from_ else None,
        after=from_ + _ENTRIES if len(entries) > _ENTRIES else None,
    )


@router.post("/system/rendering")
def look_again(desk: TheDesk, person: AdminPerson) -> Response:
    """Look again at faces and the renderer (重新检查字体), after IT has installed some."""
    system.rendering(desk, person, again=True)
    return RedirectResponse("/system", 303)
