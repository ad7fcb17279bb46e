"""Lines with a place of their own for Word (定位行转 Word). Its equal for the page is `html_lines`."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.document import Document, Imprint, Letterhead, Orientation, Signature
from reportgen.styles import POINTS_PER_MM, Align, StyleSheet, TextRole
from reportgen.writers.docx_styles import RUN_ROLES, SECTION_END, alignment, run_fonts, run_style_id, style_id, twips
from reportgen.writers.docx_xml import (
    cell,
    drawn_box,
    element,
    foot_table,
    frame,
    indents,
    paragraph,
    part,
    row,
    run,
    tab_stops,
)
from reportgen.writers.imprint import imprint_lines
from reportgen.writers.letterhead import DoubleRule, head
from reportgen.writers.lines import Floating, Line, Piece, Rule
from reportgen.writers.signature import signature_lines

# Word and LibreOffice set the letters of a line of exact height on four fifths of it; the rest of a Chinese face's
# square of 0.88 and 0.12 is above and below (measured in LibreOffice).
_BASELINE = 0.8
_ASCENT, _DESCENT = 0.88, 0.12


def edges(pitch: float, size: float) -> tuple[float, float]:
    """The letters' square on the baseline of an exact line."""
    return _BASELINE * pitch - _ASCENT * size, (1 - _BASELINE) * pitch - _DESCENT * size


def letterhead_docx(block: Letterhead, styles: StyleSheet) -> Iterator[str]:
    """The letterhead (版头); what floats stands in frames, in the order in which it is read."""
    laid = head(block, styles, edges)
    for each in laid.in_reading_order():
        if isinstance(each, Floating):
            yield _frame(each, styles)
        else:
            yield _line(each, styles, after_pt=laid.after_pt if each is laid.lines[-1] else None)


def letter_header_part(block: Letterhead, styles: StyleSheet) -> bytes:
    """The header of a letter's first page: nothing but its two double rules, from the sheet's edges. 10.1."""
    boxes = [box for rule in head(block, styles, edges).rules for box in _double_rule(rule)]
    return part("hdr", paragraph(SECTION_END, run_of("".join(boxes), styles) if boxes else ""))


def run_of(inner: str, styles: StyleSheet) -> str:
    """A run that holds a drawing instead of a text."""
    return element("r", element("rPr", run_fonts(styles, styles.text[TextRole.BODY].font)), inner)


def signature_docx(block: Signature, styles: StyleSheet) -> Iterator[str]:
    """署名 and 成文日期."""
    yield from (_line(line, styles) for line in signature_lines(block, styles))


def imprint_docx(block: Imprint, document: Document, styles: StyleSheet) -> str:
    """The imprint (版记) as a table of one column that stands on the lower edge of the type area.

    Rules of paragraphs would end at the indents, those of cells reach from edge to edge. Its left edge is counted
    from the sheet: LibreOffice floats no table as wide as the text that is placed by the margins (measured).
    """
    width = twips(styles.page.text_width_pt(Orientation.PORTRAIT))
    rows = [
        row(cell(width, _line(line, styles), borders=_rules(line)), head=False, whole=True)
        for line in imprint_lines(block, document, styles)
    ]
    return foot_table(twips(styles.page.left_mm * POINTS_PER_MM), width, rows)


def _rules(line: Line) -> str:
    return "".join(_rule(side, rule) for side, rule in (("top", line.above), ("bottom", line.below)) if rule)


def _rule(side: str, rule: Rule) -> str:
    return element(
        side, val="single", sz=round(rule.width_pt * 8), space=min(31, round(rule.away_pt)), color=rule.color
    )


def _line(line: Line, styles: StyleSheet, after_pt: float | None = None) -> str:
    ruled = line.below and line.role is not TextRole.IMPRINT  # whose rules are those of its cells
    own = element("pBdr", _rule("bottom", line.below)) if line.below and ruled else ""
    style = styles.text[line.role]
    spacing = {
        "before": _unless(line.before_pt, style.before_lines * styles.page.line_pt),
        "after": _unless(line.after_pt if after_pt is None else after_pt, style.after_lines * styles.page.line_pt),
        "line": _unless(line.pitch_pt, styles.pitch_pt(line.role)),
    }
    if spacing["line"] is not None:
        spacing["lineRule"] = "exact"
    space = element("spacing", **spacing) if any(value is not None for value in spacing.values()) else ""
    if len(line.pieces) == 1 and line.pieces[0].x is None:
        return paragraph(
            style_id(line.role), _runs(line.pieces[0], line.role, styles), own + space + _ends(line, styles)
        )
    pieces = sorted(line.pieces, key=lambda piece: piece.x or 0.0)
    # The first text stands by its indent, all others by tab stops.
    flush = bool(pieces) and pieces[0].align is Align.LEFT and pieces[0].role is line.role
    tabbed = [not piece.follows and (index > 0 or not flush) for index, piece in enumerate(pieces)]
    stops = [(twips(piece.x or 0.0), alignment(piece.align)) for piece, tab in zip(pieces, tabbed, strict=True) if tab]
    runs = "".join(
        _runs(piece, line.role, styles, "\t" if tab else "") for piece, tab in zip(pieces, tabbed, strict=True)
    )
    first = pieces[0].x or 0.0 if flush else 0.0
    side = element("jc", val=alignment(Align.LEFT))
    ends = indents(left=0, right=0, first=twips(first))
    return paragraph(style_id(line.role), runs, own + tab_stops(stops) + space + ends + side)


def _unless(points: float, usual: float) -> int | str | None:
    return None if twips(points) == twips(usual) else twips(points)


def _ends(line: Line, styles: StyleSheet) -> str:
    """Indents that are not the style's; what is centred is so between the edges of the type area."""
    if line.left_pt or line.first_pt:
        return indents(left=twips(line.left_pt), right=twips(line.right_pt), first=twips(line.first_pt))
    if line.right_pt:
        return indents(right=twips(line.right_pt))
    return indents(left=0, right=0) if styles.text[line.role].align is Align.CENTER else ""


def _runs(piece: Piece, role: TextRole, styles: StyleSheet, tab: str = "") -> str:
    """The runs of a text; room between its letters stands behind all but the last one."""
    properties = element("rStyle", val=run_style_id(piece.role)) if piece.role is not role else ""
    assert piece.role is role or piece.role in RUN_ROLES
    properties += run_fonts(styles, styles.text[piece.role].font)
    size = ""
    if piece.size_pt is not None and piece.size_pt != styles.text[piece.role].size_pt:
        half_points = round(piece.size_pt * 2)
        size = element("sz", val=half_points) + element("szCs", val=half_points)
    if not piece.spread_pt:
        return run(tab + piece.text, properties + size)
    spread = properties + element("spacing", val=twips(piece.spread_pt)) + size
    return run(tab + piece.text[:-1], spread) + run(piece.text[-1], properties + size)


def _frame(floating: Floating, styles: StyleSheet) -> str:
    piece, page = floating.piece, styles.page
    place = frame(
        twips(floating.x + page.left_mm * POINTS_PER_MM),
        twips(floating.y + page.top_mm * POINTS_PER_MM),
        twips(floating.width),
        twips(floating.pitch_pt),
    )
    space = element("spacing", before=0, after=0, line=twips(floating.pitch_pt), lineRule="exact")
    side = element("jc", val=alignment(piece.align))
    return paragraph(style_id(piece.role), _runs(piece, piece.role, styles), place + space + indents(0, 0, 0) + side)


def _double_rule(rule: DoubleRule) -> Iterator[str]:
    yield drawn_box(rule.x, rule.y, rule.width, rule.upper_pt, rule.color)
    lower = rule.y + rule.upper_pt + rule.gap_pt
    yield drawn_box(rule.x, lower, rule.width, rule.lower_pt, rule.color)
