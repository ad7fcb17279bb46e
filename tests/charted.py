"""Charts of every kind for tests (各种图): figures by hand, and a document that has each of them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from reportgen.document import Chart, ChartForm, ChartKind, Document, Series, Tone
from tests.builders import document, p, row, section, table

HOSTILE = "甲&乙<b>丙</b>$x^2$"
"""A name that is markup to HTML, XML or a drawing library, and must stay what it is."""


def numbers(*values: float | None) -> tuple[Decimal | None, ...]:
    """Figures of a series."""
    return tuple(None if value is None else Decimal(str(value)) for value in values)


def stacked(form: ChartForm = ChartForm.PICTURE) -> Chart:
    """How units stand; one of them has a name that is markup, another a long one."""
    return Chart(
        kind=ChartKind.STACKED,
        label="图1",
        title="各单位任务推进情况",
        categories=("区发展改革委", HOSTILE, "区规划自然资源局与高新技术产业开发区管理委员会办公室"),
        series=(
            Series(name="正常推进", tone=Tone.WELL, values=numbers(12, 9, 3)),
            Series(name="推进较为滞后", tone=Tone.BEHIND, values=numbers(2, 0, 1)),
            Series(name="未研判", tone=Tone.OPEN, values=numbers(0, 1, 0)),
        ),
        unit="项",
        alt=f"堆积条形图：各单位任务推进情况。滞后最多的是{HOSTILE}。",
        form=form,
    )


def goals() -> Chart:
    """Rates against goals, one of them below nought."""
    return replace(
        stacked(),
        kind=ChartKind.BULLET,
        label="图2",
        title="指标与目标",
        categories=("地区生产总值", "预算收入"),
        series=(
            Series(name="实际", tone=Tone.NOW, values=numbers(5.6, -2.6)),
            Series(name="全年目标", tone=Tone.GOAL, values=numbers(5.3, 4)),
        ),
        unit="%",
        alt="目标进度图：指标与目标。",
    )


def pace() -> Chart:
    """Quantities against the half-year line."""
    return replace(
        goals(),
        label="图3",
        title="完成进度",
        series=(Series(name="完成比例", tone=Tone.NOW, values=numbers(48.1, 62.5)),),
        alt="目标进度图：完成进度。",
        line=Decimal(50),
        line_name="半年线",
    )


def bars() -> Chart:
    """Two periods beside each other; one figure is not known."""
    return replace(
        stacked(),
        kind=ChartKind.BARS,
        label="图4",
        title="与上期相比",
        categories=("正常", "滞后"),
        series=(
            Series(name="1—3月", tone=Tone.BEFORE, values=numbers(120, 14)),
            Series(name="1—6月", tone=Tone.NOW, values=numbers(130, None)),
        ),
        alt="条形图：与上期相比。",
    )


def lines() -> Chart:
    """The same as lines, with a goal."""
    return replace(
        stacked(),
        kind=ChartKind.LINE,
        label="图5",
        title="各期变化",
        categories=("1—3月", "1—6月", "1—9月"),
        alt="折线图：各期变化。",
        line=Decimal(15),
        line_name="目标",
    )


ALL = (stacked(), goals(), pace(), bars(), lines())
"""A chart of every kind (各种图)."""


def report(form: ChartForm, charts: tuple[Chart, ...] = ALL, *, turned: bool = False) -> Document:
    """A document with these charts, each with a table below it."""
    figures = table((0.4, 0.3, 0.3), [row("单位", "正常", "滞后")], [row("甲", "1", "2")])
    blocks = [block for chart in charts for block in (replace(chart, form=form), figures)]
    return document(section(p("推进情况见图1。"), *blocks, turned=turned))
