"""Step 6 (下载): the report, each unit's files, all of it in one archive; and of which ledger it is."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from reportgen.naming import safe_name
from reportgen.service.doors.asking import OfficePerson, TheDesk
from reportgen.service.doors.files import disposition
from reportgen.service.model import JobFile
from reportgen.service.office.desk import Desk
from reportgen.service.office.jobs import not_kept
from reportgen.service.office.reports import building
from reportgen.service.office.reports.building import Built
from reportgen.service.pages.jobs import under_way
from reportgen.service.pages.rendering import page
from reportgen.service.refusals import not_found
from reportgen.service.store.blobs import path_of

router = APIRouter(include_in_schema=False)

_EPOCH = (1980, 1, 1, 0, 0, 0)
_PIECE = 1 << 18


@router.get("/periods/{id}/downloads")
def show(request: Request, desk: TheDesk, person: OfficePerson, id: str) -> Response:
    """All that can be taken along (下载页)."""
    report = building.the_report(desk, person, id)
    sets = building.the_sets(desk, person, id)
    by_name = {each.name: each for each in sets.files}
    units = [
        (each, [by_name[name] for name in each["files"] if name in by_name])
        for each in (sets.result or {}).get("units", ())
    ]
    return page(
        request,
        "downloads",
        period=report.period,
        section="downloads",
        report=report,
        documents=sorted(_documents(report), key=lambda each: (each.name == "manifest.json", each.name)),
        sets=sets,
        archive=by_name.get((sets.result or {}).get("archive", "")),
        index=by_name.get((sets.result or {}).get("index", "")),
        units=units,
        **under_way(desk, person, sets.under_way or report.under_way, f"/periods/{id}/downloads"),
    )


@router.post("/periods/{id}/sets")
def make_sets(desk: TheDesk, person: OfficePerson, id: str) -> Response:
    """Have the units' files made (生成各单位分送件)."""
    building.make_sets(desk, person, id)
    return RedirectResponse(f"/periods/{id}/downloads", 303)


@router.get("/periods/{id}/downloads/all")
def everything(desk: TheDesk, person: OfficePerson, id: str) -> Response:
    """The report and the units' files in one archive (全部下载), the same bytes as each by itself."""
    report = building.the_report(desk, person, id)
    sets = building.the_sets(desk, person, id)
    if report.edition is None:
        raise not_found("可以下载的报告")
    files = [(each.name, each) for each in _documents(report)]
    # Units' files of another ledger beside this report would contradict it.
    if sets.shown is not None and report.ledger is not None and sets.ledger == report.ledger:
        own = (sets.result or {}).get("archive", "")
        files += [(f"各单位分送件/{each.name}", each) for each in sets.files if each.name != own]
    name = f"{safe_name(report.period.title)}-第{report.edition.number}版.zip"
    headers = {"Content-Disposition": disposition(name)}
    return StreamingResponse(_pieces(_archive(desk, files)), media_type="application/zip", headers=headers)


def _documents(report: Built) -> list[JobFile]:
    """The report's own files, without the pictures of its pages."""
    pictures = set((report.result or {}).get("pictures", ()))
    return [each for each in report.files if each.name not in pictures]


def _archive(desk: Desk, files: list[tuple[str, JobFile]]) -> IO[bytes]:
    """The archive in a file without a name: office files are packed already, so that packing again gains nothing."""
    made = tempfile.TemporaryFile()  # noqa: SIM115 — whoever reads it closes it
    with ZipFile(made, "w", ZIP_STORED) as archive:
        for name, each in files:
            try:
                blob = path_of(desk.store, each.sha256).read_bytes()
            except FileNotFoundError:
                made.close()
                raise not_kept() from None
            archive.writestr(ZipInfo(name, _EPOCH), blob)
    made.seek(0)
    return made


def _pieces(made: IO[bytes]) -> Iterator[bytes]:
    with made:
        while piece := made.read(_PIECE):
            yield piece
