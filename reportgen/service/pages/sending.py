"""Files out of the store to a browser (下载文件): by their own names, with what they are; a part where asked."""

from __future__ import annotations

from pathlib import Path

from fastapi.responses import FileResponse

from reportgen.service.doors.files import ending, file_answer

# What a browser shows by itself without anything in it being run.
_SHOWN = (".pdf", ".png", ".svg")
_BY_ITSELF = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; sandbox"
# A sandboxed PDF is not shown by any browser; nothing in it is run outside of its viewer.
_PDF = "default-src 'none'; object-src 'self'; plugin-types application/pdf"


def sent(path: Path, name: str, sha256: str, *, shown: bool = False, kept: bool = False) -> FileResponse:
    """The file at `path` under its own name (送出文件).

    `shown` opens in the browser what it can show, all else is saved; `kept` lets the browser keep it for an hour: for
    the address of what never changes.
    """
    headers = {"Content-Security-Policy": _PDF if ending(name) == ".pdf" else _BY_ITSELF}
    if kept:
        headers["Cache-Control"] = "private, max-age=3600"
    return file_answer(path, name, sha256, headers, shown=shown and ending(name) in _SHOWN)
