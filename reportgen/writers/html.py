"""The tree as one HTML page (网页): for a browser, and, with other faces, for the PDF."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import assert_never

from reportgen.document import (
    Addressee,
    AnnexList,
    AnnexTitle,
    Block,
    Chart,
    Closing,
    Document,
    Heading,
    Imprint,
    Letterhead,
    LetterheadForm,
    Note,
    Orientation,
    Paragraph,
    Section,
    Signature,
    Table,
    Title,
)
from reportgen.problems import Outcome
from reportgen.styles import HEADING_ROLES, StyleSheet, TextRole
from reportgen.writers.chart_texts import charts_of
from reportgen.writers.css import FontPlan, local_fonts, write_css
from reportgen.writers.css_tables import write_table_css
from reportgen.writers.html_charts import chart_html, write_chart_css
from reportgen.writers.html_lines import element as _element
from reportgen.writers.html_lines import imprint_html, letterhead_html, signature_html
from reportgen.writers.html_lines import text as _text
from reportgen.writers.html_tables import html_table
from reportgen.writers.imprint import closes_even_page
from reportgen.writers.measure import annex_list_lines
from reportgen.writers.table_rows import used_themes


def write_html(document: Document, styles: StyleSheet) -> Outcome[bytes]:
    """The report as a page that stands alone; a browser takes the faces that its machine has."""
    fonts = local_fonts(styles)
    css = page_css(document, styles, fonts)
    return Outcome(html_page(document, styles, fonts, css, apart=closes_even_page(document, styles)).encode())


def page_css(document: Document, styles: StyleSheet, fonts: FontPlan) -> str:
    """The CSS of the page (网页样式): the same for all documents of one look, which use the same themes."""
    table_css = write_table_css(styles, fonts, used_themes(document))
    return write_css(styles, fonts) + table_css + (write_chart_css(styles, fonts) if charts_of(document) else "")


def html_page(document: Document, styles: StyleSheet, fonts: FontPlan, css: str | None, *, apart: bool) -> str:
    """The report as HTML, its `css` in it, None where that is kept apart; `apart` gives the imprint an even page."""
    sections = (_section(section, document, styles, fonts, apart=apart) for section in document.sections)
    body = "\n".join(line for section in sections for line in section)
    style = "" if css is None else f"<style>\n{css}</style>\n"
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{_text(document.title)}</title>\n"
        f'<meta name="author" content="{_text(document.issuer)}">\n'
        f"{style}</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _section(
    section: Section, document: Document, styles: StyleSheet, fonts: FontPlan, *, apart: bool
) -> Iterator[str]:
    name = "landscape" if section.orientation is Orientation.LANDSCAPE else ""
    if any(isinstance(block, Letterhead) and block.form is LetterheadForm.LETTER for block in section.blocks):
        name = "letter"
    yield f'<section class="{name}">' if name else "<section>"
    for block in section.blocks:
        yield from _block(block, section.orientation, document, styles, fonts, apart=apart)
    yield "</section>"


def _block(
    block: Block, orientation: Orientation, document: Document, styles: StyleSheet, fonts: FontPlan, *, apart: bool
) -> Iterator[str]:
    match block:
        case Letterhead():
            yield from letterhead_html(block, styles)
        case Title():
            yield _element("h1", TextRole.TITLE, "<br>".join(map(_text, block.lines)))
        case Addressee():
            yield _element("p", TextRole.ADDRESSEE, _text(block.text))
        case Heading():
            yield _heading(block)
        case Paragraph():
            yield _element("p", TextRole.BODY, _text(block.text))
        case Closing():
            yield _element("p", TextRole.CLOSING, _text(block.text))
        case AnnexList():
            yield from _annex_list(block, styles)
        case Signature():
            yield from signature_html(block, styles)
        case Note():
            yield _element("p", TextRole.NOTE, _text(block.text))
        case Imprint():
            yield from imprint_html(block, document, styles, apart=apart)
        case AnnexTitle():
            yield _element("p", TextRole.ANNEX_LABEL, _text(block.entry.label))
            yield _element("h1", TextRole.ANNEX_TITLE, _text(block.entry.name))
        case Chart():
            yield from chart_html(block, orientation, styles, fonts)
        case Table():
            yield from html_table(block, orientation, styles)
        case _:
            assert_never(block)


# So many marks and quoted letters that nothing parts: WeasyPrint would have all on the heading's line, off the page.
_MARKS = re.compile(r"(?:(?!\w\w)\S){20}")


def _heading(block: Heading) -> str:
    role = HEADING_ROLES[block.level - 1]
    text = _text(block.label + block.text)
    if not block.body:
        return _element(f"h{min(block.level + 1, 6)}", role, text)
    css = "word-break:break-all" if _MARKS.match(block.body) else ""
    return _element("p", TextRole.BODY, _element("span", role, text) + _text(block.body), css)


def _annex_list(block: AnnexList, styles: StyleSheet) -> Iterator[str]:
    unit = styles.unit_pt(TextRole.ANNEX_LIST)
    style = styles.text[TextRole.ANNEX_LIST]
    first_line = style.left_chars + style.first_line_chars
    for index, (text, left, first) in enumerate(annex_list_lines(block)):
        indent = (first_line + left) * unit
        css = f"padding-left:{indent:.2f}pt;text-indent:{first * unit:.2f}pt" + (";margin-top:0" if index else "")
        yield _element("p", TextRole.ANNEX_LIST, _text(text), css)
