"""What finds no room as the standard wants it (放不下的内容): told before anybody prints it."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.document import Chart, Document, Letterhead, Orientation, Title
from reportgen.problems import Problem, warning
from reportgen.styles import POINTS_PER_MM, StyleSheet, TextRole
from reportgen.writers.charts_figure import chart_height
from reportgen.writers.letterhead import mark_size_pt
from reportgen.writers.measure import text_width


def misfits(document: Document, styles: StyleSheet) -> Iterator[Problem]:
    """Title lines that break inside a word (7.3.1), a 发文机关标志 smaller than the title (7.2.4), charts too tall."""
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Title):
                yield from _long_lines(block, styles)
            elif isinstance(block, Letterhead) and block.mark:
                yield from _small_mark(block, styles)
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
