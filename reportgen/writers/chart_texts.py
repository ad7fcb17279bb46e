"""What all writers know of a chart before it is drawn (图): where it stands, the texts in its picture, its height."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from reportgen.document import Chart, Document, Orientation
from reportgen.writers.measure import text_width

ELLIPSIS = "…"


def charts_of(document: Document) -> list[tuple[Chart, Orientation]]:
    """The charts of a document (各图) in their order, each with the orientation of its pages."""
    return [
        (block, section.orientation)
        for section in document.sections
        for block in section.blocks
        if isinstance(block, Chart)
    ]


def number_text(value: Decimal) -> str:
    """A figure as people write it (数字写法): without needless noughts, never as 1E+3."""
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def picture_texts(chart: Chart) -> Iterator[str]:
    """Every text that the picture may show, whole; figures at the axis are made of the digits that stand here."""
    yield from chart.categories
    yield from (series.name for series in chart.series)
    yield from (number_text(value) for series in chart.series for value in series.values if value is not None)
    yield chart.unit
    if chart.line is not None:
        yield chart.line_name
        yield number_text(chart.line)
    yield f"0123456789.-（）{ELLIPSIS}"


def broken(text: str, width: float, most: int = 2) -> tuple[str, ...]:
    """A text in lines at most `width` characters wide, `most` of them; what finds no room ends in an ellipsis."""
    lines: list[str] = [""]
    for character in text.replace("\n", " "):
        if text_width(lines[-1] + character) > width and lines[-1]:
            lines.append("")
        lines[-1] += character
    if len(lines) <= most:
        return tuple(lines)
    last = lines[most - 1]
    while last and text_width(last + ELLIPSIS) > width:
        last = last[:-1]
    return (*lines[: most - 1], last + ELLIPSIS)
