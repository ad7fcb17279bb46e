"""Who does what (职责分工): the units of a ledger, groups resolved, each with the entries it leads or supports."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from reportgen.intake.answering import Answering
from reportgen.ledger.model import Entry, Ledger, Sheet
from reportgen.ledger.units import Register, Resolved, Standing, looks_vague
from reportgen.ledger.words import plain_key
from reportgen.package import short
from reportgen.problems import Location, Outcome, Problem, did_you_mean, error, refuse_errors, warning

# Names that mean several units to everybody but a program without a register.
_GROUP = re.compile(r"^各|成员单位$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What a unit does in an entry (本单位职责): it leads or supports; `group` is the name that includes it.

    `index` is the entry's place among those of its sheet, from 0.
    """

    entry: Entry
    index: int
    leads: bool
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDuties:
    """A unit and all its duties (单位及其职责), the led entries of each sheet first, else in the ledger's order.

    `rank` is its place in the register, from 0; what the register lacks comes behind, as the ledger names it first.
    """

    unit: str
    rank: int
    kind: str = ""
    is_registered: bool = False
    duties: tuple[Duty, ...] = ()

    def of_sheet(self, sheet: Sheet) -> tuple[Duty, ...]:
        """The duties of one sheet."""
        return tuple(duty for duty in self.duties if duty.entry.sheet is sheet)

    @property
    def led(self) -> int:
        """How many entries it leads (牵头项数)."""
        return sum(duty.leads for duty in self.duties)

    @property
    def supported(self) -> int:
        """How many entries it supports (配合项数)."""
        return len(self.duties) - self.led


def duties_by_unit(
    ledger: Ledger, register: Register | None = None, on: date | None = None
) -> Outcome[tuple[UnitDuties, ...]]:
    """Every unit of the register and of the ledger with its duties on a day, in official order.

    A unit that leads an entry does not support it, too. An entry that reaches no unit at all is told; what vague names
    mean is told by `named_units.vague_names`.
    """
    answering = Answering(register, on)
    found: dict[str, dict[tuple[Sheet, int], Duty]] = {}
    written: dict[str, str] = {}
    registered = {unit.name for unit in register.units} if register else set()
    guessed: dict[str, Entry] = {}
    problems: list[Problem] = []
    for sheet in Sheet:
        for number, entry in enumerate(ledger.entries(sheet)):
            for name in (*entry.lead_units, *entry.support_units):
                written.setdefault(plain_key(name), name)
                if register is None and _GROUP.search(plain_key(name)):
                    guessed.setdefault(written[plain_key(name)], entry)
            # A unit of the register has its name there, however the ledger writes it.
            roles = {
                unit if unit in registered else written.get(unit, unit): role
                for unit, role in answering.roles(entry).items()
            }
            for unit, role in roles.items():
                if register is not None or not looks_vague(unit):
                    duty = Duty(entry=entry, index=number, leads=role.lead, group=role.group)
                    found.setdefault(unit, {})[sheet, number] = duty
            if not any((sheet, number) in found.get(unit, {}) for unit in roles):
                problems.append(_unreached(entry))
    problems += [_needs_register(name, entry) for name, entry in guessed.items()]
    return Outcome(tuple(_in_order(found, register)), tuple(problems))


def _in_order(found: dict[str, dict[tuple[Sheet, int], Duty]], register: Register | None) -> Iterator[UnitDuties]:
    registered = register.units if register else ()
    for rank, unit in enumerate(registered):
        duties = _led_first(found.get(unit.name, {}))
        yield UnitDuties(unit=unit.name, rank=rank, kind=unit.kind, is_registered=True, duties=duties)
    known = {unit.name for unit in registered}
    for rank, name in enumerate((name for name in found if name not in known), len(registered)):
        yield UnitDuties(unit=name, rank=rank, duties=_led_first(found[name]))


def _led_first(duties: dict[tuple[Sheet, int], Duty]) -> tuple[Duty, ...]:
    sheets = list(Sheet)
    places = sorted(duties, key=lambda place: (sheets.index(place[0]), not duties[place].leads, place[1]))
    return tuple(duties[place] for place in places)


def _unreached(entry: Entry) -> Problem:
    names = "、".join((*entry.lead_units, *entry.support_units)) or "（空）"
    what = f"「{short(entry.text)}」没有落到任何一个单位，不会发给谁：责任单位是「{short(names)}」"
    return warning("duties.unreached", what, "请写明具体的单位，或另行与有关单位联系", entry.where("lead_units"))


def _needs_register(name: str, entry: Entry) -> Problem:
    taken = "不会发给谁" if looks_vague(name) else "只当作一个单位"
    what = f"「{short(name)}」像是几个单位的统称，没有单位名录就不知道指哪些单位，{taken}"
    fix = "请在配置里写 units: 单位名录，并在名录的 groups 里写明它的成员"
    where = entry.where("lead_units" if name in entry.lead_units else "support_units")
    return warning("duties.needs-register", what, fix, where)


def _nobody(name: str, resolved: Resolved | None, units: Sequence[str], where: Location) -> Problem:
    if resolved and resolved.name:
        lack = "没有写明是哪些单位" if resolved.standing is Standing.VAGUE else "在这一期没有单位"
        note = f"（{short(resolved.note)}）" if resolved.note else ""
        what = f"单位名录里的「{short(name)}」{lack}{note}"
        return error("duties.unknown-unit", what, "请写具体的单位，如 --unit " + (units or ["区教委"])[0], where)
    what = f"没有「{short(name)}」这个单位：单位名录和台账里都没有"
    return error("duties.unknown-unit", what, short(did_you_mean(name, units), 200), where)


def chosen_units(
    duties: Sequence[UnitDuties], names: Sequence[str], register: Register | None, on: date | None, file: str
) -> tuple[UnitDuties, ...]:
    """The units that somebody asks for by `names` (指定的单位), all without any; a group's name asks for its members.

    Raises `InputError` for a name behind which there is none of them; `file` is the configuration that has them.
    """
    if not names:
        return tuple(duties)
    by_key = {plain_key(each.unit): each for each in duties}
    wanted: set[str] = set()
    problems = []
    for name in names:
        resolved = register.resolve(name, on) if register else None
        behind = [unit.name for unit in resolved.units] if resolved else []
        found = [each.unit for unit in behind or [name] if (each := by_key.get(plain_key(unit)))]
        if not found:
            problems.append(_nobody(name, resolved, [each.unit for each in duties], Location(file=file)))
        wanted.update(found)
    refuse_errors(problems)
    return tuple(each for each in duties if each.unit in wanted)
