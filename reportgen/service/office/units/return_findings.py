"""What was found in a unit's return (反馈检查结果), put where it belongs: to the task and the cell that it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reportgen.service.office.units.returns import Sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What there is to say (检查结果): about the whole, about tasks by number, about cells by number and field.

    Each is what RECEIVE tells: `wrong`, `title`, `what`, `advice`, `where`; `problems` say why nothing was looked at.
    """

    whole: tuple[Mapping[str, Any], ...] = ()
    tasks: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    cells: Mapping[tuple[str, str], tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    problems: tuple[Mapping[str, Any], ...] = ()

    def of_task(self, id: str) -> Iterator[Mapping[str, Any]]:
        """All that was found in one task (一项任务的结果)."""
        yield from self.tasks.get(id, ())
        for (task, _), listed in self.cells.items():
            if task == id:
                yield from listed

    @property
    def wrong(self) -> int:
        """How many things there are to mend (要改的处数)."""
        listed = (self.whole, *self.tasks.values(), *self.cells.values())
        return sum(bool(each["wrong"]) for found in listed for each in found) + len(self.problems)


def findings_by_task(sent: Sent | None, asked: Mapping[str, frozenset[str]]) -> Found:
    """What was found in a return (检查结果), by task; `asked` are the fields of each task that the page shows.

    What is about a task or a field that the page does not show is told at its head.
    """
    if sent is None:
        return Found()
    if sent.result is None:
        return Found(problems=sent.problems)
    whole: list[Mapping[str, Any]] = []
    tasks: dict[str, list[Mapping[str, Any]]] = {}
    cells: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for each in sent.result["findings"]:
        if each["id"] not in asked:
            whole.append(each)
        elif each["field"] in asked[each["id"]]:
            cells.setdefault((each["id"], each["field"]), []).append(each)
        else:
            tasks.setdefault(each["id"], []).append(each)
    return Found(
        whole=tuple(whole),
        tasks={id: tuple(found) for id, found in tasks.items()},
        cells={cell: tuple(found) for cell, found in cells.items()},
    )
