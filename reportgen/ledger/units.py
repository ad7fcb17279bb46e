"""Units (责任单位): the register of an office, and which units stand behind a name on a day."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cached_property

from reportgen.ledger.words import plain_key

KINDS = ("部门", "镇街", "国企", "管委会")


@dataclass(frozen=True, slots=True)
class Validity:
    """Validity (有效期): the first and the last day, both included; None is an open end."""

    first: date | None = None
    last: date | None = None

    def holds(self, day: date | None) -> bool:
        """Whether it holds on the day; None asks for the state after the last change."""
        day = day or date.max
        return (self.first or date.min) <= day <= (self.last or date.max)

    def meets(self, other: Validity) -> bool:
        """Whether both hold on some day."""
        return max(self.first or date.min, other.first or date.min) <= min(
            self.last or date.max, other.last or date.max
        )

    def __str__(self) -> str:
        return f"{self.first or ''}至{self.last or ''}"


ALWAYS = Validity()


@dataclass(frozen=True)
class Unit:
    """Unit (单位): `second_names` are those written in a bracket after the name.

    `successor` is the unit that took over when this one was renamed or merged.
    """

    name: str
    kind: str = ""
    aliases: tuple[str, ...] = ()
    second_names: tuple[str, ...] = ()
    validity: Validity = ALWAYS
    successor: str = ""

    def all_names(self) -> tuple[str, ...]:
        """Every name that means this unit."""
        return (self.name, *self.aliases, *self.second_names)


@dataclass(frozen=True)
class Group:
    """Group (统称): a name such as 各镇街 that stands for several units, in one period.

    It has one of `members` (units and other groups), `kind` (all units of that kind) and `vague` (nobody can say whom
    it means); `exceptions` are left out.
    """

    name: str
    aliases: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    kind: str = ""
    vague: bool = False
    exceptions: tuple[str, ...] = ()
    note: str = ""
    validity: Validity = ALWAYS

    def all_names(self) -> tuple[str, ...]:
        """Every name that means this group."""
        return (self.name, *self.aliases)


class Standing(Enum):
    """What a name means (名称的含义); the value is what a reader is told."""

    UNIT = "单位"
    GROUP = "统称"
    VAGUE = "泛指"
    NOBODY = "当日没有对应单位"
    UNKNOWN = "名录里没有"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A name and the units behind it on a day (所指单位), in official order.

    `name` is the register's own name, empty for one that it does not have. An ended unit gives its successor. A vague
    name gives only the units that it names itself (区教委等单位). `absent` are units and groups that are meant but have
    nobody on that day.
    """

    written: str
    name: str = ""
    standing: Standing
    units: tuple[Unit, ...] = ()
    absent: tuple[str, ...] = ()
    note: str = ""


_BRACKETED = re.compile(r"([^()]+)((?:\([^()]+\))+)")
_IN_BRACKETS = re.compile(r"[^()、,;/]+")
_VAGUE = re.compile(
    r"有关|相关|其他|其它|等(?:(?:各|\d+个|\d+家)?(?:有关|相关)?(?:部门|单位|镇街|街镇|乡镇|镇|街道|企业|国企))?$"
)
# Two names are near from this share of common characters on: 区教委 and 区教育局 are, 区统计局 and 区体育局 are not.
_NEAR = 0.55
# What is written short keeps the order of its characters: 区文旅委 in 区文化旅游委.
_SHORTENED = 0.9


def looks_vague(name: str) -> bool:
    """Whether a name says itself that nobody can know whom it means (泛指): 有关镇街, 区教委等单位."""
    return bool(_VAGUE.search(plain_key(name)))


@dataclass(frozen=True)
class Register:
    """Register (单位名录): all units in official order, and names such as 各镇街 that stand for several."""

    units: tuple[Unit, ...] = ()
    groups: tuple[Group, ...] = ()

    @cached_property
    def _canonical(self) -> dict[str, str]:
        named: tuple[Group | Unit, ...] = (*self.groups, *self.units)
        return {plain_key(name): each.name for each in named for name in each.all_names()}

    @cached_property
    def _units(self) -> dict[str, Unit]:
        return {unit.name: unit for unit in self.units}

    @cached_property
    def _ranks(self) -> dict[str, int]:
        return {unit.name: rank for rank, unit in enumerate(self.units)}

    @cached_property
    def _longest_first(self) -> tuple[tuple[str, str], ...]:
        return tuple(sorted(self._canonical.items(), key=lambda item: (-len(item[0]), item[0])))

    def find(self, name: str) -> str | None:
        """The register's own name for a unit or group; None for a name that it does not have."""
        key = plain_key(name)
        if known := self._canonical.get(key):
            return known
        if not (parts := _BRACKETED.fullmatch(key)) or not (unit := self.unit(parts[1])):
            return None
        own = {plain_key(other) for other in (*unit.aliases, *unit.second_names)}
        return unit.name if set(_IN_BRACKETS.findall(parts[2])) <= own else None

    def unit(self, name: str) -> Unit | None:
        """The unit that a name means; None for a group and for an unknown name."""
        return self._units.get(self.find(name) or "")

    def knows_plain(self, name: str) -> bool:
        """Whether the name is known, whatever stands in its bracket."""
        return self.find(name) is not None or self.find(name.partition("（")[0]) is not None

    def rank(self, name: str) -> int:
        """The place of a unit in the official order, from 0; behind all units for any other name."""
        return self._ranks.get(self.find(name) or "", len(self.units))

    def resolve(self, name: str, on: date | None = None) -> Resolved:
        """What a name means on a day (None: after the last change), and the units behind it."""
        own = self.find(name)
        if own is None:
            vague = looks_vague(name)
            named = tuple(self._units[each] for each in self.mentioned(name)) if vague else ()
            return Resolved(written=name, standing=Standing.VAGUE if vague else Standing.UNKNOWN, units=named)
        group = self._group(own, on)
        if own not in self._units and group and group.vague:
            return Resolved(written=name, name=own, standing=Standing.VAGUE, note=group.note)
        units, absent = self._behind(own, on)
        standing = Standing.UNIT if own in self._units else Standing.GROUP
        return Resolved(
            written=name,
            name=own,
            standing=standing if units else Standing.NOBODY,
            units=tuple(sorted(units.values(), key=lambda unit: self._ranks[unit.name])),
            absent=tuple(absent),
            note=group.note if group else "",
        )

    def members(self, name: str, on: date | None = None) -> tuple[Unit, ...]:
        """The units that a name stands for on a day, in official order; for a unit itself or its successor."""
        return self.resolve(name, on).units

    def mentioned(self, text: str) -> tuple[str, ...]:
        """The units that a file name or a line names, in its order; no name inside a longer one counts."""
        key = plain_key(text)
        taken = [False] * len(key)
        found: list[tuple[int, str]] = []
        for name, own in self._longest_first:
            start = key.find(name)
            while start >= 0:
                end = start + len(name)
                if not any(taken[start:end]):
                    taken[start:end] = [True] * len(name)
                    found.append((start, own))
                start = key.find(name, start + 1)
        return tuple(dict.fromkeys(own for _, own in sorted(found) if own in self._units))

    def nearest(self, name: str) -> str | None:
        """The register's own name for the known name that is most like this one; None if none is like it."""
        key = plain_key(name)
        matcher = difflib.SequenceMatcher(None, b=key, autojunk=False)
        best, chosen = 0.0, None
        for known, own in self._canonical.items():
            matcher.set_seq1(known)
            least = max(best, _NEAR)
            # The two quick ones are upper bounds: most names are out by them.
            likely = matcher.real_quick_ratio() >= least and matcher.quick_ratio() >= least
            score = matcher.ratio() if likely else 0.0
            if score < _SHORTENED and _is_short_for(*sorted((known, key), key=len)):
                score = _SHORTENED
            if score >= _NEAR and score > best:
                best, chosen = score, own
        return chosen

    def _group(self, own: str, on: date | None) -> Group | None:
        key = plain_key(own)
        return next((each for each in self.groups if plain_key(each.name) == key and each.validity.holds(on)), None)

    def _behind(
        self, own: str, on: date | None, above: tuple[str, ...] = ()
    ) -> tuple[dict[str, Unit], dict[str, None]]:
        """The units behind a known name on a day by name, and the names among them that have nobody then."""
        if own in self._units:
            unit = self._standing(self._units[own], on)
            return ({unit.name: unit}, {}) if unit else ({}, {own: None})
        group = self._group(own, on)
        if group is None or group.vague or own in above:
            return {}, {own: None}
        units = {unit.name: unit for unit in self.units if group.kind == unit.kind != "" and unit.validity.holds(on)}
        absent: dict[str, None] = {}
        for member in group.members:
            inner, nobody = self._behind(self.find(member) or member, on, (*above, own))
            units |= inner
            absent |= nobody
        for member in group.exceptions:
            for name in self._behind(self.find(member) or member, on, (*above, own))[0]:
                units.pop(name, None)
        return units, absent

    def _standing(self, unit: Unit, on: date | None) -> Unit | None:
        """The unit, or the first of its successors that stands on the day."""
        seen: set[str] = set()
        following: Unit | None = unit
        while following and following.name not in seen:
            if following.validity.holds(on):
                return following
            seen.add(following.name)
            following = self.unit(following.successor) if following.successor else None
        return None


def _is_short_for(short: str, long: str) -> bool:
    """Whether a name is the other one with characters left out, the first and the last kept."""
    if len(short) < 3 or short[0] != long[0] or short[-1] != long[-1]:
        return False
    rest: Iterator[str] = iter(long)
    return all(character in rest for character in short)
