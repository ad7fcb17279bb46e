"""The overview of a ledger (总览): what stands how, as counts, as pictures, and as the tables with the same figures.

A person's judgement counts; where the ledger has none, what the rules say (`by_rules` tells of how many that is so).
`Overview.result` is plain data:

- `counts`: `all`, `goals`, `tasks`, `well` (正常), `behind` (滞后), `open` (未研判), `by_rules`
- `by_sheet`: 预期目标 and 重点任务, each with `well`, `behind`, `open`
- `changes`: null without a former ledger, else `old_period`, `new_period`, and `kinds`, a list of `name` and `count`:
  how many entries have which kind of change (新增滞后, 持续滞后, 转为正常, 已完成, 新增, 不再列入, 进展未更新)
- `figures`: each with `name` (`by-unit`, `by-category`, `pace`, `rates`, `changes`), `title`, `caption`, `alt`, `file`
  (the SVG's name among the job's files, null where this machine cannot draw), `width` and `height` (of the picture, in
  points), `head` (texts), `rows` (texts; the first one names a unit or a category, by which lists can be asked for:
  `of` is `unit`, `category` or null)

`Overview.files` are the SVG files by those names. A figure without rows is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from reportgen.changes.model import Change, LedgerChanges
from reportgen.document import Table, Tone
from reportgen.judging.verdicts import Verdict
from reportgen.ledger.model import Entry, Ledger, Sheet
from reportgen.problems import EnvironmentLacking
from reportgen.reached import reached
from reportgen.styles import StyleSheet
from reportgen.template.changes import said_periods
from reportgen.template.figures import Figure, by_category, by_unit, changed, pace, rates, titled, tone_of
from reportgen.writers.charts import alone_families, chart_svg
from reportgen.writers.charts_figure import chart_height

_WORDS = {Tone.WELL: "well", Tone.BEHIND: "behind", Tone.OPEN: "open"}
_TOLD = (
    Change.NEWLY_LAGGING,
    Change.STILL_LAGGING,
    Change.RECOVERED,
    Change.FINISHED,
    Change.NEW,
    Change.DROPPED,
    Change.UNCHANGED_PROGRESS,
)
_TITLES = {
    "by-unit": "各单位目标任务完成情况",
    "by-category": "各类任务推进情况",
    "pace": "目标任务完成进度",
    "rates": "指标与全年目标相比",
    "changes": "与上期相比",
}
_OF = {"by-unit": "unit", "by-category": "category"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The overview (总览): plain data, and its pictures by their names."""

    result: Mapping[str, Any]
    files: Mapping[str, bytes]


def overview(
    ledger: Ledger, verdicts: Sequence[Verdict], changes: LedgerChanges | None, styles: StyleSheet
) -> Overview:
    """The overview of a ledger, its verdicts in the ledger's order, and what changed since the former one."""
    entries = [*_effective(ledger, verdicts)]
    files: dict[str, bytes] = {}
    figures = [
        _told(name, number, figure, styles, files)
        for number, (name, figure) in enumerate(_figures(entries, verdicts, changes), 1)
    ]
    by_rules = sum(now.judgement != was.judgement for now, was in zip(entries, ledger, strict=True))
    counts = {"all": len(entries), "goals": len(ledger.goals), "tasks": len(ledger.tasks)}
    result = {
        "counts": {**counts, **_tones(entries), "by_rules": by_rules},
        "by_sheet": {
            sheet.value: _tones([each for each in entries if each.sheet is sheet])
            for sheet in Sheet
            if ledger.entries(sheet)
        },
        "changes": _changes(changes) if changes else None,
        "figures": figures,
    }
    return Overview(result=result, files=files)


def _effective(ledger: Ledger, verdicts: Sequence[Verdict]) -> Iterator[Entry]:
    said = {id(verdict.entry): verdict.judgement for verdict in verdicts}
    for entry in ledger:
        yield entry if entry.judgement else replace(entry, judgement=said.get(id(entry), ""))


def _tones(entries: Sequence[Entry]) -> dict[str, int]:
    found = Counter(map(tone_of, entries))
    return {word: found[tone] for tone, word in _WORDS.items()}


def _changes(changes: LedgerChanges) -> dict[str, Any]:
    old, new = said_periods(changes)
    kinds = [{"name": kind.value, "count": sum(1 for _ in changes.of(kind))} for kind in _TOLD]
    return {"old_period": old, "new_period": new, "kinds": kinds}


def _figures(
    entries: Sequence[Entry], verdicts: Sequence[Verdict], changes: LedgerChanges | None
) -> Iterator[tuple[str, Figure]]:
    """The figures that this ledger has something for, in the order in which people ask."""
    known = reached(verdicts)
    tasks = [entry for entry in entries if entry.sheet is Sheet.TASKS]
    made = {
        "by-unit": by_unit(entries),
        "by-category": by_category(tasks),
        "pace": pace(known, behind_first=True),
        "rates": rates(known),
        "changes": changed(changes, said_periods(changes)) if changes else None,
    }
    found = [(name, figure) for name, figure in made.items() if figure]
    for number, (name, figure) in enumerate(found, 1):
        yield name, titled(figure, _TITLES[name], f"图{number}")


def _told(name: str, number: int, figure: Figure, styles: StyleSheet, files: dict[str, bytes]) -> dict[str, Any]:
    chart = figure.chart
    width = styles.page.text_width_pt()
    file = f"总览/{number} {_TITLES[name]}.svg"
    try:
        files[file] = chart_svg(chart, styles, alone_families(styles), width)
    except EnvironmentLacking:
        # The tables say the same; what this machine lacks is told where reports are made.
        file = ""
    head, *rows = _rows(figure.table)
    return {
        "name": name,
        "title": chart.title,
        "caption": chart.caption,
        "alt": chart.alt,
        "file": file or None,
        "width": round(width, 1),
        "height": round(chart_height(chart, styles, width), 1),
        "of": _OF.get(name),
        "head": head,
        "rows": rows,
    }


def _rows(table: Table) -> Iterator[list[str]]:
    for row in (*table.head, *table.body):
        yield ["".join(cell.paragraphs) for cell in row]
