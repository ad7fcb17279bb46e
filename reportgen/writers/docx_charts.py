"""Charts in a Word file (Word 中的图): a picture in the line, or Word's own chart with its figures in a workbook.

Both say in words what they show. Their equal for the page is `html_charts`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

from reportgen.document import Chart, ChartForm, Document, Orientation
from reportgen.problems import Outcome, Problem
from reportgen.styles import StyleSheet, TextRole
from reportgen.writers.chart_texts import charts_of
from reportgen.writers.charts import chart_png
from reportgen.writers.charts_figure import chart_height
from reportgen.writers.docx_charts_native import native_chart
from reportgen.writers.docx_package import OFFICE, PartLink
from reportgen.writers.docx_styles import style_id
from reportgen.writers.docx_xml import element, paragraph
from reportgen.writers.fonts import FontSet, GlyphsMissing, chart_letters, cover, substitution_problems

_EMU_PER_POINT = 12700
_NATIVE_ROOM = 3.0  # in sizes of the letters
_FIRST_ID = 101  # the boxes of the page numbers have the ids below
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/"
_CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"


@dataclass(frozen=True, kw_only=True)
class ChartPart:
    """A part of the package that a chart needs (图的部件), and the workbook behind it."""

    link: PartLink
    blob: bytes
    workbook: bytes | None = None


def has_pictures(document: Document) -> bool:
    """Whether a Word file of the document has charts as pictures, so that faces must draw them (有无图片)."""
    return any(chart.form is ChartForm.PICTURE for chart, _ in charts_of(document))


def chart_docx(chart: Chart, orientation: Orientation, document: Document, styles: StyleSheet) -> str:
    """The paragraph that holds the chart, as wide as the type area."""
    number = next(
        at for at, (each, turned) in enumerate(charts_of(document), 1) if each is chart and turned is orientation
    )
    width = styles.page.text_width_pt(orientation)
    height = chart_height(chart, styles, width)
    if chart.form is ChartForm.NATIVE:
        # Word leaves more room about the legend and the axis.
        height += _NATIVE_ROOM * styles.text[TextRole.CHART].size_pt
    size = f'cx="{round(width * _EMU_PER_POINT)}" cy="{round(height * _EMU_PER_POINT)}"'
    inner = _native(number) if chart.form is ChartForm.NATIVE else _picture(number, size)
    named = f'id="{_FIRST_ID + number}" name="{_attribute(chart.label or chart.title)}"'
    inline = (
        f'<wp:inline xmlns:wp="{_DRAWING}wordprocessingDrawing" distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent {size}/><wp:effectExtent l="0" t="0" r="0" b="0"/>'
        f'<wp:docPr {named} descr="{_attribute(chart.alt)}"/><wp:cNvGraphicFramePr/>'
        f'<a:graphic xmlns:a="{_DRAWING}main">{inner}</a:graphic></wp:inline>'
    )
    return paragraph(style_id(TextRole.CHART), element("r", element("drawing", inline)))


def _native(number: int) -> str:
    chart = f'<c:chart xmlns:c="{_DRAWING}chart" xmlns:r="{OFFICE}" r:id="{_relation(number)}"/>'
    return f'<a:graphicData uri="{_DRAWING}chart">{chart}</a:graphicData>'


def _picture(number: int, size: str) -> str:
    blip = f'<a:blip xmlns:r="{OFFICE}" r:embed="{_relation(number)}"/>'
    return (
        f'<a:graphicData uri="{_DRAWING}picture"><pic:pic xmlns:pic="{_DRAWING}picture">'
        f'<pic:nvPicPr><pic:cNvPr id="0" name="chart{number}.png"/><pic:cNvPicPr/></pic:nvPicPr>'
        f"<pic:blipFill>{blip}<a:stretch><a:fillRect/></a:stretch></pic:blipFill>"
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData>'
    )


def _attribute(text: str) -> str:
    return escape(text, {'"': "&quot;", "\n": "&#10;", "\t": "&#9;"})


def _relation(number: int) -> str:
    return f"chart{number}"


def chart_parts(document: Document, styles: StyleSheet, fonts: FontSet | None) -> Outcome[list[ChartPart]]:
    """What the charts of a document need beside its text; raises `GlyphsMissing` rather than draw an empty box."""
    problems: tuple[Problem, ...] = ()
    if has_pictures(document):
        assert fonts is not None, "a document with pictures is given faces"
        role = styles.text[TextRole.CHART].font
        missing = cover(fonts, chart_letters(document, styles)).missing
        if missing:
            raise GlyphsMissing(missing)
        problems = tuple(substitution_problems(fonts, (role,)))
    return Outcome([*_parts(document, styles, fonts)], problems)


def _parts(document: Document, styles: StyleSheet, fonts: FontSet | None) -> Iterator[ChartPart]:
    for number, (chart, orientation) in enumerate(charts_of(document), 1):
        if chart.form is ChartForm.NATIVE:
            xml, workbook = native_chart(chart, styles)
            link = PartLink(
                name=f"charts/chart{number}.xml",
                content_type=_CHART_TYPE,
                relation=_relation(number),
                relation_type=f"{OFFICE}/chart",
                workbook=f"embeddings/chart{number}.xlsx",
            )
            yield ChartPart(link=link, blob=xml, workbook=workbook)
        elif fonts is not None:
            faces = fonts.chain(styles.text[TextRole.CHART].font)
            blob = chart_png(chart, styles, faces, styles.page.text_width_pt(orientation))
            name = f"media/chart{number}.png"
            link = PartLink(name=name, relation=_relation(number), relation_type=f"{OFFICE}/image")
            yield ChartPart(link=link, blob=blob)
