"""Names of units (责任单位): those that the register does not have, and one unit named in two ways."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reportgen.ledger.cell_units import split_units
from reportgen.ledger.units import Register, Standing
from reportgen.package import short
from reportgen.proof.families.unit_names import Name, named, pairs
from reportgen.proof.findings import Finding, Mark
from reportgen.proof.manuscript import Manuscript, Role, Text
from reportgen.proof.rules import Rule
from reportgen.proof.settings import Settings

_COLUMNS = ("lead_units", "support_units")
_MOST_MARKS = 5
# （责任单位：区教委、区财政局）, also the name within a name's own bracket: 区城管局（区整违办）.
_SAID = re.compile(
    r"(?:责任|牵头|配合|主办|协办)(?:责任)?(?:单位|部门)[：:]\s*((?:[^（）()。；;\n]|[（(][^（）()\n]{0,60}[）)])+)"
)


def examine(manuscript: Manuscript, settings: Settings) -> Iterator[Finding]:
    """What is wrong with the names of units in a manuscript (核对单位名称)."""
    if manuscript.register:
        yield from _unknown(manuscript, manuscript.register, settings)
    yield from _two_names(manuscript, settings)


def _unknown(manuscript: Manuscript, register: Register, settings: Settings) -> Iterator[Finding]:
    """A name that stands where units are named and is not in the register, however often it stands."""
    places: dict[str, list[Mark]] = {}
    at_ledger: set[str] = set()
    for text, names in _unit_cells(manuscript, register):
        for name in names:
            places.setdefault(name, []).append(_mark(text, name))
            at_ledger |= {name} if text.stands_elsewhere else set()
    for text in manuscript.texts:
        if text.role is Role.CELL:
            continue
        for said in _SAID.finditer(text.content):
            for name in split_units(said[1], register).units:
                places.setdefault(name, []).append(_mark(text, name, said.start(1)))
                at_ledger |= {name} if text.stands_elsewhere else set()
    for name, marks in places.items():
        # What has a colon is no name, reading a ledger tells that.
        if name in at_ledger or "：" in name or ":" in name or register.resolve(name).standing is not Standing.UNKNOWN:
            continue
        near = register.nearest(name)
        fix = (
            f"是否要写「{short(near)}」？如确是另一个单位，请加进单位名录" if near else "请核对；如确有，请加进单位名录"
        )
        what = f"单位名录里没有「{short(name)}」"
        yield from settings.finding(Rule.UNIT_UNKNOWN, what, fix, *marks[:_MOST_MARKS])


def _unit_cells(manuscript: Manuscript, register: Register | None) -> Iterator[tuple[Text, tuple[str, ...]]]:
    """Every cell of a column of units with the names in it, each cell once."""
    seen: set[int] = set()
    for listing in manuscript.listings:
        for row in listing.rows:
            for name in _COLUMNS:
                text = row.texts.get(name)
                if text is not None and id(text) not in seen:
                    seen.add(id(text))
                    yield text, split_units(text.content, register).units


def _mark(text: Text, name: str, start: int = 0) -> Mark:
    """Where a name stands; the whole text where white space or another kind of bracket stands within it."""
    at = text.content.find(name, start)
    if at < 0:
        loose = r"\s*".join(
            "[（(]" if sign in "（(" else "[）)]" if sign in "）)" else re.escape(sign) for sign in name
        )
        found = re.compile(loose).search(text.content, start)
        return Mark(text=text, start=found.start(), end=found.end()) if found else Mark(text=text)
    return Mark(text=text, start=at, end=at + len(name))


def _two_names(manuscript: Manuscript, settings: Settings) -> Iterator[Finding]:
    """One unit, two names: 区住房城乡建委 in the column and 区住建委 in the text; the rarer one is told."""
    columns = {id(text): names for text, names in _unit_cells(manuscript, manuscript.register)}
    places: dict[Name, list[Mark]] = {}
    # Two names in one text, or one that leads and one that supports, are two units.
    beside: dict[Name, set[tuple[int, int]]] = {}
    listed: set[Name] = set()
    for text in manuscript.every_text():
        if text.role in _FULL_NAMES:
            continue
        for name, start, end in named(text.content, columns.get(id(text), ())):
            places.setdefault(name, []).append(Mark(text=text, start=start, end=end))
            beside.setdefault(name, set()).add((id(text), 0))
            listed |= {name} if id(text) in columns else set()
    for listing in manuscript.listings:
        for number, row in enumerate(listing.rows, 1):
            for written in (*row.lead_units, *row.support_units):
                for name, _, _ in named(written, (written,)):
                    beside.setdefault(name, set()).add((id(listing), number))

    def apart(one: Name, other: Name) -> bool:
        return not beside[one].isdisjoint(beside[other])

    for pair in pairs(places, listed, manuscript.register, apart):
        own = {name: _is_own(name, manuscript.register) for name in pair}
        rare, common = sorted(pair, key=lambda name: (own[name], len(places[name]), len(name.written)))
        marks = sorted(places[rare], key=lambda mark: mark.text.stands_elsewhere)
        others = sorted(places[common], key=lambda mark: mark.text.stands_elsewhere)
        if marks[0].text.stands_elsewhere and others[0].text.stands_elsewhere:
            continue  # both come from the ledger, and are told there
        what = f"同一单位两种写法：「{rare.written}」和「{common.written}」"
        fix = f"请统一写法；写「{common.written}」的有{len(others)}处，写「{rare.written}」的有{len(marks)}处"
        yield from settings.finding(Rule.UNIT_TWO_NAMES, what, fix, *marks[:_MOST_MARKS], places[common][0])


def _is_own(name: Name, register: Register | None) -> bool:
    """Whether it is the register's own name for the unit, no other one by which it goes."""
    unit = register.unit(name.written) if register else None
    return unit is not None and unit.name == name.written


# Where the full name of an office is right beside the short one of the text.
_FULL_NAMES = (Role.TITLE, Role.ADDRESSEE, Role.OTHER)
