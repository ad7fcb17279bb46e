"""What a chart may show (图表的取数): figures counted from the ledger's own rows, as a chart and as the table below it.

Whoever counts the rows of the annexes comes to the same numbers. Without rows there is no chart (Law 5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum

from reportgen.changes.model import LedgerChanges
from reportgen.document import Cell, Chart, ChartKind, Column, ColumnKind, Row, Series, Table, Tone
from reportgen.ledger.model import STATUSES, VERDICTS, Entry, Sheet
from reportgen.problems import Location

MOST = 15
"""So many rows a chart shows at most (图中最多几行); the table has all of them."""


class FigureKind(Enum):
    """What a chart is about (图的内容); the value is what a template writes."""

    BY_UNIT = "完成情况按单位"
    BY_CATEGORY = "完成情况按分类"
    PACE = "目标对半年线"
    RATES = "指标对目标"
    CHANGES = "两期变化"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How far one figure of an entry has come (目标完成情况): what was asked for, what was reached, both as said.

    With `due` (what should be done by now) `share` is the part of the year's goal that is done, both in per cent. A
    rate has none: `share` is the rate reached, `goal` the one asked for.
    """

    name: str
    asked: str
    reached: str
    share: Decimal
    goal: Decimal | None = None
    due: Decimal | None = None
    falls_short: bool = False
    origin: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A chart with the table that says the same (图和表)."""

    chart: Chart
    table: Table


WELL, BEHIND = ("符合预期", "符合时间节点", "正常推进"), ("不达预期", "推进较为滞后")
"""Which judgements are well, which are not (正常与滞后)."""
assert {*WELL, *BEHIND} == {*VERDICTS, *STATUSES}


def tone_of(entry: Entry) -> Tone:
    """Whether an entry goes well, is behind, or is not judged yet (正常、滞后、未研判)."""
    return Tone.WELL if entry.judgement in WELL else Tone.BEHIND if entry.judgement in BEHIND else Tone.OPEN


_TONES = (Tone.WELL, Tone.BEHIND, Tone.OPEN)
_GOAL_NAMES = {Tone.WELL: "符合预期或时间节点", Tone.BEHIND: "不达预期"}
_TASK_NAMES = {Tone.WELL: "正常推进", Tone.BEHIND: "推进较为滞后"}


def _tone_names(entries: Iterable[Entry]) -> dict[Tone, str]:
    """What each group of judgements is called: in the ledger's own words where all entries are of one sheet."""
    sheets = {entry.sheet for entry in entries}
    words = {Sheet.GOALS: _GOAL_NAMES, Sheet.TASKS: _TASK_NAMES}[sheets.pop()] if len(sheets) == 1 else {}
    return {tone: words.get(tone, tone.value) for tone in _TONES}


def units_of(entry: Entry) -> tuple[str, ...]:
    """The units that lead an entry (责任单位), without what stands in brackets behind a name."""
    names = map(plain_unit, entry.lead_units)
    return tuple(dict.fromkeys(name for name in names if name)) or ("未填单位",)


def plain_unit(unit: str) -> str:
    """A unit's name without what stands in brackets behind it (单位名称): 区财政局（牵头） is 区财政局."""
    return unit.partition("（")[0].strip()


def categories_of(entry: Entry) -> tuple[str, ...]:
    """The category of an entry in one line (分类)."""
    return (entry.category.replace("\n", "") or "未分类",)


def titled(figure: Figure, title: str, label: str, origin: Location | None = None) -> Figure:
    """The figure with its title (图题) and label; what it could not show stands behind the title already."""
    chart = figure.chart
    named = replace(
        chart,
        label=label,
        title=title + chart.title,
        alt=f"{chart.kind.value}：{title}。{chart.alt}各项数字见图下的表。",
        origin=origin,
    )
    return replace(figure, chart=named, table=replace(figure.table, origin=origin))


def by_unit(entries: Sequence[Entry]) -> Figure | None:
    """How the tasks of each unit stand (完成情况按单位): those with most behind come first."""
    shared = any(len(units_of(entry)) > 1 for entry in entries)
    head = "责任单位（共同负责的各计一次）" if shared else "责任单位"
    return _by_group(entries, units_of, head, "个单位")


def by_category(entries: Sequence[Entry]) -> Figure | None:
    """How the tasks of each category stand (完成情况按分类), in the order of the ledger."""
    return _by_group(entries, categories_of, "分类", "个分类")


def _by_group(
    entries: Sequence[Entry],
    groups_of: Callable[[Entry], tuple[str, ...]],
    head: str,
    measure: str,
) -> Figure | None:
    counts: dict[str, dict[Tone, int]] = {}
    for entry in entries:
        for group in groups_of(entry):
            count = counts.setdefault(group, dict.fromkeys(_TONES, 0))
            count[tone_of(entry)] += 1
    if not counts:
        return None
    order = [*counts]
    if groups_of is units_of:
        order.sort(key=lambda name: (-counts[name][Tone.BEHIND], -sum(counts[name].values())))
    names = _tone_names(entries)
    tones = [tone for tone in _TONES if tone is not Tone.OPEN or any(each[tone] for each in counts.values())]
    shown = order[:MOST] if groups_of is units_of else _foremost(order, counts)
    most = max(order, key=lambda name: counts[name][Tone.BEHIND])
    behind = counts[most][Tone.BEHIND]
    said = f"{names[Tone.BEHIND]}最多的是{most}，{behind}项" if behind else f"没有{names[Tone.BEHIND]}的"
    cut = f"图中列出{len(shown)}个，其余见表；" if len(shown) < len(order) else ""
    chart = Chart(
        kind=ChartKind.STACKED,
        label="",
        title=f"（{len(order)}{measure}中的{len(shown)}个）" if cut else "",
        categories=tuple(shown),
        series=tuple(
            Series(name=names[tone], tone=tone, values=tuple(Decimal(counts[name][tone]) for name in shown))
            for tone in tones
        ),
        unit="项",
        alt=f"共{len(order)}{measure}，{cut}{said}。",
    )
    rows = [(name, *(str(counts[name][tone]) for tone in tones), str(sum(counts[name].values()))) for name in order]
    return Figure(chart=chart, table=_table((head, *(names[tone] for tone in tones), "合计"), rows))


def _foremost(order: Sequence[str], counts: Mapping[str, Mapping[Tone, int]]) -> list[str]:
    """Those with most behind, then the largest ones, in their own order."""
    kept = sorted(order, key=lambda name: (-counts[name][Tone.BEHIND], -sum(counts[name].values())))[:MOST]
    return [name for name in order if name in kept]


def pace(reached: Sequence[Reached], *, behind_first: bool = False) -> Figure | None:
    """How much of the year's quantities is done, against what is due by now (目标对半年线)."""
    known = [each for each in reached if each.due is not None]
    if not known:
        return None
    due = known[0].due
    assert due is not None, "kept above"
    line = "半年线" if due == 50 else "时间进度"
    shown = _shown(known, lambda each: each.share, behind_first=behind_first)
    below = sum(each.share < due for each in known)
    chart = Chart(
        kind=ChartKind.BULLET,
        label="",
        title=_cut_title(shown, known),
        categories=tuple(each.name for each in shown),
        series=(Series(name="已完成全年目标的比例", tone=Tone.NOW, values=tuple(each.share for each in shown)),),
        unit="%",
        alt=f"共{len(known)}项，{line}为{_said(due)}%，{f'低于{line}的{below}项' if below else f'都不低于{line}'}。",
        line=due,
        line_name=line,
    )
    rows = [(each.name, each.asked, each.reached, f"{_said(each.share)}%", f"{_said(due)}%") for each in known]
    return Figure(chart=chart, table=_table(("目标、任务", "全年目标", "已完成", "完成比例", line), rows))


def rates(reached: Sequence[Reached]) -> Figure | None:
    """The rates reached against those asked for (指标对目标): a rate does not grow with the year."""
    known = [each for each in reached if each.due is None and each.goal is not None]
    if not known:
        return None
    shown = known[:MOST]
    short = sum(each.falls_short for each in known)
    chart = Chart(
        kind=ChartKind.BULLET,
        label="",
        title=_cut_title(shown, known),
        categories=tuple(each.name for each in shown),
        series=(
            Series(name="实际", tone=Tone.NOW, values=tuple(each.share for each in shown)),
            Series(name="全年目标", tone=Tone.GOAL, values=tuple(each.goal for each in shown)),
        ),
        unit="%",
        alt=f"共{len(known)}项指标，{f'不达目标的{short}项' if short else '没有不达目标的'}。",
    )
    rows = [(each.name, each.asked, each.reached, "未达到" if each.falls_short else "达到") for each in known]
    return Figure(chart=chart, table=_table(("指标", "全年目标", "实际", "是否达到"), rows))


def _shown(known: Sequence[Reached], key: Callable[[Reached], Decimal], *, behind_first: bool) -> list[Reached]:
    """Those that find room in a chart: the ones furthest behind, in their own order unless asked otherwise."""
    kept = sorted(known, key=key)[:MOST]
    if behind_first:
        return kept
    places = {id(each) for each in kept}
    return [each for each in known if id(each) in places]


def _cut_title(shown: Sequence[Reached], known: Sequence[Reached]) -> str:
    return "" if len(shown) == len(known) else f"（{len(known)}项中的{len(shown)}项）"


def changed(
    changes: LedgerChanges,
    periods: tuple[str, str],
    *,
    kind: ChartKind = ChartKind.BARS,
    sheet: Sheet | None = None,
) -> Figure | None:
    """How many went well and were behind in both periods (两期变化), as bars or as lines."""
    entries = [each for each in changes.entries if sheet in (None, each.sheet)]
    before = [each.before for each in entries if each.before]
    after = [each.after for each in entries if each.after]
    if not before or not after:
        return None
    names = _tone_names([*before, *after])
    counts = {tone: tuple(sum(tone_of(each) is tone for each in some) for some in (before, after)) for tone in _TONES}
    tones = [tone for tone in _TONES if tone is not Tone.OPEN or any(counts[tone])]
    then, now = counts[Tone.BEHIND]
    moved = f"由{then}项变为{now}项" if then != now else f"两期都是{now}项"
    chart = Chart(
        kind=kind,
        label="",
        title="",
        categories=tuple(names[tone] for tone in tones),
        series=tuple(
            Series(name=period, tone=tone, values=tuple(Decimal(counts[each][at]) for each in tones))
            for at, (period, tone) in enumerate(zip(periods, (Tone.BEFORE, Tone.NOW), strict=True))
        ),
        unit="项",
        alt=f"从{periods[0]}到{periods[1]}，{names[Tone.BEHIND]}的{moved}。",
    )
    if kind is ChartKind.LINE:
        lines = tuple(Series(name=names[tone], tone=tone, values=tuple(map(Decimal, counts[tone]))) for tone in tones)
        chart = replace(chart, categories=periods, series=lines)
    totals = tuple(sum(counts[tone][at] for tone in tones) for at in (0, 1))
    rows = [
        (name, str(first), str(second), f"{second - first:+d}" if first != second else "0")
        for name, (first, second) in [*((names[tone], counts[tone]) for tone in tones), ("合计", totals)]
    ]
    return Figure(chart=chart, table=_table(("推进情况", *periods, "增减"), rows))


def _said(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """A table of a name and its figures: the name takes twice the room of a figure."""
    total = len(head) + 1
    columns = (
        Column(share=2 / total, kind=ColumnKind.UNITS),
        *(Column(share=1 / total, kind=ColumnKind.NUMBER) for _ in head[1:]),
    )
    return Table(columns=columns, head=(_row(head),), body=tuple(map(_row, rows)))


def _row(texts: Sequence[str]) -> Row:
    return tuple(Cell(paragraphs=(text,)) for text in texts)
