"""Where signatures and dates stand (落款的位置), with and without seals. GB/T 9704—2012 7.3.5."""

from __future__ import annotations

from reportgen.document import Signature
from reportgen.styles import POINTS_PER_MM, Align, StyleSheet, TextRole
from reportgen.writers.lines import Line, Piece
from reportgen.writers.measure import signature_insets, text_width


def signature_lines(block: Signature, styles: StyleSheet) -> list[Line]:
    """The lines of 署名 and 成文日期, each text with its right edge, or under a seal its middle, in place."""
    if block.sealed and (lines := _sealed(block, styles)):
        return lines
    return _unsealed(block, styles)


def _unsealed(block: Signature, styles: StyleSheet) -> list[Line]:
    """One issuer below the other, the leading one first, their right edges in one line; the date as `insets` say."""
    issuer_inset, date_inset = signature_insets(block, styles)
    lines = []
    for index, issuer in enumerate(block.issuers):
        before = styles.text[TextRole.ISSUER].before_lines * styles.page.line_pt if index == 0 else 0.0
        lines.append(_line(styles, TextRole.ISSUER, issuer, before, issuer_inset))
    before = styles.text[TextRole.DATE].before_lines * styles.page.line_pt
    return [*lines, _line(styles, TextRole.DATE, block.date, before, date_inset)]


def _line(styles: StyleSheet, role: TextRole, text: str, before: float, inset: float) -> Line:
    pieces = (Piece(role=role, text=text),)
    pitch, after = styles.pitch_pt(role), styles.text[role].after_lines * styles.page.line_pt
    return Line(role=role, pieces=pieces, before_pt=before, pitch_pt=pitch, after_pt=after, right_pt=inset)


def _sealed(block: Signature, styles: StyleSheet) -> list[Line]:
    """Rows of issuers with the room of a seal for each; the last one is centred on the date, a line above it.

    None of it is a seal. Names that leave no room for two in a row stand one below the other.
    """
    width = styles.page.text_width_pt()
    unit = styles.unit_pt(TextRole.ISSUER)
    date_width = text_width(block.date) * styles.unit_pt(TextRole.DATE)
    diameter = styles.seal.diameter_mm * POINTS_PER_MM
    between = styles.seal.between_mm * POINTS_PER_MM
    widest = max(map(text_width, block.issuers)) * unit
    if widest > width:
        return []
    # Name and seal end within the type area, whatever the date's own inset.
    half = max(widest, diameter) / 2
    date_inset = max(styles.seal.right_chars * unit, half - date_width / 2)
    middle = width - date_inset - date_width / 2
    step = max(diameter + between, widest + unit)
    columns = 1 + max(0, min(styles.seal.in_a_row - 1, int((middle - half) / step)))
    pitch = styles.pitch_pt(TextRole.ISSUER)
    lines = []
    for first in range(0, len(block.issuers), columns):
        row = block.issuers[first : first + columns]
        pieces = tuple(
            Piece(role=TextRole.ISSUER, text=issuer, x=middle - (len(row) - 1 - place) * step, align=Align.CENTER)
            for place, issuer in enumerate(row)
        )
        before = styles.seal.before_lines * styles.page.line_pt if first == 0 else max(0.0, diameter + between - pitch)
        lines.append(Line(role=TextRole.ISSUER, pieces=pieces, before_pt=before, pitch_pt=pitch))
    return [*lines, _line(styles, TextRole.DATE, block.date, 0.0, date_inset)]
