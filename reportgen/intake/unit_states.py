"""How each unit stands in a collection (各单位反馈情况): returned, late, missing, or nothing usable in what it sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from reportgen.intake.findings import State, UnitState
from reportgen.intake.said import Said
from reportgen.ledger.origins import Use
from reportgen.ledger.records import Received


def unit_states(said: Said, deadline: date | None = None, on: date | None = None) -> Iterator[UnitState]:
    """The state of every unit that has a task or has sent a file, in official order; `on` is today."""
    leads: dict[str, int] = defaultdict(int)
    supports: dict[str, int] = defaultdict(int)
    answered: dict[str, int] = defaultdict(int)
    for id, roles in said.roles.items():
        for unit, role in roles.items():
            (leads if role.lead else supports)[unit] += 1
            answered[unit] += role.lead and unit in said.answered[id]
    sources: dict[str, list[Received]] = defaultdict(list)
    for each in said.record.returns:
        if each.unit:
            sources[each.unit].append(each)
    silent = {unit: _why_silent(said, unit, files) for unit, files in sources.items() if unit not in said.heard}
    for unit in said.answering.in_order([*leads, *supports, *sources]):
        own = sources[unit]
        days = [each.day for each in _counting(said, own) if each.day]
        # A file of tomorrow has a wrong date: it proves neither that its return came in time nor that it came late.
        usable = not (on and any(day > on.isoformat() for day in days))
        if unit in said.heard:
            # A correction that comes late does not make the return a late one.
            late = bool(deadline and usable and days and min(days) > deadline.isoformat())
            state = State.LATE if late else State.RETURNED
        elif own:
            state = silent[unit]
        elif not leads[unit]:
            state = State.NOT_ASKED
        else:
            state = State.OVERDUE if deadline and on and on > deadline else State.MISSING
        yield UnitState(
            unit=unit,
            state=state,
            files=tuple(each.file for each in own if not each.replaced),
            file_day=min(days, default=""),
            day_usable=usable,
            rows=sum(each.rows for each in own if not each.replaced),
            leads=leads[unit],
            answered=answered[unit],
            supports=supports[unit],
        )


def _counting(said: Said, own: Sequence[Received]) -> list[Received]:
    """The files whose days say when the unit returned: a blank form is no return, if another one is."""
    readable = [each for each in own if each.readable]
    filled = [each for each in readable if each.replaced or (each.digest, each.unit) in said.files_with_words]
    return filled or readable


def _why_silent(said: Said, unit: str, own: Sequence[Received]) -> State:
    """Why nothing that the unit sent could be used."""
    if not any(each.readable for each in own):
        return State.UNREAD
    uses = {each.use for each in said.record.origins if each.unit == unit}
    if Use.OTHER_PERIOD in uses:
        return State.OTHER_PERIOD
    rows = sum(each.rows for each in own if not each.replaced)
    return State.UNHEARD if Use.FAULT in uses or not rows else State.BLANK
