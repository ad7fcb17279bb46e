"""Files that go out (下载): with a mark by which they are not sent twice, under the names that people know."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import Request, Response

from reportgen.service.api.answering import ETAG, LOOK, refusals
from reportgen.service.doors.files import file_answer
from reportgen.service.office.desk import Desk
from reportgen.service.store.blobs import path_of

# A file is what its name says: a report, a ledger, a picture.
_CONTENT: dict[str, Any] = {"*/*": {"schema": {}}}
DOWNLOAD: dict[int | str, dict[str, Any]] = {
    **LOOK,
    200: {"description": "文件的内容，类型随文件", "content": _CONTENT, "headers": {"ETag": ETAG}},
    206: {"description": "文件的一段（请求里有 Range）", "content": _CONTENT},
    **{416: {"description": "Range 超出了文件的大小"}},
    **refusals(409),
}
"""What may come of fetching a file (下载的应答)."""


def download(request: Request, path: Path, name: str, sha256: str) -> Response:
    """The file (下载), always to be saved, never to be shown by the browser; parts of it where a part is asked for."""
    return file_answer(path, name, sha256, {"Cache-Control": "private, no-cache"})


def download_file(request: Request, desk: Desk, file: tuple[str, str]) -> Response:
    """A file of the store, by the name that people know and its SHA-256 (下载)."""
    name, sha256 = file
    return download(request, path_of(desk.store, sha256), name, sha256)
