"""A file as it goes out (送出的文件): what it is, and under which name it is saved, on every machine alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from starlette.responses import FileResponse
from starlette.types import Receive, Scope, Send

from reportgen.service.store.blobs import missing

_ANY = "application/octet-stream"
# Not as this machine has registered them.
_TYPES = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".zip": "application/zip",
    ".csv": "text/csv; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".html": "text/html; charset=utf-8",
}


def ending(name: str) -> str:
    """How a name ends (后缀), in small letters, with the dot."""
    return PurePosixPath(name).suffix.lower()


def disposition(name: str, *, shown: bool = False) -> str:
    """Under which name it is saved, or shown (RFC 6266): in UTF-8, and for browsers that do not know of that."""
    last = PurePosixPath(name).name
    suffix = PurePosixPath(last).suffix
    plain = f"download{suffix}" if suffix.isascii() and suffix.isprintable() and '"' not in suffix else "download"
    return f"{'inline' if shown else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(last, safe='')}"


class SentFile(FileResponse):
    """A file on its way out (送出的文件): what asks for a part of it and cannot be understood asks for all of it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; the library would answer a wrong Range in words of its own."""
        headers = [(name, value) for name, value in scope["headers"] if name != b"range" or _is_range(value)]
        await super().__call__({**scope, "headers": headers}, receive, send)


_RANGE = re.compile(rb"(\d{1,18})-(\d{0,18})|-\d{1,18}")


def _is_range(value: bytes) -> bool:
    unit, _, parts = value.partition(b"=")
    found = [_RANGE.fullmatch(part.strip()) for part in parts.split(b",")]
    ordered = (each is not None and (not each[2] or int(each[1]) <= int(each[2])) for each in found)
    return unit.strip().lower() == b"bytes" and all(ordered)


def file_answer(path: Path, name: str, sha256: str, headers: Mapping[str, str], *, shown: bool = False) -> FileResponse:
    """The file at `path` under its own name (送出文件), a part of it where one is asked for; refused if it is gone."""
    if not path.is_file():
        raise missing()
    told = {"Content-Disposition": disposition(name, shown=shown), "ETag": f'"{sha256[:32]}"', **headers}
    return SentFile(path, media_type=_TYPES.get(ending(name), _ANY), headers=told)
