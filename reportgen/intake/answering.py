"""Who answers for an entry (谁来答复): its lead and support units, the members of a group each by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from reportgen.ledger.model import Entry
from reportgen.ledger.units import Register, Standing
from reportgen.ledger.words import plain_key


@dataclass(frozen=True, slots=True)
class Role:
    """A unit's part in an entry (单位在任务中的角色): `rank` is its place, `group` the name that stands for it."""

    lead: bool
    rank: int
    group: str = ""


class Answering:
    """The units behind the names of a ledger (责任单位解读), on one day."""

    def __init__(self, register: Register | None, on: date | None) -> None:
        self._register = register
        self._on = on
        self._behind = lru_cache(maxsize=None)(self._units_behind)
        self.own = lru_cache(maxsize=None)(self._own)

    def _own(self, name: str) -> str:
        """The one name by which a unit is known here; of a unit that has ended, its successor's."""
        if not name or self._register is None:
            return plain_key(name)
        resolved = self._register.resolve(name, self._on)
        if resolved.standing is Standing.UNIT and len(resolved.units) == 1:
            return resolved.units[0].name
        return resolved.name or plain_key(name)

    def _units_behind(self, name: str) -> tuple[tuple[str, ...], bool]:
        """The units that a name in a ledger stands for, and whether it is the name of a group."""
        if self._register is None:
            return (plain_key(name),), False
        resolved = self._register.resolve(name, self._on)
        if resolved.standing is Standing.UNKNOWN:
            return (plain_key(name),), False
        return tuple(unit.name for unit in resolved.units), resolved.standing is not Standing.UNIT

    def roles(self, entry: Entry) -> dict[str, Role]:
        """The part of each unit in the entry, in the order in which the ledger names them."""
        found: dict[str, Role] = {}
        for lead, names in ((True, entry.lead_units), (False, entry.support_units)):
            for name in names:
                units, is_group = self._behind(name)
                for unit in units:
                    found.setdefault(unit, Role(lead, len(found), name if is_group else ""))
        return found

    def nobody(self, entry: Entry) -> Iterator[str]:
        """The lead names behind which no unit is known, so that nobody can be reminded (无法催办)."""
        for name in entry.lead_units:
            if not self._behind(name)[0]:
                yield name

    def in_order(self, units: Sequence[str]) -> list[str]:
        """The units in the official order (规范顺序)."""
        register = self._register
        if register is None:
            return list(dict.fromkeys(units))
        return sorted(dict.fromkeys(units), key=lambda unit: (register.rank(unit), unit))
