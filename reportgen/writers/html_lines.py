"""Lines with a place of their own as HTML (定位行转 HTML). Its equal for Word is `docx_lines`."""

from __future__ import annotations

import html
from collections.abc import Iterator

from reportgen.document import Document, Imprint, Letterhead, Signature
from reportgen.styles import POINTS_PER_MM, Align, StyleSheet, TextRole
from reportgen.writers.css import class_name
from reportgen.writers.imprint import imprint_lines
from reportgen.writers.letterhead import DoubleRule, head
from reportgen.writers.lines import Floating, Line, Piece, Rule, middle_edges
from reportgen.writers.signature import signature_lines


def element(tag: str, role: TextRole, inner: str, css: str = "") -> str:
    """An element of the class of a text role."""
    style = f' style="{css}"' if css else ""
    return f'<{tag} class="{class_name(role)}"{style}>{inner}</{tag}>'


def text(plain: str) -> str:
    """A text as HTML."""
    return html.escape(plain)


def letterhead_html(block: Letterhead, styles: StyleSheet) -> Iterator[str]:
    """The letterhead (版头)."""
    laid = head(block, styles, middle_edges)
    yield f'<div class="lines" style="padding-bottom:{_pt(laid.after_pt)}">'
    for each in laid.in_reading_order():
        yield _floating(each) if isinstance(each, Floating) else _line(each, styles)
    for rule, name in zip(laid.rules, ("double-rule", "double-rule at-foot"), strict=False):
        yield _double_rule(rule, name, styles)
    yield "</div>"


def signature_html(block: Signature, styles: StyleSheet) -> Iterator[str]:
    """署名 and 成文日期."""
    yield from (_line(line, styles) for line in signature_lines(block, styles))


def imprint_html(block: Imprint, document: Document, styles: StyleSheet, *, apart: bool) -> Iterator[str]:
    """The imprint (版记): at the foot of the page on which the text ends, or of the next even one."""
    lines = "".join(_line(line, styles) for line in imprint_lines(block, document, styles))
    if apart:
        height = styles.page.height_mm - styles.page.top_mm - styles.page.bottom_mm
        yield f'<div class="apart" style="height:{height:.3f}mm"><div class="at-end">{lines}</div></div>'
    else:
        yield f'<div class="text-end" id="{TEXT_END}"><div class="foot">{lines}</div></div>'


TEXT_END = "text-end"
"""The anchor where the text before the imprint ends: the page that has it is the one that the text closes."""


def _pt(points: float) -> str:
    return f"{points:.2f}pt"


def _line(line: Line, styles: StyleSheet) -> str:
    above = _rule(line.above, line.above.away_pt) if line.above else ""
    below = _rule(line.below, line.below.away_pt) if line.below else ""
    if len(line.pieces) == 1 and line.pieces[0].x is None:
        return above + _plain_line(line, line.pieces[0], styles) + below
    room = f"padding-top:{_pt(line.before_pt)};height:{_pt(line.pitch_pt)}"
    pieces = "".join(_placed(piece, line, styles) for piece in line.pieces)
    keep = " kept" if line.role is TextRole.ISSUER else ""
    return f'{above}<div class="line{keep}" style="{room}">{pieces}</div>{below}'


def _plain_line(line: Line, piece: Piece, styles: StyleSheet) -> str:
    # At the head of a page the room above a signature falls away, as above any text; that of a letterhead stays.
    edge = "margin" if line.role in (TextRole.ISSUER, TextRole.DATE) else "padding"
    room = [f"margin:0 0 {_pt(line.after_pt)}", f"{edge}-top:{_pt(line.before_pt)}"]
    room.append(f"line-height:{_pt(line.pitch_pt)}")
    # What is centred is so between the edges of the type area: its insets are those of the same text placed left.
    centred = styles.text[line.role].align is Align.CENTER
    if line.left_pt or line.first_pt:
        room += [f"padding-left:{_pt(line.left_pt)}", f"text-indent:{_pt(line.first_pt)}"]
    if line.left_pt or line.first_pt or line.right_pt:
        room.append(f"padding-right:{_pt(line.right_pt)}")
    elif centred:
        room.append("padding-left:0;padding-right:0")
    return element("p", piece.role, text(piece.text), ";".join([*room, *_letters(piece)]))


def _letters(piece: Piece) -> Iterator[str]:
    if piece.size_pt is not None:
        yield f"font-size:{_pt(piece.size_pt)}"


def _spread(piece: Piece) -> str:
    """The text with room between its letters, none behind the last one."""
    if not piece.spread_pt:
        return text(piece.text)
    spaced = f'<span style="letter-spacing:{_pt(piece.spread_pt)}">{text(piece.text[:-1])}</span>'
    return spaced + text(piece.text[-1])


def _placed(piece: Piece, line: Line, styles: StyleSheet) -> str:
    width = styles.page.text_width_pt()
    x = piece.x or 0.0
    own = [f"top:{_pt(line.before_pt)}", f"line-height:{_pt(line.pitch_pt)}"]
    if piece.align is Align.RIGHT:
        own += [f"right:{_pt(width - x)}", "text-align:right"]
    elif piece.align is Align.CENTER:
        half = min(x, width - x)
        own += [f"left:{_pt(x - half)}", f"width:{_pt(2 * half)}", "text-align:center"]
    else:
        own += [f"left:{_pt(x)}", "text-align:left"]
    return element("p", piece.role, _spread(piece), ";".join([*own, *_letters(piece)]))


def _floating(floating: Floating) -> str:
    piece = floating.piece
    place = f"left:{_pt(floating.x)};top:{_pt(floating.y)};width:{_pt(floating.width)}"
    align = "center" if piece.align is Align.CENTER else "left"
    own = [f"line-height:{_pt(floating.pitch_pt)}", f"text-align:{align}", *_letters(piece)]
    return f'<div class="floating" style="{place}">{element("p", piece.role, _spread(piece), ";".join(own))}</div>'


def _rule(rule: Rule, away: float) -> str:
    """A box of no height with one border: whoever measures the page finds it where it is drawn."""
    return f'<div style="margin-top:{_pt(away)};border-top:{_border(rule.width_pt, rule.color)}"></div>'


def _border(width: float, color: str) -> str:
    return f"{width:.3f}pt solid #{color}"


def _double_rule(rule: DoubleRule, name: str, styles: StyleSheet) -> str:
    """From the type area's corner, where the letterhead begins."""
    x = rule.x - styles.page.left_mm * POINTS_PER_MM
    y = rule.y - styles.page.top_mm * POINTS_PER_MM
    lines = []
    for top, width in ((y, rule.upper_pt), (y + rule.upper_pt + rule.gap_pt, rule.lower_pt)):
        place = f"left:{_pt(x)};top:{_pt(top)};width:{_pt(rule.width)}"
        lines.append(f'<div class="{name}" style="{place};border-top:{_border(width, rule.color)}"></div>')
    return "".join(lines)
