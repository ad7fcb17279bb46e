"""Word's own chart (可编辑的图): drawn by Word from figures that stand in a workbook, which 编辑数据 opens.

A bar chart there knows no goal's mark: the goals are bars without a filling, in a dashed frame about the others.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from reportgen.document import Chart, ChartKind, Series, Tone
from reportgen.package import timeless
from reportgen.styles import StyleSheet, TextRole
from reportgen.writers.charts_engine import lacking

WORKBOOK_RELATION = "workbook"
"""By which relation a chart finds its workbook (数据工作簿)."""

_WHITE = "FFFFFF"


def native_chart(chart: Chart, styles: StyleSheet) -> tuple[bytes, bytes]:
    """The XML of the chart, and its workbook; raises `EnvironmentLacking` where the library is not installed."""
    if find_spec("pptx") is None:
        raise lacking("生成可编辑图表的组件（python-pptx）")
    from pptx.chart.chart import Chart as NativeChart
    from pptx.chart.data import CategoryChartData
    from pptx.chart.xmlwriter import ChartXmlWriter
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.opc.oxml import serialize_part_xml
    from pptx.oxml import parse_xml

    data = CategoryChartData(number_format="General")
    data.categories = chart.categories
    series = _all_series(chart)
    for each in series:
        data.add_series(each.name, [None if value is None else float(value) for value in each.values])
    kinds = {ChartKind.STACKED: XL_CHART_TYPE.BAR_STACKED, ChartKind.LINE: XL_CHART_TYPE.LINE_MARKERS}
    space = parse_xml(ChartXmlWriter(kinds.get(chart.kind, XL_CHART_TYPE.BAR_CLUSTERED), data).xml.encode())
    made = NativeChart(space, None)
    _set_letters(made, styles)
    _set_axes(made, chart, styles)
    for number, (plotted, each) in enumerate(zip(made.plots[0].series, series, strict=True)):
        _set_series(plotted, each, number, chart, styles)
    _set_labels(made, chart)
    _set_frame(space)
    space.get_or_add_externalData().rId = WORKBOOK_RELATION
    return serialize_part_xml(space), _still(_workbook(chart.categories, series))


def _all_series(chart: Chart) -> tuple[Series, ...]:
    """The series, and the line of all categories as one."""
    if chart.line is None:
        return chart.series
    line = Series(name=chart.line_name, tone=Tone.GOAL, values=(chart.line,) * len(chart.categories))
    return (*chart.series, line)


def _set_letters(made: Any, styles: StyleSheet) -> None:
    from pptx.dml.color import RGBColor
    from pptx.util import Pt

    text = styles.text[TextRole.CHART]
    made.font.size = Pt(text.size_pt)
    made.font.color.rgb = RGBColor.from_string(text.color)
    made.font.name = styles.fonts[text.font].name
    # The library names the Latin face only; Chinese letters ask for the East Asian one.
    latin = made.font._rPr.find(f"{_A}latin")
    latin.addnext(latin.makeelement(f"{_A}ea", {"typeface": styles.fonts[text.font].name}))


_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def _set_axes(made: Any, chart: Chart, styles: StyleSheet) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION, XL_TICK_MARK
    from pptx.util import Pt

    style = styles.chart
    made.has_title = False
    made.has_legend = True
    made.legend.position = XL_LEGEND_POSITION.TOP
    made.legend.include_in_layout = False
    values, categories = made.value_axis, made.category_axis
    values.has_major_gridlines = True
    values.major_gridlines.format.line.color.rgb = RGBColor.from_string(style.grid_color)
    values.major_gridlines.format.line.width = Pt(style.grid_pt)
    values.format.line.fill.background()
    values.has_title = False
    values.tick_labels.number_format = f'General"{chart.unit}"'
    values.tick_labels.number_format_is_linked = False
    categories.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    categories.format.line.width = Pt(2 * style.outline_pt)
    for axis in (values, categories):
        axis.major_tick_mark = axis.minor_tick_mark = XL_TICK_MARK.NONE
    if chart.kind is ChartKind.LINE:
        return
    # The first category on top, the figures of the axis below the last one.
    categories.reverse_order = True
    values.tick_label_position = XL_TICK_LABEL_POSITION.HIGH
    # Every category has its name, however near they stand.
    categories._element.append(categories._element.makeelement(f"{_C}tickLblSkip", {"val": "1"}))
    categories._element.append(categories._element.find(f"{_C}noMultiLvlLbl"))
    plot = made.plots[0]
    plot.overlap = 0 if chart.kind is ChartKind.BARS else 100
    plot.gap_width = round(100 * style.gap_mm / style.bar_mm)


def _set_series(plotted: Any, series: Series, number: int, chart: Chart, styles: StyleSheet) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_MARKER_STYLE
    from pptx.enum.dml import MSO_LINE
    from pptx.util import Pt

    style = styles.chart
    color = RGBColor.from_string(style.colors[series.tone])
    line = plotted.format.line
    if chart.kind is ChartKind.LINE:
        plotted.smooth = False
        dark = style.colors[series.tone] if series.tone is Tone.BEHIND else styles.text[TextRole.CHART].color
        line.color.rgb = RGBColor.from_string(dark)
        line.width = Pt(style.line_pt)
        dashes = (MSO_LINE.SOLID, MSO_LINE.DASH, MSO_LINE.ROUND_DOT, MSO_LINE.DASH_DOT)
        line.dash_style = dashes[number % len(dashes)]
        marks = (XL_MARKER_STYLE.CIRCLE, XL_MARKER_STYLE.SQUARE, XL_MARKER_STYLE.TRIANGLE, XL_MARKER_STYLE.DIAMOND)
        plotted.marker.style = marks[number % len(marks)]
        plotted.marker.format.fill.solid()
        plotted.marker.format.fill.fore_color.rgb = color
        return
    line.color.rgb = RGBColor.from_string(styles.text[TextRole.CHART].color)
    line.width = Pt(style.outline_pt)
    plotted.invert_if_negative = False
    if series.tone is Tone.GOAL:
        plotted.format.fill.background()
        line.color.rgb = color
        line.width = Pt(style.line_pt)
        line.dash_style = MSO_LINE.DASH
    else:
        plotted.format.fill.solid()
        plotted.format.fill.fore_color.rgb = color


def _set_labels(made: Any, chart: Chart) -> None:
    """The figures at the bars and points; those of the goals stand in the legend and in the table."""
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_LABEL_POSITION

    for plotted, series in zip(made.plots[0].series, chart.series, strict=False):
        if series.tone is Tone.GOAL:
            continue
        labels = plotted.data_labels
        labels.show_value = True
        labels.number_format = "0;-0;;" if chart.kind is ChartKind.STACKED else "General"
        labels.number_format_is_linked = False
        if chart.kind is ChartKind.STACKED:
            labels.position = XL_LABEL_POSITION.CENTER
            if series.tone is Tone.BEHIND:
                labels.font.color.rgb = RGBColor.from_string(_WHITE)
        else:
            labels.position = XL_LABEL_POSITION.ABOVE if chart.kind is ChartKind.LINE else XL_LABEL_POSITION.OUTSIDE_END


def _set_frame(space: Any) -> None:
    """No line about the chart, as about a picture of it."""
    properties = space.makeelement(f"{_C}spPr")
    line = properties.makeelement(f"{_A}ln")
    line.append(line.makeelement(f"{_A}noFill"))
    properties.append(line)
    space.find(f"{_C}chart").addnext(properties)


def _workbook(categories: Sequence[str], columns: Sequence[Series]) -> bytes:
    """The figures where the chart's XML says that they are: a column for each series, and the categories before them.

    python-pptx would write it just so, but takes a ledger's `=1+1` for a formula and `http://…` for a link (CWE-1236).
    """
    from xlsxwriter import Workbook

    buffer = io.BytesIO()
    book: Any = Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    plain = book.add_format({"num_format": "General"})
    sheet.write_column(1, 0, categories, plain)
    for number, each in enumerate(columns, 1):
        sheet.write(0, number, each.name)
        sheet.write_column(1, number, [None if value is None else float(value) for value in each.values], plain)
    book.close()
    return buffer.getvalue()


def _still(workbook: bytes) -> bytes:
    """The workbook without the time at which it was made."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            blob = old.read(name)
            if name == "docProps/core.xml":
                blob = re.sub(rb"<dcterms:(created|modified)\b.*?</dcterms:\1>", b"", blob)
            new.writestr(name, blob)
    return timeless(buffer.getvalue())
