"""Charts in Typst (图转 Typst): the picture in the page's own faces. Their equals are `html_charts`, `docx_charts`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reportgen.document import Chart, Orientation
from reportgen.styles import StyleSheet, TextRole
from reportgen.writers.charts import chart_svg
from reportgen.writers.css import FontPlan
from reportgen.writers.typst_text import letters, literal, paragraph, points, words


def chart_typst(chart: Chart, orientation: Orientation, styles: StyleSheet, fonts: FontPlan) -> Iterator[str]:
    """The picture, as wide as the type area, and its caption."""
    width = styles.page.text_width_pt(orientation)
    families = fonts.families[styles.text[TextRole.CHART].font]
    picture = _faces_named(chart_svg(chart, styles, families, width).decode(), families)
    source = f'bytes({literal(picture)}), format: "svg", width: {points(width)}, alt: {literal(chart.alt)}'
    yield paragraph(TextRole.CHART, f"image({source})")
    yield paragraph(TextRole.CHART_TITLE, letters(TextRole.CHART_TITLE, words(chart.caption)))


def _faces_named(picture: str, families: Sequence[str]) -> str:
    """The picture with a face named for each run of its letters.

    Typst sets a text in the first face of its list, and in a face of its own choice what that one lacks.
    """
    named = {True: families[0], False: families[1] if len(families) > 1 else families[0]}

    def runs(found: re.Match[str]) -> str:
        spans = (
            f"<tspan font-family=\"'{named[run.isascii()]}'\">{run}</tspan>" for run in re.findall(_RUNS, found["text"])
        )
        return f"{found['opening']}{''.join(spans)}</text>"

    return _TEXT.sub(runs, picture)


_TEXT = re.compile(r"(?P<opening><text\b[^>]*>)(?P<text>[^<]*)</text>")
_RUNS = r"[\x00-~]+|[^\x00-~]+"
