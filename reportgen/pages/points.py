"""What the page 汇总报告 shows of findings (待看事项分组): one point for all that one file or unit has of one cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reportgen.intake.findings import Finding
from reportgen.ledger.words import plain_key


@dataclass(frozen=True, slots=True)
class Point:
    """One point (一件事): the findings of a unit and file that differ in task and place alone.

    `ours` and `theirs` are empty where they only repeat what stands beside them; `alike` if both say the same.
    """

    unit: str
    file: str
    what: str
    tasks: tuple[tuple[str, str], ...]
    places: tuple[str, ...]
    ours: str
    theirs: str
    alike: bool

    @property
    def is_plain(self) -> bool:
        """Whether unit and words are all that there is to say."""
        return not (self.file or self.tasks or self.ours or self.theirs)


@dataclass(frozen=True, slots=True)
class UnitPoints:
    """The points of one unit and file (同一单位、同一文件), which stand together."""

    unit: str
    file: str
    points: tuple[Point, ...]


def points_of(findings: Sequence[Finding]) -> tuple[UnitPoints, ...]:
    """The findings of one kind by unit and file, in the order in which these come first."""
    owners: dict[tuple[str, str], dict[tuple[str, str, str], list[Finding]]] = {}
    for each in findings:
        owner = owners.setdefault((each.unit, each.where.file if each.where else ""), {})
        owner.setdefault((each.what, each.ours, each.theirs), []).append(each)
    return tuple(UnitPoints(*owner, tuple(map(_point, alike.values()))) for owner, alike in owners.items())


def _point(found: Sequence[Finding]) -> Point:
    first = found[0]
    tasks = tuple(dict.fromkeys((each.id, each.task) for each in found if each.id or each.task))
    said = {plain_key(task) for _, task in tasks}
    places = (f"{each.where.sheet or ''} {each.where.cell or ''}".strip() for each in found if each.where)
    return Point(
        unit=first.unit,
        file=first.where.file if first.where else "",
        what=first.what,
        tasks=tasks,
        places=tuple(dict.fromkeys(filter(None, places))),
        ours="" if plain_key(first.ours) in said else first.ours,
        theirs="" if plain_key(first.theirs) in said else first.theirs,
        alike=bool(first.ours) and plain_key(first.ours) == plain_key(first.theirs),
    )
