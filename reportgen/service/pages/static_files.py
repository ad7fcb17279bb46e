"""Style, scripts and icon of the pages (静态文件), from this package: an intranet has nobody else to ask.

Their names carry a hash of what is in them, so that a browser keeps each one for good and a new version of the program
is seen at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from reportgen.service.refusals import not_found

_FOLDER = Path(__file__).parent / "static"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}

router = APIRouter()


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file that pages refer to (静态文件)."""

    body: bytes
    type: str


@cache
def static_files() -> dict[str, StaticFile]:
    """All of them by the name in their address (静态文件清单): app.css → app-1a2b3c4d5e6f.css."""
    found = {}
    for path in sorted(_FOLDER.iterdir()):
        if path.suffix in _TYPES:
            body = path.read_bytes()
            found[f"{path.stem}-{sha256(body).hexdigest()[:12]}{path.suffix}"] = StaticFile(body, _TYPES[path.suffix])
    return found


@cache
def static_url(name: str) -> str:
    """The address (网址) of a file in `static/`."""
    stem, dot, suffix = name.rpartition(".")
    body = (_FOLDER / name).read_bytes()
    return f"/static/{stem}-{sha256(body).hexdigest()[:12]}{dot}{suffix}"


@router.api_route("/static/{name}", methods=["GET", "HEAD"], include_in_schema=False)
def static_file(request: Request, name: str) -> Response:
    """One of them (静态文件); whoever asks, signed in or not."""
    file = static_files().get(name)
    if file is None:
        raise not_found("这个文件")
    body = b"" if request.method == "HEAD" else file.body
    kept = {"Cache-Control": "public, max-age=31536000, immutable", "Content-Length": str(len(file.body))}
    return Response(body, media_type=file.type, headers=kept)
