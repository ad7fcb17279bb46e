"""What finds no room as the standard wants it (放不下的内容): told before anybody prints it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from reportgen.document import Chart, Document, Imprint, Letterhead, Orientation, Title
from reportgen.problems import Location, Problem, warning
from reportgen.styles import POINTS_PER_MM, Align, StyleSheet, TextRole
from reportgen.writers.charts_figure import chart_height
from reportgen.writers.imprint import imprint_lines
from reportgen.writers.letterhead import head, mark_size_pt
from reportgen.writers.lines import Line, Piece, middle_edges
from reportgen.writers.measure import text_width


def misfits(document: Document, styles: StyleSheet) -> Iterator[Problem]:
    """Title lines that break inside a word (7.3.1), a 发文机关标志 smaller than the title (7.2.4), charts too tall.

    And texts of 版头 and 版记 that are longer than the line that they cannot leave.
    """
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Title):
                yield from _long_lines(block, styles)
            elif isinstance(block, Letterhead):
                if block.mark:
                    yield from _small_mark(block, styles)
                yield from _full_lines(head(block, styles, middle_edges).lines, "版头", block.origin, styles)
            elif isinstance(block, Imprint):
                yield from _full_lines(imprint_lines(block, document, styles), "版记", block.origin, styles)
            elif isinstance(block, Chart):
                yield from _tall_chart(block, section.orientation, styles)


def _long_lines(block: Title, styles: StyleSheet) -> Iterator[Problem]:
    room = styles.page.text_width_pt() / styles.unit_pt(TextRole.TITLE)
    for number, line in enumerate(block.lines, 1):
        if text_width(line) > room:
            what = (
                f"标题第{number}行「{line[:12]}…」有{text_width(line):.0f}个字，一行放得下{int(room)}个，会从词中间断开"
            )
            fix = "请在词与词之间换行，或改用机关的规范化简称：改模板的 title，或配置里 wording 的标题用语"
            yield warning("layout.long-title", what, fix, block.origin)


def _full_lines(lines: Iterable[Line], part: str, where: Location | None, styles: StyleSheet) -> Iterator[Problem]:
    """Texts with a place of their own are never broken: a too long one is drawn over another, or off the sheet."""
    fix = "请改用规范化简称，或写短一些：改模板或配置里的这一项"
    for line in lines:
        spans = sorted(_span(piece, styles) for piece in line.pieces if piece.x is not None)
        slack = styles.unit_pt(line.role) / 2
        for left, right, text in spans:
            if left < -slack or right > styles.page.text_width_pt() + slack:
                yield warning(
                    "layout.long-line", f"{part}中「{text[:12]}…」太长，一行放不下，会印到版心之外", fix, where
                )
        for (_, right, text), (left, _, following) in pairwise(spans):
            if right > left + slack:
                what = f"{part}中「{text[:12]}…」与「{following[:12]}…」在同一行放不下，会印在一起"
                yield warning("layout.long-line", what, fix, where)


def _span(piece: Piece, styles: StyleSheet) -> tuple[float, float, str]:
    """From where to where a text with a place of its own reaches, and what it says."""
    size = piece.size_pt or styles.unit_pt(piece.role)
    width = text_width(piece.text) * size + piece.spread_pt * (len(piece.text) - 1)
    left = (piece.x or 0.0) - {Align.LEFT: 0.0, Align.CENTER: width / 2, Align.RIGHT: width}.get(piece.align, 0.0)
    return left, left + width, piece.text


def _small_mark(block: Letterhead, styles: StyleSheet) -> Iterator[Problem]:
    size, title = mark_size_pt(block, styles), styles.text[TextRole.TITLE].size_pt
    if size < title:
        what = f"发文机关标志「{block.mark[0][:12]}…」太长，一行只能排成{size:g}磅，比标题（{title:g}磅）还小，不醒目"
        fix = "请改用机关的规范化简称：改模板里 letterhead 的 mark"
        yield warning("layout.small-mark", what, fix, block.origin)


def _tall_chart(block: Chart, orientation: Orientation, styles: StyleSheet) -> Iterator[Problem]:
    top, _, bottom, _ = styles.page.margins_mm(orientation)
    room = (styles.page.size_mm(orientation)[1] - top - bottom) * POINTS_PER_MM
    height = chart_height(block, styles, styles.page.text_width_pt(orientation))
    if height > room:
        tall, free = f"{height / POINTS_PER_MM:.0f}毫米", f"{room / POINTS_PER_MM:.0f}毫米"
        what = f"图「{block.caption[:20]}」高{tall}，一面只有{free}，放不下"
        fix = "请把图放到纵向的页上，或改小版式 chart 的 bar_mm、gap_mm"
        yield warning("layout.tall-chart", what, fix, block.origin)
