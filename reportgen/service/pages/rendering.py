"""Pages of the service (页面的样子): one frame, one look, everything from outside escaped.

A page is a template in `templates/` that extends `base.html.jinja`; `parts.html.jinja` has its pieces as macros, and
the head of `static/app.css` lists what can be put on a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reportgen.service.doors.asking import desk_of
from reportgen.service.model import Period, Person
from reportgen.service.office.reports.steps import steps_of
from reportgen.service.pages.static_files import static_url

_FOLDER = Path(__file__).parent / "templates"


def page(
    request: Request, name: str, *, period: Period | None = None, section: str = "", status: int = 200, **values: Any
) -> HTMLResponse:
    """The page (网页) of `templates/<name>.html.jinja` with these values.

    `period` gives it the steps bar and the side column, in which `section` is the page that one is on: `setting`,
    `ledger`, `problems`, `verdicts`, `preview`, `downloads`, `overview`, `units`, `editions` or `files`. The person
    who asks stands in `request.state.person`.
    """
    person: Person | None = getattr(request.state, "person", None)
    # Whoever speaks for a unit sees no steps of the office.
    steps = steps_of(desk_of(request), person, period.id) if period and person and person.is_office else ()
    frame: dict[str, Any] = {"back": _page_before(request)}
    frame |= {"person": person, "period": period, "section": section, "here": str(request.url.path), "steps": steps}
    text = _templates().get_template(f"{name}.html.jinja").render({**frame, **values})
    return HTMLResponse(text.encode("utf-8", "replace"), status_code=status)


def _page_before(request: Request) -> str:
    """The page of ours that a form was sent from (上一页), for whom it was refused."""
    before = urlsplit(request.headers.get("referer", ""))
    is_ours = before.netloc == request.headers.get("host") and before.path.startswith("/")
    if request.method != "POST" or not is_ours or before.path.startswith("//"):
        return ""
    return before.path + (f"?{before.query}" if before.query else "")


def when(at: datetime | None, now: datetime | None = None) -> str:
    """A moment as people say it (时刻), in this machine's zone: 7月10日 15:04; its year where that is not `now`'s."""
    if at is None:
        return ""
    local = at.astimezone()
    year = f"{local.year}年" if now is not None and now.astimezone().year != local.year else ""
    return f"{year}{local.month}月{local.day}日 {local:%H:%M}"


def size(number: int) -> str:
    """How large a file is (大小), as an Explorer says it."""
    if number < 1024:
        return f"{number} 字节"
    if number >= 1024**3:
        return f"{number / 1024**3:.1f} GB"
    return f"{number / 1024:.0f} KB" if number < 1024**2 else f"{number / 1024**2:.1f} MB"


def place(where: Mapping[str, Any] | None) -> str:
    """A place (位置) from JSON, as Excel shows it: 「表名」B7; of a text file its line."""
    if not where:
        return ""
    cell = where.get("cell") or ""
    if where.get("sheet"):
        return f"「{where['sheet']}」{cell}"
    if where.get("line") is not None:
        return f"{where['file']} 第 {where['line']} 行"
    return f"{where.get('file', '')}{f' {cell}' if cell else ''}"


def in_path(text: object) -> str:
    """A name as part of an address (网址中的名称); its folders stay folders."""
    return quote(str(text), safe="/")


def in_query(text: object) -> str:
    """A value behind the question mark of an address (网址中的值)."""
    return quote(str(text), safe="")


@cache
def _templates() -> Environment:
    found = Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined)
    found.trim_blocks = found.lstrip_blocks = True
    found.globals["static"] = static_url
    for each in (when, size, place, in_path, in_query):
        found.filters[each.__name__] = each
    return found
