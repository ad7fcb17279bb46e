"""Entries that were split or merged (拆分、合并): the words of one that has no successor stand in another one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from reportgen.ledger.model import Entry
from reportgen.likeness import letters_of

_CLAUSE = re.compile(r"[,，、;；。:：\n]")
# A clause so short says the same in many tasks.
_LEAST_LETTERS = 5
# So much of an entry must stand in the other one, clause by clause.
_LEAST_SHARE = 0.8


def parted(
    old: Sequence[Entry], new: Sequence[Entry], new_of: Mapping[int, int]
) -> tuple[dict[int, int], dict[int, int]]:
    """For each new entry the old one that it was split off from (拆分), for each dropped one its holder now (合并)."""
    left_new = sorted(set(range(len(new))) - set(new_of.values()))
    left_old = [place for place in range(len(old)) if place not in new_of]
    came_from = dict(_holders([new[place] for place in left_new], left_new, old, sorted(new_of)))
    went_into = dict(_holders([old[place] for place in left_old], left_old, new, sorted(new_of.values())))
    return came_from, went_into


def _holders(
    seekers: Sequence[Entry], places: Sequence[int], among: Sequence[Entry], kept: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """The one kept entry that holds most of the clauses of each seeker, if there is one."""
    if not seekers:
        return
    by_clause: dict[str, set[int]] = {}
    for place in kept:
        for clause in _clauses(among[place]):
            by_clause.setdefault(clause, set()).add(place)
    for place, seeker in zip(places, seekers, strict=True):
        clauses = _clauses(seeker)
        held: dict[int, int] = {}
        for clause in clauses:
            for holder in by_clause.get(clause, ()):
                held[holder] = held.get(holder, 0) + len(clause)
        whole = len(letters_of(seeker.text))
        fit = [holder for holder, letters in held.items() if letters >= _LEAST_SHARE * whole]
        if len(fit) == 1:
            yield place, fit[0]


def _clauses(entry: Entry) -> set[str]:
    found = (letters_of(each) for each in _CLAUSE.split(entry.text))
    return {each for each in found if len(each) >= _LEAST_LETTERS}
