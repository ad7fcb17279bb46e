"""The charts of a template (模板里的图): which figures each shows, which label it has, where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reportgen.changes.model import LedgerChanges
from reportgen.document import Block, ChartForm, ChartKind, Paragraph, Section
from reportgen.ledger.model import Entry, Sheet
from reportgen.problems import Problem, error
from reportgen.source import Source
from reportgen.template.changes import said_periods
from reportgen.template.figures import Figure, FigureKind, Reached, by_category, by_unit, changed, pace, rates, titled
from reportgen.template.hints import hint, shown
from reportgen.template.schema import ChartSpec, Template
from reportgen.template.texts import Filled


def _nothing(entries: Sequence[Entry]) -> Sequence[Reached]:
    """Nobody judged the entries: no figure of them is known."""
    return ()


@dataclass(frozen=True)
class FigureBasis:
    """What charts need beside the ledger (图的依据): how far each goal has come, and what changed since last period."""

    reached: Callable[[Sequence[Entry]], Sequence[Reached]] = _nothing
    changes: LedgerChanges | None = None


def asks_for(template: Template, *kinds: FigureKind) -> bool:
    """Whether a chart of the template shows one of these figures (是否用到)."""
    return any(FigureKind(chart.figure) in kinds for chart in template.charts)


def chart_problems(template: Template, source: Source) -> Iterator[Problem]:
    """Charts of unknown rows, with one name twice, that stand nowhere or in a document for one unit."""
    known = {"goals", "tasks", *template.lists}
    ids = [chart.id for chart in template.charts]
    for index, chart in enumerate(template.charts):
        path = ("charts", index)
        if template.per_unit and not index:
            what = f"模板「{shown(template.name)}」写给一个单位，里面不能有图"
            yield error(
                "template.chart-per-unit", what, "请删去 charts；图只放在给所有人看的报告里", source.locate(path)
            )
        if ids.index(chart.id) != index:
            what = f"图名「{shown(chart.id)}」重复"
            yield error("template.bad-name", what, "请换一个名字", source.locate((*path, "id")))
        for name in chart.rows:
            if name not in known:
                what = f"图「{shown(chart.id)}」要用的「{shown(name)}」没有定义"
                yield error("template.unknown-list", what, hint(name, known), source.locate((*path, "rows")))
        yield from _changes_of_lists(chart, template, source, index)
    for index, annex in enumerate(template.annexes):
        for name in annex.charts:
            if name not in ids:
                what = f"附件「{shown(annex.id)}」要放的图「{shown(name)}」没有定义"
                fix = hint(name, ids) if ids else "请在模板的 charts 里写上它"
                yield error("template.unknown-chart", what, fix, source.locate(("annexes", index, "charts")))


def _changes_of_lists(chart: ChartSpec, template: Template, source: Source, index: int) -> Iterator[Problem]:
    """Lists of a chart of the changes: an entry's judgement changed, so that none by judgement can be followed."""
    for name in chart.rows:
        if FigureKind(chart.figure) is FigureKind.CHANGES and name in template.lists:
            what = f"图「{shown(chart.id)}」画两期变化，rows 只能写 goals、tasks，不能写「{shown(name)}」"
            fix = "请改写 rows，或删去 rows 画全部目标任务"
            yield error("template.unknown-list", what, fix, source.locate(("charts", index, "rows")))


def unplaced(
    template: Template, made: Mapping[str, Figure], sections: Iterable[Section], source: Source
) -> Iterator[Problem]:
    """Charts that stand nowhere in the document: they would be made for nobody."""
    placed = {id(block) for section in sections for block in section.blocks}
    for index, spec in enumerate(template.charts):
        if spec.id in made and id(made[spec.id].chart) not in placed:
            what = f"图「{shown(spec.id)}」没有放在任何地方"
            fix = "请把它写进一个附件的 charts；或在正文里单独写一行 {{ chart." + spec.id + " }}"
            yield error("template.unplaced-chart", what, fix, source.locate(("charts", index)))


def figures(template: Template, lists: Mapping[str, Sequence[Entry]], basis: FigureBasis) -> dict[str, Figure]:
    """The charts that have something to show, by their names, numbered in their order (图1、图2); without titles."""
    made: dict[str, Figure] = {}
    for spec in template.charts:
        entries = [entry for name in spec.rows for entry in lists[name]]
        figure: Figure | None
        match FigureKind(spec.figure):
            case FigureKind.BY_UNIT:
                figure = by_unit(entries)
            case FigureKind.BY_CATEGORY:
                figure = by_category(entries)
            case FigureKind.PACE:
                figure = pace(basis.reached(entries))
            case FigureKind.RATES:
                figure = rates(basis.reached(entries))
            case FigureKind.CHANGES:
                kind = ChartKind(spec.kind) if spec.kind else ChartKind.BARS
                figure = _changed(basis.changes, spec, kind) if basis.changes else None
        if figure:
            chart = replace(figure.chart, label=f"图{len(made) + 1}", form=ChartForm(spec.word))
            made[spec.id] = replace(figure, chart=chart, table=replace(figure.table, theme=spec.theme or ""))
    return made


def _changed(changes: LedgerChanges, spec: ChartSpec, kind: ChartKind) -> Figure | None:
    sheets = {"goals": Sheet.GOALS, "tasks": Sheet.TASKS}
    only = sheets[spec.rows[0]] if len(set(spec.rows)) == 1 else None
    return changed(changes, said_periods(changes), kind=kind, sheet=only)


def named(template: Template, made: Mapping[str, Figure], filled: Filled) -> dict[str, Figure]:
    """The same charts with their titles filled in (图题)."""
    paths = {spec.id: ("charts", index, "title") for index, spec in enumerate(template.charts)}
    return {
        name: titled(figure, filled.line(paths[name]), figure.chart.label, filled.origin(paths[name]))
        for name, figure in made.items()
    }


def labels(template: Template, made: Mapping[str, Figure]) -> dict[str, str]:
    """What `chart.…` is in a text (图的编号): 图1; nothing for a chart that has nothing to show."""
    return {spec.id: made[spec.id].chart.label if spec.id in made else "" for spec in template.charts}


def with_charts(blocks: Iterable[Block], made: Mapping[str, Figure]) -> Iterator[Block]:
    """The body with each chart where a line says nothing but its label (图在正文中的位置), its table below it."""
    by_label = {figure.chart.label: figure for figure in made.values()}
    for block in blocks:
        if isinstance(block, Paragraph) and block.text in by_label:
            yield from chart_blocks([by_label[block.text]])
        else:
            yield block


def chart_blocks(made: Iterable[Figure]) -> Iterator[Block]:
    """Each chart and the table below it."""
    for figure in made:
        yield from (figure.chart, figure.table)
