"""What is measured (测速用例): the sample's report with so many tasks, every row and every round with texts of its own.

Texts that come again would flatter whoever keeps what it has laid out once (Typst does).
"""

from __future__ import annotations

import io
import os
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.document import Document
from reportgen.ledger.model import Entry, Ledger
from reportgen.ledger.reading import Wants, read_ledger
from reportgen.limits import STANDARD
from reportgen.problems import Location
from reportgen.styles import StyleSheet
from reportgen.template.compose import Prepared, compose, needed_fields, prepare
from reportgen.template.loading import load_config, load_styles, load_template

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "configs" / "qingping-2026h1.yaml"
LEDGER = ROOT / "samples" / "qingping-2026h1" / "台账.xlsx"
FOLDER = "REPORTGEN_BENCH_FOLDER"
HEADS = ("序号", "分类", "工作任务", "责任单位", "配合单位", "任务进展情况", "推进情况", "报告用语")
GOAL_HEADS = ("序号", "预期目标", "责任单位", "进展情况", "评价", "报告用语")


@dataclass(frozen=True)
class Case:
    """A report to be made: `tasks` rows, in the texts of one round."""

    tasks: int
    round: int

    @property
    def ledger(self) -> Ledger:
        """The ledger as it would have been read."""
        sample = sample_ledger()
        entries = (sample.tasks[number % len(sample.tasks)] for number in range(self.tasks))
        tasks = tuple(self._own(entry, number) for number, entry in enumerate(entries, 1))
        goals = tuple(self._own(entry, number) for number, entry in enumerate(sample.goals, 1))
        return replace(sample, goals=goals, tasks=tasks)

    def _own(self, entry: Entry, number: int) -> Entry:
        mark = f"（第{self.round}轮第{number}项）"
        return replace(
            entry,
            given_no="",
            text=entry.text + mark,
            progress=entry.progress.rstrip("。") + mark + "。",
            phrase=entry.phrase and entry.phrase.rstrip("。") + mark,
        )

    @property
    def document(self) -> Document:
        """The tree of the report, as the program's own road makes it."""
        return compose(prepared(), self.ledger).value

    @property
    def workbook(self) -> bytes:
        """The ledger as an office keeps it: a category stands in the first of its rows and is merged over them."""
        import openpyxl

        ledger = self.ledger
        book = openpyxl.Workbook()
        goals, sheet = book.worksheets[0], book.create_sheet("重点任务")
        goals.title = "预期目标"
        goals.append(GOAL_HEADS)
        for number, goal in enumerate(ledger.goals, 1):
            lead = "、".join(goal.lead_units)
            goals.append((number, goal.text, lead, goal.progress, goal.judgement, goal.phrase))
        sheet.append(HEADS)
        begun, category = 2, ""
        for number, task in enumerate(ledger.tasks, 1):
            units = ("、".join(task.lead_units), "、".join(task.support_units))
            named = task.category if task.category != category else None
            sheet.append((number, named, task.text, *units, task.progress, task.judgement, task.phrase))
            if named and number > 1:
                _merge(sheet, begun, number)
                begun = number + 1
            category = task.category
        _merge(sheet, begun, self.tasks + 1)
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()


def kept_workbook(case: Case) -> bytes:
    """The case's workbook, made once for all peers of a run: of 100,000 rows that takes longer than reading it."""
    folder = os.environ.get(FOLDER)
    if folder is None:
        return case.workbook
    path = Path(folder) / f"台账-{case.tasks}-{case.round}.xlsx"
    if not path.exists():
        path.write_bytes(case.workbook)
    return path.read_bytes()


def _merge(sheet: Worksheet, first: int, last: int) -> None:
    from openpyxl.worksheet.cell_range import CellRange

    # Not `merge_cells`: it looks at every range that there is already.
    if last > first:
        sheet.merged_cells.ranges.add(CellRange(f"B{first}:B{last}"))


@cache
def prepared() -> Prepared:
    """The sample's configuration and template."""
    config, config_source = load_config(CONFIG, CONFIG.name)
    template, source = load_template(config.template, CONFIG.parent, Location(file=CONFIG.name))
    return prepare(template, source, config, config_source).value


@cache
def wants() -> Wants:
    """What the template needs of a ledger, as many rows as a Word report may have."""
    return Wants(needed_fields(prepared()), most_rows=STANDARD.tables.long_rows)


@cache
def styles() -> StyleSheet:
    """The sample's style sheet."""
    config, _ = load_config(CONFIG, CONFIG.name)
    return load_styles(config.style, CONFIG.parent, Location(file=CONFIG.name))[0]


@cache
def sample_ledger() -> Ledger:
    """The sample's ledger, 10 goals and 131 tasks."""
    return read_ledger(LEDGER.read_bytes(), LEDGER.name, wants()).value
