"""Rows counted in the units' documents, held against what the register says (合计核对).

It knows nothing of how a unit's document came to be: a body row is the ledger's entry whose cells its own cells name as
their origin, and which units must have the entry is read off the register anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import PurePosixPath

from reportgen.document import Document, Row, Table
from reportgen.intake.answering import Answering
from reportgen.intake.duties import UnitDuties
from reportgen.ledger.model import LEADS, STATUSES, SUPPORTS, VERDICTS, Entry, Ledger, ReportPlace, Sheet
from reportgen.ledger.units import Register, Standing, looks_vague
from reportgen.ledger.words import plain_key
from reportgen.package import short
from reportgen.problems import Location, Problem, error, warning
from reportgen.source import Source
from reportgen.template.compose import sheet_of
from reportgen.template.schema import Template
from reportgen.unit_sets.record import EntryRecord, RowCount, SheetSum

# So many faults of one unit, units and places are named; the rest is a number.
_MOST_FAULTS, _MOST_UNITS, _MOST_PLACES = 3, 10, 5
# A name without anybody behind it is looked for in every cell that has it.
_MOST_CELLS = 20


@dataclass(frozen=True, slots=True)
class ShownList:
    """What a table of the units' template shows (模板的一张表): a sheet's entries of one judgement, of one duty.

    What a list `of_addressee` takes is the template's own business: its rows are counted, but none is demanded.
    """

    sheet: Sheet
    judgement: str | None = None
    duty: str | None = None
    of_addressee: bool = False

    def shows(self, entry: Entry, leads: bool) -> bool:
        """Whether an entry belongs into the table of a unit that leads or supports it."""
        wanted = (None, LEADS if leads else SUPPORTS)
        return entry.sheet is self.sheet and self.judgement in (None, entry.judgement) and self.duty in wanted


@dataclass(frozen=True, slots=True)
class ShownLists:
    """All tables of the units' template (模板的各张表), by the place that each table carries as its origin.

    A partial template leaves entries out on purpose.
    """

    lists: Mapping[Location, ShownList]
    is_partial: bool = False


def shown_lists(template: Template, source: Source) -> ShownLists:
    """The tables of a template (模板的各张表), read off its text `source`."""
    lists = {}
    for index, annex in enumerate(template.annexes):
        spec = template.lists.get(annex.rows)
        if sheet := sheet_of(annex.rows, template):
            shown = ShownList(sheet, spec.judgement, spec.duty, spec.of_addressee) if spec else ShownList(sheet)
            lists[source.locate(("annexes", index))] = shown
    return ShownLists(lists, template.partial)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """Where each entry went, the sums, and what does not agree (核对结果)."""

    entries: tuple[EntryRecord, ...]
    sums: tuple[SheetSum, ...]
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class _Part:
    """An entry and its units by their keys (一项条目和它的单位): whether each leads it, and which really have it."""

    entry: Entry
    leads: dict[str, bool]
    reached: set[str] = field(default_factory=set)


class Reconciliation:
    """The check (核对), fed with one unit's document after the other; none of them is kept.

    `units` are those that the set is made for, None for all; `report_places` say where each entry, by sheet and place
    in it, stands in the report for all; `without` have no document, since the template is about nothing that they
    have. What vague names of the ledger mean nobody is told here
    (`units.unresolved`): who uses this does not ask `named_units.vague_names`, too.
    """

    def __init__(
        self,
        ledger: Ledger,
        shown: ShownLists,
        register: Register | None = None,
        on: date | None = None,
        units: Iterable[str] | None = None,
        report_places: Mapping[tuple[Sheet, int], ReportPlace] | None = None,
        without: Iterable[str] = (),
    ) -> None:
        self._shown, self._register, self._on = shown, register, on
        self._answering = Answering(register, on)
        self._chosen = None if units is None else {plain_key(unit) for unit in units}
        self._without = {plain_key(unit) for unit in without}
        self._names = {plain_key(unit.name): unit.name for unit in register.units} if register else {}
        self._parts = [self._part(entry) for entry in ledger]
        self._places = [(report_places or {}).get(each, ReportPlace()) for each in _positions(ledger)]
        self._due: dict[str, list[int]] = {}
        for number, part in enumerate(self._parts):
            for unit in part.leads:
                if unit not in self._without:
                    self._due.setdefault(unit, []).append(number)
        self._by_place: dict[Location, set[int]] = {}
        for number, part in enumerate(self._parts):
            for place in part.entry.cells.values():
                self._by_place.setdefault(place, set()).add(number)
        self._expected: Counter[Sheet] = Counter()
        self._rows: Counter[Sheet] = Counter()
        self._counted: set[str] = set()
        self._faulty: list[tuple[str, list[str], Location | None]] = []

    def _part(self, entry: Entry) -> _Part:
        leads = {}
        for unit, role in self._answering.roles(entry).items():
            if self._register is not None or not looks_vague(unit):
                leads[plain_key(unit)] = role.lead
        for name in (*entry.lead_units, *entry.support_units):
            self._names.setdefault(plain_key(name), name)
        return _Part(entry, leads)

    def count(self, unit: str, document: Document) -> None:
        """Count the rows of a unit's document (计数): a second document of a unit is a fault of the program."""
        key = plain_key(unit)
        if key in self._counted:
            raise ValueError(f"counted twice: {unit}")
        self._counted.add(key)
        self._names.setdefault(key, unit)
        found: dict[Location | None, Counter[int]] = {}
        strays: Counter[Sheet] = Counter()
        blank: Counter[Location | None] = Counter()
        for table in _tables(document):
            listed = found.setdefault(table.origin, Counter())
            shown = self._shown.lists.get(table.origin) if table.origin else None
            wanted = set(self._wanted(key, shown))
            for row in table.body:
                if row and row[0].section_level:
                    continue
                if not row:
                    # All its cells are one with those above.
                    blank[table.origin] += 1
                elif (number := self._entry_of(row, wanted, listed)) is not None:
                    listed[number] += 1
                else:
                    strays[shown.sheet if shown else Sheet.TASKS] += 1
        self._hold(key, found, strays, blank)

    def _entry_of(self, row: Row, wanted: set[int], listed: Counter[int]) -> int | None:
        """The entry whose cells a row's cells come from; None if there is none, or they come from several."""
        candidates: set[int] | None = None
        for cell in row:
            if cell.origin is None:
                continue
            of_cell = self._by_place.get(cell.origin)
            if of_cell:
                candidates = of_cell if candidates is None else candidates & of_cell
        if not candidates:
            return None
        if len(candidates) == 1:
            return next(iter(candidates))
        # Cells that several entries share decide nothing: then it is the one that is still wanted.
        return min(candidates, key=lambda number: (number not in wanted, listed[number], number))

    def _hold(
        self,
        key: str,
        found: Mapping[Location | None, Counter[int]],
        strays: Counter[Sheet],
        blank: Counter[Location | None],
    ) -> None:
        """Hold a unit's rows against what it must have, and remember what does not agree."""
        lacking: list[int] = []
        surplus: list[tuple[int, int, bool]] = []
        standing = set().union(*found.values()) if found else set()
        for number in self._due.get(key, ()):
            if number in standing:
                self._parts[number].reached.add(key)
        for origin in dict.fromkeys((*self._shown.lists, *found)):
            shown = self._shown.lists.get(origin) if origin else None
            rows = found.get(origin, Counter())
            wanted = dict.fromkeys(self._wanted(key, shown))
            if shown and shown.of_addressee:
                wanted = {number: None for number in wanted if rows[number]}
            missing = [number for number in wanted if not rows[number]]
            for number in missing[: blank[origin]]:
                rows[number] += 1
                self._parts[number].reached.add(key)
            lacking += missing[blank[origin] :]
            surplus += [
                (number, times, number in wanted)
                for number, times in sorted(rows.items())
                if times > 1 or (times and number not in wanted)
            ]
            if shown:
                self._expected[shown.sheet] += len(wanted)
            for number, times in rows.items():
                self._rows[self._parts[number].entry.sheet] += times
        self._rows += strays
        # What stands in the wrong table is lacking in the right one: that is one fault.
        misplaced = {number for number, _, is_wanted in surplus if not is_wanted}
        told = [(number, f"少「{self._called(number)}」") for number in lacking if number not in misplaced]
        told += [(number, self._surplus(key, number, times, is_wanted)) for number, times, is_wanted in surplus]
        self._remember(key, told, sum(strays.values()))

    def _remember(self, key: str, told: Sequence[tuple[int, str]], lost: int) -> None:
        faults = [text for _, text in told]
        if lost:
            faults.append(f"有 {lost} 行看不出是台账的哪一项")
        if faults:
            where = self._parts[told[0][0]].entry.where("text") if told else None
            self._faulty.append((key, faults, where))

    def _wanted(self, key: str, shown: ShownList | None) -> list[int]:
        """The entries that a unit must have in a table."""
        if shown is None:
            return []
        mine = ((number, self._parts[number]) for number in self._due.get(key, ()))
        return [number for number, part in mine if shown.shows(part.entry, part.leads[key])]

    def _surplus(self, key: str, number: int, times: int, is_wanted: bool) -> str:
        called = self._called(number)
        if is_wanted:
            return f"「{called}」列了 {times} 次"
        return f"「{called}」列错了表" if key in self._parts[number].leads else f"多「{called}」，不是它的任务"

    def _called(self, number: int) -> str:
        shown = self._places[number]
        place = f"{shown.annex}第 {shown.number} 项 " if shown.annex and shown.number else ""
        return f"{place}{short(self._parts[number].entry.text, 20)}"

    def result(self) -> Reconciled:
        """What was found (结果), after the last document."""
        self._miss_documents()
        entries = tuple(self._record(number) for number in range(len(self._parts)))
        return Reconciled(
            entries=entries,
            sums=tuple(self._sum(sheet, entries) for sheet in Sheet),
            problems=(*self._sum_problems(), *self._hidden(), *self._unresolved()),
        )

    def _miss_documents(self) -> None:
        """Tell units that must have rows and of which no document came."""
        for key in self._due:
            if key not in self._counted and self._is_chosen(key):
                self._counted.add(key)
                self._hold(key, {}, Counter(), Counter())

    def _is_chosen(self, key: str) -> bool:
        return self._chosen is None or key in self._chosen

    def _in_order(self, keys: Iterable[str]) -> tuple[str, ...]:
        names = [self._names[key] for key in keys]
        return tuple(self._answering.in_order(names))

    def _record(self, number: int) -> EntryRecord:
        part, place = self._parts[number], self._places[number]
        entry = part.entry
        here = [key for key in part.leads if key in part.reached]
        cell = entry.where("text")
        return EntryRecord(
            sheet=entry.sheet.value,
            report_annex=place.annex,
            report_no=place.number,
            id=entry.id,
            category=entry.category,
            text=entry.text,
            judgement=entry.judgement,
            lead_names=entry.lead_units,
            support_names=entry.support_units,
            leads=self._in_order(key for key in here if part.leads[key]),
            supports=self._in_order(key for key in here if not part.leads[key]),
            outside=self._in_order(key for key in part.leads if not self._is_chosen(key) and self._is_shown(part, key)),
            unresolved=tuple(name for _, name in self._unresolved_names(entry)),
            cell=str(replace(cell, file=PurePosixPath(cell.file).name)) if cell else "",
        )

    def _is_shown(self, part: _Part, key: str) -> bool:
        shows = (shown.shows(part.entry, part.leads[key]) for shown in self._shown.lists.values())
        return key not in self._without and any(shows)

    def _unresolved_names(self, entry: Entry) -> Iterator[tuple[str, str]]:
        """The names of an entry behind which nobody stands, each with its column: what no table would show asks nobody.

        A template without any table may tell of all its unit has.
        """
        lists = self._shown.lists.values()
        for column, names, leads in (
            ("lead_units", entry.lead_units, True),
            ("support_units", entry.support_units, False),
        ):
            if not lists or any(shown.shows(entry, leads) for shown in lists):
                yield from ((column, name) for name in names if self._is_unresolved(name))

    def _is_unresolved(self, name: str) -> bool:
        if self._register is None:
            return looks_vague(name)
        return self._register.resolve(name, self._on).standing in (Standing.VAGUE, Standing.NOBODY)

    def _sum(self, sheet: Sheet, entries: Sequence[EntryRecord]) -> SheetSum:
        mine = [each for each in entries if each.sheet == sheet.value]
        unreached = sum(not (each.leads or each.supports or each.outside) for each in mine)
        rows, expected = self._rows[sheet], self._expected[sheet]
        return SheetSum(sheet=sheet.value, entries=len(mine), unreached=unreached, expected=expected, rows=rows)

    def _sum_problems(self) -> Iterator[Problem]:
        fix = "请检查分送件模板的 lists 和 annexes；模板没有改过的，请把台账和模板交给程序的维护人员"
        for key, faults, where in self._faulty[:_MOST_UNITS]:
            more = f"等共 {len(faults)} 处" if len(faults) > _MOST_FAULTS else ""
            listed = "；".join(faults[:_MOST_FAULTS])
            what = f"「{short(self._names[key])}」的分送件与台账对不上：{listed}{more}"
            yield error("units.sum", what, fix, where)
        if rest := self._faulty[_MOST_UNITS:]:
            names = "、".join(f"「{short(self._names[key], 16)}」" for key, _, _ in rest[:_MOST_PLACES])
            yield error("units.sum", f"还有 {len(rest)} 个单位的分送件与台账对不上：{names}等", fix, rest[0][2])

    def _hidden(self) -> Iterator[Problem]:
        """A warning for the entries of each sheet that no table of the template takes up, though units have them."""
        if self._shown.is_partial:
            return
        for sheet in Sheet:
            mine = (part for part in self._parts if part.entry.sheet is sheet and part.leads)
            hidden = [part for part in mine if not any(self._is_shown(part, key) for key in part.leads)]
            if hidden:
                what = (
                    f"分送件模板的表都不列「{sheet.value}」里的 {len(hidden)} 项，如「{short(hidden[0].entry.text)}」"
                )
                fix = "请在模板里加上列它的表；确实不必分送的，在模板里写 partial: true"
                places = [place for part in hidden if (place := part.entry.where("text"))]
                first = places[0] if places else None
                yield warning("units.unreached", what, fix, first, places[1 : 1 + _MOST_PLACES])

    def _unresolved(self) -> Iterator[Problem]:
        """A warning for each name behind which nobody stands, unless reading the ledger has told it already."""
        places: dict[str, list[Location]] = {}
        for part in self._parts:
            for column, name in self._unresolved_names(part.entry):
                where = part.entry.where(column)
                places.setdefault(name, []).extend([where] if where else [])
        for name, found in places.items():
            if not self._is_told(name):
                note = self._register.resolve(name, self._on).note if self._register else ""
                count = f"（共 {len(found)} 处）" if len(found) > 1 else ""
                what = f"「{short(name)}」没有写明是哪些单位，这些任务没有送到它所指的单位{count}"
                fix = "请逐项确定后另行分送，或在台账里写明具体的单位" + (
                    f"（名录注明：{short(note)}）" if note else ""
                )
                first = found[0] if found else None
                yield warning("units.unresolved", what, fix, first, found[1 : 1 + _MOST_CELLS])

    def _is_told(self, name: str) -> bool:
        """Whether reading the ledger tells the name already: as ledger.vague-unit or ledger.ended-unit."""
        if self._register is None:
            return False
        resolved = self._register.resolve(name, self._on)
        if resolved.standing is Standing.NOBODY:
            return self._on is not None
        return not resolved.name


def _positions(ledger: Ledger) -> Iterator[tuple[Sheet, int]]:
    """The place of each entry, in the order in which a ledger gives them."""
    for sheet in (Sheet.GOALS, Sheet.TASKS):
        for index in range(len(ledger.entries(sheet))):
            yield sheet, index


def _tables(document: Document) -> Iterator[Table]:
    return (block for section in document.sections for block in section.blocks if isinstance(block, Table))


def row_counts(duties: UnitDuties) -> tuple[RowCount, ...]:
    """How many entries of each kind a unit has (各类项数): by sheet, judgement and duty, none that is 0."""
    counts = Counter((duty.entry.sheet, duty.entry.judgement, duty.leads) for duty in duties.duties)
    kinds = [
        (sheet, judgement, leads)
        for sheet, words in ((Sheet.GOALS, VERDICTS), (Sheet.TASKS, STATUSES))
        for judgement in (*words, "")
        for leads in (True, False)
    ]
    return tuple(
        RowCount(sheet.value, judgement, LEADS if leads else SUPPORTS, rows)
        for sheet, judgement, leads in kinds
        if (rows := counts[sheet, judgement, leads])
    )
