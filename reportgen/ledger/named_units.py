"""The unit names of a ledger (台账里的单位名称): what each means on a day, and which of them nobody can resolve."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from reportgen.ledger.model import Ledger
from reportgen.ledger.units import Register, Resolved, Standing
from reportgen.package import short
from reportgen.problems import Location, Problem, warning

# Places named after the first one, so that a message stays short.
_MOST_PLACES = 5


@dataclass(frozen=True, slots=True)
class NamedUnit:
    """A name in the ledger (台账里的一个名称): what it means, and every cell in which it stands."""

    resolved: Resolved
    places: tuple[Location, ...]


@dataclass(slots=True)
class Mentions:
    """How often a name stands in a ledger (出现处), and the first of the cells: no message names more."""

    first: list[Location] = field(default_factory=list)
    count: int = 0

    def add(self, entry: Mapping[str, Location], name: str) -> None:
        """Count a cell (计数) by its place in the row of an entry."""
        self.count += 1
        if len(self.first) <= _MOST_PLACES:
            self.first.append(entry[name])


def _mentions(places: Sequence[Location]) -> Mentions:
    return Mentions(list(places[: 1 + _MOST_PLACES]), len(places))


def named_units(ledger: Ledger, register: Register, on: date | None = None) -> tuple[NamedUnit, ...]:
    """Every name (名称) that the ledger has as 责任单位 or 配合单位, in the order in which it first stands there."""
    places: dict[str, list[Location]] = {}
    for entry in ledger:
        for role, names in (("lead_units", entry.lead_units), ("support_units", entry.support_units)):
            for name in names:
                where = entry.where(role)
                places.setdefault(name, []).extend([where] if where else [])
    return tuple(NamedUnit(register.resolve(name, on), tuple(found)) for name, found in places.items())


def vague_names(ledger: Ledger, register: Register, on: date | None = None) -> list[Problem]:
    """A warning for each vague name (泛指) that the register itself calls so: no form can go to it.

    A report may say 有关镇街; that is why reading a ledger does not tell these.
    """
    found = [each for each in named_units(ledger, register, on) if each.resolved.standing is Standing.VAGUE]
    return [_vague(each.resolved, _mentions(each.places)) for each in found if each.resolved.name]


def faults_of_names(places: Mapping[str, Mentions], register: Register, on: date | None = None) -> Iterator[Problem]:
    """One warning for each name (名称) that the register lacks or nobody bears on the day, however often it stands."""
    for name, found in places.items():
        resolved = register.resolve(name, on)
        if resolved.standing is Standing.UNKNOWN:
            yield _unknown(resolved, register, found)
        elif resolved.standing is Standing.VAGUE and not resolved.name:
            yield _vague(resolved, found)
        elif on and resolved.name:
            yield from _ended(resolved, register, on, found)


def _unknown(resolved: Resolved, register: Register, places: Mentions) -> Problem:
    near = register.nearest(resolved.written)
    fix = f"是否要写「{short(near)}」？如确是另一个单位，" if near else "请核对名称；如确有这个单位，"
    what = f"单位名录里没有「{short(resolved.written)}」"
    return _told("ledger.unknown-unit", what, f"{fix}请加进单位名录", places)


def _vague(resolved: Resolved, places: Mentions) -> Problem:
    what = f"「{short(resolved.written)}」没有说明是哪些单位"
    if resolved.name:
        note = f"（名录注明：{short(resolved.note)}）" if resolved.note else ""
        return _told("ledger.vague-unit", what, f"反馈表发不到这些单位，请逐项确定后另发{note}", places)
    fix = "请写明具体的单位；名称有确定成员的，请在单位名录的 groups 里写明；确是泛指的，写 vague: true"
    return _told("ledger.vague-unit", f"{what}，单位名录里也没有", fix, places)


def _ended(resolved: Resolved, register: Register, on: date, places: Mentions) -> Iterator[Problem]:
    """A warning if a unit or group was no more, or not yet, on the day; none if it stands."""
    unit = register.unit(resolved.name)
    if unit and unit.validity.holds(on):
        return
    if unit:
        begun = unit.validity.first is None or unit.validity.first <= on
        if begun:
            what = f"「{short(unit.name)}」{_day(unit.validity.last)}撤销或更名，{_day(on)}没有这个单位"
        else:
            what = f"「{short(unit.name)}」{_day(unit.validity.first)}才设立，{_day(on)}没有这个单位"
        heirs = "、".join(f"「{short(each.name)}」" for each in resolved.units)
        fix = f"请改写接替它的{heirs}" if heirs else "请改写那时负责的单位；日期有误的，请改单位名录"
        yield _told("ledger.ended-unit", what, fix, places)
    elif resolved.standing is Standing.NOBODY:
        what = f"「{short(resolved.name)}」{_day(on)}没有成员"
        fix = "请改写具体的单位；有成员的，请在单位名录里补写这一段时间的成员"
        yield _told("ledger.ended-unit", what, fix, places)


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def _told(code: str, what: str, fix: str, places: Mentions) -> Problem:
    count = f"（共 {places.count} 处）" if places.count > 1 else ""
    return warning(code, what + count, fix, places.first[0] if places.first else None, places.first[1:])
