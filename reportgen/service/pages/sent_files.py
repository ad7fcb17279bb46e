"""The files that a form sends (表单里的文件): said in plain words where none was chosen."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from reportgen.problems import InputError, error


async def sent_files(request: Request) -> list[UploadFile]:
    """The files of the field `file` (选中的文件); refused where there is none."""
    form = await request.form()
    # A field in which nobody chose anything is sent by browsers as a file without a name.
    found = [each for each in form.getlist("file") if isinstance(each, UploadFile) and each.filename]
    if not found:
        raise InputError([error("service.no-file-chosen", "还没有选文件", "请回到上一页，先选文件再上传")])
    return found


async def sent_file(request: Request) -> UploadFile:
    """The one file of the field `file` (选中的文件)."""
    return (await sent_files(request))[0]


SentFiles = Annotated[list[UploadFile], Depends(sent_files)]
SentFile = Annotated[UploadFile, Depends(sent_file)]
