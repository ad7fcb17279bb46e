"""The Excel copy of a ledger with what proofreading found (校核副本): comments on the cells, and the list of all.

The copy can be gone on with as the ledger: reading it passes over both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reportgen.ledger.acceptances import (
    ACCEPTANCE_SHEET,
    COLUMNS,
    Acceptance,
    acceptance_sheet,
    acceptances_in,
    has_acceptances,
    is_acceptance_title,
    list_table,
    no_head,
    strange_cells,
    with_reasons,
)
from reportgen.ledger.files.sheet import letters
from reportgen.ledger.files.workbook import SheetText, write_workbook
from reportgen.ledger.files.workbook_notes import put_notes
from reportgen.ledger.files.workbook_package import OpenPackage, open_package
from reportgen.ledger.files.workbook_put import put_into
from reportgen.ledger.keeping import ledger_sheets
from reportgen.ledger.model import Ledger, Sheet
from reportgen.ledger.tables import Table
from reportgen.ledger.words import STANDARD_WORDS, Words, field_name, header_key
from reportgen.package import short
from reportgen.problems import InputError, Location, Outcome, Problem, warning

_LINKED = "spot"
_TOLD = 10
_OTHERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CellNote:
    """What a comment on a cell shall say (格上的意见): several notes of one cell go into one comment."""

    where: Location
    text: str


def note_text(row: Acceptance, others: Sequence[str] = ()) -> str:
    """What the comment says of a finding (批注文字): level, what is wrong, the other places, what to do, its number."""
    others = [*others[:_OTHERS], *([f"还有 {len(others) - _OTHERS} 处"] if len(others) > _OTHERS else [])]
    beside = "".join(f"\n对照：{other}" for other in others)
    fix = f"\n建议：{row.fix}" if row.fix else ""
    accepted = f"\n已认可：{row.reason}" if row.reason else ""
    return f"［{row.level}］{row.what}{beside}{fix}{accepted}\n编号：{row.key}"


def review_workbook(blob: bytes, name: str, notes: Sequence[CellNote], listed: Sequence[Acceptance]) -> Outcome[bytes]:
    """The ledger's own workbook (.xlsx、.xlsm) as a copy with comments and list (原样副本); nothing else changes.

    Reasons that stand in its list already are kept. Notes whose place is in another file, or no cell, are passed over:
    the list has them. Raises `InputError` for a workbook that must not be changed.
    """
    table = list_table(blob, name)
    left: list[Problem] = []
    if table is not None:
        if not has_acceptances(table):
            raise InputError([no_head(table)])
        left += _left_out(table)
        listed = with_reasons(listed, acceptances_in(table).value)
    with open_package(blob, name) as package:
        known = [note for note in notes if note.where.file == name and note.where.sheet in package.sheets]
        made = _reviewed(package, known, listed)
    return Outcome(made.value, (*left, *made.problems))


def _left_out(table: Table) -> Iterator[Problem]:
    """What somebody wrote beside the list, and does not stand in the copy."""
    cells = list(strange_cells(table))
    if cells:
        places = "、".join(cell.where.cell or "" for cell in cells[:_TOLD]) + ("等" if len(cells) > _TOLD else "")
        what = f"「{short(table.name)}」表里没有表头或编号的内容没有带进副本：{places}"
        yield warning("review.left-out", what, "要留的请抄到别的表，或给这一栏写上表头", cells[0].where)


def review_ledger(
    ledger: Ledger, notes: Sequence[CellNote], listed: Sequence[Acceptance], words: Words = STANDARD_WORDS
) -> Outcome[bytes]:
    """A ledger kept in other files (CSV, YAML, JSON, several) as a standard workbook with comments and list (新副本).

    Notes and links that speak of a place of the ledger are put on the cell which holds that text in the new workbook.
    """
    sheets = ledger_sheets(ledger, words=words)
    places = _places(ledger, sheets)
    moved = [replace(note, where=places[note.where]) for note in notes if note.where in places]
    rows = [replace(row, at=places.get(row.at) if row.at else None) for row in listed]
    with open_package(write_workbook(sheets, "台账校核副本"), ledger.file) as package:
        return _reviewed(package, moved, rows)


def _reviewed(package: OpenPackage, notes: Sequence[CellNote], rows: Sequence[Acceptance]) -> Outcome[bytes]:
    problems: list[Problem] = []
    by_sheet: dict[str, dict[str, str]] = {title: {} for title in package.sheets if not is_acceptance_title(title)}
    for note in notes:
        cells, cell = by_sheet.get(note.where.sheet or ""), note.where.cell
        if cells is not None and cell:
            cells[cell] = f"{cells[cell]}\n\n{note.text}" if cell in cells else note.text
    for title, cells in by_sheet.items():
        problems += put_notes(package, title, cells)
    title = next((title for title in package.sheets if is_acceptance_title(title)), ACCEPTANCE_SHEET)
    sheet = replace(acceptance_sheet(rows), name=title)
    put_into(package, sheet, _links(package, sheet, rows))
    return Outcome(package.packed(), tuple(problems))


def _links(package: OpenPackage, sheet: SheetText, rows: Sequence[Acceptance]) -> dict[str, tuple[str, str]]:
    """From the place of each finding in the list to the cell that it speaks of."""
    column = letters(list(COLUMNS).index(_LINKED) + 1)
    first = len(sheet.above) + 2
    return {
        f"{column}{first + i}": (row.at.sheet, row.at.cell)
        for i, row in enumerate(rows)
        if row.at and row.at.sheet in package.sheets and row.at.file == package.name and row.at.sheet and row.at.cell
    }


def _places(ledger: Ledger, sheets: Sequence[SheetText]) -> Mapping[Location, Location]:
    """Where each text of the ledger stands in its standard workbook, by the place that it was read from."""
    found: dict[Location, Location] = {}
    for made in sheets:
        kind = next(sheet for sheet in Sheet if sheet.value == made.name)
        columns = {header_key(column.title): i for i, column in reversed([*enumerate(made.columns, 1)])}
        joined = dict(made.joined)
        for row, entry in enumerate(ledger.entries(kind), 2):
            for name in entry.cells:
                column = columns.get(header_key(field_name(name, kind)))
                if name == "text" and row - 2 in joined:
                    column = joined[row - 2] + 1
                if column:
                    place = Location(file=ledger.file, sheet=made.name, cell=f"{letters(column)}{row}")
                    found.setdefault(entry.cells[name], place)
    return found
