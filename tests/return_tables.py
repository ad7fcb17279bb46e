"""Tables of returns (部门反馈) for tests: written as lines, merged cells by their range."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.utils import get_column_letter, range_boundaries

from reportgen.intake.returns import Return, read_return
from reportgen.ledger.files.contents import Block, Contents, Passage
from reportgen.ledger.tables import Cell, Table
from reportgen.ledger.units import Register
from reportgen.ledger.words import STANDARD_WORDS
from reportgen.problems import Location
from tests.ledger_files import REGISTER

FILE = "反馈.xlsx"


def table(text: str, *merged: str, name: str = "Sheet1", file: str = FILE) -> Table:
    """A table from lines with `|` between the cells, `\\n` in one for a line break; blank lines are left out.

    `merged` are ranges such as `A1:C1`; rows are counted with the blank ones, as in a workbook.
    """
    lines = [[cell.strip().replace("\\n", "\n") for cell in line.split("|")] for line in text.strip().split("\n")]
    return grid(lines, merged, name, file)


def grid(rows: Sequence[Sequence[str]], merged: Sequence[str] = (), name: str = "Sheet1", file: str = FILE) -> Table:
    """A table from rows of texts, its rows without any text left out."""
    width = max(len(row) for row in rows)
    anchors: dict[tuple[int, int], tuple[int, int]] = {}
    for each in merged:
        left, top, right, bottom = (number or 1 for number in range_boundaries(each))
        covered = [(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)]
        anchors |= dict.fromkeys(covered, (top, left))

    def place(row: int, column: int) -> Location:
        return Location(file=file, sheet=name, cell=f"{get_column_letter(column)}{row}")

    def cell(row: int, column: int) -> Cell:
        anchor = anchors.get((row, column))
        r, c = anchor or (row, column)
        text = rows[r - 1][c - 1] if c <= len(rows[r - 1]) else ""
        return Cell(text, place(row, column), place(*anchor) if anchor else None)

    full = [tuple(cell(r, c) for c in range(1, width + 1)) for r in range(1, len(rows) + 1)]
    kept = [row for row in full if any(each.text.strip() for each in row)]
    return Table(name, kept, Location(file=file, sheet=name))


def passage(text: str, number: int = 1, file: str = FILE) -> Passage:
    """A paragraph outside the tables."""
    return Passage(text, Location(file=file, cell=f"第{number}段"))


def read(*blocks: Block, file: str = FILE, register: Register | None = REGISTER) -> Return:
    """What a file with these blocks returns."""
    return read_return(Contents(file, blocks), "0" * 64, STANDARD_WORDS, register)
