"""Read a ledger (读台账): one file, or several that belong together, as goals and tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from reportgen.ledger.entries import ALWAYS_NEEDED, read_entries
from reportgen.ledger.files.excel import read_workbook
from reportgen.ledger.files.package import refuse_temporary, wrong_kind
from reportgen.ledger.files.text import read_csv, read_structured
from reportgen.ledger.model import Entry, Ledger, Sheet
from reportgen.ledger.tables import Found, Table, find_head, sheet_of_head
from reportgen.ledger.units import Register
from reportgen.ledger.words import FIELD_NAMES, STANDARD_WORDS, Words, field_name
from reportgen.limits import held
from reportgen.package import short
from reportgen.problems import InputError, Location, Outcome, Problem, error, refuse_errors


@dataclass(frozen=True)
class Wants:
    """What a template uses (所需内容): the sheets, and the fields of each that must be there as a column.

    So many rows of a sheet in a workbook are read; more are refused.
    """

    fields: Mapping[Sheet, frozenset[str]] = field(default_factory=dict)
    most_rows: int = field(default_factory=lambda: held().tables.rows)


def read_ledger(
    blob: bytes,
    name: str,
    wants: Wants,
    register: Register | None = None,
    words: Words = STANDARD_WORDS,
    on: date | None = None,
) -> Outcome[Ledger]:
    """The ledger in one file, by its name's ending; raises `InputError` with all its problems at once."""
    return read_ledger_files([(name, blob)], wants, register, words, on)


def read_ledger_files(
    files: Sequence[tuple[str, bytes]],
    wants: Wants,
    register: Register | None = None,
    words: Words = STANDARD_WORDS,
    on: date | None = None,
) -> Outcome[Ledger]:
    """The ledger (台账) in several files, for example one CSV for each sheet.

    `on` is the day on which the register's units must stand; without it none is judged to have ended.
    """
    problems: list[Problem] = []
    tables: dict[Sheet, Table] = {}
    names: list[str] = []
    spare: list[Table] = []
    given_up: set[Sheet] = set()
    broken = False
    period = ""
    for name, blob in files:
        try:
            found = _read_file(name, blob, wants, words)
        except InputError as fault:
            problems += fault.problems
            broken = True
            continue
        names += found.names
        spare += found.spare
        given_up |= found.given_up
        problems += found.problems
        period = period or found.period
        for sheet, table in found.tables.items():
            if sheet in tables:
                what = f"有两个文件都是「{sheet.value}」"
                fix = "请只留一个；CSV 的文件名里要写明是预期目标还是重点任务"
                problems.append(error("ledger.duplicate-sheet", what, fix, table.where, [tables[sheet].where]))
            tables.setdefault(sheet, table)
    title = "、".join(name for name, _ in files)
    if not broken:
        # What a broken file lacks nobody can know.
        lacking = [sheet for sheet in Sheet if sheet in wants.fields.keys() - tables.keys() - given_up]
        problems += [
            _missing_sheet(sheet, names, title, wants, _alike(spare, sheet, wants, words)) for sheet in lacking
        ]
    entries: dict[Sheet, tuple[Entry, ...]] = {}
    for sheet, table in tables.items():
        needed = wants.fields.get(sheet)
        entries[sheet], found_problems = read_entries(table, sheet, needed, words, register, on, wants.most_rows)
        problems += found_problems
    refuse_errors(problems)
    goals, tasks = entries.get(Sheet.GOALS, ()), entries.get(Sheet.TASKS, ())
    ledger = Ledger(file=title, goals=goals, tasks=tasks, period=period)
    return Outcome(ledger, tuple(problems))


def _read_file(name: str, blob: bytes, wants: Wants, words: Words) -> Found:
    refuse_temporary(name)
    ending = name.lower().rpartition(".")[2]
    if ending in ("xlsx", "xlsm"):
        return read_workbook(blob, name, wants.fields.keys(), wants.most_rows)
    if ending in ("yaml", "yml", "json"):
        return read_structured(blob, name, wants.fields.keys(), words)
    if ending == "csv":
        return read_csv(blob, name, words)
    raise wrong_kind(blob, name)


def _alike(spare: Sequence[Table], sheet: Sheet, wants: Wants, words: Words) -> list[str]:
    """The names of tables that were not read but have a head as the sheet needs it."""
    needed = wants.fields[sheet] | ALWAYS_NEEDED
    names = []
    for table in spare:
        head = find_head(table, sheet, needed, words)
        if head is None or not needed | {"text"} <= head.columns.keys():
            continue
        if any(sheet_of_head(row) is Sheet.GOALS for row in table.rows[: head.first_row]) == (sheet is Sheet.GOALS):
            names.append(table.name)
    return names


def _missing_sheet(sheet: Sheet, names: Sequence[str], title: str, wants: Wants, alike: Sequence[str]) -> Problem:
    listed = "、".join(f"「{short(name, 15)}」" for name in names[:8]) or "（没有）"
    needed = wants.fields[sheet] | ALWAYS_NEEDED
    columns = "、".join(field_name(name, sheet) for name in FIELD_NAMES if name in needed)
    what = f"缺少「{sheet.value}」表；读到的有：{listed}"
    fix = f"请加上名为「{sheet.value}」的表，至少有这些列：{columns}"
    if len(alike) == 1:
        fix = f"请把「{short(alike[0])}」改名为「{sheet.value}」"
    return error("ledger.missing-sheet", what, fix, Location(file=title))
