"""The grid of a Word table in a ledger (台账的 Word 表格): within the limits of a ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reportgen.ledger.tables import HEAD_ROWS, MAX_COLUMNS, MAX_DATA_ROWS
from reportgen.package import short
from reportgen.problems import InputError, Location, error
from reportgen.word import grid
from reportgen.word.grid import Slot
from reportgen.word.tables import Row


def slots(rows: Sequence[Row], widths: Sequence[float] | None, where: Location) -> list[list[Slot]]:
    """The grid of the rows that are shown; columns count by the edges of cells, not by the file's own grid."""
    if len(rows) > MAX_DATA_ROWS + HEAD_ROWS:
        what = f"{where.sheet}超过 {MAX_DATA_ROWS} 行"
        place = Location(file=where.file, sheet=where.sheet, cell=f"第{MAX_DATA_ROWS + 1}行")
        raise InputError([error("ledger.too-many-rows", what, "请删去多余的空行，或拆成几份文件", place)])
    index = grid.edge_numbers(rows, widths)
    _refuse_wide(rows, index, where)
    width = min(max(index.values(), default=0), MAX_COLUMNS)
    return grid.slots(rows, index, width)


def _refuse_wide(rows: Sequence[Row], index: Mapping[int, int], where: Location) -> None:
    """Raise `InputError` if anything stands beyond the columns that a ledger can have."""
    for r, row in enumerate(rows, start=1):
        for cell in row.cells:
            if index[cell.column] >= MAX_COLUMNS and any(each.text.strip() or each.asides for each in cell.paragraphs):
                what = f"第 {MAX_COLUMNS} 列以后还有内容「{short(cell.text)}」"
                place = Location(file=where.file, sheet=where.sheet, cell=f"第{r}行第{index[cell.column] + 1}列")
                raise InputError([error("ledger.too-many-columns", what, "请删去多余的列", place)])
