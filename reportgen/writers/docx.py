"""The tree as a Word file (Word 文档), in any program that reads DOCX: real styles, real merges, real fields.

The same tree gives the same bytes: parts are sorted and carry no clock.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import assert_never
from xml.sax.saxutils import escape

from reportgen.document import (
    Addressee,
    AnnexList,
    AnnexTitle,
    Block,
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
from reportgen.package import timeless
from reportgen.problems import Outcome
from reportgen.styles import HEADING_ROLES, StyleSheet, TextRole
from reportgen.writers.docx_lines import imprint_docx, letter_header_part, letterhead_docx, signature_docx
from reportgen.writers.docx_styles import (
    SECTION_END,
    font_table_part,
    page_number_indents,
    run_style_id,
    section_properties,
    settings_part,
    style_id,
    styles_part,
    text_runs,
    twips,
)
from reportgen.writers.docx_tables import docx_table
from reportgen.writers.docx_turned import turned_box
from reportgen.writers.docx_xml import (
    element,
    ending_section,
    fonts,
    footer_reference,
    header_reference,
    indents,
    kept_with_next,
    page_field,
    paragraph,
    part,
    run,
)
from reportgen.writers.imprint import closes_even_page
from reportgen.writers.measure import annex_list_lines
from reportgen.writers.table_rows import used_themes


def write_docx(document: Document, styles: StyleSheet) -> Outcome[bytes]:
    """The report as DOCX."""
    from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.package import Package

    package = Package()

    def add(name: str, content_type: str, blob: bytes) -> Part:
        return Part(PackURI(name), content_type, blob, package)

    text = part("document", element("body", *_body(document, styles)))
    main = add("/word/document.xml", CONTENT_TYPE.WML_DOCUMENT_MAIN, text)
    package.relate_to(main, RELATIONSHIP_TYPE.OFFICE_DOCUMENT)
    core = add("/docProps/core.xml", CONTENT_TYPE.OPC_CORE_PROPERTIES, _core_part(document))
    package.relate_to(core, RELATIONSHIP_TYPE.CORE_PROPERTIES)
    parts = [
        ("styles", CONTENT_TYPE.WML_STYLES, RELATIONSHIP_TYPE.STYLES, styles_part(styles, used_themes(document))),
        ("settings", CONTENT_TYPE.WML_SETTINGS, RELATIONSHIP_TYPE.SETTINGS, settings_part()),
        ("fontTable", CONTENT_TYPE.WML_FONT_TABLE, RELATIONSHIP_TYPE.FONT_TABLE, font_table_part(styles)),
        *((name, CONTENT_TYPE.WML_FOOTER, RELATIONSHIP_TYPE.FOOTER, blob) for name, blob in _footers(styles).items()),
    ]
    letter = _letter_head(document)
    if letter or closes_even_page(document, styles):
        none = part("ftr", paragraph(style_id(TextRole.PAGE_NUMBER), ()))
        parts.append(("footerNone", CONTENT_TYPE.WML_FOOTER, RELATIONSHIP_TYPE.FOOTER, none))
    if letter:
        rules = letter_header_part(letter, styles)
        parts.append(("headerLetter", CONTENT_TYPE.WML_HEADER, RELATIONSHIP_TYPE.HEADER, rules))
    for name, content_type, relation, blob in parts:
        main.load_rel(relation, add(f"/word/{name}.xml", content_type, blob), name)
    buffer = io.BytesIO()
    package.save(buffer)
    return Outcome(timeless(buffer.getvalue()))


def _core_part(document: Document) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{escape(document.title)}</dc:title><dc:creator>{escape(document.issuer)}</dc:creator>"
        "<dc:language>zh-CN</dc:language></cp:coreProperties>"
    ).encode()


def _footers(styles: StyleSheet) -> dict[str, bytes]:
    """The footer parts by name; landscape sections have their own where the number turns with the page."""
    upright = {"footerOdd": _footer_part(styles, odd=True), "footerEven": _footer_part(styles, odd=False)}
    if not styles.page_number.turned_in_docx:
        return upright
    turned = {"footerOddTurned": _turned_part(styles, odd=True), "footerEvenTurned": _turned_part(styles, odd=False)}
    return upright | turned


def _footer_part(styles: StyleSheet, *, odd: bool) -> bytes:
    return part("ftr", _page_number(styles, odd=odd))


def _turned_part(styles: StyleSheet, *, odd: bool) -> bytes:
    box = turned_box(styles, _page_number(styles, odd=odd), odd=odd)
    return part("ftr", paragraph(style_id(TextRole.PAGE_NUMBER), [box]))


def _page_number(styles: StyleSheet, *, odd: bool) -> str:
    number = styles.page_number
    face = styles.fonts[styles.text[TextRole.PAGE_NUMBER].font].name
    properties = fonts(face, face)  # 半角宋体 (7.5): the digits, too
    runs = (run(number.before, properties), page_field(properties), run(number.after, properties))
    return paragraph(style_id(TextRole.PAGE_NUMBER), runs, page_number_indents(styles, odd=odd))


def _footer_references(styles: StyleSheet, orientation: Orientation) -> str:
    turned = styles.page_number.turned_in_docx and orientation is Orientation.LANDSCAPE
    suffix = "Turned" if turned else ""
    return footer_reference("default", f"footerOdd{suffix}") + footer_reference("even", f"footerEven{suffix}")


def _letter_head(document: Document) -> Letterhead | None:
    """The letterhead of a document in the form of a letter (信函格式)."""
    blocks = (block for section in document.sections for block in section.blocks)
    heads = (block for block in blocks if isinstance(block, Letterhead) and block.form is LetterheadForm.LETTER)
    return next(heads, None)


def _body(document: Document, styles: StyleSheet) -> Iterator[str]:
    written = [part for section in document.sections for part in _sections(section, document, styles)]
    for index, (parts, properties) in enumerate(written, 1):
        if index < len(written):
            # Word keeps a section's set-up in its last paragraph. One more would make a full page run over.
            yield from (*parts[:-1], ending_section(parts[-1], properties))
        else:
            yield from (*parts, properties)


def _sections(section: Section, document: Document, styles: StyleSheet) -> Iterator[tuple[list[str], str]]:
    """The paragraphs and tables of a section and its set-up; an imprint on an even page is a section of its own."""
    references = _footer_references(styles, section.orientation)
    letter = any(isinstance(block, Letterhead) and block.form is LetterheadForm.LETTER for block in section.blocks)
    if letter:
        references = header_reference("first", "headerLetter") + references + footer_reference("first", "footerNone")
    apart = closes_even_page(document, styles)
    blocks = [block for block in section.blocks if not (apart and isinstance(block, Imprint))]
    if blocks or not section.blocks:
        properties = section_properties(styles, section.orientation, references, first_apart=letter)
        yield _parts(blocks, section.orientation, document, styles), properties
    none = footer_reference("default", "footerNone") + footer_reference("even", "footerNone")
    for imprint in section.blocks:
        if apart and isinstance(imprint, Imprint):
            properties = section_properties(styles, Orientation.PORTRAIT, none, start="evenPage")
            yield _parts([imprint], Orientation.PORTRAIT, document, styles), properties


def _parts(blocks: Sequence[Block], orientation: Orientation, document: Document, styles: StyleSheet) -> list[str]:
    parts: list[str] = []
    for above, block in zip((None, *blocks), blocks, strict=False):
        # Word would show two tables as one, and at a floating one LibreOffice begins no page (measured).
        if isinstance(block, Imprint if above is None else Table | Imprint) and isinstance(above, Table | None):
            parts.append(paragraph(SECTION_END, ()))
        if isinstance(block, Signature) and parts:  # no page with a signature and no text: never 此页无正文 (7.3.5.5)
            parts[-1] = kept_with_next(parts[-1])
        parts += _block(block, orientation, document, styles)
    if not blocks or isinstance(blocks[-1], Table | Imprint):  # Word needs a paragraph behind a table
        parts.append(paragraph(SECTION_END, ()))
    return parts


def _block(block: Block, orientation: Orientation, document: Document, styles: StyleSheet) -> Iterator[str]:
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
        case Table():
            yield docx_table(block, orientation, styles)
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
