"""The ledger (台账) as values: goals and tasks, and the units that answer for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from reportgen.problems import Location


class Sheet(Enum):
    """The two sheets (工作表) of a ledger; the value is the name that an office gives it."""

    GOALS = "预期目标"
    TASKS = "重点任务"


VERDICTS = ("符合预期", "不达预期", "符合时间节点")
STATUSES = ("正常推进", "推进较为滞后")


LEADS, SUPPORTS = "牵头", "配合"
"""What a unit does in an entry (本单位职责): the two words by which an entry's `duty` is told and asked for."""


@dataclass(frozen=True, slots=True)
class ReportPlace:
    """Where an entry stands in the report for all (在报告中的位置): annex (附件3) and number (42).

    Empty for what no annex lists. An only annex has no number of its own (附件); a table may show no numbers.
    """

    annex: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Entry (台账条目): one goal or one task.

    `judgement` is a goal's verdict (评价) or a task's status (推进情况), in its standard word, empty if the
    ledger has none. Line breaks inside a text are `\\n`. `cells` names the place of each field.

    `id` is the entry's stable number (编号), empty until somebody gave it one; `last_progress` is what stood there in
    the period before (上期进展); `others` are the columns that this program does not know, as (header, text).

    In the ledger of one unit (`intake.tailoring`) an entry says what that unit does in it (`duty`, 本单位职责: 牵头 or
    配合; `duty_group`, the name such as 各镇街 that includes it) and where it stands in the report for all:
    `report_annex` (附件3), `report_no` (42). A whole ledger leaves them empty.
    """

    sheet: Sheet
    id: str = ""
    given_no: str = ""
    category: str = ""
    text: str
    lead_units: tuple[str, ...] = ()
    support_units: tuple[str, ...] = ()
    progress: str = ""
    judgement: str = ""
    phrase: str = ""
    last_progress: str = ""
    duty: str = ""
    duty_group: str = ""
    report_annex: str = ""
    report_no: str = ""
    others: tuple[tuple[str, str], ...] = ()
    cells: Mapping[str, Location] = field(default_factory=dict, compare=False, repr=False)

    def where(self, name: str) -> Location | None:
        """The place of a field, or of the entry's text where the ledger lacks that field."""
        return self.cells.get(name) or self.cells.get("text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Ledger (台账): all goals and tasks in the order in which the office keeps them.

    `period` is the one for which its progress was collected (报告期, 2026年1—6月), empty where no record says so.
    """

    file: str
    goals: tuple[Entry, ...] = ()
    tasks: tuple[Entry, ...] = ()
    period: str = ""

    def entries(self, sheet: Sheet) -> tuple[Entry, ...]:
        """The entries of one sheet."""
        return self.goals if sheet is Sheet.GOALS else self.tasks

    def __iter__(self) -> Iterator[Entry]:
        yield from self.goals
        yield from self.tasks
