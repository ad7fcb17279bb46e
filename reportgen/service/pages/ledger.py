"""Step 2 (传台账): the ledger is sent up, and what versions of it there are."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from reportgen.service.doors.asking import OfficePerson, TheDesk
from reportgen.service.office.reports import ledgers
from reportgen.service.office.reports.periods import the_period
from reportgen.service.office.uploads import taken_in
from reportgen.service.pages.rendering import page
from reportgen.service.pages.sending import sent
from reportgen.service.pages.sent_files import SentFile
from reportgen.service.store.blobs import path_of

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=400)]


@router.get("/periods/{id}/ledger")
def show(request: Request, desk: TheDesk, person: OfficePerson, id: str) -> Response:
    """The versions of the ledger, and where a new one is sent (传台账页)."""
    period = the_period(desk, person, id)
    versions = ledgers.versions(desk, person, id)
    return page(request, "ledger", period=period, section="ledger", versions=versions)


@router.post("/periods/{id}/ledger")
def put(desk: TheDesk, person: OfficePerson, id: str, file: SentFile, note: Text = "") -> Response:
    """Take a ledger, and have it examined (上传台账)."""
    the_period(desk, person, id)
    ledgers.put(desk, person, id, taken_in(desk, file.filename or "", file.file, otherwise="台账"), note)
    return RedirectResponse(f"/periods/{id}/problems", 303)


@router.post("/periods/{id}/ledger/sample")
def put_sample(desk: TheDesk, person: OfficePerson, id: str) -> Response:
    """The ledger of the sample (用样例台账)."""
    ledgers.put_sample(desk, person, id)
    return RedirectResponse(f"/periods/{id}/problems", 303)


@router.post("/periods/{id}/ledger/{number}/restore")
def restore(desk: TheDesk, person: OfficePerson, id: str, number: int) -> Response:
    """An older version is the newest one again (退回此版)."""
    ledgers.restore(desk, person, id, number)
    return RedirectResponse(f"/periods/{id}/problems", 303)


@router.get("/periods/{id}/ledger/{number}")
def download(desk: TheDesk, person: OfficePerson, id: str, number: int) -> Response:
    """One version of it, as it was sent or made (下载台账)."""
    found = ledgers.the_version(desk, person, id, number)
    return sent(path_of(desk.store, found.sha256), found.name, found.sha256)
