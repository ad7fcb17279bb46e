"""The tree as one HTML page (网页): for a browser, and, with other faces, for the PDF."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from reportgen.document import (
    Addressee,
    AnnexList,
    AnnexTitle,
    Block,
    Cell,
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
from reportgen.grid import Start, resolve
from reportgen.problems import Outcome
from reportgen.styles import HEADING_ROLES, StyleSheet, TextRole
from reportgen.writers.css import FontPlan, kind_class, local_fonts, write_css
from reportgen.writers.html_lines import element as _element
from reportgen.writers.html_lines import imprint_html, letterhead_html, signature_html
from reportgen.writers.html_lines import text as _text
from reportgen.writers.imprint import closes_even_page
from reportgen.writers.measure import annex_list_lines
from reportgen.writers.table_rows import cell_widths, keeps_together


def write_html(document: Document, styles: StyleSheet) -> Outcome[bytes]:
    """The report as a page that stands alone; a browser takes the faces that its machine has."""
    page = html_page(document, styles, local_fonts(styles), apart=closes_even_page(document, styles))
    return Outcome(page.encode())


def html_page(document: Document, styles: StyleSheet, fonts: FontPlan, *, apart: bool) -> str:
    """The report as HTML with its CSS inside; `apart` gives the imprint an even page of its own."""
    sections = (_section(section, document, styles, apart=apart) for section in document.sections)
    body = "\n".join(line for section in sections for line in section)
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{_text(document.title)}</title>\n"
        f'<meta name="author" content="{_text(document.issuer)}">\n'
        f"<style>\n{write_css(styles, fonts)}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _section(section: Section, document: Document, styles: StyleSheet, *, apart: bool) -> Iterator[str]:
    name = "landscape" if section.orientation is Orientation.LANDSCAPE else ""
    if any(isinstance(block, Letterhead) and block.form is LetterheadForm.LETTER for block in section.blocks):
        name = "letter"
    yield f'<section class="{name}">' if name else "<section>"
    for block in section.blocks:
        yield from _block(block, section.orientation, document, styles, apart=apart)
    yield "</section>"


def _block(
    block: Block, orientation: Orientation, document: Document, styles: StyleSheet, *, apart: bool
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
        case Table():
            yield from _table(block, orientation, styles)
        case _:
            assert_never(block)


def _heading(block: Heading) -> str:
    role = HEADING_ROLES[block.level - 1]
    text = _text(block.label + block.text)
    if not block.body:
        return _element(f"h{min(block.level + 1, 6)}", role, text)
    return _element("p", TextRole.BODY, _element("span", role, text) + _text(block.body))


def _annex_list(block: AnnexList, styles: StyleSheet) -> Iterator[str]:
    unit = styles.unit_pt(TextRole.ANNEX_LIST)
    style = styles.text[TextRole.ANNEX_LIST]
    first_line = style.left_chars + style.first_line_chars
    for index, (text, left, first) in enumerate(annex_list_lines(block)):
        indent = (first_line + left) * unit
        css = f"padding-left:{indent:.2f}pt;text-indent:{first * unit:.2f}pt" + (";margin-top:0" if index else "")
        yield _element("p", TextRole.ANNEX_LIST, _text(text), css)


def _table(block: Table, orientation: Orientation, styles: StyleSheet) -> Iterator[str]:
    columns = "".join(f'<col style="width:{column.share:.4%}">' for column in block.columns)
    yield f"<table>\n<colgroup>{columns}</colgroup>\n<thead>"
    for slots in resolve(block.head, len(block.columns)):
        yield ("<tr>" + "".join(_cell("th", slot.cell, "") for slot in slots if isinstance(slot, Start)) + "</tr>")
    yield "</thead>\n<tbody>"
    widths = cell_widths(block, orientation, styles)
    for slots in resolve(block.body, len(block.columns)):
        cells = [
            _cell("td", slot.cell, kind_class(column.kind))
            for slot, column in zip(slots, block.columns, strict=True)
            if isinstance(slot, Start)
        ]
        keep = ' class="keep"' if keeps_together(slots, widths, styles) else ""
        yield f"<tr{keep}>{''.join(cells)}</tr>"
    yield f'</tbody>\n<tfoot><tr><td colspan="{len(block.columns)}"></td></tr></tfoot>\n</table>'


def _cell(tag: str, cell: Cell, kind: str) -> str:
    spans = f' class="{kind}"' if kind else ""
    spans += f' scope="{"colgroup" if cell.col_span > 1 else "col"}"' if tag == "th" else ""
    spans += f' colspan="{cell.col_span}"' if cell.col_span > 1 else ""
    spans += f' rowspan="{cell.row_span}"' if cell.row_span > 1 else ""
    return f"<{tag}{spans}>" + "\n".join(map(_text, cell.paragraphs)) + f"</{tag}>"
