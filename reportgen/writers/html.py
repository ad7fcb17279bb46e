"""The tree as one HTML page (网页): for a browser, and, with other faces, for the PDF."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import assert_never

from reportgen.document import (
    Addressee,
    AnnexList,
    AnnexTitle,
    Block,
    Document,
    Heading,
    Orientation,
    Paragraph,
    Section,
    Signature,
    Table,
    Title,
)
from reportgen.problems import Outcome
from reportgen.styles import HEADING_ROLES, StyleSheet, TextRole
from reportgen.writers.css import FontPlan, class_name, local_fonts, write_css
from reportgen.writers.css_tables import write_table_css
from reportgen.writers.html_tables import html_table
from reportgen.writers.measure import annex_list_lines, signature_insets
from reportgen.writers.table_rows import used_themes


def write_html(document: Document, styles: StyleSheet) -> Outcome[bytes]:
    """The report as a page that stands alone; a browser takes the faces that its machine has."""
    return Outcome(html_page(document, styles, local_fonts(styles)).encode())


def html_page(document: Document, styles: StyleSheet, fonts: FontPlan) -> str:
    """The report as HTML with its CSS inside."""
    body = "\n".join(line for section in document.sections for line in _section(section, styles))
    table_css = write_table_css(styles, fonts, used_themes(document))
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{_text(document.title)}</title>\n"
        f'<meta name="author" content="{_text(document.issuer)}">\n'
        f"<style>\n{write_css(styles, fonts)}{table_css}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _text(text: str) -> str:
    return html.escape(text)


def _section(section: Section, styles: StyleSheet) -> Iterator[str]:
    landscape = section.orientation is Orientation.LANDSCAPE
    yield '<section class="landscape">' if landscape else "<section>"
    for block in section.blocks:
        yield from _block(block, section.orientation, styles)
    yield "</section>"


def _block(block: Block, orientation: Orientation, styles: StyleSheet) -> Iterator[str]:
    match block:
        case Title():
            yield _element("h1", TextRole.TITLE, "<br>".join(map(_text, block.lines)))
        case Addressee():
            yield _element("p", TextRole.ADDRESSEE, _text(block.text))
        case Heading():
            yield _heading(block)
        case Paragraph():
            yield _element("p", TextRole.BODY, _text(block.text))
        case AnnexList():
            yield from _annex_list(block, styles)
        case Signature():
            yield from _signature(block, styles)
        case AnnexTitle():
            yield _element("p", TextRole.ANNEX_LABEL, _text(block.entry.label))
            yield _element("h1", TextRole.ANNEX_TITLE, _text(block.entry.name))
        case Table():
            yield from html_table(block, orientation, styles)
        case _:
            assert_never(block)


def _element(tag: str, role: TextRole, inner: str, css: str = "") -> str:
    style = f' style="{css}"' if css else ""
    return f'<{tag} class="{class_name(role)}"{style}>{inner}</{tag}>'


def _heading(block: Heading) -> str:
    role = HEADING_ROLES[block.level - 1]
    text = _text(block.label + block.text)
    if not block.body:
        return _element(f"h{min(block.level + 1, 6)}", role, text)
    return _element("p", TextRole.BODY, _element("span", role, text) + _text(block.body))


def _annex_list(block: AnnexList, styles: StyleSheet) -> Iterator[str]:
    unit = styles.unit_pt(TextRole.ANNEX_LIST)
    first_line = styles.text[TextRole.ANNEX_LIST].first_line_chars
    for index, (text, left, first) in enumerate(annex_list_lines(block)):
        indent = (first_line + left) * unit
        css = f"padding-left:{indent:.2f}pt;text-indent:{first * unit:.2f}pt" + (";margin-top:0" if index else "")
        yield _element("p", TextRole.ANNEX_LIST, _text(text), css)


def _signature(block: Signature, styles: StyleSheet) -> Iterator[str]:
    insets = signature_insets(block, styles)
    for role, text, inset in zip((TextRole.ISSUER, TextRole.DATE), (block.issuers[0], block.date), insets, strict=True):
        yield _element("p", role, _text(text), f"padding-right:{inset:.2f}pt")
