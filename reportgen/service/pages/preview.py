"""Step 5 (预览): pictures of the real PDF's pages, made on the server, so that no browser shows it otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from reportgen.service.doors.asking import OfficePerson, TheDesk
from reportgen.service.model import JobFile
from reportgen.service.office.reports import building, examining
from reportgen.service.office.reports.building import Built
from reportgen.service.pages.jobs import under_way
from reportgen.service.pages.rendering import page

router = APIRouter(include_in_schema=False)


@router.get("/periods/{id}/preview")
def show(request: Request, desk: TheDesk, person: OfficePerson, id: str, at: int = 1) -> Response:
    """One page of the report, large, beside small ones of all (预览页)."""
    report = building.the_report(desk, person, id)
    look = examining.the_look(desk, person, id)
    # First pages of what stands now, as soon as there are any; an older edition as long as nothing else is asked for.
    is_early = report.early is not None and (report.edition is None or report.under_way is not None)
    pictures = _early(report) if is_early else _of_edition(report)
    at = min(max(at, 1), max(1, len(pictures)))
    return page(
        request,
        "preview",
        period=report.period,
        section="preview",
        report=report,
        look=look,
        is_early=is_early,
        pictures=pictures,
        at=at,
        contents=[] if is_early else _contents(report.result or {}),
        **under_way(desk, person, report.under_way, _here(id, at)),
    )


def _here(period: str, at: int) -> str:
    """Where whoever reads the first pages goes on reading when all are there."""
    return f"/periods/{period}/preview" + (f"?at={at}#sheet" if at > 1 else "")


def _early(report: Built) -> list[str]:
    """The addresses of the first pages' pictures. A page may be drawn anew: each content has an address of its own."""
    assert report.early, "asked for where there are some"
    return [_address(report.early.id, each) for each in report.early_files]


def _of_edition(report: Built) -> list[str]:
    """The addresses of the pictures of the edition's pages, as far as they are kept."""
    names = (report.result or {}).get("pictures", ())
    kept = (report.file(name) for name in names)
    return [_address(report.shown.id, each) for each in kept if each is not None] if report.shown else []


def _address(job: str, file: JobFile) -> str:
    return f"/jobs/{job}/files/{quote(file.name)}?v={file.sha256[:12]}"


def _contents(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Headings and annexes (目录), the annexes with their numbers: they stand beside the title, not below it."""
    title = "".join(str(result.get("title") or "").split())
    found = []
    annexes = 0
    for each in result.get("contents", ()):
        name = each["title"]
        if each["level"] == 0 and "".join(name.split()) != title:
            annexes += 1
            name = f"附件{annexes} {name}"
        found.append({**each, "title": name})
    return found


@router.post("/periods/{id}/build")
def build(desk: TheDesk, person: OfficePerson, id: str) -> Response:
    """Have the report made (生成报告)."""
    building.build(desk, person, id)
    return RedirectResponse(f"/periods/{id}/preview", 303)
