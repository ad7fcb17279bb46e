"""Units of an entry that come and go (责任单位变化): order, aliases, groups and brackets are no change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache

from reportgen.changes.model import UnitPart
from reportgen.ledger.model import LEADS, SUPPORTS, Entry
from reportgen.ledger.units import Register, Standing
from reportgen.likeness import plain_key

_BRACKETS = re.compile(r"\([^()]*\)")


class UnitsBehind:
    """The units behind the names of two ledgers (所指单位), as a register has them on one day.

    A unit that was renamed or merged is its successor in both. Without a register each name is a unit of its own, but
    for what stands in brackets behind it.
    """

    def __init__(self, register: Register | None, on: date | None) -> None:
        self._register, self._on = register, on
        self.behind = lru_cache(maxsize=None)(self._behind)

    def _behind(self, name: str) -> frozenset[str]:
        key = plain_key(name)
        plain = _BRACKETS.sub("", key) or key
        if self._register is None:
            return frozenset((plain,))
        for written in (name, plain):
            resolved = self._register.resolve(written, self._on)
            if resolved.standing in (Standing.UNIT, Standing.GROUP):
                return frozenset(unit.name for unit in resolved.units)
            if resolved.name:
                # A vague name, or one that has nobody: it is the same as itself.
                return frozenset((resolved.name,))
        return frozenset((plain,))

    def leads(self, entry: Entry) -> frozenset[str]:
        """The units that lead (牵头单位)."""
        return self._all(entry.lead_units)

    def _all(self, names: Iterable[str]) -> frozenset[str]:
        return frozenset(unit for name in names for unit in self.behind(name))

    def changes(self, before: Entry, after: Entry) -> tuple[tuple[UnitPart, ...], tuple[UnitPart, ...]]:
        """The units that went and those that came (责任单位变化), each with its part."""
        gone: list[UnitPart] = []
        come: list[UnitPart] = []
        for role, old, new in (
            (LEADS, before.lead_units, after.lead_units),
            (SUPPORTS, before.support_units, after.support_units),
        ):
            gone += (UnitPart(name=name, role=role) for name in self._lacking(old, new))
            come += (UnitPart(name=name, role=role) for name in self._lacking(new, old))
        return tuple(gone), tuple(come)

    def _lacking(self, names: Iterable[str], among: Iterable[str]) -> Iterator[str]:
        """The names of which a unit stands behind none of the others."""
        known = self._all(among)
        for name in dict.fromkeys(names):
            if not self.behind(name) <= known:
                yield name
