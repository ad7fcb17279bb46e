"""WeasyPrint as it comes (WeasyPrint 自动列宽): our own HTML, its tables laid out automatically.

That is what most people write: no `table-layout: fixed`, no `<colgroup>`, `<br>` in the cells, faces from their files.
"""

from __future__ import annotations

import re

from reportgen.document import Document
from reportgen.styles import FontRole
from reportgen.writers.css import LATIN_RANGE, FontFace, FontPlan
from reportgen.writers.fonts import find_fonts
from reportgen.writers.html import html_page, page_css
from reportgen.writers.imprint import closes_even_page
from tests.bench.case import styles
from tests.bench.peers import Ready

AUTOMATIC = "table{table-layout:auto}th,td{white-space:normal}\n"
"""All in which its look is another one than ours."""


def lacks() -> str:
    """What is missing."""
    try:
        import weasyprint  # noqa: F401
    except OSError:
        return "没有 Pango"
    return ""


def ready() -> Ready:
    """WeasyPrint, asked for the same kind of PDF as we make."""
    import weasyprint

    plan = _faces()

    def make(page: str) -> bytes:
        made = weasyprint.HTML(string=page).write_pdf(pdf_variant="pdf/a-2u", pdf_tags=True)
        assert isinstance(made, bytes)
        return made

    return Ready(lambda case: _page(case.document, plan), make)


def _faces() -> FontPlan:
    """The files of our faces, by address."""
    roles = find_fonts({}).roles
    names = {role: f"bench-{role.name.lower()}" for role in roles}
    faces = [
        FontFace(
            names[role],
            (f"url({each.face.path.as_uri()})",),
            LATIN_RANGE if role is FontRole.LATIN else None,
        )
        for role, each in roles.items()
    ]
    return FontPlan(tuple(faces), {role: (names[FontRole.LATIN], names[role]) for role in roles})


def _page(document: Document, plan: FontPlan) -> str:
    look = styles()
    css = page_css(document, look, plan) + AUTOMATIC
    page = html_page(document, look, plan, css, apart=closes_even_page(document, look))
    page = re.sub(r"<colgroup>.*?</colgroup>", "", page)
    return re.sub(r"(?s)<(t[dh])\b([^>]*)>(.*?)</\1>", _broken, page)


def _broken(cell: re.Match[str]) -> str:
    tag, attributes, text = cell.groups()
    return f"<{tag}{attributes}>{text.replace(chr(10), '<br>')}</{tag}>"
