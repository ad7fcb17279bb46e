"""Pages in Typst (页面转 Typst): sheets, margins and page numbers. Their equals are the @page rules of `css`."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.document import Orientation
from reportgen.styles import POINTS_PER_MM, StyleSheet, TextRole
from reportgen.writers.css import FontPlan
from reportgen.writers.fonts import ASCENT, DESCENT
from reportgen.writers.typst_text import color, keeping, literal, points

_LABEL = "text-end"
TEXT_END = f"[#metadata(none)<{_LABEL}>]"
"""Marks the place where the text before the imprint ends (正文结束处): no page behind it has a number (7.5)."""
TEXT_END_PLACE = f"locate(<{_LABEL}>).position()"
"""Page and height of that place."""


def page_name(orientation: Orientation) -> str:
    """The function that sets a section's pages (页面函数)."""
    return "turned" if orientation is Orientation.LANDSCAPE else "upright"


def page_definitions(styles: StyleSheet, fonts: FontPlan, *, letter: bool) -> Iterator[str]:
    """The functions of the pages (页面函数): each section is a call of one of them."""
    yield from _number(styles, fonts, letter=letter)
    yield keeping((styles.page.height_mm - styles.page.bottom_mm) * POINTS_PER_MM, styles.page.text_width_pt())
    for orientation in Orientation:
        width, height = styles.page.size_mm(orientation)
        top, right, bottom, left = (edge * POINTS_PER_MM for edge in styles.page.margins_mm(orientation))
        margins = f"(top: {points(top)}, right: {points(right)}, bottom: {points(bottom)}, left: {points(left)})"
        size = f"width: {points(width * POINTS_PER_MM)}, height: {points(height * POINTS_PER_MM)}"
        name = page_name(orientation)
        # In front of the text: who reads a page in the order in which it is drawn comes to its number last.
        number = f'pdf.artifact(kind: "page", context {name}_number())'
        yield f"let {name}(it) = page({size}, margin: {margins}, foreground: {number}, it)"


def _number(styles: StyleSheet, fonts: FontPlan, *, letter: bool) -> Iterator[str]:
    """The page number outside, its middle `below_mm` under the type area; turned with a landscape page (clause 8)."""
    number, text = styles.page_number, styles.text[TextRole.PAGE_NUMBER]
    pitch, size = styles.pitch_pt(TextRole.PAGE_NUMBER), text.size_pt
    # 半角宋体 (7.5): the digits, too, are of the role's own face; that of letters comes last.
    first, *own = fonts.families[text.font]
    faces = "".join(f"{literal(name)}, " for name in (*own, first))
    edges = (pitch - size) / 2 + size * ASCENT, -(pitch - size) / 2 - size * DESCENT
    yield (
        f"let number(page) = text(font: ({faces}), size: {points(size)}, fill: {color(text.color)}, "
        f"top-edge: {points(edges[0])}, bottom-edge: {points(edges[1])}, "
        f"{literal(number.before)} + str(page) + {literal(number.after)})"
    )
    # The first page of a letter (10.1), the page of an imprint and a blank one before it have no number (7.5).
    first_page = "page == 1" if letter else "false"
    yield (
        "let numbered(draw) = { let page = here().page(); "
        f"let ends = query(<{_LABEL}>).map(it => it.location().page()); "
        f"if not ({first_page} or ends.any(end => page > end)) {{ draw(page) }} }}"
    )
    page, mm = styles.page, POINTS_PER_MM
    inset = number.inset_chars * size
    down = points((page.height_mm - page.bottom_mm + number.below_mm) * mm - pitch / 2)
    yield (
        "let upright_number() = numbered(page => if calc.odd(page) "
        f"{{ place(top + right, dx: {points(-page.right_mm * mm - inset)}, dy: {down}, number(page)) }} else "
        f"{{ place(top + left, dx: {points(page.left_mm * mm + inset)}, dy: {down}, number(page)) }})"
    )
    # Turned clockwise, the foot of the upright sheet is the left margin, its right end below, its left end above.
    across = points((page.bottom_mm - number.below_mm) * mm - pitch / 2)
    turned = "rotate(90deg, reflow: true, number(page))"
    yield (
        "let turned_number() = numbered(page => if calc.odd(page) "
        f"{{ place(bottom + left, dx: {across}, dy: {points(-page.right_mm * mm - inset)}, {turned}) }} else "
        f"{{ place(top + left, dx: {across}, dy: {points(page.left_mm * mm + inset)}, {turned}) }})"
    )
