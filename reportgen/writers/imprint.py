"""The lines of the imprint (版记的行) and their rules, and whether it has a page of its own. GB/T 9704—2012 7.4."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reportgen.document import Document, Imprint
from reportgen.styles import Align, ImprintPage, StyleSheet, TextRole
from reportgen.writers.letterhead import is_letter
from reportgen.writers.lines import Line, Piece, Rule
from reportgen.writers.measure import text_width

ROLE = TextRole.IMPRINT


def imprint_texts(block: Imprint) -> Iterator[str]:
    """Every text of the imprint; that a letter has copies only (10.1) is held where its template is read."""
    yield from (text for text in (block.copies_to, block.printer, block.printed) if text)


def imprint_of(document: Document) -> Imprint | None:
    """The imprint of the document, if it has one."""
    blocks = (block for section in document.sections for block in section.blocks)
    return next((block for block in blocks if isinstance(block, Imprint)), None)


def closes_even_page(document: Document, styles: StyleSheet) -> bool:
    """Whether the imprint must close an even page (双面印刷)."""
    return imprint_of(document) is not None and styles.imprint.page is ImprintPage.EVEN


def has_own_section(document: Document) -> bool:
    """Whether the imprint is all that a section holds, as behind turned pages: then no text stands on its page."""
    return any(len(section.blocks) == 1 and isinstance(section.blocks[0], Imprint) for section in document.sections)


def imprint_lines(block: Imprint, document: Document, styles: StyleSheet) -> list[Line]:
    """The lines with the rules above and below them; a letter's imprint has no rules (10.1)."""
    lines = list(_lines(block, styles))
    if is_letter(document):
        return lines
    outer, inner = styles.imprint.outer_rule_pt, styles.imprint.inner_rule_pt
    return [
        replace(
            line,
            above=None if _is_date_alone(line, block) else Rule(away_pt=0.0, width_pt=inner if index else outer),
            below=Rule(away_pt=0.0, width_pt=outer) if index == len(lines) - 1 else None,
        )
        for index, line in enumerate(lines)
    ]


def _is_date_alone(line: Line, block: Imprint) -> bool:
    """Whether it is the second half of the line of 印发机关 and 印发日期."""
    return bool(block.printer) and len(line.pieces) == 1 and line.pieces[0].align is Align.RIGHT


def _lines(block: Imprint, styles: StyleSheet) -> Iterator[Line]:
    style, unit, pitch = styles.text[ROLE], styles.unit_pt(ROLE), styles.pitch_pt(ROLE)
    left, right = style.left_chars * unit, style.right_chars * unit
    if block.copies_to:
        # Wrapped lines stand under the first letter behind 抄送：.
        label, colon, _ = block.copies_to.partition("：")
        lead = text_width(label + colon) * unit if colon else 0.0
        pieces = (Piece(role=ROLE, text=block.copies_to),)
        yield Line(
            role=ROLE,
            pieces=pieces,
            before_pt=0.0,
            pitch_pt=pitch,
            left_pt=left + lead,
            first_pt=style.first_line_chars * unit - lead,
            right_pt=right,
        )
    edge = styles.page.text_width_pt() - right
    printer = (Piece(role=ROLE, text=block.printer, x=left),) if block.printer else ()
    printed = (Piece(role=ROLE, text=block.printed, x=edge, align=Align.RIGHT),) if block.printed else ()
    # One line (7.4.3); names that leave no room for the date have one of their own.
    crowded = left + (text_width(block.printer) + 1 + text_width(block.printed)) * unit > edge
    for ends in (printer, printed) if crowded else (printer + printed,):
        if ends:
            yield Line(role=ROLE, pieces=ends, before_pt=0.0, pitch_pt=pitch)
