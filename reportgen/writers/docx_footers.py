"""The footers of a Word file (页脚): the page number, odd right and even left, and the foot that has none."""

from __future__ import annotations

from reportgen.document import Orientation
from reportgen.styles import StyleSheet, TextRole
from reportgen.writers.docx_styles import page_number_indents, style_id
from reportgen.writers.docx_turned import turned_box
from reportgen.writers.docx_xml import fonts, footer_reference, page_field, paragraph, part, run

NO_NUMBER = "footerNone"
"""The footer of a page without a number (没有页码的页脚)."""


def footer_parts(styles: StyleSheet) -> dict[str, bytes]:
    """The footer parts by name; landscape sections have their own where the number turns with the page."""
    upright = {"footerOdd": _footer_part(styles, odd=True), "footerEven": _footer_part(styles, odd=False)}
    if not styles.page_number.turned_in_docx:
        return upright
    turned = {"footerOddTurned": _turned_part(styles, odd=True), "footerEvenTurned": _turned_part(styles, odd=False)}
    return upright | turned


def numberless_part() -> bytes:
    """The part without a number: its paragraph keeps the room."""
    return part("ftr", paragraph(style_id(TextRole.PAGE_NUMBER), ""))


def footer_references(styles: StyleSheet, orientation: Orientation) -> str:
    """Which footers the pages of a section carry."""
    turned = styles.page_number.turned_in_docx and orientation is Orientation.LANDSCAPE
    suffix = "Turned" if turned else ""
    return footer_reference("default", f"footerOdd{suffix}") + footer_reference("even", f"footerEven{suffix}")


def _footer_part(styles: StyleSheet, *, odd: bool) -> bytes:
    return part("ftr", _page_number(styles, odd=odd))


def _turned_part(styles: StyleSheet, *, odd: bool) -> bytes:
    box = turned_box(styles, _page_number(styles, odd=odd), odd=odd)
    return part("ftr", paragraph(style_id(TextRole.PAGE_NUMBER), box))


def _page_number(styles: StyleSheet, *, odd: bool) -> str:
    number = styles.page_number
    face = styles.fonts[styles.text[TextRole.PAGE_NUMBER].font].name
    properties = fonts(face, face)  # 半角宋体 (7.5): the digits, too
    runs = run(number.before, properties) + page_field(properties) + run(number.after, properties)
    return paragraph(style_id(TextRole.PAGE_NUMBER), runs, page_number_indents(styles, odd=odd))
