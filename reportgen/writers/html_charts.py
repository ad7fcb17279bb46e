"""Charts as HTML (网页中的图): the picture within the page, in the page's own faces. Their equal is `docx_charts`."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator

from reportgen.document import Chart, Orientation
from reportgen.styles import CHART_ROLES, StyleSheet, TextRole
from reportgen.writers.charts import chart_svg
from reportgen.writers.css import FontPlan, class_name, text_declarations
from reportgen.writers.html_lines import element, text

PICTURE_ADDRESS = "data:image/svg+xml;base64,"
"""How the address of a picture begins that the page itself holds (网页内的图片)."""


def chart_html(chart: Chart, orientation: Orientation, styles: StyleSheet, fonts: FontPlan) -> Iterator[str]:
    """The picture, as wide as the type area, and its caption."""
    families = fonts.families[styles.text[TextRole.CHART].font]
    picture = chart_svg(chart, styles, families, styles.page.text_width_pt(orientation))
    # As a picture of its own: within the page WeasyPrint would read its styles as the page's, and complain (measured).
    address = PICTURE_ADDRESS + b64encode(picture).decode("ascii")
    yield f'<div class="{class_name(TextRole.CHART)}"><img alt="{text(chart.alt)}" src="{address}"></div>'
    yield element("p", TextRole.CHART_TITLE, text(chart.caption))


def write_chart_css(styles: StyleSheet, fonts: FontPlan) -> str:
    """The CSS of charts and their captions; only a page that has one needs it."""
    rules = [
        f".{class_name(role)}{{{';'.join(text_declarations(styles, role, styles.text[role], fonts))}}}"
        for role in CHART_ROLES
    ]
    picture = f".{class_name(TextRole.CHART)}"
    return (
        "\n".join([*rules, f"{picture}{{break-inside:avoid}}", f"{picture} img{{display:block;max-width:100%}}"]) + "\n"
    )
