"""The setting files of a period (设置文件): the list, a text that can be changed, its history, what changed when."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from reportgen.problems import ReportError
from reportgen.service.doors.asking import OfficePerson, TheDesk
from reportgen.service.office.setting import setting_copies, setting_files
from reportgen.service.office.setting.configuration_text import MOST_BYTES
from reportgen.service.office.setting.setting_files import Opened
from reportgen.service.office.setting.text_differences import line_differences
from reportgen.service.office.uploads import taken_in
from reportgen.service.pages.rendering import in_path, page
from reportgen.service.pages.sending import sent
from reportgen.service.refusals import Refusal

router = APIRouter(include_in_schema=False)

InPath = Annotated[int, Path(ge=1, le=10**6)]
Text = Annotated[str, Form(max_length=400)]
WholeText = Annotated[str, Form(max_length=MOST_BYTES)]
Number = Annotated[int, Query(ge=1, le=10**6)]
FormNumber = Annotated[int, Form(ge=1, le=10**6)]


@router.get("/periods/{id}/files")
def show_all(request: Request, desk: TheDesk, person: OfficePerson, id: str, restored: int | None = None) -> Response:
    """All setting files, and what comes with the program (设置文件页)."""
    found = setting_files.all_files(desk, person, id)
    problems = [each.as_json() for each in found.problems]
    return page(
        request, "files", period=found.period, section="files", found=found, problems=problems, restored=restored
    )


@router.post("/periods/{id}/files")
def upload(desk: TheDesk, person: OfficePerson, id: str, file: list[UploadFile], note: Text = "") -> Response:
    """Take files that are new, or newer than those that stand there (上传设置文件)."""
    setting_files.all_files(desk, person, id)
    uploads = [taken_in(desk, each.filename or "", each.file) for each in file]
    made = setting_files.upload(desk, person, id, uploads, note)
    if len(made) == 1:
        return _back(id, made[0].name, "saved")
    return RedirectResponse(f"/periods/{id}/files", 303)


@router.post("/periods/{id}/file-copies")
def own_copy(desk: TheDesk, person: OfficePerson, id: str, key: Text) -> Response:
    """A copy of what comes with the program, which can be changed (做一份自己的)."""
    return _back(id, setting_copies.own_copy(desk, person, id, key).name, "copied")


@router.get("/periods/{id}/files/{name:path}")
def show(
    request: Request, desk: TheDesk, person: OfficePerson, id: str, name: str, version: Number | None = None,
    saved: bool = False, copied: bool = False,
) -> Response:  # fmt: skip
    """One setting file: its text, and all its versions (一份设置文件)."""
    opened = setting_files.the_file(desk, person, id, name, version)
    return _shown(request, opened, opened.text, saved=saved, copied=copied)


@router.post("/periods/{id}/files/{name:path}")
def save(
    request: Request, desk: TheDesk, person: OfficePerson, id: str, name: str, seen: FormNumber, text: WholeText = "",
    note: Text = "",
) -> Response:  # fmt: skip
    """Keep a changed text (保存文字); what is wrong with it is said above it, and nothing of it is lost."""
    try:
        setting_files.save_text(desk, person, id, name, text, seen, note)
    except ReportError as fault:
        status = fault.status if isinstance(fault, Refusal) else 422
        if status not in (409, 422):
            raise
        opened = setting_files.the_file(desk, person, id, name)
        return _shown(request, opened, text, fault=fault, status=status, note=note)
    return _back(id, name, "saved")


def _shown(
    request: Request,
    opened: Opened,
    text: str | None,
    *,
    fault: ReportError | None = None,
    status: int = 200,
    note: str = "",
    saved: bool = False,
    copied: bool = False,
) -> Response:
    # Who was overtaken sees what the other one wrote, against his own text, before he saves over it.
    overtaken = status == 409 and text is not None and opened.text is not None
    return page(
        request,
        "file",
        period=opened.period,
        section="files",
        status=status,
        opened=opened,
        text=text,
        problems=[each.as_json() for each in fault.problems] if fault else [],
        lines=line_differences(opened.text or "", (text or "").replace("\r\n", "\n")) if overtaken else None,
        overtaken=overtaken,
        note_text=note,
        saved=saved,
        copied=copied,
    )


@router.get("/periods/{id}/file-versions/{number}/{name:path}")
def download(desk: TheDesk, person: OfficePerson, id: str, number: InPath, name: str) -> Response:
    """A version of a setting file, as it was sent or written (下载设置文件)."""
    file, path = setting_files.blob_of(desk, person, id, name, number)
    return sent(path, file.name, file.sha256)


@router.post("/periods/{id}/file-versions/{number}/{name:path}")
def restore(desk: TheDesk, person: OfficePerson, id: str, number: InPath, name: str) -> Response:
    """An older version is the newest one again (退回此版)."""
    setting_files.restore(desk, person, id, name, number)
    return _back(id, name, "saved")


@router.get("/periods/{id}/file-differences/{name:path}")
def differences(
    request: Request, desk: TheDesk, person: OfficePerson, id: str, name: str, before: Number, after: Number
) -> Response:
    """What one version says differently from another, line by line (逐行差别)."""
    opened = setting_files.the_file(desk, person, id, name)
    lines = setting_files.differences(desk, person, id, name, before, after)
    return page(
        request,
        "file_differences",
        period=opened.period,
        section="files",
        opened=opened,
        before=before,
        after=after,
        lines=lines,
    )


def _back(id: str, name: str, told: str) -> Response:
    return RedirectResponse(f"/periods/{id}/files/{in_path(name)}?{told}=true", 303)
