"""The tree as a Word file (Word 文档), in any program that reads DOCX: real styles, real merges, real fields.

The same tree gives the same bytes: parts are sorted and carry no clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import assert_never
from xml.sax.saxutils import escape

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
from reportgen.writers.docx_charts import chart_docx, chart_parts
from reportgen.writers.docx_footers import NO_NUMBER, footer_references
from reportgen.writers.docx_lines import imprint_docx, letter_header_part, letterhead_docx, signature_docx
from reportgen.writers.docx_package import CORE, DOCUMENT, LETTER_HEADER, Shape, word_package
from reportgen.writers.docx_styles import SECTION_END, run_style_id, section_properties, style_id, text_runs, twips
from reportgen.writers.docx_tables import docx_table
from reportgen.writers.docx_xml import (
    PackedRow,
    element,
    ending_section,
    footer_reference,
    header_reference,
    indents,
    kept_with_next,
    paragraph,
    part_in_pieces,
)
from reportgen.writers.fonts import FontSet
from reportgen.writers.imprint import closes_even_page
from reportgen.writers.measure import annex_list_lines
from reportgen.writers.table_rows import used_themes


def write_docx(document: Document, styles: StyleSheet, fonts: FontSet | None = None) -> Outcome[bytes]:
    """The report as DOCX; `fonts` are needed for the pictures of charts alone (`needs_faces`)."""
    drawn = chart_parts(document, styles, fonts)
    letter, even = _letter_head(document), closes_even_page(document, styles)
    shape = Shape(
        themes=used_themes(document),
        letter=letter is not None,
        numberless=letter is not None or even,
        charts=tuple(each.link for each in drawn.value),
    )
    own: list[tuple[str, Iterable[bytes]]] = [
        (CORE, [_core_part(document)]),
        (DOCUMENT, part_in_pieces("document", "body", _body(document, styles, even=even))),
    ]
    if letter:
        own.append((f"word/{LETTER_HEADER}.xml", [letter_header_part(letter, styles)]))
    for each in drawn.value:
        own.append((f"word/{each.link.name}", [each.blob]))
        own += [(f"word/{each.link.workbook}", [each.workbook])] if each.workbook else []
    return Outcome(word_package(styles, shape, own), drawn.problems)


def _core_part(document: Document) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{escape(document.title)}</dc:title><dc:creator>{escape(document.issuer)}</dc:creator>"
        "<dc:language>zh-CN</dc:language></cp:coreProperties>"
    ).encode()


def _letter_head(document: Document) -> Letterhead | None:
    """The letterhead of a document in the form of a letter (信函格式)."""
    blocks = (block for section in document.sections for block in section.blocks)
    heads = (block for block in blocks if isinstance(block, Letterhead) and block.form is LetterheadForm.LETTER)
    return next(heads, None)


def _body(document: Document, styles: StyleSheet, *, even: bool) -> Iterator[str | PackedRow]:
    """The text, paragraph by paragraph and row by row: none waits for more than the next one."""
    parts = [part for section in document.sections for part in _parts(section, styles, even=even)]
    for number, part in enumerate(parts, 1):
        last: str | PackedRow = ""
        for piece in _pieces(part, document, styles):
            yield last
            last = piece
        assert isinstance(last, str), "Word needs a paragraph behind a table"
        # Word keeps a section's set-up in its last paragraph. One more would make a full page run over.
        yield ending_section(last, part.set_up) if number < len(parts) else last + part.set_up


@dataclass(frozen=True)
class _Part:
    """Pages of one set-up (页面设置相同的一段)."""

    blocks: Sequence[Block]
    orientation: Orientation
    set_up: str


def _parts(section: Section, styles: StyleSheet, *, even: bool) -> Iterator[_Part]:
    """What a section holds; an imprint that must close an even page is a section of its own."""
    references = footer_references(styles, section.orientation)
    letter = any(isinstance(block, Letterhead) and block.form is LetterheadForm.LETTER for block in section.blocks)
    if letter:
        references = header_reference("first", LETTER_HEADER) + references + footer_reference("first", NO_NUMBER)
    blocks = [block for block in section.blocks if not (even and isinstance(block, Imprint))]
    if blocks or not section.blocks:
        set_up = section_properties(styles, section.orientation, references, first_apart=letter)
        yield _Part(blocks, section.orientation, set_up)
    none = footer_reference("default", NO_NUMBER) + footer_reference("even", NO_NUMBER)
    for imprint in section.blocks:
        if even and isinstance(imprint, Imprint):
            set_up = section_properties(styles, Orientation.PORTRAIT, none, start="evenPage")
            yield _Part([imprint], Orientation.PORTRAIT, set_up)


def _pieces(part: _Part, document: Document, styles: StyleSheet) -> Iterator[str | PackedRow]:
    blocks = part.blocks
    last: str | PackedRow = ""
    for above, block in zip((None, *blocks), blocks, strict=False):
        # Word would show two tables as one, and at a floating one LibreOffice begins no page (measured).
        if isinstance(block, Imprint if above is None else Table | Imprint) and isinstance(above, Table | None):
            yield last
            last = paragraph(SECTION_END, "")
        if isinstance(block, Signature):  # no page with a signature and no text: never 此页无正文 (7.3.5.5)
            last = kept_with_next(last if isinstance(last, str) else b"".join(last).decode())
        for piece in _block(block, part.orientation, document, styles):
            yield last
            last = piece
    yield last
    if not blocks or isinstance(blocks[-1], Table | Imprint):  # Word needs a paragraph behind a table
        yield paragraph(SECTION_END, "")


def _block(block: Block, orientation: Orientation, document: Document, styles: StyleSheet) -> Iterator[str | PackedRow]:
    match block:
        case Letterhead():
            yield from letterhead_docx(block, styles)
        case Title():
            yield _text(styles, TextRole.TITLE, "\n".join(block.lines))
        case Addressee():
            yield _text(styles, TextRole.ADDRESSEE, block.text)
        case Heading():
            yield _heading(block, styles)
        case Paragraph():
            yield _text(styles, TextRole.BODY, block.text)
        case Closing():
            yield _text(styles, TextRole.CLOSING, block.text)
        case AnnexList():
            yield from _annex_list(block, styles)
        case Signature():
            yield from signature_docx(block, styles)
        case Imprint():
            yield imprint_docx(block, document, styles)
        case Note():
            yield _text(styles, TextRole.NOTE, block.text)
        case AnnexTitle():
            yield _text(styles, TextRole.ANNEX_LABEL, block.entry.label)
            yield _text(styles, TextRole.ANNEX_TITLE, block.entry.name)
        case Chart():
            yield chart_docx(block, orientation, document, styles)
            yield _text(styles, TextRole.CHART_TITLE, block.caption)
        case Table():
            yield from docx_table(block, orientation, styles)
        case _:
            assert_never(block)


def _text(styles: StyleSheet, role: TextRole, text: str, own: str = "") -> str:
    return paragraph(style_id(role), text_runs(styles, styles.text[role].font, text), own)


def _heading(block: Heading, styles: StyleSheet) -> str:
    role = HEADING_ROLES[block.level - 1]
    if not block.body:
        return _text(styles, role, block.label + block.text)
    style = element("rStyle", val=run_style_id(role))
    head = text_runs(styles, styles.text[role].font, block.label + block.text, style)
    return paragraph(style_id(TextRole.BODY), head + text_runs(styles, styles.text[TextRole.BODY].font, block.body))


def _annex_list(block: AnnexList, styles: StyleSheet) -> Iterator[str]:
    unit = styles.unit_pt(TextRole.ANNEX_LIST)
    style = styles.text[TextRole.ANNEX_LIST]
    first_line = style.left_chars + style.first_line_chars
    for index, (text, left, first) in enumerate(annex_list_lines(block)):
        own = element("spacing", before=0) if index else ""
        own += indents(left=twips((first_line + left) * unit), first=twips(first * unit))
        yield _text(styles, TextRole.ANNEX_LIST, text, own)
