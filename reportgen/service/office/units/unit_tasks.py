"""The tasks of each unit (各单位填报清单), as FORMS tells them; what a unit's page is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reportgen.ledger.model import LEADS

_BETWEEN = "@"


def key_of(sheet: str, task: str, field: str) -> str:
    """What an answer is called (答复的名称): progress@重点任务@T-003; `task` is its number and may hold anything."""
    return _BETWEEN.join((field, sheet, task))


def parts_of(key: str) -> tuple[str, str, str] | None:
    """Sheet, task and field of an answer (答复的出处); None for what is no answer's name."""
    parts = key.split(_BETWEEN, 2)
    return (parts[1], parts[2], parts[0]) if len(parts) == 3 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A cell that a unit fills in (要填的一格): `choices` are what it may pick, nothing where it writes freely."""

    field: str
    title: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitTask:
    """A task as one unit has to answer it (单位的一项任务).

    `group` is the name in the ledger that includes the unit; `stands` are the texts that the ledger has already.
    """

    sheet: str
    id: str
    given_no: str = ""
    category: str = ""
    text: str = ""
    leads: bool = True
    group: str = ""
    lead_units: tuple[str, ...] = ()
    support_units: tuple[str, ...] = ()
    last_progress: str = ""
    asks: tuple[Asked, ...] = ()
    stands: Mapping[str, str] = field(default_factory=dict)

    def key(self, field: str) -> str:
        """What the answer of a field is called (答复的名称)."""
        return key_of(self.sheet, self.id, field)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitTasks:
    """All that a unit is asked for (一个单位的填报清单); `file` is its form among the files of the job."""

    unit: str
    kind: str = ""
    leads: int = 0
    supports: int = 0
    file: str = ""
    tasks: tuple[UnitTask, ...] = ()

    def answers(self) -> dict[str, str]:
        """What stands in the cells to fill in before anybody has typed anything (表上已有的文字), by key."""
        return {task.key(each.field): task.stands.get(each.field, "") for task in self.tasks for each in task.asks}

    def by_sheet(self) -> dict[str, tuple[UnitTask, ...]]:
        """The tasks of each sheet (分表)."""
        sheets = dict.fromkeys(task.sheet for task in self.tasks)
        return {sheet: tuple(task for task in self.tasks if task.sheet == sheet) for sheet in sheets}

    def asked(self, key: str) -> tuple[UnitTask, Asked] | None:
        """Task and cell of an answer (答复的任务和格); None for what is not asked for."""
        return next(((task, each) for task in self.tasks for each in task.asks if task.key(each.field) == key), None)


def unit_tasks_in(result: Mapping[str, Any]) -> tuple[UnitTasks, ...]:
    """The lists of all units in a result of FORMS (读填报清单), in the order of the forms."""
    return tuple(
        UnitTasks(
            unit=form["unit"],
            kind=form["kind"],
            leads=form["leads"],
            supports=form["supports"],
            file=form["file"],
            tasks=_tasks(result["tasks"][form["unit"]]),
        )
        for form in result["forms"]
    )


def _tasks(listed: Sequence[Mapping[str, Any]]) -> tuple[UnitTask, ...]:
    plain = ("sheet", "id", "given_no", "category", "text", "group", "last_progress")
    return tuple(
        UnitTask(
            **{name: each[name] for name in plain},
            leads=each["duty"] == LEADS,
            lead_units=tuple(each["lead_units"]),
            support_units=tuple(each["support_units"]),
            asks=tuple(
                Asked(field=cell["field"], title=cell["title"], choices=tuple(cell["choices"])) for cell in each["asks"]
            ),
            stands={cell["field"]: each[cell["field"]] for cell in each["asks"]},
        )
        for each in listed
    )
