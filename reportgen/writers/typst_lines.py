"""Lines with a place of their own in Typst (定位行转 Typst). Their equals are `html_lines` and `docx_lines`."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.document import Document, Imprint, Letterhead, Signature
from reportgen.styles import POINTS_PER_MM, Align, StyleSheet, TextRole
from reportgen.writers.imprint import closes_even_page, imprint_lines
from reportgen.writers.letterhead import DoubleRule, head
from reportgen.writers.lines import Floating, Line, Piece, Rule, middle_edges
from reportgen.writers.signature import signature_lines
from reportgen.writers.typst_page import TEXT_END, TEXT_END_PLACE
from reportgen.writers.typst_text import ALIGNS, bookmarked, color, letters, paragraph, points, words


def letterhead_typst(block: Letterhead, styles: StyleSheet) -> Iterator[str]:
    """The letterhead (版头)."""
    laid = head(block, styles, middle_edges)
    yield f"block(width: 100%, breakable: false, inset: (bottom: {points(laid.after_pt)}), {{"
    for each in laid.in_reading_order():
        yield from [_floating(each, styles)] if isinstance(each, Floating) else _line(each, styles)
    for rule in laid.rules:
        yield from _double_rule(rule, styles)
    yield "})"


def signature_typst(block: Signature, styles: StyleSheet) -> Iterator[str]:
    """署名 and 成文日期."""
    for line in signature_lines(block, styles):
        yield from _line(line, styles)


def signature_height(block: Signature, styles: StyleSheet) -> float:
    """How high the signature is with its date (落款高度), in points."""
    return sum(line.before_pt + line.pitch_pt + line.after_pt for line in signature_lines(block, styles))


def imprint_typst(block: Imprint, document: Document, styles: StyleSheet, *, alone: bool) -> Iterator[str]:
    """The imprint (版记): at the foot of the page on which the text ends, or of the next one, the next even one."""
    lines = [part for line in imprint_lines(block, document, styles) for part in _line(line, styles)]
    yield "let imprint = block(width: 100%, breakable: false, {"
    yield from lines
    yield "})"
    place = "place(bottom + left, imprint)"
    if alone:
        yield place
        return
    even = closes_even_page(document, styles)
    bottom = points((styles.page.height_mm - styles.page.bottom_mm) * POINTS_PER_MM + _SLACK)
    width = points(styles.page.text_width_pt())
    yield TEXT_END
    yield f"context {{ let end = {TEXT_END_PLACE}"
    yield f"let fits = end.y + measure(imprint, width: {width}).height <= {bottom}"
    yield f"if not fits{' or calc.odd(end.page)' if even else ''} {{ pagebreak({_TO_EVEN if even else ''}) }}"
    yield f"{place} }}"


_TO_EVEN = 'to: "even"'
_SLACK = 0.5


def _line(line: Line, styles: StyleSheet) -> Iterator[str]:
    if line.above:
        yield _rule(line.above)
    if len(line.pieces) == 1 and line.pieces[0].x is None:
        yield _plain_line(line, line.pieces[0], styles)
    else:
        sticky = "true" if line.role is TextRole.ISSUER else "false"
        height = points(line.before_pt + line.pitch_pt)
        yield f"block(width: 100%, height: {height}, breakable: false, sticky: {sticky}, {{"
        yield from (_placed(piece, line, styles) for piece in line.pieces)
        yield "})"
    if line.below:
        yield _rule(line.below)


def _plain_line(line: Line, piece: Piece, styles: StyleSheet) -> str:
    lengths = {"above": 0.0, "below": line.after_pt}
    # At the head of a page the room above a signature falls away, as above any text; that of a letterhead stays.
    lengths["above" if line.role in (TextRole.ISSUER, TextRole.DATE) else "top"] = line.before_pt
    if line.left_pt or line.first_pt:
        lengths |= {"start": line.left_pt, "first": line.first_pt}
    # What is centred is so between the edges of the type area: its insets are those of the same text placed left.
    if line.left_pt or line.first_pt or line.right_pt:
        lengths["end"] = line.right_pt
    elif styles.text[line.role].align is Align.CENTER:
        lengths |= {"start": 0.0, "end": 0.0}
    return paragraph(piece.role, bookmarked(_spread(piece, line.pitch_pt), piece.role, styles), **lengths)


def _spread(piece: Piece, pitch: float) -> str:
    """The text with room between its letters; behind the last one Typst adds none."""
    lengths = {"pitch": pitch}
    lengths |= {} if piece.size_pt is None else {"size": piece.size_pt}
    lengths |= {"spread": piece.spread_pt} if piece.spread_pt else {}
    return letters(piece.role, words(piece.text), **lengths)


def _placed(piece: Piece, line: Line, styles: StyleSheet) -> str:
    width = styles.page.text_width_pt()
    x = piece.x or 0.0
    # From the edge, or the middle, of the type area that the alignment counts from.
    away = {Align.RIGHT: x - width, Align.CENTER: x - width / 2}.get(piece.align, x)
    place = f"top + {ALIGNS[piece.align]}, dx: {points(away)}, dy: {points(line.before_pt)}"
    return f"place({place}, par({bookmarked(_spread(piece, line.pitch_pt), piece.role, styles)}))"


def _floating(floating: Floating, styles: StyleSheet) -> str:
    piece = floating.piece
    align = "center" if piece.align is Align.CENTER else "left"
    text = bookmarked(_spread(piece, floating.pitch_pt), piece.role, styles)
    box = f"block(width: {points(floating.width)}, align({align}, par({text})))"
    return f"place(top + left, dx: {points(floating.x)}, dy: {points(floating.y)}, {box})"


def _rule(rule: Rule) -> str:
    """A rule across the type area, which takes the room of its width."""
    return f"{_room(rule.away_pt)}{_stroke('100%', rule.width_pt, rule.color)}"


def _stroke(length: str, width: float, ink: str) -> str:
    """A line with the room of its width: on a screen a filled box would be widened to whole pixels, and two be one."""
    drawn = f"line(start: (0pt, {points(width / 2)}), length: {length}, stroke: {points(width)} + {color(ink)})"
    return f"block(width: {length}, height: {points(width)}, {drawn})"


def _room(height: float) -> str:
    return f"v({points(height)}); " if height else ""


def _double_rule(rule: DoubleRule, styles: StyleSheet) -> Iterator[str]:
    """From the type area's corner, where the letterhead begins."""
    x = rule.x - styles.page.left_mm * POINTS_PER_MM
    y = rule.y - styles.page.top_mm * POINTS_PER_MM
    for top, height in ((y, rule.upper_pt), (y + rule.upper_pt + rule.gap_pt, rule.lower_pt)):
        drawn = _stroke(points(rule.width), height, rule.color)
        yield f"place(top + left, dx: {points(x)}, dy: {points(top)}, {drawn})"
