"""A chart as a figure of the drawing library (图的画法): bars and lines in points, letters where they belong.

What stands where is worked out from the widths of the letters as `measure` knows them, so that every drawing of a chart
has the same layout, whichever faces its machine has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from reportgen.document import Chart, ChartKind, Series, Tone
from reportgen.styles import POINTS_PER_MM, StyleSheet, TextRole
from reportgen.writers.chart_texts import broken, number_text
from reportgen.writers.measure import text_width

_LINE = 1.2  # a line of letters, in sizes
_TO_BASE = 0.38  # from the middle of Chinese letters down to their base line, in sizes
_LINE_PLOT = 11.0  # height of a line chart, in lines of letters
_DASHES = ("-", "--", ":", "-.")
_MARKERS = ("o", "s", "^", "D")


@dataclass(frozen=True, kw_only=True)
class _Pen:
    """What all parts of a drawing share (画笔): the chart, its style, its width, and how letters are set."""

    chart: Chart
    styles: StyleSheet
    width: float
    letters: Any

    @property
    def size(self) -> float:
        return self.styles.text[TextRole.CHART].size_pt

    def color(self, tone: Tone) -> str:
        return f"#{self.styles.chart.colors[tone]}"

    @property
    def ink(self) -> str:
        return f"#{self.styles.text[TextRole.CHART].color}"

    def wide(self, text: str) -> float:
        return text_width(text) * self.size

    def write(self, axes: Any, x: float, y: float, text: str, across: str = "center", color: str = "") -> None:
        """A text about that height; each line on a base line of its own, which no face's measures move."""
        from matplotlib.transforms import offset_copy

        lines = text.split("\n")
        for number, line in enumerate(lines):
            up = ((len(lines) - 1) / 2 - number) * _LINE * self.size - _TO_BASE * self.size
            axes.text(
                x,
                y,
                line,
                ha=across,
                va="baseline",
                color=color or self.ink,
                fontproperties=self.letters,
                clip_on=False,
                transform=offset_copy(axes.transData, fig=axes.figure, y=up, units="points"),
            )

    def outline(self) -> dict[str, Any]:
        return {"edgecolor": self.ink, "linewidth": self.styles.chart.outline_pt}


def chart_height(chart: Chart, styles: StyleSheet, width: float) -> float:
    """How high the picture is, in points, if it is so wide (图高)."""
    pen = _Pen(chart=chart, styles=styles, width=width, letters=None)
    return (_line_height if chart.kind is ChartKind.LINE else _bar_height)(pen)


def figure(chart: Chart, styles: StyleSheet, width: float, letters: Any, dpi: int) -> Any:
    """The figure, `width` points wide and as high as it must be; `letters` are font properties without a size."""
    from matplotlib.figure import Figure

    pen = _Pen(chart=chart, styles=styles, width=width, letters=letters)
    letters.set_size(pen.size)
    draw = _line_chart if chart.kind is ChartKind.LINE else _bar_chart
    tall = chart_height(chart, styles, width)
    made = Figure(figsize=(width / 72, tall / 72), dpi=dpi)
    # One unit of the whole is one point, counted from the upper left corner.
    whole = made.add_axes((0, 0, 1, 1))
    whole.set_axis_off()
    whole.set_xlim(0, width)
    whole.set_ylim(tall, 0)
    _legend(pen, whole)
    draw(pen, made, whole, tall)
    return made


# ---- what the marks mean


def _legend(pen: _Pen, whole: Any) -> None:
    entries = [*_legend_entries(pen)]
    gap, mark = pen.size, 1.6 * pen.size
    for number, line in enumerate(_legend_lines(pen, entries)):
        x = (pen.width - sum(mark + 0.4 * gap + pen.wide(name) + gap for name, _ in line) + gap) / 2
        y = (0.7 + number) * pen.size * _LINE
        for name, at in line:
            _mark_of(pen, at)(whole, x, y, mark)
            pen.write(whole, x + mark + 0.4 * gap, y, name, "left")
            x += mark + 1.4 * gap + pen.wide(name)


def _legend_lines(pen: _Pen, entries: Sequence[tuple[str, int]]) -> list[list[tuple[str, int]]]:
    lines: list[list[tuple[str, int]]] = [[]]
    used = 0.0
    for entry in entries:
        wide = 3 * pen.size + pen.wide(entry[0])
        if lines[-1] and used + wide > pen.width:
            lines.append([])
            used = 0.0
        lines[-1].append(entry)
        used += wide
    return lines


def _legend_height(pen: _Pen) -> float:
    return (len(_legend_lines(pen, [*_legend_entries(pen)])) + 0.6) * pen.size * _LINE


_Mark = Callable[[Any, float, float, float], None]


def _legend_entries(pen: _Pen) -> Iterator[tuple[str, int]]:
    """The name and the number of each series; the line of all categories has none, -1."""
    chart = pen.chart
    for number, series in enumerate(chart.series):
        yield series.name, number
    if chart.line is not None:
        yield f"{chart.line_name}（{number_text(chart.line)}{chart.unit}）", -1


def _mark_of(pen: _Pen, number: int) -> _Mark:
    from matplotlib.patches import Rectangle

    if number < 0:
        return _dashed_mark(pen)
    series = pen.chart.series[number]
    color, half = pen.color(series.tone), 0.32 * pen.size

    def swatch(axes: Any, x: float, y: float, mark: float) -> None:
        axes.add_patch(Rectangle((x, y - half), mark, 2 * half, facecolor=color, **pen.outline()))

    def tick(axes: Any, x: float, y: float, mark: float) -> None:
        axes.plot([x + mark / 2] * 2, [y - half, y + half], color=color, linewidth=2 * pen.styles.chart.line_pt)

    def stroke(axes: Any, x: float, y: float, mark: float) -> None:
        axes.plot([x, x + mark / 2, x + mark], [y] * 3, markevery=[1], **_stroke(pen, series, number))

    if pen.chart.kind is ChartKind.LINE:
        return stroke
    return tick if pen.chart.kind is ChartKind.BULLET and series.tone is Tone.GOAL else swatch


def _dashed_mark(pen: _Pen) -> _Mark:
    def dashed(axes: Any, x: float, y: float, mark: float) -> None:
        axes.plot([x, x + mark], [y, y], color=pen.color(Tone.GOAL), linestyle="--", linewidth=pen.styles.chart.line_pt)

    return dashed


# ---- bars


def _labels(pen: _Pen) -> list[tuple[str, ...]]:
    room = pen.styles.chart.labels * pen.width / pen.size
    return [broken(category, room) for category in pen.chart.categories]


def _bars_in_group(chart: Chart) -> int:
    return len(chart.series) if chart.kind is ChartKind.BARS else 1


def _pitches(pen: _Pen) -> list[float]:
    """The height of each category: its bars, or its name where that is higher, and the room between two."""
    style = pen.styles.chart
    bars = _bars_in_group(pen.chart) * style.bar_mm * POINTS_PER_MM
    gap = style.gap_mm * POINTS_PER_MM
    return [max(bars + gap, len(lines) * pen.size * _LINE + 0.3 * pen.size) for lines in _labels(pen)]


def _bar_height(pen: _Pen) -> float:
    return _legend_height(pen) + sum(_pitches(pen)) + 2 * pen.size * _LINE


def _bar_chart(pen: _Pen, made: Any, whole: Any, tall: float) -> None:
    chart, labels, pitches = pen.chart, _labels(pen), _pitches(pen)
    left = 1.05 * max(pen.wide(line) for lines in labels for line in lines) + 0.8 * pen.size
    right = pen.width - max(pen.wide(text) for text in _end_texts(chart)) - 0.8 * pen.size
    top, high = _legend_height(pen), sum(pitches)
    axes = made.add_axes((left / pen.width, 1 - (top + high) / tall, (right - left) / pen.width, high / tall))
    axes.set_axis_off()
    axes.set_ylim(high, 0)
    low, upper = _bounds(chart)
    ticks = _ticks(chart, low, upper)
    axes.set_xlim(ticks[0], ticks[-1])
    style = pen.styles.chart
    for at in ticks:
        axes.plot([at, at], [0, high], color=f"#{style.grid_color}", linewidth=style.grid_pt, zorder=0)
        x = left + (right - left) * (at - ticks[0]) / (ticks[-1] - ticks[0])
        pen.write(whole, x, top + high + 0.8 * pen.size, number_text(_tidy(at)))
    pen.write(whole, right + 0.8 * pen.size, top + high + 0.8 * pen.size, f"（{chart.unit}）", "left")
    y = 0.0
    for number, (lines, pitch) in enumerate(zip(labels, pitches, strict=True)):
        pen.write(whole, left - 0.5 * pen.size, top + y + pitch / 2, "\n".join(lines), "right")
        _group(pen, axes, number, y + pitch / 2)
        y += pitch
    axes.plot([0, 0], [0, high], color=pen.ink, linewidth=2 * style.outline_pt, zorder=3)
    if chart.line is not None:
        at = float(chart.line)
        axes.plot([at] * 2, [0, high], color=pen.color(Tone.GOAL), linestyle="--", linewidth=style.line_pt, zorder=4)


def _end_texts(chart: Chart) -> Iterator[str]:
    """The texts right of the bars."""
    yield f"（{chart.unit}）"
    for number in range(len(chart.categories)):
        yield from (_end_text(chart, series, number) for series in chart.series)


def _end_text(chart: Chart, series: Series, number: int) -> str:
    if chart.kind is ChartKind.STACKED:
        values = [each.values[number] for each in chart.series]
        return number_text(sum((value for value in values if value is not None), Decimal(0)))
    value = series.values[number]
    return "—" if value is None else number_text(value)


def _group(pen: _Pen, axes: Any, number: int, middle: float) -> None:
    """The bars of one category about the middle of its room."""
    chart, bar = pen.chart, pen.styles.chart.bar_mm * POINTS_PER_MM
    if chart.kind is ChartKind.STACKED:
        _stack(pen, axes, number, middle, bar)
        return
    bars = [series for series in chart.series if chart.kind is ChartKind.BARS or series.tone is not Tone.GOAL]
    first = middle - bar * (len(bars) - 1) / 2
    for at, series in enumerate(bars):
        value = series.values[number]
        y = first + at * bar
        if value is not None:
            axes.barh(y, float(value), height=bar, color=pen.color(series.tone), zorder=2, **pen.outline())
        goal = _goal(chart, number) if chart.kind is ChartKind.BULLET else None
        # Behind the bar, and behind the goal's mark where that stands further right.
        end = max([0.0, float(value or 0), *([float(goal)] if goal is not None else [])])
        text = _end_text(chart, series, number)
        _write_beside(pen, axes, _clear_of_line(pen, axes, end, text), y, text)
        if goal is not None:
            span = [y - 0.72 * bar, y + 0.72 * bar]
            wide = 2 * pen.styles.chart.line_pt
            axes.plot([float(goal)] * 2, span, color=pen.color(Tone.GOAL), linewidth=wide, zorder=3, clip_on=False)


def _clear_of_line(pen: _Pen, axes: Any, end: float, text: str) -> float:
    """Where a text behind `end` may begin so that the line of all categories does not run through it."""
    line = pen.chart.line
    reach = end + (pen.wide(text) + 0.8 * pen.size) * _unit(pen, axes)
    return float(line) if line is not None and end <= float(line) <= reach else end


def _unit(pen: _Pen, axes: Any) -> float:
    """How much of the axis one point is."""
    low, upper = axes.get_xlim()
    return float((upper - low) / (axes.get_position().width * pen.width))


def _goal(chart: Chart, number: int) -> Decimal | None:
    return next((series.values[number] for series in chart.series if series.tone is Tone.GOAL), None)


def _stack(pen: _Pen, axes: Any, number: int, middle: float, bar: float) -> None:
    start = 0.0
    for series in pen.chart.series:
        value = float(series.values[number] or 0)
        if not value:
            continue
        axes.barh(middle, value, height=bar, left=start, color=pen.color(series.tone), zorder=2, **pen.outline())
        text = number_text(series.values[number] or Decimal(0))
        if pen.wide(text) + 0.3 * pen.size < value / _unit(pen, axes):
            pen.write(axes, start + value / 2, middle, text, color=_on(pen.styles.chart.colors[series.tone], pen))
        start += value
    _write_beside(pen, axes, start, middle, _end_text(pen.chart, pen.chart.series[0], number))


def _write_beside(pen: _Pen, axes: Any, x: float, y: float, text: str) -> None:
    pen.write(axes, x + 0.4 * pen.size * _unit(pen, axes), y, text, "left")


def _on(color: str, pen: _Pen) -> str:
    """Letters on a ground of that colour: white on a dark one."""
    red, green, blue = (int(color[at : at + 2], 16) for at in (0, 2, 4))
    return "#ffffff" if 0.299 * red + 0.587 * green + 0.114 * blue < 140 else pen.ink


def _bounds(chart: Chart) -> tuple[float, float]:
    """The least and the greatest value that the axis must hold, nought among them."""
    values = [0.0] if chart.line is None else [0.0, float(chart.line)]
    if chart.kind is ChartKind.STACKED:
        values += [
            float(sum((each.values[number] or Decimal(0) for each in chart.series), Decimal(0)))
            for number in range(len(chart.categories))
        ]
    else:
        values += [float(value) for series in chart.series for value in series.values if value is not None]
    return min(values), max(values)


def _ticks(chart: Chart, low: float, upper: float) -> list[float]:
    from matplotlib.ticker import MaxNLocator

    whole = all(value == int(value) for series in chart.series for value in series.values if value is not None)
    found = [float(at) for at in MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10], integer=whole).tick_values(low, upper)]
    # What it gives beyond the values on both sides is left out but for the first one.
    kept = [at for at, after in pairwise([*found, found[-1] + 1]) if after > low]
    return [at for before, at in pairwise([kept[0] - 1, *kept]) if before < upper] if upper > low else [0.0, 1.0]


def _tidy(value: float) -> Decimal:
    return Decimal(f"{value:.6f}")


# ---- lines


def _stroke(pen: _Pen, series: Series, number: int) -> dict[str, Any]:
    color = pen.color(series.tone)
    # What is white on paper is drawn in ink: a line has no outline.
    shown = pen.ink if _on(pen.styles.chart.colors[series.tone], pen) == pen.ink else color
    return {
        "color": shown,
        "linewidth": pen.styles.chart.line_pt,
        "linestyle": _DASHES[number % len(_DASHES)],
        "marker": _MARKERS[number % len(_MARKERS)],
        "markersize": 0.5 * pen.size,
        "markerfacecolor": color,
        "markeredgecolor": pen.ink,
        "markeredgewidth": pen.styles.chart.outline_pt,
    }


def _line_height(pen: _Pen) -> float:
    lines = max(map(len, _line_labels(pen)))
    return _legend_height(pen) + (_LINE_PLOT + lines + 1.2) * pen.size * _LINE


def _line_labels(pen: _Pen) -> list[tuple[str, ...]]:
    room = 0.85 * pen.width / len(pen.chart.categories) / pen.size - 1
    return [broken(category, room) for category in pen.chart.categories]


def _line_chart(pen: _Pen, made: Any, whole: Any, tall: float) -> None:
    chart, style = pen.chart, pen.styles.chart
    ticks = _ticks(chart, *_bounds(chart))
    top = _legend_height(pen) + pen.size * _LINE
    high = _LINE_PLOT * pen.size * _LINE - pen.size * _LINE
    texts = [number_text(_tidy(at)) for at in ticks]
    left, right = max(map(pen.wide, texts)) + pen.size, pen.width - pen.size
    axes = made.add_axes((left / pen.width, 1 - (top + high) / tall, (right - left) / pen.width, high / tall))
    axes.set_axis_off()
    last = len(chart.categories) - 1
    axes.set_xlim(-0.5, last + 0.5)
    axes.set_ylim(ticks[0], ticks[-1])
    pen.write(whole, left, top - 0.8 * pen.size, f"（{chart.unit}）", "left")
    for at, text in zip(ticks, texts, strict=True):
        axes.plot([-0.5, last + 0.5], [at, at], color=f"#{style.grid_color}", linewidth=style.grid_pt, zorder=0)
        y = top + high * (ticks[-1] - at) / (ticks[-1] - ticks[0])
        pen.write(whole, left - 0.4 * pen.size, y, text, "right")
    for number, lines in enumerate(_line_labels(pen)):
        x = left + (right - left) * (number + 0.5) / (last + 1)
        y = top + high + (0.3 + len(lines) / 2) * pen.size * _LINE
        pen.write(whole, x, y, "\n".join(lines))
    if chart.line is not None:
        goal = [float(chart.line)] * 2
        axes.plot([-0.5, last + 0.5], goal, color=pen.color(Tone.GOAL), linestyle="--", linewidth=style.line_pt)
    unit = (ticks[-1] - ticks[0]) / high
    for number, series in enumerate(chart.series):
        points = [(at, float(value)) for at, value in enumerate(series.values) if value is not None]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        axes.plot(xs, ys, zorder=3, clip_on=False, **_stroke(pen, series, number))
        for at, value in enumerate(series.values):
            if value is not None:
                if _is_crowded(chart, value, at, 2 * pen.size * unit):
                    pen.write(axes, at + 0.6 * pen.size * _unit(pen, axes), float(value), number_text(value), "left")
                else:
                    pen.write(axes, at, float(value) + 0.9 * pen.size * unit, number_text(value))


def _is_crowded(chart: Chart, value: Decimal, at: int, room: float) -> bool:
    """Whether another line's point stands so near above that the figure must stand beside its own."""
    others = (each.values[at] for each in chart.series)
    return any(other is not None and 0 < float(other - value) < room for other in others)
