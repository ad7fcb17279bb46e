"""Reminders (催报) to the units that have not returned, or not all: who and of what; the words are the form's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reportgen.intake.collection import Collection
from reportgen.intake.findings import Finding, Kind, State, UnitState
from reportgen.package import short

_MOST_CHARACTERS = 24


def reminder_facts(collection: Collection) -> Mapping[str, Any]:
    """Who has to be reminded (催报名单): lists of units, each with its tasks; all empty if nobody has to be."""
    states = {
        "missing": (State.MISSING, State.OVERDUE),
        "unread": (State.UNREAD,),
        "blank": (State.BLANK, State.UNHEARD),
        "other_period": (State.OTHER_PERIOD,),
    }
    kinds = {"lacking": (Kind.EMPTY, Kind.UNREPORTED), "unjudged": (Kind.UNJUDGED, Kind.UNREAD_JUDGEMENT)}
    usable = [each for each in collection.units if each.leads]
    silent = {each.unit for each in usable for listed in states.values() if each.state in listed}
    points = [each for each in collection.open_findings if each.kind is not Kind.EMPTY or each.unit not in silent]
    return {
        **{name: _units([each for each in usable if each.state in listed]) for name, listed in states.items()},
        **{name: list(_by_unit([each for each in points if each.kind in of])) for name, of in kinds.items()},
        "overdue": any(each.state is State.OVERDUE for each in usable),
    }


def _units(units: Sequence[UnitState]) -> list[dict[str, Any]]:
    return [{"unit": each.unit, "leads": each.leads} for each in units]


def _by_unit(findings: Sequence[Finding]) -> Iterator[dict[str, Any]]:
    tasks: dict[str, list[dict[str, str]]] = {}
    for each in findings:
        for unit in each.unit.split("、"):
            tasks.setdefault(unit, []).append({"id": each.id, "text": short(each.task, _MOST_CHARACTERS)})
    for unit, listed in tasks.items():
        yield {"unit": unit, "tasks": listed}
